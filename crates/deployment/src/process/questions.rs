//! The seven questions by which the guide designs a rollback process, answered for each step as far
//! as the file can.

use super::{Class, Condition, Step};
use model::StepMode;

/// One of the seven questions (rules 45 to 51 of the guide).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Question {
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

impl Question {
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
pub struct Answer {
    /// Which question.
    pub question: Question,
    /// One sentence.
    pub says: String,
    /// `false` where a person must say.
    pub settled: bool,
}

impl Answer {
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
pub(super) fn answers(step: &Step) -> Vec<Answer> {
    Question::ALL
        .into_iter()
        .map(|question| {
            let (says, settled) = answer(question, step);
            Answer {
                question,
                says,
                settled,
            }
        })
        .collect()
}

fn answer(question: Question, step: &Step) -> (String, bool) {
    let sure = |says: &str| (says.to_owned(), true);
    let open = |says: &str| (says.to_owned(), false);
    match question {
        Question::Trigger => match &step.condition {
            Condition::Success => sure(
                "It runs by itself while everything before it succeeded; who starts the process is not in the file.",
            ),
            Condition::Failure => sure("It runs by itself once something before it failed."),
            Condition::Always => sure("It runs by itself, also after a failure."),
            Condition::Variable(_) if step.modes.rollback.is_some() => {
                sure("Its condition on the deployment mode decides.")
            }
            Condition::Variable(_) => {
                open("Its own condition decides, and cannot be told from the file.")
            }
        },
        Question::Platform => platform(step),
        Question::FullRedeploy => match step.class {
            Class::Service | Class::Website => open(
                "As written it extracts the package to a new folder again and transforms configuration with the variables of that release.",
            ),
            Class::Infrastructure => open("As written it applies the whole definition again."),
            _ => sure("It installs no package."),
        },
        Question::Manual => match step.class {
            Class::Manual if step.required => {
                sure("It waits for a person, and cannot be left out.")
            }
            Class::Manual => {
                sure("It waits for a person; current advice keeps that on a rollback.")
            }
            _ => sure("It waits for nobody."),
        },
        Question::Database => match (step.class, step.modes.rollback) {
            (Class::Database, Some(false)) => {
                sure("It touches the database and is left out on a rollback.")
            }
            (Class::Database, Some(true)) => {
                sure("It touches the database and is not left out: it would run again.")
            }
            (Class::Database, None) => {
                open("It touches the database; whether it is left out cannot be told.")
            }
            (Class::Script | Class::Unknown | Class::Runbook, _) => {
                open("Whether it touches the database cannot be told from the file.")
            }
            _ => sure("It does not touch the database."),
        },
        Question::OtherSkips => {
            match (step.class, step.on_rollback.how, step.on_rollback.settled) {
                (Class::Database, ..) => sure("It is left out as a database step."),
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
        Question::RollbackOnly => match (step.on_rollback.how, step.modes.only_rollback()) {
            (_, true) => sure("Yes, by its condition."),
            (StepMode::RollbackOnly, false) => {
                sure("It should, but its condition lets it run otherwise too.")
            }
            _ => sure("No."),
        },
    }
}

fn platform(step: &Step) -> (String, bool) {
    let kind = step.action_type.as_deref().unwrap_or_default();
    let says = match kind {
        "Octopus.WindowsService" => {
            "A Windows service: its binary path can point at the old folder, then restart."
        }
        "Octopus.IIS" => "An IIS site: its physical path can point at the old folder at once.",
        "Octopus.TomcatDeploy" => {
            "Tomcat: parallel versions can run in one container, unless old ones are undeployed by themselves."
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
            "A target with folders: each release is extracted to a folder of its own, so the old one can stay."
        }
        _ if matches!(step.class, Class::Service | Class::Website) => {
            return (
                "The file does not tell; it depends on framework and operating system.".to_owned(),
                false,
            );
        }
        _ => "It keeps no release on a target.",
    };
    (says.to_owned(), true)
}
