//! A file of the working tree in the person's own editor: on a key, and never by what a repository
//! says.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use super::terminal::TerminalGuard;

/// Opens a file of the working tree in the editor, and waits until it ends.
///
/// # Errors
/// One sentence where it cannot be opened or the editor did not end well.
pub fn open_in_editor(
    screen: &mut TerminalGuard,
    work_dir: Option<&Path>,
    path: &str,
    line: Option<usize>,
) -> Result<(), String> {
    let work_dir = work_dir.ok_or("There is no working tree to open a file of.")?;
    let file = find_file_in_tree(work_dir, path)?;
    let of = |name| std::env::var(name).ok();
    let command = make_editor_command(of("VISUAL"), of("EDITOR"), &file, line)?;
    let name = command[0].to_string_lossy().into_owned();
    match screen.lend(&command) {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("The editor {name} ended with {status}.")),
        Err(error) => Err(format!("The editor {name} cannot be started: {error}.")),
    }
}

/// The place of a file below the working tree.
///
/// # Errors
/// One sentence where there is no such plain file, or where a link leads out of the tree.
pub fn find_file_in_tree(work_dir: &Path, path: &str) -> Result<PathBuf, String> {
    let plain = Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let gone = || {
        format!(
            "{path} is not in the working tree: it may be of another release than what is checked \
                out."
        )
    };
    if !plain || path.is_empty() {
        return Err(gone());
    }
    let root = work_dir.canonicalize().map_err(|_| gone())?;
    let file = root.join(path).canonicalize().map_err(|_| gone())?;
    if !file.starts_with(&root) {
        return Err(format!(
            "{path} is a link that leads out of the working tree, and is not opened."
        ));
    }
    if !file.is_file() {
        return Err(gone());
    }
    Ok(file)
}

/// The command line of the editor: its words, then the file, with the line as this editor takes it.
///
/// # Errors
/// One sentence where no editor is named.
pub fn make_editor_command(
    visual: Option<String>,
    editor: Option<String>,
    file: &Path,
    line: Option<usize>,
) -> Result<Vec<OsString>, String> {
    let named = [("VISUAL", visual), ("EDITOR", editor)]
        .into_iter()
        .find_map(|(name, value)| {
            let value = value.filter(|value| !value.trim().is_empty())?;
            Some((name, value))
        });
    let Some((name, value)) = named else {
        return Err(
            "No editor is named: set VISUAL or EDITOR, such as EDITOR=vim, and start again."
                .to_owned(),
        );
    };
    let words = split_shell_words(&value)
        .filter(|words| !words.is_empty())
        .ok_or_else(|| {
            format!("{name} cannot be read as a command: a quote in it is not closed.")
        })?;
    let program = Path::new(&words[0])
        .file_stem()
        .map(|stem| stem.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let mut command: Vec<OsString> = words.into_iter().map(OsString::from).collect();
    let Some(line) = line else {
        command.push(file.into());
        return Ok(command);
    };
    let with_line = || {
        let mut place = OsString::from(file);
        place.push(format!(":{line}"));
        place
    };
    match program.as_str() {
        "vi" | "vim" | "nvim" | "gvim" | "view" | "ex" | "nano" | "pico" | "emacs"
        | "emacsclient" | "micro" | "kak" | "joe" | "jed" | "mg" | "ne" | "mcedit" | "gedit" => {
            command.push(format!("+{line}").into());
            command.push(file.into());
        }
        "code" | "codium" | "code-insiders" | "cursor" | "windsurf" => {
            command.push("--goto".into());
            command.push(with_line());
        }
        "hx" | "helix" | "subl" | "zed" | "zeditor" => command.push(with_line()),
        "idea" | "pycharm" | "goland" | "webstorm" | "rubymine" | "phpstorm" | "rustrover"
        | "clion" | "rider" | "kate" => {
            command.push("--line".into());
            command.push(line.to_string().into());
            command.push(file.into());
        }
        // what it would make of a line is not known
        _ => command.push(file.into()),
    }
    Ok(command)
}

/// Words as a shell splits them, with quotes and backslashes and nothing else: no variable and no
/// command counts. Nothing where a quote is not closed.
pub fn split_shell_words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        end if end == letter => break,
                        '\\' if letter == '"' => match letters.next()? {
                            escaped @ ('"' | '\\' | '$' | '`') => word.push(escaped),
                            other => word.extend(['\\', other]),
                        },
                        other => word.push(other),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(letters.next()?),
            blank if blank.is_whitespace() => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(editor: &str, line: Option<usize>) -> Vec<String> {
        make_editor_command(None, Some(editor.to_owned()), Path::new("/w/a b.rs"), line)
            .unwrap()
            .into_iter()
            .map(|word| word.into_string().unwrap())
            .collect()
    }

    #[test]
    fn each_editor_is_given_the_line_in_its_way() {
        assert_eq!(command("vim", Some(4)), ["vim", "+4", "/w/a b.rs"]);
        assert_eq!(
            command("/usr/bin/code --wait", Some(4)),
            ["/usr/bin/code", "--wait", "--goto", "/w/a b.rs:4"]
        );
        assert_eq!(command("hx", Some(4)), ["hx", "/w/a b.rs:4"]);
        assert_eq!(
            command("idea", Some(4)),
            ["idea", "--line", "4", "/w/a b.rs"]
        );
        assert_eq!(command("something", Some(4)), ["something", "/w/a b.rs"]);
        assert_eq!(command("vim", None), ["vim", "/w/a b.rs"]);
        let both = make_editor_command(
            Some("nano".to_owned()),
            Some("vim".to_owned()),
            Path::new("/f"),
            None,
        );
        assert_eq!(both.unwrap()[0], "nano");
        assert!(make_editor_command(Some(" ".to_owned()), None, Path::new("/f"), None).is_err());
        assert!(
            make_editor_command(None, Some("vim 'x".to_owned()), Path::new("/f"), None).is_err()
        );
    }

    #[test]
    fn words_are_split_as_a_shell_does_and_nothing_is_run() {
        let words = |text| split_shell_words(text).unwrap();
        assert_eq!(words("a  b"), ["a", "b"]);
        assert_eq!(words("'a b' c\\ d \"e \\\" f\""), ["a b", "c d", "e \" f"]);
        assert_eq!(words("a$(x) ;b ''"), ["a$(x)", ";b", ""]);
        assert!(words("  ").is_empty());
        assert_eq!(split_shell_words("'a"), None);
        assert_eq!(split_shell_words("a\\"), None);
    }

    #[cfg(unix)]
    #[test]
    fn only_a_plain_file_of_the_tree_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let tree = folder.path().join("tree");
        std::fs::create_dir_all(tree.join("src")).unwrap();
        std::fs::write(tree.join("src/a.rs"), "a").unwrap();
        std::fs::write(folder.path().join("secret"), "s").unwrap();
        std::os::unix::fs::symlink(folder.path().join("secret"), tree.join("link")).unwrap();
        assert!(find_file_in_tree(&tree, "src/a.rs").is_ok());
        for path in [
            "",
            "../secret",
            "/etc/passwd",
            "link",
            "src",
            "gone",
            "src/../../secret",
        ] {
            assert!(find_file_in_tree(&tree, path).is_err(), "{path}");
        }
    }
}
