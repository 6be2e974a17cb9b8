//! Column definitions and table constraints.

use super::super::dialect::Dialect;
use super::super::enumeration::read_enum_members;
use super::super::step::{Column, Constraint, ConstraintKind, DefaultValue, Name, TableIndex};
use super::cursor::{Cursor, by_comma, text_of, unquote_sql};
use super::lex::{SqlToken, SqlTokenKind};

/// Words that end a type and begin a column's attributes.
const ATTRIBUTES: [&str; 37] = [
    "NOT",
    "NULL",
    "DEFAULT",
    "PRIMARY",
    "UNIQUE",
    "CHECK",
    "REFERENCES",
    "GENERATED",
    "AS",
    "CONSTRAINT",
    "COLLATE",
    "COMMENT",
    "AUTO_INCREMENT",
    "AUTOINCREMENT",
    "IDENTITY",
    "ON",
    "CHARACTER",
    "CHARSET",
    "AFTER",
    "FIRST",
    "INVISIBLE",
    "VISIBLE",
    "STORED",
    "VIRTUAL",
    "PERSISTED",
    "KEY",
    "ROWGUIDCOL",
    "SPARSE",
    "CODEC",
    "TTL",
    "MATERIALIZED",
    "ALIAS",
    "EPHEMERAL",
    "STORAGE",
    "COMPRESSION",
    "USING",
    "DEFERRABLE",
];

/// A column definition: name, type, attributes.
pub fn parse_column(text: &str, tokens: &[SqlToken], dialect: Dialect) -> Option<Column> {
    let mut cursor = Cursor::new(text, tokens);
    let name = cursor.ident()?;
    let mut column = Column::new(name, "");
    // a computed column of SQL Server has no type of its own
    let computed = cursor.is(0, "AS");
    column.data_type = if computed {
        String::new()
    } else {
        data_type(&mut cursor)
    };
    parse_column_attributes(&mut cursor, &mut column, dialect);
    Some(column)
}

/// The type that begins here.
pub fn data_type(cursor: &mut Cursor<'_>) -> String {
    let start = cursor.at;
    while let Some(token) = cursor.token(0) {
        let raw = cursor.raw(0).to_ascii_uppercase();
        // `CHARACTER VARYING` is a type; behind another type `CHARACTER SET` is an attribute of
        // MySQL
        let timestamp = matches!(raw.as_str(), "CHARACTER") && cursor.at == start;
        if cursor.at > start
            && token.kind == SqlTokenKind::Word
            && ATTRIBUTES.contains(&raw.as_str())
            && !timestamp
        {
            break;
        }
        if cursor.is(0, "(") {
            if cursor.group().is_none() {
                cursor.at = cursor.tokens.len();
            }
            continue;
        }
        // `map<text, int>`: the brackets touch the word before them.
        if cursor.is(0, "<") && cursor.at > start && cursor.tokens[cursor.at - 1].end == token.start
        {
            angle_group(cursor);
            continue;
        }
        if token.kind == SqlTokenKind::Mark && !matches!(raw.as_str(), "[" | "]" | "." | "%") {
            break;
        }
        cursor.at += 1;
    }
    text_of(cursor.text, &cursor.tokens[start..cursor.at])
}

/// Steps over `<..>`, or to the end where it is never closed.
fn angle_group(cursor: &mut Cursor<'_>) {
    let mut depth = 0usize;
    while !cursor.done() {
        if cursor.is(0, "<") {
            depth += 1;
        } else if cursor.is(0, ">") {
            depth -= 1;
        }
        cursor.at += 1;
        if depth == 0 {
            return;
        }
    }
}

