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

use super::dialect::Dialect;
use super::step::{MigrationStep, Name, SchemaAction, Script};
use cursor::{Cursor, text_of, unquote_sql};
use lex::{SqlToken, SqlTokenKind};

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
        "UPDATE" => text.to_ascii_uppercase().contains("SET"),
        "DO" => text.contains("$"),
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

    fn statement(
        &mut self,
        text: &str,
        tokens: &[SqlToken],
        first_line: usize,
        certain: bool,
        depth: usize,
    ) {
        let mut cursor = Cursor::new(text, tokens);
        let line = first_line + tokens[0].line - 1;
        let bytes = &text[tokens[0].start..tokens[tokens.len() - 1].end];
        let excerpt = model::shorten_text(bytes, EXCERPT).into_owned();
        let head = cursor.raw(0).to_ascii_uppercase();
        let placeholder = tokens[0].kind == SqlTokenKind::Placeholder;
        cursor.at = 1;
        let one = |reader: &mut Self, action| reader.push(action, line, excerpt.clone(), certain);
        match head.as_str() {
            "CREATE" => create::parse_create(&mut cursor, self.dialect).into_iter().for_each(|action| one(self, action)),
            "DROP" => create::parse_drop(&mut cursor).into_iter().for_each(|action| one(self, action)),
            "ALTER" if cursor.eat_all(&["TABLE"]) || cursor.eat_all(&["FOREIGN", "TABLE"]) || cursor.eat_all(&["IGNORE", "TABLE"]) => {
                for (at, action) in alter::parse_alter_table(&mut cursor, self.dialect) {
                    self.push(action, first_line + at - 1, excerpt.clone(), certain);
                }
            }
            "ALTER" => {
                let action = alter_object::parse_alter_object(&mut cursor);
                one(self, action);
            }
            "RENAME" | "EXCHANGE" => self.rename_tables(&mut cursor, head == "EXCHANGE", line, &excerpt, certain),
            "TRUNCATE" => {
                cursor.eat("TABLE");
                cursor.eat("ONLY");
                loop {
                    let action =
                        cursor.name().map_or_else(|| SchemaAction::Unknown { why: "the table's name is missing".to_owned() }, |table| SchemaAction::Truncate { table });
                    one(self, action);
                    if !cursor.eat(",") {
                        break;
                    }
                }
            }
            // ClickHouse: as `CREATE OR REPLACE TABLE`
            "REPLACE" if cursor.is(0, "TABLE") || cursor.is(0, "TEMPORARY") => {
                for action in create::parse_replace(&mut cursor, self.dialect) {
                    one(self, action);
                }
            }
            "INSERT" | "REPLACE" => {
                let action = rows::parse_insert(&mut cursor, self.dialect, head == "REPLACE");
                one(self, action);
            }
            "COPY" => {
                cursor.eat("INTO");
                let action = match cursor.name() {
                    Some(table) if cursor.find("FROM").is_some() => SchemaAction::Insert { table, columns: Vec::new(), from: Vec::new(), overwrites: false },
                    _ => SchemaAction::Nothing,
                };
                one(self, action);
            }
            "UPDATE" => {
                let action = rows::parse_update(&mut cursor, self.dialect);
                one(self, action);
            }
            "DELETE" => {
                let action = rows::parse_delete(&mut cursor);
                one(self, action);
            }
            "MERGE" => {
                cursor.eat("INTO");
                let action = cursor.name().map_or_else(
                    || SchemaAction::Unknown { why: "the table's name is missing".to_owned() },
                    |table| SchemaAction::Update { table, columns: Vec::new(), fills_null: false, reads: Vec::new() },
                );
                one(self, action);
            }
            "WITH" => {
                let parts = rows::split_with_statement(&cursor);
                if parts.is_empty() {
                    one(self, SchemaAction::Nothing);
                }
                for part in parts {
                    self.statement(text, part, first_line, certain, depth);
                }
            }
            "DO" if cursor.tokens.iter().any(|token| token.kind == SqlTokenKind::Text) => self.block_strings(text, tokens, first_line, depth),
            "IF" | "BEGIN" | "ELSE" | "WHILE" | "FOR" | "LOOP" | "DECLARE" | "END" | "THEN" | "EXCEPTION" | "WHEN" | "RAISE" | "ELSIF" | "FOREACH" => {
                self.block(text, tokens, first_line, &head, certain, depth)
            }
            "EXEC" | "EXECUTE" | "CALL" | "PREPARE" | "PERFORM" => self.call(text, tokens, first_line, &head, certain, depth),
            // what follows belongs to another schema or database, and is judged against this one
            "USE" => one(self, SchemaAction::Unknown { why: "what follows is done in a database that is named here, and not known to be this one".to_owned() }),
            "SET" if other_schema(&cursor) => {
                one(self, SchemaAction::Unknown { why: "what follows is done in a schema that is named here, and not known to be this one".to_owned() })
            }
            "PRAGMA" if cursor.is(0, "writable_schema") || cursor.is(2, "writable_schema") => {
                one(self, SchemaAction::Unknown { why: "the schema can be written directly from here on".to_owned() })
            }
            "LOAD" if cursor.is(0, "DATA") || cursor.is(0, "XML") => one(self, SchemaAction::Unknown { why: "rows are loaded from a file, which was not read".to_owned() }),
            "IMPORT" if cursor.is(0, "INTO") => one(self, SchemaAction::Unknown { why: "rows are loaded from a file, which was not read".to_owned() }),
            "IMPORT" if cursor.is(0, "FOREIGN") => one(self, SchemaAction::Unknown { why: "which tables are imported is not known".to_owned() }),
            "SET" => {
                if !self.strings(text, tokens, first_line, depth) {
                    let outlives = cursor.is(0, "GLOBAL") || cursor.is(0, "PERSIST");
                    one(self, if outlives { SchemaAction::Setting { name: text_of(text, cursor.rest_tokens()) } } else { SchemaAction::Nothing });
                }
            }
            "SELECT" | "VALUES" => {
                let action = self.select(&mut cursor);
                if action == SchemaAction::Nothing {
                    self.strings(text, tokens, first_line, depth);
                }
                one(self, action);
            }
            "COMMENT" => {
                cursor.eat("ON");
                cursor.at += 1;
                let object = cursor.name().map(|name| name.to_string()).unwrap_or_default();
                one(self, SchemaAction::Comment { object });
            }
            "GRANT" => one(self, SchemaAction::Grant { object: object_behind_on(&cursor) }),
            "REVOKE" | "REASSIGN" | "DENY" => one(self, SchemaAction::Revoke { object: object_behind_on(&cursor) }),
            "REFRESH" => {
                cursor.eat_all(&["MATERIALIZED", "VIEW"]);
                cursor.eat("CONCURRENTLY");
                let name = cursor.name().unwrap_or_default();
                one(self, SchemaAction::RefreshView { name });
            }
            "REINDEX" | "VACUUM" | "ANALYZE" | "CLUSTER" | "OPTIMIZE" | "CHECK" | "SECURITY" | "IMPORT" | "SYSTEM" => {
                one(self, SchemaAction::TableOption { table: Name::default(), what: head.to_ascii_lowercase() })
            }
            "COMMIT" | "ROLLBACK" | "START" | "SAVEPOINT" | "RELEASE" | "LOCK" | "UNLOCK" | "PRAGMA" | "SHOW" | "EXPLAIN" | "DEALLOCATE" | "DISCARD"
            | "RESET" | "PRINT" | "NOTIFY" | "LISTEN" | "DETACH" | "ATTACH" | "ABORT" | "LOAD" | "DESCRIBE" | "RETURN" | "FETCH" | "OPEN" | "CLOSE"
            | "NULL" | "APPLY" | "THROW" | "WAITFOR" | "GO" | "CHECKPOINT" | "PERFORMED" | "HANDLER" => one(self, SchemaAction::Nothing),
            _ if placeholder && tokens.len() <= 1 => one(self, SchemaAction::Unknown { why: "a placeholder stands where a statement should be".to_owned() }),
            _ if placeholder => {
                // A template's condition or a prefix stands before the statement.
                let behind = tokens.iter().position(|token| token.kind != SqlTokenKind::Placeholder).unwrap_or(tokens.len());
                match tokens.get(behind..).filter(|rest| !rest.is_empty()) {
                    Some(rest) => self.statement(text, rest, first_line, false, depth),
                    None => one(self, SchemaAction::Unknown { why: "only placeholders stand here".to_owned() }),
                }
            }
            _ if tokens[0].kind == SqlTokenKind::Mark && head == "(" => one(self, SchemaAction::Nothing),
            _ => one(
                self,
                SchemaAction::Unknown {
                    why: format!(
                        "`{}` does not begin a statement that is known",
                        model::shorten_text(cursor.text.get(tokens[0].start..tokens[0].end).unwrap_or_default(), 40)
                    ),
                },
            ),
        }
    }

    fn rename_tables(
        &mut self,
        cursor: &mut Cursor<'_>,
        exchange: bool,
        line: usize,
        excerpt: &str,
        certain: bool,
    ) {
        if !cursor.eat_any(&["TABLE", "TABLES"]) {
            cursor.eat("DICTIONARY");
        }
        loop {
            cursor.eat_all(&["IF", "EXISTS"]);
            let (table, _, to) = (cursor.name(), cursor.eat_any(&["TO", "AND"]), cursor.name());
            let (Some(table), Some(to)) = (table, to) else {
                self.push(
                    SchemaAction::Unknown {
                        why: "a name is missing".to_owned(),
                    },
                    line,
                    excerpt.to_owned(),
                    certain,
                );
                break;
            };
            if exchange {
                let aside = Name {
                    schema: None,
                    name: format!("{} (exchanged)", to.name),
                };
                self.push(
                    SchemaAction::RenameTable {
                        table: to.clone(),
                        to: aside.clone(),
                    },
                    line,
                    excerpt.to_owned(),
                    certain,
                );
                self.push(
                    SchemaAction::RenameTable {
                        table: table.clone(),
                        to,
                    },
                    line,
                    excerpt.to_owned(),
                    certain,
                );
                self.push(
                    SchemaAction::RenameTable {
                        table: aside,
                        to: table,
                    },
                    line,
                    excerpt.to_owned(),
                    certain,
                );
            } else {
                self.push(
                    SchemaAction::RenameTable { table, to },
                    line,
                    excerpt.to_owned(),
                    certain,
                );
            }
            if !cursor.eat(",") {
                break;
            }
        }
    }

    /// `SELECT` changes nothing, unless it calls a function that does.
    fn select(&self, cursor: &mut Cursor<'_>) -> SchemaAction {
        if let Some(at) = cursor.find("INTO")
            && self.dialect != Dialect::MySql
        {
            let mut behind = Cursor {
                at: at + 1,
                ..*cursor
            };
            if let Some(name) = behind.name().filter(|name| !name.name.starts_with('@')) {
                return SchemaAction::CreateTable(super::step::Table {
                    name,
                    copied_from: find_query_tables(cursor.rest(), self.dialect),
                    ..Default::default()
                });
            }
        }
        if cursor.is(1, "(")
            && cursor
                .token(0)
                .is_some_and(|token| token.kind == SqlTokenKind::Word)
        {
            let name = cursor.raw(0).to_ascii_lowercase();
            let harmless = [
                "set_config",
                "pg_",
                "count",
                "max",
                "min",
                "now",
                "current_",
                "coalesce",
                "exists",
                "version",
                "concat",
                "if",
                "case",
                "cast",
                "sleep",
                "sum",
                "lower",
                "upper",
                "format",
                "nextval",
                "currval",
            ];
            if name == "setval" {
                return SchemaAction::AlterSequence {
                    name: Name::new(&unquote_sql(cursor.raw(2))),
                };
            }
            if !harmless.iter().any(|sign| name.starts_with(sign)) {
                return SchemaAction::HostCode {
                    what: format!("calls the database function {name}"),
                };
            }
        }
        SchemaAction::Nothing
    }
}

