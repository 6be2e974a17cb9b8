//! By what a name shows that it is the place of something stored or sent: the words around it, its
//! own form, and the calls that it is handed to.

use super::changed_value::ChangedValue;
use coverage::guard::words::has_part;

/// What kind of place a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlaceKind {
    File,
    Bucket,
    Prefix,
    Database,
    Index,
    Topic,
    Queue,
    /// How the names of objects are made.
    Pattern,
    /// Over how many parts a hash spreads keys.
    Parts,
}

impl PlaceKind {
    /// As a person calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::File => "file of the store",
            Self::Bucket => "bucket",
            Self::Prefix => "prefix of keys",
            Self::Database => "database",
            Self::Index => "index or collection",
            Self::Topic => "topic",
            Self::Queue => "queue",
            Self::Pattern => "pattern by which objects are named,",
            Self::Parts => "number of parts over which keys are spread,",
        }
    }

    /// What that means on the way back.
    pub(super) fn consequence(self, previous: &str) -> String {
        match self {
            Self::Topic | Self::Queue => format!(
                "messages that were sent since lie where {previous} does not read, and what others still send to the old name was not worked off"
            ),
            Self::Parts => format!(
                "for a share of the keys {previous} looks in another place than the one to which they were written since"
            ),
            _ => format!(
                "what was written since lies where {previous} does not look, and {previous} goes on with what lies in the old place"
            ),
        }
    }
}

// a word alone is said of anything: a `topic` of a forum is none of a broker
/// Words of a name, words of the file one of which must stand there, and the kind.
type PlaceWords = (&'static [&'static str], &'static [&'static str], PlaceKind);

/// Brokers.
const BROKERS: [&str; 16] = [
    "kafka",
    "rabbit",
    "amqp",
    "nats",
    "pulsar",
    "pubsub",
    "sqs",
    "servicebus",
    "kinesis",
    "eventhub",
    "activemq",
    "jms",
    "mqtt",
    "redpanda",
    "zeromq",
    "rocketmq",
];

/// Stores of objects and of keys, search engines, embedded stores.
const OBJECTS: [&str; 12] = [
    "google.cloud import storage",
    "s3",
    "boto",
    "minio",
    "gcs",
    "cloud_storage",
    "cloud.storage",
    "@google-cloud/storage",
    "azure",
    // Bolt calls its groups of keys buckets
    "bolt",
    "bbolt",
    "couchbase",
];
// stores of objects have prefixes of keys as well
const KEYS: [&str; 12] = [
    "redis", "memcach", "etcd", "consul", "s3", "boto", "minio", "leveldb", "rocksdb", "badger",
    "valkey", "dynamodb",
];
const SEARCH: [&str; 16] = [
    "elasticsearch",
    "opensearch",
    "meili",
    "typesense",
    "algolia",
    "solr",
    "mongo",
    "qdrant",
    "chroma",
    "milvus",
    "weaviate",
    "firestore",
    "pinecone",
    "couchdb",
    "lucene",
    "tantivy",
];
const EMBEDDED: [&str; 17] = [
    "bolt",
    "bbolt",
    "leveldb",
    "rocksdb",
    "sqlite",
    "badger",
    "lmdb",
    "duckdb",
    "chroma",
    "lucene",
    "sled",
    "redb",
    "realm",
    "mapdb",
    "h2database",
    "tantivy",
    "pebble",
];

// in this order: an `index` of a search engine before a `path` of a file
/// Kinds of places by the words of their names.
const ROWS: [PlaceWords; 7] = [
    (
        &["topic", "topics", "subject", "stream"],
        &BROKERS,
        PlaceKind::Topic,
    ),
    (
        &["queue", "queues", "exchange", "routing"],
        &BROKERS,
        PlaceKind::Queue,
    ),
    (&["bucket", "container"], &OBJECTS, PlaceKind::Bucket),
    (
        &["prefix", "keyspace", "namespace"],
        &KEYS,
        PlaceKind::Prefix,
    ),
    (
        &["index", "indices", "alias", "collection"],
        &SEARCH,
        PlaceKind::Index,
    ),
    (&["database", "dbname"], &SEARCH, PlaceKind::Database),
    (
        &["dir", "directory", "folder", "path", "file", "filename"],
        &EMBEDDED,
        PlaceKind::File,
    ),
];

// an ending that only such stores write needs no word beside it
/// Ends of files that embedded stores write.
const FILE_ENDS: [&str; 16] = [
    ".db", ".sqlite", ".sqlite3", ".db3", ".bolt", ".bbolt", ".rdb", ".mdb", ".lmdb", ".realm",
    ".duckdb", ".ldb", ".isar", ".hive", ".redb", ".dets",
];

/// How addresses of stores begin.
const SCHEMES: [&str; 14] = [
    "redis://",
    "rediss://",
    "mongodb://",
    "mongodb+srv://",
    "postgres://",
    "postgresql://",
    "mysql://",
    "mariadb://",
    "amqp://",
    "amqps://",
    "s3://",
    "gs://",
    "sqlite://",
    "jdbc:",
];

