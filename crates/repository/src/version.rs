//! Versions as projects write them: semver, two- and four-part, calendar, and the many spellings of
//! pre-releases.

use std::cmp::Ordering;

/// A version, ordered the way people mean it. The order is total: versions that mean the same are
/// told apart by their text.
///
/// Precedence follows semver where semver speaks. Beyond it: missing numbers count as zero (`1.2`
/// beside `1.2.0`), known pre-release words go `dev < alpha < beta < milestone < others, pre < rc`
/// whatever their spelling, and a closed list of suffixes (`-hotfix1`, `.post2`, `-p3`) comes
/// *after* the version it is added to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version {
    numbers: Vec<u64>,
    suffix: Suffix,
    text: String,
}

/// What follows the numbers. The order of the variants is the order of the versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Suffix {
    Before(Vec<SuffixPart>, SuffixStage),
    None,
    After(Vec<SuffixPart>, SuffixStage),
}

/// How far a version with a suffix has come (`-162.0-rc.1` leads to `-162.0`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum SuffixStage {
    Before(Vec<SuffixPart>),
    Final,
}

impl Suffix {
    /// Something after the release, or a pre-release of it where a word for one follows.
    fn after(parts: Vec<SuffixPart>) -> Self {
        let (parts, stage) = Self::staged(parts);
        Self::After(parts, stage)
    }

    // `1.0.0-1.0-rc.1` leads to `1.0.0-1.0`
    fn before(parts: Vec<SuffixPart>) -> Self {
        // a word is a stage already; a number may have stages of its own
        if !matches!(parts.first(), Some(SuffixPart::Number(_))) {
            return Self::Before(parts, SuffixStage::Final);
        }
        let (parts, stage) = Self::staged(parts);
        Self::Before(parts, stage)
    }

    fn staged(mut parts: Vec<SuffixPart>) -> (Vec<SuffixPart>, SuffixStage) {
        let word = parts.iter().skip(1).position(
            |part| matches!(part, SuffixPart::Word(rank, word) if *rank != 4 || word == "pre"),
        );
        let stage = word.map_or(SuffixStage::Final, |at| {
            SuffixStage::Before(parts.split_off(at + 1))
        });
        (parts, stage)
    }
}

/// One identifier of a suffix; numbers sort before words, as in semver.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum SuffixPart {
    Number(u64),
    Word(u8, String),
}

/// Suffixes that name the release itself.
const FINAL: [&str; 7] = ["final", "release", "ga", "ce", "stable", "lts", "ee"];
/// Suffixes of something that came after the release.
const AFTER: [&str; 11] = [
    "post", "p", "patch", "hotfix", "fix", "sp", "rev", "build", "update", "u", "r",
];

