//! In which order services go back: who depends on another one goes before it, and who depend on
//! each other go together.

use std::collections::{BTreeMap, BTreeSet};

use model::Dependent;

/// Groups of names in the order in which they go back; a group of several goes back at once,
/// because each depends on the others.
///
/// `going` are the dependents that go back. Where one depends on another only through dependents
/// that stay, the order holds as well.
pub(super) fn order_dependent_groups(
    dependents: &[Dependent],
    going: &BTreeSet<&str>,
) -> Vec<Vec<String>> {
    let direct: BTreeMap<&str, &[String]> = dependents
        .iter()
        .map(|dependent| (dependent.name.as_str(), dependent.depends_on.as_slice()))
        .collect();
    let reached: BTreeMap<&str, BTreeSet<&str>> = going
        .iter()
        .map(|name| (*name, collect_dependencies(name, &direct)))
        .collect();
    let needs = |a: &str, b: &str| a != b && reached.get(a).is_some_and(|all| all.contains(b));
    let mut left: Vec<&str> = going.iter().copied().collect();
    let mut out = Vec::new();
    while !left.is_empty() {
        // those that nobody left depends on, but for those that it depends on itself
        let free = left
            .iter()
            .position(|name| {
                left.iter()
                    .all(|other| !needs(other, name) || needs(name, other))
            })
            .unwrap_or(0);
        let first = left[free];
        let (group, rest): (Vec<&str>, Vec<&str>) = left
            .iter()
            .partition(|name| **name == first || (needs(first, name) && needs(name, first)));
        left = rest;
        out.push(group.into_iter().map(str::to_owned).collect());
    }
    out
}

/// Everything that a dependent depends on, directly or not.
fn collect_dependencies<'a>(
    from: &'a str,
    direct: &BTreeMap<&'a str, &'a [String]>,
) -> BTreeSet<&'a str> {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(name) = next.pop() {
        for other in direct.get(name).copied().unwrap_or_default() {
            if seen.insert(other.as_str()) {
                next.push(other);
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dependents(edges: &[(&str, &[&str])]) -> Vec<Dependent> {
        let own = |(name, on): &(&str, &[&str])| Dependent {
            name: (*name).to_owned(),
            depends_on: on.iter().map(|name| (*name).to_owned()).collect(),
            ..Dependent::default()
        };
        edges.iter().map(own).collect()
    }

    fn order(edges: &[(&str, &[&str])], going: &[&str]) -> Vec<String> {
        order_dependent_groups(&dependents(edges), &going.iter().copied().collect())
            .into_iter()
            .map(|group| group.join("+"))
            .collect()
    }

    #[test]
    fn who_depends_on_another_goes_first() {
        assert_eq!(
            order(
                &[("a", &["b"]), ("b", &["c"]), ("c", &[])],
                &["a", "b", "c"]
            ),
            ["a", "b", "c"]
        );
        assert_eq!(order(&[("a", &[]), ("b", &["a"])], &["a", "b"]), ["b", "a"]);
        // through one that stays
        assert_eq!(
            order(&[("a", &[]), ("b", &["a"]), ("c", &["b"])], &["a", "c"]),
            ["c", "a"]
        );
    }

    #[test]
    fn who_depend_on_each_other_go_together() {
        assert_eq!(
            order(
                &[("a", &["b"]), ("b", &["a"]), ("c", &["a"])],
                &["a", "b", "c"]
            ),
            ["c", "a+b"]
        );
        assert_eq!(order(&[("a", &["a"])], &["a"]), ["a"]);
    }

    proptest! {
        #[test]
        fn everybody_goes_once_and_never_after_what_it_depends_on(edges in prop::collection::vec((0usize..6, 0usize..6), 0..14)) {
            let names = ["a", "b", "c", "d", "e", "f"];
            let list: Vec<Dependent> = names.iter().enumerate().map(|(at, name)| Dependent {
                name: (*name).to_owned(),
                depends_on: edges.iter().filter(|(from, _)| *from == at).map(|(_, to)| names[*to].to_owned()).collect(),
                ..Dependent::default()
            }).collect();
            let groups = order_dependent_groups(&list, &names.into_iter().collect());
            let at = |name: &str| groups.iter().position(|group| group.iter().any(|own| own == name));
            prop_assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), names.len());
            for (from, to) in edges {
                prop_assert!(at(names[from]) <= at(names[to]));
            }
        }
    }
}
