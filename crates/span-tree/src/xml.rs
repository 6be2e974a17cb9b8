//! XML as a tree of elements in which every element knows its line.
//!
//! A document type is skipped and nothing of it is expanded: the five entities of XML and numbered
//! characters are read, any other stays as it is written. Depth, elements and bytes are bounded.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use crate::{Error, Limits};

/// Most attributes of one element.
const ATTRIBUTES: usize = 256;

/// An element. Names are without their prefix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct XmlElement {
    /// Name, without a prefix.
    pub name: String,
    /// Names without a prefix, and values, in the order of the text.
    pub attributes: Vec<(String, String)>,
    /// Elements in it, in the order of the text.
    pub children: Vec<XmlElement>,
    /// Text that stands in it directly, without that of its elements.
    pub text: String,
    /// Line of its start, from 1.
    pub line: usize,
}

impl XmlElement {
    /// Value of the first attribute with that name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The first element in it with that name.
    pub fn child(&self, name: &str) -> Option<&XmlElement> {
        self.children.iter().find(|child| child.name == name)
    }

    /// It and all elements in it, in the order of the text.
    pub fn descendants(&self) -> impl Iterator<Item = &XmlElement> {
        let mut open = vec![self];
        std::iter::from_fn(move || {
            let next = open.pop()?;
            open.extend(next.children.iter().rev());
            Some(next)
        })
    }
}

/// Reads the root element of a text.
///
/// # Errors
/// The text is no well-formed XML, or a bound was met.
pub fn parse_xml(text: &str, limits: Limits) -> Result<XmlElement, Error> {
    if text.len() > limits.bytes {
        return Err(Error::TooLarge {
            size: text.len(),
            limit: limits.bytes,
        });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::from_str(text);
    // `<a/>` and `<a></a>` mean the same, and readers need one form
    reader.config_mut().expand_empty_elements = true;
    let mut place = XmlPlace {
        text,
        at: 0,
        line: 1,
    };
    let (mut open, mut root): (Vec<XmlElement>, Option<XmlElement>) = (Vec::new(), None);
    let mut count = 0_usize;
    loop {
        // where the event begins
        place.advance(reader.buffer_position());
        let event = reader
            .read_event()
            .map_err(|error| place.report(error.to_string()))?;
        match event {
            Event::Start(element) => {
                count += 1;
                if count > limits.nodes {
                    return Err(Error::TooManyNodes {
                        line: place.line,
                        limit: limits.nodes,
                    });
                }
                if open.len() >= limits.depth {
                    return Err(Error::TooDeep {
                        line: place.line,
                        limit: limits.depth,
                    });
                }
                // well-formed XML has one root; a second one is the sign of two files that were
                // joined
                if root.is_some() {
                    return Err(place.report("a second root element".to_owned()));
                }
                open.push(read_xml_start(&element, &place)?);
            }
            Event::End(_) => {
                let Some(done) = open.pop() else { continue };
                match open.last_mut() {
                    Some(parent) => parent.children.push(done),
                    None => root = Some(done),
                }
            }
            Event::Text(written) => match open.last_mut() {
                Some(element) => element.text.push_str(&written.xml10_content()),
                // line ends outside of the root are no text
                None if written.trim().is_empty() => {}
                None => return Err(place.report("text outside of the root element".to_owned())),
            },
            Event::CData(written) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&written.xml10_content());
                }
            }
            Event::GeneralRef(entity) => {
                if let Some(element) = open.last_mut() {
                    push_xml_entity(&entity, &mut element.text);
                }
            }
            Event::Eof => break,
            // nothing of a document type is expanded, so no entity can blow a text up
            Event::Empty(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
    }
    match root {
        Some(root) if open.is_empty() => Ok(root),
        Some(_) => Err(place.report("it ends before its last element is closed".to_owned())),
        None => Err(place.report("it ends before its root element is closed".to_owned())),
    }
}

