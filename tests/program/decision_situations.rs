//! Situations that a release manager meets, each with what is different in the one beside it.

use crate::support;

use backout::checklist::Checklist;
use backout::model::{Decision, OptionId, OptionState, Strength};
use support::{answer, opened, state, status, verdict};

const BACK: OptionId = OptionId::RollBack;
const BACK_IF: OptionId = OptionId::RollBackWithConditions;
const FORWARD: OptionId = OptionId::RollForward;
const HOLD: OptionId = OptionId::Hold;
const SHIFT: OptionId = OptionId::ShiftTraffic;

/// A small release of code, the opening answered, strong evidence, no fix.
fn code_only(more: &str) -> Decision {
    verdict(&answer(
        opened("styling"),
        &format!("release.styling_only=no cause.attribution=strong fix.state=none {more}"),
    ))
}

fn kinds(decision: &Decision, option: OptionId) -> Vec<&str> {
    status(decision, option)
        .conditions
        .iter()
        .map(|condition| condition.kind.as_str())
        .collect()
}

fn asks(decision: &Decision, id: &str) -> bool {
    decision.questions.iter().any(|next| next.question == id)
}

fn says(reasons: &[backout::model::Reason]) -> String {
    let all: Vec<&str> = reasons.iter().map(|reason| reason.says.as_raw()).collect();
    all.join("; ")
}

#[test]
fn that_no_damage_is_done_now_does_not_make_stored_data_right() {
    let quiet = "impact.now=none impact.expected=no";
    let unsaid = code_only(quiet);
    assert_eq!((unsaid.option, unsaid.strength), (HOLD, Strength::Open));
    assert!(asks(&unsaid, "damaged"));
    assert_eq!(
        code_only(&format!("{quiet} data.damaged=no")).option,
        OptionId::Go
    );
    let wrong = code_only(&format!("{quiet} data.damaged=yes"));
    assert_eq!(wrong.option, HOLD);
    // one answer says both, and not to know the harm leaves the data to its own question
    let checklist = Checklist::embedded();
    let harm = checklist.question("harm").expect("the harm question");
    let sets = |value: &str| {
        harm.choices.iter().any(|choice| {
            choice
                .sets
                .iter()
                .any(|(key, _)| key == "harm.irreversible")
                && choice
                    .sets
                    .iter()
                    .any(|(key, set)| key == "data.damaged" && set.as_word() == Some(value))
        })
    };
    assert!(sets("yes") && sets("no"));
    assert_eq!(harm.facts, ["harm.irreversible"]);
}

/// A canary whose schema step broke what the old code reads.
const CANARY: &str = "deployment.in_progress=yes deployment.mixed=yes deployment.old_side_warm=yes \
    deployment.strategy=canary \
    database.schema=destructive database.old_code=breaks-reads database.compatibility_step=none \
    database.downs=none";

#[test]
fn the_old_side_of_a_canary_is_believed_once_it_was_looked_at() {
    let unseen = code_only(CANARY);
    assert_eq!(
        (unseen.option, kinds(&unseen, SHIFT)),
        (SHIFT, vec!["probe"])
    );
    assert_ne!(unseen.strength, Strength::Firm);
    assert!(asks(&unseen, "verified"), "{:#?}", unseen.questions);
    let seen = code_only(&format!("{CANARY} database.verified=yes"));
    assert_eq!(
        (seen.option, state(&seen, SHIFT)),
        (SHIFT, OptionState::Cleared)
    );
    for strategy in ["canary", "weighted"] {
        let fails = code_only(&format!(
            "{CANARY} database.verified=no deployment.strategy={strategy}"
        ));
        assert_ne!(fails.option, SHIFT, "{strategy}");
    }
    // a failed test counts whatever was read
    let read_as_safe = code_only(
        "deployment.mixed=yes deployment.old_side_warm=yes deployment.strategy=canary \
            database.verified=no",
    );
    assert_ne!(read_as_safe.option, SHIFT);
}

#[test]
fn a_canary_under_which_everybody_is_down_is_stopped_and_not_trusted() {
    let canary = "deployment.in_progress=yes deployment.mixed=yes deployment.old_side_warm=yes \
        deployment.strategy=canary";
    let some = code_only(&format!("{canary} impact.now=down impact.all_users=no"));
    assert_eq!((some.option, some.strength), (SHIFT, Strength::Firm));
    let down = code_only(&format!("{canary} impact.now=down impact.all_users=yes"));
    assert_eq!((down.option, down.then), (HOLD, Some(SHIFT)));
    assert_ne!(down.strength, Strength::Firm);
    let degraded = code_only(&format!("{canary} impact.all_users=yes"));
    assert_eq!(
        (degraded.option, degraded.strength),
        (SHIFT, Strength::Close)
    );
    // once all traffic is on the new release, all users are those of the new release
    let over = code_only(
        "deployment.old_side_warm=yes deployment.strategy=canary impact.now=down \
            impact.all_users=yes",
    );
    assert_eq!((over.option, over.strength), (SHIFT, Strength::Firm));
}

