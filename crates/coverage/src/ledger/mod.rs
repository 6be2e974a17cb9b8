//! The ledger: for every changed file and each domain, whether it was taken apart, cannot matter
//! (by which rule), or is open.
//!
//! The default is *open*. A rule earns *cannot* from the content of the file, a check earns
//! *judged* by taking it apart. Favourable facts follow only where nothing is open; see
//! `assess::facts`.

mod address_shape;
mod answering;
mod bound_settings;
mod build_files;
mod by_content;
mod callers_here;
mod compiler_settings;
mod contributions;
mod enclosed_text;
mod engine_lines;
mod exchanged_values;
mod form_drift;
mod harmless_keys;
mod image_lines;
mod interface;
mod key_meaning;
mod known_files;
mod known_keys;
mod known_rows;
mod known_text_ways;
mod known_ways;
mod layout;
mod line_meaning;
mod line_meaning_terraform;
mod line_words;
mod linked_packages;
mod loaded;
mod loaded_programs;
mod locals;
mod lock_blocks;
mod mapping;
mod message_settings;
mod model_files;
mod moved_library;
mod new_ways;
mod outgoing;
mod package_scripts;
mod page_lines;
mod page_program;
mod pipeline_reach;
mod pipeline_steps;
mod place;
mod printed_output;
mod public_lines;
mod published;
mod read_files;
mod remarks;
mod rewriting_steps;
mod said_lines;
mod same_values;
mod sameness;
mod scan;
mod scan_calls;
mod scan_infrastructure;
mod scan_known;
mod scan_manifest;
mod scan_not_run;
mod scan_program;
mod scan_settings;
mod setting_keys;
mod signs;
mod standing_row;
mod stated_version;
mod status_names;
mod test_text;
mod tokens;
mod understood_lines;
mod unwritten_rules;
mod value_meaning;
mod ways_in;
mod words_only;
mod yaml_lines;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

pub use build_files::{builds_only, is_pipeline};
pub use place::{is_live, is_parked, is_vendored, list_purpose_folders};
pub use signs::tells_by_word;

use crate::ReleaseRange;
use model::{CannotRule, Coverage, CoverageDomain, FilesLookedAt, MOST_OPEN_PLACES, OpenPlace};

/// Why and where a file is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenMark {
    /// The line that could matter, from 1.
    pub line: Option<usize>,
    /// In a few words.
    pub why: Cow<'static, str>,
    /// The lower, the more telling.
    pub rank: u8,
}

/// Rank of an open place that shows no sign of its own: the file differs, and that is all that is
/// known.
const NO_SIGN: u8 = 90;

/// Rank of a file whose use neither its name nor its content tells.
const UNKNOWN_USE: u8 = 92;

/// Ranks of libraries that moved, and of what else a manifest says: of many in every release.
const LIBRARIES: std::ops::RangeInclusive<u8> = 80..=84;

/// The order in which open places are listed: what a changed line shows goes before program text
/// of which nothing is known, and that before libraries that moved.
fn order_by_strength(rank: u8) -> u8 {
    if LIBRARIES.contains(&rank) {
        NO_SIGN + 1
    } else {
        rank
    }
}

/// Rank of a change that no reader judges, although it takes the file apart for other things.
const STAYS_OPEN: u8 = 6;

/// Rank of a file that could not be read.
const UNREADABLE: u8 = 5;

/// How a changed file stands in one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DomainStanding {
    /// A reader took it apart.
    Judged,
    /// It cannot matter, by this rule.
    Cannot(CannotRule),
    /// It could matter.
    Open(OpenMark),
}

/// One changed file in all domains, in the order of [`CoverageDomain::ALL`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStanding {
    /// Path in current (in previous for a deletion).
    pub path: String,
    /// Path in previous, when it was renamed.
    pub old_path: Option<String>,
    /// One a domain.
    pub standings: [DomainStanding; 5],
}

/// What a check says about a file in a domain: it took it apart, or it could not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The file.
    pub path: String,
    /// The domain.
    pub domain: CoverageDomain,
    /// `None`: taken apart. `Some`: not, or only in part.
    pub open: Option<OpenMark>,
}

