//! Manifests in XML: Maven and NuGet.

use span_tree::Limits;
use span_tree::xml::{XmlElement, parse_xml};

use super::found::FoundLibraries;

// a property may name another one; a circle of them ends here
/// Most properties that are put into one another.
const PROPERTIES: usize = 8;

fn parse_manifest(text: &str) -> Result<XmlElement, String> {
    let limits = Limits {
        depth: 64,
        nodes: 500_000,
        bytes: crate::texts::LIMIT,
    };
    parse_xml(text, limits).map_err(|error| error.to_string())
}

/// Dependencies, managed ones and imported lists of versions (BOM) among them, plugins and the
/// parent, with versions that are written out or kept as properties of the same file.
pub(super) fn read_pom_dependencies(text: &str, found: &mut FoundLibraries) -> Result<(), String> {
    let root = parse_manifest(text)?;
    let properties = list_properties(&root, "properties");
    for element in root.descendants() {
        if !["dependency", "plugin", "parent", "extension"].contains(&element.name.as_str()) {
            continue;
        }
        let field = |name: &str| {
            let child = element.child(name)?;
            Some((
                fill_properties(child.text.trim(), &properties, "${", "}"),
                child.line,
            ))
        };
        let (Some((group, _)), Some((artifact, line))) = (field("groupId"), field("artifactId"))
        else {
            continue;
        };
        // a version that another file manages is left open, and that the library is there is still
        // known
        let (version, line) = field("version").unwrap_or((String::new(), line));
        found.add(&format!("{group}:{artifact}"), &version, line);
    }
    Ok(())
}

/// References of a project, and lists of versions for all projects, with the version as an
/// attribute or as an element of its own.
pub(super) fn read_nuget_references(text: &str, found: &mut FoundLibraries) -> Result<(), String> {
    let root = parse_manifest(text)?;
    let properties = list_properties(&root, "PropertyGroup");
    for element in root.descendants() {
        let names = match element.name.as_str() {
            "PackageReference"
            | "PackageVersion"
            | "GlobalPackageReference"
            | "DotNetCliToolReference" => ["Include", "Update"],
            // packages.config, and what a package of one's own asks for
            "package" | "dependency" => ["id", "id"],
            _ => continue,
        };
        let Some(name) = names.iter().find_map(|name| element.attribute(name)) else {
            continue;
        };
        let child = ["Version", "VersionOverride"]
            .iter()
            .find_map(|name| element.child(name));
        // a version of its own stands above the one that the solution manages
        let attribute = ["VersionOverride", "Version", "version"]
            .iter()
            .find_map(|name| element.attribute(name));
        let (version, line) = match (attribute, child) {
            (Some(version), _) => (version, element.line),
            (None, Some(child)) => (child.text.trim(), child.line),
            (None, None) => ("", element.line),
        };
        let version = fill_properties(version, &properties, "$(", ")");
        // several packages can stand in one reference
        for name in name.split(';') {
            found.add(name, &version, line);
        }
    }
    Ok(())
}

/// Names and texts of all elements in groups with that name; the first one counts.
fn list_properties<'x>(root: &'x XmlElement, group: &str) -> Vec<(&'x str, &'x str)> {
    root.descendants()
        .filter(|element| element.name == group)
        .flat_map(|element| &element.children)
        .map(|property| (property.name.as_str(), property.text.trim()))
        .collect()
}

/// A text that is one property becomes what that property says. One that this file does not know
/// stays as it is written.
fn fill_properties(text: &str, known: &[(&str, &str)], open: &str, close: &str) -> String {
    let mut text = text;
    for _ in 0..PROPERTIES {
        let name = text
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close));
        let value = name.and_then(|name| known.iter().find(|(key, _)| *key == name));
        match value {
            Some((_, value)) => text = value,
            None => break,
        }
    }
    text.to_owned()
}
