//! What a rule of *cannot* must not take for harmless, though its name or most of its lines are.

use super::tests::{ledger, one, one_of, standing};
use super::*;
use CoverageDomain as D;
use model::FileKind;

#[test]
fn a_setting_is_about_stored_things_unless_its_key_is_known_to_be_harmless() {
    let yaml = |line: &str| format!("larder:\n  photos:\n    {line}\n");
    for (old, new) in [
        ("key: jars/{id}", "key: jars/{year}/{id}"),
        ("epoch: 2020-01-01", "epoch: 2024-01-01"),
        ("a: 1", "depth: 2"),
    ] {
        assert_eq!(
            one("application.yaml", &yaml(old), &yaml(new), D::StoredForm),
            "open:3",
            "{new}"
        );
    }
    assert_eq!(
        one_of(
            FileKind::Config,
            "settings.toml",
            "[photos]\npath = \"a\"\n",
            "[photos]\npath = \"a/b\"\n",
            D::StoredForm
        ),
        "open:2"
    );
    assert_eq!(
        one("prod.env", "TZ=UTC\n", "TZ=Europe/Lisbon\n", D::StoredForm),
        "open:1"
    );
    assert_eq!(
        one("prod.env", "TZ=UTC\n", "", D::StoredForm),
        "open:0",
        "a setting that is gone"
    );
    for (path, old, new) in [
        (
            "application.yaml",
            "logging:\n  level:\n    root: info\n",
            "logging:\n  level:\n    root: debug\n",
        ),
        (
            "application.yaml",
            "server:\n  port: 80\n",
            "server:\n  port: 81\n",
        ),
        ("prod.env", "LOG_LEVEL=info\n", "LOG_LEVEL=warn\n"),
    ] {
        assert_eq!(one(path, old, new, D::StoredForm), "other-field", "{new}");
    }
}

#[test]
fn a_manifest_says_more_than_which_libraries_there_are() {
    let cargo = |features: &str| {
        format!(
            "[package]\nname = \"jars\"\ndescription = \"{features}\"\n\n[features]\ndefault = [{features}]\n"
        )
    };
    assert_eq!(
        one_of(
            FileKind::Dependency,
            "Cargo.toml",
            &cargo(""),
            &cargo("compact"),
            D::StoredForm
        ),
        "open:6"
    );
    let named =
        |words: &str| format!("{{\n  \"name\": \"jars\",\n  \"description\": \"{words}\"\n}}\n");
    assert_eq!(
        one("package.json", &named("a"), &named("b"), D::StoredForm),
        "developer-tool"
    );
    let start =
        |script: &str| format!("{{\n  \"scripts\": {{\n    \"start\": \"{script}\"\n  }}\n}}\n");
    assert_eq!(
        one(
            "package.json",
            &start("node a.js"),
            &start("prisma db push && node a.js"),
            D::Schema
        ),
        "open:3"
    );
    assert_eq!(
        one(
            "package.json",
            &start("node a.js"),
            &start("node --flag a.js"),
            D::StoredForm
        ),
        "open:3"
    );
    assert_eq!(
        one(
            "package.json",
            &start("node a.js").replace("start", "lint"),
            &start("node b.js").replace("start", "lint"),
            D::StoredForm
        ),
        "developer-tool"
    );
    let gradle = |minify: &str| {
        format!("android {{\n  buildTypes {{ release {{ minifyEnabled {minify} }} }}\n}}\n")
    };
    assert_eq!(
        one_of(
            FileKind::Dependency,
            "build.gradle",
            &gradle("false"),
            &gradle("true"),
            D::StoredForm
        ),
        "open:2"
    );
}

