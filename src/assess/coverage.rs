//! Joins what the checks took apart into the ledger, and holds back favourable facts that it does
//! not carry.
//!
//! The table of section 3 of the coverage rules: a favourable value is the one that restricts going
//! back least. It is said only if its row holds; else the fact stays unknown, with the places that
//! are open as its evidence, and its question is asked.

use crate::check::coverage::{DomainStanding, FileStanding, Ledger, Mark, tells_by_word};
use crate::check::database::Mechanism;
use crate::check::{ContractOutcome, DatabaseOutcome, StoredOutcome, SurroundingsOutcome};
use crate::model::Untrusted;
use crate::model::fact_key;
use crate::model::{
    Coverage, CoverageDomain as Domain, Evidence, Fact, FactValue, FileChange, FileKind, OpenPlace,
    Operation, OperationKind, Snapshot, Unchecked,
};

/// Open places that are listed among what could not be checked, a domain.
const LISTED: usize = 8;

/// So many open places without a sign of their own are named one by one.
const PLAIN: usize = 4;

/// Open places that are given as evidence of a fact that stays unknown.
const PLACES: usize = 12;

/// Everything that favourable facts rest on. `None` while it is not read yet.
pub(super) struct Grounds<'a> {
    pub ledger: Option<&'a Ledger>,
    pub mechanism: Option<&'a Mechanism>,
    /// Files outside `--path`.
    pub outside: u64,
}

/// The change that a text such as `path` or `path:12` points at, and the line.
fn find_change_by_reference<'a>(
    what: &str,
    changes: &'a [FileChange],
) -> Option<(&'a str, Option<usize>)> {
    let (path, line) = match what.rsplit_once(':') {
        Some((path, line))
            if !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            (path, line.parse().ok())
        }
        _ => (what, None),
    };
    let same = |change: &&FileChange| {
        let shown = |one: &str| Untrusted::from(one).shown() == path;
        shown(&change.path) || change.old_path.as_deref().is_some_and(shown)
    };
    changes
        .iter()
        .find(same)
        .map(|change| (change.path.as_str(), line))
}

fn open_marks(unchecked: &[Unchecked], changes: &[FileChange], domains: &[Domain]) -> Vec<Mark> {
    let mut out = Vec::new();
    for entry in unchecked {
        if let Some((path, line)) = find_change_by_reference(entry.what.as_raw(), changes) {
            out.extend(
                domains
                    .iter()
                    .map(|domain| Mark::open(path, *domain, line, entry.why.as_raw())),
            );
        }
    }
    out
}

/// What the database checks took apart.
pub(super) fn database_marks(
    outcome: &DatabaseOutcome,
    changes: &[FileChange],
    current: &dyn Snapshot,
) -> Vec<Mark> {
    let mut out = Vec::new();
    for migration in &outcome.migrations {
        let unread: Option<&Operation> = migration
            .operations
            .iter()
            .find(|operation| operation.kind == OperationKind::Unknown);
        for domain in [Domain::Schema, Domain::StoredForm] {
            out.push(match unread {
                Some(operation) => Mark::open(
                    &migration.file,
                    domain,
                    Some(operation.line),
                    operation.why.clone(),
                ),
                None => Mark::judged(&migration.file, domain),
            });
            out.extend(
                migration
                    .down
                    .path
                    .iter()
                    .map(|path| Mark::judged(path, domain)),
            );
        }
    }
    // what a tool keeps of the schema is held against the migrations beside it
    if !outcome.migrations.is_empty() {
        let folder = |path: &str| {
            path.rsplit_once('/')
                .map_or(String::new(), |(folder, _)| format!("{folder}/"))
        };
        let beside = |change: &&FileChange| {
            let name = change
                .path
                .rsplit('/')
                .next()
                .unwrap_or(&change.path)
                .to_ascii_lowercase();
            // a dump of the whole schema above the folder of its migrations, and what tools write
            // beside them
            let dump = matches!(name.as_str(), "schema.sql" | "structure.sql");
            let beside = dump
                && outcome
                    .migrations
                    .iter()
                    .any(|migration| migration.file.starts_with(&folder(&change.path)));
            let own = matches!(
                name.as_str(),
                "alembic.ini"
                    | "migration_lock.toml"
                    | "atlas.sum"
                    | "sqitch.plan"
                    | "_journal.json"
                    | "__init__.py"
            ) || name.starts_with(".snapshot-")
                || change.path.contains(".sqlx/query-");
            change.kind == FileKind::Database
                && (beside || own || crate::check::database::is_kept_schema(&change.path, current))
        };
        for change in changes.iter().filter(beside) {
            out.extend(
                [Domain::Schema, Domain::StoredForm]
                    .map(|domain| Mark::judged(&change.path, domain)),
            );
        }
    }
    out.extend(open_marks(&outcome.unchecked, changes, &[Domain::Schema]));
    out
}

