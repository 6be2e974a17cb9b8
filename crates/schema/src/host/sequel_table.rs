//! Columns, keys and indexes inside Sequel's `create_table` and `alter_table`.

use super::syntax::{Expr, FunctionCall, SyntaxItem};
use super::write::stands_bare;
use crate::step::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, SchemaAction, Table, TableIndex,
};

/// Sequel's name for an index.
fn index_name(table: &Name, columns: &[String]) -> String {
    format!("{}_{}_index", table.name, columns.join("_"))
}

/// The argument is a name of the program: it stands bare somewhere in the call, and nowhere as a
/// symbol or a string.
pub fn is_variable(call: &FunctionCall, arg: &Expr) -> bool {
    let Expr::Name(name) = arg else { return false };
    stands_bare(call, name) && name.starts_with(|c: char| c.is_ascii_lowercase())
}

/// `create_table`, with its block.
pub fn read_sequel_table(call: &FunctionCall) -> Table {
    let name = call.text(0).map(Name::new).unwrap_or_default();
    let mut table = Table {
        name: name.clone(),
        if_not_exists: call.name.ends_with('?') || call.flag("if_not_exists"),
        temporary: call.flag("temp"),
        columns_known: call.named("as").is_none() && !name.name.is_empty(),
        ..Table::default()
    };
    for item in &call.block {
        match item {
            SyntaxItem::Call(inner, true) => read_table_call(inner, &mut table),
            SyntaxItem::Call(inner, false) => {
                // what stands under a condition is there in some databases only
                let mut perhaps = Table {
                    name: name.clone(),
                    ..Table::default()
                };
                read_table_call(inner, &mut perhaps);
                table.columns_known = false;
            }
            _ => {}
        }
    }
    table
}

fn read_table_call(call: &FunctionCall, table: &mut Table) {
    let columns = call.args.first().map(Expr::texts).unwrap_or_default();
    match call.name.as_str() {
        // a list of columns makes a rule, a name makes a column
        "primary_key" => match call.args.first() {
            Some(Expr::List(_)) => {
                table
                    .constraints
                    .push(make_constraint(call, ConstraintKind::Primary, columns))
            }
            _ => table.columns.push(make_id(call)),
        },
        "foreign_key" => match call.args.first() {
            Some(Expr::List(_)) => {
                table
                    .constraints
                    .push(make_constraint(call, ConstraintKind::Foreign, columns))
            }
            _ => table.columns.extend(read_foreign_column(call)),
        },
        "composite_primary_key" => {
            table
                .constraints
                .push(make_constraint(call, ConstraintKind::Primary, columns))
        }
        "composite_foreign_key" => {
            table
                .constraints
                .push(make_constraint(call, ConstraintKind::Foreign, columns))
        }
        "unique" => table
            .constraints
            .push(make_constraint(call, ConstraintKind::Unique, columns)),
        "constraint" | "check" => {
            table
                .constraints
                .push(make_constraint(call, ConstraintKind::Check, Vec::new()))
        }
        "exclude" => {
            table
                .constraints
                .push(make_constraint(call, ConstraintKind::Exclude, Vec::new()))
        }
        "index" | "full_text_index" | "spatial_index" => {
            let index = make_index(call, &table.name);
            table.indexes.push(index);
        }
        _ => {
            table.columns.extend(read_sequel_column(call));
            if is_wanted(call.named("index")) {
                let mut index = make_index(call, &table.name);
                index.columns.truncate(1);
                table.indexes.push(index);
            }
        }
    }
}

fn is_wanted(option: Option<&Expr>) -> bool {
    matches!(option, Some(Expr::Bool(true) | Expr::Map(_)))
}

