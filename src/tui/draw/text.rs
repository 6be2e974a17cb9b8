//! Text in columns: measured, cut, wrapped, padded.

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::tui::theme::{Role, Theme};

/// Display columns of a text.
pub fn measure_text_width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The text cut to so many columns, with an ellipsis where something is missing.
pub fn clip_text(text: &str, columns: usize, theme: Theme) -> String {
    if measure_text_width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let wide = measure_text_width(grapheme);
        if used + wide + 1 > columns {
            break;
        }
        used += wide;
        out.push_str(grapheme);
    }
    if columns > 0 {
        out.push_str(theme.ellipsis());
    }
    out
}

/// Columns `from .. from + columns` of a text.
pub fn slice_text_columns(text: &str, from: usize, columns: usize) -> String {
    let mut out = String::new();
    let (mut at, mut used) = (0, 0);
    for grapheme in text.graphemes(true) {
        let wide = measure_text_width(grapheme);
        if at >= from {
            if used + wide > columns {
                break;
            }
            used += wide;
            out.push_str(grapheme);
        }
        at += wide;
    }
    out
}

/// The text with blanks behind it up to so many columns.
pub fn pad_text(text: &str, columns: usize) -> String {
    format!(
        "{text}{}",
        " ".repeat(columns.saturating_sub(measure_text_width(text)))
    )
}

/// The text with blanks before it, for numbers.
pub fn pad_left(text: &str, columns: usize) -> String {
    format!(
        "{}{text}",
        " ".repeat(columns.saturating_sub(measure_text_width(text)))
    )
}

/// Columns of the widest mark of a list, such as `10.`.
const MARK: usize = 3;

/// The text in lines of at most so many columns, broken at blanks; words that are too long are
/// broken inside. Never empty.
pub fn wrap_columns(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let (mut used, mut begun) = (0, false);
        for word in paragraph.split(' ') {
            let wide = measure_text_width(word);
            if begun && used + 1 + wide <= columns {
                line.push(' ');
                line.push_str(word);
                used += 1 + wide;
                continue;
            }
            // the mark of a list is not left alone by a word that is broken anyway
            let mut word = word;
            if begun && used > 0 && used <= MARK && wide > columns && columns > used + 1 {
                let first = slice_text_columns(word, 0, columns - used - 1);
                line.push(' ');
                line.push_str(&first);
                word = word.get(first.len()..).unwrap_or_default();
                lines.push(std::mem::take(&mut line));
                used = 0;
            } else if begun && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            begun = true;
            let wide = measure_text_width(word);
            if wide <= columns {
                line.push_str(word);
                used = wide;
                continue;
            }
            for piece in crate::model::split_long_word(word, columns) {
                if used > 0 {
                    lines.push(std::mem::take(&mut line));
                }
                line.push_str(piece);
                used = measure_text_width(piece);
            }
        }
        lines.push(line);
    }
    lines
}

/// Lines of a wrapped text in one style.
pub fn draw_wrapped_text(text: &str, columns: usize, style: Style) -> Vec<Line<'static>> {
    wrap_columns(text, columns)
        .into_iter()
        .map(|line| Line::styled(line, style))
        .collect()
}

/// The text in at most so many lines, cut between words, with an ellipsis at the end of the last
/// where more is to come. Long paths give way before words do.
pub fn wrap_most(text: &str, columns: usize, most: usize, theme: Theme) -> Vec<String> {
    let most = most.max(1);
    let mut lines = wrap_columns(text, columns);
    if lines.len() > most {
        let least = (columns / 2).max(LEAST_OF_PATH);
        let short = crate::model::shorten_paths_in(text, least, theme.ellipsis());
        lines = wrap_columns(&short, columns);
    }
    if lines.len() > most {
        let rest = lines.split_off(most - 1).join(" ");
        lines.push(clip_words(&rest, columns, theme));
    }
    lines
}

/// A label in a column of its own and a wrapped text beside it.
pub fn draw_labelled_row(
    label: &str,
    label_width: usize,
    says: &str,
    columns: usize,
    label_style: Style,
    style: Style,
) -> Vec<Line<'static>> {
    wrap_columns(says, columns.saturating_sub(label_width))
        .into_iter()
        .enumerate()
        .map(|(at, part)| {
            Line::from(vec![
                Span::styled(
                    pad_text(if at == 0 { label } else { "" }, label_width),
                    label_style,
                ),
                Span::styled(part, style),
            ])
        })
        .collect()
}

