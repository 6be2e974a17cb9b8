//! Keys of a ConfigMap or a Secret that are gone, for `config/key-removed`.

use std::collections::BTreeMap;

use crate::check::{SurroundingsInput, WithEvidence, build_check_finding};
use crate::infrastructure::manifest;
use coverage::ledger::{is_live, is_program, is_vendored};
use model::{CheckDoc, Confidence, Evidence, Finding, Severity};
use text_scan::has_whole_word;

// a ConfigMap may hold whole files; each key of a range is one word of a search
/// Most keys of a range that are looked for.
const KEYS: usize = 200;

/// Keys by kind, namespace and name of their object: file and line.
type Keys = BTreeMap<(String, String, String), BTreeMap<String, (String, usize)>>;

/// Keys that an object of both releases no longer has: a warning where the previous release names
/// the key, else a note.
pub(super) fn tell_gone_object_keys(
    look: &SurroundingsInput<'_>,
    doc: &'static CheckDoc,
) -> Vec<Finding> {
    let (mut old, mut new) = (Keys::new(), Keys::new());
    for (change, before, after) in manifest::list_object_files(look) {
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        before
            .iter()
            .for_each(|text| read_keys(text, old_path, &mut old));
        after
            .iter()
            .for_each(|text| read_keys(text, &change.path, &mut new));
    }
    let gone: Vec<_> = old
        .iter()
        // an object that is gone as a whole is told as such
        .filter_map(|(object, keys)| Some((object, keys, new.get(object)?)))
        .flat_map(|(object, keys, now)| {
            keys.iter()
                .filter(|(key, _)| !now.contains_key(*key))
                .map(move |(key, place)| (object, key, place))
        })
        .take(KEYS)
        .collect();
    if gone.is_empty() {
        return Vec::new();
    }
    let words: Vec<String> = gone.iter().map(|(_, key, _)| (*key).clone()).collect();
    let (hits, _) = look.range.previous.search_many(&words, false, 20, &|path| {
        is_live(path) && !is_vendored(path) && (is_program(path) || is_manifest(path))
    });
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    gone.iter()
        .enumerate()
        .map(|(at, ((kind, _, name), key, (path, line)))| {
            let used = hits.iter().find(|hit| {
                hit.word == at
                    && has_whole_word(&hit.text, key)
                    && if is_program(&hit.path) {
                        // an ordinary word says nothing in program text
                        // `size` is a word of programs, `SIZE_LIMIT` or `size.limit` a key
                        key.len() >= 5 && key.contains(['_', '.', '-'])
                    } else {
                        // the line that gave the key is no reader of it
                        !(hit.path == *path && hit.line == *line) && names_key(&hit.text, key)
                    }
            });
            let place = Evidence::at(path.as_str(), *line).with_excerpt(key);
            match used {
                Some(hit) => build_check_finding(
                    doc,
                    Severity::Warns,
                    Confidence::Likely,
                    key.as_str(),
                    format!(
                        "{previous} reads {key} of the {kind} {name} ({}:{}), and {current} no longer has it there ({path}:{line})",
                        hit.path, hit.line
                    ),
                )
                .at([Evidence::at(hit.path.as_str(), hit.line).with_excerpt(&hit.text), place]),
                None => build_check_finding(
                    doc,
                    Severity::Notes,
                    Confidence::Hint,
                    key.as_str(),
                    format!("{current} drops {key} from the {kind} {name} ({path}:{line}), and no file shows what reads it"),
                )
                .at([place]),
            }
        })
        .collect()
}

fn is_manifest(path: &str) -> bool {
    [".yaml", ".yml", ".tpl", ".json"]
        .iter()
        .any(|end| path.ends_with(end))
}

/// `key: size` of a reference, `subPath: size` of a mount, in any style.
fn names_key(text: &str, key: &str) -> bool {
    ["key:", "subPath:", "\"key\":", "property:"]
        .iter()
        .any(|word| {
            text.match_indices(word).any(|(at, _)| {
                let value = text[at + word.len()..]
                    .trim_start()
                    .trim_start_matches(['"', '\'']);
                value.strip_prefix(key).is_some_and(|rest| {
                    !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
                })
            })
        })
}

fn read_keys(text: &str, path: &str, into: &mut Keys) {
    manifest::visit_manifest_objects(text, |kind, name, node| {
        // `{{ include "x.name" . }}` names no object that can be met again
        if !matches!(kind, "ConfigMap" | "Secret") || name.contains("template") {
            return;
        }
        // objects of one name in two namespaces are two
        let space = node
            .at(&["metadata", "namespace"])
            .and_then(span_tree::Node::text)
            .unwrap_or_default();
        let keys = into
            .entry((kind.to_owned(), space.to_owned(), name.to_owned()))
            .or_default();
        for part in ["data", "stringData", "binaryData"] {
            for (key, _) in node
                .get(part)
                .into_iter()
                .flat_map(span_tree::Node::entries)
                .take(2_000)
            {
                if let Some(word) = key.text() {
                    keys.entry(word.to_owned())
                        .or_insert((path.to_owned(), key.line()));
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use crate::case::Fixture;
    use model::{FileKind, Severity};

    fn severity(kind: &str, old: &str, new: &str, reader: &str) -> Vec<Severity> {
        let object = |keys: &str| {
            &*format!("kind: {kind}\nmetadata: {{name: jars}}\ndata: {{{keys}}}\n").leak()
        };
        let reader: &str = reader.to_owned().leak();
        Fixture::of(
            "k8s/jars.yaml",
            FileKind::Infrastructure,
            object(old),
            object(new),
        )
        .and(
            "k8s/web.yaml",
            FileKind::Infrastructure,
            Some(reader),
            Some(reader),
        )
        .of_check("config/key-removed")
        .iter()
        .map(|finding| finding.severity)
        .collect()
    }

    #[test]
    fn a_key_that_the_previous_release_refers_to_is_a_setting_that_is_gone() {
        let read =
            "kind: Pod\nenv: [{name: A, valueFrom: {secretKeyRef: {name: jars, key: size}}}]\n";
        assert_eq!(
            severity("Secret", "size: a", "width: a", read),
            [Severity::Warns]
        );
        let mount = "kind: Pod\nvolumeMounts: [{mountPath: /a, subPath: size.conf}]\n";
        assert_eq!(
            severity("ConfigMap", "size.conf: a", "b.conf: a", mount),
            [Severity::Warns]
        );
        assert_eq!(
            severity("Secret", "size: a", "width: a", "kind: Pod\nkey: sizes\n"),
            [Severity::Notes]
        );
        assert!(severity("Secret", "size: a", "size: b, width: c", read).is_empty());
    }
}
