//! Screen 1: the verdict first, its strongest reason second, the options third, and what is asked.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::model::{OptionState, StepMode};
use crate::tui::action::Action;
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::panel::PanelBorder;
use crate::tui::draw::sizes::WIDE;
use crate::tui::draw::verdict::draw_verdict_headline;
use crate::tui::draw::{lists, options, panel, text};
use crate::tui::list::ScrolledPart;
use crate::tui::model::Model;
use crate::tui::popup::why::query::{collect_option_evidence, list_option_items};
use crate::tui::screen::Focus;
use crate::tui::screens::now::LABEL;
use crate::tui::screens::now::board;
use crate::tui::screens::now::board::BoardLayout;
use crate::tui::screens::now::query::{
    find_board_cursor, find_option_status, find_selected_option, list_board_rows,
};
use crate::tui::screens::now::reasons::{Detail, draw_leading_reasons, draw_other_reasons};
use crate::tui::screens::now::state::BoardRow;
use crate::tui::screens::now::timeline::{
    draw_timeline, draw_way_steps, find_other_way, measure_timeline, measure_whole_timeline,
};
use crate::tui::screens::plan::query::list_option_steps;
use crate::tui::screens::questions::block;
use crate::tui::screens::risks::evidence::draw_all_evidence;
use crate::tui::theme::{Role, Theme};

/// Rows that a panel needs to say something.
const LEAST_PANEL: u16 = 5;

/// Rows from which the steps of another way stand below the timeline.
const LEAST_STEPS: u16 = 9;

/// Rows of the screen below which its panels have no frame.
const FLAT: u16 = 14;

/// Draws it.
pub fn draw_now(canvas: &mut Canvas, area: Rect, model: &Model) {
    if area.width < WIDE {
        draw_narrow(canvas, area, model);
        return;
    }
    let [left, right] =
        Layout::horizontal([Constraint::Percentage(60), Constraint::Fill(1)]).areas(area);
    let room = usize::from(right.width.saturating_sub(4));
    // the timeline keeps what it needs, up to a third
    let log = u16::try_from(measure_timeline(model))
        .unwrap_or(u16::MAX)
        .min(right.height / 3);
    let rows = usize::from(right.height.saturating_sub(log + 2));
    let board = [3, 2, 1]
        .into_iter()
        .map(|most| draw_board_lines(model, room, Some(most), false))
        .find(|(lines, _)| lines.len() <= rows)
        .unwrap_or_else(|| draw_board_lines(model, room, Some(1), false));
    let high = u16::try_from(board.0.len() + 2)
        .unwrap_or(u16::MAX)
        .max(right.height / 3)
        .min(right.height.saturating_sub(log));
    let [top, bottom] =
        Layout::vertical([Constraint::Length(high), Constraint::Fill(1)]).areas(right);
    draw_verdict_and_question(canvas, left, model, None);
    let border = PanelBorder {
        title: vec![Span::styled("Options", model.theme.style(Role::Strong))],
        figure: vec![Span::styled(
            count_possible_options(model),
            model.theme.style(Role::Dim),
        )],
        focused: model.focus == Focus::Body,
        ..PanelBorder::default()
    };
    let inner = panel::draw_bordered_panel(canvas, top, model.theme, border);
    let (lines, rows) = board;
    if lines.is_empty() {
        panel::draw_empty_notice(canvas, inner, model, "The options come with the verdict.");
    }
    // the row under the cursor stays in sight
    let all = list_board_rows(model);
    let cursor = find_board_cursor(model, &all);
    let end = rows.get(cursor + 1).copied().unwrap_or(lines.len());
    let first = end.saturating_sub(usize::from(inner.height));
    hit_board_rows(canvas, inner, &rows, first, lines.len());
    let shown: Vec<Line> = lines.into_iter().skip(first).collect();
    canvas.render_widget(Paragraph::new(shown), inner);
    canvas.measured.board_lines = Some(Vec::new());
    draw_below_board(canvas, bottom, model);
}

/// The timeline; where little happened, the steps below it of a way that the
/// panel beside it does not show.
fn draw_below_board(canvas: &mut Canvas, area: Rect, model: &Model) {
    let needed = measure_whole_timeline(model, usize::from(area.width).saturating_sub(4));
    let log = u16::try_from(needed + 2)
        .unwrap_or(u16::MAX)
        .max(LEAST_PANEL);
    let left = area.height.saturating_sub(log);
    let Some(other) = find_other_way(model).filter(|_| left >= LEAST_STEPS) else {
        draw_timeline(canvas, area, model);
        return;
    };
    let [top, bottom] =
        Layout::vertical([Constraint::Length(log), Constraint::Fill(1)]).areas(area);
    draw_timeline(canvas, top, model);
    draw_way_steps(canvas, bottom, model, other);
}

