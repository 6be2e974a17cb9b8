//! `infrastructure/declared-in-program`.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::read_infrastructure_texts;
use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use coverage::changed_lines::{ChangedLine, ChangedLines};
use coverage::guard::{self, GuardToken, TokenKind};
use coverage::place::{FileRole, classify_path_place};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, FileKind, Finding,
    Severity, check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "infrastructure/declared-in-program",
    title: "The program declares a queue, an index or an object in another way, and what is live does not take the older one",
    domain: Domain::Infrastructure,
    direction: Direction::Rollback,
    looks_for: "Declarations in program text and in the templates that it loads: queues and exchanges of RabbitMQ with other arguments, mappings of Elasticsearch and OpenSearch whose fields have another type or are gone, validators of MongoDB, fields of a StatefulSet that Kubernetes never changes.",
    why: "What the new release declared stays when the previous one is back. A broker refuses a declaration that differs from its own, an index refuses documents that do not fit its mapping, a validator refuses what lacks a field, Kubernetes refuses to change such a field.",
    action: "Before the previous release starts, take the declaration back (delete the queue once it is empty, index into an index with the older mapping, set the older validator, delete the object without what belongs to it), or keep the newer declaration in the previous release.",
    example: "src/broker.js: assertQueue(orders) gets a dead-letter exchange, and the broker answers the older declaration with 406 PRECONDITION_FAILED.",
    source: "RabbitMQ: declaration and property equivalence; Elasticsearch: explicit mapping; MongoDB: schema validation; Kubernetes: StatefulSets.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_declarations, make_fixtures())
        }),
    },
    run: find_declarations,
};

/// Most files of a range, longest text in bytes, and most declarations of a file.
const FILES: usize = 5_000;
const LENGTH: usize = 1024 * 1024;
const DECLARATIONS: usize = 200;

/// A declaration that differs: what it is in words, and its lines in both texts.
struct ProgramDeclaration {
    subject: String,
    says: String,
    new_line: usize,
    old_line: Option<usize>,
}

fn find_declarations(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let wanted = |path: &str, kind: FileKind| {
        let program = guard::find_language(path).is_some();
        (program || path.ends_with(".json"))
            && classify_path_place(path) == FileRole::Live
            && !matches!(
                kind,
                FileKind::Test | FileKind::Documentation | FileKind::Dependency
            )
    };
    for change in look
        .range
        .changes
        .iter()
        .filter(|change| wanted(&change.path, change.kind))
        .take(FILES)
    {
        // only a declaration that both have can differ; a new one stands beside the old
        let (Some(old), Some(new)) = read_infrastructure_texts(look, change) else {
            continue;
        };
        if old.len().max(new.len()) > LENGTH {
            continue;
        }
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        let mut declared = compare_broker_declarations(&change.path, &old, &new);
        declared.extend(compare_mappings(&old, &new));
        declared.extend(compare_validators(&old, &new));
        declared.extend(compare_fixed_fields(&old, &new));
        // of one file each kind of declaration counts, as each has its own way to be refused
        for one in declared {
            let says = format!(
                "{} ({}:{}) {}",
                one.subject,
                change.path,
                one.new_line,
                one.says
                    .replace("{previous}", look.range.previous_version)
                    .replace("{current}", look.range.current_version)
            );
            let places = [
                (&*change.path, Some(one.new_line)),
                (old_path, one.old_line),
            ];
            let places = places
                .into_iter()
                .filter_map(|(path, line)| Some(Evidence::at(path, line?)));
            findings.push(
                build_check_finding(&DOC, Severity::Warns, Confidence::Likely, one.subject, says)
                    .at(places),
            );
        }
    }
    findings
}

/// Calls that declare a queue or an exchange, in the spelling of each library without signs.
const BROKER_CALLS: [&str; 10] = [
    "assertqueue",
    "assertexchange",
    "queuedeclare",
    "exchangedeclare",
    "declarequeue",
    "declareexchange",
    "queuedeclareasync",
    "exchangedeclareasync",
    "queuedeclarewithoptions",
    "queuedeclarenowait",
];