/// What the contract checks took apart.
pub(super) fn contract_marks(outcome: &ContractOutcome, changes: &[FileChange]) -> Vec<Mark> {
    let mut out = Vec::new();
    for contract in &outcome.contracts {
        out.push(Mark::judged(&contract.path, Domain::Contract));
        out.push(Mark::judged(&contract.path, Domain::StoredForm));
    }
    out.extend(open_marks(&outcome.unchecked, changes, &[Domain::Contract]));
    out
}

/// What the checks of stored forms saw and could not judge. They look for certain forms only, so a
/// file without a word is not taken apart.
pub(super) fn stored_marks(outcome: &StoredOutcome, changes: &[FileChange]) -> Vec<Mark> {
    open_marks(&outcome.unchecked, changes, &[Domain::StoredForm])
}

/// What the checks of the surroundings took apart: files of a form that they read, and that none of
/// them gave up on.
pub(super) fn surroundings_marks(
    outcome: &SurroundingsOutcome,
    changes: &[FileChange],
) -> Vec<Mark> {
    let unchecked = &outcome.unchecked;
    let read = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        let end = name.rsplit('.').next().unwrap_or_default();
        name.starts_with(".env")
            || matches!(
                end,
                "yaml"
                    | "yml"
                    | "json"
                    | "ini"
                    | "cfg"
                    | "conf"
                    | "toml"
                    | "properties"
                    | "env"
                    | "envrc"
            )
    };
    let mut out = Vec::new();
    for change in changes {
        // files of infrastructure are judged line by line where they are scanned
        if change.kind == FileKind::Config && read(&change.path) {
            out.push(Mark::judged(&change.path, Domain::Configuration));
        }
    }
    // nothing of a definition is about tables, and what it says of objects was compared
    for path in &outcome.definitions {
        out.extend(
            [
                Domain::Schema,
                Domain::StoredForm,
                Domain::Contract,
                Domain::Configuration,
            ]
            .map(|domain| Mark::judged(path, domain)),
        );
    }
    let of_kind = |wanted: FileKind| -> Vec<FileChange> {
        changes
            .iter()
            .filter(|change| change.kind == wanted)
            .cloned()
            .collect()
    };
    out.extend(open_marks(
        unchecked,
        &of_kind(FileKind::Config),
        &[Domain::Configuration],
    ));
    out.extend(open_marks(
        unchecked,
        &of_kind(FileKind::Infrastructure),
        &[Domain::Infrastructure],
    ));
    out
}

/// Open places that belong among what could not be checked: those with a sign of their own, the
/// most telling of each domain.
pub(super) fn unchecked_places(ledger: &Ledger, known: &[Unchecked]) -> Vec<Unchecked> {
    let mut out: Vec<Unchecked> = Vec::new();
    for domain in Domain::ALL {
        // a few files are named though nothing in them stands out: a person looks at three sooner
        // than at a number
        let telling = join_places(ledger.named_places(domain, PLAIN));
        let beyond = telling.iter().skip(LISTED);
        let more: usize = beyond.map(|(_, others)| 1 + others.len()).sum();
        for (place, others) in telling.into_iter().take(LISTED) {
            let what = format_open_place(&place);
            if known
                .iter()
                .chain(&out)
                .any(|entry| entry.what == what && entry.why.as_raw().contains(place.why.as_raw()))
            {
                continue;
            }
            out.push(Unchecked {
                what: what.into(),
                why: format!(
                    "{}: {}{}",
                    domain.title(),
                    place.why.shown(),
                    name_others(&others)
                )
                .into(),
                settle_with: Some(settle_with(domain).into()),
            });
        }
        if more > 0 {
            let files = if more == 1 {
                "1 more file".to_owned()
            } else {
                format!("{more} more files")
            };
            out.push(Unchecked {
                what: format!("{files} ({})", domain.title()).into(),
                why: "they could matter on the way back, and nobody looked into them".into(),
                settle_with: Some("backout assess --why-open PATH says why a file is open".into()),
            });
        }
    }
    out
}

