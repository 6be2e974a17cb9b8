//! Documents that are templates: read without their tags, near the truth, and told so.

use span_tree::{Limits, Tree};

/// A text as a tree; a template is read without its placeholders, and given back beside.
pub(super) fn read_tree(text: String) -> Result<(Tree, Option<String>), span_tree::Error> {
    let limits = Limits { depth: 200, nodes: 3_000_000, bytes: 32 * 1024 * 1024 };
    let (error, text) = match Tree::parse_owned(text, limits) {
        Ok(tree) => return Ok((tree, None)),
        Err(failed) => failed,
    };
    let has_marks = text.contains("{{") || text.contains("{%") || text.contains("<%");
    if !has_marks {
        return Err(error);
    }
    Tree::parse_owned(without_templates(&text), limits).map(|tree| (tree, Some(text))).map_err(|_| error)
}

/// Lines that are only template tags become empty; tags inside a line become a word, so that line numbers stay.
fn without_templates(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut first_branch: Vec<bool> = Vec::new();
    for line in text.lines() {
        let (tags, rest) = cut_tags(line);
        let shown = first_branch.iter().all(|&first| first);
        // of an if with an else only the first branch is read: both would repeat keys
        for tag in &tags {
            match tag.split_whitespace().next().unwrap_or("") {
                "if" | "range" | "with" | "for" | "unless" | "define" | "block" => first_branch.push(true),
                "else" | "elif" | "elsif" | "elseif" => {
                    if let Some(last) = first_branch.last_mut() {
                        *last = false;
                    }
                }
                "end" | "endif" | "endfor" | "endunless" | "endblock" | "endwith" => {
                    first_branch.pop();
                }
                _ => {}
            }
        }
        let only_tags = !tags.is_empty() && rest.trim().is_empty();
        if !only_tags && shown {
            out.push_str(&inline(line));
        }
        out.push('\n');
    }
    out
}

const TAGS: [(&str, &str); 3] = [("{{", "}}"), ("{%", "%}"), ("<%", "%>")];

/// The inner texts of a line's tags, and the line without them.
fn cut_tags(line: &str) -> (Vec<&str>, String) {
    let (mut tags, mut kept, mut rest) = (Vec::new(), String::new(), line);
    while let Some((start, (open, close))) = TAGS.iter().filter_map(|tag| Some((rest.find(tag.0)?, tag))).min_by_key(|(at, _)| *at) {
        // looked for behind the opening: `{%}` shares its one sign with the closing and is no tag
        let inner = start + open.len();
        let Some(length) = rest[inner..].find(close) else { break };
        tags.push(rest[inner..inner + length].trim_matches(['-', ' ', '=', '~']));
        kept.push_str(&rest[..start]);
        rest = &rest[inner + length + close.len()..];
    }
    kept.push_str(rest);
    (tags, kept)
}

fn inline(line: &str) -> String {
    let mut out = line.to_owned();
    for (open, close) in TAGS {
        while let Some(start) = out.find(open) {
            let inner = start + open.len();
            let Some(length) = out[inner..].find(close) else { break };
            out.replace_range(start..inner + length + close.len(), "template");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_read_without_their_tags() {
        let text = "openapi: 3.0.0\npaths:\n{{- if .Passkey }}\n  /a: {get: {summary: '{{ .Name }}'}}\n{{- else }}\n  /b: {}\n{{- end }}\n{{ $x := 1 }}{{ if .Y }}{{ $x = 2 }}{{ else }}{{ $x = 3 }}{{ end }}\n  /c: {}\n  /d: {{ .X }}\n";
        let (tree, approximate) = read_tree(text.to_owned()).unwrap();
        assert!(approximate.is_some());
        let paths: Vec<_> = tree.root().unwrap().get("paths").unwrap().pairs().iter().map(|(name, ..)| *name).collect();
        assert_eq!(paths, ["/a", "/c", "/d"]);
    }

    #[test]
    fn an_opening_and_a_closing_that_share_a_sign_are_no_tag() {
        assert_eq!(cut_tags("a {%} b"), (vec![], "a {%} b".to_owned()));
        assert_eq!(cut_tags("a <%> b"), (vec![], "a <%> b".to_owned()));
        assert_eq!(cut_tags("a {%} b %} c"), (vec!["} b"], "a  c".to_owned()));
        assert_eq!(inline("a {%} b"), "a {%} b");
        assert_eq!(inline("{{}} {%%} <%%>"), "template template template");
        assert!(read_tree("paths:\n  /a: {%}: x\n bad\n".to_owned()).is_err());
    }
}
