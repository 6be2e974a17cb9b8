//! Changes of a change set, and which of them Liquibase turns around by itself.

use super::super::dialect::{Dialect, DialectSigns};
use super::super::host::invert;
use super::super::sql;
use super::super::step::{Column, MigrationStep, SchemaAction, Script};
use super::node::{ChangeSet, LiquibaseNode};
use super::stated::{
    read_liquibase_column, read_stated_change, stated_columns, stated_name, stated_text,
    write_change_text,
};
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
    // a precondition that fails may skip the change set or mark it as run
    let certain = set.child("preConditions").is_none();
    for change in &changes {
        read_liquibase_change(change, dialect, tree, certain, &mut up.steps);
    }
    for_database(&mut up.steps, set.get("dbms"), dialect);
    let down = match set.child("rollback") {
        Some(rollback) if rollback.get("changeSetId").is_some() => refer_to_set(path, rollback),
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
    // Liquibase runs such a set again when its checksum changes, or each time
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

/// A way back that runs the changes of another change set; which these are is not looked up.
fn refer_to_set(path: &str, rollback: &LiquibaseNode) -> DownMigration {
    let named = stated_text(rollback, "changeSetId");
    let step = MigrationStep {
        line: rollback.line,
        text: model::shorten_text(&write_change_text(rollback), 600).into_owned(),
        certain: true,
        action: SchemaAction::Unknown {
            why: format!("the way back runs the change set {named}, which is not read here"),
        },
    };
    DownMigration::Written {
        script: Script {
            has_text: true,
            steps: vec![step],
            ..Script::default()
        },
        path: path.to_owned(),
        line: rollback.line,
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
    // `!h2` stands for every database but that one
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
    let mut push = |action: SchemaAction| {
        out.push(MigrationStep {
            line: change.line,
            text: model::shorten_text(&write_change_text(change), 600).into_owned(),
            certain,
            action,
        })
    };
    if let Some(action) = read_stated_change(change) {
        push(action);
        return;
    }
    let table = stated_name(change, "tableName");
    match change.name.as_str() {
        "addColumn" => stated_columns(change).into_iter().for_each(|stated| {
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
            stated_columns(change).into_iter().for_each(|stated| {
                push(SchemaAction::DropColumn {
                    table: table.clone(),
                    column: stated.get("name").unwrap_or_default().to_owned(),
                })
            });
        }
        "mergeColumns" => {
            push(SchemaAction::AddColumn {
                table: table.clone(),
                column: Column::new(
                    stated_text(change, "finalColumnName"),
                    stated_text(change, "finalColumnType"),
                ),
                if_not_exists: false,
            });
            push(SchemaAction::DropColumn {
                table: table.clone(),
                column: stated_text(change, "column1Name"),
            });
            push(SchemaAction::DropColumn {
                table,
                column: stated_text(change, "column2Name"),
            });
        }
        "createProcedure" | "createFunction" | "createTrigger" | "createPackage" | "sqlFile" => {
            read_program(change, dialect, tree, certain, out)
        }
        "sql" => {
            let text = if change.text.trim().is_empty() {
                change
                    .child("sql")
                    .map(|child| child.text.clone())
                    .unwrap_or_default()
            } else {
                change.text.clone()
            };
            // the statement may be for another database
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
        other => push(SchemaAction::Unknown {
            why: format!("the change {other} is not known"),
        }),
    }
}

/// A routine or a file of SQL: its text stands in the change, or lies on the class path.
fn read_program(
    change: &LiquibaseNode,
    dialect: Dialect,
    tree: &dyn Snapshot,
    certain: bool,
    out: &mut Vec<MigrationStep>,
) {
    let mut push = |action: SchemaAction| {
        out.push(MigrationStep {
            line: change.line,
            text: model::shorten_text(&write_change_text(change), 600).into_owned(),
            certain,
            action,
        })
    };

    // the statements may be for another database
    let sure = certain && change.get("dbms").is_none();
    let weigh = |step: MigrationStep| MigrationStep {
        certain: step.certain && sure,
        ..step
    };
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
        (false, _) => out.extend(
            sql::read_sql(&own, dialect, change.line)
                .steps
                .into_iter()
                .map(weigh),
        ),
        (true, Some(text)) => out.extend(sql::read_sql(&text, dialect, 1).steps.into_iter().map(
            |step| MigrationStep {
                // lines of the other file mean nothing in this one
                line: change.line,
                ..weigh(step)
            },
        )),
        (true, None) => push(SchemaAction::Unknown {
            why: format!("the file of {} is not found", change.name),
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
