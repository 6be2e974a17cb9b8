//! The ordered steps of one option: conditions first, then what runs and what is skipped and why, how to see that it worked,
//! what to do afterwards. Commands are given only where they are sure; nothing is ever run.

mod database;

use super::explain::{option_shout, span};
use crate::model::{Assessment, Condition, Config, Decision, Entry, Kind, KnownStep, OptionId, OptionState, PlanStep, ProcessStep, StepMode, shorten, visible};

/// Entries that are named one by one.
const NAMED: usize = 5;

/// See [`super::plan`].
pub(super) fn plan(option: OptionId, decision: &Decision, assessment: &Assessment, config: &Config) -> Vec<PlanStep> {
    let mut build = Build { option, decision, assessment, config, steps: Vec::new() };
    build.conditions();
    match option {
        OptionId::RollBack | OptionId::RollBackWithConditions => build.back(),
        OptionId::RollForward => build.forward(),
        OptionId::FlagOff => build.flag_off(),
        OptionId::ShiftTraffic => build.shift(),
        OptionId::StopHarm => build.stop_harm(),
        OptionId::Hold => build.hold(),
        OptionId::Restore => build.restore(),
        OptionId::Go => build.go(),
        OptionId::NoGo => build.no_go(),
    }
    build.steps
}

struct Build<'a> {
    option: OptionId,
    decision: &'a Decision,
    assessment: &'a Assessment,
    config: &'a Config,
    steps: Vec<PlanStep>,
}

