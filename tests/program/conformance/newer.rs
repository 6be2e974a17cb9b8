//! The newer pages of the guide: rules N1 to N18.

use backout::checklist::Checklist;
use backout::decision::{DecisionContext, make_decision};
use backout::model::Strength;

use crate::conformance::kit::Class::{Asks, Background, Decides, Shows};
use crate::conformance::kit::{
    BACK, CLEAR, EVEN, FORWARD, LIGHT, Row, ago, asks, explained, file, finding, flips,
    going_back_json, how, resolved, service, shown, six_steps, verdict, world,
};
use crate::support::context;

/// A Deployment of Kubernetes with two revisions; the older is named by its change-cause, or only
/// by its image.
fn kubernetes(cause: &str) -> String {
    let set = |revision: &str, image: &str, cause: &str, replicas: u32| {
        format!(
            r#"{{"kind": "ReplicaSet", "metadata": {{"name": "pay-{revision}", "namespace": "shop", "creationTimestamp": "{}", "annotations": {{"deployment.kubernetes.io/revision": "{revision}"{cause}}},
              "ownerReferences": [{{"uid": "u1"}}]}}, "spec": {{"replicas": {replicas}, "template": {{"spec": {{"containers": [{{"image": "{image}"}}]}}}}}}}}"#,
            ago(2000, "%Y-%m-%dT%H:%M:%SZ")
        )
    };
    format!(
        r#"{{"kind": "List", "items": [{{"kind": "Deployment", "metadata": {{"name": "pay", "namespace": "shop", "uid": "u1", "annotations": {{"deployment.kubernetes.io/revision": "8"}}}},
          "spec": {{"replicas": 1, "template": {{"spec": {{"containers": [{{"image": "pay:1.1.21"}}]}}}}}}, "status": {{"replicas": 1, "updatedReplicas": 1}}}},
          {}, {}]}}"#,
        set("7", "pay:latest", cause, 0),
        set("8", "pay:1.1.21", "", 1)
    )
}

fn live(name: &str, text: &str) -> serde_json::Value {
    let sample = service(&[]);
    let file = file(&sample, name, text);
    sample
        .run(&[
            "assess", "1.1.20", "1.1.21", "--format", "json", "--live", &file,
        ])
        .json()
}

const CAUSE: &str = r#", "kubernetes.io/change-cause": "1.1.20""#;

