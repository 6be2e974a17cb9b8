//! Files whose name and place tell no use: what their content shows. A kind that cannot matter is
//! known by its first bytes or by its whole content; the rest stays open where it could matter.

use serde_json::Value;

use super::scan::{LENGTH, Scanner, own_version_row};
use super::scan_known::row_of_contract;
use super::signs::{find_sign_lines, first_of_each};
use super::standing_row::{DomainStandings, build_cannot_standing, build_open_standing, fill_row};
use super::{DomainStanding, UNKNOWN_USE, UNREADABLE, place, words_only};
use crate::changed_lines::ChangedLines;
use model::{CannotRule as Rule, CoverageDomain as D, FileChange, FileKind, FileStatus, ReadError};

/// Pictures by their endings; what they begin with is compared where they are judged.
const PICTURES: [&str; 11] = [
    "png", "jpg", "jpeg", "gif", "webp", "svg", "ico", "bmp", "avif", "tif", "tiff",
];

/// Packed folders.
const ARCHIVES: [&str; 9] = [
    "tgz", "gz", "zip", "tar", "bz2", "xz", "jar", "whl", "nupkg",
];

/// First words of lines by which a description of tables is known, whatever its form.
const TABLE_WORDS: [&str; 11] = [
    "table",
    "tables",
    "column",
    "columns",
    "index",
    "indexes",
    "collection",
    "entity",
    "migration",
    "foreign",
    "primary",
];

/// As [`TABLE_WORDS`], for what others call or send.
const INTERFACE_WORDS: [&str; 12] = [
    "service",
    "interface",
    "operation",
    "operations",
    "endpoint",
    "endpoints",
    "rpc",
    "message",
    "messages",
    "request",
    "response",
    "paths",
];

/// As [`TABLE_WORDS`], for what the program runs on.
const MACHINE_WORDS: [&str; 14] = [
    "resource",
    "resources",
    "image",
    "volume",
    "volumes",
    "mount",
    "replicas",
    "container",
    "containers",
    "cluster",
    "instance",
    "services",
    "bucket",
    "deploy",
];

/// Parts of a path by which a file may describe tables.
const TABLE_PATHS: [&str; 7] = [
    "model", "schema", "entit", "table", "migrat", "database", "ddl",
];

/// Whether the name or the folder of a file speaks of tables: `config/models.persistentmodels`.
fn names_tables(path: &str) -> bool {
    let small = path.to_ascii_lowercase();
    TABLE_PATHS.iter().any(|word| small.contains(word))
}

/// Most lines of a file of which the first words are looked at; of a longer one every domain stays
/// open.
const LINES: usize = 20_000;

/// The bytes of both sides, where a side has the file.
type BothBytes = [Option<std::sync::Arc<[u8]>>; 2];

