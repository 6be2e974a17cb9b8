//! The default kinds, as one function over the parts of a path. Names and extensions are compared
//! without case.

use super::language::{is_language_tag, is_translated_bundle};
use super::names::{
    CODE, CONFIG, DEPENDENCY, INFRASTRUCTURE, MARKUP, PROSE, PROSE_NAMES, STYLING, TOOLING, Words,
    split_word_set,
};
use std::sync::LazyLock;

use crate::model::FileKind;
use coverage::place::list_purpose_folders;

/// One of the kinds, when a path is of it.
type KindTest = fn(&Parts<'_>) -> bool;

/// A path cut into what the rules ask for; lower case.
struct Parts<'a> {
    path: &'a str,
    name: &'a str,
    stem: &'a str,
    extension: &'a str,
    folders: Vec<&'a str>,
    /// Those of the folders whose names tell what lies in them: packages below a production source
    /// root may be called anything.
    purposes: Vec<&'a str>,
}

impl<'a> Parts<'a> {
    fn new(path: &'a str) -> Self {
        let (folder, name) = path
            .rsplit_once('/')
            .map_or(("", path), |(folder, name)| (folder, name));
        let (stem, extension) = match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => (stem, extension),
            _ => (name, ""),
        };
        Self {
            path,
            name,
            stem,
            extension,
            folders: folder.split('/').filter(|part| !part.is_empty()).collect(),
            purposes: list_purpose_folders(path).collect(),
        }
    }

    fn within(&self, names: &[&str]) -> bool {
        self.folders.iter().any(|folder| names.contains(folder))
    }

    fn serves(&self, names: &[&str]) -> bool {
        self.purposes.iter().any(|folder| names.contains(folder))
    }

    fn is(&self, extensions: &[&str]) -> bool {
        extensions.contains(&self.extension)
    }

    fn ends(&self, words: &Words) -> bool {
        words.contains(self.extension)
    }

    fn below(&self, words: &Words) -> bool {
        self.folders.iter().any(|folder| words.contains(folder))
    }

    fn structured(&self) -> bool {
        self.is(&["yaml", "yml", "json", "toml"])
    }
}

/// The kind of a path without any `backout.yaml`.
///
/// ```
/// use backout::assess::kinds::default_kind;
/// use backout::model::FileKind;
/// assert_eq!(default_kind("app/views/cart/show.html.erb"), FileKind::Markup);
/// assert_eq!(default_kind("db/migrate/20240101_add_note.rb"), FileKind::Database);
/// ```
pub fn default_kind(path: &str) -> FileKind {
    let lower = path.to_ascii_lowercase();
    let at = Parts::new(&lower);
    let rules: [(FileKind, KindTest); 10] = [
        (FileKind::Test, is_test_file_path),
        (FileKind::Contract, is_contract_path),
        (FileKind::Dependency, is_dependency_path),
        (FileKind::Database, is_database_path),
        (FileKind::Infrastructure, is_infrastructure_path),
        (FileKind::Documentation, is_prose_path),
        (FileKind::Styling, is_styling_path),
        (FileKind::Markup, is_markup_path),
        (FileKind::Config, is_config_path),
        (FileKind::Code, is_code_path),
    ];
    rules
        .iter()
        .find(|(_, holds)| holds(&at))
        .map_or(FileKind::Other, |(kind, _)| *kind)
}

fn is_test_file_path(at: &Parts<'_>) -> bool {
    static FOLDERS: Words = LazyLock::new(|| {
        split_word_set(
            "test tests __tests__ __mocks__ __snapshots__ .snapshots testdata test-data test_data testing fixtures cypress e2e cassettes androidtest integration-tests \
         acceptance benches benchmarks mocks",
        )
    });
    let program =
        at.ends(&CODE) || at.is(&["snap", "feature", "json", "http", "approved", "golden"]);
    // an application may have a name such as `fixtures`; its migrations run
    let application = |at_folder: usize| {
        let next = at
            .purposes
            .get(at_folder + 1)
            .is_some_and(|next| matches!(*next, "migrations" | "migrate"));
        next && at.purposes.get(at_folder).is_some_and(|name| {
            matches!(
                *name,
                "fixtures" | "mocks" | "acceptance" | "benchmarks" | "testing"
            )
        })
    };
    at.purposes
        .iter()
        .enumerate()
        .any(|(index, folder)| FOLDERS.contains(folder) && !application(index))
        || is_specification(at)
        || at.purposes.iter().any(|folder| {
            folder.ends_with(".tests")
                || folder.ends_with(".test")
                || folder.ends_with("-tests")
                || folder.ends_with(".unittests")
        })
        || at.is(&["snap", "feature"])
        || (program
            && at
                .stem
                .split(['.', '-', '_'])
                .next_back()
                .is_some_and(|last| {
                    matches!(
                        last,
                        "test" | "tests" | "spec" | "specs" | "e2e" | "cy" | "stories"
                    )
                }))
        || (at.is(&["py"]) && (at.stem.starts_with("test_") || at.stem == "conftest"))
        || (at.is(&["rb"]) && at.stem == "spec_helper")
        || (at.is(&["java", "kt", "scala", "cs", "php", "groovy", "swift"]) && camel_test(at))
        || at.name.starts_with("jest.config")
        || at.name.starts_with("vitest.config")
        || at.name.starts_with("playwright.config")
        || matches!(
            at.name,
            "phpunit.xml" | "phpunit.xml.dist" | "pytest.ini" | "tox.ini" | "karma.conf.js"
        )
}

