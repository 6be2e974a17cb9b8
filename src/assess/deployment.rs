//! What is live, staging and the process: state files are read here, what they mean is said by
//! `deployment`.

use super::live_file::{
    CLOCK_MINUTES, OLD_MINUTES, ReadLiveFile, find_other_database, list_reports,
};
use crate::model::fact_key;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::memory::{RollbackMemory, recall_rollbacks};
use super::{LiveSource, Recorded, facts};
use crate::deployment::live::{self, About, LiveReport};
use crate::deployment::{calendar, ladder, owners, platform, process, staging};
use crate::model::{
    Assessment, Config, Fact, Facts, FileChange, Finding, KnownStep, MigrationHistory,
    PastRollback, Release, Snapshot, Staged, Sureness, Unchecked, WayBackGrounds, escape_invisible,
};
use crate::repository::ReleasePair;

/// Facts about what moves; a file that is older than [`OLD_MINUTES`] only hints at them.
const MOVING: [&str; 4] = [
    fact_key::DEPLOYMENT_IN_PROGRESS,
    fact_key::DEPLOYMENT_MIXED,
    fact_key::DEPLOYMENT_GATE,
    fact_key::DEPLOYMENT_OLD_SIDE_WARM,
];

/// Most state files of one assessment.
const FILES: usize = 50;

/// Most owners and staged sides that are kept.
const OWNERS: usize = 20;
const SIDES: usize = 10;

/// What was found about the deployment.
#[derive(Debug, Default)]
pub(super) struct DeploymentFindings {
    /// Of state files, of the repository's files, of the process; several of one key where they
    /// contradict each other.
    pub facts: Vec<Fact>,
    pub findings: Vec<Finding>,
    pub unchecked: Vec<Unchecked>,
    pub process: Vec<KnownStep>,
    pub grounds: WayBackGrounds,
    pub rolled_back_before: Vec<PastRollback>,
}

/// Reads state files: those of the command line first, then those of `backout.yaml`, whose paths
/// start from `base`. With `inside` the latter are read only below `base`: a file that came with a
/// repository must not choose what else is read.
pub fn live_files(
    given: &[LiveSource],
    config: &Config,
    base: &Path,
    inside: bool,
) -> Vec<ReadLiveFile> {
    let mut files: Vec<ReadLiveFile> = given.iter().map(read_given_state_file).collect();
    files.extend(
        config
            .live
            .iter()
            .map(|file| read_configured_state_file(file, base, inside)),
    );
    let more = files.len().saturating_sub(FILES);
    files.truncate(FILES);
    if more > 0 {
        files.push(ReadLiveFile {
            name: "state files".to_owned(),
            report: Err(format!("{more} are left out; the first {FILES} are read")),
        });
    }
    files
}

fn read_given_state_file(source: &LiveSource) -> ReadLiveFile {
    match source {
        LiveSource::Text { name, bytes } => ReadLiveFile {
            name: name.clone(),
            report: live::read_state_file(name, bytes, None).map_err(|error| error.to_string()),
        },
        LiveSource::File(path) => {
            let name = format_state_file_path(path);
            let report = read_live_report(path, &name, None);
            ReadLiveFile { name, report }
        }
    }
}

fn read_configured_state_file(
    file: &crate::model::ConfiguredLiveFile,
    base: &Path,
    inside: bool,
) -> ReadLiveFile {
    let name = format_state_file_path(&file.file);
    let path = base.join(&file.file);
    let refused = |why: &str| ReadLiveFile {
        name: name.clone(),
        report: Err(format!("{name} {why}")),
    };
    let (Ok(real), Ok(root)) = (path.canonicalize(), base.canonicalize()) else {
        return refused("cannot be found; `live` of backout.yaml names it");
    };
    if inside && !real.starts_with(&root) {
        return refused("lies outside the repository; give it with --live");
    }
    // a pipe or a device would never end
    if !real.is_file() {
        return refused("is not a file");
    }
    let report = read_live_report(&real, &name, file.kind.as_deref()).map(|report| LiveReport {
        called: file.name.clone(),
        namespace: file.namespace.clone(),
        ..report
    });
    ReadLiveFile { name, report }
}

fn format_state_file_path(path: &Path) -> String {
    escape_invisible(&path.display().to_string()).into_owned()
}

