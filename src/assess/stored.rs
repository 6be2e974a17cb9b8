//! What findings about stored forms, definitions and data stores say as facts. They make a fact
//! worse, never better.

use crate::model::fact_key;
use std::thread::ScopedJoinHandle;

use crate::check::StoredOutcome;
use crate::check::coverage::{Ledger, is_live};
use crate::check::database::Mechanism;
use crate::check::guard::words::split_name_parts;
use crate::model::{
    Assessment, CheckId, Confidence, Config, Domain, Evidence, Fact, FactValue, FileChange,
    Finding, Severity, Unchecked,
};

/// Reads that run beside the checks of the surroundings and end with them.
pub(super) type Beside<'s> = (
    ScopedJoinHandle<'s, (Ledger, Mechanism)>,
    ScopedJoinHandle<'s, StoredOutcome>,
);

/// What is said of a look that stopped: its files stay open.
pub(super) fn report_stopped_check(what: &str, says: &str) -> Unchecked {
    Unchecked {
        what: what.into(),
        why: format!("{says} unexpectedly, which is a bug of backout; nothing is taken as fine")
            .into(),
        settle_with: Some("report it with the output of `backout doctor`".into()),
    }
}

/// Changed files of what runs: all but examples, fixtures, test doubles and developers' machines;
/// what `backout.yaml` names stays.
pub fn filter_production_changes(changes: &[FileChange], config: &Config) -> Vec<FileChange> {
    let named = |path: &str| {
        config
            .contracts
            .iter()
            .any(|contract| contract.path == path)
            || config
                .database
                .migrations
                .iter()
                .any(|folder| path.starts_with(folder.trim_end_matches('/')))
    };
    changes
        .iter()
        .filter(|change| is_live(&change.path) || named(&change.path))
        .cloned()
        .collect()
}

/// Signs of staging that stand in examples and fixtures only say nothing about what is live.
pub(super) fn leave_out_examples(facts: &mut Vec<Fact>, findings: &mut Vec<Finding>) {
    let somewhere = |places: &[Evidence]| {
        places.is_empty()
            || places
                .iter()
                .any(|place| place.raw_path().is_none_or(is_live))
    };
    facts.retain(|fact| fact.key != fact_key::DEPLOYMENT_STRATEGY || somewhere(&fact.evidence));
    findings.retain(|finding| finding.check != CheckId::STAGED || somewhere(&finding.evidence));
}

/// Most places given as evidence of one fact.
const PLACES: usize = 12;

/// `contract.stored` asks whether previous can read what current stores: a reader that refuses is
/// *breaking*, a doubt is *doubt*. The worse of this and of what contract files say stays.
pub(super) fn stored_forms(assessment: &Assessment, facts: &mut Vec<Fact>) {
    let found: Vec<&Finding> = assessment
        .findings
        .iter()
        .filter(|finding| {
            finding.domain == Domain::StoredForm
                && finding.severity <= Severity::Warns
                && !has_own_fact(finding)
        })
        .collect();
    let Some(first) = found.first() else { return };
    let breaking = found
        .iter()
        .any(|finding| finding.severity == Severity::Blocks);
    let worse = |fact: &Fact| match fact.value.as_word() {
        Some("breaking") => false,
        Some("doubt") => breaking,
        _ => true,
    };
    let at = facts
        .iter()
        .position(|fact| fact.key == fact_key::CONTRACT_STORED);
    if at.is_some_and(|at| !worse(&facts[at])) {
        return;
    }
    let fact = Fact::derived(
        fact_key::CONTRACT_STORED,
        FactValue::word(if breaking { "breaking" } else { "doubt" }),
    )
    .with_source(and_more(first.says.as_raw(), found.len()))
    .with_evidence(collect_finding_evidence(&found));
    put_fact(facts, at, fact);
}

