//! Addresses on the screen that a terminal can open.

use std::collections::HashMap;

use ratatui::buffer::Buffer;

use crate::tui::model::Model;

/// Most links of one frame.
const MOST: usize = 20;

/// A piece of a row that is a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenLink {
    /// First column.
    pub x: u16,
    /// Row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Where it leads.
    pub address: String,
}

/// The addresses of what the changelog names: `#12`, and the first signs of a commit's id.
fn list_known_addresses(model: &Model) -> HashMap<String, String> {
    let (Some(forge), Some(read)) = (&model.forge, &model.assessment) else {
        return HashMap::new();
    };
    let entries = read.changelog.entries.iter().chain(&read.changelog.lost);
    let mut known = HashMap::new();
    for entry in entries.take(5_000) {
        if let Some(number) = entry.pull_request {
            known.insert(format!("#{number}"), forge.pull_request_address(number));
        }
        let short: String = entry.commit.chars().take(10).collect();
        if let Some(address) = forge.commit_address(&entry.commit) {
            known.insert(short, address);
        }
    }
    known
}

/// The links of a drawn frame. Nothing while something lies above the screen.
pub fn find_screen_links(buffer: &Buffer, model: &Model) -> Vec<ScreenLink> {
    let known = list_known_addresses(model);
    let mut found = Vec::new();
    if known.is_empty() || !model.popups.is_empty() {
        return found;
    }
    let area = buffer.area;
    for y in area.top()..area.bottom() {
        let mut x = area.left();
        while x < area.right() {
            let start = x;
            let mut word = String::new();
            while x < area.right() {
                let symbol = buffer[(x, y)].symbol();
                let letter = symbol.len() == 1
                    && symbol
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'#');
                if !letter {
                    break;
                }
                word.push_str(symbol);
                x += 1;
            }
            if let Some(address) = known.get(&word)
                && found.len() < MOST
            {
                let (address, width) = (address.clone(), x - start);
                found.push(ScreenLink {
                    x: start,
                    y,
                    width,
                    address,
                });
            }
            x += 1;
        }
    }
    found
}
