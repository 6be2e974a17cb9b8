//! Lengths, counts and ranges, in the spellings of all drafts.

use span_tree::Node;

/// One side of a range: the value, and whether it is itself excluded.
type Limit = Option<(f64, bool)>;

/// The tightest bounds of a schema.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Bounds {
    upper: Limit,
    lower: Limit,
    /// `maxLength` and the like: a smaller number is tighter.
    most: [Option<f64>; 4],
    /// `minLength` and the like: a larger number is tighter.
    least: [Option<f64>; 4],
    multiple: Option<f64>,
    /// How many items have to fit `contains`, where it is there: one, if nothing else is said.
    contained: Option<f64>,
}

const MOST: [&str; 4] = ["maxLength", "maxItems", "maxProperties", "maxContains"];
const LEAST: [&str; 4] = ["minLength", "minItems", "minProperties", "minContains"];

/// How one bound moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BoundMove {
    Loosened,
    Tightened,
    Set,
    Removed,
}

impl BoundMove {
    pub fn rule(self) -> &'static str {
        match self {
            Self::Loosened => "bound-loosened",
            Self::Tightened => "bound-tightened",
            Self::Set => "bound-set",
            Self::Removed => "bound-removed",
        }
    }
}

/// The smallest number that is a multiple of both; the larger of the two where it cannot be counted
/// exactly.
fn find_common_multiple(a: f64, b: f64) -> f64 {
    // beyond this a float no longer holds each whole number
    let whole = |n: f64| n.fract() == 0.0 && n < 9e15;
    if !whole(a) || !whole(b) {
        return a.max(b);
    }
    let (mut divisor, mut rest) = (a, b);
    while rest > 0.0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    let multiple = a / divisor * b;
    if multiple < 9e15 { multiple } else { a.max(b) }
}

impl Bounds {
    // `allOf` holds together: what one of them asks for holds for all
    /// Takes in the bounds of one schema; the tighter wins.
    pub fn read(&mut self, node: Node<'_>) {
        let number = |key: &str| node.get(key).and_then(Node::as_number);
        let exclusive = |key: &str| node.get(key).and_then(Node::as_bool) == Some(true);
        // a flag in draft 4, a number since draft 6
        let upper = [
            number("maximum").map(|n| (n, exclusive("exclusiveMaximum"))),
            number("exclusiveMaximum").map(|n| (n, true)),
        ];
        for limit in upper.into_iter().flatten() {
            if self
                .upper
                .is_none_or(|(n, excluded)| limit.0 < n || limit.0 == n && limit.1 && !excluded)
            {
                self.upper = Some(limit);
            }
        }
        let lower = [
            number("minimum").map(|n| (n, exclusive("exclusiveMinimum"))),
            number("exclusiveMinimum").map(|n| (n, true)),
        ];
        for limit in lower.into_iter().flatten() {
            if self
                .lower
                .is_none_or(|(n, excluded)| limit.0 > n || limit.0 == n && limit.1 && !excluded)
            {
                self.lower = Some(limit);
            }
        }
        for (at, key) in MOST.iter().enumerate() {
            if let Some(n) = number(key) {
                self.most[at] = Some(self.most[at].map_or(n, |old| old.min(n)));
            }
        }
        for (at, key) in LEAST.iter().enumerate() {
            // a least of nothing says nothing
            if let Some(n) = number(key).filter(|n| *n > 0.0) {
                self.least[at] = Some(self.least[at].map_or(n, |old| old.max(n)));
            }
        }
        if node.get("contains").is_some() {
            let least = number("minContains").unwrap_or(1.0);
            // `contains` alone asks for one item
            self.contained = Some(self.contained.map_or(least, |old| old.max(least)));
        }
        if let Some(n) = number("multipleOf").filter(|n| *n > 0.0) {
            self.multiple = Some(self.multiple.map_or(n, |old| find_common_multiple(old, n)));
        }
    }

