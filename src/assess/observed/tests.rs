//! Which counts are used, and what several of one query say together.

use super::*;
use crate::deployment::live::read_state_file;
use crate::model::{
    DeployEffect, Down, DownKind, Migration, MigrationChange, MigrationRun, MigrationState,
    Operation, RevertEffect, RollbackEffect,
};

const NOW: &str = "2026-03-01T12:00:00Z";

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn count(query: &str, rows: Option<u64>, at: Option<&str>, zoneless: bool) -> RowCount {
    RowCount {
        query: query.to_owned(),
        rows,
        at: at.map(moment),
        zoneless,
        line: None,
    }
}

#[test]
fn a_count_is_as_old_as_its_time_and_zone_say() {
    let time = |deployed: Option<&str>| CountingTime {
        now: moment(NOW),
        deployed: deployed.map(moment),
        environment: None,
    };
    let (now, ago, ten) = (NOW, "2026-03-01T11:20:00Z", "2026-03-01T11:50:00Z");
    for (at, zoneless, written, deployed, wanted) in [
        (Some(ago), false, now, None, Ok(ago)),
        // the file's own time
        (None, false, ten, None, Ok(ten)),
        (None, false, "2026-03-01T10:00:00Z", None, Err(Useless::Old)),
        (
            Some("2026-03-01T10:30:00Z"),
            false,
            now,
            None,
            Err(Useless::Old),
        ),
        // the clock of the database is a little ahead
        (
            Some("2026-03-01T12:02:00Z"),
            false,
            now,
            None,
            Ok("2026-03-01T12:02:00Z"),
        ),
        (
            Some("2026-03-01T18:00:00Z"),
            false,
            now,
            None,
            Err(Useless::Future),
        ),
        (
            None,
            false,
            "2026-03-02T12:00:00Z",
            None,
            Err(Useless::Future),
        ),
        // no zone: east of Greenwich it looks younger than the file, or as young as it
        (
            Some("2026-03-01T18:00:00Z"),
            true,
            now,
            None,
            Err(Useless::NoZone),
        ),
        (
            Some("2026-03-01T11:55:00Z"),
            true,
            ago,
            None,
            Err(Useless::NoZone),
        ),
        (Some(ago), true, now, None, Ok(ago)),
        (Some("2026-03-01T11:22:00Z"), true, ago, None, Ok(ago)),
        (
            Some(ago),
            false,
            now,
            Some(ten),
            Err(Useless::BeforeDeployment),
        ),
        (Some(ten), false, now, Some(ago), Ok(ten)),
    ] {
        let found = find_counting_time(
            &count("q", Some(0), at, zoneless),
            moment(written),
            &time(deployed),
        );
        assert_eq!(
            found,
            wanted.map(moment),
            "{at:?} {zoneless} {written} {deployed:?}"
        );
    }
}

fn migration(ran: Option<&str>) -> Migration {
    let operation = |object: &str, query: &str| Operation {
        kind: "allow-null".into(),
        object: object.into(),
        line: 1,
        rollback: RollbackEffect::Doubt,
        alone: RollbackEffect::Doubt,
        on_deploy: DeployEffect::Safe,
        revert: RevertEffect::LosesData,
        why: String::new(),
        used_by: Vec::new(),
        compatibility_step: None,
        query: Some(query.into()),
    };
    Migration {
        path: "db/2.sql".into(),
        file: "db/2.sql".into(),
        line: 1,
        group: "2".into(),
        framework: "flyway".into(),
        version: "2".into(),
        dialect: "postgresql".into(),
        change: MigrationChange::Added,
        from: None,
        operations: vec![
            operation(
                "jars.label",
                "SELECT count(*) FROM jars WHERE label IS NULL",
            ),
            operation("lids.size", "SELECT count(*) FROM lids WHERE size IS NULL"),
        ],
        rollback: RollbackEffect::Doubt,
        down: Down {
            kind: DownKind::None,
            state: None,
            path: None,
            line: None,
            loses_data: None,
            why: None,
            rehearse: false,
        },
        ran: ran.map(|at| MigrationRun {
            state: MigrationState::Applied,
            at: Some(moment(at)),
            file: "ran.csv".into(),
            line: None,
        }),
    }
}

