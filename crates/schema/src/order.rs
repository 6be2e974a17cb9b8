//! The order in which a tool runs its migrations, where that is not the order of versions or names:
//! a graph of parents (Alembic, Django, yoyo), a list beside the files (Drizzle, sqitch), includes
//! (Liquibase).

use std::collections::{BTreeMap, BTreeSet};

use crate::migration_file::MigrationFile;
use crate::tool::declaration::ToolOrder;
use crate::tool::find_tool;
use model::Snapshot;

/// Key that orders migrations of a set: numbers by value, then the text.
pub fn make_order_key(place: &MigrationFile) -> (bool, Vec<u128>, String) {
    // some tools compare names as text, where `10_` comes before `9_`
    let numbers = if matches!(find_tool(place.framework).record().order, ToolOrder::Names) {
        Vec::new()
    } else {
        place
            .version
            .split(|c: char| !c.is_ascii_digit())
            .filter(|part| !part.is_empty())
            // beyond 38 digits the number cannot be held, and such versions sort behind all others
            .map(|part| part.parse().unwrap_or(u128::MAX))
            .collect()
    };
    // Flyway runs repeatable scripts after all that have a version
    (place.repeatable, numbers, place.identity.clone())
}

/// Puts items of one set into the order of their tool.
pub fn arrange_by_tool_order<T>(
    items: &mut [T],
    place: impl Fn(&T) -> &MigrationFile,
    tree: &dyn Snapshot,
) {
    let Some(first) = items.first().map(|item| place(item).clone()) else {
        return;
    };
    items.sort_by_cached_key(|item| make_order_key(place(item)));
    match find_tool(first.framework).record().order {
        ToolOrder::Numbers | ToolOrder::Names => {}
        ToolOrder::Parents { list, by_version } => {
            let key = |place: &MigrationFile| {
                if by_version {
                    place.version.clone()
                } else {
                    place.identity.clone()
                }
            };
            let parents = items
                .iter()
                .map(|item| {
                    // a file that cannot be read has no parent, and stands with the roots
                    let text = tree.read_text(&place(item).path).unwrap_or_default();
                    (key(place(item)), list(&text))
                })
                .collect();
            let depth = count_parent_depths(&parents);
            // a stable sort: of one depth the order of the names stays
            items.sort_by_key(|item| depth.get(&key(place(item))).copied().unwrap_or(usize::MAX));
        }
        ToolOrder::Listed { list, by_path } => {
            let listed = list(tree, &first.set);
            let key = |place: &MigrationFile| {
                if by_path {
                    place.path.clone()
                } else {
                    place.identity.clone()
                }
            };
            // what the list does not name runs last, or never; the judgement takes it as run
            items.sort_by_key(|item| listed.get(&key(place(item))).copied().unwrap_or(usize::MAX));
        }
    }
}

/// How many steps each node is away from its root.
fn count_parent_depths(parents: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, usize> {
    let mut depth: BTreeMap<String, usize> = BTreeMap::new();
    let mut open: BTreeSet<&String> = parents.keys().collect();
    while !open.is_empty() {
        let ready: Vec<&String> = open
            .iter()
            .copied()
            .filter(|name| {
                parents[*name]
                    .iter()
                    // a parent outside of the range is there already
                    .all(|parent| !parents.contains_key(parent) || depth.contains_key(parent))
            })
            .collect();
        if ready.is_empty() {
            break; // a circle: the rest keeps the order of the names
        }
        for name in ready {
            let level = parents[name]
                .iter()
                .filter_map(|parent| depth.get(parent))
                .max()
                .map_or(0, |level| level + 1);
            depth.insert(name.clone(), level);
            open.remove(name);
        }
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_of_parents_ends() {
        let parents = BTreeMap::from([
            ("a".to_owned(), vec!["b".to_owned()]),
            ("b".to_owned(), vec!["a".to_owned()]),
            ("c".to_owned(), vec![]),
        ]);
        assert_eq!(
            count_parent_depths(&parents),
            BTreeMap::from([("c".to_owned(), 0)])
        );
    }
}
