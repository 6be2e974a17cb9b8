//! What a rehearsal on a real database runs: the migrations of a range as their tool would run them,
//! and the statements of the old program.

use std::collections::{BTreeMap, HashSet};

use crate::dialect::{Dialect, DialectSigns};
use crate::layout::{self, Manifest, recognise_migration};
use crate::mapped_statements::list_mapped_statements;
use crate::migration_file::{MatchedMigration, MigrationFile, MigrationLanguage};
use crate::set::{guess_set_dialect, list_earlier_migrations};
use crate::sql;
use crate::sql_sections::{SqlSection, cut_sql_sections};
use crate::tool::declaration::DownStyle;
use crate::tool::find_tool;
use coverage::ReleaseRange;
use coverage::ledger::{is_live, is_vendored};
use model::{Framework, MigrationChange, Snapshot, Unchecked};

/// Most statements of the old program that are given.
const STATEMENTS: usize = 5000;

/// Longest statement of the old program, in bytes.
const STATEMENT: usize = 20_000;

/// Most bytes of program text that are searched for statements.
const SEARCHED: usize = 256 * 1024 * 1024;

/// Most bytes of migrations that are given.
const MIGRATIONS: usize = 64 * 1024 * 1024;

/// A statement and the line it begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedStatement {
    /// Line of its file, from 1.
    pub line: usize,
    /// Its text, without the sign that ends it.
    pub text: String,
}

/// A migration as statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RehearsedMigration {
    /// Its file.
    pub path: String,
    /// The way up.
    pub up: Vec<PlacedStatement>,
    /// The file of the way down, and its statements; `None` where there is none.
    pub down: Option<(String, Vec<PlacedStatement>)>,
    /// It says of itself that it does not run in a transaction.
    pub alone: bool,
}

/// Migrations of one database, in the order of their tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RehearsedSet {
    /// Its name: a folder, or the tool's own.
    pub set: String,
    /// Its tool.
    pub framework: Framework,
    /// Its database.
    pub dialect: Dialect,
    /// Those that previous has.
    pub before: Vec<RehearsedMigration>,
    /// Those that current runs beside them.
    pub range: Vec<RehearsedMigration>,
    /// A file that is no SQL, where there is one: only the tool itself can run the set.
    pub not_sql: Option<String>,
}

/// A statement of the old program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldStatement {
    /// Its file.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
}

/// What was found of the old program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OldStatements {
    /// Statements, each text once.
    pub statements: Vec<OldStatement>,
    /// Texts that are put together while the program runs, and so are no statements yet.
    pub put_together: usize,
    /// Statements beyond the most that are given.
    pub more: usize,
}

/// All sets of migrations of which the range holds some that run.
pub fn list_rehearsed_sets(range: &ReleaseRange<'_>) -> (Vec<RehearsedSet>, Vec<Unchecked>) {
    let (old, new) = (
        Manifest::read(range.previous, &range.config.database),
        Manifest::read(range.current, &range.config.database),
    );
    let (found, mut unchecked) = layout::find_changed_migrations(range, &old, &new);
    let mut by_set: BTreeMap<String, Vec<MatchedMigration>> = BTreeMap::new();
    for found in found {
        let runs = matches!(
            found.change,
            MigrationChange::Added | MigrationChange::RenamedRunsAgain
        ) || found.change == MigrationChange::Modified && found.place.repeatable;
        // a baseline runs on an empty database only, and the scratch database is filled by the
        // history
        if runs && !found.place.baseline {
            by_set
                .entry(found.place.set.clone())
                .or_default()
                .push(found);
        }
    }
    let sets = by_set
        .into_iter()
        .filter_map(|(set, found)| build_set(range, (&old, &new), set, found, &mut unchecked))
        .collect();
    (sets, unchecked)
}

