//! Places that a program works out: from a pattern with holes that names an object (`photos/{sku}`),
//! or from a hash of a key and a number of parts (`crc32(key) % SHARDS`).

use std::collections::BTreeMap;

use super::StoredInput;
use super::changed_value::{ChangedValue, list_changed_values};
use super::moved_value::Moved;
use super::place_names::{PlaceKind, find_place_by_use, speaks_of_stores};
use coverage::changed_lines::ChangedLines;
use coverage::guard;
use coverage::place::{FileRole, classify_path_place};

/// Most such places of one range, most lines of a name, and most lines above a value on which the
/// function around it is looked for.
const MOST: usize = 40;
const USES: usize = 20;
const ABOVE: usize = 12;

/// Words of calls that make a number of a key.
const HASHES: [&str; 13] = [
    "crc", "hash", "md5", "sha1", "sha2", "murmur", "xxh", "fnv", "adler", "digest", "checksum",
    "siphash", "farm",
];

/// A place that moved, what kind it is, and where the name of its value is used.
pub(super) type WorkedOut = (Moved, PlaceKind, Option<String>);

/// Places of either kind in the changed program text.
pub(super) fn list_worked_out_places(look: &StoredInput<'_>) -> Vec<WorkedOut> {
    let mut found = Vec::new();
    let mut numbers = Vec::new();
    let programs = look.files.iter().filter(|file| !file.vendored);
    for file in programs.filter(|file| !file.old.is_empty() && !file.new.is_empty()) {
        let moved = |value: ChangedValue| Moved {
            path: file.path.clone(),
            old_path: file.old_path.clone(),
            old: file.old.clone(),
            new: file.new.clone(),
            value,
        };
        for value in list_changed_values(&file.old, &file.new, false) {
            if found.len() < MOST
                && let Some(line) = find_pattern_use(&file.old, &value)
            {
                let place = line.map(|line| format!("{}:{line}", file.old_path));
                found.push((moved(value), PlaceKind::Pattern, place));
            }
        }
        for (value, own) in list_changed_counts(&file.old, &file.new) {
            if own {
                found.push((moved(value), PlaceKind::Parts, None));
            } else if numbers.len() < MOST {
                numbers.push(moved(value));
            }
        }
    }
    let uses = find_count_uses(look, &numbers);
    found.extend(numbers.into_iter().filter_map(|moved| {
        let place = uses.get(moved.value.constant.as_deref()?)?;
        Some((moved, PlaceKind::Parts, Some(place.clone())))
    }));
    found.truncate(MOST);
    found
}

/// Whether a value is a pattern by which objects are named: `Some(None)` where its own line hands it
/// to a store of objects, `Some(Some(line))` where a line does so with the function around it.
fn find_pattern_use(text: &str, value: &ChangedValue) -> Option<Option<usize>> {
    let is_pattern = |text: &str| {
        let holed = ["{", "%s", "%d", "\\("]
            .iter()
            .any(|hole| text.contains(hole));
        holed && text.contains(['/', ':']) && !text.contains("://") && !text.contains(' ')
    };
    let fixed = |text: &str| text.contains('/') && !text.contains(' ') && !text.contains("://");
    let patterns = is_pattern(&value.old) && is_pattern(&value.new);
    if !patterns || !fixed(&value.new) || !speaks_of_stores(text) {
        return None;
    }
    let objects = |line: &str, name: &str| find_place_by_use(line, name) == Some(PlaceKind::Bucket);
    let own = value
        .around
        .split(|c: char| !(c.is_alphanumeric() || c == '_'));
    if own
        .filter(|word| word.len() > 1)
        .any(|word| objects(&value.around, word))
    {
        return Some(None);
    }
    let name = value.constant.clone().or_else(|| {
        let above: Vec<&str> = text.lines().take(value.old_line).collect();
        above
            .iter()
            .rev()
            .take(ABOVE)
            .find_map(|line| find_function_name(line))
    })?;
    let mut lines = text.lines().enumerate();
    lines
        .find(|(at, line)| {
            at + 1 != value.old_line && find_function_name(line).is_none() && objects(line, &name)
        })
        .map(|(at, _)| Some(at + 1))
}

