//! Which statements of a list of migrations in program text are edits of ones that ran? A list runs
//! by its length or by the names of its members: what stands at the place of an older member ran in
//! its older form, and does not run again.

use std::collections::HashMap;

use coverage::guard::words::has_part;

/// What a statement of the newer text is to the older one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StatementNews {
    /// Both have it.
    Known,
    /// It stands where the older text has another one.
    Edited,
    /// The older text has nothing there.
    New,
}

/// What each statement of `now` is. Between two that both texts have, the new ones stand first for
/// those that are gone.
pub(super) fn tell_statements_apart(now: &[String], earlier: &[String]) -> Vec<StatementNews> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, statement) in earlier.iter().enumerate().rev() {
        places.entry(statement).or_default().push(at);
    }
    // where each is in the older text, the first of several alike first
    let found: Vec<Option<usize>> = now
        .iter()
        .map(|statement| places.get_mut(statement.as_str()).and_then(Vec::pop))
        .collect();
    let mut taken = vec![false; earlier.len()];
    for at in found.iter().flatten() {
        if let Some(taken) = taken.get_mut(*at) {
            *taken = true;
        }
    }
    let mut next = 0;
    found
        .iter()
        .map(|at| match at {
            Some(at) => {
                next = next.max(at + 1);
                StatementNews::Known
            }
            None if taken.get(next) == Some(&false) => {
                next += 1;
                StatementNews::Edited
            }
            None => StatementNews::New,
        })
        .collect()
}

/// First and last lines of the lists of migrations in a text: what is given to a name, or is of a
/// type, that says so, up to the line that closes it.
pub(super) fn list_step_ranges(text: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    for (at, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        match open {
            None if opens_list(line) => open = Some((at + 1, indent)),
            Some((first, own))
                if indent <= own && line.trim_start().starts_with([']', '}', ')']) =>
            {
                out.push((first, at + 1));
                open = None;
            }
            _ => {}
        }
    }
    out
}

/// The line lies in one of the ranges.
pub(super) fn is_within(ranges: &[(usize, usize)], line: usize) -> bool {
    ranges
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&line))
}

/// `var migrations = [...]func(tx *sql.Tx) error{`, `MIGRATIONS = [`, `const steps: Step[] = [`.
fn opens_list(line: &str) -> bool {
    const STEPS: [&str; 8] = [
        "migration",
        "migrations",
        "steps",
        "upgrades",
        "patches",
        "updates",
        "changesets",
        "revisions",
    ];
    let Some((left, right)) = line.split_once('=') else {
        return false;
    };
    let end = right.trim_end();
    let list = end.ends_with('[')
        || end.ends_with('{') && end.contains('[')
        || end.ends_with('(') && has_part(end, &["list", "of", "array", "vec", "seq", "tuple"]);
    list && (has_part(left, &STEPS) || end.ends_with('{') && has_part(end, &STEPS[..2]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(now: &[&str], earlier: &[&str]) -> Vec<StatementNews> {
        let own = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>()
        };
        tell_statements_apart(&own(now), &own(earlier))
    }

    #[test]
    fn what_stands_at_the_place_of_another_is_an_edit() {
        use StatementNews::{Edited, Known, New};
        assert_eq!(
            told(&["a", "B", "c", "d"], &["a", "b", "c"]),
            [Known, Edited, Known, New]
        );
        assert_eq!(
            told(&["a", "b", "C", "d"], &["a", "b", "c"]),
            [Known, Known, Edited, New]
        );
        assert_eq!(told(&["a", "x", "b"], &["a", "b"]), [Known, New, Known]);
        assert_eq!(told(&["a", "a", "a"], &["a", "a"]), [Known, Known, New]);
        assert_eq!(told(&["x"], &[]), [New]);
    }

    #[test]
    fn lists_of_steps_are_found_with_their_ends() {
        let go = "var other = []int{\n}\nvar migrations = [...]func(tx *sql.Tx) error{\n\tfunc(tx *sql.Tx) error {\n\t\treturn nil\n\t},\n}\n";
        assert_eq!(list_step_ranges(go), [(3, 7)]);
        let python = "MIGRATIONS = [\n    \"CREATE TABLE a (id int)\",\n]\n";
        assert_eq!(list_step_ranges(python), [(1, 3)]);
        assert!(list_step_ranges("step := &model.Step{\n\tName: name,\n}\n").is_empty());
    }
}
