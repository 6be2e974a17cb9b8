//! What was read.

use crate::model::fact_key;
use jiff::Timestamp;

use crate::model::*;

/// 03:00 of the sample's night.
pub fn make_sample_now() -> Timestamp {
    "2026-03-14T03:00:00Z".parse().unwrap()
}

/// A time of the sample's night.
pub fn make_sample_time(text: &str) -> Timestamp {
    format!("2026-03-14T{text}Z").parse().unwrap()
}

/// A release.
pub fn make_sample_release(version: &str, commit: char) -> Release {
    Release {
        version: version.into(),
        commit: commit.to_string().repeat(40),
        time: Some("2026-03-12T14:00:00Z".parse().unwrap()),
        tag: Some(format!("v{version}").into()),
        scheme: "v".to_owned(),
        prerelease: false,
    }
}

/// An entry of the changelog.
pub fn make_sample_entry(
    commit: char,
    kind: Option<&str>,
    title: &str,
    if_reverted: &[Reverting],
    paths: &[&str],
) -> ChangelogEntry {
    ChangelogEntry {
        commit: commit.to_string().repeat(40),
        time: Some("2026-03-12T09:30:00Z".parse().unwrap()),
        author: "Kim Vega".into(),
        title: title.into(),
        body: format!("{title}\n\nThe long description of this change, over a few words.").into(),
        kind: kind.map(Untrusted::from),
        pull_request: Some(412),
        if_reverted: if_reverted.to_vec(),
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        path_count: paths.len() as u64,
        areas: paths
            .iter()
            .filter_map(|path| path.split('/').next())
            .map(Untrusted::from)
            .collect(),
        ..ChangelogEntry::default()
    }
}

/// A changed file.
pub fn make_sample_file(
    path: &str,
    status: FileStatus,
    kind: FileKind,
    insertions: u64,
    deletions: u64,
) -> FileChange {
    FileChange {
        path: path.to_owned(),
        old_path: (status == FileStatus::Renamed).then(|| format!("old/{path}")),
        status,
        old_id: (status != FileStatus::Added).then(|| "1".repeat(40)),
        new_id: (status != FileStatus::Deleted).then(|| "2".repeat(40)),
        old_mode: 0o100644,
        new_mode: 0o100644,
        insertions: Some(insertions),
        deletions: Some(deletions),
        kind,
        component: Some("backend".to_owned()),
    }
}

fn make_sample_finding(
    check: &str,
    domain: Domain,
    severity: Severity,
    direction: Direction,
    subject: &str,
    says: &str,
    evidence: Vec<Evidence>,
) -> Finding {
    Finding {
        check: crate::model::CheckId::saved(check),
        domain,
        severity,
        direction,
        confidence: Confidence::Proven,
        subject: subject.into(),
        says: says.into(),
        why: "Previous does not know it, so whoever uses it fails on the way back.".into(),
        action: "Ask the dependent's team whether it copes without it.".into(),
        compatibility_step: None,
        evidence,
    }
}

/// The whole assessment.
pub fn make_sample_assessment() -> Assessment {
    let info = RepositoryInfo {
        path: "/srv/payments".into(),
        ..RepositoryInfo::default()
    };
    let mut it = Assessment::new(
        info,
        make_sample_release("3.0.0", 'a'),
        make_sample_release("3.1.0", 'b'),
        ReleaseRelation::Ancestor,
    );
    it.environment = Some("production".to_owned());
    it.changelog = make_sample_changelog();
    it.files = make_sample_files();
    for change in &it.files {
        *it.kinds.entry(change.kind).or_default() += 1;
    }
    it.migrations = make_sample_migrations();
    it.contracts = make_sample_contracts();
    it.findings = make_sample_findings();
    it.unchecked = vec![Unchecked {
        what: "db/views/report.sql".into(),
        why: "the contents are not in this clone".into(),
        settle_with: Some("git fetch --refetch".into()),
    }];
    for fact in [
        Fact::derived(fact_key::DATABASE_OLD_CODE, FactValue::word("safe"))
            .with_source("the added column has a default"),
        Fact::derived(fact_key::DATABASE_SCHEMA, FactValue::word("additive")),
        Fact::derived(fact_key::CONTRACT_WAY_BACK, FactValue::word("breaking"))
            .with_source("3.0.0 has no POST /cards/verify"),
        Fact::sensed("dependent[storefront].uses", FactValue::word("yes"))
            .with_source("POST /cards/verify")
            .with_evidence([Evidence::at("storefront src/pay.ts", 88)])
            .observed(make_sample_time("02:58:00")),
        Fact::derived(fact_key::RELEASE_SIZE, FactValue::word("few")),
    ] {
        it.facts.insert(fact.key.clone(), fact);
    }
    it
}

