//! Places of old code where the number of a table's columns counts: statements that take every
//! column, and programs that read a row into a fixed number of places.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::super::step::Name;
use super::statement::{AROUND, FILES, bare_words, normalize_statement_text};
use super::{PreviousUsage, collect_ranked_evidence};
use model::Evidence;

/// Most lines of a class's name that are looked at.
const CLASSES: usize = 50;

/// How a text takes every column of a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StarUse {
    /// In a statement that is refused when their number is another.
    pub by_number: bool,
    /// At all.
    pub read: bool,
    /// As the answer of a routine, which states its columns.
    pub returned: bool,
}

/// How a text takes every column of a table: `SELECT * FROM jars`, `SELECT j.* FROM jars j`.
pub fn find_star_use(text: &str, table: &Name) -> StarUse {
    let text = normalize_statement_text(text);
    let name = table.name.to_lowercase();
    let mut found = StarUse::default();
    for schema in ["", "public.", "dbo."] {
        let sign = format!("* from {schema}{name}");
        let stars = text.match_indices(&sign).filter(|(at, _)| {
            let end = text[at + sign.len()..].chars().next();
            !end.is_some_and(|c| c.is_alphanumeric() || c == '_')
        });
        for (star, _) in stars.take(20) {
            let before = &text[..star];
            // `SELECT *` or `SELECT j.*`, and not a star further away
            let Some(select) = before.rfind("select").filter(|at| before.len() - at <= 24) else {
                continue;
            };
            let head = before[..select].trim_end();
            found.by_number |=
                takes_all_by_number(head) || is_part_of_set_operation(&text[star + sign.len()..]);
            found.returned |= head.ends_with("return query");
            found.read = true;
        }
    }
    found
}

/// Words that join two queries of the same number of columns.
const SET_OPERATIONS: [&str; 4] = ["union", "except", "intersect", "minus"];

/// Behind a `SELECT * FROM jars`, in the same statement, another query follows that must have as
/// many columns.
fn is_part_of_set_operation(behind: &str) -> bool {
    let own = behind.split(';').next().unwrap_or(behind);
    SET_OPERATIONS.iter().any(|word| {
        bare_words(own, word).any(|at| {
            let rest = own[at + word.len()..].trim_start();
            let rest = ["all ", "distinct "]
                .iter()
                .find_map(|more| rest.strip_prefix(more))
                .unwrap_or(rest);
            let rest = rest.trim_start_matches(['(', ' ']);
            ["select ", "values", "table "]
                .iter()
                .any(|query| rest.starts_with(query))
        })
    })
}

/// What stands before a `SELECT *` makes its number of columns count.
fn takes_all_by_number(head: &str) -> bool {
    let bare = head.trim_end_matches(['(', ' ']);
    let joined = SET_OPERATIONS.iter().any(|word| {
        ["", " all", " distinct"]
            .iter()
            .any(|more| bare.ends_with(&format!(" {word}{more}")))
    });
    if joined || head.ends_with(" in (") {
        return true;
    }
    // `insert into archive`, with or without a list of columns; `replace into`, `insert or ignore`
    let Some(target) = head
        .rfind(" into ")
        .filter(|at| {
            let before = &head[..*at];
            let verb = before.rfind("insert").max(before.rfind("replace"));
            verb.is_some_and(|verb| before.len() - verb <= "insert or rollback".len())
        })
        .map(|at| head[at + " into ".len()..].trim())
    else {
        return false;
    };
    let plain = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '$'))
    };
    match target.split_once('(') {
        Some((name, list)) => plain(name.trim()) && list.trim_end().ends_with(')'),
        None => plain(target),
    }
}

