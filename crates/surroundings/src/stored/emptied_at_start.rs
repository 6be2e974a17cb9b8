//! `stored-form/emptied-at-start`.

use super::{StoredCheck, StoredInput, StoredOutcome, build_stored_finding};
use coverage::place::{FileRole, classify_path_place};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, FileKind, Severity,
    check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/emptied-at-start",
    title: "The previous release drops data by itself when it meets a newer schema",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Options of the previous release by which it drops its tables or runs the stored ways down where the schema is newer than it knows, with a schema that changes in the range: fallbackToDestructiveMigration of Room, autoApplyDowns of Play, eraseDatabaseOnSchemaChange of GRDB, onDatabaseDowngradeDelete of sqflite, deleteRealmIfMigrationNeeded of Realm.",
    why: "Nothing refuses: the previous release starts, and what was stored is gone.",
    action: "Back up or copy what is stored before the previous release starts, or switch the option off in what goes back.",
    example: "conf/application.conf: play.evolutions.autoApplyDowns=true, and 2.sql adds a column in the range.",
    source: "Documentation of Room (fallbackToDestructiveMigration), Play (evolutions), GRDB, sqflite and Realm.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_emptying_options,
};

/// An option, what its line must hold beside it, and what the program does then.
const OPTIONS: [(&str, &str, &str); 5] = [
    // the sign behind the word tells the option from a mention of it
    (
        "fallbackToDestructiveMigration",
        "(",
        "drops all tables of its database",
    ),
    (
        "autoApplyDowns",
        "true",
        "runs the ways down that the newer release stored, and drops what they drop",
    ),
    ("eraseDatabaseOnSchemaChange", "true", "erases its database"),
    ("onDatabaseDowngradeDelete", "", "deletes its database"),
    ("deleteRealmIfMigrationNeeded", "", "deletes its database"),
];

fn find_emptying_options(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    let range = look.range;
    // as long as the schema stays, the option is never used
    let Some(changes) = find_schema_change(look) else {
        return;
    };
    let words: Vec<String> = OPTIONS
        .iter()
        .map(|(word, ..)| (*word).to_owned())
        .collect();
    let live = |path: &str| classify_path_place(path) == FileRole::Live;
    // an option may stand in settings as well as in program text
    let (hits, _) = range.previous.search_many(&words, false, 4, &live);
    for (number, (word, with, does)) in OPTIONS.iter().enumerate() {
        let hit = hits.iter().find(|hit| {
            let line = hit.text.trim_start();
            let remark = ["//", "#", "*", "--"]
                .iter()
                .any(|sign| line.starts_with(sign));
            hit.word == number && !remark && line.contains(with)
        });
        let Some(hit) = hit else { continue };
        let says = format!(
            "{} has {word} ({}:{}): it starts on a schema that is newer than it knows and {does}; the schema changes in this range ({changes})",
            range.previous_version, hit.path, hit.line
        );
        let places = vec![Evidence::at(&hit.path, hit.line).with_excerpt(hit.text.trim())];
        outcome.findings.push(build_stored_finding(
            &DOC,
            // the schema of the range may be that of another store, so it is likely and no more
            Severity::Warns,
            Confidence::Likely,
            word,
            &says,
            places,
        ));
    }
}

/// A file of the range by which the schema changes: a migration, or the number of a store.
fn find_schema_change(look: &StoredInput<'_>) -> Option<String> {
    let live = |path: &str| classify_path_place(path) == FileRole::Live;
    // a migration first: it is the plainest sign
    let migration = (look.range.changes.iter())
        .find(|change| change.kind == FileKind::Database && live(&change.path));
    migration
        .map(|change| change.path.clone())
        .or_else(|| {
            let raised = look
                .files
                .iter()
                .find(|file| !file.old.is_empty() && super::library_version::raises_store(file));
            raised.map(|file| file.path.clone())
        })
        // its own reader of guards takes no Dart apart, and a newer file is not refused there
        .or_else(|| find_raised_sqflite(look))
}

