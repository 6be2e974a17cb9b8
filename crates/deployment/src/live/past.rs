//! That the release was gone back from before, as deployers' histories tell it.
//!
//! A number alone names releases of many services, so a deployment counts only where nothing in the
//! file speaks against it: another commit, another service, a release that the repository does not
//! have.

use std::collections::BTreeMap;

use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Finding, MOST_PAST_ROLLBACKS,
    PastRollback, Release, Severity, Untrusted, check_cases,
};

use super::environment::kind_of;
use super::gathered::About;
use super::of_release::is_deployment_of_release;
use super::picture::by_target;
use super::{Deployment, DeploymentMode, DeploymentOutcome, LiveKind, LiveReport};

// a fleet is taken back host by host over hours; a second decision comes on another day
/// Hours within which targets that went back belong to one and the same time.
const TOGETHER_HOURS: i64 = 24;

/// Most names of one sentence.
const NAMED: usize = 3;

pub(crate) static ROLLED_BACK_BEFORE: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "deployment/rolled-back-before",
        title: "The release was gone back from before",
        domain: Domain::Deployment,
        direction: Direction::Both,
        looks_for: "Histories of deployers given with --live (revisions that went back to an \
            earlier release), lists of deployments, and sessions of this machine that decided to \
            roll this release back. The version has to match, and so has the repository: the \
            commit, the service, or the folder of the session.",
        why: "What was wrong then may be wrong still, and what helped then is the quickest thing \
            known. It weighs nothing in the verdict: it may be mended by now.",
        action: "Read what was seen then, and find out whether it was mended in this build before \
            it goes out again.",
        example: "helm history: revision 7 with 3.1.0, then revision 8, Rollback to 6.",
        source: "The guide, N5: ask for the reason of a rollback before acting.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| tests::make_past_rollback_fixtures().into()),
};

/// An earlier rollback among the risks. It is a note: it says what happened, not what is wrong.
pub fn make_past_rollback_finding(past: &PastRollback) -> Finding {
    // what was decided in a session may not have been done, so that is no proof
    let confidence = if past.decided_only {
        Confidence::Likely
    } else {
        Confidence::Proven
    };
    ROLLED_BACK_BEFORE.doc.make_finding(
        Severity::Notes,
        confidence,
        past.from.shown(),
        past.says(),
        past.evidence.clone(),
    )
}

/// What tells the repository from others in one file.
#[derive(Debug, Clone, Copy, Default)]
pub struct RepositoryNames<'a> {
    /// Its service, where somebody said it.
    pub service: Option<&'a str>,
    /// Its folder, which a service is often named after.
    pub folder: Option<&'a str>,
    /// Its releases.
    pub releases: &'a [Release],
}

/// Times that current was gone back from, newest first, at most [`MOST_PAST_ROLLBACKS`]; and one
/// sentence each where a file cannot tell which of its services this is.
pub fn list_past_rollbacks(
    reports: &[LiveReport],
    about: &About<'_>,
    names: RepositoryNames<'_>,
) -> (Vec<PastRollback>, Vec<String>) {
    let (mut found, mut notes) = (Vec::new(), Vec::new());
    for report in reports {
        match list_report_rollbacks(report, about, names) {
            Ok(past) => found.extend(past),
            Err(note) => notes.push(note),
        }
    }
    let mut together: Vec<PastRollback> = Vec::new();
    found.sort_by_key(|past| std::cmp::Reverse(past.at));
    for past in found {
        let same = together.iter_mut().find(|known| is_same_time(known, &past));
        match same {
            Some(known) => join_rollbacks(known, past),
            None => together.push(past),
        }
    }
    together.truncate(MOST_PAST_ROLLBACKS);
    (together, notes)
}

