//! The rules of *cannot*: each says of a changed file that it cannot matter in a domain. Few,
//! named, and none looks at a name alone where the content is there.

/// One rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CannotRule {
    /// Prose that people read.
    Documentation,
    /// Tests and what only they use.
    Tests,
    /// Style sheets, images, fonts.
    Styling,
    /// Pages without statements or program text inside.
    Page,
    /// Examples, fixtures, developers' own tools and machines.
    NotLive,
    /// Settings of tools that people work with: they neither run nor ship.
    DeveloperTool,
    /// Code of a library that lies in the repository.
    Vendored,
    /// Program text in which only comments, the layout, the place of definitions or names of locals
    /// differ.
    SameProgram,
    /// Models and entities in which only declarations of indexes differ.
    OnlyIndexes,
    /// A model or entity of a table for which the older release has none.
    NewMapping,
    /// Declarations of types, which a compiler or an editor reads.
    TypesOnly,
    /// The same content under another name.
    SameContent,
    /// Files that hold nothing.
    Empty,
    /// Lists of the files that a bundler made.
    BuiltNames,
    /// Packed releases of a chart whose files lie beside them, and their list.
    PackedChart,
    /// Program text whose change holds no statement, call or number about the schema.
    NoSchemaSign,
    /// The interface of this component is written down in a contract file that was read.
    WrittenDown,
    /// Nothing here answers calls or messages of others.
    NoInterface,
    /// Program text whose change reads no setting.
    NoSetting,
    /// Program text that describes no infrastructure.
    NoInfrastructure,
    /// A file that builds, checks or serves the program, none of whose changed lines deploys.
    KeepsNothing,
    /// A file of another field: a migration is no contract, a manifest no setting.
    OtherField,
}

impl CannotRule {
    /// All of them.
    pub const ALL: [CannotRule; 22] = [
        Self::Documentation,
        Self::Tests,
        Self::Styling,
        Self::Page,
        Self::NotLive,
        Self::DeveloperTool,
        Self::Vendored,
        Self::SameProgram,
        Self::OnlyIndexes,
        Self::NewMapping,
        Self::TypesOnly,
        Self::SameContent,
        Self::Empty,
        Self::BuiltNames,
        Self::PackedChart,
        Self::NoSchemaSign,
        Self::WrittenDown,
        Self::NoInterface,
        Self::NoSetting,
        Self::NoInfrastructure,
        Self::KeepsNothing,
        Self::OtherField,
    ];

    /// As in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Documentation => "documentation",
            Self::Tests => "tests",
            Self::Styling => "styling",
            Self::Page => "page",
            Self::NotLive => "not-live",
            Self::DeveloperTool => "developer-tool",
            Self::Vendored => "vendored",
            Self::SameProgram => "same-program",
            Self::OnlyIndexes => "only-indexes",
            Self::NewMapping => "new-mapping",
            Self::TypesOnly => "types-only",
            Self::SameContent => "same-content",
            Self::Empty => "empty",
            Self::BuiltNames => "built-names",
            Self::PackedChart => "packed-chart",
            Self::NoSchemaSign => "no-schema-sign",
            Self::WrittenDown => "written-down",
            Self::NoInterface => "no-interface",
            Self::NoSetting => "no-setting",
            Self::NoInfrastructure => "no-infrastructure",
            Self::KeepsNothing => "keeps-nothing",
            Self::OtherField => "other-field",
        }
    }

    /// What the rule says, in a few words.
    pub fn says(self) -> &'static str {
        match self {
            Self::Documentation => "it is prose that people read",
            Self::Tests => "it is a test, or only tests use it",
            Self::Styling => "it is a style sheet, an image or a font",
            Self::Page => {
                "it is a page or a translation, without statements or program text inside"
            }
            Self::NotLive => {
                "it lies among examples, fixtures or developers' tools and does not run in \
                    production"
            }
            Self::DeveloperTool => {
                "it is a setting of a tool that people work with, and neither runs nor ships"
            }
            Self::Vendored => {
                "it is code of a library; the step of the library counts, not the file"
            }
            Self::SameProgram => {
                "only comments, the layout, the order of definitions and imports, or names of \
                    locals differ"
            }
            Self::OnlyIndexes => {
                "only declarations of indexes differ, which change how fast an answer is and not \
                    what it is"
            }
            Self::NewMapping => {
                "it only adds a model of a table that the older release has none for, and no call \
                    reaches it by itself"
            }
            Self::TypesOnly => {
                "it only declares types for a compiler or an editor, and nothing runs it"
            }
            Self::SameContent => "its content is the same under another name",
            Self::Empty => "it holds nothing",
            Self::BuiltNames => "it only lists the names of files that a bundler made",
            Self::PackedChart => {
                "it is a packed release of a chart whose files lie beside it, or the list of such"
            }
            Self::NoSchemaSign => {
                "no changed line holds a statement, a call or a version number about the schema"
            }
            Self::WrittenDown => {
                "the interface of this component is written down in a contract file, which was \
                    compared"
            }
            Self::NoInterface => "nothing in these releases answers calls or messages of others",
            Self::NoSetting => "no changed line reads a setting",
            Self::NoInfrastructure => "it describes no infrastructure",
            Self::KeepsNothing => {
                "it builds, checks or serves the program and keeps nothing, and no changed line \
                    changes what the program runs on"
            }
            Self::OtherField => "a file of this kind is about something else",
        }
    }

    /// The rule of an id of the JSON.
    pub fn named(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.id() == id)
    }
}
