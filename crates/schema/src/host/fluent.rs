//! FluentMigrator: sentences such as
//! `Create.Column("note").OnTable("orders").AsString().Nullable()`.

use super::super::dialect::Dialect;
use super::super::step::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, SchemaAction, Script, Table, TableIndex,
};
use super::script::make_numeric;
use super::syntax::{Expr, FunctionCall, SyntaxItem, find_function_body, function_line};
use super::write::{Writer, find_reached_functions};
use crate::migration_file::MigrationFile;
use crate::reading::{DownMigration, MigrationReading};

/// Reads a migration. Projects give the way up a name of their own in a base class; then every
/// function but the way down counts.
pub fn read_fluent(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
) -> MigrationReading {
    let run = |bodies: &[&[SyntaxItem]]| {
        let mut writer = Writer::new(dialect);
        bodies
            .iter()
            .for_each(|items| read_fluent_body(&mut writer, items));
        writer.script
    };
    let side = |name: &str| {
        find_function_body(items, name).map(|own| {
            let mut bodies = vec![own];
            bodies.extend(find_reached_functions(items, own));
            run(&bodies)
        })
    };
    let up: Script = side("Up").unwrap_or_else(|| {
        let mut bodies = Vec::new();
        collect_up_functions(items, &mut bodies);
        run(&bodies)
    });
    let written = side("Down").map(|script| DownMigration::Written {
        script,
        path: place.path.clone(),
        line: function_line(items, "Down").unwrap_or(1),
    });
    MigrationReading {
        up,
        down: written.unwrap_or(DownMigration::None),
        line: function_line(items, "Up").unwrap_or(1),
    }
}

/// Bodies of all functions but ways down.
fn collect_up_functions<'a>(items: &'a [SyntaxItem], out: &mut Vec<&'a [SyntaxItem]>) {
    for item in items {
        match item {
            SyntaxItem::Function { name, .. }
                if ["down", "rollback"]
                    .iter()
                    .any(|word| name.to_ascii_lowercase().contains(word)) => {}
            SyntaxItem::Function { body, .. } => {
                if body
                    .iter()
                    .any(|item| matches!(item, SyntaxItem::Function { .. }))
                {
                    collect_up_functions(body, out);
                } else {
                    out.push(body);
                }
            }
            SyntaxItem::Call(call, _) => collect_up_functions(&call.block, out),
            _ => {}
        }
    }
}

fn read_fluent_body(writer: &mut Writer, items: &[SyntaxItem]) {
    for item in items {
        match item {
            SyntaxItem::Call(call, certain) => read_fluent_chain(writer, call, *certain),
            SyntaxItem::Raise { line, .. } => {
                writer.script.refuses = writer.script.refuses.or(Some(*line))
            }
            _ => {}
        }
    }
}

/// One sentence: the root says what is done, the first call to what, the others where and how.
fn read_fluent_chain(writer: &mut Writer, call: &FunctionCall, certain: bool) {
    let chain = call.chain();
    let root = call
        .root()
        .unwrap_or_default()
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_owned();
    let Some(first) = chain.first() else { return };
    let known = read_fluent_created(call)
        .or_else(|| read_fluent_deleted(call))
        .or_else(|| read_fluent_rows(call));
    let actions = if let Some(action) = known {
        action
    } else {
        match (root.as_str(), first.name.as_str()) {
            ("Execute", "Sql") => {
                if !writer.sql_of(first, certain) {
                    writer.unknown("the SQL is put together in another place", call, certain);
                }
                return;
            }
            ("Execute", "WithConnection") => vec![SchemaAction::HostCode {
                what: "it runs code of its own on the connection".to_owned(),
            }],
            ("Execute", other) => vec![SchemaAction::Unknown {
                why: format!("Execute.{other} names statements that lie elsewhere"),
            }],
            // `IfDatabase("postgres").Create...`, and everything that is no sentence
            _ if root == "IfDatabase" || first.name == "IfDatabase" => {
                vec![SchemaAction::Unknown {
                    why: "it depends on the database".to_owned(),
                }]
            }
            _ => {
                // plain code may stand between the sentences
                writer.statements_of(call, certain);
                read_fluent_body(writer, &call.block);
                return;
            }
        }
    };
    for action in actions {
        writer.push(action, call, certain);
    }
}

