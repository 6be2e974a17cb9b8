//! Tables of migrations: comma, tab and pipe between the columns, with a head.
//!
//! Comma and tab are read by the `csv` library; what psql, mysql and Flyway draw with pipes has no
//! library and is split here.

use model::{HistoryScope, MigrationRecord, MigrationState};

use super::complete::{RowCheck, find_open_end, find_sign_of_a_part, is_screen_mark, read_footer};
use super::{FoundHistory, make_record};
use crate::live::time::parse_deployment_time;

/// Longest line of a drawn table, in bytes.
const LINE: usize = 8_000;

// in this order: the more telling name wins where a table has several
/// Columns by what they tell; the head is compared without case and blanks.
const NAMES: &[&str] = &[
    "migration",
    "migration_name",
    "migrationid",
    "migration_id",
    "name",
    "filename",
    "script",
    "script_name",
    "scriptname",
    "version_num",
    "version_id",
    "version",
    "change",
    "change_id",
    // the number of a row, where nothing else names the migration
    "id",
];
// Django's numbers begin anew in each app
const PARTS: &[&str] = &["app"];
const TIMES: &[&str] = &[
    "installed_on",
    "installedon",
    "installedonutc",
    "installed on",
    "applied",
    "applied_at",
    "applied_on",
    "dateexecuted",
    "tstamp",
    "migration_time",
    "run_on",
    "inserted_at",
    "finished_at",
    "executed_at",
    "created_at",
    "migrated_at",
    "installed_at",
    "execution_date",
    "date",
];
const STATES: &[&str] = &[
    "state",
    "status",
    "ran?",
    "success",
    "is_applied",
    "dirty",
    "exectype",
    "rolled_back_at",
];
// a list of anything has a name and a time: these words make it one of migrations
/// Columns of which a table of migrations has one at least, beside a name.
const OF_MIGRATIONS: &[&str] = &[
    "migration",
    "migration_name",
    "migrationid",
    "migration_id",
    "version",
    "version_num",
    "version_id",
    "dateexecuted",
    "installed_on",
    "installed on",
    "ran?",
    "migration_time",
    "is_applied",
    "run_on",
    "applied",
    "applied_at",
    "applied_on",
    "executed_at",
    "installed_rank",
];

/// Reads a table; `None` when the text is none, or one of something else.
pub(super) fn read_rows(text: &str) -> Option<FoundHistory> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next()?;
    // a head of one column has no separator, and its rule shows that the table was drawn
    let ruled = lines.next().is_some_and(is_rule);
    if first.contains('\t') {
        return read_separated(text, b'\t');
    }
    if ruled || text.lines().take(50).any(|line| line.contains('|')) {
        // a pipe may also stand in a cell of a file with commas
        return read_drawn(text).or_else(|| {
            let plain = !first.contains('|') && first.contains(',');
            plain.then(|| read_separated(text, b',')).flatten()
        });
    }
    // spreadsheets of some languages write semicolons
    if first.contains(';') && !first.contains(',') {
        return read_separated(text, b';');
    }
    read_separated(text, b',')
}

fn read_separated(text: &str, by: u8) -> Option<FoundHistory> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(by)
        // a row with a comma too many must not end the reading; it is counted as uneven
        .flexible(true)
        .from_reader(text.as_bytes());
    let head: Vec<String> = reader.headers().ok()?.iter().map(str::to_owned).collect();
    let columns = Columns::of(&head)?;
    let (mut records, mut check) = (Vec::new(), RowCheck::default());
    for row in reader.records() {
        // a row that cannot be read stood for a migration all the same
        let Ok(row) = row else {
            check.count(0, head.len());
            continue;
        };
        let line = row
            .position()
            .and_then(|place| usize::try_from(place.line()).ok());
        let cells: Vec<&str> = row.iter().collect();
        // sqlcmd rules below the head even where it separates by commas
        if cells.iter().all(|cell| is_rule(cell)) {
            continue;
        }
        if let [only] = cells.as_slice() {
            if let Some(rows) = read_footer(only) {
                check.end(rows);
                continue;
            }
            if is_screen_mark(only) {
                continue;
            }
        }
        if cells.iter().eq(&head) {
            // two tables in one file: which of them the footer counts is open
            check.count_head();
            continue;
        }
        let whole = check.count(cells.len(), head.len());
        records.extend(
            columns
                .read(&cells, line)
                .map(|record| doubt_cut_row(record, whole)),
        );
    }
    let incomplete = check
        .find_doubt()
        .or_else(|| find_open_end(text))
        .or_else(|| find_sign_of_a_part(text));
    columns.history(records, incomplete)
}

