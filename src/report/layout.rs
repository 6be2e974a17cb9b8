//! Plain text in columns: wrapping by display width, labels on the left, hanging indents.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::model::{shorten_paths_in, visible_lines};

/// Narrowest and widest sheet: below, words no longer fit beside the labels; above, lines get too
/// long to read.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=120;
/// Blank columns on the left.
const MARGIN: usize = 2;
/// Fewest columns that a path is shortened to.
const LEAST_OF_PATH: usize = 24;
/// Columns of a label beside its text.
const LABEL: usize = 11;

/// `text` cut into lines of at most `width` columns at blanks; a word that is longer is cut where
/// it must be. Line feeds are kept.
pub(super) fn wrap_report_text(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut lines = Vec::new();
    for paragraph in visible_lines(text).split('\n') {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.width() + 1 + word.width() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            for piece in crate::model::split_long_word(word, width) {
                if !line.is_empty() && line.width() + piece.width() > width {
                    lines.push(std::mem::take(&mut line));
                }
                line.push_str(piece);
            }
        }
        lines.push(line);
    }
    lines
}

/// `text` in one line of at most `width` columns, with an ellipsis where it was cut.
pub(super) fn fit_report_text(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for piece in text.graphemes(true) {
        if out.width() + piece.width() + 1 > width {
            break;
        }
        out.push_str(piece);
    }
    format!("{}…", out.trim_end())
}

/// `text` with blanks up to `width` columns.
pub(super) fn pad_report_text(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// A page of text being written.
pub(super) struct ReportSheet {
    width: usize,
    out: String,
}

impl ReportSheet {
    pub(super) fn new(width: usize) -> Self {
        Self {
            width: width.clamp(*WIDTHS.start(), *WIDTHS.end()),
            out: String::new(),
        }
    }

    /// Columns between the margins.
    pub(super) fn room(&self) -> usize {
        self.width - 2 * MARGIN
    }

    pub(super) fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    /// One empty line, never two.
    pub(super) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    pub(super) fn rule(&mut self) {
        let rule = "─".repeat(self.width);
        self.line(&rule);
    }

    /// Left and right in one line; where they do not fit, right goes below.
    pub(super) fn ends(&mut self, left: &str, right: &str) {
        let room = self.room();
        if left.width() + right.width() + 2 <= room {
            let middle = " ".repeat(room - left.width() - right.width());
            self.line(&format!("  {left}{middle}{right}"));
        } else {
            self.hang("", left, 0);
            self.hang("", right, 0);
        }
    }

    /// The title of a part, with a few words on the right.
    pub(super) fn title(&mut self, title: &str, right: &str) {
        self.gap();
        self.rule();
        self.ends(&title.to_uppercase(), right);
        self.gap();
    }

    /// Text beside a label; lines after the first align with the first.
    pub(super) fn label(&mut self, label: &str, text: &str) {
        self.hang(label, text, LABEL);
    }

    /// Text beside a label on at most so many lines; where more would be needed the last ends with
    /// an ellipsis.
    pub(super) fn brief(&mut self, label: &str, text: &str, most: usize) {
        let room = self.room().saturating_sub(LABEL);
        let mut lines = wrap_report_text(text, room);
        if lines.len() > most.max(1) {
            // paths give way before words do
            let short = shorten_paths_in(text, LEAST_OF_PATH.max(room / 2), "…");
            lines = wrap_report_text(&short, room);
        }
        if lines.len() > most.max(1) {
            lines.truncate(most.max(1));
            if let Some(last) = lines.last_mut() {
                *last = fit_report_text(&format!("{last} …"), room);
            }
        }
        for (at, line) in lines.iter().enumerate() {
            self.hang(if at == 0 { label } else { "" }, line, LABEL);
        }
    }

    /// Text without a label, below text that had one.
    pub(super) fn below(&mut self, text: &str) {
        self.hang("", text, LABEL);
    }

    /// `lead` in a column of `indent`, the text wrapped beside it.
    pub(super) fn hang(&mut self, lead: &str, text: &str, indent: usize) {
        if text.is_empty() && lead.is_empty() {
            return;
        }
        let room = self.room().saturating_sub(indent);
        for (at, line) in wrap_report_text(text, room).iter().enumerate() {
            let lead = if at == 0 {
                pad_report_text(&fit_report_text(lead, indent.saturating_sub(1)), indent)
            } else {
                " ".repeat(indent)
            };
            self.line(&format!("{}{lead}{line}", " ".repeat(MARGIN)));
        }
    }

    /// SQL or commands: lines and their indentation as they are, only cut where they would leave
    /// the page.
    pub(super) fn code(&mut self, text: &str, indent: usize) {
        let room = self.room().saturating_sub(indent);
        for line in visible_lines(text).lines() {
            if line.width() <= room {
                self.line(&format!("{}{line}", " ".repeat(MARGIN + indent)));
                continue;
            }
            let lead = Some(line.len() - line.trim_start().len())
                .filter(|lead| lead + 16 <= room)
                .unwrap_or(0);
            for piece in wrap_report_text(line, room - lead) {
                self.line(&format!("{}{piece}", " ".repeat(MARGIN + indent + lead)));
            }
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.out.truncate(self.out.trim_end().len());
        self.out.push('\n');
        self.out
    }
}

/// The signs of our own reports in ASCII, for terminals and pipes without more (`--ascii`). Text
/// that is not ours stays as it is.
pub fn convert_report_to_ascii(report: &str) -> String {
    let mut out = String::with_capacity(report.len());
    for c in report.chars() {
        match c {
            '─' => out.push('-'),
            '·' => out.push('|'),
            '◀' => out.push_str("<-"),
            '→' => out.push_str("->"),
            '▸' => out.push('>'),
            '−' | '–' => out.push('-'),
            '…' => out.push_str("..."),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_wrap_by_what_they_take_on_screen() {
        assert_eq!(wrap_report_text("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap_report_text("日本語 日本語", 8), ["日本語", "日本語"]);
        assert_eq!(
            wrap_report_text("a/very/long/path.rs", 8),
            ["a/very/", "long/", "path.rs"]
        );
        assert_eq!(wrap_report_text("a\n\nb", 8), ["a", "", "b"]);
        assert_eq!(fit_report_text("häuser", 4), "häu…");
        assert_eq!(fit_report_text("日本語", 4), "日…");
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_the_page_and_nothing_is_lost(text in "[a-zé日\u{1b} ]{0,200}", width in 8_usize..90) {
            let lines = wrap_report_text(&text, width);
            for line in &lines {
                prop_assert!(line.width() <= width, "{line:?}");
            }
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&visible_lines(&text)));
        }
    }
}
