//! Labels of requests and commits out of a file: JSON as forges print it, or CSV.

use std::collections::HashMap;

use model::{ChangelogEntry, Declaration, Declared, DeclaredIn, escape_invisible, shorten_text};
use serde_json::Value;

/// Most bytes of a file.
pub const LABELS_LIMIT: usize = 10 * 1024 * 1024;
/// Most requests and commits of a file.
const ROWS: usize = 50_000;
/// Most labels of one of them.
const LABELS: usize = 50;
/// Digits that a commit is known by at least.
const SHORT: usize = 7;
/// Most commits that begin alike.
const SAME: usize = 16;
/// Longest label, in characters.
const LONGEST: usize = 100;

/// Labels by request and by commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelFile {
    /// As it was named.
    pub name: String,
    /// By number of the request.
    requests: HashMap<u64, Vec<String>>,
    /// By the first seven digits of a commit: what is known of it, and its labels.
    commits: HashMap<String, Vec<(String, Vec<String>)>>,
    rows: usize,
}

/// Reads a file: a JSON object of number or commit to labels, a list of objects as `gh pr list
/// --json number,labels`, the APIs of GitHub and GitLab print them, one object a line, or CSV whose
/// first column is the number or the commit.
///
/// # Errors
/// One sentence that names the file.
pub fn read_label_file(name: &str, bytes: &[u8]) -> Result<LabelFile, String> {
    let name = escape_invisible(name).into_owned();
    if bytes.len() > LABELS_LIMIT {
        return Err(format!(
            "{name} has more than the {} MB that are read of labels",
            LABELS_LIMIT / 1024 / 1024
        ));
    }
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
        .map_err(|_| format!("{name} is not text"))?;
    let mut file = LabelFile {
        name,
        ..LabelFile::default()
    };
    let first = text.trim_start().chars().next();
    match first {
        None => return Err(format!("{} is empty", file.name)),
        Some('{' | '[') => match serde_json::from_str::<Value>(text) {
            Ok(value) => file.take_json(&value),
            Err(whole) => {
                // one object a line
                let lines: Result<Vec<Value>, _> = text
                    .lines()
                    .filter(|line| !line.trim().is_empty())
                    .take(ROWS)
                    .map(serde_json::from_str)
                    .collect();
                let lines = lines.map_err(|_| {
                    format!(
                        "{} cannot be read as JSON: {}",
                        file.name,
                        escape_invisible(&whole.to_string())
                    )
                })?;
                file.take_json(&Value::Array(lines));
            }
        },
        Some(_) => file.take_csv(text),
    }
    if file.requests.is_empty() && file.commits.is_empty() {
        return Err(format!(
            "{} names no request and no commit with its labels; write it with: gh pr list --state \
                merged --limit 500 --json number,labels",
            file.name
        ));
    }
    Ok(file)
}

impl LabelFile {
    fn add(&mut self, key: &str, labels: Vec<String>) {
        if self.rows >= ROWS {
            return;
        }
        self.rows += 1;
        let key = key.trim().trim_start_matches(['#', '!']).trim();
        let digits = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
        if digits && key.len() <= 9 {
            if let Ok(number) = key.parse() {
                self.requests.entry(number).or_default().extend(labels);
            }
        } else if (7..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            let key = key.to_ascii_lowercase();
            let first = key.get(..SHORT).unwrap_or_default().to_owned();
            let same = self.commits.entry(first).or_default();
            // many names of one beginning are no commits
            if same.len() < SAME {
                same.push((key, labels));
            }
        }
    }

