//! Automatic rollbacks: rules 96 to 100.

use crate::common::{Ran, Sample};
use crate::conformance::kit::Class::{Decides, Shows};
use crate::conformance::kit::{Row, ago, explained, shown};

/// A service whose process is practised, with one thing changed in `backout.yaml`.
fn service(change: impl Fn(&str) -> String) -> Sample {
    let sample = Sample::new();
    let openapi = "openapi: 3.0.3\ninfo: {title: pay, version: '1'}\npaths: {}\n";
    sample.commit(
        "feat: first",
        &[
            ("src/main.rs", "fn main() {}\n"),
            ("api/openapi.yaml", openapi),
        ],
    );
    sample.tag("v1.1.20");
    sample.commit("fix: styles", &[("web/site.css", "a { color: red }\n")]);
    sample.tag("v1.1.21");
    let process = "process:\n  - {name: Deploy database, kind: database, on_rollback: skip}\n  - \
        {name: Deploy service, kind: service}\n";
    std::fs::write(sample.path().join("backout.yaml"), process).expect("a file");
    let listed = sample
        .run(&["rehearse", "1.1.20", "1.1.21", "--outcome", "stopped"])
        .out;
    let print = listed
        .split("process: \"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_else(|| panic!("no fingerprint in {listed}"))
        .to_owned();
    std::fs::remove_dir_all(sample.beside("home")).expect("the sessions");
    let day = |days: i64| ago(days * 24 * 60, "%Y-%m-%d");
    let held: String = [60, 30, 10]
        .iter()
        .map(|days| {
            format!(
                "  - {{at: {}, outcome: worked, process: \"{print}\"}}\n",
                day(*days)
            )
        })
        .collect();
    let whole = format!(
        "{process}rehearsals:\n{held}automation: {{conditions: [error-rate], stop: incident lead, \
            tests_trusted: true}}\n"
    );
    std::fs::write(sample.path().join("backout.yaml"), change(&whole)).expect("a file");
    sample
}

fn ask(sample: &Sample, more: &[&str]) -> Ran {
    let arguments: Vec<&str> = ["gate", "complete", "1.1.20", "1.1.21", "--automatic"]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    sample.run(&arguments)
}

/// It may not be, and this is why.
fn refused(change: impl Fn(&str) -> String, why: &str) {
    let ran = ask(&service(change), &[]);
    assert_eq!(ran.code, Some(12), "{why}: {}{}", ran.out, ran.err);
    shown(
        &ran.out,
        &["NO: trigger going back from 1.1.21 to 1.1.20 by hand", why],
    );
}

fn without_line(text: &str, at: usize) -> String {
    let held: Vec<usize> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains("outcome: worked"))
        .map(|(n, _)| n)
        .collect();
    text.lines()
        .enumerate()
        .filter(|(n, _)| *n != held[at])
        .map(|(_, line)| format!("{line}\n"))
        .collect()
}

pub const ROWS: &[Row] = &[
    Row("96", Shows, || {
        let ran = ask(&service(str::to_owned), &[]);
        assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
        shown(
            &ran.out,
            &[
                "YES: going back from 1.1.21 to 1.1.20 may be triggered without a person",
                "error-rate",
                "incident lead can stop it",
            ],
        );
        explained(&["backout gate complete --automatic"]);
    }),
    Row("97", Decides, || {
        refused(
            |text| text.replace("tests_trusted: true", "tests_trusted: false"),
            "the tests are not trusted to find a bad release",
        );
        refused(
            |text| text.replace(", tests_trusted: true", ""),
            "nobody has said whether the tests are trusted",
        );
    }),
    Row("98", Decides, || {
        refused(
            |text| without_line(text, 0),
            "rehearsed with success twice, 3 times are needed",
        );
        refused(
            |text| text.replace("outcome: worked", "outcome: failed"),
            "never rehearsed with success",
        );
    }),
    Row("99", Decides, || {
        refused(
            |text| {
                text.split("rehearsals:")
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            },
            "Level 1 of the ladder is reached, 4 is needed",
        );
        refused(
            |text| text.replace("conditions: [error-rate], ", ""),
            "no condition is named that may trigger it",
        );
        refused(
            |text| text.replace("stop: incident lead, ", ""),
            "nobody is named who can stop it",
        );
    }),
    Row("100", Decides, || {
        let sample = service(str::to_owned);
        assert_eq!(ask(&sample, &["--condition", "error-rate"]).code, Some(0));
        // confident for these conditions only, on this process only, and with schema and contract
        // untouched
        let other = ask(&sample, &["--condition", "a hunch"]);
        assert_eq!(other.code, Some(12));
        shown(&other.out, &["the condition a hunch is not named"]);
        refused(
            |text| text.replace("Deploy service", "Deploy the service"),
            "3 went through another process",
        );
        let schema = ask(&sample, &["--answer", "database.schema=additive"]);
        assert_eq!(schema.code, Some(12));
        shown(&schema.out, &["the schema changes, so a person decides"]);
        let lower = ask(&sample, &["--answer", "rehearsal.level=2"]);
        assert_eq!(lower.code, Some(12), "{}", lower.out);
    }),
];
