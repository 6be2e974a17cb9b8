//! Each changed file by itself: what its content says about the five domains, before the checks say
//! what they took apart.

use super::interface::Interfaces;
use super::known_files::find_known_use;
use super::known_rows::KnownRows;
use super::read_files::build_read_row;
use super::remarks;
use super::same_values;
use super::sameness;
use super::signs::{LedgerSign, find_version_line, may_tell_version};
use super::standing_row::{
    DomainStandings, NOT_KNOWN, build_cannot_standing, build_open_standing, fill_row,
};
use super::words_only;
use super::{DomainStanding, FileStanding, NO_SIGN as PLAIN, UNREADABLE, is_program, place};
use crate::ReleaseRange;
use crate::changed_lines::{ChangedLine, ChangedLines};
use model::{
    CannotRule as Rule, CoverageDomain as D, FileChange, FileKind, FileStatus, ReadError, Snapshot,
};

// the time of a range grows with its bytes; this is more than any release that was met changed
/// Most bytes of program text of one range that are taken apart; what is beyond stays open and says
/// so.
pub(super) const BUDGET: u64 = 96 * 1024 * 1024;

/// Longest file whose lines are compared, in bytes.
pub(super) const LENGTH: usize = 4 * 1024 * 1024;

// comparing tokens of a copied framework took longer than the rest of the range
/// Most changed files of libraries that are compared token by token; of more, each stays open.
const LIBRARY_FILES: usize = 300;

/// Most changed lines of a file among which one that gives the version of the product is looked for.
const VERSION_LINES: usize = 400;

/// The texts of a file in the older and in the newer release, where it has it.
pub(super) type BothTexts = (Option<String>, Option<String>);

/// One changed file in all domains.
pub(super) struct Scanner<'a> {
    pub range: &'a ReleaseRange<'a>,
    pub interfaces: &'a Interfaces,
    /// Files that do not run by their place, and what loads them.
    pub loaded: &'a std::collections::BTreeMap<String, String>,
    /// Program text that does not run by its place, and what starts or imports it.
    pub programs: &'a std::collections::BTreeMap<String, String>,
    /// Files that are no program text, and why they are a part of the program all the same.
    pub taken_in: &'a std::collections::BTreeMap<String, String>,
    /// Tables are made from models of the program.
    pub models: bool,
    /// Bytes read so far.
    pub spent: u64,
    /// Rows of settings and infrastructure so far.
    pub rows: KnownRows,
    /// Whether some manifest of the newer release keeps a volume, once it was looked for.
    pub volumes: Option<bool>,
    /// Changed files of libraries in the repository so far.
    pub libraries: usize,
    /// Ways to be called that changed files had and have no more, once they were looked for.
    pub vanished: Option<std::collections::BTreeMap<super::ways_in::WayKey, usize>>,
    /// Ways to be called of the texts that were read for them.
    pub ways: super::known_text_ways::KnownTextWays,
    /// The file that was read last and is read again, with both its texts.
    pub held: Option<(String, BothTexts)>,
    /// Steps of the newer release that rewrite rows, once they were looked for.
    pub steps: std::cell::OnceCell<super::rewriting_steps::RewritingSteps>,
}

