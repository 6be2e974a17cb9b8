//! Whether what was decided has arrived: files of deployers, written after the decision, held
//! against the release that should be live.
//!
//! *Done* needs every target of every file on it and nothing under way. What a file does not say is
//! not done, and a file that was written before the decision says nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::{
    Arrival, ArrivalState, ArrivalTarget, MOST_ARRIVAL_TARGETS, Release, Untrusted,
    escape_invisible,
};

use super::environment::chosen_environment;
use super::gathered::About;
use super::of_release::{filter_related_deployments, is_deployment_of_release};
use super::past::{RepositoryNames, is_unit_of_service};
use super::picture::{by_target, find_live_deployments};
use super::{Deployment, DeploymentOutcome, LiveKind, LiveReport};

// an hour later a controller may have put the release back unseen
/// Minutes after which a file says too little about now.
const OLD_MINUTES: i64 = 60;

/// What the files are held against.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a> {
    /// The release that should be live; `None` where any but [`About::current`] will do.
    pub expected: Option<&'a Release>,
    /// When it was decided; files that are older say nothing.
    pub since: Option<Timestamp>,
    /// Targets that an earlier look saw on what was expected.
    pub seen: &'a BTreeSet<String>,
}

/// How one target stands.
enum Standing {
    Arrived,
    NotYet,
    CameBack,
}

/// Holds the files against the expectation. [`About::current`] is the release that was to go.
pub fn judge_arrival(
    reports: &[LiveReport],
    about: &About<'_>,
    names: RepositoryNames<'_>,
    wanted: Expectation<'_>,
) -> Arrival {
    let mut look = Arrival {
        state: ArrivalState::Unknown,
        expected: wanted
            .expected
            .map(|release| release.version.as_raw().into()),
        left: about.current.version.as_raw().into(),
        arrived: 0,
        targets: 0,
        on_expected: Vec::new(),
        not_yet: Vec::new(),
        came_back: Vec::new(),
        open: Vec::new(),
        files: Vec::new(),
    };
    for report in reports {
        // what says nothing about deployments is held against nothing
        if report.deployments.is_empty() {
            continue;
        }
        look.files.push(report.name.clone().into());
        if let Some(why) = say_why_unused(report, about, wanted) {
            // a file of before is not wrong but old: it leaves the question open
            look.open.push(why.into());
            continue;
        }
        judge_report(report, about, names, wanted, &mut look);
    }
    // the worst standing decides: one target that came back is enough, and an open file is no
    // *done*
    look.state = if !look.came_back.is_empty() {
        ArrivalState::CameBack
    } else if !look.not_yet.is_empty() {
        ArrivalState::NotDone
    } else if look.targets == 0 || !look.open.is_empty() {
        ArrivalState::Unknown
    } else {
        ArrivalState::Done
    };
    for list in [
        &mut look.on_expected,
        &mut look.not_yet,
        &mut look.came_back,
    ] {
        list.truncate(MOST_ARRIVAL_TARGETS);
    }
    look
}

fn say_why_unused(
    report: &LiveReport,
    about: &About<'_>,
    wanted: Expectation<'_>,
) -> Option<String> {
    // without its time nobody can say that it is old
    let written = report.observed_at?;
    if wanted.since.is_some_and(|since| written < since) {
        return Some(format!(
            "{} was written before the decision: write it again now",
            report.name
        ));
    }
    (about.now.duration_since(written).as_mins() > OLD_MINUTES).then(|| {
        format!(
            "{} was written at {} UTC, more than an hour ago: write it again now",
            report.name,
            written.strftime("%Y-%m-%d %H:%M")
        )
    })
}