/// `contract.progress_moved`: *yes* where a name under which progress is kept is another one. Whether
/// anybody wrote data in a new form tells nothing about it.
pub(super) fn progress_moved(assessment: &Assessment, facts: &mut Vec<Fact>) {
    let key = fact_key::CONTRACT_PROGRESS_MOVED;
    note_what_was_found(assessment, &CheckId::PROGRESS_NAME, key, facts);
}

/// `contract.store_moved`: *yes* where what is stored or sent lies under another name. That nothing
/// has a new form tells nothing about it.
pub(super) fn store_moved(assessment: &Assessment, facts: &mut Vec<Fact>) {
    let key = fact_key::CONTRACT_STORE_MOVED;
    note_what_was_found(assessment, &CheckId::PLACE_MOVED, key, facts);
}

/// `contract.kept_by_clients`: *yes* where browsers keep what only current gave them. No row, message
/// or document is in a new form by that.
pub(super) fn kept_by_clients(assessment: &Assessment, facts: &mut Vec<Fact>) {
    let key = fact_key::CONTRACT_KEPT_BY_CLIENTS;
    note_what_was_found(assessment, &CheckId::KEPT_BY_CLIENTS, key, facts);
}

/// `contract.member_moved`: *yes* where a number that is stored means another member to previous.
/// Its form is the same as ever, and nobody who is asked for a new form thinks of it.
pub(super) fn member_moved(assessment: &Assessment, facts: &mut Vec<Fact>) {
    let key = fact_key::CONTRACT_MEMBER_MOVED;
    note_what_was_found(assessment, &CheckId::POSITION_MOVED, key, facts);
}

/// `contract.emptied_at_start`: *yes* where previous drops stored data by itself when it starts,
/// whatever its form.
pub(super) fn emptied_at_start(assessment: &Assessment, facts: &mut Vec<Fact>) {
    let key = fact_key::CONTRACT_EMPTIED_AT_START;
    note_what_was_found(assessment, &CheckId::EMPTIED_AT_START, key, facts);
}

/// Whether a finding about stored forms is told by a fact of its own: that nothing was written in a
/// new form does not answer it.
pub(super) fn has_own_fact(finding: &Finding) -> bool {
    [
        CheckId::PROGRESS_NAME,
        CheckId::PLACE_MOVED,
        CheckId::KEPT_BY_CLIENTS,
        CheckId::POSITION_MOVED,
        CheckId::EMPTIED_AT_START,
    ]
    .contains(&finding.check)
}

/// *Yes* where one check found something that warns or blocks.
fn note_what_was_found(
    assessment: &Assessment,
    check: &CheckId,
    key: &'static str,
    facts: &mut Vec<Fact>,
) {
    let found: Vec<&Finding> = assessment
        .findings
        .iter()
        .filter(|finding| finding.check == *check && finding.severity <= Severity::Warns)
        .collect();
    let Some(first) = found.first() else { return };
    facts.push(
        Fact::derived(key, FactValue::word("yes"))
            .with_source(and_more(first.says.as_raw(), found.len()))
            .with_evidence(collect_finding_evidence(&found)),
    );
}

/// `database.start_gate`: a list of steps or migrations in program text that grows, met by a
/// previous release that ends at a step which it does not have. That it looks at its start is
/// likely, not seen. The same holds for a store with a version of its own, which refuses to be
/// opened by an older one.
pub(super) fn start_gate(assessment: &Assessment, facts: &mut Vec<Fact>) {
    let steps = |finding: &&Finding| {
        let list = finding
            .subject
            .as_raw()
            .split(':')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let grows = finding.check == CheckId::LIST_GROWS
            && ["step", "migrat", "upgrade", "patch", "update"]
                .iter()
                .any(|word| list.contains(word));
        // opening a store is enough to raise it: no row need be written
        let opened = finding.check == CheckId::LIBRARY_VERSION
            || finding.check == CheckId::VERSION_RAISED
                && names_whole_store(finding.subject.as_raw());
        finding.severity == Severity::Blocks && (grows || opened)
    };
    let found: Vec<&Finding> = assessment.findings.iter().filter(steps).collect();
    let Some(first) = found.first() else { return };
    let at = facts
        .iter()
        .position(|fact| fact.key == fact_key::DATABASE_START_GATE);
    if at.is_some_and(|at| matches!(facts[at].value.as_word(), Some("yes" | "likely"))) {
        return;
    }
    let fact = Fact::derived(fact_key::DATABASE_START_GATE, FactValue::word("likely"))
        .with_source(and_more(first.says.as_raw(), found.len()))
        .with_evidence(collect_finding_evidence(&found))
        .low();
    put_fact(facts, at, fact);
}

