//! `stored-form/library-version`.

use std::collections::BTreeMap;

use super::{
    ChangedProgram, LIMIT, StoredCheck, StoredInput, StoredOutcome, build_stored_finding,
    cite_text_line,
};
use coverage::guard::{self, GuardToken, TokenKind, parse_number_literal};
use coverage::place::{FileRole, classify_path_place};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, FileKind, Severity, Snapshot,
    check_cases,
};

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
    /// What the call names the store by: its first argument, or the object it is called on.
    store: Option<String>,
    version: u64,
    line: usize,
}

fn find_library_version_rises(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    for file in look
        .files
        .iter()
        .filter(|file| !file.vendored && !file.old.is_empty() && !file.new.is_empty())
    {
        // with a handler for the way down the store opens, and drops or converts its data
        if file.old.contains("fallbackToDestructiveMigration") || file.old.contains("onDowngrade") {
            continue;
        }
        let (old, new) = (
            list_opened_stores(&file.old_path, &file.old, &|name| {
                find_constant_number(look.range.previous, &file.old, name)
            }),
            list_opened_stores(&file.path, &file.new, &|name| {
                find_constant_number(look.range.current, &file.new, name)
            }),
        );
        compare_opened_stores(
            look,
            (&file.old_path, &file.old, &old),
            (&file.path, &file.new, &new),
            outcome,
        );
    }
    // a page with a script is no file of a language, and its store refuses all the same
    compare_inline_scripts(look, outcome);
    for (path, text) in list_openers_of_constants(look) {
        let of = |tree: &dyn Snapshot| {
            list_opened_stores(&path, &text, &|name| {
                find_constant_number(tree, &text, name)
            })
        };
        let (old, new) = (of(look.range.previous), of(look.range.current));
        compare_opened_stores(look, (&path, &text, &old), (&path, &text, &new), outcome);
    }
}

/// Scripts that stand inside of a page: of these the lines that open a store are read.
fn compare_inline_scripts(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    // pages of the web, and templates that make them
    const PAGES: [&str; 9] = [
        ".html", ".htm", ".erb", ".ejs", ".hbs", ".twig", ".jinja", ".cshtml", ".jsp",
    ];
    let is_page = |path: &str| PAGES.iter().any(|end| path.ends_with(end));
    for change in look.range.changes.iter().filter(|change| {
        is_page(&change.path)
            && !matches!(change.kind, FileKind::Test | FileKind::Documentation)
            && classify_path_place(&change.path) == FileRole::Live
    }) {
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        let read = |tree: &dyn Snapshot, path: &str| {
            let text = tree.read_text(path).ok()?;
            // most pages open no store, and those that do name it by this word
            (text.len() <= LIMIT && text.contains("indexedDB")).then_some(text)
        };
        let (Some(old), Some(new)) = (
            read(look.range.previous, old_path),
            read(look.range.current, &change.path),
        ) else {
            continue;
        };
        // every other line is left empty, so that numbers of lines stay
        let opened = |text: &str| {
            let lines: Vec<&str> = text
                .lines()
                .map(|line| {
                    if line.contains("indexedDB.open") {
                        line
                    } else {
                        ""
                    }
                })
                .collect();
            // names of a page are not known here, so only numbers are read
            list_opened_stores("page.js", &lines.join("\n"), &|_| None)
        };
        let (before, after) = (opened(&old), opened(&new));
        compare_opened_stores(
            look,
            (old_path, &old, &before),
            (&change.path, &new, &after),
            outcome,
        );
    }
}

