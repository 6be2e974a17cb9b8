use proptest::prelude::{prop, proptest};

use super::*;
use model::MemorySnapshot;

fn of(files: &[(&str, &str)]) -> StagingReport {
    detect_staging(&MemorySnapshot::new(
        files
            .iter()
            .map(|(path, text)| (path.to_string(), text.as_bytes())),
    ))
}

/// Path, text that is a sign, text that is none, strategy, tool, line.
const CASES: &[(&str, &str, &str, Strategy, &str, usize)] = &[
    (
        "deploy/rollout.yaml",
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec:\n  strategy:\n    \
            blueGreen:\n      activeService: shop\n      scaleDownDelaySeconds: 600\n",
        "apiVersion: example.com/v1\nkind: Rollout\nspec:\n  strategy:\n    blueGreen:\n      \
            activeService: shop\n",
        Strategy::BlueGreen,
        "Argo Rollouts",
        6,
    ),
    (
        "deploy/rollout.yaml",
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec:\n  strategy:\n    canary: {steps: \
            [{setWeight: 20}, {pause: {}}]}\n",
        "kind: ConfigMap\ndata:\n  note: 'kind: Rollout'\n",
        Strategy::Canary,
        "Argo Rollouts",
        5,
    ),
    (
        "k8s/canary.yml",
        "apiVersion: flagger.app/v1beta1\nkind: Canary\nspec:\n  analysis:\n    stepWeight: 10\n",
        "apiVersion: flagger.app/v1beta1\nkind: Canary\nspec:\n  analysis:\n    interval: 1m\n",
        Strategy::Canary,
        "Flagger",
        5,
    ),
    (
        "k8s/service.yaml",
        "apiVersion: v1\nkind: Service\nspec:\n  selector:\n    app: shop\n    color: blue\n",
        "apiVersion: v1\nkind: Service\nspec:\n  selector:\n    app: blue\n",
        Strategy::BlueGreen,
        "Kubernetes Service selector",
        6,
    ),
    (
        "k8s/ingress.yaml",
        "kind: Ingress\nmetadata:\n  annotations:\n    nginx.ingress.kubernetes.io/canary: \
            \"true\"\n    nginx.ingress.kubernetes.io/canary-weight: \"10\"\n",
        "kind: Ingress\nmetadata:\n  annotations:\n    nginx.ingress.kubernetes.io/canary: \
            \"false\"\n",
        Strategy::Weighted,
        "nginx ingress",
        4,
    ),
    (
        "k8s/vs.yaml",
        "kind: VirtualService\nspec:\n  http:\n    - route:\n        - destination: {host: \
            a}\n          weight: 90\n        - destination: {host: b}\n          weight: 10\n",
        "kind: VirtualService\nspec:\n  http:\n    - route:\n        - destination: {host: \
            a}\n          weight: 100\n",
        Strategy::Weighted,
        "Istio",
        6,
    ),
    (
        "k8s/route.yaml",
        "kind: HTTPRoute\nspec:\n  rules:\n    - backendRefs:\n        - {name: a, weight: \
            9}\n        - {name: b, weight: 1}\n",
        "kind: HTTPRoute\nspec:\n  rules:\n    - backendRefs:\n        - {name: a}\n",
        Strategy::Weighted,
        "Gateway API",
        5,
    ),
    (
        "k8s/deploy.yaml",
        "kind: Deployment\nspec:\n  strategy:\n    type: Recreate\n  template: {}\n",
        "kind: DeploymentConfigMap\nspec:\n  strategy:\n    type: Recreate\n  template: {}\n",
        Strategy::None,
        "Kubernetes",
        4,
    ),
    (
        "run/service.yaml",
        "apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  traffic:\n    - \
            {revisionName: a, percent: 90}\n    - {revisionName: b, percent: 10}\n",
        "apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  traffic:\n    - \
            {latestRevision: true, percent: 100}\n",
        Strategy::Weighted,
        "Cloud Run",
        5,
    ),
    (
        "template.yaml",
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      \
            AutoPublishAlias: live\n      Role: !GetAtt R.Arn\n      \
            DeploymentPreference:\n        Type: Canary10Percent5Minutes\n",
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      \
            DeploymentPreference:\n        Type: AllAtOnce\n",
        Strategy::Canary,
        "AWS SAM",
        8,
    ),
    (
        "cfn.yaml",
        "Resources:\n  S:\n    Type: AWS::ECS::Service\n    Properties:\n      \
            DeploymentController:\n        Type: CODE_DEPLOY\n",
        "Resources:\n  S:\n    Type: AWS::ECS::Service\n    Properties:\n      \
            DeploymentController:\n        Type: EXTERNAL\n",
        Strategy::BlueGreen,
        "ECS with CodeDeploy",
        6,
    ),
    (
        "cfn.yaml",
        "Resources:\n  G:\n    Type: AWS::CodeDeploy::DeploymentGroup\n    Properties:\n      \
            BlueGreenDeploymentConfiguration:\n        TerminateBlueInstancesOnDeploymentSuccess: \
            {TerminationWaitTimeInMinutes: 60}\n",
        "Resources:\n  G:\n    Type: AWS::CodeDeploy::DeploymentGroup\n    Properties: {}\n",
        Strategy::BlueGreen,
        "CodeDeploy",
        6,
    ),
    (
        "cfn.yaml",
        "Resources:\n  A:\n    Type: AWS::Lambda::Alias\n    Properties:\n      \
            RoutingConfig:\n        AdditionalVersionWeights: []\n",
        "Resources:\n  A:\n    Type: AWS::Lambda::Alias\n    Properties: {Name: live}\n",
        Strategy::Weighted,
        "Lambda alias",
        6,
    ),
    (
        "chart/values.yaml",
        "canary:\n  enabled: true\n",
        "canary:\n  enabled: false\n",
        Strategy::Canary,
        "Helm values",
        2,
    ),
    (
        "main.tf",
        "resource \"azurerm_linux_web_app_slot\" \"staging\" {\n}\n",
        "# resource \"azurerm_linux_web_app_slot\" \"staging\" {\n",
        Strategy::Slots,
        "Azure slots",
        1,
    ),
    (
        ".github/workflows/deploy.yml",
        "run: |\n  az webapp deployment slot swap -g x\n",
        "run: |\n  az webapp deployment slot list\n",
        Strategy::Slots,
        "Azure slots",
        2,
    ),
    (
        "infra/lb.tf",
        "resource \"aws_lb_listener_rule\" \"a\" {\n  action {\n    forward {\n      target_group \
            {\n        weight = 90\n      }\n      target_group {\n        weight = 10\n      \
            }\n    }\n  }\n}\n",
        "resource \"aws_route53_record\" \"a\" {\n  target_group = 1\n  a {\n    weight = 90\n  \
            }\n  b {\n    weight = 10\n  }\n}\n",
        Strategy::Weighted,
        "AWS load balancer",
        5,
    ),
    (
        "infra/alias.tf",
        "resource \"aws_lambda_alias\" \"a\" {\n  routing_config {\n    additional_version_weights \
            = { \"7\" = 0.1 }\n  }\n}\n",
        "resource \"aws_lambda_alias\" \"a\" {\n}\n",
        Strategy::Weighted,
        "Lambda alias",
        3,
    ),
    (
        "nginx/site.conf",
        "upstream shop {\n  server old:80 weight=9;\n  server new:80 weight=1;\n}\n",
        "upstream shop {\n  server a:80 weight=5;\n  server b:80 weight=5;\n}\n",
        Strategy::Weighted,
        "nginx",
        2,
    ),
    (
        "fly.toml",
        "[deploy]\nstrategy = \"bluegreen\"\n",
        "[deploy]\nstrategy = \"rolling\"\n",
        Strategy::BlueGreen,
        "Fly.io",
        2,
    ),
    (
        "job.nomad",
        "update {\n  canary = 2\n}\n",
        "update {\n  canary = 0\n}\n",
        Strategy::Canary,
        "Nomad",
        2,
    ),
    (
        "deploy.sh",
        "gcloud run services update-traffic shop --to-revisions a=100\n",
        "echo gcloud update-traffic\n",
        Strategy::Weighted,
        "Cloud Run",
        1,
    ),
    (
        "stack.yml",
        "services:\n  web:\n    deploy:\n      update_config:\n        order: start-first\n",
        "services:\n  web:\n    update_config: x\n",
        Strategy::Rolling,
        "Docker Swarm",
        5,
    ),
    (
        "config/deploy.yml",
        "service: shop\nservers: [a]\nproxy: {ssl: true}\n",
        "proxy: {ssl: true}\n",
        Strategy::Rolling,
        "Kamal",
        1,
    ),
];

