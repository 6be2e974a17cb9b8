//! Packages of which other programs are built: nothing here answers a call, and what they offer is
//! called all the same. Told by what a manifest says to a registry, never by its name alone.

use std::collections::BTreeSet;

use super::place;
use crate::ReleaseRange;
use model::Snapshot;

/// Most manifests of a tree that are read, and most bytes of one.
const MANIFESTS: usize = 60;
// the largest manifests that people write; longer ones are made by tools
const LENGTH: usize = 512 * 1024;

/// Folders of such packages, with the endings of the files that belong to their public part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LinkedPackages {
    folders: Vec<(String, &'static [&'static str])>,
}

/// What a manifest is for.
struct PackageManifest {
    /// Its name, or its ending from the point on.
    name: &'static str,
    /// Endings of the program text that it packs.
    ends: &'static [&'static str],
    /// Whether others link what it packs.
    is_linked: fn(&Package<'_>) -> bool,
}

// a registry's own words count: a name such as `my-lib` may be that of a program
static FORMS: [PackageManifest; 17] = [
    PackageManifest {
        name: "package.json",
        ends: &[
            "js", "mjs", "cjs", "ts", "mts", "cts", "jsx", "tsx", "vue", "svelte",
        ],
        is_linked: is_linked_by_npm,
    },
    PackageManifest {
        name: ".gemspec",
        ends: &["rb"],
        is_linked: is_linked_gem,
    },
    PackageManifest {
        name: "cargo.toml",
        ends: &["rs"],
        is_linked: is_linked_crate,
    },
    PackageManifest {
        name: "pyproject.toml",
        ends: &["py", "pyx"],
        is_linked: is_linked_by_pyproject,
    },
    PackageManifest {
        name: "setup.py",
        ends: &["py", "pyx"],
        is_linked: |package| {
            package.has("setup(")
                // a package with commands of its own is a program that people start
                && !package.has("entry_points")
                && !package.has("scripts=")
                && !package.is_started()
        },
    },
    PackageManifest {
        name: ".csproj",
        ends: &["cs"],
        is_linked: is_linked_by_nuget,
    },
    PackageManifest {
        name: ".fsproj",
        ends: &["fs"],
        is_linked: is_linked_by_nuget,
    },
    PackageManifest {
        name: "composer.json",
        ends: &["php"],
        is_linked: |package| {
            let kind = package.value_of("\"type\"").unwrap_or_default();
            // a bundle or a plugin of Symfony, WordPress and TYPO3 is linked into the site of
            // others
            kind == "\"library\""
                || ["-bundle\"", "-plugin\"", "-module\""]
                    .iter()
                    .any(|end| kind.ends_with(end))
        },
    },
    PackageManifest {
        name: "go.mod",
        ends: &["go"],
        is_linked: is_linked_module,
    },
    PackageManifest {
        name: "pom.xml",
        ends: &["java", "kt", "scala", "groovy"],
        is_linked: |package| {
            [
                // without a place to publish it, a jar stays within the repository
                "<distributionmanagement>",
                "central-publishing",
                "nexus-staging",
            ]
            .iter()
            .any(|sign| package.has(sign))
                && ![
                    "spring-boot-maven-plugin",
                    "<mainclass>",
                    "quarkus-maven-plugin",
                ]
                .iter()
                .any(|sign| package.has(sign))
        },
    },
    PackageManifest {
        name: "build.gradle",
        ends: &["java", "kt", "scala", "groovy"],
        is_linked: is_linked_by_gradle,
    },
    PackageManifest {
        name: "build.gradle.kts",
        ends: &["java", "kt", "scala", "groovy"],
        is_linked: is_linked_by_gradle,
    },
    PackageManifest {
        name: ".cabal",
        ends: &["hs"],
        is_linked: |package| {
            // Cabal writes both at the margin
            let begins = |word: &str| package.text.lines().any(|line| line.starts_with(word));
            begins("library") && !begins("executable")
        },
    },
    PackageManifest {
        name: "package.swift",
        ends: &["swift"],
        is_linked: |package| {
            package.has(".library(")
                && !package.has(".executable(")
                && !package.has(".executabletarget(")
        },
    },
    // headers that are installed are what other programs are compiled with
    PackageManifest {
        name: "meson.build",
        ends: &HEADERS,
        is_linked: |package| package.has("install_headers("),
    },
    PackageManifest {
        name: "cmakelists.txt",
        ends: &HEADERS,
        is_linked: |package| {
            let header = [".h", ".hpp", ".hh", "include"]
                .iter()
                .any(|word| package.has(word));
            package.has("public_header")
                || package.has("file_set headers")
                || header && (package.has("install(files") || package.has("install(directory"))
        },
    },
    PackageManifest {
        name: "makefile.am",
        ends: &HEADERS,
        is_linked: |package| package.has("include_headers"),
    },
];

