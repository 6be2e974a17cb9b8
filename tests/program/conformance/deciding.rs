//! Staging and deciding: rules 75 to 95.

use backout::model::{Gate, OptionId, OptionState, Strength};

use crate::conformance::kit::Class::{Asks, Decides, Shows};
use crate::conformance::kit::{
    BACK, CLEAR, EVEN, FORWARD, LIGHT, Row, asks, at_gate, flips, going_back, service, shown,
    verdict, world,
};
use crate::support::{answer, opened, state, story};

const SHIFT: OptionId = OptionId::ShiftTraffic;

/// What is sensed of staging in a repository with one more file.
fn staged(path: &str, text: &str) -> serde_json::Value {
    service(&[(path, text)])
        .run(&["assess", "--format", "json"])
        .json()["facts"]["deployment.strategy"]
        .clone()
}

fn rollout(strategy: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {{name: payments}}\nspec:\n  \
            strategy:\n    {strategy}\n"
    )
}

pub const ROWS: &[Row] = &[
    Row("75", Decides, || {
        flips(
            CLEAR,
            ("deployment.old_side_warm=yes", SHIFT),
            ("deployment.old_side_warm=no", BACK),
        )
    }),
    Row("76", Asks, || {
        asks(
            &story("styling"),
            "old-side",
            "can traffic go back to 3.0.0 right now (old slot, blue/green)",
        )
    }),
    // untouched is what makes it safe: on a schema that old code cannot read, the old side is
    // looked at first
    Row("77", Decides, || {
        let broken = "deployment.old_side_warm=yes database.old_code=breaks-reads \
            database.compatibility_step=none database.downs=none";
        let looked_at = verdict(CLEAR, broken);
        assert_eq!(
            (
                looked_at.option,
                state(&looked_at, SHIFT),
                looked_at.conditions[0].kind.as_str()
            ),
            (SHIFT, OptionState::Conditional, "probe")
        );
        flips(
            CLEAR,
            ("deployment.old_side_warm=yes database.old_code=safe", SHIFT),
            (&format!("{broken} database.verified=no"), FORWARD),
        );
    }),
    Row("78", Shows, || {
        for (strategy, word) in [
            ("blueGreen: {activeService: payments}", "blue-green"),
            ("canary: {steps: [{setWeight: 20}, {pause: {}}]}", "canary"),
        ] {
            let fact = staged("deploy/rollout.yaml", &rollout(strategy));
            assert_eq!(
                (&fact["value"], &fact["evidence"][0]["path"]),
                (&word.into(), &"deploy/rollout.yaml".into()),
                "{fact}"
            );
        }
    }),
    Row("79", Shows, || {
        let slots = "jobs:\n  deploy:\n    steps:\n    - run: az webapp deployment slot swap \
            --resource-group pay --name pay --slot staging\n";
        assert_eq!(
            staged(".github/workflows/deploy.yml", slots)["value"],
            "slots"
        );
        let alias = "Resources:\n  Alias:\n    Type: AWS::Lambda::Alias\n    Properties:\n      \
            RoutingConfig:\n        AdditionalVersionWeights: []\n";
        assert_eq!(staged("template.yaml", alias)["value"], "weighted");
        assert_eq!(
            staged(
                "deploy/rollout.yaml",
                &rollout("blueGreen: {activeService: payments}")
            )["value"],
            "blue-green"
        );
    }),
    Row("80", Asks, || {
        let first: Vec<String> = crate::support::verdict(&story("not-null"))
            .questions
            .iter()
            .take(5)
            .map(|next| next.question.clone())
            .collect();
        assert!(first.contains(&"old-side".to_owned()), "{first:?}");
        asks(&story("not-null"), "old-side", "can traffic go back");
    }),
    Row("81", Shows, || {
        let sample = service(&[]);
        for gate in Gate::ALL {
            let ran = sample.run(&["gate", gate.id()]);
            shown(
                &ran.out,
                &[
                    &format!("at gate {}", gate.id()),
                    "LOOKED AT",
                    "POLL",
                    "may end in",
                ],
            );
        }
    }),
    Row("82", Decides, || {
        gate(
            Gate::Start,
            &[
                ("rehearsal.level=0", OptionId::NoGo),
                ("deployment.previous_available=no", OptionId::NoGo),
                ("impact.now=down", OptionId::Hold),
            ],
        )
    }),
    Row("83", Decides, || {
        let cases = [
            ("database.old_code=breaks-reads", FORWARD),
            ("database.verified=no", OptionId::Hold),
            ("data.damaged=yes", OptionId::Restore),
        ];
        gate(Gate::Database, &cases);
    }),
    Row("84", Decides, || {
        gate(
            Gate::Backend,
            &[
                ("deployment.mixed=yes", OptionId::Hold),
                ("harm.irreversible=confirmed", OptionId::StopHarm),
            ],
        )
    }),
    Row("85", Decides, || {
        gate(
            Gate::Frontend,
            &[
                ("deployment.mixed=yes", OptionId::Hold),
                ("harm.irreversible=suspected", OptionId::StopHarm),
            ],
        )
    }),
    Row("86", Decides, || {
        gate(
            Gate::Complete,
            &[
                ("deployment.in_progress=yes", OptionId::Hold),
                ("deployment.mixed=yes", OptionId::Hold),
            ],
        )
    }),
    Row("87", Decides, || {
        for gate in [
            Gate::Database,
            Gate::Backend,
            Gate::Frontend,
            Gate::Complete,
        ] {
            let incident = "impact.now=down switch.exists=no deployment.old_side_warm=no \
                cause.attribution=strong fix.state=none release.security_fix=no \
                config.newer_than_previous=no \
                database.new_form_rows=no release.size=few";
            assert_eq!(at_gate(gate, "").option, OptionId::Go, "{gate:?}");
            assert_eq!(
                at_gate(gate, incident).option,
                BACK,
                "{gate:?}\n{}",
                at_gate(gate, incident).trace.join("\n")
            );
        }
    }),
    Row("88", Asks, || {
        let before = crate::support::verdict(&story("styling"));
        assert_eq!(
            (before.strength, before.questions.len() >= 5),
            (Strength::Open, true)
        );
        let after = crate::support::verdict(&answer(
            opened("styling"),
            "cause.attribution=strong fix.state=none",
        ));
        assert_eq!(
            (after.strength, after.questions.len()),
            (Strength::Firm, 0),
            "firm only once nothing asked can change it"
        );
    }),
    Row("89", Asks, || {
        asks(
            &story("styling"),
            "running",
            "do targets run different versions",
        )
    }),
    Row("90", Shows, || {
        let text = going_back(&service(&[]), &[]);
        shown(&text, &["keep the last digits", "bug returns"]);
    }),
    Row("91", Asks, || {
        asks(&opened("not-null"), "fix", "How far is a fix")
    }),
    Row("92", Asks, || {
        let mut facts = world(CLEAR, "contract.way_back=breaking");
        facts.insert(
            "dependent[shop].uses".to_owned(),
            backout::model::Fact::sensed(
                "dependent[shop].uses",
                backout::model::FactValue::Unknown,
            ),
        );
        asks(&facts, "dependent-uses", "Does shop already use");
    }),
    Row("93", Decides, || {
        flips(
            LIGHT,
            ("deployment.live_minutes=6", BACK),
            ("deployment.live_minutes=2880", FORWARD),
        );
        flips(
            LIGHT,
            ("users.notice=none", BACK),
            ("users.notice=all", FORWARD),
        );
    }),
    Row("94", Shows, || {
        shown(
            &going_back(&service(&[]), &[]),
            &["replaces 1.1.21 as a whole"],
        )
    }),
    Row("95", Decides, || {
        flips(
            EVEN,
            ("fix.state=none release.size=few", BACK),
            ("fix.state=none release.size=many", FORWARD),
        )
    }),
];

/// A gate that is passed, and what each fact makes of it.
fn gate(gate: Gate, cases: &[(&str, OptionId)]) {
    let passed = at_gate(gate, "");
    assert_eq!(
        passed.option,
        OptionId::Go,
        "{gate:?}\n{}",
        passed.trace.join("\n")
    );
    for (facts, option) in cases {
        let decision = at_gate(gate, facts);
        assert_eq!(
            decision.option,
            *option,
            "{gate:?} {facts}\n{}",
            decision.trace.join("\n")
        );
        let allowed = backout::decision::may_conclude(gate);
        assert!(
            allowed.contains(option) || *option == OptionId::StopHarm,
            "{gate:?} may not end in {option:?}"
        );
    }
}
