//! What never scrolls: two lines with where we are, since when, how long left, and what the tool says
//! now; above them a banner, and in a replay the verdicts over time on one line, with the moment that
//! is shown and a place to click for another one. A second session has a line of its own, on the same
//! scale.

use jiff::Timestamp;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::model::{Arrival, ArrivalState, Gate, Mode, OptionId, Stage};
use crate::session::Event;
use crate::tui::action::Action;
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::sizes::WIDE;
use crate::tui::draw::{text, words};
use crate::tui::model::{Model, minutes_between};
use crate::tui::screens::plan::query::count_plan_progress;
use crate::tui::screens::record::replay::list_verdict_stretches;
use crate::tui::taken::Taken;
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
pub fn draw_banner(canvas: &mut Canvas, area: Rect, model: &Model, text: &str) {
    let line = text::pad_text(&format!(" {text}"), usize::from(area.width));
    canvas.render_widget(
        Paragraph::new(Line::styled(line, model.theme.style(Role::Banner))),
        area,
    );
}

/// Draws both lines.
pub fn draw_header(canvas: &mut Canvas, area: Rect, model: &Model) {
    let columns = usize::from(area.width);
    let lines = vec![
        draw_first_header_line(model, columns),
        draw_second_header_line(model, columns),
    ];
    canvas.render_widget(Paragraph::new(lines), area);
}

fn draw_first_header_line(model: &Model, columns: usize) -> Line<'static> {
    let theme = model.theme;
    let right = draw_header_deadline(model, columns);
    let mut left = vec![Span::raw(" ")];
    // the name of the service gives way to the versions, the clock, and what follows them
    let versions = model.pair.as_ref().map_or(20, |(previous, current, _)| {
        text::measure_text_width(&previous.version.shown()).min(18)
            + text::measure_text_width(&current.version.shown()).min(18)
            + 3
    });
    let tail = draw_line_end(model);
    let free = columns.saturating_sub(text::spans_width(&right) + versions + 4);
    // what a name needs to be known by; beside it what fits, and then the name gets the rest
    let least = model
        .service
        .as_deref()
        .map_or(0, text::measure_text_width)
        .min((columns / 4).max(20))
        .min(free);
    let follows = tail.iter().fold(0, |used, part| {
        let more = used + text::measure_text_width(part);
        if least + more + 2 <= free { more } else { used }
    });
    let room = free.saturating_sub(follows + 2).max(least);
    if let Some(service) = model
        .service
        .as_ref()
        .filter(|service| text::measure_text_width(service).min(12) <= room)
    {
        left.push(Span::styled(
            text::clip_text(service, room, theme),
            theme.style(Role::Dim),
        ));
        left.push(Span::raw("  "));
    }
    match &model.pair {
        Some((previous, current, _)) => {
            left.push(Span::styled(
                text::clip_text(&previous.version.shown(), 18, theme),
                theme.style(Role::Header),
            ));
            left.push(Span::styled(
                format!(" {} ", theme.back_arrow()),
                theme.style(Role::Dim),
            ));
            left.push(Span::styled(
                text::clip_text(&current.version.shown(), 18, theme),
                theme.style(Role::Header),
            ));
        }
        None => left.push(Span::styled("finding the releases", theme.style(Role::Dim))),
    }
    for part in tail {
        if text::spans_width(&left)
            + text::measure_text_width(&part)
            + text::spans_width(&right)
            + 2
            <= columns
        {
            left.push(Span::raw(part));
        }
    }
    let room = columns.saturating_sub(text::spans_width(&right) + 1);
    text::draw_left_right_line(text::fit_spans(left, room, theme), right, columns)
}