impl Scanner<'_> {
    /// Files that cannot matter whatever their kind is, before anything else is asked: a moved
    /// picture, a document of another form than text, a packed chart.
    pub(super) fn harmless_content(&mut self, change: &FileChange) -> Option<DomainStandings> {
        let end = cut_path_end(&change.path);
        let end = end.as_str();
        let moved = change.status == FileStatus::Renamed
            && change.old_id.is_some()
            && change.old_id == change.new_id;
        if moved && matches!(change.kind, FileKind::Documentation | FileKind::Styling) {
            return Some(fill_row(build_cannot_standing(Rule::SameContent)));
        }
        if PICTURES.contains(&end) && change.kind != FileKind::Test {
            return Some(self.styling(change));
        }
        if end == "pdf" && self.both_begin(change, b"%PDF") {
            return Some(fill_row(build_cannot_standing(Rule::Documentation)));
        }
        let list = matches!(cut_file_name(&change.path), "index.yaml" | "index.yml");
        if end == "tgz" && self.packs_own_chart(&change.path) || list && self.lists_charts(change) {
            return Some(fill_row(build_cannot_standing(Rule::PackedChart)));
        }
        None
    }

    /// A file whose use neither its name nor its place tells.
    pub(super) fn unknown_use(
        &mut self,
        change: &FileChange,
        why: &'static str,
    ) -> DomainStandings {
        let bytes = match self.both_bytes(change) {
            Ok(bytes) => bytes,
            Err(why) => return fill_row(build_open_standing(UNREADABLE, None, why)),
        };
        let mut sides = bytes.iter().flatten();
        if sides.clone().next().is_some() && sides.clone().all(|side| side.is_empty()) {
            return fill_row(build_cannot_standing(Rule::Empty));
        }
        if sides.any(|side| side.starts_with(b"SQLite format 3\0") || side.starts_with(b"PGDMP")) {
            let mut row = unknown_row(None, "a database as a file, whose tables are not read");
            row[D::Schema.index()] = row[D::StoredForm.index()].clone();
            return row;
        }
        if ARCHIVES.contains(&cut_path_end(&change.path).as_str()) {
            let mut row = unknown_row(None, "a packed file, which is not taken apart");
            if change.kind == FileKind::Infrastructure {
                row[D::Infrastructure.index()] = row[D::StoredForm.index()].clone();
            }
            return row;
        }
        drop(bytes);
        let Ok(texts) = self.read(change) else {
            return unknown_row(None, why);
        };
        let (old, new) = (texts.0.as_deref(), texts.1.as_deref());
        if old.into_iter().chain(new).any(|text| text.len() > LENGTH) {
            return fill_row(build_open_standing(UNKNOWN_USE, None, why));
        }
        if let Some(rule) = self.find_harmless_text(&change.path, old, new) {
            return fill_row(build_cannot_standing(rule));
        }
        let lines = ChangedLines::between(old, new);
        if change.status == FileStatus::Modified && self.differs_in_own_version(&lines) {
            return own_version_row();
        }
        let texts_of = || old.into_iter().chain(new);
        // introspection of D-Bus, from which both sides make their calls
        if texts_of().all(|text| text.contains("<node") && text.contains("<interface name=")) {
            let why = "an interface that other programs call by its methods and signals changed";
            return row_of_contract(&lines, why);
        }
        if texts_of().all(describes_documents) {
            return self.contract();
        }
        if is_script_text(&change.path) || texts_of().all(|text| text.starts_with("#!")) {
            self.held = Some((change.path.clone(), texts));
            return self.program(change);
        }
        let mut row = unknown_row(lines.fresh.first().map(|(line, _)| *line), why);
        let begins = |words: &[&str]| texts_of().any(|text| begins_line_with(text, words));
        for (domain, words) in [
            (D::Schema, TABLE_WORDS.as_slice()),
            (D::Contract, INTERFACE_WORDS.as_slice()),
            (D::Infrastructure, MACHINE_WORDS.as_slice()),
        ] {
            // a form of its own may describe tables without a word that is known here
            let named = domain == D::Schema && names_tables(&change.path);
            if begins(words) || named {
                row[domain.index()] = row[D::StoredForm.index()].clone();
            }
        }
        for (sign, line) in first_of_each(&find_sign_lines(&lines.fresh)) {
            if sign.domain() == D::Schema {
                row[D::Schema.index()] = build_open_standing(UNKNOWN_USE, Some(line), why);
            }
        }
        row
    }

    /// The rule of a text that cannot matter by what the whole of it says.
    fn find_harmless_text(&self, path: &str, old: Option<&str>, new: Option<&str>) -> Option<Rule> {
        let all = |test: &dyn Fn(&str) -> bool| old.into_iter().chain(new).all(test);
        let translation = words_only::lies_among_translations(path) || self.is_one_language(path);
        if translation && all(&|text| words_only::holds_only_texts(path, text)) {
            return Some(Rule::Page);
        }
        if path.ends_with(".json") && all(&names_built_files) {
            return Some(Rule::BuiltNames);
        }
        let of_pages = place::list_purpose_folders(path).any(|folder| {
            matches!(
                folder.to_ascii_lowercase().as_str(),
                "docs" | "documentation"
            )
        });
        (of_pages && path.ends_with(".json") && all(&orders_pages)).then_some(Rule::Documentation)
    }

    /// Whether files of other languages lie beside this one: `login_de.properties` beside
    /// `login_fr.properties`, `nl.json` beside `de.json`.
    pub(super) fn is_one_language(&self, path: &str) -> bool {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let Some((stem, end)) = name.rsplit_once('.') else {
            return false;
        };
        let (base, _) = words_only::split_language(stem).unwrap_or((stem, ""));
        let beside = self.range.current.list().iter().filter(|entry| {
            let (other_folder, other) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
            let of_language = || {
                let (other, other_end) = other.rsplit_once('.')?;
                let (other_base, _) = words_only::split_language(other)?;
                Some(other_end == end && other_base == base)
            };
            other_folder == folder && other != name && of_language().unwrap_or(false)
        });
        beside.take(2).count() == 2
    }

    /// Whether an archive is a chart whose files lie unpacked beside it, of whatever version. A
    /// chart that another one brings along lies in a folder `charts` of that one and is none.
    fn packs_own_chart(&self, path: &str) -> bool {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let Some(stem) = name.strip_suffix(".tgz") else {
            return false;
        };
        // the version begins at the first dash that a figure follows
        let Some(at) = stem
            .match_indices('-')
            .map(|(at, _)| at)
            .find(|at| stem[at + 1..].starts_with(|c: char| c.is_ascii_digit()))
        else {
            return false;
        };
        let chart = &stem[..at];
        let own = |place: String| {
            let text = self.range.current.read_text(&place).unwrap_or_default();
            text.lines().any(|line| {
                line.strip_prefix("name:")
                    .is_some_and(|name| name.trim().trim_matches(['"', '\'']) == chart)
            })
        };
        own(join_path(folder, "Chart.yaml"))
            || own(join_path(folder, &format!("{chart}/Chart.yaml")))
    }

    /// The list of packed charts that a repository of charts is served with.
    fn lists_charts(&mut self, change: &FileChange) -> bool {
        let Ok(texts) = self.read(change) else {
            return false;
        };
        let lists = |text: &String| {
            let has = |key: &str| text.lines().any(|line| line.starts_with(key));
            has("entries:") && has("generated:") && has("apiVersion:")
        };
        let found = texts.0.iter().chain(&texts.1).all(lists);
        self.held = Some((change.path.clone(), texts));
        found
    }

    fn both_begin(&self, change: &FileChange, mark: &[u8]) -> bool {
        self.both_bytes(change)
            .is_ok_and(|sides| sides.iter().flatten().all(|side| side.starts_with(mark)))
    }

    fn both_bytes(&self, change: &FileChange) -> Result<BothBytes, String> {
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        let side = |tree: &dyn model::Snapshot, path: &str| match tree.read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(ReadError::NotFound(_)) => Ok(None),
            Err(error) => Err(error.to_string()),
        };
        Ok([
            side(self.range.previous, old_path)?,
            side(self.range.current, &change.path)?,
        ])
    }
}

