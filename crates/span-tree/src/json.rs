//! A reader for JSON proper, into the same tree. Faster than the YAML one, and at home with tabs,
//! surrogate pairs and escaped slashes.

use crate::{Error, Limits, NodeKind, TreeBuilder};

/// Reads JSON; `None` when the text is not strict JSON, so that the YAML reader may say what is
/// wrong. Bounds that bite are errors.
pub(crate) fn parse_json_tree(text: &str, limits: Limits) -> Option<Result<TreeBuilder, Error>> {
    let mut reader = JsonReader::of(text, limits);
    match reader.document() {
        Ok(()) => Some(Ok(reader.builder)),
        Err(Stop::NotJson | Stop::Rest) => None,
        Err(Stop::Bound(error)) => Some(Err(error)),
    }
}

/// Reads the JSON that a text begins with, and the line on which more text follows behind its end.
pub(crate) fn parse_json_start(
    text: &str,
    limits: Limits,
) -> Result<(TreeBuilder, Option<usize>), Error> {
    let mut reader = JsonReader::of(text, limits);
    match reader.document() {
        Ok(()) => Ok((reader.builder, None)),
        Err(Stop::Rest) => Ok((reader.builder, Some(reader.line as usize))),
        Err(Stop::NotJson) => Err(Error::Syntax {
            line: reader.line as usize,
            column: reader.at - reader.line_start.min(reader.at) + 1,
            message: "the JSON breaks off here: a value, a comma or a closing bracket was expected"
                .to_owned(),
        }),
        Err(Stop::Bound(error)) => Err(error),
    }
}

enum Stop {
    NotJson,
    /// The value is whole, and more text follows.
    Rest,
    Bound(Error),
}

struct JsonReader<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    line: u32,
    line_start: usize,
    limits: Limits,
    builder: TreeBuilder,
}

impl<'a> JsonReader<'a> {
    fn of(text: &'a str, limits: Limits) -> Self {
        Self {
            bytes: text.as_bytes(),
            text,
            at: 0,
            line: 1,
            line_start: 0,
            limits,
            builder: TreeBuilder {
                // about one value in sixteen bytes
                nodes: Vec::with_capacity((text.len() / 16).min(limits.nodes)),
                ..TreeBuilder::default()
            },
        }
    }

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

    /// A node that begins at `start` of the line at hand.
    fn push(&mut self, shape: (NodeKind, u32, u32), start: usize) -> Result<(), Stop> {
        let column = (start - self.line_start.min(start)) as u32 + 1;
        self.builder
            .push(shape, (self.line, column, self.line), self.limits)
            .map(|_| ())
            .map_err(Stop::Bound)
    }

