//! Two lines that never scroll: where we are, since when, how long left, and what the tool says
//! now.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{widgets, words};
use crate::model::{Gate, Mode, OptionId, Stage};
use crate::tui::after::Taken;
use crate::tui::model::{Model, minutes_between};
use crate::tui::theme::{Role, Theme};

/// The banner of a rehearsal, a replay or a watched session.
pub fn write_mode_banner(model: &Model) -> Option<String> {
    if model.unwritten > 0 {
        let count = words::write_number_with_noun(model.unwritten as u64, "event", "events");
        return Some(format!(
            "NOT ON DISK: {count} in memory only; F chooses another folder"
        ));
    }
    match (model.mode, model.replay, model.writable) {
        (Mode::Rehearsal, _, _) => Some("REHEARSAL: nothing here is real".to_owned()),
        (_, Some(seq), _) => Some(match &model.supposed {
            Some(supposed) => format!(
                "ONLY SUPPOSED after event {seq}: {}. Nothing is written; V takes it away",
                supposed.says
            ),
            None => format!(
                "REPLAY: as it stood after event {seq} of {}; , and . go through it",
                model.events.last().map_or(0, |event| event.seq)
            ),
        }),
        (Mode::Review, _, _) => Some("REVIEW: a session that is over".to_owned()),
        (_, _, false) => Some("READ ONLY: answers are not recorded".to_owned()),
        _ => None,
    }
}

/// Draws the banner.
pub fn draw_banner(frame: &mut Frame, area: Rect, model: &Model, text: &str) {
    let line = widgets::pad_text(&format!(" {text}"), usize::from(area.width));
    frame.render_widget(
        Paragraph::new(Line::styled(line, model.theme.style(Role::Banner))),
        area,
    );
}

/// Draws both lines.
pub fn draw_header(frame: &mut Frame, area: Rect, model: &Model) {
    let columns = usize::from(area.width);
    let lines = vec![
        draw_first_header_line(model, columns),
        draw_second_header_line(model, columns),
    ];
    frame.render_widget(Paragraph::new(lines), area);
}

fn draw_first_header_line(model: &Model, columns: usize) -> Line<'static> {
    let theme = model.theme;
    let right = draw_header_deadline(model, columns);
    let mut left = vec![Span::raw(" ")];
    // the name of the service gives way to the versions, the clock, and what follows them
    let versions = model.pair.as_ref().map_or(20, |(previous, current, _)| {
        widgets::measure_text_width(&previous.version).min(18)
            + widgets::measure_text_width(&current.version).min(18)
            + 3
    });
    let tail = tail(model);
    let free = columns.saturating_sub(widgets::spans_width(&right) + versions + 4);
    // what a name needs to be known by; beside it what fits, and then the name gets the rest
    let least = model
        .service
        .as_deref()
        .map_or(0, widgets::measure_text_width)
        .min((columns / 4).max(20))
        .min(free);
    let follows = tail.iter().fold(0, |used, part| {
        let more = used + widgets::measure_text_width(part);
        if least + more + 2 <= free { more } else { used }
    });
    let room = free.saturating_sub(follows + 2).max(least);
    if let Some(service) = model
        .service
        .as_ref()
        .filter(|service| widgets::measure_text_width(service).min(12) <= room)
    {
        left.push(Span::styled(
            widgets::clip_text(service, room, theme),
            theme.style(Role::Dim),
        ));
        left.push(Span::raw("  "));
    }
    match &model.pair {
        Some((previous, current, _)) => {
            left.push(Span::styled(
                widgets::clip_text(&previous.version, 18, theme),
                theme.style(Role::Header),
            ));
            left.push(Span::styled(
                format!(" {} ", theme.back_arrow()),
                theme.style(Role::Dim),
            ));
            left.push(Span::styled(
                widgets::clip_text(&current.version, 18, theme),
                theme.style(Role::Header),
            ));
        }
        None => left.push(Span::styled("finding the releases", theme.style(Role::Dim))),
    }
    for part in tail {
        if widgets::spans_width(&left)
            + widgets::measure_text_width(&part)
            + widgets::spans_width(&right)
            + 2
            <= columns
        {
            left.push(Span::raw(part));
        }
    }
    let room = columns.saturating_sub(widgets::spans_width(&right) + 1);
    widgets::draw_left_right_line(widgets::fit_spans(left, room, theme), right, columns)
}

