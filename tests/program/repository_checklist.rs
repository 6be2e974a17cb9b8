//! Checklists that come with a branch: what they change is said everywhere, and what takes a reason
//! away waits for a person.

use crate::common;

use common::{Ran, Sample, program};

const DISABLES: &str = "name: ours\nblockers:\n  - {id: B4, disable: true}\n";

/// A release that drops a column which the release before still reads: B4 speaks against going
/// back.
fn orders() -> Sample {
    let sample = Sample::new();
    sample.commit(
        "feat: first",
        &[
            (
                "db/postgres/migrations/00001_a.up.sql",
                "CREATE TABLE orders (id int, note text);\n",
            ),
            (
                "app/store.py",
                "db.execute('SELECT id, note FROM orders')\n",
            ),
        ],
    );
    sample.tag("v3.0.0");
    sample.commit(
        "feat: second",
        &[(
            "db/postgres/migrations/00002_b.up.sql",
            "ALTER TABLE orders DROP COLUMN note;\n",
        )],
    );
    sample.tag("v3.1.0");
    sample
}

fn with(file: &str, text: &str) -> Sample {
    let sample = orders();
    let path = sample.path().join(".backout").join(file);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, text).expect("a checklist");
    sample
}

/// Whether blocker B4 is among the reasons of some option.
fn speaks(value: &serde_json::Value) -> bool {
    value["verdict"]["options"].to_string().contains("\"B4\"")
        || value["verdict"].to_string().contains("\"B4\"")
}

#[test]
fn a_blocker_stays_in_force_until_a_person_trusts_the_file() {
    assert!(
        speaks(&orders().run(&["assess", "--format", "json"]).json()),
        "the release is one that B4 is about"
    );
    let sample = with("ours.yaml", DISABLES);
    let value = sample.run(&["assess", "--format", "json"]).json();
    assert!(speaks(&value), "{}", value["verdict"]);
    let change = &value["checklist_changes"][0];
    assert_eq!(
        (&change["file"], &change["section"], &change["id"]),
        (
            &".backout/ours.yaml".into(),
            &"blockers".into(),
            &"B4".into()
        )
    );
    assert_eq!(
        (&change["does"], &change["in_force"]),
        (&"disables".into(), &false.into())
    );

    let value = sample
        .run(&["assess", "--format", "json", "--trust-checklist"])
        .json();
    assert!(!speaks(&value), "{}", value["verdict"]);
    assert_eq!(value["checklist_changes"][0]["in_force"], true);
    let by_environment = program()
        .current_dir(sample.path())
        .env("BACKOUT_TRUST_CHECKLIST", "1")
        .args(["assess", "--format", "json"])
        .output()
        .expect("it runs");
    assert!(!speaks(&Ran::new(by_environment).json()));

    // the person's own configuration is theirs
    let own = sample.beside("config");
    std::fs::create_dir_all(own.join("backout")).expect("a folder");
    std::fs::write(own.join("backout/checklist.yaml"), DISABLES).expect("a checklist");
    let by_person = program()
        .current_dir(sample.path())
        .env("XDG_CONFIG_HOME", &own)
        .args(["assess", "--format", "json"])
        .output()
        .expect("it runs");
    let value = Ran::new(by_person).json();
    assert!(
        !speaks(&value) && value.get("checklist_changes").is_none(),
        "{value}"
    );
}

