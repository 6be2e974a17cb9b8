//! Sentences: placeholders of the checklist filled with versions, facts and evidence.

use super::strength::Space;
use super::world::{Slot, UNNAMED, World};
use crate::checklist::cel::Val;
use crate::checklist::{Checklist, DOWNS, Question, braces, catalogue};
use model::fact_key;
use model::{Evidence, Fact, FactValue, OptionId, Sureness, shorten, visible};

/// Longest sentence from outside that is put into one of ours, in characters.
const LONGEST: usize = 240;

/// A sentence with its placeholders filled. `dependent` is the dependent it is about.
pub(super) fn render(text: &str, world: &World<'_>, dependent: Option<usize>) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let Some(inner) = braces(&rest[open..]) else {
            rest = &rest[open..];
            break;
        };
        out.push_str(&fill(inner, world, dependent));
        rest = &rest[open + inner.len() + 2..];
    }
    out.push_str(rest);
    out
}

/// Places that a sentence will name: those of its placeholders.
pub(super) fn named_places(text: &str, world: &World<'_>, dependent: Option<usize>) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let Some(inner) = braces(&rest[open..]) else {
            break;
        };
        if let Some(("place", key)) = inner.split_once(':') {
            out.extend(
                slot_of(key, world, dependent)
                    .and_then(|slot| world.fact(slot))
                    .and_then(place),
            );
        }
        rest = &rest[open + inner.len() + 2..];
    }
    out
}

fn fill(inner: &str, world: &World<'_>, dependent: Option<usize>) -> String {
    let (name, argument) = inner
        .split_once(':')
        .map_or((inner, ""), |(name, argument)| (name, argument));
    let (key, fallback) = argument
        .split_once('|')
        .map_or((argument, None), |(key, fallback)| (key, Some(fallback)));
    let slot = slot_of(key, world, dependent);
    let fact = slot.and_then(|slot| world.fact(slot));
    match name {
        "previous" => visible(&world.context.previous).into_owned(),
        "current" => visible(&world.context.current).into_owned(),
        "dependent" => name_of(world, dependent),
        "operation" => operation(world, dependent),
        "vanishes" => vanishes(world, dependent),
        "loss" => loss(world),
        "value" => fact.map_or_else(
            || "unknown".to_owned(),
            |fact| visible(&fact.value.to_string()).into_owned(),
        ),
        "source" => match fact.and_then(source) {
            Some(source) => source,
            None => fallback
                .map(|text| render(text, world, dependent))
                .unwrap_or_default(),
        },
        "place" => fact
            .and_then(place)
            .map(|place| format!(" ({place})"))
            .unwrap_or_default(),
        "switch" => fact.and_then(switch).unwrap_or_default(),
        "minutes" => slot
            .and_then(|slot| minutes(world, slot))
            .map(|text| format!(" ({text})"))
            .unwrap_or_default(),
        "span" => slot
            .and_then(|slot| minutes(world, slot))
            .unwrap_or_else(|| "an unknown time".to_owned()),
        _ => String::new(),
    }
}

/// A key inside a placeholder; `dependent.uses` means the dependent at hand.
fn slot_of(key: &str, world: &World<'_>, dependent: Option<usize>) -> Option<Slot> {
    match key.strip_prefix("dependent.") {
        Some(field) => world.concrete(&format!("dependent[].{field}"), dependent),
        None => world.concrete(key, dependent),
    }
}

/// A dependent's name in a sentence.
pub(super) fn name_of(world: &World<'_>, dependent: Option<usize>) -> String {
    match dependent.and_then(|at| world.dependents.get(at)) {
        Some(name) if name == UNNAMED => "some dependent".to_owned(),
        Some(name) => visible(name).into_owned(),
        None => "a dependent".to_owned(),
    }
}

/// A fact's source in words.
pub(super) fn source(fact: &Fact) -> Option<String> {
    let text = fact
        .source
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())?;
    Some(
        shorten(&visible(text), LONGEST)
            .trim_end_matches('.')
            .to_owned(),
    )
}

/// The first place that shows a fact: `src/pay.ts:88`.
pub(super) fn place(fact: &Fact) -> Option<String> {
    fact.evidence.iter().find_map(at)
}

/// A switch among the places of a fact, by which what it tells of is left out: its place shows the
/// bare name.
fn switch(fact: &Fact) -> Option<String> {
    fact.evidence.iter().find_map(|evidence| {
        let name = evidence.switch(fact.source.as_deref())?;
        let place = at(evidence)
            .map(|place| format!(" ({place})"))
            .unwrap_or_default();
        Some(format!(
            " with {} set so that it leaves the schema alone{place}",
            visible(name)
        ))
    })
}

