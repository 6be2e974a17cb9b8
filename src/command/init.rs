//! `backout init`: a commented backout.yaml from what is seen.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use super::cli::{Common, InitArgs};
use crate::assess::config;
use crate::repository::{ReleaseOptions, Repository};

/// Runs it.
pub fn run(common: &Common, args: &InitArgs) -> Result<ExitCode> {
    let repository = Repository::open(&common.repo)?;
    let releases = repository.releases(&ReleaseOptions { tag_pattern: common.tag_pattern.clone(), service: common.service.clone() })?;
    let newest = releases.releases.first();
    let head = match newest {
        Some(release) => release.clone(),
        None => repository.find(&releases, "HEAD")?,
    };
    let tree = repository.snapshot(&head)?;
    let folder = repository.work_dir().unwrap_or(repository.git_dir());
    let name = folder.canonicalize().ok().and_then(|folder| Some(folder.file_name()?.to_string_lossy().into_owned()));
    let text = config::starter(&config::Sensed::of(name.as_deref(), newest, &*tree));
    if args.print {
        return super::print(&text);
    }
    let Some(folder) = repository.work_dir() else { bail!("{} has no working tree to put backout.yaml into; use --print", repository.git_dir().display()) };
    let file = folder.join("backout.yaml");
    let mut options = std::fs::OpenOptions::new();
    // the user asked for this one file; nothing else is ever written into the repository
    let opened = if args.force { options.write(true).create(true).truncate(true).open(&file) } else { options.write(true).create_new(true).open(&file) };
    match opened {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("{} is there already; --print shows what would be written, --force replaces it", file.display())
        }
        opened => opened.and_then(|mut out| out.write_all(text.as_bytes())).with_context(|| format!("{} cannot be written", file.display()))?,
    }
    super::print(&format!("wrote {}\n", file.display()))
}
