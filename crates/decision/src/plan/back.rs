//! The way back: what is looked at first, what the tool or the process runs, what is left out and
//! why.

use super::PlanBuilder;
use crate::explain::write_time_span;
use model::fact_key;
use model::{
    CheckState, ConditionKind, FileKind, KnownStep, ProcessStep, StateFileKind, StepMode,
    StepOrigin, WayBack, escape_invisible, shell_word,
};

/// Open checks that get a step of their own.
const LOOKS: usize = 6;

/// Its deployments are Octopus'.
fn is_octopus(way: &WayBack) -> bool {
    way.kind.known().is_some_and(StateFileKind::is_octopus)
}

impl PlanBuilder<'_> {
    pub(super) fn back(&mut self) {
        let (previous, current) = (self.previous(), self.current());
        let assessment = self.assessment;
        self.looks(&previous);
        // what is up is not deployed: once the conditions are met its traffic is moved
        if self.fact(fact_key::DEPLOYMENT_OLD_SIDE_WARM) == Some("yes") {
            self.database_left(&previous, &current);
            self.send_traffic(&previous);
            self.expectation(&format!("the symptom is gone on {previous}"));
            self.keep_evidence();
            self.afterwards_back(&[], &previous, &current);
            return;
        }
        self.services(&previous);
        self.repairs(&previous, &current);
        let known = assessment.process.as_slice();
        let tool = self.tool();
        let octopus = tool.first().is_some_and(is_octopus);
        for way in &tool {
            self.by_tool(way, &current);
        }
        if tool.is_empty() {
            self.platforms(&previous);
        }
        if !known.is_empty() {
            for step in known {
                self.known_step(
                    step,
                    &current,
                    (!tool.is_empty() && !octopus).then(|| tool[0].tool.as_str()),
                );
            }
        } else if !self.config.process.is_empty() {
            for step in self.config.process.clone() {
                self.process_step(&step, &previous);
            }
        } else if tool.is_empty() {
            self.generic_back(&previous, &current);
        } else {
            self.database_left(&previous, &current);
        }
        let takes = self.minutes(fact_key::DEPLOYMENT_MINUTES_BACK).map_or_else(
            || "about as long as the deployment took".to_owned(),
            write_time_span,
        );
        let says = format!("See every target report {previous}");
        let watch: Vec<String> = tool.iter().filter_map(|way| way.watch.clone()).collect();
        let step = self.add(
            StepMode::Verify,
            says,
            format!(
                "going back takes {takes}; a target that is left behind means two releases at once"
            ),
        );
        step.command = (!watch.is_empty())
            .then(|| watch.join("\n"))
            .map(Into::into);
        self.expectation(&format!("the symptom is gone on {previous}"));
        self.afterwards_back(&tool, &previous, &current);
    }

    /// What does not hold, what is open with the command that answers it, and in one line what was
    /// found fine.
    fn looks(&mut self, previous: &str) {
        let checks = self.checks;
        let fine: Vec<&str> = checks
            .iter()
            .filter(|check| check.state == CheckState::Fine)
            .map(|check| name_check_briefly(&check.id))
            .collect();
        let mut left = 0;
        let status = self
            .decision
            .options
            .iter()
            .find(|status| status.option == self.option);
        let asked = |id: &str| {
            status.is_some_and(|status| {
                status
                    .conditions
                    .iter()
                    .any(|condition| super::is_settled_by_condition(condition, id))
            })
        };
        for check in checks
            .iter()
            .filter(|check| check.state != CheckState::Fine && !asked(&check.id))
        {
            left += usize::from(check.state == CheckState::Open);
            if left > LOOKS {
                continue;
            }
            let why = match check.state {
                CheckState::Wrong => format!("settle it before {previous} is deployed"),
                _ => why_open(&check.id).to_owned(),
            };
            // a step is something to do; that nobody rehearsed it cannot be undone now
            let says = if check.id == "rehearsed" {
                format!("Allow more time than is estimated: {}", check.says)
            } else {
                capitalise_step(&check.says)
            };
            self.add(StepMode::Check, says, why);
            self.answer(check.command.clone());
        }
        let open: Vec<&str> = checks
            .iter()
            .filter(|check| check.state != CheckState::Fine)
            .map(|check| name_check_briefly(&check.id))
            .collect();
        if !open.is_empty() && !fine.is_empty() {
            let says = format!(
                "Leave nothing open that does not hold yet: {}",
                open.join(", ")
            );
            let why = format!(
                "{} of {} checks hold already: {}",
                fine.len(),
                checks.len(),
                fine.join(", ")
            );
            self.add(StepMode::Check, says, why);
        }
    }

    /// The ways back of one tool: where several tell of the same release, the one that decides what
    /// runs.
    fn tool(&self) -> Vec<WayBack> {
        crate::deciding::list_deciding_ways(&self.assessment.way_back.returns)
            .take(super::NAMED)
            .cloned()
            .collect()
    }

    fn by_tool(&mut self, way: &WayBack, current: &str) {
        let mut why = way.brings.clone();
        if let Some(until) = &way.until {
            why.push_str(&format!("; possible {until}"));
        }
        if let Some(lacks) = &way.lacks {
            why.push_str(&format!("; no command is shown: {lacks}"));
        }
        let command = if is_octopus(way) {
            way.command
                .as_ref()
                .and_then(|command| self.with_skips(command))
        } else {
            way.command.clone()
        };
        let undo = way
            .undo
            .clone()
            .unwrap_or_else(|| format!("Deploy {current} again"));
        let expect = way
            .watch
            .as_ref()
            .map(|_| format!("the command under verify reports {}", self.previous()));
        let step = self.add(StepMode::Run, way.says.clone(), why);
        step.command = command.map(Into::into);
        step.undo = Some(undo.into());
        step.expect = expect.map(Into::into);
    }

    /// Steps that the process would run and that are to be left out become part of the command.
    fn with_skips(&self, command: &str) -> Option<String> {
        let mut command = command.to_owned();
        if self.has_condition(ConditionKind::SchemaBack) {
            return Some(command);
        }
        for step in self
            .assessment
            .process
            .iter()
            .filter(|step| left_out_by_hand(step))
        {
            command.push_str(&format!(" --skip {}", shell_word(&step.name)?));
        }
        Some(command)
    }

    fn generic_back(&mut self, previous: &str, current: &str) {
        self.database_left(previous, current);
        let touches = |kinds: &[FileKind]| {
            self.assessment
                .kinds
                .iter()
                .any(|(kind, count)| *count > 0 && kinds.contains(kind))
        };
        let front = touches(&[FileKind::Styling, FileKind::Markup]);
        let services = touches(&[
            FileKind::Code,
            FileKind::Contract,
            FileKind::Config,
            FileKind::Infrastructure,
            FileKind::Dependency,
            FileKind::Database,
            FileKind::Other,
        ]);
        if services || !front {
            let says = format!("Redeploy the services of {previous}");
            let undo = format!("Deploy {current} again");
            let step = self.add(
                StepMode::Run,
                says,
                format!("{previous} replaces {current} as a whole"),
            );
            step.undo = Some(undo.into());
            step.expect = Some(
                format!("each instance reports {previous} and answers its health check").into(),
            );
        }
        if front {
            let says = format!("Redeploy the front end of {previous}, and clear caches");
            let undo = format!("Deploy the front end of {current} again");
            let step = self.add(
                StepMode::Run,
                says,
                "cached pages keep calling what is gone",
            );
            step.undo = Some(undo.into());
            step.expect = Some(
                format!(
                    "a page loaded afresh comes from {previous}, and none of its files is missing"
                )
                .into(),
            );
        }
    }

    fn database_left(&mut self, previous: &str, current: &str) {
        if self.assessment.migrations.is_empty() {
            return;
        }
        if self.has_condition(ConditionKind::SchemaBack) {
            let says = format!("Let the schema stand as the downs of {current} left it");
            self.add(StepMode::Skip, says, "it was led back as a condition");
        } else {
            let why = format!(
                "the schema stays as it is: running the step of {previous} again may lose data"
            );
            self.add(StepMode::Skip, "Deploy database changes", why);
        }
    }

    /// What the guide says about the platform: a quicker form than deploying again.
    fn platforms(&mut self, previous: &str) {
        let mut seen = std::collections::BTreeSet::new();
        let folder = self
            .assessment
            .way_back
            .returns
            .iter()
            .find(|way| way.kind == StateFileKind::Calamari)
            .and_then(|way| way.artifact.clone());
        let place = folder.as_deref().map_or_else(
            || "the folder it was extracted to".to_owned(),
            |folder| escape_invisible(folder).into_owned(),
        );
        // a process that is known says itself what its steps deploy to
        let of_process = |path: Option<&str>| path.is_some_and(|path| path.ends_with(".ocl"));
        let told = self
            .assessment
            .process
            .iter()
            .any(|step| of_process(step.evidence.as_ref().and_then(|place| place.raw_path())));
        for sign in self
            .assessment
            .way_back
            .platforms
            .clone()
            .into_iter()
            .filter(|sign| !told || of_process(sign.evidence.raw_path()))
        {
            if !seen.insert(sign.platform.clone()) {
                continue;
            }
            let (says, why, expect, command) = match sign.platform.as_str() {
                "kubernetes" => (
                    format!("Quicker on Kubernetes: undo to the revision that ran {previous}"),
                    "list the revisions first and stop if it is not among them; leave migration \
                        jobs out; it restores the pod template only",
                    format!("the rollout ends and its pods run the image of {previous}"),
                    None,
                ),
                "windows-service" => (
                    format!(
                        "Quicker for a Windows service: point its binary path at {place}, then \
                            restart it"
                    ),
                    "nothing is extracted and no transform runs, as long as that folder is still \
                        there",
                    format!("the service runs and reports {previous}"),
                    None,
                ),
                "iis" => (
                    format!("Quicker on IIS: set the site's physical path to {place}"),
                    "it takes effect at once; settings that were transformed since stay those of \
                        the old folder",
                    format!("the site answers as {previous}"),
                    None,
                ),
                "tomcat" => (
                    format!(
                        "Quicker on Tomcat: start the parallel version of {previous}, then stop \
                            the newer one"
                    ),
                    "it needs parallel deployment, and fails where old versions are undeployed by \
                        themselves",
                    format!("the manager lists {previous} as running, new sessions get it"),
                    None,
                ),
                "nginx" => (
                    format!("Quicker on nginx: point root or upstream at {previous}, then reload"),
                    "a reload keeps connections; the old folder or upstream must still be there",
                    format!("requests are answered by {previous}"),
                    Some("nginx -t && nginx -s reload".to_owned()),
                ),
                _ => continue,
            };
            let step = self.add(
                StepMode::Run,
                says,
                format!("instead of deploying it again: {why}"),
            );
            step.command = command.map(Into::into);
            step.expect = Some(expect.into());
        }
    }

    /// A step of the process as it is known from its file: what to do, and where the process would
    /// do otherwise by itself. `tool` undoes without running the process.
    fn known_step(&mut self, step: &KnownStep, current: &str, tool: Option<&str>) {
        let advice = &step.on_rollback;
        let name = escape_invisible(&step.name).into_owned();
        if let Some(tool) = tool {
            match step.kind.as_str() {
                "service" | "website" | "infrastructure" => return,
                "database" => {
                    self.add(
                        StepMode::Skip,
                        name,
                        format!("the undo of {tool} does not run it: the schema stays as it is"),
                    );
                    return;
                }
                _ => {}
            }
        }
        let mut why = if step.kind == "database" && self.has_condition(ConditionKind::SchemaBack) {
            "it was led back as a condition".to_owned()
        } else if advice.settled {
            advice.why.clone()
        } else {
            format!("look first: {}", advice.why)
        };
        match advice.today {
            _ if tool.is_some() => {
                why.push_str("; by hand, since the undo does not run the process")
            }
            Some(true) if left_out_by_hand(step) && step.required => {
                why.push_str(
                    "; the process runs it and does not let you leave it out: switch it \
                    off there first",
                );
            }
            Some(true) if left_out_by_hand(step) => {
                why.push_str("; the process runs it by itself, so leave it out by hand")
            }
            Some(false) if advice.settled && advice.how != StepMode::Skip => {
                why.push_str("; the process leaves it out by itself, so run it by hand")
            }
            _ => {}
        }
        if step.origin == Some(StepOrigin::Previous) {
            why.push_str("; it was taken out of the process since");
        }
        let previous = self.previous();
        let (undo, expect) = match step.kind.as_str() {
            "service" if advice.how == StepMode::Run => (
                Some(format!("Run it with {current}")),
                Some(format!(
                    "each instance reports {previous} and answers its health check"
                )),
            ),
            "website" if advice.how == StepMode::Run => (
                Some(format!("Run it with {current}")),
                Some(format!("a page loaded afresh comes from {previous}")),
            ),
            _ if step.blocks => (
                Some("Unblock it on its release page".to_owned()),
                Some(format!("{current} cannot be promoted")),
            ),
            "verify" => (None, Some(format!("it passes on {previous}"))),
            "notify" if advice.how == StepMode::Run => {
                (None, Some("somebody confirms that they read it".to_owned()))
            }
            _ => (None, None),
        };
        let made = self.add(advice.how, name, why);
        made.undo = undo.map(Into::into);
        made.expect = expect.map(Into::into);
    }

    fn process_step(&mut self, step: &ProcessStep, previous: &str) {
        let name = escape_invisible(&step.name).into_owned();
        let kind = step.kind.as_deref().unwrap_or_default();
        let database = kind == "database";
        match (step.on_rollback.as_deref(), database) {
            (Some("only"), _) => {
                self.add(
                    StepMode::RollbackOnly,
                    name,
                    "the process runs it only when going back",
                );
            }
            (Some("skip"), _) => {
                self.add(
                    StepMode::Skip,
                    name,
                    if database {
                        "the schema stays as it is"
                    } else {
                        "the process skips it when going back"
                    },
                );
            }
            (Some("run"), true) if !self.has_condition(ConditionKind::SchemaBack) => {
                let says = format!(
                    "the process runs it when going back: make sure that it changes nothing on the \
                        schema of {}",
                    self.current()
                );
                self.add(StepMode::Run, name, says);
            }
            (None, true) => {
                self.add(
                    StepMode::Skip,
                    name,
                    format!(
                        "running the database step of {previous} \
                    again may lose data; the process does not say otherwise"
                    ),
                );
            }
            _ => {
                let undo = matches!(kind, "service" | "website")
                    .then(|| format!("Run it with {}", self.current()));
                self.add(StepMode::Run, name, format!("with {previous}"))
                    .undo = undo.map(Into::into);
            }
        }
    }
}

