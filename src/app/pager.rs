//! Long text in the person's pager.

use super::editor::split_shell_words;
use super::terminal::TerminalGuard;

/// Shows a text in `$PAGER`, else in `less`.
///
/// # Errors
/// One sentence where it cannot be started.
pub fn open_in_pager(screen: &mut TerminalGuard, text: &str) -> Result<(), String> {
    let words = make_pager_command(std::env::var("PAGER").ok())?;
    let name = words[0].clone();
    let command: Vec<std::ffi::OsString> = words.into_iter().map(Into::into).collect();
    match screen.lend_with(&command, text) {
        // a pager that is left early ends as it likes
        Ok(_) => Ok(()),
        Err(error) => Err(format!("The pager {name} cannot be started: {error}.")),
    }
}

/// The words of the pager's command line.
///
/// # Errors
/// One sentence where they cannot be told.
pub fn make_pager_command(named: Option<String>) -> Result<Vec<String>, String> {
    let Some(named) = named.filter(|value| !value.trim().is_empty()) else {
        return Ok(vec!["less".to_owned()]);
    };
    split_shell_words(&named)
        .filter(|words| !words.is_empty())
        .ok_or("PAGER cannot be read as a command: a quote in it is not closed.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pager_is_the_persons_or_less() {
        let of = |text: &str| make_pager_command(Some(text.to_owned()));
        assert_eq!(make_pager_command(None).unwrap(), ["less"]);
        assert_eq!(of(" ").unwrap(), ["less"]);
        assert_eq!(of("less -R '+/a b'").unwrap(), ["less", "-R", "+/a b"]);
        assert!(of("'less").is_err());
    }
}
