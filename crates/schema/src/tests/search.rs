//! What is looked for in old code: use is proven by syntax, and a search in vain is held against a
//! control group.

use super::*;

const CODE: &str = "def load(db):\n    return db.query('SELECT id, note, amount FROM orders')\n\ndef save(db, note):\n    db.execute('INSERT INTO orders (note, amount) VALUES (%s, 1)', note)\n";

/// Tables that no range touches, and code that uses five of six: what a search in vain is held
/// against.
const OTHERS: &str = "CREATE TABLE aisles (id int, aisle_no int);\nCREATE TABLE shelves (id int, shelf_no int);\nCREATE TABLE crates (id int, crate_no int);\nCREATE TABLE ramps (id int, ramp_no int);\nCREATE TABLE lorries (id int, lorry_no int);\nCREATE TABLE drivers (id int, driver_no int);\n";
const OTHER_CODE: &str = "def all(db):\n    db.query('SELECT aisle_no FROM aisles')\n    db.query('SELECT shelf_no FROM shelves')\n    db.query('SELECT crate_no FROM crates')\n    db.query('SELECT ramp_no FROM ramps')\n    db.query('SELECT lorry_no FROM lorries')\n";

/// The effect of a statement on a table or column that no code names, with and without the other
/// tables and their code.
pub fn in_vain(
    dialect: &str,
    init: &str,
    up: &str,
    code: Files<'_>,
) -> [(RollbackEffect, String); 2] {
    let (first, all, next) = (
        format!("db/{dialect}/migrations/0001_init.up.sql"),
        format!("{init}{OTHERS}"),
        format!("db/{dialect}/migrations/0002_x.up.sql"),
    );
    [true, false].map(|control| {
        let mut base: Vec<(&str, &str)> =
            vec![(first.as_str(), if control { all.as_str() } else { init })];
        base.extend(code.iter().copied());
        if control {
            base.push(("app/depot.py", OTHER_CODE));
        }
        let current: Vec<(&str, &str)> =
            base.iter().copied().chain([(next.as_str(), up)]).collect();
        let migration = assess(&base, &current).migrations.remove(0);
        (migration.rollback, migration.operations[0].why.clone())
    })
}

#[test]
fn the_contract_step_that_old_code_left_behind_is_safe_and_says_how_well_the_search_finds() {
    let init = "CREATE TABLE orders (id serial PRIMARY KEY, note text, amount int NOT NULL, legacy_code text);\nCREATE TABLE old_parcels (id int);\n";
    let code = [
        ("app/orders.py", CODE),
        // what tests name is no use
        ("tests/test_orders.py", "old_parcels legacy_code orders"),
    ];
    let [(effect, why), (alone, question)] =
        in_vain("postgres", init, "DROP TABLE old_parcels;\n", &code);
    assert_eq!(
        (effect, why.as_str()),
        (
            RollbackEffect::Safe,
            "6 of 7 tables of this schema are found in the code of 3.0.0; old_parcels is not among them"
        )
    );
    assert_eq!(alone, RollbackEffect::Doubt);
    assert!(
        question.ends_with("Does anything that runs with 3.0.0 still use old_parcels?"),
        "{question}"
    );
    let [(effect, why), (alone, _)] = in_vain(
        "postgres",
        init,
        "ALTER TABLE orders DROP COLUMN legacy_code;\n",
        &code,
    );
    assert!(
        effect == RollbackEffect::Safe
            && why.contains("columns of tables of this schema are found in the code of 3.0.0"),
        "{why}"
    );
    assert_eq!(alone, RollbackEffect::Doubt);
}

#[test]
fn a_search_in_vain_tells_nothing_without_program_text_or_with_a_name_too_short() {
    let init = "CREATE TABLE points (x int, y int, far_off int);\n";
    let code = [(
        "app/points.py",
        "def f(db):\n    db.query('SELECT x FROM points')\n",
    )];
    let [(effect, why), _] = in_vain(
        "postgres",
        init,
        "ALTER TABLE points DROP COLUMN y;\n",
        &code,
    );
    assert!(
        effect == RollbackEffect::Doubt && why.contains("too short or too common"),
        "{why}"
    );
    let base = [
        ("db/migrations/0001_init.up.sql", OTHERS),
        // a file of statements is no program
        ("app/queries.sql", "SELECT aisle_no FROM aisles;\n"),
    ];
    let current: Vec<(&str, &str)> = base
        .iter()
        .copied()
        .chain([("db/migrations/0002_x.up.sql", "DROP TABLE drivers;\n")])
        .collect();
    let migration = assess(&base, &current).migrations.remove(0);
    assert!(
        migration.rollback == RollbackEffect::Doubt
            && migration.operations[0].why.contains("no program text"),
        "{:?}",
        migration.operations
    );
}

