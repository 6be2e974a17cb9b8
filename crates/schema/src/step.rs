//! What a migration does, in one vocabulary for SQL and for every host language. Readers produce
//! steps; the judge reads them.

pub use super::object::{
    Column, Constraint, ConstraintKind, DefaultValue, Name, Routine, RoutineParameter, Table,
    TableIndex,
};

/// One thing a statement does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaAction {
    /// Makes a table.
    CreateTable(Table),
    /// Drops a table.
    DropTable {
        table: Name,
        if_exists: bool,
        cascade: bool,
    },
    /// Renames a table.
    RenameTable { table: Name, to: Name },
    /// Moves a table, or renames the schema around it. Without a name it is the default schema of
    /// the connection.
    MoveTable { table: Name, schema: String },
    /// Removes all rows.
    Truncate { table: Name },
    /// Storage, engine, statistics and other things no statement sees.
    TableOption { table: Name, what: String },
    /// Character set or collation of a table.
    TableCollation { table: Name },
    /// Adds or attaches a partition.
    AddPartition { table: Name },
    /// Detaches or drops a partition.
    DropPartition { table: Name, keeps_rows: bool },
    /// Makes a table partitioned.
    Partition { table: Name },
    /// Adds a column.
    AddColumn {
        table: Name,
        column: Column,
        if_not_exists: bool,
    },
    /// Drops a column.
    DropColumn { table: Name, column: String },
    /// Renames a column.
    RenameColumn {
        table: Name,
        column: String,
        to: String,
    },
    /// Changes a column's type.
    ChangeType {
        table: Name,
        column: String,
        to: String,
    },
    /// States a column anew (MySQL `MODIFY` and `CHANGE`, SQL Server `ALTER COLUMN`): what is not
    /// repeated is lost.
    RestateColumn {
        table: Name,
        from: String,
        column: Column,
        keeps_default: bool,
    },
    /// Refuses NULL from now on.
    SetNotNull { table: Name, column: String },
    /// Allows NULL from now on.
    DropNotNull { table: Name, column: String },
    /// Sets a default.
    SetDefault {
        table: Name,
        column: String,
        value: DefaultValue,
    },
    /// Removes the default.
    DropDefault { table: Name, column: String },
    /// Makes a column computed, or computed differently.
    SetGenerated { table: Name, column: String },
    /// Makes a computed column plain.
    DropGenerated { table: Name, column: String },
    /// Makes a column an identity.
    SetIdentity {
        table: Name,
        column: String,
        always: bool,
    },
    /// Takes the numbering away.
    DropIdentity { table: Name, column: String },
    /// Statistics, storage, visibility, comment of a column.
    ColumnOption {
        table: Name,
        column: String,
        what: String,
    },
    /// Makes an index.
    CreateIndex(TableIndex),
    /// Drops an index.
    DropIndex { name: String, table: Option<Name> },
    /// Renames an index.
    RenameIndex { name: String, to: String },
    /// Adds a constraint.
    AddConstraint { table: Name, constraint: Constraint },
    /// Drops a constraint; the kind where it is stated.
    DropConstraint {
        table: Name,
        name: Option<String>,
        kind: Option<ConstraintKind>,
        columns: Vec<String>,
    },
    /// Renames a constraint.
    RenameConstraint {
        table: Name,
        name: String,
        to: String,
    },
    /// Checks existing rows against a constraint.
    ValidateConstraint { table: Name, name: String },
    /// Changes when a constraint is enforced.
    AlterConstraint { table: Name, name: String },
    /// Makes a type; members of an enumeration.
    CreateType {
        name: Name,
        values: Option<Vec<String>>,
    },
    /// Drops a type.
    DropType { name: Name },
    /// Renames a type.
    RenameType { name: Name, to: String },
    /// Adds a member to an enumeration.
    AddEnumValue { name: Name, value: String },
    /// Renames a member of an enumeration.
    RenameEnumValue {
        name: Name,
        value: String,
        to: String,
    },
    /// Changes a domain or composite type.
    AlterType { name: Name, adds_constraint: bool },
    /// Makes or replaces a view.
    CreateView {
        name: Name,
        replace: bool,
        materialized: bool,
        body: String,
    },
    /// Drops a view.
    DropView { name: Name, if_exists: bool },
    /// Renames a view.
    RenameView { name: Name, to: Name },
    /// Fills a materialised view again.
    RefreshView { name: Name },
    /// Makes or replaces a routine.
    CreateRoutine(Routine),
    /// Drops a routine.
    DropRoutine { name: Name, if_exists: bool },
    /// Renames a routine.
    RenameRoutine { name: Name, to: String },
    /// Makes or replaces a trigger.
    CreateTrigger {
        name: String,
        table: Name,
        body: String,
    },
    /// Drops a trigger.
    DropTrigger { name: String, table: Option<Name> },
    /// Disables or enables a trigger.
    SwitchTrigger { name: String, table: Name, on: bool },
    /// Makes a sequence.
    CreateSequence { name: Name },
    /// Drops a sequence.
    DropSequence { name: Name },
    /// Renames a sequence.
    RenameSequence { name: Name, to: String },
    /// Changes numbers a sequence gives.
    AlterSequence { name: Name },
    /// Makes a schema.
    CreateSchema { name: String },
    /// Drops a schema.
    DropSchema { name: String },
    /// Renames a schema.
    RenameSchema { name: String, to: String },
    /// Adds an extension.
    CreateExtension { name: String },
    /// Drops an extension.
    DropExtension { name: String, cascade: bool },
    /// Updates an extension.
    AlterExtension { name: String },
    /// Grants rights.
    Grant { object: String },
    /// Takes rights away, or changes the owner.
    Revoke { object: String },
    /// Switches row-level security.
    RowSecurity { table: Name, on: bool },
    /// Makes or changes a policy.
    CreatePolicy { name: String, table: Name },
    /// Drops a policy.
    DropPolicy { name: String, table: Name },
    /// Rules, event triggers, publications and other rare objects.
    RareObject { what: String, name: String },
    /// A comment on an object.
    Comment { object: String },
    /// A setting that outlives the session.
    Setting { name: String },
    /// Adds rows.
    Insert {
        table: Name,
        columns: Vec<String>,
        from: Vec<Name>,
        overwrites: bool,
    },
    /// Changes rows.
    Update {
        table: Name,
        columns: Vec<String>,
        fills_null: bool,
        reads: Vec<Name>,
    },
    /// Removes rows.
    Delete { table: Name },
    /// Code of a host language; what it does to rows or schema is not known.
    HostCode { what: String },
    /// Only the framework's own state changes, not the database.
    StateOnly { what: String },
    /// Nothing that stays: session settings, transactions, queries.
    Nothing,
    /// Not understood.
    Unknown { why: String },
}