fn object_behind_on(cursor: &Cursor<'_>) -> String {
    cursor.find("ON").map_or_else(
        || cursor.raw(0).to_owned(),
        |at| {
            let mut behind = Cursor {
                at: at + 1,
                ..*cursor
            };
            behind.eat_any(&[
                "TABLE",
                "SCHEMA",
                "FUNCTION",
                "PROCEDURE",
                "SEQUENCE",
                "DATABASE",
                "ALL",
            ]);
            behind
                .name()
                .map(|name| name.to_string())
                .unwrap_or_default()
        },
    )
}

/// `SET search_path TO other`, `SET SCHEMA 'other'`, `SET CURRENT_SCHEMA = other`; the schema that
/// everybody has, and none, are this one.
fn other_schema(cursor: &Cursor<'_>) -> bool {
    let mut behind = *cursor;
    behind.eat_any(&["LOCAL", "SESSION", "CURRENT"]);
    if !behind.eat_any(&["search_path", "SCHEMA", "CURRENT_SCHEMA"]) {
        return false;
    }
    behind.eat_any(&["TO", "="]);
    let own = [
        "public",
        "",
        "$user",
        "pg_catalog",
        "dbo",
        "main",
        "default",
    ];
    let names: Vec<&str> = behind
        .rest()
        .split(',')
        .map(|name| name.trim().trim_matches(['"', '\'', '`', ';', ' ']))
        .collect();
    !names
        .iter()
        .all(|name| own.contains(&name.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests;
