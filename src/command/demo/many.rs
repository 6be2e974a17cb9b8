//! Hundreds of commits from a pattern: areas, things and kinds of change, combined so that no two
//! titles are alike.

use super::story::{DemoCommit, GeneratedChange, Many};

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
