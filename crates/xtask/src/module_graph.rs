//! Which file uses which, and the circles in that.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// A module: the package, then the names of its path.
pub type ModulePath = Vec<String>;

/// What a file names, as modules as far as they are files. Items of tests are left out.
pub fn read_uses(
    file: &syn::File,
    here: &ModulePath,
    known: &BTreeSet<ModulePath>,
) -> BTreeSet<ModulePath> {
    let mut reader = UseReader {
        at: here.clone(),
        here,
        known,
        names: BTreeMap::new(),
        found: BTreeSet::new(),
    };
    // once for the names that `use` gives to modules, which may stand behind a path through one
    reader.visit_file(file);
    reader.visit_file(file);
    reader.found.remove(here);
    reader.found
}

/// Whether an item is compiled for tests only.
pub fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg")
                && matches!(&attribute.meta, syn::Meta::List(list) if list.tokens.to_string() == "test")
    })
}

struct UseReader<'a> {
    /// The module at this place, modules within the file included.
    at: ModulePath,
    here: &'a ModulePath,
    known: &'a BTreeSet<ModulePath>,
    /// Modules by the name that `use` gives them, and the module where it does.
    names: BTreeMap<(ModulePath, String), ModulePath>,
    found: BTreeSet<ModulePath>,
}

impl UseReader<'_> {
    /// The path from the package on, as far as it is named here.
    fn resolve_path(&self, names: &[String]) -> Option<ModulePath> {
        let first = names.first()?;
        let mut path: ModulePath = match first.as_str() {
            "crate" => vec![self.here[0].clone()],
            "self" => self.at.clone(),
            "super" => {
                let mut above = self.at.clone();
                above.pop();
                above
            }
            _ => self.find_named_module(first)?,
        };
        for name in &names[1..] {
            match name.as_str() {
                "super" => drop(path.pop()),
                // `use a::{self}` names the module itself
                "self" => {}
                _ => path.push(name.clone()),
            }
        }
        Some(path)
    }

    /// A module that has a name of its own here: a child, or one that `use` brought in.
    fn find_named_module(&self, name: &str) -> Option<ModulePath> {
        let mut child = self.at.clone();
        child.push(name.to_owned());
        if self.known.contains(&child) {
            return Some(child);
        }
        let given = self.names.get(&(self.at.clone(), name.to_owned()));
        given.cloned()
    }

    fn note_path(&mut self, names: &[String]) {
        let Some(mut path) = self.resolve_path(names) else {
            return;
        };
        while path.len() > 1 && !self.known.contains(&path) {
            path.pop();
        }
        if self.known.contains(&path) {
            self.found.insert(path);
        }
    }

    /// `use` gives a module a name here.
    fn note_name(&mut self, names: &[String], name: &str) {
        let module = self.resolve_path(names);
        if let Some(module) = module.filter(|module| self.known.contains(module)) {
            self.names
                .insert((self.at.clone(), name.to_owned()), module);
        }
    }

    fn note_use(&mut self, tree: &syn::UseTree, before: &mut Vec<String>) {
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.note_use(&path.tree, before);
                before.pop();
            }
            syn::UseTree::Name(name) => {
                before.push(name.ident.to_string());
                self.note_path(before);
                // `use a::b::{self}` gives the name `b`
                let given = before.iter().rev().find(|name| *name != "self");
                if let Some(given) = given.cloned() {
                    self.note_name(before, &given);
                }
                before.pop();
            }
            syn::UseTree::Rename(name) => {
                before.push(name.ident.to_string());
                self.note_path(before);
                self.note_name(before, &name.rename.to_string());
                before.pop();
            }
            syn::UseTree::Glob(_) => self.note_path(before),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.note_use(tree, before);
                }
            }
        }
    }

    /// Paths that begin with `crate`, `super` or the name of a module within the words of a macro.
    fn note_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    let name = name.to_string();
                    let begins = name == "crate"
                        || name == "super"
                        || self.find_named_module(&name).is_some();
                    if !path.is_empty() || begins {
                        path.push(name);
                    }
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => {}
                TokenTree::Group(group) => {
                    self.end_path(&mut path);
                    self.note_tokens(group.stream());
                }
                _ => self.end_path(&mut path),
            }
        }
        self.end_path(&mut path);
    }

    fn end_path(&mut self, path: &mut Vec<String>) {
        if path.len() > 1 {
            let names = std::mem::take(path);
            self.note_path(&names);
        }
        path.clear();
    }
}

impl<'ast> Visit<'ast> for UseReader<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes = match item {
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_for_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.at.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.at.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.note_use(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            let names: Vec<String> = path
                .segments
                .iter()
                .map(|segment| segment.ident.to_string())
                .collect();
            self.note_path(&names);
        }
        visit::visit_path(self, path);
    }

    // who may see an item is no use of the module that is named there
    fn visit_visibility(&mut self, _visibility: &'ast syn::Visibility) {}

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.note_tokens(item.tokens.clone());
    }
}

/// What of a family is no circle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// A module that uses its own parent: a parent declares its children.
    Parent,
    /// A module that uses any module above it.
    Ancestors,
}

