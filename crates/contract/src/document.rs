//! Documents of a release as trees with places, and `$ref` across the files of the same tree.
//!
//! A library is loaded once: the root and every file that can be reached from it. References that
//! leave the repository or go to the network are refused with a message and stay unknown where they
//! stand.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{HashMap, HashSet, VecDeque};

use span_tree::{Node, Tree};

use super::file_reference::{join_reference_path, list_file_references, unescape_pointer_step};
use super::limits::MAX_CHANGES;
use super::template::{read_broken_json, read_tree};
use model::{Snapshot, Unchecked, Untrusted, shorten_text, visible_lines};

// a root that refers to a file that refers to a file would read a repository
/// Most files that one root may reach.
const MAX_FILES: usize = 6_000;
/// Most bytes that one root may reach.
const MAX_BYTES: usize = 96 * 1024 * 1024;
// an excerpt fills a part of a screen
/// Most lines and characters of an excerpt.
const EXCERPT: (usize, usize) = (14, 1_200);
/// Most excerpts of one file: several for each change that is listed.
const EXCERPTS: usize = 6 * MAX_CHANGES;
/// Most bytes of a line that are looked at for an excerpt.
const LINE: usize = 4 * EXCERPT.1;
// longer chains are circles
/// Longest chain of references.
pub(super) const MAX_HOPS: usize = 32;

/// One file.
pub(super) struct LoadedDocument {
    pub path: String,
    pub tree: Tree,
    pub id: usize,
    /// The text, where the tree was not read from it as it is.
    template: Option<String>,
    /// Where each line starts; made when the first excerpt is wanted.
    lines: OnceCell<LineIndex>,
    /// Excerpts made so far.
    excerpts: Cell<usize>,
    /// Nodes by the anchors and ids that name them; made when the first reference by name is
    /// followed.
    anchors: OnceCell<HashMap<Box<str>, u32>>,
}

/// Where each line of a text starts, so that an excerpt costs its own length and not that of the
/// text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    /// Of a text.
    pub fn new(text: &str) -> Self {
        Self {
            starts: std::iter::once(0)
                .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1))
                .collect(),
        }
    }

    /// Lines `from..=to` of the text it was made of, as many of them and as much of each as an
    /// excerpt can hold.
    fn lines<'t>(&self, text: &'t str, from: usize, to: usize) -> Vec<&'t str> {
        let first = from.saturating_sub(1);
        let last = to.max(from).min(first + EXCERPT.0);
        let cut = |at: usize| {
            let start = *self.starts.get(at)?;
            let end = self
                .starts
                .get(at + 1)
                .copied()
                .unwrap_or(text.len())
                .min(start + LINE);
            text.get(start..text.floor_char_boundary(end))
                .map(|line| line.trim_end_matches(['\n', '\r']))
        };
        (first..last).map_while(cut).collect()
    }
}

impl LoadedDocument {
    /// Lines `from..=to` as an excerpt; empty once many more were made than are shown.
    fn excerpt(&self, from: usize, to: usize) -> String {
        self.excerpts.set(self.excerpts.get() + 1);
        if self.excerpts.get() > EXCERPTS {
            return String::new();
        }
        let text = self.template.as_deref().unwrap_or(self.tree.source());
        cut_line_excerpt(
            text,
            self.lines.get_or_init(|| LineIndex::new(text)),
            from,
            to,
        )
    }
}

/// A node and the file it stands in.
#[derive(Clone, Copy)]
pub(super) struct DocumentNode<'a> {
    pub file: &'a LoadedDocument,
    pub node: Node<'a>,
}

/// Where a definition stands, for evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    pub path: String,
    pub line: usize,
    pub excerpt: String,
}

impl<'a> DocumentNode<'a> {
    pub fn with(self, node: Node<'a>) -> Self {
        Self {
            file: self.file,
            node,
        }
    }

    pub fn get(self, key: &str) -> Option<Self> {
        self.node.get(key).map(|node| self.with(node))
    }

    pub fn text(self, key: &str) -> Option<&'a str> {
        self.node.get(key).and_then(Node::text)
    }

    pub fn flag(self, key: &str) -> bool {
        self.node.get(key).and_then(Node::as_bool).unwrap_or(false)
    }

    /// Values of a sequence of scalars.
    pub fn texts(self, key: &str) -> Vec<&'a str> {
        self.node
            .get(key)
            .map(|node| node.items().filter_map(Node::text).collect())
            .unwrap_or_default()
    }

    /// A number that is the same for the same node of the same library.
    pub fn identity(self) -> (usize, u32) {
        (self.file.id, self.node.identity())
    }

    /// Where it is, with the text of the node from the line of `key` on.
    pub fn spot_from(self, line: usize) -> Spot {
        Spot {
            path: self.file.path.clone(),
            line,
            excerpt: self.file.excerpt(line, self.node.end_line()),
        }
    }

    /// Where it is.
    pub fn spot(self) -> Spot {
        self.spot_from(self.node.line())
    }
}

