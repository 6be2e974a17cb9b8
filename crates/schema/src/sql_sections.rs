//! Files of SQL that hold both ways, cut at the lines by which their tool parts them.

use crate::reading::{DownMigration, MigrationReading, MigrationSource};
use crate::sql;

/// Lines that begin the way up and the way down: words behind the comment sign, without case.
pub type SectionMarks = (&'static [&'static str], &'static [&'static str]);

/// The line is a comment that says one of `signs`. Signs of a single word must stand alone.
fn is_mark_line(line: &str, signs: &[&str]) -> bool {
    let Some(rest) = line
        .trim()
        .strip_prefix("--")
        .or_else(|| line.trim().strip_prefix('#'))
    else {
        return false;
    };
    let said = rest
        .trim_matches(['-', ' ', '\t', '=', '#', ':'])
        .to_ascii_lowercase();
    // `-- down payments are stored apart` begins with the word and is no mark
    let alone = |sign: &str| !sign.contains(['+', '!', ':', '@', ' ']);
    signs.iter().any(|sign| {
        if alone(sign) {
            said == *sign
        } else {
            said.strip_prefix(sign)
                // `+goose downwards` would else end the way up
                .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        }
    })
}

/// A part of a text, with the line it begins on.
pub struct SqlSection {
    /// Its text.
    pub text: String,
    /// Its first line, from 1.
    pub line: usize,
}

/// The way up, and the way down where there is one.
pub fn cut_sql_sections(text: &str, marks: SectionMarks) -> (SqlSection, Option<SqlSection>) {
    let (up, down) = marks;
    let line_of = |signs: &[&str]| text.lines().position(|line| is_mark_line(line, signs));
    let (start, end) = (line_of(up), line_of(down));
    let lines: Vec<&str> = text.lines().collect();
    // without a mark the whole file goes up, as its tools run it
    let from = start.map_or(0, |line| line + 1);
    let (up_lines, down_lines) = match end {
        Some(end) if end >= from => (from..end, Some(end + 1..lines.len())),
        // Down may stand before up.
        Some(end) => (
            from..lines.len(),
            // the down ends where the up begins
            Some(end + 1..from.saturating_sub(1).max(end + 1)),
        ),
        None => (from..lines.len(), None),
    };
    let part = |range: std::ops::Range<usize>| SqlSection {
        line: range.start + 1,
        text: lines.get(range).unwrap_or_default().join("\n"),
    };
    (part(up_lines), down_lines.map(part))
}

/// SQL files: cut at the tool's marks.
pub fn read_sql_sections(
    source: &MigrationSource<'_>,
    marks: Option<SectionMarks>,
) -> MigrationReading {
    let (text, dialect) = (source.text, source.dialect);
    let Some(marks) = marks else {
        return MigrationReading {
            up: sql::read_sql(text, dialect, 1),
            down: DownMigration::None,
            line: 1,
        };
    };
    let (up, down) = cut_sql_sections(text, marks);
    let way = down.map_or(DownMigration::None, |down| DownMigration::Written {
        script: sql::read_sql(&down.text, dialect, down.line),
        path: source.place.path.clone(),
        line: down.line,
    });
    MigrationReading {
        up: sql::read_sql(&up.text, dialect, up.line),
        down: way,
        // the mark itself is the line that a person looks for
        line: up.line.saturating_sub(1).max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_in_comments_of_their_own() {
        assert!(
            is_mark_line("-- +goose Down", &["+goose down"])
                && is_mark_line("--+goose down", &["+goose down"])
        );
        assert!(
            is_mark_line("-- migrate:up transaction:false", &["migrate:up"])
                && is_mark_line("# --- !Ups", &["!ups"])
        );
        assert!(is_mark_line(
            "---- create above / drop below ----",
            &["create above / drop below"]
        ));
        assert!(
            is_mark_line("-- DOWN", &["down"])
                && is_mark_line("--- Down ---", &["down"])
                && is_mark_line("-- Rollback:", &["rollback"])
        );
        assert!(
            !is_mark_line("-- down payments are stored apart", &["down"])
                && !is_mark_line("DOWN", &["down"])
                && !is_mark_line("-- rollback is not possible", &["rollback"])
        );
        assert!(!is_mark_line("-- +goose downwards", &["+goose down"]));
    }
}
