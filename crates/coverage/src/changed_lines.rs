//! Lines that differ between two texts of a file, whatever their order: a line that only moved is
//! none.
//!
//! `similar` pairs lines by their place, which shows moved lines as changed and costs ten times as
//! much; here every changed file of a range passes.

use std::collections::HashMap;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;

/// A line that one text has and the other lacks: its number from 1, and its text without blanks at
/// both ends, never empty.
pub type ChangedLine<'a> = (usize, &'a str);

/// What differs between two texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangedLines<'a> {
    /// Lines that only the newer text has.
    pub fresh: Vec<ChangedLine<'a>>,
    /// Lines that only the older text has.
    pub gone: Vec<ChangedLine<'a>>,
    /// Comments over a whole line that one of the two has alone; they are in neither list.
    pub comments: Vec<&'a str>,
}

impl<'a> ChangedLines<'a> {
    /// Compares two texts; a text that is not there counts as empty. Work is proportional to what
    /// lies between the first line that differs and the last.
    pub fn between(old: Option<&'a str>, new: Option<&'a str>) -> Self {
        let (skipped, old, new) =
            without_common_ends(old.unwrap_or_default(), new.unwrap_or_default());
        // each line is hashed once; two lines of one hash are one line, as the seed is drawn anew
        // for each comparison
        let seed = RandomState::default();
        let (old, new) = (hashed_lines(old, &seed), hashed_lines(new, &seed));
        let mut found = Self::default();
        found.fresh = only_in(&new, &old, skipped, &mut found.comments);
        found.gone = only_in(&old, &new, skipped, &mut found.comments);
        found
    }

    // a line that is only in one text has changed wherever it stands; places are looked at beside
    // that
    /// As [`Self::between`], for settings and manifests: a line that moved below another head (a
    /// section, a key, a block) or to another place of a list counts as changed, since its meaning
    /// did.
    pub fn between_in_place(old: Option<&'a str>, new: Option<&'a str>) -> Self {
        let mut found = Self::between(old, new);
        // a file that came or went is listed whole already, so nothing in it can have moved
        let (Some(old), Some(new)) = (old, new) else {
            return found;
        };
        let seed = RandomState::default();
        let (Some(before), Some(after)) = (place_lines(old, &seed), place_lines(new, &seed)) else {
            return found;
        };
        add_moved(&after, &before, &mut found.fresh);
        add_moved(&before, &after, &mut found.gone);
        found
    }

    /// Whether a line that differs may be one of those that `tells` knows. Lines that only moved
    /// between others may count, too: this is the quick question before the exact one.
    pub fn may_hold(old: &str, new: &str, tells: impl Fn(&str) -> bool) -> bool {
        let (_, old, new) = without_common_ends(old, new);
        [old, new]
            .iter()
            .any(|text| text.lines().any(|line| tells(line.trim())))
    }

    /// Fresh and gone lines.
    pub fn all(&self) -> impl Iterator<Item = &ChangedLine<'a>> {
        self.fresh.iter().chain(&self.gone)
    }
}

// lock files and data have more lines; beyond it a move is not seen, the lines themselves still are
/// Most lines whose heads are looked up.
const PLACED: usize = 50_000;

/// A line with what it stands below.
struct PlacedLine<'a> {
    number: usize,
    text: &'a str,
    /// What it stands below, as one number.
    head: u64,
    /// It is a member of a list, whose place may count.
    member: bool,
}

