//! Drivers that only the sources name: which of them refuse an integer of another width than the
//! program asks for.

use crate::dialect::Dialect;
use model::{Hit, Snapshot};
use text_scan::has_whole_word;

/// Most places that are looked at.
const PLACES: usize = 2_000;

/// A driver, by what the files of a language hold.
struct Driver {
    ends: &'static [&'static str],
    /// One line of the file holds one of these, in small letters.
    imports: &'static [&'static str],
    /// And one line one of these, where not every integer of the language is read by its width.
    narrow: &'static [&'static str],
    /// The databases that it is for; none for any.
    of: &'static [Dialect],
    only_eight_bytes: bool,
    reason: &'static str,
}

// the first entry that fits is the reason that is told, so clients of one language stand together
const DRIVERS: [Driver; 10] = [
    Driver {
        ends: &["cs", "fs", "vb"],
        imports: &["npgsql"],
        narrow: &[],
        of: &[Dialect::Postgres],
        only_eight_bytes: false,
        reason: "npgsql reads integers by their width",
    },
    Driver {
        ends: &["cs", "fs", "vb"],
        imports: &["microsoft.data.sqlclient", "system.data.sqlclient"],
        narrow: &[],
        of: &[Dialect::Mssql],
        only_eight_bytes: false,
        reason: "SqlClient reads integers by their width",
    },
    Driver {
        // `Int` takes any width in Haskell; only a type of a stated width is refused
        ends: &["hs"],
        imports: &["database.postgresql.simple", "hasql."],
        narrow: &["int32", "int16", "int4", "int2"],
        of: &[Dialect::Postgres],
        only_eight_bytes: false,
        reason: "the client of Haskell reads integers by their width",
    },
    Driver {
        ends: &["swift"],
        imports: &["import postgresnio", "import postgreskit", "import fluent"],
        narrow: &["int32", "int16"],
        of: &[Dialect::Postgres],
        only_eight_bytes: false,
        reason: "the client of Swift reads integers by their width",
    },
    Driver {
        ends: &["scala"],
        imports: &["import skunk"],
        narrow: &["int4", "int2"],
        of: &[Dialect::Postgres],
        only_eight_bytes: false,
        reason: "skunk holds the types of columns against those it was told",
    },
    Driver {
        // JDBC is not imported by name where a framework hands it on, so its calls are looked for
        ends: &["java", "kt", "groovy", "scala"],
        imports: &["getobject(", "queryformap("],
        narrow: &["integer.class", "(integer)", "int::class", "as int"],
        of: &[],
        only_eight_bytes: true,
        reason: "a value that JDBC gives as an object of eight bytes is no Integer",
    },
    Driver {
        ends: &["cr"],
        imports: &["require pg", "require mysql", "require db"],
        narrow: &["int32", "int16"],
        of: &[],
        only_eight_bytes: false,
        reason: "the client of Crystal reads integers by their width",
    },
    Driver {
        ends: &["zig"],
        imports: &["@import(pg)"],
        narrow: &["i32", "i16"],
        of: &[Dialect::Postgres],
        only_eight_bytes: false,
        reason: "the client of Zig reads integers by their width",
    },
    Driver {
        ends: &["js", "mjs", "cjs", "ts", "mts", "tsx"],
        imports: &[
            "require(pg)",
            "from pg",
            "npm:pg@",
            "from npm:pg",
            "require(postgres)",
            "from postgres",
            "npm:postgres@",
            "deno.land/x/postgres",
            "jsr:@db/postgres",
        ],
        narrow: &[],
        of: &[Dialect::Postgres],
        only_eight_bytes: true,
        reason: "PostgreSQL clients of JavaScript give integers of eight bytes as text or as another kind of number, so sums become joined texts or stop",
    },
    Driver {
        ends: &["js", "mjs", "cjs", "ts", "mts", "tsx"],
        imports: &[
            "require(mssql)",
            "from mssql",
            "require(tedious)",
            "from tedious",
        ],
        narrow: &[],
        of: &[Dialect::Mssql],
        only_eight_bytes: true,
        reason: "the SQL Server client of Node.js gives integers of eight bytes as text, so sums become joined texts",
    },
];

/// Words that are looked for.
const WORDS: [&str; 35] = [
    "npgsql",
    "sqlclient",
    "postgresql.simple",
    "hasql",
    "postgresnio",
    "postgreskit",
    "import fluent",
    "import skunk",
    "getobject(",
    "queryformap(",
    "\"pg\"",
    "'pg'",
    "\"postgres\"",
    "'postgres'",
    "\"mysql\"",
    "\"db\"",
    "npm:pg",
    "npm:postgres",
    "deno.land/x/postgres",
    "@db/postgres",
    "\"mssql\"",
    "'mssql'",
    "\"tedious\"",
    "'tedious'",
    "@import(\"pg\")",
    "integer.class",
    "(integer)",
    "int::class",
    "as int",
    "int32",
    "int16",
    "int4",
    "int2",
    "i32",
    "i16",
];

