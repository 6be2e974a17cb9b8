//! Whether a way down brings back what was there, and whether it is that of its own database.

use super::downs::{INIT, down};
use super::*;

#[test]
fn a_column_that_comes_back_otherwise_is_not_brought_back() {
    let init = "CREATE TABLE shelves (id int PRIMARY KEY, owner varchar(40) NOT NULL DEFAULT '', tag varchar(20) UNIQUE, label text);\nCREATE INDEX by_label ON shelves (label);\n";
    for (dropped, back, said) in [
        ("label", "label date", "comes back as date"),
        ("owner", "owner varchar(40) DEFAULT ''", "takes NULL"),
        ("tag", "tag varchar(20)", "hold a value twice"),
        ("label", "label text", "by_label"),
    ] {
        let found = down(
            "postgres",
            init,
            &format!("ALTER TABLE shelves DROP COLUMN {dropped};\n"),
            &format!("ALTER TABLE shelves ADD COLUMN {back};\n"),
        );
        assert_eq!(found.state, Some(DownState::Incomplete), "{back}");
        assert!(found.why.is_some_and(|why| why.contains(said)), "{back}");
    }
    for (dropped, back) in [
        (
            "owner",
            "ALTER TABLE shelves ADD COLUMN owner character varying(40) NOT NULL DEFAULT '';\n",
        ),
        (
            "tag",
            "ALTER TABLE shelves ADD COLUMN tag varchar(20) UNIQUE;\n",
        ),
        (
            "label",
            "ALTER TABLE shelves ADD COLUMN label text;\nCREATE INDEX by_label ON shelves (label);\n",
        ),
    ] {
        let up = format!("ALTER TABLE shelves DROP COLUMN {dropped};\n");
        assert_eq!(
            down("postgres", init, &up, back).state,
            Some(DownState::Complete),
            "{back}"
        );
    }
}

#[test]
fn a_default_that_does_not_come_back_is_said() {
    let init = "CREATE TABLE shelves (id int PRIMARY KEY, owner varchar(40) DEFAULT 'us');\n";
    let found = down(
        "mysql",
        init,
        "ALTER TABLE shelves DROP COLUMN owner;\n",
        "ALTER TABLE shelves ADD COLUMN owner varchar(40);\n",
    );
    assert_eq!(found.state, Some(DownState::Incomplete));
}

#[test]
fn an_index_that_went_with_its_column_cannot_be_dropped_again() {
    let up = "ALTER TABLE shelves ADD COLUMN due date;\nCREATE INDEX by_due ON shelves (due);\n";
    let back = "ALTER TABLE shelves DROP COLUMN due;\nDROP INDEX by_due;\n";
    assert_eq!(
        down("postgres", INIT, up, back).state,
        Some(DownState::Failing)
    );
    for back in [
        "ALTER TABLE shelves DROP COLUMN due;\nDROP INDEX IF EXISTS by_due;\n",
        "DROP INDEX by_due;\nALTER TABLE shelves DROP COLUMN due;\n",
    ] {
        assert_eq!(
            down("postgres", INIT, up, back).state,
            Some(DownState::Complete),
            "{back}"
        );
    }
}

#[test]
fn a_value_worked_out_from_columns_that_take_null_may_be_null() {
    let init = "CREATE TABLE people (id int PRIMARY KEY, full_name text NOT NULL);\n";
    let up = "ALTER TABLE people ADD COLUMN first_name text;\nALTER TABLE people ADD COLUMN last_name text;\nALTER TABLE people DROP COLUMN full_name;\n";
    let back = |value: &str| {
        format!(
            "ALTER TABLE people ADD COLUMN full_name text;\nUPDATE people SET full_name = {value};\nALTER TABLE people ALTER COLUMN full_name SET NOT NULL;\nALTER TABLE people DROP COLUMN first_name;\nALTER TABLE people DROP COLUMN last_name;\n"
        )
    };
    let open = down(
        "postgres",
        init,
        up,
        &back("first_name || ' ' || last_name"),
    );
    assert_eq!((open.state, open.rehearse), (None, true));
    for value in [
        "coalesce(first_name, '') || ' ' || coalesce(last_name, '')",
        "'first_name'",
    ] {
        assert_eq!(
            down("postgres", init, up, &back(value)).state,
            Some(DownState::Complete),
            "{value}"
        );
    }
}

