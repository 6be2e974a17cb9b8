use super::*;
use crate::{Event, SessionState};
use model::Strength;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()
}

fn plan() -> Vec<PlanStep> {
    [
        ("Ask the callers to go back", StepMode::Condition),
        ("Deploy 3.0.0", StepMode::Run),
        ("Deploy database changes", StepMode::Skip),
        ("Look at the error rate", StepMode::Verify),
        ("Look at the error rate", StepMode::Afterwards),
    ]
    .map(|(step, how)| PlanStep {
        step: step.into(),
        how,
        why: String::new().into(),
        command: None,
        undo: None,
        expect: None,
    })
    .to_vec()
}

fn decide(option: OptionId) -> EventKind {
    EventKind::Decided {
        option,
        recommended: option,
        strength: Strength::Firm,
        reason: "it harms".into(),
        typed: None,
        second: None,
        expect: None,
        within_minutes: Some(10),
        open: Vec::new(),
    }
}

/// A session that is written to minute by minute.
#[derive(Default)]
struct Session {
    events: Vec<Event>,
    state: SessionState,
}

impl Session {
    fn say(&mut self, minute: i64, what: EventKind) {
        self.events.push(Event {
            seq: self.events.len() as u64 + 1,
            at: at(minute),
            role: None,
            by: None,
            what,
            previous: String::new(),
            hash: String::new(),
        });
        self.state = SessionState::fold(&self.events);
    }

    fn desk(&self) -> RunDesk<'_> {
        RunDesk {
            state: &self.state,
            mode: Mode::Incident,
            read_only: false,
        }
    }

    /// Marks a step by its place in the plan.
    fn mark(&mut self, minute: i64, place: usize, mark: StepMark) -> Result<(), MarkRefusal> {
        let steps = plan();
        let id = identify_plan_steps(&steps)[place].clone();
        let what = self
            .desk()
            .make_mark(OptionId::RollBack, &id, &steps[place], mark)?;
        self.say(minute, what);
        Ok(())
    }

    fn progress(&self) -> RunProgress {
        count_run_progress(&list_run_rows(
            &plan(),
            self.state.runs.find_run(OptionId::RollBack),
        ))
    }
}

#[test]
fn steps_of_the_same_name_have_ids_of_their_own_that_stay() {
    let ids = identify_plan_steps(&plan());
    let unique: std::collections::BTreeSet<&String> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len());
    // another plan around them
    assert_eq!(identify_plan_steps(&plan()[1..])[0], ids[1]);
}

#[test]
fn a_plan_is_run_once_it_is_decided_on_and_each_step_is_done_once() {
    let mut session = Session::default();
    let done = StepMark::Done(None);
    assert_eq!(
        session.mark(0, 0, done.clone()),
        Err(MarkRefusal::Undecided)
    );
    session.say(1, decide(OptionId::RollForward));
    assert_eq!(
        session.mark(1, 0, done.clone()),
        Err(MarkRefusal::OtherOption)
    );
    // going back with conditions is the same way
    session.say(2, decide(OptionId::RollBackWithConditions));
    assert_eq!(session.mark(6, 0, done.clone()), Ok(()));
    assert_eq!(session.mark(6, 0, done.clone()), Err(MarkRefusal::Done));
    assert_eq!(session.mark(6, 0, StepMark::Begin), Err(MarkRefusal::Done));
    assert_eq!(
        session.mark(6, 0, StepMark::Skip("late".to_owned())),
        Err(MarkRefusal::Done)
    );
    assert_eq!(session.mark(7, 2, done.clone()), Err(MarkRefusal::LeftOut));
    assert_eq!(session.mark(7, 1, StepMark::Begin), Ok(()));
    assert_eq!(
        session.mark(7, 1, StepMark::Begin),
        Err(MarkRefusal::Running)
    );
    assert_eq!(session.mark(9, 1, StepMark::Fail(None)), Ok(()));
    assert_eq!(
        session.mark(9, 1, StepMark::Fail(None)),
        Err(MarkRefusal::Failed)
    );
    assert_eq!(
        session.mark(9, 3, StepMark::Skip("  ".to_owned())),
        Err(MarkRefusal::NoReason)
    );
    assert_eq!(
        session.mark(9, 3, StepMark::Skip("no graph".to_owned())),
        Ok(())
    );
    assert_eq!(
        session.mark(9, 3, StepMark::Note(" ".to_owned())),
        Err(MarkRefusal::NoText)
    );
    assert_eq!(
        session.progress(),
        RunProgress {
            steps: 4,
            done: 1,
            skipped: 1,
            failed: 1,
            acting: 1
        }
    );
    // what failed can be done after all; it is timed from when it was begun
    assert_eq!(session.mark(11, 1, done.clone()), Ok(()));
    let run = session.state.runs.find_run(OptionId::RollBack).unwrap();
    let took: Vec<Option<u64>> = run.steps.iter().map(|step| step.seconds).collect();
    assert_eq!(took, [Some(240), Some(240), None]);
    assert_eq!(session.progress().acting, 0);
    session.say(12, EventKind::closed());
    assert_eq!(session.mark(12, 4, done.clone()), Err(MarkRefusal::Closed));
    let watched = RunDesk {
        read_only: true,
        ..session.desk()
    };
    let steps = plan();
    assert_eq!(
        watched
            .make_mark(OptionId::RollBack, "x", &steps[3], done)
            .unwrap_err(),
        MarkRefusal::ReadOnly
    );
}

#[test]
fn a_mark_that_is_taken_back_no_longer_counts() {
    let mut session = Session::default();
    session.say(0, decide(OptionId::RollBack));
    session.mark(3, 0, StepMark::Done(None)).unwrap();
    session.mark(4, 1, StepMark::Done(None)).unwrap();
    session.say(5, EventKind::Withdrawn { seq: 3 });
    assert_eq!(session.progress().done, 1);
    assert_eq!(session.mark(6, 1, StepMark::Done(None)), Ok(()));
}

