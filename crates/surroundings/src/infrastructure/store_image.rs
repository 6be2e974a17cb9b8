//! `infrastructure/store-image`.

use std::collections::BTreeMap;

use super::changes::read_infrastructure_texts;
use super::image::Image;
use super::images;
use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use coverage::images::find_store_product;
use coverage::place::{FileRole, classify_path_place};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, FileKind, Finding,
    Severity, Snapshot, check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "infrastructure/store-image",
    title: "A data store is another version or another product",
    domain: Domain::Infrastructure,
    direction: Direction::Rollback,
    looks_for: "Images and engine versions of data stores that take a step which changes what they write (a major version, for some products a minor one), or that become another product (redis to valkey), in compose files, charts, manifests, Dockerfiles and Terraform; tags also by repository and tag apart, by a default of a variable and by .env.",
    why: "Going back puts an older or another store on the same files, and a store refuses files that a newer one has written or starts empty.",
    action: "Leave the image of the data store as it is when going back, or restore the files from a backup that was made before the newer version started.",
    example: "compose.yaml: postgres goes from 15 to 16 by the default of PG_VERSION.",
    source: "Release notes and upgrade guides: PostgreSQL, MySQL and MariaDB (no downgrade of data files), Redis (RDB versions), Elasticsearch and OpenSearch (no downgrade of a node), MongoDB (feature compatibility), etcd, Kafka, RabbitMQ.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_store_image_steps, make_fixtures())
        }),
    },
    run: find_store_image_steps,
};

// images of one product under two names read the same files
/// Names of one product.
fn find_product_family(product: &str) -> &str {
    match product {
        "postgres" | "postgresql" | "postgis" | "pgvector" => "postgres",
        "mongo" | "mongodb" => "mongo",
        "redis" | "redis-stack" | "redis-stack-server" => "redis",
        "kafka" | "cp-kafka" => "kafka",
        "clickhouse" | "clickhouse-server" => "clickhouse",
        other => other,
    }
}

fn find_store_image_steps(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    // a service beside a job of a pipeline keeps nothing
    let pipeline = |path: &str| {
        let lower = path.to_ascii_lowercase();
        [
            ".github/",
            ".gitlab-ci",
            ".gitlab/ci",
            ".circleci/",
            ".buildkite/",
            "azure-pipelines",
            ".drone",
            ".travis",
            "bitbucket-pipelines",
            ".woodpecker",
        ]
        .iter()
        .any(|word| lower.contains(word))
    };
    let wanted = |path: &str, kind: FileKind| {
        // examples and tests start stores that nobody keeps
        classify_path_place(path) == FileRole::Live
            && !matches!(kind, FileKind::Test | FileKind::Documentation)
            && !pipeline(path)
    };
    let mut done = std::collections::BTreeSet::new();
    for change in look
        .range
        .changes
        .iter()
        .filter(|change| wanted(&change.path, change.kind))
    {
        let (old, new) = read_infrastructure_texts(look, change);
        if let (Some(old), Some(new)) = (&old, &new) {
            let old_path = change.old_path.as_deref().unwrap_or(&change.path);
            // a file that a variable's file has brought already is not compared again
            if done.insert(change.path.clone()) {
                compare_store_images(look, (old_path, old), (&change.path, new), &mut findings);
            }
        }
        // an `.env` holds the tag that a compose file asks for
        // a file of variables moves the images of the files beside it
        if env_file(&change.path) {
            for path in list_compose_files(look.range.current, &change.path)
                .into_iter()
                .filter(|path| done.insert(path.clone()))
            {
                if let (Ok(old), Ok(new)) = (
                    look.range.previous.read_text(&path),
                    look.range.current.read_text(&path),
                ) {
                    compare_store_images(look, (&path, &old), (&path, &new), &mut findings);
                }
            }
        }
    }
    // services of one file often share a line
    let mut told = std::collections::BTreeSet::new();
    findings.retain(|finding| told.insert((finding.subject.clone(), finding.says.clone())));
    findings
}

fn env_file(path: &str) -> bool {
    path.rsplit('/')
        .next()
        .is_some_and(|name| name == ".env" || name.starts_with(".env."))
}

