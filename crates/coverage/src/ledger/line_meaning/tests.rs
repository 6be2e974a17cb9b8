//! What changed lines say, kind by kind: what opens a domain, and what is known to be harmless.

use super::*;

/// The domains that a change opens, in short: `address`, `given`, `stored`, `unknown`.
fn said(path: &str, old: &str, new: &str) -> Vec<&'static str> {
    let form = InfrastructureFormat::of(path, Some(old), Some(new))
        .unwrap_or_else(|| panic!("{path} has no form"));
    let lines = ChangedLines::between_in_place(Some(old), Some(new));
    let said = find_meanings(form, (Some(old), Some(new)), &lines, ("1.0.0", "1.1.0"));
    [
        ("address", said.address.is_some()),
        ("given", said.given.is_some()),
        ("stored", said.stored.is_some()),
        ("unknown", said.unknown.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, is_open)| is_open.then_some(name))
    .collect()
}

/// The text with one word put in place of another.
fn swap(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "{old}");
    text.replacen(old, new, 1)
}

const DOOR: &str = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: shelf\n  annotations:\n    team: jars\nspec:\n  rules:\n    - host: shelf.example.invalid\n      http:\n        paths:\n          - path: /v1\n            backend: { service: { name: shelf, port: { number: 80 } } }\n";

#[test]
fn what_is_answered_at_an_address_is_open() {
    for (old, new) in [
        ("path: /v1", "path: /v2"),
        ("host: shelf.", "host: jars."),
        (
            "team: jars",
            "nginx.ingress.kubernetes.io/configuration-snippet: \"more_set_headers a\"",
        ),
        ("number: 80", "number: 81"),
    ] {
        assert_eq!(
            said("k8s/door.yaml", DOOR, &swap(DOOR, old, new)),
            ["address"],
            "{new}"
        );
    }
    for (old, new) in [
        ("team: jars", "team: lids"),
        ("team: jars", "prometheus.io/scrape: \"true\""),
    ] {
        let none: [&str; 0] = [];
        assert_eq!(
            said("k8s/door.yaml", DOOR, &swap(DOOR, old, new)),
            none,
            "{new}"
        );
    }
    let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: shelf\nspec:\n  type: ClusterIP\n  ports:\n    - port: 80\n";
    let new = swap(service, "ClusterIP", "LoadBalancer");
    assert_eq!(said("k8s/service.yaml", service, &new), ["address"]);
}

#[test]
fn what_a_program_is_given_may_say_how_it_keeps_data() {
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: shelf\ndata:\n  shelf.conf: |\n    port = 8080\n    hash = bcrypt\n";
    for path in ["k8s/map.yaml", "charts/shelf/templates/map.yaml"] {
        let new = swap(map, "bcrypt", "argon2");
        assert_eq!(said(path, map, &new), ["given", "stored"], "{path}");
    }
    let new = swap(map, "8080", "8081");
    assert_eq!(said("k8s/map.yaml", map, &new), ["given"]);
    let key = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: shelf\nstringData:\n  key: {{ .Values.key }}\n";
    let new = swap(key, "  key:", "  token:");
    assert_eq!(said("charts/a/templates/s.yaml", key, &new), ["given"]);
    let remote = "apiVersion: external-secrets.io/v1beta1\nkind: ExternalSecret\nmetadata: { name: shelf }\nspec:\n  data: [{ secretKey: a, remoteRef: { key: jars/one } }]\n";
    let new = swap(remote, "jars/one", "jars/two");
    assert_eq!(said("k8s/remote.yaml", remote, &new), ["given"]);
}

