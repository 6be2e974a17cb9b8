//! `backout.yaml`: found, bounded, linted, loaded.
//!
//! The file comes with the repository and may be hostile: size, nesting and number of values are
//! bounded, aliases count each time they are followed, every text is made visible before it is
//! shown, and no command in it is ever run by loading it. A file that was *found* never ends an
//! assessment: what is wrong in it is left out and named. A file the user *named* must be right.

use std::path::{Path, PathBuf};

use crate::model::{Config, Snapshot, Unchecked, escape_invisible};

mod lint;
mod shape;
mod starter;

pub use lint::{ConfigProblem, lint_config};
pub use shape::json_schema;
pub use starter::{Sensed, write_starter_config};

/// The file's name.
pub const NAME: &str = "backout.yaml";

/// Largest file that is read, in bytes.
pub const LIMIT: u64 = 256 * 1024;

/// Most problems that are named one by one.
const NAMED: usize = 20;

/// A configuration with where it came from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LoadedConfig {
    /// The configuration.
    pub config: Config,
    /// In words; `None` where there is none.
    pub source: Option<String>,
    /// Folder that relative paths of it start from.
    pub base: PathBuf,
    /// What of it was left out.
    pub unchecked: Vec<Unchecked>,
}

/// Reads a text that is called `name` in messages. The configuration holds what is right in it;
/// problems say what is not.
pub fn read_config(text: &str, name: &str) -> (Config, Vec<ConfigProblem>) {
    let (value, mut problems) = lint_config(text, name);
    match serde_yaml::from_value::<Config>(value) {
        Ok(config) => (config, problems),
        Err(error) => {
            problems.push(ConfigProblem::whole(
                name,
                format!(
                    "it cannot be used: {}",
                    escape_invisible(&error.to_string())
                ),
            ));
            (Config::default(), problems)
        }
    }
}

/// The file of `--config`.
///
/// # Errors
/// One sentence when it cannot be read, or one line a problem.
pub fn load_named_config(path: &Path) -> Result<LoadedConfig, String> {
    let shown = escape_invisible(&path.display().to_string()).into_owned();
    let size = std::fs::metadata(path)
        .map_err(|error| {
            format!("{shown} cannot be read ({error}); name an existing file with --config")
        })?
        .len();
    if size > LIMIT {
        return Err(format!(
            "{shown} has {size} bytes, more than the {LIMIT} that are read"
        ));
    }
    let bytes = plain_file::read_plain_file(path, LIMIT).map_err(|error| {
        format!("{shown} cannot be read ({error}); name an existing file with --config")
    })?;
    let text = crate::model::decode_text(&bytes).ok_or_else(|| format!("{shown} is not text"))?;
    let (config, problems) = read_config(&text, &shown);
    if !problems.is_empty() {
        let mut lines: Vec<String> = problems
            .iter()
            .take(NAMED)
            .map(ConfigProblem::to_string)
            .collect();
        if problems.len() > NAMED {
            lines.push(format!("{shown}: {} more", problems.len() - NAMED));
        }
        return Err(lines.join("\n"));
    }
    let base = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."))
        .to_owned();
    Ok(LoadedConfig {
        config,
        source: Some(shown),
        base,
        unchecked: Vec::new(),
    })
}

/// The file in the working tree's root, where there is one.
pub fn in_folder(folder: &Path) -> Option<LoadedConfig> {
    let path = folder.join(NAME);
    // a symbolic link could point anywhere; only a plain file is the repository's own word
    let kind = std::fs::symlink_metadata(&path).ok()?;
    let source = format!("{NAME} of the working tree");
    if !kind.is_file() {
        return Some(make_refused_config(
            folder,
            &source,
            "it is not a plain file",
        ));
    }
    if kind.len() > LIMIT {
        return Some(make_refused_config(
            folder,
            &source,
            &format!(
                "it has {} bytes, more than the {LIMIT} that are read",
                kind.len()
            ),
        ));
    }
    match plain_file::read_no_link(&path, LIMIT) {
        Ok(bytes) => Some(from_bytes(&bytes, folder, &source)),
        Err(error) => Some(make_refused_config(
            folder,
            &source,
            &format!("it cannot be read ({error})"),
        )),
    }
}

/// The file in a release's tree, where there is one.
pub fn in_tree(tree: &dyn Snapshot, version: &str, base: &Path) -> Option<LoadedConfig> {
    let source = format!("{NAME} of {version}");
    if !tree.has(NAME) {
        return None;
    }
    match tree.read(NAME) {
        Ok(bytes) if bytes.len() as u64 > LIMIT => Some(make_refused_config(
            base,
            &source,
            &format!(
                "it has {} bytes, more than the {LIMIT} that are read",
                bytes.len()
            ),
        )),
        Ok(bytes) => Some(from_bytes(&bytes, base, &source)),
        Err(error) => Some(make_refused_config(base, &source, &error.to_string())),
    }
}

fn from_bytes(bytes: &[u8], base: &Path, source: &str) -> LoadedConfig {
    let Some(text) = crate::model::decode_text(bytes) else {
        return make_refused_config(base, source, "it is not text");
    };
    let (config, problems) = read_config(&text, NAME);
    let more = problems.len().saturating_sub(NAMED);
    let mut unchecked: Vec<Unchecked> = problems
        .iter()
        .take(NAMED)
        .map(|problem| left_out(&problem.place(), &problem.sentence()))
        .collect();
    if more > 0 {
        unchecked.push(left_out(NAME, &format!("{more} more problems")));
    }
    LoadedConfig {
        config,
        source: Some(source.to_owned()),
        base: base.to_owned(),
        unchecked,
    }
}