#[test]
fn what_a_tool_states_again_meets_the_rows_as_a_script_does() {
    let first = "from django.db import migrations, models\nclass Migration(migrations.Migration):\n    operations = [\n        migrations.CreateModel(name='Item', fields=[\n            ('id', models.AutoField(primary_key=True)),\n            ('memo', models.TextField()),\n        ]),\n    ]\n";
    let next = "from django.db import migrations, models\nclass Migration(migrations.Migration):\n    dependencies = [('shop', '0001_initial')]\n    operations = [\n        migrations.AlterField(model_name='item', name='memo', field=models.TextField(FORM)),\n    ]\n";
    let judge = |form: &str| {
        let text = next.replace("FORM", form);
        let base = [
            ("requirements.txt", "django\npsycopg\n"),
            ("shop/migrations/0001_initial.py", first),
        ];
        let current = [
            base[0],
            base[1],
            ("shop/migrations/0002_next.py", text.as_str()),
        ];
        assess(&base, &current).migrations.remove(0).down
    };
    let open = judge("null=True");
    assert_eq!((open.state, open.rehearse), (None, true), "{:?}", open.why);
    assert_eq!(judge("blank=True").state, Some(DownState::Complete));

    let first = "class A < ActiveRecord::Migration[7.0]\n  def change\n    create_table :orders do |t|\n      t.string :memo, null: false\n      t.index :memo, unique: true\n    end\n  end\nend\n";
    let next = "class B < ActiveRecord::Migration[7.0]\n  def change\n    remove_index :orders, :memo, unique: true\n  end\nend\n";
    let base = [
        ("Gemfile", "gem 'rails'\ngem 'pg'\n"),
        ("db/migrate/20230101000000_a.rb", first),
    ];
    let current = [base[0], base[1], ("db/migrate/20240101000000_b.rb", next)];
    let open = assess(&base, &current).migrations.remove(0).down;
    assert_eq!((open.state, open.rehearse), (None, true), "{:?}", open.why);
}

#[test]
fn a_pair_belongs_to_the_database_that_its_name_ends_with() {
    for form in ["V2.B.DB.WAY.sql", "2_b.DB.WAY"] {
        let name = |database: &str, way: &str| {
            format!("db/{}", form.replace("DB", database).replace("WAY", way))
        };
        let init = |database: &str| name(database, "up").replace('2', "1");
        let added = [
            (
                name("mysql", "up"),
                "ALTER TABLE shelves ADD COLUMN due date;\n",
            ),
            (
                name("mysql", "down"),
                "ALTER TABLE shelves DROP COLUMN duee;\n",
            ),
            (
                name("postgres", "up"),
                "ALTER TABLE shelves ADD COLUMN due date;\n",
            ),
            (
                name("postgres", "down"),
                "ALTER TABLE shelves DROP COLUMN due;\n",
            ),
        ];
        let first = [init("mysql"), init("postgres")];
        let base: Vec<(&str, &str)> = first.iter().map(|path| (path.as_str(), INIT)).collect();
        let mut current = base.clone();
        current.extend(added.iter().map(|(path, text)| (path.as_str(), *text)));
        let found = assess(&base, &current).migrations;
        let states: Vec<_> = found
            .iter()
            .map(|one| {
                (
                    one.dialect.as_str(),
                    one.down.state == Some(DownState::Complete),
                    one.down.path.clone().unwrap_or_default(),
                )
            })
            .collect();
        let wanted = [("mysql", false), ("postgresql", true)].map(|(database, complete)| {
            let word = database.trim_end_matches("ql").replace("mys", "mysql");
            (database, complete, name(&word, "down"))
        });
        assert_eq!(states, wanted, "{form}");
        assert_eq!(found[0].group, found[1].group);
    }
}