#[test]
fn every_output_says_what_the_file_changes() {
    let sample = with("ours.yaml", DISABLES);
    let (waits, counts) = (
        "would disable B4",
        "the checklist of this repository disables B4",
    );
    for arguments in [
        &["assess"][..],
        &["assess", "--format", "markdown"],
        &["gate", "start"],
        &["gate", "start", "--format", "markdown"],
        &["back"],
        &["back", "--format", "markdown"],
        &["back", "--preflight"],
        &["report"],
        &["report", "--format", "text"],
        &["report", "--hand-over"],
        &["replay", "--print"],
    ] {
        let said = |ran: &Ran| {
            ran.out
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .to_lowercase()
        };
        let ran = sample.run(arguments);
        assert!(
            said(&ran).contains(&waits.to_lowercase()),
            "{arguments:?}: {}{}",
            ran.out,
            ran.err
        );
        if !matches!(arguments[0], "report" | "replay") {
            let ran = sample.run(&[arguments, &["--trust-checklist"]].concat());
            assert!(
                said(&ran).contains(&counts.to_lowercase()),
                "{arguments:?}: {}{}",
                ran.out,
                ran.err
            );
        }
    }
    for arguments in [
        &["gate", "start", "--format", "json"][..],
        &["back", "--format", "json"],
        &["back", "--preflight", "--format", "json"],
    ] {
        let ran = sample.run(arguments);
        let value: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        assert_eq!(value["checklist_changes"][0]["id"], "B4", "{arguments:?}");
    }
    for arguments in [&["rehearse", "--list"][..], &["backtest"]] {
        let ran = sample.run(arguments);
        assert!(ran.err.contains(waits), "{arguments:?}: {}", ran.err);
    }
    for arguments in [
        &["checklist", "list"][..],
        &["checklist", "show"],
        &["doctor"],
    ] {
        let ran = sample.run(arguments);
        assert!(
            ran.out
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .contains("takes away blocker B4"),
            "{arguments:?}: {}",
            ran.out
        );
    }
}

#[test]
fn line_by_line_it_is_said_before_the_reasons() {
    let sample = with("ours.yaml", DISABLES);
    let mut child = program()
        .current_dir(sample.path())
        .env("BACKOUT_HOME", sample.beside("home"))
        .args(["--plain", "3.0.0", "3.1.0"])
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it runs");
    drop(child.stdin.take());
    let ran = Ran::new(child.wait_with_output().expect("its output"));
    let text = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let (said, because) = (text.find("would disable B4"), text.find("because"));
    assert!(said.is_some() && said < because, "{}{}", ran.out, ran.err);
}

#[test]
fn what_makes_a_rule_harmless_is_as_good_as_taking_it_away() {
    let never = "impact.now == \"down\" && impact.now == \"none\"";
    for (what, text) in [
        (
            "another rule under its id",
            format!(
                "blockers:\n  - id: B4\n    cases:\n      - {{when: \
            '{never}', effect: {{back: removed}}, says: never}}\n"
            ),
        ),
        (
            "a list with a tag",
            format!(
                "blockers: !ours\n  - id: P1\n    cases:\n      - {{when: \
            '{never}', effect: {{back: removed}}, says: never}}\n"
            ),
        ),
        (
            "a fact out of nothing",
            "derive:\n  - {id: fine, fact: database.old_code, value: safe, when: 'impact.now == \
                \"none\" || impact.now != \"none\"', says: fine}\n"
                .to_owned(),
        ),
    ] {
        let sample = with("ours.yaml", &format!("name: ours\n{text}"));
        let value = sample.run(&["assess", "--format", "json"]).json();
        assert!(speaks(&value), "{what}: {}", value["verdict"]);
        let told = value["checklist_changes"]
            .as_array()
            .is_some_and(|changes| !changes.is_empty())
            || value["unchecked"].to_string().contains("ours.yaml");
        assert!(told, "{what}: {value}");
    }
}

#[test]
fn what_only_adds_or_weighs_counts_and_is_said() {
    let text = "name: ours\nthresholds: {few: 5}\nconsiderations:\n  - {id: ours, toward: forward, \
        weight: 0.5, when: 'impact.now == \"down\"', says: ours}\n\
                gates:\n  - gate: start\n    items:\n      - {id: ours, says: ours, facts: \
                [backup.age_minutes], holds: backup.age_minutes < 60, otherwise: hold}\n      - \
                {id: start-plan, disable: true}\n";
    let value = with("ours.yaml", text)
        .run(&["assess", "--format", "json"])
        .json();
    let changes = value["checklist_changes"]
        .as_array()
        .expect("a list")
        .clone();
    let of = |id: &str| {
        changes
            .iter()
            .find(|change| change["id"] == id)
            .unwrap_or_else(|| panic!("{id} is not in {changes:?}"))
            .clone()
    };
    for (id, does, in_force) in [("few", "sets", true), ("start-plan", "disables", false)] {
        assert_eq!(
            (&of(id)["does"], &of(id)["in_force"]),
            (&does.into(), &in_force.into()),
            "{id}"
        );
    }
    assert_eq!(
        changes
            .iter()
            .filter(|change| change["id"] == "ours"
                && change["does"] == "adds"
                && change["in_force"] == true)
            .count(),
        2,
        "{changes:?}"
    );
}

