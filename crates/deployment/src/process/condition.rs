//! When a step runs, and in which deployment modes its condition lets it.

use regex::Regex;
use std::sync::LazyLock;

/// When a step runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepCondition {
    /// While everything before it succeeded.
    Success,
    /// When something before it failed.
    Failure,
    /// In any case.
    Always,
    /// When an expression is true; it is evaluated after a failure too.
    Variable(String),
}

/// In which modes a step runs; `None` where its condition cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modes {
    /// A higher release number.
    pub deploy: Option<bool>,
    /// A lower one.
    pub rollback: Option<bool>,
    /// The same.
    pub redeploy: Option<bool>,
}

impl Modes {
    /// Runs in all.
    pub const ALL: Self = Self {
        deploy: Some(true),
        rollback: Some(true),
        redeploy: Some(true),
    };
    /// Cannot be told.
    pub const UNKNOWN: Self = Self {
        deploy: None,
        rollback: None,
        redeploy: None,
    };

    /// Runs on a rollback and in no other mode.
    pub fn only_rollback(self) -> bool {
        self == Self {
            deploy: Some(false),
            rollback: Some(true),
            redeploy: Some(false),
        }
    }
}

static READY_MADE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\s*#\{\s*Octopus\.Action\[[^\]]*\]\.Output\.RunOn(DeployOrRollback|DeployOrRedeploy|RedeployOrRollback|Deploy|Rollback|Redeploy)\s*\}\s*$",
    )
    .ok()
});
static COMPARED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)DeploymentMode\s*(==|!=)\s*["']([A-Za-z]+)["']"#).ok());

/// A ready-made condition of the step template, which has the guard against failed deployments
/// built in.
pub(super) fn ready_made(expression: &str) -> bool {
    READY_MADE
        .as_ref()
        .is_some_and(|pattern| pattern.is_match(expression))
}

/// The words an expression compares the deployment mode with.
pub(super) fn list_compared_mode_words(expression: &str) -> Vec<(bool, String)> {
    let Some(pattern) = COMPARED.as_ref() else {
        return Vec::new();
    };
    pattern
        .captures_iter(expression)
        .map(|found| (&found[1] == "==", found[2].to_owned()))
        .collect()
}

/// Words of the template's description that its code never writes.
pub(super) fn never_written(word: &str) -> bool {
    word.eq_ignore_ascii_case("Deployment") || word.eq_ignore_ascii_case("Redeployment")
}

/// The modes of a condition.
pub(super) fn derive_step_modes(condition: &StepCondition) -> Modes {
    let expression = match condition {
        // a way back that goes well has no failure
        StepCondition::Failure => {
            return Modes {
                deploy: Some(false),
                rollback: Some(false),
                redeploy: Some(false),
            };
        }
        StepCondition::Success | StepCondition::Always => return Modes::ALL,
        StepCondition::Variable(expression) => expression,
    };
    if let Some(found) = READY_MADE
        .as_ref()
        .and_then(|pattern| pattern.captures(expression))
    {
        let word = found[1].to_ascii_lowercase();
        // `DeployOrRollback` names two
        let names: Vec<&str> = word.split("or").collect();
        let some = |mode: &str| Some(names.contains(&mode));
        return Modes {
            deploy: some("deploy"),
            rollback: some("rollback"),
            redeploy: some("redeploy"),
        };
    }
    // literal words are what the editor writes where nobody wanted an expression
    if expression.trim().eq_ignore_ascii_case("true") {
        return Modes::ALL;
    }
    if expression.trim().eq_ignore_ascii_case("false") {
        return derive_step_modes(&StepCondition::Failure);
    }
    // what is computed wrongly would say that a database stays out
    // one comparison of the mode, perhaps with the guard around it; anything more is not computed
    let lower = expression.to_ascii_lowercase();
    let [(equal, word)] = list_compared_mode_words(expression)
        .try_into()
        .unwrap_or_else(|_| [(true, String::new())]);
    let plain = !word.is_empty()
        && lower.matches("#{if").count() <= 1
        && !lower.contains(" and ")
        && !lower.contains(" or ")
        && !lower.contains("#{else");
    let guards = lower.matches("#{unless").count();
    // the guard of the guide is one `unless` around all of it; another one asks something else
    if !plain || guards > usize::from(lower.contains("octopus.deployment.error")) {
        return Modes::UNKNOWN;
    }
    let is = |mode: &str| Some(word.eq_ignore_ascii_case(mode) == equal);
    Modes {
        deploy: is("Deploy"),
        rollback: is("Rollback"),
        redeploy: is("Redeploy"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(expression: &str) -> (Option<bool>, Option<bool>, Option<bool>) {
        let modes = derive_step_modes(&StepCondition::Variable(expression.to_owned()));
        (modes.deploy, modes.rollback, modes.redeploy)
    }

    const YES: Option<bool> = Some(true);
    const NO: Option<bool> = Some(false);

    #[test]
    fn ready_made_conditions() {
        let run = |name: &str| {
            of(&format!(
                "#{{Octopus.Action[Calculate Deployment Mode].Output.RunOn{name}}}"
            ))
        };
        assert_eq!(run("Deploy"), (YES, NO, NO));
        assert_eq!(run("Rollback"), (NO, YES, NO));
        assert_eq!(run("Redeploy"), (NO, NO, YES));
        assert_eq!(run("DeployOrRollback"), (YES, YES, NO));
        assert_eq!(run("DeployOrRedeploy"), (YES, NO, YES));
        assert_eq!(run("RedeployOrRollback"), (NO, YES, YES));
        assert_eq!(run("MajorVersionChange"), (None, None, None));
    }

    #[test]
    fn hand_written_comparisons() {
        let mode = "Octopus.Action[Calculate Deployment Mode].Output.DeploymentMode";
        assert_eq!(
            of(&format!("#{{if {mode} == \"Rollback\"}}True#{{/if}}")),
            (NO, YES, NO)
        );
        assert_eq!(
            of(&format!("#{{if {mode} != \"Rollback\"}}True#{{/if}}")),
            (YES, NO, YES)
        );
        assert_eq!(
            of(&format!(
                "#{{unless Octopus.Deployment.Error}}#{{if {mode} == \
                    \"Deploy\"}}True#{{/if}}#{{/unless}}"
            )),
            (YES, NO, NO)
        );
        // the long word is never written, so the step never runs
        assert_eq!(
            of(&format!("#{{if {mode} == \"Deployment\"}}True#{{/if}}")),
            (NO, NO, NO)
        );
        assert_eq!(
            of(&format!(
                "#{{unless {mode} == \"Rollback\"}}True#{{/unless}}"
            )),
            (None, None, None)
        );
        assert_eq!(of("#{MyOwnFlag}"), (None, None, None));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in ".{0,120}") {
            let _ = of(&text);
        }
    }
}
