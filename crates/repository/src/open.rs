//! Opening a repository of any kind, and the handles threads work with.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Once;

use git2::{ErrorCode, RepositoryOpenFlags};

use model::{RepositoryInfo, escape_invisible};

use super::error::{RepositoryError, wrap_git_error};
use super::handles::{Handles, open_exactly};
use super::shadow;

static OPTIONS: Once = Once::new();

/// Largest list of shallow commits that is counted, in bytes.
const SHALLOW: u64 = 64 * 1024 * 1024;

/// What [`open`] found.
pub struct OpenedRepository {
    pub info: RepositoryInfo,
    pub git_dir: PathBuf,
    pub work_dir: Option<PathBuf>,
    pub handles: Handles,
}

/// Opens the repository that holds `path`.
pub fn open_repository(path: &Path) -> Result<OpenedRepository, RepositoryError> {
    // objects are read to be shown, not to be trusted: git itself does not hash what it reads
    // either
    OPTIONS.call_once(|| git2::opts::strict_hash_verification(false));
    let name = escape_invisible(&path.display().to_string()).into_owned();
    if !path.exists() {
        return Err(RepositoryError::NoFolder(name));
    }
    let absolute = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let start = if absolute.is_file() {
        absolute.parent().unwrap_or(&absolute)
    } else {
        &absolute
    };
    // libgit2 opens these files itself and would wait for ever at a pipe
    super::plain::check_git_files(start)?;
    let mut notes = Vec::new();
    let mut kept = None;
    let found = match git2::Repository::open_ext(
        start,
        RepositoryOpenFlags::empty(),
        std::iter::empty::<&OsStr>(),
    ) {
        Ok(found) => found,
        Err(error) => match explain_open_error(&error, start, &name) {
            // an error that has its own sentence is not tried again: the stand-in must not get
            // around a refusal
            Some(refused) => return Err(refused),
            None => {
                let shadow = shadow::make_shadow_repository(start, &name)?;
                notes.extend(shadow.notes);
                let opened = open_exactly(shadow.folder.path(), shadow.bare)
                    .map_err(wrap_git_error(format!("cannot open {name}")))?;
                kept = Some((shadow.folder, shadow.git_dir, shadow.common_dir));
                opened
            }
        },
    };
    let config = found.config().and_then(|mut config| config.snapshot()).ok();
    let git_dir: PathBuf = kept
        .as_ref()
        .map_or_else(|| found.path(), |(_, git_dir, _)| git_dir)
        .components()
        .collect();
    let common_dir = kept.as_ref().map_or_else(
        || found.commondir().to_path_buf(),
        |(_, _, common_dir)| common_dir.clone(),
    );
    let bare = is_bare(&found, config.as_ref(), &git_dir);
    let work_dir = if bare {
        None
    } else {
        found
            .workdir()
            .map(|path| path.components().collect::<PathBuf>())
    };
    let mut info = RepositoryInfo {
        path: work_dir.clone().unwrap_or_else(|| git_dir.clone()),
        shallow: found.is_shallow(),
        bare,
        partial: false,
        notes,
    };
    info.partial = is_partial(&common_dir, config.as_ref())
        || kept.is_some() && info.notes.iter().any(|note| note.contains("partial"));
    describe_repository(&found, config.as_ref(), &common_dir, &mut info)?;
    // asked first, because a list of all references is made whole before its first one is given
    if found.head().is_err()
        && found
            .references()
            .map(|mut all| all.next().is_none())
            .unwrap_or(true)
    {
        return Err(RepositoryError::Empty(name));
    }
    let handle_path = found.path().to_path_buf();
    let shadow = kept.map(|(folder, _, _)| folder);
    let handles = Handles::new(handle_path, bare, shadow);
    Ok(OpenedRepository {
        info,
        git_dir,
        work_dir,
        handles,
    })
}

