//! The demo stories: small repositories that look real, built with git at run time, each with the
//! decision it leads to.
//!
//! Stories are data (`assets/stories/*.yaml`): files and commits of a repository, of the
//! applications that depend on it, how long the release is live, and the cases whose verdict is
//! known.

mod build;
mod folder;
mod many;
mod story;

use crate::model::fact_key;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use jiff::Timestamp;

pub use story::{DemoCase, DemoStory};

use crate::model::{Fact, FactValue};

const TEXTS: [&str; 6] = [
    include_str!("../../../assets/stories/card-service.yaml"),
    include_str!("../../../assets/stories/card-service-fault.yaml"),
    include_str!("../../../assets/stories/new-table.yaml"),
    include_str!("../../../assets/stories/not-null.yaml"),
    include_str!("../../../assets/stories/styling.yaml"),
    include_str!("../../../assets/stories/quarterly.yaml"),
];

/// Raised whenever the builder makes other repositories from the same text.
const BUILDER: u32 = 1;

/// A story whose repository lies on disk.
#[derive(Debug, Clone)]
pub struct BuiltStory {
    /// Its id, as typed after `backout demo`.
    pub id: String,
    /// A few words.
    pub title: String,
    /// What happened, in some sentences.
    pub says: String,
    /// How it goes on, told at the end.
    pub ends: String,
    /// What the program cannot see in it, told at the end.
    pub misses: String,
    /// The repository's working tree.
    pub repository: PathBuf,
    /// Version to go back to.
    pub previous: String,
    /// Version that is live.
    pub current: String,
    /// Minutes since current was deployed.
    pub deployed_minutes: f64,
    /// Environment the story is about.
    pub environment: String,
    /// Worked cases: answers and the verdict they lead to.
    pub cases: Vec<DemoCase>,
}

impl BuiltStory {
    /// When current was deployed.
    pub fn deployed_at(&self, now: Timestamp) -> Timestamp {
        now.checked_sub(jiff::SignedDuration::from_secs(
            (self.deployed_minutes * 60.0) as i64,
        ))
        .unwrap_or(now)
    }

    /// The story as the screens play it; the end of a drill is told once something was decided.
    pub fn played(&self, drill: bool) -> crate::tui::model::Story {
        crate::tui::model::Story {
            says: self.says.clone(),
            ends: self.ends.clone(),
            misses: self.misses.clone(),
            hides_end: drill,
        }
    }

    /// What the story itself says, as facts: how long current is live.
    pub fn stated(&self, now: Timestamp) -> Vec<Fact> {
        vec![
            Fact::stated(
                fact_key::DEPLOYMENT_LIVE_MINUTES,
                FactValue::Number(self.deployed_minutes),
            )
            .with_source("the story")
            .observed(now),
        ]
    }
}

/// All stories, in the order they are shown.
#[allow(
    clippy::expect_used,
    reason = "the stories are built into the program, and a test reads them"
)]
pub fn list_stories() -> Vec<DemoStory> {
    read_stories().expect("the shipped stories are read by a test")
}

fn read_stories() -> Result<Vec<DemoStory>> {
    use sha2::Digest;
    let parts: Vec<DemoStory> = TEXTS
        .iter()
        .map(|text| DemoStory::read(text))
        .collect::<Result<_>>()?;
    // stories borrow from each other, so a change in one rebuilds all
    let digest = TEXTS
        .iter()
        .fold(
            sha2::Sha256::new().chain_update(BUILDER.to_le_bytes()),
            |digest, text| digest.chain_update(text.as_bytes()),
        )
        .finalize();
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut stories = parts.clone();
    for story in &mut stories {
        story.digest.clone_from(&digest);
        story.complete(&parts)?;
    }
    Ok(stories)
}

/// The story of this name; without one the first.
///
/// # Errors
/// One sentence that lists the names.
pub fn find_story(name: Option<&str>) -> Result<DemoStory> {
    let all = list_stories();
    let names: Vec<String> = all.iter().map(|story| story.id.clone()).collect();
    let wanted = name.unwrap_or(&names[0]).to_owned();
    match all.into_iter().find(|story| story.id == wanted) {
        Some(story) => Ok(story),
        None => bail!(
            "there is no story {}; the stories are {}",
            crate::model::escape_invisible(&wanted),
            names.join(", ")
        ),
    }
}

