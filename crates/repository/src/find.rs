//! A release by what the user typed, the release before it, and the pair to decide about.

use std::collections::HashMap;

use git2::{ObjectType, Oid, Sort};

use model::{Release, ReleaseRelation, Untrusted, escape_invisible, shorten_text};

use super::error::{RepositoryError, wrap_git_error};
use super::handles::Handles;
use super::history;
use super::releases::commit_time;
use super::scheme;
use super::tree_reads;
use super::version::Version;
use super::{ReleasePair, Releases};

/// A release by version, tag or revision.
pub fn find_release(
    handles: &Handles,
    releases: &Releases,
    wanted: &str,
) -> Result<Release, RepositoryError> {
    let wanted = wanted.trim();
    // people copy `refs/tags/v3.1` from `git show-ref`
    let short = wanted.strip_prefix("refs/tags/").unwrap_or(wanted);
    if let Some(release) = releases
        .releases
        .iter()
        // the exact tag comes first: a project may have the tags `3.1` and `v3.1` on different
        // commits
        .find(|release| release.tag.as_ref().is_some_and(|tag| tag == short))
    {
        return Ok(release.clone());
    }
    if let Some(release) = by_version(releases, short)? {
        return Ok(release);
    }
    handles.with(|repo| by_revision(repo, releases, wanted))
}

/// Spelled as the version, else meaning the same; a line named with it (`payments/3.1`) narrows the
/// search.
fn by_version(releases: &Releases, wanted: &str) -> Result<Option<Release>, RepositoryError> {
    let (key, version) = match Version::parse(wanted) {
        Some(version) => (None, version),
        None => match scheme::parse_tag_name(wanted)
            .map(|parsed| (parsed.scheme, parsed.version))
            .or_else(|| after_name(wanted))
        {
            Some((scheme, version)) => (Some(scheme::line_key(&scheme)), version),
            None => return Ok(None),
        },
    };
    // `v3.1` names no line of its own: its prefix may belong to any line that has no name
    let fits = |release: &&Release| {
        key.as_ref()
            .is_none_or(|key| *key == scheme::line_key(&release.scheme))
    };
    // `3.1` and `3.1.0` may both exist; who types one of them means that one
    let exact: Vec<&Release> = releases
        .releases
        .iter()
        .filter(fits)
        .filter(|release| release.version == version.text())
        .collect();
    let hits = if exact.is_empty() {
        releases
            .releases
            .iter()
            .filter(fits)
            .filter(|release| {
                Version::parse(release.version.as_raw())
                    .is_some_and(|other| other.means_same(&version))
            })
            .collect()
    } else {
        exact
    };
    let Some(first) = hits.first() else {
        return Ok(None);
    };
    // `v3.1.0` and `3.1.0` on one commit are one release
    if hits.iter().all(|release| release.commit == first.commit) {
        return Ok(Some((*first).clone()));
    }
    // beside `payments/3.1` and `billing/3.1` a bare `3.1` is the product's own
    let nameless: Vec<&&Release> = hits
        .iter()
        .filter(|release| scheme::line_key(&release.scheme).is_empty())
        .collect();
    if let Some(release) = nameless.first()
        && nameless.iter().all(|other| other.commit == release.commit)
    {
        return Ok(Some((**release).clone()));
    }
    let tags: Vec<String> = hits
        .iter()
        .take(5)
        .filter_map(|release| Some(release.tag.as_ref()?.to_string()))
        .collect();
    Err(RepositoryError::Ambiguous {
        version: escape_invisible(wanted).into_owned(),
        tags: tags.join(", "),
    })
}

/// `payments/3` and `@acme/cards@3`: a single number behind a line's name.
fn after_name(wanted: &str) -> Option<(String, Version)> {
    let (name, number) = wanted.rsplit_once(['/', '@'])?;
    Some((
        name.to_owned(),
        Version::parse(number.strip_prefix('v').unwrap_or(number))?,
    ))
}