/// What the sources of a tree say of its drivers.
#[derive(Debug, Clone, Default)]
pub struct SourceDrivers {
    lines: Vec<(String, String)>,
}

impl SourceDrivers {
    /// One search of the tree.
    pub fn find(tree: &dyn Snapshot) -> Self {
        let words = WORDS.map(str::to_owned);
        let files = |path: &str| {
            let end = path.rsplit('.').next().unwrap_or_default();
            DRIVERS.iter().any(|driver| driver.ends.contains(&end))
                && coverage::place::classify_path_place(path) == coverage::place::FileRole::Live
        };
        let (hits, _) = tree.search_many(&words, true, PLACES, &files);
        // quotes differ between files of one language (`"pg"`, `'pg'`), and are left out on both
        // sides
        let bare = |hit: &Hit| hit.text.to_lowercase().replace(['"', '\'', '`'], "");
        Self {
            lines: hits
                .iter()
                // a minified bundle has one line, which holds every word
                .filter(|hit| hit.text.len() < 1_000)
                .map(|hit| (hit.path.clone(), bare(hit)))
                // a remark that names a driver is no use of it
                .filter(|(_, line)| {
                    let line = line.trim_start();
                    !line.starts_with("//") && !line.starts_with("--") && !line.starts_with('*')
                })
                .collect(),
        }
    }

    /// Why a number that grows is noticed, as the end of a sentence, and whether only at eight
    /// bytes.
    pub fn width(&self, dialect: Dialect) -> Option<(&'static str, bool)> {
        let holds = |driver: &Driver, words: &[&str]| {
            words.is_empty()
                || self.lines.iter().any(|(path, line)| {
                    let end = path.rsplit('.').next().unwrap_or_default();
                    driver.ends.contains(&end)
                        && words.iter().any(|word| has_whole_word(line, word))
                })
        };
        DRIVERS
            .iter()
            .filter(|driver| {
                // JDBC and the client of Crystal serve any database
                dialect == Dialect::Unknown || driver.of.is_empty() || driver.of.contains(&dialect)
            })
            .find(|driver| holds(driver, driver.imports) && holds(driver, driver.narrow))
            .map(|driver| (driver.reason, driver.only_eight_bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::MemorySnapshot;

    #[test]
    fn drivers_are_told_from_the_sources_alone() {
        for (path, text, dialect, wanted) in [
            ("a.cs", "using Npgsql;\n", Dialect::Postgres, true),
            ("a.cs", "using Npgsql;\n", Dialect::MySql, false),
            (
                "a.fs",
                "open Microsoft.Data.SqlClient\n",
                Dialect::Mssql,
                true,
            ),
            (
                "app/Main.hs",
                "import Database.PostgreSQL.Simple\nf :: IO [(Int32, Text)]\n",
                Dialect::Postgres,
                true,
            ),
            (
                "app/Main.hs",
                "import Database.PostgreSQL.Simple\nf :: IO [(Int, Text)]\n",
                Dialect::Postgres,
                false,
            ),
            (
                "Sources/A.swift",
                "import PostgresNIO\nlet (id, n) = try row.decode((Int32, Int32).self)\n",
                Dialect::Postgres,
                true,
            ),
            (
                "A.java",
                "Integer n = rs.getObject(\"total\", Integer.class);\n",
                Dialect::Postgres,
                true,
            ),
            (
                "A.java",
                "int n = rs.getInt(\"total\");\n",
                Dialect::Postgres,
                false,
            ),
            (
                "main.ts",
                "import { Client } from \"https://deno.land/x/postgres/mod.ts\";\n",
                Dialect::Postgres,
                true,
            ),
            (
                "a.cr",
                "require \"pg\"\nn = rs.read(Int32)\n",
                Dialect::Postgres,
                true,
            ),
            (
                "a.js",
                "const mysql = require('mysql2')\n",
                Dialect::MySql,
                false,
            ),
            ("a.py", "import psycopg\n", Dialect::Postgres, false),
        ] {
            let tree = MemorySnapshot::new([(path, text)]);
            let found = SourceDrivers::find(&tree).width(dialect);
            assert_eq!(found.is_some(), wanted, "{text}");
        }
    }
}
