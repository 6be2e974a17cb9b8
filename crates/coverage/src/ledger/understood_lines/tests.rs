//! What is understood and what is not, form by form.

use super::*;

/// The line and the reason of what was not understood; `None` where all of it was.
fn said(path: &str, old: &str, new: &str) -> Option<(Option<usize>, String)> {
    let form = InfrastructureFormat::of(path, Some(old), Some(new))
        .unwrap_or_else(|| panic!("{path} has no form"));
    not_understood(
        form,
        (Some(old), Some(new)),
        &ChangedLines::between(Some(old), Some(new)),
    )
    .map(|(line, why)| (line, why.into_owned()))
}

#[test]
fn an_attribute_of_what_may_hold_data_is_not_understood() {
    let of = |kind: &str, line: &str| format!("resource \"{kind}\" \"jars\" {{\n  {line}\n}}\n");
    for (kind, old, new) in [
        (
            "aws_db_instance",
            "allocated_storage = 100",
            "allocated_storage = 200",
        ),
        (
            "aws_db_instance",
            "storage_encrypted = false",
            "storage_encrypted = true",
        ),
        ("kafka_topic", "partitions = 6", "partitions = 12"),
        (
            "random_password",
            "keepers = { round = 1 }",
            "keepers = { round = 2 }",
        ),
        (
            "aws_s3_bucket_lifecycle_configuration",
            "days = 90",
            "days = 30",
        ),
        (
            "google_container_cluster",
            "location = \"a\"",
            "location = \"b\"",
        ),
        ("hcloud_volume", "size = 10", "size = 20"),
        ("some_kind_nobody_knows", "depth = 1", "depth = 2"),
    ] {
        assert_eq!(
            said("data.tf", &of(kind, old), &of(kind, new)).and_then(|(line, _)| line),
            Some(2),
            "{kind}"
        );
    }
    for (kind, old, new) in [
        (
            "aws_db_instance",
            "tags = { team = \"a\" }",
            "tags = { team = \"b\" }",
        ),
        (
            "aws_iam_role",
            "max_session_duration = 1",
            "max_session_duration = 2",
        ),
        (
            "aws_cloudwatch_metric_alarm",
            "threshold = 1",
            "threshold = 2",
        ),
        ("aws_security_group", "name = \"a\"", "name = \"b\""),
    ] {
        assert_eq!(
            said("data.tf", &of(kind, old), &of(kind, new)),
            None,
            "{kind}"
        );
    }
    assert_eq!(
        said(
            "out.tf",
            "output \"a\" {\n  value = 1\n}\n",
            "output \"a\" {\n  value = 2\n}\n"
        ),
        None
    );
    assert!(said("rows.auto.tfvars", "storage = 1\n", "storage = 2\n").is_some());
    assert_eq!(
        said(
            "main.tf",
            &of("aws_db_instance", "# one"),
            &of("aws_db_instance", "# two")
        ),
        None
    );
}

#[test]
fn an_attribute_that_is_gone_has_no_line() {
    let old = "resource \"aws_db_instance\" \"jars\" {\n  engine = \"a\"\n  storage_encrypted = true\n}\n";
    let new = "resource \"aws_db_instance\" \"jars\" {\n  engine = \"a\"\n}\n";
    assert_eq!(said("data.tf", old, new).map(|(line, _)| line), Some(None));
}

#[test]
fn objects_are_understood_by_kind() {
    let object = |kind: &str, line: &str| {
        format!("apiVersion: v1\nkind: {kind}\nmetadata:\n  name: jars\nspec:\n  {line}\n")
    };
    for (kind, old, new) in [
        ("Deployment", "replicas: 1", "replicas: 2"),
        ("Ingress", "host: a", "host: b"),
        ("StatefulSet", "replicas: 1", "replicas: 3"),
    ] {
        assert_eq!(
            said("k8s/a.yaml", &object(kind, old), &object(kind, new)),
            None,
            "{kind}"
        );
    }
    for (kind, old, new) in [
        ("Kafka", "metadataVersion: 3.6", "metadataVersion: 3.7"),
        ("PersistentVolumeClaim", "size: 1", "size: 2"),
        (
            "Deployment",
            "volumes: [{name: a, emptyDir: {}}]",
            "volumes: [{name: a, persistentVolumeClaim: {claimName: b}}]",
        ),
    ] {
        assert_eq!(
            said("k8s/a.yaml", &object(kind, old), &object(kind, new)).and_then(|(line, _)| line),
            Some(6),
            "{kind}"
        );
    }
    let labelled = |label: &str| {
        format!(
            "kind: PersistentVolumeClaim\nmetadata:\n  name: jars\n  labels:\n    team: {label}\n"
        )
    };
    assert_eq!(said("k8s/a.yaml", &labelled("a"), &labelled("b")), None);
    let nameless = "apiVersion: v1\nkind: ConfigMap\nimmutable: true\n";
    assert!(
        said(
            "charts/a/templates/words.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
            nameless
        )
        .is_some()
    );
}

