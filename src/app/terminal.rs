//! The terminal, set up and given back: on every way out, also a panic, it is as it was.

use std::io::{IsTerminal, Stdout, Write, stdout};
use std::mem::ManuallyDrop;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange,
};
use ratatui::crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{cursor, execute};

use super::launch::PaletteChoice;
use super::links::{self, WrittenLinks};
use crate::tui::draw::links::find_screen_links;
use crate::tui::frame::whole::draw_frame;
use crate::tui::theme::{Colours, Depth, Palette, Theme, ThemeFile, find_shipped_theme};
use crate::tui::{Measured, Model};

static ACTIVE: AtomicBool = AtomicBool::new(false);
static OWNER: Mutex<Option<ThreadId>> = Mutex::new(None);

/// The terminal while the screens are up. Dropping it restores.
pub struct TerminalGuard {
    /// Never dropped: its own end writes to a terminal that may be gone, complains on a standard
    /// error that is gone with it, and panics. What it would restore, [`give_back`] restores.
    terminal: ManuallyDrop<Terminal<CrosstermBackend<Stdout>>>,
    mouse: bool,
    /// Where the terminal has links: those that are written.
    links: Option<WrittenLinks>,
}

/// Why the screens cannot be shown here, or nothing.
pub fn explain_unfit_terminal() -> Option<String> {
    let other = "`backout assess` prints the same assessment, `--plain` asks the same questions \
        line by line";
    if !stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Some(format!(
            "The screens need a terminal for input and output; {other}."
        ));
    }
    match std::env::var("TERM").as_deref() {
        Ok("dumb") => Some(format!("TERM is dumb, so nothing can be drawn; {other}.")),
        _ => None,
    }
}

/// Whether the terminal is gone, not merely in trouble: then nothing can be shown or restored any
/// more.
pub fn is_terminal_gone() -> bool {
    !stdout().is_terminal() || !std::io::stdin().is_terminal()
}

impl TerminalGuard {
    /// Takes the terminal over.
    pub fn enter(mouse: bool) -> std::io::Result<Self> {
        install_panic_hook();
        *OWNER
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(std::thread::current().id());
        enter_screen_mode(mouse)?;
        let terminal =
            Terminal::new(CrosstermBackend::new(stdout())).inspect_err(|_| give_back())?;
        Ok(Self {
            terminal: ManuallyDrop::new(terminal),
            mouse,
            links: links::has_links(|name| std::env::var(name).ok()).then(WrittenLinks::default),
        })
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        self.terminal
            .size()
            .map_or((80, 24), |size| (size.width, size.height))
    }

    /// Draws one frame and returns what was measured of it; the terminal shows it at once, not piece
    /// by piece.
    pub fn draw(&mut self, model: &Model) -> std::io::Result<Measured> {
        execute!(stdout(), BeginSynchronizedUpdate)?;
        let drawn = self.draw_with_links(model);
        execute!(stdout(), EndSynchronizedUpdate)?;
        drawn
    }

    fn draw_with_links(&mut self, model: &Model) -> std::io::Result<Measured> {
        let mut measured = Measured::default();
        let drawn = self
            .terminal
            .draw(|frame| measured = draw_frame(frame, model))?;
        let Some(written) = &mut self.links else {
            return Ok(measured);
        };
        let found = find_screen_links(drawn.buffer, model);
        if found.is_empty() {
            written.forget();
            return Ok(measured);
        }
        let buffer = drawn.buffer.clone();
        written.write(self.terminal.backend_mut(), &buffer, found)?;
        Ok(measured)
    }

    /// The next frame is drawn whole. Not by `Terminal::clear`: that asks where the cursor is, and
    /// the thread that reads keys would take the answer.
    pub fn redraw(&mut self) -> std::io::Result<()> {
        let size = self.terminal.size()?;
        if let Some(written) = &mut self.links {
            written.forget();
        }
        self.terminal
            .resize(ratatui::layout::Rect::new(0, 0, size.width, size.height))
    }

    /// Switches the mouse.
    pub fn mouse(&mut self, on: bool) -> std::io::Result<()> {
        self.mouse = on;
        if on {
            capture_mouse()
        } else {
            execute!(stdout(), DisableMouseCapture)
        }
    }

    /// Gives the terminal to the shell until the program is continued.
    #[cfg(unix)]
    pub fn suspend(&mut self) -> std::io::Result<()> {
        give_back();
        // stops this process here; it returns when `fg` continues it
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        enter_screen_mode(self.mouse)?;
        self.redraw()
    }

