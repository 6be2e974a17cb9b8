//! What can be asked of a node.

use super::{Id, NOWHERE, Node, NodeKind, Scalar, Stored};

impl<'a> Node<'a> {
    fn stored(self) -> Option<&'a Stored> {
        let mut id = self.id;
        // an alias to an alias is rare; a circle of them must end
        for _ in 0..32 {
            let stored = &self.tree.nodes[id as usize];
            match stored.kind {
                NodeKind::Alias if stored.from == NOWHERE => return None,
                NodeKind::Alias => id = stored.from,
                _ => return Some(stored),
            }
        }
        None
    }

    /// A number that is the same for the same node, aliases followed: for visited sets.
    pub fn identity(self) -> u32 {
        let mut id = self.id;
        for _ in 0..32 {
            match &self.tree.nodes[id as usize] {
                Stored {
                    kind: NodeKind::Alias,
                    from,
                    ..
                } if *from != NOWHERE => id = *from,
                _ => return id,
            }
        }
        id
    }

    /// Line, from 1; of the alias itself where it is one.
    pub fn line(self) -> usize {
        self.tree.nodes[self.id as usize].line as usize
    }

    /// Column, from 1.
    pub fn column(self) -> usize {
        self.tree.nodes[self.id as usize].column as usize
    }

    /// Line where it ends, from 1.
    pub fn end_line(self) -> usize {
        self.tree.nodes[self.id as usize].end_line as usize
    }

    /// A scalar's text as written, without quotes.
    pub fn text(self) -> Option<&'a str> {
        self.written().map(|(text, _)| text)
    }

    /// A scalar that stands without quotes: readers of older YAML take `yes`, `0777` and `12:30`
    /// for something else than a text there.
    pub fn is_plain(self) -> bool {
        self.written().is_some_and(|(_, plain)| plain)
    }

    /// A scalar's text, and whether it stands without quotes.
    fn written(self) -> Option<(&'a str, bool)> {
        let stored = self.stored()?;
        let (pool, plain) = match stored.kind {
            NodeKind::Plain => (&self.tree.source, true),
            NodeKind::Quoted => (&self.tree.source, false),
            NodeKind::OwnPlain => (&self.tree.own, true),
            NodeKind::OwnQuoted => (&self.tree.own, false),
            NodeKind::Sequence | NodeKind::Mapping | NodeKind::Alias => return None,
        };
        let from = stored.from as usize;
        Some((
            pool.get(from..from + stored.count as usize).unwrap_or(""),
            plain,
        ))
    }

    fn children(self, kind: NodeKind, each: usize) -> &'a [Id] {
        match self.stored() {
            Some(stored) if stored.kind == kind => {
                let from = stored.from as usize;
                self.tree
                    .children
                    .get(from..from + stored.count as usize * each)
                    .unwrap_or(&[])
            }
            _ => &[],
        }
    }

    /// A scalar's meaning.
    pub fn scalar(self) -> Option<Scalar<'a>> {
        let (text, plain) = self.written()?;
        if !plain {
            return Some(Scalar::Text(text));
        }
        Some(match text {
            "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
            "true" | "True" | "TRUE" => Scalar::Bool(true),
            "false" | "False" | "FALSE" => Scalar::Bool(false),
            other => {
                // `parse` takes `inf` and `nan` too, which YAML writes otherwise, so the letters
                // are looked at
                let numeric = other
                    .bytes()
                    .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'))
                    && other.bytes().any(|b| b.is_ascii_digit());
                match other.parse::<f64>() {
                    Ok(number) if numeric => Scalar::Number(number),
                    _ => Scalar::Text(other),
                }
            }
        })
    }

    /// A boolean scalar.
    pub fn as_bool(self) -> Option<bool> {
        match self.scalar()? {
            Scalar::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// A numeric scalar.
    pub fn as_number(self) -> Option<f64> {
        match self.scalar()? {
            Scalar::Number(value) => Some(value),
            _ => None,
        }
    }

    /// `null`, or an alias to nothing.
    pub fn is_null(self) -> bool {
        match self.stored() {
            None => true,
            Some(_) => matches!(self.scalar(), Some(Scalar::Null)),
        }
    }

    /// It is a mapping.
    pub fn is_mapping(self) -> bool {
        self.stored()
            .is_some_and(|stored| stored.kind == NodeKind::Mapping)
    }

    /// It is a sequence.
    pub fn is_sequence(self) -> bool {
        self.stored()
            .is_some_and(|stored| stored.kind == NodeKind::Sequence)
    }

    /// Items of a sequence, in order; nothing for anything else.
    pub fn items(self) -> impl Iterator<Item = Node<'a>> {
        self.children(NodeKind::Sequence, 1)
            .iter()
            .map(move |&id| Node {
                tree: self.tree,
                id,
            })
    }

    /// Entries of a mapping as written, in order, duplicates and `<<` included; nothing for
    /// anything else.
    pub fn entries(self) -> impl Iterator<Item = (Node<'a>, Node<'a>)> {
        let tree = self.tree;
        self.children(NodeKind::Mapping, 2)
            .chunks_exact(2)
            .map(move |pair| (Node { tree, id: pair[0] }, Node { tree, id: pair[1] }))
    }

    /// The value of a key: its first own entry, else one merged by `<<`.
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// As [`Node::get`], with the key's own node: its line is where the entry starts.
    pub fn entry(self, key: &str) -> Option<(Node<'a>, Node<'a>)> {
        // own keys go before merged ones
        if let Some(found) = self.entries().find(|(name, _)| name.text() == Some(key)) {
            return Some(found);
        }
        // most mappings merge nothing, and listing all pairs for each key would be quadratic
        if !self.entries().any(|(name, _)| name.text() == Some("<<")) {
            return None;
        }
        self.pairs()
            .into_iter()
            .find(|(name, ..)| *name == key)
            .map(|(_, name, value)| (name, value))
    }

    /// Entries of a mapping with `<<` expanded and without repeated keys (the first one counts), in
    /// order. Keys that are not scalars are left out.
    pub fn pairs(self) -> Vec<(&'a str, Node<'a>, Node<'a>)> {
        let mut out = Vec::new();
        let mut seen = std::collections::HashSet::new();
        self.collect_pairs(&mut Default::default(), &mut seen, &mut out);
        out
    }

    /// `visited` keeps merges of merges from being walked twice, so a web of aliases costs its size
    /// once.
    fn collect_pairs(
        self,
        visited: &mut std::collections::HashSet<u32>,
        seen: &mut std::collections::HashSet<&'a str>,
        out: &mut Vec<(&'a str, Node<'a>, Node<'a>)>,
    ) {
        if visited.len() > 100 || !visited.insert(self.identity()) {
            return;
        }
        for (key, value) in self.entries() {
            let Some(name) = key.text() else { continue };
            if name != "<<" && seen.insert(name) {
                out.push((name, key, value));
            }
        }
        // behind its own keys, so that these are seen first and stay
        for (_, merged) in self.entries().filter(|(key, _)| key.text() == Some("<<")) {
            if merged.is_mapping() {
                merged.collect_pairs(visited, seen, out);
            } else {
                merged
                    .items()
                    .for_each(|item| item.collect_pairs(visited, seen, out));
            }
        }
    }

    /// The value below a path of keys.
    pub fn at(self, path: &[&str]) -> Option<Node<'a>> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }
}
