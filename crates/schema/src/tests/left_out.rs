//! What a reader does not know is told, and never taken for nothing.

use super::*;
use crate::dialect::Dialect;
use crate::migration_file::MigrationFile;
use crate::operation::{KindOfAction, OperationKind};
use crate::reading::{DownMigration, MigrationReading};
use crate::step::SchemaAction;

#[test]
fn a_table_with_a_column_that_is_not_read_is_not_known_whole() {
    // another part of the history may fill the column; old code writes what it knows
    let laravel = "<?php\nclass CreateJars extends Migration {\n public function up() {\n  Schema::create('jars', function (Blueprint $table) {\n   $table->id();\n   $table->hologram('label');\n  });\n }\n}\n";
    let path = "database/migrations/2024_01_01_000000_create_jars.php";
    assert_eq!(known(path, laravel), [("jars".to_owned(), false)]);
    let read = laravel.replace("hologram", "string");
    assert_eq!(known(path, &read), [("jars".to_owned(), true)]);
}

/// The reading of a file where its tool keeps migrations.
fn read(path: &str, text: &str) -> MigrationReading {
    let package = r#"{"dependencies":{"knex":"3.0.0","sequelize":"6.0.0"}}"#;
    read_beside(package, path, text)
}

/// The reading of a file beside a manifest of Node.
fn read_beside(package: &str, path: &str, text: &str) -> MigrationReading {
    let tree = MemorySnapshot::new([(path, text), ("package.json", package)]);
    let manifest = crate::layout::Manifest::read(&tree, &model::DatabaseConfig::default());
    let place = recognise(path, &tree, &manifest);
    crate::read::read_migration(
        &crate::reading::MigrationSource {
            place: &place,
            text,
            dialect: Dialect::Postgres,
            around: crate::reading::Around {
                tree: &tree,
                manifest: &manifest,
            },
        },
        None,
    )
}

fn recognise(
    path: &str,
    tree: &MemorySnapshot,
    manifest: &crate::layout::Manifest,
) -> MigrationFile {
    crate::layout::recognise_migration(path, tree, manifest, &mut || tree.read_text(path).ok())
        .expect("a migration")
}

/// Tables that a file makes, and whether their columns are known.
fn known(path: &str, text: &str) -> Vec<(String, bool)> {
    read(path, text)
        .up
        .steps
        .into_iter()
        .filter_map(|step| match step.action {
            SchemaAction::CreateTable(table) => Some((table.name.name, table.columns_known)),
            _ => None,
        })
        .collect()
}

