//! Ways down are played: whether the database takes them, on tables that hold rows, and whether
//! they lead back.

use super::*;

pub fn down(dialect: &str, init: &str, up: &str, back: &str) -> model::Down {
    let path = |name: &str| format!("db/{dialect}/migrations/{name}.sql");
    let (first, next, undo) = (path("0001_init.up"), path("0002_x.up"), path("0002_x.down"));
    let base = [(first.as_str(), init)];
    let current: Vec<(&str, &str)> = base
        .iter()
        .copied()
        .chain([(next.as_str(), up), (undo.as_str(), back)])
        .collect();
    assess(&base, &current).migrations.remove(0).down
}

pub const INIT: &str =
    "CREATE TABLE shelves (id int PRIMARY KEY, owner text NOT NULL, label text);\n";

#[test]
fn a_required_column_stops_a_down_as_soon_as_there_is_a_row_but_in_mysql() {
    let up = "ALTER TABLE shelves DROP COLUMN owner;\n";
    let back = "ALTER TABLE shelves ADD COLUMN owner text NOT NULL;\n";
    let found = down("postgres", INIT, up, back);
    assert_eq!(found.state, Some(DownState::Failing));
    assert!(
        found
            .why
            .is_some_and(|why| why.contains("SELECT count(*) FROM shelves"))
    );
    // MySQL fills the column with the empty value of its type
    assert_eq!(
        down("mysql", INIT, up, back).state,
        Some(DownState::Complete)
    );
    assert_eq!(
        down(
            "postgres",
            INIT,
            up,
            "ALTER TABLE shelves ADD COLUMN owner text NOT NULL DEFAULT '';\n"
        )
        .state,
        Some(DownState::Complete)
    );
}

#[test]
fn a_down_that_does_not_parse_fails() {
    let up = "ALTER TABLE shelves ADD COLUMN note text\n";
    assert_eq!(
        down(
            "postgres",
            INIT,
            up,
            "ALTER TABLE shelves DROP COLUMN note text\n"
        )
        .state,
        Some(DownState::Failing)
    );
    assert_eq!(
        down(
            "postgres",
            INIT,
            up,
            "ALTER TABLE shelves DROP COLUMN note CASCADE\n"
        )
        .state,
        Some(DownState::Complete)
    );
}

#[test]
fn an_index_goes_with_its_column_where_the_database_lets_it() {
    let up = "ALTER TABLE shelves ADD COLUMN shown int NOT NULL DEFAULT 1;\nCREATE INDEX shelves_shown ON shelves (shown);\n";
    let back = "ALTER TABLE shelves DROP COLUMN shown;\n";
    assert_eq!(
        down("postgres", INIT, up, back).state,
        Some(DownState::Complete)
    );
    // SQLite drops no column that an index names
    assert_eq!(
        down("sqlite", INIT, up, back).state,
        Some(DownState::Failing)
    );
    assert_eq!(
        down(
            "sqlite",
            INIT,
            up,
            "DROP INDEX shelves_shown;\nALTER TABLE shelves DROP COLUMN shown;\n"
        )
        .state,
        Some(DownState::Complete)
    );
}

#[test]
fn a_down_that_computes_rows_by_a_query_or_leaves_a_table_away_is_not_complete() {
    let up = "UPDATE shelves SET label = label || 'x';\n";
    let back =
        "UPDATE shelves SET owner = (SELECT label FROM shelves s WHERE s.id = 1) WHERE id > 1;\n";
    let found = down("postgres", INIT, up, back);
    assert_eq!((found.kind, found.state), (DownKind::Script, None));
    assert!(found.why.is_some_and(|why| why.contains("rehearse")));
    // computed from the row itself, without a query
    assert_eq!(
        down(
            "postgres",
            INIT,
            up,
            "UPDATE shelves SET label = left(label, -1);\n"
        )
        .state,
        Some(DownState::Complete)
    );
    // the dropped table does not come back
    assert_eq!(
        down(
            "postgres",
            INIT,
            "DROP TABLE IF EXISTS job_rows;\n",
            "ALTER TABLE shelves ADD COLUMN z int;\n"
        )
        .state,
        Some(DownState::Incomplete)
    );
}

