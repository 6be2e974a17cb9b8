//! Django: the `operations` of a migration. Its defaults are the program's, not the database's,
//! unless `db_default` says so; its tables are called `application_model` unless the model says
//! otherwise.

use super::super::dialect::Dialect;
use super::super::sql;
use super::super::step::{
    Constraint, ConstraintKind, MigrationStep, Name, SchemaAction, Script, Table,
};
use super::django_rows;
use super::django_values::{
    read_django_column, read_django_constraint, read_name_tuples, read_run_sql_statements,
};
use super::invert;
use super::syntax::{Expr, FunctionCall, SyntaxItem};
use super::write::Writer;
use crate::migration_file::MigrationFile;
use crate::reading::{DownMigration, MigrationReading};

/// Reads a migration.
pub fn read_django(
    place: &MigrationFile,
    items: &[SyntaxItem],
    dialect: Dialect,
) -> MigrationReading {
    let app = place
        .identity
        .split('.')
        .next()
        .unwrap_or_default()
        .to_owned();
    // the last assignment counts, as in Python
    let stated = items.iter().rev().find_map(|item| match item {
        SyntaxItem::Assign { name, value, line } if name == "operations" => Some((value, *line)),
        _ => None,
    });
    let (operations, line) = match stated {
        Some((Expr::List(list), line)) => (list, line),
        None => {
            // a migration may only join two branches
            return MigrationReading {
                up: Script {
                    has_text: true,
                    ..Script::default()
                },
                down: DownMigration::Derived(Script::default()),
                line: 1,
            };
        }
        Some((other, line)) => {
            let mut writer = Writer::new(dialect);
            writer.unknown(
                "the operations are put together elsewhere",
                &make_placeholder_call(line, &other.literal()),
                true,
            );
            return MigrationReading {
                up: writer.script,
                down: DownMigration::None,
                line,
            };
        }
    };
    let mut reader = Django {
        app: &app,
        items,
        writer: Writer::new(dialect),
        down: Vec::new(),
        irreversible: None,
    };
    for operation in operations {
        match operation {
            Expr::Call(call) => reader.operation(call),
            other => {
                let call = make_placeholder_call(line, &format!("{other:?}"));
                reader
                    .writer
                    .unknown("an operation is put together elsewhere", &call, true);
            }
        }
    }
    let down = match reader.irreversible {
        Some(why) => DownMigration::Irreversible(why),
        None => {
            // Django goes back from the last operation to the first
            reader.down.reverse();
            DownMigration::Derived(Script {
                steps: reader.down.concat(),
                has_text: true,
                ..Script::default()
            })
        }
    };
    MigrationReading {
        up: reader.writer.script,
        down,
        line,
    }
}

fn make_placeholder_call(line: usize, text: &str) -> FunctionCall {
    FunctionCall {
        on: None,
        name: String::new(),
        of: None,
        args: Vec::new(),
        named: Vec::new(),
        block: Vec::new(),
        params: Vec::new(),
        line,
        text: model::shorten_text(text, 200).into_owned(),
    }
}

pub(super) struct Django<'a> {
    app: &'a str,
    items: &'a [SyntaxItem],
    pub(super) writer: Writer,
    down: Vec<Vec<MigrationStep>>,
    irreversible: Option<String>,
}