/// Kinds of the steps of a way down that the tool derives.
fn turned(path: &str, text: &str) -> Vec<&'static str> {
    match read(path, text).down {
        DownMigration::Derived(script) => script
            .steps
            .iter()
            .map(|step| OperationKind::of(&step.action).id())
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_stated_part_of_the_way_down_runs_at_its_own_place() {
    let rails = "class MoveLabels < ActiveRecord::Migration[7.0]\n  def change\n    add_column :jars, :tag, :string\n    reversible do |dir|\n      dir.up { execute \"UPDATE jars SET tag = label\" }\n      dir.down { execute \"UPDATE jars SET label = tag\" }\n    end\n    add_column :jars, :size, :integer\n  end\nend\n";
    let ecto = "defmodule Repo.Migrations.MoveLabels do\n  use Ecto.Migration\n\n  def change do\n    alter table(:jars) do\n      add :tag, :text\n    end\n    execute \"UPDATE jars SET tag = label\", \"UPDATE jars SET label = tag\"\n    alter table(:jars) do\n      add :size, :integer\n    end\n  end\nend\n";
    for (path, text) in [
        ("db/migrate/20240101000000_move_labels.rb", rails),
        ("priv/repo/migrations/20240101000000_move_labels.exs", ecto),
    ] {
        assert_eq!(
            turned(path, text),
            ["drop-column", "update-rows", "drop-column"],
            "{path}"
        );
    }
}

#[test]
fn types_of_numbers_keep_their_size() {
    let types = |path: &str, text: &str| -> Vec<String> {
        read(path, text)
            .up
            .steps
            .into_iter()
            .filter_map(|step| match step.action {
                SchemaAction::AddColumn { column, .. } => Some(column.data_type),
                _ => None,
            })
            .collect()
    };
    let rails = "class AddSizes < ActiveRecord::Migration[7.0]\n  def change\n    add_column :jars, :a, :integer, limit: 2\n    add_column :jars, :b, :integer, limit: 4\n    add_column :jars, :c, :integer, limit: 8\n  end\nend\n";
    assert_eq!(
        types("db/migrate/20240101000000_add_sizes.rb", rails),
        ["smallint", "integer", "bigint"]
    );
    let sequelize = "module.exports = {\n  async up(queryInterface, Sequelize) {\n    await queryInterface.addColumn('jars', 'a', { type: Sequelize.DECIMAL(10, 2) });\n    await queryInterface.addColumn('jars', 'b', { type: Sequelize.DECIMAL });\n  },\n};\n";
    assert_eq!(
        types("migrations/20240101000000-add-sizes.js", sequelize),
        ["numeric(10, 2)", "numeric"]
    );
}

#[test]
fn a_table_that_a_variable_names_is_not_called_like_the_variable() {
    let knex = "exports.up = async function (knex) {\n  const name = await pick(knex);\n  await knex.schema.dropTable(name);\n};\n";
    let alembic = "from alembic import op\nrevision = 'a1'\ndown_revision = None\n\ndef upgrade():\n    name = pick()\n    op.drop_table(name)\n";
    for (path, text) in [
        ("migrations/20240101000000_drop.js", knex),
        ("alembic/versions/0002_x.py", alembic),
    ] {
        let kinds: Vec<&str> = read(path, text)
            .up
            .steps
            .iter()
            .map(|step| OperationKind::of(&step.action).id())
            .collect();
        // what `pick` does with the database that it is handed is not known either
        assert_eq!(kinds.first(), Some(&"unknown"), "{path}");
        let named = text
            .replace("pick(knex)", "'jars'")
            .replace("pick()", "'jars'")
            .replace("await 'jars'", "'jars'");
        let kinds: Vec<&str> = read(path, &named)
            .up
            .steps
            .iter()
            .map(|step| OperationKind::of(&step.action).id())
            .collect();
        assert_eq!(kinds, ["drop-table"], "{path}");
    }
}

#[test]
fn a_history_that_is_cut_is_told() {
    let init = "CREATE TABLE jars (id int, label text);\n";
    let mut files = vec![("db/migrations/0000_init.up.sql".to_owned(), init.to_owned())];
    files.extend((1..6010).map(|at| {
        (
            format!("db/migrations/{at:04}_x.up.sql"),
            "SELECT 1;\n".to_owned(),
        )
    }));
    let told = |files: &[(String, String)]| {
        let base: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        let mut current = base.clone();
        current.push((
            "db/migrations/7000_y.up.sql",
            "ALTER TABLE jars DROP COLUMN label;\n",
        ));
        assess(&base, &current)
            .unchecked
            .iter()
            .any(|open| format!("{open:?}").contains("more than the 6000"))
    };
    assert!(told(&files));
    assert!(!told(&files[..100]));
}

#[test]
fn new_files_that_nothing_names_are_counted() {
    let base = [("app.py", "print(1)\n")];
    let files: Vec<(String, &str)> = (0..9)
        .map(|at| {
            (
                format!("tools/part{at}.sql"),
                "ALTER TABLE jars DROP COLUMN label;\n",
            )
        })
        .collect();
    let told = |most: usize| {
        let mut current = base.to_vec();
        current.extend(
            files
                .iter()
                .take(most)
                .map(|(path, text)| (path.as_str(), *text)),
        );
        let outcome = assess(&base, &current);
        outcome
            .unchecked
            .iter()
            .any(|open| format!("{open:?}").contains("4 more are named by no file"))
    };
    assert!(told(9));
    assert!(!told(4));
}

#[test]
fn a_refusal_under_a_condition_is_not_one_of_the_whole_way() {
    let text = |down: &str| {
        format!(
            "defmodule Repo.Migrations.AddTag do\n  use Ecto.Migration\n\n  def up do\n    execute \"ALTER TABLE jars ADD COLUMN tag text\"\n  end\n\n  def down do\n    {down}\n    execute \"ALTER TABLE jars DROP COLUMN tag\"\n  end\nend\n"
        )
    };
    let refuses =
        |down: &str| match read("priv/repo/migrations/20240101000000_x.exs", &text(down)).down {
            DownMigration::Written { script, .. } => script.refuses.is_some(),
            other => panic!("{other:?}"),
        };
    assert!(refuses("raise \"no way back\""));
    assert!(!refuses(
        "if Mix.env() == :prod do\n      raise \"not here\"\n    end"
    ));
}

#[test]
fn a_stated_refusal_of_rails_is_kept() {
    let rails = "class MoveLabels < ActiveRecord::Migration[7.0]\n  def change\n    add_column :jars, :tag, :string\n    reversible do |dir|\n      dir.down { raise ActiveRecord::IrreversibleMigration }\n    end\n  end\nend\n";
    let refuses = |text: &str| match read("db/migrate/20240101000000_move_labels.rb", text).down {
        DownMigration::Derived(script) => script.refuses,
        other => panic!("{other:?}"),
    };
    assert_eq!(refuses(rails), Some(5));
    assert_eq!(
        refuses(&rails.replace("raise ActiveRecord::IrreversibleMigration", "say 'x'")),
        None
    );
}

#[test]
fn an_error_that_is_passed_on_refuses_nothing() {
    let node_pg = "exports.up = async (pgm) => {\n  await pgm.db.query('SELECT 1').catch((e) => { throw e; });\n};\n";
    let db_migrate = "// db-migrate\nvar dbm;\nexports.up = function (db) {\n  return db.runSql('SELECT 1').catch(function (e) { throw e; });\n};\n";
    for (package, text) in [("node-pg-migrate", node_pg), ("db-migrate", db_migrate)] {
        assert_eq!(read_with(package, text).up.refuses, None, "{package}");
        let thrown = text.replace(".catch((e) => { throw e; })", "; throw new Error('no')");
        let thrown = thrown.replace(
            "return db.runSql('SELECT 1').catch(function (e) { throw e; });",
            "throw new Error('no');",
        );
        assert!(
            read_with(package, &thrown).up.refuses.is_some(),
            "{package}"
        );
    }
}

/// A migration of a tool of Node, as its manifest names it.
fn read_with(package: &str, text: &str) -> MigrationReading {
    let manifest = format!("{{\"dependencies\":{{\"{package}\":\"3.0.0\"}}}}");
    read_beside(&manifest, "migrations/20240101000000-x.js", text)
}

#[test]
fn a_rule_is_added_to_the_table_of_its_schema() {
    let text = "exports.up = (pgm) => {\n  pgm.addConstraint({ schema: 'app', name: 'jars' }, 'full', 'CHECK (size > 0)');\n};\n";
    let tables: Vec<String> = read_with("node-pg-migrate", text)
        .up
        .steps
        .into_iter()
        .filter_map(|step| match step.action {
            SchemaAction::AddConstraint { table, .. } => {
                Some(format!("{:?} {}", table.schema, table.name))
            }
            _ => None,
        })
        .collect();
    assert_eq!(tables, ["Some(\"app\") jars"]);
}

#[test]
fn shorthands_of_laravel_say_what_they_are_told() {
    let text = "<?php\nreturn new class extends Migration {\n public function up() {\n  Schema::table('jars', function (Blueprint $table) {\n   $table->softDeletes('gone_at');\n   $table->softDeletes();\n   $table->uuidMorphs('owner');\n   $table->nullableUlidMorphs('maker');\n   $table->morphs('lid');\n   $table->foreignId('category_id')->constrained();\n   $table->foreignId('box_id')->constrained();\n   $table->foreignId('day_id')->constrained();\n  });\n }\n};\n";
    let columns: Vec<(String, String, Option<String>)> =
        read("database/migrations/2024_01_01_000000_add.php", text)
            .up
            .steps
            .into_iter()
            .filter_map(|step| match step.action {
                SchemaAction::AddColumn { column, .. } => Some((
                    column.name,
                    column.data_type,
                    column.references.map(|name| name.name),
                )),
                _ => None,
            })
            .collect();
    let has = |name: &str| {
        columns
            .iter()
            .find(|column| column.0 == name)
            .map(|column| (column.1.as_str(), column.2.as_deref()))
    };
    assert_eq!(has("gone_at"), Some(("timestamp", None)), "{columns:?}");
    assert_eq!(has("deleted_at"), Some(("timestamp", None)));
    assert_eq!(has("owner_id"), Some(("uuid", None)));
    assert_eq!(has("maker_id"), Some(("char(26)", None)));
    assert_eq!(has("lid_id"), Some(("bigint", None)));
    assert_eq!(
        has("category_id").and_then(|column| column.1),
        Some("categories")
    );
    assert_eq!(has("box_id").and_then(|column| column.1), Some("boxes"));
    assert_eq!(has("day_id").and_then(|column| column.1), Some("days"));
}

#[test]
fn a_join_table_of_sequel_that_is_made_anew_is_dropped_first() {
    let text = "Sequel.migration do\n  up do\n    create_join_table!(jar_id: :jars, lid_id: :lids)\n  end\nend\n";
    let kinds: Vec<&str> = read("db/migrations/20240101000000_x.rb", text)
        .up
        .steps
        .iter()
        .map(|step| OperationKind::of(&step.action).id())
        .collect();
    assert_eq!(kinds, ["drop-table", "create-table"]);
}

#[test]
fn a_unique_rule_that_django_takes_away_is_told() {
    let kinds = |sets: &str| -> Vec<&'static str> {
        let text = format!(
            "from django.db import migrations\n\nclass Migration(migrations.Migration):\n    operations = [\n        migrations.AlterUniqueTogether(name='jar', unique_together={sets}),\n    ]\n"
        );
        read("shop/migrations/0002_x.py", &text)
            .up
            .steps
            .iter()
            .map(|step| OperationKind::of(&step.action).id())
            .collect()
    };
    for none in ["set()", "[]", "None"] {
        assert_eq!(kinds(none), ["drop-unique"], "{none}");
    }
    assert_eq!(kinds("{('a', 'b')}"), ["add-unique"]);
    assert_eq!(kinds("[('a', 'b')]"), ["add-unique"]);
}

