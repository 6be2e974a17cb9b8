//! Images in every spelling: `image: NAME:TAG`, repository and tag apart, defaults of variables,
//! values of `.env`, FROM with ARG.

use std::collections::BTreeMap;
use std::rc::Rc;

use span_tree::{Limits, Node, Tree};

use super::image::{IMAGES, Image};
use super::template::without_templates;
use crate::same_text::ParsedTextCache;
use crate::texts::LIMIT;

/// Deepest nesting.
const DEPTH: usize = 24;

/// Images of the files so far; a text is read once for all its paths.
#[derive(Default)]
pub(crate) struct KnownImages(ParsedTextCache<BTreeMap<String, Image>>);

impl KnownImages {
    /// What [`read`] finds.
    pub(super) fn read(
        &self,
        path: &str,
        text: &str,
        variables: &BTreeMap<String, String>,
    ) -> Rc<BTreeMap<String, Image>> {
        let name = path.rsplit('/').next().unwrap_or(path);
        // the variables are part of how it is read: two folders may have two `.env`
        self.0.get(&format!("{name}{variables:?}"), text, || {
            read_image_places(path, text, variables)
        })
    }
}

/// Images of a file by where they stand (`services.db.image`). `variables` are those of the `.env`
/// beside it.
pub(super) fn read_image_places(
    path: &str,
    text: &str,
    variables: &BTreeMap<String, String>,
) -> BTreeMap<String, Image> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let mut images = BTreeMap::new();
    if name.contains("dockerfile") || name.contains("containerfile") {
        read_dockerfile_images(text, &mut images);
    } else if name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json") {
        // a template is no YAML until its own signs are words
        let plain = without_templates(text);
        let limits = Limits {
            depth: 100,
            nodes: 200_000,
            bytes: LIMIT,
        };
        if let Ok(tree) = Tree::parse_with(&plain, limits) {
            for (index, root) in tree.roots().enumerate().take(2_000) {
                let object = root
                    // an object is known by kind and name, so that another order of documents moves
                    // nothing
                    .at(&["metadata", "name"])
                    .and_then(Node::text)
                    .map(|name| {
                        format!(
                            "{}/{name}",
                            root.get("kind").and_then(Node::text).unwrap_or_default()
                        )
                    });
                let at = object.unwrap_or_else(|| {
                    if index == 0 {
                        String::new()
                    } else {
                        format!("#{index}")
                    }
                });
                collect_yaml_images(root, &at, 0, variables, &mut images, &mut 0);
            }
        }
    } else if name.ends_with(".tf")
        || name.ends_with(".tofu")
        || name.ends_with(".hcl")
        || name.ends_with(".nomad")
    {
        read_terraform_engines(text, &mut images);
    }
    // last: a file of any kind may install a store
    super::installed_stores::add_installed_stores(path, text, &mut images);
    images
}

/// `KEY=value` lines.
pub(super) fn parse_env_lines(text: &str) -> BTreeMap<String, String> {
    let pair = |line: &str| {
        let (key, value) = line.trim().trim_start_matches("export ").split_once('=')?;
        (!key.starts_with('#')).then(|| {
            (
                key.trim().to_owned(),
                value
                    .split(" #")
                    .next()
                    .unwrap_or(value)
                    // `PG=16 # newest` has a remark behind its value
                    .trim()
                    .trim_matches(['"', '\''])
                    .to_owned(),
            )
        })
    };
    text.lines().take(5_000).filter_map(pair).collect()
}