fn judge_report(
    report: &LiveReport,
    about: &About<'_>,
    names: RepositoryNames<'_>,
    wanted: Expectation<'_>,
    look: &mut Arrival,
) {
    let Some(place) = chosen_environment(report, about) else {
        look.open.push(format!(
            "{} has several environments ({}), and which of them is meant is not known; name one \
                with --env",
            report.name,
            report.environments().join(", ")
        ).into());
        return;
    };
    let here: Vec<&Deployment> = report
        .deployments
        .iter()
        .filter(|deployment| {
            place
                .as_deref()
                .is_none_or(|name| deployment.environment.as_deref() == Some(name))
        })
        .collect();
    let mut ours = filter_related_deployments(&here, about);
    let service = names.service.or(names.folder);
    let named = |deployment: &&Deployment| {
        deployment
            .unit
            .as_deref()
            .zip(service)
            .is_some_and(|(unit, service)| is_unit_of_service(unit, service))
    };
    // a namespace holds the workloads of others, and theirs need not arrive
    if ours.iter().any(named) {
        ours.retain(named);
    } else if names.service.is_some()
        && report.kind == LiveKind::Deploys
        && ours.iter().all(|deployment| deployment.unit.is_some())
    {
        ours.clear();
    }
    if ours.is_empty() {
        look.open.push(format!(
            "{} knows neither {} nor {}: is it the right service, or are releases named otherwise \
                there?",
            report.name, about.previous.version, about.current.version
        ).into());
        return;
    }
    let mut units: BTreeMap<Option<&str>, Vec<&Deployment>> = BTreeMap::new();
    for deployment in ours {
        units
            .entry(deployment.unit.as_deref())
            .or_default()
            .push(deployment);
    }
    // each unit on its own: a service and its worker go back one after the other
    for (unit, deployments) in units {
        for group in by_target(&deployments) {
            judge_target(report, unit, &group, about, wanted, look);
        }
    }
}

/// `group` is of one target, newest first.
fn judge_target(
    report: &LiveReport,
    unit: Option<&str>,
    group: &[&Deployment],
    about: &About<'_>,
    wanted: Expectation<'_>,
    look: &mut Arrival,
) {
    // tools without targets name the unit alone
    let own = group
        .first()
        .and_then(|newest| newest.target.as_deref())
        .filter(|name| !name.is_empty());
    let name = match (own, unit) {
        (Some(target), Some(unit)) if target != unit => format!("{unit} on {target}"),
        (Some(name), _) | (None, Some(name)) => name.to_owned(),
        (None, None) => report.kind.title().to_owned(),
    };
    // a name out of a file is printed beside the verdict
    let name = escape_invisible(&name).into_owned();
    look.targets += 1;
    // a target whose only deployment still runs has nothing that arrived
    let Some(live) = find_live_deployments(group).first().copied() else {
        look.not_yet.push(ArrivalTarget {
            name: name.into(),
            runs: "something that the file does not say".into(),
            at: None,
            why: Some("no deployment of it ended".into()),
        });
        return;
    };
    let (standing, why) = judge_target_standing(report, group, live, about, wanted, &name);
    let target = ArrivalTarget {
        name: name.into(),
        runs: live.label().into(),
        at: live.at,
        why: why.map(Untrusted::from),
    };
    match standing {
        Standing::Arrived => {
            look.arrived += 1;
            look.on_expected.push(target);
        }
        Standing::NotYet => look.not_yet.push(target),
        Standing::CameBack => look.came_back.push(target),
    }
}

fn is_wanted(deployment: &Deployment, about: &About<'_>, wanted: Expectation<'_>) -> bool {
    match wanted.expected {
        Some(release) => is_deployment_of_release(deployment, release),
        None => !is_deployment_of_release(deployment, about.current),
    }
}

