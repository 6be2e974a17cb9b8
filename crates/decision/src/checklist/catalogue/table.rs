//! Every fact: key, values, how it is known, the question, and who would know.

use super::definition::{FactDef, Values};
use model::fact_key::{self};

const NO_YES: Values = Values::Words(&["no", "yes"]);

const YES_NO: Values = Values::Words(&["yes", "no"]);

const GRADE: Values = Values::Words(&["breaking", "doubt", "compatible"]);

const fn define_fact(
    key: &'static str,
    values: Values,
    how: &'static str,
    asks: &'static str,
    who: &'static str,
) -> FactDef {
    FactDef {
        key,
        values,
        how,
        asks,
        who,
    }
}

const LEAD: &str = "incident lead";

const DEPLOYER: &str = "whoever deploys";

const DBA: &str = "database owner";

const OWNER: &str = "service owner";

pub(super) static ALL: &[FactDef] = &[
    define_fact(
        fact_key::HARM_IRREVERSIBLE,
        Values::Words(&["confirmed", "suspected", "none"]),
        "A",
        "Is it doing damage right now that nobody can undo: wrong or leaked data, wrong payments, \
            people at risk, messages sent?",
        LEAD,
    ),
    define_fact(
        fact_key::IMPACT_NOW,
        Values::Words(&["none", "cosmetic", "degraded", "down"]),
        "A",
        "How badly are users affected right now?",
        "monitoring",
    ),
    define_fact(
        fact_key::IMPACT_ALL_USERS,
        NO_YES,
        "A",
        "Are all users affected?",
        "monitoring",
    ),
    define_fact(
        fact_key::IMPACT_EXPECTED,
        YES_NO,
        "A",
        "Will it get worse, as far as you know (a leak that fills up, a job tonight, the next \
            upgrade)?",
        LEAD,
    ),
    define_fact(
        fact_key::CAUSE_ATTRIBUTION,
        Values::Words(&["contradicted", "weak", "plausible", "strong"]),
        "SA",
        "Would the trouble end if the release were taken back?",
        LEAD,
    ),
    define_fact(
        fact_key::CAUSE_SELF_SUSTAINING,
        YES_NO,
        "A",
        "Does an overload keep itself going (retries, cold caches)?",
        "monitoring",
    ),
    define_fact(
        fact_key::RELIEF_KNOWN,
        NO_YES,
        "A",
        "Is something known that helps at once (restart, more capacity, fail over, shed load)?",
        OWNER,
    ),
    define_fact(
        fact_key::DATA_DAMAGED,
        YES_NO,
        "A",
        "Is stored data already wrong?",
        DBA,
    ),
    define_fact(
        fact_key::DEPLOYMENT_GATE,
        Values::Words(&["start", "database", "backend", "frontend", "complete"]),
        "SA",
        "Where in the deployment are we?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_IN_PROGRESS,
        YES_NO,
        "SA",
        "Is a deployment running right now?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_MIXED,
        YES_NO,
        "SA",
        "Do targets run different versions?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_LIVE_MINUTES,
        Values::Number("minutes"),
        "SA",
        "How long has it been live?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_ENVIRONMENT,
        Values::Words(&["production", "test"]),
        "SA",
        "Is this production or a test environment?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_STRATEGY,
        Values::Words(&[
            "none",
            "rolling",
            "canary",
            "weighted",
            "slots",
            "blue-green",
        ]),
        "SA",
        "How are new releases brought out?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_OLD_SIDE_WARM,
        NO_YES,
        "SA",
        "Can traffic go back to the old side right now?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_OLD_SIDE_MINUTES_LEFT,
        Values::Number("minutes"),
        "S",
        "How long is the old side kept up?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE,
        NO_YES,
        "SA",
        "Is the previous release still there to deploy?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_PREVIOUS_SOURCE,
        NO_YES,
        "SA",
        "Is the source of the previous release still there, so that it can be built again?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_PREVIOUS_GOOD,
        NO_YES,
        "SA",
        "Was the previous release itself good?",
        OWNER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_UNDO_PATH,
        Values::Words(&["broken", "ok"]),
        "SA",
        "Do tool, permission and access for going back work now?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_PREVIOUS_INSTALLED,
        NO_YES,
        "S",
        "Is the previous release still installed on its targets?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_MINUTES_BACK,
        Values::Number("minutes"),
        "SA",
        "How long does going back take?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_MINUTES_FORWARD,
        Values::Number("minutes"),
        "SA",
        "How long does shipping a fix take?",
        OWNER,
    ),
    define_fact(
        fact_key::DEPLOYMENT_USAGE_CLASS,
        Values::Words(&["always-on", "company-hours", "team-hours", "dozen-daily"]),
        "A",
        "Who uses it, and how much of the day?",
        OWNER,
    ),
    define_fact(
        fact_key::RELEASE_SIZE,
        Values::Words(&["many", "some", "few"]),
        "D",
        "How many changes would go back?",
        OWNER,
    ),
    define_fact(
        fact_key::RELEASE_DAYS_SINCE_PREVIOUS,
        Values::Number("days"),
        "S",
        "How long ago was the previous production release?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::RELEASE_STYLING_ONLY,
        NO_YES,
        "D",
        "Is it styling or markup only?",
        OWNER,
    ),
    define_fact(
        fact_key::RELEASE_SECURITY_FIX,
        YES_NO,
        "SA",
        "Does the new release close a security hole, or bring something that must not go back \
            (legal, prices)?",
        "security owner",
    ),
    define_fact(
        fact_key::DATABASE_SCHEMA,
        Values::Words(&["destructive", "changed", "additive", "tweak", "none"]),
        "D",
        "How did the schema change?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_OLD_CODE,
        Values::Words(&[
            "breaks-reads",
            "breaks-writes",
            "data-changed",
            "doubt",
            "safe",
        ]),
        "D",
        "Does the previous release work on the new schema?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_COMPATIBILITY_STEP,
        Values::Words(&["none", "exists"]),
        "D",
        "Is there a small step that makes old code work?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_VERIFIED,
        NO_YES,
        "SA",
        "Was the previous release tested on the new schema (changed views also while the new \
            tables are empty)?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_VIEWS_ON_NEW,
        YES_NO,
        "S",
        "Do views, procedures or triggers use something new?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_START_GATE,
        Values::Words(&["yes", "likely", "no"]),
        "S",
        "Does the previous release refuse to start on this schema?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_DATA_MIGRATED,
        YES_NO,
        "S",
        "Were stored rows rewritten?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_NEW_FORM_ROWS,
        YES_NO,
        "SA",
        "Have users written data that only the new release reads (rows, tokens, queue messages, \
            JSON, caches)?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_NEW_FORM_DRAIN,
        Values::Words(&["no", "loss", "yes"]),
        "A",
        "Can the data that only the new release reads be worked off (converted, worked through, \
            dropped without a loss)?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_DOWNS,
        Values::Words(&["harmful", "failing", "none", "incomplete", "complete"]),
        "D",
        "Are there down migrations for everything, and do they work?",
        DBA,
    ),
    define_fact(
        fact_key::DATABASE_DOWNS_LOSE_DATA,
        YES_NO,
        "D",
        "Do the down migrations lose data?",
        DBA,
    ),
    define_fact(
        fact_key::CONTRACT_WAY_BACK,
        GRADE,
        "D",
        "Does something that others call or read go away on the way back?",
        OWNER,
    ),
    define_fact(
        fact_key::CONTRACT_STORED,
        GRADE,
        "D",
        "Can the previous release read what was stored since?",
        OWNER,
    ),
    define_fact(
        fact_key::CONTRACT_PROGRESS_MOVED,
        YES_NO,
        "SA",
        "Is it kept under another name than before how far a consumer, a scheduler or a job came?",
        OWNER,
    ),
    define_fact(
        fact_key::CONTRACT_STORE_MOVED,
        YES_NO,
        "SA",
        "Is it stored or sent to another place than before: a file, a bucket, an index, a topic?",
        OWNER,
    ),
    define_fact(
        fact_key::CONTRACT_KEPT_BY_CLIENTS,
        YES_NO,
        "SA",
        "Do browsers keep something that only the new release gave them: HTTPS only, a service \
            worker?",
        OWNER,
    ),
    define_fact(
        fact_key::CONTRACT_MEMBER_MOVED,
        YES_NO,
        "SA",
        "Does a number that is stored mean another member of an enumeration to the previous \
            release?",
        OWNER,
    ),
    define_fact(
        fact_key::CONTRACT_EMPTIED_AT_START,
        YES_NO,
        "SA",
        "Does the previous release drop stored data by itself when it starts on the newer schema?",
        OWNER,
    ),
    define_fact(
        fact_key::CONTRACT_IS_THE_FAULT,
        NO_YES,
        "A",
        "Is it the changed interface itself that causes the trouble?",
        LEAD,
    ),
    define_fact(
        fact_key::DEPENDENT_USES,
        YES_NO,
        "SA",
        "Does the dependent already use what goes away?",
        "the dependent's team",
    ),
    define_fact(
        fact_key::DEPENDENT_COPES,
        NO_YES,
        "A",
        "Does the dependent still work when it is gone? (tested, not just believed)",
        "the dependent's team",
    ),
    define_fact(
        fact_key::DEPENDENT_CAN_GO_BACK,
        NO_YES,
        "A",
        "Can the dependent go back too?",
        "the dependent's team",
    ),
    define_fact(
        fact_key::CONFIG_NEWER_THAN_PREVIOUS,
        YES_NO,
        "SA",
        "Does live configuration or infrastructure need the new release?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::INFRASTRUCTURE_WAY_BACK,
        Values::Words(&["harmful", "doubt", "safe"]),
        "SA",
        "Would applying the infrastructure of the previous release be refused, or remove, replace \
            or shrink something that holds data?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::INFRASTRUCTURE_LEFT_RUNNING,
        YES_NO,
        "SA",
        "Does something that only the new release has go on running after the previous one was \
            applied?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::FIX_STATE,
        Values::Words(&["tested", "written", "known", "none"]),
        "SA",
        "How far is a fix?",
        OWNER,
    ),
    define_fact(
        fact_key::FIX_ISOLATED,
        YES_NO,
        "SA",
        "Can the fix be released without other unfinished work?",
        OWNER,
    ),
    define_fact(
        fact_key::SWITCH_EXISTS,
        NO_YES,
        "SA",
        "Is there a switch that turns the change off?",
        OWNER,
    ),
    define_fact(
        fact_key::SWITCH_TESTED_OFF,
        NO_YES,
        "A",
        "Was the switch tried lately, and does it take effect step by step?",
        OWNER,
    ),
    define_fact(
        fact_key::USERS_NOTICE,
        Values::Words(&["all", "some", "none"]),
        "A",
        "Will users notice what going back takes away?",
        "product owner",
    ),
    define_fact(
        fact_key::RANGE_APPLIED,
        Values::Words(&["all", "some", "none"]),
        "S",
        "Which migrations of the range have run?",
        DBA,
    ),
    define_fact(
        fact_key::REHEARSAL_LEVEL,
        Values::Number("level"),
        "D",
        "How well is going back rehearsed? (0 to 4)",
        DEPLOYER,
    ),
    define_fact(
        fact_key::REHEARSAL_DAYS_SINCE,
        Values::Number("days"),
        "D",
        "When was going back rehearsed last?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::PROCESS_DATABASE_STEP_RERUNS,
        YES_NO,
        "SA",
        "Would redeploying run the database step again?",
        DEPLOYER,
    ),
    define_fact(
        fact_key::WINDOW_MINUTES_LEFT,
        Values::Number("minutes"),
        "A",
        "When does the window (freeze, peak, people) end?",
        LEAD,
    ),
    define_fact(
        fact_key::BACKUP_AGE_MINUTES,
        Values::Number("minutes"),
        "SA",
        "How old is the last good backup?",
        DBA,
    ),
];

/// A fact's place in the table is a byte in compiled conditions.
const _: () = assert!(ALL.len() <= u8::MAX as usize);
