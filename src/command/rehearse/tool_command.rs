//! Migrations of tools that are no SQL: the commands of `backout.yaml`, shown and confirmed, run in
//! copies of both trees.

use std::io::{IsTerminal, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use rehearsal::{DatabaseAddress, MigrationCommand, ToolWay};

use crate::command::output::{make_usage_error, prompt_for_line};
use crate::model::{Config, Snapshot, escape_invisible, shorten_text};

/// Most bytes of one tree that are copied.
const TREE: usize = 1024 * 1024 * 1024;

/// Most bytes of what a command prints that are shown.
const SHOWN: u64 = 4096;

/// Mode of a link in a tree.
const LINK: u32 = 0o120_000;

/// Mode of a file that can be run.
const RUNS: u32 = 0o100_755;

/// The commands, with the trees they run in.
pub struct ToolCommands {
    migrate: String,
    rollback: Option<String>,
    trees: tempfile::TempDir,
    address: String,
    versions: (String, String),
    /// Migrations of the range, for a command that wants to know how many go back.
    steps: usize,
    limit: Duration,
}

/// What the commands are about.
pub struct CommandSubject<'a> {
    /// Tree and version of previous.
    pub previous: (&'a dyn Snapshot, &'a str),
    /// Tree and version of current.
    pub current: (&'a dyn Snapshot, &'a str),
    /// Migrations of the range.
    pub steps: usize,
    /// The database.
    pub address: &'a DatabaseAddress,
    /// Seconds that a command may take.
    pub limit: u64,
    /// They run without a question.
    pub yes: bool,
}

/// Shows the commands, asks, and copies both trees. `None` where `backout.yaml` has none.
///
/// # Errors
/// Where nobody agrees, or a tree cannot be copied.
pub fn prepare_tool_commands(
    config: &Config,
    subject: &CommandSubject<'_>,
) -> Result<Option<ToolCommands>> {
    let Some(migrate) = config.rehearsal.get("migrate") else {
        return Ok(None);
    };
    let rollback = config.rehearsal.get("rollback");
    tell!(
        "backout: backout.yaml names these commands; they run in copies of both releases, with \
            DATABASE_URL set to {}:",
        escape_invisible(subject.address.shown())
    );
    for command in std::iter::once(migrate).chain(rollback) {
        tell!("  {}", escape_invisible(command));
    }
    if !subject.yes {
        let refused = || {
            make_usage_error(anyhow!(
                "the commands of backout.yaml were not confirmed, so nothing was run; --yes \
                    confirms them beforehand"
            ))
        };
        if !std::io::stdin().is_terminal() {
            return Err(refused());
        }
        let said = prompt_for_line("Run them? [y/N] ")?.unwrap_or_default();
        if !matches!(said.trim().to_lowercase().as_str(), "y" | "yes") {
            return Err(refused());
        }
    }
    let trees = tempfile::tempdir().context("no folder for copies of the trees can be made")?;
    for (name, tree) in [
        ("previous", subject.previous.0),
        ("current", subject.current.0),
    ] {
        copy_tree(tree, &trees.path().join(name))?;
    }
    Ok(Some(ToolCommands {
        migrate: migrate.clone(),
        rollback: rollback.cloned(),
        trees,
        address: subject.address.original().to_owned(),
        versions: (subject.previous.1.to_owned(), subject.current.1.to_owned()),
        steps: subject.steps,
        limit: Duration::from_secs(subject.limit),
    }))
}

/// Writes the files of a tree below a folder. Links and what would lie outside are left out.
fn copy_tree(tree: &dyn Snapshot, folder: &Path) -> Result<()> {
    let mut left = TREE;
    for entry in tree.list() {
        let inside = Path::new(&entry.path);
        let plain = inside.components().all(|part| match part {
            Component::Normal(name) => !name.eq_ignore_ascii_case(".git"),
            _ => false,
        });
        if !plain || entry.mode == LINK {
            continue;
        }
        // what cannot be read is missed by the command, which says so
        let Ok(bytes) = tree.read(&entry.path) else {
            continue;
        };
        left = left.checked_sub(bytes.len()).ok_or_else(|| {
            anyhow!(
                "a tree has more than the {TREE} bytes that are copied for the commands of \
                backout.yaml"
            )
        })?;
        let path: PathBuf = folder.join(inside);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(|| format!("{}", parent.display()))?;
        }
        std::fs::write(&path, &bytes).with_context(|| format!("{}", path.display()))?;
        #[cfg(unix)]
        if entry.mode == RUNS {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))
                .with_context(|| format!("{}", path.display()))?;
        }
    }
    Ok(())
}

impl ToolCommands {
    fn command(&self, way: ToolWay) -> Option<&str> {
        match way {
            ToolWay::Before | ToolWay::Up => Some(&self.migrate),
            ToolWay::Down => self.rollback.as_deref(),
        }
    }
}

impl MigrationCommand for ToolCommands {
    fn run(&self, way: ToolWay) -> Result<(), String> {
        let Some(text) = self.command(way) else {
            return Err("there is no command for it".to_owned());
        };
        let (folder, version) = match way {
            ToolWay::Before => ("previous", &self.versions.0),
            ToolWay::Up | ToolWay::Down => ("current", &self.versions.1),
        };
        let mut output = tempfile::tempfile().map_err(|error| error.to_string())?;
        let writer = |file: &std::fs::File| file.try_clone().map_err(|error| error.to_string());
        let mut command = if cfg!(windows) {
            let mut shell = Command::new("cmd");
            shell.arg("/C");
            shell
        } else {
            let mut shell = Command::new("sh");
            shell.arg("-c");
            shell
        };
        command
            .arg(text)
            .current_dir(self.trees.path().join(folder))
            .env("DATABASE_URL", &self.address)
            .env("BACKOUT_RELEASE", version)
            .env("BACKOUT_STEPS", self.steps.to_string())
            .stdin(Stdio::null())
            .stdout(writer(&output)?)
            .stderr(writer(&output)?);
        // a group of its own, so that what it started ends with it
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command
            .spawn()
            .map_err(|error| format!("it cannot be started ({error})"))?;
        let began = Instant::now();
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if began.elapsed() < self.limit => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Ok(None) => {
                    end_group(&mut child);
                    return Err(format!("it took longer than {} s", self.limit.as_secs()));
                }
                Err(error) => return Err(error.to_string()),
            }
        };
        if status.success() {
            return Ok(());
        }
        Err(format!("it ended with {status}: {}", read_end(&mut output)))
    }

    fn show(&self, way: ToolWay) -> String {
        escape_invisible(self.command(way).unwrap_or_default()).into_owned()
    }

    fn has(&self, way: ToolWay) -> bool {
        self.command(way).is_some()
    }
}

/// Ends a command with everything that it started.
fn end_group(child: &mut std::process::Child) {
    #[cfg(unix)]
    {
        let group = format!("-{}", child.id());
        let _ = Command::new("kill")
            .args(["-KILL", "--", &group])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// The end of what was printed, on one line.
fn read_end(output: &mut std::fs::File) -> String {
    let length = output.metadata().map_or(0, |about| about.len());
    let mut bytes = Vec::new();
    let from = SeekFrom::Start(length.saturating_sub(SHOWN));
    if output.seek(from).is_err() || output.take(SHOWN).read_to_end(&mut bytes).is_err() {
        return String::new();
    }
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let last = lines[lines.len().saturating_sub(4)..].join(" | ");
    shorten_text(&escape_invisible(&last), 500).into_owned()
}
