//! What a file that is no program text offers to those outside: inputs of an action, variables of a
//! module, addresses of functions and servers, how the program is started.
//!
//! `serde_yaml` and `hcl-rs` were tried: they give values without lines, and nothing for a file
//! that is a template. The names that come and go are enough here.

use std::collections::BTreeSet;

use super::DomainStanding;
use super::address_shape::holds_address;
use super::contributions::find_new_contribution;
use super::new_ways::build_open_ways;
use super::scan::Scanner;
use super::standing_row::{DomainStandings, build_open_standing};
use super::ways_in::{METHODS, WayIn, WayKind, find_fresh_ways};
use model::{CoverageDomain as D, FileChange, FileStatus, Snapshot};

/// Longest file that is read for this, in bytes.
const LENGTH: usize = 2 * 1024 * 1024;

/// Most files of a folder that are read to tell whether it is a module.
const FILES: usize = 40;

/// What is published in such a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Publishing {
    /// `action.yml`: inputs and outputs.
    Action,
    /// Terraform: variables and outputs.
    Module,
    /// Addresses of functions, of a server, of a gateway.
    Addresses,
    /// A unit, a list of processes.
    Start,
    /// A script that starts the program.
    Script,
    /// A manifest that may be that of an extension of an editor.
    Extension,
}

fn find_publishing(path: &str) -> Option<Publishing> {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    let end = name.rsplit('.').next().unwrap_or_default();
    // a part of the path is enough: `deploy/nginx/sites/app.conf`
    let server = [
        "nginx", "httpd", "apache", "traefik", "haproxy", "kong", "gateway",
    ]
    .iter()
    .any(|word| lower.contains(word));
    match name {
        "action.yml" | "action.yaml" => Some(Publishing::Action),
        "serverless.yml"
        | "serverless.yaml"
        | "template.yaml"
        | "template.yml"
        | "sam.yaml"
        | "vercel.json"
        | "netlify.toml"
        | "_redirects"
        | "wrangler.toml"
        | "caddyfile"
        | "nginx.conf"
        | "httpd.conf"
        | "haproxy.cfg"
        | "firebase.json"
        | "app.yaml"
        | "staticwebapp.config.json" => Some(Publishing::Addresses),
        "procfile" => Some(Publishing::Start),
        "package.json" => Some(Publishing::Extension),
        _ if matches!(end, "tf" | "tofu") => Some(Publishing::Module),
        _ if server
            && matches!(
                end,
                "conf" | "cfg" | "vhost" | "yaml" | "yml" | "toml" | "template"
            ) =>
        {
            Some(Publishing::Addresses)
        }
        _ if name.starts_with("procfile.") || matches!(end, "service" | "socket" | "timer") => {
            Some(Publishing::Start)
        }
        _ if matches!(end, "sh" | "bash") || name.contains("entrypoint") => {
            Some(Publishing::Script)
        }
        _ => None,
    }
}

impl Scanner<'_> {
    /// Opens what a file publishes and nothing writes down, where the rest of it was closed.
    pub(super) fn note_published(&mut self, change: &FileChange, row: &mut DomainStandings) {
        let Some(publishing) = find_publishing(&change.path) else {
            return;
        };
        let Ok((old, new)) = self.read(change) else {
            return;
        };
        let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
        if old.len().max(new.len()) > LENGTH || change.status == FileStatus::Deleted {
            return;
        }
        let mut note = |domain: D, standing: DomainStanding| {
            // where the file is open or judged already, that says more
            if matches!(row[domain.index()], DomainStanding::Cannot(_)) {
                row[domain.index()] = standing;
            }
        };
        match publishing {
            Publishing::Action | Publishing::Module => {
                // a root of Terraform is applied by its own people; nobody else gives it variables
                if publishing == Publishing::Module && !is_module(self.range.current, &change.path)
                {
                    return;
                }
                if let Some(standing) = compare_offers(publishing, &old, &new) {
                    note(D::Contract, standing);
                }
            }
            Publishing::Addresses => {
                // an address that a contract file knows may come
                let mut ways = find_fresh_ways(&list_addresses(&old), &list_addresses(&new));
                ways.retain(|way| !self.interfaces.knows_way(way));
                let contract = self.interfaces.written_down(&change.path);
                if let Some(standing) = build_open_ways(&ways, contract) {
                    note(D::Contract, standing);
                }
            }
            Publishing::Start => {
                if let Some(line) = find_other_start(&change.path, &old, &new) {
                    let why = "what the program is started with changed";
                    note(D::Configuration, build_open_standing(50, line, why));
                }
            }
            Publishing::Extension => {
                if let Some(name) = find_new_contribution(&old, &new) {
                    let why = format!(
                        "{name} is new in what this extension offers; key bindings and settings of people may name it"
                    );
                    note(D::Contract, build_open_standing(41, Some(1), why));
                }
            }
            Publishing::Script => {
                let before: BTreeSet<&str> =
                    list_needed_variables(&old).map(|(_, name)| name).collect();
                let needed = list_needed_variables(&new).find(|(_, name)| !before.contains(name));
                if let Some((line, name)) = needed {
                    let why = format!(
                        "the script that starts the program stops without the setting {name}, which it newly reads"
                    );
                    note(D::Configuration, build_open_standing(40, Some(line), why));
                }
            }
        }
    }
}

