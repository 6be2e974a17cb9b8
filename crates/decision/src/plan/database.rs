//! The database's part of the way back: what is counted before, the downs in order, what is filled
//! again afterwards.

use super::PlanBuilder;
use model::fact_key;
use model::{
    CheckId, Condition, ConditionKind, Dialect, DownKind, Evidence, Framework, Migration,
    Operation, OperationKind, OptionId, PlanStep, RollbackEffect, StepMode, Untrusted,
};

/// Downs that are named one by one.
const DOWNS: usize = 30;
/// Queries and statements that are given in one step.
const STATEMENTS: usize = 20;

impl PlanBuilder<'_> {
    /// Migrations that ran with the release, on databases that are live, in order.
    fn ran(&self) -> Vec<&Migration> {
        let live = &self.config.database.dialects;
        let counts = |migration: &&Migration| {
            migration.runs()
                && !migration.operations.is_empty()
                && (live.is_empty()
                    || migration.dialect == Dialect::Unknown
                    || live.iter().any(|live| live == migration.dialect.as_str()))
        };
        self.assessment.migrations.iter().filter(counts).collect()
    }

    /// What only production knows is counted before anything is done.
    pub(super) fn count_first(&mut self) {
        if !matches!(
            self.option,
            OptionId::RollBack | OptionId::RollBackWithConditions | OptionId::ShiftTraffic
        ) {
            return;
        }
        let queries = match self.facts.get(fact_key::DATABASE_NEW_FORM_ROWS) {
            Some(fact) => join_statements(
                fact.evidence
                    .iter()
                    .filter_map(|place| place.query().map(str::to_owned)),
            ),
            None => None,
        };
        if let Some(queries) = queries {
            let says = format!(
                "Count in production what {} may not be able to read",
                self.previous()
            );
            self.add(
                StepMode::Check,
                says,
                "if there are such rows, do not go back without converting them",
            )
            .command = Some(queries.into());
        }
    }

    /// A tool's history that the previous release repairs by itself: switched off first, unless the
    /// schema goes back before.
    pub(super) fn repairs(&mut self, previous: &str, current: &str) {
        let assessment = self.assessment;
        let schema_back = self.has_condition(ConditionKind::SchemaBack);
        for finding in assessment
            .findings
            .iter()
            .filter(|finding| finding.check == CheckId::HISTORY_REPAIRED)
            .take(1)
        {
            let place = finding
                .evidence
                .first()
                .and_then(|place| Some((place.path.as_ref()?.to_string(), place.line)));
            let place = place
                .map(|(path, line)| {
                    line.map_or_else(|| format!(" ({path})"), |line| format!(" ({path}:{line})"))
                })
                .unwrap_or_default();
            if schema_back {
                let says = format!(
                    "See that the schema went back before {previous} starts: it repairs the \
                        migration history by itself{place}"
                );
                self.add(
                    StepMode::Check,
                    says,
                    format!(
                        "the repair forgets migrations of \
                    {current} whose changes are still in the schema"
                    ),
                );
                continue;
            }
            let says = format!(
                "Switch off the repair of the migration history in {previous} before it \
                    starts{place}, or undo the schema first"
            );
            let why = format!(
                "the repair makes the tool forget the migrations of {current} while their changes \
                    stay, and the next deployment of {current} stops at what already exists"
            );
            let step = self.add(StepMode::Condition, says, why);
            step.expect = Some(
                format!(
                    "the history still lists the migrations of {current} after {previous} started"
                )
                .into(),
            );
        }
    }

    /// The conditions' own steps, each as a step of the plan.
    pub(super) fn condition_steps(&mut self, condition: &Condition) {
        for (at, text) in condition.steps.iter().enumerate() {
            if condition.downs_at == Some(at) {
                self.downs(text);
            } else {
                self.add(
                    StepMode::Condition,
                    text.clone(),
                    format!("part of: {}", condition.says),
                );
            }
        }
        // a checklist that does not mark the step still means the downs
        if condition.kind == ConditionKind::SchemaBack && condition.downs_at.is_none() {
            self.downs("Run the down migrations, the last one first");
        }
    }

    /// A column that is added again is empty.
    pub(super) fn filled_again(&mut self) {
        let columns: Vec<String> = self
            .ran()
            .iter()
            .flat_map(|migration| &migration.operations)
            .filter(|operation| {
                operation.kind == OperationKind::DropColumn
                    && operation.rollback >= RollbackEffect::BreaksWrites
                    && operation.compatibility_step.is_some()
            })
            .map(|operation| operation.object.clone())
            .take(STATEMENTS)
            .collect();
        if !columns.is_empty() {
            let says = format!(
                "Fill {} again from a backup, or accept that it is empty",
                columns.join(", ")
            );
            self.add(
                StepMode::Condition,
                says,
                "a column that is added again holds none of its old values",
            );
        }
    }

    /// The downs, the last migration first, with what would stop them and what they cost.
    fn downs(&mut self, says: &str) {
        let ran = self.ran();
        let adds = |operation: &Operation| {
            operation.kind.known().is_some_and(|kind| {
                kind == OperationKind::CreateTable
                    || kind.is_addition() && kind != OperationKind::AddEnumValue
            })
        };
        let queries = |new: bool| {
            let found = ran
                .iter()
                .flat_map(|migration| &migration.operations)
                .filter(|operation| adds(operation) == new);
            join_statements(found.filter_map(|operation| operation.query.clone()))
        };
        let (stops, costs) = (queries(false), queries(true));
        let steps: Vec<PlanStep> = ran
            .iter()
            .rev()
            .filter(|migration| migration.down.kind != DownKind::None)
            .map(|migration| build_down_step(migration))
            .collect();
        if let Some(costs) = costs {
            self.add(
                StepMode::Condition,
                "Count what the downs would take along",
                "the rows of the new release are lost when the schema goes back",
            )
            .command = Some(costs.into());
        }
        if let Some(stops) = stops {
            self.add(
                StepMode::Condition,
                "Count the rows that would stop the downs",
                "a down that meets such rows fails half way",
            )
            .command = Some(stops.into());
        }
        let more = steps.len().saturating_sub(DOWNS);
        let why = match steps.len() {
            0 => "the tool derives them".to_owned(),
            1 => "its files are part of the newer release only".to_owned(),
            count => format!(
                "{count} migrations, the last one first; their files are part of the newer release \
                    only"
            ),
        };
        self.add(StepMode::Condition, says, why);
        self.steps.extend(steps.into_iter().take(DOWNS));
        if more > 0 {
            self.add(
                StepMode::Condition,
                format!("Undo the {more} earlier migrations of the range the same way"),
                "the schema goes back as a whole",
            );
        }
    }

    /// Backfills of the range count as done, and rows that the previous release writes meanwhile
    /// lack them.
    pub(super) fn backfills(&mut self, current: &str) {
        let (mut places, mut texts): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        let migrations = &self.assessment.migrations;
        for finding in self
            .assessment
            .findings
            .iter()
            .filter(|finding| finding.check.is_done_again())
        {
            // Places in migrations are the work itself; the others only use what it fills.
            let works = |place: &&Evidence| {
                migrations
                    .iter()
                    .any(|migration| Some(migration.file.as_str()) == place.raw_path())
            };
            let mut found: Vec<&Evidence> = finding.evidence.iter().filter(works).collect();
            found.extend(finding.evidence.first().filter(|_| found.is_empty()));
            for place in &found {
                let path = place.path.as_ref().unwrap_or(&finding.subject).to_string();
                let named = place
                    .line
                    .map_or_else(|| path.clone(), |line| format!("{path}:{line}"));
                if !places.contains(&named) {
                    places.push(named);
                    let text = place.excerpt.as_ref().map(Untrusted::as_raw);
                    texts.extend(text.filter(|text| is_statement(text)).map(str::to_owned));
                }
            }
            if found.is_empty() {
                places.push(finding.subject.shown().into_owned());
            }
        }
        if places.is_empty() {
            return;
        }
        let more = places.len().saturating_sub(super::NAMED);
        places.truncate(super::NAMED);
        if more > 0 {
            places.push(format!("and {more} more"));
        }
        let says = format!(
            "Run the backfills again when {current} or a fix is live: {}",
            places.join("; ")
        );
        let why = "the old release writes rows in the old form meanwhile, and the tool will not \
            run these migrations again";
        self.add(StepMode::Afterwards, says, why).command =
            join_statements(texts.into_iter()).map(Into::into);
    }
}

