//! A schema as its meaning: references followed, `allOf` merged, the spellings of null and of
//! bounds made one.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use span_tree::{Node, Scalar};

use super::bounds::Bounds;
use super::condition_keywords::{KEYWORDS, newer_name, says_nothing};
use crate::document::{DocumentNode, DocumentSet, reference_of};

/// Schemas that hold together: all of them.
pub(crate) type Conj<'a> = Vec<DocumentNode<'a>>;

// `allOf` of `allOf`, generated, may be thousands
/// Most schemas merged into one view.
const MAX_MERGED: usize = 300;

/// Sets of types. `number` is integers and fractions, so that widening is set inclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Types(pub u16);

impl Types {
    pub const NULL: u16 = 1;
    pub const INTEGER: u16 = 4;
    pub const STRING: u16 = 16;
    pub const ARRAY: u16 = 32;
    pub const OBJECT: u16 = 64;
    const BOOLEAN: u16 = 2;
    const FRACTION: u16 = 8;
    pub const ANY: Self = Self(127);

    fn word(word: &str) -> Option<u16> {
        Some(match word {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            // so that `integer` becoming `number` is wider and not another
            "number" => Self::INTEGER | Self::FRACTION,
            // Swagger's word for an upload
            "string" | "file" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            "any" => Self::ANY.0,
            _ => return None,
        })
    }

    /// Without null.
    pub fn values(self) -> u16 {
        self.0 & !Self::NULL
    }

    pub fn nullable(self) -> bool {
        self.0 & Self::NULL != 0
    }

    /// In words.
    pub fn say(self) -> String {
        let values = self.values();
        if values == Self::ANY.values() {
            return "anything".to_owned();
        }
        let mut words = Vec::new();
        for (word, bits) in [
            ("object", Self::OBJECT),
            ("array", Self::ARRAY),
            ("string", Self::STRING),
            ("boolean", Self::BOOLEAN),
        ] {
            if values & bits != 0 {
                words.push(word);
            }
        }
        if values & Self::FRACTION != 0 {
            words.push("number");
        } else if values & Self::INTEGER != 0 {
            words.push("integer");
        }
        if words.is_empty() {
            "nothing".to_owned()
        } else {
            words.join(" or ")
        }
    }
}

/// A property with the line of its name.
#[derive(Clone)]
pub(crate) struct Property<'a> {
    pub schema: Conj<'a>,
    pub line: usize,
}

/// What is said of properties that are not named.
#[derive(Clone)]
pub(crate) enum Additional<'a> {
    Open,
    Closed,
    Schema(Conj<'a>),
}

/// The meaning of a schema.
pub(crate) struct SchemaView<'a> {
    /// The merged schemas, references followed, the outermost first.
    pub places: Vec<DocumentNode<'a>>,
    pub types: Types,
    /// A type is written or follows from other keywords.
    pub typed: bool,
    pub format: Option<&'a str>,
    pub values: Option<BTreeMap<String, DocumentNode<'a>>>,
    pub constant: Option<(String, DocumentNode<'a>)>,
    pub properties: BTreeMap<&'a str, Property<'a>>,
    pub patterns: BTreeMap<&'a str, Conj<'a>>,
    pub required: BTreeSet<&'a str>,
    pub additional: Additional<'a>,
    pub items: Option<Conj<'a>>,
    pub tuple: Vec<Conj<'a>>,
    pub bounds: Bounds,
    pub pattern: BTreeSet<&'a str>,
    pub unique: bool,
    /// Branches of `oneOf` and `anyOf`, null taken out.
    pub union: Vec<Conj<'a>>,
    /// Keywords that hold beside all others, each as often as it stands.
    pub conditions: BTreeMap<&'static str, Conj<'a>>,
    pub discriminator: Option<(String, BTreeMap<String, String>)>,
    pub default: Option<String>,
    pub content: Option<String>,
    /// References that lead nowhere, as written.
    pub unknown: BTreeSet<&'a str>,
}

struct SchemaGatherer<'a> {
    library: &'a DocumentSet,
    seen: HashSet<(usize, u32)>,
    places: Vec<DocumentNode<'a>>,
    nullable: bool,
    union: Vec<Conj<'a>>,
    unknown: BTreeSet<&'a str>,
}

