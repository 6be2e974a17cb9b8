//! A stand-in for repositories whose format libgit2 refuses although it could read their objects: a
//! temporary folder with the references and an `alternates` line to the real objects. Nothing is
//! written into the repository itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use model::escape_invisible;

use super::error::{RepositoryError, wrap_git_error};

/// Largest copied file, in bytes.
const LIMIT: u64 = 256 * 1024 * 1024;
/// Largest file that holds one path, in bytes.
const PATH_LIMIT: u64 = 64 * 1024;

/// The temporary folder and what it stands for.
pub struct Shadow {
    pub folder: tempfile::TempDir,
    pub git_dir: PathBuf,
    pub common_dir: PathBuf,
    pub bare: bool,
    pub notes: Vec<String>,
}

/// Builds the stand-in for the repository that holds `start`.
pub fn make_shadow_repository(start: &Path, name: &str) -> Result<Shadow, RepositoryError> {
    let git_dir = git2::Repository::discover_path(start, std::iter::empty::<&std::ffi::OsStr>())
        .map_err(|_| RepositoryError::NotARepository(name.to_owned()))?;
    let common_dir = find_common_git_dir(&git_dir);
    let config = git2::Config::open(&common_dir.join("config")).map_err(wrap_git_error(
        format!("cannot read the configuration of {name}"),
    ))?;
    let mut notes = Vec::new();
    let mut reftable = false;
    for (extension, value) in read_git_extensions(&config) {
        // extensions that change neither how objects are named nor where references lie
        match (extension.as_str(), value.as_str()) {
            ("objectformat", "sha1")
            | (
                "noop" | "noop-v1" | "preciousobjects" | "worktreeconfig" | "relativeworktrees"
                | "compatobjectformat",
                _,
            )
            | ("refstorage", "files") => {}
            ("objectformat", _) => return Err(RepositoryError::Sha256(name.to_owned())),
            ("partialclone", _) => notes.push(
                "libgit2 refuses partial clones, so this one is read through a stand-in folder"
                    .to_owned(),
            ),
            ("refstorage", "reftable") => reftable = true,
            _ => {
                return Err(RepositoryError::Extension {
                    path: name.to_owned(),
                    name: escape_invisible(&extension).into_owned(),
                });
            }
        }
    }
    let folder = tempfile::Builder::new()
        .prefix("backout-git-")
        .tempdir()
        .map_err(build_unwritable_error)?;
    // before anything is copied, so that a foreign repository leaves nothing in our folder
    check_git_ownership(&git_dir, folder.path())?;
    let root = folder.path();
    for part in [
        "objects/info",
        "objects/pack",
        "refs/heads",
        "refs/tags",
        "info",
    ] {
        std::fs::create_dir_all(root.join(part)).map_err(build_unwritable_error)?;
    }
    let objects = common_dir
        .join("objects")
        .canonicalize()
        .unwrap_or_else(|_| common_dir.join("objects"));
    // objects are not copied: the stand-in points at them and never writes there
    std::fs::write(
        root.join("objects/info/alternates"),
        format!("{}\n", objects.display()),
    )
    .map_err(build_unwritable_error)?;
    copy_small_file(&common_dir.join("shallow"), &root.join("shallow"))?;
    copy_small_file(
        &common_dir.join("info/attributes"),
        &root.join("info/attributes"),
    )?;
    if reftable {
        notes.push("references are kept as reftable; the git program listed them".to_owned());
        list_with_git(&git_dir, root, name)?;
    } else {
        // references are copied: libgit2 refuses to read them under the repository's own
        // configuration
        copy_small_file(&git_dir.join("HEAD"), &root.join("HEAD"))?;
        copy_small_file(&common_dir.join("packed-refs"), &root.join("packed-refs"))?;
        copy_refs(&common_dir.join("refs"), &root.join("refs"), 0)?;
    }
    let bare = config
        .get_bool("core.bare")
        .unwrap_or_else(|_| git_dir.file_name().is_none_or(|name| name != ".git"));
    write_config(&config, &git_dir, bare && git_dir == common_dir, root)?;
    Ok(Shadow {
        folder,
        bare: bare && git_dir == common_dir,
        git_dir,
        common_dir,
        notes,
    })
}

