//! Old type against new type.

use super::super::dialect::Dialect;

/// How a type differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeChange {
    /// The same, or another spelling of it.
    Same,
    /// Takes everything the old one took.
    Wider,
    /// Integers of another width: every value fits, but typed clients notice.
    WiderInteger,
    /// Takes less.
    Narrower,
    /// Another kind: conversions decide.
    Other,
    /// Another kind, and statements of old code are refused.
    Incompatible,
    /// One side is not known.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TypeFamily {
    Integer(u32),
    Decimal(u32, u32),
    Float(u32),
    Text(u64),
    Binary(u64),
    Boolean,
    Json,
    Uuid,
    Time,
    Zoned,
    Date,
    Other,
}

/// Compares two types of one dialect.
pub fn compare_types(old: &str, new: &str, dialect: Dialect) -> TypeChange {
    if old.trim().is_empty() || new.trim().is_empty() {
        return TypeChange::Unknown;
    }
    let (old, new) = (normalize_type(old), normalize_type(new));
    if old == new {
        return TypeChange::Same;
    }
    if old.ends_with("[]") != new.ends_with("[]") {
        return TypeChange::Incompatible;
    }
    use TypeFamily as F;
    let strict = matches!(dialect, Dialect::Postgres | Dialect::Unknown);
    match (
        find_type_family(&old, dialect),
        find_type_family(&new, dialect),
    ) {
        (F::Integer(a), F::Integer(b)) => match a.cmp(&b) {
            std::cmp::Ordering::Less => TypeChange::WiderInteger,
            std::cmp::Ordering::Equal => TypeChange::Same,
            std::cmp::Ordering::Greater => TypeChange::Narrower,
        },
        (F::Text(a), F::Text(b)) | (F::Binary(a), F::Binary(b)) => compare_widths(a, b),
        (F::Decimal(p, s), F::Decimal(q, t)) => {
            if q >= p && t >= s && q - t >= p - s.min(p) {
                TypeChange::Wider
            } else {
                TypeChange::Narrower
            }
        }
        (F::Float(a), F::Float(b)) => compare_widths(u64::from(a), u64::from(b)),
        (F::Integer(_), F::Decimal(..) | F::Float(_)) => TypeChange::Other,
        (F::Decimal(..) | F::Float(_), F::Integer(_)) => TypeChange::Narrower,
        // PostgreSQL compares no number with a text; MySQL and SQLite convert
        (F::Integer(_), F::Text(_) | F::Uuid) | (F::Text(_), F::Integer(_)) if strict => {
            TypeChange::Incompatible
        }
        (F::Json, F::Json)
        | (F::Uuid, F::Uuid)
        | (F::Boolean, F::Boolean)
        | (F::Date, F::Date)
        | (F::Zoned, F::Zoned)
        | (F::Time, F::Time) => TypeChange::Same,
        (F::Json, F::Text(n)) if n == u64::MAX => TypeChange::Other,
        _ => TypeChange::Other,
    }
}

fn compare_widths(old: u64, new: u64) -> TypeChange {
    match old.cmp(&new) {
        std::cmp::Ordering::Less => TypeChange::Wider,
        std::cmp::Ordering::Equal => TypeChange::Same,
        std::cmp::Ordering::Greater => TypeChange::Narrower,
    }
}

fn normalize_type(text: &str) -> String {
    let lower = text.to_lowercase().replace(
        ['"', '`', '[', ']'],
        if text.contains("[]") { "" } else { " " },
    );
    let mut out = lower
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace(" (", "(")
        .replace(", ", ",");
    // dumps write types with the schema of the catalogue
    for prefix in ["pg_catalog.", "sys.", "dbo."] {
        out = out.trim_start_matches(prefix).to_owned();
    }
    if text.trim_end().ends_with("[]") {
        format!("{}[]", out.trim_end())
    } else {
        out.trim().to_owned()
    }
}

fn read_type_arguments(text: &str) -> Vec<u64> {
    let Some((_, inside)) = text.split_once('(') else {
        return Vec::new();
    };
    inside
        .split(')')
        .next()
        .unwrap_or_default()
        .split(',')
        .map(|part| {
            // `nvarchar(max)` of SQL Server
            if part.trim() == "max" {
                u64::MAX
            } else {
                part.trim().parse().unwrap_or(0)
            }
        })
        .collect()
}

