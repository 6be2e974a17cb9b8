//! What changed in a snapshot against what the migrations change.

use super::super::schema::{Schema, TableEntity};
use super::super::step::{Column, MigrationStep, Name, SchemaAction, Table};
use super::tables::{SnapshotTable, Tables};
use crate::unit::Unit;
use model::Evidence;
use model::Framework;

/// The range of one set as it was played.
pub struct PlayedRange<'a> {
    /// Schema at the end of the range.
    pub after: &'a Schema,
    /// Migrations that run.
    pub units: Vec<&'a Unit>,
}

/// A disagreement.
pub struct SnapshotDisagreement {
    /// Table, or `table.column`.
    pub subject: String,
    /// One sentence.
    pub says: String,
    /// Line of the snapshot, line of the migration.
    pub evidence: Vec<Evidence>,
}

/// What a comparison gives.
#[derive(Default)]
pub struct Compared {
    /// In order of tables.
    pub disagreements: Vec<SnapshotDisagreement>,
    /// A migration with a step that was not understood: what the snapshot has beyond the others
    /// may come from it.
    pub vague: Option<String>,
}

/// Tables in which tools keep their own books.
const BOOKS: [&str; 6] = [
    "schema_migrations",
    "ar_internal_metadata",
    "_prisma_migrations",
    "__efmigrationshistory",
    "__drizzle_migrations",
    "data_migrations",
];

