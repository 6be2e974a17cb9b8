//! Migration tools, databases and ways to bring a release out: the words that findings, plans and
//! saved files share. What a tool does is known by the room that reads it.

use super::word::vocabulary;

vocabulary! {
    /// A migration tool.
    Framework {
        /// golang-migrate.
        GolangMigrate = "golang-migrate";
        /// goose.
        Goose = "goose";
        /// dbmate.
        Dbmate = "dbmate";
        /// Flyway.
        Flyway = "flyway";
        /// Evolve.
        Evolve = "evolve";
        /// schemachange.
        Schemachange = "schemachange";
        /// refinery.
        Refinery = "refinery";
        /// Diesel.
        Diesel = "diesel";
        /// sqlx (Rust).
        Sqlx = "sqlx";
        /// Prisma Migrate.
        Prisma = "prisma";
        /// Drizzle.
        Drizzle = "drizzle";
        /// Supabase CLI.
        Supabase = "supabase";
        /// Atlas.
        Atlas = "atlas";
        /// sql-migrate.
        SqlMigrate = "sql-migrate";
        /// tern.
        Tern = "tern";
        /// node-pg-migrate with SQL files.
        NodePg = "node-pg-migrate";
        /// morph.
        Morph = "morph";
        /// Migratus.
        Migratus = "migratus";
        /// Ragtime.
        Ragtime = "ragtime";
        /// Postgrator.
        Postgrator = "postgrator";
        /// fizz and popx.
        Fizz = "fizz";
        /// sqitch.
        Sqitch = "sqitch";
        /// graphile-migrate.
        GraphileMigrate = "graphile-migrate";
        /// micrate.
        Micrate = "micrate";
        /// RoundhousE and grate.
        Roundhouse = "roundhouse";
        /// DbUp and alike: dated scripts.
        DbUp = "dbup";
        /// Pairs of up and down files whose tool is not known.
        Pairs = "sql-updown";
        /// Numbered SQL files whose tool is not known; a mark inside may begin the way down.
        Plain = "sql";
        /// Liquibase.
        Liquibase = "liquibase";
        /// Rails (Active Record).
        Rails = "rails";
        /// Sequel.
        Sequel = "sequel";
        /// Django.
        Django = "django";
        /// Alembic.
        Alembic = "alembic";
        /// Laravel.
        Laravel = "laravel";
        /// Ecto.
        Ecto = "ecto";
        /// Entity Framework Core.
        EfCore = "efcore";
        /// Knex.
        Knex = "knex";
        /// Kysely.
        Kysely = "kysely";
        /// Sequelize with umzug.
        Sequelize = "sequelize";
        /// FluentMigrator.
        FluentMigrator = "fluentmigrator";
        /// TypeORM.
        TypeOrm = "typeorm";
        /// MikroORM.
        MikroOrm = "mikro-orm";
        /// yoyo.
        Yoyo = "yoyo";
        /// Phinx.
        Phinx = "phinx";
        /// Doctrine.
        Doctrine = "doctrine";
        /// SeaORM.
        SeaOrm = "sea-orm";
        /// db-migrate (Node.js).
        DbMigrate = "db-migrate";
        /// Evolutions of the Play framework: it asks for the downs of versions it does not know.
        Play = "play-evolutions";
        /// MyBatis Migrations.
        MyBatis = "mybatis-migrations";
        /// gormigrate.
        Gormigrate = "gormigrate";
        /// xormigrate.
        Xormigrate = "xormigrate";
        /// Statements in the strings of the program itself.
        Code = "code";
        /// A file that looks like a migration of a tool that is not known.
        Other = "other";
    }
}

vocabulary! {
    /// A family of databases that read the same SQL.
    Dialect {
        /// PostgreSQL and what speaks like it.
        Postgres = "postgresql";
        /// MySQL and MariaDB.
        MySql = "mysql";
        /// SQLite.
        Sqlite = "sqlite";
        /// SQL Server.
        Mssql = "mssql";
        /// ClickHouse.
        ClickHouse = "clickhouse";
        /// Cassandra and ScyllaDB.
        Cassandra = "cassandra";
        /// Not known; read with the loosest rules.
        Unknown = "unknown";
    }
}

