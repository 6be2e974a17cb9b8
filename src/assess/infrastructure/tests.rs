//! The fact by findings and by what is open.

use super::*;
use crate::check::coverage::{DomainStanding, FileStanding, Ledger, Mark};
use crate::model::{CannotRule, Release, ReleaseRelation, RepositoryInfo, Untrusted};

fn assessment(findings: &[(&str, Severity, Confidence)]) -> Assessment {
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
        .iter()
        .map(|(check, severity, confidence)| Finding {
            check: crate::model::CheckId::saved(*check),
            domain: Domain::Infrastructure,
            severity: *severity,
            direction: Direction::Rollback,
            confidence: *confidence,
            subject: "x".into(),
            says: "x would be gone".into(),
            why: Untrusted::default(),
            action: Untrusted::default(),
            compatibility_step: None,
            evidence: vec![Evidence::at("main.tf", 2)],
        })
        .collect();
    assessment
}

fn ledger(path: &str, is_open: bool) -> Ledger {
    let mut row: [DomainStanding; 5] =
        std::array::from_fn(|_| DomainStanding::Cannot(CannotRule::OtherField));
    if let Some(mark) = Mark::open(
        path,
        CoverageDomain::Infrastructure,
        Some(3),
        "may hold data",
    )
    .open
    .filter(|_| is_open)
    {
        row[CoverageDomain::Infrastructure.index()] = DomainStanding::Open(mark);
    }
    Ledger {
        files: vec![FileStanding {
            path: path.to_owned(),
            old_path: None,
            standings: row,
        }],
        ..Ledger::default()
    }
}

fn fact(findings: &[(&str, Severity, Confidence)], ledger: Option<&Ledger>) -> Option<Fact> {
    let mut facts = Vec::new();
    way_back(
        &assessment(findings),
        &Grounds {
            ledger,
            mechanism: None,
            outside: 0,
        },
        &mut facts,
    );
    facts.pop()
}

fn word(fact: Option<Fact>) -> Option<String> {
    fact.and_then(|fact| fact.value.as_word().map(str::to_owned))
}

#[test]
fn what_is_open_is_doubt_and_what_is_found_is_harm() {
    let (open, closed) = (ledger("main.tf", true), ledger("main.tf", false));
    assert_eq!(word(fact(&[], None)), None, "nobody read it yet");
    assert_eq!(word(fact(&[], Some(&closed))).as_deref(), Some("safe"));
    // a domain that is open is asked, whatever its files are called
    for path in ["Makefile", "cloudbuild.yaml", "ops/nginx.conf", "Procfile"] {
        assert_eq!(
            word(fact(&[], Some(&ledger(path, true)))).as_deref(),
            Some("doubt"),
            "{path}"
        );
    }
    let doubt = fact(&[], Some(&open)).unwrap();
    assert_eq!(
        (doubt.value.as_word(), doubt.confidence),
        (Some("doubt"), crate::model::Sureness::Low)
    );
    assert!(
        doubt
            .source
            .is_some_and(|source| source.as_raw().contains("main.tf:3"))
    );
    let found = [(
        "infrastructure/resource-added",
        Severity::Warns,
        Confidence::Likely,
    )];
    assert_eq!(word(fact(&found, Some(&open))).as_deref(), Some("harmful"));
    assert_eq!(
        word(fact(
            &[(
                "infrastructure/resource-added",
                Severity::Notes,
                Confidence::Likely
            )],
            Some(&closed)
        ))
        .as_deref(),
        Some("safe")
    );
}

#[test]
fn what_is_proven_of_a_definition_is_told_by_the_fact_about_configuration() {
    let closed = ledger("main.tf", false);
    let of = |confidence| {
        word(fact(
            &[(
                "infrastructure/immutable-field",
                Severity::Warns,
                confidence,
            )],
            Some(&closed),
        ))
    };
    assert_eq!(
        (
            of(Confidence::Proven).as_deref(),
            of(Confidence::Likely).as_deref()
        ),
        (Some("safe"), Some("harmful"))
    );
}

/// A finding that warns of the way back is never without an effect on it.
#[test]
fn every_check_of_the_surroundings_that_warns_is_carried_by_a_fact() {
    let found = crate::check::surroundings::fixture::list_case_warnings();
    assert!(found.len() >= 8, "{}", found.len());
    for finding in found {
        let (check, domain) = (finding.check.clone(), finding.domain);
        let mut known = assessment(&[]);
        known.findings = vec![finding];
        let mut facts = Vec::new();
        way_back(
            &known,
            &Grounds {
                ledger: None,
                mechanism: None,
                outside: 0,
            },
            &mut facts,
        );
        left_running(&known, &mut facts);
        super::super::stored::add_newer_definition_facts(&known, &mut facts);
        super::super::stored::stored_forms(&known, &mut facts);
        super::super::stored::progress_moved(&known, &mut facts);
        super::super::stored::kept_by_clients(&known, &mut facts);
        super::super::stored::member_moved(&known, &mut facts);
        super::super::stored::emptied_at_start(&known, &mut facts);
        let carried = match domain {
            Domain::Infrastructure => facts
                .iter()
                .any(|fact| matches!(fact.value.as_word(), Some("harmful" | "yes"))),
            // `config.newer_than_previous` and `release.security_fix`, see the table of facts
            // the ledger opens the schema for its line, see the kinds of files in the coverage
            Domain::Database => check == "database/statement-in-deployment",
            Domain::Config => check == "config/key-removed",
            Domain::Security => check == "security/hole-reopened",
            Domain::StoredForm => facts
                .iter()
                .any(|fact| matches!(fact.value.as_word(), Some("doubt" | "breaking" | "yes"))),
            _ => false,
        };
        assert!(carried, "{check} warns, and no fact carries it");
    }
}