    /// Iterative, so that nesting costs no stack.
    fn document(&mut self) -> Result<(), Stop> {
        // whether each open node is a mapping
        let mut maps: Vec<bool> = Vec::new();
        loop {
            self.blank();
            // a value begins here
            let start = self.at;
            match self.peek() {
                byte @ (b'{' | b'[') => {
                    let map = byte == b'{';
                    self.push(
                        (
                            if map {
                                NodeKind::Mapping
                            } else {
                                NodeKind::Sequence
                            },
                            0,
                            0,
                        ),
                        start,
                    )?;
                    self.at += 1;
                    self.blank();
                    if self.peek() == if map { b'}' } else { b']' } {
                        self.close();
                    } else {
                        maps.push(map);
                        if map {
                            self.key()?;
                        }
                        continue;
                    }
                }
                b'"' => self.string()?,
                _ => {
                    // `E` is the one capital of JSON, in `1E5`
                    while matches!(self.peek(), b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.' | b'E')
                    {
                        self.at += 1;
                    }
                    let word = &self.text[start..self.at];
                    if !matches!(word, "true" | "false" | "null") && word.parse::<f64>().is_err() {
                        return Err(Stop::NotJson);
                    }
                    self.push((NodeKind::Plain, start as u32, word.len() as u32), start)?;
                }
            }
            // what follows the value
            loop {
                self.blank();
                let Some(&map) = maps.last() else {
                    return if self.at == self.bytes.len() {
                        Ok(())
                    } else {
                        Err(Stop::Rest)
                    };
                };
                match (self.peek(), map) {
                    // a comma before a closing bracket is an error here, and allowed by the YAML
                    // reader
                    (b',', _) => {
                        self.at += 1;
                        if map {
                            self.blank();
                            self.key()?;
                        }
                        break;
                    }
                    (b'}', true) | (b']', false) => {
                        self.close();
                        maps.pop();
                    }
                    _ => return Err(Stop::NotJson),
                }
            }
        }
    }

    fn close(&mut self) {
        self.at += 1;
        self.builder.close(self.line);
    }

    fn key(&mut self) -> Result<(), Stop> {
        if self.peek() != b'"' {
            return Err(Stop::NotJson);
        }
        self.string()?;
        self.blank();
        if self.peek() != b':' {
            return Err(Stop::NotJson);
        }
        self.at += 1;
        Ok(())
    }

    /// A string whose opening quote is at the cursor. Lone surrogates become the replacement
    /// character.
    fn string(&mut self) -> Result<(), Stop> {
        let quote = self.at;
        self.at += 1;
        let start = self.at;
        // most strings hold no escape, and then they are a piece of the source without a copy
        while !matches!(self.bytes.get(self.at), None | Some(b'"' | b'\\' | b'\n')) {
            self.at += 1;
        }
        if self.bytes.get(self.at) == Some(&b'"') {
            self.at += 1;
            return self.push(
                (NodeKind::Quoted, start as u32, (self.at - 1 - start) as u32),
                quote,
            );
        }
        // escapes make another text than the source holds, so it is kept apart
        let from = self.builder.own.len();
        let mut plain = start;
        loop {
            match self.bytes.get(self.at) {
                None | Some(b'\n') => return Err(Stop::NotJson),
                Some(b'"') => {
                    self.builder.own.push_str(&self.text[plain..self.at]);
                    self.at += 1;
                    return self.push(
                        (
                            NodeKind::OwnQuoted,
                            from as u32,
                            (self.builder.own.len() - from) as u32,
                        ),
                        quote,
                    );
                }
                Some(b'\\') => {
                    self.builder.own.push_str(&self.text[plain..self.at]);
                    let c = match self.bytes.get(self.at + 1) {
                        Some(b'n') => '\n',
                        Some(b't') => '\t',
                        Some(b'r') => '\r',
                        Some(b'b') => '\u{8}',
                        Some(b'f') => '\u{c}',
                        Some(&byte @ (b'"' | b'\\' | b'/')) => byte as char,
                        Some(b'u') => {
                            let high = self.hex(self.at + 2)?;
                            let low = if (0xd800..0xdc00).contains(&high)
                                && self.bytes.get(self.at + 6..self.at + 8) == Some(b"\\u")
                            {
                                self.hex(self.at + 8)
                                    .ok()
                                    .filter(|low| (0xdc00..0xe000).contains(low))
                            } else {
                                None
                            };
                            self.at += if low.is_some() { 10 } else { 4 };
                            let code = low.map_or(high, |low| {
                                0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
                            });
                            // half a surrogate is no character; a file with one is still worth
                            // reading
                            char::from_u32(code).unwrap_or('\u{fffd}')
                        }
                        _ => return Err(Stop::NotJson),
                    };
                    self.builder.own.push(c);
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
    fn the_start_of_broken_json_is_read_up_to_its_end() {
        let read = |text: &str| Tree::parse_json_start(text.to_owned(), crate::Limits::default());
        let (tree, rest) = read("{\"a\": 1}\n}\n\"b\": 2\n").unwrap();
        assert_eq!((tree.len(), rest), (3, Some(2)));
        assert_eq!(read("[1]\n").unwrap().1, None);
        let broken = read("{\n  \"a\": 1\n  \"b\": 2\n}\n").unwrap_err();
        assert_eq!(broken.line(), 3);
        assert!(broken.to_string().contains("the JSON breaks off here"));
        assert!(read("").is_err() && read("a: 1").is_err());
    }

    #[test]
    fn json_with_tabs_and_escapes_keeps_its_lines() {
        let tree = Tree::parse(
            "{\n\t\"a\\/b\": \"x\\ud83d\\ude00\",\n\t\"n\": [1, -2.5e3, true, null, {}, []]\n}\n",
        )
        .unwrap();
        let root = tree.root().unwrap();
        assert_eq!(root.get("a/b").unwrap().text(), Some("x😀"));
        assert_eq!(root.get("n").unwrap().line(), 3);
        assert_eq!(root.end_line(), 4);
        let kinds: Vec<_> = root
            .get("n")
            .unwrap()
            .items()
            .filter_map(|item| item.scalar())
            .collect();
        assert_eq!(
            kinds,
            [
                Scalar::Number(1.0),
                Scalar::Number(-2500.0),
                Scalar::Bool(true),
                Scalar::Null
            ]
        );
    }

    #[test]
    fn what_is_not_json_goes_to_the_yaml_reader() {
        assert_eq!(
            Tree::parse("{a: b}")
                .unwrap()
                .root()
                .unwrap()
                .get("a")
                .unwrap()
                .text(),
            Some("b")
        );
        assert!(Tree::parse("{\"a\": ").is_err());
    }

    #[test]
    fn nesting_is_bounded_without_recursion() {
        assert!(matches!(
            Tree::parse(&"{\"a\":".repeat(100_000)),
            Err(Error::TooDeep { .. })
        ));
        assert!(matches!(
            Tree::parse(&"[".repeat(100_000)),
            Err(Error::TooDeep { .. })
        ));
    }
}
