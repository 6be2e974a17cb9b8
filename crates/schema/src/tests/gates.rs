//! Start gates: who runs the tool, what the program itself compares, and how it can be told not to.

use super::*;

/// The gate's severity, its sentence and first place.
fn gate(previous: Files<'_>, added: Files<'_>) -> Option<(Severity, String, String)> {
    let mut current: Vec<(&str, &str)> = previous
        .iter()
        .copied()
        .filter(|(path, _)| !added.iter().any(|(other, _)| other == path))
        .collect();
    current.extend(added.iter().copied());
    let outcome = assess(previous, &current);
    let finding = outcome
        .findings
        .iter()
        .find(|finding| finding.check == "database/start-gate")?;
    let place = finding
        .evidence
        .first()
        .map(|place| {
            format!(
                "{}:{}",
                place.path.clone().unwrap_or_default(),
                place.line.unwrap_or_default()
            )
        })
        .unwrap_or_default();
    Some((finding.severity, finding.says.as_raw().to_owned(), place))
}

const ALEMBIC: (&str, &str) = (
    "app/alembic/versions/a1_init.py",
    "revision = \"a1\"\ndown_revision = None\nfrom alembic import op\n\ndef upgrade():\n    op.execute(\"CREATE TABLE t (id int)\")\n",
);
const ALEMBIC_NEXT: (&str, &str) = (
    "app/alembic/versions/b2_more.py",
    "revision = \"b2\"\ndown_revision = \"a1\"\nfrom alembic import op\n\ndef upgrade():\n    op.execute(\"CREATE TABLE u (id int)\")\n",
);
const KNEX: (&str, &str) = (
    "migrations/20240101000000_init.js",
    "exports.up = (knex) => knex.schema.createTable('t', (t) => { t.increments(); });\nexports.down = (knex) => knex.schema.dropTable('t');\n",
);
const KNEX_NEXT: (&str, &str) = (
    "migrations/20240201000000_more.js",
    "exports.up = (knex) => knex.schema.createTable('u', (t) => { t.increments(); });\nexports.down = (knex) => knex.schema.dropTable('u');\n",
);
const PACKAGE: (&str, &str) = (
    "package.json",
    "{ \"dependencies\": { \"knex\": \"3.0.0\", \"pg\": \"8.0.0\" } }",
);
const LEVELS: (&str, &str) = ("db/migrations/0001_init.sql", "CREATE TABLE t (id int);\n");
const LEVELS_NEXT: (&str, &str) = ("db/migrations/0002_more.sql", "CREATE TABLE u (id int);\n");

#[test]
fn a_tool_that_is_started_by_a_list_of_arguments_is_found_with_its_place() {
    let list = (
        "app/db.py",
        "from subprocess import check_call\n\n\ndef upgrade(ini):\n    check_call([\"alembic\", \"-c\", ini, \"upgrade\", \"head\"])\n",
    );
    let found = gate(&[ALEMBIC, list], &[ALEMBIC_NEXT]).expect("a gate");
    assert_eq!(
        (found.0, found.2.as_str()),
        (Severity::Blocks, "app/db.py:5")
    );
    let execa = (
        "src/start.js",
        "import { execa } from 'execa';\nexport async function start() {\n  await execa('knex', ['migrate:latest']);\n}\n",
    );
    assert_eq!(
        gate(&[PACKAGE, KNEX, execa], &[KNEX_NEXT]).map(|found| (found.0, found.2)),
        Some((Severity::Blocks, "src/start.js:3".to_owned()))
    );
    // a way down is no start
    let down = (
        "src/back.js",
        "import { execa } from 'execa';\nexport const back = () => execa('knex', ['migrate:rollback', 'down']);\n",
    );
    assert_eq!(
        gate(&[PACKAGE, KNEX, down], &[KNEX_NEXT]).map(|found| found.0),
        Some(Severity::Warns)
    );
}

#[test]
fn a_switch_that_old_code_reads_itself_is_offered() {
    let start = (
        "src/start.js",
        "async function start(knex) {\n  if (process.env.SKIP_MIGRATIONS !== '1') {\n    await knex.migrate.latest();\n  }\n}\n",
    );
    let found = gate(&[PACKAGE, KNEX, start], &[KNEX_NEXT]).expect("a gate");
    assert!(
        found.0 == Severity::Warns && found.1.contains("SKIP_MIGRATIONS"),
        "{found:?}"
    );
    let plain = (
        "src/start.js",
        "async function start(knex) {\n  const url = process.env.DATABASE_URL;\n  await knex.migrate.latest();\n}\n",
    );
    assert_eq!(
        gate(&[PACKAGE, KNEX, plain], &[KNEX_NEXT]).map(|found| found.0),
        Some(Severity::Blocks)
    );
}