/// How far a text was read.
struct XmlPlace<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl XmlPlace<'_> {
    fn advance(&mut self, position: u64) {
        let to = usize::try_from(position)
            .unwrap_or(usize::MAX)
            .min(self.text.len());
        let read = self.text.as_bytes().get(self.at..to).unwrap_or_default();
        self.line += read.iter().filter(|byte| **byte == b'\n').count();
        self.at = self.at.max(to);
    }

    fn report(&self, message: String) -> Error {
        let before = self.text.as_bytes().get(..self.at).unwrap_or_default();
        let column = before
            .iter()
            .rev()
            .take_while(|byte| **byte != b'\n')
            .count();
        Error::Syntax {
            line: self.line,
            column: column + 1,
            message,
        }
    }
}

fn read_xml_start(element: &BytesStart<'_>, place: &XmlPlace<'_>) -> Result<XmlElement, Error> {
    let mut made = XmlElement {
        name: without_prefix(element.name().as_ref()).to_owned(),
        line: place.line,
        ..XmlElement::default()
    };
    // a row of thousands of attributes would be searched for doubles by the library
    for attribute in element.attributes().take(ATTRIBUTES) {
        let attribute = attribute.map_err(|error| place.report(error.to_string()))?;
        let value = match attribute.normalized_value(XmlVersion::default()) {
            Ok(value) => value.into_owned(),
            // an entity that only a document type explains
            Err(_) => attribute.value.to_string(),
        };
        let name: &str = attribute.key.as_ref();
        made.attributes
            .push((without_prefix(name).to_owned(), value));
    }
    Ok(made)
}

fn without_prefix(name: &str) -> &str {
    // changelogs write `<liquibase:x>` or `<x>` for the same element
    name.rsplit(':').next().unwrap_or(name)
}

fn push_xml_entity(entity: &BytesRef<'_>, to: &mut String) {
    let known = match &**entity {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => entity.resolve_char_ref().ok().flatten(),
    };
    match known {
        Some(known) => to.push(known),
        // kept as it is written: what it stands for is told by a document type only
        None => {
            to.push('&');
            to.push_str(entity);
            to.push(';');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<XmlElement, Error> {
        parse_xml(text, Limits::default())
    }

    #[test]
    fn elements_attributes_text_and_lines() {
        let root = parse(
            "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY x \"boom\">]>\n<!-- <no/> -->\n<a x=\"1 > 0 &amp; &x;\">\n  <n:b\n    n:y='2'/>\n  t &lt; &#65;&x; <![CDATA[<raw>]]>\n</a>\n",
        )
        .unwrap();
        assert_eq!((root.name.as_str(), root.line), ("a", 4));
        assert_eq!(root.attribute("x"), Some("1 > 0 &amp; &x;"));
        let child = root.child("b").unwrap();
        assert_eq!((child.attribute("y"), child.line), (Some("2"), 5));
        assert_eq!(root.text.trim(), "t < A&x; <raw>");
        let names: Vec<&str> = root.descendants().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn broken_text_is_an_error_with_its_line() {
        for text in [
            "",
            "<a",
            "<a>",
            "<a x=\"",
            "</a>",
            "<!--",
            "<![CDATA[",
            "<a>\n</b>",
            "<a/><b/>",
            "text",
            "<a></a>text",
            "<a x='1' x='2'/>",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(parse("<a>\n<b>\n</c></a>").unwrap_err().line(), 3);
    }

    #[test]
    fn bounds_hold() {
        assert!(matches!(
            parse(&"<a>".repeat(10_000)),
            Err(Error::TooDeep { limit: 200, .. })
        ));
        let limits = Limits {
            nodes: 3,
            bytes: 100,
            ..Limits::default()
        };
        assert!(matches!(
            parse_xml("<a><b/><c/><d/></a>", limits),
            Err(Error::TooManyNodes { .. })
        ));
        assert!(matches!(
            parse_xml(&" ".repeat(101), limits),
            Err(Error::TooLarge { .. })
        ));
    }
}
