//! Tag names cut into a scheme and a version, and which schemes are one line under different names.

use super::version::Version;

/// A tag name understood as a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedTag {
    /// Everything before the version.
    pub scheme: String,
    /// The version.
    pub version: Version,
}

/// Words of tags that move along with a channel.
const MOVING: [&str; 19] = [
    "latest", "stable", "nightly", "edge", "canary", "current", "head", "tip", "dev", "develop",
    "main", "master", "beta", "alpha", "rc", "next", "unstable", "lts", "shipped",
];

/// Whether a tag's name is a channel's, not a release's: its last segment is such a word.
pub fn is_moving(tag: &str) -> bool {
    let last = tag
        .rsplit(['/', '@'])
        .next()
        .unwrap_or(tag)
        .to_ascii_lowercase();
    // `latest-arm` moves, `nightly-2024-11-03` stays where it is: digits make it a release
    let first_word = last.split(['-', '_', '.']).next().unwrap_or_default();
    MOVING.contains(&last.as_str())
        || (MOVING.contains(&first_word) && !last.bytes().any(|b| b.is_ascii_digit()))
}

/// Cuts a tag name: the longest version at the end of its last `/` segment. A single number counts
/// only behind a word that announces a release (`v5`, `release-42`, `r7`), so that `pr-12` is not
/// one.
pub fn parse_tag_name(tag: &str) -> Option<ParsedTag> {
    // git allows names of thousands of letters, and each start of a number is tried below
    if tag.len() > 200 {
        return None;
    }
    let start = tag.rfind('/').map_or(0, |at| at + 1);
    let mut single = None;
    let mut before = None::<char>;
    for (at, c) in tag.char_indices().skip_while(|(at, _)| *at < start) {
        // a start within `1.20` would find the version `20`
        let inside_number = before.is_some_and(|b| b.is_ascii_digit())
            || (before == Some('.')
                && at > 1
                && tag
                    .as_bytes()
                    .get(at.wrapping_sub(2))
                    .is_some_and(u8::is_ascii_digit));
        if c.is_ascii_digit()
            && !inside_number
            && let (Some(scheme), Some(rest)) = (tag.get(..at), tag.get(at..))
            && let Some(version) = Version::parse(rest)
        {
            if version.numbers().len() > 1
                || version
                    .numbers()
                    // `20241103` is a date without separators, and so a release without a word
                    // before it
                    .first()
                    .is_some_and(|n| (19_000_101..=20_991_231).contains(n))
            {
                return Some(ParsedTag {
                    scheme: scheme.to_owned(),
                    version,
                });
            }
            // a lone number counts only where no version of several numbers follows
            single = single.or_else(|| {
                is_version_prefix(scheme).then(|| ParsedTag {
                    scheme: scheme.to_owned(),
                    version,
                })
            });
        }
        before = Some(c);
    }
    single
}

fn is_version_prefix(scheme: &str) -> bool {
    let word = scheme
        .trim_end_matches(['-', '_', '.', '/', '@'])
        .rsplit(['-', '_', '/', '@', '.'])
        .next()
        .unwrap_or_default();
    ["", "v", "r", "rel", "release", "releases", "version", "ver"]
        .contains(&word.to_ascii_lowercase().as_str())
}