/// `create_join_table(jar_id: :jars, lid_id: :lids)`: the table is named by both in order.
pub fn read_sequel_join_table(call: &FunctionCall) -> Table {
    let mut pairs: Vec<(String, Expr)> = call.named.clone();
    let mut options = &[][..];
    for arg in &call.args {
        if let Expr::Map(map) = arg {
            if pairs.is_empty() {
                pairs.clone_from(map);
            } else {
                options = map;
            }
        }
    }
    let given = options
        .iter()
        .find(|(name, _)| name == "name")
        .and_then(|(_, value)| value.text());
    let target = |value: &Expr| {
        value
            .text()
            .or_else(|| value.get("table").and_then(Expr::text))
            .map(str::to_owned)
    };
    let mut sides: Vec<String> = pairs
        .iter()
        .filter_map(|(_, value)| target(value))
        .collect();
    sides.sort();
    let mut table = Table {
        name: Name::new(given.unwrap_or(&sides.join("_"))),
        if_not_exists: call.name.ends_with('?'),
        columns_known: true,
        ..Table::default()
    };
    for (name, value) in &pairs {
        let mut column = Column::new(name, "integer");
        column.nullable = false;
        column.references = target(value).map(|table| Name::new(&table));
        table.columns.push(column);
    }
    table
}

/// What a block of `alter_table` does, each with its line.
pub fn list_alter_actions(block: &[SyntaxItem], table: &Name) -> Vec<(SchemaAction, usize)> {
    let mut out = Vec::new();
    for item in block {
        let SyntaxItem::Call(call, _) = item else {
            continue;
        };
        if let Some(Expr::Name(name)) = call.args.first().filter(|arg| is_variable(call, arg)) {
            let why = format!("{} is told its column by a variable ({name})", call.name);
            out.push((SchemaAction::Unknown { why }, call.line));
            continue;
        }
        let action = read_altered_column(call, table)
            .or_else(|| read_altered_rule(call, table))
            .unwrap_or_else(|| SchemaAction::Unknown {
                why: format!("{} is not a change of Sequel that is known", call.name),
            });
        out.push((action, call.line));
    }
    out
}

/// Columns.
fn read_altered_column(call: &FunctionCall, table: &Name) -> Option<SchemaAction> {
    let t = || table.clone();
    let first = || call.text(0).unwrap_or_default().to_owned();
    let list = matches!(call.args.first(), Some(Expr::List(_)));
    Some(match call.name.as_str() {
        "add_column" => {
            let mut column = Column::new(first(), read_type(call.args.get(1), call));
            read_options(call, &mut column);
            SchemaAction::AddColumn {
                table: t(),
                column,
                if_not_exists: call.flag("if_not_exists"),
            }
        }
        "add_primary_key" if !list => SchemaAction::AddColumn {
            table: t(),
            column: make_id(call),
            if_not_exists: false,
        },
        "add_foreign_key" if !list => SchemaAction::AddColumn {
            table: t(),
            column: read_foreign_column(call)?,
            if_not_exists: false,
        },
        // without a list of columns the column goes with its key
        "drop_column" => SchemaAction::DropColumn {
            table: t(),
            column: first(),
        },
        "drop_foreign_key" if !list => SchemaAction::DropColumn {
            table: t(),
            column: first(),
        },
        "rename_column" => SchemaAction::RenameColumn {
            table: t(),
            column: first(),
            to: call.text(1)?.to_owned(),
        },
        "set_column_type" => SchemaAction::ChangeType {
            table: t(),
            column: first(),
            to: read_type(call.args.get(1), call),
        },
        "set_column_default" => match call.args.get(1) {
            Some(Expr::Null) => SchemaAction::DropDefault {
                table: t(),
                column: first(),
            },
            value => SchemaAction::SetDefault {
                table: t(),
                column: first(),
                value: read_default(value?),
            },
        },
        "set_column_not_null" => SchemaAction::SetNotNull {
            table: t(),
            column: first(),
        },
        "set_column_allow_null" if matches!(call.args.get(1), Some(Expr::Bool(false))) => {
            SchemaAction::SetNotNull {
                table: t(),
                column: first(),
            }
        }
        "set_column_allow_null" => SchemaAction::DropNotNull {
            table: t(),
            column: first(),
        },
        _ => return None,
    })
}

