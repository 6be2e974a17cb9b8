//! What a program prints and another program reads: a script of the same tree takes the output of
//! its command apart, or the text is written in a form that programs agreed on.

use crate::ReleaseRange;
use crate::changed_lines::ChangedLine;

/// Longest line that is looked at, in bytes, and most changed lines of one side.
const LINE: usize = 2_000;
const LINES: usize = 2_000;

/// Most names by which a program is looked for.
const NAMES: usize = 20;

/// Calls that print, with what opens them, in small letters.
const PRINTS: [&str; 22] = [
    "println!(",
    "print!(",
    "writeln!(",
    "print(",
    "println(",
    "printf(",
    "printf ",
    "puts ",
    "puts(",
    "puts\"",
    "echo ",
    "console.log(",
    "stdout.write(",
    "stdout.write_all(",
    "stdout,",
    "console.write",
    "io.puts",
    "io.write",
    "putstr",
    "print ",
    "say ",
    "cout",
];

/// The first line that prints otherwise, the name of the program, and a script that reads it.
pub(super) fn find_read_output(
    range: &ReleaseRange<'_>,
    path: &str,
    fresh: &[ChangedLine<'_>],
    gone: &[ChangedLine<'_>],
) -> Option<(Option<usize>, String, String)> {
    let prints = |lines: &[ChangedLine<'_>]| {
        lines
            .iter()
            .take(LINES)
            .find(|(_, line)| {
                let small = line.to_ascii_lowercase();
                line.len() <= LINE && PRINTS.iter().any(|call| small.contains(call))
            })
            .map(|(number, _)| *number)
    };
    // what is printed more and nothing less is read past
    prints(gone)?;
    let names = list_program_names(range, path);
    let words: Vec<String> = names
        .iter()
        .flat_map(|name| {
            [
                format!("$({name} "),
                format!("$({name})"),
                format!("`{name} "),
                format!("`{name}`"),
                format!("{name} |"),
                format!("<({name}"),
            ]
        })
        .collect();
    if words.is_empty() {
        return None;
    }
    let (hits, _) = range.current.search_many(&words, false, 4, &|other: &str| {
        other != path && is_script(other)
    });
    // `subdeck |` holds the name of another program
    let hit = hits.into_iter().find(|hit| {
        let Some(word) = words.get(hit.word) else {
            return false;
        };
        hit.text.match_indices(word.as_str()).any(|(at, _)| {
            !hit.text[..at].ends_with(|c: char| c.is_alphanumeric() || "-_".contains(c))
        })
    })?;
    let name = names.get(hit.word / 6)?.clone();
    let line = prints(fresh).or(fresh.first().map(|(line, _)| *line));
    Some((line, name, hit.path))
}

/// Files whose lines a shell runs.
fn is_script(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let small = name.to_ascii_lowercase();
    let folder = path.split('/').next().unwrap_or_default();
    [
        ".sh", ".bash", ".zsh", ".mk", ".yml", ".yaml", ".service", ".ps1",
    ]
    .iter()
    .any(|end| small.ends_with(end))
        || small.starts_with("makefile")
        || small.starts_with("dockerfile")
        || small.contains("crontab")
        || !name.contains('.')
            && matches!(folder, "bin" | "scripts" | "script" | "tools" | "deploy")
}

/// Names under which the program of a file is started: of its package, of its own place.
fn list_program_names(range: &ReleaseRange<'_>, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let parts: Vec<&str> = path.split('/').collect();
    for pair in parts.windows(2) {
        // `cmd/NAME/main.go`, `src/bin/NAME.rs`, `bin/NAME`
        if let [folder, name] = pair
            && matches!(*folder, "cmd" | "bin" | "exe" | "commands")
        {
            found.push(name.split('.').next().unwrap_or(name).to_owned());
        }
    }
    for manifest in [
        "Cargo.toml",
        "package.json",
        "pyproject.toml",
        "setup.cfg",
        "setup.py",
        "go.mod",
        "meson.build",
        "mix.exs",
        "Package.swift",
        "shard.yml",
        "pubspec.yaml",
        "dune-project",
        "composer.json",
    ] {
        let Ok(text) = range.current.read_text(manifest) else {
            continue;
        };
        for line in text.lines().take(400).filter(|line| line.len() <= LINE) {
            found.extend(read_name(manifest, line));
            if found.len() > NAMES {
                break;
            }
        }
    }
    found.retain(|name| {
        name.len() > 1
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    });
    found.sort();
    found.dedup();
    found.truncate(NAMES);
    found
}

/// The name that a line of a manifest gives to a program.
fn read_name(manifest: &str, line: &str) -> Option<String> {
    let trimmed = line.trim();
    if manifest == "go.mod" {
        let module = trimmed.strip_prefix("module ")?;
        return module.rsplit('/').next().map(str::to_owned);
    }
    if let Some(rest) = trimmed.strip_prefix("executable(") {
        return rest.split(['\'', '"']).nth(1).map(str::to_owned);
    }
    let at = trimmed.find("name")?;
    let (before, rest) = trimmed.split_at(at);
    let value = rest.trim_start_matches(['n', 'a', 'm', 'e', '"', '\'', ' ']);
    let value = value.strip_prefix([':', '='])?;
    // `"name": "jars"` of one-line manifests, too, and not `filename: x`
    if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let value = value.trim_start().trim_start_matches(['"', '\'']);
    value
        .split(['"', '\'', ',', ' '])
        .next()
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}

/// Beginnings of documents in forms that programs of others read.
const FORMS: [&str; 10] = [
    "BEGIN:VEVENT",
    "BEGIN:VCALENDAR",
    "BEGIN:VCARD",
    "BEGIN:VTODO",
    "<?xml",
    "<rss",
    "<feed",
    "<urlset",
    "UNA:+",
    "ISA*",
];

/// A changed line that writes a document of such a form.
pub(super) fn find_standard_form(
    fresh: &[ChangedLine<'_>],
    gone: &[ChangedLine<'_>],
) -> Option<usize> {
    let writes = |line: &str| line.len() <= LINE && FORMS.iter().any(|form| line.contains(form));
    let was = gone.iter().take(LINES).any(|(_, line)| writes(line));
    let mut is = fresh.iter().take(LINES).filter(|(_, line)| writes(line));
    let first = is.next().map(|(line, _)| *line);
    first.filter(|_| was)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_programs_are_read_from_manifests() {
        for (manifest, line, name) in [
            ("Cargo.toml", "name = \"jars\"", Some("jars")),
            (
                "package.json",
                "{\"name\":\"jars\",\"version\":\"1\"}",
                Some("jars"),
            ),
            ("go.mod", "module example.org/x/jars", Some("jars")),
            ("meson.build", "executable('jars', 'a.c')", Some("jars")),
            ("Cargo.toml", "filename = \"jars\"", None),
            ("Cargo.toml", "version = \"1\"", None),
        ] {
            assert_eq!(read_name(manifest, line).as_deref(), name, "{line}");
        }
    }

    #[test]
    fn only_a_form_that_both_write_changes() {
        let old = [(1, "return f\"BEGIN:VEVENT\\r\\nUID:{uid}\"")];
        let new = [(1, "return f\"BEGIN:VEVENT\\r\\nUID:{uid}@jars\"")];
        assert_eq!(find_standard_form(&new, &old), Some(1));
        assert_eq!(find_standard_form(&new, &[]), None);
    }
}
