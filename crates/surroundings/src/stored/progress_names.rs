//! Names under which brokers, schedulers and streams keep how far a program is, as they are written.

use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
use regex::Regex;

/// Longest line that is looked at, in bytes.
const LINE: usize = 2_000;

/// Longest text in which calls are followed over lines, in bytes.
const TEXT: usize = 512 * 1024;

/// A kind of name: what it is, a word that the file must hold, and how it is written.
struct ProgressName {
    what: &'static str,
    /// What every line that gives such a name holds, in small letters: a search for it costs less
    /// than the expression.
    holds: &'static str,
    /// The file holds one of these, in small letters.
    about: &'static [&'static str],
    pattern: &'static str,
    /// Made when the first file needs it: most ranges need none of them.
    compiled: OnceLock<Option<Regex>>,
    /// The name may stand some lines below what it belongs to.
    across: bool,
}

impl ProgressName {
    fn expression(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| Regex::new(self.pattern).ok())
            .as_ref()
    }
}

/// One row of the table: what it is, a word of its line, words of its file, how it is written.
type Row = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
);

/// Names that stand in one line with what they belong to.
const IN_LINES: [Row; 33] = [
    (
        "DAG",
        "dag",
        &["airflow"],
        r#"\bDAG\(\s*["']([\w.-]+)|\bdag_id\s*=\s*["']([\w.-]+)|@dag\(\s*["']([\w.-]+)"#,
    ),
    (
        "consumer group",
        "group",
        &[
            "kafka",
            "consumer",
            "pulsar",
            "stream",
            "rabbit",
            "eventhub",
            "offset.storage",
        ],
        r#"(?i)\b(?:group[._-]?id(?:_config)?|consumer[._-]?group(?:[._-]?(?:id|name))?|xgroup\w*)["']?\s*[:=,(]\s*["']?(?:\$\{[\w.]+:-?)?([A-Za-z][\w.-]*)["']?"#,
    ),
    (
        "consumer group",
        "consumergroup(",
        &["sarama", "kafka"],
        r#"\bNewConsumerGroup(?:FromClient)?\(\s*[^"()]*"([\w.-]+)""#,
    ),
    (
        "application id",
        "application",
        &["kafka", "streams"],
        r#"(?i)\bapplication[._-]id(?:_config)?["']?\s*[:=,]\s*["']?(?:\$\{[\w.]+:-?)?([A-Za-z][\w.-]*)"#,
    ),
    (
        "application name",
        "applicationname",
        &["kinesis", "amazonkcl", "kcl.", "streamname"],
        r#"(?i)\bapplicationname["']?\s*[:=(]\s*["']?([A-Za-z][\w.-]*)"#,
    ),
    (
        "replication slot",
        "slot",
        &["debezium", "slot"],
        r#"(?i)\bslot[._]name["']?\s*[:=,]\s*["']?(?:\$\{[\w.]+:-?)?([A-Za-z][\w.-]*)|create_(?:logical|physical)_replication_slot\(\s*["']([\w-]+)|start_replication\s+slot\s+["']?([\w-]+)"#,
    ),
    (
        "topic prefix",
        ".",
        &["debezium", "connector"],
        r#"(?i)\b(?:topic\.prefix|database\.server\.name)["']?\s*[:=,]\s*["']?(?:\$\{[\w.]+:-?)?([A-Za-z][\w.-]*)"#,
    ),
    // the offsets of a source are kept under the name of its connector
    (
        "connector",
        "name",
        &["connector.class"],
        r#"(?:^|[{,])\s*"?name"?\s*[:=]\s*"?([A-Za-z][\w.-]*)"#,
    ),
    (
        "place of offsets",
        "offset",
        &["offset.storage", "offset-storage"],
        r#"(?i)\boffset[.-]storage[.-](?:topic|file[.-]filename)["']?\s*[:=,]\s*["']?([\w./-]+)"#,
    ),
    (
        "durable consumer",
        "durable",
        &["nats", "jetstream"],
        r#"(?i)\bdurable(?:[_-]?name)?["']?\s*[:=(]+\s*["']([\w.-]+)|\bdurable(?:[_-]?name)?\s*:\s*([A-Za-z][\w.-]*)\s*$"#,
    ),
    (
        "subscription",
        "subscription",
        &["pulsar", "pubsub", "servicebus"],
        r#"(?i)\bsubscription(?:[._-]?(?:name|id))?["']?\s*[:=(]+\s*["']([\w./-]+)|\bsubscription(?:[._-]?(?:name|id))?\s*[:=]\s*([A-Za-z][\w./-]*)\s*$|\bsubscription_path\([^"']*["']([\w.-]+)["']\s*\)"#,
    ),
    (
        "operator",
        ".uid(",
        &["flink"],
        r#"\.uid\(\s*["']([\w.-]+)"#,
    ),
    (
        "checkpoint",
        "checkpointlocation",
        &["checkpointlocation"],
        r#"(?i)\bcheckpointLocation["']?\s*[,:=]\s*["']?([^"'\s,)]+)"#,
    ),
    (
        "query",
        "queryname(",
        &["writestream"],
        r#"(?i)\bqueryName\(\s*["']([\w.-]+)"#,
    ),
    (
        "file of positions",
        "=>",
        &["sincedb_path", "last_run_metadata_path"],
        r#"\b(?:sincedb_path|last_run_metadata_path)\s*=>\s*["']([^"']+)["']"#,
    ),
    (
        "file of positions",
        "pos_file",
        &["pos_file"],
        r"\bpos_file\s+(\S+)",
    ),
    (
        "registry",
        "registry",
        &["filebeat", "auditbeat", "winlogbeat"],
        r#"\bregistry[._](?:path|file)\s*:\s*["']?([^"'\s]+)"#,
    ),
    (
        "processing group",
        "@processinggroup",
        &["axon", "processinggroup"],
        r#"@ProcessingGroup\(\s*(?:value\s*=\s*)?"([^"]+)""#,
    ),
    (
        "projection",
        "projection",
        &["projection"],
        r#"\bProjectionId(?:\.of)?\(\s*"([\w.-]+)"|\bProjectionName\s*=>?\s*"([\w.-]+)""#,
    ),
    (
        "event handler",
        "name:",
        &["commanded.event.handler", "commanded.projections"],
        r#"\bname:\s*"([^"]+)""#,
    ),
    (
        "recurring job",
        "addorupdate",
        &["recurringjob", "hangfire"],
        r#"\bAddOrUpdate(?:<[^>]*>)?\(\s*"([\w.: -]+)""#,
    ),
    (
        "scheduled job",
        "(",
        &["quartz"],
        r#"\bwithIdentity\(\s*"([\w.-]+)"|\bWithIdentity\(\s*"([\w.-]+)"|\b(?:JobKey|jobKey|TriggerKey|triggerKey)\(\s*"([\w.-]+)""#,
    ),
    (
        "batch job",
        "(",
        &[
            "springframework.batch",
            "jobbuilderfactory",
            "jobrepository",
        ],
        r#"\b(?:JobBuilder|StepBuilder)\(\s*"([\w.-]+)"|\b(?:jobBuilderFactory|stepBuilderFactory|jobs|steps)\.get\(\s*"([\w.-]+)""#,
    ),
    (
        "workflow",
        "workflow",
        &["temporal", "cadence"],
        r#"(?i)\bworkflow[_-]?id["']?\s*[:=(]\s*["']([\w.:/-]+)["']|\bworkflow[._]?(?:type|defn|def|method)\w*\(\s*(?:name\s*=\s*)?["']([\w.-]+)["']"#,
    ),
    (
        "consumer group",
        "readgroup",
        &["readgroup"],
        r#"(?i)\bx_?readgroup\w*\(\s*["']([\w.:-]+)["']|\bxreadgroup\s+group\s+([\w.:-]+)|["']xreadgroup["']\s*,\s*["']group["']\s*,\s*["']([\w.:-]+)"#,
    ),
    (
        "consumer group",
        "group:",
        &["xreadgroupargs"],
        r#"\bGroup:\s*"([\w.:-]+)""#,
    ),
    (
        "subscription",
        "/subscriptions/",
        &["pubsub"],
        r#"projects/[^/"']+/subscriptions/([\w.-]+)"#,
    ),
    (
        "subscription",
        "subscri",
        &["eventstore", "subscribetostream", "persistentsubscription"],
        r#"(?i)\bsubscribe_?to_?stream(?:_?async)?\(\s*["'][^"']*["']\s*,\s*["']([\w.:-]+)["']|\bpersistent_?subscription\w*\(\s*["'][^"']*["']\s*,\s*["']([\w.:-]+)["']"#,
    ),
    (
        "persistent entity",
        "persistenceid",
        &["persistenceid"],
        r#"\bPersistenceId(?:\.\w+)?\(\s*"([^"]+)"|\bpersistenceId\b[^="]*=\s*"([^"]+)""#,
    ),
    (
        "file of the schedule",
        "beat_schedule_filename",
        &["beat_schedule_filename"],
        r#"\bbeat_schedule_filename\s*[=:]\s*["']([^"']+)["']"#,
    ),
    (
        "place of the state",
        "uri",
        &["state_backend"],
        r#"\buri:\s*["']?([^"'\s}]+)"#,
    ),
    (
        "resume token",
        "_id",
        &["resume_token", "resumetoken"],
        r#"\b_id["']?\s*:\s*["']([\w.:-]+)["']"#,
    ),
    (
        "task queue",
        "queue",
        &["temporal", "cadence", "workflowspath"],
        r#"(?i)\btask[_-]?queue["']?\s*[:=(]\s*["']([\w.:/-]+)["']"#,
    ),
];

