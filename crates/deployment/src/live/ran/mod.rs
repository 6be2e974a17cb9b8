//! What ran: the status that migration tools print, and their tables.
//!
//! The tools write few forms between them (a box before a name, *up* or *down* before a version, a
//! heading above names, a table, one version), so a form is read and not a tool: a migration is
//! known again by its name in the repository.

mod complete;
mod document;
mod lines;
mod rows;

use model::{HistoryScope, MigrationHistory, MigrationRecord, MigrationState};

use super::state_file::StateFileInput;
use super::{LiveReport, ReadResult};

/// What writes such a file; each tool's command is in the documentation and in `doctor`.
pub(super) const PRODUCER: &str = "bin/rails db:migrate:status > migrations.txt   # or: flyway \
    info -outputType=json, manage.py showmigrations, the tool's table as CSV";

// the oldest projects have some thousands
/// Most migrations of one file.
const RECORDS: usize = 100_000;

/// The command of each tool, in the order of the documentation: what it is, and what writes the
/// file.
pub const STATUS_COMMANDS: &[(&str, &str)] = &[
    ("Flyway", "flyway info -outputType=json > migrations.json"),
    ("Liquibase", "liquibase status --verbose > migrations.txt"),
    ("Alembic", "alembic current > migrations.txt"),
    ("Rails", "bin/rails db:migrate:status > migrations.txt"),
    ("Django", "python manage.py showmigrations > migrations.txt"),
    (
        "Laravel",
        "php artisan migrate:status --no-ansi > migrations.txt",
    ),
    ("Prisma", "npx prisma migrate status > migrations.txt"),
    (
        "Atlas",
        "atlas migrate status --format '{{ json . }}' > migrations.json",
    ),
    ("goose", "goose status 2> migrations.txt"),
    ("dbmate", "dbmate status > migrations.txt"),
    (
        "golang-migrate",
        "migrate -path FOLDER -database URL version 2> migrations.txt",
    ),
    ("sqlx", "sqlx migrate info > migrations.txt"),
    ("Diesel", "diesel migration list > migrations.txt"),
    (
        "EF Core",
        "dotnet ef migrations list --json > migrations.json",
    ),
    ("Knex", "npx knex migrate:list --no-color > migrations.txt"),
    (
        "Sequelize",
        "npx sequelize-cli db:migrate:status > migrations.txt",
    ),
    (
        "TypeORM",
        "npx typeorm migration:show -d SOURCE > migrations.txt",
    ),
    ("Ecto", "mix ecto.migrations > migrations.txt"),
    (
        "any other, PostgreSQL",
        "psql --csv -c 'SELECT * FROM schema_migrations' > migrations.csv",
    ),
    (
        "any other, MySQL and MariaDB",
        "mysql --batch -e 'SELECT * FROM schema_migrations' DATABASE > migrations.tsv",
    ),
    (
        "any other, SQLite",
        "sqlite3 -header -csv FILE 'SELECT * FROM schema_migrations' > migrations.csv",
    ),
];

/// Whether a text that is no JSON lists migrations.
pub(super) fn looks_like_text(text: &str) -> bool {
    rows::read_rows(text).is_some() || lines::read_lines(text).is_some()
}

/// Whether a JSON document lists migrations.
pub(super) fn looks_like_document(value: &serde_json::Value) -> bool {
    document::read_document(value).is_some()
}

/// Reads a file of this kind.
pub(super) fn read_migration_history(
    name: &str,
    input: &StateFileInput,
    report: &mut LiveReport,
) -> ReadResult {
    let found = match input.json(name) {
        Ok(value) if value.is_object() || value.is_array() => document::read_document(value),
        // JSON of one word or number is a version on a line of its own
        _ => rows::read_rows(&input.text).or_else(|| lines::read_lines(&input.text)),
    };
    report.elsewhere = match input.json(name) {
        Ok(value) => super::elsewhere::find_elsewhere_in_json(value),
        Err(_) => super::elsewhere::find_elsewhere(&input.text),
    }
    .map(|name| super::sanitize_state_text(&name));
    let mut found = found.ok_or("no line or row names a migration and whether it ran")?;
    if found.records.len() > RECORDS {
        report.note(format!(
            "{} lists {} migrations; the last {RECORDS} are read",
            report.name,
            found.records.len()
        ));
        // the end of a list is the newest, and the question is of the newest
        found.records.drain(..found.records.len() - RECORDS);
        // what was not read may have run, so nothing in front of it counts as not run
        found.incomplete = Some("it is longer than what is read of it".to_owned());
    }
    for record in &mut found.records {
        record.name = super::sanitize_state_text(&record.name);
        record.description = record
            .description
            .as_deref()
            .map(super::sanitize_state_text);
    }
    report.migrations = Some(MigrationHistory {
        file: report.name.clone(),
        observed_at: None,
        tool: found.tool,
        scope: found.scope,
        incomplete: found.incomplete,
        records: found.records,
    });
    Ok(())
}

/// What a reader found.
#[derive(Debug, Clone, PartialEq)]
struct FoundHistory {
    tool: Option<model::Framework>,
    scope: HistoryScope,
    /// Why rows may be missing.
    incomplete: Option<String>,
    records: Vec<MigrationRecord>,
}

fn make_record(name: &str, state: Option<MigrationState>, line: Option<usize>) -> MigrationRecord {
    MigrationRecord {
        name: name.trim().to_owned(),
        version: None,
        description: None,
        part: None,
        state,
        at: None,
        line,
    }
}

#[cfg(test)]
mod tests;
