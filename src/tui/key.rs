//! Keys by name: `q`, `G`, `ctrl-c`, `pgdn`, `f1`.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Whether a pressed key is the one of this name.
pub fn is_key_named(event: &KeyEvent, name: &str) -> bool {
    spell_key(event).as_deref() == Some(name)
}

/// The name of a pressed key; `None` for keys that have none here (media keys, modifiers alone).
pub fn spell_key(event: &KeyEvent) -> Option<String> {
    let mut name = String::new();
    if event.modifiers.contains(KeyModifiers::CONTROL) {
        name.push_str("ctrl-");
    }
    if event.modifiers.contains(KeyModifiers::ALT) {
        name.push_str("alt-");
    }
    match event.code {
        KeyCode::Char(' ') => name.push_str("space"),
        // a capital letter already says shift
        KeyCode::Char(c) if event.modifiers.contains(KeyModifiers::CONTROL) => {
            name.extend(c.to_lowercase())
        }
        KeyCode::Char(c) => name.push(c),
        KeyCode::F(n) => name.push_str(&format!("f{n}")),
        KeyCode::Enter => name.push_str("enter"),
        KeyCode::Esc => name.push_str("esc"),
        KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => name.push_str("shift-tab"),
        KeyCode::Tab => name.push_str("tab"),
        KeyCode::BackTab => name.push_str("shift-tab"),
        KeyCode::Backspace => name.push_str("backspace"),
        KeyCode::Delete => name.push_str("delete"),
        KeyCode::Up => name.push_str("up"),
        KeyCode::Down => name.push_str("down"),
        KeyCode::Left => name.push_str("left"),
        KeyCode::Right => name.push_str("right"),
        KeyCode::Home => name.push_str("home"),
        KeyCode::End => name.push_str("end"),
        KeyCode::PageUp => name.push_str("pgup"),
        KeyCode::PageDown => name.push_str("pgdn"),
        _ => return None,
    }
    Some(name)
}

/// The pressed key of a name, for tests and for scripts of the demo.
pub fn make_key_event(name: &str) -> KeyEvent {
    let (mut rest, mut modifiers) = (name, KeyModifiers::NONE);
    loop {
        if let Some(after) = rest.strip_prefix("ctrl-") {
            modifiers |= KeyModifiers::CONTROL;
            rest = after;
        } else if let Some(after) = rest.strip_prefix("alt-") {
            modifiers |= KeyModifiers::ALT;
            rest = after;
        } else {
            break;
        }
    }
    let code = match rest {
        "space" => KeyCode::Char(' '),
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "shift-tab" => KeyCode::BackTab,
        "backspace" => KeyCode::Backspace,
        "delete" => KeyCode::Delete,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pgup" => KeyCode::PageUp,
        "pgdn" => KeyCode::PageDown,
        other => match (
            other.strip_prefix('f').and_then(|n| n.parse().ok()),
            other.chars().next(),
        ) {
            (Some(n), _) => KeyCode::F(n),
            (None, Some(c)) => KeyCode::Char(c),
            (None, None) => KeyCode::Null,
        },
    };
    KeyEvent::new(code, modifiers)
}

/// A key's name as the footer and the help write it.
pub fn label_key(name: &str) -> String {
    let plain = match name {
        "enter" => "Enter",
        "esc" => "Esc",
        "tab" => "Tab",
        "shift-tab" => "Shift-Tab",
        "space" => "Space",
        "pgup" => "PgUp",
        "pgdn" => "PgDn",
        "home" => "Home",
        "end" => "End",
        "up" => "Up",
        "down" => "Down",
        "left" => "Left",
        "right" => "Right",
        "backspace" => "Backspace",
        "delete" => "Delete",
        _ => "",
    };
    if !plain.is_empty() {
        return plain.to_owned();
    }
    if let Some(rest) = name.strip_prefix("ctrl-") {
        return format!("Ctrl-{}", rest.to_uppercase());
    }
    if let Some(n) = name
        .strip_prefix('f')
        .filter(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()))
    {
        return format!("F{n}");
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    #[test]
    fn names_and_keys_agree() {
        for name in [
            "q",
            "G",
            "ctrl-c",
            "pgdn",
            "f1",
            "space",
            "shift-tab",
            "/",
            "?",
            ":",
            "1",
            "enter",
            "left",
        ] {
            assert_eq!(spell_key(&make_key_event(name)).as_deref(), Some(name));
            assert!(is_key_named(&make_key_event(name), name));
        }
        assert_eq!(label_key("ctrl-z"), "Ctrl-Z");
        assert_eq!(label_key("f"), "f");
        assert_eq!(label_key("f2"), "F2");
    }

    #[test]
    fn shift_is_told_by_the_letter() {
        let event = KeyEvent::new(KeyCode::Char('N'), KeyModifiers::SHIFT);
        assert_eq!(spell_key(&event).as_deref(), Some("N"));
    }
}
