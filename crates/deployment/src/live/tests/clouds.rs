//! Clouds, platforms, schedulers and hosts: what each tool prints, what is read out of it, and
//! where it misleads.

use super::*;

fn ways(
    report: LiveReport,
    previous: &str,
    current: &str,
) -> (Vec<Fact>, Vec<String>, Vec<model::WayBack>) {
    let (previous, current) = (
        release(previous, "aaaaaaaaaaaa"),
        release(current, "bbbbbbbbbbbb"),
    );
    let reports = [report];
    let about = About::new(&previous, &current, time("2026-02-03T11:11:12Z"));
    let (facts, notes) = derive_live_facts(&reports, &about);
    (facts, notes, list_ways_back(&reports, &about))
}

fn of(kind: LiveKind, text: &str) -> (Vec<Fact>, Vec<String>, Vec<model::WayBack>) {
    let report = parsed(text);
    assert_eq!(report.kind, kind);
    ways(report, "1.1.20", "1.1.21")
}

const ECS: &str = r#"[{"services":[{"serviceName":"shop","clusterArn":"arn:aws:ecs:eu:1:cluster/prod","deploymentController":{"type":"ECS"},"deploymentConfiguration":{"deploymentCircuitBreaker":{"enable":true,"rollback":true}},
 "deployments":[{"status":"PRIMARY","taskDefinition":"arn:aws:ecs:eu:1:task-definition/shop:58","rolloutState":"COMPLETED","runningCount":3,"createdAt":1770113400.0,"updatedAt":1770113472.0}]}],"failures":[]},
 {"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:eu:1:task-definition/shop:58","status":"ACTIVE","containerDefinitions":[{"name":"web","image":"reg/shop:1.1.21"}]}},
 {"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:eu:1:task-definition/shop:57","status":"ACTIVE","registeredAt":"2026-01-20T09:00:00+01:00","containerDefinitions":[{"name":"web","image":"reg/shop:1.1.20"}]}}]"#;

#[test]
fn ecs_goes_back_by_task_definition() {
    let (facts, notes, ways) = of(LiveKind::Ecs, ECS);
    assert_eq!(
        (
            value(&facts, "deployment.in_progress").as_deref(),
            value(&facts, "deployment.previous_available").as_deref()
        ),
        (Some("no"), Some("yes"))
    );
    assert_eq!(
        value(&facts, "deployment.live_minutes").as_deref(),
        Some("60"),
        "epoch floats of the older command line"
    );
    assert_eq!(
        ways[0].command.as_deref(),
        Some("aws ecs update-service --cluster prod --service shop --task-definition shop:57")
    );
    assert!(
        noted(&notes, "circuit breaker")
            && noted(&notes, "today's secrets")
            && noted(&notes, "not its image"),
        "{notes:?}"
    );
    // registered is not deployed: nothing says that it was good
    assert_eq!(value(&facts, "deployment.previous_good"), None);
    let busy = ECS.replace("COMPLETED", "IN_PROGRESS");
    assert_eq!(
        value(&of(LiveKind::Ecs, &busy).0, "deployment.in_progress").as_deref(),
        Some("yes")
    );
    let inactive = ECS.replace(
        "task-definition/shop:57\",\"status\":\"ACTIVE\"",
        "task-definition/shop:57\",\"status\":\"INACTIVE\"",
    );
    assert_eq!(
        value(
            &of(LiveKind::Ecs, &inactive).0,
            "deployment.previous_available"
        )
        .as_deref(),
        Some("no")
    );
    assert!(
        read_state_file(
            "state",
            br#"{"taskDefinition":{"containerDefinitions":[]}}"#,
            None
        )
        .is_err()
    );
}

const CODEDEPLOY: &str = r#"{"deploymentsInfo":[
 {"applicationName":"shop","deploymentGroupName":"prod","deploymentId":"d-2","status":"Succeeded","createTime":"2026-02-03T10:05:00Z","completeTime":"2026-02-03T10:11:12Z","creator":"user","deploymentStyle":{"deploymentType":"BLUE_GREEN"},
  "blueGreenDeploymentConfiguration":{"terminateBlueInstancesOnDeploymentSuccess":{"action":"TERMINATE","terminationWaitTimeInMinutes":60}},"revision":{"revisionType":"S3","s3Location":{"bucket":"b","key":"shop/shop-1.1.21.zip","bundleType":"zip"}}},
 {"applicationName":"shop","deploymentGroupName":"prod","deploymentId":"d-1","status":"Succeeded","completeTime":"2026-01-20T09:00:00Z","creator":"user","revision":{"revisionType":"S3","s3Location":{"bucket":"b","key":"shop/shop-1.1.20.zip","bundleType":"zip"}}}]}"#;

