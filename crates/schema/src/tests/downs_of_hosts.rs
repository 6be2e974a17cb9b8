//! Ways down that host languages and their frameworks write: collations, relations, files that are
//! not read.

use super::downs::down;
use super::*;

#[test]
fn a_unique_column_that_ignores_case_again_stops_at_rows_that_differ_by_case() {
    let init = "CREATE TABLE users (id int PRIMARY KEY, email varchar(190) NOT NULL UNIQUE, city varchar(190) NOT NULL);\n";
    let modify = |column: &str, collation: &str| {
        format!(
            "ALTER TABLE users MODIFY {column} varchar(190) CHARACTER SET utf8mb4 COLLATE {collation} NOT NULL;\n"
        )
    };
    let found = |column: &str, to: &str, back: &str| {
        down("mysql", init, &modify(column, to), &modify(column, back))
    };
    let stops = found("email", "utf8mb4_bin", "utf8mb4_general_ci");
    assert!(
        stops.rehearse
            && stops
                .why
                .is_some_and(|why| why.contains("count as the same")),
        "the down makes the addresses alike that differ by case"
    );
    // nothing keeps the cities apart, and a binary order tells all apart that another one does
    for (column, to, back) in [
        ("city", "utf8mb4_bin", "utf8mb4_general_ci"),
        ("email", "utf8mb4_general_ci", "utf8mb4_bin"),
    ] {
        let why = found(column, to, back).why.unwrap_or_default();
        assert!(!why.contains("count as the same"), "{column}: {why}");
    }
}

#[test]
fn a_relation_of_django_is_its_column_on_both_ways() {
    let django = |operations: &str| {
        format!(
            "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = [('shop', '0001_initial')]\n    operations = [{operations}]\n"
        )
    };
    let fields = "migrations.CreateModel(name='Author', fields=[('id', models.AutoField(primary_key=True))]), migrations.CreateModel(name='Book', fields=[('id', models.AutoField(primary_key=True)), ('author', models.ForeignKey(null=True, on_delete=models.CASCADE, to='shop.author')), ('title', models.TextField())])";
    let objects = |operations: &str| -> Vec<String> {
        let (init, next) = (django(fields), django(operations));
        let base = [("shop/migrations/0001_initial.py", init.as_str())];
        let outcome = assess(
            &base,
            &[base[0], ("shop/migrations/0002_next.py", next.as_str())],
        );
        let operations = outcome.migrations[0].operations.iter();
        operations.map(|one| one.object.clone()).collect()
    };
    for (operations, expected) in [
        (
            "migrations.RemoveField('book', 'author')",
            "shop_book.author_id",
        ),
        ("migrations.RemoveField('book', 'title')", "shop_book.title"),
        (
            "migrations.RenameField('book', 'author', 'writer')",
            "shop_book.author_id",
        ),
        // of a table that no migration made nothing is known
        (
            "migrations.RemoveField('crate', 'author')",
            "shop_crate.author",
        ),
    ] {
        assert_eq!(objects(operations), [expected], "{operations}");
    }
}

#[test]
fn a_way_down_in_a_file_that_is_not_read_is_not_said_to_be_missing() {
    let package = (
        "package.json",
        "{ \"dependencies\": { \"mongodb\": \"6.7.0\", \"migrate-mongo\": \"11.0.0\" } }",
    );
    let first = (
        "migrations/20250101000000-books.js",
        "module.exports = {\n  async up(db) { await db.createCollection('books'); },\n  async down(db) { await db.collection('books').drop(); },\n};\n",
    );
    let kind = |text: &str| {
        let next = ("migrations/20250301000000-by-title.js", text);
        assess(&[package, first], &[package, first, next]).migrations[0]
            .down
            .kind
    };
    assert_eq!(
        kind(
            "module.exports = {\n  async up(db) { await db.collection('books').createIndex({ title: 1 }); },\n  async down(db) { await db.collection('books').dropIndex('title_1'); },\n};\n"
        ),
        DownKind::Script
    );
    assert_eq!(
        kind(
            "module.exports = {\n  async up(db) { await db.collection('books').createIndex({ title: 1 }); },\n};\n"
        ),
        DownKind::None
    );
}