#[expect(
    clippy::derivable_impls,
    reason = "the words are declared by one macro, and only this list has a default"
)]
impl Default for Dialect {
    fn default() -> Self {
        Self::Unknown
    }
}

vocabulary! {
    /// A way to bring a release out, in the words of `deployment.strategy`. Ordered from the one
    /// that helps least.
    Strategy {
        /// Stop the old, start the new.
        None = "none";
        /// One after the other.
        Rolling = "rolling";
        /// A small part first, in steps.
        Canary = "canary";
        /// Weights between two versions.
        Weighted = "weighted";
        /// A staging slot that is swapped.
        Slots = "slots";
        /// Two whole sides.
        BlueGreen = "blue-green";
    }
}

vocabulary! {
    /// A kind of file that says what is live.
    StateFileKind {
        /// Calamari's `DeploymentJournal.xml` on an Octopus target.
        Calamari = "calamari";
        /// Octopus system variables that a script step wrote down.
        OctopusVariables = "octopus-variables";
        /// Octopus REST replies or the CLI's JSON.
        Octopus = "octopus";
        /// Octopus Config-as-Code: the process, not the state.
        OctopusProcess = "octopus-process";
        /// Kubernetes Deployments with their ReplicaSets.
        Kubernetes = "kubernetes";
        /// Helm's history of one release.
        Helm = "helm";
        /// An Argo CD Application.
        ArgoCd = "argocd";
        /// An Argo Rollout.
        ArgoRollouts = "argo-rollouts";
        /// GitHub deployments.
        GitHub = "github";
        /// GitLab deployments.
        GitLab = "gitlab";
        /// The neutral `deploys.jsonl`.
        Deploys = "deploys";
        /// An Amazon ECS service with its task definitions.
        Ecs = "ecs";
        /// AWS CodeDeploy deployments.
        CodeDeploy = "codedeploy";
        /// AWS Lambda aliases and versions.
        Lambda = "lambda";
        /// An Azure web app with its slots.
        Azure = "azure";
        /// Releases of a Heroku app.
        Heroku = "heroku";
        /// Releases of a Fly app.
        Fly = "fly";
        /// Versions of a Nomad job with its deployments.
        Nomad = "nomad";
        /// A Docker Swarm service.
        Swarm = "swarm";
        /// Capistrano's log with its folders.
        Capistrano = "capistrano";
        /// Kamal's audit with its containers.
        Kamal = "kamal";
        /// What a migration tool, or its table, says about what ran.
        Migrations = "migrations";
        /// What counting queries found.
        Observed = "observed";
    }
}

impl StateFileKind {
    /// As in sentences.
    pub fn title(self) -> &'static str {
        match self {
            Self::Calamari => "Calamari's deployment journal",
            Self::OctopusVariables => "Octopus variables",
            Self::Octopus => "Octopus",
            Self::OctopusProcess => "an Octopus deployment process",
            Self::Kubernetes => "Kubernetes",
            Self::Helm => "Helm's history",
            Self::ArgoCd => "Argo CD",
            Self::ArgoRollouts => "Argo Rollouts",
            Self::GitHub => "GitHub deployments",
            Self::GitLab => "GitLab deployments",
            Self::Deploys => "the list of deployments",
            Self::Ecs => "Amazon ECS",
            Self::CodeDeploy => "CodeDeploy",
            Self::Lambda => "AWS Lambda",
            Self::Azure => "Azure",
            Self::Heroku => "Heroku",
            Self::Fly => "Fly",
            Self::Nomad => "Nomad",
            Self::Swarm => "Docker Swarm",
            Self::Capistrano => "Capistrano's log",
            Self::Kamal => "Kamal's audit",
            Self::Migrations => "the state of the migrations",
            Self::Observed => "counted rows",
        }
    }

    /// A file of Octopus' own, or one that its steps wrote.
    pub fn is_octopus(self) -> bool {
        matches!(
            self,
            Self::Octopus | Self::OctopusVariables | Self::OctopusProcess
        )
    }
}