/// Whether git treats it as bare.
fn is_bare(found: &git2::Repository, config: Option<&git2::Config>, git_dir: &Path) -> bool {
    let said_bare = config.and_then(|config| config.get_bool("core.bare").ok());
    // as git guesses where `core.bare` is not set: a folder of another name than .git is bare
    let has_tree = config.is_some_and(|config| config.get_string("core.worktree").is_ok())
        || found.is_worktree();
    let guessed =
        said_bare.is_none() && !has_tree && git_dir.file_name().is_none_or(|name| name != ".git");
    found.is_bare() || guessed
}

/// The sentence for an error of opening; `None` where a second way of opening may help.
fn explain_open_error(error: &git2::Error, start: &Path, name: &str) -> Option<RepositoryError> {
    let says = error.message();
    // before the rest: a repository of another user is refused whatever its format
    if error.code() == ErrorCode::Owner {
        let path = says
            .split('\'')
            .nth(1)
            .map_or_else(|| start.display().to_string(), str::to_owned);
        return Some(RepositoryError::NotOwned {
            path: escape_invisible(path.trim_end_matches('/')).into_owned(),
        });
    }
    // libgit2 refuses formats by name whose objects it could read: the stand-in is for those
    if says.contains("extension") {
        return None;
    }
    if says.contains("sha256") || says.contains("object format") {
        return Some(RepositoryError::Sha256(name.to_owned()));
    }
    if error.code() == ErrorCode::NotFound {
        return Some(RepositoryError::NotARepository(name.to_owned()));
    }
    Some(RepositoryError::Git {
        doing: format!("cannot open {name}"),
        says: escape_invisible(says).into_owned(),
    })
}

fn is_partial(common_dir: &Path, config: Option<&git2::Config>) -> bool {
    let packs = std::fs::read_dir(common_dir.join("objects/pack"));
    let promised = packs.is_ok_and(|list| {
        list.flatten().any(|file| {
            // a clone without contents leaves this mark beside its packs, also where the setting is
            // gone
            file.path()
                .extension()
                .is_some_and(|ending| ending == "promisor")
        })
    });
    let configured = config.is_some_and(|config| {
        // a worktree or a mirror may have either of the two settings
        ["remote\\..*\\.promisor", "remote\\..*\\.partialclonefilter"]
            .iter()
            .any(|glob| {
                config
                    .entries(Some(glob))
                    .is_ok_and(|mut entries| entries.next().is_some())
            })
    });
    promised || configured
}

fn describe_repository(
    repo: &git2::Repository,
    config: Option<&git2::Config>,
    common_dir: &Path,
    info: &mut RepositoryInfo,
) -> Result<(), RepositoryError> {
    if info.shallow {
        let boundary =
            plain_file::read_plain_file(&common_dir.join("shallow"), SHALLOW).map_or(0, |text| {
                text.split(|&byte| byte == b'\n')
                    .filter(|line| !line.is_empty())
                    .count()
            });
        info.notes.push(format!(
            "history ends early at {boundary} shallow {}, so commits may be missing; `git fetch \
                --unshallow --tags` completes it",
            pluralise_word(boundary, "commit")
        ));
    }
    if info.partial {
        info.notes.push(
            "this is a partial clone: contents that are not here are listed as unchecked; \
                `git fetch --refetch --no-filter` brings them"
                .to_owned(),
        );
    }
    // git follows these and libgit2 does not, so figures differ and somebody will compare them
    let replaced = repo
        .references_glob("refs/replace/*")
        .map_err(wrap_git_error("cannot list references"))?
        .count();
    if replaced > 0 || common_dir.join("info/grafts").exists() {
        info.notes.push(format!(
            "{replaced} replaced {} (refs/replace, grafts) are not followed, so figures can differ \
                from git's; compare with `git --no-replace-objects`",
            pluralise_word(replaced, "object")
        ));
    }
    if config.is_some_and(|config| config.get_string("attr.tree").is_ok()) {
        info.notes.push(
            "attr.tree is set, and backout does not read attributes from that tree: line \
                counts of files it marks can differ from git's"
                .to_owned(),
        );
    }
    Ok(())
}

fn pluralise_word(count: usize, word: &str) -> String {
    if count == 1 {
        word.to_owned()
    } else {
        format!("{word}s")
    }
}