    /// What moved between two sets of bounds: how, the keyword, and both values in words.
    pub fn moved(&self, new: &Self) -> Vec<(BoundMove, &'static str, String, String)> {
        let mut out = Vec::new();
        let say = |n: Option<f64>| n.map_or_else(|| "none".to_owned(), |n| n.to_string());
        let limit = |l: Limit| {
            l.map_or_else(
                || "none".to_owned(),
                |(n, excluded)| format!("{n}{}", if excluded { " excluded" } else { "" }),
            )
        };
        let mut push = |tighter: Option<bool>, old: bool, has: bool, key, a: String, b: String| {
            let moved = match (old, has, tighter) {
                // a bound that came is narrower than none, whatever its number
                (false, true, _) => BoundMove::Set,
                (true, false, _) => BoundMove::Removed,
                (true, true, Some(true)) => BoundMove::Tightened,
                (true, true, Some(false)) => BoundMove::Loosened,
                _ => return,
            };
            out.push((moved, key, a, b));
        };
        let tighter_upper = self
            .upper
            .zip(new.upper)
            .filter(|(a, b)| a != b)
            .map(|(a, b)| b.0 < a.0 || b.0 == a.0 && b.1);
        push(
            tighter_upper,
            self.upper.is_some(),
            new.upper.is_some(),
            "maximum",
            limit(self.upper),
            limit(new.upper),
        );
        let tighter_lower = self
            .lower
            .zip(new.lower)
            .filter(|(a, b)| a != b)
            .map(|(a, b)| b.0 > a.0 || b.0 == a.0 && b.1);
        push(
            tighter_lower,
            self.lower.is_some(),
            new.lower.is_some(),
            "minimum",
            limit(self.lower),
            limit(new.lower),
        );
        for (at, key) in MOST.iter().enumerate() {
            let (a, b) = (self.most[at], new.most[at]);
            push(
                a.zip(b).filter(|(a, b)| a != b).map(|(a, b)| b < a),
                a.is_some(),
                b.is_some(),
                key,
                say(a),
                say(b),
            );
        }
        for (at, key) in LEAST.iter().enumerate() {
            let (a, b) = match (*key, self.contained, new.contained) {
                // one that is not written down counts, where both ask for some item
                ("minContains", Some(was), Some(is)) => {
                    let some = |least: f64| (least > 0.0).then_some(least);
                    (some(was), some(is))
                }
                _ => (self.least[at], new.least[at]),
            };
            push(
                a.zip(b).filter(|(a, b)| a != b).map(|(a, b)| b > a),
                a.is_some(),
                b.is_some(),
                key,
                say(a),
                say(b),
            );
        }
        self.moved_multiple(new, &mut out);
        out
    }

    // a multiple of a multiple is tighter: 10 after 5
    fn moved_multiple(&self, new: &Self, out: &mut Vec<(BoundMove, &'static str, String, String)>) {
        match (self.multiple, new.multiple) {
            (Some(a), Some(b)) if a != b => {
                let divides =
                    // 0.1 has no exact form, so a small rest is none
                    |small: f64, large: f64| small != 0.0 && (large / small).fract().abs() < 1e-9;
                // what is no multiple either way is tighter for some values and looser for others
                if !divides(b, a) {
                    out.push((
                        BoundMove::Tightened,
                        "multipleOf",
                        a.to_string(),
                        b.to_string(),
                    ));
                }
                if !divides(a, b) {
                    out.push((
                        BoundMove::Loosened,
                        "multipleOf",
                        a.to_string(),
                        b.to_string(),
                    ));
                }
            }
            (None, Some(b)) => out.push((
                BoundMove::Set,
                "multipleOf",
                "none".to_owned(),
                b.to_string(),
            )),
            (Some(a), None) => out.push((
                BoundMove::Removed,
                "multipleOf",
                a.to_string(),
                "none".to_owned(),
            )),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use span_tree::Tree;

    fn moved(old: &str, new: &str) -> Vec<BoundMove> {
        let read = |text: &str| {
            let mut bounds = Bounds::default();
            let tree = Tree::parse(text).unwrap();
            bounds.read(tree.root().unwrap());
            bounds
        };
        read(old)
            .moved(&read(new))
            .into_iter()
            .map(|(moved, ..)| moved)
            .collect()
    }

    #[test]
    fn two_multiples_hold_together() {
        for (a, b, wanted) in [
            (10.0, 5.0, 10.0),
            (5.0, 10.0, 10.0),
            (4.0, 6.0, 12.0),
            (0.5, 0.25, 0.5),
        ] {
            assert!(
                (find_common_multiple(a, b) - wanted).abs() < 1e-9,
                "{a} {b}"
            );
        }
    }

    #[test]
    fn spellings_of_a_range_are_one() {
        assert_eq!(
            moved(
                "{maximum: 5, exclusiveMaximum: true}",
                "{exclusiveMaximum: 5}"
            ),
            []
        );
        assert_eq!(
            moved("{maximum: 5}", "{exclusiveMaximum: 5}"),
            [BoundMove::Tightened]
        );
        assert_eq!(moved("{minLength: 0}", "{}"), []);
    }

    #[test]
    fn direction_is_told_for_every_kind() {
        assert_eq!(
            moved("{maxItems: 5}", "{maxItems: 6}"),
            [BoundMove::Loosened]
        );
        assert_eq!(
            moved("{minimum: 5}", "{minimum: 6}"),
            [BoundMove::Tightened]
        );
        assert_eq!(moved("{}", "{maxLength: 6}"), [BoundMove::Set]);
        assert_eq!(
            moved("{multipleOf: 10}", "{multipleOf: 5}"),
            [BoundMove::Loosened]
        );
        assert_eq!(
            moved("{multipleOf: 2}", "{multipleOf: 3}"),
            [BoundMove::Tightened, BoundMove::Loosened]
        );
    }
}
