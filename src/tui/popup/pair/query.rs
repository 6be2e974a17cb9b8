//! What is shown and can be chosen: the release picker.

use crate::model::Release;
use crate::tui::fuzzy::{FuzzyNeedle, FuzzyRank};
use crate::tui::model::Model;
use crate::tui::popup::pair::state::ReleasePicker;

/// Whether one could go back from `current` to a release: below it in its own line, which is newest
/// first, or not newer in another one.
fn lies_below(current: &Release, at: usize, release: &Release, place: usize) -> bool {
    if current.commit == release.commit {
        return false;
    }
    if current.scheme == release.scheme {
        return place > at;
    }
    match (current.time, release.time) {
        (Some(current), Some(time)) => time <= current,
        _ => true,
    }
}

/// A release with how well it fits and its matched letters.
type Matched<'a> = ((u8, Option<FuzzyRank>), Vec<usize>, &'a Release);

/// How well a release fits what was typed, best first: the version itself, one it begins up to a
/// dot, then as names are found everywhere; its line of releases counts behind its version.
fn match_release<'a>(
    release: &'a Release,
    typed: &str,
    needle: &FuzzyNeedle,
) -> Option<Matched<'a>> {
    let up_to_a_dot = match release.version.as_raw().to_lowercase().strip_prefix(typed) {
        Some("") => 0,
        Some(rest) if typed.ends_with('.') || rest.starts_with(['.', '-', '+']) => 1,
        _ => 2,
    };
    // among those that begin so, lists stay newest first
    if typed.is_empty() {
        return Some(((0, None), Vec::new(), release));
    }
    if let Some((rank, letters)) = needle.find(release.version.as_raw()) {
        return Some(((up_to_a_dot, Some(rank)), letters, release));
    }
    needle
        .find(&release.scheme)
        .map(|(rank, _)| ((3, Some(rank)), Vec::new(), release))
}

impl ReleasePicker {
    pub(super) fn matching<'a>(&self, model: &'a Model) -> Vec<&'a Release> {
        self.matched(model)
            .into_iter()
            .map(|(_, _, release)| release)
            .collect()
    }

    pub(super) fn matched<'a>(&self, model: &'a Model) -> Vec<Matched<'a>> {
        // `/` begins a search everywhere else
        let typed = self
            .filter
            .value()
            .trim()
            .trim_start_matches('/')
            .trim_start_matches('v')
            .to_lowercase();
        let needle = FuzzyNeedle::new(&typed);
        let at = self.current.as_ref().and_then(|current| {
            model
                .releases
                .iter()
                .position(|one| one.commit == current.commit && one.version == current.version)
        });
        let older = |place: usize, release: &Release| match (&self.current, at) {
            (Some(current), Some(at)) => lies_below(current, at, release, place),
            _ => true,
        };
        let mut rows: Vec<Matched<'a>> = model
            .releases
            .iter()
            .enumerate()
            .filter(|(place, release)| older(*place, release))
            .filter_map(|(_, release)| match_release(release, &typed, &needle))
            .collect();
        // lists are newest first, and stay so among those that fit alike
        rows.sort_by_key(|(rank, ..)| *rank);
        rows
    }
}

/// What finds a release again: its tag, or its version.
pub(super) fn find_release_key(release: &Release) -> String {
    let key = release.tag.as_ref().unwrap_or(&release.version);
    key.as_raw().to_owned()
}

#[cfg(test)]
mod tests {
    use tui_input::Input;

    use crate::model::Release;
    use crate::tui::model::Model;
    use crate::tui::popup::kind::Popup;
    use crate::tui::popup::pair::open::open_release_picker;
    use crate::tui::popup::pair::state::ReleasePicker;
    use crate::tui::{key, sample};

    fn release(version: &str, day: i64) -> Release {
        Release {
            version: version.into(),
            commit: format!("{version:0>40}"),
            time: jiff::Timestamp::from_second(1_700_000_000 + day * 86_400).ok(),
            tag: Some(format!("v{version}").into()),
            scheme: "v".to_owned(),
            prerelease: false,
        }
    }

    fn model() -> Model {
        let mut model = sample::make_sample_model();
        let versions = [
            ("4.1.0", 90),
            ("4.0.25", 89),
            ("4.0.20", 60),
            ("4.0.2", 20),
            ("4.0.1", 10),
            ("4.0.0", 5),
            ("3.14.0", 3),
            ("3.4.0", 1),
        ];
        model.releases = versions
            .map(|(version, day)| release(version, day))
            .to_vec();
        model
    }

    fn shown(typed: &str, current: Option<&str>) -> Vec<String> {
        let model = model();
        let current = current.and_then(|version| {
            model
                .releases
                .iter()
                .find(|release| release.version == version)
                .cloned()
        });
        let pair = ReleasePicker {
            filter: Input::new(typed.to_owned()),
            cursor: 0,
            current,
            offset: 0,
        };
        pair.matching(&model)
            .into_iter()
            .map(|release| release.version.as_raw().to_owned())
            .collect()
    }

    #[test]
    fn the_exact_version_is_first_then_one_it_begins_up_to_a_dot() {
        assert_eq!(shown("4.0.2", None), ["4.0.2", "4.0.25", "4.0.20"]);
        assert_eq!(shown("v4.0.2", None)[0], "4.0.2");
        assert_eq!(shown("/4.0.2", None)[0], "4.0.2");
        assert_eq!(shown("4.0", None)[..2], ["4.0.25", "4.0.20"]);
        assert_eq!(shown("3", None)[..2], ["3.14.0", "3.4.0"]);
        assert!(shown("9", None).is_empty());
    }

    #[test]
    fn only_older_releases_are_there_to_go_back_to() {
        assert_eq!(
            shown("", Some("4.0.2")),
            ["4.0.1", "4.0.0", "3.14.0", "3.4.0"]
        );
        assert_eq!(
            shown("4", Some("4.0.20"))[0],
            "4.0.2",
            "the newest one below it"
        );
    }

    #[test]
    fn a_slash_begins_no_filter() {
        let mut model = model();
        open_release_picker(&mut model);
        let Some(Popup::Pair(mut pair)) = model.popups.pop() else {
            panic!()
        };
        for name in ["/", "4"] {
            pair.key(&mut model, &key::make_key_event(name));
        }
        assert_eq!(pair.filter.value(), "4");
    }
}