impl Django<'_> {
    /// Whole models.
    fn model_operation(&mut self, call: &FunctionCall) -> bool {
        let model = call
            .arg("model_name", 0)
            .or_else(|| call.arg("name", 0))
            .and_then(Expr::text)
            .unwrap_or_default()
            .to_owned();
        let table = self.table(&model);
        match call.name.as_str() {
            "CreateModel" => self.create_model(call),
            "DeleteModel" => self.push(
                SchemaAction::DropTable {
                    table,
                    // Django drops tables with CASCADE where the database has it
                    if_exists: false,
                    cascade: true,
                },
                call,
            ),
            "RenameModel" => {
                let (from, to) = (
                    call.arg("old_name", 0).and_then(Expr::text),
                    call.arg("new_name", 1).and_then(Expr::text),
                );
                if let (Some(from), Some(to)) = (from, to) {
                    self.push(
                        SchemaAction::RenameTable {
                            table: self.table(from),
                            to: self.table(to),
                        },
                        call,
                    );
                }
            }
            "AlterModelTable" => {
                let to = call.arg("table", 1).and_then(Expr::text).map(Name::new);
                if let Some(to) = to {
                    self.push(SchemaAction::RenameTable { table, to }, call);
                }
            }
            "AlterModelOptions"
            | "AlterModelManagers"
            | "AlterModelTableComment"
            | "AlterOrderWithRespectTo" => self.state_only(call),
            _ => return false,
        }
        true
    }

    pub(super) fn table(&self, model: &str) -> Name {
        Name {
            schema: None,
            // Django: `app_model` in small letters, unless the model names its table
            name: format!("{}_{}", self.app, model.to_lowercase()),
        }
    }

    /// Adds an action and its derived inverse.
    pub(super) fn push(&mut self, action: SchemaAction, call: &FunctionCall) {
        self.push_with(action.clone(), invert::invert_action(&action), call);
    }

    pub(super) fn push_with(
        &mut self,
        action: SchemaAction,
        inverse: Option<SchemaAction>,
        call: &FunctionCall,
    ) {
        self.writer.push(action, call, true);
        if let Some(action) = inverse {
            self.down.push(vec![MigrationStep {
                line: call.line,
                text: call.text.clone(),
                certain: true,
                action,
            }]);
        }
    }

    fn state_only(&mut self, call: &FunctionCall) {
        let action = SchemaAction::StateOnly {
            what: format!(
                "{} changes the program's models, not the database",
                call.name
            ),
        };
        self.push_with(action, None, call);
    }

    /// The table that an operation is about, and the name of what of it.
    pub(super) fn read_subject(&self, call: &FunctionCall) -> (Name, String) {
        let text = |arg: Option<&Expr>| arg.and_then(Expr::text).unwrap_or_default().to_owned();
        let model = call.arg("model_name", 0).or_else(|| call.arg("name", 0));
        (self.table(&text(model)), text(call.arg("name", 1)))
    }

    fn operation(&mut self, call: &FunctionCall) {
        if self.model_operation(call) || self.rule_operation(call) {
            return;
        }
        let (table, name) = self.read_subject(call);
        match call.name.as_str() {
            "AddField" | "AlterField" => self.field(call, &table, &name),
            "RemoveField" => self.push(
                SchemaAction::DropColumn {
                    table,
                    column: name,
                },
                call,
            ),
            "RenameField" => {
                let (from, to) = (
                    call.arg("old_name", 1).and_then(Expr::text),
                    call.arg("new_name", 2).and_then(Expr::text),
                );
                if let (Some(from), Some(to)) = (from, to) {
                    self.push(
                        SchemaAction::RenameColumn {
                            table,
                            column: from.to_owned(),
                            to: to.to_owned(),
                        },
                        call,
                    );
                }
            }
            // projects derive classes of their own, such as `SafeRunSQL`
            name if name.ends_with("RunSQL") => self.run_sql(call),
            name if name.ends_with("RunPython") => self.run_python(call),
            "SeparateDatabaseAndState" => {
                let operations = call.arg("database_operations", 0);
                match operations {
                    Some(Expr::List(list)) => list
                        .iter()
                        .filter_map(Expr::call)
                        .for_each(|call| self.operation(call)),
                    // without operations for the database only the models change
                    None => self.state_only(call),
                    Some(_) => {
                        self.writer
                            .unknown("the operations are put together elsewhere", call, true)
                    }
                }
            }
            name if name.ends_with("Extension") => {
                // the class may be named by its extension: `HStoreExtension`
                let extension = call.arg("name", 0).and_then(Expr::text).map_or_else(
                    || name.trim_end_matches("Extension").to_lowercase(),
                    str::to_owned,
                );
                self.push(SchemaAction::CreateExtension { name: extension }, call);
            }
            name => self.writer.unknown(
                format!("the operation {name} is not one of Django's own"),
                call,
                true,
            ),
        }
    }

    fn create_model(&mut self, call: &FunctionCall) {
        let model = call.arg("name", 0).and_then(Expr::text).unwrap_or_default();
        let options = call.arg("options", 2);
        // a proxy has the table of its parent, and of unmanaged models Django makes none
        if options.and_then(|options| options.get("managed")) == Some(&Expr::Bool(false))
            || options.and_then(|options| options.get("proxy")) == Some(&Expr::Bool(true))
        {
            self.state_only(call);
            return;
        }
        let name = options
            .and_then(|options| options.get("db_table"))
            .and_then(Expr::text)
            .map_or_else(|| self.table(model), Name::new);
        let mut table = Table {
            name,
            columns_known: true,
            ..Table::default()
        };
        if let Some(Expr::List(fields)) = call.arg("fields", 1) {
            for field in fields {
                if let Expr::List(pair) = field
                    && let [name, Expr::Call(field)] = &pair[..]
                    && let Some(column) = read_django_column(
                        name.text().unwrap_or_default(),
                        field,
                        self.app,
                        self.writer.dialect,
                    )
                {
                    table.columns.push(column);
                }
            }
        }
        if let Some(Expr::List(constraints)) =
            options.and_then(|options| options.get("constraints"))
        {
            table.constraints.extend(
                constraints
                    .iter()
                    .filter_map(Expr::call)
                    .filter_map(read_django_constraint),
            );
        }
        if let Some(together) = options.and_then(|options| options.get("unique_together")) {
            table
                .constraints
                .extend(
                    read_name_tuples(together)
                        .into_iter()
                        .map(|columns| Constraint {
                            name: None,
                            kind: ConstraintKind::Unique,
                            columns,
                            references: None,
                            text: String::new(),
                        }),
                );
        }
        self.push(SchemaAction::CreateTable(table), call);
    }

    fn field(&mut self, call: &FunctionCall, table: &Name, name: &str) {
        let Some(field) = call.arg("field", 2).and_then(Expr::call) else {
            self.writer
                .unknown("the field is put together elsewhere", call, true);
            return;
        };
        // Django keeps such a relation in a table of its own, and no column
        if field.name == "ManyToManyField" {
            // with `through` the table is made as a model
            if call.name == "AddField" && field.named("through").is_none() {
                let through = Name {
                    schema: None,
                    name: format!("{}_{}", table.name, name.to_lowercase()),
                };
                self.push(
                    SchemaAction::CreateTable(Table {
                        name: through,
                        columns_known: false,
                        ..Table::default()
                    }),
                    call,
                );
            } else {
                self.state_only(call);
            }
            return;
        }
        let Some(column) = read_django_column(name, field, self.app, self.writer.dialect) else {
            self.state_only(call);
            return;
        };
        if call.name == "AddField" {
            self.push(
                SchemaAction::AddColumn {
                    table: table.clone(),
                    column,
                    if_not_exists: false,
                },
                call,
            );
            return;
        }
        let unique = column.unique && !column.primary;
        let column_name = column.name.clone();
        self.push_with(
            SchemaAction::RestateColumn {
                table: table.clone(),
                from: column_name.clone(),
                column,
                keeps_default: true,
            },
            // how the field was before is not said in this file
            None,
            call,
        );
        // the column alone would not tell that duplicates are refused now
        if unique {
            let constraint = Constraint {
                name: None,
                kind: ConstraintKind::Unique,
                columns: vec![column_name],
                references: None,
                text: call.text.clone(),
            };
            self.push_with(
                SchemaAction::AddConstraint {
                    table: table.clone(),
                    constraint,
                },
                None,
                call,
            );
        }
    }

    fn run_sql(&mut self, call: &FunctionCall) {
        let up = call
            .arg("sql", 0)
            .map(read_run_sql_statements)
            .unwrap_or_default();
        if up.is_empty()
            && !matches!(call.arg("sql", 0), Some(Expr::Name(name)) if name.ends_with("noop"))
        {
            self.writer
                .unknown("the SQL is put together in another place", call, true);
        }
        for (text, line) in &up {
            self.writer.sql(text, *line, true);
        }
        match call.arg("reverse_sql", 1) {
            None => {
                self.irreversible = self
                    .irreversible
                    .take()
                    .or_else(|| Some(format!("RunSQL on line {} has no reverse_sql", call.line)))
            }
            Some(value) => {
                let texts = read_run_sql_statements(value);
                let steps = texts
                    .iter()
                    .flat_map(|(text, line)| sql::read_sql(text, self.writer.dialect, *line).steps)
                    .collect();
                self.down.push(steps);
            }
        }
    }

    fn run_python(&mut self, call: &FunctionCall) {
        let steps = django_rows::read_django_row_steps(
            self.items,
            call.arg("code", 0),
            call,
            self.writer.dialect,
        );
        self.writer.script.steps.extend(steps);
        match call.arg("reverse_code", 1) {
            None => {
                self.irreversible = self.irreversible.take().or_else(|| {
                    Some(format!(
                        "RunPython on line {} has no reverse_code",
                        call.line
                    ))
                })
            }
            Some(Expr::Name(name)) if name.ends_with("noop") => {}
            reverse => {
                let steps = django_rows::read_django_row_steps(
                    self.items,
                    reverse,
                    call,
                    self.writer.dialect,
                );
                self.down.push(steps);
            }
        }
    }
}
