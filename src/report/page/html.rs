//! Writing HTML so that no text from outside is ever markup: tags and attributes are constants of
//! this program, numbers are numbers, and everything else is text.

use crate::model::{escape_invisible, shorten_text, visible_lines};
use crate::report::person_names::PersonNames;

/// Longest text of one place, in characters; what is cut ends in an ellipsis.
const TEXT_LIMIT: usize = 700;
/// Most lines and characters of one quoted block.
const BLOCK_LIMIT: (usize, usize) = (40, 3_000);

/// A part of a page being written.
pub(super) struct Html<'a> {
    out: String,
    names: &'a PersonNames,
}

impl<'a> Html<'a> {
    pub(super) fn new(names: &'a PersonNames) -> Self {
        Self {
            out: String::new(),
            names,
        }
    }

    /// Markup of this program.
    pub(super) fn raw(&mut self, markup: &'static str) {
        self.out.push_str(markup);
    }

    /// A number inside markup, to two places.
    pub(super) fn number(&mut self, number: f64) {
        let number = if number.is_finite() { number } else { 0.0 };
        self.out
            .push_str(&format!("{}", (number * 100.0).round() / 100.0 + 0.0));
    }

    /// Text of one line, from anywhere.
    pub(super) fn text(&mut self, text: &str) {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let line = self.names.clean(&line);
        escape_html(
            &mut self.out,
            &shorten_text(&escape_invisible(&line), TEXT_LIMIT),
        );
    }

    /// Text in an element.
    pub(super) fn element(&mut self, open: &'static str, text: &str, close: &'static str) {
        self.raw(open);
        self.text(text);
        self.raw(close);
    }

    /// Text of several lines, blanks kept.
    pub(super) fn block(&mut self, open: &'static str, text: &str, close: &'static str) {
        let shown = visible_lines(self.names.clean(text.trim_end()).as_str());
        let kept: Vec<&str> = shown.lines().take(BLOCK_LIMIT.0).collect();
        let kept = kept.join("\n");
        self.raw(open);
        escape_html(&mut self.out, &shorten_text(&kept, BLOCK_LIMIT.1));
        if shown.lines().count() > BLOCK_LIMIT.0 || kept.chars().count() > BLOCK_LIMIT.1 {
            self.raw("\n… cut here");
        }
        self.raw(close);
    }

    /// Said where a list was cut: what is left out, and where it is.
    pub(super) fn left_out(&mut self, number: usize, what: &str) {
        if number > 0 {
            self.element(
                "<p class=\"more\">",
                &format!("{number} more {what}"),
                "</p>",
            );
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}

/// Everything that could begin or end markup or an attribute becomes an entity.
fn escape_html(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}
