//! Schemas of OpenAPI, Swagger, AsyncAPI and JSON Schema: read into a view in which equal meanings
//! look alike, and compared by side.

mod bounds;
mod compare;
mod condition_keywords;
mod conditions;
mod name_patterns;
mod parts;
mod properties;
pub(super) mod twins;
mod union;
mod view;
mod web;

pub(super) use compare::SchemaDiff;
pub(super) use view::write_canonical_schema;

/// Who writes and who reads what a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum SchemaUse {
    /// Callers write, the service reads.
    Request,
    /// The service writes, callers read.
    Response,
    /// Messages and documents: both releases write and read.
    Data,
}

impl SchemaUse {
    /// First part of its rules' ids.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Data => "data",
        }
    }
}

// lost in silence, such a parameter does more than it was asked for
/// Names of parameters and properties whose silent loss does harm: they guard, narrow or make
/// repeatable.
pub(super) fn is_guard(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "dryrun",
        "force",
        "limit",
        "offset",
        "page",
        "pagesize",
        "perpage",
        "pagetoken",
        "cursor",
        "filter",
        "filters",
        "tenant",
        "tenantid",
        "where",
        "since",
        "until",
        "idempotency",
        "idempotencykey",
        "idempotencykeys",
        "ifmatch",
        "ifnonematch",
        "validateonly",
        "preview",
        "query",
        "scope",
        "maxresults",
        "top",
        "skip",
        "simulate",
        "confirm",
        "expectedversion",
    ];
    // `dry_run`, `dryRun` and `Dry-Run` are one name
    let plain: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    WORDS.contains(&plain.as_str())
}
