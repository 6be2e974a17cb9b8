use super::*;
use crate::checklist::Checklist;
use crate::{DecisionContext, make_decision};
use model::{
    ChangelogEntry, Evidence, Fact, FactValue, Facts, FileKind, KnownStep, Mode, Owner,
    ProcessStep, Release, ReleaseRelation, RepositoryInfo, StepAdvice, WayBack,
};

fn release(version: &str, digit: &str) -> Release {
    Release {
        version: version.into(),
        commit: digit.repeat(40),
        time: None,
        tag: None,
        scheme: String::new(),
        prerelease: false,
    }
}

fn context() -> DecisionContext {
    DecisionContext {
        mode: Mode::Incident,
        gate: None,
        now: "2026-03-01T03:00:00Z".parse().unwrap(),
        deadline: None,
        previous: "3.0.0".to_owned(),
        current: "3.1.0".to_owned(),
        looked: crate::LookedAt::default(),
    }
}

fn planned(option: OptionId, config: &Config) -> Vec<PlanStep> {
    planned_with(option, config, |_| {})
}

fn planned_with(
    option: OptionId,
    config: &Config,
    change: impl FnOnce(&mut Assessment),
) -> Vec<PlanStep> {
    let mut assessment = Assessment::new(
        RepositoryInfo::default(),
        release("3.0.0", "a"),
        release("3.1.0", "b"),
        ReleaseRelation::Ancestor,
    );
    assessment.kinds.insert(FileKind::Code, 3);
    let fix = ChangelogEntry {
        commit: "c".repeat(40),
        title: "stop the leak".into(),
        kind: Some("fix".into()),
        ..ChangelogEntry::default()
    };
    assessment.changelog.entries.push(fix);
    let mut facts = Facts::new();
    for (key, word) in [
        ("database.old_code", "breaks-writes"),
        ("database.schema", "additive"),
        ("database.compatibility_step", "exists"),
    ] {
        facts.insert(key.to_owned(), Fact::sensed(key, FactValue::word(word)));
    }
    facts
        .get_mut("database.compatibility_step")
        .unwrap()
        .evidence =
        vec![Evidence::default().with_statement("ALTER TABLE a ALTER COLUMN b DROP NOT NULL;")];
    let decision = make_decision(&facts, &Checklist::embedded(), &context());
    assessment.facts = facts;
    change(&mut assessment);
    crate::plan_option(option, &decision, &assessment, config)
}

#[test]
fn conditions_come_first_and_carry_their_sql() {
    let steps = planned(OptionId::RollBackWithConditions, &Config::default());
    let last_condition = steps
        .iter()
        .rposition(|step| step.how == StepMode::Condition)
        .unwrap();
    assert!(
        steps[..=last_condition]
            .iter()
            .all(|step| step.how == StepMode::Condition)
    );
    assert!(
        steps
            .iter()
            .any(|step| step.command.as_ref().map(model::Untrusted::as_raw)
                == Some("ALTER TABLE a ALTER COLUMN b DROP NOT NULL;"))
    );
    assert!(steps.iter().any(
        |step| step.how == StepMode::Afterwards && step.step.as_raw().contains("stop the leak")
    ));
    assert!(
        steps.iter().any(|step| step.how == StepMode::Verify
            && step.why.as_raw().contains("ROLL FORWARD is next"))
    );
}

#[test]
fn the_process_says_what_runs_and_what_is_skipped() {
    let step = |name: &str, kind: &str, on_rollback: Option<&str>| ProcessStep {
        name: name.to_owned(),
        kind: Some(kind.to_owned()),
        on_rollback: on_rollback.map(str::to_owned),
        on_deploy: None,
    };
    let config = Config {
        process: vec![
            step("Deploy database", "database", None),
            step("Deploy service", "service", None),
            step("Block release", "", Some("only")),
            step("Warm up", "", Some("skip")),
        ],
        ..Config::default()
    };
    let steps = planned(OptionId::RollBack, &config);
    let how = |name: &str| steps.iter().find(|step| step.step == name).unwrap().how;
    assert_eq!(how("Deploy database"), StepMode::Skip);
    assert_eq!(how("Deploy service"), StepMode::Run);
    assert_eq!(how("Block release"), StepMode::RollbackOnly);
    assert_eq!(how("Warm up"), StepMode::Skip);
}

