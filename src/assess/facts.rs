//! One table from findings and outcomes to facts. Every fact says where it comes from; what is not
//! sensed is not there.

use crate::model::fact_key::{self, OfDependent};
use std::collections::BTreeSet;

use jiff::Timestamp;

use super::coverage::Grounds;
use super::kinds::styling_only;
use super::observed::{CountedFile, settle_new_form_rows};
use super::rehearsed::settle_rehearsed;
use crate::check::{self, globs::build_glob_set};
use crate::model::{
    Adoption, Assessment, ChangelogEntry, CheckId, Confidence, Config, Contract, ContractChange,
    Domain, Fact, FactValue, Facts, FileKind, Finding, Grade, Provenance, Severity, Stage, Tri,
    Untrusted,
};

/// Entries up to which a release has few changes.
pub const FEW: usize = 12;

/// Entries above which a release has many changes.
pub const MANY: usize = 40;

/// Most places given as evidence of one fact.
const PLACES: usize = 12;

/// Most statements of a compatibility step.
const STATEMENTS: usize = 200;

/// What facts are made from.
pub(super) struct Material<'a> {
    /// What is known so far.
    pub assessment: &'a Assessment,
    /// Stages that ended well; nothing is derived from the others.
    pub done: &'a BTreeSet<Stage>,
    /// What the database checks sum up to, once they are done.
    pub database: Option<&'a check::database::summary::DatabaseSummary>,
    /// What the contract checks sum up to, once they are done.
    pub contract: Option<&'a check::contract::ContractSummary>,
    /// Whether either release has a contract file at all.
    pub contracts_exist: bool,
    /// `backout.yaml`.
    pub config: &'a Config,
    /// Where it came from.
    pub config_source: &'a str,
    /// When the releases were read.
    pub at: Timestamp,
    /// What favourable values rest on.
    pub grounds: Grounds<'a>,
    /// Rows that somebody counted.
    pub counted: &'a [CountedFile],
    /// What rehearsals saw on a database.
    pub rehearsed: &'a [rehearsal::report::DatabaseRehearsal],
}

/// All facts that can be sensed or derived.
pub(super) fn derive_assessment_facts(from: &Material<'_>) -> Facts {
    let mut facts = Vec::new();
    add_environment_facts(from, &mut facts);
    add_release_facts(from, &mut facts);
    if let Some(summary) = from.database {
        facts.extend(summary.facts.iter().map(|fact| {
            // what the migrations say is read off them; that old code copes follows from several
            // things
            let make = if fact.key == fact_key::DATABASE_OLD_CODE
                || fact.key == fact_key::DATABASE_SCHEMA
            {
                Fact::derived
            } else {
                Fact::sensed
            };
            let value = if fact.value == "unknown" {
                FactValue::Unknown
            } else {
                make_word_value(fact.value)
            };
            // statements that belong together are given whole
            let most = if fact
                .evidence
                .iter()
                .any(|place| place.statement().is_some())
            {
                STATEMENTS
            } else {
                PLACES
            };
            let made = make(fact.key, value)
                .with_source(&*fact.source)
                .with_evidence(fact.evidence.iter().take(most).cloned());
            if fact.sure { made } else { made.low() }
        }));
    }
    if let Some(summary) = from.contract {
        add_contract_facts(from, summary, &mut facts);
    }
    super::stored::stored_forms(from.assessment, &mut facts);
    super::stored::start_gate(from.assessment, &mut facts);
    add_dependent_facts(from, &mut facts);
    if from.done.contains(&Stage::Surroundings) && from.done.contains(&Stage::Files) {
        add_surroundings_facts(from, &mut facts);
        super::stored::add_newer_definition_facts(from.assessment, &mut facts);
        super::infrastructure::way_back(from.assessment, &from.grounds, &mut facts);
        super::infrastructure::left_running(from.assessment, &mut facts);
        super::stored::progress_moved(from.assessment, &mut facts);
        super::stored::store_moved(from.assessment, &mut facts);
        super::stored::kept_by_clients(from.assessment, &mut facts);
        super::stored::member_moved(from.assessment, &mut facts);
        super::stored::emptied_at_start(from.assessment, &mut facts);
    }
    // where nothing could write a new form there is nothing to count; what a check found says
    // otherwise
    let found = from.assessment.findings.iter().any(|finding| {
        finding.domain == Domain::StoredForm
            && finding.severity <= Severity::Warns
            && !super::stored::has_own_fact(finding)
    });
    if let Some(fact) = from.grounds.new_form().filter(|_| !found) {
        facts.retain(|known| known.key != fact.key);
        facts.push(fact);
    }
    let mut facts: Vec<Fact> = facts
        .into_iter()
        .map(|fact| from.grounds.hold_back(fact))
        .collect();
    settle_new_form_rows(&from.assessment.migrations, from.counted, &mut facts);
    settle_rehearsed(from.rehearsed, &mut facts);
    facts
        .into_iter()
        .map(|mut fact| {
            fact.at = fact.at.or(Some(from.at));
            (fact.key.clone(), fact)
        })
        .collect()
}

