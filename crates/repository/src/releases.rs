//! Releases from tags: which tags are releases, in lines, in order.

use std::collections::BTreeMap;

use git2::ObjectType;
use globset::Glob;
use jiff::Timestamp;

use model::{Release, Untrusted, escape_invisible};

use super::error::{RepositoryError, is_absent, wrap_git_error};
use super::scheme::{self, ParsedTag};
use super::version::Version;
use super::{ReleaseOptions, Releases};

/// Most tags that are read, of those that `--tag-pattern` leaves.
const TAGS: usize = 100_000;

/// In seconds.
const NINETY_DAYS: i64 = 90 * 24 * 60 * 60;

/// Name of a line, and whether its versions begin with a year.
type ReleaseLineName = (String, bool);

/// A release with its parsed version.
pub struct ReleaseCandidate {
    pub release: Release,
    pub version: Version,
}

/// A commit's committer time.
pub fn commit_time(commit: &git2::Commit<'_>) -> Option<Timestamp> {
    Timestamp::from_second(commit.time().seconds()).ok()
}

/// Reads the tags of a repository; beyond a bound they are counted, and that is said.
pub fn read_releases(
    repo: &git2::Repository,
    options: &ReleaseOptions,
) -> Result<Releases, RepositoryError> {
    read_at_most(repo, options, TAGS)
}

fn compile_tag_pattern(
    options: &ReleaseOptions,
) -> Result<Option<globset::GlobMatcher>, RepositoryError> {
    let Some(text) = &options.tag_pattern else {
        return Ok(None);
    };
    let glob = Glob::new(text).map_err(|error| {
        RepositoryError::Other(format!(
            "--tag-pattern {}: {}; write it like 'v*' or 'payments/*'",
            escape_invisible(text),
            error.kind()
        ))
    })?;
    Ok(Some(glob.compile_matcher()))
}

/// The commit of a tag, or why there is none.
fn peel_tag<'r>(reference: &git2::Reference<'r>) -> Result<git2::Commit<'r>, &'static str> {
    match reference
        .peel(ObjectType::Commit)
        .map(git2::Object::into_commit)
    {
        Ok(Ok(commit)) => Ok(commit),
        Err(error) if is_absent(&error) => Err("names a commit that is not in this clone"),
        Ok(Err(_)) | Err(_) => Err("is not a tag of a commit"),
    }
}

fn read_at_most(
    repo: &git2::Repository,
    options: &ReleaseOptions,
    most: usize,
) -> Result<Releases, RepositoryError> {
    let pattern = compile_tag_pattern(options)?;
    let mut found = Releases::default();
    let mut lines: BTreeMap<ReleaseLineName, Vec<ReleaseCandidate>> = BTreeMap::new();
    let mut left_out = 0usize;
    let references = repo
        .references_glob("refs/tags/*")
        .map_err(wrap_git_error("cannot list tags"))?;
    let (mut taken, mut unread) = (0usize, 0usize);
    for reference in references {
        let Ok(reference) = reference else { continue };
        let raw = String::from_utf8_lossy(reference.name_bytes()).into_owned();
        let Some(tag) = raw.strip_prefix("refs/tags/") else {
            continue;
        };
        if pattern
            .as_ref()
            .is_some_and(|pattern| !pattern.is_match(tag))
        {
            left_out += 1;
            continue;
        }
        if taken >= most {
            unread += 1;
            continue;
        }
        taken += 1;
        let parsed = if scheme::is_moving(tag) {
            Err("moves along with a channel")
        } else {
            scheme::parse_tag_name(tag).ok_or("has no version in its name")
        };
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(why) => {
                found
                    .skipped
                    .push((escape_invisible(tag).into_owned(), why.to_owned()));
                continue;
            }
        };
        if options
            .service
            .as_deref()
            .is_some_and(|service| !scheme::is_service(&parsed.scheme, service))
        {
            left_out += 1;
            continue;
        }
        match peel_tag(&reference) {
            Ok(commit) => lines
                .entry(scheme::find_release_line(&parsed.scheme, &parsed.version))
                .or_default()
                .push(build_tag_candidate(tag, parsed, &commit)),
            Err(why) => found
                .skipped
                .push((escape_invisible(tag).into_owned(), why.to_owned())),
        }
    }
    let mut lines: Vec<(ReleaseLineName, Vec<ReleaseCandidate>)> = lines.into_iter().collect();
    for (_, line) in &mut lines {
        line.sort_by(|a, b| {
            b.version
                .cmp(&a.version)
                .then_with(|| a.release.tag.cmp(&b.release.tag))
        });
        drop_moving(line, &mut found.skipped);
    }
    lines.retain(|(_, line)| !line.is_empty());
    sort_release_lines(&mut lines);
    found.left_out = left_out;
    found.notes = list_tag_notes(&lines, left_out);
    found.unread_tags = unread;
    if unread > 0 {
        found.notes.insert(
            0,
            format!(
                "{unread} more tags were not read: {taken} are, in the order of their names, so \
                    newer releases can be missing; narrow them with --tag-pattern, such as 'v*'"
            ),
        );
    }
    found.releases = lines
        .into_iter()
        .flat_map(|(_, line)| line)
        .map(|candidate| candidate.release)
        .collect();
    found.skipped.sort();
    Ok(found)
}

