//! Traps seen in real projects, each as small as it can be.

use super::*;
use model::MigrationChange;

pub const ORDERS: &str =
    "CREATE TABLE orders (id serial PRIMARY KEY, note text, amount int NOT NULL);\n";
pub const CODE: &str = "def load(db):\n    return db.query('SELECT id, note, amount FROM orders')\n\ndef save(db, note):\n    db.execute('INSERT INTO orders (note, amount) VALUES (%s, 1)', note)\n";

/// Worst effect of each migration that a range adds to `ORDERS` and `CODE`.
pub fn effects(added: Files<'_>) -> Vec<RollbackEffect> {
    let base = [
        ("db/migrations/0001_init.up.sql", ORDERS),
        ("app/orders.py", CODE),
    ];
    let current: Vec<(&str, &str)> = base.iter().chain(added).copied().collect();
    assess(&base, &current)
        .migrations
        .iter()
        .map(|migration| migration.rollback)
        .collect()
}

pub fn one(sql: &str) -> RollbackEffect {
    effects(&[("db/migrations/0002_x.up.sql", sql)])
        .first()
        .copied()
        .unwrap_or(RollbackEffect::Safe)
}

#[test]
fn a_renamed_tree_has_one_new_migration() {
    let outcome = assess(
        &[
            ("old/migrations/0001_a.up.sql", ORDERS),
            ("old/migrations/0002_b.up.sql", "SELECT 1;\n"),
        ],
        &[
            ("new/migrations/0001_a.up.sql", ORDERS),
            ("new/migrations/0002_b.up.sql", "SELECT 1;\n"),
            (
                "new/migrations/0003_c.up.sql",
                "ALTER TABLE orders ADD COLUMN c int;\n",
            ),
        ],
    );
    let changes: Vec<(&str, MigrationChange)> = outcome
        .migrations
        .iter()
        .map(|migration| (migration.path.as_str(), migration.change))
        .collect();
    assert_eq!(
        changes,
        [
            ("new/migrations/0001_a.up.sql", MigrationChange::Renamed),
            ("new/migrations/0002_b.up.sql", MigrationChange::Renamed),
            ("new/migrations/0003_c.up.sql", MigrationChange::Added)
        ]
    );
}

#[test]
fn a_rename_that_changes_the_version_runs_again() {
    let outcome = assess(
        &[("db/migrations/0001_a.up.sql", ORDERS)],
        &[("db/migrations/0007_a.up.sql", ORDERS)],
    );
    assert_eq!(
        (
            outcome.migrations[0].change,
            outcome.migrations[0].from.as_deref()
        ),
        (
            MigrationChange::RenamedRunsAgain,
            Some("db/migrations/0001_a.up.sql")
        )
    );
}

#[test]
fn copies_for_several_databases_share_a_group() {
    let outcome = assess(
        &[],
        &[
            ("db/mysql/V0002.Name.up.sql", "CREATE TABLE a (id int);"),
            ("db/postgres/V0002.Name.up.sql", "CREATE TABLE a (id int);"),
            ("db/postgres/V0003.Other.up.sql", "CREATE TABLE b (id int);"),
        ],
    );
    let groups: Vec<&str> = outcome
        .migrations
        .iter()
        .map(|migration| migration.group.as_str())
        .collect();
    assert_eq!(groups[0], groups[1]);
    assert_ne!(groups[1], groups[2]);
    assert_eq!(outcome.migrations[0].dialect.as_str(), "mysql");
}

#[test]
fn a_default_that_the_next_statement_drops_is_no_default() {
    assert_eq!(
        one(
            "ALTER TABLE orders ADD COLUMN c int NOT NULL DEFAULT 0;\nALTER TABLE orders ALTER COLUMN c DROP DEFAULT;"
        ),
        RollbackEffect::BreaksWrites
    );
    assert_eq!(
        one("ALTER TABLE orders ADD COLUMN c int NOT NULL DEFAULT 0;"),
        RollbackEffect::Safe
    );
    // the backfill helps rows that are there, not those that old code writes later
    assert_eq!(
        one(
            "ALTER TABLE orders ADD COLUMN c int;\nUPDATE orders SET c = 0;\nALTER TABLE orders ALTER COLUMN c SET NOT NULL;"
        ),
        RollbackEffect::BreaksWrites
    );
    assert_eq!(
        one(
            "ALTER TABLE orders ADD COLUMN c int;\nALTER TABLE orders ALTER COLUMN c SET DEFAULT 0;\nALTER TABLE orders ALTER COLUMN c SET NOT NULL;"
        ),
        RollbackEffect::Safe
    );
}