fn make_word_value(value: &str) -> FactValue {
    FactValue::word(value)
}

/// What `backout.yaml` says is a person's word, written down earlier.
fn make_config_fact(key: impl Into<String>, value: FactValue, source: &str) -> Fact {
    Fact::stated(key, value).with_source(source)
}

fn is_test_environment(name: &str) -> bool {
    matches!(
        name,
        "staging"
            | "test"
            | "testing"
            | "qa"
            | "dev"
            | "development"
            | "uat"
            | "integration"
            | "preview"
    )
}

/// The environment that a decision is about when nobody names one: the only one that is not for
/// tests.
pub fn find_production_environment(config: &Config) -> Option<&str> {
    let mut live = config.environments.iter().filter(|(name, environment)| {
        match environment.kind.as_deref() {
            Some(kind) => kind == "production",
            None => !is_test_environment(name),
        }
    });
    match (live.next(), live.next()) {
        (Some((name, _)), None) => Some(name),
        _ => None,
    }
}

fn add_environment_facts(from: &Material<'_>, facts: &mut Vec<Fact>) {
    let config = from.config;
    let production = |name: &str| matches!(name, "production" | "prod" | "live");
    let (name, source) = match &from.assessment.environment {
        Some(name) => (name.as_str(), "--env".to_owned()),
        None => {
            let Some(name) = self::find_production_environment(config) else {
                return;
            };
            (
                name,
                format!(
                    "the only production environment of {}; --env chooses another",
                    from.config_source
                ),
            )
        }
    };
    let described = config.environments.get(name);
    let kind = described.and_then(|environment| environment.kind.as_deref());
    let kind = kind.or_else(|| {
        if production(name) {
            Some("production")
        } else {
            is_test_environment(name).then_some("test")
        }
    });
    if let Some(kind) = kind {
        facts.push(make_config_fact(
            fact_key::DEPLOYMENT_ENVIRONMENT,
            make_word_value(kind),
            &source,
        ));
    }
    if let Some(usage) = described.and_then(|environment| environment.usage.as_deref()) {
        facts.push(make_config_fact(
            fact_key::DEPLOYMENT_USAGE_CLASS,
            make_word_value(usage),
            &format!("environments.{name}.usage in {}", from.config_source),
        ));
    }
}

/// Entries that would really be taken back: without merges, cancelled pairs, what previous has,
/// tests and prose.
pub fn filter_reverted_entries(assessment: &Assessment) -> impl Iterator<Item = &ChangelogEntry> {
    let inside: BTreeSet<&str> = assessment
        .changelog
        .entries
        .iter()
        .filter(|entry| entry.cancelled_by.is_some())
        .map(|entry| entry.commit.as_str())
        .collect();
    let silent = |entry: &ChangelogEntry| {
        let kinds = super::kinds::Kinds::default();
        let whole = entry.path_count as usize == entry.paths.len() && !entry.paths.is_empty();
        matches!(entry.conventional_type(), Some("docs" | "test" | "tests"))
            || (whole
                && entry.paths.iter().all(|path| {
                    matches!(kinds.kind(path), FileKind::Test | FileKind::Documentation)
                }))
    };
    assessment.changelog.entries.iter().filter(move |entry| {
        let cancels = entry.reverts.as_deref().is_some_and(|target| {
            inside
                .iter()
                .any(|commit| commit.starts_with(target) || target.starts_with(commit))
        });
        !entry.merge
            && !entry.in_previous
            && entry.cancelled_by.is_none()
            && !cancels
            && !silent(entry)
    })
}