impl Version {
    /// Reads a whole text as a version, without a prefix. `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        // anyone may write a tag; no version is longer
        if text.len() > 80 || !text.is_ascii() || !text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let (core, build) = text
            .split_once('+')
            .map_or((text, None), |(core, build)| (core, Some(build)));
        if build.is_some_and(|build| !is_suffix_text(build)) {
            return None;
        }
        // tried as a date first: `2024-11-03` would be the version 2024 with a pre-release
        let (numbers, rest) = dashed_date(core).or_else(|| parse_version_numbers(core))?;
        let suffix = if rest.is_empty() {
            Suffix::None
        } else {
            parse_version_suffix(rest)?
        };
        Some(Self {
            numbers,
            suffix,
            text: text.to_owned(),
        })
    }

    /// The numbers before any suffix.
    pub fn numbers(&self) -> &[u64] {
        &self.numbers
    }

    /// Whether it comes before the version its numbers name.
    pub fn is_prerelease(&self) -> bool {
        matches!(
            self.suffix,
            Suffix::Before(..) | Suffix::After(_, SuffixStage::Before(_))
        )
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same version, spelled the same or not (`1.2` and `1.2.0`, `rc1` and `rc.1`).
    pub fn means_same(&self, other: &Self) -> bool {
        self.precedence(other) == Ordering::Equal
    }

    fn precedence(&self, other: &Self) -> Ordering {
        let longest = self.numbers.len().max(other.numbers.len());
        let at = |version: &Self, i: usize| version.numbers.get(i).copied().unwrap_or(0);
        (0..longest)
            .map(|i| at(self, i).cmp(&at(other, i)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
            .then_with(|| self.suffix.cmp(&other.suffix))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.precedence(other)
            .then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// `2024-11-03` with an optional running number; a four-digit year tells it from a pre-release.
fn dashed_date(text: &str) -> Option<(Vec<u64>, &str)> {
    let mut parts = text.splitn(3, '-');
    let (year, month, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let day = rest.get(..2)?;
    let digits =
        |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    let is_date = digits(year, 4)
        && digits(month, 2)
        && digits(day, 2)
        && matches!(year.get(..2), Some("19" | "20"));
    if !is_date {
        return None;
    }
    let rest = rest.get(2..)?;
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        // `2024-11-031` is no day
        return None;
    }
    Some((
        vec![year.parse().ok()?, month.parse().ok()?, day.parse().ok()?],
        rest,
    ))
}

/// Numbers joined by dots, or by underscores throughout (`7_88_0`), and what follows.
fn parse_version_numbers(text: &str) -> Option<(Vec<u64>, &str)> {
    let mut found = Vec::new();
    let (mut rest, mut separator) = (text, None);
    loop {
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (digits, after) = rest.split_at_checked(end)?;
        // 18 digits fit into the number whatever they are; a longer run is no counter
        if digits.is_empty() || digits.len() > 18 || found.len() == 8 {
            return None;
        }
        found.push(digits.parse().ok()?);
        let next = after
            // the same sign all along: `7_88_0` is one version, `1.2_3` is `1.2` with something
            // behind
            .chars()
            .next()
            .filter(|c| matches!(c, '.' | '_') && separator.is_none_or(|s| s == *c));
        let following = next
            .and_then(|_| after.get(1..))
            .filter(|following| following.starts_with(|c: char| c.is_ascii_digit()));
        match following {
            Some(following) => (rest, separator) = (following, next),
            None => return Some((found, after)),
        }
    }
}

fn is_suffix_text(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

fn parse_version_suffix(text: &str) -> Option<Suffix> {
    let body = text.strip_prefix(['-', '.', '_', '~']).unwrap_or(text);
    // a second version inside (`2-v1.2.3`) means the first number belonged to a name
    let version_inside = body.split(['-', '_']).any(|piece| {
        let digits = piece
            .strip_prefix(['v', 'V'])
            .filter(|digits| digits.starts_with(|c: char| c.is_ascii_digit()));
        digits.is_some()
            || piece.matches('.').count() >= 2 && piece.starts_with(|c: char| c.is_ascii_digit())
    });
    if !is_suffix_text(body) || version_inside {
        return None;
    }
    let parts = split_suffix_parts(body);
    Some(match parts.first()? {
        // a bare number is a pre-release, as in semver and as `npm version prerelease` makes it;
        // `.14-gabc` of `git describe` begins the same way
        SuffixPart::Number(_) if text.starts_with(['-', '_']) => Suffix::before(parts),
        SuffixPart::Number(_) => return None,
        SuffixPart::Word(_, word) if FINAL.contains(&word.as_str()) => match parts.get(1..) {
            // `1.0.Final` and `1.0` are one version
            Some([]) | None => Suffix::None,
            // `20.10.0-ce-1` is a rebuild of the final one, `-ce-rc1` leads to it
            Some(more @ [SuffixPart::Number(_), ..]) => Suffix::after(more.to_vec()),
            Some(more) => Suffix::before(more.to_vec()),
        },
        SuffixPart::Word(_, word) if AFTER.contains(&word.as_str()) => Suffix::after(parts),
        SuffixPart::Word(..) => Suffix::before(parts),
    })
}

/// Identifiers between dots, dashes, underscores; a known word followed by a number without
/// separator is two (`rc1`).
fn split_suffix_parts(text: &str) -> Vec<SuffixPart> {
    let mut parts = Vec::new();
    for piece in text
        .split(['.', '-', '_'])
        .filter(|piece| !piece.is_empty())
    {
        if piece.bytes().all(|b| b.is_ascii_digit()) {
            parts.push(parse_suffix_number(piece));
            continue;
        }
        let lower = piece.to_ascii_lowercase();
        // `1.0.0a2` and `rc1`: Python writes its stages without a separator
        let letters = lower
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(lower.len());
        let (word, digits) = lower.split_at(letters);
        if !word.is_empty() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            parts.push(SuffixPart::Word(
                rank_suffix_word(word),
                normalise_suffix_word(word),
            ));
            parts.push(parse_suffix_number(digits));
        } else {
            parts.push(SuffixPart::Word(
                rank_suffix_word(&lower),
                normalise_suffix_word(&lower),
            ));
        }
    }
    parts
}

fn parse_suffix_number(digits: &str) -> SuffixPart {
    // longer than any counter: keep it as a word, which still orders
    digits.parse().map_or_else(
        |_| SuffixPart::Word(3, digits.to_owned()),
        SuffixPart::Number,
    )
}

fn normalise_suffix_word(word: &str) -> String {
    match word {
        "a" => "alpha",
        "b" => "beta",
        "c" | "cr" => "rc",
        "m" => "milestone",
        "preview" => "pre",
        other => other,
    }
    .to_owned()
}

fn rank_suffix_word(word: &str) -> u8 {
    match word {
        "dev" | "snapshot" | "nightly" | "canary" => 0,
        "alpha" | "a" => 1,
        "beta" | "b" => 2,
        "milestone" | "m" => 3,
        "rc" | "c" | "cr" => 5,
        // a word that nobody knows stands where `pre` does: behind every milestone, before `rc`
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap_or_else(|| panic!("{text} is a version"))
    }

    #[test]
    fn versions_go_in_the_order_people_mean() {
        let ordered = [
            "0.9.0",
            "0.10.0",
            "1.0.0-0",
            "1.0.0-1-rc.2",
            "1.0.0-1",
            "1.0.0-1.0-rc.1",
            "1.0.0-1.0",
            "1.0.0-dev",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0a2",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-foo",
            "1.0.0-rc1",
            "1.0.0-rc.2",
            "1.0.0.RC3",
            "1.0.0",
            "1.0.0-hotfix1",
            "1.0.0.1",
            "1.1",
            "1.2.0.Final",
            "8.1.3.1",
            "2024.1.0",
            "2024-11-03",
            "2024.11.3.1",
            "20241103",
        ];
        for pair in ordered.windows(2) {
            assert!(
                version(pair[0]) < version(pair[1]),
                "{} < {}",
                pair[0],
                pair[1]
            );
        }
    }

    #[test]
    fn spellings_mean_the_same() {
        for (one, other) in [
            ("1.2", "1.2.0"),
            ("1.2.0-rc1", "1.2-rc.1"),
            ("1.0.0-RC-1", "1.0.0.rc1"),
            ("1.0.Final", "1.0"),
            ("7_88_0", "7.88.0"),
            ("1.0.0+build.5", "1.0.0"),
        ] {
            assert!(version(one).means_same(&version(other)), "{one} {other}");
        }
        assert!(version("1.0.0-rc1").is_prerelease());
        assert!(!version("20.10.0-ce").is_prerelease() && !version("1.0.0.post1").is_prerelease());
        assert!(
            version("20.10.0-ce-rc1").is_prerelease()
                && version("1.32.0-162.0-rc.20260815").is_prerelease()
        );
    }

    #[test]
    fn other_texts_are_not_versions() {
        for text in [
            "",
            "v1",
            "latest",
            "1.2.",
            "1..2",
            "2-v1.2.3",
            "1.2/3",
            "1.2 3",
            "1.2.3+",
            "99999999999999999999.1",
            "1.2.3-é",
        ] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }

    fn any_version() -> impl Strategy<Value = Version> {
        let number = 0u64..4;
        let suffix = prop_oneof![
            Just(String::new()),
            "[-._]?(rc|alpha|beta|dev|pre|foo|post|hotfix|final)[-.]?[0-3]?",
            "-[0-3](-rc[0-2])?"
        ];
        (proptest::collection::vec(number, 1..5), suffix).prop_filter_map(
            "not a version",
            |(numbers, suffix)| {
                let core = numbers
                    .iter()
                    .map(u64::to_string)
                    .collect::<Vec<_>>()
                    .join(".");
                Version::parse(&format!("{core}{suffix}"))
            },
        )
    }

    proptest! {
        #[test]
        fn the_order_is_total_and_consistent(a in any_version(), b in any_version(), c in any_version()) {
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            prop_assert_eq!(a.cmp(&b) == Ordering::Equal, a == b);
            if a <= b && b <= c {
                prop_assert!(a <= c);
            }
            if a.means_same(&b) && b.means_same(&c) {
                prop_assert!(a.means_same(&c));
            }
        }

        #[test]
        fn semver_precedence_holds(a in (0u64..3, 0u64..3, 0u64..3), b in (0u64..3, 0u64..3, 0u64..3), pre in 0usize..4, other in 0usize..4) {
            let words = ["", "-alpha.1", "-beta.2", "-rc.1"];
            let text = |(x, y, z): (u64, u64, u64), pre: usize| format!("{x}.{y}.{z}{}", words[pre]);
            let (one, two) = (text(a, pre), text(b, other));
            let theirs = semver::Version::parse(&one).unwrap().cmp(&semver::Version::parse(&two).unwrap());
            prop_assert_eq!(version(&one).cmp(&version(&two)), theirs);
        }

        #[test]
        fn any_text_is_read_without_harm(text in "\\PC{0,40}") {
            let _ = Version::parse(&text);
        }
    }
}
