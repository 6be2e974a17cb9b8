//! `infrastructure/keeps-running`.

use std::collections::BTreeMap;

use span_tree::{Limits, Tree};

use super::changes::{list_infrastructure_changes, read_infrastructure_texts};
use super::manifest;
use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use crate::texts::LIMIT;
use coverage::ledger::is_live;
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, FileStatus, Finding,
    Severity, check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "infrastructure/keeps-running",
    title: "Something new goes on running after the way back",
    domain: Domain::Infrastructure,
    direction: Direction::Rollback,
    looks_for: "CronJobs, Deployments, DaemonSets, StatefulSets, services of compose files and timers of systemd that are new or have another name, in a repository that shows no deployer that removes what is no longer described (charts of Helm, Argo CD or Flux with prune, --prune, --remove-orphans).",
    why: "Applying the definitions of the previous release leaves alone what they do not name: what the new release brought keeps its schedule, takes from the same queue and writes in the new form beside the previous release.",
    action: "Delete or stop it as a step of the way back, before the previous release starts: kubectl delete, docker compose rm, systemctl disable.",
    example: "k8s/bills.yaml brings a CronJob that runs every five minutes; after the previous release was applied, it still does.",
    source: "Kubernetes: kubectl apply removes only with --prune; Compose: containers of services that are gone are orphans.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_what_keeps_running, make_fixtures())
        }),
    },
    run: find_what_keeps_running,
};

/// Most objects of a range that are compared.
const OBJECTS: usize = 20_000;

/// Kinds that run by themselves.
const RUNNING: [&str; 5] = [
    "CronJob",
    "Deployment",
    "DaemonSet",
    "StatefulSet",
    "Rollout",
];

/// What runs, by kind, namespace and name: its file and line.
type Running = BTreeMap<(String, String, String), (String, usize)>;

fn find_what_keeps_running(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let (mut old, mut new) = (Running::new(), Running::new());
    for (change, before, after) in manifest::list_object_files(look) {
        // a chart is taken back whole, and with it what only the newer revision has
        if change
            .path
            .split('/')
            .rev()
            .skip(1)
            .any(|folder| folder == "templates")
        {
            continue;
        }
        // services of compose have no kind
        if is_compose(&change.path) {
            before
                .iter()
                .for_each(|text| read_services(text, &change.path, &mut old));
            after
                .iter()
                .for_each(|text| read_services(text, &change.path, &mut new));
            continue;
        }
        before
            .iter()
            .for_each(|text| read_running(text, &change.path, &mut old));
        after
            .iter()
            .for_each(|text| read_running(text, &change.path, &mut new));
    }
    for change in list_infrastructure_changes(look) {
        let name = change.path.rsplit('/').next().unwrap_or_default();
        if change.status == FileStatus::Added
            && name.ends_with(".timer")
            && read_infrastructure_texts(look, change).1.is_some()
        {
            new.insert(
                ("timer".to_owned(), String::new(), name.to_owned()),
                (change.path.clone(), 1),
            );
        }
    }
    let fresh: Vec<_> = new
        .iter()
        .filter(|(key, _)| !old.contains_key(*key))
        .collect();
    // what a deployer takes away by itself goes on nowhere
    if fresh.is_empty() || has_pruning_deployer(look) {
        return Vec::new();
    }
    fresh
        .into_iter()
        .map(|((kind, space, name), (path, line))| {
            // an object of the same kind that is gone at the same time was most likely renamed
            let gone = old.keys().find(|(other, at, was)| {
                other == kind
                    && at == space
                    && !new.contains_key(&(other.clone(), at.clone(), was.clone()))
            });
            let gone = gone.map(|(_, _, was)| was.as_str());
            tell_running(look, kind, name, (path, *line), gone)
        })
        .collect()
}

fn tell_running(
    look: &SurroundingsInput<'_>,
    kind: &str,
    name: &str,
    (path, line): (&str, usize),
    gone: Option<&str>,
) -> Finding {
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    let remove = match kind {
        "service" => format!("docker compose stop {name}"),
        "timer" => format!("systemctl disable --now {name}"),
        _ => format!("kubectl delete {} {name}", kind.to_ascii_lowercase()),
    };
    let says = match gone {
        Some(was) => format!(
            "the {kind} {was} is called {name} in {current}: applying {previous} starts {was} again, and {name} goes on running beside it ({path}:{line}) unless it is removed ({remove})"
        ),
        None => format!(
            "the {kind} {name} is new in {current} and goes on running after {previous} was applied ({path}:{line}) unless it is removed ({remove})"
        ),
    };
    // what starts by itself or works beside its old self does harm; another program may
    let severity = if gone.is_some() || matches!(kind, "CronJob" | "timer") {
        Severity::Warns
    } else {
        Severity::Notes
    };
    build_check_finding(
        &DOC,
        severity,
        Confidence::Likely,
        format!("{kind} {name}"),
        says,
    )
    .at([Evidence::at(path, line).with_excerpt(name)])
}

fn is_compose(path: &str) -> bool {
    path.rsplit('/')
        .next()
        .is_some_and(|name| name.contains("compose"))
}