#[test]
fn what_was_done_is_kept_when_the_plan_changes() {
    let mut session = Session::default();
    session.say(0, decide(OptionId::RollBack));
    session.mark(3, 0, StepMark::Done(None)).unwrap();
    session.mark(4, 1, StepMark::Done(None)).unwrap();
    let steps = plan();
    let run = session.state.runs.find_run(OptionId::RollBack);
    let rows = list_run_rows(&steps[1..], run);
    assert_eq!(rows.len(), 5);
    let gone = rows.last().unwrap();
    assert_eq!(
        (gone.step, gone.says(), gone.standing()),
        (
            None,
            "Ask the callers to go back".into(),
            StepStanding::Done
        )
    );
    let progress = count_run_progress(&rows);
    assert_eq!((progress.steps, progress.done), (4, 2));
}

#[test]
fn a_hold_ends_no_run_and_another_way_does() {
    let mut session = Session::default();
    session.say(0, decide(OptionId::RollBack));
    session.mark(3, 0, StepMark::Done(None)).unwrap();
    session.say(4, decide(OptionId::Hold));
    session.say(9, decide(OptionId::RollBack));
    assert_eq!(session.mark(9, 0, StepMark::Begin), Err(MarkRefusal::Done));
    session.say(10, decide(OptionId::RollForward));
    let forward = EventKind::StepDone {
        of: StepOf {
            option: OptionId::RollForward,
            step: "f".to_owned(),
            says: "Deploy 3.1.1".into(),
            how: StepMode::Run,
        },
        seconds: None,
    };
    session.say(12, forward);
    session.say(13, decide(OptionId::RollBack));
    assert_eq!(session.mark(14, 0, StepMark::Done(None)), Ok(()));
    assert_eq!(session.state.runs.runs.len(), 3);
}

#[test]
fn the_clock_of_what_is_expected_begins_when_the_last_acting_step_ends() {
    let mut session = Session::default();
    session.say(0, decide(OptionId::RollBack));
    let due = |session: &Session| {
        find_expectation_due(&session.state, OptionId::RollBack, at(0), 10).unwrap()
    };
    assert_eq!(due(&session), at(10));
    session.mark(4, 0, StepMark::Done(None)).unwrap();
    session.mark(7, 1, StepMark::Done(None)).unwrap();
    assert_eq!(due(&session), at(17));
    // looking changes nothing, and puts nothing off
    session.mark(12, 3, StepMark::Done(None)).unwrap();
    assert_eq!(due(&session), at(17));
}

#[test]
fn a_rehearsal_goes_back_without_a_decision() {
    let session = Session::default();
    let desk = RunDesk {
        mode: Mode::Rehearsal,
        ..session.desk()
    };
    let allows = |option| desk.allows_option(option);
    assert_eq!(allows(OptionId::RollBackWithConditions), Ok(()));
    assert_eq!(allows(OptionId::RollForward), Err(MarkRefusal::OtherOption));
}

#[test]
fn a_step_is_named_by_number_id_or_not_at_all() {
    let steps = plan();
    let rows = list_run_rows(&steps, None);
    let ids = identify_plan_steps(&steps);
    let chosen = |name: Option<&str>| choose_run_row(&rows, name).map(|row| row.id.clone());
    assert_eq!(chosen(None).as_ref(), Ok(&ids[0]));
    // what the plan leaves out has no number
    assert_eq!(chosen(Some("3")).as_ref(), Ok(&ids[3]));
    assert_eq!(chosen(Some(&ids[1])).as_ref(), Ok(&ids[1]));
    assert_eq!(chosen(Some(&ids[1][..6])).as_ref(), Ok(&ids[1]));
    // two steps of one name: the first by its whole id, the second by its own
    assert_eq!(chosen(Some(&ids[3])).as_ref(), Ok(&ids[3]));
    assert_eq!(chosen(Some(&ids[4])).as_ref(), Ok(&ids[4]));
    assert!(chosen(Some(&ids[3][..8])).unwrap_err().contains("Several"));
    for wrong in ["9", "0", "abc", "zzzzzz", ""] {
        assert!(chosen(Some(wrong)).is_err(), "{wrong}");
    }
}

#[test]
fn the_last_mark_of_the_run_is_taken_back_and_nothing_else() {
    let steps = plan();
    let ids = identify_plan_steps(&steps);
    let mut session = Session::default();
    session.say(0, decide(OptionId::RollForward));
    let mark = |session: &mut Session, minute, at: usize, option| {
        let of = StepOf {
            option,
            step: ids[at].clone(),
            says: steps[at].step.clone(),
            how: steps[at].how,
        };
        session.say(minute, EventKind::StepDone { of, seconds: None });
    };
    mark(&mut session, 1, 0, OptionId::RollForward);
    session.say(2, decide(OptionId::RollBack));
    let back = |session: &Session, id: Option<&str>| {
        find_mark_to_take_back(&session.events, OptionId::RollBackWithConditions, id)
            .map(|event| event.seq)
    };
    assert_eq!(back(&session, None), None, "that was another way");
    mark(&mut session, 3, 0, OptionId::RollBack);
    mark(&mut session, 4, 1, OptionId::RollBack);
    session.say(5, decide(OptionId::Hold));
    assert_eq!(back(&session, None), Some(5));
    assert_eq!(back(&session, Some(&ids[0])), Some(4));
    session.say(6, EventKind::Withdrawn { seq: 5 });
    assert_eq!(back(&session, None), Some(4));
    assert_eq!(back(&session, Some(&ids[1])), None);
}