/// What is found in the first case of a strategy, and in the text that looks like it.
fn find_case(strategy: Strategy) -> (Vec<Finding>, Vec<Finding>) {
    let case = CASES
        .iter()
        .find(|case| case.3 == strategy)
        .expect("a case");
    let of_text = |text| of(&[(case.0, text)]).findings;
    (of_text(case.1), of_text(case.2))
}

pub(super) fn make_staged_fixtures() -> (Vec<Finding>, Vec<Finding>) {
    find_case(Strategy::BlueGreen)
}

pub(super) fn make_rolling_fixtures() -> (Vec<Finding>, Vec<Finding>) {
    find_case(Strategy::Rolling)
}

pub(super) fn make_recreated_fixtures() -> (Vec<Finding>, Vec<Finding>) {
    find_case(Strategy::None)
}

#[test]
fn every_sign_has_a_case_it_finds_with_its_line_and_one_it_must_not() {
    for (path, yes, no, strategy, tool, line) in CASES {
        let report = of(&[(path, yes)]);
        let sign = report
            .signs
            .iter()
            .find(|sign| sign.tool == *tool)
            .unwrap_or_else(|| panic!("{tool} not found in {yes}"));
        assert_eq!(
            (sign.strategy, sign.evidence.line),
            (*strategy, Some(*line)),
            "{tool}"
        );
        assert_eq!(
            report.facts[0].value.as_word(),
            Some(strategy.id()),
            "{tool}"
        );
        assert!(
            report
                .findings
                .iter()
                .any(|finding| finding.subject.as_raw().starts_with(tool)
                    && finding.evidence[0].line == Some(*line))
        );
        let none = of(&[(path, no)]);
        assert!(
            none.signs.iter().all(|sign| sign.tool != *tool),
            "{tool} found in {no}"
        );
    }
}

