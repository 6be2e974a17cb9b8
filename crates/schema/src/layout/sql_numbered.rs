//! SQL files that are known by the number in their name: their text or their neighbours tell the tool.

use super::candidate::CandidateFile;
use super::names::{is_down_folder, leading_version, sounds_like_migrations};
use super::sql_place::{find_claimant, make_sql_place};
use crate::dialect::{Dialect, DialectSigns};
use crate::migration_file::{MigrationFile, MigrationLanguage, MigrationSide};
use crate::tool::declaration::SharedShape;
use crate::tool::find_tool;
use crate::tree_path::{file_name, find_parent_folder, join_path};
use model::{Framework, Snapshot};

/// One file a version: its text or its neighbours tell the tool.
pub fn recognise_numbered_file(file: &CandidateFile<'_>, stem: &str) -> Option<MigrationFile> {
    let (path, here) = (file.path, file.here);
    let digits = stem.trim_start_matches(['V', 'v']);
    let begins = digits.starts_with(|c: char| c.is_ascii_digit());
    let sounds = here.split('/').any(sounds_like_migrations) || file.manifest.named(path);
    if !sounds && !begins {
        return None;
    }
    // the marks stand early; a file may hold megabytes of rows
    let head: String = file
        .text()
        .unwrap_or_default()
        .chars()
        .take(200_000)
        .collect();
    let shape = SharedShape::Marked {
        text: &head,
        numbered: begins,
    };
    let marked = find_claimant(file, shape);
    // such a file may have any name, so the tool records its path
    if marked == Some(Framework::Liquibase) {
        let mut found = make_sql_place(
            path,
            Framework::Liquibase,
            "liquibase".to_owned(),
            stem,
            path,
            MigrationSide::Up,
        );
        found.language = MigrationLanguage::Changelog;
        return Some(found);
    }
    if let Some((all, version)) = file.release().filter(|_| marked.is_none()) {
        return Some(of_release(path, stem, all, version));
    }
    if !begins || (!sounds && marked.is_none()) {
        return None;
    }
    let version = leading_version(digits);
    let framework = marked
        .or_else(|| find_claimant(file, SharedShape::Numbered { stem, version }))
        .unwrap_or(Framework::Plain);
    // a tool that knows only the number sees no difference in a new name
    let identity = if find_tool(framework).record().records_number {
        version
    } else {
        stem
    };
    make_numbered_place(file, framework, version, identity)
}

/// The place of a numbered file; ways down may lie in a folder of their own.
fn make_numbered_place(
    file: &CandidateFile<'_>,
    framework: Framework,
    version: &str,
    identity: &str,
) -> Option<MigrationFile> {
    let (path, here, tree) = (file.path, file.here, file.tree);
    let parent = file_name(here);
    if is_down_folder(parent) {
        // Both sides lie in folders of their own, or the ways down below the ways up.
        let beside = ["up", "ups", "upgrade", "deploy", "migrate"]
            .iter()
            .map(|name| join_path(find_parent_folder(here), name));
        let set = beside
            .into_iter()
            .find(|set| {
                tree.list()
                    .iter()
                    .any(|entry| find_parent_folder(&entry.path) == set)
            })
            .unwrap_or_else(|| find_parent_folder(here).to_owned());
        return Some(make_sql_place(
            path,
            framework,
            set,
            version,
            identity,
            MigrationSide::Down,
        ));
    }
    let mut found = make_sql_place(
        path,
        framework,
        here.to_owned(),
        version,
        identity,
        MigrationSide::Up,
    );
    // the journal goes before the name of the folder
    if framework == Framework::Drizzle {
        found.dialect = journal_dialect(tree, here).or(found.dialect);
    }
    Some(found)
}

/// The database that Drizzle's journal names.
fn journal_dialect(tree: &dyn Snapshot, folder: &str) -> Option<Dialect> {
    let text = tree
        .read_text(&join_path(folder, "meta/_journal.json"))
        .ok()?;
    let (_, rest) = text.split_once("\"dialect\"")?;
    Dialect::from_word(rest.split('"').nth(1)?)
}

/// A file in a folder named by its release: `upgrade/1.9.0/002_x.sql`, `delta/59/x.sql.postgres`.
fn of_release(path: &str, stem: &str, all: &str, version: &str) -> MigrationFile {
    let lower = stem.to_ascii_lowercase();
    let down = matches!(
        lower.as_str(),
        "down" | "rollback" | "downgrade" | "undo" | "revert"
    );
    let whole = matches!(
        lower.as_str(),
        "up" | "upgrade" | "update" | "migrate" | "deploy"
    ) || down;
    let folder = file_name(find_parent_folder(path));
    let own = leading_version(stem);
    // one file for the whole release has its counterpart under the same identity
    let identity = if whole {
        folder.to_owned()
    } else {
        format!("{folder}/{stem}")
    };
    let version = if own.is_empty() {
        version.to_owned()
    } else {
        format!("{version}/{own}")
    };
    make_sql_place(
        path,
        Framework::Plain,
        all.to_owned(),
        &version,
        &identity,
        if down {
            MigrationSide::Down
        } else {
            MigrationSide::Up
        },
    )
}
