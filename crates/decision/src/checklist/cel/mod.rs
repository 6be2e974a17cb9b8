//! Conditions of rules: CEL, read once, checked against the catalogue, evaluated with three values.
//!
//! What a condition may hold: facts by their key (`impact.now`, in per-dependent rules
//! `dependent.copes`), the words and numbers they are compared with, `&&`, `||`, `!`, `?:`, `==`,
//! `!=`, `<`, `<=`, `>`, `>=`, `in`, `+`, `-`, `*`, `known(f)`, `na(f)`, `dependents.all(d, …)`,
//! `dependents.exists(d, …)`, and `usage.limit`, the minutes that going back stays unnoticed.

mod check;
mod eval;

pub use check::{Problem, compile};
pub use eval::{Env, Tri, Val};
use model::fact_key;

/// A fact as a condition names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FactRef {
    /// A fact of the catalogue, by its place there.
    Plain(u8),
    /// A fact of the dependent at hand, by the place of its pattern in the catalogue.
    Dependent(u8),
}

/// A numeric expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Num {
    /// A number.
    Constant(f64),
    /// A numeric fact.
    Fact(FactRef),
    /// Minutes of the usage table for `deployment.usage_class`.
    UsageLimit,
    /// Sum.
    Add(Box<Num>, Box<Num>),
    /// Difference.
    Sub(Box<Num>, Box<Num>),
    /// Product.
    Mul(Box<Num>, Box<Num>),
}

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `==`
    Equal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

/// A checked condition. Words are bits of a mask over the fact's domain, so a comparison is one
/// test.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Always so.
    Constant(bool),
    /// The fact is one of these words.
    Is(FactRef, u32),
    /// Two numbers.
    Compare(Order, Num, Num),
    /// Not.
    Not(Box<Node>),
    /// All.
    And(Box<Node>, Box<Node>),
    /// Any.
    Or(Box<Node>, Box<Node>),
    /// The fact is known.
    Known(FactRef),
    /// The fact does not apply.
    NotApplicable(FactRef),
    /// For all dependents.
    All(Box<Node>),
    /// For some dependent.
    Exists(Box<Node>),
    /// `c ? a : b`.
    If(Box<Node>, Box<Node>, Box<Node>),
}

/// A condition with its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// As written.
    pub text: String,
    /// Checked.
    pub node: Node,
}

impl Default for Condition {
    fn default() -> Self {
        Self {
            text: "false".to_owned(),
            node: Node::Constant(false),
        }
    }
}

impl Condition {
    /// The facts it reads, from walking the expression tree; `usage.limit` reads
    /// `deployment.usage_class`.
    pub fn reads(&self) -> std::collections::BTreeSet<FactRef> {
        let mut facts = std::collections::BTreeSet::new();
        self.node.reads(&mut facts);
        facts
    }
}

impl Num {
    fn reads(&self, facts: &mut std::collections::BTreeSet<FactRef>) {
        match self {
            Self::Constant(_) => {}
            Self::Fact(fact) => {
                facts.insert(*fact);
            }
            Self::UsageLimit => {
                facts.insert(usage_class());
            }
            Self::Add(a, b) | Self::Sub(a, b) | Self::Mul(a, b) => {
                a.reads(facts);
                b.reads(facts);
            }
        }
    }

    /// Calls `visit` with every constant in it.
    pub fn constants(&self, visit: &mut dyn FnMut(f64)) {
        match self {
            Self::Constant(number) => visit(*number),
            Self::Fact(_) | Self::UsageLimit => {}
            Self::Add(a, b) | Self::Sub(a, b) | Self::Mul(a, b) => {
                a.constants(visit);
                b.constants(visit);
            }
        }
    }
}

impl Node {
    /// Adds the facts it reads.
    pub fn reads(&self, facts: &mut std::collections::BTreeSet<FactRef>) {
        match self {
            Self::Constant(_) => {}
            Self::Is(fact, _) | Self::Known(fact) | Self::NotApplicable(fact) => {
                facts.insert(*fact);
            }
            Self::Compare(_, a, b) => {
                a.reads(facts);
                b.reads(facts);
            }
            Self::Not(a) | Self::All(a) | Self::Exists(a) => a.reads(facts),
            Self::And(a, b) | Self::Or(a, b) => {
                a.reads(facts);
                b.reads(facts);
            }
            Self::If(c, a, b) => {
                c.reads(facts);
                a.reads(facts);
                b.reads(facts);
            }
        }
    }

    /// Calls `visit` for every comparison of numbers.
    pub fn comparisons<'a>(&'a self, visit: &mut dyn FnMut(&'a Num, &'a Num)) {
        match self {
            Self::Compare(_, a, b) => visit(a, b),
            Self::Constant(_) | Self::Is(..) | Self::Known(_) | Self::NotApplicable(_) => {}
            Self::Not(a) | Self::All(a) | Self::Exists(a) => a.comparisons(visit),
            Self::And(a, b) | Self::Or(a, b) => {
                a.comparisons(visit);
                b.comparisons(visit);
            }
            Self::If(c, a, b) => {
                c.comparisons(visit);
                a.comparisons(visit);
                b.comparisons(visit);
            }
        }
    }
}

/// The fact behind `usage.limit`.
pub fn usage_class() -> FactRef {
    FactRef::Plain(super::catalogue::position(fact_key::DEPLOYMENT_USAGE_CLASS).unwrap_or(0) as u8)
}