#[test]
fn a_later_migration_may_mend_or_undo_an_earlier_one() {
    let both = effects(&[
        (
            "db/migrations/0002_x.up.sql",
            "ALTER TABLE orders ADD COLUMN c int NOT NULL;",
        ),
        (
            "db/migrations/0003_y.up.sql",
            "ALTER TABLE orders ALTER COLUMN c SET DEFAULT 0;",
        ),
    ]);
    assert_eq!(both, [RollbackEffect::Safe, RollbackEffect::Safe]);
    let both = effects(&[
        (
            "db/migrations/0002_x.up.sql",
            "CREATE TABLE t (id int NOT NULL);",
        ),
        ("db/migrations/0003_y.up.sql", "DROP TABLE t;"),
    ]);
    assert_eq!(both, [RollbackEffect::Safe, RollbackEffect::Safe]);
    let both = effects(&[
        (
            "db/migrations/0002_x.up.sql",
            "ALTER TABLE orders RENAME TO tmp;",
        ),
        (
            "db/migrations/0003_y.up.sql",
            "ALTER TABLE tmp RENAME TO orders;",
        ),
    ]);
    assert_eq!(both, [RollbackEffect::Safe, RollbackEffect::Safe]);
}

#[test]
fn numbers_are_ordered_by_value() {
    let outcome = assess(
        &[],
        &[
            ("db/migrations/10_b.up.sql", "DROP TABLE t;"),
            ("db/migrations/9_a.up.sql", "CREATE TABLE t (id int);"),
        ],
    );
    assert_eq!(
        outcome
            .migrations
            .iter()
            .map(|migration| migration.version.as_str())
            .collect::<Vec<_>>(),
        ["9", "10"]
    );
}

#[test]
fn a_rename_beside_a_new_column_of_the_old_name_changes_meaning() {
    assert_eq!(
        one(
            "ALTER TABLE orders RENAME COLUMN note TO remark;\nALTER TABLE orders ADD COLUMN note text;"
        ),
        RollbackEffect::DataChanged
    );
    assert_eq!(
        one("ALTER TABLE orders DROP COLUMN note;\nALTER TABLE orders ADD COLUMN note text;"),
        RollbackEffect::DataChanged
    );
}

#[test]
fn a_rebuild_in_sqlite_is_not_a_drop() {
    let init = "CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT, amount INTEGER NOT NULL);\n";
    let rebuild = |columns: &str, list: &str| {
        format!(
            "PRAGMA foreign_keys=off;\nCREATE TABLE new_orders ({columns});\nINSERT INTO new_orders ({list}) SELECT {list} FROM orders;\nDROP TABLE orders;\nALTER TABLE new_orders RENAME TO orders;\n"
        )
    };
    let judge = |sql: &str| {
        let base = [
            ("db/sqlite/migrations/0001_init.up.sql", init),
            ("app/orders.py", CODE),
        ];
        let current: Vec<(&str, &str)> = base
            .iter()
            .copied()
            .chain([("db/sqlite/migrations/0002_x.up.sql", sql)])
            .collect();
        assess(&base, &current).migrations[0].rollback
    };
    assert_eq!(
        judge(&rebuild(
            "id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT, amount INTEGER NOT NULL, extra TEXT",
            "id, note, amount"
        )),
        RollbackEffect::Safe
    );
    assert_eq!(
        judge(&rebuild(
            "id INTEGER PRIMARY KEY AUTOINCREMENT, amount INTEGER NOT NULL",
            "id, amount"
        )),
        RollbackEffect::BreaksReads
    );
    assert_eq!(
        judge(&rebuild(
            "id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT NOT NULL, amount INTEGER NOT NULL",
            "id, note, amount"
        )),
        RollbackEffect::BreaksWrites
    );
    assert_eq!(
        judge(&rebuild(
            "id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT, amount INTEGER NOT NULL, kind TEXT NOT NULL",
            "id, note, amount"
        )),
        RollbackEffect::BreaksWrites
    );
}

