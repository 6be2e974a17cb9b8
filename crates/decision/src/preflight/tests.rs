use super::*;
use model::{
    CalendarNote, Coverage, FileChange, FileKind, FileStatus, OpenPlace, Release, ReleaseRelation,
    RepositoryInfo,
};

fn release(version: &str, digit: &str, tag: bool) -> Release {
    let tag = tag.then(|| format!("v{version}"));
    Release {
        version: version.into(),
        commit: digit.repeat(40),
        time: None,
        tag: tag.map(model::Untrusted::from),
        scheme: String::new(),
        prerelease: false,
    }
}

fn checked(tag: bool, change: impl FnOnce(&mut Assessment)) -> Vec<PreflightCheck> {
    let mut assessment = Assessment::new(
        RepositoryInfo::default(),
        release("3.0.0", "a", tag),
        release("3.1.0", "b", true),
        ReleaseRelation::Ancestor,
    );
    change(&mut assessment);
    build_preflight_checks(&assessment, &assessment.facts, &Config::default())
}

fn state(checks: &[PreflightCheck], id: &str) -> Option<CheckState> {
    checks
        .iter()
        .find(|check| check.id == id)
        .map(|check| check.state)
}

#[test]
fn what_can_be_told_offline_is_told_and_the_rest_is_open() {
    let looked_at = |open: u64| {
        move |assessment: &mut Assessment| {
            let place = OpenPlace {
                path: "store/tables.go".into(),
                line: Some(4),
                why: "a statement".into(),
            };
            let row = |domain| Coverage {
                domain,
                judged: 1,
                cannot: std::collections::BTreeMap::new(),
                open,
                places: if open > 0 {
                    vec![place.clone()]
                } else {
                    Vec::new()
                },
                mechanism: None,
            };
            assessment.coverage = CoverageDomain::ALL.map(row).to_vec();
        }
    };
    for id in ["downs", "configuration", "process"] {
        assert_eq!(
            state(&checked(true, |_| {}), id),
            Some(CheckState::Open),
            "{id}: nothing was looked at"
        );
    }
    let open = checked(true, looked_at(2));
    assert!(open.iter().any(|check| check.id == "downs"
        && check.state == CheckState::Open
        && check.says.ends_with(": store/tables.go:4 and 1 more")));
    assert_eq!(state(&open, "configuration"), Some(CheckState::Open));
    let checks = checked(true, looked_at(0));
    for (id, wanted) in [
        ("tag", CheckState::Fine),
        ("downs", CheckState::Fine),
        ("configuration", CheckState::Fine),
        ("artifact", CheckState::Open),
    ] {
        assert_eq!(state(&checks, id), Some(wanted), "{id}");
    }
    assert!(
        checks.windows(2).all(|pair| pair[0].state <= pair[1].state),
        "what does not hold comes first"
    );
    assert_eq!(
        state(&checked(false, |_| {}), "tag"),
        Some(CheckState::Open)
    );
}

#[test]
fn facts_settle_checks_and_guesses_do_not() {
    let told = |value: &str, low: bool| {
        checked(true, |assessment| {
            let fact = Fact::sensed("deployment.previous_available", FactValue::word(value))
                .with_source("Helm still holds it");
            assessment
                .facts
                .insert(fact.key.clone(), if low { fact.low() } else { fact });
        })
    };
    assert_eq!(
        state(&told("yes", false), "artifact"),
        Some(CheckState::Fine)
    );
    assert_eq!(
        state(&told("yes", true), "artifact"),
        Some(CheckState::Open)
    );
    assert_eq!(
        state(&told("no", true), "artifact"),
        Some(CheckState::Wrong)
    );
}

#[test]
fn a_changed_pipeline_a_freeze_and_a_database_step_are_named() {
    let checks = checked(true, |assessment| {
        assessment.files.push(FileChange {
            path: ".github/workflows/deploy.yml".to_owned(),
            old_path: None,
            status: FileStatus::Modified,
            old_id: None,
            new_id: None,
            old_mode: 0,
            new_mode: 0,
            insertions: None,
            deletions: None,
            kind: FileKind::Infrastructure,
            component: None,
        });
        assessment.way_back.calendar.push(CalendarNote {
            says: "a freeze of production is in force".to_owned(),
            closed: true,
            freeze: true,
            until: None,
        });
        let fact = Fact::sensed("process.database_step_reruns", FactValue::word("yes"))
            .with_source("Deploy database runs");
        assessment.facts.insert(fact.key.clone(), fact);
    });
    let process = checks.iter().find(|check| check.id == "process").unwrap();
    assert_eq!(
        (process.state, process.command.as_deref()),
        (
            CheckState::Open,
            Some("git diff aaaaaaaaaaaa bbbbbbbbbbbb -- .github/workflows/deploy.yml")
        )
    );
    assert_eq!(
        (state(&checks, "calendar"), state(&checks, "database-step")),
        (Some(CheckState::Wrong), Some(CheckState::Wrong))
    );
}