/// Attributes behind a type, in any order.
pub fn parse_column_attributes(cursor: &mut Cursor<'_>, column: &mut Column, dialect: Dialect) {
    let upper = column.data_type.to_ascii_uppercase();
    // serial of PostgreSQL is an integer, NOT NULL, with a sequence for its default
    if matches!(
        upper.as_str(),
        "SERIAL" | "BIGSERIAL" | "SMALLSERIAL" | "SERIAL4" | "SERIAL8"
    ) {
        column.auto = true;
        column.nullable = false;
    }
    if dialect == Dialect::ClickHouse {
        // ClickHouse fills a type's own default into every column that is left out.
        column.default = DefaultValue::Constant("the type's default".to_owned());
    }
    while !cursor.done() {
        if cursor.eat_all(&["NOT", "NULL"]) {
            column.nullable = false;
        } else if cursor.eat("NULL") {
            column.nullable = true;
        } else if cursor.eat("DEFAULT") || cursor.eat_all(&["MATERIALIZED"]) {
            cursor.eat("ON");
            column.default = DefaultValue::from_text(&parse_expression(cursor));
        } else if cursor.eat_all(&["PRIMARY", "KEY"]) {
            column.primary = true;
            column.nullable = false;
            // only the very word INTEGER makes a key another name of SQLite's rowid
            if dialect == Dialect::Sqlite && upper == "INTEGER" {
                column.auto = true;
            }
        } else if cursor.eat("UNIQUE") {
            column.unique = true;
            cursor.eat("KEY");
        } else if cursor.eat("CHECK") {
            column.check = true;
            let text = cursor.text;
            column.rule = cursor
                .group()
                .map(|inside| text_of(text, inside))
                .unwrap_or_default();
        } else if cursor.eat("REFERENCES") {
            column.references = cursor.name();
            column.key_of = if cursor.is(0, "(") {
                parse_column_names(cursor)
            } else {
                Vec::new()
            };
            column.frees = skip_reference_actions(cursor);
        } else if cursor.is(0, "GENERATED") || cursor.is(0, "AS") {
            parse_generated_clause(cursor, column);
        } else if cursor.eat_any(&["AUTO_INCREMENT", "AUTOINCREMENT"]) {
            column.auto = true;
        } else if cursor.eat("IDENTITY") {
            column.auto = true;
            cursor.group();
        } else if cursor.eat("CONSTRAINT") {
            cursor.ident();
        } else if cursor.eat("COLLATE") {
            column.collation = cursor.name().map(|name| name.name).unwrap_or_default();
        } else if cursor.eat("CHARSET") || cursor.eat_all(&["CHARACTER", "SET"]) {
            // a set of letters has a collation of its own
            let set = cursor.name().map(|name| name.name).unwrap_or_default();
            if column.collation.is_empty() {
                column.collation = set;
            }
        } else if cursor.eat("AFTER") {
            column.behind = cursor.ident();
        } else if cursor.eat("FIRST") {
            column.behind = Some(String::new());
        } else if cursor.eat("INVISIBLE") {
            column.hidden = true;
        } else if cursor.eat_all(&["ON", "UPDATE"]) {
            column.renewed = true;
            cursor.ident();
        } else if cursor.eat_any(&["COMMENT", "STORAGE", "COMPRESSION"]) {
            cursor.name();
        } else if cursor.is(0, "(") {
            if cursor.group().is_none() {
                break;
            }
        } else {
            cursor.at += 1;
        }
    }
    fill_enumeration(column, dialect);
}

/// MySQL fills an enumeration that must have a value with its first member.
fn fill_enumeration(column: &mut Column, dialect: Dialect) {
    if dialect != Dialect::MySql || column.nullable || column.default.is_some() {
        return;
    }
    if let Some(first) = read_enum_members(&column.data_type).and_then(|all| all.into_iter().next())
    {
        column.default = DefaultValue::Constant(format!("'{}'", first.replace('\'', "''")));
    }
}

fn parse_generated_clause(cursor: &mut Cursor<'_>, column: &mut Column) {
    let by_default = cursor.is(1, "BY");
    cursor.eat("GENERATED");
    cursor.eat_any(&["ALWAYS", "BY"]);
    cursor.eat("DEFAULT");
    cursor.eat_all(&["ON", "NULL"]);
    cursor.eat("AS");
    // `GENERATED .. AS IDENTITY` numbers, `GENERATED .. AS (..)` computes
    if cursor.eat("IDENTITY") {
        column.auto = true;
        // PostgreSQL: BY DEFAULT takes the values of a writer, ALWAYS refuses them
        column.always = !by_default;
        column.nullable = false;
        cursor.group();
    // temporal tables of SQL Server: the database fills ROW START and ROW END
    } else if cursor.eat_any(&["ROW"]) {
        column.auto = true;
    } else {
        column.generated = true;
        // SQL Server takes an expression without parentheses: `AS CONVERT(int, code) PERSISTED`
        let start = cursor.at;
        let inside = cursor.group().map(|tokens| text_of(cursor.text, tokens));
        let ends = cursor.done()
            || ATTRIBUTES
                .iter()
                .any(|word| cursor.raw(0).eq_ignore_ascii_case(word));
        column.expression = match inside {
            Some(inside) if ends => inside,
            _ => {
                cursor.at = start;
                parse_expression(cursor)
            }
        };
    }
}