fn build_set(
    range: &ReleaseRange<'_>,
    (old, new): (&Manifest, &Manifest),
    set: String,
    mut found: Vec<MatchedMigration>,
    unchecked: &mut Vec<Unchecked>,
) -> Option<RehearsedSet> {
    let first = found.first()?.place.clone();
    let dialect = first
        .dialect
        .unwrap_or_else(|| guess_set_dialect(range, old, new, &found));
    crate::order::arrange_by_tool_order(&mut found, |found| &found.place, range.current);
    let mut places = list_earlier_migrations(range.previous, old, &set, &first);
    leave_out_what_a_baseline_holds(&mut places);
    let not_sql = places
        .iter()
        .chain(found.iter().map(|found| &found.place))
        // statements can be run from here; a program needs its own tool
        .find(|place| place.language != MigrationLanguage::Sql)
        .map(|place| place.path.clone());
    let mut bytes = 0;
    let mut read = |tree: &dyn Snapshot, place: &MigrationFile, down: Option<&str>| {
        let text = tree
            .read_text(&place.path)
            .map_err(|error| error.to_string());
        let text = text.and_then(|text| {
            // the bytes are counted before the text is cut, so that one huge file cannot pass
            bytes += text.len();
            if bytes > MIGRATIONS {
                return Err(format!(
                    "the migrations from {} on are more than the {MIGRATIONS} bytes that are run",
                    place.path
                ));
            }
            Ok(text)
        });
        match text {
            Ok(text) => Some(cut_migration(tree, place, &text, down, dialect)),
            Err(why) => {
                unchecked.push(Unchecked {
                    what: place.path.clone().into(),
                    why: why.into(),
                    settle_with: Some("fetch the missing object and rehearse again".into()),
                });
                None
            }
        }
    };
    let before = places
        .iter()
        .filter_map(|place| read(range.previous, place, None))
        .collect();
    let range = found
        .iter()
        .filter_map(|found| read(range.current, &found.place, found.down.as_deref()))
        .collect();
    Some(RehearsedSet {
        set,
        framework: first.framework,
        dialect,
        before,
        range,
        not_sql,
    })
}

/// On an empty database the newest baseline runs first, and what is older does not run at all.
fn leave_out_what_a_baseline_holds(places: &mut Vec<MigrationFile>) {
    let key = |place: &MigrationFile| crate::order::make_order_key(place).1;
    let newest = places
        .iter()
        .filter(|place| place.baseline)
        .max_by_key(|place| key(place))
        .cloned();
    let Some(newest) = newest else { return };
    // repeatable scripts run again behind the baseline
    places.retain(|place| !place.baseline && (place.repeatable || key(place) > key(&newest)));
    places.insert(0, newest);
}

/// A migration by the marks of its tool.
fn cut_migration(
    tree: &dyn Snapshot,
    place: &MigrationFile,
    text: &str,
    down: Option<&str>,
    dialect: Dialect,
) -> RehearsedMigration {
    let record = find_tool(place.framework).record();
    let marks = record
        .marks
        // marks in another language than SQL are read by its own reader
        .filter(|_| record.down == DownStyle::InFile && place.language == MigrationLanguage::Sql);
    let (up, inside) = match marks {
        Some(marks) => cut_sql_sections(text, marks),
        None => {
            let whole = SqlSection {
                text: text.to_owned(),
                line: 1,
            };
            (whole, None)
        }
    };
    // a file beside it goes before marks inside, as the tool takes it
    let beside = down.and_then(|path| {
        let text = tree.read_text(path).ok()?;
        Some((path.to_owned(), list_placed(&text, dialect, 1)))
    });
    let inside = inside.map(|section| {
        let statements = list_placed(&section.text, dialect, section.line);
        (place.path.clone(), statements)
    });
    RehearsedMigration {
        alone: runs_alone(tree, place, text),
        up: list_placed(&up.text, dialect, up.line),
        down: beside.or(inside),
        path: place.path.clone(),
    }
}

/// Tables in which migration tools note what ran.
pub fn list_tool_tables() -> Vec<String> {
    let mut out: Vec<String> = crate::tool::TOOLS
        .iter()
        .map(|tool| tool.record().table)
        .filter(|table| !table.is_empty())
        .map(|table| table.rsplit('.').next().unwrap_or(table).to_owned())
        .collect();
    out.push("ar_internal_metadata".to_owned());
    out.push("databasechangeloglock".to_owned());
    out.sort();
    out.dedup();
    out
}

/// The statements of a text that somebody gave.
pub fn list_statements_of_text(text: &str, dialect: Dialect) -> Vec<PlacedStatement> {
    list_placed(text, dialect, 1)
}

fn list_placed(text: &str, dialect: Dialect, first_line: usize) -> Vec<PlacedStatement> {
    sql::list_statement_texts(text, dialect, first_line)
        .into_iter()
        .map(|(line, text)| PlacedStatement { line, text })
        .collect()
}

/// Words by which a migration asks its tool for no transaction.
fn runs_alone(tree: &dyn Snapshot, place: &MigrationFile, text: &str) -> bool {
    // the mark stands at the top of a file; a word further down is text
    let says = text.lines().take(60).any(|line| {
        let line = line.trim().to_ascii_lowercase();
        let words: String = line
            .trim_start_matches(['-', '#', '/', '*', ' ', '+'])
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '_' | '='))
            .collect();
        // the words count in comments only: a column may be called `no_transaction`
        line.starts_with(['-', '#', '/'])
            && (words.contains("notransaction") || words.contains("transaction:false"))
    });
    let folder = crate::tree_path::find_parent_folder(&place.path);
    // Diesel keeps this beside the files
    says || place.framework == Framework::Diesel
        && tree
            .read_text(&format!("{folder}/metadata.toml"))
            .is_ok_and(|text| text.replace(' ', "").contains("run_in_transaction=false"))
}

