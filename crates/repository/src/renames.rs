//! Renames as `git diff -M` finds them: equal contents first, then files whose name is alone on
//! both sides, then the most similar pairs from half alike on. libgit2 measures similarity in
//! another way and finds others; this follows git's.

use std::collections::{HashMap, HashSet};

use git2::Oid;

use super::attributes::{BlobReader, Contents};
use super::error::{RepositoryError, wrap_git_error};
use super::found_renames::{FoundRenames, Renames};
use super::handles::Handles;
use super::threads::in_threads;
use super::walk::RawChange;

/// Wholly alike, in git's unit.
const WHOLE: f64 = 60000.0;
/// 50 %, git's default.
const HALF: i32 = 30000;
/// What a file whose name is alone on both sides must reach: halfway between [`HALF`] and
/// [`WHOLE`].
const NAMESAKE: i32 = 45000;
/// `diff.renameLimit`: beyond its square of pairs git compares no contents.
const LIMIT: usize = 1000;
/// Candidates git keeps for an added file.
const CANDIDATES: usize = 4;

/// Runs of bytes of one file by hash, with their lengths, as git's similarity counts them.
struct Spans {
    size: u64,
    runs: Vec<(u32, u64)>,
}

fn get_base_name(path: &[u8]) -> &[u8] {
    memchr::memrchr(b'/', path)
        .and_then(|at| path.get(at + 1..))
        .unwrap_or(path)
}

/// Removed and added paths.
fn split_rename_sides(raw: &[RawChange]) -> (Vec<usize>, Vec<usize>) {
    let at = |wanted: fn(&RawChange) -> bool| {
        raw.iter()
            .enumerate()
            .filter(|(_, change)| wanted(change))
            .map(|(at, _)| at)
            .collect()
    };
    (
        at(|change| change.new.is_none()),
        at(|change| change.old.is_none()),
    )
}

/// Files whose contents moved unchanged; one of the same name is preferred.
pub fn find_exact_renames(raw: &[RawChange]) -> Renames {
    let (removed, added) = split_rename_sides(raw);
    let mut by_id: HashMap<Oid, Vec<usize>> = HashMap::new();
    for at in removed {
        if let Some(old) = raw.get(at).and_then(|change| change.old) {
            by_id.entry(old.id).or_default().push(at);
        }
    }
    let mut found = Renames::new();
    for at in added {
        let Some((change, new)) = raw.get(at).and_then(|change| Some((change, change.new?))) else {
            continue;
        };
        let Some(sources) = by_id.get_mut(&new.id) else {
            continue;
        };
        let fits = |source: &usize| {
            let source = raw.get(*source)?;
            let old = source.old?;
            // a link may be moved as a link only; a file may change its mode on the way
            ((old.is_regular() && new.is_regular()) || old.mode == new.mode)
                .then(|| get_base_name(&source.path) == get_base_name(&change.path))
        };
        // git prefers the same name, so `a/x.sql` and `b/x.sql` of equal contents do not swap
        let best = sources
            .iter()
            .position(|source| fits(source) == Some(true))
            .or_else(|| sources.iter().position(|source| fits(source).is_some()));
        if let Some(best) = best {
            found.insert(at, sources.remove(best));
        }
    }
    found
}

