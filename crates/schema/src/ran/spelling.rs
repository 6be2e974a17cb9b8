//! The ways in which a migration is named, in the tree and in a history.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::migration_file::MigrationFile;
use crate::tree_path::{file_name, find_parent_folder, is_in_set};
use crate::unit::Unit;
use model::{Framework, MigrationRecord, Snapshot};

/// Digits from which on a version is a date and not a number that many sets have.
const DATED: usize = 8;

/// Digits of a version that holds a moment: nobody else wrote a migration in the same second.
const MOMENT: usize = 13;

/// Most bytes of a migration that is looked into for its revision.
const HEAD: usize = 8 * 1024;

/// Ends of file names that are no part of the name.
const ENDS: &[&str] = &[
    ".sql", ".up", ".down", ".rb", ".py", ".php", ".js", ".ts", ".mjs", ".cjs", ".go", ".cs",
    ".ex", ".exs", ".java", ".kt", ".xml", ".yaml", ".yml", ".json", ".edn", ".rs",
];

static REVISION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?m)^\s*(?:down_)?revision(?:\s*:\s*[\w\[\], |]+)?\s*=\s*["']([^"']{1,80})["']"#)
        .ok()
});

/// How a name of a history and a migration of a tree stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meeting {
    /// They are the same, by a name or a date.
    Name,
    /// They are the same, by a small number that other sets have too.
    Number,
    /// They cannot both be of this set: the version is the same and the description is another, or
    /// the change set is the same and its file is another.
    Clash,
}

/// The ways in which a migration is named.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Spelling {
    /// Whole names, lower case.
    pub(super) names: BTreeSet<String>,
    /// The version, as numbers.
    pub(super) version: Option<Vec<u128>>,
    /// Letters and digits beside the version, lower case; `None` where there is nothing else.
    description: Option<String>,
    /// What it belongs to, where one name stands in several; a changelog has its path and the one
    /// that it states for itself.
    pub(super) parts: Vec<String>,
    /// The parts are paths, of which the tool may have written the end alone.
    by_path: bool,
    /// Where it lies among others of its set.
    home: String,
}

impl Spelling {
    pub(super) fn of_record(record: &MigrationRecord) -> Self {
        let stem = strip_ends(file_name(&record.name.replace('\\', "/"))).to_lowercase();
        let own = record.version.as_deref().and_then(read_version);
        // Flyway writes a sentence of its own there for a baseline
        let told = record
            .description
            .as_deref()
            .filter(|text| !text.starts_with("<<"));
        Self {
            version: own.or_else(|| read_version(&stem)),
            description: read_description(&stem).or_else(|| told.and_then(squeeze_words)),
            parts: record.part.iter().map(|part| clean_part(part)).collect(),
            names: BTreeSet::from([stem]),
            ..Self::default()
        }
    }

    pub(super) fn of_unit(unit: &Unit, tree: &dyn Snapshot) -> Self {
        let place = &unit.found.place;
        let mut spelling = Self::of_place(place, tree);
        if unit.path != place.path {
            // a change set: its id, and its file as the part
            spelling.names = BTreeSet::from([unit.version.to_lowercase()]);
            spelling.version = None;
            spelling.description = None;
        }
        spelling
    }

    pub(super) fn of_place(place: &MigrationFile, tree: &dyn Snapshot) -> Self {
        let stem = find_telling_stem(&place.path);
        let folder = find_parent_folder(&place.path);
        let mut names = BTreeSet::from([stem.to_lowercase(), place.identity.to_lowercase()]);
        let mut parts = Vec::new();
        match place.framework {
            Framework::Django => {
                let (app, _) = place.identity.rsplit_once('.').unwrap_or_default();
                parts.push(app.to_lowercase());
            }
            Framework::Liquibase => {
                parts.extend([clean_part(&place.path), clean_part(&place.identity)])
            }
            // Alembic keeps a revision in its table, and no name of a file
            Framework::Alembic => names.extend(read_revision(place, stem, tree)),
            _ => {}
        }
        Self {
            names,
            version: read_version(&place.version).or_else(|| read_version(stem)),
            description: read_description(&stem.to_lowercase()),
            parts,
            by_path: place.framework == Framework::Liquibase,
            home: if is_in_set(&place.path, &place.set) {
                place.set.clone()
            } else {
                folder.to_owned()
            },
        }
    }

