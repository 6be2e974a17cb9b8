//! What a rehearsal on a database saw, in sentences.

use std::fmt::Write;

use rehearsal::report::{
    ChangedStatement, DatabaseRehearsal, FilledTables, PlacedFailure, RanMigrations,
    RehearsalResult, RowsTried, SchemaDifference, TableLoss,
};

use super::disagree::RehearsalDisagreement;
use crate::model::{escape_invisible, shorten_text};

/// Most lines of one list.
const LISTED: usize = 15;

/// The report.
pub fn write_database_rehearsal(
    seen: &DatabaseRehearsal,
    disagreements: &[RehearsalDisagreement],
    address: &str,
) -> String {
    let mut out = String::new();
    let (previous, current) = (
        show_on_one_line(&seen.previous),
        show_on_one_line(&seen.current),
    );
    let _ = writeln!(
        out,
        "Rehearsed on {}: from {previous} to {current} and back.",
        seen.engine
    );
    let _ = writeln!(out, "{}\n", write_result(seen, &previous, &current));
    write_before(&mut out, seen, &previous);
    write_up(&mut out, seen, &current);
    if seen.up.failure().is_none() {
        write_statements(&mut out, seen, &previous);
        write_down(&mut out, seen, &previous, &current);
    }
    write_disagreements(&mut out, disagreements);
    if !seen.notes.is_empty() {
        out.push_str("Not seen\n");
        write_list(
            &mut out,
            seen.notes.iter().map(|note| show_on_one_line(note)),
        );
        out.push('\n');
    }
    let _ = writeln!(
        out,
        "The database {} is left as it is now; the next rehearsal drops everything in it and \
            starts from an empty one.",
        show_on_one_line(address)
    );
    out
}

fn show_on_one_line(text: &str) -> String {
    escape_invisible(text).into_owned()
}

fn write_number_of(number: u64, one: &str, more: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {more}")
    }
}

fn write_result(seen: &DatabaseRehearsal, previous: &str, current: &str) -> String {
    let told = &seen.statements;
    match seen.result() {
        RehearsalResult::Held => format!(
            "Everything ran: none of the {} of {previous} fails on the schema of {current}.",
            write_number_of(told.ran, "statement", "statements that were tried")
        ),
        RehearsalResult::Open => format!(
            "The migrations ran, but no statement of {previous} could be tried, so this says \
                nothing about its code."
        ),
        RehearsalResult::Broke if seen.up.failure().is_some() => {
            format!("The migrations of {current} do not run to their end on these rows.")
        }
        RehearsalResult::Broke => format!(
            "{previous} does not work on the schema of {current}: {} of {} of its statements fail \
                there.",
            told.fail.len(),
            told.ran
        ),
    }
}

fn write_list(out: &mut String, lines: impl Iterator<Item = String>) {
    let mut left = 0;
    for (at, line) in lines.enumerate() {
        if at < LISTED {
            let _ = writeln!(out, "  {line}");
        } else {
            left += 1;
        }
    }
    if left > 0 {
        let _ = writeln!(out, "  and {left} more (--format json lists all)");
    }
}

fn write_filled(filled: &FilledTables) -> String {
    format!(
        "{} in {}",
        write_number_of(filled.rows, "row", "rows"),
        write_number_of(filled.tables, "table", "tables")
    )
}

fn write_before(out: &mut String, seen: &DatabaseRehearsal, previous: &str) {
    let (migrations, millis) = seen.before;
    let _ = writeln!(
        out,
        "Before\n  {} of {previous} ran in {}.",
        write_number_of(migrations, "migration", "migrations"),
        write_time(millis)
    );
    let _ = writeln!(
        out,
        "  {} were there before the range ran (number {}).",
        write_filled(&seen.filled),
        seen.seed
    );
    write_empty(out, &seen.filled);
    out.push('\n');
}

fn write_empty(out: &mut String, filled: &FilledTables) {
    if filled.empty.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "  No row could be made for {}; --seed FILE can bring some:",
        write_number_of(filled.empty.len() as u64, "table", "tables")
    );
    write_list(
        out,
        filled.empty.iter().map(|one| {
            format!(
                "  {}: {}",
                show_on_one_line(&one.table),
                show_on_one_line(&shorten_text(&one.why, 160))
            )
        }),
    );
}

