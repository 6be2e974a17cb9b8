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
use backout::repository::Repository;
use backout::session::{Event, EventKind};
use backout::tui::Measured;
use backout::tui::frame::whole::draw_frame;
use backout::tui::measuring::take_measured;
use backout::tui::theme::{Depth, Palette, Theme, find_shipped_theme};
use backout::tui::{Effect, Message, Model, StartOptions, job, update_model};
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
    /// For differences.
    repository: Repository,
    /// Goes with the repository in it.
    _folder: tempfile::TempDir,
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
                        role: role.map(Into::into),
                        by: by.map(Into::into),
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
                Effect::Diff(change) => Message::Diffed {
                    diff: Box::new(self.repository.file_diff(&change, 3)),
                    change,
                },
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
            role: Some("incident lead".into()),
            by: None,
            what: EventKind::Decided {
                option,
                recommended: option,
                strength: Strength::Firm,
                reason: "the storefront calls what 3.0.0 does not have".into(),
                typed: None,
                second: None,
                expect: Some("declined payments fall below 1 %".into()),
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
        svg(&self.draw(), DARK)
    }

    /// The same at another size and in another theme.
    fn picture_at(&mut self, size: (u16, u16), theme: Theme, ink: Ink) -> String {
        let (before, look) = (self.model.size, self.model.theme);
        self.model.theme = theme;
        self.send(Message::Resize(size.0, size.1));
        self.model.toast = None;
        let picture = svg(&self.draw(), ink);
        self.model.theme = look;
        self.send(Message::Resize(before.0, before.1));
        picture
    }

    fn draw(&mut self) -> Buffer {
        let (columns, rows) = self.model.size;
        let mut terminal =
            Terminal::new(TestBackend::new(columns, rows)).expect("a terminal in memory");
        let mut measured = Measured::default();
        terminal
            .draw(|frame| measured = draw_frame(frame, &self.model))
            .expect("a drawing");
        take_measured(&mut self.model, measured);
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
    let mut stage = Stage {
        model,
        events: 0,
        repository: assessed.repository.clone(),
        _folder: folder,
    };
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

/// What a terminal makes of the ground, of plain text and of the sixteen colours.
#[derive(Clone, Copy)]
struct Ink {
    ground: &'static str,
    text: &'static str,
    light: bool,
}

const DARK: Ink = Ink {
    ground: "#1e1e2e",
    text: "#cdd6f4",
    light: false,
};

const LIGHT: Ink = Ink {
    ground: "#ffffff",
    text: "#24273a",
    light: true,
};

/// For the theme that is made for black.
const BLACK: Ink = Ink {
    ground: "#000000",
    text: "#ffffff",
    light: false,
};

fn colour(colour: Color, plain: &str, light: bool) -> String {
    if let Color::Rgb(red, green, blue) = colour {
        return format!("#{red:02x}{green:02x}{blue:02x}");
    }
    let named = if light {
        name_light_colour(colour)
    } else {
        name_dark_colour(colour)
    };
    named.unwrap_or(plain).to_owned()
}

fn name_light_colour(colour: Color) -> Option<&'static str> {
    Some(match colour {
        Color::Black => "#24273a",
        Color::Red | Color::LightRed => "#c4103a",
        Color::Green | Color::LightGreen => "#2f7d1f",
        Color::Yellow | Color::LightYellow => "#96690a",
        Color::Blue | Color::LightBlue => "#1e52d8",
        Color::Magenta | Color::LightMagenta => "#8430d8",
        Color::Cyan | Color::LightCyan => "#11797f",
        Color::DarkGray => "#6c6f85",
        Color::Gray => "#bcc0cc",
        Color::White => "#ffffff",
        _ => return None,
    })
}

fn name_dark_colour(colour: Color) -> Option<&'static str> {
    Some(match colour {
        Color::Black => "#1e1e2e",
        Color::Red | Color::LightRed => "#f38ba8",
        Color::Green | Color::LightGreen => "#a6e3a1",
        Color::Yellow | Color::LightYellow => "#f9e2af",
        Color::Blue | Color::LightBlue => "#89b4fa",
        Color::Magenta | Color::LightMagenta => "#cba6f7",
        Color::Cyan | Color::LightCyan => "#94e2d5",
        Color::DarkGray => "#7f849c",
        Color::Gray | Color::White => "#cdd6f4",
        _ => return None,
    })
}

fn svg(buffer: &Buffer, ink: Ink) -> String {
    let mut out = begin_svg(buffer, ink, "");
    out.push_str(&svg_cells(buffer, ink));
    out.push_str("</g>\n</svg>\n");
    out
}

/// Seconds that a frame of a moving picture stays.
const STAYS: usize = 4;

