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

// a list of what is harmless: a command that nobody thought of is a place to look at
/// Programs that fetch, check, test or print, whatever they are told.
const BUILDERS: &[&str] = &[
    "actionlint",
    "ant",
    "apk",
    "apt",
    "apt-get",
    "awk",
    "bats",
    "black",
    "brakeman",
    "brew",
    "bundler-audit",
    "cat",
    "cd",
    "checkmake",
    "chmod",
    "choco",
    "clippy",
    "codecov",
    "commitlint",
    "coverage",
    "cp",
    "credo",
    "ctest",
    "cut",
    "cypress",
    "date",
    "detekt",
    "diff",
    "dnf",
    "done",
    "echo",
    "esac",
    "eslint",
    "exit",
    "export",
    "false",
    "fi",
    "flake8",
    "fold",
    "for",
    "ginkgo",
    "gofmt",
    "golangci-lint",
    "gotestsum",
    "grep",
    "gzip",
    "hadolint",
    "head",
    "isort",
    "jest",
    "jq",
    "ktlint",
    "ls",
    "lychee",
    "markdownlint",
    "mkdir",
    "mocha",
    "mypy",
    "nox",
    "phpcs",
    "phpstan",
    "phpunit",
    "pip",
    "pip3",
    "playwright",
    "pre-commit",
    "prettier",
    "printf",
    "psalm",
    "pwd",
    "pylint",
    "pyright",
    "pytest",
    "rspec",
    "rubocop",
    "ruff",
    "rustup",
    "sed",
    "semgrep",
    "set",
    "shellcheck",
    "shfmt",
    "sleep",
    "sort",
    "stylelint",
    "swiftlint",
    "tail",
    "tar",
    "tee",
    "test",
    "touch",
    "tox",
    "trivy",
    "true",
    "tsc",
    "unzip",
    "vitest",
];