#[test]
fn several_counts_of_one_query_are_the_largest_of_them() {
    let migrations = [migration(None)];
    let ids: Vec<String> = list_counting_queries(&migrations)
        .into_iter()
        .map(|query| query.id)
        .collect();
    assert_eq!(ids.len(), 2);
    let ten = Some("2026-03-01T11:50:00Z");
    let of = |counts: Vec<RowCount>| {
        vec![CountedFile {
            file: "observed.csv".into(),
            counts: counts
                .into_iter()
                .map(|count| TimedCount {
                    at: count.at.expect("a time"),
                    count,
                })
                .collect(),
        }]
    };
    let row = |at: usize, rows| count(&ids[at], rows, ten, false);
    for (counts, answered, open, repeated) in [
        (vec![row(0, Some(0)), row(1, Some(0))], vec![0, 0], 0, 0),
        // two shards, in any order
        (
            vec![
                row(0, Some(5)),
                row(1, Some(0)),
                row(0, Some(0)),
                row(1, Some(3)),
            ],
            vec![5, 3],
            0,
            2,
        ),
        // one that cannot be read may have rows; one with rows has some
        (
            vec![row(0, Some(0)), row(0, None), row(1, Some(0))],
            vec![0],
            1,
            1,
        ),
        (
            vec![row(0, None), row(0, Some(2)), row(1, Some(0))],
            vec![2, 0],
            0,
            1,
        ),
        (vec![row(0, Some(0))], vec![0], 1, 0),
    ] {
        let matched = match_counts(&migrations, &of(counts.clone()));
        let rows: Vec<u64> = matched.answered.iter().map(|one| one.rows).collect();
        assert_eq!(rows, answered, "{counts:?}");
        assert_eq!(matched.open.len(), open, "{counts:?}");
        assert_eq!(matched.repeated, repeated, "{counts:?}");
    }
    // before the migration ran there could be none
    let late = [migration(Some("2026-03-01T11:55:00Z"))];
    let counted = of(vec![row(0, Some(0)), row(1, Some(0))]);
    assert!(match_counts(&late, &counted).answered.is_empty());
    let (findings, unchecked) = tell_counts(&late, &counted);
    assert!(findings.is_empty());
    assert!(
        unchecked[0]
            .why
            .as_raw()
            .contains("before the last migration ran")
    );
    let early = [migration(Some("2026-03-01T11:40:00Z"))];
    assert_eq!(match_counts(&early, &counted).answered.len(), 2);
}

#[test]
fn a_file_that_names_another_database_is_not_used() {
    let status = |named: &str| {
        let text = format!(
            "\ndatabase: {named}\n\n Status   Migration ID    Migration \
                Name\n--------------------------------------------------\n   up     \
                20260101000000  Jars\n"
        );
        read_state_file("ran.txt", text.as_bytes(), None).expect("a status")
    };
    for (named, environment, used) in [
        ("shop_production", None, true),
        ("shop", None, true),
        ("shop_development", None, false),
        ("shop_test", Some("production"), false),
        ("shop_staging", Some("production"), false),
        // it is the one that is asked about
        ("shop_staging", Some("staging"), true),
        ("shop_staging", Some("eu-staging"), true),
        ("shop_test", Some("staging"), false),
    ] {
        let why = find_other_database(&status(named), environment);
        assert_eq!(why.is_none(), used, "{named} {environment:?} {why:?}");
    }
    let counted = "shop_dev=> \\i ask.sql\n q0123456789ab | 0 | 2026-03-01T11:50:00Z\n";
    let report = read_state_file("observed.txt", counted.as_bytes(), None).expect("counts");
    let file = ReadLiveFile {
        name: report.name.clone(),
        report: Ok(report),
    };
    let time = CountingTime {
        now: moment(NOW),
        deployed: None,
        environment: None,
    };
    let (counted, unchecked) = list_counted_files(&[file], &time);
    assert!(counted.is_empty());
    assert!(
        unchecked[0].why.as_raw().contains("shop_dev"),
        "{unchecked:?}"
    );
}
