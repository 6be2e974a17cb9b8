//! Which keys stand around a line of a text that is nested by indentation?

use crate::changed_lines::ChangedLine;

// each of the lines is walked up from, so both bounds together are what it costs
/// Most changed lines whose keys are looked up, and most lines that are walked up for one.
const NESTED: (usize, usize) = (200, 400);

/// For changed lines of a text that is nested by indentation: the keys above them, in small
/// letters.
pub(super) fn with_keys_around(text: &str, fresh: &[ChangedLine<'_>]) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let keys = |number: usize| {
        let mut depth = lines.get(number - 1).map_or(0, |line| indent(line));
        let mut keys = String::new();
        // upwards only lines that are indented less are around the line
        for line in lines[..number.min(lines.len()) - 1]
            .iter()
            .rev()
            .take(NESTED.1)
            .filter(|line| !line.trim().is_empty())
        {
            if indent(line) < depth {
                depth = indent(line);
                keys.push_str(
                    &line
                        .split([':', '='])
                        .next()
                        .unwrap_or_default()
                        .trim()
                        .to_ascii_lowercase(),
                );
                keys.push(' ');
            }
            if depth == 0 {
                break;
            }
        }
        keys
    };
    fresh
        .iter()
        .take(NESTED.0)
        .filter(|(number, _)| (1..=lines.len()).contains(number))
        .map(|(number, _)| (*number, keys(*number)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_around_a_line_say_what_it_is_about() {
        let text =
            "framework:\n    messenger:\n        routing:\n            weigh: heavy\nother: 1\n";
        assert_eq!(
            with_keys_around(text, &[(4, "weigh: heavy"), (5, "other: 1")]),
            [
                (4, "routing messenger framework ".to_owned()),
                (5, String::new())
            ]
        );
    }
}