/// Builds a story's repositories in a stable folder for temporary files, or finds them there.
///
/// # Errors
/// When the folder cannot be written.
pub fn build_story(story: &DemoStory) -> Result<BuiltStory> {
    build_in(story, &folder::ensure_demo_root()?)
}

/// The same below a folder of the caller's choice, which must be the caller's own.
///
/// # Errors
/// When the folder cannot be written.
pub fn build_in(story: &DemoStory, root: &Path) -> Result<BuiltStory> {
    let place = folder::ensure_story_folder(root, story).with_context(|| {
        format!(
            "the repositories of story {} cannot be written below {}",
            story.id,
            root.display()
        )
    })?;
    Ok(BuiltStory {
        id: story.id.clone(),
        title: story.title.clone(),
        says: story.says.trim().to_owned(),
        ends: story.ends.trim().to_owned(),
        misses: story.misses.trim().to_owned(),
        repository: place.join(&story.repository.name),
        previous: story.previous.clone(),
        current: story.current.clone(),
        deployed_minutes: story.deployed_minutes,
        environment: story.environment.clone(),
        cases: story.cases.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_stories_are_whole() {
        let ids: Vec<String> = list_stories().into_iter().map(|story| story.id).collect();
        assert_eq!(
            ids,
            [
                "card-service",
                "card-service-fault",
                "new-table",
                "not-null",
                "styling",
                "quarterly"
            ]
        );
        assert!(
            find_story(Some("nothing"))
                .unwrap_err()
                .to_string()
                .contains("card-service")
        );
        assert_eq!(find_story(None).unwrap().id, "card-service");
        for story in list_stories() {
            assert!(
                !story.cases.is_empty()
                    && [&story.says, &story.ends, &story.misses]
                        .iter()
                        .all(|text| text.trim().ends_with('.')),
                "{}",
                story.id
            );
        }
    }

    #[test]
    fn every_story_builds_and_is_found_again() {
        let root = tempfile::tempdir().unwrap();
        for story in list_stories() {
            let built = build_in(&story, root.path()).unwrap();
            let repository = git2::Repository::open(&built.repository).unwrap();
            let tip = |version: &str| {
                repository
                    .revparse_single(&format!("refs/tags/{}", story.tag(version)))
                    .unwrap()
                    .peel_to_commit()
                    .unwrap()
                    .id()
            };
            let (previous, current) = (tip(&built.previous), tip(&built.current));
            assert!(
                repository.graph_descendant_of(current, previous).unwrap(),
                "{}",
                story.id
            );
            assert!(
                repository.statuses(None).unwrap().is_empty(),
                "{}: the working tree is not clean",
                story.id
            );
            let again = build_in(&story, root.path()).unwrap();
            assert_eq!(
                (again.repository, tip(&built.current)),
                (built.repository, current)
            );
        }
    }

    #[test]
    fn commits_are_the_same_every_time() {
        let story = find_story(Some("styling")).unwrap();
        let tip = || {
            let root = tempfile::tempdir().unwrap();
            let built = build_in(&story, root.path()).unwrap();
            git2::Repository::open(&built.repository)
                .unwrap()
                .head()
                .unwrap()
                .target()
                .unwrap()
        };
        assert_eq!(tip(), tip());
    }

    #[test]
    fn quarterly_has_hundreds_of_changes() {
        let story = find_story(Some("quarterly")).unwrap();
        let root = tempfile::tempdir().unwrap();
        let built = build_in(&story, root.path()).unwrap();
        let repository = git2::Repository::open(&built.repository).unwrap();
        let mut walk = repository.revwalk().unwrap();
        walk.push_head().unwrap();
        walk.hide(
            repository
                .revparse_single(&story.tag(&built.previous))
                .unwrap()
                .peel_to_commit()
                .unwrap()
                .id(),
        )
        .unwrap();
        let titles: std::collections::BTreeSet<String> = walk
            .map(|id| {
                repository
                    .find_commit(id.unwrap())
                    .unwrap()
                    .summary()
                    .unwrap()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        assert!(titles.len() > 200, "{} different titles", titles.len());
    }
}
