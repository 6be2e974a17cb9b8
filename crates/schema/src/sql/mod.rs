//! SQL text to steps.
//!
//! The text is split here, statement by statement, and the head of each statement is read word by
//! word: migrations are written in many dialects, and a grammar that refuses half of SQL Server is
//! no help in an incident. Queries (bodies of views, sources of inserted rows) go to sqlparser,
//! with words as the fallback. What is not understood becomes [`Action::Unknown`], never nothing.

mod alter;
mod alter_column;
mod alter_object;
mod alter_option;
mod alter_other;
mod blocks;
mod column;
mod create;
mod cursor;
mod lex;
mod made;
mod query;
mod routine;
mod rows;
mod split;
mod statement;

use super::dialect::Dialect;
use super::step::{MigrationStep, SchemaAction, Script};

pub use column::COLLATED;
pub use cursor::VAGUE;
pub use query::find_query_tables;

/// Longest text that is read, in bytes.
pub const TEXT_LIMIT: usize = 8 * 1024 * 1024;

/// Most statements that are read; the rest is one unknown step.
const STATEMENT_LIMIT: usize = 20_000;

/// Strings that hold SQL are read this deep.
const NESTING: usize = 3;

/// Why a statement inside statements is open.
const TOO_DEEP: &str = "statements in blocks and strings are nested deeper than is read";

/// Longest excerpt of a statement, in characters.
const EXCERPT: usize = 600;

/// Reads `text`, which begins on line `first_line` of its file.
pub fn read_sql(text: &str, dialect: Dialect, first_line: usize) -> Script {
    let mut script = Script::default();
    if text.len() > TEXT_LIMIT {
        // nothing of such a file is cut: one statement could be all of it
        script.has_text = true;
        script.steps.push(MigrationStep {
            line: first_line,
            text: String::new(),
            certain: true,
            action: SchemaAction::Unknown {
                why: format!(
                    "the text has {} bytes, more than the {TEXT_LIMIT} that are read",
                    text.len()
                ),
            },
        });
        return script;
    }
    let mut reader = SqlReader {
        dialect,
        script: &mut script,
    };
    reader.text(text, first_line, true, 0);
    // what only MySQL runs is no part of the migration elsewhere, and who wrote it meant MySQL
    if let Some(line) = lex::comment_of_mysql(text)
        .filter(|_| !matches!(dialect, Dialect::MySql | Dialect::Unknown))
    {
        let why = "a statement stands in a comment that MySQL and MariaDB run and others do not"
            .to_owned();
        script.steps.push(MigrationStep {
            line: first_line + line,
            text: String::new(),
            certain: true,
            action: SchemaAction::Unknown { why },
        });
    }
    script
}

/// A text without comments and line ends, so that it stands where the file that names it does.
pub fn on_one_line(text: &str) -> String {
    if text.len() > TEXT_LIMIT {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for token in lex::split_tokens(text, Dialect::Unknown) {
        let raw = &text[token.start..token.end];
        // GO has to stand alone on its line, or it is no end of a batch
        let go = token.first && raw.eq_ignore_ascii_case("go");
        let joined = out.is_empty() || text[..token.start].ends_with(|c: char| !c.is_whitespace());
        out.push_str(if go {
            "\n"
        } else if joined {
            ""
        } else {
            " "
        });
        out.push_str(raw);
        if go {
            out.push('\n');
        }
    }
    out
}

/// Whether a string looks like a statement that changes schema or rows.
pub fn looks_like_statement(text: &str) -> bool {
    let mut words = text
        .trim_start()
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_ascii_uppercase();
    let second = words.next().unwrap_or_default().to_ascii_uppercase();
    match first.as_str() {
        "ALTER" | "CREATE" | "DROP" | "RENAME" | "TRUNCATE" | "GRANT" | "REVOKE" | "REINDEX" => {
            !second.is_empty()
        }
        "INSERT" => matches!(second.as_str(), "INTO" | "IGNORE" | "OR"),
        "DELETE" => second == "FROM",
        // an UPDATE without SET is a word of prose
        "UPDATE" => text.to_ascii_uppercase().contains("SET"),
        "DO" => text.contains("$"),
        // a WITH that only reads is no change
        "WITH" => ["UPDATE", "INSERT", "DELETE"]
            .iter()
            .any(|word| text.to_ascii_uppercase().contains(word)),
        "COMMENT" => second == "ON",
        "REFRESH" => second == "MATERIALIZED",
        _ => false,
    }
}

/// Whether a string looks like a whole statement that reads or writes rows.
pub fn reads_or_writes_rows(text: &str) -> bool {
    let mut words = text
        .trim_start_matches(|c: char| c.is_whitespace() || c == '(')
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase);
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default();
    let mut has = |wanted: &[&str]| words.any(|word| wanted.contains(&word.as_str()));
    match first.as_str() {
        // `Select a file` is a label of a program
        "SELECT" => second == "FROM" || has(&["FROM"]),
        "INSERT" => matches!(second.as_str(), "INTO" | "IGNORE" | "OR"),
        "REPLACE" | "MERGE" => second == "INTO",
        "DELETE" => second == "FROM",
        "UPDATE" => has(&["SET"]),
        "WITH" => has(&["SELECT", "UPDATE", "INSERT", "DELETE"]),
        _ => false,
    }
}

/// The statements of a text as they stand in it, each with its line.
pub fn list_statement_texts(
    text: &str,
    dialect: Dialect,
    first_line: usize,
) -> Vec<(usize, String)> {
    if text.len() > TEXT_LIMIT {
        return Vec::new();
    }
    let statements = split::split_statements(text, dialect);
    let cut = |statement: &split::Statement| {
        let (first, last) = (statement.first()?, statement.last()?);
        let cut = text.get(first.start..last.end)?;
        Some((first_line + first.line - 1, cut.to_owned()))
    };
    statements.iter().filter_map(cut).collect()
}

struct SqlReader<'a> {
    dialect: Dialect,
    script: &'a mut Script,
}

impl SqlReader<'_> {
    fn text(&mut self, text: &str, first_line: usize, certain: bool, depth: usize) {
        let statements = split::split_statements(text, self.dialect);
        self.script.has_text |= !statements.is_empty();
        for (count, statement) in statements.iter().enumerate() {
            // the rest is one unknown step, so the file is never called fine
            if count >= STATEMENT_LIMIT {
                let why = format!("more than {STATEMENT_LIMIT} statements; the rest was not read");
                self.push(
                    SchemaAction::Unknown { why },
                    first_line + statement[0].line - 1,
                    String::new(),
                    certain,
                );
                break;
            }
            self.statement(text, statement, first_line, certain, depth);
        }
    }

    fn push(&mut self, action: SchemaAction, line: usize, text: String, certain: bool) {
        self.script.steps.push(MigrationStep {
            line,
            text,
            certain,
            action,
        });
    }
}

#[cfg(test)]
mod tests;
