//! The release picker: first what is live, then what one would go back to.

use ratatui::Frame;
use ratatui::crossterm::event::{Event, KeyEvent};
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::{Next, Popup};
use crate::model::Release;
use crate::session::EventKind;
use crate::tui::fuzzy::{FuzzyNeedle, FuzzyRank, mark_matched_letters};
use crate::tui::model::Model;
use crate::tui::theme::Role;
use crate::tui::update::append_event;
use crate::tui::view::widgets;
use crate::tui::{Effect, key};

/// The picker.
#[derive(Debug, Clone)]
pub struct ReleasePicker {
    /// What is filtered by.
    filter: Input,
    /// Row under the cursor, among those that match.
    cursor: usize,
    /// What is live, once it was chosen.
    current: Option<Release>,
    offset: std::cell::Cell<usize>,
}

/// Opens the picker with the cursor on what is taken for live now.
pub fn open_release_picker(model: &mut Model) -> Vec<Effect> {
    if model.releases.is_empty() {
        model.warn("The releases are not read yet.");
        return Vec::new();
    }
    let cursor = model
        .releases
        .iter()
        .position(|release| release.version == model.current())
        .unwrap_or(0);
    model.popups.push(Popup::Pair(Box::new(ReleasePicker {
        filter: Input::default(),
        cursor,
        current: None,
        offset: std::cell::Cell::new(0),
    })));
    Vec::new()
}

/// Whether one could go back from `current` to a release: below it in its own line, which is newest
/// first, or not newer in another one.
fn lies_below(current: &Release, at: usize, release: &Release, place: usize) -> bool {
    if current.commit == release.commit {
        return false;
    }
    if current.scheme == release.scheme {
        return place > at;
    }
    match (current.time, release.time) {
        (Some(current), Some(time)) => time <= current,
        _ => true,
    }
}

/// A release with how well it fits and its matched letters.
type Matched<'a> = ((u8, Option<FuzzyRank>), Vec<usize>, &'a Release);

/// How well a release fits what was typed, best first: the version itself, one it begins up to a
/// dot, then as names are found everywhere; its line of releases counts behind its version.
fn match_release<'a>(
    release: &'a Release,
    typed: &str,
    needle: &mut FuzzyNeedle,
) -> Option<Matched<'a>> {
    let up_to_a_dot = match release.version.to_lowercase().strip_prefix(typed) {
        Some("") => 0,
        Some(rest) if typed.ends_with('.') || rest.starts_with(['.', '-', '+']) => 1,
        _ => 2,
    };
    // among those that begin so, lists stay newest first
    if typed.is_empty() {
        return Some(((0, None), Vec::new(), release));
    }
    if let Some((rank, letters)) = needle.find(&release.version) {
        return Some(((up_to_a_dot, Some(rank)), letters, release));
    }
    needle
        .find(&release.scheme)
        .map(|(rank, _)| ((3, Some(rank)), Vec::new(), release))
}

impl ReleasePicker {
    /// Whether what is live was chosen already.
    pub fn has_current(&self) -> bool {
        self.current.is_some()
    }