#[test]
fn what_a_build_or_an_environment_gives_the_program_may_say_how_it_keeps_data() {
    assert_eq!(
        one_of(
            FileKind::Infrastructure,
            "Makefile",
            "CFLAGS=-DSHELF=3\n",
            "CFLAGS=-DSHELF=4\n",
            D::StoredForm
        ),
        "open:1"
    );
    let cmake = |layout: u8| format!("target_compile_definitions(jars PRIVATE LAYOUT={layout})\n");
    assert_eq!(
        one_of(
            FileKind::Infrastructure,
            "CMakeLists.txt",
            &cmake(3),
            &cmake(4),
            D::StoredForm
        ),
        "open:1"
    );
    assert_eq!(
        one(
            "Dockerfile",
            "ENV JAR_LAYOUT=flat\n",
            "ENV JAR_LAYOUT=deep\n",
            D::StoredForm
        ),
        "open:1"
    );
    assert_eq!(
        one(
            "Dockerfile",
            "ENV LOG_LEVEL=info\n",
            "ENV LOG_LEVEL=warn\n",
            D::StoredForm
        ),
        "other-field"
    );
}

#[test]
fn the_program_text_of_a_page_is_looked_at_and_what_stands_around_it_is_not() {
    let page = |version: u8, words: &str| {
        format!(
            "<p>{words}</p>\n<script>\n  const store = indexedDB.open('jars', {version})\n</script>\n"
        )
    };
    assert_eq!(
        one("web/jars.html", &page(3, "a"), &page(4, "a"), D::StoredForm),
        "open:3"
    );
    assert_eq!(
        one("web/jars.html", &page(3, "a"), &page(3, "b"), D::StoredForm),
        "page"
    );
    let view = |class: &str, label: &str| format!("<p{class}><%= {label} %></p>\n");
    assert_eq!(
        one_of(
            FileKind::Markup,
            "app/views/jar.html.erb",
            &view("", "jar.label"),
            &view(" class=\"jar\"", "jar.label"),
            D::StoredForm
        ),
        "page"
    );
    assert_eq!(
        one_of(
            FileKind::Markup,
            "app/views/jar.html.erb",
            &view("", "jar.label"),
            &view("", "jar.save"),
            D::StoredForm
        ),
        "open:1"
    );
    assert_eq!(
        one_of(
            FileKind::Markup,
            "jar.phtml",
            "<?php\n  keep($a);\n?>\n",
            "<?php\n  keep($a, 4);\n?>\n",
            D::StoredForm
        ),
        "open:2"
    );
    let words = |title: &str| format!("<?php\nreturn [\n    'title' => {title},\n];\n");
    assert_eq!(
        one_of(
            FileKind::Markup,
            "lang/en/jars.php",
            &words("'Jars'"),
            &words("'All jars'"),
            D::StoredForm
        ),
        "page"
    );
    let android = |value: u8| {
        format!("<resources>\n  <integer name=\"store_version\">{value}</integer>\n</resources>\n")
    };
    assert_eq!(
        one_of(
            FileKind::Markup,
            "app/src/main/res/values/store.xml",
            &android(3),
            &android(4),
            D::Schema
        ),
        "open:2"
    );
}

#[test]
fn a_name_or_a_word_makes_no_test() {
    let go = |version: u8| {
        format!(
            "package jobs\n\nconst known = {version}\n\nfunc read(v int) error {{ return fmt.Errorf(\"expected version %d\", known) }}\n"
        )
    };
    assert_eq!(
        one_of(
            FileKind::Test,
            "internal/jobs/job_spec.go",
            &go(3),
            &go(4),
            D::StoredForm
        ),
        "open:3"
    );
    let script = |salt: &str| format!("// this should stay\nexport const salt = '{salt}'\n");
    assert_eq!(
        one_of(
            FileKind::Test,
            "src/session-e2e.ts",
            &script("a"),
            &script("b"),
            D::StoredForm
        ),
        "open:2"
    );
    let entity = |field: &str| format!("[Required]\npublic class AllergyTest {{ {field} }}\n");
    assert_eq!(
        one_of(
            FileKind::Test,
            "Models/AllergyTest.cs",
            &entity(""),
            &entity("public int Level {{ get; set; }}"),
            D::StoredForm
        ),
        "open:2"
    );
    let real = |n: u8| {
        format!(
            "using Xunit;\npublic class JarTest {{ [Fact] public void Weighs() => Assert.Equal({n}, 1); }}\n"
        )
    };
    assert_eq!(
        one_of(
            FileKind::Test,
            "Jars/JarTest.cs",
            &real(1),
            &real(2),
            D::StoredForm
        ),
        "tests"
    );
    let games = |field: &str| format!("package fixtures\n\ntype game struct {{ {field} }}\n");
    assert_eq!(
        one_of(
            FileKind::Test,
            "internal/fixtures/file.go",
            &games("A int"),
            &games("A string"),
            D::StoredForm
        ),
        "open:3"
    );
    assert_eq!(
        one_of(
            FileKind::Test,
            "spec/fixtures/jars.json",
            "1",
            "2",
            D::StoredForm
        ),
        "not-live"
    );
}

