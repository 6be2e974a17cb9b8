//! Declaration files as modules.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::rc::Rc;

use tree_sitter::{Node, ParseOptions, ParseState, Parser};

use super::model::{Export, Module, TypescriptEntity, TypescriptKind, TypescriptLines};
use super::read_members::default_constructor;
use super::reader::{TypescriptReader, get_syntax_lines, has_child_token, strip_quote_marks};
use super::types::{Speller, list_named_children};

// a bundle of all declarations of a large package is some megabytes
/// Longest text that is read, in bytes.
const LENGTH: usize = 4 * 1024 * 1024;
// each level is a call of the reader
/// Deepest nesting of namespaces.
const MAX_DEPTH: usize = 20;
// they say that something is missing, and fifty say it as well as all
/// Most lines listed as not read.
const MAX_UNREAD: usize = 50;

/// Reads a file. `None` when it is too long, or made to puzzle the grammar.
pub(super) fn read_typescript_module(text: &str) -> Option<Module> {
    if text.len() > LENGTH {
        return None;
    }
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into())
        .ok()?;
    // a text made to puzzle the grammar takes time beyond its length, and no clock may decide
    let mut left = 4_000 + text.len() / 5;
    let mut progress = |_: &ParseState| {
        left = left.saturating_sub(1);
        if left == 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let tree = parser.parse_with_options(
        &mut |at, _| text.as_bytes().get(at..).unwrap_or_default(),
        None,
        Some(options),
    )?;
    let mut reader = TypescriptReader {
        speller: Speller {
            text,
            generics: Vec::new(),
        },
        module: Module::default(),
    };
    let root = tree.root_node();
    let top = list_named_children(root);
    // without an import or export the file is a script, and all of it is public
    let script = !top
        .iter()
        .any(|node| matches!(node.kind(), "export_statement" | "import_statement"));
    for node in top {
        reader.statement(node, "", script, 0);
    }
    // only then: the walk over all nodes costs as much as reading
    if root.has_error() {
        reader.errors(root);
    }
    Some(reader.module)
}

impl<'a> TypescriptReader<'a> {
    fn errors(&mut self, root: Node<'_>) {
        let mut stack = vec![root];
        while let Some(node) = stack.pop() {
            if self.module.unread.len() >= MAX_UNREAD {
                return;
            }
            if node.is_error() || node.is_missing() {
                self.module.unread.push(node.start_position().row + 1);
            } else if node.has_error() {
                let mut cursor = node.walk();
                stack.extend(node.children(&mut cursor));
            }
        }
        self.module.unread.sort_unstable();
        self.module.unread.dedup();
    }

    fn statement(&mut self, node: Node<'_>, prefix: &str, public: bool, depth: usize) {
        if depth > MAX_DEPTH {
            self.module.unread.push(node.start_position().row + 1);
            return;
        }
        match node.kind() {
            "export_statement" => self.export(node, prefix, depth),
            "import_statement" => self.import(node),
            // `namespace X {}` is an expression to the grammar
            "expression_statement" => {
                for child in list_named_children(node)
                    .into_iter()
                    .filter(|child| child.kind() == "internal_module")
                {
                    self.declaration(child, prefix, public, depth);
                }
            }
            // `declare global {}` adds names for everybody
            "ambient_declaration" => {
                let block = list_named_children(node)
                    .into_iter()
                    .find(|child| child.kind() == "statement_block");
                if let Some(block) = block.filter(|_| has_child_token(node, "global")) {
                    self.block(block, &format!("{prefix}global."), depth);
                    return;
                }
                for child in list_named_children(node) {
                    self.declaration(child, prefix, public, depth);
                }
            }
            _ => {
                self.declaration(node, prefix, public, depth);
            }
        }
    }

    /// The inside of a namespace: everything in it is public unless something in it says `export`.
    fn block(&mut self, block: Node<'_>, prefix: &str, depth: usize) {
        let inside = list_named_children(block);
        let stated = inside.iter().any(|node| node.kind() == "export_statement");
        for node in inside {
            self.statement(node, prefix, !stated, depth + 1);
        }
    }

