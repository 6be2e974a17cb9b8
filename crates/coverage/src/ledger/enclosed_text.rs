//! Texts of several lines inside settings and descriptions of what the program runs on: a
//! here-document of Terraform or of an image, a text in three quotes of TOML, a block of YAML. What
//! looks like a remark there is none: it belongs to a program, to settings or to a prompt of its
//! own, and the readers of the file around it pass over it.
//!
//! The readers of these formats (hcl, toml, serde_yaml) give values without their lines, and none
//! reads a template around them; the question needs only where such a text begins and ends.

use std::collections::HashMap;

use super::scan::Scanner;
use super::standing_row::{DomainStandings, build_open_standing};
use super::{DomainStanding, STAYS_OPEN, is_program};
use model::{CannotRule as Rule, CoverageDomain as D, FileChange, FileKind};

/// Why a file is open in which such a line changed: of settings, and of what the program runs on.
const OF_SETTINGS: &str = "a text of several lines inside of this file changed (a script, settings or a prompt of its own), and its lines that look like comments are none";
const OF_INFRASTRUCTURE: &str = "a text of several lines inside of this file changed (a script or settings of a machine, a policy), its lines that look like comments are none, and applying an older one may change or replace what it describes";

/// How texts of several lines are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EnclosedForm {
    /// `<<EOF`
    HereDocument,
    /// Three quotes.
    Quotes,
    /// `key: |`, and here-documents in it.
    Block,
}

fn find_form(path: &str) -> Option<EnclosedForm> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    if name.contains("dockerfile") || name.contains("containerfile") {
        return Some(EnclosedForm::HereDocument);
    }
    match name.rsplit_once('.')?.1 {
        "tf" | "tfvars" | "hcl" | "nomad" | "tofu" => Some(EnclosedForm::HereDocument),
        "toml" => Some(EnclosedForm::Quotes),
        "yaml" | "yml" => Some(EnclosedForm::Block),
        _ => None,
    }
}

impl Scanner<'_> {
    /// Opens what the readers closed, where a line changed that only looks like a comment.
    pub(super) fn note_enclosed_text(&mut self, change: &FileChange, row: &mut DomainStandings) {
        let outside = matches!(
            row[D::StoredForm.index()],
            DomainStanding::Cannot(
                Rule::DeveloperTool
                    | Rule::Documentation
                    | Rule::NotLive
                    | Rule::Tests
                    | Rule::Vendored
                    | Rule::SameContent
            )
        );
        if outside || is_program(&change.path) {
            return;
        }
        let Some(form) = find_form(&change.path) else {
            return;
        };
        let Ok((Some(old), Some(new))) = self.read(change) else {
            return;
        };
        let Some(line) = find_changed_remark(form, &old, &new) else {
            return;
        };
        let (domain, why) = if change.kind == FileKind::Infrastructure {
            (D::Infrastructure, OF_INFRASTRUCTURE)
        } else {
            (D::Configuration, OF_SETTINGS)
        };
        for domain in [domain, D::StoredForm] {
            let standing = &mut row[domain.index()];
            if !matches!(standing, DomainStanding::Open(_)) {
                *standing = build_open_standing(STAYS_OPEN, line, why);
            }
        }
    }
}

/// The line of the first that looks like a remark, stands in a text and differs: `None` where there
/// is none, `Some(None)` where only the older text has it.
fn find_changed_remark(form: EnclosedForm, old: &str, new: &str) -> Option<Option<usize>> {
    let (before, after) = (list_remarks(form, old), list_remarks(form, new));
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (_, line) in &before {
        *known.entry(line).or_default() += 1;
    }
    for (number, line) in &after {
        match known.get_mut(line) {
            Some(left) if *left > 0 => *left -= 1,
            _ => return Some(Some(*number)),
        }
    }
    known.values().any(|left| *left > 0).then_some(None)
}

