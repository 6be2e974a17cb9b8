//! The shape of `backout.yaml` as data: the linter walks it, and the JSON schema in `assets/` is
//! made from it.

use serde_json::{Value, json};

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// Text; numbers are taken as they are written (`5.20`).
    Text,
    /// A glob.
    Glob,
    /// Yes, no or `unknown`.
    Tri,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list.
    List(&'static Shape),
    /// Keys that people choose.
    Map(&'static Shape),
    /// Keys of the enumerated list only.
    Keyed(&'static [&'static str], &'static Shape),
    /// Fixed keys, each with a line of documentation.
    Record(&'static [Key]),
}

/// A key of a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) needed: bool,
    pub(super) says: &'static str,
}

const fn key(name: &'static str, shape: Shape, says: &'static str) -> Key {
    Key {
        name,
        shape,
        needed: false,
        says,
    }
}

const fn needed(name: &'static str, shape: Shape, says: &'static str) -> Key {
    Key {
        name,
        shape,
        needed: true,
        says,
    }
}

const GLOBS: Shape = Shape::List(&Shape::Glob);
const TEXTS: Shape = Shape::List(&Shape::Text);
const ON: Shape = Shape::Word(&["run", "skip", "only"]);

pub(super) const KINDS: &[&str] = &[
    "styling",
    "markup",
    "code",
    "database",
    "contract",
    "config",
    "infrastructure",
    "dependency",
    "test",
    "documentation",
    "other",
];

/// The whole file.
pub(super) const CONFIG: Shape = Shape::Record(&[
    key("service", Shape::Text, "Name of the service."),
    key(
        "services",
        Shape::List(&Shape::Record(&[
            needed("name", Shape::Text, "Name, as given to --service."),
            key(
                "paths",
                GLOBS,
                "Its paths; without them the whole repository counts.",
            ),
            key("tags", Shape::Glob, "Its release tags."),
        ])),
        "Services of a monorepo.",
    ),
    key(
        "releases",
        Shape::Record(&[
            key("tags", Shape::Glob, "Tags that are releases."),
            key(
                "previous",
                Shape::Text,
                "auto, or the version to go back to.",
            ),
        ]),
        "How releases are found.",
    ),
    key(
        "environments",
        Shape::Map(&Shape::Record(&[
            key(
                "usage",
                Shape::Word(&["dozen-daily", "team-hours", "company-hours", "always-on"]),
                "Who uses it, how much of the day.",
            ),
            key(
                "kind",
                Shape::Word(&["production", "test"]),
                "What it is for.",
            ),
            key(
                "retention",
                Shape::Text,
                "How long targets keep old releases: 5 days, 3 releases, forever.",
            ),
            key(
                "windows",
                Shape::List(&Shape::Record(&[
                    key(
                        "days",
                        Shape::List(&Shape::Word(&[
                            "mon", "tue", "wed", "thu", "fri", "sat", "sun",
                        ])),
                        "Days it begins on; every day without.",
                    ),
                    needed("from", Shape::Text, "Begins, such as 22:00."),
                    needed(
                        "to",
                        Shape::Text,
                        "Ends, such as 04:00; before `from` it is the next day.",
                    ),
                    key(
                        "zone",
                        Shape::Text,
                        "Time zone, such as Europe/Berlin; UTC without.",
                    ),
                ])),
                "When deployments and rollbacks are meant to happen.",
            ),
            key(
                "freezes",
                Shape::List(&Shape::Record(&[
                    needed(
                        "from",
                        Shape::Text,
                        "First day or moment, such as 2026-12-18.",
                    ),
                    needed("to", Shape::Text, "Last day or moment."),
                    key("zone", Shape::Text, "Time zone; UTC without."),
                    key("why", Shape::Text, "Why."),
                ])),
                "When nothing is deployed.",
            ),
        ])),
        "Environments by name.",
    ),
    key(
        "database",
        Shape::Record(&[
            key(
                "dialects",
                Shape::List(&Shape::Word(&["postgresql", "mysql", "sqlite", "mssql"])),
                "Databases that are live; copies for others are reported but do not block.",
            ),
            key(
                "migrations",
                TEXTS,
                "Folders of migrations that are not found by themselves.",
            ),
        ]),
        "Database hints.",
    ),
    key(
        "components",
        Shape::Map(&GLOBS),
        "Paths by component: frontend, backend, database, or names of your own.",
    ),
    key(
        "kinds",
        Shape::Keyed(KINDS, &GLOBS),
        "Paths by kind, over the defaults.",
    ),
    key(
        "contracts",
        Shape::List(&Shape::Record(&[needed("path", Shape::Text, "The file.")])),
        "Contract files that are not found by their names.",
    ),
    key(
        "dependents",
        Shape::List(&Shape::Record(&[
            needed("name", Shape::Text, "Its name."),
            key(
                "repository",
                Shape::Text,
                "Folder of its repository, relative to this file.",
            ),
            key(
                "uses",
                TEXTS,
                "Contract files of this repository that it uses; without them any.",
            ),
            key(
                "live",
                Shape::Text,
                "Its version or revision that is live; without it HEAD.",
            ),
            key(
                "in_field",
                TEXTS,
                "Released versions that users still run, as of an app on devices: each is searched, and none can go back unless can_go_back says so.",
            ),
            key(
                "pacts",
                GLOBS,
                "Its pacts, in its repository or in this one, beside those with pact in their path.",
            ),
            key(
                "matrix",
                Shape::Text,
                "File of verifications as can-i-deploy prints it (JSON or YAML), relative to this file.",
            ),
            key(
                "depends_on",
                TEXTS,
                "Names of other dependents that it depends on in its turn; they give the order of a way back of several.",
            ),
            key("can_go_back", Shape::Tri, "Whether it can go back too."),
            key(
                "copes",
                Shape::Tri,
                "Whether it copes when what it uses is gone: tested, not believed.",
            ),
        ])),
        "Applications that depend on this one.",
    ),
    key(
        "live",
        Shape::List(&Shape::Record(&[
            key(
                "kind",
                Shape::Text,
                "Which deployer wrote it; detected when absent.",
            ),
            needed("file", Shape::Text, "The file."),
            key(
                "name",
                Shape::Text,
                "What it is about where the file does not say: the Helm release, the application.",
            ),
            key(
                "namespace",
                Shape::Text,
                "Its namespace, where the file does not say.",
            ),
        ])),
        "State files of deployers.",
    ),
    key(
        "process",
        Shape::List(&Shape::Record(&[
            needed("name", Shape::Text, "Its name, as in the pipeline."),
            key(
                "kind",
                Shape::Text,
                "database, service, website, verify, notify, ...",
            ),
            key("on_rollback", ON, "What happens to it when going back."),
            key("on_deploy", ON, "What happens to it when going forward."),
        ])),
        "Steps of the deployment process, in order.",
    ),
    key(
        "switches",
        Shape::List(&Shape::Record(&[
            needed("name", Shape::Text, "Its name."),
            key("covers", GLOBS, "Paths whose change it switches off."),
        ])),
        "Feature switches.",
    ),
    key("roles", TEXTS, "Who is polled at a gate."),
    key(
        "rehearsal",
        Shape::Map(&Shape::Text),
        "Commands of a rehearsal; shown, never run unasked.",
    ),
    key(
        "rehearsals",
        Shape::List(&Shape::Record(&[
            needed(
                "at",
                Shape::Text,
                "When it was held: a date, or a time as in RFC 3339.",
            ),
            key(
                "outcome",
                Shape::Word(&["worked", "failed", "stopped"]),
                "How it ended; worked when absent.",
            ),
            key(
                "surprises",
                TEXTS,
                "What nobody had expected; each had to be handled by hand.",
            ),
            key("environment", Shape::Text, "Where it was held."),
            key(
                "process",
                Shape::Text,
                "Fingerprint of the process it went through, as backout rehearse prints it.",
            ),
        ])),
        "Rehearsals of going back that were held, beside those in sessions of this machine.",
    ),
    key(
        "automation",
        Shape::Record(&[
            key(
                "conditions",
                TEXTS,
                "Names of the only conditions that may trigger a rollback without a person.",
            ),
            key("stop", Shape::Text, "Who can stop it while it runs."),
            key(
                "tests_trusted",
                Shape::Tri,
                "Whether the tests are trusted to find a bad release.",
            ),
        ]),
        "Under which conditions a rollback may be triggered without a person.",
    ),
]);

/// The JSON schema of `backout.yaml`, as it lies in `assets/backout.schema.json`.
pub fn json_schema() -> Value {
    let mut schema = schema_of(&CONFIG);
    if let Value::Object(map) = &mut schema {
        map.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        map.insert("title".to_owned(), json!("backout.yaml"));
        map.insert(
            "description".to_owned(),
            json!("What a repository says about itself to backout. Everything is optional."),
        );
    }
    schema
}

fn schema_of(shape: &Shape) -> Value {
    match shape {
        Shape::Text => json!({ "type": ["string", "number"] }),
        Shape::Glob => {
            json!({ "type": "string", "description": "A glob: * stays inside a folder, ** crosses folders, no / means any folder." })
        }
        Shape::Tri => json!({ "enum": [true, false, "yes", "no", "unknown"] }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::List(item) => json!({ "type": ["array", "null"], "items": schema_of(item) }),
        Shape::Map(value) => {
            json!({ "type": ["object", "null"], "additionalProperties": schema_of(value) })
        }
        Shape::Keyed(names, value) => {
            json!({ "type": ["object", "null"], "propertyNames": { "enum": names }, "additionalProperties": schema_of(value) })
        }
        Shape::Record(keys) => {
            let properties: serde_json::Map<String, Value> = keys
                .iter()
                .map(|key| {
                    let mut schema = schema_of(&key.shape);
                    if let Value::Object(map) = &mut schema {
                        map.insert("description".to_owned(), json!(key.says));
                    }
                    (key.name.to_owned(), schema)
                })
                .collect();
            let needed: Vec<_> = keys
                .iter()
                .filter(|key| key.needed)
                .map(|key| key.name)
                .collect();
            json!({ "type": ["object", "null"], "additionalProperties": false, "required": needed, "properties": properties })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Config, ContractFile, Dependent, Environment, HeldRehearsal, LiveFile, ProcessStep,
        Service, Switch,
    };

    #[test]
    fn the_schema_in_assets_is_the_shape() {
        let shipped: Value =
            serde_json::from_str(include_str!("../../../assets/backout.schema.json")).unwrap();
        let made = json_schema();
        assert!(
            shipped == made,
            "assets/backout.schema.json should be:\n{}",
            serde_json::to_string_pretty(&made).unwrap()
        );
    }

    #[test]
    fn the_shape_has_exactly_the_keys_that_are_loaded() {
        fn keys(value: &Value, shape: &Shape, at: &str) {
            match shape {
                Shape::Record(named) => {
                    let mut have: Vec<_> = value
                        .as_object()
                        .unwrap_or_else(|| panic!("{at}: {value}"))
                        .keys()
                        .cloned()
                        .collect();
                    let mut wanted: Vec<_> = named.iter().map(|key| key.name.to_owned()).collect();
                    have.sort();
                    wanted.sort();
                    assert_eq!(have, wanted, "{at}");
                    for key in *named {
                        keys(&value[key.name], &key.shape, key.name);
                    }
                }
                Shape::List(item) => value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .for_each(|value| keys(value, item, at)),
                Shape::Map(item) | Shape::Keyed(_, item) => value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .for_each(|(_, value)| keys(value, item, at)),
                Shape::Text | Shape::Glob | Shape::Tri | Shape::Word(_) => {}
            }
        }
        let full = Config {
            services: vec![Service::default()],
            environments: [("production".to_owned(), Environment::default())].into(),
            contracts: vec![ContractFile::default()],
            dependents: vec![Dependent::default()],
            live: vec![LiveFile::default()],
            process: vec![ProcessStep::default()],
            switches: vec![Switch::default()],
            rehearsals: vec![HeldRehearsal::default()],
            ..Config::default()
        };
        keys(
            &serde_json::to_value(full).unwrap(),
            &CONFIG,
            "backout.yaml",
        );
    }

    #[test]
    fn what_the_schema_accepts_the_linter_accepts() {
        let validator = jsonschema::validator_for(&json_schema()).unwrap();
        for (text, good) in [
            ("{service: a, roles: [b]}", true),
            ("{dependents: [{name: shop, copes: yes, live: 5.2}]}", true),
            ("{kinds: {styling: ['*.css']}}", true),
            ("{kinds: {colours: ['*.css']}}", false),
            ("{environments: {production: {usage: always}}}", false),
            ("{dependents: [{repository: x}]}", false),
            ("{service: [a]}", false),
            ("{}", true),
        ] {
            let instance: Value =
                serde_json::to_value(serde_yaml::from_str::<serde_yaml::Value>(text).unwrap())
                    .unwrap();
            assert_eq!(validator.is_valid(&instance), good, "{text}");
            assert_eq!(super::super::read(text, "x").1.is_empty(), good, "{text}");
        }
    }
}
