//! The ways that do not go back: forward, switch off, shift traffic, stop the harm, hold, restore,
//! go and no-go.

use super::{NAMED, PlanBuilder, THEN_STEP};
use crate::checklist::SituationId;
use crate::explain::option_shout;
use model::fact_key;
use model::{
    ChangelogEntry, ConditionKind, OptionId, StateFileKind, StepMode, StepOrigin, escape_invisible,
};

/// Tools whose way back moves traffic and deploys nothing.
const SHIFTS: [StateFileKind; 3] = [
    StateFileKind::ArgoRollouts,
    StateFileKind::Lambda,
    StateFileKind::Azure,
];

impl PlanBuilder<'_> {
    pub(super) fn forward(&mut self) {
        let current = self.current();
        self.older_target();
        // a fix that exists is neither branched nor written again
        let state = self.fact(fact_key::FIX_STATE).map(str::to_owned);
        let exists = matches!(state.as_deref(), Some("written" | "tested"));
        if exists {
            self.add(
                StepMode::Check,
                "See that the fix was made on the commit that is live, with nothing else on it",
                "other work in the same build is a second change at a bad time",
            );
        } else {
            self.branch_off(&current);
            let entries: Vec<ChangelogEntry> = self.standing().cloned().collect();
            self.fix_or_revert(&entries);
        }
        if self.assessment.changelog.lost_from_previous > 0 {
            let count = self.assessment.changelog.lost_from_previous;
            let says = format!(
                "Carry over the {count} commits that only {} has, where they matter",
                self.previous()
            );
            self.add(StepMode::Run, says, "they got lost on the way forward");
        }
        if state.as_deref() != Some("tested") {
            self.add(
                StepMode::Run,
                "Test the fix against the live schema and its dependents",
                "a second bad release does more damage than the first",
            )
            .expect = Some(
                ("the test that shows the fault fails on what is live and passes with the fix")
                    .into(),
            );
        }
        self.deploy_fix(&current);
        self.expectation("the symptom is gone with the fix");
        self.add(
            StepMode::Afterwards,
            "Merge the fix back into the main line",
            "the next release must not lose it",
        );
        self.tell("a fix is live");
    }

    fn branch_off(&mut self, current: &str) {
        let commit = self.assessment.current.commit.clone();
        let sure = commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        let branch: String = current
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') {
                    c
                } else {
                    '-'
                }
            })
            .take(60)
            .collect();
        // as much of it as fits a line: a command that is broken over two is copied wrong
        let short: String = escape_invisible(&commit).chars().take(12).collect();
        let says = format!("Branch from the commit that is live, {short}");
        let step = self.add(
            StepMode::Run,
            says,
            "no other unreleased work gets into the fix",
        );
        step.command = sure
            .then(|| {
                format!(
                    "git switch --create fix-{} {short}",
                    branch.trim_matches(['-', '.'])
                )
            })
            .map(Into::into);
        step.undo = Some("Delete the branch".into());
    }

    /// The release before was no good target; an older one may be, and nothing was read of it.
    fn older_target(&mut self) {
        let not_good = self.fact(fact_key::DEPLOYMENT_PREVIOUS_GOOD) == Some("no");
        let gone = self.fact(fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE) == Some("no")
            && self.fact(fact_key::DEPLOYMENT_PREVIOUS_SOURCE) == Some("no");
        if not_good || gone {
            let says = format!(
                "Look whether a release before {} was good and can be deployed, and assess that \
                    one",
                self.previous()
            );
            self.add(
                StepMode::Check,
                says,
                "it may be the quicker way; nothing that was read here is about it",
            );
        }
    }

    fn fix_or_revert(&mut self, entries: &[ChangelogEntry]) {
        match entries {
            [only]
                if only.commit.len() >= 40
                    && only.commit.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
            {
                let says = format!("Revert the one change, or fix it: {}", only.title);
                self.add(StepMode::Run, says, "the range holds a single change")
                    .command = Some(format!("git revert --no-edit {}", only.commit).into());
            }
            _ => {
                let why = if entries.is_empty() {
                    "the range names no change".to_owned()
                } else {
                    format!(
                        "{} changes are live, and most of them are fine",
                        entries.len()
                    )
                };
                self.add(
                    StepMode::Run,
                    "Write the fix, or revert the one change that causes it",
                    why,
                );
            }
        }
    }

    /// The steps of the process, as far as it is known.
    fn deploy_fix(&mut self, current: &str) {
        if !self.assessment.process.is_empty() {
            // a step that the process lacks belongs to the way back alone
            for step in
                self.assessment.process.iter().filter(|step| {
                    step.evidence.is_some() && step.origin != Some(StepOrigin::Previous)
                })
            {
                let left_out = step.on_deploy == Some(false)
                    || (step.on_deploy.is_none() && step.on_rollback.how == StepMode::RollbackOnly);
                if left_out {
                    self.add(
                        StepMode::Skip,
                        escape_invisible(&step.name),
                        "the process skips it when deploying",
                    );
                } else {
                    self.add(StepMode::Run, escape_invisible(&step.name), "with the fix");
                }
            }
        } else if self.config.process.is_empty() {
            self.add(
                StepMode::Run,
                "Deploy the fix the usual way, gate by gate",
                "people know the usual process best",
            )
            .undo = Some(format!("Decide again: {current} or {}", self.previous()).into());
        } else {
            for step in self.config.process.clone() {
                let name = escape_invisible(&step.name).into_owned();
                match step
                    .on_deploy
                    .as_deref()
                    .or(if step.on_rollback.as_deref() == Some("only") {
                        Some("skip")
                    } else {
                        None
                    }) {
                    Some("skip") => {
                        self.add(StepMode::Skip, name, "the process skips it when deploying")
                    }
                    _ => self.add(StepMode::Run, name, "with the fix"),
                };
            }
        }
    }

    pub(super) fn flag_off(&mut self) {
        self.switch_off();
        self.expectation("the symptom is gone with the switch off");
        self.add(
            StepMode::Afterwards,
            "Write down that the switch is off, until when, and who turns it on",
            "a switch that people forget causes the next incident",
        );
        self.tell("the change is switched off");
    }

    /// The switch by its name, where the project names one.
    fn switch_off(&mut self) {
        let names: Vec<String> = self
            .config
            .switches
            .iter()
            .map(|switch| escape_invisible(&switch.name).into_owned())
            .take(NAMED)
            .collect();
        let says = if names.is_empty() {
            "Switch the change off".to_owned()
        } else {
            format!("Switch off {}", names.join(", "))
        };
        self.add(
            StepMode::Run,
            says,
            "it takes seconds and can be turned back",
        )
        .undo = Some("Switch it on again".into());
    }

    pub(super) fn shift(&mut self) {
        let previous = self.previous();
        self.send_traffic(&previous);
        self.expectation("the symptom is gone on the old side");
        self.keep_evidence();
        self.tell(&format!("traffic is on {previous}"));
    }

    /// All traffic to the old side, with the command of the tool that moves it.
    pub(super) fn send_traffic(&mut self, previous: &str) {
        let says = format!("Send all traffic to the side that runs {previous}");
        let way = self
            .assessment
            .way_back
            .returns
            .iter()
            .find(|way| {
                way.kind.is_one_of(&SHIFTS)
                    && (way.kind != StateFileKind::ArgoRollouts || way.in_flight)
            })
            .cloned();
        let step = self.add(
            StepMode::Run,
            says,
            "it is up and untouched, so nothing is deployed",
        );
        step.undo = Some("Send the traffic back".into());
        if let Some(way) = &way {
            step.step = format!(
                "{}: all traffic goes to the side that runs {previous}",
                way.says
            )
            .into();
            step.why = way.brings.clone().into();
            step.command = way.command.clone().map(Into::into);
            step.undo = way
                .undo
                .clone()
                .or_else(|| Some("Send the traffic back".to_owned()))
                .map(Into::into);
        }
        let step = self.add(
            StepMode::Verify,
            format!("See requests answered by {previous} only"),
            "a part that is left behind means two releases at once",
        );
        step.command = way.and_then(|way| way.watch).map(Into::into);
    }

    pub(super) fn keep_evidence(&mut self) {
        self.add(
            StepMode::Afterwards,
            format!(
                "Keep the side of {} for the search of the cause, without traffic",
                self.current()
            ),
            "once it is gone, the evidence is gone too",
        );
    }

    /// The way to stop it is the one that is known, where one is: the rollout that brings it, the
    /// switch, the old side.
    pub(super) fn stop_harm(&mut self) {
        let every = "every minute does more damage that nobody can undo";
        if self.fact(fact_key::DEPLOYMENT_IN_PROGRESS) == Some("yes") {
            self.add(
                StepMode::Run,
                "Stop the rollout where it is",
                "every further target does the same damage",
            )
            .undo = Some("Let the rollout go on".into());
        }
        let then = self.decision.then;
        match then {
            Some(OptionId::FlagOff) => self.switch_off(),
            Some(OptionId::ShiftTraffic) => {
                let previous = self.previous();
                self.send_traffic(&previous);
            }
            _ => {
                self.add(
                    StepMode::Run,
                    "Stop what does the damage: pause it, make it read-only, or stop its consumers",
                    every,
                )
                .undo = Some("Let it run again".into());
            }
        }
        self.add(
            StepMode::Verify,
            "Look for yourself that no new damage is done",
            "a pause that did not take effect is easy to miss: see that the error counter stands \
                still for 2 min",
        );
        if matches!(then, Some(OptionId::FlagOff | OptionId::ShiftTraffic)) {
            self.add(
                StepMode::Run,
                "If damage goes on: pause it, make it read-only, or stop its consumers",
                every,
            )
            .undo = Some("Let it run again".into());
        }
        self.add(
            StepMode::Run,
            "Write down since when it happened and what is affected",
            "whoever repairs the data needs to know the time span",
        );
        self.what_follows("it is the best option once the damage is stopped");
        self.tell("the damage is stopped");
    }

    /// What is done next, where something follows.
    fn what_follows(&mut self, why: &str) {
        if let Some(then) = self.decision.then.filter(|then| *then != OptionId::Hold) {
            let says = format!("{THEN_STEP}{}", option_shout(then));
            self.add(StepMode::Afterwards, says, why);
        }
    }

    /// Waiting is for different things: a rollout that is stopped, a cause, or a better time.
    pub(super) fn hold(&mut self) {
        let what = self.decision.because.first().map_or_else(
            || "an answer is missing".into(),
            |reason| reason.says.clone(),
        );
        if self.has_condition(ConditionKind::Stop) {
            self.add(
                StepMode::Verify,
                "See that no further target changes, and list which target runs what",
                "a rollout that goes on by itself changes what the next step meets",
            );
            self.ask_next();
            self.what_follows("nobody is waited for once the rollout stands");
            self.tell("the rollout is stopped");
            return;
        }
        let quiet = self
            .decision
            .because
            .first()
            .is_some_and(|reason| reason.rule == SituationId::Quiet.id());
        let (says, end) = if self.has_condition(ConditionKind::FindCause) {
            (
                "Start nothing new. Write down who looks for the cause, and until when",
                "If nothing was found by then: decide again with what is known".to_owned(),
            )
        } else if let (true, Some(then)) = (
            quiet,
            self.decision.then.filter(|then| *then != OptionId::Hold),
        ) {
            let when = if self.fact(fact_key::IMPACT_EXPECTED) == Some("yes") {
                "before it gets worse"
            } else {
                "at a time that suits"
            };
            (
                "Start nothing in a hurry. Write down who does what follows, and by when",
                format!("{THEN_STEP}{}, {when}", option_shout(then)),
            )
        } else {
            (
                "Start nothing new. Write down who is waited for, and until when",
                "Without an answer by then: decide again with what is known".to_owned(),
            )
        };
        self.add(StepMode::Run, says, what);
        self.ask_next();
        self.add(
            StepMode::Afterwards,
            end,
            "waiting without an end helps nobody",
        );
    }

    /// The question whose answer can change it.
    fn ask_next(&mut self) {
        let Some(question) = &self.decision.next_question else {
            return;
        };
        let who = question
            .who
            .clone()
            .unwrap_or_else(|| "whoever knows".into());
        let minutes = question.minutes.map_or_else(String::new, |minutes| {
            format!(" ({} min)", minutes.max(1.0))
        });
        self.add(
            StepMode::Run,
            format!("Ask {who}{minutes}: {}", question.asks),
            question.why_now.clone(),
        );
    }

    pub(super) fn restore(&mut self) {
        self.add(
            StepMode::Run,
            "Stop the writer that damages the data",
            "data that is restored while this still writes is damaged again",
        )
        .undo = Some("Let it write again".into());
        self.add(
            StepMode::Run,
            "Take a copy of the data as it is now",
            "what is overwritten can no longer be compared",
        );
        self.add(
            StepMode::Run,
            "Restore the damaged part only, not the whole database",
            "users lose what they wrote since the backup",
        );
        self.add(
            StepMode::Verify,
            "Compare a sample with the copy and with what users report",
            "that a restore ran does not mean that it helped",
        );
        self.tell("data was restored, and which writes are lost");
    }

    pub(super) fn go(&mut self) {
        self.add(
            StepMode::Run,
            "Go on",
            "every item of the checklist that is known holds",
        );
        self.add(
            StepMode::Verify,
            "Watch the usual signals until the next gate",
            "some faults show late",
        );
    }

    pub(super) fn no_go(&mut self) {
        let why = self.decision.because.first().map_or_else(
            || "an item of the gate does not hold".into(),
            |reason| reason.says.clone(),
        );
        self.add(StepMode::Run, "Do not start", why);
        self.tell("the deployment does not start, and what is missing");
    }
}
