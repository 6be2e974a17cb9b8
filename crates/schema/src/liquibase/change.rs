//! Changes of a change set, and which of them Liquibase turns around by itself.

use super::super::dialect::{Dialect, DialectSigns};
use super::super::host::invert;
use super::super::sql;
use super::super::step::{
    Column, Constraint, ConstraintKind, DefaultValue, MigrationStep, Name, SchemaAction, Script,
    Table, TableIndex,
};
use super::node::{ChangeSet, LiquibaseNode};
use crate::reading::{DownMigration, MigrationReading};
use model::Snapshot;

/// Changes with an inverse of their own, read from the tool's classes.
const INVERTIBLE: [&str; 20] = [
    "addColumn",
    "addDefaultValue",
    "addForeignKeyConstraint",
    "addLookupTable",
    "addNotNullConstraint",
    "addPrimaryKey",
    "addUniqueConstraint",
    "createIndex",
    "createSequence",
    "createTable",
    "createView",
    "dropNotNullConstraint",
    "renameColumn",
    "renameSequence",
    "renameTable",
    "renameView",
    "tagDatabase",
    "empty",
    "output",
    "addCheckConstraint",
];

/// Elements of a change set that are not changes.
const NOT_CHANGES: [&str; 8] = [
    "rollback",
    "preConditions",
    "validCheckSum",
    "comment",
    "modifySql",
    "property",
    "labels",
    "contexts",
];

/// Reads a change set.
pub fn read_change_set(
    path: &str,
    set: &LiquibaseNode,
    dialect: Dialect,
    tree: &dyn Snapshot,
) -> ChangeSet {
    let id = set.get("id").unwrap_or_default().to_owned();
    let mut up = Script {
        has_text: true,
        ..Script::default()
    };
    let changes: Vec<&LiquibaseNode> = set
        .children
        .iter()
        .filter(|child| !NOT_CHANGES.contains(&child.name.as_str()))
        .collect();
    let certain = set.child("preConditions").is_none();
    for change in &changes {
        read_liquibase_change(change, dialect, tree, certain, &mut up.steps);
    }
    for_database(&mut up.steps, set.get("dbms"), dialect);
    let down = match set.child("rollback") {
        Some(rollback) => {
            let mut script = Script {
                has_text: true,
                ..Script::default()
            };
            if !rollback.text.trim().is_empty() {
                script
                    .steps
                    .extend(sql::read_sql(&rollback.text, dialect, rollback.line).steps);
            }
            rollback.children.iter().for_each(|change| {
                read_liquibase_change(change, dialect, tree, true, &mut script.steps)
            });
            DownMigration::Written {
                script,
                path: path.to_owned(),
                line: rollback.line,
            }
        }
        None => match changes
            .iter()
            .find(|change| !INVERTIBLE.contains(&change.name.as_str()))
        {
            Some(change) => {
                DownMigration::Missing(format!("Liquibase has no inverse for {}", change.name))
            }
            None => DownMigration::Derived(invert::invert_steps(&up.steps)),
        },
    };
    let key = format!("{}:{id}", set.get("author").unwrap_or_default());
    let repeatable = set.flag("runOnChange") || set.flag("runAlways");
    ChangeSet {
        key,
        id,
        reading: MigrationReading {
            up,
            down,
            line: set.line,
        },
        digest: digest_change_node(set),
        repeatable,
    }
}

/// A change set for other databases does nothing here; where it is not known which database this
/// is, it may run.
pub fn for_database(steps: &mut [MigrationStep], dbms: Option<&str>, dialect: Dialect) {
    let Some(dbms) = dbms
        .map(str::trim)
        .filter(|dbms| !dbms.is_empty() && *dbms != "all")
    else {
        return;
    };
    let words: Vec<&str> = dbms.split(',').map(str::trim).collect();
    let named = |word: &str| Dialect::from_word(word.trim_start_matches('!')) == Some(dialect);
    let runs = if words.iter().all(|word| word.starts_with('!')) {
        !words.iter().any(|word| named(word))
    } else {
        words.iter().any(|word| named(word))
    };
    for step in steps {
        step.certain = false;
        if dialect != Dialect::Unknown && !runs {
            step.action = SchemaAction::StateOnly {
                what: format!("it is for {dbms}"),
            };
        }
    }
}