fn get_compose_folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Compose files in the folder of a file of variables.
fn list_compose_files(tree: &dyn Snapshot, path: &str) -> Vec<String> {
    let compose = |name: &str| {
        name.contains("compose") && (name.ends_with(".yaml") || name.ends_with(".yml"))
    };
    tree.list()
        .iter()
        .filter(|entry| {
            get_compose_folder(&entry.path) == get_compose_folder(path)
                && entry.path.rsplit('/').next().is_some_and(compose)
        })
        .map(|entry| entry.path.clone())
        // a folder holds a compose file or two for each environment
        .take(20)
        .collect()
}

fn read_env_variables(tree: &dyn Snapshot, path: &str) -> BTreeMap<String, String> {
    let name = if get_compose_folder(path).is_empty() {
        ".env".to_owned()
    } else {
        format!("{}/.env", get_compose_folder(path))
    };
    tree.read_text(&name)
        .map(|text| images::parse_env_lines(&text))
        .unwrap_or_default()
}

fn compare_store_images(
    look: &SurroundingsInput<'_>,
    (old_path, old): (&str, &str),
    (path, new): (&str, &str),
    findings: &mut Vec<Finding>,
) {
    let before = look.images.read(
        old_path,
        old,
        &read_env_variables(look.range.previous, old_path),
    );
    let after = look
        .images
        .read(path, new, &read_env_variables(look.range.current, path));
    for (at, image) in after.iter() {
        let Some(was) = before
            .get(at)
            .filter(|was| was.name != image.name || was.tag != image.tag)
            // a job asks a store, and keeps none
            .filter(|_| !runs_once(at))
        else {
            continue;
        };
        let Some(says) = describe_image_step(was, image) else {
            continue;
        };
        let name = image.name.rsplit('/').next().unwrap_or(&image.name);
        let subject = if was.name == image.name {
            name.to_owned()
        } else {
            format!(
                "{} to {name}",
                was.name.rsplit('/').next().unwrap_or(&was.name)
            )
        };
        let by = image
            .variable
            .as_ref()
            .map(|variable| format!(" (by {variable})"))
            .unwrap_or_default();
        let says = format!(
            "{says}{by} in {path}:{}; going back puts the older one on the same files",
            image.line
        );
        let places = [
            Evidence::at(path, image.line).with_excerpt(&format!("{}:{}", image.name, image.tag)),
            Evidence::at(old_path, was.line).with_excerpt(&format!("{}:{}", was.name, was.tag)),
        ];
        findings.push(
            // both versions stand in files, and that the store refuses is known of the product
            build_check_finding(&DOC, Severity::Warns, Confidence::Proven, subject, says)
                .at(places),
        );
    }
}

/// The sentence of a step that files do not survive backwards; `None` for any other.
fn describe_image_step(was: &Image, is: &Image) -> Option<String> {
    let (old, new) = (find_store_product(&was.name), find_store_product(&is.name));
    let names = |image: &Image| {
        if image.tag.is_empty() {
            image.name.clone()
        } else {
            format!("{}:{}", image.name, image.tag)
        }
    };
    match (old, new) {
        (Some((old, significant)), Some((new, _)))
            if find_product_family(old) == find_product_family(new) =>
        {
            let (before, after) = (parse_tag_numbers(&was.tag), parse_tag_numbers(&is.tag));
            // `16` and `16.2` may be the same version
            // a tag that says less than the other is compared as far as both go
            let length = significant.min(before.len()).min(after.len());
            if length > 0 && after[..length] > before[..length] {
                return Some(format!("{} becomes {}", names(was), names(is)));
            }
            let sorts = find_product_family(old) == "postgres" && was.tag != is.tag;
            (sorts && sorts_text_otherwise(&was.tag, &is.tag)).then(|| {
                format!(
                    "{} becomes {}, with another C library that sorts text in another order: indexes over text that one of them wrote are wrong for the other until they are built anew (REINDEX)",
                    names(was),
                    names(is)
                )
            })
        }
        // another product starts with its own files, and finds none or refuses them
        (Some(_), Some(_)) => Some(format!(
            "{} becomes {}, another product",
            names(was),
            names(is)
        )),
        _ => None,
    }
}

/// What runs to its end, or before the program does, is a client of a store.
fn runs_once(at: &str) -> bool {
    // an init container ends before the program starts
    at.starts_with("Job/") || at.starts_with("CronJob/") || at.contains(".initContainers[")
}