/// A queue or an exchange that is declared in both, with other arguments.
fn compare_broker_declarations(path: &str, old: &str, new: &str) -> Vec<ProgramDeclaration> {
    let (before, after) = (list_broker_calls(path, old), list_broker_calls(path, new));
    after
        .into_iter()
        .filter_map(|(name, (arguments, line))| {
            // a queue of another name is another queue, and the older one is still there
            let (was, old_line) = before.get(&name)?;
            (*was != arguments).then(|| ProgramDeclaration {
                subject: name.1.clone(),
                says: "is declared with other arguments than in {previous}: a broker that has it as {current} declared it answers the declaration of {previous} with PRECONDITION_FAILED and closes the channel"
                    .to_owned(),
                new_line: line,
                old_line: Some(*old_line),
            })
        })
        .collect()
}

/// What a call declares (queue or exchange, and its name), with the other arguments and the line.
type BrokerCalls = BTreeMap<(String, String), (String, usize)>;

fn list_broker_calls(path: &str, text: &str) -> BrokerCalls {
    let lower = text.to_ascii_lowercase();
    let mut found = BrokerCalls::new();
    let Some(language) = guard::find_language(path)
        .filter(|_| lower.contains("queue") || lower.contains("exchange"))
    else {
        return found;
    };
    let tokens = guard::cut_program_tokens(language, text);
    for (at, token) in tokens.iter().enumerate() {
        // `queue_declare`, `QueueDeclare` and `queueDeclare` are one call
        let called: String = token.text.chars().filter(|c| *c != '_').collect();
        let called = called.to_ascii_lowercase();
        if token.kind != TokenKind::Word
            || found.len() >= DECLARATIONS
            || !BROKER_CALLS.contains(&called.as_str())
            || !tokens.get(at + 1).is_some_and(|next| next.is("("))
        {
            continue;
        }
        let (first, rest) = split_arguments(&tokens[at + 2..]);
        // queues and exchanges may have the same name
        let kind = if called.contains("queue") {
            "queue"
        } else {
            "exchange"
        };
        found
            .entry((kind.to_owned(), format!("the {kind} {first}")))
            .or_insert((rest, token.line));
    }
    found
}

// arguments of a call are few; beyond them a bracket was missed
/// Most tokens of a call.
const CALL: usize = 400;