#[test]
fn ddl_in_strings_and_guards_is_seen() {
    assert_eq!(
        one(
            "DO $$ BEGIN IF EXISTS (SELECT 1 FROM x) THEN EXECUTE 'ALTER TABLE orders DROP COLUMN note'; END IF; END $$;"
        ),
        RollbackEffect::BreaksReads
    );
    // which table is meant is known only when it runs
    assert_eq!(
        one("DO $$ BEGIN EXECUTE format('ALTER TABLE %I DROP COLUMN note', name); END $$;"),
        RollbackEffect::Doubt
    );
}

#[test]
fn state_only_operations_change_nothing() {
    let django = |operations: &str| {
        format!(
            "from django.db import migrations, models\n\nclass Migration(migrations.Migration):\n    dependencies = []\n    operations = [\n{operations}\n    ]\n"
        )
    };
    let init = django(
        "        migrations.CreateModel(name='Order', fields=[('id', models.AutoField(primary_key=True)), ('kind', models.CharField(max_length=20, choices=[('a', 'A')]))]),",
    );
    let model = "from django.db import models\n\nclass Order(models.Model):\n    kind = models.CharField(max_length=20)\n";
    let judge = |operations: &str| {
        let up = django(operations);
        let base = [
            ("shop/migrations/0001_initial.py", init.as_str()),
            ("shop/models.py", model),
        ];
        let current: Vec<(&str, &str)> = base
            .iter()
            .copied()
            .chain([("shop/migrations/0002_x.py", up.as_str())])
            .collect();
        let outcome = assess(&base, &current);
        (
            outcome.migrations[0].rollback,
            outcome.migrations[0].down.kind,
        )
    };
    // choices live in the program
    assert_eq!(
        judge(
            "        migrations.AlterField(model_name='order', name='kind', field=models.CharField(max_length=20, choices=[('a', 'A'), ('b', 'B')])),"
        ),
        (RollbackEffect::Safe, DownKind::Derivable)
    );
    // a plain default is filled by Django, and the database has none
    assert_eq!(
        judge(
            "        migrations.AddField(model_name='order', name='reason', field=models.CharField(default='', max_length=8)),"
        ),
        (RollbackEffect::BreaksWrites, DownKind::Derivable)
    );
    assert_eq!(
        judge(
            "        migrations.AddField(model_name='order', name='reason', field=models.CharField(db_default='', max_length=8)),"
        ),
        (RollbackEffect::Safe, DownKind::Derivable)
    );
    assert_eq!(
        judge(
            "        migrations.AddField(model_name='order', name='reason', field=models.CharField(default='', max_length=8)),\n        migrations.RunSQL(\"ALTER TABLE shop_order ALTER COLUMN reason SET DEFAULT ''\", migrations.RunSQL.noop),"
        ),
        (RollbackEffect::Safe, DownKind::Derivable)
    );
    assert_eq!(
        judge("        migrations.RemoveField(model_name='order', name='kind'),"),
        (RollbackEffect::BreaksReads, DownKind::Derivable)
    );
    assert_eq!(
        judge(
            "        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField(model_name='order', name='kind')]),"
        ),
        (RollbackEffect::Safe, DownKind::Derivable)
    );
    assert_eq!(
        judge("        migrations.RunPython(forwards),"),
        (RollbackEffect::Doubt, DownKind::Irreversible)
    );
}

#[test]
fn a_down_that_drops_a_constraint_without_a_name_fails() {
    let text = "revision = \"a1\"\ndown_revision = None\nfrom alembic import op\nimport sqlalchemy as sa\n\ndef upgrade():\n    op.add_column(\"orders\", sa.Column(\"c\", sa.Integer(), nullable=True))\n\ndef downgrade():\n    op.drop_constraint(None, \"orders\", type_=\"foreignkey\")\n    op.drop_column(\"orders\", \"c\")\n";
    let outcome = assess(&[], &[("alembic/versions/a1_x.py", text)]);
    assert_eq!(
        (
            outcome.migrations[0].down.kind,
            outcome.migrations[0].down.state
        ),
        (DownKind::Script, Some(DownState::Failing))
    );
}

