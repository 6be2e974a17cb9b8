//! What a shell script takes of whoever starts it: flags and first words; and the status with which
//! a program ends.

use super::lines::{CodeLine, read_literal};
use super::{WayIn, WayKind};

/// Longest line that is looked at, in bytes.
const LINE: usize = 2_000;

/// Folders of scripts that developers start by hand, where callers go back with the script.
const OWN: [&str; 9] = [
    "scripts/", "script/", "tools/", "ci/", ".ci/", "hack/", "dev/", "build/", ".github/",
];

/// Adds flags and first words of a script.
pub(super) fn add_script_words(ways: &mut Vec<WayIn>, path: &str, end: &str, text: &str) {
    let is_shell = matches!(end, "sh" | "bash" | "zsh" | "ksh")
        || text
            .lines()
            .next()
            .is_some_and(|first| first.starts_with("#!") && first.trim_end().ends_with("sh"));
    if !is_shell || OWN.iter().any(|folder| path.starts_with(folder)) {
        return;
    }
    for (at, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.len() <= LINE)
    {
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        for name in list_words(line) {
            if ways.len() < super::WAYS {
                ways.push(WayIn {
                    kind: WayKind::Argument,
                    method: None,
                    name,
                    line: at + 1,
                });
            }
        }
    }
}

fn list_words(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    // `while getopts "t:v" o`
    if let Some(rest) = line.split("getopts ").nth(1) {
        let letters = rest.trim_start().trim_start_matches(['"', '\'', ':']);
        let letters = letters.split(['"', '\'', ' ']).next().unwrap_or_default();
        found.extend(
            letters
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|letter| format!("-{letter}")),
        );
    }
    // `--to|-t) ..`
    if let Some((names, _)) = line.split_once(')') {
        let flags: Vec<&str> = names
            .trim_start_matches('(')
            .split('|')
            .map(str::trim)
            .collect();
        let is_flag = |name: &&str| {
            name.len() > 1
                && name.starts_with('-')
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_=*".contains(c))
        };
        if flags.iter().all(is_flag) {
            found.extend(flags.iter().map(|name| (*name).to_owned()));
        }
    }
    // `[ "$1" = "serve" ]`
    for sign in ["\"$1\" = ", "\"$1\" == ", "$1 == ", "$1 = "] {
        let Some(rest) = line.split(sign).nth(1) else {
            continue;
        };
        let word = rest.trim_start_matches(['"', '\'']);
        let word = word
            .split(['"', '\'', ' ', ']', ';'])
            .next()
            .unwrap_or_default();
        if word.len() > 1 && !word.contains('$') {
            found.push(word.to_owned());
        }
        break;
    }
    found
}

/// Calls that end a program with a status.
const ENDS: [&str; 7] = [
    "exit", "Exit", "_exit", "exitCode", "ExitCode", "halt", "from",
];

/// Adds the statuses with which a program ends, given as numbers.
pub(super) fn add_exit_codes(ways: &mut Vec<WayIn>, lines: &[CodeLine<'_>]) {
    for line in lines {
        for (at, token) in line.tokens.iter().enumerate() {
            let called = matches!(line.before(at, 1), "(" | "=")
                && ENDS.contains(&line.before(at, 2))
                // `ExitCode::from(3)`, and not `Rect::from(3)`
                && (line.before(at, 2) != "from" || line.has("ExitCode"))
                || line.before(at, 1) == "exit" && at == 1;
            let ends = called
                && read_literal(token).is_none()
                && token.parse::<u8>().is_ok_and(|status| status != 0)
                && ways.len() < super::WAYS;
            if ends {
                ways.push(WayIn {
                    kind: WayKind::Exit,
                    method: None,
                    name: (*token).to_owned(),
                    line: line.number,
                });
            }
        }
    }
}
