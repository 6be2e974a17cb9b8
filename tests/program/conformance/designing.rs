//! Designing a rollback process, skipping what is installed, variables: rules 39 to 74.

use backout::checklist::Checklist;
use backout::decision::{DecisionContext, make_decision};
use backout::model::{Gate, Mode};

use crate::conformance::kit::Class::{Asks, Background, Decides, Shows};
use crate::conformance::kit::{
    BACK, CLEAR, EVEN, FORWARD, HEAVY, Row, ago, asks_in, explained, file, finding, flips,
    going_back_json, how, service, seven_questions, shown, six_steps, verdict, world,
};
use crate::support::{answer, context};

/// Variables that a step of a deployment of 1.1.21 wrote, with the spelling of the server or of the
/// guide.
fn variables(spelling: &str) -> String {
    format!(
        r#"{{"Octopus.Release.Number": "1.1.21", "Octopus.Release.Previous.Number": "1.1.22", "Octopus.Release.PreviousForEnvironment.Number": "1.1.19",
            "Octopus.Release.CurrentForEnvironment.Number": "1.1.20", "Octopus.Deployment.{spelling}.Id": "Deployments-7",
            "Octopus.Tentacle.PreviousSuccessfulInstallation.PackageVersion": "1.1.20",
            "Octopus.Tentacle.PreviousSuccessfulInstallation.OriginalInstalledPath": "C:\\Apps\\payments\\1.1.20",
            "Octopus.Tentacle.PreviousSuccessfulInstallation.PackageFilePath": "C:\\Files\\payments.1.1.20.nupkg"}}"#
    )
}

fn live(name: &str, text: &str) -> serde_json::Value {
    let sample = service(&[]);
    let file = file(&sample, name, text);
    sample
        .run(&[
            "assess", "1.1.20", "1.1.21", "--format", "json", "--live", &file,
        ])
        .json()
}

fn notes(spelling: &str) -> String {
    finding(
        &live("variables.json", &variables(spelling)),
        "deployment/state-file",
    )
}

fn read(spelling: &str) -> Vec<(&'static str, String)> {
    backout::deployment::live::read_state_file(
        "variables.json",
        variables(spelling).as_bytes(),
        None,
    )
    .expect("a report")
    .notions
}

fn journal(installed: bool) -> serde_json::Value {
    let entry = |version: &str, minutes: i64| {
        format!(
            r#"<Deployment Id="{version}" EnvironmentId="Environments-1" ProjectId="Projects-1" InstalledOn="{}" ExtractedTo="C:\Apps\payments\{version}" WasSuccessful="True" RetentionPolicySet="set"><Package PackageId="payments" PackageVersion="{version}" DeployedFrom="C:\p\{version}.nupkg"/></Deployment>"#,
            ago(minutes, "%Y-%m-%d %H:%M:%S")
        )
    };
    let before = if installed {
        entry("1.1.20", 20_000)
    } else {
        String::new()
    };
    live(
        "DeploymentJournal.xml",
        &format!("<Deployments>{before}{}</Deployments>", entry("1.1.21", 47)),
    )
}