fn build_unwritable_error(error: std::io::Error) -> RepositoryError {
    RepositoryError::Other(format!(
        "the stand-in for this repository cannot be written to the temporary folder ({error}); set \
            TMPDIR to a folder with room"
    ))
}

/// The repository's folder behind a worktree's.
fn find_common_git_dir(git_dir: &Path) -> PathBuf {
    match plain_file::read_plain_file(&git_dir.join("commondir"), PATH_LIMIT) {
        Ok(text) => {
            let path = git_dir.join(String::from_utf8_lossy(&text).trim());
            path.canonicalize().unwrap_or(path)
        }
        Err(_) => git_dir.to_path_buf(),
    }
}

fn read_git_extensions(config: &git2::Config) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let Ok(entries) = config.entries(Some("extensions\\..*")) {
        let _ = entries.for_each(|entry| {
            let name = String::from_utf8_lossy(entry.name_bytes())
                .trim_start_matches("extensions.")
                .to_owned();
            let value = if entry.has_value() {
                String::from_utf8_lossy(entry.value_bytes()).into_owned()
            } else {
                String::new()
            };
            found.push((name, value));
        });
    }
    found
}

/// Git's ownership rule, which libgit2 did not reach: the stand-in must not walk around it.
#[cfg(unix)]
fn check_git_ownership(git_dir: &Path, ours: &Path) -> Result<(), RepositoryError> {
    use std::os::unix::fs::MetadataExt;
    let uid = |path: &Path| std::fs::metadata(path).map(|data| data.uid());
    let path = git_dir
        .parent()
        .filter(|_| git_dir.ends_with(".git"))
        .unwrap_or(git_dir)
        .display()
        .to_string();
    let path = path.trim_end_matches('/').to_owned();
    let same = matches!((uid(git_dir), uid(ours)), (Ok(theirs), Ok(ours)) if theirs == ours);
    let mut trusted = false;
    if let Ok(entries) = git2::Config::open_default()
        .and_then(|mut config| config.snapshot())
        .as_ref()
        .map_err(|_| ())
        .and_then(|config| config.multivar("safe.directory", None).map_err(|_| ()))
    {
        let _ = entries.for_each(|entry| {
            let value = String::from_utf8_lossy(entry.value_bytes()).into_owned();
            trusted = match value.as_str() {
                // git's rule: an empty value takes back what was trusted by an earlier one
                "" => false,
                "*" => true,
                other => trusted || other.trim_end_matches('/') == path,
            };
        });
    }
    if same || trusted {
        Ok(())
    } else {
        Err(RepositoryError::NotOwned {
            path: escape_invisible(&path).into_owned(),
        })
    }
}

#[cfg(not(unix))]
fn check_git_ownership(_: &Path, _: &Path) -> Result<(), RepositoryError> {
    Ok(())
}

fn copy_small_file(from: &Path, to: &Path) -> Result<(), RepositoryError> {
    match std::fs::metadata(from) {
        Ok(data) if data.is_file() && data.len() <= LIMIT => std::fs::copy(from, to)
            .map(|_| ())
            .map_err(build_unwritable_error),
        _ => Ok(()),
    }
}

fn copy_refs(from: &Path, to: &Path, depth: usize) -> Result<(), RepositoryError> {
    let Ok(list) = std::fs::read_dir(from) else {
        return Ok(());
    };
    for file in list.flatten() {
        let (source, target) = (file.path(), to.join(file.file_name()));
        let Ok(kind) = file.file_type() else { continue };
        // deeper than the name of any branch
        if kind.is_dir() && depth < 32 {
            std::fs::create_dir_all(&target).map_err(build_unwritable_error)?;
            copy_refs(&source, &target, depth + 1)?;
        } else if kind.is_file() {
            copy_small_file(&source, &target)?;
        }
    }
    Ok(())
}

