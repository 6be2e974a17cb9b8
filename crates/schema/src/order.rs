//! The order in which a tool runs its migrations, where that is not the order of versions or names:
//! a graph of parents (Alembic, Django, yoyo), a list beside the files (Drizzle, sqitch), includes
//! (Liquibase).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::framework::Framework;
use super::host::python_parents;
use super::layout::{MigrationFile, find_parent_folder};
use super::liquibase;
use model::Snapshot;

/// Most entries of a list beside the files.
const ENTRIES: usize = 20_000;

/// Puts items of one set into the order of their tool.
pub fn arrange_by_tool_order<T>(
    items: &mut [T],
    place: impl Fn(&T) -> &MigrationFile,
    tree: &dyn Snapshot,
) {
    let Some(first) = items.first().map(|item| place(item).clone()) else {
        return;
    };
    items.sort_by_cached_key(|item| place(item).order());
    let listed = match first.framework {
        Framework::Alembic | Framework::Django | Framework::Yoyo => {
            let parents = items
                .iter()
                .map(|item| {
                    let text = tree.read_text(&place(item).path).unwrap_or_default();
                    (
                        find_parent_key(place(item)),
                        python_parents(first.framework, &text),
                    )
                })
                .collect();
            let depth = count_parent_depths(&parents);
            items.sort_by_key(|item| {
                depth
                    .get(&find_parent_key(place(item)))
                    .copied()
                    .unwrap_or(usize::MAX)
            });
            return;
        }
        Framework::Drizzle => {
            read_drizzle_journal(tree, &format!("{}/meta/_journal.json", first.set))
        }
        Framework::Sqitch => read_sqitch_plan(tree, &format!("{}/sqitch.plan", first.set)),
        Framework::Liquibase => liquibase::order_changelogs(tree),
        _ => return,
    };
    let key = |place: &MigrationFile| {
        if first.framework == Framework::Liquibase {
            place.path.clone()
        } else {
            place.identity.clone()
        }
    };
    items.sort_by_key(|item| listed.get(&key(place(item))).copied().unwrap_or(usize::MAX));
}

/// What other migrations name as their parent.
fn find_parent_key(place: &MigrationFile) -> String {
    if place.framework == Framework::Alembic {
        place.version.clone()
    } else {
        place.identity.clone()
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

/// Drizzle's journal: tags in the order in which they run.
fn read_drizzle_journal(tree: &dyn Snapshot, path: &str) -> HashMap<String, usize> {
    let Some(value) = tree
        .read_text(path)
        .ok()
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
    else {
        return HashMap::new();
    };
    let mut entries: Vec<(u64, String)> = value["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .take(ENTRIES)
        .filter_map(|entry| {
            Some((
                entry["when"].as_u64().or(entry["idx"].as_u64())?,
                entry["tag"].as_str()?.to_owned(),
            ))
        })
        .collect();
    entries.sort_by_key(|(when, _)| *when);
    entries
        .into_iter()
        .enumerate()
        .map(|(at, (_, tag))| (tag, at))
        .collect()
}

/// sqitch's plan: names in the order in which they are deployed.
fn read_sqitch_plan(tree: &dyn Snapshot, path: &str) -> HashMap<String, usize> {
    let text = tree
        .read_text(path.trim_start_matches('/'))
        .unwrap_or_default();
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with(['#', '%', '@', '-']))
        .take(ENTRIES)
        .filter_map(|line| line.split_whitespace().next())
        .enumerate()
        .map(|(at, name)| (name.to_owned(), at))
        .collect()
}

/// Folders and files that lie in `set` or one folder below it.
pub fn is_in_set(path: &str, set: &str) -> bool {
    find_parent_folder(path) == set || find_parent_folder(find_parent_folder(path)) == set
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::MemorySnapshot;

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

    #[test]
    fn lists_beside_the_files() {
        let tree = MemorySnapshot::new([
            (
                "drizzle/meta/_journal.json",
                r#"{"entries":[{"idx":0,"when":20,"tag":"0001_b"},{"idx":1,"when":10,"tag":"0000_a"}]}"#,
            ),
            (
                "sqitch.plan",
                "%syntax-version=1.0.0\n%project=x\n\nusers 2024-01-01T00:00:00Z A <a@b> # x\n@v1 2024\norders [users] 2024\n",
            ),
        ]);
        assert_eq!(
            read_drizzle_journal(&tree, "drizzle/meta/_journal.json"),
            HashMap::from([("0000_a".to_owned(), 0), ("0001_b".to_owned(), 1)])
        );
        assert_eq!(
            read_sqitch_plan(&tree, "/sqitch.plan"),
            HashMap::from([("users".to_owned(), 0), ("orders".to_owned(), 1)])
        );
        assert!(read_drizzle_journal(&tree, "none").is_empty());
    }
}
