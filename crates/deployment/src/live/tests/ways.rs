//! Ways back out of state files: commands only where every name is known.

use super::*;

fn ways(reports: &[LiveReport], retention: Option<Retention>) -> Vec<model::WayBack> {
    let (previous, current) = (
        release("1.1.20", "aaaaaaaaaaaa"),
        release("1.1.21", "bbbbbbbbbbbb"),
    );
    let about = About {
        retention,
        ..About::new(&previous, &current, time("2026-02-03T11:11:12Z"))
    };
    list_ways_back(reports, &about)
}

const KUBERNETES: &str = r#"{"kind":"List","items":[
 {"kind":"Deployment","metadata":{"name":"shop","namespace":"prod","uid":"d1","annotations":{"deployment.kubernetes.io/revision":"8"}},
  "spec":{"replicas":3,"revisionHistoryLimit":LIMIT},"status":{"replicas":3,"updatedReplicas":3,"conditions":[{"type":"Progressing","reason":"NewReplicaSetAvailable","lastUpdateTime":"2026-02-03T10:11:12Z"}]}},
 {"kind":"ReplicaSet","metadata":{"name":"shop-7c","creationTimestamp":"2026-02-03T10:10:40Z","ownerReferences":[{"uid":"d1"}],"annotations":{"deployment.kubernetes.io/revision":"8"}},
  "spec":{"replicas":3,"template":{"spec":{"containers":[{"image":"reg/shop:1.1.21"}]}}}},
 {"kind":"ReplicaSet","metadata":{"name":"shop-5b","creationTimestamp":"2026-01-20T09:00:00Z","ownerReferences":[{"uid":"d1"}],"annotations":{"deployment.kubernetes.io/revision":"7"}},
  "spec":{"replicas":0,"template":{"spec":{"containers":[{"image":"reg/shop:1.1.20"}]}}}}]}"#;

#[test]
fn kubernetes_is_undone_to_the_revision_that_ran_previous() {
    let found = ways(&[parsed(&KUBERNETES.replace("LIMIT", "10"))], None);
    assert_eq!(
        found[0].command.as_deref(),
        Some("kubectl rollout undo deployment/shop --namespace prod --to-revision=7")
    );
    assert_eq!(
        found[0].undo.as_deref(),
        Some("kubectl rollout undo deployment/shop --namespace prod --to-revision=8")
    );
    assert_eq!(
        found[0].watch.as_deref(),
        Some("kubectl rollout status deployment/shop --namespace prod --timeout=10m")
    );
    assert_eq!(
        (
            found[0].artifact.as_deref(),
            found[0].until.as_deref().unwrap().contains("10 more")
        ),
        (Some("reg/shop:1.1.20"), true)
    );
    // a name that could be more than a name makes no command
    let hostile = ways(
        &[parsed(
            &KUBERNETES
                .replace("LIMIT", "10")
                .replace("\"shop\"", "\"-x'; rm\""),
        )],
        None,
    );
    assert_eq!(
        (hostile[0].command.as_deref(), hostile[0].lacks.is_some()),
        (None, true)
    );
}

#[test]
fn the_history_limit_bites_with_the_next_change() {
    let (_, notes) = known(&[parsed(&KUBERNETES.replace("LIMIT", "1"))]);
    assert!(
        noted(&notes, "the next change of the pod template removes it"),
        "{notes:?}"
    );
    let (_, notes) = known(&[parsed(&KUBERNETES.replace("LIMIT", "10"))]);
    assert!(!noted(&notes, "removes it"), "{notes:?}");
}

const HELM: &str = r#"[{"revision":4,"updated":"2026-01-20T09:00:00Z","status":"superseded","chart":"shop-2.3.0","app_version":"1.1.20","description":"Upgrade complete"},
 {"revision":5,"updated":"2026-02-03T10:11:12Z","status":"deployed","chart":"shop-2.3.1","app_version":"1.1.21","description":"Upgrade complete"}]"#;

#[test]
fn helm_names_no_release_so_somebody_must() {
    let mut report = parsed(HELM);
    let found = ways(std::slice::from_ref(&report), None);
    assert_eq!(found[0].command, None);
    assert!(
        found[0].says.contains("revision 4")
            && found[0].lacks.as_deref().unwrap().contains("backout.yaml")
    );
    report.called = Some("shop".to_owned());
    report.namespace = Some("prod".to_owned());
    let found = ways(&[report], None);
    assert_eq!(
        found[0].command.as_deref(),
        Some("helm rollback shop 4 --namespace prod --wait")
    );
    assert_eq!(
        found[0].undo.as_deref(),
        Some("helm rollback shop 5 --namespace prod --wait")
    );
}

