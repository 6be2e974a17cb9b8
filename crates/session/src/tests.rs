//! Properties of journal and fold: nothing acknowledged is lost, nothing changed stays hidden, the
//! order of reading does not matter.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use model::{Fact, FactValue, Gate, Mode, OptionId, Reverting, Strength};

pub(crate) fn start(session: &str) -> Start {
    Start {
        session: session.to_owned(),
        tool: "backout 0.1.0".to_owned(),
        journal: JOURNAL_VERSION,
        mode: Mode::Incident,
        repository: "/srv/payments".to_owned(),
        previous: "3.0.0".to_owned(),
        previous_commit: "a".repeat(40),
        current: "3.1.0".to_owned(),
        current_commit: "b".repeat(40),
        environment: Some("production".to_owned()),
        service: None,
        deployed_at: None,
        deadline: None,
        checklist_digest: String::new(),
        checklist: "questions: []\n".to_owned(),
        checklist_changes: Vec::new(),
    }
}

pub(super) fn note(text: &str) -> EventKind {
    EventKind::Noted { text: text.into() }
}

fn answer(key: &str, value: &str) -> EventKind {
    EventKind::Answered {
        question: Some(key.to_owned()),
        facts: vec![Fact::stated(key, FactValue::word(value))],
        note: None,
    }
}

/// A journal with a few events of different kinds; its bytes.
fn sample(folder: &Path) -> (PathBuf, Vec<u8>) {
    let mut journal = Journal::create(folder, start("s")).unwrap();
    journal
        .append(
            answer("fix.state", "none"),
            Some("incident lead".to_owned()),
            None,
        )
        .unwrap();
    journal
        .append(note("line one\nline \"two\" \u{1b}[1m é"), None, None)
        .unwrap();
    journal
        .append(
            EventKind::Verdict {
                option: OptionId::RollForward,
                strength: Strength::Open,
                margin: Some(-0.5),
                why: "first".into(),
            },
            None,
            None,
        )
        .unwrap();
    journal
        .append(EventKind::Withdrawn { seq: 2 }, None, None)
        .unwrap();
    let path = journal.path().to_owned();
    let bytes = std::fs::read(&path).unwrap();
    (path, bytes)
}

#[test]
fn a_journal_is_read_back_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = sample(&folder.path().join("deep/er"));
    let (journal, recovery) = Journal::open(&path).unwrap();
    assert_eq!(recovery, Recovery::default());
    assert_eq!(
        journal
            .events()
            .iter()
            .map(|event| event.seq)
            .collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
    assert!(verify_journal_chain(&path).unwrap().whole());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }
}

#[test]
fn every_cut_keeps_the_whole_lines() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = sample(folder.path());
    for cut in 1..bytes.len() {
        std::fs::write(&path, &bytes[..cut]).unwrap();
        let whole = bytes[..cut].iter().filter(|&&b| b == b'\n').count();
        match Journal::read(&path) {
            Ok((journal, recovery)) => {
                assert_eq!(journal.events().len(), whole);
                assert_eq!(
                    (recovery.torn.is_some(), recovery.broken),
                    (bytes[cut - 1] != b'\n', None)
                );
            }
            Err(_) => assert_eq!(whole, 0),
        }
    }
}

#[test]
fn any_changed_byte_is_detected() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = sample(folder.path());
    for at in 0..bytes.len() {
        for flip in [1, 0x20, 0x80] {
            let mut changed = bytes.clone();
            changed[at] ^= flip;
            std::fs::write(&path, &changed).unwrap();
            if let Ok(report) = verify_journal_chain(&path) {
                assert!(!report.whole(), "byte {at} ^ {flip}: {report:?}");
                let line = bytes[..at].iter().filter(|&&b| b == b'\n').count() as u64;
                assert_eq!(
                    report.intact, line,
                    "all lines before the changed one stand"
                );
            }
        }
    }
}

#[test]
fn a_torn_line_is_set_aside_and_the_session_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = sample(folder.path());
    std::fs::write(&path, &bytes[..bytes.len() - 20]).unwrap();
    let (mut journal, recovery) = Journal::open(&path).unwrap();
    assert!(recovery.torn.unwrap().contains(".jsonl.torn"));
    assert_eq!(journal.events().len(), 4);
    journal.append(note("after"), None, None).unwrap();
    assert!(verify_journal_chain(&path).unwrap().whole());
    let aside = std::fs::read(folder.path().join("s.jsonl.torn")).unwrap();
    assert!(
        bytes
            .windows(aside.len() - 1)
            .any(|window| window == &aside[..aside.len() - 1]),
        "the torn bytes are kept"
    );
}

