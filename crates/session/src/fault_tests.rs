//! The disk refuses the n-th of every step, for every n: nothing that was acknowledged is lost, and
//! nothing else is there.

use super::fault::JournalStep;
use super::fault::tests::{end, fail_at};
use super::tests::{note, start};
use super::*;

/// Notes that are appended.
const NOTES: usize = 4;

fn texts(path: &std::path::Path) -> Vec<String> {
    let (journal, _) = Journal::read(path).unwrap();
    journal
        .events()
        .iter()
        .filter_map(|event| {
            if let EventKind::Noted { text } = &event.what {
                Some(text.as_raw().to_owned())
            } else {
                None
            }
        })
        .collect()
}

/// A session of some notes, each given again until it is taken; what was acknowledged, in order.
fn session(folder: &std::path::Path) -> (Vec<String>, usize) {
    let (mut taken, mut refusals) = (Vec::new(), 0);
    let mut journal = None;
    for n in 0..NOTES {
        let text = format!("note {n}");
        loop {
            let appended = match &mut journal {
                None => Journal::create(folder, start("s")).map(|made| journal = Some(made)),
                Some(open) => {
                    Journal::append(open, note(&text), None, None).map(|_| taken.push(text.clone()))
                }
            };
            if appended.is_err() {
                refusals += 1;
                assert!(refusals <= 1, "one step failed, and only once");
            }
            if taken.last() == Some(&text) {
                break;
            }
        }
        if n == 1 {
            // it goes on in another program
            journal = Journal::open(&folder.join("s.jsonl"))
                .or_else(|_| Journal::open(&folder.join("s.jsonl")))
                .ok()
                .map(|(open, _)| open);
        }
    }
    (taken, refusals)
}

#[test]
fn whichever_step_fails_the_record_holds_what_was_acknowledged() {
    for step in [
        JournalStep::Open,
        JournalStep::Write,
        JournalStep::Sync,
        JournalStep::Lock,
        JournalStep::Cut,
        JournalStep::Read,
    ] {
        let mut reached = 0;
        for n in 0..200 {
            let folder = tempfile::tempdir().unwrap();
            fail_at(step, n);
            let (taken, _) = session(folder.path());
            let did = end();
            let path = folder.path().join("s.jsonl");
            assert_eq!(texts(&path), taken, "{step:?} {n}");
            assert_eq!(taken.len(), NOTES);
            assert!(
                verify_journal_chain(&path).unwrap().whole(),
                "{step:?} {n}: {:?}",
                verify_journal_chain(&path).unwrap()
            );
            if !did {
                break;
            }
            reached = n + 1;
        }
        // nothing is cut off where nothing went wrong before
        assert!(
            reached >= if step == JournalStep::Cut { 0 } else { 2 } && reached < 200,
            "{step:?} was reached {reached} times"
        );
    }
}

#[test]
fn a_failure_after_a_failure_leaves_a_torn_line_that_is_set_aside() {
    for second in [
        JournalStep::Cut,
        JournalStep::Sync,
        JournalStep::Write,
        JournalStep::Open,
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::create(folder.path(), start("s")).unwrap();
        journal.append(note("kept"), None, None).unwrap();
        let path = journal.path().to_owned();
        // half a line stays behind, as after a crash
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.extend_from_slice(b"{\"seq\":3,\"at\":\"20");
        std::fs::write(&path, &bytes).unwrap();
        for n in 0..20 {
            fail_at(second, n);
            let opened = Journal::open(&path);
            let did = end();
            if let Ok((open, recovery)) = opened {
                assert_eq!(open.events().len(), 2, "{second:?} {n}");
                assert!(recovery.broken.is_none());
            }
            if !did {
                break;
            }
        }
        let (mut open, _) = Journal::open(&path).unwrap();
        open.append(note("after"), None, None).unwrap();
        assert_eq!(texts(&path), ["kept", "after"], "{second:?}");
        assert!(verify_journal_chain(&path).unwrap().whole());
        let aside = std::fs::read(path.with_extension("jsonl.torn")).unwrap();
        assert!(
            aside
                .windows(17)
                .any(|window| window == b"{\"seq\":3,\"at\":\"20"),
            "the torn bytes are kept"
        );
    }
}

#[test]
fn a_repair_that_fails_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(folder.path(), start("s")).unwrap();
    journal.append(note("one"), None, None).unwrap();
    let path = journal.path().to_owned();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend_from_slice(b"not of this program\n");
    std::fs::write(&path, &bytes).unwrap();
    for step in [
        JournalStep::Open,
        JournalStep::Write,
        JournalStep::Sync,
        JournalStep::Lock,
        JournalStep::Read,
    ] {
        for n in 0..20 {
            fail_at(step, n);
            let result = repair_journal(&path);
            if !end() {
                std::fs::remove_file(result.unwrap().unwrap().path).unwrap();
                break;
            }
            assert!(result.is_err(), "{step:?} {n}");
            assert_eq!(
                list_journal_files(folder.path()).unwrap().len(),
                1,
                "{step:?} {n}"
            );
        }
    }
    assert_eq!(
        std::fs::read(&path).unwrap(),
        bytes,
        "the broken one is as it was"
    );
}
