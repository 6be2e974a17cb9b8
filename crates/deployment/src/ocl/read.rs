//! The reader: one pass over the text, line counted, errors kept.

use super::{Attribute, DEPTH, ERRORS, LIMIT, OclBlock, OclDocument, OclError, OclItem, OclValue};

/// Reads a text. It never fails: what cannot be read is in [`OclDocument::errors`](super::OclDocument::errors).
pub fn parse_ocl(text: &str) -> OclDocument {
    let mut cut = text.len().min(LIMIT);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    let mut reader = OclReader {
        text: &text[..cut],
        at: 0,
        line: 1,
        errors: Vec::new(),
    };
    if cut < text.len() {
        reader.error(format!("more than {LIMIT} bytes; the rest is not read"));
    }
    let items = reader.body(0, false);
    OclDocument {
        items,
        errors: reader.errors,
    }
}

struct OclReader<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    errors: Vec<OclError>,
}

impl<'a> OclReader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        self.line += usize::from(c == '\n');
        Some(c)
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| !wanted(c)).unwrap_or(rest.len());
        for _ in rest[..end].chars() {
            self.bump();
        }
        &rest[..end]
    }

    fn error(&mut self, why: impl Into<String>) {
        let start = self.text[..self.at].rfind('\n').map_or(0, |n| n + 1);
        if self.errors.len() < ERRORS {
            let column = self.text[start..self.at].chars().count() + 1;
            self.errors.push(OclError {
                line: self.line,
                column,
                why: why.into(),
            });
        }
    }

    fn blanks(&mut self) {
        self.take(|c| c == ' ' || c == '\t' || c == '\r');
    }

    fn skip_line(&mut self) {
        self.take(|c| c != '\n');
    }

    /// Attributes and blocks up to the closing brace (taken) or the end. `map` reads dictionary
    /// keys, which may hold nearly anything.
    fn body(&mut self, depth: usize, map: bool) -> Vec<OclItem> {
        let mut items = Vec::new();
        loop {
            self.take(char::is_whitespace);
            match self.peek() {
                None => {
                    if depth > 0 {
                        self.error("a block is not closed");
                    }
                    return items;
                }
                Some('}') => {
                    self.bump();
                    if depth > 0 {
                        return items;
                    }
                    self.error("a closing brace without an opening one");
                    continue;
                }
                Some('#') => {
                    self.error("OCL has no comments");
                    self.skip_line();
                    continue;
                }
                Some('/') if self.rest().starts_with("//") => {
                    self.error("OCL has no comments");
                    self.skip_line();
                    continue;
                }
                Some(',') => {
                    self.error("nothing separates items but a new line");
                    self.bump();
                    continue;
                }
                _ => {}
            }
            let (before, line) = (self.at, self.line);
            let Some(name) = self.name(map) else {
                self.error("a name is expected");
                self.skip_line();
                continue;
            };
            self.blanks();
            match self.peek() {
                Some('=') => {
                    self.bump();
                    self.blanks();
                    if let Some(value) = self.value(depth) {
                        items.push(OclItem::Attribute(Attribute { name, value, line }));
                    }
                }
                Some('"' | '{') if !map => {
                    if let Some(block) = self.block(name, line, depth) {
                        items.push(OclItem::Block(block));
                    }
                }
                _ => {
                    self.error(format!(
                        "{} is followed by neither a value nor a block",
                        model::shorten_text(&model::escape_invisible(&name), 60)
                    ));
                    self.skip_line();
                }
            }
            if self.at == before {
                self.bump();
            }
        }
    }

    fn name(&mut self, map: bool) -> Option<String> {
        if map && self.peek() == Some('"') {
            let (text, _) = self.quoted();
            return Some(text);
        }
        let name = if map {
            self.take(|c| !c.is_whitespace() && c != '"' && c != '=' && c != '}')
        } else {
            self.take(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
        };
        (!name.is_empty()).then(|| name.to_owned())
    }

    fn block(&mut self, name: String, line: usize, depth: usize) -> Option<OclBlock> {
        let mut labels = Vec::new();
        while self.peek() == Some('"') {
            labels.push(self.quoted().0);
            self.blanks();
        }
        if self.peek() != Some('{') {
            self.error("a block needs an opening brace on the same line");
            self.skip_line();
            return None;
        }
        if depth >= DEPTH {
            self.error(format!("nested deeper than {DEPTH} levels"));
            self.at = self.text.len();
            return None;
        }
        self.bump();
        self.blanks();
        if !matches!(self.peek(), None | Some('\n' | '}')) {
            self.error("a body needs a new line after its brace");
        }
        let items = self.body(depth + 1, false);
        Some(OclBlock {
            name,
            labels,
            items,
            line,
            end_line: self.line,
        })
    }

    fn value(&mut self, depth: usize) -> Option<OclValue> {
        match self.peek() {
            Some('"') => {
                let line = self.line;
                Some(OclValue::Text {
                    text: self.quoted().0,
                    line,
                })
            }
            Some('<') if self.rest().starts_with("<<") => Some(self.heredoc()),
            Some('[') => self.list(depth),
            Some('{') => {
                if depth >= DEPTH {
                    self.error(format!("nested deeper than {DEPTH} levels"));
                    self.at = self.text.len();
                    return None;
                }
                self.bump();
                let entries = self.body(depth + 1, true);
                let entries = entries.into_iter().filter_map(|item| match item {
                    OclItem::Attribute(attribute) => Some(attribute),
                    OclItem::Block(_) => None,
                });
                Some(OclValue::Map(entries.collect()))
            }
            _ => {
                let word = self.take(|c| {
                    !c.is_whitespace() && !matches!(c, ',' | ']' | '}' | '"' | '{' | '[')
                });
                match word {
                    "null" => Some(OclValue::Null),
                    "true" => Some(OclValue::Bool(true)),
                    "false" => Some(OclValue::Bool(false)),
                    number => {
                        match number.parse::<f64>().ok().filter(|found| {
                            found.is_finite()
                                && number.starts_with(|c: char| c.is_ascii_digit() || c == '-')
                        }) {
                            Some(found) => Some(OclValue::Number(found)),
                            None => {
                                self.error("a value is expected on the line of its name");
                                self.skip_line();
                                None
                            }
                        }
                    }
                }
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<OclValue> {
        if depth >= DEPTH {
            self.error(format!("nested deeper than {DEPTH} levels"));
            self.at = self.text.len();
            return None;
        }
        self.bump();
        let mut values = Vec::new();
        loop {
            self.take(|c| c.is_whitespace() || c == ',');
            match self.peek() {
                None => {
                    self.error("a list is not closed");
                    break;
                }
                Some(']') => {
                    self.bump();
                    break;
                }
                // the brace of the block around it: the list was never closed
                Some('}') => {
                    self.error("a list is not closed");
                    break;
                }
                _ => {
                    let before = self.at;
                    values.extend(self.value(depth + 1));
                    if self.at == before {
                        self.bump();
                    }
                }
            }
        }
        Some(OclValue::List(values))
    }

    /// A quoted text, its closing quote taken. The flag says whether it was closed.
    fn quoted(&mut self) -> (String, bool) {
        self.bump();
        let mut text = String::new();
        loop {
            match self.peek() {
                Some('"') => {
                    self.bump();
                    return (text, true);
                }
                None | Some('\n') => {
                    self.error("a text is not closed on its line");
                    return (text, false);
                }
                Some('\\') => {
                    self.bump();
                    match self.peek() {
                        Some(c @ ('n' | 'r' | 't' | '\\' | '"')) => {
                            self.bump();
                            text.push(match c {
                                'n' => '\n',
                                'r' => '\r',
                                't' => '\t',
                                other => other,
                            });
                        }
                        _ => {
                            self.error(
                                "a backslash may stand before n, r, t, a backslash or a quote only",
                            );
                            text.push('\\');
                        }
                    }
                }
                Some(c) => {
                    text.push(c);
                    self.bump();
                }
            }
        }
    }

    fn heredoc(&mut self) -> OclValue {
        self.at += 2;
        let indented = self.peek() == Some('-');
        if indented {
            self.bump();
        }
        let tag = self.take(|c| c.is_alphanumeric() || c == '_');
        if tag.is_empty() {
            self.error("a heredoc needs a tag");
        }
        self.skip_line();
        self.bump();
        let line = self.line;
        let mut lines: Vec<&str> = Vec::new();
        let mut closing = None;
        while self.at < self.text.len() {
            let rest = self.rest();
            let end = rest.find('\n').map_or(rest.len(), |n| n + 1);
            let whole = &rest[..end];
            let bare = whole.trim_end_matches(['\n', '\r']);
            if !tag.is_empty() && bare.trim() == tag {
                // the line end stays, so that the next item starts on its own line
                self.at += bare.len();
                closing = Some(bare.len() - bare.trim_start().len());
                break;
            }
            self.at += end;
            self.line += usize::from(whole.ends_with('\n'));
            lines.push(whole);
        }
        if closing.is_none() {
            self.error(format!(
                "the heredoc is not closed by {}",
                if tag.is_empty() { "a tag" } else { tag }
            ));
        }
        let text = if indented {
            unindent_heredoc(&lines, closing.unwrap_or(0))
        } else {
            lines.concat()
        };
        let text = text
            .strip_suffix('\n')
            .map(|text| text.strip_suffix('\r').unwrap_or(text))
            .unwrap_or(&text)
            .to_owned();
        OclValue::Text { text, line }
    }
}

/// By the least indented line, but not by more than the closing tag's indent.
fn unindent_heredoc(lines: &[&str], closing: usize) -> String {
    let indent = |line: &&str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let least = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(indent)
        .min()
        .unwrap_or(0)
        .min(closing);
    lines
        .iter()
        .map(|line| line.get(least.min(indent(line))..).unwrap_or(line))
        .collect()
}
