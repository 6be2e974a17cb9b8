//! What the hand-made assessment found.

use super::time::at;
use crate::model::*;

pub(super) fn changelog() -> Changelog {
    let entry = |commit: &str, kind: &str, title: &str, hints: &[Reverting]| ChangelogEntry {
        commit: commit.repeat(40),
        time: Some(at("2026-11-20T10:00:00Z")),
        author: "A".into(),
        title: title.into(),
        kind: Some(kind.into()),
        paths: vec!["src/cards.rs".to_owned()],
        path_count: 1,
        areas: vec!["src".into()],
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
        text: "Rollback-Safe: no: partners switched".into(),
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

pub(super) fn migration() -> Migration {
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

pub(super) fn contract() -> Contract {
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

pub(super) fn findings() -> Vec<Finding> {
    let not_null = Finding {
        check: crate::model::CheckId::saved("database/not-null-without-default"),
        domain: Domain::Database,
        severity: Severity::Blocks,
        direction: Direction::Rollback,
        confidence: Confidence::Proven,
        subject: "orders.note".into(),
        says: "The column must not be null and has no default.".into(),
        why: "3.0.0 inserts into orders without it, so its writes fail.".into(),
        action: "Set a default before going back.".into(),
        compatibility_step: Some("ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';".into()),
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
        subject: subject.into(),
        says: says.into(),
        why: "The way back meets it.".into(),
        action: "Ask the storefront team.".into(),
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

pub(super) fn list_sample_coverage() -> Vec<Coverage> {
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
        path: path.into(),
        line,
        why: why.into(),
    };
    vec![
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
    ]
}
