//! What the previous release's client, framework or own rules stop at, though the change itself
//! takes nothing away.

use super::*;

/// What is said of the newest migration: effect of its worst operation.
pub fn effect(previous: Files<'_>, migration: (&str, &str)) -> RollbackEffect {
    let mut current = previous.to_vec();
    current.push(migration);
    let outcome = assess(previous, &current);
    outcome
        .migrations
        .iter()
        .map(|migration| migration.rollback)
        .max()
        .unwrap_or(RollbackEffect::Safe)
}

pub const JARS: &str =
    "CREATE TABLE jars (id int PRIMARY KEY, label text NOT NULL, stock int, profile jsonb);\n";

#[test]
fn whole_rows_are_counted_where_the_number_counts() {
    let init = ("db/migrations/0001_init.up.sql", JARS);
    let note = (
        "db/migrations/0002_note.up.sql",
        "ALTER TABLE jars ADD COLUMN note text;\n",
    );
    for (path, code, wanted) in [
        (
            "app.rb",
            "DB.run('INSERT INTO jars_archive SELECT * FROM jars WHERE stock = 0')\n",
            RollbackEffect::BreaksWrites,
        ),
        (
            "app.js",
            "db.query('SELECT * FROM jars UNION ALL SELECT id, label, stock, profile FROM old_jars')\n",
            RollbackEffect::BreaksWrites,
        ),
        (
            "app.py",
            "def names(cursor):\n    cursor.execute('SELECT * FROM jars')\n    return {id: label for id, label, stock, profile in cursor}\n",
            RollbackEffect::Doubt,
        ),
        (
            "app.kt",
            "val rows = db.prepareStatement(\"SELECT * FROM jars EXCEPT SELECT * FROM old_jars\")\n",
            RollbackEffect::BreaksWrites,
        ),
        (
            "app.cs",
            "db.Query(@\"(SELECT id, label, stock, profile FROM old_jars)\n  INTERSECT (SELECT * FROM jars)\");\n",
            RollbackEffect::BreaksWrites,
        ),
        (
            "load.py",
            "def load(cursor, file):\n    cursor.copy_expert('COPY jars FROM STDIN WITH CSV', file)\n",
            RollbackEffect::BreaksWrites,
        ),
        (
            "load.sh",
            "psql \"$URL\" -c \"\\copy jars FROM 'jars.csv' csv\"\n",
            RollbackEffect::BreaksWrites,
        ),
        (
            "Jar.pm",
            "my $all = $dbh->prepare('SELECT * FROM jars');\n$all->execute;\n$all->bind_columns(\\my ($id, $label, $stock, $profile));\n",
            RollbackEffect::Doubt,
        ),
        (
            "jars.php",
            "<?php $all = $db->prepare('SELECT * FROM jars');\n$all->execute();\n$all->bind_result($id, $label, $stock, $profile);\n",
            RollbackEffect::Doubt,
        ),
        (
            "frame.py",
            "frame = read_sql('SELECT * FROM jars', db)\nframe.columns = ['id', 'label', 'stock', 'profile']\n",
            RollbackEffect::Doubt,
        ),
        (
            "Jar.cs",
            "record Jar(int Id, string Label, int? Stock, string Profile);\nclass Jars { object All(IDbConnection db) => db.Query<Jar>(\"SELECT * FROM jars\"); }\n",
            RollbackEffect::Doubt,
        ),
        (
            "Jar.cs",
            "class Jar { public int Id { get; set; } }\nclass Jars { object All(IDbConnection db) => db.Query<Jar>(\"SELECT * FROM jars\"); }\n",
            RollbackEffect::Safe,
        ),
        (
            "load.py",
            "def load(cursor, file):\n    cursor.copy_expert('COPY jars (id, label) FROM STDIN', file)\n",
            RollbackEffect::Safe,
        ),
        (
            "jars.pl",
            "my $all = $dbh->prepare('SELECT * FROM jars');\nwhile (my $row = $all->fetchrow_hashref) { print $row->{label} }\n",
            RollbackEffect::Safe,
        ),
        (
            "app.js",
            "const rows = await db.query('SELECT * FROM jars')\n",
            RollbackEffect::Safe,
        ),
        (
            "app.py",
            "def names(cursor):\n    cursor.execute('SELECT * FROM jars')\n    return [row['label'] for row in cursor]\n",
            RollbackEffect::Safe,
        ),
        (
            "app.rb",
            "DB.run('INSERT INTO jars_archive (id, label) SELECT id, label FROM jars')\n",
            RollbackEffect::Safe,
        ),
    ] {
        assert_eq!(effect(&[init, (path, code)], note), wanted, "{code}");
    }
}

