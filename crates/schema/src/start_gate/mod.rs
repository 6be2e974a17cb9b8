//! Would the previous release start on this schema? By the habit of its migration tool, if the
//! release runs the tool when it starts; and by guards of the program's own, read from the way up
//! to where they stop or only tell.

mod call;
mod edited;
mod guarded;
mod known;
mod own_version;
mod product_version;
mod read_version;
mod settled;
mod told_refusal;

pub use edited::{find_repaired_edit, find_unexplained_edit};
pub use product_version::find_product_gates;

use std::collections::BTreeSet;

use super::checks;
use super::layout::Manifest;
use super::set::Set;
use crate::tool::declaration::Habit;
use crate::tool::find_tool;
use crate::tree_path::{file_name, find_parent_folder};
use coverage::ReleaseRange;
use model::{Confidence, Evidence, Finding, Framework, Hit, MigrationChange, Severity, Unchecked};

pub use call::is_start_file;

/// Words of a guard's message, and words that must stand on the same line.
const GUARDS: [&str; 9] = [
    "greater than the latest",
    "latest known",
    "is newer than",
    "newer than this",
    "newer than supported",
    "too new",
    "newer schema",
    "from the future",
    "database is newer",
];
const GUARDED: [&str; 5] = ["schema", "database", "migration", "db version", "dbversion"];

/// Names of the version that a database holds, as programs write them.
const STORED: [&str; 13] = [
    "schema_info",
    "schema_version",
    "schemaversion",
    "db_version",
    "dbversion",
    "database_version",
    "databaseversion",
    "user_version",
    "schema_level",
    "schemalevel",
    "compat_version",
    "migration_version",
    "migrationversion",
];

/// Calls that list or number the migrations that ran, of tools that stop at nothing themselves: a
/// program builds its own guard on them.
const LISTINGS: [&str; 18] = [
    "getappliedmigrations",
    "applied_migrations",
    "appliedmigrations",
    "get_applied",
    "list_applied",
    "migration_context.current_version",
    "context.current_version",
    "migrator.current_version",
    "getdbversion",
    ".executed(",
    "executedmigrations",
    "getexecutedmigrations",
    "get_current_revision",
    "get_current_head",
    "get_all_versions",
    "migrate.currentversion",
    "info().current",
    "info().applied",
];

/// Settings by which Flyway is told which unknown migrations it passes over.
const PASSED_OVER: [&str; 6] = [
    "ignore-migration-patterns",
    "ignoremigrationpatterns",
    "ignore_migration_patterns",
    "ignorefuturemigrations",
    "ignore-future-migrations",
    "ignore_future_migrations",
];

/// Calls by which Flyway forgets what it does not know.
const REPAIRS: [&str; 5] = [
    "repair-at-start",
    "flyway.repair(",
    "flyway repair",
    "flyway:repair",
    "flywayrepair",
];

/// In the sentence about a comparison that was not understood.
const NOT_UNDERSTOOD: &str = "whether it refuses to start on a newer one was not understood";

/// What a word that is looked for says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StartGateSign {
    /// A call of a tool.
    Call(Framework),
    /// The tool's name in quotes, in a list of arguments.
    Argument(Framework),
    /// An option by which the program tells a tool to stop at what it does not know.
    Refuses(Framework),
    /// An option by which the program tells a tool to go on at what it does not know.
    Tolerates(Framework),
    /// Flyway's repair.
    Repair,
    /// The message of a guard.
    Message,
    /// A folder of migrations that no known tool runs, in a string of the program.
    Folder,
    /// The table in which a tool keeps what ran.
    Applied,
    /// The version that is stored, or a constant or list that is held against it.
    Version,
}

/// What is looked for in the previous release.
pub struct Signs {
    signs: Vec<StartGateSign>,
    known: known::GrowingNames,
    /// Tools that refuse what they do not know, of which the previous release has something.
    strict: Vec<Framework>,
    /// The words, in small letters.
    pub words: Vec<String>,
    migrates: bool,
    /// A migration of which no tool with a known habit is the owner.
    own: Option<String>,
}

impl Signs {
    /// What the word of a hit is a sign of.
    fn sign_of(&self, hit: &Hit) -> Option<StartGateSign> {
        self.signs.get(hit.word).copied()
    }

