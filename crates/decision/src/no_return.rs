//! Until when each option can be had: times where they are known, events where they are not.

use jiff::{SignedDuration, Timestamp};
use model::fact_key;

use model::{
    Assessment, Decision, DownKind, DownState, Facts, MigrationState, NoReturn, OptionId,
    OptionState, RevertEffect, RollbackEffect, escape_invisible,
};

/// See [`super::no_return`].
pub(super) fn no_return(
    decision: &Decision,
    assessment: &Assessment,
    facts: &Facts,
) -> Vec<NoReturn> {
    let mut limits = LimitList {
        found: decision.limits.clone(),
        assessment,
        facts,
    };
    limits.add_written_data();
    limits.add_lost_schema();
    limits.add_what_tools_keep();
    limits.add_staged_sides();
    limits.add_backup(decision);
    let mut found = limits.found;
    // what is sure and near comes first
    found.sort_by_key(|point| (point.at.is_none(), point.at, point.option));
    found.dedup();
    found
}

/// Limits that were found so far, and what they are read from.
struct LimitList<'a> {
    found: Vec<NoReturn>,
    assessment: &'a Assessment,
    facts: &'a Facts,
}

impl<'a> LimitList<'a> {
    fn add(&mut self, option: OptionId, passed: bool, says: String, why: String) {
        self.found.push(NoReturn {
            option: Some(option),
            at: None,
            passed,
            says: says.into(),
            why: why.into(),
        });
    }

    fn word(&self, key: &str) -> Option<&'a str> {
        self.facts.get(key).and_then(|fact| fact.value.as_word())
    }

    fn because(&self, key: &str) -> String {
        self.facts
            .get(key)
            .and_then(|fact| fact.source.as_ref())
            .map(|source| source.shown().into_owned())
            .unwrap_or_default()
    }

    /// What users wrote.
    fn add_written_data(&mut self) {
        let current = self.assessment.current.version.shown().into_owned();
        match (
            self.word(fact_key::DATABASE_NEW_FORM_ROWS),
            self.word(fact_key::CONTRACT_STORED),
            self.word(fact_key::DATABASE_DATA_MIGRATED),
        ) {
            (Some("yes"), ..) => self.add(
                OptionId::RollBack,
                true,
                format!("users have written data that only {current} reads"),
                self.because(fact_key::DATABASE_NEW_FORM_ROWS),
            ),
            (Some("no"), ..) | (None, Some("compatible") | None, Some("no") | None) => {}
            _ => self.add(
                OptionId::RollBack,
                false,
                format!("the first row, message or file that only {current} can read"),
                "the stored formats differ, and nobody has said that nothing was written yet"
                    .to_owned(),
            ),
        }
    }

    /// What the schema lost.
    fn add_lost_schema(&mut self) {
        let previous = self.assessment.previous.version.shown().into_owned();
        // whether previous needs what is gone may be open still: then it is asked, and nothing is over
        let dated = find_schema_point(self.assessment, self.facts);
        let destructive = self.word(fact_key::DATABASE_SCHEMA) == Some("destructive");
        if is_old_code_broken(self.facts) && destructive {
            self.add(
                OptionId::RollBack,
                true,
                format!(
                    "the schema lost what {previous} needs: after this last step of expand and \
                        contract there is no way back without restoring data"
                ),
                self.because(fact_key::DATABASE_SCHEMA),
            );
        } else if dated.is_some() {
            self.add(
                OptionId::RollBack,
                true,
                format!(
                    "a migration ran that {previous} does not work with, and that cannot be undone \
                        without losing something"
                ),
                self.because(fact_key::DATABASE_OLD_CODE),
            );
        }
        if let Some((point, last)) = dated.zip(self.found.last_mut()) {
            last.at = Some(point.at);
            last.why = point.says().into();
        }
    }

    fn add_what_tools_keep(&mut self) {
        for way in &self.assessment.way_back.returns {
            let Some(until) = &way.until else { continue };
            self.found.push(NoReturn {
                option: Some(OptionId::RollBack),
                at: way.until_at,
                passed: false,
                says: until.strip_prefix("until ").unwrap_or(until).into(),
                why: format!(
                    "{} ({}, {})",
                    way.says,
                    way.tool,
                    way.evidence.path.clone().unwrap_or_default()
                )
                .into(),
            });
        }
    }

    fn add_staged_sides(&mut self) {
        for side in &self.assessment.way_back.staged {
            let place = side
                .evidence
                .path
                .as_ref()
                .map(model::Untrusted::as_raw)
                .map(|path| match side.evidence.line {
                    Some(line) => format!("{path}:{line}"),
                    None => path.to_owned(),
                });
            self.found.push(NoReturn {
                option: Some(OptionId::ShiftTraffic),
                at: None,
                passed: self.word(fact_key::DEPLOYMENT_OLD_SIDE_WARM) == Some("no"),
                says: format!(
                    "{} ({})",
                    escape_invisible(side.until.strip_prefix("until ").unwrap_or(&side.until)),
                    side.tool
                )
                .into(),
                why: format!(
                    "{}, {}",
                    side.strategy,
                    escape_invisible(place.as_deref().unwrap_or_default())
                )
                .into(),
            });
        }
    }

    fn add_backup(&mut self, decision: &Decision) {
        let removed = decision.options.iter().any(|status| {
            status.option == OptionId::Restore && status.state == OptionState::Removed
        });
        if !removed
            && self
                .facts
                .get(fact_key::BACKUP_AGE_MINUTES)
                .is_some_and(|fact| fact.value.is_known())
        {
            self.found.push(NoReturn {
                option: Some(OptionId::Restore),
                at: None,
                passed: false,
                says:
                    ("the sooner the better, because every minute adds writes that it would lose")
                        .into(),
                why: self.because(fact_key::BACKUP_AGE_MINUTES).into(),
            });
        }
    }
}

