use super::*;

pub(super) const JOURNAL: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<Deployments>
  <Deployment Id="1" EnvironmentId="Environments-3" TenantId="" ProjectId="Projects-9" InstalledOn="2026-01-20 09.00.00"
     RetentionPolicySet="Environments-3/projects-9/Step-Deploy Web/machines-4/&lt;default&gt;"
     ExtractedTo="C:\Octopus\Applications\Production\Shop.Web\1.1.20" CustomInstallationDirectory="" PackageId="Shop.Web" PackageVersion="1.1.20" ExtractedFrom="x.nupkg" />
  <Deployment Id="2" EnvironmentId="Environments-3" TenantId="" ProjectId="Projects-9" InstalledOn="2026-02-03 10:11:12"
     RetentionPolicySet="environments-3/projects-9/step-Deploy Web/machines-4/&lt;default&gt;"
     ExtractedTo="C:\Octopus\Applications\Production\Shop.Web\1.1.21" CustomInstallationDirectory="" WasSuccessful="True">
    <Package PackageId="Shop.Web" PackageVersion="1.1.21" DeployedFrom="C:\Octopus\Files\Shop.Web@S1.1.21@A1.nupkg" />
    <Package PackageId="Shop.Extra" PackageVersion="9.0" />
  </Deployment>
  <Deployment Id="3" EnvironmentId="Environments-3" ProjectId="Projects-2" InstalledOn="2026-02-03 10:30:00" RetentionPolicySet="other" ExtractedTo="x">
    <Package PackageId="Billing" PackageVersion="7.0.0" />
  </Deployment>
</Deployments>"#;

fn retained(retention: Option<Retention>) -> (Vec<Fact>, Vec<String>) {
    let (previous, current) = (release("1.1.20", "a"), release("1.1.21", "b"));
    let mut about = About::new(&previous, &current, time("2026-02-03T11:11:12Z"));
    about.retention = retention;
    derive_live_facts(&[parsed(JOURNAL)], &about)
}

#[test]
fn both_forms_of_the_journal() {
    let report = parsed(JOURNAL);
    let seen: Vec<_> = report
        .deployments
        .iter()
        .map(|one| (one.version.as_deref().unwrap(), one.evidence.line))
        .collect();
    assert_eq!(
        seen,
        [
            ("7.0.0", Some(12)),
            ("1.1.21", Some(6)),
            ("1.1.20", Some(3))
        ]
    );
    let (facts, notes) = retained(None);
    assert_eq!(
        value(&facts, "deployment.live_minutes").as_deref(),
        Some("60")
    );
    assert_eq!(
        value(&facts, "deployment.previous_installed").as_deref(),
        Some("yes")
    );
    assert_eq!(
        value(&facts, "deployment.previous_good").as_deref(),
        Some("yes")
    );
    assert!(noted(&notes, "skips installed packages") && noted(&notes, "How long targets keep"));
}

#[test]
fn retention_is_looked_at_one_deployment_ahead() {
    assert!(noted(
        &retained(Some(Retention::Days(5))).1,
        "removes 1.1.20"
    ));
    assert!(!noted(
        &retained(Some(Retention::Days(30))).1,
        "removes 1.1.20"
    ));
    assert!(noted(
        &retained(Some(Retention::Count(1))).1,
        "removes 1.1.20"
    ));
    assert!(!noted(
        &retained(Some(Retention::Count(2))).1,
        "removes 1.1.20"
    ));
}

#[test]
fn a_failed_entry_is_no_installed_release() {
    let text = JOURNAL.replace(
        "PackageId=\"Shop.Web\" PackageVersion=\"1.1.20\"",
        "WasSuccessful=\"False\" PackageId=\"Shop.Web\" PackageVersion=\"1.1.20\"",
    );
    let (facts, _) = known(&[parsed(&text)]);
    assert_eq!(
        value(&facts, "deployment.previous_installed").as_deref(),
        Some("no")
    );
    assert_eq!(
        value(&facts, "deployment.previous_good").as_deref(),
        Some("no")
    );
    let (facts, notes) = known(&[parsed(&JOURNAL.replace("1.1.20", "1.1.19"))]);
    assert_eq!(
        value(&facts, "deployment.previous_installed").as_deref(),
        Some("no")
    );
    assert!(noted(&notes, "no trace of 1.1.20"));
}

