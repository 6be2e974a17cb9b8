//! Tests of the table from findings to facts.

use super::*;
use crate::check::DependentUse;
use crate::check::coverage::Ledger;
use crate::check::database::Mechanism;
use crate::model::{
    Affects, ContractChange, ContractKind, Dependent, DeployEffect, Down, DownKind, DownState,
    Environment, FeatureSwitch, FileChange, FileStatus, Migration, MigrationChange, Operation,
    Release, ReleaseRelation, RepositoryInfo, RevertEffect, RollbackEffect,
};

fn release(version: &str, second: i64) -> Release {
    Release {
        version: version.into(),
        commit: version.into(),
        time: Timestamp::from_second(second).ok(),
        tag: None,
        scheme: String::new(),
        prerelease: false,
    }
}

fn assessment() -> Assessment {
    Assessment::new(
        RepositoryInfo::default(),
        release("3.0.0", 0),
        release("3.1.0", 40 * 86_400),
        ReleaseRelation::Ancestor,
    )
}

fn entry(kind: &str, paths: &[&str]) -> ChangelogEntry {
    let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    ChangelogEntry {
        commit: paths.concat(),
        kind: Some(kind.into()),
        path_count: paths.len() as u64,
        paths,
        ..ChangelogEntry::default()
    }
}

fn of(assessment: &Assessment, config: &Config, rows: &[DependentUse]) -> Facts {
    let database = crate::check::DatabaseOutcome {
        migrations: assessment.migrations.clone(),
        findings: assessment.findings.clone(),
        ..Default::default()
    };
    let contract = crate::check::ContractOutcome {
        contracts: assessment.contracts.clone(),
        dependents: rows.to_vec(),
        ..Default::default()
    };
    let (ledger, mechanism) = (
        Ledger::default(),
        Mechanism {
            would_be_seen: true,
            ..Mechanism::default()
        },
    );
    derive_assessment_facts(&Material {
        counted: &[],
        rehearsed: &[],
        grounds: Grounds {
            ledger: Some(&ledger),
            mechanism: Some(&mechanism),
            outside: 0,
        },
        assessment,
        done: &Stage::ALL.into_iter().collect(),
        database: Some(&check::database::summary::summarize_database(&database)),
        contract: Some(&check::contract::summarise_contracts(
            &contract,
            assessment.previous.version.as_raw(),
        )),
        contracts_exist: true,
        config,
        config_source: "backout.yaml",
        at: Timestamp::UNIX_EPOCH,
    })
}

fn value(facts: &Facts, key: &str) -> String {
    facts
        .get(key)
        .map_or_else(|| "absent".to_owned(), |fact| fact.value.to_string())
}

fn file(path: &str) -> FileChange {
    FileChange {
        path: path.into(),
        old_path: None,
        status: FileStatus::Modified,
        old_id: None,
        new_id: None,
        old_mode: 0,
        new_mode: 0,
        insertions: None,
        deletions: None,
        kind: crate::assess::kinds::default_kind(path),
        component: None,
    }
}

fn vanishing() -> Contract {
    let change = ContractChange {
        check: crate::model::CheckId::saved("contract/operation-added"),
        location: "POST /cards/verify".into(),
        line: Some(12),
        says: "an operation is added".into(),
        on_deploy: Grade::Compatible,
        on_rollback: Grade::Breaking,
        stored: Grade::Compatible,
        affects: vec![Affects::Clients],
        adoption: Adoption::Unknown,
        used_by: vec![],
        old: None,
        new: None,
    };
    Contract {
        path: "api/openapi.yaml".into(),
        root: "api/openapi.yaml".into(),
        kind: ContractKind::Openapi,
        changes: vec![change],
        on_deploy: Grade::Compatible,
        on_rollback: Grade::Breaking,
    }
}