/// A data file can hold what is stored or what is set; it describes no table, no interface and no
/// machine unless its lines say so.
fn unknown_row(
    line: Option<usize>,
    why: impl Into<std::borrow::Cow<'static, str>>,
) -> DomainStandings {
    let mut row = fill_row(build_cannot_standing(Rule::OtherField));
    let open = build_open_standing(UNKNOWN_USE, line, why);
    for domain in [D::StoredForm, D::Configuration] {
        row[domain.index()] = open.clone();
    }
    row
}

/// What a reader took apart as a description of tables is nothing else.
pub(super) fn settle_unknown_use(row: &mut DomainStandings) {
    let judged = |row: &DomainStandings, domain: D| row[domain.index()] == DomainStanding::Judged;
    let settled: &[D] = if judged(row, D::Schema) {
        &[
            D::StoredForm,
            D::Contract,
            D::Configuration,
            D::Infrastructure,
        ]
    } else if judged(row, D::Contract) {
        &[D::Schema, D::Configuration, D::Infrastructure]
    } else {
        return;
    };
    for domain in settled {
        if matches!(&row[domain.index()], DomainStanding::Open(mark) if mark.rank == UNKNOWN_USE) {
            row[domain.index()] = build_cannot_standing(Rule::OtherField);
        }
    }
}

/// Program text in languages of shells that are told by the ending alone.
fn is_script_text(path: &str) -> bool {
    matches!(
        cut_path_end(path).as_str(),
        "zsh" | "fish" | "nu" | "ksh" | "awk"
    )
}

fn begins_line_with(text: &str, words: &[&str]) -> bool {
    let mut lines = text.lines();
    let found = lines.by_ref().take(LINES).any(|line| {
        let line = line.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
        let end = line
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(line.len());
        // a name with a dot behind it is an address
        !line[end..].starts_with('.')
            && words
                .iter()
                .any(|word| line[..end].eq_ignore_ascii_case(word))
    });
    found || lines.next().is_some()
}

/// A description of documents by a schema of JSON.
fn describes_documents(text: &str) -> bool {
    let head: String = text.chars().take(2_000).collect();
    head.contains("\"$schema\"") && head.contains("json-schema.org")
}

/// A list of a bundler: every text in it names a file that it made, and nothing else is in it but
/// flags.
fn names_built_files(text: &str) -> bool {
    const MADE: [&str; 14] = [
        ".js", ".mjs", ".css", ".map", ".png", ".svg", ".jpg", ".webp", ".ico", ".woff", ".woff2",
        ".ttf", ".gif", ".txt",
    ];
    let names_file = |text: &str| {
        let bare = text.split(['?', '#']).next().unwrap_or_default();
        text.contains('/') && MADE.iter().any(|end| bare.ends_with(end))
    };
    let mut named = 0usize;
    let plain = serde_json::from_str::<Value>(text).is_ok_and(|value| {
        words_only::all_leaves(&value, 0, &mut |leaf| match leaf {
            // what a browser compares the file with
            Value::String(text) if text.starts_with("sha") && text.contains('-') => true,
            Value::String(text) => {
                named += 1;
                names_file(text)
            }
            Value::Bool(_) => true,
            _ => false,
        })
    });
    plain && named > 0
}

/// The order and the titles of pages in a folder of documents.
fn orders_pages(text: &str) -> bool {
    const KEYS: [&str; 12] = [
        "title",
        "pages",
        "label",
        "position",
        "icon",
        "root",
        "defaultOpen",
        "description",
        "link",
        "collapsed",
        "collapsible",
        "className",
    ];
    serde_json::from_str::<Value>(text).is_ok_and(|value| {
        value.as_object().is_some_and(|map| {
            !map.is_empty() && map.keys().all(|key| KEYS.contains(&key.as_str()))
        })
    })
}

fn cut_file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The ending in small letters; empty where there is none.
fn cut_path_end(path: &str) -> String {
    cut_file_name(path)
        .rsplit_once('.')
        .map_or_else(String::new, |(_, end)| end.to_ascii_lowercase())
}

fn join_path(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}