fn add_release_facts(from: &Material<'_>, facts: &mut Vec<Fact>) {
    let assessment = from.assessment;
    if let (Some(previous), Some(current)) = (assessment.previous.time, assessment.current.time) {
        let days = ((current.as_second() - previous.as_second()) as f64 / 86_400.0).round();
        if days >= 0.0 {
            let source = format!(
                "committer times of {} and {}",
                assessment.previous.version, assessment.current.version
            );
            facts.push(
                Fact::sensed(
                    fact_key::RELEASE_DAYS_SINCE_PREVIOUS,
                    FactValue::Number(days),
                )
                .with_source(source),
            );
        }
    }
    // what was released can be built again while its tag is there
    if let Some(tag) = &assessment.previous.tag {
        let source = format!("the tag {} is in the repository", tag.shown());
        facts.push(
            Fact::sensed(fact_key::DEPLOYMENT_PREVIOUS_SOURCE, make_word_value("yes"))
                .with_source(source),
        );
    }
    if from.done.contains(&Stage::Changelog) {
        let count = filter_reverted_entries(assessment).count();
        let size = if count <= FEW {
            "few"
        } else if count > MANY {
            "many"
        } else {
            "some"
        };
        let changes = if count == 1 {
            "1 change".to_owned()
        } else {
            format!("{count} changes")
        };
        let source =
            format!("{changes} after cancelling reverts, without merges, tests and documentation");
        facts
            .push(Fact::derived(fact_key::RELEASE_SIZE, make_word_value(size)).with_source(source));
    }
    if from.done.contains(&Stage::Changelog) && from.done.contains(&Stage::Surroundings) {
        facts.extend(derive_security_fix(&assessment.findings));
    }
    if from.done.contains(&Stage::Files)
        && let Some((only, source)) = styling_only(&assessment.files)
    {
        facts.push(
            Fact::derived(
                fact_key::RELEASE_STYLING_ONLY,
                make_word_value(if only { "yes" } else { "no" }),
            )
            .with_source(source),
        );
    }
}

/// The same findings that are shown; where words alone speak of a hole, nobody knows.
fn derive_security_fix(findings: &[Finding]) -> Option<Fact> {
    let mut told = findings
        .iter()
        .filter(|finding| finding.check == CheckId::HOLE_REOPENED);
    let (value, source, evidence) = match told.clone().next() {
        None => (
            "no",
            "no commit, change log, release note or remark of the range tells of a closed hole, \
                and no changed line of program text that was compared has the shape of one"
                .to_owned(),
            Vec::new(),
        ),
        Some(_) => {
            let sure = told.find(|finding| finding.confidence != Confidence::Hint)?;
            (
                "yes",
                format!("{}: {}", sure.subject, sure.says),
                sure.evidence.iter().take(PLACES).cloned().collect(),
            )
        }
    };
    Some(
        Fact::sensed(fact_key::RELEASE_SECURITY_FIX, make_word_value(value))
            .with_source(source)
            .with_evidence(evidence),
    )
}

fn add_contract_facts(
    from: &Material<'_>,
    summary: &check::contract::ContractSummary,
    facts: &mut Vec<Fact>,
) {
    for (key, graded) in [
        (fact_key::CONTRACT_WAY_BACK, &summary.way_back),
        (fact_key::CONTRACT_STORED, &summary.stored),
    ] {
        let none = !from.contracts_exist && graded.grade == Grade::Compatible;
        let source = if none {
            "neither release has a contract file"
        } else {
            graded.source.as_str()
        };
        let fact = Fact::derived(key, make_word_value(graded.word()))
            .with_source(source)
            .with_evidence(graded.evidence.iter().take(PLACES).cloned());
        // whether the difference matters to those who call is not in the files: somebody has to say
        // it
        facts.push(if graded.grade == Grade::Doubt {
            fact.low()
        } else {
            fact
        });
    }
}

fn add_dependent_facts(from: &Material<'_>, facts: &mut Vec<Fact>) {
    let losing: Vec<(&Contract, &ContractChange)> = from
        .assessment
        .contracts
        .iter()
        .flat_map(|contract| {
            contract
                .changes
                .iter()
                .map(move |change| (contract, change))
        })
        .filter(|(_, change)| change.on_rollback > Grade::Compatible)
        .collect();
    for dependent in &from.config.dependents {
        let key = |fact: OfDependent| fact.of(&dependent.name);
        let may = |(contract, _): &&(&Contract, &ContractChange)| {
            dependent.uses.is_empty()
                || dependent.uses.iter().any(|path| {
                    [&contract.path, &contract.root]
                        .iter()
                        .any(|at| build_glob_set(&[path]).is_match(at))
                })
        };
        let row = from.contract.and_then(|summary| {
            summary
                .dependents
                .iter()
                .find(|row| row.name == dependent.name)
        });
        let uses = match row {
            Some(row) => {
                let value = row.uses.map_or(FactValue::Unknown, |uses| {
                    make_word_value(if uses { "yes" } else { "no" })
                });
                Fact::sensed(key(OfDependent::Uses), value)
                    .with_source(&*row.source)
                    .with_evidence(row.evidence.iter().take(PLACES).cloned())
            }
            None => {
                let possible: Vec<_> = losing.iter().filter(may).collect();
                let Some((_, change)) = possible.first() else {
                    continue;
                };
                Fact::sensed(key(OfDependent::Uses), FactValue::Unknown)
                    .with_source(and_more(&change.location, possible.len()))
                    .low()
            }
        };
        facts.push(uses);
        for (what, said) in [
            (OfDependent::Copes, dependent.copes),
            (OfDependent::CanGoBack, dependent.can_go_back),
        ] {
            let value = match said {
                Tri::Yes => "yes",
                Tri::No => "no",
                Tri::Unknown
                    if what == OfDependent::CanGoBack && !dependent.in_field.is_empty() =>
                {
                    let why = format!(
                        "{} is in the field ({}): what is on devices already cannot be taken back",
                        dependent.name,
                        dependent.in_field.join(", ")
                    );
                    facts.push(
                        Fact::derived(key(what), make_word_value("no")).with_source(
                            crate::model::shorten_text(&crate::model::escape_invisible(&why), 200)
                                .into_owned(),
                        ),
                    );
                    continue;
                }
                Tri::Unknown => continue,
            };
            facts.push(make_config_fact(
                key(what),
                make_word_value(value),
                &format!("dependents: {} in {}", dependent.name, from.config_source),
            ));
        }
    }
}

