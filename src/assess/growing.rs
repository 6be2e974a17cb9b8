//! What grows while the stages run, and what follows from it at any moment.

use super::Progress;
use super::coverage::{Grounds, unchecked_places, unseen_schema};
use super::declared::take_declarations;
use super::deployment::{self};
use super::facts::{Material, derive_assessment_facts};
use super::hints::RevertHintBasis;
use super::kinds::Kinds;
use super::observed::CountedFile;
use super::sorted::{sort_findings, sort_unchecked};
use crate::check::coverage::{Ledger, Mark};
use crate::check::database::Mechanism;
use crate::check::{self};
use crate::model::{Assessment, Config, Fact, Stage, Timings, Unchecked};
use crate::model::{CoverageDomain, MOST_OPEN_PLACES, OpenPlace};
use jiff::Timestamp;
use rehearsal::report::DatabaseRehearsal;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// What could not be checked where no change of the schema would be seen: all of the way back rests
/// on it.
const UNSEEN_SCHEMA: &str = "changes of the schema";

/// What grows while the stages run.
pub(super) struct Growing {
    pub(super) assessment: Assessment,
    pub(super) done: BTreeSet<Stage>,
    pub(super) database: Option<check::database::summary::DatabaseSummary>,
    pub(super) contract: Option<check::contract::ContractSummary>,
    pub(super) contracts_exist: bool,
    pub(super) deployment: Vec<Fact>,
    pub(super) ledger: Option<Ledger>,
    pub(super) mechanism: Option<Mechanism>,
    /// What the checks took apart, until the ledger takes it in.
    pub(super) marks: Vec<Mark>,
    /// Files that did not change and could not be searched, though a judgement rests on the
    /// search.
    pub(super) unsearched: Vec<(CoverageDomain, OpenPlace)>,
    /// Rows that somebody counted on production.
    pub(super) counted: Vec<CountedFile>,
    /// Labels of requests and commits were given.
    pub(super) labelled: bool,
    /// What rehearsals of these two commits saw on a database.
    pub(super) rehearsed: Vec<DatabaseRehearsal>,
    /// Changed files outside `--path`.
    pub(super) outside: u64,
    /// The ledger is whole.
    pub(super) joined: bool,
}

impl Growing {
    pub(super) fn new(assessment: Assessment) -> Self {
        Self {
            assessment,
            done: BTreeSet::new(),
            database: None,
            contract: None,
            contracts_exist: false,
            deployment: Vec::new(),
            ledger: None,
            mechanism: None,
            marks: Vec::new(),
            unsearched: Vec::new(),
            counted: Vec::new(),
            labelled: false,
            rehearsed: Vec::new(),
            outside: 0,
            joined: false,
        }
    }
}

/// What does not change while they run.
pub(super) struct Fixed<'a> {
    pub(super) config: &'a Config,
    pub(super) config_source: String,
    pub(super) kinds: Kinds,
    pub(super) at: Timestamp,
    pub(super) began: Instant,
    pub(super) progress: &'a (dyn Fn(Progress) + Sync),
    pub(super) step_by_step: bool,
    pub(super) growing: Mutex<Growing>,
}

