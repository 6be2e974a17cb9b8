//! Data stores that are installed or run without an image of their own: packages of an image or of
//! a machine, services of a platform, a command that starts a container. And containers of a
//! store's image that keep no files.

use std::collections::BTreeMap;

use span_tree::Node;

use super::image::{IMAGES, Image};
use coverage::images::find_store_product;
use coverage::installed::list_installed_versions;

/// Most lines that are looked at.
const LINES: usize = 20_000;

/// Adds the stores that lines of a file install or start at a version of their own.
pub(super) fn add_installed_stores(path: &str, text: &str, images: &mut BTreeMap<String, Image>) {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    let end = name.rsplit('.').next().unwrap_or_default();
    let of_an_image = name.contains("dockerfile") || name.contains("containerfile");
    if end == "bicep" {
        add_flexible_servers(text, images);
        return;
    }
    let commands = of_an_image || matches!(end, "sh" | "bash" | "service" | "container");
    let settings = matches!(end, "yaml" | "yml");
    if !commands && !settings {
        return;
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (index, line) in text.lines().enumerate().take(LINES) {
        // in YAML any word may hold a version, so only lines that name a package count
        if images.len() >= IMAGES || settings && !names_a_package(line) {
            continue;
        }
        // an image of a unit of Podman
        let line = line.trim().strip_prefix("Image=").unwrap_or(line);
        for one in list_installed_versions(line) {
            let product = one
                .name
                // `postgresql-server` of distributions, `mongodb-org` of its makers
                .trim_end_matches("-server")
                .trim_end_matches("-org");
            if find_store_product(product).is_none() {
                continue;
            }
            let nth = seen.entry(product.to_owned()).or_default();
            // by number: a machine may have two versions of one store
            *nth += 1;
            images.insert(
                format!("package {product} {nth}"),
                Image::plain(product, one.version, index + 1),
            );
        }
    }
}

/// Managed databases of Azure: `version` of a resource of `Microsoft.DBforPostgreSQL`.
fn add_flexible_servers(text: &str, images: &mut BTreeMap<String, Image>) {
    const PRODUCTS: [(&str, &str); 3] = [
        ("DBforPostgreSQL", "postgresql"),
        ("DBforMySQL", "mysql"),
        ("DBforMariaDB", "mariadb"),
    ];
    let mut server: Option<(&str, String)> = None;
    for (index, line) in text.lines().enumerate().take(LINES) {
        let trimmed = line.trim();
        // Bicep gives kind and name in the head of a resource
        if trimmed.starts_with("resource ") {
            let product = PRODUCTS.iter().find(|(kind, _)| trimmed.contains(kind));
            let name = trimmed.split_whitespace().nth(1).unwrap_or_default();
            server = product.map(|(_, product)| (*product, name.to_owned()));
        } else if let (Some((product, name)), Some(version)) =
            (&server, trimmed.strip_prefix("version:"))
            && images.len() < IMAGES
        {
            images.insert(
                format!("{name}.version"),
                Image::plain(*product, version.trim().trim_matches('\''), index + 1),
            );
        }
    }
}

/// The store whose version a key gives: `mariadb_version`, `postgresVersion`. The version of Kafka
/// is often that of a protocol.
pub(super) fn find_versioned_store(key: &str) -> Option<&'static str> {
    const PRODUCTS: [&str; 9] = [
        "postgresql",
        "postgres",
        "mysql",
        "mariadb",
        "mongodb",
        "mongo",
        "redis",
        "elasticsearch",
        "opensearch",
    ];
    let parts = coverage::guard::words::split_name_parts(key);
    let versioned = parts.iter().any(|part| part == "version");
    // `redis_client_version` says which library the program has
    let clients = ["client", "driver", "library", "chart", "exporter", "api"];
    if !versioned || parts.iter().any(|part| clients.contains(&part.as_str())) {
        return None;
    }
    PRODUCTS
        .iter()
        .find(|product| parts.iter().any(|part| part == *product))
        .copied()
}

/// A chart that brings a store: its version moves with that of the store.
pub(super) fn read_chart_dependency(node: Node<'_>, at: &str) -> Option<Image> {
    let name = node.get("name").and_then(Node::text)?;
    let version = node.get("version")?;
    // `dependencies:` of `Chart.yaml` give a chart with its version and where it comes from
    node.get("repository")
        .filter(|_| at.starts_with("dependencies["))?;
    Some(Image::plain(
        format!("charts/{name}"),
        version.text()?,
        version.line(),
    ))
}

/// A line of settings that is a package or the type of a service: `name: postgresql-14`,
/// `type: postgresql:14`, `- redis-7.0`.
fn names_a_package(line: &str) -> bool {
    let line = line.trim().trim_start_matches("- ").trim();
    let value = match line.split_once(": ") {
        Some(("name" | "pkg" | "package" | "type", value)) => value,
        Some(_) => return false,
        None => line,
    };
    // more than one word is a sentence
    !value.trim().contains(' ')
}

/// A container that asks a store something and ends, or a store whose files lie in memory.
pub(super) fn keeps_no_files(node: Node<'_>) -> bool {
    const CLIENTS: [&str; 16] = [
        "pg_isready",
        "pg_dump",
        "pg_dumpall",
        "pg_restore",
        "pg_basebackup",
        "psql",
        "mysqladmin",
        "mysqldump",
        "mysql",
        "mariadb-dump",
        "redis-cli",
        "valkey-cli",
        "mongosh",
        "mongodump",
        "clickhouse-client",
        "cqlsh",
    ];
    if node.get("image").is_none() {
        return false;
    }
    // a container that runs `pg_dump` by the image of the store keeps nothing itself
    let asks = |text: &str| {
        text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')))
            .take(40)
            .any(|word| CLIENTS.contains(&word))
    };
    let runs = ["command", "args", "entrypoint"].iter().any(|key| {
        node.get(key).is_some_and(|value| {
            value.text().is_some_and(asks)
                || value.items().take(20).filter_map(Node::text).any(asks)
        })
    });
    // files in a `tmpfs` are gone with the container
    runs || node.get("tmpfs").is_some()
}