/// When the schema stopped taking the previous release back: the first migration of the range that
/// ran, that the previous release does not work with, and that cannot be undone without loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaPoint {
    /// When it ran.
    pub at: Timestamp,
    /// The migration.
    pub migration: String,
    /// What says that it ran.
    pub file: String,
    /// Its line there.
    pub line: Option<usize>,
}

impl SchemaPoint {
    fn says(&self) -> String {
        let line = self.line.map_or(String::new(), |line| format!(":{line}"));
        format!(
            "{} ran at {} UTC ({}{line})",
            escape_invisible(&self.migration),
            self.at.strftime("%Y-%m-%d %H:%M"),
            escape_invisible(&self.file)
        )
    }
}

fn is_old_code_broken(facts: &Facts) -> bool {
    let known = facts
        .get(fact_key::DATABASE_OLD_CODE)
        .and_then(|fact| fact.value.as_word());
    matches!(known, Some("breaks-reads" | "breaks-writes"))
}

/// See [`super::find_schema_point`]. A time is given only where the history of the database names
/// one; that a migration is in the range says nothing about when it ran.
pub(super) fn find_schema_point(assessment: &Assessment, facts: &Facts) -> Option<SchemaPoint> {
    if !is_old_code_broken(facts) {
        return None;
    }
    let broken = |effect: RollbackEffect| {
        matches!(
            effect,
            RollbackEffect::BreaksReads | RollbackEffect::BreaksWrites
        )
    };
    let points = assessment.migrations.iter().filter_map(|migration| {
        let run = migration.ran.as_ref()?;
        let down = &migration.down;
        let no_way_down = matches!(down.kind, DownKind::None | DownKind::Irreversible)
            || matches!(
                down.state,
                Some(DownState::Empty | DownState::Failing | DownState::Harmful)
            )
            || down.loses_data == Some(true);
        let lost = migration.operations.iter().any(|operation| {
            broken(operation.rollback)
                && (operation.revert == RevertEffect::Irreversible
                    // a small step that makes it work is a way back of its own
                    || (no_way_down && operation.compatibility_step.is_none()))
        });
        if run.state != MigrationState::Applied || !broken(migration.rollback) || !lost {
            return None;
        }
        Some(SchemaPoint {
            at: run.at?,
            migration: migration.path.clone(),
            file: run.file.clone(),
            line: run.line,
        })
    });
    points.min_by_key(|point| point.at)
}

