//! Steps out of Octopus' Config-as-Code: `.octopus/deployment_process.ocl`, one folder a project,
//! and runbooks.

use super::condition::{self, Modes};
use super::{
    DeploymentStep, LIMIT, Process, StepClass, StepCondition, Treatment, class, questions,
    treatment,
};
use crate::ocl::{self, OclBlock, OclItem};
use model::{
    Evidence, ReadError, Snapshot, StepMode, Unchecked, Untrusted, escape_invisible, shorten_text,
};

// a generated file may hold any number
/// Most steps of one process.
const STEPS: usize = 2000;

// a monorepo has one a project
/// Most process files of one tree.
const FILES: usize = 200;

/// Every process and runbook of a tree, by path, and the files that could not be read.
pub(super) fn read_octopus_processes(tree: &dyn Snapshot) -> (Vec<Process>, Vec<ReadError>) {
    let (mut found, mut unread) = (Vec::new(), Vec::new());
    let wanted = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        path.ends_with(".ocl") && (name == "deployment_process.ocl" || path.contains("/runbooks/"))
    };
    for entry in tree
        .list()
        .iter()
        .filter(|entry| wanted(&entry.path))
        .take(FILES)
    {
        match tree.read_text(&entry.path) {
            Ok(text) => {
                let mut process = from_ocl(&entry.path, &text);
                // a runbook installs nothing that the way back would look for
                if !process.runbook {
                    process.skips_installed = process
                        .skips_installed
                        .or_else(|| skips_installed(tree, &entry.path, &mut unread));
                }
                found.push(process);
            }
            Err(error) => unread.push(error),
        }
    }
    (found, unread)
}

/// One process out of the text of a file. It never fails: what does not keep to the grammar is in
/// `unchecked`.
pub fn from_ocl(path: &str, text: &str) -> Process {
    let document = ocl::parse_ocl(text);
    let path = escape_invisible(path).into_owned();
    let mut process = Process {
        source: path.clone(),
        runbook: path.contains("/runbooks/"),
        project: find_octopus_project(&path),
        text: text.to_owned(),
        ..Process::default()
    };
    // the first errors show what is wrong; the others follow from them
    for error in document.errors.iter().take(20) {
        process.unchecked.push(Unchecked {
            what: format!("{path}:{}:{}", error.line, error.column).into(),
            why: Untrusted::visible(&error.why),
            settle_with: None,
        });
    }
    if text.len() > LIMIT {
        process.unchecked.push(Unchecked {
            what: path.clone().into(),
            why: format!("only the first {LIMIT} bytes are read").into(),
            settle_with: None,
        });
    }
    // a runbook wraps its steps in a process block
    let inner: Vec<&OclItem> = document
        .items
        .iter()
        .flat_map(|item| match item {
            OclItem::Block(block) if matches!(block.name.as_str(), "process" | "runbook") => {
                block.items.iter().collect::<Vec<_>>()
            }
            other => vec![other],
        })
        .collect();
    for item in inner {
        let OclItem::Block(block) = item else {
            continue;
        };
        if process.steps.len() >= STEPS {
            process.unchecked.push(Unchecked {
                what: path.clone().into(),
                why: format!("only the first {STEPS} steps are read").into(),
                settle_with: None,
            });
            break;
        }
        match block.name.as_str() {
            "step" => steps_of(block, &path, &mut process),
            "process_template" => {
                let number = process.steps.len() + 1;
                process
                    .steps
                    .push(read_process_template(block, &path, number));
            }
            _ => {}
        }
    }
    process
}

/// The folder between `.octopus` and the file; `None` for the only project of a repository.
fn find_octopus_project(path: &str) -> Option<String> {
    // Octopus lets one choose the folder below `.octopus`
    let (_, below) = path.split_once(".octopus/")?;
    let folders = below.rsplit_once('/')?.0;
    let folders = folders.trim_end_matches("runbooks").trim_end_matches('/');
    (!folders.is_empty()).then(|| folders.to_owned())
}

fn steps_of(block: &OclBlock, path: &str, process: &mut Process) {
    let actions: Vec<&OclBlock> = block.blocks("action").collect();
    let label = block.labels.first().map(String::as_str).unwrap_or_default();
    let name = block
        .text("name")
        .filter(|name| !name.is_empty())
        .unwrap_or(label);
    let several = actions.len() > 1;
    if actions.is_empty() {
        process.steps.push(read_octopus_step(
            block,
            None,
            name,
            path,
            process.steps.len() + 1,
        ));
        return;
    }
    // a step with several actions (a rolling deployment) runs each on a target after the other
    for action in actions {
        let own = action
            .text("name")
            .or_else(|| action.labels.first().map(String::as_str))
            .filter(|own| !own.is_empty());
        // with one action the step's name says all
        let named = match own {
            Some(own) if several => format!("{name}: {own}"),
            _ => name.to_owned(),
        };
        if let Some(skip) = skip_property(action, path) {
            process.skips_installed.get_or_insert(skip);
        }
        let step = read_octopus_step(block, Some(action), &named, path, process.steps.len() + 1);
        process.steps.push(step);
    }
}