/// A row that lost cells may have lost what says how it ended.
fn doubt_cut_row(record: MigrationRecord, whole: bool) -> MigrationRecord {
    MigrationRecord {
        state: record.state.filter(|_| whole),
        ..record
    }
}

/// A line of a frame.
fn is_rule(line: &str) -> bool {
    let bare = line.trim();
    bare.len() > 1
        && bare.contains(['-', '='])
        && bare
            .chars()
            .all(|c| matches!(c, '-' | '+' | '|' | '=' | ' ' | ':'))
}

fn read_drawn(text: &str) -> Option<FoundHistory> {
    let mut columns: Option<(Columns, Vec<String>)> = None;
    let (mut records, mut check) = (Vec::new(), RowCheck::default());
    // rules in front of the head, under it, and whether the last of them ends the table
    let (mut rules, mut closed, mut boxed) = (0usize, false, false);
    for (index, line) in text.lines().enumerate() {
        let bare = line.trim();
        if line.len() > LINE {
            check.count(0, 1);
            continue;
        }
        if is_rule(bare) {
            rules += 1;
            boxed |= bare.starts_with('+');
            closed = check.has_rows();
            continue;
        }
        if let Some(rows) = read_footer(bare) {
            check.end(rows);
            continue;
        }
        let single = columns.as_ref().is_some_and(|(_, head)| head.len() == 1);
        // below a head of several columns a line without a pipe is talk
        if bare.is_empty() || !line.contains('|') && !single && (columns.is_some() || rules > 0) {
            continue;
        }
        let cells = split_drawn_row(bare);
        match &columns {
            None => {
                let head: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
                match Columns::of(&head) {
                    Some(found) => columns = Some((found, head)),
                    // what a tool says in front of its table has no pipe
                    None if !line.contains('|') => continue,
                    None => return None,
                }
            }
            Some((_, head)) if cells.iter().eq(head) => check.count_head(),
            // what stands below a table of one column and its end
            Some(_)
                if single
                    && (check.has_footer() || cells[0].contains(' ') || is_screen_mark(bare)) => {}
            Some((columns, head)) => {
                closed = false;
                let whole = check.count(cells.len(), head.len());
                records.extend(
                    columns
                        .read(&cells, Some(index + 1))
                        .map(|record| doubt_cut_row(record, whole)),
                );
            }
        }
    }
    let incomplete = check.find_doubt().or_else(|| {
        // psql and mysql count below, Flyway closes its box, and a file of plain rows ends its line
        let ended =
            check.has_footer() || boxed && closed || rules == 0 && find_open_end(text).is_none();
        let why = if boxed {
            "the last line of its frame is missing"
        } else if rules > 0 {
            "the line below the rows that counts them is missing"
        } else {
            "its last line has no end"
        };
        (!ended).then(|| why.to_owned())
    });
    let incomplete = incomplete.or_else(|| find_sign_of_a_part(text));
    columns?.0.history(records, incomplete)
}

fn split_drawn_row(bare: &str) -> Vec<&str> {
    let inner = bare.strip_prefix('|').unwrap_or(bare);
    inner
        .strip_suffix('|')
        .unwrap_or(inner)
        .split('|')
        .map(str::trim)
        .collect()
}

