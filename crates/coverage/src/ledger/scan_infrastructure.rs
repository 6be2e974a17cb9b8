//! What the program runs on: judged only where every changed line was understood to leave alone
//! what holds data. What is not understood is open, with its line, and no check that looks for
//! something else closes it.

use super::build_files::{builds_only, is_build_file, is_pipeline, serves};
use super::image_lines::note_images;
use super::known_rows::{InfrastructureWay, RowOf};
use super::line_meaning::find_meanings;
use super::line_words::first_with_word;
use super::pipeline_reach::{Workflow, is_workflow};
use super::pipeline_steps::find_unknown_command;
use super::said_lines::{note_kept_answers, note_meanings};
use super::scan::Scanner;
use super::setting_keys::{is_harmless, key_of};
use super::standing_row::{DomainStandings, build_cannot_standing, build_open_standing, fill_row};
use super::understood_lines::{InfrastructureFormat, not_understood};
use super::{DomainStanding, STAYS_OPEN, UNREADABLE};
use crate::changed_lines::{ChangedLine, ChangedLines};
use crate::database_step::{find_database_step, only_checks};
use crate::installed::{InstalledVersion, list_installed_versions};
use std::collections::HashSet;

use model::{CannotRule as Rule, CoverageDomain as D, FileChange};

impl Scanner<'_> {
    pub(super) fn infrastructure(&mut self, change: &FileChange) -> DomainStandings {
        let (old, new) = match self.read(change) {
            Ok(texts) => texts,
            Err(why) => return fill_row(build_open_standing(UNREADABLE, None, why)),
        };
        let (old, new) = (old.as_deref(), new.as_deref());
        let versions = (self.range.previous_version, self.range.current_version);
        let way = InfrastructureWay {
            form: InfrastructureFormat::of(&change.path, old, new),
            pipeline: is_pipeline(&change.path),
            builds: is_build_file(&change.path),
            // these are all that the path tells, so that one text under many paths is read once
            keeps_nothing: builds_only(&change.path),
            serves: serves(&change.path),
            volumes: self.may_have_volumes(&change.path, old, new),
            only_checks: only_checks(&change.path),
            commands: is_pipeline(&change.path)
                && !is_for_developers(&change.path)
                && !(change.path.ends_with(".sh") && only_checks(&change.path)),
            workflow: is_workflow(&change.path),
        };
        self.rows
            .get(RowOf::Infrastructure(way), change, (old, new), || {
                row_of_infrastructure(way, versions, old, new)
            })
    }

    /// Whether what a file describes may write to a volume that outlives it. An image without one
    /// of its own gets it where it is started: a manifest or a compose file of the same tree.
    fn may_have_volumes(&mut self, path: &str, old: Option<&str>, new: Option<&str>) -> bool {
        let names_user = |text: &str| text.lines().any(|line| user_of(line.trim()).is_some());
        let sides = [old, new];
        // without another user nothing is asked about volumes, and the tree is not searched
        if !sides.into_iter().flatten().any(names_user) {
            return false;
        }
        if sides.into_iter().flatten().any(keeps_volume) {
            return true;
        }
        let range = self.range;
        // an image's volumes stand in the files that start it
        InfrastructureFormat::of(path, old, new) == Some(InfrastructureFormat::Dockerfile)
            && *self.volumes.get_or_insert_with(|| {
                range
                    .current
                    .list()
                    .iter()
                    .filter(|entry| {
                        let lower = entry.path.to_ascii_lowercase();
                        (lower.ends_with(".yaml") || lower.ends_with(".yml"))
                            && super::is_live(&entry.path)
                    })
                    .take(VOLUME_FILES)
                    .filter_map(|entry| range.current.read_text(&entry.path).ok())
                    .any(|text| keeps_volume(&text))
            })
    }
}

/// Files of commands that people start by hand.
fn is_for_developers(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    [
        "makefile",
        "justfile",
        "taskfile",
        "dependabot",
        "issue_template",
        "codeowners",
    ]
    .iter()
    .any(|name| lower.contains(name))
}