    /// Elsewhere there is no shell to go back to.
    #[cfg(not(unix))]
    pub fn suspend(&mut self) -> std::io::Result<()> {
        Ok(())
    }

    /// Takes the terminal over again, after the program was stopped from outside.
    pub fn resume(&mut self) -> std::io::Result<()> {
        enter_screen_mode(self.mouse)?;
        self.redraw()
    }

    /// Lends the terminal to another program until it ends: the screen is given back, and no key
    /// is read meanwhile.
    pub fn lend(
        &mut self,
        command: &[std::ffi::OsString],
    ) -> std::io::Result<std::process::ExitStatus> {
        self.lend_to(command, None)
    }

    /// The same with a text on the program's input.
    pub fn lend_with(
        &mut self,
        command: &[std::ffi::OsString],
        text: &str,
    ) -> std::io::Result<std::process::ExitStatus> {
        self.lend_to(command, Some(text))
    }

    fn lend_to(
        &mut self,
        command: &[std::ffi::OsString],
        text: Option<&str>,
    ) -> std::io::Result<std::process::ExitStatus> {
        let Some((program, arguments)) = command.split_first() else {
            return Err(std::io::ErrorKind::InvalidInput.into());
        };
        let held = super::events::hold_input()?;
        give_back();
        super::signals::lend_terminal(true);
        let mut command = std::process::Command::new(program);
        command.args(arguments);
        let status = match text {
            Some(text) => run_with_input(&mut command, text),
            None => command.status(),
        };
        super::signals::lend_terminal(false);
        enter_screen_mode(self.mouse)?;
        self.redraw()?;
        drop(held);
        status
    }

    /// Writes text to the terminal that is not part of a frame.
    pub fn write(&mut self, text: &str) -> std::io::Result<()> {
        let mut out = stdout();
        out.write_all(text.as_bytes())?;
        out.flush()
    }
}

/// Runs a program that reads a text, and waits until it ends.
fn run_with_input(
    command: &mut std::process::Command,
    text: &str,
) -> std::io::Result<std::process::ExitStatus> {
    let mut child = command.stdin(std::process::Stdio::piped()).spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // one that is left before its end closes its input
        let _ = input.write_all(text.as_bytes());
    }
    child.wait()
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        give_back();
    }
}

fn enter_screen_mode(mouse: bool) -> std::io::Result<()> {
    enable_raw_mode()?;
    ACTIVE.store(true, Ordering::SeqCst);
    let entered = execute!(
        stdout(),
        EnterAlternateScreen,
        EnableBracketedPaste,
        EnableFocusChange,
        cursor::Hide
    );
    let entered = if mouse {
        entered.and_then(|()| capture_mouse())
    } else {
        entered
    };
    entered.inspect_err(|_| give_back())
}

/// Clicks, the wheel and drags. Not every movement: over a slow line each would be bytes for
/// nothing.
fn capture_mouse() -> std::io::Result<()> {
    if cfg!(windows) {
        return execute!(stdout(), ratatui::crossterm::event::EnableMouseCapture);
    }
    execute!(
        stdout(),
        ratatui::crossterm::style::Print("\x1b[?1000h\x1b[?1002h\x1b[?1006h")
    )
}

/// Restores the terminal; harmless when it is restored already. Errors cannot be reported any more
/// and are passed over.
pub fn give_back() {
    if !ACTIVE.swap(false, Ordering::SeqCst) {
        return;
    }
    let _ = execute!(
        stdout(),
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        DisableFocusChange,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
}

/// A panic of the thread that draws restores the terminal before it is reported. Workers catch
/// their own; their report would only spoil the screen.
fn install_panic_hook() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let owner = *OWNER
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let active = ACTIVE.load(Ordering::SeqCst);
            if active && owner != Some(std::thread::current().id()) {
                return;
            }
            give_back();
            before(info);
        }));
    });
}

/// The palette: as asked for, else no colour where `NO_COLOR` is set, else by the background.
pub fn choose_palette(look: PaletteChoice) -> Palette {
    match look {
        PaletteChoice::Dark => Palette::Dark,
        PaletteChoice::Light => Palette::Light,
        PaletteChoice::Plain => Palette::Plain,
        PaletteChoice::Auto
            if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) =>
        {
            Palette::Plain
        }
        PaletteChoice::Auto => match std::env::var("COLORFGBG")
            .ok()
            .as_deref()
            .and_then(background_of)
        {
            Some(palette) => palette,
            None => query_background_palette(Duration::from_millis(100)).unwrap_or_default(),
        },
    }
}

