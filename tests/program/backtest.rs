//! The decision over incidents that are over.

use crate::common;

use common::program;
use serde_json::Value;

fn run(arguments: &[&str]) -> common::Ran {
    common::Ran::new(
        program()
            .arg("backtest")
            .args(arguments)
            .output()
            .expect("the program runs"),
    )
}

fn fixture() -> String {
    format!(
        "{}/tests/fixtures/backtest/incidents.yaml",
        env!("CARGO_MANIFEST_DIR")
    )
}

fn json(file: &str) -> Value {
    run(&[file, "--format", "json"]).json()
}

fn disagrees<'v>(score: &'v Value, id: &str) -> Option<&'v Value> {
    score["disagreements"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|said| said["id"] == id)
}

#[test]
fn agreement_harm_and_reasons_are_counted() {
    let all = json(&fixture());
    assert_eq!(
        (&all["schema"], &all["incidents"], &all["without_best"]),
        (&"backout.backtest/1".into(), &6.into(), &1.into())
    );
    let (with, without) = (&all["with_extra_facts"], &all["without_extra_facts"]);
    // everything but the restore, which is added to another option and never stands alone
    assert_eq!(
        (&with["cases"], &with["exact"], &with["family"]),
        (&5.into(), &4.into(), &4.into()),
        "{with:#}"
    );
    // the case without a best action counts only as harm
    assert_eq!(with["harmful"], 1, "{with:#}");
    assert!(
        disagrees(with, "nobody-knows")
            .is_some_and(|said| said["harmful"] == true && said["action"] == "roll_forward"),
        "{with:#}"
    );
    assert!(
        disagrees(with, "data").is_some_and(|said| said["rule"]
            .as_str()
            .is_some_and(|rule| rule.starts_with("B2: "))),
        "{with:#}"
    );
    assert!(disagrees(with, "harm").is_none());
    // harm is known only with hindsight; without it going back would have hurt
    let harm = disagrees(without, "harm").expect("a disagreement");
    assert_eq!(
        (&harm["action"], &harm["harmful"]),
        (&"roll_back".into(), &true.into())
    );
    assert!(
        harm["rule"]
            .as_str()
            .is_some_and(|rule| rule.contains("back ") && rule.contains("no-fix")),
        "{harm:#}"
    );
}

#[test]
fn the_plain_policies_stand_beside_it() {
    let all = json(&fixture());
    let of = |name: &str| {
        all["plain"]
            .as_array()
            .expect("a list")
            .iter()
            .find(|score| score["policy"] == name)
            .expect("a policy")
            .clone()
    };
    let (forward, back, guide) = (
        of("always forward"),
        of("always back"),
        of("the guide, literally"),
    );
    assert_eq!(
        (&forward["exact"], &forward["family"], &forward["harmful"]),
        (&1.into(), &1.into(), &1.into())
    );
    assert_eq!(
        (&back["exact"], &back["family"], &back["harmful"]),
        (&1.into(), &2.into(), &2.into())
    );
    assert_eq!(
        (&guide["exact"], &guide["family"], &guide["harmful"]),
        (&2.into(), &3.into(), &1.into()),
        "{guide:#}"
    );
    let cheaper = of("a switch, a warm side, else the guide");
    assert_eq!(
        (&cheaper["exact"], &cheaper["family"], &cheaper["harmful"]),
        (&3.into(), &3.into(), &1.into()),
        "{cheaper:#}"
    );
}

