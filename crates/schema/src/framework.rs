//! Migration tools: what they are called, what they record, and what they do when the table holds a
//! version they do not know.

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

macro_rules! frameworks {
    ($($(#[$doc:meta])* $name:ident, $id:literal, $table:literal, $habit:ident, $down:ident;)*) => {
        /// A migration tool.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Framework {
            $($(#[$doc])* $name,)*
        }

        impl Framework {
            /// As in JSON.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// The table in which it notes what has run; empty where it has none of its own.
            pub fn tracking_table(self) -> &'static str {
                match self { $(Self::$name => $table,)* }
            }

            /// What it does about versions it does not know. Read in the tools' sources.
            pub fn habit(self) -> Habit {
                match self { $(Self::$name => Habit::$habit,)* }
            }

            /// Where its way down lives.
            pub fn down_style(self) -> DownStyle {
                match self { $(Self::$name => DownStyle::$down,)* }
            }

            /// It orders by the text of the name, not by the numbers in it.
            pub fn by_name(self) -> bool {
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

frameworks! {
    /// golang-migrate.
    GolangMigrate, "golang-migrate", "schema_migrations", Refuses, Sibling;
    /// goose.
    Goose, "goose", "goose_db_version", Ignores, InFile;
    /// dbmate.
    Dbmate, "dbmate", "schema_migrations", Ignores, InFile;
    /// Flyway.
    Flyway, "flyway", "flyway_schema_history", Ignores, Sibling;
    /// refinery.
    Refinery, "refinery", "refinery_schema_history", Refuses, None;
    /// Diesel.
    Diesel, "diesel", "__diesel_schema_migrations", Ignores, Sibling;
    /// sqlx (Rust).
    Sqlx, "sqlx", "_sqlx_migrations", Refuses, Sibling;
    /// Prisma Migrate.
    Prisma, "prisma", "_prisma_migrations", Ignores, None;
    /// Drizzle.
    Drizzle, "drizzle", "__drizzle_migrations", Ignores, None;
    /// Supabase CLI.
    Supabase, "supabase", "schema_migrations", Refuses, None;
    /// Atlas.
    Atlas, "atlas", "atlas_schema_revisions", Ignores, None;
    /// sql-migrate.
    SqlMigrate, "sql-migrate", "gorp_migrations", Refuses, InFile;
    /// tern.
    Tern, "tern", "schema_version", Refuses, InFile;
    /// node-pg-migrate with SQL files.
    NodePg, "node-pg-migrate", "pgmigrations", Ignores, InFile;
    /// morph.
    Morph, "morph", "db_migrations", Ignores, Sibling;
    /// fizz and popx.
    Fizz, "fizz", "schema_migration", Unknown, Sibling;
    /// sqitch.
    Sqitch, "sqitch", "changes", Refuses, Sibling;
    /// DbUp and alike: dated scripts.
    DbUp, "dbup", "SchemaVersions", Ignores, None;
    /// Pairs of up and down files whose tool is not known.
    Pairs, "sql-updown", "", Unknown, Sibling;
    /// Numbered SQL files whose tool is not known; a mark inside may begin the way down.
    Plain, "sql", "", Unknown, InFile;
    /// Liquibase.
    Liquibase, "liquibase", "DATABASECHANGELOG", Ignores, Derived;
    /// Rails (Active Record).
    Rails, "rails", "schema_migrations", Ignores, Derived;
    /// Django.
    Django, "django", "django_migrations", Ignores, Derived;
    /// Alembic.
    Alembic, "alembic", "alembic_version", Refuses, InFile;
    /// Laravel.
    Laravel, "laravel", "migrations", Ignores, InFile;
    /// Ecto.
    Ecto, "ecto", "schema_migrations", Ignores, Derived;
    /// Entity Framework Core.
    EfCore, "efcore", "__EFMigrationsHistory", Ignores, InFile;
    /// Knex.
    Knex, "knex", "knex_migrations", Refuses, InFile;
    /// Sequelize with umzug.
    Sequelize, "sequelize", "SequelizeMeta", Ignores, InFile;
    /// FluentMigrator.
    FluentMigrator, "fluentmigrator", "VersionInfo", Ignores, InFile;
    /// TypeORM.
    TypeOrm, "typeorm", "migrations", Ignores, InFile;
    /// MikroORM.
    MikroOrm, "mikro-orm", "mikro_orm_migrations", Ignores, InFile;
    /// yoyo.
    Yoyo, "yoyo", "_yoyo_migration", Ignores, InFile;
    /// Phinx.
    Phinx, "phinx", "phinxlog", Ignores, Derived;
    /// Doctrine.
    Doctrine, "doctrine", "doctrine_migration_versions", Unknown, InFile;
    /// SeaORM.
    SeaOrm, "sea-orm", "seaql_migrations", Refuses, InFile;
    /// db-migrate (Node.js).
    DbMigrate, "db-migrate", "migrations", Ignores, InFile;
    /// Evolutions of the Play framework: it asks for the downs of versions it does not know.
    Play, "play-evolutions", "play_evolutions", Refuses, InFile;
    /// MyBatis Migrations.
    MyBatis, "mybatis-migrations", "CHANGELOG", Ignores, InFile;
    /// Statements in the strings of the program itself.
    Code, "code", "", Unknown, InFile;
    /// A file that looks like a migration of a tool that is not known.
    Other, "other", "", Unknown, InFile;
}
