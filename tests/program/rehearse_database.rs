//! `backout rehearse --database-url`: what is seen on a scratch database, what of it an assessment
//! takes in, and what is left alone.

use crate::common::Sample;

const ORDERS: &str = "-- +goose Up\nCREATE TABLE orders (id integer PRIMARY KEY, state text NOT \
    NULL, note text);\n-- +goose Down\nDROP TABLE orders;\n";
const STORE: &str = "package store\n\nconst get = `SELECT id, note FROM orders WHERE id = \
    ?`\nconst all = `SELECT id FROM orders`\nconst odd = `SELECT x FROM nowhere`\n";

/// A release whose range drops a column that the one before reads, and one that adds a table.
fn shop(up: &str, down: &str) -> Sample {
    let sample = Sample::new();
    sample.commit(
        "feat: orders",
        &[
            (
                "go.mod",
                "module shop\n\nrequire github.com/mattn/go-sqlite3 v1.14.0\n",
            ),
            ("db/migrations/001_orders.sql", ORDERS),
            ("store/store.go", STORE),
        ],
    );
    sample.tag("v1.0.0");
    sample.commit(
        "feat: another form of orders",
        &[(
            "db/migrations/002_more.sql",
            &format!("-- +goose Up\n{up};\n-- +goose Down\n{down};\n"),
        )],
    );
    sample.tag("v1.1.0");
    sample
}

fn dropping() -> Sample {
    shop(
        "ALTER TABLE orders DROP COLUMN note",
        "ALTER TABLE orders ADD COLUMN note text",
    )
}

fn url(sample: &Sample) -> String {
    format!("sqlite:{}", sample.beside("scratch.db").display())
}

