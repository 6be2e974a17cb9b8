//! SettingsByKey files as flat lists of keys with line numbers: env, ini, properties, TOML, YAML, JSON.

use std::rc::Rc;

use span_tree::{Limits, Node, Tree};

use crate::setting::{DEPTH, KEYS, Setting, SettingsByKey};
use crate::setting_lines::read_setting_lines;
use crate::step_lists::is_list_of_steps;

use crate::same_text::ParsedTextCache;
use crate::texts::{new_path, old_path, read_bounded_text};
use coverage::ReleaseRange;
use coverage::place::{FileRole, classify_path_place};
use model::{FileKind, Unchecked, Untrusted, escape_invisible, shorten_text};

/// One settings file that changed.
pub(super) struct ChangedSettings {
    pub path: String,
    pub old_path: String,
    pub kind: FileKind,
    /// The whole file is new, or gone.
    pub whole: bool,
    pub old: Rc<SettingsByKey>,
    pub new: Rc<SettingsByKey>,
}

impl ChangedSettings {
    /// Keys that only current has.
    pub fn added(&self) -> impl Iterator<Item = (&String, &Setting)> {
        self.new
            .iter()
            .filter(|(key, _)| !self.old.contains_key(*key))
    }

    /// Keys that only previous has.
    pub fn removed(&self) -> impl Iterator<Item = (&String, &Setting)> {
        self.old
            .iter()
            .filter(|(key, _)| !self.new.contains_key(*key))
    }

    /// Keys with another value.
    pub fn moved(&self) -> impl Iterator<Item = (&String, &Setting, &Setting)> {
        self.old.iter().filter_map(|(key, old)| {
            self.new
                .get(key)
                .filter(|new| new.value != old.value)
                .map(|new| (key, old, new))
        })
    }
}

/// All settings files that changed and can be read as such.
pub(super) fn list_changed_settings(
    range: &ReleaseRange<'_>,
    unchecked: &mut Vec<Unchecked>,
) -> Vec<ChangedSettings> {
    let mut all = Vec::new();
    let texts = ParsedTextCache::default();
    // values of a chart are settings of what it installs
    for change in range.changes.iter().filter(|change| {
        change.kind == FileKind::Config
            || (change.kind == FileKind::Infrastructure && values_file(&change.path))
    }) {
        let Some(format) = SettingsFormat::of(&change.path) else {
            continue;
        };
        // files of linters would be told as settings that come and go
        if is_tool_settings_path(&change.path)
            || classify_path_place(&change.path) != FileRole::Live
        {
            continue;
        }
        let before = unchecked.len();
        let (old, new) = (
            read_bounded_text(range.previous, old_path(change), unchecked),
            read_bounded_text(range.current, new_path(change), unchecked),
        );
        // a side that was too large is told as not checked, and is not compared with nothing
        if unchecked.len() > before {
            continue;
        }
        let whole = old.is_none() || new.is_none();
        let mut side = |text: Option<String>| {
            let Some(text) = text else {
                return Rc::default();
            };
            let read = texts.get(format.name(), &text, || format.read(&text).map(Rc::new));
            read.as_ref().clone().unwrap_or_else(|why| {
                unchecked.push(Unchecked {
                    what: Untrusted::visible(&change.path),
                    why: why.into(),
                    settle_with: Some("look at what changed in this file".into()),
                });
                Rc::default()
            })
        };
        let (old, new) = (side(old), side(new));
        if unchecked.len() == before {
            all.push(ChangedSettings {
                path: change.path.clone(),
                old_path: change
                    .old_path
                    .clone()
                    .unwrap_or_else(|| change.path.clone()),
                kind: change.kind,
                whole,
                old,
                new,
            });
        }
    }
    all
}

/// Values of a chart.
pub(super) fn values_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with("values") && (name.ends_with(".yaml") || name.ends_with(".yml"))
}