/// Which column tells what.
pub(super) struct Columns {
    name: usize,
    version: Option<usize>,
    description: Option<usize>,
    /// What kind of migration it is: Flyway lists its ways down too.
    kind: Option<usize>,
    part: Option<usize>,
    time: Option<usize>,
    state: Vec<(usize, String)>,
    /// Rows of Liquibase: the id, with its file as the part.
    file: Option<usize>,
    /// When it ended (Prisma): one that began and has none did not end well.
    finished: Option<usize>,
    /// The state column tells pending ones too.
    tells_pending: bool,
    /// The row is a version that stands for all before it.
    newest: bool,
    /// The only column is a version: what it stands for hangs on the tool.
    versions: bool,
    /// Nothing but the word *version* says that these are migrations.
    only_version: bool,
}

impl Columns {
    /// By the head; `None` when it is not one of migrations.
    pub(super) fn of(head: &[String]) -> Option<Self> {
        let head: Vec<String> = head
            .iter()
            .map(|cell| {
                cell.trim()
                    // a mark at the start of a file is what spreadsheets write
                    .trim_matches(['"', '`', '\u{feff}'])
                    .to_ascii_lowercase()
            })
            .collect();
        let find = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| head.iter().position(|cell| cell == name))
        };
        head.iter()
            .find(|cell| OF_MIGRATIONS.contains(&cell.as_str()))?;
        // Liquibase: `id` is the number of the change set and no number of a row
        let liquibase = find(&["dateexecuted"]).and(find(&["filename"]));
        // TypeORM keeps the time of the file in `timestamp` and the name beside it
        let typeorm = find(&["timestamp"]).and(find(&["name"]));
        let name = match (liquibase, typeorm) {
            (Some(_), _) => find(&["id"])?,
            (_, Some(name)) => name,
            _ => find(NAMES)?,
        };
        let state: Vec<(usize, String)> = STATES
            .iter()
            .filter_map(|state| Some((find(&[state])?, (*state).to_owned())))
            .collect();
        // these three tell of what waits too; tables of what ran have no pending rows
        let tells_pending = state
            .iter()
            .any(|(_, name)| matches!(name.as_str(), "state" | "status" | "ran?"));
        // golang-migrate keeps one row, Alembic one a branch
        let newest = matches!(head.as_slice(), [only] if only == "version_num")
            || (head.len() == 2 && find(&["dirty"]).is_some());
        let version = find(&["version", "version_id"]);
        Some(Self {
            name,
            version: version.filter(|at| *at != name),
            description: version.and(find(&["description"])),
            kind: version.and(find(&["category", "type"])),
            part: find(PARTS),
            time: find(TIMES),
            state,
            file: liquibase,
            // with both columns an empty end means a start without an end
            finished: find(&["started_at"]).and(find(&["finished_at"])),
            tells_pending,
            newest,
            versions: matches!(head.as_slice(), [only] if only == "version"),
            // a table of releases has a version as well; versions of migrations are numbers
            only_version: find(&["script", "checksum"]).is_none()
                && head
                    .iter()
                    .filter(|cell| OF_MIGRATIONS.contains(&cell.as_str()))
                    .all(|cell| cell == "version"),
        })
    }

    /// One row; `None` for a row about no migration.
    pub(super) fn read(&self, cells: &[&str], line: Option<usize>) -> Option<MigrationRecord> {
        let cell = |at: usize| {
            cells
                .get(at)
                .map(|cell| cell.trim())
                // psql prints nothing for null, mysql and others the word
                .filter(|cell| !cell.is_empty() && !cell.eq_ignore_ascii_case("null"))
        };
        let version = self.version.and_then(cell);
        let mut record = make_record(
            cell(self.name).or(version)?,
            Some(MigrationState::Applied),
            line,
        );
        record.description = self.description.and_then(cell).map(str::to_owned);
        record.version = version.map(str::to_owned);
        record.part = self.file.or(self.part).and_then(cell).map(str::to_owned);
        record.at = self.time.and_then(cell).and_then(parse_deployment_time);
        // Prisma: the row is written at the start
        if self.finished.is_some_and(|at| cell(at).is_none()) {
            record.state = Some(MigrationState::Failed);
        }
        for (at, name) in &self.state {
            if let Some(state) = read_state(name, cell(*at)) {
                record.state = state;
                // the first sign of trouble stands, whatever the next column says
                if state != Some(MigrationState::Applied) {
                    break;
                }
            }
        }
        read_way_down(record, self.kind.and_then(cell))
    }

    /// What the rows mean; `None` where a lone column of versions is not one of migrations.
    /// `incomplete`: why rows may be missing.
    pub(super) fn history(
        &self,
        records: Vec<MigrationRecord>,
        incomplete: Option<String>,
    ) -> Option<FoundHistory> {
        let digits =
            |record: &MigrationRecord| record.name.bytes().all(|byte| byte.is_ascii_digit());
        // `1.4.0` in a column `version` is a release
        if self.only_version && !records.iter().all(digits) {
            return None;
        }
        Some(FoundHistory {
            tool: None,
            scope: if self.newest {
                HistoryScope::UpTo
            } else if self.versions {
                HistoryScope::Versions
            } else if self.tells_pending {
                HistoryScope::Every
            } else {
                HistoryScope::AppliedOnly
            },
            incomplete,
            records,
        })
    }
}

