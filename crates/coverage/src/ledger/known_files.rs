//! Files whose use is settled by their name or ending: by the tool that reads them, never by a word
//! that they only hold. A name that says nothing stays open.

use super::build_files::leads_requests;
use super::place::list_purpose_folders;
use model::CannotRule as Rule;

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KnownUse {
    /// Nothing of it runs with the program.
    Cannot(Rule),
    /// It says which libraries, tools of the build or runtimes the program gets.
    Libraries,
    /// It changes the code of a library while that is put in place.
    LibraryPatch,
    /// It says how program text is turned into what runs.
    Build,
    /// A template of pages.
    Page,
    /// It says which addresses lead to which part of the program.
    Routes,
    /// It leads requests to the program, or says how they are answered.
    Requests,
    /// It says who may do what.
    Policy,
    /// Others fetch it at an address that is settled.
    Fetched,
    /// An entry in a menu, which starts the program.
    MenuEntry,
    /// Which version of Terraform or OpenTofu writes the state.
    StateWriter,
}

/// Settings of tools that check, format or describe, and of what people work with.
const TOOLS: [&str; 48] = [
    ".ansible-lint",
    ".fourmolu.yaml",
    ".hadolint.yaml",
    ".hadolint.yml",
    ".helmignore",
    ".hlint.yaml",
    ".kube-linter.yaml",
    ".luacheckrc",
    ".ocamlformat",
    ".perlcriticrc",
    ".perltidyrc",
    ".scalafix.conf",
    ".scalafmt.conf",
    ".shellcheckrc",
    ".stylish-haskell.yaml",
    ".styluaignore",
    ".swiftformat",
    ".swiftlint.yml",
    ".tflint.hcl",
    ".typos.toml",
    "_typos.toml",
    "analysis_options.yaml",
    "biome.json",
    "biome.jsonc",
    "bors.toml",
    "brakeman.ignore",
    "brewfile",
    "checkstyle.xml",
    "checkstyle-suppressions.xml",
    "cliff.toml",
    "context7.json",
    "ct.yaml",
    "detekt.yml",
    "fourmolu.yaml",
    "hie.yaml",
    // Visual Studio starts the program by it; nothing that is deployed reads it
    "launchsettings.json",
    "nx.json",
    "phpstan-baseline.neon",
    "phpstan.dist.neon",
    "phpstan.neon",
    "phpstan.neon.dist",
    "pmd.xml",
    "pmd-ruleset.xml",
    "shell.nix",
    "stylua.toml",
    "turbo.json",
    // each of these is read by one tool only, so the name alone settles the use
    "typos.toml",
    "selene.toml",
];

/// Endings of files that people work with and no program reads.
const WORKED_WITH: [&str; 5] = [
    ".code-workspace",
    ".http",
    ".postman_collection.json",
    ".postman_environment.json",
    ".insomnia.json",
];

/// Which libraries, tools of the build and runtimes a program gets.
const LIBRARIES: [&str; 6] = [
    ".sdkmanrc",
    ".swift-version",
    "plugins.sbt",
    "requirements.lock",
    "requirements-dev.lock",
    "rust-toolchain",
];

/// Settings of what turns program text into what runs, without their endings.
const BUILDERS: [&str; 13] = [
    ".babelrc",
    "babel.config",
    "craco.config",
    "esbuild.config",
    "metro.config",
    "rolldown.config",
    "rollup.config",
    "rspack.config",
    "tsup.config",
    "vite.config",
    "vue.config",
    "webpack.config",
    "cmakepresets",
];

