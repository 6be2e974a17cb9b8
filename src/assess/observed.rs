//! Rows that somebody counted on production, put beside the queries of this range.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::live_file::{
    CLOCK_MINUTES, OLD_MINUTES, ReadLiveFile, find_other_database, list_reports,
};
use crate::check::database::counting::{CountingQuery, list_counting_queries, needs_more_queries};
use crate::check::database::make_counted_finding;
use crate::model::{Evidence, Fact, FactValue, Finding, Migration, RowCount, Unchecked, fact_key};

/// Most counts in one sentence.
const NAMED: usize = 3;

/// What one file counted, new enough to be used.
#[derive(Debug, Clone)]
pub(super) struct CountedFile {
    /// As the user gave it.
    file: String,
    counts: Vec<TimedCount>,
}

/// A count with its time.
#[derive(Debug, Clone)]
struct TimedCount {
    count: RowCount,
    at: Timestamp,
}

/// What decides whether a count is of use.
pub(super) struct CountingTime<'a> {
    /// When the assessment is made.
    pub now: Timestamp,
    /// When current was deployed, where a file says so.
    pub deployed: Option<Timestamp>,
    /// The environment that is asked about, where one is named.
    pub environment: Option<&'a str>,
}

/// Why a count is not used, in words that follow *they*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Useless {
    Old,
    Future,
    NoZone,
    BeforeDeployment,
}

impl Useless {
    fn words(self) -> &'static str {
        match self {
            Self::Old => "more than an hour old, and rows may have been written since",
            Self::Future => {
                "of a time that has not come yet, so the clock or the zone of the database is not \
                    known"
            }
            Self::NoZone => {
                "of a time without a zone that is later than the file, so how old they are is not \
                    known"
            }
            Self::BeforeDeployment => {
                "older than the deployment, and current may have written rows since"
            }
        }
    }
}

/// When a count was taken. One whose time names no zone is as old as its file at least.
fn find_counting_time(
    count: &RowCount,
    written: Timestamp,
    time: &CountingTime<'_>,
) -> Result<Timestamp, Useless> {
    let ahead = |at: Timestamp, of: Timestamp| at.duration_since(of).as_mins() >= CLOCK_MINUTES;
    let at = match count.at {
        None => written,
        Some(at) if count.zoneless && ahead(at, written) => return Err(Useless::NoZone),
        Some(at) if count.zoneless => at.min(written),
        Some(at) => at,
    };
    if ahead(at, time.now) {
        Err(Useless::Future)
    } else if time.now.duration_since(at).as_mins() > OLD_MINUTES {
        Err(Useless::Old)
    } else if time.deployed.is_some_and(|deployed| at < deployed) {
        Err(Useless::BeforeDeployment)
    } else {
        Ok(at)
    }
}

