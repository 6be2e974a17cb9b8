//! Words and marks of grades, kinds and states.

use crate::model::{
    Adoption, Confidence, ContractKind, DeployEffect, Direction, Domain, DownKind, DownState,
    FileKind, FileStatus, Grade, MigrationChange, OperationClass, OperationKind, RevertEffect,
    RevertTrial, Reverting, RollbackEffect, StepMode, Word, operation_title,
};
use crate::tui::theme::{Role, Theme};

/// A file's kind.
pub fn label_file_kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Styling => "styling",
        FileKind::Markup => "markup",
        FileKind::Code => "code",
        FileKind::Database => "database",
        FileKind::Contract => "contract",
        FileKind::Config => "config",
        FileKind::Infrastructure => "infrastructure",
        FileKind::Dependency => "dependency",
        FileKind::Test => "test",
        FileKind::Documentation => "documentation",
        FileKind::Other => "other",
    }
}

/// Letter, word and role of a status, as git writes the letter.
pub fn label_file_status(status: FileStatus) -> (&'static str, &'static str, Role) {
    match status {
        FileStatus::Added => ("A", "added", Role::Added),
        FileStatus::Deleted => ("D", "deleted", Role::Removed),
        FileStatus::Modified => ("M", "modified", Role::Text),
        FileStatus::Renamed => ("R", "renamed", Role::Warn),
    }
}

/// A field.
pub fn label_domain(domain: Domain) -> &'static str {
    match domain {
        Domain::Database => "database",
        Domain::StoredForm => "stored forms",
        Domain::Contract => "contract",
        Domain::Config => "configuration",
        Domain::Infrastructure => "infrastructure",
        Domain::Dependency => "dependencies",
        Domain::Security => "security",
        Domain::Process => "process",
        Domain::Deployment => "deployment",
        Domain::History => "history",
    }
}

/// A direction, as an adverbial.
pub fn label_direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Rollback => "on the way back",
        Direction::Deploy => "while deploying",
        Direction::Both => "both ways",
    }
}

/// How sure the program is.
pub fn label_confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Proven => "proven",
        Confidence::Likely => "likely",
        Confidence::Hint => "a hint, no more",
    }
}

/// Glyph and role of something that stands in the way, wants a look, is not known, or is fine.
pub fn choose_role_mark(theme: Theme, role: Role) -> &'static str {
    match role {
        Role::Bad => theme.pick("■", "#"),
        Role::Warn => theme.pick("▲", "!"),
        Role::Good => theme.tick(),
        _ => theme.dot(),
    }
}

/// What an operation does to the old code.
pub fn label_old_code_effect(effect: RollbackEffect) -> (Role, &'static str) {
    match effect {
        RollbackEffect::Safe => (Role::Good, "safe"),
        RollbackEffect::Doubt => (Role::Warn, "cannot tell"),
        RollbackEffect::DataChanged => (Role::Warn, "data changed"),
        RollbackEffect::BreaksWrites => (Role::Bad, "breaks writes"),
        RollbackEffect::BreaksReads => (Role::Bad, "breaks reads"),
    }
}

/// What an operation does while it is deployed.
pub fn label_deploy_effect(effect: DeployEffect) -> (Role, &'static str) {
    match effect {
        DeployEffect::Safe => (Role::Good, "safe"),
        DeployEffect::Locks => (Role::Warn, "locks"),
        DeployEffect::Rewrites => (Role::Warn, "rewrites"),
        DeployEffect::BreaksRunningCode => (Role::Bad, "breaks code"),
        DeployEffect::Unknown => (Role::Dim, "not known"),
    }
}

/// What undoing an operation costs.
pub fn label_revert_effect(effect: RevertEffect) -> (Role, &'static str) {
    match effect {
        RevertEffect::NothingLost => (Role::Good, "loses nothing"),
        RevertEffect::LosesData => (Role::Warn, "loses data"),
        RevertEffect::Irreversible => (Role::Bad, "cannot be undone"),
        RevertEffect::Unknown => (Role::Dim, "is not known"),
    }
}

/// What a change of a contract does one way.
pub fn label_contract_grade(grade: Grade) -> (Role, &'static str) {
    match grade {
        Grade::Compatible => (Role::Good, "compatible"),
        Grade::Doubt => (Role::Warn, "cannot tell"),
        Grade::Breaking => (Role::Bad, "breaking"),
    }
}

/// Whether somebody took a change up.
pub fn label_adoption(adoption: Adoption) -> &'static str {
    match adoption {
        Adoption::Used => "seen in use",
        Adoption::CouldBeUsed => "could be in use",
        Adoption::NotAdopted => "looked for and not found",
        Adoption::Unknown => "nobody looked",
    }
}