impl<'a> SchemaGatherer<'a> {
    fn add(&mut self, start: DocumentNode<'a>) {
        let mut stack = vec![start];
        while let Some(place) = stack.pop() {
            // a schema that refers to itself is read once
            if self.places.len() >= MAX_MERGED || !self.seen.insert(place.identity()) {
                continue;
            }
            if let Some(reference) = reference_of(place.node) {
                match self.library.resolve(place.file, reference) {
                    Some(target) => stack.push(target),
                    None => {
                        self.unknown.insert(reference);
                    }
                }
                // beside a reference drafts before 2019 ignore everything; later ones and OpenAPI
                // 3.1 do not
                if place.node.entries().count() == 1 {
                    continue;
                }
            }
            self.places.push(place);
            let members: Vec<_> = place
                .get("allOf")
                .map(|list| list.node.items().map(|node| list.with(node)).collect())
                .unwrap_or_default();
            // in the order of the file: the stack takes the last first
            stack.extend(members.into_iter().rev());
            for key in ["oneOf", "anyOf"] {
                let Some(list) = place.get(key) else { continue };
                let all: Vec<_> = list.node.items().map(|node| list.with(node)).collect();
                // `anyOf: [X, null]` is how 3.1 writes what 3.0 called nullable
                let branches: Vec<_> = all
                    .iter()
                    .copied()
                    .filter(|branch| !is_null(*branch))
                    .collect();
                self.nullable |= branches.len() < all.len();
                match branches.as_slice() {
                    // one branch and null is that branch
                    [only] => stack.push(*only),
                    _ => self
                        .union
                        .extend(branches.into_iter().map(|branch| vec![branch])),
                }
            }
        }
    }
}

fn is_null(branch: DocumentNode<'_>) -> bool {
    let only_null = |node: Node<'_>| node.text() == Some("null");
    branch.node.get("type").is_some_and(only_null)
        || branch.node.get("enum").is_some_and(|list| {
            list.items().count() == 1 && list.items().all(|item| item.is_null())
        })
        || branch
            .node
            .entry("const")
            .is_some_and(|(_, value)| value.is_null())
}

