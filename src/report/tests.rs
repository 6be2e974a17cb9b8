//! What reports look like, and what they withstand.

use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

use super::*;
use crate::model::{Assessment, ChangelogEntry, Finding, Reverting};

#[test]
fn text_at_eighty_columns() {
    insta::assert_snapshot!(super::text::text_in(&sample::assessment(), 80, &zone()));
}

#[test]
fn the_first_lines_hold_what_can_hurt_and_what_to_ask() {
    for assessment in [sample::assessment(), long()] {
        let report = write_assessment_text(&assessment, 80);
        let first: Vec<&str> = report.lines().take(super::text::FIRST).collect();
        let at = |label: &str| {
            first
                .iter()
                .position(|line| line.trim_start().starts_with(label))
                .unwrap_or_else(|| panic!("{label}: {report}"))
        };
        let places = ["rests on", "because", "risk ", "open ", "next ", "--answer"].map(at);
        assert!(places.is_sorted(), "{report}");
        assert!(
            first[at("risk ") + 1..at("open ")]
                .iter()
                .any(|line| line.contains(".sql:") || line.contains('…')),
            "the risk has its place: {report}"
        );
        let of = |title: &str| {
            report
                .lines()
                .position(|line| line.trim_start().starts_with(title))
                .unwrap_or_else(|| panic!("{title}: {report}"))
        };
        assert!(of("RISKS ON THE WAY BACK") < of("OPTIONS"), "{report}");
        let report = write_assessment_markdown(&assessment);
        let of = |title: &str| {
            report
                .find(title)
                .unwrap_or_else(|| panic!("{title}: {report}"))
        };
        assert!(
            of("**Strongest risk**") < of("**Open**")
                && of("**Open**") < of("**Next**")
                && of("Risks on the way back") < of("<summary>Options"),
            "{report}"
        );
    }
}

/// The sample with every text many lines long.
fn long() -> Assessment {
    let mut assessment = sample::assessment();
    let words = "a sentence that goes on and on, ".repeat(30);
    for finding in &mut assessment.findings {
        finding.says = words.clone().into();
        finding.evidence.iter_mut().for_each(|place| {
            place.path = place
                .path
                .as_ref()
                .map(|path| format!("{}{path}", "deep/".repeat(40)))
                .map(crate::model::Untrusted::from)
        });
    }
    assessment.unchecked = (0..60)
        .map(|n| crate::model::Unchecked {
            what: format!("{n} {words}").into(),
            why: words.clone().into(),
            settle_with: None,
        })
        .collect();
    assessment.checklist_changes = (0..60)
        .map(|n| crate::model::ChecklistChange {
            file: ".backout/ours.yaml".to_owned(),
            section: "blockers".to_owned(),
            id: format!("rule-with-a-long-name-{n}"),
            does: crate::model::RuleChange::Adds,
            in_force: n % 2 == 0,
            says: words.clone(),
        })
        .collect();
    if let Some(decision) = &mut assessment.verdict {
        decision
            .because
            .iter_mut()
            .for_each(|reason| reason.says = words.clone().into());
        if let Some(next) = &mut decision.next_question {
            (next.asks, next.why_now) = (words.as_str().into(), words.as_str().into());
        }
    }
    assessment
}

#[test]
fn markdown_of_the_sample() {
    insta::assert_snapshot!(write_assessment_markdown(&sample::assessment()));
}

#[test]
fn explanation_of_the_sample() {
    insta::assert_snapshot!(explain_decision(&sample::decision()));
}

#[test]
fn nothing_is_wider_than_asked() {
    for width in [0, 40, 60, 80, 100] {
        let report = write_assessment_text(&sample::assessment(), width);
        for line in report.lines() {
            assert!(line.width() <= width.max(40), "{width}: {line}");
        }
    }
}

fn zone() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(1))
}

#[test]
fn session_as_text() {
    let (assessment, decision) = (sample::assessment(), sample::decision());
    let report = super::session_report::session_text_in(
        &sample::events(),
        Some(&assessment),
        Some(&decision),
        false,
        80,
        &zone(),
    );
    assert!(report.lines().all(|line| line.width() <= 80));
    insta::assert_snapshot!(report);
}

