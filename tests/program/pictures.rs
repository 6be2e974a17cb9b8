//! The pictures of the README and the book are made by the program: a story is built, assessed and answered, and
//! the screens are drawn into SVG.
//!
//! `BACKOUT_PICTURES=write cargo test --test program pictures::` makes them anew; without it the test fails
//! when a picture is older than the screens.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use backout::assess::{self, Request};
use backout::checklist::Checklist;
use backout::command::demo;
use backout::model::{OptionId, Strength};
use backout::session::{Event, EventKind};
use backout::tui::model::{Model, StartOptions};
use backout::tui::theme::Theme;
use backout::tui::{Effect, Message, job, update_model, view};
use jiff::{SignedDuration, Timestamp};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::{Color, Modifier};

/// Width and height of a cell in the picture.
const CELL: (usize, usize) = (9, 19);

/// Runs effects as the program does, with a journal that is only remembered.
struct Stage {
    model: Model,
    events: u64,
}

impl Stage {
    fn send(&mut self, message: Message) {
        let mut waiting = update_model(&mut self.model, message);
        while let Some(effect) = waiting.pop() {
            let answer = match effect {
                Effect::Append {
                    ticket,
                    what,
                    role,
                    by,
                } => {
                    self.events += 1;
                    let event = Event {
                        seq: self.events,
                        at: self.model.now,
                        role,
                        by,
                        what: *what,
                        previous: String::new(),
                        hash: String::new(),
                    };
                    Message::Appended {
                        ticket: Some(ticket),
                        event: Box::new(event),
                    }
                }
                Effect::Decide(job) => Message::Decided(Box::new(job::run_decision_job(&job))),
                _ => continue,
            };
            waiting.extend(update_model(&mut self.model, answer));
        }
    }

    /// Presses keys, each on a screen that was drawn: what was not on the screen is not answered.
    fn keys(&mut self, keys: &str) {
        for key in keys.chars() {
            self.draw();
            self.send(Message::Key(KeyEvent::new(
                KeyCode::Char(key),
                KeyModifiers::NONE,
            )));
        }
    }

    /// Somebody decides on an option.
    fn decide(&mut self, option: OptionId) {
        self.events += 1;
        let event = Event {
            seq: self.events,
            at: self.model.now,
            role: Some("incident lead".to_owned()),
            by: None,
            what: EventKind::Decided {
                option,
                recommended: option,
                strength: Strength::Firm,
                reason: "the storefront calls what 3.0.0 does not have".to_owned(),
                typed: None,
                second: None,
                expect: Some("declined payments fall below 1 %".to_owned()),
                within_minutes: Some(10),
                open: Vec::new(),
            },
            previous: String::new(),
            hash: String::new(),
        };
        self.send(Message::Appended {
            ticket: None,
            event: Box::new(event),
        });
    }

    /// Time goes on.
    fn wait(&mut self, seconds: i64) {
        let now = self.model.now + SignedDuration::from_secs(seconds);
        self.send(Message::Tick(now));
    }

    /// The screen without a passing message in its footer.
    fn picture(&mut self) -> String {
        self.model.toast = None;
        svg(&self.draw())
    }

    fn draw(&self) -> Buffer {
        let (columns, rows) = (80, 24);
        let mut terminal =
            Terminal::new(TestBackend::new(columns, rows)).expect("a terminal in memory");
        terminal
            .draw(|frame| view::draw_frame(frame, &self.model))
            .expect("a drawing");
        terminal.backend().buffer().clone()
    }
}

fn stage(story: &str) -> Stage {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let built = demo::build_in(
        &demo::find_story(Some(story)).expect("a story"),
        folder.path(),
    )
    .expect("a repository");
    let request = Request {
        repository: built.repository.clone(),
        previous: Some(built.previous.clone()),
        current: Some(built.current.clone()),
        environment: Some(built.environment.clone()),
        ..Request::default()
    };
    let assessed = assess::assess_release_pair(&request, &|_| {}).expect("an assessment");
    let now: Timestamp = "2026-03-01T03:00:00Z".parse().expect("a time");
    let mut model = Model::new(
        StartOptions {
            theme: Theme::default(),
            mouse: false,
        },
        Arc::new(Checklist::embedded()),
        now,
    );
    model.pair_given = true;
    model.environment = Some(built.environment.clone());
    model.deployed_at = Some(built.deployed_at(now));
    let mut stage = Stage { model, events: 0 };
    stage.send(Message::Resize(80, 24));
    let assessment = &assessed.assessment;
    stage.send(Message::Paired {
        previous: assessment.previous.clone(),
        current: assessment.current.clone(),
        relation: assessment.relation,
        releases: assessed.releases.releases.clone(),
    });
    stage.send(Message::Assessed(
        Box::new(assessed.assessment),
        Box::new(assessed.config),
    ));
    stage
}

