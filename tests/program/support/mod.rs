//! What tests of the decision share: the demo stories as facts.

use backout::checklist::{Checklist, catalogue};
use backout::decision::{DecisionContext, make_decision};
use backout::model::{
    Decision, Evidence, Fact, FactValue, Facts, Mode, OptionId, OptionState, OptionStatus,
};

pub const TWO_DAYS: &str = "2880";
pub const SIX_MINUTES: &str = "6";

pub fn context() -> DecisionContext {
    DecisionContext {
        mode: Mode::Incident,
        gate: None,
        now: "2026-03-01T03:00:00Z".parse().unwrap(),
        deadline: None,
        previous: "3.0.0".to_owned(),
        current: "3.1.0".to_owned(),
        looked: backout::decision::LookedAt::default(),
    }
}

pub fn put(facts: &mut Facts, key: &str, value: &str) {
    let value = catalogue::parse_fact_value(key, value).unwrap();
    facts.insert(
        key.to_owned(),
        Fact {
            key: key.to_owned(),
            ..Fact::stated(key, value)
        },
    );
}

fn sense(facts: &mut Facts, list: &str) {
    for pair in list.split_whitespace() {
        let (key, value) = pair.split_once('=').unwrap();
        let value = catalogue::parse_fact_value(key, value).unwrap();
        facts.insert(key.to_owned(), Fact::sensed(key, value));
    }
}

/// What the checks see in any small range that touches neither schema nor contract.
const QUIET: &str = "release.size=few release.days_since_previous=14 release.styling_only=no \
    release.security_fix=no \
    database.schema=none database.old_code=safe database.start_gate=no database.data_migrated=no \
    contract.way_back=compatible contract.stored=compatible config.newer_than_previous=no \
    deployment.usage_class=always-on";

/// A demo story as sensed, nothing answered.
pub fn story(name: &str) -> Facts {
    let mut facts = Facts::new();
    sense(&mut facts, QUIET);
    let mut live = SIX_MINUTES;
    match name {
        "card-service" | "card-service-fault" => {
            live = TWO_DAYS;
            sense(&mut facts, "contract.way_back=breaking");
            let way_back = facts.get_mut("contract.way_back").unwrap();
            way_back.source = Some("3.0.0 has no POST /cards/verify".into());
            let uses = if name == "card-service" { "yes" } else { "no" };
            let uses = Fact::sensed("dependent[storefront].uses", FactValue::word(uses))
                .with_source("POST /cards/verify")
                .with_evidence(
                    (name == "card-service").then(|| Evidence::at("storefront src/pay.ts", 88)),
                );
            facts.insert(uses.key.clone(), uses);
        }
        "new-table" => sense(
            &mut facts,
            "database.schema=additive database.old_code=doubt database.views_on_new=yes \
                database.downs=none database.compatibility_step=none",
        ),
        "not-null" => {
            sense(
                &mut facts,
                "database.schema=additive database.old_code=breaks-writes database.downs=none \
                    database.compatibility_step=exists",
            );
            facts.get_mut("database.old_code").unwrap().source =
                Some("orders.note is NOT NULL without a default, and 3.0.0 writes orders".into());
            let step = facts.get_mut("database.compatibility_step").unwrap();
            step.source = Some("Set a default on orders.note".into());
            step.evidence = vec![
                Evidence::default()
                    .with_statement("ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';"),
            ];
        }
        "styling" => sense(&mut facts, "release.styling_only=yes"),
        "quarterly" => {
            sense(
                &mut facts,
                "release.size=many release.days_since_previous=91 database.schema=destructive \
                    database.old_code=breaks-reads database.downs=none \
                    database.compatibility_step=none",
            );
            facts.get_mut("database.old_code").unwrap().source =
                Some("the table invoices is gone, and 3.0.0 reads it".into());
        }
        other => panic!("{other} is not a story"),
    }
    sense(&mut facts, &format!("deployment.live_minutes={live}"));
    facts
}

/// The story with the opening five answered, the previous release there and good, nothing written
/// in a new form.
pub fn opened(name: &str) -> Facts {
    let mut facts = story(name);
    for pair in "harm.irreversible=none deployment.in_progress=no deployment.mixed=no \
        impact.now=degraded switch.exists=no deployment.old_side_warm=no \
        deployment.previous_available=yes deployment.previous_good=yes deployment.undo_path=ok \
        database.new_form_rows=no"
        .split_whitespace()
    {
        let (key, value) = pair.split_once('=').unwrap();
        put(&mut facts, key, value);
    }
    facts
}

pub fn answer(mut facts: Facts, list: &str) -> Facts {
    for pair in list.split_whitespace() {
        let (key, value) = pair.split_once('=').unwrap();
        put(&mut facts, key, value);
    }
    facts
}

pub fn verdict(facts: &Facts) -> Decision {
    make_decision(facts, &Checklist::embedded(), &context())
}

pub fn status(decision: &Decision, option: OptionId) -> &OptionStatus {
    decision
        .options
        .iter()
        .find(|status| status.option == option)
        .unwrap()
}

pub fn state(decision: &Decision, option: OptionId) -> OptionState {
    status(decision, option).state
}

pub const STORIES: [&str; 6] = [
    "card-service",
    "card-service-fault",
    "new-table",
    "not-null",
    "styling",
    "quarterly",
];
