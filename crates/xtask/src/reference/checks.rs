//! Pages of the checks and facts, out of what the program prints.

use super::page::Ask;
use super::page::{begin_page, write_cell};
use std::collections::BTreeMap;
use std::fmt::Write;

pub(super) fn check_pages(list: &str) -> Vec<(String, String)> {
    let mut domains: BTreeMap<&str, Vec<[&str; 3]>> = BTreeMap::new();
    for line in list.lines() {
        let (id, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim_start();
        let way = ["way back", "forward", "both ways"]
            .into_iter()
            .find(|way| rest.starts_with(way))
            .unwrap_or_default();
        let title = rest.strip_prefix(way).unwrap_or(rest).trim();
        if let Some((domain, _)) = id.split_once('/') {
            domains.entry(domain).or_default().push([id, way, title]);
        }
    }
    let mut index = begin_page(
        "Checks",
        "`backout explain CHECK` says what a check looks for, why it matters on the way back, what \
            to do, and on which rows of the [taxonomy](../taxonomy/README.md) it rests.",
    );
    let _ = writeln!(index, "| part | checks |\n| --- | --- |");
    let mut pages = Vec::new();
    for (domain, checks) in domains {
        let _ = writeln!(
            index,
            "| [{domain}](checks/{domain}.md) | {} |",
            checks.len()
        );
        let mut page = begin_page(
            &format!("Checks: {domain}"),
            "*way back*: it matters when you go back; *forward*: when you deploy; *both ways*: for \
                either.",
        );
        let _ = writeln!(
            page,
            "| check | matters | what it finds |\n| --- | --- | --- |"
        );
        for [id, way, title] in checks {
            let _ = writeln!(page, "| `{id}` | {way} | {} |", write_cell(title));
        }
        pages.push((format!("checks/{domain}"), page));
    }
    pages.push(("checks".to_owned(), index));
    pages
}

/// From a row of the taxonomy to the checks that rest on it.
pub(super) fn row_page(list: &str, ask: &Ask) -> Result<(String, String), String> {
    let mut rows: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for id in list.lines().filter_map(|line| line.split(' ').next()) {
        let text = ask(&["explain", id])?;
        let source = text.split("\nSource\n").nth(1).unwrap_or_default();
        for place in source.split_whitespace() {
            let place = place.trim_end_matches([',', '.', ';']);
            let Some((page, anchor)) = place
                .strip_prefix("docs/src/taxonomy/")
                .and_then(|place| place.split_once(".md#"))
            else {
                continue;
            };
            let row = (page.to_owned(), natural_order(anchor));
            rows.entry(row).or_default().push(format!("`{id}`"));
        }
    }
    let mut page = begin_page(
        "Checks by row of the taxonomy",
        "Which checks rest on a row of the [taxonomy](../taxonomy/README.md). A row without a \
            check is harmless on the way back, is covered by the check of another row, or is not \
            looked for.",
    );
    let mut last = "";
    for ((name, row), ids) in &rows {
        if name != last {
            let _ = writeln!(page, "\n## {name}\n\n| row | checks |\n| --- | --- |");
            last = name;
        }
        let anchor = row.split(' ').nth(1).unwrap_or(row);
        let shown = anchor.trim_start_matches("row-").to_uppercase();
        let _ = writeln!(
            page,
            "| [{shown}](../taxonomy/{name}.md#{anchor}) | {} |",
            ids.join(", ")
        );
    }
    Ok(("checks-by-row".to_owned(), page))
}

/// `row-7` sorts before `row-12`.
fn natural_order(anchor: &str) -> String {
    let number: String = anchor.chars().filter(char::is_ascii_digit).collect();
    format!("{number:0>4} {anchor}")
}

pub(super) fn fact_page(table: &str) -> (String, String) {
    let mut page = begin_page(
        "Facts",
        "What the decision rests on. `--answer KEY=VALUE` states a fact, `--answers FILE` several, \
            and the conditions of a [checklist](../checklists.md) are written with these keys. How \
            a fact is known: *S* by reading, *D* derived from what was read, *A* by asking a \
            person. A fact that nobody knows is unknown; it is never taken for *no*.",
    );
    page.push_str(table);
    ("facts".to_owned(), page)
}
