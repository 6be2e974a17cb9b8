//! Changelogs in XML: the tree of the one XML reader, as elements of a changelog.

use span_tree::Limits;
use span_tree::xml::{self, XmlElement};

use super::node::{DEPTH, LiquibaseNode};

/// Reads the root element. `None` if it is not XML or nested too deep.
pub fn parse_xml(text: &str) -> Option<LiquibaseNode> {
    let limits = Limits {
        depth: DEPTH,
        nodes: 1_000_000,
        ..Limits::default()
    };
    xml::parse_xml(text, limits).ok().map(build_liquibase_node)
}

/// As deep as the tree, which is bounded.
fn build_liquibase_node(element: XmlElement) -> LiquibaseNode {
    LiquibaseNode {
        name: element.name,
        attributes: element.attributes,
        children: element
            .children
            .into_iter()
            .map(build_liquibase_node)
            .collect(),
        text: element.text,
        line: element.line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_attributes_and_lines() {
        let node = parse_xml("<?xml version=\"1.0\"?>\n<!-- <no/> -->\n<a x=\"1 > 0\">\n  <n:b y='2'/>\n  t &lt; <![CDATA[<raw>]]>\n</a>").unwrap_or_default();
        assert_eq!(
            (node.name.as_str(), node.get("x"), node.line),
            ("a", Some("1 > 0"), 3)
        );
        assert_eq!(
            (
                node.children[0].name.as_str(),
                node.children[0].get("y"),
                node.children[0].line
            ),
            ("b", Some("2"), 4)
        );
        assert!(node.text.contains("t < <raw>"));
    }

    #[test]
    fn broken_text_is_none() {
        for text in [
            "",
            "<a",
            "<a>",
            "<a x=\"",
            "</a>",
            "<!--",
            "<![CDATA[",
            "<a></b></a>",
        ] {
            assert!(parse_xml(text).is_none(), "{text}");
        }
        assert!(parse_xml(&"<a>".repeat(10_000)).is_none());
    }
}
