//! The board: a row an option, with its state, what stands in its way, what clears it, how long it
//! takes and until when it can be had.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::model::{OptionId, OptionState, OptionStatus};
use crate::tui::action::Availability;
use crate::tui::action_table::find::find_key_action;
use crate::tui::draw::{options, text, verdict, words};
use crate::tui::model::Model;
use crate::tui::screens::now::query::{
    find_board_cursor, find_headline_option, find_option_limit, find_option_minutes,
    find_option_status, find_settling_question, list_board_rows,
};
use crate::tui::screens::now::state::BoardRow;
use crate::tui::screens::plan::query::describe_failed_step;
use crate::tui::theme::{Role, Theme};

/// Columns of the mark of the cursor and of the glyph.
const INDENT: usize = 4;

/// Fewest columns for a reason beside its option.
const LEAST_REASON: usize = 20;

/// How a board is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct BoardLayout {
    /// Columns there are.
    pub columns: usize,
    /// Reasons stand below their option in at most so many lines; `None`: beside it, in one.
    pub below: Option<usize>,
    /// A reason that has no room beside its option goes on below it, rather than being cut.
    pub whole: bool,
    /// The row under the cursor says all it has.
    pub unfold: bool,
}

/// The rows, each with its lines.
pub(super) fn draw_board(model: &Model, layout: BoardLayout) -> Vec<Vec<Line<'static>>> {
    let rows = list_board_rows(model);
    let cursor = find_board_cursor(model, &rows);
    let statuses: Vec<Option<OptionStatus>> = rows
        .iter()
        .map(|row| match row {
            BoardRow::Of(option) => find_option_status(model, *option),
            BoardRow::More(_) => None,
        })
        .collect();
    let width_of = |text: fn(&Model, &OptionStatus) -> String| {
        let all = statuses.iter().flatten();
        all.map(|status| text::measure_text_width(&text(model, status)))
            .max()
            .unwrap_or(0)
    };
    let widths = Widths {
        name: width_of(|model, status| name_option(model, status.option)),
        word: width_of(|model, status| options::label_option_standing(model, status).1.to_owned()),
    };
    rows.iter()
        .zip(&statuses)
        .enumerate()
        .map(|(at, (row, status))| {
            let here = at == cursor;
            match (row, status) {
                (BoardRow::Of(_), Some(status)) => {
                    draw_option_row(model, status, here, layout, &widths)
                }
                (BoardRow::More(count), _) => vec![draw_more_row(model, *count, here)],
                (BoardRow::Of(_), None) => Vec::new(),
            }
        })
        .collect()
}

/// Columns that all rows share.
struct Widths {
    name: usize,
    word: usize,
}

/// The name of an option on the board. Where one row stands for both ways back, its state says
/// whether there are conditions.
fn name_option(model: &Model, option: OptionId) -> String {
    let rows = list_board_rows(model);
    let both = rows.contains(&BoardRow::Of(OptionId::RollBack))
        && rows.contains(&BoardRow::Of(OptionId::RollBackWithConditions));
    // only where conditions are all that is needed: else it is the way with conditions that is not
    // settled, while going back as such may be removed
    let standing = |option| find_option_status(model, option).map(|status| status.state);
    let apart = standing(option) > Some(OptionState::Conditional)
        && standing(OptionId::RollBack) == Some(OptionState::Removed);
    if option == OptionId::RollBackWithConditions && !both && !apart {
        OptionId::RollBack.title().to_owned()
    } else {
        option.title().to_owned()
    }
}

/// Minutes and the last moment, each as far as known; short where there is little room.
fn write_figures(model: &Model, status: &OptionStatus, short: bool) -> String {
    let minutes = find_option_minutes(model, status.option).map(|(minutes, said)| {
        let text = words::write_minutes(minutes);
        if said { text } else { format!("{text} est.") }
    });
    let limit = find_option_limit(model, status.option).map(|(at, passed)| {
        let word = if passed { "over since" } else { "until" };
        format!("{word} {}", model.clock(at))
    });
    match (minutes, limit) {
        (_, Some(limit)) if short => limit,
        (Some(minutes), Some(limit)) => format!("{minutes} {} {limit}", model.theme.dot()),
        (one, two) => one.or(two).unwrap_or_default(),
    }
}

