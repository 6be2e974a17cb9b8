//! Calls by which a program, or what starts it, runs its migrations itself; and the switch by which
//! it can be told not to.

use crate::tool::find_tool;
use model::{Framework, Hit, Snapshot};

/// The command in quotes, as it stands in a list of arguments: `check_call(["alembic", ..`,
/// `exec.Command("migrate", ..`.
pub fn list_quoted_commands(framework: Framework) -> impl Iterator<Item = String> {
    find_tool(framework)
        .record()
        .start
        .command
        .into_iter()
        .flat_map(|(name, _)| ["\"", "'"].map(|quote| format!("{quote}{name}{quote}")))
}

/// The option by which a program tells a tool to go on at a version that it does not know, and the
/// value that it has then.
pub fn list_tolerating_options(framework: Framework) -> &'static [(&'static str, &'static str)] {
    match framework {
        Framework::Refinery => &[("set_abort_missing", "false")],
        Framework::Sqlx => &[("set_ignore_missing", "true")],
        Framework::Sequel => &[("allow_missing_migration_files", "true")],
        Framework::Knex => &[("disablemigrationslistvalidation", "true")],
        _ => &[],
    }
}

/// Ways in which languages start another program.
const STARTS: [&str; 22] = [
    "subprocess",
    "check_call",
    "check_output",
    "popen",
    "run(",
    "exec",
    "spawn",
    "process",
    "system(",
    "command(",
    "command::new",
    "sh(",
    "shell",
    "startinfo",
    "cmd(",
    "execa",
    "invoke",
    "call(",
    "proc_open",
    "open3",
    "argv",
    "args",
];

/// Files besides code that start a program.
pub fn is_start_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.contains("dockerfile")
        || name.contains("entrypoint")
        || name.starts_with("docker-compose")
        || name == "procfile"
        || name == "package.json"
        // what a server of Ruby reads first
        || name == "config.ru"
        || name.ends_with(".sh") && !path.contains("test")
        || is_manifest_of_cluster(path)
}

/// A file in a folder of manifests of a cluster, by which pods are started.
fn is_manifest_of_cluster(path: &str) -> bool {
    const FOLDERS: [&str; 11] = [
        "deploy",
        "deployment",
        "deployments",
        "k8s",
        "kubernetes",
        "manifests",
        "helm",
        "charts",
        "kustomize",
        "base",
        "overlays",
    ];
    (path.ends_with(".yaml") || path.ends_with(".yml"))
        && path
            .split('/')
            .rev()
            .skip(1)
            .any(|folder| FOLDERS.contains(&folder))
}

/// Files of tasks that a person calls by their names.
fn is_task_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    matches!(
        stem,
        "makefile" | "gnumakefile" | "taskfile" | "justfile" | "magefile"
    ) || name.ends_with(".mk")
}

/// Whether a file that starts the program calls the task in which a line stands: one that nobody
/// calls is run by people, when they want to.
fn is_task_started(tree: &dyn Snapshot, hit: &Hit) -> bool {
    let Ok(text) = tree.read_text(&hit.path) else {
        return false;
    };
    let above: Vec<&str> = text.lines().take(hit.line).collect();
    let task = above.iter().rev().find_map(|line| {
        let (name, _) = line.split_once(':')?;
        let name = name.trim();
        let plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        (!name.is_empty() && !line.starts_with('\t') && name.chars().all(plain)).then_some(name)
    });
    let Some(task) = task else { return false };
    let words: Vec<String> = ["make", "task", "just", "mage"]
        .iter()
        .map(|tool| format!("{tool} {task}"))
        .collect();
    let (hits, _) = tree.search_many(&words, false, 1, &is_start_file);
    !hits.is_empty()
}