#[test]
fn an_inequality_and_a_default_branch_that_refuse_are_gates_and_a_log_is_none() {
    let constant = |value: u32| format!("LEVEL = {value}\n");
    let (old, new) = (constant(64), constant(65));
    let python = "from app.schema import LEVEL\n\n\ndef prepare(stored):\n    if stored != LEVEL:\n        raise UpgradeError(\"expected database level %i\" % LEVEL)\n";
    let found = gate(
        &[
            ("app/schema/__init__.py", &old),
            ("app/prepare.py", python),
            LEVELS,
        ],
        &[("app/schema/__init__.py", &new), LEVELS_NEXT],
    );
    assert_eq!(
        found.map(|found| (found.0, found.2)),
        Some((Severity::Blocks, "app/prepare.py:6".to_owned()))
    );
    let (old, new) = (
        "package store\n\nconst schemaLevel = 2\n",
        "package store\n\nconst schemaLevel = 3\n",
    );
    let go = "package store\n\nimport \"fmt\"\n\nfunc upgrade(level int) error {\n\tswitch level {\n\tcase 1:\n\t\treturn nil\n\tdefault:\n\t\treturn fmt.Errorf(\"schema level not handled: %v\", level)\n\t}\n}\n";
    let found = gate(
        &[("store/common.go", old), ("store/open.go", go), LEVELS],
        &[("store/common.go", new), LEVELS_NEXT],
    );
    assert_eq!(
        found.map(|found| (found.0, found.2)),
        Some((Severity::Blocks, "store/open.go:10".to_owned()))
    );
    let tells = (
        "server/db.js",
        "async function patch(version, latest) {\n  if (version > latest) {\n    log.info('db', 'Warning: the database version is newer than expected');\n  }\n  start();\n}\n",
    );
    assert_eq!(gate(&[tells, LEVELS], &[LEVELS_NEXT]), None);
}

#[test]
fn a_list_of_steps_that_grows_is_a_gate_where_old_code_refuses_a_step_it_lacks() {
    let steps = "package kv\n\nvar steps = []step{\n\t{name: \"first\", up: first},\n}\n";
    let more = steps.replace("first},\n}", "first},\n\t{name: \"fill\", up: fill},\n}");
    let run = "package kv\n\nfunc open(done []string) error {\n\tfor i, name := range done {\n\t\tif i >= len(steps) || steps[i].name != name {\n\t\t\treturn errStepNotKnown\n\t\t}\n\t}\n\treturn nil\n}\n";
    let found = gate(
        &[("kv/steps.go", steps), ("kv/run.go", run)],
        &[("kv/steps.go", &more)],
    )
    .expect("a gate");
    assert!(
        found.0 == Severity::Warns && found.2.starts_with("kv/run.go:"),
        "{found:?}"
    );
}

#[test]
fn a_tool_that_the_previous_release_does_not_have_is_no_gate() {
    let up = (
        "notes/migrations/0001_notes.up.sql",
        "CREATE TABLE notes (id int);\n",
    );
    let down = (
        "notes/migrations/0001_notes.down.sql",
        "DROP TABLE notes;\n",
    );
    assert_eq!(
        gate(
            &[("main.go", "package main\n\nfunc main() {}\n")],
            &[up, down]
        ),
        None
    );
}

#[test]
fn a_constant_of_any_name_is_a_gate_where_it_is_held_against_the_stored_schema() {
    let boot = |latest: u32, says: &str| {
        format!(
            "package shelf;\nclass Boot {{\n  private static final int LATEST = {latest};\n  void check(java.sql.Connection c) throws Exception {{\n    int stored = read(c);\n    if (LATEST < stored) {{\n      throw new IllegalStateException(\"{says} \" + stored + \" was made by a newer release\");\n    }}\n  }}\n}}\n"
        )
    };
    let gates = |says: &str| {
        let (old, new) = (boot(4, says), boot(5, says));
        let path = "src/main/java/shelf/Boot.java";
        let outcome = assess(&[(path, &old)], &[(path, &new)]);
        outcome
            .findings
            .iter()
            .filter(|finding| finding.check.as_str() == "database/start-gate")
            .count()
    };
    assert_eq!(gates("Schema"), 1);
    // a drawing has a version too
    assert_eq!(gates("The drawing"), 0);
}