/// Everything that is said, without lines and blanks.
fn digest_change_node(node: &LiquibaseNode) -> String {
    let mut out = format!(
        "{}{:?}{}",
        node.name,
        node.attributes,
        node.text.split_whitespace().collect::<Vec<_>>().join(" ")
    );
    node.children
        .iter()
        .for_each(|child| out.push_str(&digest_change_node(child)));
    out
}

fn read_liquibase_change(
    change: &LiquibaseNode,
    dialect: Dialect,
    tree: &dyn Snapshot,
    certain: bool,
    out: &mut Vec<MigrationStep>,
) {
    let get = |key: &str| change.get(key).unwrap_or_default().to_owned();
    let named = |key: &str| match change
        .get("schemaName")
        .or(change.get("baseTableSchemaName"))
    {
        Some(schema) => Name::from_parts(vec![schema.to_owned(), get(key)]),
        None => Name::new(&get(key)),
    };
    let table = named("tableName");
    let list = |key: &str| {
        get(key)
            .split(',')
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect::<Vec<_>>()
    };
    let columns = || {
        change
            .children
            .iter()
            .filter(|child| child.name == "column")
            .collect::<Vec<_>>()
    };
    let name = || Some(get("constraintName")).filter(|name| !name.is_empty());
    let text = format!(
        "<{}{}>",
        change.name,
        change
            .attributes
            .iter()
            .map(|(key, value)| format!(" {key}=\"{value}\""))
            .collect::<String>()
    );
    let mut push = |action: SchemaAction| {
        out.push(MigrationStep {
            line: change.line,
            text: model::shorten_text(&text, 600).into_owned(),
            certain,
            action,
        })
    };
    let constraint = |kind, columns: Vec<String>, references| SchemaAction::AddConstraint {
        table: table.clone(),
        constraint: Constraint {
            name: name(),
            kind,
            columns,
            references,
            text: text.clone(),
        },
    };
    match change.name.as_str() {
        "createTable" => {
            let mut made = Table {
                name: table,
                columns_known: true,
                if_not_exists: change.flag("ifNotExists"),
                ..Table::default()
            };
            made.columns = columns().into_iter().map(read_liquibase_column).collect();
            push(SchemaAction::CreateTable(made));
        }
        "dropTable" => push(SchemaAction::DropTable {
            table,
            if_exists: false,
            cascade: change.flag("cascadeConstraints"),
        }),
        "renameTable" => push(SchemaAction::RenameTable {
            table: named("oldTableName"),
            to: named("newTableName"),
        }),
        "addColumn" => columns().into_iter().for_each(|stated| {
            push(SchemaAction::AddColumn {
                table: table.clone(),
                column: read_liquibase_column(stated),
                if_not_exists: false,
            })
        }),
        "dropColumn" => {
            if let Some(column) = change.get("columnName") {
                push(SchemaAction::DropColumn {
                    table: table.clone(),
                    column: column.to_owned(),
                });
            }
            columns().into_iter().for_each(|stated| {
                push(SchemaAction::DropColumn {
                    table: table.clone(),
                    column: stated.get("name").unwrap_or_default().to_owned(),
                })
            });
        }
        "renameColumn" => push(SchemaAction::RenameColumn {
            table,
            column: get("oldColumnName"),
            to: get("newColumnName"),
        }),
        "modifyDataType" => push(SchemaAction::ChangeType {
            table,
            column: get("columnName"),
            to: get("newDataType"),
        }),
        "addNotNullConstraint" => push(SchemaAction::SetNotNull {
            table,
            column: get("columnName"),
        }),
        "dropNotNullConstraint" => push(SchemaAction::DropNotNull {
            table,
            column: get("columnName"),
        }),
        "addDefaultValue" => push(SchemaAction::SetDefault {
            table,
            column: get("columnName"),
            value: read_liquibase_default(change),
        }),
        "dropDefaultValue" => push(SchemaAction::DropDefault {
            table,
            column: get("columnName"),
        }),
        "addAutoIncrement" => push(SchemaAction::SetIdentity {
            table,
            column: get("columnName"),
            always: false,
        }),
        "createIndex" => {
            let columns = columns()
                .into_iter()
                .map(|stated| stated.get("name").unwrap_or_default().to_owned())
                .collect();
            push(SchemaAction::CreateIndex(TableIndex {
                name: change.get("indexName").map(str::to_owned),
                table,
                columns,
                unique: change.flag("unique"),
                partial: false,
                concurrently: false,
            }));
        }
        "dropIndex" => push(SchemaAction::DropIndex {
            name: get("indexName"),
            table: Some(table),
        }),
        "addUniqueConstraint" => push(constraint(
            ConstraintKind::Unique,
            list("columnNames"),
            None,
        )),
        "addPrimaryKey" => push(constraint(
            ConstraintKind::Primary,
            list("columnNames"),
            None,
        )),
        "addCheckConstraint" => push(constraint(ConstraintKind::Check, Vec::new(), None)),
        "addForeignKeyConstraint" => {
            let constraint = Constraint {
                name: name(),
                kind: ConstraintKind::Foreign,
                columns: list("baseColumnNames"),
                references: Some(Name::new(&get("referencedTableName"))),
                text: text.clone(),
            };
            push(SchemaAction::AddConstraint {
                table: named("baseTableName"),
                constraint,
            });
        }
        "dropUniqueConstraint" | "dropPrimaryKey" | "dropCheckConstraint" => {
            let kind = match change.name.as_str() {
                "dropUniqueConstraint" => ConstraintKind::Unique,
                "dropPrimaryKey" => ConstraintKind::Primary,
                _ => ConstraintKind::Check,
            };
            push(SchemaAction::DropConstraint {
                table,
                name: name(),
                kind: Some(kind),
                columns: Vec::new(),
            });
        }
        "dropForeignKeyConstraint" | "dropAllForeignKeyConstraints" => {
            push(SchemaAction::DropConstraint {
                table: named("baseTableName"),
                name: name(),
                kind: Some(ConstraintKind::Foreign),
                columns: Vec::new(),
            })
        }
        "createView" => {
            let body = if change.text.trim().is_empty() {
                change
                    .child("selectQuery")
                    .map(|child| child.text.clone())
                    .unwrap_or_default()
            } else {
                change.text.clone()
            };
            push(SchemaAction::CreateView {
                name: named("viewName"),
                replace: change.flag("replaceIfExists"),
                materialized: false,
                body,
            });
        }
        "dropView" => push(SchemaAction::DropView {
            name: named("viewName"),
            if_exists: change.flag("ifExists"),
        }),
        "renameView" => push(SchemaAction::RenameView {
            name: named("oldViewName"),
            to: named("newViewName"),
        }),
        "createSequence" => push(SchemaAction::CreateSequence {
            name: named("sequenceName"),
        }),
        "dropSequence" => push(SchemaAction::DropSequence {
            name: named("sequenceName"),
        }),
        "renameSequence" => push(SchemaAction::RenameSequence {
            name: named("oldSequenceName"),
            to: get("newSequenceName"),
        }),
        "alterSequence" => push(SchemaAction::AlterSequence {
            name: named("sequenceName"),
        }),
        "insert" | "loadData" => push(SchemaAction::Insert {
            table,
            columns: Vec::new(),
            from: Vec::new(),
            overwrites: false,
        }),
        "loadUpdateData" => push(SchemaAction::Insert {
            table,
            columns: Vec::new(),
            from: Vec::new(),
            overwrites: true,
        }),
        "addLookupTable" => push(SchemaAction::CreateTable(Table {
            name: named("newTableName"),
            columns_known: false,
            ..Table::default()
        })),
        "update" => {
            let set = columns()
                .into_iter()
                .map(|stated| stated.get("name").unwrap_or_default().to_owned())
                .collect();
            push(SchemaAction::Update {
                table,
                columns: set,
                fills_null: false,
                reads: Vec::new(),
            });
        }
        "delete" => push(SchemaAction::Delete { table }),
        "mergeColumns" => {
            push(SchemaAction::DropColumn {
                table: table.clone(),
                column: get("column1Name"),
            });
            push(SchemaAction::DropColumn {
                table,
                column: get("column2Name"),
            });
        }
        "setTableRemarks" | "setColumnRemarks" => push(SchemaAction::Comment {
            object: table.to_string(),
        }),
        "createProcedure" | "createFunction" | "createTrigger" | "createPackage" | "sqlFile" => {
            let own = if change.text.trim().is_empty() {
                change
                    .children
                    .iter()
                    .map(|child| child.text.as_str())
                    .collect::<String>()
            } else {
                change.text.clone()
            };
            let lies = change
                .get("path")
                .and_then(|path| find_class_path_file(tree, path));
            match (own.trim().is_empty(), lies) {
                (false, _) => out.extend(sql::read_sql(&own, dialect, change.line).steps),
                (true, Some(text)) => out.extend(
                    sql::read_sql(&text, dialect, 1)
                        .steps
                        .into_iter()
                        .map(|step| MigrationStep {
                            line: change.line,
                            ..step
                        }),
                ),
                (true, None) => push(SchemaAction::Unknown {
                    why: format!("the file of {} is not found", change.name),
                }),
            }
        }
        "dropProcedure" => push(SchemaAction::DropRoutine {
            name: named("procedureName"),
            if_exists: false,
        }),
        "dropFunction" => push(SchemaAction::DropRoutine {
            name: named("functionName"),
            if_exists: false,
        }),
        "dropTrigger" => push(SchemaAction::DropTrigger {
            name: get("triggerName"),
            table: Some(table),
        }),
        "sql" => {
            let text = if change.text.trim().is_empty() {
                change
                    .child("sql")
                    .map(|child| child.text.clone())
                    .unwrap_or_default()
            } else {
                change.text.clone()
            };
            let sure = certain && change.get("dbms").is_none();
            out.extend(
                sql::read_sql(&text, dialect, change.line)
                    .steps
                    .into_iter()
                    .map(|step| MigrationStep {
                        certain: step.certain && sure,
                        ..step
                    }),
            );
        }
        "customChange" | "executeCommand" => push(SchemaAction::HostCode {
            what: format!(
                "runs {}",
                change
                    .get("class")
                    .or(change.get("executable"))
                    .and_then(|name| name.rsplit('.').next())
                    .unwrap_or("other code")
            ),
        }),
        "tagDatabase" | "empty" | "output" | "stop" => push(SchemaAction::Nothing),
        other => push(SchemaAction::Unknown {
            why: format!("the change {other} is not known"),
        }),
    }
}