fn judge_target_standing(
    report: &LiveReport,
    group: &[&Deployment],
    live: &Deployment,
    about: &About<'_>,
    wanted: Expectation<'_>,
    name: &str,
) -> (Standing, Option<String>) {
    let newest = group
        .iter()
        // an entry whose end is not known says nothing of what is there
        .find(|deployment| deployment.outcome != DeploymentOutcome::Unknown);
    let under_way = newest.filter(|newest| {
        matches!(
            newest.outcome,
            DeploymentOutcome::Running | DeploymentOutcome::Waiting
        )
    });
    let left = |deployment: &Deployment| is_deployment_of_release(deployment, about.current);
    if is_wanted(live, about, wanted) {
        return judge_wanted_target(report, live, under_way.copied(), about, wanted);
    }
    if left(live) {
        // what was expected was there after what was left, and is no longer
        let before = |deployment: &&&Deployment| {
            deployment.outcome == DeploymentOutcome::Success
                && is_wanted(deployment, about, wanted)
                // with any other release expected, what was there before is no sign of anything
                && wanted.expected.is_some()
                && deployment
                    .at
                    .zip(live.at)
                    .is_some_and(|(at, live)| at < live)
                && wanted
                    .since
                    .is_some_and(|since| deployment.at.is_some_and(|at| at >= since))
        };
        // an earlier look saw it arrive, even where the file no longer tells
        if group.iter().any(|one| before(&one)) || wanted.seen.contains(name) {
            return (
                Standing::CameBack,
                Some(format!(
                    "it ran what was expected before{}",
                    name_culprit(report.kind)
                )),
            );
        }
        // a target that nobody had before the decision
        let new = wanted.since.is_some_and(|since| {
            group
                .iter()
                .all(|deployment| deployment.at.is_some_and(|at| at >= since))
        });
        // where a file has one target, its history may simply begin after the decision
        if new && live.target.is_some() && !report_is_one_target(report) {
            return (
                Standing::CameBack,
                Some(
                    "it is new since the decision: a new target starts with what its template \
                    names, look at the autoscaler's"
                        .to_owned(),
                ),
            );
        }
    }
    // a deployment that is on its way to what was decided is no failure
    let why = match under_way {
        Some(next) if is_wanted(next, about, wanted) => {
            Some(format!("a deployment of {} is under way", next.label()))
        }
        _ => newest
            .filter(|newest| newest.outcome == DeploymentOutcome::Failed)
            .map(|newest| format!("the deployment of {} failed", newest.label())),
    };
    (Standing::NotYet, why)
}

/// What is expected serves there: whether it stays.
fn judge_wanted_target(
    report: &LiveReport,
    live: &Deployment,
    under_way: Option<&Deployment>,
    about: &About<'_>,
    wanted: Expectation<'_>,
) -> (Standing, Option<String>) {
    match under_way {
        // what was under way at the decision did not come back: it never went
        Some(next)
            if is_deployment_of_release(next, about.current)
                && !is_wanted(next, about, wanted)
                && wanted
                    .since
                    .zip(next.at)
                    .is_some_and(|(since, at)| at >= since) =>
        {
            (
                Standing::CameBack,
                Some(format!(
                    "{} is being deployed to it again{}",
                    next.label(),
                    name_culprit(report.kind)
                )),
            )
        }
        Some(next) => (
            Standing::NotYet,
            Some(format!("a deployment of {} is under way", next.label())),
        ),
        None if live.outcome == DeploymentOutcome::Partial
            || live
                .traffic
                .is_some_and(|share| share > 0.0 && share < 100.0) =>
        {
            (
                Standing::NotYet,
                Some("it is there only in part".to_owned()),
            )
        }
        None => (Standing::Arrived, None),
    }
}

fn report_is_one_target(report: &LiveReport) -> bool {
    let mut targets: Vec<Option<&str>> = report
        .deployments
        .iter()
        .map(|deployment| deployment.target.as_deref())
        .collect();
    targets.sort_unstable();
    targets.dedup();
    targets.len() < 2
}

