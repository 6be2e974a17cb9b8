//! The database's part of the way back: what is counted before, the downs in order, what is filled again afterwards.

use super::Build;
use crate::model::{Condition, DownKind, Effect, Migration, MigrationChange, Operation, OptionId, PlanStep, StepMode, visible};

/// Downs that are named one by one.
const DOWNS: usize = 30;
/// Queries and statements that are given in one step.
const STATEMENTS: usize = 20;

impl Build<'_> {
    /// Migrations that ran with the release, on databases that are live, in order.
    fn ran(&self) -> Vec<&Migration> {
        let live = &self.config.database.dialects;
        let counts = |migration: &&Migration| {
            matches!(migration.change, MigrationChange::Added | MigrationChange::RenamedRunsAgain)
                && !migration.operations.is_empty()
                && (live.is_empty() || migration.dialect == "unknown" || live.contains(&migration.dialect))
        };
        self.assessment.migrations.iter().filter(counts).collect()
    }

    /// What only production knows is counted before anything is done.
    pub(super) fn count_first(&mut self) {
        if !matches!(self.option, OptionId::RollBack | OptionId::RollBackWithConditions | OptionId::ShiftTraffic) {
            return;
        }
        let queries = match self.assessment.facts.get("database.new_form_rows") {
            Some(fact) => joined(fact.evidence.iter().filter_map(|place| place.excerpt.clone())),
            None => None,
        };
        if let Some(queries) = queries {
            let says = format!("Count in production what {} may not be able to read", self.previous());
            self.add(StepMode::Condition, says, "how long it was live decides: rows that are there speak against going back as it is").command = Some(queries);
        }
    }

    /// The conditions' own steps, each as a step of the plan.
    pub(super) fn condition_steps(&mut self, condition: &Condition) {
        for text in &condition.steps {
            if condition.kind == "schema-back" && text.starts_with("Run the down migrations") {
                self.downs(text);
            } else {
                self.add(StepMode::Condition, text.clone(), format!("part of: {}", condition.says));
            }
        }
    }

    /// A column that is added again is empty.
    pub(super) fn filled_again(&mut self) {
        let columns: Vec<String> = self
            .ran()
            .iter()
            .flat_map(|migration| &migration.operations)
            .filter(|operation| operation.kind == "drop-column" && operation.rollback >= Effect::BreaksWrites && operation.compatibility_step.is_some())
            .map(|operation| operation.object.clone())
            .take(STATEMENTS)
            .collect();
        if !columns.is_empty() {
            let says = format!("Fill {} again from a backup, or accept that it is empty", columns.join(", "));
            self.add(StepMode::Condition, says, "a column that is added again holds none of its old values");
        }
    }

    /// The downs, the last migration first, with what would stop them and what they cost.
    fn downs(&mut self, says: &str) {
        let ran = self.ran();
        let adds = |operation: &Operation| operation.kind == "create-table" || operation.kind.starts_with("add-") && operation.kind != "add-enum-value";
        let queries = |new: bool| {
            let found = ran.iter().flat_map(|migration| &migration.operations).filter(|operation| adds(operation) == new);
            joined(found.filter_map(|operation| operation.query.clone()))
        };
        let (stops, costs) = (queries(false), queries(true));
        let steps: Vec<PlanStep> = ran.iter().rev().filter(|migration| migration.down.kind != DownKind::None).map(|migration| down(migration)).collect();
        if let Some(costs) = costs {
            self.add(StepMode::Condition, "Count what the downs would take along", "rows of the new release are lost with the schema").command = Some(costs);
        }
        if let Some(stops) = stops {
            self.add(StepMode::Condition, "Count the rows that would stop the downs", "a down that meets them fails half way").command = Some(stops);
        }
        let more = steps.len().saturating_sub(DOWNS);
        let why = match steps.len() {
            0 => "the tool derives them".to_owned(),
            1 => "its files are part of the newer release only".to_owned(),
            count => format!("{count} migrations, the last one first; their files are part of the newer release only"),
        };
        self.add(StepMode::Condition, says, why);
        self.steps.extend(steps.into_iter().take(DOWNS));
        if more > 0 {
            self.add(StepMode::Condition, format!("Undo the {more} earlier migrations of the range the same way"), "the schema goes back as a whole");
        }
    }

    /// Backfills of the range count as done, and rows that the previous release writes meanwhile lack them.
    pub(super) fn backfills(&mut self) {
        let mut places = Vec::new();
        let mut texts = Vec::new();
        for migration in self.ran() {
            for operation in migration.operations.iter().filter(|operation| operation.kind == "backfill") {
                places.push(format!("{} ({}:{})", operation.object, migration.file, operation.line));
                let findings = self.assessment.findings.iter().filter(|finding| finding.check == "database/backfill-again");
                let place = findings
                    .flat_map(|finding| &finding.evidence)
                    .find(|place| place.path.as_deref() == Some(migration.file.as_str()) && place.line == Some(operation.line));
                texts.extend(place.and_then(|place| place.excerpt.clone()).filter(|text| is_statement(text)));
            }
        }
        places.dedup();
        if places.is_empty() {
            return;
        }
        let more = if places.len() > super::NAMED { format!(" and {} more", places.len() - super::NAMED) } else { String::new() };
        places.truncate(super::NAMED);
        let says = format!("Run the backfills again on the next way forward: {}{more}", visible(&places.join(", ")));
        let why = format!("rows that {} writes meanwhile lack them, and their migrations count as done", self.previous());
        self.add(StepMode::Afterwards, says, why).command = joined(texts.into_iter());
    }
}

