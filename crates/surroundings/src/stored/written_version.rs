//! Which version a program writes, where it reads more than it writes: the first of two steps by
//! which a form is changed safely. A release that only reads one version more leaves nothing that
//! the release before refuses.

use super::{LIMIT, StoredInput};
use coverage::guard::words::has_part;
use coverage::guard::{self, TokenKind, VersionConstant};
use coverage::place::{FileRole, classify_path_place};

// beyond it some place was not looked at, and it may write
/// Most places of a name that are looked at; of more, each may be a write.
const PLACES: usize = 40;

/// Most files of a folder in which the version that is written is looked for.
const FILES: usize = 40;

// the message of a refusal often names what is supported
/// Lines below a comparison in which its own message may name the constant.
const MESSAGE: usize = 4;

/// A version that both releases write, with its line in current.
pub(super) struct WrittenVersion {
    pub path: String,
    pub line: usize,
    pub value: u64,
}

/// Whether current only compares with a constant: no place of it stands outside of a guard.
pub(super) fn is_only_compared(look: &StoredInput<'_>, name: &str) -> bool {
    let program = |path: &str| {
        guard::find_language(path).is_some() && classify_path_place(path) != FileRole::NotLive
    };
    let words = [name.to_owned()];
    let (hits, failed) = look
        .range
        .current
        .search_many(&words, false, PLACES, &program);
    // what cannot be searched may hold a place that writes
    if !failed.is_empty() || hits.is_empty() || hits.len() >= PLACES {
        return false;
    }
    let mut paths: Vec<&str> = hits.iter().map(|hit| hit.path.as_str()).collect();
    paths.dedup();
    paths.into_iter().all(|path| {
        let Ok(text) = look.range.current.read_text(path) else {
            return false;
        };
        text.len() <= LIMIT && compares_only(path, &text, name)
    })
}

fn compares_only(path: &str, text: &str, name: &str) -> bool {
    let Some(language) = guard::find_language(path) else {
        return false;
    };
    let tokens = guard::cut_program_tokens(language, text);
    let guards = guard::find_guards(path, text);
    let declared: Vec<usize> = guard::version_constants_in(&tokens)
        .into_iter()
        .filter(|constant| constant.name == name)
        .map(|constant| constant.line)
        .collect();
    let compared = |line: usize| {
        guards.iter().any(|guard| {
            let (first, refusal) = guard.lines();
            guard.names(name) && (first..=refusal.unwrap_or(first) + MESSAGE).contains(&line)
        })
    };
    let lines: Vec<&str> = text.lines().collect();
    let brings_in = |line: usize| {
        // an import of the constant neither compares nor writes
        let line = lines
            .get(line.saturating_sub(1))
            .unwrap_or(&"")
            .trim_start();
        ["import ", "from ", "use ", "using ", "require", "#include"]
            .iter()
            .any(|word| line.starts_with(word))
    };
    tokens
        .iter()
        .filter(|token| {
            token.kind == TokenKind::Word && token.text.trim_start_matches(['@', '$']) == name
        })
        .all(|token| {
            declared.contains(&token.line) || compared(token.line) || brings_in(token.line)
        })
}

/// The version that both releases write in a folder, where neither writes one above `most`.
pub(super) fn find_written_version(
    look: &StoredInput<'_>,
    path: &str,
    read_names: &[&str],
    most: u64,
) -> Option<WrittenVersion> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    // writer and reader of one form lie in one folder, else nothing is claimed
    let here = |path: &&str| {
        path.rsplit_once('/').map_or("", |(folder, _)| folder) == folder
            && guard::find_language(path).is_some()
    };
    let mut found = None;
    let list = look.range.current.list();
    let paths = list.iter().map(|entry| entry.path.as_str()).filter(here);
    for path in paths.take(FILES) {
        // a file that cannot be read may write the newer version
        let text = look.range.current.read_text(path).ok()?;
        let old = look.range.previous.read_text(path).unwrap_or_default();
        let before = list_written_versions(path, &old);
        for one in list_written_versions(path, &text) {
            // the name that is compared says what is read
            if read_names.contains(&one.name.as_str()) {
                continue;
            }
            let value = one.number()?;
            // above what previous reads, it is refused there
            if value > most {
                return None;
            }
            // only a version that both releases write shows that writing did not move
            let stays = before
                .iter()
                .any(|other| other.name == one.name && other.value == one.value);
            if stays && found.is_none() {
                found = Some(WrittenVersion {
                    path: path.to_owned(),
                    line: one.line,
                    value,
                });
            }
        }
    }
    found
}

/// Constants and keys with a whole number that say what is written: `writeVersion = 2`,
/// `WRITTEN = 2`, `{"version": 2}`.
fn list_written_versions(path: &str, text: &str) -> Vec<VersionConstant> {
    const WRITES: [&str; 9] = [
        "write", "writes", "written", "writer", "output", "emit", "emitted", "produced", "current",
    ];
    let Some(language) = guard::find_language(path).filter(|_| text.len() <= LIMIT) else {
        return Vec::new();
    };
    let tokens = guard::cut_program_tokens(language, text);
    let mut found: Vec<VersionConstant> = guard::version_constants_in(&tokens)
        .into_iter()
        .filter(|one| one.name.eq_ignore_ascii_case("version") || has_part(&one.name, &WRITES))
        .filter(|one| one.number().is_some())
        .collect();
    // a name that does not say *version*: `WRITTEN = 2`
    for window in tokens.windows(3) {
        let [name, equals, value] = window else {
            continue;
        };
        if name.kind == TokenKind::Word
            && equals.is("=")
            && value.kind == TokenKind::Number
            && has_part(name.text, &WRITES)
            && !found.iter().any(|one| one.line == name.line)
        {
            found.push(VersionConstant {
                name: name.text.to_owned(),
                value: value.text.to_owned(),
                line: name.line,
            });
        }
    }
    found.retain(|one| one.number().is_some());
    found
}
