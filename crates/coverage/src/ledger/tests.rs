//! Each rule of *cannot* with a counter-example, and what stays open with its line.

use super::*;
use model::{Config, FileChange, FileKind, MemorySnapshot};

/// A range between two trees; kinds are given by the end of a path, as the callers give them.
pub(super) fn ledger(
    before: &[(&str, &str)],
    after: &[(&str, &str)],
    contracts: &[&str],
) -> Ledger {
    let (old, new) = (
        MemorySnapshot::new(before.iter().copied()),
        MemorySnapshot::new(after.iter().copied()),
    );
    let mut changes: Vec<FileChange> = old.changes_to(&new);
    for change in &mut changes {
        change.kind = kind(&change.path);
    }
    let config = Config::default();
    let range = ReleaseRange {
        previous: &old,
        current: &new,
        changes: &changes,
        config: &config,
        previous_version: "1.0.0",
        current_version: "1.1.0",
    };
    Ledger::read(
        &range,
        &Surroundings {
            contracts: contracts.iter().map(|path| (*path).to_owned()).collect(),
            models_make_tables: false,
        },
    )
}

fn kind(path: &str) -> FileKind {
    match path {
        path if path.contains("test") => FileKind::Test,
        path if path.ends_with(".md") || path.ends_with(".txt") => FileKind::Documentation,
        path if path.ends_with(".css") || path.ends_with(".png") => FileKind::Styling,
        path if path.ends_with(".html") => FileKind::Markup,
        path if path.ends_with("openapi.yaml") => FileKind::Contract,
        path if path.ends_with("docker-compose.yaml")
            || path.ends_with("Makefile")
            || path.ends_with("Procfile")
            || path.ends_with("pipelines.yml")
            || path.ends_with("serverless.yml")
            || path.ends_with(".service")
            || path.starts_with("nginx/")
            || path.starts_with("k8s/")
            || path.starts_with(".github/") =>
        {
            FileKind::Infrastructure
        }
        path if path.ends_with(".yaml")
            || path.contains(".env")
            || path.ends_with("action.yml") =>
        {
            FileKind::Config
        }
        path if path.ends_with(".sql") || path.contains("migrations/") => FileKind::Database,
        path if path.ends_with("Dockerfile") || path.ends_with(".tf") || path.ends_with(".hcl") => {
            FileKind::Infrastructure
        }
        path if path.ends_with("go.mod")
            || path.ends_with("go.sum")
            || path.to_ascii_lowercase().ends_with("manifest.toml")
            || path.ends_with("poetry.lock")
            || path.ends_with("Cargo.lock")
            || path.ends_with("pubspec.lock")
            || path.ends_with("package.json")
            || path.ends_with("pom.xml")
            || path.starts_with("vendor/") =>
        {
            FileKind::Dependency
        }
        path if is_program(path) => FileKind::Code,
        _ => FileKind::Other,
    }
}

/// The standing of one file in a domain, as a word: `judged`, the rule's id, or `open:LINE`.
pub(super) fn standing(ledger: &Ledger, path: &str, domain: CoverageDomain) -> String {
    match &ledger
        .file(path)
        .unwrap_or_else(|| panic!("{path} did not change"))
        .standings[domain.index()]
    {
        DomainStanding::Judged => "judged".to_owned(),
        DomainStanding::Cannot(rule) => rule.id().to_owned(),
        DomainStanding::Open(mark) => format!("open:{}", mark.line.unwrap_or(0)),
    }
}

pub(super) fn one(path: &str, before: &str, after: &str, domain: CoverageDomain) -> String {
    standing(
        &ledger(&[(path, before)], &[(path, after)], &[]),
        path,
        domain,
    )
}

use CoverageDomain as D;

#[test]
fn what_no_rule_rules_out_is_open_where_data_and_settings_are_kept() {
    for domain in [D::StoredForm, D::Configuration] {
        assert_eq!(one("data.bin", "a", "b", domain), "open:1", "{domain:?}");
    }
}

