//! Changelogs in XML, YAML and JSON to elements.

use super::node::{DEPTH, LiquibaseNode};
use super::xml;

/// The changelog that a file in XML, YAML or JSON holds.
pub fn parse_changelog(path: &str, text: &str) -> Option<LiquibaseNode> {
    let root = if path.to_ascii_lowercase().ends_with(".xml") {
        xml::parse_xml(text)?
    } else {
        from_yaml(text)?
    };
    if root.name == "databaseChangeLog" {
        Some(root)
    } else {
        // in YAML and JSON the list is a member of the root
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
            // these hold a text, which in XML is the text of an element
            if matches!(
                key,
                "sql" | "rollback" | "procedureText" | "procedureBody" | "selectQuery" | "comment"
            ) {
                out.children
                    .push(convert_changelog_node(key, value, depth + 1)?);
            }
            out.attributes.push((key.to_owned(), text.to_owned()));
        } else if value.is_sequence() && matches!(key, "changes" | "columns") {
            // each item has one key, the name of the change
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
