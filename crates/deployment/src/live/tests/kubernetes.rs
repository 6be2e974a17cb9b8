use super::*;

pub(super) const LIST: &str = r#"{"kind":"List","items":[
 {"kind":"Deployment","metadata":{"name":"shop","namespace":"prod","uid":"d1","annotations":{"deployment.kubernetes.io/revision":"8","kubernetes.io/change-cause":"1.1.21"}},
  "spec":{"replicas":3,"revisionHistoryLimit":10,"strategy":{"type":"RollingUpdate"}},
  "status":{"replicas":3,"updatedReplicas":3,"availableReplicas":3,"conditions":[{"type":"Progressing","status":"True","reason":"NewReplicaSetAvailable","lastUpdateTime":"2026-02-03T10:11:12Z"}]}},
 {"kind":"ReplicaSet","metadata":{"name":"shop-7c","creationTimestamp":"2026-02-03T10:10:40Z","ownerReferences":[{"uid":"d1"}],"annotations":{"deployment.kubernetes.io/revision":"8"}},
  "spec":{"replicas":3,"template":{"spec":{"containers":[{"name":"web","image":"reg/shop:1.1.21"}]}}}},
 {"kind":"ReplicaSet","metadata":{"name":"shop-5b","creationTimestamp":"2026-01-20T09:00:00Z","ownerReferences":[{"uid":"d1"}],"annotations":{"deployment.kubernetes.io/revision":"7","deployment.kubernetes.io/revision-history":"3,5"}},
  "spec":{"replicas":0,"template":{"spec":{"containers":[{"name":"web","image":"reg/shop:1.1.20"}]}}}}]}"#;

#[test]
fn a_finished_rolling_update() {
    let report = parsed(LIST);
    assert_eq!(
        (
            report.live_version.as_deref(),
            report.previous_version.as_deref()
        ),
        (Some("1.1.21"), Some("1.1.20"))
    );
    let (facts, notes) = known(&[report]);
    for (key, wanted) in [
        ("deployment.in_progress", "no"),
        ("deployment.strategy", "rolling"),
        ("deployment.live_minutes", "60"),
        ("deployment.previous_available", "yes"),
        ("deployment.previous_installed", "no"),
        ("deployment.gate", "complete"),
    ] {
        assert_eq!(value(&facts, key).as_deref(), Some(wanted), "{key}");
    }
    assert!(
        noted(&notes, "rollbacks before")
            && noted(&notes, "pod template only")
            && noted(&notes, "registry")
    );
}

#[test]
fn a_rollout_under_way_is_in_progress_and_mixed() {
    let text = LIST.replace("\"updatedReplicas\":3", "\"updatedReplicas\":1");
    let (facts, _) = known(&[parsed(&text)]);
    assert_eq!(
        value(&facts, "deployment.in_progress").as_deref(),
        Some("yes")
    );
    assert_eq!(value(&facts, "deployment.mixed").as_deref(), Some("yes"));
    assert_eq!(value(&facts, "deployment.gate"), None);
}

#[test]
fn no_history_means_nothing_to_undo() {
    let text = LIST.replace(
        "\"revisionHistoryLimit\":10",
        "\"revisionHistoryLimit\":0,\"paused\":true",
    );
    let (facts, _) = known(&[parsed(&text)]);
    assert_eq!(
        value(&facts, "deployment.previous_available").as_deref(),
        Some("no")
    );
    assert_eq!(
        value(&facts, "deployment.undo_path").as_deref(),
        Some("broken")
    );
}

#[test]
fn an_undo_reuses_an_old_set_and_its_age_is_not_how_long_it_is_live() {
    let text = LIST
        .replace(
            "\"deployment.kubernetes.io/revision\":\"7\",\"deployment.kubernetes.io/revision-history\":\"3,5\"",
            "\"deployment.kubernetes.io/revision\":\"8\",\"deployment.kubernetes.io/revision-history\":\"6\"",
        )
        .replace(
            "\"annotations\":{\"deployment.kubernetes.io/revision\":\"8\"}},\n  \
                \"spec\":{\"replicas\":3,\"template\"",
            "\"annotations\":{\"deployment.kubernetes.io/revision\":\"7\"}},\n  \
                \"spec\":{\"replicas\":0,\"template\"",
        );
    let report = parsed(&text);
    assert_eq!(report.live_version.as_deref(), Some("1.1.20"));
    let (facts, notes) = known(&[report]);
    assert!(noted(&notes, "was current before") && noted(&notes, "1.1.20 is live already"));
    assert_eq!(value(&facts, "deployment.live_minutes"), None);
    assert_eq!(value(&facts, "rehearsal.days_since").as_deref(), Some("0"));
}