/// Names that others give or take, with their lines.
fn list_offers(publishing: Publishing, text: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    let mut section: Option<(&str, Option<usize>)> = None;
    for (at, line) in text.lines().enumerate() {
        let trimmed = line.trim_end();
        let indent = trimmed.len() - trimmed.trim_start().len();
        let bare = trimmed.trim_start();
        if publishing == Publishing::Module {
            let words: Vec<&str> = bare.split(['"', '\'']).collect();
            if let [kind, name, ..] = words.as_slice()
                && indent == 0
                && matches!(kind.trim(), "variable" | "output")
            {
                out.push((at + 1, format!("the {} {name}", kind.trim())));
            }
            continue;
        }
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        if indent == 0 {
            section = match bare {
                "inputs:" => Some(("input", None)),
                "outputs:" => Some(("output", None)),
                _ => None,
            };
            continue;
        }
        if let Some((kind, child)) = &mut section
            // inputs stand one step below their head, and their own keys deeper
            && *child.get_or_insert(indent) == indent
            && let Some((name, _)) = bare.split_once(':')
        {
            out.push((
                at + 1,
                format!("the {kind} {}", name.trim_matches(['"', '\''])),
            ));
        }
    }
    out
}

fn compare_offers(publishing: Publishing, old: &str, new: &str) -> Option<DomainStanding> {
    let (before, after) = (list_offers(publishing, old), list_offers(publishing, new));
    let whole = if publishing == Publishing::Action {
        "action"
    } else {
        "module"
    };
    let lacks =
        |names: &[(usize, String)], name: &str| !names.iter().any(|(_, other)| other == name);
    // what came counts first: whoever uses it gets an error once the older release is back
    if let Some((line, name)) = after.iter().find(|(_, name)| lacks(&before, name)) {
        let why = format!(
            "{name} appears in what this {whole} takes or gives, and whoever calls it may use it: that is an interface"
        );
        return Some(build_open_standing(41, Some(*line), why));
    }
    let (_, name) = before.iter().find(|(_, name)| lacks(&after, name))?;
    let why = format!(
        "{name} is gone from what this {whole} takes or gives; the older release may ask for it, and whoever calls that interface gives it no more"
    );
    Some(build_open_standing(
        41,
        after.first().map(|(line, _)| *line),
        why,
    ))
}

/// A folder of Terraform that sets up no provider and no state of its own is called by others.
fn is_module(tree: &dyn Snapshot, path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = tree.list().iter().filter(|entry| {
        let own = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        own == folder && (entry.path.ends_with(".tf") || entry.path.ends_with(".tofu"))
    });
    // a folder with a provider or a state of its own is applied itself
    !beside.take(FILES).any(|entry| {
        tree.read_text(&entry.path).is_ok_and(|text| {
            text.lines().any(|line| {
                let line = line.trim_start();
                line.starts_with("provider \"")
                    || line.starts_with("backend \"")
                    || line.starts_with("cloud {")
            })
        })
    })
}

/// Addresses that a file of a server or of functions gives away.
fn list_addresses(text: &str) -> Vec<WayIn> {
    const KEYS: [&str; 14] = [
        "location", "path", "httpapi", "http", "url", "source", "rule", "route", "handle", "from",
        "rewrite", "uri", "pattern", "match",
    ];
    let mut ways = Vec::new();
    for (at, line) in text.lines().enumerate().take(20_000) {
        let lower = line.to_ascii_lowercase();
        let bare = lower.trim_start();
        if bare.starts_with('#')
            || line.len() > 2_000
            || !KEYS.iter().any(|key| lower.contains(key))
        {
            continue;
        }
        let words: Vec<&str> = line
            .split(|c: char| c.is_whitespace() || "\"'`,;()[]".contains(c))
            // `"GET /jars"` of a function names both in one word
            .filter(|word| !word.is_empty())
            .collect();
        let on_line = METHODS.iter().copied().find(|method| {
            words
                .iter()
                .any(|word| method.eq_ignore_ascii_case(word.trim_matches(['{', '}', ':'])))
        });
        for (index, word) in words.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|index| words.get(index));
            let method = before
                .and_then(|before| METHODS.iter().copied().find(|method| method == before))
                .or(on_line);
            let word = word.trim_end_matches('}');
            // `/jars/{id}` was cut at a bracket that stood around the whole
            let word = if word.matches('{').count() > word.matches('}').count() {
                format!("{word}}}")
            } else {
                word.to_owned()
            };
            // `root /srv/www` is a folder of the machine
            let file = matches!(
                before.map(|before| before.to_ascii_lowercase()).as_deref(),
                Some("root" | "alias" | "include" | "access_log" | "error_log" | "handler:")
            );
            if !file && holds_address(&format!("\"{word}\"")) {
                ways.push(WayIn {
                    kind: WayKind::Address,
                    method,
                    name: word,
                    line: at + 1,
                });
            }
        }
    }
    ways
}