/// Indexes and rules.
fn read_altered_rule(call: &FunctionCall, table: &Name) -> Option<SchemaAction> {
    let t = || table.clone();
    let columns = call.args.first().map(Expr::texts).unwrap_or_default();
    let add = |kind: ConstraintKind, columns: Vec<String>| SchemaAction::AddConstraint {
        table: table.clone(),
        constraint: make_constraint(call, kind, columns),
    };
    let drop = |name: Option<String>, kind: Option<ConstraintKind>, columns: Vec<String>| {
        SchemaAction::DropConstraint {
            table: table.clone(),
            name,
            kind,
            columns,
        }
    };
    Some(match call.name.as_str() {
        "add_index" | "add_full_text_index" | "add_spatial_index" => {
            SchemaAction::CreateIndex(make_index(call, table))
        }
        "drop_index" => SchemaAction::DropIndex {
            name: read_name(call).unwrap_or_else(|| index_name(table, &columns)),
            table: Some(t()),
        },
        "add_unique_constraint" => add(ConstraintKind::Unique, columns),
        "add_primary_key" => add(ConstraintKind::Primary, columns),
        "add_foreign_key" => add(ConstraintKind::Foreign, columns),
        "add_exclusion_constraint" => add(ConstraintKind::Exclude, Vec::new()),
        "add_constraint" => add(ConstraintKind::Check, Vec::new()),
        "drop_foreign_key" => drop(read_name(call), Some(ConstraintKind::Foreign), columns),
        "drop_constraint" => {
            let kind = match call.named("type").and_then(Expr::text) {
                Some("unique") => Some(ConstraintKind::Unique),
                Some("primary_key") => Some(ConstraintKind::Primary),
                Some("foreign_key") => Some(ConstraintKind::Foreign),
                Some("check") => Some(ConstraintKind::Check),
                _ => None,
            };
            drop(call.text(0).map(str::to_owned), kind, Vec::new())
        }
        "validate_constraint" => SchemaAction::ValidateConstraint {
            table: t(),
            name: call.text(0).unwrap_or_default().to_owned(),
        },
        "rename_constraint" => SchemaAction::RenameConstraint {
            table: t(),
            name: call.text(0).unwrap_or_default().to_owned(),
            to: call.text(1)?.to_owned(),
        },
        _ => return None,
    })
}

fn read_name(call: &FunctionCall) -> Option<String> {
    call.named("name").and_then(Expr::text).map(str::to_owned)
}

fn make_index(call: &FunctionCall, table: &Name) -> TableIndex {
    let columns = call.args.first().map(Expr::texts).unwrap_or_default();
    let inner = call.named("index");
    let of_column = |key: &str| inner.and_then(|index| index.get(key));
    TableIndex {
        name: read_name(call).or_else(|| Some(index_name(table, &columns))),
        table: table.clone(),
        unique: call.flag("unique") || of_column("unique") == Some(&Expr::Bool(true)),
        partial: call.named("where").is_some() || of_column("where").is_some(),
        concurrently: call.flag("concurrently"),
        columns,
    }
}

