//! The loop: drain what came, change the model, carry out effects, draw at most once a frame and
//! only when something changed.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use jiff::Timestamp;

use super::incoming::Incoming;
use super::launch::{AppOutcome, Launch, RecordTarget};
use super::running::App;
use super::terminal::{self, TerminalGuard};
use super::{browser, clipboard, drafts, editor, events, pager, signals};
use crate::tui::measuring::take_measured;
use crate::tui::screen::Screen;
use crate::tui::screens::plan::query::has_running_step;
use crate::tui::theme::Theme;
use crate::tui::{Effect, Message, StartOptions, update_model};

/// Shortest time between two frames.
const FRAME: Duration = Duration::from_millis(16);

/// Draws the screens until the person leaves or a signal ends the program.
///
/// # Errors
/// When there is no terminal to draw on (the sentence names what to use instead) or the terminal
/// fails.
pub(super) fn run_screen_mode(launch: Launch) -> Result<AppOutcome> {
    if let Some(why) = terminal::explain_unfit_terminal() {
        bail!("{why}");
    }
    let options = StartOptions {
        theme: Theme {
            colours: terminal::choose_colours(launch.look, launch.theme.as_ref()),
            ascii: launch.ascii,
        },
        mouse: launch.mouse,
    };
    let mut screen =
        TerminalGuard::enter(launch.mouse).context("the terminal cannot be taken over")?;
    let (to, from) = channel();
    let mut app = App::new(launch, options, to.clone())?;
    update_model(
        &mut app.model,
        Message::Resize(screen.size().0, screen.size().1),
    );
    // before any git work, so that there is something to look at at once
    let measured = screen.draw(&app.model)?;
    take_measured(&mut app.model, measured);
    signals::listen_for_signals(&to).context("signals cannot be listened to")?;
    events::start_input_thread(to).context("the input thread cannot be started")?;
    app.begin()?;
    let left = app.cycle(&mut screen, &from);
    drop(screen);
    app.finish(&from);
    left?;
    Ok(app.outcome())
}