#[test]
fn forward_reverts_only_where_it_is_sure() {
    let steps = planned(OptionId::RollForward, &Config::default());
    let commands: Vec<_> = steps
        .iter()
        .filter_map(|step| step.command.as_ref())
        .collect();
    assert!(
        commands.iter().any(|command| command
            .as_raw()
            .starts_with("git switch --create fix-3.1.0 bbbb")),
        "{commands:?}"
    );
    assert!(
        commands
            .iter()
            .any(|command| command.as_raw().starts_with("git revert --no-edit cccc")),
        "{commands:?}"
    );
}

#[test]
fn every_option_has_steps_with_reasons() {
    for option in crate::options::ALL {
        let steps = planned(option, &Config::default());
        assert!(
            !steps.is_empty()
                && steps
                    .iter()
                    .all(|step| !step.step.is_empty() && !step.why.is_empty()),
            "{option:?}"
        );
    }
}

fn way(kind: &str, command: &str) -> WayBack {
    WayBack {
        kind: kind.into(),
        tool: kind.to_owned(),
        unit: Some("shop".to_owned()),
        says: format!("Go back with {kind}"),
        brings: "what it brings".to_owned(),
        command: Some(command.to_owned()),
        lacks: None,
        undo: Some("undo it".to_owned()),
        watch: Some("watch it".to_owned()),
        list: None,
        unblock: (kind == "octopus").then(|| {
            "octopus release progression allow --project P --version 3.1.0 --no-prompt".to_owned()
        }),
        block: (kind == "octopus").then(|| {
            "octopus release progression prevent --project P \
            --version 3.1.0 --reason 'rolled back' --no-prompt"
                .to_owned()
        }),
        artifact: None,
        in_flight: false,
        until: Some("until then".to_owned()),
        until_at: None,
        evidence: Evidence::default(),
    }
}

fn known_step(name: &str, kind: &str, how: StepMode, today: bool) -> KnownStep {
    let advice = StepAdvice {
        how,
        why: "for a reason".to_owned(),
        settled: true,
        today: Some(today),
    };
    KnownStep {
        name: name.to_owned(),
        kind: kind.into(),
        because: String::new(),
        on_rollback: advice.clone(),
        on_redeploy: advice,
        on_deploy: Some(true),
        blocks: false,
        required: false,
        origin: None,
        evidence: Some(Evidence::default()),
        questions: Vec::new(),
    }
}

#[test]
fn a_deployer_that_runs_the_process_is_told_what_to_leave_out() {
    let steps = planned_with(OptionId::RollBack, &Config::default(), |assessment| {
        assessment.way_back.returns = vec![
            way("helm", "helm rollback"),
            way("octopus", "octopus release deploy --project P"),
        ];
        assessment.process = vec![
            known_step("Deploy database", "database", StepMode::Skip, true),
            known_step("Deploy web", "website", StepMode::Run, true),
        ];
    });
    let command = steps
        .iter()
        .find(|step| step.step == "Go back with octopus")
        .and_then(|step| step.command.clone())
        .unwrap();
    assert_eq!(
        command,
        "octopus release deploy --project P --skip 'Deploy database'"
    );
    assert!(
        !steps.iter().any(|step| step.step.as_raw().contains("helm")),
        "two tools for one release would undo each other"
    );
    assert!(steps.iter().any(|step| step.step == "Deploy web"));
    let block = steps
        .iter()
        .find(|step| {
            step.command
                .as_ref()
                .is_some_and(|command| command.as_raw().contains("progression prevent"))
        })
        .unwrap();
    assert_eq!(
        block.undo.as_ref().map(model::Untrusted::as_raw),
        Some("octopus release progression allow --project P --version 3.1.0 --no-prompt")
    );
}

