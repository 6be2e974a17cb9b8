//! `CREATE ..`, `DROP ..` and `ALTER ..` of everything but the inside of a table.

use super::super::dialect::Dialect;
use super::super::step::{Name, SchemaAction, Table, TableIndex};
use super::column::{self, Element};
use super::cursor::{Cursor, by_comma_in, text_of, unquote_sql};
use super::lex::SqlTokenKind;
use super::made::{make_named_action, make_unknown_create};
use super::query;
use super::routine::{parse_create_routine, parse_create_trigger};

/// `CREATE OR REPLACE TABLE`: the table goes with its rows, and one of its name is made. One that is
/// made out of its own rows keeps some of them, and which is not known.
fn replace_table(mut created: Vec<SchemaAction>) -> Vec<SchemaAction> {
    let Some(SchemaAction::CreateTable(table)) = created.first() else {
        return created;
    };
    let name = table.name.clone();
    // made out of its own rows: which of them stay is in a query that is not worked out
    if table
        .copied_from
        .iter()
        .chain(&table.like)
        .any(|from| is_same_table(from, &name))
    {
        return vec![SchemaAction::Unknown {
            why: format!("the table {name} is made again out of its own rows"),
        }];
    }
    created.insert(
        0,
        SchemaAction::DropTable {
            // first the drop, so that the rows count as gone
            table: name,
            if_exists: true,
            cascade: false,
        },
    );
    created
}

