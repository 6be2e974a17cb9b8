//! Commands that a pipeline newly runs. What builds, checks and tests is known by name; any other
//! command may have done something to what is live, and is a place to look at.

use crate::changed_lines::ChangedLine;

/// Keys whose value is a command, in the pipelines of forges and clouds.
const KEYS: [&str; 12] = [
    "run",
    "script",
    "command",
    "commands",
    "cmd",
    "sh",
    "bash",
    "pwsh",
    "powershell",
    "inline",
    "inlinescript",
    "before_script",
];

/// Programs that fetch, build, check, test or print, whatever they are told.
const BUILDERS: [&str; 122] = [
    "actionlint",
    "ant",
    "apk",
    "apt",
    "apt-get",
    "awk",
    "bats",
    "bazel",
    "black",
    "brakeman",
    "brew",
    "bundler-audit",
    "cabal",
    "case",
    "cat",
    "cd",
    "checkmake",
    "chmod",
    "choco",
    "clippy",
    "cmake",
    "codecov",
    "commitlint",
    "coverage",
    "cp",
    "credo",
    "ctest",
    "cut",
    "cypress",
    "dart",
    "date",
    "detekt",
    "diff",
    "dnf",
    "do",
    "done",
    "echo",
    "elif",
    "else",
    "env",
    "esac",
    "eslint",
    "exit",
    "export",
    "false",
    "fi",
    "find",
    "flake8",
    "flutter",
    "fold",
    "for",
    "gem",
    "ginkgo",
    "git",
    "gofmt",
    "golangci-lint",
    "gotestsum",
    "grep",
    "gzip",
    "hadolint",
    "head",
    "if",
    "isort",
    "jest",
    "jq",
    "ktlint",
    "lein",
    "ls",
    "lychee",
    "markdownlint",
    "meson",
    "mkdir",
    "mocha",
    "mypy",
    "ninja",
    "nox",
    "nvm",
    "pdm",
    "phpcs",
    "phpstan",
    "phpunit",
    "pip",
    "pip3",
    "pipx",
    "playwright",
    "poetry",
    "pre-commit",
    "prettier",
    "printf",
    "psalm",
    "pwd",
    "pylint",
    "pyright",
    "pytest",
    "rebar3",
    "rspec",
    "rubocop",
    "ruff",
    "rustup",
    "sbt",
    "sed",
    "semgrep",
    "set",
    "shellcheck",
    "shfmt",
    "sleep",
    "sort",
    "source",
    "stylelint",
    "swiftlint",
    "tail",
    "tar",
    "tee",
    "test",
    "then",
    "touch",
    "tox",
    "trivy",
    "true",
    "tsc",
    "unzip",
    "vitest",
];

/// Programs that build or check only with one of these words behind them.
const BY_WORD: [&str; 34] = [
    "make",
    "npm",
    "yarn",
    "pnpm",
    "bun",
    "npx",
    "bunx",
    "node",
    "go",
    "cargo",
    "python",
    "python3",
    "uv",
    "bundle",
    "rake",
    "bin/rails",
    "composer",
    "mvn",
    "./mvnw",
    "gradle",
    "./gradlew",
    "dotnet",
    "mix",
    "swift",
    "xcodebuild",
    "stack",
    "docker",
    "buildah",
    "helm",
    "terraform",
    "tofu",
    "kubectl",
    "just",
    "task",
];
const HARMLESS_WORDS: [&str; 44] = [
    "test",
    "tests",
    "lint",
    "build",
    "ci",
    "install",
    "check",
    "format",
    "fmt",
    "vet",
    "generate",
    "coverage",
    "typecheck",
    "type-check",
    "audit",
    "verify",
    "package",
    "compile",
    "assemble",
    "restore",
    "clean",
    "docs",
    "doc",
    "clippy",
    "nextest",
    "deps.get",
    "credo",
    "dialyzer",
    "exec",
    "version",
    "--version",
    "-v",
    "buildx",
    "login",
    "pull",
    "tag",
    "template",
    "validate",
    "plan",
    "mod",
    "add",
    "cache",
    "pytest",
    "run",
];