/// Frames one after the other, without a script. Where somebody wants nothing to move, the last one
/// stands.
fn moving_svg(frames: &[Buffer], ink: Ink) -> String {
    let all = frames.len() * STAYS;
    let style = format!(
        "<style>.f{{visibility:hidden;animation:f {all}s step-end infinite}}\
            @keyframes f{{0%{{visibility:visible}}{:.3}%{{visibility:hidden}}}}\
            @media (prefers-reduced-motion:reduce)\
            {{.f{{animation:none}}.f:last-of-type{{visibility:visible}}}}</style>\n",
        100.0 / frames.len() as f64
    );
    let mut out = begin_svg(&frames[0], ink, &style);
    for (at, frame) in frames.iter().enumerate() {
        let _ = writeln!(
            out,
            "<g class=\"f\" style=\"animation-delay:{}s\">",
            at * STAYS
        );
        out.push_str(&svg_cells(frame, ink));
        out.push_str("</g>\n");
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn begin_svg(buffer: &Buffer, ink: Ink, style: &str) -> String {
    let paper = ink.ground;
    let (wide, high) = (
        usize::from(buffer.area.width) * CELL.0 + 24,
        usize::from(buffer.area.height) * CELL.1 + 24,
    );
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{high}\" \
            viewBox=\"0 0 {wide} {high}\">\n{style}<rect width=\"{wide}\" height=\"{high}\" \
            rx=\"8\" fill=\"{paper}\"/>\n<g \
            font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" \
            font-size=\"15\" xml:space=\"preserve\">\n"
    )
}

fn svg_cells(buffer: &Buffer, ink: Ink) -> String {
    let paper = ink.ground;
    let (columns, rows) = (
        usize::from(buffer.area.width),
        usize::from(buffer.area.height),
    );
    let mut out = String::new();
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
            let (mut letters, mut ground) = (
                colour(look.0, ink.text, ink.light),
                colour(look.1, "", ink.light),
            );
            if look.2.contains(Modifier::REVERSED) {
                let below = if ground.is_empty() {
                    paper.to_owned()
                } else {
                    ground
                };
                (letters, ground) = (below, letters);
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
                // browsers drop blanks at the ends, and make one of several: what is left would be
                // drawn out to the whole length
                let lead = text.len() - text.trim_start_matches(' ').len();
                let tail = text.len() - text.trim_end_matches(' ').len();
                let text = text
                    .trim_matches(' ')
                    .replace('&', "&amp;")
                    .replace('<', "&lt;")
                    .replace('>', "&gt;")
                    .replace(' ', "\u{a0}");
                let x = x + lead * CELL.0;
                let length = (end - column - lead - tail) * CELL.0;
                let _ = writeln!(
                    out,
                    "<text x=\"{x}\" y=\"{}\" textLength=\"{length}\" \
                        lengthAdjust=\"spacingAndGlyphs\" \
                        fill=\"{letters}\"{weight}{faint}>{text}</text>",
                    y + 14
                );
            }
            column = end;
        }
    }
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
        "{name} is older than the screens; make it anew with BACKOUT_PICTURES=write cargo test \
            --test program pictures::"
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

/// The demo from its first screen to a plan that is run, as somebody plays it.
#[test]
fn the_moving_picture_is_what_the_program_draws() {
    let mut stage = stage("card-service");
    let mut frames = Vec::new();
    let mut show = |stage: &mut Stage| {
        stage.model.toast = None;
        frames.push(stage.draw());
    };
    show(&mut stage);
    // nothing worse, nothing runs, users are degraded, no switch, the old side is gone
    for answers in ["nn", "f", "nb"] {
        stage.keys(answers);
        show(&mut stage);
    }
    for screen in ["4", "6"] {
        stage.keys(screen);
        show(&mut stage);
    }
    let option = stage.model.decision().expect("a verdict").option;
    stage.decide(option);
    stage.keys("7");
    show(&mut stage);
    for seconds in [130, 95] {
        stage.wait(seconds);
        stage.keys(" ");
    }
    stage.keys("r");
    stage.wait(161);
    show(&mut stage);
    hold("demo.svg", &moving_svg(&frames, DARK));
}

/// The pictures of the page about the design: every screen with its second pane, the first one at
/// the other sizes and in the other themes.
#[test]
fn the_pictures_of_the_design_are_what_the_program_draws() {
    let mut stage = stage("card-service");
    stage.keys("nnfnb");
    let dark = Theme::default();
    let wide = (120, 36);
    stage.send(Message::Resize(wide.0, wide.1));
    for (key, name) in [
        ("1", "design-1-now.svg"),
        ("2", "design-2-gates.svg"),
        ("3", "design-3-questions.svg"),
        ("4", "design-4-changelog.svg"),
        ("5", "design-5-diff.svg"),
        ("6", "design-6-risks.svg"),
    ] {
        stage.keys(key);
        hold(name, &stage.picture_at(wide, dark, DARK));
    }
    stage.keys("1");
    hold(
        "design-now-60x16.svg",
        &stage.picture_at((60, 16), dark, DARK),
    );
    hold(
        "design-now-200x50.svg",
        &stage.picture_at((200, 50), dark, DARK),
    );
    let size = (80, 24);
    let light = Theme::of(Palette::Light);
    hold("design-light.svg", &stage.picture_at(size, light, LIGHT));
    let plain = Theme::of(Palette::Plain);
    hold(
        "design-no-colour.svg",
        &stage.picture_at(size, plain, LIGHT),
    );
    for (name, file) in [
        ("high-contrast", "design-high-contrast.svg"),
        ("colour-blind", "design-colour-blind.svg"),
    ] {
        let colours = find_shipped_theme(name)
            .expect("a shipped theme")
            .make_colours(false, Depth::True);
        let theme = Theme {
            colours: Box::leak(Box::new(colours)),
            ascii: false,
        };
        hold(file, &stage.picture_at(size, theme, BLACK));
    }
    let option = stage.model.decision().expect("a verdict").option;
    stage.decide(option);
    stage.keys("7");
    stage.wait(130);
    stage.keys(" ");
    stage.keys("r");
    stage.wait(100);
    hold("design-7-plan.svg", &stage.picture_at(wide, dark, DARK));
    stage.keys("8");
    hold("design-8-record.svg", &stage.picture_at(wide, dark, DARK));
}
