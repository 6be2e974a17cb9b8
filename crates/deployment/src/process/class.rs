//! What a step does, by several hints, strongest first, with the reason.

use regex::Regex;
use std::sync::LazyLock;

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Changes schema or data, or creates the database.
    Database,
    /// Deploys a service, a container or a package.
    Service,
    /// Deploys a website or front end.
    Website,
    /// Changes infrastructure.
    Infrastructure,
    /// Waits for a person.
    Manual,
    /// Looks whether it works.
    Verify,
    /// Tells people.
    Notify,
    /// Belongs to the rollback itself: mode, blocking, reason.
    Rollback,
    /// Deploys another application.
    ChildProject,
    /// Runs a runbook.
    Runbook,
    /// Runs a script that shows no more than that.
    Script,
    /// Nobody can tell.
    Unknown,
}

impl Class {
    /// As in `backout.yaml` and on the screen.
    pub fn id(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Service => "service",
            Self::Website => "website",
            Self::Infrastructure => "infrastructure",
            Self::Manual => "manual",
            Self::Verify => "verify",
            Self::Notify => "notify",
            Self::Rollback => "rollback",
            Self::ChildProject => "child-project",
            Self::Runbook => "runbook",
            Self::Script => "script",
            Self::Unknown => "unknown",
        }
    }

    /// The class of a word of `backout.yaml`.
    pub fn of(word: &str) -> Option<Self> {
        Some(match word.trim().to_ascii_lowercase().as_str() {
            "database" | "db" | "migration" => Self::Database,
            "service" | "backend" | "package" => Self::Service,
            "website" | "web" | "frontend" => Self::Website,
            "infrastructure" => Self::Infrastructure,
            "manual" => Self::Manual,
            "verify" | "verification" | "health" => Self::Verify,
            "notify" | "notification" => Self::Notify,
            "rollback" => Self::Rollback,
            "child-project" | "release" => Self::ChildProject,
            "runbook" => Self::Runbook,
            "script" => Self::Script,
            "unknown" => Self::Unknown,
            _ => return None,
        })
    }
}

/// What is known of a step before it is classed.
#[derive(Debug, Clone, Default)]
pub(super) struct Hints<'a> {
    pub(super) name: &'a str,
    pub(super) action_type: Option<&'a str>,
    pub(super) packages: Vec<&'a str>,
    pub(super) scripts: Vec<&'a str>,
    pub(super) properties: Vec<&'a str>,
}

static DATABASE_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(database|\bdb\b|\bdb[-_ ]?up\b|dbup|flyway|liquibase|roundhouse|redgate|\bgrate\b|dacpac|migrat|\bschema\b|\bsql\b)").ok()
});
static DATABASE_SCRIPT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(\bdbup\b|flyway(\.cmd)?\s+.*migrate|liquibase\s+.*update|\bsqlpackage\b|dotnet[- ]ef\s+database\s+update|(rails|rake)\s+db:|alembic\s+upgrade|invoke-sqlcmd|\bsqlcmd\b|\bpsql\b|\bmysql\b|manage\.py\s+migrate|artisan\s+migrate|prisma\s+migrate|knex\s+migrate|\bgrate\b|\bgoose\b.*\bup\b|/migrate\b|doctrine:migrations:migrate|sequelize.*db:migrate)",
    )
    .ok()
});
static WEBSITE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(web ?site|\bweb\b|\.web\b|front ?end|\bsite\b|\bui\b|\bspa\b|static|\bcdn\b)")
        .ok()
});
static VERIFY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(smoke|verif|health|sanity|\btests?\b|check that|warm ?up)").ok()
});
static NOTIFY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(notif|slack|e-?mail|\bteams\b|announce|stakeholder|hipchat|pager)").ok()
});
static MODE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)calculate[- ]deployment[- ]mode").ok());
static BLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(block[- ]release[- ]progression|prevent[- ](release[- ])?progression|/defects\b)",
    )
    .ok()
});

fn hit<'t>(pattern: &LazyLock<Option<Regex>>, text: &'t str) -> Option<&'t str> {
    pattern.as_ref()?.find(text).map(|found| found.as_str())
}

/// It calculates the deployment mode.
pub(super) fn calculates_mode(hints: &Hints<'_>) -> bool {
    hit(&MODE, hints.name).is_some()
}

/// It blocks the bad release.
pub(super) fn blocks(hints: &Hints<'_>) -> bool {
    hit(&BLOCK, hints.name).is_some()
        || hints
            .scripts
            .iter()
            .any(|script| hit(&BLOCK, script).is_some())
}

