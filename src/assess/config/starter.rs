//! A first `backout.yaml`, written with comments from what a tree shows.

use std::collections::BTreeSet;

use crate::assess::kinds::default_kind;
use crate::model::{FileKind, Release, Snapshot};

/// What was seen of a repository, for a first `backout.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sensed {
    /// Name of the repository's folder.
    pub service: Option<String>,
    /// Glob of the release tags.
    pub tags: Option<String>,
    /// Folders that hold migrations.
    pub migrations: Vec<String>,
    /// Contract files.
    pub contracts: Vec<String>,
    /// First folders by component (`frontend`, `backend`, `database`).
    pub components: Vec<(String, Vec<String>)>,
}

impl Sensed {
    /// From the newest release (for its tag's scheme) and a tree.
    pub fn of(service: Option<&str>, newest: Option<&Release>, tree: &dyn Snapshot) -> Self {
        let mut sensed = Self {
            service: service.map(str::to_owned),
            ..Self::default()
        };
        sensed.tags = newest
            .filter(|release| release.tag.is_some())
            .map(|release| format!("{}*", release.scheme));
        let (mut migrations, mut contracts) = (BTreeSet::new(), BTreeSet::new());
        let mut components: std::collections::BTreeMap<
            &str,
            std::collections::BTreeMap<String, usize>,
        > = std::collections::BTreeMap::new();
        for entry in tree.list() {
            let kind = default_kind(&entry.path);
            match kind {
                FileKind::Database if entry.path.to_ascii_lowercase().contains("migrat") => {
                    if let Some((folder, _)) = entry.path.rsplit_once('/') {
                        migrations.insert(migrations_root(folder));
                    }
                }
                FileKind::Contract => {
                    contracts.insert(entry.path.clone());
                }
                _ => {}
            }
            if let (Some(component), Some((folder, _))) = (
                crate::assess::kinds::Kinds::default().component(&entry.path),
                entry.path.split_once('/'),
            ) {
                let name = match component.as_str() {
                    "frontend" => "frontend",
                    "database" => "database",
                    _ => "backend",
                };
                *components
                    .entry(name)
                    .or_default()
                    .entry(folder.to_owned())
                    .or_default() += 1;
            }
        }
        sensed.migrations = migrations.into_iter().take(10).collect();
        sensed.contracts = contracts.into_iter().take(20).collect();
        // a folder belongs to the component most of its files have
        let owner = |folder: &str| {
            components
                .iter()
                .max_by_key(|(_, folders)| folders.get(folder).copied().unwrap_or(0))
                .map(|(name, _)| *name)
        };
        for (name, folders) in &components {
            let globs: Vec<String> = folders
                .keys()
                .filter(|folder| owner(folder) == Some(name))
                .take(8)
                .map(|folder| format!("{folder}/**"))
                .collect();
            if !globs.is_empty() {
                sensed.components.push(((*name).to_owned(), globs));
            }
        }
        sensed
    }
}

/// `db/migrations/0001` and `db/migrations` are one folder of migrations.
fn migrations_root(folder: &str) -> String {
    let parts: Vec<&str> = folder.split('/').collect();
    let end = parts
        .iter()
        .position(|part| part.to_ascii_lowercase().contains("migrat"))
        .map_or(parts.len(), |at| at + 1);
    parts[..end].join("/")
}

/// Keys that nothing in the repository fills in, each with an example.
const EXAMPLES: &str = "\n# Applications that call this one. With a clone beside this one, backout looks for \
    itself what they use.\n\
    # dependents:\n#   - {name: storefront, repository: ../storefront, uses: \
    [api/openapi.yaml], live: \"5.2\", in_field: [], depends_on: [], can_go_back: unknown, \
    copes: unknown}\n\
    \n# Switches that turn a change off without a deployment.\n# switches:\n#   - {name: \
    new-checkout, covers: [\"app/checkout/**\"]}\n\
    \n# The deployment process, step by step, and what happens to each step when going back \
    (run, skip, only).\n# process:\n\
    #   - {name: Deploy database, kind: database, on_rollback: skip}\n#   - {name: Deploy \
    service, kind: service}\n\
    \n# What is live, as files your deployer writes; paths start here. `backout doctor` shows \
    the command for each kind.\n# live:\n\
    #   - {kind: helm, file: ops/helm-history.json, name: payments, namespace: shop}  # helm \
    history RELEASE --namespace NAMESPACE --output json > ops/helm-history.json\n\
    \n# Who is polled at a gate.\n# roles: [incident lead, database, service owner]\n\
    \n# Rehearsals of going back that were held; `backout rehearse` prints such a line.\n# \
    rehearsals:\n\
    #   - {at: 2026-02-10, outcome: worked, surprises: [], environment: staging}\n\
    \n# The only conditions that may trigger a rollback without a person, and who can stop \
    it.\n\
    # automation: {conditions: [error-rate], stop: incident lead, tests_trusted: true}\n";