/// Statements below each other, each once.
fn joined(texts: impl Iterator<Item = String>) -> Option<String> {
    let mut out: Vec<String> = Vec::new();
    for text in texts {
        if out.len() < STATEMENTS && !out.contains(&text) {
            out.push(text);
        }
    }
    (!out.is_empty()).then(|| out.join("\n"))
}

/// A whole statement that changes rows, as it can be run.
fn is_statement(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
    matches!(first.as_str(), "UPDATE" | "INSERT" | "MERGE" | "WITH") && !text.ends_with('…')
}

/// One migration on its way down.
fn down(migration: &Migration) -> PlanStep {
    let place = match (&migration.down.path, migration.down.line) {
        (Some(path), Some(line)) if path == &migration.file => format!("{path}:{line}"),
        (Some(path), _) => path.clone(),
        (None, _) => migration.path.clone(),
    };
    let why = match (&migration.down.why, migration.down.loses_data) {
        (Some(why), Some(true)) => why.clone(),
        (_, Some(true)) => "data is lost by it".to_owned(),
        (_, Some(false)) => "nothing is lost by it".to_owned(),
        (_, None) => "what is lost by it is not known".to_owned(),
    };
    PlanStep {
        step: visible(&format!("Undo {}: {place}", migration.version)).into_owned(),
        how: StepMode::Condition,
        why: visible(&why).into_owned(),
        command: command(migration),
        undo: None,
    }
}

/// The command that undoes one migration, which is the last one that ran. Given where the tool needs nothing but what is known here;
/// where it wants the database's address, the variable that its documentation uses stands for it.
fn command(migration: &Migration) -> Option<String> {
    let plain =
        |text: &str| !text.is_empty() && !text.starts_with('-') && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'));
    let (folder, name) = migration.file.rsplit_once('/').unwrap_or((".", &migration.file));
    if ![folder, name, &migration.version].into_iter().all(plain) {
        return None;
    }
    Some(match migration.framework.as_str() {
        "rails" if folder == "db/migrate" => format!("bin/rails db:migrate:down VERSION={}", migration.version),
        "alembic" => "alembic downgrade -1".to_owned(),
        "laravel" => "php artisan migrate:rollback --step=1".to_owned(),
        "ecto" => "mix ecto.rollback --step 1".to_owned(),
        "diesel" => "diesel migration revert".to_owned(),
        "sqlx" => format!("sqlx migrate revert --source {folder}"),
        "goose" => format!("goose -dir {folder} down"),
        "dbmate" => format!("dbmate --migrations-dir {folder} rollback"),
        "golang-migrate" => format!("migrate -path {folder} -database \"$DATABASE_URL\" down 1"),
        "knex" => format!("npx knex migrate:down {name}"),
        "sequelize" => format!("npx sequelize-cli db:migrate:undo --name {name}"),
        "phinx" => "vendor/bin/phinx rollback".to_owned(),
        _ => return None,
    })
}
