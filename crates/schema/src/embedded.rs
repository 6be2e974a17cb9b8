//! Statements in the strings of a program, in any language: strings, comments and the names of
//! functions are enough.

use super::dialect::Dialect;
use super::embedded_edits::{StatementNews, is_within, list_step_ranges, tell_statements_apart};
use super::sql;
use super::step::{SchemaAction, Script};
use crate::host::go::list_second_functions;
use crate::host::literals::fill_format_verbs;
use crate::migration_file::MigrationFile;
use crate::reading::{DownMigration, MigrationReading};

/// How a language writes comments and strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbeddedCommentStyle {
    /// `//` and `/* */`; strings in `"` (and `'` or a backtick where the language has them).
    Slashes,
    /// `#`; strings in `"` and `'`, one or three of them.
    Hashes,
}

impl EmbeddedCommentStyle {
    /// By the file's extension, in lower case.
    pub fn of(extension: &str) -> Option<Self> {
        match extension {
            "go" | "java" | "kt" | "kts" | "scala" | "groovy" | "cs" | "fs" | "vb" | "js"
            | "mjs" | "cjs" | "ts" | "mts" | "cts" | "tsx" | "jsx" | "rs" | "swift" | "cpp"
            | "cc" | "c" | "dart" | "php" | "clj" => Some(Self::Slashes),
            "py" | "rb" | "ex" | "exs" | "sh" | "bash" | "pl" | "cr" | "jl" => Some(Self::Hashes),
            _ => None,
        }
    }
}

/// Statements that are new, by the function they stand in.
#[derive(Debug, Clone, Default)]
pub struct EmbeddedStatements {
    /// Line and text, outside functions that go back.
    pub up: Vec<(usize, String)>,
    /// The same, inside functions named down, rollback, revert or undo.
    pub down: Vec<(usize, String)>,
    /// A member of a list of migrations was edited after it ran.
    pub edited: bool,
}

impl EmbeddedStatements {
    /// Something of the way up is about the schema.
    pub fn changes_schema(&self) -> bool {
        self.first_schema_change().is_some()
    }

    /// Line of the first statement of the way up that is about the schema.
    pub fn first_schema_change(&self) -> Option<usize> {
        self.up
            .iter()
            .find(|(_, text)| about_schema(text))
            .map(|(line, _)| *line)
    }
}

/// The statements of `text` that `earlier` lacks; blanks do not count. All of them without
/// `earlier`.
pub fn find_new_statements(path: &str, text: &str, earlier: Option<&str>) -> EmbeddedStatements {
    let extension = path
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let Some(family) = EmbeddedCommentStyle::of(&extension) else {
        return EmbeddedStatements::default();
    };
    let texts = |found: &[(usize, String, bool)]| -> Vec<String> {
        found
            .iter()
            .map(|(_, statement, _)| collapse_blanks(statement))
            .collect()
    };
    let found = find_embedded_statements(text, family);
    let before = earlier.map_or_else(Vec::new, |text| find_embedded_statements(text, family));
    let news = tell_statements_apart(&texts(&found), &texts(&before));
    let lists = list_step_ranges(text);
    let mut out = EmbeddedStatements::default();
    let second = list_second_functions(text);
    for ((line, statement, back), news) in found.into_iter().zip(news) {
        if news == StatementNews::Known {
            continue;
        }
        if back || is_within(&second, line) {
            out.down.push((line, statement));
        } else if news == StatementNews::Edited && is_within(&lists, line) {
            out.edited = true;
        } else {
            out.up.push((line, statement));
        }
    }
    out
}

