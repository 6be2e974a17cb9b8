//! Where a file lies says whether it runs in production at all: examples, fixtures and developers'
//! machines do not.

use model::CannotRule;

/// Folders whose files only tests and developers use, wherever they lie.
const NEVER: [&str; 8] = [
    "test-fixtures",
    "test_fixtures",
    "testdata",
    "test-data",
    "test_data",
    "__mocks__",
    "devcontainer",
    ".devcontainer",
];

/// Folders of stand-ins and samples for tests. These are words of trades, too: program text there
/// may be part of what runs, and an application may have the name.
const STAND_INS: [&str; 6] = ["fixture", "fixtures", "mock", "mocks", "fake", "fakes"];

/// Folders that hold examples at the top of a repository and are ordinary names of packages below a
/// folder of sources.
const AT_THE_TOP: [&str; 17] = [
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "tutorial",
    "tutorials",
    "playground",
    "sandbox",
    "devtools",
    "dev-tools",
    "scripts-dev",
    "benchmark",
    "benchmarks",
    "benches",
    "e2e",
];

/// Folders of program text.
const SOURCES: [&str; 8] = [
    "src", "lib", "app", "internal", "pkg", "cmd", "main", "packages",
];

/// Names of environments on a developer's machine.
const DEVELOPERS: [&str; 6] = [
    "local",
    "dev",
    "develop",
    "development",
    "developer",
    "devel",
];

/// Names of surroundings in which only tests run.
const TESTED: [&str; 4] = ["test", "tests", "testing", "e2e"];

/// Folders of code that others wrote.
const VENDORED: [&str; 9] = [
    "vendor",
    "vendored",
    "node_modules",
    "third_party",
    "thirdparty",
    "third-party",
    "godeps",
    "bower_components",
    "site-packages",
];

/// Whether a path lies in the folder of the documentation at the top of a repository.
pub(super) fn builds_documents(path: &str) -> bool {
    // a package that the program imports may lie there too, in the languages that build no
    // documents
    let builds = [
        "py", "js", "mjs", "cjs", "jsx", "ts", "tsx", "rb", "sh", "vue", "astro",
    ];
    let end = path
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    builds.contains(&end.as_str())
        && split_path_folders(path).next().is_some_and(|folder| {
            matches!(
                folder.to_ascii_lowercase().as_str(),
                "docs" | "doc" | "documentation"
            )
        })
}

/// Domains turned round, as the outermost package of a program begins.
const REVERSED: [&str; 5] = ["com", "org", "net", "io", "edu"];

/// Languages whose production sources lie in `src/main/` and their name.
const MAIN_LANGUAGES: [&str; 5] = ["java", "kotlin", "scala", "groovy", "clojure"];

/// Folders of a path whose names tell what the files in them are for. Below the root of production
/// sources (`src/main/java/`) stand packages, right below `cmd/` a program, and below a domain
/// turned round the name of whom it belongs to (`com/example/`, which generators of projects
/// write): each may be any word. What stands above such a root counts.
pub fn list_purpose_folders(path: &str) -> impl Iterator<Item = &str> {
    let named = split_path_folders(path).scan(["", ""], |above, folder| {
        let [outer, inner] = *above;
        if is_one_of(inner, &MAIN_LANGUAGES) && outer == "main/" {
            return None;
        }
        let is_program = inner.eq_ignore_ascii_case("cmd") && !is_one_of(folder, &NEVER);
        let is_package =
            is_one_of(inner, &REVERSED) && is_one_of(folder, &["example", "demo", "sample"]);
        let is_main = outer.eq_ignore_ascii_case("src") && is_main_set(inner);
        *above = [if is_main { "main/" } else { inner }, folder];
        Some((folder, is_program || is_package))
    });
    named
        .filter(|(_, is_name)| !is_name)
        .map(|(folder, _)| folder)
}

/// A set of production sources: `main`, and `commonMain` and the like of several platforms.
fn is_main_set(folder: &str) -> bool {
    folder.eq_ignore_ascii_case("main") || folder.ends_with("Main")
}

/// Whether a path is code of a library that lies in the repository.
pub fn is_vendored(path: &str) -> bool {
    let mut first = true;
    let mut folders = list_purpose_folders(path).peekable();
    while let Some(folder) = folders.next() {
        // a module of this name right below sources is about those who sell: libraries lie at the
        // top, or in folders of their own below
        let module = !first && folders.peek().is_none() && is_own_module(folder, path);
        if is_one_of(folder, &VENDORED) && !module {
            return true;
        }
        first = false;
    }
    false
}