impl Mark {
    /// The file was taken apart.
    pub fn judged(path: impl Into<String>, domain: CoverageDomain) -> Self {
        Self {
            path: path.into(),
            domain,
            open: None,
        }
    }

    /// The file was not taken apart, or only in part.
    pub fn open(
        path: impl Into<String>,
        domain: CoverageDomain,
        line: Option<usize>,
        why: impl Into<String>,
    ) -> Self {
        Self {
            path: path.into(),
            domain,
            open: Some(OpenMark {
                line,
                why: Cow::Owned(why.into()),
                // a check says what it saw in words of its own, which tell more than any sign of
                // the content
                rank: 0,
            }),
        }
    }
}

/// All changed files, as their contents say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// In the order of the changes.
    pub files: Vec<FileStanding>,
    /// Files that did not change and are open all the same: a judgement rests on a search that
    /// could not see into them.
    pub unsearched: Vec<(CoverageDomain, OpenPlace)>,
}

/// What the ledger needs to know of the releases beside the files themselves.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Contract files of either release.
    pub contracts: Vec<String>,
    /// Tables are made from models of the program.
    pub models_make_tables: bool,
}

impl Ledger {
    /// Looks at every changed file of the range.
    pub fn read(range: &ReleaseRange<'_>, known: &Surroundings) -> Self {
        let program = range
            .changes
            .iter()
            .any(|change| is_program(&change.path) && is_live(&change.path));
        let interfaces = interface::Interfaces::find(range, &known.contracts, program);
        let loaded = loaded::find_loaded_files(range);
        let programs = loaded_programs::find_loaded_programs(range);
        let taken_in = read_files::find_read_files(range);
        let mut scanner = scan::Scanner {
            range,
            interfaces: &interfaces,
            loaded: &loaded,
            programs: &programs,
            taken_in: &taken_in,
            models: known.models_make_tables,
            spent: 0,
            rows: known_rows::KnownRows::default(),
            volumes: None,
            libraries: 0,
            vanished: None,
            ways: known_text_ways::KnownTextWays::default(),
            held: None,
            steps: std::cell::OnceCell::new(),
        };
        Self {
            files: range
                .changes
                .iter()
                .map(|change| scanner.scan(change))
                .collect(),
            unsearched: Vec::new(),
        }
    }

    /// Takes in what the checks say. *Judged* replaces what the content alone said, *open* of a
    /// check wins over both; what a rule of *cannot* said of a file that does not run stays.
    pub fn take(&mut self, marks: &[Mark]) {
        let mut at: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        // a file that was renamed is named by its old path where a check reads the older tree
        for (index, file) in self.files.iter().enumerate() {
            at.entry(&file.path).or_default().push(index);
            if let Some(old) = file.old_path.as_deref().filter(|old| *old != file.path) {
                at.entry(old).or_default().push(index);
            }
        }
        let mut set: Vec<(usize, usize, DomainStanding)> = Vec::new();
        for mark in marks {
            for index in at.get(mark.path.as_str()).into_iter().flatten() {
                let standing = mark
                    .open
                    .clone()
                    .map_or(DomainStanding::Judged, DomainStanding::Open);
                set.push((*index, mark.domain.index(), standing));
            }
        }
        // open marks last, so that they win over judged ones of the same file
        set.sort_by_key(|(_, _, standing)| matches!(standing, DomainStanding::Open(_)));
        for (index, domain, standing) in set {
            let place = &mut self.files[index].standings[domain];
            // what could not be read, or what no reader knows, was taken apart by nobody
            let unread = matches!(place, DomainStanding::Open(mark) if matches!(mark.rank, UNREADABLE | STAYS_OPEN))
                && standing == DomainStanding::Judged;
            if !unread
                && !matches!(
                    place,
                    DomainStanding::Cannot(
                        CannotRule::NotLive
                            | CannotRule::Tests
                            | CannotRule::Documentation
                            | CannotRule::Vendored
                    )
                )
            {
                *place = standing;
            }
        }
        for file in &mut self.files {
            by_content::settle_unknown_use(&mut file.standings);
        }
    }

