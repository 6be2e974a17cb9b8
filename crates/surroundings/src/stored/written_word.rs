//! `stored-form/word-written`.

use std::collections::BTreeSet;

use super::types::TypeDef;
use super::{
    ChangedProgram, LIMIT, StoredCheck, StoredInput, StoredOutcome, build_stored_finding,
    cite_text_line,
};
use coverage::guard;
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, FileKind, FileStatus, Severity,
    check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/word-written",
    title: "A migration writes a word for which the previous release has no case",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Enumerations that get a case in the range, where a migration of the range turns words of the older cases into the word of the new one in rows that are there already.",
    why: "The previous release reads the column as that enumeration and ends with an error at every row that holds the new word.",
    action: "Write the older words back before the previous release starts (which row held which one has to be known from a backup where several became one), or give the previous release the new case first.",
    example: "migrations/084.swift sets license from 'compatible' to 'known', and License of the previous release has no case known.",
    source: "Codable, serde, Enum.valueOf, Enum.Parse, backed enums of PHP, Enum of Python: a word without a case is an error.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_written_words,
};

/// Most migrations of a range, and most words of one.
const MIGRATIONS: usize = 200;
const WORDS: usize = 2_000;

/// Words in quotes of a migration that rewrites rows.
struct WritingMigration {
    path: String,
    text: String,
    words: BTreeSet<String>,
}

fn find_written_words(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    // languages whose enumerations refuse a word of none by themselves
    let strict = |file: &&ChangedProgram| {
        let language = guard::find_language(&file.old_path).map(|language| language.name);
        matches!(
            language,
            Some("swift" | "rs" | "kt" | "java" | "cs" | "php" | "py" | "scala" | "dart")
        ) && !file.vendored
            && !file.old.is_empty()
            && !file.new.is_empty()
    };
    let mut migrations: Option<Vec<WritingMigration>> = None;
    for file in look.files.iter().filter(strict) {
        let (old, new) = (&file.old_digest().types, &file.new_digest().types);
        for before in old.iter().filter(|one| is_enumeration(one)) {
            let Some(after) = new.iter().find(|after| after.name == before.name) else {
                continue;
            };
            let (known, words) = (list_case_words(before), list_case_words(after));
            // without a case that came previous knows each word
            let fresh: Vec<&String> = words.difference(&known).collect();
            if fresh.is_empty() {
                continue;
            }
            let migrations = migrations.get_or_insert_with(|| list_writing_migrations(look));
            // the word alone may be of new rows; with an older one beside it rows were turned
            let written = migrations.iter().find_map(|migration| {
                let word = fresh.iter().find(|word| migration.words.contains(**word))?;
                let from = known.iter().find(|word| migration.words.contains(*word))?;
                Some((migration, *word, from))
            });
            if let Some((migration, word, from)) = written {
                report_written_word(look, file, before, (migration, word, from), outcome);
            }
        }
    }
}

fn is_enumeration(of: &TypeDef) -> bool {
    of.choice || of.head.contains("Enum)") || of.head.contains("Enum,")
}

/// Names of the cases, and the words that stand for them.
fn list_case_words(of: &TypeDef) -> BTreeSet<String> {
    let names = of.fields.iter().map(|(name, _)| name.clone());
    names
        .chain(list_quoted_words(&of.body))
        .take(WORDS)
        .collect()
}

/// Words in quotes: `'known'`, `"known"`, `'"known"'`.
fn list_quoted_words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut rest = line;
        while let Some(at) = rest.find(['\'', '"']) {
            let behind = &rest[at + 1..];
            let end = behind
                .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')))
                .unwrap_or(behind.len());
            let closed = behind[end..].starts_with(['\'', '"']);
            // `'a'` is a sign and no word
            if closed && end > 1 && found.len() < WORDS {
                found.push(behind[..end].to_owned());
            }
            rest = if closed { &behind[end..] } else { behind };
            if closed {
                rest = rest.get(1..).unwrap_or_default();
            }
        }
    }
    found
}

