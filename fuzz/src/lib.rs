//! Every reader of what comes from outside, each as a function of any bytes. Two callers share the
//! list: the fuzz targets of this folder, and `tests/program/readers.rs`, which runs the kept corpus
//! (`fuzz/kept/NAME/`) and mutations of it as ordinary tests.
//!
//! A function must end, must not panic, and holds what must be true of any input; it touches no
//! file but a temporary one.

use std::cell::RefCell;
use std::path::PathBuf;

use backout::check::{ReleaseRange, contract, coverage, database, guard, stored, surroundings};
use backout::checklist::{Checklist, Layer, Whose, catalogue, cel};
use backout::command::readers;
use backout::deployment::{live, ocl, owners, platform, process, staging};
use backout::model::{Changelog, Config, MemorySnapshot};
use backout::repository::readers::{
    CommitMessage, Mailmap, breaking_footer, parse_tag_name, read_subject_header,
};
use backout::session;

/// A reader: what it is called in `fuzz_targets/` and `kept/`, and what it does with any bytes.
pub type Reader = (&'static str, fn(&[u8]));

/// All of them.
pub const READERS: [Reader; 25] = [
    ("contract_asyncapi", |bytes| {
        contracts("asyncapi.yaml", "asyncapi: 3.0.0\nchannels:\n", bytes)
    }),
    ("contract_avro", |bytes| contracts("jar.avsc", "", bytes)),
    ("contract_graphql", |bytes| {
        contracts("schema.graphql", "type Query { jar: Int }\n", bytes)
    }),
    ("contract_json_schema", |bytes| {
        contracts(
            "jar.schema.json",
            "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",",
            bytes,
        )
    }),
    ("contract_openapi", |bytes| {
        contracts("api.yaml", "openapi: 3.1.0\npaths:\n", bytes)
    }),
    ("contract_pact", |bytes| {
        contracts(
            "pacts/a-b.json",
            "{\"consumer\": {\"name\": \"a\"}, \"provider\": {\"name\": \"b\"}, \"interactions\":",
            bytes,
        )
    }),
    ("contract_protobuf", |bytes| {
        contracts("jar.proto", "syntax = \"proto3\";\n", bytes)
    }),
    ("contract_template", |bytes| {
        contracts(
            "api.yaml",
            "openapi: {{ .Version }}\npaths: {% if x %}\n",
            bytes,
        )
    }),
    ("contract_typescript", |bytes| {
        contracts("index.d.ts", "export declare const jar: string;\n", bytes)
    }),
    ("migration", migration),
    ("migration_history", history),
    ("program", program),
    ("settings", settings),
    ("guard", |bytes| {
        let (path, text) = chosen(&PROGRAMS, bytes);
        guard::find_guards(path, &String::from_utf8_lossy(text));
    }),
    ("commits", commits),
    ("journal", journal),
    ("checklist", checklist),
    ("cel", condition),
    ("config", |bytes| {
        backout::assess::config::read_config(&text(bytes), "backout.yaml");
    }),
    ("ocl", |bytes| {
        ocl::parse_ocl(&text(bytes));
        process::from_ocl("deployment_process.ocl", &text(bytes));
    }),
    ("deployment", deployment),
    ("live", |bytes| {
        let (name, rest) = chosen(&LIVE, bytes);
        let _ = live::read_state_file(name, rest, None);
        let _ = live::read_state_file(name, rest, Some(name.split('.').next().unwrap_or_default()));
    }),
    ("incidents", |bytes| {
        let _ = readers::incidents(&text(bytes));
    }),
    ("saved", |bytes| {
        let _ = readers::read_saved("saved.json", bytes);
        let _ = readers::read_saved(
            "saved.json",
            &[b"{\"schema\": \"backout/assessment@1\",", bytes].concat(),
        );
    }),
    ("words", words),
];

/// Runs the reader of a name; a name that no reader has is a mistake in the list.
pub fn read(name: &str, bytes: &[u8]) {
    let found = READERS.iter().find(|(own, _)| *own == name);
    (found
        .unwrap_or_else(|| panic!("there is no reader {name}"))
        .1)(bytes);
}

/// Migrations as the tools of every language lay them out.
const MIGRATIONS: [&str; 24] = [
    "db/postgres/migrations/0002_x.up.sql",
    "db/mysql/migrations/0002_x.up.sql",
    "db/sqlite/migrations/0002_x.up.sql",
    "util/DbScripts/2024-01-01_00_X.sql",
    "db/changelog/changelog.xml",
    "db/migrate/20240101000000_x.rb",
    "app/migrations/0002_x.py",
    "database/migrations/2024_01_01_000000_x.php",
    "priv/repo/migrations/20240101000000_x.exs",
    "Data/Migrations/20240101000000_X.cs",
    "migrations/20240101000000-x.js",
    "migrations/1700000000000-x.ts",
    "migration/src/m20240101_000000_x.rs",
    "src/main/java/db/migration/V0002__X.java",
    "migrations/0002_x.go",
    "migrations/Version20240101000000.php",
    "db/migrations/20240101000000_x.php",
    "schema/cassandra/versioned/v1.2/x.cql",
    "clickhouse/migrations/0002_x.up.sql",
    "db/changelog/0002.yaml",
    "alembic/versions/0002_x.py",
    "migrations/Migration20240101000000.ts",
    "prisma/migrations/20240101000000_x/migration.sql",
    "internal/store/migrate.go",
];

/// Files in which a schema is kept.
const KEPT: [&str; 4] = [
    "db/schema.rb",
    "prisma/schema.prisma",
    "db/structure.sql",
    "db/schema.sql",
];

/// Files of programs, one a language.
const PROGRAMS: [&str; 15] = [
    "src/a.go",
    "src/A.java",
    "src/a.kt",
    "src/a.scala",
    "src/a.cs",
    "src/a.py",
    "src/a.rb",
    "src/a.php",
    "src/a.js",
    "src/a.ts",
    "src/a.rs",
    "src/a.c",
    "src/a.swift",
    "src/a.dart",
    "src/a.ex",
];

/// Settings, infrastructure and manifests.
const SETTINGS: [&str; 20] = [
    "config/settings.yaml",
    ".env.example",
    "config/app.toml",
    "config/app.ini",
    "src/main/resources/application.properties",
    "appsettings.json",
    "deploy/templates/a.yaml",
    "infra/main.tf",
    "Dockerfile",
    "docker-compose.yml",
    ".github/workflows/deploy.yml",
    "package.json",
    "go.mod",
    "Cargo.toml",
    "requirements.txt",
    "pyproject.toml",
    "Gemfile.lock",
    "pom.xml",
    "build.gradle",
    "composer.json",
];

/// State files, named as their kinds are.
const LIVE: [&str; 18] = [
    "kubernetes.json",
    "helm.json",
    "argocd.json",
    "argo-rollouts.json",
    "github.json",
    "gitlab.json",
    "octopus.json",
    "octopus-variables.json",
    "octopus-process.ocl",
    "calamari.xml",
    "codedeploy.json",
    "ecs.json",
    "lambda.json",
    "azure.json",
    "nomad.json",
    "deployments.jsonl",
    "hosts.json",
    "any",
];

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Two texts: what stands before the first NUL, and what stands behind it.
fn halves(bytes: &[u8]) -> [String; 2] {
    let at = bytes
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(bytes.len());
    [
        text(&bytes[..at]),
        text(bytes.get(at + 1..).unwrap_or_default()),
    ]
}

/// The first byte chooses a path, the rest is the text.
fn chosen<'a>(paths: &[&'static str], bytes: &'a [u8]) -> (&'static str, &'a [u8]) {
    let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
    (paths[usize::from(*first) % paths.len()], rest)
}

