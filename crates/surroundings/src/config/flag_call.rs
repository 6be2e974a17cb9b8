//! `config/flag-call`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use crate::texts::{LIMIT, new_path, old_path};
use coverage::place::{FileRole, classify_path_place};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, FileKind, Finding,
    Severity, Snapshot, check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "config/flag-call",
    title: "Program text asks another set of feature flags",
    domain: Domain::Config,
    direction: Direction::Both,
    looks_for: "Calls that ask whether a feature flag is on (LaunchDarkly, Unleash, Flipper, Pennant, waffle, Flagsmith, FeatureManager and functions of such names) that only one of the two releases has.",
    why: "What stands behind a new flag may be switched off instead of taken back; a flag that the new release no longer asks is asked again by the previous release, with whatever value it has by then.",
    action: "For a new flag, ask whether the fault lies behind it and try the switch first. For a flag that is gone, look up its value before the previous release starts. A flag takes nothing back that was already written.",
    example: "shop/cart.py: feature_enabled(\"round_totals\") is new in the new release.",
    source: "Fact switch.exists; the manuals of the libraries named above.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_flag_calls, make_fixtures())
        }),
    },
    run: find_flag_calls,
};

/// Longest line that is looked at, in bytes, and most flags of one side.
const LINE: usize = 2_000;
const FLAGS: usize = 500;

/// A call with the name of the flag as a word in quotes or as a symbol. In ASCII: to build it with
/// every letter of Unicode, eighty times over, would cost more than an assessment of a small range.
static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i-u)\b(?:",
        r"(?:is_?)?(?:feature|flag|toggle|switch)s?_?(?:is_?)?_?(?:enabled|active|on)\??",
        r"|(?:features?|flags?|flipper|toggles?|unleash|pennant|split|flagsmith|feature_?manager|feature_?flags?|waffle|fun_?with_?flags)(?:\.|::|->)(?:is_?)?(?:enabled|active|on)\??(?:async)?(?:_for)?",
        r"|(?:bool|string|json|number)?_?variation(?:_detail)?",
        r"|use_?(?:feature_?)?flag(?:_?enabled)?",
        r"|flag_is_active|switch_is_active|is_?feature_?enabled(?:async)?|has_?feature_?flag",
        r#")\s*\(?\s*(?:[\w.]+\s*,\s*)?(?:["'`]([A-Za-z][\w.:/-]{1,80})["'`]|:([a-z_]\w{1,80}))"#,
    ))
    .ok()
});

/// Flags by name, with the first place that asks each.
type FlagCalls = BTreeMap<String, (String, usize)>;

fn find_flag_calls(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let read = |tree: &dyn Snapshot, path: Option<&str>| {
        path.and_then(|path| tree.read_text(path).ok())
            .filter(|text| text.len() <= LIMIT)
            .unwrap_or_default()
    };
    let (mut old_calls, mut new_calls) = (FlagCalls::new(), FlagCalls::new());
    for change in look.range.changes.iter().filter(|change| {
        // a page asks a flag as well
        matches!(change.kind, FileKind::Code | FileKind::Markup)
            && classify_path_place(&change.path) == FileRole::Live
    }) {
        let (old, new) = (
            read(look.range.previous, old_path(change)),
            read(look.range.current, new_path(change)),
        );
        // a file that only moved asks what it asked
        if old == new {
            continue;
        }
        let before = change.old_path.as_deref().unwrap_or(&change.path);
        let (gone, fresh) = (
            list_flag_calls(before, &old),
            list_flag_calls(&change.path, &new),
        );
        // a call that moved within the file is asked by both
        let only = |calls: &FlagCalls, other: &FlagCalls| -> FlagCalls {
            let calls = calls.iter().filter(|(name, _)| !other.contains_key(*name));
            calls
                .map(|(name, place)| (name.clone(), place.clone()))
                .collect()
        };
        for (from, calls) in [
            (&mut old_calls, only(&gone, &fresh)),
            (&mut new_calls, only(&fresh, &gone)),
        ] {
            for (name, place) in calls {
                if from.len() < FLAGS {
                    from.entry(name).or_insert(place);
                }
            }
        }
    }
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    let (in_previous, in_current) = (
        list_named_flags(look.range.previous, &new_calls, &old_calls),
        list_named_flags(look.range.current, &old_calls, &new_calls),
    );
    // a flag that the other release names anywhere may be asked there in a way not known here
    let added = new_calls
        .iter()
        .filter(|(name, _)| !old_calls.contains_key(*name) && !in_previous.contains(*name))
        .map(|(name, (path, line))| {
            let says = format!(
                "{current} asks the feature flag {name} ({path}:{line}), and {previous} does not know it: what stands behind it may be switched off without going back"
            );
            (name, path, *line, says)
        });
    let removed = old_calls
        .iter()
        .filter(|(name, _)| !new_calls.contains_key(*name) && !in_current.contains(*name))
        .map(|(name, (path, line))| {
            let says = format!(
                "{previous} asks the feature flag {name} ({path}:{line}), and {current} no longer does: after going back, the value that the flag has now counts again"
            );
            (name, path, *line, says)
        });
    added
        .chain(removed)
        .map(|(name, path, line, says)| {
            build_check_finding(
                &DOC,
                Severity::Notes,
                // what stands behind a flag is not known, so this only points at a switch
                Confidence::Likely,
                name.as_str(),
                says,
            )
            .at([Evidence::at(path.as_str(), line).with_excerpt(name)])
        })
        .collect()
}

