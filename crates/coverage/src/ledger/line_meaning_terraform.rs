//! What a changed attribute says in a resource of Terraform that keeps no data, and in a job of
//! Nomad: by the kind of the resource first, by the attribute second.

use super::key_meaning::{lies_below, list_inner_keys};
use super::said_lines::{LineMeaning, SaidByLines};
use super::understood_lines::{HARMLESS_ATTRIBUTES, keeps_nothing};
use crate::changed_lines::ChangedLine;
use crate::terraform::{self, TerraformLine};

// parts and no whole types: `aws_lb_listener` and `google_compute_firewall` name theirs as they
// like
/// Parts of a type that is an address, leads to one or says who reaches it.
const ADDRESSES: [&str; 21] = [
    "cloudfront",
    "cdn",
    "headers",
    "record",
    "dns",
    "route53",
    "lb",
    "alb",
    "elb",
    "listener",
    "gateway",
    "apigateway",
    "apigatewayv2",
    "ingress",
    "acm",
    "domain",
    "url",
    "firewall",
    "security",
    "cors",
    "frontdoor",
];

// before addresses: `aws_internet_gateway` holds `gateway`, and nobody calls it
/// Parts of a type of the network below: no address of the program, and its meaning is not known.
const NETWORK: [&str; 6] = ["nat", "internet", "vpn", "transit", "customer", "egress"];

/// Parts of a type that only watches, scales or gives rights: applying the older file gives what
/// the older release had.
const HARMLESS_KINDS: [&str; 14] = [
    "alarm",
    "dashboard",
    "metric",
    "monitor",
    "monitoring",
    "autoscaling",
    "appautoscaling",
    "autoscaler",
    "healthcheck",
    "iam",
    "role",
    "permission",
    "member",
    "binding",
];

/// Attributes of what runs programs that say how it runs, or which program it is.
const HARMLESS_OF_PROGRAMS: [&str; 47] = [
    "memory_size",
    "timeout",
    "runtime",
    "handler",
    "filename",
    // which archive a function is made from is the program itself, and moves in each release
    "s3_bucket",
    "s3_key",
    "s3_object_version",
    "source_code_hash",
    "image",
    "image_uri",
    "image_pull_policy",
    "publish",
    "reserved_concurrent_executions",
    "architectures",
    "layers",
    "tracing_config",
    "logging_config",
    "log_configuration",
    "logconfiguration",
    "healthcheck",
    "health_check",
    "health_check_grace_period_seconds",
    "deployment_minimum_healthy_percent",
    "deployment_maximum_percent",
    "deployment_circuit_breaker",
    "task_definition",
    "launch_type",
    "execution_role_arn",
    "task_role_arn",
    "role",
    "replicas",
    "resources",
    "limits",
    "requests",
    "liveness_probe",
    "readiness_probe",
    "startup_probe",
    "strategy",
    "essential",
    "service_account_name",
    "depends_on",
    "portmappings",
    "termination_grace_period_seconds",
    "selector",
    // selectors of Kubernetes are immutable, and have a check of their own
    "metadata",
    "revision_history_limit",
];