/// The one thing that stands in the way, or what has to be done first.
fn write_reason(model: &Model, status: &OptionStatus) -> String {
    // what is proven stands before what is only open
    let proven = status.blockers.iter().find(|reason| !reason.open);
    let blocker = proven
        .or(status.blockers.first())
        .map(|reason| &reason.says);
    let condition = status.conditions.first().map(|condition| &condition.says);
    let (says, more) = match status.state {
        // what was tried and failed has something in its way, whatever the rules say
        _ if let Some(says) = describe_failed_step(model, status.option) => return says,
        OptionState::Cleared => {
            return match verdict::explain_default(model) {
                Some(says) if Some(status.option) == find_headline_option(model) => says,
                _ => "nothing in its way".to_owned(),
            };
        }
        OptionState::Conditional => (condition.or(blocker), status.conditions.len()),
        OptionState::NotCleared | OptionState::Removed => {
            (blocker.or(condition), status.blockers.len())
        }
    };
    let says = says.map_or_else(
        || "nothing says why".to_owned(),
        |says| says.shown().into_owned(),
    );
    match more.saturating_sub(1) {
        0 => says,
        more => format!("{} (+{more} more)", says.trim_end_matches('.')),
    }
}

/// The name of an option in its hue: strong where it is the headline, struck out where it is
/// removed.
fn choose_name_style(theme: Theme, status: &OptionStatus, headline: bool) -> Style {
    let hue = theme.style(Theme::option(status.option));
    match (headline, status.state == OptionState::Removed) {
        (true, _) => hue.patch(theme.style(Role::Strong)),
        (_, true) => theme.style(Role::Struck),
        _ => hue.remove_modifier(Modifier::BOLD),
    }
}

fn draw_option_row(
    model: &Model,
    status: &OptionStatus,
    here: bool,
    layout: BoardLayout,
    widths: &Widths,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let (glyph, word, role) = options::label_option_standing(model, status);
    let headline = Some(status.option) == find_headline_option(model);
    let name_style = choose_name_style(theme, status, headline);
    let mut left = vec![
        Span::styled(
            format!("{} ", if here { theme.cursor() } else { " " }),
            theme.style(Role::Focus),
        ),
        Span::styled(format!("{glyph} "), theme.style(role)),
        Span::styled(name_option(model, status.option), name_style),
    ];
    let name = text::measure_text_width(&name_option(model, status.option));
    let reason = write_reason(model, status);
    let whole_figures = write_figures(model, status, false);
    let short_figures = write_figures(model, status, true);
    let beside = match layout.below {
        None => INDENT + widths.name + widths.word + 4,
        Some(_) => INDENT + name + 2,
    };
    let free = layout.columns.saturating_sub(beside);
    let figures = choose_figures([&whole_figures, &short_figures], layout, free);
    // a place is cut in its middle, never over two lines
    let reason = text::fit_paths(&reason, layout.columns.saturating_sub(INDENT), theme);
    // beside its option a state has a column of its own; with the reason below, it stands at the
    // end of the row where there is room, and else is the first word of the reason
    let word_fits = layout.below.is_some()
        && (!figures.is_empty() || short_figures.is_empty())
        && text::measure_text_width(word)
            + text::measure_text_width(&figures)
            + if figures.is_empty() { 0 } else { 3 }
            <= free;
    let reason = match layout.below {
        None => {
            left.push(Span::raw(" ".repeat(widths.name.saturating_sub(name) + 2)));
            left.push(Span::styled(
                text::pad_text(word, widths.word),
                theme.style(role),
            ));
            reason
        }
        Some(_) if word_fits => reason,
        Some(_) if figures.is_empty() && !short_figures.is_empty() => {
            format!("{word}, {short_figures}: {reason}")
        }
        Some(_) => format!("{word}: {reason}"),
    };
    let taken = text::measure_text_width(&figures);
    let room = free.saturating_sub(taken + if taken > 0 { 2 } else { 0 });
    let fits = layout.below.is_none() && text::measure_text_width(&reason) <= room;
    let unfolds = here && layout.unfold;
    let inline = match layout.below {
        None if fits => reason.clone(),
        None if !unfolds && !layout.whole && room >= LEAST_REASON => {
            text::clip_words(&reason, room, theme)
        }
        _ => String::new(),
    };
    if !inline.is_empty() {
        left.push(Span::raw("  "));
        left.push(Span::styled(
            inline.clone(),
            theme.style(if headline { Role::Text } else { Role::Dim }),
        ));
    }
    let right = draw_row_end(theme, word_fits.then_some((word, role)), &figures);
    let mut lines = vec![text::draw_left_right_line(left, right, layout.columns)];
    let most = match layout.below {
        _ if unfolds => usize::MAX,
        Some(most) => most,
        None if layout.whole => 2,
        None => 0,
    };
    if inline != reason && most > 0 {
        let style = theme.style(if unfolds { Role::Text } else { Role::Dim });
        lines.extend(
            text::wrap_most(&reason, layout.columns.saturating_sub(INDENT), most, theme)
                .into_iter()
                .map(|part| Line::styled(format!("{}{part}", " ".repeat(INDENT)), style)),
        );
    }
    if unfolds && figures != whole_figures {
        lines.push(Line::styled(
            format!("{}{whole_figures}", " ".repeat(INDENT)),
            theme.style(Role::Text),
        ));
    }
    if unfolds {
        lines.extend(draw_settling_question(model, status, layout.columns));
    }
    lines
}

