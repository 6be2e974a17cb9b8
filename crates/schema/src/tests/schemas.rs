//! Tables that leave their schema, in databases that have schemas and in those that have none.

use super::*;

const INIT: &str = "public partial class Init : Migration\n{\n    protected override void Up(MigrationBuilder migrationBuilder)\n    {\n        migrationBuilder.CreateTable(name: \"Parcels\", schema: \"depot\", columns: table => new\n        {\n            Id = table.Column<int>(nullable: false),\n            Mark = table.Column<string>(maxLength: 40, nullable: true)\n        });\n    }\n}\n";
const USES: &str = "public class Parcel { public int Id { get; set; } public string Mark { get; set; } }\npublic class Depot : DbContext\n{\n    public DbSet<Parcel> Parcels => Set<Parcel>();\n    public object Marks() => Parcels.Select(p => p.Mark);\n}\n";

fn moved(provider: &str, calls: &str) -> DatabaseOutcome {
    let project = format!(
        "<Project><ItemGroup><PackageReference Include=\"{provider}\" Version=\"8.0.0\" /></ItemGroup></Project>"
    );
    let next = format!(
        "public partial class Leave : Migration\n{{\n    protected override void Up(MigrationBuilder migrationBuilder)\n    {{\n        {calls}\n    }}\n}}\n"
    );
    let first = ("Depot/Migrations/20240101000000_Init.cs", INIT);
    let base = [
        ("Depot/Depot.csproj", project.as_str()),
        ("Depot/Depot.cs", USES),
        first,
    ];
    let current: Vec<(&str, &str)> = base
        .iter()
        .copied()
        .chain([("Depot/Migrations/20240201000000_Leave.cs", next.as_str())])
        .collect();
    assess(&base, &current)
}

fn worst(outcome: &DatabaseOutcome) -> (&str, RollbackEffect, &str, Option<&str>) {
    let operation = outcome.migrations[0]
        .operations
        .iter()
        .max_by_key(|operation| operation.rollback)
        .expect("an operation");
    (
        operation.kind.as_str(),
        operation.rollback,
        &operation.why,
        operation.compatibility_step.as_deref(),
    )
}

const LEAVES: &str =
    "migrationBuilder.RenameTable(name: \"Parcels\", schema: \"depot\", newName: \"Parcels\");";
const DROPS: &str =
    "migrationBuilder.DropColumn(name: \"Mark\", schema: \"depot\", table: \"Parcels\");";

#[test]
fn a_table_without_a_new_schema_moves_to_the_default_one() {
    let outcome = moved("Npgsql.EntityFrameworkCore.PostgreSQL", LEAVES);
    let (kind, effect, why, step) = worst(&outcome);
    assert_eq!(
        (kind, effect),
        ("move-table", RollbackEffect::BreaksReads),
        "{why}"
    );
    assert_eq!(
        step,
        Some("CREATE VIEW depot.\"Parcels\" AS SELECT * FROM \"Parcels\";")
    );
    let outcome = moved("Microsoft.EntityFrameworkCore.SqlServer", LEAVES);
    assert_eq!(
        worst(&outcome).3,
        Some("ALTER SCHEMA depot TRANSFER dbo.[Parcels];")
    );
    // A new schema that is named, and one that stays.
    let other = "migrationBuilder.RenameTable(name: \"Parcels\", schema: \"depot\", newName: \"Parcels\", newSchema: \"yard\");";
    assert_eq!(
        worst(&moved("Npgsql.EntityFrameworkCore.PostgreSQL", other)).0,
        "move-table"
    );
    let stays = "migrationBuilder.RenameTable(name: \"Parcels\", schema: \"depot\", newName: \"Boxes\", newSchema: \"depot\");";
    assert_eq!(
        worst(&moved("Npgsql.EntityFrameworkCore.PostgreSQL", stays)).0,
        "rename-table"
    );
}