#[test]
fn codedeploy_says_whether_the_old_side_is_left() {
    let (facts, _, ways) = of(LiveKind::CodeDeploy, CODEDEPLOY);
    assert_eq!(
        (
            value(&facts, "deployment.old_side_warm").as_deref(),
            value(&facts, "deployment.previous_good").as_deref()
        ),
        (Some("no"), Some("yes"))
    );
    assert_eq!(
        ways[0].command.as_deref(),
        Some(
            "aws deploy create-deployment --application-name shop --deployment-group-name prod \
                --s3-location bucket=b,key=shop/shop-1.1.20.zip,bundleType=zip"
        )
    );
    let flying = CODEDEPLOY.replacen(
        "\"Succeeded\"",
        "\"InProgress\",\"instanceTerminationWaitTimeStarted\":true",
        1,
    );
    let (facts, notes, _) = of(LiveKind::CodeDeploy, &flying);
    assert_eq!(
        value(&facts, "deployment.old_side_warm").as_deref(),
        Some("yes")
    );
    assert!(
        noted(&notes, "stop-deployment --deployment-id d-2")
            && noted(&notes, "60 minutes after the switch"),
        "{notes:?}"
    );
    assert!(read_state_file("state", br#"{"deployments":["d-1","d-2"]}"#, None).is_err());
}

const LAMBDA: &str = r#"[{"Aliases":[{"AliasArn":"arn:aws:lambda:eu:1:function:pay:live","Name":"live","FunctionVersion":"7","RoutingConfig":null}]},
 {"Versions":[{"FunctionArn":"arn:aws:lambda:eu:1:function:pay:$LATEST","Version":"$LATEST","Description":""},
  {"FunctionArn":"arn:aws:lambda:eu:1:function:pay:6","Version":"6","Description":"release 1.1.20","LastModified":"2026-01-20T09:00:00.000+0000"},
  {"FunctionArn":"arn:aws:lambda:eu:1:function:pay:7","Version":"7","Description":"release 1.1.21","LastModified":"2026-02-03T10:11:12.000+0000"}]}]"#;

#[test]
fn a_lambda_alias_points_back() {
    let (facts, notes, ways) = of(LiveKind::Lambda, LAMBDA);
    assert_eq!(
        (
            value(&facts, "deployment.in_progress").as_deref(),
            value(&facts, "deployment.live_minutes")
        ),
        (Some("no"), None)
    );
    assert!(noted(&notes, "does not say since when"));
    assert_eq!(
        ways[0].command.as_deref(),
        Some(
            "aws lambda update-alias --function-name pay --name live --function-version 6 \
                --routing-config AdditionalVersionWeights={}"
        )
    );
    let split = LAMBDA.replace(
        "\"FunctionVersion\":\"7\",\"RoutingConfig\":null",
        "\"FunctionVersion\":\"6\",\"RoutingConfig\":{\"AdditionalVersionWeights\":{\"7\":0.1}}",
    );
    let (facts, notes, _) = of(LiveKind::Lambda, &split);
    assert_eq!(
        (
            value(&facts, "deployment.old_side_warm").as_deref(),
            value(&facts, "deployment.mixed").as_deref()
        ),
        (Some("yes"), Some("yes"))
    );
    assert!(noted(&notes, "still shifting"), "{notes:?}");
}

#[test]
fn heroku_counts_settings_as_releases_and_we_do_not() {
    let text = r#"[{"version":14,"status":"succeeded","description":"Set LOG_LEVEL config vars","current":true,"created_at":"2026-02-03T10:30:00Z","slug":{"id":"s2"},"app":{"name":"shop"}},
     {"version":13,"status":"succeeded","description":"Deploy bbbbbbbb","current":false,"created_at":"2026-02-03T10:11:12Z","slug":{"id":"s2"},"app":{"name":"shop"}},
     {"version":12,"status":"succeeded","description":"Deploy aaaaaaaa","current":false,"created_at":"2026-01-20T09:00:00Z","slug":{"id":"s1"},"app":{"name":"shop"}}]"#;
    let (facts, notes, ways) = of(LiveKind::Heroku, text);
    assert_eq!(
        value(&facts, "deployment.live_minutes").as_deref(),
        Some("60"),
        "since the program changed, not since a setting did"
    );
    assert_eq!(
        (ways[0].command.as_deref(), ways[0].undo.as_deref()),
        (
            Some("heroku rollback v12 --app shop"),
            Some("heroku rollback v14 --app shop")
        )
    );
    assert!(noted(&notes, "settings only"), "{notes:?}");
    let back = text
        .replace("Set LOG_LEVEL config vars", "Rollback to v12")
        .replacen("s2", "s1", 1);
    let (facts, notes, _) = of(LiveKind::Heroku, &back);
    assert!(
        noted(&notes, "rollback to v12")
            && value(&facts, "rehearsal.days_since").as_deref() == Some("0"),
        "{notes:?}"
    );
}

