//! Liquibase changelogs: many change sets in a file, in XML, YAML, JSON or formatted SQL. A change
//! set is a migration of its own; what the tool records is author, id and file.

mod change;
mod formatted;
mod xml;

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::dialect::Dialect;
use super::layout::{MatchedMigration, MigrationFile, find_parent_folder};
use super::read::{DownMigration, MigrationReading};
use super::set::Unit;
use super::step::{MigrationStep, SchemaAction, Script};
use model::{MigrationChange, Snapshot};

/// Deepest nesting of a changelog that is read; one that goes deeper is not read at all.
const DEPTH: usize = 64;

/// An element of a changelog, whatever it is written in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LiquibaseNode {
    /// Name without its namespace.
    pub name: String,
    /// Attributes, or scalar members.
    pub attributes: Vec<(String, String)>,
    /// Elements inside.
    pub children: Vec<LiquibaseNode>,
    /// Text inside.
    pub text: String,
    /// Line, from 1.
    pub line: usize,
}

impl LiquibaseNode {
    /// An attribute.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// An attribute that says true.
    pub fn flag(&self, key: &str) -> bool {
        self.get(key)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// The first child of a name.
    pub fn child(&self, name: &str) -> Option<&LiquibaseNode> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// A change set, read.
pub struct ChangeSet {
    /// `author:id`, as recorded.
    pub key: String,
    /// Its id.
    pub id: String,
    /// What it does.
    pub reading: MigrationReading,
    /// Everything it says, to tell an edit.
    pub digest: String,
    /// Runs again when its text changes.
    pub repeatable: bool,
}

/// Most changelogs of a tree that are looked at for includes.
const LOGS: usize = 3000;

/// Most files that the changelogs of a tree include together, each as often as it is named.
const INCLUDED: usize = 100_000;

/// Changelogs by path, in the order in which their change sets run: includes are followed where
/// they stand.
pub fn order_changelogs(tree: &dyn Snapshot) -> HashMap<String, usize> {
    let mut includes: HashMap<String, Vec<String>> = HashMap::new();
    let logs = tree
        .list()
        .iter()
        .map(|entry| entry.path.as_str())
        .filter(|path| {
            let lower = path.to_ascii_lowercase();
            [".xml", ".yaml", ".yml", ".json"]
                .iter()
                .any(|end| lower.ends_with(end))
                && ["changelog", "liquibase", "migration"]
                    .iter()
                    .any(|word| lower.contains(word))
        });
    let (names, mut left) = (ChangelogFileNames::of(tree), INCLUDED);
    for path in logs.take(LOGS) {
        let Ok(text) = tree.read_text(path) else {
            continue;
        };
        if text.contains("databaseChangeLog") && text.contains("include") {
            let inner = list_included_files(&names, path, &text, left);
            left -= inner.len();
            includes.insert(path.to_owned(), inner);
        }
    }
    let inner: BTreeSet<&String> = includes.values().flatten().collect();
    let mut roots: Vec<&String> = includes
        .keys()
        .filter(|path| !inner.contains(path))
        .collect();
    roots.sort();
    let mut out = HashMap::new();
    for root in roots {
        walk_includes(root, &includes, &mut out, 0);
    }
    out
}

fn walk_includes(
    path: &str,
    includes: &HashMap<String, Vec<String>>,
    out: &mut HashMap<String, usize>,
    depth: usize,
) {
    if depth > 40 || out.contains_key(path) {
        return;
    }
    // A file of its own change sets and includes counts where it begins.
    out.insert(path.to_owned(), out.len());
    for inner in includes.get(path).into_iter().flatten() {
        walk_includes(inner, includes, out, depth + 1);
    }
}

/// Files of a tree by the last part of their path, and by the last part of their folder: an include
/// means any that ends so.
struct ChangelogFileNames<'a> {
    files: HashMap<&'a str, Vec<&'a String>>,
    folders: HashMap<&'a str, Vec<&'a String>>,
}

impl<'a> ChangelogFileNames<'a> {
    fn of(tree: &'a dyn Snapshot) -> Self {
        let mut names = Self {
            files: HashMap::new(),
            folders: HashMap::new(),
        };
        for path in tree.list().iter().map(|entry| &entry.path) {
            names
                .files
                .entry(find_last_path_part(path))
                .or_default()
                .push(path);
            names
                .folders
                .entry(find_last_path_part(find_parent_folder(path)))
                .or_default()
                .push(path);
        }
        names
    }
}

fn find_last_path_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Files that a changelog includes, in order.
fn list_included_files(
    names: &ChangelogFileNames<'_>,
    path: &str,
    text: &str,
    most: usize,
) -> Vec<String> {
    let Some(log) = parse_changelog(path, text) else {
        return Vec::new();
    };
    let mut out: Vec<String> = Vec::new();
    for child in log
        .children
        .iter()
        .filter(|child| matches!(child.name.as_str(), "include" | "includeAll"))
    {
        if out.len() >= most {
            break;
        }
        let relative = child.flag("relativeToChangelogFile");
        let named = child
            .get("file")
            .or(child.get("path"))
            .unwrap_or_default()
            .trim_start_matches("classpath:")
            .trim_matches('/');
        let wanted = if relative {
            format!("{}/{named}", find_parent_folder(path))
        } else {
            named.to_owned()
        };
        let below =
            |entry: &str, wanted: &str| entry == wanted || entry.ends_with(&format!("/{wanted}"));
        if child.name == "include" {
            let ends_so = names
                .files
                .get(find_last_path_part(&wanted))
                .into_iter()
                .flatten();
            out.extend(
                ends_so
                    .filter(|entry| below(entry, &wanted))
                    .min_by_key(|entry| entry.len())
                    .map(|entry| (*entry).clone()),
            );
        } else {
            let ends_so = names
                .folders
                .get(find_last_path_part(&wanted))
                .into_iter()
                .flatten();
            out.extend(
                ends_so
                    .filter(|entry| {
                        entry.as_str() != path && below(find_parent_folder(entry), &wanted)
                    })
                    .take(most - out.len())
                    .map(|entry| (*entry).clone()),
            );
        }
    }
    out.truncate(most);
    out
}

/// Change sets that stood in one file of the previous release and stand in another now: the tool
/// records the file too.
#[derive(Default)]
pub struct MovedChangeSets {
    /// Path by `author:id`.
    from: HashMap<String, String>,
}

impl MovedChangeSets {
    /// Change sets of the previous texts that are no longer where they were.
    pub fn between(files: &[(String, String, Option<String>)], tree: &dyn Snapshot) -> Self {
        let keys = |path: &str, text: &str| -> BTreeSet<String> {
            change_sets(path, text, Dialect::Unknown, tree)
                .unwrap_or_default()
                .into_iter()
                .map(|set| set.key)
                .collect()
        };
        let mut from = HashMap::new();
        for (path, before, after) in files {
            let kept = after
                .as_ref()
                .map(|after| keys(path, after))
                .unwrap_or_default();
            from.extend(
                keys(path, before)
                    .into_iter()
                    .filter(|key| !kept.contains(key))
                    .map(|key| (key, path.clone())),
            );
        }
        Self { from }
    }
}

/// Change sets of a file that differ from its earlier text.
pub fn list_changed_units(
    found: &MatchedMigration,
    text: &str,
    earlier: Option<&str>,
    dialect: Dialect,
    tree: &dyn Snapshot,
    moved: &MovedChangeSets,
) -> Vec<Unit> {
    let unit = |set: ChangeSet, change: MigrationChange| Unit {
        path: format!("{}#{}", found.place.path, set.id),
        version: set.id.clone(),
        change,
        reading: Rc::new(set.reading),
        read_as: found.place.path.clone(),
        found: found.clone(),
    };
    let Some(sets) = change_sets(&found.place.path, text, dialect, tree) else {
        let why = "the changelog cannot be read".to_owned();
        let up = Script {
            steps: vec![MigrationStep {
                line: 1,
                text: String::new(),
                certain: true,
                action: SchemaAction::Unknown { why },
            }],
            has_text: true,
            ..Script::default()
        };
        return vec![Unit {
            path: found.place.path.clone(),
            version: found.place.version.clone(),
            change: found.change,
            reading: Rc::new(MigrationReading {
                up,
                down: DownMigration::None,
                line: 1,
            }),
            read_as: found.place.path.clone(),
            found: found.clone(),
        }];
    };
    let before: Vec<ChangeSet> = earlier
        .and_then(|text| change_sets(&found.place.path, text, dialect, tree))
        .unwrap_or_default();
    let mut out = Vec::new();
    for set in sets {
        match before.iter().find(|other| other.key == set.key) {
            Some(_) if found.change == MigrationChange::Removed => {
                out.push(unit(set, MigrationChange::Removed))
            }
            Some(other) if other.digest == set.digest => {}
            Some(_) if set.repeatable => out.push(unit(set, MigrationChange::Added)),
            Some(_) => out.push(unit(set, MigrationChange::Modified)),
            None if matches!(
                found.change,
                MigrationChange::Modified | MigrationChange::Added
            ) && moved
                .from
                .get(&set.key)
                .is_some_and(|path| *path != found.place.path) =>
            {
                let from = moved
                    .from
                    .get(&set.key)
                    .map(|path| format!("{path}#{}", set.id));
                let mut unit = unit(set, MigrationChange::RenamedRunsAgain);
                unit.found.from = from;
                out.push(unit);
            }
            None if found.change == MigrationChange::Modified => {
                out.push(unit(set, MigrationChange::Added))
            }
            None => out.push(unit(set, found.change)),
        }
    }
    out
}

/// What every change set of a file does, in order.
pub fn read_change_set_scripts(
    place: &MigrationFile,
    text: &str,
    dialect: Dialect,
    tree: &dyn Snapshot,
) -> Vec<Script> {
    change_sets(&place.path, text, dialect, tree)
        .unwrap_or_default()
        .into_iter()
        .map(|set| set.reading.up)
        .collect()
}

fn change_sets(
    path: &str,
    text: &str,
    dialect: Dialect,
    tree: &dyn Snapshot,
) -> Option<Vec<ChangeSet>> {
    if text.len() > super::sql::TEXT_LIMIT {
        return None;
    }
    if path.to_ascii_lowercase().ends_with(".sql") {
        return Some(formatted::change_sets(path, text, dialect));
    }
    let log = parse_changelog(path, text)?;
    Some(
        log.children
            .iter()
            .filter(|child| child.name == "changeSet")
            .map(|set| change::read_change_set(path, set, dialect, tree))
            .collect(),
    )
}

/// The changelog that a file in XML, YAML or JSON holds.
fn parse_changelog(path: &str, text: &str) -> Option<LiquibaseNode> {
    let root = if path.to_ascii_lowercase().ends_with(".xml") {
        xml::parse_xml(text)?
    } else {
        from_yaml(text)?
    };
    if root.name == "databaseChangeLog" {
        Some(root)
    } else {
        root.children
            .into_iter()
            .find(|child| child.name == "databaseChangeLog")
    }
}

/// YAML and JSON: scalars become attributes, lists of single-key objects become elements.
fn from_yaml(text: &str) -> Option<LiquibaseNode> {
    let tree = span_tree::Tree::parse(text).ok()?;
    convert_changelog_node("", tree.root()?, 0)
}

/// `None` where it is nested too deep, as for XML.
fn convert_changelog_node(
    name: &str,
    node: span_tree::Node<'_>,
    depth: usize,
) -> Option<LiquibaseNode> {
    let mut out = LiquibaseNode {
        name: name.to_owned(),
        line: node.line().max(1),
        ..LiquibaseNode::default()
    };
    if depth > DEPTH {
        return None;
    }
    if let Some(text) = node.text() {
        out.text = text.to_owned();
        return Some(out);
    }
    for (key, value) in node.entries() {
        let key = key.text().unwrap_or_default();
        if let Some(text) = value.text() {
            if matches!(
                key,
                "sql" | "rollback" | "procedureText" | "procedureBody" | "selectQuery" | "comment"
            ) {
                out.children
                    .push(convert_changelog_node(key, value, depth + 1)?);
            }
            out.attributes.push((key.to_owned(), text.to_owned()));
        } else if value.is_sequence() && matches!(key, "changes" | "columns") {
            for (key, value) in value.items().flat_map(span_tree::Node::entries) {
                out.children.push(convert_changelog_node(
                    key.text().unwrap_or_default(),
                    value,
                    depth + 1,
                )?);
            }
        } else if value.is_sequence() {
            let mut list = LiquibaseNode {
                name: key.to_owned(),
                line: value.line().max(1),
                ..LiquibaseNode::default()
            };
            for (key, value) in value.items().flat_map(span_tree::Node::entries) {
                list.children.push(convert_changelog_node(
                    key.text().unwrap_or_default(),
                    value,
                    depth + 1,
                )?);
            }
            out.children.push(list);
        } else {
            out.children
                .push(convert_changelog_node(key, value, depth + 1)?);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests;
