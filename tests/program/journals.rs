//! Journals are read for ever: one session of each form that was ever written is kept under
//! `tests/fixtures/journals` and never changed.
//!
//! A release adds a folder with its number: `BACKOUT_KEEP_JOURNAL=1 cargo test --test program journals::`
//! writes the present form anew, which is then renamed. Until then the folder `next` holds it, and
//! the bytes that are written today must be those.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use backout::model::*;
use backout::session::{self, Ending, Event, EventKind, Journal, SessionState, Start, StepOf};
use backout::usecase;

fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/journals")
}

fn at(second: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_792_000_000 + second).expect("a time")
}

fn start() -> Start {
    Start {
        session: "session".to_owned(),
        tool: "backout 0.1.0".to_owned(),
        journal: 1,
        mode: Mode::Incident,
        repository: "/srv/git/payments".to_owned(),
        previous: "3.0.0".to_owned(),
        previous_commit: "a".repeat(40),
        current: "3.1.0".to_owned(),
        current_commit: "b".repeat(40),
        environment: Some("production".to_owned()),
        service: Some("payments".to_owned()),
        deployed_at: Some(at(-2_820)),
        deadline: Some(at(9_000)),
        checklist_digest: "c".repeat(64),
        checklist: include_str!("../../checklists/default.yaml").to_owned(),
        checklist_changes: vec![ChecklistChange {
            file: ".backout/ours.yaml".to_owned(),
            section: "blockers".to_owned(),
            id: "B4".to_owned(),
            does: RuleChange::Disables,
            in_force: false,
            says: ".backout/ours.yaml takes away blocker B4".to_owned(),
        }],
    }
}

fn step() -> StepOf {
    StepOf {
        option: OptionId::RollBack,
        step: "ba9876543210".to_owned(),
        says: "Deploy payments 3.0.0".into(),
        how: StepMode::Run,
    }
}

/// One event of every kind, in an order that could have been.
fn every_kind() -> Vec<EventKind> {
    let answered =
        |question: &str, key: &str, word: &str, note: Option<&str>| EventKind::Answered {
            question: Some(question.to_owned()),
            facts: vec![Fact::stated(key, FactValue::word(word)).observed(at(0))],
            note: note.map(str::to_owned).map(Into::into),
        };
    let mut read = Fact::derived("database.old_code", FactValue::word("breaks-writes"))
        .with_source("orders.note must not be null");
    read.evidence = vec![Evidence {
        path: Some("db/2.sql".into()),
        line: Some(3),
        excerpt: Some("NOT NULL".into()),
        ..Evidence::default()
    }];
    vec![
        EventKind::PairConfirmed {
            previous: "3.0.0".to_owned(),
            current: "3.1.0".to_owned(),
        },
        EventKind::Assessed {
            facts: vec![read],
            summary: "9 commits, 1 migration".into(),
            digest: "d".repeat(64),
        },
        EventKind::Verdict {
            option: OptionId::RollForward,
            strength: Strength::Open,
            margin: Some(-1.5),
            why: "the repository was read".into(),
        },
        answered(
            "impact",
            "impact.now",
            "down",
            Some("one in twenty charges fails\nand \"more\" \u{1b}[31m é"),
        ),
        EventKind::Withdrawn { seq: 5 },
        answered("impact", "impact.now", "degraded", None),
        EventKind::Answered {
            question: None,
            facts: vec![Fact::stated(
                "deployment.live_minutes",
                FactValue::Number(47.0),
            )],
            note: None,
        },
        EventKind::Asked {
            question: "dependent-copes".to_owned(),
            who: "the storefront team".into(),
        },
        EventKind::EntryAnswered {
            commit: "e".repeat(40),
            answer: Reverting::BugReturns,
        },
        EventKind::GateReached {
            gate: Gate::Backend,
        },
        EventKind::Polled {
            gate: Gate::Backend,
            role_polled: "database".into(),
            call: Some(OptionId::NoGo),
            objection: Some("too late".into()),
        },
        EventKind::Polled {
            gate: Gate::Backend,
            role_polled: "security".into(),
            call: None,
            objection: None,
        },
        EventKind::GateCalled {
            gate: Gate::Backend,
            call: OptionId::Hold,
            reason: "wait".into(),
            minutes: Some(10),
        },
        EventKind::Noted {
            text: "seen in the log".into(),
        },
        EventKind::Decided {
            option: OptionId::RollBack,
            recommended: OptionId::RollForward,
            strength: Strength::Close,
            reason: "it only looks wrong".into(),
            typed: Some("3.0.0".into()),
            second: Some("the service owner".into()),
            expect: Some("no more errors".into()),
            within_minutes: Some(10),
            open: vec![("fix.state".to_owned(), FactValue::word("none"))],
        },
        EventKind::StepBegun { of: step() },
        EventKind::StepNoted {
            of: step(),
            text: "one pod was slow\nit came up".into(),
        },
        EventKind::StepFailed {
            of: step(),
            note: Some("it does not start".into()),
        },
        EventKind::StepDone {
            of: step(),
            seconds: Some(40),
        },
        EventKind::StepSkipped {
            of: StepOf {
                step: "0123456789ab".to_owned(),
                says: "Purge the cache".into(),
                ..step()
            },
            reason: "there is none".into(),
        },
        EventKind::Observed {
            met: true,
            text: "no more errors".into(),
        },
        EventKind::LiveChecked(Box::new(Arrival {
            state: ArrivalState::NotDone,
            expected: Some("3.0.0".into()),
            left: "3.1.0".into(),
            arrived: 1,
            targets: 2,
            on_expected: vec![ArrivalTarget {
                name: "web1".into(),
                runs: "3.0.0".into(),
                at: Some(at(3_000)),
                why: None,
            }],
            not_yet: vec![ArrivalTarget {
                name: "web2".into(),
                runs: "3.1.0".into(),
                at: None,
                why: Some("the deployment of 3.0.0 failed".into()),
            }],
            came_back: Vec::new(),
            open: Vec::new(),
            files: vec!["deploys.jsonl".into()],
        })),
        EventKind::Rehearsed {
            outcome: RehearsalOutcome::Worked,
            surprises: vec!["the fax".into()],
            steps: vec![RehearsedStep {
                step: "deploy 3.0.0".into(),
                seconds: Some(40),
                surprise: Some("the fax".into()),
            }],
            process: Some("3fa9c1d20b77".to_owned()),
            drill: None,
        },
        EventKind::Resumed {
            tool: "backout 0.1.0".to_owned(),
        },
        EventKind::Closed {
            outcome: Some(Ending::Worked),
            text: Some("all is well".into()),
        },
    ]
}