/// Whether two sources, or two targets, tell of one and the same time.
pub fn is_same_time(a: &PastRollback, b: &PastRollback) -> bool {
    // without both times nothing ties them together, so they stay two
    let near =
        a.at.zip(b.at)
            .is_some_and(|(a, b)| a.duration_since(b).as_hours().abs() < TOGETHER_HOURS);
    // a source without an environment, or without the release, does not speak against it
    let places = a
        .environment
        .as_ref()
        .map(model::Untrusted::as_raw)
        .zip(b.environment.as_ref().map(model::Untrusted::as_raw))
        .is_none_or(|(a, b)| a.eq_ignore_ascii_case(b));
    let came_back =
        a.to.as_ref()
            .map(model::Untrusted::as_raw)
            .zip(b.to.as_ref().map(model::Untrusted::as_raw))
            .is_none_or(|(a, b)| super::same_version(a, b));
    near && places && came_back && a.unit == b.unit
}

/// Takes what `other` knows beside: what was seen stays, and what only one of them knows is added.
pub fn join_rollbacks(known: &mut PastRollback, other: PastRollback) {
    // several sources count the same targets
    known.targets = if other
        .sources
        .iter()
        .all(|source| known.sources.contains(source))
    {
        // two entries of one source are two targets
        known.targets + other.targets
    } else {
        known.targets.max(other.targets)
    };
    // one source that saw it happen outweighs any number of mere decisions
    known.same_pair |= other.same_pair;
    known.decided_only &= other.decided_only;
    known.to = known.to.take().or(other.to);
    known.environment = known.environment.take().or(other.environment);
    known.seen = known.seen.take().or(other.seen);
    known.reason = known.reason.take().or(other.reason);
    known.worked = known.worked.or(other.worked);
    for source in other.sources {
        if !known.sources.contains(&source) {
            known.sources.push(source);
        }
    }
    known.evidence.extend(other.evidence);
    known.evidence.truncate(6);
}

/// A deployment of this release and of no other: a commit that differs is another build.
fn is_exactly(deployment: &Deployment, release: &Release) -> bool {
    // a tag that was moved: the number is the same, the build is another one
    let other_commit = deployment.commit.as_deref().is_some_and(|commit| {
        !release.commit.is_empty() && !super::same_commit(commit, &release.commit)
    });
    !other_commit && is_deployment_of_release(deployment, release)
}

fn list_report_rollbacks(
    report: &LiveReport,
    about: &About<'_>,
    names: RepositoryNames<'_>,
) -> Result<Vec<PastRollback>, String> {
    let mut units: BTreeMap<Option<&str>, Vec<&Deployment>> = BTreeMap::new();
    for deployment in &report.deployments {
        units
            .entry(deployment.unit.as_deref())
            .or_default()
            .push(deployment);
    }
    let ours = |unit: &Option<&str>| {
        unit.zip(names.service.or(names.folder))
            .is_some_and(|(unit, service)| is_unit_of_service(unit, service))
    };
    // a chart may be named otherwise: then no unit is ours by name, and none is dropped
    let chosen = units.keys().any(ours);
    if chosen {
        units.retain(|unit, _| ours(unit));
    }
    units.retain(|_, deployments| {
        deployments
            .iter()
            .any(|deployment| is_exactly(deployment, about.current))
    });
    // such a list names services, and none of them is this one
    if !chosen
        && names.service.is_some()
        && report.kind == LiveKind::Deploys
        && units.keys().all(Option::is_some)
    {
        return Ok(Vec::new());
    }
    let told: Vec<(Option<&str>, Vec<PastRollback>)> = units
        .iter()
        .map(|(unit, deployments)| {
            (
                *unit,
                list_unit_rollbacks(report, deployments, about, names),
            )
        })
        .collect();
    let went_back = told.iter().filter(|(_, past)| !past.is_empty()).count();
    // all went back or none did: then it does not matter which of them is ours
    if went_back > 0 && went_back < told.len() && !chosen {
        let some: Vec<&str> = told
            .iter()
            .filter(|(_, past)| !past.is_empty())
            .filter_map(|(unit, _)| *unit)
            .take(NAMED)
            .collect();
        return Err(format!(
            "{} holds several services that had {}, and not all of them went back from it ({} \
                did); --service says which of them this is",
            report.name,
            about.current.version,
            some.join(", ")
        ));
    }
    // several units of one release went back together: each of them is named
    let several = told.len() > 1;
    Ok(told
        .into_iter()
        .flat_map(|(unit, past)| {
            past.into_iter().map(move |past| PastRollback {
                unit: unit.filter(|_| several).map(Untrusted::from),
                ..past
            })
        })
        .collect())
}

