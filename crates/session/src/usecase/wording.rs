//! Facts, answers and questions in the words of the checklist that was in force: the same on the
//! screens, in reports and in a replay. The keys of facts are for files and command lines; a person
//! meets the question and the answer that was chosen.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::{Event, SessionState};
use decision::checklist::{Checklist, Choice, Question, catalogue};
use model::{Fact, FactValue, Provenance, Reverting, Sureness, escape_invisible};

/// How facts and questions of a pair of releases are said.
#[derive(Debug, Clone)]
pub struct Wording<'a> {
    checklist: Cow<'a, Checklist>,
    previous: String,
    current: String,
}

impl<'a> Wording<'a> {
    /// In the words of a checklist, about two versions.
    pub fn new(checklist: &'a Checklist, previous: &str, current: &str) -> Self {
        Self {
            checklist: Cow::Borrowed(checklist),
            previous: previous.to_owned(),
            current: current.to_owned(),
        }
    }
}

impl Wording<'_> {
    /// In the words of the shipped checklist.
    pub fn shipped(previous: &str, current: &str) -> Wording<'static> {
        Wording {
            checklist: Cow::Owned(Checklist::embedded()),
            previous: previous.to_owned(),
            current: current.to_owned(),
        }
    }

    /// In the words of the checklist that a session was held with; the shipped one where that
    /// cannot be read.
    pub fn of_session(events: &[Event]) -> Wording<'static> {
        let state = SessionState::fold(events);
        let own = state
            .start
            .as_ref()
            .filter(|start| !start.checklist.is_empty())
            .and_then(|start| Checklist::from_yaml(&start.checklist).ok());
        let begun = || {
            state
                .start
                .as_ref()
                .map(|start| (start.previous.clone(), start.current.clone()))
        };
        let (previous, current) = state.pair.clone().or_else(begun).unwrap_or_default();
        Wording {
            checklist: Cow::Owned(own.unwrap_or_else(Checklist::embedded)),
            previous,
            current,
        }
    }

    /// The version that would be gone back to.
    pub fn previous(&self) -> &str {
        &self.previous
    }

    /// A text of the checklist with the versions filled in.
    pub fn filled(&self, text: &str) -> String {
        let text = text
            .replace("{previous}", &self.previous)
            .replace("{current}", &self.current)
            .replace("{dependent}", "the dependent")
            .replace("{operation}", "what goes away");
        escape_invisible(&text).into_owned()
    }

    /// A question of the checklist by its id, as it is asked.
    pub fn question(&self, id: &str) -> Option<String> {
        self.checklist
            .questions
            .iter()
            .find(|question| question.id == id)
            .map(|question| self.filled(&question.asks))
    }

    /// A fact in the words of the question that settles it.
    pub fn asks(&self, key: &str) -> String {
        let name = catalogue::split_dependent_key(key).map(|(name, _)| name.to_owned());
        let pattern = catalogue::find_key_pattern(key);
        let questions = || self.checklist.questions.iter();
        // the question that asks for this alone says it best, then the one that is about it first
        let question = questions()
            .find(|question| question.facts.len() == 1 && question.facts.contains(&pattern))
            .or_else(|| {
                questions().find(|question| {
                    question.facts.first() == Some(&pattern)
                        && question.choices.iter().any(|choice| choice.sets.len() == 1)
                })
            })
            .or_else(|| questions().find(|question| question.facts.first() == Some(&pattern)));
        let definition = catalogue::find_fact_definition(&pattern);
        // a question that asks for this beside something else would say a sentence that nobody
        // answered: it is taken only where the fact has no words of its own
        let question = question.or_else(|| {
            let beside = || questions().find(|question| question.facts.contains(&pattern));
            definition.is_none().then(beside).flatten()
        });
        match (question, definition) {
            (Some(question), _) => self.filled(
                &question
                    .asks
                    .replace("{dependent}", name.as_deref().unwrap_or("the dependent")),
            ),
            (None, Some(def)) => self.filled(def.asks),
            (None, None) => fact_name(key),
        }
    }

    /// A fact's value as the answer that says it, else as the checklist's phrase for it.
    pub fn value(&self, fact: &Fact) -> String {
        if let (FactValue::Number(number), true) = (&fact.value, fact.key.ends_with("_minutes")) {
            return write_minutes(*number);
        }
        let chosen = self.chosen(&BTreeMap::from([(fact.key.as_str(), &fact.value)]));
        chosen
            .or_else(|| self.phrase(fact))
            .unwrap_or_else(|| write_fact_value(&fact.value))
    }

    /// A fact as a sentence of its own: `3.0.0 can be deployed`.
    pub fn sentence(&self, fact: &Fact) -> String {
        self.told(fact)
            .unwrap_or_else(|| format!("{} {}", fact_name(&fact.key), self.value(fact)))
    }

    /// How the checklist says a value in a sentence; a plain yes or no needs none.
    fn phrase(&self, fact: &Fact) -> Option<String> {
        if matches!(fact.value.as_word(), Some("yes" | "no")) {
            None
        } else {
            self.told(fact)
        }
    }

    /// A number with its unit where that is minutes.
    fn number(&self, fact: &Fact) -> String {
        match (
            &fact.value,
            catalogue::find_fact_definition(&fact.key).map(|def| def.values),
        ) {
            (FactValue::Number(number), Some(catalogue::Values::Number("minutes"))) => {
                write_minutes(*number)
            }
            _ => write_fact_value(&fact.value),
        }
    }

    fn told(&self, fact: &Fact) -> Option<String> {
        let word = match &fact.value {
            FactValue::Number(_) => "number",
            FactValue::Word(word) => word,
            _ => return None,
        };
        let pattern = catalogue::find_key_pattern(&fact.key);
        let phrases = self
            .checklist
            .phrases
            .iter()
            .find(|phrases| phrases.fact == pattern)?;
        let (_, text) = phrases.words.iter().find(|(known, _)| known == word)?;
        let name =
            catalogue::split_dependent_key(&fact.key).map_or("the dependent", |(name, _)| name);
        Some(
            self.filled(
                &text
                    .replace("{value}", &self.number(fact))
                    .replace("{dependent}", name),
            ),
        )
    }

    /// The answer a person gave, in the words it was chosen by, and what was asked: `no: Is there a
    /// switch?`; each fact where no choice says just that. The answer is first, as what does
    /// not fit a row is cut at its end. `of_all` may say a value in other words.
    pub fn said(&self, facts: &[Fact], of_all: &dyn Fn(&Fact) -> Option<String>) -> String {
        let Some(first) = facts.first() else {
            return String::new();
        };
        let values: BTreeMap<&str, &FactValue> = facts
            .iter()
            .map(|fact| (fact.key.as_str(), &fact.value))
            .collect();
        if let Some(title) = self.chosen(&values) {
            return format!(
                "{title}{}: {}",
                write_sureness(first),
                self.asked_of(facts, first)
            );
        }
        // a question with several facts that is not known is one thing that is not known
        let alike = facts.len() > 1
            && facts
                .iter()
                .all(|fact| !fact.value.is_known() && fact.value == first.value);
        if alike && let Some(asks) = self.one_question(facts) {
            return format!(
                "{}{}: {asks}",
                write_fact_value(&first.value),
                write_sureness(first)
            );
        }
        let each = facts.iter().map(|fact| {
            format!(
                "{}{}: {}",
                of_all(fact).unwrap_or_else(|| self.value(fact)),
                write_sureness(fact),
                self.asks(&fact.key)
            )
        });
        each.collect::<Vec<_>>().join(", ")
    }

    /// The choice of a question that says just these values.
    pub fn chosen(&self, values: &BTreeMap<&str, &FactValue>) -> Option<String> {
        let patterns: BTreeMap<String, &FactValue> = values
            .iter()
            .map(|(key, value)| (catalogue::find_key_pattern(key), *value))
            .collect();
        let same = |choice: &&Choice| {
            choice
                .sets
                .iter()
                .filter(|(key, _)| patterns.contains_key(key))
                .count()
                == values.len()
                && choice
                    .sets
                    .iter()
                    .all(|(key, value)| patterns.get(key) == Some(&value))
        };
        self.checklist
            .questions
            .iter()
            .flat_map(|question| &question.choices)
            .find(same)
            .map(|choice| self.filled(&choice.title))
    }

    /// The question that all these facts answer, else the one of the first.
    fn asked_of(&self, facts: &[Fact], first: &Fact) -> String {
        self.one_question(facts)
            .unwrap_or_else(|| self.asks(&first.key))
    }

    fn one_question(&self, facts: &[Fact]) -> Option<String> {
        let all = |question: &&Question| {
            facts.len() > 1
                && facts.iter().all(|fact| {
                    question
                        .facts
                        .contains(&catalogue::find_key_pattern(&fact.key))
                })
        };
        let question = self.checklist.questions.iter().find(all)?;
        let name = facts
            .first()
            .and_then(|fact| catalogue::split_dependent_key(&fact.key))
            .map(|(name, _)| name);
        Some(
            self.filled(
                &question
                    .asks
                    .replace("{dependent}", name.unwrap_or("the dependent")),
            ),
        )
    }
}

