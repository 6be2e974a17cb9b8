//! Checks: what changed between two releases and what it means on the way back. They see trees only
//! through [`Snapshot`](crate::model::Snapshot), so they run on in-memory fixtures as on git. Each is
//! declared once, in the same form in every room.

pub use ::contract;
pub use ::coverage::ledger as coverage;
pub use ::coverage::{
    ContractOutcome, DatabaseOutcome, DependentTree, DependentUse, ReleaseRange, StoredOutcome,
    SurroundingsOutcome, globs, guard, place,
};
pub use ::schema as database;
pub use ::surroundings;
pub use ::surroundings::stored;

use crate::model::CheckDeclaration;

/// Every check of every room, ordered by id.
pub fn list_checks() -> Vec<CheckDeclaration> {
    let mut checks: Vec<CheckDeclaration> = [
        database::list_database_checks(),
        stored::list_stored_form_checks(),
        contract::list_contract_checks(),
        surroundings::list_surroundings_checks(),
        ::deployment::list_deployment_checks(),
    ]
    .concat();
    checks.sort_by_key(|check| check.doc.id);
    checks
}
