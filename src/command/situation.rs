//! What the common options amount to: which releases, which checklist, what was already answered.

use crate::model::fact_key;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use jiff::{Timestamp, tz::TimeZone};

use super::cli::{Common, GateArg, ModeArg, VersionArgs};
pub use super::layers::load_checklist_in_force;
use super::time;
use super::user_file::read_user_file;
use crate::assess::{Assessed, LiveSource, Recorded, Request};
use crate::checklist::{Checklist, catalogue};
use crate::decision::DecisionContext;
use crate::model::{Assessment, Config, Fact, FactValue, Gate, Mode};
use crate::session::SessionRollback;
use crate::usecase;

/// Everything the command line says about the situation.
pub struct Situation {
    /// What to assess.
    pub request: Request,
    /// Incident, deployment, rehearsal or review.
    pub mode: Mode,
    /// The gate, where one was named.
    pub gate: Option<Gate>,
    /// The time it is.
    pub now: Timestamp,
    /// When current was deployed.
    pub deployed_at: Option<Timestamp>,
    /// Latest time to decide.
    pub deadline: Option<Timestamp>,
    /// What was answered on the command line.
    pub stated: Vec<Fact>,
}

impl Situation {
    /// Reads the common options.
    ///
    /// # Errors
    /// One sentence for a time, a key or a value that is not understood.
    pub fn new(common: &Common, versions: &VersionArgs, input: StandardInput) -> Result<Self> {
        Self::read(common, versions, input).map_err(super::make_usage_error)
    }

    fn read(common: &Common, versions: &VersionArgs, input: StandardInput) -> Result<Self> {
        let now = Timestamp::now();
        let zone = TimeZone::system();
        let when =
            |text: &Option<String>, option: &str, future: bool| -> Result<Option<Timestamp>> {
                text.as_deref()
                    .map(|text| {
                        time::parse_time_argument(text, now, &zone, future)
                            .map_err(|why| anyhow!("{option}: {why}"))
                    })
                    .transpose()
            };
        let deployed_at = when(&common.deployed_at, "--deployed-at", false)?;
        if deployed_at.is_some_and(|at| at > now) {
            bail!(
                "--deployed-at lies in the future; say when the release went out, such as '47 min \
                    ago'"
            );
        }
        let deadline = when(&common.deadline, "--deadline", true)?;
        let (previous, current) = versions.named();
        let mut stated = Vec::new();
        if let Some(file) = &common.answers {
            stated.extend(answers_of(file, now)?);
        }
        for answer in &common.answer {
            let (key, value) = answer.split_once('=').ok_or_else(|| {
                anyhow!("--answer {answer}: write it as KEY=VALUE, such as impact.now=degraded")
            })?;
            stated.push(
                stated_fact(key.trim(), value.trim(), now)
                    .map_err(|why| anyhow!("--answer {answer}: {why}"))?,
            );
        }
        if let Some(at) = deployed_at {
            // whole minutes, noted when they were full: what is counted from them is then right to
            // the second
            let minutes = now.duration_since(at).as_mins();
            let full = at
                .checked_add(jiff::SignedDuration::from_mins(minutes))
                .unwrap_or(now);
            stated.push(
                Fact::stated(
                    fact_key::DEPLOYMENT_LIVE_MINUTES,
                    FactValue::Number(minutes as f64),
                )
                .observed(full)
                .with_source("--deployed-at"),
            );
        }
        if let Some(gate) = common.gate {
            stated.push(
                Fact::stated(
                    fact_key::DEPLOYMENT_GATE,
                    FactValue::word(Gate::from(gate).id()),
                )
                .observed(now)
                .with_source("--gate"),
            );
        }
        Ok(Self {
            request: Request {
                repository: common.repo.clone(),
                previous,
                current,
                config: common.config.clone(),
                tag_pattern: common.tag_pattern.clone(),
                service: common.service.clone(),
                paths: common.path.clone(),
                environment: common.env.clone(),
                live: collect_live_sources(common, input)?,
                labels: collect_label_source(common, input)?,
                step_by_step: false,
                cancel: crate::repository::Cancel::default(),
                rehearsals: collect_recorded_rehearsals(common),
                past_rollbacks: collect_session_rollbacks(common, now),
                own_session: None,
                rehearsed: crate::session::find_rehearsals_folder().ok(),
            },
            mode: common.mode.into(),
            gate: common.gate.map(Gate::from),
            now,
            deployed_at,
            deadline,
            stated,
        })
    }

