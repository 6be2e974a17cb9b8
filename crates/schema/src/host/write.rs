//! Collects steps while a host language is read.

use std::collections::BTreeSet;

use super::super::dialect::Dialect;
use super::super::sql;
use super::super::step::{MigrationStep, SchemaAction, Script};
use super::syntax::{Expr, FunctionCall, SyntaxItem, find_function_body};

/// Steps in the making.
pub struct Writer {
    /// The database.
    pub dialect: Dialect,
    /// What was read.
    pub script: Script,
}

impl Writer {
    /// Empty.
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            script: Script {
                has_text: true,
                ..Script::default()
            },
        }
    }

    /// Adds an action.
    pub fn push(&mut self, action: SchemaAction, call: &FunctionCall, certain: bool) {
        // what a variable holds is not known: its name is no name of a table
        let action = match find_variable_subject(&action, call) {
            Some(name) => SchemaAction::Unknown {
                why: format!(
                    "{} is told its table or column by a variable ({name})",
                    call.name
                ),
            },
            None => action,
        };
        self.script.steps.push(MigrationStep {
            line: call.line,
            text: call.text.clone(),
            certain,
            action,
        });
    }

    /// Adds SQL that begins on a line.
    pub fn sql(&mut self, text: &str, line: usize, certain: bool) {
        let script = sql::read_sql(text, self.dialect, line);
        self.script.refuses = self.script.refuses.or(script.refuses);
        self.script
            .steps
            .extend(script.steps.into_iter().map(|step| MigrationStep {
                certain: step.certain && certain,
                ..step
            }));
    }

    /// Adds the SQL of a call's first string. `false` if there is none.
    pub fn sql_of(&mut self, call: &FunctionCall, certain: bool) -> bool {
        let mut texts = Vec::new();
        call.args.iter().for_each(|arg| arg.all_texts(&mut texts));
        call.named
            .iter()
            .for_each(|(_, value)| value.all_texts(&mut texts));
        match texts.into_iter().find(|(text, _)| !text.trim().is_empty()) {
            Some((text, line)) => {
                self.sql(&text, line, certain);
                true
            }
            None => false,
        }
    }

    /// Adds every string of a call that looks like a statement. `false` if none does.
    pub fn statements_of(&mut self, call: &FunctionCall, certain: bool) -> bool {
        let mut texts = Vec::new();
        call.all_texts(&mut texts);
        let found: Vec<(String, usize)> = texts
            .into_iter()
            .filter(|(text, _)| sql::looks_like_statement(text))
            .collect();
        for (text, line) in &found {
            self.sql(text, *line, certain);
        }
        !found.is_empty()
    }

    /// Adds the SQL of a file that the migration names; places are where it is named.
    pub fn file(&mut self, text: &str, call: &FunctionCall, certain: bool) {
        let script = sql::read_sql(text, self.dialect, 1);
        // lines of the other file mean nothing in this one
        self.script.refuses = self.script.refuses.or(script.refuses.map(|_| call.line));
        self.script
            .steps
            .extend(script.steps.into_iter().map(|step| MigrationStep {
                certain: step.certain && certain,
                line: call.line,
                ..step
            }));
    }

    /// Something that was not understood.
    pub fn unknown(&mut self, why: impl Into<String>, call: &FunctionCall, certain: bool) {
        self.push(SchemaAction::Unknown { why: why.into() }, call, certain);
    }
}

/// The variable that stands where a call tells its table or column.
fn find_variable_subject<'a>(action: &SchemaAction, call: &'a FunctionCall) -> Option<&'a str> {
    // readers look up what such a variable was given (`orders = sa.table("orders", ..)`), and a
    // name alone is a table that they found
    if matches!(action, SchemaAction::Insert { .. }) {
        return None;
    }
    let subjects = [
        action.table().map(|table| table.name.as_str()),
        action.column(),
    ];
    let named = call.named.iter().map(|(_, value)| value);
    call.args.iter().chain(named).find_map(|value| match value {
        Expr::Name(name) if subjects.contains(&Some(name)) && stands_bare(call, name) => {
            Some(name.as_str())
        }
        _ => None,
    })
}

/// A name stands bare somewhere in the call, and nowhere as a symbol or a string.
pub fn stands_bare(call: &FunctionCall, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let mut bare = false;
    for (at, _) in call.text.match_indices(name).take(50) {
        let (before, after) = (&call.text[..at], &call.text[at + name.len()..]);
        if before.ends_with(part) || after.starts_with(part) {
            continue;
        }
        if before.ends_with([':', '"', '\'', '.', '[']) || after.starts_with([':', ']']) {
            return false;
        }
        bare = true;
    }
    bare
}

/// SQL in the strings of every call, blocks included.
pub fn every_statement(writer: &mut Writer, items: &[SyntaxItem]) {
    for item in items {
        if let SyntaxItem::Call(call, certain) = item {
            writer.statements_of(call, *certain);
            every_statement(writer, &call.block);
        }
    }
}

/// SQL in strings given to names: `query = "UPDATE .."`, run later by name.
pub fn assigned_statements(writer: &mut Writer, items: &[SyntaxItem]) {
    for item in items {
        match item {
            // a call is read where it stands
            SyntaxItem::Assign { value, .. } if !matches!(value, Expr::Call(_)) => {
                let mut texts = Vec::new();
                value.all_texts(&mut texts);
                for (text, line) in texts
                    .into_iter()
                    .filter(|(text, _)| sql::looks_like_statement(text))
                {
                    // whether it runs is not seen
                    writer.sql(&text, line, false);
                }
            }
            _ => {}
        }
    }
}

/// Names of functions of the same file that are called from here, directly or through others.
pub fn find_reached_functions<'a>(
    all: &'a [SyntaxItem],
    from: &'a [SyntaxItem],
) -> Vec<&'a [SyntaxItem]> {
    let mut out: Vec<&[SyntaxItem]> = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<&[SyntaxItem]> = vec![from];
    while let Some(items) = open.pop() {
        let mut names = Vec::new();
        collect_called_names(items, &mut names);
        for name in names {
            // functions may call one another in a circle
            if seen.insert(name.clone())
                && let Some(body) = find_function_body(all, &name)
            {
                out.push(body);
                open.push(body);
            }
        }
    }
    out
}

fn collect_called_names(items: &[SyntaxItem], out: &mut Vec<String>) {
    for item in items {
        match item {
            SyntaxItem::Call(call, _) => called_by(call, out),
            SyntaxItem::Assign { value, .. } => in_expr(value, out),
            _ => {}
        }
    }
}

fn called_by(call: &FunctionCall, out: &mut Vec<String>) {
    let own = match &call.on {
        None => true,
        Some(Expr::Name(on)) => matches!(on.as_str(), "self" | "this"),
        _ => false,
    };
    if own {
        out.push(call.name.clone());
    }
    if let Some(on) = &call.on {
        in_expr(on, out);
    }
    call.args.iter().for_each(|arg| in_expr(arg, out));
    call.named.iter().for_each(|(_, value)| in_expr(value, out));
    collect_called_names(&call.block, out);
}

fn in_expr(value: &Expr, out: &mut Vec<String>) {
    match value {
        Expr::Call(call) => called_by(call, out),
        Expr::List(items) => items.iter().for_each(|item| in_expr(item, out)),
        Expr::Map(pairs) => pairs.iter().for_each(|(_, value)| in_expr(value, out)),
        _ => {}
    }
}
