//! A matrix of verifications, as can-i-deploy prints it: which consumer version was verified with
//! which provider version.
//!
//! Read are the broker's JSON (`matrix: [{consumer: {name, version: {number}}, provider: …,
//! verificationResult: {success}}]`) and its plain form (`[{consumer: shop, consumer_version:
//! "5.2", provider_version: "3.0.0", success: true}]`), in JSON or YAML.

use span_tree::{Node, Tree};

/// What the matrix says of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verified {
    pub success: bool,
    pub line: usize,
}

/// Whether `consumer` (at version `live`, when that is known) was verified with version `provider`
/// of this service. A failure counts before a success; `None` when no row tells, which is not known
/// and never yes.
pub(super) fn look_up(
    text: &str,
    consumer: &str,
    live: Option<&str>,
    provider: &str,
) -> Option<Verified> {
    let tree = Tree::parse(text).ok()?;
    let root = tree.root()?;
    // the broker's own key, then what people write by hand
    let rows = root
        .get("matrix")
        .or_else(|| root.get("rows"))
        .unwrap_or(root);
    let mut found: Option<Verified> = None;
    for row in rows.items() {
        // a row without a result is not verified yet
        let Some(success) = read_verification_result(row) else {
            continue;
        };
        let fits = |wanted: &str, is: Option<&str>| {
            // a broker's version is often the tag, with its letter
            is.is_some_and(|is| strip_version_letter(is) == strip_version_letter(wanted))
        };
        let named = read_matrix_party(row, "consumer")
            .0
            .is_some_and(|name| name.eq_ignore_ascii_case(consumer));
        if !named
            || !fits(provider, read_matrix_party(row, "provider").1)
            // without knowing what is live, any verified version of the consumer counts
            || live.is_some_and(|live| !fits(live, read_matrix_party(row, "consumer").1))
        {
            continue;
        }
        // a later run may have failed where an earlier one did not
        if found.is_none_or(|best| best.success && !success) {
            found = Some(Verified {
                success,
                line: row.line(),
            });
        }
    }
    found
}

/// A version without the letter that tags put before it.
fn strip_version_letter(version: &str) -> &str {
    version.strip_prefix(['v', 'V']).unwrap_or(version)
}

/// Name and version of one side of a row.
fn read_matrix_party<'a>(row: Node<'a>, key: &str) -> (Option<&'a str>, Option<&'a str>) {
    let side = row.get(key);
    let name = side.and_then(|side| {
        side.get("name")
            .and_then(Node::text)
            .or_else(|| side.text())
    });
    let version = side.and_then(|side| {
        side.at(&["version", "number"])
            .and_then(Node::text)
            .or_else(|| side.get("version").and_then(Node::text))
    });
    let flat = ["_version", "Version"]
        .into_iter()
        .find_map(|end| row.get(&format!("{key}{end}")).and_then(Node::text));
    (name, version.or(flat))
}

fn read_verification_result(row: Node<'_>) -> Option<bool> {
    let result = row
        .get("verificationResult")
        .or_else(|| row.get("verification_result"))
        .unwrap_or(row);
    result.get("success").and_then(Node::as_bool)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BROKER: &str = "{\"summary\": {\"deployable\": false}, \"matrix\": [\n{\"consumer\": \
        {\"name\": \"shop\", \"version\": {\"number\": \"5.2\"}},\n \"provider\": {\"name\": \
        \"cards\", \"version\": {\"number\": \"3.0.0\"}}, \"verificationResult\": {\"success\": \
        false}},\n{\"consumer\": {\"name\": \"shop\", \"version\": {\"number\": \"5.1\"}}, \
        \"provider\": {\"name\": \"cards\", \"version\": {\"number\": \"3.0.0\"}}, \
        \"verificationResult\": {\"success\": true}},\n{\"consumer\": {\"name\": \"till\", \
        \"version\": {\"number\": \"1\"}}, \"provider\": {\"name\": \"cards\", \"version\": \
        {\"number\": \"3.0.0\"}}, \"verificationResult\": null}]}";

    #[test]
    fn the_brokers_answer_is_read_by_version() {
        let told = |consumer, live, provider| look_up(BROKER, consumer, live, provider);
        assert_eq!(
            told("shop", Some("5.2"), "v3.0.0"),
            Some(Verified {
                success: false,
                line: 2
            })
        );
        assert_eq!(
            told("Shop", Some("v5.1"), "3.0.0").map(|row| row.success),
            Some(true)
        );
        assert_eq!(
            told("shop", None, "3.0.0").map(|row| row.success),
            Some(false)
        );
        assert_eq!(told("shop", Some("6.0"), "3.0.0"), None);
        assert_eq!(told("shop", Some("5.2"), "3.1.0"), None);
        assert_eq!(told("till", None, "3.0.0"), None);
    }

    #[test]
    fn the_plain_form_is_read_too() {
        let text =
            "- {consumer: shop, consumer_version: '5.2', provider_version: 3.0.0, success: true}\n";
        assert_eq!(
            look_up(text, "shop", Some("5.2"), "3.0.0"),
            Some(Verified {
                success: true,
                line: 1
            })
        );
        assert_eq!(look_up("not: [a matrix", "shop", None, "3.0.0"), None);
    }
}
