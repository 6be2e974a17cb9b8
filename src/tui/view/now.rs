//! Screen 1: the verdict first, its strongest reason second, the options third, and what is asked.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::reasons::{Detail, draw_leading_reasons, draw_other_reasons};
use super::{board, options, question, widgets, words};
use crate::model::{
    ConditionKind, Decision, OptionId, OptionState, StepMode, Strength, Word, escape_invisible,
};
use crate::tui::model::Focus;
use crate::tui::state::now as state;
use crate::tui::theme::{Role, Theme};
use crate::tui::{Action, Model};

/// Columns of labels before a text.
pub(super) const LABEL: usize = 10;

/// Rows that a panel needs to say something.
const LEAST_PANEL: u16 = 5;

/// Draws it.
pub fn draw_now(frame: &mut Frame, area: Rect, model: &Model) {
    if area.width < super::WIDE {
        draw_narrow(frame, area, model);
        return;
    }
    let [left, right] =
        Layout::horizontal([Constraint::Percentage(60), Constraint::Fill(1)]).areas(area);
    let room = usize::from(right.width.saturating_sub(4));
    // the timeline keeps what it needs, up to a third
    let log = u16::try_from(options::measure_timeline(model))
        .unwrap_or(u16::MAX)
        .min(right.height / 3);
    let rows = usize::from(right.height.saturating_sub(log + 2));
    let board = [3, 2, 1]
        .into_iter()
        .map(|most| draw_board_lines(model, room, Some(most)))
        .find(|(lines, _)| lines.len() <= rows)
        .unwrap_or_else(|| draw_board_lines(model, room, Some(1)));
    let high = u16::try_from(board.0.len() + 2)
        .unwrap_or(u16::MAX)
        .max(right.height / 3)
        .min(right.height.saturating_sub(log));
    let [top, bottom] =
        Layout::vertical([Constraint::Length(high), Constraint::Fill(1)]).areas(right);
    draw_verdict_and_question(frame, left, model, None);
    let border = widgets::PanelBorder {
        title: vec![Span::styled("Options", model.theme.style(Role::Strong))],
        figure: vec![Span::styled(
            count_possible_options(model),
            model.theme.style(Role::Dim),
        )],
        focused: model.focus == Focus::Body,
        ..widgets::PanelBorder::default()
    };
    let inner = widgets::draw_bordered_panel(frame, top, model.theme, border);
    let (lines, rows) = board;
    if lines.is_empty() {
        widgets::draw_empty_notice(frame, inner, model, "The options come with the verdict.");
    }
    // the row under the cursor stays in sight
    let all = state::list_board_rows(model);
    let cursor = state::find_board_cursor(model, &all);
    let end = rows.get(cursor + 1).copied().unwrap_or(lines.len());
    let first = end.saturating_sub(usize::from(inner.height));
    hit_board_rows(model, inner, &rows, first, lines.len());
    let shown: Vec<Line> = lines.into_iter().skip(first).collect();
    frame.render_widget(Paragraph::new(shown), inner);
    model.screens.now.lines.borrow_mut().clear();
    options::draw_timeline(frame, bottom, model);
}

/// How many options can be had, with and without conditions.
fn count_possible_options(model: &Model) -> String {
    let rows = state::list_board_rows(model);
    let statuses = rows.iter().filter_map(|row| match row {
        state::BoardRow::Of(option) => state::find_option_status(model, *option),
        state::BoardRow::More(_) => None,
    });
    let possible = statuses
        .filter(|status| status.state <= OptionState::Conditional)
        .count();
    if rows.is_empty() {
        String::new()
    } else {
        format!("{possible} of {} possible now", rows.len())
    }
}

/// The board as lines, and the line that each row begins with.
fn draw_board_lines(
    model: &Model,
    columns: usize,
    below: Option<usize>,
) -> (Vec<Line<'static>>, Vec<usize>) {
    let layout = board::BoardLayout {
        columns,
        below,
        unfold: true,
    };
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    for row in board::draw_board(model, layout) {
        rows.push(lines.len());
        lines.extend(row);
    }
    (lines, rows)
}

/// A click on a row of the board selects it. `rows` are the lines they begin with, `first` is the
/// first line shown, `end` the line behind the last row.
fn hit_board_rows(model: &Model, area: Rect, rows: &[usize], first: usize, end: usize) {
    for (at, line) in rows.iter().enumerate() {
        let until = rows.get(at + 1).copied().unwrap_or(end);
        let from = (*line).max(first);
        let (Ok(y), Ok(height)) = (
            u16::try_from(from.saturating_sub(first)),
            u16::try_from(until.saturating_sub(from)),
        ) else {
            continue;
        };
        let row = Rect {
            y: area.y.saturating_add(y),
            height,
            ..area
        };
        if y < area.height && height > 0 {
            model
                .measured
                .hit(row.intersection(area), Action::Select(at));
        }
    }
}

