//! Bounds that several readers and comparers keep to.

/// Most changes noted for one contract, but for the first of each kind; what is beyond is counted.
pub(super) const MAX_CHANGES: usize = 3_000;

/// Most changes noted for all contracts of a range, but for the first of each kind in each; what is
/// beyond is counted.
pub(super) const MAX_ALL_CHANGES: usize = 20_000;

/// Most operations kept for one shared schema; where there are more, nothing is taken for not used.
pub(super) const MAX_OPERATIONS: usize = 200;

/// Most files looked at for being the root of a changed fragment.
pub(super) const MAX_ROOT_CANDIDATES: usize = 400;
