//! Readers of manifests and lock files. Each gives names, versions and lines; a file that is broken
//! is an error, because what it leaves out would look as if it were gone.

mod found;
mod line_manifest;
mod program_manifest;
#[cfg(test)]
mod tests;
mod toml_manifest;
mod tree_manifest;
mod xml_manifest;

use super::library::LibraryVersions;
use found::FoundLibraries;

/// A format, told by the file's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ManifestFormat {
    /// `[[package]]` tables: Cargo, Poetry, uv, PDM; the manifest that belongs to it.
    Packages(&'static str),
    CargoToml,
    PackageJson,
    PackageLock,
    YarnLock,
    PnpmLock,
    GemfileLock,
    GoMod,
    Requirements,
    Pipfile,
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
    Pubspec,
    PubspecLock,
    Podfile,
    PodfileLock,
    SwiftResolved,
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
            "pipfile" => Self::Pipfile,
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
            "packages.config" | "directory.packages.props" | "directory.build.props" => {
                Self::NugetProject
            }
            "pubspec.yaml" => Self::Pubspec,
            "podfile" => Self::Podfile,
            "podfile.lock" => Self::PodfileLock,
            "package.resolved" => Self::SwiftResolved,
            "pubspec.lock" => Self::PubspecLock,
            "gopkg.lock" => Self::GopkgLock,
            "vendor.json" => Self::VendorJson,
            // `modules.txt` is a common name; Go's lies in `vendor/`
            "modules.txt" if path.ends_with("vendor/modules.txt") => Self::VendorModules,
            name if name.ends_with(".csproj")
                || name.ends_with(".fsproj")
                || name.ends_with(".vbproj")
                || name.ends_with(".nuspec") =>
            {
                Self::NugetProject
            }
            // `requirements/base.txt` and `requirements-dev.txt`
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
            Self::PubspecLock => Some("pubspec.yaml"),
            Self::PodfileLock => Some("Podfile"),
            Self::PipfileLock => Some("Pipfile"),
            _ => None,
        }
    }

    /// The libraries of a text.
    ///
    /// # Errors
    /// Why it cannot be read, as a part of a sentence.
    pub fn read(self, text: &str) -> Result<LibraryVersions, String> {
        let mut found = FoundLibraries::default();
        match self {
            Self::Packages(_) => toml_manifest::read_lock_tables(text, "package", &mut found)?,
            Self::GopkgLock => toml_manifest::read_lock_tables(text, "projects", &mut found)?,
            Self::CargoToml => toml_manifest::read_cargo_tables(text, &mut found)?,
            Self::Pyproject => toml_manifest::read_pyproject(text, &mut found)?,
            Self::Pipfile => toml_manifest::read_pipfile(text, &mut found)?,
            Self::VersionCatalog => toml_manifest::read_version_catalog(text, &mut found)?,
            Self::Pom => xml_manifest::read_pom_dependencies(text, &mut found)?,
            Self::NugetProject => xml_manifest::read_nuget_references(text, &mut found)?,
            Self::PackageJson
            | Self::PackageLock
            | Self::ComposerJson
            | Self::ComposerLock
            | Self::PipfileLock
            | Self::NugetLock
            | Self::Pubspec
            | Self::PubspecLock
            | Self::PodfileLock
            | Self::SwiftResolved
            | Self::VendorJson => tree_manifest::read_tree(self, text, &mut found)?,
            Self::YarnLock => line_manifest::read_yarn_lock(text, &mut found),
            Self::PnpmLock
            | Self::GemfileLock
            | Self::GoMod
            | Self::Requirements
            | Self::MixLock
            | Self::GradleLock
            | Self::VendorModules => line_manifest::read_lines(self, text, &mut found),
            Self::MixExs => program_manifest::read_mix(text, &mut found),
            Self::Gradle => program_manifest::read_gradle(text, &mut found),
            Self::Podfile => program_manifest::read_podfile(text, &mut found),
        }
        found.end()
    }
}
