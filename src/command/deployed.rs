//! `backout deployed`: one line for the neutral list of deployments, appended safely, for
//! pipelines.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::cli::{Common, DeployedArgs};
use super::time;
use crate::model::escape_invisible;
use crate::repository::{ReleaseOptions, Repository};

/// How long another writer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Longest line.
const LINE: usize = 64 * 1024;

/// Runs it: the line that was appended is printed.
pub fn run_deployed(common: &Common, args: &DeployedArgs) -> Result<ExitCode> {
    let line = write_deployment_line(common, args)?;
    append_deployment_line(&args.file, &line)?;
    super::print_output(&format!("{line}\n"))
}

fn write_deployment_line(common: &Common, args: &DeployedArgs) -> Result<String> {
    let now = Timestamp::now();
    let at = match &args.at {
        Some(text) => time::parse_time_argument(text, now, &TimeZone::system(), false)
            .map_err(|why| anyhow!("--at: {why}"))?,
        None => now,
    };
    if at > now {
        bail!("--at lies in the future; say when it was deployed, such as '5 min ago'");
    }
    let commit = match &args.commit {
        Some(commit)
            if commit.len() >= 7 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
        {
            Some(commit.to_ascii_lowercase())
        }
        Some(commit) => bail!(
            "--commit {}: it is no commit; give at least seven hexadecimal digits",
            escape_invisible(commit)
        ),
        // a pipeline stands in a clone more often than not
        None => known_commit(common, &args.release),
    };
    if args
        .traffic
        .is_some_and(|share| !(0.0..=100.0).contains(&share))
    {
        bail!("--traffic is a share in percent, from 0 to 100");
    }
    let mut object = Map::new();
    let mut add = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            object.insert(key.to_owned(), value);
        }
    };
    let text = |text: &Option<String>| text.clone().map(Value::from);
    add(
        "env",
        text(&common.env).or_else(|| Some("production".into())),
    );
    add("version", Some(args.release.trim().into()));
    add("commit", commit.map(Value::from));
    add(
        "at",
        Some(
            at.round(jiff::Unit::Second)
                .unwrap_or(at)
                .to_string()
                .into(),
        ),
    );
    add("result", Some(args.result.word().into()));
    add("kind", Some(args.kind.word().into()));
    add("service", text(&common.service));
    add("target", text(&args.target));
    add("artifact", text(&args.artifact));
    add(
        "available",
        args.available.map(|answer| Value::from(answer.is_yes())),
    );
    add(
        "installed",
        args.installed.map(|answer| Value::from(answer.is_yes())),
    );
    add("traffic", args.traffic.map(Value::from));
    add("why", text(&args.why));
    add("by", text(&args.by));
    let line = Value::Object(object).to_string();
    if args.release.trim().is_empty() || line.len() > LINE {
        bail!("name the release that was deployed, in less than {LINE} bytes all told");
    }
    Ok(line)
}

fn known_commit(common: &Common, release: &str) -> Option<String> {
    let repository = Repository::open(&common.repo).ok()?;
    let releases = repository
        .releases(&ReleaseOptions {
            tag_pattern: common.tag_pattern.clone(),
            service: None,
        })
        .ok()?;
    repository
        .find(&releases, release)
        .ok()
        .map(|release| release.commit)
}

/// One line at the end, whole or not at all: several jobs may append at once, and a line that was
/// torn before stays a line of its own.
fn append_deployment_line(path: &Path, line: &str) -> Result<()> {
    let name = escape_invisible(&path.display().to_string()).into_owned();
    if let Some(says) = std::fs::metadata(path)
        .ok()
        .and_then(|about| plain_file::explain_not_plain_file(&about))
    {
        bail!("{name} was not written: {says}");
    }
    stays_inside(path, &name)?;
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path)
        .with_context(|| format!("{name} cannot be opened"))?;
    let held = Held::new(&file, &name)?;
    let torn = match file.seek(SeekFrom::End(-1)) {
        Ok(_) => {
            let mut last = [0u8];
            file.read_exact(&mut last)
                .with_context(|| format!("{name} cannot be read"))?;
            last[0] != b'\n'
        }
        // an empty file has no last byte
        Err(_) => false,
    };
    let text = format!("{}{line}\n", if torn { "\n" } else { "" });
    // a full disk must not leave half a line in a list that people read
    plain_file::write::append_to_file(&file, text.as_bytes())
        .with_context(|| format!("{name} cannot be written"))?;
    drop(held);
    Ok(())
}

/// A list that is named inside a repository is written inside it: links there are the repository's
/// word, and could lead anywhere.
fn stays_inside(path: &Path, name: &str) -> Result<()> {
    let here = std::env::current_dir()
        .and_then(|here| here.canonicalize())
        .unwrap_or_default();
    let mut meant = PathBuf::new();
    for part in here.join(path).components() {
        match part {
            Component::ParentDir => {
                meant.pop();
            }
            Component::CurDir => {}
            part => meant.push(part),
        }
    }
    let Some(root) = meant
        .ancestors()
        .skip(1)
        .find(|folder| folder.join(".git").exists())
        .and_then(|root| root.canonicalize().ok())
    else {
        return Ok(());
    };
    if std::fs::symlink_metadata(path).is_err() {
        // it is made: the folder counts
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        return match folder.canonicalize() {
            Ok(real) if !real.starts_with(&root) => Err(make_outside_error(name, &real)),
            _ => Ok(()),
        };
    }
    match path.canonicalize() {
        Ok(real) if real.starts_with(&root) => Ok(()),
        Ok(real) => Err(make_outside_error(name, &real)),
        Err(_) => bail!(
            "{name} was not written: it is a symbolic link to something that is not there, and \
                where it leads is not made; name the file itself with --file"
        ),
    }
}

fn make_outside_error(name: &str, real: &Path) -> anyhow::Error {
    let real = escape_invisible(&real.display().to_string()).into_owned();
    anyhow!(
        "{name} was not written: a symbolic link leads it out of the repository, to {real}; name \
            the file itself with --file if that is meant"
    )
}

/// An exclusive lock, released when dropped.
struct Held(File);

impl Held {
    fn new(file: &File, name: &str) -> Result<Self> {
        let copy = file
            .try_clone()
            .with_context(|| format!("{name} cannot be locked"))?;
        let since = Instant::now();
        loop {
            match copy.try_lock() {
                Ok(()) => return Ok(Self(copy)),
                Err(std::fs::TryLockError::WouldBlock) if since.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(5))
                }
                Err(std::fs::TryLockError::WouldBlock) => {
                    bail!("{name} is locked by another program; try again once it is done")
                }
                Err(std::fs::TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("{name} cannot be locked"));
                }
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_several_writers_stay_whole_and_a_torn_one_stays_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deploys.jsonl");
        std::fs::write(&path, "{\"version\":\"1.0\",\"resu").unwrap();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let path = &path;
                scope.spawn(move || {
                    (0..25).for_each(|n| {
                        append_deployment_line(
                            path,
                            &format!("{{\"version\":\"{writer}.{n}\",\"result\":\"success\"}}"),
                        )
                        .unwrap()
                    })
                });
            }
        });
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 101);
        assert!(
            lines[1..]
                .iter()
                .all(|line| serde_json::from_str::<Value>(line).is_ok())
        );
        assert!(
            append_deployment_line(folder.path(), "{}")
                .unwrap_err()
                .to_string()
                .contains("it is a folder")
        );
    }
}