/// In a folder `spec`, what a framework of tests runs, and the folders beside it. In other languages
/// the folder holds what the program says of itself, and a description of an interface is never a
/// test.
fn is_specification(at: &Parts<'_>) -> bool {
    const RUN: [&str; 16] = [
        "rb", "rake", "erb", "haml", "slim", "jbuilder", "js", "jsx", "ts", "tsx", "mjs", "coffee",
        "cr", "lua", "moon", "php",
    ];
    const BESIDE: [&str; 8] = [
        "support",
        "factories",
        "features",
        "files",
        "dummy",
        "requests",
        "data",
        "cassettes",
    ];
    at.serves(&["spec", "specs"])
        && !is_contract_path(at)
        && (at.is(&RUN) || at.serves(&BESIDE) && !at.ends(&CODE))
}

/// `PaymentTest.java`: the case is gone by then, so only long enough names count (`contest.java` is
/// none because of its folder or size).
fn camel_test(at: &Parts<'_>) -> bool {
    ["test", "tests", "spec", "testcase"].iter().any(|end| {
        at.stem
            .strip_suffix(end)
            .is_some_and(|rest| rest.len() > 3 && !at.stem.ends_with("latest"))
    })
}

fn is_contract_path(at: &Parts<'_>) -> bool {
    let named = |words: &[&str]| {
        words
            .iter()
            .any(|word| at.stem.split(['.', '-', '_']).any(|part| part == *word))
    };
    at.is(&[
        "proto", "graphql", "graphqls", "gql", "avsc", "avdl", "avpr", "thrift", "wsdl", "xsd",
        "raml", "smithy", "apib", "fbs", "capnp", "tsp",
    ]) || (at.structured()
        && (named(&["openapi", "swagger", "asyncapi", "oas", "oas2", "oas3"])
            || at.within(&["openapi", "swagger", "asyncapi", "pacts"])))
        || (at.structured() && !at.is(&["toml"]) && at.stem.ends_with(".schema"))
        || (at.structured()
            && (at.path.starts_with("api/")
                || at.path.starts_with("spec/")
                || at.path.starts_with("specs/"))
            && named(&["api", "spec", "contract", "schema", "paths"]))
        || matches!(
            at.name,
            "buf.yaml" | "buf.lock" | "buf.gen.yaml" | ".spectral.yaml" | "redocly.yaml"
        )
}

fn is_dependency_path(at: &Parts<'_>) -> bool {
    let requirements = at.is(&["txt", "in"])
        && (at.stem.starts_with("requirements")
            || at.stem.ends_with("requirements")
            || at.within(&["requirements"]));
    DEPENDENCY.contains(at.name)
        || at.is(&[
            "csproj", "fsproj", "vbproj", "gemspec", "cabal", "nuspec", "podspec", "rockspec",
            "lockfile",
        ])
        || requirements
        || at.serves(&[
            "vendor",
            "node_modules",
            "third_party",
            "thirdparty",
            ".yarn",
            "bower_components",
            "godeps",
        ]) && !at.is(&["css"])
            && !at.path.contains("app/assets")
}