fn list_with_git(git_dir: &Path, root: &Path, name: &str) -> Result<(), RepositoryError> {
    let run = |arguments: &[&str]| {
        let mut command = Command::new("git");
        // whatever the repository's configuration names is switched off: this program starts git,
        // and git starts nothing
        command.arg("--no-pager");
        for setting in [
            "core.fsmonitor=false",
            "core.hooksPath=/dev/null",
            "core.alternateRefsCommand=",
            "core.pager=cat",
            "gc.auto=0",
            "maintenance.auto=false",
        ] {
            command.args(["-c", setting]);
        }
        command
            .arg("--git-dir")
            .arg(git_dir)
            .args(arguments)
            .stdin(std::process::Stdio::null());
        let ran = command
            // a partial clone would start to download, and nothing here may reach the network
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .output();
        ran.ok()
            .filter(|ran| ran.status.success())
            .map(|ran| String::from_utf8_lossy(&ran.stdout).into_owned())
    };
    let refused = || RepositoryError::Reftable(name.to_owned());
    let list = run(&["for-each-ref", "--format=%(objectname) %(refname)"]).ok_or_else(refused)?;
    std::fs::write(
        root.join("packed-refs"),
        format!("# pack-refs with: sorted\n{list}"),
    )
    .map_err(build_unwritable_error)?;
    // a detached HEAD is no reference and has an id only
    let head = run(&["symbolic-ref", "HEAD"])
        .map(|target| format!("ref: {target}"))
        .or_else(|| run(&["rev-parse", "HEAD"]))
        .ok_or_else(refused)?;
    std::fs::write(root.join("HEAD"), head).map_err(build_unwritable_error)
}

/// Only what changes how contents are judged; nothing that could run or connect.
fn write_config(
    config: &git2::Config,
    git_dir: &Path,
    bare: bool,
    root: &Path,
) -> Result<(), RepositoryError> {
    let path = root.join("config");
    std::fs::write(
        &path,
        format!("[core]\n\trepositoryformatversion = 0\n\tbare = {bare}\n"),
    )
    .map_err(build_unwritable_error)?;
    let mut target = git2::Config::open(&path)
        .map_err(wrap_git_error("cannot write the stand-in's configuration"))?;
    let linked = plain_file::read_plain_file(&git_dir.join("gitdir"), PATH_LIMIT)
        .ok()
        .and_then(|text| {
            Path::new(String::from_utf8_lossy(&text).trim())
                .parent()
                .map(Path::to_path_buf)
        });
    let configured = config.get_path("core.worktree").ok();
    if let Some(work_dir) = linked
        .or(configured)
        .or_else(|| git_dir.parent().filter(|_| !bare).map(Path::to_path_buf))
        .filter(|_| !bare)
    {
        let work_dir = if work_dir.is_relative() {
            git_dir.join(work_dir)
        } else {
            work_dir
        };
        let _ = target.set_str("core.worktree", &work_dir.to_string_lossy());
    }
    if let Ok(entries) = config.entries(None) {
        let _ = entries.for_each(|entry| {
            let (key, value) = (
                String::from_utf8_lossy(entry.name_bytes()),
                if entry.has_value() {
                    String::from_utf8_lossy(entry.value_bytes())
                } else {
                    "true".into()
                },
            );
            // anything else could name a program (`diff.x.textconv`, `core.sshCommand`) that git
            // would start
            let wanted = (key.starts_with("diff.") && key.ends_with(".binary"))
                || key.starts_with("mailmap.")
                || key == "core.attributesfile"
                || key == "core.bigfilethreshold";
            // kept, because they tell that contents may be missing; no remote address is copied
            // with them
            let promised = key.ends_with(".promisor") || key.ends_with(".partialclonefilter");
            if wanted || promised {
                let _ = target.set_str(&key, &value);
            }
        });
    }
    Ok(())
}
