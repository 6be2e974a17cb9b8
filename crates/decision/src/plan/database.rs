//! The database's part of the way back: what is counted before, the downs in order, what is filled
//! again afterwards.

use super::PlanBuilder;
use model::fact_key;
use model::{
    CheckId, Condition, ConditionKind, Dialect, DownKind, Evidence, Framework, Migration,
    Operation, OperationKind, OptionId, PlanStep, RollbackEffect, StepMode, escape_invisible,
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
            .command = Some(queries);
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
            let place = finding.evidence.first().and_then(|place| {
                Some((
                    escape_invisible(place.path.as_deref()?).into_owned(),
                    place.line,
                ))
            });
            let place = place
                .map(|(path, line)| {
                    line.map_or_else(|| format!(" ({path})"), |line| format!(" ({path}:{line})"))
                })
                .unwrap_or_default();
            if schema_back {
                let says = format!(
                    "See that the schema went back before {previous} starts: it repairs the migration history by itself{place}"
                );
                self.add(StepMode::Check, says, format!("the repair forgets migrations of {current} whose changes are still in the schema"));
                continue;
            }
            let says = format!(
                "Switch off the repair of the migration history in {previous} before it starts{place}, or undo the schema first"
            );
            let why = format!(
                "the repair makes the tool forget the migrations of {current} while their changes stay, and the next deployment of {current} stops at what already exists"
            );
            let step = self.add(StepMode::Condition, says, why);
            step.expect = Some(format!(
                "the history still lists the migrations of {current} after {previous} started"
            ));
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
            .command = Some(costs);
        }
        if let Some(stops) = stops {
            self.add(
                StepMode::Condition,
                "Count the rows that would stop the downs",
                "a down that meets such rows fails half way",
            )
            .command = Some(stops);
        }
        let more = steps.len().saturating_sub(DOWNS);
        let why = match steps.len() {
            0 => "the tool derives them".to_owned(),
            1 => "its files are part of the newer release only".to_owned(),
            count => format!(
                "{count} migrations, the last one first; their files are part of the newer release only"
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
                    .any(|migration| Some(migration.file.as_str()) == place.path.as_deref())
            };
            let mut found: Vec<&Evidence> = finding.evidence.iter().filter(works).collect();
            found.extend(finding.evidence.first().filter(|_| found.is_empty()));
            for place in &found {
                let path = escape_invisible(place.path.as_deref().unwrap_or(&finding.subject))
                    .into_owned();
                let named = place
                    .line
                    .map_or_else(|| path.clone(), |line| format!("{path}:{line}"));
                if !places.contains(&named) {
                    places.push(named);
                    texts.extend(place.excerpt.clone().filter(|text| is_statement(text)));
                }
            }
            if found.is_empty() {
                places.push(escape_invisible(&finding.subject).into_owned());
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
        let why = "the old release writes rows in the old form meanwhile, and the tool will not run these migrations again";
        self.add(StepMode::Afterwards, says, why).command = join_statements(texts.into_iter());
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
        step: escape_invisible(&format!("Undo {}: {place}", migration.version)).into_owned(),
        how: StepMode::Condition,
        why: escape_invisible(&why).into_owned(),
        command: find_down_command(migration),
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
mod tests {
    use crate::checklist::Checklist;
    use crate::{DecisionContext, make_decision, plan_option};
    use model::{
        Assessment, Config, DeployEffect, Down, DownKind, DownState, Evidence, Fact, FactValue,
        Facts, Migration, MigrationChange, Mode, Operation, OptionId, PlanStep, Release,
        ReleaseRelation, RepositoryInfo, RevertEffect, RollbackEffect, StepMode,
    };

    fn operation(
        kind: &str,
        object: &str,
        rollback: RollbackEffect,
        query: Option<&str>,
    ) -> Operation {
        Operation {
            kind: kind.into(),
            object: object.to_owned(),
            line: 3,
            rollback,
            alone: rollback,
            on_deploy: DeployEffect::Safe,
            revert: RevertEffect::Unknown,
            why: "a reason".to_owned(),
            used_by: Vec::new(),
            compatibility_step: None,
            query: query.map(str::to_owned),
        }
    }

    fn migration(version: &str, operations: Vec<Operation>) -> Migration {
        let file = format!("db/migrate/{version}_x.rb");
        Migration {
            path: file.clone(),
            file: file.clone(),
            line: 1,
            group: file.clone(),
            framework: "rails".into(),
            version: version.to_owned(),
            dialect: "postgresql".into(),
            change: MigrationChange::Added,
            from: None,
            rollback: operations
                .iter()
                .map(|operation| operation.rollback)
                .max()
                .unwrap_or(RollbackEffect::Safe),
            operations,
            ran: None,
            down: Down {
                kind: DownKind::Script,
                state: Some(DownState::Complete),
                path: Some(file),
                line: Some(9),
                loses_data: Some(true),
                why: Some("what is in orders.sku is lost".to_owned()),
                rehearse: false,
            },
        }
    }

    fn planned(option: OptionId, words: &[(&str, &str)]) -> Vec<PlanStep> {
        planned_with(option, words, |_| {})
    }

    fn planned_with(
        option: OptionId,
        words: &[(&str, &str)],
        change: impl FnOnce(&mut Assessment),
    ) -> Vec<PlanStep> {
        planned_by(&Checklist::embedded(), option, words, change)
    }

    fn planned_by(
        checklist: &Checklist,
        option: OptionId,
        words: &[(&str, &str)],
        change: impl FnOnce(&mut Assessment),
    ) -> Vec<PlanStep> {
        let release = |version: &str| Release {
            version: version.to_owned(),
            commit: "a".repeat(40),
            time: None,
            tag: None,
            scheme: String::new(),
            prerelease: false,
        };
        let mut assessment = Assessment::new(
            RepositoryInfo::default(),
            release("3.0.0"),
            release("3.1.0"),
            ReleaseRelation::Ancestor,
        );
        assessment.migrations = vec![
            migration(
                "1",
                vec![
                    operation("drop-table", "carts", RollbackEffect::BreaksReads, None),
                    operation("backfill", "orders", RollbackEffect::Safe, None),
                ],
            ),
            migration(
                "2",
                vec![
                    operation(
                        "drop-not-null",
                        "orders.note",
                        RollbackEffect::Doubt,
                        Some("SELECT count(*) FROM orders WHERE note IS NULL;"),
                    ),
                    operation(
                        "create-table",
                        "parcels",
                        RollbackEffect::Safe,
                        Some("SELECT count(*) FROM parcels;"),
                    ),
                ],
            ),
        ];
        let mut facts: Facts = words
            .iter()
            .map(|(key, word)| {
                (
                    (*key).to_owned(),
                    Fact::sensed(*key, FactValue::word(*word)),
                )
            })
            .collect();
        let query =
            Evidence::default().with_query("SELECT count(*) FROM orders WHERE note IS NULL;");
        let rows =
            Fact::sensed("database.new_form_rows", FactValue::Unknown).with_evidence([query]);
        facts.insert(rows.key.clone(), rows);
        let context = DecisionContext {
            mode: Mode::Incident,
            gate: None,
            now: "2026-03-01T03:00:00Z".parse().unwrap(),
            deadline: None,
            previous: "3.0.0".to_owned(),
            current: "3.1.0".to_owned(),
            looked: crate::LookedAt::default(),
        };
        let decision = make_decision(&facts, checklist, &context);
        assessment.facts = facts;
        change(&mut assessment);
        plan_option(option, &decision, &assessment, &Config::default())
    }

    const BACK: &[(&str, &str)] = &[
        ("database.old_code", "breaks-reads"),
        ("database.schema", "destructive"),
        ("database.compatibility_step", "none"),
        ("database.downs", "complete"),
        ("database.downs_lose_data", "yes"),
    ];

    #[test]
    fn downs_run_last_first_after_what_they_cost_was_counted_and_accepted() {
        let steps = planned(OptionId::RollBackWithConditions, BACK);
        let at = |text: &str| {
            steps
                .iter()
                .position(|step| step.step.contains(text))
                .unwrap_or_else(|| panic!("{text} in {steps:#?}"))
        };
        assert!(at("Take a backup and note") < at("Have two people accept"));
        assert!(at("Have two people accept") < at("Run the down migrations"));
        assert!(at("Run the down migrations") < at("Undo 2: db/migrate/2_x.rb:9"));
        assert!(at("Undo 2:") < at("Undo 1:"));
        assert_eq!(
            steps[at("Undo 2:")].command.as_deref(),
            Some("bin/rails db:migrate:down VERSION=2")
        );
        assert_eq!(
            steps[at("would take along")].command.as_deref(),
            Some("SELECT count(*) FROM parcels;")
        );
        assert_eq!(
            steps[at("would stop the downs")].command.as_deref(),
            Some("SELECT count(*) FROM orders WHERE note IS NULL;")
        );
    }

    #[test]
    fn a_step_that_is_worded_anew_still_runs_the_downs() {
        let reworded = |steps: &str| {
            format!(
                "blockers:\n  - id: B4\n    title: the schema\n    cases:\n      - when: database.old_code == \"breaks-reads\"\n        effect: {{roll-back: removed, roll-back-with-conditions: conditional}}\n        says: old code fails\n        condition: {{kind: schema-back, says: Lead the schema back, steps: {steps}}}\n"
            )
        };
        for steps in ["[\"{downs}Lead every migration back\", Look]", "[Look]"] {
            let layers = [("ours.yaml".to_owned(), reworded(steps))];
            let (checklist, _) = Checklist::load(&layers).unwrap();
            let planned = planned_by(&checklist, OptionId::RollBackWithConditions, BACK, |_| {});
            assert!(
                planned.iter().any(|step| step.step.starts_with("Undo 2")),
                "{steps}: {planned:#?}"
            );
        }
    }

    #[test]
    fn a_history_that_old_code_repairs_is_a_step_before_it_starts() {
        let repairs = |found: bool| {
            let words = [
                ("database.old_code", "safe"),
                ("database.schema", "additive"),
                ("database.start_gate", "no"),
            ];
            let steps = planned_with(OptionId::RollBack, &words, |assessment| {
                if found {
                    assessment.findings.push(repaired());
                }
            });
            steps
                .into_iter()
                .find(|step| step.step.contains("repair"))
                .map(|step| step.step)
        };
        let wanted = "Switch off the repair of the migration history in 3.0.0 before it starts (src/Startup.java:14), or undo the schema first";
        assert_eq!(repairs(true).as_deref(), Some(wanted));
        assert_eq!(repairs(false), None);
    }

    fn repaired() -> model::Finding {
        model::Finding {
            check: model::CheckId::saved("database/history-repaired"),
            domain: model::Domain::Database,
            severity: model::Severity::Warns,
            direction: model::Direction::Rollback,
            confidence: model::Confidence::Likely,
            subject: "3.0.0".to_owned(),
            says: "3.0.0 repairs Flyway's history when it runs".to_owned(),
            why: String::new(),
            action: String::new(),
            compatibility_step: None,
            evidence: vec![Evidence::at("src/Startup.java", 14)],
        }
    }

    #[test]
    fn going_back_begins_with_counting() {
        let steps = planned(OptionId::RollBackWithConditions, BACK);
        let count = steps
            .iter()
            .find(|step| step.step == "Count in production what 3.0.0 may not be able to read")
            .unwrap();
        let run = steps
            .iter()
            .position(|step| step.how == StepMode::Run)
            .unwrap();
        assert!(steps.iter().position(|step| step == count).unwrap() < run);
        assert_eq!(
            count.command.as_deref(),
            Some("SELECT count(*) FROM orders WHERE note IS NULL;")
        );
        let forward = planned(OptionId::RollForward, BACK);
        assert!(
            !forward
                .iter()
                .any(|step| step.step.starts_with("Count in production"))
        );
    }
}