/// Where it runs and since when: what stands behind the versions as far as there is room.
fn draw_line_end(model: &Model) -> Vec<String> {
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
    let looked = model
        .session
        .live_check
        .as_ref()
        // once it has arrived, the clock of what should be seen goes on
        .filter(|(_, look)| {
            taken.seen.is_none() && (look.state != ArrivalState::Done || taken.due.is_none())
        })
        .and_then(|(_, look)| describe_live_check(look));
    if let Some((says, role)) = looked {
        return vec![
            what,
            Span::styled(format!(" {} ", theme.dot()), theme.style(Role::Dim)),
            Span::styled(format!("{says} "), theme.style(role)),
        ];
    }
    let (says, role) = match (taken.seen, taken.due) {
        (Some((true, _)), _) => ("it worked".to_owned(), Role::Good),
        (Some((false, _)), _) => ("it did not work".to_owned(), Role::Bad),
        (None, _) if model.is_plan_under_way(taken.option) => {
            let progress = count_plan_progress(model, taken.option);
            if progress.failed > 0 {
                ("a step failed".to_owned(), Role::Bad)
            } else {
                let steps = format!("{} of {}", progress.done, progress.steps);
                // counted from the decision, or from the last step that was done
                let look = model.find_look_time(taken.option);
                let says = match look.filter(|_| columns >= 80) {
                    Some(at) if columns < usize::from(WIDE) => {
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

/// What the last look at what is live says of the decision; nothing where it could not tell.
fn describe_live_check(look: &Arrival) -> Option<(String, Role)> {
    let of = format!("{} of {} targets", look.arrived, look.targets);
    match look.state {
        ArrivalState::Done => Some((format!("done, {of}"), Role::Good)),
        ArrivalState::NotDone => Some((format!("not done, {of}"), Role::Warn)),
        ArrivalState::CameBack => Some(("it came back".to_owned(), Role::Bad)),
        ArrivalState::Unknown => None,
    }
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
    let room = columns.saturating_sub(text::spans_width(&right) + 2);
    let left =
        if !model.reading.complete && model.reading.failed.is_none() && model.replay.is_none() {
            draw_reading_stages(model, room)
        } else if model.mode == Mode::Deployment || model.session.gate.is_some() {
            draw_header_gates(model, room)
        } else {
            draw_header_figures(model, room)
        };
    text::draw_left_right_line(text::fit_spans(left, room, theme), right, columns)
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

/// What the range holds, where no gate is stated. Where the room is too small for all of it, figures
/// from the end go: half a word tells nobody anything.
fn draw_header_figures(model: &Model, room: usize) -> Vec<Span<'static>> {
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
    // when the schema stopped taking previous back, as the history of the database says
    let point = model.decided.as_ref().and_then(|decided| {
        crate::decision::find_schema_point(assessment, &decided.resolved.facts)
    });
    let since = point.map(|point| format!(" no return since {} ", model.clock(point.at)));
    let taken = since
        .as_deref()
        .map_or(0, |since| text::measure_text_width(since) + 1);
    let dot = format!(" {} ", theme.dot());
    while parts.len() > 1
        && text::measure_text_width(&parts.join(&dot)) + 1 > room.saturating_sub(taken)
    {
        parts.pop();
    }
    let figures = Span::styled(format!(" {}", parts.join(&dot)), theme.style(Role::Dim));
    let Some(since) = since else {
        return vec![figures];
    };
    vec![
        Span::styled(since, theme.style(Role::Bad)),
        Span::styled(theme.dot().to_owned(), theme.style(Role::Dim)),
        figures,
    ]
}

/// Columns of the clock on either side.
const CLOCK: usize = 7;

/// Lines it takes.
pub fn count_scrub_rows(model: &Model) -> u16 {
    match (model.replay, model.events.len()) {
        (Some(_), 2..) => 1 + u16::from(model.second.is_some()),
        _ => 0,
    }
}

/// Draws the line, or both.
pub fn draw_scrub(canvas: &mut Canvas, area: Rect, model: &Model) {
    if area.height == 0 {
        return;
    }
    let sessions = [
        Some(model.events.as_slice()),
        model.second.as_deref().map(Vec::as_slice),
    ];
    let seconds = |events: &[Event]| match (events.first(), events.last()) {
        (Some(first), Some(last)) => last.at.duration_since(first.at).as_secs().max(1),
        _ => 1,
    };
    let longest = sessions
        .iter()
        .flatten()
        .map(|events| seconds(events))
        .max();
    for (row, events) in sessions.into_iter().flatten().enumerate() {
        let place = Rect {
            y: area.y + u16::try_from(row).unwrap_or(0),
            height: 1,
            ..area
        };
        let name = match (&model.second, row) {
            (None, _) => "",
            (Some(_), 0) => "A ",
            _ => "B ",
        };
        draw_session_band(canvas, place, model, events, name, longest.unwrap_or(1));
    }
}

/// Where a time lies on the band.
fn find_column(began: Timestamp, at: Timestamp, scale: i64, columns: usize) -> usize {
    let passed = at.duration_since(began).as_secs().clamp(0, scale);
    let last = i64::try_from(columns.saturating_sub(1)).unwrap_or(0);
    usize::try_from(passed * last / scale.max(1)).unwrap_or(0)
}

fn draw_session_band(
    canvas: &mut Canvas,
    area: Rect,
    model: &Model,
    events: &[Event],
    name: &str,
    scale: i64,
) {
    let theme = model.theme;
    let Some((first, last)) = events.first().zip(events.last()) else {
        return;
    };
    let columns = usize::from(area.width).saturating_sub(2 * CLOCK + name.len() + 1);
    let clock = |at: Timestamp| model.zone.to_datetime(at).strftime("%H:%M").to_string();
    let passed = model
        .events
        .first()
        .map_or(0, |began| model.now.duration_since(began.at).as_secs());
    let now = first
        .at
        .checked_add(jiff::SignedDuration::from_secs(passed))
        .unwrap_or(first.at);
    let here = find_column(first.at, now, scale, columns);
    let ends = find_column(first.at, last.at, scale, columns) + 1;
    let mut spans = vec![Span::styled(
        format!(" {name}{} ", clock(first.at)),
        theme.style(Role::Dim),
    )];
    spans.extend(draw_band(
        events,
        theme,
        first.at,
        scale,
        (columns, ends),
        here,
    ));
    spans.push(Span::styled(
        format!(" {}", clock(last.at)),
        theme.style(Role::Dim),
    ));
    canvas.render_widget(Paragraph::new(Line::from(spans)), area);
    // a click goes to the last event at or before the time of its column
    if name == "B " {
        return;
    }
    // beside the line lie its ends
    let half = area.width / 2;
    for (x, event) in [(area.x, first), (area.x + half, last)] {
        let place = Rect {
            x,
            width: half,
            ..area
        };
        canvas.measured.hit(place, Action::Scrub(event.seq));
    }
    let start = area.x + u16::try_from(CLOCK + name.len()).unwrap_or(0);
    for column in 0..ends {
        let until = |event: &&Event| find_column(first.at, event.at, scale, columns) <= column;
        if let Some(event) = events.iter().rev().find(until) {
            let place = Rect {
                x: start + u16::try_from(column).unwrap_or(0),
                width: 1,
                ..area
            };
            canvas.measured.hit(place, Action::Scrub(event.seq));
        }
    }
}

/// The stretches, each in the hue of its option and with its words where they have room.
fn draw_band(
    events: &[Event],
    theme: Theme,
    began: Timestamp,
    scale: i64,
    (columns, ends): (usize, usize),
    here: usize,
) -> Vec<Span<'static>> {
    let stretches = list_verdict_stretches(events);
    let mut cells: Vec<(String, Role)> = vec![(" ".to_owned(), Role::Text); columns];
    for (at, stretch) in stretches.iter().enumerate() {
        let from = find_column(began, stretch.from, scale, columns);
        let until = stretches
            .get(at + 1)
            .map_or(ends, |next| find_column(began, next.from, scale, columns));
        let (role, says) = match stretch.verdict {
            Some((option, strength)) => (
                Theme::option(option),
                format!("{}, {}", option.title().to_lowercase(), strength.id()),
            ),
            None => (Role::Dim, "no verdict yet".to_owned()),
        };
        let line = theme.pick("━", "=");
        for cell in cells.iter_mut().take(until).skip(from) {
            *cell = (line.to_owned(), role);
        }
        // where one ends and another begins is seen without colour
        if let Some(cell) = cells.get_mut(from).filter(|_| at > 0) {
            *cell = (theme.pick("┃", "|").to_owned(), role);
        }
        let room = until.saturating_sub(from + 3);
        if text::measure_text_width(&says) + 2 <= room {
            let text = format!(" {says} ");
            for (offset, letter) in text.chars().enumerate() {
                if let Some(cell) = cells.get_mut(from + 2 + offset) {
                    *cell = (letter.to_string(), role);
                }
            }
        }
    }
    cells
        .into_iter()
        .enumerate()
        .map(|(at, (text, role))| {
            if at == here {
                let style = theme.style(Role::Cursor).add_modifier(Modifier::BOLD);
                return Span::styled(theme.pick("◆", "*"), style);
            }
            Span::styled(text, theme.style(role))
        })
        .collect()
}
