//! A reader of Octopus' configuration language (OCL): blocks, attributes, dictionaries and
//! heredocs, each with its line.
//!
//! It is tolerant: what does not keep to the grammar becomes an [`OclError`] and reading goes on
//! with the next line. Octostache (`#{...}`) and shell text stay as they are written; nothing is
//! interpolated.

mod read;

pub use read::parse_ocl;

// a process with all its scripts is some hundred kilobytes
/// Most bytes of one file.
pub const LIMIT: usize = 8 * 1024 * 1024;

// the reader calls itself for each level, and a hostile file would end the stack
/// Deepest nesting of blocks and values.
pub const DEPTH: usize = 48;

// a file of something else fails on each line
/// Most errors kept.
const ERRORS: usize = 100;

/// A file that was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OclDocument {
    /// Its attributes and blocks, in order.
    pub items: Vec<OclItem>,
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
pub enum OclItem {
    /// `name = value`.
    Attribute(Attribute),
    /// `name "label" { ... }`.
    Block(OclBlock),
}

/// `name = value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: OclValue,
    /// Line of the name, from 1.
    pub line: usize,
}

/// `name "label" { ... }`.
#[derive(Debug, Clone, PartialEq)]
pub struct OclBlock {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: Vec<String>,
    /// What is in it.
    pub items: Vec<OclItem>,
    /// Line of the name, from 1.
    pub line: usize,
    /// Line of the closing brace.
    pub end_line: usize,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum OclValue {
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
    List(Vec<OclValue>),
    /// A dictionary.
    Map(Vec<Attribute>),
}

impl OclValue {
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
            Self::List(values) => values.iter().filter_map(OclValue::word).collect(),
            // `System.String[]` is what PowerShell writes for a list that was put into a text
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

impl OclBlock {
    /// The attribute of a name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        find_ocl_attribute(&self.items, name)
    }

    /// Text of an attribute.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attribute(name)?.value.text()
    }

    /// Blocks of a name.
    pub fn blocks<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a OclBlock> {
        find_ocl_blocks(&self.items, name)
    }

    /// Entries of the dictionary `properties`, in either spelling of it (attribute or block).
    pub fn properties(&self) -> Vec<&Attribute> {
        let mut found = Vec::new();
        for item in &self.items {
            match item {
                OclItem::Attribute(Attribute {
                    name,
                    value: OclValue::Map(entries),
                    ..
                }) if name == "properties" => found.extend(entries),
                OclItem::Block(block) if block.name == "properties" => {
                    found.extend(block.items.iter().filter_map(|item| match item {
                        OclItem::Attribute(attribute) => Some(attribute),
                        OclItem::Block(_) => None,
                    }))
                }
                _ => {}
            }
        }
        found
    }
}

/// The attribute of a name among items.
pub fn find_ocl_attribute<'a>(items: &'a [OclItem], name: &str) -> Option<&'a Attribute> {
    items.iter().find_map(|item| match item {
        OclItem::Attribute(attribute) if attribute.name == name => Some(attribute),
        _ => None,
    })
}

/// Blocks of a name among items.
pub fn find_ocl_blocks<'a>(
    items: &'a [OclItem],
    name: &'a str,
) -> impl Iterator<Item = &'a OclBlock> {
    items.iter().filter_map(move |item| match item {
        OclItem::Block(block) if block.name == name => Some(block),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