/// The first argument that names something, and the others as one text.
fn split_arguments(tokens: &[GuardToken<'_>]) -> (String, String) {
    let (mut depth, mut first, mut rest, mut behind) = (0_i32, String::new(), String::new(), false);
    for token in tokens.iter().take(CALL) {
        depth += i32::from(token.is("(") || token.is("{") || token.is("["))
            - i32::from(token.is(")") || token.is("}") || token.is("]"));
        if depth < 0 {
            break;
        }
        if depth == 0 && token.is(",") && !behind {
            behind = true;
            continue;
        }
        let into = if behind { &mut rest } else { &mut first };
        // commas at the end of a list are a matter of style
        if !token.is(",") {
            into.push_str(token.text);
            into.push(' ');
        }
    }
    // `"orders"` of `queue="orders"` and of `channel, "orders"`: the last word names it
    let first = first
        .trim()
        .rsplit(' ')
        .next()
        .unwrap_or_default()
        .to_owned();
    (first, rest)
}

/// Lines, from 1, between a line with one of the words that opens a bracket and where it closes.
fn list_region_lines(text: &str, opens: &[&str]) -> BTreeSet<usize> {
    let (mut inside, mut depth) = (BTreeSet::new(), 0_i32);
    for (index, line) in text.lines().enumerate() {
        let lower = line.to_ascii_lowercase();
        let begins = opens.iter().filter_map(|word| lower.find(word)).min();
        // within the line only what stands behind the word is counted
        let counted = match (depth, begins) {
            (0, Some(at)) => &lower[at..],
            (0, None) => continue,
            _ => &lower,
        };
        for c in counted.chars() {
            match c {
                '{' | '[' | '(' => depth += 1,
                '}' | ']' | ')' => depth = (depth - 1).max(0),
                _ => {}
            }
            // the region ends where its own bracket closes, whatever follows on the line
            if depth == 0 && matches!(c, '}' | ']' | ')') {
                break;
            }
        }
        inside.insert(index + 1);
    }
    inside
}

/// The first changed line that stands in a region and tells.
fn first_within(
    lines: &[ChangedLine<'_>],
    region: &BTreeSet<usize>,
    tells: impl Fn(&str) -> bool,
) -> Option<usize> {
    lines
        .iter()
        .find(|(number, line)| region.contains(number) && tells(&line.to_ascii_lowercase()))
        .map(|(number, _)| *number)
}

/// A mapping of a search engine whose fields are others: what stood there and is gone, or strict
/// now.
fn compare_mappings(old: &str, new: &str) -> Option<ProgramDeclaration> {
    const OPENS: [&str; 2] = ["mapping", "\"properties\""];
    let about = |text: &str| {
        let lower = text.to_ascii_lowercase();
        lower.contains("properties")
            && lower.contains("type")
            && [
                "elasticsearch",
                "opensearch",
                "index_patterns",
                "\"mappings\"",
                "elastic4s",
            ]
            .iter()
            .any(|word| lower.contains(word))
    };
    // a text that is new or gone declares nothing differently
    if !about(old) || !about(new) {
        return None;
    }
    let lines = ChangedLines::between(Some(old), Some(new));
    let (before, after) = (
        list_region_lines(old, &OPENS),
        list_region_lines(new, &OPENS),
    );
    let field = |line: &str| line.contains("type") || line.contains("format");
    let strict = |line: &str| line.contains("dynamic") && line.contains("strict");
    // a field that is only new is taken by a mapping that is not strict
    let changed = first_within(&lines.gone, &before, field);
    let stricter = first_within(&lines.fresh, &after, strict);
    let line = stricter.or_else(|| first_within(&lines.fresh, &after, |_| true));
    if changed.is_none() && stricter.is_none() {
        return None;
    }
    Some(ProgramDeclaration {
        subject: "the mapping of an index".to_owned(),
        says: "has other fields than in {previous}, or takes no field that it does not name: an index that {current} made refuses what {previous} writes"
            .to_owned(),
        new_line: line.or_else(|| after.first().copied()).unwrap_or(1),
        old_line: changed,
    })
}

/// A validator of a collection that asks for something else.
fn compare_validators(old: &str, new: &str) -> Option<ProgramDeclaration> {
    const OPENS: [&str; 2] = ["jsonschema", "validator"];
    let about = |text: &str| text.contains("$jsonSchema") || text.contains("collMod");
    if !about(old) || !about(new) {
        return None;
    }
    let lines = ChangedLines::between(Some(old), Some(new));
    let asks = |line: &str| {
        [
            "required",
            "bsontype",
            "enum",
            "additionalproperties",
            "pattern",
            "minimum",
            "maximum",
        ]
        .iter()
        .any(|word| line.contains(word))
    };
    // a demand that is gone refuses nothing
    let line = first_within(&lines.fresh, &list_region_lines(new, &OPENS), asks)?;
    Some(ProgramDeclaration {
        subject: "the validator of a collection".to_owned(),
        says: "asks for something else than in {previous}: the database refuses documents of {previous} that do not fit it".to_owned(),
        new_line: line,
        old_line: first_within(&lines.gone, &list_region_lines(old, &OPENS), asks),
    })
}

/// A field of an object of Kubernetes that is made in program text and never changes once the
/// object is there.
fn compare_fixed_fields(old: &str, new: &str) -> Option<ProgramDeclaration> {
    const OBJECTS: [&str; 5] = [
        "statefulsetspec",
        "statefulsetbuilder",
        "v1statefulset",
        "statefulset(",
        "withnewspec",
    ];
    const FIELDS: [&str; 9] = [
        "servicename",
        "service_name",
        "matchlabels",
        "match_labels",
        "volumeclaimtemplate",
        "volume_claim_template",
        "podmanagementpolicy",
        "storageclassname",
        "resourcestorage",
    ];
    let about = |text: &str| {
        let lower = text.to_ascii_lowercase();
        OBJECTS.iter().any(|word| lower.contains(word))
    };
    if !about(old) || !about(new) {
        return None;
    }
    let lines = ChangedLines::between(Some(old), Some(new));
    let fixed = |lines: &[ChangedLine<'_>]| {
        lines
            .iter()
            .find(|(_, line)| {
                let lower = line.to_ascii_lowercase();
                FIELDS.iter().any(|word| lower.contains(word))
            })
            .map(|(number, _)| *number)
    };
    let (line, old_line) = (fixed(&lines.fresh)?, fixed(&lines.gone)?);
    Some(ProgramDeclaration {
        subject: "a StatefulSet".to_owned(),
        says: "is made by the program with another selector, service name or claim than in {previous}, which Kubernetes never changes: it refuses the update by {previous}".to_owned(),
        new_line: line,
        old_line: Some(old_line),
    })
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    (
        Fixture::of(
            "src/broker.js",
            FileKind::Code,
            "await channel.assertQueue(QUEUE, { durable: true });\n",
            "await channel.assertQueue(QUEUE, {\n  durable: true,\n  arguments: { 'x-queue-type': 'quorum' },\n});\n",
        ),
        Fixture::of(
            "src/broker.js",
            FileKind::Code,
            "await channel.assertQueue(QUEUE, { durable: true });\n",
            "await channel.assertQueue(\n  QUEUE,\n  { durable: true, },\n);\n",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &'static str, old: &'static str, new: &'static str) -> usize {
        crate::case::Fixture::of(path, FileKind::Code, old, new)
            .of_check(DOC.id)
            .len()
    }

    #[test]
    fn declarations_of_several_languages_are_compared() {
        for (path, old, new) in [
            (
                "Broker.cs",
                "channel.ExchangeDeclare(\"orders\", ExchangeType.Direct, durable: true);",
                "channel.ExchangeDeclare(\"orders\", ExchangeType.Topic, durable: true);",
            ),
            (
                "worker/broker.py",
                "channel.queue_declare(\"mail\", durable=True)\n",
                "channel.queue_declare(\"mail\", durable=True, arguments={\"x-max-priority\": 10})\n",
            ),
            (
                "search/index.py",
                "from elasticsearch import Elasticsearch\nMAPPING = {\n    \"dynamic\": True,\n    \"properties\": {\n        \"code\": {\"type\": \"keyword\"},\n        \"title\": {\"type\": \"text\"},\n    },\n}\n",
                "from elasticsearch import Elasticsearch\nMAPPING = {\n    \"dynamic\": \"strict\",\n    \"properties\": {\n        \"title\": {\"type\": \"text\"},\n    },\n}\n",
            ),
            (
                "search/products.json",
                "{\"index_patterns\": [\"p-*\"],\n\"template\": {\"mappings\": {\"properties\": {\n\"price\": {\"type\": \"float\"}\n}}}}\n",
                "{\"index_patterns\": [\"p-*\"],\n\"template\": {\"mappings\": {\"properties\": {\n\"price\": {\"properties\": {\"amount\": {\"type\": \"float\"}}}\n}}}}\n",
            ),
            (
                "src/setup.js",
                "db.command({\n  collMod: 'orders',\n  validator: { $jsonSchema: { required: ['sku'] } },\n});\n",
                "db.command({\n  collMod: 'orders',\n  validator: { $jsonSchema: { required: ['sku', 'channel'] } },\n});\n",
            ),
            (
                "controllers/set.go",
                "package c\nvar s = appsv1.StatefulSetSpec{\n\tServiceName: name,\n}\n",
                "package c\nvar s = appsv1.StatefulSetSpec{\n\tServiceName: name + \"-headless\",\n}\n",
            ),
        ] {
            assert_eq!(count(path, old, new), 1, "{path}");
        }
    }

    #[test]
    fn what_only_adds_or_is_written_in_another_way_is_none() {
        for (path, old, new) in [
            // a new queue beside the first
            (
                "worker/broker.py",
                "channel.queue_declare(\"mail\", durable=True)\n",
                "channel.queue_declare(\"mail\", durable=True)\nchannel.queue_declare(\"sms\")\n",
            ),
            // a field more in a mapping that takes any
            (
                "search/index.py",
                "from elasticsearch import Elasticsearch\nMAPPING = {\n    \"properties\": {\n        \"title\": {\"type\": \"text\"},\n    },\n}\n",
                "from elasticsearch import Elasticsearch\nMAPPING = {\n    \"properties\": {\n        \"title\": {\"type\": \"text\"},\n        \"code\": {\"type\": \"keyword\"},\n    },\n}\n",
            ),
            (
                "controllers/set.go",
                "package c\nvar s = appsv1.StatefulSetSpec{\n\tReplicas: two,\n}\n",
                "package c\nvar s = appsv1.StatefulSetSpec{\n\tReplicas: three,\n}\n",
            ),
        ] {
            assert_eq!(count(path, old, new), 0, "{path}: {new}");
        }
    }
}
