//! A session as it stood at any of its events, decided as the screens decided it then.

use super::{
    Basis, Clock, DecisionResult, ReadStages, combine_known_facts, decide_from_basis, gate_of,
};
use crate::{Event, EventKind, SessionError, SessionState, state_at};
use decision::checklist::Checklist;
use decision::{self, DecisionContext, Resolved};
use model::{Assessment, Config, Decision, OptionId, Strength};

/// The facts in force right after event `seq`.
pub fn facts_at(events: &[Event], seq: u64) -> Resolved {
    let state = state_at(events, seq);
    let (sensed, stated) = collect_replayed_facts(&state);
    decision::resolve_facts(&sensed, &stated)
}

/// The decision as it stood right after event `seq`: with the facts, the gate and the time of that
/// event, and the checklist that was in force. `None` before the session began.
///
/// # Errors
/// When the checklist of the journal cannot be read.
pub fn decision_at(events: &[Event], seq: u64) -> Result<Option<Decision>, SessionError> {
    Replay {
        state: state_at(events, seq),
        ..Replay::default()
    }
    .decision()
}

/// A session event by event: each is taken in once, and the checklist is read once.
#[derive(Default)]
pub struct Replay {
    state: SessionState,
    /// The checklist that is in force, with its text.
    checklist: Option<(String, Checklist)>,
}

impl Replay {
    /// Takes in the next event, and gives option and strength of the decision as it stood right
    /// after it; the same as those of [`decision_at`].
    ///
    /// # Errors
    /// When the checklist of the journal cannot be read.
    pub fn step(&mut self, event: &Event) -> Result<Option<(OptionId, Strength)>, SessionError> {
        self.state.apply(event);
        self.at_hand(|basis| {
            let facts = decision::resolve_facts(basis.sensed, basis.stated).facts;
            decision::find_verdict(&facts, basis.checklist, basis.context)
        })
    }

    fn decision(&mut self) -> Result<Option<Decision>, SessionError> {
        self.decide_with(None, &Config::default(), |decided, _| decided.decision)
    }

    /// Decides with what is known after the last event that was taken in. `None` before the session
    /// began.
    fn decide_with<T>(
        &mut self,
        assessment: Option<&Assessment>,
        config: &Config,
        take: impl FnOnce(DecisionResult, &Basis<'_>) -> T,
    ) -> Result<Option<T>, SessionError> {
        self.at_hand(|basis| {
            let basis = Basis {
                assessment,
                config,
                ..basis.clone()
            };
            take(decide_from_basis(&basis), &basis)
        })
    }

    /// Takes what is known after the last event that was taken in. `None` before the session began.
    fn at_hand<T>(
        &mut self,
        take: impl FnOnce(&Basis<'_>) -> T,
    ) -> Result<Option<T>, SessionError> {
        let state = &self.state;
        let (Some(start), Some(event)) = (&state.start, state.events.last()) else {
            return Ok(None);
        };
        let known = self
            .checklist
            .take()
            .filter(|(text, _)| *text == start.checklist);
        let (text, checklist) = match known {
            Some(known) => known,
            None => (
                start.checklist.clone(),
                read_recorded_checklist(&start.checklist)?,
            ),
        };
        let (previous, current) = state
            .pair
            .clone()
            .unwrap_or_else(|| (start.previous.clone(), start.current.clone()));
        let gate = gate_of(state, &state.sensed);
        let context = DecisionContext {
            mode: start.mode,
            gate,
            now: event.at,
            deadline: start.deadline,
            previous,
            current,
            looked: decision::LookedAt::default(),
        };
        let (sensed, stated) = collect_replayed_facts(state);
        let config = Config::default();
        let basis = Basis {
            sensed: &sensed,
            stated: &stated,
            checklist: &checklist,
            context: &context,
            assessment: None,
            config: &config,
            reading: &ReadStages::Whole,
        };
        let taken = take(&basis);
        self.checklist = Some((text, checklist));
        Ok(Some(taken))
    }
}

fn read_recorded_checklist(checklist: &str) -> Result<Checklist, SessionError> {
    Checklist::from_yaml(checklist).map_err(|lints| {
        let first = lints.first().map_or_else(String::new, |lint| {
            format!(": line {}: {}", lint.line, lint.says)
        });
        SessionError::Other(format!(
            "The checklist kept in the journal cannot be read{first}."
        ))
    })
}

/// Lays the decision of event `seq` over an assessment of the same releases: the verdict as it
/// stood then, and the plan of what was decided, or of what was recommended where nobody decided.
/// Does nothing before the session began.
///
/// # Errors
/// When the checklist of the journal cannot be read.
pub fn as_it_stood(
    events: &[Event],
    seq: u64,
    assessment: &mut Assessment,
    config: &Config,
) -> Result<(), SessionError> {
    let chosen = events.iter().rev().find_map(|event| match &event.what {
        EventKind::Decided { option, .. } if event.seq == seq => Some(*option),
        _ => None,
    });
    let mut replay = Replay {
        state: state_at(events, seq),
        ..Replay::default()
    };
    let told = replay.decide_with(Some(assessment), config, |decided, basis| {
        let plan = decided.plan(chosen.unwrap_or(decided.decision.option), basis);
        (decided, plan)
    })?;
    if let Some((decided, plan)) = told {
        assessment.facts = decided.resolved.facts;
        assessment.preflight = decided.preflight;
        assessment.no_return = decided.no_return;
        assessment.plan = plan;
        assessment.verdict = Some(decided.decision);
    }
    Ok(())
}

/// The steps of an option as the session stands now, over an assessment of its releases. Empty
/// before the session began.
///
/// # Errors
/// When the checklist of the journal cannot be read.
pub fn plan_as_it_stands(
    events: &[Event],
    assessment: &Assessment,
    config: &Config,
    choose: impl FnOnce(&Decision) -> Option<OptionId>,
) -> Result<Option<(OptionId, Vec<model::PlanStep>)>, SessionError> {
    let mut replay = Replay {
        state: state_at(events, u64::MAX),
        ..Replay::default()
    };
    let planned = replay.decide_with(Some(assessment), config, |decided, basis| {
        let option = choose(&decided.decision)?;
        Some((option, decided.plan(option, basis)))
    })?;
    Ok(planned.flatten())
}

/// The decision that people made last and did not take back: its event.
pub fn last_decision(events: &[Event]) -> Option<&Event> {
    let gone = crate::find_withdrawn_events(events.iter());
    events
        .iter()
        .rev()
        .find(|event| matches!(event.what, EventKind::Decided { .. }) && !gone.contains(&event.seq))
}

fn collect_replayed_facts(state: &SessionState) -> (Vec<model::Fact>, Vec<model::Fact>) {
    let now = state
        .events
        .last()
        .map_or(jiff::Timestamp::UNIX_EPOCH, |event| event.at);
    let clock = Clock {
        now,
        deployed_at: state.start.as_ref().and_then(|start| start.deployed_at),
        source: None,
    };
    combine_known_facts(state.sensed.clone(), state, &clock)
}