fn at(evidence: &Evidence) -> Option<String> {
    let path = visible(evidence.path.as_deref()?).into_owned();
    Some(match evidence.line {
        Some(line) => format!("{path}:{line}"),
        None => path,
    })
}

/// What a dependent uses that vanishes: `POST /cards/verify`.
fn operation(world: &World<'_>, dependent: Option<usize>) -> String {
    let uses = slot_of("dependent.uses", world, dependent)
        .and_then(|slot| world.fact(slot))
        .and_then(source);
    uses.unwrap_or_else(|| format!("what {} lacks", visible(&world.context.previous)))
}

fn vanishes(world: &World<'_>, dependent: Option<usize>) -> String {
    let whole = world.fact(world.way_back()).and_then(source);
    let used = slot_of("dependent.uses", world, dependent)
        .and_then(|slot| world.fact(slot))
        .and_then(source);
    match (whole, used) {
        (Some(whole), Some(used))
            if !whole.contains(used.split(" and ").next().unwrap_or(&used)) =>
        {
            format!(
                "{} does not offer {used} as it is now",
                visible(&world.context.previous)
            )
        }
        (Some(whole), _) => whole,
        (None, Some(used)) => format!(
            "{} does not offer {used} as it is now",
            visible(&world.context.previous)
        ),
        (None, None) => format!(
            "something that others use is missing in {}",
            visible(&world.context.previous)
        ),
    }
}

fn loss(world: &World<'_>) -> String {
    let fact = world.facts.get(fact_key::DATABASE_DOWNS_LOSE_DATA);
    match fact.and_then(|fact| fact.value.as_word()) {
        Some("no") => "Nothing is lost by it".to_owned(),
        Some("yes") => {
            let named = fact
                .and_then(source)
                .map(|text| format!(" ({text})"))
                .unwrap_or_default();
            format!("Have two people accept what is lost by it{named}")
        }
        _ => "Find out what is lost by it, and have two people accept that".to_owned(),
    }
}

fn minutes(world: &World<'_>, slot: Slot) -> Option<String> {
    let Val::Number(number) = *world.values.get(slot)? else {
        return None;
    };
    Some(span(number))
}

/// Minutes as a person says them: `47 min`, `5 h`, `2 days`.
pub(super) fn span(minutes: f64) -> String {
    let whole = |number: f64, unit: &str| {
        let rounded = (number * 10.0).round() / 10.0;
        format!("{rounded} {unit}")
    };
    match minutes {
        m if m < 120.0 => whole(m.round(), "min"),
        m if m < 2880.0 => whole(m / 60.0, "h"),
        m if m < 14_400.0 => whole(m / 1440.0, "days"),
        m => whole((m / 1440.0).round(), "days"),
    }
}

/// Steps of a condition: statements of a fact's evidence stand on lines of their own. Beside them
/// the place of the step that is marked as the one that runs the down migrations.
pub(super) fn steps(
    texts: &[String],
    world: &World<'_>,
    dependent: Option<usize>,
) -> (Vec<String>, Option<usize>) {
    let (mut out, mut downs_at) = (Vec::new(), None);
    for text in texts {
        if text.contains(DOWNS) {
            downs_at.get_or_insert(out.len());
        }
        // A way down of which only rows tell whether it runs through is tried before.
        if let Some(key) = text
            .strip_prefix("{rehearsal:")
            .and_then(|rest| rest.strip_suffix('}'))
        {
            let fact = slot_of(key, world, dependent)
                .and_then(|slot| world.fact(slot))
                .filter(|fact| fact.confidence == Sureness::Low);
            let why = fact.map(|fact| {
                source(fact)
                    .map(|why| format!(": {why}"))
                    .unwrap_or_default()
            });
            out.extend(
                why.map(|why| format!("Rehearse the down migrations on a copy of production{why}")),
            );
            continue;
        }
        let inner = text
            .strip_prefix("{statements:")
            .and_then(|rest| rest.strip_suffix('}'));
        match inner
            .and_then(|key| slot_of(key, world, dependent))
            .map(|slot| world.fact(slot))
        {
            Some(fact) => out.extend(
                fact.into_iter()
                    .flat_map(|fact| &fact.evidence)
                    .filter_map(|evidence| evidence.statement().map(str::to_owned)),
            ),
            None => out.push(render(text, world, dependent)),
        }
    }
    (out, downs_at)
}

