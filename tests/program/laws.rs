//! One law: each row is run through the command and through the screens, and ends the same.

use crate::common;
use crate::law_rows::Step::{Answer, Call, Poll, PollNew, Refused};
use crate::law_rows::{GOOD, LAWS, Row, service};
use crate::law_stage::{Stage, read};

use std::sync::Arc;

use backout::checklist::Checklist;
use backout::model::Gate;
use backout::session::EventKind;
use backout::tui::screen::Screen;
use backout::tui::theme::Theme;
use backout::tui::{Action, Message, Model, StartOptions};
use common::Sample;
use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyModifiers};
use serde_json::Value;

/// Outcome, code, reason, whether the call counts.
#[derive(Debug, PartialEq)]
struct End {
    outcome: String,
    code: i32,
    why: String,
    stands: Option<bool>,
}

fn by_command(row: &Row) -> End {
    let sample = service();
    let good = sample.beside("good.yaml").display().to_string();
    let run = |more: &[String]| {
        let fixed = ["gate", row.at, "--answers", &good, "--format", "json"].map(str::to_owned);
        let all: Vec<String> = fixed.into_iter().chain(more.iter().cloned()).collect();
        sample.run(&all.iter().map(String::as_str).collect::<Vec<_>>())
    };
    // what was answered goes on counting
    let mut answers: Vec<String> = Vec::new();
    for step in row.steps {
        let mut more = answers.clone();
        match step {
            Poll(role, word, "") => more.extend(["--poll".to_owned(), format!("{role}={word}")]),
            Poll(role, word, objection) => {
                more.extend(["--poll".to_owned(), format!("{role}={word}: {objection}")])
            }
            PollNew(role, word) => more.extend([
                "--new-role".to_owned(),
                "--poll".to_owned(),
                format!("{role}={word}"),
            ]),
            Refused(role, near) => {
                let before = journal(&sample);
                let ran = run(&[
                    more.as_slice(),
                    &["--poll".to_owned(), format!("{role}=go")],
                ]
                .concat());
                assert_eq!(
                    (ran.code, ran.out.as_str()),
                    (Some(2), ""),
                    "{}: {}",
                    row.law,
                    ran.err
                );
                assert!(
                    ran.err.contains(near) && ran.err.contains("--new-role"),
                    "{}: {}",
                    row.law,
                    ran.err
                );
                assert_eq!(
                    journal(&sample),
                    before,
                    "{}: a slip records nothing",
                    row.law
                );
                continue;
            }
            Call(call, minutes) => {
                more.extend(["--call", *call, "--reason", "as agreed"].map(str::to_owned));
                more.extend(
                    (!minutes.is_empty())
                        .then(|| ["--minutes".to_owned(), (*minutes).to_owned()])
                        .into_iter()
                        .flatten(),
                );
            }
            Answer(key, value) => {
                answers.extend(["--answer".to_owned(), format!("{key}={value}")]);
                more.clone_from(&answers);
            }
        }
        let ran = run(&more);
        assert!(
            ran.code.is_some_and(|code| code != 1 && code != 2),
            "{}: {}",
            row.law,
            ran.err
        );
    }
    let ran = run(&answers);
    let sheet: Value = serde_json::from_str(&ran.out)
        .unwrap_or_else(|error| panic!("{}: {error}: {}{}", row.law, ran.out, ran.err));
    End {
        outcome: sheet["outcome"].as_str().unwrap_or_default().to_owned(),
        code: ran.code.unwrap_or(-1),
        why: sheet["why"].as_str().unwrap_or_default().to_owned(),
        stands: sheet["call"]["stands"].as_bool(),
    }
}

fn journal(sample: &Sample) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(sample.beside("home").join("sessions")) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path()).ok())
        .collect()
}