#[test]
fn a_table_of_a_library_is_not_left_behind_while_old_code_depends_on_the_library() {
    let init = "CREATE TABLE good_jobs (id int);\n";
    let gem = [
        ("Gemfile", "gem \"rails\"\ngem \"good_job\"\n"),
        (
            "app/jobs/tidy_job.rb",
            "class TidyJob < ApplicationJob\nend\n",
        ),
    ];
    let [(effect, why), _] = in_vain("postgres", init, "DROP TABLE good_jobs;\n", &gem);
    assert!(
        effect == RollbackEffect::Doubt && why.contains("depends on good_job"),
        "{why}"
    );
    let [(effect, why), _] = in_vain("postgres", init, "DROP TABLE good_jobs;\n", &[]);
    assert_eq!(effect, RollbackEffect::Safe, "{why}");
}

#[test]
fn a_word_in_a_comment_or_a_message_is_no_use_and_a_bare_word_only_a_hint() {
    let init = "CREATE TABLE stalls (id int, owner_note text);\n";
    let drop = |path: &str, code: &str| {
        let [(effect, _), _] = in_vain("postgres", init, "DROP TABLE stalls;\n", &[(path, code)]);
        effect
    };
    for (path, code) in [
        ("app/a.py", "# stalls is not read any more\n"),
        ("app/a.py", "\"\"\"The table `stalls` is not read.\"\"\"\n"),
        ("src/a.js", "/* the table\n   stalls is gone */\n"),
        (
            "src/A.java",
            "class A { void f() { log.warn(\"no stalls are free\"); } }\n",
        ),
        // a list of what is left out is the opposite of a use
        (
            "app/a.py",
            "SKIPPED_TABLES = [\n    \"stalls\",\n]\nIGNORED = [\"stalls\"]\n",
        ),
    ] {
        assert_ne!(drop(path, code), RollbackEffect::BreaksReads, "{code}");
    }
    for (path, code) in [
        (
            "app/a.py",
            "def f(x):\n    stalls = [x]\n    return stalls\n",
        ),
        ("lib/a.rb", "options = { \"stalls\" => true }\n"),
    ] {
        assert!(
            matches!(
                drop(path, code),
                RollbackEffect::Doubt | RollbackEffect::Safe
            ),
            "{code}"
        );
    }
    for (path, code) in [
        (
            "app/a.py",
            "def f(db):\n    return db.query('SELECT owner_note FROM stalls')\n",
        ),
        (
            "web/list.jsp",
            "<% rs = st.executeQuery(\"SELECT owner_note FROM stalls\"); %>\n",
        ),
        (
            "bin/export.sh",
            "#!/bin/sh\npsql -c \"SELECT owner_note FROM stalls\"\n",
        ),
        // the class stands for the table
        (
            "app/models/stall.rb",
            "class Stall < ApplicationRecord\nend\n",
        ),
    ] {
        assert_eq!(drop(path, code), RollbackEffect::BreaksReads, "{code}");
    }
}

#[test]
fn a_model_that_leaves_a_column_out_by_its_own_word_does_not_miss_it() {
    let init = "CREATE TABLE stalls (id int, owner_note text);\n";
    let code = [(
        "app/models/stall.rb",
        "class Stall < ApplicationRecord\n  self.ignored_columns = [\n    \"owner_note\"\n  ]\nend\n",
    )];
    let [(effect, why), _] = in_vain(
        "postgres",
        init,
        "ALTER TABLE stalls DROP COLUMN owner_note;\n",
        &code,
    );
    assert!(
        effect == RollbackEffect::Safe && why.contains("leaves stalls.owner_note out"),
        "{why}"
    );
}

#[test]
fn rows_written_by_place_and_views_that_stay_miss_what_they_do_not_name() {
    let init = "CREATE TABLE stalls (id int, owner_note text);\nCREATE VIEW notes_of AS SELECT owner_note FROM stalls;\n";
    let by_place = [(
        "app/a.py",
        "def f(db):\n    db.execute('INSERT INTO stalls VALUES (%s, %s)', 1, 'x')\n",
    )];
    let reads_view = [(
        "app/a.py",
        "def f(db):\n    db.query('SELECT * FROM notes_of')\n",
    )];
    let drop = "ALTER TABLE stalls DROP COLUMN owner_note;\n";
    assert_eq!(
        in_vain("postgres", init, drop, &by_place)[0].0,
        RollbackEffect::BreaksWrites
    );
    assert_eq!(
        in_vain(
            "postgres",
            init,
            "ALTER TABLE stalls ALTER COLUMN owner_note TYPE varchar(3);\n",
            &by_place
        )[0]
        .0,
        RollbackEffect::BreaksWrites
    );
    assert_eq!(
        in_vain("mysql", init, drop, &reads_view)[0].0,
        RollbackEffect::BreaksReads
    );
}

