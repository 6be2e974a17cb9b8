//! What the hand-made assessment knows of the deployment, and its plan.

use super::time::at;
use crate::model::fact_key;
use crate::model::*;

pub(super) fn list_sample_facts() -> Facts {
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
    facts
        .into_iter()
        .map(|fact| (fact.key.clone(), fact))
        .collect()
}

pub(super) fn list_sample_rollbacks() -> Vec<PastRollback> {
    vec![PastRollback {
        at: "2026-01-12T14:05:00Z".parse().ok(),
        from: "3.1.0".into(),
        to: Some("3.0.0".into()),
        same_pair: true,
        environment: Some("production".into()),
        unit: Some("payments".into()),
        targets: 2,
        seen: Some("payments were declined".into()),
        reason: Some("no fix within the hour".into()),
        worked: Some(true),
        sources: vec!["session 20260112-140200".into()],
        evidence: vec![Evidence::at("helm-history.json", 12)],
        decided_only: false,
    }]
}

pub(super) fn list_sample_process() -> Vec<KnownStep> {
    let advice = |how, why: &str, today| StepAdvice {
        how,
        why: why.to_owned(),
        settled: true,
        today,
    };
    vec![KnownStep {
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
    }]
}

pub(super) fn list_sample_plan() -> Vec<PlanStep> {
    let step = |step: &str, how, why: &str, command: Option<&str>| PlanStep {
        step: step.into(),
        how,
        why: why.into(),
        command: command.map(str::to_owned).map(Into::into),
        undo: None,
        expect: (how == StepMode::Verify)
            .then(|| "below 1 %".to_owned())
            .map(Into::into),
    };
    vec![
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
    ]
}

pub(super) fn make_sample_grounds() -> WayBackGrounds {
    WayBackGrounds {
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
    }
}

pub(super) fn list_sample_limits() -> Vec<NoReturn> {
    vec![
        NoReturn {
            option: Some(OptionId::RollBack),
            at: Some(at("2026-11-25T03:40:00Z")),
            passed: false,
            says: "users will notice if it goes back".into(),
            why: "for its use that is 4 h after the deployment".into(),
        },
        NoReturn {
            option: Some(OptionId::ShiftTraffic),
            at: None,
            passed: true,
            says: "CodeDeploy: until its termination wait time is over".into(),
            why: "blue-green, appspec.yml:3".into(),
        },
    ]
}

pub(super) fn list_sample_checks() -> Vec<PreflightCheck> {
    vec![
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
    ]
}