impl PreviousUsage<'_> {
    pub(super) fn find_whole_rows(&self, table: &Name) -> (Vec<Evidence>, Vec<Evidence>) {
        let mut texts: BTreeMap<&str, Option<Vec<String>>> = BTreeMap::new();
        let (mut refused, mut strict) = (Vec::new(), Vec::new());
        for hit in self.places(table) {
            if texts.len() >= FILES && !texts.contains_key(hit.path.as_str()) {
                break;
            }
            let lines = texts.entry(hit.path.as_str()).or_insert_with(|| {
                let text = self.tree.read_text(&hit.path).ok()?;
                Some(text.lines().map(str::to_lowercase).collect())
            });
            let Some(lines) = lines else { continue };
            let Some(at) = hit.line.checked_sub(1) else {
                continue;
            };
            // a statement begins some lines above the name of its table
            let around = lines
                .get(at.saturating_sub(6)..(at + 2).min(lines.len()))
                .unwrap_or_default();
            let star = find_star_use(&around.join(" "), table);
            if star.by_number {
                refused.push(hit);
            } else if star.read
                && (reads_into_places(&hit.path, lines, at)
                    || self.reads_into_record(&hit.path, lines, at))
            {
                strict.push(hit);
            }
        }
        (
            collect_ranked_evidence(refused),
            collect_ranked_evidence(strict),
        )
    }

    /// Dapper makes a positional record of C# from a row only where a constructor takes exactly the
    /// columns that come: `Query<Jar>("SELECT * FROM jars")` with `record Jar(int Id)`.
    fn reads_into_record(&self, path: &str, lines: &[String], at: usize) -> bool {
        if !path.ends_with(".cs") {
            return false;
        }
        let near = lines
            .get(at.saturating_sub(4)..(at + 2).min(lines.len()))
            .unwrap_or_default();
        let Some(class) = near
            .iter()
            .filter(|line| line.len() < 1_000)
            .find_map(|line| Some(DAPPER_READS.as_ref()?.captures(line)?[1].to_owned()))
        else {
            return false;
        };
        let record = |line: &str| {
            let line = line.to_lowercase();
            let positional = format!("{class}(");
            let line = line.replace(" (", "(");
            line.contains("record ")
                && line
                    .match_indices(&positional)
                    .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        lines.iter().any(|line| record(line))
            || self
                .of(&class)
                .filter(|hit| hit.path.ends_with(".cs"))
                .take(CLASSES)
                .any(|hit| record(&hit.text))
    }

    /// Where old code copies rows into the table from a file or a stream, and names no columns: each
    /// row must have as many values as the table has columns, in every database.
    pub fn copies_without_columns(&self, table: &Name) -> Vec<Evidence> {
        let name = table.name.to_lowercase();
        let mut texts: BTreeMap<&str, Option<String>> = BTreeMap::new();
        let mut found = Vec::new();
        for hit in self.places(table) {
            let line = hit.text.to_lowercase();
            // the verb may stand in a line before
            if texts.len() >= FILES && !texts.contains_key(hit.path.as_str()) {
                break;
            }
            let whole = texts
                .entry(hit.path.as_str())
                .or_insert_with(|| self.tree.read_text(&hit.path).ok());
            let Some(whole) = whole else { continue };
            let above = usize::from(
                !["copy", "load", "bulk"]
                    .iter()
                    .any(|word| line.contains(word)),
            );
            let lines = whole
                .lines()
                .skip(hit.line.saturating_sub(1 + above))
                .take(5);
            let text = normalize_statement_text(&lines.collect::<Vec<_>>().join(" "));
            if copies_by_place(&text, &name) {
                found.push(hit);
            }
        }
        collect_ranked_evidence(found)
    }
}

/// `COPY jars FROM STDIN`, `COPY INTO jars FROM @stage`, `BULK INSERT jars FROM`, `LOAD DATA .. INTO
/// TABLE jars` and `copy_from(file, 'jars')` without a list of columns. The text is normalised.
fn copies_by_place(text: &str, name: &str) -> bool {
    let behind = |verb: &str| {
        ["", "public.", "dbo."].iter().any(|schema| {
            let sign = format!("{verb}{schema}{name}");
            bare_words(text, &sign).any(|at| {
                let rest = text[at + sign.len()..].trim_start();
                rest.starts_with("from ")
            })
        })
    };
    if ["copy ", "copy into ", "bulk insert "]
        .iter()
        .any(|verb| behind(verb))
    {
        return true;
    }
    let loads = text.contains("load data")
        && bare_words(text, &format!("into table {name}")).any(|at| {
            // the list stands at the end of the statement
            let own = text[at..].split([';']).next().unwrap_or_default();
            !own.contains('(')
        });
    // psycopg2
    loads
        || text.match_indices("copy_from(").any(|(at, call)| {
            let own = text[at + call.len()..]
                .split(')')
                .next()
                .unwrap_or_default();
            bare_words(own, name).next().is_some() && !own.contains("columns")
        })
}