/// As a step begins.
fn capitalise_step(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// What a check is about, in two or three words.
fn name_check_briefly(id: &str) -> &str {
    match id {
        "tag" => "the tag",
        "artifact" => "the artifact",
        "image" => "the image",
        "good" => "previous was good",
        "running" => "nothing runs",
        "mixed" => "one version everywhere",
        "access" => "tool and access",
        "process" => "the same process",
        "database-step" => "the database step",
        "downs" => "ways down",
        "configuration" => "configuration",
        "rehearsed" => "rehearsed",
        "backup" => "a backup",
        other => other,
    }
}

/// Why an open check is worth its minute.
fn why_open(id: &str) -> &'static str {
    match id {
        "tag" => "what was built from another commit is another release",
        "artifact" => "without it there is nothing to deploy",
        "image" => "a tag can be moved, and registries clean up",
        "good" => "going back to a release that has a fault of its own does not help",
        "running" => "a second deployment on top of it leaves two releases at once",
        "mixed" => "the way back differs by target",
        "access" => "otherwise a missing permission is found out in the middle of going back",
        "process" => "what deploys it may not be what deployed it then",
        "configuration" => "a setting that is gone stops it when it starts",
        "calendar" => "outside a window users notice the change",
        "rehearsed" => "the first time takes longer, and more goes wrong",
        "backup" => "it is the only way back once data is damaged",
        _ => "backout cannot tell from here",
    }
}

/// The process runs it by itself, and it should be left out.
fn left_out_by_hand(step: &KnownStep) -> bool {
    let advice = &step.on_rollback;
    advice.settled
        && advice.how == StepMode::Skip
        && advice.today != Some(false)
        && step.origin != Some(StepOrigin::Current)
}
