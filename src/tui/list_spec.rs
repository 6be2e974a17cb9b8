//! How the list of a screen is reached, the same for every screen.

use crate::tui::effect::Effect;
use crate::tui::fuzzy::FuzzyNeedle;
use crate::tui::list::{ListState, ScrolledPart};
use crate::tui::model::Model;

/// How the list of a screen is reached: plain functions, so that cursor, search, jump and mouse are
/// written once.
#[derive(Clone, Copy)]
pub struct ListSpec {
    /// Which it is, for what drawing measures of it.
    pub part: ScrolledPart,
    /// Its state.
    pub get: fn(&Model) -> &ListState,
    /// Its state, to change it.
    pub get_mut: fn(&mut Model) -> &mut ListState,
    /// Number of rows.
    pub len: fn(&Model) -> usize,
    /// Text of a row, for the search.
    pub text: fn(&Model, usize) -> String,
    /// Whether the cursor can be on a row (headings say no).
    pub selectable: fn(&Model, usize) -> bool,
    /// Called after the cursor moved: what else has to be loaded.
    pub moved: fn(&mut Model) -> Vec<Effect>,
}

impl ListSpec {
    /// Its state.
    pub fn state<'a>(&self, model: &'a Model) -> &'a ListState {
        (self.get)(model)
    }

    /// Puts the cursor on the selectable row nearest to `row`, first looking in the direction of
    /// the movement.
    pub fn put(&self, model: &mut Model, row: usize, forward: bool) {
        let len = (self.len)(model);
        if len == 0 {
            (self.get_mut)(model).cursor = 0;
            return;
        }
        let row = row.min(len - 1);
        let ahead = (row..len).find(|&i| (self.selectable)(model, i));
        let behind = (0..=row).rev().find(|&i| (self.selectable)(model, i));
        let found = if forward {
            ahead.or(behind)
        } else {
            behind.or(ahead)
        };
        if let Some(found) = found {
            (self.get_mut)(model).cursor = found;
        }
    }

    /// Moves the cursor by rows.
    pub fn step(&self, model: &mut Model, by: isize) {
        let cursor = self.state(model).cursor;
        self.put(model, cursor.saturating_add_signed(by), by >= 0);
    }

    /// The next row, from `from` on, that the search hits.
    pub fn hit(&self, model: &Model, from: usize, forward: bool) -> Option<usize> {
        let (len, needle) = ((self.len)(model), &self.state(model).search);
        if needle.is_empty() || len == 0 {
            return None;
        }
        let found = self.find_rows(model, needle);
        let hits = |i: &usize| found.binary_search(i).is_ok();
        if forward {
            (0..len).map(|n| (from + n) % len).find(hits)
        } else {
            (0..len).map(|n| (from + len - n % len) % len).find(hits)
        }
    }

    /// Number of hits and which of them the cursor is on, from 1 (0 when on none).
    pub fn hits(&self, model: &Model) -> (usize, usize) {
        let needle = &self.state(model).search;
        if needle.is_empty() {
            return (0, 0);
        }
        let found = self.find_rows(model, needle);
        let at = found.binary_search(&self.state(model).cursor);
        (found.len(), at.map_or(0, |at| at + 1))
    }

    /// Rows that the search hits, in order: those that hold what was typed, and only where there
    /// are none those with a word that holds its letters in order, as `bkngs` in `bookings`.
    fn find_rows(&self, model: &Model, needle: &str) -> Vec<usize> {
        let rows = || (0..(self.len)(model)).filter(|row| (self.selectable)(model, *row));
        let exact: Vec<usize> = rows()
            .filter(|row| (self.text)(model, *row).to_lowercase().contains(needle))
            .collect();
        if !exact.is_empty() {
            return exact;
        }
        let fuzzy = FuzzyNeedle::new(needle);
        let holds = |text: &str| {
            text.split_whitespace()
                .any(|word| fuzzy.find(word).is_some())
        };
        rows()
            .filter(|row| holds(&(self.text)(model, *row)))
            .collect()
    }
}

/// For lists without headings.
pub fn every_row(_: &Model, _: usize) -> bool {
    true
}

/// For lists that load nothing when the cursor moves.
pub fn load_nothing(_: &mut Model) -> Vec<Effect> {
    Vec::new()
}