/// Steps over `ON DELETE ..` and alike; whether a delete of the row that is referred to is let
/// through.
fn skip_reference_actions(cursor: &mut Cursor<'_>) -> bool {
    let mut frees = false;
    while cursor.eat("ON") || cursor.eat("MATCH") {
        let deletes = cursor.is(0, "DELETE");
        cursor.eat_any(&["DELETE", "UPDATE", "FULL", "SIMPLE", "PARTIAL"]);
        if cursor.eat("SET") {
            cursor.at += 1;
            frees |= deletes;
        } else if cursor.eat("NO") {
            cursor.at += 1;
        } else if cursor.eat("CASCADE") {
            frees |= deletes;
        } else {
            cursor.eat("RESTRICT");
        }
    }
    frees
}

/// An expression up to the next attribute; steps behind it.
fn parse_expression(cursor: &mut Cursor<'_>) -> String {
    let start = cursor.at;
    while let Some(token) = cursor.token(0) {
        if cursor.is(0, "(") {
            if cursor.group().is_none() {
                cursor.at = cursor.tokens.len();
            }
            continue;
        }
        let word = cursor.raw(0).to_ascii_uppercase();
        let ends = token.kind == SqlTokenKind::Word
            && cursor.at > start
            && ATTRIBUTES.contains(&word.as_str())
            && !(word == "NULL" && cursor.at == start);
        if ends {
            break;
        }
        cursor.at += 1;
    }
    text_of(cursor.text, &cursor.tokens[start..cursor.at])
}

/// What a table-level element is.
pub enum Element {
    /// A constraint.
    Constraint(Constraint),
    /// An index.
    Index(TableIndex),
    /// `DEFAULT x FOR column` (SQL Server).
    Default(String, DefaultValue),
    /// A column.
    Column,
    /// Something else that no statement sees (`PERIOD FOR`, `PROJECTION`).
    Other,
}

/// A table-level element of `CREATE TABLE` or `ALTER TABLE .. ADD`.
pub fn parse_table_element(text: &str, tokens: &[SqlToken], table: &Name) -> Element {
    let mut cursor = Cursor::new(text, tokens);
    let whole = text_of(text, tokens);
    let mut name = None;
    if cursor.eat("CONSTRAINT") && !is_constraint_word(&cursor) {
        cursor.eat_all(&["IF", "NOT", "EXISTS"]);
        name = cursor.ident();
    }
    let constraint = |kind, name, columns, references| {
        Element::Constraint(Constraint {
            name,
            kind,
            columns,
            references,
            text: whole.clone(),
        })
    };
    if cursor.eat_all(&["PRIMARY", "KEY"]) {
        cursor.eat_any(&["CLUSTERED", "NONCLUSTERED"]);
        return constraint(
            ConstraintKind::Primary,
            name,
            parse_column_names(&mut cursor),
            None,
        );
    }
    // a column may be called `unique`; a list or a word of indexes tells the rule
    if cursor.is(0, "UNIQUE") && (cursor.is(1, "(") || is_index_tail(&cursor)) {
        let (name, columns) = parse_unique_columns(&mut cursor, name);
        return constraint(ConstraintKind::Unique, name, columns, None);
    }
    if cursor.eat_all(&["FOREIGN", "KEY"]) {
        if !cursor.is(0, "(") {
            name = name.or(cursor.ident());
        }
        let own = parse_column_names(&mut cursor);
        let references = if cursor.eat("REFERENCES") {
            cursor.name()
        } else {
            None
        };
        return constraint(ConstraintKind::Foreign, name, own, references);
    }
    if cursor.eat("CHECK") {
        let (kind, columns) = parse_check_columns(&mut cursor, text);
        return constraint(kind, name, columns, None);
    }
    if cursor.eat("EXCLUDE") {
        return constraint(ConstraintKind::Exclude, name, Vec::new(), None);
    }
    // PostgreSQL 18 states NOT NULL as a rule of the table, with a name or without one; NOT is
    // reserved, so no column is called that
    if cursor.eat_all(&["NOT", "NULL"]) {
        let column = cursor.ident().into_iter().collect();
        return constraint(ConstraintKind::NotNull, name, column, None);
    }
    if cursor.is(0, "DEFAULT")
        && let Some(at) = cursor.find("FOR")
    {
        let value = text_of(text, &tokens[cursor.at + 1..at]);
        cursor.at = at + 1;
        return cursor.ident().map_or(Element::Other, |column| {
            Element::Default(column, DefaultValue::from_text(&value))
        });
    }
    let marked = cursor.is(0, "FULLTEXT") || cursor.is(0, "SPATIAL");
    // `key text` is a column called key, `KEY (a)` an index
    let index = (cursor.is(0, "INDEX") || cursor.is(0, "KEY")) && is_index_tail_at(&cursor, 1);
    if marked || index {
        return Element::Index(parse_stated_index(&mut cursor, table));
    }
    if cursor.is(0, "PERIOD") || cursor.is(0, "PROJECTION") || cursor.is(0, "LIKE") {
        return Element::Other;
    }
    Element::Column
}

