//! OpenAPI 3 and Swagger 2, read into one model and compared by operation.

mod compare;
mod parts;
mod read;
mod security;

use super::change::Log;
use super::document::Library;

/// Notes every difference between two documents. A side that is absent has no operations.
pub(super) fn compare(old: &Library, new: &Library, log: &mut Log) {
    let (a, b) = (read::read(old), read::read(new));
    compare::run(old, new, &a, &b, log);
}
