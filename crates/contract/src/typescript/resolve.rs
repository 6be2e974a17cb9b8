//! What a file exports in the end, with re-exports followed through the tree.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::model::{Export, Module, TypescriptEntity, TypescriptKind, TypescriptLines};
use super::read;
use super::types::TypescriptType;
use crate::document::{LineIndex, MAX_HOPS, Spot, cut_line_excerpt};
use crate::file_reference::join_reference_path;
use crate::limits::MAX_CHANGES;
use model::{ReadError, Snapshot, Unchecked, Untrusted};

// a package has hundreds; re-exports may lead through the whole tree
/// Most files read on one side.
const MAX_FILES: usize = 3_000;

// an alias of an alias of unions may double with each step
/// Most members of a union that aliases make.
const MAX_PARTS: usize = 200_000;
/// Most aliases of aliases.
const MAX_ALIASES: usize = 8;
// re-exports of re-exports multiply
/// Most names that one file may pass on.
const MAX_NAMES: usize = 20_000;
// `export * as a` in a circle makes names without end
/// Most namespaces within each other that re-exports make.
const MAX_NESTED: usize = 5;

/// Most parts of types that the aliases of one text may be replaced by, and more for each byte of
/// it.
const EXPANDED: (usize, usize) = (1_000_000, 20);
/// Most excerpts of one text: several for each change that is listed.
const EXCERPTS: usize = 6 * MAX_CHANGES;

// generated packages hold the same text many times
/// A text that was read; files of the same text share it.
pub(super) struct ParsedModule {
    text: Rc<str>,
    /// Where each line starts.
    index: LineIndex,
    module: Module,
    /// Excerpts made so far.
    excerpts: Cell<usize>,
    /// Parts of types that aliases were replaced by so far.
    expanded: Cell<usize>,
}

/// One file with its text.
pub(super) struct LoadedModule {
    pub path: String,
    parsed: Rc<ParsedModule>,
}

impl std::ops::Deref for LoadedModule {
    type Target = ParsedModule;

    fn deref(&self) -> &ParsedModule {
        &self.parsed
    }
}

impl LoadedModule {
    /// Where lines are; without an excerpt once many more were made than are shown.
    pub fn spot(&self, lines: TypescriptLines) -> Spot {
        self.excerpts.set(self.excerpts.get() + 1);
        let within = self.excerpts.get() <= EXCERPTS;
        let excerpt = if within {
            cut_line_excerpt(&self.text, &self.index, lines.0, lines.1.max(lines.0))
        } else {
            String::new()
        };
        Spot {
            path: self.path.clone(),
            line: lines.0,
            excerpt,
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// A type with the aliases of this file that it names replaced by what they stand for.
    pub fn expanded(&self, kind: &TypescriptType) -> TypescriptType {
        let mut out = kind.clone();
        // one step for each alias of an alias
        for _ in 0..MAX_ALIASES {
            if self.expanded.get() > EXPANDED.0 + EXPANDED.1 * self.text.len() {
                break;
            }
            let alias = |part: &String| {
                self.module
                    .locals
                    .get(part)
                    .filter(|own| own.kind == TypescriptKind::Alias && own.generics.is_empty())?
                    .value
                    .as_ref()
            };
            let parts = out.parts.iter().flat_map(|part| {
                alias(part).map_or_else(
                    || vec![part.clone()],
                    |own| own.parts.iter().cloned().collect(),
                )
            });
            let parts: BTreeSet<String> = parts.collect();
            self.expanded.set(self.expanded.get() + 1 + parts.len());
            // what grows beyond all measure stays as it is written: a part of it would equal where
            // the whole does not
            if parts == out.parts || parts.len() > MAX_PARTS {
                break;
            }
            out.parts = parts;
        }
        out
    }

    /// A part of it was not understood.
    pub fn broken(&self) -> bool {
        !self.module.unread.is_empty()
    }
}

/// A definition and the file that it stands in.
#[derive(Clone)]
pub(super) struct LocatedEntity {
    pub entity: Rc<TypescriptEntity>,
    pub file: Rc<LoadedModule>,
}

/// What users of a file can name.
#[derive(Default)]
pub(super) struct Public {
    pub names: BTreeMap<String, LocatedEntity>,
    /// Definitions that the public ones lead to without being exported.
    pub inner: BTreeMap<String, LocatedEntity>,
    /// Packages all of which is passed on, and which are not in the tree.
    pub open: BTreeSet<String>,
}

/// One of the two trees.
pub(super) struct TypescriptTree<'a> {
    tree: &'a dyn Snapshot,
    files: RefCell<HashMap<String, Option<Rc<LoadedModule>>>>,
    /// What was read of each text, whatever files have it.
    parsed: RefCell<HashMap<Rc<str>, Option<Rc<ParsedModule>>>>,
    problems: RefCell<Vec<Unchecked>>,
}

impl<'a> TypescriptTree<'a> {
    pub fn new(tree: &'a dyn Snapshot) -> Self {
        Self {
            tree,
            files: RefCell::default(),
            parsed: RefCell::default(),
            problems: RefCell::default(),
        }
    }

