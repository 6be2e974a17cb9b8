//! What a word proves by what stands around it on its line of program text.

use super::sought::Stand;
use super::stand_statement::is_sql_statement;

/// A word in code, with what stands around it on its line.
pub(super) struct CodePlace<'l> {
    pub(super) before: &'l str,
    pub(super) after: &'l str,
    /// The whole line in small letters.
    pub(super) small: String,
}

/// Commands of databases.
pub(super) const DATABASE_COMMANDS: [&str; 7] = [
    "psql",
    "mysql",
    "sqlite3",
    "pg_dump",
    "mysqldump",
    "sqlcmd",
    "bq ",
];

/// What opens and closes code in a template.
const TEMPLATE_CODE: [(&str, &str); 7] = [
    ("<%", "%>"),
    ("{{", "}}"),
    ("{%", "%}"),
    ("${", "}"),
    ("#{", "}"),
    ("@", " "),
    ("<#", ">"),
];

/// Calls that take a table.
const TABLE_CALLS: [&str; 10] = [
    "from(", "into(", "insert(", "update(", "delete(", "join(", "table(", "table!", "query(",
    "select(",
];

/// Words of a declaration that maps a column.
const MAPPING_WORDS: [&str; 12] = [
    "models.",
    "column",
    "field",
    "attribute",
    "property",
    "relation",
    "varchar(",
    "text(",
    "integer(",
    "serial(",
    "timestamp(",
    "boolean(",
];

/// Words before the name of a field.
const FIELD_WORDS: [&str; 7] = [
    "private ",
    "public ",
    "protected ",
    "internal ",
    "readonly ",
    "val ",
    "declare ",
];

impl CodePlace<'_> {
    fn has(&self, signs: &[&str]) -> bool {
        signs.iter().any(|sign| self.small.contains(sign))
    }

    /// Commands and settings: only where a database's own word stands on the line.
    pub(super) fn stand_in_command(&self, end: &str) -> Stand {
        if is_sql_statement(&self.small) || self.has(&DATABASE_COMMANDS) {
            return Stand::Proven;
        }
        // dbt and dashboards name columns in YAML without a statement around them
        if end.starts_with('y') && self.has(&["table:", "name:", "relation", "column"]) {
            return Stand::Hint;
        }
        Stand::Not
    }

    pub(super) fn stand_in_template(&self, end: &str) -> Stand {
        // a word within `<%= .. %>` is code, outside of it a text of the page
        let inside = TEMPLATE_CODE.iter().any(|(open, close)| {
            self.before
                .rfind(open)
                .is_some_and(|open| !self.before[open..].contains(close))
        });
        let code =
            matches!(end, "haml" | "slim") && self.small.trim_start().starts_with(['=', '-']);
        if is_sql_statement(&self.small) || inside || code {
            Stand::Proven
        } else {
            Stand::Not
        }
    }

    /// A member of something, or the end of a name (`find_by_note`, `get_note`).
    pub(super) fn is_member(&self) -> bool {
        match self.before.chars().next_back() {
            Some('.' | '>' | '_') => true,
            // `a ?: b` is a choice, `A::b` a member
            Some(':') => !self.before.ends_with("?:"),
            _ => false,
        }
    }

    pub(super) fn names_table(&self) -> bool {
        let next = self.after.trim_start();
        next.starts_with("::")
            || next.starts_with("(id)")
            || next.starts_with("=> {")
            || self.has(&TABLE_CALLS)
            || self.small.contains("resources :")
    }

    pub(super) fn names_column(&self) -> bool {
        let next = self.after.trim_start();
        next.starts_with("->")
            // `note: string` declares or gives a value, `note := 1` makes a variable
            || next.starts_with(':') && !next.starts_with(":=")
            || next.starts_with("?:")
            || self.is_argument()
            || next.starts_with('=') && self.has(&MAPPING_WORDS)
            || next.starts_with("!:")
            || FIELD_WORDS
                .iter()
                .any(|sign| self.before.to_ascii_lowercase().contains(sign))
    }

    /// An argument by its name: `create(note="a")`, alone on its line too.
    fn is_argument(&self) -> bool {
        self.after.starts_with('=')
            && (!self.after.starts_with("==") && self.before.contains('(')
                || self.before.trim().is_empty())
    }

    pub(super) fn is_assigned(&self) -> bool {
        let next = self.after.trim_start();
        next.starts_with('=') && !next.starts_with("==")
    }
}
