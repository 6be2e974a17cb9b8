//! Hits as places, the telling ones first.

use super::forms;
use super::wanted_names::WantedNames;
use super::{HITS, SHOWN};
use model::{Evidence, Hit, Snapshot};
use std::collections::BTreeSet;

/// Words of which more places may be there than are kept.
pub(super) fn find_crowded_word_numbers(words: &[String], hits: &[Hit]) -> Vec<usize> {
    let mut counts = vec![0usize; words.len()];
    for hit in hits {
        if let Some(count) = counts.get_mut(hit.word) {
            *count += 1;
        }
    }
    counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count >= HITS)
        .map(|(at, _)| at)
        .collect()
}

pub(super) fn find_crowded_words(words: &[String], hits: &[Hit]) -> BTreeSet<String> {
    find_crowded_word_numbers(words, hits)
        .into_iter()
        .filter_map(|at| words.get(at).cloned())
        .collect()
}

/// Words that stand in too many places (`id`, `name`) are looked for once more, in the files that
/// name a table.
pub(super) fn beside_tables(
    tree: &dyn Snapshot,
    wanted: &WantedNames,
    words: &[String],
    hits: &[Hit],
    asked: usize,
) -> Vec<Hit> {
    let many: Vec<usize> = find_crowded_word_numbers(words, hits)
        .into_iter()
        // names of the control group are not worth a second search
        .filter(|at| *at < asked)
        .collect();
    if many.is_empty() {
        return Vec::new();
    }
    let is_table = |hit: &&Hit| {
        words.get(hit.word).is_some_and(|word| {
            wanted.tables.contains(word) && forms::stands_alone(&hit.text, word)
        })
    };
    let files: BTreeSet<&str> = hits
        .iter()
        .filter(is_table)
        .map(|hit| hit.path.as_str())
        .collect();
    let common: Vec<String> = many
        .iter()
        .filter_map(|at| words.get(*at).cloned())
        .collect();
    // in files that name a table the word may be its column
    let (found, _) = tree.search_many(&common, true, HITS, &|path| files.contains(path));
    let known: BTreeSet<(usize, &str, usize)> = hits
        .iter()
        .map(|hit| (hit.word, hit.path.as_str(), hit.line))
        .collect();
    found
        .into_iter()
        .filter_map(|hit| {
            Some(Hit {
                word: *many.get(hit.word)?,
                ..hit
            })
        })
        .filter(|hit| !known.contains(&(hit.word, hit.path.as_str(), hit.line)))
        .collect()
}

pub(super) fn make_usage_evidence(hit: &Hit) -> Evidence {
    Evidence::at(hit.path.as_str(), hit.line).with_excerpt(hit.text.trim_start())
}

pub(super) fn collect_ranked_evidence(mut hits: Vec<&Hit>) -> Vec<Evidence> {
    hits.sort_by_key(|hit| (forms::rank_hit(hit), hit.path.as_str(), hit.line));
    collect_first_evidence(hits)
}

/// The first of some places, in their order.
pub(super) fn collect_first_evidence(mut hits: Vec<&Hit>) -> Vec<Evidence> {
    hits.dedup_by_key(|hit| (hit.path.as_str(), hit.line));
    hits.into_iter()
        .take(SHOWN)
        .map(make_usage_evidence)
        .collect()
}
