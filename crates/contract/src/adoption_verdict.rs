//! How one dependent stands to one change.

use model::{Adoption, Evidence};

/// Most places shown for one change.
pub(super) const MAX_PLACES: usize = 8;

/// How one dependent stands to one change.
pub(super) struct AdoptionVerdict {
    pub adoption: Adoption,
    pub places: Vec<Evidence>,
}
