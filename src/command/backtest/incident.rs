//! An incident as a file of incidents tells it, and what of it the decision is given.

use crate::model::fact_key;
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::checklist::catalogue;
use crate::model::{Fact, FactValue, Facts, Gate, escape_invisible, opens_more_than};

/// Most incidents that are read from one file.
const MOST: usize = 10_000;

/// Most brackets that are open at one place.
const DEPTH: usize = 200;

/// One incident. Keys beside these (source, organisation, evidence) are not read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Incident {
    /// Stable id.
    pub id: String,
    /// One sentence.
    pub summary: String,
    /// `before_start`, `after_db_changes`, `after_backend_changes`, `after_frontend_changes`,
    /// `after_complete`.
    pub gate: String,
    /// What was true and could be known when the first decision was made.
    pub facts: IncidentFacts,
    /// What was coded with hindsight.
    pub extra_facts: Hindsight,
    /// Keys of `facts` that the coder inferred.
    pub inferred_facts: Vec<String>,
    /// Keys of `facts` that hold only because the source says nothing to the contrary.
    pub silent_facts: Vec<String>,
    /// What was tried, in order.
    pub tried: Vec<TriedAction>,
    /// The action that would have been best, or `unclear`.
    pub hindsight_best: String,
}

/// Words of `facts`; `None` and `unknown` are the same.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct IncidentFacts {
    schema_change: Option<String>,
    contract_change: Option<String>,
    dependents_roll_back_or_tolerant: Option<String>,
    minutes_live: Minutes,
    users_wrote_new_data: Option<String>,
    staged: Option<String>,
    previous_release_available: Option<String>,
    changes_in_release: Option<String>,
    fix_known: Option<String>,
    kill_switch: Option<String>,
    rollback_rehearsed: Option<String>,
    rollout_running: Option<String>,
    data_damaged: Option<String>,
    cause: Option<String>,
    fix_isolated: Option<String>,
    downgrade: Option<String>,
}

/// Words of `extra_facts`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Hindsight {
    ongoing_irreversible_harm: Option<String>,
    service_impaired_now: Option<String>,
    rollback_path_healthy: Option<String>,
    self_sustaining_overload: Option<String>,
}

/// A number of minutes, or a word that says it is unknown.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Minutes {
    /// Minutes.
    Number(f64),
    /// `unknown`.
    Word(String),
    /// Not said.
    Nothing(()),
}

impl Default for Minutes {
    fn default() -> Self {
        Self::Nothing(())
    }
}

/// Something that was done, and what came of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TriedAction {
    /// `roll_back`, `roll_forward`, `disable_flag`, `shift_traffic`, `restore`, `pause`, or
    /// something without a family here.
    pub action: String,
    /// `worked`, `partial`, `failed`, `made_worse`, `no_effect`, `data_lost`, `delayed`.
    pub result: String,
}

/// Reads a file of incidents.
///
/// # Errors
/// One sentence: nested too deep, no list, an entry without id, two with the same, more than are
/// read.
pub fn read_incidents(text: &str) -> Result<Vec<Incident>> {
    if opens_more_than(text, DEPTH) {
        bail!(
            "it opens more than {DEPTH} brackets within each other; a list of incidents has a few"
        );
    }
    let incidents: Vec<Incident> = serde_yaml::from_str(text)
        .context("it is not a list of incidents (id, gate, facts, tried, hindsight_best)")?;
    if incidents.is_empty() {
        bail!("it lists no incident");
    }
    if incidents.len() > MOST {
        bail!(
            "it lists {} incidents; at most {MOST} are read",
            incidents.len()
        );
    }
    let mut seen = std::collections::BTreeSet::new();
    for (at, incident) in incidents.iter().enumerate() {
        if incident.id.trim().is_empty() {
            bail!("incident {} has no id", at + 1);
        }
        if !seen.insert(incident.id.as_str()) {
            bail!("the id {} is there twice", escape_invisible(&incident.id));
        }
    }
    Ok(incidents)
}

impl Incident {
    /// The gate the deployment had reached.
    ///
    /// # Errors
    /// One sentence for a word that is no gate.
    pub fn gate(&self) -> Result<Gate> {
        Ok(match self.gate.as_str() {
            "before_start" | "start" => Gate::Start,
            "after_db_changes" | "database" => Gate::Database,
            "after_backend_changes" | "backend" => Gate::Backend,
            "after_frontend_changes" | "frontend" => Gate::Frontend,
            "after_complete" | "complete" | "" => Gate::Complete,
            other => bail!(
                "incident {}: {} is no gate",
                escape_invisible(&self.id),
                escape_invisible(other)
            ),
        })
    }

