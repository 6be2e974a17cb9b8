//! Rules and expressions that refuse rows of the previous release.

use super::clients::{JARS, effect};
use super::*;

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
        // a cast refuses texts that are no number
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
        // the default itself breaks the rule
        (
            "ALTER TABLE jars ADD COLUMN size int NOT NULL DEFAULT 0;\nALTER TABLE jars ADD CONSTRAINT sized CHECK (size > 0);\n",
            RollbackEffect::BreaksWrites,
        ),
        (
            "ALTER TABLE jars ADD COLUMN size int NOT NULL DEFAULT 1;\nALTER TABLE jars ADD CONSTRAINT sized CHECK (size > 0);\n",
            RollbackEffect::Safe,
        ),
        // NOT VALID spares the rows that are there, and not new ones
        (
            "ALTER TABLE jars ADD COLUMN size int NOT NULL DEFAULT 0;\nALTER TABLE jars ADD CONSTRAINT size_check CHECK (size > 0) NOT VALID;\n",
            RollbackEffect::BreaksWrites,
        ),
        (
            "ALTER TABLE jars ADD COLUMN kind text NOT NULL DEFAULT '', ADD CONSTRAINT kind_check CHECK (length(kind) BETWEEN 1 AND 9);\n",
            RollbackEffect::BreaksWrites,
        ),
        (
            "ALTER TABLE jars ADD COLUMN size int NOT NULL DEFAULT 0 CHECK (size BETWEEN 1 AND 9);\n",
            RollbackEffect::BreaksWrites,
        ),
        // what a pattern takes is not computed
        (
            "ALTER TABLE jars ADD COLUMN kind text NOT NULL DEFAULT 'a' CHECK (kind ~ '^[b-z]$');\n",
            RollbackEffect::Doubt,
        ),
        // what a function of the project says is not known
        (
            "ALTER TABLE jars ADD COLUMN kind text NOT NULL DEFAULT 'a';\nALTER TABLE jars ADD CONSTRAINT kinds CHECK (is_kind(kind));\n",
            RollbackEffect::Doubt,
        ),
        (
            "ALTER TABLE jars ADD COLUMN kind text;\nALTER TABLE jars ADD CONSTRAINT kinds CHECK (is_kind(kind));\n",
            RollbackEffect::Doubt,
        ),
        (
            "ALTER TABLE jars ADD size_no AS CONVERT(int, label) PERSISTED;\n",
            RollbackEffect::Doubt,
        ),
        (
            "ALTER TABLE jars ADD size_no AS CAST(label AS int) + 1 PERSISTED;\n",
            RollbackEffect::Doubt,
        ),
        // TRY_CONVERT gives NULL instead of an error
        (
            "ALTER TABLE jars ADD size_no AS TRY_CONVERT(int, label) PERSISTED;\n",
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
fn rules_of_knex_are_held_against_defaults() {
    let knex = |column: &str| {
        format!(
            "exports.up = (knex) => knex.schema.alterTable('jars', (t) => {{\n  {column};\n}});\nexports.down = (knex) => knex.schema.alterTable('jars', (t) => t.dropColumn('size'));\n"
        )
    };
    let init = "exports.up = (knex) => knex.schema.createTable('jars', (t) => {\n  t.integer('id').primary();\n  t.text('label');\n});\nexports.down = (knex) => knex.schema.dropTable('jars');\n";
    for (column, wanted) in [
        (
            "t.integer('size').notNullable().defaultTo(0).checkPositive()",
            RollbackEffect::BreaksWrites,
        ),
        (
            "t.integer('size').notNullable().defaultTo(1).checkPositive()",
            RollbackEffect::Safe,
        ),
        (
            "t.text('size').notNullable().defaultTo('none').checkIn(['small', 'big'])",
            RollbackEffect::BreaksWrites,
        ),
        // what a pattern takes is not computed
        (
            "t.text('size').notNullable().defaultTo('none').checkRegex('^[a-z]$')",
            RollbackEffect::Doubt,
        ),
    ] {
        let previous = [
            (
                "package.json",
                "{\"dependencies\": {\"knex\": \"3.0.0\", \"pg\": \"8.0.0\"}}",
            ),
            ("migrations/20250101000000_init.js", init),
            ("app.js", "knex('jars').insert({ id: 1, label: 'a' })\n"),
        ];
        let migration = knex(column);
        assert_eq!(
            effect(&previous, ("migrations/20250601000000_size.js", &migration)),
            wanted,
            "{column}"
        );
    }
}

#[test]
fn rules_of_rails_are_held_against_defaults() {
    let rails = |body: &str| {
        format!("class Size < ActiveRecord::Migration[7.1]\n  def change\n{body}  end\nend\n")
    };
    let jars = "class CreateJars < ActiveRecord::Migration[7.1]\n  def change\n    create_table(:jars) { |t| t.text :label }\n  end\nend\n";
    for (default, wanted) in [(0, RollbackEffect::BreaksWrites), (1, RollbackEffect::Safe)] {
        let migration = rails(&format!(
            "    add_column :jars, :size, :integer, null: false, default: {default}\n    add_check_constraint :jars, \"size > 0\", name: \"sized\"\n"
        ));
        let previous = [
            ("Gemfile", "gem 'rails'\n"),
            ("db/migrate/20250101000000_create_jars.rb", jars),
            ("app/models/jar.rb", "class Jar < ApplicationRecord\nend\n"),
            ("app/fill.rb", "Jar.create!(label: 'a')\n"),
        ];
        assert_eq!(
            effect(&previous, ("db/migrate/20250601000000_size.rb", &migration)),
            wanted,
            "{migration}"
        );
    }
}

#[test]
fn rules_of_alembic_are_held_against_defaults() {
    let alembic = |revision: &str, down: &str, body: &str| {
        format!(
            "import sqlalchemy as sa\nfrom alembic import op\nrevision = '{revision}'\ndown_revision = {down}\ndef upgrade():\n{body}\ndef downgrade():\n    pass\n"
        )
    };
    let init = alembic(
        "a1",
        "None",
        "    op.create_table('jars', sa.Column('id', sa.Integer, primary_key=True), sa.Column('label', sa.Text))",
    );
    for (default, wanted) in [(0, RollbackEffect::BreaksWrites), (1, RollbackEffect::Safe)] {
        let migration = alembic(
            "b2",
            "'a1'",
            &format!(
                "    op.add_column('jars', sa.Column('size', sa.Integer, nullable=False, server_default='{default}'))\n    op.create_check_constraint('sized', 'jars', 'size > 0')"
            ),
        );
        let previous = [
            ("requirements.txt", "alembic\n"),
            ("alembic.ini", "[alembic]\nscript_location = alembic\n"),
            ("alembic/env.py", ""),
            ("alembic/versions/a1_init.py", init.as_str()),
            (
                "app.py",
                "db.execute(\"INSERT INTO jars (id, label) VALUES (1, 'a')\")\n",
            ),
        ];
        assert_eq!(
            effect(&previous, ("alembic/versions/b2_size.py", &migration)),
            wanted,
            "{migration}"
        );
    }
}

#[test]
fn rules_of_ecto_are_held_against_defaults() {
    let ecto = |module: &str, body: &str| {
        format!(
            "defmodule Shop.Repo.Migrations.{module} do\n  use Ecto.Migration\n  def change do\n{body}  end\nend\n"
        )
    };
    let init = ecto(
        "Init",
        "    create table(:jars) do\n      add :label, :text\n    end\n",
    );
    for (default, wanted) in [(0, RollbackEffect::BreaksWrites), (1, RollbackEffect::Safe)] {
        let migration = ecto(
            "Size",
            &format!(
                "    alter table(:jars) do\n      add :size, :integer, null: false, default: {default}\n    end\n    create constraint(:jars, :sized, check: \"size > 0\")\n"
            ),
        );
        let previous = [
            (
                "mix.exs",
                "{:ecto_sql, \"~> 3.0\"}, {:postgrex, \">= 0.0.0\"}\n",
            ),
            (
                "priv/repo/migrations/20250101000000_init.exs",
                init.as_str(),
            ),
            (
                "lib/shop/jar.ex",
                "defmodule Shop.Jar do\n  use Ecto.Schema\n  schema \"jars\" do\n    field :label, :string\n  end\nend\n",
            ),
        ];
        assert_eq!(
            effect(
                &previous,
                ("priv/repo/migrations/20250601000000_size.exs", &migration)
            ),
            wanted,
            "{migration}"
        );
    }
}

#[test]
fn what_a_function_says_of_an_empty_value_is_known_only_of_the_databases_own() {
    let previous = [
        ("db/migrations/0001_init.up.sql", JARS),
        (
            "app.py",
            "db.execute('INSERT INTO jars (id, label, profile) VALUES (%s, %s, %s)', row)\n",
        ),
    ];
    for (rule, wanted) in [
        // the function of a project may refuse an empty value
        ("is_kind(kind)", RollbackEffect::Doubt),
        ("length(kind) > 3", RollbackEffect::Safe),
        ("lower(kind) = 'a'", RollbackEffect::Safe),
        // of one value ISNULL asks whether it is empty, of two it gives the second
        ("isnull(kind) = 0", RollbackEffect::BreaksWrites),
        ("isnull(kind) = 1", RollbackEffect::Safe),
        ("isnull(kind, 'a') = 'b'", RollbackEffect::BreaksWrites),
    ] {
        let sql = format!(
            "ALTER TABLE jars ADD COLUMN kind text;\nALTER TABLE jars ADD CONSTRAINT kinds CHECK ({rule});\n"
        );
        assert_eq!(
            effect(&previous, ("db/migrations/0002_x.up.sql", &sql)),
            wanted,
            "{rule}"
        );
    }
}
