//! Rows that somebody counted on production, put beside the queries of this range.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::live_file::{OLD_MINUTES, ReadLiveFile};
use crate::check::database::counting::{CountingQuery, list_counting_queries};
use crate::check::database::make_counted_finding;
use crate::model::{Evidence, Fact, FactValue, Finding, Migration, RowCount, Unchecked, fact_key};

/// Most counts in one sentence.
const NAMED: usize = 3;

/// What one file counted, new enough to be used.
#[derive(Debug, Clone)]
pub(super) struct CountedFile {
    /// As the user gave it.
    file: String,
    /// When it was written, where a row says no time.
    written: Timestamp,
    counts: Vec<RowCount>,
}

/// The counts of all files; a count that is older than an hour is left out and said so.
pub(super) fn list_counted_files(
    files: &[ReadLiveFile],
    now: Timestamp,
) -> (Vec<CountedFile>, Vec<Unchecked>) {
    let (mut counted, mut unchecked) = (Vec::new(), Vec::new());
    for report in files.iter().filter_map(|file| file.report.as_ref().ok()) {
        if report.counts.is_empty() {
            continue;
        }
        let written = report.observed_at.unwrap_or(now);
        let fresh = |count: &&RowCount| {
            now.duration_since(count.at.unwrap_or(written)).as_mins() <= OLD_MINUTES
        };
        let counts: Vec<RowCount> = report.counts.iter().filter(fresh).cloned().collect();
        if counts.len() < report.counts.len() {
            unchecked.push(Unchecked {
                what: report.name.clone(),
                why: format!(
                    "{} of its {} counts are more than an hour old, and rows may have been written since; they are not used",
                    report.counts.len() - counts.len(),
                    report.counts.len()
                ),
                settle_with: Some("run the queries again: `backout queries` writes them".to_owned()),
            });
        }
        if !counts.is_empty() {
            counted.push(CountedFile {
                file: report.name.clone(),
                written,
                counts,
            });
        }
    }
    (counted, unchecked)
}

/// One query with its count.
struct AnsweredQuery {
    query: CountingQuery,
    rows: u64,
    at: Timestamp,
    file: String,
    line: Option<usize>,
}

impl AnsweredQuery {
    /// `orders.note: 12 rows`.
    fn tell(&self) -> String {
        let rows = match self.rows {
            0 => "no row".to_owned(),
            1 => "1 row".to_owned(),
            rows => format!("{rows} rows"),
        };
        format!("{}: {rows}", self.query.object)
    }

    /// The query, with what it found.
    fn place(&self) -> Evidence {
        let text = format!("{}  -- {}", self.query.text, self.tell());
        Evidence::at(self.query.place.0.as_str(), self.query.place.1).with_query(&text)
    }

    fn file_place(&self) -> Evidence {
        Evidence {
            path: Some(self.file.clone()),
            line: self.line,
            ..Evidence::default()
        }
    }
}

/// The queries of the range with their counts, and those that nobody counted. Where a repository has
/// copies of its migrations for several databases, those of the databases that were asked.
fn match_counts(
    migrations: &[Migration],
    counted: &[CountedFile],
) -> (Vec<AnsweredQuery>, Vec<CountingQuery>) {
    let mut by_query: BTreeMap<&str, (&CountedFile, &RowCount)> = BTreeMap::new();
    for file in counted {
        for count in &file.counts {
            by_query.insert(count.query.as_str(), (file, count));
        }
    }
    let (mut answered, mut open) = (Vec::new(), Vec::new());
    for query in list_counting_queries(migrations) {
        match by_query.get(query.id.as_str()) {
            Some((file, count)) => answered.push(AnsweredQuery {
                rows: count.rows,
                at: count.at.unwrap_or(file.written),
                file: file.file.clone(),
                line: count.line,
                query,
            }),
            None => open.push(query),
        }
    }
    open.retain(|query| {
        answered
            .iter()
            .any(|known| known.query.dialect == query.dialect)
    });
    (answered, open)
}