fn read_octopus_step(
    step: &OclBlock,
    action: Option<&OclBlock>,
    name: &str,
    path: &str,
    number: usize,
) -> DeploymentStep {
    let own = step.properties();
    let properties = action.map(OclBlock::properties).unwrap_or_default();
    let text = |key: &str| {
        properties
            .iter()
            .chain(&own)
            .find(|property| property.name == key)
            .and_then(|property| property.value.word())
    };
    let action_type = action
        .and_then(|action| action.text("action_type"))
        .map(|kind| escape_invisible(kind).into_owned());
    let packages = list_step_packages(action, text("Octopus.Action.Package.PackageId"));
    let scripts: Vec<&str> = properties
        .iter()
        .filter(|property| {
            property.name.contains("ScriptBody") || property.name.contains("CustomScripts.")
        })
        .filter_map(|property| property.value.text())
        .collect();
    let hints = class::StepHints {
        name,
        action_type: action_type.as_deref(),
        packages: packages.iter().map(String::as_str).collect(),
        scripts: scripts.clone(),
        properties: properties
            .iter()
            .map(|property| property.name.as_str())
            .collect(),
    };
    let (class, class_reason) = class::classify_step(&hints);
    let condition = condition_of(
        step,
        action,
        text("Octopus.Step.ConditionVariableExpression")
            .or_else(|| text("Octopus.Action.ConditionVariableExpression")),
    );
    let modes = condition::derive_step_modes(&condition);
    let flag = |key: &str| {
        action
            .and_then(|action| action.attribute(key))
            .and_then(|attribute| attribute.value.flag())
            == Some(true)
    };
    let list = |key: &str| {
        let found = action
            .and_then(|action| action.attribute(key))
            .map(|attribute| attribute.value.texts())
            .unwrap_or_default();
        found
            .iter()
            .map(|text| escape_invisible(text).into_owned())
            .collect::<Vec<_>>()
    };
    let opaque = explain_opaque_step(
        action,
        action_type.as_deref(),
        text("Octopus.Action.Template.Id"),
        &scripts,
    );
    // the rollback steps of the guide are step templates; their names tell what they are
    let opaque = opaque.filter(|_| class != StepClass::Rollback);
    let excerpt = format!("step \"{}\"", shorten_text(&escape_invisible(name), 80));
    let (blocks_progression, calculates_mode) = (
        class::is_release_blocking_step(&hints),
        class::calculates_mode(&hints),
    );
    complete_octopus_step(DeploymentStep {
        name: shorten_text(&escape_invisible(name), 200).into_owned(),
        number,
        class,
        class_reason,
        condition,
        modes,
        // the only other trigger is to start after the previous step
        parallel: step.text("start_trigger") == Some("StartWithPrevious"),
        required: flag("is_required"),
        disabled: flag("is_disabled"),
        environments: list("environments"),
        excluded_environments: list("excluded_environments"),
        action_type,
        opaque,
        blocks_progression,
        calculates_mode,
        evidence: Evidence::at(path, step.line).with_excerpt(&excerpt),
        on_rollback: Treatment::sure(StepMode::Run, ""),
        on_redeploy: Treatment::sure(StepMode::Run, ""),
        answers: Vec::new(),
    })
}

fn list_step_packages(action: Option<&OclBlock>, package_id: Option<String>) -> Vec<String> {
    action
        .into_iter()
        .flat_map(|action| action.blocks("packages"))
        // a package is named by its id or by a label
        .flat_map(|package| {
            [
                package.text("package_id").map(str::to_owned),
                package.labels.first().cloned(),
            ]
        })
        .flatten()
        .chain(package_id)
        .collect()
}

/// Why it cannot be told what a step does, where it cannot.
fn explain_opaque_step(
    action: Option<&OclBlock>,
    action_type: Option<&str>,
    template: Option<String>,
    scripts: &[&str],
) -> Option<String> {
    match (action_type, template) {
        // the type of a template is known by its server
        (None, Some(id)) => Some(format!(
            "it uses the step template {}, which only that server knows",
            escape_invisible(&id)
        )),
        (None, None) if action.is_none() => Some("it has no action".to_owned()),
        (None, None) => Some("it names no type of action".to_owned()),
        (Some(_), _) if scripts.iter().any(|body| body.trim().is_empty()) => {
            Some("its script is empty here".to_owned())
        }
        (Some(kind), _) if kind.ends_with("Script") && scripts.is_empty() => {
            Some("its script lies in a package".to_owned())
        }
        _ => None,
    }
}