/// A file of a language whose libraries are never kept as a single file in a folder `vendor`.
fn is_own_module(folder: &str, path: &str) -> bool {
    folder.eq_ignore_ascii_case("vendor")
        && ["py", "java", "kt", "cs", "go", "rs", "ex", "scala", "swift"]
            .iter()
            .any(|end| {
                path.rsplit('.')
                    .next()
                    .is_some_and(|own| own.eq_ignore_ascii_case(end))
            })
}

/// Whether what lies at a path runs in production, as far as its place tells.
pub fn is_live(path: &str) -> bool {
    // no copies: every file of a tree passes here, for every search
    let mut sources = false;
    let mut rest = list_purpose_folders(path).peekable();
    while let Some(folder) = rest.next() {
        let begins = |word: &str| {
            folder
                .get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        if is_one_of(folder, &NEVER) || begins("test_") || begins("test-") {
            return false;
        }
        // an application of this name keeps its migrations right below; an example has folders of
        // its own in between
        let mut application = || {
            rest.peek()
                .is_some_and(|next| is_one_of(next, &["migrations", "migrate"]))
        };
        if is_one_of(folder, &STAND_INS) && !application() && !super::is_program(path) {
            return false;
        }
        if !sources && is_one_of(folder, &AT_THE_TOP) && !application() {
            return false;
        }
        sources |= is_one_of(folder, &SOURCES);
    }
    !developers_environment(path) && !is_parked(path) && !composes_for_tests(path)
}

/// Folders in which people put migrations that are not to run.
const PARKED: [&str; 13] = [
    "draft", "drafts", "wip", "parked", "disabled", "archive", "archived", "obsolete", "unused",
    "backup", "backups", "old", "todo",
];

/// Folders of rows that developers fill their own database with.
const SEEDS: [&str; 4] = ["seed", "seeds", "seeders", "seeding"];

/// Whether a file of a database is one that no deployment runs: parked below the folder of the
/// migrations, rows of developers, or a script of theirs.
pub fn is_parked(path: &str) -> bool {
    let mut above = "";
    let mut migrations = false;
    for folder in list_purpose_folders(path) {
        // `_drafts`; Python's `__pycache__` and a folder `_migrations` are none
        let hidden = folder.strip_prefix('_').is_some_and(|rest| {
            !rest.starts_with('_') && !rest.to_ascii_lowercase().contains("migrat")
        });
        if migrations && (hidden || is_one_of(folder, &PARKED)) {
            return true;
        }
        let data = !super::is_program(path) || path.ends_with(".sql");
        if data && is_one_of(folder, &SEEDS) {
            return true;
        }
        let developers = is_one_of(folder, &["dev", "developer", "developers", "local"]);
        if developers && is_one_of(above, &["scripts", "tools", "hack", "bin", "script"]) {
            return true;
        }
        migrations |= folder.to_ascii_lowercase().contains("migrat");
        above = folder;
    }
    false
}

/// `compose.test.yaml`, `docker-compose.override.yml`: what a tool puts together for tests, and on
/// the machine of a developer beside the file that is deployed.
fn composes_for_tests(path: &str) -> bool {
    const FOR: [&str; 7] = [
        "test",
        "tests",
        "testing",
        "ci",
        "e2e",
        "integration",
        "override",
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some((stem, end)) = name.rsplit_once('.') else {
        return false;
    };
    is_one_of(end, &["yml", "yaml"])
        && stem
            .split_once("compose")
            .is_some_and(|(_, rest)| is_one_of(rest.trim_start_matches(['.', '-', '_']), &FOR))
}

/// The name of a folder is one of these, in large letters or small ones.
fn is_one_of(folder: &str, names: &[&str]) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(folder))
}

/// `env/local/app.yml`, `config/environments/development.rb`, `docker-compose.dev.yml`: an
/// environment that only developers have.
fn developers_environment(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    // `.env.test`, `.env.development.local`
    if let Some(rest) = name.strip_prefix(".env.") {
        return rest
            .split('.')
            .any(|part| is_one_of(part, &DEVELOPERS) || is_one_of(part, &TESTED));
    }
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return false;
    };
    let settings = is_one_of(
        extension,
        &[
            "yml",
            "yaml",
            "json",
            "toml",
            "ini",
            "env",
            "properties",
            "tfvars",
            "conf",
        ],
    );
    let environments = list_purpose_folders(path).any(|folder| {
        is_one_of(
            folder,
            &["env", "envs", "environments", "environment", "overlays"],
        )
    });
    if !settings && !environments {
        return false;
    }
    let stem = stem.to_ascii_lowercase();
    // the environment stands last: `values-dev`, not `dev-portal`
    let named = stem
        .rsplit(['.', '-', '_'])
        .next()
        .is_some_and(|part| DEVELOPERS.contains(&part) || part != stem && TESTED.contains(&part));
    let below =
        environments && list_purpose_folders(path).any(|folder| is_one_of(folder, &DEVELOPERS));
    settings && (below || (named && !stem.contains("prod"))) || environments && named
}