/// What the counts say, for the list of risks, and files that answer something else.
pub(super) fn tell_counts(
    migrations: &[Migration],
    counted: &[CountedFile],
) -> (Vec<Finding>, Vec<Unchecked>) {
    let (answered, open) = match_counts(migrations, counted);
    let mut unchecked = Vec::new();
    for file in counted {
        if !answered.iter().any(|known| known.file == file.file) {
            unchecked.push(Unchecked {
                what: file.file.clone(),
                why: "it answers none of the queries of these two releases".to_owned(),
                settle_with: Some(
                    "write the queries with `backout queries PREVIOUS CURRENT` and run them again"
                        .to_owned(),
                ),
            });
        }
    }
    if answered.is_empty() {
        return (Vec::new(), unchecked);
    }
    let with_rows: Vec<&AnsweredQuery> = answered.iter().filter(|one| one.rows > 0).collect();
    let mut says = if with_rows.is_empty() {
        format!("{} found no row", count_queries(answered.len()))
    } else {
        let mut named: Vec<String> = with_rows.iter().take(NAMED).map(|one| one.tell()).collect();
        if with_rows.len() > NAMED {
            named.push(format!("{} more", with_rows.len() - NAMED));
        }
        format!(
            "{} of {} found rows: {}",
            with_rows.len(),
            count_queries(answered.len()),
            named.join(", ")
        )
    };
    says += &format!(" ({})", answered[0].file);
    if !open.is_empty() {
        says += &format!("; {} not counted", count_queries(open.len()));
    }
    let places = with_rows
        .iter()
        .copied()
        .chain(answered.iter().filter(|one| one.rows == 0))
        .take(12)
        .map(AnsweredQuery::place);
    let finding = make_counted_finding(says, !with_rows.is_empty(), places.collect());
    (vec![finding], unchecked)
}

fn count_queries(count: usize) -> String {
    if count == 1 {
        "1 query".to_owned()
    } else {
        format!("{count} queries")
    }
}

/// `database.new_form_rows` as it was counted. Rows that are there settle it. That there are none
/// settles it only where every query was answered and no other stored form may have changed:
/// queues, caches and documents are not in these tables.
pub(super) fn settle_new_form_rows(
    migrations: &[Migration],
    counted: &[CountedFile],
    facts: &mut Vec<Fact>,
) {
    if counted.is_empty() {
        return;
    }
    let (mut answered, mut open) = match_counts(migrations, counted);
    answered.retain(|one| one.query.tells_new_form);
    open.retain(|query| query.tells_new_form);
    let Some(newest) = answered.iter().map(|one| one.at).max() else {
        return;
    };
    let file = answered[0].file.clone();
    let with_rows: Vec<&AnsweredQuery> = answered.iter().filter(|one| one.rows > 0).collect();
    let stored_is_compatible = facts.iter().any(|fact| {
        fact.key == fact_key::CONTRACT_STORED && fact.value.as_word() == Some("compatible")
    });
    let (value, source) = if let Some(first) = with_rows.first() {
        let more = match with_rows.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more with rows"),
        };
        (
            FactValue::word("yes"),
            format!("counted: {}{more} ({file})", first.tell()),
        )
    } else if !open.is_empty() {
        (
            FactValue::Unknown,
            format!(
                "{} found no row, and {} not counted ({file})",
                count_queries(answered.len()),
                if open.len() == 1 {
                    "1 was".to_owned()
                } else {
                    format!("{} were", open.len())
                }
            ),
        )
    } else if stored_is_compatible {
        (
            FactValue::word("no"),
            format!(
                "counted: {} found no row ({file})",
                count_queries(answered.len())
            ),
        )
    } else {
        (
            FactValue::Unknown,
            format!(
                "{} found no row in the tables ({file}); messages, caches and documents were not counted",
                count_queries(answered.len())
            ),
        )
    };
    let mut evidence: Vec<Evidence> = with_rows
        .iter()
        .copied()
        .chain(answered.iter().filter(|one| one.rows == 0))
        .map(AnsweredQuery::place)
        .collect();
    evidence.extend(
        open.iter().map(|query| {
            Evidence::at(query.place.0.as_str(), query.place.1).with_query(&query.text)
        }),
    );
    evidence.extend(answered.first().map(AnsweredQuery::file_place));
    facts.retain(|fact| fact.key != fact_key::DATABASE_NEW_FORM_ROWS);
    let mut fact = Fact::sensed(fact_key::DATABASE_NEW_FORM_ROWS, value)
        .with_source(source)
        .with_evidence(evidence);
    fact.at = Some(newest);
    facts.push(fact);
}