fn read_live_report(path: &Path, name: &str, kind: Option<&str>) -> Result<LiveReport, String> {
    let cannot = |error: std::io::Error| format!("{name} cannot be read ({error})");
    let file = plain_file::open_plain_file(path).map_err(cannot)?;
    let about = file.metadata().map_err(cannot)?;
    let mut bytes = Vec::new();
    file.take(live::LIMIT as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    let mut report =
        live::read_state_file(name, &bytes, kind).map_err(|error| error.to_string())?;
    report.observed_at = about
        .modified()
        .ok()
        .and_then(|time| Timestamp::try_from(time).ok());
    Ok(report)
}

/// What the step looks at.
pub(super) struct DeploymentInput<'a> {
    pub given: &'a [LiveSource],
    pub config: &'a Config,
    pub base: PathBuf,
    /// `backout.yaml` was found, not named.
    pub inside: bool,
    pub environment: Option<&'a str>,
    /// Rehearsals that sessions recorded.
    pub rehearsals: &'a Recorded,
    /// What is known of earlier rollbacks beside the files.
    pub memory: RollbackMemory<'a>,
    pub now: Timestamp,
    /// `backout.yaml` in sentences.
    pub config_source: &'a str,
}

/// When current was deployed last, by the files.
pub(super) fn find_deployed_time(files: &[ReadLiveFile], current: &Release) -> Option<Timestamp> {
    list_reports(files)
        .flat_map(|report| &report.deployments)
        .filter(|deployment| {
            deployment
                .version
                .as_deref()
                .is_some_and(|version| live::same_version(version, current.version.as_raw()))
        })
        .filter_map(|deployment| deployment.at)
        .max()
}

/// What the files say about migrations, and why one of them is not used: what it says must be of the
/// database that is live, newer than the deployment, and new enough that nobody has run a migration
/// since.
pub(super) fn list_migration_histories(
    files: &[ReadLiveFile],
    current: &Release,
    environment: Option<&str>,
    now: Timestamp,
) -> (Vec<MigrationHistory>, Vec<Unchecked>) {
    let deployed = find_deployed_time(files, current);
    let (mut histories, mut unchecked) = (Vec::new(), Vec::new());
    for report in list_reports(files) {
        let Some(history) = &report.migrations else {
            continue;
        };
        let written = report.observed_at.unwrap_or(now);
        let why = if let Some(why) = find_other_database(report, environment) {
            Some(why)
        } else if written.duration_since(now).as_mins() >= CLOCK_MINUTES {
            Some("its time has not come yet, so how old it is is not known".to_owned())
        } else if now.duration_since(written).as_mins() > OLD_MINUTES {
            Some(format!(
                "it was written at {} UTC, more than an hour ago, and migrations may have run \
                    since",
                written.strftime("%Y-%m-%d %H:%M")
            ))
        } else if deployed.is_some_and(|at| at > written) {
            Some(format!(
                "it was written before {} was deployed, so it does not say what ran then",
                current.version.shown()
            ))
        } else {
            None
        };
        match why {
            Some(why) => unchecked.push(Unchecked {
                what: report.name.clone().into(),
                why: format!("{why}; which migrations ran is not taken from it").into(),
                settle_with: Some("write it again now, on the database that is live".into()),
            }),
            None => histories.push(MigrationHistory {
                observed_at: report.observed_at,
                ..history.clone()
            }),
        }
    }
    (histories, unchecked)
}