/// A version of all that a program keeps, which it writes when it opens it, such as `DataDirVersion`;
/// not that of one message, snapshot or document.
fn names_whole_store(subject: &str) -> bool {
    let name = subject.split([':', ' ']).next().unwrap_or_default();
    let words = split_name_parts(name);
    let whole = |word: &String| {
        matches!(
            word.as_str(),
            "datadir" | "database" | "db" | "catalog" | "catalogue" | "layout" | "storage" | "disk"
        )
    };
    words.iter().any(whole)
        || words.windows(2).any(|pair| {
            pair[0] == "data" && matches!(pair[1].as_str(), "dir" | "directory" | "folder")
        })
}

/// Checks whose findings say that what is live does not take the definition of previous, and the
/// way that each leaves.
const DEFINITIONS: [(CheckId, &str); 3] = [
    (
        CheckId::DEFINITION_STORED,
        "keep the newer definition, or store the objects in the older version first",
    ),
    (
        CheckId::IMMUTABLE_FIELD,
        "keep the object, or delete it and create it anew",
    ),
    (
        CheckId::STORE_IMAGE,
        "leave the image of the store as it is, or restore its files from before",
    ),
];

/// Whether both trees prove that what is live refuses previous. What is only likely is told by
/// `infrastructure.way_back`, which a question settles.
pub(super) fn told_by_definitions(finding: &Finding) -> bool {
    finding.severity <= Severity::Warns
        && finding.confidence == Confidence::Proven
        && DEFINITIONS.iter().any(|(check, _)| *check == finding.check)
}

/// `config.newer_than_previous` is yes where the cluster or a data store refuses what previous
/// brings.
pub(super) fn add_newer_definition_facts(assessment: &Assessment, facts: &mut Vec<Fact>) {
    let way = |finding: &Finding| {
        DEFINITIONS
            .iter()
            .find(|(check, _)| *check == finding.check)
            .map(|(_, way)| *way)
    };
    let found: Vec<&Finding> = assessment
        .findings
        .iter()
        .filter(|finding| told_by_definitions(finding))
        .collect();
    let Some(first) = found.first() else { return };
    let source = format!(
        "{}: {}",
        and_more(first.says.as_raw(), found.len()),
        way(first).unwrap_or_default()
    );
    let fact = Fact::sensed(fact_key::CONFIG_NEWER_THAN_PREVIOUS, FactValue::word("yes"))
        .with_source(source)
        .with_evidence(collect_finding_evidence(&found));
    let at = facts
        .iter()
        .position(|fact| fact.key == fact_key::CONFIG_NEWER_THAN_PREVIOUS);
    put_fact(facts, at, fact);
    // a version of an object that only current defines is an interface of the cluster, and vanishes
    // for whoever took it up
    let vanishes: Vec<&Finding> = found
        .iter()
        .copied()
        .filter(|finding| {
            finding.check == CheckId::DEFINITION_STORED && finding.severity == Severity::Blocks
        })
        .collect();
    let at = facts
        .iter()
        .position(|fact| fact.key == fact_key::CONTRACT_WAY_BACK);
    if let Some(first) = vanishes.first().filter(|_| {
        at.is_none_or(|at| !matches!(facts[at].value.as_word(), Some("breaking" | "doubt")))
    }) {
        let source = format!(
            "a version of {} vanishes for its clients",
            and_more(first.subject.as_raw(), vanishes.len())
        );
        put_fact(
            facts,
            at,
            Fact::derived(fact_key::CONTRACT_WAY_BACK, FactValue::word("doubt"))
                .with_source(source)
                .with_evidence(collect_finding_evidence(&vanishes))
                .low(),
        );
    }
}

