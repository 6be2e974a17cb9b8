//! One table from findings and outcomes to facts. Every fact says where it comes from; what is not sensed is not there.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::kinds::styling_only;
use crate::check::DependentUse;
use crate::check::globs::globs;
use crate::model::{
    Adoption, Assessment, Config, Contract, ContractChange, Entry, Evidence, Fact, FactValue, Facts, Grade, Kind, Provenance, Severity, Stage, Tri,
};

mod database;

/// Entries up to which a release has few changes.
pub const FEW: usize = 12;

/// Entries above which a release has many changes.
pub const MANY: usize = 40;

/// Most places given as evidence of one fact.
const PLACES: usize = 12;

/// What facts are made from.
pub(super) struct Material<'a> {
    /// What is known so far.
    pub assessment: &'a Assessment,
    /// Stages that ended well; nothing is derived from the others.
    pub done: &'a BTreeSet<Stage>,
    /// Rows of the contract checks.
    pub dependents: &'a [DependentUse],
    /// Whether either release has a contract file at all.
    pub contracts_exist: bool,
    /// `backout.yaml`.
    pub config: &'a Config,
    /// Where it came from.
    pub config_source: &'a str,
    /// When the releases were read.
    pub at: Timestamp,
}

/// All facts that can be sensed or derived.
pub(super) fn derive(from: &Material<'_>) -> Facts {
    let assessment = from.assessment;
    let mut facts = Vec::new();
    environment(from, &mut facts);
    release(from, &mut facts);
    if from.done.contains(&Stage::Database) {
        facts.extend(database::facts(&assessment.migrations, &assessment.findings, &assessment.previous.version));
    }
    if from.done.contains(&Stage::Contract) {
        contract(from, &mut facts);
    }
    dependents(from, &mut facts);
    if from.done.contains(&Stage::Surroundings) && from.done.contains(&Stage::Files) {
        surroundings(from, &mut facts);
    }
    facts
        .into_iter()
        .map(|mut fact| {
            fact.at = Some(from.at);
            (fact.key.clone(), fact)
        })
        .collect()
}

fn word(value: &str) -> FactValue {
    FactValue::word(value)
}

/// What `backout.yaml` says is a person's word, written down earlier.
fn written(key: impl Into<String>, value: FactValue, source: &str) -> Fact {
    Fact::stated(key, value).with_source(source)
}

fn environment(from: &Material<'_>, facts: &mut Vec<Fact>) {
    let config = from.config;
    let production = |name: &str| matches!(name, "production" | "prod" | "live");
    let test = |name: &str| matches!(name, "staging" | "test" | "testing" | "qa" | "dev" | "development" | "uat" | "integration" | "preview");
    let (name, source) = match &from.assessment.environment {
        Some(name) => (name.as_str(), "--env".to_owned()),
        None => {
            let mut live = config.environments.iter().filter(|(name, environment)| match environment.kind.as_deref() {
                Some(kind) => kind == "production",
                None => !test(name),
            });
            let (Some((name, _)), None) = (live.next(), live.next()) else { return };
            (name.as_str(), format!("the only production environment of {}; --env chooses another", from.config_source))
        }
    };
    let described = config.environments.get(name);
    let kind = described.and_then(|environment| environment.kind.as_deref());
    let kind = kind.or_else(|| if production(name) { Some("production") } else { test(name).then_some("test") });
    if let Some(kind) = kind {
        facts.push(written("deployment.environment", word(kind), &source));
    }
    if let Some(usage) = described.and_then(|environment| environment.usage.as_deref()) {
        facts.push(written("deployment.usage_class", word(usage), &format!("environments.{name}.usage in {}", from.config_source)));
    }
}

/// Entries that would really be taken back: without merges, cancelled pairs, what previous has, tests and prose.
pub fn counted(assessment: &Assessment) -> impl Iterator<Item = &Entry> {
    let inside: BTreeSet<&str> = assessment.changelog.entries.iter().filter(|entry| entry.cancelled_by.is_some()).map(|entry| entry.commit.as_str()).collect();
    let silent = |entry: &Entry| {
        let kinds = super::kinds::Kinds::default();
        let whole = entry.path_count as usize == entry.paths.len() && !entry.paths.is_empty();
        matches!(entry.kind.as_deref(), Some("docs" | "test" | "tests"))
            || (whole && entry.paths.iter().all(|path| matches!(kinds.kind(path), Kind::Test | Kind::Documentation)))
    };
    assessment.changelog.entries.iter().filter(move |entry| {
        let cancels = entry.reverts.as_deref().is_some_and(|target| inside.iter().any(|commit| commit.starts_with(target) || target.starts_with(commit)));
        !entry.merge && !entry.in_previous && entry.cancelled_by.is_none() && !cancels && !silent(entry)
    })
}

