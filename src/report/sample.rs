//! A hand-made assessment that uses every part of the contract.

use crate::model::fact_key;
use jiff::Timestamp;

use crate::model::*;
use crate::session::{Event, EventKind, Start};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn release(version: &str, letter: &str, time: &str) -> Release {
    Release {
        version: version.to_owned(),
        commit: letter.repeat(40),
        time: Some(at(time)),
        tag: Some(format!("v{version}")),
        scheme: "v".to_owned(),
        prerelease: false,
    }
}

fn reason(rule: &str, says: &str, facts: &[&str], weight: Option<f64>) -> Reason {
    Reason {
        rule: rule.to_owned(),
        says: says.to_owned(),
        facts: facts.iter().map(|&fact| fact.to_owned()).collect(),
        weight,
        ..Reason::default()
    }
}

fn status(
    option: OptionId,
    state: OptionState,
    blockers: Vec<Reason>,
    conditions: Vec<Condition>,
) -> OptionStatus {
    OptionStatus {
        option,
        state,
        blockers,
        conditions,
    }
}

pub(crate) fn decision() -> Decision {
    let uses = "dependent[storefront].uses";
    let copes = "dependent[storefront].copes";
    let b8 = reason(
        "B8",
        "storefront uses POST /cards/verify, and whether it copes without is not known",
        &[uses, copes],
        None,
    );
    let b4 = reason(
        "B4",
        "3.0.0 writes orders without note, which now must not be null",
        &[fact_key::DATABASE_OLD_CODE],
        None,
    );
    let step = Condition {
        facts: vec![fact_key::IMPACT_NOW.to_owned()],
        says: "Set a default on orders.note, so that 3.0.0 can write.".to_owned(),
        kind: "compatibility-step".into(),
        steps: vec!["ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';".to_owned()],
        ..Condition::default()
    };
    let settle = Condition {
        says: "Find out whether storefront copes without POST /cards/verify.".to_owned(),
        kind: "settle".into(),
        ..Condition::default()
    };
    let next = NextQuestion {
        fact: copes.to_owned(),
        question: "dependent-copes".to_owned(),
        asks: "Does storefront cope when POST /cards/verify answers 404?".to_owned(),
        why_now: "A \"no\" removes roll back.".to_owned(),
        settles: vec![copes.to_owned()],
        who: Some("storefront team".to_owned()),
        minutes: Some(2.0),
    };
    Decision {
        option: OptionId::RollForward,
        strength: Strength::Open,
        margin: Some(-1.5),
        then: None,
        meanwhile: Some(Condition {
            says: "Add capacity.".to_owned(),
            kind: "relieve".into(),
            ..Condition::default()
        }),
        rests_on: RestsOn {
            answers: 2,
            judged: 2,
            open: 2,
        },
        because: vec![
            reason(
                "B8",
                "3.0.0 has no POST /cards/verify, and storefront calls it",
                &[fact_key::CONTRACT_WAY_BACK, uses],
                None,
            ),
            reason(
                "default-forward",
                "The default is to roll forward.",
                &[],
                Some(2.0),
            ),
            reason(
                "schema-changed",
                "The schema changed.",
                &[fact_key::DATABASE_SCHEMA],
                Some(1.0),
            ),
        ],
        against: vec![reason(
            "no-fix",
            "No fix is in sight.",
            &[fact_key::FIX_STATE],
            Some(1.5),
        )],
        conditions: vec![],
        options: vec![
            status(OptionId::RollForward, OptionState::Cleared, vec![], vec![]),
            status(
                OptionId::RollBack,
                OptionState::Removed,
                vec![b4.clone()],
                vec![],
            ),
            status(
                OptionId::RollBackWithConditions,
                OptionState::NotCleared,
                vec![b8, b4],
                vec![step, settle],
            ),
            status(
                OptionId::FlagOff,
                OptionState::NotCleared,
                vec![reason(
                    "need",
                    "No switch is known",
                    &[fact_key::SWITCH_EXISTS],
                    None,
                )],
                vec![],
            ),
        ],
        flips: vec![Flip {
            fact: copes.to_owned(),
            value: FactValue::word("yes"),
            option: OptionId::RollBackWithConditions,
            says: String::new(),
            answer: String::new(),
            with: vec![(fact_key::FIX_STATE.to_owned(), FactValue::word("none"))],
            then: Some(OptionId::RollForward),
        }],
        next_question: Some(next.clone()),
        questions: vec![next],
        open_facts: vec![copes.to_owned(), fact_key::FIX_STATE.to_owned()],
        deadline: Some(at("2026-11-25T03:40:00Z")),
        limits: vec![NoReturn {
            option: None,
            at: Some(at("2026-11-25T03:40:00Z")),
            passed: false,
            says: "the window ends".to_owned(),
            why: "backout.yaml".to_owned(),
        }],
        back: 2.0,
        forward: 3.5,
        assumed: vec![],
        trace: vec![
            "B1 harm.irreversible = none: does not hold".to_owned(),
            "B8 storefront: uses yes, copes unknown: not cleared".to_owned(),
        ],
    }
}

