//! Status lines: a box, *up* and *down*, dots, headings above names, one version.

use std::sync::LazyLock;

use model::{Framework, HistoryScope, MigrationRecord, MigrationState};
use regex::Regex;

use super::complete::{find_open_end, find_sign_of_a_part};
use super::{FoundHistory, make_record};
use crate::live::time::parse_deployment_time;

// a line of a tool is short; a longer one is a log, and each pattern is tried on it
/// Longest line, in bytes, and most lines.
const LINE: usize = 2_000;
// twice as many as the records that are kept, with room for headings
const LINES: usize = 200_000;

fn compile_pattern(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

// without its own flag a tool colours even what is piped into a file
/// Colours and other escape sequences of a terminal.
static ESCAPES: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile_pattern(r"\x1b\[[0-9;?]*[A-Za-z]"));
/// ` [X] 0001_initial (applied at 2026-02-03 10:11:12)`: Django, dbmate, Diesel, TypeORM.
static BOXED: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile_pattern(r"^\s*\[([ Xx✓✔-])\]\s+(\S+)(?:\s+(\S.*))?$"));
/// `   up     20260203101112  Create users`: Rails, Ecto, Sequelize.
static UP_DOWN: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile_pattern(r"^\s*(?i:(up|down))\s+(\S+)(?:\s+(\S.*))?$"));
/// `Mon Feb  2 10:11:12 2026 -- 00002_x.sql`: goose.
static DASHED: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile_pattern(r"^(.*\S)\s+--\s+(\S+)\s*$"));
/// `20260203/installed create users`: sqlx.
static SLASHED: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile_pattern(r"^\s*(\d+)/(installed|pending)\b\s*(\S.*)?$"));
/// `  2026_02_03_000000_create_users ........ [1] Ran`: Laravel.
static DOTTED: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile_pattern(r"^\s*(\S+)\s+\.{2,}.*?\b(Ran|Pending)\b"));
/// `20260203101112_Name (Pending)`: EF Core.
static LISTED: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile_pattern(r"^\s*(\d{14}_\w+)(\s+\(Pending\))?\s*$"));
/// `db/changelog.xml::1::author`: Liquibase.
static CHANGE_SET: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile_pattern(r"^\s*(\S.*?)::(.+?)::(\S.*?)\s*$"));
/// `-- Current Version: 20260203101112`: Atlas; the arrows and dashes vary.
static CURRENT: LazyLock<Option<Regex>> =
    LazyLock::new(|| compile_pattern(r"^\W*Current Version:\s*(.+?)\s*$"));
/// `20260203101112`, `7 (dirty)`, `d7c6efd2de42 (head)`: golang-migrate and Alembic.
static ALONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile_pattern(
        r"^(?:\d{4}/\d\d/\d\d \d\d:\d\d:\d\d )?([0-9A-Za-z_]{1,64})((?:\s+\((?:dirty|head|mergepoint|branchpoint|effective head)\))*)\s*$",
    )
});

/// Reads the lines; `None` when none of them says what ran.
pub(super) fn read_lines(text: &str) -> Option<FoundHistory> {
    let escapes = ESCAPES.as_ref()?;
    let mut found = FoundHistory {
        tool: None,
        scope: HistoryScope::Every,
        incomplete: None,
        records: Vec::new(),
    };
    let (mut part, mut heading): (Option<String>, Option<MigrationState>) = (None, None);
    let mut said = false;
    let mut alone: Vec<MigrationRecord> = Vec::new();
    let mut listed: Vec<MigrationRecord> = Vec::new();
    let (mut other, mut waiting) = (0usize, None);
    for (index, line) in text.lines().take(LINES).enumerate() {
        if line.len() > LINE {
            found.incomplete = Some("a line of it is too long to be read".to_owned());
            continue;
        }
        let line = escapes.replace_all(line, "");
        let line = line.trim_end();
        if line.trim().is_empty() {
            heading = heading.filter(|_| found.tool != Some(Framework::Prisma));
            continue;
        }
        if let Some(mut record) = read_marked_line(line, index + 1) {
            record.part = record.part.or_else(|| part.clone());
            found.records.push(record);
            continue;
        }
        if let Some(scope) = read_heading(line, &mut found, &mut heading) {
            found.scope = scope;
            said = true;
            waiting = waiting.or(read_waiting_count(line));
            continue;
        }
        if let Some(below) = heading
            && let Some(record) = read_name_below(line, below, index + 1)
        {
            found.records.push(record);
            continue;
        }
        if let Some(record) = read_listed_line(line, index + 1) {
            listed.push(record);
            continue;
        }
        if let Some(record) = read_lone_version(line, index + 1) {
            // an app of Django stands alone on its line too
            part = Some(record.name.clone());
            alone.push(record);
            continue;
        }
        other += usize::from(!line.trim_start().starts_with("INFO"));
    }
    if listed
        .iter()
        .any(|record| record.state == Some(MigrationState::Pending))
    {
        found.records.append(&mut listed);
    }
    if !found.records.is_empty() || said {
        found.incomplete = found
            .incomplete
            .or_else(|| find_missing_lines(text, waiting, &found.records));
        return Some(found);
    }
    if !listed.is_empty() {
        return None;
    }
    // one version and nothing else
    if !alone.is_empty() && alone.len() <= 20 && other == 0 {
        // Alembic and golang-migrate say so beside it; without that it may be a list of what ran
        let told = text.contains("INFO") || text.contains('(');
        found.scope = if told {
            HistoryScope::UpTo
        } else {
            HistoryScope::Versions
        };
        found.records = alone;
        found.incomplete = found
            .incomplete
            .or_else(|| find_missing_lines(text, None, &[]));
        let version = |name: &str| {
            name.bytes().all(|byte| byte.is_ascii_digit())
                || (name.len() >= 8 && name.bytes().all(|byte| byte.is_ascii_hexdigit()))
                || name.bytes().any(|byte| byte.is_ascii_digit())
        };
        return found
            .records
            .iter()
            .all(|record| version(&record.name))
            .then_some(found);
    }
    None
}

