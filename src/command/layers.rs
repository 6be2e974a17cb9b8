//! The files that are laid over the shipped checklist: the person's own, the repository's
//! `.backout/`, the one that is named.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};

use super::cli::Common;
use super::user_file::{lint_lines, read_user_file};
use crate::checklist::{Checklist, Layer, Whose};
use crate::model::{Unchecked, Untrusted, checklist_line, escape_invisible};

/// Most bytes of all files of the repository that are read.
const LIMIT: u64 = 256 * 1024;
/// Most files of one folder that are read.
const FILES: usize = 50;
/// The folder of a repository that may hold checklists.
const FOLDER: &str = ".backout";

/// The checklist in force.
///
/// # Errors
/// The linter's errors about the person's own files, one a line: file, line, column, what to write
/// instead.
pub fn load_checklist_in_force(common: &Common) -> Result<Checklist> {
    let mut layers = Vec::new();
    let own = |file: &Path| -> Result<Layer> {
        Ok(Layer {
            name: file.display().to_string(),
            text: read_user_file(file)?,
            whose: Whose::Person,
        })
    };
    if let Some(folder) = find_user_folder() {
        let mut files: Vec<PathBuf> = Some(folder.join("checklist.yaml"))
            .filter(|file| file.exists())
            .into_iter()
            .collect();
        files.extend(
            yaml_files(&folder.join("checklists"))
                .into_iter()
                .take(FILES),
        );
        for file in files {
            layers.push(own(&file)?);
        }
    }
    let (found, left_out) = of_repository(&work_dir(&common.repo));
    layers.extend(found);
    if let Some(file) = &common.checklist {
        layers.push(own(file)?);
    }
    let (mut checklist, _) = Checklist::load_layers(&layers, common.trust_checklist)
        .map_err(|lints| super::make_usage_error(anyhow!("{}", lint_lines(&lints))))?;
    checklist.left_out.splice(0..0, left_out);
    Ok(checklist)
}

/// The repository's own files, and those that are not read. No link is followed: it would be
/// somebody else's choice of a file.
fn of_repository(root: &Path) -> (Vec<Layer>, Vec<Unchecked>) {
    let left_out = |what: String, why: String| Unchecked {
        what: Untrusted::visible(&what),
        why: Untrusted::visible(&format!("{why}; its questions and rules do not count")),
        settle_with: Some(
            "put the text of the checklist itself there, or name a file with --checklist".into(),
        ),
    };
    let folder = root.join(FOLDER);
    match std::fs::symlink_metadata(&folder) {
        Ok(about) if about.is_dir() => {}
        Ok(about) => {
            let why = plain_file::explain_not_plain_file(&about)
                .unwrap_or("it is a file, and checklists are read from a folder");
            return (
                Vec::new(),
                vec![left_out(FOLDER.to_owned(), why.to_owned())],
            );
        }
        Err(_) => return (Vec::new(), Vec::new()),
    }
    let (mut layers, mut refused, mut left) = (Vec::new(), Vec::new(), LIMIT);
    let files = yaml_files(&folder);
    for file in files.iter().take(FILES) {
        let name = format!(
            "{FOLDER}/{}",
            file.file_name().unwrap_or_default().to_string_lossy()
        );
        let read = plain_file::read_no_link(file, left).inspect(|bytes| left -= bytes.len() as u64);
        match read {
            Ok(bytes) => match crate::model::decode_text(&bytes) {
                Some(text) => layers.push(Layer {
                    name: escape_invisible(&name).into_owned(),
                    text,
                    whose: Whose::Repository,
                }),
                None => refused.push(left_out(name, "it is not a text file".to_owned())),
            },
            Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => {
                refused.push(left_out(
                    name,
                    format!(
                        "with it the checklists of {FOLDER} have more \
                    than the {LIMIT} bytes that are read"
                    ),
                ));
            }
            Err(error) => refused.push(left_out(name, error.to_string())),
        }
    }
    if files.len() > FILES {
        refused.push(left_out(
            format!("{} files of {FOLDER}", files.len() - FILES),
            format!("only the first {FILES} checklists by name are read"),
        ));
    }
    (layers, refused)
}

/// What the repository's own checklist does to the rules and what of it was left out, on standard
/// error: for outputs that have no place for it.
pub fn print_checklist_changes(checklist: &Checklist) {
    if let Some(line) = checklist_line(&checklist.changes) {
        tell!("backout: {}", escape_invisible(&line));
    }
    for one in &checklist.left_out {
        tell!("backout: {}: {}", one.what.shown(), one.why.shown());
    }
}

/// The folder of the person's own files: checklists, settings, themes.
pub fn find_user_folder() -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    Some(
        etcetera::choose_base_strategy()
            .ok()?
            .config_dir()
            .join("backout"),
    )
}

fn work_dir(repo: &Path) -> PathBuf {
    let start = repo.canonicalize().unwrap_or_else(|_| repo.to_owned());
    start
        .ancestors()
        .find(|folder| folder.join(".git").exists())
        .map_or(start.clone(), Path::to_owned)
}

/// Checklists in a folder, by name.
fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|ending| ending == "yaml" || ending == "yml")
        })
        .collect();
    files.sort();
    files
}