#[test]
fn a_statement_that_fails_is_seen_and_outranks_what_was_judged() {
    let sample = dropping();
    let ran = sample.run(&[
        "rehearse",
        "1.0.0",
        "1.1.0",
        "--database-url",
        &url(&sample),
    ]);
    assert_eq!(ran.code, Some(12), "{}{}", ran.out, ran.err);
    for said in [
        "Rehearsed on SQLite 3.",
        "1 of 2 of its statements fail there",
        "store/store.go:3  no such column: note",
        "SELECT id, note FROM orders WHERE id = ?",
        "With the compatibility steps of the assessment 1 of them run, 0 fail still.",
        "no such table (1)",
        "orders: note is another value or none in 2 rows",
        "Forward again ran",
        "Recorded in session",
    ] {
        assert!(ran.out.contains(said), "{said}\n{}", ran.out);
    }
    assert!(
        !ran.out.contains("Judged and observed differ"),
        "{}",
        ran.out
    );
    let assessed = sample
        .run(&["assess", "1.0.0", "1.1.0", "--format", "json"])
        .json();
    let old_code = &assessed["facts"]["database.old_code"];
    assert_eq!(old_code["value"], "breaks-reads");
    let source = old_code["source"].as_str().expect("a source");
    assert!(
        source.starts_with("observed, SQLite 3.") && source.contains("store/store.go:3 fails"),
        "{source}"
    );
    assert_eq!(assessed["facts"]["database.verified"]["value"], "no");
    assert_eq!(
        assessed["facts"]["database.downs_lose_data"]["value"],
        "yes"
    );
    let finding = assessed["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .find(|one| one["check"] == "database/old-statement-failed")
        .expect("a finding");
    assert_eq!(
        (&finding["severity"], &finding["confidence"]),
        (&"blocks".into(), &"proven".into())
    );
    // it is about these two commits, and no others
    sample.commit("fix: nothing", &[("README.md", "shop\n")]);
    sample.tag("v1.1.1");
    let other = sample
        .run(&["assess", "1.0.0", "1.1.1", "--format", "json"])
        .json();
    assert!(
        !other["findings"]
            .to_string()
            .contains("old-statement-failed")
    );
    let list = sample.run(&["rehearse", "--list"]);
    assert!(list.out.contains("failed"), "{}", list.out);
}

#[test]
fn a_range_that_holds_is_noted_and_makes_no_fact_better() {
    let sample = shop(
        "CREATE TABLE parcels (id integer PRIMARY KEY)",
        "DROP TABLE parcels",
    );
    let before = sample
        .run(&["assess", "1.0.0", "1.1.0", "--format", "json"])
        .json();
    let ran = sample.run(&[
        "rehearse",
        "1.0.0",
        "1.1.0",
        "--database-url",
        &url(&sample),
        "--format",
        "json",
    ]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    let told = ran.json();
    assert_eq!(told["result"], "held");
    assert_eq!(told["rehearsal"]["statements"]["ran"], 2);
    assert_eq!(told["disagreements"], serde_json::json!([]));
    let after = sample
        .run(&["assess", "1.0.0", "1.1.0", "--format", "json"])
        .json();
    for key in ["database.old_code", "database.verified", "database.downs"] {
        assert_eq!(
            before["facts"][key]["value"], after["facts"][key]["value"],
            "{key}"
        );
    }
    assert!(
        after["findings"]
            .to_string()
            .contains("2 statements of v1.0.0 run on the schema of v1.1.0")
            || after["findings"]
                .to_string()
                .contains("2 statements of 1.0.0 run on the schema of 1.1.0"),
        "{}",
        after["findings"]
    );
    let list = sample.run(&["rehearse", "--list"]);
    assert!(list.out.contains("worked"), "{}", list.out);
}

#[test]
fn what_cannot_be_used_is_said_in_one_sentence() {
    let sample = dropping();
    let file = sample.beside("own.db");
    let own = rusqlite::Connection::open(&file).expect("a file");
    own.execute_batch("CREATE TABLE ledger (id int)")
        .expect("a table");
    drop(own);
    let before = std::fs::read(&file).expect("bytes");
    let own = format!("sqlite:{}", file.display());
    for (url, said) in [
        (
            own.as_str(),
            "neither empty nor marked as scratch by a rehearsal (it holds table ledger)",
        ),
        ("shop", "this is no address of a database"),
        (
            "postgres://ann:hidden@127.0.0.1:1/none",
            "is for PostgreSQL; there are db/migrations (sqlite)",
        ),
        ("env:NO_SUCH_VARIABLE_IS_SET", "is not set"),
        ("mssql://a/b", "the scheme mssql is not known"),
    ] {
        let ran = sample.run(&["rehearse", "1.0.0", "1.1.0", "--database-url", url]);
        assert_eq!(ran.code, Some(2), "{}{}", ran.out, ran.err);
        assert!(ran.err.contains(said), "{said}\n{}", ran.err);
        assert!(!ran.err.contains("hidden"), "{}", ran.err);
        assert_eq!(ran.err.trim().lines().count(), 1, "{}", ran.err);
    }
    assert_eq!(std::fs::read(&file).expect("bytes"), before);
    let ran = sample.run(&[
        "rehearse",
        "1.1.0",
        "1.1.0",
        "--database-url",
        &url(&sample),
    ]);
    assert_ne!(ran.code, Some(0), "{}", ran.out);
}

#[test]
fn rows_may_be_brought_and_are_made_the_same_again() {
    let sample = dropping();
    let rows = sample.beside("rows.sql");
    std::fs::write(
        &rows,
        "INSERT INTO orders (id, state, note) VALUES (1, 'new', 'a'), (2, 'new', 'b');\n",
    )
    .expect("a file");
    let ran = sample.run(&[
        "rehearse",
        "1.0.0",
        "1.1.0",
        "--database-url",
        &url(&sample),
        "--seed",
        &rows.display().to_string(),
    ]);
    assert!(
        ran.out.contains("2 rows in 1 table were there"),
        "{}{}",
        ran.out,
        ran.err
    );
    let again = || {
        let told = sample.run(&[
            "rehearse",
            "1.0.0",
            "1.1.0",
            "--database-url",
            &url(&sample),
            "--format",
            "json",
            "--rows",
            "5",
        ]);
        let told: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
        (
            told["rehearsal"]["statements"].clone(),
            told["rehearsal"]["filled"].clone(),
        )
    };
    assert_eq!(again(), again());
}

#[cfg(unix)]
#[test]
fn a_rehearsal_that_is_killed_leaves_a_database_that_says_what_it_is() {
    let endless = "INSERT INTO orders (state) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i \
        + 1 FROM n) SELECT i FROM n";
    let sample = shop(endless, "SELECT 1");
    let mut child = crate::common::program()
        .args([
            "rehearse",
            "1.0.0",
            "1.1.0",
            "--database-url",
            &url(&sample),
            "--repo",
        ])
        .arg(sample.path())
        .env("BACKOUT_HOME", sample.beside("home"))
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program");
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(
        child.stderr.take().expect("a pipe"),
    ));
    let reached = lines
        .by_ref()
        .map_while(Result::ok)
        .any(|line| line.contains("running the migrations of the range"));
    assert!(reached);
    std::thread::sleep(std::time::Duration::from_millis(500));
    child.kill().expect("killed");
    child.wait().expect("gone");
    let file = sample.beside("scratch.db");
    let left = rusqlite::Connection::open(&file).expect("a file");
    let (state, step): (String, String) = left
        .query_row("SELECT state, step FROM backout_rehearsal", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .expect("a mark");
    assert_eq!(
        (state.as_str(), step.as_str()),
        (
            "running",
            "running the migrations of the range: db/migrations/002_more.sql"
        )
    );
    drop(left);
    let ran = sample.run(&[
        "rehearse",
        "1.0.0",
        "1.1.0",
        "--database-url",
        &url(&sample),
        "--time-limit",
        "1",
    ]);
    assert_eq!(ran.code, Some(12), "{}{}", ran.out, ran.err);
    assert!(
        ran.err.contains("ended in the middle") && ran.err.contains("starts over"),
        "{}",
        ran.err
    );
    assert!(ran.out.contains("it took longer than 1 s"), "{}", ran.out);
}

/// Killed at each of its steps, it leaves a database that the next one takes again, and nothing
/// beside it is touched.
#[cfg(unix)]
#[test]
fn a_rehearsal_that_is_killed_at_any_step_is_held_again() {
    let sample = dropping();
    let beside = sample.beside("own.db");
    std::fs::write(&beside, "somebody's own").expect("a file");
    let url = url(&sample);
    let file = sample.beside("scratch.db");
    let told = |text: &str| -> Option<(String, String)> {
        let left = rusqlite::Connection::open(&file).ok()?;
        left.query_row(text, [], |row| Ok((row.get(0)?, row.get(1)?)))
            .ok()
    };
    let mut marked = 0;
    for step in 1..=9 {
        let mut child = crate::common::program()
            .args([
                "rehearse",
                "1.0.0",
                "1.1.0",
                "--database-url",
                &url,
                "--repo",
            ])
            .arg(sample.path())
            .env("BACKOUT_HOME", sample.beside("home"))
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("the program");
        let lines = std::io::BufRead::lines(std::io::BufReader::new(
            child.stderr.take().expect("a pipe"),
        ));
        // it is told before it is done, so the kill falls into the step
        lines.map_while(Result::ok).take(step).for_each(drop);
        child.kill().expect("killed");
        child.wait().expect("gone");
        if let Some((made_by, range)) = told("SELECT made_by, releases FROM backout_rehearsal") {
            marked += 1;
            assert!(made_by.starts_with("backout rehearse"), "{made_by}");
            assert_eq!(range, "1.0.0 to 1.1.0");
        }
        let ran = sample.run(&["rehearse", "1.0.0", "1.1.0", "--database-url", &url]);
        assert_eq!(ran.code, Some(12), "{step}: {}{}", ran.out, ran.err);
        assert!(
            ran.out.contains("1 of 2 of its statements fail there"),
            "{step}: {}",
            ran.out
        );
        let state = told("SELECT state, step FROM backout_rehearsal").map(|(state, _)| state);
        assert_eq!(state.as_deref(), Some("ended"), "{step}");
    }
    assert!(marked > 5, "{marked}");
    assert_eq!(
        std::fs::read_to_string(&beside).expect("a file"),
        "somebody's own"
    );
}

const REVISION: &str = "from alembic import op\n\nrevision = 'REV'\ndown_revision = DOWN\n\n\ndef \
    upgrade():\n    op.execute('TEXT')\n\n\ndef downgrade():\n    pass\n";

/// Migrations in a language of their own, which only a command runs.
fn by_command(migrate: &str) -> Sample {
    let revision = |rev: &str, down: &str, text: &str| {
        REVISION
            .replace("REV", rev)
            .replace("DOWN", down)
            .replace("TEXT", text)
    };
    let sample = Sample::new();
    let config = format!("rehearsal: {{migrate: {}}}\n", serde_json::json!(migrate));
    sample.commit(
        "feat: orders",
        &[
            ("alembic.ini", "[alembic]\nscript_location = alembic\n"),
            ("requirements.txt", "alembic==1.13.0\n"),
            (
                "alembic/versions/a1_orders.py",
                &revision("a1", "None", "CREATE TABLE orders (id integer)"),
            ),
            ("shop/store.py", "QUERY = 'SELECT id FROM orders'\n"),
            ("backout.yaml", &config),
        ],
    );
    sample.tag("v1.0.0");
    sample.commit(
        "feat: more",
        &[(
            "alembic/versions/b2_more.py",
            &revision("b2", "'a1'", "ALTER TABLE orders ADD COLUMN note text"),
        )],
    );
    sample.tag("v1.1.0");
    sample
}

#[test]
fn a_command_of_the_repository_runs_only_when_it_is_confirmed() {
    let sample = by_command("touch \"$BACKOUT_RELEASE.ran\"; echo \"of $BACKOUT_RELEASE\"; exit 3");
    let url = url(&sample);
    let ran = sample.run(&["rehearse", "1.0.0", "1.1.0", "--database-url", &url]);
    assert_eq!(ran.code, Some(2), "{}{}", ran.out, ran.err);
    assert!(
        ran.err.contains("were not confirmed, so nothing was run"),
        "{}",
        ran.err
    );
    assert!(!sample.beside("scratch.db").exists());
    if cfg!(unix) {
        let ran = sample.run(&[
            "rehearse",
            "1.0.0",
            "1.1.0",
            "--database-url",
            &url,
            "--yes",
        ]);
        assert_eq!(ran.code, Some(2), "{}{}", ran.out, ran.err);
        assert!(
            ran.err.contains("it ended with exit status: 3: of 1.0.0"),
            "{}",
            ran.err
        );
        // it ran in a copy
        assert!(!sample.path().join("1.0.0.ran").exists());
    }
}

#[cfg(unix)]
#[test]
fn a_command_that_hangs_is_ended_with_what_it_started() {
    let sample = by_command("sleep 600 & sleep 600");
    let ran = sample.run(&[
        "rehearse",
        "1.0.0",
        "1.1.0",
        "--database-url",
        &url(&sample),
        "--yes",
        "--time-limit",
        "1",
    ]);
    assert_eq!(ran.code, Some(2), "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("it took longer than 1 s"), "{}", ran.err);
}