/// Compares. Without migrations that run, everything that changed in the snapshot is a
/// disagreement. `others`: what the other tools of the program do to the same database in this
/// range; what one of them changes is no disagreement.
pub fn compare_snapshots(
    before: &Tables,
    after: &Tables,
    [played, others]: [&[PlayedRange<'_>]; 2],
    framework: Framework,
) -> Compared {
    // where the snapshot has no migrations of its own, those of the others have to explain it
    let explains = if played.iter().all(|played| played.units.is_empty()) {
        others
    } else {
        played
    };
    let mut out = Compared {
        vague: explains
            .iter()
            .flat_map(|played| &played.units)
            .find_map(|unit| describe_vague_migration(unit)),
        ..Compared::default()
    };
    let all = ComparedMigrations {
        known: PlayedMigrations { played },
        elsewhere: PlayedMigrations { played: others },
    };
    let counts = |table: &SnapshotTable| !BOOKS.contains(&table.name.to_lowercase().as_str());
    // a step that was not understood may explain any difference
    if out.vague.is_none() {
        for table in before.values().filter(|table| counts(table)) {
            match after.get(&key_of(table)) {
                Some(now) => out.disagreements.extend(all.compare_columns(table, now)),
                None => out.disagreements.extend(all.find_table_gone(table)),
            }
        }
        let new = after
            .iter()
            .filter(|(key, table)| !before.contains_key(*key) && counts(table));
        for (_, table) in new {
            out.disagreements.extend(all.find_table_new(table));
        }
    }
    // what was understood is held against the file all the same
    all.known
        .list_forgotten(before, after, framework, &mut out.disagreements);
    out
}

/// The migrations of the snapshot's own tool, and those of others on the same database.
struct ComparedMigrations<'a, 'b> {
    known: PlayedMigrations<'a, 'b>,
    elsewhere: PlayedMigrations<'a, 'b>,
}

impl ComparedMigrations<'_, '_> {
    fn find_table_gone(&self, table: &SnapshotTable) -> Option<SnapshotDisagreement> {
        let name = &table.name;
        if !self.known.table_stays(name) || !self.elsewhere.table_stays(name) {
            return None;
        }
        let says = format!(
            "{name} is gone from {}, and no migration of the range drops it",
            table.path
        );
        Some(self.known.says(name, says, table, table.line))
    }

    fn find_table_new(&self, table: &SnapshotTable) -> Option<SnapshotDisagreement> {
        let name = &table.name;
        if !self.known.table_missing(name) || !self.elsewhere.table_missing(name) {
            return None;
        }
        let says = format!(
            "{name} is new in {}, and no migration of the range makes it",
            table.path
        );
        Some(self.known.says(name, says, table, table.line))
    }

    fn compare_columns(
        &self,
        was: &SnapshotTable,
        now: &SnapshotTable,
    ) -> Vec<SnapshotDisagreement> {
        let (name, mut out) = (&was.name, Vec::new());
        let subject = |column: &str| format!("{name}.{column}");
        for (column, line) in &was.columns {
            if !now.columns.contains_key(column)
                && self.known.column_stays(name, column)
                && self.elsewhere.column_stays(name, column)
            {
                let says = format!(
                    "{name}.{column} is gone from {}, and no migration of the range drops it",
                    was.path
                );
                out.push(self.known.says(&subject(column), says, was, *line));
            }
        }
        for (column, line) in &now.columns {
            if !was.columns.contains_key(column)
                && self.known.column_missing(name, column)
                && self.elsewhere.column_missing(name, column)
            {
                let says = format!(
                    "{name}.{column} is new in {}, and no migration of the range adds it",
                    now.path
                );
                out.push(self.known.says(&subject(column), says, now, *line));
            }
        }
        out
    }
}

fn key_of(table: &SnapshotTable) -> String {
    Name::new(&table.name).key()
}

/// A migration of which not everything is known.
fn describe_vague_migration(unit: &Unit) -> Option<String> {
    let step = unit.reading.up.steps.iter().find(|step| {
        let unsure = matches!(
            step.action,
            SchemaAction::Unknown { .. } | SchemaAction::HostCode { .. }
        );
        unsure
            || step
                .action
                .table()
                .is_some_and(|table| table.name == super::super::sql::VAGUE)
    })?;
    Some(format!("{}:{}", unit.path, step.line))
}

/// What the migrations tell.
struct PlayedMigrations<'a, 'b> {
    played: &'b [PlayedRange<'a>],
}

impl PlayedMigrations<'_, '_> {
    /// The table as it is at the end of the range.
    fn end(&self, name: &str) -> Option<&TableEntity> {
        self.played
            .iter()
            .find_map(|played| played.after.table(&Name::new(name)))
    }

    /// No migration drops or renames the table.
    fn table_stays(&self, name: &str) -> bool {
        let key = Name::new(name).key();
        let left = |entity: &TableEntity| {
            entity.old.as_deref() == Some(key.as_str())
                && (!entity.alive || entity.name.key() != key)
        };
        !self
            .played
            .iter()
            .flat_map(|played| &played.after.entities)
            .any(|entity| left(entity))
            && !self.dropped_with_its_schema(name)
    }

    /// `DROP SCHEMA` and extensions take tables along.
    fn dropped_with_its_schema(&self, name: &str) -> bool {
        let schema = Name::new(name).schema;
        self.steps().any(|(_, step)| match &step.action {
            SchemaAction::DropSchema { name } | SchemaAction::RenameSchema { name, .. } => schema
                .as_ref()
                .is_some_and(|schema| schema.eq_ignore_ascii_case(name)),
            // what an extension brings along is in no migration
            SchemaAction::DropExtension { .. } => true,
            _ => false,
        })
    }

    /// No migration makes the table, or gives this name to another one.
    fn table_missing(&self, name: &str) -> bool {
        self.end(name).is_none()
            && !self
                .steps()
                .any(|(_, step)| matches!(step.action, SchemaAction::CreateExtension { .. }))
    }

    /// No migration drops or renames the column.
    fn column_stays(&self, table: &str, column: &str) -> bool {
        let gone = |entity: &TableEntity| {
            entity.columns.iter().any(|state| {
                state
                    .old
                    .as_deref()
                    .is_some_and(|old| old.eq_ignore_ascii_case(column))
                    && (!state.alive || !state.column.name.eq_ignore_ascii_case(column))
            })
        };
        match self.end(table) {
            // A table that was made anew has the columns that it was made with.
            Some(entity) if entity.old.is_none() => entity.known && entity.get(column).is_some(),
            Some(entity) => !gone(entity),
            // a table that no migration is about keeps its columns
            None => true,
        }
    }

    /// No migration adds the column, or gives this name to another one.
    fn column_missing(&self, table: &str, column: &str) -> bool {
        match self.end(table) {
            Some(entity) if entity.old.is_none() => entity.known && entity.get(column).is_none(),
            Some(entity) => entity.get(column).is_none(),
            None => true,
        }
    }

    fn steps(&self) -> impl Iterator<Item = (&Unit, &MigrationStep)> {
        self.played
            .iter()
            .flat_map(|played| &played.units)
            .flat_map(|unit| unit.reading.up.steps.iter().map(move |step| (*unit, step)))
    }

    /// A disagreement with the line of the snapshot, and the last line of a migration that is about
    /// the table.
    fn says(
        &self,
        subject: &str,
        says: String,
        table: &SnapshotTable,
        line: usize,
    ) -> SnapshotDisagreement {
        let mut evidence = vec![Evidence::at(table.path.as_str(), line)];
        let key = key_of(table);
        // the last migration that is about the table is the likeliest cause
        let about = self
            .steps()
            .filter(|(_, step)| step.action.table().is_some_and(|name| name.key() == key))
            .last();
        evidence.extend(about.map(|(unit, step)| {
            Evidence::at(unit.found.place.path.as_str(), step.line).with_excerpt(&step.text)
        }));
        SnapshotDisagreement {
            subject: subject.to_owned(),
            says,
            evidence,
        }
    }

    /// What migrations do and the new snapshot does not know.
    fn list_forgotten(
        &self,
        before: &Tables,
        after: &Tables,
        framework: Framework,
        out: &mut Vec<SnapshotDisagreement>,
    ) {
        let Some(file) = after.values().next().map(|table| table.path.clone()) else {
            return;
        };
        for (unit, step) in self.steps() {
            let Some(name) = step.action.table().filter(|name| {
                !name.name.is_empty() && !BOOKS.contains(&name.name.to_lowercase().as_str())
            }) else {
                continue;
            };
            let case = ForgottenChange {
                name,
                shown: after.get(&name.key()),
                known: before.get(&name.key()),
                entity: self.end(&name.to_string()),
                file: &file,
            };
            let found = match &step.action {
                SchemaAction::CreateTable(table) => case.find_made_table(table, framework),
                SchemaAction::DropTable { .. } => case.find_dropped_table(),
                SchemaAction::AddColumn { column, .. } => case.find_added_column(column),
                SchemaAction::DropColumn { column, .. } => case.find_dropped_column(column),
                _ => None,
            };
            let Some((subject, says, kept)) = found else {
                continue;
            };
            // one difference is told once, whether the file or the migration shows it first
            if !out.iter().any(|other| other.subject == subject) {
                let place = Evidence::at(unit.found.place.path.as_str(), step.line)
                    .with_excerpt(&step.text);
                out.push(SnapshotDisagreement {
                    subject,
                    says,
                    evidence: vec![place, kept],
                });
            }
        }
    }
}

/// What a migration does to a table, and what the snapshots know of that table.
struct ForgottenChange<'a> {
    name: &'a Name,
    /// The table in the new snapshot.
    shown: Option<&'a SnapshotTable>,
    /// The table in the old snapshot.
    known: Option<&'a SnapshotTable>,
    entity: Option<&'a TableEntity>,
    /// A file of the new snapshot.
    file: &'a str,
}

