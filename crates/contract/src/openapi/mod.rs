//! OpenAPI 3 and Swagger 2, read into one model and compared by operation.

mod compare;
mod parts;
mod read;
mod responses;
mod security;

use super::change::Log;
use super::document::DocumentSet;

/// Notes every difference between two documents. A side that is absent has no operations.
pub(super) fn compare_openapi_documents(old: &DocumentSet, new: &DocumentSet, log: &mut Log) {
    let (a, b) = (read::read_openapi(old), read::read_openapi(new));
    compare::compare_openapi_apis(old, new, &a, &b, log);
}
