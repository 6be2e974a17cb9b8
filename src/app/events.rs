//! The thread that reads keys, and how it leaves them to another program.

use std::sync::mpsc::Sender;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyModifiers, MouseEventKind};

use super::incoming::Incoming;
use crate::tui::Message;

/// How soon after the window came to the front a click belongs to that.
const BROUGHT_UP: Duration = Duration::from_millis(300);

/// Whether keys are to be left to another program, and whether the thread that reads them waits.
static HOLD: Mutex<(bool, bool)> = Mutex::new((false, false));
static HELD: Condvar = Condvar::new();
/// How long the thread that reads keys is waited for.
#[cfg(unix)]
const PARKED: Duration = Duration::from_secs(1);

/// Keys are left to another program for as long as this lives.
pub struct HeldInput(());

/// Stops reading keys.
///
/// # Errors
/// When the thread that reads them does not stop.
#[cfg(unix)]
pub fn hold_input() -> std::io::Result<HeldInput> {
    let lock = || HOLD.lock().unwrap_or_else(PoisonError::into_inner);
    lock().0 = true;
    let held = HeldInput(());
    // it waits for keys; a change of the size wakes it without one
    signal_hook::low_level::raise(signal_hook::consts::SIGWINCH)?;
    let (state, _) = HELD
        .wait_timeout_while(lock(), PARKED, |(_, parked)| !*parked)
        .unwrap_or_else(PoisonError::into_inner);
    let parked = state.1;
    drop(state);
    if parked {
        Ok(held)
    } else {
        Err(std::io::Error::other(
            "the keys could not be handed over; try again",
        ))
    }
}

/// Elsewhere nothing wakes the thread that reads keys.
#[cfg(not(unix))]
pub fn hold_input() -> std::io::Result<HeldInput> {
    Err(std::io::ErrorKind::Unsupported.into())
}

impl Drop for HeldInput {
    fn drop(&mut self) {
        HOLD.lock().unwrap_or_else(PoisonError::into_inner).0 = false;
        HELD.notify_all();
    }
}

/// Waits while keys are left to another program.
fn wait_while_held() {
    let mut state = HOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if !state.0 {
        return;
    }
    state.1 = true;
    HELD.notify_all();
    let mut state = HELD
        .wait_while(state, |(hold, _)| *hold)
        .unwrap_or_else(PoisonError::into_inner);
    state.1 = false;
}

/// Reads keys, mouse, paste and size in a thread of its own, for as long as the program runs.
pub fn start_input_thread(to: Sender<Incoming>) -> std::io::Result<()> {
    std::thread::Builder::new()
        .name("input".to_owned())
        .spawn(move || {
            let mut late = LateAnswer::default();
            let mut focused: Option<Instant> = None;
            loop {
                wait_while_held();
                let message = match event::read() {
                    Ok(Event::Key(key)) if late.swallows(&key) => continue,
                    Ok(Event::Key(key)) => Message::Key(key),
                    // movements alone change nothing
                    Ok(Event::Mouse(mouse)) if mouse.kind == MouseEventKind::Moved => continue,
                    Ok(Event::FocusGained) => {
                        focused = Some(Instant::now());
                        continue;
                    }
                    // the click that brought the window to the front was meant for the window
                    Ok(Event::Mouse(mouse))
                        if matches!(mouse.kind, MouseEventKind::Down(_))
                            && focused.take().is_some_and(|at| at.elapsed() < BROUGHT_UP) =>
                    {
                        continue;
                    }
                    Ok(Event::Mouse(mouse)) => Message::Mouse(mouse),
                    Ok(Event::Paste(text)) => Message::Paste(text),
                    Ok(Event::Resize(columns, rows)) => Message::Resize(columns, rows),
                    Ok(_) => continue,
                    Err(error) => {
                        let _ = to.send(Incoming::InputLost(error.to_string()));
                        return;
                    }
                };
                if to.send(message.into()).is_err() {
                    return;
                }
            }
        })?;
    Ok(())
}

/// An answer of the terminal about its colours that came too late: it would be read as keys, and
/// digits are answers. It begins as `Alt-]` and ends with `Alt-\`, Ctrl-G, or after as many keys as
/// the longest answer has.
#[derive(Debug, Default)]
struct LateAnswer {
    left: u8,
}

impl LateAnswer {
    fn swallows(&mut self, key: &KeyEvent) -> bool {
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        if key.code == KeyCode::Char(']') && alt {
            self.left = 32;
            return true;
        }
        if self.left == 0 {
            return false;
        }
        let end = (key.code == KeyCode::Char('\\') && alt)
            || (key.code == KeyCode::Char('g') && key.modifiers.contains(KeyModifiers::CONTROL));
        // whatever is no part of such an answer was typed by a person
        let part =
            matches!(key.code, KeyCode::Char(c) if c.is_ascii_hexdigit() || "rgb:;/".contains(c));
        if !end && !part {
            self.left = 0;
            return false;
        }
        self.left = if end { 0 } else { self.left - 1 };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::key::make_key_event;

    #[test]
    fn a_late_answer_of_the_terminal_is_no_input() {
        let mut late = LateAnswer::default();
        let answer = [
            "alt-]", "1", "1", ";", "r", "g", "b", ":", "1", "e", "/", "1", "e", "/", "2", "e",
            "alt-\\",
        ];
        assert!(
            answer
                .iter()
                .all(|name| late.swallows(&make_key_event(name)))
        );
        assert!(!late.swallows(&make_key_event("1")));
        assert!(late.swallows(&make_key_event("alt-]")));
        assert!(!late.swallows(&make_key_event("y")));
        assert!(!late.swallows(&make_key_event("1")));
    }
}
