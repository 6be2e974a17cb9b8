//! A migration's text to what it does, up and down.

use super::dialect::Dialect;
use super::framework::{DownStyle, Framework};
use super::host;
use super::layout::{Language, Place};
use super::sql;
use super::step::{Action, Script, Step};

/// Where a way down comes from.
#[derive(Debug, Clone, Default)]
pub enum Way {
    /// Written: its steps, file and first line.
    Written { script: Script, path: String, line: usize },
    /// The tool derives it.
    Derived(Script),
    /// There is none.
    #[default]
    None,
    /// There is none, and why.
    Missing(String),
    /// The migration says so, or its tool refuses.
    Irreversible(String),
}

/// What a migration does.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Up.
    pub up: Script,
    /// Down.
    pub down: Way,
    /// Line on which the up side begins.
    pub line: usize,
}

/// Reads one migration. `down` is the sibling's path and text.
pub fn read(place: &Place, text: &str, dialect: Dialect, down: Option<(&str, &str)>) -> Reading {
    let mut reading = match place.language {
        Language::Sql => sections(place, text, dialect),
        Language::Python => host::python(place, text, dialect),
        Language::Ruby => host::ruby(place, text, dialect),
        Language::Php => host::php(place, text, dialect),
        Language::Elixir => host::elixir(place, text, dialect),
        Language::CSharp => host::csharp(place, text, dialect),
        Language::JavaScript | Language::TypeScript => host::script(place, text, dialect),
        Language::Go => host::go(place, text, dialect),
        Language::Embedded => super::embedded::read(place, text, None, dialect),
        Language::Changelog | Language::Unread => unread(place),
    };
    if let Some((path, text)) = down {
        let script = sql::read(text, dialect, 1);
        reading.down = Way::Written { script, path: path.to_owned(), line: 1 };
    }
    reading
}

fn unread(place: &Place) -> Reading {
    let why = match place.framework {
        Framework::Other => "it looks like a migration, of a tool that is not known".to_owned(),
        framework => format!("{} migrations in this language are recognised, but not read yet", framework.id()),
    };
    let up = Script { steps: vec![Step { line: 1, text: String::new(), certain: true, action: Action::Unknown { why } }], has_text: true, ..Script::default() };
    Reading { up, down: Way::None, line: 1 }
}

/// SQL files: cut at the tool's markers.
fn sections(place: &Place, text: &str, dialect: Dialect) -> Reading {
    let markers: Option<(&[&str], &[&str])> = match place.framework {
        Framework::Goose => Some((&["-- +goose up", "--+goose up"], &["-- +goose down", "--+goose down"])),
        Framework::Dbmate => Some((&["-- migrate:up", "--migrate:up"], &["-- migrate:down", "--migrate:down"])),
        Framework::SqlMigrate => Some((&["-- +migrate up", "--+migrate up"], &["-- +migrate down", "--+migrate down"])),
        Framework::NodePg => Some((&["-- up migration"], &["-- down migration"])),
        Framework::Tern => Some((&[], &["---- create above / drop below ----"])),
        _ => None,
    };
    let Some((up, down)) = markers.filter(|_| place.framework.down_style() == DownStyle::InFile) else {
        return Reading { up: sql::read(text, dialect, 1), down: Way::None, line: 1 };
    };
    let line_of = |signs: &[&str]| {
        text.lines().position(|line| {
            let lower = line.trim().to_ascii_lowercase();
            signs.iter().any(|sign| lower.starts_with(sign))
        })
    };
    let (start, end) = (line_of(up), line_of(down));
    let lines: Vec<&str> = text.lines().collect();
    let from = start.map_or(0, |line| line + 1);
    let (up_lines, down_lines) = match end {
        Some(end) if end >= from => (from..end, Some(end + 1..lines.len())),
        // Down may stand before up.
        Some(end) => (from..lines.len(), Some(end + 1..from.saturating_sub(1).max(end + 1))),
        None => (from..lines.len(), None),
    };
    let part = |range: std::ops::Range<usize>| lines.get(range).unwrap_or_default().join("\n");
    let way = down_lines.map_or(Way::None, |range| {
        let line = range.start + 1;
        Way::Written { script: sql::read(&part(range), dialect, line), path: place.path.clone(), line }
    });
    Reading { up: sql::read(&part(up_lines), dialect, from + 1), down: way, line: from.max(1) }
}
