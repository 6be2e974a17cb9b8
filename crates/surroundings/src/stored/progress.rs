//! `stored-form/progress-name`.

use std::collections::{HashMap, HashSet};

use super::progress_names::list_progress_names;
use super::{LIMIT, StoredCheck, StoredInput, StoredOutcome, build_stored_finding, cite_text_line};
use coverage::guard;
use coverage::place::{FileRole, classify_path_place};
use model::{CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Severity, check_cases};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/progress-name",
    title: "A scheduler or a consumer keeps its progress under another name",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Names under which a broker, a scheduler or a stream keeps how far the program is, where the two releases have another one: the id of an Airflow DAG, consumer groups of Kafka and of streams, the application id of Kafka Streams, replication slots and topic prefixes of Debezium, names of connectors, durable consumers, subscriptions of Pulsar and Pub/Sub, operator ids of Flink, checkpoints of Spark, application names of Kinesis, workflows of Temporal, jobs of Quartz, Hangfire and Spring Batch, entries of a schedule of Celery and GoodJob, consumer groups of Redis, subscriptions of EventStoreDB, persistent entities of Akka, resume tokens, states of Singer, files of positions of Logstash and Fluentd.",
    why: "Under its own name the previous release is where it was before the deployment: it does everything since then once more, or begins at the end and misses it.",
    action: "Set the progress of the old name to where the new one is before the previous release starts (kafka-consumer-groups --reset-offsets, airflow dags backfill --mark-success), or make sure that doing it twice does no harm.",
    example: "dags/orders.py: DAG(\"load_orders\", catchup=True) becomes DAG(\"orders_daily\", catchup=True).",
    source: "Documentation of Apache Kafka (consumer groups), Apache Airflow (DAG runs), Debezium (PostgreSQL connector) and Apache Flink (operator ids).",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_renamed_progress,
};

fn find_renamed_progress(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    for file in look.files.iter().filter(|file| !file.vendored) {
        compare_names(
            look,
            (&file.old_path, &file.old),
            (&file.path, &file.new),
            outcome,
        );
    }
    // settings name groups and slots as well as programs do
    let settings = |path: &str| {
        let end = path
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        matches!(
            end.as_str(),
            "yml" | "yaml" | "properties" | "json" | "toml" | "conf" | "env" | "ini"
        )
    };
    for change in look.range.changes.iter().filter(|change| {
        settings(&change.path)
            && guard::find_language(&change.path).is_none()
            && classify_path_place(&change.path) == FileRole::Live
    }) {
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        let read = |tree: &dyn model::Snapshot, path: &str| {
            tree.read_text(path).ok().filter(|text| text.len() <= LIMIT)
        };
        if let (Some(old), Some(new)) = (
            read(look.range.previous, old_path),
            read(look.range.current, &change.path),
        ) {
            compare_names(look, (old_path, &old), (&change.path, &new), outcome);
        }
    }
}

/// Most names of one file that are told.
const NAMED: usize = 50;

