//! The table of favourable values, row by row and both ways.

use super::*;
use crate::check::coverage::FileStanding;
use crate::model::{CannotRule, Provenance};

fn ledger(standings: &[[DomainStanding; 5]]) -> Ledger {
    let files = standings.iter().enumerate().map(|(at, row)| FileStanding {
        path: format!("f{at}.go"),
        old_path: None,
        standings: row.clone(),
    });
    Ledger {
        files: files.collect(),
        ..Ledger::default()
    }
}

/// A range of one file that is open in one domain and ruled out in the others.
fn open_in(domain: Domain) -> Ledger {
    let mut row: [DomainStanding; 5] =
        std::array::from_fn(|_| DomainStanding::Cannot(CannotRule::NoSchemaSign));
    let mark = Mark::open("f0.go", domain, Some(7), "a sign of its own")
        .open
        .unwrap();
    row[domain.index()] = DomainStanding::Open(mark);
    ledger(&[row])
}

fn all_closed() -> Ledger {
    ledger(&[std::array::from_fn(|_| {
        DomainStanding::Cannot(CannotRule::SameProgram)
    })])
}

fn known(would_be_seen: bool) -> Mechanism {
    Mechanism {
        says: "how the schema is changed was not found".to_owned(),
        would_be_seen,
        ..Mechanism::default()
    }
}

fn held(
    ledger: Option<&Ledger>,
    mechanism: &Mechanism,
    outside: u64,
    key: &str,
    value: &str,
) -> Fact {
    let grounds = Grounds {
        ledger,
        mechanism: Some(mechanism),
        outside,
    };
    grounds.hold_back(Fact::derived(key, FactValue::word(value)))
}

#[test]
fn each_favourable_value_needs_its_row() {
    let rows = [
        ("database.schema", "none", Domain::Schema),
        ("database.schema", "tweak", Domain::Schema),
        ("database.old_code", "safe", Domain::Schema),
        ("database.start_gate", "no", Domain::Schema),
        ("database.data_migrated", "no", Domain::Schema),
        ("contract.way_back", "compatible", Domain::Contract),
        ("contract.stored", "compatible", Domain::Contract),
        ("config.newer_than_previous", "no", Domain::Configuration),
        ("config.newer_than_previous", "no", Domain::Infrastructure),
    ];
    for (key, value, domain) in rows {
        let (closed, open, seen) = (all_closed(), open_in(domain), known(true));
        assert_eq!(
            held(Some(&closed), &seen, 0, key, value).value.as_word(),
            Some(value),
            "{key} holds with nothing open"
        );
        let unknown = held(Some(&open), &seen, 0, key, value);
        assert_eq!(
            unknown.value,
            FactValue::Unknown,
            "{key} with {domain:?} open"
        );
        assert_eq!(
            unknown.evidence[0].raw_path(),
            Some("f0.go"),
            "{key} points at the place"
        );
        assert!(
            unknown
                .source
                .as_ref()
                .is_some_and(|source| source.as_raw().contains("f0.go:7")
                    && source.as_raw().starts_with("not known: 1 changed file")),
            "{key}: {:?}",
            unknown.source
        );
        assert_eq!(unknown.provenance, Provenance::Derived);
        assert_eq!(
            held(Some(&closed), &seen, 3, key, value).value,
            FactValue::Unknown,
            "{key} with files outside of --path"
        );
        assert_eq!(
            held(None, &seen, 0, key, value)
                .source
                .as_ref()
                .map(crate::model::Untrusted::as_raw),
            Some("not read yet"),
            "{key} while reading"
        );
    }
}

#[test]
fn what_restricts_going_back_is_said_whatever_is_open() {
    let (open, seen) = (open_in(Domain::Schema), known(true));
    for (key, value) in [
        ("database.schema", "additive"),
        ("database.old_code", "breaks-reads"),
        ("database.start_gate", "yes"),
        ("contract.way_back", "breaking"),
        ("impact.now", "none"),
    ] {
        assert_eq!(
            held(Some(&open), &seen, 0, key, value).value.as_word(),
            Some(value),
            "{key}"
        );
    }
}

