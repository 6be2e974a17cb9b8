//! What a step does, by several hints, strongest first, with the reason.

use regex::Regex;
use std::sync::LazyLock;

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StepClass {
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

impl StepClass {
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
pub(super) struct StepHints<'a> {
    pub(super) name: &'a str,
    pub(super) action_type: Option<&'a str>,
    pub(super) packages: Vec<&'a str>,
    pub(super) scripts: Vec<&'a str>,
    pub(super) properties: Vec<&'a str>,
}

// `\bdb\b` and no `db` inside a word: `feedback` holds one
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

fn find_pattern_match<'t>(pattern: &LazyLock<Option<Regex>>, text: &'t str) -> Option<&'t str> {
    pattern.as_ref()?.find(text).map(|found| found.as_str())
}

// by name alone: its script is the template's and lies on the server
/// It calculates the deployment mode.
pub(super) fn calculates_mode(hints: &StepHints<'_>) -> bool {
    find_pattern_match(&MODE, hints.name).is_some()
}

// a script may do it through the API, under any name
/// It blocks the bad release.
pub(super) fn is_release_blocking_step(hints: &StepHints<'_>) -> bool {
    find_pattern_match(&BLOCK, hints.name).is_some()
        || hints
            .scripts
            .iter()
            .any(|script| find_pattern_match(&BLOCK, script).is_some())
}

/// The class and what shows it.
pub(super) fn classify_step(hints: &StepHints<'_>) -> (StepClass, String) {
    let name = hints.name;
    let kind = hints.action_type.unwrap_or_default();
    // first, since by type and script they look like any other script
    if calculates_mode(hints) {
        return (
            StepClass::Rollback,
            "it calculates the deployment mode".to_owned(),
        );
    }
    if is_release_blocking_step(hints) {
        return (
            StepClass::Rollback,
            "it blocks the release from progressing".to_owned(),
        );
    }
    // the type is what the server runs, so it comes before any word
    if let Some(exact) = by_type(kind) {
        return classify_by_type(exact, hints);
    }
    // what a script runs says more than what its step is called
    for script in &hints.scripts {
        if let Some(word) = find_pattern_match(&DATABASE_SCRIPT, script) {
            return (
                StepClass::Database,
                format!(
                    "its script runs {}",
                    model::shorten_text(&model::escape_invisible(word), 40)
                ),
            );
        }
    }
    // community templates prefix their parameters: `ssn_` is Slack's
    if let Some(property) = hints.properties.iter().find(|property| {
        ["ssn_", "slack", "teams", "hipchat"]
            .iter()
            .any(|start| property.to_ascii_lowercase().starts_with(start))
    }) {
        return (
            StepClass::Notify,
            format!("its parameter {property} belongs to a messenger"),
        );
    }
    // before the words of a website: `web database` is a database
    if let Some(word) = hints
        .packages
        .iter()
        .copied()
        .chain([name])
        .find_map(|text| find_pattern_match(&DATABASE_NAME, text))
    {
        // taken for a database where in doubt: running one again costs most
        return (
            StepClass::Database,
            format!("its name or package says {word}"),
        );
    }
    if hints
        .properties
        .iter()
        .any(|property| property.starts_with("Run.Runbook."))
        || name.to_ascii_lowercase().contains("runbook")
    {
        return (StepClass::Runbook, "it runs a runbook".to_owned());
    }
    // in this order: `notify that the web tests are through` tells people
    for (pattern, class) in [
        (&NOTIFY, StepClass::Notify),
        (&VERIFY, StepClass::Verify),
        (&WEBSITE, StepClass::Website),
    ] {
        if let Some(word) = find_pattern_match(pattern, name) {
            return (class, format!("its name says {word}"));
        }
    }
    if name.to_ascii_lowercase().contains("service") {
        return (StepClass::Service, "its name says service".to_owned());
    }
    // a script without a word may do anything, and is not *unknown*: one can read it
    if kind.ends_with("Script") || kind.ends_with("PowerShell") || !hints.scripts.is_empty() {
        return (
            StepClass::Script,
            "it runs a script whose effect cannot be told".to_owned(),
        );
    }
    (
        StepClass::Unknown,
        "neither type, name, package nor script tells".to_owned(),
    )
}

