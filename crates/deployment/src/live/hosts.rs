//! Tools that deploy to hosts and leave text behind: Capistrano and Kamal.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::{
    Deployment, DeploymentMode, DeploymentOutcome, LiveReport, ReadResult, Return,
    sanitize_state_text, time,
};

/// The log, the folders that are still there, and where the link points.
pub(super) const CAPISTRANO: &str = "ssh HOST 'cd /var/www/APP && cat revisions.log && ls -1 \
    releases && readlink current' > capistrano.txt";

/// What was booted, and the containers that are still there.
pub(super) const KAMAL: &str = "{ kamal audit; kamal app containers; } > kamal.txt";

static DEPLOYED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^Branch (.{1,200}?) \(at ([0-9a-fA-F]{7,64})\) deployed as release (\d{14}) by (.{1,100})$").ok()
});
static BACK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(.{1,100}) rolled back to release (\d{14})$").ok());
static BOOTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^\]]{0,12})\].{0,200}?\bBooted app version (\S{1,100})",
    )
    .ok()
});
static HOST: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*(?:App )?Host: (\S{1,200})").ok());
static CONTAINER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\s*[0-9a-f]{12}\s.*\b(Up|Exited|Created|Restarting|Dead)\b.*\s(\S+)-([0-9a-zA-Z._]{1,100})\s*$").ok()
});

// `keep_releases` of its defaults; the setting stands in a file that is not given
/// Folders that Capistrano keeps unless told otherwise.
const KEPT: usize = 5;

/// Whether a text is Capistrano's.
pub(super) fn like_capistrano(text: &str) -> bool {
    let (Some(deployed), Some(back)) = (DEPLOYED.as_ref(), BACK.as_ref()) else {
        return false;
    };
    text.lines()
        // the log is appended to for years, and its form is the same from the first line
        .take(2000)
        .any(|line| deployed.is_match(line.trim()) || back.is_match(line.trim()))
}

/// Whether a text is Kamal's.
pub(super) fn like_kamal(text: &str) -> bool {
    BOOTED.as_ref().is_some_and(|booted| {
        text.lines()
            .take(5000)
            .any(|line| line.len() < 1000 && booted.is_match(line))
    })
}

/// `20260203101112` as UTC.
fn parse_capistrano_stamp(text: &str) -> Option<jiff::Timestamp> {
    let part = |from: usize, to: usize| text.get(from..to);
    time::parse_deployment_time(&format!(
        "{}-{}-{} {}:{}:{}",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    ))
}

pub(super) fn read_capistrano(text: &str, report: &mut LiveReport) -> ReadResult {
    let (Some(deployed), Some(back)) = (DEPLOYED.as_ref(), BACK.as_ref()) else {
        return Err("no line about a deployment".into());
    };
    let (mut folders, mut link, mut newest): (BTreeSet<String>, Option<String>, Option<String>) =
        (BTreeSet::new(), None, None);
    let mut entries: Vec<(usize, String, String, String)> = Vec::new();
    for (index, line) in text
        .lines()
        .enumerate()
        .map(|(index, line)| (index, line.trim()))
        // a line that long is no line of this log, and patterns cost by its length
        .filter(|(_, line)| line.len() < 1000)
    {
        if let Some(found) = deployed.captures(line) {
            newest = Some(found[3].to_owned());
            entries.push((
                index + 1,
                found[1].to_owned(),
                found[2].to_ascii_lowercase(),
                found[3].to_owned(),
            ));
        } else if let Some(found) = back.captures(line) {
            newest = Some(found[2].to_owned());
            report.note(format!(
                "The log says that somebody rolled back to release {} ({})",
                &found[2],
                sanitize_state_text(line)
            ));
        } else if line.len() == 14 && line.bytes().all(|byte| byte.is_ascii_digit()) {
            // a folder of the list: Capistrano names each by the second in which it began
            folders.insert(line.to_owned());
        } else if let Some((_, release)) = line.rsplit_once("releases/") {
            link = Some(release.trim_end_matches('/').to_owned());
        }
    }
    if entries.is_empty() {
        return Err("no line about a deployment".into());
    }
    // the link is what the server follows; the log only tells what somebody did
    let serving = link.clone().or_else(|| newest.clone());
    // somebody moved it by hand, or the last deployment broke before its line
    if link.is_some() && link != newest {
        report.note(
            "The link `current` points elsewhere than the newest line of the log: the link counts",
        );
    }
    // the line is written at the end, the folder at the start
    if let Some(last) = folders
        .iter()
        .next_back()
        .filter(|last| !entries.iter().any(|(.., release)| release == *last))
    {
        report.note(format!(
            "Folder {last} is in no line of the log: a deployment failed or is running"
        ));
    }
    let rolled = newest
        .as_ref()
        .is_some_and(|newest| entries.iter().any(|(.., release)| release > newest));
    for (at, (line, branch, commit, release)) in entries.iter().rev().enumerate() {
        let mut made = Deployment::new(&report.name, DeploymentOutcome::Success)
            .at_line(*line)
            .excerpt(&format!("{branch} at {commit} as release {release}"));
        made.commit = Some(commit.clone());
        // the log has a branch: only one such as `v1.2` or `1.2.0` is a version
        made.version = Some(sanitize_state_text(branch)).filter(|name| {
            super::version::strip_version_prefix(name).starts_with(|c: char| c.is_ascii_digit())
                && name.contains('.')
        });
        let serves = serving.as_deref() == Some(release);
        // the log does not say when somebody rolled back
        made.at = parse_capistrano_stamp(release).filter(|_| !(serves && rolled));
        made.serving = Some(serves);
        // without the list of folders nothing is known of them
        if !folders.is_empty() {
            made.available = Some(folders.contains(release));
            made.installed = made.available;
        }
        if serves && rolled {
            made.mode = Some(DeploymentMode::Rollback);
        }
        // each deployment after it takes one place
        let left = KEPT.saturating_sub(at);
        report
            .deployments
            .push(made.back(build_capistrano_return(release, left)));
    }
    Ok(())
}