/// A sentence of the builder: `Create.Index("a").OnTable("b").OnColumn("c")`.
struct FluentChain<'c> {
    parts: Vec<&'c FunctionCall>,
    /// `Create`, `Alter`, `Rename`, `Delete`.
    root: String,
    /// The first name that is given.
    named: String,
    schema: Option<String>,
}

impl<'c> FluentChain<'c> {
    fn read(call: &'c FunctionCall) -> Option<Self> {
        let root = call.root().unwrap_or_default();
        let root = root.rsplit('.').next().unwrap_or_default().to_owned();
        let parts = call.chain();
        let named = parts.first()?.text(0).unwrap_or_default().to_owned();
        let mut chain = Self {
            parts,
            root,
            named,
            schema: None,
        };
        chain.schema = chain
            .text("InSchema")
            .or_else(|| chain.text("ToSchema"))
            .map(str::to_owned);
        Some(chain)
    }

    /// What is done, and to what.
    fn head(&self) -> (&str, &str) {
        let object = self.parts.first().map_or("", |first| first.name.as_str());
        (&self.root, object)
    }

    /// The first text that a part of this name is given.
    fn text(&self, name: &str) -> Option<&str> {
        self.parts
            .iter()
            .find(|part| part.name == name)
            .and_then(|part| part.text(0))
    }

    fn has(&self, name: &str) -> bool {
        self.parts.iter().any(|part| part.name == name)
    }

    /// All texts that parts of this name are given.
    fn list(&self, name: &str) -> Vec<String> {
        let args = self
            .parts
            .iter()
            .filter(|part| part.name == name)
            .flat_map(|part| &part.args);
        args.flat_map(Expr::texts).collect()
    }

    /// A name for what the first part names, where it names anything.
    fn own_name(&self) -> Option<String> {
        (!self.named.is_empty()).then(|| self.named.clone())
    }

    fn table(&self, name: &str) -> Name {
        match &self.schema {
            Some(schema) => Name::from_parts(vec![schema.clone(), name.to_owned()]),
            None => Name::new(name),
        }
    }

    /// The table that the sentence is about.
    fn on(&self) -> Name {
        let name = self.text("OnTable").or_else(|| self.text("FromTable"));
        self.table(name.unwrap_or_default())
    }

    fn list_columns(&self) -> Vec<String> {
        self.parts
            .iter()
            .filter(|part| part.name == "OnColumn")
            .filter_map(|part| part.text(0))
            .map(str::to_owned)
            .collect()
    }
}
/// What is made or changed.
fn read_fluent_created(call: &FunctionCall) -> Option<Vec<SchemaAction>> {
    let known = read_fluent_changed(call);
    if known.is_some() {
        return known;
    }
    let chain = FluentChain::read(call)?;
    let named = &chain.named;
    let constraint = |kind, references: Option<Name>, columns: Vec<String>| {
        vec![SchemaAction::AddConstraint {
            table: chain.on(),
            constraint: Constraint {
                name: chain.own_name(),
                kind,
                columns,
                references,
                text: call.text.clone(),
            },
        }]
    };
    Some(match chain.head() {
        ("Create", "Table") => vec![read_fluent_create(&chain.parts, chain.table(named))],
        ("Create", "Column") => vec![SchemaAction::AddColumn {
            table: chain.on(),
            column: read_fluent_column(named, &chain.parts[1..]),
            if_not_exists: false,
        }],
        ("Create", "Index") => vec![SchemaAction::CreateIndex(TableIndex {
            name: chain.own_name(),
            table: chain.on(),
            columns: chain.list_columns(),
            unique: chain.has("Unique"),
            partial: chain.has("Filter"),
            concurrently: false,
        })],
        ("Create", "ForeignKey") => {
            let parent = chain.text("ToTable").map(Name::new);
            let mut keys = chain.list("ForeignColumn");
            keys.extend(chain.list("ForeignColumns"));
            constraint(ConstraintKind::Foreign, parent, keys)
        }
        ("Create", "PrimaryKey" | "UniqueConstraint") => {
            let kind = if chain.head().1 == "PrimaryKey" {
                ConstraintKind::Primary
            } else {
                ConstraintKind::Unique
            };
            let mut keys = chain.list("Column");
            keys.extend(chain.list("Columns"));
            constraint(kind, None, keys)
        }
        ("Create", "Schema") => vec![SchemaAction::CreateSchema {
            name: named.clone(),
        }],
        ("Create", "Sequence") => vec![SchemaAction::CreateSequence {
            name: Name::new(named),
        }],
        _ => return None,
    })
}

