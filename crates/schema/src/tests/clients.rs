//! What the previous release's client, framework or own rules stop at, though the change itself
//! takes nothing away.

use super::*;

/// What is said of the newest migration: effect of its worst operation.
fn effect(previous: Files<'_>, migration: (&str, &str)) -> RollbackEffect {
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

const JARS: &str =
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
fn an_expression_that_casts_refuses_rows() {
    let previous = [
        ("db/migrations/0001_init.up.sql", JARS),
        (
            "app.py",
            "db.execute('INSERT INTO jars (id, label, profile) VALUES (%s, %s, %s)', row)\n",
        ),
    ];
    for (sql, wanted) in [
        (
            "CREATE INDEX jars_age ON jars (((profile->>'age')::int));\n",
            RollbackEffect::Doubt,
        ),
        (
            "ALTER TABLE jars ADD COLUMN age int GENERATED ALWAYS AS ((profile->>'age')::int) STORED;\n",
            RollbackEffect::Doubt,
        ),
        (
            "CREATE INDEX jars_label ON jars (lower(label));\n",
            RollbackEffect::Safe,
        ),
        (
            "ALTER TABLE jars ADD COLUMN tag text GENERATED ALWAYS AS (label || '!') STORED;\n",
            RollbackEffect::Safe,
        ),
        (
            "ALTER TABLE jars ADD COLUMN size int NOT NULL DEFAULT 0;\nALTER TABLE jars ADD CONSTRAINT sized CHECK (size > 0);\n",
            RollbackEffect::BreaksWrites,
        ),
        (
            "ALTER TABLE jars ADD COLUMN size int NOT NULL DEFAULT 1;\nALTER TABLE jars ADD CONSTRAINT sized CHECK (size > 0);\n",
            RollbackEffect::Safe,
        ),
    ] {
        assert_eq!(
            effect(&previous, ("db/migrations/0002_x.up.sql", sql)),
            wanted,
            "{sql}"
        );
    }
}

#[test]
fn a_number_that_grows_is_noticed_by_some_clients() {
    let grows = "ALTER TABLE jars ALTER COLUMN stock TYPE bigint;\n";
    let reads = "SELECT stock FROM jars WHERE stock > 1";
    let js = format!("db.query('{reads}')\n");
    for (manifest, text, code, wanted) in [
        (
            "package.json",
            "{\"dependencies\": {\"pg\": \"8.0.0\"}}",
            ("app.js", js.as_str()),
            RollbackEffect::Doubt,
        ),
        (
            "package.json",
            "{\"dependencies\": {\"mysql2\": \"3.0.0\"}}",
            ("app.js", js.as_str()),
            RollbackEffect::Safe,
        ),
        (
            "go.mod",
            "module a\nrequire github.com/jmoiron/sqlx v1.3.0\n",
            ("app.go", js.as_str()),
            RollbackEffect::Safe,
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
            .any(|finding| finding.says.contains("checksum of the new text"));
        assert_eq!(told, wanted, "{new_code} {new_sql}");
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
