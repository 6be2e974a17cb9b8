//! How a schema changes, by what lies in a tree.

use super::*;
use model::{Config, MemorySnapshot};

#[test]
fn a_word_within_another_name_is_no_database_library() {
    for (file, text) in [
        ("jars.cabal", "library\n  exposed-modules: Jars\n"),
        (
            "pom.xml",
            "<dependency><groupId>org.hibernate.validator</groupId><artifactId>hibernate-validator</artifactId></dependency>",
        ),
        (
            "package.json",
            "{\"devDependencies\": {\"mongodb-memory-server\": \"9\", \"typeorm-naming-strategies\": \"4\"}}",
        ),
    ] {
        let found = found_in(&[(file, text)]);
        assert!(
            found.says.starts_with("no sign of a database"),
            "{}",
            found.says
        );
    }
    for (file, text, name) in [
        (
            "pom.xml",
            "<artifactId>hibernate-validator</artifactId><artifactId>hibernate-core</artifactId>",
            "(hibernate)",
        ),
        (
            "build.gradle.kts",
            "implementation(\"org.jetbrains.exposed:exposed-core:0.50.0\")",
            "(exposed)",
        ),
        (
            "package.json",
            "{\"dependencies\": {\"mongodb\": \"6\"}}",
            "(mongodb)",
        ),
    ] {
        let found = found_in(&[(file, text)]);
        assert!(
            found.says.contains(name) && !found.would_be_seen,
            "{}",
            found.says
        );
    }
}

#[test]
fn a_store_in_the_program_is_a_database() {
    for (file, text, name) in [
        (
            "crates/engine/Cargo.toml",
            "[dependencies]\nheed = \"0.22\"\n",
            "heed",
        ),
        ("Cargo.toml", "[dependencies]\nsled = \"0.34\"\n", "sled"),
        ("go.mod", "require go.etcd.io/bbolt v1.3.9\n", "bbolt"),
        (
            "build.sbt",
            "libraryDependencies += \"org.thehive-project\" %% \"elastic4play\" % \"1.13\"\n",
            "elastic4play",
        ),
        (
            "project/Dependencies.scala",
            "val e = \"com.sksamuel.elastic4s\" %% \"elastic4s-core\" % \"7\"\n",
            "elastic4s",
        ),
        (
            "pom.xml",
            "<dependency><groupId>org.apache.lucene</groupId><artifactId>lucene-core</artifactId></dependency>",
            "lucene",
        ),
    ] {
        let found = found_in(&[(file, text)]);
        assert!(
            found.says.contains(name) && !found.would_be_seen,
            "{file}: {}",
            found.says
        );
    }
    for (file, text) in [
        (
            "package.json",
            "{\"dependencies\": {\"elastic-apm-node\": \"4\"}}",
        ),
        (
            "Cargo.toml",
            "[dependencies]\nheedful = \"1\"\nbobsled = \"1\"\n",
        ),
    ] {
        let found = found_in(&[(file, text)]);
        assert!(found.says.starts_with("no sign"), "{file}: {}", found.says);
    }
}

#[test]
fn the_files_of_a_tool_that_is_read_are_no_second_way() {
    let both = found_in(&[
        (
            "go.mod",
            "require (\n\tgithub.com/pressly/goose/v3 v3.0.0\n\tgithub.com/lib/pq v1.10.0\n)\n",
        ),
        (
            "db/migrations/20200130083147_create_schema.go",
            "package migrations\n\nimport \"github.com/pressly/goose/v3\"\n\nfunc init() {\n\tgoose.AddMigrationContext(up, down)\n}\n\nfunc up(tx *sql.Tx) error {\n\t_, err := tx.Exec(`CREATE TABLE jars (id int)`)\n\treturn err\n}\n",
        ),
    ]);
    assert!(!both.says.contains("version of its own"), "{}", both.says);
    let badge = found_in(&[
        (
            "Package.swift",
            ".package(url: \"https://github.com/vapor/fluent-postgres-driver.git\", from: \"2.0.0\")\n",
        ),
        (
            "Sources/App/Migrations/001/CreateJars.swift",
            "import Fluent\n\nstruct CreateJars: AsyncMigration {\n    func prepare(on database: Database) async throws {\n        try await database.schema(\"jars\").id().create()\n    }\n}\n",
        ),
        (
            "Sources/App/Core/Badge.swift",
            "struct Badge: Content {\n    var schemaVersion: Int\n    var label: String\n}\n",
        ),
    ]);
    assert!(
        badge.would_be_seen
            && badge.says.starts_with("Fluent, read")
            && !badge.says.contains("Badge.swift"),
        "{}",
        badge.says
    );
}