#[test]
fn an_example_of_settings_keeps_no_data() {
    let of = |path| one(path, "JAR_KEY=base\n", "LEVEL=info\n", D::StoredForm);
    assert_eq!(of(".env.example"), "not-live");
    assert_eq!(of(".env"), "open:1");
}

#[test]
fn a_schema_in_blocks_is_no_description_of_machines() {
    let tables = |column: &str| {
        format!(
            "table \"boxes\" {{\n  schema = schema.public\n  column \"{column}\" {{\n    type = int\n  }}\n}}\n"
        )
    };
    assert_eq!(
        one(
            "db/schema.hcl",
            &tables("size"),
            &tables("width"),
            D::Schema
        ),
        "open:0"
    );
    let job = |count: u8| {
        format!("job \"boxes\" {{\n  group \"web\" {{\n    count = {count}\n  }}\n}}\n")
    };
    assert_ne!(
        one("deploy/boxes.hcl", &job(1), &job(2), D::Schema),
        "open:0"
    );
}

/// Path, before, after.
type LedgerCaseFile = (&'static str, &'static str, &'static str);

/// A rule, its domain, a file that it rules out, and one like it that it must not.
const RULED_OUT: &[(&str, D, LedgerCaseFile, LedgerCaseFile)] = &[
    (
        "documentation",
        D::Schema,
        ("docs/a.md", "x", "ALTER TABLE a DROP COLUMN b;"),
        ("docs/run.txt", "#!/bin/sh\n", "#!/bin/sh\nrun\n"),
    ),
    (
        "tests",
        D::StoredForm,
        ("app/pay_test.go", "a", "func TestA(t *testing.T) {}"),
        ("app/load_test.py", "a = 1\n", "a = 2\nb = 3\n"),
    ),
    (
        "styling",
        D::Schema,
        ("web/a.css", "a{}", "b{}"),
        ("web/a.png", "x", "not a picture"),
    ),
    (
        "page",
        D::StoredForm,
        ("web/a.html", "<p>a</p>", "<p>b</p>"),
        ("web/b.html", "<p>", "<form><input name=x></form>"),
    ),
    (
        "not-live",
        D::Infrastructure,
        ("examples/a.tf", "a", "b"),
        ("src/example/a.tf", "a", "b"),
    ),
    (
        "not-live",
        D::Schema,
        ("dev/secrets.dat.example", "a", "b"),
        ("dev/secrets.dat", "a", "b"),
    ),
    (
        "developer-tool",
        D::Configuration,
        (".eslintrc", "a", "b"),
        ("rules.dat", "a", "b"),
    ),
    (
        "vendored",
        D::Schema,
        (
            "vendor/lib/a.go",
            "package a\nvar b = 1\n",
            "package a\nvar b = 2\n",
        ),
        ("vendors/a.go", "db.Exec(`x`)", "db.Exec(`DROP TABLE a`)"),
    ),
    (
        "same-program",
        D::StoredForm,
        ("a.go", "package a // 1\n", "package a // 2\n"),
        ("b.go", "package a\nvar v = 1\n", "package a\nvar v = 2\n"),
    ),
    (
        "only-indexes",
        D::StoredForm,
        (
            "jars/models.py",
            "class Jar(models.Model):\n    label = models.TextField()\n",
            "class Jar(models.Model):\n    label = models.TextField(db_index=True)\n",
        ),
        (
            "jars/models.py",
            "class Jar(models.Model):\n    label = models.TextField()\n",
            "class Jar(models.Model):\n    label = models.TextField(unique=True)\n",
        ),
    ),
    (
        "new-mapping",
        D::Contract,
        (
            "jars/models.py",
            "from django.db import models\n",
            "from django.db import models\n\n\nclass Jar(models.Model):\n    label = models.TextField()\n",
        ),
        (
            "jars/models.py",
            "class Jar(models.Model):\n    label = models.TextField()\n",
            "class Jar(models.Model):\n    label = models.TextField()\n    weight = models.IntegerField()\n",
        ),
    ),
    (
        "types-only",
        D::Schema,
        (
            "web/jars.d.ts",
            "interface A { a: 1 }",
            "interface A { a: 2 }",
        ),
        ("web/jars.dts", "a", "b"),
    ),
    (
        "other-field",
        D::Infrastructure,
        ("VERSION", "1.0.0\n", "v1.1.0\n"),
        ("machines.def", "volume 3\n", "volume 4\n"),
    ),
    (
        "built-names",
        D::Configuration,
        (
            "public/build/manifest.json",
            "{\"build/app.js\": \"/build/app.1a2b.js\"}",
            "{\"build/app.js\": \"/build/app.3c4d.js\"}",
        ),
        (
            "public/build/manifest.json",
            "{\"store\": \"/data/app.js\", \"keep\": 3}",
            "{\"store\": \"/data/app.js\", \"keep\": 4}",
        ),
    ),
    (
        "packed-chart",
        D::Infrastructure,
        (
            "shelf/index.yaml",
            "apiVersion: v1\nentries:\n  a: 1\ngenerated: x\n",
            "apiVersion: v1\nentries:\n  a: 2\ngenerated: x\n",
        ),
        (
            "shelf/index.yaml",
            "apiVersion: v1\nentries:\n  a: 1\n",
            "apiVersion: v1\nentries:\n  a: 2\n",
        ),
    ),
    (
        "no-schema-sign",
        D::Schema,
        ("a.go", "package a\nvar v = 1\n", "package a\nvar w = 2\n"),
        (
            "b.go",
            "package a\n",
            "package a\nvar q = `ALTER TABLE a ADD COLUMN b int`\n",
        ),
    ),
    (
        "no-interface",
        D::Contract,
        ("a.c", "int a;", "int b;"),
        ("a.py", "x = 1\n", "@app.get(\"/a\")\ndef a(): pass\n"),
    ),
    (
        "no-setting",
        D::Configuration,
        ("a.py", "x = 1\n", "x = 2\n"),
        ("b.py", "x = 1\n", "x = os.getenv(\"A\")\n"),
    ),
    (
        "no-infrastructure",
        D::Infrastructure,
        ("a.ts", "let x = 1", "let x = 2"),
        (
            "b.ts",
            "",
            "import * as cdk from 'aws-cdk-lib'\nlet y = 2\n",
        ),
    ),
    (
        "keeps-nothing",
        D::Infrastructure,
        ("Makefile", "all:\n\tcc a.c\n", "all:\n\tcc -O2 a.c\n"),
        (
            "tools/Makefile",
            "ship:\n\t./ask\n",
            "ship:\n\tkubectl delete pvc jars\n",
        ),
    ),
    (
        "other-field",
        D::Contract,
        ("db/1.sql", "a", "b"),
        ("api/openapi.yaml", "a", "b"),
    ),
];

#[test]
fn every_rule_has_a_case_and_a_counter_example() {
    for (rule, domain, (path, before, after), (other, old, new)) in RULED_OUT {
        assert_eq!(one(path, before, after, *domain), *rule, "{path}");
        assert_ne!(
            one(other, old, new, *domain),
            *rule,
            "{other} is the counter-example of {rule}"
        );
    }
}

#[test]
fn the_same_content_under_another_name_cannot_matter_and_an_edited_one_can() {
    let moved = ledger(
        &[("a/x.go", "package a\nvar v = 1\n")],
        &[("b/x.go", "package a\nvar v = 1\n")],
        &[],
    );
    assert_eq!(standing(&moved, "b/x.go", D::Schema), "same-content");
    assert_eq!(
        standing(&moved, "b/x.go", D::StoredForm),
        "open:0",
        "what is stored may hold the old name"
    );
    let edited = ledger(
        &[("a/x.go", "package a\nvar v = 1\n")],
        &[("b/x.go", "package a\nvar v = 2\n")],
        &[],
    );
    assert_eq!(standing(&edited, "b/x.go", D::StoredForm), "open:1");
}

#[test]
fn an_interface_in_an_unchanged_file_keeps_the_contract_open() {
    let server = (
        "server.go",
        "package a\nfunc main() { http.ListenAndServe(\":80\", nil) }\n",
    );
    let found = ledger(
        &[server, ("a.go", "package a\nvar v = 1\n")],
        &[server, ("a.go", "package a\nvar v = 2\n")],
        &[],
    );
    assert_eq!(standing(&found, "a.go", D::Contract), "open:2");
    let library = (
        "pom.xml",
        "<artifactId>spring-boot-starter-web</artifactId>",
    );
    let found = ledger(
        &[library, ("A.java", "class A { int a; }")],
        &[library, ("A.java", "class A { int b; }")],
        &[],
    );
    assert_eq!(standing(&found, "A.java", D::Contract), "open:1");
    let string = ("pom.xml", "<artifactId>commons-string</artifactId>");
    let found = ledger(
        &[string, ("A.java", "class A { int a; }")],
        &[string, ("A.java", "class A { int b; }")],
        &[],
    );
    assert_eq!(
        standing(&found, "A.java", D::Contract),
        "no-interface",
        "a part of a name is not the library"
    );
}

#[test]
fn a_key_that_both_releases_read_is_no_new_setting() {
    let same = one(
        "db.py",
        "pool(os.environ[\"DATABASE_URL\"])\n",
        "pool(os.environ[\"DATABASE_URL\"], most=10)\n",
        D::Configuration,
    );
    assert_eq!(same, "no-setting");
    assert_eq!(
        one(
            "db.py",
            "pool(os.environ[\"OLD_URL\"])\n",
            "pool(os.environ[\"NEW_URL\"])\n",
            D::Configuration
        ),
        "open:1"
    );
    assert_eq!(
        one(
            "a.go",
            "package a\nvar x = 1\n",
            "package a\nvar x = os.Getenv(key)\n",
            D::Configuration
        ),
        "open:2"
    );
}

#[test]
fn a_word_of_a_path_hides_no_program_text() {
    assert_eq!(
        one(
            "internal/license/license.go",
            "package a\nconst formatVersion = 3\n",
            "package a\nconst formatVersion = 4\n",
            D::StoredForm
        ),
        "open:2"
    );
    assert_eq!(
        one(
            "src/sandbox/state.py",
            "x = 1\n",
            "json.dumps(x)\n",
            D::StoredForm
        ),
        "open:1"
    );
    assert_eq!(
        one(
            "data/setup.txt",
            "a",
            "ALTER TABLE a DROP COLUMN b",
            D::Schema
        ),
        "open:1"
    );
    assert_eq!(one("README.txt", "a", "b", D::Schema), "documentation");
}

#[test]
fn signs_give_the_line_and_come_first() {
    let found = ledger(
        &[
            ("plain.go", "package a\nvar v = 1\n"),
            ("form.go", "package a\nconst formatVersion = 3\n"),
            ("Store.kt", "val x = 1\n"),
        ],
        &[
            ("plain.go", "package a\nvar v = 2\n"),
            ("form.go", "package a\n\nconst formatVersion = 4\n"),
            ("Store.kt", "val x = 1\nredis.set(\"a\", x)\n"),
        ],
        &[],
    );
    let telling = found.telling(D::StoredForm);
    assert_eq!(
        telling
            .iter()
            .map(|place| (place.path.as_raw(), place.line))
            .collect::<Vec<_>>(),
        [("form.go", Some(3)), ("Store.kt", Some(2))]
    );
    assert_eq!(found.rows(None)[D::StoredForm.index()].open, 3);
}

#[test]
fn what_the_checks_say_replaces_what_the_content_alone_said() {
    let mut found = ledger(
        &[],
        &[
            ("db/1.sql", "CREATE TABLE a (id int);"),
            ("tests/2.sql", "CREATE TABLE b (id int);"),
        ],
        &[],
    );
    assert_eq!(standing(&found, "db/1.sql", D::Schema), "open:0");
    found.take(&[
        Mark::judged("db/1.sql", D::Schema),
        Mark::judged("tests/2.sql", D::Schema),
    ]);
    assert_eq!(standing(&found, "db/1.sql", D::Schema), "judged");
    assert_eq!(standing(&found, "tests/2.sql", D::Schema), "tests");
    found.take(&[
        Mark::open("db/1.sql", D::Schema, Some(4), "not understood"),
        Mark::judged("db/1.sql", D::Schema),
    ]);
    assert_eq!(
        standing(&found, "db/1.sql", D::Schema),
        "open:4",
        "half read is open"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_open_wherever_its_path_could_touch() {
    let (old, new) = (
        MemorySnapshot::new([("a.go", "package a\n")]),
        MemorySnapshot::new([("a.go", b"\0\x01\x02".as_slice())]),
    );
    let mut changes = old.changes_to(&new);
    changes
        .iter_mut()
        .for_each(|change| change.kind = FileKind::Code);
    let config = Config::default();
    let range = ReleaseRange {
        previous: &old,
        current: &new,
        changes: &changes,
        config: &config,
        previous_version: "1",
        current_version: "2",
    };
    let found = Ledger::read(&range, &Surroundings::default());
    for domain in D::ALL {
        assert_eq!(standing(&found, "a.go", domain), "open:0", "{domain:?}");
    }
    changes[0].new_mode = 0o160_000;
    let range = ReleaseRange {
        previous: &old,
        current: &new,
        changes: &changes,
        config: &config,
        previous_version: "1",
        current_version: "2",
    };
    assert!(
        Ledger::read(&range, &Surroundings::default()).is_open(D::Infrastructure),
        "a submodule is not read"
    );
}

proptest::proptest! {
    /// Whatever a range holds, every file stands once in each domain, and nothing panics.
    #[test]
    fn every_file_stands_once_in_each_domain(texts in proptest::collection::vec(("[a-z]{1,8}\\.(go|py|sql|md|yaml|bin|html|js)", ".{0,80}", ".{0,80}"), 0..8)) {
        let before: Vec<(&str, &str)> = texts.iter().map(|(path, old, _)| (path.as_str(), old.as_str())).collect();
        let after: Vec<(&str, &str)> = texts.iter().map(|(path, _, new)| (path.as_str(), new.as_str())).collect();
        let found = ledger(&before, &after, &[]);
        for row in found.rows(None) {
            proptest::prop_assert_eq!(row.files() as usize, found.files.len());
            proptest::prop_assert!(row.places.len() as u64 <= row.open);
        }
        // a file belongs to some field
        for file in &found.files {
            let elsewhere = |standing: &DomainStanding| *standing == DomainStanding::Cannot(CannotRule::OtherField);
            proptest::prop_assert!(!file.standings.iter().all(elsewhere), "{} belongs to no field", file.path);
        }
    }
}

/// As [`one`], for a file of a given kind.
pub(super) fn one_of(
    kind: FileKind,
    path: &str,
    before: &str,
    after: &str,
    domain: CoverageDomain,
) -> String {
    let (old, new) = (
        MemorySnapshot::new([(path, before)]),
        MemorySnapshot::new([(path, after)]),
    );
    let mut changes: Vec<FileChange> = old.changes_to(&new);
    changes[0].kind = kind;
    let config = Config::default();
    let range = ReleaseRange {
        previous: &old,
        current: &new,
        changes: &changes,
        config: &config,
        previous_version: "1.0.0",
        current_version: "1.1.0",
    };
    standing(
        &Ledger::read(&range, &Surroundings::default()),
        path,
        domain,
    )
}