/// Text on the left and on the right of one line.
pub fn draw_left_right_line(
    left: Vec<Span<'static>>,
    right: Vec<Span<'static>>,
    columns: usize,
) -> Line<'static> {
    let used: usize = left
        .iter()
        .chain(&right)
        .map(|span| measure_text_width(&span.content))
        .sum();
    let mut spans = left;
    spans.push(Span::raw(" ".repeat(columns.saturating_sub(used))));
    spans.extend(right);
    Line::from(spans)
}

/// Columns of some spans.
pub fn spans_width(spans: &[Span]) -> usize {
    spans
        .iter()
        .map(|span| measure_text_width(&span.content))
        .sum()
}

/// A word with a glyph before it, in the style of its role.
pub fn draw_badge(theme: Theme, role: Role, glyph: &str, word: &str) -> Span<'static> {
    let text = if glyph.is_empty() {
        word.to_owned()
    } else {
        format!("{glyph} {word}")
    };
    Span::styled(text, theme.style(role))
}

/// A word of more columns than this is a name or a path: it may be cut where so many of its columns
/// have room.
const LONG_NAME: usize = 20;

const LEAST_OF_NAME: usize = 12;

/// Fewest columns that a path is shortened to, so that words stay.
const LEAST_OF_PATH: usize = 16;

/// A path in so many columns, its middle left out.
pub fn clip_path(path: &str, columns: usize, theme: Theme) -> String {
    crate::model::shorten_path(path, columns, theme.ellipsis()).into_owned()
}

/// A sentence in lines that paths wider than a line do not break: their middle is left out.
pub fn fit_paths(text: &str, columns: usize, theme: Theme) -> String {
    crate::model::shorten_paths_in(text, columns, theme.ellipsis())
}

/// The text with its longest path shortened, where that alone makes it fit.
fn fit_longest_path(text: &str, columns: usize, theme: Theme) -> Option<String> {
    let over = measure_text_width(text).saturating_sub(columns);
    let word = text
        .split(' ')
        .filter(|word| word.contains('/') && !word.contains("://"))
        .max_by_key(|word| measure_text_width(word))?;
    let room = measure_text_width(word)
        .checked_sub(over)
        .filter(|room| *room >= LEAST_OF_PATH)?;
    let short = fit_paths(word, room, theme);
    let fits = text.replacen(word, &short, 1);
    (measure_text_width(&fits) <= columns).then_some(fits)
}

