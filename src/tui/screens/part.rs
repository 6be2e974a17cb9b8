//! The choice of a part of a list.

use crate::tui::action::Action;
use crate::tui::draw::text;
use crate::tui::model::Model;
use crate::tui::popup::choose::state::Choose;
use crate::tui::popup::kind::Popup;

/// Keys of the choices, in order; `j` and `k` move the cursor.
const KEYS: &str = "123456789abcdefghilmnopqrstuvwxyz";

/// Most choices that fit a terminal of 24 rows.
pub const MOST: usize = 15;

/// Opens the choice: `(text, number of rows)` in the order of [`Action::FilterTo`], with the cursor
/// on what is shown now.
pub fn open_part_choice(model: &mut Model, title: &str, parts: &[(String, usize)], now: usize) {
    let wide = parts
        .iter()
        .map(|(text, _)| text::measure_text_width(text))
        .max()
        .unwrap_or(0)
        .min(40);
    let items = parts
        .iter()
        .take(MOST)
        .zip(KEYS.chars())
        .enumerate()
        .map(|(at, ((text, count), key))| {
            let text = text::clip_text(text, 40, model.theme);
            (
                key,
                format!("{}  {count:>5}", text::pad_text(&text, wide)),
                Action::FilterTo(at),
            )
        })
        .collect();
    let mut choose = Choose::new(title, items);
    choose.cursor = now;
    model.popups.push(Popup::Choose(choose));
}

/// Names by how often they occur, most frequent first; ties in the order of the alphabet.
pub fn count_frequent_names<'a>(
    names: impl Iterator<Item = &'a str>,
    most: usize,
) -> Vec<(String, usize)> {
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let mut counts: Vec<(String, usize)> = counts
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count))
        .collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.truncate(most);
    counts
}