/// A file of Dart in which the version of a store of sqflite rises. It opens a newer file without
/// a word, so that this is no guard, but what it does then is asked of the option.
fn find_raised_sqflite(look: &StoredInput<'_>) -> Option<String> {
    let versions = |text: &str| -> Vec<u64> {
        let numbers = text.lines().filter_map(|line| {
            let lower = line.to_ascii_lowercase();
            let behind = lower.split_once("version")?.1;
            let number = behind.trim_start().strip_prefix([':', '='])?.trim_start();
            let end = number
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(number.len());
            number[..end].parse().ok()
        });
        numbers.take(100).collect()
    };
    let dart = look.range.changes.iter().filter(|change| {
        change.path.ends_with(".dart") && classify_path_place(&change.path) == FileRole::Live
    });
    dart.take(200)
        .find(|change| {
            let old_path = change.old_path.as_deref().unwrap_or(&change.path);
            let (Ok(old), Ok(new)) = (
                look.range.previous.read_text(old_path),
                look.range.current.read_text(&change.path),
            ) else {
                return false;
            };
            let opens = ["openDatabase(", "sqflite", "OpenDatabaseOptions"];
            let (before, after) = (versions(&old), versions(&new));
            opens.iter().any(|word| new.contains(word))
                && before.len() == after.len()
                && before.iter().zip(&after).any(|(was, is)| is > was)
        })
        .map(|change| change.path.clone())
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    let old = "@Database(entities = [Page::class], version = 3)\nabstract class Diary : RoomDatabase() {\n  fun open() = builder.fallbackToDestructiveMigrationOnDowngrade().build()\n}\n";
    (
        StoredFixture::of(
            "app/Diary.kt",
            old,
            "@Database(entities = [Page::class], version = 4)\nabstract class Diary : RoomDatabase() {\n  fun open() = builder.fallbackToDestructiveMigrationOnDowngrade().build()\n}\n",
        ),
        StoredFixture::of(
            "app/Diary.kt",
            old,
            "@Database(entities = [Page::class], version = 3)\nabstract class Diary : RoomDatabase() {\n  fun open() = builder.fallbackToDestructiveMigrationOnDowngrade().build() // same\n}\n",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;

    #[test]
    fn sqflite_deletes_only_where_its_version_rises() {
        let old = "final db = openDatabase('a.db', version: 2,\n  onDowngrade: onDatabaseDowngradeDelete);\n";
        for (new, told) in [
            (
                "final db = openDatabase('a.db', version: 3,\n  onDowngrade: onDatabaseDowngradeDelete);\n",
                1,
            ),
            (
                "final db = openDatabase('b.db', version: 2,\n  onDowngrade: onDatabaseDowngradeDelete);\n",
                0,
            ),
        ] {
            let found = StoredFixture::of("lib/db.dart", old, new)
                .of_check("stored-form/emptied-at-start")
                .0;
            assert_eq!(found.len(), told, "{new}");
        }
    }

    #[test]
    fn a_remark_and_an_option_that_is_off_drop_nothing() {
        for (options, told) in [
            ("play.evolutions.autoApplyDowns = true\n", true),
            ("play.evolutions.autoApplyDowns = false\n", false),
            ("# play.evolutions.autoApplyDowns = true\n", false),
        ] {
            let store = (
                "app/Diary.kt",
                Some("@Database(entities = [Page::class], version = 3)\nclass A\n"),
                Some("@Database(entities = [Page::class], version = 4)\nclass A\n"),
            );
            let fixture = StoredFixture(vec![
                store,
                ("conf/application.conf", Some(options), Some(options)),
            ]);
            let (found, _) = fixture.of_check("stored-form/emptied-at-start");
            assert_eq!(!found.is_empty(), told, "{options}");
        }
    }
}
