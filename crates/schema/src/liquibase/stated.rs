//! Changes whose attributes say what they do.

use super::super::step::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, SchemaAction, Table, TableIndex,
};
use super::node::LiquibaseNode;

/// What a change does, if its attributes say all of it.
pub fn read_stated_change(change: &LiquibaseNode) -> Option<SchemaAction> {
    table_change(change)
        .or_else(|| column_change(change))
        .or_else(|| rule_change(change))
        .or_else(|| object_change(change))
}

/// An attribute; empty where it is not stated.
pub fn stated_text(change: &LiquibaseNode, key: &str) -> String {
    change.get(key).unwrap_or_default().to_owned()
}

/// The name of an object, with the schema that the change states.
pub fn stated_name(change: &LiquibaseNode, key: &str) -> Name {
    // a foreign key names the schema of its table otherwise
    match change
        .get("schemaName")
        .or(change.get("baseTableSchemaName"))
    {
        Some(schema) => Name::from_parts(vec![schema.to_owned(), stated_text(change, key)]),
        None => Name::new(&stated_text(change, key)),
    }
}

/// Names that an attribute lists.
fn stated_list(change: &LiquibaseNode, key: &str) -> Vec<String> {
    stated_text(change, key)
        .split(',')
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect::<Vec<_>>()
}

/// The columns that stand in the change.
pub fn stated_columns(change: &LiquibaseNode) -> Vec<&LiquibaseNode> {
    change
        .children
        .iter()
        .filter(|child| child.name == "column")
        .collect()
}

fn stated_rule(change: &LiquibaseNode) -> Option<String> {
    Some(stated_text(change, "constraintName")).filter(|name| !name.is_empty())
}

/// The change as it may be shown.
pub fn write_change_text(change: &LiquibaseNode) -> String {
    format!(
        "<{}{}>",
        change.name,
        change
            .attributes
            .iter()
            .map(|(key, value)| format!(" {key}=\"{value}\""))
            .collect::<String>()
    )
}

/// Whole tables and their rows.
fn table_change(change: &LiquibaseNode) -> Option<SchemaAction> {
    let table = stated_name(change, "tableName");
    Some(match change.name.as_str() {
        "createTable" => {
            let mut made = Table {
                name: table,
                columns_known: true,
                if_not_exists: change.flag("ifNotExists"),
                ..Table::default()
            };
            made.columns = stated_columns(change)
                .into_iter()
                .map(read_liquibase_column)
                .collect();
            SchemaAction::CreateTable(made)
        }
        "dropTable" => SchemaAction::DropTable {
            table,
            if_exists: false,
            cascade: change.flag("cascadeConstraints"),
        },
        "renameTable" => SchemaAction::RenameTable {
            table: stated_name(change, "oldTableName"),
            to: stated_name(change, "newTableName"),
        },
        "insert" | "loadData" => SchemaAction::Insert {
            table,
            columns: Vec::new(),
            from: Vec::new(),
            overwrites: false,
        },
        "loadUpdateData" => SchemaAction::Insert {
            table,
            columns: Vec::new(),
            from: Vec::new(),
            overwrites: true,
        },
        "addLookupTable" => SchemaAction::CreateTable(Table {
            name: stated_name(change, "newTableName"),
            // its column has the type of an existing one, which is not stated here
            columns_known: false,
            ..Table::default()
        }),
        "update" => {
            let set = stated_columns(change)
                .into_iter()
                .map(|stated| stated.get("name").unwrap_or_default().to_owned())
                .collect();
            SchemaAction::Update {
                table,
                columns: set,
                fills_null: false,
                reads: Vec::new(),
            }
        }
        "delete" => SchemaAction::Delete { table },
        "setTableRemarks" | "setColumnRemarks" => SchemaAction::Comment {
            object: table.to_string(),
        },
        _ => return None,
    })
}