/// Reads what is new in a file. `earlier` is its text in the previous release.
pub fn read_embedded_changes(
    place: &MigrationFile,
    text: &str,
    earlier: Option<&str>,
    dialect: Dialect,
) -> MigrationReading {
    let sides = find_new_statements(&place.path, text, earlier);
    let tables = |text: &str| {
        let all = self::find_new_statements(&place.path, text, None);
        build_embedded_script(&all.up, dialect)
            .steps
            .into_iter()
            .filter_map(|step| find_created_table(&step.action))
            .collect::<Vec<_>>()
    };
    let known = earlier.map(tables).unwrap_or_default();
    let mut up = build_embedded_script(&sides.up, dialect);
    for step in &mut up.steps {
        if let Some(table) = find_created_table(&step.action).filter(|table| known.contains(table))
        {
            let why = format!(
                "the definition of {table} in this program text changed; whether a table that exists follows is not known"
            );
            step.action = SchemaAction::Unknown { why };
        }
    }
    let line = sides.up.first().map_or(1, |(line, _)| *line);
    let down = match sides.down.first() {
        Some((line, _)) => DownMigration::Written {
            script: build_embedded_script(&sides.down, dialect),
            path: place.path.clone(),
            line: *line,
        },
        None => DownMigration::None,
    };
    MigrationReading { up, down, line }
}

/// At least one statement of the way up is understood: patterns and templates are not statements.
pub fn has_understood_statement(sides: &EmbeddedStatements) -> bool {
    build_embedded_script(&sides.up, Dialect::Unknown)
        .steps
        .iter()
        .any(|step| {
            !matches!(
                step.action,
                SchemaAction::Unknown { .. } | SchemaAction::Nothing
            )
        })
}

/// What all statements of an earlier text do, for the schema that the previous release left.
pub fn read_all_statements(path: &str, text: &str, dialect: Dialect) -> Script {
    build_embedded_script(&find_new_statements(path, text, None).up, dialect)
}

fn find_created_table(action: &SchemaAction) -> Option<String> {
    if let SchemaAction::CreateTable(table) = action {
        Some(table.name.to_string())
    } else {
        None
    }
}

fn build_embedded_script(statements: &[(usize, String)], dialect: Dialect) -> Script {
    let mut out = Script {
        has_text: !statements.is_empty(),
        ..Script::default()
    };
    for (line, text) in statements {
        let filled = fill_format_verbs(text);
        out.steps
            .extend(sql::read_sql(&filled, dialect, *line).steps);
    }
    out
}

/// A statement about tables, columns, indexes, views, types or routines; temporary ones are not
/// seen by anybody else.
fn about_schema(statement: &str) -> bool {
    let mut words = statement
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase);
    let Some(first) = words.next() else {
        return false;
    };
    if !matches!(
        first.as_str(),
        "CREATE" | "ALTER" | "DROP" | "RENAME" | "TRUNCATE"
    ) {
        return false;
    }
    let filler = |word: &String| {
        matches!(
            word.as_str(),
            "OR" | "REPLACE"
                | "UNIQUE"
                | "MATERIALIZED"
                | "CONSTRAINT"
                | "FOREIGN"
                | "EXTERNAL"
                | "UNLOGGED"
                | "FULLTEXT"
                | "SPATIAL"
                | "VIRTUAL"
        )
    };
    let Some(kind) = words.find(|word| !filler(word)) else {
        return false;
    };
    let named = words.next().is_some();
    named
        && matches!(
            kind.as_str(),
            "TABLE"
                | "INDEX"
                | "VIEW"
                | "TYPE"
                | "FUNCTION"
                | "PROCEDURE"
                | "TRIGGER"
                | "SEQUENCE"
                | "SCHEMA"
                | "DOMAIN"
                | "EXTENSION"
                | "COLUMN"
                | "KEYSPACE"
        )
}

fn collapse_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Strings that look like statements: line, contents, and whether they stand in a function that
/// goes back.
fn find_embedded_statements(
    text: &str,
    family: EmbeddedCommentStyle,
) -> Vec<(usize, String, bool)> {
    find_embedded_texts(text, family, |inner| {
        sql::looks_like_statement(inner.trim_start())
    })
}

