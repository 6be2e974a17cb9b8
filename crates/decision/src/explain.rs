//! Sentences: placeholders of the checklist filled with versions, facts and evidence.

use super::space::Space;
use super::world::{FactSlot, UNNAMED, World};
use crate::checklist::cel::Val;
use crate::checklist::{Checklist, DOWNS, Question, catalogue, find_braced_text};
use model::fact_key;
use model::{
    Evidence, Fact, FactValue, OptionId, Sureness, Untrusted, escape_invisible, shorten_text,
};

/// Longest sentence from outside that is put into one of ours, in characters.
const LONGEST: usize = 240;

/// A sentence with its placeholders filled. `dependent` is the dependent it is about.
pub(super) fn render_sentence(text: &str, world: &World<'_>, dependent: Option<usize>) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let Some(inner) = find_braced_text(&rest[open..]) else {
            rest = &rest[open..];
            break;
        };
        out.push_str(&fill_placeholder(inner, world, dependent));
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
        let Some(inner) = find_braced_text(&rest[open..]) else {
            break;
        };
        if let Some(("place", key)) = inner.split_once(':') {
            out.extend(
                slot_of(key, world, dependent)
                    .and_then(|slot| world.fact(slot))
                    .and_then(find_fact_place),
            );
        }
        rest = &rest[open + inner.len() + 2..];
    }
    out
}

fn fill_placeholder(inner: &str, world: &World<'_>, dependent: Option<usize>) -> String {
    let (name, argument) = inner
        .split_once(':')
        .map_or((inner, ""), |(name, argument)| (name, argument));
    let (key, fallback) = argument
        .split_once('|')
        .map_or((argument, None), |(key, fallback)| (key, Some(fallback)));
    let slot = slot_of(key, world, dependent);
    let fact = slot.and_then(|slot| world.fact(slot));
    match name {
        "previous" => escape_invisible(&world.context.previous).into_owned(),
        "current" => escape_invisible(&world.context.current).into_owned(),
        "dependent" => name_of(world, dependent),
        "operation" => name_vanishing_operation(world, dependent),
        "vanishes" => explain_what_vanishes(world, dependent),
        "loss" => describe_data_loss(world),
        "value" => fact.map_or_else(
            || "unknown".to_owned(),
            |fact| escape_invisible(&fact.value.to_string()).into_owned(),
        ),
        "source" => match fact.and_then(describe_fact_source) {
            Some(source) => source,
            None => fallback
                .map(|text| render_sentence(text, world, dependent))
                .unwrap_or_default(),
        },
        "place" => fact
            .and_then(find_fact_place)
            .map(|place| format!(" ({place})"))
            .unwrap_or_default(),
        "switch" => fact.and_then(find_fact_switch).unwrap_or_default(),
        "minutes" => slot
            .and_then(|slot| write_slot_minutes(world, slot))
            .map(|text| format!(" ({text})"))
            .unwrap_or_default(),
        "span" => slot
            .and_then(|slot| write_slot_minutes(world, slot))
            .unwrap_or_else(|| "an unknown time".to_owned()),
        _ => String::new(),
    }
}

/// A key inside a placeholder; `dependent.uses` means the dependent at hand.
fn slot_of(key: &str, world: &World<'_>, dependent: Option<usize>) -> Option<FactSlot> {
    match key.strip_prefix("dependent.") {
        Some(field) => world.concrete(&format!("dependent[].{field}"), dependent),
        None => world.concrete(key, dependent),
    }
}

/// A dependent's name in a sentence.
pub(super) fn name_of(world: &World<'_>, dependent: Option<usize>) -> String {
    match dependent.and_then(|at| world.dependents.get(at)) {
        Some(name) if name == UNNAMED => "some dependent".to_owned(),
        Some(name) => escape_invisible(name).into_owned(),
        None => "a dependent".to_owned(),
    }
}

/// A fact's source in words.
pub(super) fn describe_fact_source(fact: &Fact) -> Option<String> {
    let text = fact
        .source
        .as_ref()
        .map(|source| Untrusted::from(source.as_raw().trim()))
        .filter(|text| !text.is_empty())?;
    Some(
        shorten_text(&text.shown(), LONGEST)
            .trim_end_matches('.')
            .to_owned(),
    )
}

/// The first place that shows a fact: `src/pay.ts:88`.
pub(super) fn find_fact_place(fact: &Fact) -> Option<String> {
    fact.evidence.iter().find_map(write_evidence_place)
}

/// A switch among the places of a fact, by which what it tells of is left out: its place shows the
/// bare name.
fn find_fact_switch(fact: &Fact) -> Option<String> {
    fact.evidence.iter().find_map(|evidence| {
        let name = evidence.switch(fact.source.as_ref().map(Untrusted::as_raw))?;
        let place = write_evidence_place(evidence)
            .map(|place| format!(" ({place})"))
            .unwrap_or_default();
        Some(format!(
            " with {} set so that it leaves the schema alone{place}",
            escape_invisible(name)
        ))
    })
}

fn write_evidence_place(evidence: &Evidence) -> Option<String> {
    let path = evidence.path.as_ref()?.to_string();
    Some(match evidence.line {
        Some(line) => format!("{path}:{line}"),
        None => path,
    })
}

/// What a dependent uses that vanishes: `POST /cards/verify`.
fn name_vanishing_operation(world: &World<'_>, dependent: Option<usize>) -> String {
    let uses = slot_of("dependent.uses", world, dependent)
        .and_then(|slot| world.fact(slot))
        .and_then(describe_fact_source);
    uses.unwrap_or_else(|| format!("what {} lacks", escape_invisible(&world.context.previous)))
}