    /// What was not understood.
    pub fn problems(&self) -> Vec<Unchecked> {
        self.problems.borrow().clone()
    }

    fn problem(&self, what: &str, why: &str) {
        let settle_with = Some("compare the two versions by hand".to_owned());
        self.problems.borrow_mut().push(Unchecked {
            what: Untrusted::visible(what),
            why: why.into(),
            settle_with: settle_with.map(model::Untrusted::from),
        });
    }

    /// The file of a path, read once.
    pub fn file(&self, path: &str) -> Option<Rc<LoadedModule>> {
        if let Some(known) = self.files.borrow().get(path) {
            return known.clone();
        }
        if self.files.borrow().len() >= MAX_FILES {
            return None;
        }
        let loaded = match self.tree.read_text(path) {
            Ok(text) => match self.parse(text) {
                Some(parsed) => {
                    if let Some(line) = parsed.module.unread.first() {
                        self.problem(
                            &format!("{path}:{line}"),
                            "a declaration was not understood and left out of the comparison",
                        );
                    }
                    Some(Rc::new(LoadedModule {
                        path: path.to_owned(),
                        parsed,
                    }))
                }
                None => {
                    self.problem(
                        path,
                        "the declarations are too long or too tangled to be read",
                    );
                    None
                }
            },
            Err(ReadError::NotFound(_)) => None,
            Err(error) => {
                self.problem(path, &error.to_string());
                None
            }
        };
        self.files
            .borrow_mut()
            .insert(path.to_owned(), loaded.clone());
        loaded
    }

    /// What a text says, read once.
    fn parse(&self, text: String) -> Option<Rc<ParsedModule>> {
        if let Some(known) = self.parsed.borrow().get(text.as_str()) {
            return known.clone();
        }
        let text: Rc<str> = text.into();
        let parsed = read::read_typescript_module(&text).map(|module| {
            let index = LineIndex::new(&text);
            Rc::new(ParsedModule {
                text: Rc::clone(&text),
                index,
                module,
                excerpts: Cell::new(0),
                expanded: Cell::new(0),
            })
        });
        self.parsed.borrow_mut().insert(text, parsed.clone());
        parsed
    }

    /// The file that an import means, when it is one of the tree.
    fn find(&self, from: &str, source: &str) -> Option<Rc<LoadedModule>> {
        // a bare name is a package, and packages are not in the tree
        if !source.starts_with('.') {
            return None;
        }
        let whole = join_reference_path(from, source)?;
        // imports name what is compiled, and the tree holds what is written
        let bare = [".js", ".mjs", ".cjs", ".ts", ".d"]
            .iter()
            .find_map(|end| whole.strip_suffix(end))
            .unwrap_or(&whole);
        let base = bare.strip_suffix(".d").unwrap_or(bare);
        let join = |end: &str| {
            if base.is_empty() {
                end.trim_start_matches('/').to_owned()
            } else {
                format!("{base}{end}")
            }
        };
        // declarations before sources: they are what users read
        let ends = [
            ".d.ts",
            ".d.mts",
            ".d.cts",
            ".ts",
            ".mts",
            ".cts",
            ".tsx",
            "/index.d.ts",
            "/index.d.mts",
            "/index.ts",
        ];
        ends.iter()
            .map(|end| join(end))
            .find(|path| self.tree.has(path))
            .and_then(|path| self.file(&path))
    }