const VARIABLES: &str = r#"{"Octopus.Release.Number":"1.1.21","Octopus.Release.CurrentForEnvironment.Number":"1.1.20","Octopus.Release.PreviousForEnvironment.Number":"1.1.19",
 "Octopus.Release.Previous.Number":"1.1.22","Octopus.Environment.Name":"Production","Octopus.Deployment.Id":"deployments-123","SPELL":"deployments-122",
 "Octopus.Deployment.Created":"dinsdag 3 februari 2026","Octopus.Tentacle.PreviousSuccessfulInstallation.PackageVersion":"1.1.20",
 "Octopus.Tentacle.PreviousSuccessfulInstallation.OriginalInstalledPath":"C:\\Apps\\1.1.20"}"#;

#[test]
fn three_notions_of_previous_stay_apart_in_both_spellings() {
    for spelling in [
        "Octopus.Deployment.PreviousSuccessful.Id",
        "Octopus.Deployment.PreviousSucessful.Id",
    ] {
        let report = parsed(&VARIABLES.replace("SPELL", spelling));
        assert_eq!(report.kind, LiveKind::OctopusVariables);
        let notions: Vec<_> = report
            .notions
            .iter()
            .map(|(_, version)| version.as_str())
            .collect();
        assert_eq!(
            notions,
            ["1.1.22", "1.1.19", "1.1.20", "1.1.20", "deployments-122"]
        );
        let (facts, notes) = known(&[report]);
        assert_eq!(
            value(&facts, "deployment.in_progress").as_deref(),
            Some("yes")
        );
        assert_eq!(
            value(&facts, "deployment.previous_installed").as_deref(),
            Some("yes")
        );
        assert_eq!(
            value(&facts, "deployment.environment").as_deref(),
            Some("production")
        );
        assert!(
            noted(&notes, "different releases by *previous*")
                && noted(&notes, "server's own language")
        );
    }
}

#[test]
fn variables_as_names_and_values() {
    let list = r#"{"Variables":[{"Name":"Octopus.Release.Number","Value":"1.1.21"},{"Name":"Octopus.Release.CurrentForEnvironment.Number","Value":"1.1.21"},{"Name":"x"}]}"#;
    let report = parsed(list);
    assert_eq!(
        (report.kind, report.live_version.as_deref()),
        (LiveKind::OctopusVariables, Some("1.1.21"))
    );
    let (facts, _) = known(&[report]);
    assert_eq!(value(&facts, "deployment.in_progress"), None);
    assert!(read_state_file("x", br#"{"Octopus.Machine.Name":"web1"}"#, None).is_err());
}

const PROGRESSION: &str = r#"{"Environments":[{"Id":"Environments-1","Name":"Test"},{"Id":"Environments-3","Name":"Production"}],"Releases":[
 {"Release":{"Id":"Releases-21","Version":"1.1.21"},"HasUnresolvedDefect":false,"TentacleRetentionPeriod":{"Unit":"Days","QuantityToKeep":3,"ShouldKeepForever":false},
  "Deployments":{"Environments-1":[{"ReleaseVersion":"1.1.21","EnvironmentId":"Environments-1","State":"Success","CompletedTime":"2026-02-01T10:00:00Z"}],
   "Environments-3":[{"ReleaseVersion":"1.1.21","EnvironmentId":"Environments-3","State":"Success","CompletedTime":"2026-02-03T10:11:12Z","IsCurrent":true}]}},
 {"Release":{"Id":"Releases-20","Version":"1.1.20"},"HasUnresolvedDefect":true,
  "Deployments":{"Environments-3":[{"ReleaseVersion":"1.1.20","EnvironmentId":"Environments-3","State":"Success","CompletedTime":"2026-01-20T09:00:00Z"}]}}]}"#;