/// Strings that `keep` takes, with those that are put together of several parts as one.
fn find_embedded_texts(
    text: &str,
    family: EmbeddedCommentStyle,
    keep: fn(&str) -> bool,
) -> Vec<(usize, String, bool)> {
    let markers = find_directions(text);
    let back = |at: usize| {
        markers
            .iter()
            .take_while(|(start, _)| *start <= at)
            .last()
            .is_some_and(|(_, back)| *back)
    };
    let mut out: Vec<(usize, String, bool)> = Vec::new();
    let mut end_of_last = None;
    let (mut line, mut counted) = (1, 0);
    let mut helped: Vec<(usize, String, bool)> = Vec::new();
    let mut last: Option<(usize, usize, &str)> = None;
    for (start, end, inner) in find_program_strings(text, family) {
        if let Some(statement) = last.and_then(|table| dropped_by_helper(text, table, start, inner))
        {
            let number = line + text[counted..start].matches('\n').count();
            helped.push((number, statement, back(start)));
        }
        last = Some((start, end, inner));
        let glued = end_of_last
            .and_then(|last: usize| text.get(last..start))
            .is_some_and(|between| {
                between.len() < 200
                    && between
                        .chars()
                        .all(|c| c.is_whitespace() || matches!(c, '+' | '\\' | '.' | '&'))
                    && !between.contains("\n\n")
            });
        end_of_last = Some(end);
        if glued && let Some(last) = out.last_mut().filter(|_| !inner.is_empty()) {
            last.1.push_str(inner);
            continue;
        }
        line += text[counted..start].matches('\n').count();
        counted = start;
        out.push((line, inner.to_owned(), back(start)));
    }
    for (_, inner, _) in &mut out {
        if inner.contains('\\') {
            *inner = inner
                .replace("\\\n", "\n")
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\\"", "\"")
                .replace("\\'", "'");
        }
    }
    out.retain(|(_, inner, _)| keep(inner));
    if !helped.is_empty() {
        out.append(&mut helped);
        out.sort_by_key(|(line, _, _)| *line);
    }
    out
}

/// Lines and texts of the strings of a program that read or write rows.
pub fn find_row_statements(path: &str, text: &str) -> Vec<(usize, String)> {
    let extension = path.rsplit('.').next().unwrap_or_default();
    let Some(family) = EmbeddedCommentStyle::of(&extension.to_ascii_lowercase()) else {
        return Vec::new();
    };
    let found = find_embedded_texts(text, family, sql::reads_or_writes_rows);
    found
        .into_iter()
        .map(|(line, text, _)| (line, text))
        .collect()
}

/// Longest way from the name of a helper to its first string, in bytes.
const BEFORE: usize = 200;

/// A helper that is told to drop a column: `dropColumn(tx, "orders", "note")`. `table` is the
/// string before.
fn dropped_by_helper(
    text: &str,
    table: (usize, usize, &str),
    start: usize,
    column: &str,
) -> Option<String> {
    let (from, to, table) = table;
    let plain = |name: &str| {
        !name.is_empty()
            && name.len() < 100
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
    };
    if !plain(table) || !plain(column) || text.get(to..start)?.trim() != "," {
        return None;
    }
    let mut begin = from.saturating_sub(BEFORE);
    while !text.is_char_boundary(begin) {
        begin += 1;
    }
    let before = text.get(begin..from)?;
    let open = before.rfind('(')?;
    let name = before[..open]
        .trim_end()
        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .next()?;
    let name: String = name
        .chars()
        .filter(|c| *c != '_')
        .collect::<String>()
        .to_ascii_lowercase();
    let arguments = &before[open + 1..];
    let drops = name.starts_with("dropcolumn") && !arguments.contains([')', '{', ';', '"', '\'']);
    drops.then(|| format!("ALTER TABLE {table} DROP COLUMN {column}"))
}

