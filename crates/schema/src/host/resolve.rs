//! Names that stand for literals: constants of the file, and variables of loops over literal lists.

use std::collections::BTreeMap;

use super::syntax::{Expr, FunctionCall, SyntaxItem};

/// Most expressions that the loops of a file are written out to.
const LOOPS: usize = 4000;

/// Most bytes that are put in the place of names.
const BYTES: usize = 8 * 1024 * 1024;

/// Puts literals in the place of names that the file gives one value.
pub fn resolve_constants(items: &mut [SyntaxItem], wanted: impl Fn(&str) -> bool) {
    let mut values: BTreeMap<String, Option<Expr>> = BTreeMap::new();
    collect_constants(items, &mut values);
    let values: BTreeMap<String, Expr> = values
        .into_iter()
        .filter(|(name, _)| wanted(name))
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    if !values.is_empty() {
        let mut swap = Swap {
            values,
            left: BYTES,
        };
        items.iter_mut().for_each(|item| swap.in_item(item));
    }
}

/// Calls that give a file's contents.
const READERS: [&str; 9] = [
    "read",
    "read_text",
    "readFileSync",
    "readFile",
    "file_get_contents",
    "ReadAllText",
    "ReadAllTextAsync",
    "load",
    "get",
];

/// Most files that are read in the place of calls.
const FILES: usize = 20;

/// Puts the contents of SQL files in the place of the calls that read them:
/// `File.read("db/x.sql")`.
pub fn resolve_sql_files(items: &mut [SyntaxItem], find: &dyn Fn(&str) -> Option<String>) {
    let mut left = FILES;
    items
        .iter_mut()
        .for_each(|item| file_in_item(item, find, &mut left));
}

fn file_in_item(item: &mut SyntaxItem, find: &dyn Fn(&str) -> Option<String>, left: &mut usize) {
    match item {
        SyntaxItem::Call(call, _) => file_in_call(call, find, left),
        SyntaxItem::Function { body, .. } => body
            .iter_mut()
            .for_each(|item| file_in_item(item, find, left)),
        SyntaxItem::Assign { value, .. } => file_in_expr(value, find, left),
        SyntaxItem::Raise { .. } => {}
    }
}

fn file_in_call(call: &mut FunctionCall, find: &dyn Fn(&str) -> Option<String>, left: &mut usize) {
    call.args
        .iter_mut()
        .for_each(|arg| file_in_expr(arg, find, left));
    call.named
        .iter_mut()
        .for_each(|(_, value)| file_in_expr(value, find, left));
    call.block
        .iter_mut()
        .for_each(|item| file_in_item(item, find, left));
    if let Some(Expr::Call(on)) = &mut call.on {
        file_in_call(on, find, left);
    }
}

fn file_in_expr(value: &mut Expr, find: &dyn Fn(&str) -> Option<String>, left: &mut usize) {
    match value {
        Expr::Call(call)
            if call
                .chain()
                .iter()
                .any(|part| READERS.contains(&part.name.as_str())) =>
        {
            let mut texts = Vec::new();
            call.all_texts(&mut texts);
            let named = texts
                .iter()
                // the name of the file stands behind its folders
                .rev()
                .map(|(text, _)| text.trim())
                .find(|text| text.ends_with(".sql") && !text.contains(char::is_whitespace));
            if let Some(name) = named
                && *left > 0
            {
                *left -= 1;
                let line = call.line;
                if let Some(text) = find(name) {
                    *value = Expr::Text(text, line);
                }
            }
        }
        Expr::Call(call) => file_in_call(call, find, left),
        Expr::List(items) => items
            .iter_mut()
            .for_each(|item| file_in_expr(item, find, left)),
        Expr::Map(pairs) => pairs
            .iter_mut()
            .for_each(|(_, value)| file_in_expr(value, find, left)),
        _ => {}
    }
}

/// A literal, or a list of literals.
fn is_literal(value: &Expr) -> bool {
    match value {
        Expr::Text(..) | Expr::Number(_) | Expr::Bool(_) => true,
        Expr::List(items) => !items.is_empty() && items.iter().all(is_literal),
        _ => false,
    }
}

fn collect_constants(items: &[SyntaxItem], values: &mut BTreeMap<String, Option<Expr>>) {
    for item in items {
        match item {
            SyntaxItem::Assign { name, value, .. } => {
                // a name with two values stands for neither
                let once = !values.contains_key(name) && is_literal(value);
                values.insert(name.clone(), once.then(|| value.clone()));
            }
            SyntaxItem::Function { body, .. } => collect_constants(body, values),
            SyntaxItem::Call(call, _) => {
                collect_constants(&call.block, values);
                // A parameter hides the constant.
                for name in &call.params {
                    values.insert(name.clone(), None);
                }
            }
            SyntaxItem::Raise { .. } => {}
        }
    }
}

