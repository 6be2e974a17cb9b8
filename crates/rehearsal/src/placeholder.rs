//! Places for values in the statements of programs (`$1`, `?`, `:name`, `@name`, `%s`, `%(name)s`,
//! `sqlc.arg(name)`), written as the database takes them, with what each value is for.

use crate::address::EngineKind;
use crate::statement_tokens::{PlacedToken, PlaceholderStyle, StatementToken, cut_tokens};

/// What a value is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotUse {
    /// It is compared: one that is there should be found.
    Compared,
    /// It is written.
    Written,
    /// It limits rows.
    Count,
    /// Not known.
    Other,
}

/// A place for a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The column beside it.
    pub column: Option<String>,
    /// What it is for.
    pub used: SlotUse,
}

/// A statement as the database takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedText {
    /// Its text.
    pub text: String,
    /// Its places, in the order of their numbers.
    pub slots: Vec<Slot>,
    /// Names of tables that it reads or writes, in small letters, without quotes and schema.
    pub tables: Vec<String>,
    /// It writes rows.
    pub writes: bool,
}

/// Most places for values of one statement.
const SLOTS: usize = 500;

/// Reads a statement. `percent`: `%s` is a place, as in Python.
pub fn prepare_text(text: &str, kind: EngineKind, percent: bool) -> Option<PreparedText> {
    let numbered = text
        .match_indices('$')
        .any(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
    let style = PlaceholderStyle {
        numbered,
        percent,
        // `@name` is a variable of the session in MySQL
        variables: kind == EngineKind::MySql,
    };
    let cuts = cut_tokens(text, style);
    let mut keys: Vec<String> = Vec::new();
    let mut slots: Vec<Slot> = Vec::new();
    let mut out = String::with_capacity(text.len());
    let solid: Vec<&PlacedToken> = cuts
        .iter()
        .filter(|cut| cut.token != StatementToken::Blank)
        .collect();
    let writes = tell_writes(&solid);
    let insert = read_insert_columns(&solid);
    let mut nth = 0;
    for cut in &cuts {
        if cut.token != StatementToken::Blank {
            nth += 1;
        }
        let raw = text.get(cut.start..cut.end)?;
        if let StatementToken::All(table) = &cut.token {
            out.push_str(&format!("{table}.*"));
            continue;
        }
        let StatementToken::Place(key) = &cut.token else {
            out.push_str(if percent && raw == "%%" { "%" } else { raw });
            continue;
        };
        let slot = || describe_slot(&solid, nth - 1, &insert);
        let number = match keys.iter().position(|known| known == key) {
            Some(at) if kind != EngineKind::MySql && !key.is_empty() => at + 1,
            _ => {
                keys.push(key.clone());
                slots.push(slot());
                keys.len()
            }
        };
        if slots.len() > SLOTS {
            return None;
        }
        out.push_str(&match kind {
            EngineKind::Sqlite => format!("?{number}"),
            EngineKind::Postgres => format!("${number}"),
            EngineKind::MySql => "?".to_owned(),
        });
    }
    // numbers keep their order, whatever comes first in the text
    if style.numbered && kind != EngineKind::MySql {
        let highest = keys
            .iter()
            .filter_map(|key| key.parse::<usize>().ok())
            .max()?;
        if highest > SLOTS {
            return None;
        }
        let mut ordered = vec![
            Slot {
                column: None,
                used: SlotUse::Other
            };
            highest
        ];
        for (key, slot) in keys.iter().zip(slots) {
            if let Some(place) = key.parse::<usize>().ok().and_then(|at| at.checked_sub(1)) {
                ordered[place] = slot;
            }
        }
        let again = cuts.iter().map(|cut| match &cut.token {
            StatementToken::Place(key) if kind == EngineKind::Sqlite => Some(format!("?{key}")),
            StatementToken::Place(key) => Some(format!("${key}")),
            StatementToken::All(table) => Some(format!("{table}.*")),
            _ => text.get(cut.start..cut.end).map(str::to_owned),
        });
        let text: String = again.collect::<Option<String>>()?;
        return Some(PreparedText {
            text,
            slots: ordered,
            tables: list_tables(&solid),
            writes,
        });
    }
    Some(PreparedText {
        text: out,
        slots,
        tables: list_tables(&solid),
        writes,
    })
}

fn tell_writes(solid: &[&PlacedToken]) -> bool {
    let word = |cut: &&PlacedToken| match &cut.token {
        StatementToken::Word(word) => word.to_ascii_lowercase(),
        _ => String::new(),
    };
    let first = solid.first().map(word).unwrap_or_default();
    let any = |wanted: &[&str]| solid.iter().any(|cut| wanted.contains(&word(cut).as_str()));
    matches!(
        first.as_str(),
        "insert" | "update" | "delete" | "replace" | "merge"
    ) || first == "with" && any(&["insert", "update", "delete", "merge"])
}

fn word_of(cut: &PlacedToken) -> String {
    match &cut.token {
        StatementToken::Word(word) => word.to_ascii_lowercase(),
        _ => String::new(),
    }
}

fn name_of(cut: &PlacedToken) -> Option<String> {
    match &cut.token {
        StatementToken::Word(word) => Some(word.clone()),
        StatementToken::Name(name) => Some(name.clone()),
        _ => None,
    }
}

fn is_sign(cut: &PlacedToken, sign: char) -> bool {
    cut.token == StatementToken::Sign(sign)
}

/// Tables behind FROM, JOIN, INTO and UPDATE, and behind a comma in a list of them.
fn list_tables(solid: &[&PlacedToken]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut take = |at: usize| {
        let Some(mut name) = solid.get(at).and_then(|cut| name_of(cut)) else {
            return;
        };
        if solid.get(at + 1).is_some_and(|cut| is_sign(cut, '.'))
            && let Some(inner) = solid.get(at + 2).and_then(|cut| name_of(cut))
        {
            name = inner;
        }
        let name = name.to_lowercase();
        if name != "select" && !out.contains(&name) {
            out.push(name);
        }
    };
    for (at, cut) in solid.iter().enumerate() {
        match word_of(cut).as_str() {
            "from" | "join" | "into" | "update" | "only" => take(at + 1),
            _ => {}
        }
    }
    out
}

/// Columns that an INSERT names, and the place in the statement where its values begin.
fn read_insert_columns(solid: &[&PlacedToken]) -> Option<(Vec<String>, usize)> {
    let into = solid.iter().position(|cut| word_of(cut) == "into")?;
    let open = solid
        .iter()
        .skip(into)
        .take(8)
        .position(|cut| is_sign(cut, '('))?
        + into;
    let close = solid.iter().skip(open).position(|cut| is_sign(cut, ')'))? + open;
    let names: Vec<String> = solid[open..close]
        .iter()
        .filter_map(|cut| name_of(cut))
        .collect();
    let values = solid.iter().position(|cut| word_of(cut) == "values")?;
    (values > close).then_some((names, values))
}

/// What the place at `at` is for.
fn describe_slot(solid: &[&PlacedToken], at: usize, insert: &Option<(Vec<String>, usize)>) -> Slot {
    let before = |back: usize| at.checked_sub(back).and_then(|at| solid.get(at));
    let word = |back: usize| before(back).map(|cut| word_of(cut)).unwrap_or_default();
    if matches!(
        word(1).as_str(),
        "limit" | "offset" | "fetch" | "first" | "top"
    ) {
        return Slot {
            column: None,
            used: SlotUse::Count,
        };
    }
    if let Some((names, values)) = insert
        && at > *values
        && let Some(place) = find_place_in_row(solid, *values, at)
    {
        return Slot {
            column: names.get(place).cloned(),
            used: SlotUse::Written,
        };
    }
    // back over brackets, casts and signs to the name that the value is compared with
    let mut back = 1;
    let mut sign = false;
    while let Some(cut) = before(back).filter(|_| back < 12) {
        let lower = word_of(cut);
        match &cut.token {
            StatementToken::Sign('=' | '<' | '>' | '!' | '~') => sign = true,
            StatementToken::Sign('(' | ',') | StatementToken::Place(_) => {}
            StatementToken::Word(_)
                if matches!(
                    lower.as_str(),
                    "in" | "like"
                        | "ilike"
                        | "between"
                        | "any"
                        | "all"
                        | "not"
                        | "is"
                        | "distinct"
                        | "from"
                        | "lower"
                        | "upper"
                        | "coalesce"
                        | "cast"
                ) =>
            {
                sign |= matches!(lower.as_str(), "in" | "like" | "ilike" | "between" | "any");
            }
            StatementToken::Word(_) if lower == "and" => {
                // the second value of BETWEEN
                let earlier = before(back + 2).map(|cut| word_of(cut));
                if earlier.as_deref() != Some("between") {
                    break;
                }
            }
            StatementToken::Word(_) | StatementToken::Name(_) if sign => {
                let column = name_of(cut);
                let writes = is_in_set(&solid[..at]);
                return Slot {
                    column,
                    used: if writes {
                        SlotUse::Written
                    } else {
                        SlotUse::Compared
                    },
                };
            }
            _ => break,
        }
        back += 1;
    }
    Slot {
        column: None,
        used: SlotUse::Other,
    }
}

/// Between SET and what ends its list.
fn is_in_set(solid: &[&PlacedToken]) -> bool {
    let last = solid.iter().rev().map(|cut| word_of(cut)).find(|word| {
        matches!(
            word.as_str(),
            "set" | "where" | "on" | "returning" | "values" | "from"
        )
    });
    last.as_deref() == Some("set")
}

/// The place of a value in its row of VALUES.
fn find_place_in_row(solid: &[&PlacedToken], values: usize, at: usize) -> Option<usize> {
    let (mut depth, mut place) = (0usize, 0);
    for cut in &solid[values + 1..at] {
        match &cut.token {
            StatementToken::Sign('(') => {
                depth += 1;
                if depth == 1 {
                    place = 0;
                }
            }
            StatementToken::Sign(')') => depth = depth.saturating_sub(1),
            StatementToken::Sign(',') if depth == 1 => place += 1,
            StatementToken::Word(_) if depth == 0 && word_of(cut) != "values" => return None,
            _ => {}
        }
    }
    (depth > 0).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, kind: EngineKind) -> (String, Vec<(Option<String>, SlotUse)>) {
        let found = prepare_text(text, kind, true).expect("a statement");
        let slots = found.slots.into_iter().map(|slot| (slot.column, slot.used));
        (found.text, slots.collect())
    }

    #[test]
    fn places_are_written_as_the_database_takes_them() {
        use EngineKind::{MySql, Postgres, Sqlite};
        for (text, kind, expected) in [
            (
                "SELECT a FROM t WHERE b = ? AND c = ?",
                Postgres,
                "SELECT a FROM t WHERE b = $1 AND c = $2",
            ),
            (
                "SELECT a FROM t WHERE b = :b OR c = :b",
                Sqlite,
                "SELECT a FROM t WHERE b = ?1 OR c = ?1",
            ),
            (
                "SELECT a FROM t WHERE b = :b OR c = :b",
                MySql,
                "SELECT a FROM t WHERE b = ? OR c = ?",
            ),
            (
                "SELECT a::text, '?' FROM t WHERE j ? 'x' AND b = $2 AND c = $1",
                Postgres,
                "SELECT a::text, '?' FROM t WHERE j ? 'x' AND b = $2 AND c = $1",
            ),
            (
                "SELECT a FROM t WHERE b LIKE '%%x' AND c = %s -- ?",
                Postgres,
                "SELECT a FROM t WHERE b LIKE '%%x' AND c = $1 -- ?",
            ),
            (
                "UPDATE t SET a = @a WHERE id = sqlc.arg(id)",
                Postgres,
                "UPDATE t SET a = $1 WHERE id = $2",
            ),
            (
                "SELECT sqlc.embed(t) FROM t WHERE a = $1",
                Postgres,
                "SELECT t.* FROM t WHERE a = $1",
            ),
            (
                "SELECT a[1:2], $$ ? $$ FROM t WHERE x @> y",
                Postgres,
                "SELECT a[1:2], $$ ? $$ FROM t WHERE x @> y",
            ),
        ] {
            assert_eq!(read(text, kind).0, expected);
        }
    }

    #[test]
    fn what_a_value_is_for_is_read_from_what_stands_beside_it() {
        let (_, slots) = read(
            "INSERT INTO t (a, \"b\") VALUES (?, lower(?)) ON CONFLICT (a) DO UPDATE SET c = ?",
            EngineKind::Sqlite,
        );
        let names: Vec<_> = slots.iter().map(|(name, _)| name.as_deref()).collect();
        assert_eq!(names, [Some("a"), Some("b"), Some("c")]);
        assert!(slots.iter().all(|(_, used)| *used == SlotUse::Written));
        let (_, slots) = read(
            "UPDATE t SET a = $1 WHERE t.id = $2 AND x IN ($3, $4) AND d BETWEEN $5 AND $6 LIMIT \
                $7",
            EngineKind::Postgres,
        );
        let names: Vec<_> = slots.iter().map(|(name, _)| name.as_deref()).collect();
        assert_eq!(
            names,
            [
                Some("a"),
                Some("id"),
                Some("x"),
                Some("x"),
                Some("d"),
                Some("d"),
                None
            ]
        );
        assert_eq!(
            (slots[0].1, slots[1].1, slots[6].1),
            (SlotUse::Written, SlotUse::Compared, SlotUse::Count)
        );
    }

    #[test]
    fn any_text_is_read() {
        for text in [
            "",
            "$",
            "$$",
            "?",
            ":",
            "%(",
            "'",
            "sqlc.arg(",
            "ä:ö",
            "$99999999999",
            "values (?",
        ] {
            let _ = prepare_text(text, EngineKind::Postgres, true);
        }
    }
}