/// Statements below each other, each once.
fn join_statements(texts: impl Iterator<Item = String>) -> Option<String> {
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
    let first = text
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_ascii_uppercase();
    matches!(first.as_str(), "UPDATE" | "INSERT" | "MERGE" | "WITH") && !text.ends_with('…')
}

/// One migration on its way down.
fn build_down_step(migration: &Migration) -> PlanStep {
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
        step: format!("Undo {}: {place}", migration.version).into(),
        how: StepMode::Condition,
        why: why.into(),
        command: find_down_command(migration).map(Into::into),
        undo: None,
        expect: None,
    }
}

/// The command that undoes one migration, which is the last one that ran. Given where the tool
/// needs nothing but what is known here; where it wants the database's address, the variable that
/// its documentation uses stands for it.
fn find_down_command(migration: &Migration) -> Option<String> {
    let plain = |text: &str| {
        !text.is_empty()
            && !text.starts_with('-')
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'))
    };
    let (folder, name) = migration
        .file
        .rsplit_once('/')
        .unwrap_or((".", &migration.file));
    if ![folder, name, &migration.version].into_iter().all(plain) {
        return None;
    }
    Some(match migration.framework.known()? {
        Framework::Rails if folder == "db/migrate" => {
            format!("bin/rails db:migrate:down VERSION={}", migration.version)
        }
        Framework::Alembic => "alembic downgrade -1".to_owned(),
        Framework::Laravel => "php artisan migrate:rollback --step=1".to_owned(),
        Framework::Ecto => "mix ecto.rollback --step 1".to_owned(),
        Framework::Diesel => "diesel migration revert".to_owned(),
        Framework::Sqlx => format!("sqlx migrate revert --source {folder}"),
        Framework::Goose => format!("goose -dir {folder} down"),
        Framework::Dbmate => format!("dbmate --migrations-dir {folder} rollback"),
        Framework::GolangMigrate => {
            format!("migrate -path {folder} -database \"$DATABASE_URL\" down 1")
        }
        Framework::Knex => format!("npx knex migrate:down {name}"),
        Framework::Sequelize => format!("npx sequelize-cli db:migrate:undo --name {name}"),
        Framework::Phinx => "vendor/bin/phinx rollback".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