#[test]
fn one_bad_file_is_a_finding_and_not_the_end() {
    let sample = with("bad.yaml", "name: x\nblockers:\n  - {id: B4, cases: 3}\n");
    let others = sample.path().join(".backout");
    std::fs::write(others.join("bomb.yaml"), "[".repeat(5000)).expect("a file");
    std::fs::write(others.join("binary.yaml"), b"a\0b").expect("a file");
    std::fs::write(others.join("large.yaml"), "#".repeat(300_000)).expect("a file");
    let many: String = (0..2_000)
        .map(|n| {
            format!(
                "  - {{id: w{n}, toward: back, weight: 1, says: \
        x, when: 'impact.now == \"down\"'}}\n"
            )
        })
        .collect();
    std::fs::write(
        others.join("many.yaml"),
        format!("name: x\nconsiderations:\n{many}"),
    )
    .expect("a file");
    std::fs::write(
        others.join("gates.yaml"),
        "name: y\nquestions:\n  - {id: impact, disable: \
        true}\nusage:\n  - {class: always-on, disable: true}\n",
    )
    .expect("a file");
    std::fs::write(
        others.join("good.yaml"),
        "name: good\nblockers:\n  - id: P9\n    cases:\n      \
        - {when: 'impact.now == \"down\"', effect: {back: conditional}, says: ours, condition: \
        {kind: repair, says: ours}}\n",
    )
    .expect("a file");
    let value = sample.run(&["assess", "--format", "json"]).json();
    let left: Vec<String> = value["unchecked"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| Some(one["what"].as_str()?.to_owned()))
        .collect();
    for name in [
        "bad.yaml:3:5",
        "bomb.yaml:",
        "binary.yaml",
        "large.yaml",
        "gates.yaml:",
        "many.yaml:1:1",
    ] {
        assert!(
            left.iter().any(|what| what.contains(name)),
            "{name}: {left:?}"
        );
    }
    let adds: Vec<_> = value["checklist_changes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|change| change["id"].clone())
        .collect();
    assert_eq!(adds, ["P9"], "a file that is left out changes nothing");
    // a file that the person names must be right
    let ran = sample.run(&["assess", "--checklist", ".backout/bad.yaml"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn no_link_is_followed_to_a_checklist() {
    use std::os::unix::fs::symlink;
    let elsewhere = orders();
    std::fs::write(elsewhere.beside("secret.yaml"), DISABLES).expect("a file");
    let sample = with("ours.yaml", "name: fine\n");
    symlink(
        elsewhere.beside("secret.yaml"),
        sample.path().join(".backout/linked.yaml"),
    )
    .expect("a link");
    let value = sample
        .run(&["assess", "--format", "json", "--trust-checklist"])
        .json();
    assert!(
        speaks(&value)
            && value["unchecked"]
                .to_string()
                .contains(".backout/linked.yaml"),
        "{}",
        value["unchecked"]
    );

    let sample = orders();
    std::fs::create_dir(elsewhere.beside("folder")).expect("a folder");
    std::fs::write(elsewhere.beside("folder").join("a.yaml"), DISABLES).expect("a file");
    symlink(elsewhere.beside("folder"), sample.path().join(".backout")).expect("a link");
    let value = sample
        .run(&["assess", "--format", "json", "--trust-checklist"])
        .json();
    assert!(
        speaks(&value) && value["unchecked"].to_string().contains("symbolic link"),
        "{}",
        value["unchecked"]
    );
}