// beyond it a volume is not found, and the line about a user counts as harmless to files
/// Most files of a tree in which volumes are looked for.
const VOLUME_FILES: usize = 400;

/// A volume that is still there when its container is gone.
fn keeps_volume(text: &str) -> bool {
    const SIGNS: [&str; 9] = [
        "persistentvolumeclaim",
        "volumeclaimtemplates",
        "hostpath:",
        "persistence:",
        "existingclaim",
        "efsvolume",
        "nfs:",
        "csi:",
        "flexvolume",
    ];
    text.lines().any(|line| {
        let line = line.trim().to_ascii_lowercase();
        // `VOLUME /data` of an image; `volumes:` of a compose file, and not of a pod
        line.starts_with("volume ")
            || line.starts_with("volume[")
            || line.starts_with("volumes: [\"")
            || SIGNS.iter().any(|sign| line.contains(sign))
    }) || text.contains("services:") && text.contains("volumes:")
}

/// The user that a line gives to a container.
fn user_of(line: &str) -> Option<&str> {
    let line = line.trim_start_matches("- ").trim_start();
    if let Some(user) = line.strip_prefix("USER ") {
        return Some(user.trim());
    }
    let words = ["runAsUser", "runAsGroup", "fsGroup", "\"runAsUser\""];
    if line.starts_with("user:") {
        return line.split_once(':').map(|(_, user)| user.trim());
    }
    words
        .iter()
        .find_map(|word| {
            let (before, rest) = line.split_once(word)?;
            before
                .chars()
                .next_back()
                .is_none_or(|c| !c.is_alphanumeric())
                .then_some(rest)?
                .trim_start()
                .strip_prefix(':')
        })
        .map(|user| user.split([',', '}']).next().unwrap_or(user).trim())
}

/// Words of a step that changes the schema.
const STEPS: [&str; 6] = [
    "migrat",
    "alembic",
    "flyway",
    "liquibase",
    "db:schema",
    "ddl",
];

/// `versions` are those of the two releases, the same for every file.
fn row_of_infrastructure(
    way: InfrastructureWay,
    versions: (&str, &str),
    old: Option<&str>,
    new: Option<&str>,
) -> DomainStandings {
    let mut row = fill_row(build_cannot_standing(Rule::OtherField));
    let lines = ChangedLines::between_in_place(old, new);
    // a job that nothing lets in anywhere changes nothing that is live
    let workflow = new.filter(|_| way.workflow).and_then(Workflow::read);
    let reaching = workflow.map(|workflow| workflow.keep_reaching(&lines.fresh));
    let acting = reaching.unwrap_or_else(|| lines.fresh.clone());
    row[D::Infrastructure.index()] = judge_lines(way, (old, new), &lines, &acting);
    let said = way
        .form
        .map(|form| find_meanings(form, (old, new), &lines, versions))
        .unwrap_or_default();
    let ChangedLines {
        fresh: lines, gone, ..
    } = lines;
    if let Some(line) = first_with_word(&acting, &STEPS)
        && !way.only_checks
    {
        row[D::Schema.index()] = build_open_standing(
            50,
            Some(line),
            "a step that changes the schema, or how one runs",
        );
    }
    note_what_is_started(way, &mut row, &lines, &gone);
    // images of a pipeline build and check, and keep nothing
    if !way.pipeline {
        note_images(versions, new, &mut row, &lines, &gone);
    }
    built_or_started((way.builds, way.pipeline), &mut row, &lines, &gone);
    // files that no reader takes apart may install as well; what serves or deploys does not
    let installs = way.form == Some(InfrastructureFormat::Dockerfile)
        || way.form.is_none() && !way.pipeline && !way.serves;
    if way.builds || installs {
        note_installed(versions, &mut row, &lines, &gone);
    }
    note_meanings(&mut row, said);
    if way.serves {
        note_kept_answers(&mut row, &lines, &gone);
    }
    let changes_user = |(_, line): &&ChangedLine<'_>| user_of(line).is_some();
    let user = lines.iter().find(changes_user).map(|(line, _)| *line);
    // a container without a volume has no files left from the newer release
    if way.volumes && (user.is_some() || gone.iter().any(|line| changes_user(&line))) {
        row[D::Infrastructure.index()] = build_open_standing(
            STAYS_OPEN,
            user,
            "the user that a container runs as changed, and files that it has written to a volume since then may belong to a user whose files the older release cannot write",
        );
    }
    // what a pipeline ran for the newer release stays done when the older one is back
    if way.commands
        && let Some(line) = find_unknown_command(&acting)
    {
        for domain in [D::Infrastructure, D::StoredForm] {
            row[domain.index()] = build_open_standing(
                STAYS_OPEN,
                Some(line),
                "a command that the pipeline newly runs may have changed data or what the program runs on, and going back does not undo it",
            );
        }
    }
    if let Some(step) = find_database_step(&acting).filter(|_| !way.only_checks) {
        for domain in [D::Schema, D::StoredForm] {
            row[domain.index()] = build_open_standing(STAYS_OPEN, Some(step.line), step.why());
        }
    }
    if let Some(line) = describes_database_object((old, new), &lines, &gone)
        // a statement or a step tells more than a description does
        && !matches!(row[D::Schema.index()], DomainStanding::Open(_))
    {
        row[D::Schema.index()] = build_open_standing(
            STAYS_OPEN,
            line,
            "a table, a schema or another object inside of a database is described here, and the description changed",
        );
    }
    if let Some((line, is_fresh)) = store_attribute(&lines, &gone) {
        let why = "an attribute of a data store changed, and a store that is raised or made anew may not go back";
        // keys of a table cannot be changed, so both the store and what it holds are concerned
        for domain in [D::Infrastructure, D::StoredForm] {
            row[domain.index()] = build_open_standing(STAYS_OPEN, is_fresh.then_some(line), why);
        }
    }
    row
}

