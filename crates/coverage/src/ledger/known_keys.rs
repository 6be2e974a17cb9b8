//! Files of tools whose keys say which of them keep something: units of systemd, deployments of
//! Kamal, sessions of PHP, services of ECS, and where Terraform keeps its state.
//!
//! rust-ini and the readers of YAML give values without the lines that changed, and what is asked
//! here is only which keys did.

use super::scan::Scanner;
use super::scan_settings::with_keys_around;
use super::setting_keys::key_of;
use super::standing_row::{DomainStandings, build_cannot_standing, build_open_standing};
use super::{DomainStanding, STAYS_OPEN};
use crate::changed_lines::{ChangedLine, ChangedLines};
use crate::terraform::each_line;
use model::{CannotRule as Rule, CoverageDomain as D, FileChange};

const UNIT: &str = "how a service is started, as which user, or where it may keep something changed, and what it has written since may lie where the older unit does not look";
const VOLUME: &str = "a volume or a folder of what is deployed has another name or place, and what was written since lies in the new one";
const SESSIONS: &str =
    "how or where the sessions of users are kept changed, and the older release may not read them";
const SERVICE: &str = "a service or a task of ECS is described in another way: how its containers are replaced, and what they keep, may differ";
const STATE: &str = "where the state of the infrastructure is kept, or how it is encrypted, changed: the older release looks for the state elsewhere or cannot read it, and may make everything anew";

const ADDRESS: &str =
    "the address of a page changed, and links of others lead to the one that it had in between";
const PLACE: &str = "a path that is handed to the tasks on the machines changed, and what was written since may lie in the new place";
const COMMAND: &str = "a command that is run on the machines changed, and what it does to data stays done when the older release is back";
const RESTORED: &str = "a name under which a screen keeps its state changed, and the older release does not find what was kept since";

/// Keys of a unit that keep nothing, in small letters, and how families of such keys begin.
const UNIT_KEYS: [&str; 20] = [
    "description",
    "documentation",
    "after",
    "before",
    "wants",
    "wantedby",
    "alias",
    "type",
    "nice",
    "killmode",
    "killsignal",
    "notifyaccess",
    "nonewprivileges",
    "lockpersonality",
    "memorydenywriteexecute",
    "capabilityboundingset",
    "ambientcapabilities",
    "loglevelmax",
    "watchdogsec",
    "successexitstatus",
];
const UNIT_FAMILIES: [&str; 12] = [
    "restart",
    "startlimit",
    "timeout",
    "protect",
    "limit",
    "cpu",
    "memory",
    "tasks",
    "io",
    "oom",
    "syslog",
    "restrict",
];

