//! Changes that look harmless in their own words, and that code of before does not survive.

use super::*;

/// Worst effect of the second migration, beside other tables that are read.
fn effect(dialect: &str, init: &str, code: &str, sql: &str) -> RollbackEffect {
    let (first, next) = (
        format!("db/{dialect}/migrations/0001_init.up.sql"),
        format!("db/{dialect}/migrations/0002_next.up.sql"),
    );
    let more = "CREATE TABLE customers (id bigint PRIMARY KEY, label text);\nCREATE TABLE couriers (id bigint PRIMARY KEY, label text);\n";
    let readers = "def a(c): return c.execute('SELECT id, label FROM customers')\ndef b(c): return c.execute('SELECT id, label FROM couriers')\n";
    let (init, code) = (format!("{more}{init}"), format!("{readers}{code}"));
    let base = [(first.as_str(), init.as_str()), ("app/store.py", &code)];
    let current: Vec<(&str, &str)> = base.iter().copied().chain([(next.as_str(), sql)]).collect();
    assess(&base, &current).migrations.remove(0).rollback
}

const LEDGER: &str = "CREATE TABLE ledger (id int PRIMARY KEY, memo text, amount int);\n";

#[test]
fn not_null_as_a_rule_of_the_table_refuses_rows_of_old_code() {
    let code = "c.execute('INSERT INTO ledger (amount) VALUES (1)')\n";
    for sql in [
        "ALTER TABLE ledger ADD NOT NULL memo NOT VALID;\n",
        "ALTER TABLE ledger ADD NOT NULL memo;\n",
        "ALTER TABLE ledger ADD CONSTRAINT filled NOT NULL memo NOT VALID;\n",
    ] {
        assert_eq!(
            effect("postgres", LEDGER, code, sql),
            RollbackEffect::BreaksWrites,
            "{sql}"
        );
    }
}

#[test]
fn a_view_that_becomes_a_table_shows_no_new_rows() {
    let init = "CREATE TABLE lines (id int PRIMARY KEY);\nCREATE VIEW summary AS SELECT count(*) n FROM lines;\n";
    let code = "c.execute('SELECT n FROM summary')\n";
    assert_eq!(
        effect(
            "postgres",
            init,
            code,
            "DROP VIEW summary; CREATE TABLE summary (n bigint);\n"
        ),
        RollbackEffect::DataChanged
    );
    let init = init.replace("CREATE VIEW", "CREATE MATERIALIZED VIEW");
    let code = format!("{code}c.execute('REFRESH MATERIALIZED VIEW summary')\n");
    assert_eq!(
        effect(
            "postgres",
            &init,
            &code,
            "DROP MATERIALIZED VIEW summary; CREATE TABLE summary (n bigint);\n"
        ),
        RollbackEffect::BreaksWrites
    );
    // the table of before takes the name that a view held for it
    let init =
        "CREATE TABLE lines_2 (n int PRIMARY KEY);\nCREATE VIEW lines AS SELECT n FROM lines_2;\n";
    assert!(
        effect(
            "postgres",
            init,
            "c.execute('SELECT n FROM lines')\n",
            "DROP VIEW lines; ALTER TABLE lines_2 RENAME TO lines;\n"
        ) <= RollbackEffect::Doubt
    );
}

#[test]
fn an_enumeration_made_anew_is_judged_by_its_new_members() {
    let init = "CREATE TYPE state AS ENUM ('a','b');\nCREATE TABLE ledger (id int PRIMARY KEY, now_is state);\n";
    let code = "for r in c.execute('SELECT now_is FROM ledger'): M[r.now_is]\n";
    let anew = |members: &str| {
        format!(
            "ALTER TYPE state RENAME TO state_old;\nCREATE TYPE state AS ENUM ({members});\nALTER TABLE ledger ALTER COLUMN now_is TYPE state USING now_is::text::state;\nDROP TYPE state_old;\n"
        )
    };
    assert_eq!(
        effect("postgres", init, code, &anew("'a','b','c'")),
        RollbackEffect::Doubt
    );
}

#[test]
fn an_index_of_mysql_that_was_a_unique_column_is_a_rule() {
    let code = "c.execute('INSERT INTO ledger (amount,seen) VALUES (1,2) ON DUPLICATE KEY UPDATE seen=3')\n";
    for stated in [
        "amount int UNIQUE, seen int",
        "amount int, seen int, UNIQUE (amount)",
    ] {
        let init =
            format!("CREATE TABLE `ledger` (id int AUTO_INCREMENT PRIMARY KEY, {stated});\n");
        assert!(
            effect(
                "mysql",
                &init,
                code,
                "ALTER TABLE `ledger` DROP INDEX amount;\n"
            ) > RollbackEffect::Safe,
            "{stated}"
        );
    }
    let init = "CREATE TABLE `ledger` (id int AUTO_INCREMENT PRIMARY KEY, amount int, seen int, KEY amount (amount));\n";
    assert_eq!(
        effect(
            "mysql",
            init,
            code,
            "ALTER TABLE `ledger` DROP INDEX amount;\n"
        ),
        RollbackEffect::Safe
    );
}