const PROGRAM: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shelf\n  labels: { app: shelf }\nspec:\n  replicas: 2\n  template:\n    spec:\n      containers:\n        - name: shelf\n          image: registry.example.invalid/shelf:1.0.0\n          args: [\"--form=one\"]\n          env:\n            - name: FORM\n              value: json\n          resources:\n            limits: { cpu: 1, memory: 1Gi }\n          livenessProbe:\n            httpGet: { path: /up, port: 80 }\n      hostNetwork: false\n      hostPID: false\n";

#[test]
fn a_pod_is_told_by_its_parts() {
    let none: [&str; 0] = [];
    for (old, new, opens) in [
        ("replicas: 2", "replicas: 3", &none[..]),
        ("shelf:1.0.0", "shelf:1.1.0", &none),
        ("cpu: 1", "cpu: 2", &none),
        ("path: /up", "path: /live", &none),
        ("app: shelf", "app: shelf, tier: web", &none),
        ("value: json", "value: cbor", &["given", "stored"]),
        ("--form=one", "--form=two", &["given"]),
        ("hostNetwork: false", "hostNetwork: true", &["address"]),
        ("hostPID: false", "hostPID: true", &["unknown"]),
    ] {
        assert_eq!(
            said("k8s/shelf.yaml", PROGRAM, &swap(PROGRAM, old, new)),
            opens,
            "{new}"
        );
    }
}

#[test]
fn the_work_of_a_job_is_not_undone() {
    let job = "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: sweep\nspec:\n  schedule: \"0 2 * * *\"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n          containers: [{ name: s, image: r.example.invalid/s:1, args: [sweep, --older=90d] }]\n";
    for (old, new) in [
        ("0 2", "0 14"),
        ("90d", "1d"),
        ("  schedule:", "  timeZone: Europe/Berlin\n  schedule:"),
    ] {
        let opens = said("k8s/sweep.yaml", job, &swap(job, old, new));
        assert_eq!(opens, ["unknown"], "{new}");
    }
    let hook = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata:\n  name: shelf\nwebhooks:\n  - name: a.example.invalid\n    failurePolicy: Ignore\n    timeoutSeconds: 3\n";
    let new = swap(hook, "Ignore", "Fail");
    assert_eq!(said("k8s/hook.yaml", hook, &new), ["unknown"]);
    let none: [&str; 0] = [];
    assert_eq!(
        said(
            "k8s/hook.yaml",
            hook,
            &swap(hook, "Seconds: 3", "Seconds: 5")
        ),
        none
    );
}

#[test]
fn a_resource_of_terraform_is_told_by_its_kind_and_attribute() {
    let none: [&str; 0] = [];
    let of = |kind: &str, line: &str| format!("resource \"{kind}\" \"jars\" {{\n  {line}\n}}\n");
    for (kind, old, new, opens) in [
        (
            "aws_apigatewayv2_route",
            "route_key = \"GET /v1\"",
            "route_key = \"GET /v2\"",
            &["address"][..],
        ),
        (
            "aws_route53_record",
            "records = [\"a\"]",
            "records = [\"b\"]",
            &["address"],
        ),
        (
            "aws_route53_record",
            "ttl = 300",
            "ttl = 172800",
            &["address"],
        ),
        (
            "aws_cloudfront_response_headers_policy",
            "max_age = 1",
            "max_age = 2",
            &["address"],
        ),
        (
            "google_dns_record_set",
            "rrdatas = [\"1\"]",
            "rrdatas = [\"2\"]",
            &["address"],
        ),
        (
            "aws_lb_listener_rule",
            "priority = 1",
            "priority = 2",
            &["address"],
        ),
        (
            "aws_cloudwatch_event_rule",
            "schedule_expression = \"a\"",
            "schedule_expression = \"b\"",
            &["unknown"],
        ),
        (
            "aws_subnet",
            "cidr_block = \"a\"",
            "cidr_block = \"b\"",
            &["unknown"],
        ),
        (
            "aws_lambda_function",
            "memory_size = 1",
            "memory_size = 2",
            &none,
        ),
        (
            "aws_lambda_function",
            "description = \"a\"",
            "description = \"b\"",
            &none,
        ),
        (
            "aws_lambda_function",
            "package_type = \"Zip\"",
            "package_type = \"Image\"",
            &["unknown"],
        ),
        (
            "aws_ecs_service",
            "desired_count = 1",
            "desired_count = 2",
            &none,
        ),
        (
            "aws_cloudwatch_metric_alarm",
            "threshold = 1",
            "threshold = 2",
            &none,
        ),
        (
            "aws_iam_role_policy",
            "policy = \"a\"",
            "policy = \"b\"",
            &none,
        ),
        (
            "aws_route53_record",
            "tags = { a = 1 }",
            "tags = { a = 2 }",
            &none,
        ),
    ] {
        assert_eq!(
            said("a.tf", &of(kind, old), &of(kind, new)),
            opens,
            "{kind} {new}"
        );
    }
}

#[test]
fn the_environment_of_functions_tasks_and_jobs_is_given() {
    let function = "resource \"aws_lambda_function\" \"jars\" {\n  environment {\n    variables = { FORM = \"json\" }\n  }\n}\n";
    let task = "resource \"aws_ecs_task_definition\" \"jars\" {\n  container_definitions = jsonencode([\n    {\n      name  = \"jars\"\n      image = \"r/jars:7\"\n      cpu   = 10\n      environment = [\n        { name = \"FORM\", value = \"json\" },\n      ]\n    }\n  ])\n}\n";
    let inline = "resource \"aws_ecs_task_definition\" \"jars\" {\n  container_definitions = jsonencode([{ name = \"jars\", environment = [{ name = \"FORM\", value = \"json\" }] }])\n}\n";
    let job = "job \"jars\" {\n  group \"a\" {\n    task \"b\" {\n      env {\n        FORM = \"json\"\n      }\n    }\n  }\n}\n";
    for (path, text) in [
        ("a.tf", function),
        ("a.tf", task),
        ("a.tf", inline),
        ("a.nomad", job),
    ] {
        assert_eq!(
            said(path, text, &swap(text, "json\"", "cbor\"")),
            ["given", "stored"],
            "{text}"
        );
    }
    let none: [&str; 0] = [];
    assert_eq!(said("a.tf", task, &swap(task, "= 10", "= 20")), none);
}

#[test]
fn values_of_charts_and_parts_of_compose_files_are_told_by_their_names() {
    let none: [&str; 0] = [];
    let values = "ingress:\n  host: shelf.example.invalid\nenv:\n  FORM: json\nreplicaCount: 2\nservice:\n  port: 80\nresources:\n  limits: { cpu: 1 }\n";
    for (old, new, opens) in [
        ("shelf.example", "jars.example", &["address"][..]),
        ("port: 80", "port: 81", &["address"]),
        ("json", "cbor", &["given", "stored"]),
        ("Count: 2", "Count: 3", &none),
        ("cpu: 1", "cpu: 2", &none),
    ] {
        assert_eq!(
            said("charts/a/values.yaml", values, &swap(values, old, new)),
            opens,
            "{new}"
        );
    }
    let compose = "services:\n  shelf:\n    image: r.example.invalid/shelf:1.0.0\n    ports: [\"80:80\"]\n    environment: { FORM: json }\n    restart: always\n";
    for (old, new, opens) in [
        ("80:80", "81:80", &["address"][..]),
        ("json", "cbor", &["given", "stored"]),
        ("always", "no", &none),
        ("shelf:1.0.0", "shelf:1.1.0", &none),
    ] {
        assert_eq!(
            said("compose.yaml", compose, &swap(compose, old, new)),
            opens,
            "{new}"
        );
    }
}

#[test]
fn what_a_template_leaves_out_is_not_known() {
    let none: [&str; 0] = [];
    let text = "{{- if .Values.shelf.enabled }}\napiVersion: v1\nkind: Service\nmetadata:\n  name: shelf\n  labels:\n    {{- include \"shelf.labels\" . | nindent 4 }}\n{{- end }}\n";
    let path = "charts/shelf/templates/service.yaml";
    let new = swap(text, ".enabled", ".wanted");
    assert_eq!(said(path, text, &new), ["unknown"]);
    let new = swap(text, "nindent 4", "indent 4");
    assert_eq!(said(path, text, &new), none);
    let scaler = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: a }\nspec:\n  triggers:\n    - type: kafka\n      metadata: { consumerGroup: jars, lagThreshold: 5 }\n";
    let new = swap(scaler, "jars", "lids");
    assert_eq!(said("k8s/scaler.yaml", scaler, &new), ["unknown"]);
}
