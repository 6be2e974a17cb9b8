//! The ways that do not go back: forward, switch off, shift traffic, stop the harm, hold, restore,
//! go and no-go.

use super::{NAMED, PlanBuilder};
use crate::explain::option_shout;
use model::{ChangelogEntry, OptionId, StateFileKind, StepMode, StepOrigin, escape_invisible};

/// Tools whose way back moves traffic and deploys nothing.
const SHIFTS: [StateFileKind; 3] = [
    StateFileKind::ArgoRollouts,
    StateFileKind::Lambda,
    StateFileKind::Azure,
];

impl PlanBuilder<'_> {
    pub(super) fn forward(&mut self) {
        let current = self.current();
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
        step.command = sure.then(|| {
            format!(
                "git switch --create fix-{} {short}",
                branch.trim_matches(['-', '.'])
            )
        });
        step.undo = Some("Delete the branch".to_owned());
        let entries: Vec<ChangelogEntry> = self.standing().cloned().collect();
        self.fix_or_revert(&entries);
        if self.assessment.changelog.lost_from_previous > 0 {
            let count = self.assessment.changelog.lost_from_previous;
            let says = format!(
                "Carry over the {count} commits that only {} has, where they matter",
                self.previous()
            );
            self.add(StepMode::Run, says, "they got lost on the way forward");
        }
        self.add(
            StepMode::Run,
            "Test the fix against the live schema and its dependents",
            "a second bad release does more damage than the first",
        )
        .expect = Some(
            "the test that shows the fault fails on what is live and passes with the fix"
                .to_owned(),
        );
        self.deploy_fix(&current);
        self.expectation("the symptom is gone with the fix");
        self.add(
            StepMode::Afterwards,
            "Merge the fix back into the main line",
            "the next release must not lose it",
        );
        self.tell("a fix is live");
    }

    fn fix_or_revert(&mut self, entries: &[ChangelogEntry]) {
        match entries {
            [only]
                if only.commit.len() >= 40
                    && only.commit.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
            {
                let says = format!("Revert the one change, or fix it: {}", only.title);
                self.add(StepMode::Run, says, "the range holds a single change")
                    .command = Some(format!("git revert --no-edit {}", only.commit));
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
            .undo = Some(format!("Decide again: {current} or {}", self.previous()));
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
        .undo = Some("Switch it on again".to_owned());
        self.expectation("the symptom is gone with the switch off");
        self.add(
            StepMode::Afterwards,
            "Write down that the switch is off, until when, and who turns it on",
            "a switch that people forget causes the next incident",
        );
        self.tell("the change is switched off");
    }

    pub(super) fn shift(&mut self) {
        let previous = self.previous();
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
        step.undo = Some("Send the traffic back".to_owned());
        if let Some(way) = &way {
            step.step = format!(
                "{}: all traffic goes to the side that runs {previous}",
                way.says
            );
            step.why = way.brings.clone();
            step.command = way.command.clone();
            step.undo = way
                .undo
                .clone()
                .or_else(|| Some("Send the traffic back".to_owned()));
        }
        let step = self.add(
            StepMode::Verify,
            format!("See requests answered by {previous} only"),
            "a part that is left behind means two releases at once",
        );
        step.command = way.and_then(|way| way.watch);
        self.expectation("the symptom is gone on the old side");
        self.add(
            StepMode::Afterwards,
            format!(
                "Keep the side of {} for the search of the cause, without traffic",
                self.current()
            ),
            "once it is gone, the evidence is gone too",
        );
        self.tell(&format!("traffic is on {previous}"));
    }

    pub(super) fn stop_harm(&mut self) {
        self.add(
            StepMode::Run,
            "Stop what does the damage: pause it, make it read-only, or stop its consumers",
            "every minute does more damage that nobody can undo",
        )
        .undo = Some("Let it run again".to_owned());
        self.add(
            StepMode::Verify,
            "Look for yourself that no new damage is done",
            "a pause that did not take effect is easy to miss: see that the error counter stands still for 2 min",
        );
        self.add(
            StepMode::Run,
            "Write down since when it happened and what is affected",
            "whoever repairs the data needs to know the time span",
        );
        if let Some(then) = self.decision.then {
            let says = format!("Then: {}", option_shout(then));
            self.add(
                StepMode::Afterwards,
                says,
                "it is the best option once the damage is stopped",
            );
        }
        self.tell("the damage is stopped");
    }

    pub(super) fn hold(&mut self) {
        let what = self.decision.because.first().map_or_else(
            || "an answer is missing".to_owned(),
            |reason| reason.says.clone(),
        );
        self.add(
            StepMode::Run,
            "Start nothing new. Write down who is waited for, and until when",
            what,
        );
        if let Some(question) = &self.decision.next_question {
            let who = question
                .who
                .clone()
                .unwrap_or_else(|| "whoever knows".to_owned());
            let minutes = question.minutes.map_or_else(String::new, |minutes| {
                format!(" ({} min)", minutes.max(1.0))
            });
            self.add(
                StepMode::Run,
                format!("Ask {who}{minutes}: {}", question.asks),
                question.why_now.clone(),
            );
        }
        let says = match self.decision.then.unwrap_or(OptionId::RollForward) {
            OptionId::Hold => {
                "Without an answer by then: decide again with what is known".to_owned()
            }
            at_timeout => format!("Without an answer by then: {}", option_shout(at_timeout)),
        };
        self.add(
            StepMode::Afterwards,
            says,
            "waiting without an end helps nobody",
        );
    }

    pub(super) fn restore(&mut self) {
        self.add(
            StepMode::Run,
            "Stop the writer that damages the data",
            "data that is restored while this still writes is damaged again",
        )
        .undo = Some("Let it write again".to_owned());
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
            || "an item of the gate does not hold".to_owned(),
            |reason| reason.says.clone(),
        );
        self.add(StepMode::Run, "Do not start", why);
        self.tell("the deployment does not start, and what is missing");
    }
}