fn migration(operations: Vec<Operation>) -> Migration {
    Migration {
        path: "db/2.up.sql".into(),
        file: "db/2.up.sql".into(),
        line: 1,
        group: "2".into(),
        framework: "golang-migrate".into(),
        version: "2".into(),
        dialect: "postgresql".into(),
        change: MigrationChange::Added,
        from: None,
        ran: None,
        rollback: operations
            .iter()
            .map(|operation| operation.rollback)
            .max()
            .unwrap_or(RollbackEffect::Safe),
        operations,
        down: Down {
            kind: DownKind::Script,
            state: Some(DownState::Complete),
            path: None,
            line: None,
            loses_data: Some(true),
            why: None,
            rehearse: false,
        },
    }
}

fn operation(kind: &str, rollback: RollbackEffect, step: Option<&str>) -> Operation {
    Operation {
        kind: kind.into(),
        object: "orders.note".into(),
        line: 1,
        rollback,
        alone: rollback,
        on_deploy: DeployEffect::Safe,
        revert: RevertEffect::LosesData,
        why: "3.0.0 inserts into orders without note".into(),
        used_by: vec![crate::model::Evidence::at("internal/orders.go", 9)],
        compatibility_step: step.map(str::to_owned),
        query: None,
    }
}

#[test]
fn every_fact_has_a_source_and_a_time() {
    let mut range = assessment();
    range.files.push(file("web/a.css"));
    range.contracts.push(vanishing());
    range.migrations.push(migration(vec![operation(
        "add-column",
        RollbackEffect::BreaksWrites,
        Some("ALTER TABLE orders ALTER note SET DEFAULT ''"),
    )]));
    let config = Config {
        dependents: vec![Dependent {
            name: "shop".into(),
            ..Dependent::default()
        }],
        ..Config::default()
    };
    let facts = of(&range, &config, &[]);
    assert!(facts.len() > 10);
    for fact in facts.values() {
        assert!(
            fact.source
                .as_ref()
                .is_some_and(|source| !source.is_empty()),
            "{fact:?}"
        );
        assert!(fact.at.is_some());
    }
}

#[test]
fn a_stage_that_did_not_end_gives_no_facts() {
    let range = assessment();
    let none = BTreeSet::new();
    let material = Material {
        counted: &[],
        rehearsed: &[],
        grounds: Grounds {
            ledger: None,
            mechanism: None,
            outside: 0,
        },
        assessment: &range,
        done: &none,
        database: None,
        contract: None,
        contracts_exist: true,
        config: &Config::default(),
        config_source: "x",
        at: Timestamp::UNIX_EPOCH,
    };
    let facts = derive_assessment_facts(&material);
    assert_eq!(
        facts.keys().collect::<Vec<_>>(),
        ["release.days_since_previous"]
    );
}

#[test]
fn size_leaves_out_what_does_not_count() {
    let mut range = assessment();
    range.changelog.entries = (0..14).map(|_| entry("feat", &["src/a.rs"])).collect();
    assert_eq!(
        value(&of(&range, &Config::default(), &[]), "release.size"),
        "some"
    );
    range.changelog.entries[0].merge = true;
    range.changelog.entries[1].in_previous = true;
    range.changelog.entries[2] = entry("docs", &["src/a.rs"]);
    range.changelog.entries[3] = entry("fix", &["tests/a.rs"]);
    range.changelog.entries[4].commit = "abcdef".into();
    range.changelog.entries[4].cancelled_by = Some("012345".into());
    range.changelog.entries[5].reverts = Some("abcdef".into());
    let facts = of(&range, &Config::default(), &[]);
    assert_eq!(value(&facts, "release.size"), "few");
    assert!(
        facts["release.size"]
            .source
            .as_ref()
            .unwrap()
            .as_raw()
            .starts_with("8 changes")
    );
    range.changelog.entries = (0..41).map(|_| entry("feat", &["src/a.rs"])).collect();
    assert_eq!(
        value(&of(&range, &Config::default(), &[]), "release.size"),
        "many"
    );
    assert_eq!(value(&facts, "release.days_since_previous"), "40");
}