    /// One row a domain. `mechanism` says in words how the program changes its schema.
    pub fn rows(&self, mechanism: Option<&str>) -> Vec<Coverage> {
        CoverageDomain::ALL
            .into_iter()
            .map(|domain| self.row(domain, mechanism))
            .collect()
    }

    fn row(&self, domain: CoverageDomain, mechanism: Option<&str>) -> Coverage {
        let mut row = Coverage {
            domain,
            judged: 0,
            cannot: BTreeMap::new(),
            open: 0,
            places: Vec::new(),
            mechanism: mechanism
                .filter(|_| domain == CoverageDomain::Schema)
                .map(str::to_owned),
        };
        let mut open: Vec<(&OpenMark, &str)> = Vec::new();
        for file in &self.files {
            match &file.standings[domain.index()] {
                DomainStanding::Judged => row.judged += 1,
                DomainStanding::Cannot(rule) => {
                    *row.cannot.entry(rule.id().to_owned()).or_default() += 1
                }
                DomainStanding::Open(mark) => open.push((mark, &file.path)),
            }
        }
        open.sort_by_key(|(mark, path)| (order_by_strength(mark.rank), *path));
        // a file that could not be searched weakens the answer of its domain as a changed one does
        let beside = self.beside(domain);
        row.open = (open.len() + beside.len()) as u64;
        row.places = open
            .into_iter()
            .map(|(mark, path)| OpenPlace {
                path: path.into(),
                line: mark.line,
                why: mark.why.to_string().into(),
            })
            .chain(beside.into_iter().cloned())
            .take(MOST_OPEN_PLACES)
            .collect();
        row
    }

    /// Files of a domain that did not change and are open all the same; what changed and is open
    /// already counts once.
    fn beside(&self, domain: CoverageDomain) -> Vec<&OpenPlace> {
        if self.unsearched.is_empty() {
            return Vec::new();
        }
        let open = self
            .files
            .iter()
            .filter(|file| matches!(file.standings[domain.index()], DomainStanding::Open(_)));
        let counted: BTreeSet<&str> = open
            .flat_map(|file| [Some(file.path.as_str()), file.old_path.as_deref()])
            .flatten()
            .collect();
        self.unsearched
            .iter()
            .filter(|(of, place)| *of == domain && !counted.contains(place.path.as_raw()))
            .map(|(_, place)| place)
            .collect()
    }

    /// Files that could matter in some domain, each counted once.
    pub fn looked_at(&self) -> FilesLookedAt {
        let mut sum = FilesLookedAt::default();
        for file in &self.files {
            if file
                .standings
                .iter()
                .any(|standing| matches!(standing, DomainStanding::Open(_)))
            {
                sum.open += 1;
            } else if file.standings.contains(&DomainStanding::Judged) {
                // one judged domain is enough: with none open, the others were ruled out
                sum.judged += 1;
            }
        }
        sum
    }

    /// Files of a domain that are open with a sign of their own, the most telling first: path, line
    /// and why.
    pub fn telling(&self, domain: CoverageDomain) -> Vec<OpenPlace> {
        let mut out: Vec<OpenPlace> = self.beside(domain).into_iter().cloned().collect();
        out.extend(self.open_places(domain, |rank| rank < NO_SIGN));
        out
    }

    /// Files of a domain that are open and show no sign of their own.
    pub fn plain(&self, domain: CoverageDomain) -> Vec<OpenPlace> {
        self.open_places(domain, |rank| rank >= NO_SIGN)
    }

    /// Files of a domain that are open and are named one by one, the most telling first: those with
    /// a sign of their own, and those without where there are at most so many of them.
    pub fn named_places(&self, domain: CoverageDomain, most_plain: usize) -> Vec<OpenPlace> {
        let few = self.plain(domain).len() <= most_plain;
        let mut out: Vec<OpenPlace> = self.beside(domain).into_iter().cloned().collect();
        // a long list of files without a sign would push out those that show one
        out.extend(self.open_places(domain, |rank| few || rank < NO_SIGN));
        out
    }