/// All renames.
pub fn find_renames(handles: &Handles, raw: &[RawChange]) -> Result<FoundRenames, RepositoryError> {
    let mut found = FoundRenames {
        renames: find_exact_renames(raw),
        ..FoundRenames::default()
    };
    let (mut removed, mut added) = split_rename_sides(raw);
    let remain = |found: &FoundRenames, removed: &mut Vec<usize>, added: &mut Vec<usize>| {
        let used: HashSet<usize> = found.renames.values().copied().collect();
        removed.retain(|at| !used.contains(at));
        added.retain(|at| !found.renames.contains_key(at));
    };
    remain(&found, &mut removed, &mut added);
    if removed.is_empty() || added.is_empty() {
        return Ok(found);
    }
    let namesakes = pair_unique_file_names(raw, &removed, &added);
    // namesakes are paired first and shrink the square that decides about the rest
    let whole = (removed.len() - namesakes.len().min(removed.len()))
        .saturating_mul(added.len() - namesakes.len().min(added.len()))
        <= LIMIT * LIMIT;
    // where the matrix will not be computed, only the namesakes need reading
    let wanted: Vec<usize> = if whole {
        removed.iter().chain(&added).copied().collect()
    } else {
        namesakes
            .iter()
            .flat_map(|(old, new)| [*old, *new])
            .collect()
    };
    let spans = read_file_spans(handles, raw, &wanted)?;
    found.absent = spans.len()
        < wanted
            .iter()
            .filter(|at| raw.get(**at).is_some_and(is_file))
            .count();
    for (old, new) in namesakes {
        // alone by name and three quarters alike is git's shortcut before the whole square
        if score_similarity(spans.get(&old), spans.get(&new), NAMESAKE) >= NAMESAKE {
            found.renames.insert(new, old);
        }
    }
    remain(&found, &mut removed, &mut added);
    if removed.len().saturating_mul(added.len()) > LIMIT * LIMIT {
        found.too_many = true;
        return Ok(found);
    }
    let spans = if whole {
        spans
    } else {
        read_file_spans(
            handles,
            raw,
            &removed.iter().chain(&added).copied().collect::<Vec<_>>(),
        )?
    };
    let mut used = HashSet::new();
    // the most alike first, and each removed file is used once, as git does
    for (_, _, new, old) in list_rename_candidates(handles, raw, &spans, &removed, &added)? {
        if !found.renames.contains_key(&new) && used.insert(old) {
            found.renames.insert(new, old);
        }
    }
    Ok(found)
}

/// Pairs whose file name is alone among the removed and among the added paths.
fn pair_unique_file_names(
    raw: &[RawChange],
    removed: &[usize],
    added: &[usize],
) -> Vec<(usize, usize)> {
    let by_name = |list: &[usize]| {
        let mut names: HashMap<Vec<u8>, Option<usize>> = HashMap::new();
        for at in list {
            if let Some(change) = raw.get(*at) {
                names
                    .entry(get_base_name(&change.path).to_vec())
                    // a name that occurs twice on one side pairs with nothing
                    .and_modify(|only| *only = None)
                    .or_insert(Some(*at));
            }
        }
        names
    };
    let (old, new) = (by_name(removed), by_name(added));
    let mut pairs: Vec<(usize, usize)> = old
        .iter()
        .filter_map(|(name, at)| Some(((*at)?, new.get(name).copied().flatten()?)))
        .collect();
    pairs.sort_unstable();
    pairs
}

fn is_file(change: &RawChange) -> bool {
    change
        .old
        .or(change.new)
        .is_some_and(|side| side.is_regular())
}

/// Spans of regular files; those that are not in this clone are left out.
fn read_file_spans(
    handles: &Handles,
    raw: &[RawChange],
    wanted: &[usize],
) -> Result<HashMap<usize, Spans>, RepositoryError> {
    let read = in_threads(handles, wanted, |repo, part| {
        let reader =
            BlobReader::new(repo, handles).map_err(wrap_git_error("cannot read objects"))?;
        let mut spans = Vec::new();
        for (at, change) in part
            .iter()
            .filter_map(|at| Some((*at, raw.get(*at)?)))
            .filter(|(_, change)| is_file(change))
        {
            let side = change.old.or(change.new);
            let contents = reader
                .contents(side)
                .map_err(wrap_git_error("cannot compare contents"))?;
            let text = !reader.is_binary(&change.path, side, &contents);
            if let Contents::Bytes(bytes) = contents {
                spans.push((at, hash_content_spans(&bytes, text)));
            }
        }
        Ok(spans)
    })?;
    Ok(read.into_iter().collect())
}

/// Cuts at line ends and every 64 bytes; the hash is git's, because what collides there must
/// collide here.
fn hash_content_spans(bytes: &[u8], text: bool) -> Spans {
    let (mut first, mut second, mut length) = (0u32, 0u32, 0u64);
    let mut counts: HashMap<u32, u64> = HashMap::new();
    let hash = |first: u32, second: u32| first.wrapping_add(second.wrapping_mul(0x61)) % 107_927;
    for (at, &byte) in bytes.iter().enumerate() {
        // git leaves out a carriage return in text, so that a change of line ends is no new file
        if text && byte == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
            continue;
        }
        let before = first;
        first = ((first << 7) ^ (second >> 25)).wrapping_add(u32::from(byte));
        second = (second << 7) ^ (before >> 25);
        length += 1;
        if length < 64 && byte != b'\n' {
            continue;
        }
        *counts.entry(hash(first, second)).or_default() += length;
        (first, second, length) = (0, 0, 0);
    }
    if length > 0 {
        *counts.entry(hash(first, second)).or_default() += length;
    }
    let mut runs: Vec<(u32, u64)> = counts.into_iter().collect();
    runs.sort_unstable();
    Spans {
        size: bytes.len() as u64,
        runs,
    }
}