    /// All that users of a file can name.
    pub fn public(&self, path: &str) -> Option<Public> {
        let mut out = Public::default();
        let file = self.file(path)?;
        self.collect(&file, "", &mut out, &mut HashSet::new(), 0);
        self.inner(&mut out);
        Some(out)
    }

    fn collect(
        &self,
        file: &Rc<LoadedModule>,
        prefix: &str,
        out: &mut Public,
        on_way: &mut HashSet<String>,
        hops: usize,
    ) {
        // files may import each other in a circle
        if hops > MAX_HOPS || !on_way.insert(format!("{prefix}{}", file.path)) {
            return;
        }
        if out.names.len() >= MAX_NAMES || prefix.matches('.').count() > MAX_NESTED {
            // what is beyond is not known, and the other side may have less of it
            out.open.insert(file.path.clone());
            return;
        }
        let exports = &file.module.exports;
        let hidden =
            |outer: &str| file.module.locals.contains_key(outer) && !exports.contains_key(outer);
        for (name, export) in exports {
            // what is in a namespace that is not exported is not either
            if name
                .match_indices('.')
                .any(|(at, _)| name.get(..at).is_some_and(hidden))
            {
                continue;
            }
            self.export(file, &format!("{prefix}{name}"), export, out, on_way, hops);
        }
        for source in &file.module.stars {
            match self.find(&file.path, source) {
                Some(other) => {
                    // names of its own go before what a star brings, and no star brings a default
                    let mut more = Public::default();
                    self.collect(&other, "", &mut more, on_way, hops + 1);
                    for (name, placed) in more
                        .names
                        .into_iter()
                        .filter(|(name, _)| name != "default" && name != "export=")
                    {
                        out.names.entry(format!("{prefix}{name}")).or_insert(placed);
                    }
                    out.open.extend(more.open);
                }
                None => {
                    out.open.insert(source.clone());
                }
            }
        }
    }

    fn export(
        &self,
        file: &Rc<LoadedModule>,
        name: &str,
        export: &Export,
        out: &mut Public,
        on_way: &mut HashSet<String>,
        hops: usize,
    ) {
        match export {
            Export::Local(local) => {
                if let Some(entity) = file.module.locals.get(local) {
                    // a namespace passes on what is in it
                    for (inner, within) in file
                        .module
                        .locals
                        .range(format!("{local}.")..)
                        .take_while(|(inner, _)| inner.starts_with(&format!("{local}.")))
                    {
                        let exported = file.module.exports.contains_key(inner);
                        if let Some(rest) = inner
                            .strip_prefix(local.as_str())
                            .filter(|_| exported || name != local)
                        {
                            let placed = LocatedEntity {
                                entity: Rc::clone(within),
                                file: Rc::clone(file),
                            };
                            out.names.entry(format!("{name}{rest}")).or_insert(placed);
                        }
                    }
                    let placed = LocatedEntity {
                        entity: Rc::clone(entity),
                        file: Rc::clone(file),
                    };
                    out.names.insert(name.to_owned(), placed);
                } else if let Some(import) =
                    file.module.imports.get(local).filter(|_| hops <= MAX_HOPS)
                {
                    self.export(file, name, import, out, on_way, hops + 1);
                } else {
                    // an expression, or a name that is not there: its text is all that is known
                    out.names
                        .insert(name.to_owned(), place_foreign_name(file, local, (1, 1)));
                }
            }
            Export::From {
                source,
                name: wanted,
                lines,
            } => {
                let found = self.find(&file.path, source);
                match (found, wanted) {
                    (Some(other), None) => {
                        out.names.insert(
                            name.to_owned(),
                            LocatedEntity {
                                entity: Rc::new(build_bare_entity(
                                    TypescriptKind::Namespace,
                                    *lines,
                                    String::new(),
                                )),
                                file: Rc::clone(file),
                            },
                        );
                        self.collect(&other, &format!("{name}."), out, on_way, hops + 1);
                    }
                    (Some(other), Some(wanted)) => {
                        if !self.lookup(&other, wanted, name, out, &mut HashSet::new(), hops + 1) {
                            out.names.insert(
                                name.to_owned(),
                                place_foreign_name(file, &format!("{source}#{wanted}"), *lines),
                            );
                        }
                    }
                    (None, _) => {
                        let wanted = wanted.as_deref().unwrap_or("*");
                        out.names.insert(
                            name.to_owned(),
                            place_foreign_name(file, &format!("{source}#{wanted}"), *lines),
                        );
                    }
                }
            }
        }
    }

