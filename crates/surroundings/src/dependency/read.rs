//! Readers of manifests and lock files. Each gives names, versions and lines, and nothing for what
//! it cannot read.

use std::sync::LazyLock;

use regex::Regex;
use span_tree::{Limits, Node, Tree};

use super::library::LibraryVersion;
use super::library::LibraryVersions;

/// Most libraries of one file.
const MOST: usize = 50_000;

/// A format, told by the file's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ManifestFormat {
    /// `[[package]]` tables: Cargo, Poetry, uv, PDM.
    Packages(&'static str),
    CargoToml,
    PackageJson,
    PackageLock,
    YarnLock,
    PnpmLock,
    GemfileLock,
    GoMod,
    Requirements,
    PipfileLock,
    Pyproject,
    ComposerJson,
    ComposerLock,
    MixLock,
    MixExs,
    Pom,
    Gradle,
    GradleLock,
    VersionCatalog,
    NugetProject,
    NugetLock,
    PubspecLock,
    GopkgLock,
    VendorJson,
    VendorModules,
}

impl ManifestFormat {
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        Some(match name.as_str() {
            "cargo.lock" => Self::Packages("Cargo.toml"),
            "poetry.lock" | "uv.lock" | "pdm.lock" => Self::Packages("pyproject.toml"),
            "cargo.toml" => Self::CargoToml,
            "package.json" => Self::PackageJson,
            "package-lock.json" | "npm-shrinkwrap.json" => Self::PackageLock,
            "yarn.lock" => Self::YarnLock,
            "pnpm-lock.yaml" => Self::PnpmLock,
            "gemfile.lock" | "gems.locked" => Self::GemfileLock,
            "go.mod" => Self::GoMod,
            "pipfile.lock" => Self::PipfileLock,
            "pyproject.toml" => Self::Pyproject,
            "composer.json" => Self::ComposerJson,
            "composer.lock" => Self::ComposerLock,
            "mix.lock" => Self::MixLock,
            "mix.exs" => Self::MixExs,
            "pom.xml" => Self::Pom,
            "build.gradle" | "build.gradle.kts" => Self::Gradle,
            "gradle.lockfile" => Self::GradleLock,
            "libs.versions.toml" => Self::VersionCatalog,
            "packages.lock.json" => Self::NugetLock,
            "packages.config" | "directory.packages.props" => Self::NugetProject,
            "pubspec.lock" => Self::PubspecLock,
            "gopkg.lock" => Self::GopkgLock,
            "vendor.json" => Self::VendorJson,
            "modules.txt" if path.ends_with("vendor/modules.txt") => Self::VendorModules,
            name if name.ends_with(".csproj")
                || name.ends_with(".fsproj")
                || name.ends_with(".vbproj") =>
            {
                Self::NugetProject
            }
            name if name.ends_with(".txt")
                && (name.contains("requirements") || path.contains("requirements/")) =>
            {
                Self::Requirements
            }
            _ => return None,
        })
    }

    /// The manifest that a lock file belongs to.
    pub fn manifest(self) -> Option<&'static str> {
        match self {
            Self::Packages(manifest) => Some(manifest),
            Self::PackageLock | Self::YarnLock | Self::PnpmLock => Some("package.json"),
            Self::ComposerLock => Some("composer.json"),
            Self::MixLock => Some("mix.exs"),
            _ => None,
        }
    }

    pub fn read(self, text: &str) -> LibraryVersions {
        let mut found = FoundLibraries::default();
        match self {
            Self::Packages(_) => read_lock_packages(text, &mut found),
            Self::CargoToml => {
                toml_tables(text, &mut found, |table| table.ends_with("dependencies"))
            }
            Self::VersionCatalog => toml_tables(text, &mut found, |table| table == "versions"),
            Self::Pyproject => read_pyproject(text, &mut found),
            Self::PackageJson => parse_json_manifest(text, |root| {
                read_dependency_maps(
                    root,
                    &[
                        "dependencies",
                        "devDependencies",
                        "optionalDependencies",
                        "peerDependencies",
                    ],
                    &mut found,
                )
            }),
            Self::ComposerJson => parse_json_manifest(text, |root| {
                read_dependency_maps(root, &["require", "require-dev"], &mut found)
            }),
            Self::PackageLock => parse_json_manifest(text, |root| package_lock(root, &mut found)),
            Self::ComposerLock => parse_json_manifest(text, |root| {
                for package in ["packages", "packages-dev"]
                    .iter()
                    .filter_map(|key| root.get(key))
                    .flat_map(Node::items)
                {
                    found.node(
                        package.get("name").and_then(Node::text),
                        package.get("version"),
                    );
                }
            }),
            Self::PipfileLock => parse_json_manifest(text, |root| {
                for (name, value) in ["default", "develop"]
                    .iter()
                    .filter_map(|key| root.get(key))
                    .flat_map(Node::entries)
                {
                    found.node(name.text(), value.get("version"));
                }
            }),
            Self::NugetLock => parse_json_manifest(text, |root| {
                for (name, value) in root
                    .get("dependencies")
                    .into_iter()
                    .flat_map(Node::entries)
                    .flat_map(|(_, framework)| framework.entries())
                {
                    found.node(name.text(), value.get("resolved"));
                }
            }),
            Self::PubspecLock => parse_json_manifest(text, |root| {
                for (name, value) in root.get("packages").into_iter().flat_map(Node::entries) {
                    found.node(name.text(), value.get("version"));
                }
            }),
            Self::YarnLock => read_yarn_lock(text, &mut found),
            Self::GopkgLock => read_lock_packages(text, &mut found),
            Self::VendorModules => found.lines(text, &VENDORED),
            Self::VendorJson => parse_json_manifest(text, |root| {
                for package in root.get("package").into_iter().flat_map(Node::items) {
                    found.node(
                        package.get("path").and_then(Node::text),
                        package.get("version").or_else(|| package.get("revision")),
                    );
                }
            }),
            Self::Pom => read_pom_dependencies(&without_comments(text), &mut found),
            Self::PnpmLock => found.lines(text, &PNPM),
            Self::GemfileLock => found.lines(text, &GEM),
            Self::GoMod => found.lines(text, &GO),
            Self::Requirements => found.lines(text, &REQUIREMENT),
            Self::MixLock => found.lines(text, &MIX_LOCK),
            Self::MixExs => found.lines(text, &MIX),
            Self::Gradle => found.lines(text, &GRADLE),
            Self::GradleLock => found.lines(text, &GRADLE_LOCK),
            Self::NugetProject => read_nuget_references(&without_comments(text), &mut found),
        }
        found.0
    }
}