#[test]
fn a_routine_that_states_its_columns_answers_with_no_more() {
    let note = (
        "db/migrations/0002_note.up.sql",
        "ALTER TABLE jars ADD COLUMN note text;\n",
    );
    for (routine, code, wanted) in [
        (
            "CREATE FUNCTION all_jars() RETURNS TABLE (id int, label text, stock int, profile jsonb) LANGUAGE sql AS $$ SELECT * FROM jars $$;",
            "all_jars",
            RollbackEffect::BreaksReads,
        ),
        (
            "CREATE FUNCTION all_jars() RETURNS SETOF old_jar AS $$ BEGIN RETURN QUERY SELECT j.* FROM jars j; END $$ LANGUAGE plpgsql;",
            "all_jars",
            RollbackEffect::BreaksReads,
        ),
        // rows of the table itself have the new column too
        (
            "CREATE FUNCTION all_jars() RETURNS SETOF jars LANGUAGE sql AS $$ SELECT * FROM jars $$;",
            "all_jars",
            RollbackEffect::Safe,
        ),
        (
            "CREATE FUNCTION all_jars() RETURNS TABLE (id int) LANGUAGE sql AS $$ SELECT id FROM jars $$;",
            "all_jars",
            RollbackEffect::Safe,
        ),
        // nobody calls it
        (
            "CREATE FUNCTION all_jars() RETURNS TABLE (id int) LANGUAGE sql AS $$ SELECT * FROM jars $$;",
            "few_jars",
            RollbackEffect::Safe,
        ),
    ] {
        let init = format!("{JARS}{routine}\n");
        let app = format!("def all(db):\n    return db.execute('SELECT id FROM {code}()')\n");
        let previous = [
            ("db/migrations/0001_init.up.sql", init.as_str()),
            ("app.py", &app),
        ];
        assert_eq!(effect(&previous, note), wanted, "{routine}");
    }
}

