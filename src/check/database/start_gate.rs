//! Would the previous release start on this schema? By the habit of its migration tool, if the release runs the tool when it
//! starts; and by guards of the program's own.

use std::collections::BTreeSet;

use super::checks::Check;
use super::framework::{Framework, Habit};
use crate::model::{Confidence, Direction, Domain, Evidence, Finding, Hit, Severity};

/// Calls by which a program runs its migrations itself.
fn runs_itself(framework: Framework) -> &'static [&'static str] {
    match framework {
        Framework::Alembic => &["command.upgrade(", "alembic upgrade", "alembic.command", "flask db upgrade", "upgrade(\"head\")"],
        Framework::GolangMigrate => &[".up()", "migrate.new", "migrate -path", "migrate -source"],
        Framework::Sqlx => &["migrate!(", "sqlx migrate run", "migrator::"],
        Framework::Refinery => &["embed_migrations!(", "refinery::", ".runner()"],
        Framework::Knex => &["migrate.latest", "migrate:latest"],
        Framework::Tern => &["migrator.migrate(", "tern migrate"],
        Framework::SqlMigrate => &["migrate.exec(", "sql-migrate up"],
        Framework::SeaOrm => &["migrator::up(", "migration up"],
        Framework::Supabase => &["supabase db push"],
        Framework::Sqitch => &["sqitch deploy"],
        _ => &[],
    }
}

/// Words of a guard, and words that must stand on the same line.
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

/// Files besides code that start a program.
pub fn starts(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name.contains("dockerfile")
        || name.contains("entrypoint")
        || name.starts_with("docker-compose")
        || name == "procfile"
        || name == "package.json"
        || name.ends_with(".sh") && !path.contains("test")
}

/// What is looked for in the previous release.
pub struct Signs {
    strict: Vec<Framework>,
    calls: usize,
    /// Calls of tools, then words of guards.
    pub words: Vec<String>,
}

impl Signs {
    /// For the tools whose migrations are new in the range; nothing without any.
    pub fn of(frameworks: &BTreeSet<Framework>) -> Self {
        let strict: Vec<Framework> = frameworks.iter().copied().filter(|framework| framework.habit() == Habit::Refuses).collect();
        let calls: Vec<&str> = strict.iter().flat_map(|framework| runs_itself(*framework)).copied().collect();
        let guards = if frameworks.is_empty() { &[][..] } else { &GUARDS[..] };
        Self { calls: calls.len(), words: calls.iter().chain(guards).map(|word| (*word).to_owned()).collect(), strict }
    }
}

/// The gate's finding, where there is a gate. `hits` are places of the words of `signs`.
pub fn find(signs: &Signs, hits: &[Hit], version: &str) -> Option<Finding> {
    let Signs { strict, calls, .. } = signs;
    if let Some(guard) = hits.iter().find(|hit| hit.word >= *calls && guards(hit)) {
        let says = format!("{version} refuses to start on a schema that is newer than it knows");
        return Some(finding(Severity::Blocks, Confidence::Proven, version, says, vec![place(guard)]));
    }
    let tool = strict.first()?;
    let id = tool.id();
    let call = hits.iter().find(|hit| hit.word < *calls && !hit.path.ends_with("_test.go"));
    Some(match call {
        Some(call) => finding(
            Severity::Blocks,
            Confidence::Proven,
            version,
            format!("{version} runs {id} itself, which stops at a version in {} that it does not know", tool.tracking_table()),
            vec![place(call)],
        ),
        None => finding(
            Severity::Warns,
            Confidence::Likely,
            version,
            format!("{id} stops at a version in {} that it does not know, if {version} runs it when it starts", tool.tracking_table()),
            Vec::new(),
        ),
    })
}

/// The line is a message or a comparison about the schema's version, not prose about something else.
fn guards(hit: &Hit) -> bool {
    let lower = hit.text.to_lowercase();
    let trimmed = lower.trim_start();
    let comment = trimmed.starts_with("//") || trimmed.starts_with('#') || trimmed.starts_with('*') || trimmed.starts_with("--");
    let target = lower.contains("down migration") || lower.contains("target");
    !comment && !target && GUARDED.iter().any(|word| lower.contains(word)) && (lower.contains('"') || lower.contains('\'') || lower.contains('`'))
}

fn place(hit: &Hit) -> Evidence {
    Evidence::at(hit.path.as_str(), hit.line).with_excerpt(hit.text.trim_start())
}

fn finding(severity: Severity, confidence: Confidence, version: &str, says: String, evidence: Vec<Evidence>) -> Finding {
    let doc = Check::StartGate.doc();
    Finding {
        check: Check::StartGate.id().to_owned(),
        domain: Domain::Database,
        severity,
        direction: Direction::Rollback,
        confidence,
        subject: version.to_owned(),
        says,
        why: doc.why.to_owned(),
        action: doc.action.to_owned(),
        compatibility_step: None,
        evidence,
    }
}
