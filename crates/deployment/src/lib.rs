//! What is live, the process and its steps, staging.
//!
//! Everything here is pure: bytes that somebody handed in and trees of a
//! [`Snapshot`](model::Snapshot) go in, facts and findings come out. No deployer is ever
//! called; the reader of each file says which command writes the file that answers.

pub mod calendar;
pub mod declared;
pub mod ladder;
pub mod live;
pub mod ocl;
pub mod owners;
pub mod platform;
pub mod process;
pub mod staging;

use model::CheckDoc;

/// Documentation of every check of this room, ordered by id.
pub fn list_deployment_checks() -> Vec<CheckDoc> {
    let mut docs = [
        live::list_state_note_checks(),
        live::list_past_rollback_checks(),
        process::list_process_checks(),
        staging::list_staging_checks(),
        calendar::list_calendar_checks(),
        declared::list_declaration_checks(),
    ]
    .concat();
    docs.sort_by_key(|doc| doc.id);
    docs
}