#[test]
fn a_way_up_that_was_not_understood_has_no_complete_down() {
    let up = "ALTER TABLE shelves ADD COLUMN note text;\nALTER TABLE shelves FROBNICATE;\n";
    let back = "ALTER TABLE shelves DROP COLUMN note;\n";
    let base = [("db/postgres/migrations/0001_init.up.sql", INIT)];
    let current = [
        base[0],
        ("db/postgres/migrations/0002_x.up.sql", up),
        ("db/postgres/migrations/0002_x.down.sql", back),
    ];
    let outcome = assess(&base, &current);
    assert_eq!(
        (
            outcome.migrations[0].down.kind,
            outcome.migrations[0].down.state
        ),
        (DownKind::Script, None)
    );
    let summary = super::super::summary::summarize_database(&outcome);
    assert_eq!(
        summary.get("database.downs").map(|fact| fact.value),
        Some("unknown")
    );
    let first = ("app/migrations/0001_initial.py", DJANGO_FIRST);
    let outcome = assess(
        &[first],
        &[first, ("app/migrations/0002_code.py", DJANGO_CODE)],
    );
    assert_eq!(
        outcome.migrations[0].down.state, None,
        "{:?}",
        outcome.migrations[0].down
    );
}

#[test]
fn a_program_that_was_not_understood_may_have_a_way_down() {
    let first = ("app/migrations/0001_initial.py", DJANGO_FIRST);
    // a list that a function of another file makes longer
    let helper = "from django.db import migrations\nfrom app.steps import slim, undo_slim\n\n\nclass Migration(migrations.Migration):\n    dependencies = [('app', '0001_initial')]\n    operations = []\n    operations += slim(reverse=undo_slim)\n";
    let outcome = assess(&[first], &[first, ("app/migrations/0002_slim.py", helper)]);
    assert_ne!(
        outcome.migrations[0].down.kind,
        DownKind::None,
        "what was not understood is not known to have no way down"
    );
}

#[test]
fn a_down_that_only_a_rehearsal_tells_of_is_a_fact_that_is_not_sure() {
    let base = [("db/postgres/migrations/0001_init.up.sql", INIT)];
    let fact = |back: &str| {
        let current = [
            base[0],
            (
                "db/postgres/migrations/0002_x.up.sql",
                "UPDATE shelves SET label = label || 'x';\n",
            ),
            ("db/postgres/migrations/0002_x.down.sql", back),
        ];
        let summary = super::super::summary::summarize_database(&assess(&base, &current));
        summary
            .get("database.downs")
            .map(|fact| (fact.value, fact.sure))
    };
    assert_eq!(
        fact("UPDATE shelves SET label = (SELECT owner FROM shelves s WHERE s.id = 1);\n"),
        Some(("complete", false))
    );
    assert_eq!(
        fact("UPDATE shelves SET label = left(label, -1);\n"),
        Some(("complete", true))
    );
}

const DJANGO_FIRST: &str = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    operations = [migrations.CreateModel(name='Shelf', fields=[('id', models.AutoField(primary_key=True)), ('label', models.TextField())])]\n";
const DJANGO_CODE: &str = "from django.db import migrations\n\n\ndef forwards(apps, schema_editor):\n    rewrite(apps)\n\n\ndef backwards(apps, schema_editor):\n    write_back(apps)\n\n\nclass Migration(migrations.Migration):\n    dependencies = [('app', '0001_initial')]\n    operations = [migrations.RunPython(forwards, backwards)]\n";

#[test]
fn a_way_down_is_judged_alike_at_the_end_of_a_long_range() {
    let (up, back) = (
        "ALTER TABLE shelves DROP COLUMN owner;\nCREATE TABLE lids (id int);\n",
        "ALTER TABLE shelves ADD COLUMN owner text;\nDROP TABLE lids;\n",
    );
    let alone = down("postgres", INIT, up, back);
    // tables and columns that come and go before it
    let mut files = vec![(
        "db/postgres/migrations/0001_init.up.sql".to_owned(),
        INIT.to_owned(),
    )];
    let base = files.clone();
    for at in 0..60 {
        let came = "ALTER TABLE shelves ADD COLUMN note text;\nALTER TABLE shelves DROP COLUMN note;\nCREATE TABLE jars (id int);\nDROP TABLE jars;\n";
        let path = |side: &str| format!("db/postgres/migrations/{:04}_x.{side}.sql", at + 2);
        files.push((path("up"), came.repeat(20)));
        files.push((path("down"), "SELECT 1;\n".to_owned()));
    }
    files.push((
        "db/postgres/migrations/0900_x.up.sql".to_owned(),
        up.to_owned(),
    ));
    files.push((
        "db/postgres/migrations/0900_x.down.sql".to_owned(),
        back.to_owned(),
    ));
    let old: Vec<(&str, &str)> = base.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let new: Vec<(&str, &str)> = files
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let last = assess(&old, &new).migrations.remove(60).down;
    assert_eq!(
        (last.state, last.loses_data, last.why),
        (alone.state, alone.loses_data, alone.why)
    );
}

