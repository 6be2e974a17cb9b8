//! Kysely's schema builder: one chain a statement, `db.schema.alterTable('a').dropColumn('b')`.

use super::syntax::{Expr, FunctionCall, SyntaxItem};
use super::write::Writer;
use crate::step::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, SchemaAction, Table, TableIndex,
};

/// Reads a chain. `false`: it is none of Kysely's.
pub fn read_kysely_chain(writer: &mut Writer, call: &FunctionCall, certain: bool) -> bool {
    let chain = call.chain();
    if let Some(statement) = find_statement(&chain) {
        if !writer.sql_of(statement, certain) {
            writer.unknown("the SQL is put together in another place", call, certain);
        }
        return true;
    }
    let schema = chain
        .iter()
        .find(|part| part.name == "withSchema")
        .and_then(|part| part.text(0));
    let Some((at, head)) = chain
        .iter()
        .enumerate()
        .find(|(_, part)| is_statement_head(&part.name))
    else {
        return false;
    };
    let Some(name) = head.text(0) else {
        let why = format!("{} is told its name in another place", head.name);
        writer.unknown(why, head, certain);
        return true;
    };
    let table = match schema {
        // the name may hold its schema already
        Some(schema) if !name.contains('.') => {
            Name::from_parts(vec![schema.to_owned(), name.to_owned()])
        }
        _ => Name::new(name),
    };
    let rest = &chain[at + 1..];
    let actions = read_table_statement(head, &table, rest)
        .or_else(|| read_object_statement(head, &table, rest))
        .or_else(|| read_row_statement(head, &table, rest))
        .unwrap_or_default();
    if actions.is_empty() {
        let why = format!("what {} of {table} does is not known", head.name);
        writer.unknown(why, head, certain);
    }
    for (action, line) in actions {
        let at = FunctionCall {
            line,
            ..call.clone()
        };
        writer.push(action, &at, certain);
    }
    true
}

/// ``sql`..`.execute(db)``
fn find_statement<'a>(chain: &[&'a FunctionCall]) -> Option<&'a FunctionCall> {
    let first = chain.first()?;
    let by_name = first.name == "sql" && first.on.is_none();
    let raw = first.name == "raw" && matches!(&first.on, Some(Expr::Name(on)) if on == "sql");
    (by_name || raw).then_some(*first)
}

fn is_statement_head(name: &str) -> bool {
    matches!(
        name,
        "createTable"
            | "alterTable"
            | "dropTable"
            | "createIndex"
            | "dropIndex"
            | "createView"
            | "dropView"
            | "refreshMaterializedView"
            | "createType"
            | "dropType"
            | "createSchema"
            | "dropSchema"
            | "updateTable"
            | "insertInto"
            | "replaceInto"
            | "deleteFrom"
    )
}

type Actions = Vec<(SchemaAction, usize)>;

fn has_part(rest: &[&FunctionCall], name: &str) -> bool {
    rest.iter().any(|part| part.name == name)
}

/// Tables and their columns.
fn read_table_statement(
    head: &FunctionCall,
    table: &Name,
    rest: &[&FunctionCall],
) -> Option<Actions> {
    match head.name.as_str() {
        "createTable" => {
            let mut made = Table {
                name: table.clone(),
                if_not_exists: has_part(rest, "ifNotExists"),
                temporary: has_part(rest, "temporary"),
                // columns of another place, and those of a query, are not known
                columns_known: !has_part(rest, "$call") && !has_part(rest, "as"),
                ..Table::default()
            };
            for part in rest {
                if part.name == "addColumn" {
                    made.columns.extend(read_column(part));
                } else if let Some(constraint) = read_constraint(part) {
                    made.constraints.push(constraint);
                }
            }
            Some(vec![(SchemaAction::CreateTable(made), head.line)])
        }
        "dropTable" => Some(vec![(
            SchemaAction::DropTable {
                table: table.clone(),
                if_exists: has_part(rest, "ifExists"),
                cascade: has_part(rest, "cascade"),
            },
            head.line,
        )]),
        "alterTable" => {
            let mut out = Vec::new();
            for part in rest {
                // these only run the statement
                if matches!(
                    part.name.as_str(),
                    "execute" | "compile" | "toOperationNode"
                ) {
                    continue;
                }
                let mut actions = Vec::new();
                read_alteration(part, table, &mut actions);
                out.extend(actions.into_iter().map(|action| (action, part.line)));
            }
            Some(out)
        }
        _ => None,
    }
}

