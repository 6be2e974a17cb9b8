//! What a fact of the catalogue is.

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
