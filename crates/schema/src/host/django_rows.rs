//! What a `RunPython` function does to rows: calls on models got by `get_model`, and SQL in
//! strings.

use std::collections::{BTreeMap, BTreeSet};

use super::super::dialect::Dialect;
use super::super::step::{MigrationStep, Name, SchemaAction};
use super::syntax::{Expr, FunctionCall, SyntaxItem, find_function_body};
use super::write::{Writer, assigned_statements, find_reached_functions};

/// Steps of the function that `code` names. A function that lies elsewhere, or does nothing that is
/// known, is host code.
pub fn read_django_row_steps(
    items: &[SyntaxItem],
    code: Option<&Expr>,
    call: &FunctionCall,
    dialect: Dialect,
) -> Vec<MigrationStep> {
    let host = |what: String| {
        vec![MigrationStep {
            line: call.line,
            text: call.text.clone(),
            certain: true,
            action: SchemaAction::HostCode { what },
        }]
    };
    let name = match code {
        Some(Expr::Name(name)) if name.ends_with("noop") => return Vec::new(),
        // a function that does nothing: `lambda apps, schema_editor: None`
        Some(Expr::Other(text))
            if text.starts_with("lambda") && text.trim_end().ends_with("None") =>
        {
            return Vec::new();
        }
        Some(Expr::Name(name)) => name.clone(),
        _ => return host("it runs Python".to_owned()),
    };
    let Some(body) = find_function_body(items, &name) else {
        return host(format!("it runs {name}, which lies elsewhere"));
    };
    let mut writer = Writer::new(dialect);
    let mut rows = DjangoRows {
        models: BTreeMap::new(),
        nulls: BTreeSet::new(),
        assigned: BTreeMap::new(),
        writer: &mut writer,
        worker: None,
    };
    let mut bodies = find_reached_functions(items, body);
    bodies.insert(0, body);
    // names first: a function may use a model that another one looked up
    for body in &bodies {
        rows.learn(body);
    }
    for body in &bodies {
        rows.body(body);
    }
    let worker = rows.worker.take();
    for body in &bodies {
        assigned_statements(&mut writer, body);
    }
    // a worker does its part later, and nobody knows when
    if let Some((line, text)) = worker {
        writer.script.steps.push(MigrationStep {
            line,
            text,
            certain: false,
            action: SchemaAction::HostCode {
                what: "it starts a worker that may change rows later".to_owned(),
            },
        });
    }
    if writer.script.steps.is_empty() {
        let harmless = bodies.iter().all(|body| body.is_empty());
        return if harmless {
            Vec::new()
        } else {
            host(format!("it runs {name}"))
        };
    }
    writer.script.steps
}

struct DjangoRows<'w> {
    /// Table by the name of a variable: the model itself, querysets, loop variables.
    models: BTreeMap<String, Name>,
    /// Variables that hold only rows without a value.
    nulls: BTreeSet<String>,
    /// Attributes given to a variable.
    assigned: BTreeMap<String, Vec<String>>,
    writer: &'w mut Writer,
    worker: Option<(usize, String)>,
}