#[test]
fn strength_and_what_follows_stand_beside_each_recommendation() {
    let all = json(&fixture());
    let data = disagrees(&all["with_extra_facts"], "data").expect("a disagreement");
    assert_eq!(data["strength"], "open");
    let text = run(&[&fixture()]).out;
    assert!(text.contains("roll_forward (open), best restore"), "{text}");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("incidents.yaml");
    // harm first, then back: going back was the best, and it is what follows
    let facts = "schema_change: none, contract_change: none, changes_in_release: few, fix_known: \
        'no', users_wrote_new_data: 'no', cause: strong";
    let extra = "ongoing_irreversible_harm: 'yes', service_impaired_now: 'yes'";
    std::fs::write(
        &file,
        format!(
            "- {{id: a, facts: {{{facts}}}, extra_facts: {{{extra}}}, hindsight_best: roll_back}}\n"
        ),
    )
    .expect("a file");
    let all = json(file.to_str().expect("a path"));
    assert_eq!(all["with_extra_facts"]["exact"], 1, "{all:#}");
    std::fs::write(&file, "- {id: a, facts: {cause: maybe}}\n").expect("a file");
    assert!(
        run(&[file.to_str().expect("a path")])
            .err
            .contains("cause is never maybe")
    );
}

#[test]
fn text_and_markdown_say_the_same() {
    for format in ["text", "markdown"] {
        let ran = run(&[&fixture(), "--format", format]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        for word in [
            "always forward",
            "always back",
            "the guide, literally",
            "a switch, a warm side, else the guide",
            "not a measure of accuracy",
            "nobody-knows",
            "B2: ",
        ] {
            assert!(
                ran.out.contains(word),
                "{format} should say {word}: {}",
                ran.out
            );
        }
    }
}

#[test]
fn without_a_file_the_carried_incidents_are_used() {
    let ran = run(&["--format", "json"]);
    let all = ran.json();
    assert!(
        all["incidents"].as_u64().is_some_and(|count| count >= 8),
        "{all:#}"
    );
}

#[test]
fn bad_files_are_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    for (text, words) in [
        ("", "no incident"),
        (
            "- {id: a, facts: {schema_change: some}}\n",
            "schema_change is never some",
        ),
        ("- {id: a, gate: after_lunch}\n", "after_lunch is no gate"),
        ("- {summary: nothing}\n", "incident 1 has no id"),
        ("- {id: a}\n- {id: a}\n", "is there twice"),
        ("id: a\n", "not a list of incidents"),
        (
            "- {id: a, facts: {minutes_live: -3}}\n",
            "minutes_live is -3",
        ),
        ("- {id: \"\x1b[31m\"}\n", "incidents.yaml"),
    ] {
        let file = folder.path().join("incidents.yaml");
        std::fs::write(&file, text).expect("a file");
        let ran = run(&[file.to_str().expect("a path")]);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(1), ""),
            "{text:?}: {}",
            ran.err
        );
        assert!(
            ran.err.contains(words) && ran.err.contains("incidents.yaml"),
            "{text:?}: {}",
            ran.err
        );
        assert!(
            ran.err.trim_end().lines().count() <= 2 && !ran.err.contains('\x1b'),
            "{:?}",
            ran.err
        );
    }
    assert!(run(&["absent.yaml"]).err.contains("absent.yaml"));
}

/// The larger file of incidents, where it lies beside the repository: not worse than the best plain
/// policy by more than two, and harmful at most once more than the guide taken literally.
#[test]
fn the_larger_file_of_incidents_is_held() {
    let beside = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("shared/corpus/incidents.yaml"));
    let Some(file) = beside.into_iter().find(|file| file.is_file()) else {
        eprintln!("skipped: no shared/corpus/incidents.yaml beside the repository");
        return;
    };
    let all = json(file.to_str().expect("a path"));
    let number = |score: &Value, what: &str| score[what].as_i64().expect("a number");
    let plain = all["plain"].as_array().expect("a list");
    let guide = plain
        .iter()
        .find(|score| score["policy"] == "the guide, literally")
        .expect("a policy");
    for ours in [&all["with_extra_facts"], &all["without_extra_facts"]] {
        for what in ["exact", "family"] {
            let best = plain
                .iter()
                .map(|score| number(score, what))
                .max()
                .expect("three policies");
            assert!(
                number(ours, what) + 2 >= best,
                "{what}: {} against {best}",
                number(ours, what)
            );
        }
        assert!(number(ours, "harmful") <= number(guide, "harmful") + 1);
    }
}