/// A way down of Flyway has a row of its own: one that ran leaves open what is there, one that waits
/// says nothing.
pub(super) fn read_way_down(
    record: MigrationRecord,
    kind: Option<&str>,
) -> Option<MigrationRecord> {
    if !kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("undo")) {
        return Some(record);
    }
    // it waits to be called and is no gap in what ran
    (record.state != Some(MigrationState::Pending)).then_some(MigrationRecord {
        state: None,
        ..record
    })
}

/// What a cell of a column about the state says; `None` when it says nothing, `Some(None)` when it
/// says something that leaves the state open.
fn read_state(column: &str, cell: Option<&str>) -> Option<Option<MigrationState>> {
    use MigrationState::{Applied, Failed, Pending};
    let word = cell.map(str::to_ascii_lowercase);
    let either = |word: &str, yes: MigrationState, no: MigrationState| match word {
        "t" | "true" | "1" | "yes" | "y" => Some(yes),
        "f" | "false" | "0" | "no" | "n" => Some(no),
        // a value of a kind nobody knows leaves it open
        _ => None,
    };
    let Some(word) = word.as_deref() else {
        // a column that is there to say it, and does not
        let tells = matches!(
            column,
            "success" | "state" | "status" | "ran?" | "is_applied"
        );
        return tells.then_some(None);
    };
    match (column, word) {
        // it failed, and somebody told the tool so
        ("rolled_back_at", _) => Some(Some(Failed)),
        ("dirty", word) => Some(either(word, Failed, Applied)),
        ("success", word) => Some(either(word, Applied, Failed)),
        ("is_applied" | "ran?", word) => Some(either(word, Applied, Pending)),
        ("exectype", "failed") => Some(Some(Failed)),
        ("exectype", "executed" | "reran") => Some(Some(Applied)),
        // `SKIPPED` and `MARK_RAN` of Liquibase ran nothing, so what is there stays open
        ("exectype", _) => Some(None),
        ("state" | "status", word) => Some(read_state_word(word)),
        _ => None,
    }
}

/// The words of Flyway and of tools like it; `None` where the word leaves open what is there.
pub(super) fn read_state_word(word: &str) -> Option<MigrationState> {
    use MigrationState::{Applied, Failed, Pending};
    let word = word.trim().to_ascii_lowercase();
    // `Failed`, `Missing Failed` and `Future Failed` of Flyway
    if word.contains("failed") {
        return Some(Failed);
    }
    match word.as_str() {
        // Flyway will not run `ignored` ones, yet nothing of them is there
        "pending" | "down" | "above target" | "available" | "available (undo)" | "ignored"
        | "not applied" => Some(Pending),
        // its row was deleted by a repair, and what it did is there
        "deleted" => Some(Applied),
        // `missing` and `future` ran once, and their file is gone or not yet here
        "success" | "applied" | "up" | "ran" | "out of order" | "outdated" | "superseded"
        | "baseline" | "below baseline" | "missing" | "future" | "installed" => Some(Applied),
        _ => None,
    }
}