impl DjangoRows<'_> {
    fn learn(&mut self, items: &[SyntaxItem]) {
        for item in items {
            match item {
                SyntaxItem::Assign { name, value, .. } => {
                    if let Some((variable, attribute)) = name.split_once('.') {
                        self.assigned
                            .entry(variable.to_owned())
                            .or_default()
                            .push(attribute.to_owned());
                    } else if let Some(table) = self.table_of(value) {
                        if is_null_filter(value)
                            || matches!(value, Expr::Call(call) if self.nulls.contains(call.root().unwrap_or_default()))
                        {
                            self.nulls.insert(name.clone());
                        }
                        self.models.insert(name.clone(), table);
                    } else if let Expr::Name(other) = value
                        && let Some(table) = self.models.get(other).cloned()
                    {
                        self.models.insert(name.clone(), table);
                    }
                }
                SyntaxItem::Call(call, _) => self.learn(&call.block),
                _ => {}
            }
        }
    }

    /// The table a value stands for.
    fn table_of(&self, value: &Expr) -> Option<Name> {
        match value {
            Expr::Call(call) => {
                if let Some(get) = call
                    .chain()
                    .into_iter()
                    .find(|call| call.name == "get_model")
                {
                    let (app, model) = match (
                        get.arg("app_label", 0).and_then(Expr::text),
                        get.arg("model_name", 1).and_then(Expr::text),
                    ) {
                        (Some(app), Some(model)) => (app.to_owned(), model.to_owned()),
                        // one text may hold both: `get_model('shop.Order')`
                        (Some(both), None) => both
                            .split_once('.')
                            .map(|(app, model)| (app.to_owned(), model.to_owned()))?,
                        _ => return None,
                    };
                    return Some(Name {
                        schema: None,
                        name: format!("{app}_{model}").to_lowercase(),
                    });
                }
                let root = call.root()?.split('.').next()?.to_owned();
                self.models.get(&root).cloned()
            }
            Expr::Name(name) | Expr::Other(name) => {
                self.models.get(name.split('.').next()?).cloned()
            }
            _ => None,
        }
    }

    fn body(&mut self, items: &[SyntaxItem]) {
        for item in items {
            if let SyntaxItem::Call(call, certain) = item {
                self.call(call, *certain);
                self.body(&call.block);
            }
        }
    }

    fn call(&mut self, call: &FunctionCall, certain: bool) {
        // a statement says more than the call around it
        if self.writer.statements_of(call, certain) {
            return;
        }
        if matches!(
            call.name.as_str(),
            "delay" | "apply_async" | "connect" | "send_task" | "delay_on_commit"
        ) {
            self.worker = Some((call.line, call.text.clone()));
            return;
        }
        let whole = Expr::Call(Box::new(call.clone()));
        let Some(table) = self.table_of(&whole) else {
            return;
        };
        let root = call
            .root()
            .unwrap_or_default()
            .split('.')
            .next()
            .unwrap_or_default()
            .to_owned();
        let fills_null = is_null_filter(&whole) || self.nulls.contains(&root);
        let names = |call: &FunctionCall| {
            call.named
                .iter()
                .map(|(name, _)| name.clone())
                // `**values` says no names
                .filter(|name| !name.starts_with("**") && name != "defaults")
                .collect::<Vec<_>>()
        };
        let action = match call.name.as_str() {
            "update" => SchemaAction::Update {
                table,
                columns: names(call),
                fills_null,
                reads: Vec::new(),
            },
            "delete" | "_raw_delete" => SchemaAction::Delete { table },
            "create" | "bulk_create" | "get_or_create" => SchemaAction::Insert {
                table,
                columns: Vec::new(),
                from: Vec::new(),
                overwrites: false,
            },
            "update_or_create" => SchemaAction::Insert {
                table,
                columns: Vec::new(),
                from: Vec::new(),
                overwrites: true,
            },
            "bulk_update" => {
                let columns = call.arg("fields", 1).map(Expr::texts).unwrap_or_default();
                SchemaAction::Update {
                    table,
                    columns,
                    fills_null,
                    reads: Vec::new(),
                }
            }
            "save" => {
                // only these columns are written then
                let stated = call
                    .named("update_fields")
                    .map(Expr::texts)
                    .unwrap_or_default();
                let columns = if stated.is_empty() {
                    self.assigned.get(&root).cloned().unwrap_or_default()
                } else {
                    stated
                };
                SchemaAction::Update {
                    table,
                    columns,
                    fills_null,
                    reads: Vec::new(),
                }
            }
            _ => {
                // `Model.objects.filter(..)` inside an argument may still end in a change.
                for arg in &call.args {
                    if let Expr::Call(inner) = arg {
                        self.call(inner, certain);
                    }
                }
                return;
            }
        };
        self.writer.push(action, call, certain);
    }
}

/// A chain that keeps only rows without a value: `filter(code=None)`, `filter(code__isnull=True)`.
fn is_null_filter(value: &Expr) -> bool {
    let Expr::Call(call) = value else {
        return false;
    };
    call.chain().into_iter().any(|call| {
        call.name == "filter"
            && call.named.iter().any(|(name, value)| {
                *value == Expr::Null || (name.ends_with("__isnull") && *value == Expr::Bool(true))
            })
    })
}