// a controller puts back what its source names: blocking the deployer does not help there
/// Who puts a release back that was taken away, by what the deployer is known to do.
fn name_culprit(kind: LiveKind) -> &'static str {
    match kind {
        LiveKind::ArgoCd => {
            "; Argo CD syncs what its configuration repository names, so the release has to be \
                changed there"
        }
        LiveKind::ArgoRollouts => {
            "; the specification of the Rollout still names it, so the release has to be changed \
                there"
        }
        LiveKind::Helm => {
            "; a pipeline or a controller (Flux, Argo CD) installed it again, so the release has \
                to be changed where they read it"
        }
        LiveKind::Kubernetes => {
            "; a controller or a pipeline applied it again, so the release has to be changed where \
                they read it"
        }
        _ => "; a pipeline or a trigger deployed it again, so it has to be blocked there",
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_state_file;
    use super::*;

    fn release(version: &str, letter: &str) -> Release {
        Release {
            version: version.into(),
            commit: letter.repeat(40),
            time: None,
            tag: None,
            scheme: String::new(),
            prerelease: false,
        }
    }

    /// The look at 11:00, after a decision at 10:00 to go back to 3.0.0.
    fn look(files: &[&str], seen: &[&str]) -> Arrival {
        let (previous, current) = (release("3.0.0", "a"), release("3.1.0", "b"));
        let reports: Vec<LiveReport> = files
            .iter()
            .map(|text| read_state_file("state", text.as_bytes(), None).unwrap())
            .collect();
        let now: Timestamp = "2026-03-10T11:00:00Z".parse().unwrap();
        judge_arrival(
            &reports,
            &About::new(&previous, &current, now),
            RepositoryNames::default(),
            Expectation {
                expected: Some(&previous),
                since: "2026-03-10T10:00:00Z".parse().ok(),
                seen: &seen.iter().map(|name| (*name).to_owned()).collect(),
            },
        )
    }

    fn lines(of: &[(&str, &str, &str)]) -> String {
        let lines: Vec<String> = of
            .iter()
            .map(|(target, version, at)| {
                format!(r#"{{"env":"production","target":"{target}","version":"{version}","at":"2026-03-{at}:00Z","result":"success"}}"#)
            })
            .collect();
        lines.join("\n")
    }

    #[test]
    fn all_targets_on_previous_is_done() {
        let list = lines(&[
            ("web1", "3.1.0", "09T10:00"),
            ("web2", "3.1.0", "09T10:00"),
            ("web1", "3.0.0", "10T10:20"),
            ("web2", "3.0.0", "10T10:21"),
        ]);
        let seen = look(&[&list], &[]);
        assert_eq!(seen.state, ArrivalState::Done, "{seen:?}");
        assert_eq!(seen.headline(), "done: both targets run 3.0.0");
    }

    #[test]
    fn a_target_that_still_runs_current_is_not_done_and_is_named() {
        let list = lines(&[
            ("web1", "3.1.0", "09T10:00"),
            ("web2", "3.1.0", "09T10:00"),
            ("web1", "3.0.0", "10T10:20"),
        ]);
        let seen = look(&[&list], &[]);
        assert_eq!(seen.state, ArrivalState::NotDone);
        assert_eq!(
            seen.headline(),
            "not done: 1 of 2 targets run 3.0.0; web2 runs 3.1.0"
        );
        // one file that shows all is not enough where another shows the rest
        let done = lines(&[("web1", "3.0.0", "10T10:20")]);
        assert_eq!(look(&[&done, &list], &[]).state, ArrivalState::NotDone);
    }

    #[test]
    fn what_was_deployed_again_after_the_way_back_came_back() {
        let list = lines(&[
            ("web1", "3.1.0", "09T10:00"),
            ("web1", "3.0.0", "10T10:20"),
            ("web1", "3.1.0", "10T10:40"),
        ]);
        assert_eq!(look(&[&list], &[]).state, ArrivalState::CameBack);
        // an older time that it went back and forward again is another story
        let list = lines(&[
            ("web1", "3.1.0", "07T10:00"),
            ("web1", "3.0.0", "08T10:00"),
            ("web1", "3.1.0", "09T10:00"),
        ]);
        assert_eq!(look(&[&list], &[]).state, ArrivalState::NotDone);
    }

    #[test]
    fn a_new_target_with_the_old_template_came_back() {
        let list = lines(&[
            ("web1", "3.1.0", "09T10:00"),
            ("web1", "3.0.0", "10T10:20"),
            ("web9", "3.1.0", "10T10:40"),
        ]);
        let seen = look(&[&list], &[]);
        assert_eq!(seen.state, ArrivalState::CameBack);
        assert!(
            seen.came_back[0]
                .why
                .as_ref()
                .map(model::Untrusted::as_raw)
                .unwrap()
                .contains("autoscaler")
        );
    }

    #[test]
    fn argo_cd_that_syncs_current_again_came_back_by_an_earlier_look() {
        let app = |version: &str| {
            format!(
                r#"{{"apiVersion":"argoproj.io/v1alpha1","kind":"Application","metadata":{{"name":"pay","namespace":"argocd"}},"spec":{{"source":{{"targetRevision":"main"}}}},"status":{{"sync":{{"status":"Synced","revision":"cccccccccccc"}},"health":{{"status":"Healthy"}},"summary":{{"images":["reg/pay:{version}"]}},"operationState":{{"phase":"Succeeded"}},"history":[{{"id":7,"revision":"cccccccccccc","deployedAt":"2026-03-10T10:50:00Z"}}]}}}}"#
            )
        };
        let done = look(&[&app("3.0.0")], &[]);
        assert_eq!(done.state, ArrivalState::Done, "{done:?}");
        let again = look(&[&app("3.1.0")], &["pay"]);
        assert_eq!(again.state, ArrivalState::CameBack, "{again:?}");
        assert!(
            again.came_back[0]
                .why
                .as_ref()
                .map(model::Untrusted::as_raw)
                .unwrap()
                .contains("Argo CD syncs")
        );
        assert_eq!(look(&[&app("3.1.0")], &[]).state, ArrivalState::NotDone);
    }

    #[test]
    fn a_file_of_before_the_decision_or_of_another_service_says_nothing() {
        let list = lines(&[("web1", "3.0.0", "09T10:00"), ("web1", "3.1.0", "09T11:00")]);
        let mut report = read_state_file("state", list.as_bytes(), None).unwrap();
        report.observed_at = "2026-03-10T09:59:00Z".parse().ok();
        let (previous, current) = (release("3.0.0", "a"), release("3.1.0", "b"));
        let now: Timestamp = "2026-03-10T11:00:00Z".parse().unwrap();
        let old = judge_arrival(
            &[report],
            &About::new(&previous, &current, now),
            RepositoryNames::default(),
            Expectation {
                expected: Some(&previous),
                since: "2026-03-10T10:00:00Z".parse().ok(),
                seen: &BTreeSet::new(),
            },
        );
        assert_eq!(old.state, ArrivalState::Unknown);
        assert!(old.open[0].as_raw().contains("before the decision"));
        let other = lines(&[("web1", "7.0.0", "10T10:30")]);
        assert_eq!(look(&[&other], &[]).state, ArrivalState::Unknown);
        assert_eq!(look(&[], &[]).state, ArrivalState::Unknown);
    }

    #[test]
    fn a_deployment_under_way_is_not_done() {
        let list = lines(&[("web1", "3.1.0", "09T10:00"), ("web1", "3.0.0", "10T10:20")]);
        let running = list.clone()
            + "\n"
            + r#"{"env":"production","target":"web1","version":"3.0.0","at":"2026-03-10T10:50:00Z","result":"running"}"#;
        assert_eq!(look(&[&running], &[]).state, ArrivalState::NotDone);
        let again = list
            + "\n"
            + r#"{"env":"production","target":"web1","version":"3.1.0","at":"2026-03-10T10:50:00Z","result":"running"}"#;
        assert_eq!(look(&[&again], &[]).state, ArrivalState::CameBack);
        // a canary that was under way at the decision and still is
        let canary = lines(&[("web1", "3.0.0", "01T10:20")])
            + "\n"
            + r#"{"env":"production","target":"web1","version":"3.1.0","at":"2026-03-10T09:50:00Z","result":"running"}"#;
        assert_eq!(look(&[&canary], &[]).state, ArrivalState::NotDone);
    }
}
