//! Files of each kind, and what of them stays open: libraries, rows, settings, pages.

use super::tests::{ledger, one, one_of, standing};
use super::*;
use CoverageDomain as D;
use model::FileKind;

#[test]
fn a_step_of_a_library_is_open_for_what_it_writes_and_a_comment_is_none() {
    let before = "<project>\n<version>1.0</version>\n<!-- fastcache 1.2 -->\n<dependency>a</dependency><version>1.2</version>\n</project>";
    let comment = before.replace("fastcache 1.2", "fastcache 2.0");
    assert_eq!(
        one("pom.xml", before, &comment, D::StoredForm),
        "same-program"
    );
    assert_ne!(
        one(
            "pom.xml",
            before,
            &before.replace("</dependency><version>1.2", "</dependency><version>2.0"),
            D::StoredForm
        ),
        "same-program"
    );
}

#[test]
fn packages_of_the_same_repository_and_the_tool_that_fetches_move_no_library() {
    let cargo = |jar: &str, lid: &str| {
        format!(
            "[package]\nname = \"jars\"\n\n[dependencies]\njar = {{ path = \"../jar\", version = \"{jar}\" }}\nlid = \"{lid}\"\n"
        )
    };
    let of = |old: &str, new: &str| {
        one_of(
            FileKind::Dependency,
            "jars/Cargo.toml",
            old,
            new,
            D::StoredForm,
        )
    };
    assert_eq!(
        of(&cargo("1.0.0", "3.0"), &cargo("1.1.0", "3.0")),
        "developer-tool"
    );
    assert_eq!(of(&cargo("1.0.0", "3.0"), &cargo("1.1.0", "4.0")), "open:6");
    let tool = |version: &str| format!("{{\n  \"packageManager\": \"pnpm@{version}\"\n}}\n");
    assert_eq!(
        one(
            "package.json",
            &tool("10.1.0"),
            &tool("10.33.4"),
            D::StoredForm
        ),
        "developer-tool"
    );
}

#[test]
fn a_library_that_brings_tables_keeps_the_schema_open() {
    assert_eq!(
        one(
            "package.json",
            "{\"connect-pg-simple\": \"8.0.0\"}",
            "{\"connect-pg-simple\": \"9.0.0\"}",
            D::Schema
        ),
        "open:1"
    );
    assert_eq!(
        one(
            "package.json",
            "{\"left-pad\": \"1.0.0\"}",
            "{\"left-pad\": \"2.0.0\"}",
            D::Schema
        ),
        "other-field"
    );
}

#[test]
fn rows_rewritten_on_purpose_are_open_and_ordinary_queries_are_not_the_schema() {
    let routine = ledger(
        &[],
        &[(
            "jobs/backfill_levels.py",
            "def run(db):\n    db.execute(\"UPDATE items SET level = 2\")\n",
        )],
        &[],
    );
    assert_eq!(
        standing(&routine, "jobs/backfill_levels.py", D::StoredForm),
        "open:2"
    );
    assert_eq!(
        standing(&routine, "jobs/backfill_levels.py", D::Schema),
        "open:2"
    );
    let ordinary = ledger(
        &[("orders.py", "x = 1\n")],
        &[(
            "orders.py",
            "db.execute(\"UPDATE orders SET note = ?\", note)\n",
        )],
        &[],
    );
    assert_eq!(
        standing(&ordinary, "orders.py", D::Schema),
        "no-schema-sign"
    );
}

