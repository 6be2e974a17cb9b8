//! Whether a job of a pipeline can reach anything that is live.
//!
//! A workflow of a forge runs on a machine that is made for it and thrown away. It reaches what is
//! live only with something that lets it in: a secret, an environment, a token of a cloud, or a
//! machine of one's own. A job that has none of them changes neither data nor what the program runs
//! on, whatever it runs. Other pipelines hand secrets to every job unseen, so nothing is said of
//! them.
//!
//! `serde_norway` and other readers of YAML keep no lines of block scalars, which are what changed
//! here.

use std::ops::Range;

use super::pipeline_steps::stays_on_machine;
use crate::changed_lines::ChangedLine;

/// The token that every workflow has: it reaches the repository and its packages.
const OWN_TOKEN: &str = "GITHUB_TOKEN";

/// Events of proposals. A remark, a label or a proposal from outside that gets the secrets may start
/// a deployment (`/deploy`), so those are judged by what lets a job in.
const PROPOSALS: [&str; 3] = ["pull_request", "pull_request_review", "merge_group"];

/// Words of a job's name by which it does more than check.
const ACTS: [&str; 10] = [
    "deploy",
    "deployment",
    "release",
    "publish",
    "migrate",
    "rollout",
    "promote",
    "provision",
    "apply",
    "ship",
];

/// Keys of a step whose block is run by a shell.
const RUN_KEYS: [&str; 2] = ["run", "script"];

/// A workflow, cut into what decides.
pub(super) struct Workflow<'a> {
    lines: Vec<&'a str>,
    /// Lines of each job, from 0.
    jobs: Vec<Range<usize>>,
    for_proposals: bool,
}

/// Whether a path is that of a workflow of a forge.
pub(super) fn is_workflow(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let of_forge = [
        ".github/workflows/",
        ".gitea/workflows/",
        ".forgejo/workflows/",
    ]
    .iter()
    .any(|folder| lower.contains(folder));
    of_forge && (lower.ends_with(".yml") || lower.ends_with(".yaml"))
}

impl<'a> Workflow<'a> {
    /// Takes the text of a workflow apart; `None` where its jobs are not found.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().collect();
        let start = lines.iter().position(|line| line.trim_end() == "jobs:")?;
        let is_inside =
            |line: &&str| line.trim().is_empty() || is_comment(line) || count_indent(line) > 0;
        let length = lines[start + 1..]
            .iter()
            .take_while(|line| is_inside(line))
            .count();
        let end = start + 1 + length;
        let depth = lines[start + 1..end]
            .iter()
            .find(|line| !line.trim().is_empty() && !is_comment(line))
            .map(|line| count_indent(line))?;
        let heads: Vec<usize> = (start + 1..end)
            .filter(|at| {
                let line = lines[*at];
                !line.trim().is_empty() && !is_comment(line) && count_indent(line) == depth
            })
            .collect();
        let jobs = heads
            .iter()
            .enumerate()
            .map(|(index, head)| *head..heads.get(index + 1).copied().unwrap_or(end))
            .collect();
        let for_proposals = is_for_proposals(&lines);
        Some(Self {
            lines,
            jobs,
            for_proposals,
        })
    }

    /// Those of the changed lines that a shell runs in a job that can reach what is live.
    pub(super) fn keep_reaching<'l>(&self, fresh: &[ChangedLine<'l>]) -> Vec<ChangedLine<'l>> {
        if self.for_proposals {
            return Vec::new();
        }
        let runs = self.list_run_lines();
        let reaching: Vec<bool> = self.jobs.iter().map(|job| self.reaches_out(job)).collect();
        let hosted: Vec<bool> = self.jobs.iter().map(|job| self.is_hosted(job)).collect();
        let kept = fresh.iter().filter(|(number, line)| {
            let at = number.saturating_sub(1);
            let job = self.jobs.iter().position(|job| job.contains(&at));
            let of = |jobs: &[bool]| job.and_then(|job| jobs.get(job).copied());
            of(&reaching).unwrap_or(true)
                && runs.get(at).copied().unwrap_or(true)
                && !(of(&hosted).unwrap_or(false) && stays_on_machine(line))
        });
        kept.copied().collect()
    }

    /// Whether a job holds something that lets it in somewhere, or the whole workflow does.
    fn reaches_out(&self, job: &Range<usize>) -> bool {
        let of_all = self.lines[..self.jobs.first().map_or(0, |first| first.start)].iter();
        let own = self.lines.get(job.clone()).unwrap_or_default();
        let checks = own.first().is_some_and(|head| is_named_for_checks(head));
        let has_own_machines = self.lines.iter().any(|line| line.contains("self-hosted"));
        of_all
            .chain(own)
            .any(|line| lets_in(line, checks, has_own_machines))
    }

    /// Whether a job runs on a machine that the forge makes for it and throws away.
    fn is_hosted(&self, job: &Range<usize>) -> bool {
        let mut machines = self
            .lines
            .get(job.clone())
            .unwrap_or_default()
            .iter()
            .filter(|line| line.trim_start().starts_with("runs-on:"))
            .peekable();
        machines.peek().is_some() && machines.all(|line| !is_own_machine(line.trim_start()))
    }

    /// For each line whether a shell runs it: in a block behind `run:`, or in such a line.
    fn list_run_lines(&self) -> Vec<bool> {
        let mut runs = vec![false; self.lines.len()];
        // the key whose block goes on, by how far it is indented
        let mut block: Option<(usize, bool)> = None;
        for (at, line) in self.lines.iter().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let depth = count_indent(line);
            if let Some((of, is_run)) = block {
                if depth > of {
                    runs[at] = is_run;
                    continue;
                }
                block = None;
            }
            let item = line.trim_start().trim_start_matches("- ");
            let inner = line.len() - item.len();
            let Some((key, value)) = item.split_once(':') else {
                continue;
            };
            // `script` is what a remote machine runs, or what a library of the forge is told
            let is_run = RUN_KEYS.contains(&key.trim()) && !self.is_told_to_forge(at);
            let value = value.trim();
            if value.starts_with(['|', '>']) {
                block = Some((inner, is_run));
            } else if is_run || item.starts_with('{') {
                runs[at] = true;
            }
        }
        runs
    }

    /// A block of a step that speaks to the forge alone: `actions/github-script`.
    fn is_told_to_forge(&self, at: usize) -> bool {
        self.lines[..at]
            .iter()
            .rev()
            .take(30)
            .take_while(|line| !line.trim_start().starts_with("- name:"))
            .find(|line| line.contains("uses:"))
            .is_some_and(|line| line.contains("/github-script@"))
    }
}