#[test]
fn what_the_up_allowed_may_stop_the_way_down_which_forbids_it_again() {
    let init = "CREATE TABLE owners (id int PRIMARY KEY);\nCREATE TABLE shelves (id int PRIMARY KEY, owner int NOT NULL, label varchar(20), CONSTRAINT shelves_label UNIQUE (label), CONSTRAINT shelves_owner FOREIGN KEY (owner) REFERENCES owners (id), CONSTRAINT shelves_small CHECK (id < 90));\n";
    let cases = [
        (
            "ALTER TABLE shelves ALTER COLUMN owner DROP NOT NULL;\n",
            "ALTER TABLE shelves ALTER COLUMN owner SET NOT NULL;\n",
            "SELECT count(*) FROM shelves WHERE owner IS NULL",
        ),
        (
            "ALTER TABLE shelves ALTER COLUMN label TYPE text;\n",
            "ALTER TABLE shelves ALTER COLUMN label TYPE varchar(20);\n",
            "char_length(label) > 20",
        ),
        (
            "ALTER TABLE shelves DROP CONSTRAINT shelves_label;\n",
            "ALTER TABLE shelves ADD CONSTRAINT shelves_label UNIQUE (label);\n",
            "HAVING count(*) > 1",
        ),
        (
            "ALTER TABLE shelves DROP CONSTRAINT shelves_owner;\n",
            "ALTER TABLE shelves ADD CONSTRAINT shelves_owner FOREIGN KEY (owner) REFERENCES owners (id);\n",
            "NOT EXISTS",
        ),
        (
            "ALTER TABLE shelves DROP CONSTRAINT shelves_small;\n",
            "ALTER TABLE shelves ADD CONSTRAINT shelves_small CHECK (id < 90);\n",
            "NOT (id < 90)",
        ),
    ];
    for (up, back, query) in cases {
        let found = down("postgres", init, up, back);
        assert_eq!(found.state, None, "{up}");
        assert!(found.rehearse, "{up}");
        assert!(
            found.why.as_deref().is_some_and(|why| why.contains(query)),
            "{up}: {:?}",
            found.why
        );
    }
}

#[test]
fn a_way_down_that_prepares_its_rows_or_forbids_nothing_new_is_complete() {
    let init = "CREATE TABLE shelves (id int PRIMARY KEY, owner int NOT NULL, label varchar(20), CONSTRAINT shelves_label UNIQUE (label));\n";
    for (dialect, up, back) in [
        (
            "postgres",
            "ALTER TABLE shelves ALTER COLUMN owner DROP NOT NULL;\n",
            "UPDATE shelves SET owner = 0 WHERE owner IS NULL;\nALTER TABLE shelves ALTER COLUMN owner SET NOT NULL;\n",
        ),
        (
            "postgres",
            "CREATE UNIQUE INDEX shelves_label_low ON shelves (label);\nALTER TABLE shelves DROP CONSTRAINT shelves_label;\n",
            "ALTER TABLE shelves ADD CONSTRAINT shelves_label UNIQUE (label);\nDROP INDEX shelves_label_low;\n",
        ),
        (
            "postgres",
            "CREATE TABLE lids (id int PRIMARY KEY, shelf int);\nALTER TABLE lids ADD CONSTRAINT lids_shelf FOREIGN KEY (shelf) REFERENCES shelves (id);\n",
            "ALTER TABLE lids DROP CONSTRAINT lids_shelf;\nDROP TABLE lids;\n",
        ),
        (
            "sqlite",
            "ALTER TABLE shelves ADD COLUMN shown int;\n",
            "ALTER TABLE shelves DROP COLUMN shown;\n",
        ),
    ] {
        let found = down(dialect, init, up, back);
        assert_eq!(found.state, Some(DownState::Complete), "{up}: {found:?}");
    }
}

#[test]
fn a_table_does_not_go_before_those_that_refer_to_it() {
    let up = "CREATE TABLE jars (id int PRIMARY KEY);\nCREATE TABLE lids (id int PRIMARY KEY, jar int REFERENCES jars (id));\n";
    let state = |dialect: &str, back: &str| down(dialect, INIT, up, back).state;
    let wrong = "DROP TABLE jars;\nDROP TABLE lids;\n";
    assert_eq!(state("postgres", wrong), Some(DownState::Failing));
    for back in [
        "DROP TABLE lids;\nDROP TABLE jars;\n",
        "DROP TABLE jars, lids;\n",
        "DROP TABLE jars CASCADE;\nDROP TABLE lids;\n",
    ] {
        assert_eq!(state("postgres", back), Some(DownState::Complete), "{back}");
    }
    // SQLite looks at references only where a program asks for it
    assert_eq!(state("sqlite", wrong), Some(DownState::Complete));
}