    /// The words that the plain policies read.
    pub(super) fn plain(&self) -> Plain<'_> {
        let is = |word: &Option<String>, wanted: &str| word.as_deref() == Some(wanted);
        Plain {
            switch: is(&self.facts.kill_switch, "yes"),
            warm: is(&self.facts.staged, "canary") || is(&self.facts.staged, "blue_green"),
            wrote: is(&self.facts.users_wrote_new_data, "yes"),
            incident: self,
        }
    }

    /// The facts of the catalogue that follow, by name; with `hindsight` also those that were coded
    /// afterwards. What an incident does not say stays unknown: whether the previous release
    /// was good, whether a deployment was running, what the cause was.
    ///
    /// # Errors
    /// One sentence for a word that is not of the vocabulary.
    pub fn facts(&self, hindsight: bool) -> Result<Facts> {
        let known = &self.facts;
        let mut put = Put {
            incident: self,
            facts: Facts::new(),
        };
        put.words("schema_change", &known.schema_change, map_schema_word)?;
        put.contract(
            &known.contract_change,
            &known.dependents_roll_back_or_tolerant,
        )?;
        self.put_minutes(&mut put)?;
        put.words(
            "users_wrote_new_data",
            &known.users_wrote_new_data,
            map_user_writes_word,
        )?;
        // what is written after tables or rows changed their form has the new one
        let form = known
            .schema_change
            .as_deref()
            .is_some_and(|word| matches!(word, "data_migration" | "destructive"));
        if form && known.users_wrote_new_data.as_deref() == Some("yes") {
            put.one(
                "users_wrote_new_data",
                fact_key::DATABASE_NEW_FORM_ROWS,
                FactValue::word("yes"),
            );
        }
        put.words("staged", &known.staged, map_staging_word)?;
        put.words(
            "previous_release_available",
            &known.previous_release_available,
            map_availability_word,
        )?;
        put.words(
            "changes_in_release",
            &known.changes_in_release,
            map_size_word,
        )?;
        put.words("fix_known", &known.fix_known, map_fix_word)?;
        put.words("kill_switch", &known.kill_switch, map_switch_word)?;
        put.words(
            "rollback_rehearsed",
            &known.rollback_rehearsed,
            map_rehearsal_word,
        )?;
        put.words("rollout_running", &known.rollout_running, |word| {
            yes_no(word, fact_key::DEPLOYMENT_IN_PROGRESS)
        })?;
        put.words("data_damaged", &known.data_damaged, |word| {
            yes_no(word, fact_key::DATA_DAMAGED)
        })?;
        put.words("cause", &known.cause, map_cause_word)?;
        put.words("fix_isolated", &known.fix_isolated, |word| {
            yes_no(word, fact_key::FIX_ISOLATED)
        })?;
        put.words("downgrade", &known.downgrade, map_downgrade_word)?;
        if hindsight {
            self.put_hindsight(&mut put)?;
        } else {
            // it is an incident, so somebody was hit; how badly is hindsight
            put.one("", fact_key::IMPACT_NOW, FactValue::word("degraded"));
        }
        Ok(put.facts)
    }

    fn put_minutes(&self, put: &mut Put<'_>) -> Result<()> {
        let known = &self.facts;
        match &known.minutes_live {
            Minutes::Number(minutes) if minutes.is_finite() && *minutes >= 0.0 => {
                put.one(
                    "minutes_live",
                    fact_key::DEPLOYMENT_LIVE_MINUTES,
                    FactValue::Number(*minutes),
                );
            }
            Minutes::Number(minutes) => {
                bail!(
                    "incident {}: minutes_live is {minutes}",
                    escape_invisible(&self.id)
                )
            }
            Minutes::Word(word) if word != "unknown" => bail!(
                "incident {}: minutes_live is {}",
                escape_invisible(&self.id),
                escape_invisible(word)
            ),
            _ => {}
        }
        Ok(())
    }

    fn put_hindsight(&self, put: &mut Put<'_>) -> Result<()> {
        let extra = &self.extra_facts;
        put.words(
            "ongoing_irreversible_harm",
            &extra.ongoing_irreversible_harm,
            map_harm_word,
        )?;
        put.words(
            "service_impaired_now",
            &extra.service_impaired_now,
            map_impairment_word,
        )?;
        put.words(
            "rollback_path_healthy",
            &extra.rollback_path_healthy,
            map_undo_path_word,
        )?;
        put.words(
            "self_sustaining_overload",
            &extra.self_sustaining_overload,
            |word| yes_no(word, fact_key::CAUSE_SELF_SUSTAINING),
        )?;
        Ok(())
    }
}

