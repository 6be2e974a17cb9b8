//! The ordered steps of one option.

use crate::model::{Assessment, Config, Decision, OptionId, PlanStep};

pub(super) fn plan(option: OptionId, decision: &Decision, assessment: &Assessment, config: &Config) -> Vec<PlanStep> {
    let _ = (option, decision, assessment, config);
    Vec::new()
}
