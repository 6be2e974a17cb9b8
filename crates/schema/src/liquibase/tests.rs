use super::units::change_sets;
use crate::dialect::Dialect;
use crate::operation::{KindOfAction, OperationKind};
use crate::reading::DownMigration;
use model::MemorySnapshot;

fn read(path: &str, text: &str) -> Vec<(String, Vec<&'static str>, &'static str)> {
    let tree = MemorySnapshot::new([(
        "db/procedures/f.sql",
        "CREATE FUNCTION f(a int) RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql;",
    )]);
    change_sets(path, text, Dialect::Postgres, &tree)
        .unwrap_or_default()
        .into_iter()
        .map(|set| {
            let kinds = set
                .reading
                .up
                .steps
                .iter()
                .map(|step| OperationKind::of(&step.action).id())
                .collect();
            let way = match set.reading.down {
                DownMigration::Written { .. } => "written",
                DownMigration::Derived(_) => "derived",
                DownMigration::None | DownMigration::Missing(_) => "none",
                DownMigration::Irreversible(_) => "irreversible",
            };
            (set.id, kinds, way)
        })
        .collect()
}

#[test]
fn changes_say_all_that_they_do() {
    let tree = MemorySnapshot::new([("db/fill.sql", "UPDATE t SET c = 1;\n")]);
    let xml = r#"<databaseChangeLog>
        <changeSet id="1" author="a"><mergeColumns tableName="t" column1Name="a" column2Name="b" finalColumnName="c" finalColumnType="text"/></changeSet>
        <changeSet id="2" author="a"><sqlFile path="fill.sql" dbms="oracle"/></changeSet>
        <changeSet id="3" author="a"><sqlFile path="fill.sql"/></changeSet>
        <changeSet id="4" author="a"><preConditions/><sqlFile path="fill.sql"/></changeSet>
        <changeSet id="5" author="a"><dropTable tableName="u"/><rollback changeSetId="1" changeSetAuthor="a"/></changeSet>
        <changeSet id="6" author="a"><dropTable tableName="u"/><rollback/></changeSet>
    </databaseChangeLog>"#;
    let sets = change_sets("db/changelog.xml", xml, Dialect::Postgres, &tree).unwrap_or_default();
    let kinds = |steps: &[crate::step::MigrationStep]| -> Vec<(&'static str, bool)> {
        steps
            .iter()
            .map(|step| (OperationKind::of(&step.action).id(), step.certain))
            .collect()
    };
    let ups: Vec<_> = sets
        .iter()
        .map(|set| kinds(&set.reading.up.steps))
        .collect();
    assert_eq!(
        ups[0],
        [
            ("add-column", true),
            ("drop-column", true),
            ("drop-column", true)
        ]
    );
    assert_eq!(ups[1], [("update-rows", false)]);
    assert_eq!(ups[2], [("update-rows", true)]);
    assert_eq!(ups[3], [("update-rows", false)]);
    let back = |at: usize| match &sets[at].reading.down {
        DownMigration::Written { script, .. } => kinds(&script.steps),
        other => panic!("{other:?}"),
    };
    // what another change set does on the way back is not taken for nothing
    assert_eq!(back(4), [("unknown", true)]);
    assert!(back(5).is_empty());
}

#[test]
fn one_change_log_in_every_form() {
    let xml = r#"<databaseChangeLog>
        <changeSet id="1" author="a"><addColumn tableName="t"><column name="c" type="int"><constraints nullable="false"/></column></addColumn></changeSet>
        <changeSet id="2" author="a"><dropTable tableName="u"/><rollback>CREATE TABLE u (id int)</rollback></changeSet>
        <changeSet id="3" author="a"><sql>UPDATE t SET c = 1</sql></changeSet>
        <changeSet id="4" author="a"><createProcedure path="procedures/f.sql"/></changeSet>
    </databaseChangeLog>"#;
    let yaml = r#"
databaseChangeLog:
  - changeSet:
      id: 1
      author: a
      changes:
        - addColumn:
            tableName: t
            columns:
              - column: { name: c, type: int, constraints: { nullable: false } }
  - changeSet:
      id: 2
      author: a
      changes:
        - dropTable: { tableName: u }
      rollback: CREATE TABLE u (id int)
  - changeSet:
      id: 3
      author: a
      changes:
        - sql: { sql: UPDATE t SET c = 1 }
  - changeSet:
      id: 4
      author: a
      changes:
        - createProcedure: { path: procedures/f.sql }
"#;
    let expected = vec![
        ("1".to_owned(), vec!["add-required-column"], "derived"),
        ("2".to_owned(), vec!["drop-table"], "written"),
        ("3".to_owned(), vec!["update-rows"], "none"),
        ("4".to_owned(), vec!["create-routine"], "none"),
    ];
    assert_eq!(read("db/changelog.xml", xml), expected);
    assert_eq!(read("db/changelog.yaml", yaml), expected);
    let sql = "--liquibase formatted sql\n--changeset a:1\nALTER TABLE t ADD COLUMN c int NOT NULL;\n--rollback ALTER TABLE t DROP COLUMN c;\n--changeset a:2\nDROP TABLE u;\n";
    assert_eq!(
        read("db/changelog.sql", sql),
        vec![
            ("1".to_owned(), vec!["add-required-column"], "written"),
            ("2".to_owned(), vec!["drop-table"], "none")
        ]
    );
}

#[test]
fn broken_change_logs_are_not_read() {
    assert!(
        change_sets(
            "a.xml",
            "<databaseChangeLog>",
            Dialect::Postgres,
            &MemorySnapshot::default()
        )
        .is_none()
    );
    assert!(
        change_sets(
            "a.yaml",
            "a: [",
            Dialect::Postgres,
            &MemorySnapshot::default()
        )
        .is_none()
    );
}

#[test]
fn words_of_formatted_sql_may_be_in_capitals() {
    let text = "--liquibase formatted sql\n--CHANGESET a:1\nDROP TABLE jars;\n--Rollback CREATE TABLE jars (id int);\n-- ChangeSet a:2\nDROP TABLE lids;\n";
    assert_eq!(
        read("db/changelog.sql", text),
        [
            ("1".to_owned(), vec!["drop-table"], "written"),
            ("2".to_owned(), vec!["drop-table"], "none"),
        ]
    );
}

#[test]
fn whole_folders_are_included_with_their_folders() {
    let log = |inner: &str| format!("<databaseChangeLog>{inner}</databaseChangeLog>");
    let set = "<changeSet id=\"1\" author=\"a\"/>";
    let tree = MemorySnapshot::new([
        (
            "db/changelog-root.xml",
            log("<includeAll path=\"db/changelog/\"/>"),
        ),
        ("db/changelog/b/two.xml", log(set)),
        ("db/changelog/a/deep/one.xml", log(set)),
        ("other/changelog/three.xml", log(set)),
    ]);
    let order = super::includes::order_changelogs(&tree);
    assert!(order.contains_key("db/changelog/b/two.xml"), "{order:?}");
    assert!(
        order["db/changelog/a/deep/one.xml"] < order["db/changelog/b/two.xml"],
        "{order:?}"
    );
    assert!(!order.contains_key("other/changelog/three.xml"));
}
