//! The rollback guide, rule by rule: each number is classed, and each class has its test.
//!
//! * *decides*: a fact flips the verdict on a small world, with and without it.
//! * *asks*: the question is asked where it matters, and its answers lead to different decisions.
//! * *shows*: the text, step or finding is in what the program prints.
//! * *background*: the page on the guide (`docs/src/guide.md`) says it.
//!
//! The rows stand in `conformance/`, by section; `assets/guide.yaml` says where the program keeps
//! each rule, and `backout guide N` prints it.

mod automatic;
use crate::common;
mod data;
mod deciding;
mod designing;
mod kit;
mod newer;
mod scenarios;

use kit::{Class, Row};

fn rows() -> Vec<&'static Row> {
    [
        scenarios::ROWS,
        data::ROWS,
        designing::ROWS,
        deciding::ROWS,
        automatic::ROWS,
        newer::ROWS,
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn hold(rows: &[Row]) {
    let mut failed = Vec::new();
    for Row(rule, class, test) in rows {
        if let Err(why) = std::panic::catch_unwind(test) {
            let text = why
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| why.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                .unwrap_or_default();
            failed.push(format!(
                "rule {rule} ({}): {}",
                class.id(),
                text.chars().take(1500).collect::<String>()
            ));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[test]
fn scenarios_hold() {
    hold(scenarios::ROWS);
}

#[test]
fn data_and_dependents_hold() {
    hold(data::ROWS);
}

#[test]
fn the_design_of_the_process_holds() {
    hold(designing::ROWS);
}

#[test]
fn staging_and_deciding_hold() {
    hold(deciding::ROWS);
}

#[test]
fn the_ladder_holds() {
    hold(automatic::ROWS);
}

#[test]
fn the_newer_pages_hold() {
    hold(newer::ROWS);
}

#[test]
fn every_number_has_its_row_and_its_class() {
    let numbers: Vec<String> = (1..=100)
        .map(|n| n.to_string())
        .chain((1..=18).map(|n| format!("N{n}")))
        .collect();
    let rows = rows();
    let mut have: Vec<String> = rows
        .iter()
        .map(|Row(rule, ..)| (*rule).to_owned())
        .collect();
    have.sort_by_key(|rule| numbers.iter().position(|number| number == rule));
    assert_eq!(have, numbers, "each number exactly once");
    let table: Vec<std::collections::BTreeMap<String, String>> =
        serde_yaml::from_str(include_str!("../../assets/guide.yaml")).expect("the table");
    let mut wrong = Vec::new();
    for entry in &table {
        let Some(Row(_, class, _)) = rows.iter().find(|Row(rule, ..)| *rule == entry["rule"])
        else {
            continue;
        };
        if class.id() != entry["class"] {
            wrong.push(format!(
                "rule {}: assets/guide.yaml says {}, its test {}",
                entry["rule"],
                entry["class"],
                class.id()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let background = rows
        .iter()
        .filter(|Row(_, class, _)| *class == Class::Background)
        .count();
    assert!(
        background <= 12,
        "{background} rules are only told; the program should do more with them"
    );
}

#[test]
fn the_guide_names_class_and_place_of_every_rule() {
    for Row(rule, class, _) in rows() {
        let ran = common::Ran::new(
            common::program()
                .args(["guide", rule])
                .output()
                .expect("the program runs"),
        );
        assert_eq!(ran.code, Some(0), "{rule}: {}", ran.err);
        assert!(
            ran.out.contains(&format!("Rule {rule} "))
                && ran.out.contains(&format!("{}:", class.id()))
                && ran.out.contains("kept "),
            "{}",
            ran.out
        );
    }
    let all = common::Ran::new(
        common::program()
            .arg("guide")
            .output()
            .expect("the program runs"),
    )
    .out;
    assert!(
        rows().iter().all(|Row(rule, ..)| all
            .lines()
            .any(|line| line.split_whitespace().next() == Some(*rule))),
        "{all}"
    );
}
