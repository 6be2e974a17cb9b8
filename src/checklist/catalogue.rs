//! The fact catalogue: keys, domains in order from the value that restricts going back most, and how each fact comes to be known.

use crate::model::FactValue;

/// What values a fact can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// One of these words, the one that restricts going back most first.
    Words(&'static [&'static str]),
    /// A number in this unit.
    Number(&'static str),
}

/// One fact of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactDef {
    /// Its key; `dependent[].copes` stands for every dependent.
    pub key: &'static str,
    /// What it can be.
    pub values: Values,
    /// How it comes to be known: any of `S` sensed, `D` derived, `A` asked.
    pub how: &'static str,
    /// The question in short.
    pub asks: &'static str,
    /// Who would know.
    pub who: &'static str,
}

/// All facts, in the order of the documentation.
pub fn all() -> &'static [FactDef] {
    unimplemented!("checklist")
}

/// The definition behind a key; `dependent[storefront].copes` finds `dependent[].copes`.
pub fn find(key: &str) -> Option<&'static FactDef> {
    let _ = key;
    unimplemented!("checklist")
}

/// A value as people type it (`--answer KEY=VALUE`): a word of the domain, `unknown`, `not-applicable`, a number, or for minutes a
/// duration such as `2 h`. The error is one sentence that lists the valid words or names the nearest key.
pub fn parse(key: &str, text: &str) -> Result<FactValue, String> {
    let _ = (key, text);
    unimplemented!("checklist")
}
