//! The neutral list any pipeline can write, one JSON object a line.

use serde_json::Value;

use super::json::{
    list_json_objects, read_json_flag, read_json_number, read_json_text, read_json_time,
};
use super::{
    Deployment, DeploymentMode, DeploymentOutcome, LiveReport, ReadResult, StateFileRefusal,
    sanitize_state_text,
};

/// What a pipeline appends at the end of each deployment.
pub(super) const PRODUCER: &str = r#"echo '{"env":"production","version":"1.1.21","commit":"9f1c0aa","at":"2026-02-03T10:11:12Z","result":"success","kind":"deploy"}' >> deploys.jsonl"#;

// a pipeline appends one line a deployment; a megabyte in one is something else
/// Several lines that are objects of their own.
pub(super) fn looks_like(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let whole = |line: &str| line.len() < 1 << 20 && line.starts_with('{') && line.ends_with('}');
    // one line alone is JSON, and is told by its keys
    lines.next().is_some_and(whole) && lines.next().is_some_and(|line| line.starts_with('{'))
}

pub(super) fn read_jsonl(text: &str, report: &mut LiveReport) -> ReadResult {
    let mut broken: Option<(usize, String)> = None;
    // blank lines count, as they do in the numbers that are told
    let last_line = (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty())
        .last()
        .map(|(number, _)| number);
    // the same list as one JSON document is understood too
    if let Ok(value) = super::json::parse_json(text) {
        for item in list_json_objects(&value) {
            read_jsonl_deployment(item, None, report);
        }
    } else {
        for (index, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            // one broken line must not hide the others
            match super::json::parse_json(line) {
                Ok(value) if value.is_object() => {
                    read_jsonl_deployment(&value, Some(index + 1), report)
                }
                Ok(_) => broken = broken.or(Some((index + 1, "it is not an object".to_owned()))),
                Err(error) => {
                    broken = broken
                        .or_else(|| Some((index + 1, sanitize_state_text(&error.to_string()))))
                }
            }
        }
    }
    if let Some((line, why)) = broken {
        if report.deployments.is_empty() {
            return Err(StateFileRefusal::Syntax(
                "JSON lines",
                format!("line {line}: {why}"),
            ));
        }
        let last = if Some(line) == last_line {
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

fn read_jsonl_deployment(item: &Value, line: Option<usize>, report: &mut LiveReport) {
    // pipelines write what their tool calls it
    let result = read_json_text(item, &["result"])
        .unwrap_or_default()
        .to_ascii_lowercase();
    let outcome = match result.as_str() {
        "success" | "succeeded" | "ok" => DeploymentOutcome::Success,
        "failed" | "failure" | "error" => DeploymentOutcome::Failed,
        "running" | "started" => DeploymentOutcome::Running,
        "waiting" => DeploymentOutcome::Waiting,
        "partial" => DeploymentOutcome::Partial,
        "canceled" | "cancelled" => DeploymentOutcome::Canceled,
        _ => DeploymentOutcome::Unknown,
    };
    let mut made = Deployment::new(&report.name, outcome);
    made.evidence.line = line;
    made.version = read_json_text(item, &["version"]);
    made.commit = read_json_text(item, &["commit"]).or_else(|| read_json_text(item, &["sha"]));
    if made.version.is_none() && made.commit.is_none() {
        return;
    }
    // a pipeline that writes before it deploys knows no result yet
    if result.is_empty() {
        report.note("Some deployments name no result, so they do not count as live");
    }
    made.at = read_json_time(item, &["at"]);
    made.environment =
        read_json_text(item, &["env"]).or_else(|| read_json_text(item, &["environment"]));
    made.unit = read_json_text(item, &["service"]).or_else(|| read_json_text(item, &["app"]));
    // whatever tells targets apart goes side by side
    made.target = read_json_text(item, &["target"])
        .or_else(|| read_json_text(item, &["host"]))
        .or_else(|| read_json_text(item, &["region"]))
        .or_else(|| read_json_text(item, &["tenant"]));
    made.mode = read_json_text(item, &["kind"]).and_then(|word| DeploymentMode::of(&word));
    made.said = ["why", "reason", "note"]
        .iter()
        .find_map(|key| read_json_text(item, &[key]));
    made.available = read_json_flag(item, &["available"]);
    made.installed = read_json_flag(item, &["installed"]);
    made.defective = read_json_flag(item, &["defective"]).unwrap_or(false);
    // a share is in percent: what is above is something else
    made.traffic =
        read_json_number(item, &["traffic"]).filter(|share| (0.0..=100.0).contains(share));
    let label = made.label();
    report.deployments.push(made.excerpt(&label));
}
