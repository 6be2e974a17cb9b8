//! The commits that two releases do not have in common.

use git2::Oid;

use model::ReleaseRelation;

/// Both sides of a pair.
#[derive(Debug)]
pub struct CommitRange {
    /// `previous..current`, newest first.
    pub current_only: Vec<Oid>,
    /// `current..previous`, newest first.
    pub previous_only: Vec<Oid>,
    /// How they lie.
    pub relation: ReleaseRelation,
}
