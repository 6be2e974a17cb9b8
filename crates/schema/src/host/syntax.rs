//! Host languages as one small syntax: functions, calls with literal arguments, blocks. tree-sitter
//! reads the text; what has no counterpart here keeps its text as [`Expr::Other`].

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A string and the line on which its contents begin.
    Text(String, usize),
    /// A number as written.
    Number(String),
    /// True or false.
    Bool(bool),
    /// None, nil, null.
    Null,
    /// A list.
    List(Vec<Expr>),
    /// Keys and values in order.
    Map(Vec<(String, Expr)>),
    /// A call.
    Call(Box<FunctionCall>),
    /// A name, a symbol or a dotted name.
    Name(String),
    /// Anything else, as text.
    Other(String),
}

/// A call.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionCall {
    /// What it is called on.
    pub on: Option<Expr>,
    /// Its name.
    pub name: String,
    /// Type argument (C#).
    pub of: Option<String>,
    /// Arguments by position.
    pub args: Vec<Expr>,
    /// Arguments by name.
    pub named: Vec<(String, Expr)>,
    /// What stands in its block or its closures.
    pub block: Vec<SyntaxItem>,
    /// Names the block gives to its parameters.
    pub params: Vec<String>,
    /// Line, from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
}

/// Something a body holds.
#[derive(Debug, Clone, PartialEq)]
pub enum SyntaxItem {
    /// A call, and whether it always runs.
    Call(FunctionCall, bool),
    /// A function.
    Function {
        name: String,
        body: Vec<SyntaxItem>,
        line: usize,
    },
    /// A value given to a name (also loop variables and attributes).
    Assign {
        name: String,
        value: Expr,
        line: usize,
    },
    /// It raises on purpose.
    Raise { line: usize, text: String },
}

impl Expr {
    /// The string or symbol.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text, _) => Some(text),
            Self::Name(name) => Some(name),
            // calls that only mark a text: `op.f("ix")`, `sa.text("..")`
            Self::Call(call)
                if call.args.len() == 1
                    && matches!(call.name.as_str(), "f" | "text" | "raw" | "literal" | "lit") =>
            {
                call.args[0].text()
            }
            _ => None,
        }
    }

    /// Strings in it, or in the list that it is.
    pub fn texts(&self) -> Vec<String> {
        match self {
            Self::List(items) => items
                .iter()
                .filter_map(|item| item.text().map(str::to_owned))
                .collect(),
            other => other.text().map(str::to_owned).into_iter().collect(),
        }
    }

    /// The call.
    pub fn call(&self) -> Option<&FunctionCall> {
        if let Self::Call(call) = self {
            Some(call)
        } else {
            None
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Expr> {
        if let Self::Map(pairs) = self {
            pairs
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value)
        } else {
            None
        }
    }

    /// All strings anywhere in it, with their lines.
    pub fn all_texts(&self, out: &mut Vec<(String, usize)>) {
        match self {
            Self::Text(text, line) => out.push((text.clone(), *line)),
            Self::List(items) => items.iter().for_each(|item| item.all_texts(out)),
            Self::Map(pairs) => pairs.iter().for_each(|(_, value)| value.all_texts(out)),
            Self::Call(call) => call.all_texts(out),
            _ => {}
        }
    }

    /// As a default's text.
    pub fn literal(&self) -> String {
        match self {
            Self::Text(text, _) => format!("'{}'", text.replace('\'', "''")),
            Self::Number(text) | Self::Other(text) | Self::Name(text) => text.clone(),
            Self::Bool(value) => value.to_string(),
            Self::Null => "NULL".to_owned(),
            Self::List(_) | Self::Map(_) => "'{}'".to_owned(),
            Self::Call(call) => call.text.clone(),
        }
    }
}

impl FunctionCall {
    /// A named argument; with a trailing map (JavaScript, Ruby), its key.
    pub fn named(&self, key: &str) -> Option<&Expr> {
        self.named
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
            .or_else(|| self.args.iter().rev().find_map(|arg| arg.get(key)))
    }

    /// A named argument, or the one at a position.
    pub fn arg(&self, key: &str, at: usize) -> Option<&Expr> {
        self.named
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
            .or_else(|| self.args.get(at))
    }

    /// A positional argument's string.
    pub fn text(&self, at: usize) -> Option<&str> {
        self.args.get(at).and_then(Expr::text)
    }

    /// A named argument that is true.
    pub fn flag(&self, key: &str) -> bool {
        matches!(self.named(key), Some(Expr::Bool(true)))
    }

    /// The chain of calls it ends, innermost first.
    pub fn chain(&self) -> Vec<&FunctionCall> {
        let mut out = vec![self];
        let mut on = self.on.as_ref();
        while let Some(Expr::Call(inner)) = on {
            out.push(inner);
            on = inner.on.as_ref();
        }
        out.reverse();
        out
    }

    /// The name on which the chain begins.
    pub fn root(&self) -> Option<&str> {
        match self.chain().first()?.on.as_ref()? {
            Expr::Name(name) | Expr::Other(name) => Some(name),
            _ => None,
        }
    }

    /// All strings in its arguments.
    pub fn all_texts(&self, out: &mut Vec<(String, usize)>) {
        if let Some(on) = &self.on {
            on.all_texts(out);
        }
        self.args.iter().for_each(|arg| arg.all_texts(out));
        self.named
            .iter()
            .for_each(|(_, value)| value.all_texts(out));
    }
}

/// The body of a function, at the top or in a class.
pub fn find_function_body<'a>(items: &'a [SyntaxItem], name: &str) -> Option<&'a [SyntaxItem]> {
    items.iter().find_map(|item| match item {
        SyntaxItem::Function {
            name: found, body, ..
        } if found == name => Some(body.as_slice()),
        SyntaxItem::Function { body, .. } => find_function_body(body, name),
        SyntaxItem::Call(call, _) => find_function_body(&call.block, name),
        _ => None,
    })
}

/// The line on which a function begins.
pub fn function_line(items: &[SyntaxItem], name: &str) -> Option<usize> {
    items.iter().find_map(|item| match item {
        SyntaxItem::Function {
            name: found, line, ..
        } if found == name => Some(*line),
        SyntaxItem::Function { body, .. } => function_line(body, name),
        SyntaxItem::Call(call, _) => function_line(&call.block, name),
        _ => None,
    })
}

/// One of the functions is there, at the top or in a class.
pub fn has_function(items: &[SyntaxItem], names: &[&str]) -> bool {
    names
        .iter()
        .any(|name| find_function_body(items, name).is_some())
}