/// Groups of modules that reach each other, the largest first.
pub fn find_circles(
    uses: &BTreeMap<ModulePath, BTreeSet<ModulePath>>,
    left_out: LeftOut,
) -> Vec<Vec<ModulePath>> {
    let edges: BTreeMap<&ModulePath, Vec<&ModulePath>> = uses
        .iter()
        .map(|(from, to)| {
            let to = to
                .iter()
                .filter(|to| match left_out {
                    LeftOut::Parent => from[..from.len() - 1] != to[..],
                    LeftOut::Ancestors => !from.starts_with(to),
                })
                .collect();
            (from, to)
        })
        .collect();
    let mut backward: BTreeMap<&ModulePath, Vec<&ModulePath>> = BTreeMap::new();
    for (from, to) in &edges {
        for to in to {
            backward.entry(to).or_default().push(from);
        }
    }
    // Kosaraju's way: the order in which a walk forward ends, then walks backward in that order
    let mut seen = BTreeSet::new();
    let mut ended = Vec::new();
    for start in edges.keys() {
        walk_uses(start, &edges, &mut seen, &mut ended);
    }
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for start in ended.into_iter().rev() {
        let mut group = Vec::new();
        walk_uses(start, &backward, &mut seen, &mut group);
        if group.len() > 1 {
            group.sort();
            circles.push(group.into_iter().cloned().collect::<Vec<ModulePath>>());
        }
    }
    circles.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
    circles
}

fn walk_uses<'a>(
    start: &'a ModulePath,
    edges: &BTreeMap<&'a ModulePath, Vec<&'a ModulePath>>,
    seen: &mut BTreeSet<&'a ModulePath>,
    ended: &mut Vec<&'a ModulePath>,
) {
    if !seen.insert(start) {
        return;
    }
    let mut open = vec![(start, 0)];
    while let Some((module, next)) = open.pop() {
        match edges.get(module).and_then(|to| to.get(next)) {
            Some(to) => {
                open.push((module, next + 1));
                if seen.insert(to) {
                    open.push((to, 0));
                }
            }
            None => ended.push(module),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(path: &str) -> ModulePath {
        path.split("::").map(str::to_owned).collect()
    }

    #[test]
    fn paths_of_all_kinds_are_resolved_to_files() {
        let known: BTreeSet<ModulePath> = ["a", "a::b", "a::b::c", "a::d", "a::e", "a::f", "a::g"]
            .iter()
            .map(|path| module(path))
            .collect();
        let text = "
            use crate::d::Thing;
            use super::e::{self, Other};
            mod inner { use super::super::f::X; }
            fn run() { c::go(); println!(\"{}\", crate::g::name()); }
            #[cfg(test)] mod tests { use crate::nowhere::Y; }
        ";
        let file = syn::parse_file(text).expect("a file");
        let found = read_uses(&file, &module("a::b"), &known);
        let wanted: BTreeSet<ModulePath> = ["a::b::c", "a::d", "a::e", "a::f", "a::g"]
            .iter()
            .map(|path| module(path))
            .collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_path_through_the_name_of_a_folder_leads_to_the_file_behind_it() {
        let known: BTreeSet<ModulePath> = [
            "a", "a::b", "a::d", "a::d::e", "a::f", "a::f::g", "a::h", "a::h::i", "a::h::j",
        ]
        .iter()
        .map(|path| module(path))
        .collect();
        let text = "
            use crate::d;
            use super::f as folder;
            use crate::h::{self};
            fn run() {
                d::e::go();
                let _: folder::g::Thing;
                println!(\"{}\", h::i::name());
            }
            mod inner {
                // another module has its own names: this is no module of the package
                fn run() { h::j::go(); }
            }
        ";
        let file = syn::parse_file(text).expect("a file");
        let found = read_uses(&file, &module("a::b"), &known);
        let wanted: BTreeSet<ModulePath> =
            ["a::d", "a::d::e", "a::f", "a::f::g", "a::h", "a::h::i"]
                .iter()
                .map(|path| module(path))
                .collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_circle_is_found_and_a_child_with_its_parent_is_none() {
        let uses = |pairs: &[(&str, &[&str])]| -> BTreeMap<ModulePath, BTreeSet<ModulePath>> {
            pairs
                .iter()
                .map(|(from, to)| (module(from), to.iter().map(|to| module(to)).collect()))
                .collect()
        };
        let parent = uses(&[("a", &["a::b"]), ("a::b", &["a"])]);
        assert!(find_circles(&parent, LeftOut::Parent).is_empty());
        let above = uses(&[
            ("a", &["a::b"]),
            ("a::b", &["a::b::c"]),
            ("a::b::c", &["a"]),
        ]);
        assert_eq!(find_circles(&above, LeftOut::Parent).len(), 1);
        assert!(find_circles(&above, LeftOut::Ancestors).is_empty());
        let circle = uses(&[
            ("a::b", &["a::c"]),
            ("a::c", &["a::d"]),
            ("a::d", &["a::b", "a::e"]),
            ("a::e", &[]),
        ]);
        let found = find_circles(&circle, LeftOut::Parent);
        assert_eq!(
            found,
            [vec![module("a::b"), module("a::c"), module("a::d")]]
        );
    }
}