fn release(from: &Material<'_>, facts: &mut Vec<Fact>) {
    let assessment = from.assessment;
    if let (Some(previous), Some(current)) = (assessment.previous.time, assessment.current.time) {
        let days = ((current.as_second() - previous.as_second()) as f64 / 86_400.0).round();
        if days >= 0.0 {
            let source = format!("committer times of {} and {}", assessment.previous.version, assessment.current.version);
            facts.push(Fact::sensed("release.days_since_previous", FactValue::Number(days)).with_source(source));
        }
    }
    if from.done.contains(&Stage::Changelog) {
        let count = counted(assessment).count();
        let size = if count <= FEW {
            "few"
        } else if count > MANY {
            "many"
        } else {
            "some"
        };
        let changes = if count == 1 { "1 change".to_owned() } else { format!("{count} changes") };
        let source = format!("{changes} after cancelling reverts, without merges, tests and documentation");
        facts.push(Fact::derived("release.size", word(size)).with_source(source));

        let closes: Vec<&Entry> = counted(assessment).filter(|entry| closes_hole(entry)).collect();
        if let Some(first) = closes.first() {
            let source = match first.security.first() {
                Some(id) => format!("{id} is named by a commit of the range"),
                None => format!("a commit of the range is marked as a security change: {}", first.title),
            };
            let evidence = closes.iter().take(PLACES).map(|entry| Evidence {
                commit: Some(entry.commit.clone()),
                excerpt: Some(entry.title.clone()),
                ..Evidence::default()
            });
            facts.push(Fact::sensed("release.security_fix", word("yes")).with_source(source).with_evidence(evidence));
        }
    }
    if from.done.contains(&Stage::Files)
        && let Some((only, source)) = styling_only(&assessment.files)
    {
        facts.push(Fact::derived("release.styling_only", word(if only { "yes" } else { "no" })).with_source(source));
    }
}

fn closes_hole(entry: &Entry) -> bool {
    !entry.security.is_empty() || matches!(entry.kind.as_deref(), Some("security" | "sec"))
}

/// One of the grades of a change.
type Graded = fn(&ContractChange) -> Grade;

/// The worst change on the way back: contracts in order, then as they stand in the file.
fn worst(contracts: &[Contract], grade: impl Fn(&ContractChange) -> Grade) -> Option<(&Contract, &ContractChange)> {
    let changes = contracts.iter().flat_map(|contract| contract.changes.iter().map(move |change| (contract, change)));
    // `max_by_key` keeps the last of equals; reversed, the first in order is kept
    let all: Vec<_> = changes.collect();
    all.into_iter().rev().max_by_key(|(_, change)| grade(change))
}

fn grade_word(grade: Grade) -> FactValue {
    word(match grade {
        Grade::Compatible => "compatible",
        Grade::Doubt => "doubt",
        Grade::Breaking => "breaking",
    })
}

fn contract(from: &Material<'_>, facts: &mut Vec<Fact>) {
    let contracts = &from.assessment.contracts;
    let previous = &from.assessment.previous.version;
    let calm = || {
        if !from.contracts_exist {
            "neither release has a contract file".to_owned()
        } else if contracts.is_empty() {
            "no contract file changed".to_owned()
        } else {
            format!("{previous} still has everything the changed contracts offer")
        }
    };
    let places = |grade: Graded, worst: Grade| -> Vec<Evidence> {
        contracts
            .iter()
            .flat_map(|contract| contract.changes.iter().map(move |change| (contract, change)))
            .filter(|(_, change)| worst > Grade::Compatible && grade(change) == worst)
            .take(PLACES)
            .map(|(contract, change)| Evidence {
                path: Some(contract.path.clone()),
                line: change.line,
                excerpt: Some(change.says.clone()),
                ..Evidence::default()
            })
            .collect()
    };
    let of: [(&str, Graded); 2] = [("contract.way_back", |change| change.on_rollback), ("contract.stored", |change| change.stored)];
    for (key, grade) in of {
        let (value, source) = match worst(contracts, grade) {
            Some((_, change)) if grade(change) > Grade::Compatible => {
                let source = match (key, vanishes(change)) {
                    ("contract.way_back", true) => format!("{previous} has no {}", change.location),
                    _ => format!("{}: {}", change.location, change.says),
                };
                (grade(change), source)
            }
            _ => (Grade::Compatible, calm()),
        };
        facts.push(Fact::derived(key, grade_word(value)).with_source(source).with_evidence(places(grade, value)));
    }
}