/// Columns.
fn column_change(change: &LiquibaseNode) -> Option<SchemaAction> {
    let table = stated_name(change, "tableName");
    Some(match change.name.as_str() {
        "renameColumn" => SchemaAction::RenameColumn {
            table,
            column: stated_text(change, "oldColumnName"),
            to: stated_text(change, "newColumnName"),
        },
        "modifyDataType" => SchemaAction::ChangeType {
            table,
            column: stated_text(change, "columnName"),
            to: stated_text(change, "newDataType"),
        },
        "addNotNullConstraint" => SchemaAction::SetNotNull {
            table,
            column: stated_text(change, "columnName"),
        },
        "dropNotNullConstraint" => SchemaAction::DropNotNull {
            table,
            column: stated_text(change, "columnName"),
        },
        "addDefaultValue" => SchemaAction::SetDefault {
            table,
            column: stated_text(change, "columnName"),
            value: read_liquibase_default(change),
        },
        "dropDefaultValue" => SchemaAction::DropDefault {
            table,
            column: stated_text(change, "columnName"),
        },
        "addAutoIncrement" => SchemaAction::SetIdentity {
            table,
            column: stated_text(change, "columnName"),
            always: false,
        },
        _ => return None,
    })
}

/// Indexes, keys and references.
fn rule_change(change: &LiquibaseNode) -> Option<SchemaAction> {
    let constraint = |kind, columns: Vec<String>, references| SchemaAction::AddConstraint {
        table: stated_name(change, "tableName"),
        constraint: Constraint {
            name: stated_rule(change),
            kind,
            columns,
            references,
            text: write_change_text(change),
        },
    };
    let table = stated_name(change, "tableName");
    Some(match change.name.as_str() {
        "createIndex" => {
            let columns = stated_columns(change)
                .into_iter()
                .map(|stated| stated.get("name").unwrap_or_default().to_owned())
                .collect();
            SchemaAction::CreateIndex(TableIndex {
                name: change.get("indexName").map(str::to_owned),
                table,
                columns,
                unique: change.flag("unique"),
                partial: false,
                concurrently: false,
            })
        }
        "dropIndex" => SchemaAction::DropIndex {
            name: stated_text(change, "indexName"),
            table: Some(stated_name(change, "tableName")),
        },
        "addUniqueConstraint" => constraint(
            ConstraintKind::Unique,
            stated_list(change, "columnNames"),
            None,
        ),
        "addPrimaryKey" => constraint(
            ConstraintKind::Primary,
            stated_list(change, "columnNames"),
            None,
        ),
        // the condition is a text; its columns are not stated
        "addCheckConstraint" => constraint(ConstraintKind::Check, Vec::new(), None),
        "addForeignKeyConstraint" => {
            let constraint = Constraint {
                name: stated_rule(change),
                kind: ConstraintKind::Foreign,
                columns: stated_list(change, "baseColumnNames"),
                references: Some(Name::new(&stated_text(change, "referencedTableName"))),
                text: write_change_text(change),
            };
            SchemaAction::AddConstraint {
                table: stated_name(change, "baseTableName"),
                constraint,
            }
        }
        "dropUniqueConstraint" | "dropPrimaryKey" | "dropCheckConstraint" => {
            let kind = match change.name.as_str() {
                "dropUniqueConstraint" => ConstraintKind::Unique,
                "dropPrimaryKey" => ConstraintKind::Primary,
                _ => ConstraintKind::Check,
            };
            SchemaAction::DropConstraint {
                table,
                name: stated_rule(change),
                kind: Some(kind),
                columns: Vec::new(),
            }
        }
        "dropForeignKeyConstraint" | "dropAllForeignKeyConstraints" => {
            SchemaAction::DropConstraint {
                table: stated_name(change, "baseTableName"),
                name: stated_rule(change),
                kind: Some(ConstraintKind::Foreign),
                columns: Vec::new(),
            }
        }
        _ => return None,
    })
}

