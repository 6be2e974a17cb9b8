//! One statement by its head: what it does to the schema or to rows, and what stands inside it.

use super::super::dialect::Dialect;
use super::super::step::{Name, SchemaAction};
use super::cursor::{Cursor, text_of, unquote_sql};
use super::lex::{SqlToken, SqlTokenKind};
use super::query::find_query_tables;
use super::{EXCERPT, SqlReader, alter, alter_object, create, rows};

/// A statement and where it stands.
#[derive(Clone, Copy)]
struct StatementInText<'t> {
    text: &'t str,
    tokens: &'t [SqlToken],
    first_line: usize,
    certain: bool,
    depth: usize,
}

fn make_unknown(why: impl Into<String>) -> SchemaAction {
    SchemaAction::Unknown { why: why.into() }
}

impl SqlReader<'_> {
    /// Reads one statement. Steps of the statements inside it are noted as well.
    pub(super) fn statement(
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
        cursor.at = 1;
        if head == "ALTER"
            && (cursor.eat_all(&["TABLE"])
                || cursor.eat_all(&["FOREIGN", "TABLE"])
                || cursor.eat_all(&["IGNORE", "TABLE"]))
        {
            // each action of a long list has a line of its own
            for (at, action) in alter::parse_alter_table(&mut cursor, self.dialect) {
                self.push(action, first_line + at - 1, excerpt.clone(), certain);
            }
            return;
        }
        let placed = StatementInText {
            text,
            tokens,
            first_line,
            certain,
            depth,
        };
        // in this order: `REPLACE TABLE` makes a table, any other REPLACE writes rows
        let actions = read_schema_statement(&head, &mut cursor, self.dialect)
            .or_else(|| read_row_statement(&head, &mut cursor, self.dialect))
            .or_else(|| self.read_nested(&head, &mut cursor, placed))
            .or_else(|| read_session_statement(&head, &cursor).map(|action| vec![action]))
            .unwrap_or_else(|| self.read_other(&head, placed));
        for action in actions {
            self.push(action, line, excerpt.clone(), certain);
        }
    }

    /// Statements that hold others: their steps are noted at once, and what is left to note comes
    /// back.
    fn read_nested(
        &mut self,
        head: &str,
        cursor: &mut Cursor<'_>,
        placed: StatementInText<'_>,
    ) -> Option<Vec<SchemaAction>> {
        let StatementInText {
            text,
            tokens,
            first_line,
            certain,
            depth,
        } = placed;
        let mut left = Vec::new();
        match head {
            "WITH" => {
                let parts = rows::split_with_statement(cursor);
                if parts.is_empty() {
                    left.push(SchemaAction::Nothing);
                }
                for part in parts {
                    self.statement(text, part, first_line, certain, depth);
                }
            }
            "DO" if tokens.iter().any(|token| token.kind == SqlTokenKind::Text) => {
                self.block_strings(text, tokens, first_line, depth);
            }
            "IF" | "BEGIN" | "ELSE" | "WHILE" | "FOR" | "LOOP" | "DECLARE" | "END" | "THEN"
            | "EXCEPTION" | "WHEN" | "RAISE" | "ELSIF" | "FOREACH" => {
                self.block(text, tokens, first_line, head, certain, depth);
            }
            "EXEC" | "EXECUTE" | "CALL" | "PREPARE" | "PERFORM" => {
                self.call(text, tokens, first_line, head, certain, depth);
            }
            "SET" if !other_schema(cursor) => {
                if !self.strings(text, tokens, first_line, depth) {
                    let outlives = cursor.is(0, "GLOBAL") || cursor.is(0, "PERSIST");
                    // GLOBAL and PERSIST stay when the session ends
                    left.push(if outlives {
                        SchemaAction::Setting {
                            name: text_of(text, cursor.rest_tokens()),
                        }
                    } else {
                        SchemaAction::Nothing
                    });
                }
            }
            // a SELECT may call a function that changes rows
            "SELECT" | "VALUES" => {
                let action = self.select(cursor);
                if action == SchemaAction::Nothing {
                    self.strings(text, tokens, first_line, depth);
                }
                left.push(action);
            }
            _ => return None,
        }
        Some(left)
    }

    /// What begins with no word that is known.
    fn read_other(&mut self, head: &str, placed: StatementInText<'_>) -> Vec<SchemaAction> {
        let StatementInText { text, tokens, .. } = placed;
        if tokens[0].kind == SqlTokenKind::Placeholder {
            if tokens.len() <= 1 {
                return vec![make_unknown(
                    "a placeholder stands where a statement should be",
                )];
            }
            // A template's condition or a prefix stands before the statement.
            let behind = tokens
                .iter()
                .position(|token| token.kind != SqlTokenKind::Placeholder)
                .unwrap_or(tokens.len());
            let rest = &tokens[behind..];
            if rest.is_empty() {
                return vec![make_unknown("only placeholders stand here")];
            }
            self.statement(text, rest, placed.first_line, false, placed.depth);
            return Vec::new();
        }
        // a query in parentheses reads only
        if tokens[0].kind == SqlTokenKind::Mark && head == "(" {
            return vec![SchemaAction::Nothing];
        }
        let begins = text.get(tokens[0].start..tokens[0].end).unwrap_or_default();
        vec![make_unknown(format!(
            "`{}` does not begin a statement that is known",
            model::shorten_text(begins, 40)
        ))]
    }

    /// `SELECT` changes nothing, unless it calls a function that does.
    fn select(&self, cursor: &mut Cursor<'_>) -> SchemaAction {
        if let Some(at) = cursor.find("INTO")
            // INTO makes a table in PostgreSQL and SQL Server; in MySQL it fills variables or a
            // file
            && self.dialect != Dialect::MySql
        {
            let mut behind = Cursor {
                at: at + 1,
                ..*cursor
            };
            // a variable is filled and no table made
            if let Some(name) = behind.name().filter(|name| !name.name.starts_with('@')) {
                return SchemaAction::CreateTable(crate::step::Table {
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
            // setval of PostgreSQL sets the next number, as ALTER SEQUENCE RESTART does
            if name == "setval" {
                return SchemaAction::AlterSequence {
                    name: Name::new(&unquote_sql(cursor.raw(2))),
                };
            }
            // a function of somebody's own may do anything: its text is in the database
            if !name.starts_with("pg_") && !HARMLESS.contains(&name.as_str()) {
                return SchemaAction::HostCode {
                    what: format!("calls the database function {name}"),
                };
            }
        }
        SchemaAction::Nothing
    }
}

/// Functions of the databases themselves that change nothing of the schema, beside those of
/// PostgreSQL that begin with `pg_`. A whole name counts: `max_fix` is somebody's own.
const HARMLESS: [&str; 34] = [
    "avg",
    "cast",
    "case",
    "coalesce",
    "concat",
    "concat_ws",
    "count",
    "current_database",
    "current_schema",
    "current_schemas",
    "current_setting",
    "current_user",
    "currval",
    "exists",
    "format",
    "if",
    "ifnull",
    "iif",
    "isnull",
    "lastval",
    "length",
    "lower",
    "max",
    "min",
    "now",
    "nextval",
    "nullif",
    "round",
    "set_config",
    "sleep",
    "sum",
    "to_regclass",
    "upper",
    "version",
];

/// What changes objects of the schema.
fn read_schema_statement(
    head: &str,
    cursor: &mut Cursor<'_>,
    dialect: Dialect,
) -> Option<Vec<SchemaAction>> {
    Some(match head {
        "CREATE" => create::parse_create(cursor, dialect),
        "DROP" => create::parse_drop(cursor),
        "ALTER" => vec![alter_object::parse_alter_object(cursor)],
        "RENAME" | "EXCHANGE" => rename_tables(cursor, head == "EXCHANGE"),
        // ClickHouse: as `CREATE OR REPLACE TABLE`
        "REPLACE" if cursor.is(0, "TABLE") || cursor.is(0, "TEMPORARY") => {
            create::parse_replace(cursor, dialect)
        }
        "COMMENT" => {
            cursor.eat("ON");
            cursor.at += 1;
            let object = cursor
                .name()
                .map(|name| name.to_string())
                .unwrap_or_default();
            vec![SchemaAction::Comment { object }]
        }
        "GRANT" => vec![SchemaAction::Grant {
            object: object_behind_on(cursor),
        }],
        "REVOKE" | "REASSIGN" | "DENY" => vec![SchemaAction::Revoke {
            object: object_behind_on(cursor),
        }],
        "REFRESH" => {
            cursor.eat_all(&["MATERIALIZED", "VIEW"]);
            cursor.eat("CONCURRENTLY");
            let name = cursor.name().unwrap_or_default();
            vec![SchemaAction::RefreshView { name }]
        }
        _ => return None,
    })
}

/// What writes or removes rows.
fn read_row_statement(
    head: &str,
    cursor: &mut Cursor<'_>,
    dialect: Dialect,
) -> Option<Vec<SchemaAction>> {
    Some(vec![match head {
        "TRUNCATE" => return Some(truncate_tables(cursor)),
        "INSERT" | "REPLACE" => rows::parse_insert(cursor, dialect, head == "REPLACE"),
        "COPY" => {
            cursor.eat("INTO");
            match cursor.name() {
                // COPY .. TO writes a file, COPY .. FROM rows
                Some(table) if cursor.find("FROM").is_some() => SchemaAction::Insert {
                    table,
                    columns: Vec::new(),
                    from: Vec::new(),
                    overwrites: false,
                },
                _ => SchemaAction::Nothing,
            }
        }
        "UPDATE" => rows::parse_update(cursor, dialect),
        "DELETE" => rows::parse_delete(cursor),
        // MERGE updates, inserts and deletes by its branches; which rows was not worked out
        "MERGE" => {
            cursor.eat("INTO");
            cursor.name().map_or_else(
                || make_unknown("the table's name is missing"),
                // no columns: any of them may be written
                |table| SchemaAction::Update {
                    table,
                    columns: Vec::new(),
                    fills_null: false,
                    reads: Vec::new(),
                },
            )
        }
        _ => return None,
    }])
}

fn truncate_tables(cursor: &mut Cursor<'_>) -> Vec<SchemaAction> {
    cursor.eat("TABLE");
    cursor.eat("ONLY");
    let mut out = Vec::new();
    loop {
        out.push(cursor.name().map_or_else(
            || make_unknown("the table's name is missing"),
            |table| SchemaAction::Truncate { table },
        ));
        if !cursor.eat(",") {
            return out;
        }
    }
}

/// Settings of the session, upkeep, and what reaches beyond this schema.
fn read_session_statement(head: &str, cursor: &Cursor<'_>) -> Option<SchemaAction> {
    Some(match head {
        // what follows belongs to another schema or database, and is judged against this one
        "USE" => make_unknown(
            "what follows is done in a database that is named here, and not known to be this one",
        ),
        // those that name no other schema were read as what holds statements
        "SET" => make_unknown(
            "what follows is done in a schema that is named here, and not known to be this one",
        ),
        // a schema that is written directly is known to nobody
        "PRAGMA" if cursor.is(0, "writable_schema") || cursor.is(2, "writable_schema") => {
            make_unknown("the schema can be written directly from here on")
        }
        "LOAD" if cursor.is(0, "DATA") || cursor.is(0, "XML") => {
            make_unknown("rows are loaded from a file, which was not read")
        }
        "IMPORT" if cursor.is(0, "INTO") => {
            make_unknown("rows are loaded from a file, which was not read")
        }
        "IMPORT" if cursor.is(0, "FOREIGN") => {
            make_unknown("which tables are imported is not known")
        }
        // upkeep: rows and definitions stay as they are
        "REINDEX" | "VACUUM" | "ANALYZE" | "CLUSTER" | "OPTIMIZE" | "CHECK" | "SECURITY"
        | "IMPORT" | "SYSTEM" => SchemaAction::TableOption {
            table: Name::default(),
            what: head.to_ascii_lowercase(),
        },
        // transactions, cursors and questions leave nothing behind
        "COMMIT" | "ROLLBACK" | "START" | "SAVEPOINT" | "RELEASE" | "LOCK" | "UNLOCK"
        | "PRAGMA" | "SHOW" | "EXPLAIN" | "DEALLOCATE" | "DISCARD" | "RESET" | "PRINT"
        | "NOTIFY" | "LISTEN" | "DETACH" | "ATTACH" | "ABORT" | "LOAD" | "DESCRIBE" | "RETURN"
        | "FETCH" | "OPEN" | "CLOSE" | "NULL" | "APPLY" | "THROW" | "WAITFOR" | "GO"
        | "CHECKPOINT" | "PERFORMED" | "HANDLER" => SchemaAction::Nothing,
        _ => return None,
    })
}

/// `RENAME TABLE a TO b, ..`; ClickHouse's `EXCHANGE TABLES a AND b` goes by a name in between.
fn rename_tables(cursor: &mut Cursor<'_>, exchange: bool) -> Vec<SchemaAction> {
    if !cursor.eat_any(&["TABLE", "TABLES"]) {
        cursor.eat("DICTIONARY");
    }
    let rename = |table: Name, to: Name| SchemaAction::RenameTable { table, to };
    let mut out = Vec::new();
    loop {
        cursor.eat_all(&["IF", "EXISTS"]);
        let (table, _, to) = (cursor.name(), cursor.eat_any(&["TO", "AND"]), cursor.name());
        let (Some(table), Some(to)) = (table, to) else {
            out.push(make_unknown("a name is missing"));
            return out;
        };
        if exchange {
            // two names change places, which takes a third one
            let aside = Name {
                schema: None,
                name: format!("{} (exchanged)", to.name),
            };
            out.push(rename(to.clone(), aside.clone()));
            out.push(rename(table.clone(), to));
            out.push(rename(aside, table));
        } else {
            out.push(rename(table, to));
        }
        if !cursor.eat(",") {
            return out;
        }
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
    // one schema of somebody's own in the list is enough: names are found there first
    !names
        .iter()
        .all(|name| own.contains(&name.to_ascii_lowercase().as_str()))
}
