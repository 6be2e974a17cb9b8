//! The text of a state file, decoded once and parsed at most once.

use serde_json::Value;

use super::{LIMIT, LiveError, json};
use model::{decode_text, escape_invisible, shorten_text};

/// Decoded text of a state file, parsed as JSON at most once.
pub(super) struct StateFileInput {
    pub(super) text: String,
    json: std::cell::OnceCell<Result<Value, String>>,
}

impl StateFileInput {
    /// The file as JSON.
    pub(super) fn json(&self, name: &str) -> Result<&Value, LiveError> {
        let parsed = self
            .json
            .get_or_init(|| json::parse_json(&self.text).map_err(|error| error.to_string()));
        parsed.as_ref().map_err(|why| LiveError::Syntax {
            name: name.to_owned(),
            format: "JSON",
            why: explain_json_error(why),
        })
    }
}

fn explain_json_error(why: &str) -> String {
    // an error repeats what it found, and that is text out of the file
    let why = shorten_text(&escape_invisible(why), 200).into_owned();
    if why.starts_with("EOF") {
        format!("it ends too early, {}", why.trim_start_matches("EOF "))
    } else {
        why
    }
}

/// Checks size and emptiness and decodes; PowerShell writes UTF-16, sometimes without a mark.
pub(super) fn decode_state_file(name: &str, bytes: &[u8]) -> Result<StateFileInput, LiveError> {
    if bytes.len() > LIMIT {
        return Err(LiveError::TooLarge {
            name: name.to_owned(),
            size: bytes.len(),
        });
    }
    let text = match decode_text(bytes) {
        Some(text) => text,
        None => unmarked_utf16(bytes).ok_or_else(|| LiveError::Binary {
            name: name.to_owned(),
        })?,
    };
    let text = text
        .trim_start_matches('\u{feff}')
        .trim_matches('\0')
        .to_owned();
    if text.trim().is_empty() {
        return Err(LiveError::Empty {
            name: name.to_owned(),
        });
    }
    Ok(StateFileInput {
        text,
        json: std::cell::OnceCell::new(),
    })
}

/// UTF-16 without a byte-order mark: every second byte of a text in Latin letters is zero.
fn unmarked_utf16(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..64.min(bytes.len() & !1))?;
    let zeros = |offset: usize| {
        head.iter()
            .skip(offset)
            .step_by(2)
            .filter(|&&byte| byte == 0)
            .count()
    };
    let unit: fn([u8; 2]) -> u16 = match (zeros(0), zeros(1)) {
        // half of the bytes are zero only in a text, hardly in a binary
        (0, high) if high * 2 == head.len() => u16::from_le_bytes,
        (low, 0) if low * 2 == head.len() => u16::from_be_bytes,
        _ => return None,
    };
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .filter_map(|pair| Some(unit(pair.try_into().ok()?)))
        .collect();
    Some(String::from_utf16_lossy(&units))
}
