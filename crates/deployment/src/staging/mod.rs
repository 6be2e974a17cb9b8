//! Staging recognised from a repository's files: does the old side stay up beside the new one, and
//! until when?
//!
//! YAML is read as a tree, so that every sign has its line; Terraform, Bicep, scripts and server
//! configuration are read by line. A sign in a repository shows what the tools are set up to do,
//! not that the old side is warm right now.

mod lines;
mod sign;
mod yaml;

use model::fact_key;
use std::collections::BTreeSet;

use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Fact, FactValue, Finding,
    ReadError, Severity, Snapshot, Sureness, Unchecked, Untrusted, check_cases,
};

pub use model::Strategy;
use sign::FILE_LIMIT;
pub use sign::StagingSign;

/// What a tree shows about staging.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StagingReport {
    /// Most helpful first.
    pub signs: Vec<StagingSign>,
    /// `deployment.strategy`, when there is a sign.
    pub facts: Vec<Fact>,
    /// One a strategy and tool.
    pub findings: Vec<Finding>,
    /// Files that could not be read.
    pub unchecked: Vec<Unchecked>,
}

// a monorepo of manifests has some hundreds; each is parsed
/// Most files that are opened.
const FILES: usize = 1500;
// hundreds of services with one strategy are one sentence
/// Most signs kept of one strategy and tool.
const PLACES: usize = 12;

// a file is opened for a word and not for its name: names are anybody's
/// Words of which a file must hold one to be opened. Each reader's sign starts from one of them.
const WORDS: &[&str] = &[
    "kind: Rollout",
    "kind: Canary",
    "kind: Deployment",
    "kind: Service",
    "kind: Ingress",
    "kind: VirtualService",
    "kind: HTTPRoute",
    "kind: TrafficSplit",
    "kind: TraefikService",
    "kind: DeliveryPipeline",
    "\"kind\": \"Rollout\"",
    "\"kind\": \"Deployment\"",
    "AutoPublishAlias",
    "DeploymentPreference",
    "AWS::CodeDeploy",
    "AWS::ECS::Service",
    "AWS::Lambda::Alias",
    "deploymentSettings",
    "DeploymentPolicy",
    "update_config",
    "activeRevisionsMode",
    "blueGreen",
    "slot",
    "aws_lambda_alias",
    "aws_codedeploy_deployment_group",
    "aws_ecs_service",
    "target_group",
    "google_cloud_run",
    "update-traffic",
    "--no-traffic",
    "--no-promote",
    "set-traffic",
    "update-alias",
    "weight=",
    "split_clients",
    "strategy",
    "canary",
    "DeploymentStyle",
    "MaxParallelism",
    "retain_containers",
    "proxy:",
    "redblack",
];

/// Looks through a tree.
pub fn detect_staging(tree: &dyn Snapshot) -> StagingReport {
    let words: Vec<String> = WORDS.iter().map(|word| (*word).to_owned()).collect();
    // a file holds several of the words, so there are more hits than files
    let (hits, failed) = tree.search_many(&words, false, FILES * 4, &is_deployment_file);
    let files: BTreeSet<&str> = hits.iter().map(|hit| hit.path.as_str()).collect();
    let mut report = StagingReport::default();
    report
        .unchecked
        .extend(failed.iter().map(report_unread_staging_file));
    if files.len() > FILES {
        report.unchecked.push(Unchecked {
            what: "staging".into(),
            why: format!(
                "{} files could describe it; the first {FILES} are looked at",
                files.len()
            )
            .into(),
            settle_with: None,
        });
    }
    let mut signs = Vec::new();
    for path in files.into_iter().take(FILES) {
        match tree.read_text(path) {
            Ok(text) if text.len() <= FILE_LIMIT => find_staging_in_file(path, &text, &mut signs),
            Ok(_) => {}
            Err(error) => report.unchecked.push(report_unread_staging_file(&error)),
        }
    }
    // the surest and most helpful first: the fact takes it
    signs.sort_by(|a: &StagingSign, b| {
        (b.strategy, a.confidence, &a.evidence.path, a.evidence.line).cmp(&(
            a.strategy,
            b.confidence,
            &b.evidence.path,
            b.evidence.line,
        ))
    });
    let mut kept: std::collections::HashMap<(Strategy, &str), usize> =
        std::collections::HashMap::new();
    signs.retain(|sign| {
        let count = kept.entry((sign.strategy, sign.tool)).or_default();
        *count += 1;
        *count <= PLACES
    });
    report.findings = list_staging_findings(&signs);
    report.facts = derive_staging_fact(&signs).into_iter().collect();
    report.signs = signs;
    report
}

fn find_staging_in_file(path: &str, text: &str, signs: &mut Vec<StagingSign>) {
    let lower = path.to_ascii_lowercase();
    if [".yml", ".yaml", ".json"]
        .iter()
        .any(|ending| lower.ends_with(ending))
    {
        yaml::find_yaml_staging(path, text, signs);
    }
    lines::find_staging_lines(path, text, signs);
}

