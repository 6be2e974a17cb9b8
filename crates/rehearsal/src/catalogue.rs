//! A schema as it stands in a database: tables for whoever makes rows, objects for whoever compares.

use std::collections::BTreeMap;

/// What a column holds, as far as making a value needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Whole numbers; the largest that fits.
    Integer(i64),
    /// Numbers with a fraction.
    Number,
    /// Yes or no.
    Boolean,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A day and a time.
    Timestamp,
    /// A length of time.
    Interval,
    /// A UUID.
    Uuid,
    /// JSON.
    Json,
    /// XML.
    Xml,
    /// A list of values.
    Array,
    /// A range of values.
    Range,
    /// An address in a network.
    Network,
    /// Bits.
    Bits,
    /// A vector of that many numbers.
    Vector(usize),
    /// A place.
    Point,
    /// Something else.
    Other,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct DatabaseColumn {
    /// Its name.
    pub name: String,
    /// Its type as the database writes it.
    pub type_name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// It may be empty.
    pub nullable: bool,
    /// The database fills it in.
    pub has_default: bool,
    /// The database numbers it: no value is given.
    pub numbered: bool,
    /// It is computed: no value can be given.
    pub computed: bool,
    /// Longest text, in characters.
    pub longest: Option<usize>,
    /// Digits in all, and behind the point.
    pub digits: Option<(usize, usize)>,
    /// The only values, where they are listed.
    pub only: Vec<String>,
}

/// Columns that refer to those of another table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// Columns here.
    pub columns: Vec<String>,
    /// The other table, as in [`DatabaseTable::id`].
    pub table: String,
    /// Columns there.
    pub references: Vec<String>,
}

/// A table that rows can be written to.
#[derive(Debug, Clone, PartialEq)]
pub struct DatabaseTable {
    /// Its schema, where the database has any.
    pub schema: Option<String>,
    /// Its name.
    pub name: String,
    /// Columns in order.
    pub columns: Vec<DatabaseColumn>,
    /// Columns of the primary key.
    pub key: Vec<String>,
    /// Columns that are unique together; the key is not among them.
    pub unique: Vec<Vec<String>>,
    /// Foreign keys.
    pub refers: Vec<ForeignKey>,
    /// Texts of the conditions that a row must meet.
    pub rules: Vec<String>,
}

impl DatabaseTable {
    /// A table of which nothing but its name is known yet.
    pub fn new(schema: Option<String>, name: String) -> Self {
        Self {
            schema,
            name,
            columns: Vec::new(),
            key: Vec::new(),
            unique: Vec::new(),
            refers: Vec::new(),
            rules: Vec::new(),
        }
    }

    /// `schema.name`, or the name where it lies in the usual schema.
    pub fn id(&self) -> String {
        match self.schema.as_deref() {
            Some(schema) if schema != "public" => format!("{schema}.{}", self.name),
            _ => self.name.clone(),
        }
    }

    /// A column by its name.
    pub fn column(&self, name: &str) -> Option<&DatabaseColumn> {
        self.columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    }
}

/// Everything a schema consists of: a name in words (`column orders.note`, `index orders_by_day`),
/// and how it is defined.
pub type SchemaObjects = BTreeMap<String, String>;

/// A lock that a migration held on a table that was there before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct HeldLock {
    /// The table.
    pub table: String,
    /// The lock, as the database calls it.
    pub mode: String,
}
