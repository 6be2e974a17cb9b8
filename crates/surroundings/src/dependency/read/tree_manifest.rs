//! Manifests and lock files in JSON and YAML.

use span_tree::{Limits, Node, Tree};

use super::ManifestFormat;
use super::found::FoundLibraries;

/// Reads a format of JSON or YAML; nothing for any other.
///
/// # Errors
/// It is neither, or a bound was met.
pub(super) fn read_tree(
    format: ManifestFormat,
    text: &str,
    found: &mut FoundLibraries,
) -> Result<(), String> {
    let limits = Limits {
        // lock files nest a few levels, but for the first form of npm's
        depth: 64,
        nodes: 2_000_000,
        bytes: crate::texts::LIMIT,
    };
    let tree = Tree::parse_with(text, limits).map_err(|error| error.to_string())?;
    let Some(root) = tree.root() else {
        return Ok(());
    };
    // a file with marks of a conflict is read as a text
    if !root.is_mapping() {
        return Err("it holds no names and values".to_owned());
    }
    match format {
        ManifestFormat::PackageJson => {
            let keys = [
                "dependencies",
                "devDependencies",
                "optionalDependencies",
                "peerDependencies",
            ];
            read_dependency_maps(root, &keys, found);
        }
        ManifestFormat::ComposerJson => {
            read_dependency_maps(root, &["require", "require-dev"], found);
        }
        ManifestFormat::PackageLock => read_package_lock(root, found),
        ManifestFormat::ComposerLock => {
            for package in list_items(root, &["packages", "packages-dev"]) {
                found.add_node(
                    package.get("name").and_then(Node::text),
                    package.get("version"),
                );
            }
        }
        ManifestFormat::PipfileLock => {
            read_version_fields(root, &["default", "develop"], "version", found);
        }
        ManifestFormat::NugetLock => {
            let frameworks = root.get("dependencies").into_iter().flat_map(Node::entries);
            for (name, value) in frameworks.flat_map(|(_, framework)| framework.entries()) {
                found.add_node(name.text(), value.get("resolved"));
            }
        }
        ManifestFormat::Pubspec => read_pubspec(root, found),
        ManifestFormat::PubspecLock => read_version_fields(root, &["packages"], "version", found),
        ManifestFormat::PodfileLock => read_podfile_lock(root, found),
        ManifestFormat::SwiftResolved => read_swift_pins(root, found),
        ManifestFormat::VendorJson => {
            for package in list_items(root, &["package"]) {
                found.add_node(
                    package.get("path").and_then(Node::text),
                    package.get("version").or_else(|| package.get("revision")),
                );
            }
        }
        _ => {}
    }
    Ok(())
}

fn list_items<'a>(root: Node<'a>, keys: &'a [&'a str]) -> impl Iterator<Item = Node<'a>> {
    keys.iter()
        .filter_map(move |key| root.get(key))
        .flat_map(Node::items)
}

/// Maps of a name to a version.
fn read_dependency_maps(root: Node<'_>, keys: &[&str], found: &mut FoundLibraries) {
    for (name, version) in keys
        .iter()
        .filter_map(|key| root.get(key))
        .flat_map(Node::entries)
    {
        found.add_node(name.text(), Some(version));
    }
}

/// Maps of a name to a map with the version under a key.
fn read_version_fields(root: Node<'_>, keys: &[&str], field: &str, found: &mut FoundLibraries) {
    for (name, value) in keys
        .iter()
        .filter_map(|key| root.get(key))
        .flat_map(Node::entries)
    {
        found.add_node(name.text(), value.get(field));
    }
}

fn read_package_lock(root: Node<'_>, found: &mut FoundLibraries) {
    for (path, value) in root.get("packages").into_iter().flat_map(Node::entries) {
        // the last package of a nested path; the root has an empty name
        let name = path
            .text()
            .and_then(|path| path.rsplit("node_modules/").next());
        found.add_node(name, value.get("version"));
    }
    // the first form of `package-lock.json` has no `packages`
    if root.get("packages").is_none() {
        read_version_fields(root, &["dependencies"], "version", found);
    }
}

/// A version, or a map that says where the package comes from.
fn read_pubspec(root: Node<'_>, found: &mut FoundLibraries) {
    let keys = ["dependencies", "dev_dependencies", "dependency_overrides"];
    for (name, value) in keys
        .iter()
        .filter_map(|key| root.get(key))
        .flat_map(Node::entries)
    {
        // a package from git has a reference in place of a version
        let version = if value.is_mapping() {
            value.get("version").or_else(|| value.at(&["git", "ref"]))
        } else {
            Some(value)
        };
        let place = version.unwrap_or(name);
        if let Some(text) = name.text() {
            let version = version.and_then(Node::text).unwrap_or_default();
            found.add(text, version, place.line());
        }
    }
}

// a pod with needs of its own is a key, one without is a text
/// `- Name (1.2.3)`, or that as the key of what it needs itself.
fn read_podfile_lock(root: Node<'_>, found: &mut FoundLibraries) {
    for item in list_items(root, &["PODS"]) {
        let entry = item.entries().next().map_or(item, |(key, _)| key);
        let pod = entry.text().and_then(|text| text.split_once(" ("));
        if let Some((name, version)) = pod {
            found.add(name, version.trim_end_matches(')'), entry.line());
        }
    }
}

// the first form keeps its pins below `object`
/// Pins of the Swift package manager: their form of today, and the first one.
fn read_swift_pins(root: Node<'_>, found: &mut FoundLibraries) {
    let old = root.get("object");
    for pin in list_items(old.unwrap_or(root), &["pins"]) {
        let name = pin.get("identity").or_else(|| pin.get("package"));
        let version = ["version", "branch", "revision"]
            .iter()
            .filter_map(|key| pin.at(&["state", key]))
            // a pin to a branch has a version that is null
            .find(|version| !version.is_null());
        found.add_node(name.and_then(Node::text), version);
    }
}