fn split_path_folders(path: &str) -> impl Iterator<Item = &str> {
    let end = path.rfind('/').unwrap_or(0);
    path[..end].split('/').filter(|folder| !folder.is_empty())
}

/// A file that is copied and filled in before anything reads it.
pub(super) fn is_example(path: &str) -> bool {
    [".example", ".sample"].iter().any(|end| {
        path.len() > end.len()
            && path
                .get(path.len() - end.len()..)
                .is_some_and(|last| last.eq_ignore_ascii_case(end))
    })
}

/// Settings of tools that people work with. Names that are settled by the tools themselves, and
/// folders that only hold such.
pub(super) fn is_developer_tool(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let folder = [
        ".vscode/",
        ".idea/",
        ".github/",
        ".husky/",
        ".semgrep/",
        ".changeset/",
        ".claude/",
        ".cursor/",
        ".storybook/",
    ]
    .iter()
    .any(|folder| path.starts_with(folder));
    const WORDS: [&str; 43] = [
        "gitignore",
        "gitattributes",
        "gitkeep",
        "mailmap",
        "editorconfig",
        "prettier",
        "eslint",
        "stylelint",
        "rubocop",
        "pylint",
        "flake8",
        "mypy",
        "ruff",
        "rustfmt",
        "clippy",
        "golangci",
        "tslint",
        "tsconfig",
        "jsconfig",
        "codecov",
        "pre-commit",
        "codeowners",
        "coveragerc",
        "phpstan",
        "phpcs",
        "psalm",
        "sonar",
        "yamllint",
        "markdownlint",
        "commitlint",
        "browserslist",
        "lefthook",
        "lintstaged",
        "cspell",
        "contributorsrc",
        "renovate",
        "script.py.mako",
        "cypress.json",
        "nycrc",
        "lighthouserc",
        "pa11yci",
        "release-please",
        "releaserc",
    ];
    folder
        || name.ends_with(".sln")
        || name.ends_with(".slnx")
        || WORDS.iter().any(|word| name.contains(word))
        || matches!(
            name.as_str(),
            "license"
                | "licence"
                | "notice"
                | "copying"
                | "backout.yaml"
                | "deny.toml"
                | ".clang-format"
                | ".clang-tidy"
        )
}

/// Settings of tools that are written as program text, by names that the tools have settled: what
/// checks, tests or styles the program, and never runs with it.
pub(super) fn find_tool_rule(path: &str) -> Option<CannotRule> {
    const SCRIPTS: [&str; 8] = ["js", "cjs", "mjs", "jsx", "ts", "cts", "mts", "tsx"];
    const TOOLS: [&str; 17] = [
        "eslint.config",
        ".eslintrc",
        "prettier.config",
        ".prettierrc",
        "stylelint.config",
        ".stylelintrc",
        "commitlint.config",
        "lint-staged.config",
        "release.config",
        "knip.config",
        "knip",
        "dangerfile",
        "plopfile",
        "wdio.conf",
        "karma.conf",
        ".mocharc",
        "ava.config",
    ];
    const TESTS: [&str; 10] = [
        "jest.config",
        "jest.setup",
        "jest.preset",
        "vitest.config",
        "vitest.setup",
        "vitest.workspace",
        "cypress.config",
        "playwright.config",
        "conftest",
        "noxfile",
    ];
    const STYLES: [&str; 4] = [
        "tailwind.config",
        "postcss.config",
        "uno.config",
        "windi.config",
    ];
    const OTHERS: [&str; 8] = [
        ".php-cs-fixer.php",
        ".php-cs-fixer.dist.php",
        ".php_cs.dist.php",
        "rector.php",
        "ecs.php",
        ".credo.exs",
        ".formatter.exs",
        ".iex.exs",
    ];
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let (stem, end) = name.rsplit_once('.')?;
    let script = SCRIPTS.contains(&end);
    if script && TOOLS.contains(&stem)
        || OTHERS.contains(&name.as_str())
        || split_path_folders(path).any(|folder| folder == ".storybook")
        || stem.ends_with(".stories")
    {
        Some(CannotRule::DeveloperTool)
    } else if script && TESTS.contains(&stem)
        || matches!(name.as_str(), "conftest.py" | "noxfile.py")
    {
        Some(CannotRule::Tests)
    } else if script && STYLES.contains(&stem) {
        Some(CannotRule::Styling)
    } else {
        None
    }
}