impl<'a> SchemaView<'a> {
    /// Reads the schemas of `conj` as one.
    pub fn of(library: &'a DocumentSet, conj: &[DocumentNode<'a>]) -> Self {
        let mut gather = SchemaGatherer {
            library,
            seen: HashSet::new(),
            places: Vec::new(),
            nullable: false,
            union: Vec::new(),
            unknown: BTreeSet::new(),
        };
        for place in conj {
            gather.add(*place);
        }
        let SchemaGatherer {
            places,
            nullable,
            union,
            unknown,
            ..
        } = gather;
        let mut view = SchemaView {
            places,
            types: Types::ANY,
            typed: false,
            format: None,
            values: None,
            constant: None,
            properties: BTreeMap::new(),
            patterns: BTreeMap::new(),
            required: BTreeSet::new(),
            additional: Additional::Open,
            items: None,
            tuple: Vec::new(),
            bounds: Bounds::default(),
            pattern: BTreeSet::new(),
            unique: false,
            union,
            conditions: BTreeMap::new(),
            discriminator: None,
            default: None,
            content: None,
            unknown,
        };
        let mut null = nullable;
        for at in 0..view.places.len() {
            let place = view.places[at];
            null |= place.flag("nullable") || place.flag("x-nullable");
            view.read(place);
        }
        view.constants_as_values(library);
        view.infer();
        if null && view.typed {
            view.types.0 |= Types::NULL;
        }
        view
    }

    fn read(&mut self, place: DocumentNode<'a>) {
        let node = place.node;
        if let Some(allowed) = node.as_bool() {
            self.types = if allowed { self.types } else { Types(0) };
            self.typed |= !allowed;
            return;
        }
        if !node.is_mapping() {
            return;
        }
        for (name, _, value) in node.pairs() {
            let here = place.with(value);
            match name {
                "type" => self.read_type(value),
                "format" => self.format = value.text().or(self.format),
                "enum" => self.read_values(here),
                "x-extensible-enum" if node.get("enum").is_none() => self.read_values(here),
                "const" => self.constant = Some((write_canonical_schema(value), here)),
                "properties" => {
                    for (name, key, value) in value.pairs() {
                        let property = self.properties.entry(name).or_insert_with(|| Property {
                            schema: Vec::new(),
                            line: key.line(),
                        });
                        property.schema.push(place.with(value));
                    }
                }
                "patternProperties" => {
                    for (name, _, value) in value.pairs() {
                        self.patterns
                            .entry(name)
                            .or_default()
                            .push(place.with(value));
                    }
                }
                "required" => self.required.extend(value.items().filter_map(Node::text)),
                "additionalProperties" | "unevaluatedProperties" => match value.as_bool() {
                    Some(false) => self.additional = Additional::Closed,
                    Some(true) => {}
                    None if value.is_mapping() && value.entries().next().is_some() => {
                        match &mut self.additional {
                            Additional::Closed => {}
                            Additional::Schema(conj) => conj.push(here),
                            open => *open = Additional::Schema(vec![here]),
                        }
                    }
                    None => {}
                },
                "items" if value.is_sequence() => self.read_tuple(place, value),
                "items" if says_nothing(name, value) => {}
                "items" => self.items.get_or_insert_default().push(here),
                // what older drafts call the items after a tuple
                "additionalItems"
                    if node.get("items").is_some_and(Node::is_sequence)
                        && !says_nothing(name, value) =>
                {
                    self.items.get_or_insert_default().push(here);
                }
                "dependencies" => self
                    .conditions
                    .entry(newer_name(value))
                    .or_default()
                    .push(here),
                "prefixItems" => self.read_tuple(place, value),
                "pattern" => {
                    self.pattern.extend(
                        value
                            .text()
                            .filter(|text| !matches!(*text, "" | ".*" | "^.*$")),
                    );
                }
                "uniqueItems" => self.unique |= value.as_bool() == Some(true),
                "discriminator" => self.read_discriminator(value),
                "default" => self.default = Some(write_canonical_schema(value)),
                "contentEncoding" | "contentMediaType" => {
                    self.content = Some(format!(
                        "{}{name} {}",
                        self.content.take().unwrap_or_default(),
                        write_canonical_schema(value)
                    ))
                }
                _ => {
                    if let Some(&condition) = KEYWORDS
                        .iter()
                        .find(|condition| **condition == name && !says_nothing(name, value))
                    {
                        self.conditions.entry(condition).or_default().push(here);
                    }
                }
            }
        }
        self.bounds.read(node);
    }

    fn read_type(&mut self, value: Node<'a>) {
        let words: Vec<&str> = if value.is_sequence() {
            value.items().filter_map(Node::text).collect()
        } else {
            value.text().into_iter().collect()
        };
        let known: Vec<u16> = words.iter().filter_map(|word| Types::word(word)).collect();
        if known.is_empty() {
            return;
        }
        self.types = Types(self.types.0 & known.iter().fold(0, |all, bits| all | bits));
        self.typed = true;
    }

    fn read_values(&mut self, list: DocumentNode<'a>) {
        let value = list.node;
        let own: BTreeMap<String, DocumentNode<'a>> = value
            .items()
            .filter(|item| !item.is_null())
            .map(|item| (write_canonical_schema(item), list.with(item)))
            .collect();
        if value.items().any(Node::is_null) && self.typed {
            self.types.0 |= Types::NULL;
        }
        self.values = Some(match self.values.take() {
            Some(mut all) => {
                all.retain(|key, _| own.contains_key(key));
                all
            }
            None => own,
        });
    }

    fn read_tuple(&mut self, place: DocumentNode<'a>, list: Node<'a>) {
        for (at, item) in list.items().enumerate() {
            if self.tuple.len() <= at {
                self.tuple.push(Vec::new());
            }
            self.tuple[at].push(place.with(item));
        }
    }

    fn read_discriminator(&mut self, value: Node<'a>) {
        let name = value
            .text()
            .or_else(|| value.get("propertyName").and_then(Node::text))
            .unwrap_or("");
        let mapping = value.get("mapping").map(|mapping| {
            mapping
                .pairs()
                .iter()
                .map(|(name, _, to)| ((*name).to_owned(), write_canonical_schema(*to)))
                .collect()
        });
        self.discriminator = Some((name.to_owned(), mapping.unwrap_or_default()));
    }

    /// `oneOf` of constants is a list of values.
    fn constants_as_values(&mut self, library: &'a DocumentSet) {
        let constant = |branch: &Conj<'a>| {
            let place = library.follow(*branch.first()?)?;
            let (_, value) = place.node.entry("const")?;
            Some((write_canonical_schema(value), place.with(value)))
        };
        if self.union.len() < 2 {
            return;
        }
        if let Some(values) = self
            .union
            .iter()
            .map(constant)
            .collect::<Option<BTreeMap<_, _>>>()
        {
            self.union.clear();
            self.values = Some(values);
        }
    }

    /// A type that is not written follows from what is.
    fn infer(&mut self) {
        if self.typed || !self.union.is_empty() {
            return;
        }
        let scalar = |place: &DocumentNode<'_>| match place.node.scalar() {
            Some(Scalar::Text(_)) => Types::STRING,
            Some(Scalar::Number(number)) if number.fract() == 0.0 => Types::INTEGER,
            Some(Scalar::Number(_)) => Types::INTEGER | Types::FRACTION,
            Some(Scalar::Bool(_)) => Types::BOOLEAN,
            _ => 0,
        };
        let from_values = self
            .values
            .iter()
            .flatten()
            .fold(0, |all, (_, place)| all | scalar(place));
        let bits = if !self.properties.is_empty()
            || !self.patterns.is_empty()
            || !matches!(self.additional, Additional::Open)
            || !self.required.is_empty()
        {
            Types::OBJECT
        } else if self.items.is_some() || !self.tuple.is_empty() {
            Types::ARRAY
        } else if from_values != 0 {
            from_values
        } else if let Some((_, place)) = &self.constant {
            scalar(place)
        } else if !self.pattern.is_empty() {
            Types::STRING
        } else {
            0
        };
        if bits != 0 {
            self.types = Types(bits);
            self.typed = true;
        }
    }

    pub fn closed(&self) -> bool {
        matches!(self.additional, Additional::Closed)
    }

    /// How much stands in it, for counting work.
    pub fn size(&self) -> usize {
        self.places.len()
            + self.properties.len()
            + self.patterns.len()
            + self.required.len()
            + self.union.len()
            + self.values.as_ref().map_or(0, BTreeMap::len)
    }

    /// Nothing is said at all.
    pub fn is_empty(&self) -> bool {
        !self.typed && self.union.is_empty() && self.unknown.is_empty()
    }
}

