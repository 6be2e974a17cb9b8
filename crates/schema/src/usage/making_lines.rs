//! Lines of a class that make names which nobody writes out: relations, modules of libraries, base
//! classes, embedded parts. A table of signs in `assets/` says what classes get by a single word.
//!
//! A full parser of each language was not taken: the signs are calls and annotations of some thirty
//! libraries in ten languages, and the grammars that the program carries know seven of these.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::LazyLock;

use regex::Regex;

use super::super::step::Name;
use super::{PreviousUsage, definition, forms};
use model::Evidence;

/// `endings | sign | unless | columns`, one a line.
const FIXED: &str = include_str!("../../../../assets/derived-names.txt");

/// Most files that are read for one table.
const FILES: usize = 40;

/// Largest file that is looked through, in bytes.
const FILE: usize = 512 * 1024;

/// Most lines that are kept for one table.
const LINES: usize = 2_000;

/// Lines that one declaration may have.
const DECLARATION: usize = 6;

/// Lines above a configuring call in which its table is named.
const CONFIGURED: usize = 40;

/// Words of relations, of parts and of kinds of classes, in small letters.
const SIGNS: &str = r"(?i)belongs_?to|many_?to_?(one|many)|one_?to_?(one|many)|foreign_?key|morphto|references?\(|has_?many|has_?one|counter_?cache|ownsone|ownsmany|complexproperty|embedd|composed_of|embeds_one|hasbasetype|inheritance|discriminat|elementcollection|collectiontable|withmany\(|usingentity|join_?table|many2many|audited|has_paper_trail|historicalrecords|versioned|loggable|auditable|temporal|\{\s*get\b|\[\]|\bclass\s";

static ANY_SIGN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let fixed: Vec<String> = list_fixed_signs()
        .map(|fixed| regex::escape(fixed.sign))
        .collect();
    Regex::new(&format!("{SIGNS}|{}", fixed.join("|"))).ok()
});

/// A word that gives a class columns.
pub(super) struct FixedSign {
    endings: &'static str,
    sign: &'static str,
    unless: &'static str,
    columns: &'static str,
}

fn list_fixed_signs() -> impl Iterator<Item = FixedSign> {
    FIXED
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut parts = line.split('|').map(str::trim);
            Some(FixedSign {
                endings: parts.next()?,
                sign: parts.next()?,
                unless: parts.next()?,
                columns: parts.next()?,
            })
        })
}

/// A line that makes names, with the declaration it belongs to.
pub(super) struct MakingLine {
    pub(super) path: Rc<str>,
    pub(super) line: usize,
    /// Ending of the file's name.
    pub(super) extension: String,
    /// The line as it stands.
    pub(super) excerpt: String,
    /// The whole declaration, in small letters.
    pub(super) text: String,
    /// Its words in small letters, without underscores.
    pub(super) words: BTreeSet<String>,
    /// The line that opens the class around it, in small letters.
    pub(super) owner: String,
    /// It stands in the class of the table, or in its configuration.
    pub(super) about: bool,
    /// Columns that the class gets by this line, without underscores.
    pub(super) columns: Vec<String>,
}

impl MakingLine {
    pub(super) fn place(&self) -> Evidence {
        Evidence::at(self.path.as_ref(), self.line).with_excerpt(self.excerpt.trim())
    }

    pub(super) fn says(&self, signs: &[&str]) -> bool {
        signs.iter().any(|sign| self.text.contains(sign))
    }

    pub(super) fn names(&self, forms: &BTreeSet<String>) -> bool {
        forms.iter().any(|form| self.words.contains(form))
    }
}

/// Words of a text in small letters, without underscores.
pub(super) fn list_bare_words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .map(|word| word.replace('_', "").to_lowercase())
        .filter(|word| word.len() > 1)
        .take(80)
        .collect()
}

impl PreviousUsage<'_> {
    /// Lines that make names, in files that name the table.
    pub(super) fn making_lines(&self, table: &Name, models: bool) -> Rc<Vec<MakingLine>> {
        let key = table.key();
        if let Some(known) = self.making.borrow().get(&key) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.find_making_lines(table, models));
        self.making.borrow_mut().insert(key, Rc::clone(&found));
        found
    }

    fn find_making_lines(&self, table: &Name, models: bool) -> Vec<MakingLine> {
        let forms = self.spellings(table, models);
        let hits = self.mentions(table, models);
        let mut paths: Vec<(bool, &str)> = hits
            .iter()
            .map(|(hit, _)| hit.path.as_str())
            // the file of the table's own class first: it makes most of the names
            .map(|path| (!forms::file_of(path, &forms), path))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        paths.sort();
        let mut out = Vec::new();
        for (_, path) in paths.into_iter().take(FILES) {
            // larger files are generated
            if let Some(program) = self.program(path).filter(|file| file.text.len() < FILE) {
                read_making_lines(&program.text, path, &forms, &mut out);
            }
            if out.len() > LINES {
                break;
            }
        }
        out
    }
}