/// See [`Incident::plain`].
pub(super) struct Plain<'a> {
    /// There is a switch.
    pub(super) switch: bool,
    /// The old side is kept up.
    pub(super) warm: bool,
    /// Users wrote data with the new release.
    pub(super) wrote: bool,
    /// The whole of it.
    pub(super) incident: &'a Incident,
}

/// What a word of the file sets: facts of the catalogue with their values; `None` for a word that
/// is not of the vocabulary.
type Sets = Option<Vec<(&'static str, &'static str)>>;

struct Put<'a> {
    incident: &'a Incident,
    facts: Facts,
}

impl Put<'_> {
    fn one(&mut self, name: &str, key: &str, value: FactValue) {
        let weak = |names: &[String]| names.iter().any(|known| known == name);
        let fact = Fact::stated(key, value).with_source(name);
        let fact = if weak(&self.incident.silent_facts) || weak(&self.incident.inferred_facts) {
            fact.low()
        } else {
            fact
        };
        self.facts.insert(key.to_owned(), fact);
    }

    fn words(
        &mut self,
        name: &str,
        word: &Option<String>,
        sets: impl Fn(&str) -> Sets,
    ) -> Result<()> {
        let Some(word) = word.as_deref().filter(|word| *word != "unknown") else {
            return Ok(());
        };
        let sets = sets(word).with_context(|| {
            format!(
                "incident {}: {name} is never {}",
                escape_invisible(&self.incident.id),
                escape_invisible(word)
            )
        })?;
        for (key, value) in sets {
            let value = catalogue::parse_fact_value(key, value).map_err(anyhow::Error::msg)?;
            self.one(name, key, value);
        }
        Ok(())
    }

    /// A changed contract and its dependents are one row: they go back too or cope, they do not, or
    /// nobody knows.
    fn contract(&mut self, change: &Option<String>, dependents: &Option<String>) -> Result<()> {
        self.words("contract_change", change, |word| match word {
            "none" => Some(vec![
                (fact_key::CONTRACT_WAY_BACK, "compatible"),
                (fact_key::CONTRACT_STORED, "compatible"),
            ]),
            "added" | "changed" | "removed" => Some(vec![
                (fact_key::CONTRACT_WAY_BACK, "breaking"),
                ("dependent[dependents].uses", "yes"),
            ]),
            _ => None,
        })?;
        if !self.facts.contains_key("dependent[dependents].uses") {
            return Ok(());
        }
        self.words(
            "dependents_roll_back_or_tolerant",
            dependents,
            |word| match word {
                "yes" => Some(vec![("dependent[dependents].copes", "yes")]),
                "no" => Some(vec![
                    ("dependent[dependents].copes", "no"),
                    ("dependent[dependents].can_go_back", "no"),
                ]),
                "na" => Some(vec![("dependent[dependents].uses", "no")]),
                _ => None,
            },
        )
    }
}

fn yes_no(word: &str, key: &'static str) -> Sets {
    match word {
        "yes" => Some(vec![(key, "yes")]),
        "no" => Some(vec![(key, "no")]),
        _ => None,
    }
}

/// What was dropped was in use until the release, so the previous release reads it; an incident
/// does not say more than that.
fn map_schema_word(word: &str) -> Sets {
    match word {
        "none" => Some(vec![
            (fact_key::DATABASE_SCHEMA, "none"),
            (fact_key::DATABASE_OLD_CODE, "safe"),
            (fact_key::DATABASE_START_GATE, "no"),
            (fact_key::DATABASE_DATA_MIGRATED, "no"),
        ]),
        "additive" => Some(vec![
            (fact_key::DATABASE_SCHEMA, "additive"),
            (fact_key::DATABASE_DATA_MIGRATED, "no"),
        ]),
        "data_migration" => Some(vec![
            (fact_key::DATABASE_SCHEMA, "changed"),
            (fact_key::DATABASE_DATA_MIGRATED, "yes"),
        ]),
        "destructive" => Some(vec![
            (fact_key::DATABASE_SCHEMA, "destructive"),
            (fact_key::DATABASE_OLD_CODE, "breaks-reads"),
        ]),
        _ => None,
    }
}

