//! What is recommended for an incident, by the program and by plain policies, and how it compares with what helped.

use anyhow::Result;
use serde::Serialize;

use super::incident::Incident;
use crate::checklist::Checklist;
use crate::decision::Context;
use crate::model::{Config, Decision, Fact, FactValue, Facts, Mode, OptionId, OptionState};
use crate::usecase::{self, Basis, Reading};

/// Minutes after which a release counts as long out for the plain reading of the guide: thirty days.
const MONTH: f64 = 43_200.0;

/// Actions of the same kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Take the change away: roll back, flag off, shift traffic.
    Undo,
    /// Build on top.
    Forward,
    /// Bring data back.
    Restore,
    /// Stop something first.
    Pause,
}

/// The family of an action's word; `None` for one that is none of the program's options.
pub fn family(action: &str) -> Option<Family> {
    match action {
        "roll_back" | "disable_flag" | "shift_traffic" => Some(Family::Undo),
        "roll_forward" => Some(Family::Forward),
        "restore" => Some(Family::Restore),
        "pause" => Some(Family::Pause),
        _ => None,
    }
}

/// The word of an option in a file of incidents.
pub fn action(option: OptionId) -> &'static str {
    match option {
        OptionId::RollBack | OptionId::RollBackWithConditions => "roll_back",
        OptionId::RollForward => "roll_forward",
        OptionId::FlagOff => "disable_flag",
        OptionId::ShiftTraffic => "shift_traffic",
        OptionId::Restore => "restore",
        OptionId::Hold | OptionId::StopHarm | OptionId::NoGo => "pause",
        OptionId::Go => "nothing",
    }
}

/// One recommendation for one incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Said {
    /// The incident.
    pub id: String,
    /// What was best, as the file says.
    pub best: String,
    /// What is recommended.
    pub action: &'static str,
    /// The rule that decided, and its sentence.
    pub rule: String,
    /// The same action.
    pub exact: bool,
    /// An action of the same family.
    pub family: bool,
    /// An action of this family made it worse or lost data in this very case.
    pub harmful: bool,
}

impl Said {
    fn new(incident: &Incident, action: &'static str, rule: String) -> Self {
        let mine = family(action);
        let hurt = |result: &str| matches!(result, "made_worse" | "data_lost");
        Self {
            id: incident.id.clone(),
            best: incident.hindsight_best.clone(),
            action,
            rule,
            exact: action == incident.hindsight_best,
            family: mine.is_some() && mine == family(&incident.hindsight_best),
            harmful: mine.is_some() && incident.tried.iter().any(|tried| hurt(&tried.result) && family(&tried.action) == mine),
        }
    }
}

/// What one policy says about all incidents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// Its name.
    pub policy: &'static str,
    /// Incidents whose best action is known.
    pub cases: usize,
    /// How often it names that action.
    pub exact: usize,
    /// How often one of the same family.
    pub family: usize,
    /// How often one of a family that hurt; counted over all incidents, those without a best action included.
    pub harmful: usize,
    /// The same by family of the best action: cases, and how many of them agree.
    pub by_family: Vec<(Family, usize, usize)>,
    /// Recommendations for incidents whose best action is known and differs, or that hurt.
    pub disagreements: Vec<Said>,
}

fn score(policy: &'static str, all: Vec<Said>) -> Score {
    let clear: Vec<&Said> = all.iter().filter(|said| family(&said.best).is_some()).collect();
    let by_family = [Family::Undo, Family::Forward, Family::Restore, Family::Pause].into_iter().map(|one| {
        let of = clear.iter().filter(|said| family(&said.best) == Some(one));
        (one, of.clone().count(), of.filter(|said| said.family).count())
    });
    Score {
        policy,
        cases: clear.len(),
        exact: clear.iter().filter(|said| said.exact).count(),
        family: clear.iter().filter(|said| said.family).count(),
        harmful: all.iter().filter(|said| said.harmful).count(),
        by_family: by_family.collect(),
        disagreements: all.iter().filter(|said| said.harmful || (family(&said.best).is_some() && !said.exact)).cloned().collect(),
    }
}

