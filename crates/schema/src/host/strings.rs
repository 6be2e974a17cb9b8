//! Contents of string literals: escapes are resolved, interpolations become placeholders.

use tree_sitter::Node;

use super::grammar::{GrammarReader, list_children};

impl GrammarReader<'_> {
    /// Appends the contents of a string node.
    pub fn string(&self, node: Node<'_>, out: &mut String, depth: usize) {
        let before = out.len();
        self.string_parts(node, out, depth);
        // strings of some grammars have no parts
        if out.len() == before {
            let raw = self
                .raw(node)
                .trim_start_matches(['@', 'r', 'b', 'u', 'f', 'R', 'B', 'U', 'F', '$']);
            let inner = raw.trim_start_matches("\"\"\"").trim_end_matches("\"\"\"");
            let inner = inner
                .strip_prefix(['"', '\'', '`'])
                .and_then(|inner| inner.strip_suffix(['"', '\'', '`']))
                .unwrap_or(inner);
            if node.kind() == "verbatim_string_literal" {
                // a doubled quote is one quote here
                out.push_str(&inner.replace("\"\"", "\""))
            } else {
                out.push_str(inner)
            }
        }
    }

    /// Appends the parts of a string node.
    pub fn string_parts(&self, node: Node<'_>, out: &mut String, depth: usize) {
        if self.is_too_deep(node, depth) {
            return;
        }
        for child in list_children(node) {
            match child.kind() {
                "string_content"
                | "string_fragment"
                | "quoted_content"
                | "string_literal_content"
                | "raw_string_content"
                | "heredoc_content"
                | "nowdoc_string"
                | "string_value"
                | "string_literal_fragment" => {
                    if child.named_child_count() > 0 {
                        self.content(child, out);
                    } else {
                        out.push_str(self.raw(child));
                    }
                }
                "escape_sequence" | "escape_interpolation" => {
                    out.push_str(&unescape_string_part(self.raw(child)))
                }
                // what the program puts in stands as a placeholder
                "interpolation"
                | "template_substitution"
                | "variable_name"
                | "member_access_expression"
                | "subscript_expression" => out.push_str("{{x}}"),
                "string" | "nowdoc_body" | "heredoc_body" | "encapsed_string" => {
                    self.string(child, out, depth + 1)
                }
                _ => {}
            }
        }
    }

    /// Contents with escapes inside.
    fn content(&self, node: Node<'_>, out: &mut String) {
        let mut at = node.start_byte();
        for child in list_children(node) {
            out.push_str(self.text.get(at..child.start_byte()).unwrap_or_default());
            match child.kind() {
                "escape_sequence" => out.push_str(&unescape_string_part(self.raw(child))),
                "interpolation" => out.push_str("{{x}}"),
                _ => out.push_str(self.raw(child)),
            }
            at = child.end_byte();
        }
        out.push_str(self.text.get(at..node.end_byte()).unwrap_or_default());
    }
}

fn unescape_string_part(raw: &str) -> String {
    match raw {
        "\\n" => "\n".to_owned(),
        "\\t" => "\t".to_owned(),
        "\\r" => "\r".to_owned(),
        // a doubled bracket is one bracket in a text with placeholders
        "{{" | "}}" => raw[..1].to_owned(),
        // one backslash says that the next letter stands for itself, and that may be another one
        _ => raw.strip_prefix('\\').unwrap_or(raw).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backslash_stands_for_what_follows() {
        assert_eq!(unescape_string_part("\\\\"), "\\");
        assert_eq!(unescape_string_part("\\'"), "'");
        assert_eq!(unescape_string_part("\\n"), "\n");
        assert_eq!(unescape_string_part("{{"), "{");
    }
}