/// The name of a kind. A new kind is added here, to `every_kind`, and to the folder `next`.
fn name(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Started(_) => "started",
        EventKind::PairConfirmed { .. } => "pair-confirmed",
        EventKind::Assessed { .. } => "assessed",
        EventKind::Answered { .. } => "answered",
        EventKind::Asked { .. } => "asked",
        EventKind::Withdrawn { .. } => "withdrawn",
        EventKind::EntryAnswered { .. } => "entry-answered",
        EventKind::GateReached { .. } => "gate-reached",
        EventKind::Polled { .. } => "polled",
        EventKind::GateCalled { .. } => "gate-called",
        EventKind::Noted { .. } => "noted",
        EventKind::Verdict { .. } => "verdict",
        EventKind::Decided { .. } => "decided",
        EventKind::Observed { .. } => "observed",
        EventKind::LiveChecked(_) => "live-checked",
        EventKind::Rehearsed { .. } => "rehearsed",
        EventKind::StepBegun { .. } => "step-begun",
        EventKind::StepDone { .. } => "step-done",
        EventKind::StepSkipped { .. } => "step-skipped",
        EventKind::StepFailed { .. } => "step-failed",
        EventKind::StepNoted { .. } => "step-noted",
        // what only a later release knows is written by no test of this one
        EventKind::Later(_) => "later",
        EventKind::Resumed { .. } => "resumed",
        EventKind::Closed { .. } => "closed",
    }
}

fn write(folder: &Path) -> PathBuf {
    let mut journal = Journal::create_at(folder, start(), at(0)).expect("a journal");
    for (n, what) in every_kind().into_iter().enumerate() {
        let role = (n % 2 == 1).then(|| "incident lead".into());
        journal
            .append_at(
                what,
                role,
                (n == 3).then(|| "A. Person".into()),
                at(60 * (n as i64 + 1)),
            )
            .expect("an event");
    }
    journal.path().to_owned()
}