/// A statement of the release before that writes without the new column.
fn make_sample_old_use() -> Evidence {
    Evidence::at("app/orders.rs", 118)
        .with_excerpt("INSERT INTO orders (id, total) VALUES ($1, $2)")
}

/// Entries of every kind.
fn make_sample_changelog() -> Changelog {
    Changelog {
        commits: 9,
        merges: 2,
        authors: 3,
        files_changed: Some(7),
        insertions: Some(214),
        deletions: Some(38),
        renames: Some(1),
        conventional: true,
        entries: vec![
            make_sample_entry(
                'c',
                Some("feat"),
                "verify a card before charging it",
                &[Reverting::FeatureLost, Reverting::ContractVanishes],
                &["api/openapi.yaml", "app/cards.rs"],
            ),
            make_sample_entry(
                'd',
                Some("feat"),
                "keep the channel an order came through",
                &[Reverting::MigrationOrphaned],
                &["db/migrate/0042_orders_channel.up.sql"],
            ),
            make_sample_entry(
                'e',
                Some("fix"),
                "round refunds half to even",
                &[Reverting::BugReturns],
                &["app/refunds.rs"],
            ),
            make_sample_entry(
                'f',
                Some("fix"),
                "escape the receipt's footer (CVE-2026-1234)",
                &[Reverting::SecurityReopened],
                &["app/receipt.rs"],
            ),
            make_sample_entry(
                '1',
                Some("chore"),
                "bump the HTTP client",
                &[Reverting::DependencyDowngraded],
                &["Cargo.lock"],
            ),
            make_sample_entry(
                '2',
                Some("style"),
                "a calmer pay button",
                &[Reverting::Nothing],
                &["web/pay.css"],
            ),
            make_sample_entry(
                '3',
                None,
                "Rework of the nightly report 日本語の題名 that has a title much longer than any screen \
                    is wide, to see where it is cut",
                &[Reverting::Unknown],
                &["app/report.rs"],
            ),
        ],
        ..Changelog::default()
    }
}

/// One file of every kind and status.
fn make_sample_files() -> Vec<FileChange> {
    vec![
        make_sample_file(
            "api/openapi.yaml",
            FileStatus::Modified,
            FileKind::Contract,
            48,
            2,
        ),
        make_sample_file("app/cards.rs", FileStatus::Added, FileKind::Code, 96, 0),
        make_sample_file(
            "app/receipt.rs",
            FileStatus::Modified,
            FileKind::Code,
            12,
            9,
        ),
        make_sample_file(
            "app/refunds.rs",
            FileStatus::Modified,
            FileKind::Code,
            20,
            18,
        ),
        make_sample_file(
            "app/report/nightly.rs",
            FileStatus::Renamed,
            FileKind::Code,
            4,
            4,
        ),
        make_sample_file(
            "db/migrate/0042_orders_channel.up.sql",
            FileStatus::Added,
            FileKind::Database,
            3,
            0,
        ),
        make_sample_file(
            "web/pay.css",
            FileStatus::Modified,
            FileKind::Styling,
            31,
            5,
        ),
    ]
}

