//! The neutral list any pipeline can write, one JSON object a line.

use serde_json::Value;

use super::json::{flag, number, objects, text, time};
use super::{Deployment, DeploymentMode, LiveReport, Outcome, Read, Refused, clean};

/// What a pipeline appends at the end of each deployment.
pub(super) const PRODUCER: &str = r#"echo '{"env":"production","version":"1.1.21","commit":"9f1c0aa","at":"2026-02-03T10:11:12Z","result":"success","kind":"deploy"}' >> deploys.jsonl"#;

/// Several lines that are objects of their own.
pub(super) fn looks_like(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let whole = |line: &str| line.len() < 1 << 20 && line.starts_with('{') && line.ends_with('}');
    lines.next().is_some_and(whole) && lines.next().is_some_and(|line| line.starts_with('{'))
}

pub(super) fn read(text: &str, report: &mut LiveReport) -> Read {
    let mut broken: Option<(usize, String)> = None;
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    // the same list as one JSON document is understood too
    if let Ok(value) = super::json::parse(text) {
        for item in objects(&value) {
            one(item, None, report);
        }
    } else {
        for (index, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            match super::json::parse(line) {
                Ok(value) if value.is_object() => one(&value, Some(index + 1), report),
                Ok(_) => broken = broken.or(Some((index + 1, "it is not an object".to_owned()))),
                Err(error) => {
                    broken = broken.or_else(|| Some((index + 1, clean(&error.to_string()))))
                }
            }
        }
    }
    if let Some((line, why)) = broken {
        if report.deployments.is_empty() {
            return Err(Refused::Syntax("JSON lines", format!("line {line}: {why}")));
        }
        let last = if line == lines {
            "; the last line may have been cut while it was written"
        } else {
            ""
        };
        report.note(format!(
            "Line {line} of {} cannot be read and is left out ({why}){last}",
            report.name
        ));
    }
    if report.deployments.is_empty() {
        return Err("no line names a version or a commit".into());
    }
    Ok(())
}

fn one(item: &Value, line: Option<usize>, report: &mut LiveReport) {
    let result = text(item, &["result"])
        .unwrap_or_default()
        .to_ascii_lowercase();
    let outcome = match result.as_str() {
        "success" | "succeeded" | "ok" => Outcome::Success,
        "failed" | "failure" | "error" => Outcome::Failed,
        "running" | "started" => Outcome::Running,
        "waiting" => Outcome::Waiting,
        "partial" => Outcome::Partial,
        "canceled" | "cancelled" => Outcome::Canceled,
        _ => Outcome::Unknown,
    };
    let mut made = Deployment::new(&report.name, outcome);
    made.evidence.line = line;
    made.version = text(item, &["version"]);
    made.commit = text(item, &["commit"]).or_else(|| text(item, &["sha"]));
    if made.version.is_none() && made.commit.is_none() {
        return;
    }
    if result.is_empty() {
        report.note("Some deployments name no result, so they do not count as live");
    }
    made.at = time(item, &["at"]);
    made.environment = text(item, &["env"]).or_else(|| text(item, &["environment"]));
    made.unit = text(item, &["service"]).or_else(|| text(item, &["app"]));
    made.target = text(item, &["target"])
        .or_else(|| text(item, &["host"]))
        .or_else(|| text(item, &["region"]))
        .or_else(|| text(item, &["tenant"]));
    made.mode = text(item, &["kind"]).and_then(|word| DeploymentMode::of(&word));
    made.available = flag(item, &["available"]);
    made.installed = flag(item, &["installed"]);
    made.defective = flag(item, &["defective"]).unwrap_or(false);
    made.traffic = number(item, &["traffic"]).filter(|share| (0.0..=100.0).contains(share));
    let label = made.label();
    report.deployments.push(made.excerpt(&label));
}
