//! Checks: what changed between two releases and what it means on the way back. They see trees only
//! through [`Snapshot`](crate::model::Snapshot), so they run on in-memory fixtures as on git.

pub use ::contract;
pub use ::coverage::ledger as coverage;
pub use ::coverage::{
    ContractOutcome, DatabaseOutcome, DependentTree, DependentUse, ReleaseRange, StoredOutcome,
    SurroundingsOutcome, globs, guard, place,
};
pub use ::schema as database;
pub use ::surroundings;
pub use ::surroundings::stored;

use crate::model::CheckDoc;

/// Every check's documentation, ordered by id.
pub fn list_checks() -> Vec<CheckDoc> {
    let mut docs: Vec<CheckDoc> = [
        database::list_database_checks(),
        stored::list_stored_form_docs(),
        contract::list_contract_docs(),
        surroundings::list_surroundings_docs(),
    ]
    .concat();
    docs.sort_by_key(|doc| doc.id);
    docs
}
