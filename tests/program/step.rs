//! The plan worked off by the command line, in the session that the screens or the lines wrote.

use crate::tui_plain::{run, run_both};

/// A session in which something was decided.
fn decided() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let lines =
        "n\nn\ne\nn\nb\ndecide\n1\ncalm\nit only looks wrong\nthe old look\n10\n5.4.1\nquit\n";
    let (text, code) = run(home.path(), &["demo", "styling", "--plain"], lines);
    assert_eq!(code, Some(0), "{text}");
    home
}

fn repository(home: &std::path::Path) -> String {
    let (path, _) = run(home, &["demo", "styling", "--path-only"], "");
    path.trim().to_owned()
}

#[test]
fn a_pipeline_ticks_the_plan_by_number_and_by_id() {
    let home = decided();
    let repository = repository(home.path());
    let step = |arguments: &[&str]| {
        let all: Vec<&str> = ["step", "--repo", &repository]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        let (text, told, code) = run_both(home.path(), &all, "");
        (format!("{text}{told}"), code)
    };
    let (list, code) = step(&["list", "--format", "json"]);
    assert_eq!(code, Some(0), "{list}");
    let read: serde_json::Value = serde_json::from_str(&list).unwrap();
    let id = |number: u64| {
        let steps = read["steps"].as_array().unwrap();
        let found = steps.iter().find(|step| step["number"] == number).unwrap();
        found["id"].as_str().unwrap().to_owned()
    };
    let (said, code) = step(&["begin"]);
    assert!(
        code == Some(0) && said.starts_with("Step begun: "),
        "{said}"
    );
    let (said, code) = step(&["done", "1", "--seconds", "90", "--role", "pipeline"]);
    assert!(code == Some(0) && said.starts_with("Step done: "), "{said}");
    // one law with the screens
    let (said, code) = step(&["done", "1"]);
    assert!(said.contains("this step is done already"), "{said}");
    assert_ne!(code, Some(0));
    let (said, _) = step(&["skip", "2", "--because", " "]);
    assert!(said.contains("needs a reason"), "{said}");
    let (said, code) = step(&["skip", &id(2), "--because", "no cache here"]);
    assert!(
        code == Some(0) && said.contains("(no cache here)"),
        "{said}"
    );
    let (said, _) = step(&["failed", "3", "--saw", "it does not start"]);
    assert!(said.contains("it does not start"), "{said}");
    let (said, _) = step(&["note", "3", "--text", "tried twice"]);
    assert!(said.contains("tried twice"), "{said}");
    let (said, code) = step(&["done", "99"]);
    assert!(said.contains("`backout step` shows it"), "{said}");
    assert_ne!(code, Some(0));
    // the note of step 3, then what failed; that of step 1 by its id
    let (said, _) = step(&["undo", "3"]);
    assert!(said.starts_with("Taken back: Note"), "{said}");
    let (said, _) = step(&["undo"]);
    assert!(said.starts_with("Taken back: Step failed"), "{said}");
    let (said, _) = step(&["undo", &id(1)]);
    assert!(said.starts_with("Taken back: Step done"), "{said}");
    let (list, _) = step(&[]);
    assert!(
        list.contains("left out") && list.contains("running"),
        "{list}"
    );
    let (report, _) = run(
        home.path(),
        &["report", "--repo", &repository, "--journal-only"],
        "",
    );
    assert!(report.contains("no cache here"), "{report}");
}

#[test]
fn without_a_decision_no_step_is_taken() {
    let home = tempfile::tempdir().unwrap();
    run(home.path(), &["demo", "styling", "--plain"], "n\nquit\n");
    let repository = repository(home.path());
    let (_, told, code) = run_both(home.path(), &["step", "--repo", &repository, "done"], "");
    assert!(told.contains("nothing is decided yet"), "{told}");
    assert_ne!(code, Some(0));
    let empty = tempfile::tempdir().unwrap();
    let (_, _, code) = run_both(empty.path(), &["step"], "");
    assert_ne!(code, Some(0));
}