/// Two texts as a contract against each other, and each against itself. `before` makes a text be
/// taken for the format.
fn contracts(path: &'static str, before: &str, bytes: &[u8]) {
    let [old, new] =
        halves(bytes).map(|text| MemorySnapshot::new([(path, format!("{before}{text}"))]));
    contract::compare_files(&old, &new);
    let same = contract::compare_files(&new, &new);
    assert!(
        same.contracts
            .iter()
            .all(|contract| contract.changes.is_empty()),
        "a text differs from itself"
    );
}

/// A range of two trees; `look` gets it.
fn between(
    previous: &MemorySnapshot,
    current: &MemorySnapshot,
    look: impl FnOnce(&ReleaseRange<'_>),
) {
    let config = Config::default();
    let changes = previous.changes_to(current);
    look(&ReleaseRange {
        previous,
        current,
        changes: &changes,
        config: &config,
        previous_version: "3.0.0",
        current_version: "3.1.0",
    });
}

const CODE: &[u8] = b"db.execute('SELECT id, note FROM orders JOIN parcels')\n";

/// Any bytes as a migration, in each language that is read.
fn migration(bytes: &[u8]) {
    let (path, text) = chosen(&MIGRATIONS, bytes);
    let previous = MemorySnapshot::new([("app/store.py", CODE)]);
    let current = MemorySnapshot::new([("app/store.py", CODE), (path, text)]);
    between(&previous, &current, |range| {
        database::check_database(range);
    });
}

/// Any bytes as the migrations and the schema that are there already.
fn history(bytes: &[u8]) {
    let (path, rest) = chosen(&MIGRATIONS, bytes);
    let (kept, text) = chosen(&KEPT, rest);
    let earlier = path
        .replace("0002", "0001")
        .replace("20240101", "20230101")
        .replace("2024_01_01", "2023_01_01")
        .replace("170000", "160000");
    let up: &[u8] = b"ALTER TABLE orders DROP COLUMN note;\n";
    let previous = MemorySnapshot::new([
        ("app/store.py", CODE),
        (earlier.as_str(), text),
        (kept, text),
    ]);
    let current = MemorySnapshot::new([
        ("app/store.py", CODE),
        (earlier.as_str(), text),
        (kept, b"" as &[u8]),
        ("db/postgres/migrations/0003_y.up.sql", up),
    ]);
    between(&previous, &current, |range| {
        database::check_database(range);
    });
}

/// Two texts as the code of a program before and after.
fn program(bytes: &[u8]) {
    let (path, rest) = chosen(&PROGRAMS, bytes);
    trees(path, rest);
}

/// Two texts as a setting, a manifest or infrastructure before and after.
fn settings(bytes: &[u8]) {
    let (path, rest) = chosen(&SETTINGS, bytes);
    trees(path, rest);
}

fn trees(path: &'static str, rest: &[u8]) {
    let [old, new] = halves(rest).map(|text| MemorySnapshot::new([(path, text)]));
    between(&old, &new, |range| {
        stored::check_stored_forms(range);
        surroundings::check_surroundings(range, &Changelog::default());
        coverage::Ledger::read(range, &coverage::Surroundings::default());
    });
}

/// Any bytes as a process, its owners and its environments.
fn deployment(bytes: &[u8]) {
    const PATHS: [&str; 8] = [
        "CODEOWNERS",
        ".octopus/deployment_process.ocl",
        ".octopus/variables.ocl",
        "deploy/a.yaml",
        "config/staging.yaml",
        "docker-compose.staging.yml",
        ".gitlab-ci.yml",
        "values-staging.yaml",
    ];
    let (path, text) = chosen(&PATHS, bytes);
    let tree = MemorySnapshot::new([(path, text)]);
    owners::find_path_owners(&tree, ["src/a.go"].into_iter());
    let report = process::assess_process(&tree, &Config::default(), Some("Production"));
    platform::detect_platforms(&tree, &report.process.steps);
    staging::detect_staging(&tree);
}

/// Any bytes as a checklist: of the repository, of the person, of a journal.
fn checklist(bytes: &[u8]) {
    let text = text(bytes);
    let layer = Layer {
        name: "any.yaml".to_owned(),
        text: text.clone(),
        whose: Whose::Repository,
    };
    assert!(
        Checklist::load_layers(&[layer], false).is_ok(),
        "a file of the repository ends the whole"
    );
    Checklist::lint("any.yaml", &text);
    if let Ok(list) = Checklist::from_yaml(&text) {
        let again = Checklist::from_yaml(&list.yaml);
        assert!(
            again.is_ok_and(|again| again.digest() == list.digest()),
            "a checklist is not read back as it was"
        );
    }
}

/// Any bytes as a condition and as a value of each fact.
fn condition(bytes: &[u8]) {
    let text = text(bytes);
    for per_dependent in [false, true] {
        if let Ok(condition) = cel::compile_condition(&text, per_dependent) {
            condition.reads();
        }
    }
    for fact in catalogue::list_fact_definitions() {
        if let Ok(value) = catalogue::parse_fact_value(fact.key, &text) {
            let _ = catalogue::is_admissible_value(fact.key, &value);
        }
    }
}

/// Any bytes as the message of a commit, a mailmap, names of tags. The first byte chooses what the
/// commit says about its encoding.
fn commits(bytes: &[u8]) {
    const ENCODINGS: [&str; 5] = ["", "UTF-8", "ISO-8859-1", "Shift_JIS", "UTF-16"];
    let (encoding, rest) = chosen(&ENCODINGS, bytes);
    let message = CommitMessage::read(rest, Some(encoding).filter(|name| !name.is_empty()));
    for shown in [&message.subject, &message.body, &message.title] {
        assert!(
            !shown.contains(['\u{1b}', '\0', '\u{202e}']),
            "a control character is shown"
        );
    }
    read_subject_header(&message.subject);
    breaking_footer(&message.body);
    message.says_revert();
    message.merge_title();
    let mut people = Mailmap::default();
    people.add(rest);
    for line in text(rest).lines() {
        parse_tag_name(line);
        people.resolve(line, line);
    }
}

thread_local! {
    /// A folder for journals; made once, for a new one each time costs more than the reader.
    static FOLDER: RefCell<Option<PathBuf>> = const { RefCell::new(None) };
}

/// Any bytes as a journal: looked at, verified, opened to go on, repaired.
fn journal(bytes: &[u8]) {
    let folder = FOLDER.with_borrow_mut(|folder| {
        let chance = std::process::id();
        let thread = std::thread::current().id();
        folder
            .get_or_insert_with(|| {
                std::env::temp_dir().join(format!("backout-readers-{chance}-{thread:?}"))
            })
            .clone()
    });
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let path = folder.join("any.jsonl");
    std::fs::write(&path, bytes).expect("a temporary file");
    let read = session::Journal::read(&path).map(|(journal, _)| journal.events().to_vec());
    if let Ok(events) = &read {
        let state = session::SessionState::fold(events);
        let mut again = session::SessionState::default();
        events.iter().for_each(|event| again.apply(event));
        assert!(
            state == again,
            "a session is another one when it is read event by event"
        );
        session::turning_points(events);
    }
    let _ = session::verify_journal_chain(&path);
    let _ = session::repair_journal(&path);
    assert!(
        std::fs::read(&path).is_ok_and(|now| now == bytes),
        "looking at a journal changed it"
    );
    if let (Ok(events), Ok((journal, _))) = (&read, session::Journal::open(&path)) {
        assert!(
            journal.events().len() >= events.len(),
            "opening a journal lost an event"
        );
    }
    let _ = std::fs::remove_dir_all(&folder);
}

/// Any bytes as a time, a version, a pattern, a name.
fn words(bytes: &[u8]) {
    let text = text(bytes);
    let now = "2026-01-31T02:13:00Z".parse().expect("a time");
    for future in [false, true] {
        let _ = readers::time(&text, now, &jiff::tz::TimeZone::UTC, future);
    }
    if let Some(version) = backout::repository::Version::parse(&text) {
        assert!(
            version.means_same(&version),
            "a version is another than itself"
        );
    }
    live::same_version(&text, "1.2.3");
    backout::check::globs::build_glob(&text).ok();
    backout::repository::security_ids(&text);
    let shown = backout::model::escape_invisible(&text).into_owned();
    assert!(
        !shown.contains(['\u{1b}', '\0', '\u{202e}']),
        "a control character is shown"
    );
    for width in [1, 7, 80] {
        backout::model::wrap_text(&text, width);
        backout::model::shorten_text(&text, width);
    }
}