impl Build<'_> {
    fn add(&mut self, how: StepMode, step: impl Into<String>, why: impl Into<String>) -> &mut PlanStep {
        let at = self.steps.len();
        self.steps.push(PlanStep { step: step.into(), how, why: why.into(), command: None, undo: None });
        &mut self.steps[at]
    }

    fn previous(&self) -> String {
        visible(&self.assessment.previous.version).into_owned()
    }

    fn current(&self) -> String {
        visible(&self.assessment.current.version).into_owned()
    }

    fn fact(&self, key: &str) -> Option<&str> {
        self.assessment.facts.get(key)?.value.as_word()
    }

    fn minutes(&self, key: &str) -> Option<f64> {
        self.assessment.facts.get(key)?.value.as_number()
    }

    fn conditions(&mut self) {
        self.count_first();
        let mut conditions: Vec<Condition> = match self.decision.options.iter().find(|status| status.option == self.option) {
            Some(status) => status.conditions.clone(),
            None => Vec::new(),
        };
        if self.option == self.decision.option {
            conditions.extend(self.decision.conditions.iter().filter(|condition| !conditions.contains(condition)).cloned().collect::<Vec<_>>());
        }
        let current = self.current();
        for condition in conditions {
            let why = why_of(&condition.kind);
            let sql = condition.kind == "compatibility-step";
            let undo = match condition.kind.as_str() {
                "compatibility-step" => Some(format!("Take it back once {current} or a fix is live again")),
                "schema-back" => Some(format!("Run the up migrations of {current} again; what the downs lost stays lost")),
                "config-back" => Some(format!("Put the configuration of {current} back")),
                "try-on-a-part" => Some("Switch it on again".to_owned()),
                "dependent-first" => Some("Deploy the dependent's newer release again".to_owned()),
                _ => None,
            };
            let step = self.add(StepMode::Condition, condition.says.clone(), why);
            step.undo = undo;
            if sql && !condition.steps.is_empty() {
                step.command = Some(condition.steps.join("\n"));
                self.filled_again();
            } else {
                self.condition_steps(&condition);
            }
        }
    }

    fn has_condition(&self, kind: &str) -> bool {
        self.decision.options.iter().any(|status| status.option == self.option && status.conditions.iter().any(|condition| condition.kind == kind))
    }

    fn back(&mut self) {
        let (previous, current) = (self.previous(), self.current());
        let assessment = self.assessment;
        let known = assessment.process.as_slice();
        if !known.is_empty() {
            known.iter().for_each(|step| self.known_step(step, &current));
        } else if self.config.process.is_empty() {
            self.generic_back(&previous, &current);
        } else {
            for step in self.config.process.clone() {
                self.process_step(&step, &previous);
            }
        }
        let takes = self.minutes("deployment.minutes_back").map_or_else(|| "about as long as the deployment took".to_owned(), span);
        let says = format!("See every target report {previous}");
        self.add(StepMode::Verify, says, format!("going back takes {takes}; a target left behind is a mixed state"));
        self.expectation(&format!("the symptom ends on {previous}"));
        if !known.iter().any(|step| step.blocks) {
            let says = format!("Block {current} from going anywhere else");
            self.add(StepMode::Afterwards, says, "the bad release must not reach the next environment").undo =
                Some("Unblock it on its release page".to_owned());
        }
        self.add(StepMode::Afterwards, "Turn on again what was paused", "schedules, consumers and alarms stay off otherwise");
        self.backfills();
        self.lost_fixes(&previous);
        self.tell(&format!("{previous} is live again and {} is gone", self.current()));
    }

    fn generic_back(&mut self, previous: &str, current: &str) {
        if !self.assessment.migrations.is_empty() {
            if self.has_condition("schema-back") {
                let says = format!("Let the schema stand as the downs of {current} left it");
                self.add(StepMode::Skip, says, "it was led back as a condition");
            } else {
                let why = format!("the schema stays as it is: running the step of {previous} again may lose data");
                self.add(StepMode::Skip, "Deploy database changes", why);
            }
        }
        let touches = |kinds: &[Kind]| self.assessment.kinds.iter().any(|(kind, count)| *count > 0 && kinds.contains(kind));
        let front = touches(&[Kind::Styling, Kind::Markup]);
        let services = touches(&[Kind::Code, Kind::Contract, Kind::Config, Kind::Infrastructure, Kind::Dependency, Kind::Database, Kind::Other]);
        if services || !front {
            let says = format!("Redeploy the services of {previous}");
            let undo = format!("Deploy {current} again");
            self.add(StepMode::Run, says, format!("{previous} replaces {current}; all of it goes, or none of it")).undo = Some(undo);
        }
        if front {
            let says = format!("Redeploy the front end of {previous}, and clear caches");
            let undo = format!("Deploy the front end of {current} again");
            self.add(StepMode::Run, says, "cached pages keep calling what is gone").undo = Some(undo);
        }
    }

    /// A step of the process as it is known from its file: what to do, and where the process would do otherwise by itself.
    fn known_step(&mut self, step: &KnownStep, current: &str) {
        let advice = &step.on_rollback;
        let mut why = if step.kind == "database" && self.has_condition("schema-back") {
            "it was led back as a condition".to_owned()
        } else if advice.settled {
            advice.why.clone()
        } else {
            format!("look first: {}", advice.why)
        };
        match advice.today {
            Some(true) if advice.settled && advice.how == StepMode::Skip => why.push_str("; the process runs it by itself, so leave it out by hand"),
            Some(false) if advice.settled && advice.how != StepMode::Skip => why.push_str("; the process leaves it out by itself, so run it by hand"),
            _ => {}
        }
        let undo = match step.kind.as_str() {
            "service" | "website" if advice.how == StepMode::Run => Some(format!("Run it with {current}")),
            _ if step.blocks => Some("Unblock it on its release page".to_owned()),
            _ => None,
        };
        self.add(advice.how, visible(&step.name), why).undo = undo;
    }

    fn process_step(&mut self, step: &ProcessStep, previous: &str) {
        let name = visible(&step.name).into_owned();
        let kind = step.kind.as_deref().unwrap_or_default();
        let database = kind == "database";
        match (step.on_rollback.as_deref(), database) {
            (Some("only"), _) => {
                self.add(StepMode::RollbackOnly, name, "the process runs it only when going back");
            }
            (Some("skip"), _) => {
                self.add(StepMode::Skip, name, if database { "the schema stays as it is" } else { "the process skips it when going back" });
            }
            (Some("run"), true) if !self.has_condition("schema-back") => {
                let says = format!("the process runs it when going back: make sure that it changes nothing on the schema of {}", self.current());
                self.add(StepMode::Run, name, says);
            }
            (None, true) => {
                self.add(StepMode::Skip, name, format!("running the database step of {previous} again may lose data; the process does not say otherwise"));
            }
            _ => {
                let undo = matches!(kind, "service" | "website").then(|| format!("Run it with {}", self.current()));
                self.add(StepMode::Run, name, format!("with {previous}")).undo = undo;
            }
        }
    }

    fn forward(&mut self) {
        let current = self.current();
        let commit = self.assessment.current.commit.clone();
        let sure = commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        let branch: String = current.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '-' }).take(60).collect();
        let says = format!("Branch from the commit that is live, {}", shorten(&commit, 12));
        let step = self.add(StepMode::Run, says, "other unreleased work stays out of the fix");
        step.command = sure.then(|| format!("git switch --create fix-{} {commit}", branch.trim_matches(['-', '.'])));
        step.undo = Some("Delete the branch".to_owned());
        let entries: Vec<Entry> = self.standing().cloned().collect();
        match entries.as_slice() {
            [only] if only.commit.len() >= 40 && only.commit.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                let says = format!("Revert the one change, or fix it: {}", visible(&only.title));
                self.add(StepMode::Run, says, "the range holds a single change").command = Some(format!("git revert --no-edit {}", only.commit));
            }
            _ => {
                let why = if entries.is_empty() {
                    "the range names no change".to_owned()
                } else {
                    format!("{} changes are live, most of them are fine", entries.len())
                };
                self.add(StepMode::Run, "Write the fix, or revert the one change that causes it", why);
            }
        }
        if self.assessment.changelog.lost_from_previous > 0 {
            let count = self.assessment.changelog.lost_from_previous;
            let says = format!("Carry over the {count} commits that only {} has, where they matter", self.previous());
            self.add(StepMode::Run, says, "going forward has lost them");
        }
        self.add(StepMode::Run, "Test the fix against the live schema and its dependents", "a second bad release costs more than the first");
        if !self.assessment.process.is_empty() {
            // a step that the process lacks belongs to the way back alone
            for step in self.assessment.process.iter().filter(|step| step.evidence.is_some()) {
                let left_out = step.on_deploy == Some(false) || (step.on_deploy.is_none() && step.on_rollback.how == StepMode::RollbackOnly);
                if left_out {
                    self.add(StepMode::Skip, visible(&step.name), "the process skips it when deploying");
                } else {
                    self.add(StepMode::Run, visible(&step.name), "with the fix");
                }
            }
        } else if self.config.process.is_empty() {
            self.add(StepMode::Run, "Deploy the fix the usual way, gate by gate", "the usual process is the rehearsed one").undo =
                Some(format!("Decide again: {current} or {}", self.previous()));
        } else {
            for step in self.config.process.clone() {
                let name = visible(&step.name).into_owned();
                match step.on_deploy.as_deref().or(if step.on_rollback.as_deref() == Some("only") { Some("skip") } else { None }) {
                    Some("skip") => self.add(StepMode::Skip, name, "the process skips it when deploying"),
                    _ => self.add(StepMode::Run, name, "with the fix"),
                };
            }
        }
        self.expectation("the symptom ends with the fix");
        self.add(StepMode::Afterwards, "Merge the fix back into the main line", "the next release must not lose it");
        self.tell("a fix is live");
    }

    fn flag_off(&mut self) {
        let names: Vec<String> = self.config.switches.iter().map(|switch| visible(&switch.name).into_owned()).take(NAMED).collect();
        let says = if names.is_empty() { "Switch the change off".to_owned() } else { format!("Switch off {}", names.join(", ")) };
        self.add(StepMode::Run, says, "it takes seconds and can be turned back").undo = Some("Switch it on again".to_owned());
        self.expectation("the symptom ends with the switch off");
        self.add(StepMode::Afterwards, "Write down that the switch is off, until when, and who turns it on", "a forgotten switch is the next incident");
        self.tell("the change is switched off");
    }

    fn shift(&mut self) {
        let previous = self.previous();
        let says = format!("Send all traffic to the side that runs {previous}");
        self.add(StepMode::Run, says, "it is up and untouched, so nothing is deployed").undo = Some("Send the traffic back".to_owned());
        self.add(StepMode::Verify, format!("See requests answered by {previous} only"), "a part left behind is a mixed state");
        self.expectation("the symptom ends on the old side");
        self.add(StepMode::Afterwards, format!("Keep the side of {} for the search of the cause, without traffic", self.current()), "evidence goes with it");
        self.tell(&format!("traffic is on {previous}"));
    }

    fn stop_harm(&mut self) {
        self.add(
            StepMode::Run,
            "Stop what does the harm: pause it, make it read-only, or stop its consumers",
            "every minute adds harm that cannot be undone",
        )
        .undo = Some("Let it run again".to_owned());
        self.add(StepMode::Verify, "See with your own eyes that no new harm is done", "a pause that did not arrive looks like one that did");
        self.add(StepMode::Run, "Write down since when it happened and what is affected", "whoever repairs it needs the window");
        if let Some(then) = self.decision.then {
            let says = format!("Then: {}", option_shout(then));
            self.add(StepMode::Afterwards, says, "it is the best option once the harm is stopped");
        }
        self.tell("the harm is stopped");
    }

    fn hold(&mut self) {
        let what = self.decision.because.first().map_or_else(|| "an answer is missing".to_owned(), |reason| reason.says.clone());
        self.add(StepMode::Run, "Start nothing new, and name who is waited for and until when", what);
        if let Some(question) = &self.decision.next_question {
            let who = question.who.clone().unwrap_or_else(|| "whoever knows".to_owned());
            let minutes = question.minutes.map_or_else(String::new, |minutes| format!(" ({} min)", minutes.max(1.0)));
            self.add(StepMode::Run, format!("Ask {who}{minutes}: {}", question.asks), question.why_now.clone());
        }
        let at_timeout = self.decision.then.unwrap_or(OptionId::RollForward);
        self.add(StepMode::Afterwards, format!("Without an answer by then: {}", option_shout(at_timeout)), "waiting is a decision too, so it ends");
    }

    fn restore(&mut self) {
        self.add(StepMode::Run, "Stop the writer that damages the data", "a restore under a damaging writer is damaged again").undo =
            Some("Let it write again".to_owned());
        self.add(StepMode::Run, "Take a copy of the data as it is now", "what is overwritten cannot be compared later");
        self.add(StepMode::Run, "Restore the damaged part only, not the whole database", "users lose what they wrote since the backup");
        self.add(StepMode::Verify, "Compare a sample with the copy and with what users report", "a restore that ran is not a restore that helped");
        self.tell("data was restored, and which writes are lost");
    }

    fn go(&mut self) {
        self.add(StepMode::Run, "Go on", "no item of the checklist speaks against it");
        self.add(StepMode::Verify, "Watch the usual signals until the next gate", "what shows late was not seen early");
    }

    fn no_go(&mut self) {
        let why = self.decision.because.first().map_or_else(|| "an item of the gate does not hold".to_owned(), |reason| reason.says.clone());
        self.add(StepMode::Run, "Do not start", why);
        self.tell("the deployment does not start, and what is missing");
    }

    /// What should change and by when; if it does not, the next option is taken rather than more waiting.
    fn expectation(&mut self, what: &str) {
        let next = self.next_best();
        let says = format!("Say beforehand what you expect: {what} within 10 min");
        self.add(StepMode::Verify, says, format!("if it does not, stop waiting: {} is next", option_shout(next)));
    }

    /// The option to take when this one does not help.
    fn next_best(&self) -> OptionId {
        let open = |option: OptionId| self.decision.options.iter().any(|status| status.option == option && status.state < OptionState::NotCleared);
        let order = [OptionId::FlagOff, OptionId::ShiftTraffic, OptionId::RollBack, OptionId::RollBackWithConditions];
        let same = |option: OptionId| {
            matches!(option, OptionId::RollBack | OptionId::RollBackWithConditions)
                == matches!(self.option, OptionId::RollBack | OptionId::RollBackWithConditions)
        };
        let other = order.into_iter().find(|option| *option != self.option && open(*option) && (self.option == OptionId::RollForward || !same(*option)));
        match other {
            Some(option) if self.option != OptionId::RollBack && self.option != OptionId::RollBackWithConditions => option,
            _ if self.option == OptionId::RollForward => OptionId::Hold,
            _ => OptionId::RollForward,
        }
    }

    /// Entries that would be taken back, without merges and without those that cancel each other.
    fn standing(&self) -> impl Iterator<Item = &Entry> {
        self.assessment.changelog.entries.iter().filter(|entry| !entry.merge && entry.cancelled_by.is_none() && entry.reverts.is_none() && !entry.in_previous)
    }

    fn lost_fixes(&mut self, previous: &str) {
        let fixes: Vec<&Entry> = self.standing().filter(|entry| entry.kind.as_deref() == Some("fix") || !entry.security.is_empty()).collect();
        if fixes.is_empty() {
            return;
        }
        let mut names: Vec<String> = fixes.iter().take(NAMED).map(|entry| shorten(&visible(&entry.title), 60).into_owned()).collect();
        if fixes.len() > NAMED {
            names.push(format!("and {} more", fixes.len() - NAMED));
        }
        let says = format!("Apply the fixes again that went with it: {}", names.join("; "));
        self.add(StepMode::Afterwards, says, format!("{previous} does not have them"));
    }

    fn tell(&mut self, what: &str) {
        let mut whom: Vec<String> = self.config.roles.iter().map(|role| visible(role).into_owned()).collect();
        whom.extend(self.config.dependents.iter().map(|dependent| format!("the team of {}", visible(&dependent.name))));
        let notifies =
            self.config.process.iter().any(|step| step.kind.as_deref() == Some("notify")) || self.assessment.process.iter().any(|step| step.kind == "notify");
        if notifies && whom.is_empty() {
            return;
        }
        let whom = if whom.is_empty() { "everybody who waits for it".to_owned() } else { whom.join(", ") };
        let late = self.fact("users.notice") == Some("all");
        self.add(StepMode::Afterwards, format!("Tell {whom}: {what}"), if late { "users notice it too" } else { "silence costs the next person an hour" });
    }
}