/// Endings of headers of C and its kin.
const HEADERS: [&str; 5] = ["h", "hpp", "hh", "hxx", "h++"];

/// A manifest with what lies around it.
struct Package<'a> {
    tree: &'a dyn Snapshot,
    /// Its folder, empty for the whole repository.
    folder: &'a str,
    /// Its text in small letters.
    text: &'a str,
}

impl Package<'_> {
    fn has(&self, word: &str) -> bool {
        self.text.contains(word)
    }

    /// What stands behind the first `"key":`, up to the end of its line.
    fn value_of(&self, key: &str) -> Option<&str> {
        self.text.match_indices(key).find_map(|(at, _)| {
            let rest = self.text[at + key.len()..].trim_start().strip_prefix(':')?;
            Some(
                rest.trim_start()
                    .split(['\n', ',', '}'])
                    .next()
                    .unwrap_or_default()
                    .trim(),
            )
        })
    }

    fn holds_file(&self, names: &[&str]) -> bool {
        names.iter().any(|name| {
            let path = if self.folder.is_empty() {
                (*name).to_owned()
            } else {
                format!("{}/{name}", self.folder)
            };
            let list = self.tree.list();
            list.binary_search_by(|entry| entry.path.as_str().cmp(&path))
                .is_ok()
        })
    }

    /// A file beside it says that it is deployed and started as a program.
    fn is_started(&self) -> bool {
        self.holds_file(&[
            "Dockerfile",
            "Containerfile",
            "Procfile",
            "compose.yaml",
            "docker-compose.yml",
            "docker-compose.yaml",
            "manage.py",
            "main.py",
            "app.py",
            "wsgi.py",
            "server.js",
            "fly.toml",
            "serverless.yml",
        ])
    }

    // trees are sorted by path, so one look is enough there, and this needs all of them
    /// Whether some path of the tree fits.
    fn any_path(&self, fits: impl Fn(&str) -> bool) -> bool {
        self.tree.list().iter().any(|entry| fits(&entry.path))
    }
}

impl LinkedPackages {
    /// Looks at the manifests of both releases.
    pub(super) fn find(range: &ReleaseRange<'_>) -> Self {
        let trees: [&dyn Snapshot; 2] = [range.current, range.previous];
        let mut seen = BTreeSet::new();
        let mut found = Self::default();
        for tree in trees {
            for (path, form) in list_package_manifests(tree) {
                let Ok(text) = tree.read_text(path) else {
                    continue;
                };
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let text = text.to_ascii_lowercase();
                let package = Package {
                    tree,
                    folder,
                    text: &text,
                };
                if text.len() <= LENGTH
                    && (form.is_linked)(&package)
                    // both releases have it in most cases
                    && seen.insert((folder.to_owned(), form.name))
                {
                    found.folders.push((folder.to_owned(), form.ends));
                }
            }
        }
        found
    }

    /// Whether a path is program text of such a package.
    pub(super) fn holds(&self, path: &str) -> bool {
        let end = path.rsplit('.').next().unwrap_or_default();
        self.folders.iter().any(|(folder, ends)| {
            let inside = folder.is_empty()
                || path
                    .strip_prefix(folder.as_str())
                    .is_some_and(|rest| rest.starts_with('/'));
            // a header beside the program text is for that text alone
            let own = ends.first() == HEADERS.first()
                && path
                    .split('/')
                    .any(|part| matches!(part, "src" | "internal" | "private" | "test" | "tests"));
            inside && !own && ends.iter().any(|known| known.eq_ignore_ascii_case(end))
        })
    }
}

fn list_package_manifests(tree: &dyn Snapshot) -> Vec<(&str, &'static PackageManifest)> {
    let form = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        FORMS.iter().find(|form| {
            name == form.name || form.name.starts_with('.') && name.ends_with(form.name)
        })
    };
    let mut found: Vec<(&str, &PackageManifest)> = tree
        .list()
        .iter()
        .map(|entry| entry.path.as_str())
        .filter(|path| place::is_live(path) && !place::is_vendored(path))
        .filter_map(|path| Some((path, form(path)?)))
        .collect();
    // the outermost first, so that the bound leaves out samples and nested copies
    found.sort_by_key(|(path, _)| (path.matches('/').count(), *path));
    found.truncate(MANIFESTS);
    found
}