    /// How strongly each open file bears on the way back, by its path: the strength of its most
    /// telling place (the lower, the more telling), then the number of that place's domain.
    pub fn rank_open_files(&self) -> BTreeMap<&str, (u8, usize)> {
        let mut ranks: BTreeMap<&str, (u8, usize)> = BTreeMap::new();
        for file in &self.files {
            let strongest = (file.standings.iter().enumerate())
                .filter_map(|(domain, standing)| match standing {
                    DomainStanding::Open(mark) => Some((order_by_strength(mark.rank), domain)),
                    _ => None,
                })
                .min();
            if let Some(rank) = strongest {
                ranks.insert(&file.path, rank);
            }
        }
        // it is ranked first, because an answer of no rests on it
        // a judgement rests on what could not be searched
        for (domain, place) in &self.unsearched {
            ranks
                .entry(place.path.as_raw())
                .or_insert((0, domain.index()));
        }
        ranks
    }

    fn open_places(&self, domain: CoverageDomain, wanted: impl Fn(u8) -> bool) -> Vec<OpenPlace> {
        let mut found: Vec<(&OpenMark, &str)> = self
            .files
            .iter()
            .filter_map(|file| match &file.standings[domain.index()] {
                DomainStanding::Open(mark) if wanted(mark.rank) => Some((mark, file.path.as_str())),
                _ => None,
            })
            .collect();
        found.sort_by_key(|(mark, path)| (order_by_strength(mark.rank), *path));
        found
            .into_iter()
            .map(|(mark, path)| OpenPlace {
                path: path.into(),
                line: mark.line,
                why: mark.why.to_string().into(),
            })
            .collect()
    }

    /// Files of a domain that are open, the most telling first.
    pub fn open_in(&self, domain: CoverageDomain) -> Vec<OpenPlace> {
        let mut out: Vec<OpenPlace> = self.beside(domain).into_iter().cloned().collect();
        out.extend(self.open_places(domain, |_| true));
        out
    }

    /// Whether some file of the domain is open.
    pub fn is_open(&self, domain: CoverageDomain) -> bool {
        self.files
            .iter()
            .any(|file| matches!(file.standings[domain.index()], DomainStanding::Open(_)))
    }

    /// The standing of one file, by its path in either release.
    pub fn file(&self, path: &str) -> Option<&FileStanding> {
        self.files
            .iter()
            .find(|file| file.path == path || file.old_path.as_deref() == Some(path))
    }

    /// Changed paths, for suggestions.
    pub fn paths(&self) -> BTreeSet<&str> {
        self.files.iter().map(|file| file.path.as_str()).collect()
    }
}

/// Whether a folder whose files are not read may hold code of the program that runs: it is no
/// example, no fixture and no library.
pub fn could_hold_program(folder: &str) -> bool {
    // any name of program text does: only the folder is asked here
    let inside = format!("{}/program.rs", folder.trim_end_matches('/'));
    is_live(&inside) && !is_vendored(&inside)
}

/// Program text, by the ends that languages use; JSX, Vue and Svelte hold logic.
pub fn is_program(path: &str) -> bool {
    const ENDS: [&str; 67] = [
        "rs", "go", "py", "pyx", "rb", "rake", "php", "java", "kt", "kts", "scala", "sc", "groovy",
        "cs", "fs", "vb", "ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "ex", "exs", "erl",
        "hrl", "vue", "svelte", "astro", "c", "cc", "cpp", "cxx", "h", "hh", "hpp", "m", "mm",
        "swift", "dart", "lua", "clj", "cljs", "cljc", "ml", "mli", "hs", "elm", "pl", "pm", "jl",
        "r", "nim", "zig", "cr", "d", "pas", "sh", "bash", "ps1", "psm1", "sol", "cls", "bas",
        "cob",
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.')
        .is_some_and(|(_, end)| ENDS.iter().any(|known| known.eq_ignore_ascii_case(end)))
        // declarations are read by the compiler alone, and have a rule of their own
        && ![".d.ts", ".d.mts", ".d.cts"]
            .iter()
            .any(|end| name.ends_with(end))
}

#[cfg(test)]
mod called_tests;
#[cfg(test)]
mod content_tests;
#[cfg(test)]
mod default_tests;
#[cfg(test)]
mod deployment_kind_tests;
#[cfg(test)]
mod interface_tests;
#[cfg(test)]
mod kind_tests;
#[cfg(test)]
mod known_file_tests;
#[cfg(test)]
mod tests;
