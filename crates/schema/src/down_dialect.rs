//! Statements of a down in the words of another database. A down is run for the first time when it
//! is needed; its up ran long before.
//!
//! `sqlparser` takes most of these words in every dialect, so that parsing tells nothing.

use super::dialect::Dialect;

/// The database for which a statement is written, where it is refused by this one. What has no
/// text of SQL is of no dialect.
pub fn find_other_dialect(text: &str, dialect: Dialect) -> Option<&'static str> {
    // a long text is a body or rows; what is refused shows in its first words
    let words: Vec<String> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')'))
        .filter(|word| !word.is_empty())
        .take(400)
        .map(str::to_ascii_uppercase)
        .collect();
    // other statements are alike in all databases, or their words mean something else elsewhere
    let first = words.first()?.as_str();
    if dialect == Dialect::Postgres && is_statement(first) && has_backticks(text) {
        return Some("MySQL");
    }
    if !matches!(first, "ALTER" | "DROP") {
        return None;
    }
    let has = |words_of: &[&str]| {
        words
            .windows(words_of.len())
            .any(|found| found.iter().zip(words_of).all(|(one, other)| one == other))
    };
    let alters = words.get(1).is_some_and(|word| word == "TABLE") && first == "ALTER";
    let drops_index = first == "DROP" && words.get(1).is_some_and(|word| word == "INDEX");
    // `DROP INDEX name ON table` is MySQL's form; PostgreSQL and SQLite name the index alone
    let named_table = words.iter().any(|word| word == "ON");
    let mysql = alters
        && (has(&["DROP", "FOREIGN", "KEY"])
            || has(&["DROP", "PRIMARY", "KEY"])
            || has(&["DROP", "INDEX"])
            || has(&["DROP", "KEY"])
            || has(&["MODIFY", "COLUMN"])
            || has(&["CHANGE", "COLUMN"])
            || begins_with_modify(&words));
    match dialect {
        Dialect::Postgres | Dialect::Sqlite if drops_index && named_table => {
            Some("MySQL or SQL Server")
        }
        Dialect::Postgres | Dialect::Sqlite | Dialect::Mssql if mysql => Some("MySQL"),
        // `DROP INDEX orders.client` holds the table in its name
        Dialect::MySql | Dialect::Mssql if drops_index && !named_table && !has_dotted(&words) => {
            Some("PostgreSQL or SQLite")
        }
        Dialect::MySql if alters && alters_type(&words) => Some("PostgreSQL"),
        Dialect::Sqlite
            if alters && (has(&["ALTER", "COLUMN"]) || has(&["DROP", "CONSTRAINT"])) =>
        {
            Some("another database")
        }
        // what is not known to be refused is no fault of the down
        _ => None,
    }
}

fn is_statement(first: &str) -> bool {
    matches!(
        first,
        "ALTER" | "DROP" | "CREATE" | "UPDATE" | "DELETE" | "INSERT"
    )
}

/// Names in backticks, which PostgreSQL does not take. In texts and bodies they are letters.
fn has_backticks(text: &str) -> bool {
    !text.contains("$$")
        && text
            .split('\'')
            .step_by(2)
            .any(|outside| outside.contains('`'))
}

/// `ALTER TABLE name MODIFY other type`.
fn begins_with_modify(words: &[String]) -> bool {
    let rest = words
        .iter()
        .skip(2)
        .skip_while(|word| matches!(word.as_str(), "IF" | "EXISTS" | "ONLY"))
        .nth(1);
    rest.is_some_and(|word| matches!(word.as_str(), "MODIFY" | "CHANGE"))
}

/// The database in words.
pub fn name_dialect(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "PostgreSQL",
        Dialect::MySql => "MySQL",
        Dialect::Sqlite => "SQLite",
        Dialect::Mssql => "SQL Server",
        _ => "the database",
    }
}

/// `DROP INDEX orders.client` of older versions of SQL Server.
fn has_dotted(words: &[String]) -> bool {
    words
        .iter()
        .skip(2)
        .any(|word| word.contains('.') || word == "CONCURRENTLY")
}

/// `ALTER COLUMN name TYPE text`.
fn alters_type(words: &[String]) -> bool {
    words.windows(4).any(|four| {
        four.first().is_some_and(|word| word == "ALTER")
            && four.get(1).is_some_and(|word| word == "COLUMN")
            && four.get(3).is_some_and(|word| word == "TYPE")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_of_another_database_is_told() {
        for (text, dialect, other) in [
            (
                "ALTER TABLE a DROP FOREIGN KEY k",
                Dialect::Postgres,
                Some("MySQL"),
            ),
            (
                "DROP INDEX i ON a",
                Dialect::Postgres,
                Some("MySQL or SQL Server"),
            ),
            ("ALTER TABLE a DROP INDEX i", Dialect::Sqlite, Some("MySQL")),
            ("DROP INDEX i", Dialect::MySql, Some("PostgreSQL or SQLite")),
            (
                "ALTER TABLE a ALTER COLUMN b TYPE text",
                Dialect::MySql,
                Some("PostgreSQL"),
            ),
            ("ALTER TABLE a DROP FOREIGN KEY k", Dialect::MySql, None),
            ("DROP INDEX i ON a", Dialect::MySql, None),
            (
                "ALTER TABLE a MODIFY b varchar(40)",
                Dialect::Postgres,
                Some("MySQL"),
            ),
            (
                "ALTER TABLE `a` DROP COLUMN b",
                Dialect::Postgres,
                Some("MySQL"),
            ),
            ("UPDATE a SET b = 'with `ticks`'", Dialect::Postgres, None),
            ("ALTER TABLE a MODIFY b varchar(40)", Dialect::MySql, None),
            (
                "ALTER TABLE a ADD COLUMN modify int",
                Dialect::Postgres,
                None,
            ),
            ("ALTER TABLE `a` DROP COLUMN b", Dialect::Sqlite, None),
            ("DROP INDEX IF EXISTS i", Dialect::Postgres, None),
            ("ALTER TABLE a DROP CONSTRAINT k", Dialect::Postgres, None),
            ("DROP INDEX i ON a", Dialect::Unknown, None),
            ("drop_index :a, :i", Dialect::Postgres, None),
        ] {
            assert_eq!(find_other_dialect(text, dialect), other, "{text}");
        }
    }
}
