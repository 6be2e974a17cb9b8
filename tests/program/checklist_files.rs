//! Checklists as files: lint with places, overlays, the shipped ones.

use backout::checklist::{
    Checklist, Lint, SKELETON, catalogue, facts_table, list_checklist_sources, show_checklist,
};

fn lint(text: &str) -> Vec<Lint> {
    Checklist::lint("ours.yaml", text)
}

/// The one remark: line, column, what it says, what to write.
fn only(text: &str) -> (usize, usize, String, String) {
    let lints = lint(text);
    assert_eq!(lints.len(), 1, "{lints:#?}");
    (
        lints[0].line,
        lints[0].column,
        lints[0].says.clone(),
        lints[0].suggestion.clone().unwrap_or_default(),
    )
}

const WEIGHT: &str = "considerations:\n  - id: ours\n    toward: back\n    weight: 1\n    says: it \
    helps\n    when: ";

#[test]
fn the_shipped_files_have_no_remark() {
    assert_eq!(Checklist::lint("skeleton.yaml", SKELETON), []);
    let embedded = Checklist::embedded();
    assert_eq!(Checklist::from_yaml(&embedded.yaml).unwrap(), embedded);
    assert_eq!(embedded.digest().len(), 64);
    let opening: Vec<_> = embedded
        .questions
        .iter()
        .filter(|question| question.opening.is_some())
        .map(|question| question.id.as_str())
        .collect();
    assert_eq!(opening, ["harm", "running", "impact", "switch", "old-side"]);
    for blocker in 1..=17 {
        // B9 is no blocker but a weight
        assert!(
            blocker == 9
                || embedded
                    .blockers
                    .iter()
                    .any(|known| known.id == format!("B{blocker}")),
            "B{blocker}"
        );
    }
}

#[test]
fn every_fact_of_a_question_can_be_answered_and_every_word_has_a_phrase() {
    let embedded = Checklist::embedded();
    for phrases in &embedded.phrases {
        if let Some(catalogue::Values::Words(words)) =
            catalogue::find_fact_definition(&phrases.fact).map(|def| def.values)
        {
            assert_eq!(words.len(), phrases.words.len(), "{}", phrases.fact);
        }
    }
    for question in &embedded.questions {
        assert!(
            question
                .choices
                .iter()
                .all(|choice| !choice.sets.is_empty()),
            "{}",
            question.id
        );
    }
}

#[test]
fn a_typo_in_a_condition_is_named_at_its_column() {
    let (line, column, says, suggestion) = only(&format!("{WEIGHT}impact.nwo == \"down\"\n"));
    assert_eq!(
        (line, column, suggestion.as_str()),
        (6, 11, "impact.now"),
        "{says}"
    );
    let (line, column, _, suggestion) = only(&format!("{WEIGHT}'impact.now == \"dwon\"'\n"));
    assert_eq!((line, column, suggestion.as_str()), (6, 26, "\"down\""));
    let (line, column, _, suggestion) = only(&format!("{WEIGHT}\"impact.now == \\\"dwon\\\"\"\n"));
    assert_eq!((line, column, suggestion.as_str()), (6, 26, "\"down\""));
    let (line, column, _, suggestion) = only(&format!(
        "{WEIGHT}>-\n      known(impact.now) &&\n      impact.al_users == \"yes\"\n"
    ));
    assert_eq!(
        (line, column, suggestion.as_str()),
        (8, 7, "impact.all_users")
    );
}

#[test]
fn what_turns_unknown_into_no_is_refused_with_what_to_write() {
    let (line, column, _, suggestion) = only(&format!("{WEIGHT}has(impact.now)\n"));
    assert_eq!((line, column), (6, 15));
    assert!(suggestion.starts_with("known(impact.now)"), "{suggestion}");
    let (_, column, says, suggestion) = only(&format!("{WEIGHT}impact.now == null\n"));
    assert_eq!(column, 25);
    assert!(says.contains("null") && suggestion.contains("known(f)"));
    assert!(
        only(&format!("{WEIGHT}exists(impact.now)\n"))
            .2
            .contains("no function exists()")
    );
}

