use super::*;
use model::{Automation, Evidence, HeldRehearsal, StepAdvice, StepMode};

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn step(name: &str, settled: bool) -> KnownStep {
    let advice = StepAdvice {
        how: StepMode::Run,
        why: String::new(),
        settled,
        today: Some(true),
    };
    KnownStep {
        name: name.to_owned(),
        kind: "service".to_owned(),
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

fn steps() -> Vec<KnownStep> {
    vec![step("Deploy database", true), step("Deploy service", true)]
}

fn held(day: &str, process: Option<String>) -> HeldRehearsal {
    HeldRehearsal {
        at: day.to_owned(),
        process,
        ..HeldRehearsal::default()
    }
}

/// A repository at the top of the ladder.
fn top() -> Config {
    let print = process_fingerprint(&steps());
    Config {
        rehearsals: ["2026-01-10", "2026-02-01", "2026-02-20"]
            .map(|day| held(day, print.clone()))
            .to_vec(),
        automation: Automation {
            conditions: vec!["error-rate".to_owned()],
            stop: Some("incident lead".to_owned()),
            tests_trusted: Tri::Yes,
        },
        ..Config::default()
    }
}

fn level(steps: &[KnownStep], config: &Config) -> (u8, Vec<String>) {
    let (all, unread) = collect_rehearsals(config, &[]);
    assert_eq!(unread, []);
    let ladder = assess_automation_ladder(steps, config, &all, now());
    (ladder.level, ladder.missing())
}

/// What is missing, the level that leaves, and the change that makes it so.
type LadderCase<'a> = (&'a str, u8, &'a dyn Fn(&mut Config));

#[test]
fn every_rung_needs_what_it_asks_for() {
    assert_eq!(level(&steps(), &top()), (4, Vec::new()));
    let cases: [LadderCase; 9] = [
        ("never rehearsed", 1, &|config| config.rehearsals.clear()),
        ("with success twice", 2, &|config| {
            drop(config.rehearsals.pop())
        }),
        ("days old", 2, &|config| {
            config
                .rehearsals
                .iter_mut()
                .zip(["2025-01-01", "2025-01-02", "2025-01-03"])
                .for_each(|(held, day)| held.at = day.to_owned())
        }),
        ("2026-02-20 failed", 2, &|config| {
            config.rehearsals[2].outcome = Some("failed".to_owned())
        }),
        ("held a surprise: the queue was full", 2, &|config| {
            config.rehearsals[1].surprises = vec!["the queue was full".to_owned()]
        }),
        ("tests are not trusted", 2, &|config| {
            config.automation.tests_trusted = Tri::No
        }),
        ("whether the tests are trusted", 2, &|config| {
            config.automation.tests_trusted = Tri::Unknown
        }),
        ("no condition is named", 3, &|config| {
            config.automation.conditions.clear()
        }),
        ("nobody is named who can stop it", 3, &|config| {
            config.automation.stop = None
        }),
    ];
    for (missing, wanted, change) in cases {
        let mut config = top();
        change(&mut config);
        let (reached, says) = level(&steps(), &config);
        assert_eq!(reached, wanted, "{missing}: {says:?}");
        assert!(
            says.iter().any(|line| line.contains(missing)),
            "{missing}: {says:?}"
        );
    }
    assert_eq!(level(&[], &top()).0, 0, "no plan");
    let (reached, says) = level(
        &[step("Deploy database", true), step("Tidy up", false)],
        &top(),
    );
    assert!(reached == 0 && says[0].contains("Tidy up"), "{says:?}");
}

#[test]
fn a_changed_process_drops_to_two() {
    let mut changed = steps();
    changed.push(step("Warm the caches", true));
    let (reached, says) = level(&changed, &top());
    assert_eq!(reached, 2);
    assert!(
        says.iter()
            .any(|line| line.contains("3 went through another process")),
        "{says:?}"
    );
    let mut renamed = steps();
    renamed[1].name.push('!');
    assert_eq!(level(&renamed, &top()).0, 2);
    let mut later = steps();
    later[0].on_rollback.today = Some(false);
    assert_eq!(
        level(&later, &top()).0,
        2,
        "a step that runs at other times is another process"
    );
}

#[test]
fn nothing_follows_from_nothing() {
    assert_eq!(
        assess_automation_ladder(&steps(), &Config::default(), &[], now()).facts(),
        []
    );
    let facts =
        assess_automation_ladder(&steps(), &top(), &collect_rehearsals(&top(), &[]).0, now())
            .facts();
    let of = |key: &str| {
        facts
            .iter()
            .find(|fact| fact.key == key)
            .and_then(|fact| fact.value.as_number())
    };
    assert_eq!(
        (of("rehearsal.level"), of("rehearsal.days_since")),
        (Some(4.0), Some(9.0))
    );
}

#[test]
fn a_rehearsal_that_lies_ahead_or_has_no_date_does_not_count() {
    let config = Config {
        rehearsals: vec![held("2027-01-01", None), held("soon \u{1b}[31m", None)],
        ..Config::default()
    };
    let (all, unread) = collect_rehearsals(&config, &[]);
    assert_eq!((all.len(), unread.len()), (1, 1));
    assert!(!unread[0].why.as_raw().contains('\u{1b}'));
    assert_eq!(
        assess_automation_ladder(&steps(), &config, &all, now()).level,
        1
    );
}

#[test]
fn a_rollback_that_worked_in_an_incident_counts_as_practice_and_for_no_process() {
    let real = Rehearsal {
        at: "2026-02-20T12:00:00Z".parse().unwrap(),
        outcome: RehearsalOutcome::Worked,
        surprises: Vec::new(),
        environment: None,
        process: None,
        minutes: None,
        steps: Vec::new(),
        real: true,
        source: "session 20260220".to_owned(),
    };
    let ladder = assess_automation_ladder(&steps(), &Config::default(), &[real], now());
    assert_eq!(ladder.level, 2);
    assert_eq!(
        ladder.rungs[1].there.as_deref(),
        Some("it has gone back before, which worked on 2026-02-20 (session 20260220)")
    );
    assert!(ladder.rungs[2].missing[0].contains("never rehearsed with success"));
    let facts = ladder.facts();
    assert_eq!(
        facts[1].source.as_ref().map(model::Untrusted::as_raw),
        Some("going back worked in an incident on 2026-02-20")
    );
}