#[test]
fn a_column_that_is_hidden_breaks_rows_without_columns() {
    let code = "c.execute('INSERT INTO ledger VALUES (1,2,3)')\n";
    let hide = "ALTER TABLE `ledger` ALTER COLUMN amount SET INVISIBLE;\n";
    assert_eq!(
        effect("mysql", LEDGER, code, hide),
        RollbackEffect::BreaksWrites
    );
    assert_eq!(
        effect(
            "mysql",
            LEDGER,
            "c.execute('INSERT INTO ledger (id, memo) VALUES (1,2)')\n",
            hide
        ),
        RollbackEffect::Safe
    );
}

#[test]
fn a_call_that_nobody_read_is_doubt_beside_others() {
    let first = "class A < ActiveRecord::Migration[8.0]\n  def change\n    create_table :orders do |t|\n      t.string :memo\n    end\n  end\nend\n";
    let model = "class Order < ApplicationRecord\n  self.table_name = 'billing.orders'\nend\n";
    let judge = |line: &str| {
        let next = format!(
            "class B < ActiveRecord::Migration[8.0]\n  def change\n    {line}\n    add_column :orders, :due, :date\n  end\nend\n"
        );
        let base = [
            ("Gemfile", "gem 'rails'\ngem 'pg'\n"),
            ("db/migrate/20230101000000_a.rb", first),
            ("app/models/order.rb", model),
        ];
        let mut current = base.to_vec();
        current.push(("db/migrate/20240102000000_b.rb", &next));
        assess(&base, &current).migrations.remove(0).rollback
    };
    for line in [
        "rename_schema :billing, :invoicing",
        "drop_schema :billing",
        "copy_schema_of :billing, :orders",
    ] {
        assert!(judge(line) > RollbackEffect::Safe, "{line}");
    }
    for line in ["say 'done'", "return if schema_exists?(:billing)"] {
        assert_eq!(judge(line), RollbackEffect::Safe, "{line}");
    }
}

#[test]
fn a_helper_of_knex_that_gets_the_database_is_doubt() {
    let judge = |line: &str, more: &str| {
        let text = format!(
            "{more}\nexports.up = async k => {{\n  await k.schema.alterTable('orders', b => b.text('due'));\n  {line}\n}};\nexports.down = async k => {{}};\n"
        );
        let base = [
            (
                "package.json",
                "{\"dependencies\":{\"knex\":\"3\",\"pg\":\"8\"}}",
            ),
            (
                "migrations/20230101_a.js",
                "exports.up = async k => { await k.schema.createTable('orders', t => { t.increments(); t.text('memo'); }); };\nexports.down = async k => {};\n",
            ),
            ("src/a.js", "db('orders').select('memo')\n"),
        ];
        let mut current = base.to_vec();
        current.push(("migrations/20240101_b.js", &text));
        assess(&base, &current).migrations.remove(0).rollback
    };
    let outer = "const { fix } = require('../lib/fix');";
    assert_eq!(judge("await fix(k);", outer), RollbackEffect::Doubt);
    assert_eq!(judge("console.log('done');", outer), RollbackEffect::Safe);
    let own = "async function fix(k) { await k.schema.alterTable('orders', b => b.text('seen')); }";
    assert_eq!(judge("await fix(k);", own), RollbackEffect::Safe);
}

#[test]
fn a_join_table_that_is_dropped_is_no_other_table() {
    let first = "class A < ActiveRecord::Migration[8.0]\n  def change\n    create_table :owners do |t|\n      t.string :memo\n    end\n    create_table :parcels\n    create_join_table :owners, :parcels\n  end\nend\n";
    let next = "class B < ActiveRecord::Migration[8.0]\n  def change\n    drop_join_table :owners, :parcels\n  end\nend\n";
    let base = [
        ("Gemfile", "gem 'rails'\ngem 'pg'\n"),
        ("db/migrate/20230101000000_a.rb", first),
        (
            "app/models/owner.rb",
            "class Owner < ApplicationRecord\nend\n",
        ),
    ];
    let mut current = base.to_vec();
    current.push(("db/migrate/20240102000000_b.rb", next));
    let found = assess(&base, &current).migrations.remove(0);
    assert_eq!(found.operations[0].object, "owners_parcels");
}