/// The name of a function that begins on a line.
fn find_function_name(line: &str) -> Option<String> {
    let line = line.trim_start();
    let (before, _) = line.split_once('(')?;
    let mut words = before.split_whitespace().rev();
    let name = words.next()?;
    let defines = words.any(|word| matches!(word, "def" | "fn" | "func" | "fun" | "function"));
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    (defines && plain && name.len() > 1).then(|| name.to_owned())
}

/// Whole numbers that changed and nothing else on their line; whether the line itself spreads keys
/// by them.
fn list_changed_counts(old: &str, new: &str) -> Vec<(ChangedValue, bool)> {
    let lines = ChangedLines::between(Some(old), Some(new));
    let mut before: BTreeMap<String, (usize, &str)> = BTreeMap::new();
    for (number, line) in lines.gone.iter().take(MOST * 4) {
        if let Some((around, value)) = cut_number(line) {
            before.entry(around).or_insert((*number, value));
        }
    }
    let mut found = Vec::new();
    for (number, line) in lines.fresh.iter().take(MOST * 4) {
        let Some((around, value)) = cut_number(line) else {
            continue;
        };
        let Some((old_line, was)) = before.get(&around).filter(|(_, was)| *was != value) else {
            continue;
        };
        let own = around.contains("% \u{0}") && has_hash(&around);
        let constant = find_constant(&around);
        if own || constant.is_some() {
            found.push((
                ChangedValue {
                    old: (*was).to_owned(),
                    new: value.to_owned(),
                    old_line: *old_line,
                    new_line: *number,
                    around,
                    constant,
                },
                own,
            ));
        }
    }
    found
}

/// A line with a hole in the place of its last whole number, and that number.
fn cut_number(line: &str) -> Option<(String, &str)> {
    const LINE: usize = 300;
    if line.len() > LINE {
        return None;
    }
    let end = line.rfind(|c: char| c.is_ascii_digit())? + 1;
    let digits = line.get(..end)?;
    let start = digits
        .rfind(|c: char| !(c.is_ascii_digit() || c == '_'))
        .map_or(0, |at| {
            at + digits[at..].chars().next().map_or(1, char::len_utf8)
        });
    let (before, behind) = (line.get(..start)?, line.get(end..)?);
    let part = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '"' | '\''))
        || behind.starts_with(|c: char| c.is_alphabetic() || matches!(c, '.' | '"' | '\''));
    (!part).then(|| {
        (
            format!("{before}\u{0}{behind}"),
            line.get(start..end).unwrap_or_default(),
        )
    })
}

/// `SHARDS` of `const SHARDS: u32 = 16;`: the line gives the number to a name and does nothing else.
fn find_constant(around: &str) -> Option<String> {
    let (left, right) = around.split_once('=')?;
    if right.trim().trim_end_matches([';', ',']) != "\u{0}" || left.contains(['(', '[']) {
        return None;
    }
    let left = left.trim_end_matches([':', ' ']);
    let left = left.split(':').next().unwrap_or(left);
    let words: Vec<&str> = left.split_whitespace().collect();
    // Go gives the type behind the name
    let name = match words[..] {
        ["const" | "var", name, _] | [name, "int" | "uint32" | "uint64" | "int64"] => name,
        _ => words.last()?,
    };
    (name.len() > 2).then(|| name.to_owned())
}

fn has_hash(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    HASHES.iter().any(|word| lower.contains(word))
}

/// Lines of the previous release that spread keys over so many parts, by the names of the numbers.
fn find_count_uses(look: &StoredInput<'_>, moved: &[Moved]) -> BTreeMap<String, String> {
    let mut words: Vec<String> = (moved.iter())
        .filter_map(|moved| moved.value.constant.clone())
        .collect();
    words.sort();
    words.dedup();
    if words.is_empty() {
        return BTreeMap::new();
    }
    let program = |path: &str| {
        guard::find_language(path).is_some() && classify_path_place(path) == FileRole::Live
    };
    let (hits, _) = (look.range.previous).search_many(&words, false, USES, &program);
    let mut found = BTreeMap::new();
    for hit in hits {
        if let Some(name) = words.get(hit.word)
            && spreads_by(&hit.text, name)
        {
            found
                .entry(name.clone())
                .or_insert_with(|| format!("{}:{}", hit.path, hit.line));
        }
    }
    found
}