#[test]
fn security_is_what_the_findings_say() {
    let mut range = assessment();
    let fact =
        |range: &Assessment| value(&of(range, &Config::default(), &[]), "release.security_fix");
    assert_eq!(fact(&range), "no");
    let finding = |confidence| Finding {
        check: CheckId::HOLE_REOPENED,
        domain: Domain::Security,
        severity: Severity::Warns,
        direction: crate::model::Direction::Rollback,
        confidence,
        subject: "CVE-2031-4411".into(),
        says: "3.1.0 closes it".into(),
        why: Default::default(),
        action: Default::default(),
        compatibility_step: None,
        evidence: Vec::new(),
    };
    range.findings = vec![finding(Confidence::Hint)];
    assert_eq!(fact(&range), "absent", "words alone leave it open");
    range.findings.push(finding(Confidence::Proven));
    assert_eq!(fact(&range), "yes");
}

#[test]
fn contracts_name_what_vanishes_and_dependents_what_they_use() {
    let mut range = assessment();
    assert_eq!(
        value(&of(&range, &Config::default(), &[]), "contract.way_back"),
        "compatible"
    );
    range.contracts.push(vanishing());
    let shop = Dependent {
        name: "shop".into(),
        uses: vec!["api/openapi.yaml".into()],
        copes: Tri::No,
        ..Dependent::default()
    };
    let other = Dependent {
        name: "other".into(),
        uses: vec!["api/else.yaml".into()],
        ..Dependent::default()
    };
    let config = Config {
        dependents: vec![shop, other],
        ..Config::default()
    };
    let facts = of(&range, &config, &[]);
    assert_eq!(value(&facts, "contract.way_back"), "breaking");
    assert_eq!(
        facts["contract.way_back"]
            .source
            .as_ref()
            .map(crate::model::Untrusted::as_raw),
        Some("3.0.0 has no POST /cards/verify")
    );
    assert_eq!(value(&facts, "dependent[shop].uses"), "unknown");
    assert_eq!(value(&facts, "dependent[shop].copes"), "no");
    assert_eq!(value(&facts, "dependent[other].uses"), "absent");

    let row = |operation: &str, uses| DependentUse {
        name: "shop".into(),
        operation: operation.into(),
        uses,
        evidence: vec![crate::model::Evidence::at("shop src/pay.ts", 88)],
    };
    let facts = of(
        &range,
        &config,
        &[
            row("GET /cards", Some(false)),
            row("POST /cards/verify", Some(true)),
            row("POST /cards/check", Some(true)),
        ],
    );
    assert_eq!(value(&facts, "dependent[shop].uses"), "yes");
    assert_eq!(
        facts["dependent[shop].uses"]
            .source
            .as_ref()
            .map(crate::model::Untrusted::as_raw),
        Some("POST /cards/verify and 1 more")
    );
    assert_eq!(
        value(
            &of(&range, &config, &[row("GET /cards", None)]),
            "dependent[shop].uses"
        ),
        "unknown"
    );
    assert_eq!(
        value(
            &of(&range, &config, &[row("GET /cards", Some(false))]),
            "dependent[shop].uses"
        ),
        "no"
    );
}

#[test]
fn what_is_in_the_field_cannot_go_back_unless_it_is_stated() {
    let mut range = assessment();
    range.contracts.push(vanishing());
    let told = |can_go_back| {
        let app = Dependent {
            name: "app".into(),
            in_field: vec!["5.2".into(), "5.1".into()],
            can_go_back,
            ..Dependent::default()
        };
        of(
            &range,
            &Config {
                dependents: vec![app],
                ..Config::default()
            },
            &[],
        )
    };
    let facts = told(Tri::Unknown);
    assert_eq!(value(&facts, "dependent[app].can_go_back"), "no");
    assert!(
        facts["dependent[app].can_go_back"]
            .source
            .as_ref()
            .is_some_and(|source| source.as_raw().contains("5.2, 5.1")
                && source.as_raw().contains("devices"))
    );
    assert_eq!(value(&told(Tri::Yes), "dependent[app].can_go_back"), "yes");
    let shop = Dependent {
        name: "app".into(),
        ..Dependent::default()
    };
    assert_eq!(
        value(
            &of(
                &range,
                &Config {
                    dependents: vec![shop],
                    ..Config::default()
                },
                &[]
            ),
            "dependent[app].can_go_back"
        ),
        "absent"
    );
}