/// A pattern of this file with the name as first group and the version as second. The patterns are
/// fixed and covered by tests.
#[allow(
    clippy::expect_used,
    reason = "a pattern that does not compile would read nothing and say so nowhere; a test makes each"
)]
fn compile_dependency_pattern(text: &str) -> Regex {
    Regex::new(text).expect("a fixed pattern")
}

static PNPM: LazyLock<Regex> = LazyLock::new(|| {
    compile_dependency_pattern(r#"^ {2}['"]?/?((?:@[^/'"]+/)?[^@/'"\s]+)[@/](\d[^('":\s]*)[^:]*:"#)
});
static VENDORED: LazyLock<Regex> = LazyLock::new(|| compile_dependency_pattern(r"^# (\S+) v(\S+)"));
static GEM: LazyLock<Regex> =
    LazyLock::new(|| compile_dependency_pattern(r"^ {4}(\S+) \(([^)=<>~]+)\)"));
static GO: LazyLock<Regex> = LazyLock::new(|| {
    compile_dependency_pattern(r"^(?:require\s+|\s+)([\w.\-~/]+\.[\w.\-~/]+) v(\S+)")
});
static REQUIREMENT: LazyLock<Regex> = LazyLock::new(|| {
    compile_dependency_pattern(r"^([A-Za-z0-9._\-]+)(?:\[[^\]]*\])?\s*(?:===?|~=|>=)\s*([^\s;,#]+)")
});
static MIX_LOCK: LazyLock<Regex> =
    LazyLock::new(|| compile_dependency_pattern(r#"^\s*"(\w+)":\s*\{:hex, :\w+, "([^"]+)""#));
static MIX: LazyLock<Regex> =
    LazyLock::new(|| compile_dependency_pattern(r#"\{:(\w+),\s*"([^"]+)""#));
static GRADLE: LazyLock<Regex> =
    LazyLock::new(|| compile_dependency_pattern(r#"["']([\w.\-]+:[\w.\-]+):([\w.\-]+)["'@]"#));
static GRADLE_LOCK: LazyLock<Regex> =
    LazyLock::new(|| compile_dependency_pattern(r"^([\w.\-]+:[\w.\-]+):([^=\s]+)="));
static NUGET: LazyLock<Regex> = LazyLock::new(|| {
    compile_dependency_pattern(
        r#"<(?:PackageReference|PackageVersion|package)\s+(?:Include|Update|id)="([^"]+)"\s+[Vv]ersion="([^"]+)""#,
    )
});
static TOML: LazyLock<Regex> = LazyLock::new(|| {
    compile_dependency_pattern(
        r#"^["']?([\w.\-]+)["']?\s*=\s*(?:\{[^}]*\bversion\s*=\s*)?["']([^"']+)["']"#,
    )
});
static PEP: LazyLock<Regex> = LazyLock::new(|| {
    compile_dependency_pattern(
        r#"^\s*["']([A-Za-z0-9._\-]+)(?:\[[^\]]*\])?\s*(?:===?|~=|>=)\s*([^"'\s;,]+)"#,
    )
});

#[derive(Default)]
struct FoundLibraries(LibraryVersions);

impl FoundLibraries {
    /// Of several versions of one name the highest counts.
    fn add(&mut self, name: &str, version: &str, line: usize) {
        if self.0.len() >= MOST || name.is_empty() || name.len() > 300 || version.len() > 300 {
            return;
        }
        let version = version.trim_start_matches('v').to_owned();
        let known = self
            .0
            .get(name)
            .map(|library| super::version::list_leading_numbers(&library.version));
        if known.is_none_or(|known| known < super::version::list_leading_numbers(&version)) {
            self.0
                .insert(name.to_owned(), LibraryVersion { version, line });
        }
    }

    fn node(&mut self, name: Option<&str>, version: Option<Node<'_>>) {
        if let (Some(name), Some(node)) = (name, version)
            && let Some(version) = node.text()
        {
            self.add(name, version, node.line());
        }
    }

    fn lines(&mut self, text: &str, pattern: &Regex) {
        for (index, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| line.len() < 4_000)
        {
            for captures in pattern.captures_iter(line) {
                if let (Some(name), Some(version)) = (captures.get(1), captures.get(2)) {
                    self.add(name.as_str(), version.as_str(), index + 1);
                }
            }
        }
    }
}

fn parse_json_manifest(text: &str, take: impl FnOnce(Node<'_>)) {
    let limits = Limits {
        depth: 64,
        nodes: 2_000_000,
        bytes: crate::texts::LIMIT,
    };
    if let Ok(tree) = Tree::parse_with(text, limits)
        && let Some(root) = tree.root()
    {
        take(root);
    }
}

fn read_dependency_maps(root: Node<'_>, keys: &[&str], found: &mut FoundLibraries) {
    for (name, version) in keys
        .iter()
        .filter_map(|key| root.get(key))
        .flat_map(Node::entries)
    {
        found.node(name.text(), Some(version));
    }
}

fn package_lock(root: Node<'_>, found: &mut FoundLibraries) {
    for (path, value) in root.get("packages").into_iter().flat_map(Node::entries) {
        // the last package of a nested path; the root has an empty name
        let name = path
            .text()
            .and_then(|path| path.rsplit("node_modules/").next());
        found.node(name, value.get("version"));
    }
    if root.get("packages").is_none() {
        for (name, value) in root.get("dependencies").into_iter().flat_map(Node::entries) {
            found.node(name.text(), value.get("version"));
        }
    }
}

fn read_lock_packages(text: &str, found: &mut FoundLibraries) {
    let mut name = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start();
        let value = |key: &str| {
            line.strip_prefix(key)
                .and_then(|rest| rest.trim_start().strip_prefix('='))
                .map(|rest| rest.trim().trim_matches('"'))
        };
        if line.starts_with("[[") || line.starts_with('[') {
            name = None;
        } else if let Some(value) = value("name") {
            name = Some(value);
        } else if let (Some(name), Some(version)) = (name, value("version")) {
            found.add(name, version, index + 1);
        }
    }
}

fn toml_tables(text: &str, found: &mut FoundLibraries, wanted: fn(&str) -> bool) {
    let mut inside = false;
    // [dependencies.serde] with a line `version = "1"`
    let mut own: Option<String> = None;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with('[') {
            let table = line.trim().trim_matches(['[', ']']);
            inside = wanted(table);
            own = table
                .rsplit_once('.')
                .filter(|(table, _)| !inside && wanted(table))
                .map(|(_, name)| name.trim_matches('"').to_owned());
        } else if let (Some(name), Some(value)) = (
            &own,
            line.trim()
                .strip_prefix("version")
                .and_then(|rest| rest.trim_start().strip_prefix('=')),
        ) {
            found.add(
                name,
                value
                    .split('#')
                    .next()
                    .unwrap_or(value)
                    .trim()
                    .trim_matches('"'),
                index + 1,
            );
        } else if inside && let Some(captures) = TOML.captures(line) {
            found.add(&captures[1], &captures[2], index + 1);
        }
    }
}

fn read_pyproject(text: &str, found: &mut FoundLibraries) {
    toml_tables(text, found, |table| {
        table.starts_with("tool.poetry") && table.ends_with("dependencies")
    });
    found.lines(text, &PEP);
}

fn read_yarn_lock(text: &str, found: &mut FoundLibraries) {
    let mut name: Option<String> = None;
    for (index, line) in text.lines().enumerate() {
        if !line.starts_with([' ', '#']) && line.ends_with(':') {
            let first = line.trim_start_matches('"');
            // a scope begins with @, so the version's @ is the next one
            name = first
                .char_indices()
                .skip(1)
                .find(|(_, c)| *c == '@')
                .map(|(at, _)| first[..at].to_owned());
        } else if let Some(name) = &name
            && let Some(rest) = line.trim_start().strip_prefix("version")
        {
            found.add(name, rest.trim_matches([':', ' ', '"']), index + 1);
        }
    }
}

/// The text with comments of XML left out; lines stay where they are.
fn without_comments(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, behind)) = rest.split_once("<!--") {
        out.push_str(before);
        let (inside, after) = behind.split_once("-->").unwrap_or((behind, ""));
        out.extend(inside.matches('\n'));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// References with their version as an attribute, or as an element of its own.
fn read_nuget_references(text: &str, found: &mut FoundLibraries) {
    found.lines(text, &NUGET);
    let mut open: Option<&str> = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.contains("<PackageReference") || line.contains("<PackageVersion") {
            open = line
                .split_once("Include=\"")
                .or_else(|| line.split_once("Update=\""))
                .and_then(|(_, rest)| rest.split('"').next())
                .filter(|_| !line.ends_with("/>"));
        }
        if let (Some(name), Some((_, rest))) = (open, line.split_once("<Version>")) {
            found.add(name, rest.split('<').next().unwrap_or_default(), index + 1);
        }
    }
}

/// Dependency blocks, with versions that are written out or kept as properties of the same file.
fn read_pom_dependencies(text: &str, found: &mut FoundLibraries) {
    let tag = |line: &str, name: &str| -> Option<String> {
        let rest = line.split_once(&format!("<{name}>"))?.1;
        Some(rest.split('<').next().unwrap_or_default().trim().to_owned())
    };
    let (mut group, mut artifact) = (None, None);
    for (index, line) in text.lines().enumerate() {
        if line.contains("<dependency>") || line.contains("<plugin>") || line.contains("<parent>") {
            (group, artifact) = (None, None);
        }
        group = tag(line, "groupId").or(group);
        artifact = tag(line, "artifactId").or(artifact);
        if let (Some(group), Some(artifact), Some(version)) =
            (&group, &artifact, tag(line, "version"))
        {
            let version = match version
                .strip_prefix("${")
                .and_then(|rest| rest.strip_suffix('}'))
            {
                Some(property) => text
                    .lines()
                    .find_map(|line| tag(line, property))
                    .unwrap_or(version),
                None => version,
            };
            found.add(&format!("{group}:{artifact}"), &version, index + 1);
        }
    }
}

#[cfg(test)]
mod tests;
