//! The seven questions by which the guide designs a rollback process, answered for each step as far
//! as the file can.

use super::{DeploymentStep, StepClass, StepCondition};
use model::StepMode;

/// One of the seven questions (rules 45 to 51 of the guide).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProcessQuestion {
    /// Who triggers it, automatically or by hand?
    Trigger,
    /// On which platform, and does that allow several paths or versions?
    Platform,
    /// The full deployment with its variable transforms, or not?
    FullRedeploy,
    /// Should manual interventions run?
    Manual,
    /// Should database deployments be skipped?
    Database,
    /// Are there other steps to skip?
    OtherSkips,
    /// Are there steps that run only during a rollback?
    RollbackOnly,
}

impl ProcessQuestion {
    /// In the guide's order.
    pub const ALL: [Self; 7] = [
        Self::Trigger,
        Self::Platform,
        Self::FullRedeploy,
        Self::Manual,
        Self::Database,
        Self::OtherSkips,
        Self::RollbackOnly,
    ];

    /// As asked about one step.
    pub fn asks(self) -> &'static str {
        match self {
            Self::Trigger => "Who or what makes it run?",
            Self::Platform => "Does its platform allow the old release beside the new one?",
            Self::FullRedeploy => "Does it install everything again, with its variables?",
            Self::Manual => "Should it wait for a person?",
            Self::Database => "Does it touch the database, and is it left out?",
            Self::OtherSkips => "Should it be left out for another reason?",
            Self::RollbackOnly => "Does it run only during a rollback?",
        }
    }

    /// Its rule in the guide.
    pub fn rule(self) -> usize {
        match self {
            Self::Trigger => 45,
            Self::Platform => 46,
            Self::FullRedeploy => 47,
            Self::Manual => 48,
            Self::Database => 49,
            Self::OtherSkips => 50,
            Self::RollbackOnly => 51,
        }
    }
}

/// An answer to one question about one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessAnswer {
    /// Which question.
    pub question: ProcessQuestion,
    /// One sentence.
    pub says: String,
    /// `false` where a person must say.
    pub settled: bool,
}

impl ProcessAnswer {
    /// As plain data.
    pub(super) fn plain(&self) -> model::StepAnswer {
        model::StepAnswer {
            rule: self.question.rule() as u8,
            asks: self.question.asks().to_owned(),
            says: self.says.clone(),
            settled: self.settled,
        }
    }
}

/// All seven answers for a step whose treatments are known.
pub(super) fn answer_step_questions(step: &DeploymentStep) -> Vec<ProcessAnswer> {
    ProcessQuestion::ALL
        .into_iter()
        .map(|question| {
            let (says, settled) = answer_step_question(question, step);
            ProcessAnswer {
                question,
                says,
                settled,
            }
        })
        .collect()
}

fn answer_step_question(question: ProcessQuestion, step: &DeploymentStep) -> (String, bool) {
    let sure = |says: &str| (says.to_owned(), true);
    let open = |says: &str| (says.to_owned(), false);
    match question {
        ProcessQuestion::Trigger => match &step.condition {
            StepCondition::Success => sure(
                "It runs by itself while everything before it succeeded; who starts the process is \
                    not in the file.",
            ),
            StepCondition::Failure => sure("It runs by itself once something before it failed."),
            StepCondition::Always => sure("It runs by itself, also after a failure."),
            // with a known mode it depends on nothing else
            StepCondition::Variable(_) if step.modes.rollback.is_some() => {
                sure("Its condition on the deployment mode decides.")
            }
            StepCondition::Variable(_) => {
                open("Its own condition decides, and cannot be told from the file.")
            }
        },
        ProcessQuestion::Platform => answer_platform_question(step),
        ProcessQuestion::FullRedeploy => match step.class {
            // whether that is needed depends on what the targets still hold
            StepClass::Service | StepClass::Website => open(
                "As written it extracts the package to a new folder again and transforms \
                    configuration with the variables of that release.",
            ),
            StepClass::Infrastructure => open("As written it applies the whole definition again."),
            _ => sure("It installs no package."),
        },
        ProcessQuestion::Manual => match step.class {
            StepClass::Manual if step.required => {
                sure("It waits for a person, and cannot be left out.")
            }
            StepClass::Manual => {
                sure("It waits for a person; current advice keeps that on a rollback.")
            }
            _ => sure("It waits for nobody."),
        },
        ProcessQuestion::Database => match (step.class, step.modes.rollback) {
            (StepClass::Database, Some(false)) => {
                sure("It touches the database and is left out on a rollback.")
            }
            (StepClass::Database, Some(true)) => {
                sure("It touches the database and is not left out: it would run again.")
            }
            (StepClass::Database, None) => {
                open("It touches the database; whether it is left out cannot be told.")
            }
            // what nobody can look into may touch it
            (StepClass::Script | StepClass::Unknown | StepClass::Runbook, _) => {
                open("Whether it touches the database cannot be told from the file.")
            }
            _ => sure("It does not touch the database."),
        },
        ProcessQuestion::OtherSkips => {
            match (step.class, step.on_rollback.how, step.on_rollback.settled) {
                (StepClass::Database, ..) => sure("It is left out as a database step."),
                (_, StepMode::Skip, _) => {
                    (format!("It is left out: {}.", step.on_rollback.why), true)
                }
                (_, _, true) => sure("No."),
                (_, _, false) => (
                    format!("Somebody must say: {}.", step.on_rollback.why),
                    false,
                ),
            }
        }
        ProcessQuestion::RollbackOnly => match (step.on_rollback.how, step.modes.only_rollback()) {
            (_, true) => sure("Yes, by its condition."),
            (StepMode::RollbackOnly, false) => {
                sure("It should, but its condition lets it run otherwise too.")
            }
            _ => sure("No."),
        },
    }
}

fn answer_platform_question(step: &DeploymentStep) -> (String, bool) {
    let kind = step.action_type.as_deref().unwrap_or_default();
    let says = match kind {
        "Octopus.WindowsService" => {
            "A Windows service: its binary path can point at the old folder, then restart."
        }
        "Octopus.IIS" => "An IIS site: its physical path can point at the old folder at once.",
        "Octopus.TomcatDeploy" => {
            "Tomcat: parallel versions can run in one container, unless old ones are undeployed by \
                themselves."
        }
        "Octopus.AzureWebApp" | "Octopus.AzureAppService" => {
            "An Azure web app: with a slot, the old release can be swapped back."
        }
        "Octopus.HelmChartUpgrade" => {
            "Helm: an earlier revision can be brought back while it is in the history."
        }
        kind if kind.contains("Kubernetes") || kind.contains("ArgoCD") => {
            "Kubernetes: an earlier revision can be brought back while its ReplicaSet is kept."
        }
        "Octopus.TentaclePackage" | "Octopus.Nginx" => {
            "A target with folders: each release is extracted to a folder of its own, so the old \
                one can stay."
        }
        _ if matches!(step.class, StepClass::Service | StepClass::Website) => {
            return (
                "The file does not tell; it depends on framework and operating system.".to_owned(),
                false,
            );
        }
        _ => "It keeps no release on a target.",
    };
    (says.to_owned(), true)
}