fn put_fact(facts: &mut Vec<Fact>, at: Option<usize>, fact: Fact) {
    match at.and_then(|at| facts.get_mut(at)) {
        Some(place) => *place = fact,
        None => facts.push(fact),
    }
}

pub(super) fn collect_finding_evidence(found: &[&Finding]) -> Vec<Evidence> {
    found
        .iter()
        .flat_map(|finding| finding.evidence.iter().take(3).cloned())
        .take(PLACES)
        .collect()
}

pub(super) fn and_more(first: &str, count: usize) -> String {
    if count > 1 {
        format!("{first}, and {} more", count - 1)
    } else {
        first.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Release, ReleaseRelation, RepositoryInfo};

    fn with(findings: Vec<(&str, Domain, Severity)>) -> Assessment {
        let release = || Release {
            version: "1".into(),
            commit: "a".repeat(40),
            time: None,
            tag: None,
            scheme: String::new(),
            prerelease: false,
        };
        let mut assessment = Assessment::new(
            RepositoryInfo::default(),
            release(),
            release(),
            ReleaseRelation::Ancestor,
        );
        assessment.findings = findings
            .into_iter()
            .map(|(check, domain, severity)| Finding {
                check: crate::model::CheckId::saved(check),
                domain,
                severity,
                direction: Direction::Rollback,
                confidence: Confidence::Proven,
                subject: "x".into(),
                says: "x differs in a/b.yaml".into(),
                why: Default::default(),
                action: Default::default(),
                compatibility_step: None,
                evidence: vec![Evidence::at("a/b.yaml", 1)],
            })
            .collect();
        assessment
    }

    #[test]
    fn a_fact_gets_worse_and_never_better() {
        let value = |severity, known: Option<&str>| {
            let mut facts: Vec<Fact> = known
                .map(|word| Fact::derived("contract.stored", FactValue::word(word)))
                .into_iter()
                .collect();
            stored_forms(
                &with(vec![("stored-form/x", Domain::StoredForm, severity)]),
                &mut facts,
            );
            facts
                .first()
                .and_then(|fact| fact.value.as_word().map(str::to_owned))
        };
        assert_eq!(
            value(Severity::Blocks, Some("compatible")).as_deref(),
            Some("breaking")
        );
        assert_eq!(
            value(Severity::Warns, Some("breaking")).as_deref(),
            Some("breaking")
        );
        assert_eq!(value(Severity::Warns, None).as_deref(), Some("doubt"));
        assert_eq!(
            value(Severity::Notes, Some("compatible")).as_deref(),
            Some("compatible")
        );
    }

    #[test]
    fn a_name_of_progress_is_a_fact_of_its_own() {
        let mut facts = Vec::new();
        let assessment = with(vec![(
            "stored-form/progress-name",
            Domain::StoredForm,
            Severity::Warns,
        )]);
        stored_forms(&assessment, &mut facts);
        assert!(facts.is_empty(), "no form changed");
        progress_moved(&assessment, &mut facts);
        assert_eq!(facts[0].key, "contract.progress_moved");
        assert_eq!(facts[0].value.as_word(), Some("yes"));
    }

    #[test]
    fn a_place_that_moved_is_a_fact_of_its_own() {
        let mut facts = Vec::new();
        let assessment = with(vec![(
            "stored-form/place-moved",
            Domain::StoredForm,
            Severity::Warns,
        )]);
        stored_forms(&assessment, &mut facts);
        assert!(facts.is_empty(), "no form changed");
        store_moved(&assessment, &mut facts);
        assert_eq!(facts[0].key, "contract.store_moved");
    }

    #[test]
    fn what_browsers_keep_is_a_fact_of_its_own() {
        let mut facts = Vec::new();
        let assessment = with(vec![(
            "stored-form/kept-by-clients",
            Domain::StoredForm,
            Severity::Warns,
        )]);
        stored_forms(&assessment, &mut facts);
        assert!(facts.is_empty(), "no form changed");
        kept_by_clients(&assessment, &mut facts);
        assert_eq!(facts[0].key, "contract.kept_by_clients");
    }

    #[test]
    fn a_number_that_means_another_member_is_a_fact_of_its_own() {
        let mut facts = Vec::new();
        let assessment = with(vec![(
            "stored-form/position-moved",
            Domain::StoredForm,
            Severity::Blocks,
        )]);
        stored_forms(&assessment, &mut facts);
        assert!(facts.is_empty(), "its form is the same");
        member_moved(&assessment, &mut facts);
        assert_eq!(facts[0].key, "contract.member_moved");
        assert_eq!(facts[0].value.as_word(), Some("yes"));
    }

    #[test]
    fn a_step_that_previous_does_not_have_is_a_likely_gate() {
        let mut facts = vec![Fact::sensed("database.start_gate", FactValue::word("no"))];
        let mut assessment = with(vec![(
            "stored-form/list-grows",
            Domain::StoredForm,
            Severity::Blocks,
        )]);
        start_gate(&assessment, &mut facts);
        assert_eq!(
            facts[0].value.as_word(),
            Some("no"),
            "a list of readers is no gate"
        );
        assessment.findings[0].subject = "upgradeSteps: third".into();
        start_gate(&assessment, &mut facts);
        assert_eq!(facts[0].value.as_word(), Some("likely"));
        let mut facts = Vec::new();
        start_gate(
            &with(vec![(
                "stored-form/library-version",
                Domain::StoredForm,
                Severity::Blocks,
            )]),
            &mut facts,
        );
        assert_eq!(
            facts[0].value.as_word(),
            Some("likely"),
            "a store that was opened by current refuses previous, whatever was written"
        );
    }

    #[test]
    fn the_version_of_a_whole_store_is_written_when_it_is_opened() {
        let value = |subject: &str| {
            let mut assessment = with(vec![(
                "stored-form/version-raised",
                Domain::StoredForm,
                Severity::Blocks,
            )]);
            assessment.findings[0].subject = subject.to_owned().into();
            let mut facts = Vec::new();
            start_gate(&assessment, &mut facts);
            facts
                .first()
                .and_then(|fact| fact.value.as_word().map(str::to_owned))
        };
        for whole in [
            "dataDirVersion",
            "DB_LAYOUT: 3",
            "CatalogVersion",
            "data_dir_format",
        ] {
            assert_eq!(value(whole).as_deref(), Some("likely"), "{whole}");
        }
        for part in [
            "snapshotVersion",
            "SESSION_FORMAT",
            "updatedVersion",
            "messageVersion",
        ] {
            assert_eq!(value(part), None, "{part}");
        }
    }

    #[test]
    fn a_definition_that_is_refused_says_the_file_and_the_way() {
        let mut facts = vec![Fact::derived(
            "config.newer_than_previous",
            FactValue::word("no"),
        )];
        add_newer_definition_facts(
            &with(vec![(
                "infrastructure/definition-stored",
                Domain::Infrastructure,
                Severity::Blocks,
            )]),
            &mut facts,
        );
        assert_eq!(facts[0].value.as_word(), Some("yes"));
        let source = facts[0].source.clone().unwrap_or_default();
        assert!(
            source.as_raw().contains("a/b.yaml")
                && source.as_raw().contains("keep the newer definition"),
            "{source:?}"
        );
    }
}