fn make_constraint(call: &FunctionCall, kind: ConstraintKind, columns: Vec<String>) -> Constraint {
    let named = match call.name.as_str() {
        "constraint" | "add_constraint" => call
            .text(0)
            .map(str::to_owned)
            .or_else(|| call.args.first()?.get("name")?.text().map(str::to_owned)),
        _ => None,
    };
    let words = || {
        call.text
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let table = call
        .text(1)
        .or_else(|| call.named("table").and_then(Expr::text));
    Constraint {
        name: read_name(call).or(named),
        // a check states no list: all words of its text count
        columns: if columns.is_empty() && kind == ConstraintKind::Check {
            words()
        } else {
            columns
        },
        references: table
            .filter(|_| kind == ConstraintKind::Foreign)
            .map(Name::new),
        kind,
        text: call.text.clone(),
    }
}

/// A number that the database gives.
fn make_id(call: &FunctionCall) -> Column {
    let kind = match call.args.get(1).or_else(|| call.named("type")) {
        Some(Expr::Name(kind)) => make_type(kind, call),
        _ => "integer".to_owned(),
    };
    let mut id = Column::new(call.text(0).unwrap_or("id"), kind);
    (id.primary, id.auto, id.nullable) = (true, true, false);
    if call.named("auto_increment") == Some(&Expr::Bool(false)) {
        id.auto = false;
    }
    id
}

fn read_foreign_column(call: &FunctionCall) -> Option<Column> {
    let kind = match call.named("type") {
        Some(kind) => make_type(kind.text().unwrap_or_default(), call),
        None => "integer".to_owned(),
    };
    let mut column = Column::new(call.text(0)?, kind);
    read_options(call, &mut column);
    column.references = call
        .text(1)
        .or_else(|| call.named("table").and_then(Expr::text))
        .map(Name::new);
    Some(column)
}

/// A column inside `create_table`: `String :label`, `column :label, :text`, `varchar :label`.
fn read_sequel_column(call: &FunctionCall) -> Option<Column> {
    let name = call.text(0)?;
    let kind = match call.name.as_str() {
        "column" => read_type(call.args.get(1), call),
        kind => make_type(kind, call),
    };
    let mut column = Column::new(name, kind);
    read_options(call, &mut column);
    Some(column)
}

fn read_options(call: &FunctionCall, column: &mut Column) {
    let refuses = call.named("null") == Some(&Expr::Bool(false))
        || call.named("allow_null") == Some(&Expr::Bool(false));
    column.primary = is_wanted(call.named("primary_key"));
    column.nullable = !refuses && !column.primary;
    column.unique = is_wanted(call.named("unique"));
    column.auto = call.flag("auto_increment") || call.flag("identity");
    column.generated = call.named("generated_always_as").is_some();
    if let Some(value) = call.named("default") {
        column.default = read_default(value);
    }
}

/// What a default says; a call is computed by the database.
fn read_default(value: &Expr) -> DefaultValue {
    match value {
        Expr::Null => DefaultValue::None,
        Expr::Name(name) if name.starts_with("Sequel::CURRENT") => {
            DefaultValue::Volatile(name.trim_start_matches("Sequel::").to_owned())
        }
        Expr::Call(call) => {
            let inner = call.text(0).unwrap_or("f");
            match call.name.as_str() {
                "function" => DefaultValue::Volatile(format!("{inner}()")),
                _ => DefaultValue::from_text(inner),
            }
        }
        value => DefaultValue::from_text(&value.literal()),
    }
}

fn read_type(kind: Option<&Expr>, call: &FunctionCall) -> String {
    match kind {
        Some(Expr::Text(text, _) | Expr::Name(text)) => make_type(text, call),
        _ => String::new(),
    }
}

/// A class of Ruby, or the database's own word, as a type of SQL.
fn make_type(kind: &str, call: &FunctionCall) -> String {
    let size = call.named("size").map(|size| match size {
        Expr::List(parts) => parts
            .iter()
            .map(Expr::literal)
            .collect::<Vec<_>>()
            .join(", "),
        size => size.literal(),
    });
    let sized = |name: &str| match &size {
        Some(size) => format!("{name}({size})"),
        None => name.to_owned(),
    };
    match kind {
        "String" if call.flag("text") => "text".to_owned(),
        // without a length it is text on PostgreSQL and 255 characters elsewhere
        "String" => match (&size, call.flag("fixed")) {
            (Some(size), true) => format!("char({size})"),
            (Some(size), false) => format!("varchar({size})"),
            (None, _) => "varchar".to_owned(),
        },
        "Integer" | "Fixnum" => "integer".to_owned(),
        "Bignum" => "bigint".to_owned(),
        "Float" => "double precision".to_owned(),
        "BigDecimal" | "Numeric" => sized("numeric"),
        "DateTime" | "Time" => "timestamp".to_owned(),
        "Date" => "date".to_owned(),
        "TrueClass" | "FalseClass" => "boolean".to_owned(),
        "File" => "bytea".to_owned(),
        other => sized(&other.to_lowercase()),
    }
}