#[test]
fn a_number_that_grows_is_noticed_by_some_clients() {
    let grows = "ALTER TABLE jars ALTER COLUMN stock TYPE bigint;\n";
    let reads = "SELECT stock FROM jars WHERE stock > 1";
    let js = format!("db.query('{reads}')\n");
    for (manifest, text, code, wanted) in [
        // `pg` gives a bigint as text
        (
            "package.json",
            "{\"dependencies\": {\"pg\": \"8.0.0\"}}",
            ("app.js", js.as_str()),
            RollbackEffect::Doubt,
        ),
        // `mysql2` gives a number either way
        (
            "package.json",
            "{\"dependencies\": {\"mysql2\": \"3.0.0\"}}",
            ("app.js", js.as_str()),
            RollbackEffect::Safe,
        ),
        // an int of Go holds both
        (
            "go.mod",
            "module a\nrequire github.com/jmoiron/sqlx v1.3.0\n",
            ("app.go", js.as_str()),
            RollbackEffect::Safe,
        ),
        // the sources alone name the driver
        (
            "README.md",
            "",
            (
                "Jars.cs",
                "using Npgsql;\nclass Jars { int F(NpgsqlCommand c) { c.CommandText = \"SELECT stock FROM jars\"; return (int)c.ExecuteScalar(); } }\n",
            ),
            RollbackEffect::Doubt,
        ),
        (
            "README.md",
            "",
            (
                "app/Main.hs",
                "import Database.PostgreSQL.Simple\nf :: Connection -> IO [Only Int32]\nf c = query_ c \"SELECT stock FROM jars\"\n",
            ),
            RollbackEffect::Doubt,
        ),
    ] {
        let previous = [
            ("db/migrations/0001_init.up.sql", JARS),
            (manifest, text),
            code,
        ];
        assert_eq!(
            effect(&previous, ("db/migrations/0002_x.up.sql", grows)),
            wanted,
            "{text}"
        );
    }
    let entity = "@Entity @Table(name = \"jars\") class Jar {\n  @Id Integer id;\n  @Column(name = \"stock\") Integer stock;\n}\n";
    // Hibernate compares the types at the start
    for (setting, wanted) in [
        ("validate", RollbackEffect::BreaksReads),
        ("none", RollbackEffect::Safe),
    ] {
        let properties = format!("spring.jpa.hibernate.ddl-auto={setting}\n");
        let previous = [
            ("src/main/resources/db/migration/V1__init.sql", JARS),
            (
                "pom.xml",
                "<project><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-data-jpa</artifactId></dependency><dependency><groupId>org.postgresql</groupId><artifactId>postgresql</artifactId></dependency></dependencies></project>",
            ),
            (
                "src/main/resources/application.properties",
                properties.as_str(),
            ),
            ("src/main/java/Jar.java", entity),
        ];
        assert_eq!(
            effect(
                &previous,
                ("src/main/resources/db/migration/V2__grow.sql", grows)
            ),
            wanted,
            "{setting}"
        );
    }
}

#[test]
fn rows_that_a_model_deletes_are_held_by_a_new_reference() {
    let orders = "class CreateOrders < ActiveRecord::Migration[7.1]\n  def change\n    create_table(:orders) { |t| t.integer :total }\n  end\nend\n";
    let refunds = "class CreateRefunds < ActiveRecord::Migration[7.1]\n  def change\n    create_table :refunds do |t|\n      t.references :order, null: false, foreign_key: true\n    end\n  end\nend\n";
    for (path, code, wanted) in [
        (
            "app/models/order.rb",
            "class Order < ApplicationRecord\n  def self.clean\n    where(total: 0).destroy_all\n  end\nend\n",
            RollbackEffect::Doubt,
        ),
        (
            "lib/clean.rb",
            "Order.where(total: 0).delete_all\n",
            RollbackEffect::Doubt,
        ),
        // this deletes rows of another table
        (
            "app/models/order.rb",
            "class Order < ApplicationRecord\n  has_many :lines, dependent: :destroy\nend\n",
            RollbackEffect::Safe,
        ),
    ] {
        let previous = [
            ("Gemfile", "gem 'rails'\n"),
            ("db/migrate/20250101000000_create_orders.rb", orders),
            (path, code),
        ];
        assert_eq!(
            effect(
                &previous,
                ("db/migrate/20250601000000_create_refunds.rb", refunds)
            ),
            wanted,
            "{code}"
        );
    }
}