/// The same as lines of text, for terminals without screens.
pub fn write_now_text(model: &Model, columns: usize) -> Vec<String> {
    let block = question::build_question_block(model, columns, LABEL, true);
    let groups = |groups: Vec<Vec<Line<'static>>>| {
        groups
            .into_iter()
            .flat_map(|group| group.into_iter().chain([Line::default()]))
    };
    let (left, right) = draw_verdict_headline(model, columns);
    let layout = board::BoardLayout {
        columns,
        below: Some(2),
        unfold: false,
    };
    let board: Vec<Line> = board::draw_board(model, layout)
        .into_iter()
        .flatten()
        .collect();
    let apart = (!board.is_empty()).then(Line::default);
    [
        widgets::draw_left_right_line(left, right, columns),
        Line::default(),
    ]
    .into_iter()
    .chain(groups(draw_leading_reasons(model, columns, Detail::Full)))
    .chain(board)
    .chain(apart)
    .chain(groups(draw_other_reasons(model, columns)))
    .chain(block.lines)
    .map(|line| line.to_string().trim_end().to_owned())
    .collect()
}

/// On a narrow terminal the board stands among the reasons.
fn draw_narrow(frame: &mut Frame, area: Rect, model: &Model) {
    let columns = widgets::measure_border_room(area.width);
    let board = draw_board_lines(model, columns, None);
    draw_verdict_and_question(frame, area, model, Some(board));
}

/// The panel of the verdict, the question below it, and where rows are left what there is to say
/// about the option under the cursor.
fn draw_verdict_and_question(
    frame: &mut Frame,
    area: Rect,
    model: &Model,
    board: Option<(Vec<Line<'static>>, Vec<usize>)>,
) {
    let theme = model.theme;
    let columns = widgets::measure_border_room(area.width) + 2;
    let block = question::build_question_block(model, columns, 0, false);
    let most = area
        .height
        .saturating_sub(LEAST_PANEL)
        .max(block.least() + 2)
        .min(area.height.saturating_sub(3));
    let below = u16::try_from(block.lines.len() + 2)
        .unwrap_or(u16::MAX)
        .min(most);
    let room = usize::from(area.height.saturating_sub(below + 2));
    let beside = board.is_none();
    let board = board.unwrap_or_default();
    // one column is the scroll mark's
    let text = columns.saturating_sub(1);
    let arranged = [
        (2, Detail::Full),
        (1, Detail::Full),
        (0, Detail::Full),
        (0, Detail::Short),
        (0, Detail::Least),
    ]
    .into_iter()
    .map(|(apart, detail)| arrange_verdict(model, (text, room), &board, apart, detail));
    let mut last = None;
    for one in arranged {
        let fits = one.0.len() <= room;
        last = Some(one);
        if fits {
            break;
        }
    }
    let (lines, rows, end) = last.unwrap_or_default();
    let wanted = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let free = area.height.saturating_sub(below).saturating_sub(wanted);
    // rows that are left say more about the option under the cursor; on tall terminals the
    // question stays near the reasons
    let detail = if free >= LEAST_PANEL + 2 && state::find_selected_option(model).is_some() {
        free
    } else {
        0
    };
    let [top, ask, more] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(below),
        Constraint::Length(detail),
    ])
    .areas(area);
    let (title, figure) = draw_verdict_headline(
        model,
        widgets::measure_border_room(area.width).saturating_sub(2),
    );
    let border = widgets::PanelBorder {
        title,
        figure,
        focused: model.focus == Focus::Body && !beside,
        ..widgets::PanelBorder::default()
    };
    let inner = widgets::draw_bordered_panel(frame, top, theme, border);
    if !beside {
        let first = model
            .screens
            .now
            .scroll
            .offset
            .min(lines.len().saturating_sub(usize::from(inner.height)));
        hit_board_rows(model, inner, &rows, first, end);
        *model.screens.now.lines.borrow_mut() = rows;
    }
    widgets::draw_scrolled_lines(frame, inner, model, &model.screens.now.scroll, lines);
    let focused = model.focus == Focus::Question && model.asking().is_some();
    let border = widgets::PanelBorder {
        title: vec![Span::styled(
            if model.asking().is_some() {
                "Question"
            } else {
                "Next"
            },
            theme.style(if focused { Role::Focus } else { Role::Strong }),
        )],
        figure: vec![Span::styled(block.who.clone(), theme.style(Role::Dim))],
        focused,
        ..widgets::PanelBorder::default()
    };
    let inner = widgets::draw_bordered_panel(frame, ask, theme, border);
    question::draw_question_block(frame, inner, model, block);
    if detail > 0 {
        draw_selected_option(frame, more, model);
    }
}