/// Names that may stand some lines below what they belong to.
const ACROSS_LINES: [Row; 9] = [
    (
        "DAG",
        "@dag",
        &["airflow"],
        r#"(?m)^@(?:\w+\.)?dag\b(?:\(((?:[^()]|\([^()]*\)){0,4000})\))?[ \t]*\n(?:@[^\n]*\n)*def\s+(\w+)"#,
    ),
    (
        "sensor",
        "sensor",
        &["dagster"],
        r#"(?m)^@(?:\w+\.)?(?:\w+_)?sensor\b(?:\(((?:[^()]|\([^()]*\)){0,4000})\))?[ \t]*\ndef\s+(\w+)"#,
    ),
    (
        "workflow",
        "@workflow.defn",
        &["temporal"],
        r#"(?m)^@workflow\.defn\b(?:\(((?:[^()]|\([^()]*\)){0,2000})\))?[ \t]*\nclass\s+(\w+)"#,
    ),
    (
        "durable consumer",
        "pullsubscribe",
        &["nats", "jetstream"],
        r#"(?i)\bpull_?subscribe\w*\(()\s*["'][^"']*["']\s*,\s*(?:durable\s*=\s*)?["']([\w.-]+)["']"#,
    ),
    (
        "application name",
        "configsbuilder",
        &["kinesis"],
        r#"\bConfigsBuilder\(()\s*[^,()]+,\s*"([\w.-]+)""#,
    ),
    (
        "application name",
        "kinesisclientlibconfiguration",
        &["kinesis"],
        r#"\bKinesisClientLibConfiguration\(()\s*"([\w.-]+)""#,
    ),
    (
        "subscription",
        "create",
        &["servicebus"],
        r#"\bCreate(?:Session)?(?:Processor|Receiver)\(()\s*"[^"]*"\s*,\s*"([\w.-]+)""#,
    ),
    (
        "entry of the schedule",
        "cron",
        &["good_job"],
        r#"()\b(\w+):\s*\{\s*(?:cron|class):"#,
    ),
    // the scheduler keeps when an entry ran last under its key
    (
        "entry of the schedule",
        "beat_schedule",
        &["celery"],
        r#"(?m)^\s*["']()([\w.-]+)["']\s*:\s*\{\s*(?:["']task["']\s*:|$)"#,
    ),
];