fn changelog() -> Changelog {
    let entry = |commit: &str, kind: &str, title: &str, hints: &[Reverting]| ChangelogEntry {
        commit: commit.repeat(40),
        time: Some(at("2026-11-20T10:00:00Z")),
        author: "A".to_owned(),
        title: title.to_owned(),
        kind: Some(kind.to_owned()),
        paths: vec!["src/cards.rs".to_owned()],
        path_count: 1,
        areas: vec!["src".to_owned()],
        if_reverted: hints.to_vec(),
        ..ChangelogEntry::default()
    };
    let mut entries = vec![
        entry(
            "1",
            "feat",
            "verify cards before they are charged",
            &[Reverting::ContractVanishes, Reverting::FeatureLost],
        ),
        entry(
            "2",
            "fix",
            "do not log card numbers",
            &[Reverting::SecurityReopened],
        ),
        entry("3", "chore", "tidy", &[Reverting::Nothing]),
        entry(
            "4",
            "feat",
            "a note on orders",
            &[Reverting::MigrationOrphaned],
        ),
    ];
    entries[0].breaking = true;
    entries[0].pull_request = Some(412);
    entries[1].security = vec!["CVE-2026-1234".to_owned()];
    entries[1].declared = vec![Declaration {
        declared: Declared::NotSafe,
        place: DeclaredIn::Trailer,
        text: "Rollback-Safe: no: partners switched".to_owned(),
    }];
    entries[2].answer = Some(Reverting::Nothing);
    Changelog {
        commits: 1204,
        merges: 3,
        authors: 5,
        files_changed: Some(14),
        insertions: Some(1410),
        deletions: Some(96),
        renames: Some(1),
        entries,
        conventional: true,
        ..Changelog::default()
    }
}

fn migration() -> Migration {
    let place = Evidence::at("src/orders.rs", 41);
    Migration {
        path: "db/7_note.up.sql".to_owned(),
        file: "db/7_note.up.sql".to_owned(),
        line: 1,
        group: "7".to_owned(),
        framework: "golang-migrate".into(),
        version: "7".to_owned(),
        dialect: "postgresql".into(),
        change: MigrationChange::Added,
        from: None,
        ran: None,
        operations: vec![Operation {
            kind: "add-column".into(),
            object: "orders.note".to_owned(),
            line: 1,
            rollback: RollbackEffect::BreaksWrites,
            alone: RollbackEffect::BreaksWrites,
            on_deploy: DeployEffect::BreaksRunningCode,
            revert: RevertEffect::LosesData,
            why: "3.0.0 inserts into orders without note".to_owned(),
            used_by: vec![place],
            compatibility_step: None,
            query: None,
        }],
        rollback: RollbackEffect::BreaksWrites,
        down: Down {
            kind: DownKind::Script,
            state: Some(DownState::Complete),
            path: Some("db/7_note.down.sql".to_owned()),
            line: Some(1),
            loses_data: Some(true),
            why: None,
            rehearse: false,
        },
    }
}

fn contract() -> Contract {
    Contract {
        path: "api/openapi.yaml".to_owned(),
        root: "api/openapi.yaml".to_owned(),
        kind: ContractKind::Openapi,
        changes: vec![ContractChange {
            check: crate::model::CheckId::saved("contract/operation-added"),
            location: "POST /cards/verify".to_owned(),
            line: Some(88),
            says: "The operation is new.".to_owned(),
            on_deploy: Grade::Compatible,
            on_rollback: Grade::Breaking,
            stored: Grade::Compatible,
            affects: vec![Affects::Clients],
            adoption: Adoption::Used,
            used_by: vec![Use {
                dependent: "storefront".to_owned(),
                path: "src/pay.ts".to_owned(),
                line: Some(88),
                excerpt: None,
            }],
            old: None,
            new: None,
        }],
        on_deploy: Grade::Compatible,
        on_rollback: Grade::Breaking,
    }
}

