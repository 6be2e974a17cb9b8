//! Signs of staging in Terraform, Bicep, scripts, pipelines and server configuration, by line.

use std::sync::LazyLock;

use regex::Regex;

use super::sign::{StagingSign, quote_staging_line};
use model::Confidence;
use model::Strategy;

/// A line that is a sign by itself, in files with one of these endings (empty means any).
struct Pattern {
    endings: &'static [&'static str],
    text: &'static str,
    strategy: Strategy,
    tool: &'static str,
    buys: &'static str,
    until: &'static str,
}

const SLOT_UNTIL: &str =
    "until something is deployed to the staging slot again; sticky settings do not move";

const PATTERNS: &[Pattern] = &[
    Pattern {
        endings: &[".tf"],
        text: r#"^\s*resource\s+"azurerm_(?:linux_|windows_)?(?:web_app|function_app|app_service)_(?:slot|active_slot)""#,
        strategy: Strategy::Slots,
        tool: "Azure slots",
        buys: "the old release sits in the other slot and is swapped back at once",
        until: SLOT_UNTIL,
    },
    Pattern {
        endings: &[".bicep", ".json"],
        text: r"Microsoft\.Web/sites/slots(?:@|'|\x22)",
        strategy: Strategy::Slots,
        tool: "Azure slots",
        buys: "the old release sits in the other slot and is swapped back at once",
        until: SLOT_UNTIL,
    },
    Pattern {
        endings: &[],
        text: r"\baz\s+(?:webapp|functionapp)\s+deployment\s+slot\s+swap\b|^\s*action:\s*['\x22]?Swap Slots|\bSwitch-AzWebAppSlot\b|^\s*slot-name:\s*['\x22]?(?:staging|stage|blue|green|preview)",
        strategy: Strategy::Slots,
        tool: "Azure slots",
        buys: "the old release sits in the other slot and is swapped back at once",
        until: SLOT_UNTIL,
    },
    Pattern {
        endings: &[".tf"],
        text: r"^\s*blue_green_deployment_config\s*\{|^\s*deployment_option\s*=\s*.WITH_TRAFFIC_CONTROL|^\s*type\s*=\s*.CODE_DEPLOY",
        strategy: Strategy::BlueGreen,
        tool: "CodeDeploy",
        buys: "the old side stays and takes the traffic back in seconds",
        until: "until its termination wait time is over",
    },
    Pattern {
        endings: &[".tf"],
        text: r"^\s*deployment_circuit_breaker\s*\{",
        strategy: Strategy::Rolling,
        tool: "ECS",
        buys: "a failing deployment goes back by itself when rollback is on",
        until: "only while the deployment runs",
    },
    Pattern {
        endings: &[".tf"],
        text: r"^\s*additional_version_weights\s*=",
        strategy: Strategy::Weighted,
        tool: "Lambda alias",
        buys: "the alias points back at the earlier version at once",
        until: "while that version is kept",
    },
    Pattern {
        endings: &[],
        text: r"\baws\s+lambda\s+update-alias\b.*--routing-config",
        strategy: Strategy::Weighted,
        tool: "Lambda alias",
        buys: "the alias points back at the earlier version at once",
        until: "while that version is kept",
    },
    Pattern {
        endings: &[],
        text: r"\bgcloud\s+(?:beta\s+)?run\s+(?:services\s+update-traffic|deploy\b.*--no-traffic)",
        strategy: Strategy::Weighted,
        tool: "Cloud Run",
        buys: "traffic goes back to an earlier revision in seconds",
        until: "while that revision is kept",
    },
    Pattern {
        endings: &[],
        text: r"\bgcloud\s+app\s+(?:deploy\b.*--no-promote|services\s+set-traffic)",
        strategy: Strategy::Weighted,
        tool: "App Engine",
        buys: "traffic goes back to an earlier version in seconds",
        until: "while that version is kept",
    },
    Pattern {
        endings: &[".conf", ".nginx"],
        text: r"^\s*split_clients\s+\S+\s+\S+\s*\{",
        strategy: Strategy::Weighted,
        tool: "nginx",
        buys: "the share of the new side is one number",
        until: "until the old upstream is removed or updated",
    },
    Pattern {
        endings: &["fly.toml"],
        text: r"^\s*strategy\s*=\s*['\x22](?:bluegreen)",
        strategy: Strategy::BlueGreen,
        tool: "Fly.io",
        buys: "old machines serve until all new ones are healthy",
        until: "until the deployment ends; later an old image is deployed anew",
    },
    Pattern {
        endings: &["fly.toml"],
        text: r"^\s*strategy\s*=\s*['\x22]canary",
        strategy: Strategy::Canary,
        tool: "Fly.io",
        buys: "one machine is tried first",
        until: "until it is healthy; later an old image is deployed anew",
    },
    Pattern {
        endings: &["fly.toml"],
        text: r"^\s*strategy\s*=\s*['\x22]immediate",
        strategy: Strategy::None,
        tool: "Fly.io",
        buys: "all machines are replaced at once",
        until: "both ways",
    },
    Pattern {
        endings: &[".nomad", ".hcl"],
        text: r"^\s*canary\s*=\s*[1-9]",
        strategy: Strategy::Canary,
        tool: "Nomad",
        buys: "the old allocations keep serving beside the canaries",
        until: "until the canaries are promoted",
    },
    Pattern {
        endings: &[".ocl"],
        text: r"DeploymentStyle\s*=\s*.BlueGreen",
        strategy: Strategy::BlueGreen,
        tool: "Octopus for Kubernetes",
        buys: "the old resources stay until the new ones are ready",
        until: "until the step removes them",
    },
    Pattern {
        endings: &[".ocl"],
        text: r"(?i)^\s*\S*(?:Azure\S*|WebApp)\.?DeploymentSlot\S*\s*=\s*.\S",
        strategy: Strategy::Slots,
        tool: "Azure slots",
        buys: "the old release sits in the other slot and is swapped back at once",
        until: SLOT_UNTIL,
    },
    Pattern {
        endings: &[".ocl"],
        text: r"Octopus\.Action\.MaxParallelism\s*=\s*.[1-9]",
        strategy: Strategy::Rolling,
        tool: "Octopus",
        buys: "targets are deployed to a few at a time, so the rest still runs the old release",
        until: "only while the deployment runs; going back runs the same way",
    },
    Pattern {
        endings: &[".json"],
        text: r"\x22strategy\x22\s*:\s*\x22(?:rolling)?redblack\x22",
        strategy: Strategy::BlueGreen,
        tool: "Spinnaker",
        buys: "the old server group stays disabled and is enabled again in seconds",
        until: "until maxRemainingAsgs removes it",
    },
    Pattern {
        endings: &[".bicep"],
        text: r"(?i)^\s*activeRevisionsMode\s*:\s*'multiple'",
        strategy: Strategy::Weighted,
        tool: "Azure Container Apps",
        buys: "traffic goes back to an earlier revision in seconds",
        until: "while that revision is active",
    },
];

