//! How the previous release reads what the database sends: by the exact width of an integer, as
//! text, or held against its own mappings when it starts.

use crate::dialect::Dialect;
use crate::driver::SourceDrivers;
use crate::layout::Manifest;
use model::{Evidence, Snapshot};

/// Habits of the previous release's database client.
#[derive(Debug, Clone, Default)]
pub struct ClientHabits {
    /// Why an integer that grows is noticed, as the end of a sentence: `npgsql reads integers by
    /// their width`.
    pub width: Option<&'static str>,
    /// Only integers of eight bytes are noticed.
    pub only_eight_bytes: bool,
    /// Where the program says that its mappings are held against the schema at its start.
    pub validates: Option<Evidence>,
    /// Why a time with fractions of a second is refused, as the end of a sentence.
    pub fractions: Option<&'static str>,
}

impl ClientHabits {
    /// By the manifests of the previous release, by its sources, and by what its settings say
    /// ([`find_validation`]).
    pub fn of(
        old: &Manifest,
        sources: &SourceDrivers,
        validates: Option<&Evidence>,
        dialect: Dialect,
    ) -> Self {
        let mentions = |words: &[&str]| words.iter().any(|word| old.mentions(word));
        let mut habits = Self::default();
        // asked by manifest and name: other libraries are called sqlx too, and that of Go converts
        // by value
        let rust_sqlx = old.depends_in("Cargo.toml", "sqlx");
        habits.width = if old.mentions("tokio-postgres") {
            Some("tokio-postgres reads integers by their width")
        } else if old.mentions("diesel") {
            Some("diesel reads integers by their width")
        } else if rust_sqlx {
            Some("sqlx reads integers by their width")
        } else if old.mentions("npgsql") {
            Some("npgsql reads integers by their width")
        } else if matches!(dialect, Dialect::Mssql | Dialect::Unknown)
            && mentions(&[
                "entityframeworkcore.sqlserver",
                "microsoft.data.sqlclient",
                "system.data.sqlclient",
            ])
        {
            Some("SqlClient reads integers by their width")
        } else if matches!(dialect, Dialect::Postgres | Dialect::Unknown)
            && mentions(&["\"pg\"", "\"postgres\""])
        {
            // four bytes come as a number there; only eight bytes change what the program sees
            habits.only_eight_bytes = true;
            Some(
                "the PostgreSQL client of Node.js gives integers of eight bytes as text, so sums become joined texts",
            )
        } else if matches!(dialect, Dialect::Mssql | Dialect::Unknown)
            && mentions(&["\"mssql\"", "\"tedious\""])
        {
            habits.only_eight_bytes = true;
            Some(
                "the SQL Server client of Node.js gives integers of eight bytes as text, so sums become joined texts",
            )
        } else {
            sources.width(dialect).map(|(reason, only_eight_bytes)| {
                habits.only_eight_bytes = only_eight_bytes;
                reason
            })
        };
        habits.validates = validates.cloned();
        // a format of whole seconds meets the microseconds that a wider time gives
        if mentions(&["\"laravel/framework\"", "\"illuminate/database\""]) {
            habits.fractions =
                Some("Laravel reads times by one format and stops at fractions of a second");
        }
        habits
    }
}

/// Where settings of Hibernate let it hold its mappings against the schema. One search of the tree;
/// none where no manifest names a library of such mappings.
pub fn find_validation(old: &Manifest, tree: &dyn Snapshot) -> Option<Evidence> {
    [
        "hibernate",
        "data-jpa",
        "javax.persistence",
        "jakarta.persistence",
    ]
    // searched only where a manifest names such a library: a search of a large tree takes long
    .iter()
    .find(|word| old.mentions(word))?;
    let words = [
        "ddl-auto",
        "hbm2ddl.auto",
        "database.generation",
        "schema-management.strategy",
    ]
    .map(str::to_owned);
    let settings = |path: &str| {
        let lower = path.to_ascii_lowercase();
        [".properties", ".yml", ".yaml", ".xml", ".java", ".kt"]
            .iter()
            .any(|end| lower.ends_with(end))
            && coverage::place::classify_path_place(path) == coverage::place::FileRole::Live
    };
    let (hits, _) = tree.search_many(&words, true, 20, &settings);
    hits.iter()
        .find(|hit| {
            // `ddl-auto: update` changes the schema and does not refuse it
            let line = hit.text.trim_start();
            line.to_lowercase().contains("validate") && !line.starts_with(['#', '/', '*'])
        })
        .map(|hit| Evidence::at(hit.path.as_str(), hit.line).with_excerpt(hit.text.trim()))
}

/// A time of some precision, by its type: how many digits of a second it keeps. `None` for another
/// type.
pub fn read_time_precision(data_type: &str, dialect: Dialect) -> Option<u32> {
    let lower = data_type.to_lowercase();
    if !["timestamp", "datetime", "time"]
        .iter()
        .any(|start| lower.starts_with(start))
    {
        return None;
    }
    let stated = lower
        .split_once('(')
        .and_then(|(_, rest)| rest.split(')').next()?.trim().parse().ok());
    Some(stated.unwrap_or(match dialect {
        // without digits PostgreSQL keeps microseconds, SQL Server seven digits, MySQL whole
        // seconds
        Dialect::Postgres => 6,
        Dialect::Mssql => 7,
        _ => 0,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_is_what_is_stated_or_the_database_s_own() {
        for (data_type, dialect, wanted) in [
            ("timestamp", Dialect::MySql, Some(0)),
            ("timestamp(6)", Dialect::MySql, Some(6)),
            ("timestamp", Dialect::Postgres, Some(6)),
            ("timestamp(0) without time zone", Dialect::Postgres, Some(0)),
            ("DATETIME(3)", Dialect::MySql, Some(3)),
            ("varchar(6)", Dialect::MySql, None),
        ] {
            assert_eq!(
                read_time_precision(data_type, dialect),
                wanted,
                "{data_type}"
            );
        }
    }
}