    fn export(&mut self, node: Node<'_>, prefix: &str, depth: usize) {
        let default = has_child_token(node, "default");
        if let Some(declaration) = node.child_by_field_name("declaration") {
            // `export declare` wraps what it declares
            let inner = if declaration.kind() == "ambient_declaration" {
                list_named_children(declaration)
            } else {
                vec![declaration]
            };
            for one in inner {
                let names = self.declaration(one, prefix, !default, depth);
                if let Some(name) = names.first().filter(|_| default) {
                    self.module
                        .exports
                        .insert("default".to_owned(), Export::Local(name.clone()));
                }
            }
            return;
        }
        if let Some(value) = node.child_by_field_name("value") {
            let name = self.raw(value).to_owned();
            self.module
                .exports
                .insert("default".to_owned(), Export::Local(name));
            return;
        }
        // without a source the names are of this file
        let source = self.field(node, "source").map(strip_quote_marks);
        let whole = |name: Option<String>| {
            source.map(|source| Export::From {
                source: source.to_owned(),
                name,
                lines: get_syntax_lines(node),
            })
        };
        let mut listed = false;
        for child in list_named_children(node) {
            match child.kind() {
                "export_clause" => {
                    listed = true;
                    for one in list_named_children(child) {
                        let Some(name) = self.field(one, "name").map(strip_quote_marks) else {
                            continue;
                        };
                        let alias = self.field(one, "alias").map_or(name, strip_quote_marks);
                        let export = whole(Some(name.to_owned()))
                            .unwrap_or_else(|| Export::Local(format!("{prefix}{name}")));
                        self.module
                            .exports
                            .insert(format!("{prefix}{alias}"), export);
                    }
                }
                "namespace_export" => {
                    listed = true;
                    if let (Some(name), Some(export)) = (
                        list_named_children(child)
                            .first()
                            .map(|name| strip_quote_marks(self.raw(*name))),
                        whole(None),
                    ) {
                        self.module
                            .exports
                            .insert(format!("{prefix}{name}"), export);
                    }
                }
                // `export = name` and `export as namespace Name`
                _ if source.is_none() && has_child_token(node, "=") => {
                    self.module.exports.insert(
                        "export=".to_owned(),
                        Export::Local(self.raw(child).to_owned()),
                    );
                }
                _ => {}
            }
        }
        // `export * from`: neither a list nor a name of its own
        if let Some(source) = source.filter(|_| !listed && has_child_token(node, "*")) {
            self.module.stars.push(source.to_owned());
        }
    }

    fn import(&mut self, node: Node<'_>) {
        let Some(source) = self
            .field(node, "source")
            .map(|source| strip_quote_marks(source).to_owned())
        else {
            return;
        };
        let at = get_syntax_lines(node);
        let from = |name: Option<&str>| Export::From {
            source: source.clone(),
            name: name.map(str::to_owned),
            lines: at,
        };
        for clause in list_named_children(node)
            .into_iter()
            .filter(|child| child.kind() == "import_clause")
        {
            for child in list_named_children(clause) {
                match child.kind() {
                    "identifier" => {
                        self.module
                            .imports
                            .insert(self.raw(child).to_owned(), from(Some("default")));
                    }
                    "namespace_import" => {
                        if let Some(name) = list_named_children(child).first() {
                            self.module
                                .imports
                                .insert(self.raw(*name).to_owned(), from(None));
                        }
                    }
                    _ => {
                        for one in list_named_children(child) {
                            let Some(name) = self.field(one, "name").map(strip_quote_marks) else {
                                continue;
                            };
                            let alias = self.field(one, "alias").unwrap_or(name);
                            self.module
                                .imports
                                .insert(alias.to_owned(), from(Some(name)));
                        }
                    }
                }
            }
        }
    }

    /// Reads one declaration; the names that it declares.
    fn declaration(
        &mut self,
        node: Node<'_>,
        prefix: &str,
        public: bool,
        depth: usize,
    ) -> Vec<String> {
        let kind = match node.kind() {
            "function_signature" | "function_declaration" | "generator_function_declaration" => {
                TypescriptKind::Function
            }
            "class_declaration" | "abstract_class_declaration" | "class" => TypescriptKind::Class,
            "interface_declaration" => TypescriptKind::Interface,
            "type_alias_declaration" => TypescriptKind::Alias,
            "enum_declaration" => TypescriptKind::Enum,
            "lexical_declaration" | "variable_declaration" => TypescriptKind::Value,
            "module" | "internal_module" => TypescriptKind::Namespace,
            _ => return Vec::new(),
        };
        // `const a, b` declares several
        if kind == TypescriptKind::Value {
            let declared: Vec<_> = list_named_children(node)
                .into_iter()
                .filter(|child| child.kind() == "variable_declarator")
                .collect();
            return declared
                .into_iter()
                .filter_map(|one| self.add(one, node, kind, prefix, public))
                .collect();
        }
        let name = self.add(node, node, kind, prefix, public);
        if let (TypescriptKind::Namespace, Some(name), Some(body)) =
            (kind, &name, node.child_by_field_name("body"))
        {
            self.block(body, &format!("{name}."), depth + 1);
        }
        name.into_iter().collect()
    }

    fn add(
        &mut self,
        node: Node<'_>,
        whole: Node<'_>,
        kind: TypescriptKind,
        prefix: &str,
        public: bool,
    ) -> Option<String> {
        let own = self
            .field(node, "name")
            .map_or("default", strip_quote_marks);
        let name = format!("{prefix}{own}");
        let entity = self.entity(node, get_syntax_lines(whole), kind);
        // a module of a quoted name is there for whoever imports that name
        let quoted = kind == TypescriptKind::Namespace
            && node
                .child_by_field_name("name")
                .is_some_and(|name| name.kind() == "string");
        if public || quoted {
            self.module
                .exports
                .entry(name.clone())
                // an export that was written by hand stays
                .or_insert_with(|| Export::Local(name.clone()));
        }
        match self.module.locals.get_mut(&name) {
            Some(known) => merge_declaration(Rc::make_mut(known), entity),
            None => {
                self.module.locals.insert(name.clone(), Rc::new(entity));
            }
        }
        Some(name)
    }