#[test]
fn an_undo_that_runs_no_process_leaves_its_steps_to_people() {
    let steps = planned_with(OptionId::RollBack, &Config::default(), |assessment| {
        assessment.way_back.returns = vec![
            way("kubernetes", "kubectl rollout undo"),
            way("argocd", "argocd app rollback shop 11"),
        ];
        assessment.process = vec![
            known_step("Deploy database", "database", StepMode::Skip, true),
            known_step("Deploy web", "website", StepMode::Run, true),
            known_step("Notify", "notify", StepMode::Run, true),
        ];
    });
    let of = |name: &str| steps.iter().find(|step| step.step == name);
    assert!(
        of("Deploy web").is_none()
            && of("Deploy database")
                .unwrap()
                .why
                .as_raw()
                .contains("does not run it")
            && of("Notify").unwrap().why.as_raw().contains("by hand")
    );
    assert_eq!(
        of("Go back with argocd")
            .unwrap()
            .undo
            .as_ref()
            .map(model::Untrusted::as_raw),
        Some("undo it")
    );
    assert!(
        steps
            .iter()
            .any(|step| step.command.as_ref().map(model::Untrusted::as_raw)
                == Some("argocd app set shop --sync-policy automated"))
    );
    let run = steps
        .iter()
        .position(|step| step.how == StepMode::Run)
        .unwrap();
    assert!(
        steps[..run]
            .iter()
            .all(|step| matches!(step.how, StepMode::Condition | StepMode::Check)),
        "what is looked at comes before what runs"
    );
}

#[test]
fn afterwards_names_lost_fixes_backfills_owners_and_authors() {
    let steps = planned_with(OptionId::RollBack, &Config::default(), |assessment| {
        let entry = |digit: &str, title: &str, author: &str, security: bool| ChangelogEntry {
            commit: digit.repeat(40),
            title: title.into(),
            author: author.into(),
            kind: (!security).then(|| "fix".into()),
            security: if security {
                vec!["CVE-2026-1".to_owned()]
            } else {
                Vec::new()
            },
            ..ChangelogEntry::default()
        };
        assessment.changelog.entries = vec![
            entry("d", "round the total", "Ada", false),
            entry("e", "close the hole", "Bo", true),
            entry("f", "bump", "renovate[bot]", false),
        ];
        assessment.way_back.owners = vec![Owner {
            name: "@org/payments".to_owned(),
            paths: 3,
        }];
    });
    let text: Vec<&str> = steps
        .iter()
        .filter(|step| step.how == StepMode::Afterwards)
        .map(|step| step.step.as_raw())
        .collect();
    let fixes = text
        .iter()
        .find(|says| says.starts_with("Apply again the 3 fixes"))
        .unwrap_or_else(|| panic!("{text:?}"));
    assert!(
        fixes.find("eeeeeeee").unwrap() < fixes.find("dddddddd").unwrap()
            && fixes.contains("close the hole (security)"),
        "{fixes}"
    );
    let tell = text.iter().find(|says| says.starts_with("Tell ")).unwrap();
    assert!(
        tell.contains("@org/payments") && tell.contains("Ada, Bo") && !tell.contains("renovate"),
        "{tell}"
    );
}

#[test]
fn hostile_names_never_become_part_of_a_command() {
    let steps = planned_with(OptionId::RollBack, &Config::default(), |assessment| {
        assessment.way_back.returns = vec![way("octopus", "octopus release deploy --project P")];
        assessment.process = vec![known_step(
            "x'; rm -rf ~ #",
            "database",
            StepMode::Skip,
            true,
        )];
    });
    assert_eq!(
        steps
            .iter()
            .find(|step| step.step == "Go back with octopus")
            .unwrap()
            .command,
        None
    );
}

