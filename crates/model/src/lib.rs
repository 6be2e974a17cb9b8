//! Plain data shared by every room: what a release is, what changed, what was found, what was
//! decided.
//!
//! Nothing here does input or output. The serialised form of [`Assessment`] is the public JSON
//! contract (`assets/assessment.schema.json`): keys are snake_case, enumerated values kebab-case.

mod advisory;
mod arrival;
mod assessment;
mod cannot_rule;
mod change;
mod changelog;
mod check;
mod check_id;
mod checklist_change;
mod config;
mod contract;
mod coverage;
mod decision;
mod declaration;
mod encoding;
mod fact;
pub mod fact_key;
mod finding;
mod forge;
mod migration;
mod migration_history;
mod operation_kind;
mod past_rollback;
mod process;
mod rehearsal;
mod release;
mod snapshot;
mod text;
mod tool;
mod untrusted;
mod way_back;
mod word;

pub use advisory::list_advisory_ids;
pub use arrival::*;
pub use assessment::*;
pub use cannot_rule::*;
pub use change::*;
pub use changelog::*;
pub use check::*;
pub use check_id::*;
pub use checklist_change::*;
pub use config::*;
pub use contract::*;
pub use coverage::*;
pub use decision::*;
pub use declaration::*;
pub use encoding::*;
pub use fact::*;
pub use finding::*;
pub use forge::*;
pub use migration::*;
pub use migration_history::*;
pub use operation_kind::*;
pub use past_rollback::*;
pub use process::*;
pub use rehearsal::*;
pub use release::*;
pub use snapshot::*;
pub use text::*;
pub use tool::*;
pub use untrusted::Untrusted;
pub use way_back::*;
pub use word::{Vocabulary, Word};