    /// Whether both belong together: the same app, the same folder.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        self.parts == other.parts && self.home == other.home
    }

    /// Whether a name of a history means this migration.
    pub(super) fn meets(&self, known: &Self) -> Option<Meeting> {
        let apart = !self.parts.is_empty()
            && !known.parts.is_empty()
            && !self.parts.iter().any(|part| known.is_part(part));
        let named = self.names.iter().any(|name| known.names.contains(name));
        if apart {
            // the same id in another changelog may be a change set that moved: neither sure nor
            // nothing
            return (named && known.by_path).then_some(Meeting::Clash);
        }
        if named {
            // `3` names a migration in every set
            let number = !known.by_path
                && self.names.iter().all(|name| {
                    name.len() < DATED && name.bytes().all(|byte| byte.is_ascii_digit())
                });
            return Some(match (&self.description, &known.description) {
                _ if !number => Meeting::Name,
                (Some(told), Some(known)) if told == known => Meeting::Name,
                (Some(_), Some(_)) => Meeting::Clash,
                _ => Meeting::Number,
            });
        }
        let (version, other) = (self.version.as_ref()?, known.version.as_ref()?);
        if version != other {
            return None;
        }
        let digits = |wanted: usize| {
            version
                .iter()
                .any(|number| number.to_string().len() >= wanted)
        };
        match (&self.description, &known.description) {
            (Some(told), Some(known)) if told == known => Some(Meeting::Name),
            // several migrations share a day; none share a second, unless somebody made the time up
            (Some(_), Some(_)) if !digits(MOMENT) || is_round(version) => Some(Meeting::Clash),
            _ if digits(DATED) => Some(Meeting::Name),
            _ => Some(Meeting::Number),
        }
    }

    /// Parts that are compared whole; others are paths, or there are none.
    pub(super) fn has_exact_parts(&self) -> bool {
        !self.parts.is_empty() && !self.by_path
    }

    /// Whether a history that writes this means a part of it.
    pub(super) fn is_part(&self, told: &str) -> bool {
        self.parts.iter().any(|part| {
            part == told || self.by_path && (ends_at_slash(part, told) || ends_at_slash(told, part))
        })
    }
}

/// The name of a file without its ends; of a folder, where the file is named like in all of them.
pub(super) fn find_telling_stem(path: &str) -> &str {
    let stem = strip_ends(file_name(path));
    // Diesel and Prisma call every file alike, so the folder is the name
    if matches!(stem, "up" | "migration" | "index" | "schema") {
        return file_name(find_parent_folder(path));
    }
    stem
}

/// Whether the path has an end that a migration may have.
pub(super) fn has_known_end(path: &str) -> bool {
    ENDS.iter().any(|end| path.ends_with(end))
}

fn ends_at_slash(long: &str, short: &str) -> bool {
    long.strip_suffix(short)
        .is_some_and(|rest| rest.ends_with('/'))
}

/// A part as it is compared: Liquibase writes `classpath:` and a slash in front, or does not.
fn clean_part(part: &str) -> String {
    part.trim()
        .to_lowercase()
        .replace('\\', "/")
        .trim_start_matches("classpath*:")
        .trim_start_matches("classpath:")
        .trim_start_matches("./")
        .trim_start_matches('/')
        .to_owned()
}

fn strip_ends(mut name: &str) -> &str {
    while let Some(bare) = ENDS.iter().find_map(|end| name.strip_suffix(end)) {
        name = bare;
    }
    name
}

/// A date without a time, or with a time that somebody made up.
fn is_round(version: &[u128]) -> bool {
    // `20260203000000` is a day with a time that nobody chose
    version.iter().all(|number| number % 100_000 == 0)
}