#[test]
fn octopus_deploys_again_by_names_only() {
    let dashboard = r#"{"Projects":[{"Id":"Projects-9","Name":"Web Shop"}],"Environments":[{"Id":"Environments-3","Name":"Production"}],
      "Items":[{"ProjectId":"Projects-9","EnvironmentId":"Environments-3","ReleaseVersion":"1.1.21","DeploymentId":"deployments-2","State":"Success","IsCurrent":true,"CompletedTime":"2026-02-03T10:11:12Z"}],
      "PreviousItems":[{"ProjectId":"Projects-9","EnvironmentId":"Environments-3","ReleaseVersion":"1.1.20","DeploymentId":"deployments-1","State":"Success","CompletedTime":"2026-01-20T09:00:00Z"}]}"#;
    let found = ways(&[parsed(dashboard)], None);
    assert_eq!(
        found[0].command.as_deref(),
        Some(
            "octopus release deploy --project 'Web Shop' --version 1.1.20 --environment Production \
                --no-prompt"
        )
    );
    assert_eq!(
        found[0].block.as_deref(),
        Some(
            "octopus release progression prevent --project 'Web Shop' --version 1.1.21 --reason \
                'rolled back' --no-prompt"
        )
    );
    // an environment that is known by its id only is no name
    let nameless = ways(
        &[parsed(&dashboard.replace(
            "\"Environments\":[{\"Id\":\"Environments-3\",\"Name\":\"Production\"}]",
            "\"Environments\":[]",
        ))],
        None,
    );
    assert_eq!(nameless[0].command, None);
}

#[test]
fn a_journal_says_where_the_old_folder_is_and_how_long_it_stays() {
    let entry = |version: &str, at: &str| {
        format!(
            r#"<Deployment Id="{version}" EnvironmentId="Environments-3" InstalledOn="{at}" RetentionPolicySet="set" ExtractedTo="C:\Apps\Shop\{version}"><Package PackageId="Shop" PackageVersion="{version}"/></Deployment>"#
        )
    };
    let journal = format!(
        "<Deployments>{}{}</Deployments>",
        entry("1.1.20", "2026-02-01 09:00:00"),
        entry("1.1.21", "2026-02-03 10:11:12")
    );
    let of = |retention| ways(&[parsed(&journal)], retention);
    let found = of(Some(Retention::Days(5)));
    assert_eq!(
        (found[0].artifact.as_deref(), found[0].until_at),
        (
            Some(r"C:\Apps\Shop\1.1.20"),
            Some(time("2026-02-06T09:00:00Z"))
        )
    );
    assert!(
        of(Some(Retention::Days(1)))[0]
            .until
            .as_deref()
            .unwrap()
            .contains("over its time already")
    );
    assert!(
        of(Some(Retention::Count(1)))[0]
            .until
            .as_deref()
            .unwrap()
            .contains("1 good releases")
            && of(None)[0].until.is_some()
    );
}

#[test]
fn a_rollout_in_flight_is_aborted_and_argo_cd_goes_back_by_its_history() {
    let rollout = r#"{"items":[{"kind":"Rollout","apiVersion":"argoproj.io/v1alpha1","metadata":{"name":"shop","namespace":"prod","uid":"r1"},"spec":{"strategy":{"canary":{}}},"status":{"phase":"Paused","currentPodHash":"new","stableRS":"old"}},
     {"kind":"ReplicaSet","metadata":{"ownerReferences":[{"uid":"r1"}],"labels":{"rollouts-pod-template-hash":"new"},"annotations":{"rollout.argoproj.io/revision":"8"}},"spec":{"replicas":1,"template":{"spec":{"containers":[{"image":"reg/shop:1.1.21"}]}}}},
     {"kind":"ReplicaSet","metadata":{"ownerReferences":[{"uid":"r1"}],"labels":{"rollouts-pod-template-hash":"old"},"annotations":{"rollout.argoproj.io/revision":"7"}},"spec":{"replicas":3,"template":{"spec":{"containers":[{"image":"reg/shop:1.1.20"}]}}}}]}"#;
    assert_eq!(
        ways(&[parsed(rollout)], None)[0].command.as_deref(),
        Some("kubectl argo rollouts abort shop --namespace prod")
    );
    let done = rollout
        .replace("\"stableRS\":\"old\"", "\"stableRS\":\"new\"")
        .replace("Paused", "Healthy");
    assert_eq!(
        ways(&[parsed(&done)], None)[0].command.as_deref(),
        Some("kubectl argo rollouts undo shop --namespace prod --to-revision=7")
    );
    let app = r#"{"kind":"Application","metadata":{"name":"shop"},"spec":{"source":{}},"status":{"sync":{"status":"Synced"},"health":{"status":"Healthy"},"history":[
      {"id":11,"revision":"aaa","deployedAt":"2026-01-20T09:00:00Z","source":{"helm":{"parameters":[{"name":"image.tag","value":"1.1.20"}]}}},
      {"id":12,"revision":"bbb","deployedAt":"2026-02-03T10:11:12Z","source":{"helm":{"parameters":[{"name":"image.tag","value":"1.1.21"}]}}}]}}"#;
    assert_eq!(
        ways(&[parsed(app)], None)[0].command.as_deref(),
        Some("argocd app rollback shop 11")
    );
}

#[test]
fn a_lower_number_that_went_out_counted_as_a_rollback() {
    let (previous, current) = (
        release("2.0.0", "aaaaaaaaaaaa"),
        release("1.9.7", "bbbbbbbbbbbb"),
    );
    let line = |version: &str, at: &str| {
        format!(
            r#"{{"Octopus.Release.CurrentForEnvironment.Number":"{version}","Octopus.Environment.Name":"{at}"}}"#
        )
    };
    let (_, notes) = derive_live_facts(
        &[parsed(&line("1.9.7", "Production"))],
        &About::new(&previous, &current, time("2026-02-03T11:11:12Z")),
    );
    assert!(
        noted(&notes, "compares release numbers, not packages"),
        "{notes:?}"
    );
}