/// The first line that runs a command of which it is not known that it only builds or checks.
pub(super) fn find_unknown_command(fresh: &[ChangedLine<'_>]) -> Option<usize> {
    fresh
        .iter()
        .find(|(_, line)| {
            list_commands(line)
                .iter()
                .any(|command| !is_harmless(command))
        })
        .map(|(line, _)| *line)
}

/// The commands in a line of a pipeline. A key with another value, a list of names and a lone word
/// are none.
fn list_commands(line: &str) -> Vec<String> {
    let line = line.trim().trim_start_matches("- ").trim();
    if line.starts_with('#') || line.starts_with("//") {
        return Vec::new();
    }
    let inline = KEYS
        .iter()
        .filter_map(|key| {
            let at = find_key(line, key)?;
            Some(line[at..].trim_start_matches([':', ' ', '(', '[', '|', '>', '-']))
        })
        .max_by_key(|text| text.len());
    let text = match inline {
        Some(text) => text,
        None if is_other_key(line) => return Vec::new(),
        None => line,
    };
    text.split([';', '&', '|', ','])
        .map(|part| {
            part.trim_matches(|c: char| {
                c.is_whitespace()
                    || matches!(c, '"' | '\'' | '[' | ']' | '{' | '}' | '(' | ')' | '\\')
            })
            .to_owned()
        })
        .filter(|part| part.contains(' ') || part.starts_with("./") || part.ends_with(".sh"))
        .collect()
}

/// Where the value of a key begins, if the line has the key: in YAML, in a flow of YAML, or as a
/// step of a Jenkinsfile.
fn find_key(line: &str, key: &str) -> Option<usize> {
    line.match_indices(key).find_map(|(at, _)| {
        let before = line[..at].chars().next_back();
        let end = at + key.len();
        let after = line[end..].chars().next();
        let begins =
            before.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/')));
        let ends = after == Some(':')
            || matches!(key, "sh" | "bat" | "pwsh" | "powershell")
                && line[end..].trim_start().starts_with(['"', '\'', '(']);
        (begins && ends).then_some(end)
    })
}

/// `name: Run tests`, `with:`, `uses: a/b@v1`: a key whose value is no command.
fn is_other_key(line: &str) -> bool {
    let key: String = line
        .chars()
        .take_while(|c| {
            c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"' | '\'' | '@' | '/')
        })
        .collect();
    let rest = &line[key.len()..];
    !key.is_empty() && (rest.trim_start().starts_with(':') || rest.trim_start().starts_with('='))
        || line.starts_with(['{', '}', '[', ']', '<', '(', ')', '$', '~', '*', '%'])
}

fn is_harmless(command: &str) -> bool {
    let mut words = command
        .split_whitespace()
        .map(|word| word.trim_matches(['"', '\'']))
        .skip_while(|word| {
            matches!(
                *word,
                "sudo" | "time" | "exec" | "!" | "[" | "[[" | "if" | "then" | "do" | "while"
            ) || word.contains('=') && !word.starts_with('-')
        });
    let Some(first) = words.next() else {
        return true;
    };
    let name = first.trim_start_matches('@');
    if BUILDERS.contains(&name) {
        return true;
    }
    let rest: Vec<&str> = words.collect();
    if BY_WORD.contains(&name) {
        // what a tool is told to do stands first, behind its switches
        let told = rest
            .iter()
            .filter(|word| !word.starts_with('-'))
            .take(2)
            .any(|word| {
                word.split([':', '-', '_', '/', '.'])
                    .any(|part| HARMLESS_WORDS.contains(&part))
            });
        let acts = [
            "deploy", "publish", "release", "migrat", "push", "apply", "destroy", "delete",
        ]
        .iter()
        .any(|word| rest.iter().take(4).any(|given| given.contains(word)));
        return rest.is_empty()
            || told && !acts
            || name == "npx" && rest.iter().any(|word| BUILDERS.contains(word));
    }
    // a file is fetched, and nothing is sent
    matches!(name, "curl" | "wget")
        && !rest.iter().any(|word| {
            matches!(
                *word,
                "-X" | "--request" | "-d" | "--data" | "-F" | "-T" | "--upload-file" | "--json"
            ) || word.starts_with("-X")
                || word.starts_with("--data")
        })
        || (name.starts_with("./") || name.ends_with(".sh") || matches!(name, "bash" | "sh"))
            && ["test", "lint", "build", "check", "coverage", "format"]
                .iter()
                .any(|word| command.contains(word))
            && !["deploy", "release", "publish", "migrat"]
                .iter()
                .any(|word| command.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_builds_and_checks_is_told_from_what_acts() {
        for line in [
            "- run: make lint",
            "run: npm run test:unit -- --coverage",
            "script: [make test lint]",
            "- script: go test -race ./...",
            "name: Deploy the docs",
            "- uses: actions/checkout@v4",
            "sh 'mvn -B verify'",
            "python -m pytest",
            "docker build -t app .",
            "- main",
            "node-version: 20",
            "if: github.ref == 'refs/heads/main'",
            "curl -sSL https://example.invalid/install.sh | bash -s -- check",
            "echo \"done\"",
            "pip install -r requirements.txt",
            "./scripts/run-tests.sh",
            "sudo apt-get install libpq-dev",
            "bundle exec rspec",
            "terraform validate",
        ] {
            assert_eq!(find_unknown_command(&[(3, line)]), None, "{line}");
        }
        for line in [
            "- run: kubectl delete pvc data-store-0",
            "run: aws s3 rm s3://bucket --recursive",
            "sh \"terraform apply -auto-approve\"",
            "helm uninstall store",
            "ssh app rm -rf /var/lib/app",
            "php bin/console app:rewrite-labels",
            "curl -X DELETE https://search.example.invalid/items",
            "- script: rabbitmqctl delete_queue orders",
            "vault kv put secret/app key=1",
            "./deploy.sh production",
            "make deploy",
            "npm run migrate:rows",
            "docker volume rm data",
            "steps: [{run: etcdctl del /app --prefix}]",
        ] {
            assert_eq!(find_unknown_command(&[(3, line)]), Some(3), "{line}");
        }
    }
}