#[test]
fn schemas_of_spring_and_models_of_documents_show_how_a_schema_changes() {
    let spring = found_in(&[
        (
            "build.gradle",
            "implementation 'org.postgresql:postgresql'\n",
        ),
        (
            "src/main/resources/schema-postgresql.sql",
            "create table if not exists jars (id int);\n",
        ),
    ]);
    assert!(
        spring.would_be_seen && spring.says.contains("schema-postgresql.sql"),
        "{}",
        spring.says
    );
    let old = MemorySnapshot::new([("lib/version.rb", "VERSION = '1'\n")]);
    let files = [
        ("Gemfile", "gem 'mongoid'\n"),
        (
            "app/models/jar.rb",
            "class Jar\n  include Mongoid::Document\n  field :label, type: String\nend\n",
        ),
        ("lib/version.rb", "VERSION = '2'\n"),
    ];
    let new = MemorySnapshot::new(files);
    let config = Config::default();
    let changes = old.changes_to(&new);
    let mongoid = find_mechanism(&ReleaseRange {
        previous: &new,
        current: &new,
        changes: &changes,
        config: &config,
        previous_version: "3.0.0",
        current_version: "3.1.0",
    });
    assert!(mongoid.would_be_seen && mongoid.models, "{}", mongoid.says);
}

#[test]
fn a_schema_that_is_kept_whole_shows_how_it_changes() {
    let manifest = ("requirements.txt", "asyncpg==0.29\n");
    let table = "CREATE TABLE jars (id int);\n";
    let kept = found_in(&[manifest, ("db/schema.sql", table)]);
    assert!(
        kept.would_be_seen && kept.says.contains("db/schema.sql"),
        "{}",
        kept.says
    );
    for path in ["tests/schema.sql", "db/jars.sql"] {
        let found = found_in(&[manifest, (path, table)]);
        assert!(!found.would_be_seen, "{path}: {}", found.says);
    }
    let empty = found_in(&[manifest, ("db/schema.sql", "SELECT 1;\n")]);
    assert!(!empty.would_be_seen, "{}", empty.says);
}

fn found_in(files: &[(&str, &str)]) -> Mechanism {
    let tree = MemorySnapshot::new(files.iter().copied());
    let config = Config::default();
    find_mechanism(&ReleaseRange {
        previous: &tree,
        current: &tree,
        changes: &[],
        config: &config,
        previous_version: "3.0.0",
        current_version: "3.1.0",
    })
}

#[test]
fn umzug_is_read_where_it_runs_the_files_of_sequelize() {
    let file = "module.exports = {\n  async up(queryInterface, Sequelize) {\n    await queryInterface.addIndex(\"jars\", [\"label\"]);\n  },\n};\n";
    let package = "{ \"dependencies\": { \"sequelize\": \"6\", \"umzug\": \"3\", \"pg\": \"8\" } }";
    let both = found_in(&[
        ("package.json", package),
        ("migrations/20250101000000-jars.js", file),
    ]);
    assert!(
        both.would_be_seen && !both.says.contains("Umzug"),
        "{}",
        both.says
    );
    let alone = found_in(&[(
        "package.json",
        "{ \"dependencies\": { \"umzug\": \"3\", \"pg\": \"8\" } }",
    )]);
    assert!(
        !alone.would_be_seen
            && alone
                .says
                .contains("Umzug is used here and not read; no file"),
        "{}",
        alone.says
    );
}

#[test]
fn functions_of_gormigrate_are_read_but_for_what_a_model_tells() {
    let manifest = (
        "go.mod",
        "module example.test/jars\n\nrequire github.com/go-gormigrate/gormigrate/v2 v2.1.0\n",
    );
    let file = |body: &str| {
        format!(
            "package steps\n\nimport \"github.com/go-gormigrate/gormigrate/v2\"\n\nvar all = []*gormigrate.Migration{{\n{body}}}\n"
        )
    };
    let before = file("");
    let old = MemorySnapshot::new([manifest, ("steps/all.go", before.as_str())]);
    let config = Config::default();
    let found = |body: &str| {
        let after = file(body);
        let new = MemorySnapshot::new([manifest, ("steps/all.go", after.as_str())]);
        let changes = old.changes_to(&new);
        find_mechanism(&ReleaseRange {
            previous: &old,
            current: &new,
            changes: &changes,
            config: &config,
            previous_version: "3.0.0",
            current_version: "3.1.0",
        })
    };
    let plain = found(
        "\t{ID: \"2\", Migrate: func(tx *gorm.DB) error { return tx.Exec(\"ALTER TABLE jars DROP COLUMN lid\").Error }},\n",
    );
    assert!(
        plain.would_be_seen && plain.marks.is_empty(),
        "{}",
        plain.says
    );
    let model = found(
        "\t{ID: \"2\", Migrate: func(tx *gorm.DB) error { return tx.AutoMigrate(&Jar{}) }},\n",
    );
    assert_eq!(model.marks.len(), 1);
}