/// Reasons around the board, for so many columns and rows, with so many blank lines between as there is room for: between groups,
/// around the board, or none. Also the line each row of the board begins with, and the line behind
/// it.
fn arrange_verdict(
    model: &Model,
    (columns, room): (usize, usize),
    board: &(Vec<Line<'static>>, Vec<usize>),
    apart: u8,
    detail: Detail,
) -> (Vec<Line<'static>>, Vec<usize>, usize) {
    let spaced = |groups: Vec<Vec<Line<'static>>>| -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        for group in groups {
            if apart > 1 && !lines.is_empty() {
                lines.push(Line::default());
            }
            lines.extend(group);
        }
        lines
    };
    let mut lines = spaced(draw_leading_reasons(model, columns, detail));
    // on the smallest terminals the options come first: the verdict stands in the border
    if detail == Detail::Least && lines.len() + board.1.len() > room && !board.0.is_empty() {
        let end = board.0.len();
        let below = spaced(draw_other_reasons(model, columns));
        let all = [board.0.clone(), lines, below].concat();
        return (all, board.1.clone(), end);
    }
    let gap = |lines: &mut Vec<Line<'static>>| {
        if apart > 0 && !lines.is_empty() {
            lines.push(Line::default());
        }
    };
    if !board.0.is_empty() {
        gap(&mut lines);
    }
    let from = lines.len();
    let rows = board.1.iter().map(|row| row + from).collect();
    lines.extend(board.0.iter().cloned());
    let end = lines.len();
    let others = spaced(draw_other_reasons(model, columns));
    if !others.is_empty() {
        gap(&mut lines);
    }
    lines.extend(others);
    if model.decision().is_none() && board.0.is_empty() {
        lines.extend(widgets::draw_wrapped_text(
            "What to do, what else could be done, and what stands in the way of each: as soon as \
             the first part is read.",
            columns,
            model.theme.style(Role::Dim),
        ));
    }
    (lines, rows, end)
}

