//! What rehearsals on a database saw, put beside what was judged. It makes a fact worse, never better:
//! a statement that failed is proof, and that all of those ran which were found is none.

use std::path::Path;

use rehearsal::report::{ChangedStatement, DatabaseRehearsal, FORM, RehearsalResult, TableLoss};

use crate::check::database::{RehearsedFinding, make_rehearsed_finding};
use crate::model::{
    Config, Dialect, Evidence, Fact, FactValue, Finding, Severity, escape_invisible, fact_key,
    shorten_text,
};
use crate::session::{RehearsedPair, read_kept_rehearsals};

/// Most statements that are named one by one.
const NAMED: usize = 25;

/// The records of these two commits, on databases that are live here.
pub(super) fn read_rehearsals(
    folder: Option<&Path>,
    pair: RehearsedPair<'_>,
    config: &Config,
) -> Vec<DatabaseRehearsal> {
    let Some(folder) = folder else {
        return Vec::new();
    };
    let live = &config.database.dialects;
    read_kept_rehearsals(folder, pair)
        .iter()
        .filter_map(|bytes| serde_json::from_slice::<DatabaseRehearsal>(bytes).ok())
        .filter(|seen| {
            seen.form == FORM
                && seen.previous_commit == pair.previous_commit
                && seen.current_commit == pair.current_commit
                && (live.is_empty()
                    || live
                        .iter()
                        .any(|word| tell_dialect(word) == tell_dialect(&seen.engine.name)))
        })
        .collect()
}

fn tell_dialect(word: &str) -> Option<Dialect> {
    Some(match word.to_ascii_lowercase().as_str() {
        "postgres" | "postgresql" | "pg" => Dialect::Postgres,
        "mysql" | "mariadb" => Dialect::MySql,
        "sqlite" | "sqlite3" => Dialect::Sqlite,
        _ => return None,
    })
}

/// `PostgreSQL 17.2 on 2026-11-30`.
fn tell_where(seen: &DatabaseRehearsal) -> String {
    format!(
        "{} on {}",
        escape_invisible(&seen.engine.to_string()),
        seen.at.strftime("%Y-%m-%d")
    )
}

fn place_of(one: &ChangedStatement) -> Evidence {
    Evidence::at(one.path.as_str(), one.line).with_excerpt(&one.text)
}

fn shorten_rehearsed_text(text: &str) -> String {
    shorten_text(&escape_invisible(text), 200).into_owned()
}

/// What was seen, for the list of risks.
pub(super) fn tell_rehearsals(rehearsals: &[DatabaseRehearsal]) -> Vec<Finding> {
    let mut out = Vec::new();
    for seen in rehearsals {
        let (previous, current) = (
            escape_invisible(&seen.previous),
            escape_invisible(&seen.current),
        );
        let at = tell_where(seen);
        let told = &seen.statements;
        for one in told.fail.iter().take(NAMED) {
            out.push(make_rehearsed_finding(
                RehearsedFinding::StatementFailed,
                Severity::Blocks,
                format!("{}:{}", one.path, one.line),
                format!(
                    "a statement of {previous} fails on the schema of {current}: {} (observed, \
                        {at})",
                    shorten_rehearsed_text(&one.how)
                ),
                vec![place_of(one)],
            ));
        }
        for one in told.answer_otherwise.iter().take(NAMED) {
            let severity = if one.only_more_columns {
                Severity::Notes
            } else {
                Severity::Warns
            };
            out.push(make_rehearsed_finding(
                RehearsedFinding::StatementChanged,
                severity,
                format!("{}:{}", one.path, one.line),
                format!(
                    "a statement of {previous} does otherwise on the schema of {current}: {} \
                        (observed, {at})",
                    shorten_rehearsed_text(&one.how)
                ),
                vec![place_of(one)],
            ));
        }
        out.push(tell_summary(seen, &previous, &current, &at));
        out.extend(tell_way_down(seen, &previous, &at));
    }
    out
}

fn tell_summary(seen: &DatabaseRehearsal, previous: &str, current: &str, at: &str) -> Finding {
    let told = &seen.statements;
    let (severity, says, places) = match (seen.up.failure(), seen.result()) {
        (Some(failure), _) => (
            Severity::Warns,
            format!(
                "the migrations of {current} do not run to their end on made rows: {} (observed, \
                    {at})",
                shorten_rehearsed_text(&failure.error)
            ),
            vec![Evidence::at(failure.path.as_str(), failure.line).with_excerpt(&failure.text)],
        ),
        (None, RehearsalResult::Held) => (
            Severity::Fine,
            format!(
                "{} statements of {previous} run on the schema of {current} (observed, {at}); {} \
                    more could not be tried",
                told.ran,
                told.left_out + told.put_together
            ),
            Vec::new(),
        ),
        (None, RehearsalResult::Open) => (
            Severity::Notes,
            format!(
                "the migrations of {current} ran, and no statement of {previous} could be tried \
                    (observed, {at})"
            ),
            Vec::new(),
        ),
        (None, RehearsalResult::Broke) => (
            Severity::Notes,
            format!(
                "{} of {} statements of {previous} fail on the schema of {current} (observed, \
                    {at})",
                told.fail.len(),
                told.ran
            ),
            Vec::new(),
        ),
    };
    make_rehearsed_finding(
        RehearsedFinding::Rehearsed,
        severity,
        "rehearsal on a database".to_owned(),
        says,
        places,
    )
}