/// Every row of the two tables.
static NAMES: LazyLock<Vec<ProgressName>> = LazyLock::new(|| {
    let rows = IN_LINES.iter().map(|row| (row, false));
    rows.chain(ACROSS_LINES.iter().map(|row| (row, true)))
        .map(|(&(what, holds, about, pattern), across)| ProgressName {
            what,
            holds,
            about,
            pattern,
            compiled: OnceLock::new(),
            across,
        })
        .collect()
});

/// One search for all words that a file must hold one of, and whose row each of them is.
struct TopicSearch {
    words: AhoCorasick,
    /// Index into [`NAMES`] of each word.
    rows: Vec<usize>,
}

static TOPICS: LazyLock<Option<TopicSearch>> = LazyLock::new(|| {
    let words: Vec<(usize, &str)> = NAMES
        .iter()
        .enumerate()
        .flat_map(|(row, name)| name.about.iter().map(move |word| (row, *word)))
        .collect();
    let search = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words.iter().map(|(_, word)| word));
    Some(TopicSearch {
        words: search.ok()?,
        rows: words.iter().map(|(row, _)| *row).collect(),
    })
});

/// The rows whose topic a text is about.
fn list_topics(text: &str) -> Vec<&'static ProgressName> {
    let Some(search) = TOPICS.as_ref() else {
        return Vec::new();
    };
    let mut about = vec![false; NAMES.len()];
    for hit in search.words.find_overlapping_iter(text) {
        if let Some(known) = search
            .rows
            .get(hit.pattern().as_usize())
            .and_then(|row| about.get_mut(*row))
        {
            *known = true;
        }
    }
    NAMES
        .iter()
        .zip(about)
        .filter_map(|(name, about)| about.then_some(name))
        .collect()
}