#[test]
fn progression_of_a_project() {
    let report = parsed(PROGRESSION);
    assert_eq!(report.retention, Some(Retention::Days(3)));
    let (facts, notes) = known(&[report]);
    assert_eq!(
        value(&facts, "deployment.live_minutes").as_deref(),
        Some("60")
    );
    assert_eq!(
        value(&facts, "deployment.previous_good").as_deref(),
        Some("no")
    );
    assert_eq!(
        value(&facts, "deployment.in_progress").as_deref(),
        Some("no")
    );
    assert!(noted(&notes, "blocks 1.1.20"));
    let (_, notes) = known(&[parsed(PROGRESSION), parsed(JOURNAL)]);
    assert!(noted(&notes, "Retention (3 days are kept) removes 1.1.20"));
}

#[test]
fn retention_is_that_of_the_newest_release() {
    let text = PROGRESSION.replace(
        r#""HasUnresolvedDefect":true,"#,
        r#""HasUnresolvedDefect":true,"TentacleRetentionPeriod":{"Unit":"Days","QuantityToKeep":30},"#,
    );
    assert_eq!(parsed(&text).retention, Some(Retention::Days(3)));
    let deployments = |other: &str| {
        format!(
            r#"[{{"Id":"Deployments-5","ReleaseId":"Releases-21","EnvironmentId":"Environments-3","TaskId":"T-9","Created":"2026-02-03T10:00:00Z","TentacleRetentionPeriod":{{"Unit":"Days","QuantityToKeep":3}}}},
             {{"Id":"Deployments-4","ReleaseId":"Releases-20","EnvironmentId":"{other}","TaskId":"T-8","Created":"2026-01-03T10:00:00Z","TentacleRetentionPeriod":{{"Unit":"Days","QuantityToKeep":30}}}}]"#
        )
    };
    assert_eq!(
        parsed(&deployments("Environments-3")).retention,
        Some(Retention::Days(3))
    );
    let report = parsed(&deployments("Environments-1"));
    assert_eq!(report.retention, None);
    assert!(noted(&report.notes, "for different times"));
}

#[test]
fn phases_of_a_lifecycle_that_disagree_name_no_retention() {
    let lifecycle = |days: u32| {
        format!(
            r#"{{"Id":"Lifecycles-1","TentacleRetentionPolicy":{{"Unit":"Days","QuantityToKeep":30}},"Phases":[{{"Name":"Test"}},{{"Name":"Production","TentacleRetentionPolicy":{{"Unit":"Days","QuantityToKeep":{days}}}}}]}}"#
        )
    };
    assert_eq!(parsed(&lifecycle(30)).retention, Some(Retention::Days(30)));
    let refused = read_state_file("state", lifecycle(3).as_bytes(), None);
    assert!(
        refused
            .err()
            .is_some_and(|error| error.to_string().contains("for different times"))
    );
}

#[test]
fn an_id_and_a_number_are_not_held_to_be_two_releases() {
    let report = parsed(
        r#"{"Octopus.Release.Number":"1.1.22","Octopus.Release.CurrentForEnvironment.Number":"1.1.21","Octopus.Release.PreviousForEnvironment.Id":"Releases-7"}"#,
    );
    assert!(!noted(&report.notes, "different releases by *previous*"));
}

#[test]
fn a_deployment_that_waits_for_a_person_is_in_progress() {
    let text = PROGRESSION.replace(
        "\"State\":\"Success\",\"CompletedTime\":\"2026-02-03T10:11:12Z\",\"IsCurrent\":true",
        "\"State\":\"Executing\",\"HasPendingInterruptions\":true,\"CompletedTime\":\"2026-02-03T10:11:12Z\"",
    );
    let (facts, notes) = known(&[parsed(&text)]);
    assert_eq!(
        value(&facts, "deployment.in_progress").as_deref(),
        Some("yes")
    );
    assert!(noted(&notes, "waits for a person"));
}