/// The beginning of a text that is too long, cut between two words, with an ellipsis; a first word
/// that is longer is cut inside. A path gives way first: what is done there says more.
pub fn clip_words(text: &str, columns: usize, theme: Theme) -> String {
    if measure_text_width(text) <= columns {
        return text.to_owned();
    }
    if let Some(fits) = fit_longest_path(text, columns, theme) {
        return fits;
    }
    let room = columns.saturating_sub(2);
    let mut out = String::new();
    for word in text.split(' ') {
        let gap = usize::from(!out.is_empty());
        let left = room.saturating_sub(measure_text_width(&out) + gap);
        if measure_text_width(word) > left {
            // a name that is longer than most words would leave the row half empty
            if !out.is_empty() && left >= LEAST_OF_NAME && measure_text_width(word) > LONG_NAME {
                let name = if word.contains('/') {
                    clip_path(word, left + 1, theme)
                } else {
                    clip_text(word, left + 1, theme)
                };
                return format!("{out} {name}");
            }
            break;
        }
        if gap > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
    if out.is_empty() {
        let word = text.split(' ').next().unwrap_or_default();
        return if word.contains('/') {
            clip_path(word, columns, theme)
        } else {
            clip_text(text, columns, theme)
        };
    }
    format!(
        "{} {}",
        out.trim_end_matches([',', ';', ':']),
        theme.ellipsis()
    )
}

/// Spans cut to so many columns.
pub fn fit_spans(spans: Vec<Span<'static>>, columns: usize, theme: Theme) -> Vec<Span<'static>> {
    let mut left = columns;
    let total = spans_width(&spans);
    if total <= columns {
        return spans;
    }
    let mut out = Vec::new();
    for span in spans {
        let wide = measure_text_width(&span.content);
        if wide < left {
            left -= wide;
            out.push(span);
            continue;
        }
        // one column more than fits, so that the ellipsis shows
        let text = if wide == left {
            format!(
                "{}{}",
                clip_text(&span.content, left.saturating_sub(1), theme),
                ""
            )
        } else {
            clip_text(&span.content, left, theme)
        };
        out.push(Span::styled(text, span.style));
        break;
    }
    out
}

/// Spans with the hits of a search in another style. Hits across spans are not marked.
pub fn mark_search_hits(
    spans: Vec<Span<'static>>,
    needle: &str,
    style: Style,
) -> Vec<Span<'static>> {
    let mut out = Vec::new();
    for span in spans {
        let folded = span.content.to_lowercase();
        // folding may change lengths; then positions would lie
        if folded.len() != span.content.len() || !folded.contains(needle) {
            out.push(span);
            continue;
        }
        let mut from = 0;
        while let Some(found) = folded.get(from..).and_then(|rest| rest.find(needle)) {
            let (start, end) = (from + found, from + found + needle.len());
            let (Some(before), Some(hit)) =
                (span.content.get(from..start), span.content.get(start..end))
            else {
                break;
            };
            if !before.is_empty() {
                out.push(Span::styled(before.to_owned(), span.style));
            }
            out.push(Span::styled(hit.to_owned(), span.style.patch(style)));
            from = end;
        }
        if let Some(rest) = span.content.get(from..)
            && !rest.is_empty()
        {
            out.push(Span::styled(rest.to_owned(), span.style));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::text::Span;

    use crate::tui::theme::{Role, Theme};

    #[test]
    fn a_long_name_is_cut_rather_than_left_out() {
        let theme = Theme::default();
        let text = "4.0 still uses accounts_profile.team_limit, which is gone";
        let clipped = clip_words(text, 34, theme);
        assert!(
            clipped.starts_with("4.0 still uses accounts_") && measure_text_width(&clipped) <= 34,
            "{clipped}"
        );
        // ordinary words and short rests are left whole
        assert_eq!(clip_words("one two three", 9, theme), "one two …");
        assert_eq!(clip_words(text, 20, theme), "4.0 still uses …");
    }

    #[test]
    fn widths_count_columns() {
        let theme = Theme::default();
        assert_eq!(clip_text("日本語", 5, theme), "日本…");
        assert_eq!(clip_text("abc", 3, theme), "abc");
        assert_eq!(clip_path("src/very/long/path.rs", 12, theme), "…/path.rs");
        assert_eq!(slice_text_columns("abcdef", 2, 3), "cde");
        assert_eq!(pad_text("日", 4), "日  ");
        assert_eq!(pad_left("7", 3), "  7");
    }

    #[test]
    fn a_sentence_is_cut_between_words() {
        let theme = Theme::default();
        let says = "storefront calls POST /cards/verify, which 3.0.0 does not have.";
        assert_eq!(clip_words(says, 24, theme), "storefront calls POST …");
        assert_eq!(
            clip_words(says, 40, theme),
            "storefront calls POST /cards/verify …"
        );
        assert_eq!(clip_words(says, 80, theme), says);
        for columns in 1..70 {
            assert!(measure_text_width(&clip_words(says, columns, theme)) <= columns);
        }
    }

    #[test]
    fn a_path_gives_way_to_the_words_around_it() {
        let theme = Theme::default();
        let says = "it is gone (db/migrate/20250701161640_add_account_status.rb:18), see there";
        assert_eq!(
            clip_words(says, 62, theme),
            "it is gone (20250701161640_add…ccount_status.rb:18), see there"
        );
        let lines = wrap_most(says, 40, 2, theme);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines.join(" ").ends_with("rb:18), see there"), "{lines:?}");
        for columns in 1..80 {
            assert!(measure_text_width(&clip_words(says, columns, theme)) <= columns);
        }
    }

    #[test]
    fn text_wraps_at_blanks_and_breaks_long_words() {
        assert_eq!(wrap_columns("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap_columns("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap_columns("a\nb", 10), ["a", "b"]);
        assert_eq!(wrap_columns("", 10), [""]);
        assert_eq!(wrap_columns("   in three", 20), ["   in three"]);
        for columns in 1..12 {
            assert!(
                wrap_columns("日本語 with some words", columns)
                    .iter()
                    .all(|line| measure_text_width(line) <= columns.max(2))
            );
        }
    }

    #[test]
    fn spans_fit_and_search_hits_are_marked() {
        let theme = Theme::default();
        let spans = fit_spans(vec![Span::raw("abcdef"), Span::raw("ghi")], 7, theme);
        assert!(spans_width(&spans) <= 7);
        let spans = mark_search_hits(vec![Span::raw("abcabc")], "bc", theme.style(Role::Match));
        assert_eq!(spans.len(), 4);
    }
}