#[test]
fn a_single_object_is_as_good_as_a_list() {
    let one = r#"{"kind":"Deployment","metadata":{"name":"shop"},"spec":{"replicas":1,"strategy":{"type":"Recreate"},"template":{"spec":{"containers":[{"image":"shop:1.1.21"}]}}},"status":{"updatedReplicas":1}}"#;
    let (facts, notes) = known(&[parsed(one)]);
    assert_eq!(
        value(&facts, "deployment.strategy").as_deref(),
        Some("none")
    );
    assert!(noted(&notes, "No ReplicaSets") && noted(&notes, "no trace of 1.1.20"));
}

#[test]
fn helm_tells_rollbacks_from_upgrades() {
    let text = r#"[{"revision":3,"updated":"2026-01-20T09:00:00Z","status":"superseded","chart":"shop-2.3.0","app_version":"1.1.20","description":"Upgrade complete"},
     {"revision":4,"updated":"2026-01-25T09:00:00Z","status":"superseded","chart":"shop-2.3.0","app_version":"1.1.21","description":"Upgrade complete"},
     {"revision":5,"updated":"2026-01-25T10:00:00Z","status":"superseded","chart":"shop-2.3.0","app_version":"1.1.20","description":"Rollback to 3"},
     {"revision":6,"updated":"2026-02-03T10:11:12Z","status":"deployed","chart":"shop-2.3.1","app_version":"1.1.21","description":"Upgrade complete"}]"#;
    let report = parsed(text);
    assert_eq!(report.live_version.as_deref(), Some("1.1.21"));
    let (facts, notes) = known(&[report]);
    assert_eq!(
        value(&facts, "deployment.live_minutes").as_deref(),
        Some("60")
    );
    assert_eq!(
        value(&facts, "deployment.previous_available").as_deref(),
        Some("yes")
    );
    assert_eq!(value(&facts, "rehearsal.days_since").as_deref(), Some("9"));
    assert!(noted(&notes, "Revision 5 is a rollback to revision 3"));
}

#[test]
fn a_pending_revision_blocks_helm() {
    let text = r#"{"revision":5,"updated":"2026-02-03T10:11:12Z","status":"pending-upgrade","chart":"shop-2.3.1","app_version":"1.1.21","description":"Preparing upgrade"}"#;
    let (facts, _) = known(&[parsed(text)]);
    assert_eq!(
        value(&facts, "deployment.in_progress").as_deref(),
        Some("yes")
    );
    assert_eq!(
        value(&facts, "deployment.undo_path").as_deref(),
        Some("broken")
    );
    assert_eq!(value(&facts, "deployment.live_minutes"), None);
}

const APPLICATION: &str = r#"{"kind":"Application","metadata":{"name":"shop","annotations":{"argocd.argoproj.io/tracking-id":"apps:x"}},"spec":{"syncPolicy":{"automated":{"prune":true,"selfHeal":true}},"source":{"repoURL":"git@x:config","path":"prod","targetRevision":"main"}},
 "status":{"sync":{"status":"Synced","revision":"bbb"},"health":{"status":"Degraded"},"operationState":{"phase":"Succeeded"},"summary":{"images":["reg/shop:1.1.21"]},
 "history":[{"id":11,"revision":"aaa","deployedAt":"2026-01-20T09:00:00Z"},{"id":12,"revision":"bbb","deployedAt":"2026-02-03T10:11:12Z","initiatedBy":{"automated":true}}]}}"#;

