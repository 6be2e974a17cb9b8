//! Where stories are built: a folder that is stable for one user, never somebody else's, and safe
//! for several processes at once.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::build;
use super::story::DemoStory;

/// Says what a finished folder holds: the story's digest, then a line a repository with the tip it
/// was built with.
const MARKER: &str = "story";

/// `backout-demo-<user>` in the folder for temporary files. One that is not our own, or that others
/// may write to, is never used: then a fresh one is.
pub(super) fn ensure_demo_root() -> Result<PathBuf> {
    let temporary = std::env::temp_dir();
    let stable = temporary.join(format!("backout-demo-{}", own_id(&temporary)?));
    match create_private(&stable) {
        Ok(()) => Ok(stable),
        Err(error)
            if error.kind() == std::io::ErrorKind::AlreadyExists && is_own_folder(&stable) =>
        {
            Ok(stable)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let fresh = tempfile::Builder::new()
                .prefix("backout-demo-")
                .tempdir_in(&temporary)?;
            Ok(fresh.keep())
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be created", stable.display())),
    }
}

/// Most copies of a story beside each other.
const COPIES: usize = 99;

/// The story's folder below `root`, built where it is absent, unfinished or of another version. One
/// that somebody changed is theirs: it is left alone, and another copy is built beside it.
pub(super) fn ensure_story_folder(root: &Path, story: &DemoStory) -> Result<PathBuf> {
    let names =
        std::iter::once(story.id.clone()).chain((2..=COPIES).map(|n| format!("{}-{n}", story.id)));
    let mut place = root.join(&story.id);
    for name in names {
        place = root.join(name);
        if is_story_complete(&place, story) {
            return Ok(place);
        }
        if !is_of(&place, story) {
            break;
        }
    }
    let building = tempfile::Builder::new()
        .prefix(".building-")
        .tempdir_in(root)?;
    let made = building.path().join(&story.id);
    std::fs::create_dir(&made)?;
    let mut marker = format!("{}\n", story.digest);
    for repository in std::iter::once(&story.repository).chain(&story.dependents) {
        let tip = build::build_demo_repository(&made.join(&repository.name), repository)
            .with_context(|| format!("repository {}", repository.name))?;
        marker.push_str(&format!("{} {tip}\n", repository.name));
    }
    std::fs::write(made.join(MARKER), marker)?;
    // other processes may do the same at this moment: whoever renames first wins, and a whole
    // folder is as good as ours
    for _ in 0..5 {
        if std::fs::rename(&made, &place).is_ok() || is_story_complete(&place, story) {
            return Ok(place);
        }
        let aside = tempfile::Builder::new().prefix(".old-").tempdir_in(root)?;
        let _ = std::fs::rename(&place, aside.path().join("story"));
    }
    bail!("{} cannot be replaced; remove it", place.display())
}

fn read_story_marker(place: &Path) -> std::io::Result<String> {
    Ok(String::from_utf8_lossy(&plain_file::read_plain_file(
        &place.join(MARKER),
        64 * 1024,
    )?)
    .into_owned())
}

/// Whether the folder was built as this story, whatever became of it since.
fn is_of(place: &Path, story: &DemoStory) -> bool {
    read_story_marker(place)
        .is_ok_and(|marker| marker.lines().next() == Some(story.digest.as_str()))
}

/// Whether the folder holds exactly this story, with every repository at the tip it was built with.
fn is_story_complete(place: &Path, story: &DemoStory) -> bool {
    let plain = std::fs::symlink_metadata(place).is_ok_and(|kind| kind.is_dir());
    let Some(marker) = read_story_marker(place).ok().filter(|_| plain) else {
        return false;
    };
    let mut lines = marker.lines();
    let repositories = 1 + story.dependents.len();
    lines.next() == Some(story.digest.as_str())
        && lines.clone().count() == repositories
        && lines.all(|line| {
            let Some((name, tip)) = line.split_once(' ') else {
                return false;
            };
            git2::Repository::open(place.join(name)).is_ok_and(|repository| {
                let head = repository.head().ok().and_then(|head| head.target());
                head.is_some_and(|head| head.to_string() == tip)
                    && repository
                        .statuses(None)
                        .is_ok_and(|statuses| statuses.is_empty())
            })
        })
}

#[cfg(unix)]
fn create_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> std::io::Result<()> {
    std::fs::create_dir(path)
}

/// A plain folder of ours that nobody else may write to.
#[cfg(unix)]
fn is_own_folder(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = std::env::temp_dir();
    let Ok(id) = own_id(&own) else { return false };
    std::fs::symlink_metadata(path)
        .is_ok_and(|kind| kind.is_dir() && kind.uid().to_string() == id && kind.mode() & 0o022 == 0)
}

#[cfg(not(unix))]
fn is_own_folder(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|kind| kind.is_dir())
}

/// The user's number: that of a file made just now.
#[cfg(unix)]
fn own_id(temporary: &Path) -> Result<String> {
    use std::os::unix::fs::MetadataExt;
    let probe = tempfile::NamedTempFile::new_in(temporary)
        .with_context(|| format!("{} cannot be written", temporary.display()))?;
    Ok(probe.as_file().metadata()?.uid().to_string())
}

#[cfg(not(unix))]
fn own_id(_temporary: &Path) -> Result<String> {
    Ok(std::env::var("USERNAME")
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_story_is_left_alone_and_one_of_another_version_is_replaced() {
        let root = tempfile::tempdir().unwrap();
        let styling = crate::command::demo::find_story(Some("styling")).unwrap();
        let place = ensure_story_folder(root.path(), &styling).unwrap();
        let page = place.join(&styling.repository.name).join("README.md");
        let before = std::fs::read_to_string(&page).unwrap();
        std::fs::write(&page, "changed by hand").unwrap();
        let other = ensure_story_folder(root.path(), &styling).unwrap();
        assert_eq!(other, root.path().join("styling-2"));
        assert_eq!(std::fs::read_to_string(&page).unwrap(), "changed by hand");
        assert_eq!(
            std::fs::read_to_string(other.join(&styling.repository.name).join("README.md"))
                .unwrap(),
            before
        );
        assert_eq!(ensure_story_folder(root.path(), &styling).unwrap(), other);
        std::fs::write(place.join(MARKER), "another version\n").unwrap();
        ensure_story_folder(root.path(), &styling).unwrap();
        assert!(is_story_complete(&place, &styling));
        let left: Vec<_> = std::fs::read_dir(root.path())
            .unwrap()
            .flatten()
            .map(|entry| entry.file_name())
            .collect();
        assert_eq!(left.len(), 2, "{left:?}");
    }

    #[test]
    fn several_builders_end_with_one_whole_folder() {
        let root = tempfile::tempdir().unwrap();
        let styling = crate::command::demo::find_story(Some("styling")).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| ensure_story_folder(root.path(), &styling).unwrap());
            }
        });
        assert!(is_story_complete(&root.path().join("styling"), &styling));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_may_write_to_is_not_ours() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("open");
        create_private(&path).unwrap();
        assert!(is_own_folder(&path));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o777)).unwrap();
        assert!(!is_own_folder(&path));
        std::os::unix::fs::symlink(folder.path(), folder.path().join("link")).unwrap();
        assert!(!is_own_folder(&folder.path().join("link")));
    }
}