/// Words in which a word of a secret only happens to stand. Everything else that holds one stays
/// hidden: keys are written together (`dbpass`, `mongouri`), and a secret that is shown stays shown.
const NO_SECRETS: [&str; 24] = [
    "author",
    "authors",
    "authored",
    "authority",
    "authorities",
    "keyboard",
    "keyboards",
    "keyword",
    "keywords",
    "keyspace",
    "monkey",
    "hockey",
    "turkey",
    "tokenizer",
    "tokenizers",
    "tokenize",
    "tokenization",
    "bypass",
    "compass",
    "passenger",
    "passengers",
    "passive",
    "security",
    "connector",
];

// keys are many, so a word of a secret within a key is enough to hide its value
/// Whether a key's value must not be shown.
pub(super) fn is_secret_key(key: &str) -> bool {
    const SIGNS: [&str; 13] = [
        "pass",
        "secret",
        "token",
        "key",
        "credential",
        "private",
        "auth",
        // an address may hold a user and a password
        "dsn",
        "url",
        "uri",
        "salt",
        "cert",
        "conn",
    ];
    split_key_words(key).any(|word| {
        let word = word.to_ascii_lowercase();
        !NO_SECRETS.contains(&word.as_str()) && SIGNS.iter().any(|sign| word.contains(sign))
    })
}

/// The words of a key, which end at other signs than letters and digits, and where small letters
/// turn into large ones.
fn split_key_words(key: &str) -> impl Iterator<Item = &str> {
    key.split(|c: char| !c.is_alphanumeric()).flat_map(|part| {
        let mut rest = part;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let turn = rest
                .char_indices()
                .zip(rest.chars().skip(1))
                .find(|((_, before), after)| before.is_lowercase() && after.is_uppercase())
                .map_or(rest.len(), |((at, before), _)| at + before.len_utf8());
            let (word, after) = rest.split_at(turn);
            rest = after;
            Some(word)
        })
    })
}

