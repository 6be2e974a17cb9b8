//! The shape of `backout.yaml` as data: the linter walks it, and the JSON schema in `assets/` is
//! made from it.

use serde_json::{Value, json};

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub(super) enum ConfigShape {
    /// Text; numbers are taken as they are written (`5.20`).
    Text,
    /// A glob.
    Glob,
    /// Yes, no or `unknown`.
    Tri,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list.
    List(&'static ConfigShape),
    /// Keys that people choose.
    Map(&'static ConfigShape),
    /// Keys of the enumerated list only.
    Keyed(&'static [&'static str], &'static ConfigShape),
    /// Fixed keys, each with a line of documentation.
    Record(&'static [ConfigKey]),
}

/// A key of a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct ConfigKey {
    pub(super) name: &'static str,
    pub(super) shape: ConfigShape,
    pub(super) needed: bool,
    pub(super) says: &'static str,
}

const fn make_optional_key(
    name: &'static str,
    shape: ConfigShape,
    says: &'static str,
) -> ConfigKey {
    ConfigKey {
        name,
        shape,
        needed: false,
        says,
    }
}

const fn make_required_key(
    name: &'static str,
    shape: ConfigShape,
    says: &'static str,
) -> ConfigKey {
    ConfigKey {
        name,
        shape,
        needed: true,
        says,
    }
}

const GLOBS: ConfigShape = ConfigShape::List(&ConfigShape::Glob);
const TEXTS: ConfigShape = ConfigShape::List(&ConfigShape::Text);
const ON: ConfigShape = ConfigShape::Word(&["run", "skip", "only"]);

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
pub(super) const CONFIG: ConfigShape = ConfigShape::Record(&[
    make_optional_key("service", ConfigShape::Text, "Name of the service."),
    make_optional_key(
        "services",
        ConfigShape::List(&ConfigShape::Record(&[
            make_required_key("name", ConfigShape::Text, "Name, as given to --service."),
            make_optional_key(
                "paths",
                GLOBS,
                "Its paths; without them the whole repository counts.",
            ),
            make_optional_key("tags", ConfigShape::Glob, "Its release tags."),
        ])),
        "Services of a monorepo.",
    ),
    make_optional_key(
        "releases",
        ConfigShape::Record(&[
            make_optional_key("tags", ConfigShape::Glob, "Tags that are releases."),
            make_optional_key(
                "previous",
                ConfigShape::Text,
                "auto, or the version to go back to.",
            ),
        ]),
        "How releases are found.",
    ),
    make_optional_key(
        "environments",
        ConfigShape::Map(&ConfigShape::Record(&[
            make_optional_key(
                "usage",
                ConfigShape::Word(&["dozen-daily", "team-hours", "company-hours", "always-on"]),
                "Who uses it, how much of the day.",
            ),
            make_optional_key(
                "kind",
                ConfigShape::Word(&["production", "test"]),
                "What it is for.",
            ),
            make_optional_key(
                "retention",
                ConfigShape::Text,
                "How long targets keep old releases: 5 days, 3 releases, forever.",
            ),
            make_optional_key(
                "windows",
                ConfigShape::List(&ConfigShape::Record(&[
                    make_optional_key(
                        "days",
                        ConfigShape::List(&ConfigShape::Word(&[
                            "mon", "tue", "wed", "thu", "fri", "sat", "sun",
                        ])),
                        "Days it begins on; every day without.",
                    ),
                    make_required_key("from", ConfigShape::Text, "Begins, such as 22:00."),
                    make_required_key(
                        "to",
                        ConfigShape::Text,
                        "Ends, such as 04:00; before `from` it is the next day.",
                    ),
                    make_optional_key(
                        "zone",
                        ConfigShape::Text,
                        "Time zone, such as Europe/Berlin; UTC without.",
                    ),
                ])),
                "When deployments and rollbacks are meant to happen.",
            ),
            make_optional_key(
                "freezes",
                ConfigShape::List(&ConfigShape::Record(&[
                    make_required_key(
                        "from",
                        ConfigShape::Text,
                        "First day or moment, such as 2026-12-18.",
                    ),
                    make_required_key("to", ConfigShape::Text, "Last day or moment."),
                    make_optional_key("zone", ConfigShape::Text, "Time zone; UTC without."),
                    make_optional_key("why", ConfigShape::Text, "Why."),
                ])),
                "When nothing is deployed.",
            ),
        ])),
        "Environments by name.",
    ),
    make_optional_key(
        "database",
        ConfigShape::Record(&[
            make_optional_key(
                "dialects",
                ConfigShape::List(&ConfigShape::Word(&[
                    "postgresql",
                    "mysql",
                    "sqlite",
                    "mssql",
                ])),
                "Databases that are live; copies for others are reported but do not block.",
            ),
            make_optional_key(
                "migrations",
                TEXTS,
                "Folders of migrations that are not found by themselves.",
            ),
        ]),
        "Database hints.",
    ),
    make_optional_key(
        "components",
        ConfigShape::Map(&GLOBS),
        "Paths by component: frontend, backend, database, or names of your own.",
    ),
    make_optional_key(
        "kinds",
        ConfigShape::Keyed(KINDS, &GLOBS),
        "Paths by kind, over the defaults.",
    ),
    make_optional_key(
        "contracts",
        ConfigShape::List(&ConfigShape::Record(&[make_required_key(
            "path",
            ConfigShape::Text,
            "The file.",
        )])),
        "Contract files that are not found by their names.",
    ),
    make_optional_key(
        "dependents",
        ConfigShape::List(&ConfigShape::Record(&[
            make_required_key("name", ConfigShape::Text, "Its name."),
            make_optional_key(
                "repository",
                ConfigShape::Text,
                "Folder of its repository, relative to this file.",
            ),
            make_optional_key(
                "uses",
                TEXTS,
                "Contract files of this repository that it uses; without them any.",
            ),
            make_optional_key(
                "live",
                ConfigShape::Text,
                "Its version or revision that is live; without it HEAD.",
            ),
            make_optional_key(
                "in_field",
                TEXTS,
                "Released versions that users still run, as of an app on devices: each is \
                    searched, and none can go back unless can_go_back says so.",
            ),
            make_optional_key(
                "pacts",
                GLOBS,
                "Its pacts, in its repository or in this one, beside those with pact in their \
                    path.",
            ),
            make_optional_key(
                "matrix",
                ConfigShape::Text,
                "File of verifications as can-i-deploy prints it (JSON or YAML), relative to this \
                    file.",
            ),
            make_optional_key(
                "depends_on",
                TEXTS,
                "Names of other dependents that it depends on in its turn; they give the order of \
                    a way back of several.",
            ),
            make_optional_key(
                "can_go_back",
                ConfigShape::Tri,
                "Whether it can go back too.",
            ),
            make_optional_key(
                "copes",
                ConfigShape::Tri,
                "Whether it copes when what it uses is gone: tested, not believed.",
            ),
        ])),
        "Applications that depend on this one.",
    ),
    make_optional_key(
        "live",
        ConfigShape::List(&ConfigShape::Record(&[
            make_optional_key(
                "kind",
                ConfigShape::Text,
                "Which deployer wrote it; detected when absent.",
            ),
            make_required_key("file", ConfigShape::Text, "The file."),
            make_optional_key(
                "name",
                ConfigShape::Text,
                "What it is about where the file does not say: the Helm release, the application.",
            ),
            make_optional_key(
                "namespace",
                ConfigShape::Text,
                "Its namespace, where the file does not say.",
            ),
        ])),
        "State files of deployers.",
    ),
    make_optional_key(
        "process",
        ConfigShape::List(&ConfigShape::Record(&[
            make_required_key("name", ConfigShape::Text, "Its name, as in the pipeline."),
            make_optional_key(
                "kind",
                ConfigShape::Text,
                "database, service, website, verify, notify, ...",
            ),
            make_optional_key("on_rollback", ON, "What happens to it when going back."),
            make_optional_key("on_deploy", ON, "What happens to it when going forward."),
        ])),
        "Steps of the deployment process, in order.",
    ),
    make_optional_key(
        "switches",
        ConfigShape::List(&ConfigShape::Record(&[
            make_required_key("name", ConfigShape::Text, "Its name."),
            make_optional_key("covers", GLOBS, "Paths whose change it switches off."),
        ])),
        "Feature switches.",
    ),
    make_optional_key("roles", TEXTS, "Who is polled at a gate."),
    make_optional_key(
        "rehearsal",
        ConfigShape::Map(&ConfigShape::Text),
        "Commands that rehearse the migrations of a tool that is no SQL (`migrate`, `rollback`); \
            shown, and run only after a yes.",
    ),
    make_optional_key(
        "rehearsals",
        ConfigShape::List(&ConfigShape::Record(&[
            make_required_key(
                "at",
                ConfigShape::Text,
                "When it was held: a date, or a time as in RFC 3339.",
            ),
            make_optional_key(
                "outcome",
                ConfigShape::Word(&["worked", "failed", "stopped"]),
                "How it ended; worked when absent.",
            ),
            make_optional_key(
                "surprises",
                TEXTS,
                "What nobody had expected; each had to be handled by hand.",
            ),
            make_optional_key("environment", ConfigShape::Text, "Where it was held."),
            make_optional_key(
                "process",
                ConfigShape::Text,
                "Fingerprint of the process it went through, as backout rehearse prints it.",
            ),
        ])),
        "Rehearsals of going back that were held, beside those in sessions of this machine.",
    ),
    make_optional_key(
        "automation",
        ConfigShape::Record(&[
            make_optional_key(
                "conditions",
                TEXTS,
                "Names of the only conditions that may trigger a rollback without a person.",
            ),
            make_optional_key("stop", ConfigShape::Text, "Who can stop it while it runs."),
            make_optional_key(
                "tests_trusted",
                ConfigShape::Tri,
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

fn schema_of(shape: &ConfigShape) -> Value {
    match shape {
        ConfigShape::Text => json!({ "type": ["string", "number"] }),
        ConfigShape::Glob => {
            json!({ "type": "string", "description": "A glob: * stays inside a folder, ** crosses \
                folders, no / means any folder." })
        }
        ConfigShape::Tri => json!({ "enum": [true, false, "yes", "no", "unknown"] }),
        ConfigShape::Word(words) => json!({ "enum": words }),
        ConfigShape::List(item) => json!({ "type": ["array", "null"], "items": schema_of(item) }),
        ConfigShape::Map(value) => {
            json!({ "type": ["object", "null"], "additionalProperties": schema_of(value) })
        }
        ConfigShape::Keyed(names, value) => {
            json!({ "type": ["object", "null"], "propertyNames": { "enum": names }, "additionalProperties": schema_of(value) })
        }
        ConfigShape::Record(keys) => {
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
        Config, ConfiguredLiveFile, ContractFile, Dependent, Environment, FeatureSwitch,
        HeldRehearsal, ProcessStep, Service,
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
        fn keys(value: &Value, shape: &ConfigShape, at: &str) {
            match shape {
                ConfigShape::Record(named) => {
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
                ConfigShape::List(item) => value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .for_each(|value| keys(value, item, at)),
                ConfigShape::Map(item) | ConfigShape::Keyed(_, item) => value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .for_each(|(_, value)| keys(value, item, at)),
                ConfigShape::Text | ConfigShape::Glob | ConfigShape::Tri | ConfigShape::Word(_) => {
                }
            }
        }
        let full = Config {
            services: vec![Service::default()],
            environments: [("production".to_owned(), Environment::default())].into(),
            contracts: vec![ContractFile::default()],
            dependents: vec![Dependent::default()],
            live: vec![ConfiguredLiveFile::default()],
            process: vec![ProcessStep::default()],
            switches: vec![FeatureSwitch::default()],
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
            assert_eq!(
                super::super::read_config(text, "x").1.is_empty(),
                good,
                "{text}"
            );
        }
    }
}
