//! A reader of Octopus' configuration language (OCL): blocks, attributes, dictionaries and
//! heredocs, each with its line.
//!
//! It is tolerant: what does not keep to the grammar becomes an [`OclError`] and reading goes on
//! with the next line. Octostache (`#{...}`) and shell text stay as they are written; nothing is
//! interpolated.

mod read;

pub use read::parse;

/// Most bytes of one file.
pub const LIMIT: usize = 8 * 1024 * 1024;

/// Deepest nesting of blocks and values.
pub const DEPTH: usize = 48;

/// Most errors kept.
const ERRORS: usize = 100;

/// A file that was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// Its attributes and blocks, in order.
    pub items: Vec<Item>,
    /// What does not keep to the grammar.
    pub errors: Vec<OclError>,
}

/// A place that does not keep to the grammar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OclError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, in a few words.
    pub why: String,
}

/// An attribute or a block.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// `name = value`.
    Attribute(Attribute),
    /// `name "label" { ... }`.
    Block(Block),
}

/// `name = value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// Line of the name, from 1.
    pub line: usize,
}

/// `name "label" { ... }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: Vec<String>,
    /// What is in it.
    pub items: Vec<Item>,
    /// Line of the name, from 1.
    pub line: usize,
    /// Line of the closing brace.
    pub end_line: usize,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text, quoted or heredoc; `line` is where its first character stands.
    Text {
        /// The text, escapes resolved, heredocs unindented.
        text: String,
        /// Line of its first character, from 1.
        line: usize,
    },
    /// A list.
    List(Vec<Value>),
    /// A dictionary.
    Map(Vec<Attribute>),
}

impl Value {
    /// The text, when it is one.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text { text, .. } = self {
            Some(text)
        } else {
            None
        }
    }

    /// Text, number or flag as text.
    pub fn word(&self) -> Option<String> {
        match self {
            Self::Text { text, .. } => Some(text.clone()),
            Self::Bool(flag) => Some(flag.to_string()),
            Self::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Texts of a list; a single text counts as a list of one, as files in the wild write it.
    pub fn texts(&self) -> Vec<String> {
        match self {
            Self::List(values) => values.iter().filter_map(Value::word).collect(),
            Self::Text { text, .. } if !text.is_empty() && text != "System.String[]" => {
                vec![text.clone()]
            }
            _ => Vec::new(),
        }
    }

    /// A flag, also when it is written as text.
    pub fn flag(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            Self::Text { text, .. } if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Text { text, .. } if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }
}

impl Block {
    /// The attribute of a name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        attribute(&self.items, name)
    }

    /// Text of an attribute.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attribute(name)?.value.text()
    }

    /// Blocks of a name.
    pub fn blocks<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Block> {
        blocks(&self.items, name)
    }

    /// Entries of the dictionary `properties`, in either spelling of it (attribute or block).
    pub fn properties(&self) -> Vec<&Attribute> {
        let mut found = Vec::new();
        for item in &self.items {
            match item {
                Item::Attribute(Attribute {
                    name,
                    value: Value::Map(entries),
                    ..
                }) if name == "properties" => found.extend(entries),
                Item::Block(block) if block.name == "properties" => {
                    found.extend(block.items.iter().filter_map(|item| match item {
                        Item::Attribute(attribute) => Some(attribute),
                        Item::Block(_) => None,
                    }))
                }
                _ => {}
            }
        }
        found
    }
}

/// The attribute of a name among items.
pub fn attribute<'a>(items: &'a [Item], name: &str) -> Option<&'a Attribute> {
    items.iter().find_map(|item| match item {
        Item::Attribute(attribute) if attribute.name == name => Some(attribute),
        _ => None,
    })
}

/// Blocks of a name among items.
pub fn blocks<'a>(items: &'a [Item], name: &'a str) -> impl Iterator<Item = &'a Block> {
    items.iter().filter_map(move |item| match item {
        Item::Block(block) if block.name == name => Some(block),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
