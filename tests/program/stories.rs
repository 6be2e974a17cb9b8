//! End to end: each demo story is built, assessed and decided, without answers and with those of
//! the worked cases, and must come out exactly as the worked cases say.

use std::path::Path;

use backout::assess::{Assessed, Request, assess_release_pair};
use backout::checklist::{Checklist, catalogue};
use backout::command::demo::{BuiltStory, DemoCase, build_in, find_story};
use backout::decision::{DecisionContext, make_decision, resolve_facts};
use backout::model::{Decision, Fact, FactValue, Mode, OptionId, OptionState, Provenance};
use jiff::Timestamp;

/// Facts that the fixed opening settles.
const OPENING: [&str; 14] = [
    "harm.irreversible",
    "deployment.in_progress",
    "deployment.mixed",
    "deployment.strategy",
    "impact.now",
    "impact.all_users",
    "switch.exists",
    "switch.tested_off",
    "deployment.old_side_warm",
    "deployment.previous_available",
    "deployment.previous_good",
    "deployment.undo_path",
    "cause.self_sustaining",
    "data.damaged",
];

struct Told {
    story: BuiltStory,
    assessed: Assessed,
    now: Timestamp,
}

fn tell(id: &str, root: &Path) -> Told {
    let story = build_in(&find_story(Some(id)).unwrap(), root).unwrap();
    let request = Request {
        repository: story.repository.clone(),
        previous: Some(story.previous.clone()),
        current: Some(story.current.clone()),
        environment: Some(story.environment.clone()),
        ..Request::default()
    };
    let assessed =
        assess_release_pair(&request, &|_| {}).unwrap_or_else(|error| panic!("{id}: {error}"));
    Told {
        story,
        assessed,
        now: Timestamp::now(),
    }
}

impl Told {
    fn decide(&self, case: &DemoCase) -> Decision {
        let sensed: Vec<Fact> = self.assessed.assessment.facts.values().cloned().collect();
        let mut stated = self.story.stated(self.now);
        for (key, text) in &case.answers {
            let value = catalogue::parse_fact_value(key, text)
                .unwrap_or_else(|error| panic!("{}: {key}: {error}", self.story.id));
            stated.push(Fact::stated(key.clone(), value).observed(self.now));
        }
        let facts = resolve_facts(&sensed, &stated).facts;
        let context = DecisionContext {
            mode: Mode::Incident,
            gate: None,
            now: self.now,
            deadline: None,
            previous: self.story.previous.clone(),
            current: self.story.current.clone(),
            looked: backout::decision::LookedAt::default(),
        };
        make_decision(&facts, &Checklist::embedded(), &context)
    }
}

fn check(told: &Told, case: &DemoCase) -> Vec<String> {
    let decision = told.decide(case);
    let mut wrong = Vec::new();
    if Some(decision.option) != case.option {
        wrong.push(format!(
            "option {:?}, wanted {:?}",
            decision.option.id(),
            case.option.map(OptionId::id)
        ));
    }
    if case
        .strength
        .is_some_and(|strength| strength != decision.strength)
    {
        wrong.push(format!(
            "strength {:?}, wanted {:?}",
            decision.strength, case.strength
        ));
    }
    if case.then.is_some() && case.then != decision.then {
        wrong.push(format!("then {:?}, wanted {:?}", decision.then, case.then));
    }
    if let Some((back, forward)) = case.sums
        && (decision.back, decision.forward) != (back, forward)
    {
        wrong.push(format!(
            "{} to {}, wanted {back} to {forward}",
            decision.back, decision.forward
        ));
    }
    for option in [OptionId::RollBack, OptionId::RollBackWithConditions] {
        let status = decision
            .options
            .iter()
            .find(|status| status.option == option);
        let removed = status.is_some_and(|status| status.state == OptionState::Removed);
        match case.removed.get(option.id()) {
            Some(rule) if !removed => {
                wrong.push(format!("{} is not removed (by {rule})", option.id()))
            }
            Some(rule)
                if !status.is_some_and(|status| {
                    status.blockers.iter().any(|blocker| &blocker.rule == rule)
                }) =>
            {
                wrong.push(format!(
                    "{} is removed, but not by {rule}: {:?}",
                    option.id(),
                    status.map(|status| &status.blockers)
                ));
            }
            // a case that names what is out names all of it
            None if removed && !case.removed.is_empty() => wrong.push(format!(
                "{} is removed: {:?}",
                option.id(),
                status.map(|status| &status.blockers)
            )),
            _ => {}
        }
    }
    for kind in &case.conditions {
        if !decision
            .conditions
            .iter()
            .any(|condition| condition.kind.as_str() == kind)
        {
            wrong.push(format!("no condition {kind}: {:?}", decision.conditions));
        }
    }
    let all: String = decision
        .conditions
        .iter()
        .flat_map(|condition| {
            let says = condition.says.to_string();
            std::iter::once(says).chain(condition.steps.iter().cloned())
        })
        .collect::<Vec<_>>()
        .join("\n");
    for words in &case.condition_says {
        if !all.contains(words.as_str()) {
            wrong.push(format!("no condition says `{words}`: {all}"));
        }
    }
    let outside = decision
        .questions
        .iter()
        .find(|question| !OPENING.contains(&question.fact.as_str()));
    if let Some(next) = &case.next
        && outside.is_none_or(|question| &question.fact != next && !question.settles.contains(next))
    {
        wrong.push(format!(
            "next is {:?}, wanted {next}",
            outside.map(|question| (&question.fact, &question.settles))
        ));
    }
    if case.only_opening {
        let open: Vec<_> = decision
            .open_facts
            .iter()
            .filter(|fact| !OPENING.contains(&fact.as_str()))
            .collect();
        if !open.is_empty() {
            wrong.push(format!("open beside the opening: {open:?}"));
        }
    }
    if !wrong.is_empty() {
        wrong.push(format!(
            "sums {} to {}\n    because {:?}\n    against {:?}\n    open {:?}",
            decision.back,
            decision.forward,
            decision.because,
            decision.against,
            decision.open_facts
        ));
    }
    wrong
}

