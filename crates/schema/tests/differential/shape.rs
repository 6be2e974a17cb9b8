//! What a SQLite database holds, as it says itself: statements are made from this, so that a range
//! is always about tables and columns that are there.

use rusqlite::Connection;

/// A column of a table or a view.
#[derive(Debug, Clone)]
pub struct ColumnShape {
    pub name: String,
    pub kind: String,
    pub required: bool,
    pub primary: bool,
    pub computed: bool,
}

impl ColumnShape {
    /// A value of the column's kind: few of them, so that rows meet.
    pub fn numeric(&self) -> bool {
        let kind = self.kind.to_lowercase();
        !(kind.contains("text") || kind.contains("char"))
    }
}

/// A table with its columns, or a view.
#[derive(Debug, Clone)]
pub struct TableShape {
    pub name: String,
    pub sql: String,
    pub columns: Vec<ColumnShape>,
    /// Columns that an upsert may name.
    pub unique: Vec<Vec<String>>,
}

impl TableShape {
    /// Columns that a statement may write.
    pub fn written(&self) -> Vec<&ColumnShape> {
        self.columns
            .iter()
            .filter(|column| !column.computed)
            .collect()
    }
}

/// An index or a trigger.
#[derive(Debug, Clone)]
pub struct PartShape {
    pub name: String,
    pub table: String,
    pub sql: String,
}

/// Everything in a database.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    pub tables: Vec<TableShape>,
    pub views: Vec<TableShape>,
    pub indexes: Vec<PartShape>,
    pub triggers: Vec<PartShape>,
}

impl Shape {
    /// Asks the database.
    pub fn of(db: &Connection) -> Self {
        let mut out = Self::default();
        let mut list = db
            .prepare("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
            .expect("the catalogue");
        let rows = list
            .query_map([], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, String>(3)?,
                ))
            })
            .expect("rows");
        for (kind, name, table, sql) in rows.filter_map(Result::ok) {
            match kind.as_str() {
                "table" | "view" => {
                    let shape = TableShape {
                        columns: columns(db, &name),
                        unique: if kind == "table" {
                            unique(db, &name)
                        } else {
                            Vec::new()
                        },
                        name,
                        sql,
                    };
                    if kind == "table" {
                        out.tables.push(shape)
                    } else {
                        out.views.push(shape)
                    }
                }
                "index" => out.indexes.push(PartShape { name, table, sql }),
                _ => out.triggers.push(PartShape { name, table, sql }),
            }
        }
        out
    }

    /// A table or a view by its name.
    pub fn find(&self, name: &str) -> Option<&TableShape> {
        self.tables
            .iter()
            .chain(&self.views)
            .find(|table| table.name == name)
    }

    /// All names that are taken.
    pub fn names(&self) -> Vec<&str> {
        let tables = self.tables.iter().chain(&self.views);
        let parts = self.indexes.iter().chain(&self.triggers);
        tables
            .map(|table| table.name.as_str())
            .chain(parts.map(|part| part.name.as_str()))
            .collect()
    }
}

fn columns(db: &Connection, table: &str) -> Vec<ColumnShape> {
    let Ok(mut asked) = db.prepare(&format!("PRAGMA table_xinfo({table})")) else {
        return Vec::new();
    };
    let rows = asked.query_map([], |row| {
        Ok(ColumnShape {
            name: row.get(1)?,
            kind: row.get(2)?,
            required: row.get::<_, i64>(3)? != 0,
            primary: row.get::<_, i64>(5)? != 0,
            // 2 and 3 are computed columns, 1 is a hidden one
            computed: row.get::<_, i64>(6)? > 1,
        })
    });
    rows.map(|rows| rows.filter_map(Result::ok).collect())
        .unwrap_or_default()
}

fn unique(db: &Connection, table: &str) -> Vec<Vec<String>> {
    let texts = |sql: &str, at: usize| -> Vec<Option<String>> {
        let mut asked = db.prepare(sql).expect("a question");
        let rows = asked.query_map([], |row| row.get(at)).expect("rows");
        rows.filter_map(Result::ok).collect()
    };
    // an upsert finds a partial index only with its condition
    let mut out: Vec<Vec<String>> = texts(
        &format!("SELECT name FROM pragma_index_list('{table}') WHERE \"unique\" AND NOT partial"),
        0,
    )
    .into_iter()
    .flatten()
    .filter_map(|index| {
        texts(&format!("PRAGMA index_info('{index}')"), 2)
            .into_iter()
            .collect::<Option<Vec<String>>>()
    })
    .collect();
    // an `integer PRIMARY KEY` has no index in the list
    let key: Vec<String> = columns(db, table)
        .into_iter()
        .filter(|column| column.primary)
        .map(|column| column.name)
        .collect();
    if !key.is_empty() && !out.contains(&key) {
        out.push(key);
    }
    out
}

/// The parts of a `CREATE TABLE` between its outermost brackets, and what stands behind them.
pub fn take_apart(sql: &str) -> Option<(Vec<String>, String)> {
    let start = sql.find('(')?;
    let (mut depth, mut quoted, mut parts, mut last) = (0i32, false, Vec::new(), start + 1);
    for (at, c) in sql.char_indices().skip(start) {
        match c {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ')' if depth == 1 => {
                parts.push(sql[last..at].trim().to_owned());
                return Some((parts, sql[at + 1..].trim().to_owned()));
            }
            ')' => depth -= 1,
            ',' if depth == 1 => {
                parts.push(sql[last..at].trim().to_owned());
                last = at + 1;
            }
            _ => {}
        }
    }
    None
}
