//! Rows for graphql.

use super::Rule;

pub(in super::super) static RULES: &[Rule] = &[];
