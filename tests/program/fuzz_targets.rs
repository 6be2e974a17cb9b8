//! The fuzz targets themselves, compiled without instrumentation: `main.rs` stands in for the two
//! crates that they name.

#![allow(
    unused_attributes,
    reason = "a target is a crate of its own, and says so"
)]

#[path = "../../fuzz/fuzz_targets/cel.rs"]
mod cel;
#[path = "../../fuzz/fuzz_targets/checklist.rs"]
mod checklist;
#[path = "../../fuzz/fuzz_targets/commits.rs"]
mod commits;
#[path = "../../fuzz/fuzz_targets/config.rs"]
mod config;
#[path = "../../fuzz/fuzz_targets/contract_asyncapi.rs"]
mod contract_asyncapi;
#[path = "../../fuzz/fuzz_targets/contract_avro.rs"]
mod contract_avro;
#[path = "../../fuzz/fuzz_targets/contract_graphql.rs"]
mod contract_graphql;
#[path = "../../fuzz/fuzz_targets/contract_json_schema.rs"]
mod contract_json_schema;
#[path = "../../fuzz/fuzz_targets/contract_openapi.rs"]
mod contract_openapi;
#[path = "../../fuzz/fuzz_targets/contract_pact.rs"]
mod contract_pact;
#[path = "../../fuzz/fuzz_targets/contract_protobuf.rs"]
mod contract_protobuf;
#[path = "../../fuzz/fuzz_targets/contract_template.rs"]
mod contract_template;
#[path = "../../fuzz/fuzz_targets/contract_typescript.rs"]
mod contract_typescript;
#[path = "../../fuzz/fuzz_targets/deployment.rs"]
mod deployment;
#[path = "../../fuzz/fuzz_targets/guard.rs"]
mod guard;
#[path = "../../fuzz/fuzz_targets/incidents.rs"]
mod incidents;
#[path = "../../fuzz/fuzz_targets/journal.rs"]
mod journal;
#[path = "../../fuzz/fuzz_targets/live.rs"]
mod live;
#[path = "../../fuzz/fuzz_targets/migration.rs"]
mod migration;
#[path = "../../fuzz/fuzz_targets/migration_history.rs"]
mod migration_history;
#[path = "../../fuzz/fuzz_targets/ocl.rs"]
mod ocl;
#[path = "../../fuzz/fuzz_targets/program.rs"]
mod program;
#[path = "../../fuzz/fuzz_targets/saved.rs"]
mod saved;
#[path = "../../fuzz/fuzz_targets/settings.rs"]
mod settings;
#[path = "../../fuzz/fuzz_targets/words.rs"]
mod words;

/// Every target by its name.
pub const TARGETS: [crate::readers::targets::Reader; 25] = [
    ("cel", cel::run),
    ("checklist", checklist::run),
    ("commits", commits::run),
    ("config", config::run),
    ("contract_asyncapi", contract_asyncapi::run),
    ("contract_avro", contract_avro::run),
    ("contract_graphql", contract_graphql::run),
    ("contract_json_schema", contract_json_schema::run),
    ("contract_openapi", contract_openapi::run),
    ("contract_pact", contract_pact::run),
    ("contract_protobuf", contract_protobuf::run),
    ("contract_template", contract_template::run),
    ("contract_typescript", contract_typescript::run),
    ("deployment", deployment::run),
    ("guard", guard::run),
    ("incidents", incidents::run),
    ("journal", journal::run),
    ("live", live::run),
    ("migration", migration::run),
    ("migration_history", migration_history::run),
    ("ocl", ocl::run),
    ("program", program::run),
    ("saved", saved::run),
    ("settings", settings::run),
    ("words", words::run),
];
