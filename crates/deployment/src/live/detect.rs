//! What a state file is, by its contents.

use serde_json::Value;

use super::LiveError;
use super::json::{find_json_value, list_json_objects};
use super::state_file::StateFileInput;
use model::{escape_invisible, shorten_text};

pub use model::StateFileKind as LiveKind;

/// What this room knows of a kind of state file.
pub trait StateFile: Sized {
    /// The exact command that writes such a file.
    fn producer(self) -> &'static str;
    /// What a file of this kind must hold to be of use.
    fn wanted(self) -> &'static str;
    /// The kind of that id; a few other spellings are understood.
    fn of(id: &str) -> Option<Self>;
    /// All ids in one line.
    fn names() -> String;
}

impl StateFile for LiveKind {
    fn producer(self) -> &'static str {
        match self {
            Self::Calamari => super::calamari::PRODUCER,
            Self::OctopusVariables => super::octopus_variables::PRODUCER,
            Self::Octopus => super::octopus_api::PRODUCER,
            Self::OctopusProcess => {
                "git show HEAD:.octopus/deployment_process.ocl > deployment_process.ocl"
            }
            Self::Kubernetes => super::kubernetes::PRODUCER,
            Self::Helm => super::helm::PRODUCER,
            Self::ArgoCd => super::argocd::PRODUCER,
            Self::ArgoRollouts => super::rollouts::PRODUCER,
            Self::GitHub => super::github::PRODUCER,
            Self::GitLab => super::gitlab::PRODUCER,
            Self::Deploys => super::jsonl::PRODUCER,
            Self::Ecs => super::ecs::PRODUCER,
            Self::CodeDeploy => super::codedeploy::PRODUCER,
            Self::Lambda => super::lambda::PRODUCER,
            Self::Azure => super::azure::PRODUCER,
            Self::Heroku => super::platforms::HEROKU,
            Self::Fly => super::platforms::FLY,
            Self::Nomad => super::schedulers::NOMAD,
            Self::Swarm => super::schedulers::SWARM,
            Self::Capistrano => super::hosts::CAPISTRANO,
            Self::Kamal => super::hosts::KAMAL,
            Self::Migrations => super::ran::PRODUCER,
            Self::Observed => super::counted::PRODUCER,
        }
    }

    fn wanted(self) -> &'static str {
        match self {
            Self::Calamari => "no Deployment element",
            Self::OctopusVariables => "none of the Octopus release or deployment variables",
            Self::Octopus => "no releases, deployments, tasks, dashboard items or lifecycles",
            Self::OctopusProcess => "no steps",
            Self::Kubernetes => "no Deployment",
            Self::Helm => "no revision",
            Self::ArgoCd => "no history, sync or health status",
            Self::ArgoRollouts => "no Rollout with a status",
            Self::GitHub | Self::GitLab | Self::Deploys | Self::CodeDeploy => "no deployments",
            Self::Ecs => "no service",
            Self::Lambda => "no alias",
            Self::Azure => "no web app",
            Self::Heroku => "no releases",
            Self::Fly => "no releases",
            Self::Nomad => "no version of a job",
            Self::Swarm => "no service",
            Self::Capistrano => "no line about a deployment",
            Self::Kamal => "no booted version",
            Self::Migrations => "no migration",
            Self::Observed => "no counted rows",
        }
    }

    fn of(id: &str) -> Option<Self> {
        let id = id.to_ascii_lowercase();
        let alias = match id.as_str() {
            "kubectl" | "k8s" => "kubernetes",
            "argo-cd" | "argo" => "argocd",
            "rollouts" | "argo-rollout" => "argo-rollouts",
            "journal" | "deployment-journal" => "calamari",
            "jsonl" | "deploys.jsonl" => "deploys",
            "ocl" => "octopus-process",
            "aws-ecs" => "ecs",
            "aws-lambda" => "lambda",
            "code-deploy" | "aws-codedeploy" => "codedeploy",
            "docker-swarm" | "docker" => "swarm",
            "azure-slots" | "az" => "azure",
            "fly.io" | "flyctl" => "fly",
            "migration" | "migration-status" => "migrations",
            other => other,
        };
        Self::ALL.iter().copied().find(|kind| kind.id() == alias)
    }

    fn names() -> String {
        let ids: Vec<&str> = Self::ALL.iter().map(|kind| kind.id()).collect();
        ids.join(", ")
    }
}

