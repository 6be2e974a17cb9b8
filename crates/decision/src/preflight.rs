//! Before going back: what can be checked from here is checked, the rest is listed with the command
//! that answers it.

mod database;
mod pipeline;

use model::fact_key;
use model::{
    Assessment, CheckId, CheckState, Config, CoverageDomain, Fact, FactValue, Facts, PlatformSign,
    PreflightCheck, StateFileKind, Sureness, WayBack, Word, escape_invisible, shell_word,
};
use pipeline::is_pipeline_path;

/// Deployers that decide what runs go before what they drive.
const DEPLOYERS: [&str; 4] = ["octopus", "argocd", "argo-rollouts", "helm"];

/// The fact that answers a check, where it is one that is asked about.
pub(super) fn fact_of(check: &str) -> Option<&'static str> {
    Some(match check {
        "artifact" => fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE,
        "good" => fact_key::DEPLOYMENT_PREVIOUS_GOOD,
        "running" => fact_key::DEPLOYMENT_IN_PROGRESS,
        "mixed" => fact_key::DEPLOYMENT_MIXED,
        "access" => fact_key::DEPLOYMENT_UNDO_PATH,
        "configuration" => fact_key::CONFIG_NEWER_THAN_PREVIOUS,
        _ => return None,
    })
}

/// See [`super::preflight`].
pub(super) fn build_preflight_checks(
    assessment: &Assessment,
    facts: &Facts,
    config: &Config,
) -> Vec<PreflightCheck> {
    let mut checks = Checks {
        assessment,
        facts,
        found: Vec::new(),
    };
    checks.tag();
    checks.artifact();
    checks.good();
    checks.running();
    checks.path();
    checks.process();
    checks.downs();
    checks.configuration();
    checks.calendar();
    checks.rehearsed(config);
    checks.backup();
    let mut found = checks.found;
    found.sort_by_key(|check| check.state);
    found
}

/// Tools that keep a description, which does not prove that its image is still there.
const DESCRIBES: [StateFileKind; 6] = [
    StateFileKind::Kubernetes,
    StateFileKind::ArgoRollouts,
    StateFileKind::Ecs,
    StateFileKind::Fly,
    StateFileKind::Swarm,
    StateFileKind::Nomad,
];

struct Checks<'a> {
    assessment: &'a Assessment,
    facts: &'a Facts,
    found: Vec<PreflightCheck>,
}