/// All of it, with the state files as [`live_files`] read them.
pub(super) fn assess_deployment(
    look: &DeploymentInput<'_>,
    files: Vec<ReadLiveFile>,
    pair: &ReleasePair,
    previous: &dyn Snapshot,
    current: &dyn Snapshot,
    changes: &[FileChange],
) -> DeploymentFindings {
    let mut found = DeploymentFindings::default();
    let mut reports = Vec::new();
    for file in files {
        match file.report {
            Ok(report) => reports.push(report),
            Err(why) => found.unchecked.push(Unchecked {
                what: file.name.into(),
                why: why.into(),
                settle_with: Some(
                    "have the deployer write it again; `backout doctor` shows the \
                    command for each kind"
                        .into(),
                ),
            }),
        }
    }
    let environment = look
        .environment
        .or_else(|| facts::find_production_environment(look.config));
    let described = environment.and_then(|name| Some((name, look.config.environments.get(name)?)));
    let retention = described.and_then(|(_, environment)| environment.retention.as_deref());
    if let Some(text) = retention.filter(|text| live::Retention::of(text).is_none()) {
        found.unchecked.push(Unchecked {
            what: "retention of backout.yaml".into(),
            why: format!("{} is no retention; it is left out", escape_invisible(text)).into(),
            settle_with: Some("write it as 5 days, 3 releases or forever".into()),
        });
    }
    let about = About {
        environment,
        retention: retention.and_then(live::Retention::of),
        ..About::new(&pair.previous, &pair.current, look.now)
    };
    let (mut said, notes) = derive_state_file_facts(look, &mut reports, &about);
    found
        .findings
        .extend(live::convert_notes_to_findings(&notes, &reports));
    found.grounds.returns = live::list_ways_back(&reports, &about);
    let (past, past_findings) = recall_rollbacks(&look.memory, look.config, &reports, &about);
    found.rolled_back_before = past;
    found.findings.extend(past_findings);

    let staged = staging::detect_staging(current);
    // what runs counts before what a file of the repository describes
    let seen = said
        .iter()
        .any(|fact| fact.key == fact_key::DEPLOYMENT_STRATEGY);
    found.grounds.staged = list_staged_sides(&staged.signs);
    found
        .facts
        .extend(staged.facts.into_iter().filter(|_| !seen));
    found.findings.extend(staged.findings);
    found.unchecked.extend(staged.unchecked);

    assess_way_back_process(look, pair, (previous, current), &mut reports, &mut found);
    let (held, unread) = ladder::collect_rehearsals(look.config, look.rehearsals.get());
    found.unchecked.extend(unread);
    found.facts.extend(
        ladder::assess_automation_ladder(&found.process, look.config, &held, look.now).facts(),
    );
    newest_rehearsal(&mut found.facts, &mut said);
    let (owners, odd) =
        owners::find_path_owners(current, changes.iter().map(|change| change.path.as_str()));
    found.grounds.owners = owners.into_iter().take(OWNERS).collect();
    found.unchecked.extend(odd);
    if let Some((name, environment)) = described {
        let calendar = calendar::read_calendar(name, environment, look.config_source, look.now);
        found.facts.extend(calendar.fact);
        found.findings.extend(calendar.findings);
        found.unchecked.extend(calendar.unchecked);
        found.grounds.calendar = calendar.notes;
    }
    for fact in &mut found.facts {
        fact.at = fact.at.or(Some(look.now));
    }
    found.facts.extend(said);
    found
}

/// Facts of the state files and what misleads in them; what moves is a guess once the file is old.
fn derive_state_file_facts(
    look: &DeploymentInput<'_>,
    reports: &mut [LiveReport],
    about: &About<'_>,
) -> (Vec<Fact>, Vec<String>) {
    let (mut said, mut notes) = live::derive_live_facts(reports, about);
    for fact in said
        .iter_mut()
        .filter(|fact| MOVING.contains(&fact.key.as_str()))
    {
        if fact
            .at
            .is_some_and(|at| look.now.duration_since(at).as_mins() > OLD_MINUTES)
        {
            fact.confidence = Sureness::Low;
        }
    }
    for report in reports {
        let Some(at) = report.observed_at else {
            continue;
        };
        let minutes = look.now.duration_since(at).as_mins();
        if minutes > OLD_MINUTES {
            let age = if minutes < 48 * 60 {
                format!("{} h", minutes / 60)
            } else {
                format!("{} days", minutes / (24 * 60))
            };
            notes.push(format!(
                "{} was written {age} ago: whether something runs now must be looked at again",
                report.name
            ));
        }
    }
    (said, notes)
}

/// The process of the way back: a file that was handed over, else as frozen in previous' tree.
fn assess_way_back_process(
    look: &DeploymentInput<'_>,
    pair: &ReleasePair,
    (previous, current): (&dyn Snapshot, &dyn Snapshot),
    reports: &mut [LiveReport],
    found: &mut DeploymentFindings,
) {
    let handed = reports.iter_mut().find(|report| !report.steps.is_empty());
    if let Some(report) = handed {
        let process = process::assess_given_process(
            &report.name,
            std::mem::take(&mut report.steps),
            look.config,
            look.environment,
        );
        found.grounds.platforms = platform::detect_platforms(current, &process.process.steps);
        found.process = process.known();
        found.facts.extend(process.facts);
        found.findings.extend(process.findings);
        found.unchecked.extend(process.unchecked);
        return;
    }
    let names = process::ReleaseNames {
        previous: pair.previous.version.as_raw(),
        previous_commit: &pair.previous.commit,
    };
    let ways =
        process::compare_frozen_processes(previous, current, look.config, look.environment, names);
    found.grounds.platforms = platform::detect_platforms(current, &ways.forward.process.steps);
    found.grounds.frozen_process =
        (!ways.differences.is_empty()).then(|| pair.previous.version.as_raw().to_owned());
    found.process = ways.known();
    found.facts.extend(ways.facts);
    found.findings.extend(ways.findings);
    found.unchecked.extend(ways.unchecked);
}

/// Signs that a side can stay up, one a strategy and tool.
fn list_staged_sides(signs: &[staging::StagingSign]) -> Vec<Staged> {
    let mut found: Vec<Staged> = Vec::new();
    for sign in signs
        .iter()
        .filter(|sign| sign.strategy > staging::Strategy::Rolling)
    {
        let known = found
            .iter()
            .any(|side| side.tool == sign.tool && side.strategy == sign.strategy);
        if !known && found.len() < SIDES {
            found.push(Staged {
                strategy: sign.strategy.into(),
                tool: sign.tool.to_owned(),
                buys: sign.buys.clone(),
                until: sign.until.clone(),
                evidence: sign.evidence.clone(),
            });
        }
    }
    found
}