/// Whether everything that starts a workflow is a proposal of a change, or talk about one. What
/// runs when a proposal is taken in may deploy it.
fn is_for_proposals(lines: &[&str]) -> bool {
    let Some(at) = lines.iter().position(|line| {
        matches!(
            line.split(':').next(),
            Some("on" | "\"on\"" | "'on'" | "true")
        )
    }) else {
        return false;
    };
    let body: Vec<&&str> = lines[at + 1..]
        .iter()
        .take_while(|line| line.trim().is_empty() || is_comment(line) || count_indent(line) > 0)
        .filter(|line| !line.trim().is_empty() && !is_comment(line))
        .collect();
    let value = lines[at].split_once(':').map_or("", |(_, value)| value);
    let value = value.split(" #").next().unwrap_or_default().trim();
    let events: Vec<&str> = if value.is_empty() {
        let depth = body.first().map_or(0, |line| count_indent(line));
        body.iter()
            .filter(|line| count_indent(line) == depth)
            .map(|line| line.trim().trim_start_matches("- "))
            .map(|line| line.split(':').next().unwrap_or_default().trim())
            .collect()
    } else {
        value
            .trim_matches(['[', ']'])
            .split(',')
            .map(str::trim)
            .collect()
    };
    !events.is_empty()
        && events.iter().all(|event| PROPOSALS.contains(event))
        && !body.iter().any(|line| line.contains("closed"))
}

/// A job whose name says that it checks. A machine of one's own on which it runs lets it in nowhere.
fn is_named_for_checks(head: &str) -> bool {
    const CHECKS: [&str; 14] = [
        "test",
        "tests",
        "lint",
        "check",
        "checks",
        "e2e",
        "unit",
        "typecheck",
        "format",
        "audit",
        "scan",
        "stale",
        "label",
        "codeql",
    ];
    let words = || head.trim().trim_end_matches(':').split(['-', '_', '.']);
    let has = |list: &[&str]| {
        words().any(|word| list.iter().any(|known| known.eq_ignore_ascii_case(word)))
    };
    has(&CHECKS) && !has(&ACTS)
}

/// A line that gives a job something by which it can reach what is live.
fn lets_in(line: &str, checks: bool, has_own_machines: bool) -> bool {
    if is_comment(line) {
        return false;
    }
    let line = line.trim_start().trim_start_matches("- ");
    let secret = line.match_indices("secrets").any(|(at, word)| {
        let rest = line[at + word.len()..].trim_start();
        let named = rest.strip_prefix('.').map(|name| {
            name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .next()
        });
        match named {
            Some(name) => name != Some(OWN_TOKEN),
            // all of them: `secrets: inherit`, `toJSON(secrets)`, `secrets[name]`
            None => rest.starts_with([':', ')', '[']),
        }
    });
    // a matrix may name a machine of one's own among the forge's
    let named = is_own_machine(line) || has_own_machines && line.contains("matrix.");
    let machine = line.starts_with("runs-on:") && !checks && named;
    secret
        || machine
        || line.starts_with("environment:")
        || line.replace(' ', "").starts_with("id-token:write")
        || line.starts_with("permissions:") && line.contains("write-all")
}