/// Newest line first. The highest version tells how new a line is, not the latest patch of an old
/// one. A line without a name goes before named ones that are at most ninety days newer: beside the
/// product there are its clients and charts. Lines of channels (`nightly-2024-11-03`) come last,
/// however new they are.
fn sort_release_lines(lines: &mut [(ReleaseLineName, Vec<ReleaseCandidate>)]) {
    // `1.9.9` may be newer than `2.0.0` in time; what counts is how new the line's best release is
    let head = |line: &[ReleaseCandidate]| {
        let candidate = line
            .iter()
            .find(|candidate| !candidate.release.prerelease)
            .or(line.first());
        candidate
            .and_then(|candidate| candidate.release.time)
            .map(Timestamp::as_second)
    };
    let channel = |key: &str| key.split('/').any(scheme::is_moving);
    lines.sort_by(|((a, _), x), ((b, _), y)| {
        channel(a)
            .cmp(&channel(b))
            .then_with(|| head(y).cmp(&head(x)))
            .then_with(|| a.cmp(b))
    });
    let newest = lines
        .first()
        .and_then(|(_, line)| head(line))
        .unwrap_or_default();
    let nameless = lines.iter().position(|((key, _), line)| {
        key.is_empty() && head(line).is_some_and(|time| newest - time <= NINETY_DAYS)
    });
    // only the nameless line moves up; those it passes keep their order
    if let Some(part) = nameless.and_then(|at| lines.get_mut(..=at)) {
        part.rotate_right(1);
    }
}

fn build_tag_candidate(
    tag: &str,
    parsed: ParsedTag,
    commit: &git2::Commit<'_>,
) -> ReleaseCandidate {
    let release = Release {
        version: parsed.version.text().into(),
        commit: commit.id().to_string(),
        time: commit_time(commit),
        tag: Some(tag.into()),
        scheme: parsed.scheme,
        prerelease: parsed.version.is_prerelease(),
    };
    ReleaseCandidate {
        release,
        version: parsed.version,
    }
}