#[test]
fn files_that_move_rows_once_open_the_schema() {
    let fresh = |path: &'static str, text: &'static str, domain| {
        standing(&ledger(&[], &[(path, text)], &[]), path, domain)
    };
    for (path, text) in [
        (
            "db/data/20250601000000_fill.rb",
            "class Fill < ActiveRecord::Migration[7.1]\n  def up\n    Jar.each(&:refill!)\n  end\nend\n",
        ),
        (
            "operations/2025_06_01_000000_fill.php",
            "<?php\nreturn new class { public function process(): void { fill(); } };\n",
        ),
        (
            "jars/data_migrations/0002_fill.py",
            "def forwards():\n    refill()\n",
        ),
        (
            "priv/repo/manual_migrations/20250601000000_fill.ex",
            "defmodule Fill do\n  def run, do: refill()\nend\n",
        ),
        (
            "app/tasks/fill.rb",
            "class Fill < MaintenanceTasks::Task\n  def process(jar) = jar.refill!\nend\n",
        ),
    ] {
        for domain in [D::Schema, D::StoredForm] {
            assert!(fresh(path, text, domain).starts_with("open:"), "{path}");
        }
    }
    for path in ["operations/fill.php", "data/fill.rb", "db/data.rb"] {
        assert_eq!(
            fresh(path, "<?php\nfunction fill() { return 1; }\n", D::Schema),
            "no-schema-sign",
            "{path}"
        );
    }
}

#[test]
fn a_template_that_makes_settings_is_no_page() {
    let broker = |version: &str| format!("inter.broker.protocol.version={version}\n");
    assert_eq!(
        one_of(
            FileKind::Markup,
            "roles/broker/server.properties.j2",
            &broker("3.5"),
            &broker("3.6"),
            D::StoredForm
        ),
        "open:1"
    );
    assert!(
        one_of(
            FileKind::Markup,
            "db/slim.sql.erb",
            "SELECT 1;\n",
            "DROP TABLE jars;\n",
            D::Schema
        )
        .starts_with("open")
    );
    assert!(
        one_of(
            FileKind::Markup,
            "roles/broker/motd.j2",
            "a = 1\n",
            "a = 2\n",
            D::Infrastructure
        )
        .starts_with("open")
    );
    assert_eq!(
        one_of(
            FileKind::Markup,
            "views/jars.html.erb",
            "<p>one</p>\n",
            "<p>two</p>\n",
            D::StoredForm
        ),
        "page"
    );
}

#[test]
fn a_word_that_holds_another_makes_no_test() {
    let go = |version: u8| {
        format!(
            "package acceptance\n\nconst recordVersion = {version}\n\nfunc (s *Store) commit(r record) error {{\n\treturn errUnexpected\n}}\n"
        )
    };
    assert_ne!(
        one(
            "internal/acceptance/test_record.go",
            &go(3),
            &go(4),
            D::StoredForm
        ),
        "tests"
    );
    let java =
        |column: &str| format!("@Entity\nclass SoilTest {{\n  SoilTest() {{}}\n  {column}\n}}\n");
    assert_ne!(
        one(
            "src/main/java/Soiltest.java",
            &java(""),
            &java("@Column(nullable = false) int depth;"),
            D::Schema
        ),
        "tests"
    );
    let own = |number: u8| {
        format!(
            "package main\n\nimport \"testing\"\n\nfunc TestWeigh(t *testing.T) {{ if weigh() != {number} {{ t.Fatal() }} }}\n"
        )
    };
    assert_eq!(
        one("cmd/weigh/main_test.go", &own(1), &own(2), D::StoredForm),
        "tests"
    );
    let spec = |number: u8| {
        format!(
            "describe('jars', () => {{ it('weighs', () => expect(weigh()).toBe({number})) }})\n"
        )
    };
    assert_eq!(
        one("src/jars.test.js", &spec(1), &spec(2), D::StoredForm),
        "tests"
    );
}

#[test]
fn what_a_data_store_is_keyed_by_stays_open_whoever_took_the_file_apart() {
    let table = |key: &str| {
        format!("resource \"aws_dynamodb_table\" \"jars\" {{\n  hash_key = \"{key}\"\n}}\n")
    };
    let mut ledger = ledger(
        &[("main.tf", &table("id"))],
        &[("main.tf", &table("jar"))],
        &[],
    );
    ledger.take(&[Mark::judged("main.tf", D::Infrastructure)]);
    assert_eq!(standing(&ledger, "main.tf", D::Infrastructure), "open:2");
}

