//! Processes in which the checks find something, and such that look alike.

use super::*;
use model::MemorySnapshot;

pub(super) fn make_tree(files: &[(&str, &str)]) -> MemorySnapshot {
    MemorySnapshot::new(
        files
            .iter()
            .map(|(path, text)| (path.to_string(), text.as_bytes())),
    )
}

pub(super) fn read_process_text(text: &str) -> ProcessReport {
    assess_process(
        &make_tree(&[(".octopus/deployment_process.ocl", text)]),
        &Config::default(),
        None,
    )
}

pub(super) fn write_step(name: &str, more: &str, action: &str) -> String {
    format!(
        "step \"{name}\" {{\n    name = \"{name}\"\n{more}\n    action {{\n{action}\n    }}\n}}\n"
    )
}

pub(super) fn write_condition(expression: &str) -> String {
    format!(
        "    condition = \"Variable\"\n    properties = {{\n        \
            Octopus.Step.ConditionVariableExpression = \"{}\"\n    }}",
        expression.replace('"', "\\\"")
    )
}

pub(super) const SCRIPT: &str = "        action_type = \"Octopus.Script\"\n        properties = \
    {\n            Octopus.Action.Script.ScriptBody = \"echo\"\n        }";

pub(super) fn compare_processes(old: &[(&str, &str)], new: &[(&str, &str)]) -> Ways {
    let names = ReleaseNames {
        previous: "3.0.0",
        previous_commit: "aaaaaaaaaaaa",
    };
    compare_frozen_processes(
        &make_tree(old),
        &make_tree(new),
        &Config::default(),
        None,
        names,
    )
}

/// The condition that the step template has ready.
const READY: &str = "#{Octopus.Action[Calculate Deployment Mode].Output.RunOnDeploy}";

const GUARDED: &str = "#{unless Octopus.Deployment.Error}#{if Octopus.Action[Calculate Deployment \
    Mode].Output.DeploymentMode == \"Deploy\"}True#{/if}#{/unless}";

/// What is found in one process, and in another; nothing of either may stay unread.
fn find_in(finds: &str, spares: &str) -> (Vec<Finding>, Vec<Finding>) {
    let [bad, good] = [finds, spares].map(read_process_text);
    assert_eq!((bad.unchecked, good.unchecked), (vec![], vec![]));
    (bad.findings, good.findings)
}

/// A process that calculates its mode and deploys a database then.
fn write_database_process(more: &str, action: &str) -> String {
    let mode = write_step("Calculate Deployment Mode", "", SCRIPT);
    format!("{mode}{}", write_step("Deploy database", more, action))
}

pub(super) fn make_changed_fixtures() -> (Vec<Finding>, Vec<Finding>) {
    const PLACE: &str = ".octopus/deployment_process.ocl";
    let (old, new) = (
        write_database_process("", SCRIPT),
        write_database_process(&write_condition(READY), SCRIPT),
    );
    let between = |old: &str, new: &str| compare_processes(&[(PLACE, old)], &[(PLACE, new)]);
    (between(&old, &new).findings, between(&new, &new).findings)
}

pub(super) fn make_rerun_fixtures() -> (Vec<Finding>, Vec<Finding>) {
    find_in(
        &write_step("Deploy database", "", SCRIPT),
        &write_database_process(&write_condition(READY), SCRIPT),
    )
}

pub(super) fn make_long_word_fixtures() -> (Vec<Finding>, Vec<Finding>) {
    let long = GUARDED.replace("\"Deploy\"", "\"Deployment\"");
    find_in(
        &write_database_process(&write_condition(&long), SCRIPT),
        &write_database_process(&write_condition(GUARDED), SCRIPT),
    )
}

pub(super) fn make_unguarded_fixtures() -> (Vec<Finding>, Vec<Finding>) {
    let bare = "#{if Octopus.Action[Calculate Deployment Mode].Output.DeploymentMode == \
        \"Deploy\"}True#{/if}";
    find_in(
        &write_database_process(&write_condition(bare), SCRIPT),
        &write_database_process(&write_condition(GUARDED), SCRIPT),
    )
}

pub(super) fn make_unknown_step_fixtures() -> (Vec<Finding>, Vec<Finding>) {
    find_in(
        &write_step("Deploy database", &write_condition(READY), SCRIPT),
        &write_database_process(&write_condition(READY), SCRIPT),
    )
}

pub(super) fn make_opaque_fixtures() -> (Vec<Finding>, Vec<Finding>) {
    let template = "        properties = {\n            Octopus.Action.Template.Id = \
        \"ActionTemplates-141\"\n        }";
    find_in(
        &write_step("Do things", "", template),
        &write_step("Do things", "", SCRIPT),
    )
}

pub(super) fn make_required_fixtures() -> (Vec<Finding>, Vec<Finding>) {
    let required = format!("        is_required = true\n{SCRIPT}");
    find_in(
        &write_database_process("", &required),
        &write_database_process(&write_condition(READY), &required),
    )
}

pub(super) fn make_skip_fixtures() -> (Vec<Finding>, Vec<Finding>) {
    let skips = |value: &str| {
        let action = format!(
            "        action_type = \"Octopus.IIS\"\n        properties = {{\n            \
                Octopus.Action.Package.SkipIfAlreadyInstalled = \"{value}\"\n        }}"
        );
        write_step("Deploy web", "", &action)
    };
    find_in(&skips("True"), &skips("False"))
}

pub(super) fn make_blocking_fixtures() -> (Vec<Finding>, Vec<Finding>) {
    find_in(
        &write_step("Deploy web", "", SCRIPT),
        &write_step("Block Release Progression", "", SCRIPT),
    )
}