fn by_revision(
    repo: &git2::Repository,
    releases: &Releases,
    wanted: &str,
) -> Result<Release, RepositoryError> {
    let unknown = || RepositoryError::Unknown {
        version: shorten_text(&escape_invisible(wanted), 80).into_owned(),
        nearest: suggest_nearest_releases(releases, wanted),
    };
    // git reads a revision recursively (`a~1~1~1`), and no real one is that long
    if wanted.is_empty() || wanted.len() > 500 {
        return Err(unknown());
    }
    let object = repo
        .revparse_single(wanted)
        // a clone for a build server has the branches of its remote only
        .or_else(|_| repo.revparse_single(&format!("refs/remotes/origin/{wanted}")))
        .map_err(|_| unknown())?;
    let commit = object.peel_to_commit().map_err(|error| {
        let kind = match object.kind() {
            Some(ObjectType::Blob) => "file's contents",
            Some(ObjectType::Tree) => "folder",
            _ if super::error::is_absent(&error) => {
                return RepositoryError::Absent {
                    doing: format!("cannot use {}", escape_invisible(wanted)),
                    id: object.id().to_string(),
                };
            }
            _ => "tag of something else",
        };
        RepositoryError::NotACommit {
            version: escape_invisible(wanted).into_owned(),
            kind: kind.to_owned(),
        }
    })?;
    let id = commit.id().to_string();
    // a commit that a release names is that release, so that its line is known
    if let Some(release) = releases
        .releases
        .iter()
        .find(|release| release.commit == id)
    {
        return Ok(release.clone());
    }
    // a name that was typed stays, since the person knows it; an id is shortened
    let is_id = wanted.len() >= 7 && id.starts_with(&wanted.to_ascii_lowercase());
    let version = if is_id {
        id.get(..12).unwrap_or(&id).into()
    } else {
        Untrusted::visible(wanted)
    };
    Ok(Release {
        version,
        commit: id,
        time: commit_time(&commit),
        tag: None,
        scheme: String::new(),
        prerelease: false,
    })
}

/// `; nearest: 3.0.0, 3.1.0`: by number where a version was meant, else by letters.
fn suggest_nearest_releases(releases: &Releases, wanted: &str) -> String {
    let meant = Version::parse(wanted)
        .or_else(|| scheme::parse_tag_name(wanted).map(|parsed| parsed.version));
    let mut scored: Vec<(Vec<u64>, usize, usize, &Release)> = releases
        .releases
        .iter()
        // each needs a distance of 64 by 64 steps, and the list is one sentence of three names
        .take(2000)
        .enumerate()
        .map(|(at, release)| {
            let far = match (&meant, Version::parse(release.version.as_raw())) {
                (Some(meant), Some(version)) => {
                    let number = |version: &Version, i: usize| {
                        version.numbers().get(i).copied().unwrap_or(0)
                    };
                    // four numbers are what versions have; the words of their suffixes are compared
                    // as letters
                    (0..4)
                        .map(|i| number(meant, i).abs_diff(number(&version, i)))
                        .collect()
                }
                _ => Vec::new(),
            };
            let letters = measure_text_distance(wanted, find_release_name(release).as_raw())
                .min(measure_text_distance(wanted, release.version.as_raw()));
            (far, letters, at, release)
        })
        .collect();
    scored.sort_by(|a, b| (&a.0, a.1, a.2).cmp(&(&b.0, b.1, b.2)));
    let names: Vec<String> = scored
        .iter()
        .take(3)
        .map(|(_, _, _, release)| find_release_name(release).to_string())
        .collect();
    if names.is_empty() {
        String::new()
    } else {
        format!("; nearest: {}", names.join(", "))
    }
}