/// What is changed or has another name.
fn read_fluent_changed(call: &FunctionCall) -> Option<Vec<SchemaAction>> {
    let chain = FluentChain::read(call)?;
    let named = &chain.named;
    Some(match chain.head() {
        ("Alter", "Table") => read_fluent_alter(&chain.parts, &chain.table(named)),
        ("Alter", "Column") => {
            let column = read_fluent_column(named, &chain.parts[1..]);
            vec![SchemaAction::RestateColumn {
                table: chain.on(),
                from: named.clone(),
                column,
                keeps_default: true,
            }]
        }
        ("Rename", "Table") => vec![SchemaAction::RenameTable {
            table: chain.table(named),
            to: Name::new(chain.text("To").unwrap_or_default()),
        }],
        ("Rename", "Column") => vec![SchemaAction::RenameColumn {
            table: chain.on(),
            column: named.clone(),
            to: chain.text("To").unwrap_or_default().to_owned(),
        }],
        _ => return None,
    })
}

/// What is dropped.
fn read_fluent_deleted(call: &FunctionCall) -> Option<Vec<SchemaAction>> {
    let chain = FluentChain::read(call)?;
    let named = &chain.named;
    Some(match chain.head() {
        ("Delete", "Table") => vec![SchemaAction::DropTable {
            table: chain.table(named),
            if_exists: chain.has("IfExists"),
            cascade: false,
        }],
        ("Delete", "Column") => {
            let more = chain
                .parts
                .iter()
                .filter(|part| part.name == "Column")
                .filter_map(|part| part.text(0));
            more.map(|column| SchemaAction::DropColumn {
                table: chain.on(),
                column: column.to_owned(),
            })
            .collect()
        }
        ("Delete", "Index") => vec![SchemaAction::DropIndex {
            name: named.clone(),
            table: Some(chain.on()),
        }],
        ("Delete", "ForeignKey" | "PrimaryKey" | "UniqueConstraint") => {
            let kind = match chain.head().1 {
                "ForeignKey" => ConstraintKind::Foreign,
                "PrimaryKey" => ConstraintKind::Primary,
                _ => ConstraintKind::Unique,
            };
            vec![SchemaAction::DropConstraint {
                table: chain.on(),
                name: chain.own_name(),
                kind: Some(kind),
                columns: Vec::new(),
            }]
        }
        ("Delete", "DefaultConstraint") => vec![SchemaAction::DropDefault {
            table: chain.on(),
            column: chain.list_columns().into_iter().next().unwrap_or_default(),
        }],
        ("Delete", "Schema") => vec![SchemaAction::DropSchema {
            name: named.clone(),
        }],
        _ => return None,
    })
}

/// Rows.
fn read_fluent_rows(call: &FunctionCall) -> Option<Vec<SchemaAction>> {
    let chain = call.chain();
    let text = |name: &str| {
        chain
            .iter()
            .find(|part| part.name == name)
            .and_then(|part| part.text(0))
    };
    let root = call
        .root()
        .unwrap_or_default()
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_owned();
    let first = chain.first()?;
    let named = first.text(0).unwrap_or_default().to_owned();
    let schema = text("InSchema")
        .or_else(|| text("ToSchema"))
        .map(str::to_owned);
    let table = |name: &str| match &schema {
        Some(schema) => Name::from_parts(vec![schema.clone(), name.to_owned()]),
        None => Name::new(name),
    };
    Some(match (root.as_str(), first.name.as_str()) {
        ("Delete", "FromTable") => vec![SchemaAction::Delete {
            table: table(&named),
        }],
        ("Insert", "IntoTable") => vec![SchemaAction::Insert {
            table: table(&named),
            columns: Vec::new(),
            from: Vec::new(),
            overwrites: false,
        }],
        ("Update", "Table") => vec![SchemaAction::Update {
            table: table(&named),
            columns: Vec::new(),
            fills_null: false,
            reads: Vec::new(),
        }],
        _ => return None,
    })
}

fn read_fluent_create(chain: &[&FunctionCall], name: Name) -> SchemaAction {
    let mut table = Table {
        name,
        columns_known: true,
        ..Table::default()
    };
    let starts: Vec<usize> = chain
        .iter()
        .enumerate()
        .filter(|(_, part)| part.name == "WithColumn" || part.name == "WithIdColumn")
        .map(|(at, _)| at)
        .collect();
    for (order, &at) in starts.iter().enumerate() {
        let end = starts.get(order + 1).copied().unwrap_or(chain.len());
        match chain[at].text(0) {
            Some(name) => table
                .columns
                .push(read_fluent_column(name, &chain[at + 1..end])),
            None => table.columns_known = false,
        }
    }
    // Extension methods of the project add columns under names of its own.
    table.columns_known &= !table.columns.is_empty();
    SchemaAction::CreateTable(table)
}

