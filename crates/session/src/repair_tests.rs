//! Repairing a journal: what is whole, what is left, and that it is said.

use super::tests::{note, start};
use super::*;

fn broken(
    change: impl FnOnce(Vec<String>) -> Vec<String>,
) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(folder.path(), start("s")).unwrap();
    for text in ["one", "two", "three"] {
        journal
            .append(note(text), Some("incident lead".to_owned()), None)
            .unwrap();
    }
    journal
        .append(EventKind::Withdrawn { seq: 3 }, None, None)
        .unwrap();
    let path = journal.path().to_owned();
    let lines: Vec<String> = std::fs::read_to_string(&path)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    std::fs::write(&path, change(lines).join("\n") + "\n").unwrap();
    (folder, path)
}

fn kinds(path: &std::path::Path) -> Vec<EventKind> {
    Journal::read(path).unwrap().0.events()[1..]
        .iter()
        .map(|event| event.what.clone())
        .collect()
}

#[test]
fn a_whole_journal_needs_no_repair() {
    let (folder, path) = broken(|lines| lines);
    assert_eq!(repair_journal(&path).unwrap(), None);
    assert_eq!(list_journal_files(folder.path()).unwrap().len(), 1);
}

#[test]
fn a_foreign_line_is_left_and_the_rest_is_a_chain_again() {
    let (folder, path) = broken(|mut lines| {
        lines.insert(2, "somebody else wrote this".to_owned());
        lines
    });
    let before = std::fs::read(&path).unwrap();
    let repaired = repair_journal(&path).unwrap().unwrap();
    assert_eq!(
        (
            repaired.kept,
            repaired.left.len(),
            repaired.left[0].line,
            repaired.gaps
        ),
        (5, 1, 3, true)
    );
    assert_eq!(repaired.path, folder.path().join("s-repaired.jsonl"));
    let report = verify_journal_chain(&repaired.path).unwrap();
    assert!(
        report.whole() && report.session.as_deref() == Some("s-repaired"),
        "{report:?}"
    );
    let kinds = kinds(&repaired.path);
    assert_eq!(
        kinds[..4],
        [
            note("one"),
            note("two"),
            note("three"),
            EventKind::Withdrawn { seq: 3 }
        ]
    );
    assert!(
        matches!(&kinds[4], EventKind::Noted { text } if text.as_raw().contains("whole of session s: 5 \
            events") && text.as_raw().contains("line 3"))
    );
    assert_eq!(
        std::fs::read(&path).unwrap(),
        before,
        "the broken one is not touched"
    );
    let text = repaired.text();
    assert!(
        text.contains("line 3 cannot be read as an event") && text.contains("s-repaired.jsonl"),
        "{text}"
    );
    assert_eq!(
        repair_journal(&path).unwrap().unwrap().path,
        folder.path().join("s-repaired-2.jsonl"),
        "an earlier repair is not overwritten"
    );
}

#[test]
fn what_took_back_a_lost_event_becomes_a_note() {
    let (_folder, path) = broken(|mut lines| {
        lines[2] = lines[2].replace("two", "2wo");
        lines
    });
    let repaired = repair_journal(&path).unwrap().unwrap();
    assert_eq!((repaired.kept, repaired.left[0].line), (4, 3));
    let kinds = kinds(&repaired.path);
    assert_eq!(kinds[..2], [note("one"), note("three")]);
    assert!(
        matches!(&kinds[2], EventKind::Noted { text } if text.as_raw().contains("Event 3 was taken back")),
        "{kinds:?}"
    );
    // a line that is missing moves the numbers after it
    let (_folder, path) = broken(|mut lines| {
        lines.remove(1);
        lines
    });
    assert_eq!(
        self::kinds(&repair_journal(&path).unwrap().unwrap().path)[..3],
        [note("two"), note("three"), EventKind::Withdrawn { seq: 2 }]
    );
}

#[test]
fn a_torn_end_is_left_and_nothing_whole_is_no_repair() {
    let (_folder, path) = broken(|lines| lines);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 30]).unwrap();
    let repaired = repair_journal(&path).unwrap().unwrap();
    assert!(
        repaired.kept == 4 && repaired.torn.is_some() && !repaired.gaps,
        "{repaired:?}"
    );
    assert_eq!(std::fs::read(&path).unwrap().len(), bytes.len() - 30);
    let (_folder, path) = broken(|lines| {
        lines
            .into_iter()
            .map(|line| line.replace("\"seq\"", "\"seq\" "))
            .collect()
    });
    assert!(
        repair_journal(&path)
            .unwrap_err()
            .to_string()
            .contains("Nothing in")
    );
}

#[test]
fn a_clock_that_was_set_back_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let at = |second: i64| jiff::Timestamp::from_second(1_800_000_000 + second).unwrap();
    let mut journal = Journal::create_at(folder.path(), start("s"), at(0)).unwrap();
    journal.append_at(note("a"), None, None, at(60)).unwrap();
    assert_eq!(journal.recovery(), Recovery::default());
    journal.append_at(note("b"), None, None, at(-3600)).unwrap();
    let says = journal.recovery().clock.unwrap();
    assert!(
        says.contains("Event 3") && says.contains("before event 2") && says.contains("set back"),
        "{says}"
    );
    let report = verify_journal_chain(journal.path()).unwrap();
    assert!(report.whole(), "the chain holds all the same");
    assert!(report.text().contains("set back"), "{}", report.text());
    // a second is how clocks of two machines differ
    let mut journal = Journal::create_at(folder.path(), start("t"), at(0)).unwrap();
    journal.append_at(note("a"), None, None, at(-1)).unwrap();
    assert_eq!(journal.recovery().clock, None);
}
