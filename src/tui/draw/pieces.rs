//! Pieces that several screens draw: fields, code, heads of groups.

use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

use crate::model::{Evidence, escape_invisible, visible_lines};
use crate::tui::draw::canvas::Canvas;
use crate::tui::draw::sizes::WIDE;
use crate::tui::draw::{panel, text};
use crate::tui::model::Model;
use crate::tui::screen::Focus;
use crate::tui::syntax::{self, Token};
use crate::tui::theme::{Role, Theme};

/// Columns of labels before a text.
pub const LABEL: usize = 12;

/// Rows from which a narrow terminal shows a list and a text below it.
const LEAST_FOR_BOTH: u16 = 14;

/// Where the list and the text about its row are drawn: side by side on wide terminals, one below
/// the other otherwise; there the text takes everything once it has the focus. Where the list holds
/// nothing (`any` is false) there is no text.
pub fn split_list_and_detail(
    canvas: &mut Canvas,
    area: Rect,
    model: &Model,
    percent: u16,
    any: bool,
) -> (Option<Rect>, Option<Rect>) {
    if !any {
        return (Some(area), None);
    }
    if model.zoomed {
        return if model.focus == Focus::Detail {
            (None, Some(area))
        } else {
            (Some(area), None)
        };
    }
    if area.width >= WIDE {
        let (left, right) = panel::split_columns(canvas, area, model.theme, percent);
        return (Some(left), Some(right));
    }
    if model.focus == Focus::Detail {
        return (None, Some(area));
    }
    // where rows are few the list has them; Enter opens what the cursor is on
    if area.height < LEAST_FOR_BOTH {
        return (Some(area), None);
    }
    let rows = (area.height * 2 / 5).clamp(6, 16);
    let [top, line, bottom] = Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(rows),
    ])
    .areas(area);
    panel::draw_horizontal_rule(canvas, line, model.theme);
    (Some(top), Some(bottom))
}

/// Blank lines below a title: one where there is room for it.
pub fn choose_title_gap(area: Rect) -> u16 {
    u16::from(area.height >= 28)
}

/// A label and a text beside it.
pub fn draw_labelled_field(
    label: &str,
    says: &str,
    columns: usize,
    theme: Theme,
    role: Role,
) -> Vec<Line<'static>> {
    text::draw_labelled_row(
        label,
        LABEL,
        &visible_lines(says),
        columns,
        theme.style(Role::Dim),
        theme.style(role),
    )
}

/// Head of a group in a list: a title, how many rows it has, and a thin line to the edge.
pub fn draw_group_head(
    title: &str,
    count: usize,
    columns: usize,
    theme: Theme,
) -> Vec<Span<'static>> {
    let title = format!("{title} ");
    let count = if count == 0 {
        String::new()
    } else {
        format!("{count} ")
    };
    let rest =
        columns.saturating_sub(text::measure_text_width(&title) + text::measure_text_width(&count));
    vec![
        Span::styled(title, theme.style(Role::Title)),
        Span::styled(count, theme.style(Role::Dim)),
        Span::styled(theme.rule().repeat(rest), theme.style(Role::Line)),
    ]
}

/// A small heading inside a text, with a blank line above.
pub fn draw_small_heading(
    title: &str,
    note: &str,
    columns: usize,
    theme: Theme,
) -> [Line<'static>; 2] {
    // a place says most at its end: the name of the file and the line
    let room = columns.saturating_sub(text::measure_text_width(title) + 2);
    let note = text::clip_words(note, room, theme);
    let line = text::draw_left_right_line(
        vec![Span::styled(title.to_owned(), theme.style(Role::Title))],
        vec![Span::styled(note, theme.style(Role::Dim))],
        columns,
    );
    [Line::default(), line]
}

/// SQL or a command to copy: a quiet block.
pub fn draw_code_block(
    text: &str,
    indent: usize,
    columns: usize,
    theme: Theme,
) -> Vec<Line<'static>> {
    let room = columns.saturating_sub(indent + 2);
    let parts: Vec<String> = visible_lines(text.trim_end())
        .lines()
        .flat_map(|line| {
            // the blanks a line begins with are part of it
            let lead = (line.len() - line.trim_start_matches(' ').len()).min(room / 2);
            text::wrap_columns(line.trim_start_matches(' '), room - lead)
                .into_iter()
                .map(move |part| format!("{}{part}", " ".repeat(lead)))
        })
        .collect();
    // statements have the colours that they have in a difference; commands are all one word each
    let sql = is_sql(text);
    let runs = if sql {
        syntax::scan_lines("a.sql", parts.iter().map(String::as_str))
    } else {
        Vec::new()
    };
    let plain = theme.style(if sql { Role::Text } else { Role::Code });
    let coloured = parts.into_iter().enumerate().map(|(at, part)| {
        let runs = runs.get(at).map_or(&[][..], Vec::as_slice);
        let code = syntax::colour_parts(&[(false, part)], runs, |_, token| {
            style_token(theme, token, plain, false)
        });
        let lead = vec![
            Span::raw(" ".repeat(indent)),
            Span::styled(format!("{} ", theme.bar()), theme.style(Role::Line)),
        ];
        Line::from([lead, code].concat())
    });
    coloured.collect()
}

