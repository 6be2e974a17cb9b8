//! Migration tools: what they are called, what they record, and what they do when the table holds a
//! version they do not know.

pub use model::Framework;

/// What a tool does at its next run when the database holds a version whose file it lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// It stops with an error.
    Refuses,
    /// It goes on.
    Ignores,
    /// Not known.
    Unknown,
}

/// Where a tool's way down lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DownStyle {
    /// In a file beside it.
    Sibling,
    /// In the same file.
    InFile,
    /// Derived from the operations by the tool, unless written.
    Derived,
    /// The tool has none.
    None,
}

macro_rules! habits {
    ($($name:ident, $table:literal, $habit:ident, $down:ident;)*) => {
        impl MigrationTool for Framework {
            fn tracking_table(self) -> &'static str {
                match self { $(Self::$name => $table,)* }
            }

            fn habit(self) -> Habit {
                match self { $(Self::$name => Habit::$habit,)* }
            }

            fn down_style(self) -> DownStyle {
                match self { $(Self::$name => DownStyle::$down,)* }
            }

            fn by_name(self) -> bool {
                matches!(
                    self,
                    Self::Diesel
                        | Self::Prisma
                        | Self::Knex
                        | Self::Sequelize
                        | Self::DbMigrate
                        | Self::Laravel
                        | Self::MikroOrm
                        | Self::EfCore
                        | Self::Atlas
                        | Self::Dbmate
                        | Self::DbUp
                        | Self::SqlMigrate
                )
            }
        }
    };
}

/// What is known of a migration tool beside its name.
pub trait MigrationTool {
    /// The table in which it notes what has run; empty where it has none of its own.
    fn tracking_table(self) -> &'static str;
    /// What it does about versions it does not know. Read in the tools' sources.
    fn habit(self) -> Habit;
    /// Where its way down lives.
    fn down_style(self) -> DownStyle;
    /// It orders by the text of the name, not by the numbers in it.
    fn by_name(self) -> bool;
}

habits! {
    GolangMigrate, "schema_migrations", Refuses, Sibling;
    Goose, "goose_db_version", Ignores, InFile;
    Dbmate, "schema_migrations", Ignores, InFile;
    Flyway, "flyway_schema_history", Ignores, Sibling;
    Refinery, "refinery_schema_history", Refuses, None;
    Diesel, "__diesel_schema_migrations", Ignores, Sibling;
    Sqlx, "_sqlx_migrations", Refuses, Sibling;
    Prisma, "_prisma_migrations", Ignores, None;
    Drizzle, "__drizzle_migrations", Ignores, None;
    Supabase, "schema_migrations", Refuses, None;
    Atlas, "atlas_schema_revisions", Ignores, None;
    SqlMigrate, "gorp_migrations", Refuses, InFile;
    Tern, "schema_version", Refuses, InFile;
    NodePg, "pgmigrations", Ignores, InFile;
    Morph, "db_migrations", Ignores, Sibling;
    Fizz, "schema_migration", Unknown, Sibling;
    Sqitch, "changes", Refuses, Sibling;
    DbUp, "SchemaVersions", Ignores, None;
    Pairs, "", Unknown, Sibling;
    Plain, "", Unknown, InFile;
    Liquibase, "DATABASECHANGELOG", Ignores, Derived;
    Rails, "schema_migrations", Ignores, Derived;
    Django, "django_migrations", Ignores, Derived;
    Alembic, "alembic_version", Refuses, InFile;
    Laravel, "migrations", Ignores, InFile;
    Ecto, "schema_migrations", Ignores, Derived;
    EfCore, "__EFMigrationsHistory", Ignores, InFile;
    Knex, "knex_migrations", Refuses, InFile;
    Sequelize, "SequelizeMeta", Ignores, InFile;
    FluentMigrator, "VersionInfo", Ignores, InFile;
    TypeOrm, "migrations", Ignores, InFile;
    MikroOrm, "mikro_orm_migrations", Ignores, InFile;
    Yoyo, "_yoyo_migration", Ignores, InFile;
    Phinx, "phinxlog", Ignores, Derived;
    Doctrine, "doctrine_migration_versions", Unknown, InFile;
    SeaOrm, "seaql_migrations", Refuses, InFile;
    DbMigrate, "migrations", Ignores, InFile;
    Play, "play_evolutions", Refuses, InFile;
    MyBatis, "CHANGELOG", Ignores, InFile;
    Code, "", Unknown, InFile;
    Other, "", Unknown, InFile;
}
