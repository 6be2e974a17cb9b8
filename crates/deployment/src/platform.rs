//! What a release runs on and what deploys it, as files of the repository show it. The guide has a
//! page for each platform; the plan differs by it. A deployer is asked by its own command, which is
//! shown and never run.

use model::{Evidence, PlatformSign, Snapshot, Untrusted, escape_invisible};

use super::live::{LiveKind, StateFile};
use super::process::DeploymentStep;

// more places say nothing new of one platform
/// Most places of one platform.
const PLACES: usize = 3;

/// Most places that are looked at.
const HITS: usize = 2000;

/// Platforms of a tree and of the steps of its process, each with where it shows.
pub fn detect_platforms(tree: &dyn Snapshot, steps: &[DeploymentStep]) -> Vec<PlatformSign> {
    let mut found: Vec<PlatformSign> = Vec::new();
    let mut add = |platform: &str, evidence: Evidence| {
        if found
            .iter()
            .filter(|known| known.platform == platform)
            .count()
            < PLACES
        {
            let asks = LiveKind::of(platform).map(|kind| kind.producer().to_owned());
            found.push(PlatformSign {
                platform: platform.to_owned(),
                asks,
                evidence,
            });
        }
    };
    // what the process says of itself is surer than a file
    for step in steps.iter().filter(|step| !step.disabled) {
        let kind = step.action_type.as_deref().unwrap_or_default();
        let platform = match kind {
            "Octopus.IIS" => "iis",
            "Octopus.WindowsService" => "windows-service",
            "Octopus.TomcatDeploy" | "Octopus.JavaArchive" => "tomcat",
            "Octopus.Nginx" => "nginx",
            // there are several types for each of these
            kind if kind.contains("Kubernetes")
                || kind.contains("Helm")
                || kind.contains("ArgoCD") =>
            {
                "kubernetes"
            }
            _ => continue,
        };
        add(platform, step.evidence.clone());
    }
    let fits = |at: usize, path: &str| {
        WORDS.get(at).is_some_and(|(_, _, endings)| {
            endings.iter().any(|ending| {
                path.to_ascii_lowercase().ends_with(ending)
                    || (ending.ends_with('/') && path.starts_with(ending))
            })
        })
    };
    let wanted = |path: &str| is_own_source(path) && (0..WORDS.len()).any(|at| fits(at, path));
    let words: Vec<String> = WORDS.iter().map(|(word, ..)| (*word).to_owned()).collect();
    let (hits, _) = tree.search_many(&words, false, HITS, &wanted);
    // one hit a word: the first shows it
    for (at, (_, platform, _)) in WORDS.iter().enumerate() {
        if let Some(hit) = hits
            .iter()
            .find(|hit| hit.word == at && fits(at, &hit.path))
        {
            add(
                platform,
                Evidence::at(escape_invisible(&hit.path), hit.line)
                    .with_excerpt(&escape_invisible(hit.text.trim())),
            );
        }
    }
    for entry in tree.list() {
        let name = entry
            .path
            .rsplit('/')
            .next()
            .unwrap_or(&entry.path)
            .to_ascii_lowercase();
        // three kinds of entries share the table, told apart by their first and last character
        let is = |end: &str| match (end.ends_with('/'), end.starts_with('.')) {
            (true, _) => entry.path.starts_with(end),
            (false, true) => name.ends_with(end),
            (false, false) => name == end,
        };
        if let Some((_, platform)) = FILES
            .iter()
            .find(|(end, _)| is(end))
            .filter(|_| is_own_source(&entry.path))
        {
            add(
                platform,
                Evidence {
                    path: Some(Untrusted::visible(&entry.path)),
                    ..Evidence::default()
                },
            );
        }
    }
    found
}

/// Files that only one deployer reads: a name, an ending that starts with a dot, or a folder at the
/// root.
const FILES: &[(&str, &str)] = &[
    ("chart.yaml", "helm"),
    (".octopus/", "octopus"),
    ("capfile", "capistrano"),
    ("fly.toml", "fly"),
    ("heroku.yml", "heroku"),
    (".nomad", "nomad"),
    (".nomad.hcl", "nomad"),
    ("appspec.yml", "codedeploy"),
    ("appspec.yaml", "codedeploy"),
];

// `kind: Application` and `servers:` are anybody's words, so each has its ends
/// Words that stand in a file of that platform only, with the ends of such files.
const WORDS: &[(&str, &str, &[&str])] = &[
    ("kind: Deployment", "kubernetes", &[".yaml", ".yml"]),
    ("kind: StatefulSet", "kubernetes", &[".yaml", ".yml"]),
    ("<system.webServer", "iis", &["web.config"]),
    ("UseWindowsService", "windows-service", &[".cs"]),
    ("ServiceBase", "windows-service", &["program.cs"]),
    ("<packaging>war</packaging>", "tomcat", &["pom.xml"]),
    ("proxy_pass", "nginx", &[".conf", ".nginx"]),
    ("fastcgi_pass", "nginx", &[".conf", ".nginx"]),
    ("kind: Application", "argocd", &[".yaml", ".yml"]),
    ("kind: Rollout", "argo-rollouts", &[".yaml", ".yml"]),
    ("retain_containers", "kamal", &["config/deploy.yml"]),
    ("servers:", "kamal", &["config/deploy.yml"]),
    ("azure/webapps-deploy", "azure", &[".yaml", ".yml"]),
    (
        "amazon-ecs-deploy-task-definition",
        "ecs",
        &[".yaml", ".yml"],
    ),
    ("AutoPublishAlias", "lambda", &[".yaml", ".yml"]),
    ("environment:", "gitlab", &[".gitlab-ci.yml"]),
    ("environment:", "github", &[".github/workflows/"]),
];

/// Not somebody else's, no test and no example.
fn is_own_source(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
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
        "samples",
    ];
    !lower
        .split('/')
        .rev()
        .skip(1)
        .any(|folder| other.contains(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::MemorySnapshot;

    #[test]
    fn each_platform_has_its_sign_and_copies_do_not_count() {
        let tree = MemorySnapshot::new([
            ("deploy/app.yaml", "apiVersion: apps/v1\nkind: Deployment\n"),
            (
                "src/Web/Web.config",
                "<configuration>\n  <system.webServer>\n",
            ),
            (
                "src/Worker/Program.cs",
                "builder.Host.UseWindowsService();\n",
            ),
            ("pom.xml", "<project>\n<packaging>war</packaging>\n"),
            (
                "ops/nginx.conf",
                "location / {\n  proxy_pass http://app;\n}\n",
            ),
            ("charts/shop/Chart.yaml", "name: shop\n"),
            (".octopus/variables.ocl", ""),
            ("tests/fixtures/other.yaml", "kind: Deployment\n"),
        ]);
        let found = detect_platforms(&tree, &[]);
        let names: Vec<&str> = found.iter().map(|sign| sign.platform.as_str()).collect();
        assert_eq!(
            names,
            [
                "kubernetes",
                "iis",
                "windows-service",
                "tomcat",
                "nginx",
                "octopus",
                "helm"
            ]
        );
        assert!(
            found[0]
                .asks
                .as_deref()
                .is_some_and(|command| command.starts_with("kubectl get deployments,replicasets"))
        );
        assert_eq!(found[1].asks, None, "a server is no deployer");
        assert_eq!(
            (found[0].evidence.raw_path(), found[0].evidence.line),
            (Some("deploy/app.yaml"), Some(2))
        );
        assert!(
            detect_platforms(
                &MemorySnapshot::new([("README.md", "kind: Deployment")]),
                &[]
            )
            .is_empty()
        );
    }
}