    /// What the decision needs beside facts and checklist.
    pub fn context(&self, assessment: &Assessment) -> DecisionContext {
        DecisionContext {
            mode: self.mode,
            gate: self.gate,
            now: self.now,
            deadline: self.deadline,
            previous: assessment.previous.version.as_raw().to_owned(),
            current: assessment.current.version.as_raw().to_owned(),
            looked: crate::decision::LookedAt::default(),
        }
    }

    /// Adds facts in force, verdict and plan to what was sensed.
    pub fn decide(&self, assessed: &mut Assessed, checklist: &Checklist) {
        let config = assessed.config.clone();
        self.decide_on(&mut assessed.assessment, &config, checklist);
    }

    /// The same for an assessment that was kept in a file.
    pub fn decide_on(&self, assessment: &mut Assessment, config: &Config, checklist: &Checklist) {
        assessment.environment = assessment
            .environment
            .take()
            .or_else(|| self.request.environment.clone());
        assessment.gate = self.gate.or(assessment.gate);
        let context = self.context(assessment);
        usecase::decide_assessment(assessment, &self.stated, checklist, &context, config);
    }

    /// What a session about this is about.
    pub fn opening<'a>(
        &'a self,
        assessment: &'a Assessment,
        checklist: &'a Checklist,
    ) -> usecase::Opening<'a> {
        usecase::Opening {
            mode: self.mode,
            repository: Some(&self.request.repository),
            previous: (
                assessment.previous.version.as_raw(),
                &assessment.previous.commit,
            ),
            current: (
                assessment.current.version.as_raw(),
                &assessment.current.commit,
            ),
            environment: self.request.environment.as_deref(),
            service: self.request.service.as_deref(),
            deployed_at: self.deployed_at,
            deadline: self.deadline,
            checklist,
        }
    }
}

/// Rehearsals in the sessions of this machine.
fn collect_recorded_rehearsals(common: &Common) -> Recorded {
    let (repository, service) = (common.repo.clone(), common.service.clone());
    Recorded::new(move || match crate::session::find_sessions_folder() {
        Ok(folder) => {
            crate::session::list_session_rehearsals(&folder, &repository, service.as_deref())
        }
        Err(_) => Vec::new(),
    })
}

/// Rollbacks that sessions of this machine decided on in this repository.
fn collect_session_rollbacks(common: &Common, now: Timestamp) -> Recorded<SessionRollback> {
    let (repository, service) = (common.repo.clone(), common.service.clone());
    Recorded::new(move || match crate::session::find_sessions_folder() {
        Ok(folder) => crate::session::list_session_rollbacks(&folder, now, &|subject| {
            subject.is_about(&repository, service.as_deref())
        }),
        Err(_) => Vec::new(),
    })
}

/// Whether standard input can hold a state file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandardInput {
    /// Nobody types into it.
    Free,
    /// Answers come from it.
    Taken,
}

/// State files of `--live`; standard input is read here, once.
///
/// # Errors
/// One sentence when standard input is asked for and taken, given twice, or cannot be read.
pub fn collect_live_sources(common: &Common, input: StandardInput) -> Result<Vec<LiveSource>> {
    let mut read = false;
    let mut sources = Vec::new();
    let given = |file: &PathBuf, option: &'static str| (file.clone(), option);
    let files = common.live.iter().map(|file| given(file, "--live"));
    let observed = common.observed.iter().map(|file| given(file, "--observed"));
    for (file, option) in files.chain(observed) {
        let file = &file;
        if file.as_os_str() != "-" {
            if let Err(error) = plain_file::open_plain_file(file) {
                let why = if error.kind() == std::io::ErrorKind::NotFound {
                    "this file does not exist".to_owned()
                } else {
                    error.to_string()
                };
                bail!(
                    "{option} {}: {why}; `backout doctor` shows the command that writes one",
                    file.display()
                );
            }
            sources.push(LiveSource::File(file.clone()));
            continue;
        }
        if input == StandardInput::Taken {
            bail!(
                "{option} - reads standard input, where answers are typed here; write it into a \
                    file, or use `backout assess`"
            );
        }
        if std::mem::replace(&mut read, true) {
            bail!("{option} - can be given once: standard input is one file");
        }
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .take(crate::deployment::live::LIMIT as u64 + 1)
            .read_to_end(&mut bytes)
            .context("standard input cannot be read")?;
        sources.push(LiveSource::Text {
            name: "standard input".to_owned(),
            bytes: bytes.into(),
        });
    }
    Ok(sources)
}