impl Fixed<'_> {
    pub(super) fn lock(&self) -> MutexGuard<'_, Growing> {
        self.growing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what a stage found, brings everything that follows from it up to date, and reports.
    /// The lock is held while reporting, so that reports come one at a time and each knows at
    /// least as much as the one before.
    pub(super) fn end(&self, stage: Stage, began: Instant, take: impl FnOnce(&mut Growing)) {
        let mut growing = self.lock();
        take(&mut growing);
        if [
            Stage::Files,
            Stage::Database,
            Stage::Contract,
            Stage::Surroundings,
        ]
        .iter()
        .all(|stage| growing.done.contains(stage))
        {
            join_checks_into_ledger(&mut growing);
        }
        let timings = growing
            .assessment
            .timings
            .get_or_insert_with(Timings::default);
        timings
            .stages
            .insert(stage.id().to_owned(), measure_elapsed_millis(began));
        timings.total_ms = measure_elapsed_millis(self.began);
        let so_far = self.step_by_step.then(|| {
            self.refresh(&mut growing);
            Box::new(growing.assessment.clone())
        });
        (self.progress)(Progress::Stage(stage, so_far));
    }

    pub(super) fn refresh(&self, growing: &mut Growing) {
        let hints = RevertHintBasis::new(&growing.assessment, &self.kinds);
        for entry in growing
            .assessment
            .changelog
            .entries
            .iter_mut()
            .chain(&mut growing.assessment.changelog.lost)
        {
            entry.areas = self.kinds.areas(&entry.paths);
            entry.if_reverted = hints.of(entry);
        }
        sort_findings(&mut growing.assessment.findings);
        sort_unchecked(
            &mut growing.assessment.unchecked,
            growing.ledger.as_ref().filter(|_| growing.joined),
            UNSEEN_SCHEMA,
        );
        let facts = derive_assessment_facts(&Material {
            assessment: &growing.assessment,
            done: &growing.done,
            database: growing.database.as_ref(),
            contract: growing.contract.as_ref(),
            contracts_exist: growing.contracts_exist,
            config: self.config,
            config_source: &self.config_source,
            at: self.at,
            grounds: Grounds {
                ledger: growing.ledger.as_ref().filter(|_| growing.joined),
                mechanism: growing.mechanism.as_ref(),
                outside: growing.outside,
            },
            counted: &growing.counted,
            rehearsed: &growing.rehearsed,
        });
        deployment::merge_further_facts(&mut growing.assessment, facts, &growing.deployment);
    }
}

/// The ledger takes in what the checks said, once all of them have; what is open with a sign of its
/// own could not be checked.
pub(super) fn join_checks_into_ledger(growing: &mut Growing) {
    let Growing {
        assessment,
        ledger: Some(ledger),
        mechanism,
        marks,
        unsearched,
        labelled,
        outside,
        joined,
        contracts_exist,
        ..
    } = growing
    else {
        return;
    };
    if std::mem::replace(joined, true) {
        return;
    }
    if let Some(mechanism) = mechanism {
        marks.extend(mechanism.marks.iter().cloned());
    }
    let (declared, doubts) = take_declarations(assessment, *labelled);
    assessment.findings.extend(declared);
    marks.extend(doubts);
    ledger.take(marks);
    ledger.unsearched = std::mem::take(unsearched);
    assessment.coverage = ledger.rows(mechanism.as_ref().map(|mechanism| mechanism.says.as_str()));
    for row in assessment.coverage.iter_mut().filter(|_| *outside > 0) {
        row.open += *outside;
        let why = "changed files outside the chosen paths were not looked at".to_owned();
        row.places.insert(
            0,
            OpenPlace {
                path: "outside the chosen paths".into(),
                line: None,
                why: why.into(),
            },
        );
        row.places.truncate(MOST_OPEN_PLACES);
    }
    let mut looked = ledger.looked_at();
    looked.open += *outside;
    assessment.looked_at = Some(looked);
    if let Some(says) = mechanism
        .as_ref()
        .and_then(|mechanism| unseen_schema(ledger, mechanism))
    {
        let settle_with = "say whether the previous release works on the schema as it is, or name \
            the folder of the migrations as `database` in backout.yaml";
        assessment
            .unchecked
            .push(make_unchecked(UNSEEN_SCHEMA, says, Some(settle_with)));
    }
    let found = unchecked_places(ledger, &assessment.unchecked);
    assessment.unchecked.extend(found);
    if !*contracts_exist && ledger.is_open(CoverageDomain::Contract) {
        assessment.unchecked.push(make_unchecked(
            "interfaces without a contract file",
            "neither release has a contract file, so what callers would miss was not looked at",
            Some("name the files as `contracts` in backout.yaml, or ask who calls this service"),
        ));
    }
}

pub(super) fn measure_elapsed_millis(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn make_unchecked(
    what: &str,
    why: impl Into<String>,
    settle_with: Option<&str>,
) -> Unchecked {
    Unchecked {
        what: what.into(),
        why: why.into().into(),
        settle_with: settle_with
            .map(str::to_owned)
            .map(crate::model::Untrusted::from),
    }
}

/// What is known once every stage ended or stopped.
pub(super) fn finish_growing(fixed: Fixed<'_>) -> Growing {
    // a stage that stopped leaves its domain open; the others still say what they took apart
    {
        let mut growing = fixed.lock();
        let whole = growing.joined && fixed.step_by_step;
        join_checks_into_ledger(&mut growing);
        if !whole {
            fixed.refresh(&mut growing);
        }
    }
    fixed
        .growing
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
}