/// The body of a loop, once for each element. `None` where the list is not literal.
pub fn unroll_loop(names: &[String], list: &Expr, body: &[SyntaxItem]) -> Option<Vec<SyntaxItem>> {
    let Expr::List(elements) = list else {
        return None;
    };
    if names.is_empty()
        || elements.is_empty()
        || elements
            .len()
            .saturating_mul(body.iter().map(count_expressions).sum::<usize>().max(1))
            > LOOPS
    {
        return None;
    }
    let mut out = Vec::new();
    for element in elements {
        let parts: Vec<&Expr> = match element {
            // each name takes its part: `for a, b in [(1, 2)]`
            Expr::List(parts) if names.len() > 1 && parts.len() == names.len() => {
                parts.iter().collect()
            }
            other
                if names.len() == 1
                    && matches!(other, Expr::Text(..) | Expr::Name(_) | Expr::Number(_)) =>
            {
                vec![other]
            }
            _ => return None,
        };
        let values: BTreeMap<String, Expr> = names
            .iter()
            .cloned()
            .zip(parts.into_iter().cloned())
            .collect();
        let mut once = body.to_vec();
        let mut swap = Swap {
            values,
            left: BYTES,
        };
        once.iter_mut().for_each(|item| swap.in_item(item));
        out.extend(once);
    }
    Some(out)
}

/// Expressions in an item.
fn count_expressions(item: &SyntaxItem) -> usize {
    match item {
        SyntaxItem::Call(call, _) => of_call(call),
        SyntaxItem::Function { body, .. } => 1 + body.iter().map(count_expressions).sum::<usize>(),
        SyntaxItem::Assign { value, .. } => of_expr(value),
        SyntaxItem::Raise { .. } => 1,
    }
}

fn of_call(call: &FunctionCall) -> usize {
    1 + call.on.as_ref().map_or(0, of_expr)
        + call.args.iter().map(of_expr).sum::<usize>()
        + call
            .named
            .iter()
            .map(|(_, value)| of_expr(value))
            .sum::<usize>()
        + call.block.iter().map(count_expressions).sum::<usize>()
}

fn of_expr(value: &Expr) -> usize {
    match value {
        Expr::Call(call) => of_call(call),
        Expr::List(items) => 1 + items.iter().map(of_expr).sum::<usize>(),
        Expr::Map(pairs) => 1 + pairs.iter().map(|(_, value)| of_expr(value)).sum::<usize>(),
        // a long text costs as much as many expressions
        Expr::Text(text, _) | Expr::Other(text) => 1 + text.len() / 100,
        _ => 1,
    }
}

/// Bytes of a literal, about.
fn estimate_literal_bytes(value: &Expr) -> usize {
    match value {
        Expr::Text(text, _) | Expr::Number(text) | Expr::Name(text) => 32 + text.len(),
        Expr::List(items) => 32 + items.iter().map(estimate_literal_bytes).sum::<usize>(),
        _ => 32,
    }
}

/// Values in the place of names, as long as there is room for them.
struct Swap {
    values: BTreeMap<String, Expr>,
    left: usize,
}

impl Swap {
    fn in_item(&mut self, item: &mut SyntaxItem) {
        match item {
            SyntaxItem::Call(call, _) => self.in_call(call),
            SyntaxItem::Function { body, .. } => {
                body.iter_mut().for_each(|item| self.in_item(item))
            }
            SyntaxItem::Assign { value, .. } => self.in_expr(value),
            SyntaxItem::Raise { .. } => {}
        }
    }

    fn in_call(&mut self, call: &mut FunctionCall) {
        if let Some(Expr::Call(on)) = &mut call.on {
            self.in_call(on);
        }
        call.args.iter_mut().for_each(|arg| self.in_expr(arg));
        call.named
            .iter_mut()
            .for_each(|(_, value)| self.in_expr(value));
        call.block.iter_mut().for_each(|item| self.in_item(item));
    }

    fn in_expr(&mut self, value: &mut Expr) {
        match value {
            Expr::Name(name) => {
                let short = name.rsplit(['.', ':']).next().unwrap_or(name);
                // `other.NAME` belongs to another object
                let own = name.as_str() == short
                    || name.starts_with("self")
                    || name.starts_with("this.")
                    || name.starts_with("static::");
                if let Some(literal) = self.values.get(short).filter(|_| own) {
                    let weight = estimate_literal_bytes(literal);
                    if weight <= self.left {
                        self.left -= weight;
                        *value = literal.clone();
                    }
                }
            }
            Expr::Call(call) => self.in_call(call),
            Expr::List(items) => items.iter_mut().for_each(|item| self.in_expr(item)),
            Expr::Map(pairs) => pairs.iter_mut().for_each(|(_, value)| self.in_expr(value)),
            _ => {}
        }
    }
}