#[test]
fn a_database_without_schemas_does_not_move_a_table() {
    let outcome = moved(
        "Microsoft.EntityFrameworkCore.Sqlite",
        &format!("{DROPS}\n        {LEAVES}"),
    );
    let (kind, effect, why, step) = worst(&outcome);
    assert_eq!(
        (kind, effect),
        ("drop-column", RollbackEffect::BreaksReads),
        "{why}"
    );
    assert_eq!(
        step,
        Some("ALTER TABLE \"Parcels\" ADD COLUMN \"Mark\" varchar(40);")
    );
    assert!(
        !outcome
            .findings
            .iter()
            .any(|finding| finding.check == "database/moved-table")
    );
}

#[test]
fn columns_are_mended_under_the_name_that_the_table_has_now_and_before_it_gets_the_old_one() {
    let outcome = moved(
        "Npgsql.EntityFrameworkCore.PostgreSQL",
        &format!(
            "{LEAVES}\n        migrationBuilder.DropColumn(name: \"Mark\", table: \"Parcels\");"
        ),
    );
    let steps = super::super::summary::summarize_database(&outcome);
    let steps: Vec<String> = steps
        .get("database.compatibility_step")
        .map(|fact| {
            fact.evidence
                .iter()
                .filter_map(|place| Some(place.excerpt.as_ref()?.as_raw().to_owned()))
                .collect()
        })
        .unwrap_or_default();
    assert_eq!(
        steps,
        [
            "ALTER TABLE \"Parcels\" ADD COLUMN \"Mark\" varchar(40);",
            "CREATE VIEW depot.\"Parcels\" AS SELECT * FROM \"Parcels\";"
        ]
    );
}

#[test]
fn sql_that_sets_the_default_schema_moves_as_well() {
    let base = [
        (
            "db/postgres/migrations/0001_init.up.sql",
            "CREATE TABLE depot.parcels (id int PRIMARY KEY, mark text);\n",
        ),
        (
            "app/parcels.py",
            "def marks(cur):\n    cur.execute(\"SELECT mark FROM depot.parcels\")\n",
        ),
    ];
    let current = [
        base[0],
        base[1],
        (
            "db/postgres/migrations/0002_move.up.sql",
            "ALTER TABLE depot.parcels SET SCHEMA public;\n",
        ),
    ];
    let outcome = assess(&base, &current);
    let (kind, effect, why, _) = worst(&outcome);
    assert_eq!(
        (kind, effect),
        ("move-table", RollbackEffect::BreaksReads),
        "{why}"
    );
    assert!(why.contains("default schema"), "{why}");
}

#[test]
fn what_another_tool_of_the_range_makes_is_no_disagreement_of_a_kept_schema() {
    let model = |more: &str| {
        format!(
            "datasource db {{\n  provider = \"postgresql\"\n}}\n\nmodel Shelf {{\n  id    Int    @id\n  label String\n{more}\n  @@map(\"shelves\")\n}}\n"
        )
    };
    let (before, after) = (model(""), model("  depth Int?\n  width Int?\n"));
    let init = "CREATE TABLE shelves (id int PRIMARY KEY, label text NOT NULL);\n";
    let old = [
        ("prisma/schema.prisma", before.as_str()),
        ("prisma/migrations/20240101000000_init/migration.sql", init),
        ("sql/migrations/20240101000000_init.sql", init),
        ("sql/migrations/atlas.sum", "h1:a\n"),
    ];
    let mut new = vec![
        (
            "sql/migrations/20240201000000_depth.sql",
            "ALTER TABLE shelves ADD COLUMN depth int;\n",
        ),
        ("prisma/schema.prisma", after.as_str()),
    ];
    new.extend(
        old.iter()
            .copied()
            .filter(|(path, _)| *path != "prisma/schema.prisma"),
    );
    let subjects: Vec<String> = assess(&old, &new)
        .findings
        .into_iter()
        .filter(|finding| finding.check.as_str() == "database/snapshot-disagrees")
        .map(|finding| finding.subject.into_raw())
        .collect();
    assert_eq!(subjects, ["shelves.width"]);
}