/// The way back to a release whose folder stays for `left` more deployments.
fn build_capistrano_return(release: &str, left: usize) -> Return {
    Return {
        says: format!("Point `current` at release {release} again"),
        brings: "the folder comes back as it was, linked to today's shared files; no migration \
            runs, workers are restarted by the usual hooks",
        command: Some(format!(
            "cap {{name}} deploy:rollback ROLLBACK_RELEASE={release}"
        )),
        watch: None,
        artifact: Some(format!("releases/{release}")),
        until: Some(format!(
            "until {left} more deployments, where the usual {KEPT} folders are kept \
            (keep_releases)"
        )),
        ..Return::default()
    }
}

pub(super) fn read_kamal(text: &str, report: &mut LiveReport) -> ReadResult {
    let (Some(booted), Some(host), Some(container)) =
        (BOOTED.as_ref(), HOST.as_ref(), CONTAINER.as_ref())
    else {
        return Err("no booted version".into());
    };
    let mut here: Option<String> = None;
    let mut there: std::collections::BTreeMap<String, bool> = std::collections::BTreeMap::new();
    let mut listed = false;
    for (index, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.len() < 2000)
    {
        if let Some(found) = host.captures(line) {
            here = Some(sanitize_state_text(&found[1]));
        } else if let Some(found) = booted.captures(line) {
            let version = sanitize_state_text(found[2].trim_end_matches(['.', ',']));
            let mut made = Deployment::new(&report.name, DeploymentOutcome::Success)
                .at_line(index + 1)
                .excerpt(line.trim());
            // `abc1234_uncommitted_9f8e` is a commit and a mark
            let hex = version.split('_').next().unwrap_or(&version);
            if hex.len() >= 7 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                made.commit = Some(hex.to_owned());
            } else {
                made.version = Some(version.clone());
            }
            if version.contains("_uncommitted") {
                report.note(format!(
                    "{version} was built from a folder with uncommitted changes: \
                    its commit does not tell all of it"
                ));
            }
            made.at = time::parse_deployment_time(&found[1]);
            made.target = here.clone();
            report.deployments.push(made.back(Return {
                says: format!("Roll back to version {version}"),
                brings: "the old container is started again with the environment it was made with; \
                    accessories and migrations stay",
                command: model::shell_word(&version).map(|word| format!("kamal rollback {word}")),
                watch: Some("kamal app version".to_owned()),
                artifact: Some(version.clone()),
                until: Some("while its container is among those that each host retains \
                    (retain_containers, 5 unless set)".to_owned()),
                ..Return::default()
            }));
        } else if let Some(found) = container.captures(line) {
            listed = true;
            let up = &found[1] == "Up";
            *there.entry(found[3].to_owned()).or_insert(up) |= up;
        }
    }
    if report.deployments.is_empty() {
        return Err("no booted version".into());
    }
    // only with a list a container that is not in it is gone
    if listed {
        for made in &mut report.deployments {
            let name = made
                .commit
                .clone()
                .or_else(|| made.version.clone())
                .unwrap_or_default();
            // an uncommitted build has more than its commit in the name, and commits are cut short
            let found = there.iter().find(|(version, _)| {
                version.starts_with(&name)
                    || (name.len() >= 7 && name.starts_with(version.as_str()))
            });
            made.available = Some(found.is_some());
            made.installed = made.available;
        }
    } else {
        report.note(
            "The containers are not in the file: a rollback fails for a version whose \
            container was pruned",
        );
    }
    report.note(
        "The audit says what was booted, not what answers: a boot that failed its health \
        check looks the same",
    );
    Ok(())
}