fn is_database_path(at: &Parts<'_>) -> bool {
    let migrations = at.folders.iter().any(|folder| {
        matches!(
            *folder,
            "migrations"
                | "migration"
                | "migrate"
                | "db_migrations"
                | "post_migrate"
                | "changelogs"
                | "flyway"
                | "liquibase"
                | "alembic"
        )
    });
    at.is(&[
        "sql", "psql", "plsql", "pls", "pks", "pkb", "ddl", "dbml", "prisma", "edmx", "dacpac",
        "sqlproj", "tsql", "prc", "cql",
    ]) || (migrations
        && (at.is(&[
            "rb", "py", "php", "js", "ts", "cs", "go", "exs", "ex", "xml", "yaml", "yml", "json",
            "java", "kt", "rs", "fizz", "groovy", "toml", "up", "down",
        ])))
        || (at.folders.contains(&"db")
            && matches!(
                at.name,
                "schema.rb" | "data_schema.rb" | "seeds.rb" | "structure.rb"
            ))
        || (at.folders.contains(&"versions")
            && at.is(&["py"])
            && at.within(&["alembic", "migrations", "db"]))
        || (at.folders.contains(&"changelog") && at.within(&["db", "database"]))
        || at.stem.starts_with("db.changelog")
        // what Drizzle keeps of its migrations
        || (at.folders.last() == Some(&"meta")
            && (at.name == "_journal.json" || at.name.ends_with("_snapshot.json")))
        // answers of a database that the compiler of a program checks its statements against
        || (at.folders.last() == Some(&".sqlx") && at.is(&["json"]))
        || matches!(
            at.name,
            "alembic.ini"
                | "flyway.conf"
                | "flyway.toml"
                | "liquibase.properties"
                | "dbconfig.yml"
                | "atlas.hcl"
                | "atlas.sum"
                | "sqitch.plan"
                | "schema.prisma"
                | "migration_lock.toml"
                | "diesel.toml"
        )
}

fn is_infrastructure_path(at: &Parts<'_>) -> bool {
    static FOLDERS: Words = LazyLock::new(|| {
        split_word_set(
            "terraform k8s kubernetes helm charts kustomize ansible playbooks puppet chef salt cloudformation docker .docker deploy deployment deployments infra \
         infrastructure ops nomad systemd .octopus .circleci .buildkite .azure-pipelines .kamal argocd manifests packer .devcontainer .ci ci",
        )
    });
    let forge = at.path.starts_with(".github/workflows/")
        || at.path.starts_with(".github/actions/")
        || at.path.starts_with(".gitlab/ci/")
        || at.path.starts_with(".gitea/workflows/")
        || at.path.starts_with(".forgejo/workflows/");
    INFRASTRUCTURE.contains(at.name)
        || forge
        || at.is(&[
            "tf",
            "tfvars",
            "hcl",
            "bicep",
            "nomad",
            "service",
            "socket",
            "timer",
            "mk",
            "cmake",
            "dockerfile",
            "pp",
            "tofu",
            "spec",
            "nix",
        ])
        || (at.is(&["json"]) && at.folders.contains(&"grafana"))
        || at.name.starts_with("dockerfile.")
        || at.name.starts_with("jenkinsfile.")
        || at.name.starts_with("procfile.")
        || (at.structured()
            && (at.stem.starts_with("docker-compose")
                || at.stem.starts_with("compose.")
                || at.stem == "compose"
                || at.stem.starts_with("values-")
                || at.stem.starts_with("values.")
                || at.stem.starts_with("helmfile")))
        || (at.below(&FOLDERS)
            && !at.ends(&PROSE)
            && !at.is(&["mdx"])
            && (!at.ends(&CODE) || at.is(&["sh", "bash", "ps1"])))
        || (at.within(&["charts", "helm"]) && at.folders.contains(&"templates"))
}

fn is_prose_path(at: &Parts<'_>) -> bool {
    let docs = at.within(&[
        "docs",
        "doc",
        "documentation",
        "man",
        "website-docs",
        "rfcs",
        "adr",
    ]) && !at.ends(&CODE);
    let named = PROSE_NAMES
        .iter()
        .any(|name| at.stem == *name || at.name == *name)
        && (at.ends(&PROSE) || at.extension.is_empty());
    let license = at.stem.starts_with("license")
        || at.stem.starts_with("licence")
        || at.stem.starts_with("copying")
        || at.stem.starts_with("notice")
        || (at.extension.is_empty()
            && (at.stem.ends_with("license") || at.stem.ends_with("licence")));
    docs || named
        || license
        || (at.ends(&PROSE) && at.name != "robots.txt" && at.name != "cmakelists.txt")
        || matches!(at.name, "authors" | "maintainers" | "contributors")
        || at.path.starts_with(".github/issue_template")
        || at.path.starts_with(".github/pull_request_template")
        || at.within(&[".changeset", "changelog.d", "newsfragments"])
}

fn is_styling_path(at: &Parts<'_>) -> bool {
    at.ends(&STYLING)
}