/// Files that describe how something is deployed; copies of other people's, tests and prose are
/// left out.
fn is_deployment_file(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    let other = [
        "node_modules",
        "vendor",
        "third_party",
        "test",
        "tests",
        "testdata",
        "fixtures",
        "examples",
        "example",
        "docs",
        "doc",
        "spec",
        "__tests__",
    ];
    if lower
        .split('/')
        .rev()
        .skip(1)
        .any(|folder| other.contains(&folder))
        // lock files hold names of packages such as `canary`
        || name.ends_with("lock.json")
        || name == "package.json"
        || name.ends_with("lock.yaml")
    {
        return false;
    }
    let endings = [
        ".yml", ".yaml", ".json", ".tf", ".bicep", ".toml", ".conf", ".hcl", ".nomad", ".sh",
        ".ps1", ".ocl", ".config", ".groovy", ".nginx",
    ];
    endings.iter().any(|ending| name.ends_with(ending))
        || name.contains("jenkinsfile")
        || name == "makefile"
        || name == "justfile"
}

fn report_unread_staging_file(error: &ReadError) -> Unchecked {
    let what = error.path();
    Unchecked {
        what: Untrusted::visible(what),
        why: Untrusted::visible(&error.to_string()),
        settle_with: None,
    }
}

fn derive_staging_fact(signs: &[StagingSign]) -> Option<Fact> {
    // what is seen counts before what is only hinted at
    let surest = signs
        .iter()
        .filter(|sign| sign.confidence != Confidence::Hint)
        .max_by_key(|sign| sign.strategy)
        .or_else(|| signs.iter().max_by_key(|sign| sign.strategy))?;
    let places = signs
        .iter()
        .filter(|sign| sign.strategy == surest.strategy)
        .map(|sign| sign.evidence.clone())
        .take(6);
    let mut fact = Fact::sensed(
        fact_key::DEPLOYMENT_STRATEGY,
        FactValue::word(surest.strategy.id()),
    )
    .with_source(format!("{} in {}", surest.tool, where_(&surest.evidence)))
    .with_evidence(places);
    if surest.confidence == Confidence::Hint {
        fact.confidence = Sureness::Low;
    }
    Some(fact)
}

fn where_(evidence: &Evidence) -> String {
    let path = evidence.raw_path().unwrap_or("the repository");
    evidence
        .line
        .map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"))
}

pub(crate) static STAGED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "deployment/staged",
        title: "The old side can stay up beside the new one",
        domain: Domain::Deployment,
        direction: Direction::Rollback,
        looks_for: "Slots, blue/green, canary and weights: Argo Rollouts, Flagger, Kubernetes \
            labels and ingress, service meshes, Helm values, AWS SAM, CodeDeploy, ECS, Lambda \
            aliases, Azure slots, Cloud Run, nginx, Fly, Nomad, Kamal.",
        why: "While the old side is up, moving users back takes seconds and touches neither schema \
            nor packages.",
        action: "Ask first whether the old side is still warm; if it is, shift traffic instead of \
            rolling back.",
        example: "A Rollout with strategy blueGreen.",
        source: "The guide, rules 75 to 80.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| tests::make_staged_fixtures().into()),
};
pub(crate) static ONE_BY_ONE: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "deployment/rolling",
        title: "Instances are replaced one after the other",
        domain: Domain::Deployment,
        direction: Direction::Both,
        looks_for: "Kubernetes Deployments, Compose, Elastic Beanstalk and ECS services that are \
            updated in place.",
        why: "Both releases serve at the same time for a while, in both directions, so they must \
            understand each other.",
        action: "Stop the update while it runs rather than starting another; expect both releases \
            beside one another on the way back.",
        example: "A Deployment with strategy RollingUpdate.",
        source: "The guide, rule 80; Kubernetes' documentation.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| tests::make_rolling_fixtures().into()),
};
pub(crate) static RECREATED: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "deployment/recreated",
        title: "The old release stops before the new one starts",
        domain: Domain::Deployment,
        direction: Direction::Both,
        looks_for: "Kubernetes Deployments with strategy Recreate, deployments all at once.",
        why: "Going back means the same downtime again.",
        action: "Plan the downtime of the way back, or wait for the window.",
        example: "A Deployment with strategy type Recreate.",
        source: "Kubernetes' documentation.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| tests::make_recreated_fixtures().into()),
};

fn list_staging_findings(signs: &[StagingSign]) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for sign in signs {
        let check = match sign.strategy {
            Strategy::None => &RECREATED,
            Strategy::Rolling => &ONE_BY_ONE,
            _ => &STAGED,
        };
        let strategy = match sign.strategy {
            Strategy::None => "all at once",
            other => other.id(),
        };
        let subject = format!("{} ({strategy})", sign.tool);
        if let Some(known) = found
            .iter_mut()
            .find(|finding| finding.subject == subject && finding.check == check.doc.id)
        {
            known.evidence.push(sign.evidence.clone());
            continue;
        }
        let says = if sign.strategy == Strategy::None {
            format!(
                "{} replaces all at once: {}, {}",
                sign.tool, sign.buys, sign.until
            )
        } else {
            let strategy = sign.strategy.id();
            format!(
                "{} is set up for {strategy}: {}, {}",
                sign.tool, sign.buys, sign.until
            )
        };
        // the way back has the same downtime, which a plan must know
        let severity = if sign.strategy == Strategy::None {
            Severity::Warns
        } else {
            Severity::Notes
        };
        let places = vec![sign.evidence.clone()];
        found.push(
            check
                .doc
                .make_finding(severity, sign.confidence, subject, says, places),
        );
    }
    found.sort_by_key(|finding| finding.severity);
    found
}

#[cfg(test)]
mod tests;
