//! `stored-form/library-version`.

use super::{StoredCheck, StoredInput, StoredOutcome, build_stored_finding, cite_text_line};
use coverage::guard::{self, GuardToken, TokenKind, parse_number_literal};
use model::{CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Severity, check_cases};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/library-version",
    title: "A store on the user's device gets a newer version, and its library refuses an older one",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Versions that are handed to stores which refuse an older one by themselves: indexedDB.open and openDB, version of Dexie, @Database of Room, SQLiteOpenHelper, schemaVersion of Realm.",
    why: "Browsers and devices that ran the new release hold the newer version, and the store does not open with the older one.",
    action: "Keep the newer version number in what goes back, or tell the store to drop its data on the way down; what is on devices cannot be taken back.",
    example: "web/db.js: indexedDB.open(\"larder\", 4), and the previous release asks for 3.",
    source: "Indexed Database API: a version below the stored one is a VersionError; Room and SQLiteOpenHelper: a downgrade throws unless it is handled.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_library_version_rises,
};

/// A version that is handed to a store.
#[derive(Debug, PartialEq, Eq)]
struct OpenedStore {
    call: &'static str,
    version: u64,
    line: usize,
}

fn find_library_version_rises(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    for file in look
        .files
        .iter()
        .filter(|file| !file.vendored && !file.old.is_empty() && !file.new.is_empty())
    {
        if file.old.contains("fallbackToDestructiveMigration") || file.old.contains("onDowngrade") {
            continue;
        }
        let (old, new) = (
            list_opened_stores(&file.old_path, &file.old),
            list_opened_stores(&file.path, &file.new),
        );
        for call in [
            "indexedDB.open",
            "openDB",
            "Dexie.version",
            "@Database",
            "schemaVersion",
        ] {
            let highest = |all: &[OpenedStore]| {
                all.iter()
                    .filter(|one| one.call == call)
                    .max_by_key(|one| one.version)
                    .map(|one| (one.version, one.line))
            };
            let (Some((before, old_line)), Some((after, line))) = (highest(&old), highest(&new))
            else {
                continue;
            };
            if after <= before {
                continue;
            }
            let says = format!(
                "{call} goes from {before} to {after} ({}:{line}), and the store refuses {before} where {} has run ({}:{old_line})",
                file.path, look.range.current_version, file.old_path
            );
            let places = vec![
                cite_text_line(&file.path, line, &file.new),
                cite_text_line(&file.old_path, old_line, &file.old),
            ];
            outcome.findings.push(build_stored_finding(
                &DOC,
                Severity::Blocks,
                Confidence::Proven,
                &format!("{call} {after}"),
                &says,
                places,
            ));
        }
    }
}

fn list_opened_stores(path: &str, text: &str) -> Vec<OpenedStore> {
    let dexie = text.contains("Dexie");
    let realm = text.contains("Realm");
    let wanted = text.contains("indexedDB")
        || text.contains("openDB")
        || dexie
        || text.contains("@Database")
        || realm;
    let Some(language) = guard::find_language(path).filter(|_| wanted) else {
        return Vec::new();
    };
    let tokens = guard::cut_program_tokens(language, text);
    let mut found = Vec::new();
    for (at, token) in tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.kind == TokenKind::Word)
    {
        let is_call = tokens.get(at + 1).is_some_and(|next| next.is("("));
        let on = |name: &str| at > 1 && tokens[at - 1].is(".") && tokens[at - 2].is(name);
        let opens = match token.text {
            "open" if is_call && on("indexedDB") => {
                read_second_argument(&tokens, at + 1).map(|version| ("indexedDB.open", version))
            }
            "openDB" if is_call => {
                read_second_argument(&tokens, at + 1).map(|version| ("openDB", version))
            }
            "version" if is_call && dexie && at > 0 && tokens[at - 1].is(".") => tokens
                .get(at + 2)
                .and_then(|token| parse_number_literal(token.text))
                .map(|version| ("Dexie.version", version)),
            "version"
                if tokens.get(at + 1).is_some_and(|next| next.is("="))
                    && tokens[at.saturating_sub(40)..at]
                        .iter()
                        .any(|token| token.is("@Database")) =>
            {
                tokens
                    .get(at + 2)
                    .and_then(|token| parse_number_literal(token.text))
                    .map(|version| ("@Database", version))
            }
            "schemaVersion" if realm => tokens
                .get(at + 2)
                .filter(|_| {
                    is_call
                        || tokens
                            .get(at + 1)
                            .is_some_and(|next| next.is(":") || next.is("="))
                })
                .and_then(|token| parse_number_literal(token.text))
                .map(|version| ("schemaVersion", version)),
            _ => None,
        };
        found.extend(opens.map(|(call, version)| OpenedStore {
            call,
            version,
            line: token.line,
        }));
    }
    found
}

/// The second argument of the call at `open`, where it is a number.
fn read_second_argument(tokens: &[GuardToken<'_>], open: usize) -> Option<u64> {
    let comma = tokens
        .get(open..)?
        .iter()
        .take(20)
        .position(|token| token.is(","))?;
    tokens
        .get(open + comma + 1)
        .filter(|token| token.kind == TokenKind::Number)
        .and_then(|token| parse_number_literal(token.text))
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    (
        StoredFixture::of(
            "web/db.js",
            "const request = indexedDB.open('larder', 3)\n",
            "const request = indexedDB.open('larder', 4)\n",
        ),
        StoredFixture::of(
            "web/db.js",
            "const request = indexedDB.open('larder', 3)\n",
            "const db = indexedDB.open('larder', 3)\n",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;
    use super::*;

    #[test]
    fn stores_of_other_languages() {
        let of = |path, old, new| StoredFixture::of(path, old, new).of_check(DOC.id).0.len();
        assert_eq!(
            of(
                "Db.kt",
                "@Database(entities = [Jar::class], version = 3)\nabstract class Db",
                "@Database(entities = [Jar::class], version = 4)\nabstract class Db"
            ),
            1
        );
        assert_eq!(
            of(
                "db.ts",
                "const db = new Dexie('x');\ndb.version(1).stores({})",
                "const db = new Dexie('x');\ndb.version(1).stores({});\ndb.version(2).stores({})"
            ),
            1
        );
        assert_eq!(
            of(
                "Db.swift",
                "let c = Realm.Configuration(schemaVersion: 1)",
                "let c = Realm.Configuration(schemaVersion: 2)"
            ),
            1
        );
        assert_eq!(of("menu.ts", "menu.version(1)", "menu.version(2)"), 0);
    }
}