fn findings() -> Vec<Finding> {
    let not_null = Finding {
        check: crate::model::CheckId::saved("database/not-null-without-default"),
        domain: Domain::Database,
        severity: Severity::Blocks,
        direction: Direction::Rollback,
        confidence: Confidence::Proven,
        subject: "orders.note".to_owned(),
        says: "The column must not be null and has no default.".to_owned(),
        why: "3.0.0 inserts into orders without it, so its writes fail.".to_owned(),
        action: "Set a default before going back.".to_owned(),
        compatibility_step: Some("ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';".to_owned()),
        evidence: vec![
            Evidence::at("db/7_note.up.sql", 1)
                .with_excerpt("ALTER TABLE orders ADD note text NOT NULL;"),
            Evidence::at("src/orders.rs", 41),
        ],
    };
    let other = |check: &str, domain, severity, direction, subject: &str, says: &str| Finding {
        check: crate::model::CheckId::saved(check),
        domain,
        severity,
        direction,
        confidence: Confidence::Likely,
        subject: subject.to_owned(),
        says: says.to_owned(),
        why: "The way back meets it.".to_owned(),
        action: "Ask the storefront team.".to_owned(),
        compatibility_step: None,
        evidence: vec![Evidence::at("api/openapi.yaml", 88)],
    };
    let vanishes = "3.0.0 does not have the operation that storefront calls.";
    vec![
        not_null,
        other(
            "contract/operation-added",
            Domain::Contract,
            Severity::Warns,
            Direction::Both,
            "POST /cards/verify",
            vanishes,
        ),
        other(
            "dependency/major",
            Domain::Dependency,
            Severity::Notes,
            Direction::Rollback,
            "serde",
            "It goes back from 2 to 1.",
        ),
        other(
            "database/index",
            Domain::Database,
            Severity::Warns,
            Direction::Deploy,
            "idx_orders_note",
            "Building the index locks writes.",
        ),
        other(
            "config/new-key",
            Domain::Config,
            Severity::Fine,
            Direction::Rollback,
            "CARDS_URL",
            "It has a default.",
        ),
    ]
}