#[test]
fn the_cli_lists_releases_without_environment_or_success() {
    let report = parsed(
        r#"[{"ID":"Releases-21","ReleaseNotes":"","Assembled":"2026-02-03T09:00:00Z","Channel":"Default","Version":"1.1.21"},{"ID":"Releases-20","Assembled":"2026-01-20T08:00:00Z","Channel":"Default","Version":"1.1.20"}]"#,
    );
    assert_eq!(
        (report.kind, report.live_version.as_deref()),
        (LiveKind::Octopus, None)
    );
    let (facts, notes) = known(&[report]);
    assert_eq!(
        value(&facts, "deployment.previous_available").as_deref(),
        Some("yes")
    );
    assert_eq!(value(&facts, "deployment.live_minutes"), None);
    assert!(noted(&notes, "names no environment"));
}

#[test]
fn deployments_are_joined_with_releases_and_tasks() {
    let text = r#"[{"Id":"Releases-21","Version":"1.1.21","ChannelId":"Channels-1","BuildInformation":[{"VcsCommitNumber":"bbbbbbbbbbbb"}]},
     {"Id":"Deployments-5","ReleaseId":"Releases-21","EnvironmentId":"Environments-3","TaskId":"ServerTasks-9","SkipActions":["a"],"Created":"2026-02-03T10:00:00Z"},
     {"Id":"ServerTasks-9","State":"Success","FinishedSuccessfully":true,"CompletedTime":"2026-02-03T10:11:12Z"}]"#;
    let (facts, notes) = known(&[parsed(text)]);
    assert_eq!(value(&facts, "deployment.mixed").as_deref(), Some("yes"));
    assert!(noted(&notes, "SkipActions"));
    let lone = r#"{"Id":"Deployments-5","ReleaseId":"Releases-21","EnvironmentId":"Environments-3","TaskId":"ServerTasks-9","Created":"2026-02-03T10:00:00Z"}"#;
    assert!(noted(&parsed(lone).notes, "without their task"));
}

#[test]
fn a_hotfix_with_a_higher_number_is_named() {
    let (previous, current) = (release("2.0.0-rc1", "a"), release("2.0.0-rc2", "b"));
    let report = parsed(PROGRESSION);
    let (_, notes) = derive_live_facts(
        &[report],
        &About::new(&previous, &current, time("2026-02-03T11:11:12Z")),
    );
    assert!(noted(&notes, "a Redeploy, not a Rollback") && noted(&notes, "hyphen"));
}

#[test]
fn the_notions_of_previous_are_kept_apart_by_number_or_id() {
    let report = parsed(
        r#"{"Octopus.Release.Number":"1.1.22","Octopus.Release.CurrentForEnvironment.Number":"1.1.21","Octopus.Release.PreviousForEnvironment.Id":"Releases-7","Octopus.Release.Previous.Number":"1.2.0",
        "Octopus.Tentacle.PreviousSuccessfulInstallation.PackageVersion":"1.1.20","Octopus.Tentacle.PreviousSuccessfulInstallation.PackageFilePath":"C:\\Files\\shop.1.1.20.nupkg"}"#,
    );
    let of = |part: &str| {
        report
            .notions
            .iter()
            .find(|(notion, _)| notion.contains(part))
            .map(|(_, release)| release.as_str())
    };
    assert_eq!(
        (
            of("project's last"),
            of("good or not"),
            of("that succeeded")
        ),
        (Some("1.2.0"), Some("Releases-7"), Some("1.1.21"))
    );
    assert!(
        noted(&report.notes, "different releases by *previous*")
            && noted(&report.notes, "does not prove that the file is still there"),
        "{:?}",
        report.notes
    );
}