#[test]
fn a_step_that_was_not_understood_is_said_in_words() {
    let first = "revision = 'a1'\ndown_revision = None\n\ndef upgrade():\n    op.create_table('jars', sa.Column('id', sa.Integer))\n";
    let second = "revision = 'b1'\ndown_revision = 'a1'\nTABLES = ['jars']\n\ndef upgrade():\n    for table in TABLES:\n        op.drop_column(table, name_of(table))\n";
    let settings = ("alembic.ini", "[alembic]\nscript_location = alembic\n");
    let outcome = assess(
        &[settings, ("alembic/versions/a.py", first)],
        &[
            settings,
            ("alembic/versions/a.py", first),
            ("alembic/versions/b.py", second),
        ],
    );
    let facts = crate::summary::summarize_database(&outcome).facts;
    let fact = facts.iter().find(|fact| fact.key == "database.schema");
    let source = fact.map(|fact| fact.source.clone()).unwrap_or_default();
    assert!(
        !source.is_empty() && !source.contains("unknown of"),
        "{source}"
    );
}

#[test]
fn a_file_that_breaks_behind_its_first_step_says_so() {
    let unread = |path: &str, text: &str| {
        read(path, text)
            .up
            .steps
            .iter()
            .filter(|step| matches!(step.action, SchemaAction::Unknown { .. }))
            .count()
    };
    let rails = "class Trim < ActiveRecord::Migration[7.0]\n  def change\n    add_column :jars, :label, :string\n    remove_column :jars, :lid, :string\n  end\nend\n";
    let python = "revision = 'b'\ndown_revision = 'a'\nfrom alembic import op\n\ndef upgrade():\n    op.execute('CREATE TABLE u (id int)')\n    op.drop_column('jars', 'lid')\n";
    for (path, text, broken) in [
        (
            "db/migrate/20240101000000_trim.rb",
            rails,
            rails.replace("    remove_column", "    ]] ((( remove_column"),
        ),
        (
            "app/alembic/versions/b_trim.py",
            python,
            python.replace("    op.drop_column", "    )) [[ op.drop_column"),
        ),
    ] {
        assert_eq!(unread(path, text), 0, "{path}");
        assert_eq!(unread(path, &broken), 1, "{path}");
    }
}

