//! The previous release: its schema, rows that it wrote, and its statements.

use crate::dice::Dice;
use crate::shape::{ColumnShape, Shape, TableShape};

/// Names of tables, in the order they are taken.
const TABLES: &[&str] = &[
    "orders",
    "customers",
    "parcels",
    "invoices",
    "refunds",
    "coupons",
    "shipments",
    "ledgers",
];

/// Names of columns.
const COLUMNS: &[&str] = &[
    "code", "amount", "state", "street", "weight", "label", "owner_id", "due_on", "sku", "phone",
    "region", "priority",
];

/// A name of a list that is not taken.
pub fn fresh_name(dice: &mut Dice, of: &[&str], taken: &[&str]) -> String {
    let free: Vec<&&str> = of.iter().filter(|name| !taken.contains(*name)).collect();
    match dice.find(&free) {
        Some(name) => (**name).to_owned(),
        None => format!("{}_{}", of[0], taken.len()),
    }
}

/// A name for a new table.
pub fn table_name(dice: &mut Dice, shape: &Shape) -> String {
    fresh_name(dice, TABLES, &shape.names())
}

/// A name for a new column.
pub fn column_name(dice: &mut Dice, taken: &[&str]) -> String {
    fresh_name(dice, COLUMNS, taken)
}

/// A value as SQL writes it.
pub fn value(dice: &mut Dice, numeric: bool) -> String {
    if numeric {
        // few values, so that keys meet and rules are broken
        dice.pick(&["0", "1", "2", "3", "-1", "7"]).to_string()
    } else {
        dice.pick(&["'a'", "'b'", "'c'", "''", "'B'", "'long text'"])
            .to_string()
    }
}

fn value_or_null(dice: &mut Dice, column: &ColumnShape) -> String {
    if !column.required && dice.one_in(8) {
        "NULL".to_owned()
    } else {
        value(dice, column.numeric())
    }
}

/// A rule over one column.
pub fn rule(dice: &mut Dice, column: &str, numeric: bool) -> String {
    if numeric {
        let limit = dice.pick(&[
            "> -5",
            ">= 0",
            "< 100",
            "IN (0, 1, 2, 3)",
            "<> 7",
            "IS NOT NULL",
        ]);
        format!("{column} {limit}")
    } else {
        let limit = dice.pick(&[
            "<> ''",
            "IN ('a', 'b', 'c')",
            "<> 'long text'",
            "IS NOT NULL",
        ]);
        if dice.one_in(3) {
            format!("length({column}) < {}", dice.pick(&["5", "50"]))
        } else {
            format!("{column} {limit}")
        }
    }
}

/// An expression over columns of a table.
pub fn expression(dice: &mut Dice, column: &str, numeric: bool) -> String {
    if numeric {
        dice.pick(&["{} + 1", "{} * 2", "abs({})", "coalesce({}, 0)", "{} % 2"])
            .replace("{}", column)
    } else {
        dice.pick(&[
            "lower({})",
            "substr({}, 1, 1)",
            "length({})",
            "{} || '-'",
            "coalesce({}, '')",
            // an expression may refuse a row
            "json_extract({}, '$.a')",
        ])
        .replace("{}", column)
    }
}

/// Clauses of a column, for `CREATE TABLE` and for `ADD COLUMN`.
pub fn clauses(
    dice: &mut Dice,
    name: &str,
    numeric: bool,
    shape: &Shape,
    others: &[(String, bool)],
) -> String {
    let mut out = String::new();
    if dice.one_in(10)
        && let Some((other, kind)) = dice.find(others).cloned()
    {
        let body = expression(dice, &other, kind);
        let stored = dice.pick(&["", " VIRTUAL", " STORED"]);
        return format!(" GENERATED ALWAYS AS ({body}){stored}");
    }
    if dice.one_in(3) {
        out.push_str(" NOT NULL");
    }
    if dice.one_in(3) {
        let default = if dice.one_in(5) {
            if numeric {
                "(abs(-2))".to_owned()
            } else {
                "(lower('Q'))".to_owned()
            }
        } else {
            value(dice, numeric)
        };
        out.push_str(&format!(" DEFAULT {default}"));
    }
    if dice.one_in(7) {
        out.push_str(" UNIQUE");
    }
    if dice.one_in(7) {
        out.push_str(&format!(" CHECK ({})", rule(dice, name, numeric)));
    }
    if !numeric && dice.one_in(9) {
        out.push_str(" COLLATE NOCASE");
    }
    if numeric
        && dice.one_in(5)
        && let Some(parent) = dice.find(&shape.tables)
    {
        let parent = parent.name.clone();
        let what = dice.pick(&["", " ON DELETE CASCADE", " ON DELETE SET NULL"]);
        out.push_str(&format!(" REFERENCES {parent} (id){what}"));
    }
    out
}

/// A type, and whether it holds numbers.
pub fn kind(dice: &mut Dice) -> (&'static str, bool) {
    *dice.pick(&[
        // these are the most common, so they come twice as often
        ("integer", true),
        ("integer", true),
        ("text", false),
        ("text", false),
        ("varchar(20)", false),
        ("real", true),
        ("numeric(8,2)", true),
        ("boolean", true),
    ])
}