/// How much of the larger file comes from the other, of [`WHOLE`]; 0 where the sizes alone rule out
/// `least`.
fn score_similarity(old: Option<&Spans>, new: Option<&Spans>, least: i32) -> i32 {
    let (Some(old), Some(new)) = (old, new) else {
        return 0;
    };
    let (large, small) = (old.size.max(new.size), old.size.min(new.size));
    if new.size == 0
        // git's test by size alone spares the comparison of most pairs
        || (large as f64) * (WHOLE - f64::from(least)) < ((large - small) as f64) * WHOLE
    {
        return 0;
    }
    let (mut copied, mut others) = (0u64, new.runs.iter().peekable());
    for (hash, count) in &old.runs {
        while others.next_if(|(other, _)| other < hash).is_some() {}
        if let Some((_, other)) = others.next_if(|(other, _)| other == hash) {
            copied += count.min(other);
        }
    }
    // never above WHOLE, so the cast keeps the value
    (copied as f64 * WHOLE / large as f64) as i32
}

/// The best sources of every added file, in the order in which git takes them: score, same name,
/// added, removed.
type RenameCandidate = (i32, bool, usize, usize);

fn list_rename_candidates(
    handles: &Handles,
    raw: &[RawChange],
    spans: &HashMap<usize, Spans>,
    removed: &[usize],
    added: &[usize],
) -> Result<Vec<RenameCandidate>, RepositoryError> {
    let name = |at: &usize| raw.get(*at).map(|change| get_base_name(&change.path));
    let better = |a: &RenameCandidate, b: &RenameCandidate| (b.0, b.1).cmp(&(a.0, a.1));
    let mut all: Vec<RenameCandidate> = in_threads(handles, added, |_, part| {
        let mut found = Vec::new();
        for new in part {
            let mut best: Vec<RenameCandidate> = Vec::with_capacity(CANDIDATES);
            for old in removed {
                let candidate = (
                    score_similarity(spans.get(old), spans.get(new), HALF),
                    name(old) == name(new),
                    *new,
                    *old,
                );
                if best.len() < CANDIDATES {
                    best.push(candidate);
                } else if let Some(worst) = (0..best.len())
                    .rev()
                    .max_by(|a, b| compare_rename_candidates(&best, *a, *b))
                    && let Some(slot) = best.get_mut(worst)
                    && better(slot, &candidate).is_gt()
                {
                    *slot = candidate;
                }
            }
            found.extend(best);
        }
        Ok(found)
    })?;
    all.retain(|candidate| candidate.0 >= HALF);
    all.sort_by(better);
    Ok(all)
}

/// Which of two kept candidates git would give up first.
fn compare_rename_candidates(best: &[RenameCandidate], a: usize, b: usize) -> std::cmp::Ordering {
    let rank = |at: usize| {
        best.get(at)
            .map(|candidate| std::cmp::Reverse((candidate.0, candidate.1)))
    };
    rank(a).cmp(&rank(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similarity_is_the_share_of_the_larger_file() {
        let lines = |range: std::ops::Range<u32>| {
            range
                .map(|n| format!("line number {n}\n"))
                .collect::<String>()
        };
        let of = |a: &str, b: &str| {
            score_similarity(
                Some(&hash_content_spans(a.as_bytes(), true)),
                Some(&hash_content_spans(b.as_bytes(), true)),
                HALF,
            )
        };
        let whole = lines(100..200);
        assert_eq!(of(&whole, &whole), 60000);
        assert_eq!(of(&whole, &lines(100..180)), 48000);
        assert_eq!(of(&whole, &lines(100..120)), 0, "too different in size");
        assert_eq!(of(&whole, &lines(300..400)), 0);
        assert_eq!(
            of(&whole.replace('\n', "\r\n"), &whole),
            56470,
            "the carriage return counts in size, not in the runs"
        );
        assert_eq!(of("", ""), 0);
    }

    #[test]
    fn names_are_what_follows_the_last_slash() {
        assert_eq!(
            (
                get_base_name(b"a/b/c"),
                get_base_name(b"c"),
                get_base_name(b"a/")
            ),
            (b"c".as_slice(), b"c".as_slice(), b"".as_slice())
        );
    }
}
