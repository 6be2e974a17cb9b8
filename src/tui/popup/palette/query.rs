//! What is shown and can be chosen: any action by its name.

use crate::tui::action::{Action, Availability, KeyContext};
use crate::tui::action_table::find::list_spec_keys;
use crate::tui::action_table::names::{NamedAction, list_named_actions, needs_its_key};
use crate::tui::fuzzy::{FuzzyNeedle, FuzzyRank};
use crate::tui::key;
use crate::tui::model::Model;
use crate::tui::popup::palette::state::ActionPalette;
use crate::tui::screen::Screen;

/// Why an action cannot be run from here.
pub(super) enum Off {
    /// It cannot be done now: a clause.
    Why(&'static str),
    /// It is done on another screen.
    On(KeyContext),
    /// Only by its key, with what it is about in sight.
    ByKey,
}

/// By name before by what it does, how well, off or not, and what comes last.
type PaletteOrder = (u8, Option<FuzzyRank>, bool, bool);

pub(super) struct PaletteRow {
    pub(super) named: NamedAction,
    pub(super) letters: Vec<usize>,
    pub(super) off: Option<Off>,
}

impl ActionPalette {
    pub(super) fn rows(&self, model: &Model) -> Vec<PaletteRow> {
        let needle = FuzzyNeedle::new(self.input.value());
        let typed = self.input.value().trim().to_lowercase();
        // digits show the screens already: before anything is typed they come last
        let goes = |row: &PaletteRow| typed.is_empty() && matches!(row.named.action, Action::Go(_));
        let mut rows: Vec<(PaletteOrder, PaletteRow)> = list_named_actions()
            .into_iter()
            .filter(|named| named.action != Action::Palette)
            .filter_map(|named| {
                let (class, rank, letters) = match needle.find(named.title) {
                    Some((rank, letters)) => (0, Some(rank), letters),
                    // what it does is searched too, behind the names
                    None if named.id.contains(&typed)
                        || named.spec.help.to_lowercase().contains(&typed) =>
                    {
                        (1, None, Vec::new())
                    }
                    None => return None,
                };
                let off = self.find_why_off(model, &named);
                let row = PaletteRow {
                    named,
                    letters,
                    off,
                };
                Some(((class, rank, row.off.is_some(), goes(&row)), row))
            })
            .collect();
        // the order of the table stays among those that fit alike
        rows.sort_by_key(|(rank, _)| *rank);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    pub(super) fn find_why_off(&self, model: &Model, named: &NamedAction) -> Option<Off> {
        let contexts = named.spec.contexts;
        if !contexts.iter().any(|one| self.contexts.contains(one)) {
            let screen = contexts.iter().find(|one| find_screen(**one).is_some());
            return Some(match screen {
                Some(screen) => Off::On(*screen),
                None if contexts.contains(&KeyContext::Question) && model.asking().is_some() => {
                    Off::Why("the question has not the focus, Tab goes there")
                }
                None if contexts.contains(&KeyContext::Question) => {
                    Off::Why("no question is asked here")
                }
                None => Off::Why("there is no list here"),
            });
        }
        match (named.spec.guard)(model) {
            Availability::Enabled if needs_its_key(named.action) => Some(Off::ByKey),
            Availability::Enabled => None,
            Availability::Disabled(why) | Availability::Absent(why) => Some(Off::Why(why)),
        }
    }
}

/// What tells a row from others that were in sight.
pub(super) fn name_row(named: &NamedAction) -> String {
    format!("palette {}", named.id)
}

pub(super) fn find_screen(context: KeyContext) -> Option<Screen> {
    Some(match context {
        KeyContext::Now => Screen::Now,
        KeyContext::Gates => Screen::Gates,
        KeyContext::Questions => Screen::Questions,
        KeyContext::Changelog => Screen::Changelog,
        KeyContext::Diff => Screen::Diff,
        KeyContext::Risks => Screen::Risks,
        KeyContext::Plan => Screen::Plan,
        KeyContext::Record => Screen::Record,
        KeyContext::Global | KeyContext::Question | KeyContext::List | KeyContext::Scroll => {
            return None;
        }
    })
}

fn list_keys(model: &Model, named: &NamedAction) -> Vec<String> {
    list_spec_keys(model, named.spec)
        .filter(|(_, action)| *action == named.action)
        .map(|(name, _)| key::label_key(name))
        .collect()
}

pub(super) fn first_key(model: &Model, named: &NamedAction) -> String {
    list_keys(model, named)
        .into_iter()
        .next()
        .unwrap_or_default()
}

/// The keys beside a name; those of answers stand beside the answers.
pub(super) fn label_keys(model: &Model, named: &NamedAction) -> String {
    match named.action {
        Action::Answer(_) => "its letter".to_owned(),
        _ => list_keys(model, named)
            .into_iter()
            .take(2)
            .collect::<Vec<_>>()
            .join(" "),
    }
}

/// Why a row is off, in a few words.
pub(super) fn label_off(off: &Off) -> String {
    match off {
        Off::Why(why) => format!("off: {why}"),
        Off::On(context) => format!("on {}", context.title()),
        Off::ByKey => "by its key".to_owned(),
    }
}

/// What the row under the cursor does, and what Enter does where it is off.
pub(super) fn describe_row(row: &PaletteRow) -> String {
    let help = row.named.spec.help;
    match &row.off {
        None => help.to_owned(),
        Some(Off::Why(why)) => format!("{help} Not now: {why}."),
        Some(Off::On(context)) => {
            format!("{help} Enter shows {}, where it is done.", context.title())
        }
        Some(Off::ByKey) => {
            format!("{help} Only by its key: it counts with what it is about in sight.")
        }
    }
}
