//! What statements are about: names, columns, constraints, indexes, routines, tables.

use std::fmt;

/// A table, view, routine or type name. Compared without case and without the schema that everybody
/// has by default.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Name {
    /// Schema, where one is written that is not the default one.
    pub schema: Option<String>,
    /// The object's own name as written.
    pub name: String,
}

impl Name {
    /// A name from its dotted parts, outermost first. Default schemas (`public`, `dbo`, `main`) are
    /// dropped.
    pub fn from_parts(mut parts: Vec<String>) -> Self {
        let name = parts.pop().unwrap_or_default();
        let schema = parts.pop().filter(|schema| {
            // written by one tool and left out by the next, these schemas name the same table
            !matches!(
                schema.to_ascii_lowercase().as_str(),
                "public" | "dbo" | "main" | ""
            )
        });
        Self { schema, name }
    }

    /// From a dotted string.
    pub fn new(dotted: &str) -> Self {
        // quotes of all dialects: the same name is quoted in one statement and bare in another
        Self::from_parts(
            dotted
                .split('.')
                .map(|part| part.trim_matches(['"', '`', '[', ']', ' ']).to_owned())
                .collect(),
        )
    }

    /// Key for comparing.
    pub fn key(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{}.{}", schema.to_lowercase(), self.name.to_lowercase()),
            None => self.name.to_lowercase(),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// What the database fills in when a column is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DefaultValue {
    /// Nothing: NULL, or an error where NULL is not allowed.
    #[default]
    None,
    /// The same value for every row.
    Constant(String),
    /// A new value for every row (`now()`, `random()`).
    Volatile(String),
}

impl DefaultValue {
    /// Whether rows that leave the column out get a value.
    pub fn is_some(&self) -> bool {
        *self != Self::None
    }

    /// From the text of a default expression. `NULL` is no default.
    pub fn from_text(text: &str) -> Self {
        let lower = text.trim().to_ascii_lowercase();
        // `DEFAULT NULL` gives a row nothing, so a required column with it still refuses
        if lower.is_empty() || lower == "null" || lower.starts_with("null::") || lower == "(null)" {
            return Self::None;
        }
        let volatile = [
            "now(",
            "random",
            "uuid",
            "timestamp(",
            "current_",
            "getdate",
            "getutcdate",
            "sysdate",
            "newid",
            "newsequentialid",
            "nextval",
            "nanoid",
            "clock_timestamp",
        ];
        if volatile.iter().any(|sign| lower.contains(sign)) {
            Self::Volatile(text.trim().to_owned())
        } else {
            Self::Constant(text.trim().to_owned())
        }
    }
}

/// A column as a statement states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name as written.
    pub name: String,
    /// Type as written, blanks collapsed; empty where the reader does not know it.
    pub data_type: String,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// The database's own default.
    pub default: DefaultValue,
    /// Computed by the database.
    pub generated: bool,
    /// What it is computed from, where the reader knows it.
    pub expression: String,
    /// Numbered by the database (serial, identity, auto_increment).
    pub auto: bool,
    /// `GENERATED ALWAYS AS IDENTITY`: values given by the writer are refused.
    pub always: bool,
    /// `UNIQUE` on the column itself.
    pub unique: bool,
    /// `PRIMARY KEY` on the column itself.
    pub primary: bool,
    /// `CHECK` on the column itself.
    pub check: bool,
    /// What that check says, where the reader knows it.
    pub rule: String,
    /// Table that it references.
    pub references: Option<Name>,
    /// Columns that it references, where they are stated.
    pub key_of: Vec<String>,
    /// Collation as written (`COLLATE`); empty where none is.
    pub collation: String,
    /// Rows that are referred to may go: `ON DELETE CASCADE`, `SET NULL` or `SET DEFAULT`.
    pub frees: bool,
    /// Left out of rows that name no columns, and of `SELECT *` (`INVISIBLE`).
    pub hidden: bool,
    /// Set anew by every change of its row (`ON UPDATE CURRENT_TIMESTAMP`).
    pub renewed: bool,
    /// The column that it is put behind (`AFTER`), empty for the first place (`FIRST`); `None` where
    /// no place is stated.
    pub behind: Option<String>,
}