/// Canary and blue/green keep the old side up; a rolling replacement and none do not.
fn map_staging_word(word: &str) -> Sets {
    match word {
        "none" => Some(vec![
            (fact_key::DEPLOYMENT_STRATEGY, "none"),
            (fact_key::DEPLOYMENT_OLD_SIDE_WARM, "no"),
        ]),
        "rolling" => Some(vec![
            (fact_key::DEPLOYMENT_STRATEGY, "rolling"),
            (fact_key::DEPLOYMENT_OLD_SIDE_WARM, "no"),
        ]),
        "canary" => Some(vec![
            (fact_key::DEPLOYMENT_STRATEGY, "canary"),
            (fact_key::DEPLOYMENT_OLD_SIDE_WARM, "yes"),
        ]),
        "blue_green" => Some(vec![
            (fact_key::DEPLOYMENT_STRATEGY, "blue-green"),
            (fact_key::DEPLOYMENT_OLD_SIDE_WARM, "yes"),
        ]),
        _ => None,
    }
}

fn map_size_word(word: &str) -> Sets {
    match word {
        "few" => Some(vec![(fact_key::RELEASE_SIZE, "few")]),
        "some" => Some(vec![(fact_key::RELEASE_SIZE, "some")]),
        "many" => Some(vec![(fact_key::RELEASE_SIZE, "many")]),
        _ => None,
    }
}

fn map_fix_word(word: &str) -> Sets {
    match word {
        "yes" => Some(vec![(fact_key::FIX_STATE, "known")]),
        "no" => Some(vec![(fact_key::FIX_STATE, "none")]),
        _ => None,
    }
}

/// That users wrote is by itself no row that only the new release reads, but somebody who notices;
/// where nobody wrote there is no such row.
fn map_user_writes_word(word: &str) -> Sets {
    match word {
        "yes" => Some(vec![(fact_key::USERS_NOTICE, "some")]),
        "no" => Some(vec![(fact_key::DATABASE_NEW_FORM_ROWS, "no")]),
        _ => None,
    }
}

/// An incident that says that the previous release was not there says no less: nobody could build
/// it in time.
fn map_availability_word(word: &str) -> Sets {
    match word {
        "yes" => Some(vec![(fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE, "yes")]),
        "no" => Some(vec![
            (fact_key::DEPLOYMENT_PREVIOUS_AVAILABLE, "no"),
            (fact_key::DEPLOYMENT_PREVIOUS_SOURCE, "no"),
        ]),
        _ => None,
    }
}

fn map_cause_word(word: &str) -> Sets {
    match word {
        "strong" => Some(vec![(fact_key::CAUSE_ATTRIBUTION, "strong")]),
        "plausible" => Some(vec![(fact_key::CAUSE_ATTRIBUTION, "plausible")]),
        "weak" => Some(vec![(fact_key::CAUSE_ATTRIBUTION, "weak")]),
        "contradicted" => Some(vec![(fact_key::CAUSE_ATTRIBUTION, "contradicted")]),
        _ => None,
    }
}

/// Whether the schema led back by its down migrations.
fn map_downgrade_word(word: &str) -> Sets {
    match word {
        "works" => Some(vec![(fact_key::DATABASE_DOWNS, "complete")]),
        "fails" => Some(vec![(fact_key::DATABASE_DOWNS, "failing")]),
        "none" => Some(vec![(fact_key::DATABASE_DOWNS, "none")]),
        _ => None,
    }
}

/// A switch that an incident only names is one that nobody is known to have tried.
fn map_switch_word(word: &str) -> Sets {
    match word {
        "yes" => Some(vec![
            (fact_key::SWITCH_EXISTS, "yes"),
            (fact_key::SWITCH_TESTED_OFF, "no"),
        ]),
        "no" => Some(vec![(fact_key::SWITCH_EXISTS, "no")]),
        _ => None,
    }
}

/// Rehearsed is level 2 of the ladder, not rehearsed a plan at most.
fn map_rehearsal_word(word: &str) -> Sets {
    match word {
        "yes" => Some(vec![(fact_key::REHEARSAL_LEVEL, "2")]),
        "no" => Some(vec![(fact_key::REHEARSAL_LEVEL, "1")]),
        _ => None,
    }
}

fn map_harm_word(word: &str) -> Sets {
    match word {
        "yes" => Some(vec![(fact_key::HARM_IRREVERSIBLE, "confirmed")]),
        "no" => Some(vec![(fact_key::HARM_IRREVERSIBLE, "none")]),
        _ => None,
    }
}

fn map_impairment_word(word: &str) -> Sets {
    match word {
        "yes" => Some(vec![(fact_key::IMPACT_NOW, "degraded")]),
        "no" => Some(vec![(fact_key::IMPACT_NOW, "none")]),
        _ => None,
    }
}

fn map_undo_path_word(word: &str) -> Sets {
    match word {
        "yes" => Some(vec![(fact_key::DEPLOYMENT_UNDO_PATH, "ok")]),
        "no" => Some(vec![(fact_key::DEPLOYMENT_UNDO_PATH, "broken")]),
        _ => None,
    }
}