fn why_of(kind: &str) -> &'static str {
    match kind {
        "settle" => "it is not known, and it can remove this option",
        "accept-risk" => "somebody must own the risk by name",
        "two-persons" => "data is lost, so one person is not enough",
        "repair" => "there is no way back until it works",
        "dependent-first" => "it fails the moment this is gone",
        "drain" => "old code cannot read it",
        "compatibility-step" => "it makes old code work on the new schema",
        "schema-back" => "old code does not work on the new schema",
        "keep-objects" => "old code was tested with them in place, and removing them loses data",
        "config-back" => "old code may not run on newer configuration",
        "try-on-a-part" => "an untried switch is a change of its own",
        "branch" => "other unreleased work must not ride along",
        _ => "it is to be met first",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::Checklist;
    use crate::decision::{Context, decide};
    use crate::model::{Evidence, Fact, FactValue, Facts, Mode, Relation, Release, RepositoryInfo};

    fn release(version: &str, digit: &str) -> Release {
        Release { version: version.to_owned(), commit: digit.repeat(40), time: None, tag: None, scheme: String::new(), prerelease: false }
    }

    fn planned(option: OptionId, config: &Config) -> Vec<PlanStep> {
        let mut assessment = Assessment::new(RepositoryInfo::default(), release("3.0.0", "a"), release("3.1.0", "b"), Relation::Ancestor);
        assessment.kinds.insert(Kind::Code, 3);
        let fix = Entry { commit: "c".repeat(40), title: "stop the leak".to_owned(), kind: Some("fix".to_owned()), ..Entry::default() };
        assessment.changelog.entries.push(fix);
        let mut facts = Facts::new();
        for (key, word) in [("database.old_code", "breaks-writes"), ("database.schema", "additive"), ("database.compatibility_step", "exists")] {
            facts.insert(key.to_owned(), Fact::sensed(key, FactValue::word(word)));
        }
        facts.get_mut("database.compatibility_step").unwrap().evidence =
            vec![Evidence { excerpt: Some("ALTER TABLE a ALTER COLUMN b DROP NOT NULL;".to_owned()), ..Evidence::default() }];
        let context = Context {
            mode: Mode::Incident,
            gate: None,
            now: "2026-03-01T03:00:00Z".parse().unwrap(),
            deadline: None,
            previous: "3.0.0".to_owned(),
            current: "3.1.0".to_owned(),
        };
        let decision = decide(&facts, &Checklist::embedded(), &context);
        assessment.facts = facts;
        plan(option, &decision, &assessment, config)
    }

    #[test]
    fn conditions_come_first_and_carry_their_sql() {
        let steps = planned(OptionId::RollBackWithConditions, &Config::default());
        let last_condition = steps.iter().rposition(|step| step.how == StepMode::Condition).unwrap();
        assert!(steps[..=last_condition].iter().all(|step| step.how == StepMode::Condition));
        assert!(steps.iter().any(|step| step.command.as_deref() == Some("ALTER TABLE a ALTER COLUMN b DROP NOT NULL;")));
        assert!(steps.iter().any(|step| step.how == StepMode::Afterwards && step.step.contains("stop the leak")));
        assert!(steps.iter().any(|step| step.how == StepMode::Verify && step.why.contains("ROLL FORWARD is next")));
    }

    #[test]
    fn the_process_says_what_runs_and_what_is_skipped() {
        let step = |name: &str, kind: &str, on_rollback: Option<&str>| ProcessStep {
            name: name.to_owned(),
            kind: Some(kind.to_owned()),
            on_rollback: on_rollback.map(str::to_owned),
            on_deploy: None,
        };
        let config = Config {
            process: vec![
                step("Deploy database", "database", None),
                step("Deploy service", "service", None),
                step("Block release", "", Some("only")),
                step("Warm up", "", Some("skip")),
            ],
            ..Config::default()
        };
        let steps = planned(OptionId::RollBack, &config);
        let how = |name: &str| steps.iter().find(|step| step.step == name).unwrap().how;
        assert_eq!(how("Deploy database"), StepMode::Skip);
        assert_eq!(how("Deploy service"), StepMode::Run);
        assert_eq!(how("Block release"), StepMode::RollbackOnly);
        assert_eq!(how("Warm up"), StepMode::Skip);
    }

    #[test]
    fn forward_reverts_only_where_it_is_sure() {
        let steps = planned(OptionId::RollForward, &Config::default());
        let commands: Vec<_> = steps.iter().filter_map(|step| step.command.as_deref()).collect();
        assert!(commands.iter().any(|command| command.starts_with("git switch --create fix-3.1.0 bbbb")), "{commands:?}");
        assert!(commands.iter().any(|command| command.starts_with("git revert --no-edit cccc")), "{commands:?}");
    }

    #[test]
    fn every_option_has_steps_with_reasons() {
        for option in crate::decision::options::ALL {
            let steps = planned(option, &Config::default());
            assert!(!steps.is_empty() && steps.iter().all(|step| !step.step.is_empty() && !step.why.is_empty()), "{option:?}");
        }
    }
}