/// The kind of a file.
pub(super) fn detect_state_file_kind(
    name: &str,
    input: &StateFileInput,
) -> Result<LiveKind, LiveError> {
    let text = input.text.trim_start();
    let unknown = |saw: String| LiveError::UnknownKind {
        name: name.to_owned(),
        saw,
    };
    if text.starts_with('<') {
        if text.contains("<Deployments") {
            return Ok(LiveKind::Calamari);
        }
        // a journal that was cut before its root is still worth a precise message
        return Err(unknown(format!(
            "XML that starts with {}",
            quote_first_line(text)
        )));
    }
    // an audit starts with a bracket too
    let audit =
        text.starts_with('[') && super::hosts::like_kamal(text) && input.json(name).is_err();
    // before JSON: clients print counted rows as JSON too, and their key is unmistakable
    if super::counted::looks_like(text) {
        return Ok(LiveKind::Observed);
    }
    // a box before a name begins with a bracket as well
    let boxed = text.starts_with(['[']) && input.json(name).is_err();
    if matches!(text.as_bytes().first(), Some(b'{' | b'[')) && !audit && !boxed {
        // lines of JSON are no JSON document, so they are asked first
        if super::jsonl::looks_like(text) {
            return Ok(LiveKind::Deploys);
        }
        let value = input.json(name)?;
        return of_json(value).ok_or_else(|| unknown(describe_json_keys(value)));
    }
    if super::hosts::like_capistrano(text) {
        return Ok(LiveKind::Capistrano);
    }
    if super::hosts::like_kamal(text) {
        return Ok(LiveKind::Kamal);
    }
    // told by its steps: variables and settings in OCL have none
    let step =
        regex::Regex::new(r#"(?m)^\s*step\s+"[^"]*"\s*\{"#).is_ok_and(|step| step.is_match(text));
    if step {
        return Ok(LiveKind::OctopusProcess);
    }
    // last of the texts: a table of migrations has the loosest form
    if super::ran::looks_like_text(text) {
        return Ok(LiveKind::Migrations);
    }
    // nothing knows it as text, so the error of the JSON reader is the better answer
    if boxed {
        input.json(name)?;
    }
    Err(unknown(format!(
        "text that starts with {}",
        quote_first_line(text)
    )))
}

fn quote_first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    format!("`{}`", shorten_text(&escape_invisible(line), 40))
}

fn describe_json_keys(value: &Value) -> String {
    match list_json_objects(value)
        .first()
        .and_then(|object| object.as_object())
    {
        Some(object) => {
            let keys: Vec<String> = object
                .keys()
                .take(5)
                .map(|key| shorten_text(&escape_invisible(key), 30).into_owned())
                .collect();
            // the keys show whoever gave the wrong file what it was
            if keys.is_empty() {
                "an empty JSON object".to_owned()
            } else {
                format!("JSON with the keys {}", keys.join(", "))
            }
        }
        None => "JSON without objects".to_owned(),
    }
}

fn of_json(value: &Value) -> Option<LiveKind> {
    let listed = list_json_objects(value);
    let some = |test: &dyn Fn(&Value) -> bool| listed.iter().take(200).any(|item| test(item));
    let has = |item: &Value, keys: &[&str]| keys.iter().all(|key| item.get(*key).is_some());
    let word = |item: &Value, key: &str| item.get(key).and_then(Value::as_str).map(str::to_owned);
    let argo = |item: &Value| {
        word(item, "apiVersion").is_none_or(|version| version.starts_with("argoproj.io/"))
    };
    if some(&|item| word(item, "kind").as_deref() == Some("Rollout") && argo(item)) {
        return Some(LiveKind::ArgoRollouts);
    }
    // `argocd app get -o json` leaves kind and apiVersion out
    let application = |item: &Value| {
        find_json_value(item, &["status", "sync"]).is_some()
            && find_json_value(item, &["spec"]).is_some()
    };
    if some(&|item| {
        (word(item, "kind").as_deref() == Some("Application") && argo(item))
            || (item.get("kind").is_none() && application(item))
    }) {
        return Some(LiveKind::ArgoCd);
    }
    if some(&|item| {
        matches!(
            word(item, "kind").as_deref(),
            Some("Deployment" | "ReplicaSet")
        )
    }) {
        return Some(LiveKind::Kubernetes);
    }
    if some(&|item| has(item, &["revision", "chart", "status"])) {
        return Some(LiveKind::Helm);
    }
    if some(&super::ecs::looks_like) {
        return Some(LiveKind::Ecs);
    }
    if some(&super::codedeploy::looks_like) {
        return Some(LiveKind::CodeDeploy);
    }
    if some(&super::lambda::looks_like) {
        return Some(LiveKind::Lambda);
    }
    if some(&super::schedulers::like_nomad) {
        return Some(LiveKind::Nomad);
    }
    if some(&super::schedulers::like_swarm) {
        return Some(LiveKind::Swarm);
    }
    if some(&super::platforms::like_heroku) {
        return Some(LiveKind::Heroku);
    }
    if some(&super::platforms::like_fly) {
        return Some(LiveKind::Fly);
    }
    if some(&super::azure::looks_like) {
        return Some(LiveKind::Azure);
    }
    if super::octopus_variables::looks_like(value) {
        return Some(LiveKind::OctopusVariables);
    }
    if super::octopus_api::looks_like(value) {
        return Some(LiveKind::Octopus);
    }
    if find_json_value(value, &["data", "repository", "deployments"]).is_some()
        || some(&|item| has(item, &["commitOid"]) && has(item, &["environment"]))
    {
        return Some(LiveKind::GitHub);
    }
    if some(&|item| has(item, &["iid", "sha", "status"]) || has(item, &["last_deployment"])) {
        return Some(LiveKind::GitLab);
    }
    let github = [
        "statuses_url",
        "statuses",
        "production_environment",
        "task",
        "original_environment",
    ];
    if some(&|item| {
        has(item, &["sha", "environment"]) && github.iter().any(|key| item.get(*key).is_some())
    }) {
        return Some(LiveKind::GitHub);
    }
    // one line of the neutral list, or the list as an array
    let names_release =
        |item: &Value| item.get("version").is_some() || item.get("commit").is_some();
    if some(&|item| {
        names_release(item) && (item.get("result").is_some() || item.get("env").is_some())
    }) {
        return Some(LiveKind::Deploys);
    }
    super::ran::looks_like_document(value).then_some(LiveKind::Migrations)
}