/// The statements of a tree that read or write rows: in strings of its program, in files of queries,
/// in what sqlx keeps of its queries, and those that follow from mappings.
/// `dialect`: that of the database on which they run.
pub fn list_old_statements(
    tree: &dyn Snapshot,
    config: &model::Config,
    dialect: Dialect,
) -> OldStatements {
    let manifest = Manifest::read(tree, &config.database);
    let mut out = OldStatements::default();
    let mut known: HashSet<String> = HashSet::new();
    let mut bytes = 0;
    let mut kept_by_sqlx = Vec::new();
    for entry in tree.list() {
        let path = entry.path.as_str();
        if is_kept_by_sqlx(path) {
            kept_by_sqlx.push(path);
            continue;
        }
        if !crate::usage::is_code(path) || !is_live(path) || is_vendored(path) {
            continue;
        }
        let ending = path.rsplit('.').next().unwrap_or_default();
        let sql = ending.eq_ignore_ascii_case("sql");
        let style = crate::embedded::EmbeddedCommentStyle::of(&ending.to_ascii_lowercase());
        if !sql && ending != "prisma" && style.is_none() {
            continue;
        }
        // asked last, since telling a migration may read the file
        let migration =
            || recognise_migration(path, tree, &manifest, &mut || tree.read_text(path).ok());
        let Ok(text) = tree.read_text(path) else {
            continue;
        };
        bytes += text.len();
        if bytes > SEARCHED {
            break;
        }
        let mut found = if sql {
            list_queries_of_file(&text)
        } else {
            crate::embedded::find_row_statements(path, &text)
        };
        found.extend(list_mapped_statements(path, &text, dialect));
        if !found.is_empty() && migration().is_none() {
            out.take(path, found, &mut known);
        }
    }
    for path in kept_by_sqlx {
        if let Ok(text) = tree.read_text(path) {
            out.take(path, list_queries_of_sqlx(&text), &mut known);
        }
    }
    out
}

impl OldStatements {
    fn take(&mut self, path: &str, found: Vec<(usize, String)>, known: &mut HashSet<String>) {
        for (line, text) in found {
            // one query stands in many files, and blanks between its words do not matter
            let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if text.len() > STATEMENT || !known.insert(folded) {
                continue;
            }
            if is_put_together(path, &text) {
                self.put_together += 1;
            } else if self.statements.len() >= STATEMENTS {
                self.more += 1;
            } else {
                self.statements.push(OldStatement {
                    path: path.to_owned(),
                    line,
                    text,
                });
            }
        }
    }
}

/// `.sqlx/query-….json`, and `sqlx-data.json` of older releases.
fn is_kept_by_sqlx(path: &str) -> bool {
    let name = crate::tree_path::file_name(path);
    let folder = crate::tree_path::find_parent_folder(path);
    crate::tree_path::file_name(folder) == ".sqlx" && name.ends_with(".json")
        || name == "sqlx-data.json"
}

fn list_queries_of_sqlx(text: &str) -> Vec<(usize, String)> {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return Vec::new();
    };
    let query = |value: &serde_json::Value| Some((1, value.get("query")?.as_str()?.to_owned()));
    let own = query(&value).into_iter();
    let many = value.as_object().into_iter().flat_map(|map| map.values());
    own.chain(many.filter_map(query))
        .filter(|(_, text)| sql::reads_or_writes_rows(text))
        .collect()
}

/// Statements of a file that holds queries and nothing else. Rows that are written without a place
/// for a value are data that somebody loads, not a query of the program.
fn list_queries_of_file(text: &str) -> Vec<(usize, String)> {
    let dialect = Dialect::from_text(text, true).unwrap_or_default();
    let all = sql::list_statement_texts(text, dialect, 1);
    // a file with a CREATE is a schema or a migration, not a list of queries
    if !all.iter().all(|(_, text)| sql::reads_or_writes_rows(text)) {
        return Vec::new();
    }
    let filled = |text: &str| {
        ["?", "$1", ":", "@", "sqlc."]
            .iter()
            .any(|sign| text.contains(sign))
    };
    let writes = |text: &str| !text.trim_start().to_ascii_uppercase().starts_with("SELECT");
    // rows without a place for a value are seeds: running them proves nothing about the program
    all.into_iter()
        .filter(|(_, text)| filled(text) || !writes(text))
        .collect()
}