/// The plan, the risks and the questions of the option under the cursor.
fn draw_selected_option(frame: &mut Frame, area: Rect, model: &Model) {
    let theme = model.theme;
    let Some(option) = state::find_selected_option(model) else {
        return;
    };
    let Some(status) = state::find_option_status(model, option) else {
        return;
    };
    let (glyph, word, role) = options::label_option_state(theme, status.state);
    let border = widgets::PanelBorder {
        title: vec![Span::styled(
            model.option_title(option),
            theme
                .style(Role::Strong)
                .patch(theme.style(Theme::option(option))),
        )],
        figure: vec![Span::styled(format!("{glyph} {word}"), theme.style(role))],
        ..widgets::PanelBorder::default()
    };
    let inner = widgets::draw_bordered_panel(frame, area, theme, border);
    let columns = usize::from(inner.width);
    let mut lines = Vec::new();
    for item in crate::tui::popup::why::list_option_items(model, option) {
        if item.plan.is_some() {
            continue;
        }
        lines.extend(widgets::draw_labelled_row(
            item.label,
            LABEL,
            &item.says,
            columns,
            theme.style(Role::Dim),
            theme.style(Role::Text),
        ));
    }
    let steps = crate::tui::state::plan::list_option_steps(model, Some(option));
    let steps = steps.iter().filter(|step| step.how != StepMode::Skip);
    for (at, step) in steps.enumerate() {
        lines.extend(widgets::draw_labelled_row(
            if at == 0 { "plan" } else { "" },
            LABEL,
            &format!("{}. {}", at + 1, escape_invisible(&step.step)),
            columns,
            theme.style(Role::Dim),
            theme.style(Role::Text),
        ));
    }
    if lines.is_empty() {
        lines.push(Line::styled(
            "Nothing stands in its way, and no step is known.",
            theme.style(Role::Dim),
        ));
    }
    let rows = usize::from(inner.height);
    // what shows it has the rows that are left
    for place in crate::tui::popup::why::collect_option_evidence(model, option) {
        let shown =
            super::risks::evidence::draw_all_evidence(model, std::slice::from_ref(&place), columns);
        if lines.len() + shown.len() <= rows {
            lines.extend(shown);
        }
    }
    if lines.len() > rows {
        lines.truncate(rows.saturating_sub(1));
        lines.push(Line::styled(
            "Enter shows all of it",
            theme.style(Role::Dim),
        ));
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

/// The verdict and how much it holds.
fn draw_verdict_headline(
    model: &Model,
    columns: usize,
) -> (Vec<Span<'static>>, Vec<Span<'static>>) {
    let theme = model.theme;
    let Some(decision) = model.decision() else {
        let says = if model.reading.opened {
            "READING, no verdict yet"
        } else {
            "OPENING THE REPOSITORY"
        };
        return (
            vec![Span::styled(says, theme.style(Role::Verdict))],
            Vec::new(),
        );
    };
    if let Some(both) = after_decision(model, decision, columns) {
        return both;
    }
    let mut left = Vec::new();
    if !model.reading.complete && model.reading.failed.is_none() && model.replay.is_none() {
        left.push(Span::styled(
            format!(
                "READING {} of {}, so far ",
                model.reading.count(),
                model.reading.done.len()
            ),
            theme.style(Role::Dim),
        ));
    }
    let room =
        columns.saturating_sub(widgets::spans_width(&left) + decision.strength.id().len() + 2);
    left.push(Span::styled(
        write_verdict_line(model, decision, room),
        theme
            .style(Role::Verdict)
            .patch(theme.style(Theme::option(decision.option))),
    ));
    let held = describe_verdict_strength(decision);
    let right = vec![
        Span::styled(
            decision.strength.id(),
            theme.style(Theme::strength(decision.strength)),
        ),
        Span::raw(format!(" {} {held}", theme.dot())),
    ];
    let short = vec![Span::styled(
        decision.strength.id(),
        theme.style(Theme::strength(decision.strength)),
    )];
    let right = if widgets::spans_width(&left) + widgets::spans_width(&right) + 2 > columns {
        short
    } else {
        right
    };
    let room = columns.saturating_sub(widgets::spans_width(&right) + 2);
    (widgets::fit_spans(left, room, theme), right)
}

/// Once somebody decided, that is the headline; when it did not work, what comes next is.
fn after_decision(
    model: &Model,
    decision: &Decision,
    columns: usize,
) -> Option<(Vec<Span<'static>>, Vec<Span<'static>>)> {
    let theme = model.theme;
    let taken = model.taken()?;
    let (option, right) = match (model.failed(), model.next_option()) {
        (Some(failed), Some(next)) => (
            next,
            format!("next, as “{}” did not work", failed.title().to_lowercase()),
        ),
        (Some(failed), None) => (
            failed,
            "it did not work, and nothing else is left".to_owned(),
        ),
        _ if taken.option == decision.option => (
            taken.option,
            format!("decided, as recommended ({})", decision.strength.id()),
        ),
        _ => (
            taken.option,
            format!(
                "decided; the tool says {}, {}",
                words::name_option_briefly(decision.option),
                decision.strength.id()
            ),
        ),
    };
    let left = vec![Span::styled(
        words::write_option_headline(model, option),
        theme
            .style(Role::Verdict)
            .patch(theme.style(Theme::option(option))),
    )];
    let right = widgets::clip_text(
        &right.replace(['“', '”'], theme.pick("\"", "\"")),
        columns.saturating_sub(widgets::spans_width(&left) + 2),
        theme,
    );
    Some((left, vec![Span::styled(right, theme.style(Role::Text))]))
}

/// The verdict as one line of capitals with what it hangs on: in full where it fits, else the
/// conditions below say it.
fn write_verdict_line(model: &Model, decision: &Decision, room: usize) -> String {
    let full = crate::decision::write_verdict_headline(decision, &model.context());
    if widgets::measure_text_width(&full) <= room {
        return full;
    }
    let name = words::write_option_headline(model, decision.option);
    let (settle, first) = (
        decision
            .conditions
            .iter()
            .any(|condition| condition.kind == ConditionKind::Settle),
        decision.conditions.first(),
    );
    match (
        decision.option,
        decision.then.filter(|then| *then != decision.option),
        first,
    ) {
        (OptionId::RollBackWithConditions, _, _) if settle => format!("{name}, once settled"),
        (OptionId::RollBackWithConditions, _, Some(condition)) => {
            format!("{name}, first {}", label_condition_kind(&condition.kind))
        }
        (_, Some(then), _) => format!("{name}, then {}", words::write_option_headline(model, then)),
        _ => name,
    }
}

/// A kind of condition in two words.
fn label_condition_kind(kind: &Word<ConditionKind>) -> &str {
    match kind.known() {
        Some(ConditionKind::CompatibilityStep) => "a compatibility step",
        Some(ConditionKind::SchemaBack) => "the schema back",
        Some(ConditionKind::DependentFirst) => "the dependent",
        Some(ConditionKind::KeepObjects) => "keep the new objects",
        Some(ConditionKind::Settle) => "settle what is open",
        Some(ConditionKind::Repair) => "repair the way back",
        Some(ConditionKind::AcceptRisk) => "accept the risk",
        Some(ConditionKind::TwoPersons) => "two persons",
        Some(ConditionKind::ConfigBack) => "the configuration",
        Some(ConditionKind::KeepInfrastructure) => "infrastructure as it is",
        Some(ConditionKind::TryOnAPart) => "try on a part",
        Some(ConditionKind::Branch) => "a branch from what is live",
        Some(ConditionKind::Drain) => "drain",
        _ => kind.as_str(),
    }
}

fn describe_verdict_strength(decision: &Decision) -> String {
    match decision.strength {
        Strength::Firm => "no open answer can change it".to_owned(),
        Strength::Close if decision.margin.is_some_and(|margin| margin.abs() >= 1.0) => {
            "small answers together could change it".to_owned()
        }
        Strength::Close => "a small thing could change it".to_owned(),
        Strength::Open => match decision.questions.len() {
            0 => "an answer can change it".to_owned(),
            1 => "1 answer can change it".to_owned(),
            n => format!("{n} answers can change it"),
        },
        Strength::Forced => "time is over, values are assumed".to_owned(),
    }
}

/// Where weights decided: reasons for back and forward as two bars from the middle.
pub fn draw_weight_balance(model: &Model, columns: usize) -> Option<Line<'static>> {
    let theme = model.theme;
    let decision = model.decision()?;
    decision.margin?;
    if let Some(says) = explain_default(model) {
        return Some(Line::styled(
            widgets::clip_text(&says, columns, theme),
            theme.style(Role::Dim),
        ));
    }
    // an empty sum can be a negative zero
    let (back, forward) = (
        decision.back.max(0.0) + 0.0,
        decision.forward.max(0.0) + 0.0,
    );
    let ends = ("back ", " forward");
    // adding zero takes the sign off a negative zero
    let numbers = (
        format!("{:.1} ", back + 0.0),
        format!(" {:.1}", forward + 0.0),
    );
    let half = columns
        .saturating_sub(ends.0.len() + ends.1.len() + numbers.0.len() + numbers.1.len() + 1)
        .min(56)
        / 2;
    let scale = back.max(forward).max(6.0);
    let filled = |value: f64| ((value / scale * half as f64).round() as usize).min(half);
    let (left, right) = (filled(back), filled(forward));
    let (full, none) = (theme.pick("█", "#"), theme.pick("░", "."));
    let spans = vec![
        Span::styled(ends.0, theme.style(Role::Dim)),
        Span::styled(numbers.0, theme.style(Role::Text)),
        Span::styled(none.repeat(half - left), theme.style(Role::Line)),
        Span::styled(full.repeat(left), theme.style(Role::Back)),
        Span::styled(theme.bar(), theme.style(Role::Strong)),
        Span::styled(full.repeat(right), theme.style(Role::Forward)),
        Span::styled(none.repeat(half - right), theme.style(Role::Line)),
        Span::styled(numbers.1, theme.style(Role::Text)),
        Span::styled(ends.1, theme.style(Role::Dim)),
    ];
    Some(Line::from(spans))
}

/// That only what holds always tips the scales.
pub(super) fn explain_default(model: &Model) -> Option<String> {
    let decision = model.decision()?;
    decision.margin?;
    let way = if decided_by_default(decision)? == OptionId::RollForward {
        "going forward"
    } else {
        "going back"
    };
    Some(format!("no weight decides yet; {way} is the default"))
}

/// The recommended way, where an open verdict rests on nothing but what holds always: without the
/// weights that no fact carries, as much or more speaks for the other way.
fn decided_by_default(decision: &Decision) -> Option<OptionId> {
    if decision.strength != Strength::Open {
        return None;
    }
    let always = |reasons: &[crate::model::Reason]| -> f64 {
        let fixed = reasons.iter().filter(|reason| reason.facts.is_empty());
        fixed.filter_map(|reason| reason.weight).sum()
    };
    let (for_it, against) = if decision.option == OptionId::RollForward {
        (decision.forward, decision.back)
    } else {
        (decision.back, decision.forward)
    };
    let (because, unless) = (always(&decision.because), always(&decision.against));
    (because > 0.0 && for_it - because <= against - unless).then_some(decision.option)
}