fn write_time(millis: u64) -> String {
    if millis < 10_000 {
        format!("{millis} ms")
    } else {
        format!("{} s", millis / 1000)
    }
}

fn write_failure(failure: &PlacedFailure) -> String {
    format!(
        "{}:{} fails: {}",
        show_on_one_line(&failure.path),
        failure.line,
        show_on_one_line(&failure.error)
    )
}

fn write_up(out: &mut String, seen: &DatabaseRehearsal, current: &str) {
    let _ = writeln!(
        out,
        "Forward\n  {} of {current} in {}:",
        write_number_of(seen.up.migrations.len() as u64, "migration", "migrations"),
        write_time(seen.up.millis)
    );
    write_migrations(out, &seen.up);
    for tried in &seen.failed_tries {
        let rows = match tried.rows {
            RowsTried::WithEmpty => "On rows that are empty where they may be",
            RowsTried::Filled => "On rows whose columns are all filled",
            RowsTried::None => "On empty tables",
        };
        let _ = writeln!(out, "  {rows} it stops: {}.", write_failure(&tried.failure));
    }
    if !seen.failed_tries.is_empty() {
        let rows = match seen.rows {
            RowsTried::Filled => "rows whose columns are all filled",
            RowsTried::None => "empty tables",
            RowsTried::WithEmpty => "rows that are empty where they may be",
        };
        let _ = writeln!(out, "  The rest of this was seen on {rows}.");
    }
    if !seen.rewritten.is_empty() {
        out.push_str("  What the range changed in rows from before it:\n");
        write_losses(out, &seen.rewritten, false);
    }
    out.push('\n');
}

fn write_migrations(out: &mut String, ran: &RanMigrations) {
    // those that took longest say most, in the order in which they ran
    let mut longest: Vec<u64> = ran.migrations.iter().map(|one| one.millis).collect();
    longest.sort_unstable_by(|a, b| b.cmp(a));
    let least = longest.get(LISTED - 1).copied().unwrap_or(0);
    let mut shown = 0;
    for one in &ran.migrations {
        if one.failed.is_none() && (one.millis < least || shown >= LISTED) {
            continue;
        }
        shown += 1;
        let locks: Vec<String> = one
            .locks
            .iter()
            .filter(|lock| lock.mode != "AccessShareLock")
            .map(|lock| format!("{} on {}", lock.mode, show_on_one_line(&lock.table)))
            .collect();
        let mut line = format!(
            "  {:>8}  {}",
            write_time(one.millis),
            show_on_one_line(&one.path)
        );
        if !locks.is_empty() {
            let _ = write!(line, "  held {}", shorten_text(&locks.join(", "), 200));
        }
        let _ = writeln!(out, "{line}");
        if let Some(failure) = &one.failed {
            let _ = writeln!(out, "            {}", write_failure(failure));
            let _ = writeln!(out, "            {}", show_on_one_line(&failure.text));
        }
    }
    let left = ran.migrations.len() - shown;
    if left > 0 {
        let _ = writeln!(out, "  and {left} that took less time");
    }
}

fn write_statements(out: &mut String, seen: &DatabaseRehearsal, previous: &str) {
    let told = &seen.statements;
    let _ = writeln!(
        out,
        "Statements of {previous}\n  {} found; {} run on the schema of {previous} and were tried \
            on the new one; {} fail there, {} answer otherwise.",
        write_number_of(told.found, "was", "were"),
        told.ran,
        told.fail.len(),
        told.answer_otherwise.len()
    );
    if told.left_out > 0 {
        let why: Vec<String> = told
            .left_out_because
            .iter()
            .map(|(reason, number)| format!("{} ({number})", show_on_one_line(reason)))
            .collect();
        let _ = writeln!(
            out,
            "  {} left out, as no statement that runs on the schema of {previous}: {}.",
            write_number_of(told.left_out, "was", "were"),
            why.join(", ")
        );
    }
    if told.put_together > 0 {
        let _ = writeln!(
            out,
            "  {} put together while the program runs, and could not be tried.",
            write_number_of(told.put_together, "more is", "more are")
        );
    }
    if !told.fail.is_empty() {
        out.push_str("  Fail:\n");
        write_list(out, told.fail.iter().map(write_changed));
    }
    if let Some(tried) = &seen.with_steps {
        let _ = match &tried.refused {
            Some(why) => writeln!(
                out,
                "  The compatibility steps of the assessment do not run here: {}",
                show_on_one_line(why)
            ),
            None => writeln!(
                out,
                "  With the compatibility steps of the assessment {} of them run, {} fail still.",
                tried.helped, tried.still_fail
            ),
        };
    }
    if !told.answer_otherwise.is_empty() {
        out.push_str("  Answer otherwise:\n");
        write_list(out, told.answer_otherwise.iter().map(write_changed));
    }
    out.push('\n');
}