/// Each line with its head: the lines above it that are indented less, the section, the stage of an
/// image or the document in which it stands. `None` where a text has too many lines.
fn place_lines<'a>(text: &'a str, seed: &RandomState) -> Option<Vec<PlacedLine<'a>>> {
    let mut out = Vec::new();
    let mut open: Vec<(usize, u64)> = Vec::new();
    // of several documents in one file each is known by its first line
    let documents = text.contains("\n---");
    let (mut section, mut begins_document) = (0u64, documents);
    for (at, line) in text.lines().enumerate() {
        let trimmed = line.trim();
        if out.len() >= PLACED {
            return None;
        }
        if trimmed.is_empty() || is_comment(trimmed) || trimmed.starts_with('#') {
            continue;
        }
        // `replicas: 3` below another service is another setting, and its text is the same in both
        let indent = line.len() - line.trim_start().len();
        let heads = indent == 0
            && (trimmed.starts_with('[') && trimmed.ends_with(']') && trimmed.len() > 2
                || trimmed
                    .get(..5)
                    .is_some_and(|word| word.eq_ignore_ascii_case("from ")));
        if trimmed == "---" {
            (section, begins_document) = (0, true);
            open.clear();
            continue;
        }
        if heads {
            // the image of a stage moves on; its name, or its number, stays
            let name = trimmed.to_ascii_lowercase();
            let stage = name.rsplit_once(" as ").map(|(_, stage)| stage.to_owned());
            section = match (stage, trimmed.starts_with('[')) {
                (Some(stage), _) => seed.hash_one(stage),
                (None, true) => seed.hash_one(trimmed),
                (None, false) => section.wrapping_add(1),
            };
            open.clear();
        } else if begins_document {
            section = seed.hash_one(trimmed);
        }
        begins_document = false;
        while open.last().is_some_and(|(above, _)| *above >= indent) {
            open.pop();
        }
        let head = open.last().map_or(section, |(_, head)| *head);
        let item = trimmed.strip_prefix("- ").map(str::trim);
        // `- name: api` is a pair and means the same wherever it stands, `- --migrate` does not
        let pair = |text: &str| text.contains([':', '=']);
        out.push(PlacedLine {
            // `- name: web` names its own place; a member without a name is known by its list alone
            number: at + 1,
            text: trimmed,
            head,
            member: item.is_some_and(|item| !pair(item))
                || trimmed.starts_with(['"', '\'']) && !pair(trimmed),
        });
        let named = ["name:", "id:", "key:"]
            .iter()
            .any(|key| item.is_some_and(|item| item.starts_with(key)));
        let key = match item {
            Some(_) if !named => "-",
            Some(item) => item,
            // the head of a block names it with all its words: `resource "aws_s3_bucket" "jars" {`
            None if trimmed.ends_with('{') => trimmed,
            None => trimmed.split([':', '=']).next().unwrap_or(trimmed),
        };
        open.push((indent, seed.hash_one((head, key))));
    }
    Some(out)
}

/// Adds lines of `text` that stand below another head in `other`, or at another place of a list
/// that has the same members in both.
fn add_moved<'a>(
    text: &[PlacedLine<'a>],
    other: &[PlacedLine<'_>],
    changed: &mut Vec<ChangedLine<'a>>,
) {
    let mut known: HashMap<(u64, &str), usize, RandomState> = HashMap::default();
    let mut lists: HashMap<u64, Vec<&str>, RandomState> = HashMap::default();
    for line in other {
        *known.entry((line.head, line.text)).or_default() += 1;
        if line.member {
            lists
                .entry(line.head)
                // the last member of a list in JSON has no comma, so a member that became the last
                // one is the same
                .or_default()
                .push(line.text.trim_end_matches(','));
        }
    }
    let mut own: HashMap<u64, Vec<&str>, RandomState> = HashMap::default();
    for line in text.iter().filter(|line| line.member) {
        own.entry(line.head)
            .or_default()
            .push(line.text.trim_end_matches(','));
    }
    let reordered = |head: u64| {
        let (Some(own), Some(other)) = (own.get(&head), lists.get(&head)) else {
            return false;
        };
        let sorted = |list: &[&str]| {
            let mut list: Vec<String> = list.iter().map(|&text| text.to_owned()).collect();
            list.sort();
            list
        };
        // with other members the list shows as changed lines anyway; only an order is hidden from
        // them
        own != other && own.len() == other.len() && sorted(own) == sorted(other)
    };
    let moved_lists: std::collections::HashSet<u64> = own
        .keys()
        .copied()
        .filter(|head| reordered(*head))
        .collect();
    // a line that is listed already is not listed twice
    let numbers: std::collections::HashSet<usize> =
        changed.iter().map(|(number, _)| *number).collect();
    for line in text {
        let stays = match known.get_mut(&(line.head, line.text)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        };
        // a closing bracket has no meaning of its own, wherever it moved
        let shows = line.text.chars().any(char::is_alphanumeric);
        if (!stays || line.member && moved_lists.contains(&line.head))
            && shows
            && !numbers.contains(&line.number)
        {
            changed.push((line.number, line.text));
        }
    }
    changed.sort_unstable();
}

/// The parts of two texts between the lines with which both begin and end, and how many lines stand
/// before.
fn without_common_ends<'a>(old: &'a str, new: &'a str) -> (usize, &'a str, &'a str) {
    let begins = common_beginning(old.as_bytes(), new.as_bytes());
    // whole lines only, and no end in the middle of a character
    let begins = memchr::memrchr(b'\n', &old.as_bytes()[..begins]).map_or(0, |at| at + 1);
    let skipped = memchr::memchr_iter(b'\n', &old.as_bytes()[..begins]).count();
    let (old, new) = (&old[begins..], &new[begins..]);
    let ends = common_end(old.as_bytes(), new.as_bytes());
    let tail = &old.as_bytes()[old.len() - ends..];
    // where a whole text is the end of the other, its first line counts only if the other one has a
    // line end before it
    let ends = memchr::memchr(b'\n', tail).map_or(0, |at| ends - at - 1);
    (skipped, &old[..old.len() - ends], &new[..new.len() - ends])
}