/// Name and tag of an image as written, variables seen through.
fn split_image_reference(
    image: &str,
    variables: &BTreeMap<String, String>,
) -> Option<(String, String, Option<String>)> {
    let (image, variable) = fill_variables(image.trim().trim_matches(['"', '\'']), variables)?;
    if image.is_empty() || image.len() > 300 || image.contains(char::is_whitespace) {
        return None;
    }
    let (name, tag) = match (image.split_once('@'), image.rsplit_once(':')) {
        (Some((name, digest)), _) => match name.rsplit_once(':') {
            // the tag beside a digest says more than the digest
            Some((name, tag)) if !tag.contains('/') => (name, tag),
            _ => (name, digest),
        },
        (None, Some((name, tag))) if !tag.contains('/') => (name, tag),
        _ => (image.as_str(), ""),
    };
    Some((name.to_owned(), tag.to_owned(), variable))
}

/// `${VAR:-16}`, `${VAR-16}`, `${VAR}` and `$VAR` with their value; `None` where a variable has
/// none.
fn fill_variables(
    text: &str,
    variables: &BTreeMap<String, String>,
) -> Option<(String, Option<String>)> {
    let (mut out, mut rest, mut used) = (String::new(), text, None);
    // a text with more variables than this is no image
    for _ in 0..10 {
        let Some((before, behind)) = rest.split_once('$') else {
            break;
        };
        out.push_str(before);
        let (inside, after) = match behind.strip_prefix('{') {
            Some(inner) => inner.split_once('}')?,
            None => behind.split_at(
                behind
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(behind.len()),
            ),
        };
        let end = inside
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(inside.len());
        let (key, default) = inside.split_at(end);
        // `${VAR:?message}` stops where nothing is set, and `${VAR:+other}` is empty there
        let default = default
            .strip_prefix(":-")
            .or_else(|| default.strip_prefix('-'))
            .unwrap_or_default();
        let value = variables
            .get(key)
            .map(String::as_str)
            .or(Some(default).filter(|default| !default.is_empty()))?;
        out.push_str(value);
        used = Some(key.to_owned());
        rest = after;
    }
    out.push_str(rest);
    Some((out, used))
}

/// Most nodes of one file that are visited: aliases can make few lines into very many.
const VISITS: usize = 200_000;

fn collect_yaml_images(
    node: Node<'_>,
    at: &str,
    depth: usize,
    variables: &BTreeMap<String, String>,
    images: &mut BTreeMap<String, Image>,
    visits: &mut usize,
) {
    *visits += 1;
    if depth > DEPTH || images.len() >= IMAGES || *visits > VISITS {
        return;
    }
    if node.is_sequence() {
        for (index, item) in node.items().enumerate().take(2_000) {
            let name = item
                .get("name")
                .and_then(Node::text)
                // a name stays when an item is added before it, an index does not
                .map_or_else(|| index.to_string(), str::to_owned);
            collect_yaml_images(
                item,
                &format!("{at}[{name}]"),
                depth + 1,
                variables,
                images,
                visits,
            );
        }
        return;
    }
    if !node.is_mapping() {
        return;
    }
    // a client beside a store, and a store in memory, keep no files
    if super::installed_stores::keeps_no_files(node) {
        return;
    }
    if let Some(image) = super::installed_stores::read_chart_dependency(node, at) {
        images.insert(at.to_owned(), image);
        return;
    }
    let tag = find_image_tag(node);
    if let Some(image) = tag.and_then(|tag| make_tagged_image(node, tag)) {
        images.insert(at.to_owned(), image);
    }
    // the kinds of operators: what they run by version alone
    let operator = find_operator_version(node, at);
    if let Some((name, Some(version))) = operator
        && let Some(tag) = version.text()
    {
        images.insert(
            format!("{at}.version"),
            Image::plain(name, tag, version.line()),
        );
    }
    if let Some(engine) = read_stack_engine(node) {
        images.insert(format!("{at}.EngineVersion"), engine);
    }
    for (key, value) in node.entries().take(5_000) {
        let Some(key_text) = key.text() else { continue };
        let here = if at.is_empty() {
            key_text.to_owned()
        } else {
            format!("{at}.{key_text}")
        };
        let lower = key_text.to_ascii_lowercase();
        match value.text() {
            Some(text)
                if (lower == "image"
                    || lower == "imagename"
                    || lower.ends_with("_image")
                    || lower.ends_with("image"))
                    && tag.is_none_or(|_| text.contains(':')) =>
            {
                if let Some((name, tag, variable)) = split_image_reference(text, variables) {
                    images.insert(
                        here,
                        Image {
                            name,
                            tag,
                            line: key.line(),
                            variable,
                        },
                    );
                }
            }
            Some(text) => {
                if let Some(product) = super::installed_stores::find_versioned_store(key_text) {
                    images.insert(here, Image::plain(product, text, key.line()));
                }
            }
            None => collect_yaml_images(value, &here, depth + 1, variables, images, visits),
        }
    }
}

