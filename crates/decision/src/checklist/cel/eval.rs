//! Evaluation with three values: a missing catalogued fact is unknown, and unknown absorbs only
//! what it must.

use super::{FactRef, Node, Num, Order};
use crate::checklist::catalogue::{self, Values};
use model::fact_key;

/// True, false or not decidable from what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tri {
    /// It holds.
    True,
    /// It does not.
    False,
    /// A fact it needs is unknown.
    Unknown,
}

impl Tri {
    /// And: false absorbs unknown.
    pub fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::False => Self::False,
            Self::True => other(),
            Self::Unknown => {
                if other() == Self::False {
                    Self::False
                } else {
                    Self::Unknown
                }
            }
        }
    }

    /// Or: true absorbs unknown.
    pub fn or(self, other: impl FnOnce() -> Self) -> Self {
        !(!self).and(|| !other())
    }
}

impl std::ops::Not for Tri {
    type Output = Self;

    /// Unknown stays unknown.
    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Tri {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// A value as the evaluator sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Val {
    /// Missing.
    Unknown,
    /// Does not apply; equals no word and compares with no number.
    NotApplicable,
    /// A word, by its place in the domain.
    Word(u8),
    /// A number.
    Number(f64),
}

/// What a condition is evaluated in.
pub trait Env {
    /// Value of a fact; for a fact of a dependent that of dependent number `dependent`.
    fn value(&self, fact: FactRef, dependent: Option<usize>) -> Val;
    /// Number of dependents.
    fn dependents(&self) -> usize;
    /// Whether a dependent counts: the row for dependents nobody named counts only while something
    /// vanishes.
    fn counts(&self, dependent: usize) -> Tri;
    /// Minutes of the usage table for a place in the domain of `deployment.usage_class`.
    fn usage_limit(&self, class: u8) -> Option<f64>;
    /// What `known(f)` is worth: rules that decide take a missing fact for a no.
    fn known(&self, fact: FactRef, dependent: Option<usize>) -> Tri {
        (self.value(fact, dependent) != Val::Unknown).into()
    }
}

enum Number {
    Is(f64),
    /// Somewhere from the first to the second: what holds for both holds whatever it is.
    Within(f64, f64),
    Unknown,
    NotApplicable,
}

/// The range of the limits of all usage classes, while the class is unknown; a class without a
/// limit leaves it open.
fn any_limit(env: &dyn Env) -> Number {
    let classes = match catalogue::find(fact_key::DEPLOYMENT_USAGE_CLASS).map(|def| def.values) {
        Some(Values::Words(words)) => words.len() as u8,
        _ => 0,
    };
    let limits: Option<Vec<f64>> = (0..classes).map(|class| env.usage_limit(class)).collect();
    match limits.and_then(|limits| {
        Some((
            limits.iter().copied().reduce(f64::min)?,
            limits.iter().copied().reduce(f64::max)?,
        ))
    }) {
        Some((low, high)) => Number::Within(low, high),
        None => Number::Unknown,
    }
}

/// What holds at both ends of a range holds inside it, but for equality, which may hold between its
/// ends and at neither.
fn agreed(low: bool, high: bool) -> Tri {
    if low == high {
        low.into()
    } else {
        Tri::Unknown
    }
}

impl Order {
    fn holds(self, a: f64, b: f64) -> bool {
        match self {
            Self::Equal => a == b,
            Self::Less => a < b,
            Self::AtMost => a <= b,
            Self::More => a > b,
            Self::AtLeast => a >= b,
        }
    }
}

impl Num {
    fn eval(&self, env: &dyn Env, dependent: Option<usize>) -> Number {
        let two = |a: &Num, b: &Num, join: fn(f64, f64) -> f64| match (
            a.eval(env, dependent),
            b.eval(env, dependent),
        ) {
            (Number::NotApplicable, _) | (_, Number::NotApplicable) => Number::NotApplicable,
            (Number::Is(a), Number::Is(b)) => Number::Is(join(a, b)),
            _ => Number::Unknown,
        };
        match self {
            Self::Constant(number) => Number::Is(*number),
            Self::Fact(fact) => match env.value(*fact, dependent) {
                Val::Number(number) => Number::Is(number),
                Val::NotApplicable => Number::NotApplicable,
                Val::Unknown | Val::Word(_) => Number::Unknown,
            },
            Self::UsageLimit => match env.value(super::usage_class(), None) {
                Val::Word(class) => env.usage_limit(class).map_or(Number::Unknown, Number::Is),
                Val::NotApplicable => Number::NotApplicable,
                // six minutes are short whoever uses it, and a week is long
                Val::Unknown | Val::Number(_) => any_limit(env),
            },
            Self::Add(a, b) => two(a, b, |a, b| a + b),
            Self::Sub(a, b) => two(a, b, |a, b| a - b),
            Self::Mul(a, b) => two(a, b, |a, b| a * b),
        }
    }
}

impl Node {
    /// The condition's value. `dependent` is the dependent at hand in per-dependent rules.
    pub fn eval(&self, env: &dyn Env, dependent: Option<usize>) -> Tri {
        match self {
            Self::Constant(value) => (*value).into(),
            Self::Is(fact, words) => match env.value(*fact, dependent) {
                Val::Word(word) => (words >> word & 1 == 1).into(),
                Val::Unknown => Tri::Unknown,
                Val::NotApplicable | Val::Number(_) => Tri::False,
            },
            Self::Compare(order, a, b) => match (a.eval(env, dependent), b.eval(env, dependent)) {
                (Number::NotApplicable, _) | (_, Number::NotApplicable) => Tri::False,
                (Number::Unknown, _) | (_, Number::Unknown) => Tri::Unknown,
                (Number::Is(a), Number::Is(b)) => order.holds(a, b).into(),
                (Number::Is(_) | Number::Within(..), Number::Within(..))
                | (Number::Within(..), Number::Is(_))
                    if *order == Order::Equal =>
                {
                    Tri::Unknown
                }
                (Number::Is(a), Number::Within(low, high)) => {
                    agreed(order.holds(a, low), order.holds(a, high))
                }
                (Number::Within(low, high), Number::Is(b)) => {
                    agreed(order.holds(low, b), order.holds(high, b))
                }
                (Number::Within(..), Number::Within(..)) => Tri::Unknown,
            },
            Self::Not(a) => !a.eval(env, dependent),
            Self::And(a, b) => a.eval(env, dependent).and(|| b.eval(env, dependent)),
            Self::Or(a, b) => a.eval(env, dependent).or(|| b.eval(env, dependent)),
            Self::Known(fact) => env.known(*fact, dependent),
            Self::NotApplicable(fact) => (env.value(*fact, dependent) == Val::NotApplicable).into(),
            Self::All(body) => (0..env.dependents()).fold(Tri::True, |so_far, at| {
                so_far.and(|| (!env.counts(at)).or(|| body.eval(env, Some(at))))
            }),
            Self::Exists(body) => (0..env.dependents()).fold(Tri::False, |so_far, at| {
                so_far.or(|| env.counts(at).and(|| body.eval(env, Some(at))))
            }),
            Self::If(c, a, b) => match c.eval(env, dependent) {
                Tri::True => a.eval(env, dependent),
                Tri::False => b.eval(env, dependent),
                Tri::Unknown => {
                    let (a, b) = (a.eval(env, dependent), b.eval(env, dependent));
                    if a == b { a } else { Tri::Unknown }
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Tri::{False, True, Unknown};
    use super::{Env, FactRef, Tri, Val};
    use crate::checklist::cel::compile;

    /// Live for some minutes, used by nobody knows whom.
    struct Live(f64);

    impl Env for Live {
        fn value(&self, fact: FactRef, _: Option<usize>) -> Val {
            if fact == super::super::usage_class() {
                Val::Unknown
            } else {
                Val::Number(self.0)
            }
        }

        fn dependents(&self) -> usize {
            0
        }

        fn counts(&self, _: usize) -> Tri {
            False
        }

        fn usage_limit(&self, class: u8) -> Option<f64> {
            [4320.0, 1440.0, 240.0, 60.0]
                .get(usize::from(class))
                .copied()
        }
    }

    #[test]
    fn what_holds_for_every_usage_class_holds_while_the_class_is_unknown() {
        let short = compile("deployment.live_minutes <= usage.limit", false).expect("a condition");
        let long = compile("deployment.live_minutes > usage.limit", false).expect("a condition");
        for (minutes, is_short, is_long) in [
            (6.0, True, False),
            (60.0, True, False),
            (61.0, Unknown, Unknown),
            (4320.0, Unknown, Unknown),
            (4321.0, False, True),
        ] {
            assert_eq!(
                (
                    short.node.eval(&Live(minutes), None),
                    long.node.eval(&Live(minutes), None)
                ),
                (is_short, is_long),
                "{minutes}"
            );
        }
        let equal = compile("deployment.live_minutes == usage.limit", false).expect("a condition");
        assert_eq!(equal.node.eval(&Live(240.0), None), Unknown);
    }

    #[test]
    fn unknown_absorbs_only_what_it_must() {
        assert_eq!(False.and(|| Unknown), False);
        assert_eq!(Unknown.and(|| False), False);
        assert_eq!(Unknown.and(|| True), Unknown);
        assert_eq!(True.or(|| Unknown), True);
        assert_eq!(Unknown.or(|| True), True);
        assert_eq!(Unknown.or(|| False), Unknown);
        assert_eq!(!Unknown, Unknown);
    }
}