fn is_markup_path(at: &Parts<'_>) -> bool {
    let translations = at.within(&[
        "locales",
        "locale",
        "i18n",
        "l10n",
        "lang",
        "translations",
        "_locales",
        "langs",
        "languages",
        "intl",
    ]) && (at.structured() || at.is(&["properties", "php", "csv", "ftl"]))
        || at.is(&["properties"]) && is_translated_bundle(at.stem)
        || at.within(&["messages", "strings", "texts"])
            && at.is(&["json", "yaml", "yml", "properties"])
            && is_language_tag(at.stem);
    let android = at.is(&["xml"])
        && at.folders.iter().any(|folder| {
            folder.starts_with("layout")
                || folder.starts_with("drawable")
                || folder.starts_with("values")
        })
        && at.folders.contains(&"res");
    at.ends(&MARKUP)
        || at.name.ends_with(".blade.php")
        || translations
        || android
        || matches!(
            at.name,
            "robots.txt" | "humans.txt" | "sitemap.xml" | "manifest.webmanifest"
        )
}

fn is_config_path(at: &Parts<'_>) -> bool {
    let tooling = TOOLING.contains(at.name)
        || at.stem.starts_with(".eslintrc")
        || at.stem.starts_with(".prettierrc")
        || at.stem.starts_with(".stylelintrc")
        || at.path.starts_with(".vscode/")
        || at.path.starts_with(".idea/")
        || at.path.starts_with(".github/");
    if tooling {
        return false;
    }
    let settings = at.is(&["json", "xml"])
        && (at.within(&[
            "config",
            "conf",
            "configs",
            "configuration",
            "settings",
            "etc",
        ]) || at.stem.starts_with("appsettings")
            || matches!(
                at.stem,
                "config"
                    | "settings"
                    | "web"
                    | "app"
                    | "logback"
                    | "log4j2"
                    | "firebase"
                    | "config.default"
            ));
    let settings_code = at.is(&["rb", "py", "php", "js", "ts", "exs", "ex", "mjs", "cjs"])
        && (at.folders.first() == Some(&"config")
            || matches!(at.name, "settings.py" | "next.config.js" | "nuxt.config.ts"));
    at.name == ".env"
        || at.name.starts_with(".env.")
        || at.name.ends_with(".env.example")
        || at.is(CONFIG)
        || settings
        || settings_code
        || (at.name == "crontab")
}

fn is_code_path(at: &Parts<'_>) -> bool {
    at.ends(&CODE)
        || (at.extension.is_empty()
            && at.within(&["bin", "sbin", "script", "scripts", "exe", "libexec"]))
        || matches!(
            at.name,
            "artisan" | "gradlew" | "mvnw" | "manage" | "config.ru" | "sconstruct"
        )
}

