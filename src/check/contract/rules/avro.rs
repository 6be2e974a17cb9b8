//! Rows for avro.

use super::Rule;

pub(in super::super) static RULES: &[Rule] = &[];