    /// Finds one name of a file and what is in it, and gives it out as `name`. A file that was
    /// asked for a name once is not asked again.
    fn lookup(
        &self,
        file: &Rc<LoadedModule>,
        wanted: &str,
        name: &str,
        out: &mut Public,
        seen: &mut HashSet<String>,
        hops: usize,
    ) -> bool {
        // a star may lead back to where the search began
        if hops > MAX_HOPS || !seen.insert(format!("{wanted}#{}", file.path)) {
            return false;
        }
        match file.module.exports.get(wanted) {
            Some(Export::From {
                source,
                name: Some(inner),
                ..
            }) => {
                if let Some(other) = self.find(&file.path, source) {
                    return self.lookup(&other, inner, name, out, seen, hops + 1);
                }
            }
            Some(Export::Local(local)) if !file.module.locals.contains_key(local) => {
                if let Some(Export::From {
                    source,
                    name: Some(inner),
                    ..
                }) = file.module.imports.get(local)
                    && let Some(other) = self.find(&file.path, source)
                {
                    return self.lookup(&other, inner, name, out, seen, hops + 1);
                }
            }
            Some(_) => {}
            None => {
                return file
                    .module
                    .stars
                    .iter()
                    .filter_map(|source| self.find(&file.path, source))
                    .any(|other| self.lookup(&other, wanted, name, out, seen, hops + 1));
            }
        }
        if let Some(export) = file.module.exports.get(wanted) {
            self.export(file, name, export, out, &mut HashSet::new(), hops + 1);
        }
        true
    }

    // a public type is made of others: a change in them is one of it
    fn inner(&self, out: &mut Public) {
        let mut queue: Vec<(Rc<LoadedModule>, String)> = out
            .names
            .values()
            .flat_map(|placed| {
                placed
                    .entity
                    .names
                    .iter()
                    .map(|name| (Rc::clone(&placed.file), name.clone()))
            })
            .collect();
        let exported: HashSet<(String, TypescriptLines)> = out
            .names
            .values()
            .map(|placed| (placed.file.path.clone(), placed.entity.lines))
            .collect();
        let mut seen = HashSet::new();
        while let Some((file, name)) = queue.pop() {
            // types lead to each other in circles
            if !seen.insert((file.path.clone(), name.clone())) {
                continue;
            }
            let Some(entity) = file.module.locals.get(&name) else {
                continue;
            };
            queue.extend(
                entity
                    .names
                    .iter()
                    .map(|name| (Rc::clone(&file), name.clone())),
            );
            if !exported.contains(&(file.path.clone(), entity.lines)) {
                out.inner.entry(name).or_insert_with(|| LocatedEntity {
                    entity: Rc::clone(entity),
                    file: Rc::clone(&file),
                });
            }
        }
    }
}

fn build_bare_entity(
    kind: TypescriptKind,
    lines: TypescriptLines,
    text: String,
) -> TypescriptEntity {
    TypescriptEntity {
        kind,
        lines,
        generics: Vec::new(),
        heritage: if text.is_empty() {
            BTreeSet::new()
        } else {
            BTreeSet::from([text])
        },
        members: BTreeMap::new(),
        calls: Vec::new(),
        value: None,
        names: BTreeSet::new(),
    }
}

/// A name of a package that is not in the tree: where it is from is all that is known.
fn place_foreign_name(
    file: &Rc<LoadedModule>,
    from: &str,
    lines: TypescriptLines,
) -> LocatedEntity {
    LocatedEntity {
        entity: Rc::new(build_bare_entity(
            TypescriptKind::Elsewhere,
            lines,
            from.to_owned(),
        )),
        file: Rc::clone(file),
    }
}