#[test]
fn a_claim_that_is_new_or_gone_is_not_understood_and_a_deployment_is() {
    let one = "kind: Service\nmetadata: {name: a}\n";
    let with =
        |kind: &str| format!("{one}---\nkind: {kind}\nmetadata:\n  name: b\n  labels:\n    a: b\n");
    assert!(said("k8s/a.yaml", one, &with("PersistentVolumeClaim")).is_some());
    assert!(said("k8s/a.yaml", &with("Namespace"), one).is_some());
    assert_eq!(said("k8s/a.yaml", one, &with("Deployment")), None);
}

#[test]
fn values_compose_files_and_charts_are_understood_by_key() {
    for (path, old, new) in [
        (
            "charts/a/values.yaml",
            "replicas: 1\nimage:\n  tag: 1\n",
            "replicas: 2\nimage:\n  tag: 2\n",
        ),
        (
            "charts/a/values.yaml",
            "resources:\n  limits:\n    memory: 1Gi\n",
            "resources:\n  limits:\n    memory: 2Gi\n",
        ),
        (
            "charts/a/Chart.yaml",
            "version: 1\nappVersion: 1\n",
            "version: 2\nappVersion: 2\n",
        ),
        (
            "compose.yaml",
            "services:\n  a:\n    image: a:1\n",
            "services:\n  a:\n    image: a:2\n    restart: always\n",
        ),
        (
            "k8s/kustomization.yaml",
            "images:\n- name: a\n  newTag: 1\n",
            "images:\n- name: a\n  newTag: 2\n",
        ),
        ("charts/a/templates/NOTES.txt", "one\n", "two\n"),
        ("ops/board.json", "{\"panels\": [1]}", "{\"panels\": [2]}"),
        ("Dockerfile", "FROM a:1\n", "FROM a:2\n"),
    ] {
        assert_eq!(said(path, old, new), None, "{path}");
    }
    for (path, old, new) in [
        (
            "charts/a/values.yaml",
            "persistence:\n  size: 10Gi\n",
            "persistence:\n  size: 20Gi\n",
        ),
        (
            "charts/a/values.yaml",
            "persistence:\n  resources:\n    requests:\n      storage: 1\n",
            "persistence:\n  resources:\n    requests:\n      storage: 2\n",
        ),
        (
            "charts/a/Chart.yaml",
            "dependencies:\n- name: db\n  version: 1\n",
            "dependencies:\n- name: db\n  version: 2\n",
        ),
        (
            "compose.yaml",
            "services:\n  a:\n    volumes: [a:/b]\n",
            "services:\n  a:\n    volumes: [a:/c]\n",
        ),
        (
            "compose.yaml",
            "services:\n  a:\n    image: a:1\n",
            "name: other\nservices:\n  a:\n    image: a:1\n",
        ),
        ("Dockerfile", "FROM a:1\n", "FROM a:1\nVOLUME /data\n"),
        (
            "k8s/kustomization.yaml",
            "resources: [a.yaml]\n",
            "namePrefix: shop-\nresources: [a.yaml]\n",
        ),
        (
            "k8s/kustomization.yaml",
            "commonLabels:\n  a: b\n",
            "commonLabels:\n  a: c\n",
        ),
    ] {
        assert!(said(path, old, new).is_some(), "{path}");
    }
    for path in [
        "ansible/roles/queue/tasks/main.yml",
        "infra/template.bicep",
        "ops/serverless.yml",
    ] {
        assert_eq!(
            InfrastructureFormat::of(path, Some("a: 1"), Some("a: 2")),
            None,
            "{path}"
        );
    }
}

proptest::proptest! {
    /// Whatever a file holds, nothing panics, and a file that did not change is understood.
    #[test]
    fn any_text_is_read(old in "[a-z{}\\[\\]\"=:# \n-]{0,200}", new in "[a-z{}\\[\\]\"=:# \n-]{0,200}") {
        for path in ["a.tf", "k8s/a.yaml", "values.yaml", "compose.yml", "Chart.yaml", "Dockerfile"] {
            if let Some(form) = InfrastructureFormat::of(path, Some(&old), Some(&new)) {
                let _ = not_understood(form, (Some(&old), Some(&new)), &ChangedLines::between(Some(&old), Some(&new)));
                proptest::prop_assert_eq!(not_understood(form, (Some(&old), Some(&old)), &ChangedLines::between(Some(&old), Some(&old))), None);
            }
        }
    }
}