impl App {
    fn cycle(&mut self, screen: &mut TerminalGuard, from: &Receiver<Incoming>) -> Result<()> {
        let mut drawn = Instant::now();
        let mut dirty = true;
        while !self.over {
            let wait = if dirty {
                FRAME.saturating_sub(drawn.elapsed())
            } else {
                to_next_second()
            };
            let mut next = match from.recv_timeout(wait) {
                Ok(incoming) => Some(incoming),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
            dirty |= self.tick();
            while let Some(incoming) = next {
                dirty = true;
                self.take(screen, incoming)?;
                if self.over {
                    return Ok(());
                }
                next = from.try_recv().ok();
            }
            if dirty && drawn.elapsed() >= FRAME {
                match screen.draw(&self.model) {
                    Ok(measured) => take_measured(&mut self.model, measured),
                    Err(error) => {
                        return self.lost_terminal(
                            anyhow::Error::from(error).context("the terminal cannot be written to"),
                        );
                    }
                }
                drawn = Instant::now();
                dirty = false;
            }
        }
        Ok(())
    }

    /// Brings the clock up to date; true when something on the screen changes by it.
    fn tick(&mut self) -> bool {
        let now = Timestamp::now();
        // how fast keys follow each other is told in parts of a second, while one may be refused
        let exact = self.model.burst.is_some() || !self.model.pending.is_empty();
        let exact = exact || self.model.given.is_some();
        let same = now.as_second() == self.model.now.as_second();
        if same && !exact || self.model.replay.is_some() {
            return false;
        }
        let (before, toast) = (self.model.now, self.model.toast.is_some());
        let effects = update_model(&mut self.model, Message::Tick(now));
        self.carry_out_quiet(effects);
        let soon = |at: Timestamp| at.duration_since(now).as_secs().abs() <= 600;
        let due = self
            .model
            .taken()
            .filter(|taken| taken.seen.is_none())
            .and_then(|taken| taken.due);
        let close = self.model.latest().is_some_and(soon) || due.is_some_and(soon);
        let minute = |at: Timestamp| at.as_second().div_euclid(60);
        // the clock of a step that runs, and of the plan as a whole
        let under_way = self
            .model
            .taken()
            .is_some_and(|taken| self.model.is_plan_under_way(taken.option));
        let close = close
            || self.model.screen == Screen::Plan && (under_way || has_running_step(&self.model));
        close || minute(before) != minute(now) || toast != self.model.toast.is_some()
    }

    fn take(&mut self, screen: &mut TerminalGuard, incoming: Incoming) -> Result<()> {
        match incoming {
            Incoming::Message(message) => {
                let opened = matches!(*message, Message::Events(_));
                let mut effects = update_model(&mut self.model, *message);
                if opened && self.model.replay.is_some() {
                    effects = self.replayed();
                }
                if opened && self.model.drafts.is_empty() {
                    self.drafts_of_the_session();
                }
                self.carry_out(screen, effects)
            }
            Incoming::Assessment(generation, step) => {
                let effects = self.step(generation, *step);
                self.carry_out(screen, effects)
            }
            Incoming::Signal(signal) => {
                self.signal = Some(signal);
                self.over = true;
                Ok(())
            }
            Incoming::Stop => screen
                .suspend()
                .context("the terminal cannot be taken over again"),
            Incoming::Continued => screen
                .resume()
                .context("the terminal cannot be taken over again"),
            Incoming::InputLost(why) => {
                self.lost_terminal(anyhow::anyhow!("keys cannot be read any more: {why}"))
            }
        }
    }

    /// A terminal that is gone ends the program as its signal does, which may come a moment later
    /// or never; other failures are told.
    fn lost_terminal(&mut self, error: anyhow::Error) -> Result<()> {
        if !terminal::is_terminal_gone() {
            return Err(error);
        }
        self.signal = Some(signals::HANG_UP);
        self.over = true;
        Ok(())
    }

    /// What was typed and not recorded in the session that was gone on with.
    fn drafts_of_the_session(&mut self) {
        if let (RecordTarget::New(folder), Some(start)) =
            (&self.launch.record, &self.model.session.start)
        {
            self.model.drafts =
                drafts::load_drafts(&folder.join(format!("{}.jsonl", start.session)));
        }
    }

    /// In a replay the clock stands where the last event stands.
    fn replayed(&mut self) -> Vec<Effect> {
        self.model.screen = crate::tui::screen::Screen::Record;
        crate::tui::screens::record::load::stand_at(&mut self.model, u64::MAX)
    }

    fn carry_out(&mut self, screen: &mut TerminalGuard, effects: Vec<Effect>) -> Result<()> {
        for effect in effects {
            match effect {
                Effect::Copy(text) => screen.write(&clipboard::make_clipboard_sequence(&text))?,
                Effect::Mouse(on) => screen.mouse(on)?,
                Effect::Redraw => screen.redraw()?,
                Effect::Suspend => screen.suspend()?,
                Effect::Edit { path, line } => self.open_editor(screen, &path, line),
                Effect::Browse(address) => match browser::open_in_browser(screen, &address) {
                    Ok(()) => self.model.say(format!("Opened: {address}")),
                    Err(says) => {
                        // over SSH the page is opened where the person sits
                        screen.write(&clipboard::make_clipboard_sequence(&address))?;
                        self.model.warn(format!("{says} The address is copied."));
                    }
                },
                Effect::Page(text) => {
                    if let Err(says) = pager::open_in_pager(screen, &text) {
                        self.model.warn(says);
                    }
                }
                other => self.carry_out_quiet(vec![other]),
            }
        }
        Ok(())
    }

    /// Lends the terminal to the person's editor until it ends.
    fn open_editor(&mut self, screen: &mut TerminalGuard, path: &str, line: Option<usize>) {
        let folder = self
            .repository()
            .and_then(|repository| repository.work_dir().map(PathBuf::from));
        match editor::open_in_editor(screen, folder.as_deref(), path, line) {
            Ok(()) => {
                let says = format!(
                    "{path} of the working tree was open; it may differ from {}.",
                    self.model.current()
                );
                self.model
                    .say(crate::model::escape_invisible(&says).into_owned());
            }
            Err(says) => self
                .model
                .warn(crate::model::escape_invisible(&says).into_owned()),
        }
    }
}

/// Time until the clock shows another second.
fn to_next_second() -> Duration {
    let now = Timestamp::now();
    let nanos = u64::try_from(now.subsec_nanosecond()).unwrap_or(0);
    Duration::from_nanos(1_000_000_000u64.saturating_sub(nanos).max(1_000_000))
}
