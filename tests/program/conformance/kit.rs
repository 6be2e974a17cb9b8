//! Worlds near the tipping point, and what the classes ask of a rule.

use std::sync::OnceLock;

use backout::checklist::Checklist;
use backout::decision::{DecisionContext, list_question_answers, make_decision};
use backout::model::{Decision, Facts, Gate, Mode, OptionId};
use serde_json::Value;

use crate::common::Sample;
use crate::support::{answer, context, opened};

/// What the program does with a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Decides,
    Asks,
    Shows,
    Background,
}

impl Class {
    pub fn id(self) -> &'static str {
        match self {
            Self::Decides => "decides",
            Self::Asks => "asks",
            Self::Shows => "shows",
            Self::Background => "background",
        }
    }
}

/// Number, class, test.
pub struct Row(pub &'static str, pub Class, pub fn());

pub const BACK: OptionId = OptionId::RollBack;
pub const BACK_IF: OptionId = OptionId::RollBackWithConditions;
pub const FORWARD: OptionId = OptionId::RollForward;

/// A small release that touches neither schema nor contract; a fix is known. Going back leads by
/// half a point.
pub const LIGHT: &str =
    "release.styling_only=no cause.attribution=plausible fix.state=known fix.isolated=yes";
/// The same, and users will notice: both ways weigh the same, so the default decides.
pub const EVEN: &str = "release.styling_only=no cause.attribution=plausible fix.state=known \
    fix.isolated=yes users.notice=all";
/// The same, never rehearsed: going forward leads by half a point.
pub const HEAVY: &str = "release.styling_only=no cause.attribution=plausible fix.state=known \
    fix.isolated=yes users.notice=all rehearsal.level=0";
/// No fix, and the cause is clear: going back leads by four points.
pub const CLEAR: &str = "release.styling_only=no cause.attribution=strong fix.state=none";

/// A world with some facts more.
pub fn world(base: &str, more: &str) -> Facts {
    answer(opened("styling"), &format!("{base} {more}"))
}

/// The verdict in an incident.
pub fn verdict(base: &str, more: &str) -> Decision {
    make_decision(&world(base, more), &Checklist::embedded(), &context())
}

/// The verdict at a gate.
pub fn at_gate(gate: Gate, more: &str) -> Decision {
    let facts = answer(Facts::new(), &format!("{GATE} {more}"));
    make_decision(
        &facts,
        &Checklist::embedded(),
        &DecisionContext {
            mode: Mode::Deployment,
            gate: Some(gate),
            ..context()
        },
    )
}

/// What every gate needs to be passed.
const GATE: &str = "deployment.previous_available=yes deployment.previous_good=yes \
    deployment.undo_path=ok rehearsal.level=2 harm.irreversible=none \
    deployment.in_progress=no deployment.mixed=no impact.now=none data.damaged=no \
    database.schema=none database.old_code=safe database.verified=yes \
    database.start_gate=no database.downs=complete database.compatibility_step=none \
    contract.way_back=compatible contract.stored=compatible";

/// *decides*: the facts on the left lead to one option, those on the right to another.
pub fn flips(base: &str, with: (&str, OptionId), without: (&str, OptionId)) {
    for (facts, option) in [with, without] {
        let decision = verdict(base, facts);
        assert_eq!(
            decision.option,
            option,
            "{facts}\n{}",
            decision.trace.join("\n")
        );
    }
    assert_ne!(with.1, without.1, "it does not flip");
}

/// *asks*: the question is among those that are asked in this world, says these words, and its
/// answers lead to different decisions.
pub fn asks(facts: &Facts, question: &str, words: &str) {
    asks_in(facts, question, words, &context());
}

/// The same in another context.
pub fn asks_in(facts: &Facts, question: &str, words: &str, context: &DecisionContext) {
    let checklist = Checklist::embedded();
    let decision = make_decision(facts, &checklist, context);
    let asked = decision
        .questions
        .iter()
        .find(|next| next.question == question);
    let next = asked.unwrap_or_else(|| {
        panic!(
            "{question} is not asked, but {:?}",
            decision
                .questions
                .iter()
                .map(|next| &next.question)
                .collect::<Vec<_>>()
        )
    });
    assert!(
        next.asks
            .as_raw()
            .to_lowercase()
            .contains(&words.to_lowercase()),
        "{}",
        next.asks
    );
    let defined = checklist
        .question(question)
        .expect("a question of the checklist");
    let mut outcomes: Vec<String> = Vec::new();
    for (_, _, sets) in list_question_answers(defined, next, context) {
        let mut facts = facts.clone();
        for (key, value) in sets {
            facts.insert(key.clone(), backout::model::Fact::stated(&key, value));
        }
        let after = make_decision(&facts, &checklist, context);
        let states: Vec<_> = after
            .options
            .iter()
            .map(|status| (status.option, status.state, &status.conditions))
            .collect();
        outcomes.push(format!(
            "{:?} {states:?} {} {}",
            after.option, after.back, after.forward
        ));
    }
    if defined.choices.is_empty() {
        for number in ["0", "5", "100000"] {
            let after = make_decision(
                &answer(facts.clone(), &format!("{}={number}", defined.facts[0])),
                &checklist,
                context,
            );
            outcomes.push(format!(
                "{:?} {} {} {:?}",
                after.option, after.back, after.forward, after.deadline
            ));
        }
    }
    outcomes.sort();
    outcomes.dedup();
    assert!(
        outcomes.len() > 1,
        "{question}: every answer leads to the same"
    );
}

/// *shows*: the text has all of these words, whatever the lines are broken at.
pub fn shown(text: &str, words: &[&str]) {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for word in words {
        assert!(flat.contains(word), "{word:?} is not in\n{text}");
    }
}

/// *background*: the page on the guide says it.
pub fn explained(words: &[&str]) {
    let flat = include_str!("../../../docs/src/guide.md")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for word in words {
        assert!(
            flat.contains(word),
            "docs/src/guide.md does not say {word:?}"
        );
    }
}

/// Everything that makes going back the verdict.
pub const GO_BACK: &str = "harm.irreversible: none\nimpact.now: down\ndeployment.in_progress: \
    no\ndeployment.mixed: no\nswitch.exists: no\n\
    deployment.old_side_warm: no\ndeployment.previous_available: yes\ndeployment.previous_good: \
    yes\ndeployment.undo_path: ok\ndatabase.new_form_rows: no\n\
    cause.attribution: strong\nfix.state: none\ncontract.way_back: compatible\ncontract.stored: \
    compatible\nconfig.newer_than_previous: no\n\
    release.security_fix: no\ndatabase.start_gate: no\n";

/// A service with two releases; `files` belong to both.
pub fn service(files: &[(&str, &str)]) -> Sample {
    let sample = Sample::new();
    let first: Vec<(&str, &str)> = [("src/main.rs", "fn main() {}\n")]
        .into_iter()
        .chain(files.iter().copied())
        .collect();
    sample.commit("feat: first", &first);
    sample.tag("v1.1.20");
    sample.commit(
        "fix(cards): keep the last digits",
        &[("src/cards.rs", "pub fn digits() {}\n")],
    );
    sample.tag("v1.1.21");
    std::fs::write(sample.beside("back.yaml"), GO_BACK).expect("a file");
    sample
}

/// What `assess` prints when going back is the verdict.
pub fn going_back(sample: &Sample, more: &[&str]) -> String {
    let file = sample.beside("back.yaml");
    let mut arguments = vec![
        "assess",
        "1.1.20",
        "1.1.21",
        "--answers",
        file.to_str().expect("a path"),
    ];
    arguments.extend(more);
    let ran = sample.run(&arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    ran.out
}

/// The same as JSON.
pub fn going_back_json(sample: &Sample, more: &[&str]) -> Value {
    let arguments: Vec<&str> = ["--format", "json"]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    let value: Value = serde_json::from_str(&going_back(sample, &arguments)).expect("JSON");
    let option = value["verdict"]["option"].as_str().expect("an option");
    assert!(
        option.starts_with("roll-back"),
        "{option}: {:#}",
        value["verdict"]["because"]
    );
    value
}

/// The six-step process of the guide, going back.
pub fn six_steps() -> &'static Value {
    static PLAN: OnceLock<Value> = OnceLock::new();
    PLAN.get_or_init(|| {
        going_back_json(
            &service(&[(
                ".octopus/deployment_process.ocl",
                include_str!("../../fixtures/deployment/six_steps.ocl"),
            )]),
            &[],
        )
    })
}

/// The same as the newer pages resolve it.
pub fn resolved() -> &'static Value {
    static PLAN: OnceLock<Value> = OnceLock::new();
    PLAN.get_or_init(|| {
        going_back_json(
            &service(&[(
                ".octopus/deployment_process.ocl",
                include_str!("../../fixtures/deployment/six_steps_resolved.ocl"),
            )]),
            &[],
        )
    })
}