#[test]
fn moved_traffic_opens_a_closed_hole_as_a_redeploy_does() {
    let hole = "release.security_fix=yes deployment.old_side_warm=yes";
    let warm = code_only(hole);
    assert_eq!(
        (warm.option, kinds(&warm, SHIFT)),
        (FORWARD, vec!["accept-risk"])
    );
    // most traffic meets the hole anyway
    let canary = code_only(&format!(
        "{hole} deployment.strategy=canary deployment.in_progress=yes deployment.mixed=yes \
            impact.all_users=no"
    ));
    assert_eq!(
        (canary.option, state(&canary, SHIFT)),
        (SHIFT, OptionState::Cleared)
    );
    let down = code_only(&format!("{hole} impact.now=down impact.all_users=yes"));
    assert_eq!(
        (down.option, kinds(&down, SHIFT)),
        (SHIFT, vec!["accept-risk"])
    );
    assert_eq!(
        code_only("release.security_fix=no deployment.old_side_warm=yes").option,
        SHIFT
    );
}

#[test]
fn a_fix_that_exists_counts_with_the_minutes_it_takes() {
    let quick = "fix.state=tested fix.isolated=yes deployment.minutes_back=60 \
        deployment.minutes_forward=5 impact.all_users=yes";
    let tested = code_only(quick);
    assert_eq!(tested.option, FORWARD);
    let counts = |decision: &Decision, rule: &str| {
        decision
            .trace
            .iter()
            .any(|line| line.starts_with(rule) && line.contains("holds"))
    };
    assert!(counts(&tested, "everybody-waits"), "{:#?}", tested.trace);
    for other in [
        // the redeploy is the faster way
        "deployment.minutes_back=5 deployment.minutes_forward=60",
        // nothing that could be shipped exists yet
        "fix.state=known",
        "fix.isolated=no",
        // nobody waits for minutes while it only looks wrong
        "impact.now=cosmetic",
    ] {
        let decision = code_only(&format!("{quick} {other}"));
        assert_eq!(decision.option, BACK, "{other}");
        assert!(!counts(&decision, "everybody-waits"), "{other}");
    }
}

#[test]
fn what_people_have_used_for_long_goes_forward_unless_it_stops_them() {
    let fix = "fix.state=known fix.isolated=yes deployment.minutes_back=10 \
        deployment.minutes_forward=1440";
    let long = format!("{fix} deployment.live_minutes=7200 impact.all_users=no");
    assert_eq!(code_only(&long).option, FORWARD);
    for stops in [
        "impact.now=down",
        "impact.all_users=yes",
        "deployment.live_minutes=30",
    ] {
        assert_eq!(
            code_only(&format!("{long} {stops}")).option,
            BACK,
            "{stops}"
        );
    }
    let looks = "impact.now=cosmetic deployment.live_minutes=30240";
    assert_eq!(code_only(looks).option, FORWARD);
    assert_eq!(code_only("impact.now=cosmetic").option, BACK);
}

#[test]
fn while_nobody_is_hit_a_fix_that_fits_stands_before_speed() {
    let known = "impact.now=none impact.expected=yes data.damaged=no fix.state=known \
        fix.isolated=yes \
        deployment.minutes_back=10 deployment.minutes_forward=300";
    let week = code_only(&format!("{known} window.minutes_left=10080"));
    assert_eq!((week.option, week.then), (HOLD, Some(FORWARD)));
    let tonight = code_only(&format!("{known} window.minutes_left=60"));
    assert_eq!((tonight.option, tonight.then), (HOLD, Some(BACK)));
    assert!(
        tonight.because[0].says.as_raw().contains("there is time"),
        "{:#?}",
        tonight.because
    );
}

#[test]
fn reasons_say_what_is_known_and_no_more() {
    let stuck = "fix.state=none cause.attribution=strong dependent[storefront].can_go_back=yes";
    let answered = verdict(&answer(
        opened("card-service"),
        &format!("{stuck} dependent[storefront].copes=no"),
    ));
    let against = says(&answered.against);
    assert!(
        against.contains("storefront does not work without it") && !against.contains("not known"),
        "{against}"
    );
    let open = verdict(&answer(opened("card-service"), stuck));
    assert!(says(&open.because).contains("not known") || says(&open.against).contains("not known"));
    // an idle side shows nothing before something is sent to it
    let doubt = "deployment.old_side_warm=yes database.schema=additive database.old_code=doubt";
    let idle = code_only(&format!("{doubt} deployment.strategy=blue-green"));
    assert!(says(&idle.against).contains("one request to the old side"));
    let canary = code_only(&format!(
        "{doubt} deployment.strategy=canary deployment.mixed=yes"
    ));
    assert!(says(&canary.against).contains("the old side that takes traffic now"));
    // nothing is argued for that is out
    let out = code_only("deployment.previous_good=no");
    assert!(out.against.is_empty(), "{:#?}", out.against);
}