    fn take_json(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.take_json_row(item)),
            Value::Object(entries) => {
                // a reply that holds the list, or one request
                if entries.contains_key("labels") {
                    self.take_json_row(value);
                    return;
                }
                for (key, item) in entries.iter().take(ROWS) {
                    match item {
                        Value::Array(rows)
                            if rows.iter().any(|row| row.get("labels").is_some()) =>
                        {
                            rows.iter().for_each(|row| self.take_json_row(row));
                        }
                        Value::Object(row) if row.contains_key("labels") => {
                            let labels = row.get("labels").map(read_json_labels);
                            self.add(key, labels.unwrap_or_default());
                        }
                        _ => self.add(key, read_json_labels(item)),
                    }
                }
            }
            _ => {}
        }
    }

    fn take_json_row(&mut self, row: &Value) {
        let labels = row.get("labels").map(read_json_labels).unwrap_or_default();
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let number = ["number", "iid", "pull_request", "pr"]
            .iter()
            .find_map(|key| row.get(*key).and_then(text));
        let commits = [
            "/mergeCommit/oid",
            "/merge_commit_sha",
            "/squash_commit_sha",
            "/commit",
            "/sha",
            "/oid",
        ];
        let commit = commits.iter().find_map(|at| row.pointer(at).and_then(text));
        for key in number.into_iter().chain(commit) {
            self.add(&key, labels.clone());
        }
    }

    fn take_csv(&mut self, text: &str) {
        let tabs = text.lines().next().is_some_and(|line| line.contains('\t'));
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(if tabs { b'\t' } else { b',' })
            .from_reader(text.as_bytes());
        for row in reader.records().take(ROWS).map_while(Result::ok) {
            let Some(key) = row.get(0) else { continue };
            let labels = row
                .iter()
                .skip(1)
                .flat_map(|cell| cell.split([',', ';', '|']))
                .map(clean_label)
                .filter(|label| !label.is_empty())
                .take(LABELS)
                .collect();
            self.add(key, labels);
        }
    }

    /// What the labels of an entry declare, and whether the file knows the entry.
    pub(super) fn declarations_of(&self, entry: &ChangelogEntry) -> (Vec<Declaration>, bool) {
        let by_request = entry
            .pull_request
            .and_then(|number| self.requests.get(&number));
        let by_commit = entry
            .commit
            .get(..SHORT)
            .and_then(|first| self.commits.get(first))
            .into_iter()
            .flatten()
            .filter(|(commit, _)| entry.commit.starts_with(commit.as_str()))
            .map(|(_, labels)| labels);
        let (mut known, mut found) = (false, Vec::new());
        for label in by_request.into_iter().chain(by_commit).flat_map(|labels| {
            known = true;
            labels
        }) {
            if let Some(declared) = read_label(label) {
                found.push(Declaration {
                    declared,
                    place: DeclaredIn::Label,
                    text: label.into(),
                });
            }
        }
        known |= by_request.is_some();
        (found, known)
    }
}

fn read_json_labels(value: &Value) -> Vec<String> {
    let one = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(_) => ["name", "title"]
            .iter()
            .find_map(|key| value.get(*key)?.as_str().map(str::to_owned)),
        _ => None,
    };
    let list: Vec<String> = match value {
        Value::Array(items) => items.iter().take(LABELS).filter_map(one).collect(),
        // GraphQL
        Value::Object(_) => value
            .get("nodes")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .take(LABELS)
            .filter_map(one)
            .collect(),
        Value::String(text) => text
            .split([',', ';', '|'])
            .take(LABELS)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    };
    list.iter()
        .map(|label| clean_label(label))
        .filter(|label| !label.is_empty())
        .collect()
}

fn clean_label(label: &str) -> String {
    shorten_text(&escape_invisible(label.trim()), LONGEST).into_owned()
}