#[test]
fn settings_about_names_and_routes_of_stored_things_are_open() {
    let jackson =
        |name: &str| format!("spring:\n  jackson:\n    property-naming-strategy: {name}\n");
    assert_eq!(
        one(
            "application.yaml",
            &jackson("LOWER_CAMEL_CASE"),
            &jackson("SNAKE_CASE"),
            D::StoredForm
        ),
        "open:3"
    );
    let routing = |transport: &str| {
        format!("framework:\n  messenger:\n    routing:\n      weigh: {transport}\n")
    };
    assert_eq!(
        one(
            "messenger.yaml",
            &routing("light"),
            &routing("heavy"),
            D::StoredForm
        ),
        "open:4"
    );
    assert_eq!(
        one(
            "application.yaml",
            "pool:\n  size: 4\n",
            "pool:\n  size: 8\n",
            D::StoredForm
        ),
        "other-field"
    );
}

#[test]
fn an_application_that_is_called_samples_is_live_where_it_has_migrations() {
    assert!(
        is_live("samples/migrations/0002_slim.py")
            && !is_live("samples/shop/migrations/0002_slim.py")
            && !is_live("examples/a.py")
    );
}

#[test]
fn a_numbered_file_is_a_manual_page_only_where_it_is_written_as_one() {
    assert!(
        one_of(
            FileKind::Documentation,
            "store/steps/jars.5",
            "SELECT 1;\n",
            "ALTER TABLE jars DROP COLUMN shelf;\n",
            D::Schema
        )
        .starts_with("open")
    );
    assert_eq!(
        one_of(
            FileKind::Documentation,
            "man/jars.5",
            ".TH JARS 5\nold\n",
            ".TH JARS 5\nnew\n",
            D::Schema
        ),
        "documentation"
    );
}

#[test]
fn what_is_sent_to_addresses_of_others_is_an_interface() {
    for (path, line) in [
        (
            "larder/hooks.py",
            "requests.post(hook.url, data=body, headers={\"X-Mark\": mark})",
        ),
        (
            "hooks.go",
            "req, _ := http.NewRequest(\"POST\", hook.URL, bytes.NewReader(body))",
        ),
        (
            "hooks.ts",
            "await fetch(subscriber.url, { method: 'POST', body })",
        ),
    ] {
        let text = |mark: &str| format!("mark = sign(body, {mark})\n{line}\n");
        assert_eq!(
            one(path, &text("sha1"), &text("sha256"), D::Contract),
            "open:1",
            "{path}"
        );
    }
    let own = |mark: &str| format!("mark = sign(body, {mark})\nstore(mark)\n");
    assert_eq!(
        one("larder/seal.py", &own("sha1"), &own("sha256"), D::Contract),
        "no-interface"
    );
    let fixed = |mark: &str| {
        format!(
            "mark = sign(body, {mark})\nrequests.post(\"https://rates.invalid/hook\", data=body)\n"
        )
    };
    assert_eq!(
        one(
            "larder/rates.py",
            &fixed("sha1"),
            &fixed("sha256"),
            D::Contract
        ),
        "no-interface"
    );
}

#[test]
fn sums_of_libraries_are_counted_with_their_manifest() {
    assert_eq!(
        one(
            "go.sum",
            "a v1.0.0 h1:a\n",
            "a v2.0.0 h1:b\n",
            D::StoredForm
        ),
        "other-field"
    );
    assert!(
        one(
            "go.mod",
            "module m\nrequire a v1.0.0\n",
            "module m\nrequire a v2.0.0\n",
            D::StoredForm
        )
        .starts_with("open:")
    );
}