    /// For the tools whose migrations are new in the range, and for constants and lists that grow
    /// in it.
    pub fn of<'s>(
        sets: impl Iterator<Item = &'s Set>,
        range: &ReleaseRange<'_>,
        old: &Manifest,
    ) -> Self {
        let (mut tools, mut strict) = (BTreeSet::new(), BTreeSet::new());
        let (mut own, mut folders) = (None, BTreeSet::new());
        for set in sets.filter(|set| {
            set.units.iter().any(|unit| {
                unit.change == MigrationChange::Added && crate::played_set::is_played(unit)
            })
        }) {
            tools.insert(set.framework);
            let record = find_tool(set.framework).record();
            if let Some(unit) = set
                .units
                .first()
                // no tool with a known habit runs this folder, so the program does it itself
                .filter(|_| record.habit == Habit::Unknown && set.before.replayed)
            {
                own.get_or_insert_with(|| unit.path.clone());
                let folder = file_name(find_parent_folder(&unit.found.place.path)).to_lowercase();
                // `db` and `v1` occur in any text
                folders.extend(Some(folder).filter(|folder| folder.len() > 2));
            }
            // A tool that is guessed from names of files is none of the previous release, unless
            // that has files or the tool as well.
            let there =
                set.before.replayed || record.start.packages.iter().any(|word| old.mentions(word));
            if there && record.habit == Habit::Refuses {
                strict.insert(set.framework);
            }
        }
        let known = known::GrowingNames::of(range);
        let mut found: Vec<(StartGateSign, String)> = Vec::new();
        for tool in &strict {
            found.extend(
                find_tool(*tool)
                    .record()
                    .start
                    .calls
                    .iter()
                    .map(|word| (StartGateSign::Call(*tool), (*word).to_owned())),
            );
            found.extend(
                call::list_quoted_commands(*tool)
                    .map(|word| (StartGateSign::Argument(*tool), word)),
            );
        }
        for tool in &strict {
            found.extend(
                call::list_tolerating_options(*tool)
                    .iter()
                    .map(|(word, _)| (StartGateSign::Tolerates(*tool), (*word).to_owned())),
            );
        }
        for tool in [Framework::Gormigrate, Framework::Xormigrate] {
            if tools.contains(&tool) {
                let word = "validateunknownmigrations".to_owned();
                found.push((StartGateSign::Refuses(tool), word));
            }
        }
        if tools.contains(&Framework::Flyway) {
            let settings = PASSED_OVER.iter().map(|word| (*word).to_owned());
            found.extend(settings.map(|word| (StartGateSign::Refuses(Framework::Flyway), word)));
            found.extend(
                REPAIRS
                    .iter()
                    .map(|word| (StartGateSign::Repair, (*word).to_owned())),
            );
        }
        // without a new migration no newer schema can be there
        if !tools.is_empty() {
            found.extend(list_signs_of_guards(&tools));
        }
        found.extend(
            folders
                .into_iter()
                .map(|folder| (StartGateSign::Folder, folder)),
        );
        found.extend(
            known
                .names()
                .map(|name| (StartGateSign::Version, name.to_lowercase())),
        );
        let (signs, words) = found.into_iter().unzip();
        Self {
            signs,
            words,
            known,
            strict: strict.into_iter().collect(),
            migrates: !tools.is_empty(),
            own,
        }
    }
}

/// Words of guards, of what they compare, and the tables in which the tools keep what ran.
fn list_signs_of_guards(tools: &BTreeSet<Framework>) -> Vec<(StartGateSign, String)> {
    let sign = |sign: StartGateSign, words: &[&str]| -> Vec<(StartGateSign, String)> {
        words
            .iter()
            .map(|word| (sign, (*word).to_owned()))
            .collect()
    };
    let mut found = sign(StartGateSign::Message, &GUARDS);
    found.extend(sign(StartGateSign::Version, &STORED));
    found.extend(sign(StartGateSign::Applied, &LISTINGS));
    let tables = tools.iter().map(|tool| find_tool(*tool).record().table);
    found.extend(
        tables
            // a short name stands in any text
            .filter(|table| table.len() > 4)
            .map(|table| (StartGateSign::Applied, table.to_lowercase())),
    );
    found
}

pub use settled::settle_by_what_is_live;

/// A finding about the start of the previous release.
pub struct StartGateFinding {
    /// The finding.
    pub finding: Finding,
    /// It is about a refusal; otherwise a history is repaired.
    pub stops: bool,
    /// The tool that the previous release is seen to run itself.
    pub runs: Option<Framework>,
    /// The number that the previous release knows, and that of the newer one, where every refusal
    /// rests on them.
    pub knows: Option<(u64, u64)>,
}