/// A value fit for a sentence.
pub(super) fn display_setting_value(key: &str, value: &str) -> String {
    if is_secret_key(key) {
        return "a value that is not shown".to_owned();
    }
    if value.is_empty() {
        "nothing".to_owned()
    } else {
        format!("`{}`", escape_invisible(&shorten_text(value, 40)))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SettingsFormat {
    Env,
    Ini,
    Tree,
}

impl SettingsFormat {
    // `.env.production` has an ending of its own, and is an env file
    fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        let end = name.rsplit('.').next().unwrap_or_default();
        if name.starts_with(".env")
            || end == "env"
            || name.ends_with(".env.example")
            || end == "envrc"
        {
            return Some(Self::Env);
        }
        match end {
            "yaml" | "yml" | "json" => Some(Self::Tree),
            "ini" | "cfg" | "conf" | "toml" | "properties" => Some(Self::Ini),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Env => "env",
            Self::Ini => "ini",
            Self::Tree => "tree",
        }
    }

    fn read(self, text: &str) -> Result<SettingsByKey, String> {
        // an env file has no sections, and a colon in a value is common there
        match self {
            Self::Env => Ok(read_setting_lines(text, false)),
            Self::Ini => Ok(read_setting_lines(text, true)),
            Self::Tree => read_settings_tree(text),
        }
    }
}

fn read_settings_tree(text: &str) -> Result<SettingsByKey, String> {
    let limits = Limits {
        depth: 100,
        nodes: 200_000,
        bytes: crate::texts::LIMIT,
    };
    let tree = Tree::parse_with(text, limits)
        .map_err(|error| escape_invisible(&error.to_string()).into_owned())?;
    let mut settings = SettingsByKey::new();
    for root in tree.roots() {
        // an object of Kubernetes is no settings file; what it gives a program as settings is
        if root.get("apiVersion").is_some() && root.get("kind").is_some() {
            // of a ConfigMap the values are what a program reads
            root.get("data")
                .into_iter()
                .for_each(|data| flatten_settings(data, &mut String::new(), 0, &mut settings));
            continue;
        }
        // change sets and tasks are done once, and nobody sets them
        if is_list_of_steps(root) {
            continue;
        }
        flatten_settings(root, &mut String::new(), 0, &mut settings);
    }
    Ok(settings)
}

/// SettingsByKey of tools of the house (linters, packagers, bots): they neither run nor ship. Hidden
/// files and folders are, but for those of a platform.
pub(super) fn is_tool_settings_path(path: &str) -> bool {
    const TOOLS: [&str; 24] = [
        "renovate",
        "dependabot",
        "codecov",
        "goreleaser",
        "golangci",
        "mergify",
        "markdownlint",
        "yamllint",
        "eslint",
        "prettier",
        "stylelint",
        "commitlint",
        "lefthook",
        "mkdocs",
        "cliff",
        "biome",
        "turbo",
        "nx",
        "lerna",
        "crowdin",
        "sonar-project",
        "semgrep",
        "cspell",
        "typos",
    ];
    // hidden files of a platform are deployed with the program
    const SHIPPED: [&str; 9] = [
        ".env",
        ".platform",
        ".ebextensions",
        ".elasticbeanstalk",
        ".kamal",
        ".docker",
        ".config",
        ".k8s",
        ".deploy",
    ];
    let lower = path.to_ascii_lowercase();
    let hidden = lower.split('/').any(|part| {
        part.starts_with('.')
            && part.len() > 1
            && !SHIPPED.iter().any(|shipped| part.starts_with(shipped))
    });
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    hidden
        || TOOLS.iter().any(|tool| {
            name.strip_prefix(tool)
                .is_some_and(|rest| rest.starts_with('.'))
        })
}

fn flatten_settings(node: Node<'_>, at: &mut String, depth: usize, settings: &mut SettingsByKey) {
    if depth > DEPTH || settings.len() >= KEYS {
        return;
    }
    if node.is_mapping() {
        for (key, value) in node.entries() {
            let Some(name) = key.text() else { continue };
            let end = at.len();
            if !at.is_empty() {
                // keys of a level are joined by points, as programs ask for them
                at.push('.');
            }
            at.push_str(&shorten_text(name, 80));
            if value.is_mapping() || of_mappings(value) {
                flatten_settings(value, at, depth + 1, settings);
            } else {
                settings.entry(at.clone()).or_insert_with(|| Setting {
                    value: write_scalar_text(value),
                    line: key.line(),
                });
            }
            at.truncate(end);
        }
    } else if of_mappings(node) {
        // items are told apart by what names them, else by their place
        for (index, item) in node.items().enumerate() {
            let end = at.len();
            // an item is named by one of these in nearly all lists
            let named = ["name", "id", "key", "host", "path", "alias"]
                .iter()
                .find_map(|key| item.get(key).and_then(Node::text))
                .filter(|name| !name.is_empty());
            at.push_str(&format!(
                "[{}]",
                named.map_or_else(
                    || index.to_string(),
                    |name| shorten_text(name, 60).into_owned()
                )
            ));
            if item.is_mapping() {
                flatten_settings(item, at, depth + 1, settings);
            } else {
                settings.entry(at.clone()).or_insert_with(|| Setting {
                    value: write_scalar_text(item),
                    line: item.line(),
                });
            }
            at.truncate(end);
        }
    } else if depth == 0 && node.is_sequence() {
        // a file that is one list of values is compared as one
        settings
            .entry("list".to_owned())
            .or_insert_with(|| Setting {
                value: write_scalar_text(node),
                line: node.line(),
            });
    }
}

/// A list in which something has keys of its own.
fn of_mappings(node: Node<'_>) -> bool {
    // a list of values may be long, and its first thousand tell what it is
    node.is_sequence() && node.items().take(1_000).any(Node::is_mapping)
}

/// A scalar, or a list of scalars, as one text.
fn write_scalar_text(node: Node<'_>) -> String {
    match node.text() {
        Some(text) => text.to_owned(),
        None => node
            .items()
            .take(50)
            .map(|item| item.text().unwrap_or("…").to_owned())
            .collect::<Vec<_>>()
            .join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_become_flat_keys() {
        let env = read_setting_lines("# c\nexport A=1\nB = \"two\" # why\nnonsense\n", false);
        assert_eq!(
            env["A"],
            Setting {
                value: "1".into(),
                line: 2
            }
        );
        assert_eq!(env["B"].value, "two");
        let ini = read_setting_lines("[db]\nhost: x\n[log]\nlevel = \"info\"\n", true);
        assert_eq!(
            (ini["db.host"].line, ini["log.level"].value.as_str()),
            (2, "info")
        );
        let yaml = read_settings_tree("a:\n  b: 1\n  c: [x, y]\n---\nd: {e: null}\n").unwrap();
        assert_eq!(
            (
                yaml["a.b"].line,
                yaml["a.c"].value.as_str(),
                yaml.contains_key("d.e")
            ),
            (2, "x, y", true)
        );
        assert!(read_settings_tree("a: [1").is_err());
    }

    #[test]
    fn steps_are_no_settings() {
        for text in [
            "- hosts: all\n  tasks:\n    - name: a\n      copy: {src: a}\n",
            "- name: unpack\n  ansible.builtin.unarchive:\n    src: a\n",
            "- name: put it there\n  copy: {src: a, dest: b}\n  notify: restart\n",
            "databaseChangeLog:\n  - changeSet: {id: 1, author: a}\n",
        ] {
            assert!(read_settings_tree(text).unwrap().is_empty(), "{text}");
        }
        assert!(
            !read_settings_tree("- name: a\n  url: b\n")
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn lists_of_mappings_are_compared_by_name_or_place() {
        let yaml = read_settings_tree(
            "up:\n  - name: a\n    retries: 3\n  - retries: 4\n    deep: [{x: 1}]\n",
        )
        .unwrap();
        assert_eq!(
            (
                yaml["up[a].retries"].line,
                yaml["up[1].retries"].value.as_str(),
                yaml["up[1].deep[0].x"].value.as_str()
            ),
            (3, "4", "1")
        );
    }

    #[test]
    fn objects_and_tools_are_no_settings() {
        let object = read_settings_tree("apiVersion: v1\nkind: ConfigMap\nmetadata: {annotations: {made-by: x}}\ndata: {MODE: fast}\n").unwrap();
        assert_eq!(
            object.keys().map(String::as_str).collect::<Vec<_>>(),
            ["MODE"]
        );
        for path in [
            ".yamllint.yaml",
            ".goreleaser.yml",
            ".semgrep/rules.yml",
            "web/.markdownlint.json",
            "codecov.yml",
        ] {
            assert!(is_tool_settings_path(path), "{path}");
        }
        for path in [
            ".env",
            ".env.production",
            "config/application.yml",
            "settings.toml",
            ".platform/app.yaml",
        ] {
            assert!(!is_tool_settings_path(path), "{path}");
        }
    }

    #[test]
    fn a_word_that_only_holds_one_of_a_secret_is_none() {
        for key in [
            "galaxy_info.author",
            "search.tokenizer",
            "keyboardLayout",
            "KEYWORDS",
        ] {
            assert!(!is_secret_key(key), "{key}");
        }
        for key in [
            "auth.mode",
            "dbpass",
            "apiKey",
            "AUTH_TOKEN",
            "author.token",
            "mongouri",
        ] {
            assert!(is_secret_key(key), "{key}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        assert!(!display_setting_value("DB_PASSWORD", "hunter2").contains("hunter2"));
        assert_eq!(display_setting_value("LOG_LEVEL", "info"), "`info`");
    }
}
