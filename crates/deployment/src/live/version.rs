//! When two names mean the same release: versions with and without prefix, image tags, commits.

/// The version in a tag or image tag: `v1.2.3`, `release/1.2.3` and `shop-1.2.3` are all `1.2.3`.
/// Lower case.
pub(super) fn strip_version_prefix(version: &str) -> String {
    let version = version.trim();
    // branches and scopes stand in front: `release/1.2.3`, `@scope/shop@1.2.3`
    let last = version.rsplit(['/', '@']).next().unwrap_or(version);
    // `py3app` holds a digit that begins no version: only behind a `v` or a joint it does
    let start = last.find(|c: char| c.is_ascii_digit()).filter(|&start| {
        let head = &last[..start];
        head.is_empty()
            || head.eq_ignore_ascii_case("v")
            || head.ends_with(['-', '_'])
            || head.to_ascii_lowercase().ends_with("-v")
    });
    // image tags cannot hold a plus sign, so charts write an underscore
    last[start.unwrap_or(0)..]
        .replace('_', "+")
        .to_ascii_lowercase()
}

/// Whether two names mean one version.
pub fn same_version(a: &str, b: &str) -> bool {
    let (a, b) = (strip_version_prefix(a), strip_version_prefix(b));
    !a.is_empty() && a == b
}

/// Whether a name is a commit of at least seven hexadecimal digits that starts the full id, or the
/// reverse.
pub fn same_commit(a: &str, b: &str) -> bool {
    let hex = |text: &str| {
        // a short build number reads as hex too; git prints seven digits unless told otherwise
        text.len() >= 7 && text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let (a, b) = (a.trim().to_ascii_lowercase(), b.trim().to_ascii_lowercase());
    hex(&a) && hex(&b) && (a.starts_with(&b) || b.starts_with(&a))
}

/// The tag of an image, or its digest when it has no tag: `reg:5000/shop:1.1.21@sha256:...` is
/// `1.1.21`.
pub(super) fn image_tag(image: &str) -> Option<String> {
    let (name, digest) = image
        .split_once('@')
        .map_or((image, None), |(name, digest)| (name, Some(digest)));
    let last = name.rsplit('/').next().unwrap_or(name);
    match last.split_once(':') {
        // a tag beside a digest is what people compare
        Some((_, tag)) if !tag.is_empty() => Some(tag.to_owned()),
        _ => digest.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prefixes_do_not_matter() {
        for name in [
            "1.1.21",
            "v1.1.21",
            "shop/v1.1.21",
            "release-1.1.21",
            "@scope/pkg@1.1.21",
            "shop-v1.1.21",
        ] {
            assert!(same_version(name, "1.1.21"), "{name}");
        }
        assert!(same_version("1.0.0_b7", "1.0.0+b7"));
        assert!(
            !same_version("1.1.21", "1.1.2")
                && !same_version("", "")
                && !same_version("main", "1.0")
        );
    }

    #[test]
    fn short_commits_match_long_ones() {
        assert!(same_commit("9f1c0aa", "9f1c0aa3e1"));
        assert!(
            !same_commit("9f1c", "9f1c0aa3e1")
                && !same_commit("1.1.21", "1.1.21")
                && !same_commit("9f1c0ab", "9f1c0aa3e1")
        );
    }

    #[test]
    fn tags_of_images() {
        assert_eq!(
            image_tag("reg:5000/a/shop:1.1.21").as_deref(),
            Some("1.1.21")
        );
        assert_eq!(
            image_tag("shop@sha256:00ff").as_deref(),
            Some("sha256:00ff")
        );
        assert_eq!(image_tag("reg:5000/shop"), None);
    }

    proptest! {
        #[test]
        fn a_version_is_itself(text in "[a-zA-Z0-9éü._+/@-]{1,30}") {
            prop_assert!(strip_version_prefix(&text).is_empty() || same_version(&text, &text));
        }
    }
}
