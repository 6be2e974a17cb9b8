//! Values for columns: as their types, lengths and conditions take them. The same number gives the
//! same value in every run.

use crate::catalogue::{ColumnKind, DatabaseColumn, DatabaseTable};

/// A value for a column; `number` tells it from others, `seed` the rows of one run from those of
/// another.
pub fn make_value(column: &DatabaseColumn, number: u64, seed: u64) -> Option<String> {
    if !column.only.is_empty() {
        let at = (number.wrapping_add(seed) as usize) % column.only.len();
        return column.only.get(at).cloned();
    }
    let turn = number.wrapping_mul(7).wrapping_add(seed);
    let day = 1 + (number + seed) % 28;
    Some(match column.kind {
        ColumnKind::Integer(most) => {
            let most = u64::try_from(most).unwrap_or(1).max(1);
            (1 + (number.wrapping_sub(1)) % most).to_string()
        }
        ColumnKind::Number => match column.digits {
            Some((all, behind)) if all <= behind => {
                format!("0.{:0width$}", number % 10, width = behind.max(1))
            }
            Some((all, behind)) => {
                let most = 10u64.saturating_pow(u32::try_from(all - behind).unwrap_or(3).min(9));
                if behind > 0 {
                    format!("{}.5", number % most)
                } else {
                    (number % most).to_string()
                }
            }
            None => format!("{number}.5"),
        },
        ColumnKind::Boolean => (turn % 2).to_string(),
        ColumnKind::Text => make_text(column, number, seed),
        ColumnKind::Bytes => format!("b{number}"),
        ColumnKind::Date => format!("2024-03-{day:02}"),
        ColumnKind::Time => format!("10:{:02}:00", number % 60),
        ColumnKind::Timestamp => format!("2024-03-{day:02} 10:{:02}:00", number % 60),
        ColumnKind::Interval => format!("{number} hours"),
        ColumnKind::Uuid => format!("00000000-0000-4000-8{:03x}-{number:012x}", seed % 4096),
        ColumnKind::Json => "{}".to_owned(),
        ColumnKind::Xml => "<a/>".to_owned(),
        ColumnKind::Array => "{}".to_owned(),
        ColumnKind::Range => "empty".to_owned(),
        ColumnKind::Network => format!("10.0.{}.{}", number / 250 % 250, number % 250),
        ColumnKind::Bits => "1".repeat(column.longest.unwrap_or(1).clamp(1, 64)),
        ColumnKind::Vector(size) => {
            let numbers: Vec<String> = (0..size.clamp(1, 4096)).map(|_| "1".to_owned()).collect();
            format!("[{}]", numbers.join(","))
        }
        ColumnKind::Point => format!("({number},{number})"),
        ColumnKind::Other => number.to_string(),
    })
}

fn make_text(column: &DatabaseColumn, number: u64, seed: u64) -> String {
    let name = column.name.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let text = if has(&["email", "e_mail"]) {
        format!("row{number}.{seed}@example.org")
    } else if has(&["url", "uri", "link", "href", "website"]) {
        format!("https://example.org/{seed}/{number}")
    } else if has(&["json"]) {
        "{}".to_owned()
    } else if has(&["uuid", "guid"]) {
        format!("00000000-0000-4000-8{:03x}-{number:012x}", seed % 4096)
    } else if name.ends_with("_at") || has(&["date", "timestamp"]) {
        format!("2024-03-{:02} 10:00:00", 1 + number % 28)
    } else {
        format!("{} {number}", name.replace('_', " "))
    };
    let Some(longest) = column.longest.filter(|longest| text.len() > *longest) else {
        return text;
    };
    // what tells one value from another stands at the end
    let digits = number.to_string();
    let keep = longest.min(digits.len());
    let mut short: String = name.chars().take(longest - keep).collect();
    short.push_str(&digits[digits.len() - keep..]);
    short
}

