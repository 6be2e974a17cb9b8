//! Files that say how the release runs and is shipped: images, pipelines, users of containers, and
//! what of them stays open.

use super::tests::{ledger, one, standing};
use super::*;
use CoverageDomain as D;

#[test]
fn another_program_in_another_version_may_change_its_tables() {
    let compose = |name: &str, tag: &str| {
        format!("services:\n  login:\n    image: {name}:{tag}\n    restart: always\n")
    };
    let of = |path: &str, name: &str, (old, new): (&str, &str)| {
        one(path, &compose(name, old), &compose(name, new), D::Schema)
    };
    let path = "deploy/docker-compose.yaml";
    assert_eq!(of(path, "quay.io/door/login", ("22.0", "24.0")), "open:3");
    // names that only begin or contain like one that keeps nothing
    for name in [
        "gitea/gitea",
        "nodered/node-red",
        "mongo-express",
        "phpmyadmin",
    ] {
        assert_eq!(of(path, name, ("1.20", "2.0")), "open:3", "{name}");
    }
    let flow = |tag: &str| {
        format!("services: {{login: {{image: \"quay.io/door/login:{tag}\", restart: always}}}}\n")
    };
    assert_eq!(one(path, &flow("22.0"), &flow("24.0"), D::Schema), "open:1");
    for (name, tag) in [("repository", "tag"), ("name", "newTag")] {
        let of_two = |image: &str, tags: (&str, &str)| {
            let text = |version: &str| {
                format!("door:\n  image:\n    {name}: {image}\n    {tag}: \"{version}\"\n")
            };
            one(path, &text(tags.0), &text(tags.1), D::Schema)
        };
        assert_eq!(
            of_two("quay.io/door/login", ("22.0.1", "23.0.0")),
            "open:4",
            "{name}"
        );
        assert!(
            !of_two("example/web", ("1.0.0", "1.1.0")).starts_with("open"),
            "{name}"
        );
        assert!(
            !of_two("nginx", ("1.25", "1.27")).starts_with("open"),
            "{name}"
        );
    }
    // the release's own image, a proxy, and a tag that is filled in
    for (name, tags) in [
        ("example/web", ("1.0.0", "v1.1.0")),
        ("nginx", ("1.25", "1.27")),
        ("prom/node-exporter", ("1.7", "1.8")),
        ("postgres", ("15.1", "16.1")),
        ("example/login", ("${OLD}", "${NEW}")),
    ] {
        let found = of(path, name, tags);
        assert!(!found.starts_with("open"), "{name}: {found}");
    }
}

#[test]
fn what_changes_a_database_while_deploying_opens_schema_and_rows() {
    for (path, before, after) in [
        (
            ".github/workflows/ship.yml",
            "steps:\n- run: ./ship\n",
            "steps:\n- run: psql -c \"ALTER TABLE jars DROP COLUMN lid\"\n- run: ./ship\n",
        ),
        (
            "bitbucket-pipelines.yml",
            "script:\n- ./ship\n",
            "script:\n- mysql -e \"UPDATE jars SET size = 2\"\n- ./ship\n",
        ),
        (
            "Dockerfile",
            "FROM a\nCMD shop\n",
            "FROM a\nCMD sqlite3 /data/jars.db < tidy.sql; shop\n",
        ),
        (
            "package.json",
            "{\n\"scripts\": {}}\n",
            "{\n\"scripts\": {\"predeploy\": \"prisma db push\"}}\n",
        ),
    ] {
        for domain in [D::Schema, D::StoredForm] {
            assert!(
                one(path, before, after, domain).starts_with("open:"),
                "{path}"
            );
        }
    }
    for (path, before, after) in [
        (
            "chart/templates/tidy.yaml",
            "spec:\n  a: 1\n",
            "spec:\n  a: 1\n  command: [\"psql\"]\n  args: [\"-c\", \"ALTER TABLE jars DROP COLUMN lid\"]\n",
        ),
        (
            "play.yml",
            "- tasks: []\n",
            "- tasks:\n    - community.mysql.mysql_query:\n        query: DROP TABLE jars\n",
        ),
        (
            "db.tf",
            "resource \"snowflake_table\" \"jars\" {\n  column {\n    name = \"lid\"\n  }\n}\n",
            "resource \"snowflake_table\" \"jars\" {\n}\n",
        ),
    ] {
        assert!(
            one(path, before, after, D::Schema).starts_with("open"),
            "{path}"
        );
    }
    // a pipeline without such a command stays what it was
    assert_eq!(
        one(
            ".github/workflows/ship.yml",
            "- run: ./ship\n",
            "- run: ./ship --fast\n",
            D::Schema
        ),
        "other-field"
    );
}

#[test]
fn what_is_served_or_given_settings_in_another_way_is_asked_as_configuration() {
    for (path, before, after) in [
        ("Procfile", "web: shop\n", "web: shop --threads 2\n"),
        (
            "Makefile",
            "ship:\n\t./ask\n",
            "ship:\n\tfly secrets set SIZE=2\n",
        ),
    ] {
        assert!(
            one(path, before, after, D::Configuration).starts_with("open:"),
            "{path}"
        );
        assert_eq!(
            one(path, before, after, D::Infrastructure),
            "keeps-nothing",
            "{path}"
        );
    }
}

#[test]
fn another_user_of_a_container_is_open_where_a_volume_outlives_it() {
    let pod = |user: &str, volume: &str| {
        format!(
            "kind: Deployment\nmetadata: {{name: jars}}\nspec:\n  template:\n    spec:\n      securityContext: {{runAsUser: {user}}}\n      volumes: [{{name: a, {volume}}}]\n"
        )
    };
    let claim = "persistentVolumeClaim: {claimName: a}";
    let of = |path, before: &str, after: &str| one(path, before, after, D::Infrastructure);
    assert_eq!(
        of("k8s/jars.yaml", &pod("1000", claim), &pod("0", claim)),
        "open:6"
    );
    let scratch = "emptyDir: {}";
    assert_eq!(
        of("k8s/jars.yaml", &pod("1000", scratch), &pod("0", scratch)),
        "judged"
    );
    let compose = |user: &str| {
        format!(
            "services:\n  jars:\n    image: a:1\n    user: \"{user}\"\n    volumes: [\"a:/data\"]\nvolumes: {{a: {{}}}}\n"
        )
    };
    assert_eq!(
        of("docker-compose.yaml", &compose("1000"), &compose("0")),
        "open:4"
    );
    let image = "FROM a\nUSER jars\nCMD jars\n";
    let root = "FROM a\nCMD jars\n";
    assert_eq!(of("Dockerfile", image, root), "judged", "no volume is seen");
    let beside = [("docker-compose.yaml", compose("0"))];
    let with = ledger(
        &[("Dockerfile", image), (beside[0].0, &beside[0].1)],
        &[("Dockerfile", root), (beside[0].0, &beside[0].1)],
        &[],
    );
    assert_eq!(standing(&with, "Dockerfile", D::Infrastructure), "open:0");
}

#[test]
fn the_image_of_the_release_itself_is_no_store() {
    let pod = |name: &str, tag: &str| format!("kind: Deployment\nspec:\n  image: {name}:{tag}\n");
    let of = |before: &str, after: &str| one("k8s/jars.yaml", before, after, D::StoredForm);
    assert_eq!(
        of(&pod("jars", "1.0.0"), &pod("jars", "1.1.0")),
        "other-field"
    );
    assert_eq!(of(&pod("pots", "7.1"), &pod("pots", "8.0")), "open:3");
}
