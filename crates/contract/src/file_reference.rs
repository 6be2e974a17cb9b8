//! Which files a document refers to, and which references are refused.

use std::collections::HashSet;

use span_tree::{Node, Tree};

/// A step of a pointer without its escapes: `%20`, `~1` and `~0`.
pub(super) fn unescape_pointer_step(step: &str) -> String {
    let mut bytes = Vec::with_capacity(step.len());
    let raw = step.as_bytes();
    let mut at = 0;
    while at < raw.len() {
        // a percent sign without two digits behind it stands for itself
        let coded = (raw[at] == b'%')
            .then(|| step.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(coded.unwrap_or(raw[at]));
        at += if coded.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&bytes)
        .replace("~1", "/")
        .replace("~0", "~")
}

/// `target` as seen from the folder of `from`; `None` when it leaves the repository.
pub(super) fn join_reference_path(from: &str, target: &str) -> Option<String> {
    let target = unescape_pointer_step(target);
    let target = target.split('?').next().unwrap_or("");
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    // an absolute path would lead out of the repository
    if target.starts_with('/') {
        return None;
    }
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Lines and the paths that are referred to there.
pub(super) type WantedReferences = Vec<(usize, String)>;
/// Lines, the references there and why each is refused.
pub(super) type RefusedReferences = Vec<(usize, String, &'static str)>;

/// Files that a tree refers to, and references that are refused.
pub(super) fn list_file_references(
    tree: &Tree,
    path: &str,
) -> (WantedReferences, RefusedReferences) {
    let (mut wanted, mut refused) = (Vec::new(), Vec::new());
    // `$id` names a schema inside of the same document
    let embedded: HashSet<&str> = tree
        .nodes()
        .flat_map(Node::entries)
        .filter(|(key, _)| key.text() == Some("$id"))
        .filter_map(|(_, value)| value.text())
        .collect();
    for (key, value) in tree.nodes().flat_map(Node::entries) {
        let Some(target) = value.text().filter(|_| key.text() == Some("$ref")) else {
            continue;
        };
        let file = target.split('#').next().unwrap_or("");
        if file.is_empty() || embedded.contains(file) {
            continue;
        }
        // nothing is fetched from the net, whatever a contract points at
        if file.contains("://") || file.starts_with("//") || file.starts_with("urn:") {
            refused.push((
                value.line(),
                target.to_owned(),
                "points out of the repository; it is not fetched, so what it describes is unknown",
            ));
            continue;
        }
        match join_reference_path(path, file) {
            Some(target) => wanted.push((value.line(), target)),
            None => refused.push((
                value.line(),
                target.to_owned(),
                "leaves the repository; it is not read, so what it describes is unknown",
            )),
        }
    }
    (wanted, refused)
}