/// Notes what the changed lines of a text say.
pub(super) fn find_terraform_meanings(
    text: &str,
    changed: &[ChangedLine<'_>],
    is_fresh: bool,
    said: &mut SaidByLines,
) {
    let mut at = 0;
    terraform::each_line(text, |line| {
        while at < changed.len() && changed[at].0 < line.number {
            at += 1;
        }
        let differs = changed
            .get(at)
            .is_some_and(|(number, _)| *number == line.number);
        if !differs || !line.text.contains(char::is_alphanumeric) {
            return;
        }
        let meaning = match line.block.first().copied() {
            Some("resource") => judge_attribute(line),
            // of Nomad; data, variables and outputs are told by themselves
            Some("job") => judge_part_of_job(line),
            _ => LineMeaning::Harmless,
        };
        said.note(
            meaning,
            is_fresh.then_some(line.number),
            line.text,
            line.keys,
        );
    });
}

fn judge_attribute(line: &TerraformLine<'_>) -> LineMeaning {
    let kind = line.block.get(1).copied().unwrap_or_default();
    // what may hold data is told by itself, and a resource as a whole by its own checks
    if !keeps_nothing(kind) || line.opens && line.text.ends_with('{') {
        return LineMeaning::Harmless;
    }
    if lies_below(line.keys, &HARMLESS_ATTRIBUTES) || lies_below(line.keys, &["depends_on"]) {
        return LineMeaning::Harmless;
    }
    let has = |parts: &[&str]| kind.split('_').any(|part| parts.contains(&part));
    let address = has(&ADDRESSES) || matches!(kind, "kubernetes_service" | "kubernetes_service_v1");
    // a certificate or an alarm of a balancer is no address of it
    if address && !has(&NETWORK) {
        return if has(&["alarm", "iam", "certificate"]) && !has(&["headers"]) {
            LineMeaning::Harmless
        } else {
            LineMeaning::Address
        };
    }
    if has(&HARMLESS_KINDS) || kind.ends_with("_policy") && !has(&["network"]) {
        return LineMeaning::Harmless;
    }
    if has(&["lambda", "function", "definition", "service", "deployment"]) {
        return judge_program(line);
    }
    not_known(line)
}

fn judge_program(line: &TerraformLine<'_>) -> LineMeaning {
    const GIVEN: [&str; 9] = [
        "environment",
        "variables",
        "environment_variables",
        "build_environment_variables",
        // a container's definition in JSON holds environment, command and image alike
        "env",
        "env_from",
        "app_settings",
        "application_settings",
        "container_definitions",
    ];
    let inner = list_inner_keys(line.text);
    // the part of a definition that differs, where it stands on a line of its own
    let below = line
        .keys
        .iter()
        // behind the head of the definition, so that a key of the resource around it does not speak
        // for it
        .position(|key| *key == "container_definitions");
    let own = match below {
        Some(at) => &line.keys[at + 1..],
        None => line.keys,
    };
    if lies_below(
        own,
        &["command", "args", "entry_point", "entrypoint", "secrets"],
    ) {
        return LineMeaning::Started;
    }
    if lies_below(own, &GIVEN) || below.is_some() && lies_below(&inner, &GIVEN) {
        return LineMeaning::Given;
    }
    if lies_below(own, &HARMLESS_OF_PROGRAMS) {
        return LineMeaning::Harmless;
    }
    if lies_below(own, &["load_balancer", "hosts", "traffic"]) {
        return LineMeaning::Address;
    }
    // parts of a definition and blocks that only hold others
    // `container_definitions = jsonencode([{`
    let holds = line.text.ends_with(['{', '[', '(']);
    if holds || below.is_some() && own.iter().all(|key| key.is_empty() || *key == "name") {
        return LineMeaning::Harmless;
    }
    not_known(line)
}

fn judge_part_of_job(line: &TerraformLine<'_>) -> LineMeaning {
    if lies_below(line.keys, &["periodic", "cron", "crons"]) {
        return LineMeaning::Unknown(
            "when a job runs changed, and what it has done since then is not undone".into(),
        );
    }
    if line.text.ends_with('{') || lies_below(line.keys, &["check", "check_restart", "resources"]) {
        return LineMeaning::Harmless;
    }
    if lies_below(line.keys, &["env"]) {
        return LineMeaning::Given;
    }
    if lies_below(line.keys, &["args", "command", "meta"]) {
        return LineMeaning::Started;
    }
    if lies_below(line.keys, &["service", "network"]) {
        return LineMeaning::Address;
    }
    LineMeaning::Harmless
}

fn not_known(line: &TerraformLine<'_>) -> LineMeaning {
    LineMeaning::Unknown(
        format!(
            "what {} is made with changed, and what that does is not known",
            model::escape_invisible(&line.address())
        )
        .into(),
    )
}