fn read_alteration(part: &FunctionCall, table: &Name, out: &mut Vec<SchemaAction>) {
    let t = || table.clone();
    let first = || part.text(0).unwrap_or_default().to_owned();
    let second = || part.text(1).unwrap_or_default().to_owned();
    let action = match part.name.as_str() {
        "addColumn" => read_column(part).map(|column| SchemaAction::AddColumn {
            table: t(),
            column,
            if_not_exists: has_part(&list_options(part), "ifNotExists"),
        }),
        "modifyColumn" => read_column(part).map(|column| SchemaAction::RestateColumn {
            table: t(),
            from: first(),
            column,
            // `modifyColumn` of MySQL states the column whole
            keeps_default: false,
        }),
        "dropColumn" => Some(SchemaAction::DropColumn {
            table: t(),
            column: first(),
        }),
        "renameColumn" => Some(SchemaAction::RenameColumn {
            table: t(),
            column: first(),
            to: second(),
        }),
        "renameTo" => Some(SchemaAction::RenameTable {
            table: t(),
            to: Name::new(&first()),
        }),
        "setSchema" => Some(SchemaAction::MoveTable {
            table: t(),
            schema: first(),
        }),
        "alterColumn" => {
            read_column_change(part, table, out);
            return;
        }
        "dropConstraint" => Some(SchemaAction::DropConstraint {
            table: t(),
            name: Some(first()),
            kind: None,
            columns: Vec::new(),
        }),
        "renameConstraint" => Some(SchemaAction::RenameConstraint {
            table: t(),
            name: first(),
            to: second(),
        }),
        // what the index is stands in a builder of its own
        "addIndex" => None,
        "dropIndex" => Some(SchemaAction::DropIndex {
            name: first(),
            table: Some(t()),
        }),
        _ => read_constraint(part).map(|constraint| SchemaAction::AddConstraint {
            table: t(),
            constraint,
        }),
    };
    out.push(action.unwrap_or_else(|| SchemaAction::Unknown {
        why: format!("{} is not a change of Kysely that is known", part.name),
    }));
}

/// `alterColumn('a', (col) => col.setNotNull())`
fn read_column_change(part: &FunctionCall, table: &Name, out: &mut Vec<SchemaAction>) {
    let column = part.text(0).unwrap_or_default();
    let before = out.len();
    for option in list_options(part) {
        let (table, column) = (table.clone(), column.to_owned());
        out.push(match option.name.as_str() {
            "setDataType" => SchemaAction::ChangeType {
                table,
                column,
                to: option.args.first().map(read_type).unwrap_or_default(),
            },
            "setNotNull" => SchemaAction::SetNotNull { table, column },
            "dropNotNull" => SchemaAction::DropNotNull { table, column },
            "setDefault" => SchemaAction::SetDefault {
                table,
                column,
                value: option.args.first().map_or(DefaultValue::None, read_default),
            },
            "dropDefault" => SchemaAction::DropDefault { table, column },
            name => SchemaAction::Unknown {
                why: format!("{name} is not a change of a column that is known"),
            },
        });
    }
    if out.len() == before {
        out.push(SchemaAction::Unknown {
            why: format!("how {table}.{column} changes is told in another place"),
        });
    }
}

/// The calls of `(col) => col.notNull().defaultTo(0)`, which the closure holds.
fn list_options(part: &FunctionCall) -> Vec<&FunctionCall> {
    part.block
        .iter()
        .filter_map(|item| match item {
            SyntaxItem::Call(call, _) => Some(call.chain()),
            _ => None,
        })
        .flatten()
        .collect()
}

fn read_column(part: &FunctionCall) -> Option<Column> {
    let name = part.text(0)?;
    let kind = part.args.get(1).map(read_type).unwrap_or_default();
    let mut column = Column::new(name, kind);
    column.auto = column.data_type.contains("serial");
    for option in list_options(part) {
        match option.name.as_str() {
            "notNull" => column.nullable = false,
            "primaryKey" => (column.primary, column.nullable) = (true, false),
            "unique" => column.unique = true,
            "autoIncrement" | "identity" => column.auto = true,
            "generatedByDefaultAsIdentity" => column.auto = true,
            "generatedAlwaysAsIdentity" => (column.auto, column.always) = (true, true),
            "generatedAlwaysAs" => column.generated = true,
            "defaultTo" => {
                column.default = option.args.first().map_or(DefaultValue::None, read_default);
            }
            "references" => {
                column.references = option
                    .text(0)
                    .and_then(|target| target.rsplit_once('.'))
                    .map(|(table, _)| Name::new(table));
            }
            "check" => {
                column.check = true;
                column.rule = option.args.first().map(read_type).unwrap_or_default();
            }
            _ => {}
        }
    }
    Some(column)
}

/// `'varchar(80)'`, ``sql`citext` ``
fn read_type(kind: &Expr) -> String {
    match kind {
        Expr::Text(text, _) => text.clone(),
        Expr::Call(call) => {
            let mut texts = Vec::new();
            call.all_texts(&mut texts);
            texts
                .into_iter()
                .next()
                .map(|(text, _)| text)
                .unwrap_or_default()
        }
        _ => String::new(),
    }
}