/// What stands beside the version, squeezed so that `drop_label`, `Drop label` and `DropLabel` are
/// one.
fn read_description(stem: &str) -> Option<String> {
    match split_version(stem) {
        Some((_, rest)) => squeeze_words(rest),
        None => squeeze_words(stem),
    }
}

fn squeeze_words(text: &str) -> Option<String> {
    let squeezed: String = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    (!squeezed.is_empty()).then_some(squeezed)
}

/// `V1_1__drop_label`, `00002_drop`, `2026-02-03-101112_drop`, `DropLabel1772359872000`: the numbers
/// of the version, without zeros in front.
pub(super) fn read_version(name: &str) -> Option<Vec<u128>> {
    split_version(name).map(|(version, _)| version)
}

fn split_version(name: &str) -> Option<(Vec<u128>, &str)> {
    // a revision is a hash, whatever digits it begins or ends with
    let first = name.split('_').next().unwrap_or(name);
    if first.len() >= DATED
        && first.bytes().all(|byte| byte.is_ascii_hexdigit())
        && first.bytes().any(|byte| byte.is_ascii_alphabetic())
    {
        return None;
    }
    let head = name.trim_start_matches(['v', 'V', 'u', 'U', 'r', 'R']);
    let end = head
        // two underscores end the version of Flyway
        .find("__")
        .or_else(|| head.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '-' | '_')))
        .unwrap_or(head.len());
    let digits: Vec<&str> = head[..end]
        .split(['.', '-', '_'])
        .filter(|part| !part.is_empty())
        .collect();
    let numbers: Vec<u128> = join_date(&digits)
        .map(|date| vec![date])
        .unwrap_or_else(|| digits.iter().map_while(|part| part.parse().ok()).collect());
    if !numbers.is_empty() {
        return Some((numbers, &head[end..]));
    }
    // a class carries its time at the end
    let (rest, digits) = name.split_at(name.trim_end_matches(|c: char| c.is_ascii_digit()).len());
    if digits.len() < DATED {
        return None;
    }
    Some((vec![digits.parse().ok()?], rest))
}

/// `2026-02-03-101112` is in the table of Diesel as `20260203101112`.
fn join_date(digits: &[&str]) -> Option<u128> {
    let widths: Vec<usize> = digits.iter().map(|part| part.len()).collect();
    // parts of a date, and not a version such as `2024.1.2`
    let dated = matches!(widths.as_slice(), [4, 2, 2] | [4, 2, 2, 2..=6]);
    let year = digits.first()?.parse::<u32>().ok()?;
    (dated && (1990..2200).contains(&year))
        .then(|| digits.concat().parse().ok())
        .flatten()
}