fn and_more(first: &str, count: usize) -> String {
    if count > 1 {
        format!("{first} and {} more", count - 1)
    } else {
        first.to_owned()
    }
}

/// Where nothing that changed sets anything, what is live is no newer; else nobody knows, and the
/// question says for which file it is asked.
fn tell_whether_settings_moved(from: &Material<'_>) -> Fact {
    let files = from.assessment.files.iter();
    let of_kind: Vec<&str> = files
        .filter(|change| matches!(change.kind, FileKind::Config | FileKind::Infrastructure))
        .map(|change| change.path.as_str())
        .collect();
    let setting: Vec<&str> = of_kind
        .iter()
        .copied()
        .filter(|path| !from.grounds.sets_nothing(path))
        .collect();
    let key = fact_key::CONFIG_NEWER_THAN_PREVIOUS;
    let Some(first) = setting.first() else {
        let source = if of_kind.is_empty() {
            "no configuration or infrastructure file changed"
        } else {
            "no changed file of configuration or infrastructure sets anything for the program"
        };
        return Fact::derived(key, make_word_value("no")).with_source(source);
    };
    let others = match setting.len() {
        1 => String::new(),
        2 => " and 1 more file".to_owned(),
        count => format!(" and {} more files", count - 1),
    };
    let source = format!(
        "not known: {}{others} changed, and no file says whether the settings that are live \
            followed",
        Untrusted::visible(first)
    );
    Fact::derived(key, FactValue::Unknown).with_source(source)
}

fn add_surroundings_facts(from: &Material<'_>, facts: &mut Vec<Fact>) {
    let files = &from.assessment.files;
    // a key that previous reads and current's configuration no longer sets: live configuration has
    // probably moved on
    let moved: Vec<_> = from
        .assessment
        .findings
        .iter()
        .filter(|finding| {
            finding.check == CheckId::KEY_REMOVED && finding.severity <= Severity::Warns
        })
        .collect();
    if let Some(first) = moved.first() {
        let evidence = moved
            .iter()
            .flat_map(|finding| finding.evidence.iter().cloned())
            .take(PLACES);
        facts.push(
            Fact::derived(fact_key::CONFIG_NEWER_THAN_PREVIOUS, make_word_value("yes"))
                .with_source(first.says.to_string())
                .with_evidence(evidence)
                .low(),
        );
    } else {
        facts.push(tell_whether_settings_moved(from));
    }

    let program: Vec<&str> = files
        .iter()
        .filter(|change| {
            matches!(
                change.kind,
                FileKind::Code | FileKind::Styling | FileKind::Markup | FileKind::Contract
            )
        })
        .map(|change| change.path.as_str())
        .collect();
    let covering = from.config.switches.iter().find(|switch| {
        let covers = build_glob_set(&switch.covers);
        !program.is_empty() && program.iter().all(|path| covers.is_match(path))
    });
    if let Some(switch) = covering {
        let source = format!(
            "switch {} of {} covers every changed file of the program",
            switch.name, from.config_source
        );
        facts.push(
            Fact {
                provenance: Provenance::Derived,
                ..Fact::sensed(fact_key::SWITCH_EXISTS, make_word_value("yes"))
            }
            .with_source(source),
        );
    }
}

/// Whether a dependent was seen to use something of this contract file.
pub(super) fn is_contract_used(contract: &Contract) -> bool {
    contract
        .changes
        .iter()
        .any(|change| change.adoption == Adoption::Used && change.on_rollback > Grade::Compatible)
}

#[cfg(test)]
#[path = "facts/tests.rs"]
mod tests;