/// The kind of a place whose name, form or file shows what it is.
pub(super) fn find_place_by_name(
    path: &str,
    text: &str,
    value: &ChangedValue,
) -> Option<PlaceKind> {
    let (old, new) = (value.old.as_str(), value.new.as_str());
    // both have to be names: a sentence that changed is no place
    if brings_in(&value.around) || ![old, new].iter().all(|name| looks_like_a_name(name)) {
        return None;
    }
    let both = |test: &dyn Fn(&str) -> bool| test(old) && test(new);
    let is_file = |name: &str| {
        let lower = name.to_ascii_lowercase();
        FILE_ENDS
            .iter()
            .any(|end| lower.ends_with(end) && lower.len() > end.len())
    };
    if both(&is_file) {
        return Some(PlaceKind::File);
    }
    if let Some(kind) = find_place_by_address(old, new) {
        return Some(kind);
    }
    // an address of an unknown kind leads anywhere
    if old.contains("://") || new.contains("://") {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let stem = path.rsplit('/').next().unwrap_or(path);
    // the last name before the value is what it is given to; the file may say it in its name
    // the words around it where the line gives no name
    let given = value.constant.as_deref().unwrap_or(&value.around);
    let known = ROWS.iter().find(|(words, about, _)| {
        has_part(given, words) && (speaks_of(&lower, about) || has_part(stem, about))
    });
    known
        // a route is written as a path, and no name of a topic or a bucket begins so
        .filter(|(_, _, kind)| *kind == PlaceKind::File || !old.starts_with('/'))
        .map(|(_, _, kind)| *kind)
}

/// The kind of place that a constant is handed to as.
pub(super) fn find_place_by_use(line: &str, name: &str) -> Option<PlaceKind> {
    const USES: [(PlaceKind, &[&str]); 5] = [
        (
            PlaceKind::Topic,
            &[
                "subscribe",
                "producerrecord",
                "topic",
                "xadd",
                "xread",
                "produce",
                "publish",
                "listener",
            ],
        ),
        (
            PlaceKind::Queue,
            &[
                "queue",
                "basicconsume",
                "basic_consume",
                "enqueue",
                "basicpublish",
                "sendmessage",
            ],
        ),
        (
            PlaceKind::Bucket,
            &[
                "put_object",
                "get_object",
                "putobject",
                "getobject",
                "bucket",
                "blob(",
            ],
        ),
        (
            PlaceKind::File,
            &[
                "bolt.open",
                "sqlite3.connect",
                "leveldb.open",
                "badger.open",
                "rocksdb",
                "duckdb",
            ],
        ),
        (
            PlaceKind::Prefix,
            // `redis` on the line of a use tells that the name is part of a key
            &[".hset", ".hget", ".rpush", ".lpush", ".setex", "redis"],
        ),
    ];
    let at = line.find(name)?;
    let behind = &line[at + name.len()..];
    let whole = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
        && !behind.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let lower = line.to_ascii_lowercase();
    // the line that gives the name its value is no use of it
    if !whole || behind.trim_start().starts_with('=') || brings_in(line) {
        return None;
    }
    USES.iter()
        .find(|(_, words)| words.iter().any(|word| lower.contains(word)))
        .map(|(kind, _)| *kind)
}

/// Whether a text works with a store or a broker at all.
pub(super) fn speaks_of_stores(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [&BROKERS[..], &OBJECTS, &KEYS, &SEARCH, &EMBEDDED]
        .iter()
        .any(|words| speaks_of(&lower, words))
}

/// One of the words stands in a text in small letters, and not in the middle of another word.
fn speaks_of(lower: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        lower
            .match_indices(word)
            .any(|(at, _)| !lower[..at].ends_with(|c: char| c.is_ascii_alphanumeric()))
    })
}

/// Two addresses of one store that differ in what lies behind the host.
fn find_place_by_address(old: &str, new: &str) -> Option<PlaceKind> {
    let cut = |address: &str| {
        let scheme = SCHEMES
            .iter()
            .find(|scheme| address.starts_with(**scheme))?;
        let rest = address[scheme.len()..].trim_start_matches('/');
        // `jdbc:postgresql://host/name`
        let rest = rest.split_once("://").map_or(rest, |(_, rest)| rest);
        let (host, place) = rest.split_once('/').unwrap_or((rest, ""));
        // what stands behind these signs are options of the connection
        let place = place.split(['?', '#']).next().unwrap_or(place);
        Some((*scheme, host.to_owned(), place.to_owned()))
    };
    let (old, new) = (cut(old)?, cut(new)?);
    let objects = matches!(old.0, "s3://" | "gs://");
    // another bucket stands in the place of the host, and elsewhere the host may move alone
    (old.0 == new.0 && (objects && old != new || old.1 == new.1 && old.2 != new.2)).then_some(
        match old.0 {
            "s3://" | "gs://" => PlaceKind::Bucket,
            "sqlite://" => PlaceKind::File,
            _ => PlaceKind::Database,
        },
    )
}

/// A name, a path or an address: no sentence, no template of a page, no number.
fn looks_like_a_name(text: &str) -> bool {
    text.len() > 1
        && text.chars().any(char::is_alphabetic)
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || "._-/:{}$@+~?=&#%".contains(c))
}

fn brings_in(line: &str) -> bool {
    let line = line.trim_start();
    [
        "import ", "from ", "use ", "using ", "require", "#include", "export ", "} from ",
    ]
    .iter()
    .any(|word| line.starts_with(word) && !line.contains('='))
}
