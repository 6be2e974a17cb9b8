//! Django: indexes and constraints among the operations of a migration.

use super::super::step::{Constraint, ConstraintKind, Name, SchemaAction, TableIndex};
use super::django::Django;
use super::django_values::{read_django_constraint, unique_together};
use super::syntax::{Expr, FunctionCall};

impl Django<'_> {
    /// Indexes and constraints.
    pub(super) fn rule_operation(&mut self, call: &FunctionCall) -> bool {
        if self.index_operation(call) {
            return true;
        }
        let (table, name) = self.read_subject(call);
        match call.name.as_str() {
            "AddConstraint" | "AddConstraintNotValid" => self.constraint(call, table),
            "RemoveConstraint" => self.push_with(
                SchemaAction::DropConstraint {
                    table,
                    name: Some(name),
                    // Django drops a constraint by its name alone
                    kind: None,
                    columns: Vec::new(),
                },
                None,
                call,
            ),
            "ValidateConstraint" => {
                self.push_with(SchemaAction::ValidateConstraint { table, name }, None, call)
            }
            "AlterUniqueTogether" => {
                let sets = unique_together(call);
                // none are left; which columns they held stands in an older migration
                if sets.is_empty() && states_no_set(call) {
                    let gone = SchemaAction::DropConstraint {
                        table: table.clone(),
                        name: None,
                        kind: Some(ConstraintKind::Unique),
                        columns: Vec::new(),
                    };
                    self.push_with(gone, None, call);
                }
                for columns in sets {
                    self.push(
                        SchemaAction::AddConstraint {
                            table: table.clone(),
                            constraint: Constraint {
                                name: None,
                                kind: ConstraintKind::Unique,
                                columns,
                                references: None,
                                text: call.text.clone(),
                            },
                        },
                        call,
                    );
                }
            }
            _ => return false,
        }
        true
    }

    /// Indexes.
    fn index_operation(&mut self, call: &FunctionCall) -> bool {
        let (table, name) = self.read_subject(call);
        match call.name.as_str() {
            "AddIndex" | "AddIndexConcurrently" => {
                let index = call.arg("index", 1).and_then(Expr::call);
                let columns = index
                    .and_then(|index| index.named("fields"))
                    .map(Expr::texts)
                    .unwrap_or_default();
                let name = index
                    .and_then(|index| index.named("name"))
                    .and_then(Expr::text)
                    .map(str::to_owned);
                let columns = columns
                    .into_iter()
                    // `-created` sorts the other way
                    .map(|column| column.trim_start_matches('-').to_owned())
                    .collect();
                let partial = index.is_some_and(|index| index.named("condition").is_some());
                self.push(
                    SchemaAction::CreateIndex(TableIndex {
                        name,
                        table,
                        columns,
                        unique: false,
                        partial,
                        concurrently: call.name.ends_with("Concurrently"),
                    }),
                    call,
                );
            }
            "RemoveIndex" | "RemoveIndexConcurrently" => self.push_with(
                SchemaAction::DropIndex {
                    name,
                    table: Some(table),
                },
                None,
                call,
            ),
            "RenameIndex" => {
                let (from, to) = (
                    call.named("old_name")
                        .and_then(Expr::text)
                        .unwrap_or_default()
                        .to_owned(),
                    call.named("new_name")
                        .and_then(Expr::text)
                        .unwrap_or_default()
                        .to_owned(),
                );
                self.push(SchemaAction::RenameIndex { name: from, to }, call);
            }
            "AlterIndexTogether" => self.push_with(
                SchemaAction::TableOption {
                    table,
                    what: "index".to_owned(),
                },
                None,
                call,
            ),
            _ => return false,
        }
        true
    }

    fn constraint(&mut self, call: &FunctionCall, table: Name) {
        match call
            .arg("constraint", 1)
            .and_then(Expr::call)
            .and_then(read_django_constraint)
        {
            Some(constraint) => self.push(SchemaAction::AddConstraint { table, constraint }, call),
            None => self
                .writer
                .unknown("the constraint is put together elsewhere", call, true),
        }
    }
}

/// Whether `unique_together` is stated and empty: `set()`, `[]`, `None`.
fn states_no_set(call: &FunctionCall) -> bool {
    call.arg("unique_together", 1)
        .is_some_and(|value| match value {
            Expr::List(items) => items.is_empty(),
            Expr::Call(made) => {
                matches!(made.name.as_str(), "set" | "frozenset") && made.args.is_empty()
            }
            other => matches!(
                other.literal().trim(),
                "None" | "null" | "NULL" | "{}" | "()"
            ),
        })
}