/// The image that a kind of an operator stands for, and where its version is said.
fn find_operator_version<'a>(node: Node<'a>, at: &str) -> Option<(&'static str, Option<Node<'a>>)> {
    match (node.get("kind").and_then(Node::text), at.split('/').next()) {
        (Some("Elasticsearch"), _) => Some(("elasticsearch", node.at(&["spec", "version"]))),
        (Some("Kafka"), _) => Some(("kafka", node.at(&["spec", "kafka", "version"]))),
        (Some("PerconaServerMongoDB" | "MongoDBCommunity"), _) => {
            Some(("mongo", node.at(&["spec", "version"])))
        }
        // its version is the tag of its image, which is read as any other image is
        (Some("RabbitmqCluster"), _) => node.at(&["spec", "image"]).map(|_| ("rabbitmq", None)),
        (Some("OpenSearchCluster"), _) => {
            Some(("opensearch", node.at(&["spec", "general", "version"])))
        }
        (Some("postgresql" | "PostgresCluster"), _) => Some((
            "postgres",
            node.at(&["spec", "postgresql", "version"])
                .or_else(|| node.at(&["spec", "postgresVersion"])),
        )),
        _ => None,
    }
}

fn find_image_tag(node: Node<'_>) -> Option<Node<'_>> {
    // charts, kustomize and operators each have a word of their own
    ["tag", "version", "newTag", "imageTag"]
        .iter()
        .find_map(|key| node.get(key).filter(|node| node.text().is_some()))
}

/// An image whose name and tag are values of their own.
fn make_tagged_image(node: Node<'_>, tag: Node<'_>) -> Option<Image> {
    let repository = ["repository", "name", "image"]
        .iter()
        .find_map(|key| node.get(key).filter(|node| node.text().is_some()));
    // kustomize: newName and newTag
    let repository = node.get("newName").or(repository)?;
    let registry = node
        .get("registry")
        .and_then(Node::text)
        .map(|registry| format!("{registry}/"))
        .unwrap_or_default();
    Some(Image {
        name: format!("{registry}{}", repository.text()?),
        tag: tag.text()?.to_owned(),
        line: tag.line(),
        variable: None,
    })
}

/// The engine of a managed store in a template of a CloudFormation stack.
fn read_stack_engine(node: Node<'_>) -> Option<Image> {
    let kind = node.get("Type").and_then(Node::text)?;
    let product = kind.strip_prefix("AWS::")?.split("::").next()?;
    let properties = node.get("Properties")?;
    // each product of AWS calls its version otherwise
    let version = ["EngineVersion", "KafkaVersion", "ElasticsearchVersion"]
        .iter()
        .find_map(|key| properties.get(key))?;
    let text = version.text()?;
    let engine = properties.get("Engine").and_then(Node::text);
    // OpenSearch_2.11 names its product
    let (named, tag) = match text.split_once('_') {
        Some((named, tag)) => (Some(named), tag),
        None => (None, text),
    };
    let name = named
        .or(engine)
        .unwrap_or(match product {
            "MSK" => "kafka",
            "Elasticsearch" => "elasticsearch",
            "AmazonMQ" => "rabbitmq",
            other => other,
        })
        .to_ascii_lowercase();
    Some(Image {
        name,
        tag: tag.to_owned(),
        line: version.line(),
        variable: None,
    })
}

/// FROM lines, with ARG values seen through. Stages by their name, else their place.
fn read_dockerfile_images(text: &str, images: &mut BTreeMap<String, Image>) {
    let mut arguments = BTreeMap::new();
    for (index, line) in text.lines().enumerate().take(20_000) {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        // `ARG PG=16` gives the value to lines below it
        if first.eq_ignore_ascii_case("arg") {
            if let Some((key, value)) = words.next().and_then(|word| word.split_once('=')) {
                arguments.insert(key.to_owned(), value.trim_matches(['"', '\'']).to_owned());
            }
        } else if first.eq_ignore_ascii_case("from") && images.len() < IMAGES {
            let words: Vec<&str> = words.filter(|word| !word.starts_with("--")).collect();
            let stage = words
                .iter()
                .position(|word| word.eq_ignore_ascii_case("as"))
                .and_then(|at| words.get(at + 1));
            // without a name a stage is known by its place
            let at = stage.map_or_else(
                || format!("FROM {}", images.len()),
                |stage| format!("FROM {stage}"),
            );
            if let Some((name, tag, variable)) = words
                .first()
                .and_then(|image| split_image_reference(image, &arguments))
            {
                images.insert(
                    at,
                    Image {
                        name,
                        tag,
                        line: index + 1,
                        variable,
                    },
                );
            }
        }
    }
}

/// Parts of the types of managed stores.
const MANAGED: [&str; 15] = [
    "rds",
    "db_instance",
    "db_cluster",
    "elasticache",
    "opensearch",
    "elasticsearch",
    "docdb",
    "neptune",
    "msk",
    "memorydb",
    "mq_broker",
    "sql_database_instance",
    "redis",
    "postgresql",
    "mysql",
];

/// Engines of managed stores: `engine_version`, `database_version`, `cluster_version` of a
/// resource; images of containers.
fn read_terraform_engines(text: &str, images: &mut BTreeMap<String, Image>) {
    let (mut address, mut engine): (String, Option<String>) = (String::new(), None);
    for (index, line) in text.lines().enumerate().take(50_000) {
        let trimmed = line.trim();
        if let Some(rest) = line
            .strip_prefix("resource ")
            .or_else(|| line.strip_prefix("module "))
            .or_else(|| line.strip_prefix("variable "))
        {
            address = rest
                .split('"')
                .skip(1)
                .step_by(2)
                .take(2)
                .collect::<Vec<_>>()
                .join(".");
            // an engine belongs to the block that it stands in
            engine = None;
            continue;
        }
        let Some((key, value)) = trimmed
            .split_once('=')
            .map(|(key, value)| (key.trim(), value.trim().trim_matches('"')))
        else {
            continue;
        };
        // a value from elsewhere is not known here
        if value.contains("var.")
            || value.contains("${")
            || value.is_empty()
            || images.len() >= IMAGES
        {
            continue;
        }
        match key {
            "engine" => engine = Some(value.to_owned()),
            "engine_version"
            | "database_version"
            | "kafka_version"
            | "elasticsearch_version"
            | "redis_version"
            | "version"
                if MANAGED.iter().any(|part| address.contains(part)) =>
            {
                let (product, tag) = match value.split_once(|c: char| c.is_ascii_digit()) {
                    // POSTGRES_15, OpenSearch_2.11
                    Some((product, _)) if product.len() > 2 => (
                        product.trim_end_matches('_').to_ascii_lowercase(),
                        value[product.len()..].to_owned(),
                    ),
                    _ => (
                        engine.clone().unwrap_or_else(|| address.clone()),
                        value.to_owned(),
                    ),
                };
                let image = Image::plain(product, &tag, index + 1);
                images.insert(format!("{address}.{key}"), image);
            }
            // the version of an engine that a resource takes from a variable
            "default" => {
                if let Some(product) = super::installed_stores::find_versioned_store(&address) {
                    images.insert(
                        format!("{address}.default"),
                        Image::plain(product, value, index + 1),
                    );
                }
            }
            "image" => {
                if let Some((name, tag, variable)) = split_image_reference(value, &BTreeMap::new())
                {
                    images.insert(
                        format!("{address}.image.{name}"),
                        Image {
                            name,
                            tag,
                            line: index + 1,
                            variable,
                        },
                    );
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_of_a_variable_that_must_be_set_is_no_value() {
        let none = BTreeMap::new();
        let filled = |text| fill_variables(text, &none).map(|(value, _)| value);
        assert_eq!(filled("postgres:${PG:?set it}"), None);
        assert_eq!(filled("postgres:${PG:+15}"), None);
        assert_eq!(filled("postgres:${PG:-16}").as_deref(), Some("postgres:16"));
        assert_eq!(filled("postgres:${PG-16}").as_deref(), Some("postgres:16"));
    }

    #[test]
    fn every_spelling_is_read() {
        let variables = parse_env_lines("A=7.17.9\n# B=2\n");
        for (path, text, at, wanted) in [
            (
                "compose.yaml",
                "services:\n  db:\n    image: postgres:${PG:-15}\n",
                "services.db.image",
                "postgres 15 3",
            ),
            (
                "compose.yaml",
                "services:\n  db:\n    image: x/es:${A}\n",
                "services.db.image",
                "x/es 7.17.9 3",
            ),
            (
                "values.yaml",
                "db:\n  image:\n    repository: bitnami/postgresql\n    tag: 15.2\n",
                "db.image",
                "bitnami/postgresql 15.2 4",
            ),
            (
                "values.yaml",
                "db:\n  image: postgres\n  tag: \"15\"\n",
                "db",
                "postgres 15 3",
            ),
            (
                "k.yaml",
                "kind: Deployment\nmetadata: {name: a}\nspec: {containers: [{name: b, image: \"r:5000/redis:7@sha256:ab\"}]}\n",
                "Deployment/a.spec.containers[b].image",
                "r:5000/redis 7 3",
            ),
            (
                "Dockerfile",
                "ARG PG=15\nFROM --platform=x postgres:${PG} AS db\n",
                "FROM db",
                "postgres 15 2",
            ),
            (
                "main.tf",
                "resource \"aws_db_instance\" \"a\" {\n  engine = \"postgres\"\n  engine_version = \"15.4\"\n}\n",
                "aws_db_instance.a.engine_version",
                "postgres 15.4 3",
            ),
            (
                "stack.yaml",
                "Resources:\n  Jars:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      Engine: aurora-postgresql\n      EngineVersion: \"15.4\"\n",
                "Resources.Jars.EngineVersion",
                "aurora-postgresql 15.4 6",
            ),
            (
                "stack.json",
                "{\"Resources\": {\"Jars\": {\"Type\": \"AWS::OpenSearchService::Domain\",\n\"Properties\": {\"EngineVersion\": \"OpenSearch_2.11\"}}}}",
                "Resources.Jars.EngineVersion",
                "opensearch 2.11 2",
            ),
            (
                "main.tf",
                "resource \"google_sql_database_instance\" \"a\" {\n  database_version = \"POSTGRES_15\"\n}\n",
                "google_sql_database_instance.a.database_version",
                "postgres 15 2",
            ),
        ] {
            let images = read_image_places(path, text, &variables);
            let found = images
                .get(at)
                .map(|image| format!("{} {} {}", image.name, image.tag, image.line));
            assert_eq!(found.as_deref(), Some(wanted), "{path}: {images:?}");
        }
        assert!(read_image_places("compose.yaml", "image: ${NONE}\n", &BTreeMap::new()).is_empty());
    }
}
