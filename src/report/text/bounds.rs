//! Bounds that several parts of the text share.

/// Most notes that are written out; the rest is counted.
pub(super) const NOTES: usize = 8;

/// Longest text of a finding, an entry or an answer, in characters.
pub(super) const LONGEST: usize = 400;