/// The name a scheme stands for: `payments` for `payments/v`, `payments-v`, `@acme/payments@`;
/// empty for `v`, `release-`, ``. Schemes with the same key are one line whose tags were renamed.
pub fn line_key(scheme: &str) -> String {
    let lower = scheme.to_ascii_lowercase();
    lower
        .split(['-', '_', '/', '@', '.'])
        .filter(|word| {
            !word.is_empty()
                && !["v", "ver", "version", "release", "releases", "rel", "tags"].contains(word)
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// The line of a release: its scheme's name, and apart from it the versions that begin with a year.
/// A project that went from `2018.09` to `2.0.0` changed its scheme, though the tags look alike.
pub fn find_release_line(scheme: &str, version: &Version) -> (String, bool) {
    let first = version.numbers().first().copied().unwrap_or_default();
    (
        // calendar versions begin with a year; no counted version comes near these numbers soon
        line_key(scheme),
        (1990..2100).contains(&first) || first >= 19_900_101,
    )
}

/// Whether one line may be the other under a new name: one of the keys is empty, or one holds all
/// words of the other.
pub fn may_be_renamed(one: &str, other: &str) -> bool {
    let words = |key: &str| {
        key.split(['/', '-'])
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (one, other) = (words(one), words(other));
    one != other
        && (one.iter().all(|word| other.contains(word))
            || other.iter().all(|word| one.contains(word)))
}

/// Whether a scheme is that of a service the user named: `payments`, `payments/`, `payments/v`,
/// `@acme/payments`.
pub fn is_service(scheme: &str, service: &str) -> bool {
    let wanted = line_key(service);
    let key = line_key(scheme);
    // `@acme/payments` is asked for by its last word, as people call it
    scheme == service || key == wanted || key.rsplit('/').next() == Some(wanted.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(tag: &str) -> Option<(String, String)> {
        parse_tag_name(tag).map(|parsed| (parsed.scheme, parsed.version.text().to_owned()))
    }

    #[test]
    fn schemes_are_cut_off() {
        for (tag, scheme, version) in [
            ("1.2.3", "", "1.2.3"),
            ("v1.2.3", "v", "1.2.3"),
            ("service/v1.2.3", "service/v", "1.2.3"),
            ("@scope/pkg@1.2.3", "@scope/pkg@", "1.2.3"),
            ("pkg-v1.2.3-rc.1", "pkg-v", "1.2.3-rc.1"),
            ("pkg2-v1.2.3", "pkg2-v", "1.2.3"),
            ("k8s-1.20-v1.2.3", "k8s-1.20-v", "1.2.3"),
            ("release-2024.11.3", "release-", "2024.11.3"),
            ("release/2024-11-03", "release/", "2024-11-03"),
            ("REL_14_2", "REL_", "14_2"),
            ("curl-7_88_0", "curl-", "7_88_0"),
            ("v0.17", "v", "0.17"),
            ("v8.1.3.1", "v", "8.1.3.1"),
            ("v5", "v", "5"),
            ("release-42", "release-", "42"),
            ("20241103", "", "20241103"),
            ("release1.2.3", "release", "1.2.3"),
            ("sdk/go/v1.2.3", "sdk/go/v", "1.2.3"),
        ] {
            assert_eq!(
                cut(tag),
                Some((scheme.to_owned(), version.to_owned())),
                "{tag}"
            );
        }
        for tag in ["latest", "pr-12", "issue-7", "v", "sprint-5", "weekly"] {
            assert_eq!(cut(tag), None, "{tag}");
        }
    }

    #[test]
    fn channels_move() {
        for tag in [
            "latest",
            "nightly",
            "stable",
            "service/latest",
            "latest-arm",
            "Nightly",
        ] {
            assert!(is_moving(tag), "{tag}");
        }
        assert!(!is_moving("v1.0.0-beta.1") && !is_moving("nightly-2024-11-03"));
    }

    #[test]
    fn years_are_a_line_of_their_own() {
        let of = |tag: &str| {
            parse_tag_name(tag).map(|parsed| find_release_line(&parsed.scheme, &parsed.version))
        };
        assert_ne!(of("v2018.09"), of("v3.1.0"));
        assert_eq!(of("2024.11.3"), of("v2018.09"));
        assert_eq!(of("v22.07"), of("v0.31.1"));
    }

    #[test]
    fn renamed_schemes_share_a_line() {
        assert_eq!(line_key("v"), line_key(""));
        assert_eq!(line_key("payments-v"), line_key("payments/v"));
        assert_ne!(line_key("payments/v"), line_key("billing/v"));
        assert!(may_be_renamed("", "docker") && may_be_renamed("payments", "payments-service"));
        assert!(!may_be_renamed("payments", "billing"));
        assert!(
            is_service("payments/v", "payments/")
                && is_service("@acme/payments@", "payments")
                && !is_service("billing/v", "payments")
        );
    }

    proptest::proptest! {
        #[test]
        fn a_tag_is_its_scheme_and_its_version(tag in "[a-z0-9@/._v-]{0,24}", odd in "\\PC{0,20}") {
            for tag in [tag, odd] {
                if let Some(parsed) = parse_tag_name(&tag) {
                    proptest::prop_assert_eq!(format!("{}{}", parsed.scheme, parsed.version.text()), tag);
                }
            }
        }
    }
}