#[test]
fn an_event_that_only_lost_its_line_feed_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = sample(folder.path());
    std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    let (journal, recovery) = Journal::open(&path).unwrap();
    assert_eq!((journal.events().len(), recovery.torn.is_some()), (5, true));
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_broken_chain_is_shown_and_nothing_of_it_hidden() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bytes) = sample(folder.path());
    let text = String::from_utf8(bytes)
        .unwrap()
        .replace("line one", "line 0ne");
    std::fs::write(&path, text).unwrap();
    let (mut journal, recovery) = Journal::open(&path).unwrap();
    let broken = recovery.broken.unwrap();
    assert!(
        broken.starts_with("The chain is broken from event 3 on: line 3 was changed"),
        "{broken}"
    );
    assert!(
        broken.ends_with("Events 1 to 2 stand as written."),
        "{broken}"
    );
    assert_eq!(journal.events().len(), 5);
    journal.append(note("going on"), None, None).unwrap();
    assert_eq!(
        verify_journal_chain(&path).unwrap().intact,
        2,
        "going on does not mend it"
    );
}

#[test]
fn two_writers_keep_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let path = Journal::create(folder.path(), start("s"))
        .unwrap()
        .path()
        .to_owned();
    std::thread::scope(|scope| {
        for writer in 0..2 {
            let path = &path;
            scope.spawn(move || {
                let (mut journal, _) = Journal::open(path).unwrap();
                for n in 0..100 {
                    let event = journal
                        .append(note(&format!("{writer} {n}")), None, None)
                        .unwrap();
                    assert_eq!(event.what, note(&format!("{writer} {n}")));
                }
            });
        }
    });
    let report = verify_journal_chain(&path).unwrap();
    assert!(report.whole(), "{report:?}");
    assert_eq!(report.events, 201);
    let (journal, _) = Journal::read(&path).unwrap();
    assert!(
        journal
            .events()
            .iter()
            .enumerate()
            .all(|(at, event)| event.seq == at as u64 + 1)
    );
}

#[test]
fn a_watcher_sees_what_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Journal::create(folder.path(), start("s")).unwrap();
    let (mut watcher, _) = Journal::read(writer.path()).unwrap();
    assert!(!watcher.refresh().unwrap());
    writer.append(note("seen"), None, None).unwrap();
    assert!(watcher.refresh().unwrap());
    assert_eq!(watcher.events(), writer.events());
    assert!(
        watcher
            .append(note("no"), None, None)
            .unwrap_err()
            .to_string()
            .contains("reading only")
    );
}

#[test]
fn trouble_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let says = |result: Result<(Journal, Recovery), SessionError>| result.unwrap_err().to_string();
    let file = folder.path().join("x.jsonl");
    assert!(says(Journal::open(&file)).contains("there is no such file"));
    std::fs::write(&file, "").unwrap();
    assert!(says(Journal::open(&file)).contains("is empty"));
    std::fs::write(&file, "hello\nworld\n").unwrap();
    assert!(says(Journal::open(&file)).contains("is not a journal"));
    std::fs::write(&file, "{\"seq\":1,\"what\":{\"kind\":\"started\",\"journal\":7,\"tool\":\"backout 9\\u001b.0\"}}\n").unwrap();
    let other = says(Journal::open(&file));
    assert!(
        other.contains("format 7") && other.contains("(backout 9␛.0)"),
        "{other}"
    );
    assert!(says(Journal::open(folder.path())).contains("it is a folder"));

    // A folder below a file can never be made, whoever runs the test.
    let error = Journal::create(&file.join("below"), start(""))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("Cannot create the folder for sessions"),
        "{error}"
    );

    let (mut journal, _) = Journal::open(&sample(folder.path()).0).unwrap();
    std::fs::remove_file(journal.path()).unwrap();
    assert!(
        journal
            .append(note("lost"), None, None)
            .unwrap_err()
            .to_string()
            .contains("moved or deleted")
    );

    let mut journal = Journal::create(folder.path(), start("big")).unwrap();
    let error = journal
        .append(note(&"x".repeat(5 << 20)), None, None)
        .unwrap_err()
        .to_string();
    assert!(error.contains("too large"), "{error}");
    assert!(verify_journal_chain(journal.path()).unwrap().whole());
    assert!(
        Journal::create(folder.path(), start("big"))
            .unwrap_err()
            .to_string()
            .contains("there already")
    );
    assert!(Journal::create(folder.path(), start("../up")).is_err());
}

