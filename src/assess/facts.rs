//! One table from findings to facts.