/// Migrations that are new in the range and rewrite rows.
fn list_writing_migrations(look: &StoredInput<'_>) -> Vec<WritingMigration> {
    let rewrites = |text: &str| {
        let lower = text.to_ascii_lowercase();
        ["update ", "update_all", "updatemany", ".update(", "update!"]
            .iter()
            .any(|word| lower.contains(word))
    };
    look.range
        .changes
        .iter()
        .filter(|change| {
            // a migration that ran before the range wrote what previous knows
            change.status == FileStatus::Added
                && (change.kind == FileKind::Database
                    || change.path.to_ascii_lowercase().contains("migration"))
        })
        .take(MIGRATIONS)
        .filter_map(|change| {
            let text = look.range.current.read_text(&change.path).ok()?;
            (text.len() <= LIMIT && rewrites(&text)).then(|| WritingMigration {
                path: change.path.clone(),
                words: list_quoted_words(&text).into_iter().collect(),
                text,
            })
        })
        .collect()
}

fn report_written_word(
    look: &StoredInput<'_>,
    file: &ChangedProgram,
    before: &TypeDef,
    (migration, word, from): (&WritingMigration, &str, &str),
    outcome: &mut StoredOutcome,
) {
    let line = migration
        .text
        .lines()
        .position(|line| list_quoted_words(line).iter().any(|own| own == word))
        .map_or(1, |index| index + 1);
    let says = format!(
        "{}:{line} writes {word} into rows that held {from}, and {} of {} has no case for it ({}:{}): each such row ends in an error there",
        migration.path, before.name, look.range.previous_version, file.old_path, before.line
    );
    outcome.findings.push(build_stored_finding(
        &DOC,
        Severity::Blocks,
        Confidence::Likely,
        &format!("{}.{word}", before.name),
        &says,
        vec![
            cite_text_line(&migration.path, line, &migration.text),
            cite_text_line(&file.old_path, before.line, &file.old),
        ],
    ));
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    let of = |last: &str| {
        let text =
            format!("enum Licence: String, Codable {{\n    case none\n    case {last}\n}}\n");
        &*text.leak()
    };
    (
        StoredFixture::of("Sources/Licence.swift", of("other"), of("known")).and(
            "migrations/084.sql",
            None,
            Some("UPDATE packages SET licence = 'known' WHERE licence = 'other';\n"),
        ),
        // the word stands in no row that was there
        StoredFixture::of("Sources/Licence.swift", of("other"), of("known")).and(
            "migrations/084.sql",
            None,
            Some("UPDATE packages SET title = 'other';\n"),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;
    use super::*;

    #[test]
    fn enumerations_of_other_languages_are_read() {
        for (path, old, new) in [
            (
                "app/Licence.php",
                "<?php enum Licence: string { case None = 'none'; case Other = 'other'; }",
                "<?php enum Licence: string { case None = 'none'; case Known = 'known'; }",
            ),
            (
                "licence.py",
                "class Licence(str, Enum):\n    NONE = \"none\"\n    OTHER = \"other\"\n",
                "class Licence(str, Enum):\n    NONE = \"none\"\n    KNOWN = \"known\"\n",
            ),
            (
                "Licence.java",
                "enum Licence { none, other }",
                "enum Licence { none, known }",
            ),
        ] {
            let migration = "UPDATE packages SET licence = 'known' WHERE licence IN ('other');\n";
            let (found, _) = StoredFixture::of(path, old, new)
                .and("db/migrations/7.sql", None, Some(migration))
                .of_check(DOC.id);
            assert_eq!(found.len(), 1, "{path}");
            let (found, _) = StoredFixture::of(path, old, new).of_check(DOC.id);
            assert!(found.is_empty(), "{path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_words(text in "\\PC{0,200}") {
            list_quoted_words(&text);
        }
    }
}