#[test]
fn a_repaired_edit_stops_the_previous_release() {
    let runs = |repair: &str| {
        format!(
            "class Schema {{\n  void bring() {{\n    Flyway flyway = Flyway.configure().load();\n{repair}    flyway.migrate();\n  }}\n}}\n"
        )
    };
    let (plain, repairs) = (runs(""), runs("    flyway.repair();\n"));
    let commented = format!("-- one row a jar\n{JARS}");
    let pom = "<project><dependencies><dependency><groupId>org.flywaydb</groupId><artifactId>flyway-core</artifactId></dependency></dependencies></project>";
    let path = "src/main/resources/db/migration/V1__init.sql";
    for (new_code, new_sql, wanted) in [
        (&repairs, commented.as_str(), true),
        (&plain, commented.as_str(), false),
        (&repairs, JARS, false),
    ] {
        let outcome = assess(
            &[("pom.xml", pom), (path, JARS), ("src/Schema.java", &plain)],
            &[
                ("pom.xml", pom),
                (path, new_sql),
                ("src/Schema.java", new_code),
            ],
        );
        let told = outcome
            .findings
            .iter()
            .any(|finding| finding.says.as_raw().contains("checksum of the new text"));
        assert_eq!(told, wanted, "{new_code} {new_sql}");
    }
}

#[test]
fn an_edit_that_nothing_explains_leaves_the_start_open() {
    let pom = "<project><dependencies><dependency><groupId>org.flywaydb</groupId><artifactId>flyway-core</artifactId></dependency></dependencies></project>";
    let cargo = "[dependencies]\nsqlx = { version = \"0.8\", features = [\"postgres\"] }\n";
    let starts = "fn main() { sqlx::migrate!(\"./migrations\").run(&pool); }\n";
    let settings = "src/main/resources/application.properties";
    let flyway = "src/main/resources/db/migration/V1__init.sql";
    let commented = format!("-- one row a jar\n{JARS}");
    for (path, files, new_sql, open) in [
        (flyway, vec![("pom.xml", pom)], commented.as_str(), true),
        (flyway, vec![("pom.xml", pom)], JARS, false),
        // Flyway is told not to compare
        (
            flyway,
            vec![
                ("pom.xml", pom),
                (settings, "spring.flyway.validate-on-migrate=false\n"),
            ],
            commented.as_str(),
            false,
        ),
        (
            "migrations/20260101000000_init.sql",
            vec![("Cargo.toml", cargo), ("src/main.rs", starts)],
            commented.as_str(),
            true,
        ),
        // golang-migrate keeps no checksum
        (
            "db/migrate/0001_init.up.sql",
            vec![(
                "go.mod",
                "module jars\nrequire github.com/golang-migrate/migrate/v4 v4.17.0\n",
            )],
            commented.as_str(),
            false,
        ),
    ] {
        let with = |sql| {
            let mut all = files.clone();
            all.push((path, sql));
            all
        };
        let outcome = assess(&with(JARS), &with(new_sql));
        let told = outcome.start_not_understood.as_ref().is_some_and(|entry| {
            entry.what == path && entry.why.as_raw().contains("keeps a checksum")
        });
        assert_eq!(told, open, "{path} {new_sql} {files:?}");
    }
}

#[test]
fn a_table_that_is_made_in_place_of_another_loses_its_rows() {
    let previous = [
        ("db/migrations/0001_init.up.sql", JARS),
        ("app.py", "db.execute('SELECT id, label FROM jars')\n"),
    ];
    for (sql, wanted) in [
        (
            "CREATE OR REPLACE TABLE jars (id int, label text);\n",
            RollbackEffect::DataChanged,
        ),
        (
            "CREATE OR REPLACE TABLE jars (id int, cents int);\n",
            RollbackEffect::BreaksReads,
        ),
        (
            "REPLACE TABLE jars (id int, cents int);\n",
            RollbackEffect::BreaksReads,
        ),
        (
            "REPLACE TABLE jars (id int, label text);\n",
            RollbackEffect::DataChanged,
        ),
        // which rows are left is not known
        (
            "CREATE OR REPLACE TABLE `shop.main.jars` AS SELECT id, label FROM `shop.main.jars` WHERE stock > 0;\n",
            RollbackEffect::Doubt,
        ),
        (
            "CREATE OR REPLACE TABLE jars AS SELECT id, label FROM jars WHERE stock > 0;\n",
            RollbackEffect::Doubt,
        ),
        (
            "LOAD DATA INFILE '/tmp/jars.csv' REPLACE INTO TABLE jars;\n",
            RollbackEffect::Doubt,
        ),
        (
            "ALTER TABLE jars DISCARD TABLESPACE;\n",
            RollbackEffect::Doubt,
        ),
        // numbers may be given twice
        (
            "CREATE OR REPLACE SEQUENCE jar_numbers START WITH 1;\n",
            RollbackEffect::Doubt,
        ),
        ("CREATE TABLE lids (id int);\n", RollbackEffect::Safe),
        (
            "CREATE OR REPLACE TABLE lids (id int);\n",
            RollbackEffect::Safe,
        ),
    ] {
        let found = effect(&previous, ("db/migrations/0002_x.up.sql", sql));
        assert!(
            found == wanted
                || wanted == RollbackEffect::DataChanged && found > RollbackEffect::Doubt,
            "{sql}: {found:?}"
        );
    }
}

