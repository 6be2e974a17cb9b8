//! Statements that follow from a mapping: a mapper reads every column of a table that it knows, and
//! writes those of a form. Only mappings that write the names of their table and columns out are
//! read; what is made from the name of a class is left to the tool. A mapping that is misread gives
//! a statement that fails on the old schema already, and is left out there.

use crate::dialect::Dialect;

/// Most columns of one mapping.
const COLUMNS: usize = 300;

/// Lines between the words above a form and its name.
const ABOVE: usize = 12;

/// Words that no database takes as a bare name.
const RESERVED: [&str; 40] = [
    "all",
    "cast",
    "change",
    "check",
    "column",
    "condition",
    "default",
    "desc",
    "end",
    "from",
    "function",
    "grant",
    "group",
    "groups",
    "index",
    "interval",
    "key",
    "keys",
    "limit",
    "lines",
    "offset",
    "option",
    "order",
    "primary",
    "range",
    "rank",
    "read",
    "references",
    "release",
    "row",
    "rows",
    "select",
    "system",
    "table",
    "to",
    "usage",
    "user",
    "values",
    "when",
    "where",
];

/// Statements of a file, each with the line on which its mapping begins.
pub fn list_mapped_statements(path: &str, text: &str, dialect: Dialect) -> Vec<(usize, String)> {
    let ending = path.rsplit('.').next().unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let mut out = Vec::new();
    match ending {
        "rs" if text.contains("table!") => read_diesel_tables(&lines, dialect, &mut out),
        "rs" if text.contains("Insertable") => read_diesel_forms(&lines, dialect, &mut out),
        "prisma" => read_prisma_models(&lines, dialect, &mut out),
        "py" if text.contains("__tablename__") => read_python_classes(&lines, dialect, &mut out),
        _ => {}
    }
    out
}

/// The text of a read of whole rows; a column a line, as mappings are written.
fn write_read(table: &str, columns: &[String], dialect: Dialect) -> Option<String> {
    let columns: Vec<String> = columns
        .iter()
        .map(|name| quote_name(name, dialect))
        .collect();
    (!columns.is_empty() && columns.len() <= COLUMNS).then(|| {
        format!(
            "SELECT {}\nFROM {}",
            columns.join(",\n"),
            quote_table(table, dialect)
        )
    })
}

fn write_insert(table: &str, columns: &[String], dialect: Dialect) -> Option<String> {
    let names: Vec<String> = columns
        .iter()
        .map(|name| quote_name(name, dialect))
        .collect();
    let places: Vec<String> = (1..=columns.len()).map(|at| format!("${at}")).collect();
    (!names.is_empty() && names.len() <= COLUMNS).then(|| {
        format!(
            "INSERT INTO {} ({})\nVALUES ({})",
            quote_table(table, dialect),
            names.join(",\n"),
            places.join(", ")
        )
    })
}

fn quote_table(table: &str, dialect: Dialect) -> String {
    let parts: Vec<String> = table
        .split('.')
        .map(|part| quote_name(part, dialect))
        .collect();
    parts.join(".")
}