impl Scanner<'_> {
    /// Says what a change means where the keys of the tool tell it.
    pub(super) fn note_known_keys(&mut self, change: &FileChange, row: &mut DomainStandings) {
        let lower = change.path.to_ascii_lowercase();
        let name = lower.rsplit('/').next().unwrap_or(&lower);
        let unit = matches!(
            name.rsplit_once('.'),
            Some((_, "service" | "socket" | "timer"))
        );
        let deploys =
            name.starts_with("deploy") && (name.ends_with(".yml") || name.ends_with(".yaml"));
        let known = unit
            || deploys
            || states_product(name)
            || [".ini", ".tf", ".tofu", ".json", ".storyboard", ".xib"]
                .iter()
                .any(|end| name.ends_with(end));
        let (variables, posts) = (gives_variables(&lower), lies_among_posts(&lower));
        let known = known || variables || posts || name == "fabfile.py";
        let outside = matches!(
            row[D::StoredForm.index()],
            DomainStanding::Cannot(Rule::Tests | Rule::NotLive | Rule::Vendored)
        );
        if !known || outside {
            return;
        }
        let Ok((Some(old), Some(new))) = self.read(change) else {
            return;
        };
        let lines = ChangedLines::between_in_place(Some(&old), Some(&new));
        if posts {
            let address = |(_, line): &&ChangedLine<'_>| {
                matches!(key_of(line), "url" | "slug" | "permalink" | "aliases")
            };
            if let Some(line) = find_line(&lines, address) {
                open(row, &[D::Contract], line, ADDRESS);
            }
        } else if variables {
            let place = |(_, line): &&ChangedLine<'_>| {
                let value = line.split_once(':').map_or("", |(_, value)| value.trim());
                value.trim_start_matches(['"', '\'']).starts_with('/')
            };
            if let Some(line) = find_line(&lines, place) {
                open(row, &[D::Infrastructure, D::StoredForm], line, PLACE);
            }
        } else if name == "fabfile.py" {
            if let Some((line, _)) = lines.fresh.iter().find(|(_, line)| runs_on_machine(line)) {
                open(
                    row,
                    &[D::Infrastructure, D::StoredForm],
                    Some(*line),
                    COMMAND,
                );
            }
        } else if name.ends_with(".storyboard") || name.ends_with(".xib") {
            if list_restored(&old) != list_restored(&new) {
                open(row, &[D::StoredForm], None, RESTORED);
            }
        } else if unit {
            note_unit(row, &lines);
        } else if deploys && [&old, &new].iter().all(|text| is_kamal(text)) {
            if let Some(line) = find_volume(&old, &new, &lines) {
                open(row, &[D::Infrastructure, D::StoredForm], line, VOLUME);
            }
        } else if name.ends_with(".ini") {
            let session = |(_, line): &&ChangedLine<'_>| {
                ["session.serialize_handler", "session.save_"]
                    .iter()
                    .any(|key| line.trim_start().starts_with(key))
            };
            if let Some(line) = find_line(&lines, session) {
                open(row, &[D::StoredForm], line, SESSIONS);
            }
        } else if name.ends_with(".json") {
            let is_service = [
                "\"containerDefinitions\"",
                "\"deploymentController\"",
                "\"taskDefinition\"",
            ]
            .iter()
            .any(|key| new.contains(key));
            if is_service && let Some(line) = find_line(&lines, |_| true) {
                open(row, &[D::Infrastructure, D::StoredForm], line, SERVICE);
            }
        } else if name.ends_with(".tf") || name.ends_with(".tofu") {
            let fresh = find_state_line(&new, &lines.fresh);
            if fresh.is_some() || find_state_line(&old, &lines.gone).is_some() {
                open(row, &[D::Infrastructure], fresh, STATE);
            }
        } else if states_product(name) {
            let (mut fresh, mut gone) = (lines.fresh, lines.gone);
            let stated = self.take_stated_versions(&mut fresh, &mut gone).is_some();
            if stated && fresh.is_empty() && gone.is_empty() {
                row[D::StoredForm.index()] = build_cannot_standing(Rule::OtherField);
            }
        }
    }
}

/// Variables of Ansible, wherever its tasks lie.
fn gives_variables(lower: &str) -> bool {
    let of_role =
        lower.contains("roles/") && (lower.contains("/vars/") || lower.contains("/defaults/"));
    let named = ["group_vars/", "host_vars/"]
        .iter()
        .any(|folder| lower.starts_with(folder) || lower.contains(&format!("/{folder}")));
    (named || of_role) && (lower.ends_with(".yml") || lower.ends_with(".yaml"))
}

/// Documents from whose heads a tool makes the addresses of pages.
fn lies_among_posts(lower: &str) -> bool {
    lower.ends_with(".md")
        && lower
            .split('/')
            .rev()
            .skip(1)
            .any(|folder| matches!(folder, "content" | "posts" | "_posts" | "pages" | "_pages"))
}

/// A call of Fabric that runs a command of which more is known than that it starts a service.
fn runs_on_machine(line: &str) -> bool {
    let runs = [".run(", ".sudo(", ".local("]
        .iter()
        .any(|call| line.contains(call))
        || ["run(", "sudo(", "local("]
            .iter()
            .any(|call| line.starts_with(call));
    runs && !["systemctl ", "service ", "supervisorctl ", "echo "]
        .iter()
        .any(|command| line.contains(command))
}