#[test]
fn a_required_column_blocks_only_where_rows_are_written_without_it() {
    let init = "CREATE TABLE stalls (id int, owner_note text);\n";
    let add = "ALTER TABLE stalls ADD COLUMN rent int NOT NULL;\n";
    let code = |text: &'static str| [("app/a.py", text)];
    // who writes the rows is not known
    assert_eq!(
        in_vain(
            "postgres",
            init,
            add,
            &code("def f(db):\n    db.query('SELECT owner_note FROM stalls')\n")
        )[0]
        .0,
        RollbackEffect::Doubt
    );
    assert_eq!(
        in_vain(
            "postgres",
            init,
            add,
            &code("def f(db):\n    db.execute('INSERT INTO stalls (owner_note) VALUES (1)')\n")
        )[0]
        .0,
        RollbackEffect::BreaksWrites
    );
    let check = "ALTER TABLE stalls ADD CONSTRAINT c CHECK (owner_note IS NOT NULL) NOT VALID;\n";
    assert_eq!(
        in_vain(
            "postgres",
            init,
            check,
            &code("def f(db):\n    db.execute('INSERT INTO stalls (owner_note) VALUES (1)')\n")
        )[0]
        .0,
        RollbackEffect::Doubt
    );
    let numbered = "CREATE TABLE stalls (id int AUTO_INCREMENT PRIMARY KEY, owner_note text);\n";
    // MODIFY leaves AUTO_INCREMENT away, so nobody gives the number
    let plain = "ALTER TABLE stalls MODIFY id int NOT NULL;\n";
    assert_eq!(
        in_vain(
            "mysql",
            numbered,
            plain,
            &code("def f(db):\n    db.execute('INSERT INTO stalls (owner_note) VALUES (1)')\n")
        )[0]
        .0,
        RollbackEffect::BreaksWrites
    );
}

#[test]
fn names_that_a_framework_derives_are_found() {
    let drop = |init: &str, up: &str, path: &str, code: &str| {
        in_vain("postgres", init, up, &[(path, code)])[0].0
    };
    let people = "CREATE TABLE people (id int, shoe_size int);\n";
    assert_eq!(
        drop(
            people,
            "ALTER TABLE people DROP COLUMN shoe_size;\n",
            "app/models/person.rb",
            "class Person < ApplicationRecord\n  def big? = shoe_size > 45\nend\n"
        ),
        RollbackEffect::BreaksReads
    );
    let module = "CREATE TABLE billing_receipts (id int, paid_at int);\n";
    let code = "class Billing::Receipt < ApplicationRecord\n  scope :paid, -> { where(paid_at: 1) }\nend\n";
    assert_eq!(
        drop(
            module,
            "ALTER TABLE billing_receipts DROP COLUMN paid_at;\n",
            "app/models/billing/receipt.rb",
            code
        ),
        RollbackEffect::BreaksReads
    );
    let elsewhere = "CREATE TABLE rcpt (id int, paid_at int);\n";
    let mapped =
        "[Table(\"rcpt\")]\npublic class Receipt\n{\n    public int PaidAt { get; set; }\n}\n";
    assert_eq!(
        drop(
            elsewhere,
            "ALTER TABLE rcpt DROP COLUMN paid_at;\n",
            "src/Receipt.cs",
            mapped
        ),
        RollbackEffect::BreaksReads
    );
}

#[test]
fn a_table_that_joins_two_models_is_used_through_their_relation() {
    let init = "CREATE TABLE badges (id int);\nCREATE TABLE members (id int);\nCREATE TABLE badge_member (badge_id int, member_id int);\n";
    let php = "<?php\nclass Member extends Model {\n    public function badges() { return $this->belongsToMany(Badge::class); }\n}\n";
    assert_eq!(
        in_vain(
            "mysql",
            init,
            "DROP TABLE badge_member;\n",
            &[("app/Models/Member.php", php)]
        )[0]
        .0,
        RollbackEffect::BreaksReads
    );
    let plain = "<?php\nclass Member extends Model {}\n";
    assert_ne!(
        in_vain(
            "mysql",
            init,
            "DROP TABLE badge_member;\n",
            &[("app/Models/Member.php", plain)]
        )[0]
        .0,
        RollbackEffect::BreaksReads
    );
}
