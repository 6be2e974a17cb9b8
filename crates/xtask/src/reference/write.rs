//! Every generated page.

use super::checks::{check_pages, fact_page, row_page};
use super::commands::command_pages;
use super::page::Ask;
use super::page::finish_page;
use super::rules::{blocker_page, gate_page, guide_page, question_page, read_yaml, weight_page};
use super::schema::schema_page;
use std::path::Path;

/// Where the generated pages are, below the root of the workspace.
const FOLDER: &str = "docs/src/reference";

/// Every generated page with its path below `root`.
pub fn write_pages(root: &Path, ask: &Ask) -> Result<Vec<(String, String)>, String> {
    let mut pages = command_pages(ask)?;
    let checks = ask(&["explain"])?;
    pages.extend(check_pages(&checks));
    pages.push(row_page(&checks, ask)?);
    pages.push(fact_page(&ask(&["checklist", "facts"])?));
    let checklist = read_yaml(root, "checklists/default.yaml")?;
    pages.push(blocker_page(&checklist));
    pages.push(weight_page(&checklist));
    pages.push(question_page(&checklist));
    pages.push(gate_page(&checklist));
    pages.push(guide_page(&read_yaml(root, "assets/guide.yaml")?));
    for (name, title, file, says) in [
        (
            "assessment",
            "JSON: an assessment",
            "assets/assessment.schema.json",
            "`backout assess --format json` prints it, `--save FILE` keeps it, and `--from FILE` \
                opens it again.",
        ),
        (
            "backout-yaml",
            "backout.yaml",
            "assets/backout.schema.json",
            "All of it is optional. `backout init` writes a commented file to begin with.",
        ),
    ] {
        let schema =
            std::fs::read_to_string(root.join(file)).map_err(|error| format!("{file}: {error}"))?;
        let schema = serde_json::from_str(&schema).map_err(|error| format!("{file}: {error}"))?;
        pages.push((name.to_owned(), schema_page(title, file, says, &schema)));
    }
    Ok(pages
        .into_iter()
        .map(|(name, text)| (format!("{FOLDER}/{name}.md"), finish_page(&text)))
        .collect())
}
