use crate::checklist::Checklist;
use crate::{DecisionContext, make_decision, plan_option};
use model::{
    Assessment, Config, DeployEffect, Down, DownKind, DownState, Evidence, Fact, FactValue, Facts,
    Migration, MigrationChange, Mode, Operation, OptionId, PlanStep, Release, ReleaseRelation,
    RepositoryInfo, RevertEffect, RollbackEffect, StepMode, Untrusted,
};

fn operation(kind: &str, object: &str, rollback: RollbackEffect, query: Option<&str>) -> Operation {
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
        version: version.into(),
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
    let query = Evidence::default().with_query("SELECT count(*) FROM orders WHERE note IS NULL;");
    let rows = Fact::sensed("database.new_form_rows", FactValue::Unknown).with_evidence([query]);
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
            .position(|step| step.step.as_raw().contains(text))
            .unwrap_or_else(|| panic!("{text} in {steps:#?}"))
    };
    assert!(at("Take a backup and note") < at("Have two people accept"));
    assert!(at("Have two people accept") < at("Run the down migrations"));
    assert!(at("Run the down migrations") < at("Undo 2: db/migrate/2_x.rb:9"));
    assert!(at("Undo 2:") < at("Undo 1:"));
    assert_eq!(
        steps[at("Undo 2:")]
            .command
            .as_ref()
            .map(model::Untrusted::as_raw),
        Some("bin/rails db:migrate:down VERSION=2")
    );
    assert_eq!(
        steps[at("would take along")]
            .command
            .as_ref()
            .map(model::Untrusted::as_raw),
        Some("SELECT count(*) FROM parcels;")
    );
    assert_eq!(
        steps[at("would stop the downs")]
            .command
            .as_ref()
            .map(model::Untrusted::as_raw),
        Some("SELECT count(*) FROM orders WHERE note IS NULL;")
    );
}

#[test]
fn a_step_that_is_worded_anew_still_runs_the_downs() {
    let reworded = |steps: &str| {
        format!(
            "blockers:\n  - id: B4\n    title: the schema\n    cases:\n      - when: \
                database.old_code == \"breaks-reads\"\n        effect: {{roll-back: removed, \
                roll-back-with-conditions: conditional}}\n        says: old code fails\n        \
                condition: {{kind: schema-back, says: Lead the schema back, steps: {steps}}}\n"
        )
    };
    for steps in ["[\"{downs}Lead every migration back\", Look]", "[Look]"] {
        let layers = [("ours.yaml".to_owned(), reworded(steps))];
        let (checklist, _) = Checklist::load(&layers).unwrap();
        let planned = planned_by(&checklist, OptionId::RollBackWithConditions, BACK, |_| {});
        assert!(
            planned
                .iter()
                .any(|step| step.step.as_raw().starts_with("Undo 2")),
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
            .find(|step| step.step.as_raw().contains("repair"))
            .map(|step| step.step)
    };
    let wanted = "Switch off the repair of the migration history in 3.0.0 before it starts \
        (src/Startup.java:14), or undo the schema first";
    assert_eq!(
        repairs(true).as_ref().map(model::Untrusted::as_raw),
        Some(wanted)
    );
    assert_eq!(repairs(false), None);
}

fn repaired() -> model::Finding {
    model::Finding {
        check: model::CheckId::saved("database/history-repaired"),
        domain: model::Domain::Database,
        severity: model::Severity::Warns,
        direction: model::Direction::Rollback,
        confidence: model::Confidence::Likely,
        subject: "3.0.0".into(),
        says: "3.0.0 repairs Flyway's history when it runs".into(),
        why: Untrusted::default(),
        action: Untrusted::default(),
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
        count.command.as_ref().map(model::Untrusted::as_raw),
        Some("SELECT count(*) FROM orders WHERE note IS NULL;")
    );
    let forward = planned(OptionId::RollForward, BACK);
    assert!(
        !forward
            .iter()
            .any(|step| step.step.as_raw().starts_with("Count in production"))
    );
}