impl Checks<'_> {
    fn add(&mut self, id: &str, state: CheckState, says: impl Into<String>) -> &mut PreflightCheck {
        let at = self.found.len();
        self.found.push(PreflightCheck {
            id: id.to_owned(),
            state,
            says: says.into(),
            command: None,
        });
        &mut self.found[at]
    }

    fn previous(&self) -> String {
        self.assessment.previous.version.shown().into_owned()
    }

    /// A fact that is known, and whether it is more than a guess.
    fn fact(&self, key: &str) -> Option<(&Fact, bool)> {
        let fact = self
            .facts
            .get(key)
            .filter(|fact| fact.value.is_known() && fact.value != FactValue::NotApplicable)?;
        Some((fact, fact.confidence != Sureness::Low))
    }

    fn word(&self, key: &str) -> Option<(String, bool)> {
        self.fact(key)
            .and_then(|(fact, sure)| Some((fact.value.as_word()?.to_owned(), sure)))
    }

    /// What of a domain was not looked at, to be put behind a sentence; `None` where everything
    /// was.
    fn open_in(&self, domain: CoverageDomain) -> Option<String> {
        let Some(row) = self
            .assessment
            .coverage
            .iter()
            .find(|row| row.domain == domain)
        else {
            return Some(String::new());
        };
        let first = row.places.first()?;
        let line = first
            .line
            .map(|line| format!(":{line}"))
            .unwrap_or_default();
        let more = if row.open > 1 {
            format!(" and {} more", row.open - 1)
        } else {
            String::new()
        };
        Some(format!(": {}{line}{more}", first.path.shown()))
    }

    fn source(&self, key: &str) -> String {
        self.facts
            .get(key)
            .and_then(|fact| fact.source.as_ref())
            .map(|source| source.shown().into_owned())
            .unwrap_or_default()
    }

    fn way(&self) -> Option<&WayBack> {
        super::deciding::list_deciding_ways(&self.assessment.way_back.returns).next()
    }

    fn tag(&mut self) {
        let previous = self.previous();
        match &self.assessment.previous.tag {
            Some(tag) => {
                let says = format!("tag {} is in the repository", tag.shown());
                self.add("tag", CheckState::Fine, says);
            }
            None => {
                let commit = &self.assessment.previous.commit;
                let commit = commit.get(..12).unwrap_or(commit).to_owned();
                self.add(
                    "tag",
                    CheckState::Open,
                    format!(
                        "{previous} is no tag: make sure that commit {} is what was released",
                        escape_invisible(&commit)
                    ),
                );
            }
        }
    }

    fn artifact(&mut self) {
        let previous = self.previous();
        match self.word(fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE) {
            Some((word, _)) if word == "no" => {
                let says = with_source(
                    format!("{previous} is not there to deploy: fetch or publish it first"),
                    &self.source(fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE),
                );
                self.add("artifact", CheckState::Wrong, says);
            }
            Some((_, true)) => {
                let says = with_source(
                    format!("{previous} is there"),
                    &self.source(fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE),
                );
                self.add("artifact", CheckState::Fine, says);
            }
            _ => {
                self.add(
                    "artifact",
                    CheckState::Open,
                    format!("Is the artifact of {previous} still there to deploy?"),
                );
            }
        }
        // a description that is kept does not prove that its image is
        let Some(image) = self.way().filter(|way| way.kind.is_one_of(&DESCRIBES)) else {
            return self.command_of_artifact();
        };
        let image = image.artifact.clone();
        if let Some(word) = image.as_deref().and_then(shell_word) {
            let says =
                format!("Is the image of {previous} still in its registry, under the same digest?");
            self.add("image", CheckState::Open, says).command =
                Some(format!("docker manifest inspect {word}"));
        }
    }

    fn command_of_artifact(&mut self) {
        let command = match self.way() {
            Some(way) => way.list.clone(),
            None => self.asks(),
        };
        if let Some(last) = self
            .found
            .last_mut()
            .filter(|check| check.id == "artifact" && check.state == CheckState::Open)
        {
            last.command = command;
        }
    }

    fn good(&mut self) {
        let previous = self.previous();
        match self.word(fact_key::DEPLOYMENT_PREVIOUS_GOOD) {
            Some((word, _)) if word == "no" => {
                let says = with_source(
                    format!("{previous} was not good itself"),
                    &self.source(fact_key::DEPLOYMENT_PREVIOUS_GOOD),
                );
                self.add("good", CheckState::Wrong, says);
            }
            Some((_, true)) => {
                self.add("good", CheckState::Fine, format!("{previous} was good"));
            }
            _ => {
                self.add(
                    "good",
                    CheckState::Open,
                    format!("Was {previous} itself good while it was live?"),
                );
            }
        }
    }

    fn running(&mut self) {
        for (id, key, wrong, open) in [
            (
                "running",
                fact_key::DEPLOYMENT_IN_PROGRESS,
                "a deployment is running: stop or finish it first",
                "Is a deployment running right now?",
            ),
            (
                "mixed",
                fact_key::DEPLOYMENT_MIXED,
                "targets run different versions: first list which target runs what",
                "Do all targets run the same version?",
            ),
        ] {
            match self.word(key) {
                Some((word, _)) if word == "yes" => {
                    self.add(id, CheckState::Wrong, wrong);
                }
                Some((_, true)) => {
                    let says = if id == "running" {
                        "nothing is being deployed"
                    } else {
                        "all targets run the same version"
                    };
                    self.add(id, CheckState::Fine, says);
                }
                _ => {
                    let command = self.watch();
                    self.add(id, CheckState::Open, open).command = command;
                }
            }
        }
    }

    /// The command that shows what runs: of the tool that a state file told of, else the one whose
    /// file settles it.
    fn watch(&self) -> Option<String> {
        self.way()
            .and_then(|way| way.watch.clone())
            .or_else(|| self.asks())
    }

    /// The command of the deployer that the repository's files name, surest first; its file goes to
    /// --live.
    fn asks(&self) -> Option<String> {
        self.deployer()?.asks.clone()
    }

    fn deployer(&self) -> Option<&PlatformSign> {
        let signs = &self.assessment.way_back.platforms;
        let named = |platform: &str| signs.iter().find(|sign| sign.platform == platform);
        DEPLOYERS
            .iter()
            .find_map(|platform| named(platform))
            .or_else(|| signs.iter().find(|sign| sign.asks.is_some()))
    }

    fn path(&mut self) {
        match self.word(fact_key::DEPLOYMENT_UNDO_PATH) {
            Some((word, _)) if word == "broken" => {
                let says = with_source(
                    "the way back is broken: repair it first".to_owned(),
                    &self.source(fact_key::DEPLOYMENT_UNDO_PATH),
                );
                self.add("access", CheckState::Wrong, says);
            }
            Some((_, true)) => {
                self.add(
                    "access",
                    CheckState::Fine,
                    "tool, permission and access work",
                );
            }
            _ => {
                let by = self.way().map(|way| way.kind.clone()).or_else(|| {
                    self.deployer()
                        .map(|sign| Word::from(sign.platform.as_str()))
                });
                let command = match by.as_ref().and_then(Word::known) {
                    Some(
                        StateFileKind::Kubernetes
                        | StateFileKind::Helm
                        | StateFileKind::ArgoRollouts,
                    ) => Some("kubectl auth can-i patch deployments".to_owned()),
                    Some(StateFileKind::ArgoCd) => {
                        Some("argocd account can-i sync applications '*'".to_owned())
                    }
                    Some(StateFileKind::Octopus | StateFileKind::OctopusVariables) => {
                        Some("octopus space list".to_owned())
                    }
                    Some(
                        StateFileKind::Ecs | StateFileKind::CodeDeploy | StateFileKind::Lambda,
                    ) => Some("aws sts get-caller-identity".to_owned()),
                    Some(StateFileKind::Azure) => Some("az account show".to_owned()),
                    Some(StateFileKind::Heroku) => Some("heroku auth:whoami".to_owned()),
                    Some(StateFileKind::Fly) => Some("fly auth whoami".to_owned()),
                    Some(StateFileKind::GitHub) => Some("gh auth status".to_owned()),
                    Some(StateFileKind::GitLab) => Some("glab auth status".to_owned()),
                    Some(StateFileKind::Nomad) => Some("nomad acl token self".to_owned()),
                    _ => None,
                };
                self.add(
                    "access",
                    CheckState::Open,
                    "Do tool, permission and access for deploying work right now?",
                )
                .command = command;
            }
        }
    }

    fn process(&mut self) {
        let previous = self.previous();
        let pipelines: Vec<String> = self
            .assessment
            .files
            .iter()
            .map(|file| file.path.as_str())
            .filter(|path| is_pipeline_path(path))
            .take(3)
            .map(|path| escape_invisible(path).into_owned())
            .collect();
        if let Some(frozen) = &self.assessment.way_back.frozen_process {
            let says = format!(
                "the deployment process changed since {}: deploying it again runs the old one",
                escape_invisible(frozen)
            );
            self.add("process", CheckState::Wrong, says);
        } else if !pipelines.is_empty() {
            let says = format!(
                "the pipeline changed in the range ({}): does today's still deploy {previous}?",
                pipelines.join(", ")
            );
            self.add("process", CheckState::Open, says).command = self.difference(&pipelines);
        } else if self.assessment.process.iter().any(|step| {
            step.evidence
                .as_ref()
                .is_some_and(|place| place.raw_path() != Some("backout.yaml"))
        }) {
            self.add(
                "process",
                CheckState::Fine,
                format!("the process is the same as for {previous}"),
            );
        } else if self.assessment.coverage.is_empty() {
            self.add(
                "process",
                CheckState::Open,
                "whether the pipeline changed was not looked at",
            );
        } else {
            self.add(
                "process",
                CheckState::Fine,
                "no pipeline file changed in the range",
            );
        }
        let again = self.word(fact_key::PROCESS_DATABASE_STEP_RERUNS);
        if again.as_ref().is_some_and(|(word, _)| word == "yes") {
            let says = with_source(
                format!("deploying {previous} again runs a database step"),
                &self.source(fact_key::PROCESS_DATABASE_STEP_RERUNS),
            );
            self.add("database-step", CheckState::Wrong, says);
        }
    }

    fn difference(&self, paths: &[String]) -> Option<String> {
        let (old, new) = (
            &self.assessment.previous.commit,
            &self.assessment.current.commit,
        );
        let hex = |commit: &str| {
            commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let paths: Option<Vec<String>> = paths.iter().map(|path| shell_word(path)).collect();
        (hex(old) && hex(new)).then_some(())?;
        Some(format!(
            "git diff {} {} -- {}",
            &old[..12],
            &new[..12],
            paths?.join(" ")
        ))
    }

    fn configuration(&mut self) {
        let previous = self.previous();
        let gone: Vec<String> = self
            .assessment
            .findings
            .iter()
            .filter(|finding| finding.check == CheckId::KEY_REMOVED)
            .map(|finding| finding.subject.shown().into_owned())
            .collect();
        match (
            gone.as_slice(),
            self.word(fact_key::CONFIG_NEWER_THAN_PREVIOUS),
        ) {
            (_, Some((word, true))) if word == "no" => {
                self.add(
                    "configuration",
                    CheckState::Fine,
                    format!("live configuration fits {previous}"),
                );
            }
            ([], Some((word, _))) if word == "yes" => {
                self.add(
                    "configuration",
                    CheckState::Wrong,
                    format!(
                        "live configuration needs {}",
                        self.assessment.current.version.shown()
                    ),
                );
            }
            ([], _) => {
                match self.open_in(CoverageDomain::Configuration) {
                    None => self.add(
                        "configuration",
                        CheckState::Fine,
                        format!(
                            "no setting that \
                        {previous} has was removed in the range"
                        ),
                    ),
                    Some(open) => self.add(
                        "configuration",
                        CheckState::Open,
                        format!(
                            "Does live \
                            configuration fit {previous}? Not all of it was looked at{open}"
                        ),
                    ),
                };
            }
            (gone, _) => {
                let named: Vec<&str> = gone.iter().take(4).map(String::as_str).collect();
                let more = if gone.len() > 4 {
                    format!(" and {} more", gone.len() - 4)
                } else {
                    String::new()
                };
                let says = format!(
                    "Are the settings that only {previous} knows still defined where it runs: \
                        {}{more}?",
                    named.join(", ")
                );
                self.add("configuration", CheckState::Open, says);
            }
        }
    }

    fn calendar(&mut self) {
        for note in self
            .assessment
            .way_back
            .calendar
            .clone()
            .into_iter()
            .filter(|note| note.closed)
        {
            let state = if note.freeze {
                CheckState::Wrong
            } else {
                CheckState::Open
            };
            self.add("calendar", state, note.says);
        }
    }

    fn rehearsed(&mut self, config: &Config) {
        match self
            .fact(fact_key::REHEARSAL_DAYS_SINCE)
            .and_then(|(fact, _)| fact.value.as_number())
        {
            Some(days) if days <= 90.0 => {
                let says = match days.round() {
                    0.0 => "going back was rehearsed today".to_owned(),
                    1.0 => "going back was rehearsed yesterday".to_owned(),
                    days => format!("going back was rehearsed {days} days ago"),
                };
                self.add("rehearsed", CheckState::Fine, says);
            }
            Some(days) => {
                let says = format!(
                    "going back was done last {} days ago: expect surprises",
                    days.round()
                );
                self.add("rehearsed", CheckState::Open, says);
            }
            None => {
                let says = "nothing shows that going back was ever rehearsed";
                let rehearse = !config.rehearsal.is_empty();
                self.add("rehearsed", CheckState::Open, says).command =
                    rehearse.then(|| "backout rehearse".to_owned());
            }
        }
    }
}

/// A sentence, and what it rests on where that is known.
fn with_source(says: String, source: &str) -> String {
    if source.is_empty() {
        says
    } else {
        format!("{says} ({source})")
    }
}

#[cfg(test)]
mod tests;