/// A name that goes where another of its kind comes: the progress moved.
fn compare_names(
    look: &StoredInput<'_>,
    (old_path, old): (&str, &str),
    (path, new): (&str, &str),
    outcome: &mut StoredOutcome,
) {
    let before = list_progress_names(old);
    // without a name before nothing can have moved
    if before.is_empty() {
        return;
    }
    let after = list_progress_names(new);
    let names = |found: &[(&'static str, String, usize)]| -> HashSet<String> {
        found.iter().map(|(_, name, _)| name.clone()).collect()
    };
    let (known, stays) = (names(&before), names(&after));
    // the first new name of each kind
    // of several that came it is not known which took the place, and one is enough to show
    let mut came: HashMap<&str, (&str, usize)> = HashMap::new();
    for (what, name, line) in after.iter().filter(|(_, name, _)| !known.contains(name)) {
        came.entry(what).or_insert((name, *line));
    }
    let gone = before.iter().filter(|(_, name, _)| !stays.contains(name));
    for (what, name, line) in gone.take(NAMED) {
        // a name that is only gone ended its work, and one that only came begins it
        let Some((now, now_line)) = came.get(what) else {
            continue;
        };
        let (previous, current) = (look.range.previous_version, look.range.current_version);
        let says = format!(
            "the {what} {name} ({old_path}:{line}) is called {now} in {current} ({path}:{now_line}): under its old name {previous} is where it was before the deployment, and does what came since once more or misses it"
        );
        outcome.findings.push(build_stored_finding(
            &DOC,
            Severity::Warns,
            Confidence::Likely,
            name,
            &says,
            vec![
                cite_text_line(path, *now_line, new),
                cite_text_line(old_path, *line, old),
            ],
        ));
    }
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    (
        StoredFixture::of(
            "dags/orders.py",
            "from airflow import DAG\nwith DAG(\"load_orders\", catchup=True) as dag:\n    pass\n",
            "from airflow import DAG\nwith DAG(\"orders_daily\", catchup=True) as dag:\n    pass\n",
        ),
        StoredFixture::of(
            "dags/orders.py",
            "from airflow import DAG\nwith DAG(\"load_orders\", catchup=True) as dag:\n    pass\n",
            "from airflow import DAG\nwith DAG(\"load_orders\", catchup=False) as dag:\n    pass\n",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;
    use super::*;

    fn count(path: &'static str, old: &'static str, new: &'static str) -> usize {
        StoredFixture::of(path, old, new).of_check(DOC.id).0.len()
    }

    #[test]
    fn names_of_other_tools_are_read() {
        for (path, old, new) in [
            (
                "src/main/resources/application.yml",
                "spring:\n  kafka:\n    consumer:\n      group-id: orders\n",
                "spring:\n  kafka:\n    consumer:\n      group-id: orders-v2\n",
            ),
            (
                "connect/orders.json",
                "{\"connector.class\": \"io.debezium.connector.postgresql.PostgresConnector\", \"slot.name\": \"orders\"}",
                "{\"connector.class\": \"io.debezium.connector.postgresql.PostgresConnector\", \"slot.name\": \"orders2\"}",
            ),
            (
                "worker.go",
                "package a\n\nvar reader = kafka.NewReader(kafka.ReaderConfig{GroupID: \"orders\"})\n",
                "package a\n\nvar reader = kafka.NewReader(kafka.ReaderConfig{GroupID: \"billing\"})\n",
            ),
            (
                "src/main/resources/application.properties",
                "spring.kafka.streams.application-id=orders\n",
                "spring.kafka.streams.application-id=orders2\n",
            ),
            (
                "dags/orders.py",
                "from airflow.decorators import dag\n@dag(catchup=True)\ndef load_orders():\n    pass\n",
                "from airflow.decorators import dag\n@dag(catchup=True)\ndef load_orders_daily():\n    pass\n",
            ),
            (
                "pipeline/orders.conf",
                "input { file { sincedb_path => \"/var/orders.db\" } }\n",
                "input { file { sincedb_path => \"/var/orders2.db\" } }\n",
            ),
            (
                "src/Job.java",
                "// flink\nstream.map(new Sum()).uid(\"sum\").print();\n",
                "// flink\nstream.map(new Sum()).uid(\"total\").print();\n",
            ),
        ] {
            assert_eq!(count(path, old, new), 1, "{path}");
        }
    }

    #[test]
    fn what_is_no_name_of_progress_is_left_alone() {
        for (path, old, new) in [
            // a second group beside the first
            (
                "src/main/resources/application.yml",
                "kafka:\n  group-id: orders\n",
                "kafka:\n  group-id: orders\n  retry:\n    group-id: orders-retry\n",
            ),
            // the function changes, and the name that is stated stays
            (
                "dags/orders.py",
                "from airflow.decorators import dag\n@dag(dag_id=\"orders\")\ndef load():\n    pass\n",
                "from airflow.decorators import dag\n@dag(dag_id=\"orders\")\ndef load_daily():\n    pass\n",
            ),
            // a user's group, and no broker near
            (
                "accounts.py",
                "group_id = 'admins'\n",
                "group_id = 'owners'\n",
            ),
        ] {
            assert_eq!(count(path, old, new), 0, "{path}");
        }
    }
}