// *Success* is what is written where nobody chose
fn condition_of(
    step: &OclBlock,
    action: Option<&OclBlock>,
    expression: Option<String>,
) -> StepCondition {
    let word = action
        .and_then(|action| action.text("condition"))
        .filter(|word| *word != "Success")
        .or_else(|| step.text("condition"));
    match word {
        Some("Failure") => StepCondition::Failure,
        Some("Always") => StepCondition::Always,
        Some("Variable") => {
            StepCondition::Variable(escape_invisible(&expression.unwrap_or_default()).into_owned())
        }
        _ => StepCondition::Success,
    }
}

/// The steps of a process template live in another repository.
fn read_process_template(block: &OclBlock, path: &str, number: usize) -> DeploymentStep {
    let slug = block
        .text("process_template_slug")
        .or_else(|| block.labels.first().map(String::as_str))
        .unwrap_or("unnamed");
    let name = block.text("name").unwrap_or(slug);
    let why = "it uses a process template, whose steps are kept elsewhere";
    complete_octopus_step(DeploymentStep {
        name: shorten_text(&escape_invisible(name), 200).into_owned(),
        number,
        class: StepClass::Unknown,
        class_reason: why.to_owned(),
        condition: StepCondition::Success,
        modes: Modes::UNKNOWN,
        parallel: false,
        required: false,
        disabled: false,
        environments: Vec::new(),
        excluded_environments: Vec::new(),
        action_type: None,
        opaque: Some(why.to_owned()),
        blocks_progression: false,
        calculates_mode: false,
        evidence: Evidence::at(path, block.line)
            .with_excerpt(&format!("process_template \"{}\"", escape_invisible(slug))),
        on_rollback: Treatment::sure(StepMode::Run, ""),
        on_redeploy: Treatment::sure(StepMode::Run, ""),
        answers: Vec::new(),
    })
}

fn complete_octopus_step(mut step: DeploymentStep) -> DeploymentStep {
    (step.on_rollback, step.on_redeploy) = treatment::derive_step_treatments(&step);
    step.answers = questions::answer_step_questions(&step);
    step
}

const SKIP: &str = "Octopus.Action.Package.SkipIfAlreadyInstalled";

fn skip_property(action: &OclBlock, path: &str) -> Option<Evidence> {
    let properties = action.properties();
    let found = properties.iter().find(|property| {
        property.name == SKIP
            && property
                .value
                .word()
                // any text but false counts: a variable may hold it
                .is_some_and(|word| !word.eq_ignore_ascii_case("false"))
    })?;
    Some(Evidence::at(path, found.line).with_excerpt(&format!(
        "{SKIP} = {}",
        found.value.word().unwrap_or_default()
    )))
}

/// The same, as a variable or a setting of the project beside the process.
fn skips_installed(
    tree: &dyn Snapshot,
    process: &str,
    unread: &mut Vec<ReadError>,
) -> Option<Evidence> {
    let folder = process.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = |name: &str| {
        if folder.is_empty() {
            name.to_owned()
        } else {
            format!("{folder}/{name}")
        }
    };
    let mut text = |path: &str| match tree.read_text(path) {
        Ok(text) => Some(text),
        // a file that is not there is no gap
        Err(ReadError::NotFound(_)) => None,
        Err(error) => {
            unread.push(error);
            None
        }
    };
    // before the setting, which a variable overrides
    let variables = beside("variables.ocl");
    if let Some(found) = text(&variables) {
        let document = ocl::parse_ocl(&found);
        let of_name = ocl::find_ocl_blocks(&document.items, "variable").find(|block| {
            block
                .labels
                .iter()
                .any(|label| label.eq_ignore_ascii_case(SKIP))
        });
        if let Some(block) = of_name {
            let values: Vec<&str> = block
                .blocks("value")
                .filter_map(|value| value.labels.first().map(String::as_str))
                .collect();
            if values
                .iter()
                .any(|value| !value.eq_ignore_ascii_case("false"))
            {
                return Some(
                    Evidence::at(variables, block.line)
                        .with_excerpt(&format!("variable \"{SKIP}\" = {}", values.join(", "))),
                );
            }
        }
    }
    let settings = beside("deployment_settings.ocl");
    let document = ocl::parse_ocl(&text(&settings)?);
    let found = ocl::find_ocl_attribute(&document.items, "default_to_skip_if_already_installed")
        .filter(|found| found.value.flag() == Some(true))?;
    Some(
        Evidence::at(settings, found.line)
            .with_excerpt("default_to_skip_if_already_installed = true"),
    )
}