/// Settings of what makes pages for people from the documentation.
pub(super) fn builds_site(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    matches!(
        name.as_str(),
        "mkdocs.yml"
            | "mkdocs.yaml"
            | ".readthedocs.yml"
            | ".readthedocs.yaml"
            | "antora.yml"
            | "antora-playbook.yml"
            | "typedoc.json"
            | "jsdoc.json"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_and_developers_machines_are_not_live() {
        for path in [
            "examples/bucket/main.tf",
            "jobspec/test-fixtures/basic.hcl",
            "store/test_migrations/0001_one.up.sql",
            "pkg/component/fake/common/event.proto",
            "env/local/developer.yml",
            "config/environments/development.rb",
            "docker-compose.dev.yml",
            "docker-compose.test.yml",
            "src/main/resources/application-test.properties",
            ".env.test",
            "web/.env.development.local",
            "demo/app.py",
        ] {
            assert!(!is_live(path), "{path}");
        }
    }

    #[test]
    fn tools_are_known_by_the_names_that_they_settled() {
        for (path, rule) in [
            ("eslint.config.mjs", Some(CannotRule::DeveloperTool)),
            (
                "web/src/Button.stories.tsx",
                Some(CannotRule::DeveloperTool),
            ),
            ("jest.config.ts", Some(CannotRule::Tests)),
            ("api/conftest.py", Some(CannotRule::Tests)),
            ("tailwind.config.js", Some(CannotRule::Styling)),
            ("next.config.js", None),
            ("src/prettier.ts", None),
            ("src/stories.ts", None),
        ] {
            assert_eq!(find_tool_rule(path), rule, "{path}");
        }
        assert!(builds_site("mkdocs.yml") && !builds_site("config.yml"));
    }

    #[test]
    fn names_of_packages_and_programs_tell_no_purpose() {
        for path in [
            "src/main/java/com/acme/testdata/Shelf.java",
            "src/main/kotlin/fixtures/test_jars/Lid.kt",
            "web/src/main/scala/vendor/Rate.scala",
            "shared/src/commonMain/kotlin/demo/mocks/Jar.kt",
            "src/main/java/com/acme/env/Dev.java",
            "com/example/shelf/Jar.java",
            "cmd/example/main.go",
            "cmd/fixtures/main.go",
        ] {
            assert!(is_live(path) && !is_vendored(path), "{path}");
        }
        for path in [
            "examples/shelf/src/main/java/com/acme/Jar.java",
            "demo/src/main/kotlin/Jar.kt",
            "cmd/testdata/jar.go",
            "examples/cmd/shelf/main.go",
            "src/main/resources/testdata/jar.json",
        ] {
            assert!(!is_live(path), "{path}");
        }
        assert!(is_vendored("vendor/shelf/src/main/java/Jar.java"));
        let of = |path| list_purpose_folders(path).collect::<Vec<_>>();
        assert_eq!(
            of("src/main/java/com/acme/test/A.java"),
            ["src", "main", "java"]
        );
        assert_eq!(
            of("src/test/java/com/acme/A.java"),
            ["src", "test", "java", "com", "acme"]
        );
        assert_eq!(of("app/com/example/A.scala"), ["app", "com"]);
    }

    #[test]
    fn packages_that_are_only_called_so_are_live() {
        for path in [
            "src/main/java/example/Order.java",
            "app/models/demo/basket.rb",
            "lib/sample/rate.ex",
            "src/latest/a.go",
            "deploy/production.yml",
            "main.go",
            "internal/sandbox/state.go",
            "src/samples/store.rs",
            "lab_test/models.py",
            "internal/fixtures/file.go",
            "league/fixtures/migrations/0002_kickoff.py",
            "fixtures/models.py",
            "k8s/dev-portal.yaml",
        ] {
            assert!(is_live(path), "{path}");
        }
        assert!(is_vendored("vendor/github.com/a/b.go") && !is_vendored("src/vendors/a.go"));
        assert!(
            is_vendored("web/vendor/slider.js") && is_vendored("src/vendor/money/rate.py"),
            "code of others"
        );
        assert!(
            !is_vendored("src/vendor/price.py") && !is_vendored("app/models/Vendor/Order.java"),
            "those who sell"
        );
    }
}
