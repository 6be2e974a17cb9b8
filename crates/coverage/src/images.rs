//! Images of programs that others wrote: which keep data, and which keep nothing.

// raising the last number of a patch leaves files as they are, in all of them
/// Products that keep data, and how many numbers of their version say whether files stay readable
/// for the older one (stated 2026-10, from the upgrade guides named above: where minor steps change
/// files, two).
const STORES: [(&str, usize); 42] = [
    ("postgres", 1),
    ("postgresql", 1),
    ("postgis", 1),
    ("pgvector", 1),
    ("timescaledb", 2),
    // an extension changes its own tables in minor steps as well
    ("mysql", 2),
    ("percona-server", 2),
    ("mariadb", 2),
    ("mongo", 2),
    ("mongodb", 2),
    ("redis", 2),
    ("redis-stack", 2),
    ("redis-stack-server", 2),
    ("valkey", 2),
    ("keydb", 1),
    ("dragonfly", 2),
    // it keeps all in memory, so no number of its version says anything about files
    ("memcached", 9),
    ("elasticsearch", 2),
    ("opensearch", 2),
    ("solr", 2),
    ("cassandra", 2),
    ("scylla", 2),
    ("kafka", 2),
    ("cp-kafka", 2),
    ("zookeeper", 2),
    ("rabbitmq", 2),
    ("nats", 2),
    ("pulsar", 2),
    ("mssql", 1),
    // `mssql/server` is called by its last word, which alone says too little to be a store
    ("server", 9),
    ("etcd", 2),
    ("clickhouse", 2),
    ("clickhouse-server", 2),
    ("influxdb", 2),
    ("neo4j", 2),
    ("couchdb", 2),
    ("cockroach", 2),
    ("qdrant", 2),
    ("weaviate", 2),
    ("meilisearch", 2),
    ("typesense", 2),
    ("vault", 2),
];

/// The product of an image and its significant numbers; `None` for what keeps no data.
pub fn find_store_product(image: &str) -> Option<(&'static str, usize)> {
    let name = image
        .rsplit('/')
        .next()
        .unwrap_or(image)
        .to_ascii_lowercase();
    // the same product with fewer plugins: `elasticsearch-oss`
    let name = name.strip_suffix("-oss").unwrap_or(&name);
    // `aurora-postgresql` is the name of an engine in stacks, not of an image
    let engine = name.trim_start_matches("aurora-");
    STORES
        .iter()
        .find(|(product, significant)| *significant < 9 && engine == *product)
        .copied()
}

// `nginx-with-cache` or `my-python-service` is some program with an image named for its base
/// Images that run or serve other things and keep nothing of their own, by their whole name: what
/// only begins or ends like one may keep something.
const KEEPS_NOTHING: [&str; 48] = [
    "nginx",
    "httpd",
    "caddy",
    "traefik",
    "haproxy",
    "envoy",
    "node",
    "python",
    "ruby",
    "golang",
    "php",
    "openjdk",
    "eclipse-temurin",
    "dotnet",
    "aspnet",
    "sdk",
    "alpine",
    "debian",
    "ubuntu",
    "busybox",
    "curl",
    "memcached",
    "mailhog",
    "kubectl",
    "fluent-bit",
    "node-exporter",
    "rust",
    "maven",
    "gradle",
    "erlang",
    "elixir",
    "swift",
    "perl",
    "bun",
    "deno",
    "uv",
    "amazoncorretto",
    "jre",
    "jdk",
    "rockylinux",
    "almalinux",
    "fedora",
    "ubi-minimal",
    "ubi9",
    "ubi8",
    "scratch",
    "wolfi-base",
    "buildpack-deps",
];

// an exporter asks another program for figures and gives them away
/// Whether an image runs or serves other things and keeps nothing of its own; what only exports
/// figures of another program keeps nothing either.
pub fn keeps_nothing(image: &str) -> bool {
    let name = image
        .rsplit('/')
        .next()
        .unwrap_or(image)
        .to_ascii_lowercase();
    KEEPS_NOTHING.contains(&name.as_str()) || name.ends_with("-exporter")
}
