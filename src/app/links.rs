//! Links in the terminal (OSC 8): written behind a frame, over the text that is there already, so
//! that the frame itself holds no sequences.

use std::io::Write;

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::{Buffer, Cell};

use crate::tui::draw::links::ScreenLink;

/// Whether the terminal has links, as far as its environment says. Inside of tmux and screen it is
/// not known, so they are off; `FORCE_HYPERLINK=1` switches them on, `0` off.
pub fn has_links(of: impl Fn(&str) -> Option<String>) -> bool {
    if let Some(forced) = of("FORCE_HYPERLINK") {
        return !matches!(forced.as_str(), "" | "0");
    }
    let term = of("TERM").unwrap_or_default();
    if of("TMUX").is_some() || of("STY").is_some() || term == "dumb" {
        return false;
    }
    let number = |name: &str| {
        of(name)
            .and_then(|value| value.parse::<u32>().ok())
            .unwrap_or(0)
    };
    let program = of("TERM_PROGRAM").unwrap_or_default();
    matches!(
        program.as_str(),
        "iTerm.app" | "WezTerm" | "vscode" | "ghostty" | "rio" | "Hyper"
    ) || number("VTE_VERSION") >= 5_000
        || number("KONSOLE_VERSION") >= 201_200
        || of("WT_SESSION").is_some()
        || of("KITTY_WINDOW_ID").is_some()
        || [
            "xterm-kitty",
            "xterm-ghostty",
            "foot",
            "alacritty",
            "contour",
        ]
        .iter()
        .any(|known| term.starts_with(known))
}

/// What was written as links, so that it is written once.
#[derive(Debug, Default)]
pub struct WrittenLinks(Vec<(ScreenLink, Vec<Cell>)>);

impl WrittenLinks {
    /// The whole screen is drawn anew: nothing is written yet.
    pub fn forget(&mut self) {
        self.0.clear();
    }

    /// Writes the links of a frame that are new or whose text changed.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn write<W: Write>(
        &mut self,
        backend: &mut CrosstermBackend<W>,
        buffer: &Buffer,
        links: Vec<ScreenLink>,
    ) -> std::io::Result<()> {
        let mut now = Vec::with_capacity(links.len());
        for link in links {
            let columns = link.x..link.x + link.width;
            let cells: Vec<Cell> = columns.map(|x| buffer[(x, link.y)].clone()).collect();
            let known = self
                .0
                .iter()
                .any(|(one, text)| *one == link && *text == cells);
            if !known {
                write!(backend, "\x1b]8;;{}\x1b\\", link.address)?;
                backend.draw((link.x..).zip(&cells).map(|(x, cell)| (x, link.y, cell)))?;
                write!(backend, "\x1b]8;;\x1b\\")?;
            }
            now.push((link, cells));
        }
        self.0 = now;
        Backend::flush(backend)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::backend::CrosstermBackend;
    use ratatui::buffer::Buffer;

    use crate::tui::draw::links::ScreenLink;

    #[test]
    fn only_known_terminals_get_links() {
        let with = |set: &'static [(&'static str, &'static str)]| {
            has_links(|name| {
                set.iter()
                    .find(|(one, _)| *one == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(!with(&[]));
        assert!(!with(&[("TERM", "xterm-256color")]));
        assert!(with(&[("VTE_VERSION", "7600")]));
        assert!(!with(&[("VTE_VERSION", "7600"), ("TMUX", "/tmp/x")]));
        assert!(with(&[("TERM", "xterm-kitty")]));
        assert!(with(&[("FORCE_HYPERLINK", "1"), ("TMUX", "/tmp/x")]));
        assert!(!with(&[("FORCE_HYPERLINK", "0"), ("TERM", "xterm-kitty")]));
    }

    #[test]
    fn a_link_is_written_once_and_again_when_its_text_changes() {
        let mut buffer = Buffer::with_lines(["see #12 there"]);
        let link = ScreenLink {
            x: 4,
            y: 0,
            width: 3,
            address: "https://github.com/a/b/pull/12".to_owned(),
        };
        let mut written = WrittenLinks::default();
        let mut out = |buffer: &Buffer| {
            let mut bytes = Vec::new();
            let mut backend = CrosstermBackend::new(&mut bytes);
            written
                .write(&mut backend, buffer, vec![link.clone()])
                .unwrap();
            String::from_utf8(bytes).unwrap()
        };
        let first = out(&buffer);
        assert!(
            first.starts_with("\x1b]8;;https://github.com/a/b/pull/12\x1b\\"),
            "{first:?}"
        );
        assert!(
            first.contains("#12") && first.ends_with("\x1b]8;;\x1b\\"),
            "{first:?}"
        );
        assert_eq!(out(&buffer), "");
        buffer[(4, 0)].set_style(ratatui::style::Modifier::BOLD);
        assert!(!out(&buffer).is_empty());
    }
}