impl SchemaAction {
    /// The table it is about, where it is about one.
    pub fn table(&self) -> Option<&Name> {
        use SchemaAction as A;
        match self {
            A::CreateTable(table) => Some(&table.name),
            A::CreateIndex(index) => Some(&index.table),
            A::DropTable { table, .. }
            | A::RenameTable { table, .. }
            | A::MoveTable { table, .. }
            | A::Truncate { table }
            | A::TableOption { table, .. }
            | A::TableCollation { table }
            | A::AddPartition { table }
            | A::DropPartition { table, .. }
            | A::Partition { table }
            | A::AddColumn { table, .. }
            | A::DropColumn { table, .. }
            | A::RenameColumn { table, .. }
            | A::ChangeType { table, .. }
            | A::RestateColumn { table, .. }
            | A::SetNotNull { table, .. }
            | A::DropNotNull { table, .. }
            | A::SetDefault { table, .. }
            | A::DropDefault { table, .. }
            | A::SetGenerated { table, .. }
            | A::DropGenerated { table, .. }
            | A::SetIdentity { table, .. }
            | A::DropIdentity { table, .. }
            | A::ColumnOption { table, .. }
            | A::AddConstraint { table, .. }
            | A::DropConstraint { table, .. }
            | A::RenameConstraint { table, .. }
            | A::ValidateConstraint { table, .. }
            | A::AlterConstraint { table, .. }
            | A::CreateTrigger { table, .. }
            | A::SwitchTrigger { table, .. }
            | A::RowSecurity { table, .. }
            | A::CreatePolicy { table, .. }
            | A::DropPolicy { table, .. }
            | A::Insert { table, .. }
            | A::Update { table, .. }
            | A::Delete { table } => Some(table),
            A::DropIndex { table, .. } | A::DropTrigger { table, .. } => table.as_ref(),
            _ => None,
        }
    }

    /// The column it is about, where it is about one.
    pub fn column(&self) -> Option<&str> {
        use SchemaAction as A;
        match self {
            A::AddColumn { column, .. } => Some(&column.name),
            A::RestateColumn { from, .. } => Some(from),
            A::DropColumn { column, .. }
            | A::RenameColumn { column, .. }
            | A::ChangeType { column, .. }
            | A::SetNotNull { column, .. }
            | A::DropNotNull { column, .. }
            | A::SetDefault { column, .. }
            | A::DropDefault { column, .. }
            | A::SetGenerated { column, .. }
            | A::DropGenerated { column, .. }
            | A::SetIdentity { column, .. }
            | A::DropIdentity { column, .. }
            | A::ColumnOption { column, .. } => Some(column),
            _ => None,
        }
    }
}

/// An action with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStep {
    /// Line in the file, from 1.
    pub line: usize,
    /// The statement's text, bounded.
    pub text: String,
    /// It always runs. `false` inside a condition, a string or a loop.
    pub certain: bool,
    /// What it does.
    pub action: SchemaAction,
}

/// What one side (up or down) of a migration does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// In order.
    pub steps: Vec<MigrationStep>,
    /// There was text besides comments and blanks.
    pub has_text: bool,
    /// The author refuses (raises on purpose); the line.
    pub refuses: Option<usize>,
    /// Something in it fails whenever it runs: line and why.
    pub fails: Option<(usize, String)>,
}

impl Script {
    /// Steps that change schema or rows, or may.
    pub fn effective(&self) -> impl Iterator<Item = &MigrationStep> {
        // session settings and the framework's own state leave no trace in the database
        self.steps.iter().filter(|step| {
            !matches!(
                step.action,
                SchemaAction::Nothing | SchemaAction::StateOnly { .. }
            )
        })
    }
}
