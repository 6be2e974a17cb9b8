//! Migrations in JSON: what Flyway, Atlas and EF Core print, and rows of a table.

use model::{Framework, HistoryScope, MigrationRecord, MigrationState};
use serde_json::Value;

use super::rows::{Columns, read_state_word, read_way_down};
use super::{FoundHistory, make_record};
use crate::live::json::{list_json_objects, read_json_list, read_json_text, read_json_time};

// by their own keys first: the form of a table is the loosest
/// Reads a document; `None` when it is about something else.
pub(super) fn read_document(value: &Value) -> Option<FoundHistory> {
    read_flyway(value)
        .or_else(|| read_atlas(value))
        .or_else(|| read_ef_core(value))
        .or_else(|| read_table(value))
}

fn read_flyway(value: &Value) -> Option<FoundHistory> {
    let listed = read_json_list(value, &["migrations"]);
    // Flyway's own output has both; other lists of migrations have neither or one
    let about = |item: &Value| item.get("state").is_some() && item.get("category").is_some();
    listed.first().filter(|item| about(item))?;
    let records = listed
        .iter()
        .filter_map(|item| {
            // a state word nobody knows leaves it open instead of dropping the row
            let state = read_state_word(&read_json_text(item, &["state"])?);
            let kind = ["category", "type"]
                .iter()
                .filter_map(|key| read_json_text(item, &[key]))
                .collect::<Vec<_>>()
                .join(" ");
            let version = read_json_text(item, &["version"]);
            // two branches may give two files one version, and the path tells them apart
            let path = read_json_text(item, &["filepath"]).filter(|path| !path.is_empty());
            let name = path
                .or_else(|| version.clone())
                .or_else(|| read_json_text(item, &["description"]))?;
            let record = MigrationRecord {
                version,
                description: read_json_text(item, &["description"]),
                // `installedOn` is in the zone of the server, and does not say which
                at: read_json_time(item, &["installedOnUTC"])
                    .or_else(|| read_json_time(item, &["installedOn"])),
                ..make_record(&name, state, None)
            };
            read_way_down(record, Some(&kind))
        })
        .collect();
    Some(FoundHistory {
        tool: Some(Framework::Flyway),
        scope: HistoryScope::Every,
        incomplete: None,
        records,
    })
}

fn read_atlas(value: &Value) -> Option<FoundHistory> {
    value.get("Available").or_else(|| value.get("Pending"))?;
    value.get("Status").or_else(|| value.get("Current"))?;
    let of = |key: &str, state: MigrationState| -> Vec<MigrationRecord> {
        read_json_list(value, &[key])
            .iter()
            .filter_map(|item| {
                let version = read_json_text(item, &["Version"])?;
                let count = |key: &str| item.get(key).and_then(Value::as_u64);
                // a statement that failed leaves those before it, where the database has no
                // transaction for them
                let partly = count("Applied")
                    .zip(count("Total"))
                    .is_some_and(|(done, all)| done > 0 && done < all);
                let broken = partly
                    || item
                        .get("Error")
                        .and_then(Value::as_str)
                        .is_some_and(|error| !error.is_empty());
                let name = read_json_text(item, &["Name"]).unwrap_or_else(|| version.clone());
                let state = if broken {
                    MigrationState::Failed
                } else {
                    state
                };
                Some(MigrationRecord {
                    version: Some(version),
                    at: read_json_time(item, &["ExecutedAt"]),
                    ..make_record(&name, Some(state), None)
                })
            })
            .collect()
    };
    let mut records = of("Applied", MigrationState::Applied);
    records.extend(of("Pending", MigrationState::Pending));
    Some(FoundHistory {
        tool: Some(Framework::Atlas),
        scope: HistoryScope::Every,
        incomplete: None,
        records,
    })
}

fn read_ef_core(value: &Value) -> Option<FoundHistory> {
    let listed = list_json_objects(value);
    listed
        .first()
        .filter(|item| item.get("safeName").is_some() || item.get("applied").is_some())?;
    let records: Vec<MigrationRecord> = listed
        .iter()
        .filter_map(|item| {
            let id = read_json_text(item, &["id"])?;
            // without a connection EF Core writes null: nobody looked
            let ran = item.get("applied")?.as_bool()?;
            let state = if ran {
                MigrationState::Applied
            } else {
                MigrationState::Pending
            };
            Some(make_record(&id, Some(state), None))
        })
        .collect();
    (!records.is_empty()).then_some(FoundHistory {
        tool: None,
        scope: HistoryScope::Every,
        incomplete: None,
        records,
    })
}

/// Rows of the tool's table, as a client prints them as JSON.
fn read_table(value: &Value) -> Option<FoundHistory> {
    let listed = list_json_objects(value);
    let head: Vec<String> = listed.first()?.as_object()?.keys().cloned().collect();
    let columns = Columns::of(&head)?;
    // a release has a version and a result too, a migration has neither commit nor environment
    if [
        "safeName",
        "commit",
        "sha",
        "env",
        "environment",
        "result",
        "chart",
    ]
    .iter()
    .any(|key| head.iter().any(|name| name == key))
    {
        return None;
    }
    let records = listed
        .iter()
        .filter_map(|item| {
            let texts: Vec<String> = head
                .iter()
                .map(|key| read_json_text(item, &[key]).unwrap_or_default())
                .collect();
            let cells: Vec<&str> = texts.iter().map(String::as_str).collect();
            columns.read(&cells, None)
        })
        .collect();
    columns.history(records, None)
}