/// `current` names what the database holds in one program and what the program knows in the next;
/// what a stop says tells them apart.
#[test]
fn a_stop_at_a_schema_that_is_behind_does_not_block_the_way_back() {
    let with = |version: u32| format!("package db\n\nconst schemaVersion = {version}\n");
    let (old, new) = (with(7), with(8));
    let severity = |condition: &str, message: &str| {
        let check = format!(
            "package db\n\nfunc Check(db *sql.DB) error {{\n\tvar currentVersion int\n\tdb.QueryRow(`SELECT version FROM schema_version`).Scan(&currentVersion)\n\tif {condition} {{\n\t\treturn fmt.Errorf(\"{message}\")\n\t}}\n\treturn nil\n}}\n"
        );
        let previous = [
            LEVELS,
            ("internal/db/version.go", old.as_str()),
            ("internal/db/check.go", check.as_str()),
        ];
        let added = [LEVELS_NEXT, ("internal/db/version.go", new.as_str())];
        gate(&previous, &added).map(|(severity, _, _)| severity)
    };
    let behind = "the database schema is not up to date";
    assert_ne!(
        severity("currentVersion < schemaVersion", behind),
        Some(Severity::Blocks)
    );
    let ahead = "the database schema is newer than this program";
    for condition in [
        "schemaVersion < currentVersion",
        "currentVersion > schemaVersion",
    ] {
        assert_eq!(
            severity(condition, ahead),
            Some(Severity::Blocks),
            "{condition}"
        );
    }
}

#[test]
fn gormigrate_stops_only_where_the_program_tells_it_to() {
    let manifest = (
        "go.mod",
        "module example.test/shelf\n\nrequire github.com/go-gormigrate/gormigrate/v2 v2.1.0\n",
    );
    let list = |more: &str| {
        format!(
            "package migrations\n\nvar All = []*gormigrate.Migration{{\n\t{{ID: \"1\", Migrate: func(tx *gorm.DB) error {{ return tx.Exec(\"CREATE TABLE jars (id int)\").Error }}}},\n{more}}}\n"
        )
    };
    let more = "\t{ID: \"2\", Migrate: func(tx *gorm.DB) error { return tx.Exec(\"CREATE INDEX jars_id ON jars (id)\").Error }},\n";
    let gates = |option: &str| {
        let run = format!("package main\n\nvar options = &gormigrate.Options{{{option}}}\n");
        let (old, new) = (list(""), list(more));
        let base = [manifest, ("main.go", run.as_str())];
        let outcome = assess(
            &[base[0], base[1], ("migrations/all.go", old.as_str())],
            &[base[0], base[1], ("migrations/all.go", new.as_str())],
        );
        assert_eq!(outcome.migrations[0].framework.to_string(), "gormigrate");
        outcome
            .findings
            .iter()
            .filter(|finding| finding.check.as_str() == "database/start-gate")
            .count()
    };
    assert_eq!(gates("ValidateUnknownMigrations: true"), 1);
    assert_eq!(gates("UseTransaction: true"), 0);
}

#[test]
fn a_tool_that_is_told_to_go_on_is_no_gate() {
    let told = (
        "knexfile.js",
        "module.exports = { client: 'pg', migrations: { disableMigrationsListValidation: true } };\n",
    );
    let start = (
        "src/start.js",
        "export async function start(knex) {\n  await knex.migrate.latest();\n}\n",
    );
    assert_eq!(
        gate(&[PACKAGE, KNEX, start, told], &[KNEX_NEXT]).map(|found| found.0),
        Some(Severity::Notes)
    );
    let not_told = (
        "knexfile.js",
        "module.exports = { client: 'pg', migrations: { disableMigrationsListValidation: false } };\n",
    );
    assert_eq!(
        gate(&[PACKAGE, KNEX, start, not_told], &[KNEX_NEXT]).map(|found| found.0),
        Some(Severity::Blocks)
    );
}

#[test]
fn a_container_that_starts_before_the_program_runs_the_tool() {
    let pod = (
        "deploy/api.yaml",
        "spec:\n  initContainers:\n    - name: migrate\n      command: [\"npx\", \"knex\", \"migrate:latest\"]\n",
    );
    assert_eq!(
        gate(&[PACKAGE, KNEX, pod], &[KNEX_NEXT]).map(|found| (found.0, found.2)),
        Some((Severity::Blocks, "deploy/api.yaml:4".to_owned()))
    );
}