/// Where it runs and since when: what stands behind the versions as far as there is room.
fn tail(model: &Model) -> Vec<String> {
    let mut tail = Vec::new();
    if let Some(environment) = &model.environment {
        tail.push(format!("  {}", crate::model::escape_invisible(environment)));
    }
    match model.live_minutes() {
        Some(minutes) => tail.push(format!("  live {}", words::write_minutes(minutes))),
        None if model.must_confirm() && model.pair.is_some() => tail.push("  live?".to_owned()),
        None => {}
    }
    tail
}

fn draw_header_deadline(model: &Model, columns: usize) -> Vec<Span<'static>> {
    let theme = model.theme;
    if let Some(taken) = model.taken() {
        return draw_header_decision(model, &taken, columns);
    }
    let Some(latest) = model.latest() else {
        return vec![Span::styled(
            format!("{} ", model.clock(model.now)),
            theme.style(Role::Dim),
        )];
    };
    let left = minutes_between(model.now, latest);
    if left <= 0.0 {
        return vec![Span::styled(
            format!("time is over: decide, {} ", model.clock(latest)),
            theme.style(Role::Bad),
        )];
    }
    let role = if left < 5.0 { Role::Warn } else { Role::Text };
    vec![Span::styled(
        format!(
            "decide in {}, by {} ",
            format_countdown(left),
            model.clock(latest)
        ),
        theme.style(role),
    )]
}

/// What was decided, when, and the clock that runs since: of a hold, or until it is time to look.
fn draw_header_decision(model: &Model, taken: &Taken<'_>, columns: usize) -> Vec<Span<'static>> {
    let theme = model.theme;
    let what = Span::styled(
        format!(
            "DECIDED {} {}",
            taken.option.title().to_lowercase(),
            model.clock(taken.at)
        ),
        theme
            .style(Role::Strong)
            .patch(theme.style(Theme::option(taken.option))),
    );
    let hold = taken.option == OptionId::Hold;
    let (says, role) = match (taken.seen, taken.due) {
        (Some((true, _)), _) => ("it worked".to_owned(), Role::Good),
        (Some((false, _)), _) => ("it did not work".to_owned(), Role::Bad),
        (None, _) if model.is_plan_under_way(taken.option) => {
            let progress = crate::tui::state::plan::count_plan_progress(model, taken.option);
            if progress.failed > 0 {
                ("a step failed".to_owned(), Role::Bad)
            } else {
                let steps = format!("{} of {}", progress.done, progress.steps);
                // counted from the decision, or from the last step that was done
                let look = model.find_look_time(taken.option);
                let says = match look.filter(|_| columns >= 80) {
                    Some(at) if columns < usize::from(super::WIDE) => {
                        format!("{steps}, look at {}", model.clock(at))
                    }
                    Some(at) => format!("{steps} steps, look at {}", model.clock(at)),
                    None => format!("{steps} steps"),
                };
                (says, Role::Text)
            }
        }
        (None, Some(due)) if due <= model.now => (
            (if hold { "the hold is over" } else { "look now" }).to_owned(),
            Role::Warn,
        ),
        (None, Some(due)) => {
            let (left, word) = (
                format_countdown(minutes_between(model.now, due)),
                if hold { "hold ends" } else { "look at" },
            );
            (
                format!("{word} {}, in {left}", model.clock(due)),
                Role::Text,
            )
        }
        (None, None) => (format!("now {}", model.clock(model.now)), Role::Dim),
    };
    vec![
        what,
        Span::styled(format!(" {} ", theme.dot()), theme.style(Role::Dim)),
        Span::styled(format!("{says} "), theme.style(role)),
    ]
}

/// Minutes to go; seconds in the last ten.
fn format_countdown(left: f64) -> String {
    if left < 10.0 {
        let seconds = (left * 60.0).max(0.0) as u64;
        return format!("{}:{:02}", seconds / 60, seconds % 60);
    }
    words::write_minutes(left)
}

fn draw_second_header_line(model: &Model, columns: usize) -> Line<'static> {
    let theme = model.theme;
    let mut right = Vec::new();
    match model.decision() {
        Some(decision) => {
            right.push(Span::styled(
                words::name_option_briefly(decision.option),
                theme.style(Theme::option(decision.option)),
            ));
            right.push(Span::styled(
                format!(" {} ", decision.strength.id()),
                theme.style(Role::Text),
            ));
        }
        None => right.push(Span::styled("no verdict yet ", theme.style(Role::Dim))),
    }
    let room = columns.saturating_sub(widgets::spans_width(&right) + 2);
    let left =
        if !model.reading.complete && model.reading.failed.is_none() && model.replay.is_none() {
            draw_reading_stages(model, room)
        } else if model.mode == Mode::Deployment || model.session.gate.is_some() {
            draw_header_gates(model, room)
        } else {
            draw_header_figures(model)
        };
    widgets::draw_left_right_line(widgets::fit_spans(left, room, theme), right, columns)
}

