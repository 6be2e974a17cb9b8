//! Changed lines of YAML, JSON and templates of them, with the keys around each and the document it
//! lies in. Read by indentation, so that a template that is no YAML yet can be read too.

use crate::changed_lines::ChangedLine;

// a chart that is rendered whole has some ten thousand lines
/// Most lines of one file, and deepest nesting that is followed.
const LINES: usize = 100_000;
const DEPTH: usize = 40;

// names of objects end at 253 letters in Kubernetes
/// Longest kind and name of an object that are told apart, in characters.
const NAME: usize = 260;

/// One document of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct YamlDocument {
    pub kind: String,
    pub name: String,
    /// First line, from 1.
    begins: usize,
}

/// The documents of a text: what stands between `---`.
pub(super) fn split_yaml_documents(text: &str) -> Vec<YamlDocument> {
    let mut out = vec![YamlDocument {
        begins: 1,
        ..YamlDocument::default()
    }];
    visit_yaml_lines(text, |number, keys, line, _| {
        if line.starts_with("---") {
            out.push(YamlDocument {
                begins: number,
                ..YamlDocument::default()
            });
            return;
        }
        let Some(last) = out.last_mut() else { return };
        // names are compared for every line that changed, so a long one is cut
        let cut = |value: &str| model::shorten_text(value, NAME).into_owned();
        let value = || {
            cut(line
                .split_once(':')
                .map_or("", |(_, value)| value)
                .trim()
                .trim_end_matches(',')
                .trim_matches(['"', '\'']))
        };
        match keys {
            [key] if key == "kind" && last.kind.is_empty() => last.kind = value(),
            [first, key] if first == "metadata" && key == "name" && last.name.is_empty() => {
                last.name = value()
            }
            // written in one line
            [key] if key == "metadata" && last.name.is_empty() => {
                let inline = line.split_once("name:").map_or("", |(_, rest)| rest);
                last.name = cut(inline
                    .split([',', '}'])
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .trim_matches(['"', '\'']));
            }
            _ => {}
        }
    });
    out
}

/// Gives every changed line to `take`: its number, the document, the keys around the line with its
/// own last, and the line. A change beyond what is read is nobody's.
pub(super) fn each_changed_line(
    text: &str,
    changed: &[ChangedLine<'_>],
    mut take: impl FnMut(usize, &YamlDocument, &[String], &str),
) {
    let documents = split_yaml_documents(text);
    let (mut at, mut of) = (0, 0);
    visit_yaml_lines(text, |number, keys, line, _| {
        while changed
            .get(at)
            .is_some_and(|(changed, _)| *changed < number)
        {
            at += 1;
        }
        while documents
            .get(of + 1)
            .is_some_and(|document| document.begins <= number)
        {
            of += 1;
        }
        let differs = changed
            .get(at)
            .is_some_and(|(changed, _)| *changed == number);
        if differs && !line.starts_with("---") {
            take(number, &documents[of], keys, line);
        }
    });
}

/// The first changed line of which `judge` says something; it is given what [`each_changed_line`]
/// gives.
pub(super) fn first_line<W>(
    text: &str,
    changed: &[ChangedLine<'_>],
    mut judge: impl FnMut(&YamlDocument, &[String], &str) -> Option<W>,
) -> Option<(usize, W)> {
    let mut found = None;
    each_changed_line(text, changed, |number, document, keys, line| {
        if found.is_none() {
            found = judge(document, keys, line).map(|why| (number, why));
        }
    });
    found
}

/// Every line that is neither blank, nor a comment, nor one of a template's own.
fn visit_yaml_lines(text: &str, mut take: impl FnMut(usize, &[String], &str, usize)) {
    let mut keys: Vec<String> = Vec::new();
    let mut indents: Vec<usize> = Vec::new();
    for (index, whole) in text.lines().enumerate().take(LINES) {
        let line = whole.trim();
        // lines of a template alone hold no key of the object
        let own = line.starts_with("{{") && line.ends_with("}}");
        if line.is_empty() || line.starts_with('#') || own {
            continue;
        }
        let mut indent = whole.len() - whole.trim_start().len();
        let mut rest = line;
        // an entry of a list lies deeper than what holds it, also where it is written at the same
        // place
        while let Some(inner) = rest.strip_prefix("- ") {
            indent += rest.len() - inner.trim_start().len();
            rest = inner.trim_start();
        }
        if line.starts_with("---") {
            keys.clear();
            indents.clear();
        }
        while indents.last().is_some_and(|last| *last >= indent) {
            indents.pop();
            keys.pop();
        }
        let key = rest
            .split_once(':')
            .map(|(key, _)| key.trim().trim_matches(['"', '\'']))
            // a flow holds keys of its own, which are read where they matter
            .filter(|key| !key.is_empty() && !key.contains(['{', '[']));
        // deeper keys are counted to the innermost one that is kept
        if let Some(key) = key.filter(|_| keys.len() < DEPTH) {
            keys.push(model::shorten_text(key, 80).into_owned());
            indents.push(indent);
        }
        take(index + 1, &keys, rest, indent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_documents_are_told_by_indentation() {
        let text = "kind: Deployment\nmetadata:\n  name: jars\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n        image: x:1\n{{- if .Values.b }}\n---\nkind: Service\nmetadata: {name: shelf, labels: {a: b}}\nspec:\n  ports:\n  - 80\n";
        let of = |number: usize| {
            first_line(text, &[(number, "")], |document, keys, _| {
                Some(format!(
                    "{}/{} {}",
                    document.kind,
                    document.name,
                    keys.join(".")
                ))
            })
        };
        assert_eq!(
            of(9).map(|(_, said)| said).as_deref(),
            Some("Deployment/jars spec.template.spec.containers.image")
        );
        assert_eq!(
            of(16).map(|(_, said)| said).as_deref(),
            Some("Service/shelf spec.ports")
        );
    }
}