/// What a label says about going back: `no-rollback`, `rollback: unsafe`, `risk/irreversible`,
/// `migration`.
fn read_label(label: &str) -> Option<Declared> {
    let words: Vec<String> = label
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let flat = format!("-{}-", words.join("-"))
        .replace("-roll-back-", "-rollback-")
        .replace("-rolled-back-", "-rollback-")
        .replace("-can-t-", "-cannot-")
        .replace("-cant-", "-cannot-")
        .replace("-can-not-", "-cannot-");
    let has = |parts: &[&str]| parts.iter().any(|part| flat.contains(&format!("-{part}-")));
    if has(&[
        "no-rollback",
        "norollback",
        "not-rollbackable",
        "non-rollbackable",
        "irreversible",
        "non-reversible",
        "nonreversible",
        "not-reversible",
        "rollback-unsafe",
        "unsafe-rollback",
        "unsafe-to-rollback",
        "not-safe-to-rollback",
        "rollback-not-safe",
        "rollback-impossible",
        "rollback-no",
        "cannot-rollback",
        "cannot-be-rollback",
        "breaks-rollback",
        "rollback-breaking",
        "forward-only",
        "roll-forward-only",
        "one-way",
        "no-revert",
        "do-not-revert",
        "cannot-revert",
        "not-revertible",
        "point-of-no-return",
    ]) {
        return Some(Declared::NotSafe);
    }
    if has(&[
        "rollback-safe",
        "safe-rollback",
        "safe-to-rollback",
        "safe-to-revert",
        "rollback-ok",
        "rollback-yes",
        "can-rollback",
        "can-be-rollback",
        "rollbackable",
        "reversible",
        "revertible",
    ]) {
        return Some(Declared::Safe);
    }
    has(&[
        "migration",
        "migrations",
        "schema-change",
        "schema-changes",
        "database-change",
        "db-change",
    ])
    .then_some(Declared::Migration)
    .filter(|_| {
        !has(&[
            "no-migration",
            "no-migrations",
            "without-migration",
            "no-schema-change",
        ])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(number: Option<u64>, commit: &str) -> ChangelogEntry {
        ChangelogEntry {
            commit: commit.to_owned(),
            pull_request: number,
            ..ChangelogEntry::default()
        }
    }

    fn declared(file: &LabelFile, number: Option<u64>, commit: &str) -> (Vec<Declared>, bool) {
        let (found, known) = file.declarations_of(&entry(number, commit));
        (found.into_iter().map(|one| one.declared).collect(), known)
    }

    #[test]
    fn forges_lists_and_tables_say_the_same() {
        let commit = "abcdef0123456789abcdef0123456789abcdef01";
        for text in [
            r#"[{"number":12,"labels":[{"id":"x","name":"no-rollback"}]},{"number":13,"labels":[]}]"#.to_owned(),
            r#"[{"iid":12,"labels":["No Rollback"]},{"iid":13,"labels":["ui"]}]"#.to_owned(),
            r#"{"12":["rollback: unsafe"],"13":[]}"#.to_owned(),
            r##"{"#12":"irreversible,ui","!13":"ui"}"##.to_owned(),
            r#"{"data":[{"number":12,"labels":{"nodes":[{"name":"risk/irreversible"}]}},{"number":13,"labels":{"nodes":[]}}]}"#.to_owned(),
            "{\"number\":12,\"labels\":[\"roll-forward-only\"]}\n{\"number\":13,\"labels\":[]}\n".to_owned(),
            "number,labels\n12,\"ui;can't roll back\"\n13,ui\n".to_owned(),
            "12\tno rollback\n13\tui\n".to_owned(),
        ] {
            let file = read_label_file("labels", text.as_bytes()).unwrap();
            assert_eq!(declared(&file, Some(12), commit), (vec![Declared::NotSafe], true), "{text}");
            assert_eq!(declared(&file, Some(13), commit), (vec![], true), "{text}");
            assert_eq!(declared(&file, Some(14), commit), (vec![], false), "{text}");
        }
        let by_commit = r#"[{"merge_commit_sha":"abcdef0123","labels":["migration"]}]"#;
        let file = read_label_file("labels", by_commit.as_bytes()).unwrap();
        assert_eq!(
            declared(&file, None, commit),
            (vec![Declared::Migration], true)
        );
    }

    #[test]
    fn labels_about_other_things_declare_nothing() {
        for label in [
            "bug",
            "rollback",
            "reverts",
            "no-migration",
            "back-end",
            "wayback",
            "safe",
            "documentation",
            "rollback-plan",
            "migrated",
        ] {
            assert_eq!(read_label(label), None, "{label}");
        }
        for (label, wanted) in [
            ("rollback-safe", Declared::Safe),
            ("Safe to roll back", Declared::Safe),
            ("db/migration", Declared::Migration),
            ("type: schema change", Declared::Migration),
            ("NOT-REVERSIBLE", Declared::NotSafe),
            ("not safe to roll back", Declared::NotSafe),
        ] {
            assert_eq!(read_label(label), Some(wanted), "{label}");
        }
    }

    #[test]
    fn what_is_no_list_of_labels_is_one_sentence() {
        for (bytes, part) in [
            (b"".as_slice(), "is empty"),
            (b"\xff\xfe", "not text"),
            (b"{", "cannot be read as JSON"),
            (b"[1,2]", "names no request"),
            (b"hello\nworld\n", "names no request"),
        ] {
            let says = read_label_file("la\u{1b}bels", bytes).unwrap_err();
            assert!(says.contains(part) && !says.contains('\u{1b}'), "{says}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_fail(bytes in proptest::collection::vec(any::<u8>(), 0..300), label in ".{0,60}") {
            let _ = read_label_file("labels", &bytes);
            let _ = read_label(&label);
        }
    }
}