/// Whether the thing is new in current, so that previous lacks it.
fn vanishes(change: &ContractChange) -> bool {
    change.check.ends_with("-added") || (change.old.is_none() && change.new.is_some())
}

fn dependents(from: &Material<'_>, facts: &mut Vec<Fact>) {
    let losing: Vec<(&Contract, &ContractChange)> = from
        .assessment
        .contracts
        .iter()
        .flat_map(|contract| contract.changes.iter().map(move |change| (contract, change)))
        .filter(|(_, change)| change.on_rollback > Grade::Compatible)
        .collect();
    for dependent in &from.config.dependents {
        let key = |what: &str| format!("dependent[{}].{what}", dependent.name);
        let rows: Vec<&DependentUse> = from.dependents.iter().filter(|row| row.name == dependent.name).collect();
        let may = |(contract, _): &&(&Contract, &ContractChange)| {
            dependent.uses.is_empty() || dependent.uses.iter().any(|path| [&contract.path, &contract.root].iter().any(|at| globs(&[path]).is_match(at)))
        };
        let possible: Vec<_> = losing.iter().filter(may).collect();
        let uses = if rows.is_empty() {
            match possible.first() {
                None => continue,
                Some((_, change)) => Fact::sensed(key("uses"), FactValue::Unknown).with_source(and_more(&change.location, possible.len())).low(),
            }
        } else {
            let used: Vec<_> = rows.iter().filter(|row| row.uses == Some(true)).collect();
            let open: Vec<_> = rows.iter().filter(|row| row.uses.is_none()).collect();
            let (value, shown) = match (used.is_empty(), open.is_empty()) {
                (false, _) => (word("yes"), used),
                (true, false) => (FactValue::Unknown, open),
                (true, true) => (word("no"), rows.iter().collect()),
            };
            let source = shown.first().map(|row| and_more(&row.operation, shown.len())).unwrap_or_default();
            Fact::sensed(key("uses"), value).with_source(source).with_evidence(shown.iter().flat_map(|row| row.evidence.iter().cloned()).take(PLACES))
        };
        facts.push(uses);
        for (what, said) in [("copes", dependent.copes), ("can_go_back", dependent.can_go_back)] {
            let value = match said {
                Tri::Yes => "yes",
                Tri::No => "no",
                Tri::Unknown => continue,
            };
            facts.push(written(key(what), word(value), &format!("dependents: {} in {}", dependent.name, from.config_source)));
        }
    }
}

fn and_more(first: &str, count: usize) -> String {
    if count > 1 { format!("{first} and {} more", count - 1) } else { first.to_owned() }
}

fn surroundings(from: &Material<'_>, facts: &mut Vec<Fact>) {
    let files = &from.assessment.files;
    // a key that previous reads and current's configuration no longer sets: live configuration has probably moved on
    let moved: Vec<_> =
        from.assessment.findings.iter().filter(|finding| finding.check == "config/key-removed" && finding.severity <= Severity::Warns).collect();
    if let Some(first) = moved.first() {
        let evidence = moved.iter().flat_map(|finding| finding.evidence.iter().cloned()).take(PLACES);
        facts.push(Fact::derived("config.newer_than_previous", word("yes")).with_source(first.says.clone()).with_evidence(evidence).low());
    } else if !files.iter().any(|change| matches!(change.kind, Kind::Config | Kind::Infrastructure)) {
        facts.push(Fact::derived("config.newer_than_previous", word("no")).with_source("no configuration or infrastructure file changed"));
    }

    let program: Vec<&str> = files
        .iter()
        .filter(|change| matches!(change.kind, Kind::Code | Kind::Styling | Kind::Markup | Kind::Contract))
        .map(|change| change.path.as_str())
        .collect();
    let covering = from.config.switches.iter().find(|switch| {
        let covers = globs(&switch.covers);
        !program.is_empty() && program.iter().all(|path| covers.is_match(path))
    });
    if let Some(switch) = covering {
        let source = format!("switch {} of {} covers every changed file of the program", switch.name, from.config_source);
        facts.push(Fact { provenance: Provenance::Derived, ..Fact::sensed("switch.exists", word("yes")) }.with_source(source));
    }
}

/// Whether a dependent was seen to use something of this contract file.
pub(super) fn used(contract: &Contract) -> bool {
    contract.changes.iter().any(|change| change.adoption == Adoption::Used && change.on_rollback > Grade::Compatible)
}

#[cfg(test)]
#[path = "facts/tests.rs"]
mod tests;