/// A moment some minutes from now; nothing that a clock cannot hold.
pub(super) fn add_minutes(now: Timestamp, minutes: f64) -> Option<Timestamp> {
    let seconds = (minutes * 60.0).clamp(-1e9, 1e9).round() as i64;
    // to the second: a moment that is counted anew each minute is the same on every screen and in
    // every report
    now.checked_add(SignedDuration::from_secs(seconds))
        .ok()?
        .round(jiff::Unit::Second)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::Checklist;
    use crate::{DecisionContext, make_decision};
    use model::{Fact, FactValue, Facts, Mode, Release, ReleaseRelation, RepositoryInfo, Staged};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn facts(list: &[(&str, FactValue)]) -> Facts {
        let now = at("2026-03-01T03:00:00Z");
        list.iter()
            .map(|(key, value)| {
                (
                    (*key).to_owned(),
                    Fact::sensed(*key, value.clone())
                        .observed(now)
                        .with_source("a source"),
                )
            })
            .collect()
    }

    fn decided(facts: &Facts, now: &str) -> Decision {
        let context = DecisionContext {
            mode: Mode::Incident,
            gate: None,
            now: at(now),
            deadline: None,
            previous: "3.0.0".to_owned(),
            current: "3.1.0".to_owned(),
            looked: crate::LookedAt::default(),
        };
        make_decision(facts, &Checklist::embedded(), &context)
    }

    fn points(facts: &Facts, staged: bool) -> Vec<NoReturn> {
        let release = |version: &str| Release {
            version: version.into(),
            commit: String::new(),
            time: None,
            tag: None,
            scheme: String::new(),
            prerelease: false,
        };
        let mut assessment = Assessment::new(
            RepositoryInfo::default(),
            release("3.0.0"),
            release("3.1.0"),
            ReleaseRelation::Ancestor,
        );
        if staged {
            assessment.way_back.staged.push(Staged {
                strategy: "blue-green".into(),
                tool: "CodeDeploy".to_owned(),
                buys: String::new(),
                until: "until its wait is over".to_owned(),
                evidence: model::Evidence::at("appspec.yml", 3),
            });
        }
        no_return(&decided(facts, "2026-03-01T03:00:00Z"), &assessment, facts)
    }

    #[test]
    fn the_clock_of_users_starts_with_the_deployment_and_differs_by_class() {
        for (class, minutes) in [
            ("always-on", 60),
            ("company-hours", 240),
            ("team-hours", 1440),
            ("dozen-daily", 4320),
        ] {
            let facts = facts(&[
                ("deployment.live_minutes", FactValue::Number(10.0)),
                ("deployment.usage_class", FactValue::word(class)),
            ]);
            let wanted = add_minutes(at("2026-03-01T03:00:00Z"), f64::from(minutes) - 10.0);
            assert_eq!(
                decided(&facts, "2026-03-01T03:00:00Z").deadline,
                wanted,
                "{class}"
            );
            // the clock runs on, the limit stays where it is
            assert_eq!(
                decided(&facts, "2026-03-01T03:20:00Z").deadline,
                wanted,
                "{class}"
            );
        }
        let none = facts(&[("deployment.usage_class", FactValue::word("always-on"))]);
        assert_eq!(
            decided(&none, "2026-03-01T03:00:00Z").deadline,
            None,
            "without a deploy time there is no clock"
        );
    }

    #[test]
    fn a_window_stays_where_it_ends_and_the_old_side_counts_only_for_shifting() {
        let window = facts(&[
            ("window.minutes_left", FactValue::Number(30.0)),
            ("deployment.minutes_back", FactValue::Number(10.0)),
        ]);
        for now in ["2026-03-01T03:00:00Z", "2026-03-01T03:15:00Z"] {
            assert_eq!(
                decided(&window, now).deadline,
                Some(at("2026-03-01T03:20:00Z")),
                "{now}"
            );
        }
        let side = facts(&[
            ("deployment.old_side_minutes_left", FactValue::Number(20.0)),
            ("impact.now", FactValue::word("down")),
        ]);
        assert_eq!(decided(&side, "2026-03-01T03:00:00Z").deadline, None);
        let mut warm = side;
        warm.extend(facts(&[
            ("deployment.old_side_warm", FactValue::word("yes")),
            ("harm.irreversible", FactValue::word("none")),
            ("deployment.in_progress", FactValue::word("no")),
            ("deployment.mixed", FactValue::word("no")),
            ("switch.exists", FactValue::word("no")),
            ("cause.attribution", FactValue::word("strong")),
        ]));
        let decision = decided(&warm, "2026-03-01T03:00:00Z");
        assert_eq!(
            (decision.option, decision.deadline),
            (OptionId::ShiftTraffic, Some(at("2026-03-01T03:20:00Z")))
        );
    }

    #[test]
    fn writes_of_users_end_going_back_and_a_side_has_its_place() {
        let wrote = points(
            &facts(&[("database.new_form_rows", FactValue::word("yes"))]),
            true,
        );
        assert!(
            wrote
                .iter()
                .any(|point| point.option == Some(OptionId::RollBack) && point.passed)
        );
        assert!(
            wrote
                .iter()
                .any(|point| point.option == Some(OptionId::ShiftTraffic)
                    && point.why.as_raw().contains("appspec.yml:3"))
        );
        let none = points(
            &facts(&[
                ("database.new_form_rows", FactValue::word("no")),
                ("contract.stored", FactValue::word("breaking")),
            ]),
            false,
        );
        assert_eq!(none, []);
        let open = points(
            &facts(&[("contract.stored", FactValue::word("breaking"))]),
            false,
        );
        assert!(
            open.iter()
                .any(|point| !point.passed && point.says.as_raw().contains("first row"))
        );
        // that something is gone is the end only where previous needs it
        let gone = [("database.schema", FactValue::word("destructive"))];
        assert_eq!(points(&facts(&gone), false), []);
        let needed = [
            gone[0].clone(),
            ("database.old_code", FactValue::word("breaks-reads")),
        ];
        assert!(points(&facts(&needed), false)[0].passed);
    }

    fn dropped(state: MigrationState, at_time: Option<&str>, down: DownKind) -> model::Migration {
        model::Migration {
            path: "db/7_drop.up.sql".to_owned(),
            file: "db/7_drop.up.sql".to_owned(),
            line: 1,
            group: String::new(),
            framework: model::Framework::GolangMigrate.into(),
            version: "7".to_owned(),
            dialect: model::Dialect::Postgres.into(),
            change: model::MigrationChange::Added,
            from: None,
            operations: vec![model::Operation {
                kind: model::OperationKind::DropColumn.into(),
                object: "orders.note".to_owned(),
                line: 1,
                rollback: RollbackEffect::BreaksReads,
                alone: RollbackEffect::BreaksReads,
                on_deploy: model::DeployEffect::Safe,
                revert: RevertEffect::LosesData,
                why: String::new(),
                used_by: Vec::new(),
                compatibility_step: None,
                query: None,
            }],
            rollback: RollbackEffect::BreaksReads,
            down: model::Down {
                kind: down,
                state: None,
                path: None,
                line: None,
                loses_data: None,
                why: None,
                rehearse: false,
            },
            ran: Some(model::MigrationRun {
                state,
                at: at_time.map(at),
                file: "migrations.csv".to_owned(),
                line: Some(9),
            }),
        }
    }

    #[test]
    fn the_point_of_no_return_is_dated_by_what_ran() {
        let known = facts(&[
            ("database.schema", FactValue::word("destructive")),
            ("database.old_code", FactValue::word("breaks-reads")),
        ]);
        let with = |migrations: Vec<model::Migration>| {
            let release = |version: &str| Release {
                version: version.into(),
                commit: String::new(),
                time: None,
                tag: None,
                scheme: String::new(),
                prerelease: false,
            };
            let mut assessment = Assessment::new(
                RepositoryInfo::default(),
                release("3.0.0"),
                release("3.1.0"),
                ReleaseRelation::Ancestor,
            );
            assessment.migrations = migrations;
            no_return(
                &decided(&known, "2026-03-01T03:00:00Z"),
                &assessment,
                &known,
            )
        };
        let ran = |time| dropped(MigrationState::Applied, time, DownKind::None);
        let dated = with(vec![
            ran(Some("2026-03-01T02:13:00Z")),
            ran(Some("2026-03-01T02:40:00Z")),
        ]);
        assert_eq!(dated[0].at, Some(at("2026-03-01T02:13:00Z")));
        assert!(dated[0].passed);
        assert_eq!(
            dated[0].why,
            "db/7_drop.up.sql ran at 2026-03-01 02:13 UTC (migrations.csv:9)"
        );
        // without a time, without a run, and where the way down is whole, nothing is dated
        for migrations in [
            vec![ran(None)],
            vec![dropped(
                MigrationState::Failed,
                Some("2026-03-01T02:13:00Z"),
                DownKind::None,
            )],
            vec![dropped(
                MigrationState::Applied,
                Some("2026-03-01T02:13:00Z"),
                DownKind::Script,
            )],
            Vec::new(),
        ] {
            let undated = with(migrations);
            assert_eq!((undated[0].at, undated[0].passed), (None, true));
        }
    }

    #[test]
    fn a_restore_that_is_ruled_out_sets_no_limit() {
        let backup = ("backup.age_minutes", FactValue::Number(30.0));
        let restores = |list: &[(&str, FactValue)]| {
            points(&facts(list), false)
                .into_iter()
                .filter(|point| point.option == Some(OptionId::Restore))
                .map(|point| point.says)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            restores(&[backup.clone(), ("data.damaged", FactValue::word("yes"))]),
            ["the sooner the better, because every minute adds writes that it would lose"]
        );
        let whole = ("data.damaged", FactValue::word("no"));
        assert!(restores(&[backup, whole]).is_empty());
    }
}