/// `v1` and `v1.2` move along with `v1.2.3`: a shorter version that is on the commit of a longer
/// one it begins, or a single number where the scheme has longer ones of that number.
fn drop_moving(line: &mut Vec<ReleaseCandidate>, skipped: &mut Vec<(String, String)>) {
    let longer: Vec<(Vec<u64>, String, String)> = line
        .iter()
        .filter(|c| c.version.numbers().len() > 1 && !c.release.prerelease)
        .map(|c| {
            (
                c.version.numbers().to_vec(),
                c.release.commit.clone(),
                c.release.scheme.clone(),
            )
        })
        .collect();
    line.retain(|candidate| {
        let numbers = candidate.version.numbers();
        let moves = longer.iter().any(|(other, commit, scheme)| {
            other.len() > numbers.len()
                // `v1` beside `v1.2.3` of the same scheme moves, wherever it stands now
                && other.starts_with(numbers)
                && *scheme == candidate.release.scheme
                && (*commit == candidate.release.commit || numbers.len() == 1)
        }) && !candidate.release.prerelease;
        // `1.2` that stays behind as the release itself has 1.2.0 on no other commit, so only the
        // same commit counts there
        if moves {
            skipped.push((
                candidate
                    .release
                    .tag
                    .as_ref()
                    .map(Untrusted::to_string)
                    .unwrap_or_default(),
                "moves along with the releases it begins".to_owned(),
            ));
        }
        !moves
    });
}

fn list_tag_notes(
    lines: &[(ReleaseLineName, Vec<ReleaseCandidate>)],
    left_out: usize,
) -> Vec<String> {
    let mut notes = Vec::new();
    // `payments-v1` and `payments/v2` are read as one line; that may be wrong, so it is said
    for (_, line) in lines {
        let mut schemes: Vec<&str> = Vec::new();
        for candidate in line {
            if !schemes.contains(&candidate.release.scheme.as_str()) {
                schemes.push(&candidate.release.scheme);
            }
        }
        if schemes.len() > 1 {
            let named: Vec<String> = schemes
                .iter()
                .map(|scheme| {
                    if scheme.is_empty() {
                        "tags without prefix".to_owned()
                    } else {
                        format!("`{}`", escape_invisible(scheme))
                    }
                })
                .collect();
            notes.push(format!(
                "{} are taken as one line under changing names",
                named.join(" and ")
            ));
        }
    }
    if lines.len() > 1 {
        let first = lines
            .first()
            .and_then(|(_, line)| line.first())
            .and_then(|candidate| candidate.release.tag.clone())
            .unwrap_or_default();
        notes.push(format!(
            "{} lines of releases are here; first comes that of {}; choose another with `--service \
                NAME` or `--tag-pattern GLOB`",
            lines.len(),
            first
        ));
    }
    if left_out > 0 {
        notes.push(format!(
            "{left_out} tags were left out by --tag-pattern or --service"
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_beyond_the_bound_are_counted_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let repo = git2::Repository::init(folder.path()).unwrap();
        let tree = repo
            .find_tree(repo.index().unwrap().write_tree().unwrap())
            .unwrap();
        let who =
            git2::Signature::new("a", "a@example.org", &git2::Time::new(1_760_000_000, 0)).unwrap();
        let id = repo
            .commit(Some("HEAD"), &who, &who, "first", &tree, &[])
            .unwrap();
        let commit = repo.find_object(id, None).unwrap();
        for name in ["a-1", "b-1", "v1.0.0", "v1.1.0", "v2.0.0"] {
            repo.tag_lightweight(name, &commit, false).unwrap();
        }
        let found = read_at_most(&repo, &ReleaseOptions::default(), 3).unwrap();
        assert_eq!(
            (
                found.unread_tags,
                found
                    .releases
                    .iter()
                    .any(|release| release.version == "2.0.0")
            ),
            (2, false)
        );
        assert!(
            found.notes[0].starts_with("2 more tags were not read: 3 are")
                && found.notes[0].contains("--tag-pattern"),
            "{:?}",
            found.notes
        );
        let narrowed = ReleaseOptions {
            tag_pattern: Some("v*".to_owned()),
            service: None,
        };
        let found = read_at_most(&repo, &narrowed, 3).unwrap();
        assert_eq!(
            (found.unread_tags, found.releases.len()),
            (0, 3),
            "the bound counts what the pattern leaves"
        );
    }
}