fn by_screens(row: &Row) -> End {
    let gate = Gate::ALL
        .into_iter()
        .find(|gate| gate.id() == row.at)
        .expect("a gate");
    let mut stage = Stage::new();
    for (key, value) in GOOD {
        stage.answered(key, value);
    }
    stage.recorded(EventKind::GateReached { gate });
    stage.send(Message::Act(Action::Go(Screen::Gates)));
    for step in row.steps {
        match step {
            Poll(role, word, objection) => stage.poll(role, word, objection, false),
            PollNew(role, word) => stage.poll(role, word, "", true),
            Refused(role, near) => {
                let before = stage.model.events.len();
                stage.poll(role, "go", "", false);
                assert!(
                    stage.drawn().contains(near),
                    "{}: {}",
                    row.law,
                    stage.drawn()
                );
                stage.key(KeyCode::Esc, KeyModifiers::NONE);
                assert_eq!(
                    stage.model.events.len(),
                    before,
                    "{}: a slip records nothing",
                    row.law
                );
            }
            Call(call, minutes) => {
                stage.send(Message::Act(Action::CallGate));
                stage.word(if *call == "hold" { "h" } else { call });
                stage.field("as agreed");
                stage.field(minutes);
            }
            Answer(key, value) => stage.answered(key, value),
        }
        assert!(
            stage.model.popups.is_empty(),
            "{}: {}",
            row.law,
            stage.drawn()
        );
    }
    let heard = backout::tui::screens::gates::query::assess_shown_gate(&stage.model, gate);
    let (option, why) = heard.outcome.expect("an outcome");
    let shown = stage.drawn();
    assert!(
        shown.contains(&format!(
            "{} at gate {}: ",
            option.title().to_uppercase(),
            gate.id()
        )),
        "{}: {shown}",
        row.law
    );
    End {
        outcome: option.id().to_owned(),
        code: i32::from(heard.code),
        why,
        stands: heard.call.map(|call| call.stands),
    }
}

#[test]
fn a_gate_ends_the_same_by_command_and_on_the_screens() {
    for row in LAWS {
        let (command, screens) = (by_command(row), by_screens(row));
        assert_eq!(command, screens, "{}", row.law);
        assert_eq!(
            (command.outcome.as_str(), command.code, command.stands),
            (row.outcome, row.code, row.stands),
            "{}: {}",
            row.law,
            command.why
        );
        assert!(
            command.why.starts_with(row.why),
            "{}: {}",
            row.law,
            command.why
        );
    }
}

#[test]
fn what_if_is_answered_on_top_of_the_session_and_recorded_nowhere() {
    let sample = service();
    let good = sample.beside("good.yaml").display().to_string();
    let gate = |more: &[&str]| {
        let ran = sample.run(
            &[
                &["gate", "backend", "--answers", &good, "--format", "json"],
                more,
            ]
            .concat(),
        );
        let sheet: Value = serde_json::from_str(&ran.out)
            .unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err));
        (
            sheet["outcome"].as_str().unwrap_or_default().to_owned(),
            ran.code,
            sheet["session"].clone(),
        )
    };
    assert_eq!(
        gate(&[
            "--no-record",
            "--poll",
            "incident lead=go",
            "--poll",
            "service owner=go"
        ])
        .0,
        "go"
    );
    assert!(journal(&sample).is_empty());
    assert_eq!(gate(&["--poll", "incident lead=go"]).0, "hold");
    let before = journal(&sample);
    assert_eq!(
        gate(&["--no-record", "--poll", "service owner=go"]),
        ("go".to_owned(), Some(0), Value::Null),
        "the other one has spoken already"
    );
    assert_eq!(
        gate(&["--no-record", "--poll", "service owner=no-go: lag"]).1,
        Some(12)
    );
    assert_eq!(
        gate(&["--no-record", "--call", "go", "--reason", "as agreed"]).0,
        "go"
    );
    assert_eq!(journal(&sample), before);
    assert_eq!(gate(&[]).0, "hold");
}

#[test]
fn what_is_not_known_has_a_question_mark_everywhere() {
    let sample = service();
    let ran = sample.run(&["gate", "start", "--no-record", "--format", "json"]);
    let sheet: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.err));
    let quiet = sheet["checks"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|look| look["id"] == "start-quiet")
        .expect("the item");
    assert!(quiet["holds"].is_null(), "{quiet:#}");
    let text = sample.run(&["gate", "start", "--no-record"]).out;
    assert!(
        !text
            .lines()
            .any(|line| (line.contains("yes ") || line.contains("NO "))
                && line.contains("not known")),
        "{text}"
    );
    let mut stage = Stage::new();
    stage.recorded(EventKind::GateReached { gate: Gate::Start });
    stage.send(Message::Act(Action::Go(Screen::Gates)));
    let drawn = stage.drawn();
    let line = drawn
        .lines()
        .find(|line| line.contains("no incident is running"))
        .expect("the item");
    assert!(line.contains("? no incident is running"), "{drawn}");
}