#[test]
fn data_beside_a_program_is_no_document_whatever_its_folder_is_called() {
    assert_eq!(
        one_of(
            FileKind::Documentation,
            "internal/doc/kinds.yaml",
            "kinds:\n  slim: 1\n",
            "kinds:\n  slim: 2\n",
            D::StoredForm
        ),
        "open:2"
    );
    assert_eq!(
        one_of(
            FileKind::Documentation,
            "internal/keep/licenses.yaml",
            "mit: 1\n",
            "mit: 2\n",
            D::StoredForm
        ),
        "open:1"
    );
    assert_eq!(
        one_of(
            FileKind::Documentation,
            "docs/nav.yaml",
            "a: 1\n",
            "a: 2\n",
            D::StoredForm
        ),
        "documentation"
    );
}

#[test]
fn doc_strings_count_where_something_reads_them() {
    let rule = |library: &str, grammar: &str| {
        format!("{library}\ndef p_jar(p):\n    \"\"\"jar : {grammar}\"\"\"\n    p[0] = 1\n")
    };
    assert_eq!(
        one(
            "parse.py",
            &rule("import os", "A"),
            &rule("import os", "A B"),
            D::StoredForm
        ),
        "same-program"
    );
    assert_ne!(
        one(
            "parse.py",
            &rule("import ply.yacc", "A"),
            &rule("import ply.yacc", "A B"),
            D::StoredForm
        ),
        "same-program"
    );
}

#[test]
fn samples_that_something_loads_are_no_samples() {
    let rows = "[{\"pk\": 1}]\n";
    let more = "[{\"pk\": 1}, {\"pk\": 2}]\n";
    let path = "catalogue/fixtures/kinds.json";
    let script = (
        "entrypoint.sh",
        "python manage.py loaddata catalogue/fixtures/kinds.json\n",
    );
    assert!(
        standing(
            &ledger(&[(path, rows), script], &[(path, more), script], &[]),
            path,
            D::StoredForm
        )
        .starts_with("open")
    );
    let php = ("src/Seed.php", "<?php $this->load('kinds.json');\n");
    assert!(
        standing(
            &ledger(&[(path, rows), php], &[(path, more), php], &[]),
            path,
            D::StoredForm
        )
        .starts_with("open")
    );
    let test = ("tests/kinds_test.py", "load('kinds.json')\n");
    assert_eq!(
        standing(
            &ledger(&[(path, rows), test], &[(path, more), test], &[]),
            path,
            D::StoredForm
        ),
        "not-live"
    );
}

#[test]
fn a_package_that_is_called_a_test_runs() {
    let text = "package com.acme.test;\nclass Jar { int SIZE = 1; }\n";
    let of = |path: &str| one(path, text, &text.replace("SIZE", "AREA"), D::StoredForm);
    assert!(of("src/main/java/com/acme/test/Jar.java").starts_with("open"));
    assert!(of("src/main/kotlin/com/acme/e2e/test/Jar.kt").starts_with("open"));
    assert_eq!(of("src/test/java/com/acme/Jar.java"), "tests");
}

#[test]
fn a_description_of_messages_is_no_setting_about_a_schema() {
    let yaml = |more: &str| {
        format!(
            "components:\n  schemas:\n    Track:\n      properties:\n        id: string\n{more}"
        )
    };
    let (old, new) = (yaml(""), yaml("        title: string\n"));
    assert_ne!(one("plugins/lyrics.yaml", &old, &new, D::Schema), "open:6");
    let setting = |schema: &str| format!("database:\n  schema: {schema}\n");
    assert_eq!(
        one("application.yaml", &setting("a"), &setting("b"), D::Schema),
        "open:2"
    );
}