#[test]
fn auto_sync_breaks_the_way_back() {
    let report = parsed(APPLICATION);
    assert_eq!(report.kind, LiveKind::ArgoCd);
    let (facts, notes) = known(&[report]);
    assert_eq!(
        value(&facts, "deployment.undo_path").as_deref(),
        Some("broken")
    );
    assert_eq!(
        value(&facts, "deployment.live_minutes").as_deref(),
        Some("60")
    );
    assert!(noted(&notes, "parent application") && noted(&notes, "configuration repository"));
    let off = APPLICATION.replace("\"prune\":true", "\"enabled\":false");
    let (facts, notes) = known(&[parsed(&off)]);
    assert_eq!(value(&facts, "deployment.undo_path"), None);
    assert!(!noted(&notes, "parent application"));
}

#[test]
fn the_other_argo_command_leaves_the_kind_out() {
    let bare = APPLICATION.replace("\"kind\":\"Application\",", "");
    assert_eq!(parsed(&bare).kind, LiveKind::ArgoCd);
}

const ROLLOUT: &str = r#"{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"shop","namespace":"prod"},
 "spec":{"strategy":{"canary":{"steps":[{"setWeight":20},{"pause":{}}]}},"template":{"spec":{"containers":[{"image":"reg/shop:1.1.21"}]}}},
 "status":{"phase":"Paused","currentPodHash":"7c","stableRS":"5b","canary":{"weights":{"canary":{"weight":20}}}}}"#;

#[test]
fn a_canary_in_flight_is_aborted_rather_than_rolled_back() {
    let (facts, notes) = known(&[parsed(ROLLOUT)]);
    for (key, wanted) in [
        ("deployment.in_progress", "yes"),
        ("deployment.old_side_warm", "yes"),
        ("deployment.strategy", "canary"),
        ("deployment.mixed", "yes"),
    ] {
        assert_eq!(value(&facts, key).as_deref(), Some(wanted), "{key}");
    }
    assert!(noted(&notes, "aborting it is cheaper"));
}

#[test]
fn a_promoted_rollout_has_no_warm_side() {
    let done = ROLLOUT
        .replace("\"stableRS\":\"5b\"", "\"stableRS\":\"7c\"")
        .replace("Paused", "Healthy");
    let (facts, _) = known(&[parsed(&done)]);
    assert_eq!(
        value(&facts, "deployment.in_progress").as_deref(),
        Some("no")
    );
    assert_eq!(value(&facts, "deployment.old_side_warm"), None);
    let timed = done.replace(
        "\"phase\":",
        r#""conditions":[{"type":"Available","lastUpdateTime":"2026-01-01T00:00:00Z"},{"type":"Progressing","reason":"NewReplicaSetAvailable","lastUpdateTime":"2026-02-03T10:11:12Z"}],"phase":"#,
    );
    let (facts, _) = known(&[parsed(&timed)]);
    assert_eq!(
        value(&facts, "deployment.live_minutes").as_deref(),
        Some("60")
    );
    let blue = done.replace(
        "\"canary\":{\"steps\":[{\"setWeight\":20},{\"pause\":{}}]}",
        "\"blueGreen\":{\"scaleDownDelaySeconds\":600}",
    );
    let (facts, notes) = known(&[parsed(&blue)]);
    assert_eq!(
        value(&facts, "deployment.strategy").as_deref(),
        Some("blue-green")
    );
    assert!(noted(&notes, "600 s"));
}

#[test]
fn workloads_that_are_not_asked_about_say_nothing_about_ours() {
    let other = r#"{"kind":"Deployment","metadata":{"name":"billing","namespace":"prod","uid":"d2"},"spec":{"replicas":3,"paused":true,"strategy":{"type":"Recreate"},
      "template":{"spec":{"containers":[{"image":"billing:7"}]}}},"status":{"updatedReplicas":1}}"#;
    let text = LIST.replacen("\"items\":[", &format!("\"items\":[{other},"), 1);
    let (facts, _) = known(&[parsed(&text)]);
    assert_eq!(
        value(&facts, "deployment.in_progress").as_deref(),
        Some("no")
    );
    assert_eq!(
        value(&facts, "deployment.strategy").as_deref(),
        Some("rolling")
    );
    assert_eq!(value(&facts, "deployment.undo_path"), None);
}
