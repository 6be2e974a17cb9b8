//! Globs as people write them in `backout.yaml` and on the command line.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// One glob: `*` stays inside a folder, `**` crosses them, a pattern without `/` means any folder,
/// one that ends in `/` everything below.
///
/// # Errors
/// The reason in a few words, as the glob library gives it.
pub fn build_glob(pattern: &str) -> Result<Glob, String> {
    // people write `./src` as a shell completes it; trees know no leading dot
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
    // `*.sql` without a folder is meant for every folder, as in `.gitignore`
    let anywhere = if pattern.trim_end_matches('/').contains('/') || pattern.ends_with('/') {
        pattern.to_owned()
    } else {
        format!("**/{pattern}")
    };
    let whole = if anywhere.ends_with('/') {
        format!("{anywhere}**")
    } else {
        anywhere
    };
    GlobBuilder::new(&whole)
        // without it `src/*` would also take `src/a/b`, which no shell does
        .literal_separator(true)
        .build()
        .map_err(|error| error.kind().to_string())
}

/// Several globs at once; bad ones are left out (the linter of `backout.yaml` has named them).
pub fn build_glob_set<S: AsRef<str>>(patterns: &[S]) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        if let Ok(glob) = build_glob(pattern.as_ref()) {
            builder.add(glob);
        }
    }
    builder.build().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_without_a_folder_means_any_folder() {
        let set = build_glob_set(&["*.css", "web/", "./api/*.yaml", "[oops"]);
        assert!(
            set.is_match("a/b/c.css") && set.is_match("web/x/y.ts") && set.is_match("api/o.yaml")
        );
        assert!(!set.is_match("api/v1/o.yaml") && !set.is_match("other/web/x"));
        assert!(build_glob("[oops").is_err());
    }
}
