//! Lists beside the files that say in which order they run.

use std::collections::HashMap;

use model::Snapshot;

/// Most entries of a list beside the files.
const ENTRIES: usize = 20_000;

/// Drizzle's journal: tags in the order in which they run.
pub fn read_drizzle_journal(tree: &dyn Snapshot, path: &str) -> HashMap<String, usize> {
    let Some(value) = tree
        .read_text(path)
        .ok()
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
    else {
        return HashMap::new();
    };
    // the migrator walks through the list as it stands; `when` says only which entries it skips
    value["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .take(ENTRIES)
        .filter_map(|entry| entry["tag"].as_str())
        .enumerate()
        .map(|(at, tag)| (tag.to_owned(), at))
        .collect()
}

/// sqitch's plan: names in the order in which they are deployed.
pub fn read_sqitch_plan(tree: &dyn Snapshot, path: &str) -> HashMap<String, usize> {
    let text = tree
        .read_text(path.trim_start_matches('/'))
        .unwrap_or_default();
    text.lines()
        .map(str::trim)
        // remarks, pragmas, tags and changes that were taken back
        .filter(|line| !line.is_empty() && !line.starts_with(['#', '%', '@', '-']))
        .take(ENTRIES)
        .filter_map(|line| line.split_whitespace().next())
        .enumerate()
        .map(|(at, name)| (name.to_owned(), at))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::MemorySnapshot;

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
            HashMap::from([("0001_b".to_owned(), 0), ("0000_a".to_owned(), 1)])
        );
        assert_eq!(
            read_sqitch_plan(&tree, "/sqitch.plan"),
            HashMap::from([("users".to_owned(), 0), ("orders".to_owned(), 1)])
        );
        assert!(read_drizzle_journal(&tree, "none").is_empty());
    }
}
