//! Git's own files are looked at before libgit2 opens them: a pipe or device among them would be
//! waited for or read without end.

use std::path::{Path, PathBuf};

use model::escape_invisible;

use super::error::RepositoryError;

/// Files below git's folder that are opened while a repository is read.
const FILES: [&str; 14] = [
    "HEAD",
    "config",
    "config.worktree",
    "packed-refs",
    "shallow",
    "commondir",
    "gitdir",
    "index",
    "FETCH_HEAD",
    "info/attributes",
    "info/exclude",
    "info/grafts",
    "objects/info/alternates",
    "objects/info/commit-graph",
];
/// Most references and packs that are looked at.
const ENTRIES: usize = 500_000;
/// Largest configuration that is searched for files it includes, in bytes.
const CONFIG: u64 = 1024 * 1024;
/// Deepest chain of included configurations; git follows ten.
const INCLUDES: usize = 10;

/// Refuses a repository in which one of git's own files is a pipe, a socket or a device.
pub(super) fn check_git_files(start: &Path) -> Result<(), RepositoryError> {
    let Some(git_dir) = git_dir(start)? else {
        return Ok(());
    };
    // a worktree has its own HEAD, and shares references and objects with the main one
    let common = plain_file::read_plain_file(&git_dir.join("commondir"), 4096)
        .ok()
        .map(|text| git_dir.join(String::from_utf8_lossy(&text).trim()));
    for folder in [Some(git_dir), common].into_iter().flatten() {
        for name in FILES {
            check_plain_file(&folder.join(name))?;
        }
        let mut left = ENTRIES;
        for below in ["refs", "objects/pack"] {
            check_git_folder(&folder.join(below), &mut left, 0)?;
        }
        for name in ["config", "config.worktree"] {
            check_included_files(&folder.join(name), 0)?;
        }
    }
    Ok(())
}

/// Git's folder for a path, as far as it can be told without opening anything that is no file.
fn git_dir(start: &Path) -> Result<Option<PathBuf>, RepositoryError> {
    for folder in start.ancestors() {
        let own = folder.join(".git");
        if own.is_dir() {
            return Ok(Some(own));
        }
        check_plain_file(&own)?;
        // `.git` is a file in a worktree and in a submodule
        if let Ok(text) = plain_file::read_plain_file(&own, 4096) {
            let text = String::from_utf8_lossy(&text).into_owned();
            return Ok(text
                .trim()
                .strip_prefix("gitdir:")
                .map(|path| folder.join(path.trim())));
        }
        // a bare repository has no `.git`; these two are what git looks for as well
        if folder.join("objects").is_dir() && std::fs::symlink_metadata(folder.join("HEAD")).is_ok()
        {
            return Ok(Some(folder.to_owned()));
        }
    }
    Ok(None)
}

fn check_plain_file(path: &Path) -> Result<(), RepositoryError> {
    match std::fs::metadata(path) {
        // opening a folder blocks nobody
        Ok(about) if !about.is_dir() => plain_file::explain_not_plain_file(&about)
            .map_or(Ok(()), |says| Err(build_refused_file_error(path, says))),
        _ => Ok(()),
    }
}

fn build_refused_file_error(path: &Path, says: &str) -> RepositoryError {
    RepositoryError::Other(format!(
        "{} is one of git's own files, and {says}; this repository was not opened",
        escape_invisible(&path.display().to_string())
    ))
}

/// Loose references and packs; what is neither file nor folder nor link is told without a look at
/// each file.
fn check_git_folder(folder: &Path, left: &mut usize, depth: usize) -> Result<(), RepositoryError> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries.flatten() {
        *left = left.saturating_sub(1);
        if *left == 0 || depth > 32 {
            return Ok(());
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => check_git_folder(&entry.path(), left, depth + 1)?,
            Ok(kind) if !kind.is_file() => check_plain_file(&entry.path())?,
            _ => {}
        }
    }
    Ok(())
}

/// Files that a configuration names and git opens: further configurations, which may name more, and
/// attributes.
fn check_included_files(config: &Path, depth: usize) -> Result<(), RepositoryError> {
    let Ok(bytes) = plain_file::read_plain_file(config, CONFIG) else {
        return Ok(());
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        let mut setting = line;
        // `[include]` and `[includeIf "gitdir:~/work/"]` name further files; others name none
        if let Some(section) = line.strip_prefix('[') {
            inside = section
                .trim_start()
                .to_ascii_lowercase()
                .starts_with("include");
            // a name in quotes may hold a bracket
            let quoted = section
                .rfind('"')
                .filter(|_| !section.starts_with("include]"))
                .unwrap_or(0);
            setting = section
                .get(quoted..)
                .and_then(|rest| rest.split_once(']'))
                .map_or("", |(_, rest)| rest);
        }
        let Some((key, value)) = setting.split_once('=') else {
            continue;
        };
        let key = key.trim().to_ascii_lowercase();
        let further = inside && key == "path";
        if !further && key != "attributesfile" {
            continue;
        }
        // a remark and a path with `#` look alike, so both readings are checked
        for value in list_setting_spellings(value) {
            let home = value
                .strip_prefix("~/")
                .and_then(|rest| Some(PathBuf::from(std::env::var_os("HOME")?).join(rest)));
            let path =
                home.unwrap_or_else(|| config.parent().unwrap_or(Path::new(".")).join(&value));
            check_plain_file(&path)?;
            if further && depth < INCLUDES {
                check_included_files(&path, depth + 1)?;
            }
        }
    }
    Ok(())
}

/// A value as git may read it: without quotes, and with and without what may be a remark behind it.
fn list_setting_spellings(text: &str) -> Vec<String> {
    let text = text.trim();
    let unquoted = |text: &str| text.trim().trim_matches('"').replace("\\\\", "\\");
    let cut = text.find(['#', ';']).map(|at| unquoted(&text[..at]));
    std::iter::once(unquoted(text))
        .chain(cut)
        .filter(|value| !value.is_empty())
        .collect()
}
