//! What was judged from the trees against what was seen on the database: one of the two is wrong.

use rehearsal::report::DatabaseRehearsal;
use serde::Serialize;

use crate::model::{Migration, RollbackEffect};

/// A statement of previous of which the judgement and the database say different things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RehearsalDisagreement {
    /// The file.
    pub path: String,
    /// The line.
    pub line: usize,
    /// What was judged.
    pub judged: String,
    /// What was seen.
    pub observed: String,
}

/// Most that are listed.
const LISTED: usize = 50;

/// A word stands in a text, with neither a letter nor a digit beside it.
fn names_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(part)
            && !text[at + word.len()..].chars().next().is_some_and(part)
    })
}

/// Statements that fail and that no judged operation explains, and places that were judged to break
/// and whose statement runs as before.
pub fn list_disagreements(
    migrations: &[Migration],
    seen: &DatabaseRehearsal,
) -> Vec<RehearsalDisagreement> {
    let judged: Vec<_> = migrations
        .iter()
        .filter(|migration| migration.runs())
        .flat_map(|migration| migration.operations.iter().map(move |one| (migration, one)))
        .collect();
    let breaks = |effect: RollbackEffect| {
        matches!(
            effect,
            RollbackEffect::BreaksReads | RollbackEffect::BreaksWrites
        )
    };
    let mut out = Vec::new();
    for failed in &seen.statements.fail {
        let text = failed.text.to_lowercase();
        let error = failed.how.to_lowercase();
        // the operation is about something that the statement, or what was said of it, names
        let explained = judged.iter().any(|(_, operation)| {
            operation.rollback != RollbackEffect::Safe
                && operation
                    .object
                    .to_lowercase()
                    .split(['.', ' ', '(', ')', ','])
                    .filter(|part| part.len() > 1 && *part != "public")
                    .any(|part| names_word(&text, part) || names_word(&error, part))
        });
        if !explained {
            out.push(RehearsalDisagreement {
                path: failed.path.clone(),
                line: failed.line,
                judged: "nothing in the range touches this statement".to_owned(),
                observed: format!("it fails: {}", failed.how),
            });
        }
    }
    for (migration, operation) in judged.iter().filter(|(_, one)| breaks(one.rollback)) {
        let used = operation.used_by.iter().filter_map(|place| {
            let (path, line) = (place.raw_path()?, place.line?);
            seen.statements
                .places
                .iter()
                .find(|ran| ran.path == path && (ran.line..ran.line + ran.lines).contains(&line))
        });
        let used: Vec<_> = used.collect();
        // one of them that fails proves the judgement
        let Some(first) = used.first().filter(|_| used.iter().all(|ran| ran.same)) else {
            continue;
        };
        out.push(RehearsalDisagreement {
            path: first.path.clone(),
            line: first.line,
            judged: format!(
                "{} in {}:{} breaks it",
                operation.object, migration.file, operation.line
            ),
            observed: "it runs on the new schema as on the old one".to_owned(),
        });
    }
    out.truncate(LISTED);
    out
}
