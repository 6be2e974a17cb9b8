//! A story as it stands in its YAML file.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use serde::Deserialize;

use crate::model::{OptionId, Strength};

/// One story.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoStory {
    /// As typed after `backout demo`.
    pub id: String,
    /// A few words.
    pub title: String,
    /// What happened, in some sentences.
    pub says: String,
    /// How it goes on, told at the end.
    pub ends: String,
    /// What the program cannot see in it, told at the end.
    pub misses: String,
    /// Version to go back to.
    pub previous: String,
    /// Version that is live.
    pub current: String,
    /// What stands before the version in a tag's name.
    #[serde(default)]
    pub scheme: String,
    /// Minutes since current was deployed.
    pub deployed_minutes: f64,
    /// Environment the story is about.
    pub environment: String,
    /// The repository.
    pub(super) repository: DemoRepository,
    /// Repositories beside it.
    #[serde(default)]
    pub(super) dependents: Vec<DemoRepository>,
    /// Worked cases.
    pub cases: Vec<DemoCase>,
    /// SHA-256 of all stories' texts and of the builder's version, hexadecimal.
    #[serde(skip)]
    pub(super) digest: String,
}

/// Answers and the verdict they lead to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DemoCase {
    /// A few words.
    pub name: String,
    /// Facts by key, as after `--answer`.
    pub answers: BTreeMap<String, String>,
    /// The option.
    pub option: Option<OptionId>,
    /// Its strength; absent where it is not said.
    pub strength: Option<Strength>,
    /// The option after harm is stopped.
    pub then: Option<OptionId>,
    /// Options that are out, each with the blocker that removed it.
    pub removed: BTreeMap<String, String>,
    /// Sums for going back and forward, where they are said.
    pub sums: Option<(f64, f64)>,
    /// Kinds of the recommended option's conditions that must be there.
    pub conditions: Vec<String>,
    /// Words that must stand in a condition or its steps.
    pub condition_says: Vec<String>,
    /// A fact that the first question outside the opening settles.
    pub next: Option<String>,
    /// Only opening questions can change the option.
    pub only_opening: bool,
}

/// A repository, as commits in order.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoRepository {
    /// Its folder.
    pub name: String,
    /// Another story whose repository of this name has the first stretch of history.
    #[serde(default)]
    pub begins_like: Option<String>,
    /// Stretches of history, oldest first.
    #[serde(default)]
    pub history: Vec<Stretch>,
}

/// Commits spread evenly over some time, and the version they end in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stretch {
    /// Time of the first commit.
    pub from: Timestamp,
    /// Time of the last.
    pub until: Timestamp,
    /// Commits in order.
    pub commits: Vec<DemoCommit>,
    /// Tag on the last one.
    pub tag: Option<String>,
}

/// What the commits are made from. `{area}`, `{thing}`, `{Thing}`, `{words}`, `{a}` and `{number}`
/// are filled in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Many {
    /// How many.
    pub count: usize,
    /// Number of the first pull request.
    pub pull_request: usize,
    /// Things by area.
    pub areas: BTreeMap<String, Vec<String>>,
    /// Kinds of change, in turn.
    pub changes: Vec<GeneratedChange>,
}

/// One kind of change.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GeneratedChange {
    /// The title, without the pull request's number.
    pub title: String,
    /// The file.
    pub path: String,
    /// Text that is added to it.
    pub adds: String,
}

/// One commit, or many made from a pattern.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DemoCommit {
    /// Team that made it.
    pub by: String,
    /// The message.
    pub message: String,
    /// Whole files.
    pub files: BTreeMap<String, String>,
    /// Places to change: what stands there once, and what stands there then.
    pub replace: BTreeMap<String, Vec<(String, String)>>,
    /// Files that go.
    pub delete: Vec<String>,
    /// Generated commits in place of this one.
    pub many: Option<Many>,
    /// The message names the commit before and undoes it.
    pub revert: bool,
}

impl DemoStory {
    /// Reads a story's text.
    ///
    /// # Errors
    /// One sentence with the place.
    pub(super) fn read(text: &str) -> Result<Self> {
        let mut value: serde_yaml::Value =
            serde_yaml::from_str(text).context("a story cannot be read")?;
        value
            .apply_merge()
            .context("a story's merge keys cannot be read")?;
        let story: Self = serde_yaml::from_value(value).context("a story cannot be read")?;
        ensure!(
            !story.id.is_empty() && story.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
            "a story's id is made of small letters and dashes"
        );
        Ok(story)
    }

    /// Fills in first stretches that are taken from other stories.
    ///
    /// # Errors
    /// When there is no such story or repository.
    pub(super) fn complete(&mut self, others: &[Self]) -> Result<()> {
        for repository in std::iter::once(&mut self.repository).chain(&mut self.dependents) {
            let Some(id) = repository.begins_like.take() else {
                continue;
            };
            let other = others
                .iter()
                .find(|story| story.id == id)
                .with_context(|| format!("there is no story {id}"))?;
            let mut all = std::iter::once(&other.repository).chain(&other.dependents);
            let like = all
                .find(|candidate| candidate.name == repository.name)
                .with_context(|| format!("story {id} has no repository {}", repository.name))?;
            let first = like.history.first().context("a repository has a history")?;
            repository.history.insert(0, first.clone());
        }
        Ok(())
    }

    /// The tag of a version.
    pub fn tag(&self, version: &str) -> String {
        format!("{}{version}", self.scheme)
    }
}