/// The name and the columns of `UNIQUE ..`, whose words many databases put in their own order.
fn parse_unique_columns(
    cursor: &mut Cursor<'_>,
    stated: Option<String>,
) -> (Option<String>, Vec<String>) {
    let mut name = stated;
    cursor.at += 1;
    cursor.eat_any(&["KEY", "INDEX", "CLUSTERED", "NONCLUSTERED"]);
    // PostgreSQL 15: NULLS NOT DISTINCT
    if cursor.eat("NULLS") {
        cursor.eat("NOT");
        cursor.eat("DISTINCT");
    }
    if !cursor.is(0, "(") && !cursor.is(0, "USING") {
        name = name.or(cursor.ident());
    }
    if cursor.eat("USING") {
        cursor.at += usize::from(!cursor.is(0, "("));
        if cursor.is(0, "(") {
            return (name, parse_unique_names(cursor));
        }
        return (name, Vec::new());
    }
    (name, parse_unique_names(cursor))
}

/// What `CHECK (..)` is about. `CHECK (x IS NOT NULL)` refuses NULL like a column that says so.
fn parse_check_columns(cursor: &mut Cursor<'_>, text: &str) -> (ConstraintKind, Vec<String>) {
    let inside = cursor.group().unwrap_or_default();
    let kind =
        // `CHECK (x IS NOT NULL)` has four words with its column
        if inside.len() == 4 && text_of(text, &inside[1..]).eq_ignore_ascii_case("IS NOT NULL") {
            ConstraintKind::NotNull
        } else {
            ConstraintKind::Check
        };
    if kind == ConstraintKind::NotNull {
        let column = inside
            .first()
            .map(|token| unquote_sql(&text[token.start..token.end]))
            .into_iter()
            .collect();
        return (kind, column);
    }
    let names = inside
        .iter()
        .filter(|token| matches!(token.kind, SqlTokenKind::Word | SqlTokenKind::Quoted))
        .map(|token| unquote_sql(&text[token.start..token.end]))
        .collect();
    (kind, names)
}

/// An index that stands among the columns.
fn parse_stated_index(cursor: &mut Cursor<'_>, table: &Name) -> TableIndex {
    cursor.at += 1;
    cursor.eat_any(&["INDEX", "KEY"]);
    let name = if cursor.is(0, "(") {
        None
    } else {
        cursor.ident()
    };
    while !cursor.done() && !cursor.is(0, "(") {
        cursor.at += 1;
    }
    TableIndex {
        name,
        table: table.clone(),
        columns: parse_column_names(cursor),
        unique: false,
        partial: false,
        concurrently: false,
    }
}

fn is_constraint_word(cursor: &Cursor<'_>) -> bool {
    cursor.is(0, "PRIMARY") || cursor.is(0, "FOREIGN") || cursor.is(0, "CHECK")
}