/// `npm init` writes `main` into every program, so that it tells little where the program is
/// started.
fn is_linked_by_npm(package: &Package<'_>) -> bool {
    if package.value_of("\"private\"") == Some("true") || package.is_started() {
        return false;
    }
    let has = |key: &str| package.value_of(key).is_some();
    let offers = [
        "\"exports\"",
        "\"types\"",
        "\"typings\"",
        "\"module\"",
        "\"publishconfig\"",
    ];
    offers.iter().any(|key| has(key)) || has("\"main\"") && !has("\"start\"") && !has("\"bin\"")
}

/// A gem that a Gemfile takes from a folder of the same repository is a part of its program.
fn is_linked_gem(package: &Package<'_>) -> bool {
    // an engine of Rails in `engines/` is mounted into the program beside it
    let part = !package.folder.is_empty()
        && package
            .tree
            .read_text("Gemfile")
            .is_ok_and(|text| text.contains(package.folder) || text.contains("path "));
    package.has("gem::specification") && !part && !package.is_started()
}

/// Beside a program in the same repository, a library is a part of it, unless it says what the
/// registry asks for.
fn is_linked_crate(package: &Package<'_>) -> bool {
    let program = |path: &str| path.ends_with("src/main.rs") || path.contains("src/bin/");
    let own = |path: &str| {
        package.folder.is_empty() && !path.contains("/src/")
            || path
                .strip_prefix(package.folder)
                .is_some_and(|rest| rest.starts_with("/src/"))
    };
    let line = |start: &str| {
        package
            .text
            .lines()
            .any(|line| line.trim_start().starts_with(start))
    };
    if !package.has("[package]")
        || package.text.replace(' ', "").contains("publish=false")
        || package.has("[[bin]]")
        || package.any_path(|path| own(path) && program(path))
        || package.is_started()
    {
        return false;
    }
    let library = package.has("[lib]") || package.holds_file(&["src/lib.rs"]);
    // crates.io refuses a package without both
    let described = line("description") && line("license");
    library && (described || !package.any_path(program))
}

/// What is packed to be installed and has no command of its own.
fn is_linked_by_pyproject(package: &Package<'_>) -> bool {
    const PROGRAM: [&str; 6] = [
        "[project.scripts]",
        "[project.gui-scripts]",
        "[tool.poetry.scripts]",
        "entry-points",
        "package-mode = false",
        // PyPI refuses whatever has a classifier that begins with `Private ::`
        "private ::",
    ];
    package.has("[build-system]")
        && (package.has("[project]") || package.has("[tool.poetry]"))
        && !PROGRAM.iter().any(|sign| package.has(sign))
        && !package.is_started()
}

fn is_linked_by_nuget(package: &Package<'_>) -> bool {
    [
        "<packageid>",
        "<ispackable>true",
        "<generatepackageonbuild>true",
    ]
    .iter()
    .any(|sign| package.has(sign))
        && !["<ispackable>false", "<outputtype>exe", "<packastool>true"]
            .iter()
            .any(|sign| package.has(sign))
}

/// A module of Go without a program in it.
fn is_linked_module(package: &Package<'_>) -> bool {
    let inside = |path: &str| {
        path.ends_with(".go")
            && (package.folder.is_empty()
                || path
                    .strip_prefix(package.folder)
                    .is_some_and(|rest| rest.starts_with('/')))
            && place::is_live(path)
            && !place::is_vendored(path)
    };
    if !package.any_path(inside) || package.is_started() {
        return false;
    }
    let words = ["package main".to_owned()];
    let (hits, failed) = package.tree.search_many(&words, false, 50, &inside);
    // a file that could not be read may hold `package main`, so it is not said to be a library
    hits.is_empty() && failed.is_empty()
}

fn is_linked_by_gradle(package: &Package<'_>) -> bool {
    ["maven-publish", "maven.publish", "ivy-publish"]
        .iter()
        .any(|sign| package.has(sign))
        && ![
            "mainclass",
            "org.springframework.boot",
            "id 'application'",
            "id(\"application\")",
        ]
        .iter()
        .any(|sign| package.has(sign))
}