/// What a session means, in lines that no wording of a report can change.
fn meaning(events: &[Event]) -> String {
    let state = SessionState::fold(events);
    let mut out = String::new();
    let kinds: Vec<&str> = events.iter().map(|event| name(&event.what)).collect();
    let _ = writeln!(out, "events {}: {}", events.len(), kinds.join(" "));
    let begun = state.start.as_ref().expect("a beginning");
    let _ = writeln!(
        out,
        "began {} {} {}..{} in {:?}",
        begun.session, begun.tool, begun.previous, begun.current, begun.environment
    );
    let _ = writeln!(
        out,
        "pair {:?} confirmed {} gate {:?}",
        state.pair, state.confirmed, state.gate
    );
    for (fact, seq) in state.stated.iter().zip(&state.stated_by) {
        let _ = writeln!(
            out,
            "said by {seq}: {} = {}, {:?} {:?}",
            fact.key, fact.value, fact.role, fact.by
        );
    }
    state.sensed.iter().for_each(|fact| {
        let _ = writeln!(
            out,
            "read: {} = {}, {:?}",
            fact.key, fact.value, fact.source
        );
    });
    let _ = writeln!(
        out,
        "asked {:?}\nentries {:?}\ncalls {:?}\npolls {:?}\nnotes {:?}",
        state.asked, state.entries, state.calls, state.polls, state.notes
    );
    if let Some((
        seq,
        EventKind::Decided {
            option,
            recommended,
            strength,
            reason,
            ..
        },
    )) = &state.decided
    {
        let _ = writeln!(
            out,
            "decided by {seq}: {option:?} over {recommended:?} {strength:?}: {reason}"
        );
    }
    if let Some((at, look)) = &state.live_check {
        let _ = writeln!(out, "looked at {at}: {}", look.headline());
    }
    for run in &state.runs.runs {
        for step in &run.steps {
            let notes: Vec<&str> = step.notes.iter().map(|note| note.as_raw()).collect();
            let _ = writeln!(
                out,
                "step of {:?}: {} {:?} in {:?}, {:?} {notes:?}",
                run.option, step.of.says, step.standing, step.seconds, step.text
            );
        }
    }
    let _ = writeln!(
        out,
        "observed {:?}\nclosed {}",
        state.observed, state.closed
    );
    out
}

#[test]
fn every_form_that_was_ever_written_is_read() {
    let mut forms = 0;
    for folder in std::fs::read_dir(kept())
        .expect("the kept journals")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
    {
        forms += 1;
        let path = folder.join("session.jsonl");
        let report = session::verify_journal_chain(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(
            report.whole() && report.clock.is_none(),
            "{}: {report:?}",
            path.display()
        );
        let (journal, recovery) = Journal::read(&path).expect("a journal");
        assert_eq!(recovery, session::Recovery::default());
        let wanted = std::fs::read_to_string(folder.join("meaning.txt")).expect("what it means");
        assert_eq!(meaning(journal.events()), wanted, "{}", path.display());
        for seq in [3, u64::MAX] {
            let decision = usecase::decision_at(journal.events(), seq)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(decision.is_some(), "{}: event {seq}", path.display());
        }
        let text = backout::report::session_markdown(journal.events(), None, None, true);
        assert!(
            text.contains("3.1.0") && text.contains("it only looks wrong"),
            "{text}"
        );
        // it goes on, also after a torn end and with a foreign line
        let copy = tempfile::tempdir().expect("a folder");
        let mut bytes = std::fs::read(&path).expect("its bytes");
        bytes.extend_from_slice(b"{\"seq\":");
        let torn = copy.path().join("session.jsonl");
        std::fs::write(&torn, &bytes).expect("a copy");
        let (mut open, recovery) = Journal::open(&torn).expect("it opens");
        assert!(recovery.torn.is_some() && recovery.broken.is_none());
        open.append(
            EventKind::Noted {
                text: "later".into(),
            },
            None,
            None,
        )
        .expect("it goes on");
        assert!(
            session::verify_journal_chain(&torn)
                .expect("a report")
                .whole()
        );
        assert_eq!(
            session::repair_journal(&torn).expect("nothing to repair"),
            None
        );
    }
    assert!(forms >= 2, "the folders of released forms are here");
}

#[test]
fn what_is_written_today_is_what_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(folder.path());
    let next = kept().join("next");
    let (written, events) = (
        std::fs::read_to_string(&path).expect("a journal"),
        Journal::read(&path).expect("a journal").0.events().to_vec(),
    );
    if std::env::var_os("BACKOUT_KEEP_JOURNAL").is_some() {
        std::fs::create_dir_all(&next).expect("a folder");
        std::fs::write(next.join("session.jsonl"), &written).expect("a file");
        std::fs::write(next.join("meaning.txt"), meaning(&events)).expect("a file");
    }
    let kept = std::fs::read_to_string(next.join("session.jsonl")).expect("the folder next");
    // the shipped checklist is text inside the first event, and changes with the rules
    let without = |text: &str| {
        text.lines()
            .skip(1)
            .map(|line| {
                line.split_once(",\"previous\":")
                    .map_or(line, |(head, _)| head)
                    .to_owned()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        without(&written),
        without(&kept),
        "the form changed: does every older one still mean the same? Then keep it anew, as this \
            file says at its top"
    );
    let mut names: Vec<&str> = events.iter().map(|event| name(&event.what)).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 23, "every kind of event is in it: {names:?}");
}