#[test]
fn a_redeploy_that_runs_the_database_step_again_is_no_bare_command() {
    let additive = "database.schema=additive";
    let again = code_only(&format!("{additive} process.database_step_reruns=yes"));
    assert_eq!(
        (again.option, kinds(&again, BACK_IF)),
        (BACK_IF, vec!["keep-objects"])
    );
    let left_out = code_only(&format!("{additive} process.database_step_reruns=no"));
    assert_eq!(left_out.option, BACK);
    assert!(asks(&code_only(additive), "step-reruns"));
    // a schema that did not change has nothing to run
    let unchanged = code_only("process.database_step_reruns=yes");
    assert_eq!(unchanged.option, BACK);
    assert!(!asks(&code_only(""), "step-reruns"));
}

#[test]
fn an_old_side_that_nobody_tried_is_tried_first() {
    let warm = "deployment.old_side_warm=yes deployment.strategy=blue-green";
    for doubt in [
        "config.newer_than_previous=yes",
        "database.schema=additive database.old_code=doubt",
    ] {
        let probed = code_only(&format!("{warm} {doubt}"));
        assert_eq!(
            (probed.option, kinds(&probed, SHIFT)),
            (SHIFT, vec!["probe"]),
            "{doubt}"
        );
        assert_ne!(probed.strength, Strength::Firm, "{doubt}");
    }
    let tested = code_only(&format!(
        "{warm} database.schema=additive database.old_code=doubt database.verified=yes"
    ));
    assert_eq!(state(&tested, SHIFT), OptionState::Cleared);
}

#[test]
fn a_switch_may_take_away_what_a_dependent_needs() {
    let switch = "switch.exists=yes switch.tested_off=yes cause.attribution=strong fix.state=none";
    let needs = verdict(&answer(
        opened("card-service"),
        &format!("{switch} dependent[storefront].copes=no dependent[storefront].can_go_back=no"),
    ));
    assert_eq!(
        (
            needs.option,
            needs.strength,
            kinds(&needs, OptionId::FlagOff)
        ),
        (OptionId::FlagOff, Strength::Close, vec!["probe"])
    );
    let copes = verdict(&answer(
        opened("card-service"),
        &format!("{switch} dependent[storefront].copes=yes"),
    ));
    assert_eq!(
        (copes.option, copes.strength),
        (OptionId::FlagOff, Strength::Firm)
    );
}

#[test]
fn what_users_wrote_is_no_cache() {
    let stored = "contract.stored=breaking database.new_form_rows=yes";
    let unsaid = code_only(stored);
    assert_eq!(state(&unsaid, BACK_IF), OptionState::NotCleared);
    assert!(unsaid.strength == Strength::Open && asks(&unsaid, "new-form-drain"));
    let cache = code_only(&format!("{stored} database.new_form_drain=yes"));
    assert_eq!(
        (cache.option, kinds(&cache, BACK_IF)),
        (BACK_IF, vec!["drain"])
    );
    let lost = code_only(&format!("{stored} database.new_form_drain=loss"));
    assert_eq!(kinds(&lost, BACK_IF), ["two-persons", "drain"]);
    let kept = code_only(&format!("{stored} database.new_form_drain=no"));
    assert_eq!(
        (kept.option, state(&kept, BACK_IF)),
        (FORWARD, OptionState::Removed)
    );
    assert!(!asks(&code_only(""), "new-form-drain"));
}

#[test]
fn an_answer_that_gives_two_facts_is_tried_as_a_whole() {
    let mut facts = answer(
        opened("styling"),
        "release.styling_only=no contract.stored=breaking database.new_form_rows=yes \
            database.new_form_drain=yes \
         database.data_migrated=yes cause.attribution=strong impact.all_users=no",
    );
    facts.remove("database.old_code");
    let next = verdict(&facts).next_question.map(|next| next.question);
    // how far a fix is, and that it comes alone, ends the matter; the database owner need not look
    assert_eq!(next.as_deref(), Some("fix"));
}

#[test]
fn nothing_is_asked_that_can_only_matter_after_the_traffic_was_moved() {
    let mut facts = answer(
        opened("new-table"),
        "deployment.old_side_warm=yes deployment.strategy=blue-green cause.attribution=strong",
    );
    for key in [
        "database.downs",
        "database.compatibility_step",
        "deployment.undo_path",
    ] {
        facts.remove(key);
    }
    let warm = verdict(&facts);
    assert_eq!(warm.option, SHIFT);
    assert!(asks(&warm, "verified"), "{:#?}", warm.questions);
    for later in ["downs", "step", "undo-path", "fix", "minutes-back"] {
        assert!(!asks(&warm, later), "{later}");
    }
}
