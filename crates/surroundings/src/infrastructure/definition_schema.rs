//! `stored-form/definition-schema`.

use std::collections::{BTreeMap, BTreeSet};

use span_tree::Node;

use super::manifest;
use crate::check::{
    APART, SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding,
    join_shortened_names,
};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity,
    check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/definition-schema",
    title: "Objects that the cluster keeps may hold what the previous definition refuses",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Schemas of CustomResourceDefinitions that take more in the new release than in the previous one: values of an enumeration, another type, a pattern or a limit that is wider, fields that need no longer be given, new fields.",
    why: "The cluster keeps objects as they were written. With the definition of the previous release it refuses every write of an object that holds such a value, and it drops fields that the definition does not have.",
    action: "Leave the newer definition in the cluster when going back, or look for objects with the new values first (kubectl get KIND -A -o json) and change them.",
    example: "crds/databases.yaml takes \"17\" as spec.version, which the definition of the previous release refuses.",
    source: "Kubernetes: CustomResourceDefinitions, validation and field pruning.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_wider_definitions, make_fixtures())
        }),
    },
    run: find_wider_definitions,
};

// definitions of operators hold whole pods, and aliases make few lines into very many
/// Most nodes of one schema that are visited, deepest nesting, and most differences of a definition.
const VISITS: usize = 100_000;
const DEPTH: usize = 60;
const DIFFERENCES: usize = 200;

/// A place of a schema: `spec.version`, and what it says, with its line.
type SchemaPlaces = BTreeMap<String, SchemaPlace>;

/// What a place of a schema takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct SchemaPlace {
    line: usize,
    /// Type, pattern, limits, format: each as written.
    said: BTreeMap<&'static str, String>,
    /// Values of an enumeration; `None` where any value goes.
    values: Option<BTreeSet<String>>,
    /// Fields that must be given.
    required: BTreeSet<String>,
    /// Fields that are not named are kept.
    open: bool,
}

/// The definitions of one side: versions of each by name, with the file.
type Definitions = BTreeMap<(String, String), (String, SchemaPlaces)>;

fn find_wider_definitions(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let (mut old, mut new) = (Definitions::new(), Definitions::new());
    for (change, before, after) in manifest::list_object_files(look) {
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        before
            .iter()
            .for_each(|text| read_definitions(text, old_path, &mut old));
        after
            .iter()
            .for_each(|text| read_definitions(text, &change.path, &mut new));
    }
    let mut findings = Vec::new();
    for ((name, version), (path, places)) in &new {
        let Some((old_path, before)) = old.get(&(name.clone(), version.clone())) else {
            continue;
        };
        let (refused, dropped) = compare_places(before, places);
        let (previous, current) = (look.range.previous_version, look.range.current_version);
        // the first few one by one, as each is another field to look for
        for (at, line, what) in refused.iter().take(APART) {
            let says = format!(
                "{name} takes {what} at {at} in {current} ({path}:{line}), which the definition of {previous} refuses ({old_path}): an object that holds it cannot be written any more"
            );
            findings.push(
                build_check_finding(
                    &DOC,
                    Severity::Warns,
                    Confidence::Proven,
                    name.as_str(),
                    says,
                )
                .at([Evidence::at(path.as_str(), *line).with_excerpt(at)]),
            );
        }
        // the others in one line, so that none is passed over
        if let Some((_, line, _)) = refused.get(APART) {
            let places: Vec<&str> = refused
                .iter()
                .skip(APART)
                .map(|(at, ..)| at.as_str())
                .collect();
            let says = format!(
                "{name} takes more than the definition of {previous} at {} as well ({path}:{line})",
                join_shortened_names(&places)
            );
            findings.push(
                build_check_finding(
                    &DOC,
                    Severity::Warns,
                    Confidence::Proven,
                    name.as_str(),
                    says,
                )
                .at([Evidence::at(path.as_str(), *line)]),
            );
        }
        if let Some((_, line)) = dropped.first() {
            let fields: Vec<&str> = dropped.iter().map(|(at, _)| at.as_str()).collect();
            let says = format!(
                "{name} has {} in {current} ({path}:{line}), which the definition of {previous} does not: what was written there is dropped when the older definition is back",
                join_shortened_names(&fields)
            );
            findings.push(
                build_check_finding(
                    &DOC,
                    // dropping a field loses what was written there, yet refuses nothing
                    Severity::Notes,
                    Confidence::Proven,
                    name.as_str(),
                    says,
                )
                .at([Evidence::at(path.as_str(), *line).with_excerpt(fields[0])]),
            );
        }
    }
    findings
}

