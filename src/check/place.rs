//! What a path says about where a file counts: in what runs, in a library that lies in the repository, or nowhere live.

/// Where a file counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Part of what runs.
    Live,
    /// A library's text that lies in the repository.
    Vendored,
    /// Examples, fixtures, test doubles, tools and machines of developers: nothing of it runs in production.
    NotLive,
}

/// Folders whose files never run in production.
const NOT_LIVE: [&str; 46] = [
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "fixture",
    "fixtures",
    "testdata",
    "test",
    "tests",
    "spec",
    "specs",
    "testing",
    "mock",
    "mocks",
    "fake",
    "fakes",
    "stub",
    "stubs",
    "doc",
    "docs",
    "documentation",
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "playground",
    "sandbox",
    "tutorial",
    "tutorials",
    "quickstart",
    "e2e",
    "integrationtests",
    "devcontainer",
    "developer",
    "developers",
    "local",
    "localdev",
    "scratch",
    "hack",
    "contrib",
    "snippets",
    "cookbook",
    "androidtest",
    "golden",
];

/// The place of a path. Only folders decide, and whole words of them: `test-fixtures` and `test_migrations` are tests, `latest` is not.
pub fn place(path: &str) -> Place {
    let lower = path.to_ascii_lowercase();
    let folders: Vec<&str> = lower.split('/').collect();
    let folders = &folders[..folders.len().saturating_sub(1)];
    let vendored =
        ["vendor", "node_modules", "third_party", "thirdparty", "third-party", "bower_components", "godeps", "_vendor", "deps", "extern", "external"];
    let not_live = |folder: &str| {
        let words: Vec<&str> = folder.trim_start_matches('.').split(['-', '_']).collect();
        NOT_LIVE.contains(&words.concat().as_str())
            || folder.ends_with(".tests")
            || folder.ends_with(".test")
            || words.iter().any(|word| matches!(*word, "test" | "tests" | "example" | "examples" | "fixture" | "fixtures" | "mock" | "mocks"))
    };
    // a package of Java or Kotlin may be called com.example
    let packages = lower.ends_with(".java") || lower.ends_with(".kt") || lower.ends_with(".scala");
    let package = |folder: &str| packages && matches!(folder, "example" | "sample" | "demo" | "local");
    if folders.iter().any(|folder| not_live(folder) && !package(folder)) {
        Place::NotLive
    } else if folders.iter().any(|folder| vendored.contains(folder)) {
        Place::Vendored
    } else {
        Place::Live
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_tell_where_a_file_counts() {
        for path in
            ["examples/a/main.tf", "jobspec/test-fixtures/a.hcl", "store/test_migrations/1.sql", "pkg/fake/a.proto", "env/local/dev.yml", "a/Pay.Tests/x.cs"]
        {
            assert_eq!(place(path), Place::NotLive, "{path}");
        }
        for path in ["src/latest/a.go", "web/src/main/java/example/Basket.java", "main.tf", "charts/a/values.yaml", "contest/a.rb"] {
            assert_eq!(place(path), Place::Live, "{path}");
        }
        assert_eq!(place("vendor/x.invalid/y/z.go"), Place::Vendored);
    }
}