#[test]
fn a_driver_without_a_mechanism_is_no_untouched_schema_unless_nothing_could_touch_it() {
    let program = ledger(&[std::array::from_fn(|_| {
        DomainStanding::Cannot(CannotRule::NoSchemaSign)
    })]);
    let unknown = held(Some(&program), &known(false), 0, "database.schema", "none");
    assert_eq!(
        (
            unknown.value.clone(),
            unknown.source.as_ref().map(crate::model::Untrusted::as_raw)
        ),
        (
            FactValue::Unknown,
            Some("not known: how the schema is changed was not found")
        )
    );
    assert_eq!(
        held(
            Some(&all_closed()),
            &known(false),
            0,
            "database.schema",
            "none"
        )
        .value
        .as_word(),
        Some("none"),
        "only comments changed"
    );
}

#[test]
fn nothing_in_a_new_form_is_said_only_where_nothing_could_write_one() {
    let new_form = |ledger: &Ledger, outside| {
        Grounds {
            ledger: Some(ledger),
            mechanism: None,
            outside,
        }
        .new_form()
        .and_then(|fact| fact.value.as_word().map(str::to_owned))
    };
    assert_eq!(new_form(&all_closed(), 0).as_deref(), Some("no"));
    assert_eq!(new_form(&all_closed(), 2), None);
    assert_eq!(new_form(&open_in(Domain::StoredForm), 0), None);
    let judged = ledger(&[std::array::from_fn(|_| DomainStanding::Judged)]);
    assert_eq!(
        new_form(&judged, 0),
        None,
        "a migration that was read may have made room for a new form"
    );
}

#[test]
fn open_places_with_a_sign_are_listed_with_their_line_and_the_rest_is_counted() {
    let many: Vec<[DomainStanding; 5]> = (0..12)
        .map(|_| {
            let mut row: [DomainStanding; 5] =
                std::array::from_fn(|_| DomainStanding::Cannot(CannotRule::OtherField));
            row[Domain::StoredForm.index()] = DomainStanding::Open(
                Mark::open(
                    "x",
                    Domain::StoredForm,
                    Some(3),
                    "a version of a stored form",
                )
                .open
                .unwrap(),
            );
            row
        })
        .collect();
    let found = unchecked_places(&ledger(&many), &[]);
    assert_eq!(
        (found.len(), found[0].what.as_raw(), found[0].why.as_raw()),
        (9, "f0.go:3", "stored form: a version of a stored form")
    );
    assert_eq!(found[8].what, "4 more files (stored form)");
}

#[test]
fn places_that_show_the_same_word_are_one_line_with_a_count() {
    let row = |why: &str| {
        let mut row: [DomainStanding; 5] =
            std::array::from_fn(|_| DomainStanding::Cannot(CannotRule::OtherField));
        let mark = Mark::open("x", Domain::StoredForm, Some(3), why.to_owned());
        row[Domain::StoredForm.index()] = DomainStanding::Open(mark.open.unwrap());
        row
    };
    let word = "a value that may name the type of a stored record changed";
    let mut rows = vec![row("JOB is new"), row("LID is new")];
    rows.extend((0..12).map(|_| row(word)));
    let found = unchecked_places(&ledger(&rows), &[]);
    assert_eq!(found.len(), 3, "{found:?}");
    let why = found
        .iter()
        .map(|one| one.why.as_raw())
        .find(|why| why.contains(word))
        .unwrap();
    assert!(
        why.ends_with("f11.go:3, f12.go:3, f13.go:3 and 8 more files"),
        "{why}"
    );
}

#[test]
fn a_check_that_gave_up_on_a_file_keeps_it_open() {
    let change = FileChange {
        path: "db/1.sql".to_owned(),
        old_path: None,
        status: crate::model::FileStatus::Added,
        old_id: None,
        new_id: None,
        old_mode: 0,
        new_mode: 0,
        insertions: None,
        deletions: None,
        kind: FileKind::Database,
        component: None,
    };
    let entry = |what: &str| Unchecked {
        what: what.into(),
        why: "not understood".into(),
        settle_with: None,
    };
    let outcome = DatabaseOutcome {
        unchecked: vec![
            entry("db/1.sql:12"),
            entry("db/other.sql"),
            entry("a question"),
        ],
        ..DatabaseOutcome::default()
    };
    let marks = database_marks(
        &outcome,
        &[change],
        &crate::model::MemorySnapshot::default(),
    );
    assert_eq!(
        marks,
        [Mark::open(
            "db/1.sql",
            Domain::Schema,
            Some(12),
            "not understood"
        )]
    );
}