pub(crate) fn assessment() -> Assessment {
    let repository = RepositoryInfo {
        path: "/srv/git/payments".into(),
        ..RepositoryInfo::default()
    };
    let mut assessment = Assessment::new(
        repository,
        release("3.0.0", "a", "2026-11-01T09:00:00Z"),
        release("3.1.0", "b", "2026-11-22T09:00:00Z"),
        ReleaseRelation::Ancestor,
    );
    assessment.tool = "backout 0.0.0".to_owned();
    assessment.checklist_digest = "c".repeat(64);
    assessment.environment = Some("production".to_owned());
    assessment.gate = Some(Gate::Backend);
    assessment.changelog = changelog();
    assessment.kinds = [
        (FileKind::Code, 9),
        (FileKind::Database, 2),
        (FileKind::Contract, 1),
        (FileKind::Test, 2),
    ]
    .into();
    assessment.files = vec![FileChange {
        path: "src/cards.rs".to_owned(),
        old_path: None,
        status: FileStatus::Added,
        old_id: None,
        new_id: Some("d".repeat(40)),
        old_mode: 0,
        new_mode: 0o100_644,
        insertions: Some(120),
        deletions: Some(0),
        kind: FileKind::Code,
        component: Some("backend".to_owned()),
    }];
    assessment.migrations = vec![migration()];
    assessment.contracts = vec![contract()];
    assessment.findings = findings();
    let row = |domain, judged, cannot: &[(&str, u64)], places: Vec<OpenPlace>| Coverage {
        domain,
        judged,
        cannot: cannot
            .iter()
            .map(|(rule, count)| ((*rule).to_owned(), *count))
            .collect(),
        open: places.len() as u64,
        places,
        mechanism: (domain == CoverageDomain::Schema).then(|| "golang-migrate, read".to_owned()),
    };
    let place = |path: &str, line, why: &str| OpenPlace {
        path: path.to_owned(),
        line,
        why: why.to_owned(),
    };
    assessment.coverage = vec![
        row(
            CoverageDomain::Schema,
            1,
            &[("no-schema-sign", 1)],
            vec![place("db/9_data.py", Some(3), "a migration in code")],
        ),
        row(
            CoverageDomain::StoredForm,
            1,
            &[("other-field", 1)],
            vec![place(
                "src/cards.rs",
                Some(40),
                "program text that writes a stored document changed",
            )],
        ),
        row(
            CoverageDomain::Contract,
            1,
            &[("written-down", 2)],
            Vec::new(),
        ),
        row(
            CoverageDomain::Configuration,
            0,
            &[("no-setting", 3)],
            Vec::new(),
        ),
        row(
            CoverageDomain::Infrastructure,
            0,
            &[("no-infrastructure", 3)],
            Vec::new(),
        ),
    ];
    assessment.looked_at = Some(FilesLookedAt { judged: 2, open: 2 });
    assessment.only_paths = vec!["src/**".to_owned()];
    assessment.unchecked = vec![Unchecked {
        what: "db/9_data.py".to_owned(),
        why: "A migration in code; what it does to data is not read.".to_owned(),
        settle_with: Some("Run it on a copy of the schema.".to_owned()),
    }];
    let facts = [
        Fact::derived(
            fact_key::DATABASE_OLD_CODE,
            FactValue::word("breaks-writes"),
        )
        .with_source("orders.note must not be null")
        .with_evidence([Evidence::at("db/7_note.up.sql", 1)]),
        Fact::sensed("dependent[storefront].uses", FactValue::word("yes"))
            .with_evidence([Evidence::at("storefront src/pay.ts", 88)])
            .observed(at("2026-11-24T22:10:00Z")),
        Fact::stated(fact_key::IMPACT_NOW, FactValue::word("degraded"))
            .observed(at("2026-11-24T22:11:00Z")),
        Fact::stated(fact_key::FIX_STATE, FactValue::Unknown).low(),
        Fact::sensed(fact_key::DEPLOYMENT_LIVE_MINUTES, FactValue::Number(47.5)),
        Fact::stated(fact_key::SWITCH_EXISTS, FactValue::NotApplicable),
    ];
    assessment.facts = facts
        .into_iter()
        .map(|fact| (fact.key.clone(), fact))
        .collect();
    assessment.rolled_back_before = vec![PastRollback {
        at: "2026-01-12T14:05:00Z".parse().ok(),
        from: "3.1.0".to_owned(),
        to: Some("3.0.0".to_owned()),
        same_pair: true,
        environment: Some("production".to_owned()),
        unit: Some("payments".to_owned()),
        targets: 2,
        seen: Some("payments were declined".to_owned()),
        reason: Some("no fix within the hour".to_owned()),
        worked: Some(true),
        sources: vec!["session 20260112-140200".to_owned()],
        evidence: vec![Evidence::at("helm-history.json", 12)],
        decided_only: false,
    }];
    assessment.also_said = vec![
        Fact::sensed(fact_key::DEPLOYMENT_LIVE_MINUTES, FactValue::Number(20.0))
            .with_source("GitHub deployments: 3.1.0 is live since 21:50"),
    ];
    let advice = |how, why: &str, today| StepAdvice {
        how,
        why: why.to_owned(),
        settled: true,
        today,
    };
    assessment.process = vec![KnownStep {
        required: true,
        origin: Some(StepOrigin::Previous),
        name: "Deploy database".to_owned(),
        kind: "database".to_owned(),
        because: "its name".to_owned(),
        on_rollback: advice(StepMode::Skip, "The schema stays as it is.", Some(true)),
        on_redeploy: advice(
            StepMode::Skip,
            "The same package was deployed before.",
            None,
        ),
        on_deploy: Some(true),
        blocks: false,
        evidence: Some(Evidence::at(".octopus/deployment_process.ocl", 1)),
        questions: vec![StepAnswer {
            rule: 47,
            asks: "Should database deployments be skipped?".to_owned(),
            says: "yes: the schema stays as it is".to_owned(),
            settled: true,
        }],
    }];
    assessment.verdict = Some(decision());
    let step = |step: &str, how, why: &str, command: Option<&str>| PlanStep {
        step: step.to_owned(),
        how,
        why: why.to_owned(),
        command: command.map(str::to_owned),
        undo: None,
        expect: (how == StepMode::Verify).then(|| "below 1 %".to_owned()),
    };
    assessment.plan = vec![
        step(
            "Branch from the commit that is live",
            StepMode::Run,
            "The fix must ship without other work.",
            Some("git switch -c fix v3.1.0"),
        ),
        step(
            "Deploy database",
            StepMode::Skip,
            "The schema stays as it is.",
            None,
        ),
        step(
            "Look at the error rate of POST /cards",
            StepMode::Verify,
            "It should be back below 1 % within 10 minutes.",
            None,
        ),
    ];
    assessment.way_back = WayBackGrounds {
        returns: vec![WayBack {
            kind: "kubernetes".into(),
            tool: "Kubernetes".to_owned(),
            unit: Some("shop/payments".to_owned()),
            says: "Undo deployment shop/payments to revision 7".to_owned(),
            brings: "the pod template comes back".to_owned(),
            command: Some(
                "kubectl rollout undo deployment/payments --namespace shop --to-revision=7"
                    .to_owned(),
            ),
            lacks: None,
            undo: None,
            watch: None,
            block: None,
            unblock: None,
            list: None,
            artifact: Some("reg/payments:3.0.0".to_owned()),
            in_flight: true,
            until: None,
            until_at: None,
            evidence: Evidence::at("kubernetes.json", 1),
        }],
        staged: vec![Staged {
            strategy: "blue-green".into(),
            tool: "CodeDeploy".to_owned(),
            buys: "the old side takes the traffic back".to_owned(),
            until: "until its termination wait time is over".to_owned(),
            evidence: Evidence::at("appspec.yml", 3),
        }],
        platforms: vec![PlatformSign {
            platform: "kubernetes".to_owned(),
            asks: None,
            evidence: Evidence::at("deploy/app.yaml", 2),
        }],
        owners: vec![Owner {
            name: "@acme/payments".to_owned(),
            paths: 12,
        }],
        calendar: vec![CalendarNote {
            says: "the window is open".to_owned(),
            closed: false,
            freeze: true,
            until: None,
        }],
        frozen_process: None,
    };
    assessment.no_return = vec![
        NoReturn {
            option: Some(OptionId::RollBack),
            at: Some(at("2026-11-25T03:40:00Z")),
            passed: false,
            says: "users will notice if it goes back".to_owned(),
            why: "for its use that is 4 h after the deployment".to_owned(),
        },
        NoReturn {
            option: Some(OptionId::ShiftTraffic),
            at: None,
            passed: true,
            says: "CodeDeploy: until its termination wait time is over".to_owned(),
            why: "blue-green, appspec.yml:3".to_owned(),
        },
    ];
    assessment.preflight = vec![
        PreflightCheck {
            id: "image".to_owned(),
            state: CheckState::Open,
            says: "Is the image of 3.0.0 still in its registry, under the same digest?".to_owned(),
            command: Some("docker manifest inspect reg/payments:3.0.0".to_owned()),
        },
        PreflightCheck {
            id: "tag".to_owned(),
            state: CheckState::Fine,
            says: "tag v3.0.0 is in the repository".to_owned(),
            command: None,
        },
    ];
    assessment.timings = Some(Timings {
        total_ms: 42,
        stages: [("changelog".to_owned(), 7)].into(),
    });
    assessment
}