fn quote_name(name: &str, dialect: Dialect) -> String {
    let plain = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain && !RESERVED.contains(&name) {
        return name.to_owned();
    }
    // a name that holds a quote of its own is none that a mapping writes
    let bare: String = name.chars().filter(|c| !matches!(c, '"' | '`')).collect();
    match dialect {
        // SQLite takes an unknown name in double quotes for a text
        Dialect::MySql | Dialect::Sqlite => format!("`{bare}`"),
        _ => format!("\"{bare}\""),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The text in the first double quotes.
fn find_quoted(text: &str) -> Option<&str> {
    text.split('"').nth(1)
}

/// `table! { shop.orders (id) { id -> Int4, … } }` of Diesel.
fn read_diesel_tables(lines: &[&str], dialect: Dialect, out: &mut Vec<(usize, String)>) {
    let mut inside = false;
    let mut named: Option<String> = None;
    let mut table: Option<(usize, String, Vec<String>)> = None;
    for (at, line) in lines.iter().enumerate() {
        let line = line.trim();
        if line.contains("table!") {
            inside = true;
            continue;
        }
        if !inside {
            continue;
        }
        if line.starts_with("#[sql_name") {
            named = find_quoted(line).map(str::to_owned);
            continue;
        }
        if line.starts_with(['#', '/']) || line.starts_with("use ") {
            continue;
        }
        if let Some((_, _, columns)) = &mut table {
            if let Some((name, _)) = line.split_once("->") {
                let name = name.trim();
                if is_name(name) {
                    columns.push(named.take().unwrap_or_else(|| name.to_owned()));
                }
            } else if line.starts_with('}') {
                if let Some((line, table, columns)) = table.take()
                    && let Some(text) = write_read(&table, &columns, dialect)
                {
                    out.push((line, text));
                }
                inside = false;
            }
        } else if let Some((name, _)) = line.split_once('(') {
            let name = name.trim();
            if name.split('.').all(is_name) {
                let name = named.take().unwrap_or_else(|| name.to_owned());
                table = Some((at + 1, name, Vec::new()));
            }
        }
    }
}

/// A struct with `Insertable` and the name of its table.
fn read_diesel_forms(lines: &[&str], dialect: Dialect, out: &mut Vec<(usize, String)>) {
    for (at, line) in lines.iter().enumerate() {
        let Some((_, rest)) = line.split_once("table_name") else {
            continue;
        };
        let name = rest.trim_start().trim_start_matches('=').trim_start();
        let name: String = name
            .trim_start_matches('"')
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':'))
            .collect();
        let table = name.rsplit(':').next().unwrap_or_default().to_owned();
        // what stands above belongs to this form up to the end of the one before it
        let above = lines.get(at.saturating_sub(ABOVE)..=at).unwrap_or_default();
        let own = above
            .iter()
            .rev()
            .take_while(|line| !line.trim().starts_with('}'));
        let below = lines.iter().skip(at + 1).take(ABOVE);
        let below = below.take_while(|line| line.trim_start().starts_with('#'));
        if !is_name(&table)
            || !own
                .chain(below)
                .any(|line| line.contains("Insertable") && line.contains("derive"))
        {
            continue;
        }
        if let Some(columns) = read_struct(lines, at + 1)
            && let Some(text) = write_insert(&table, &columns, dialect)
        {
            out.push((at + 1, text));
        }
    }
}