#[test]
fn several_services_go_back_in_the_order_of_their_dependence() {
    let dependent = |name: &str, on: &[&str]| model::Dependent {
        name: name.to_owned(),
        depends_on: on.iter().map(|name| (*name).to_owned()).collect(),
        ..Default::default()
    };
    let config = Config {
        dependents: vec![
            dependent("shop", &["till"]),
            dependent("app", &["shop"]),
            dependent("till", &["shop"]),
        ],
        ..Config::default()
    };
    let steps = planned_with(OptionId::RollBackWithConditions, &config, |assessment| {
        for name in ["shop", "app", "till"] {
            for (what, word) in [("uses", "yes"), ("copes", "no"), ("can_go_back", "yes")] {
                let key = format!("dependent[{name}].{what}");
                assessment
                    .facts
                    .insert(key.clone(), Fact::sensed(&key, FactValue::word(word)));
            }
        }
    });
    let step = steps
        .iter()
        .find(|step| step.step.as_raw().starts_with("Go back in this order"))
        .unwrap();
    assert_eq!(
        step.step,
        "Go back in this order: app, then shop together with till, then this service to 3.0.0"
    );
    assert!(step.why.as_raw().contains("depend on each other"));
    assert!(
        !planned(OptionId::RollBack, &config)
            .iter()
            .any(|step| step.step.as_raw().contains("this order"))
    );
}

#[test]
fn steps_of_a_plan_are_things_to_do() {
    let steps = planned_with(OptionId::RollBack, &Config::default(), |assessment| {
        assessment.previous.tag = Some("v3.0.0".into());
    });
    let says = |part: &str| steps.iter().find(|step| step.step.as_raw().contains(part));
    assert!(
        steps
            .iter()
            .all(|step| !step.step.as_raw().starts_with("Nothing shows")),
        "{steps:?}"
    );
    // what was found fine is the reason beside what does not hold, not a step of its own
    assert!(says("checks hold already").is_none());
    let open = says("does not hold yet").expect("something does not hold");
    assert!(
        open.step.as_raw().contains("rehearsed")
            && open.why.as_raw().contains("checks hold already"),
        "{open:?}"
    );
    // the two steps about what a person expects are known by their words
    let of = |kind| {
        steps
            .iter()
            .filter(|step| crate::classify_expectation_step(step.step.as_raw()) == Some(kind))
            .count()
    };
    assert_eq!(of(ExpectationStep::Write), 1);
    assert_eq!(of(ExpectationStep::Look), 1);
}

/// The plan of what is recommended for a small release of code, with these facts beside.
fn planned_for(more: &[(&str, &str)]) -> (Decision, Vec<PlanStep>) {
    let mut assessment = Assessment::new(
        RepositoryInfo::default(),
        release("3.0.0", "a"),
        release("3.1.0", "b"),
        ReleaseRelation::Ancestor,
    );
    assessment.kinds.insert(FileKind::Code, 3);
    let known = [
        ("harm.irreversible", "none"),
        ("impact.now", "degraded"),
        ("impact.all_users", "no"),
        ("deployment.in_progress", "no"),
        ("deployment.mixed", "no"),
        ("switch.exists", "no"),
        ("deployment.old_side_warm", "no"),
        ("deployment.previous_available", "yes"),
        ("deployment.previous_good", "yes"),
        ("deployment.undo_path", "ok"),
        ("database.schema", "none"),
        ("database.data_migrated", "no"),
        ("database.new_form_rows", "no"),
        ("database.start_gate", "no"),
        ("contract.way_back", "compatible"),
        ("contract.stored", "compatible"),
        ("config.newer_than_previous", "no"),
        ("release.security_fix", "no"),
        ("release.size", "few"),
        ("fix.state", "none"),
        ("cause.attribution", "strong"),
    ];
    let mut facts = Facts::new();
    for (key, word) in known.iter().chain(more) {
        let value = crate::checklist::catalogue::parse_fact_value(key, word).unwrap();
        facts.insert((*key).to_owned(), Fact::stated(*key, value));
    }
    let decision = make_decision(&facts, &Checklist::embedded(), &context());
    assessment.facts = facts;
    let steps = crate::plan_option(decision.option, &decision, &assessment, &Config::default());
    (decision, steps)
}