/// Places that show the same word are one line, at the first of them; each other place is its own.
fn join_places(places: Vec<OpenPlace>) -> Vec<(OpenPlace, Vec<OpenPlace>)> {
    let mut joined: Vec<(OpenPlace, Vec<OpenPlace>)> = Vec::new();
    for place in places {
        let same = joined
            .iter_mut()
            .find(|(first, _)| tells_by_word(place.why.as_raw()) && first.why == place.why);
        match same {
            Some((_, others)) => others.push(place),
            None => joined.push((place, Vec::new())),
        }
    }
    joined
}

/// `; the same in lib/a.go:3, lib/b.go:4 and 7 more files`.
fn name_others(others: &[OpenPlace]) -> String {
    /// Most that are named.
    const NAMED: usize = 3;
    if others.is_empty() {
        return String::new();
    }
    let mut named: Vec<String> = others.iter().take(NAMED).map(format_open_place).collect();
    match others.len().saturating_sub(NAMED) {
        0 => {}
        1 => named.push("1 more file".to_owned()),
        more => named.push(format!("{more} more files")),
    }
    let last = named.pop().unwrap_or_default();
    let list = if named.is_empty() {
        last
    } else {
        format!("{} and {last}", named.join(", "))
    };
    format!("; the same in {list}")
}

fn settle_with(domain: Domain) -> &'static str {
    match domain {
        Domain::Schema => "read the change and say whether it changes the schema",
        Domain::StoredForm => {
            "check whether the previous release can read what this writes, or ask somebody who \
                knows"
        }
        Domain::Contract => {
            "check whether others already call or read what is new, or ask who does"
        }
        Domain::Configuration => "compare the settings with those of production",
        Domain::Infrastructure => {
            "look at what applying the previous release would remove, replace or shrink (the plan \
                or the diff of your tool)"
        }
    }
}

/// `path:line`, with control characters visible.
fn format_open_place(place: &OpenPlace) -> String {
    match place.line {
        Some(line) => format!("{}:{line}", place.path.shown()),
        None => place.path.shown().into_owned(),
    }
}