impl Column {
    /// A nullable column without anything.
    pub fn new(name: impl Into<String>, data_type: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            data_type: data_type.into(),
            nullable: true,
            default: DefaultValue::None,
            generated: false,
            expression: String::new(),
            auto: false,
            always: false,
            unique: false,
            primary: false,
            check: false,
            rule: String::new(),
            references: None,
            key_of: Vec::new(),
            collation: String::new(),
            frees: false,
            hidden: false,
            renewed: false,
            behind: None,
        }
    }

    /// Rows that leave it out are refused.
    pub fn required(&self) -> bool {
        // a required column is the commonest break: old code leaves out what it does not know
        !self.nullable && !self.default.is_some() && !self.auto && !self.generated
    }

    /// Key for comparing.
    pub fn key(&self) -> String {
        self.name.to_lowercase()
    }
}

/// What a constraint demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConstraintKind {
    /// Primary key.
    Primary,
    /// Unique.
    Unique,
    /// Foreign key.
    Foreign,
    /// Check.
    Check,
    /// Exclusion.
    Exclude,
    /// `CHECK (column IS NOT NULL)` or a named NOT NULL.
    NotNull,
    /// A named default (SQL Server).
    Default,
}

/// A constraint of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// What it demands.
    pub kind: ConstraintKind,
    /// Columns it is about; names in a check expression for a check.
    pub columns: Vec<String>,
    /// Referenced table of a foreign key.
    pub references: Option<Name>,
    /// The text.
    pub text: String,
}

impl Constraint {
    /// Rows that a foreign key refers to may go: it takes referring rows along or empties them.
    pub fn frees(&self) -> bool {
        let lower = self.text.to_lowercase();
        let Some(at) = lower.find("on delete") else {
            return false;
        };
        // RESTRICT and NO ACTION keep the parent; without an action the database does the same
        let action = lower[at + "on delete".len()..].trim_start();
        action.starts_with("cascade") || action.starts_with("set ")
    }
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableIndex {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Its table.
    pub table: Name,
    /// Plain column names; expressions as text.
    pub columns: Vec<String>,
    /// Refuses duplicates.
    pub unique: bool,
    /// Has a WHERE.
    pub partial: bool,
    /// Built without blocking.
    pub concurrently: bool,
}

/// A parameter of a routine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutineParameter {
    /// Name, or its type where it has none.
    pub name: String,
    /// Type as written.
    pub data_type: String,
    /// May be left out.
    pub optional: bool,
}

/// A function or procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routine {
    /// Its name.
    pub name: Name,
    /// Takes the place of one with the same name.
    pub replace: bool,
    /// Parameters in order; `None` where they could not be read.
    pub parameters: Option<Vec<RoutineParameter>>,
    /// `FUNCTION name(parameters)` as written.
    pub head: String,
    /// Everything after the parameters.
    pub body: String,
    /// It is a trigger's function.
    pub trigger: bool,
}

/// A table as created.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Its name.
    pub name: Name,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Constraints.
    pub constraints: Vec<Constraint>,
    /// Indexes stated inside.
    pub indexes: Vec<TableIndex>,
    /// Left alone where it exists.
    pub if_not_exists: bool,
    /// Tables whose rows it starts with (`AS SELECT .. FROM`).
    pub copied_from: Vec<Name>,
    /// Structure copied from (`LIKE`).
    pub like: Option<Name>,
    /// Parent of a partition.
    pub partition_of: Option<Name>,
    /// Gone at the end of the session.
    pub temporary: bool,
    /// Types are enforced (SQLite `STRICT`).
    pub strict: bool,
    /// Whether all columns are known.
    pub columns_known: bool,
}