/// A text with holes that the program fills while it runs.
fn is_put_together(path: &str, text: &str) -> bool {
    let python = path.ends_with(".py");
    let verb = |at: usize| {
        let rest = &text[at + 1..];
        // `%s` and `%(name)s` are places for values in Python, `LIKE '%a'` is a pattern
        // `%v`, `%d`, `%q` and `%[1]s` are holes of Go
        rest.starts_with(['v', 'd', 'q', '[', '+']) && !rest.starts_with("d'")
            || rest.starts_with('s') && !python
    };
    text.match_indices('%')
        // in quotes a percent sign is a pattern, and a brace belongs to JSON
        .any(|(at, _)| verb(at) && !is_in_quotes(text, at))
        || text.contains("${")
        || text.contains("#{")
        || text.contains("{{")
        || text.match_indices('{').any(|(at, _)| {
            let rest = &text[at + 1..];
            let end = rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.'));
            end.is_some_and(|end| rest[end..].starts_with(['}', ':', '(']))
                && !is_in_quotes(text, at)
        })
        // `... WHERE id =` goes on in the next string
        || text.trim_end().ends_with(['=', ',', '('])
}

fn is_in_quotes(text: &str, at: usize) -> bool {
    text[..at].matches('\'').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Config, MemorySnapshot};

    fn range_of(
        before: &[(&str, &str)],
        after: &[(&str, &str)],
    ) -> (Vec<RehearsedSet>, Vec<Unchecked>) {
        let (previous, current) = (
            MemorySnapshot::new(before.iter().copied()),
            MemorySnapshot::new(before.iter().chain(after).copied()),
        );
        let changes = previous.changes_to(&current);
        list_rehearsed_sets(&ReleaseRange {
            previous: &previous,
            current: &current,
            changes: &changes,
            config: &Config::default(),
            previous_version: "1",
            current_version: "2",
        })
    }

    #[test]
    fn migrations_are_cut_by_the_marks_of_their_tool() {
        let one = "-- +goose Up\nCREATE TABLE a (id int);\nCREATE TABLE b (id int);\n-- +goose Down\nDROP TABLE b;\nDROP TABLE a;\n";
        let two = "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY i ON a (id);\n-- +goose Down\nDROP INDEX i;\n";
        let (sets, _) = range_of(
            &[("db/migrations/001_a.sql", one)],
            &[("db/migrations/002_b.sql", two)],
        );
        let [set] = sets.as_slice() else {
            panic!("{sets:?}")
        };
        assert_eq!(
            (set.framework, set.not_sql.as_deref()),
            (Framework::Goose, None)
        );
        assert_eq!((set.before.len(), set.range.len()), (1, 1));
        assert_eq!(set.before[0].up[1].line, 3);
        assert!(set.range[0].alone && !set.before[0].alone);
        let (path, down) = set.range[0].down.as_ref().expect("a way down");
        assert_eq!(
            (path.as_str(), down[0].line),
            ("db/migrations/002_b.sql", 5)
        );
    }

    #[test]
    fn a_way_down_may_lie_beside_and_another_language_is_said() {
        let (sets, _) = range_of(
            &[("migrations/1_a.up.sql", "CREATE TABLE a (id int);")],
            &[
                ("migrations/2_b.up.sql", "DROP TABLE a;"),
                ("migrations/2_b.down.sql", "CREATE TABLE a (id int);"),
            ],
        );
        assert_eq!(
            sets[0].range[0]
                .down
                .as_ref()
                .map(|(path, _)| path.as_str()),
            Some("migrations/2_b.down.sql")
        );
    }

    #[test]
    fn statements_are_found_where_programs_keep_them() {
        let tree = MemorySnapshot::new([
            (
                "src/store.go",
                "q := `SELECT id FROM orders WHERE id = $1`\nfmt.Sprintf(\"SELECT %s FROM orders\", c)\nlog(\"Select a file\")\n",
            ),
            (
                "db/queries/orders.sql",
                "-- name: AddOrder :exec\nINSERT INTO orders (id) VALUES ($1);\n-- name: All :many\nSELECT * FROM orders;\n",
            ),
            ("db/seed/rows.sql", "INSERT INTO orders (id) VALUES (1);"),
            (
                ".sqlx/query-1.json",
                "{\"query\": \"DELETE FROM orders WHERE id = $1\"}",
            ),
            (
                "migrations/1_a.up.sql",
                "INSERT INTO orders (id) VALUES (?);",
            ),
        ]);
        let found = list_old_statements(&tree, &Config::default(), Dialect::Postgres);
        let places: Vec<(&str, usize)> = found
            .statements
            .iter()
            .map(|one| (one.path.as_str(), one.line))
            .collect();
        assert_eq!(
            places,
            [
                ("db/queries/orders.sql", 2),
                ("db/queries/orders.sql", 4),
                ("src/store.go", 1),
                (".sqlx/query-1.json", 1),
            ]
        );
        assert_eq!(found.put_together, 1);
    }
}