    fn matching<'a>(&self, model: &'a Model) -> Vec<&'a Release> {
        self.matched(model)
            .into_iter()
            .map(|(_, _, release)| release)
            .collect()
    }

    fn matched<'a>(&self, model: &'a Model) -> Vec<Matched<'a>> {
        // `/` begins a search everywhere else
        let typed = self
            .filter
            .value()
            .trim()
            .trim_start_matches('/')
            .trim_start_matches('v')
            .to_lowercase();
        let mut needle = FuzzyNeedle::new(&typed);
        let at = self.current.as_ref().and_then(|current| {
            model
                .releases
                .iter()
                .position(|one| one.commit == current.commit && one.version == current.version)
        });
        let older = |place: usize, release: &Release| match (&self.current, at) {
            (Some(current), Some(at)) => lies_below(current, at, release, place),
            _ => true,
        };
        let mut rows: Vec<Matched<'a>> = model
            .releases
            .iter()
            .enumerate()
            .filter(|(place, release)| older(*place, release))
            .filter_map(|(_, release)| match_release(release, &typed, &mut needle))
            .collect();
        // lists are newest first, and stay so among those that fit alike
        rows.sort_by_key(|(rank, ..)| *rank);
        rows
    }

    /// A key.
    pub fn key(&mut self, model: &mut Model, event: &KeyEvent) -> (Next, Vec<Effect>) {
        let name = key::spell_key(event).unwrap_or_default();
        let len = self.matching(model).len();
        match name.as_str() {
            "esc" | "ctrl-c" => match self.current.take() {
                Some(current) => {
                    self.filter = Input::default();
                    self.cursor = model
                        .releases
                        .iter()
                        .position(|release| release.commit == current.commit)
                        .unwrap_or(0);
                }
                None => return (Next::Close, Vec::new()),
            },
            "up" => self.cursor = self.cursor.saturating_sub(1),
            "down" => self.cursor = (self.cursor + 1).min(len.saturating_sub(1)),
            "pgup" => self.cursor = self.cursor.saturating_sub(10),
            "pgdn" => self.cursor = (self.cursor + 10).min(len.saturating_sub(1)),
            "home" => self.cursor = 0,
            "end" => self.cursor = len.saturating_sub(1),
            "enter" => {
                let Some(release) = self
                    .matching(model)
                    .get(self.cursor)
                    .map(|release| (*release).clone())
                else {
                    return (Next::Stay, Vec::new());
                };
                return self.take(model, release);
            }
            "/" if self.filter.value().is_empty() => {}
            _ => {
                self.filter.handle_event(&Event::Key(*event));
                self.cursor = 0;
            }
        }
        (Next::Stay, Vec::new())
    }

    fn take(&mut self, model: &mut Model, release: Release) -> (Next, Vec<Effect>) {
        let Some(current) = self.current.clone() else {
            self.filter = Input::default();
            self.current = Some(release.clone());
            // the next lower one of the same line is what one would usually go back to: lists are
            // newest first
            let after = model
                .releases
                .iter()
                .position(|one| one.commit == release.commit && one.scheme == release.scheme)
                .unwrap_or(0);
            let below = model.releases.iter().skip(after + 1).find(|one| {
                one.scheme == release.scheme && (release.prerelease || !one.prerelease)
            });
            let rows = self.matching(model);
            self.cursor = below
                .and_then(|below| {
                    rows.iter()
                        .position(|row| row.commit == below.commit && row.version == below.version)
                })
                .unwrap_or(0);
            return (Next::Stay, Vec::new());
        };
        let (previous, current) = (find_release_key(&release), find_release_key(&current));
        let says = format!("{current} is live; going back would mean {previous}");
        let mut effects = vec![Effect::Reassess {
            previous: previous.clone(),
            current: current.clone(),
        }];
        model.reading = crate::tui::model::ReadingProgress {
            opened: true,
            ..Default::default()
        };
        model.assessment = None;
        model.quick = None;
        model.decided = None;
        if model.writable {
            effects.push(append_event(
                model,
                EventKind::PairConfirmed { previous, current },
                says,
            ));
        }
        (Next::Close, effects)
    }

    /// Pasted text.
    pub fn paste(&mut self, text: &str) {
        self.filter = Input::new(super::one_line(text));
        self.cursor = 0;
    }

    /// Draws it.
    pub fn draw(&self, frame: &mut Frame, body: Rect, model: &Model) {
        let theme = model.theme;
        let rows = u16::try_from(model.releases.len())
            .unwrap_or(u16::MAX)
            .saturating_add(4);
        let area = widgets::centre_area(body, body.width.saturating_sub(8).min(72), rows);
        let title = match &self.current {
            None => "What is live?".to_owned(),
            Some(current) => format!("{} is live; what would one go back to?", current.version),
        };
        let inner = widgets::draw_popup_frame(frame, area, model, &title);
        let columns = usize::from(inner.width);
        let head = if self.filter.value().is_empty() {
            Line::styled(
                "type to filter; Enter chooses, Esc goes back",
                theme.style(Role::Dim),
            )
        } else {
            Line::from(vec![
                Span::styled("filter: ", theme.style(Role::Dim)),
                Span::styled(self.filter.value().to_owned(), theme.style(Role::Strong)),
            ])
        };
        frame.render_widget(
            Paragraph::new(head),
            Rect {
                height: 1.min(inner.height),
                ..inner
            },
        );
        let rest = Rect {
            y: inner.y + 2.min(inner.height),
            height: inner.height.saturating_sub(2),
            ..inner
        };
        let rows = self.matched(model);
        let fit = usize::from(rest.height);
        let mut offset = self.offset.get().min(rows.len().saturating_sub(fit));
        if self.cursor < offset {
            offset = self.cursor;
        }
        if fit > 0 && self.cursor >= offset + fit {
            offset = self.cursor + 1 - fit;
        }
        self.offset.set(offset);
        let lines: Vec<Line> = rows
            .iter()
            .enumerate()
            .skip(offset)
            .take(fit)
            .map(|(at, (_, letters, release))| {
                let here = at == self.cursor;
                let day = release
                    .time
                    .map(|time| time.strftime("%Y-%m-%d").to_string())
                    .unwrap_or_default();
                let scheme = if release.scheme == "v" || release.scheme.is_empty() {
                    String::new()
                } else {
                    format!("  {}", crate::model::escape_invisible(&release.scheme))
                };
                let right = format!(
                    "{day}  {}",
                    release.commit.chars().take(9).collect::<String>()
                );
                let columns = columns.saturating_sub(2);
                let room = columns.saturating_sub(right.len() + 2);
                let mut left = vec![Span::styled(
                    format!("{} ", if here { theme.cursor() } else { " " }),
                    theme.style(Role::Focus),
                )];
                left.extend(mark_matched_letters(
                    &crate::model::escape_invisible(&release.version),
                    letters,
                    theme.style(if here { Role::Strong } else { Role::Text }),
                    theme.style(Role::Match),
                ));
                left.push(Span::styled(scheme, theme.style(Role::Dim)));
                widgets::draw_left_right_line(
                    widgets::fit_spans(left, room, theme),
                    vec![Span::styled(right, theme.style(Role::Dim))],
                    columns,
                )
            })
            .collect();
        let lines = if lines.is_empty() {
            vec![Line::styled(
                if self.current.is_some() {
                    "No older release matches."
                } else {
                    "No release matches."
                },
                theme.style(Role::Dim),
            )]
        } else {
            lines
        };
        frame.render_widget(Paragraph::new(lines), rest);
        widgets::scroll_mark(frame, rest, theme, offset, fit, rows.len());
    }
}