#[test]
fn a_backfill_of_a_new_column_is_no_data_change_and_an_update_of_an_old_one_is() {
    assert_eq!(
        one("ALTER TABLE orders ADD COLUMN c int;\nUPDATE orders SET c = amount;"),
        RollbackEffect::Safe
    );
    assert_eq!(
        one("UPDATE orders SET amount = 2;"),
        RollbackEffect::DataChanged
    );
    assert_eq!(
        one("CREATE TABLE c (id int);\nINSERT INTO c SELECT id FROM orders;"),
        RollbackEffect::Safe
    );
}

#[test]
fn mysql_without_strict_mode_fills_what_is_missing() {
    // `removeColumn` takes the column from the blueprint and not from the table
    let php = |body: &str| {
        format!(
            "<?php\nreturn new class extends Migration {{\n  public function up() {{\n    Schema::table('orders', function (Blueprint $table) {{ {body} }});\n  }}\n  public function down() {{\n    Schema::table('orders', function (Blueprint $table) {{ $table->removeColumn('c'); }});\n  }}\n}};\n"
        )
    };
    let up = php("$table->text('c');");
    let code = "<?php class Order extends Model { protected $table = 'orders'; }\n";
    let strict = "<?php return ['default' => env('DB_CONNECTION', 'mysql'), 'strict' => true];\n";
    let loose = strict.replace("true", "false");
    let judge = |config: &str| {
        let base = [("app/Order.php", code), ("config/database.php", config)];
        let current: Vec<(&str, &str)> = base
            .iter()
            .copied()
            .chain([(
                "database/migrations/2024_01_01_000000_add_c.php",
                up.as_str(),
            )])
            .collect();
        let outcome = assess(&base, &current);
        (
            outcome.migrations[0].rollback,
            outcome.migrations[0].down.state,
        )
    };
    assert_eq!(
        judge(strict),
        (RollbackEffect::BreaksWrites, Some(DownState::Incomplete))
    );
    // without strict mode MySQL puts an empty text there
    assert_eq!(
        judge(&loose),
        (RollbackEffect::Doubt, Some(DownState::Incomplete))
    );
}

#[test]
fn procedures_are_held_by_their_parameters() {
    let old = "CREATE PROCEDURE [dbo].[Order_Read]\n    @Id INT\nAS\nBEGIN\n    SELECT Id FROM [dbo].[Order] WHERE Id = @Id\nEND\nGO\n";
    let code = "class Orders { string name = \"[dbo].[Order_Read]\"; }\n";
    let judge = |new: &str| {
        let base = [
            ("util/DbScripts/2024-01-01_00_Init.sql", old),
            ("src/Orders.cs", code),
        ];
        let current: Vec<(&str, &str)> = base
            .iter()
            .copied()
            .chain([("util/DbScripts/2024-02-01_00_Next.sql", new)])
            .collect();
        assess(&base, &current).migrations[0].rollback
    };
    assert_eq!(
        judge(
            "CREATE OR ALTER PROCEDURE [dbo].[Order_Read]\n    @Id INT,\n    @All BIT = 0\nAS\nBEGIN\n    SELECT Id FROM [dbo].[Order] WHERE Id = @Id\nEND\nGO\n"
        ),
        RollbackEffect::Safe
    );
    assert_eq!(
        judge(
            "CREATE OR ALTER PROCEDURE [dbo].[Order_Read]\n    @Id INT,\n    @All BIT\nAS\nBEGIN\n    SELECT Id FROM [dbo].[Order] WHERE Id = @Id\nEND\nGO\n"
        ),
        RollbackEffect::BreaksReads
    );
    assert_eq!(
        judge(
            "CREATE OR ALTER PROCEDURE [dbo].[Order_Read]\nAS\nBEGIN\n    SELECT Id FROM [dbo].[Order]\nEND\nGO\n"
        ),
        RollbackEffect::BreaksReads
    );
}

#[test]
fn duplicate_versions_and_a_down_without_an_up_are_no_trouble() {
    let outcome = assess(
        &[],
        &[
            ("db/migrations/0001_a.up.sql", "CREATE TABLE a (id int);"),
            ("db/migrations/0001_b.up.sql", "CREATE TABLE b (id int);"),
            ("db/migrations/0002_c.down.sql", "DROP TABLE c;"),
        ],
    );
    assert_eq!(outcome.migrations.len(), 2);
}