/// The seven questions over the six steps, as the program prints them.
pub fn seven_questions() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let sample = service(&[(
            ".octopus/deployment_process.ocl",
            include_str!("../../fixtures/deployment/six_steps.ocl"),
        )]);
        sample
            .run(&["rehearse", "1.1.20", "1.1.21", "--questions"])
            .out
    })
}

/// How a step of a plan is treated.
pub fn how<'v>(assessment: &'v Value, step: &str) -> &'v str {
    let plan = assessment["plan"].as_array().expect("a plan");
    let found = plan.iter().find(|one| {
        one["step"]
            .as_str()
            .is_some_and(|text| text.starts_with(step))
    });
    found.unwrap_or_else(|| panic!("{step} is not in {plan:#?}"))["how"]
        .as_str()
        .expect("a word")
}

/// What findings of one check say.
pub fn finding(assessment: &Value, check: &str) -> String {
    let findings = assessment["findings"].as_array().expect("findings");
    findings
        .iter()
        .filter(|one| one["check"] == check)
        .map(|one| format!("{} {}\n", one["says"], one["do"]))
        .collect()
}

/// A state file beside a sample.
pub fn file(sample: &Sample, name: &str, text: &str) -> String {
    let file = sample.beside(name);
    std::fs::write(&file, text).expect("a file");
    file.display().to_string()
}

/// A time some minutes ago, in a form of `strftime`.
pub fn ago(minutes: i64, form: &str) -> String {
    (jiff::Timestamp::now() - jiff::SignedDuration::from_mins(minutes))
        .strftime(form)
        .to_string()
}