/// What finds a release again: its tag, or its version.
fn find_release_key(release: &Release) -> String {
    release
        .tag
        .clone()
        .unwrap_or_else(|| release.version.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(version: &str, day: i64) -> Release {
        Release {
            version: version.to_owned(),
            commit: format!("{version:0>40}"),
            time: jiff::Timestamp::from_second(1_700_000_000 + day * 86_400).ok(),
            tag: Some(format!("v{version}")),
            scheme: "v".to_owned(),
            prerelease: false,
        }
    }

    fn model() -> Model {
        let mut model = crate::tui::sample::make_sample_model();
        let versions = [
            ("4.1.0", 90),
            ("4.0.25", 89),
            ("4.0.20", 60),
            ("4.0.2", 20),
            ("4.0.1", 10),
            ("4.0.0", 5),
            ("3.14.0", 3),
            ("3.4.0", 1),
        ];
        model.releases = versions
            .map(|(version, day)| release(version, day))
            .to_vec();
        model
    }

    fn shown(typed: &str, current: Option<&str>) -> Vec<String> {
        let model = model();
        let current = current.and_then(|version| {
            model
                .releases
                .iter()
                .find(|release| release.version == version)
                .cloned()
        });
        let pair = ReleasePicker {
            filter: Input::new(typed.to_owned()),
            cursor: 0,
            current,
            offset: std::cell::Cell::new(0),
        };
        pair.matching(&model)
            .into_iter()
            .map(|release| release.version.clone())
            .collect()
    }

    #[test]
    fn the_exact_version_is_first_then_one_it_begins_up_to_a_dot() {
        assert_eq!(shown("4.0.2", None), ["4.0.2", "4.0.25", "4.0.20"]);
        assert_eq!(shown("v4.0.2", None)[0], "4.0.2");
        assert_eq!(shown("/4.0.2", None)[0], "4.0.2");
        assert_eq!(shown("4.0", None)[..2], ["4.0.25", "4.0.20"]);
        assert_eq!(shown("3", None)[..2], ["3.14.0", "3.4.0"]);
        assert!(shown("9", None).is_empty());
    }

    #[test]
    fn only_older_releases_are_there_to_go_back_to() {
        assert_eq!(
            shown("", Some("4.0.2")),
            ["4.0.1", "4.0.0", "3.14.0", "3.4.0"]
        );
        assert_eq!(
            shown("4", Some("4.0.20"))[0],
            "4.0.2",
            "the newest one below it"
        );
    }

    #[test]
    fn a_slash_begins_no_filter() {
        let mut model = model();
        open_release_picker(&mut model);
        let Some(Popup::Pair(mut pair)) = model.popups.pop() else {
            panic!()
        };
        for name in ["/", "4"] {
            pair.key(&mut model, &key::make_key_event(name));
        }
        assert_eq!(pair.filter.value(), "4");
    }
}
