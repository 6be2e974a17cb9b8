//! What the script of `backout queries` printed: an identity, a count and a time a row, by
//! whichever client and in whichever frame.

use std::sync::LazyLock;

use model::RowCount;
use regex::Regex;
use serde_json::Value;

use super::json::{read_json_number, read_json_text, read_json_time};
use super::state_file::StateFileInput;
use super::{LiveReport, ReadResult, time};

/// What writes such a file.
pub(super) const PRODUCER: &str =
    "psql --csv -f ask.sql DATABASE > observed.csv   # ask.sql: backout queries PREVIOUS CURRENT";

// a row is an id, a count and a time; an error of a server can be a page long
/// Longest line, in bytes, and most rows.
const LINE: usize = 4_000;
// one query per question of a pair of releases: nobody has so many
const ROWS: usize = 10_000;

// a sum of money or an id in the wrong column has more digits than any table has rows
/// Most rows that a table can have; a larger number is none of rows.
const MOST: u64 = 1_000_000_000_000_000;

/// A row in any frame: commas, tabs, pipes, blanks. Clients of some languages put a sign between
/// groups of three digits (`1.234`, `1 234`), and a part of such a number is another number.
static ROW: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"\b(q[0-9a-f]{12})\b"?\s*[\s|,;]\s*"?([1-9]\d{0,2}(?:[.,' \x{a0}\x{202f}]\d{3})+\b|[^\s|,;"]*)"?(?:[\s|,;]+"?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?) ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?|)"#,
    )
    .ok()
});

/// Whether a text holds such rows, or at least their head.
pub(super) fn looks_like(text: &str) -> bool {
    // the head alone tells too: a file whose queries all failed should be called by its name
    text.contains("backout_query") || text.lines().take(200).any(|line| read_row(line).is_some())
}

fn read_row(line: &str) -> Option<RowCount> {
    let found = ROW
        .as_ref()?
        .captures(line.get(..line.floor_char_boundary(LINE))?)?;
    let zone = found.get(4).map(|zone| zone.as_str());
    let at = found
        .get(3)
        .and_then(|at| read_counting_time(at.as_str(), zone));
    Some(RowCount {
        query: found[1].to_owned(),
        // not a number is not zero: the row stays and says that its count was not read
        rows: read_count(&found[2]).filter(|rows| *rows <= MOST),
        at,
        // the client's own zone may have been meant, so its age is not certain
        zoneless: at.is_some() && zone.is_none(),
        line: None,
    })
}

/// Only the row's own pattern lets a sign in, and only before three digits.
fn read_count(text: &str) -> Option<u64> {
    let grouped = text
        .split(|c: char| !c.is_ascii_digit())
        .skip(1)
        .all(|group| group.len() == 3);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match text.parse() {
        Ok(rows) => Some(rows),
        // `0.500` and words are no number of rows
        Err(_) if grouped && text.starts_with(|c: char| ('1'..='9').contains(&c)) => {
            digits.parse().ok()
        }
        Err(_) => None,
    }
}

/// A time with the zone that stands behind it; UTC where none does.
fn read_counting_time(time: &str, zone: Option<&str>) -> Option<jiff::Timestamp> {
    let zone = match zone {
        None | Some("Z" | "UTC") => "+00:00".to_owned(),
        // PostgreSQL writes `+01`, others `+0100` and `+01:00`
        Some(zone) => {
            let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
            let minutes = digits.get(2..4).unwrap_or("00");
            format!("{}{}:{minutes}", zone.get(..1)?, digits.get(..2)?)
        }
    };
    time::parse_deployment_time(&format!("{}{zone}", time.replacen(' ', "T", 1)))
}

/// Reads a file of this kind.
pub(super) fn read_counted_rows(
    name: &str,
    input: &StateFileInput,
    report: &mut LiveReport,
) -> ReadResult {
    let mut counts = Vec::new();
    match input.json(name) {
        Ok(value) if value.is_object() || value.is_array() => collect_json_rows(value, &mut counts),
        // the row is found wherever it stands: frames of clients are too many to be parsed
        _ => {
            for (index, line) in input.text.lines().enumerate() {
                if let Some(count) = read_row(line) {
                    counts.push(RowCount {
                        line: Some(index + 1),
                        ..count
                    });
                }
            }
        }
    }
    counts.truncate(ROWS);
    if counts.is_empty() {
        return Err(
            "no row with a query's number and a count; did the queries end with errors?".into(),
        );
    }
    // all counts are text: the query printed an error where the count belongs
    let unread = counts.iter().filter(|count| count.rows.is_none()).count();
    if unread == counts.len() {
        return Err(
            "no row with a query's number and a count of rows; did the queries end with errors?"
                .into(),
        );
    }
    report.elsewhere = super::elsewhere::find_elsewhere(&input.text);
    report.counts = counts;
    Ok(())
}

