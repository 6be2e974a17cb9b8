//! What authors declare about going back, from the message to the verdict.

use crate::common;

use common::Sample;
use serde_json::Value;

const ADDED: &str = "pub fn total() -> u32 { 2 }\n";

/// 3.0.0 and 3.1.0 with one commit between them.
fn service(message: &str, files: &[(&str, &str)]) -> Sample {
    let sample = Sample::new();
    sample.commit(
        "feat: first",
        &[
            ("src/main.rs", "fn main() {}\n"),
            (
                "db/migrate/1_base.up.sql",
                "CREATE TABLE orders (id INT PRIMARY KEY, note TEXT);\n",
            ),
            ("db/migrate/1_base.down.sql", "DROP TABLE orders;\n"),
            (
                "src/orders.rs",
                "const READ: &str = \"SELECT id, note FROM orders\";\n",
            ),
        ],
    );
    sample.tag("v3.0.0");
    sample.commit(message, files);
    sample.commit("chore: wording", &[("README.md", "# Payments\n")]);
    sample.tag("v3.1.0");
    sample
}

fn assessed(sample: &Sample, more: &[&str]) -> Value {
    let arguments = [&["assess", "3.0.0", "3.1.0", "--format", "json"], more].concat();
    let ran = sample.run(&arguments);
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
}

fn found<'a>(assessed: &'a Value, check: &str) -> Option<&'a Value> {
    assessed["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .find(|finding| finding["check"] == check)
}

fn notes(assessed: &Value) -> String {
    assessed["changelog"]["notes"].to_string()
}

#[test]
fn a_trailer_that_says_no_warns_and_takes_the_certainty_away() {
    let message =
        "feat(orders): count anew (#12)\n\nRollback-Safe: no: the partner\x1b[2J switched";
    let sample = service(message, &[("src/total.rs", ADDED)]);
    let with = assessed(&sample, &[]);
    let finding = found(&with, "history/declared-not-safe").expect("a finding");
    assert_eq!(finding["severity"], "warns");
    let says = finding["says"].as_str().unwrap();
    assert!(
        says.contains("(#12)") && says.contains("partner␛[2J switched"),
        "{says}"
    );
    assert!(
        notes(&with).contains("1 not safe to roll back, 0 safe"),
        "{}",
        notes(&with)
    );
    assert!(
        notes(&with).contains("1 of 2 changes say nothing"),
        "{}",
        notes(&with)
    );
    // the same change without a word
    let silent = service("feat(orders): count anew (#12)", &[("src/total.rs", ADDED)]);
    let without = assessed(&silent, &[]);
    assert!(found(&without, "history/declared-not-safe").is_none());
    assert!(!notes(&without).contains("declared"), "{}", notes(&without));
    let open = |assessed: &Value| assessed["coverage"].to_string().contains("its author says");
    assert!(
        open(&with) && !open(&without),
        "what its author knows is open"
    );
    let text = sample.run(&["assess", "3.0.0", "3.1.0"]);
    assert!(
        text.out.contains("declared as not safe to roll back"),
        "{}",
        text.out
    );
}

#[test]
fn a_ticked_box_clears_nothing() {
    let drop = [
        (
            "db/migrate/2_note.up.sql",
            "ALTER TABLE orders DROP COLUMN note;\n",
        ),
        (
            "db/migrate/2_note.down.sql",
            "ALTER TABLE orders ADD COLUMN note TEXT;\n",
        ),
    ];
    let plain = service("feat: drop the note (#7)", &drop);
    let ticked = service(
        "feat: drop the note (#7)\n\n## Checklist\n\n- [x] Tests pass\n- [x] This change can be \
            rolled back\n",
        &drop,
    );
    let (before, after) = (assessed(&plain, &[]), assessed(&ticked, &[]));
    assert_eq!(
        before["facts"]["database.old_code"]["value"],
        after["facts"]["database.old_code"]["value"]
    );
    assert_eq!(before["verdict"]["option"], after["verdict"]["option"]);
    let finding = found(&after, "history/declared-safe-but-breaks").expect("a finding");
    assert!(
        finding["says"]
            .as_str()
            .unwrap()
            .contains("what was read stands")
    );
    // the author who says no agrees with what was read
    let agrees = service("feat: drop the note (#7)\n\nRollback-Safe: no", &drop);
    assert!(found(&assessed(&agrees, &[]), "history/declared-not-safe").is_none());
}

#[test]
fn labels_of_a_file_are_held_against_what_is_found() {
    let sample = service("feat(orders): count anew (#12)", &[("src/total.rs", ADDED)]);
    let path = |name: &str, text: &str| {
        let path = sample.beside(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("a path").to_owned()
    };
    let labels = path(
        "labels.json",
        r#"[{"number":12,"labels":[{"name":"irreversible"}]}]"#,
    );
    let with = assessed(&sample, &["--labels", &labels]);
    assert!(found(&with, "history/declared-not-safe").is_some());
    let labels = path("labels.csv", "number,labels\n12,db-migration\n");
    let with = assessed(&sample, &["--labels", &labels]);
    assert!(found(&with, "history/declared-migration").is_some());
    // none of this range, none that can be read, none that is there
    let labels = path("other.json", r#"{"99":["irreversible"]}"#);
    let with = assessed(&sample, &["--labels", &labels]);
    assert!(
        with["unchecked"]
            .to_string()
            .contains("names no request and no commit of this range")
    );
    assert!(
        notes(&with).contains("2 of 2 changes say nothing"),
        "{}",
        notes(&with)
    );
    let labels = path("broken.json", "{");
    let with = assessed(&sample, &["--labels", &labels]);
    assert!(
        with["unchecked"]
            .to_string()
            .contains("cannot be read as JSON")
    );
    let ran = sample.run(&["assess", "3.0.0", "3.1.0", "--labels", "nowhere.json"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("does not exist"), "{}", ran.err);
}