/// The line of another command that starts the program; `Some(None)` where one is gone.
fn find_other_start(path: &str, old: &str, new: &str) -> Option<Option<usize>> {
    let procfile = path.to_ascii_lowercase().contains("procfile");
    let starts = |line: &str| {
        let line = line.trim();
        !line.is_empty()
            && !line.starts_with('#')
            && (procfile || line.starts_with("Exec") || line.starts_with("Environment"))
    };
    let of = |text: &str| -> Vec<(usize, String)> {
        let lines = text.lines().enumerate().filter(|(_, line)| starts(line));
        lines
            .map(|(at, line)| (at + 1, line.trim().to_owned()))
            .collect()
    };
    let (before, after) = (of(old), of(new));
    let lacks =
        |lines: &[(usize, String)], line: &str| !lines.iter().any(|(_, other)| other == line);
    // an older release starts as its own file says, so any other command may have kept data
    // elsewhere
    if let Some((line, _)) = after.iter().find(|(_, line)| lacks(&before, line)) {
        return Some(Some(*line));
    }
    before
        .iter()
        .any(|(_, line)| lacks(&after, line))
        .then_some(None)
}

/// Variables without which a script of a shell stops: `${NAME:?}`, with their lines.
fn list_needed_variables(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take(20_000)
        .filter_map(|(at, line)| {
            // `${NAME:?text}` and `${NAME?}`: the shell stops where the variable is not set
            let end = line.find(":?").or_else(|| line.find("?}"))?;
            let (before, _) = line.split_at(end);
            let name = before
                .rsplit("${")
                .next()
                .filter(|name| name.len() < before.len())?;
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
            (!name.is_empty() && name.chars().all(plain) && !line.trim_start().starts_with('#'))
                .then_some((at + 1, name))
        })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ledger, standing};
    use super::D;

    fn stands(path: &str, old: &str, new: &str, domain: D) -> String {
        standing(&ledger(&[(path, old)], &[(path, new)], &[]), path, domain)
    }

    #[test]
    fn what_others_give_or_call_is_an_interface() {
        for (path, old, new) in [
            (
                "action.yml",
                "inputs:\n  colour: {required: false}\nruns: {using: node20}\n",
                "inputs:\n  wax: {required: false}\nruns: {using: node20}\n",
            ),
            (
                "modules/jar/variables.tf",
                "variable \"colour\" {\n  default = \"red\"\n}\n",
                "variable \"wax\" {\n  default = \"red\"\n}\n",
            ),
            (
                "serverless.yml",
                "functions:\n  a: {handler: a.b, events: [{httpApi: \"GET /jars\"}]}\n",
                "functions:\n  a: {handler: a.b, events: [{httpApi: \"GET /jars\"}, {httpApi: \"POST /jars/pack\"}]}\n",
            ),
            (
                "nginx/cellar.conf",
                "location /jars { proxy_pass http://jars; }\n",
                "location /jars { proxy_pass http://jars; }\nlocation /lids { proxy_pass http://lids; }\n",
            ),
        ] {
            assert!(
                stands(path, old, new, D::Contract).starts_with("open"),
                "{path}"
            );
        }
        for (path, old, new) in [
            (
                "action.yml",
                "inputs:\n  wax: {required: false}\nruns: {using: node20}\n",
                "inputs:\n  wax: {required: false}\nruns: {using: node22}\n",
            ),
            (
                "main.tf",
                "provider \"aws\" {}\nvariable \"colour\" {}\n",
                "provider \"aws\" {}\nvariable \"wax\" {}\n",
            ),
            (
                "nginx/cellar.conf",
                "location /jars { proxy_pass http://jars; }\n",
                "location /jars { proxy_pass http://cans; }\n",
            ),
        ] {
            assert!(
                !stands(path, old, new, D::Contract).starts_with("open"),
                "{path}"
            );
        }
    }

    #[test]
    fn how_the_program_is_started_is_a_setting() {
        for (path, old, new) in [
            (
                "packaging/cellard.service",
                "ExecStart=/bin/c --bind a\n",
                "ExecStart=/bin/c --listen a\n",
            ),
            ("Procfile", "web: c --bind a\n", "web: c --listen a\n"),
            (
                "docker/entrypoint.sh",
                "exec c\n",
                ": \"${QUEUE_URL:?is not set}\"\nexec c\n",
            ),
        ] {
            assert!(
                stands(path, old, new, D::Configuration).starts_with("open"),
                "{path}"
            );
        }
        for (path, old, new) in [
            (
                "packaging/cellard.service",
                "ExecStart=/bin/c\nDescription=a\n",
                "ExecStart=/bin/c\nDescription=b\n",
            ),
            (
                "docker/entrypoint.sh",
                "exec c\n",
                "echo \"${QUEUE_URL:-none}\"\nexec c\n",
            ),
        ] {
            assert!(
                !stands(path, old, new, D::Configuration).starts_with("open"),
                "{path}"
            );
        }
    }
}