/// The counts of all files; what is of no use is left out and said so.
pub(super) fn list_counted_files(
    files: &[ReadLiveFile],
    time: &CountingTime<'_>,
) -> (Vec<CountedFile>, Vec<Unchecked>) {
    let (mut counted, mut unchecked) = (Vec::new(), Vec::new());
    for report in list_reports(files).filter(|report| !report.counts.is_empty()) {
        let mut refuse = |why: String| {
            unchecked.push(Unchecked {
                what: report.name.clone().into(),
                why: why.into(),
                settle_with: Some("run the queries again: `backout queries` writes them".into()),
            });
        };
        if let Some(why) = find_other_database(report, time.environment) {
            refuse(format!("{why}; its counts are not used"));
            continue;
        }
        let written = report.observed_at.unwrap_or(time.now);
        let mut useless: BTreeMap<Useless, usize> = BTreeMap::new();
        let mut counts = Vec::new();
        for count in &report.counts {
            match find_counting_time(count, written, time) {
                Ok(at) => counts.push(TimedCount {
                    count: count.clone(),
                    at,
                }),
                Err(why) => *useless.entry(why).or_default() += 1,
            }
        }
        for (why, count) in useless {
            refuse(format!(
                "{count} of its {} counts are {}; they are not used",
                report.counts.len(),
                why.words()
            ));
        }
        let unread = counts.iter().filter(|one| one.count.rows.is_none()).count();
        if unread > 0 {
            refuse(format!(
                "{unread} of its {} rows have no number that can be one of rows; their queries \
                    count as not counted",
                report.counts.len()
            ));
        }
        if !counts.is_empty() {
            counted.push(CountedFile {
                file: report.name.clone(),
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
            path: Some(self.file.as_str().into()),
            line: self.line,
            ..Evidence::default()
        }
    }
}

/// Counts put beside the queries of a range.
struct MatchedCounts {
    /// Queries with their counts.
    answered: Vec<AnsweredQuery>,
    /// Queries that nobody counted. Where a repository has copies of its migrations for several
    /// databases, those of the databases that were asked.
    open: Vec<CountingQuery>,
    /// Queries that were counted more than once: of several shards, or again.
    repeated: usize,
    /// Files that count one of the queries.
    used: BTreeSet<String>,
    /// Counts that are older than the last migration that ran, by file; and when it ran.
    early: BTreeMap<String, (usize, Timestamp)>,
}

fn match_counts(migrations: &[Migration], counted: &[CountedFile]) -> MatchedCounts {
    let migrated = migrations
        .iter()
        .filter_map(|migration| migration.ran.as_ref()?.at)
        .max();
    let mut by_query: BTreeMap<&str, Vec<(&CountedFile, &TimedCount)>> = BTreeMap::new();
    let mut matched = MatchedCounts {
        answered: Vec::new(),
        open: Vec::new(),
        repeated: 0,
        used: BTreeSet::new(),
        early: BTreeMap::new(),
    };
    for file in counted {
        for one in &file.counts {
            if let Some(migrated) = migrated.filter(|migrated| one.at < *migrated) {
                let early = matched.early.entry(file.file.clone());
                early.or_insert((0, migrated)).0 += 1;
                continue;
            }
            let counts = by_query.entry(one.count.query.as_str()).or_default();
            counts.push((file, one));
        }
    }
    for query in list_counting_queries(migrations) {
        let counts = by_query.remove(query.id.as_str()).unwrap_or_default();
        matched
            .used
            .extend(counts.iter().map(|(file, _)| file.file.clone()));
        matched.repeated += usize::from(counts.len() > 1);
        // each may be of another shard: rows in one of them are rows, and one that cannot be read
        // may have some
        let unread = counts.iter().any(|(_, one)| one.count.rows.is_none());
        let most = counts
            .iter()
            .max_by_key(|(_, one)| (one.count.rows, std::cmp::Reverse(one.at)));
        match most.and_then(|(file, one)| Some((file, one, one.count.rows?))) {
            Some((file, one, rows)) if rows > 0 || !unread => {
                matched.answered.push(AnsweredQuery {
                    rows,
                    at: one.at,
                    file: file.file.clone(),
                    line: one.count.line,
                    query,
                });
            }
            _ => matched.open.push(query),
        }
    }
    let MatchedCounts { answered, open, .. } = &mut matched;
    open.retain(|query| {
        answered
            .iter()
            .any(|known| known.query.dialect == query.dialect)
    });
    matched
}

/// What the counts say, for the list of risks, and files that answer something else.
pub(super) fn tell_counts(
    migrations: &[Migration],
    counted: &[CountedFile],
) -> (Vec<Finding>, Vec<Unchecked>) {
    let MatchedCounts {
        answered,
        open,
        repeated,
        used,
        early,
    } = match_counts(migrations, counted);
    let mut unchecked = Vec::new();
    for (file, (count, migrated)) in &early {
        unchecked.push(Unchecked {
            what: file.clone().into(),
            why: format!(
                "{count} of its counts were taken before the last migration ran, at {} UTC; they \
                    are not used",
                migrated.strftime("%Y-%m-%d %H:%M")
            )
            .into(),
            settle_with: Some("run the queries again: `backout queries` writes them".into()),
        });
    }
    for file in counted
        .iter()
        .filter(|file| !early.contains_key(&file.file))
    {
        if !used.contains(&file.file) {
            unchecked.push(Unchecked {
                what: file.file.clone().into(),
                why: "it answers none of the queries of these two releases".into(),
                settle_with: Some(
                    "write the queries with `backout queries PREVIOUS CURRENT` and run them again"
                        .into(),
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
    if repeated > 0 {
        says += &format!(
            "; {} counted more than once, and the largest count is taken",
            count_queries(repeated)
        );
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
    let MatchedCounts {
        mut answered,
        mut open,
        ..
    } = match_counts(migrations, counted);
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
    } else if needs_more_queries(migrations) {
        (
            FactValue::Unknown,
            format!(
                "{} found no row ({file}), and the range makes more rows than the queries count",
                count_queries(answered.len())
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
                "{} found no row in the tables ({file}); messages, caches and documents were not \
                    counted",
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

#[cfg(test)]
mod tests;