/// Where functions that go up or back begin, by their usual names.
fn find_directions(text: &str) -> Vec<(usize, bool)> {
    const NAMES: [(&str, bool); 14] = [
        ("up", false),
        ("migrate", false),
        ("upgrade", false),
        ("forward", false),
        ("forwards", false),
        ("apply", false),
        ("down", true),
        ("rollback", true),
        ("revert", true),
        ("undo", true),
        ("downgrade", true),
        ("backward", true),
        ("backwards", true),
        ("reverse", true),
    ];
    let mut out = Vec::new();
    let mut at = 0;
    let mut registers = false;
    for line in text.split_inclusive('\n') {
        // `MustRegister(func(..) {..}, func(..) {..})`: the second function goes back
        let begins = ["egister", "AddMigration"]
            .iter()
            .any(|call| line.contains(call))
            && line.contains("(func");
        let back = registers && line.trim_start().starts_with("}, func(");
        registers = begins || registers && !line.trim_start().starts_with("})");
        if begins || back {
            out.push((at, back));
            at += line.len();
            continue;
        }
        let mut words = line
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| !word.is_empty())
            .take(12);
        let found = words.find_map(|word| {
            let lower = word.to_ascii_lowercase();
            let bare = lower.trim_start_matches("_");
            NAMES
                .iter()
                .find(|(name, _)| {
                    bare == *name
                        || bare.ends_with(&format!("_{name}"))
                        || bare.starts_with(&format!("{name}_"))
                })
                .map(|(_, back)| (word, *back))
        });
        if let Some((word, back)) = found {
            let after = line
                .find(word)
                .and_then(|start| line.get(start + word.len()..))
                .unwrap_or_default()
                .trim_start();
            // A definition or a member, not a call inside a body.
            let defines = [
                "func ",
                "def ",
                "fun ",
                "fn ",
                "function ",
                "void ",
                "async ",
                "public ",
                "override ",
                "exports.",
                "const ",
                "let ",
            ];
            if after.starts_with([':', '=']) && !after.starts_with(":=") && !after.starts_with("==")
                || defines.iter().any(|sign| line.contains(sign))
            {
                out.push((at, back));
            }
        }
        at += line.len();
    }
    out
}

