//! A small reader of XML: elements, attributes, text, CDATA, line numbers. No entities but the
//! five, no DTD, bounded depth.

use super::node::{DEPTH, LiquibaseNode};

/// Reads the root element. `None` if it is not XML or nested too deep.
pub fn parse_xml(text: &str) -> Option<LiquibaseNode> {
    let mut stack: Vec<LiquibaseNode> = Vec::new();
    let mut rest = text;
    let mut line = 1;
    let advance = |from: &str, to: &str, line: &mut usize| {
        *line += from[..from.len() - to.len()].matches('\n').count()
    };
    loop {
        let open = rest.find('<')?;
        if let Some(top) = stack.last_mut() {
            top.text.push_str(&unescape_xml(&rest[..open]));
        }
        let at = &rest[open..];
        advance(rest, at, &mut line);
        let skip = |end: &str| at.find(end).map(|found| &at[found + end.len()..]);
        let after = if at.starts_with("<!--") {
            skip("-->")?
        } else if let Some(data) = at.strip_prefix("<![CDATA[") {
            let end = data.find("]]>")?;
            if let Some(top) = stack.last_mut() {
                top.text.push_str(&data[..end]);
            }
            &data[end + 3..]
        } else if at.starts_with("<?") {
            skip("?>")?
        } else if at.starts_with("<!") {
            skip(">")?
        } else if at.starts_with("</") {
            let after = skip(">")?;
            let done = stack.pop()?;
            match stack.last_mut() {
                Some(parent) => parent.children.push(done),
                None => return Some(done),
            }
            after
        } else {
            let (inside, after) = split_xml_tag(&at[1..])?;
            let closed = inside.trim_end().ends_with('/');
            let mut node = read_xml_element(inside.trim_end().trim_end_matches('/'));
            node.line = line;
            if closed {
                match stack.last_mut() {
                    Some(parent) => parent.children.push(node),
                    None => return Some(node),
                }
            } else {
                if stack.len() >= DEPTH {
                    return None;
                }
                stack.push(node);
            }
            after
        };
        advance(at, after, &mut line);
        rest = after;
    }
}

/// The inside of a tag and what follows it; `>` inside quotes does not end it.
fn split_xml_tag(text: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '>') => return Some((&text[..at], &text[at + 1..])),
            _ => {}
        }
    }
    None
}

fn read_xml_element(inside: &str) -> LiquibaseNode {
    let name_end = inside.find(char::is_whitespace).unwrap_or(inside.len());
    let name = inside[..name_end]
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_owned();
    let mut node = LiquibaseNode {
        name,
        ..LiquibaseNode::default()
    };
    let mut rest = &inside[name_end..];
    while let Some(equals) = rest.find('=') {
        let key = rest[..equals].trim().to_owned();
        let value = rest[equals + 1..].trim_start();
        let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            break;
        };
        let Some(end) = value[1..].find(quote) else {
            break;
        };
        node.attributes.push((key, unescape_xml(&value[1..=end])));
        rest = &value[end + 2..];
    }
    node
}

fn unescape_xml(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&#10;", "\n")
        .replace("&amp;", "&")
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
        for text in ["", "<a", "<a>", "<a x=\"", "</a>", "<!--", "<![CDATA["] {
            assert!(parse_xml(text).is_none(), "{text}");
        }
        assert!(parse_xml(&"<a>".repeat(10_000)).is_none());
    }
}