fn make_refused_config(base: &Path, source: &str, why: &str) -> LoadedConfig {
    LoadedConfig {
        config: Config::default(),
        source: None,
        base: base.to_owned(),
        unchecked: vec![left_out(source, why)],
    }
}

fn left_out(what: &str, why: &str) -> Unchecked {
    Unchecked {
        what: what.into(),
        why: format!("{why}; it is left out").into(),
        settle_with: Some(format!("correct {NAME}, or name another file with --config").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MemorySnapshot, Tri};

    /// The example of the documentation.
    const WHOLE: &str = r#"
service: payments
releases: {tags: "v*", previous: auto}
environments: {production: {usage: always-on}, staging: {kind: test}}
database: {dialects: [postgresql], migrations: [db/migrate]}
components: {frontend: ["web/**"], backend: ["app/**"], database: ["db/**"]}
kinds: {styling: ["**/*.css"]}
contracts: [{path: api/openapi.yaml}]
dependents:
  - {name: storefront, repository: ../storefront, uses: [api/openapi.yaml], live: 5.20, can_go_back: true, copes: unknown}
live: [{kind: helm, file: ops/helm-history.json}]
process: [{name: Deploy database, kind: database, on_rollback: skip}]
switches: [{name: new-checkout, covers: ["app/checkout/**"]}]
roles: [incident lead, database, service owner]
rehearsal: {migrate: "bin/rails db:migrate", rollback: "bin/rails db:rollback"}
rehearsals: [{at: 2026-02-10, outcome: worked, surprises: [], environment: staging, process: 3fa9c1d20b77}]
automation: {conditions: [error-rate], stop: incident lead, tests_trusted: true}
"#;

    #[test]
    fn the_documented_example_loads() {
        let (config, problems) = read_config(WHOLE, NAME);
        assert_eq!(problems, []);
        assert_eq!(config.service.as_deref(), Some("payments"));
        let storefront = &config.dependents[0];
        assert_eq!(
            (
                storefront.live.as_deref(),
                storefront.can_go_back,
                storefront.copes
            ),
            (Some("5.20"), Tri::Yes, Tri::Unknown)
        );
        assert_eq!(config.switches[0].covers, ["app/checkout/**"]);
    }

    #[test]
    fn what_is_wrong_is_left_out_and_the_rest_holds() {
        let tree = MemorySnapshot::new([(
            NAME,
            "service: pay\nserivces: []\nroles: {a: b}\ndependents: [{name: shop}]\n",
        )]);
        let loaded = in_tree(&tree, "3.1.0", Path::new("/nowhere")).unwrap();
        assert_eq!(loaded.config.service.as_deref(), Some("pay"));
        assert_eq!(loaded.config.dependents.len(), 1);
        let what: Vec<_> = loaded
            .unchecked
            .iter()
            .map(|entry| entry.what.as_raw())
            .collect();
        assert_eq!(what, ["backout.yaml:2:1", "backout.yaml:3:8"]);
        assert!(
            loaded.unchecked[0].why.as_raw().contains("services"),
            "{}",
            loaded.unchecked[0].why
        );
    }

    #[test]
    fn an_empty_or_absent_file_is_the_default() {
        assert_eq!(read_config("", NAME), (Config::default(), vec![]));
        assert_eq!(
            read_config("# nothing yet\n", NAME),
            (Config::default(), vec![])
        );
        assert!(in_tree(&MemorySnapshot::default(), "1", Path::new(".")).is_none());
    }

    #[test]
    fn hostile_files_end_in_a_sentence() {
        let mut bomb = String::from("roles: &a [x, x, x, x, x, x, x, x, x]\n");
        for (from, to) in ["a", "b", "c", "d", "e", "f"]
            .iter()
            .zip(["b", "c", "d", "e", "f", "g"])
        {
            bomb.push_str(&format!(
                "roles{to}: &{to} [*{from}, *{from}, *{from}, *{from}, *{from}, \
                *{from}, *{from}, *{from}, *{from}]\n"
            ));
        }
        for text in [
            &*bomb,
            &"[".repeat(5000),
            "service: [1, 2\nx: 3",
            "- a\n- b\n",
            "service: \u{1b}[31m\n\u{1b}key: 1\n",
        ] {
            let (_, problems) = read_config(text, NAME);
            assert!(!problems.is_empty(), "{text:.40}");
            assert!(
                problems
                    .iter()
                    .all(|problem| !problem.to_string().contains('\u{1b}'))
            );
        }
    }

    #[test]
    fn a_named_file_must_be_right() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.yaml");
        assert!(
            load_named_config(&path)
                .unwrap_err()
                .contains("cannot be read")
        );
        std::fs::write(
            &path,
            "service: a\nkinds: {stylin: ['*.css'], code: ['[oops']}\n",
        )
        .unwrap();
        let error = load_named_config(&path).unwrap_err();
        assert!(
            error.contains("mine.yaml:2:9") && error.contains("styling") && error.contains("2:35"),
            "{error}"
        );
        std::fs::write(&path, WHOLE).unwrap();
        assert_eq!(load_named_config(&path).unwrap().base, folder.path());
        assert!(in_folder(folder.path()).is_none());
        std::fs::write(folder.path().join(NAME), WHOLE).unwrap();
        assert_eq!(in_folder(folder.path()).unwrap().config.roles.len(), 3);
    }
}