/// Subject, sentence and place of what the snapshot does not know.
type Forgotten = (String, String, Evidence);

impl ForgottenChange<'_> {
    fn find_made_table(&self, table: &Table, framework: Framework) -> Option<Forgotten> {
        let (name, file) = (self.name, self.file);
        // Partitions and tables that join two models stand for themselves in no snapshot of their
        // kind.
        let silent = table.temporary
            || table.partition_of.is_some()
            || table.if_not_exists
            || (framework == Framework::Prisma && name.name.starts_with('_'))
            || name.schema.is_some();
        let made = self.entity.is_some_and(|entity| {
            entity.alive && entity.old.is_none() && entity.stands_for.is_none()
        });
        if self.shown.is_some() || silent || !made {
            return None;
        }
        let kept = Evidence {
            path: Some(file.into()),
            ..Evidence::default()
        };
        let says = format!("a migration makes {name}, and {file} does not know it");
        Some((name.to_string(), says, kept))
    }

    fn find_dropped_table(&self) -> Option<Forgotten> {
        let (name, table) = (self.name, self.shown?);
        if self.entity.is_some() {
            return None;
        }
        let says = format!("a migration drops {name}, and {} still has it", table.path);
        let kept = Evidence::at(table.path.as_str(), table.line);
        Some((name.to_string(), says, kept))
    }

    fn find_added_column(&self, column: &Column) -> Option<Forgotten> {
        let table = self.shown?;
        let stays = self.entity.is_some_and(|entity| {
            entity.old.is_some()
                && entity
                    .get(&column.name)
                    .is_some_and(|state| state.old.is_none())
        });
        if !stays || table.columns.contains_key(&column.key()) {
            return None;
        }
        let subject = format!("{}.{}", self.name, column.name);
        let says = format!(
            "a migration adds {subject}, and {} does not know it",
            table.path
        );
        Some((subject, says, Evidence::at(table.path.as_str(), table.line)))
    }

    fn find_dropped_column(&self, column: &str) -> Option<Forgotten> {
        let (table, key) = (self.shown?, column.to_lowercase());
        let line = *table.columns.get(&key)?;
        let gone = self
            .entity
            .is_some_and(|entity| entity.old.is_some() && entity.get(column).is_none());
        let known = self
            .known
            .is_some_and(|table| table.columns.contains_key(&key));
        if !gone || !known {
            return None;
        }
        let subject = format!("{}.{column}", self.name);
        let says = format!(
            "a migration drops {subject}, and {} still has it",
            table.path
        );
        Some((subject, says, Evidence::at(table.path.as_str(), line)))
    }
}
