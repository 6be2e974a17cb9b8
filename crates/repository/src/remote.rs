//! The address of the remote that a clone came from.

use model::Forge;

/// The forge of `origin`, else of `upstream`, else of the only remote there is.
pub fn find_forge(repo: &git2::Repository) -> Option<Forge> {
    let of = |name: &str| {
        let remote = repo.find_remote(name).ok()?;
        Forge::from_remote(remote.url().ok()?)
    };
    of("origin").or_else(|| of("upstream")).or_else(|| {
        let names = repo.remotes().ok()?;
        let mut names = names.iter();
        match (names.next()?, names.next()) {
            (Ok(Some(name)), None) => of(name),
            _ => None,
        }
    })
}