/// `shop/payments`, `payments/production` and `payments` are the service `payments`.
pub(super) fn is_unit_of_service(unit: &str, service: &str) -> bool {
    // tools name a unit by namespace, by environment or alone
    unit.split('/')
        .any(|part| part.trim().eq_ignore_ascii_case(service.trim()))
}

fn list_unit_rollbacks(
    report: &LiveReport,
    deployments: &[&Deployment],
    about: &About<'_>,
    names: RepositoryNames<'_>,
) -> Vec<PastRollback> {
    let mut places: BTreeMap<Option<&str>, Vec<&Deployment>> = BTreeMap::new();
    for deployment in deployments {
        places
            .entry(deployment.environment.as_deref())
            .or_default()
            .push(deployment);
    }
    let mut found = Vec::new();
    for (place, here) in places {
        // releases come and go in a test environment; one that somebody calls a rollback counts
        let asked = about
            .environment
            .zip(place)
            .is_some_and(|(asked, place)| asked.eq_ignore_ascii_case(place));
        let test = !asked && place.is_some_and(|place| kind_of(place) == Some("test"));
        for group in by_target(&here) {
            for (from, to) in list_backward_steps(&group) {
                let known = is_exactly(to, about.previous)
                    || names.releases.iter().any(|one| is_exactly(to, one));
                // a list of many services without their names: only releases of this one count
                let mixed = report.kind == LiveKind::Deploys && to.unit.is_none();
                if !is_exactly(from, about.current)
                    || (mixed && !known)
                    || (test && to.mode != Some(DeploymentMode::Rollback))
                    // a line of tomorrow is a wrong clock and no past
                    || to.at.is_some_and(|at| at > about.now)
                {
                    continue;
                }
                found.push(PastRollback {
                    at: to.at,
                    from: from.label().into(),
                    to: Some(to.label().into()),
                    same_pair: is_exactly(to, about.previous),
                    decided_only: false,
                    environment: place.map(Untrusted::from),
                    unit: None,
                    targets: 1,
                    // the entry of the way back says why more often than the one that was left
                    seen: to.said.as_ref().or(from.said.as_ref()).map(Untrusted::from),
                    reason: None,
                    worked: None,
                    sources: vec![format!("{}, {}", report.kind.title(), report.name).into()],
                    evidence: vec![to.evidence.clone()],
                });
            }
        }
    }
    found
}