/// The stages, as they come in.
fn draw_reading_stages(model: &Model, room: usize) -> Vec<Span<'static>> {
    let theme = model.theme;
    let mut spans = vec![Span::raw(" ")];
    if !model.reading.opened {
        spans.push(Span::styled(
            "opening the repository",
            theme.style(Role::Dim),
        ));
        return spans;
    }
    let mut next = true;
    for (at, stage) in Stage::ALL.into_iter().enumerate() {
        let done = model.reading.done.get(at).copied().unwrap_or(false);
        let first = next;
        next = done && next;
        let (glyph, role) = match (done, first) {
            (true, _) => (theme.done(), Role::Text),
            (false, true) => (theme.half(), Role::Focus),
            (false, false) => (theme.empty(), Role::Dim),
        };
        let word = if room < 72 && stage == Stage::Surroundings {
            "rest"
        } else {
            stage.id()
        };
        spans.push(Span::styled(format!("{glyph} {word}  "), theme.style(role)));
    }
    spans
}

/// The five gates and where the deployment is.
fn draw_header_gates(model: &Model, room: usize) -> Vec<Span<'static>> {
    let theme = model.theme;
    let mut spans = vec![Span::raw(" ")];
    let link = if room < 60 {
        " ".to_owned()
    } else {
        format!(" {} ", theme.rule().repeat(2))
    };
    for (at, gate) in Gate::ALL.into_iter().enumerate() {
        if at > 0 {
            spans.push(Span::styled(link.clone(), theme.style(Role::Line)));
        }
        let (glyph, role) = match model.gate() {
            Some(now) if gate < now => (theme.done(), Role::Text),
            Some(now) if gate == now => (theme.half(), Role::Focus),
            _ => (theme.empty(), Role::Dim),
        };
        spans.push(Span::styled(
            format!("{glyph} {}", gate.id()),
            theme.style(role),
        ));
    }
    spans
}

/// What the range holds, where no gate is stated.
fn draw_header_figures(model: &Model) -> Vec<Span<'static>> {
    let theme = model.theme;
    let Some(assessment) = &model.assessment else {
        return vec![Span::styled(" nothing was read", theme.style(Role::Dim))];
    };
    let count = |n: u64, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let mut parts = vec![count(assessment.changelog.commits, "commit", "commits")];
    // the files of screen 5: one counting
    parts.push(count(assessment.files.len() as u64, "file", "files"));
    parts.push(count(
        assessment.migrations.len() as u64,
        "migration",
        "migrations",
    ));
    parts.push(count(
        assessment.contracts.len() as u64,
        "contract",
        "contracts",
    ));
    vec![Span::styled(
        format!(" {}", parts.join(&format!(" {} ", theme.dot()))),
        theme.style(Role::Dim),
    )]
}
