//! Manifests and lock files in TOML.

use std::collections::BTreeMap;
use std::ops::Range;

use toml_edit::{Document, Item, TableLike, Value};

use super::found::FoundLibraries;

/// Largest text, in bytes. Lock files of large projects have one to three megabytes, of which the
/// parser makes some fifty times as much.
const BYTES: usize = 4 * 1024 * 1024;

/// Most values, counted by the signs that stand between them: small ones take the parser a hundred
/// times their size.
const VALUES: usize = 500_000;

/// A text in TOML, with the places where its lines begin.
struct TomlManifest<'t> {
    document: Document<&'t str>,
    starts: Vec<usize>,
}

impl<'t> TomlManifest<'t> {
    fn parse(text: &'t str) -> Result<Self, String> {
        if text.len() > BYTES {
            return Err(format!(
                "it has {} bytes, more than the {BYTES} that are read",
                text.len()
            ));
        }
        let between = |byte: &&u8| matches!(byte, b',' | b'=');
        // counted before parsing: a list of two million numbers took the parser 640 MB
        if text.as_bytes().iter().filter(between).count() > VALUES {
            return Err(format!(
                "it has more than the {VALUES} values that are read"
            ));
        }
        // editors of Windows begin a file with this mark
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts: Vec<usize> = std::iter::once(0).chain(ends).collect();
        match Document::parse(text) {
            Ok(document) => Ok(Self { document, starts }),
            Err(error) => Err(format!(
                "line {}: {}",
                find_line(&starts, error.span()),
                error.message().trim().replace('\n', ", ")
            )),
        }
    }

    fn root(&self) -> &dyn TableLike {
        self.document.as_table()
    }

    fn line(&self, span: Option<Range<usize>>) -> usize {
        find_line(&self.starts, span)
    }

    // a version that is not said is kept as open, so that its coming and going is seen
    /// A version that is a text, or a table that says it or where the library comes from. A folder
    /// of the repository is no library.
    fn add_library(&self, name: &str, item: &Item, found: &mut FoundLibraries) {
        if let Some(version) = item.as_str() {
            return found.add(name, version, self.line(item.span()));
        }
        let Some(table) = item.as_table_like() else {
            return;
        };
        // Cargo renames: `store = { package = "redb", version = ".." }`
        let name = text_of(table, "package").unwrap_or(name);
        let version = ["version", "tag", "rev", "branch"]
            .iter()
            .find_map(|key| Some((table.get(key)?.as_str()?, table.get(key)?.span())));
        match version {
            Some((version, span)) => found.add(name, version, self.line(span)),
            None if table.contains_key("path") => {}
            None => found.add(name, "", self.line(item.span())),
        }
    }

    /// All entries of a table, where there is one.
    fn add_table(&self, table: Option<&Item>, found: &mut FoundLibraries) {
        for (name, item) in table
            .and_then(Item::as_table_like)
            .into_iter()
            .flat_map(entries_of)
        {
            self.add_library(name, item, found);
        }
    }
}

fn find_line(starts: &[usize], span: Option<Range<usize>>) -> usize {
    let at = span.map_or(0, |span| span.start);
    starts.partition_point(|start| *start <= at).max(1)
}

fn entries_of(table: &dyn TableLike) -> impl Iterator<Item = (&str, &Item)> {
    table.iter()
}

fn text_of<'t>(table: &'t dyn TableLike, key: &str) -> Option<&'t str> {
    table.get(key)?.as_str()
}

/// `[[package]]` tables with a name and a version each.
pub(super) fn read_lock_tables(
    text: &str,
    table: &str,
    found: &mut FoundLibraries,
) -> Result<(), String> {
    let manifest = TomlManifest::parse(text)?;
    let Some(item) = manifest.root().get(table) else {
        return Ok(());
    };
    let tables = item.as_array_of_tables().into_iter().flatten();
    let inline = item.as_array().into_iter().flatten();
    let packages = tables
        .map(|package| package as &dyn TableLike)
        .chain(inline.filter_map(|value| Some(value.as_inline_table()? as &dyn TableLike)));
    for package in packages {
        if let (Some(name), Some(version)) = (text_of(package, "name"), package.get("version"))
            && let Some(text) = version.as_str()
        {
            found.add(name, text, manifest.line(version.span()));
        }
    }
    Ok(())
}

/// Dependencies of a package of Rust, of its targets and of its workspace.
pub(super) fn read_cargo_tables(text: &str, found: &mut FoundLibraries) -> Result<(), String> {
    let manifest = TomlManifest::parse(text)?;
    let root = manifest.root();
    let targets = root.get("target").and_then(Item::as_table_like);
    let targets = targets
        .into_iter()
        .flat_map(entries_of)
        .filter_map(|(_, target)| target.as_table_like());
    let workspace = root.get("workspace").and_then(Item::as_table_like);
    // a target has tables of its own, and a workspace gives versions to its members
    for place in [root].into_iter().chain(targets).chain(workspace) {
        for key in [
            "dependencies",
            "dev-dependencies",
            // older manifests write it with an underscore
            "dev_dependencies",
            "build-dependencies",
            "build_dependencies",
        ] {
            manifest.add_table(place.get(key), found);
        }
    }
    Ok(())
}