fn read_fluent_alter(chain: &[&FunctionCall], table: &Name) -> Vec<SchemaAction> {
    let starts: Vec<usize> = chain
        .iter()
        .enumerate()
        .filter(|(_, part)| matches!(part.name.as_str(), "AddColumn" | "AlterColumn"))
        .map(|(at, _)| at)
        .collect();
    let one = |(order, at): (usize, &usize)| {
        let end = starts.get(order + 1).copied().unwrap_or(chain.len());
        let name = chain[*at].text(0).unwrap_or_default();
        let column = read_fluent_column(name, &chain[at + 1..end]);
        if chain[*at].name == "AddColumn" {
            SchemaAction::AddColumn {
                table: table.clone(),
                column,
                if_not_exists: false,
            }
        } else {
            SchemaAction::RestateColumn {
                table: table.clone(),
                from: name.to_owned(),
                column,
                keeps_default: true,
            }
        }
    };
    let found: Vec<SchemaAction> = starts.iter().enumerate().map(one).collect();
    if let (true, Some(schema)) = (
        found.is_empty(),
        chain
            .iter()
            .find(|part| part.name == "ToSchema")
            .and_then(|part| part.text(0)),
    ) {
        return vec![SchemaAction::MoveTable {
            table: table.clone(),
            schema: schema.to_owned(),
        }];
    }
    found
}

/// A column from the calls behind its name. Without `Nullable()` it refuses NULL.
fn read_fluent_column(name: &str, chain: &[&FunctionCall]) -> Column {
    let size = |call: &FunctionCall| call.args.first().map(Expr::literal);
    let mut column = Column::new(name, "");
    column.nullable = false;
    for call in chain {
        match call.name.as_str() {
            "Nullable" => column.nullable = true,
            "NotNullable" => column.nullable = false,
            "Identity" => column.auto = true,
            "PrimaryKey" => column.primary = true,
            "Unique" => column.unique = true,
            "Computed" => column.generated = true,
            "WithDefaultValue" => {
                column.default = call.args.first().map_or(DefaultValue::None, |value| {
                    DefaultValue::from_text(&value.literal())
                })
            }
            "WithDefault" => {
                column.default =
                    DefaultValue::Volatile(call.args.first().map(Expr::literal).unwrap_or_default())
            }
            "ForeignKey" | "References" => {
                // `ForeignKey(name, table, column)`: the table is the last but one
                column.references = call
                    .args
                    .iter()
                    .rev()
                    .nth(1)
                    .and_then(Expr::text)
                    .map(Name::new)
            }
            "AsString" | "AsAnsiString" => {
                column.data_type =
                    size(call).map_or_else(|| "text".to_owned(), |size| format!("varchar({size})"))
            }
            "AsFixedLengthString" | "AsFixedLengthAnsiString" => {
                column.data_type = format!("char({})", size(call).unwrap_or_default())
            }
            "AsInt16" => column.data_type = "smallint".to_owned(),
            "AsInt32" => column.data_type = "integer".to_owned(),
            "AsInt64" => column.data_type = "bigint".to_owned(),
            "AsBoolean" => column.data_type = "boolean".to_owned(),
            "AsByte" => column.data_type = "tinyint".to_owned(),
            "AsDateTime" | "AsDateTime2" => column.data_type = "timestamp".to_owned(),
            "AsDateTimeOffset" => column.data_type = "timestamp with time zone".to_owned(),
            "AsDate" => column.data_type = "date".to_owned(),
            "AsTime" => column.data_type = "time".to_owned(),
            "AsDecimal" => column.data_type = make_numeric(&call.args),
            "AsCurrency" => column.data_type = "numeric".to_owned(),
            "AsDouble" => column.data_type = "double precision".to_owned(),
            "AsFloat" => column.data_type = "real".to_owned(),
            "AsGuid" => column.data_type = "uuid".to_owned(),
            "AsBinary" => column.data_type = "bytea".to_owned(),
            "AsXml" => column.data_type = "xml".to_owned(),
            "AsCustom" => column.data_type = call.text(0).unwrap_or_default().to_owned(),
            _ => {}
        }
    }
    column
}
