//! Documents that are templates: read without their tags, near the truth, and told so.

use span_tree::{Limits, Tree};

/// A text as a tree; a template is read without its placeholders, and given back beside.
pub(super) fn read_tree(text: String) -> Result<(Tree, Option<String>), span_tree::Error> {
    // most documents are none, so they are read as they are first
    let (error, text) = match Tree::parse_owned(text, LIMITS) {
        Ok(tree) => return Ok((tree, None)),
        Err(failed) => failed,
    };
    let has_marks = text.contains("{{") || text.contains("{%") || text.contains("<%");
    // without marks it is broken, and no template
    if !has_marks {
        return Err(error);
    }
    Tree::parse_owned(without_templates(&text), LIMITS)
        .map(|tree| (tree, Some(text)))
        // the error of the text itself says more than that of what was left of it
        .map_err(|_| error)
}

/// A document of JSON that cannot be read as a whole, up to where it ends, and the line on which
/// more text follows. The error is that of the JSON, and not that of YAML.
pub(super) fn read_broken_json(text: String) -> Result<(Tree, Option<usize>), span_tree::Error> {
    Tree::parse_json_start(text, LIMITS)
}

/// Bounds on one file of a contract.
const LIMITS: Limits = Limits {
    depth: 200,
    nodes: 3_000_000,
    bytes: 32 * 1024 * 1024,
};

/// Lines that are only template tags become empty; tags inside a line become a word, so that line
/// numbers stay.
fn without_templates(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut branches = OpenTemplateBranches::default();
    for line in text.lines() {
        let cut = cut_tags(line);
        let shown = branches.others == 0;
        // of an if with an else only the first branch is read: both would repeat keys
        for tag in &cut.tags {
            branches.take(tag.split_whitespace().next().unwrap_or(""));
        }
        if !cut.only_tags() && shown {
            out.push_str(&cut.filled);
        }
        out.push('\n');
    }
    out
}

/// Branches of conditions that are open: whether each is its first, and how many are not.
#[derive(Default)]
struct OpenTemplateBranches {
    first: Vec<bool>,
    others: usize,
}

impl OpenTemplateBranches {
    fn take(&mut self, word: &str) {
        match word {
            // `define` and `block` have no `else` and are read as they stand
            "if" | "range" | "with" | "for" | "unless" | "define" | "block" => {
                self.first.push(true)
            }
            "else" | "elif" | "elsif" | "elseif" => {
                if let Some(last) = self.first.last_mut() {
                    self.others += usize::from(std::mem::replace(last, false));
                }
            }
            "end" | "endif" | "endfor" | "endunless" | "endblock" | "endwith" => {
                let left = self.first.pop();
                self.others -= usize::from(left == Some(false));
            }
            _ => {}
        }
    }
}

/// The signs around a tag.
const TAGS: [(&str, &str); 3] = [("{{", "}}"), ("{%", "%}"), ("<%", "%>")];

/// A line taken apart.
struct Cut<'a> {
    /// The inner texts of its tags.
    tags: Vec<&'a str>,
    /// Something else than blanks stands beside them.
    beside: bool,
    /// The line with a word in the place of each tag.
    filled: String,
}

impl Cut<'_> {
    fn only_tags(&self) -> bool {
        !self.tags.is_empty() && !self.beside
    }
}

/// Takes a line apart in one pass: after the last closing sign of a kind no tag of that kind can
/// begin.
fn cut_tags(line: &str) -> Cut<'_> {
    let mut cut = Cut {
        tags: Vec::new(),
        beside: false,
        filled: String::new(),
    };
    // a sign that nothing closes is text
    let closed = TAGS.map(|(_, close)| line.rfind(close).unwrap_or(0));
    let (mut from, mut at) = (0, 0);
    while let Some(found) =
        memchr::memchr2(b'{', b'<', line.as_bytes().get(at..).unwrap_or_default())
    {
        let start = at + found;
        let inside = start + 2;
        let open = TAGS
            .iter()
            .zip(closed)
            .find(|((open, _), last)| line[start..].starts_with(open) && *last >= inside);
        let end = open.and_then(|((_, close), _)| {
            Some((inside + line.get(inside..)?.find(close)?, close.len()))
        });
        let Some((end, length)) = end else {
            at = start + 1;
            continue;
        };
        cut.tags
            .push(line[inside..end].trim_matches(['-', ' ', '=', '~']));
        cut.beside |= !line[from..start].trim().is_empty();
        cut.filled.push_str(&line[from..start]);
        cut.filled.push_str("template");
        (from, at) = (end + length, end + length);
    }
    cut.beside |= !line[from..].trim().is_empty();
    cut.filled.push_str(&line[from..]);
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_read_without_their_tags() {
        let text = "openapi: 3.0.0\npaths:\n{{- if .Passkey }}\n  /a: {get: {summary: '{{ .Name \
            }}'}}\n{{- else }}\n  /b: {}\n{{- end }}\n{{ $x := 1 }}{{ if .Y }}{{ $x = 2 }}{{ else \
            }}{{ $x = 3 }}{{ end }}\n  /c: {}\n  /d: {{ .X }}\n";
        let (tree, approximate) = read_tree(text.to_owned()).unwrap();
        assert!(approximate.is_some());
        let paths: Vec<_> = tree
            .root()
            .unwrap()
            .get("paths")
            .unwrap()
            .pairs()
            .iter()
            .map(|(name, ..)| *name)
            .collect();
        assert_eq!(paths, ["/a", "/c", "/d"]);
    }

    #[test]
    fn a_line_is_taken_apart_in_one_pass_and_signs_may_overlap() {
        let filled = |line: &str| cut_tags(line).filled;
        assert_eq!(filled("a: {{ x }}-{% y %}"), "a: template-template");
        assert_eq!(filled("{%}"), "{%}");
        assert_eq!(filled("{{}"), "{{}");
        assert_eq!(filled("<%>"), "<%>");
        assert_eq!(filled("{%}é%}"), "template");
        assert_eq!(filled("{{ a"), "{{ a");
        assert!(
            cut_tags("  {{- if .A }}  ").only_tags()
                && !cut_tags("a {{ b }}").only_tags()
                && !cut_tags("a").only_tags()
        );
        // many signs without their ends
        assert_eq!(filled(&"{{ {% <% ".repeat(200_000)).len(), 9 * 200_000);
        assert_eq!(cut_tags(&"{{ if x }}".repeat(200_000)).tags.len(), 200_000);
    }

    #[test]
    fn an_opening_and_a_closing_that_share_a_sign_are_no_tag() {
        let cut = |line: &'static str| (cut_tags(line).tags, cut_tags(line).filled);
        assert_eq!(cut("a {%} b"), (vec![], "a {%} b".to_owned()));
        assert_eq!(cut("a <%> b"), (vec![], "a <%> b".to_owned()));
        assert_eq!(
            cut("a {%} b %} c"),
            (vec!["} b"], "a template c".to_owned())
        );
        assert_eq!(cut("{{}} {%%} <%%>").1, "template template template");
        assert!(read_tree("paths:\n  /a: {%}: x\n bad\n".to_owned()).is_err());
    }
}