/// Lines `from..=to` of a text, bounded, indentation in common taken off.
pub(super) fn cut_line_excerpt(text: &str, index: &LineIndex, from: usize, to: usize) -> String {
    let wanted = to.saturating_sub(from) + 1;
    let lines = index.lines(text, from, to);
    let indent = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let lines: Vec<&str> = lines
        .iter()
        .map(|line| line.get(indent..).unwrap_or("").trim_end())
        .collect();
    let mut out = shorten_text(lines.join("\n").trim_end(), EXCERPT.1).into_owned();
    if wanted > EXCERPT.0 {
        out.push_str("\n…");
    }
    visible_lines(&out)
}

/// A root document with everything it refers to.
pub(super) struct DocumentSet {
    files: Vec<LoadedDocument>,
    by_path: HashMap<String, usize>,
    /// What could not be read or was refused.
    pub problems: Vec<Unchecked>,
    /// Files that could not be read at all.
    pub unreadable: HashSet<String>,
    memo: RefCell<HashMap<(usize, usize), Option<NodeId>>>,
    /// Names of large mappings, so that a reference into thousands of schemas does not walk them.
    names: RefCell<HashMap<NodeId, HashMap<Box<str>, u32>>>,
}

/// File and node.
type NodeId = (usize, u32);

// a walk over a short mapping costs less than its index
/// Mappings from this size on are indexed by name.
const INDEXED_FROM: usize = 48;

impl DocumentSet {
    /// A side that has no such document.
    pub fn empty() -> Self {
        Self {
            files: Vec::new(),
            by_path: HashMap::new(),
            problems: Vec::new(),
            unreadable: HashSet::new(),
            memo: RefCell::default(),
            names: RefCell::default(),
        }
    }

    /// Reads `root` and what it refers to.
    pub fn load(snapshot: &dyn Snapshot, root: &str) -> Self {
        let mut library = Self::empty();
        // breadth first, so that what is near the root is read before a bound is met
        let (mut queue, mut bytes) = (
            VecDeque::from([(root.to_owned(), None::<(String, usize)>)]),
            0,
        );
        let mut queued: HashSet<String> = HashSet::from([root.to_owned()]);
        let mut refused: HashSet<String> = HashSet::new();
        while let Some((path, from)) = queue.pop_front() {
            // what was left out stays unknown where it stands, and the bound is said
            if library.files.len() >= MAX_FILES || bytes > MAX_BYTES {
                library.problem(
                    root,
                    &format!(
                        "it refers to more than {MAX_FILES} files or {} MB; the rest was not read",
                        MAX_BYTES >> 20
                    ),
                    None,
                );
                break;
            }
            let text = match snapshot.read_text(&path) {
                Ok(text) => text,
                Err(error) => {
                    let from = from
                        .map(|(file, line)| format!(" ({file}:{line} refers to it)"))
                        .unwrap_or_default();
                    library.problem(
                        &path,
                        &format!("{error}{from}"),
                        Some("look at what the reference should point to"),
                    );
                    library.unreadable.insert(path);
                    continue;
                }
            };
            bytes += text.len();
            let read = read_tree(text).or_else(|error| library.mend(snapshot, &path, error));
            match read {
                Ok((tree, template)) => {
                    let (wanted, bad) = list_file_references(&tree, &path);
                    for (line, target, why) in bad {
                        // one target that many name is told once
                        if refused.insert(target.clone()) {
                            library.problem(
                                &format!("{path}:{line}"),
                                &format!("`$ref: {target}` {why}"),
                                Some("compare the referred document by hand"),
                            );
                        }
                    }
                    for (line, target) in wanted {
                        if queued.insert(target.clone()) {
                            queue.push_back((target, Some((path.clone(), line))));
                        }
                    }
                    if template.is_some() {
                        library.problem(
                            &path,
                            "it is a template; it was read without its \
                            placeholders, so the comparison is only approximate",
                            None,
                        );
                    }
                    let id = library.files.len();
                    library.by_path.insert(path.clone(), id);
                    library.files.push(LoadedDocument {
                        path,
                        tree,
                        id,
                        template,
                        lines: OnceCell::new(),
                        excerpts: Cell::new(0),
                        anchors: OnceCell::new(),
                    });
                }
                Err(error) => {
                    library.problem(
                        &path,
                        &format!("it is not readable: {error}"),
                        Some("repair the file, or compare by hand"),
                    );
                    library.unreadable.insert(path);
                }
            }
        }
        library
    }

