//! Formatted SQL: `--changeset author:id`, with `--rollback` lines. The tool never derives an
//! inverse here.

use super::super::dialect::Dialect;
use super::super::sql;
use super::node::ChangeSet;
use crate::reading::{DownMigration, MigrationReading};

/// Change sets of a formatted SQL file.
pub fn change_sets(path: &str, text: &str, dialect: Dialect) -> Vec<ChangeSet> {
    let mut out = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    let marker = |line: &str| {
        line.trim_start()
            .strip_prefix("--")
            .map(str::trim_start)
            .and_then(|rest| strip_word(rest, "changeset "))
            .map(str::to_owned)
    };
    let starts: Vec<(usize, String)> = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| marker(line).map(|head| (at, head)))
        .collect();
    for (number, (start, head)) in starts.iter().enumerate() {
        let end = starts.get(number + 1).map_or(lines.len(), |(at, _)| *at);
        let key = read_change_set_key(head).replace('"', "");
        let id = key
            .split_once(':')
            .map_or(key.as_str(), |(_, id)| id)
            .to_owned();
        let body = lines.get(start + 1..end).unwrap_or_default();
        let rollbacks: Vec<(usize, &str)> = body
            .iter()
            .enumerate()
            .filter_map(|(at, line)| {
                line.trim_start()
                    .strip_prefix("--")
                    .map(str::trim_start)
                    .and_then(|rest| strip_word(rest, "rollback"))
                    .map(|rest| (start + 2 + at, rest.trim()))
            })
            .collect();
        // lines of the way back are comments, so the body can be read whole
        let mut up = sql::read_sql(&body.join("\n"), dialect, start + 2);
        super::change::for_database(
            &mut up.steps,
            find_change_set_attribute(head, "dbms"),
            dialect,
        );
        let block = find_rollback_block(body);
        let down = match rollbacks.first() {
            None if let Some((at, text)) = block => {
                let line = start + 2 + at;
                DownMigration::Written {
                    script: sql::read_sql(&text, dialect, line),
                    path: path.to_owned(),
                    line,
                }
            }
            None => DownMigration::Missing("formatted SQL has no inverse of its own".to_owned()),
            Some((line, _)) => {
                let text = rollbacks
                    .iter()
                    .map(|(_, text)| *text)
                    // these say that there is nothing to undo
                    .filter(|text| {
                        !text.eq_ignore_ascii_case("empty")
                            && !text.eq_ignore_ascii_case("not required")
                    })
                    .collect::<Vec<_>>()
                    .join("\n");
                DownMigration::Written {
                    script: sql::read_sql(&text, dialect, *line),
                    path: path.to_owned(),
                    line: *line,
                }
            }
        };
        let repeatable = head.contains("runOnChange:true") || head.contains("runAlways:true");
        // blanks around a line do not count for the checksum
        let digest = body
            .iter()
            .map(|line| line.trim())
            .collect::<Vec<_>>()
            .join("\n");
        out.push(ChangeSet {
            key,
            id,
            reading: MigrationReading {
                up,
                down,
                line: start + 1,
            },
            digest,
            repeatable,
        });
    }
    out
}

/// What stands behind a word; the tool reads its words in capitals too.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(word.len())?;
    head.eq_ignore_ascii_case(word).then_some(rest)
}

/// `author:id`, either in quotes.
fn read_change_set_key(head: &str) -> &str {
    let mut quoted = false;
    let end = head
        .char_indices()
        .find(|(_, c)| {
            quoted ^= *c == '"';
            c.is_whitespace() && !quoted
        })
        .map_or(head.len(), |(at, _)| at);
    &head[..end]
}

/// `dbms:postgresql,mysql`
fn find_change_set_attribute<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.split_whitespace()
        .find_map(|word| word.strip_prefix(name)?.strip_prefix(':'))
}

/// `/* liquibase rollback .. */`: its line within the body, from 0, and its text.
fn find_rollback_block(body: &[&str]) -> Option<(usize, String)> {
    let start = body.iter().position(|line| {
        let line = line.trim().to_ascii_lowercase();
        line.strip_prefix("/*")
            .is_some_and(|rest| rest.trim_start().starts_with("liquibase rollback"))
    })?;
    let end = (start..body.len()).find(|at| body[*at].contains("*/"))?;
    Some((start, body[start + 1..end.max(start + 1)].join("\n")))
}