fn story(id: &str) {
    let root = tempfile::tempdir().unwrap();
    let told = tell(id, root.path());
    let mut wrong = Vec::new();
    for case in &told.story.cases {
        for remark in check(&told, case) {
            wrong.push(format!("{id}, {}: {remark}", case.name));
        }
    }
    let shown: Vec<String> = told
        .assessed
        .assessment
        .facts
        .values()
        .map(|fact| {
            format!(
                "{} = {} ({})",
                fact.key,
                fact.value,
                fact.source.clone().unwrap_or_default()
            )
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{}\n\nfacts:\n{}\n\nunchecked: {:#?}",
        wrong.join("\n"),
        shown.join("\n"),
        told.assessed.assessment.unchecked
    );
}

#[test]
fn card_service() {
    story("card-service");
}

#[test]
fn card_service_fault() {
    story("card-service-fault");
}

#[test]
fn new_table() {
    story("new-table");
}

#[test]
fn not_null() {
    story("not-null");
}

#[test]
fn styling() {
    story("styling");
}

#[test]
fn quarterly() {
    story("quarterly");
}

/// What the stories say about themselves must be what the assessment sees, not only what the
/// decision makes of it.
#[test]
fn what_is_sensed_is_what_the_story_holds() {
    let root = tempfile::tempdir().unwrap();
    let value = |told: &Told, key: &str| {
        told.assessed
            .assessment
            .facts
            .get(key)
            .map_or(FactValue::Unknown, |fact| fact.value.clone())
    };
    for (id, wanted) in [
        (
            "card-service",
            &[
                ("contract.way_back", "breaking"),
                ("dependent[storefront].uses", "yes"),
                ("database.schema", "none"),
                ("release.size", "few"),
            ][..],
        ),
        (
            "card-service-fault",
            &[
                ("contract.way_back", "breaking"),
                ("dependent[storefront].uses", "no"),
                ("database.schema", "none"),
            ],
        ),
        (
            "new-table",
            &[
                ("contract.way_back", "compatible"),
                ("database.old_code", "doubt"),
                ("release.size", "few"),
                ("database.data_migrated", "no"),
            ],
        ),
        (
            "not-null",
            &[
                ("database.old_code", "breaks-writes"),
                ("database.compatibility_step", "exists"),
                ("contract.way_back", "compatible"),
            ],
        ),
        (
            "styling",
            &[
                ("release.styling_only", "yes"),
                ("database.schema", "none"),
                ("contract.way_back", "compatible"),
            ],
        ),
        (
            "quarterly",
            &[
                ("release.size", "many"),
                ("database.schema", "destructive"),
                ("database.old_code", "breaks-reads"),
                ("database.downs", "none"),
            ],
        ),
    ] {
        let told = tell(id, root.path());
        for (key, word) in wanted {
            assert_eq!(value(&told, key), FactValue::word(*word), "{id}: {key}");
        }
        assert_eq!(
            value(&told, "deployment.usage_class"),
            FactValue::word("always-on"),
            "{id}"
        );
        for fact in told.assessed.assessment.facts.values() {
            assert!(
                fact.source
                    .as_ref()
                    .is_some_and(|source| !source.is_empty()),
                "{id}: {} has no source",
                fact.key
            );
            assert!(fact.provenance != Provenance::Assumed, "{id}: {}", fact.key);
        }
    }
}