#[test]
fn a_reading_of_the_version_with_a_stop_that_is_not_understood_leaves_the_start_open() {
    let boot = (
        "ship/boot.py",
        "SUPPORTED = (\"5\", \"6\")\n\n\nasync def boot(pool):\n    stored = await pool.fetchval(\"SELECT schema_version FROM info\")\n    if stored not in SUPPORTED:\n        raise SystemExit(stored)\n",
    );
    let value = |code: (&'static str, &'static str)| {
        let previous = [LEVELS, code];
        let current = [LEVELS, code, LEVELS_NEXT];
        super::value(&assess(&previous, &current), "database.start_gate")
    };
    assert_ne!(value(boot), Some("no"));
    // nothing hangs on what is read
    let quiet = (
        "ship/boot.py",
        "async def boot(pool):\n    stored = await pool.fetchval(\"SELECT schema_version FROM info\")\n    print(stored)\n",
    );
    assert_eq!(value(quiet), Some("no"));
}

#[test]
fn a_field_of_a_step_is_no_version_of_a_schema() {
    let items = |more: &str| {
        format!(
            "package pipeline\n\nfunc build(name string) *model.Step {{\n\tstep := &model.Step{{\n\t\tName: name,\n{more}\t}}\n\treturn step\n}}\n"
        )
    };
    let (old, new) = (items(""), items("\t\tLabel: label,\n"));
    let docker = (
        "pipeline/docker.go",
        "package pipeline\n\nfunc pull(step *model.Step) error {\n\terr := run(step)\n\tif err != nil && step.AuthConfig.Password != \"\" {\n\t\treturn err\n\t}\n\tif step.Level > maxLevel {\n\t\treturn errLevel\n\t}\n\treturn nil\n}\n",
    );
    let outcome = assess(
        &[LEVELS, ("pipeline/items.go", &old), docker],
        &[LEVELS, LEVELS_NEXT, ("pipeline/items.go", &new), docker],
    );
    assert!(
        outcome
            .findings
            .iter()
            .all(|finding| finding.check != "database/start-gate"),
        "{:?}",
        outcome.findings
    );
    assert!(
        outcome
            .unchecked
            .iter()
            .all(|entry| !entry.what.as_raw().starts_with("pipeline/")),
        "{:?}",
        outcome.unchecked
    );
}

#[test]
fn a_list_of_what_ran_that_may_stop_the_start_is_a_question() {
    let told = |guard: (&str, &str)| {
        let outcome = assess(&[KNEX, PACKAGE, guard], &[KNEX, KNEX_NEXT, PACKAGE, guard]);
        let entries = outcome.unchecked.iter();
        entries
            .filter(|entry| entry.what.as_raw().starts_with(guard.0))
            .count()
    };
    for guard in [
        (
            "src/Startup.cs",
            "var known = db.Database.GetMigrations();\nvar foreign = db.Database.GetAppliedMigrations().Where(m => !known.Contains(m)).ToList();\nif (foreign.Count > 0)\n    throw new InvalidOperationException(\"ahead\");\n",
        ),
        (
            "jar/apps.py",
            "ahead = [key for key in MigrationRecorder(connection).applied_migrations() if key not in known]\nif ahead:\n    raise ImproperlyConfigured(ahead)\n",
        ),
        (
            "store/open.go",
            "have, err := goose.GetDBVersion(db)\nif err != nil {\n\treturn err\n}\nif have > last.Version {\n\treturn fmt.Errorf(\"ahead\")\n}\n",
        ),
        (
            "src/boot.rs",
            "let done = runner.get_applied_migrations(&conn)?;\nlet strange: Vec<_> = done.difference(&ours).collect();\nanyhow::ensure!(strange.is_empty(), \"ahead: {strange:?}\");\n",
        ),
        (
            "config/initializers/guard.rb",
            "context = ActiveRecord::Base.connection_pool.migration_context\nabort 'ahead' if context.current_version > newest\n",
        ),
        (
            "src/db.ts",
            "const strange = (await umzug.storage.executed({})).filter((name) => !files.has(name));\nif (strange.length > 0) {\n  throw new Error('ahead');\n}\n",
        ),
    ] {
        assert_eq!(told(guard), 1, "{}", guard.0);
    }
    let listed = (
        "src/Status.cs",
        "foreach (var name in db.Database.GetAppliedMigrations())\n    Console.WriteLine(name);\n",
    );
    assert_eq!(told(listed), 0);
}

