//! What a declaration file says, without its order, comments and spelling.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::types::TypescriptType;

/// First and last line of a definition, from 1.
pub(super) type TypescriptLines = (usize, usize);

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TypescriptKind {
    Function,
    Class,
    /// An interface, or an alias of an object type, which users cannot tell apart.
    Interface,
    Alias,
    Enum,
    /// A constant or a variable.
    Value,
    Namespace,
    /// Comes from a package that is not in the tree.
    Elsewhere,
}

impl TypescriptKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Class => "class",
            Self::Interface => "interface",
            Self::Alias => "type",
            Self::Enum => "enum",
            Self::Value => "value",
            Self::Namespace => "namespace",
            Self::Elsewhere => "re-export",
        }
    }
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TypescriptParameter {
    pub name: String,
    pub kind: Option<TypescriptType>,
    pub optional: bool,
    pub rest: bool,
}

/// One parameter of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TypeParameter {
    pub constraint: String,
    pub default: Option<String>,
}

/// One way to call something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signature {
    pub generics: Vec<TypeParameter>,
    pub parameters: Vec<TypescriptParameter>,
    pub result: Option<TypescriptType>,
}

/// A member of a class, an interface or an enum.
#[derive(Debug, Clone)]
pub(super) struct TypescriptMember {
    pub lines: TypescriptLines,
    pub optional: bool,
    pub readonly: bool,
    /// Whoever implements the type has to give it: all of an interface that is not optional, and
    /// what is abstract.
    pub demanded: bool,
    pub kind: Option<TypescriptType>,
    pub calls: Vec<Signature>,
    /// Value of an enum's member, as written.
    pub value: Option<String>,
}

/// A named definition; overloads and merged declarations are one.
#[derive(Debug, Clone)]
pub(super) struct TypescriptEntity {
    pub kind: TypescriptKind,
    pub lines: TypescriptLines,
    pub generics: Vec<TypeParameter>,
    pub heritage: BTreeSet<String>,
    pub members: BTreeMap<String, TypescriptMember>,
    pub calls: Vec<Signature>,
    pub value: Option<TypescriptType>,
    /// Names that its types mention.
    pub names: BTreeSet<String>,
}

/// What a file exports under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Export {
    /// A definition of the file.
    Local(String),
    /// A name of another file or package; no name means all of it as a namespace.
    From {
        source: String,
        name: Option<String>,
        lines: TypescriptLines,
    },
}

/// One file.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// Definitions; shared, because several files may pass the same one on.
    pub locals: BTreeMap<String, Rc<TypescriptEntity>>,
    pub exports: BTreeMap<String, Export>,
    /// `export * from`.
    pub stars: Vec<String>,
    pub imports: BTreeMap<String, Export>,
    /// Lines that the grammar does not read.
    pub unread: Vec<usize>,
}