/// Names of one text: what, name, line from 1.
pub(super) fn list_progress_names(text: &str) -> Vec<(&'static str, String, usize)> {
    let mut found = Vec::new();
    let mut wanted = list_topics(text);
    if wanted.is_empty() {
        return found;
    }
    let lower = text.to_lowercase();
    wanted.retain(|name| lower.contains(name.holds));
    let (across, in_lines): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|name| name.across);
    if !in_lines.is_empty() {
        list_names_in_lines(text, &lower, &in_lines, &mut found);
    }
    if text.len() <= TEXT {
        list_names_across_lines(text, &across, &mut found);
    }
    found
}

fn list_names_in_lines(
    text: &str,
    lower: &str,
    wanted: &[&ProgressName],
    found: &mut Vec<(&'static str, String, usize)>,
) {
    for (index, (line, small)) in text.lines().zip(lower.lines()).enumerate() {
        if line.len() > LINE || is_comment(line) {
            continue;
        }
        for name in wanted.iter().filter(|name| small.contains(name.holds)) {
            let Some(pattern) = name.expression() else {
                continue;
            };
            for hit in pattern.captures_iter(line) {
                if let Some(value) = hit.iter().skip(1).flatten().next() {
                    found.push((name.what, value.as_str().to_owned(), index + 1));
                }
            }
        }
    }
}

fn list_names_across_lines(
    text: &str,
    wanted: &[&ProgressName],
    found: &mut Vec<(&'static str, String, usize)>,
) {
    for name in wanted {
        let Some(pattern) = name.expression() else {
            continue;
        };
        for hit in pattern.captures_iter(text) {
            // a name that is stated goes before that of the function, and is found above
            let stated = hit.get(1).is_some_and(|given| {
                let given = given.as_str().trim_start();
                given.starts_with(['"', '\''])
                    || ["dag_id", "name=", "name ="]
                        .iter()
                        .any(|word| given.contains(word))
            });
            let Some(value) = hit.get(2).filter(|_| !stated) else {
                continue;
            };
            let before = &text[..value.start()];
            let line = before.rsplit('\n').next().unwrap_or_default();
            if !is_comment(line) {
                let number = before.matches('\n').count() + 1;
                found.push((name.what, value.as_str().to_owned(), number));
            }
        }
    }
}

fn is_comment(line: &str) -> bool {
    let bare = line.trim_start();
    bare.starts_with("//") || bare.starts_with("# ") || bare.starts_with("* ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_patterns_are_expressions() {
        assert_eq!(NAMES.len(), IN_LINES.len() + ACROSS_LINES.len());
    }

    /// A text as a tool writes it, and the name in it.
    const WRITTEN: &[(&str, &str)] = &[
        (
            "import airflow\n@dag(schedule=\"@daily\", start_date=date(2025, 1, 1))\ndef load_jars():\n    pass\n",
            "load_jars",
        ),
        (
            "from airflow.decorators import dag\n@dag\ndef load_jars():\n    pass\n",
            "load_jars",
        ),
        (
            "import airflow\n@dag(\n    dag_id=\"jars\",\n)\ndef load():\n    pass\n",
            "jars",
        ),
        (
            "js := nats.JetStream()\njs.PullSubscribe(\"jars.*\", \"filler\")\n",
            "filler",
        ),
        ("nats:\n  durable: filler\n", "filler"),
        (
            "df.writeStream.option(\"checkpointLocation\", \"s3://a/jars\").start()\n",
            "s3://a/jars",
        ),
        (
            "import software.amazon.kinesis.common.ConfigsBuilder;\nnew ConfigsBuilder(\n    \"jars\",\n    \"filler\", a, b);\n",
            "filler",
        ),
        ("# kinesis\napplicationName = filler\n", "filler"),
        ("applicationName = filler\nstreamName = jars\n", "filler"),
        (
            "rows = r.xreadgroup(\"filler\", \"one\", {\"jars\": \">\"})\n",
            "filler",
        ),
        (
            "rdb.XReadGroup(ctx, &redis.XReadGroupArgs{\n\tGroup: \"filler\",\n})\n",
            "filler",
        ),
        (
            "await redis.call('XREADGROUP', 'GROUP', 'filler', 'one')\n",
            "filler",
        ),
        (
            "from google.cloud import pubsub_v1\nclient.subscribe(\"projects/p/subscriptions/filler\", print)\n",
            "filler",
        ),
        (
            "await client.SubscribeToStreamAsync(\"jars\", \"filler\");\n",
            "filler",
        ),
        ("val id = PersistenceId.ofUniqueId(\"jars\")\n", "jars"),
        ("beat_schedule_filename = \"/var/jars\"\n", "/var/jars"),
        (
            "state_backend:\n  uri: s3://jars/state\n",
            "s3://jars/state",
        ),
        (
            "db.collection('resume_tokens').findOne({ _id: 'jars' })\n",
            "jars",
        ),
        (
            "new JobBuilder(\"fill\", jobRepository).start(step).build();\n",
            "fill",
        ),
        (
            "Worker.create({ taskQueue: 'jars', workflowsPath: './w' })\n",
            "jars",
        ),
        (
            "config.good_job.cron = { fill: { cron: \"0 2 * * *\", class: \"FillJob\" } }\n",
            "fill",
        ),
        (
            "spring:\n  kafka:\n    streams:\n      application-id: jars\n",
            "jars",
        ),
        ("spring.kafka.streams.application-id=${ID:jars}\n", "jars"),
        (
            "input { file { sincedb_path => \"/var/jars.db\" } }\n",
            "/var/jars.db",
        ),
        (
            "from celery import Celery\napp.conf.beat_schedule = {\n    'fill-jars': {\n        'task': 'fill',\n    },\n}\n",
            "fill-jars",
        ),
        (
            "using Hangfire;\nRecurringJob.AddOrUpdate<Filler>(\"fill-jars\", f => f.Run(), Cron.Daily);\n",
            "fill-jars",
        ),
        (
            "import org.quartz.*;\nnewJob(Fill.class).withIdentity(\"fill\", \"jars\").build();\n",
            "fill",
        ),
        (
            "import { Client } from '@temporalio/client'\nawait client.workflow.start(fill, { workflowId: 'fill-jars' })\n",
            "fill-jars",
        ),
        (
            "from temporalio import workflow\n@workflow.defn\nclass FillJars:\n    pass\n",
            "FillJars",
        ),
        (
            "{\"name\": \"jars-source\", \"config\": {\"connector.class\": \"x\"}}",
            "jars-source",
        ),
        (
            "import org.springframework.batch.core.*;\nreturn new JobBuilder(\"fillJars\", repository).build();\n",
            "fillJars",
        ),
        (
            "import org.axonframework.*;\n@ProcessingGroup(\"jars\")\nclass Jars {}\n",
            "jars",
        ),
    ];

    #[test]
    fn names_are_read_as_each_tool_writes_them() {
        for &(text, wanted) in WRITTEN {
            let found = list_progress_names(text);
            assert_eq!(
                found
                    .iter()
                    .map(|(_, name, _)| name.as_str())
                    .collect::<Vec<_>>(),
                [wanted],
                "{text}"
            );
        }
    }
}