/// The styles of the theme that was chosen, for the background and the colours of the terminal.
pub fn choose_colours(look: PaletteChoice, theme: Option<&ThemeFile>) -> &'static Colours {
    let palette = choose_palette(look);
    // with none chosen it is the shipped one for this background
    let shipped = match palette {
        Palette::Dark => find_shipped_theme("dark"),
        Palette::Light => find_shipped_theme("light"),
        Palette::Plain => None,
    };
    let theme = theme.filter(|_| palette != Palette::Plain);
    let Some(theme) = theme.or(shipped.as_ref()) else {
        return Theme::of(palette).colours;
    };
    let of = |name| std::env::var(name).unwrap_or_default();
    let depth = Depth::of_terminal(&of("COLORTERM"), &of("TERM"));
    // once, for as long as the program runs
    Box::leak(Box::new(
        theme.make_colours(palette == Palette::Light, depth),
    ))
}

/// `COLORFGBG` is `foreground;background`, sometimes with a word between.
fn background_of(value: &str) -> Option<Palette> {
    let background: u8 = value.rsplit(';').next()?.trim().parse().ok()?;
    Some(if background == 7 || background == 15 {
        Palette::Light
    } else {
        Palette::Dark
    })
}

/// Asks the terminal for its background (OSC 11). Device attributes are asked for behind it:
/// whoever knows no OSC 11 answers at least that, so that most terminals do not take the whole
/// time. An answer that comes later is swallowed by the input thread.
#[cfg(unix)]
fn query_background_palette(limit: Duration) -> Option<Palette> {
    use std::io::Read;
    use std::os::unix::fs::OpenOptionsExt;

    // O_NONBLOCK, so that a silent terminal cannot hold the start up
    let flag = if cfg!(any(target_os = "linux", target_os = "android")) {
        0o4000
    } else {
        0x4
    };
    let mut tty = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(flag)
        .open("/dev/tty")
        .ok()?;
    enable_raw_mode().ok()?;
    let answer = tty.write_all(b"\x1b]11;?\x1b\\\x1b[c").ok().map(|()| {
        let (start, mut got, mut buffer) = (Instant::now(), Vec::new(), [0u8; 64]);
        while start.elapsed() < limit && got.len() < 512 {
            match tty.read(&mut buffer) {
                Ok(n) if n > 0 => got.extend_from_slice(&buffer[..n]),
                _ => std::thread::sleep(Duration::from_millis(4)),
            }
            if got.windows(3).any(|window| window == b"\x1b[?") && got.ends_with(b"c") {
                break;
            }
        }
        got
    });
    let _ = disable_raw_mode();
    palette_of(&String::from_utf8_lossy(&answer?))
}

#[cfg(not(unix))]
fn query_background_palette(_: Duration) -> Option<Palette> {
    None
}

/// `…]11;rgb:1e1e/1e1e/2e2e…` to a palette by its lightness.
fn palette_of(answer: &str) -> Option<Palette> {
    let rest = answer.split("]11;rgb:").nth(1)?;
    let channels: Vec<f64> = rest
        .split(|c: char| !c.is_ascii_hexdigit())
        .take(3)
        .map(|hex| {
            let most = f64::from(
                16u32
                    .checked_pow(u32::try_from(hex.len()).unwrap_or(0))
                    .unwrap_or(u32::MAX)
                    .saturating_sub(1),
            );
            u32::from_str_radix(hex, 16).map(|value| f64::from(value) / most)
        })
        .collect::<Result<_, _>>()
        .ok()?;
    let [red, green, blue] = channels.as_slice() else {
        return None;
    };
    Some(if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 {
        Palette::Light
    } else {
        Palette::Dark
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Palette;

    #[test]
    fn backgrounds_are_told_apart() {
        assert_eq!(background_of("15;0"), Some(Palette::Dark));
        assert_eq!(background_of("0;default;15"), Some(Palette::Light));
        assert_eq!(background_of("default"), None);
        assert_eq!(
            palette_of("\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\"),
            Some(Palette::Dark)
        );
        assert_eq!(palette_of("\x1b]11;rgb:ff/ff/f0\x07"), Some(Palette::Light));
        assert_eq!(palette_of("\x1b[?62c"), None);
    }
}
