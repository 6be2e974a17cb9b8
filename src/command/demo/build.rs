//! A repository built from a story: commits with fixed times and names, so that ids are the same on
//! every machine.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use git2::{Oid, RepositoryInitOptions, Signature, Time};
use jiff::Timestamp;

use super::story::{DemoCommit, DemoRepository, Stretch};

/// Builds a repository in `folder` and returns its tip.
pub(super) fn build_demo_repository(folder: &Path, described: &DemoRepository) -> Result<Oid> {
    let mut options = RepositoryInitOptions::new();
    options
        .external_template(false)
        .initial_head("main")
        .mkdir(true);
    let git = git2::Repository::init_opts(folder, &options)?;
    let mut config = git.config()?;
    config.set_bool("core.autocrlf", false)?;
    config.set_bool("core.fileMode", false)?;
    // objects are collected in memory and written as one pack: a thousand small files would take
    // seconds
    let objects = git.odb()?;
    let memory = objects.add_new_mempack_backend(1_000)?;
    let mut builder = RepositoryBuilder {
        git: &git,
        files: BTreeMap::new(),
        blobs: BTreeMap::new(),
        before: BTreeMap::new(),
        tip: None,
        title: String::new(),
        tags: Vec::new(),
    };
    for stretch in &described.history {
        builder.stretch(stretch)?;
    }
    let tip = builder.tip.context("a story's repository has commits")?;
    let mut pack = git2::Buf::new();
    memory.dump(&git, &mut pack)?;
    let mut writer = objects.packwriter()?;
    std::io::Write::write_all(&mut writer, &pack)?;
    writer.commit()?;
    memory.reset()?;
    // the pack holds what commits reach, so annotated tags are written after it, through a handle
    // that writes to disk
    let git = git2::Repository::open(folder)?;
    for (tag, target, second) in &builder.tags {
        git.tag(
            tag,
            &git.find_object(*target, None)?,
            &make_team_signature("release team", *second)?,
            &format!("Release {tag}\n"),
            false,
        )?;
    }
    git.reference("refs/heads/main", tip, true, "story")?;
    git.set_head("refs/heads/main")?;
    let mut checkout = git2::build::CheckoutBuilder::new();
    checkout.force();
    git.checkout_head(Some(&mut checkout))?;
    Ok(tip)
}

struct RepositoryBuilder<'r> {
    git: &'r git2::Repository,
    files: BTreeMap<String, String>,
    blobs: BTreeMap<String, Oid>,
    before: BTreeMap<String, String>,
    tip: Option<Oid>,
    title: String,
    tags: Vec<(String, Oid, i64)>,
}

impl RepositoryBuilder<'_> {
    fn stretch(&mut self, stretch: &Stretch) -> Result<()> {
        let mut commits = Vec::new();
        for commit in &stretch.commits {
            match &commit.many {
                Some(many) => commits.extend(many.commits()),
                None => commits.push(commit.clone()),
            }
        }
        let (from, until) = (stretch.from.as_second(), stretch.until.as_second());
        let steps = (commits.len() as i64 - 1).max(1);
        for (index, commit) in (0_i64..).zip(&commits) {
            // people do not commit on the minute: some seconds to either side, the same every time
            let scatter = if index == 0 || index == steps {
                0
            } else {
                (index * 7_919) % 1_801 - 900
            };
            let at = from
                + (until - from) * index / steps
                + if (until - from) / steps > 3_600 {
                    scatter
                } else {
                    0
                };
            self.commit(commit, at).with_context(|| {
                format!(
                    "commit `{}`",
                    commit.message.lines().next().unwrap_or_default()
                )
            })?;
        }
        if let (Some(tag), Some(tip)) = (&stretch.tag, self.tip) {
            self.tags.push((tag.clone(), tip, until + 300));
        }
        Ok(())
    }

    fn commit(&mut self, commit: &DemoCommit, second: i64) -> Result<()> {
        let message = if commit.revert {
            let undone = self.tip.context("nothing to revert")?;
            std::mem::swap(&mut self.files, &mut self.before);
            self.blobs.clear();
            format!(
                "Revert \"{}\"\n\nThis reverts commit {undone}.\n",
                self.title
            )
        } else {
            self.before.clone_from(&self.files);
            self.apply(commit)?;
            format!("{}\n", commit.message.trim_end())
        };
        let mut index = git2::Index::new()?;
        for (path, text) in &self.files {
            let id = match self.blobs.get(path) {
                Some(id) => *id,
                None => self.git.blob(text.as_bytes())?,
            };
            self.blobs.insert(path.clone(), id);
            index.add(&make_index_entry(path, id, text.len()))?;
        }
        let tree = self.git.find_tree(index.write_tree_to(self.git)?)?;
        let who = make_team_signature(&commit.by, second)?;
        let parent = self.tip.map(|tip| self.git.find_commit(tip)).transpose()?;
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        self.tip = Some(
            self.git
                .commit(None, &who, &who, &message, &tree, &parents)?,
        );
        self.title = message.lines().next().unwrap_or_default().to_owned();
        Ok(())
    }

    fn apply(&mut self, commit: &DemoCommit) -> Result<()> {
        for (path, text) in &commit.files {
            self.set(path, text.clone());
        }
        for (path, places) in &commit.replace {
            let mut text = self
                .files
                .get(path)
                .with_context(|| format!("{path} is not there yet"))?
                .clone();
            for (old, new) in places {
                ensure!(
                    text.matches(old.as_str()).count() == 1,
                    "{path} has {} times: {old}",
                    text.matches(old.as_str()).count()
                );
                text = text.replace(old.as_str(), new);
            }
            self.set(path, text);
        }
        for path in &commit.delete {
            self.files
                .remove(path)
                .with_context(|| format!("{path} is not there"))?;
            self.blobs.remove(path);
        }
        Ok(())
    }

    /// A text that begins with `+` is added to what is there.
    fn set(&mut self, path: &str, text: String) {
        let text = match text.strip_prefix("+\n") {
            Some(more) => format!(
                "{}\n{more}",
                self.files.get(path).map(String::as_str).unwrap_or_default()
            )
            .trim_start()
            .to_owned(),
            None => text,
        };
        self.files.insert(path.to_owned(), text);
        self.blobs.remove(path);
    }
}

fn make_index_entry(path: &str, id: Oid, size: usize) -> git2::IndexEntry {
    let zero = git2::IndexTime::new(0, 0);
    git2::IndexEntry {
        ctime: zero,
        mtime: zero,
        dev: 0,
        ino: 0,
        mode: 0o100_644,
        uid: 0,
        gid: 0,
        file_size: u32::try_from(size).unwrap_or(u32::MAX),
        id,
        flags: 0,
        flags_extended: 0,
        path: path.as_bytes().to_vec(),
    }
}

fn make_team_signature(team: &str, second: i64) -> Result<Signature<'static>> {
    Timestamp::from_second(second)?;
    let team = if team.is_empty() {
        "platform team"
    } else {
        team
    };
    let mail = format!("{}@example.org", team.replace(' ', "-"));
    Ok(Signature::new(team, &mail, &Time::new(second, 0))?)
}