/// A format.
pub fn label_contract_kind(kind: ContractKind) -> &'static str {
    match kind {
        ContractKind::Openapi => "OpenAPI 3",
        ContractKind::Swagger => "OpenAPI 2",
        ContractKind::Asyncapi => "AsyncAPI",
        ContractKind::Protobuf => "protobuf",
        ContractKind::Graphql => "GraphQL",
        ContractKind::Avro => "Avro",
        ContractKind::JsonSchema => "JSON Schema",
        ContractKind::Pact => "Pact",
        ContractKind::Typescript => "TypeScript",
    }
}

/// What happened to a migration's file, where it is not simply new.
pub fn label_migration_change(change: MigrationChange) -> Option<&'static str> {
    match change {
        MigrationChange::Added => None,
        MigrationChange::Renamed => Some("renamed, not run again"),
        MigrationChange::RenamedRunsAgain => Some("renamed, runs again"),
        MigrationChange::Modified => Some("edited after it shipped"),
        MigrationChange::Removed => Some("removed"),
    }
}

/// The way down of a migration in a few words.
pub fn label_down_migration(kind: DownKind, state: Option<DownState>) -> (Role, &'static str) {
    match (kind, state) {
        (DownKind::Irreversible, _) => (Role::Bad, "says itself that it cannot be undone"),
        (_, Some(DownState::Harmful)) => (Role::Bad, "does more damage than it undoes"),
        (_, Some(DownState::Failing)) => (Role::Bad, "cannot run as it is written"),
        (_, Some(DownState::Incomplete)) => (Role::Warn, "leaves something behind"),
        (_, Some(DownState::Empty)) => (Role::Warn, "does nothing"),
        (DownKind::None, _) => (Role::Warn, "there is none"),
        (DownKind::Derivable, Some(DownState::Complete)) => {
            (Role::Good, "derived by the framework")
        }
        (DownKind::Derivable, None) => (Role::Dim, "derived by the framework; not judged"),
        (DownKind::Script, Some(DownState::Complete)) => (Role::Good, "undoes everything"),
        (DownKind::Script, None) => (Role::Dim, "a script; not judged"),
    }
}

/// An operation's kind in words.
pub fn label_operation(kind: &Word<OperationKind>) -> String {
    operation_title(kind)
}

/// What an operation does, in a word or two.
pub fn label_operation_class(kind: &Word<OperationKind>) -> &'static str {
    match kind.known().map(OperationKind::class) {
        Some(OperationClass::Adds) => "adds",
        Some(OperationClass::Drops) => "drops",
        Some(OperationClass::Renames) => "renames",
        Some(OperationClass::MovesData) => "moves data",
        Some(OperationClass::Changes) | None => "changes",
    }
}

/// What taking an entry back would do, in one word.
pub fn label_reverting(what: Reverting) -> &'static str {
    match what {
        Reverting::Nothing => "quiet",
        Reverting::FeatureLost => "feature",
        Reverting::BugReturns => "fault",
        Reverting::SecurityReopened => "security",
        Reverting::DataUnreadable => "data",
        Reverting::DependentBreaks => "dependent",
        Reverting::MigrationOrphaned => "migration",
        Reverting::ContractVanishes => "contract",
        Reverting::ConfigMismatch => "config",
        Reverting::DependencyDowngraded => "library",
        Reverting::Unknown => "unclear",
    }
}

/// Glyph, word and role of a step.
pub fn label_step_mode(theme: Theme, how: StepMode) -> (&'static str, &'static str, Role) {
    match how {
        StepMode::Condition => (theme.pick("◇", "?"), "condition", Role::Warn),
        StepMode::Check => (theme.pick("◆", "!"), "look", Role::Warn),
        StepMode::Run => (theme.pick("▶", ">"), "run", Role::Strong),
        StepMode::Skip => (theme.pick("–", "-"), "skip", Role::Dim),
        StepMode::RollbackOnly => (theme.pick("◀", "<"), "only back", Role::Back),
        StepMode::Verify => (theme.pick("◉", "="), "verify", Role::Good),
        StepMode::Afterwards => (theme.pick("○", "o"), "afterwards", Role::Text),
    }
}

/// How a trial went, in a sentence without its first word.
pub fn describe_revert_trial(trial: &RevertTrial) -> String {
    let files = |n: usize| format!("{n} {}", if n == 1 { "file" } else { "files" });
    match trial {
        RevertTrial::Clean { files: changed } => {
            format!("applies cleanly, {}", files(changed.len()))
        }
        RevertTrial::Conflicts { files: conflicts } => {
            format!("conflicts in {}", files(conflicts.len()))
        }
        RevertTrial::Empty => "would change nothing, its effect is gone already".to_owned(),
        RevertTrial::Impossible(why) => {
            format!("cannot be tried, {}", crate::model::escape_invisible(why))
        }
    }
}

/// The worse of two roles, as the eye should meet it.
pub fn choose_worse_role(one: Role, two: Role) -> Role {
    let weight = |role: Role| match role {
        Role::Bad => 3,
        Role::Warn => 2,
        Role::Dim => 1,
        _ => 0,
    };
    if weight(two) > weight(one) { two } else { one }
}
