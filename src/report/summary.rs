//! An assessment in one line.

use super::coverage::open_line;
use crate::model::Assessment;

/// What an assessment holds, in one line for the record.
pub fn summarize_assessment(assessment: &Assessment) -> String {
    let count = |n: u64, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    // as every screen counts them: a renamed file is one
    let files = match (
        assessment.files.len() as u64,
        assessment.changelog.files_changed,
    ) {
        (0, None) => "files not counted".to_owned(),
        (0, Some(n)) => count(n, "file"),
        (listed, _) => count(listed, "file"),
    };
    let parts = [
        count(assessment.changelog.commits, "commit"),
        files,
        count(assessment.migrations.len() as u64, "migration"),
        count(assessment.contracts.len() as u64, "contract"),
        count(assessment.findings.len() as u64, "finding"),
    ];
    // what was not looked at belongs into the record, beside what was found
    let open = open_line(assessment).map(|open| format!("not looked at: {open}"));
    [Some(parts.join(", ")), open]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("; ")
}