/// `frontend`, `backend` or `database` where the path says it; `None` for what is not deployed.
pub(super) fn default_component(path: &str, kind: FileKind) -> Option<&'static str> {
    static FRONT: Words = LazyLock::new(|| {
        split_word_set(
            "web frontend front-end client ui assets public static webapp spa storefront-ui javascript javascripts stylesheets views templates components pages",
        )
    });
    let lower = path.to_ascii_lowercase();
    let at = Parts::new(&lower);
    match kind {
        FileKind::Database => Some("database"),
        FileKind::Styling | FileKind::Markup => Some("frontend"),
        FileKind::Code if at.is(&["jsx", "tsx", "vue", "svelte", "astro", "elm"]) => {
            Some("frontend")
        }
        FileKind::Code
            if at.below(&FRONT)
                && at.is(&["js", "ts", "mjs", "coffee", "cljs", "dart", "wasm"]) =>
        {
            Some("frontend")
        }
        FileKind::Code | FileKind::Contract | FileKind::Config => Some("backend"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_paths_have_the_kind_people_expect() {
        let table: &[(FileKind, &str)] = &[
            (
                FileKind::Styling,
                "web/site.css app/assets/stylesheets/a.scss public/logo.svg static/fonts/inter.woff2 src/theme.less favicon.ico",
            ),
            (
                FileKind::Markup,
                "app/views/cart/show.html.erb app/views/a.haml templates/mail.j2 resources/views/home.blade.php Views/Home/Index.cshtml index.html \
                 src/main/webapp/a.jsp lib/app_web/templates/page.html.heex config/locales/de.yml locale/de/LC_MESSAGES/app.po \
                 app/src/main/res/layout/main.xml public/robots.txt theme/product.liquid public/intl/en/cart.json \
                 web/messages/pt-BR.json pages/about.mdx",
            ),
            (
                FileKind::Code,
                "src/main.rs web/src/Pay.jsx web/src/Pay.tsx src/App.vue src/Cart.svelte app/models/order.rb main.go lib/pay.ex src/Order.cs bin/serve \
                 scripts/backfill.py app/views/orders/index.json.jbuilder Contest.java artisan notebooks/x.ipynb \
                 src/main/java/com/acme/test/Store.java src/main/kotlin/jars/vendor/Shop.kt spec/swagger.go spec/parse.py",
            ),
            (
                FileKind::Database,
                "db/migrations/0001_init.up.sql db/migrate/20240101_x.rb db/schema.rb db/data_schema.rb db/structure.sql prisma/schema.prisma alembic/versions/abc.py \
                 payments/migrations/0003_note.py database/migrations/2024_01_01_create.php priv/repo/migrations/1_x.exs \
                 src/main/resources/db/changelog/db.changelog-1.xml Migrations/20240101_Add.cs schema.sql migrations/2024/up.sql",
            ),
            (
                FileKind::Contract,
                "api/openapi.yaml docs/openapi.json spec/openapi.yaml swagger.json proto/pay/v1/card.proto schema.graphql schemas/order.avsc asyncapi.yml \
                 pacts/storefront-payments.json schemas/order.schema.json api/openapi/paths/cards.yaml service.wsdl spec/main.tsp",
            ),
            (
                FileKind::Config,
                ".env .env.example config/application.yml config/database.yml appsettings.Production.json src/main/resources/application.properties \
                 settings.ini config/environments/production.rb config/routes.rb app/config.toml web.config conf/logback.xml mysite/settings.py",
            ),
            (
                FileKind::Infrastructure,
                "Dockerfile docker/Dockerfile.worker docker-compose.prod.yml compose.yaml charts/pay/values.yaml charts/pay/templates/deployment.yaml \
                 helm/pay/templates/_helpers.tpl main.tf prod.tfvars .github/workflows/ci.yml .gitlab-ci.yml Jenkinsfile k8s/deployment.yaml Makefile \
                 deploy/nginx.conf Procfile ansible/site.yml serverless.yml ops/run.sh azure-pipelines.yml kustomization.yaml infra/main.bicep \
                 grafana/dashboards/jars.json nix/module.nix",
            ),
            (
                FileKind::Dependency,
                "Cargo.lock Cargo.toml package.json web/yarn.lock pnpm-lock.yaml Gemfile.lock go.mod go.sum requirements.txt requirements-dev.txt \
                 requirements/base.txt poetry.lock uv.lock composer.lock mix.lock pom.xml build.gradle.kts gradle/libs.versions.toml src/App.csproj \
                 packages.lock.json vendor/github.com/x/y.go .ruby-version flake.lock WORKSPACE",
            ),
            (
                FileKind::Test,
                "tests/pay.rs spec/models/order_spec.rb spec/factories/orders.rb spec/support/rates.json src/pay.test.ts src/pay.spec.tsx pkg/pay_test.go test_pay.py src/test/java/PaymentTest.java \
                 src/PaymentTest.java Payments.Tests/OrderTests.cs testdata/openapi.yaml test/fixtures/db/migrations/1.sql features/pay.feature \
                 cypress/pay.cy.js src/__snapshots__/a.snap answers/.snapshots/a.JSON tests/fixtures/Cargo.lock conftest.py jest.config.js Button.stories.tsx",
            ),
            (
                FileKind::Documentation,
                "README.md docs/guide.rst CHANGELOG.md LICENSE LICENSE-MIT docs/image.png HISTORY.txt man/pay.1 .changeset/x.md deploy/README.md docs/pages/start.mdx site/docs/deployment/docker.mdx \
                 web/editor/ORIGINAL-LICENSE",
            ),
            (
                FileKind::Other,
                ".gitignore .editorconfig CODEOWNERS .github/CODEOWNERS tsconfig.json .rubocop.yml rustfmt.toml backout.yaml data.bin \
                 .vscode/settings.json data/rates.csv queue/messages/order.json queue/messages/put.json",
            ),
        ];
        for (kind, paths) in table {
            for path in paths.split_ascii_whitespace() {
                assert_eq!(default_kind(path), *kind, "{path}");
            }
        }
    }

    #[test]
    fn an_empty_path_is_nothing() {
        assert_eq!(default_kind(""), FileKind::Other);
    }

    #[test]
    fn components_follow_kind_and_folder() {
        let of = |path: &str| default_component(path, default_kind(path));
        assert_eq!(of("web/src/pay.ts"), Some("frontend"));
        assert_eq!(of("server/pay.ts"), Some("backend"));
        assert_eq!(of("db/migrate/1.rb"), Some("database"));
        assert_eq!(of("README.md"), None);
    }
}