fn write_changed(one: &ChangedStatement) -> String {
    let when = if one.with_new_rows {
        " (once rows of the new form are there)"
    } else {
        ""
    };
    format!(
        "  {}:{}  {}{when}\n        {}",
        show_on_one_line(&one.path),
        one.line,
        show_on_one_line(&one.how),
        show_on_one_line(&shorten_text(&one.text, 160))
    )
}

fn write_down(out: &mut String, seen: &DatabaseRehearsal, previous: &str, current: &str) {
    let Some(down) = &seen.down else {
        return;
    };
    let _ = writeln!(
        out,
        "Ways down\n  {} ran in {}.",
        write_number_of(down.ran.migrations.len() as u64, "way down", "ways down"),
        write_time(down.ran.millis)
    );
    if let Some(failure) = down.ran.failure() {
        let _ = writeln!(out, "  The way down stops: {}.", write_failure(failure));
    }
    if let Some(path) = &down.ran.ends_at {
        let _ = writeln!(
            out,
            "  It ends at {}, which has no way down.",
            show_on_one_line(path)
        );
    }
    if down.schema.is_empty() {
        let _ = writeln!(out, "  The schema is that of {previous} again.");
    } else {
        write_difference(out, &down.schema, previous);
    }
    if !down.lost.is_empty() {
        out.push_str("  Lost of the rows from before the range:\n");
        write_losses(out, &down.lost, true);
    }
    if !down.lost_new.is_empty() {
        let _ = writeln!(
            out,
            "  Lost of the rows that were written on the schema of {current}:"
        );
        write_losses(out, &down.lost_new, true);
    }
    match &seen.again {
        Some(again) => match again.failure() {
            None => {
                let _ = writeln!(out, "  Forward again ran in {}.", write_time(again.millis));
            }
            Some(failure) => {
                let _ = writeln!(out, "  Forward again stops: {}.", write_failure(failure));
            }
        },
        None => out.push_str("  Forward again was not tried.\n"),
    }
    out.push('\n');
}

fn write_difference(out: &mut String, schema: &SchemaDifference, previous: &str) {
    for (says, list) in [
        ("What does not come back", &schema.missing),
        ("What comes back otherwise", &schema.other),
        ("What stays though it should go", &schema.more),
    ] {
        if list.is_empty() {
            continue;
        }
        let _ = writeln!(out, "  {says}, compared with the schema of {previous}:");
        write_list(
            out,
            list.iter()
                .map(|name| format!("  {}", show_on_one_line(name))),
        );
    }
}

fn write_losses(out: &mut String, losses: &[TableLoss], lost: bool) {
    let gone = if lost { "lost" } else { "gone" };
    write_list(
        out,
        losses.iter().map(|loss| {
            let mut parts = Vec::new();
            if loss.rows > 0 {
                parts.push(format!(
                    "{} of {} {gone}",
                    loss.rows,
                    write_number_of(loss.of, "row", "rows")
                ));
            }
            for (column, number) in &loss.values {
                let rows = write_number_of(*number, "row", "rows");
                parts.push(format!(
                    "{} is another value or none in {rows}",
                    show_on_one_line(column)
                ));
            }
            format!("  {}: {}", show_on_one_line(&loss.table), parts.join("; "))
        }),
    );
}

fn write_disagreements(out: &mut String, disagreements: &[RehearsalDisagreement]) {
    if disagreements.is_empty() {
        return;
    }
    out.push_str("Judged and observed differ; one of the two is wrong\n");
    write_list(
        out,
        disagreements.iter().map(|one| {
            format!(
                "  {}:{}  judged: {}; observed: {}",
                show_on_one_line(&one.path),
                one.line,
                show_on_one_line(&one.judged),
                show_on_one_line(&one.observed)
            )
        }),
    );
    out.push('\n');
}
