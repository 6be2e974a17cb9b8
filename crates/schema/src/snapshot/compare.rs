//! What changed in a snapshot against what the migrations change.

use super::super::schema::{Schema, TableEntity};
use super::super::step::{MigrationStep, Name, SchemaAction};
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
pub struct Disagreement {
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
    pub disagreements: Vec<Disagreement>,
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
    let known = PlayedMigrations { played };
    let elsewhere = PlayedMigrations { played: others };
    let counts = |table: &SnapshotTable| !BOOKS.contains(&table.name.to_lowercase().as_str());
    if out.vague.is_none() {
        for table in before.values().filter(|table| counts(table)) {
            match after
                .iter()
                .find(|(key, _)| **key == key_of(table))
                .map(|(_, table)| table)
            {
                None if known.table_stays(&table.name) && elsewhere.table_stays(&table.name) => {
                    out.disagreements.push(known.says(
                        &table.name,
                        format!(
                            "{} is gone from {}, and no migration of the range drops it",
                            table.name, table.path
                        ),
                        table,
                        table.line,
                    ))
                }
                None => {}
                Some(now) => {
                    for (column, line) in table
                        .columns
                        .iter()
                        .filter(|(column, _)| !now.columns.contains_key(*column))
                    {
                        if known.column_stays(&table.name, column)
                            && elsewhere.column_stays(&table.name, column)
                        {
                            let says = format!(
                                "{}.{column} is gone from {}, and no migration of the range drops it",
                                table.name, table.path
                            );
                            out.disagreements.push(known.says(
                                &format!("{}.{column}", table.name),
                                says,
                                table,
                                *line,
                            ));
                        }
                    }
                    for (column, line) in now
                        .columns
                        .iter()
                        .filter(|(column, _)| !table.columns.contains_key(*column))
                    {
                        if known.column_missing(&table.name, column)
                            && elsewhere.column_missing(&table.name, column)
                        {
                            let says = format!(
                                "{}.{column} is new in {}, and no migration of the range adds it",
                                table.name, now.path
                            );
                            out.disagreements.push(known.says(
                                &format!("{}.{column}", table.name),
                                says,
                                now,
                                *line,
                            ));
                        }
                    }
                }
            }
        }
        for table in after
            .iter()
            .filter(|(key, table)| !before.contains_key(*key) && counts(table))
            .map(|(_, table)| table)
        {
            if known.table_missing(&table.name) && elsewhere.table_missing(&table.name) {
                let says = format!(
                    "{} is new in {}, and no migration of the range makes it",
                    table.name, table.path
                );
                out.disagreements
                    .push(known.says(&table.name, says, table, table.line));
            }
        }
    }
    known.forgotten(before, after, framework, &mut out.disagreements);
    out
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
    ) -> Disagreement {
        let mut evidence = vec![Evidence::at(table.path.as_str(), line)];
        let key = key_of(table);
        let about = self
            .steps()
            .filter(|(_, step)| step.action.table().is_some_and(|name| name.key() == key))
            .last();
        evidence.extend(about.map(|(unit, step)| {
            Evidence::at(unit.found.place.path.as_str(), step.line).with_excerpt(&step.text)
        }));
        Disagreement {
            subject: subject.to_owned(),
            says,
            evidence,
        }
    }

    /// What migrations do and the new snapshot does not know.
    fn forgotten(
        &self,
        before: &Tables,
        after: &Tables,
        framework: Framework,
        out: &mut Vec<Disagreement>,
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
            let shown = after.get(&name.key());
            let entity = self.end(&name.to_string());
            let place =
                Evidence::at(unit.found.place.path.as_str(), step.line).with_excerpt(&step.text);
            let mut say = |subject: String, says: String, at: Option<(&str, usize)>| {
                if !out.iter().any(|other| other.subject == subject) {
                    let kept = at.map_or_else(
                        || Evidence {
                            path: Some(file.clone()),
                            ..Evidence::default()
                        },
                        |(path, line)| Evidence::at(path, line),
                    );
                    out.push(Disagreement {
                        subject,
                        says,
                        evidence: vec![place.clone(), kept],
                    });
                }
            };
            match &step.action {
                SchemaAction::CreateTable(table) if shown.is_none() => {
                    // Partitions and tables that join two models stand for themselves in no
                    // snapshot of their kind.
                    let silent = table.temporary
                        || table.partition_of.is_some()
                        || table.if_not_exists
                        || (framework == Framework::Prisma && name.name.starts_with('_'))
                        || name.schema.is_some();
                    if !silent
                        && entity.is_some_and(|entity| {
                            entity.alive && entity.old.is_none() && entity.stands_for.is_none()
                        })
                    {
                        say(
                            name.to_string(),
                            format!("a migration makes {name}, and {file} does not know it"),
                            None,
                        );
                    }
                }
                SchemaAction::DropTable { .. } => {
                    if let (Some(table), true) = (shown, entity.is_none()) {
                        say(
                            name.to_string(),
                            format!("a migration drops {name}, and {} still has it", table.path),
                            Some((&table.path, table.line)),
                        );
                    }
                }
                SchemaAction::AddColumn { column, .. } => {
                    let stays = entity.is_some_and(|entity| {
                        entity.old.is_some()
                            && entity
                                .get(&column.name)
                                .is_some_and(|state| state.old.is_none())
                    });
                    if let Some(table) =
                        shown.filter(|table| stays && !table.columns.contains_key(&column.key()))
                    {
                        let subject = format!("{name}.{}", column.name);
                        say(
                            subject.clone(),
                            format!(
                                "a migration adds {subject}, and {} does not know it",
                                table.path
                            ),
                            Some((&table.path, table.line)),
                        );
                    }
                }
                SchemaAction::DropColumn { column, .. } => {
                    let gone = entity
                        .is_some_and(|entity| entity.old.is_some() && entity.get(column).is_none());
                    let known = before
                        .get(&name.key())
                        .is_some_and(|table| table.columns.contains_key(&column.to_lowercase()));
                    let still = shown.and_then(|table| {
                        Some((table, *table.columns.get(&column.to_lowercase())?))
                    });
                    if let Some((table, line)) = still.filter(|_| gone && known) {
                        let subject = format!("{name}.{column}");
                        say(
                            subject.clone(),
                            format!(
                                "a migration drops {subject}, and {} still has it",
                                table.path
                            ),
                            Some((&table.path, line)),
                        );
                    }
                }
                _ => {}
            }
        }
    }
}