/// Values that the conditions of a table name for a column, those that most likely meet them first.
pub fn list_values_of_rules(table: &DatabaseTable, column: &DatabaseColumn) -> Vec<String> {
    let mut out = Vec::new();
    for rule in &table.rules {
        let words = split_words(rule);
        let named = |word: &str| word.eq_ignore_ascii_case(&column.name);
        let Some(at) = words.iter().position(|word| named(word)) else {
            continue;
        };
        let lower: Vec<String> = words.iter().map(|word| word.to_ascii_lowercase()).collect();
        if lower.iter().any(|word| word == "json_valid") {
            out.push("{}".to_owned());
        }
        let texts = words.iter().filter_map(|word| word.strip_prefix('\''));
        out.extend(texts.map(str::to_owned));
        let numbers = words[at..].iter().enumerate().filter_map(|(n, word)| {
            let number: i64 = word.parse().ok()?;
            let before = |back: usize| {
                n.checked_sub(back)
                    .and_then(|n| lower.get(at + n))
                    .map_or("", String::as_str)
            };
            let equal = before(1) == "=";
            let sign = if equal { before(2) } else { before(1) };
            Some(match (sign, equal) {
                (">", false) => number.saturating_add(1),
                ("<", false) => number.saturating_sub(1),
                _ => number,
            })
        });
        let numbers: Vec<i64> = numbers.take(20).collect();
        if lower.iter().any(|word| word.contains("length")) {
            out.extend(
                numbers
                    .iter()
                    .filter_map(|number| usize::try_from(*number).ok())
                    .filter(|length| *length < 5000)
                    .map(|length| "x".repeat(length)),
            );
        } else {
            out.extend(numbers.iter().map(i64::to_string));
        }
    }
    out.truncate(50);
    out
}

/// Words, numbers, signs, and strings with one quote in front.
fn split_words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => {
                let inside = &rest[1..];
                let end = inside.find('\'').unwrap_or(inside.len());
                out.push(format!("'{}", &inside[..end]));
                (end + 2).min(rest.len())
            }
            c if c.is_whitespace() || c == '"' || c == '`' => c.len_utf8(),
            c if c.is_alphanumeric() || c == '_' => {
                let end = rest
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .unwrap_or(rest.len());
                out.push(rest[..end].to_owned());
                end
            }
            c => {
                out.push(c.to_string());
                c.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, kind: ColumnKind, longest: Option<usize>) -> DatabaseColumn {
        DatabaseColumn {
            name: name.to_owned(),
            type_name: String::new(),
            kind,
            nullable: false,
            has_default: false,
            numbered: false,
            computed: false,
            longest,
            digits: None,
            only: Vec::new(),
        }
    }

    #[test]
    fn values_keep_to_their_type_and_differ() {
        let short = column("country_code", ColumnKind::Text, Some(2));
        let values: Vec<_> = (1..4).filter_map(|n| make_value(&short, n, 7)).collect();
        assert_eq!(values, ["c1", "c2", "c3"]);
        let mut price = column("price", ColumnKind::Number, None);
        price.digits = Some((4, 2));
        assert_eq!(make_value(&price, 123, 0).as_deref(), Some("23.5"));
        let small = column("n", ColumnKind::Integer(3), None);
        assert_eq!(make_value(&small, 7, 9).as_deref(), Some("1"));
    }

    #[test]
    fn conditions_say_what_they_take() {
        let mut table = DatabaseTable {
            schema: None,
            name: "t".to_owned(),
            columns: Vec::new(),
            key: Vec::new(),
            unique: Vec::new(),
            refers: Vec::new(),
            rules: vec![
                "state IN ('new', 'paid')".to_owned(),
                "CHECK ((amount > 10))".to_owned(),
                "length(code) = 4".to_owned(),
            ],
        };
        let values = |table: &DatabaseTable, name: &str| {
            list_values_of_rules(table, &column(name, ColumnKind::Text, None))
        };
        assert_eq!(values(&table, "state"), ["new", "paid"]);
        assert_eq!(values(&table, "amount"), ["11"]);
        assert_eq!(values(&table, "code"), ["xxxx"]);
        table.rules = vec!["json_valid(`doc`)".to_owned()];
        assert_eq!(values(&table, "doc"), ["{}"]);
        table.rules = vec!["'".to_owned(), "state = 'ä".to_owned()];
        assert_eq!(values(&table, "state"), ["ä"]);
    }
}
