//! Keys of facts. The catalogue of the decision gives each its domain and its question, in the same
//! order; rooms that find facts use these names, so that a mistyped key does not compile.

macro_rules! fact_keys {
    ($($name:ident = $key:literal;)*) => {
        $(#[doc = concat!("`", $key, "`")] pub const $name: &str = $key;)*

        /// All keys, in the order of the catalogue; those of dependents as patterns.
        pub const ALL: &[&str] = &[$($name,)*];
    };
}

fact_keys! {
    HARM_IRREVERSIBLE = "harm.irreversible";
    IMPACT_NOW = "impact.now";
    IMPACT_ALL_USERS = "impact.all_users";
    IMPACT_EXPECTED = "impact.expected";
    CAUSE_ATTRIBUTION = "cause.attribution";
    CAUSE_SELF_SUSTAINING = "cause.self_sustaining";
    RELIEF_KNOWN = "relief.known";
    DATA_DAMAGED = "data.damaged";
    DEPLOYMENT_GATE = "deployment.gate";
    DEPLOYMENT_IN_PROGRESS = "deployment.in_progress";
    DEPLOYMENT_MIXED = "deployment.mixed";
    DEPLOYMENT_LIVE_MINUTES = "deployment.live_minutes";
    DEPLOYMENT_ENVIRONMENT = "deployment.environment";
    DEPLOYMENT_STRATEGY = "deployment.strategy";
    DEPLOYMENT_OLD_SIDE_WARM = "deployment.old_side_warm";
    DEPLOYMENT_OLD_SIDE_MINUTES_LEFT = "deployment.old_side_minutes_left";
    DEPLOYMENT_PREVIOUS_AVAILABLE = "deployment.previous_available";
    DEPLOYMENT_PREVIOUS_SOURCE = "deployment.previous_source";
    DEPLOYMENT_PREVIOUS_GOOD = "deployment.previous_good";
    DEPLOYMENT_UNDO_PATH = "deployment.undo_path";
    DEPLOYMENT_PREVIOUS_INSTALLED = "deployment.previous_installed";
    DEPLOYMENT_MINUTES_BACK = "deployment.minutes_back";
    DEPLOYMENT_MINUTES_FORWARD = "deployment.minutes_forward";
    DEPLOYMENT_USAGE_CLASS = "deployment.usage_class";
    RELEASE_SIZE = "release.size";
    RELEASE_DAYS_SINCE_PREVIOUS = "release.days_since_previous";
    RELEASE_STYLING_ONLY = "release.styling_only";
    RELEASE_SECURITY_FIX = "release.security_fix";
    DATABASE_SCHEMA = "database.schema";
    DATABASE_OLD_CODE = "database.old_code";
    DATABASE_COMPATIBILITY_STEP = "database.compatibility_step";
    DATABASE_VERIFIED = "database.verified";
    DATABASE_VIEWS_ON_NEW = "database.views_on_new";
    DATABASE_START_GATE = "database.start_gate";
    DATABASE_DATA_MIGRATED = "database.data_migrated";
    DATABASE_NEW_FORM_ROWS = "database.new_form_rows";
    DATABASE_NEW_FORM_DRAIN = "database.new_form_drain";
    DATABASE_DOWNS = "database.downs";
    DATABASE_DOWNS_LOSE_DATA = "database.downs_lose_data";
    CONTRACT_WAY_BACK = "contract.way_back";
    CONTRACT_STORED = "contract.stored";
    CONTRACT_PROGRESS_MOVED = "contract.progress_moved";
    CONTRACT_STORE_MOVED = "contract.store_moved";
    CONTRACT_KEPT_BY_CLIENTS = "contract.kept_by_clients";
    CONTRACT_MEMBER_MOVED = "contract.member_moved";
    CONTRACT_EMPTIED_AT_START = "contract.emptied_at_start";
    CONTRACT_IS_THE_FAULT = "contract.is_the_fault";
    DEPENDENT_USES = "dependent[].uses";
    DEPENDENT_COPES = "dependent[].copes";
    DEPENDENT_CAN_GO_BACK = "dependent[].can_go_back";
    CONFIG_NEWER_THAN_PREVIOUS = "config.newer_than_previous";
    INFRASTRUCTURE_WAY_BACK = "infrastructure.way_back";
    INFRASTRUCTURE_LEFT_RUNNING = "infrastructure.left_running";
    FIX_STATE = "fix.state";
    FIX_ISOLATED = "fix.isolated";
    SWITCH_EXISTS = "switch.exists";
    SWITCH_TESTED_OFF = "switch.tested_off";
    USERS_NOTICE = "users.notice";
    RANGE_APPLIED = "range.applied";
    REHEARSAL_LEVEL = "rehearsal.level";
    REHEARSAL_DAYS_SINCE = "rehearsal.days_since";
    PROCESS_DATABASE_STEP_RERUNS = "process.database_step_reruns";
    WINDOW_MINUTES_LEFT = "window.minutes_left";
    BACKUP_AGE_MINUTES = "backup.age_minutes";
}

/// A fact that every dependent has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfDependent {
    /// It uses what goes away.
    Uses,
    /// It works without it.
    Copes,
    /// It can go back too.
    CanGoBack,
}

impl OfDependent {
    /// All, in the order of the catalogue.
    pub const ALL: [Self; 3] = [Self::Uses, Self::Copes, Self::CanGoBack];

    /// Its key for any dependent: `dependent[].uses`.
    pub const fn pattern(self) -> &'static str {
        match self {
            Self::Uses => DEPENDENT_USES,
            Self::Copes => DEPENDENT_COPES,
            Self::CanGoBack => DEPENDENT_CAN_GO_BACK,
        }
    }

    /// Its key for one dependent: `dependent[storefront].uses`.
    pub fn of(self, name: &str) -> String {
        self.pattern().replacen("[]", &format!("[{name}]"), 1)
    }
}
