//! Lines of Terraform, OpenTofu and Nomad files with the blocks around them. No value is worked
//! out; braces, quotes and here documents are followed.

// people write some thousand lines; longer files are generated
/// Most lines of one file, and deepest nesting that is followed.
const LINES: usize = 50_000;
const DEPTH: usize = 60;

/// A line with what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerraformLine<'t> {
    /// From 1.
    pub number: usize,
    /// Without blanks and comments at its end.
    pub text: &'t str,
    /// `resource`, `aws_db_instance`, `larder`: the words of the outermost block; empty outside of
    /// any.
    pub block: &'t [&'t str],
    /// Blocks and attributes in it that this line lies in, and its own key last where it has one.
    pub keys: &'t [&'t str],
    /// What stands behind `=`, without quotes; empty where the line gives no value.
    pub value: &'t str,
    /// The line opens the outermost block.
    pub opens: bool,
}

impl TerraformLine<'_> {
    /// Type and name of a resource: `aws_db_instance.larder`.
    pub fn address(&self) -> String {
        self.block
            .iter()
            .skip(1)
            .copied()
            .collect::<Vec<_>>()
            .join(".")
    }
}

/// Gives every line that is no comment and not blank to `take`.
pub fn each_line(text: &str, mut take: impl FnMut(&TerraformLine<'_>)) {
    let mut block: Vec<&str> = Vec::new();
    let mut keys: Vec<&str> = Vec::new();
    let mut here: Option<&str> = None;
    let (mut depth, mut in_comment) = (0usize, false);
    for (index, whole) in text.lines().enumerate().take(LINES) {
        let line = whole.trim();
        // text of a here-document may hold braces of another language
        if let Some(end) = here {
            take(&TerraformLine {
                number: index + 1,
                text: line,
                block: &block,
                keys: &keys,
                value: "",
                opens: false,
            });
            if line == end {
                here = None;
            }
            continue;
        }
        if in_comment || line.starts_with("/*") {
            in_comment = !line.contains("*/");
            continue;
        }
        let line = without_comment(line);
        if line.is_empty() {
            continue;
        }
        let (key, value) = key_and_value(line);
        let opens = depth == 0 && line.contains('{');
        // `resource "aws_db_instance" "larder" {` names what all its lines belong to
        if depth == 0 {
            block = split_terraform_words(line);
            keys.clear();
        }
        let nested = depth > 0 && !key.is_empty();
        if nested {
            keys.push(key);
        }
        take(&TerraformLine {
            number: index + 1,
            text: line,
            block: &block,
            keys: &keys,
            value,
            opens,
        });
        if nested {
            keys.pop();
        }
        if let Some((_, end)) = line
            .split_once("<<")
            .filter(|(before, _)| before.trim_end().ends_with(['=', '(']))
        {
            // `<<` stands in expressions too; behind `=` or `(` it begins a text
            here = Some(end.trim_start_matches(['-', '~']).trim()).filter(|end| !end.is_empty());
        }
        let mut first = true;
        for change in list_unpaired_brackets(line) {
            if change {
                depth += 1;
                if depth > 1 && keys.len() < DEPTH {
                    // brackets of one line beyond the first belong to the same key
                    keys.push(if first { key } else { "" });
                }
                first = false;
            } else {
                depth = depth.saturating_sub(1);
                // below the deepest level that is kept no key was added, so none is taken away
                if keys.len() >= depth.max(1) && depth > 0 {
                    keys.pop();
                }
            }
        }
        if depth == 0 {
            keys.clear();
        }
    }
}

/// Brackets of a line outside of quotes, each open or closed; a pair that stands in one line is
/// none.
fn list_unpaired_brackets(line: &str) -> Vec<bool> {
    let (mut quoted, mut escaped, mut out): (bool, bool, Vec<bool>) = (false, false, Vec::new());
    for c in line.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' | '[' | '(' if !quoted => out.push(true),
            '}' | ']' | ')' if !quoted => {
                if out.last() == Some(&true) {
                    out.pop();
                } else {
                    out.push(false);
                }
            }
            _ => {}
        }
    }
    out
}

fn without_comment(line: &str) -> &str {
    let (mut quoted, mut before) = (false, ' ');
    for (at, c) in line.char_indices() {
        match c {
            '"' if before != '\\' => quoted = !quoted,
            '#' if !quoted => return line[..at].trim_end(),
            // `//` as in C is a comment of Terraform, too
            '/' if !quoted && before == '/' => return line[..at - 1].trim_end(),
            _ => {}
        }
        before = c;
    }
    line
}

fn key_and_value(line: &str) -> (&str, &str) {
    let word = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_alphanumeric() || "_-.".contains(c))
    };
    if let Some((key, value)) = line.split_once('=').or_else(|| line.split_once(':')) {
        let key = key.trim().trim_matches('"');
        if word(key) {
            return (key, value.trim().trim_end_matches(',').trim_matches('"'));
        }
    }
    let key = line
        .split(|c: char| c.is_whitespace() || c == '{')
        .next()
        .unwrap_or_default();
    if line.ends_with('{') && word(key) {
        (key, "")
    } else {
        ("", "")
    }
}

/// `resource "aws_db_instance" "larder" {` as its words.
fn split_terraform_words(line: &str) -> Vec<&str> {
    line.split(['{', '='])
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .map(|word| word.trim_matches('"'))
        .filter(|word| !word.is_empty())
        .take(4)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_know_what_they_lie_in() {
        let text = "resource \"aws_db_instance\" \"jars\" {\n  allocated_storage = 100 # GB\n  tags = {\n    team = \"a\"\n  }\n  timeouts {\n    create = \"1h\"\n  }\n  policy = <<EOF\n{ x\nEOF\n  size = var.size\n}\n\n/* a\n b */\nlocals {\n  rows = [\n    { days = 3 },\n  ]\n}\nsize = 3\n";
        let mut found = Vec::new();
        each_line(text, |line| {
            found.push(format!(
                "{} {} {} {}",
                line.number,
                line.block.join("."),
                line.keys.join("/"),
                line.value
            ))
        });
        for wanted in [
            "2 resource.aws_db_instance.jars allocated_storage 100",
            "4 resource.aws_db_instance.jars tags/team a",
            "7 resource.aws_db_instance.jars timeouts/create 1h",
            "10 resource.aws_db_instance.jars  ",
            "12 resource.aws_db_instance.jars size var.size",
            "19 locals rows ",
            "22 size  3",
        ] {
            assert!(
                found.iter().any(|line| line == wanted),
                "{wanted}: {found:#?}"
            );
        }
    }
}
