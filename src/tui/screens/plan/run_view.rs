//! The plan that is run: a row a step with how it stands, when it ended and what it took; the step
//! under the cursor in full; and below what to do when it does not work.

use crate::model::Untrusted;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::model::{Mode, OptionId, StepMode, escape_invisible};
use crate::session::{
    StepRun, StepStanding, find_best_rehearsal, find_best_rehearsed_time,
    find_longest_rehearsed_step,
};
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::panel::{PanelBorder, draw_bordered_panel, measure_border_room};
use crate::tui::draw::{labels, lists, options, pieces, text, words};
use crate::tui::model::Model;
use crate::tui::screens::now::query::{find_option_minutes, find_option_status, goes_back};
use crate::tui::screens::plan::above::{draw_option_blockers, draw_option_deadlines};
use crate::tui::screens::plan::query::{
    SPEC, count_plan_progress, count_run_seconds, list_plan_rows, name_selected_step, shown_options,
};
use crate::tui::theme::{Role, Theme};
use crate::usecase::RunRow;

/// Columns before a step's name: glyph, number, blanks.
const INDENT: usize = 6;

/// Rows that the plan keeps for itself before there is a panel below it.
const LEAST_ROWS: u16 = 10;

/// Most lines of the name of a step that the cursor is not on.
const NAME_LINES: usize = 2;

/// Draws the plan of an option as it is run.
pub(super) fn draw_plan_run(canvas: &mut Canvas, area: Rect, model: &Model, option: OptionId) {
    let rows = list_plan_rows(model, Some(option));
    let failing = write_way_out(
        model,
        option,
        &rows,
        usize::from(area.width.saturating_sub(4)),
    );
    let below = u16::try_from(failing.len() + 2).unwrap_or(0);
    let below = if area.height >= below + LEAST_ROWS {
        below
    } else {
        0
    };
    let [top, bottom] =
        Layout::vertical([Constraint::Fill(1), Constraint::Length(below)]).areas(area);
    let inner = draw_bordered_panel(
        canvas,
        top,
        model.theme,
        make_border(model, option, measure_border_room(top.width)),
    );
    let beside = if below == 0 {
        model.option_after(option)
    } else {
        None
    };
    draw_steps(canvas, inner, model, option, &rows, beside);
    if below > 0 {
        let failed =
            find_run_cursor(model, &rows).is_some_and(|row| row.standing() == StepStanding::Failed);
        let expects = model
            .taken()
            .is_some_and(|taken| taken.expect.is_some() && taken.seen.is_none());
        let (title, role) = if failed {
            ("It failed", Role::Bad)
        } else if expects {
            ("What is expected, and if it does not work", Role::Strong)
        } else {
            ("If it does not work", Role::Strong)
        };
        let border = PanelBorder {
            title: vec![Span::styled(title, model.theme.style(role))],
            ..PanelBorder::default()
        };
        let inner = draw_bordered_panel(canvas, bottom, model.theme, border);
        canvas.render_widget(Paragraph::new(failing), inner);
    }
}

fn find_run_cursor<'a, 'b>(model: &Model, rows: &'b [RunRow<'a>]) -> Option<&'b RunRow<'a>> {
    rows.get(model.screens.plan.list.cursor)
}

/// Title, progress, and the longest step of the last rehearsal.
fn make_border(model: &Model, option: OptionId, room: usize) -> PanelBorder {
    let theme = model.theme;
    let title = theme
        .style(Role::Strong)
        .patch(theme.style(Theme::option(option)));
    let progress = count_plan_progress(model, option);
    let mut parts = vec![format!("{} of {} done", progress.done, progress.steps)];
    if progress.failed > 0 {
        parts.push(format!("{} failed", progress.failed));
    }
    if progress.skipped > 0 {
        parts.push(format!("{} left out", progress.skipped));
    }
    if let Some(seconds) = count_run_seconds(model, option) {
        let took = write_duration(seconds);
        let rehearsed = find_best_rehearsal(&model.rehearsals)
            .filter(|_| model.mode == Mode::Rehearsal && goes_back(option));
        parts.push(match (rehearsed, find_option_minutes(model, option)) {
            (Some(best), _) => format!("{took}, best {}", words::write_minutes(best)),
            (None, Some((minutes, stated))) => {
                let est = if stated { "" } else { " est." };
                format!("{took} of {}{est}", minutes.round())
            }
            (None, None) => took,
        });
    }
    let longest = find_longest_rehearsed_step(&model.rehearsals).filter(|_| goes_back(option));
    let below = longest.map_or_else(String::new, |(step, seconds, at)| {
        format!(
            "longest when rehearsed on {}: {}, {}",
            at.strftime("%Y-%m-%d"),
            write_duration(seconds),
            escape_invisible(step)
        )
    });
    let figure = parts.join(&format!(" {} ", theme.dot()));
    let mut name = model.option_title(option);
    // a name that would be cut is said without its conditions, which stand below it
    let width = text::measure_text_width;
    if width(&name) + width(&figure) + 3 > room && option == OptionId::RollBackWithConditions {
        name = model.option_title(OptionId::RollBack);
    }
    PanelBorder {
        title: vec![Span::styled(name, title)],
        figure: vec![Span::styled(figure, theme.style(Role::Text))],
        below,
        focused: true,
        flat: false,
    }
}