/// Each deployment that took the place of a newer one, with the one it replaced; `group` is of one
/// target, newest first. One that failed counts as what was left: it is why somebody went back.
fn list_backward_steps<'a>(group: &[&'a Deployment]) -> Vec<(&'a Deployment, &'a Deployment)> {
    let mut found = Vec::new();
    // releases in the order in which they were first seen
    let mut seen: Vec<&Deployment> = Vec::new();
    let mut orders: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    let mut before: Option<(&Deployment, usize)> = None;
    for deployment in group.iter().rev() {
        // a run without an end took nothing's place yet
        if matches!(
            deployment.outcome,
            DeploymentOutcome::Unknown | DeploymentOutcome::Running | DeploymentOutcome::Waiting
        ) {
            continue;
        }
        let order = *orders.entry(deployment.label()).or_insert_with(|| {
            seen.push(deployment);
            seen.len() - 1
        });
        if let Some((from, first)) = before
            && matches!(
                deployment.outcome,
                DeploymentOutcome::Success | DeploymentOutcome::Partial
            )
            && !deployment.same_release(from)
            // most lists have no word for a rollback: a release that was there before is one
            && (deployment.mode == Some(DeploymentMode::Rollback) || order < first)
        {
            found.push((from, *deployment));
        }
        before = Some((deployment, order));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::read_state_file;
    use super::*;

    fn release(version: &str, commit: &str) -> Release {
        Release {
            version: version.into(),
            commit: commit.to_owned(),
            time: None,
            tag: Some(format!("v{version}").into()),
            scheme: String::new(),
            prerelease: false,
        }
    }

    /// What the files say of 3.0.0 and 3.1.0 a month later.
    fn find_rollbacks(files: &[&str], service: Option<&str>) -> (Vec<PastRollback>, Vec<String>) {
        let (previous, current) = (
            release("3.0.0", &"a".repeat(40)),
            release("3.1.0", &"b".repeat(40)),
        );
        let reports: Vec<LiveReport> = files
            .iter()
            .map(|text| read_state_file("state", text.as_bytes(), None).unwrap())
            .collect();
        let about = About::new(&previous, &current, "2026-03-10T10:00:00Z".parse().unwrap());
        let releases = [current.clone(), previous.clone(), release("2.9.0", "")];
        let names = RepositoryNames {
            service,
            folder: Some("checkout"),
            releases: &releases,
        };
        list_past_rollbacks(&reports, &about, names)
    }

    fn told(files: &[&str], service: Option<&str>) -> (Vec<String>, Vec<String>) {
        let (past, notes) = find_rollbacks(files, service);
        (past.iter().map(PastRollback::says).collect(), notes)
    }

    /// A list that went back once, and one that only went forward.
    pub(super) fn make_past_rollback_fixtures() -> (Vec<Finding>, Vec<Finding>) {
        let forward = [("3.0.0", 1, ""), ("3.1.0", 2, "")];
        let back = [("3.0.0", 3, r#","kind":"rollback""#), ("3.1.0", 9, "")];
        let found = |of: &[(&str, u8, &str)]| {
            let (past, _) = find_rollbacks(&[&lines(of)], None);
            past.iter().map(make_past_rollback_finding).collect()
        };
        (found(&[forward, back].concat()), found(&forward))
    }

    fn line(version: &str, day: u8, more: &str) -> String {
        format!(
            r#"{{"env":"production","version":"{version}","at":"2026-02-{day:02}T10:00:00Z","result":"success"{more}}}"#
        )
    }

    fn lines(of: &[(&str, u8, &str)]) -> String {
        let lines: Vec<String> = of
            .iter()
            .map(|(version, day, more)| line(version, *day, more))
            .collect();
        lines.join("\n")
    }

    #[test]
    fn a_list_of_deployments_that_went_back_is_told_with_its_reason() {
        let list = lines(&[
            ("3.0.0", 1, ""),
            ("3.1.0", 2, ""),
            (
                "3.0.0",
                3,
                r#","kind":"rollback","why":"declined payments""#,
            ),
            ("3.1.0", 9, ""),
        ]);
        assert_eq!(
            told(&[&list], None).0,
            [
                "3.1.0 was rolled back to 3.0.0 on 2026-02-03 10:00 UTC in production (the list of \
                    deployments, state). Seen then: declined payments. Whether it helped is not \
                    recorded."
            ]
        );
    }

    #[test]
    fn going_forward_or_another_release_going_back_says_nothing() {
        for list in [
            lines(&[("3.0.0", 1, ""), ("3.1.0", 2, "")]),
            // another release was the one that was left
            lines(&[
                ("2.9.0", 1, ""),
                ("3.0.0", 2, ""),
                ("2.9.0", 3, ""),
                ("3.1.0", 9, ""),
            ]),
            // a fix of an older line was never there before
            lines(&[("3.1.0", 2, ""), ("3.0.1", 3, "")]),
            // the same release again
            lines(&[("3.1.0", 2, ""), ("3.1.0", 3, r#","kind":"rollback""#)]),
        ] {
            assert_eq!(told(&[&list], None), (vec![], vec![]), "{list}");
        }
    }

    #[test]
    fn another_service_of_the_same_numbers_is_never_meant() {
        let other = r#","service":"orders""#;
        let mine = r#","service":"payments""#;
        let list = lines(&[
            ("3.0.0", 1, mine),
            ("3.1.0", 2, mine),
            ("3.0.0", 1, other),
            ("3.1.0", 2, other),
            ("3.0.0", 3, other),
        ]);
        assert_eq!(told(&[&list], Some("payments")), (vec![], vec![]));
        assert_eq!(told(&[&list], Some("orders")).0.len(), 1);
        // nobody said which of them it is
        let (past, notes) = told(&[&list], None);
        assert_eq!(past, Vec::<String>::new());
        assert!(notes[0].contains("orders") && notes[0].contains("--service"));
        // a list that names others only
        assert_eq!(told(&[&list], Some("shop")), (vec![], vec![]));
        // without names the commit speaks
        let commit = r#","commit":"cccccccccc""#;
        let list = lines(&[
            ("3.0.0", 1, commit),
            ("3.1.0", 2, commit),
            ("3.0.0", 3, commit),
        ]);
        assert_eq!(told(&[&list], None), (vec![], vec![]));
        // two services in one list without names: the other one's release came next
        let list = lines(&[("7.7.0", 1, ""), ("3.1.0", 2, ""), ("7.7.0", 3, "")]);
        assert_eq!(told(&[&list], None), (vec![], vec![]));
    }

    #[test]
    fn helm_tells_of_a_rollback_after_an_upgrade_that_failed() {
        let list = r#"[
          {"revision":1,"updated":"2026-02-01T10:00:00Z","status":"superseded","chart":"pay-1.0.0","app_version":"3.0.0","description":"Install complete"},
          {"revision":2,"updated":"2026-02-02T10:00:00Z","status":"failed","chart":"pay-1.1.0","app_version":"3.1.0","description":"Upgrade \"pay\" failed: timed out waiting for the condition"},
          {"revision":3,"updated":"2026-02-02T10:09:00Z","status":"deployed","chart":"pay-1.0.0","app_version":"3.0.0","description":"Rollback to 1"}
        ]"#;
        let (past, _) = told(&[list], None);
        assert_eq!(past.len(), 1, "{past:?}");
        assert!(past[0].contains("3.1.0 was rolled back to 3.0.0 on 2026-02-02 10:09 UTC"));
        assert!(past[0].contains("Seen then: Upgrade \"pay\" failed: timed out"));
    }

    #[test]
    fn codedeploy_brings_its_own_message() {
        let made = |id: &str, day: u8, key: &str, status: &str, more: &str| {
            format!(
                r#"{{"deploymentId":"{id}","applicationName":"pay","deploymentGroupName":"prod","status":"{status}","completeTime":"2026-02-{day:02}T10:00:00Z","revision":{{"s3Location":{{"key":"{key}"}}}}{more}}}"#
            )
        };
        let list = format!(
            r#"{{"deploymentsInfo":[{},{},{}]}}"#,
            made("d-1", 1, "3.0.0.zip", "Succeeded", ""),
            made(
                "d-2",
                2,
                "3.1.0.zip",
                "Failed",
                r#","errorInformation":{"code":"ALARM_ACTIVE","message":"alarm p99 is active"}"#
            ),
            made(
                "d-3",
                3,
                "3.0.0.zip",
                "Succeeded",
                r#","creator":"codeDeployRollback""#
            ),
        );
        let (past, _) = told(&[&list], None);
        assert_eq!(past.len(), 1, "{past:?}");
        assert!(
            past[0].contains("Seen then: alarm p99 is active"),
            "{past:?}"
        );
    }

    #[test]
    fn targets_and_files_of_one_time_are_told_once() {
        let host = |name: &str| format!(r#","target":"{name}""#);
        let (one, two) = (host("web1"), host("web2"));
        let list = lines(&[
            ("3.0.0", 1, &one),
            ("3.1.0", 2, &one),
            ("3.0.0", 3, &one),
            ("3.0.0", 1, &two),
            ("3.1.0", 2, &two),
            ("3.0.0", 3, &two),
        ]);
        let (past, _) = told(&[&list], None);
        assert_eq!(past.len(), 1, "{past:?}");
        assert!(past[0].contains("on 2 targets"), "{past:?}");
    }

    #[test]
    fn a_test_environment_counts_where_somebody_calls_it_a_rollback() {
        let list = lines(&[("3.0.0", 1, ""), ("3.1.0", 2, ""), ("3.0.0", 3, "")])
            .replace("production", "staging");
        assert_eq!(told(&[&list], None).0, Vec::<String>::new());
        let called = list.replace(
            r#""at":"2026-02-03"#,
            r#""kind":"rollback","at":"2026-02-03"#,
        );
        assert!(told(&[&called], None).0[0].contains("in staging"));
    }
}