#[test]
fn structure_is_checked_with_places() {
    let (line, column, says, _) = only("nmae: x\n");
    assert_eq!((line, column), (1, 1));
    assert!(says.ends_with("did you mean name?"), "{says}");
    let (line, column, says, suggestion) = only(
        "blockers:\n  - id: X\n    cases:\n      - wehn: impact.now == \"down\"\n        when: \
            impact.now == \"down\"\n        effect: {back: removed}\n        says: no\n",
    );
    assert!(
        (line, column) == (4, 9) && suggestion.is_empty() && says.ends_with("did you mean when?"),
        "{says}"
    );
    let (line, column, _, suggestion) = only(
        "blockers:\n  - id: X\n    cases:\n      - when: impact.now == \"down\"\n        effect: \
            {back: remvoed}\n        says: no\n",
    );
    assert_eq!((line, column, suggestion.as_str()), (5, 24, "removed"));
    let key = "questions:\n  - id: q\n    asks: Well?\n    facts: [impact.now]\n    \
        choices:\n      - {key: d, title: no, sets: {impact.now: none}}\n";
    assert_eq!((only(key).0, only(key).1), (6, 15));
    let value = key
        .replace("key: d", "key: k")
        .replace("impact.now: none", "impact.now: nonne");
    assert!(
        lint(&value)
            .iter()
            .any(|lint| (lint.line, lint.column) == (6, 48)
                && lint.suggestion.as_deref() == Some("none")),
        "{:#?}",
        lint(&value)
    );
    assert!(only("blockers: 3\n").2.contains("is a list"));
    assert!(lint("a: [1, 2\n")[0].says.contains("not a checklist"));
    assert!(lint("")[0].says.contains("empty"));
    assert!(lint(&"[".repeat(5000))[0].error);
    assert!(
        lint("name: x\n---\nname: y\n")[0]
            .says
            .contains("one checklist")
    );
    assert!(
        only("phrases:\n  impact.now: {down: \"it is {prevous}\"}\n")
            .3
            .contains("{previous}")
    );
}

#[test]
fn a_remark_reads_like_a_compiler_s() {
    let shown = lint(&format!("{WEIGHT}impact.nwo == \"down\"\n"))[0].to_string();
    assert_eq!(
        shown,
        "ours.yaml:6:11: error: there is no fact impact.nwo; write impact.now"
    );
}

#[test]
fn overlays_replace_add_and_disable() {
    let over = "name: ours\nusage:\n  - {class: always-on, minutes: 30, says: ours}\nblockers:\n  \
        - {id: B13, disable: true}\n\
        considerations:\n  - {id: default-forward, toward: forward, weight: 3, when: \"true\", \
        says: ours}\n  - {id: mine, toward: back, weight: 0.5, when: rehearsal.level > 2, says: \
        mine}\n\
        gates:\n  - gate: start\n    items:\n      - {id: start-plan, disable: true}\n      - {id: \
        start-mine, says: mine, facts: [backup.age_minutes], holds: backup.age_minutes < 60, \
        otherwise: hold}\n";
    let (list, lints) = Checklist::load(&[("ours.yaml".to_owned(), over.to_owned())]).unwrap();
    assert_eq!(lints, []);
    let embedded = Checklist::embedded();
    assert_eq!(list.name, "ours");
    assert_eq!(list.usage_minutes("always-on"), Some(30.0));
    assert!(!list.blockers.iter().any(|blocker| blocker.id == "B13"));
    assert_eq!(list.considerations.len(), embedded.considerations.len() + 1);
    assert_eq!(
        list.considerations
            .iter()
            .find(|weight| weight.id == "default-forward")
            .unwrap()
            .weight,
        3.0
    );
    assert_eq!(list.gates[0].items.len(), embedded.gates[0].items.len());
    assert!(
        list.gates[0]
            .items
            .iter()
            .any(|item| item.id == "start-mine")
    );
    assert_eq!(list.gates[0].title, embedded.gates[0].title);
    assert_eq!(list.sources, ["embedded", "ours.yaml"]);
    assert_ne!(list.digest(), embedded.digest());
    let again = Checklist::from_yaml(&list.yaml).unwrap();
    assert_eq!(
        (again.digest(), again.blockers, again.gates),
        (list.digest(), list.blockers, list.gates)
    );
}