#[test]
fn fly_deploys_the_old_image_anew() {
    let text = r#"[{"ID":"b","Version":9,"Stable":true,"InProgress":false,"Status":"complete","Description":"Release","CreatedAt":"2026-02-03T10:11:12Z","ImageRef":"registry.fly.io/shop:1.1.21"},
     {"ID":"a","Version":8,"Stable":true,"InProgress":false,"Status":"complete","Description":"Release","CreatedAt":"2026-01-20T09:00:00Z","ImageRef":"registry.fly.io/shop:1.1.20"}]"#;
    let (facts, notes, ways) = of(LiveKind::Fly, text);
    assert_eq!(
        (
            value(&facts, "deployment.previous_good").as_deref(),
            value(&facts, "deployment.in_progress").as_deref()
        ),
        (Some("yes"), Some("no"))
    );
    assert_eq!(
        ways[0].command.as_deref(),
        Some("fly deploy --image registry.fly.io/shop:1.1.20 --app shop")
    );
    assert!(noted(&notes, "release_command"));
}

#[test]
fn nomad_reverts_to_a_version() {
    let job = |version: u32, tag: &str, at: &str| {
        format!(
            r#"{{"ID":"shop","Namespace":"prod","Version":{version},"Stable":true,"SubmitTime":{at},"TaskGroups":[{{"Update":{{"AutoRevert":true,"Canary":1}},"Tasks":[{{"Config":{{"image":"reg/shop:{tag}"}}}}]}}]}}"#
        )
    };
    let deployment = |version: u32, status: &str| {
        format!(
            r#"{{"ID":"x{version}","JobID":"shop","JobVersion":{version},"Status":"{status}","CreateIndex":{version},"TaskGroups":{{}}}}"#
        )
    };
    let file = |status: &str| {
        format!(
            "[{},{},{},{}]",
            job(5, "1.1.21", "1770113472000000000"),
            job(4, "1.1.20", "1768899600000000000"),
            deployment(5, status),
            deployment(4, "successful")
        )
    };
    let (facts, notes, ways) = of(LiveKind::Nomad, &file("successful"));
    assert_eq!(
        (
            value(&facts, "deployment.live_minutes").as_deref(),
            value(&facts, "deployment.in_progress").as_deref()
        ),
        (Some("60"), Some("no"))
    );
    assert_eq!(
        ways[0].command.as_deref(),
        Some("nomad job revert -namespace=prod shop 4")
    );
    assert!(noted(&notes, "reverts by itself"), "{notes:?}");
    let (facts, notes, _) = of(LiveKind::Nomad, &file("running"));
    assert_eq!(
        value(&facts, "deployment.in_progress").as_deref(),
        Some("yes")
    );
    assert!(noted(&notes, "canaries out"), "{notes:?}");
}

