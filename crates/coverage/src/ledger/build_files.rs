//! Files by which the program is built, checked and deployed, by their paths.

/// Files of pipelines: they build and deploy, the program does not read them.
pub fn is_pipeline(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [
        ".github/",
        ".gitlab/ci",
        ".gitlab-ci",
        ".circleci/",
        ".buildkite/",
        "jenkinsfile",
        "azure-pipelines",
        ".travis",
        "appveyor",
        ".drone",
        ".gitea/workflows/",
        ".forgejo/workflows/",
        ".woodpecker",
        ".cirrus.yml",
        "bitbucket-pipelines",
        "buildspec.",
        "cloudbuild.",
        "wercker.yml",
        "codefresh.yml",
        "makefile",
        "justfile",
        "taskfile",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

// `backout` asks what an older file would take away: these hold nothing that outlives a build
/// Files that build, check or serve the program and keep nothing: applying an older one takes no
/// data with it.
pub fn builds_only(path: &str) -> bool {
    const NAMES: [&str; 18] = [
        "cmakelists.txt",
        "meson.build",
        "build.bazel",
        "build",
        "rakefile",
        "earthfile",
        "tiltfile",
        "vagrantfile",
        "skaffold.yaml",
        "procfile",
        "nginx.conf",
        "httpd.conf",
        "haproxy.cfg",
        "caddyfile",
        "supervisord.conf",
        "docker-bake.hcl",
        "devcontainer.json",
        ".dockerignore",
    ];
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    let ends = [
        ".cmake",
        ".mk",
        ".spec",
        ".config.js",
        ".config.ts",
        ".config.mjs",
        // `jenkinsfile.js`, `dangerfile.js`, `gulpfile.js`: scripts of tools, named for them
        "file.js",
    ];
    is_pipeline(path)
        || NAMES.contains(&name)
        || leads_requests(path)
        || name.starts_with("procfile.")
        || ends.iter().any(|end| name.ends_with(end))
}

// rules for addresses are a part of the contract, and are asked there
/// Files by which a server in front of the program leads requests, wherever they lie: of Apache and
/// of Varnish.
pub(super) fn leads_requests(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    name == ".htaccess" || name.ends_with(".vcl")
}

/// Files that say how the program is served or started; they keep nothing either.
pub(super) fn serves(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    matches!(
        name.as_str(),
        "procfile"
            | "nginx.conf"
            | "httpd.conf"
            | "haproxy.cfg"
            | "caddyfile"
            | "supervisord.conf"
            | "skaffold.yaml"
    ) || name.starts_with("procfile.")
        || leads_requests(path)
}

/// Files by which the program itself is built.
pub(super) fn is_build_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    matches!(
        name.as_str(),
        "makefile"
            | "gnumakefile"
            | "cmakelists.txt"
            | "meson.build"
            | "build"
            | "build.bazel"
            | "workspace"
            | "earthfile"
            | "sconstruct"
            | "dune"
            | "configure.ac"
    ) || [".mk", ".cmake", ".bazel", ".bzl", ".gn", ".am"]
        .iter()
        .any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_builds_takes_nothing_with_it() {
        for path in [
            "Makefile",
            "CMakeLists.txt",
            "web/vite.config.ts",
            ".github/workflows/ci.yml",
            "ops/nginx.conf",
        ] {
            assert!(builds_only(path), "{path}");
        }
        for path in [
            "main.tf",
            "k8s/set.yaml",
            "ansible/roles/queue/tasks/main.yml",
            "values.yaml",
            "lib/store.ts",
        ] {
            assert!(!builds_only(path), "{path}");
        }
    }
}