/// `2 changesets have not been applied to SHOP@...`.
fn read_waiting_count(line: &str) -> Option<usize> {
    let digits = line
        .trim_start()
        .split(|c: char| !c.is_ascii_digit())
        .next()?;
    digits.parse().ok()
}

/// Why lines may be missing: fewer wait than were counted, the last line has no end, or it was
/// copied from a screen.
fn find_missing_lines(
    text: &str,
    waiting: Option<usize>,
    records: &[MigrationRecord],
) -> Option<String> {
    let pending = Some(MigrationState::Pending);
    let listed = records
        .iter()
        .filter(|record| record.state == pending)
        .count();
    // a list that was cut still looks whole, so the tool's own count decides first
    match waiting {
        Some(count) if count != listed => Some(format!(
            "it says that {count} wait, and {listed} are listed"
        )),
        _ => find_open_end(text).or_else(|| find_sign_of_a_part(text)),
    }
}

/// A line that says of one migration whether it ran.
fn read_marked_line(line: &str, number: usize) -> Option<MigrationRecord> {
    use MigrationState::{Applied, Pending};
    let state_of = |ran: bool| Some(if ran { Applied } else { Pending });
    if let Some(found) = BOXED.as_ref()?.captures(line) {
        let rest = found.get(3).map_or("", |rest| rest.as_str());
        let first = &found[2];
        // TypeORM puts the number of its row before the name
        // versions by date have eight digits at least
        let numbered = first.len() < 8 && first.bytes().all(|byte| byte.is_ascii_digit());
        let name = rest
            .split_whitespace()
            .next()
            .filter(|_| numbered)
            .unwrap_or(first);
        let (app, name) = match name.split_once('.') {
            // `showmigrations --plan` writes the app before the name
            Some((app, name)) if name.starts_with(|c: char| c.is_ascii_digit()) => {
                (Some(app.to_owned()), name)
            }
            _ => (None, name),
        };
        // a task of a list has a box too
        if !name.bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
        // Django marks so a squash of which it has not noted that it stands for what ran
        let state = match found[1].trim() {
            "-" => None,
            mark => state_of(!mark.is_empty()),
        };
        let mut record = make_record(name, state, Some(number));
        record.part = app;
        record.at = rest
            .split_once("applied at ")
            .and_then(|(_, time)| parse_deployment_time(time.trim_end_matches(')')));
        return Some(record);
    }
    // what stands behind a version says which migration it is; stars say that its file is missing
    let described = |text: Option<regex::Match<'_>>| {
        // Rails: `********** NO FILE **********`
        text.map(|text| text.as_str().to_owned())
            .filter(|text| !text.contains(['*', '(']))
    };
    if let Some(found) = UP_DOWN.as_ref()?.captures(line) {
        let ran = found[1].eq_ignore_ascii_case("up");
        let name = &found[2];
        let digits = name.bytes().any(|byte| byte.is_ascii_digit());
        // `up` begins a sentence too: without a digit it names no migration
        return digits.then(|| MigrationRecord {
            description: described(found.get(3)),
            ..make_record(name, state_of(ran), Some(number))
        });
    }
    if let Some(found) = SLASHED.as_ref()?.captures(line) {
        let ran = &found[2] == "installed";
        return Some(MigrationRecord {
            description: described(found.get(3)),
            ..make_record(&found[1], state_of(ran), Some(number))
        });
    }
    if let Some(found) = DOTTED.as_ref()?.captures(line) {
        return Some(make_record(
            &found[1],
            state_of(&found[2] == "Ran"),
            Some(number),
        ));
    }
    if let Some(found) = DASHED.as_ref()?.captures(line) {
        let before = &found[1];
        let pending = before.ends_with("Pending");
        // goose writes the time of each that ran in front
        let dated = before.contains(':') && before.bytes().any(|byte| byte.is_ascii_digit());
        let name = &found[2];
        return (name.bytes().any(|byte| byte.is_ascii_digit()) && (pending || dated))
            .then(|| make_record(name, state_of(!pending), Some(number)));
    }
    None
}