#[test]
fn a_way_down_in_a_host_language_is_played_on_rows_as_well() {
    let first = (
        "db/migrate/20240101000000_make_shelves.rb",
        "class MakeShelves < ActiveRecord::Migration[7.1]\n  def change\n    create_table :shelves do |t|\n      t.string :label, null: false\n    end\n  end\nend\n",
    );
    let allow = "class AllowNone < ActiveRecord::Migration[7.1]\n  def change\n    change_column_null :shelves, :label, true\n  end\nend\n";
    let outcome = assess(
        &[first],
        &[first, ("db/migrate/20240201000000_allow_none.rb", allow)],
    );
    let down = &outcome.migrations[0].down;
    assert_eq!((down.state, down.rehearse), (None, true), "{down:?}");
}

#[test]
fn a_way_down_that_leaves_a_column_away_or_required_is_not_complete() {
    let add = "ALTER TABLE shelves ADD COLUMN depth int;\n";
    let less = "ALTER TABLE shelves DROP COLUMN depth;\n";
    for (up, word) in [
        ("ALTER TABLE shelves DROP COLUMN label;\n", "shelves.label"),
        (
            "ALTER TABLE shelves RENAME COLUMN label TO title;\n",
            "shelves.label",
        ),
        (
            "ALTER TABLE shelves ALTER COLUMN label SET NOT NULL;\n",
            "stays NOT NULL",
        ),
        // a table that no migration makes
        ("ALTER TABLE boxes DROP COLUMN lid;\n", "boxes.lid"),
    ] {
        let found = down("postgres", INIT, &format!("{add}{up}"), less);
        assert_eq!(found.state, Some(DownState::Incomplete), "{up}");
        assert!(
            found.why.as_deref().is_some_and(|why| why.contains(word)),
            "{up}: {:?}",
            found.why
        );
    }
    let both = down(
        "postgres",
        INIT,
        "ALTER TABLE shelves RENAME COLUMN label TO title;\nALTER TABLE shelves ALTER COLUMN title SET NOT NULL;\n",
        "ALTER TABLE shelves ALTER COLUMN title DROP NOT NULL;\nALTER TABLE shelves RENAME COLUMN title TO label;\n",
    );
    assert_eq!(both.state, Some(DownState::Complete), "{both:?}");
}

#[test]
fn a_down_that_rows_may_refuse_is_not_complete() {
    let init = "CREATE TABLE shelves (id int PRIMARY KEY, label text NOT NULL, code text, gone timestamptz);\nCREATE UNIQUE INDEX by_label ON shelves (lower(label));\nCREATE UNIQUE INDEX by_code ON shelves (code) WHERE gone IS NULL;\nALTER TABLE shelves ADD CONSTRAINT apart EXCLUDE USING gist (label WITH =);\n";
    let unique = "CREATE UNIQUE INDEX by_label ON shelves (lower(label));\n";
    let partial = "CREATE UNIQUE INDEX by_code ON shelves (code) WHERE gone IS NULL;\n";
    let required = "ALTER TABLE shelves ALTER COLUMN label SET NOT NULL;\n";
    for (up, back) in [
        ("DROP INDEX by_label;\n", unique.to_owned()),
        ("DROP INDEX by_code;\n", partial.to_owned()),
        (
            "ALTER TABLE shelves DROP CONSTRAINT apart;\n",
            "ALTER TABLE shelves ADD CONSTRAINT apart EXCLUDE USING gist (label WITH =);\n"
                .to_owned(),
        ),
        // another column is no preparation
        (
            "ALTER TABLE shelves ALTER COLUMN label DROP NOT NULL;\n",
            format!("UPDATE shelves SET code = 'x';\n{required}"),
        ),
        (
            "ALTER TABLE shelves ALTER COLUMN code TYPE varchar(40);\n",
            "ALTER TABLE shelves ALTER COLUMN code TYPE integer USING code::integer;\n".to_owned(),
        ),
    ] {
        let found = down("postgres", init, up, &back);
        assert_ne!(found.state, Some(DownState::Complete), "{back}");
    }
    let prepared = format!("UPDATE shelves SET label = '' WHERE label IS NULL;\n{required}");
    let found = down(
        "postgres",
        init,
        "ALTER TABLE shelves ALTER COLUMN label DROP NOT NULL;\n",
        &prepared,
    );
    assert_eq!(found.state, Some(DownState::Complete), "{found:?}");
    let state = "CREATE TABLE shelves (id int PRIMARY KEY, state ENUM('new','full') NOT NULL);\n";
    let with =
        |members: &str| format!("ALTER TABLE shelves MODIFY state ENUM({members}) NOT NULL;\n");
    // rows may hold the member that goes
    let found = down(
        "mysql",
        state,
        &with("'new','full','lost'"),
        &with("'new','full'"),
    );
    assert_ne!(found.state, Some(DownState::Complete));
}

