//! Screens or lines: what was asked for is started.

use anyhow::Result;

use super::launch::{AppOutcome, Launch};
use super::plain::run_line_mode;
use super::run::run_screen_mode;

/// Shows the screens, or asks line by line, until the person leaves or a signal ends the program.
///
/// # Errors
/// When there is no terminal to draw on (the sentence names what to use instead), or the terminal or
/// standard output fails.
pub fn run_screens(launch: Launch) -> Result<AppOutcome> {
    if launch.plain {
        return run_line_mode(
            launch,
            &mut std::io::stdin().lock(),
            &mut std::io::stdout().lock(),
        );
    }
    run_screen_mode(launch)
}
