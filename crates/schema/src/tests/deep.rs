//! What is nested deeper than a reader goes is doubt, in every language, whatever else of the
//! migration was understood.

use super::*;

/// A migration with one harmless step and one that lies `n` levels deep: its path, and the text of
/// a tool.
fn nested(n: usize) -> Vec<(&'static str, String)> {
    let wrap = |open: &str, close: &str| (open.repeat(n), close.repeat(n));
    let indent = |level: usize| " ".repeat(level);
    let python = |lines: &str| {
        (0..n)
            .map(|level| format!("{}{lines}\n", indent(level + 1)))
            .collect::<String>()
    };
    let mut out = Vec::new();
    let ifs = python("if flag:");
    out.push((
        "alembic/versions/0002_x.py",
        format!("from alembic import op\nrevision = 'b'\ndown_revision = 'a'\ndef upgrade():\n op.create_index('i', 'crates', ['label'])\n{ifs}{}op.drop_column('crates', 'tape')\n", indent(n + 2)),
    ));
    let (open, close) = wrap("if x\n", "end\n");
    out.push((
        "db/migrate/20240101000000_x.rb",
        format!("class X < ActiveRecord::Migration[7.0]\n def change\n  add_index :crates, :label\n{open}remove_column :crates, :tape\n{close} end\nend\n"),
    ));
    // an `elsif` is nested in the tree, though not on the page
    let branches = "elsif y\n add_index :crates, :label\n".repeat(2 * n);
    out.push((
        "db/migrate/20240101000001_x.rb",
        format!("class Y < ActiveRecord::Migration[7.0]\n def change\n  add_index :crates, :label\n if x\n  add_index :crates, :label\n{branches}elsif z\n remove_column :crates, :tape\n end\n end\nend\n"),
    ));
    let (open, close) = wrap("if ($x) {\n", "}\n");
    out.push((
        "database/migrations/2024_01_01_000000_x.php",
        format!("<?php\nreturn new class extends Migration {{ public function up(): void {{ Schema::table('crates', function (Blueprint $table) {{\n $table->index('label');\n{open}$table->dropColumn('tape');\n{close}}}); }} }};\n"),
    ));
    let (open, close) = wrap("if (x) {\n", "}\n");
    out.push((
        "migrations/20240101000000_x.js",
        format!("exports.up = async function(knex) {{\n await knex.schema.alterTable('crates', t => {{ t.index('label'); }});\n{open}await knex.schema.alterTable('crates', t => {{ t.dropColumn('tape'); }});\n{close}}};\nexports.down = async function(knex) {{}};\n"),
    ));
    out.push((
        "Data/Migrations/20240101000000_X.cs",
        format!("public partial class X : Migration {{\n protected override void Up(MigrationBuilder migrationBuilder) {{\n migrationBuilder.CreateIndex(name: \"i\", table: \"crates\", column: \"label\");\n{open}migrationBuilder.DropColumn(name: \"tape\", table: \"crates\");\n{close} }}\n}}\n"),
    ));
    let (open, close) = wrap("if x do\n", "end\n");
    out.push((
        "priv/repo/migrations/20240101000000_x.exs",
        format!("defmodule X do\n use Ecto.Migration\n def change do\n  create index(:crates, [:label])\n{open}alter table(:crates) do\n remove :tape\n end\n{close} end\nend\n"),
    ));
    let (open, close) = wrap("if x {\n", "}\n");
    out.push((
        "migration/src/m20240101_000000_x.rs",
        format!("impl MigrationTrait for Migration {{\n async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {{\n manager.create_index(Index::create().name(\"i\").table(Crates::Table).col(Crates::Label).to_owned()).await?;\n{open}manager.alter_table(Table::alter().table(Crates::Table).drop_column(Crates::Tape).to_owned()).await?;\n{close} Ok(()) }}\n}}\n"),
    ));
    let (open, close) = wrap("[", "]");
    out.push((
        "shop/migrations/0002_x.py",
        format!("from django.db import migrations, models\nclass Migration(migrations.Migration):\n    dependencies = []\n    operations = [migrations.AddIndex('crate', models.Index(fields=['label'], name='i')), {open}migrations.RemoveField('crate', 'tape'){close}]\n"),
    ));
    let (open, close) = wrap("if (x) {\n", "}\n");
    out.push((
        "migrations/1700000000000-x.ts",
        format!("export class X1700000000000 implements MigrationInterface {{\n public async up(queryRunner: QueryRunner): Promise<void> {{\n await queryRunner.query('CREATE INDEX i ON crates (label)');\n{open}await queryRunner.dropColumn('crates', 'tape');\n{close} }}\n}}\n"),
    ));
    out
}

// more than the readers follow
const LEVELS: usize = 400;

#[test]
fn what_lies_too_deep_is_doubt_in_every_language() {
    for (path, text) in nested(LEVELS) {
        let base = [(
            "app/crates.py",
            "db.query('SELECT label, tape FROM crates')\n",
        )];
        let next = [base[0], (path, text.as_str())];
        let outcome = assess(&base, &next);
        let operations: Vec<_> = outcome
            .migrations
            .iter()
            .flat_map(|migration| &migration.operations)
            .collect();
        assert!(!operations.is_empty(), "{path}");
        let worst = operations.iter().map(|operation| operation.rollback).max();
        assert!(
            worst >= Some(RollbackEffect::Doubt),
            "{path}: {operations:?}"
        );
        // either the deep step was read all the same, or something is told as not understood
        let seen = operations
            .iter()
            .any(|operation| operation.object.contains("tape"));
        let open = operations
            .iter()
            .any(|operation| operation.kind.as_str() == "unknown");
        assert!(seen || open, "{path}: {operations:?}");
    }
}

#[test]
fn what_lies_a_few_levels_deep_is_read() {
    for (path, text) in nested(3) {
        let base = [(
            "app/crates.py",
            "db.query('SELECT label, tape FROM crates')\n",
        )];
        let outcome = assess(&base, &[base[0], (path, text.as_str())]);
        let operations: Vec<_> = outcome
            .migrations
            .iter()
            .flat_map(|migration| &migration.operations)
            .collect();
        let deep = operations
            .iter()
            .any(|operation| operation.why.contains("deeper"));
        assert!(!deep, "{path}: {operations:?}");
    }
}

#[test]
fn an_edit_of_what_was_not_read_is_more_than_formatting() {
    let texts = [nested(LEVELS), nested(LEVELS + 1)].map(|all| {
        all.into_iter()
            .find(|(path, _)| path.starts_with("alembic"))
            .unwrap_or_default()
            .1
    });
    let path = "alembic/versions/0002_x.py";
    let outcome = assess(&[(path, texts[0].as_str())], &[(path, texts[1].as_str())]);
    assert!(
        outcome
            .findings
            .iter()
            .any(|finding| finding.says.as_raw().contains("edited")
                || finding.says.as_raw().contains("changed")),
        "{:?}",
        outcome.findings
    );
}
