//! A migration's text to what it does, up and down.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::dialect::Dialect;
use super::framework::{DownStyle, Framework, MigrationTool};
use super::host;
use super::layout::{Manifest, MigrationFile, MigrationLanguage, file_name, find_parent_folder};
use super::sql;
use super::step::{MigrationStep, SchemaAction, Script};
use model::Snapshot;

/// Where a way down comes from.
#[derive(Debug, Clone, Default)]
pub enum DownMigration {
    /// Written: its steps, file and first line.
    Written {
        script: Script,
        path: String,
        line: usize,
    },
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

impl DownMigration {
    /// There is a way down, or a refusal, that has to be judged on the schema.
    pub fn needs_schema(&self) -> bool {
        !matches!(self, Self::None | Self::Missing(_))
    }
}

/// What a migration does.
#[derive(Debug, Clone, Default)]
pub struct MigrationReading {
    /// Up.
    pub up: Script,
    /// Down.
    pub down: DownMigration,
    /// Line on which the up side begins.
    pub line: usize,
}

/// What lies around a migration: files that it names, and what its tree says of its tools.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The tree.
    pub tree: &'a dyn Snapshot,
    /// Its manifests.
    pub manifest: &'a Manifest,
}

impl Around<'_> {
    /// A file that the migration names: beside it first, else the shortest path of the tree that
    /// ends so. With its path.
    pub fn file(&self, place: &MigrationFile, named: &str) -> Option<(String, String)> {
        let named = named
            .trim_start_matches(['.', '/'])
            .trim_start_matches("classpath:")
            .trim_start_matches('/');
        if named.is_empty() || !named.contains('.') {
            return None;
        }
        let beside = format!("{}/{named}", find_parent_folder(&place.path));
        let found = if self.tree.has(&beside) {
            beside
        } else {
            let end = format!("/{named}");
            self.tree
                .list()
                .iter()
                .map(|entry| &entry.path)
                .filter(|path| *path == named || path.ends_with(&end))
                .min_by_key(|path| path.len())?
                .clone()
        };
        let text = self.tree.read_text(&found).ok()?;
        Some((found, text))
    }

    /// An embedded resource, whose name is its path with dots (`Shop.Scripts.drop.sql`).
    pub fn resource(&self, place: &MigrationFile, named: &str) -> Option<(String, String)> {
        self.file(place, named).or_else(|| {
            let name = self
                .tree
                .list()
                .iter()
                .map(|entry| &entry.path)
                .filter(|path| path.ends_with(".sql") && named.ends_with(file_name(path)));
            let found = name
                .filter(|path| path.replace('/', ".").ends_with(named))
                .min_by_key(|path| path.len())?
                .clone();
            let text = self.tree.read_text(&found).ok()?;
            Some((found, text))
        })
    }
}

/// Migrations of one folder that have the same text: each text is read once, and kept only as long
/// as another file has it.
pub struct MigrationTextCache<'a, T> {
    /// Contents by path, and how many files of a folder are still to come with them.
    ids: HashMap<&'a str, Same<'a>>,
    left: HashMap<Same<'a>, usize>,
    known: HashMap<Same<'a>, Rc<T>>,
}

/// What tells a text and how it is read: folder, ending of the file, contents.
type Same<'a> = [&'a str; 3];

impl<'a, T> MigrationTextCache<'a, T> {
    /// Of the files that will be asked for.
    pub fn new(tree: &'a dyn Snapshot, paths: impl Iterator<Item = &'a str>) -> Self {
        let wanted: HashSet<&str> = paths.collect();
        let of_tree = tree
            .list()
            .iter()
            .filter(|entry| wanted.contains(entry.path.as_str()) && !entry.id.is_empty());
        let ending = |path: &'a str| path.rsplit_once('.').map_or("", |(_, ending)| ending);
        let ids: HashMap<&str, Same<'_>> = of_tree
            .map(|entry| {
                (
                    entry.path.as_str(),
                    [
                        find_parent_folder(&entry.path),
                        ending(&entry.path),
                        entry.id.as_str(),
                    ],
                )
            })
            .collect();
        let mut left = HashMap::new();
        ids.values()
            .for_each(|key| *left.entry(*key).or_insert(0) += 1);
        Self {
            ids,
            left,
            known: HashMap::new(),
        }
    }

    /// What a file does; `read` where no file of the same text was asked for before.
    pub fn get(&mut self, place: &MigrationFile, read: impl FnOnce() -> T) -> Rc<T> {
        let Some(key) = self.ids.get(place.path.as_str()).copied() else {
            return Rc::new(read());
        };
        let made = self
            .known
            .get(&key)
            .cloned()
            .unwrap_or_else(|| Rc::new(read()));
        let left = self.left.entry(key).or_default();
        *left = left.saturating_sub(1);
        if *left == 0 {
            self.known.remove(&key);
        } else {
            self.known.insert(key, Rc::clone(&made));
        }
        made
    }
}