#[test]
fn a_wrong_overlay_keeps_the_checklist_from_being_used() {
    let lints = Checklist::load(&[(
        "ours.yaml".to_owned(),
        format!("{WEIGHT}impact.nwo == \"down\"\n"),
    )])
    .unwrap_err();
    assert_eq!(
        (lints.len(), lints[0].file.as_str(), lints[0].error),
        (1, "ours.yaml", true)
    );
    let (line, column, says, suggestion) = only("blockers:\n  - {id: B133, disable: true}\n");
    assert_eq!((line, column), (2, 10), "{says}");
    assert!(!lint("blockers:\n  - {id: B133, disable: true}\n")[0].error);
    assert_eq!(suggestion, "B13");
    assert!(
        only("usage:\n  - {class: always-on, disable: true}\n")
            .2
            .contains("no entry for always-on")
    );
}

#[test]
fn the_example_of_the_book_loads() {
    let page = include_str!("../../docs/src/checklists.md");
    let example = page
        .split("```yaml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let (list, lints) =
        Checklist::load(&[("checklists.md".to_owned(), example.to_owned())]).unwrap();
    assert_eq!(lints, []);
    assert!(
        list.blockers.iter().any(|blocker| blocker.id == "P1")
            && !list.blockers.iter().any(|blocker| blocker.id == "B10")
    );
}

#[test]
fn texts_for_the_command_line_name_everything() {
    let table = facts_table();
    for def in catalogue::list_fact_definitions() {
        assert!(
            table.contains(&def.key.replacen("[]", "[NAME]", 1)),
            "{}",
            def.key
        );
    }
    let embedded = Checklist::embedded();
    let shown = show_checklist(&embedded);
    assert!(
        embedded
            .questions
            .iter()
            .all(|question| shown.contains(&question.id))
    );
    assert!(list_checklist_sources(&embedded).contains("from the checklist that backout ships"));
}

#[test]
fn a_blocker_that_is_worded_anew_keeps_its_rank() {
    let shipped = Checklist::embedded();
    let ranked: Vec<(&str, u32)> = shipped
        .blockers
        .iter()
        .filter_map(|blocker| Some((blocker.id.as_str(), blocker.rank?)))
        .collect();
    assert_eq!(ranked, [("B1", 1), ("B11", 2), ("B12", 3)]);
    let over = "blockers:\n  - id: B12\n    title: two versions\n    cases:\n      - when: \
        deployment.mixed == \"yes\"\n        effect: {back: not-cleared}\n        says: two \
        versions run\n";
    let (list, _) = Checklist::load(&[("ours.yaml".to_owned(), over.to_owned())]).unwrap();
    let of = |id: &str| {
        list.blockers
            .iter()
            .find(|blocker| blocker.id == id)
            .unwrap()
    };
    assert_eq!(
        (of("B12").title.as_str(), of("B12").rank),
        ("two versions", Some(3))
    );
    let moved = over.replace("id: B12", "id: B12\n    rank: 9");
    let (list, _) = Checklist::load(&[("ours.yaml".to_owned(), moved)]).unwrap();
    let of = |id: &str| {
        list.blockers
            .iter()
            .find(|blocker| blocker.id == id)
            .unwrap()
    };
    assert_eq!(of("B12").rank, Some(9));
}