#[test]
fn swarm_remembers_one_specification() {
    let spec = |tag: &str| {
        format!(
            r#"{{"Name":"shop","TaskTemplate":{{"ContainerSpec":{{"Image":"reg/shop:{tag}@sha256:00ff"}}}}}}"#
        )
    };
    let service = |before: &str, state: &str| {
        format!(
            r#"[{{"ID":"x","UpdatedAt":"2026-02-03T10:10:00Z","Spec":{},"PreviousSpec":{},"UpdateStatus":{{"State":"{state}","CompletedAt":"2026-02-03T10:11:12Z"}}}}]"#,
            spec("1.1.21"),
            spec(before)
        )
    };
    let (facts, _, ways) = of(LiveKind::Swarm, &service("1.1.20", "completed"));
    assert_eq!(
        (
            value(&facts, "deployment.live_minutes").as_deref(),
            ways[0].command.as_deref()
        ),
        (Some("60"), Some("docker service rollback shop"))
    );
    let (_, notes, ways) = of(LiveKind::Swarm, &service("1.1.21", "completed"));
    assert!(noted(&notes, "same image") && ways.is_empty(), "{notes:?}");
    assert_eq!(
        value(
            &of(LiveKind::Swarm, &service("1.1.20", "updating")).0,
            "deployment.in_progress"
        )
        .as_deref(),
        Some("yes")
    );
    assert_eq!(
        value(
            &of(LiveKind::Swarm, &service("1.1.20", "paused")).0,
            "deployment.mixed"
        )
        .as_deref(),
        Some("yes")
    );
}

#[test]
fn azure_swaps_back_while_nothing_was_deployed_to_the_slot() {
    let file = |changed: &str| {
        format!(
            r#"[{{"name":"shop","type":"Microsoft.Web/sites","resourceGroup":"rg","siteConfig":{{"linuxFxVersion":"DOCKER|reg/shop:1.1.21"}},"slotSwapStatus":{{"timestampUtc":"2026-02-03T10:11:12Z","sourceSlotName":"staging","destinationSlotName":"production"}}}},
            {{"name":"shop/staging","type":"Microsoft.Web/sites/slots","resourceGroup":"rg","state":"Running","lastModifiedTimeUtc":"{changed}","siteConfig":{{"linuxFxVersion":"DOCKER|reg/shop:1.1.20"}}}}]"#
        )
    };
    let (facts, _, ways) = of(LiveKind::Azure, &file("2026-02-03T10:12:00"));
    assert_eq!(
        (
            value(&facts, "deployment.old_side_warm").as_deref(),
            value(&facts, "deployment.live_minutes").as_deref()
        ),
        (Some("yes"), Some("60"))
    );
    assert_eq!(
        ways[0].command.as_deref(),
        Some(
            "az webapp deployment slot swap --resource-group rg --name shop --slot staging \
                --target-slot production"
        )
    );
    assert_eq!(
        value(
            &of(LiveKind::Azure, &file("2026-02-03T10:40:00")).0,
            "deployment.old_side_warm"
        )
        .as_deref(),
        Some("no")
    );
}

#[test]
fn capistrano_follows_its_link() {
    let log = "Branch v1.1.20 (at aaaaaaaaaaaa) deployed as release 20260120090000 by \
        deploy\nBranch v1.1.21 (at bbbbbbbbbbbb) deployed as release 20260203101112 by deploy\n";
    let file = |more: &str, link: &str| {
        format!("{log}{more}20260120090000\n20260203101112\n/var/www/shop/releases/{link}\n")
    };
    let (facts, _, ways) = of(LiveKind::Capistrano, &file("", "20260203101112"));
    assert_eq!(
        (
            value(&facts, "deployment.live_minutes").as_deref(),
            value(&facts, "deployment.previous_installed").as_deref()
        ),
        (Some("60"), Some("yes"))
    );
    assert!(
        ways[0].command.is_none() && ways[0].says.contains("20260120090000"),
        "the stage is not in the log"
    );
    let (facts, notes, _) = of(
        LiveKind::Capistrano,
        &file(
            "deploy rolled back to release 20260120090000\n",
            "20260120090000",
        ),
    );
    assert!(
        noted(&notes, "somebody rolled back")
            && noted(&notes, "live already")
            && value(&facts, "deployment.live_minutes").is_none(),
        "{notes:?}"
    );
    // the folder of the old release is gone
    let gone = file("", "20260203101112").replace("\n20260120090000\n", "\n");
    assert_eq!(
        value(
            &of(LiveKind::Capistrano, &gone).0,
            "deployment.previous_available"
        )
        .as_deref(),
        Some("no")
    );
}