// built once: two dozen patterns for each of hundreds of files
static COMPILED: LazyLock<Vec<(Regex, &'static Pattern)>> = LazyLock::new(|| {
    PATTERNS
        .iter()
        .filter_map(|pattern| Some((Regex::new(pattern.text).ok()?, pattern)))
        .collect()
});
static BLOCK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"^\s*(?:resource\s+"([a-z0-9_]+)"|([a-z_]+))[^={]*\{"#).ok());
static UPSTREAM: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*server\s+\S+.*\bweight=\d+").ok());
static NUMBER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*(?:weight|percent)\s*=\s*\S").ok());

pub(super) fn find_staging_lines(path: &str, text: &str, signs: &mut Vec<StagingSign>) {
    let lower = path.to_ascii_lowercase();
    let used: Vec<&(Regex, &Pattern)> = COMPILED
        .iter()
        .filter(|(_, pattern)| {
            pattern.endings.is_empty()
                || pattern.endings.iter().any(|ending| lower.ends_with(ending))
        })
        .collect();
    for (index, line) in text.lines().enumerate() {
        let bare = line.trim_start();
        // a minified file has one line, and patterns cost by its length
        if line.len() > 4000
            // a comment shows an example; in OCL `#` begins a variable
            || (bare.starts_with('#') && !lower.ends_with(".ocl"))
            || bare.starts_with("//")
        {
            continue;
        }
        for (_, pattern) in used.iter().filter(|(regex, _)| regex.is_match(line)) {
            signs.push(make_staging_sign(
                pattern.strategy,
                pattern.tool,
                pattern.buys,
                pattern.until,
                path,
                index + 1,
                text,
            ));
        }
    }
    if lower.ends_with(".tf") {
        find_terraform_weights(path, text, signs);
    }
    if lower.ends_with(".conf") || lower.ends_with(".nginx") {
        find_weighted_upstreams(path, text, signs);
    }
}