fn read_making_lines(text: &str, path: &str, forms: &BTreeSet<String>, out: &mut Vec<MakingLine>) {
    let Some(signs) = ANY_SIGN.as_ref() else {
        return;
    };
    let extension = path.rsplit('.').next().unwrap_or_default().to_lowercase();
    let lines: Vec<&str> = text.lines().collect();
    let shared: Rc<str> = Rc::from(path);
    let fixed: Vec<FixedSign> = list_fixed_signs()
        .filter(|fixed| fixed.endings.split(' ').any(|end| end == extension))
        .filter(|fixed| fixed.unless.is_empty() || !text.contains(fixed.unless))
        .collect();
    for (at, line) in lines
        .iter()
        .enumerate()
        // a minified line holds every word
        .filter(|(_, line)| line.len() < 1_000)
    {
        if !signs.is_match(line) || is_no_declaration(line, &extension) {
            continue;
        }
        let whole = read_declaration(&lines, at);
        let lower = whole.to_lowercase();
        let columns = fixed
            .iter()
            .filter(|fixed| lower.contains(fixed.sign))
            .flat_map(|fixed| fixed.columns.split(' '))
            .map(|column| column.replace('_', ""))
            .collect();
        let owner = definition::find_class_line(lines.get(..at).unwrap_or_default())
            .unwrap_or_default()
            .to_lowercase();
        let about = forms
            .iter()
            .any(|form| forms::stands_alone(&owner, form) || forms::stands_alone(&lower, form))
            || owner.is_empty() && forms::file_of(path, forms)
            || is_configured(&lines, at, forms);
        out.push(MakingLine {
            path: Rc::clone(&shared),
            line: at + 1,
            extension: extension.clone(),
            excerpt: (*line).to_owned(),
            words: list_bare_words(&whole),
            text: lower,
            owner,
            about,
            columns,
        });
        if out.len() > LINES {
            return;
        }
    }
}

/// A comment, or a line that brings another file in.
fn is_no_declaration(line: &str, extension: &str) -> bool {
    let line = line.trim_start();
    let comment = line.starts_with("//")
        || line.starts_with("--")
        || line.starts_with("/*")
        || line.starts_with("* ")
        || line.starts_with('#') && !line.starts_with("#[");
    let brought = line.starts_with("import ")
        || line.starts_with("using ")
        || line.starts_with("from ")
        || line.starts_with("use ")
            && (line.contains('\\') && line.ends_with(';'))
            && extension == "php";
    comment || brought
}

/// A declaration may go on: below an annotation, and where brackets are open. The method around a
/// call on itself names the relation.
fn read_declaration(lines: &[&str], at: usize) -> String {
    let mut out = String::new();
    let line = lines.get(at).copied().unwrap_or_default();
    if line.contains("$this->")
        && let Some(head) = lines
            .get(at.saturating_sub(DECLARATION)..at)
            .unwrap_or_default()
            .iter()
            .rev()
            .find(|line| line.contains("function "))
    {
        out.push_str(head.trim());
        out.push('\n');
    }
    let mut open = 0i32;
    for line in lines.iter().skip(at).take(DECLARATION) {
        let trimmed = line.trim();
        out.extend(trimmed.chars().take(500));
        out.push('\n');
        open += trimmed.matches(['(', '[']).count() as i32;
        open -= trimmed.matches([')', ']']).count() as i32;
        // an annotation goes on in the next line
        let annotation = trimmed.starts_with(['@', '[', '*']) || trimmed.starts_with("#[");
        if open <= 0 && (!annotation || trimmed.ends_with([';', '}', '{'])) {
            break;
        }
    }
    out
}

/// `Entity<Buyer>(e => { e.OwnsOne(..)`: the configuration around the line is the table's.
fn is_configured(lines: &[&str], at: usize, forms: &BTreeSet<String>) -> bool {
    let above = lines
        .get(at.saturating_sub(CONFIGURED)..=at)
        .unwrap_or_default();
    let named = above.iter().rev().find_map(|line| {
        let lower = line.to_lowercase();
        let (_, rest) = lower.split_once("entity<")?;
        Some(rest.split(['>', ',']).next().unwrap_or_default().to_owned())
    });
    named.is_some_and(|name| forms.contains(name.trim()))
}