/// The use of a file, where its name settles it.
pub(super) fn find_known_use(path: &str) -> Option<KnownUse> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let name = name.as_str();
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
    let lies_in = |folders: &[&str]| {
        list_purpose_folders(path).any(|folder| {
            folders
                .iter()
                .any(|known| known.eq_ignore_ascii_case(folder))
        })
    };
    // `spotbugs-exclude.xml`: each project writes the rest of the name as it likes
    let rules = stem.starts_with("spotbugs") || stem.starts_with("findbugs");
    let of_editor = path
        .split('/')
        .any(|folder| matches!(folder, ".idea" | ".run" | ".vscode" | ".fleet" | ".vs"));
    if TOOLS.contains(&name)
        || of_editor
        || end == "xml" && rules
        || WORKED_WITH.iter().any(|known| name.ends_with(known))
        // a notebook that lies among the sources may be run as a job
        || end == "ipynb" && is_notebook_of_people(path)
        // other shells complete by scripts that are read as programs
        || matches!(end, "fish" | "elv" | "nu") && lies_in(&["completions", "completion"])
    {
        return Some(KnownUse::Cannot(Rule::DeveloperTool));
    }
    if matches!(name, "citation.cff" | "codemeta.json" | ".zenodo.json")
        || stem == "docusaurus.config"
    {
        return Some(KnownUse::Cannot(Rule::Documentation));
    }
    if end == "xcstrings" || names_language(name, path) {
        // of words in another language nothing is kept or called
        return Some(KnownUse::Cannot(Rule::Page));
    }
    // RFC 8615; a word to finders of holes and a proof for a certificate change nothing
    if path.split('/').any(|folder| folder == ".well-known")
        && !matches!(name, "security.txt" | "change-password")
        && !path.contains("acme-challenge")
    {
        return Some(KnownUse::Fetched);
    }
    if LIBRARIES.contains(&name) {
        return Some(KnownUse::Libraries);
    }
    let script = matches!(end, "js" | "cjs" | "mjs" | "ts" | "mts" | "cts" | "json");
    let of_webpack = stem.starts_with("webpack.") && script;
    if script && BUILDERS.contains(&stem) || of_webpack || matches!(name, ".babelrc" | ".swcrc") {
        return Some(KnownUse::Build);
    }
    // a newer Terraform writes a state that an older one refuses
    if matches!(name, ".terraform-version" | ".opentofu-version") {
        return Some(KnownUse::StateWriter);
    }
    let of_play = path == "conf/routes" || path.ends_with("/conf/routes");
    match end {
        // as tools name them: `name@1.2.patch`, `name+1.2.patch`, `name-npm-1.2-0a1b.patch`
        "patch" if lies_in(&["patches"]) && is_library_patch(stem) => Some(KnownUse::LibraryPatch),
        "leaf" => Some(KnownUse::Page),
        "desktop" => Some(KnownUse::MenuEntry),
        "rego" | "cedar" | "polar" => Some(KnownUse::Policy),
        _ if leads_requests(path) => Some(KnownUse::Requests),
        "routes" if lies_in(&["conf"]) => Some(KnownUse::Routes),
        _ if of_play => Some(KnownUse::Routes),
        _ => None,
    }
}

fn is_library_patch(stem: &str) -> bool {
    stem.contains("-npm-")
        || stem
            .rsplit_once(['@', '+'])
            .is_some_and(|(_, version)| version.starts_with(|c: char| c.is_ascii_digit()))
}

/// `conf/messages.de` of Play: words of one language.
fn names_language(name: &str, path: &str) -> bool {
    let Some(language) = name.strip_prefix("messages.") else {
        return name == "messages" && path.contains("conf/");
    };
    let letters = |part: &str| {
        (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    path.contains("conf/") && language.split(['-', '_']).all(letters)
}

// Databricks and Papermill run notebooks as jobs, and these lie beside the sources
/// A notebook in a folder of those who look into data, and not among the sources.
fn is_notebook_of_people(path: &str) -> bool {
    const FOLDERS: [&str; 9] = [
        "notebook",
        "notebooks",
        "analysis",
        "analyses",
        "research",
        "exploration",
        "experiments",
        "docs",
        "doc",
    ];
    let first = list_purpose_folders(path).next().unwrap_or_default();
    FOLDERS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(first))
}

/// Whether a path lies in a folder of scripts that make load for a test.
pub(super) fn lies_among_load(path: &str) -> bool {
    const FOLDERS: [&str; 9] = [
        "k6",
        "load",
        "loadtest",
        "loadtests",
        "load-test",
        "load-tests",
        "load_tests",
        "perf",
        "performance",
    ];
    list_purpose_folders(path).any(|folder| {
        FOLDERS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(folder))
    })
}