/// Two tags of one image over systems whose C libraries sort text in another order: the C library of
/// Alpine sorts by bytes, and that of Debian changed its tables between releases.
fn sorts_text_otherwise(old: &str, new: &str) -> bool {
    const RELEASES: [&str; 6] = [
        "stretch", "buster", "bullseye", "bookworm", "trixie", "forky",
    ];
    let system = |tag: &str| {
        let lower = tag.to_ascii_lowercase();
        let release = RELEASES.iter().find(|release| lower.contains(**release));
        (lower.contains("alpine"), release.copied())
    };
    let (old, new) = (system(old), system(new));
    old.0 != new.0 || matches!((old.1, new.1), (Some(old), Some(new)) if old != new)
}

fn parse_tag_numbers(tag: &str) -> Vec<u64> {
    let start = tag.find(|c: char| c.is_ascii_digit()).unwrap_or(tag.len());
    // `pg16` and `v1.2` say their version behind letters
    // `alpine3.19` without more says the system, and no version of the store
    let letters = tag[..start].len() <= 3;
    if letters {
        tag[start..]
            .split(['.', '-', '_'])
            .map_while(|part| part.parse().ok())
            .take(3)
            .collect()
    } else {
        Vec::new()
    }
}

/// Whether a step of an image is told by this check.
pub(super) fn is_reported_image_step(was: &str, old_tag: &str, is: &str, new_tag: &str) -> bool {
    let image = |name: &str, tag: &str| Image {
        name: name.to_owned(),
        tag: tag.to_owned(),
        line: 1,
        variable: None,
    };
    describe_image_step(&image(was, old_tag), &image(is, new_tag)).is_some()
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    (
        Fixture::of(
            "compose.yaml",
            FileKind::Infrastructure,
            "services:\n  db: {image: \"mysql:8.0.36\"}\n",
            "services:\n  db: {image: \"mysql:8.4.0\"}\n",
        ),
        Fixture::of(
            "compose.yaml",
            FileKind::Infrastructure,
            "services:\n  db: {image: \"postgres:15.2\"}\n",
            "services:\n  db: {image: \"postgres:15.4\"}\n",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_that_files_do_not_survive() {
        for (was, old, is, new, told) in [
            ("redis", "7.2-alpine", "redis", "7.4-alpine", true),
            (
                "docker.io/redis",
                "7-alpine",
                "docker.io/valkey/valkey",
                "8.1-alpine",
                true,
            ),
            ("postgres", "15.2", "postgres", "15.4", false),
            ("postgres", "15", "postgis/postgis", "16-3.4", true),
            (
                "pgvector/pgvector",
                "pg15",
                "pgvector/pgvector",
                "pg16",
                true,
            ),
            ("postgres", "16", "postgres", "15", false),
            ("nginx", "1.25", "nginx", "1.27", false),
            (
                "redis/redisinsight",
                "2.1",
                "redis/redisinsight",
                "3.0",
                false,
            ),
            ("elasticsearch", "8.1.0", "elasticsearch", "8.11.0", true),
            ("mongo", "6", "mongo", "6.0.5", false),
            ("mysql", "latest", "mysql", "8.4", false),
            ("postgres", "16-alpine", "postgres", "16-bookworm", true),
            (
                "postgres",
                "15.5-bullseye",
                "postgres",
                "15.5-bookworm",
                true,
            ),
            (
                "postgres",
                "15.5-bookworm",
                "postgres",
                "15.6-bookworm",
                false,
            ),
            ("redis", "7.2-alpine", "redis", "7.2-bookworm", false),
        ] {
            assert_eq!(
                is_reported_image_step(was, old, is, new),
                told,
                "{was}:{old} {is}:{new}"
            );
        }
    }

    fn count(path: &'static str, old: &'static str, new: &'static str) -> usize {
        crate::case::Fixture::of(path, FileKind::Infrastructure, old, new)
            .of_check(DOC.id)
            .len()
    }

    #[test]
    fn a_store_is_met_where_it_is_installed_and_where_a_platform_runs_it() {
        for (path, old, new) in [
            (
                "db/Dockerfile",
                "FROM debian:12\nRUN apt-get install -y \\\n    postgresql-15\n",
                "FROM debian:12\nRUN apt-get install -y \\\n    postgresql-16\n",
            ),
            (
                ".platform/services.yaml",
                "db:\n  type: postgresql:14\n  disk: 1024\n",
                "db:\n  type: postgresql:16\n  disk: 1024\n",
            ),
            (
                "roles/db/tasks/main.yml",
                "- ansible.builtin.apt:\n    name: postgresql-14\n",
                "- ansible.builtin.apt:\n    name: postgresql-16\n",
            ),
            (
                "quadlet/db.container",
                "[Container]\nImage=docker.io/library/postgres:15\n",
                "[Container]\nImage=docker.io/library/postgres:16\n",
            ),
            (
                "group_vars/all.yml",
                "mariadb_version: \"10.6\"\n",
                "mariadb_version: \"11.4\"\n",
            ),
            (
                "infra/variables.tf",
                "variable \"postgres_version\" {\n  type    = string\n  default = \"14.10\"\n}\n",
                "variable \"postgres_version\" {\n  type    = string\n  default = \"16.1\"\n}\n",
            ),
            (
                "infra/main.bicep",
                "resource db 'Microsoft.DBforPostgreSQL/flexibleServers@2023' = {\n  properties: {\n    version: '14'\n  }\n}\n",
                "resource db 'Microsoft.DBforPostgreSQL/flexibleServers@2023' = {\n  properties: {\n    version: '16'\n  }\n}\n",
            ),
            (
                "charts/jars/Chart.yaml",
                "dependencies:\n  - name: postgresql\n    version: 12.12.10\n    repository: oci://r.example\n",
                "dependencies:\n  - name: postgresql\n    version: 15.5.0\n    repository: oci://r.example\n",
            ),
            (
                "deploy/run.sh",
                "docker run -d -v db:/var/lib/mysql mysql:5.7\n",
                "docker run -d -v db:/var/lib/mysql mysql:8.0\n",
            ),
        ] {
            assert_eq!(count(path, old, new), 1, "{path}");
        }
    }

    #[test]
    fn clients_of_a_store_and_stores_in_memory_keep_no_files() {
        for (path, old, new) in [
            (
                "k8s/app.yaml",
                "kind: Deployment\nmetadata: {name: app}\nspec:\n  template:\n    spec:\n      initContainers:\n        - {name: wait, image: \"postgres:15\", command: [pg_isready, -h, db]}\n",
                "kind: Deployment\nmetadata: {name: app}\nspec:\n  template:\n    spec:\n      initContainers:\n        - {name: wait, image: \"postgres:16\", command: [pg_isready, -h, db]}\n",
            ),
            (
                "k8s/backup.yaml",
                "kind: CronJob\nmetadata: {name: backup}\nspec: {containers: [{name: dump, image: \"postgres:15\"}]}\n",
                "kind: CronJob\nmetadata: {name: backup}\nspec: {containers: [{name: dump, image: \"postgres:16\"}]}\n",
            ),
            (
                "compose.yaml",
                "services:\n  dump:\n    image: mysql:5.7\n    command: mysqldump -h db shop\n",
                "services:\n  dump:\n    image: mysql:8.0\n    command: mysqldump -h db shop\n",
            ),
            (
                "compose.yaml",
                "services:\n  db:\n    image: postgres:15\n    tmpfs: /var/lib/postgresql/data\n",
                "services:\n  db:\n    image: postgres:16\n    tmpfs: /var/lib/postgresql/data\n",
            ),
        ] {
            assert_eq!(count(path, old, new), 0, "{path}: {old}");
        }
    }

    #[test]
    fn a_file_of_variables_moves_the_images_beside_it() {
        let compose =
            Some("services:\n  s:\n    image: opensearchproject/opensearch:${OS_VERSION}\n");
        let found = crate::case::Fixture::of(
            "deploy/.env",
            FileKind::Config,
            "OS_VERSION=1.3.0\n",
            "OS_VERSION=2.1.0\n",
        )
        .and(
            "deploy/docker-compose.yml",
            FileKind::Infrastructure,
            compose,
            compose,
        )
        .of_check(DOC.id);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].says.as_raw().contains("OS_VERSION"),
            "{}",
            found[0].says
        );
    }
}