/// A session from start to end, with names, an answer taken back, a poll, and a decision against
/// the recommendation.
pub(crate) fn events() -> Vec<Event> {
    let lead = || {
        (
            Some("incident lead".to_owned()),
            Some("Jane Doe".to_owned()),
        )
    };
    let database = || (Some("database".to_owned()), Some("Ola N.".to_owned()));
    let nobody = || (None, None);
    let answered = |question: &str, key: &str, value: FactValue| EventKind::Answered {
        question: Some(question.to_owned()),
        facts: vec![Fact::stated(key, value)],
        note: None,
    };
    let verdict = |option, strength, margin, why: &str| EventKind::Verdict {
        option,
        strength,
        margin,
        why: why.to_owned(),
    };
    let start = Start {
        session: "20261124-2210-payments-3f9a".to_owned(),
        tool: "backout 0.0.0".to_owned(),
        journal: 1,
        mode: Mode::Incident,
        repository: "/srv/git/payments".to_owned(),
        previous: "3.0.0".to_owned(),
        previous_commit: "a".repeat(40),
        current: "3.1.0".to_owned(),
        current_commit: "b".repeat(40),
        environment: Some("production".to_owned()),
        service: Some("payments".to_owned()),
        deployed_at: Some(at("2026-11-24T21:23:00Z")),
        deadline: Some(at("2026-11-25T00:40:00Z")),
        checklist_digest: "c".repeat(64),
        checklist: String::new(),
        checklist_changes: Vec::new(),
    };
    let kinds = vec![
        ("22:10:04", nobody(), EventKind::Started(Box::new(start))),
        (
            "22:10:20",
            lead(),
            EventKind::PairConfirmed {
                previous: "3.0.0".to_owned(),
                current: "3.1.0".to_owned(),
            },
        ),
        (
            "22:10:31",
            nobody(),
            EventKind::Assessed {
                facts: vec![
                    Fact::derived(
                        fact_key::DATABASE_OLD_CODE,
                        FactValue::word("breaks-writes"),
                    )
                    .with_source("orders.note must not be null"),
                    Fact::sensed("dependent[storefront].uses", FactValue::word("yes"))
                        .with_evidence([Evidence::at("storefront src/pay.ts", 88)]),
                ],
                summary: "1,204 commits, 1 migration breaks old code".to_owned(),
                digest: "d".repeat(64),
            },
        ),
        (
            "22:10:31",
            nobody(),
            verdict(
                OptionId::RollForward,
                Strength::Open,
                Some(-1.5),
                "the repository was read",
            ),
        ),
        (
            "22:11:02",
            lead(),
            answered("harm", fact_key::HARM_IRREVERSIBLE, FactValue::word("none")),
        ),
        (
            "22:11:15",
            lead(),
            answered("impact", fact_key::IMPACT_NOW, FactValue::word("down")),
        ),
        ("22:11:40", lead(), EventKind::Withdrawn { seq: 6 }),
        (
            "22:11:48",
            lead(),
            answered("impact", fact_key::IMPACT_NOW, FactValue::word("degraded")),
        ),
        (
            "22:12:30",
            lead(),
            answered("fix", fact_key::FIX_STATE, FactValue::Unknown),
        ),
        (
            "22:13:00",
            lead(),
            EventKind::Asked {
                question: "dependent-copes".to_owned(),
                who: "storefront team".to_owned(),
            },
        ),
        (
            "22:13:20",
            lead(),
            EventKind::Asked {
                question: "fix".to_owned(),
                who: "Sam Roe".to_owned(),
            },
        ),
        (
            "22:14:00",
            lead(),
            EventKind::Noted {
                text: "Jane Doe called the storefront team\nthey look into it".to_owned(),
            },
        ),
        (
            "22:20:10",
            database(),
            EventKind::EntryAnswered {
                commit: "1".repeat(40),
                answer: Reverting::DependentBreaks,
            },
        ),
        (
            "22:21:00",
            lead(),
            EventKind::Polled {
                gate: Gate::Backend,
                role_polled: "database".to_owned(),
                call: Some(OptionId::Hold),
                objection: Some("Ola N. wants to see the row count".to_owned()),
            },
        ),
        (
            "22:21:30",
            lead(),
            EventKind::Polled {
                gate: Gate::Backend,
                role_polled: "service owner".to_owned(),
                call: None,
                objection: None,
            },
        ),
        (
            "22:22:00",
            lead(),
            EventKind::GateCalled {
                gate: Gate::Backend,
                call: OptionId::Hold,
                reason: "Wait for the row count.".to_owned(),
                minutes: Some(5),
            },
        ),
        (
            "22:30:10",
            nobody(),
            verdict(
                OptionId::RollForward,
                Strength::Close,
                Some(-0.5),
                "service owner said users will not notice",
            ),
        ),
        (
            "22:31:05",
            lead(),
            EventKind::Decided {
                option: OptionId::RollBackWithConditions,
                recommended: OptionId::RollForward,
                strength: Strength::Close,
                reason: "The fix would take until morning.".to_owned(),
                typed: Some("3.0.0".to_owned()),
                second: Some("Ola N.".to_owned()),
                expect: Some("Errors of POST /cards below 1 %".to_owned()),
                within_minutes: Some(10),
                open: vec![
                    (
                        "dependent[storefront].copes".to_owned(),
                        FactValue::word("yes"),
                    ),
                    (fact_key::FIX_STATE.to_owned(), FactValue::Unknown),
                ],
            },
        ),
        (
            "22:41:00",
            lead(),
            EventKind::Observed {
                met: true,
                text: "errors at 0.2 %".to_owned(),
            },
        ),
        ("22:45:00", lead(), EventKind::closed()),
    ];
    let mut events: Vec<Event> = Vec::new();
    for (time, (role, by), what) in kinds {
        let seq = events.len() as u64 + 1;
        events.push(Event {
            seq,
            at: at(&format!("2026-11-24T{time}Z")),
            role,
            by,
            what,
            previous: String::new(),
            hash: String::new(),
        });
    }
    events
}
