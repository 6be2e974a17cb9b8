//! Keys: the release picker.

use ratatui::crossterm::event::{Event, KeyEvent};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use crate::model::Release;
use crate::session::EventKind;
use crate::tui::effect::Effect;
use crate::tui::key;
use crate::tui::model::{Model, ReadingProgress};
use crate::tui::popup::next::Next;
use crate::tui::popup::pair::query::find_release_key;
use crate::tui::popup::pair::state::ReleasePicker;
use crate::tui::recording::append_event;

impl ReleasePicker {
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
            "enter" => return self.choose_row(model),
            "/" if self.filter.value().is_empty() => {}
            _ => {
                self.filter.handle_event(&Event::Key(*event));
                self.cursor = 0;
            }
        }
        (Next::Stay, Vec::new())
    }

    /// The release under the cursor is chosen; where none matches, nothing happens.
    pub(crate) fn choose_row(&mut self, model: &mut Model) -> (Next, Vec<Effect>) {
        let release = self
            .matching(model)
            .get(self.cursor)
            .map(|release| (*release).clone());
        match release {
            Some(release) => self.take(model, release),
            None => (Next::Stay, Vec::new()),
        }
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
        model.reading = ReadingProgress {
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
}