/// How many options can be had, with and without conditions.
fn count_possible_options(model: &Model) -> String {
    let rows = list_board_rows(model);
    let statuses = rows.iter().filter_map(|row| match row {
        BoardRow::Of(option) => find_option_status(model, *option),
        BoardRow::More(_) => None,
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
type BoardLines = (Vec<Line<'static>>, Vec<usize>);

/// Draws them; see [`BoardLayout`] for where reasons stand.
fn draw_board_lines(
    model: &Model,
    columns: usize,
    below: Option<usize>,
    whole: bool,
) -> BoardLines {
    let layout = BoardLayout {
        columns,
        below,
        whole,
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
fn hit_board_rows(canvas: &mut Canvas, area: Rect, rows: &[usize], first: usize, end: usize) {
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
            let here = row.intersection(area);
            canvas.measured.hit(here, Action::Select(at));
        }
    }
}

/// The same as lines of text, for terminals without screens.
pub fn write_now_text(model: &Model, columns: usize) -> Vec<String> {
    let block = block::build_question_block(model, columns, LABEL, true);
    let groups = |groups: Vec<Vec<Line<'static>>>| {
        groups
            .into_iter()
            .flat_map(|group| group.into_iter().chain([Line::default()]))
    };
    let (left, right) = draw_verdict_headline(model, columns);
    let layout = BoardLayout {
        columns,
        below: Some(2),
        whole: false,
        unfold: false,
    };
    let board: Vec<Line> = board::draw_board(model, layout)
        .into_iter()
        .flatten()
        .collect();
    let apart = (!board.is_empty()).then(Line::default);
    [
        text::draw_left_right_line(left, right, columns),
        Line::default(),
    ]
    .into_iter()
    .chain(groups(draw_leading_reasons(model, columns, Detail::Full)))
    .chain(board)
    .chain(apart)
    .chain(groups(draw_other_reasons(model, columns, Detail::Full)))
    .chain(block.lines)
    .map(|line| line.to_string().trim_end().to_owned())
    .collect()
}

/// On a narrow terminal the board stands among the reasons.
fn draw_narrow(canvas: &mut Canvas, area: Rect, model: &Model) {
    let columns = panel::measure_border_room(area.width);
    let boards =
        [true, false].map(|whole| draw_board_lines(model, columns.saturating_sub(1), None, whole));
    draw_verdict_and_question(canvas, area, model, Some(boards));
}

/// The panel of the verdict, the question below it, and where rows are left what there is to say
/// about the option under the cursor. `boards`: the rows with their reasons whole, and cut; with
/// none they stand beside it.
fn draw_verdict_and_question(
    canvas: &mut Canvas,
    area: Rect,
    model: &Model,
    boards: Option<[BoardLines; 2]>,
) {
    let beside = boards.is_none();
    let fitted = fit_verdict_and_question(model, area, &boards.unwrap_or_default());
    let FittedNow { block, below, .. } = fitted;
    let flat = area.height < FLAT;
    let wanted = u16::try_from(fitted.lines.len())
        .unwrap_or(u16::MAX)
        .saturating_add(panel::count_frame_rows(flat));
    let free = area.height.saturating_sub(below).saturating_sub(wanted);
    // rows that are left say more about the option under the cursor; on tall terminals the
    // question stays near the reasons
    let detail = if free >= LEAST_PANEL + 2 && find_selected_option(model).is_some() {
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
        panel::measure_border_room(area.width).saturating_sub(2),
    );
    let rows = usize::from(top.height.saturating_sub(panel::count_frame_rows(flat)));
    let border = PanelBorder {
        title,
        figure,
        // what has no room is named, with the key that shows it
        below: name_hidden_lines(&fitted.lines, rows, model),
        focused: model.focus == Focus::Body && !beside,
        flat,
    };
    let inner = panel::draw_bordered_panel(canvas, top, model.theme, border);
    if !beside {
        let last = fitted.lines.len().saturating_sub(usize::from(inner.height));
        let first = model.screens.now.scroll.offset.min(last);
        hit_board_rows(canvas, inner, &fitted.rows, first, fitted.end);
        canvas.measured.board_lines = Some(fitted.rows);
    }
    lists::draw_scrolled_lines(
        canvas,
        inner,
        model,
        ScrolledPart::Now,
        &model.screens.now.scroll,
        fitted.lines,
    );
    draw_question_panel(canvas, ask, model, block, flat);
    if detail > 0 {
        draw_selected_option(canvas, more, model);
    }
}

/// The labels of lines below what is in sight: `PgDn: flips if, unknown`.
fn name_hidden_lines(lines: &[Line<'static>], rows: usize, model: &Model) -> String {
    if lines.len() <= rows {
        return String::new();
    }
    let last = lines.len() - rows;
    let first = model.screens.now.scroll.offset.min(last);
    let labels: Vec<&str> = lines
        .iter()
        .skip(first + rows)
        .filter_map(|line| line.spans.first())
        .map(|span| span.content.trim())
        .filter(|label| label.chars().all(|c| c.is_ascii_lowercase() || c == ' '))
        .filter(|label| !label.is_empty())
        .collect();
    match (labels.is_empty(), first < last) {
        (false, _) => format!("PgDn shows: {}", labels.join(", ")),
        (true, true) => "PgDn shows more".to_owned(),
        (true, false) => "PgUp shows what is above".to_owned(),
    }
}

/// What screen 1 has room for.
struct FittedNow {
    /// The reasons, around the board.
    lines: Vec<Line<'static>>,
    /// The line that each row of the board begins with.
    rows: Vec<usize>,
    /// The line behind the board.
    end: usize,
    /// The question.
    block: block::QuestionBlock,
    /// Rows of the question, with its frame.
    below: u16,
}

/// The reasons with as many blank lines and as much detail as there is room for. Where that is not
/// enough, the answers stand closer.
fn fit_verdict_and_question(model: &Model, area: Rect, boards: &[BoardLines; 2]) -> FittedNow {
    let columns = panel::measure_border_room(area.width) + 2;
    let frame = panel::count_frame_rows(area.height < FLAT);
    let blocks = [
        block::build_question_block(model, columns, 0, false),
        block::build_packed_block(model, columns, 0, false),
    ];
    let (mut known, mut last) = (Vec::new(), None);
    for block in blocks {
        let highest = area.height.saturating_sub(frame + 1);
        let most = area
            .height
            .saturating_sub(LEAST_PANEL)
            .max(block.least() + frame)
            .min(highest);
        let below = u16::try_from(block.lines.len())
            .unwrap_or(u16::MAX)
            .saturating_add(frame)
            .min(most);
        // one column is the scroll mark's
        let mut fit = |below: u16| {
            let room = usize::from(area.height.saturating_sub(below + frame));
            fit_verdict_lines(model, (columns.saturating_sub(1), room), boards, &mut known)
        };
        let ((lines, rows, end), fits) = fit(below);
        let mut fitted = FittedNow {
            lines,
            rows,
            end,
            block,
            below,
        };
        if fits && below >= fitted.block.least() + frame {
            return fitted;
        }
        // what is known about the question stands on screen 3 too; its keys stay
        let least = (fitted.block.least() + frame).min(highest).min(below);
        let missing = fitted.lines.len() + usize::from(below + frame);
        let missing = u16::try_from(missing)
            .unwrap_or(u16::MAX)
            .saturating_sub(area.height);
        fitted.below = below.saturating_sub(missing).max(least);
        let (lines, whole) = fit(fitted.below);
        (fitted.lines, fitted.rows, fitted.end) = if whole {
            lines
        } else {
            // some of it scrolls anyway: then what the answers lead to stays in sight
            fitted.below = (least + 1).min(below);
            fit(fitted.below).0
        };
        last = Some(fitted);
    }
    last.unwrap_or_else(|| FittedNow {
        lines: Vec::new(),
        rows: Vec::new(),
        end: 0,
        block: block::build_packed_block(model, columns, 0, false),
        below: 0,
    })
}

/// Lines of the verdict, the line each row of the board begins with, and the line behind it.
type VerdictLines = (Vec<Line<'static>>, Vec<usize>, usize);

/// How the verdict is arranged, from the airiest on: blank lines between, detail, and whether the
/// board has its reasons whole.
const ARRANGEMENTS: [(u8, Detail, bool); 7] = [
    (2, Detail::Full, true),
    (1, Detail::Full, true),
    (0, Detail::Full, true),
    (0, Detail::Full, false),
    (0, Detail::Short, false),
    (0, Detail::Least, false),
    (0, Detail::Lines, false),
];

/// The lines of the verdict as there is room for them, and whether all of them have it. `known`:
/// arrangements that were made for another room, none of them twice in a frame.
fn fit_verdict_lines(
    model: &Model,
    (columns, room): (usize, usize),
    [whole, cut]: &[BoardLines; 2],
    known: &mut Vec<VerdictLines>,
) -> (VerdictLines, bool) {
    let mut last = VerdictLines::default();
    for (at, (apart, detail, is_whole)) in ARRANGEMENTS.into_iter().enumerate() {
        let board = if is_whole { whole } else { cut };
        let make = || arrange_verdict(model, (columns, room), board, apart, detail);
        // only the last one looks at the room
        last = match known.get(at) {
            Some(known) if detail != Detail::Lines => known.clone(),
            _ => make(),
        };
        if known.len() == at && detail != Detail::Lines {
            known.push(last.clone());
        }
        if last.0.len() <= room {
            return (last, true);
        }
    }
    (last, false)
}

/// The question in a panel, whose border says who would know.
fn draw_question_panel(
    canvas: &mut Canvas,
    area: Rect,
    model: &Model,
    block: block::QuestionBlock,
    flat: bool,
) {
    let theme = model.theme;
    let focused = model.focus == Focus::Question && model.asking().is_some();
    let border = PanelBorder {
        title: vec![Span::styled(
            if model.asking().is_some() {
                "Question"
            } else {
                "Next"
            },
            theme.style(if focused { Role::Focus } else { Role::Strong }),
        )],
        figure: vec![Span::styled(block.who.clone(), theme.style(Role::Dim))],
        below: if block.lines.len() > usize::from(area.height.saturating_sub(2)) {
            "3 shows all of it".to_owned()
        } else {
            String::new()
        },
        focused,
        flat,
    };
    let inner = panel::draw_bordered_panel(canvas, area, theme, border);
    block::draw_question_block(canvas, inner, model, block);
}

/// Reasons around the board, for so many columns and rows, with so many blank lines between as there
/// is room for: between groups, around the board, or none. Also the line each row of the board
/// begins with, and the line behind it.
fn arrange_verdict(
    model: &Model,
    (columns, room): (usize, usize),
    board: &BoardLines,
    apart: u8,
    detail: Detail,
) -> VerdictLines {
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
    // on the smallest terminals one reason stands above the options: the verdict is in the border
    if detail == Detail::Lines && lines.len() + board.1.len() > room && !board.0.is_empty() {
        // once somebody decided, when it was and what is expected stand there
        let kept = if model.taken().is_some() { 2 } else { 1 };
        let rest = lines.split_off(kept.min(lines.len()));
        let rows = board.1.iter().map(|row| row + lines.len()).collect();
        let end = lines.len() + board.0.len();
        let below = spaced(draw_other_reasons(model, columns, detail));
        let all = [lines, board.0.clone(), rest, below].concat();
        return (all, rows, end);
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
    let others = spaced(draw_other_reasons(model, columns, detail));
    if !others.is_empty() {
        gap(&mut lines);
    }
    lines.extend(others);
    if model.decision().is_none() && board.0.is_empty() {
        lines.extend(text::draw_wrapped_text(
            "What to do, what else could be done, and what stands in the way of each: as soon as \
             the first part is read.",
            columns,
            model.theme.style(Role::Dim),
        ));
    }
    (lines, rows, end)
}

/// The plan, the risks and the questions of the option under the cursor.
fn draw_selected_option(canvas: &mut Canvas, area: Rect, model: &Model) {
    let theme = model.theme;
    let Some(option) = find_selected_option(model) else {
        return;
    };
    let Some(status) = find_option_status(model, option) else {
        return;
    };
    let (glyph, word, role) = options::label_option_standing(model, &status);
    let border = PanelBorder {
        title: vec![Span::styled(
            model.option_title(option),
            theme
                .style(Role::Strong)
                .patch(theme.style(Theme::option(option))),
        )],
        figure: vec![Span::styled(format!("{glyph} {word}"), theme.style(role))],
        ..PanelBorder::default()
    };
    let inner = panel::draw_bordered_panel(canvas, area, theme, border);
    let columns = usize::from(inner.width);
    let mut lines = Vec::new();
    let items = list_option_items(model, option);
    for item in &items {
        // the steps follow below; a question that a condition says already is not said again
        let said = item.asks.is_some()
            && items
                .iter()
                .any(|other| other.asks.is_none() && other.says.contains(&item.says));
        if item.plan.is_some() || said {
            continue;
        }
        lines.extend(text::draw_labelled_row(
            item.label,
            LABEL,
            &item.says,
            columns,
            theme.style(Role::Dim),
            theme.style(Role::Text),
        ));
    }
    let steps = list_option_steps(model, Some(option));
    let steps = steps.iter().filter(|step| step.how != StepMode::Skip);
    for (at, step) in steps.enumerate() {
        lines.extend(text::draw_labelled_row(
            if at == 0 { "plan" } else { "" },
            LABEL,
            &format!("{}. {}", at + 1, step.step.shown()),
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
    for place in collect_option_evidence(model, option) {
        let shown = draw_all_evidence(model, std::slice::from_ref(&place), columns);
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
    canvas.render_widget(Paragraph::new(lines), inner);
}