fn read_default(value: &Expr) -> DefaultValue {
    match value {
        Expr::Call(call) => {
            let mut texts = Vec::new();
            call.all_texts(&mut texts);
            texts.first().map_or_else(
                || DefaultValue::from_text("f()"),
                |(text, _)| DefaultValue::from_text(text),
            )
        }
        Expr::Null => DefaultValue::None,
        value => DefaultValue::from_text(&value.literal()),
    }
}

fn read_constraint(part: &FunctionCall) -> Option<Constraint> {
    let kind = match part.name.as_str() {
        "addUniqueConstraint" => ConstraintKind::Unique,
        "addPrimaryKeyConstraint" => ConstraintKind::Primary,
        "addForeignKeyConstraint" => ConstraintKind::Foreign,
        "addCheckConstraint" => ConstraintKind::Check,
        _ => return None,
    };
    let columns = match (kind, part.args.get(1)) {
        // all words of the rule: the columns are among them
        (ConstraintKind::Check, Some(rule)) => read_type(rule)
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect(),
        (_, columns) => columns.map(Expr::texts).unwrap_or_default(),
    };
    Some(Constraint {
        name: part.text(0).map(str::to_owned),
        kind,
        columns,
        references: (kind == ConstraintKind::Foreign)
            .then(|| part.text(2).map(Name::new))
            .flatten(),
        text: part.text.clone(),
    })
}

/// Indexes, views, types and schemas.
fn read_object_statement(
    head: &FunctionCall,
    name: &Name,
    rest: &[&FunctionCall],
) -> Option<Actions> {
    let on = rest
        .iter()
        .find(|part| part.name == "on")
        .and_then(|part| part.text(0))
        .map(Name::new);
    let action = match head.name.as_str() {
        "createIndex" => SchemaAction::CreateIndex(TableIndex {
            name: Some(name.name.clone()),
            table: on?,
            columns: rest
                .iter()
                .filter(|part| matches!(part.name.as_str(), "column" | "columns"))
                .flat_map(|part| part.args.first().map(Expr::texts).unwrap_or_default())
                .collect(),
            unique: has_part(rest, "unique"),
            partial: has_part(rest, "where"),
            concurrently: false,
        }),
        "dropIndex" => SchemaAction::DropIndex {
            name: name.name.clone(),
            table: on,
        },
        "createView" => SchemaAction::CreateView {
            name: name.clone(),
            replace: has_part(rest, "orReplace"),
            materialized: has_part(rest, "materialized"),
            // the last call holds the text of the whole chain
            body: rest
                .last()
                .map(|part| part.text.clone())
                .unwrap_or_default(),
        },
        "dropView" => SchemaAction::DropView {
            name: name.clone(),
            if_exists: has_part(rest, "ifExists"),
        },
        "refreshMaterializedView" => SchemaAction::RefreshView { name: name.clone() },
        "createType" => SchemaAction::CreateType {
            name: name.clone(),
            values: rest
                .iter()
                .find(|part| part.name == "asEnum")
                .and_then(|part| part.args.first())
                .map(Expr::texts),
        },
        "dropType" => SchemaAction::DropType { name: name.clone() },
        "createSchema" => SchemaAction::CreateSchema {
            name: name.to_string(),
        },
        "dropSchema" => SchemaAction::DropSchema {
            name: name.to_string(),
        },
        _ => return None,
    };
    Some(vec![(action, head.line)])
}

/// Rows.
fn read_row_statement(
    head: &FunctionCall,
    table: &Name,
    rest: &[&FunctionCall],
) -> Option<Actions> {
    let keys = |name: &str| {
        rest.iter()
            .find(|part| part.name == name)
            .map(|part| match part.args.first() {
                Some(Expr::Map(pairs)) => pairs.iter().map(|(key, _)| key.clone()).collect(),
                Some(Expr::Text(column, _)) => vec![column.clone()],
                _ => Vec::new(),
            })
            .unwrap_or_default()
    };
    let action = match head.name.as_str() {
        "updateTable" => SchemaAction::Update {
            table: table.clone(),
            columns: keys("set"),
            fills_null: rest.iter().any(|part| {
                part.name == "where"
                    && part.text(1) == Some("is")
                    && part.args.get(2) == Some(&Expr::Null)
            }),
            reads: Vec::new(),
        },
        "insertInto" | "replaceInto" => SchemaAction::Insert {
            table: table.clone(),
            columns: keys("values"),
            from: Vec::new(),
            overwrites: head.name == "replaceInto" || has_part(rest, "onConflict"),
        },
        "deleteFrom" => SchemaAction::Delete {
            table: table.clone(),
        },
        _ => return None,
    };
    Some(vec![(action, head.line)])
}