/// Whether `runs-on:` names a machine that is not one of the forge's own.
fn is_own_machine(line: &str) -> bool {
    let machine = line.trim_start_matches("runs-on:");
    let machine = machine.trim_matches(|c: char| c.is_whitespace() || "\"'[]".contains(c));
    !["ubuntu-", "windows-", "macos-", "${{ matrix."]
        .iter()
        .any(|known| machine.starts_with(known))
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

fn count_indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workflow(on: &str, job: &str, step: &str) -> String {
        format!(
            "name: Jars\n{on}\njobs:\n  {job}\n    runs-on: ubuntu-latest\n    steps:\n{step}\n"
        )
    }

    /// Lines of a workflow, all of which are new, that run where something is live.
    fn reaching(text: &str) -> Vec<usize> {
        let fresh: Vec<ChangedLine<'_>> = text
            .lines()
            .enumerate()
            .map(|(at, line)| (at + 1, line.trim()))
            .filter(|(_, line)| !line.is_empty())
            .collect();
        Workflow::read(text)
            .map(|workflow| workflow.keep_reaching(&fresh))
            .unwrap_or_default()
            .into_iter()
            .map(|(number, _)| number)
            .collect()
    }

    #[test]
    fn a_job_without_anything_that_lets_it_in_reaches_nothing() {
        let plain = "      - run: ./mend.sh\n";
        let own =
            "      - run: ./mend.sh\n        env:\n          T: ${{ secrets.GITHUB_TOKEN }}\n";
        for step in [plain, own] {
            assert!(
                reaching(&workflow("on: push", "mend:", step)).is_empty(),
                "{step}"
            );
        }
        let secret = "      - run: ./mend.sh\n        env:\n          T: ${{ secrets.KUBE }}\n";
        assert_eq!(reaching(&workflow("on: push", "mend:", secret)), [7]);
        let environment = workflow("on: push", "mend:\n    environment: live", plain);
        assert_eq!(reaching(&environment), [8]);
        let cloud = workflow(
            "on: push",
            "mend:\n    permissions:\n      id-token: write",
            plain,
        );
        assert_eq!(reaching(&cloud).len(), 1);
        let own_machine = workflow("on: push", "mend:", plain).replace("ubuntu-latest", "shelf-1");
        assert_eq!(reaching(&own_machine), [7]);
        let tests = own_machine.replace("mend:", "test-jars:");
        assert!(reaching(&tests).is_empty());
        let more = own_machine.replace("mend:", "scan-and-deploy:");
        assert_eq!(reaching(&more), [7]);
        let some = workflow("on: push", "mend:", plain)
            .replace("ubuntu-latest", "${{ matrix.os }}\n    x: self-hosted");
        assert_eq!(reaching(&some).len(), 1);
        let all = workflow("on: push\nenv:\n  K: ${{ secrets.KUBE }}", "mend:", plain);
        assert_eq!(
            reaching(&all).len(),
            1,
            "what the whole workflow has, each job has"
        );
    }

    #[test]
    fn proposals_are_no_releases_and_what_they_end_in_is_one() {
        let step = "      - run: ./mend.sh\n        env:\n          T: ${{ secrets.KUBE }}\n";
        for on in [
            "on: pull_request",
            "on: [pull_request, merge_group]",
            "on:\n  pull_request:\n    branches: [main]\n  pull_request_review:",
        ] {
            assert!(reaching(&workflow(on, "mend:", step)).is_empty(), "{on}");
        }
        for on in [
            "on: [pull_request, push]",
            // `/deploy` in a remark
            "on: issue_comment",
            "on: pull_request_target",
            "on:\n  pull_request:\n    types: [closed]",
            "on:\n  workflow_dispatch:\n  pull_request:",
            "on: workflow_call",
        ] {
            assert_eq!(reaching(&workflow(on, "mend:", step)).len(), 1, "{on}");
        }
    }

    #[test]
    fn only_what_a_shell_runs_is_a_command() {
        let step = "      - uses: actions/stale@v9\n        with:\n          token: ${{ secrets.BOT }}\n          text: >\n            This jar will be thrown away soon.\n      - run: |\n          helm upgrade jars\n      - uses: actions/github-script@v7\n        with:\n          script: |\n            await github.rest.issues.create(jar)\n      - uses: acme/ssh-action@v1\n        with:\n          script: |\n            systemctl restart jars\n";
        assert_eq!(reaching(&workflow("on: push", "mend:", step)), [13, 21]);
    }

    #[test]
    fn other_pipelines_hand_over_secrets_unseen() {
        assert!(!is_workflow(".gitlab-ci.yml") && !is_workflow(".github/workflows/mend.sh"));
        assert!(is_workflow(".gitea/workflows/a.yml") && Workflow::read("on: push\n").is_none());
    }
}