/// The longer of the figures that fits into so many columns.
fn choose_figures(figures: [&String; 2], layout: BoardLayout, free: usize) -> String {
    figures
        .into_iter()
        // below a row that says all, the figures stand in full
        .skip(usize::from(layout.below.is_none()))
        .find(|text| text::measure_text_width(text) <= free)
        .cloned()
        .unwrap_or_default()
}

/// What stands at the right of a row: the state where it fits, and the figures.
fn draw_row_end(
    theme: Theme,
    word: Option<(&'static str, Role)>,
    figures: &str,
) -> Vec<Span<'static>> {
    let mut right = Vec::new();
    if let Some((word, role)) = word {
        let dot = if figures.is_empty() {
            String::new()
        } else {
            format!(" {} ", theme.dot())
        };
        right.push(Span::styled(word, theme.style(role)));
        right.push(Span::styled(dot, theme.style(Role::Dim)));
    }
    right.push(Span::styled(figures.to_owned(), theme.style(Role::Text)));
    right
}

/// The question that settles the option, with its key.
fn draw_settling_question(
    model: &Model,
    status: &OptionStatus,
    columns: usize,
) -> Vec<Line<'static>> {
    let theme = model.theme;
    let Some(next) = find_settling_question(model, status) else {
        return Vec::new();
    };
    let works = matches!(
        find_key_action(model, "s"),
        Some((_, _, Availability::Enabled))
    );
    let (key, label) = if works {
        ("s ", "asks: ")
    } else {
        ("", "asked: ")
    };
    let lead = INDENT + key.len() + label.len();
    text::wrap_columns(
        &model.filled(&next.asks.shown()),
        columns.saturating_sub(lead),
    )
    .into_iter()
    .enumerate()
    .map(|(at, part)| {
        let lead = if at == 0 {
            vec![
                Span::raw(" ".repeat(INDENT)),
                Span::styled(key, theme.style(Role::Key)),
                Span::styled(label, theme.style(Role::Dim)),
            ]
        } else {
            vec![Span::raw(" ".repeat(lead))]
        };
        Line::from([lead, vec![Span::styled(part, theme.style(Role::Text))]].concat())
    })
    .collect()
}

fn draw_more_row(model: &Model, count: usize, here: bool) -> Line<'static> {
    let theme = model.theme;
    let mark = if here { theme.cursor() } else { " " };
    let key = if here { "  Enter" } else { "  Down, Enter" };
    Line::from(vec![
        Span::styled(format!("{mark}   "), theme.style(Role::Focus)),
        Span::styled(
            words::write_number_with_noun(count as u64, "more option", "more options"),
            theme.style(Role::Dim),
        ),
        Span::styled(key, theme.style(Role::Key)),
        Span::styled(" shows all", theme.style(Role::Dim)),
    ])
}
