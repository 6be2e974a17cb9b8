//! Hundreds of commits from a pattern: areas, things and kinds of change, combined so that no two
//! titles are alike.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::story::DemoCommit;

/// What the commits are made from. `{area}`, `{thing}`, `{Thing}`, `{words}`, `{a}` and `{number}`
/// are filled in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Many {
    /// How many.
    pub count: usize,
    /// Number of the first pull request.
    pub pull_request: usize,
    /// Things by area.
    pub areas: BTreeMap<String, Vec<String>>,
    /// Kinds of change, in turn.
    pub changes: Vec<GeneratedChange>,
}

/// One kind of change.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GeneratedChange {
    /// The title, without the pull request's number.
    pub title: String,
    /// The file.
    pub path: String,
    /// Text that is added to it.
    pub adds: String,
}

impl Many {
    /// The commits in order. A combination comes once; there are at most as many commits as
    /// combinations.
    pub fn commits(&self) -> Vec<DemoCommit> {
        let things: Vec<(&String, &String)> = self
            .areas
            .iter()
            .flat_map(|(area, things)| things.iter().map(move |thing| (area, thing)))
            .collect();
        let all = things.len() * self.changes.len();
        // a stride without common factor with the number of combinations visits each once, and
        // neighbours differ
        let stride = (all / 3..)
            .find(|stride| compute_gcd(*stride, all) == 1)
            .unwrap_or(1)
            .max(1);
        (0..self.count.min(all))
            .filter_map(|index| {
                let at = (index * stride) % all;
                let (area, thing) = things.get(at % things.len())?;
                let change = self.changes.get(at / things.len())?;
                let number = self.pull_request + index * 3 + index % 2;
                Some(self.commit(change, area, thing, number))
            })
            .collect()
    }

    fn commit(
        &self,
        change: &GeneratedChange,
        area: &str,
        thing: &str,
        number: usize,
    ) -> DemoCommit {
        let fill = |text: &str| {
            let mut upper = thing
                .replace('_', " ")
                .split(' ')
                .map(capitalize_word)
                .collect::<String>();
            upper.retain(|c| c != ' ');
            let article = if thing.starts_with(['a', 'e', 'i', 'o', 'u']) {
                "an"
            } else {
                "a"
            };
            text.replace("{a}", article)
                .replace("{area}", area)
                .replace("{Thing}", &upper)
                .replace("{thing}", thing)
                .replace("{words}", &thing.replace('_', " "))
                .replace("{number}", &number.to_string())
        };
        DemoCommit {
            by: format!("{area} team"),
            message: format!("{} (#{number})", fill(&change.title)),
            files: [(fill(&change.path), format!("+\n{}", fill(&change.adds)))].into(),
            ..DemoCommit::default()
        }
    }
}

fn capitalize_word(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn compute_gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { compute_gcd(b, a % b) }
}