/// Strings of a program: where each begins and ends, and what is inside.
fn find_program_strings(text: &str, family: EmbeddedCommentStyle) -> Vec<(usize, usize, &str)> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    let find = |from: usize, sign: &[u8]| {
        bytes
            .get(from..)
            .and_then(|rest| memchr::memmem::find(rest, sign))
            .map(|n| from + n)
    };
    while at < bytes.len() {
        let start = at;
        let rest = &bytes[at..];
        match bytes[at] {
            b'/' if family == EmbeddedCommentStyle::Slashes && rest.starts_with(b"//") => {
                at = find(at, b"\n").unwrap_or(bytes.len())
            }
            b'/' if family == EmbeddedCommentStyle::Slashes && rest.starts_with(b"/*") => {
                at = find(at + 2, b"*/").map_or(bytes.len(), |end| end + 2)
            }
            b'#' if family == EmbeddedCommentStyle::Hashes => {
                at = find(at, b"\n").unwrap_or(bytes.len())
            }
            b'"' | b'\'' if rest.len() > 2 && rest[1] == rest[0] && rest[2] == rest[0] => {
                let end = find(at + 3, &rest[..3]).unwrap_or(bytes.len());
                out.push((
                    start,
                    (end + 3).min(bytes.len()),
                    text.get(at + 3..end).unwrap_or_default(),
                ));
                at = (end + 3).min(bytes.len());
            }
            // Rust's raw strings: nothing is escaped, and quotes may stand inside
            b'r' if family == EmbeddedCommentStyle::Slashes
                && (at == 0
                    || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_'))
                && rest[1..].iter().find(|byte| **byte != b'#') == Some(&b'"') =>
            {
                let signs = rest[1..].iter().take_while(|byte| **byte == b'#').count();
                let close: Vec<u8> = std::iter::once(b'"')
                    .chain(std::iter::repeat_n(b'#', signs))
                    .collect();
                let inside = at + signs + 2;
                let end = find(inside, &close).unwrap_or(bytes.len());
                at = (end + close.len()).min(bytes.len());
                out.push((start, at, text.get(inside..end).unwrap_or_default()));
            }
            b'`' => {
                let end = find(at + 1, b"`").unwrap_or(bytes.len());
                out.push((
                    start,
                    (end + 1).min(bytes.len()),
                    text.get(at + 1..end).unwrap_or_default(),
                ));
                at = (end + 1).min(bytes.len());
            }
            quote @ (b'"' | b'\'') => {
                at += 1;
                // A verbatim string may go over lines; a lone apostrophe (a lifetime, a word in a
                // comment) may not.
                while at < bytes.len()
                    && bytes[at] != quote
                    && (bytes[at] != b'\n' || quote == b'"')
                {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                let end = at.min(bytes.len());
                if bytes.get(end) == Some(&quote) {
                    out.push((start, end + 1, text.get(start + 1..end).unwrap_or_default()));
                }
                at = end + 1;
            }
            _ => at += 1,
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_glued_and_told_from_comments() {
        let text = "// \"DROP TABLE a\"\nx := \"ALTER TABLE b \" +\n  \"DROP COLUMN c\"\n";
        let sides = find_new_statements("a.go", text, None);
        assert_eq!(sides.up, [(2, "ALTER TABLE b DROP COLUMN c".to_owned())]);
    }

    #[test]
    fn a_helper_that_drops_a_column_is_a_statement() {
        let go = "func up(tx *E) error {\n\treturn dropColumn(tx, \"orders\", \"note\")\n}\n";
        assert_eq!(
            find_new_statements("a.go", go, None).up,
            [(2, "ALTER TABLE orders DROP COLUMN note".to_owned())]
        );
        let python = "def upgrade(db):\n    drop_column_if_exists(db, 'orders', 'note')\n";
        assert_eq!(find_new_statements("a.py", python, None).up.len(), 1);
        for other in [
            "addColumn(tx, \"orders\", \"note\")",
            "dropColumn(tx, \"orders\")",
            "dropColumn(x); say(\"a\", \"b\")",
            "drop(\"a\", \"b\")",
        ] {
            assert!(
                find_new_statements("a.go", other, None).up.is_empty(),
                "{other}"
            );
        }
    }

    #[test]
    fn raw_strings_hold_quotes() {
        let text =
            "fn up() -> String { r#\"ALTER TABLE \"orders\" DROP COLUMN \"note\"\"#.into() }\n";
        assert_eq!(
            find_new_statements("v2.rs", text, None).up,
            [(1, "ALTER TABLE \"orders\" DROP COLUMN \"note\"".to_owned())]
        );
    }

    #[test]
    fn only_what_is_new_counts_and_the_way_back_is_apart() {
        let before = "var all = []func(tx){ func(tx) { tx.Exec(`CREATE TABLE a (id int)`) } }";
        let after = "var all = []func(tx){ func(tx) { tx.Exec(`CREATE TABLE a  (id int)`) },\n func(tx) { tx.Exec(`ALTER TABLE a ADD COLUMN b int NOT NULL`) } }";
        assert_eq!(
            find_new_statements("migrations.go", after, Some(before)).up,
            [(2, "ALTER TABLE a ADD COLUMN b int NOT NULL".to_owned())]
        );
        let both = "exports.up = (db) => { db.runSql('DROP TABLE a') };\nexports.down = (db) => { db.runSql('CREATE TABLE a (id int)') };\n";
        let sides = find_new_statements("1-a.js", both, None);
        assert_eq!((sides.up.len(), sides.down.len()), (1, 1));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,400}") {
            for extension in ["go", "py", "rs", "php"] {
                let _ = find_new_statements(&format!("a.{extension}"), &text, Some("x"));
            }
        }
    }

    #[test]
    fn the_second_function_of_a_registration_goes_back() {
        let go = "func init() {\n\tMigrations.MustRegister(func(db *bun.DB) error {\n\t\treturn db.Exec(`ALTER TABLE books DROP COLUMN year`)\n\t}, func(db *bun.DB) error {\n\t\treturn db.Exec(`ALTER TABLE books ADD COLUMN year INT`)\n\t})\n}\n";
        let sides = find_new_statements("migrations/1.go", go, None);
        assert_eq!((sides.up.len(), sides.down.len()), (1, 1));
        assert!(sides.up[0].1.contains("DROP COLUMN"));
        let one = "func f() {\n\tregistry.MustRegister(func() error {\n\t\treturn db.Exec(`ALTER TABLE books DROP COLUMN year`)\n\t})\n}\n";
        assert_eq!(find_new_statements("a.go", one, None).up.len(), 1);
    }
}