#[test]
fn every_check_is_found_and_none_where_nothing_is() {
    let found: std::collections::BTreeSet<String> = CASES
        .iter()
        .flat_map(|(path, yes, ..)| of(&[(path, yes)]).findings)
        .map(|finding| finding.check.to_string())
        .collect();
    let documented: std::collections::BTreeSet<String> = [&STAGED, &ONE_BY_ONE, &RECREATED]
        .iter()
        .map(|check| check.doc.id.to_owned())
        .collect();
    assert_eq!(found, documented);
    let none = of(&[
        ("src/main.rs", "slot strategy canary weight=3"),
        ("README.md", "kind: Rollout"),
    ]);
    assert_eq!(none, StagingReport::default());
}

#[test]
fn what_it_buys_and_until_when_is_said() {
    let report = of(&[(CASES[0].0, CASES[0].1)]);
    assert!(
        report.findings[0]
            .says
            .as_raw()
            .contains("until 600 s after the switch")
    );
    assert_eq!(
        report.facts[0]
            .source
            .as_ref()
            .map(model::Untrusted::as_raw),
        Some("Argo Rollouts in deploy/rollout.yaml:6")
    );
}

#[test]
fn the_most_helpful_sign_that_is_seen_is_the_fact() {
    let report = of(&[
        ("k8s/deploy.yaml", CASES[7].1),
        ("main.tf", CASES[14].1),
        ("chart/values.yaml", "blueGreen: {}\n"),
    ]);
    assert_eq!(report.facts[0].value.as_word(), Some("slots"));
    assert_eq!(report.facts[0].confidence, Sureness::High);
    let hint = of(&[("chart/values.yaml", "blueGreen: {enabled: true}\n")]);
    assert_eq!(
        (hint.facts[0].value.as_word(), hint.facts[0].confidence),
        (Some("blue-green"), Sureness::Low)
    );
}

#[test]
fn tests_copies_and_templates_do_not_count() {
    let manifest = CASES[0].1;
    for path in [
        "tests/rollout.yaml",
        "vendor/x/rollout.yaml",
        "docs/rollout.yaml",
        "a/node_modules/b/r.yaml",
    ] {
        assert!(of(&[(path, manifest)]).signs.is_empty(), "{path}");
    }
    let template = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec:\n{{- if .Values.x }}\n  \
        strategy: {blueGreen: {}}\n{{- end }}\n";
    assert!(
        of(&[("chart/templates/rollout.yaml", template)])
            .signs
            .is_empty()
    );
}

#[test]
fn one_manifest_of_many_is_enough_and_places_are_bounded() {
    let many: String = (0..40).map(|_| format!("{}---\n", CASES[7].1)).collect();
    let report = of(&[("k8s/all.yaml", &many)]);
    assert_eq!((report.signs.len(), report.findings.len()), (PLACES, 1));
}

proptest! {
    #[test]
    fn no_text_makes_it_fail(text in "(kind: \
        (Rollout|Service|Deployment|Ingress)\n)?[a-z:{}\\[\\]\n\" \
        &*-]{0,160}", name in prop::sample::select(vec!["a.yaml", "a.tf", "a.conf", "fly.toml", "values.yaml", "x.ocl"])) {
        let _ = of(&[(name, &format!("{text} strategy canary slot weight="))]);
    }
}
