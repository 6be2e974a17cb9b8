//! Files in YAML that say what is done, step by step, and are no settings.

use span_tree::Node;

/// A playbook, the tasks of a role, or a change log of Liquibase: what is done, step by step. No
/// program reads it as its settings.
pub(super) fn is_list_of_steps(root: Node<'_>) -> bool {
    // each change set runs once and is no setting
    if root.get("databaseChangeLog").is_some() {
        return true;
    }
    let has = |item: Node<'_>, keys: &[&str]| keys.iter().any(|key| item.get(key).is_some());
    root.is_sequence()
        && root.items().any(|item| {
            has(
                item,
                &[
                    "hosts",
                    "import_playbook",
                    "ansible.builtin.import_playbook",
                ],
            ) || has(item, &["name"])
                // a task has a name and one module, whose parameters are a map
                && item.pairs().iter().any(|(key, _, value)| {
                    key.contains('.') || value.is_mapping() && *key != "name"
                })
                && has(
                    item,
                    &[
                        "when", "become", "notify", "register", "tags", "loop", "vars",
                    ],
                )
                || item
                    .pairs()
                    .iter()
                    .any(|(key, ..)| key.starts_with("ansible.") || key.starts_with("community."))
        })
}