#[test]
fn a_use_belongs_to_the_program_that_has_the_table() {
    let drops = ("billing/migrations/0002_x.up.sql", "DROP TABLE events;\n");
    let own = "CREATE TABLE events (id int PRIMARY KEY, body text);\nCREATE TABLE invoices (id int PRIMARY KEY, total int);\n";
    let other = "CREATE TABLE events (id int PRIMARY KEY, mail text);\n";
    let reads = "const events = `SELECT id FROM events`\n";
    for (folder, theirs, mark, wanted) in [
        // not found, and too few other tables to rely on that
        ("mailer", Some(other), true, RollbackEffect::Doubt),
        // a copy of the same migrations may share the database
        ("mailer", Some(own), true, RollbackEffect::BreaksReads),
        ("mailer", None, true, RollbackEffect::BreaksReads),
        ("billing/mail", Some(other), false, RollbackEffect::Doubt),
        ("billing/mail", None, false, RollbackEffect::BreaksReads),
    ] {
        let migration = format!("{folder}/migrations/0001_init.up.sql");
        let (store, manifest) = (format!("{folder}/store.go"), format!("{folder}/go.mod"));
        let mut previous = vec![
            (
                "billing/go.mod",
                "module a\nrequire github.com/lib/pq v1.0.0\n",
            ),
            ("billing/migrations/0001_init.up.sql", own),
            (
                "billing/store.go",
                "const invoices = `SELECT id, total FROM invoices`\n",
            ),
            (store.as_str(), reads),
        ];
        previous.extend(theirs.map(|text| (migration.as_str(), text)));
        if mark {
            previous.push((
                manifest.as_str(),
                "module b\nrequire github.com/lib/pq v1.0.0\n",
            ));
        }
        assert_eq!(effect(&previous, drops), wanted, "{folder} {theirs:?}");
    }
}

#[test]
fn a_collation_makes_another_rule_of_uniqueness() {
    let init = "CREATE TABLE jars (id int PRIMARY KEY, label text);\nCREATE UNIQUE INDEX labels ON jars (label);\n";
    for (sql, wanted) in [
        (
            "CREATE UNIQUE INDEX bare_labels ON jars (label COLLATE NOCASE);\n",
            RollbackEffect::Doubt,
        ),
        // in PostgreSQL this collation orders, and equality stays as it was
        (
            "CREATE UNIQUE INDEX bare_labels ON jars (label COLLATE \"C\" DESC);\n",
            RollbackEffect::Safe,
        ),
        (
            "CREATE UNIQUE INDEX bare_labels ON jars (label DESC);\n",
            RollbackEffect::Safe,
        ),
    ] {
        let previous = [
            ("db/migrations/0001_init.up.sql", init),
            (
                "app.py",
                "db.execute('INSERT INTO jars (id, label) VALUES (?, ?)', row)\n",
            ),
        ];
        assert_eq!(
            effect(&previous, ("db/migrations/0002_x.up.sql", sql)),
            wanted,
            "{sql}"
        );
    }
}