#[test]
fn questions_fit_the_gate() {
    let sample = service();
    let ran = sample.run(&["gate", "start", "--no-record", "--format", "json"]);
    let sheet: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.err));
    let asked = sheet["next"].to_string();
    assert!(
        !asked.contains("doing damage") && !asked.contains("How badly are users hit now"),
        "nothing is out: {asked}"
    );
    let mut stage = Stage::new();
    stage.recorded(EventKind::GateReached { gate: Gate::Start });
    let asks = |stage: &Stage| {
        stage
            .model
            .decision()
            .expect("a verdict")
            .questions
            .iter()
            .map(|next| next.asks.clone())
            .collect::<Vec<_>>()
    };
    assert!(
        !asks(&stage)
            .iter()
            .any(|asks| asks.as_raw().contains("doing damage")
                || asks.as_raw().contains("How badly are users hit now")),
        "{:?}",
        asks(&stage)
    );
    stage.recorded(EventKind::GateReached {
        gate: Gate::Backend,
    });
    assert!(
        asks(&stage)
            .iter()
            .any(|asks| asks.as_raw().contains("doing damage")),
        "it is out by then: {:?}",
        asks(&stage)
    );
    // what somebody says all the same counts at any gate
    let ran = sample.run(&[
        "gate",
        "start",
        "--no-record",
        "--answer",
        "harm.irreversible=confirmed",
    ]);
    assert_eq!(ran.code, Some(12), "{}", ran.out);
}

#[test]
fn an_item_opens_its_question() {
    let mut stage = Stage::new();
    stage.recorded(EventKind::GateReached { gate: Gate::Start });
    stage.send(Message::Act(Action::Go(Screen::Gates)));
    stage.key(KeyCode::Enter, KeyModifiers::NONE);
    stage.key(KeyCode::Down, KeyModifiers::NONE);
    let drawn = stage.drawn();
    assert!(drawn.contains("a rollback plan is written"), "{drawn}");
    stage.key(KeyCode::Enter, KeyModifiers::NONE);
    let chosen = stage
        .model
        .screens
        .questions
        .chosen
        .clone()
        .unwrap_or_else(|| panic!("a question: {}", stage.drawn()));
    assert!(
        stage.model.screen == Screen::Questions
            && chosen.settles.iter().any(|key| key == "rehearsal.level"),
        "{chosen:?}"
    );
}

#[test]
fn a_half_read_state_is_no_verdict_for_the_record() {
    let (assessment, config) = read();
    let verdicts = |stage: &Stage| {
        stage
            .model
            .events
            .iter()
            .filter(|event| matches!(event.what, EventKind::Verdict { .. }))
            .count()
    };
    let mut model = Model::new(
        StartOptions {
            theme: Theme::default(),
            mouse: false,
        },
        Arc::new(Checklist::embedded()),
        Timestamp::now(),
    );
    model.pair_given = true;
    let mut stage = Stage {
        model,
        terminal: Terminal::new(TestBackend::new(80, 24)).expect("a terminal in memory"),
    };
    stage.send(Message::Resize(80, 24));
    let (previous, current) = (assessment.previous.clone(), assessment.current.clone());
    stage.send(Message::Paired {
        previous,
        current,
        relation: assessment.relation,
        releases: Vec::new(),
    });
    for part in backout::model::Stage::ALL {
        stage.send(Message::Stage(part, Box::new(assessment.clone())));
        stage.answered("impact.now", "degraded");
    }
    assert_eq!(verdicts(&stage), 0);
    stage.send(Message::Assessed(
        Box::new(assessment.clone()),
        Box::new(config.clone()),
    ));
    assert_eq!(verdicts(&stage), 1);
    // the session goes on: the same is read again, and nothing new is said
    let (events, pair) = (stage.model.events.clone(), stage.model.pair.clone());
    let mut model = Model::new(
        StartOptions {
            theme: Theme::default(),
            mouse: false,
        },
        Arc::new(Checklist::embedded()),
        Timestamp::now(),
    );
    (model.pair_given, model.awaits_record, model.pair) = (true, true, pair);
    let mut again = Stage {
        model,
        terminal: Terminal::new(TestBackend::new(80, 24)).expect("a terminal in memory"),
    };
    again.send(Message::Resize(80, 24));
    again.send(Message::Assessed(
        Box::new(assessment.clone()),
        Box::new(config.clone()),
    ));
    assert_eq!(
        again.model.events.len(),
        0,
        "what was answered is not known yet"
    );
    again.send(Message::Events(events.clone()));
    assert_eq!(again.model.events.len(), events.len());
}
