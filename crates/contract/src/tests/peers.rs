//! What other tools report, id by id, against the rules here: one base document a format and one
//! mutation a row, forward and back.
//!
//! The tables are in `tests/fixtures/contract/`. A row names the ids of the other tool, the
//! mutation, and the rule that must tell it; a row without a rule must stay silent both ways; an id
//! for which no rule is wanted stands with its reason.

use std::collections::BTreeSet;

use super::{compare_files, rules};
use model::{ContractChange, Grade, MemorySnapshot};

#[derive(serde::Deserialize)]
struct PeerTable {
    rows: Vec<PeerRow>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct PeerRow {
    ids: Vec<String>,
    #[serde(default)]
    level: String,
    #[serde(default)]
    at: String,
    #[serde(default)]
    rule: Option<String>,
    #[serde(default)]
    was: String,
    #[serde(default)]
    is: String,
    /// Why no rule is wanted.
    #[serde(default)]
    reason: Option<String>,
    /// Why it is graded milder here than there.
    #[serde(default)]
    milder: Option<String>,
}

/// A second file, which a row may take away.
const OTHER: &str =
    "syntax = \"proto2\";\npackage other.v1;\nmessage Lonely { optional string a = 1; }\n";

fn found(path: &str, old: (&str, bool), new: (&str, bool)) -> Vec<ContractChange> {
    let tree = |(text, other): (&str, bool)| {
        let files = std::iter::once((path.to_owned(), text.to_owned()));
        MemorySnapshot::new(
            files.chain(other.then(|| ("other/other.proto".to_owned(), OTHER.to_owned()))),
        )
    };
    compare_files(&tree(old), &tree(new))
        .contracts
        .into_iter()
        .flat_map(|contract| contract.changes)
        .collect()
}

fn names(changes: &[ContractChange]) -> BTreeSet<&str> {
    changes
        .iter()
        .map(|change| change.check.trim_start_matches("contract/"))
        .collect()
}

/// The base with one schema in the place of the row and a plain one in the others.
fn with_schema(base: &str, place: &str, schema: &str) -> String {
    base.split('%')
        .enumerate()
        .map(|(at, part)| match at % 2 {
            0 => part,
            _ if part == place => schema,
            _ => "{type: string}",
        })
        .collect()
}

/// Tries one row; the complaints are for the reader of a failing test.
fn try_row(path: &str, base: &str, row: &PeerRow) -> Vec<String> {
    let name = format!(
        "{} ({} -> {})",
        row.ids.join(", "),
        row.was.trim(),
        row.is.trim()
    );
    let (old, new) = if row.at == "text" {
        let plain = with_schema(base, "", "");
        let count = plain.matches(&row.was).count();
        if count != 1 || row.was.is_empty() {
            return vec![format!("{name}: `was` stands {count} times in the base")];
        }
        let changed = plain.replacen(&row.was, &row.is, 1);
        (plain, changed)
    } else if row.at == "gone" {
        (base.to_owned(), base.to_owned())
    } else if base.contains(&format!("%{}%", row.at)) {
        (
            with_schema(base, &row.at, &row.was),
            with_schema(base, &row.at, &row.is),
        )
    } else {
        return vec![format!("{name}: the base has no place `{}`", row.at)];
    };
    let gone = row.at == "gone";
    let (forth, back) = (
        found(path, (&old, gone), (&new, false)),
        found(path, (&new, false), (&old, gone)),
    );
    let Some(wanted) = &row.rule else {
        return if forth.is_empty() && back.is_empty() {
            Vec::new()
        } else {
            vec![format!(
                "{name}: wanted silence, got {:?} and back {:?}",
                names(&forth),
                names(&back)
            )]
        };
    };
    let mut complaints = Vec::new();
    let rule = rules::find_rule(wanted);
    if !rule.id().ends_with(wanted.as_str()) {
        return vec![format!("{name}: there is no rule {wanted}")];
    }
    match forth.iter().find(|change| change.check == rule.id()) {
        None => complaints.push(format!("{name}: wanted {wanted}, got {:?}", names(&forth))),
        Some(change) => {
            if matches!(row.level.as_str(), "E" | "W")
                && change.on_deploy == Grade::Compatible
                && row.milder.is_none()
            {
                complaints.push(format!(
                    "{name}: {wanted} is harmless forward, there it is {}",
                    row.level
                ));
            }
        }
    }
    let mirror = rule.mirror.trim_start_matches("contract/");
    if !names(&back).contains(mirror) {
        complaints.push(format!(
            "{name}: wanted {mirror} on the way back, got {:?}",
            names(&back)
        ));
    }
    complaints
}

/// Tries every row of a table and counts its ids.
fn hold(path: &str, base: &str, table: &str, ids: usize) -> Vec<PeerRow> {
    let table: PeerTable = serde_yaml::from_str(table).expect("the table is readable");
    let mut seen = BTreeSet::new();
    let twice: Vec<&String> = table
        .rows
        .iter()
        .flat_map(|row| &row.ids)
        .filter(|id| !seen.insert(id.as_str()))
        .collect();
    assert!(twice.is_empty(), "named twice: {twice:?}");
    assert_eq!(seen.len(), ids, "ids of the other tool");
    let complaints: Vec<String> = table
        .rows
        .iter()
        .filter(|row| row.reason.is_none())
        .flat_map(|row| try_row(path, base, row))
        .collect();
    assert!(
        complaints.is_empty(),
        "{} rows:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
    table.rows
}

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/contract/",
            $name
        ))
    };
}

#[test]
fn every_error_and_warning_of_oasdiff_is_told() {
    let rows = hold(
        "api/openapi.yaml",
        fixture!("base.yaml"),
        fixture!("oasdiff.yaml"),
        509,
    );
    let of_level = |level: &str| {
        rows.iter()
            .filter(|row| row.reason.is_none() && row.level == level)
            .map(|row| row.ids.len())
            .sum::<usize>()
    };
    assert!(
        of_level("E") + of_level("W") >= 230,
        "tried {} and {}",
        of_level("E"),
        of_level("W")
    );
    assert!(
        rows.iter()
            .filter_map(|row| row.reason.as_deref())
            .all(|reason| reason.len() > 20)
    );
}

#[test]
fn every_rule_of_buf_is_told() {
    hold(
        "cards/cards.proto",
        fixture!("base.proto"),
        fixture!("buf.yaml"),
        65,
    );
}

#[test]
fn every_change_of_graphql_inspector_is_told() {
    hold(
        "schema.graphql",
        fixture!("base.graphql"),
        fixture!("graphql-inspector.yaml"),
        80,
    );
}

#[test]
fn every_incompatibility_of_avro_is_told() {
    hold("card.avsc", fixture!("base.avsc"), fixture!("avro.yaml"), 6);
}