/// Where the first step stands whose text holds this.
fn place(steps: &[PlanStep], says: &str) -> Option<usize> {
    steps
        .iter()
        .position(|step| step.step.as_raw().contains(says))
}

#[test]
fn damaged_data_is_restored_only_after_what_damages_it_stopped() {
    let (stop, steps) = planned_for(&[("harm.irreversible", "confirmed"), ("data.damaged", "yes")]);
    assert_eq!(stop.option, OptionId::StopHarm);
    assert_eq!(place(&steps, "Stop what does the damage"), Some(0));
    let order = [
        "Look for yourself",
        "Then: ROLL BACK",
        "Restore the damaged data",
    ];
    let places: Vec<_> = order.iter().map(|says| place(&steps, says)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{steps:#?}"
    );
    // a way back replaces the writer first as well, and a switch turns it off
    for (more, does) in [
        (None, "Redeploy the services"),
        (Some(("switch.exists", "yes")), "Switch the change off"),
    ] {
        let mut facts = vec![("data.damaged", "yes"), ("switch.tested_off", "yes")];
        facts.extend(more);
        let (decision, steps) = planned_for(&facts);
        let (acts, restores) = (
            place(&steps, does),
            place(&steps, "Restore the damaged data"),
        );
        assert!(acts.is_some() && acts < restores, "{steps:#?}");
        let headline = crate::write_verdict_headline(&decision, &context());
        assert!(!headline.contains("Restore"), "{headline}");
    }
    let (_, steps) = planned_for(&[("data.damaged", "no")]);
    assert_eq!(place(&steps, "Restore"), None);
}

#[test]
fn what_helps_at_once_is_the_first_step() {
    let relief = ("relief.known", "yes");
    let cases: [(&[(&str, &str)], usize); 4] = [
        (&[relief], 0),
        (&[relief, ("cause.attribution", "contradicted")], 0),
        (&[relief, ("deployment.previous_good", "no")], 0),
        // what does damage is stopped before anything is started again
        (&[relief, ("harm.irreversible", "confirmed")], 2),
    ];
    for (facts, at) in cases {
        let (decision, steps) = planned_for(facts);
        assert_eq!(
            place(&steps, "Do at once what is known to help"),
            Some(at),
            "{:?} {steps:#?}",
            decision.option
        );
    }
    assert_eq!(place(&planned_for(&[]).1, "Do at once"), None);
}

/// Data in a new form that fills again by itself.
const CACHE: [(&str, &str); 3] = [
    ("contract.stored", "breaking"),
    ("database.new_form_rows", "yes"),
    ("database.new_form_drain", "yes"),
];

#[test]
fn what_writes_the_new_form_is_stopped_before_it_is_worked_off() {
    let (decision, steps) = planned_for(&CACHE);
    assert_eq!(decision.option, OptionId::RollBackWithConditions);
    let order = [
        "Stop what writes the new form (",
        "Convert it back",
        "See that nothing",
        "Redeploy the services",
        "Let the writers and consumers run again",
    ];
    let places: Vec<_> = order.iter().map(|says| place(&steps, says)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{places:?} {steps:#?}"
    );
}

#[test]
fn an_old_side_that_is_up_takes_the_traffic_and_is_not_deployed() {
    let warm = [&CACHE[..], &[("deployment.old_side_warm", "yes")]].concat();
    let (decision, steps) = planned_for(&warm);
    assert_eq!(decision.option, OptionId::RollBackWithConditions);
    assert_eq!(place(&steps, "Redeploy"), None, "{steps:#?}");
    assert!(place(&steps, "Convert it back") < place(&steps, "Send all traffic to the side"));
}