/// What the newer side takes and the older one refuses: place, line and words; and fields that the
/// older one drops.
#[allow(
    clippy::type_complexity,
    reason = "two lists of places, taken apart where they are made"
)]
fn compare_places(
    old: &SchemaPlaces,
    new: &SchemaPlaces,
) -> (Vec<(String, usize, String)>, Vec<(String, usize)>) {
    let (mut refused, mut dropped) = (Vec::new(), Vec::new());
    for (at, is) in new {
        if refused.len() + dropped.len() >= DIFFERENCES {
            break;
        }
        let Some(was) = old.get(at) else {
            let above = at.rsplit_once('.').map_or("", |(above, _)| above);
            // of a field that is new as a whole the outermost place is told
            if old.get(above).is_some_and(|above| !above.open) && new.contains_key(above) {
                dropped.push((at.clone(), is.line));
            }
            continue;
        };
        if let Some(known) = &was.values {
            match &is.values {
                // an enumeration that went takes any value
                None => refused.push((at.clone(), is.line, "any value".to_owned())),
                Some(values) => {
                    let more: Vec<&str> = values.difference(known).map(String::as_str).collect();
                    if !more.is_empty() {
                        refused.push((at.clone(), is.line, join_shortened_names(&more)));
                    }
                }
            }
        }
        for (key, limit) in &was.said {
            let now = is.said.get(key);
            if now != Some(limit) && widens(key, limit, now.map(String::as_str)) {
                let what = now.map_or_else(
                    || format!("values without {key} {limit}"),
                    |now| format!("{key} {now} instead of {limit}"),
                );
                refused.push((at.clone(), is.line, what));
            }
        }
        let free: Vec<&str> = was
            .required
            .difference(&is.required)
            .map(String::as_str)
            .collect();
        if !free.is_empty() {
            let what = format!("objects without {}", join_shortened_names(&free));
            refused.push((at.clone(), is.line, what));
        }
    }
    (refused, dropped)
}

/// Whether a limit that changed lets more through than before. Patterns and types cannot be held
/// against each other, so another one may.
fn widens(key: &str, old: &str, new: Option<&str>) -> bool {
    // a limit that is gone lets everything through
    let Some(new) = new else { return true };
    let numbers = old.parse::<f64>().ok().zip(new.parse::<f64>().ok());
    match (key, numbers) {
        ("maximum" | "maxLength" | "maxItems" | "maxProperties", Some((old, new))) => new > old,
        ("minimum" | "minLength" | "minItems" | "minProperties", Some((old, new))) => new < old,
        // `^a+$` and `^[ab]+$`: which of two patterns takes more is not worked out
        _ => true,
    }
}

fn read_definitions(text: &str, path: &str, into: &mut Definitions) {
    if !text.contains("CustomResourceDefinition") {
        return;
    }
    manifest::visit_manifest_objects(text, |kind, name, object| {
        if kind != "CustomResourceDefinition" {
            return;
        }
        let versions = object.at(&["spec", "versions"]);
        for version in versions.into_iter().flat_map(Node::items).take(100) {
            let schema = version.at(&["schema", "openAPIV3Schema"]);
            if let (Some(named), Some(schema)) = (version.get("name").and_then(Node::text), schema)
            {
                let mut places = SchemaPlaces::new();
                collect_places(schema, String::new(), 0, &mut places, &mut 0);
                let key = (name.to_owned(), named.to_owned());
                into.insert(key, (path.to_owned(), places));
            }
        }
    });
}

fn collect_places(
    node: Node<'_>,
    at: String,
    depth: usize,
    places: &mut SchemaPlaces,
    visits: &mut usize,
) {
    const LIMITS: [&str; 12] = [
        "type",
        "pattern",
        "format",
        "maximum",
        "minimum",
        "maxLength",
        "minLength",
        "maxItems",
        "minItems",
        "maxProperties",
        "minProperties",
        "multipleOf",
    ];
    *visits += 1;
    if depth > DEPTH || *visits > VISITS || !node.is_mapping() {
        return;
    }
    let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    let list = |key: &str| -> Option<BTreeSet<String>> {
        let items = node.get(key)?.items().take(2_000);
        Some(items.filter_map(Node::text).map(str::to_owned).collect())
    };
    let said = LIMITS
        .iter()
        .filter_map(|key| Some((*key, text(key)?)))
        .collect();
    places.insert(
        at.clone(),
        SchemaPlace {
            line: node.line(),
            said,
            values: list("enum"),
            required: list("required").unwrap_or_default(),
            open: node
                .get("x-kubernetes-preserve-unknown-fields")
                .and_then(Node::as_bool)
                .unwrap_or(false),
        },
    );
    let below = |name: &str| {
        if at.is_empty() {
            name.to_owned()
        } else {
            format!("{at}.{name}")
        }
    };
    for (name, property) in node.get("properties").into_iter().flat_map(Node::entries) {
        if let Some(name) = name.text() {
            collect_places(property, below(name), depth + 1, places, visits);
        }
    }
    for (key, name) in [("items", "[]"), ("additionalProperties", "*")] {
        if let Some(inner) = node.get(key) {
            collect_places(inner, below(name), depth + 1, places, visits);
        }
    }
}

