//! What each step means for the release we would go back to: judged on the schema at the end of the
//! range, with what that release uses, so that what was made and undone inside the range, and what
//! old code no longer touches, does no harm.

pub mod alone;
mod column;
mod column_computed;
mod column_null;
mod column_reference;
mod column_whole;
mod compare;
mod compared_column;
mod condition;
mod condition_tokens;
mod condition_value;
mod dependent;
mod dependents;
mod fate;
mod judge_step;
mod judgement;
mod program;
mod program_type;
mod refusing;
mod restate;
mod retype;
mod row;
mod rule;
mod rule_added;
mod rule_facts;
mod rule_unique;
mod table;
mod vain;
mod view;

pub use compare::{TypeChange, compare_types};
pub use judge_step::judge_step;
pub use judgement::{Control, JudgeInput};
pub use vain::SEARCHED;