    fn entity(
        &mut self,
        node: Node<'_>,
        lines: TypescriptLines,
        kind: TypescriptKind,
    ) -> TypescriptEntity {
        // names of type parameters hold within their definition only
        let outer = self.speller.generics.len();
        let generics = self.type_parameters(node);
        let mut entity = TypescriptEntity {
            kind,
            lines,
            generics,
            heritage: BTreeSet::new(),
            members: BTreeMap::new(),
            calls: Vec::new(),
            value: None,
            // a namespace's names are told by what is in it
            names: if kind == TypescriptKind::Namespace {
                BTreeSet::new()
            } else {
                self.names(node)
            },
        };
        match kind {
            TypescriptKind::Function => {
                // a function's type parameters belong to its signature
                entity.generics = Vec::new();
                self.speller.generics.truncate(outer);
                entity.calls.push(self.signature(node));
            }
            TypescriptKind::Class | TypescriptKind::Interface => {
                self.heritage(node, &mut entity.heritage);
                if let Some(body) = node.child_by_field_name("body") {
                    self.members(body, kind == TypescriptKind::Interface, &mut entity.members);
                }
                // who extends nothing and writes none can be made without arguments
                if kind == TypescriptKind::Class && entity.heritage.is_empty() {
                    entity
                        .members
                        .entry("constructor".to_owned())
                        .or_insert_with(|| default_constructor(lines));
                }
            }
            TypescriptKind::Alias => match node.child_by_field_name("value") {
                // users cannot tell an interface from an alias of its shape
                Some(value) if value.kind() == "object_type" => {
                    entity.kind = TypescriptKind::Interface;
                    self.members(value, true, &mut entity.members);
                }
                Some(value) if value.kind() == "function_type" => {
                    entity.calls.push(self.signature(value))
                }
                value => entity.value = value.map(|value| self.speller.read(value)),
            },
            TypescriptKind::Enum => self.enum_members(node, &mut entity.members),
            TypescriptKind::Value => {
                let (kind, calls) = self.annotated(node);
                if !calls.is_empty() {
                    (entity.kind, entity.calls) = (TypescriptKind::Function, calls);
                }
                let value = node.child_by_field_name("value");
                let arrow = value.filter(|value| {
                    matches!(value.kind(), "arrow_function" | "function_expression")
                });
                if let (Some(arrow), None, true) = (arrow, &kind, entity.calls.is_empty()) {
                    entity.kind = TypescriptKind::Function;
                    entity.calls.push(self.signature(arrow));
                }
                // the value of a constant is its type, where none is written
                let literal = value.filter(|value| {
                    matches!(
                        value.kind(),
                        "string" | "number" | "true" | "false" | "unary_expression"
                    )
                });
                entity.value = kind.or_else(|| literal.map(|literal| self.speller.read(literal)));
            }
            TypescriptKind::Namespace | TypescriptKind::Elsewhere => {}
        }
        self.speller.generics.truncate(outer);
        entity
    }

    /// Every name that stands in a definition, to find what it leads to.
    fn names(&self, node: Node<'_>) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        let mut stack = vec![node];
        while let Some(node) = stack.pop() {
            if matches!(node.kind(), "type_identifier" | "identifier") {
                out.insert(self.raw(node).to_owned());
            }
            // what a function does is not part of what it is
            if node.kind() != "statement_block" {
                stack.extend(list_named_children(node));
            }
        }
        out
    }

    fn heritage(&self, node: Node<'_>, into: &mut BTreeSet<String>) {
        for child in list_named_children(node) {
            match child.kind() {
                "class_heritage" => self.heritage(child, into),
                "extends_clause" => {
                    // the class and its arguments are siblings here
                    let parts: Vec<String> = list_named_children(child)
                        .into_iter()
                        .map(|own| self.speller.spell(own, 0))
                        .collect();
                    into.insert(parts.concat());
                }
                "extends_type_clause" | "implements_clause" => into.extend(
                    list_named_children(child)
                        .into_iter()
                        .map(|own| self.speller.spell(own, 0)),
                ),
                _ => {}
            }
        }
    }
}

/// A further declaration of the same name: an overload, or a part of an interface, or a namespace
/// beside a class.
fn merge_declaration(known: &mut TypescriptEntity, more: TypescriptEntity) {
    // a namespace beside a class or a function belongs to it
    if known.kind == TypescriptKind::Namespace {
        (known.kind, known.lines) = (more.kind, more.lines);
    }
    known.generics = if known.generics.is_empty() {
        more.generics
    } else {
        std::mem::take(&mut known.generics)
    };
    known.heritage.extend(more.heritage);
    known.calls.extend(more.calls);
    for (name, member) in more.members {
        match known.members.get_mut(&name) {
            Some(own) => own.calls.extend(member.calls),
            None => {
                known.members.insert(name, member);
            }
        }
    }
    known.value = known.value.take().or(more.value);
    known.names.extend(more.names);
}