/// Whether a text to copy is a statement for a database rather than a command of a shell.
fn is_sql(text: &str) -> bool {
    // `set -e` and `with` begin lines of a shell, too
    const BEGINS: [&str; 14] = [
        "alter", "begin", "comment", "create", "delete", "drop", "explain", "grant", "insert",
        "rename", "select", "truncate", "update", "--",
    ];
    let word = text.split_whitespace().next().unwrap_or_default();
    BEGINS.iter().any(|begin| word.eq_ignore_ascii_case(begin))
}

/// A place in words: `path:12`.
pub fn find_reason_place(evidence: &Evidence) -> String {
    match (&evidence.path, evidence.line, &evidence.commit) {
        (Some(path), Some(line), _) => format!("{path}:{line}"),
        (Some(path), None, _) => path.to_string(),
        (None, _, Some(commit)) => format!("commit {}", shorten_commit_id(commit)),
        _ => "no place is known".to_owned(),
    }
}

/// The first characters of a commit's id.
pub fn shorten_commit_id(commit: &str) -> String {
    escape_invisible(&commit.chars().take(10).collect::<String>()).into_owned()
}

/// The style of a token on text of a style. `changed`: the line was added or removed, and its words
/// keep the colour that says so.
pub fn style_token(theme: Theme, token: Token, plain: Style, changed: bool) -> Style {
    let own = match token {
        Token::Plain => return plain,
        Token::Keyword | Token::Key => theme.style(Role::Keyword),
        Token::Quoted => theme.style(Role::Quoted),
        Token::Number => theme.style(Role::Number),
        Token::Comment => theme.style(Role::Comment),
    };
    match token {
        Token::Keyword if changed => plain.add_modifier(Modifier::BOLD),
        Token::Key if changed => plain,
        Token::Comment if changed => plain.add_modifier(own.add_modifier),
        _ => plain.patch(own),
    }
}

/// Lines of a source with their numbers, in the colours of the language of the path; one of them is
/// lit.
pub fn draw_source_lines(
    path: &str,
    lines: &[(usize, String)],
    lit: Option<usize>,
    columns: usize,
    theme: Theme,
) -> Vec<Line<'static>> {
    let digits = lines
        .iter()
        .map(|(number, _)| number.to_string().len())
        .max()
        .unwrap_or(1);
    let runs = syntax::scan_lines(path, lines.iter().map(|(_, text)| text.as_str()));
    lines
        .iter()
        .enumerate()
        .map(|(at, (number, text))| {
            let here = lit == Some(*number);
            let mark = if here { theme.cursor() } else { " " };
            let plain = theme.style(if here { Role::Strong } else { Role::Dim });
            let runs = runs.get(at).map_or(&[][..], Vec::as_slice);
            let text = [(false, text.clone())];
            let text = syntax::colour_parts(&text, runs, |_, token| {
                style_token(theme, token, plain, false)
            });
            let room = columns.saturating_sub(digits + 4);
            let mut spans = vec![
                Span::styled(
                    format!("{mark}{number:>digits$} "),
                    theme.style(if here { Role::Focus } else { Role::Dim }),
                ),
                Span::styled(
                    format!("{} ", theme.bar()),
                    theme.style(if here { Role::Focus } else { Role::Line }),
                ),
            ];
            spans.extend(cut_span_columns(text, 0, room, theme));
            Line::from(spans)
        })
        .collect()
}

/// The excerpt of an evidence as numbered lines; its first line is the place itself.
pub fn number_excerpt_lines(evidence: &Evidence) -> Vec<(usize, String)> {
    let first = evidence.line.unwrap_or(1);
    evidence
        .excerpt
        .as_ref()
        .map(|text| {
            text.shown_lines()
                .lines()
                .enumerate()
                .map(|(at, line)| (first.saturating_add(at), line.to_owned()))
                .collect()
        })
        .unwrap_or_default()
}