#[test]
fn ids_sort_by_time_and_tell_the_service() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let (one, two) = (
        new_id(at("2026-11-24T22:10:59Z"), "@acme/Payments api"),
        new_id(at("2026-11-24T22:11:00Z"), "a"),
    );
    assert!(one.starts_with("20261124-2210-acme-payments-api-"), "{one}");
    assert!(one < two);
    assert!(new_id(at("2026-11-24T22:10:59Z"), "\u{1b}/..").starts_with("20261124-2210-session-"));
}

#[test]
fn sessions_are_listed_and_found() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(list_sessions(&folder.path().join("none")).unwrap(), []);
    let at = |minute: i64| Timestamp::from_second(1_800_000_000 + 60 * minute).unwrap();
    let mut first = Journal::create_at(
        folder.path(),
        Start {
            service: Some("cards".to_owned()),
            ..start("")
        },
        at(0),
    )
    .unwrap();
    let second = Journal::create_at(folder.path(), start(""), at(1)).unwrap();
    let third = Journal::create_at(folder.path(), start(""), at(2)).unwrap();
    std::fs::write(folder.path().join("wrong.jsonl"), "?\n").unwrap();
    Journal::open(third.path())
        .unwrap()
        .0
        .append(EventKind::closed(), None, None)
        .unwrap();
    first
        .append(
            EventKind::Decided {
                option: OptionId::RollBack,
                recommended: OptionId::RollForward,
                strength: Strength::Close,
                reason: "why".into(),
                typed: None,
                second: None,
                expect: None,
                within_minutes: None,
                open: Vec::new(),
            },
            None,
            None,
        )
        .unwrap();

    let all = list_sessions(folder.path()).unwrap();
    assert_eq!(
        all.iter().map(|one| one.path.as_path()).collect::<Vec<_>>(),
        [
            third.path(),
            second.path(),
            first.path(),
            &folder.path().join("wrong.jsonl")
        ]
    );
    assert_eq!(
        (all[0].closed, all[2].decided, all[3].remark.is_some()),
        (true, Some(OptionId::RollBack), true)
    );

    assert_eq!(
        find_session_journal(folder.path(), None).unwrap(),
        second.path(),
        "the newest that is open"
    );
    assert_eq!(
        find_session_journal(folder.path(), Some("cards")).unwrap(),
        first.path()
    );
    let id = second.path().file_stem().unwrap().to_str().unwrap();
    assert_eq!(
        find_session_journal(folder.path(), Some(&id[..14])).map_err(|error| error.to_string()),
        Ok(second.path().to_owned())
    );
    assert!(
        find_session_journal(folder.path(), Some("2027"))
            .unwrap_err()
            .to_string()
            .contains("several sessions")
    );
    assert!(
        find_session_journal(folder.path(), Some("nothing"))
            .unwrap_err()
            .to_string()
            .contains("No session begins with nothing")
    );
}