/// A line of EF Core. A list without a pending one may be a list of files, or what EF Core prints
/// when it cannot reach the database, so it says nothing.
fn read_listed_line(line: &str, number: usize) -> Option<MigrationRecord> {
    let found = LISTED.as_ref()?.captures(line)?;
    let state = if found.get(2).is_some() {
        MigrationState::Pending
    } else {
        MigrationState::Applied
    };
    Some(make_record(&found[1], Some(state), Some(number)))
}

/// A line above names, or one that speaks of all migrations.
fn read_heading(
    line: &str,
    found: &mut FoundHistory,
    heading: &mut Option<MigrationState>,
) -> Option<HistoryScope> {
    let lower = line.to_ascii_lowercase();
    let mut below = |state| *heading = Some(state);
    if lower.contains("have not yet been applied") {
        below(MigrationState::Pending);
        found.tool = Some(Framework::Prisma);
        return Some(HistoryScope::PendingOnly);
    }
    if lower.contains("have failed") && found.tool.is_none_or(|tool| tool == Framework::Prisma) {
        below(MigrationState::Failed);
        found.tool = Some(Framework::Prisma);
        return Some(HistoryScope::PendingOnly);
    }
    if lower.contains("database schema is up to date") {
        found.tool = Some(Framework::Prisma);
        return Some(HistoryScope::PendingOnly);
    }
    if (lower.contains("changeset") || lower.contains("change set"))
        && lower.contains("not been applied")
    {
        below(MigrationState::Pending);
        found.tool = Some(Framework::Liquibase);
        return Some(HistoryScope::PendingOnly);
    }
    // Liquibase names the connection: `SHOP@jdbc:...`
    if lower.contains("is up to date") && lower.contains('@') {
        found.tool = Some(Framework::Liquibase);
        return Some(HistoryScope::PendingOnly);
    }
    // the history of Liquibase: `Database updated at 5/28/26, 3:15 PM. Applied 2 changeset(s)`
    if lower.contains("database updated at ") {
        below(MigrationState::Applied);
        found.tool = Some(Framework::Liquibase);
        return Some(HistoryScope::AppliedOnly);
    }
    if lower.contains("migration file") || lower.contains("migrations") {
        // `No Completed Migration files`: the heading says that nothing is below
        let none = lower.trim_start().starts_with("no ");
        let state = if lower.contains("completed") {
            Some(MigrationState::Applied)
        } else if lower.contains("pending") && lower.trim_end().ends_with(['.', ':']) {
            Some(MigrationState::Pending)
        } else {
            None
        };
        // Atlas writes `Migration Status: PENDING`, which is no heading
        if let Some(state) = state {
            *heading = (!none).then_some(state);
            found.tool = Some(Framework::Knex);
            return Some(HistoryScope::Every);
        }
    }
    let current = CURRENT.as_ref()?.captures(line)?;
    found.tool = Some(Framework::Atlas);
    // `No migration applied yet`
    if !current[1].starts_with("No ") {
        found.records.push(make_record(
            &current[1],
            Some(MigrationState::Applied),
            None,
        ));
    }
    Some(HistoryScope::UpTo)
}

// a change set is named by file, id and author, and ids repeat across files
/// A name below a heading.
fn read_name_below(line: &str, below: MigrationState, number: usize) -> Option<MigrationRecord> {
    if let Some(found) = CHANGE_SET.as_ref()?.captures(line) {
        let mut record = make_record(&found[2], Some(below), Some(number));
        record.part = Some(found[1].to_owned());
        return Some(record);
    }
    let name = line.trim();
    // a sentence below a heading is no name
    let one = !name.contains(char::is_whitespace) && name.bytes().any(|byte| byte.is_ascii_digit());
    one.then(|| make_record(name, Some(below), Some(number)))
}

fn read_lone_version(line: &str, number: usize) -> Option<MigrationRecord> {
    let found = ALONE.as_ref()?.captures(line)?;
    // golang-migrate marks a version that it began and did not end
    let state = if found[2].contains("dirty") {
        MigrationState::Failed
    } else {
        MigrationState::Applied
    };
    Some(make_record(&found[1], Some(state), Some(number)))
}