fn explain_what_vanishes(world: &World<'_>, dependent: Option<usize>) -> String {
    let whole = world.fact(world.way_back()).and_then(describe_fact_source);
    let used = slot_of("dependent.uses", world, dependent)
        .and_then(|slot| world.fact(slot))
        .and_then(describe_fact_source);
    match (whole, used) {
        (Some(whole), Some(used))
            if !whole.contains(used.split(" and ").next().unwrap_or(&used)) =>
        {
            format!(
                "{} does not offer {used} as it is now",
                escape_invisible(&world.context.previous)
            )
        }
        (Some(whole), _) => whole,
        (None, Some(used)) => format!(
            "{} does not offer {used} as it is now",
            escape_invisible(&world.context.previous)
        ),
        (None, None) => format!(
            "something that others use is missing in {}",
            escape_invisible(&world.context.previous)
        ),
    }
}

fn describe_data_loss(world: &World<'_>) -> String {
    let fact = world.facts.get(fact_key::DATABASE_DOWNS_LOSE_DATA);
    match fact.and_then(|fact| fact.value.as_word()) {
        Some("no") => "Nothing is lost by it".to_owned(),
        Some("yes") => {
            let named = fact
                .and_then(describe_fact_source)
                .map(|text| format!(" ({text})"))
                .unwrap_or_default();
            format!("Have two people accept what is lost by it{named}")
        }
        _ => "Find out what is lost by it, and have two people accept that".to_owned(),
    }
}

fn write_slot_minutes(world: &World<'_>, slot: FactSlot) -> Option<String> {
    let Val::Number(number) = *world.values.get(slot)? else {
        return None;
    };
    Some(write_time_span(number))
}

/// Minutes as a person says them: `47 min`, `5 h`, `2 days`.
pub(super) fn write_time_span(minutes: f64) -> String {
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
pub(super) fn write_condition_steps(
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
                describe_fact_source(fact)
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
            None => out.push(render_sentence(text, world, dependent)),
        }
    }
    (out, downs_at)
}

/// How a fact's value reads: `storefront copes without POST /cards/verify`.
pub(super) fn phrase_fact_value(
    checklist: &Checklist,
    world: &World<'_>,
    slot: FactSlot,
    value: &FactValue,
) -> String {
    let key = &world.keys[slot];
    let pattern = catalogue::find_key_pattern(key);
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
                catalogue::find_fact_definition(key).map(|def| def.values),
                Some(catalogue::Values::Number("minutes"))
            );
            let shown = value
                .as_number()
                .map(|number| {
                    if minutes {
                        write_time_span(number)
                    } else {
                        number.to_string()
                    }
                })
                .unwrap_or_default();
            render_sentence(
                &text.replace("{value}", &shown),
                world,
                world.dependent_of(slot),
            )
        }
        None => format!("{} is {value}", escape_invisible(key)),
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
    slot: FactSlot,
    wanted: &[FactSlot],
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
) -> (String, Option<FactSlot>, Vec<String>) {
    let world = space.world;
    let open: Vec<FactSlot> = super::space::list_condition_slots(space, at)
        .into_iter()
        .filter(|slot| world.values[*slot] == Val::Unknown)
        .collect();
    let Some(first) = open.first().copied() else {
        return ("an open fact".to_owned(), None, Vec::new());
    };
    match question_for(checklist, world, first, &open) {
        Some(question) => (
            render_sentence(&question.asks, world, world.dependent_of(first)),
            Some(first),
            question.facts.clone(),
        ),
        None => {
            // a fact that a checklist of one's own brought has no other words than its name
            let asks = catalogue::find_fact_definition(&world.keys[first])
                .map(|def| def.asks.to_owned())
                .filter(|asks| !asks.is_empty())
                .unwrap_or_else(|| escape_invisible(&world.keys[first]).into_owned());
            (asks, Some(first), vec![world.keys[first].clone()])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_named_only_where_the_fact_shows_one() {
        let named = Evidence::at("src/main.rs", 4).with_switch("SKIP_MIGRATIONS");
        let call = Evidence::at("src/main.rs", 8).with_excerpt("migrator.run(&pool)");
        let told = |says: &str, places: &[Evidence]| {
            Fact::sensed("database.start_gate", FactValue::word("likely"))
                .with_source(says)
                .with_evidence(places.to_vec())
        };
        let says = "1.0.0 runs sqlx itself, unless SKIP_MIGRATIONS keeps the tool from running";
        let wanted =
            Some(" with SKIP_MIGRATIONS set so that it leaves the schema alone (src/main.rs:4)");
        let places = [call.clone(), named.clone()];
        assert_eq!(find_fact_switch(&told(says, &places)).as_deref(), wanted);
        assert_eq!(find_fact_switch(&told(says, &[call])), None);
        // a saved file says it in the fact's sentence only
        let saved = places.map(|place| Evidence {
            shows: model::Shows::Saved,
            ..place
        });
        assert_eq!(find_fact_switch(&told(says, &saved)).as_deref(), wanted);
        assert_eq!(
            find_fact_switch(&told("1.0.0 runs sqlx itself", &saved)),
            None
        );
    }

    #[test]
    fn spans_read_as_people_say_them() {
        assert_eq!(write_time_span(6.0), "6 min");
        assert_eq!(write_time_span(300.0), "5 h");
        assert_eq!(write_time_span(2880.0), "2 days");
        assert_eq!(write_time_span(4000.0), "2.8 days");
    }
}