/// How a fact's value reads: `storefront copes without POST /cards/verify`.
pub(super) fn phrase(
    checklist: &Checklist,
    world: &World<'_>,
    slot: Slot,
    value: &FactValue,
) -> String {
    let key = &world.keys[slot];
    let pattern = catalogue::pattern(key);
    let word = match value {
        FactValue::Number(_) => "number".to_owned(),
        other => other.to_string(),
    };
    let found = checklist
        .phrases
        .iter()
        .find(|phrases| phrases.fact == pattern)
        .and_then(|phrases| phrases.words.iter().find(|(known, _)| *known == word));
    match found {
        Some((_, text)) => {
            let minutes = matches!(
                catalogue::find(key).map(|def| def.values),
                Some(catalogue::Values::Number("minutes"))
            );
            let shown = value
                .as_number()
                .map(|number| {
                    if minutes {
                        span(number)
                    } else {
                        number.to_string()
                    }
                })
                .unwrap_or_default();
            render(
                &text.replace("{value}", &shown),
                world,
                world.dependent_of(slot),
            )
        }
        None => format!("{} is {value}", visible(key)),
    }
}

/// An option in the middle of a sentence.
pub(super) fn option_words(option: OptionId) -> String {
    option.title().to_lowercase()
}

/// An option as a headline word.
pub(super) fn option_shout(option: OptionId) -> String {
    option.title().to_uppercase()
}

/// The question that settles a slot: among those still to be asked the one that settles most of
/// `wanted`.
pub(super) fn question_for<'c>(
    checklist: &'c Checklist,
    world: &World<'_>,
    slot: Slot,
    wanted: &[Slot],
) -> Option<&'c Question> {
    let dependent = world.dependent_of(slot);
    let mut best: Option<(usize, bool, bool, &Question)> = None;
    for question in &checklist.questions {
        let settles = world.settles(question, dependent);
        let Some(primary) = settles.first() else {
            continue;
        };
        // an opening question is asked for its own fact; the rest have questions of their own
        let done = *primary != slot && (!world.open[*primary] || world.asked[*primary]);
        if !settles.contains(&slot) || done || (question.opening.is_some() && world.asked[*primary])
        {
            continue;
        }
        let count = settles.iter().filter(|slot| wanted.contains(slot)).count();
        let rank = (
            count,
            *primary == slot,
            question.opening.is_none(),
            question,
        );
        let better = best.as_ref().is_none_or(|best| {
            (rank.0, rank.1, rank.2, std::cmp::Reverse(&rank.3.id))
                > (best.0, best.1, best.2, std::cmp::Reverse(&best.3.id))
        });
        if better {
            best = Some(rank);
        }
    }
    best.map(|(.., question)| question)
}

/// What would have to be asked about a rule: its first open fact's question, else the fact itself;
/// and the facts that the answer settles.
pub(super) fn asks_about(
    checklist: &Checklist,
    space: &Space<'_>,
    at: usize,
) -> (String, Option<Slot>, Vec<String>) {
    let world = space.world;
    let open: Vec<Slot> = super::strength::reads(space, at)
        .into_iter()
        .filter(|slot| world.values[*slot] == Val::Unknown)
        .collect();
    let Some(first) = open.first().copied() else {
        return ("an open fact".to_owned(), None, Vec::new());
    };
    match question_for(checklist, world, first, &open) {
        Some(question) => (
            render(&question.asks, world, world.dependent_of(first)),
            Some(first),
            question.facts.clone(),
        ),
        None => {
            let asks = catalogue::find(&world.keys[first]).map_or("", |def| def.asks);
            (
                format!("{asks} ({})", visible(&world.keys[first])),
                Some(first),
                vec![world.keys[first].clone()],
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_named_only_where_the_fact_says_that_it_leaves_it_out() {
        let named = Evidence::at("src/main.rs", 4).with_switch("SKIP_MIGRATIONS");
        let call = Evidence::at("src/main.rs", 8).with_excerpt("migrator.run(&pool)");
        let told = |says: &str| {
            Fact::sensed("database.start_gate", FactValue::word("likely"))
                .with_source(says)
                .with_evidence([call.clone(), named.clone()])
        };
        let said = switch(&told(
            "1.0.0 runs sqlx itself, unless SKIP_MIGRATIONS keeps the tool from running",
        ));
        assert_eq!(
            said.as_deref(),
            Some(" with SKIP_MIGRATIONS set so that it leaves the schema alone (src/main.rs:4)")
        );
        assert_eq!(switch(&told("1.0.0 runs sqlx itself")), None);
    }

    #[test]
    fn spans_read_as_people_say_them() {
        assert_eq!(span(6.0), "6 min");
        assert_eq!(span(300.0), "5 h");
        assert_eq!(span(2880.0), "2 days");
        assert_eq!(span(4000.0), "2.8 days");
    }
}