/// A file on the class path: the shortest path of the tree that ends so.
fn find_class_path_file(tree: &dyn Snapshot, path: &str) -> Option<String> {
    let wanted = path
        .trim_start_matches("classpath:")
        .trim_start_matches('/');
    let found = tree
        .list()
        .iter()
        .filter(|entry| entry.path == wanted || entry.path.ends_with(&format!("/{wanted}")))
        .min_by_key(|entry| entry.path.len())?;
    tree.read_text(&found.path).ok()
}

fn read_liquibase_default(node: &LiquibaseNode) -> DefaultValue {
    let value = |key: &str| node.get(key);
    if let Some(computed) = value("defaultValueComputed") {
        return DefaultValue::from_text(computed);
    }
    if let Some(number) = value("defaultValueNumeric").or(value("defaultValueBoolean")) {
        return DefaultValue::from_text(number);
    }
    if let Some(sequence) = value("defaultValueSequenceNext") {
        return DefaultValue::Volatile(format!("nextval('{sequence}')"));
    }
    value("defaultValue")
        .or(value("defaultValueDate"))
        .map_or(DefaultValue::None, |text| {
            DefaultValue::Constant(format!("'{}'", text.replace('\'', "''")))
        })
}

fn read_liquibase_column(node: &LiquibaseNode) -> Column {
    let mut column = Column::new(
        node.get("name").unwrap_or_default(),
        node.get("type").unwrap_or_default(),
    );
    column.default = read_liquibase_default(node);
    column.auto = node.flag("autoIncrement");
    column.generated = node.flag("computed");
    if let Some(rules) = node.child("constraints") {
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