/// The state of the way down of the last migration, by the tool that a manifest names.
fn state_of(files: Files<'_>, added: (&str, &str)) -> (Option<model::DownState>, String) {
    let mut current: Vec<(&str, &str)> = files.to_vec();
    current.push(added);
    let outcome = assess(files, &current);
    let last = outcome.migrations.last().expect("a migration");
    (last.down.state, last.down.why.clone().unwrap_or_default())
}

#[test]
fn values_that_became_one_and_rows_that_are_gone_make_no_complete_down() {
    let init = (
        "db/migrations/0001_init.up.sql",
        "CREATE TABLE jar (id int PRIMARY KEY, kind text);\nCREATE TABLE note (id int, name text);\n",
    );
    let init_down = (
        "db/migrations/0001_init.down.sql",
        "DROP TABLE jar;\nDROP TABLE note;\n",
    );
    let state = |up: &str, down: &str| {
        let (up_path, down_path) = (
            "db/migrations/0002_more.up.sql",
            "db/migrations/0002_more.down.sql",
        );
        let outcome = assess(
            &[init, init_down],
            &[init, init_down, (up_path, up), (down_path, down)],
        );
        value(&outcome, "database.downs")
    };
    assert_eq!(
        state(
            "UPDATE jar SET kind = 'known' WHERE kind IN ('a', 'b');\n",
            "UPDATE jar SET kind = 'a' WHERE kind = 'known';\n"
        ),
        Some("unknown")
    );
    assert_eq!(
        state(
            "UPDATE jar SET kind = 'b' WHERE kind = 'a';\n",
            "UPDATE jar SET kind = 'a' WHERE kind = 'b';\n"
        ),
        Some("complete")
    );
    assert_eq!(
        state(
            "DELETE FROM note WHERE name = 'x';\nINSERT INTO note (id, name) VALUES (9, 'y');\n",
            "DELETE FROM note WHERE name = 'y';\n"
        ),
        Some("unknown")
    );
    assert_eq!(
        state(
            "DELETE FROM note WHERE name = 'x';\n",
            "INSERT INTO note (id, name) VALUES (1, 'x');\n"
        ),
        Some("complete")
    );
}

#[test]
fn a_column_that_doctrine_is_told_to_change_is_understood() {
    let composer = (
        "composer.json",
        "{ \"require\": { \"doctrine/doctrine-migrations-bundle\": \"^3.0\" } }",
    );
    let class = |name: &str, up: &str, down: &str| {
        format!(
            "<?php\n\nnamespace DoctrineMigrations;\n\nuse Doctrine\\DBAL\\Schema\\Schema;\nuse Doctrine\\Migrations\\AbstractMigration;\n\nfinal class {name} extends AbstractMigration\n{{\n    public function up(Schema $schema): void\n    {{\n{up}    }}\n\n    public function down(Schema $schema): void\n    {{\n{down}    }}\n}}\n"
        )
    };
    let init = class(
        "Version20260101000000",
        "        $this->addSql('CREATE TABLE jar (id INT NOT NULL, language VARCHAR(6) NOT NULL)');\n",
        "        $this->addSql('DROP TABLE jar');\n",
    );
    let files = [
        composer,
        ("migrations/Version20260101000000.php", init.as_str()),
    ];
    for (up, down) in [
        (
            "        $schema->getTable('jar')->getColumn('language')->setLength(35);\n",
            "        $schema->getTable('jar')->getColumn('language')->setLength(6);\n",
        ),
        (
            "        $table = $schema->getTable('jar');\n        $table->modifyColumn('language', ['length' => 35]);\n",
            "        $table = $schema->getTable('jar');\n        $table->modifyColumn('language', ['length' => 6]);\n",
        ),
    ] {
        let next = class("Version20260201000000", up, down);
        let (_, why) = state_of(&files, ("migrations/Version20260201000000.php", &next));
        assert!(
            why.contains("varchar(35) to varchar(6)") && !why.contains("understood"),
            "{up}: {why}"
        );
    }
}