/// The same table, where one of the names may have more in front: BigQuery quotes a name with its
/// project and data set as one.
fn is_same_table(one: &Name, other: &Name) -> bool {
    let bare = |name: &Name| name.key().replace(['`', '"'], "");
    let (one, other) = (bare(one), bare(other));
    let ends = |long: &str, short: &str| {
        long.strip_suffix(short)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    ends(&one, &other) || ends(&other, &one)
}

/// `REPLACE TABLE ..`; the cursor stands behind `REPLACE`.
pub fn parse_replace(cursor: &mut Cursor<'_>, dialect: Dialect) -> Vec<SchemaAction> {
    let temporary = cursor.eat("TEMPORARY");
    cursor.eat("TABLE");
    let created = parse_create_table(cursor, dialect, temporary, false);
    if temporary {
        created
    } else {
        replace_table(created)
    }
}

/// Words before the object that change nothing of what is asked of it.
const PASSED_WORDS: [&str; 19] = [
    "GLOBAL",
    "LOCAL",
    "UNLOGGED",
    "EXTERNAL",
    "FOREIGN",
    "RECURSIVE",
    "CLUSTERED",
    "NONCLUSTERED",
    "COLUMNSTORE",
    "FULLTEXT",
    "SPATIAL",
    "CONSTRAINT",
    "TRUSTED",
    "DEFAULT",
    "EDITIONABLE",
    "NONEDITIONABLE",
    "CUSTOM",
    "INVERTED",
    "VIRTUAL",
];

/// What stands between `CREATE` and the object.
#[derive(Default)]
struct CreateWords {
    replace: bool,
    temporary: bool,
    unique: bool,
    materialized: bool,
}

fn read_create_words(cursor: &mut Cursor<'_>) -> CreateWords {
    let mut words = CreateWords {
        replace: cursor.eat_all(&["OR", "REPLACE"]) || cursor.eat_all(&["OR", "ALTER"]),
        ..CreateWords::default()
    };
    loop {
        if cursor.eat_any(&["TEMP", "TEMPORARY"]) {
            words.temporary = true;
        } else if cursor.eat("UNIQUE") {
            words.unique = true;
        } else if cursor.eat("MATERIALIZED") {
            words.materialized = true;
        } else if cursor.is(0, "DEFINER") || cursor.is(0, "ALGORITHM") {
            cursor.at += 1;
            cursor.eat("=");
            cursor.ident();
            if cursor.raw(0).starts_with('@') {
                cursor.at += 1;
                cursor.ident();
            } else if cursor.is(0, "@") {
                cursor.at += 2;
            }
        } else if !cursor.eat_any(&PASSED_WORDS)
            && !cursor.eat_all(&["SQL", "SECURITY", "DEFINER"])
            && !cursor.eat_all(&["SQL", "SECURITY", "INVOKER"])
        {
            return words;
        }
    }
}
/// `CREATE ..`; the cursor stands behind `CREATE`.
pub fn parse_create(cursor: &mut Cursor<'_>, dialect: Dialect) -> Vec<SchemaAction> {
    let words = read_create_words(cursor);
    let replace = words.replace;
    let object = cursor.raw(0).to_ascii_uppercase();
    cursor.at += 1;
    let mut concurrently = false;
    // only an index has the word here; elsewhere it is a name
    if object == "INDEX" {
        concurrently = cursor.eat("CONCURRENTLY");
    }
    let if_not_exists = cursor.eat_all(&["IF", "NOT", "EXISTS"]);
    let one = match object.as_str() {
        "TABLE" | "COLUMNFAMILY" => {
            let created = parse_create_table(cursor, dialect, words.temporary, if_not_exists);
            return if replace && !words.temporary {
                replace_table(created)
            } else {
                created
            };
        }
        "INDEX" => parse_create_index(cursor, words.unique, concurrently),
        "VIEW" => make_named_action(cursor.name(), |name| SchemaAction::CreateView {
            name,
            replace,
            materialized: words.materialized,
            body: text_of(cursor.text, cursor.rest_tokens()),
        }),
        "FUNCTION" | "PROCEDURE" | "PROC" | "AGGREGATE" => parse_create_routine(cursor, replace),
        "TRIGGER" => parse_create_trigger(cursor),
        // a sequence that starts anew gives numbers that rows have already
        "SEQUENCE" if replace => SchemaAction::Unknown {
            why: "the sequence is made again, and may give numbers that are already used"
                .to_owned(),
        },
        "SEQUENCE" => {
            make_named_action(cursor.name(), |name| SchemaAction::CreateSequence { name })
        }
        "SCHEMA" | "DATABASE" | "KEYSPACE" => SchemaAction::CreateSchema {
            name: cursor.ident().unwrap_or_default(),
        },
        "EXTENSION" => SchemaAction::CreateExtension {
            name: cursor.ident().unwrap_or_default(),
        },
        "TYPE" => create_type(cursor),
        "DOMAIN" => make_named_action(cursor.name(), |name| SchemaAction::CreateType {
            name,
            // a domain is a type with a rule, and its values are not a list
            values: None,
        }),
        "POLICY" => {
            let name = cursor.ident().unwrap_or_default();
            cursor.eat("ON");
            make_named_action(cursor.name(), |table| SchemaAction::CreatePolicy {
                name,
                table,
            })
        }
        // a new account takes nothing from others
        "ROLE" | "USER" | "LOGIN" | "GROUP" => SchemaAction::Grant {
            object: cursor.ident().unwrap_or_default(),
        },
        // rare objects that may change what a statement does, so they are told and not passed over
        "RULE" | "EVENT" | "PUBLICATION" | "SUBSCRIPTION" | "OPERATOR" | "CAST" | "SERVER"
        | "SYNONYM" | "DICTIONARY" | "ALIAS" => SchemaAction::RareObject {
            what: object.to_ascii_lowercase(),
            name: cursor.ident().unwrap_or_default(),
        },
        "STATISTICS" | "COLLATION" | "TEXT" | "TABLESPACE" | "ACCESS" | "XML" | "PRIMARY" => {
            SchemaAction::TableOption {
                table: Name::default(),
                what: object.to_ascii_lowercase(),
            }
        }
        _ => make_unknown_create(&format!("`CREATE {object}` is not known")),
    };
    vec![one]
}

fn parse_create_table(
    cursor: &mut Cursor<'_>,
    dialect: Dialect,
    temporary: bool,
    if_not_exists: bool,
) -> Vec<SchemaAction> {
    let text = cursor.text;
    let Some(name) = cursor.name() else {
        return vec![make_unknown_create("the table's name is missing")];
    };
    let mut table = Table {
        name: name.clone(),
        if_not_exists,
        // SQL Server: a name with # in front is that of a temporary table
        temporary: temporary || name.name.starts_with('#'),
        columns_known: true,
        ..Table::default()
    };
    if cursor.eat_all(&["ON", "CLUSTER"]) {
        cursor.ident();
    }
    // a partition of PostgreSQL has the columns of its parent
    if cursor.eat_all(&["PARTITION", "OF"]) {
        table.partition_of = cursor.name();
        table.columns_known = false;
        return vec![SchemaAction::CreateTable(table)];
    }
    // ClickHouse writes `AS other` where MySQL writes `LIKE other`
    if cursor.eat("LIKE")
        || (cursor.eat("AS")
            && !cursor.is(0, "SELECT")
            && !cursor.is(0, "(")
            && !cursor.is(0, "WITH"))
    {
        table.like = cursor.name();
        table.columns_known = false;
        return vec![SchemaAction::CreateTable(table)];
    }
    let mut extra = Vec::new();
    if cursor.is(0, "(") && !cursor.is(1, "SELECT") {
        let Some(inside) = cursor.group() else {
            return vec![make_unknown_create("a parenthesis is never closed")];
        };
        for part in by_comma_in(text, inside, dialect) {
            match column::parse_table_element(text, part, &name) {
                Element::Constraint(constraint) => table.constraints.push(constraint),
                Element::Index(index) => table.indexes.push(index),
                Element::Default(..) | Element::Other => {
                    let mut part = Cursor::new(text, part);
                    if part.eat("LIKE") {
                        table.like = part.name();
                        table.columns_known = false;
                    }
                }
                Element::Column => match column::parse_column(text, part, dialect) {
                    Some(column) => table.columns.push(column),
                    None => extra.push(make_unknown_create("a column cannot be read")),
                },
            }
        }
    }
    // A virtual table says its columns in the words of its module.
    table.columns_known &= !cursor.is(0, "USING") || !table.columns.is_empty();
    table.strict = dialect == Dialect::Sqlite && cursor.find("STRICT").is_some();
    if let Some(at) = cursor
        .find("SELECT")
        .or_else(|| cursor.find("AS"))
        .or_else(|| cursor.find("WITH"))
        && dialect != Dialect::ClickHouse
    {
        let query = text_of(text, &cursor.tokens[at..]);
        table.copied_from = query::find_query_tables(&query, dialect);
        table.columns_known = !table.columns.is_empty();
        if table.columns.is_empty()
            && query.to_ascii_uppercase().contains("SELECT *")
            && table.copied_from.len() == 1
        {
            table.like = table.copied_from.first().cloned();
        }
    }
    for constraint in &table.constraints {
        use super::super::step::ConstraintKind;
        // SQLite takes NULL in a key of several columns
        let refuses = dialect != Dialect::Sqlite || constraint.columns.len() == 1;
        if constraint.kind == ConstraintKind::Primary && refuses {
            for column in table.columns.iter_mut().filter(|column| {
                constraint
                    .columns
                    .iter()
                    .any(|name| name.eq_ignore_ascii_case(&column.name))
            }) {
                column.nullable = false;
            }
        }
    }
    extra.insert(0, SchemaAction::CreateTable(table));
    extra
}

fn parse_create_index(cursor: &mut Cursor<'_>, unique: bool, concurrently: bool) -> SchemaAction {
    let name = if cursor.is(0, "ON") {
        None
    } else {
        cursor.name().map(|name| name.name)
    };
    if cursor.eat("USING") {
        cursor.ident();
    }
    if !cursor.eat("ON") {
        return make_unknown_create("the index has no table");
    }
    cursor.eat("ONLY");
    let Some(table) = cursor.name() else {
        return make_unknown_create("the index has no table");
    };
    if cursor.eat("USING") {
        cursor.ident();
    }
    let columns = if unique {
        column::parse_unique_names(cursor)
    } else {
        column::parse_column_names(cursor)
    };
    // a unique index over a part of the rows is another rule than one over all
    let partial = cursor.find("WHERE").is_some();
    SchemaAction::CreateIndex(TableIndex {
        name,
        table,
        columns,
        unique,
        partial,
        concurrently,
    })
}

fn create_type(cursor: &mut Cursor<'_>) -> SchemaAction {
    let name = cursor.name();
    let values = if cursor.eat_all(&["AS", "ENUM"]) {
        cursor.group().map(|inside| {
            inside
                .iter()
                .filter(|token| token.kind == SqlTokenKind::Text)
                .map(|token| unquote_sql(&cursor.text[token.start..token.end]))
                .collect()
        })
    } else {
        None
    };
    make_named_action(name, |name| SchemaAction::CreateType { name, values })
}

/// `DROP ..`; the cursor stands behind `DROP`.
pub fn parse_drop(cursor: &mut Cursor<'_>) -> Vec<SchemaAction> {
    cursor.eat_any(&["MATERIALIZED", "FOREIGN", "TEMPORARY", "EVENT", "OWNED"]);
    let object = cursor.raw(0).to_ascii_uppercase();
    cursor.at += 1;
    cursor.eat("CONCURRENTLY");
    let if_exists = cursor.eat_all(&["IF", "EXISTS"]);
    let cascade = cursor.find("CASCADE").is_some();
    if matches!(object.as_str(), "TRIGGER" | "POLICY" | "RULE") {
        let Some(name) = cursor.name() else {
            return vec![make_unknown_create("the name is missing")];
        };
        let table = if cursor.eat("ON") {
            cursor.name()
        } else {
            None
        };
        return vec![match object.as_str() {
            "TRIGGER" => SchemaAction::DropTrigger {
                table: table.or_else(|| name.schema.as_deref().map(Name::new)),
                name: name.name,
            },
            "POLICY" => SchemaAction::DropPolicy {
                name: name.name,
                table: table.unwrap_or_default(),
            },
            _ => SchemaAction::RareObject {
                what: "rule".to_owned(),
                name: name.name,
            },
        }];
    }
    let mut out = Vec::new();
    loop {
        let Some(name) = cursor.name() else {
            out.push(make_unknown_create("the name is missing"));
            break;
        };
        let mut parts = (None, None);
        if object == "INDEX" {
            if cursor.eat("ON") {
                parts.0 = cursor.name();
            } else if name.schema.is_some() && !if_exists {
                parts.1 = name.schema.clone();
            }
        }
        if matches!(
            object.as_str(),
            "FUNCTION" | "PROCEDURE" | "PROC" | "AGGREGATE" | "ROUTINE"
        ) {
            cursor.group();
        }
        out.push(match object.as_str() {
            "TABLE" | "COLUMNFAMILY" => SchemaAction::DropTable {
                table: name,
                if_exists,
                cascade,
            },
            "VIEW" => SchemaAction::DropView { name, if_exists },
            "INDEX" => SchemaAction::DropIndex {
                name: name.name,
                table: parts.0,
            },
            "FUNCTION" | "PROCEDURE" | "PROC" | "AGGREGATE" | "ROUTINE" => {
                SchemaAction::DropRoutine { name, if_exists }
            }
            "SEQUENCE" => SchemaAction::DropSequence { name },
            "TYPE" | "DOMAIN" => SchemaAction::DropType { name },
            "SCHEMA" | "DATABASE" | "KEYSPACE" => SchemaAction::DropSchema { name: name.name },
            "EXTENSION" => SchemaAction::DropExtension {
                name: name.name,
                cascade,
            },
            "ROLE" | "USER" | "LOGIN" | "GROUP" | "BY" => SchemaAction::Revoke {
                object: name.to_string(),
            },
            "PUBLICATION" | "SUBSCRIPTION" | "EVENT" | "OPERATOR" | "CAST" | "SERVER"
            | "SYNONYM" | "DICTIONARY" | "ALIAS" => SchemaAction::RareObject {
                what: object.to_ascii_lowercase(),
                name: name.to_string(),
            },
            "STATISTICS" | "COLLATION" | "TEXT" | "TABLESPACE" | "PREPARE" => {
                SchemaAction::TableOption {
                    table: Name::default(),
                    what: object.to_ascii_lowercase(),
                }
            }
            _ => {
                out.push(make_unknown_create(&format!(
                    "`DROP {object}` is not known"
                )));
                break;
            }
        });
        if !cursor.eat(",") {
            break;
        }
    }
    out
}