/// Edits between two texts, of which only the first 64 letters count.
fn measure_text_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(64).enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or_default();
            let diagonal = row.get(j).copied().unwrap_or_default();
            let left = next.last().copied().unwrap_or_default();
            next.push(
                (diagonal + usize::from(x != *y))
                    .min(above + 1)
                    .min(left + 1),
            );
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// The pair to decide about.
pub fn find_release_pair(
    handles: &Handles,
    releases: &Releases,
    previous: Option<&str>,
    current: Option<&str>,
) -> Result<ReleasePair, RepositoryError> {
    let current = match current {
        Some(wanted) => find_release(handles, releases, wanted)?,
        // tags are there and a filter left none: the advice is another than for a repository
        // without tags
        None if releases.releases.is_empty() && releases.left_out > 0 => {
            return Err(RepositoryError::NoneFit(
                "--tag-pattern or --service".to_owned(),
            ));
        }
        None => find_newest_release(releases)
            .ok_or(RepositoryError::NoReleases)?
            .clone(),
    };
    let previous = match previous {
        Some(wanted) => find_release(handles, releases, wanted)?,
        None => find_previous_release(handles, releases, &current)?,
    };
    let name = |release: &Release| find_release_name(release).to_string();
    if previous.commit == current.commit {
        let commit = current.commit.get(..12).unwrap_or_default().to_owned();
        return Err(RepositoryError::SameRelease {
            previous: name(&previous),
            current: name(&current),
            commit,
        });
    }
    let (from, to) = (
        history::commit_id(&previous)?,
        history::commit_id(&current)?,
    );
    // the walk over the history keeps one processor busy; whoever asks for a pair reads its trees
    // next
    let range = std::thread::scope(|scope| {
        scope.spawn(|| tree_reads::read_trees_ahead(handles, from, to));
        history::walk_commit_range(handles, from, to)
    })?;
    // numbers of two lines cannot be compared: `payments/2` is not older than `billing/3`
    let newer = match (
        find_release_version(&previous),
        find_release_version(&current),
    ) {
        (Some((a, x)), Some((b, y))) => a == b && x > y,
        _ => false,
    };
    // diverged and older by number is a release branch, and a usual way back
    if range.relation == ReleaseRelation::Swapped
        || (range.relation == ReleaseRelation::Diverged && newer)
    {
        return Err(RepositoryError::Swapped {
            previous: name(&previous),
            current: name(&current),
        });
    }
    Ok(ReleasePair {
        previous,
        current,
        relation: range.relation,
    })
}

/// The newest release of the line that is newest; a pre-release only where the line has nothing
/// else.
fn find_newest_release(releases: &Releases) -> Option<&Release> {
    let first = releases.releases.first()?;
    let line = find_release_version(first).map(|(line, _)| line);
    releases
        .releases
        .iter()
        // a pre-release is often newer than the release that is out
        .find(|release| {
            !release.prerelease && find_release_version(release).map(|(line, _)| line) == line
        })
        .or(Some(first))
}

/// Its tag, else its version.
fn find_release_name(release: &Release) -> &Untrusted {
    release.tag.as_ref().unwrap_or(&release.version)
}

/// A release's line and version; `None` for a revision that is no release.
fn find_release_version(release: &Release) -> Option<(VersionLineName, Version)> {
    release.tag.as_ref()?;
    let version = Version::parse(release.version.as_raw())?;
    Some((
        scheme::find_release_line(&release.scheme, &version),
        version,
    ))
}

/// Name of a line, and whether its versions begin with a year.
type VersionLineName = (String, bool);