/// A program that reads a row into a fixed number of variables near a line.
fn reads_into_places(path: &str, lines: &[String], at: usize) -> bool {
    let near = |below: usize| {
        lines
            .get(at.saturating_sub(4)..(at + below).min(lines.len()))
            .unwrap_or_default()
    };
    let any = |pattern: &LazyLock<Option<Regex>>, below: usize| {
        pattern.as_ref().is_some_and(|pattern| {
            near(below)
                .iter()
                .any(|line| line.len() < 1_000 && pattern.is_match(line))
        })
    };
    match path.rsplit('.').next() {
        Some("go") => {
            // `Unsafe()` of sqlx and the lax readers of pgx leave out what they do not know
            let lax = near(AROUND).iter().any(|line| {
                line.contains("unsafe()")
                    || line.contains("rowtostructbynamelax")
                    || line.contains("rowtomap")
            });
            !lax && any(&GO_READS, AROUND)
        }
        Some("py") => any(&PYTHON_UNPACKS, 12),
        Some("ex" | "exs") => any(&ELIXIR_MATCHES, 12),
        Some("erl") => any(&ERLANG_MATCHES, 12),
        Some("dart") => any(&DART_MATCHES, 12),
        // both refuse another number of variables than there are columns
        Some("pl" | "pm") => any(&PERL_BINDS, 12),
        Some("php") => any(&PHP_BINDS, 12),
        // a Struct takes as many values as it has members
        Some("rb") => any(&RUBY_STRUCTS, 12),
        // drivers of Haskell check number and types of the columns
        Some("hs") => true,
        // skunk holds the columns of the answer against its decoder
        Some("scala") => lines.iter().any(|line| line.contains("import skunk")),
        _ => false,
    }
}

fn compile_pattern(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

static GO_READS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile_pattern(r"\.(?:scan|structscan|select|selectcontext|get|getcontext)\(|rowtostructby")
});
static PYTHON_UNPACKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile_pattern(
        r"\bfor\s+\(?\w+(?:\s*,\s*\w+)+\)?\s+in\b|^\s*\(?\w+(?:\s*,\s*\w+)+\)?\s*=\s*.*(?:fetchone|fetchall|execute)\(|\bcolumns\s*=\s*\[|\._make\b|\b[a-z]\w*\(\*(?:row|r|rec|record|item|values)\)",
    )
});
static ELIXIR_MATCHES: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile_pattern(r"\[\s*\w+(?:\s*,\s*\w+)+\s*\]"));
static ERLANG_MATCHES: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile_pattern(r"\{\s*\w+(?:\s*,\s*\w+)+\s*\}\s*(?:\]|<-|,\s*\.\.\.|\|)"));
static DART_MATCHES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile_pattern(
        r"\[\s*(?:(?:var|final)\s+)?\w+(?:\s*,\s*(?:(?:var|final)\s+)?\w+)+\s*\]\s*(?:=[^=]|in\b)",
    )
});
static PERL_BINDS: LazyLock<Option<Regex>> = LazyLock::new(|| compile_pattern(r"\bbind_columns\b"));
static PHP_BINDS: LazyLock<Option<Regex>> = LazyLock::new(|| compile_pattern(r"\bbind_result\b"));
static RUBY_STRUCTS: LazyLock<Option<Regex>> = LazyLock::new(|| compile_pattern(r"\.new\(\*\w+\)"));
static DAPPER_READS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile_pattern(
        r"\bquery(?:unbuffered|first|single)?(?:ordefault)?(?:async)?<\s*([a-z_]\w*)\s*>",
    )
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_copied_by_place_where_no_list_is_stated() {
        for (text, wanted) in [
            ("copy jars from stdin with csv", true),
            ("copy public.jars from stdin", true),
            ("copy jars (id, label) from stdin", false),
            ("copy jars to stdout", false),
            ("copy jars_old from stdin", false),
            (
                "load data infile x into table jars fields terminated by ,",
                true,
            ),
            ("load data infile x into table jars (id, label);", false),
            ("cur.copy_from(fh, jars, sep=,)", true),
            ("cur.copy_from(fh, jars, columns=(id, label))", false),
            ("bulk insert dbo.jars from /tmp/a.csv", true),
        ] {
            assert_eq!(copies_by_place(text, "jars"), wanted, "{text}");
        }
    }

    #[test]
    fn a_star_counts_where_two_queries_meet() {
        let table = Name::new("jars");
        for (text, by_number) in [
            ("SELECT * FROM jars EXCEPT SELECT * FROM old_jars", true),
            (
                "SELECT id, label FROM old_jars MINUS SELECT * FROM jars",
                true,
            ),
            (
                "(SELECT * FROM jars) INTERSECT ALL (SELECT * FROM old_jars)",
                true,
            ),
            (
                "SELECT * FROM jars WHERE id NOT IN (SELECT jar FROM lids)",
                false,
            ),
            (
                "SELECT * FROM jars; SELECT a FROM b UNION SELECT c FROM d",
                false,
            ),
            ("EXISTS (SELECT * FROM jars)", false),
        ] {
            let found = find_star_use(text, &table);
            assert_eq!((found.by_number, found.read), (by_number, true), "{text}");
        }
    }
}