/// The revision of Alembic: the first part of the name, or what the text says.
fn read_revision(place: &MigrationFile, stem: &str, tree: &dyn Snapshot) -> Vec<String> {
    let mut names: Vec<String> = stem
        .split('_')
        .next()
        .map(str::to_lowercase)
        .into_iter()
        .collect();
    let text = tree.read_text(&place.path).unwrap_or_default();
    // the revision stands at the top; a migration may hold megabytes of rows
    let head = text
        .get(..text.floor_char_boundary(HEAD))
        .unwrap_or_default();
    if let Some(revision) = REVISION.as_ref() {
        names.extend(
            revision
                .captures_iter(head)
                .filter(|found| !found[0].contains("down_revision"))
                .map(|found| found[1].to_lowercase()),
        );
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        for (name, wanted) in [
            ("V1_1__drop_label", vec![1, 1]),
            ("V1.1__drop_label", vec![1, 1]),
            ("00002_drop", vec![2]),
            ("20260203101112", vec![20_260_203_101_112]),
            ("2026-02-03-101112_drop", vec![20_260_203_101_112]),
            ("2026_02_03_101112_drop", vec![20_260_203_101_112]),
            ("DropLabel1772359872000", vec![1_772_359_872_000]),
        ] {
            assert_eq!(read_version(name), Some(wanted), "{name}");
        }
        for name in ["drop_label", "a7", "", "1975ea83b712", "aaaa11112222_drop"] {
            assert_eq!(read_version(name), None, "{name}");
        }
    }

    fn known(names: &[&str], framework: Framework) -> Spelling {
        let path = names[0];
        let mut spelling = Spelling {
            names: names.iter().map(|name| name.to_lowercase()).collect(),
            version: read_version(path),
            description: read_description(&path.to_lowercase()),
            ..Spelling::default()
        };
        if framework == Framework::Django {
            spelling.parts = vec!["orders".to_owned()];
        }
        if framework == Framework::Liquibase {
            spelling.by_path = true;
            spelling.parts = vec![
                "src/main/resources/db/changelog/2.xml".to_owned(),
                "shop-core".to_owned(),
            ];
        }
        spelling
    }

    fn record(name: &str, part: Option<&str>, description: Option<&str>) -> Spelling {
        Spelling::of_record(&MigrationRecord {
            name: name.to_owned(),
            version: None,
            description: description.map(str::to_owned),
            part: part.map(str::to_owned),
            state: None,
            at: None,
            line: None,
        })
    }

    #[test]
    fn a_name_means_one_migration_and_no_other() {
        use Meeting::{Clash, Name, Number};
        for (told, described, file, framework, wanted) in [
            (
                "V3__b.sql",
                None,
                vec!["V3__a", "3"],
                Framework::Flyway,
                Some(Clash),
            ),
            (
                "3",
                Some("drop label"),
                vec!["V3__drop_label"],
                Framework::Flyway,
                Some(Name),
            ),
            (
                "3",
                Some("add weight"),
                vec!["V3__drop_label"],
                Framework::Flyway,
                Some(Clash),
            ),
            (
                "3",
                None,
                vec!["000003_a", "3"],
                Framework::GolangMigrate,
                Some(Number),
            ),
            (
                "000003_b",
                None,
                vec!["000003_a", "3"],
                Framework::GolangMigrate,
                Some(Clash),
            ),
            (
                "3",
                Some("<< Flyway Baseline >>"),
                vec!["V3__a"],
                Framework::Flyway,
                Some(Number),
            ),
            (
                "20260203101112",
                None,
                vec!["2026-02-03-101112_drop"],
                Framework::Diesel,
                Some(Name),
            ),
            (
                "DropLabel1772359872000",
                None,
                vec!["1772359872000-DropLabel"],
                Framework::TypeOrm,
                Some(Name),
            ),
            // one second has one migration, whatever its class is called
            (
                "Drop1772359872123",
                None,
                vec!["1772359872123-label"],
                Framework::TypeOrm,
                Some(Name),
            ),
            (
                "20260203_a",
                None,
                vec!["20260203_b"],
                Framework::Knex,
                Some(Clash),
            ),
        ] {
            assert_eq!(
                record(told, None, described).meets(&known(&file, framework)),
                wanted,
                "{told} {described:?} {file:?}"
            );
        }
    }

    #[test]
    fn a_name_of_a_part_means_the_migration_of_that_part() {
        use Meeting::{Clash, Name};
        for (told, part, file, framework, wanted) in [
            (
                "0002_drop",
                Some("preorders"),
                vec!["0002_drop"],
                Framework::Django,
                None,
            ),
            (
                "0002_drop",
                Some("orders"),
                vec!["0002_drop"],
                Framework::Django,
                Some(Name),
            ),
            (
                "7",
                Some("classpath:db/changelog/2.xml"),
                vec!["7"],
                Framework::Liquibase,
                Some(Name),
            ),
            (
                "7",
                Some("/db/changelog/2.xml"),
                vec!["7"],
                Framework::Liquibase,
                Some(Name),
            ),
            (
                "7",
                Some("shop-core"),
                vec!["7"],
                Framework::Liquibase,
                Some(Name),
            ),
            (
                "7",
                Some("b/changelog/2.xml"),
                vec!["7"],
                Framework::Liquibase,
                Some(Clash),
            ),
            (
                "7",
                Some("log/2.xml"),
                vec!["7"],
                Framework::Liquibase,
                Some(Clash),
            ),
        ] {
            assert_eq!(
                record(told, part, None).meets(&known(&file, framework)),
                wanted,
                "{told} {part:?} {file:?}"
            );
        }
    }
}
