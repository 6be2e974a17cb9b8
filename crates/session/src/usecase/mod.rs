//! Use cases: what a person does with the tool, written once for the screens, for lines of text and
//! for every command.
//!
//! Deciding, the law of a gate, beginning a session, answering and recording stand here. The shells
//! (`tui`, `app`, `command`, `report`) show what comes of it and have no rule of their own;
//! `tests/program/laws.rs` runs the same rows through the commands and through the screens.

mod deciding;
mod gate;
mod known;
mod poll;
mod record;
mod replay;
mod wording;

pub use deciding::{
    Basis, Decided, Reading, decide, decide_assessment, exit_code, plan_of_rehearsal,
    tell_checklist,
};
pub use gate::{Call, Hearing, Look, Voice, call_of, called, hear, looks, voices};
pub use known::{Clock, gate_of, known, live_minutes};
pub use poll::{Said, SaidError, polled, role_named, roles, said, silent};
pub use record::{
    Opening, Speaker, TOOL, answered, assessed, last_verdict, place, same_reading, start, stated,
    verdict,
};
pub use replay::{Replay, as_it_stood, decision_at, facts_at, last_decision};
pub use wording::{Wording, fact_name, minutes, reverting, value};
