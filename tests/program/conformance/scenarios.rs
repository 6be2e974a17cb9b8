//! Introduction, zero configuration, rollback scenarios: rules 1 to 19.

use backout::model::OptionId;

use crate::common::Sample;
use crate::conformance::kit::Class::{Asks, Background, Decides, Shows};
use crate::conformance::kit::{
    BACK, BACK_IF, CLEAR, EVEN, FORWARD, HEAVY, LIGHT, Row, asks, explained, finding, flips,
    going_back, service, seven_questions, shown, verdict, world,
};
use crate::support::story;

pub const ROWS: &[Row] = &[
    Row("1", Background, || {
        explained(&["return to a known good state matters about as much as deploying"])
    }),
    // a plan of going back has more to it than the deployment of the release before
    Row("2", Shows, || {
        let text = going_back(
            &service(&[(
                "migrations/1_cards.up.sql",
                "CREATE TABLE cards (id bigint PRIMARY KEY);\n",
            )]),
            &[],
        );
        shown(
            &text,
            &[
                "See every target report 1.1.20",
                "Turn on again what somebody paused for the way back, if anything was",
                "1.1.21 from going anywhere else",
            ],
        );
    }),
    Row("3", Shows, || {
        shown(
            &going_back(&service(&[]), &[]),
            &["Redeploy the services of 1.1.20"],
        )
    }),
    Row("4", Asks, || {
        asks(
            &story("styling"),
            "old-side",
            "Can traffic go back to 3.0.0",
        )
    }),
    Row("5", Decides, || {
        flips(
            EVEN,
            ("deployment.previous_installed=yes", BACK),
            ("deployment.previous_installed=no", FORWARD),
        )
    }),
    Row("6", Decides, || {
        flips(
            EVEN,
            ("deployment.environment=test", BACK),
            ("deployment.environment=production", FORWARD),
        )
    }),
    Row("7", Shows, || {
        shown(
            seven_questions(),
            &["runs the process as it was frozen when that release was made"],
        );
        let sample = Sample::new();
        for (tag, text) in [
            (
                "v1.1.20",
                include_str!("../../fixtures/deployment/six_steps.ocl"),
            ),
            (
                "v1.1.21",
                include_str!("../../fixtures/deployment/six_steps_resolved.ocl"),
            ),
        ] {
            sample.commit(
                &format!("ci: process of {tag}"),
                &[(".octopus/deployment_process.ocl", text)],
            );
            sample.tag(tag);
        }
        let read = sample.run(&["assess", "--format", "json"]).json();
        assert_ne!(
            finding(&read, "process/changed-in-range"),
            "",
            "{:#}",
            read["findings"]
        );
    }),
    Row("8", Shows, || {
        shown(
            seven_questions(),
            &[
                "extracts the package to a new folder again and transforms configuration",
                "It waits for a person",
            ],
        );
    }),
    Row("9", Decides, || {
        let slow = "deployment.minutes_back=10 deployment.minutes_forward=60";
        flips(
            HEAVY,
            (slow, BACK),
            (
                "deployment.minutes_back=10 deployment.minutes_forward=10",
                FORWARD,
            ),
        );
        shown(
            &going_back(&service(&[]), &[]),
            &["about as long as the deployment took"],
        );
    }),
    Row("10", Background, || {
        explained(&["No list of safe cases can be complete"])
    }),
    Row("11", Decides, || {
        flips(
            HEAVY,
            ("release.styling_only=yes", BACK),
            ("release.styling_only=no", FORWARD),
        )
    }),
    Row("12", Decides, || {
        flips(
            LIGHT,
            ("contract.way_back=compatible", BACK),
            ("contract.way_back=breaking", FORWARD),
        )
    }),
    Row("13", Decides, || {
        let vanishes = "contract.way_back=breaking dependent[shop].uses";
        flips(
            LIGHT,
            (&format!("{vanishes}=no"), BACK),
            (&format!("{vanishes}=yes"), FORWARD),
        );
    }),
    Row("14", Decides, || {
        flips(
            LIGHT,
            ("database.schema=tweak", BACK),
            ("database.schema=changed", FORWARD),
        )
    }),
    Row("15", Decides, || {
        flips(
            LIGHT,
            ("release.size=few", BACK),
            ("release.size=some", FORWARD),
        )
    }),
    Row("16", Decides, || {
        let few = "release.styling_only=no release.size=some database.schema=changed \
            database.old_code=safe contract.way_back=doubt";
        let mut before = verdict(CLEAR, few).back;
        for (at, sign) in [
            "release.styling_only=yes",
            "release.size=few",
            "database.schema=none",
            "contract.way_back=compatible",
        ]
        .iter()
        .enumerate()
        {
            let signs: Vec<&str> = [
                "release.styling_only=yes",
                "release.size=few",
                "database.schema=none",
                "contract.way_back=compatible",
            ][..=at]
                .to_vec();
            let now = verdict(CLEAR, &format!("{few} {}", signs.join(" "))).back;
            assert!(now > before, "{sign}: {now} is not more than {before}");
            before = now;
        }
        // one may be enough
        flips(HEAVY, ("release.styling_only=yes", BACK), ("", FORWARD));
    }),
    Row("17", Decides, || {
        let coupled =
            "database.old_code=breaks-reads database.compatibility_step=none database.downs=none";
        flips(CLEAR, ("database.old_code=safe", BACK), (coupled, FORWARD));
    }),
    Row("18", Decides, || {
        flips(
            LIGHT,
            ("release.size=few", BACK),
            ("release.size=many release.days_since_previous=91", FORWARD),
        )
    }),
    Row("19", Decides, || {
        let tight = "contract.way_back=breaking dependent[shop].uses=yes dependent[shop].copes=no \
            dependent[shop].can_go_back";
        flips(
            CLEAR,
            (&format!("{tight}=yes"), BACK_IF),
            (&format!("{tight}=no"), FORWARD),
        );
        assert_eq!(verdict(CLEAR, "").option, OptionId::RollBack);
        assert!(world(CLEAR, "").contains_key("contract.way_back"));
    }),
];
