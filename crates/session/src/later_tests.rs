//! Events of kinds that a later release writes: kept whole, counted for nothing, never a break.

use super::chain::{encode_event, hash_sha256};
use super::tests::start;
use super::*;

/// A line as a later release would write it, with a kind that nobody knows yet.
fn make_later_line(seq: u64, previous: &str) -> String {
    let what = serde_json::json!({
        "kind": "step-measured",
        "step": "deploy \u{1b}[31m",
        "figures": [1, 2.5, {"unit": "s", "of": null}],
    });
    let event = serde_json::json!({
        "seq": seq, "at": journal::read_millisecond_clock(), "what": what, "previous": previous, "hash": "",
    });
    encode_event(&serde_json::from_value(event).unwrap()).unwrap()
}

#[test]
fn an_event_of_a_later_kind_is_kept_and_the_chain_holds() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(folder.path(), start("s")).unwrap();
    journal.append(tests::note("before"), None, None).unwrap();
    let path = journal.path().to_owned();
    drop(journal);
    let bytes = std::fs::read_to_string(&path).unwrap();
    let last = bytes.lines().last().unwrap();
    let line = make_later_line(3, &hash_sha256(last.as_bytes()));
    assert!(line.contains("\"kind\":\"step-measured\"") && line.contains("\"unit\":\"s\""));
    std::fs::write(&path, format!("{bytes}{line}\n")).unwrap();

    // opened for writing, gone on with, and read again
    let (mut journal, recovery) = Journal::open(&path).unwrap();
    assert_eq!(recovery, Recovery::default());
    journal.append(tests::note("after"), None, None).unwrap();
    drop(journal);
    let (journal, recovery) = Journal::read(&path).unwrap();
    assert_eq!((journal.events().len(), recovery.broken), (4, None));
    assert!(verify_journal_chain(&path).unwrap().whole());
    assert!(
        std::fs::read_to_string(&path).unwrap().contains(&line),
        "its line stays as it was written"
    );
    let EventKind::Later(later) = &journal.events()[2].what else {
        panic!("{:?}", journal.events()[2]);
    };
    assert_eq!(later.kind, "step-measured");
    assert_eq!(later.rest["figures"][2]["unit"], "s");
    assert_eq!(
        EventKind::says_later(later),
        "Something this version of backout does not know (step-measured)"
    );
    // it counts for nothing, and can be taken back as any other
    let state = SessionState::fold(journal.events());
    assert_eq!((state.notes.len(), state.last), (2, 4));
    // written anew in another journal, nothing of it is lost
    let mut other = Journal::create(folder.path(), start("t")).unwrap();
    let written = other
        .append(journal.events()[2].what.clone(), None, None)
        .unwrap();
    assert_eq!(written.what, journal.events()[2].what);
}

#[test]
fn a_known_kind_that_is_damaged_is_still_a_break() {
    for what in [
        serde_json::json!({"kind": "noted"}),
        serde_json::json!({"kind": 7}),
        serde_json::json!({"text": "no kind at all"}),
        serde_json::json!("noted"),
    ] {
        assert!(
            serde_json::from_value::<EventKind>(what.clone()).is_err(),
            "{what}"
        );
    }
}

#[test]
fn the_list_of_known_kinds_is_that_of_the_code() {
    // what the derived code says when it meets a kind that it does not know
    let says = EventKind::list_kinds_of_the_code();
    let kinds: Vec<&str> = says
        .split("expected one of")
        .nth(1)
        .unwrap()
        .split('`')
        .skip(1)
        .step_by(2)
        .collect();
    assert_eq!(kinds, event::KINDS);
}
