//! Rows for asyncapi.

use super::Rule;

pub(in super::super) static RULES: &[Rule] = &[];