/// Two sources know of different rehearsals, which is no contradiction: the newest counts.
fn newest_rehearsal(facts: &mut Vec<Fact>, said: &mut Vec<Fact>) {
    let days = |fact: &Fact| {
        (fact.key == fact_key::REHEARSAL_DAYS_SINCE)
            .then(|| fact.value.as_number())
            .flatten()
    };
    let Some(least) = facts
        .iter()
        .chain(said.iter())
        .filter_map(days)
        .reduce(f64::min)
    else {
        return;
    };
    for list in [facts, said] {
        list.retain(|fact| days(fact).is_none_or(|days| days <= least));
    }
}

/// Adds further facts to those in force. The first to speak about a key stays; who says otherwise
/// goes to `also_said`, so that the contradiction is seen. Knowing goes before not knowing, and
/// being sure before a guess of the same value.
pub(super) fn merge_further_facts(assessment: &mut Assessment, facts: Facts, further: &[Fact]) {
    assessment.facts = facts;
    assessment.also_said.clear();
    for fact in further {
        match assessment.facts.get_mut(&fact.key) {
            None => {
                assessment.facts.insert(fact.key.clone(), fact.clone());
            }
            Some(known) if known.value == fact.value => {
                if known.confidence < fact.confidence {
                    *known = fact.clone();
                }
            }
            Some(known) if !known.value.is_known() => *known = fact.clone(),
            Some(_) if !fact.value.is_known() => {}
            Some(_) => assessment.also_said.push(fact.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FactValue, Release, ReleaseRelation, RepositoryInfo};

    fn word(key: &str, value: &str) -> Fact {
        Fact::sensed(key, FactValue::word(value))
    }

    #[test]
    fn contradictions_stay_beside_the_first_word() {
        let release = |version: &str| Release {
            version: version.into(),
            commit: String::new(),
            time: None,
            tag: None,
            scheme: String::new(),
            prerelease: false,
        };
        let mut assessment = Assessment::new(
            RepositoryInfo::default(),
            release("1"),
            release("2"),
            ReleaseRelation::Ancestor,
        );
        let key = "deployment.previous_available";
        let unknown = Fact::sensed("deployment.mixed", FactValue::Unknown);
        merge_further_facts(
            &mut assessment,
            Facts::from([("deployment.mixed".to_owned(), unknown)]),
            &[
                word(key, "yes").low(),
                word(key, "yes"),
                word(key, "no"),
                word("deployment.mixed", "no"),
                Fact::sensed(key, FactValue::Unknown),
            ],
        );
        assert_eq!(
            (
                assessment.facts[key].value.clone(),
                assessment.facts[key].confidence
            ),
            (FactValue::word("yes"), Sureness::High)
        );
        assert_eq!(
            assessment.facts["deployment.mixed"].value,
            FactValue::word("no")
        );
        assert_eq!(assessment.also_said, [word(key, "no")]);
        assert_eq!(
            assessment
                .sensed()
                .iter()
                .filter(|fact| fact.key == key)
                .count(),
            2
        );
    }

    #[test]
    fn a_found_configuration_cannot_read_outside_its_repository() {
        let root = tempfile::tempdir().unwrap();
        let base = root.path().join("repo");
        std::fs::create_dir_all(base.join("ops")).unwrap();
        let text = r#"{"env":"production","version":"1.1.21","at":"2026-02-03T10:11:12Z","result":"success"}"#;
        std::fs::write(root.path().join("outside.jsonl"), text).unwrap();
        std::fs::write(base.join("ops/deploys.jsonl"), text).unwrap();
        let file = |name: &str| crate::model::ConfiguredLiveFile {
            file: name.into(),
            ..crate::model::ConfiguredLiveFile::default()
        };
        let config = Config {
            live: vec![
                file("../outside.jsonl"),
                file("ops/deploys.jsonl"),
                file("ops"),
                file("absent"),
            ],
            ..Config::default()
        };
        let read = |inside| {
            live_files(&[], &config, &base, inside)
                .into_iter()
                .map(|file| file.report.map(|report| report.kind).map_err(|_| ()))
                .collect::<Vec<_>>()
        };
        let kind = Ok(live::LiveKind::Deploys);
        assert_eq!(read(true), [Err(()), kind, Err(()), Err(())]);
        assert_eq!(read(false), [kind, kind, Err(()), Err(())]);
    }
}