/// Version and line by call and store, and by call alone for all of its stores together.
type HighestVersions = BTreeMap<(&'static str, Option<String>), (u64, usize)>;

fn find_highest_versions(all: &[OpenedStore]) -> HighestVersions {
    let mut found = HighestVersions::new();
    for one in all {
        for store in [None, one.store.clone()] {
            let made = (one.version, one.line);
            let known = found.entry((one.call, store)).or_insert(made);
            // a library opens one store in steps, so the highest step is the version
            if made.0 > known.0 {
                *known = made;
            }
        }
    }
    found
}

/// Stores that are opened with a higher version than before.
fn compare_opened_stores(
    look: &StoredInput<'_>,
    (old_path, old_text, old): (&str, &str, &[OpenedStore]),
    (path, text, new): (&str, &str, &[OpenedStore]),
    outcome: &mut StoredOutcome,
) {
    let (was, is) = (find_highest_versions(old), find_highest_versions(new));
    for call in [
        "indexedDB.open",
        "openDB",
        "Dexie.version",
        "@Database",
        "schemaVersion",
    ] {
        let pairs = || {
            is.iter()
                .filter(|((of, _), _)| *of == call)
                .filter_map(|(store, after)| Some((*was.get(store)?, *after)))
        };
        // one with a higher number must not hide another that rises; one that is named anew is
        // judged by the highest of all. The same or a lower version is accepted by what previous
        // asks for
        let Some(((before, old_line), (after, line))) =
            pairs().find(|((before, _), (after, _))| after > before)
        else {
            continue;
        };
        let says = format!(
            "{call} goes from {before} to {after} ({}:{line}), and the store refuses {before} where {} has run ({}:{old_line})",
            path, look.range.current_version, old_path
        );
        let places = vec![
            cite_text_line(path, line, text),
            cite_text_line(old_path, old_line, old_text),
        ];
        outcome.findings.push(build_stored_finding(
            &DOC,
            // the store itself refuses, so no reader has to be found
            Severity::Blocks,
            Confidence::Proven,
            &format!("{call} {after}"),
            &says,
            places,
        ));
    }
}

/// Whether the version of some store rises in a file.
pub(super) fn raises_store(file: &ChangedProgram) -> bool {
    let stated = |_: &str| None;
    let old = list_opened_stores(&file.old_path, &file.old, &stated);
    let new = list_opened_stores(&file.path, &file.new, &stated);
    let was = find_highest_versions(&old);
    find_highest_versions(&new)
        .iter()
        .any(|(store, after)| was.get(store).is_some_and(|before| after.0 > before.0))
}

/// The number that a name is given: in the text itself, else anywhere in the program text of its
/// release, where one place alone gives it one.
fn find_constant_number(tree: &dyn Snapshot, text: &str, name: &str) -> Option<u64> {
    let given = |line: &str| {
        let (left, right) = line.split_once('=').or_else(|| line.split_once(':'))?;
        let own = left
            .trim_end()
            .rsplit(|c: char| !(c.is_alphanumeric() || c == '_'))
            .next()?;
        let digits = right.trim().trim_end_matches([';', ',']);
        (own == name)
            .then(|| parse_number_literal(digits))
            .flatten()
    };
    // the own file says it first, as a name may mean another number elsewhere
    if let Some(number) = text
        .lines()
        .filter(|line| line.contains(name))
        .find_map(given)
    {
        return Some(number);
    }
    let program = |path: &str| {
        guard::find_language(path).is_some() && classify_path_place(path) == FileRole::Live
    };
    let (hits, _) = tree.search_many(&[name.to_owned()], false, PLACES, &program);
    let mut numbers: Vec<u64> = hits.iter().filter_map(|hit| given(&hit.text)).collect();
    numbers.dedup();
    // two places with two numbers do not tell which of them is meant
    match numbers[..] {
        [number] => Some(number),
        _ => None,
    }
}

/// Most places of a name.
const PLACES: usize = 20;

/// Files that open a store with a constant of another file: that one changed, and they did not.
fn list_openers_of_constants(look: &StoredInput<'_>) -> Vec<(String, String)> {
    let mut names: Vec<String> = Vec::new();
    for file in look.files.iter().filter(|file| {
        // stores of browsers are opened by scripts alone
        guard::find_language(&file.path).is_some_and(|language| language.name == "js")
            && !file.old.is_empty()
            && !file.new.is_empty()
    }) {
        let old = &file.old_digest().constants;
        for now in &file.new_digest().constants {
            let was = old.iter().find(|was| was.name == now.name);
            if was.is_some_and(|was| was.value != now.value) && names.len() < PLACES {
                names.push(now.name.clone());
            }
        }
    }
    if names.is_empty() {
        return Vec::new();
    }
    let program = |path: &str| {
        guard::find_language(path).is_some() && classify_path_place(path) == FileRole::Live
    };
    // the constant moved in its own file, and whoever opens the store did not change
    let (hits, _) = look
        .range
        .current
        .search_many(&names, false, PLACES, &program);
    let mut paths: Vec<String> = hits
        .into_iter()
        .filter(|hit| hit.text.contains("indexedDB.open") || hit.text.contains("openDB"))
        .map(|hit| hit.path)
        .filter(|path| !look.files.iter().any(|file| file.path == *path))
        .collect();
    paths.dedup();
    let read = |path: String| {
        let text = look.range.current.read_text(&path).ok()?;
        (text.len() <= LIMIT).then_some((path, text))
    };
    paths.into_iter().filter_map(read).collect()
}

fn list_opened_stores(
    path: &str,
    text: &str,
    constants: &dyn Fn(&str) -> Option<u64>,
) -> Vec<OpenedStore> {
    // one look at the words before the text is cut into tokens
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
        let open = find_call_opening(&tokens, at);
        let is_call = open.is_some();
        let open = open.unwrap_or(at + 1);
        let on = |name: &str| at > 1 && tokens[at - 1].is(".") && tokens[at - 2].is(name);
        let opens = match token.text {
            "open" if is_call && on("indexedDB") => read_second_argument(&tokens, open, constants)
                .map(|version| ("indexedDB.open", version)),
            // `openDB` of idb takes the version as its second argument, as `indexedDB.open` does
            "openDB" if is_call => {
                read_second_argument(&tokens, open, constants).map(|version| ("openDB", version))
            }
            // `db.version(4).stores(..)` of Dexie; any other object may have a `version()` too
            "version" if is_call && dexie && at > 0 && tokens[at - 1].is(".") => tokens
                .get(at + 2)
                .and_then(|token| parse_number_literal(token.text))
                .map(|version| ("Dexie.version", version)),
            "version"
                if tokens.get(at + 1).is_some_and(|next| next.is("="))
                    && tokens[at.saturating_sub(40)..at]
                        .iter()
                        // the annotation may hold its entities before the version
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
        let store = match token.text {
            "open" | "openDB" => tokens.get(open + 1),
            "version" => at.checked_sub(2).and_then(|before| tokens.get(before)),
            _ => None,
        };
        found.extend(opens.map(|(call, version)| {
            OpenedStore {
                call,
                store: store
                    .filter(|token| call != "@Database" && !token.is(")"))
                    .map(|token| token.text.trim_matches(['"', '\'', '`']).to_owned()),
                version,
                line: token.line,
            }
        }));
    }
    found
}

/// The bracket of a call of the name at `at`, behind types in angles: `openDB<Shop>(`.
fn find_call_opening(tokens: &[GuardToken<'_>], at: usize) -> Option<usize> {
    if !tokens.get(at + 1)?.is("<") {
        return tokens
            .get(at + 1)
            .filter(|next| next.is("("))
            .map(|_| at + 1);
    }
    let mut depth = 0_i32;
    // types in angles are few; beyond them it is a comparison
    let length = tokens[at + 1..].iter().take(40).position(|token| {
        depth += i32::from(token.is("<")) - i32::from(token.is(">"));
        depth == 0
    })?;
    let open = at + 2 + length;
    tokens.get(open).filter(|next| next.is("(")).map(|_| open)
}

/// The second argument of the call at `open`: a number, or a name whose number is known.
fn read_second_argument(
    tokens: &[GuardToken<'_>],
    open: usize,
    constants: &dyn Fn(&str) -> Option<u64>,
) -> Option<u64> {
    let comma = tokens
        .get(open..)?
        .iter()
        .take(20)
        .position(|token| token.is(","))?;
    let value = tokens.get(open + comma + 1)?;
    // `settings.DB_VERSION` gives the last name
    let value = match tokens.get(open + comma + 2) {
        Some(dot) if dot.is(".") => tokens.get(open + comma + 3)?,
        _ => value,
    };
    match value.kind {
        TokenKind::Number => parse_number_literal(value.text),
        TokenKind::Word => constants(value.text),
        _ => None,
    }
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
    fn a_version_that_stands_in_another_file_is_met_where_the_store_is_opened() {
        let opener = Some(
            "import { DB_VERSION } from './settings.js';\nconst request = indexedDB.open('stock', DB_VERSION);\n",
        );
        let of = |old, new| {
            StoredFixture::of("public/settings.js", old, new)
                .and("public/store.js", opener, opener)
                .of_check(DOC.id)
                .0
        };
        let found = of(
            "export const DB_VERSION = 3;\n",
            "export const DB_VERSION = 4;\n",
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            of(
                "export const API_VERSION = 3;\n",
                "export const API_VERSION = 4;\n"
            )
            .is_empty()
        );
    }

    #[test]
    fn a_store_with_a_higher_number_hides_no_other_that_rises() {
        let of = |path, old, new| StoredFixture::of(path, old, new).of_check(DOC.id).0.len();
        let two = "indexedDB.open('jars', 9);\nindexedDB.open('lids', 3);\n";
        let risen = "indexedDB.open('jars', 9);\nindexedDB.open('lids', 4);\n";
        assert_eq!(of("web/db.js", two, risen), 1);
        assert_eq!(
            of(
                "web/db.js",
                two,
                "indexedDB.open('jars', 9)\nindexedDB.open('lids', 3)\n"
            ),
            0
        );
        let dexie = "const a = new Dexie('a');\na.version(9).stores({});\nb.version(1).stores({});";
        assert_eq!(
            of(
                "db.ts",
                dexie,
                "const a = new Dexie('a');\na.version(9).stores({});\nb.version(2).stores({});"
            ),
            1
        );
    }

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
        assert_eq!(
            of(
                "static/index.html",
                "<h1>It's here</h1>\n<script>\n  const request = indexedDB.open('notes', 3);\n</script>\n",
                "<h1>It's there</h1>\n<script>\n  const request = indexedDB.open('notes', 4);\n</script>\n"
            ),
            1
        );
        assert_eq!(of("menu.ts", "menu.version(1)", "menu.version(2)"), 0);
        assert_eq!(
            of(
                "src/db.ts",
                "export const db = openDB<Shop>('stock', 3, {});\n",
                "export const db = openDB<Shop>('stock', 4, {});\n"
            ),
            1
        );
    }
}