impl Scanner<'_> {
    /// The standings of one changed file.
    pub(super) fn scan(&mut self, change: &FileChange) -> FileStanding {
        // a file that moves out of a folder of examples, or into one, did run in one of the
        // releases
        // what does not run in production opens nothing, whatever it holds
        let live =
            place::is_live(&change.path) || change.old_path.as_deref().is_some_and(place::is_live);
        let row = match self.loaded.get(&change.path) {
            Some(place) => loaded_row(place),
            None if self.programs.contains_key(&change.path) => self.program(change),
            None if let Some(why) = self.taken_in.get(&change.path) => build_read_row(why),
            None if live => {
                let mut row = self.row(change);
                self.note_enclosed_text(change, &mut row);
                self.note_package_scripts(change, &mut row);
                self.note_known_keys(change, &mut row);
                if change.kind != FileKind::Test && !place::is_vendored(&change.path) {
                    self.note_published(change, &mut row);
                }
                row
            }
            None => fill_row(build_cannot_standing(Rule::NotLive)),
        };
        FileStanding {
            path: change.path.clone(),
            old_path: change.old_path.clone(),
            standings: row,
        }
    }

    // order matters below: what says for certain that a file cannot matter comes before what reads
    // it
    fn row(&mut self, change: &FileChange) -> DomainStandings {
        if [change.old_mode, change.new_mode].contains(&0o160_000) {
            return fill_row(build_open_standing(
                UNREADABLE,
                None,
                "it is a submodule, whose files are not read",
            ));
        }
        if let Some(rule) = place::find_tool_rule(&change.path) {
            return fill_row(build_cannot_standing(rule));
        }
        if let Some(row) = self.harmless_content(change) {
            return row;
        }
        match change.kind {
            FileKind::Styling => return self.styling(change),
            FileKind::Documentation if !is_program(&change.path) => return self.prose(change),
            // what builds the documentation runs nowhere else
            FileKind::Documentation | FileKind::Code
                if is_program(&change.path) && place::builds_documents(&change.path) =>
            {
                return fill_row(build_cannot_standing(Rule::NotLive));
            }
            FileKind::Test => return self.test(change),
            _ => {}
        }
        // a migration is known to its tool by its name, so a renamed one runs again
        if change.status == FileStatus::Renamed
            && change.old_id.is_some()
            && change.old_id == change.new_id
            && change.kind != FileKind::Database
        {
            return self.moved_file(change);
        }
        if (remarks::may_hold_remarks(&change.path) || same_values::may_hold_values(&change.path))
            && let Ok(texts) = self.read(change)
        {
            if let (Some(old), Some(new)) = (&texts.0, &texts.1)
                && old.len().max(new.len()) <= LENGTH
                && (remarks::differ_only_in_remarks(&change.path, old, new)
                    || same_values::may_hold_values(&change.path)
                        && same_values::hold_same_values(&change.path, old, new))
            {
                return fill_row(build_cannot_standing(Rule::SameProgram));
            }
            self.held = Some((change.path.clone(), texts));
        }
        if is_program(&change.path) && self.translates(change) {
            return fill_row(build_cannot_standing(Rule::Page));
        }
        if is_program(&change.path) && self.makes_load(change) {
            return fill_row(build_cannot_standing(Rule::Tests));
        }
        if place::is_vendored(&change.path) {
            let mut row = fill_row(build_cannot_standing(Rule::Vendored));
            row[D::StoredForm.index()] = self.vendored(change);
            return row;
        }
        if let Some(known) = find_known_use(&change.path) {
            return self.known_use(change, known);
        }
        match change.kind {
            _ if change.path.ends_with(".hcl") && self.describes_tables(change) => self.database(),
            FileKind::Dependency => self.manifest(change),
            FileKind::Markup => self.page(change),
            FileKind::Contract if !is_program(&change.path) => self.contract(),
            FileKind::Database if is_program(&change.path) => self.migration_program(change),
            FileKind::Database => self.database(),
            FileKind::Config if place::builds_site(&change.path) => {
                fill_row(build_cannot_standing(Rule::Documentation))
            }
            FileKind::Config if self.speaks_one_language(change) => {
                fill_row(build_cannot_standing(Rule::Page))
            }
            FileKind::Config if !is_program(&change.path) => self.settings(change),
            FileKind::Infrastructure if !is_program(&change.path) || is_script(&change.path) => {
                self.infrastructure(change)
            }
            FileKind::Other if let Some(why) = self.find_other_output(change) => {
                let mut row = fill_row(build_cannot_standing(Rule::DeveloperTool));
                row[D::StoredForm.index()] = build_open_standing(PLAIN, None, why);
                row
            }
            FileKind::Other if place::is_developer_tool(&change.path) => {
                fill_row(build_cannot_standing(Rule::DeveloperTool))
            }
            FileKind::Other if place::is_example(&change.path) => {
                fill_row(build_cannot_standing(Rule::NotLive))
            }
            _ if is_program(&change.path) => self.program(change),
            _ if declares_types(&change.path) => fill_row(build_cannot_standing(Rule::TypesOnly)),
            FileKind::Other if self.holds_own_version(change) => own_version_row(),
            FileKind::Other if self.draws_pictures(change) => {
                fill_row(build_cannot_standing(Rule::Styling))
            }
            _ => self.unknown_use(change, NOT_KNOWN),
        }
    }

    /// Program text that only says something else to people: words of a translation.
    fn translates(&mut self, change: &FileChange) -> bool {
        if !words_only::lies_among_translations(&change.path) {
            return false;
        }
        let Ok((old, new)) = self.read(change) else {
            return false;
        };
        let words = |text: &Option<String>| {
            text.as_deref()
                .is_none_or(|text| words_only::holds_only_words(&change.path, text))
        };
        words(&old) && words(&new)
    }

    /// Settings by their ending, and words of one language by their place and content.
    fn speaks_one_language(&mut self, change: &FileChange) -> bool {
        if !change.path.ends_with(".properties") || !self.is_one_language(&change.path) {
            return false;
        }
        let Ok(texts) = self.read(change) else {
            return false;
        };
        let words = texts
            .0
            .iter()
            .chain(&texts.1)
            .all(|text| words_only::holds_only_texts(&change.path, text));
        self.held = Some((change.path.clone(), texts));
        words
    }

    /// All that differs is the version of the product, as the names of the releases say it.
    pub(super) fn differs_in_own_version(&self, lines: &ChangedLines<'_>) -> bool {
        let bare = |version: &str| version.trim().trim_start_matches(['v', 'V']).to_owned();
        let (was, is) = (
            bare(self.range.previous_version),
            bare(self.range.current_version),
        );
        // a version of one figure may be any number
        if lines.fresh.is_empty()
            || lines.fresh.len() != lines.gone.len()
            || lines.fresh.len() > 8
            || !was.contains('.')
        {
            return false;
        }
        lines
            .gone
            .iter()
            .zip(&lines.fresh)
            .all(|((_, old), (_, new))| old.contains(&was) && old.replace(&was, &is) == **new)
    }

    /// Changed lines without those that only give the version of the product, as the names of the
    /// releases say it: `var version = "1.0.0"` tells no version of a form.
    pub(super) fn without_own_version<'t>(
        &self,
        lines: &ChangedLines<'t>,
    ) -> (Vec<ChangedLine<'t>>, Vec<ChangedLine<'t>>) {
        let bare = |version: &str| version.trim().trim_start_matches(['v', 'V']).to_owned();
        let (was, is) = (
            bare(self.range.previous_version),
            bare(self.range.current_version),
        );
        let follows = |line: &str, own: &str, other: &str, there: &[ChangedLine<'_>]| {
            line.contains(own) && {
                let wanted = line.replace(own, other);
                there.iter().any(|(_, line)| *line == wanted)
            }
        };
        // a version of one figure may be any number, and more than a few lines are no version
        if !was.contains('.') || lines.fresh.len().max(lines.gone.len()) > VERSION_LINES {
            return (lines.fresh.clone(), lines.gone.clone());
        }
        let keep = |of: &[ChangedLine<'t>], there: &[ChangedLine<'_>], own: &str, other: &str| {
            of.iter()
                .filter(|(_, line)| !follows(line, own, other, there))
                .copied()
                .collect()
        };
        (
            keep(&lines.fresh, &lines.gone, &is, &was),
            keep(&lines.gone, &lines.fresh, &was, &is),
        )
    }

    /// Both sides describe pictures: a set of icons with their paths, or an animation with its layers
    /// and frames.
    fn draws_pictures(&mut self, change: &FileChange) -> bool {
        if !change.path.to_ascii_lowercase().ends_with(".json") {
            return false;
        }
        let Ok((old, new)) = self.read(change) else {
            return false;
        };
        let mut sides = [old, new].into_iter().flatten().peekable();
        sides.peek().is_some()
            && sides.all(|text| {
                let has = |keys: &[&str]| keys.iter().all(|key| text.contains(key));
                has(&["\"icons\"", "\"paths\""])
                    || has(&["\"layers\"", "\"fr\"", "\"ip\"", "\"op\""])
            })
    }

    /// A file that holds the version of the product and nothing else, as the names of the releases
    /// say: `VERSION`, `.version`, `version.txt`.
    pub(super) fn holds_own_version(&mut self, change: &FileChange) -> bool {
        let name = change.path.rsplit('/').next().unwrap_or_default();
        if !name.to_ascii_lowercase().contains("version") {
            return false;
        }
        let Ok((Some(old), Some(new))) = self.read(change) else {
            return false;
        };
        fn bare(text: &str) -> &str {
            text.trim().trim_start_matches(['v', 'V'])
        }
        bare(&old) == bare(self.range.previous_version)
            && bare(&new) == bare(self.range.current_version)
    }

    pub(super) fn read(&mut self, change: &FileChange) -> Result<BothTexts, String> {
        // a file that was read for one question is handed on to the next
        if let Some((path, texts)) = self.held.take()
            && path == change.path
        {
            return Ok(texts);
        }
        let old_path = (change.status != FileStatus::Added)
            .then(|| change.old_path.as_deref().unwrap_or(&change.path));
        let new_path = (change.status != FileStatus::Deleted).then_some(change.path.as_str());
        let mut side =
            |tree: &dyn Snapshot, path: Option<&str>| -> Result<Option<String>, String> {
                let Some(path) = path else { return Ok(None) };
                match tree.read_text(path) {
                    Ok(text) => {
                        self.spent += text.len() as u64;
                        Ok(Some(text))
                    }
                    // a path that is not there in one tree is a file that came or went
                    Err(ReadError::NotFound(_)) => Ok(None),
                    Err(error) => Err(error.to_string()),
                }
            };
        Ok((
            side(self.range.previous, old_path)?,
            side(self.range.current, new_path)?,
        ))
    }

    /// The same content under another name. Where the name itself is read (a class that is stored
    /// by name, an address made from a path) the move is a change.
    fn moved_file(&self, change: &FileChange) -> DomainStandings {
        let mut row = fill_row(build_cannot_standing(Rule::SameContent));
        if is_program(&change.path) {
            row[D::StoredForm.index()] = build_open_standing(
                PLAIN,
                None,
                "program text lies under another name, and what is stored may hold the old one",
            );
            let words = [
                "pages",
                // folders of which frameworks make addresses
                "routes",
                "route",
                "api",
                "public",
                "app",
                "controllers",
                "functions",
                "handlers",
                "www",
                "htdocs",
            ];
            let addressed = |path: &str| {
                path.split('/')
                    .rev()
                    .skip(1)
                    .any(|part| words.contains(&part.to_ascii_lowercase().as_str()))
            };
            if addressed(&change.path) || change.old_path.as_deref().is_some_and(addressed) {
                row[D::Contract.index()] = build_open_standing(
                    70,
                    None,
                    "a file from whose path an address may be made lies elsewhere",
                );
            }
        }
        row
    }

    fn vendored(&mut self, change: &FileChange) -> DomainStanding {
        // what a library's tests hold is stored by nobody
        if !is_program(&change.path) || change.path.to_ascii_lowercase().contains("_test.") {
            return build_cannot_standing(Rule::Vendored);
        }
        if self.spent > BUDGET {
            return build_open_standing(
                PLAIN,
                None,
                "code of a library that lies in the repository changed; what it writes is not known",
            );
        }
        match self.read(change) {
            Ok((old, new)) => {
                let plain = build_open_standing(
                    PLAIN,
                    None,
                    "code of a library that lies in the repository changed; what it writes is not known",
                );
                self.libraries += 1;
                let beyond = self.libraries > LIBRARY_FILES;
                // one file more or less says little where hundreds are open, so only the lines that
                // tell something are looked for
                if beyond
                    && !ChangedLines::may_hold(
                        old.as_deref().unwrap_or_default(),
                        new.as_deref().unwrap_or_default(),
                        may_tell_version,
                    )
                {
                    return plain;
                }
                let lines = ChangedLines::between(old.as_deref(), new.as_deref());
                if let (Some(old), Some(new)) = (&old, &new)
                    && !beyond
                    && sameness::judge_sameness(&change.path, old, new, &lines).is_some()
                {
                    return build_cannot_standing(Rule::SameProgram);
                }
                match find_version_line(&lines.fresh) {
                    Some(line) => build_open_standing(
                        30 + LedgerSign::FormVersion as u8,
                        Some(line),
                        format!("{} in the code of a library", LedgerSign::FormVersion.why()),
                    ),
                    None => plain,
                }
            }
            Err(why) => build_open_standing(UNREADABLE, None, why),
        }
    }

    pub(super) fn contract(&self) -> DomainStandings {
        let mut row = fill_row(build_cannot_standing(Rule::OtherField));
        row[D::Contract.index()] =
            build_open_standing(10, None, "a contract file that no reader took apart");
        row[D::StoredForm.index()] = build_open_standing(
            60,
            None,
            "a description of messages or documents that may be kept",
        );
        row
    }

    /// A schema in blocks (`table "orders" { column "id" {`), which a tool brings the database to.
    fn describes_tables(&mut self, change: &FileChange) -> bool {
        let Ok((old, new)) = self.read(change) else {
            return false;
        };
        let has =
            |text: &str, word: &str| text.lines().any(|line| line.trim_start().starts_with(word));
        [old, new]
            .iter()
            .flatten()
            .any(|text| has(text, "table \"") && has(text, "column \""))
    }

    pub(super) fn database(&self) -> DomainStandings {
        let mut row = fill_row(build_cannot_standing(Rule::OtherField));
        row[D::Schema.index()] = build_open_standing(
            10,
            None,
            "a schema or migration file that no reader took apart",
        );
        row[D::StoredForm.index()] = build_open_standing(
            60,
            None,
            "a schema or migration file that no reader took apart",
        );
        row
    }

    // its place among migrations is no proof, since helpers and models lie there as well
    /// Program text that lies among migrations: what it shows says more than its place.
    fn migration_program(&mut self, change: &FileChange) -> DomainStandings {
        let (shown, mut row) = (self.program(change), self.database());
        for domain in [D::Schema, D::StoredForm] {
            match &shown[domain.index()] {
                // a sign tells what is done, which is more than that a migration changed
                DomainStanding::Open(mark) if mark.rank < PLAIN => {
                    row[domain.index()] = DomainStanding::Open(mark.clone())
                }
                DomainStanding::Cannot(Rule::SameProgram) => {
                    row[domain.index()] = build_cannot_standing(Rule::SameProgram)
                }
                _ => {}
            }
        }
        row
    }
}

/// The version of the product. A program may write it into what it stores, and refuse a newer one.
pub(super) fn own_version_row() -> DomainStandings {
    let mut row = fill_row(build_cannot_standing(Rule::OtherField));
    row[D::StoredForm.index()] = build_open_standing(
        PLAIN,
        Some(1),
        "the version of the product, which a program may write into what it stores",
    );
    row
}

/// A file whose rows or settings something that runs takes in.
fn loaded_row(place: &str) -> DomainStandings {
    let mut row = fill_row(build_cannot_standing(Rule::OtherField));
    // rows that are loaded at a start may be stored by it and change what the program is set to
    for domain in [D::Schema, D::StoredForm, D::Configuration] {
        row[domain.index()] = build_open_standing(
            40,
            None,
            format!("it is loaded by {place}, and what it holds may be stored"),
        );
    }
    row
}

/// Declarations that a compiler or an editor reads, and that nothing runs.
fn declares_types(path: &str) -> bool {
    [".d.ts", ".d.mts", ".d.cts", ".pyi", ".rbi"]
        .iter()
        .any(|end| path.ends_with(end))
}

fn is_script(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [".sh", ".bash", ".ps1"]
        .iter()
        .any(|end| lower.ends_with(end))
}