/// The place runs what is new: it is no comment, no way down, and where only the tool's name stands
/// there, a program is started.
pub fn runs_up(tree: &dyn Snapshot, hit: &Hit, argument: bool) -> bool {
    let line = hit.text.to_ascii_lowercase();
    // a test runs migrations on a database of its own
    if super::is_comment_line(&hit.text) || hit.path.ends_with("_test.go") {
        return false;
    }
    if is_task_file(&hit.path) && !is_task_started(tree, hit) {
        return false;
    }
    let words = |text: &str| {
        text.split(|c: char| !c.is_alphanumeric() && !matches!(c, ':' | '_'))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let told = words(&line);
    let has =
        |words: &[String], some: &[&str]| words.iter().any(|word| some.contains(&word.as_str()));
    let down = ["down", "downgrade", "rollback", "revert"];
    // a call such as `m.Up()` says itself which way it goes
    if !argument {
        return !has(&told, &down) || has(&told, &["up", "upgrade"]);
    }
    let Ok(text) = tree.read_text(&hit.path) else {
        return false;
    };
    let around = |from: usize, count: usize| {
        text.lines()
            .skip(from)
            .take(count)
            .collect::<Vec<_>>()
            .join("\n")
            .to_ascii_lowercase()
    };
    let above = around(hit.line.saturating_sub(5), 5.min(hit.line));
    let behind = around(hit.line.saturating_sub(1), 7);
    // To the end of the call: what stands behind it tells nothing.
    let call = behind
        .split_once([')', ';'])
        .map_or(behind.as_str(), |(call, _)| call);
    let told = words(call);
    let up = [
        "upgrade",
        "up",
        "run",
        "migrate:latest",
        "latest",
        "deploy",
        "push",
        "migrate:up",
    ];
    let listed = is_manifest_of_cluster(&hit.path) && above.contains("command:");
    // the tool's name alone may stand in a list of packages: something has to start it
    (listed || STARTS.iter().any(|sign| above.contains(sign)))
        && has(&told, &up)
        && !has(&told, &down)
}

/// Lines above a call in which a switch may be read.
const ABOVE: usize = 15;

/// A switch of its environment or settings that the program reads before the call, and by which it
/// leaves the call out.
pub fn find_run_switch(tree: &dyn Snapshot, hit: &Hit) -> Option<(String, usize)> {
    let text = tree.read_text(&hit.path).ok()?;
    let from = hit.line.saturating_sub(ABOVE + 1);
    let lines: Vec<(usize, &str)> = text
        .lines()
        .enumerate()
        .skip(from)
        .take(hit.line - from)
        .map(|(at, line)| (at + 1, line))
        .collect();
    let asks = |line: &str| {
        let lower = line.trim_start().to_ascii_lowercase();
        [
            "if", "unless", "case", "when", "&&", "||", "[ ", "[[", "?", "else", "match", "then",
        ]
        .iter()
        .any(|sign| {
            lower.starts_with(sign)
                || lower.contains(&format!(" {sign}"))
                || lower.contains(&format!("}} {sign}"))
        })
    };
    // a name of a switch counts only where the lines decide something
    if !lines.iter().any(|(_, line)| asks(line)) {
        return None;
    }
    lines
        .iter()
        // the nearest line above the call first
        .rev()
        .filter(|(_, line)| !super::is_comment_line(line))
        .find_map(|(number, line)| {
            let lower = line.to_ascii_lowercase();
            let reads = [
                "env", "config", "setting", "flag", "option", "@value", "viper", "$", "args",
            ]
            .iter()
            .any(|sign| lower.contains(sign));
            if !reads {
                return None;
            }
            let names = line
                .split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-'))
                .filter(|word| word.len() > 5);
            let name = names.filter(|word| {
                let upper = word.to_ascii_uppercase();
                let about = ["MIGRAT", "UPGRADE", "SCHEMA", "ALEMBIC", "FLYWAY", "DDL"]
                    .iter()
                    .any(|sign| upper.contains(sign));
                let parts: Vec<&str> = upper.split(['_', '-', '.']).collect();
                let does = [
                    "SKIP", "RUN", "AUTO", "ENABLE", "ENABLED", "DISABLE", "DISABLED", "APPLY",
                    "NO", "START", "STARTUP", "BOOT", "DISALLOW", "ALLOW",
                ];
                about
                    && parts.len() > 1
                    && parts.iter().any(|part| does.contains(part))
                    && word
                        .chars()
                        .all(|c| !c.is_lowercase() || line.contains('"') || line.contains('\''))
            });
            names_in_quotes_or_capitals(line, name).map(|name| (name, *number))
        })
}

/// A name that the environment or a file of settings can hold, not one of a local variable.
fn names_in_quotes_or_capitals<'l>(
    line: &str,
    mut names: impl Iterator<Item = &'l str>,
) -> Option<String> {
    names
        .find(|name| {
            let capitals = name.chars().all(|c| !c.is_lowercase());
            capitals
                || ["\"", "'", "`", "{"]
                    .iter()
                    .any(|open| line.contains(&format!("{open}{name}")))
        })
        .map(str::to_owned)
}
