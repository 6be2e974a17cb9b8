//! Avro.
use super::{change::Log, gather::Changed};
use crate::model::Unchecked;
pub(super) fn compare(_f: &Changed, _o: Option<&str>, _n: Option<&str>, _log: &mut Log) -> Vec<Unchecked> {
    Vec::new()
}