/// A column with a default, and the way down that loses it.
fn make_sample_migrations() -> Vec<Migration> {
    vec![Migration {
        path: "db/migrate/0042_orders_channel.up.sql".to_owned(),
        file: "db/migrate/0042_orders_channel.up.sql".to_owned(),
        line: 1,
        group: "0042".to_owned(),
        framework: "golang-migrate".into(),
        version: "42".to_owned(),
        dialect: "postgresql".into(),
        change: MigrationChange::Added,
        from: None,
        ran: None,
        operations: vec![Operation {
            kind: "add-column".into(),
            object: "orders.channel".to_owned(),
            line: 2,
            rollback: RollbackEffect::Safe,
            alone: RollbackEffect::BreaksWrites,
            on_deploy: DeployEffect::Safe,
            revert: RevertEffect::LosesData,
            why: "A default is set, so writes of 3.0.0 pass.".to_owned(),
            used_by: vec![make_sample_old_use()],
            compatibility_step: Some(
                "ALTER TABLE orders ALTER COLUMN channel SET DEFAULT 'unknown';".to_owned(),
            ),
            query: None,
        }],
        rollback: RollbackEffect::Safe,
        down: Down {
            kind: DownKind::Script,
            state: Some(DownState::Complete),
            path: Some("db/migrate/0042_orders_channel.down.sql".to_owned()),
            line: Some(1),
            loses_data: Some(true),
            why: None,
            rehearse: false,
        },
    }]
}

/// An endpoint that was added and is called.
fn make_sample_contracts() -> Vec<Contract> {
    vec![Contract {
        path: "api/openapi.yaml".to_owned(),
        root: "api/openapi.yaml".to_owned(),
        kind: ContractKind::Openapi,
        changes: vec![ContractChange {
            check: crate::model::CheckId::saved("contract/operation-added"),
            location: "POST /cards/verify".to_owned(),
            line: Some(61),
            says: "3.0.0 has no POST /cards/verify.".to_owned(),
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
            new: Some(Evidence::at("api/openapi.yaml", 61).with_excerpt(
                "  /cards/verify:\n    post:\n      operationId: \
                        verifyCard\n      responses:\n        '200': {description: ok}",
            )),
        }],
        on_deploy: Grade::Compatible,
        on_rollback: Grade::Breaking,
    }]
}

/// Findings of every severity.
fn make_sample_findings() -> Vec<Finding> {
    vec![
        make_sample_finding(
            "contract/operation-added",
            Domain::Contract,
            Severity::Blocks,
            Direction::Rollback,
            "POST /cards/verify",
            "3.0.0 has no POST /cards/verify, and storefront 5.2 calls it.",
            vec![
                Evidence::at("storefront src/pay.ts", 88)
                    .with_excerpt("  await api.post('/cards/verify', card)"),
                Evidence::at("api/openapi.yaml", 61),
            ],
        ),
        make_sample_finding(
            "database/column-added",
            Domain::Database,
            Severity::Warns,
            Direction::Rollback,
            "orders.channel",
            "Undoing migration 0042 drops orders.channel with what was written since.",
            vec![
                Evidence::at("db/migrate/0042_orders_channel.up.sql", 2).with_excerpt(
                    "ALTER TABLE orders ADD COLUMN channel text NOT NULL DEFAULT 'web';",
                ),
                make_sample_old_use(),
            ],
        ),
        make_sample_finding(
            "security/advisory-closed",
            Domain::Security,
            Severity::Warns,
            Direction::Rollback,
            "CVE-2026-1234",
            "Going back opens CVE-2026-1234 again.",
            vec![Evidence {
                commit: Some("f".repeat(40)),
                ..Evidence::default()
            }],
        ),
        make_sample_finding(
            "dependency/downgraded",
            Domain::Dependency,
            Severity::Notes,
            Direction::Rollback,
            "reqwest",
            "reqwest goes back from 0.13 to 0.12.",
            vec![Evidence::at("Cargo.lock", 1204)],
        ),
        make_sample_finding(
            "config/keys-unchanged",
            Domain::Config,
            Severity::Fine,
            Direction::Both,
            "config/production.yaml",
            "No configuration key was added or removed.",
            Vec::new(),
        ),
    ]
}