/// Whether each changed line leaves alone what holds data.
fn judge_lines(
    way: InfrastructureWay,
    texts: (Option<&str>, Option<&str>),
    lines: &ChangedLines<'_>,
    acting: &[ChangedLine<'_>],
) -> DomainStanding {
    match way.form {
        Some(form) => match not_understood(form, texts, lines) {
            Some((line, why)) => build_open_standing(STAYS_OPEN, line, why),
            None => DomainStanding::Judged,
        },
        // what builds or serves the program takes nothing with it, unless a line of it deploys
        None if way.keeps_nothing => match first_with_word(acting, &DEPLOYS) {
            Some(line) => build_open_standing(
                20,
                Some(line),
                "a command that deploys or changes what the program runs on",
            ),
            None => build_cannot_standing(Rule::KeepsNothing),
        },
        // a file about what it runs on may hold a store, as long as no reader says otherwise
        None => build_open_standing(
            20,
            lines.fresh.first().map(|(line, _)| *line),
            "a file about what it runs on that no reader took apart",
        ),
    }
}

/// What the program is started with, how it is served and what is set for it.
fn note_what_is_started(
    way: InfrastructureWay,
    row: &mut DomainStandings,
    fresh: &[ChangedLine<'_>],
    gone: &[ChangedLine<'_>],
) {
    // a pipeline's own environment is that of the build
    if !way.pipeline
        && let Some((line, _)) = fresh.iter().find(|(_, line)| is_environment(line))
    {
        row[D::Configuration.index()] =
            build_open_standing(50, Some(*line), "what the program is started with changed");
    } else if !way.pipeline && gone.iter().any(|(_, line)| is_environment(line)) {
        row[D::Configuration.index()] =
            build_open_standing(50, None, "something the program was started with is gone");
    }
    let is_configuration_open = matches!(row[D::Configuration.index()], DomainStanding::Open(_));
    if way.serves && !is_configuration_open {
        row[D::Configuration.index()] = build_open_standing(
            50,
            fresh.first().map(|(line, _)| *line),
            "how the program is started or served changed",
        );
    } else if way.keeps_nothing
        && !is_configuration_open
        && let Some(line) = first_with_word(fresh, &SETS)
    {
        row[D::Configuration.index()] = build_open_standing(
            50,
            Some(line),
            "a command that gives settings to what is deployed",
        );
    }
}

/// A changed line of a resource of Terraform that is an object inside of a database: the line where
/// the newer text has it.
fn describes_database_object(
    (old, new): (Option<&str>, Option<&str>),
    fresh: &[ChangedLine<'_>],
    gone: &[ChangedLine<'_>],
) -> Option<Option<usize>> {
    let find = |text: Option<&str>, lines: &[ChangedLine<'_>]| {
        let text = text.filter(|text| text.contains("resource \""))?;
        let mut found = None;
        crate::terraform::each_line(text, |line| {
            let resource = line.block.first() == Some(&"resource")
                && line.block.get(1).is_some_and(|kind| is_in_database(kind));
            if found.is_none()
                && resource
                && lines
                    .binary_search_by_key(&line.number, |(number, _)| *number)
                    .is_ok()
            {
                found = Some(line.number);
            }
        });
        found
    };
    find(new, fresh)
        .map(Some)
        .or_else(|| find(old, gone).map(|_| None))
}

/// Types of resources that are tables, schemas, views and the like; rights and users are none.
fn is_in_database(kind: &str) -> bool {
    const OF: [&str; 9] = [
        "postgresql_",
        "mysql_",
        "mssql_",
        "snowflake_",
        "clickhouse",
        "cockroach",
        "databricks_",
        "google_bigquery_",
        "google_spanner_",
    ];
    const OBJECTS: [&str; 14] = [
        "table",
        "schema",
        "view",
        "extension",
        "function",
        "sequence",
        "column",
        "index",
        "procedure",
        "routine",
        "type",
        "script",
        "execute",
        "database",
    ];
    OF.iter().any(|start| kind.starts_with(start))
        && kind.split('_').skip(1).any(|word| OBJECTS.contains(&word))
        // a grant or a role holds no rows; applying the older file gives the older rights
        && !["grant", "iam", "role", "user", "privilege", "permissions"]
            .iter()
            .any(|word| kind.contains(word))
        // tables whose types do not begin as those above
        || matches!(
            kind,
            "aws_glue_catalog_table" | "aws_keyspaces_table" | "azurerm_kusto_script"
        )
}

/// Commands by which what the program runs on is changed, in files that otherwise only build.
const DEPLOYS: [&str; 22] = [
    "terraform ",
    "tofu ",
    "pulumi ",
    "kubectl ",
    "helm ",
    "helmfile",
    "kustomize ",
    "ansible-playbook",
    "argocd ",
    "aws ",
    "gcloud ",
    "gsutil ",
    "az ",
    "cdk deploy",
    "serverless deploy",
    "sam deploy",
    "nomad ",
    "docker stack",
    "docker volume",
    "flyctl ",
    "fly deploy",
    "doctl ",
];

/// Commands and arguments that give settings to what is deployed.
const SETS: [&str; 9] = [
    "--set-env-vars",
    "--update-env-vars",
    "--set-secrets",
    "secrets set",
    "config:set",
    "set env ",
    "variables set",
    "env:set",
    "config set ",
];

/// A line that says what the program is started with.
fn is_environment(line: &str) -> bool {
    let line = line.trim_start_matches("- ").trim_start();
    line.starts_with("ENV ")
        || line.starts_with("env:")
        || line.starts_with("environment")
        || line.starts_with("args:")
        || line.starts_with("command:")
        || line.starts_with("value:")
        || line.starts_with("name: ")
        || line.split(['=', ':']).next().is_some_and(|key| {
            key.len() > 3
                && key
                    .chars()
                    // `APP_MODE=...` or `APP_MODE: ...`: names of variables are in capitals
                    .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        })
}

/// What a build file or an environment gives to the program may say how it keeps data; a pipeline
/// gives it nothing.
fn built_or_started(
    (builds, pipeline): (bool, bool),
    row: &mut DomainStandings,
    fresh: &[ChangedLine<'_>],
    gone: &[ChangedLine<'_>],
) {
    // what is open for another reason keeps that one
    if !matches!(row[D::StoredForm.index()], DomainStanding::Cannot(_)) {
        return;
    }
    let given = |line: &str| {
        let key = key_of(line);
        let named = key.len() > 2
            && key
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
            && key.contains(char::is_alphabetic);
        !pipeline
            && (named || line.trim_start_matches("- ").starts_with("value:"))
            && !is_harmless(line, "")
    };
    let built = |line: &str| {
        // flags and assignments of a build file choose what the program is made of
        builds && (line.contains(['=', '(']) || line.contains("-D")) && !is_harmless(line, "")
    };
    let tells = |(_, line): &&ChangedLine<'_>| given(line) || built(line);
    let line = fresh.iter().find(tells).map(|(line, _)| *line);
    if line.is_some() || gone.iter().any(|line| tells(&line)) {
        let why = if builds {
            "how the program is built changed, and with it perhaps how it keeps data"
        } else {
            "what the program is started with may say how it keeps data"
        };
        row[D::StoredForm.index()] = build_open_standing(86, line, why);
    }
}

/// A library or a program that is fetched or installed without a manifest moved, came or went.
fn note_installed(
    (previous, current): (&str, &str),
    row: &mut DomainStandings,
    fresh: &[ChangedLine<'_>],
    gone: &[ChangedLine<'_>],
) {
    if !matches!(row[D::StoredForm.index()], DomainStanding::Cannot(_)) {
        return;
    }
    // a line that only follows the version of the product moves nothing else
    let follows = |line: &str, own: &str, other: &str, there: &[ChangedLine<'_>]| {
        own.contains('.')
            && line.contains(own)
            && there
                .iter()
                .any(|(_, was)| *was == line.replace(own, other))
    };
    let bare = |version: &str| version.trim().trim_start_matches(['v', 'V']).to_owned();
    let (was, is) = (bare(previous), bare(current));
    let moved = |lines: &[ChangedLine<'_>], there: &[ChangedLine<'_>], own: &str, other: &str| {
        // the same library at the same version may stand in another line
        let known: HashSet<InstalledVersion<'_>> = there
            .iter()
            .flat_map(|(_, line)| list_installed_versions(line))
            .collect();
        lines
            .iter()
            .find(|(_, line)| {
                list_installed_versions(line)
                    .iter()
                    .any(|one| one.may_keep_data() && !known.contains(one))
                    && !follows(line, own, other, there)
            })
            .map(|(number, _)| *number)
    };
    let line = moved(fresh, gone, &is, &was);
    if line.is_some() || moved(gone, fresh, &was, &is).is_some() {
        row[D::StoredForm.index()] = build_open_standing(
            80,
            line,
            "a library or a program that is fetched or installed here moved to another version; what it writes is not known",
        );
    }
}

/// A changed line that names what a data store is keyed by, which protocol or version it speaks or
/// how it is divided: its number, and whether the newer text has it.
fn store_attribute(fresh: &[ChangedLine<'_>], gone: &[ChangedLine<'_>]) -> Option<(usize, bool)> {
    const WORDS: [&str; 12] = [
        "hash_key",
        "range_key",
        "keyschema",
        "attributename",
        "partition_key",
        "partitionkey",
        "sort_key",
        "featurecompat",
        "protocol.version",
        "clustering_key",
        "shard_key",
        "shardcount",
    ];
    // any change of these words counts, as no reader knows which value means what
    let line = |lines: &[ChangedLine<'_>]| first_with_word(lines, &WORDS);
    line(fresh)
        .map(|line| (line, true))
        .or_else(|| line(gone).map(|line| (line, false)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_of_a_store_are_told() {
        assert_eq!(
            store_attribute(&[(3, "hash_key = \"jar\"")], &[]),
            Some((3, true))
        );
        assert_eq!(
            store_attribute(&[], &[(4, "- AttributeName: id")]),
            Some((4, false))
        );
        assert_eq!(
            store_attribute(&[(1, "tags = { team = \"a\" }")], &[(1, "tags = {}")]),
            None
        );
    }
}