impl StartGateFinding {
    fn stops(finding: Finding, runs: Option<Framework>) -> Self {
        Self {
            finding,
            stops: true,
            runs,
            knows: None,
        }
    }
}

/// The findings about the start, and comparisons that were not understood. `hits` are places of the
/// words of `signs`.
pub fn find_start_gates(
    signs: &Signs,
    hits: &[Hit],
    range: &ReleaseRange<'_>,
) -> (Vec<StartGateFinding>, Vec<Unchecked>) {
    let version = range.previous_version;
    let (guarded, mut unchecked, judged) = guarded::find_guarded_gates(signs, hits, range);
    unchecked.extend(read_version::find_unread_stops(signs, hits, range, &judged));
    let mut out: Vec<StartGateFinding> = guarded
        .into_iter()
        .map(|(finding, knows)| StartGateFinding {
            // a comparison that was not understood may refuse as well
            knows: knows.filter(|_| unchecked.is_empty()),
            ..StartGateFinding::stops(finding, None)
        })
        .collect();
    out.extend(find_told_refusal(signs, hits, version));
    let run = |tool: &Framework| find_run_gate(*tool, signs, hits, range);
    out.extend(signs.strict.iter().map(run));
    out.extend(find_history_repair(signs, hits, version));
    // what blocks is told first
    out.sort_by_key(|gate| gate.finding.severity);
    (out, unchecked)
}

/// The program tells a tool to refuse what the tool does not know.
fn find_told_refusal(signs: &Signs, hits: &[Hit], version: &str) -> Option<StartGateFinding> {
    let (hit, tool) = hits.iter().find_map(|hit| match signs.sign_of(hit) {
        Some(StartGateSign::Refuses(tool))
            if !is_comment_line(&hit.text) && tells_to_refuse(tool, &hit.text) =>
        {
            Some((hit, tool))
        }
        _ => None,
    })?;
    let says = format!(
        "{version} tells {} to stop at a version that it does not know",
        tool.id()
    );
    let places = vec![make_gate_evidence(hit)];
    let gate = make_gate_finding(Severity::Blocks, Confidence::Proven, version, says, places);
    Some(StartGateFinding::stops(gate, Some(tool)))
}

/// Whether the value beside an option makes the tool stop at what it does not know.
fn tells_to_refuse(tool: Framework, line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    if tool != Framework::Flyway {
        return !line.contains("false");
    }
    // by default it passes over migrations of the future; a list without them replaces the default
    if line.contains("future-migrations")
        || line.contains("futuremigrations")
        || line.contains("future_migrations")
    {
        return line.contains("false");
    }
    !line.contains(":future") && !line.contains("*:*")
}

/// A tool that refuses what it does not know: what it does at the start of the previous release.
fn find_run_gate(
    tool: Framework,
    signs: &Signs,
    hits: &[Hit],
    range: &ReleaseRange<'_>,
) -> StartGateFinding {
    let version = range.previous_version;
    let sign = |hit: &Hit| match signs.sign_of(hit) {
        Some(StartGateSign::Call(other)) if other == tool => Some(false),
        Some(StartGateSign::Argument(other)) if other == tool => Some(true),
        _ => None,
    };
    let called: Vec<&Hit> = hits
        .iter()
        .filter(|hit| {
            sign(hit).is_some_and(|argument| call::runs_up(range.previous, hit, argument))
        })
        .collect();
    let (id, table) = (tool.id(), find_tool(tool).record().table);
    // an option that tolerates goes before every call: the tool does not stop then
    if let Some(hit) = find_tolerance(tool, signs, hits) {
        return tell_tolerance(id, hit, version);
    }
    let Some(first) = called.first() else {
        let says = format!(
            "{id} stops when {table} holds a version that it does not know, if {version} runs it at its start"
        );
        let gate = make_gate_finding(
            Severity::Warns,
            Confidence::Likely,
            version,
            says,
            Vec::new(),
        );
        return StartGateFinding::stops(gate, None);
    };
    let mut places: Vec<Evidence> = called
        .iter()
        .take(4)
        .map(|hit| make_gate_evidence(hit))
        .collect();
    let switch = called
        .iter()
        .find_map(|hit| call::find_run_switch(range.previous, hit));
    let gate = match switch {
        Some((name, line)) => {
            let says = format!(
                "{version} runs {id} itself, which stops at a version in {table} that it does not know, unless {name} keeps the tool from running ({}:{line})",
                first.path
            );
            places.insert(
                1,
                Evidence::at(first.path.as_str(), line).with_switch(&name),
            );
            let mut gate =
                make_gate_finding(Severity::Warns, Confidence::Proven, version, says, places);
            gate.action = format!(
                "Start {version} with {name} set so that it leaves the schema alone, and try it on one instance first."
            ).into();
            gate
        }
        None => {
            let says = format!(
                "{version} runs {id} itself, which stops at a version in {table} that it does not know"
            );
            make_gate_finding(Severity::Blocks, Confidence::Proven, version, says, places)
        }
    };
    StartGateFinding::stops(gate, Some(tool))
}