fn is_index_tail(cursor: &Cursor<'_>) -> bool {
    cursor.is(1, "KEY")
        || cursor.is(1, "INDEX")
        || cursor.is(1, "CLUSTERED")
        || cursor.is(1, "NONCLUSTERED")
        || cursor.is(1, "NULLS")
        || cursor.is(1, "USING")
        || cursor.is(2, "(")
}

/// `INDEX (..)`, `INDEX name (..)`, `KEY name USING ..`: a column named `key` has a type behind it
/// instead.
fn is_index_tail_at(cursor: &Cursor<'_>, ahead: usize) -> bool {
    cursor.is(ahead, "(")
        || cursor.is(ahead + 1, "(") && !looks_like_type(cursor.raw(ahead))
        || cursor.is(ahead + 1, "USING")
        || cursor.is(ahead + 1, "ON")
        || cursor.is(ahead, "IF")
        || cursor
            .token(ahead)
            .is_some_and(|token| token.kind == SqlTokenKind::Quoted)
}

fn looks_like_type(word: &str) -> bool {
    let upper = word.to_ascii_uppercase();
    matches!(
        upper.as_str(),
        "VARCHAR"
            | "CHAR"
            | "INT"
            | "BIGINT"
            | "DECIMAL"
            | "NUMERIC"
            | "NVARCHAR"
            | "VARBINARY"
            | "BINARY"
            | "TIMESTAMP"
            | "DATETIME"
    )
}

/// As [`parse_column_names`], of a rule of uniqueness: a collation says which texts are the same, and
/// stays with its column unless it compares them as they are.
pub fn parse_unique_names(cursor: &mut Cursor<'_>) -> Vec<String> {
    let text = cursor.text;
    let mut behind = *cursor;
    let names = parse_column_names(cursor);
    let parts = behind
        .group()
        .map(|inside| by_comma(text, inside))
        .unwrap_or_default();
    let collation = |part: &[SqlToken]| {
        let raw = |at: usize| {
            part.get(at)
                .map_or("", |token| &text[token.start..token.end])
        };
        let at = (1..part.len()).find(|at| raw(*at).eq_ignore_ascii_case("COLLATE"))?;
        let mut cursor = Cursor::new(text, part.get(at + 1..)?);
        let named = cursor.name()?.name.to_uppercase();
        // these collations compare texts byte by byte
        let exact = matches!(
            named.as_str(),
            "C" | "POSIX" | "BINARY" | "UCS_BASIC" | "C.UTF-8"
        ) || named.ends_with("_BIN")
            || named.ends_with("_BIN2");
        (!exact).then_some(named)
    };
    names
        .into_iter()
        .enumerate()
        .map(
            |(at, name)| match parts.get(at).and_then(|part| collation(part)) {
                Some(collation) => format!("{name}{COLLATED}{collation}"),
                None => name,
            },
        )
        .collect()
}

/// Between a column of a rule of uniqueness and its collation.
pub const COLLATED: &str = " COLLATE ";

/// Column names of the group that begins here: the first name of each element; expressions as text.
pub fn parse_column_names(cursor: &mut Cursor<'_>) -> Vec<String> {
    let text = cursor.text;
    let Some(inside) = cursor.group() else {
        return Vec::new();
    };
    by_comma(text, inside)
        .into_iter()
        .map(|part| match part[0].kind {
            SqlTokenKind::Word | SqlTokenKind::Quoted
                if part
                    .get(1)
                    .is_none_or(|next| keeps_bare_name(text, next.start, next.end)) =>
            {
                unquote_sql(&text[part[0].start..part[0].end])
            }
            _ => text_of(text, part),
        })
        .collect()
}

/// What stands behind a name in a list of columns leaves it a name: the length of a prefix, an
/// order, a collation, an operator class. Anything else makes an expression of it.
fn keeps_bare_name(text: &str, start: usize, end: usize) -> bool {
    let next = &text[start..end];
    if next == "(" {
        // `title(20)` is a prefix of MySQL, `lower(title)` a call
        return text[end..]
            .trim_start()
            .starts_with(|c: char| c.is_ascii_digit());
    }
    let word =
        next.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '`' | '['));
    let operator = [
        "is", "in", "and", "or", "not", "like", "between", "glob", "isnull", "notnull",
    ];
    word && !operator
        .iter()
        .any(|other| next.eq_ignore_ascii_case(other))
}
