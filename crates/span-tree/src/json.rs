//! A reader for JSON proper, into the same tree. Faster than the YAML one, and at home with tabs, surrogate pairs and escaped slashes.

use crate::{Error, Id, Limits, Shape, Stored, Tree};

/// Reads JSON; `None` when the text is not strict JSON, so that the YAML reader may say what is wrong.
/// Bounds that bite are errors.
pub(crate) fn parse(text: &str, limits: Limits) -> Option<Result<Tree, Error>> {
    let mut reader = Reader { bytes: text.as_bytes(), text, at: 0, line: 1, line_start: 0, limits, nodes: Vec::new() };
    match reader.document() {
        Ok(root) => Some(Ok(Tree { nodes: reader.nodes, roots: vec![root] })),
        Err(Stop::NotJson) => None,
        Err(Stop::Bound(error)) => Some(Err(error)),
    }
}

enum Stop {
    NotJson,
    Bound(Error),
}

struct Reader<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    line: usize,
    line_start: usize,
    limits: Limits,
    nodes: Vec<Stored>,
}

enum Open {
    List(Id),
    Map(Id, Id),
}

impl Reader<'_> {
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn blank(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => {
                    self.line += 1;
                    self.line_start = self.at + 1;
                }
                b' ' | b'\t' | b'\r' => {}
                _ => break,
            }
            self.at += 1;
        }
    }

    fn push(&mut self, shape: Shape) -> Result<Id, Stop> {
        if self.nodes.len() >= self.limits.nodes {
            return Err(Stop::Bound(Error::TooManyNodes { line: self.line, limit: self.limits.nodes }));
        }
        let column = (self.at - self.line_start.min(self.at)) as u32 + 1;
        self.nodes.push(Stored { shape, line: self.line as u32, column, end_line: self.line as u32 });
        Ok((self.nodes.len() - 1) as Id)
    }

    /// Iterative, so that nesting costs no stack.
    fn document(&mut self) -> Result<Id, Stop> {
        let mut open: Vec<Open> = Vec::new();
        let mut root = None;
        loop {
            self.blank();
            // a value begins here
            let id = match self.peek() {
                byte @ (b'{' | b'[') => {
                    if open.len() >= self.limits.depth {
                        return Err(Stop::Bound(Error::TooDeep { line: self.line, limit: self.limits.depth }));
                    }
                    let map = byte == b'{';
                    let id = self.push(if map { Shape::Mapping(Vec::new()) } else { Shape::Sequence(Vec::new()) })?;
                    self.attach(&mut open, id, &mut root);
                    self.at += 1;
                    self.blank();
                    if self.peek() == if map { b'}' } else { b']' } {
                        self.at += 1;
                        self.nodes[id as usize].end_line = self.line as u32;
                    } else if map {
                        let key = self.key()?;
                        open.push(Open::Map(id, key));
                        continue;
                    } else {
                        open.push(Open::List(id));
                        continue;
                    }
                    id
                }
                b'"' => {
                    let id = self.push(Shape::Alias(None))?;
                    let text = self.string()?;
                    self.nodes[id as usize].shape = Shape::Scalar { text: text.into(), plain: false };
                    self.attach(&mut open, id, &mut root);
                    id
                }
                _ => {
                    let id = self.push(Shape::Alias(None))?;
                    let start = self.at;
                    while matches!(self.peek(), b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.' | b'E') {
                        self.at += 1;
                    }
                    let word = &self.text[start..self.at];
                    if !matches!(word, "true" | "false" | "null") && word.parse::<f64>().is_err() {
                        return Err(Stop::NotJson);
                    }
                    self.nodes[id as usize].shape = Shape::Scalar { text: word.into(), plain: true };
                    self.attach(&mut open, id, &mut root);
                    id
                }
            };
            let _ = id;
            // what follows the value
            loop {
                self.blank();
                match open.last_mut() {
                    None => return if self.at == self.bytes.len() { root.ok_or(Stop::NotJson) } else { Err(Stop::NotJson) },
                    Some(Open::List(list)) => {
                        let list = *list;
                        match self.peek() {
                            b',' => {
                                self.at += 1;
                                break;
                            }
                            b']' => self.close(list, &mut open),
                            _ => return Err(Stop::NotJson),
                        }
                    }
                    Some(Open::Map(map, _)) => {
                        let map = *map;
                        match self.peek() {
                            b',' => {
                                self.at += 1;
                                self.blank();
                                let next = self.key()?;
                                if let Some(Open::Map(_, key)) = open.last_mut() {
                                    *key = next;
                                }
                                break;
                            }
                            b'}' => self.close(map, &mut open),
                            _ => return Err(Stop::NotJson),
                        }
                    }
                }
            }
        }
    }

    fn close(&mut self, id: Id, open: &mut Vec<Open>) {
        self.at += 1;
        self.nodes[id as usize].end_line = self.line as u32;
        open.pop();
    }

    fn attach(&mut self, open: &mut [Open], id: Id, root: &mut Option<Id>) {
        match open.last() {
            None => *root = Some(id),
            Some(Open::List(list)) => {
                if let Shape::Sequence(items) = &mut self.nodes[*list as usize].shape {
                    items.push(id);
                }
            }
            Some(Open::Map(map, key)) => {
                if let Shape::Mapping(entries) = &mut self.nodes[*map as usize].shape {
                    entries.push((*key, id));
                }
            }
        }
    }

    fn key(&mut self) -> Result<Id, Stop> {
        if self.peek() != b'"' {
            return Err(Stop::NotJson);
        }
        let id = self.push(Shape::Alias(None))?;
        let text = self.string()?;
        self.nodes[id as usize].shape = Shape::Scalar { text: text.into(), plain: false };
        self.blank();
        if self.peek() != b':' {
            return Err(Stop::NotJson);
        }
        self.at += 1;
        Ok(id)
    }

    /// A string whose opening quote is at the cursor. Lone surrogates become the replacement character.
    fn string(&mut self) -> Result<String, Stop> {
        self.at += 1;
        let start = self.at;
        let mut out = String::new();
        let mut plain = start;
        loop {
            match self.bytes.get(self.at) {
                None | Some(b'\n') => return Err(Stop::NotJson),
                Some(b'"') => {
                    out.push_str(&self.text[plain..self.at]);
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    out.push_str(&self.text[plain..self.at]);
                    let c = match self.bytes.get(self.at + 1) {
                        Some(b'n') => '\n',
                        Some(b't') => '\t',
                        Some(b'r') => '\r',
                        Some(b'b') => '\u{8}',
                        Some(b'f') => '\u{c}',
                        Some(&byte @ (b'"' | b'\\' | b'/')) => byte as char,
                        Some(b'u') => {
                            let high = self.hex(self.at + 2)?;
                            let low = if (0xd800..0xdc00).contains(&high) && self.bytes.get(self.at + 6..self.at + 8) == Some(b"\\u") {
                                self.hex(self.at + 8).ok().filter(|low| (0xdc00..0xe000).contains(low))
                            } else {
                                None
                            };
                            self.at += if low.is_some() { 10 } else { 4 };
                            let code = low.map_or(high, |low| 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
                            char::from_u32(code).unwrap_or('\u{fffd}')
                        }
                        _ => return Err(Stop::NotJson),
                    };
                    out.push(c);
                    self.at += 2;
                    plain = self.at;
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn hex(&self, at: usize) -> Result<u32, Stop> {
        let digits = self.text.get(at..at + 4).ok_or(Stop::NotJson)?;
        u32::from_str_radix(digits, 16).map_err(|_| Stop::NotJson)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Error, Scalar, Tree};

    #[test]
    fn json_with_tabs_and_escapes_keeps_its_lines() {
        let tree = Tree::parse("{\n\t\"a\\/b\": \"x\\ud83d\\ude00\",\n\t\"n\": [1, -2.5e3, true, null, {}, []]\n}\n").unwrap();
        let root = tree.root().unwrap();
        assert_eq!(root.get("a/b").unwrap().text(), Some("x😀"));
        assert_eq!(root.get("n").unwrap().line(), 3);
        assert_eq!(root.end_line(), 4);
        let kinds: Vec<_> = root.get("n").unwrap().items().filter_map(|item| item.scalar()).collect();
        assert_eq!(kinds, [Scalar::Number(1.0), Scalar::Number(-2500.0), Scalar::Bool(true), Scalar::Null]);
    }

    #[test]
    fn what_is_not_json_goes_to_the_yaml_reader() {
        assert_eq!(Tree::parse("{a: b}").unwrap().root().unwrap().get("a").unwrap().text(), Some("b"));
        assert!(Tree::parse("{\"a\": ").is_err());
    }

    #[test]
    fn nesting_is_bounded_without_recursion() {
        assert!(matches!(Tree::parse(&"{\"a\":".repeat(100_000)), Err(Error::TooDeep { .. })));
        assert!(matches!(Tree::parse(&"[".repeat(100_000)), Err(Error::TooDeep { .. })));
    }
}