/// The sample with steps of its plan marked after the decision.
pub(super) fn run_events() -> Vec<crate::session::Event> {
    use crate::session::{Event, EventKind, StepOf};
    let mut events = sample::events();
    let closed = events.pop().unwrap();
    let option = events
        .iter()
        .find_map(|event| match &event.what {
            EventKind::Decided { option, .. } => Some(*option),
            _ => None,
        })
        .unwrap();
    let step = |name: &str| StepOf {
        option,
        step: name.to_owned(),
        says: name.into(),
        how: crate::model::StepMode::Run,
    };
    let marks = [
        EventKind::StepBegun {
            of: step("Deploy the release before"),
        },
        EventKind::StepNoted {
            of: step("Deploy the release before"),
            text: "one pod was slow\nit came up | in the end".into(),
        },
        EventKind::StepDone {
            of: step("Deploy the release before"),
            seconds: None,
        },
        EventKind::StepSkipped {
            of: step("Purge the cache"),
            reason: "there is none".into(),
        },
        EventKind::StepFailed {
            of: step("Look at the error rate"),
            note: Some("no graph".into()),
        },
        EventKind::Later(Box::new(crate::session::LaterKind {
            kind: "step-measured".to_owned(),
            rest: Default::default(),
        })),
    ];
    for what in marks {
        let last = events.last().unwrap();
        events.push(Event {
            seq: last.seq + 1,
            at: last.at + jiff::SignedDuration::from_secs(75),
            what,
            ..last.clone()
        });
    }
    let seq = events.last().unwrap().seq + 1;
    events.push(crate::session::Event { seq, ..closed });
    events
}

#[test]
fn a_plan_that_was_run_stands_in_the_report() {
    let text =
        super::session_report::session_text_in(&run_events(), None, None, false, 80, &zone());
    let markdown =
        super::session_report::session_markdown_in(&run_events(), None, None, false, &zone());
    let part = |report: &str| {
        let lower = report.to_lowercase();
        let from = lower.find("the plan as it was run").unwrap();
        let rest = &report[from..];
        let end = rest.find("The repository was not read").unwrap();
        rest[..end].to_owned()
    };
    assert!(text.lines().all(|line| line.width() <= 80));
    for report in [&text, &markdown] {
        assert!(report.contains("Something this version"));
    }
    insta::assert_snapshot!(
        "plan_as_run",
        format!("{}\n{}", part(&text), part(&markdown))
    );
    let rows = super::handover::handover_in(
        &run_events(),
        None,
        false,
        run_events().last().unwrap().at,
        &zone(),
    );
    let text = handover_text(&rows, 80);
    assert!(
        text.contains("of its plan 1 step is done; failed: Look at the error rate"),
        "{text}"
    );
}

#[test]
fn session_as_markdown() {
    let (assessment, decision) = (sample::assessment(), sample::decision());
    insta::assert_snapshot!(super::session_report::session_markdown_in(
        &sample::events(),
        Some(&assessment),
        Some(&decision),
        false,
        &zone()
    ));
}

#[test]
fn hand_over_of_the_sample() {
    let decision = sample::decision();
    let now = sample::events()
        .last()
        .map(|event| event.at)
        .unwrap_or_default();
    let rows =
        super::handover::handover_in(&sample::events(), Some(&decision), false, now, &zone());
    let text = handover_text(&rows, 80);
    assert!(text.lines().all(|line| line.width() <= 80));
    insta::assert_snapshot!(format!("{text}\n{}", handover_markdown(&rows)));
}

#[test]
fn names_appear_only_when_asked_for() {
    let reports = |names| {
        [
            session_markdown(&sample::events(), None, None, names),
            session_text(&sample::events(), None, None, names, 120),
        ]
    };
    for report in reports(false) {
        for name in ["Jane", "Doe", "Ola", "Sam", "Roe"] {
            assert!(
                !report
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|word| word == name),
                "{name}: {report}"
            );
        }
        assert!(report.contains("incident lead called the storefront team"));
        let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            report.contains("Asked someone else: How far is a fix")
                && report.contains("Asked storefront team: Does the dependent still work"),
            "{report}"
        );
    }
    for report in reports(true) {
        assert!(
            report.contains("incident lead (Jane Doe)")
                && report.contains("Sam Roe")
                && report.contains("Ola N."),
            "{report}"
        );
    }
}