/// The text of a first `backout.yaml`: what was seen is written out, what only people know stands
/// in comments.
pub fn write_starter_config(sensed: &Sensed) -> String {
    let mut out = String::from(
        "# What backout should know about this repository. Everything is optional.\n\n",
    );
    match &sensed.service {
        Some(service) => out.push_str(&format!("service: {}\n", quote_yaml_text(service))),
        None => out.push_str("# service: payments\n"),
    }
    out.push_str(
        "\n# Tags that are releases; `previous: auto` is the highest version below current.\n",
    );
    match &sensed.tags {
        Some(tags) => out.push_str(&format!(
            "releases: {{tags: {}, previous: auto}}\n",
            quote_yaml_text(tags)
        )),
        None => out.push_str("# releases: {tags: \"v*\", previous: auto}\n"),
    }
    out.push_str(
        "\n# Usage says how long going back stays unnoticed: dozen-daily, team-hours, \
        company-hours, always-on.\n",
    );
    out.push_str(
        "# Targets keep old releases for 5 days, 3 releases, or forever; windows and \
        freezes say when anything is deployed.\n",
    );
    out.push_str(
        "# environments:\n#   production:\n#     usage: always-on\n#     retention: 5 days\n",
    );
    out.push_str(
        "#     windows: [{days: [tue, thu], from: \"22:00\", to: \"02:00\", zone: \
        Europe/Berlin}]\n",
    );
    out.push_str(
        "#     freezes: [{from: 2026-12-18, to: 2027-01-03, why: end of year}]\n#   \
        staging: {kind: test}\n",
    );
    out.push_str(
        "\n# Databases that are live (postgresql, mysql, sqlite, mssql); copies of a \
        migration for others do not block.\n",
    );
    if sensed.migrations.is_empty() {
        out.push_str("# database: {dialects: [postgresql], migrations: [db/migrations]}\n");
    } else {
        out.push_str("database:\n  # dialects: [postgresql]\n");
        out.push_str(&format!(
            "  migrations: [{}]\n",
            join_quoted_texts(&sensed.migrations)
        ));
    }
    out.push_str("\n# What is deployed together.\n");
    if sensed.components.is_empty() {
        out.push_str(
            "# components: {frontend: [\"web/**\"], backend: [\"app/**\"], database: \
            [\"db/**\"]}\n",
        );
    } else {
        out.push_str("components:\n");
        for (name, globs) in &sensed.components {
            out.push_str(&format!("  {name}: [{}]\n", join_quoted_texts(globs)));
        }
    }
    out.push_str(
        "\n# Kinds are guessed from names; what is guessed wrong goes here.\n# kinds: \
        {styling: [\"brand/**\"], config: [\"rules/*.json\"]}\n",
    );
    out.push_str("\n# Descriptions of APIs and messages.\n");
    if sensed.contracts.is_empty() {
        out.push_str("# contracts:\n#   - path: api/openapi.yaml\n");
    } else {
        out.push_str("contracts:\n");
        for path in &sensed.contracts {
            out.push_str(&format!("  - path: {}\n", quote_yaml_text(path)));
        }
    }
    out.push_str(EXAMPLES);
    out
}

fn quote_yaml_text(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

fn join_quoted_texts(texts: &[String]) -> String {
    texts
        .iter()
        .map(|text| quote_yaml_text(text))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::config::read_config;
    use crate::model::MemorySnapshot;

    #[test]
    fn what_is_written_is_read_again() {
        let tree = MemorySnapshot::new([
            ("api/openapi.yaml", ""),
            ("db/migrations/0001/up.sql", ""),
            ("db/migrations/0002/up.sql", ""),
            ("web/src/pay.tsx", ""),
            ("internal/pay.go", ""),
            ("strange \"name/\u{1b}.proto", ""),
        ]);
        let sensed = Sensed::of(Some("payments: the 1st"), None, &tree);
        assert_eq!(sensed.migrations, ["db/migrations"]);
        let (config, problems) = read_config(&write_starter_config(&sensed), "backout.yaml");
        // the control character in a path is refused rather than carried on
        assert!(
            problems
                .iter()
                .all(|problem| problem.says.contains("control characters")),
            "{problems:?}"
        );
        assert_eq!(config.service.as_deref(), Some("payments: the 1st"));
        assert_eq!(config.contracts.len(), 1);
        assert_eq!(config.components["frontend"], ["web/**"]);
        assert_eq!(
            read_config(&write_starter_config(&Sensed::default()), "x").1,
            []
        );
    }
}