#[test]
fn rows_that_go_when_their_time_is_over_are_removed() {
    let kinds = |clause: &str| -> Vec<&'static str> {
        let text = format!("ALTER TABLE events MODIFY TTL {clause};");
        crate::sql::read_sql(&text, Dialect::ClickHouse, 1)
            .steps
            .iter()
            .map(|step| OperationKind::of(&step.action).id())
            .collect()
    };
    for clause in ["at + INTERVAL 30 DAY", "at + INTERVAL 30 DAY DELETE"] {
        assert_eq!(kinds(clause), ["delete-rows"], "{clause}");
    }
    for clause in [
        "at + INTERVAL 7 DAY TO VOLUME 'slow'",
        "at + INTERVAL 7 DAY RECOMPRESS CODEC(ZSTD(17))",
    ] {
        assert_eq!(kinds(clause), ["table-option"], "{clause}");
    }
}

#[test]
fn what_a_program_does_to_rows_and_was_not_read_may_rewrite_them() {
    let first = (
        "priv/repo/migrations/20260101000000_products.exs",
        "defmodule Stall.Repo.Migrations.Products do\n  use Ecto.Migration\n  def change do\n    create table(:products) do\n      add :price, :integer\n    end\n  end\nend\n",
    );
    let mix = (
        "mix.exs",
        "defp deps, do: [{:ecto_sql, \"~> 3.11\"}, {:postgrex, \"~> 0.18\"}]\n",
    );
    let told = |body: &str| {
        let text = format!(
            "defmodule Stall.Repo.Migrations.Cents do\n  use Ecto.Migration\n  def up do\n    {body}\n  end\n  def down, do: :ok\nend\n"
        );
        let next = (
            "priv/repo/migrations/20260102000000_cents.exs",
            text.as_str(),
        );
        let outcome = assess(&[mix, first], &[mix, first, next]);
        value(&outcome, model::fact_key::DATABASE_DATA_MIGRATED)
    };
    assert_eq!(
        told(
            "repo().update_all(from(p in \"products\", update: [set: [price: fragment(\"price * 100\")]]), [])"
        ),
        Some("unknown")
    );
    assert_eq!(
        told("alter table(:products) do\n      add :note, :string\n    end"),
        Some("no")
    );
}