/// Files all of whose documents are definitions, in which no template leaves anything out: nothing
/// of them is left that another reader would have to look at.
pub(crate) fn list_read_definitions(look: &SurroundingsInput<'_>) -> Vec<String> {
    let whole = |text: &Option<String>| {
        let Some(text) = text else { return true };
        if !text.contains("CustomResourceDefinition") || text.contains("{{") {
            return false;
        }
        let (mut documents, mut others) = (0_usize, 0_usize);
        manifest::visit_manifest_objects(text, |kind, _, object| {
            documents += 1;
            let versions = object.at(&["spec", "versions"]).is_some();
            // the older API has one version at another place, which is not compared here
            others += usize::from(kind != "CustomResourceDefinition" || !versions);
        });
        documents > 0 && others == 0
    };
    manifest::list_object_files(look)
        .into_iter()
        // a file that came or went is compared with nothing
        .filter(|(_, before, after)| before.is_some() && after.is_some())
        .filter(|(_, before, after)| whole(before) && whole(after))
        .map(|(change, ..)| change.path.clone())
        .collect()
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    use model::FileKind;
    let of = |versions: &str, note: &str| {
        let text = format!(
            "kind: CustomResourceDefinition\nmetadata: {{name: pots.k.example}}\nspec:\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        description: {note}\n        properties:\n          size: {{type: string, enum: [{versions}]}}\n"
        );
        &*text.leak()
    };
    (
        Fixture::of(
            "config/crd/pots.yaml",
            FileKind::Config,
            of("small, large", "a"),
            of("small, large, huge", "a"),
        ),
        Fixture::of(
            "config/crd/pots.yaml",
            FileKind::Config,
            of("small, large", "a"),
            of("small, large", "b"),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::FileKind;

    fn of(schema: &str) -> &'static str {
        let text = format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: pots.k.example}}\nspec:\n  versions:\n  - {{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {{type: object, properties: {{spec: {schema}}}}}}}}}\n"
        );
        &*text.leak()
    }

    fn run(old: &str, new: &str) -> Vec<(Severity, String)> {
        crate::case::Fixture::of(
            "charts/k/crds/pots.yaml",
            FileKind::Infrastructure,
            of(old),
            of(new),
        )
        .of_check(DOC.id)
        .into_iter()
        .map(|finding| (finding.severity, finding.says.as_raw().to_owned()))
        .collect()
    }

    #[test]
    fn what_the_older_definition_refuses_is_told() {
        let base = "{type: object, required: [size], properties: {size: {type: string, pattern: \"^[0-9]+$\", maxLength: 4}}}";
        for (new, word) in [
            (base.replace("[0-9]+", "[0-9]*"), "pattern"),
            (base.replace("maxLength: 4", "maxLength: 8"), "maxLength 8"),
            (base.replace(", maxLength: 4", ""), "without maxLength"),
            (
                base.replace("required: [size], ", ""),
                "objects without size",
            ),
            (
                base.replace("type: string", "type: integer"),
                "type integer",
            ),
        ] {
            let found = run(base, &new);
            assert!(
                found
                    .iter()
                    .any(|(severity, says)| *severity == Severity::Warns && says.contains(word)),
                "{word}: {found:?}"
            );
        }
    }

    #[test]
    fn a_new_field_is_dropped_and_a_narrower_limit_refuses_nothing() {
        let base = "{type: object, properties: {size: {type: string, maxLength: 4, enum: [a, b]}}}";
        let more = base.replace(
            "{size:",
            "{lid: {type: object, properties: {on: {type: boolean}}}, size:",
        );
        let found = run(base, &more);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, Severity::Notes);
        assert!(found[0].1.contains("spec.lid in"), "{}", found[0].1);
        assert!(run(base, &base.replace("maxLength: 4", "maxLength: 2")).is_empty());
        assert!(run(base, &base.replace("[a, b]", "[a]")).is_empty());
        let open = "{type: object, x-kubernetes-preserve-unknown-fields: true}";
        let with = "{type: object, x-kubernetes-preserve-unknown-fields: true, properties: {a: {type: string}}}";
        assert!(run(open, with).is_empty());
    }
}