pub const ROWS: &[Row] = &[
    // without the default, this world would go back
    Row("39", Decides, || {
        let ours = "considerations: [{id: default-forward, disable: true}]\n";
        let (without, _) =
            Checklist::load(&[("ours.yaml".to_owned(), ours.to_owned())]).expect("a checklist");
        assert_eq!(verdict(HEAVY, "").option, FORWARD);
        assert_eq!(
            make_decision(&world(HEAVY, ""), &without, &context()).option,
            BACK
        );
    }),
    Row("40", Shows, || {
        shown(
            &format!("{:?}", verdict(HEAVY, "").because),
            &["going forward is the default, because it brings fewer surprises"],
        )
    }),
    Row("41", Decides, || {
        flips(
            CLEAR,
            ("", BACK),
            (
                "fix.state=tested fix.isolated=yes cause.attribution=plausible release.size=some",
                FORWARD,
            ),
        )
    }),
    Row("42", Background, || {
        explained(&["Having the option is worth it even if it is rarely used"])
    }),
    Row("43", Asks, || {
        let start = DecisionContext {
            mode: Mode::Deployment,
            gate: Some(Gate::Start),
            ..context()
        };
        let facts = answer(
            backout::model::Facts::new(),
            "deployment.previous_available=yes deployment.previous_good=yes \
                deployment.undo_path=ok",
        );
        asks_in(
            &facts,
            "rehearsal",
            "how well is going back rehearsed",
            &start,
        );
        let level = |level: &str| {
            make_decision(
                &answer(facts.clone(), &format!("rehearsal.level={level}")),
                &Checklist::embedded(),
                &start,
            )
            .option
        };
        assert_ne!(level("0"), level("2"), "without a plan it does not start");
    }),
    Row("44", Shows, || {
        shown(
            seven_questions(),
            &["answers are open (?): settle them now, not during an incident"],
        )
    }),
    Row("45", Shows, || {
        shown(
            seven_questions(),
            &[
                "Who or what makes it run?",
                "who starts the process is not in the file",
            ],
        )
    }),
    Row("46", Shows, || {
        shown(
            seven_questions(),
            &[
                "Does its platform allow the old release beside the new one?",
                "its binary path can point at the old folder",
            ],
        )
    }),
    Row("47", Shows, || {
        shown(
            seven_questions(),
            &["Does it install everything again, with its variables?"],
        )
    }),
    Row("48", Shows, || {
        shown(seven_questions(), &["Should it wait for a person?"])
    }),
    Row("49", Shows, || {
        shown(
            seven_questions(),
            &[
                "Does it touch the database, and is it left out?",
                "It touches the database and is not left out: it would run again.",
            ],
        );
        assert_eq!(
            six_steps()["facts"]["process.database_step_reruns"]["value"],
            "yes"
        );
    }),
    Row("50", Shows, || {
        shown(
            seven_questions(),
            &["Should it be left out for another reason?"],
        )
    }),
    Row("51", Shows, || {
        shown(seven_questions(), &["Does it run only during a rollback?"]);
        assert_eq!(how(six_steps(), "Block the bad release"), "rollback-only");
    }),
    Row("52", Shows, || {
        assert_eq!(how(six_steps(), "Create database if missing"), "skip")
    }),
    Row("53", Shows, || {
        assert_eq!(how(six_steps(), "Deploy database changes"), "skip")
    }),
    Row("54", Shows, || {
        assert_eq!(how(six_steps(), "Deploy service"), "run")
    }),
    Row("55", Shows, || {
        assert_eq!(how(six_steps(), "Deploy website"), "run")
    }),
    Row("56", Shows, || {
        assert_eq!(how(six_steps(), "Pause for manual verification"), "run")
    }),
    Row("57", Shows, || {
        assert_eq!(how(six_steps(), "Notify stakeholders"), "run")
    }),
    Row("58", Shows, || {
        shown(
            &finding(six_steps(), "process/database-step-reruns"),
            &["Deploy database changes", "again on a rollback"],
        )
    }),
    Row("59", Shows, || {
        shown(
            seven_questions(),
            &[
                "As written it extracts the package to a new folder again",
                "with the variables of that release",
            ],
        )
    }),
    Row("60", Decides, || {
        let takes =
            |back: &str| format!("deployment.minutes_back={back} deployment.minutes_forward=60");
        flips(HEAVY, (&takes("20"), BACK), (&takes("50"), FORWARD));
    }),
    Row("61", Shows, || {
        let plan = six_steps()["plan"].to_string();
        shown(&plan, &["pointing at it is quicker"]);
        shown(
            seven_questions(),
            &[
                "its physical path can point at the old folder at once",
                "binary path can point at the old folder, then restart",
            ],
        );
    }),
    Row("62", Shows, || {
        let skip = "variable \"Octopus.Action.Package.SkipIfAlreadyInstalled\" {\n    value \
            \"True\" {}\n}\n";
        let steps = include_str!("../../fixtures/deployment/six_steps.ocl");
        let with = going_back_json(
            &service(&[
                (".octopus/deployment_process.ocl", steps),
                (".octopus/variables.ocl", skip),
            ]),
            &[],
        );
        shown(
            &finding(&with, "process/skip-if-already-installed"),
            &["packages that are installed already are skipped"],
        );
        assert_eq!(
            finding(six_steps(), "process/skip-if-already-installed"),
            ""
        );
    }),
    Row("63", Background, || {
        explained(&["`SkipIfAlreadyInstalled` works for steps on Windows and Linux targets only"])
    }),
    Row("64", Decides, || {
        assert_eq!(
            journal(true)["facts"]["deployment.previous_installed"]["value"],
            "yes"
        );
        assert_ne!(
            journal(false)["facts"]["deployment.previous_installed"]["value"],
            "yes"
        );
        flips(
            EVEN,
            ("deployment.previous_installed=yes", BACK),
            ("deployment.previous_installed=no", FORWARD),
        );
    }),
    Row("65", Shows, || {
        shown(
            &finding(&journal(true), "deployment/state-file"),
            &["A rollback that skips installed packages leaves no entry in the journal"],
        );
        explained(&["points the installation path at the old folder and ends the step"]);
    }),
    Row("66", Shows, || {
        for spelling in ["PreviousSuccessful", "PreviousSucessful"] {
            let notion = read(spelling).into_iter().find(|(notion, _)| {
                *notion == "the previous successful deployment in this environment"
            });
            assert_eq!(
                notion.map(|(_, id)| id).as_deref(),
                Some("Deployments-7"),
                "{spelling}"
            );
        }
    }),
    Row("67", Shows, || {
        shown(
            &notes("PreviousSuccessful"),
            &["the project's last release is 1.1.22"],
        )
    }),
    Row("68", Shows, || {
        shown(
            &notes("PreviousSuccessful"),
            &["the last release deployed to this environment, good or not is 1.1.19"],
        )
    }),
    Row("69", Shows, || {
        shown(
            &notes("PreviousSuccessful"),
            &["the last release that succeeded in this environment is 1.1.20"],
        )
    }),
    Row("70", Shows, || {
        shown(
            &notes("PreviousSucessful"),
            &["Octopus means different releases by *previous*"],
        );
        let alike = variables("PreviousSuccessful")
            .replace("1.1.22", "1.1.20")
            .replace("1.1.19", "1.1.20");
        assert!(
            !finding(&live("variables.json", &alike), "deployment/state-file")
                .contains("different releases")
        );
    }),
    Row("71", Shows, || {
        let text = variables("PreviousSuccessful")
            .replace("OriginalInstalledPath", "CustomInstallationDirectory");
        shown(
            &live("variables.json", &text)["facts"].to_string(),
            &["1.1.20 in C:"],
        );
    }),
    Row("72", Shows, || {
        shown(
            &live("variables.json", &variables("PreviousSuccessful"))["facts"].to_string(),
            &[r"C:\\Apps\\payments\\1.1.20"],
        )
    }),
    Row("73", Shows, || {
        shown(
            &live("variables.json", &variables("PreviousSuccessful"))["facts"].to_string(),
            &[r"C:\\Files\\payments.1.1.20.nupkg"],
        )
    }),
    Row("74", Shows, || {
        assert!(
            read("PreviousSuccessful")
                .iter()
                .any(|(notion, version)| *notion
                    == "the package that was last installed with success on this target"
                    && version == "1.1.20")
        );
        assert_eq!(
            live("variables.json", &variables("PreviousSuccessful"))["facts"]["deployment.previous_installed"]
                ["value"],
            "yes"
        );
    }),
];
