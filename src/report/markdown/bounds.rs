//! Bounds that keep the whole below what forges take in one comment (65,536 characters).

pub(super) const STEPS: usize = 6;

pub(super) const ENTRIES: usize = 40;