/// Where a fact comes from, with `age` behind the verb: `read 3 min ago, flyway`, `said by ops`.
/// An empty `age` says no time.
pub fn write_fact_origin(fact: &Fact, age: &str) -> String {
    let age = if age.is_empty() {
        String::new()
    } else {
        format!(" {age}")
    };
    let named = fact.source.as_ref();
    let source = named.map_or_else(String::new, |source| format!(", {}", source.shown()));
    match fact.provenance {
        // the option says already who: whoever typed the command
        Provenance::Stated if named.is_some_and(|source| source.as_raw().starts_with("--")) => {
            format!("given with{}{age}", source.trim_start_matches(','))
        }
        Provenance::Sensed => format!("read{age}{source}"),
        Provenance::Derived => format!("follows from what was read{source}"),
        Provenance::Assumed => format!("assumed{source}"),
        Provenance::Stated => {
            let who = fact.role.as_ref().or(fact.by.as_ref());
            let who = who.map_or_else(String::new, |who| format!(" by {}", who.shown()));
            let sure = if fact.confidence == Sureness::Low {
                ", believed"
            } else {
                ""
            };
            format!("said{who}{age}{sure}{source}")
        }
    }
}

fn write_sureness(fact: &Fact) -> &'static str {
    if fact.confidence == Sureness::Low {
        " (believed)"
    } else {
        ""
    }
}

