//! What a release runs on, as files of the repository show it. The guide has a page for each; the plan differs by it.

use crate::model::{Evidence, PlatformSign, Snapshot, visible};

use super::process::Step;

/// Most places of one platform.
const PLACES: usize = 3;

/// Most places that are looked at.
const HITS: usize = 2000;

/// Platforms of a tree and of the steps of its process, each with where it shows.
pub fn sense(tree: &dyn Snapshot, steps: &[Step]) -> Vec<PlatformSign> {
    let mut found: Vec<PlatformSign> = Vec::new();
    let mut add = |platform: &str, evidence: Evidence| {
        if found.iter().filter(|known| known.platform == platform).count() < PLACES {
            found.push(PlatformSign { platform: platform.to_owned(), evidence });
        }
    };
    for step in steps.iter().filter(|step| !step.disabled) {
        let kind = step.action_type.as_deref().unwrap_or_default();
        let platform = match kind {
            "Octopus.IIS" => "iis",
            "Octopus.WindowsService" => "windows-service",
            "Octopus.TomcatDeploy" | "Octopus.JavaArchive" => "tomcat",
            "Octopus.Nginx" => "nginx",
            kind if kind.contains("Kubernetes") || kind.contains("Helm") || kind.contains("ArgoCD") => "kubernetes",
            _ => continue,
        };
        add(platform, step.evidence.clone());
    }
    let fits = |at: usize, path: &str| WORDS.get(at).is_some_and(|(_, _, endings)| endings.iter().any(|ending| path.to_ascii_lowercase().ends_with(ending)));
    let wanted = |path: &str| own(path) && (0..WORDS.len()).any(|at| fits(at, path));
    let words: Vec<String> = WORDS.iter().map(|(word, ..)| (*word).to_owned()).collect();
    let (hits, _) = tree.search_many(&words, false, HITS, &wanted);
    for (at, (_, platform, _)) in WORDS.iter().enumerate() {
        if let Some(hit) = hits.iter().find(|hit| hit.word == at && fits(at, &hit.path)) {
            add(platform, Evidence::at(visible(&hit.path), hit.line).with_excerpt(&visible(hit.text.trim())));
        }
    }
    found
}

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
];

/// Not somebody else's, no test and no example.
fn own(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let other = ["node_modules", "vendor", "third_party", "test", "tests", "testdata", "fixtures", "examples", "example", "docs", "doc", "spec", "samples"];
    !lower.split('/').rev().skip(1).any(|folder| other.contains(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MemorySnapshot;

    #[test]
    fn each_platform_has_its_sign_and_copies_do_not_count() {
        let tree = MemorySnapshot::new([
            ("deploy/app.yaml", "apiVersion: apps/v1\nkind: Deployment\n"),
            ("src/Web/Web.config", "<configuration>\n  <system.webServer>\n"),
            ("src/Worker/Program.cs", "builder.Host.UseWindowsService();\n"),
            ("pom.xml", "<project>\n<packaging>war</packaging>\n"),
            ("ops/nginx.conf", "location / {\n  proxy_pass http://app;\n}\n"),
            ("tests/fixtures/other.yaml", "kind: Deployment\n"),
        ]);
        let found = sense(&tree, &[]);
        let names: Vec<&str> = found.iter().map(|sign| sign.platform.as_str()).collect();
        assert_eq!(names, ["kubernetes", "iis", "windows-service", "tomcat", "nginx"]);
        assert_eq!((found[0].evidence.path.as_deref(), found[0].evidence.line), (Some("deploy/app.yaml"), Some(2)));
        assert!(sense(&MemorySnapshot::new([("README.md", "kind: Deployment")]), &[]).is_empty());
    }
}