/// The members of the struct that begins behind a line; `None` where one is of a part of its own.
fn read_struct(lines: &[&str], from: usize) -> Option<Vec<String>> {
    let open = lines
        .iter()
        .enumerate()
        .skip(from)
        .take(ABOVE)
        .find(|(_, line)| line.contains("struct ") && line.trim_end().ends_with('{'))?
        .0;
    let mut columns = Vec::new();
    let mut named: Option<String> = None;
    for line in lines.iter().skip(open + 1).take(COLUMNS * 4) {
        let line = line.trim();
        if line.starts_with('}') {
            return Some(columns);
        }
        if line.contains("embed") || line.contains("skip_insertion") {
            return None;
        }
        if let Some((_, rest)) = line.split_once("column_name") {
            let name = rest.trim_start().trim_start_matches('=').trim();
            let name: String = name
                .trim_start_matches('"')
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            named = Some(name);
            continue;
        }
        if line.starts_with(['#', '/']) {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else {
            continue;
        };
        let name = name.trim();
        let name = match name.strip_prefix("pub") {
            Some(rest) => rest.rsplit([' ', ')']).next().unwrap_or_default(),
            None => name,
        };
        let name = name.trim_start_matches("r#");
        if is_name(name) {
            columns.push(named.take().unwrap_or_else(|| name.to_owned()));
        }
    }
    None
}

/// `model Order { id Int @id … @@map("orders") }` of Prisma.
fn read_prisma_models(lines: &[&str], dialect: Dialect, out: &mut Vec<(usize, String)>) {
    let models: std::collections::BTreeSet<&str> = lines
        .iter()
        .filter_map(|line| line.trim().strip_prefix("model "))
        .filter_map(|rest| rest.split_whitespace().next())
        .collect();
    let mut model: Option<(usize, String, Vec<String>)> = None;
    for (at, line) in lines.iter().enumerate() {
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("model ") {
            let name = rest.split([' ', '{']).next().unwrap_or_default();
            model = Some((at + 1, name.to_owned(), Vec::new()));
            continue;
        }
        let Some((_, table, columns)) = &mut model else {
            continue;
        };
        if line.starts_with('}') {
            if let Some((line, table, columns)) = model.take()
                && let Some(text) = write_read(&table, &columns, dialect)
            {
                out.push((line, text));
            }
            continue;
        }
        if line.starts_with("@@map") {
            if let Some(name) = find_quoted(line) {
                name.clone_into(table);
            }
            continue;
        }
        let mut words = line.split_whitespace();
        let (Some(name), Some(kind)) = (words.next(), words.next()) else {
            continue;
        };
        let kind = kind.trim_end_matches(['?', ']', '[']);
        if !is_name(name) || models.contains(kind) {
            continue;
        }
        let mapped = line
            .split_once("@map(")
            .and_then(|(_, rest)| find_quoted(rest));
        columns.push(mapped.unwrap_or(name).to_owned());
    }
}

/// A class of SQLAlchemy with `__tablename__`.
fn read_python_classes(lines: &[&str], dialect: Dialect, out: &mut Vec<(usize, String)>) {
    const MAKES: [&str; 3] = ["Column(", "mapped_column(", "MappedColumn("];
    for (at, line) in lines.iter().enumerate() {
        let Some((head, table)) = line.split_once("__tablename__") else {
            continue;
        };
        let quoted = table.trim_start().trim_start_matches('=').trim();
        let table = quoted.trim_matches(['"', '\'']);
        if !head.trim().is_empty() || !is_name(table) || table == quoted {
            continue;
        }
        let mut columns = Vec::new();
        for line in lines.iter().skip(at + 1).take(COLUMNS * 4) {
            let deep = line.len() - line.trim_start().len();
            if !line.trim().is_empty() && deep < head.len() {
                break;
            }
            if deep != head.len() {
                continue;
            }
            let Some((name, made)) = line.split_once('=') else {
                continue;
            };
            let name = name.split(':').next().unwrap_or_default().trim();
            let Some((_, given)) = MAKES.iter().find_map(|make| made.split_once(make)) else {
                continue;
            };
            // the first value may be the name of the column
            let first = given.trim_start();
            let own = ['"', '\'']
                .iter()
                .find(|quote| first.starts_with(**quote))
                .and_then(|quote| first.split(*quote).nth(1));
            if is_name(name) {
                columns.push(own.unwrap_or(name).to_owned());
            }
        }
        if let Some(text) = write_read(table, &columns, dialect) {
            out.push((at + 1, text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(path: &str, text: &str) -> Vec<String> {
        list_mapped_statements(path, text, Dialect::Postgres)
            .into_iter()
            .map(|(line, text)| {
                format!(
                    "{line}: {}",
                    text.split_whitespace().collect::<Vec<_>>().join(" ")
                )
            })
            .collect()
    }

    #[test]
    fn tables_and_forms_of_diesel_are_statements() {
        let schema = "diesel::table! {\n    use diesel::sql_types::*;\n    /// Orders.\n    shop.orders (id) {\n        id -> Int4,\n        #[max_length = 9]\n        state -> Varchar,\n        #[sql_name = \"type\"]\n        type_ -> Text,\n        #[sql_name = \"order\"]\n        order_ -> Int4,\n    }\n}\n\ndiesel::joinable!(lines -> orders (order_id));\n";
        assert_eq!(
            texts("src/schema.rs", schema),
            ["4: SELECT id, state, type, \"order\" FROM shop.orders"]
        );
        let form = "#[derive(Queryable)]\n#[diesel(table_name = orders)]\npub struct Order {\n    pub id: i32,\n}\n\n#[cfg_attr(feature = \"full\", derive(Insertable, AsChangeset))]\n#[cfg_attr(feature = \"full\", diesel(table_name = crate::schema::orders))]\npub struct NewOrder {\n    pub state: String,\n    /// Its kind.\n    #[diesel(column_name = type_)]\n    pub(crate) kind: Option<String>,\n}\n";
        assert_eq!(
            texts("src/order.rs", form),
            ["8: INSERT INTO orders (state, type_) VALUES ($1, $2)"]
        );
    }

    #[test]
    fn models_of_prisma_and_classes_of_sqlalchemy_are_reads() {
        let models = "model Order {\n  id Int @id\n  kind String @map(\"order_kind\")\n  lines Line[]\n  tags String[]\n  @@map(\"orders\")\n}\n\nmodel Line {\n  id Int @id\n  orderId Int\n  order Order @relation(fields: [orderId], references: [id])\n}\n";
        assert_eq!(
            texts("prisma/schema.prisma", models),
            [
                "1: SELECT id, order_kind, tags FROM orders",
                "9: SELECT id, \"orderId\" FROM \"Line\""
            ]
        );
        let classes = "class Order(Base):\n    __tablename__ = \"orders\"\n    id: Mapped[int] = mapped_column(primary_key=True)\n    kind = Column('order_kind', String)\n    lines = relationship('Line')\n\n    def total(self):\n        x = Column('no')\n\nclass Other(Base):\n    __tablename__ = PREFIX + 'other'\n    id = Column(Integer)\n";
        assert_eq!(
            texts("shop/models.py", classes),
            ["2: SELECT id, order_kind FROM orders"]
        );
    }

    #[test]
    fn what_maps_nothing_gives_no_statement() {
        for (path, text) in [
            ("src/a.rs", "let x = table!(a);\nfn b() {}\n"),
            ("src/b.rs", "#[derive(Insertable)]\nstruct A;\n"),
            ("a.prisma", "enum Kind {\n  A\n  B\n}\n"),
            ("a.go", "__tablename__ = 'a'\n"),
        ] {
            assert!(texts(path, text).is_empty(), "{path}");
        }
    }
}
