//! What ran by the history of the database, and what is judged then.

use super::*;
use model::{HistoryScope, MigrationHistory, MigrationRecord, MigrationState};

pub fn history(scope: HistoryScope, records: &[(&str, MigrationState)]) -> MigrationHistory {
    MigrationHistory {
        file: "ran.txt".to_owned(),
        observed_at: None,
        tool: None,
        scope,
        incomplete: None,
        records: records
            .iter()
            .map(|(name, state)| {
                let (part, name) = match name.split_once('/') {
                    Some((part, name)) => (Some(part.to_owned()), name),
                    None => (None, *name),
                };
                MigrationRecord {
                    name: name.to_owned(),
                    version: None,
                    description: None,
                    part,
                    state: Some(*state),
                    at: None,
                    line: None,
                }
            })
            .collect(),
    }
}

pub fn assess_ran(
    previous: Files<'_>,
    current: Files<'_>,
    histories: &[MigrationHistory],
) -> DatabaseOutcome {
    let (old, new) = (
        MemorySnapshot::new(previous.iter().copied()),
        MemorySnapshot::new(current.iter().copied()),
    );
    let changes = old.changes_to(&new);
    check_database_with_histories(
        &ReleaseRange {
            previous: &old,
            current: &new,
            changes: &changes,
            config: &Config::default(),
            previous_version: "3.0.0",
            current_version: "3.1.0",
        },
        histories,
    )
}

use HistoryScope::{AppliedOnly, Every, PendingOnly, UpTo};
use MigrationState::{Applied, Failed, Pending};

pub const JARS: &str = "CREATE TABLE jars (id int PRIMARY KEY, label text NOT NULL);\n";
pub const DROP: &str = "ALTER TABLE jars DROP COLUMN label;\n";
pub const NOTE: &str = "ALTER TABLE jars ADD COLUMN note text;\n";
pub const READS: &str = "def all(db):\n    return db.execute('SELECT id, label FROM jars')\n";

/// A migration that takes a column away which the previous release reads, with what the histories
/// say of it.
pub fn judge(folder: &str, names: [&str; 3], histories: &[MigrationHistory]) -> DatabaseOutcome {
    let paths = names.map(|name| format!("{folder}/{name}"));
    let old = [(paths[0].as_str(), JARS), ("app.py", READS)];
    let new = [
        (paths[0].as_str(), JARS),
        ("app.py", READS),
        (paths[1].as_str(), NOTE),
        (paths[2].as_str(), DROP),
    ];
    assess_ran(&old, &new, histories)
}

/// The previous release, what the range adds, and whether what ran is known by a history.
pub struct RanCase<'a> {
    pub about: &'a str,
    pub old: &'a [(&'a str, &'a str)],
    pub added: &'a [(&'a str, &'a str)],
    pub history: MigrationHistory,
    pub applied: Option<&'a str>,
}

pub fn check_ran_case(case: &RanCase<'_>) {
    let reads = [("app.py", READS)];
    let old: Vec<(&str, &str)> = case.old.iter().chain(&reads).copied().collect();
    let new: Vec<(&str, &str)> = old.iter().chain(case.added).copied().collect();
    let outcome = assess_ran(&old, &new, std::slice::from_ref(&case.history));
    assert_eq!(
        value(&outcome, "range.applied"),
        case.applied,
        "{}: {:?}",
        case.about,
        outcome.unchecked
    );
    let safe = value(&outcome, "database.old_code") == Some("safe");
    assert_eq!(safe, case.applied == Some("none"), "{}", case.about);
    if case.applied.is_none() {
        let says = outcome.unchecked.iter().any(|open| open.what == "ran.txt");
        assert!(says, "{}: {:?}", case.about, outcome.unchecked);
    }
}

pub const GOOSE: [&str; 3] = ["00001_jars.sql", "00002_note.sql", "00003_drop.sql"];
pub const DATED: [&str; 3] = [
    "20260101000000_jars.sql",
    "20260201000000_note.sql",
    "20260301000000_drop.sql",
];