/// The text of a new table.
pub fn new_table(dice: &mut Dice, shape: &Shape) -> String {
    let name = table_name(dice, shape);
    let mut parts = Vec::new();
    let mut columns: Vec<(String, bool)> = Vec::new();
    let composite = dice.one_in(8);
    parts.push(match dice.below(10) {
        _ if composite => "id integer NOT NULL".to_owned(),
        0 => "id integer PRIMARY KEY AUTOINCREMENT".to_owned(),
        1 => "id text PRIMARY KEY NOT NULL".to_owned(),
        _ => "id integer PRIMARY KEY".to_owned(),
    });
    for _ in 0..1 + dice.below(4) {
        let taken: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let column = column_name(dice, &taken);
        let (word, numeric) = kind(dice);
        let clauses = clauses(dice, &column, numeric, shape, &columns);
        parts.push(format!("{column} {word}{clauses}"));
        // nobody writes into a computed column
        if !clauses.contains("GENERATED") {
            columns.push((column, numeric));
        }
    }
    let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
    if composite && !names.is_empty() {
        parts.push(format!("PRIMARY KEY (id, {})", names[0]));
    }
    if names.len() > 1 && dice.one_in(6) {
        let over = dice.some(&names, 2, 2).join(", ");
        parts.push(format!("UNIQUE ({over})"));
    }
    if let Some((column, numeric)) = dice.find(&columns).cloned()
        && dice.one_in(8)
    {
        let rule = rule(dice, &column, numeric);
        parts.push(format!("CONSTRAINT {name}_{column}_check CHECK ({rule})"));
    }
    format!("CREATE TABLE {name} ({})", parts.join(", "))
}

/// The text of a new index.
pub fn new_index(dice: &mut Dice, shape: &Shape) -> Option<String> {
    let table = dice.find(&shape.tables)?.clone();
    let names: Vec<String> = table
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let mut over = dice.some(&names, 1, 2);
    if dice.one_in(3)
        && let Some(column) = dice.find(&table.columns)
    {
        let (name, numeric) = (column.name.clone(), column.numeric());
        over[0] = expression(dice, &name, numeric);
    }
    let unique = if dice.one_in(2) { "UNIQUE " } else { "" };
    let part = if dice.one_in(5) {
        let column = dice.pick(&table.columns).clone();
        format!(" WHERE {}", rule(dice, &column.name, column.numeric()))
    } else {
        String::new()
    };
    let number = 1 + dice.below(90);
    Some(format!(
        "CREATE {unique}INDEX {}_by_{number} ON {} ({}){part}",
        table.name,
        table.name,
        over.join(", ")
    ))
}

/// The query of a view.
pub fn view_body(dice: &mut Dice, shape: &Shape) -> Option<String> {
    let table = dice.find(&shape.tables)?.clone();
    let names: Vec<String> = table
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let shown = dice.some(&names, 1, 3);
    let filter = if dice.one_in(3) {
        let column = dice.pick(&table.columns).clone();
        format!(" WHERE {}", rule(dice, &column.name, column.numeric()))
    } else {
        String::new()
    };
    Some(match dice.below(6) {
        0 => format!("SELECT * FROM {}{filter}", table.name),
        1 => format!(
            "SELECT {0}, count(*) AS number FROM {1}{filter} GROUP BY {0}",
            shown[0], table.name
        ),
        2 if shape.tables.len() > 1 => {
            let other = dice.pick(&shape.tables).clone();
            let joined = dice.pick(&other.columns).name.clone();
            format!(
                "SELECT a.{} AS first_one, b.{joined} AS second_one FROM {} a JOIN {} b ON a.id = b.id",
                shown[0], table.name, other.name
            )
        }
        _ => format!("SELECT {} FROM {}{filter}", shown.join(", "), table.name),
    })
}

/// The text of a new trigger.
pub fn new_trigger(dice: &mut Dice, shape: &Shape) -> Option<String> {
    let table = dice.find(&shape.tables)?.clone();
    let target = dice.find(&shape.tables)?.clone();
    let event = *dice.pick(&["INSERT", "INSERT", "UPDATE", "DELETE"]);
    let time = *dice.pick(&["AFTER", "AFTER", "BEFORE"]);
    let row = if event == "DELETE" { "OLD" } else { "NEW" };
    let from = dice.pick(&table.columns).clone();
    let action = match dice.below(5) {
        0 | 1 => {
            let written: Vec<&ColumnShape> = target.written();
            let to = (*dice.find(&written)?).clone();
            format!(
                "INSERT INTO {} ({}) VALUES ({row}.{})",
                target.name, to.name, from.name
            )
        }
        2 => {
            let written: Vec<&ColumnShape> = target.written();
            let to = (*dice.find(&written)?).clone();
            let new = value(dice, to.numeric());
            format!(
                "UPDATE {} SET {} = {new} WHERE id = {row}.{}",
                target.name, to.name, from.name
            )
        }
        3 => format!("DELETE FROM {} WHERE id = {row}.{}", target.name, from.name),
        _ => format!(
            "SELECT RAISE(ABORT, 'refused') WHERE {row}.{} = {}",
            from.name,
            value(dice, from.numeric())
        ),
    };
    let number = 1 + dice.below(90);
    Some(format!(
        "CREATE TRIGGER {}_on_{number} {time} {event} ON {} BEGIN {action}; END",
        table.name, table.name
    ))
}

/// Rows for a table, one a statement, with every column that can be written.
pub fn rows(dice: &mut Dice, table: &TableShape, number: usize, first_key: usize) -> Vec<String> {
    let written = table.written();
    let names: Vec<&str> = written.iter().map(|column| column.name.as_str()).collect();
    (0..number)
        .map(|at| {
            let values: Vec<String> = written
                .iter()
                .map(|column| {
                    if column.name == "id" && column.numeric() {
                        (first_key + at).to_string()
                    } else {
                        value_or_null(dice, column)
                    }
                })
                .collect();
            format!(
                "INSERT INTO {} ({}) VALUES ({})",
                table.name,
                names.join(", "),
                values.join(", ")
            )
        })
        .collect()
}
