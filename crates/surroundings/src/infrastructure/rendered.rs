//! Templates of a chart with the values of each release in them: what a value becomes is known by
//! where it stands in a template.

use std::collections::BTreeMap;

use span_tree::{Limits, Node, Tree};

use crate::check::SurroundingsInput;
use crate::texts::LIMIT;
use coverage::place::{FileRole, classify_path_place};
use model::Snapshot;

/// Most charts and most templates of one chart.
const CHARTS: usize = 50;
const TEMPLATES: usize = 300;

/// Largest template that is filled, in bytes, and most values of one file.
const SIZE: usize = 200_000;
const VALUES: usize = 5_000;

/// A template whose values differ between the releases, filled for both.
pub(super) struct Rendered {
    /// The template.
    pub path: String,
    /// As previous and as current fill it.
    pub sides: (String, String),
}

/// Templates of charts whose own values changed, and that use a value that did.
pub(super) fn render_changed_templates(look: &SurroundingsInput<'_>) -> Vec<Rendered> {
    let mut out = Vec::new();
    // `values-prod.yaml` is laid over these where it is installed, and is not known here
    let own = |path: &str| path.rsplit('/').next() == Some("values.yaml");
    for change in look
        .range
        .changes
        .iter()
        .filter(|change| own(&change.path) && classify_path_place(&change.path) == FileRole::Live)
        .take(CHARTS)
    {
        let below = format!(
            "{}templates/",
            &change.path[..change.path.len() - "values.yaml".len()]
        );
        let mut wanted = look
            .range
            .current
            .list()
            .iter()
            .filter(|entry| entry.path.starts_with(&below) && entry.path.ends_with(".yaml"))
            .take(TEMPLATES)
            .peekable();
        // values that no template uses are not read
        if wanted.peek().is_none() {
            continue;
        }
        let read = |tree: &dyn Snapshot| {
            tree.read_text(&change.path)
                .ok()
                .filter(|text| text.len() <= LIMIT)
                .map(|text| read_chart_values(&text))
        };
        let (Some(old), Some(new)) = (read(look.range.previous), read(look.range.current)) else {
            continue;
        };
        for entry in wanted {
            let text = |tree: &dyn Snapshot| {
                tree.read_text(&entry.path)
                    .ok()
                    .filter(|text| text.len() <= SIZE && text.contains(".Values."))
            };
            // without a value in it, the template itself is compared
            let (Some(before), Some(after)) = (text(look.range.previous), text(look.range.current))
            else {
                continue;
            };
            let sides = (
                fill_chart_template(&before, &old),
                fill_chart_template(&after, &new),
            );
            // a value that nothing of the template uses makes no difference
            if sides.0 != sides.1 {
                out.push(Rendered {
                    path: entry.path.clone(),
                    sides,
                });
            }
        }
    }
    out
}

/// Scalars by their path: `persistence.size`.
fn read_chart_values(text: &str) -> BTreeMap<String, String> {
    fn walk(node: Node<'_>, at: &str, depth: usize, into: &mut BTreeMap<String, String>) {
        if depth > 16 || into.len() >= VALUES {
            return;
        }
        for (key, value) in node.entries() {
            let Some(key) = key.text() else { continue };
            let here = if at.is_empty() {
                key.to_owned()
            } else {
                format!("{at}.{key}")
            };
            match value.text() {
                Some(text) => drop(into.insert(here, text.to_owned())),
                None => walk(value, &here, depth + 1, into),
            }
        }
    }
    let mut out = BTreeMap::new();
    if let Ok(tree) = Tree::parse_with(
        text,
        Limits {
            depth: 100,
            nodes: 200_000,
            bytes: LIMIT,
        },
    ) {
        // a file of values is one document
        tree.roots()
            .take(1)
            .for_each(|root| walk(root, "", 0, &mut out));
    }
    out
}

/// Every `{{ .Values.a.b | quote }}` as its value; what is not known stays as it is.
fn fill_chart_template(template: &str, values: &BTreeMap<String, String>) -> String {
    let (mut out, mut rest) = (String::with_capacity(template.len()), template);
    while let Some((before, behind)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((inside, after)) = behind.split_once("}}") else {
            // a template that is not closed is kept as it is
            out.push_str("{{");
            out.push_str(behind);
            return out;
        };
        let inner = inside.trim_matches(['-', ' ']);
        let path = inner.strip_prefix(".Values.").map(|inner| {
            inner
                .split(|c: char| c.is_whitespace() || c == '|')
                .next()
                .unwrap_or_default()
        });
        // what is worked out (`include`, `if`) is not known
        match path.and_then(|path| values.get(path)) {
            Some(value) => out.push_str(value),
            None => {
                out.push_str("{{");
                out.push_str(inside);
                out.push_str("}}");
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_where_a_template_uses_them() {
        let values = read_chart_values("persistence:\n  size: 10Gi\nname: a\n");
        assert_eq!(
            fill_chart_template(
                "size: {{ .Values.persistence.size | quote }}\nb: {{ .Values.none }}\n",
                &values
            ),
            "size: 10Gi\nb: {{ .Values.none }}\n"
        );
        assert_eq!(fill_chart_template("a {{ b", &values), "a {{ b");
    }
}