/// Bytes that are compared at once: files of a range are mostly alike, and a comparison byte by
/// byte costs more than all that follows.
const AT_ONCE: usize = 64;

/// How many bytes both begin with.
fn common_beginning(a: &[u8], b: &[u8]) -> usize {
    let whole = a
        .chunks_exact(AT_ONCE)
        .zip(b.chunks_exact(AT_ONCE))
        .take_while(|(a, b)| a == b)
        .count()
        * AT_ONCE;
    whole
        + a[whole..]
            .iter()
            .zip(&b[whole..])
            .take_while(|(a, b)| a == b)
            .count()
}

/// How many bytes both end with.
fn common_end(a: &[u8], b: &[u8]) -> usize {
    let whole = a
        .rchunks_exact(AT_ONCE)
        .zip(b.rchunks_exact(AT_ONCE))
        .take_while(|(a, b)| a == b)
        .count()
        * AT_ONCE;
    let (a, b) = (&a[..a.len() - whole], &b[..b.len() - whole]);
    whole
        + a.iter()
            .rev()
            .zip(b.iter().rev())
            .take_while(|(a, b)| a == b)
            .count()
}

/// Lines without blanks at both ends, each with its hash.
fn hashed_lines<'a>(text: &'a str, seed: &RandomState) -> Vec<(u64, &'a str)> {
    text.lines()
        .map(|line| line.trim())
        .map(|line| (seed.hash_one(line), line))
        .collect()
}

/// Lines of `text` that `other` lacks; comments go to `comments`.
fn only_in<'a>(
    text: &[(u64, &'a str)],
    other: &[(u64, &str)],
    skipped: usize,
    comments: &mut Vec<&'a str>,
) -> Vec<ChangedLine<'a>> {
    let mut known: HashMap<u64, usize, RandomState> =
        HashMap::with_capacity_and_hasher(other.len(), RandomState::default());
    // counted, not only known: of two equal lines of which one went, one did change
    for (hash, _) in other {
        *known.entry(*hash).or_default() += 1;
    }
    let mut only = Vec::new();
    for (at, (hash, line)) in text
        .iter()
        .enumerate()
        .filter(|(_, (_, line))| !line.is_empty())
    {
        match known.get_mut(hash) {
            Some(left) if *left > 0 => *left -= 1,
            _ if is_comment(line) => comments.push(line),
            _ => only.push((skipped + at + 1, *line)),
        }
    }
    only
}

fn is_comment(line: &str) -> bool {
    // `# define` is program text of C
    let directive = ["# define", "# undef", "# if", "# include", "# pragma"]
        .iter()
        .any(|word| line.starts_with(word));
    !directive
        && ["//", "/*", "* ", "# ", "-- "]
            .iter()
            .any(|sign| line.starts_with(sign))
        || line == "*"
}

#[cfg(test)]
mod tests {
    use super::*;

    type Told = Vec<(usize, String)>;

    fn told(old: &str, new: &str) -> (Told, Told) {
        let found = ChangedLines::between(Some(old), Some(new));
        let lines = |lines: &[ChangedLine<'_>]| {
            lines
                .iter()
                .map(|(number, text)| (*number, (*text).to_owned()))
                .collect()
        };
        (lines(&found.fresh), lines(&found.gone))
    }

    #[test]
    fn only_what_is_new_is_told_with_its_line() {
        let (fresh, gone) = told("a\nb\n", "b\na\n// new words\nc\na\n");
        assert_eq!(fresh, [(4, "c".to_owned()), (5, "a".to_owned())]);
        assert!(gone.is_empty());
    }