/// Where the program tells a tool to go on at what the tool does not know.
fn find_tolerance<'h>(tool: Framework, signs: &Signs, hits: &'h [Hit]) -> Option<&'h Hit> {
    let options = call::list_tolerating_options(tool);
    hits.iter().find(|hit| {
        signs.sign_of(hit) == Some(StartGateSign::Tolerates(tool))
            && !is_comment_line(&hit.text)
            && signs.words.get(hit.word).is_some_and(|word| {
                let lower = hit.text.to_ascii_lowercase();
                let behind = lower.find(word).and_then(|at| lower.get(at + word.len()..));
                options.iter().any(|(name, value)| {
                    name == word && behind.is_some_and(|rest| rest.contains(value))
                })
            })
    })
}

fn tell_tolerance(tool: &str, hit: &Hit, version: &str) -> StartGateFinding {
    let says = format!("{version} tells {tool} to go on at a version that it does not know");
    let mut finding = make_gate_finding(
        Severity::Notes,
        Confidence::Proven,
        version,
        says,
        vec![make_gate_evidence(hit)],
    );
    finding.why = "The older release starts on the newer schema."
        .to_owned()
        .into();
    finding.action = "Leave this option as it is.".to_owned().into();
    StartGateFinding {
        finding,
        stops: false,
        runs: None,
        knows: None,
    }
}

/// `flyway repair` deletes the rows of migrations that the files at hand do not hold.
fn find_history_repair(signs: &Signs, hits: &[Hit], version: &str) -> Option<StartGateFinding> {
    let repairs: Vec<Evidence> = hits
        .iter()
        .filter(|hit| signs.sign_of(hit) == Some(StartGateSign::Repair) && edited::is_repair(hit))
        .take(4)
        .map(make_gate_evidence)
        .collect();
    if repairs.is_empty() {
        return None;
    }
    let says = format!(
        "{version} repairs Flyway's history when it runs: Flyway forgets the migrations of the newer release while their changes stay, and the next deployment of that release stops at what already exists"
    );
    let finding = checks::HISTORY_REPAIRED.doc.make_finding(
        Severity::Warns,
        Confidence::Likely,
        version,
        says,
        repairs,
    );
    Some(StartGateFinding {
        finding,
        stops: false,
        runs: None,
        knows: None,
    })
}

/// Why a gate cannot be ruled out where none was found: nothing in sight runs the migrations.
pub fn not_known(signs: &Signs, hits: &[Hit], range: &ReleaseRange<'_>) -> Option<String> {
    let own = signs.own.as_ref()?;
    // The program's own runner, or a comparison of its own, was read: what it does is known.
    let seen = hits.iter().any(|hit| match signs.signs.get(hit.word) {
        Some(StartGateSign::Folder) => {
            !is_comment_line(&hit.text)
                && hit.text.contains(['"', '\'', '`'])
                && super::usage::is_code(&hit.path)
        }
        Some(StartGateSign::Version | StartGateSign::Message) => super::usage::is_code(&hit.path),
        _ => false,
    });
    let why = || {
        format!(
            "no file shows what runs {own} when {} starts, or what it does when it meets a version that it does not know",
            range.previous_version
        )
    };
    (!seen).then(why)
}

fn is_comment_line(text: &str) -> bool {
    let trimmed = text.trim_start();
    trimmed.starts_with("//")
        || trimmed.starts_with('#')
        || trimmed.starts_with('*')
        || trimmed.starts_with("--")
        || trimmed.starts_with("<!--")
}

fn make_gate_evidence(hit: &Hit) -> Evidence {
    Evidence::at(hit.path.as_str(), hit.line).with_excerpt(hit.text.trim_start())
}

fn make_gate_finding(
    severity: Severity,
    confidence: Confidence,
    version: &str,
    says: String,
    evidence: Vec<Evidence>,
) -> Finding {
    checks::START_GATE
        .doc
        .make_finding(severity, confidence, version, says, evidence)
}