/// What a line stands in.
enum EnclosedPlace<'a> {
    Nothing,
    /// A here-document with its name; a shell reads it or not.
    HereDocument(&'a str, bool),
    Quotes(&'static str),
    /// A block below a key that is indented so far; a shell reads it or not.
    Block(usize, bool),
}

/// Lines that look like remarks and stand in a text that no shell reads, with their numbers.
fn list_remarks(form: EnclosedForm, text: &str) -> Vec<(usize, &str)> {
    let opens: &[&str] = match form {
        EnclosedForm::HereDocument => &["<<"],
        EnclosedForm::Quotes => &["\"\"\"", "'''"],
        EnclosedForm::Block => &["|", ">"],
    };
    if !opens.iter().any(|sign| text.contains(sign)) {
        return Vec::new();
    }
    // where a here-document may end
    let last: HashMap<&str, usize> = (text.lines().enumerate())
        .map(|(at, line)| (line.trim(), at))
        .collect();
    let mut found = Vec::new();
    let mut around = EnclosedPlace::Nothing;
    // the block of YAML around a here-document
    let mut block = None;
    let mut above = "";
    for (at, line) in text.lines().enumerate() {
        let trimmed = line.trim();
        let indent = line.len() - line.trim_start().len();
        let shell = match around {
            EnclosedPlace::HereDocument(name, shell) => {
                if trimmed == name {
                    around = block.map_or(EnclosedPlace::Nothing, |(indent, shell)| {
                        EnclosedPlace::Block(indent, shell)
                    });
                    continue;
                }
                Some(shell)
            }
            EnclosedPlace::Quotes(sign) => {
                if line.contains(sign) {
                    around = EnclosedPlace::Nothing;
                }
                Some(false)
            }
            EnclosedPlace::Block(key, shell) if trimmed.is_empty() || indent > key => Some(shell),
            _ => {
                (around, block) = (EnclosedPlace::Nothing, None);
                None
            }
        };
        if shell == Some(false) && looks_like_remark(trimmed) {
            found.push((at + 1, trimmed));
        }
        let is_inside = matches!(
            around,
            EnclosedPlace::HereDocument(..) | EnclosedPlace::Quotes(_)
        );
        if is_inside || shell.is_none() && looks_like_remark(trimmed) {
            continue;
        }
        if form == EnclosedForm::Quotes && shell.is_none() {
            let sign = ["\"\"\"", "'''"]
                .into_iter()
                .find(|sign| line.contains(sign));
            if let Some(sign) = sign.filter(|sign| line.matches(sign).count() % 2 == 1) {
                around = EnclosedPlace::Quotes(sign);
            }
        } else if form != EnclosedForm::Quotes
            && let Some(name) = find_here_document(trimmed)
            && last.get(name).is_some_and(|end| *end > at)
        {
            let of_image = trimmed.starts_with("RUN ") && !trimmed.contains('>');
            around = EnclosedPlace::HereDocument(name, of_image);
        } else if form == EnclosedForm::Block && shell.is_none() {
            if opens_block(trimmed) {
                let shell = runs_in_shell(trimmed, above);
                around = EnclosedPlace::Block(indent, shell);
                block = Some((indent, shell));
            }
            if trimmed.ends_with(':') {
                above = trimmed;
            }
        }
    }
    found
}

fn looks_like_remark(line: &str) -> bool {
    ["#", "//", "/*", "* ", "--", ";"]
        .iter()
        .any(|sign| line.starts_with(sign))
        && line.contains(char::is_alphanumeric)
}

/// The name that ends the here-document which begins on a line.
fn find_here_document(line: &str) -> Option<&str> {
    let at = line.find("<<")?;
    let rest = line
        .get(at + 2..)?
        .trim_start_matches(['-', '~'])
        .trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let rest = rest.trim_start_matches(['"', '\'']);
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    let name = rest.get(..end)?;
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (named && (quote.is_some() || !rest.starts_with('<'))).then_some(name)
}

/// `key: |`, `- >-`, `key: |2  # why`.
fn opens_block(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or(line).trim_end();
    let before = line.trim_end_matches(|c: char| matches!(c, '+' | '-') || c.is_ascii_digit());
    let Some(before) = before.strip_suffix(['|', '>']) else {
        return false;
    };
    let before = before.trim_end();
    before.ends_with(':')
        || before.ends_with('-')
        || before.contains(": !")
        || before.contains(": &")
}

/// Whether a shell reads the block that a line opens, by its key or the one above: there a remark
/// is one.
fn runs_in_shell(line: &str, above: &str) -> bool {
    const KEYS: [&str; 18] = [
        "run",
        "script",
        "before_script",
        "after_script",
        "command",
        "commands",
        "args",
        "bash",
        "sh",
        "shell",
        "cmd",
        "cmds",
        "inlinescript",
        "pre",
        "post",
        "install",
        "steps",
        "entrypoint",
    ];
    let key = |line: &str| {
        let line = line.trim_start_matches("- ");
        let key = line.split(':').next().unwrap_or(line);
        key.trim_matches(['"', '\'', ' ']).to_ascii_lowercase()
    };
    let is_item = line.starts_with('-') && !line.contains(':');
    let key = if is_item { key(above) } else { key(line) };
    KEYS.contains(&key.as_str()) || key.ends_with(".sh")
}

#[cfg(test)]
mod tests {
    use super::super::tests::one;
    use super::*;

    #[test]
    fn what_looks_like_a_comment_in_a_text_is_none() {
        for (path, text, domain) in [
            (
                "main.tf",
                "resource \"aws_instance\" \"a\" {\n  user_data = <<-EOT\n    #!/bin/sh\n    # volume=%\n  EOT\n}\n",
                D::Infrastructure,
            ),
            (
                "main.tf",
                "resource \"aws_instance\" \"a\" {\n  user_data = <<EOT\n    //srv/%\n  EOT\n}\n",
                D::Infrastructure,
            ),
            (
                "Dockerfile",
                "FROM a:1\nCOPY <<EOF /etc/a.conf\n#include /etc/%\nEOF\nCMD [\"a\"]\n",
                D::Infrastructure,
            ),
            (
                "a.toml",
                "prompt = \"\"\"\n# Answer as: %\n\"\"\"\n",
                D::StoredForm,
            ),
            ("a.toml", "prompt = '''\n// %\n'''\n", D::Configuration),
            (
                "a.yaml",
                "take: |\n  local n =\n  #%\n  return n\n",
                D::StoredForm,
            ),
            (
                "a.yaml",
                "run: |\n  cat > a <<EOF\n  # %\n  EOF\n",
                D::StoredForm,
            ),
        ] {
            let (old, new) = (text.replace('%', "jars"), text.replace('%', "lids"));
            let found = one(path, &old, &new, domain);
            assert!(found.starts_with("open:"), "{path}: {found}");
        }
    }

    #[test]
    fn a_remark_beside_a_text_or_for_a_shell_is_one() {
        for (form, text) in [
            (EnclosedForm::HereDocument, "# %\na = <<EOT\nb\nEOT\n# %\n"),
            (EnclosedForm::HereDocument, "RUN <<EOF\n# %\na\nEOF\n"),
            (EnclosedForm::HereDocument, "a = b << 3\n# %\nc = EOT\n"),
            (EnclosedForm::Quotes, "# %\na = \"\"\"b\"\"\"\n# %\n"),
            (EnclosedForm::Block, "# %\na: |\n  b\nc: 1\n# %\n"),
            (EnclosedForm::Block, "run: |\n  # %\n  make\n"),
            (EnclosedForm::Block, "script:\n  - |\n    # %\n    make\n"),
            (EnclosedForm::Block, "a: b | c\n  # %\n"),
        ] {
            let (old, new) = (text.replace('%', "jars"), text.replace('%', "lids"));
            assert_eq!(find_changed_remark(form, &old, &new), None, "{text}");
        }
    }
}