/// The class and what shows it.
pub(super) fn class(hints: &Hints<'_>) -> (Class, String) {
    let name = hints.name;
    let kind = hints.action_type.unwrap_or_default();
    if calculates_mode(hints) {
        return (
            Class::Rollback,
            "it calculates the deployment mode".to_owned(),
        );
    }
    if blocks(hints) {
        return (
            Class::Rollback,
            "it blocks the release from progressing".to_owned(),
        );
    }
    if let Some(exact) = by_type(kind) {
        let database = hints
            .packages
            .iter()
            .copied()
            .chain([name])
            .find_map(|text| hit(&DATABASE_NAME, text));
        // a package of migrations is deployed like any other package
        return match (exact, database) {
            (Class::Service | Class::Website, Some(word)) => {
                (Class::Database, format!("its name or package says {word}"))
            }
            (Class::Service, None) => match hints
                .packages
                .iter()
                .copied()
                .chain([name])
                .find_map(|text| hit(&WEBSITE, text))
            {
                Some(word) => (
                    Class::Website,
                    format!("it is of type {kind} and named {word}"),
                ),
                None => (exact, format!("it is of type {kind}")),
            },
            _ => (exact, format!("it is of type {kind}")),
        };
    }
    for script in &hints.scripts {
        if let Some(word) = hit(&DATABASE_SCRIPT, script) {
            return (
                Class::Database,
                format!(
                    "its script runs {}",
                    model::shorten(&model::visible(word), 40)
                ),
            );
        }
    }
    if let Some(property) = hints.properties.iter().find(|property| {
        ["ssn_", "slack", "teams", "hipchat"]
            .iter()
            .any(|start| property.to_ascii_lowercase().starts_with(start))
    }) {
        return (
            Class::Notify,
            format!("its parameter {property} belongs to a messenger"),
        );
    }
    if let Some(word) = hints
        .packages
        .iter()
        .copied()
        .chain([name])
        .find_map(|text| hit(&DATABASE_NAME, text))
    {
        return (Class::Database, format!("its name or package says {word}"));
    }
    if hints
        .properties
        .iter()
        .any(|property| property.starts_with("Run.Runbook."))
        || name.to_ascii_lowercase().contains("runbook")
    {
        return (Class::Runbook, "it runs a runbook".to_owned());
    }
    for (pattern, class) in [
        (&NOTIFY, Class::Notify),
        (&VERIFY, Class::Verify),
        (&WEBSITE, Class::Website),
    ] {
        if let Some(word) = hit(pattern, name) {
            return (class, format!("its name says {word}"));
        }
    }
    if name.to_ascii_lowercase().contains("service") {
        return (Class::Service, "its name says service".to_owned());
    }
    if kind.ends_with("Script") || kind.ends_with("PowerShell") || !hints.scripts.is_empty() {
        return (
            Class::Script,
            "it runs a script whose effect cannot be told".to_owned(),
        );
    }
    (
        Class::Unknown,
        "neither type, name, package nor script tells".to_owned(),
    )
}

fn by_type(kind: &str) -> Option<Class> {
    Some(match kind {
        "Octopus.Manual" => Class::Manual,
        "Octopus.Email" => Class::Notify,
        "Octopus.HealthCheck" => Class::Verify,
        "Octopus.DeployRelease" => Class::ChildProject,
        "Octopus.IIS"
        | "Octopus.Nginx"
        | "Octopus.TomcatDeploy"
        | "Octopus.AzureWebApp"
        | "Octopus.AzureAppService" => Class::Website,
        "Octopus.AwsUploadS3"
        | "Octopus.TentaclePackage"
        | "Octopus.WindowsService"
        | "Octopus.KubernetesDeployRawYaml"
        | "Octopus.HelmChartUpgrade"
        | "Octopus.Kubernetes.Kustomize"
        | "Octopus.ArgoCDUpdateImageTags"
        | "Octopus.KubernetesDeployContainers"
        | "Octopus.JavaArchive"
        | "Octopus.AwsRunEcs"
        | "Octopus.DockerRun" => Class::Service,
        kind if kind.contains("Terraform")
            || kind.contains("CloudFormation")
            || kind.contains("AzureResourceGroup") =>
        {
            Class::Infrastructure
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, kind: Option<&str>, package: Option<&str>, script: Option<&str>) -> Class {
        let hints = Hints {
            name,
            action_type: kind,
            packages: package.into_iter().collect(),
            scripts: script.into_iter().collect(),
            properties: vec![],
        };
        class(&hints).0
    }

    #[test]
    fn types_go_before_names_and_packages_of_migrations_are_databases() {
        assert_eq!(
            of("Deploy web", Some("Octopus.IIS"), None, None),
            Class::Website
        );
        assert_eq!(
            of(
                "Deploy",
                Some("Octopus.TentaclePackage"),
                Some("Shop.Database"),
                None
            ),
            Class::Database
        );
        assert_eq!(
            of(
                "Deploy",
                Some("Octopus.TentaclePackage"),
                Some("Shop.Web"),
                None
            ),
            Class::Website
        );
        assert_eq!(
            of(
                "Deploy",
                Some("Octopus.TentaclePackage"),
                Some("Shop.Worker"),
                None
            ),
            Class::Service
        );
        assert_eq!(
            of(
                "Approve database change",
                Some("Octopus.Manual"),
                None,
                None
            ),
            Class::Manual
        );
        assert_eq!(
            of("Release billing", Some("Octopus.DeployRelease"), None, None),
            Class::ChildProject
        );
    }

    #[test]
    fn scripts_tell_more_than_names() {
        for script in [
            "flyway -url=x migrate",
            "dotnet ef database update",
            "bundle exec rails db:migrate",
            "Invoke-Sqlcmd -Query 'x'",
            "./migrate --url x",
        ] {
            assert_eq!(
                of("Run", Some("Octopus.Script"), None, Some(script)),
                Class::Database,
                "{script}"
            );
        }
        assert_eq!(
            of("Prepare", Some("Octopus.Script"), None, Some("echo hello")),
            Class::Script
        );
        assert_eq!(
            of(
                "Notify stakeholders",
                Some("Octopus.Script"),
                None,
                Some("curl x")
            ),
            Class::Notify
        );
        assert_eq!(of("Do it", None, None, None), Class::Unknown);
    }

    #[test]
    fn words_of_a_kind_come_back() {
        for class in [
            Class::Database,
            Class::Website,
            Class::ChildProject,
            Class::Unknown,
            Class::Rollback,
        ] {
            assert_eq!(Class::of(class.id()), Some(class));
        }
        assert_eq!(Class::of("pizza"), None);
    }
}