    /// A broken document of JSON as far as it can be read: what follows behind its end is said.
    fn mend(
        &mut self,
        snapshot: &dyn Snapshot,
        path: &str,
        error: span_tree::Error,
    ) -> Result<(Tree, Option<String>), span_tree::Error> {
        if !path.to_ascii_lowercase().ends_with(".json") {
            return Err(error);
        }
        let text = snapshot.read_text(path).map_err(|_| error)?;
        let (tree, rest) = read_broken_json(text)?;
        if let Some(line) = rest {
            self.problem(
                &format!("{path}:{line}"),
                "more text follows behind the end of the JSON, so other readers may refuse the \
                    file; it was compared up to there",
                Some("repair the file"),
            );
        }
        Ok((tree, None))
    }

    fn problem(&mut self, what: &str, why: &str, settle: Option<&str>) {
        // a list for a person
        if self.problems.len() < 200 {
            self.problems.push(Unchecked {
                what: Untrusted::visible(what),
                why: Untrusted::visible(&shorten_text(why, 300)),
                settle_with: settle.map(str::to_owned).map(model::Untrusted::from),
            });
        }
    }

    /// The document it was loaded for.
    pub fn root(&self) -> Option<DocumentNode<'_>> {
        let file = self.files.first()?;
        file.tree.root().map(|node| DocumentNode { file, node })
    }

    /// Bytes of all files that were read.
    pub fn bytes(&self) -> usize {
        self.files.iter().map(|file| file.tree.source().len()).sum()
    }

    /// Every file that was read.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.path.as_str())
    }

    /// Follows `$ref` as long as the node is one; the name is the last component's. `None` when the
    /// target is unknown.
    pub fn follow<'a>(&'a self, mut place: DocumentNode<'a>) -> Option<DocumentNode<'a>> {
        for _ in 0..MAX_HOPS {
            let Some(reference) = reference_of(place.node) else {
                return Some(place);
            };
            place = self.resolve(place.file, reference)?;
        }
        None
    }

    /// The target of a reference that stands in `file`.
    pub fn resolve<'a>(
        &'a self,
        file: &'a LoadedDocument,
        reference: &'a str,
    ) -> Option<DocumentNode<'a>> {
        // the place of the text is its own key: the same reference in another file may lead
        // elsewhere
        let key = (file.id, reference.as_ptr() as usize);
        let known = self.memo.borrow().get(&key).copied();
        let (file, node) = match known {
            Some(known) => known?,
            None => {
                let found = self.locate(file, reference, 0);
                self.memo.borrow_mut().insert(key, found);
                found?
            }
        };
        let file = self.files.get(file)?;
        file.tree.node(node).map(|node| DocumentNode { file, node })
    }

    fn locate(&self, file: &LoadedDocument, reference: &str, hops: usize) -> Option<NodeId> {
        if hops > MAX_HOPS {
            return None;
        }
        let (path, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        // a file beside this one counts first, as people split documents into files
        let beside = join_reference_path(&file.path, path).and_then(|path| self.by_path.get(&path));
        // a part of the same document may carry the name itself
        let embedded = (!path.is_empty() && beside.is_none())
            .then(|| find_named_anchor(file, path))
            .flatten();
        let mut target = if path.is_empty() || embedded.is_some() {
            file
        } else {
            self.files.get(*beside?)?
        };
        let mut node = match embedded {
            Some((_, node)) => target.tree.node(node)?,
            None => target.tree.root()?,
        };
        // `#name` is an anchor, `#/name` a path
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return find_named_anchor(target, pointer);
        }
        for raw in pointer.split('/').skip(1) {
            let name = unescape_pointer_step(raw);
            let mut tries = 0;
            node = loop {
                if let Some(inner) = self.child(target, node, &name) {
                    break inner;
                }
                // a reference may stand in the middle of the way
                tries += 1;
                let inner = reference_of(node).filter(|_| tries < 8)?;
                let (id, there) = self.locate(target, inner, hops + 1)?;
                target = self.files.get(id)?;
                node = target.tree.node(there)?;
            };
        }
        Some((target.id, node.identity()))
    }

    fn child<'t>(&self, file: &'t LoadedDocument, node: Node<'t>, name: &str) -> Option<Node<'t>> {
        if node.is_sequence() {
            // a pointer that steps into a list gives a place
            return node.items().nth(name.parse().ok()?);
        }
        if node.entries().take(INDEXED_FROM).count() < INDEXED_FROM {
            return node.get(name);
        }
        let mut names = self.names.borrow_mut();
        let index = names.entry((file.id, node.identity())).or_insert_with(|| {
            node.pairs()
                .into_iter()
                .map(|(name, _, value)| (name.into(), value.identity()))
                .collect()
        });
        file.tree.node(*index.get(name)?)
    }
}