fn colour(colour: Color, plain: &'static str) -> &'static str {
    match colour {
        Color::Black => "#1e1e2e",
        Color::Red | Color::LightRed => "#f38ba8",
        Color::Green | Color::LightGreen => "#a6e3a1",
        Color::Yellow | Color::LightYellow => "#f9e2af",
        Color::Blue | Color::LightBlue => "#89b4fa",
        Color::Magenta | Color::LightMagenta => "#cba6f7",
        Color::Cyan | Color::LightCyan => "#94e2d5",
        Color::DarkGray => "#7f849c",
        Color::Gray | Color::White => "#cdd6f4",
        _ => plain,
    }
}

fn svg(buffer: &Buffer) -> String {
    let (columns, rows) = (
        usize::from(buffer.area.width),
        usize::from(buffer.area.height),
    );
    let (wide, high) = (columns * CELL.0 + 24, rows * CELL.1 + 24);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{high}\" viewBox=\"0 0 {wide} {high}\">\n<rect width=\"{wide}\" height=\"{high}\" rx=\"8\" fill=\"#1e1e2e\"/>\n<g font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"15\" xml:space=\"preserve\">\n"
    );
    for row in 0..rows {
        let mut column = 0;
        while column < columns {
            let style = |at: usize| {
                let cell = &buffer[(at as u16, row as u16)];
                (cell.fg, cell.bg, cell.modifier)
            };
            let look = style(column);
            let mut end = column + 1;
            while end < columns && style(end) == look {
                end += 1;
            }
            let text: String = (column..end)
                .map(|at| buffer[(at as u16, row as u16)].symbol())
                .collect();
            let (mut ink, mut ground) = (colour(look.0, "#cdd6f4"), colour(look.1, ""));
            if look.2.contains(Modifier::REVERSED) {
                (ink, ground) = (if ground.is_empty() { "#1e1e2e" } else { ground }, ink);
            }
            let (x, y) = (12 + column * CELL.0, 12 + row * CELL.1);
            if !ground.is_empty() {
                let _ = writeln!(
                    out,
                    "<rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" fill=\"{ground}\"/>",
                    (end - column) * CELL.0,
                    CELL.1
                );
            }
            if !text.trim().is_empty() {
                let weight = if look.2.contains(Modifier::BOLD) {
                    " font-weight=\"bold\""
                } else {
                    ""
                };
                let faint = if look.2.contains(Modifier::DIM) {
                    " opacity=\"0.7\""
                } else {
                    ""
                };
                let text = text
                    .replace('&', "&amp;")
                    .replace('<', "&lt;")
                    .replace('>', "&gt;");
                let length = (end - column) * CELL.0;
                let _ = writeln!(
                    out,
                    "<text x=\"{x}\" y=\"{}\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{ink}\"{weight}{faint}>{text}</text>",
                    y + 14
                );
            }
            column = end;
        }
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn hold(name: &str, picture: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs/src/pictures")
        .join(name);
    if std::env::var_os("BACKOUT_PICTURES").is_some_and(|wish| wish == "write") {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(&file, picture).expect("a picture");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == picture,
        "{name} is older than the screens; make it anew with BACKOUT_PICTURES=write cargo test --test program pictures::"
    );
}

#[test]
fn the_pictures_are_what_the_program_draws() {
    let mut stage = stage("card-service");
    // no harm, nothing running, users are degraded, no switch, the old side is gone but 3.0.0 can
    // be deployed
    stage.keys("nnfnb");
    let answered = stage
        .model
        .session
        .stated
        .iter()
        .any(|fact| fact.key == "deployment.old_side_warm");
    assert!(answered, "an answer was not taken: {:?}", stage.model.toast);
    hold("now.svg", &stage.picture());
    stage.keys("6");
    hold("risks.svg", &stage.picture());
    // what was recommended is decided on, its first steps are done and one runs
    let option = stage.model.decision().expect("a verdict").option;
    stage.decide(option);
    stage.keys("7");
    for seconds in [130, 95] {
        stage.wait(seconds);
        stage.keys(" ");
    }
    stage.keys("r");
    stage.wait(161);
    hold("plan.svg", &stage.picture());
}
