//! What authors declare about going back: labels are read here, what it means is said by
//! `deployment`.

use std::io::Read;
use std::path::Path;

use super::LiveSource;
use crate::check::coverage::Mark;
use crate::deployment::declared::{self, LABELS_LIMIT, LabelFile};
use crate::model::{
    Assessment, Changelog, CoverageDomain, Declaration, Finding, Unchecked, escape_invisible,
};

/// The labels of `--labels`, or one line about why they say nothing.
pub(super) fn read_labels(source: Option<&LiveSource>) -> Option<Result<LabelFile, Unchecked>> {
    let (name, bytes) = match source? {
        LiveSource::Text { name, bytes } => (name.clone(), Ok(bytes.to_vec())),
        LiveSource::File(path) => (
            escape_invisible(&path.display().to_string()).into_owned(),
            read_bounded(path),
        ),
    };
    let read = bytes
        .map_err(|error| format!("{name} cannot be read ({error})"))
        .and_then(|bytes| declared::read_label_file(&name, &bytes));
    Some(read.map_err(|why| {
        Unchecked {
            what: name.into(),
            why: format!("{why}; no label is taken from it").into(),
            settle_with: Some(
                "write it again: gh pr list --state merged --limit 500 --json \
            number,labels > labels.json"
                    .into(),
            ),
        }
    }))
}

fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    plain_file::open_plain_file(path)?
        .take(LABELS_LIMIT as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Adds labels to the changelog; what is said of a file that knows no change of it.
pub(super) fn label_changelog(log: &mut Changelog, file: &LabelFile) -> Option<Unchecked> {
    let matched = declared::add_label_declarations(log, file);
    (matched == 0 && !log.entries.is_empty()).then(|| Unchecked {
        what: file.name.clone().into(),
        why: "it names no request and no commit of this range, so no label is known".into(),
        settle_with: Some(
            "give the labels of the requests that were merged since the previous release".into(),
        ),
    })
}

/// Findings where declared and computed differ, and open marks for what nobody can see: an author
/// who says *no* knows something that was not read. How many say nothing becomes a note of the
/// changelog.
pub(super) fn take_declarations(
    assessment: &mut Assessment,
    labelled: bool,
) -> (Vec<Finding>, Vec<Mark>) {
    let told = declared::compare_declarations(
        &assessment.changelog,
        &assessment.findings,
        &assessment.migrations,
        labelled,
    );
    assessment.changelog.notes.extend(told.line);
    let changed: std::collections::HashSet<&str> = assessment
        .files
        .iter()
        .map(|change| change.path.as_str())
        .collect();
    let marks = told
        .doubts
        .iter()
        .filter_map(|(paths, declaration)| {
            let path = paths.iter().find(|path| changed.contains(path.as_str()))?;
            Some(Mark::open(
                path,
                choose_domain(declaration, path),
                None,
                format!(
                    "its author says that it cannot be rolled back: {}",
                    declaration.quote()
                ),
            ))
        })
        .collect();
    (told.findings, marks)
}

/// What an author who says *no* is likely to mean, by the words; without a word it is what was
/// stored.
fn choose_domain(declaration: &Declaration, path: &str) -> CoverageDomain {
    let words = format!("{} {path}", declaration.text).to_lowercase();
    let has = |list: &[&str]| list.iter().any(|word| words.contains(word));
    if has(&["migration", "schema", "column", "table", "database", ".sql"]) {
        CoverageDomain::Schema
    } else if has(&[
        "endpoint", "client", "partner", "api", "contract", "consumer",
    ]) {
        CoverageDomain::Contract
    } else {
        CoverageDomain::StoredForm
    }
}
