//! What other checkers of migrations know: `tests/peers/NAME.txt` lists every rule of one of them,
//! with the kind of operation under which the program knows it and a migration that shows it, or
//! with the reason why it is not about the way back.

use backout::check::{DatabaseOutcome, ReleaseRange, database};
use backout::model::{Config, MemorySnapshot};

const POSTGRESQL: &str = "CREATE TABLE clients (id serial PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE orders (id serial PRIMARY KEY, client_id int, note varchar(40) DEFAULT 'x', amount \
int NOT NULL, total int GENERATED ALWAYS AS (amount * 2) STORED, at timestamp);
CREATE TABLE parcels (id serial PRIMARY KEY, order_id int CONSTRAINT parcels_order REFERENCES \
orders (id));
CREATE TABLE loose (code text NOT NULL);
CREATE TABLE events (id int, year int) PARTITION BY LIST (year);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES IN (2025);
CREATE INDEX orders_note ON orders (note);
ALTER TABLE orders ADD CONSTRAINT orders_amount CHECK (amount > 0);
ALTER TABLE orders ADD CONSTRAINT orders_both UNIQUE (client_id, at);
ALTER TABLE parcels ADD CONSTRAINT parcels_order FOREIGN KEY (order_id) REFERENCES orders (id);
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TYPE pair AS (a int, b int);
CREATE DOMAIN code AS text;
CREATE SEQUENCE numbers;
CREATE SCHEMA sales;
CREATE EXTENSION citext;
CREATE VIEW open_orders AS SELECT id FROM orders;
CREATE FUNCTION total_of(a int) RETURNS int LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION add_up() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER orders_sum BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION add_up();
CREATE POLICY own ON orders USING (true);
";

const MYSQL: &str = "CREATE TABLE orders (id int PRIMARY KEY AUTO_INCREMENT, note varchar(40), \
    amount int NOT NULL, state ENUM('new', 'paid') NOT NULL DEFAULT 'new', marks SET('a', 'b'));\n";

const SQLITE: &str =
    "CREATE TABLE orders (id integer PRIMARY KEY, note text, amount integer NOT NULL);\n";

const RAILS: &str = "class Init < ActiveRecord::Migration[7.1]
  def change
    create_table(:clients) { |t| t.string :email }
    create_table :orders do |t|
      t.references :client
      t.string :note, limit: 40
      t.integer :amount, null: false
      t.datetime :at
      t.timestamps
    end
    add_index :orders, :note
  end
end
";

const DJANGO: &str = "from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(
            name=\"Order\",
            fields=[
                (\"id\", models.AutoField(primary_key=True)),
                (\"note\", models.CharField(max_length=40, null=True)),
                (\"at\", models.DateTimeField(null=True)),
            ],
        ),
    ]
";

const CODE: &str = "def all(db):
    db.query('SELECT id, client_id, note, amount, total, at, state, marks FROM orders')
    db.query('SELECT id FROM open_orders')
    db.query(\"SELECT total_of(1), nextval('numbers'), code FROM loose\")
    db.query('SELECT email FROM clients JOIN sales.deals ON true')
    db.execute(\"INSERT INTO orders (note, amount) VALUES ('good', 1)\")
    db.query(\"SELECT id FROM events WHERE mood = 'good'::mood\")
";

const MODELS: &str = "from django.db import models


class Order(models.Model):
    note = models.CharField(max_length=40, null=True)
    at = models.DateTimeField(null=True)
";

/// The files before, and the new one.
type Files = (Vec<(String, String)>, (String, String));

/// The files for a stack.
fn files(stack: &str, text: &str) -> Option<Files> {
    let own = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect::<Vec<_>>()
    };
    Some(match stack {
        "postgresql" | "mysql" | "sqlite" => {
            let init = match stack {
                "postgresql" => POSTGRESQL,
                "mysql" => MYSQL,
                _ => SQLITE,
            };
            let path = |name: &str| format!("db/{stack}/migrations/{name}.up.sql");
            (
                own(&[(&path("0001_init"), init), ("app/store.py", CODE)]),
                (path("0002_change"), format!("{text}\n")),
            )
        }
        "rails" => {
            let body = format!(
                "class Change < ActiveRecord::Migration[7.1]\n  def change\n    {text}\n  \
                    end\nend\n"
            );
            let class = "class Order < ApplicationRecord\n  def show = [note, amount, at, \
                client_id, created_at]\nend\n";
            let before = own(&[
                ("db/migrate/20240101000000_init.rb", RAILS),
                ("app/models/order.rb", class),
                ("config/database.yml", "adapter: postgresql\n"),
            ]);
            (
                before,
                ("db/migrate/20240201000000_change.rb".to_owned(), body),
            )
        }
        "django" => {
            let body = format!(
                "from django.db import migrations, models\n\n\ndef move(apps, schema_editor):\n    \
                    other.work(apps)\n\n\nclass Migration(migrations.Migration):\n    dependencies \
                    = [(\"shop\", \"0001_initial\")]\n    operations = [\n        {text}\n    ]\n"
            );
            (
                own(&[
                    ("shop/migrations/0001_initial.py", DJANGO),
                    ("shop/models.py", MODELS),
                ]),
                ("shop/migrations/0002_change.py".to_owned(), body),
            )
        }
        _ => return None,
    })
}

fn assess(before: &[(String, String)], change: &(String, String)) -> DatabaseOutcome {
    fn pair(file: &(String, String)) -> (&str, &str) {
        (file.0.as_str(), file.1.as_str())
    }
    let previous = MemorySnapshot::new(before.iter().map(pair));
    let current = MemorySnapshot::new(before.iter().map(pair).chain([pair(change)]));
    let config = Config::default();
    database::check_database(&ReleaseRange {
        previous: &previous,
        current: &current,
        changes: &previous.changes_to(&current),
        config: &config,
        previous_version: "3.0.0",
        current_version: "3.1.0",
    })
}

#[test]
fn nothing_that_other_checkers_know_is_unknown() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers");
    let expected = [
        ("atlas", 38),
        ("django-migration-linter", 16),
        ("pgroll", 23),
        ("squawk", 76),
        ("strong_migrations", 39),
    ];
    let mut wrong = Vec::new();
    for (peer, count) in expected {
        let text =
            std::fs::read_to_string(folder.join(format!("{peer}.txt"))).expect("a list of rules");
        let mut rules = std::collections::BTreeSet::new();
        for line in text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let mut parts = line.splitn(4, " | ");
            let (Some(rule), Some(kind), Some(third)) = (parts.next(), parts.next(), parts.next())
            else {
                panic!("{peer}: {line}")
            };
            assert!(rules.insert(rule), "{peer}: {rule} stands twice");
            if kind == "-" {
                assert!(
                    third.len() > 10 && parts.next().is_none(),
                    "{peer}: {rule} has no reason"
                );
                continue;
            }
            let text = parts.next().unwrap_or_else(|| panic!("{peer}: {line}"));
            let (before, change) =
                files(third, text).unwrap_or_else(|| panic!("{peer}: {third} is no stack"));
            let outcome = assess(&before, &change);
            let kinds: Vec<&str> = outcome
                .migrations
                .iter()
                .flat_map(|migration| &migration.operations)
                .map(|operation| operation.kind.as_str())
                .collect();
            if !kinds.contains(&kind) {
                wrong.push(format!("{peer}: {rule} should be {kind}, and is {kinds:?}"));
            }
        }
        assert_eq!(rules.len(), count, "{peer}");
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