fn draw_steps(
    canvas: &mut Canvas,
    area: Rect,
    model: &Model,
    option: OptionId,
    rows: &[RunRow<'_>],
    next: Option<OptionId>,
) {
    let mut top = draw_option_blockers(model, option, usize::from(area.width));
    if area.height >= 20 {
        top.extend(draw_option_deadlines(
            model,
            option,
            usize::from(area.width),
            1,
        ));
    }
    let head = u16::try_from(top.len()).unwrap_or(0);
    // what stands against it gives way to the steps where there is little room
    let head = if area.height < head + 8 { 0 } else { head };
    let [head, list] =
        Layout::vertical([Constraint::Length(head), Constraint::Fill(1)]).areas(area);
    canvas.render_widget(Paragraph::new(top), head);
    let cursor = model.screens.plan.list.cursor;
    // where all steps have the room, each shows what it has
    let columns = usize::from(list.width).saturating_sub(2);
    let height = usize::from(list.height);
    let few = rows.len() < height;
    let whole: usize = (0..if few { rows.len() } else { 0 })
        .map(|at| draw_row_lines(model, rows, at, columns, true).len())
        .sum();
    let unfold = few && whole < height;
    lists::draw_tall_list(canvas, list, model, SPEC, |at, columns| {
        let mut lines = draw_row_lines(model, rows, at, columns, unfold || at == cursor);
        let failed = rows.get(at).map(RunRow::standing) == Some(StepStanding::Failed);
        // where there is no room for a panel of its own
        if let (Some(next), true) = (next, at == cursor && failed) {
            let says = words::write_option_headline(model, next);
            let (theme, role) = (model.theme, Role::Strong);
            lines.extend(draw_below(theme, "next option:", &says, columns, 2, role));
        }
        lines.into_iter().map(|line| line.spans).collect()
    });
    // what a key marks was in sight
    if list.height > 0
        && list.width >= 4
        && let Some(name) = name_selected_step(model)
    {
        canvas.measured.steps_on(&name);
    }
}

/// A step: its row, and where it is unfolded what it has beside its name.
fn draw_row_lines(
    model: &Model,
    rows: &[RunRow<'_>],
    at: usize,
    columns: usize,
    unfold: bool,
) -> Vec<Line<'static>> {
    let mut lines = draw_run_row(model, rows, at, columns, unfold);
    if unfold {
        let mut detail = draw_step_detail(model, rows, at, columns);
        // the name is read first, and what stands below it second
        for span in detail.iter_mut().flat_map(|line| &mut line.spans) {
            span.style = span.style.remove_modifier(Modifier::BOLD);
        }
        lines.extend(detail);
    }
    lines
}

/// Whole minutes, or seconds below one.
fn write_duration(seconds: u64) -> String {
    if seconds < 60 {
        return format!("{seconds} s");
    }
    words::write_minutes(seconds as f64 / 60.0)
}

/// Glyph and role of how a step stands.
fn label_standing(theme: Theme, row: &RunRow<'_>) -> (&'static str, Role) {
    let left_out = theme.pick("⊘", "-");
    match row.standing() {
        StepStanding::Done => (theme.tick(), Role::Good),
        StepStanding::Failed => (theme.cross(), Role::Bad),
        StepStanding::Running => (theme.half(), Role::Focus),
        StepStanding::Skipped => (left_out, Role::Dim),
        StepStanding::Open if row.step.is_some_and(|step| step.how == StepMode::Skip) => {
            (left_out, Role::Dim)
        }
        StepStanding::Open => (" ", Role::Dim),
    }
}

/// What stands at the right end of a row.
fn write_right_end(model: &Model, row: &RunRow<'_>) -> (String, Role) {
    let clock = |run: &StepRun| model.clock(run.at);
    match (row.standing(), row.run) {
        (StepStanding::Done, Some(run)) => {
            let took = run.seconds.map(write_duration).unwrap_or_default();
            (
                format!("{}  {}", clock(run), text::pad_left(&took, 6)),
                Role::Dim,
            )
        }
        (StepStanding::Failed, Some(run)) => (format!("failed {}", clock(run)), Role::Bad),
        (StepStanding::Skipped, Some(run)) => (format!("left out {}", clock(run)), Role::Dim),
        (StepStanding::Running, Some(run)) => {
            let seconds = run.began.map_or(0, |began| {
                u64::try_from(model.now.duration_since(began).as_secs()).unwrap_or(0)
            });
            (
                format!("running  {}:{:02}", seconds / 60, seconds % 60),
                Role::Focus,
            )
        }
        _ => match row.step.map(|step| step.how) {
            Some(StepMode::Skip) => ("left out by the plan".to_owned(), Role::Dim),
            Some(how) => (
                labels::label_step_mode(model.theme, how).1.to_owned(),
                Role::Dim,
            ),
            None => (String::new(), Role::Dim),
        },
    }
}

/// Glyph, number and name; time and what it took at the right.
fn draw_run_row(
    model: &Model,
    rows: &[RunRow<'_>],
    at: usize,
    columns: usize,
    unfold: bool,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let Some(row) = rows.get(at) else {
        return Vec::new();
    };
    let (glyph, role) = label_standing(theme, row);
    let left_out = row.step.is_some_and(|step| step.how == StepMode::Skip);
    let number = crate::usecase::number_run_rows(rows)
        .get(at)
        .copied()
        .flatten()
        .map_or_else(String::new, |number| number.to_string());
    let (right, right_role) = write_right_end(model, row);
    let name_role = match row.standing() {
        _ if left_out => Role::Struck,
        StepStanding::Skipped => Role::Struck,
        StepStanding::Done => Role::Text,
        _ => Role::Text,
    };
    let room = columns.saturating_sub(INDENT + text::measure_text_width(&right) + 2);
    let most = if unfold { 6 } else { NAME_LINES };
    let mut lines = Vec::new();
    let mut name = name_step(model, row);
    if row.step.is_none() {
        name.push_str(" (no longer in the plan)");
    }
    for (part, text) in text::wrap_most(&name, room, most, theme)
        .into_iter()
        .enumerate()
    {
        let lead = if part == 0 {
            vec![
                Span::styled(text::pad_text(glyph, 2), theme.style(role)),
                Span::styled(
                    format!("{}  ", text::pad_left(&number, 2)),
                    theme.style(Role::Dim),
                ),
            ]
        } else {
            vec![Span::raw(" ".repeat(INDENT))]
        };
        let left = [lead, vec![Span::styled(text, theme.style(name_role))]].concat();
        let end = if part == 0 {
            right.clone()
        } else {
            String::new()
        };
        lines.push(text::draw_left_right_line(
            left,
            vec![Span::styled(end, theme.style(right_role))],
            columns,
        ));
    }
    let said = row.run.and_then(|run| run.text.as_ref());
    if let (Some(text), StepStanding::Skipped | StepStanding::Failed) = (said, row.standing()) {
        let label = if row.standing() == StepStanding::Failed {
            "seen:"
        } else {
            "because:"
        };
        let most = if unfold { 6 } else { 1 };
        lines.extend(draw_below(
            theme,
            label,
            &text.shown(),
            columns,
            most,
            Role::Text,
        ));
    }
    lines
}

/// The name of a step. Where somebody said with the decision what is expected, it is not to be
/// written down again.
fn name_step(model: &Model, row: &RunRow<'_>) -> String {
    use crate::decision::{ExpectationStep, classify_expectation_step};
    let said = find_said_expectation(model);
    match (classify_expectation_step(&row.says()), said) {
        (Some(ExpectationStep::Write), Some(expect)) => {
            format!("Tell everybody what you expect: {expect}")
        }
        _ => row.says().into_owned(),
    }
}

/// What somebody expects of the option whose plan is run.
fn find_said_expectation(model: &Model) -> Option<String> {
    let option = shown_options(model).0?;
    model.write_expectation(option)
}

/// A labelled text below a step.
fn draw_below(
    theme: Theme,
    label: &str,
    text: &str,
    columns: usize,
    most: usize,
    role: Role,
) -> Vec<Line<'static>> {
    let label = if label.is_empty() {
        String::new()
    } else {
        format!("{label} ")
    };
    let lead = text::measure_text_width(&label);
    let room = columns.saturating_sub(INDENT + lead);
    text::wrap_most(&escape_invisible(text), room, most, theme)
        .into_iter()
        .enumerate()
        .map(|(row, part)| {
            let label = if row == 0 {
                label.clone()
            } else {
                " ".repeat(lead)
            };
            Line::from(vec![
                Span::raw(" ".repeat(INDENT)),
                Span::styled(label, theme.style(Role::Dim)),
                Span::styled(part, theme.style(role)),
            ])
        })
        .collect()
}

/// What the step under the cursor has beside its name.
fn draw_step_detail(
    model: &Model,
    rows: &[RunRow<'_>],
    at: usize,
    columns: usize,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let Some(row) = rows.get(at) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    let below =
        |label: &str, text: &str, role: Role| draw_below(theme, label, text, columns, 4, role);
    if let Some(step) = row.step {
        if !step.why.is_empty() {
            lines.extend(match step.how {
                StepMode::Verify if step.expect.is_none() => {
                    below("expect:", &step.why.shown(), Role::Text)
                }
                _ => below("", &step.why.shown(), Role::Dim),
            });
        }
        if let Some(command) = &step.command {
            lines.extend(pieces::draw_code_block(
                &command.shown_lines(),
                INDENT,
                columns,
                theme,
            ));
        }
        let looks = crate::decision::classify_expectation_step(&step.step.shown())
            == Some(crate::decision::ExpectationStep::Look);
        let said = find_said_expectation(model).filter(|_| looks);
        if let Some(expect) = said.or(step.expect.as_ref().map(Untrusted::to_string)) {
            lines.extend(below("expect:", &expect, Role::Text));
        }
        if let Some(undo) = &step.undo {
            lines.extend(below("undo:", &undo.shown(), Role::Text));
        }
        let best = find_best_rehearsed_time(&model.rehearsals, &step.step.shown());
        if let Some((seconds, at)) = best {
            let says = format!(
                "{}, rehearsed on {}",
                write_duration(seconds),
                at.strftime("%Y-%m-%d")
            );
            lines.extend(below("best so far:", &says, Role::Dim));
        }
    }
    for note in row.run.iter().flat_map(|run| &run.notes) {
        lines.extend(below("note:", &note.shown(), Role::Text));
    }
    lines
}

/// What to do when the step under the cursor does not work: its undo where it failed, and the next
/// option of the board.
fn write_way_out(
    model: &Model,
    option: OptionId,
    rows: &[RunRow<'_>],
    columns: usize,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let row = find_run_cursor(model, rows);
    let failed = row.is_some_and(|row| row.standing() == StepStanding::Failed);
    let mut lines = Vec::new();
    if failed {
        let undo = row.and_then(|row| row.step?.undo.as_ref());
        let says = match undo {
            Some(undo) => format!("Undo it: {}", undo.shown()),
            None => "The plan names nothing that undoes this step.".to_owned(),
        };
        let most = text::wrap_most(&says, columns, 2, theme);
        lines.extend(
            most.into_iter()
                .map(|part| Line::styled(part, theme.style(Role::Text))),
        );
    }
    let expected = model
        .taken()
        .filter(|taken| taken.seen.is_none() && !failed)
        .and_then(|taken| model.write_expectation(taken.option));
    if let Some(expect) = expected {
        let says = format!("Expected: {expect}");
        lines.push(Line::styled(
            text::clip_words(&says, columns, theme),
            theme.style(Role::Text),
        ));
    }
    let next = model.option_after(option);
    lines.extend(match next {
        Some(next) => {
            let mut says = vec![
                Span::styled("Next option: ", theme.style(Role::Dim)),
                Span::styled(
                    words::write_option_headline(model, next),
                    theme
                        .style(Role::Strong)
                        .patch(theme.style(Theme::option(next))),
                ),
            ];
            let rest = describe_next_option(model, next);
            let room = columns.saturating_sub(text::spans_width(&says) + 2);
            says.push(Span::styled(
                format!("  {}", text::clip_words(&rest, room, theme)),
                theme.style(Role::Text),
            ));
            vec![Line::from(says)]
        }
        None if model.decision().is_none() => Vec::new(),
        None => vec![Line::styled(
            "Nothing else is left on the board.",
            theme.style(Role::Warn),
        )],
    });
    if failed && model.writable {
        let keys = if next.is_some() {
            "Enter decides on it; r tries again; u takes it back"
        } else {
            "r tries again; u takes it back"
        };
        lines.push(Line::styled(
            text::clip_words(keys, columns, theme),
            theme.style(Role::Dim),
        ));
    }
    lines
}

/// How an option stands, and how long it takes.
fn describe_next_option(model: &Model, option: OptionId) -> String {
    let mut parts = Vec::new();
    if let Some(status) = find_option_status(model, option) {
        let (_, word, _) = options::label_option_standing(model, &status);
        let why = status.blockers.first().map(|reason| &reason.says);
        parts.push(match why {
            Some(why) => format!("{word}: {}", why.shown()),
            None => word.to_owned(),
        });
    }
    if let Some((minutes, stated)) = find_option_minutes(model, option) {
        let est = if stated { "" } else { " est." };
        parts.insert(0, format!("{}{est}", words::write_minutes(minutes)));
    }
    parts.join(&format!(" {} ", model.theme.dot()))
}