/// A node as text in which order, prose and examples do not show.
pub(crate) fn write_canonical_schema(node: Node<'_>) -> String {
    let mut out = String::new();
    write_canonical(node, &mut out, 0);
    out
}

fn write_canonical(node: Node<'_>, out: &mut String, depth: usize) {
    if depth > 60 || out.len() > 40_000 {
        out.push('…');
        return;
    }
    if node.is_mapping() {
        let mut pairs = node.pairs();
        pairs.retain(|(name, ..)| {
            !matches!(
                *name,
                "description"
                    | "title"
                    | "summary"
                    | "example"
                    | "examples"
                    | "$comment"
                    | "externalDocs"
            )
        });
        pairs.sort_by_key(|(name, ..)| *name);
        out.push('{');
        for (name, _, value) in pairs {
            out.push_str(name);
            out.push(':');
            write_canonical(value, out, depth + 1);
            out.push(',');
        }
        out.push('}');
    } else if node.is_sequence() {
        out.push('[');
        for item in node.items() {
            write_canonical(item, out, depth + 1);
            out.push(',');
        }
        out.push(']');
    } else {
        match node.scalar() {
            Some(Scalar::Number(number)) => out.push_str(&number.to_string()),
            Some(Scalar::Text(text)) => {
                out.push('"');
                out.push_str(text);
                out.push('"');
            }
            Some(Scalar::Bool(value)) => out.push_str(if value { "true" } else { "false" }),
            _ => out.push_str("null"),
        }
    }
}