/// Names under which screens keep their state.
fn list_restored(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = text
        .split("restorationIdentifier=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    names.sort_unstable();
    names
}

/// Files beside manifests that state the version of the product.
fn states_product(name: &str) -> bool {
    matches!(name, "cmakelists.txt" | "meson.build") || name.ends_with(".app.src")
}

fn open(row: &mut DomainStandings, domains: &[D], line: Option<usize>, why: &'static str) {
    for domain in domains {
        row[domain.index()] = build_open_standing(STAYS_OPEN, line, why);
    }
}

/// The first changed line that tells something: its number where the newer text has it.
fn find_line(
    lines: &ChangedLines<'_>,
    tells: impl Fn(&&ChangedLine<'_>) -> bool,
) -> Option<Option<usize>> {
    let fresh = lines.fresh.iter().find(&tells).map(|(line, _)| *line);
    let gone = || lines.gone.iter().find(&tells).map(|_| None);
    fresh.map(Some).or_else(gone)
}

/// A unit of systemd by its keys: what hardens or restarts a service keeps nothing.
fn note_unit(row: &mut DomainStandings, lines: &ChangedLines<'_>) {
    let tells = |(_, line): &&ChangedLine<'_>| {
        let key = line
            .split('=')
            .next()
            .unwrap_or(line)
            .trim()
            .to_ascii_lowercase();
        let harmless = UNIT_KEYS.contains(&key.as_str())
            || UNIT_FAMILIES.iter().any(|start| key.starts_with(start));
        // an empty folder over a home: what was written there is not seen. A home that is only
        // closed is as the older release left it.
        let hides = key == "protecthome" && line.contains("tmpfs");
        line.contains('=') && (!harmless || hides)
    };
    match find_line(lines, tells) {
        Some(line) => {
            for domain in [D::Infrastructure, D::StoredForm] {
                // a step that changes rows says more
                let known = matches!(&row[domain.index()],
                    DomainStanding::Open(mark) if mark.rank == STAYS_OPEN);
                if !known {
                    row[domain.index()] = build_open_standing(20, line, UNIT);
                }
            }
        }
        None => {
            row[D::Infrastructure.index()] = build_cannot_standing(Rule::KeepsNothing);
            row[D::StoredForm.index()] = build_cannot_standing(Rule::OtherField);
        }
    }
}

fn is_kamal(text: &str) -> bool {
    ["service:", "image:"]
        .iter()
        .all(|key| text.lines().any(|line| line.starts_with(key)))
}

/// A changed line of a volume or of a folder that Kamal mounts.
fn find_volume(old: &str, new: &str, lines: &ChangedLines<'_>) -> Option<Option<usize>> {
    const KEYS: [&str; 3] = ["volumes", "directories", "files"];
    let find = |text: &str, lines: &[ChangedLine<'_>]| {
        let around = with_keys_around(text, lines);
        let own = |(_, line): &&ChangedLine<'_>| KEYS.contains(&key_of(line));
        let below =
            |(_, keys): &&(usize, String)| keys.split_whitespace().any(|key| KEYS.contains(&key));
        (lines.iter().find(own).map(|(line, _)| *line))
            .or_else(|| around.iter().find(below).map(|(line, _)| *line))
    };
    find(new, &lines.fresh)
        .map(Some)
        .or_else(|| find(old, &lines.gone).map(|_| None))
}

/// A changed line of the block that says where Terraform keeps the state, and how.
fn find_state_line(text: &str, lines: &[ChangedLine<'_>]) -> Option<usize> {
    if lines.is_empty() || !text.contains("terraform") {
        return None;
    }
    let mut found = None;
    each_line(text, |line| {
        let of_state = line.block.first() == Some(&"terraform")
            && (line.keys.iter()).any(|key| {
                let word = key.split([' ', '"']).next().unwrap_or(key);
                matches!(word, "backend" | "encryption" | "cloud")
            });
        let changed = || {
            lines
                .binary_search_by_key(&line.number, |(number, _)| *number)
                .is_ok()
        };
        if found.is_none() && of_state && changed() {
            found = Some(line.number);
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::one;
    use super::*;

    const UNIT_TEXT: &str =
        "[Service]\nUser=stock\nExecStart=/opt/stock --data /srv/stock\nRestart=on-failure\n";
    const KAMAL: &str =
        "service: shop\nimage: shop\nservers:\n  web: [10.0.0.5]\nvolumes:\n  - shop-data:/data\n";
    const STATE_TEXT: &str = "terraform {\n  required_version = \"~> 1.6\"\n  backend \"s3\" {\n    key = \"a\"\n  }\n}\n";

    #[test]
    fn keys_that_keep_something_are_open_where_it_counts() {
        for (path, old, from, to, domain) in [
            (
                "a.service",
                UNIT_TEXT,
                "User=stock",
                "User=shop",
                D::Infrastructure,
            ),
            (
                "a.service",
                UNIT_TEXT,
                "/srv/stock",
                "/srv/shop",
                D::StoredForm,
            ),
            (
                "config/deploy.yml",
                KAMAL,
                "shop-data",
                "shop-files",
                D::Infrastructure,
            ),
            (
                "infra/main.tf",
                STATE_TEXT,
                "\"a\"",
                "\"b\"",
                D::Infrastructure,
            ),
            (
                "infra/main.tf",
                STATE_TEXT,
                "  backend",
                "  encryption {\n    method = a\n  }\n  backend",
                D::Infrastructure,
            ),
            (
                "docker/php.ini",
                "session.save_path = /a\n",
                "/a",
                "/b",
                D::StoredForm,
            ),
            (
                "roles/a/vars/main.yaml",
                "shop_data: /srv/a\n",
                "/a",
                "/b",
                D::Infrastructure,
            ),
            (
                "fabfile.py",
                "def deploy(c):\n    c.run('systemctl restart a')\n",
                "    c.run",
                "    c.run('mv /srv/a /srv/b')\n    c.run",
                D::Infrastructure,
            ),
            (
                "App/Main.storyboard",
                "<a restorationIdentifier=\"a\"/>\n",
                "\"a\"",
                "\"b\"",
                D::StoredForm,
            ),
            (
                "content/a.md",
                "---\nurl: /a\n---\n",
                "/a",
                "/b",
                D::Contract,
            ),
            (
                "ecs/a.json",
                "{\n\"deploymentController\": {\"type\": \"A\"}\n}\n",
                "A",
                "B",
                D::Infrastructure,
            ),
        ] {
            let found = one(path, old, &old.replace(from, to), domain);
            assert!(found.starts_with("open:"), "{path} {to}: {found}");
        }
    }

    #[test]
    fn keys_that_keep_nothing_are_not() {
        for (old, from, to, rule) in [
            (
                UNIT_TEXT,
                "Restart=on-failure",
                "Restart=always\nRestartSec=5\nProtectHome=yes",
                "keeps-nothing",
            ),
            (
                UNIT_TEXT,
                "[Service]",
                "[Unit]\nDescription=Stock\n[Service]",
                "keeps-nothing",
            ),
        ] {
            let new = old.replace(from, to);
            assert_eq!(one("a.service", old, &new, D::Infrastructure), rule, "{to}");
            assert_eq!(
                one("a.service", old, &new, D::StoredForm),
                "other-field",
                "{to}"
            );
        }
        for (path, old) in [
            ("CMakeLists.txt", "project(a VERSION 1.0.0)\n"),
            ("src/a.app.src", "{application, a, [{vsn, \"1.0.0\"}]}.\n"),
        ] {
            let new = old.replace("1.0.0", "1.1.0");
            assert_eq!(one(path, old, &new, D::StoredForm), "other-field", "{path}");
        }
        for (path, old, from, to, domain, rule) in [
            (
                "content/a.md",
                "---\nurl: /a\n---\nOne\n",
                "One",
                "Two",
                D::Contract,
                "documentation",
            ),
            (
                "docs/a.md",
                "url: /a\n",
                "/a",
                "/b",
                D::Contract,
                "documentation",
            ),
            (
                "group_vars/all.yaml",
                "workers: 4\n",
                "4",
                "8",
                D::Infrastructure,
                "other-field",
            ),
        ] {
            assert_eq!(
                one(path, old, &old.replace(from, to), domain),
                rule,
                "{path}"
            );
        }
        let replicas = KAMAL.replace("10.0.0.5", "10.0.0.6");
        let found = one("config/deploy.yaml", KAMAL, &replicas, D::Infrastructure);
        assert_eq!(found, "other-field");
    }
}