fn find_type_family(text: &str, dialect: Dialect) -> TypeFamily {
    use TypeFamily as F;
    let head = text.split(['(', ' ']).next().unwrap_or_default();
    let arguments = read_type_arguments(text);
    let first = arguments.first().copied();
    match head {
        // MySQL has no boolean: BOOL is another word for tinyint(1)
        "tinyint" if first == Some(1) => F::Boolean,
        "tinyint" => F::Integer(1),
        "smallint" | "int2" | "smallserial" => F::Integer(2),
        "mediumint" => F::Integer(3),
        "int" | "integer" | "int4" | "serial" => {
            // SQLite keeps every integer in up to eight bytes, whatever the type is called
            if dialect == Dialect::Sqlite {
                F::Integer(8)
            } else {
                F::Integer(4)
            }
        }
        "bigint" | "int8" | "bigserial" | "bigserial8" => F::Integer(8),
        "decimal" | "numeric" | "number" | "dec" => F::Decimal(
            // numeric without digits is as good as unlimited in PostgreSQL
            first.unwrap_or(1000) as u32,
            arguments
                .get(1)
                .copied()
                .unwrap_or(if first.is_none() { 1000 } else { 0 }) as u32,
        ),
        "real" | "float4" => F::Float(4),
        "float" | "double" | "float8" => F::Float(8),
        "bool" | "boolean" | "bit" => F::Boolean,
        "text" | "clob" | "citext" | "string" if dialect != Dialect::MySql || head != "text" => {
            F::Text(u64::MAX)
        }
        // MySQL: bytes, not characters
        "text" => F::Text(65_535),
        "tinytext" => F::Text(255),
        "mediumtext" => F::Text(16_777_215),
        "longtext" => F::Text(4_294_967_295),
        "varchar" | "nvarchar" | "varchar2" | "char" | "nchar" | "character" | "bpchar" => {
            let unlimited = if text.starts_with("character varying")
                || head.starts_with("var")
                || head.starts_with("nvar")
            {
                u64::MAX
            } else {
                1
            };
            // SQLite does not hold texts against the length of a type
            F::Text(if dialect == Dialect::Sqlite {
                u64::MAX
            } else {
                first.unwrap_or(unlimited)
            })
        }
        "bytea" | "image" => F::Binary(u64::MAX),
        "tinyblob" => F::Binary(255),
        "blob" => F::Binary(if dialect == Dialect::MySql {
            65_535
        } else {
            u64::MAX
        }),
        "mediumblob" => F::Binary(16_777_215),
        "longblob" => F::Binary(4_294_967_295),
        "binary" | "varbinary" => F::Binary(first.unwrap_or(1)),
        "json" | "jsonb" => F::Json,
        "uuid" | "uniqueidentifier" => F::Uuid,
        "timestamptz" | "datetimeoffset" => F::Zoned,
        "timestamp" if text.contains("with time zone") => F::Zoned,
        "timestamp" | "datetime" | "datetime2" | "smalldatetime" => F::Time,
        "date" => F::Date,
        _ => F::Other,
    }
}

/// Members of an enumeration that is written as a type: `enum('a','b')`.
pub fn read_enum_members(data_type: &str) -> Option<Vec<String>> {
    let lower = data_type.trim().to_ascii_lowercase();
    let inside = data_type
        .trim()
        .get(lower.strip_prefix("enum").map(|_| 4)?..)?
        .trim()
        .strip_prefix('(')?
        .strip_suffix(')')?;
    let mut out = Vec::new();
    let mut rest = inside;
    while let Some(open) = rest.find('\'') {
        let mut value = String::new();
        let mut chars = rest.get(open + 1..)?.char_indices().peekable();
        let end = loop {
            let (at, c) = chars.next()?;
            match (c, chars.peek()) {
                ('\'', Some((_, '\''))) => {
                    chars.next();
                    value.push('\'');
                }
                ('\'', _) => break open + 1 + at + 1,
                (c, _) => value.push(c),
            }
        };
        out.push(value);
        rest = rest.get(end..)?;
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_compared_by_what_they_take() {
        let pg = |old, new| compare_types(old, new, Dialect::Postgres);
        assert_eq!(pg("VARCHAR(200)", "VARCHAR(50)"), TypeChange::Narrower);
        assert_eq!(pg("varchar(50)", "text"), TypeChange::Wider);
        assert_eq!(pg("character varying(50)", "varchar(50)"), TypeChange::Same);
        assert_eq!(pg("int", "bigint"), TypeChange::WiderInteger);
        assert_eq!(pg("integer", "INT4"), TypeChange::Same);
        assert_eq!(pg("integer", "text"), TypeChange::Incompatible);
        assert_eq!(
            pg("timestamp", "timestamp with time zone"),
            TypeChange::Other
        );
        assert_eq!(pg("text", "jsonb"), TypeChange::Other);
        assert_eq!(pg("numeric(10,2)", "numeric(12,2)"), TypeChange::Wider);
        assert_eq!(pg("numeric(10,4)", "numeric(10,2)"), TypeChange::Narrower);
        assert_eq!(pg("text[]", "text"), TypeChange::Incompatible);
        assert_eq!(pg("", "text"), TypeChange::Unknown);
        assert_eq!(
            compare_types("TEXT", "MEDIUMTEXT", Dialect::MySql),
            TypeChange::Wider
        );
        assert_eq!(
            compare_types("BLOB", "MEDIUMBLOB", Dialect::MySql),
            TypeChange::Wider
        );
        assert_eq!(
            compare_types("nvarchar(50)", "nvarchar(max)", Dialect::Mssql),
            TypeChange::Wider
        );
        assert_eq!(
            compare_types("INTEGER", "BIGINT", Dialect::Sqlite),
            TypeChange::Same
        );
    }

    #[test]
    fn members_of_an_enumeration() {
        let list = |text: &str| read_enum_members(text).unwrap_or_default().join("|");
        assert_eq!(list("ENUM('a', 'it''s', 'b')"), "a|it's|b");
        assert_eq!(list("enum('a'"), "");
        assert_eq!(list("enum"), "");
        assert_eq!(list("enumeration('a')"), "");
    }
}
