//! How one dependent stands to one change.

use model::{Adoption, Evidence};

/// How one dependent stands to one change.
pub(super) struct AdoptionVerdict {
    pub adoption: Adoption,
    pub places: Vec<Evidence>,
}