/// The file of `--labels`; standard input is read here, once.
fn collect_label_source(common: &Common, input: StandardInput) -> Result<Option<LiveSource>> {
    let Some(file) = &common.labels else {
        return Ok(None);
    };
    if file.as_os_str() != "-" {
        if let Err(error) = plain_file::open_plain_file(file) {
            let why = if error.kind() == std::io::ErrorKind::NotFound {
                "this file does not exist".to_owned()
            } else {
                error.to_string()
            };
            bail!(
                "--labels {}: {why}; gh pr list --state merged --limit 500 --json number,labels \
                    writes one",
                file.display()
            );
        }
        return Ok(Some(LiveSource::File(file.clone())));
    }
    let taken = |file: &PathBuf| file.as_os_str() == "-";
    if input == StandardInput::Taken || common.live.iter().chain(&common.observed).any(taken) {
        bail!("--labels - reads standard input, which is taken; write it into a file");
    }
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(crate::deployment::declared::LABELS_LIMIT as u64 + 1)
        .read_to_end(&mut bytes)
        .context("standard input cannot be read")?;
    Ok(Some(LiveSource::Text {
        name: "standard input".to_owned(),
        bytes: bytes.into(),
    }))
}

/// A fact as a person states it.
fn stated_fact(key: &str, value: &str, now: Timestamp) -> Result<Fact, String> {
    let value = catalogue::parse_fact_value(key, value)?;
    Ok(Fact {
        supersedes: true,
        ..Fact::stated(key, value).observed(now)
    })
}

fn answers_of(file: &Path, now: Timestamp) -> Result<Vec<Fact>> {
    let text = read_user_file(file)?;
    let tree = span_tree::Tree::parse(&text)
        .map_err(|error| anyhow!("{}: {error}; write one KEY: VALUE a line", file.display()))?;
    let Some(root) = tree.root().filter(|root| !root.is_null()) else {
        return Ok(Vec::new());
    };
    if !root.is_mapping() {
        bail!(
            "{}:{}: it is not a list of KEY: VALUE lines",
            file.display(),
            root.line()
        );
    }
    root.entries()
        .map(|(key, value)| {
            let place = format!("{}:{}:{}", file.display(), key.line(), key.column());
            let name = key
                .text()
                .ok_or_else(|| anyhow!("{place}: the key is not a word"))?;
            let text = value
                .text()
                .ok_or_else(|| anyhow!("{place}: the value of {name} is not a word or a number"))?;
            let text = if value.is_null() { "unknown" } else { text };
            // YAML 1.1 habits: an unquoted yes or no stays the word
            let text = match text {
                "true" => "yes",
                "false" => "no",
                other => other,
            };
            stated_fact(name, text, now).map_err(|why| anyhow!("{place}: {why}"))
        })
        .collect()
}

impl From<ModeArg> for Mode {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::Incident => Self::Incident,
            ModeArg::Deployment => Self::Deployment,
            ModeArg::Rehearsal => Self::Rehearsal,
            ModeArg::Review => Self::Review,
        }
    }
}

impl From<GateArg> for Gate {
    fn from(gate: GateArg) -> Self {
        match gate {
            GateArg::Start => Self::Start,
            GateArg::Database => Self::Database,
            GateArg::Backend => Self::Backend,
            GateArg::Frontend => Self::Frontend,
            GateArg::Complete => Self::Complete,
        }
    }
}