#[test]
fn what_did_not_run_changes_nothing() {
    let breaks = judge("db/migrations", DATED, &[]);
    assert_eq!(value(&breaks, "database.old_code"), Some("breaks-reads"));
    assert_eq!(value(&breaks, "range.applied"), None);
    for (scope, records, schema, applied) in [
        // listed as pending
        (
            Every,
            vec![
                ("20260101000000_jars.sql", Applied),
                ("20260201000000_note.sql", Applied),
                ("20260301000000_drop.sql", Pending),
            ],
            "additive",
            "some",
        ),
        // by version alone, as Rails prints it
        (
            Every,
            vec![("20260201000000", Pending), ("20260301000000", Pending)],
            "none",
            "none",
        ),
        // not in the table, though an older one is
        (
            AppliedOnly,
            vec![("20260101000000", Applied)],
            "none",
            "none",
        ),
        (
            AppliedOnly,
            vec![
                ("20260101000000", Applied),
                ("20260201000000", Applied),
                ("20260301000000", Applied),
            ],
            "destructive",
            "all",
        ),
        (
            PendingOnly,
            vec![("20260301000000_drop", Pending)],
            "additive",
            "some",
        ),
        // taken back once and run again, in any order
        (
            AppliedOnly,
            vec![
                ("20260101000000", Applied),
                ("20260201000000", Applied),
                ("20260301000000", Applied),
                ("20260301000000", Pending),
            ],
            "destructive",
            "all",
        ),
        (UpTo, vec![("20260201000000", Applied)], "additive", "some"),
        (UpTo, vec![("20260101000000", Applied)], "none", "none"),
    ] {
        let outcome = judge("db/migrations", DATED, &[history(scope, &records)]);
        assert_eq!(
            value(&outcome, "database.schema"),
            Some(schema),
            "{scope:?} {records:?}"
        );
        assert_eq!(
            value(&outcome, "range.applied"),
            Some(applied),
            "{scope:?} {records:?}"
        );
        let told = outcome
            .findings
            .iter()
            .filter(|finding| finding.check == checks::WHAT_RAN.doc.id)
            .count();
        assert_eq!(told, 1, "{scope:?} {records:?}");
        let safe = schema != "destructive";
        assert_eq!(
            value(&outcome, "database.old_code") == Some("safe"),
            safe,
            "{scope:?} {records:?}"
        );
    }
}

#[test]
fn what_says_nothing_of_the_range_leaves_it_judged() {
    for (scope, records) in [
        (AppliedOnly, vec![("20250101000000_other", Applied)]),
        (AppliedOnly, vec![]),
        (UpTo, vec![("d7c6efd2de42", Applied)]),
        // cut before the newest of the previous release, or one that is further back
        (UpTo, vec![("20250101000000", Applied)]),
        // one that lists both kinds, and not these
        (Every, vec![("20260101000000", Applied)]),
        (PendingOnly, vec![]),
    ] {
        let outcome = judge("db/migrations", DATED, &[history(scope, &records)]);
        assert_eq!(
            value(&outcome, "database.old_code"),
            Some("breaks-reads"),
            "{scope:?} {records:?}"
        );
        assert_eq!(
            value(&outcome, "range.applied"),
            None,
            "{scope:?} {records:?}"
        );
    }
}

#[test]
fn a_migration_that_failed_is_judged_and_told() {
    let outcome = judge(
        "db/migrations",
        DATED,
        &[history(UpTo, &[("20260301000000", Failed)])],
    );
    assert_eq!(value(&outcome, "database.old_code"), Some("breaks-reads"));
    assert_eq!(value(&outcome, "range.applied"), Some("some"));
    assert!(outcome.findings.iter().any(|finding| {
        finding.check == checks::WHAT_RAN.doc.id
            && finding.severity == Severity::Warns
            && finding.says.as_raw().contains("failed")
    }));
    assert!(
        outcome
            .unchecked
            .iter()
            .any(|open| open.why.as_raw().contains("failed"))
    );
}

#[test]
fn a_small_number_that_fits_two_databases_says_nothing() {
    let old = [
        ("shop/migrations/00001_jars.sql", JARS),
        ("stock/migrations/00001_jars.sql", JARS),
        ("app.py", READS),
    ];
    let new = [
        ("shop/migrations/00001_jars.sql", JARS),
        ("stock/migrations/00001_jars.sql", JARS),
        ("app.py", READS),
        ("shop/migrations/00002_drop.sql", DROP),
        ("stock/migrations/00002_note.sql", NOTE),
    ];
    let outcome = assess_ran(&old, &new, &[history(UpTo, &[("1", Applied)])]);
    assert_eq!(value(&outcome, "database.old_code"), Some("breaks-reads"));
    assert!(
        outcome
            .unchecked
            .iter()
            .any(|open| open.what == "ran.txt" && open.why.as_raw().contains("several databases"))
    );
    // a name says which
    let named = history(
        Every,
        &[("00002_drop.sql", Pending), ("00001_jars.sql", Applied)],
    );
    let outcome = assess_ran(&old, &new, &[named]);
    assert_eq!(value(&outcome, "database.old_code"), Some("safe"));
    // one database alone is known by its number too
    let alone = judge("db/migrations", GOOSE, &[history(UpTo, &[("2", Applied)])]);
    assert_eq!(value(&alone, "database.schema"), Some("additive"));
}

