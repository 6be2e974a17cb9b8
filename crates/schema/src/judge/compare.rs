//! Old type against new type.

use super::super::client::read_time_precision;
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
    /// An integer that takes no negative numbers.
    Unsigned(u32),
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

/// Digits, and digits behind the point, of a decimal that states none in PostgreSQL: no column can
/// state as many of both.
const UNLIMITED: (u32, u32) = (1000, 1000);

/// Compares two types of one dialect.
pub fn compare_types(old: &str, new: &str, dialect: Dialect) -> TypeChange {
    // a type that was never seen can be anything
    if old.trim().is_empty() || new.trim().is_empty() {
        return TypeChange::Unknown;
    }
    let (old, new) = (normalize_type(old), normalize_type(new));
    if old == new {
        return TypeChange::Same;
    }
    // a single value never fits into an array
    if old.ends_with("[]") != new.ends_with("[]") {
        return TypeChange::Incompatible;
    }
    use TypeFamily as F;
    // an unknown database is taken for the strict one, which refuses more
    let strict = matches!(dialect, Dialect::Postgres | Dialect::Unknown);
    match (
        find_type_family(&old, dialect),
        find_type_family(&new, dialect),
    ) {
        // every value fits, but clients that read by width notice: told apart from a wider text
        (F::Integer(a), F::Integer(b)) => match a.cmp(&b) {
            std::cmp::Ordering::Less => TypeChange::WiderInteger,
            std::cmp::Ordering::Equal => TypeChange::Same,
            std::cmp::Ordering::Greater => TypeChange::Narrower,
        },
        (F::Unsigned(a), F::Unsigned(b)) => match a.cmp(&b) {
            std::cmp::Ordering::Less => TypeChange::WiderInteger,
            std::cmp::Ordering::Equal => TypeChange::Same,
            std::cmp::Ordering::Greater => TypeChange::Narrower,
        },
        // an unsigned integer of two bytes needs a signed one of three or more
        (F::Unsigned(a), F::Integer(b)) if b > a => TypeChange::WiderInteger,
        // half of the numbers are not taken: the negative ones, or the large ones
        (F::Integer(_), F::Unsigned(_)) | (F::Unsigned(_), F::Integer(_)) => TypeChange::Narrower,
        (F::Text(a), F::Text(b)) | (F::Binary(a), F::Binary(b)) => compare_widths(a, b),
        (F::Decimal(p, s), F::Decimal(q, t)) => {
            // the digits before the point have to stay as many: `numeric(10,4)` holds less than
            // `numeric(10,2)`; where zeros follow the point, they are fewer than none
            let before = |digits: u32, scale: u32| i64::from(digits) - i64::from(scale);
            if (p, s) == (q, t) {
                TypeChange::Same
            } else if (q, t) == UNLIMITED || (q >= p && t >= s && before(q, t) >= before(p, s)) {
                TypeChange::Wider
            } else {
                TypeChange::Narrower
            }
        }
        (F::Float(a), F::Float(b)) => compare_widths(u64::from(a), u64::from(b)),
        // every whole number can be written, and clients get another kind of value
        (F::Integer(_) | F::Unsigned(_), F::Decimal(..) | F::Float(_)) => TypeChange::Other,
        // whole numbers of so few digits that they fit
        (F::Decimal(digits, 0), F::Integer(bytes)) if digits <= count_digits(bytes) => {
            TypeChange::Other
        }
        (F::Decimal(..) | F::Float(_), F::Integer(_) | F::Unsigned(_)) => TypeChange::Narrower,
        // PostgreSQL compares no number with a text; MySQL and SQLite convert
        (F::Integer(_), F::Text(_) | F::Uuid) | (F::Text(_), F::Integer(_)) if strict => {
            TypeChange::Incompatible
        }
        (F::Zoned, F::Zoned) | (F::Time, F::Time) => compare_fractions(&old, &new, dialect),
        (F::Json, F::Json) | (F::Uuid, F::Uuid) | (F::Boolean, F::Boolean) | (F::Date, F::Date) => {
            TypeChange::Same
        }
        (F::Json, F::Text(n)) if n == u64::MAX => TypeChange::Other,
        _ => TypeChange::Other,
    }
}

/// Decimal digits of which an integer of so many bytes takes every number.
fn count_digits(bytes: u32) -> u32 {
    match bytes {
        1 => 2,
        2 => 4,
        3 => 6,
        4 => 9,
        _ => 18,
    }
}

/// Moments by the digits of a second that they keep.
fn compare_fractions(old: &str, new: &str, dialect: Dialect) -> TypeChange {
    match (
        read_time_precision(old, dialect),
        read_time_precision(new, dialect),
    ) {
        (Some(old), Some(new)) => compare_widths(u64::from(old), u64::from(new)),
        _ => TypeChange::Same,
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
        // brackets of SQL Server quote a name; those of PostgreSQL make an array
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
    // zeros before a number are part of what is read
    if text.contains("zerofill") {
        return F::Other;
    }
    let integer = |width| {
        if text.ends_with(" unsigned") {
            F::Unsigned(width)
        } else {
            F::Integer(width)
        }
    };
    match head {
        // MySQL has no boolean: BOOL is another word for tinyint(1)
        "tinyint" if first == Some(1) => F::Boolean,
        "tinyint" => integer(1),
        "smallint" | "int2" | "smallserial" => integer(2),
        "mediumint" => integer(3),
        "int" | "integer" | "int4" | "serial" => {
            // SQLite keeps every integer in up to eight bytes, whatever the type is called
            integer(if dialect == Dialect::Sqlite { 8 } else { 4 })
        }
        "bigint" | "int8" | "bigserial" | "bigserial8" => integer(8),
        "decimal" | "numeric" | "number" | "dec" => match (first, dialect) {
            (Some(digits), _) => {
                let scale = arguments.get(1).copied().unwrap_or(0);
                F::Decimal(digits as u32, scale as u32)
            }
            // MySQL and SQL Server have whole numbers of so many digits in mind
            (None, Dialect::MySql) => F::Decimal(10, 0),
            (None, Dialect::Mssql) => F::Decimal(18, 0),
            (None, _) => F::Decimal(UNLIMITED.0, UNLIMITED.1),
        },
        // MySQL: another word for double, unless it is told otherwise
        "real" if dialect != Dialect::MySql => F::Float(4),
        "float4" => F::Float(4),
        "real" => F::Float(8),
        // single precision in MySQL, where it is not told how many digits
        "float" if dialect == Dialect::MySql && first.is_none_or(|bits| bits < 25) => F::Float(4),
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
        assert_eq!(pg("numeric(10,2)", "numeric"), TypeChange::Wider);
        assert_eq!(pg("numeric", "numeric(10,2)"), TypeChange::Narrower);
        assert_eq!(pg("numeric", "decimal"), TypeChange::Same);
        assert_eq!(pg("numeric(10,2)", "decimal(10,2)"), TypeChange::Same);
        // a scale may be larger than the precision: zeros follow the point
        assert_eq!(pg("numeric(2,5)", "numeric(3,5)"), TypeChange::Wider);
        assert_eq!(pg("numeric(2,2)", "numeric(3,5)"), TypeChange::Narrower);
        // without digits MySQL keeps ten of them and none behind the point
        assert_eq!(
            compare_types("decimal(10,2)", "decimal", Dialect::MySql),
            TypeChange::Narrower
        );
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
}
