//! Images of containers in changed lines: those of the release itself, stores, and programs that run
//! beside it.

use super::STAYS_OPEN;
use super::line_words::has_word;
use super::standing_row::{DomainStandings, build_open_standing};
use crate::changed_lines::ChangedLine;
use crate::images::{find_store_product, keeps_nothing};
use model::CoverageDomain as D;

/// An image or volume that may keep data, and another program that may change tables of its own.
pub(super) fn note_images(
    versions: (&str, &str),
    new: Option<&str>,
    row: &mut DomainStandings,
    fresh: &[ChangedLine<'_>],
    gone: &[ChangedLine<'_>],
) {
    let own = |line: &str| {
        let bare = |tag: &str| tag.trim_start_matches(['v', 'V']).to_owned();
        let tagged = |line: &str| image_of(line).map(|(_, tag)| bare(tag));
        // a line that also names a volume is about what is kept, whatever its image is
        !line.to_ascii_lowercase().contains("volume")
            && tagged(line).is_some_and(|tag| tag == bare(versions.1))
            && gone
                .iter()
                .any(|(_, line)| tagged(line).is_some_and(|tag| tag == bare(versions.0)))
    };
    // the image of the release itself is no store, and what its program writes is asked elsewhere
    if let Some((line, _)) = fresh.iter().find(|(_, line)| {
        has_word(
            line,
            &["image:", "from ", "volume", "storageclass", "persistent"],
        ) && !own(line)
            && !runs_or_serves(line)
    }) {
        let line = *line;
        row[D::StoredForm.index()] = build_open_standing(
            60,
            Some(line),
            "an image or volume that may keep data changed",
        );
    }
    // `postgres@sha256:..` or `postgres:latest`: a raise that no number shows
    let unsaid = |(_, line): &&ChangedLine<'_>| {
        split_image(line).is_some_and(|(name, tag)| {
            let was = gone.iter().filter_map(|(_, line)| split_image(line));
            find_store_product(name).is_some()
                // with a version on both sides the check of stores judges the step, so it is not
                // open here
                && was
                    .filter(|(other, _)| *other == name)
                    .any(|(_, was)| was.is_none() || tag.is_none())
        })
    };
    if let Some((line, _)) = fresh.iter().find(unsaid) {
        row[D::Infrastructure.index()] = build_open_standing(
            // no other reader may close it: the check of stores needs both versions
            STAYS_OPEN,
            Some(*line),
            "the image of a data store changed, and its tag does not say from which version to which; a store may not read files that a newer one has written",
        );
    }
    if let Some(line) = other_program_moves(versions, new.unwrap_or_default(), fresh, gone) {
        row[D::Schema.index()] = build_open_standing(
            60,
            Some(line),
            "another program that runs beside this one moves to another version, and whether it changes tables of its own is not known",
        );
    }
}

/// The image of a language, of a system or of a proxy, which keeps nothing of its own.
fn runs_or_serves(line: &str) -> bool {
    split_image(line).is_some_and(|(name, _)| keeps_nothing(name))
        && !line.to_ascii_lowercase().contains("volume")
}

/// The name of the image on a line and its tag, where that says a version: `image: NAME@sha256:..`,
/// `FROM NAME:TAG`.
fn split_image(line: &str) -> Option<(&str, Option<&str>)> {
    let line = line.trim();
    let value = match line.get(..5) {
        Some(word) if word.eq_ignore_ascii_case("from ") => line[5..]
            .split_whitespace()
            // `FROM --platform=linux/amd64 NAME`
            .find(|word| !word.starts_with("--"))?,
        _ => {
            let (before, value) = line.split_once("image:")?;
            // `baseimage:` of a chart is a key of its own
            if !before.is_empty() && !before.ends_with([' ', '{', ',']) {
                return None;
            }
            value.split([' ', ',', '}']).find(|word| !word.is_empty())?
        }
    };
    let value = value.trim_matches(['"', '\'']);
    let name = value.split('@').next().unwrap_or(value);
    Some(match name.rsplit_once(':') {
        // `host:5000/name` holds the port of a registry and no tag
        Some((name, tag)) if !tag.contains('/') => {
            let says = tag.chars().any(|c| c.is_ascii_digit());
            (name, says.then_some(tag))
        }
        _ => (name, None),
    })
}

// a monitor or a sign-in service beside the program raises its own tables when it starts
/// The line where an image of another program is started in another version. The images of the
/// release carry its own version; programs that keep nothing, and data stores, which have a
/// check of their own, are none.
fn other_program_moves(
    (previous, current): (&str, &str),
    text: &str,
    fresh: &[ChangedLine<'_>],
    gone: &[ChangedLine<'_>],
) -> Option<usize> {
    let before: Vec<(&str, &str)> = gone.iter().filter_map(|(_, line)| image_of(line)).collect();
    let bare = |tag: &str| tag.trim_start_matches(['v', 'V']).to_owned();
    let (old, new) = (bare(previous), bare(current));
    let other = |name: &str| !keeps_nothing(name) && find_store_product(name).is_none();
    // what moves from the old release's version to the new one's is an image of the release
    let moves = |tag: &str, was: &str| was != tag && bare(tag) != new && bare(was) != old;
    let tags: Vec<&str> = gone.iter().filter_map(|(_, line)| tag_of(line)).collect();
    let lines: std::cell::OnceCell<Vec<&str>> = std::cell::OnceCell::new();
    fresh
        .iter()
        .find(|(number, line)| {
            if let Some((name, tag)) = image_of(line) {
                return other(name)
                    && before
                        .iter()
                        .any(|(one, was)| *one == name && moves(tag, was));
            }
            // the name stands on a line of its own, right above or below
            let rises = tag_of(line).is_some_and(|tag| tags.iter().any(|was| moves(tag, was)));
            if !rises {
                return false;
            }
            let lines = lines.get_or_init(|| text.lines().collect());
            // values of a chart give `repository:` and `tag:` in lines of their own
            let from = number.saturating_sub(1 + BESIDE);
            lines
                .iter()
                .skip(from)
                .take(2 * BESIDE + 1)
                .filter_map(|line| repository_of(line))
                .any(other)
        })
        .map(|(line, _)| *line)
}

/// Lines above and below a tag among which the name of its image stands.
const BESIDE: usize = 3;

/// A value behind one of some keys, without quotes.
fn value_of<'l>(line: &'l str, keys: &[&str]) -> Option<&'l str> {
    let line = line.trim().trim_start_matches("- ");
    keys.iter().find_map(|key| {
        let value = line.strip_prefix(key)?.trim_start().strip_prefix(':')?;
        Some(value.trim().trim_matches(['"', '\'']))
    })
}

/// The tag of an image whose name stands elsewhere: values of a chart, a kustomization.
fn tag_of(line: &str) -> Option<&str> {
    value_of(line, &["tag", "newTag", "imageTag"])
        // `latest` and names of branches say nothing of a step
        .filter(|tag| tag.starts_with(|c: char| c.is_ascii_digit() || c == 'v'))
}

/// The name of an image without its tag.
fn repository_of(line: &str) -> Option<&str> {
    value_of(line, &["repository", "newName", "image", "name"])
        .filter(|name| !name.is_empty() && !name.contains(['$', '{', ' ', ':']))
}

/// Name and tag of an image that a line of a manifest names: `image: quay.io/login/login:22.0`. A
/// tag that is filled in elsewhere tells nothing.
fn image_of(line: &str) -> Option<(&str, &str)> {
    // `{name: login, image: "login:22.0"}` stands on one line, too
    let (before, value) = line.split_once("image:")?;
    if !before.is_empty() && !before.ends_with([' ', '{', ',']) {
        return None;
    }
    let value = value.trim_start().trim_start_matches(['"', '\'']);
    let value = value.split([' ', ',', '}', '"', '\'']).next()?;
    let (name, tag) = value.rsplit_once(':')?;
    let plain =
        tag.starts_with(|c: char| c.is_ascii_digit() || c == 'v') && !tag.contains(['/', '$', '{']);
    plain.then_some((name, tag))
}