/// The decision about one incident, at the gate it had reached.
///
/// # Errors
/// One sentence for a word that is not of the vocabulary.
pub fn decide(incident: &Incident, checklist: &Checklist, hindsight: bool) -> Result<Decision> {
    let context = Context {
        mode: Mode::Incident,
        gate: Some(incident.gate()?),
        now: jiff::Timestamp::UNIX_EPOCH,
        deadline: None,
        previous: "the previous release".to_owned(),
        current: "this release".to_owned(),
    };
    let known: Vec<Fact> = incident.facts(hindsight)?.into_values().collect();
    let (config, reading) = (Config::default(), Reading::Whole);
    let basis = Basis { sensed: &[], stated: &known, checklist, context: &context, assessment: None, config: &config, reading: &reading };
    Ok(usecase::decide(&basis).decision)
}

/// The program on all incidents, with or without what was coded afterwards.
///
/// # Errors
/// One sentence for a word that is not of the vocabulary.
pub fn program(incidents: &[Incident], checklist: &Checklist, hindsight: bool) -> Result<Score> {
    let one = |incident: &Incident| -> Result<Said> {
        let decision = decide(incident, checklist, hindsight)?;
        Ok(Said::new(incident, action(decision.option), decided(&decision)))
    };
    Ok(score("backout", incidents.iter().map(one).collect::<Result<_>>()?))
}

/// The rule that decided: what removed the ways back where both are out, else the arithmetic and the strongest reason.
fn decided(decision: &Decision) -> String {
    let out = decision.options.iter().find(|status| status.option == OptionId::RollBackWithConditions && status.state == OptionState::Removed);
    let reason = match (out, decision.option) {
        (Some(status), OptionId::RollForward) => status.blockers.first(),
        _ => decision.because.first(),
    };
    let reason = reason.map(|reason| format!("{}: {}", reason.rule, reason.says)).unwrap_or_default();
    match decision.margin {
        Some(_) => format!("back {} to forward {}; {reason}", decision.back, decision.forward),
        None => reason,
    }
}

/// The three plain policies: always forward, always back, the guide taken literally.
///
/// # Errors
/// One sentence for a word that is not of the vocabulary.
pub fn plain(incidents: &[Incident]) -> Result<[Score; 3]> {
    let always = |action: &'static str| incidents.iter().map(|incident| Said::new(incident, action, "always".to_owned())).collect::<Vec<_>>();
    let guide = incidents.iter().map(|incident| {
        let (action, rule) = literal(&incident.facts(false)?);
        Ok(Said::new(incident, action, rule.to_owned()))
    });
    Ok([
        score("always forward", always("roll_forward")),
        score("always back", always("roll_back")),
        score("the guide, literally", guide.collect::<Result<_>>()?),
    ])
}

fn literal(facts: &Facts) -> (&'static str, &'static str) {
    let is = |key: &str, words: &[&str]| facts.get(key).and_then(|fact| fact.value.as_word()).is_some_and(|word| words.contains(&word));
    let over = |key: &str, limit: f64| facts.get(key).is_some_and(|fact| matches!(fact.value, FactValue::Number(number) if number > limit));
    let kept = is("dependent[dependents].copes", &["yes"]);
    if is("database.schema", &["additive", "changed", "destructive"]) {
        ("roll_forward", "the schema changed")
    } else if is("contract.way_back", &["breaking"]) && !kept {
        ("roll_forward", "the contract changed, and dependents are not known to cope")
    } else if is("release.size", &["many"]) {
        ("roll_forward", "many changes")
    } else if over("deployment.live_minutes", MONTH) {
        ("roll_forward", "over a month live")
    } else if is("database.new_form_rows", &["yes"]) {
        ("roll_forward", "users wrote new data")
    } else {
        ("roll_back", "nothing speaks for forward")
    }
}
