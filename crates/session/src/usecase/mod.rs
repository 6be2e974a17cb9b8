//! Use cases: what a person does with the tool, written once for the screens, for lines of text and
//! for every command.
//!
//! Deciding, the law of a gate, running a plan, beginning a session, answering and recording stand here. The shells
//! (`tui`, `app`, `command`, `report`) show what comes of it and have no rule of their own;
//! `tests/program/laws.rs` runs the same rows through the commands and through the screens.

mod deciding;
mod gate;
mod known;
mod poll;
mod record;
mod replay;
mod run;
mod wording;

pub use deciding::{
    Basis, DecisionResult, ReadStages, decide_assessment, decide_from_basis, exit_code,
    plan_of_rehearsal, tell_checklist,
};
pub use gate::{
    GateCall, GateItemResult, Hearing, Voice, assess_gate, call_of, check_gate_items,
    list_last_voices, make_gate_call_events,
};
pub use known::{Clock, combine_known_facts, gate_of, live_minutes};
pub use poll::{
    RoleAnswer, SaidError, list_polled_roles, list_silent_roles, make_poll_event, parse_poll_word,
    role_named,
};
pub use record::{
    Opening, SpeakerDetails, TOOL, last_verdict, make_answered_event, make_assessed_event,
    make_session_start, make_stated_facts, make_verdict_event, resolve_repository_folder,
    same_reading,
};
pub use replay::{Replay, as_it_stood, decision_at, facts_at, last_decision, plan_as_it_stands};
pub use run::{
    MarkRefusal, RunDesk, RunProgress, RunRow, StepMark, choose_run_row, count_run_progress,
    find_expectation_due, find_mark_to_take_back, find_run_option, identify_plan_steps,
    list_run_rows, number_run_rows, read_row_step, write_step_mark,
};
pub use wording::{
    Wording, fact_name, write_fact_origin, write_fact_value, write_minutes, write_reverting_effect,
};