/// Minutes as people say them.
pub fn write_minutes(minutes: f64) -> String {
    let whole = minutes.max(0.0).floor() as u64;
    match whole {
        0..120 => format!("{whole} min"),
        120..2880 if whole.is_multiple_of(60) => format!("{} h", whole / 60),
        120..2880 => format!("{} h {} min", whole / 60, whole % 60),
        _ => format!("{} days", whole / 1440),
    }
}

/// A fact's key in words, where no question asks for it: `dependent[storefront].copes` is
/// `storefront copes`.
pub fn fact_name(key: &str) -> String {
    if let Some((name, attribute)) = catalogue::split_dependent_key(key) {
        return format!("{} {}", escape_invisible(name), attribute.replace('_', " "));
    }
    escape_invisible(key).replace(['.', '_'], " ")
}

/// A value in words.
pub fn write_fact_value(value: &FactValue) -> String {
    match value {
        FactValue::Word(word) => escape_invisible(word).into_owned(),
        FactValue::Number(number) => format!("{number}"),
        FactValue::Unknown => "not known".to_owned(),
        FactValue::NotApplicable => "does not apply".to_owned(),
    }
}

/// What taking an entry back would do, in words.
pub fn write_reverting_effect(what: Reverting) -> &'static str {
    match what {
        Reverting::Nothing => "nobody would see it",
        Reverting::FeatureLost => "a feature disappears",
        Reverting::BugReturns => "a bug that was fixed is back",
        Reverting::SecurityReopened => "a closed security hole is open again",
        Reverting::DataUnreadable => "data written since cannot be read",
        Reverting::DependentBreaks => "a dependent stops working",
        Reverting::MigrationOrphaned => "a migration stays without the code that needs it",
        Reverting::ContractVanishes => "something that others call disappears",
        Reverting::ConfigMismatch => "the configuration no longer fits",
        Reverting::DependencyDowngraded => "a library goes back to an older version",
        Reverting::Unknown => "nobody can tell",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_say_them() {
        assert_eq!(
            [47.9, 180.0, 185.0, 4000.0].map(write_minutes),
            ["47 min", "3 h", "3 h 5 min", "2 days"]
        );
    }

    #[test]
    fn facts_are_said_as_question_and_answer() {
        let checklist = Checklist::embedded();
        let wording = Wording::new(&checklist, "3.0.0", "3.1.0");
        let said = |facts: &[Fact]| wording.said(facts, &|_| None);
        let fact = |key: &str, value: &str| Fact::stated(key, FactValue::word(value));
        assert_eq!(
            said(&[fact("deployment.previous_source", "no")]),
            "no: Can 3.0.0 be built again from its tag or its source?"
        );
        let copes = said(&[fact("dependent[storefront].copes", "yes")]);
        assert!(
            copes.starts_with("yes, it still works: Does storefront still work"),
            "{copes}"
        );
        let unknown =
            ["fix.state", "fix.isolated"].map(|key| Fact::stated(key, FactValue::Unknown));
        assert_eq!(
            said(&unknown),
            "not known: How far is a fix, and can it be released without other unfinished work?",
            "one question is said once"
        );
        let alone = said(&[fact("deployment.previous_good", "yes")]);
        assert!(
            !alone.contains("traffic"),
            "a question about two things is not said for one of them: {alone}"
        );
        for def in catalogue::list_fact_definitions() {
            let key = def.key.replace("[]", "[storefront]");
            let asks = wording.asks(&key);
            assert!(
                asks.ends_with(['?', ')']) && !asks.contains(&key),
                "{key}: {asks}"
            );
        }
    }

    #[test]
    fn keys_become_words() {
        assert_eq!(
            fact_name("dependent[storefront].can_go_back"),
            "storefront can go back"
        );
        assert_eq!(fact_name("impact.now"), "impact now");
    }
}