// `npm test` checks and `npm run deploy` does not, so the word behind decides
/// Programs that build or check only where they are told so.
const BY_WORD: &[&str] = &[
    "make",
    "cmake",
    "ninja",
    "meson",
    "bazel",
    "npm",
    "yarn",
    "pnpm",
    "bun",
    "node",
    "go",
    "cargo",
    "python",
    "python3",
    "uv",
    "poetry",
    "pdm",
    "bundle",
    "gem",
    "rake",
    "bin/rails",
    "composer",
    "mvn",
    "./mvnw",
    "gradle",
    "./gradlew",
    "sbt",
    "lein",
    "cabal",
    "stack",
    "rebar3",
    "dotnet",
    "mix",
    "swift",
    "xcodebuild",
    "flutter",
    "dart",
    "docker",
    "buildah",
    "helm",
    "terraform",
    "tofu",
    "kubectl",
    "just",
    "task",
    "git",
];
const HARMLESS_WORDS: &[&str] = &[
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
    "deps",
    "credo",
    "dialyzer",
    "version",
    "login",
    "pull",
    "template",
    "validate",
    "plan",
    "mod",
    "setup",
    "spec",
    "unit",
    "bench",
    "analyze",
    "get",
    "describe",
    "diff",
    "status",
    "fetch",
    "checkout",
    "clone",
    "log",
    "config",
    "sync",
];
/// Words behind which a command of its own stands, and that say nothing by themselves.
const AROUND: &[&str] = &[
    "run",
    "exec",
    "run-script",
    "compose",
    "tool",
    "buildx",
    "dlx",
    "--",
];
// parts of words: `migrat` stands in `migrate`, `migrations` and `run-migrations`
/// Words of what acts on something that is live.
const ACTS: &[&str] = &[
    "deploy",
    "publish",
    "release",
    "migrat",
    "push",
    "apply",
    "destroy",
    "delete",
    "reset",
    "rewrite",
    "purge",
    "drop",
    "seed",
    "promote",
    "uninstall",
    "remove",
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

/// Whether a line changes nothing but the machine that runs it: files there, its keys, its own copy
/// of the repository.
pub(super) fn stays_on_machine(line: &str) -> bool {
    const LOCAL: [&str; 10] = [
        "rm", "mv", "ln", "gpg", "keytool", "chown", "kill", "unset", "read", "local",
    ];
    const OF_GIT: [&str; 7] = [
        "add", "commit", "config", "init", "checkout", "switch", "am",
    ];
    list_commands(line).iter().all(|command| {
        let mut words = command.split_whitespace().filter(|word| *word != "sudo");
        let name = words.next().unwrap_or_default();
        is_harmless(command)
            || LOCAL.contains(&name)
            || name == "git" && words.next().is_some_and(|word| OF_GIT.contains(&word))
            || name == "npm" && words.next() == Some("update")
    })
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
        // the longest: in `{run: ./go.sh, shell: bash}` the first key holds all that follows
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
        // one word is a value, `true`, or the name of a job
        .filter(|part| part.contains(' ') || part.starts_with("./") || part.ends_with(".sh"))
        .collect()
}

/// Where the value of a key begins, if the line has the key: in YAML, in a flow of YAML, or as a
/// step of a Jenkinsfile.
fn find_key(line: &str, key: &str) -> Option<usize> {
    line.match_indices(key).find_map(|(at, _)| {
        let before = line[..at].chars().next_back();
        // `runner:` holds `run`, and `dry-run:` ends in it
        let end = at + key.len();
        let after = line[end..].chars().next();
        let begins =
            before.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/')));
        let ends = after == Some(':')
            // steps of a Jenkinsfile are calls, `sh 'make'`
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
    const BEFORE: [&str; 17] = [
        "sudo", "time", "exec", "!", "[", "[[", "if", "then", "do", "while", "until", "else",
        "elif", "env", "nohup", "npx", "bunx",
    ];
    let words: Vec<&str> = command
        .split_whitespace()
        .map(|word| word.trim_matches(['"', '\'']).trim_start_matches('@'))
        // `RAILS_ENV=test rake` sets a variable before the program
        .skip_while(|word| BEFORE.contains(word) || word.contains('=') && !word.starts_with('-'))
        .collect();
    // nothing but words before a command
    let Some((name, rest)) = words.split_first() else {
        return true;
    };
    // a question, and not a command: `elif [[ "$key" == '' ]]`
    let asks = command
        .split_whitespace()
        .take_while(|word| BEFORE.contains(word))
        .any(|word| word.starts_with('['));
    if asks {
        return true;
    }
    if BUILDERS.contains(name) {
        return true;
    }
    let has = |sought: &[&str]| rest.iter().any(|word| sought.contains(word));
    // `find` looks for files until it is told to do something with them
    if *name == "find" {
        return !has(&["-delete", "-exec", "-execdir"]);
    }
    if BY_WORD.contains(name) {
        // inside of a container anything may be done
        let inside = matches!(*name, "docker" | "kubectl") && has(&["run", "exec"]);
        let acts = ACTS
            .iter()
            // the verb stands near the front; names of files further back may hold any word
            .any(|word| rest.iter().take(4).any(|given| given.contains(word)));
        let told = rest
            .iter()
            .find(|word| !word.starts_with('-') && !AROUND.contains(word));
        return !inside
            && !acts
            && told.is_none_or(|word| {
                BUILDERS.contains(word)
                    || word
                        .split([':', '-', '_', '/', '.'])
                        .any(|part| HARMLESS_WORDS.contains(&part))
            });
    }
    // a file is fetched, and nothing is sent
    matches!(*name, "curl" | "wget")
        && !rest.iter().any(|word| {
            matches!(
                *word,
                "-X" | "--request" | "-d" | "--data" | "-F" | "-T" | "--upload-file" | "--json"
            ) || word.starts_with("-X")
                || word.starts_with("--data")
        })
        // `source venv/bin/activate` only chooses which Python runs
        || matches!(*name, "source" | ".") && command.ends_with("activate")
        // a script of the project is known by its name alone, so both lists are asked
        || (name.starts_with("./") || name.ends_with(".sh") || matches!(*name, "bash" | "sh"))
            && command
                .split(|c: char| !c.is_ascii_alphanumeric())
                .any(|part| HARMLESS_WORDS.contains(&part))
            && !ACTS.iter().any(|word| command.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_is_thrown_away_may_be_changed() {
        for line in [
            "sudo rm -rf /usr/share/shelf",
            "git commit -m jars",
            "run: gpg --import",
        ] {
            assert!(stays_on_machine(line), "{line}");
        }
        for line in [
            "git push heroku main",
            "aws s3 rm s3://jars --recursive",
            "rm a; ./mend",
        ] {
            assert!(!stays_on_machine(line), "{line}");
        }
    }

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
            "elif [[ \"${{ secrets.KEY }}\" == '' ]]; then",
            "pip install -r requirements.txt",
            "./scripts/run-tests.sh",
            "sudo apt-get install libpq-dev",
            "bundle exec rspec",
            "terraform validate",
            "poetry run pytest -q",
            "python -m mypy app",
            "docker compose build",
            "if npm run lint; then echo ok; fi",
            "find . -name '*.py'",
            "git fetch --tags",
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
            "./latest.sh",
            "make deploy",
            "npm run migrate:rows",
            "docker volume rm data",
            "kubectl exec db-0 -- pg_ctl promote",
            "docker run app bin/rewrite",
            "npm run repair-rows",
            "poetry run python repair.py",
            "bundle exec rake orders:repair",
            "cargo run --bin repair",
            "else kubectl scale deploy app --replicas 0",
            "find /var/lib/app -name '*.db' -delete",
            "git push heroku main",
            "steps: [{run: etcdctl del /app --prefix}]",
        ] {
            assert_eq!(find_unknown_command(&[(3, line)]), Some(3), "{line}");
        }
    }
}
