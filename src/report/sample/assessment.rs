//! The hand-made assessment as a whole.

use super::decision::decision;
use super::deployment::{
    list_sample_checks, list_sample_facts, list_sample_limits, list_sample_plan,
    list_sample_process, list_sample_rollbacks, make_sample_grounds,
};
use super::findings::{changelog, contract, findings, list_sample_coverage, migration};
use super::time::at;
use crate::model::fact_key;
use crate::model::*;

fn make_sample_release(version: &str, letter: &str, time: &str) -> Release {
    Release {
        version: version.into(),
        commit: letter.repeat(40),
        time: Some(at(time)),
        tag: Some(format!("v{version}").into()),
        scheme: "v".to_owned(),
        prerelease: false,
    }
}

pub(crate) fn assessment() -> Assessment {
    let repository = RepositoryInfo {
        path: "/srv/git/payments".into(),
        ..RepositoryInfo::default()
    };
    let mut assessment = Assessment::new(
        repository,
        make_sample_release("3.0.0", "a", "2026-11-01T09:00:00Z"),
        make_sample_release("3.1.0", "b", "2026-11-22T09:00:00Z"),
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
    assessment.coverage = list_sample_coverage();
    assessment.looked_at = Some(FilesLookedAt { judged: 2, open: 2 });
    assessment.only_paths = vec!["src/**".to_owned()];
    assessment.unchecked = vec![Unchecked {
        what: "db/9_data.py".into(),
        why: "A migration in code; what it does to data is not read.".into(),
        settle_with: Some("Run it on a copy of the schema.".into()),
    }];
    assessment.facts = list_sample_facts();
    assessment.rolled_back_before = list_sample_rollbacks();
    assessment.also_said = vec![
        Fact::sensed(fact_key::DEPLOYMENT_LIVE_MINUTES, FactValue::Number(20.0))
            .with_source("GitHub deployments: 3.1.0 is live since 21:50"),
    ];
    assessment.process = list_sample_process();
    assessment.verdict = Some(decision());
    assessment.plan = list_sample_plan();
    assessment.way_back = make_sample_grounds();
    assessment.no_return = list_sample_limits();
    assessment.preflight = list_sample_checks();
    assessment.timings = Some(Timings {
        total_ms: 42,
        stages: [("changelog".to_owned(), 7)].into(),
    });
    assessment
}