/// Whether a text is a script of k6.
pub(super) fn is_load_script(text: &str) -> bool {
    ["'k6/", "\"k6/", "'k6'", "\"k6\""]
        .iter()
        .any(|library| text.contains(library))
}

/// A text that the program shows to those who ask how it is used.
pub(super) fn is_help_text(path: &str) -> bool {
    path.to_ascii_lowercase().ends_with(".txt")
        && list_purpose_folders(path)
            .any(|folder| matches!(folder.to_ascii_lowercase().as_str(), "help" | "usage"))
}

// before 1.0 each minor version could write a state of its own
/// Whether two versions of Terraform read the state of each other: since 1.0 those of one major
/// version do.
pub(super) fn share_state(old: &str, new: &str) -> bool {
    let major = |text: &str| -> Option<u64> {
        text.trim()
            .trim_start_matches('v')
            .split('.')
            .next()?
            .parse()
            .ok()
    };
    major(old).is_some_and(|version| version >= 1) && major(old) == major(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_a_tool_settled_tells_the_use() {
        use KnownUse::{
            Build, Cannot, Libraries, MenuEntry, Page, Policy, Requests, Routes, StateWriter,
        };
        for (path, known) in [
            ("biome.jsonc", Some(Cannot(Rule::DeveloperTool))),
            (
                "config/spotbugs-exclude.xml",
                Some(Cannot(Rule::DeveloperTool)),
            ),
            ("shelf.code-workspace", Some(Cannot(Rule::DeveloperTool))),
            ("notebooks/jars.ipynb", Some(Cannot(Rule::DeveloperTool))),
            ("src/notebooks/jars.ipynb", None),
            (
                "web/Properties/launchSettings.json",
                Some(Cannot(Rule::DeveloperTool)),
            ),
            (".run/cellar.run.xml", Some(Cannot(Rule::DeveloperTool))),
            ("run/cellar.xml", None),
            ("completions/shelf.fish", Some(Cannot(Rule::DeveloperTool))),
            ("scripts/shelf.fish", None),
            ("CITATION.cff", Some(Cannot(Rule::Documentation))),
            ("conf/messages.pt-BR", Some(Cannot(Rule::Page))),
            ("conf/messages.queue", None),
            ("data/messages.de", None),
            ("de.lproj/Jars.xcstrings", Some(Cannot(Rule::Page))),
            ("project/plugins.sbt", Some(Libraries)),
            ("requirements.lock", Some(Libraries)),
            ("web/webpack.prod.js", Some(Build)),
            ("src/webpack.ts", None),
            (
                "ui/patches/@shelf__lid@1.2.patch",
                Some(KnownUse::LibraryPatch),
            ),
            ("debian/patches/01-lid.patch", None),
            (".ci/phpstan.neon", Some(Cannot(Rule::DeveloperTool))),
            ("app/config.neon", None),
            ("CMakePresets.json", Some(Build)),
            ("Resources/Views/jar.leaf", Some(Page)),
            ("conf/routes", Some(Routes)),
            ("data/routes", None),
            ("share/shelf.desktop", Some(MenuEntry)),
            ("public/.htaccess", Some(Requests)),
            ("varnish/default.vcl", Some(Requests)),
            ("policies/jars.rego", Some(Policy)),
            ("src/rego.go", None),
            ("public/htaccess.txt", None),
            ("infra/.terraform-version", Some(StateWriter)),
            ("rules.xml", None),
            ("jars.json", None),
        ] {
            assert_eq!(find_known_use(path), known, "{path}");
        }
    }

    #[test]
    fn load_is_made_by_scripts_of_a_library_only() {
        let text = "import http from 'k6/http';\n";
        assert!(lies_among_load("k6/jars.js") && lies_among_load("load-tests/a.ts"));
        assert!(!lies_among_load("src/jars.js") && is_load_script(text));
        assert!(!is_load_script("load();\n"));
    }

    #[test]
    fn versions_of_terraform_share_their_state_since_the_first() {
        assert!(share_state("1.5.7", "1.9.0\n"));
        assert!(!share_state("0.13.5", "0.14.0") && !share_state("1.9.0", "2.0.0"));
        assert!(!share_state("latest", "latest"));
    }
}