fn classify_by_type(exact: StepClass, hints: &StepHints<'_>) -> (StepClass, String) {
    let (name, kind) = (hints.name, hints.action_type.unwrap_or_default());
    let database = hints
        .packages
        .iter()
        .copied()
        .chain([name])
        .find_map(|text| find_pattern_match(&DATABASE_NAME, text));
    // a package of migrations is deployed like any other package
    match (exact, database) {
        (StepClass::Service | StepClass::Website, Some(word)) => (
            StepClass::Database,
            format!("its name or package says {word}"),
        ),
        (StepClass::Service, None) => match hints
            .packages
            .iter()
            .copied()
            .chain([name])
            .find_map(|text| find_pattern_match(&WEBSITE, text))
        {
            Some(word) => (
                StepClass::Website,
                format!("it is of type {kind} and named {word}"),
            ),
            None => (exact, format!("it is of type {kind}")),
        },
        _ => (exact, format!("it is of type {kind}")),
    }
}

fn by_type(kind: &str) -> Option<StepClass> {
    Some(match kind {
        "Octopus.Manual" => StepClass::Manual,
        "Octopus.Email" => StepClass::Notify,
        "Octopus.HealthCheck" => StepClass::Verify,
        "Octopus.DeployRelease" => StepClass::ChildProject,
        "Octopus.IIS"
        | "Octopus.Nginx"
        | "Octopus.TomcatDeploy"
        | "Octopus.AzureWebApp"
        | "Octopus.AzureAppService" => StepClass::Website,
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
        | "Octopus.DockerRun" => StepClass::Service,
        kind if kind.contains("Terraform")
            || kind.contains("CloudFormation")
            || kind.contains("AzureResourceGroup") =>
        {
            StepClass::Infrastructure
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(
        name: &str,
        kind: Option<&str>,
        package: Option<&str>,
        script: Option<&str>,
    ) -> StepClass {
        let hints = StepHints {
            name,
            action_type: kind,
            packages: package.into_iter().collect(),
            scripts: script.into_iter().collect(),
            properties: vec![],
        };
        classify_step(&hints).0
    }

    #[test]
    fn types_go_before_names_and_packages_of_migrations_are_databases() {
        assert_eq!(
            of("Deploy web", Some("Octopus.IIS"), None, None),
            StepClass::Website
        );
        assert_eq!(
            of(
                "Deploy",
                Some("Octopus.TentaclePackage"),
                Some("Shop.Database"),
                None
            ),
            StepClass::Database
        );
        assert_eq!(
            of(
                "Deploy",
                Some("Octopus.TentaclePackage"),
                Some("Shop.Web"),
                None
            ),
            StepClass::Website
        );
        assert_eq!(
            of(
                "Deploy",
                Some("Octopus.TentaclePackage"),
                Some("Shop.Worker"),
                None
            ),
            StepClass::Service
        );
        assert_eq!(
            of(
                "Approve database change",
                Some("Octopus.Manual"),
                None,
                None
            ),
            StepClass::Manual
        );
        assert_eq!(
            of("Release billing", Some("Octopus.DeployRelease"), None, None),
            StepClass::ChildProject
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
                StepClass::Database,
                "{script}"
            );
        }
        assert_eq!(
            of("Prepare", Some("Octopus.Script"), None, Some("echo hello")),
            StepClass::Script
        );
        assert_eq!(
            of(
                "Notify stakeholders",
                Some("Octopus.Script"),
                None,
                Some("curl x")
            ),
            StepClass::Notify
        );
        assert_eq!(of("Do it", None, None, None), StepClass::Unknown);
    }

    #[test]
    fn words_of_a_kind_come_back() {
        for class in [
            StepClass::Database,
            StepClass::Website,
            StepClass::ChildProject,
            StepClass::Unknown,
            StepClass::Rollback,
        ] {
            assert_eq!(StepClass::of(class.id()), Some(class));
        }
        assert_eq!(StepClass::of("pizza"), None);
    }
}
