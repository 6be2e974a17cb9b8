//! AsyncAPI.
use super::{change::Log, document::Library};
pub(super) fn compare(_o: &Library, _n: &Library, _log: &mut Log) {}