#[test]
fn no_key_of_a_fact_reaches_a_reader() {
    let (events, assessment, decision) =
        (sample::events(), sample::assessment(), sample::decision());
    let reports = [
        session_markdown(&events, Some(&assessment), Some(&decision), false),
        session_text(&events, None, Some(&decision), false, 200),
        handover_text(
            &super::list_handover_rows(
                &events,
                Some(&decision),
                false,
                sample::at("2026-11-24T22:50:00Z"),
            ),
            200,
        ),
    ];
    for report in reports {
        for key in [
            "harm.irreversible",
            "impact.now",
            "fix.state",
            "database.old_code",
            "storefront].copes",
            "storefront].uses",
        ] {
            assert!(!report.contains(key), "{key}: {report}");
        }
        assert!(!report.contains("&#45;-"), "{report}");
    }
}

#[test]
fn the_title_says_what_came_of_it() {
    let events = sample::events();
    let title = |end: usize| {
        session_markdown(&events[..end], None, None, false)
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(title(3), "# payments 3.1.0: nothing is decided yet");
    assert_eq!(
        title(18),
        "# payments 3.1.0: decided after 21 min to roll back to 3.0.0, with conditions"
    );
    assert_eq!(
        title(20),
        "# payments 3.1.0 to 3.0.0: rolled back with conditions after 30 min"
    );
}

#[test]
fn a_session_reads_at_any_length() {
    let events = sample::events();
    for end in 0..=events.len() {
        let report = session_text(&events[..end], None, None, false, 80);
        assert_eq!(report.contains("Nothing was decided."), end < 18, "{end}");
        session_markdown(&events[..end], None, Some(&sample::decision()), true);
    }
    let before = session_text(&events[..17], None, Some(&sample::decision()), false, 120);
    assert!(
        before.contains("Does storefront cope when POST /cards/verify answers 404?"),
        "{before}"
    );
    assert!(
        before.contains("an answer can change the verdict"),
        "{before}"
    );
}

/// Every free text replaced by hostile text.
fn hostile_of<T: serde::Serialize + serde::de::DeserializeOwned>(sample: &T) -> T {
    const TEXT: &str = "a | b `c` ``` <script>x</script> </details> @admin fixes #7 \
        [x](javascript:y) \u{1b}[2J\u{9b}31m\u{202e}\r\n| cell |\n# title";
    fn walk(value: &mut serde_json::Value) {
        match value {
            // Words of enumerations, times and ids have no room for other text; what has a blank,
            // slash or dot in it is free text.
            serde_json::Value::String(old)
                if old.contains([' ', '/', '.']) && old.parse::<jiff::Timestamp>().is_err() =>
            {
                TEXT.clone_into(old)
            }
            serde_json::Value::Array(list) => list.iter_mut().for_each(walk),
            serde_json::Value::Object(map) => map.values_mut().for_each(walk),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(sample).unwrap();
    walk(&mut value);
    serde_json::from_value(value).unwrap()
}

fn hostile() -> Assessment {
    hostile_of(&sample::assessment())
}

#[test]
fn hostile_text_cannot_break_a_markdown_table() {
    let report = write_assessment_markdown(&hostile());
    assert_inert(&report);
    assert_eq!(
        report.matches("<details>").count(),
        report.matches("\n</details>").count()
    );

    let mut events = sample::events();
    for event in &mut events {
        *event = hostile_of(event);
    }
    assert_inert(&session_markdown(&events, Some(&hostile()), None, true));
    assert_inert(&session_markdown(&events, None, None, false));
    let report = session_text(&events, None, None, false, 80);
    assert!(
        !report
            .chars()
            .any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'),
        "{report}"
    );
}

/// No line of the report is one that foreign text made.
fn assert_inert(report: &str) {
    assert!(!report.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\r']));
    let mut fenced: Option<String> = None;
    let mut columns: Option<usize> = None;
    for line in report.lines() {
        let ticks: String = line.chars().take_while(|&c| c == '`').collect();
        match &fenced {
            Some(fence) if line == fence => fenced = None,
            Some(fence) => assert!(ticks.len() < fence.len(), "{line}"),
            None if ticks.len() >= 3 => fenced = Some(ticks),
            None => {
                assert!(!line.to_lowercase().contains("<script"), "{line}");
                assert!(
                    !line.contains("@admin") && !line.contains("#7") && !line.contains("]("),
                    "{line}"
                );
                if line.starts_with('|') {
                    let cells = line.matches('|').count();
                    assert_eq!(*columns.get_or_insert(cells), cells, "{line}");
                    assert!(line.ends_with('|'), "{line}");
                } else {
                    columns = None;
                    assert!(!line.contains('|'), "{line}");
                }
            }
        }
    }
    assert_eq!(fenced, None);
}

#[test]
fn hostile_text_cannot_reach_a_terminal() {
    let assessment = hostile();
    for report in [
        write_assessment_text(&assessment, 80),
        explain_decision(assessment.verdict.as_ref().unwrap()),
        write_assessment_json(&assessment, false),
    ] {
        assert!(
            !report.chars().any(|c| c.is_control() && c != '\n'),
            "{report}"
        );
        assert!(!report.contains('\u{202e}'));
    }
    let back: Assessment =
        serde_json::from_str(&write_assessment_json(&assessment, false)).unwrap();
    assert_eq!(back, assessment, "the JSON still says what was there");
}

#[test]
fn ascii_is_ascii() {
    assert!(convert_report_to_ascii(&write_assessment_text(&sample::assessment(), 80)).is_ascii());
    assert!(
        convert_report_to_ascii(&session_text(
            &sample::events(),
            Some(&sample::assessment()),
            None,
            false,
            80
        ))
        .is_ascii()
    );
}

#[test]
fn a_huge_range_fits_a_comment() {
    let mut assessment = sample::assessment();
    let finding = Finding {
        says: "word ".repeat(400).into(),
        why: "word ".repeat(400).into(),
        ..assessment.findings[0].clone()
    };
    assessment.findings = vec![finding; 500];
    let entry = ChangelogEntry {
        title: "long ".repeat(200).into(),
        if_reverted: vec![Reverting::BugReturns],
        ..assessment.changelog.entries[0].clone()
    };
    assessment.changelog.entries = vec![entry; 3000];
    assert!(write_assessment_markdown(&assessment).chars().count() < 65_536);
    assert!(write_assessment_text(&assessment, 80).lines().count() < 600);
}

#[test]
fn a_safe_range_reads_as_safe() {
    let mut assessment = sample::assessment();
    assessment.findings.clear();
    assessment.migrations.clear();
    assessment.contracts.clear();
    let open = write_assessment_text(&assessment, 80);
    assert!(
        open.contains("in what was looked at") && open.contains("No migration was recognised"),
        "a silence says what it rests on: {open}"
    );
    assessment
        .coverage
        .iter_mut()
        .for_each(|row| (row.open, row.places) = (0, Vec::new()));
    assert!(
        write_assessment_text(&assessment, 80)
            .contains("Nothing was found that stands in the way back.")
    );
    assert!(
        write_assessment_markdown(&assessment)
            .contains("Nothing was found that stands in the way.")
    );
}

#[test]
fn stable_json_has_no_clock_in_it() {
    let assessment = sample::assessment();
    let (full, stable) = (
        write_assessment_json(&assessment, false),
        write_assessment_json(&assessment, true),
    );
    assert!(
        full.contains("\"timings\"")
            && full.contains("2026-11-24T22:10:00Z")
            && full.contains("2026-11-25T03:40:00Z")
    );
    assert!(
        !stable.contains("\"timings\"")
            && !stable.contains("2026-11-24T22:10:00Z")
            && !stable.contains("2026-11-25T03:40:00Z")
    );
    assert!(
        stable.contains("2026-11-22T09:00:00Z"),
        "times of commits stay"
    );
    assert!(
        stable.starts_with("{\n  \"schema\": \"backout.assessment/1\"") && stable.ends_with("}\n")
    );
}