fn read_running(text: &str, path: &str, into: &mut Running) {
    manifest::visit_manifest_objects(text, |kind, name, node| {
        // a name that a template gives is not known
        // `{{ .Release.Name }}-web` is named when it is installed
        if RUNNING.contains(&kind) && !name.contains("template") && into.len() < OBJECTS {
            let line = node
                .at(&["metadata", "name"])
                .map_or(1, span_tree::Node::line);
            let space = node
                .at(&["metadata", "namespace"])
                .and_then(span_tree::Node::text)
                .unwrap_or_default();
            into.insert(
                (kind.to_owned(), space.to_owned(), name.to_owned()),
                (path.to_owned(), line),
            );
        }
    });
}

fn read_services(text: &str, path: &str, into: &mut Running) {
    let limits = Limits {
        depth: 100,
        nodes: 100_000,
        bytes: LIMIT,
    };
    let Ok(tree) = Tree::parse_with(text, limits) else {
        return;
    };
    let services = tree.roots().next().and_then(|root| root.get("services"));
    for (key, _) in services
        .into_iter()
        .flat_map(span_tree::Node::entries)
        .take(OBJECTS)
    {
        if let Some(name) = key.text() {
            into.insert(
                // a file of compose is one project: its services are its own
                ("service".to_owned(), path.to_owned(), name.to_owned()),
                (path.to_owned(), key.line()),
            );
        }
    }
}

/// Whether the repository shows a deployer that removes what is no longer described.
fn has_pruning_deployer(look: &SurroundingsInput<'_>) -> bool {
    let (hits, _) = look.range.current.search_many(
        &["prune".to_owned(), "remove-orphans".to_owned()],
        false,
        200,
        &|path: &str| is_live(path) && !path.ends_with(".md"),
    );
    hits.iter().any(|hit| {
        let text = hit.text.to_ascii_lowercase();
        // `--prune` is an option of many commands (`git fetch`, `npm`), so its deployer stands
        // beside it, or it begins a line of a longer command or a list of arguments
        let prunes = text.contains("--prune")
            && (["kubectl", "apply", "argocd", "sync", "flux", "stack deploy"]
                .iter()
                .any(|deployer| text.contains(deployer))
                || text
                    .trim_start_matches(|c: char| !c.is_alphanumeric())
                    .starts_with("prune"))
            && !text.contains("git ");
        prunes
            || ["prune: true", "\"prune\": true", "--remove-orphans"]
                .iter()
                .any(|sign| text.contains(sign))
    })
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    use model::FileKind;
    let cron = "kind: CronJob\nmetadata: {name: bills}\nspec: {schedule: \"*/5 * * * *\"}\n";
    let web = "kind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1}\n";
    let more = "kind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n";
    (
        Fixture::of("k8s/web.yaml", FileKind::Infrastructure, web, more).and(
            "k8s/bills.yaml",
            FileKind::Infrastructure,
            None,
            Some(cron),
        ),
        Fixture::of("k8s/web.yaml", FileKind::Infrastructure, web, more),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Fixture;
    use model::FileKind;

    fn found(path: &'static str, old: &'static str, new: &'static str) -> Vec<Finding> {
        Fixture::of(path, FileKind::Infrastructure, old, new).of_check(DOC.id)
    }

    #[test]
    fn what_is_new_or_has_another_name_is_told_with_what_removes_it() {
        let cron = make_fixtures().0.of_check(DOC.id);
        assert_eq!(cron[0].severity, Severity::Warns);
        assert!(
            cron[0]
                .says
                .as_raw()
                .contains("kubectl delete cronjob bills"),
            "{}",
            cron[0].says
        );
        let named = found(
            "k8s/takes.yaml",
            "kind: Deployment\nmetadata: {name: taker}\n",
            "kind: Deployment\nmetadata: {name: eater}\n",
        );
        assert_eq!(
            (named[0].severity, named[0].evidence[0].line),
            (Severity::Warns, Some(2))
        );
        assert!(
            named[0].says.as_raw().contains("starts taker again"),
            "{}",
            named[0].says
        );
        let service = found(
            "docker-compose.yml",
            "services:\n  web: {image: a}\n",
            "services:\n  web: {image: a}\n  mails: {image: b}\n",
        );
        assert_eq!(service[0].severity, Severity::Notes);
    }

    #[test]
    fn a_deployer_that_removes_takes_it_away() {
        let with = |path: &'static str, text: &'static str| {
            make_fixtures()
                .0
                .and(path, FileKind::Infrastructure, Some(text), Some(text))
                .of_check(DOC.id)
        };
        assert!(
            with(
                "argo/app.yaml",
                "spec: {syncPolicy: {automated: {prune: true}}}\n"
            )
            .is_empty()
        );
        assert!(with("ship.sh", "kubectl apply -f k8s --prune -l app=web\n").is_empty());
        assert!(with("ship.sh", "docker stack deploy --prune -c a.yml shop\n").is_empty());
        assert!(with("ship.sh", "kubectl apply -f k8s \\\n  --prune -l app=web\n").is_empty());
        for other in [
            "docker system prune -f\n",
            "git fetch --prune\n",
            "git remote update origin --prune\n",
            "npm install --prune\n",
        ] {
            assert_eq!(with("ship.sh", other).len(), 1, "{other}");
        }
        let chart = Fixture::of("k8s/a.yaml", FileKind::Infrastructure, "a: 1\n", "a: 2\n").and(
            "charts/web/templates/bills.yaml",
            FileKind::Infrastructure,
            None,
            Some("kind: CronJob\nmetadata: {name: bills}\n"),
        );
        assert!(chart.of_check(DOC.id).is_empty());
    }
}