/// Views, sequences and routines.
fn object_change(change: &LiquibaseNode) -> Option<SchemaAction> {
    Some(match change.name.as_str() {
        "createView" => {
            let body = if change.text.trim().is_empty() {
                change
                    .child("selectQuery")
                    .map(|child| child.text.clone())
                    .unwrap_or_default()
            } else {
                change.text.clone()
            };
            SchemaAction::CreateView {
                name: stated_name(change, "viewName"),
                replace: change.flag("replaceIfExists"),
                materialized: false,
                body,
            }
        }
        "dropView" => SchemaAction::DropView {
            name: stated_name(change, "viewName"),
            if_exists: change.flag("ifExists"),
        },
        "renameView" => SchemaAction::RenameView {
            name: stated_name(change, "oldViewName"),
            to: stated_name(change, "newViewName"),
        },
        "createSequence" => SchemaAction::CreateSequence {
            name: stated_name(change, "sequenceName"),
        },
        "dropSequence" => SchemaAction::DropSequence {
            name: stated_name(change, "sequenceName"),
        },
        "renameSequence" => SchemaAction::RenameSequence {
            name: stated_name(change, "oldSequenceName"),
            to: stated_text(change, "newSequenceName"),
        },
        "alterSequence" => SchemaAction::AlterSequence {
            name: stated_name(change, "sequenceName"),
        },
        "dropProcedure" => SchemaAction::DropRoutine {
            name: stated_name(change, "procedureName"),
            if_exists: false,
        },
        "dropFunction" => SchemaAction::DropRoutine {
            name: stated_name(change, "functionName"),
            if_exists: false,
        },
        "dropTrigger" => SchemaAction::DropTrigger {
            name: stated_text(change, "triggerName"),
            table: Some(stated_name(change, "tableName")),
        },
        "customChange" | "executeCommand" => SchemaAction::HostCode {
            what: format!(
                "runs {}",
                change
                    .get("class")
                    .or(change.get("executable"))
                    .and_then(|name| name.rsplit('.').next())
                    .unwrap_or("other code")
            ),
        },
        "tagDatabase" | "empty" | "output" | "stop" => SchemaAction::Nothing,
        _ => return None,
    })
}

pub fn read_liquibase_column(node: &LiquibaseNode) -> Column {
    let mut column = Column::new(
        node.get("name").unwrap_or_default(),
        node.get("type").unwrap_or_default(),
    );
    column.default = read_liquibase_default(node);
    column.auto = node.flag("autoIncrement");
    column.generated = node.flag("computed");
    if let Some(rules) = node.child("constraints") {
        // a column may be NULL unless the rules say otherwise
        column.nullable = rules.get("nullable") != Some("false");
        column.primary = rules.flag("primaryKey");
        column.unique = rules.flag("unique");
        column.references = rules.get("referencedTableName").map(Name::new).or_else(|| {
            rules
                .get("references")
                .and_then(|target| target.split('(').next())
                .map(Name::new)
        });
    }
    if column.primary {
        column.nullable = false;
    }
    column
}

fn read_liquibase_default(node: &LiquibaseNode) -> DefaultValue {
    let value = |key: &str| node.get(key);
    if let Some(computed) = value("defaultValueComputed") {
        return DefaultValue::from_text(computed);
    }
    if let Some(number) = value("defaultValueNumeric").or(value("defaultValueBoolean")) {
        return DefaultValue::from_text(number);
    }
    // a sequence gives another value each time
    if let Some(sequence) = value("defaultValueSequenceNext") {
        return DefaultValue::Volatile(format!("nextval('{sequence}')"));
    }
    value("defaultValue")
        .or(value("defaultValueDate"))
        .map_or(DefaultValue::None, |text| {
            // the value is stated without quotes
            DefaultValue::Constant(format!("'{}'", text.replace('\'', "''")))
        })
}