fn tell_loss(loss: &TableLoss) -> String {
    let table = escape_invisible(&loss.table);
    match loss.values.first() {
        Some((column, rows)) if loss.rows == 0 => {
            format!("{table}.{} in {rows} rows", escape_invisible(column))
        }
        _ => format!("{} rows of {table}", loss.rows),
    }
}

/// What the ways down of the range came to.
fn tell_way_down(seen: &DatabaseRehearsal, previous: &str, at: &str) -> Option<Finding> {
    let down = seen.down.as_ref()?;
    let first = down.ran.migrations.last();
    let place = |path: &str, line: usize| vec![Evidence::at(path, line)];
    let (severity, says, places) = if let Some(failure) = down.ran.failure() {
        (
            Severity::Warns,
            format!(
                "a way down does not run: {}",
                shorten_rehearsed_text(&failure.error)
            ),
            place(&failure.path, failure.line),
        )
    } else if let Some(path) = &down.ran.ends_at {
        (
            Severity::Notes,
            "the way down ends at a migration that has none".to_owned(),
            place(path, 1),
        )
    } else if let Some(loss) = down.lost.first() {
        let more = down.lost.len() - 1;
        let more = if more > 0 {
            format!(" and in {more} more tables")
        } else {
            String::new()
        };
        (
            Severity::Warns,
            format!("up and down again loses {}{more}", tell_loss(loss)),
            first.map(|ran| place(&ran.path, 1)).unwrap_or_default(),
        )
    } else if !down.schema.missing.is_empty() || !down.schema.other.is_empty() {
        let what = down.schema.missing.first().or(down.schema.other.first());
        (
            Severity::Warns,
            format!(
                "the ways down do not bring the schema of {previous} back: {}",
                shorten_rehearsed_text(what.map_or("", String::as_str))
            ),
            first.map(|ran| place(&ran.path, 1)).unwrap_or_default(),
        )
    } else {
        (
            Severity::Fine,
            format!("the ways down bring the schema of {previous} back with its rows"),
            first.map(|ran| place(&ran.path, 1)).unwrap_or_default(),
        )
    };
    Some(make_rehearsed_finding(
        RehearsedFinding::WayDown,
        severity,
        "way down".to_owned(),
        format!("{says} (observed, {at})"),
        places,
    ))
}

/// Facts that an observation settles: it outranks what was judged, where it is worse.
pub(super) fn settle_rehearsed(rehearsals: &[DatabaseRehearsal], facts: &mut Vec<Fact>) {
    for seen in rehearsals {
        settle_old_code(seen, facts);
        settle_downs(seen, facts);
    }
}

fn put_word(facts: &mut Vec<Fact>, key: &str, value: &str, source: String, places: Vec<Evidence>) {
    facts.retain(|fact| fact.key != key);
    // two commits stay what they are, so what was seen of them does not grow old
    facts.push(
        Fact::sensed(key, FactValue::word(value))
            .with_source(source)
            .with_evidence(places),
    );
}

fn settle_old_code(seen: &DatabaseRehearsal, facts: &mut Vec<Fact>) {
    let fail = &seen.statements.fail;
    let Some(first) = fail.iter().find(|one| !one.writes).or(fail.first()) else {
        return;
    };
    let value = if first.writes {
        "breaks-writes"
    } else {
        "breaks-reads"
    };
    let more = match fail.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more fail"),
    };
    let source = format!(
        "observed, {}: {}:{} fails: {}{more}",
        tell_where(seen),
        escape_invisible(&first.path),
        first.line,
        shorten_rehearsed_text(&first.how)
    );
    let places: Vec<Evidence> = fail.iter().take(12).map(place_of).collect();
    // what was judged stays where it is as bad or worse
    let known = facts
        .iter()
        .find(|fact| fact.key == fact_key::DATABASE_OLD_CODE)
        .and_then(|fact| fact.value.as_word())
        .map(str::to_owned);
    let value = if known.as_deref() == Some("breaks-reads") {
        "breaks-reads"
    } else {
        value
    };
    put_word(
        facts,
        fact_key::DATABASE_OLD_CODE,
        value,
        source.clone(),
        places.clone(),
    );
    put_word(facts, fact_key::DATABASE_VERIFIED, "no", source, places);
}

fn settle_downs(seen: &DatabaseRehearsal, facts: &mut Vec<Fact>) {
    let Some(down) = &seen.down else {
        return;
    };
    let at = tell_where(seen);
    let word_of = |facts: &[Fact], key: &str| {
        facts
            .iter()
            .find(|fact| fact.key == key)
            .and_then(|fact| fact.value.as_word())
            .map(str::to_owned)
    };
    let known = word_of(facts, fact_key::DATABASE_DOWNS);
    if let Some(failure) = down.ran.failure()
        && known.as_deref() != Some("harmful")
    {
        let place = Evidence::at(failure.path.as_str(), failure.line).with_excerpt(&failure.text);
        put_word(
            facts,
            fact_key::DATABASE_DOWNS,
            "failing",
            format!(
                "observed, {at}: {}:{} does not run: {}",
                escape_invisible(&failure.path),
                failure.line,
                shorten_rehearsed_text(&failure.error)
            ),
            vec![place],
        );
    }
    if let Some(loss) = down.lost.first().or(down.lost_new.first()) {
        let places = down
            .ran
            .migrations
            .iter()
            .take(12)
            .map(|ran| Evidence::at(ran.path.as_str(), 1))
            .collect();
        put_word(
            facts,
            fact_key::DATABASE_DOWNS_LOSE_DATA,
            "yes",
            format!("observed, {at}: {} are lost", tell_loss(loss)),
            places,
        );
    }
}