/// Columns `from .. from + columns` of some spans; marks on both sides say that something is cut
/// off there.
pub fn cut_span_columns(
    spans: Vec<Span<'static>>,
    from: usize,
    columns: usize,
    theme: Theme,
) -> Vec<Span<'static>> {
    let total = text::spans_width(&spans);
    if from == 0 && total <= columns {
        return spans;
    }
    let (left, right) = (from > 0, total > from + columns);
    let dim = theme.style(Role::Dim);
    let (start, end) = (
        from + usize::from(left),
        (from + columns).saturating_sub(usize::from(right)),
    );
    let mut out = Vec::new();
    if left {
        out.push(Span::styled(theme.ellipsis(), dim));
    }
    let mut at = 0;
    for span in spans {
        let mut text = String::new();
        for grapheme in span.content.graphemes(true) {
            let wide = text::measure_text_width(grapheme);
            if at >= start && at + wide <= end {
                text.push_str(grapheme);
            }
            at += wide;
        }
        if !text.is_empty() {
            out.push(Span::styled(text, span.style));
        }
    }
    if right {
        out.push(Span::styled(theme.ellipsis(), dim));
    }
    out
}

/// Spans in rows of at most so many columns, broken anywhere: for program text, whose blanks mean
/// something.
pub fn fold_spans(spans: Vec<Span<'static>>, columns: usize) -> Vec<Vec<Span<'static>>> {
    let columns = columns.max(2);
    let mut rows: Vec<Vec<Span<'static>>> = vec![Vec::new()];
    let mut used = 0;
    for span in spans {
        let mut text = String::new();
        for grapheme in span.content.graphemes(true) {
            let wide = text::measure_text_width(grapheme);
            if used + wide > columns {
                if let Some(row) = rows.last_mut() {
                    row.push(Span::styled(std::mem::take(&mut text), span.style));
                }
                rows.push(Vec::new());
                used = 0;
            }
            text.push_str(grapheme);
            used += wide;
        }
        if let Some(row) = rows.last_mut() {
            row.push(Span::styled(text, span.style));
        }
    }
    rows
}

/// A glyph and a word in a column of its own.
pub fn marked_word(
    theme: Theme,
    role: Role,
    glyph: &str,
    word: &str,
    columns: usize,
) -> Span<'static> {
    Span::styled(
        text::pad_text(
            &text::clip_text(&format!("{glyph} {word}"), columns, theme),
            columns,
        ),
        theme.style(role),
    )
}

/// The step that makes the way back possible, to copy.
pub fn draw_step_block(model: &Model, step: &str, columns: usize) -> Vec<Line<'static>> {
    let theme = model.theme;
    let mut lines =
        draw_small_heading("Makes the way back possible", "Y copies it", columns, theme).to_vec();
    lines.extend(draw_code_block(step, 0, columns, theme));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::text::Span;

    use crate::model::Evidence;
    use crate::tui::draw::text;
    use crate::tui::theme::Theme;

    fn joined(spans: &[Span]) -> String {
        spans.iter().map(|span| span.content.as_ref()).collect()
    }

    #[test]
    fn cut_lines_say_on_which_side_something_is_missing() {
        let theme = Theme::default();
        let spans = || vec![Span::raw("abc"), Span::raw("def日本")];
        assert_eq!(
            joined(&cut_span_columns(spans(), 0, 10, theme)),
            "abcdef日本"
        );
        assert_eq!(joined(&cut_span_columns(spans(), 0, 5, theme)), "abcd…");
        assert_eq!(joined(&cut_span_columns(spans(), 2, 5, theme)), "…def…");
        assert_eq!(joined(&cut_span_columns(spans(), 5, 9, theme)), "…日本");
        for (from, columns) in (0..12).flat_map(|from| (1..12).map(move |columns| (from, columns)))
        {
            assert!(
                text::spans_width(&cut_span_columns(spans(), from, columns, theme))
                    <= columns.max(2),
                "{from} {columns}"
            );
        }
    }

    #[test]
    fn folded_lines_hold_everything_and_fit() {
        for columns in 2..10 {
            let rows = fold_spans(vec![Span::raw("abc"), Span::raw("def日本語")], columns);
            assert_eq!(
                rows.iter().map(|row| joined(row)).collect::<String>(),
                "abcdef日本語"
            );
            assert!(rows.iter().all(|row| text::spans_width(row) <= columns));
        }
    }

    #[test]
    fn a_place_names_what_is_known() {
        assert_eq!(find_reason_place(&Evidence::at("a/b.rs", 3)), "a/b.rs:3");
        assert_eq!(
            find_reason_place(&Evidence {
                commit: Some("f".repeat(40)),
                ..Evidence::default()
            }),
            "commit ffffffffff"
        );
    }
}