#[test]
fn frameworks_are_known_by_their_own_names() {
    let django = |app: &str, body: &str| {
        format!(
            "from django.db import migrations, models\n\nclass Migration(migrations.Migration):\n    dependencies = [('{app}', '0001_initial')]\n    operations = [{body}]\n"
        )
    };
    let (first, second) = (
        django(
            "shop",
            "migrations.CreateModel(name='Jar', fields=[('id', models.AutoField(primary_key=True)), ('label', models.TextField())])",
        ),
        django("shop", "migrations.RemoveField('jar', 'label')"),
    );
    let code = "from django.db import models\n\nclass Jar(models.Model):\n    label = models.TextField()\n";
    let old = [
        ("shop/migrations/0001_initial.py", first.as_str()),
        ("shop/models.py", code),
    ];
    let new = [
        ("shop/migrations/0001_initial.py", first.as_str()),
        ("shop/migrations/0002_drop.py", second.as_str()),
        ("shop/models.py", code),
    ];
    let pending = history(
        Every,
        &[("shop/0001_initial", Applied), ("shop/0002_drop", Pending)],
    );
    let outcome = assess_ran(&old, &new, &[pending]);
    assert_eq!(value(&outcome, "range.applied"), Some("none"));
    // the same name in another app
    let other = history(Every, &[("users/0002_drop", Pending)]);
    let outcome = assess_ran(&old, &new, &[other]);
    assert_eq!(value(&outcome, "range.applied"), None);

    let alembic = |revision: &str, down: &str, body: &str| {
        format!(
            "from alembic import op\nimport sqlalchemy as sa\n\nrevision = '{revision}'\ndown_revision = {down}\n\ndef upgrade():\n    {body}\n\ndef downgrade():\n    pass\n"
        )
    };
    let (a, b, c) = (
        alembic(
            "aaaa11112222",
            "None",
            "op.create_table('jars', sa.Column('id', sa.Integer()), sa.Column('label', sa.Text()))",
        ),
        alembic(
            "bbbb11112222",
            "'aaaa11112222'",
            "op.add_column('jars', sa.Column('note', sa.Text()))",
        ),
        alembic(
            "cccc11112222",
            "'bbbb11112222'",
            "op.drop_column('jars', 'label')",
        ),
    );
    let old = [("alembic/versions/first.py", a.as_str()), ("app.py", READS)];
    let new = [
        ("alembic/versions/first.py", a.as_str()),
        ("alembic/versions/note.py", b.as_str()),
        ("alembic/versions/drop.py", c.as_str()),
        ("app.py", READS),
    ];
    for (head, schema) in [
        ("aaaa11112222", "none"),
        ("bbbb11112222", "additive"),
        ("cccc11112222", "destructive"),
    ] {
        let outcome = assess_ran(&old, &new, &[history(UpTo, &[(head, Applied)])]);
        assert_eq!(value(&outcome, "database.schema"), Some(schema), "{head}");
    }
}

#[test]
fn a_table_that_was_cut_or_is_of_one_part_says_nothing_of_the_rest() {
    let old = [
        ("db/migrations/20260101000000_jars.sql", JARS),
        ("db/migrations/20260102000000_note.sql", NOTE),
        ("app.py", READS),
    ];
    let new = [
        ("db/migrations/20260101000000_jars.sql", JARS),
        ("db/migrations/20260102000000_note.sql", NOTE),
        ("app.py", READS),
        ("db/migrations/20260301000000_drop.sql", DROP),
    ];
    let cut = history(AppliedOnly, &[("20260101000000", Applied)]);
    let outcome = assess_ran(&old, &new, &[cut]);
    assert_eq!(value(&outcome, "database.old_code"), Some("breaks-reads"));
    assert!(
        outcome
            .unchecked
            .iter()
            .any(|open| open.what == "ran.txt" && open.why.as_raw().contains("cut")),
        "{:?}",
        outcome.unchecked
    );
    let whole = history(
        AppliedOnly,
        &[("20260101000000", Applied), ("20260102000000", Applied)],
    );
    let outcome = assess_ran(&old, &new, &[whole]);
    assert_eq!(value(&outcome, "database.old_code"), Some("safe"));
}