fn make_staging_sign(
    strategy: Strategy,
    tool: &'static str,
    buys: &str,
    until: &str,
    path: &str,
    line: usize,
    text: &str,
) -> StagingSign {
    StagingSign {
        strategy,
        tool,
        buys: buys.to_owned(),
        until: until.to_owned(),
        confidence: Confidence::Proven,
        evidence: quote_staging_line(path, line, text),
    }
}

/// Weights of load-balancer target groups and shares of Cloud Run mean something only inside their
/// resource, and only when there are two.
fn find_terraform_weights(path: &str, text: &str, signs: &mut Vec<StagingSign>) {
    let (Some(block), Some(number)) = (BLOCK.as_ref(), NUMBER.as_ref()) else {
        return;
    };
    let (mut depth, mut resource, mut shares) = (0i64, "", Vec::new());
    for (index, line) in text.lines().enumerate() {
        if line.len() > 4000 || line.trim_start().starts_with('#') {
            continue;
        }
        // weights count within one resource, so each begins anew
        if depth == 0 {
            resource = block
                .captures(line)
                .and_then(|found| found.get(1))
                .map_or("", |found| found.as_str());
            shares.clear();
        }
        if number.is_match(line) {
            shares.push(index + 1);
        }
        depth += line.matches('{').count() as i64 - line.matches('}').count() as i64;
        // a file of a broken template may close more than it opens
        if depth <= 0 {
            depth = 0;
            // one share alone sends everything one way
            if shares.len() > 1 {
                let (buys, until) = (
                    "traffic goes back by changing shares",
                    "until the old side is removed or updated",
                );
                if resource.starts_with("aws_lb_listener")
                    || resource.starts_with("aws_alb_listener")
                {
                    signs.push(make_staging_sign(
                        Strategy::Weighted,
                        "AWS load balancer",
                        buys,
                        until,
                        path,
                        shares[0],
                        text,
                    ));
                } else if resource.starts_with("google_cloud_run") {
                    signs.push(make_staging_sign(
                        Strategy::Weighted,
                        "Cloud Run",
                        buys,
                        until,
                        path,
                        shares[0],
                        text,
                    ));
                }
            }
            shares.clear();
        }
    }
}

/// Two servers of one upstream with different weights; equal ones only balance load.
fn find_weighted_upstreams(path: &str, text: &str, signs: &mut Vec<StagingSign>) {
    let Some(server) = UPSTREAM.as_ref() else {
        return;
    };
    let mut inside: Option<Vec<(usize, &str)>> = None;
    for (index, line) in text.lines().enumerate() {
        let bare = line.trim();
        if bare.starts_with('#') || line.len() > 4000 {
            continue;
        }
        // `upstream` in a comment or a path opens no block
        if bare.starts_with("upstream") && bare.contains('{') {
            inside = Some(Vec::new());
        } else if let Some(found) = &mut inside
            && server.is_match(line)
        {
            found.push((
                index + 1,
                bare.rsplit("weight=")
                    .next()
                    .unwrap_or_default()
                    .trim_end_matches(';'),
            ));
        }
        if bare.contains('}')
            && let Some(found) = inside.take()
            && found.len() > 1
            // equal weights only balance load
            && found.iter().any(|(_, weight)| *weight != found[0].1)
        {
            let mut made = make_staging_sign(
                Strategy::Weighted,
                "nginx",
                "traffic goes back by changing weights and a reload",
                "until the old server is removed or updated",
                path,
                found[0].0,
                text,
            );
            // weights also serve machines of different size
            made.confidence = Confidence::Hint;
            signs.push(made);
        }
    }
}
