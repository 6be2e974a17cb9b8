//! `backout init`: a commented backout.yaml from what is seen.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use plain_file::write;

use super::cli::{Common, InitArgs};
use crate::assess::config;
use crate::model::escape_invisible;
use crate::repository::{ReleaseOptions, Repository};

/// Runs it.
pub fn run_init(common: &Common, args: &InitArgs) -> Result<ExitCode> {
    let repository = Repository::open(&common.repo)?;
    let releases = repository.releases(&ReleaseOptions {
        tag_pattern: common.tag_pattern.clone(),
        service: common.service.clone(),
    })?;
    let newest = releases.releases.first();
    let head = match newest {
        Some(release) => release.clone(),
        None => repository.find(&releases, "HEAD")?,
    };
    let tree = repository.snapshot(&head)?;
    let folder = repository.work_dir().unwrap_or(repository.git_dir());
    let name = folder
        .canonicalize()
        .ok()
        .and_then(|folder| Some(folder.file_name()?.to_string_lossy().into_owned()));
    let text = config::write_starter_config(&config::Sensed::of(name.as_deref(), newest, &*tree));
    if args.print {
        return super::print_output(&text);
    }
    let Some(folder) = repository.work_dir() else {
        bail!(
            "{} has no working tree to put backout.yaml into; use --print",
            repository.git_dir().display()
        )
    };
    let file = folder.join(config::NAME);
    write_starter_file(&file, &text, args.force)?;
    super::print_output(&format!(
        "wrote {}\n",
        escape_invisible(&file.display().to_string())
    ))
}

/// Writes the one file that was asked for, and nothing else. What is there is replaced only with
/// `force`, and only where it is a plain file: a link in a repository could lead anywhere. It is
/// written beside and moved into place, so that nothing is ever written through a name.
fn write_starter_file(file: &Path, text: &str, force: bool) -> Result<()> {
    let name = escape_invisible(&file.display().to_string()).into_owned();
    match std::fs::symlink_metadata(file) {
        Ok(about) if !about.is_file() => {
            let link = "it is a symbolic link, and nothing is written to wherever that leads";
            let why = if about.is_symlink() {
                link
            } else {
                plain_file::explain_not_plain_file(&about).unwrap_or("it is no plain file")
            };
            bail!(
                "{name} was not written: {why}. Remove it first, or use --print and put the text \
                    where it belongs"
            )
        }
        Ok(_) if !force => bail!(
            "{name} is there already; --print shows what would be written, --force replaces it"
        ),
        _ => {}
    }
    // readable as the person's umask lets it be, like any file they make
    let into_place = if force {
        write::replace_file
    } else {
        write::create_file
    };
    match into_place(file, text.as_bytes(), write::FileReaders::Umask) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("{name} is there already; --force replaces it")
        }
        written => written.with_context(|| format!("{name} cannot be written")),
    }
}