/// The `$ref` text of a mapping.
pub(super) fn reference_of(node: Node<'_>) -> Option<&str> {
    if node.is_mapping() {
        // a dynamic reference leads to the same place, as long as no outer document takes it over
        ["$ref", "$dynamicRef", "$recursiveRef"]
            .iter()
            .find_map(|key| node.get(key).and_then(Node::text))
    } else {
        None
    }
}

/// The node with `$anchor`, `$id` or `id` of that name, the outermost of several.
fn find_named_anchor(file: &LoadedDocument, name: &str) -> Option<NodeId> {
    let anchors = file.anchors.get_or_init(|| {
        file.tree
            .root()
            .map(collect_anchor_nodes)
            .unwrap_or_default()
    });
    Some((file.id, *anchors.get(name)?))
}

/// All nodes that are named so, level by level.
fn collect_anchor_nodes(root: Node<'_>) -> HashMap<Box<str>, u32> {
    let (mut queue, mut seen, mut out) = (VecDeque::from([root]), HashSet::new(), HashMap::new());
    // level by level: of several of one name the outermost is meant
    while let Some(node) = queue.pop_front() {
        if !seen.insert(node.identity()) {
            continue;
        }
        if seen.len() > 1 {
            for text in ["$anchor", "$dynamicAnchor", "$id", "id"]
                .iter()
                .filter_map(|key| node.get(key).and_then(Node::text))
            {
                out.entry(text.trim_start_matches('#').into())
                    .or_insert(node.identity());
            }
        }
        let inner = node.items().chain(node.entries().map(|(_, value)| value));
        queue.extend(inner.filter(|inner| inner.is_mapping() || inner.is_sequence()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::MemorySnapshot;

    #[test]
    fn references_are_followed_across_files_and_in_the_middle_of_a_pointer() {
        let snapshot = MemorySnapshot::new([
            (
                "api/root.yaml",
                "openapi: 3.0.0\ncomponents:\n  schemas: {$ref: ./schemas/_index.yaml}\nx: {$ref: \
                    '#/components/schemas/Card/properties/a~1b'}\n",
            ),
            ("api/schemas/_index.yaml", "Card: {$ref: card.yaml#/Card}\n"),
            (
                "api/schemas/card.yaml",
                "Card:\n  properties:\n    a/b: {type: string}\n",
            ),
        ]);
        let library = DocumentSet::load(&snapshot, "api/root.yaml");
        assert!(library.problems.is_empty(), "{:?}", library.problems);
        let root = library.root().unwrap();
        let found = library.follow(root.get("x").unwrap()).unwrap();
        assert_eq!(
            (
                found.file.path.as_str(),
                found.node.line(),
                found.text("type")
            ),
            ("api/schemas/card.yaml", 3, Some("string"))
        );
    }

    #[test]
    fn references_out_of_the_tree_are_refused_in_words() {
        let snapshot = MemorySnapshot::new([(
            "a.yaml",
            "a: {$ref: '../../etc/passwd'}\nb: {$ref: 'https://example.org/x.yaml#/B'}\nc: {$ref: \
                '/etc/x'}\nd: {$ref: gone.yaml}\n",
        )]);
        let library = DocumentSet::load(&snapshot, "a.yaml");
        let whys: Vec<&str> = library
            .problems
            .iter()
            .map(|problem| problem.why.as_raw())
            .collect();
        assert_eq!(whys.len(), 4, "{whys:?}");
        assert!(
            whys.iter().any(|why| why.contains("not fetched"))
                && whys.iter().any(|why| why.contains("leaves the repository"))
        );
        let root = library.root().unwrap();
        assert!(
            ["a", "b", "c", "d"]
                .iter()
                .all(|key| library.follow(root.get(key).unwrap()).is_none())
        );
    }

    #[test]
    fn circles_end() {
        let snapshot = MemorySnapshot::new([(
            "a.yaml",
            "a: {$ref: '#/b'}\nb: {$ref: '#/a'}\nc: {$ref: '#/c'}\nd: {$ref: '#/c/x'}\n",
        )]);
        let library = DocumentSet::load(&snapshot, "a.yaml");
        let root = library.root().unwrap();
        assert!(
            ["a", "b", "c", "d"]
                .iter()
                .all(|key| library.follow(root.get(key).unwrap()).is_none())
        );
    }
}