#[test]
fn kamal_needs_its_old_container() {
    let audit = "  INFO Running /usr/bin/env tail on 10.0.0.1\nApp Host: \
        10.0.0.1\n[2026-01-20T09:00:00Z] [deploy] Booted app version \
        aaaaaaaaaaaa\n[2026-02-03T10:11:12Z] [deploy] Booted app version bbbbbbbbbbbb\n";
    let containers = "CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   \
        NAMES\n0123456789ab   reg/shop:bbbbbbbbbbbb   \"x\"   1 hour ago   Up 1 hour   80/tcp   \
        shop-web-bbbbbbbbbbbb\n";
    let (facts, _, ways) = of(LiveKind::Kamal, &format!("{audit}{containers}"));
    assert_eq!(
        (
            value(&facts, "deployment.previous_available").as_deref(),
            value(&facts, "deployment.live_minutes").as_deref()
        ),
        (Some("no"), Some("60"))
    );
    assert_eq!(
        ways[0].command.as_deref(),
        Some("kamal rollback aaaaaaaaaaaa")
    );
    let both = format!(
        "{audit}{containers}{}",
        "ba9876543210   reg/shop:a   \"x\"   9 days ago   Exited (0) 1 hour ago      \
            shop-web-aaaaaaaaaaaa\n"
    );
    assert_eq!(
        value(
            &of(LiveKind::Kamal, &both).0,
            "deployment.previous_available"
        )
        .as_deref(),
        Some("yes")
    );
    // an audit alone starts with a bracket, as JSON does
    let alone = "[2026-02-03T10:11:12Z] [deploy] Booted app version bbbbbbbbbbbb\n";
    assert!(noted(
        &of(LiveKind::Kamal, alone).1,
        "containers are not in the file"
    ));
}

/// Each sample, cut and damaged, ends in a report or in one sentence.
#[test]
fn damaged_files_end_in_a_sentence() {
    for text in [ECS, CODEDEPLOY, LAMBDA] {
        for cut in (1..text.len()).step_by(37) {
            let _ = read_state_file("state", text.get(..cut).unwrap_or(text).as_bytes(), None);
        }
        for (from, to) in [
            ("[", "{"),
            (":\"", ":[\""),
            ("1.1.20", "\\u001b[31m"),
            ("\"Version\"", "\"version\""),
            ("deployments", "x"),
            ("{", "[{"),
        ] {
            let _ = read_state_file("state", text.replace(from, to).as_bytes(), None);
        }
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert!(
            read_state_file("state", &utf16, None).is_ok(),
            "PowerShell writes UTF-16"
        );
    }
}

proptest! {
    #[test]
    fn no_values_make_a_reader_fail(version in "\\PC{0,12}", number in any::<f64>(), flag in any::<bool>(), kind in 0usize..10) {
        let number = if number.is_finite() { number } else { 0.0 };
        let kinds = [LiveKind::Ecs, LiveKind::CodeDeploy, LiveKind::Lambda, LiveKind::Azure, LiveKind::Heroku, LiveKind::Fly, LiveKind::Nomad, LiveKind::Swarm, LiveKind::Capistrano, LiveKind::Kamal];
        let any = serde_json::json!({"version": number, "Version": number, "status": version, "Status": version, "description": version, "services": [{"deployments": [{"taskDefinition": version}]}],
            "deployments": [flag], "TaskGroups": [flag], "SubmitTime": number, "slug": {"id": version}, "Aliases": [{"AliasArn": version, "FunctionVersion": version}], "Spec": {"TaskTemplate": flag},
            "revision": version, "deploymentId": version, "deploymentGroupName": version, "name": version, "type": "Microsoft.Web/sites/slots", "id": version, "created_at": number});
        let _ = read_state_file("state", any.to_string().as_bytes(), Some(kinds[kind].id()));
        let _ = read_state_file("state", format!("[{any},{any}]").as_bytes(), Some(kinds[kind].id()));
    }
}