#[test]
fn metadata_that_makes_an_interface_is_open_for_its_callers() {
    let table = "table:\n  name: orders\n  schema: public\nselect_permissions:\n  - role: user\n    permission:\n      columns: [id, total]\n";
    let renamed = format!("configuration:\n  custom_root_fields:\n    select: allOrders\n{table}");
    assert!(
        one(
            "hasura/metadata/tables/orders.yaml",
            table,
            &renamed,
            D::Contract
        )
        .starts_with("open"),
    );
    assert!(!one("config/app.yaml", "pool: 5\n", "pool: 6\n", D::Contract).starts_with("open"),);
}

#[test]
fn a_file_that_describes_pictures_keeps_nothing() {
    let icons =
        "{\"IcoMoonType\": \"selection\", \"icons\": [{\"icon\": {\"paths\": [\"M0 0\"]}}]}";
    let more = icons.replace("M0 0", "M1 1");
    assert_eq!(
        one("stuff/icons.json", icons, &more, D::StoredForm),
        "styling"
    );
    // data that speaks of icons is data
    assert!(
        one(
            "data/menu.json",
            "{\"icons\": 1}",
            "{\"icons\": 2}",
            D::StoredForm
        )
        .starts_with("open")
    );
}

#[test]
fn what_leads_requests_and_who_may_do_what_ask_one_question() {
    let open = |path: &str, old: &str, new: &str| -> Vec<D> {
        let ledger = ledger(&[(path, old)], &[(path, new)], &[]);
        D::ALL
            .into_iter()
            .filter(|domain| standing(&ledger, path, *domain).starts_with("open"))
            .collect()
    };
    let rewrite = ("RewriteRule ^a$ b\n", "RewriteRule ^a$ c\n");
    assert_eq!(
        open("public/.htaccess", rewrite.0, rewrite.1),
        [D::Configuration]
    );
    assert_eq!(
        open(
            "varnish/default.vcl",
            "sub vcl_recv { return (pass); }\n",
            "sub vcl_recv { return (hash); }\n"
        ),
        [D::Configuration]
    );
    let allow = (
        "package a\nallow { false }\n",
        "package a\nallow { true }\n",
    );
    assert_eq!(
        open("policies/a.rego", allow.0, allow.1),
        [D::Configuration]
    );
}

#[test]
fn fields_of_forms_are_known_in_pages_written_by_indentation() {
    let page = |path: &str, line: &str| {
        let after = format!("p\n{line}\n");
        one_of(FileKind::Markup, path, "p\n", &after, D::Contract)
    };
    for (path, line) in [
        ("views/a.pug", "  input(name=\"size\")"),
        ("app/views/a.html.haml", "  %input{name: \"size\"}"),
        ("app/views/a.html.slim", "  input name=\"size\""),
        ("app/views/b.html.slim", "  = f.text_field :size"),
    ] {
        assert_eq!(page(path, line), "open:2", "{line}");
    }
}

#[test]
fn settings_about_addresses_and_the_form_of_answers_open_the_contract() {
    for (old, new) in [
        (
            "spring:\n  mvc:\n    servlet:\n      path: /a\n",
            "spring:\n  mvc:\n    servlet:\n      path: /b\n",
        ),
        (
            "server:\n  servlet:\n    context-path: /a\n",
            "server:\n  servlet:\n    context-path: /b\n",
        ),
        (
            "spring:\n  jackson:\n    property-naming-strategy: SNAKE_CASE\n",
            "spring:\n  jackson:\n    property-naming-strategy: LOWER_CAMEL_CASE\n",
        ),
    ] {
        let found = one("application.yaml", old, new, D::Contract);
        assert!(found.starts_with("open"), "{new} {found}");
    }
    for (old, new) in [
        (
            "server:\n  servlet:\n    session:\n      timeout: 10m\n",
            "server:\n  servlet:\n    session:\n      timeout: 20m\n",
        ),
        ("log:\n  path: /a\n", "log:\n  path: /b\n"),
    ] {
        let found = one("application.yaml", old, new, D::Contract);
        assert!(!found.starts_with("open"), "{new} {found}");
    }
}