#[test]
fn what_flyway_passes_over_is_read_from_its_settings() {
    let first = (
        "src/main/resources/db/migration/V1__a.sql",
        "CREATE TABLE t (id int);\n",
    );
    let next = (
        "src/main/resources/db/migration/V2__b.sql",
        "CREATE TABLE u (id int);\n",
    );
    let gate_of = |settings: &'static str| {
        let file = ("src/main/resources/application.yml", settings);
        gate(&[first, file], &[next]).map(|found| found.0)
    };
    let blocks = Some(Severity::Blocks);
    assert_eq!(
        gate_of("spring:\n  flyway:\n    ignore-migration-patterns: \"\"\n"),
        blocks
    );
    assert_eq!(
        gate_of("spring:\n  flyway:\n    ignore-future-migrations: false\n"),
        blocks
    );
    assert_eq!(
        gate_of("spring:\n  flyway:\n    ignore-migration-patterns: \"*:future\"\n"),
        None
    );
    assert_eq!(
        gate_of("spring:\n  flyway:\n    ignore-future-migrations: true\n"),
        None
    );
}

#[test]
fn a_task_that_nobody_calls_is_no_start_of_the_program() {
    let first = ("migrations/000001_a.up.sql", "CREATE TABLE t (id int);\n");
    let down = ("migrations/000001_a.down.sql", "DROP TABLE t;\n");
    let next = ("migrations/000002_b.up.sql", "CREATE TABLE u (id int);\n");
    let back = ("migrations/000002_b.down.sql", "DROP TABLE u;\n");
    let module = (
        "go.mod",
        "module jars\n\nrequire github.com/golang-migrate/migrate/v4 v4.17.0\n",
    );
    let task = (
        "Makefile",
        "run:\n\tgo run .\n\nmigrate:\n\tmigrate -path migrations -database $(URL) up\n",
    );
    let by_hand = gate(&[first, down, module, task], &[next, back]);
    assert_eq!(by_hand.map(|found| found.0), Some(Severity::Warns));
    let starts = ("entrypoint.sh", "#!/bin/sh\nmake migrate\nexec ./jars\n");
    let called = gate(&[first, down, module, task, starts], &[next, back]);
    assert_eq!(called.map(|found| found.0), Some(Severity::Blocks));
}

#[test]
fn tern_and_sequel_are_found_where_a_program_starts_them() {
    let module = (
        "go.mod",
        "module example.test/parcels\n\nrequire github.com/jackc/tern/v2 v2.2.0\n",
    );
    let first = (
        "migrations/001_parcels.sql",
        "CREATE TABLE parcels (id bigint PRIMARY KEY);\n\n---- create above / drop below ----\n\nDROP TABLE parcels;\n",
    );
    let next = (
        "migrations/002_crates.sql",
        "CREATE TABLE crates (id bigint PRIMARY KEY);\n\n---- create above / drop below ----\n\nDROP TABLE crates;\n",
    );
    let start = |call: &str| format!("package main\n\nfunc main() {{\n\t{call}\n}}\n");
    let runs = start("if err := m.Migrate(ctx); err != nil { log.Fatal(err) }");
    let (severity, _, place) =
        gate(&[module, first, ("cmd/main.go", &runs)], &[next]).expect("a gate");
    assert_eq!(
        (severity, place.as_str()),
        (Severity::Blocks, "cmd/main.go:4")
    );
    let other = start("serve(ctx)");
    let (severity, _, _) =
        gate(&[module, first, ("cmd/main.go", &other)], &[next]).expect("a gate");
    assert_eq!(severity, Severity::Warns);

    let gems = (
        "Gemfile",
        "source \"https://rubygems.org\"\ngem \"sequel\"\ngem \"pg\"\n",
    );
    let books = (
        "db/migrations/20250101100000_books.rb",
        "Sequel.migration do\n  change do\n    create_table(:books) do\n      primary_key :id\n    end\n  end\nend\n",
    );
    let shelves = (
        "db/migrations/20250301100000_shelves.rb",
        "Sequel.migration do\n  change do\n    create_table(:shelves) do\n      primary_key :id\n    end\n  end\nend\n",
    );
    for (more, expected) in [
        ("", Severity::Blocks),
        (", allow_missing_migration_files: true", Severity::Notes),
        (", allow_missing_migration_files: false", Severity::Blocks),
    ] {
        let server = format!(
            "require \"sequel\"\nSequel::Migrator.run(DB, \"db/migrations\"{more})\nrun App\n"
        );
        let (severity, says, place) =
            gate(&[gems, books, ("config.ru", &server)], &[shelves]).expect("a gate");
        assert_eq!(
            (severity, place.as_str()),
            (expected, "config.ru:2"),
            "{says}"
        );
    }
}