#[test]
fn a_view_with_another_filter_or_expression_is_not_one_with_more_columns() {
    let judge = |new: &str| {
        let view = "CREATE VIEW open_orders AS SELECT id, note FROM orders WHERE amount > 0 -- the paid ones\n;\n";
        let code = format!(
            "{CODE}\ndef paid(db):\n    return db.query('SELECT id, note FROM open_orders')\n"
        );
        let base = [
            ("db/migrations/0001_init.up.sql", ORDERS),
            ("db/migrations/0002_view.up.sql", view),
            ("app/orders.py", code.as_str()),
        ];
        let up = format!("CREATE OR REPLACE VIEW open_orders AS {new};\n");
        let current: Vec<(&str, &str)> = base
            .iter()
            .copied()
            .chain([("db/migrations/0003_x.up.sql", up.as_str())])
            .collect();
        let operation = assess(&base, &current).migrations[0].operations[0].clone();
        (operation.rollback, operation.compatibility_step)
    };
    assert_eq!(
        judge("SELECT id, note, amount FROM orders WHERE amount > 0").0,
        RollbackEffect::Safe
    );
    let (effect, step) = judge("SELECT id, note FROM orders WHERE amount > 0 AND note <> ''");
    assert_eq!(effect, RollbackEffect::Doubt);
    assert_eq!(
        step.as_deref(),
        Some("CREATE OR REPLACE VIEW open_orders AS SELECT id, note FROM orders WHERE amount > 0;"),
        "without the comment"
    );
    assert_eq!(
        judge("SELECT id, upper(note) AS note FROM orders WHERE amount > 0").0,
        RollbackEffect::Doubt
    );
}

#[test]
fn members_of_an_enumeration_inside_a_column() {
    let init = "CREATE TABLE orders (id int PRIMARY KEY AUTO_INCREMENT, state ENUM('new', 'paid') NOT NULL DEFAULT 'new');\n";
    let judge = |sql: &str| {
        let base = [
            ("db/mysql/migrations/0001_init.up.sql", init),
            (
                "app/orders.py",
                "def load(db):\n    return db.query('SELECT id, state FROM orders')\n",
            ),
        ];
        let current: Vec<(&str, &str)> = base
            .iter()
            .copied()
            .chain([("db/mysql/migrations/0002_x.up.sql", sql)])
            .collect();
        let operation = assess(&base, &current).migrations[0].operations[0].clone();
        (operation.kind, operation.rollback, operation.query)
    };
    let (kind, effect, query) = judge(
        "ALTER TABLE orders MODIFY COLUMN state ENUM('new', 'paid', 'late') NOT NULL DEFAULT 'new';\n",
    );
    assert_eq!(
        (kind.as_str(), effect),
        ("add-enum-value", RollbackEffect::Doubt)
    );
    assert_eq!(
        query.as_deref(),
        Some("SELECT count(*) FROM orders WHERE state IN ('late');")
    );
    assert_eq!(
        judge("ALTER TABLE orders MODIFY COLUMN state ENUM('new') NOT NULL DEFAULT 'new';\n").1,
        RollbackEffect::BreaksWrites
    );
}

#[test]
fn a_down_that_narrows_loses_what_no_longer_fits() {
    let up = "ALTER TABLE caches MODIFY COLUMN value MEDIUMTEXT NOT NULL;\n";
    let down = "ALTER TABLE caches MODIFY COLUMN value TEXT NOT NULL;\n";
    let base = [(
        "db/mysql/migrations/0001_init.up.sql",
        "CREATE TABLE caches (id int PRIMARY KEY, value TEXT NOT NULL);\n",
    )];
    let current: Vec<(&str, &str)> = base
        .iter()
        .copied()
        .chain([
            ("db/mysql/migrations/0002_x.up.sql", up),
            ("db/mysql/migrations/0002_x.down.sql", down),
        ])
        .collect();
    // what needs MEDIUMTEXT does not fit into TEXT
    assert_eq!(
        assess(&base, &current).migrations[0].down.loses_data,
        Some(true)
    );
}