pub const ROWS: &[Row] = &[
    Row("N1", Shows, || {
        let sample = crate::common::Sample::new();
        sample.commit("feat: first", &[("a.txt", "a\n")]);
        sample.tag("v2.0.0-rc1");
        sample.commit("feat: second", &[("a.txt", "b\n")]);
        sample.tag("v2.0.0-rc2");
        let variables = file(
            &sample,
            "variables.json",
            r#"{"Octopus.Release.CurrentForEnvironment.Number": "2.0.0-rc2"}"#,
        );
        let read = sample
            .run(&[
                "assess",
                "2.0.0-rc1",
                "2.0.0-rc2",
                "--format",
                "json",
                "--live",
                &variables,
            ])
            .json();
        shown(
            &finding(&read, "deployment/state-file"),
            &[
                "a Redeploy, not a Rollback",
                "everything after the first hyphen is cut",
            ],
        );
    }),
    Row("N2", Shows, || {
        // the conditions of the resolved process say it by themselves; the plain process runs
        // everything
        let today = |assessment: &serde_json::Value, step: &str| {
            let steps = assessment["process"].as_array().expect("steps");
            steps
                .iter()
                .find(|one| one["name"] == step)
                .unwrap_or_else(|| panic!("no {step}"))["on_rollback"]["today"]
                .clone()
        };
        assert_eq!(
            (
                today(resolved(), "Deploy database changes"),
                today(resolved(), "Block Release Progression")
            ),
            (false.into(), true.into())
        );
        assert_eq!(today(six_steps(), "Deploy database changes"), true);
    }),
    Row("N3", Shows, || {
        let guarded = include_str!("../../fixtures/deployment/six_steps_resolved.ocl");
        let bare = guarded.replacen(
            "#{Octopus.Action[Calculate Deployment Mode].Output.RunOnDeploy}",
            "#{if Octopus.Action[Calculate Deployment Mode].Output.DeploymentMode == \
                \\\"Deploy\\\"}True#{/if}",
            1,
        );
        assert_ne!(bare, guarded);
        let with = going_back_json(&service(&[(".octopus/deployment_process.ocl", &bare)]), &[]);
        shown(
            &finding(&with, "process/condition-runs-after-failure"),
            &["may run after an earlier step failed"],
        );
        assert_eq!(
            finding(resolved(), "process/condition-runs-after-failure"),
            ""
        );
    }),
    Row("N4", Shows, || {
        assert_eq!(
            how(resolved(), "Block Release Progression"),
            "rollback-only"
        );
        shown(
            &finding(six_steps(), "process/nothing-blocks-the-bad-release"),
            &["keeps the bad release from being deployed again"],
        );
    }),
    Row("N5", Asks, || {
        let sample = service(&[]);
        let ran = sample.run(&["gate", "complete", "--call", "no-go"]);
        assert!(
            ran.code == Some(2) && ran.out.is_empty() && ran.err.contains("--reason"),
            "{}",
            ran.err
        );
        let with = sample.run(&[
            "gate",
            "complete",
            "--call",
            "no-go",
            "--reason",
            "charges fail",
        ]);
        assert_eq!(with.code, Some(12));
        shown(&with.out, &["it was called no-go: charges fail"]);
        assert_eq!(how(resolved(), "Rollback reason"), "rollback-only");
    }),
    Row("N6", Decides, || {
        flips(
            LIGHT,
            ("release.days_since_previous=14", BACK),
            ("release.days_since_previous=31", FORWARD),
        )
    }),
    Row("N7", Decides, || {
        flips(
            EVEN,
            ("deployment.environment=test", BACK),
            ("deployment.environment=production", FORWARD),
        );
        flips(
            EVEN,
            (
                "deployment.environment=test deployment.usage_class=team-hours",
                BACK,
            ),
            (
                "deployment.environment=test deployment.live_minutes=4000",
                FORWARD,
            ),
        );
    }),
    Row("N8", Decides, || {
        let live = "deployment.live_minutes=120 deployment.usage_class";
        flips(
            LIGHT,
            (&format!("{live}=company-hours"), BACK),
            (&format!("{live}=always-on"), FORWARD),
        );
        assert!(
            verdict(LIGHT, "").deadline > verdict(LIGHT, "deployment.live_minutes=30").deadline,
            "the timer runs"
        );
    }),
    Row("N9", Decides, || {
        let mut facts = world(CLEAR, "window.minutes_left=20");
        facts.remove("deployment.previous_available");
        facts.get_mut("window.minutes_left").expect("the fact").at = Some(context().now);
        let at = |minutes: i64| {
            make_decision(
                &facts,
                &Checklist::embedded(),
                &DecisionContext {
                    now: context().now + jiff::SignedDuration::from_mins(minutes),
                    ..context()
                },
            )
            .strength
        };
        assert_eq!(
            (at(5), at(25)),
            (Strength::Open, Strength::Forced),
            "when the window is over it is decided with what is known"
        );
        facts.remove("window.minutes_left");
        assert_eq!(at_without(&facts, 25), Strength::Open);
    }),
    Row("N10", Decides, || {
        flips(
            LIGHT,
            ("database.new_form_rows=no", BACK),
            ("database.new_form_rows=yes", FORWARD),
        )
    }),
    Row("N11", Background, || {
        explained(&["Start with the simple process"])
    }),
    Row("N12", Decides, || {
        assert_eq!(
            live("kubernetes.json", &kubernetes(CAUSE))["facts"]["deployment.previous_available"]["value"],
            "yes"
        );
        flips(
            CLEAR,
            ("deployment.previous_available=yes", BACK),
            (
                "deployment.previous_available=no deployment.previous_source=no",
                FORWARD,
            ),
        );
    }),
    Row("N13", Decides, || {
        let without = live("kubernetes.json", &kubernetes(""));
        assert_ne!(
            without["facts"]["deployment.previous_available"]["value"], "yes",
            "a revision that nobody can name is not the release"
        );
        shown(
            &finding(&without, "deployment/state-file"),
            &["An image has no version as its tag"],
        );
    }),
    Row("N14", Asks, || {
        let mut facts = world(CLEAR, "");
        facts.remove("config.newer_than_previous");
        asks(
            &facts,
            "configuration",
            "Does live configuration or infrastructure need 3.1.0",
        );
    }),
    Row("N15", Decides, || {
        flips(
            LIGHT,
            ("database.schema=none", BACK),
            ("database.schema=changed", FORWARD),
        );
        flips(
            LIGHT,
            ("database.schema=tweak", BACK),
            ("database.schema=additive", FORWARD),
        );
        // developers reviewed it: half a point, where users will not notice
        let additive = "database.schema=additive database.old_code=doubt fix.state=none \
            users.notice=none impact.all_users=no database.verified";
        assert!(
            verdict(CLEAR, &format!("{additive}=yes")).margin
                > verdict(CLEAR, &format!("{additive}=unknown")).margin
        );
    }),
    Row("N16", Decides, || {
        let fourth = "database.schema=destructive database.old_code=breaks-reads \
            database.compatibility_step=none database.downs=none";
        flips(
            CLEAR,
            (
                "database.schema=additive database.old_code=safe database.verified=yes",
                BACK,
            ),
            (fourth, FORWARD),
        );
    }),
    Row("N17", Shows, || {
        let sample = service(&[(
            ".octopus/deployment_process.ocl",
            include_str!("../../fixtures/deployment/six_steps.ocl"),
        )]);
        assert_eq!(
            how(
                &going_back_json(&sample, &["--env", "test"]),
                "Deploy database changes"
            ),
            "skip"
        );
    }),
    Row("N18", Decides, || {
        flips(
            EVEN,
            ("rehearsal.days_since=30", BACK),
            ("rehearsal.days_since=200", FORWARD),
        )
    }),
];

fn at_without(facts: &backout::model::Facts, minutes: i64) -> Strength {
    make_decision(
        facts,
        &Checklist::embedded(),
        &DecisionContext {
            now: context().now + jiff::SignedDuration::from_mins(minutes),
            ..context()
        },
    )
    .strength
}
