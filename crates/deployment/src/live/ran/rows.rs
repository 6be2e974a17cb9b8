//! Tables of migrations: comma, tab and pipe between the columns, with a head.
//!
//! Comma and tab are read by the `csv` library; what psql, mysql and Flyway draw with pipes has no
//! library and is split here.

use model::{HistoryScope, MigrationRecord, MigrationState};

use super::{FoundHistory, make_record};
use crate::live::time::parse_deployment_time;

/// Longest line of a drawn table, in bytes.
const LINE: usize = 8_000;

/// Columns by what they tell; the head is compared without case and blanks.
const NAMES: &[&str] = &[
    "migration",
    "migration_name",
    "migrationid",
    "migration_id",
    "name",
    "filename",
    "script",
    "id",
    "version_num",
    "version_id",
    "version",
    "script_name",
    "scriptname",
    "change_id",
];
const PARTS: &[&str] = &["app"];
const TIMES: &[&str] = &[
    "installed_on",
    "installedon",
    "installedonutc",
    "installed on",
    "applied",
    "applied_at",
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
    "executed_at",
];

/// Reads a table; `None` when the text is none, or one of something else.
pub(super) fn read_rows(text: &str) -> Option<FoundHistory> {
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    if first.contains('\t') {
        return read_separated(text, b'\t');
    }
    if text.lines().take(50).any(|line| line.contains('|')) {
        return read_drawn(text);
    }
    if first.contains(';') && !first.contains(',') {
        return read_separated(text, b';');
    }
    read_separated(text, b',')
}

fn read_separated(text: &str, by: u8) -> Option<FoundHistory> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(by)
        .flexible(true)
        .from_reader(text.as_bytes());
    let head: Vec<String> = reader.headers().ok()?.iter().map(str::to_owned).collect();
    let columns = Columns::of(&head)?;
    let mut records = Vec::new();
    for row in reader.records() {
        let Ok(row) = row else { continue };
        let line = row
            .position()
            .and_then(|place| usize::try_from(place.line()).ok());
        let cells: Vec<&str> = row.iter().collect();
        records.extend(columns.read(&cells, line));
    }
    columns.history(records)
}

fn read_drawn(text: &str) -> Option<FoundHistory> {
    let mut columns: Option<Columns> = None;
    let mut records = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let bare = line.trim();
        let rule = bare
            .chars()
            .all(|c| matches!(c, '-' | '+' | '|' | '=' | ' '));
        if line.len() > LINE || rule || !line.contains('|') {
            continue;
        }
        let inner = bare.strip_prefix('|').unwrap_or(bare);
        let cells: Vec<&str> = inner
            .strip_suffix('|')
            .unwrap_or(inner)
            .split('|')
            .map(str::trim)
            .collect();
        match &columns {
            None => {
                let head: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
                columns = Columns::of(&head);
                columns.as_ref()?;
            }
            Some(columns) => records.extend(columns.read(&cells, Some(index + 1))),
        }
    }
    columns?.history(records)
}

/// Which column tells what.
pub(super) struct Columns {
    name: usize,
    version: Option<usize>,
    part: Option<usize>,
    time: Option<usize>,
    state: Vec<(usize, String)>,
    /// Rows of Liquibase: the id, with its file as the part.
    file: Option<usize>,
    /// When it ended (Prisma): one that began and has none did not end well.
    finished: Option<usize>,
    /// The state column tells pending ones too.
    tells_pending: bool,
    /// The only column is a version that stands for all before it.
    newest: bool,
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
        let liquibase = find(&["dateexecuted"]).and(find(&["filename"]));
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
        let tells_pending = state
            .iter()
            .any(|(_, name)| matches!(name.as_str(), "state" | "status" | "ran?"));
        // golang-migrate keeps one row, Alembic one a branch
        let newest = matches!(head.as_slice(), [only] if only == "version_num")
            || (head.len() == 2 && find(&["dirty"]).is_some());
        Some(Self {
            name,
            version: find(&["version", "version_id"]).filter(|at| *at != name),
            part: find(PARTS),
            time: find(TIMES),
            state,
            file: liquibase,
            finished: find(&["started_at"]).and(find(&["finished_at"])),
            tells_pending,
            newest,
            only_version: head
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
                .filter(|cell| !cell.is_empty() && !cell.eq_ignore_ascii_case("null"))
        };
        let version = self.version.and_then(cell);
        let mut record = make_record(cell(self.name).or(version)?, MigrationState::Applied, line);
        if record.name.starts_with('(') && record.name.contains("row") {
            return None;
        }
        record.version = version.map(str::to_owned);
        record.part = self.file.or(self.part).and_then(cell).map(str::to_owned);
        record.at = self.time.and_then(cell).and_then(parse_deployment_time);
        if self.finished.is_some_and(|at| cell(at).is_none()) {
            record.state = MigrationState::Failed;
        }
        for (at, name) in &self.state {
            if let Some(state) = read_state(name, cell(*at)) {
                record.state = state;
                if state != MigrationState::Applied {
                    break;
                }
            }
        }
        Some(record)
    }

    /// What the rows mean; `None` where a lone column of versions is not one of migrations.
    pub(super) fn history(&self, records: Vec<MigrationRecord>) -> Option<FoundHistory> {
        let digits =
            |record: &MigrationRecord| record.name.bytes().all(|byte| byte.is_ascii_digit());
        if self.only_version && !records.iter().all(digits) {
            return None;
        }
        Some(FoundHistory {
            tool: None,
            scope: if self.newest {
                HistoryScope::UpTo
            } else if self.tells_pending {
                HistoryScope::Every
            } else {
                HistoryScope::AppliedOnly
            },
            records,
        })
    }
}

/// What a cell of a column about the state says; `None` when it says nothing.
fn read_state(column: &str, cell: Option<&str>) -> Option<MigrationState> {
    use MigrationState::{Applied, Failed, Pending};
    let word = cell.map(str::to_ascii_lowercase);
    let yes = |word: &str| matches!(word, "t" | "true" | "1" | "yes");
    match (column, word.as_deref()) {
        ("rolled_back_at", Some(_)) => Some(Pending),
        ("rolled_back_at", None) => None,
        ("dirty", Some(word)) if yes(word) => Some(Failed),
        ("success", Some(word)) => Some(if yes(word) { Applied } else { Failed }),
        ("is_applied", Some(word)) => Some(if yes(word) { Applied } else { Pending }),
        ("ran?", Some(word)) => Some(if yes(word) { Applied } else { Pending }),
        ("exectype", Some("failed")) => Some(Failed),
        ("exectype", Some("skipped")) => Some(Pending),
        ("state" | "status", Some(word)) => read_state_word(word),
        _ => None,
    }
}

/// The words of Flyway and of tools like it.
pub(super) fn read_state_word(word: &str) -> Option<MigrationState> {
    use MigrationState::{Applied, Failed, Pending};
    let word = word.to_ascii_lowercase();
    if word.contains("failed") {
        return Some(Failed);
    }
    match word.trim() {
        "pending" | "down" | "above target" | "undone" | "available" | "available (undo)"
        | "deleted" | "ignored" | "not applied" => Some(Pending),
        "success" | "applied" | "up" | "ran" | "out of order" | "outdated" | "superseded"
        | "baseline" | "below baseline" | "missing" | "future" | "installed" => Some(Applied),
        _ => None,
    }
}