impl Grounds<'_> {
    /// Whether nothing of a domain is open; `false` while it is not read.
    fn closed(&self, domain: Domain) -> bool {
        self.outside == 0 && self.ledger.is_some_and(|ledger| !ledger.is_open(domain))
    }

    /// A change of the schema would have been seen: by a mechanism that is read, or because no file
    /// of the range could be one.
    fn schema_seen(&self) -> bool {
        let nothing_could = || {
            self.ledger.is_some_and(|ledger| {
                ledger
                    .files
                    .iter()
                    .all(|file| !could_change_schema(&file.standings[Domain::Schema.index()]))
            })
        };
        self.closed(Domain::Schema)
            && (self
                .mechanism
                .is_some_and(|mechanism| mechanism.would_be_seen)
                || nothing_could())
    }

    /// Whether a changed file of settings or infrastructure sets nothing for the program, by a rule
    /// of the ledger.
    pub(super) fn sets_nothing(&self, path: &str) -> bool {
        let cannot = |file: &FileStanding, domain: Domain| {
            matches!(file.standings[domain.index()], DomainStanding::Cannot(_))
        };
        self.ledger
            .and_then(|ledger| ledger.file(path))
            .is_some_and(|file| {
                cannot(file, Domain::Configuration) && cannot(file, Domain::Infrastructure)
            })
    }

    /// Holds back one fact if its row does not hold.
    pub(super) fn hold_back(&self, fact: Fact) -> Fact {
        let Some(word) = fact.value.as_word() else {
            return fact;
        };
        let holds = match (fact.key.as_str(), word) {
            (fact_key::DATABASE_SCHEMA, "none" | "tweak")
            | (fact_key::DATABASE_OLD_CODE, "safe")
            | (fact_key::DATABASE_START_GATE, "no")
            | (fact_key::DATABASE_VIEWS_ON_NEW, "no")
            | (fact_key::DATABASE_DATA_MIGRATED, "no") => self.schema_seen(),
            (fact_key::CONTRACT_WAY_BACK | fact_key::CONTRACT_STORED, "compatible") => {
                self.closed(Domain::Contract)
            }
            (fact_key::CONFIG_NEWER_THAN_PREVIOUS, "no") => {
                self.closed(Domain::Configuration) && self.closed(Domain::Infrastructure)
            }
            _ => true,
        };
        if holds {
            return fact;
        }
        let domains: &[Domain] = match fact.key.split('.').next() {
            Some("contract") => &[Domain::Contract],
            Some("config") => &[Domain::Configuration, Domain::Infrastructure],
            _ => &[Domain::Schema],
        };
        let rows = self
            .ledger
            .map(|ledger| ledger.rows(None))
            .unwrap_or_default();
        let rows: Vec<&Coverage> = domains
            .iter()
            .filter_map(|domain| rows.get(domain.index()))
            .collect();
        let places: Vec<&OpenPlace> = rows.iter().flat_map(|row| &row.places).collect();
        let evidence: Vec<Evidence> = places
            .iter()
            .take(PLACES)
            .map(|place| Evidence {
                path: Some(place.path.as_raw().into()),
                line: place.line,
                ..Evidence::default()
            })
            .collect();
        Fact {
            value: FactValue::Unknown,
            evidence,
            source: Some(self.why_unknown(domains, &rows).into()),
            ..fact
        }
    }

    fn why_unknown(&self, domains: &[Domain], rows: &[&Coverage]) -> String {
        if self.ledger.is_none() {
            return "not read yet".to_owned();
        }
        if self.outside > 0 {
            let files = if self.outside == 1 {
                "1 changed file lies".to_owned()
            } else {
                format!("{} changed files lie", self.outside)
            };
            return format!("not known: {files} outside the paths given with --path");
        }
        match rows.iter().find_map(|row| row.places.first()) {
            Some(first) => {
                let count: u64 = rows.iter().map(|row| row.open).sum();
                if count == 1 {
                    return format!(
                        "not known: 1 changed file that could matter was not examined: {} ({})",
                        format_open_place(first),
                        first.why
                    );
                }
                format!(
                    "not known: {count} changed files that could matter were not examined; the \
                        first is {} ({})",
                    format_open_place(first),
                    first.why
                )
            }
            None => match self.mechanism {
                Some(mechanism) if domains == [Domain::Schema] => {
                    format!("not known: {}", mechanism.says)
                }
                _ => "not known, because nobody looked".to_owned(),
            },
        }
    }

    /// `database.new_form_rows`, where it is known without asking: nothing in the range could have
    /// written a new form.
    pub(super) fn new_form(&self) -> Option<Fact> {
        self.closed(Domain::StoredForm).then(|| {
            let nothing = self.ledger.is_some_and(|ledger| {
                ledger.files.iter().all(|file| {
                    matches!(
                        file.standings[Domain::StoredForm.index()],
                        DomainStanding::Cannot(_)
                    )
                })
            });
            // a migration that was taken apart may still have made room for what only current
            // writes
            nothing.then(|| {
                Fact::derived(fact_key::DATABASE_NEW_FORM_ROWS, FactValue::word("no"))
                    .with_source("nothing that changed in this range can write data in a new form")
            })
        })?
    }
}

/// Why nobody would see a change of the schema, where no open file says it: program text changed,
/// and how it changes the schema is not known.
pub(super) fn unseen_schema(ledger: &Ledger, mechanism: &Mechanism) -> Option<String> {
    let could = ledger
        .files
        .iter()
        .any(|file| could_change_schema(&file.standings[Domain::Schema.index()]));
    (!mechanism.would_be_seen && could && !ledger.is_open(Domain::Schema))
        .then(|| mechanism.says.clone())
}

fn could_change_schema(standing: &DomainStanding) -> bool {
    use crate::model::CannotRule as Rule;
    match standing {
        DomainStanding::Cannot(rule) => *rule == Rule::NoSchemaSign,
        DomainStanding::Judged => false,
        DomainStanding::Open(_) => true,
    }
}

#[cfg(test)]
#[path = "coverage/tests.rs"]
mod tests;