/// Flags of one side alone that program text of the other release names somewhere, by one search.
fn list_named_flags(tree: &dyn Snapshot, calls: &FlagCalls, other: &FlagCalls) -> BTreeSet<String> {
    let words: Vec<String> = calls
        .keys()
        .filter(|name| !other.contains_key(*name))
        .cloned()
        .collect();
    if words.is_empty() {
        return BTreeSet::new();
    }
    let program = |path: &str| {
        coverage::guard::find_language(path).is_some()
            && classify_path_place(path) == FileRole::Live
    };
    let (hits, _) = tree.search_many(&words, false, 1, &program);
    hits.into_iter()
        .filter_map(|hit| words.get(hit.word).cloned())
        .collect()
}

/// Words of which each call holds one: most lines hold none, and a search for words costs less than
/// the expression.
static WORDS: LazyLock<Option<aho_corasick::AhoCorasick>> = LazyLock::new(|| {
    aho_corasick::AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build([
            "feature",
            "flag",
            "toggle",
            "flipper",
            "unleash",
            "pennant",
            "variation",
            "waffle",
            "split",
            // letters that may follow, so that each `switch (` of a language is passed over
            "switch_",
            "switche",
            "switcho",
            "switchi",
            "switcha",
            "switchs",
        ])
        .ok()
});

/// The flags that a text asks, each with the first place. Only the lines around a word of `WORDS`
/// are looked at: comparing whole files line by line costs more than reading both.
fn list_flag_calls(path: &str, text: &str) -> FlagCalls {
    let mut calls = FlagCalls::new();
    let Some(words) = WORDS.as_ref() else {
        return calls;
    };
    let (mut looked, mut counted, mut number) = (0, 0, 1);
    for word in words.find_iter(text) {
        // a line that was looked at holds the words of one call
        if word.start() < looked || calls.len() >= FLAGS {
            continue;
        }
        let start = text[..word.start()].rfind('\n').map_or(0, |at| at + 1);
        let end = text[word.start()..]
            .find('\n')
            .map_or(text.len(), |at| word.start() + at);
        looked = end;
        if end - start > LINE || is_remark(&text[start..end]) {
            continue;
        }
        let Some(call) = CALL.as_ref() else {
            return calls;
        };
        for found in call.captures_iter(&text[start..end]) {
            let Some(name) = found.get(1).or_else(|| found.get(2)) else {
                continue;
            };
            // lines are counted on from the last place, not from the beginning each time
            number += text[counted..start].matches('\n').count();
            counted = start;
            calls
                .entry(name.as_str().to_owned())
                .or_insert_with(|| (path.to_owned(), number));
        }
    }
    calls
}

/// A line that is a remark asks nothing.
fn is_remark(line: &str) -> bool {
    let line = line.trim_start();
    ["//", "# ", "/*", "* ", "--", "<!--", ";;"]
        .iter()
        .any(|sign| line.starts_with(sign))
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    let (plain, asks) = (
        "def total(jars):\n    return sum(jars)\n",
        "def total(jars):\n    if feature_enabled(\"round_jars\"):\n        return round(sum(jars))\n    return sum(jars)\n",
    );
    let same = "def total(jars):\n    if feature_enabled(\"round_jars\"):\n        return int(sum(jars))\n    return sum(jars)\n";
    (
        Fixture::of("shop/jars.py", FileKind::Code, plain, asks),
        Fixture::of("shop/jars.py", FileKind::Code, asks, same),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Fixture;

    fn says(path: &'static str, old: &'static str, new: &'static str) -> Vec<String> {
        Fixture::of(path, FileKind::Code, old, new)
            .of_check(DOC.id)
            .into_iter()
            .map(|finding| finding.says.into_raw())
            .collect()
    }

    #[test]
    fn calls_of_other_languages_are_read() {
        for (path, call) in [
            (
                "a.rb",
                "return fresh if Flipper.enabled?(:round_jars, user)",
            ),
            (
                "a.ts",
                "if (client.boolVariation('round_jars', user, false)) {}",
            ),
            ("a.tsx", "const on = useFlag('round_jars');"),
            (
                "a.cs",
                "if (await featureManager.IsEnabledAsync(\"round_jars\")) {}",
            ),
            ("a.php", "<?php if (Feature::active('round_jars')) {}"),
            ("a.go", "if unleash.IsEnabled(\"round_jars\") {}"),
            ("a.py", "if waffle.flag_is_active(request, 'round_jars'):"),
            ("a.ex", "if FunWithFlags.enabled?(:round_jars) do"),
        ] {
            assert_eq!(says(path, "x\n", call).len(), 1, "{call}");
        }
        // a thing that is on is no flag, nor is a name that is made elsewhere
        for call in [
            "if (button.enabled('big')) {}",
            "if (isFeatureEnabled(name)) {}",
            "menu.on('click', go)",
            "// if (isFeatureEnabled('round_jars')) comes later",
        ] {
            assert!(says("a.ts", "x\n", call).is_empty(), "{call}");
        }
    }

    #[test]
    fn a_flag_that_is_no_longer_asked_is_told() {
        let found = says(
            "jars.go",
            "if flags.IsEnabled(\"round_jars\") {\n\treturn 1\n}\n",
            "return 1\n",
        );
        assert!(
            found.len() == 1 && found[0].contains("no longer"),
            "{found:?}"
        );
    }
}