fn kinds() -> impl Strategy<Value = EventKind> {
    let key = prop::sample::select(vec!["fix.state", "impact.now", "switch.exists"]);
    let gate = prop::sample::select(Gate::ALL.to_vec());
    let option = prop::sample::select(vec![OptionId::Go, OptionId::NoGo, OptionId::Hold]);
    prop_oneof![
        (key.clone(), "[a-z]{1,4}").prop_map(|(key, value)| answer(key, &value)),
        (key, "[a-z ]{1,6}").prop_map(|(question, who)| EventKind::Asked {
            question: question.to_owned(),
            who: who.into()
        }),
        (0_u64..30).prop_map(|seq| EventKind::Withdrawn { seq }),
        ".{0,12}".prop_map(|text| EventKind::Noted { text: text.into() }),
        gate.clone()
            .prop_map(|gate| EventKind::GateReached { gate }),
        (gate.clone(), option.clone(), ".{0,5}").prop_map(|(gate, call, reason)| {
            EventKind::GateCalled {
                gate,
                call,
                reason: reason.into(),
                minutes: None,
            }
        }),
        (gate, prop::option::of(option)).prop_map(|(gate, call)| EventKind::Polled {
            gate,
            role_polled: "database".into(),
            call,
            objection: None
        }),
        "[0-9a-f]{4}".prop_map(|commit| EventKind::EntryAnswered {
            commit,
            answer: Reverting::BugReturns
        }),
        Just(EventKind::PairConfirmed {
            previous: "1".to_owned(),
            current: "2".to_owned()
        }),
        Just(EventKind::closed()),
        Just(EventKind::Resumed {
            tool: "backout".to_owned()
        }),
    ]
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(kinds(), 0..25).prop_map(|kinds| {
        let started = std::iter::once(EventKind::Started(Box::new(start("s"))));
        let event = |(at, what)| Event {
            seq: at as u64 + 1,
            at: Timestamp::from_second(1_800_000_000 + at as i64).unwrap(),
            role: Some("incident lead".into()),
            by: None,
            what,
            previous: String::new(),
            hash: String::new(),
        };
        started.chain(kinds).enumerate().map(event).collect()
    })
}

proptest! {
    #[test]
    fn folding_a_beginning_and_applying_the_rest_is_folding_all(events in events(), cut in 0_usize..26) {
        let cut = cut.min(events.len());
        let mut state = SessionState::fold(&events[..cut]);
        events[cut..].iter().for_each(|event| state.apply(event));
        prop_assert_eq!(&state, &SessionState::fold(&events));
        prop_assert_eq!(state_at(&events, cut as u64), SessionState::fold(&events[..cut]));
    }

    #[test]
    fn what_is_withdrawn_counts_for_nothing(events in events()) {
        let gone = find_withdrawn_events(events.iter());
        let state = SessionState::fold(&events);
        let without = SessionState::fold(events.iter().filter(|event| !gone.contains(&event.seq) && !matches!(event.what, EventKind::Withdrawn { .. })));
        prop_assert_eq!(SessionState { events: Vec::new(), last: 0, ..state }, SessionState { events: Vec::new(), last: 0, ..without });
    }

    #[test]
    fn any_event_survives_its_line(what in kinds()) {
        let event = Event { seq: 1, at: Timestamp::UNIX_EPOCH, role: None, by: None, what, previous: chain::hash_sha256(b""), hash: String::new() };
        let mut walk = chain::ChainWalk::default();
        walk.line(chain::encode_event(&event).unwrap().as_bytes());
        prop_assert_eq!(walk.broken(), None);
        prop_assert_eq!(walk.events.len(), 1);
    }
}

#[test]
fn later_answers_and_withdrawals() {
    let mut all = vec![
        EventKind::Started(Box::new(start("s"))),
        answer("fix.state", "none"),
        answer("fix.state", "tested"),
        EventKind::Withdrawn { seq: 3 },
    ];
    let number = |all: &[EventKind]| -> Vec<Event> {
        let event = |(at, what): (usize, &EventKind)| Event {
            seq: at as u64 + 1,
            at: Timestamp::UNIX_EPOCH,
            role: Some("service owner".into()),
            by: None,
            what: what.clone(),
            previous: String::new(),
            hash: String::new(),
        };
        all.iter().enumerate().map(event).collect()
    };
    let state = SessionState::fold(&number(&all));
    assert_eq!(
        state
            .stated
            .iter()
            .map(|fact| fact.value.to_string())
            .collect::<Vec<_>>(),
        ["none"]
    );
    assert_eq!(
        (
            state.stated_by,
            state.stated[0].role.as_ref().map(model::Untrusted::as_raw)
        ),
        (vec![2], Some("service owner"))
    );

    // Undoing the undo brings the answer back; the beginning cannot be withdrawn.
    all.extend([
        EventKind::Withdrawn { seq: 4 },
        EventKind::Withdrawn { seq: 1 },
    ]);
    let state = SessionState::fold(&number(&all));
    assert_eq!(state.stated_by, [2, 3]);
    assert!(state.start.is_some());
    assert_eq!(turning_points(&number(&all)), [2, 3, 4, 5, 6]);
}