fn collect_json_rows(value: &Value, into: &mut Vec<RowCount>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_json_rows(item, into)),
        Value::Object(object) => {
            let rows = object.get("rows_found");
            match (read_json_text(value, &["backout_query"]), rows) {
                (Some(query), Some(_)) => {
                    let rows = read_json_number(value, &["rows_found"])
                        // a fraction is an average or a sum and no count
                        .filter(|rows| rows.fract() == 0.0 && (0.0..=MOST as f64).contains(rows));
                    // a time with its zone, and one without
                    let text = read_json_text(value, &["observed_at"]).unwrap_or_default();
                    let row = read_row(&format!("q000000000000 0 {text}"));
                    let (at, zoneless) = match row.filter(|row| row.at.is_some()) {
                        Some(row) => (row.at, row.zoneless),
                        None => (read_json_time(value, &["observed_at"]), false),
                    };
                    into.push(RowCount {
                        query,
                        rows: rows.map(|rows| rows as u64),
                        at,
                        zoneless,
                        line: None,
                    });
                }
                _ => object
                    .values()
                    .for_each(|inner| collect_json_rows(inner, into)),
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::live::{LiveKind, read_state_file};

    fn counts(text: &str) -> Vec<(String, u64, bool)> {
        let report = read_state_file("observed.csv", text.as_bytes(), None)
            .unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(report.kind, LiveKind::Observed, "{text}");
        let row = |count: &model::RowCount| {
            let rows = count.rows.expect("a number of rows");
            (count.query.clone(), rows, count.at.is_some())
        };
        report.counts.iter().map(row).collect()
    }

    #[test]
    fn numbers_of_other_languages_are_read_whole() {
        let wanted = [("q0123456789ab".to_owned(), 1_234_567, true)];
        for number in [
            "1.234.567",
            "1,234,567",
            "1 234 567",
            "1'234'567",
            "1\u{202f}234\u{a0}567",
        ] {
            for text in [
                format!(" q0123456789ab | {number} | 2026-03-01T03:04:05Z\n(1 Zeile)\n--More--\n"),
                format!("q0123456789ab\t{number}\t2026-03-01T03:04:05Z\n"),
                format!("\"q0123456789ab\",\"{number}\",\"2026-03-01T03:04:05Z\"\n(END)\n"),
                format!("q0123456789ab;{number};2026-03-01T03:04:05Z\n"),
            ] {
                assert_eq!(counts(&text), wanted, "{text}");
            }
        }
        // the year behind a count is no group of it
        for text in [
            "q0123456789ab,1,2026-03-01T03:04:05Z\n",
            "q0123456789ab 1 2026-03-01T03:04:05Z\n",
        ] {
            assert_eq!(
                counts(text),
                [("q0123456789ab".to_owned(), 1, true)],
                "{text}"
            );
        }
        // neither a fraction nor a word is a number of rows
        for text in [
            "q0123456789ab\t0.500\n",
            "q0123456789ab\tzwei\n",
            "q0123456789ab\t1.5\n",
        ] {
            assert!(
                super::read_row(text).is_some_and(|row| row.rows.is_none()),
                "{text}"
            );
        }
    }

    #[test]
    fn each_client_is_read() {
        let wanted = vec![
            ("q0123456789ab".to_owned(), 0, true),
            ("qba9876543210".to_owned(), 12, true),
        ];
        for text in [
            // psql --csv
            "SET\nSET\nbackout_query,rows_found,observed_at\nq0123456789ab,0,2026-03-01T03:04:05Z\nbackout_query,rows_found,observed_at\nqba9876543210,12,2026-03-01T03:04:05Z\n",
            // mysql --batch
            "backout_query\trows_found\tobserved_at\nq0123456789ab\t0\t2026-03-01T03:04:05Z\nbackout_query\trows_found\tobserved_at\nqba9876543210\t12\t2026-03-01T03:04:05Z\n",
            // psql with its frame and a pager's mark
            " backout_query | rows_found |     observed_at      \
                \n---------------+------------+----------------------\n q0123456789ab |          0 \
                | 2026-03-01T03:04:05Z\n(1 row)\n(END)\n qba9876543210 |         12 | \
                2026-03-01T03:04:05Z\n",
            // mysql with its frame
            "+---------------+------------+----------------------+\n| q0123456789ab |          0 | \
                2026-03-01T03:04:05Z |\n| qba9876543210 |         12 | 2026-03-01T03:04:05Z |\n",
            // sqlcmd
            "backout_query,rows_found,observed_at\n-------------,----------,-----------\nq0123456789ab,0,2026-03-01T03:04:05Z\n\nqba9876543210,12,2026-03-01T03:04:05Z\n",
            // JSON
            r#"[{"backout_query":"q0123456789ab","rows_found":0,"observed_at":"2026-03-01T03:04:05Z"},{"backout_query":"qba9876543210","rows_found":"12","observed_at":"2026-03-01T03:04:05Z"}]"#,
        ] {
            assert_eq!(counts(text), wanted, "{text}");
        }
    }

    #[test]
    fn numbers_and_times_are_what_they_say() {
        let utc = "2026-03-01T03:04:05Z";
        for (row, rows, at, zoneless) in [
            (
                "q0123456789ab,12,2026-03-01T03:04:05Z",
                Some(12),
                Some(utc),
                false,
            ),
            (
                "q0123456789ab,12,2026-03-01 03:04:05.123456+00",
                Some(12),
                Some("2026-03-01T03:04:05.123456Z"),
                false,
            ),
            (
                "q0123456789ab,12,2026-03-01 12:04:05+09",
                Some(12),
                Some(utc),
                false,
            ),
            (
                "q0123456789ab\t12\t2026-02-28 22:34:05-04:30",
                Some(12),
                Some(utc),
                false,
            ),
            (
                " q0123456789ab |  12 | 2026-03-01 03:04:05",
                Some(12),
                Some(utc),
                true,
            ),
            (
                "\"q0123456789ab\",\"12\",\"2026-03-01T03:04:05Z\"",
                Some(12),
                Some(utc),
                false,
            ),
            ("q0123456789ab,12", Some(12), None, false),
            (
                "q0123456789ab,-1,2026-03-01T03:04:05Z",
                None,
                Some(utc),
                false,
            ),
            (
                "q0123456789ab,0.5,2026-03-01T03:04:05Z",
                None,
                Some(utc),
                false,
            ),
            (
                "q0123456789ab,0e3,2026-03-01T03:04:05Z",
                None,
                Some(utc),
                false,
            ),
            (
                "q0123456789ab,,2026-03-01T03:04:05Z",
                None,
                Some(utc),
                false,
            ),
            (
                "q0123456789ab,NULL,2026-03-01T03:04:05Z",
                None,
                Some(utc),
                false,
            ),
            (
                "q0123456789ab,9999999999999999999,2026-03-01T03:04:05Z",
                None,
                Some(utc),
                false,
            ),
            ("q0123456789ab,", None, None, false),
        ] {
            let count = super::read_row(row).unwrap_or_else(|| panic!("{row}"));
            assert_eq!(count.rows, rows, "{row}");
            assert_eq!(count.at, at.map(|at| at.parse().unwrap()), "{row}");
            assert_eq!(count.zoneless, zoneless, "{row}");
        }
        let text = r#"[{"backout_query":"q0123456789ab","rows_found":0.5},{"backout_query":"qba9876543210","rows_found":1}]"#;
        let report = read_state_file("observed.json", text.as_bytes(), None).unwrap();
        assert_eq!(report.counts[0].rows, None);
    }

    #[test]
    fn errors_instead_of_rows_are_told() {
        let text =
            "backout_query,rows_found,observed_at\nERROR:  relation \"orders\" does not exist\n";
        let error = read_state_file("observed.csv", text.as_bytes(), None)
            .map(|_| ())
            .expect_err("nothing to read");
        assert!(error.to_string().contains("errors"), "{error}");
    }
}