/// The highest release below one in its line. A final release skips pre-releases unless nothing
/// else is there; a line whose first release this is may continue another under a new name.
pub fn find_previous_release(
    handles: &Handles,
    releases: &Releases,
    current: &Release,
) -> Result<Release, RepositoryError> {
    let none = || RepositoryError::NoPrevious(find_release_name(current).to_string());
    let Some((key, version)) = find_release_version(current) else {
        return find_nearest_past_release(handles, releases, current)?.ok_or_else(none);
    };
    // releases of a line are already in order, highest first
    let below: Vec<(&Release, VersionLineName)> = releases
        .releases
        .iter()
        .filter(|release| release.commit != current.commit)
        .filter_map(|release| {
            find_release_version(release).map(|(line, other)| (release, line, other))
        })
        .filter(|(release, line, other)| {
            // a line by years and one by numbers have no common order, so time has to tell
            if line.1 == key.1 {
                *other < version && !other.means_same(&version)
            } else {
                release.time < current.time
            }
        })
        .map(|(release, line, _)| (release, line))
        .collect();
    let own = || {
        below
            .iter()
            .filter(|(_, line)| *line == key)
            .map(|(release, _)| *release)
    };
    // from `2.0.0-rc2` one goes back to `2.0.0-rc1`, which a final release would skip
    if current.prerelease
        && let Some(release) = own().next()
    {
        return Ok(release.clone());
    }
    if let Some(release) = own().find(|release| !release.prerelease) {
        return Ok(release.clone());
    }
    if let Some(release) = find_continued_line_release(handles, releases, current, &key, &below)? {
        return Ok(release);
    }
    own().next().cloned().ok_or_else(none)
}

/// The last release of a line that this one continues: named alike and in its history. Versions of
/// the same kind must lie wholly below and at most one major version away; when years were given up
/// or taken up, time alone decides.
fn find_continued_line_release(
    handles: &Handles,
    releases: &Releases,
    current: &Release,
    key: &VersionLineName,
    below: &[(&Release, VersionLineName)],
) -> Result<Option<Release>, RepositoryError> {
    let parsed: Vec<(VersionLineName, Version)> = releases
        .releases
        .iter()
        .filter_map(find_release_version)
        .collect();
    let major = |release: &Release| {
        Version::parse(release.version.as_raw())
            .and_then(|version| version.numbers().first().copied())
            .unwrap_or_default()
    };
    let lowest = parsed
        .iter()
        .filter(|(line, version)| line == key && !version.is_prerelease())
        .map(|(_, version)| version)
        .min();
    // `v28.5` became `docker-v29.0`: the line goes on under another name
    let continues = |release: &Release, line: &VersionLineName| {
        if line.1 != key.1 {
            return line.0 == key.0;
        }
        let wholly_below = || {
            lowest.is_none_or(|lowest| {
                parsed
                    .iter()
                    .filter(|(other, _)| other == line)
                    .all(|(_, version)| version < lowest)
            })
        };
        scheme::may_be_renamed(&line.0, &key.0)
            // two majors apart is another product that happens to share a word
            && major(current).abs_diff(major(release)) <= 1
            && wholly_below()
    };
    for (release, _) in below
        .iter()
        .filter(|(release, line)| line != key && !release.prerelease && continues(release, line))
        // each costs a walk through the history; the nearest ones are the first
        .take(4)
    {
        // a line with a fitting name outside of current's history is another product
        let (old, new) = (history::commit_id(release)?, history::commit_id(current)?);
        if handles.with(|repo| {
            repo.graph_descendant_of(new, old)
                .map_err(wrap_git_error("cannot compare releases"))
        })? {
            return Ok(Some((*release).clone()));
        }
    }
    Ok(None)
}

/// For a revision that is no release: the nearest release in its history.
fn find_nearest_past_release(
    handles: &Handles,
    releases: &Releases,
    current: &Release,
) -> Result<Option<Release>, RepositoryError> {
    let start = history::commit_id(current)?;
    let tagged: HashMap<Oid, &Release> = releases
        .releases
        .iter()
        // oldest first into the map, so that the highest version of one commit is the one that
        // stays
        .rev()
        .filter_map(|release| Some((history::commit_id(release).ok()?, release)))
        .collect();
    handles.with(|repo| {
        let found = || -> Result<Option<Release>, git2::Error> {
            let mut walk = repo.revwalk()?;
            walk.set_sorting(Sort::TIME)?;
            walk.push(start)?;
            // the commit itself is skipped; without any release in its history the walk has to end
            // somewhere
            for id in walk.skip(1).take(200_000) {
                if let Some(release) = tagged.get(&id?) {
                    return Ok(Some((*release).clone()));
                }
            }
            Ok(None)
        };
        found().map_err(wrap_git_error("cannot walk history"))
    })
}