/// `[packages]` and `[dev-packages]` of Pipenv.
pub(super) fn read_pipfile(text: &str, found: &mut FoundLibraries) -> Result<(), String> {
    let manifest = TomlManifest::parse(text)?;
    for key in ["packages", "dev-packages"] {
        manifest.add_table(manifest.root().get(key), found);
    }
    Ok(())
}

/// Dependencies of a project of Python, in the forms of the standard and of the tools: lists of
/// requirements, and tables of names, under any key that says so.
pub(super) fn read_pyproject(text: &str, found: &mut FoundLibraries) -> Result<(), String> {
    let manifest = TomlManifest::parse(text)?;
    read_python_table(&manifest, manifest.root(), false, found);
    Ok(())
}

/// `inside`: the table holds dependencies. Its depth is bounded by the parser.
fn read_python_table(
    manifest: &TomlManifest<'_>,
    table: &dyn TableLike,
    inside: bool,
    found: &mut FoundLibraries,
) {
    for (key, item) in table.iter() {
        let names_them =
            // tools name their tables as they like, and all of them end so
            key.ends_with("dependencies") || key == "dependency-groups" || key == "requires";
        if let Some(list) = item.as_array().filter(|_| inside || names_them) {
            for value in list {
                match value {
                    Value::String(text) => {
                        if let Some((name, version)) = split_requirement(text.value()) {
                            found.add(name, version, manifest.line(value.span()));
                        }
                    }
                    // several versions of one library, each for its own platform
                    Value::InlineTable(one) if inside => {
                        if let Some(version) = text_of(one, "version") {
                            found.add(key, version, manifest.line(value.span()));
                        }
                    }
                    _ => {}
                }
            }
        } else if inside {
            manifest.add_library(key, item, found);
        } else if let Some(table) = item.as_table_like()
            // setuptools names files there
            && key != "dynamic"
        {
            read_python_table(manifest, table, names_them, found);
        }
    }
}

/// `name[extra]>=1.2,<2; marker` as its name and the version it asks for, which is empty where it
/// asks for none.
fn split_requirement(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let end = text.find(|c| !part(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let rest = rest.trim_start();
    // a path, an address or a remark is no requirement
    if name.is_empty() || rest.starts_with(|c: char| !"[<>=!~;(@".contains(c)) {
        return None;
    }
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1,
        None => rest,
    };
    let asked = rest.split(';').next().unwrap_or_default();
    // what is asked at least is the nearest to what is installed
    let version = asked.split(',').find_map(|asked| {
        let asked = asked.trim_matches(['(', ')', ' ']);
        ["===", "==", "~=", ">="]
            .iter()
            .find_map(|sign| asked.strip_prefix(sign))
    });
    Some((name, version.unwrap_or_default().trim()))
}

/// A version catalog of Gradle. A version that several libraries share is one entry under its own
/// name.
pub(super) fn read_version_catalog(text: &str, found: &mut FoundLibraries) -> Result<(), String> {
    let manifest = TomlManifest::parse(text)?;
    let root = manifest.root();
    let table = |key: &str| root.get(key).and_then(Item::as_table_like);
    let mut shared: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for kind in ["libraries", "plugins"] {
        for (_, item) in table(kind).into_iter().flat_map(entries_of) {
            if let Some((name, version)) = item.as_str().and_then(|text| text.rsplit_once(':')) {
                found.add(name, version, manifest.line(item.span()));
                continue;
            }
            let Some(library) = item.as_table_like() else {
                continue;
            };
            let name = match (text_of(library, "group"), text_of(library, "name")) {
                // the two forms of Gradle, and an id for plugins
                (Some(group), Some(name)) => Some(format!("{group}:{name}")),
                _ => text_of(library, "module")
                    .or(text_of(library, "id"))
                    .map(str::to_owned),
            };
            let Some(name) = name else { continue };
            let version = library.get("version");
            let reference = version
                .and_then(Item::as_table_like)
                .and_then(|version| text_of(version, "ref"));
            match (reference, version.and_then(read_catalog_version)) {
                (Some(reference), _) => shared.entry(reference).or_default().push(name),
                (None, Some((version, span))) => found.add(&name, version, manifest.line(span)),
                (None, None) => found.add(&name, "", manifest.line(item.span())),
            }
        }
    }
    // a shared version is one step for all its libraries
    for (name, item) in table("versions").into_iter().flat_map(entries_of) {
        if let Some((version, span)) = read_catalog_version(item) {
            let packages = shared.remove(name).unwrap_or_default();
            found.add_for(name, version, manifest.line(span), packages);
        }
    }
    Ok(())
}

/// A version that is a text, or a table of what is allowed.
fn read_catalog_version(item: &Item) -> Option<(&str, Option<Range<usize>>)> {
    if let Some(version) = item.as_str() {
        return Some((version, item.span()));
    }
    let table = item.as_table_like()?;
    ["prefer", "strictly", "require"]
        .iter()
        .find_map(|key| Some((table.get(key)?.as_str()?, table.get(key)?.span())))
}
