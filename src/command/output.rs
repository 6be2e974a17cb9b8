//! Standard output and standard input of commands, and what is said of wrong usage.

use std::io::{BufRead, IsTerminal, Read, Write};
use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};

/// Longest line that is typed, in bytes.
const LINE: u64 = 16 * 1024;

/// What was typed cannot be meant: one sentence that names what can.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// An error as wrong usage, with everything it says.
pub(super) fn make_usage_error(error: anyhow::Error) -> anyhow::Error {
    if error.downcast_ref::<UsageError>().is_some() {
        return error;
    }
    UsageError(
        error
            .chain()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(": "),
    )
    .into()
}

/// Writes to standard output; a reader that went away is no failure, and what was found keeps its
/// exit code.
pub(super) fn print_output(text: &str) -> anyhow::Result<ExitCode> {
    use std::io::ErrorKind;
    let mut out = std::io::stdout().lock();
    let why = match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => return Ok(ExitCode::SUCCESS),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(ExitCode::SUCCESS),
        Err(error) => match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full".to_owned(),
            ErrorKind::FileTooLarge => "the file may not grow any further (ulimit -f)".to_owned(),
            _ => error.to_string(),
        },
    };
    anyhow::bail!(
        "what was found could not be written to standard output: {why}. Nothing of it is shown; \
            write it elsewhere"
    )
}

/// Columns of standard output; 80 where it is no terminal.
pub(super) fn find_output_width() -> usize {
    if !std::io::stdout().is_terminal() {
        return 80;
    }
    crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns).clamp(40, 120))
}

/// A line of standard input; `None` at its end.
pub fn prompt_for_line(prompt: &str) -> Result<Option<String>> {
    // a prompt that nobody sees is no failure: the answer may come from a pipe
    let _ = write!(std::io::stderr(), "{prompt}").and_then(|()| std::io::stderr().flush());
    let mut text = String::new();
    // the same reader every time: a buffer of one's own would swallow the lines after it
    let read = std::io::stdin()
        .lock()
        .take(LINE)
        .read_line(&mut text)
        .map_err(|error| anyhow!("standard input cannot be read: {error}"))?;
    if read == 0 {
        tell!();
        return Ok(None);
    }
    if read as u64 == LINE && !text.ends_with('\n') {
        bail!("a line of standard input has more than {LINE} bytes");
    }
    Ok(Some(text))
}