#[test]
fn migrations_become_database_facts() {
    let mut range = assessment();
    let facts = of(&range, &Config::default(), &[]);
    assert_eq!(
        (
            value(&facts, "database.schema"),
            value(&facts, "database.old_code")
        ),
        ("none".into(), "safe".into())
    );
    range.migrations.push(migration(vec![operation(
        "add-column",
        RollbackEffect::BreaksWrites,
        Some("ALTER ..."),
    )]));
    let facts = of(&range, &Config::default(), &[]);
    assert_eq!(value(&facts, "database.old_code"), "breaks-writes");
    assert_eq!(facts["database.old_code"].evidence.len(), 2);
    assert_eq!(value(&facts, "database.compatibility_step"), "exists");
    assert_eq!(
        facts["database.compatibility_step"].evidence[0]
            .excerpt
            .as_ref()
            .map(crate::model::Untrusted::as_raw),
        Some("ALTER ...")
    );
    assert_eq!(
        (
            value(&facts, "database.downs"),
            value(&facts, "database.downs_lose_data")
        ),
        ("complete".into(), "yes".into())
    );
    range.migrations.push(migration(vec![operation(
        "drop-table",
        RollbackEffect::BreaksReads,
        None,
    )]));
    let facts = of(&range, &Config::default(), &[]);
    assert_eq!(
        (
            value(&facts, "database.schema"),
            value(&facts, "database.compatibility_step")
        ),
        ("destructive".into(), "none".into())
    );
}

#[test]
fn the_environment_is_the_one_asked_for_or_the_only_live_one() {
    let mut range = assessment();
    let environment = |usage: &str, kind: Option<&str>| Environment {
        usage: Some(usage.into()),
        kind: kind.map(str::to_owned),
        ..Environment::default()
    };
    let mut config = Config {
        environments: [
            ("production".into(), environment("always-on", None)),
            ("staging".into(), environment("team-hours", None)),
        ]
        .into(),
        ..Config::default()
    };
    let facts = of(&range, &config, &[]);
    assert_eq!(
        (
            value(&facts, "deployment.environment"),
            value(&facts, "deployment.usage_class")
        ),
        ("production".into(), "always-on".into())
    );
    range.environment = Some("staging".into());
    let facts = of(&range, &config, &[]);
    assert_eq!(
        (
            value(&facts, "deployment.environment"),
            value(&facts, "deployment.usage_class")
        ),
        ("test".into(), "team-hours".into())
    );
    range.environment = None;
    config
        .environments
        .insert("eu".into(), environment("always-on", Some("production")));
    assert_eq!(
        value(&of(&range, &config, &[]), "deployment.environment"),
        "absent"
    );
}

#[test]
fn a_switch_must_cover_the_whole_program() {
    let mut range = assessment();
    range.files = vec![file("app/checkout/a.rb"), file("README.md")];
    let config = Config {
        switches: vec![FeatureSwitch {
            name: "new-checkout".into(),
            covers: vec!["app/checkout/**".into()],
        }],
        ..Config::default()
    };
    assert_eq!(value(&of(&range, &config, &[]), "switch.exists"), "yes");
    assert_eq!(
        value(&of(&range, &config, &[]), "config.newer_than_previous"),
        "no"
    );
    range.files.push(file("app/other.rb"));
    range.files.push(file(".env.example"));
    assert_eq!(value(&of(&range, &config, &[]), "switch.exists"), "absent");
    assert_eq!(
        value(&of(&range, &config, &[]), "config.newer_than_previous"),
        "unknown"
    );
}
