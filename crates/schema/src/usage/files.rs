//! Which files are the program's own code.

use coverage::ledger::{could_hold_program, is_live, is_vendored};
use coverage::place::list_purpose_folders;
use model::ReadError;

const EXTENSIONS: [&str; 71] = [
    "rs", "go", "py", "rb", "php", "java", "kt", "kts", "scala", "groovy", "cs", "fs", "vb", "ts",
    "tsx", "js", "jsx", "mjs", "cjs", "ex", "exs", "erl", "sql", "prisma", "erb", "heex", "vue",
    "svelte", "c", "cc", "cpp", "h", "swift", "dart", "lua", "clj", "ml", "pl", "pm", "jl", "elm",
    "hs", "cls", "sqlx", "jsp", "jspx", "ftl", "twig", "haml", "slim", "ejs", "hbs", "mustache",
    "liquid", "cshtml", "vbhtml", "razor", "gohtml", "tmpl", "tpl", "jinja", "j2", "eex", "leex",
    "sh", "bash", "ps1", "r", "rake", "ipynb", "cr",
];

/// Code that runs in production: not migrations, tests, docs, vendored or generated files.
pub fn is_code(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return false;
    };
    let extension = extension.to_ascii_lowercase();
    let mapping = extension == "xml"
        && (stem.ends_with(".hbm")
            || stem.ends_with("Mapper")
            || stem == "orm"
            || folder.contains("mapper"));
    // dbt and Hasura name tables and columns in YAML
    let mapping = mapping
        || matches!(extension.as_str(), "yml" | "yaml")
            && ["models", "hasura", "metadata", "dbt"]
                .iter()
                .any(|part| folder.split('/').any(|here| here == *part));
    if !mapping && !EXTENSIONS.contains(&extension.as_str()) {
        return false;
    }
    let lower = stem.to_ascii_lowercase();
    let test_name = lower.ends_with("_test")
        || lower.ends_with(".test")
        || lower.ends_with(".spec")
        || lower.ends_with("_spec")
        || lower.starts_with("test_")
        || lower == "conftest"
        || stem.ends_with("Test")
        || stem.ends_with("Tests")
        // Java's integration tests: `OrderIT`
        || stem.ends_with("IT");
    let generated = lower.ends_with(".min")
        || lower.ends_with(".designer")
        || lower.ends_with("modelsnapshot")
        // kept schemas repeat names that nobody uses
        || matches!(name, "structure.sql" | "schema.rb")
        || lower.ends_with(".d");
    if test_name || generated {
        return false;
    }
    // a migration is none wherever it lies; the other words name packages, too, and count only
    // where folders tell what their files are for
    let migrates = |part: &str| part.to_ascii_lowercase().contains("migrat");
    !folder.split('/').any(migrates)
        && !list_purpose_folders(path).any(|part| {
            let lower = part.to_ascii_lowercase();
            lower == "dbscripts"
                || matches!(
                    lower.as_str(),
                    "node_modules"
                        | "vendor"
                        | "test"
                        | "tests"
                        | "__tests__"
                        | "testing"
                        | "spec"
                        | "specs"
                        | "fixtures"
                        | "testdata"
                        | "docs"
                        | "doc"
                        | "documentation"
                        | "examples"
                        | "example"
                        | "dist"
                        | "build"
                        | "coverage"
                        | "third_party"
                        | "e2e"
                        | "cypress"
                        | "mocks"
                        | "__mocks__"
                        | "changelog"
                        | "storybook"
                        | "benchmarks"
                        | "locales"
                        | "i18n"
                        | "lang"
                        | "translations"
                        // folders of migrations of Synapse and Alembic
                        | "delta"
                        | "versions"
                )
        })
}

/// A file of deployment, of dashboards or of reports, whose texts may be statements: a job that
/// calls `psql`, a panel with its query. Only lines that are statements count there.
pub fn may_state(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let lower = path.to_ascii_lowercase();
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return matches!(
            name,
            "Makefile" | "Procfile" | "Justfile" | "justfile" | "crontab"
        );
    };
    let queries = [
        "dashboard",
        "grafana",
        "metabase",
        "superset",
        "redash",
        "hasura",
        "metadata",
        "quer",
        "report",
        "monitor",
        "alert",
        "looker",
    ];
    let stated = match extension.to_ascii_lowercase().as_str() {
        "yml" | "yaml" | "tf" | "hcl" | "cron" | "crontab" | "service" | "nomad" | "tpl" => true,
        "json" | "toml" | "jsonnet" => queries.iter().any(|word| lower.contains(word)),
        _ => false,
    };
    let other = [
        "openapi",
        "swagger",
        "pnpm-lock",
        "docker-compose.test",
        ".travis",
    ]
    .iter()
    .any(|word| stem.to_ascii_lowercase().contains(word));
    // the words that tell what a folder of code is for tell it here as well
    stated && !other && is_code(&format!("{folder}/program.rs"))
}

/// Code that does something by itself: statements, models without methods and mappings alone are no
/// program.
pub fn is_program(path: &str) -> bool {
    is_code(path)
        && ![
            "sql", "prisma", "xml", "sqlx", "sh", "bash", "ps1", "yml", "yaml",
        ]
        .iter()
        .any(|end| path.to_ascii_lowercase().ends_with(&format!(".{end}")))
}

/// Whether what could not be read may be, or for a folder may hold, code of the program.
pub(super) fn may_hold_code(error: &ReadError) -> bool {
    match error {
        // a submodule is another repository, which may hold the program
        ReadError::Submodule { path } => {
            could_hold_program(path) && is_code(&format!("{path}/program.rs"))
        }
        // a folder that is not in this clone; the whole tree where its name is empty
        ReadError::Absent { path } if path.is_empty() || path.ends_with('/') => {
            is_code(&format!("{path}program.rs"))
        }
        other => is_code(other.path()) && is_live(other.path()) && !is_vendored(other.path()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_counts() {
        for path in [
            "src/main.rs",
            "app/models/user.rb",
            "prisma/schema.prisma",
            "pkg/queries/payload.sql",
            "src/main/resources/User.hbm.xml",
            "src/main/java/com/example/shelf/Jar.java",
            "src/main/kotlin/example/test/Jar.kt",
            "com/example/Jar.java",
            "cmd/example/main.go",
        ] {
            assert!(is_code(path), "{path}");
        }
        for path in [
            "README.md",
            "db/migrate/1_a.rb",
            "src/foo_test.go",
            "tests/a.py",
            "node_modules/x/a.js",
            "db/structure.sql",
            "Cargo.lock",
            "locales/de.json",
            "alembic/versions/a.py",
            "examples/shelf/src/main/java/com/acme/Jar.java",
            "src/test/java/com/example/Jar.java",
            "src/main/java/db/migration/V1__Jar.java",
            "docs/cmd/example/main.go",
        ] {
            assert!(!is_code(path), "{path}");
        }
    }
}