    #[test]
    fn a_line_below_another_head_is_changed() {
        let moved = |old: &str, new: &str| {
            let found = ChangedLines::between_in_place(Some(old), Some(new));
            found
                .fresh
                .iter()
                .map(|(_, line)| (*line).to_owned())
                .collect::<Vec<_>>()
        };
        for (old, new, line) in [
            (
                "[dev]\ncodec = a\n[prod]\ncodec = b\n",
                "[dev]\ncodec = b\n[prod]\ncodec = a\n",
                "codec = b",
            ),
            (
                "a:\n  codec: x\nb:\n  port: 1\n",
                "a:\nb:\n  codec: x\n  port: 1\n",
                "codec: x",
            ),
            (
                "services:\n  a:\n    volumes:\n      - one:/data\n  b:\n    volumes:\n      - two:/data\n",
                "services:\n  a:\n    volumes:\n      - two:/data\n  b:\n    volumes:\n      - one:/data\n",
                "- two:/data",
            ),
            (
                "FROM a AS x\nENV K=1\nFROM b AS y\n",
                "FROM a AS x\nFROM b AS y\nENV K=1\n",
                "ENV K=1",
            ),
            (
                "resource \"a\" \"x\" {\n  engine = 1\n}\nresource \"a\" \"y\" {\n  engine = 2\n}\n",
                "resource \"a\" \"x\" {\n  engine = 2\n}\nresource \"a\" \"y\" {\n  engine = 1\n}\n",
                "engine = 2",
            ),
            (
                "kinds:\n  - red\n  - blue\n",
                "kinds:\n  - blue\n  - red\n",
                "- blue",
            ),
            (
                "profile: a\nk: 1\n---\nprofile: b\nk: 2\n",
                "profile: a\nk: 2\n---\nprofile: b\nk: 1\n",
                "k: 2",
            ),
        ] {
            assert!(
                moved(old, new).iter().any(|found| found == line),
                "{new}: {:?}",
                moved(old, new)
            );
        }
        for (old, new) in [
            ("a: 1\nb: 2\n", "b: 2\na: 1\n"),
            ("[a]\nx = 1\n[b]\ny = 2\n", "[b]\ny = 2\n[a]\nx = 1\n"),
            ("a:\n  b: 1\n  c: 2\n", "a:\n    c: 2\n    b: 1\n"),
            (
                "c:\n  - image: a:1\n    port: 1\n",
                "c:\n  - image: a:2\n    port: 1\n",
            ),
            ("FROM a:1\nRUN x\n", "FROM a:2\nRUN x\n"),
        ] {
            let lines = moved(old, new);
            assert!(
                lines.iter().all(|line| line.contains("a:2")),
                "{new}: {lines:?}"
            );
        }
    }

    #[test]
    fn comments_are_told_apart() {
        let found = ChangedLines::between(
            Some("//go:embed a.txt\nvar s string\n"),
            Some("//go:embed b.txt\nvar s string\n"),
        );
        assert_eq!(found.comments, ["//go:embed b.txt", "//go:embed a.txt"]);
        assert!(found.all().next().is_none());
    }

    #[test]
    fn a_line_at_either_end_counts() {
        assert_eq!(told("a\nb", "a\nb\nc").0, [(3, "c".to_owned())]);
        assert_eq!(told("b\nc", "a\nb\nc").0, [(1, "a".to_owned())]);
        assert_eq!(
            told("ab\nc", "b\nc"),
            (vec![(1, "b".to_owned())], vec![(1, "ab".to_owned())])
        );
        assert_eq!(told("", "é\nè").0.len(), 2);
    }

    proptest::proptest! {
        /// Whatever the common ends are, the lines are those of a plain comparison of both bags of lines.
        #[test]
        fn the_short_way_tells_what_the_long_way_tells(old in "[aeé \n]{0,24}", new in "[aeé \n]{0,24}") {
            let bag = |text: &str, other: &str| {
                let mut left: Vec<&str> = other.lines().map(str::trim).collect();
                let mut only: Vec<String> = Vec::new();
                for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
                    match left.iter().position(|known| *known == line) {
                        Some(at) => drop(left.swap_remove(at)),
                        None => only.push(line.to_owned()),
                    }
                }
                only.sort();
                only
            };
            let (fresh, gone) = told(&old, &new);
            let texts = |lines: Told| { let mut all: Vec<String> = lines.into_iter().map(|(_, text)| text).collect(); all.sort(); all };
            for (number, text) in &fresh {
                proptest::prop_assert_eq!(new.lines().nth(number - 1).map(str::trim), Some(text.as_str()));
            }
            proptest::prop_assert_eq!(texts(fresh), bag(&new, &old));
            proptest::prop_assert_eq!(texts(gone), bag(&old, &new));
        }
    }
}