/// Reads one migration. `down` is the sibling's path and text.
pub fn read_migration(
    place: &MigrationFile,
    text: &str,
    dialect: Dialect,
    down: Option<(&str, &str)>,
    around: Around<'_>,
) -> MigrationReading {
    let mut reading = match place.language {
        MigrationLanguage::Sql if place.framework == Framework::Tern => {
            read_sql_sections(place, &with_templates(place, text, around), dialect)
        }
        MigrationLanguage::Sql => read_sql_sections(place, text, dialect),
        MigrationLanguage::Python => host::read_python(place, text, dialect, around),
        MigrationLanguage::Ruby => host::read_ruby(place, text, dialect, around),
        MigrationLanguage::Php => host::read_php(place, text, dialect, around),
        MigrationLanguage::Elixir => host::read_elixir(place, text, dialect, around),
        MigrationLanguage::CSharp => host::read_csharp(place, text, dialect, around),
        MigrationLanguage::JavaScript | MigrationLanguage::TypeScript => {
            host::read_javascript(place, text, dialect, around)
        }
        MigrationLanguage::Go => host::read_go(place, text, dialect),
        MigrationLanguage::Rust => host::read_rust(place, text, dialect, around),
        MigrationLanguage::Java => host::read_java(place, text, dialect),
        MigrationLanguage::Embedded => {
            super::embedded::read_embedded_changes(place, text, None, dialect)
        }
        MigrationLanguage::Changelog | MigrationLanguage::Unread => make_unread_reading(place),
    };
    if let Some((path, text)) = down {
        let script = sql::read_sql(text, dialect, 1);
        reading.down = DownMigration::Written {
            script,
            path: path.to_owned(),
            line: 1,
        };
    }
    reading
}

fn make_unread_reading(place: &MigrationFile) -> MigrationReading {
    let why = match place.framework {
        Framework::Other => "it looks like a migration, of a tool that is not known".to_owned(),
        framework => format!(
            "{} migrations in this language are recognised, but not read",
            framework.id()
        ),
    };
    let up = Script {
        steps: vec![MigrationStep {
            line: 1,
            text: String::new(),
            certain: true,
            action: SchemaAction::Unknown { why },
        }],
        has_text: true,
        ..Script::default()
    };
    MigrationReading {
        up,
        down: DownMigration::None,
        line: 1,
    }
}

/// tern: `{{ template "shared/v1.sql" . }}` stands for that file, on one line.
fn with_templates(place: &MigrationFile, text: &str, around: Around<'_>) -> String {
    let mut left = 20;
    let lines = text.lines().map(|line| {
        let inner = line
            .trim()
            .strip_prefix("{{")
            .and_then(|rest| rest.strip_suffix("}}"))
            .map(|inner| inner.trim_matches(['-', ' ']));
        let name = inner
            .and_then(|inner| inner.strip_prefix("template"))
            .and_then(|rest| rest.split('"').nth(1))
            .filter(|_| left > 0);
        let Some((_, found)) = name.and_then(|name| around.file(place, name)) else {
            return line.to_owned();
        };
        left -= 1;
        format!(
            "{};",
            sql::on_one_line(&found)
                .replace('\n', " ")
                .trim_end_matches(';')
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A line that begins one side: words behind the comment sign, without case.
type SideMarkers = (&'static [&'static str], &'static [&'static str]);

/// Marks of the tools that keep both sides in one file.
fn find_section_marks(framework: Framework) -> Option<SideMarkers> {
    Some(match framework {
        Framework::Goose => (&["+goose up"], &["+goose down"]),
        Framework::Dbmate => (&["migrate:up"], &["migrate:down"]),
        Framework::SqlMigrate => (
            &["+migrate up", "+micrate up"],
            &["+migrate down", "+micrate down"],
        ),
        Framework::NodePg => (&["up migration"], &["down migration"]),
        Framework::Tern => (&[], &["create above / drop below"]),
        Framework::Play => (&["!ups"], &["!downs"]),
        Framework::MyBatis => (&[], &["//@undo", "@undo"]),
        // Nobody reads a file with both sides as one: the second is the way back.
        Framework::Plain => (
            &["up", "@up", "rambler up", "upgrade", "migrate up"],
            &[
                "down",
                "@down",
                "rambler down",
                "downgrade",
                "migrate down",
                "rollback",
                "revert",
                "undo",
                "//@undo",
            ],
        ),
        _ => return None,
    })
}

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
    let alone = |sign: &str| !sign.contains(['+', '!', ':', '@', ' ']);
    signs.iter().any(|sign| {
        if alone(sign) {
            said == *sign
        } else {
            said.strip_prefix(sign)
                .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        }
    })
}

/// SQL files: cut at the tool's marks.
fn read_sql_sections(place: &MigrationFile, text: &str, dialect: Dialect) -> MigrationReading {
    let Some((up, down)) = find_section_marks(place.framework)
        .filter(|_| place.framework.down_style() == DownStyle::InFile)
    else {
        return MigrationReading {
            up: sql::read_sql(text, dialect, 1),
            down: DownMigration::None,
            line: 1,
        };
    };
    let line_of = |signs: &[&str]| text.lines().position(|line| is_mark_line(line, signs));
    let (start, end) = (line_of(up), line_of(down));
    let lines: Vec<&str> = text.lines().collect();
    let from = start.map_or(0, |line| line + 1);
    let (up_lines, down_lines) = match end {
        Some(end) if end >= from => (from..end, Some(end + 1..lines.len())),
        // Down may stand before up.
        Some(end) => (
            from..lines.len(),
            Some(end + 1..from.saturating_sub(1).max(end + 1)),
        ),
        None => (from..lines.len(), None),
    };
    let part = |range: std::ops::Range<usize>| lines.get(range).unwrap_or_default().join("\n");
    let way = down_lines.map_or(DownMigration::None, |range| {
        let line = range.start + 1;
        DownMigration::Written {
            script: sql::read_sql(&part(range), dialect, line),
            path: place.path.clone(),
            line,
        }
    });
    MigrationReading {
        up: sql::read_sql(&part(up_lines), dialect, from + 1),
        down: way,
        line: from.max(1),
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