/// `crc32(key) % SHARDS`, `jumpHash(key, SHARDS)`.
fn spreads_by(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line.get(..at).unwrap_or_default();
        let behind = line.get(at + name.len()..).unwrap_or_default();
        let before = before.trim_end_matches(|c: char| {
            c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | ' ' | '(')
        });
        let whole = !behind.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let jump = before.to_ascii_lowercase().contains("jump") && before.ends_with(',');
        whole && (before.ends_with('%') && has_hash(before) || jump)
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;

    fn says(path: &'static str, old: &str, new: &str) -> String {
        let (old, new): (&'static str, &'static str) =
            (old.to_owned().leak(), new.to_owned().leak());
        let (found, _) = StoredFixture::of(path, old, new).of_check("stored-form/place-moved");
        found
            .first()
            .map(|finding| finding.says.as_raw().to_owned())
            .unwrap_or_default()
    }

    const PYTHON: &str = "from google.cloud import storage\n\nbucket = storage.Client().bucket('a')\n\n\ndef path(sku):\n    return f'photos/{sku}.jpg'\n\n\ndef keep(sku, data):\n    bucket.blob(path(sku)).upload_from_string(data)\n";
    const SCRIPT: &str = "import { S3Client } from '@aws-sdk/client-s3';\nfunction keyOf(sku) {\n  return `photos/${sku}.jpg`;\n}\nconst put = (sku) => bucket.putObject({ Key: keyOf(sku) });\n";
    const SHARDS: &str = "from zlib import crc32\n\nSHARDS = 16\n\n\ndef shard(sku):\n    return servers[crc32(sku) % SHARDS]\n";
    const GO: &str = "package a\n\nconst parts = 16\n\nfunc of(key string) uint32 {\n\treturn crc32.ChecksumIEEE([]byte(key)) % parts\n}\n";

    #[test]
    fn a_place_that_is_worked_out_in_another_way_is_told() {
        for (path, old, from, to, word) in [
            (
                "a/photos.py",
                PYTHON,
                "{sku}.jpg",
                "{sku[:2]}/{sku}.jpg",
                "pattern",
            ),
            ("src/photos.ts", SCRIPT, "photos/$", "images/$", "pattern"),
            (
                "a/shards.py",
                SHARDS,
                "SHARDS = 16",
                "SHARDS = 32",
                "number of parts",
            ),
            ("a.go", GO, "parts = 16", "parts = 32", "number of parts"),
            ("a/shards.py", SHARDS, "% SHARDS", "% 16", ""),
        ] {
            let said = says(path, old, &old.replace(from, to));
            assert!(
                said.contains(word) && said.is_empty() == word.is_empty(),
                "{path}: {said}"
            );
        }
        let literal = SHARDS.replace("% SHARDS", "% 16");
        let said = says("a/shards.py", &literal, &literal.replace("% 16", "% 32"));
        assert!(said.contains("number of parts"), "{said}");
    }

    #[test]
    fn patterns_and_numbers_of_other_things_are_none() {
        for (path, old, from, to) in [
            // a page, and a sentence
            (
                "a/photos.py",
                "import redis\n\ndef path(sku):\n    return f'/photos/{sku}'\n",
                "/photos",
                "/images",
            ),
            (
                "a/size.py",
                "from zlib import crc32\nSIZE = 16\nx = crc32(a) + SIZE\n",
                "SIZE = 16",
                "SIZE = 32",
            ),
            (
                "a/even.py",
                "ROWS = 2\ncolour = index % ROWS\n",
                "ROWS = 2",
                "ROWS = 3",
            ),
        ] {
            assert_eq!(says(path, old, &old.replace(from, to)), "", "{path}");
        }
    }
}
