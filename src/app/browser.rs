//! A page of the forge in the person's browser: on a key, by an address that was made of checked
//! parts, and without a shell.

use std::process::{Command, Stdio};

use super::editor::split_shell_words;
use super::terminal::TerminalGuard;

/// Browsers that show pages in the terminal itself.
const IN_TERMINAL: [&str; 6] = ["lynx", "w3m", "links", "elinks", "links2", "browsh"];

/// Opens an address.
///
/// # Errors
/// One sentence where it cannot be opened.
pub fn open_in_browser(screen: &mut TerminalGuard, address: &str) -> Result<(), String> {
    let of = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let screenless = cfg!(all(unix, not(target_os = "macos")))
        && of("DISPLAY").is_none()
        && of("WAYLAND_DISPLAY").is_none()
        && of("WSL_DISTRO_NAME").is_none();
    let command = make_browser_command(of("BROWSER"), screenless, address)?;
    let failed = |why: String| format!("{} {why}.", command[0]);
    if IN_TERMINAL.contains(&name_of(&command[0]).as_str()) {
        let words: Vec<std::ffi::OsString> = command.iter().map(Into::into).collect();
        return match screen.lend(&words) {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(failed(format!("ended with {status}"))),
            Err(error) => Err(failed(format!("cannot be started: {error}"))),
        };
    }
    let mut child = Command::new(&command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(format!("cannot be started: {error}")))?;
    // it may live on for as long as the browser does; nobody waits for it
    let waiting = std::thread::Builder::new().name("browser".to_owned());
    let _ = waiting.spawn(move || child.wait());
    Ok(())
}

fn name_of(program: &str) -> String {
    std::path::Path::new(program)
        .file_stem()
        .map(|stem| stem.to_string_lossy().to_lowercase())
        .unwrap_or_default()
}

/// The command line that opens an address: the first of `BROWSER`, else what the system has.
///
/// # Errors
/// One sentence where there is nothing to show it with.
pub fn make_browser_command(
    named: Option<String>,
    screenless: bool,
    address: &str,
) -> Result<Vec<String>, String> {
    if !address.starts_with("https://") || address.chars().any(char::is_whitespace) {
        return Err("Only pages of https are opened.".to_owned());
    }
    // several may stand there with colons between
    let first = named
        .iter()
        .find_map(|value| value.split(':').find(|one| !one.trim().is_empty()));
    if let Some(first) = first {
        let mut words = split_shell_words(first)
            .filter(|words| !words.is_empty())
            .ok_or("BROWSER cannot be read as a command: a quote in it is not closed.")?;
        let mut placed = false;
        for word in words.iter_mut().skip(1) {
            placed |= word == "%s";
            if word == "%s" {
                *word = address.to_owned();
            }
        }
        if !placed {
            words.push(address.to_owned());
        }
        return Ok(words);
    }
    if screenless {
        return Err("There is no browser here; set BROWSER for one.".to_owned());
    }
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    Ok(vec![program.to_owned(), address.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_one_word_of_the_command_and_nothing_is_a_shell() {
        let page = "https://github.com/a/b/pull/1";
        let of = |named: &str| make_browser_command(Some(named.to_owned()), true, page);
        assert_eq!(of("firefox").unwrap(), ["firefox", page]);
        assert_eq!(of("w3m:lynx").unwrap(), ["w3m", page]);
        assert_eq!(
            of("'my browser' --new %s").unwrap(),
            ["my browser", "--new", page]
        );
        assert!(of("'open").is_err());
        assert!(
            make_browser_command(None, true, page)
                .unwrap_err()
                .contains("BROWSER")
        );
        assert_eq!(make_browser_command(None, false, page).unwrap().len(), 2);
        assert!(make_browser_command(None, false, "http://github.com/a").is_err());
        assert!(make_browser_command(None, false, "https://a b").is_err());
    }
}
