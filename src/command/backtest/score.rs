//! What is recommended for an incident, by the program and by plain policies, and how it compares
//! with what helped.

use crate::model::fact_key;
use anyhow::Result;
use serde::Serialize;

use super::incident::{Incident, Plain};
use crate::checklist::Checklist;
use crate::decision::{self, Context};
use crate::model::{Config, Decision, Fact, FactValue, Mode, OptionId, OptionState, Strength};
use crate::usecase::{self, Basis, Reading};

/// Minutes after which a release counts as long out for the plain reading of the guide: thirty
/// days.
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

/// Whether an option is of the family that was best; `None` where nobody can say what was.
pub fn judged(incident: &Incident, option: OptionId) -> Option<bool> {
    Some(family(&incident.hindsight_best)? == family(action(option))?)
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
    /// What follows it, where harm is stopped or something is waited for first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<&'static str>,
    /// How much it holds; plain policies have no strength.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strength: Option<Strength>,
    /// The rule that decided, and its sentence.
    pub rule: String,
    /// The same action.
    pub exact: bool,
    /// An action of the same family.
    pub family: bool,
    /// An action of this family made it worse or lost data in this very case, and another family
    /// was the best.
    pub harmful: bool,
}

impl Said {
    fn new(
        incident: &Incident,
        action: &'static str,
        then: Option<&'static str>,
        rule: String,
    ) -> Self {
        let best = family(&incident.hindsight_best);
        // what follows is part of what is recommended: it is done too
        let all: Vec<&'static str> = [Some(action), then].into_iter().flatten().collect();
        let mine: Vec<Family> = all.iter().filter_map(|action| family(action)).collect();
        // after the best action has been taken, what follows is decided again
        let first_was_best = best.is_some() && family(action) == best;
        let bad = |one: Family| mine.contains(&one) && best != Some(one);
        let hurt = |result: &str| matches!(result, "made_worse" | "data_lost");
        Self {
            id: incident.id.clone(),
            best: incident.hindsight_best.clone(),
            action,
            then,
            strength: None,
            rule,
            exact: all.contains(&incident.hindsight_best.as_str()),
            family: best.is_some_and(|best| mine.contains(&best)),
            harmful: !first_was_best
                && incident
                    .tried
                    .iter()
                    .filter(|tried| hurt(&tried.result))
                    .filter_map(|tried| family(&tried.action))
                    .any(bad),
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
    /// How often one of a family that hurt; counted over all incidents, those without a best
    /// action included.
    pub harmful: usize,
    /// The same by family of the best action: cases, and how many of them agree.
    pub by_family: Vec<(Family, usize, usize)>,
    /// Recommendations for incidents whose best action is known and differs, or that hurt.
    pub disagreements: Vec<Said>,
}

fn score(policy: &'static str, all: Vec<Said>) -> Score {
    let clear: Vec<&Said> = all
        .iter()
        .filter(|said| family(&said.best).is_some())
        .collect();
    let by_family = [
        Family::Undo,
        Family::Forward,
        Family::Restore,
        Family::Pause,
    ]
    .into_iter()
    .map(|one| {
        let of = clear.iter().filter(|said| family(&said.best) == Some(one));
        (
            one,
            of.clone().count(),
            of.filter(|said| said.family).count(),
        )
    });
    Score {
        policy,
        cases: clear.len(),
        exact: clear.iter().filter(|said| said.exact).count(),
        family: clear.iter().filter(|said| said.family).count(),
        harmful: all.iter().filter(|said| said.harmful).count(),
        by_family: by_family.collect(),
        disagreements: all
            .iter()
            .filter(|said| said.harmful || (family(&said.best).is_some() && !said.exact))
            .cloned()
            .collect(),
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
        looked: decision::LookedAt::default(),
    };
    let known: Vec<Fact> = incident.facts(hindsight)?.into_values().collect();
    let (config, reading) = (Config::default(), Reading::Whole);
    let basis = Basis {
        sensed: &[],
        stated: &known,
        checklist,
        context: &context,
        assessment: None,
        config: &config,
        reading: &reading,
    };
    Ok(usecase::decide(&basis).decision)
}

/// The program on all incidents, with or without what was coded afterwards.
///
/// # Errors
/// One sentence for a word that is not of the vocabulary.
pub fn program(incidents: &[Incident], checklist: &Checklist, hindsight: bool) -> Result<Score> {
    let one = |incident: &Incident| -> Result<Said> {
        let decision = decide(incident, checklist, hindsight)?;
        let said = Said::new(
            incident,
            action(decision.option),
            decision.then.map(action),
            decided(&decision),
        );
        Ok(Said {
            strength: Some(decision.strength),
            ..said
        })
    };
    Ok(score(
        "backout",
        incidents.iter().map(one).collect::<Result<_>>()?,
    ))
}

/// The rule that decided: what removed the ways back where both are out, else the arithmetic and
/// the strongest reason.
fn decided(decision: &Decision) -> String {
    let out = decision.options.iter().find(|status| {
        status.option == OptionId::RollBackWithConditions && status.state == OptionState::Removed
    });
    let reason = match (out, decision.option) {
        (Some(status), OptionId::RollForward) => status.blockers.first(),
        _ => decision.because.first(),
    };
    let reason = reason
        .map(|reason| format!("{}: {}", reason.rule, reason.says))
        .unwrap_or_default();
    match decision.margin {
        Some(_) => format!(
            "back {} to forward {}; {reason}",
            decision.back, decision.forward
        ),
        None => reason,
    }
}

/// The plain policies: always forward, always back, the guide taken literally, and the guide after
/// a switch and a warm old side.
///
/// # Errors
/// One sentence for a word that is not of the vocabulary.
pub fn plain(incidents: &[Incident]) -> Result<[Score; 4]> {
    let always = |action: &'static str| {
        incidents
            .iter()
            .map(|incident| Said::new(incident, action, None, "always".to_owned()))
            .collect::<Vec<_>>()
    };
    let guide = incidents.iter().map(|incident| {
        let (action, rule) = literal(&incident.plain())?;
        Ok(Said::new(incident, action, None, rule.to_owned()))
    });
    let cheaper = incidents.iter().map(|incident| {
        let plain = incident.plain();
        let (action, rule) = match (plain.switch, plain.warm) {
            (true, _) => ("disable_flag", "there is a switch"),
            (false, true) => ("shift_traffic", "the old side is up"),
            (false, false) => literal(&plain)?,
        };
        Ok(Said::new(incident, action, None, rule.to_owned()))
    });
    Ok([
        score("always forward", always("roll_forward")),
        score("always back", always("roll_back")),
        score("the guide, literally", guide.collect::<Result<_>>()?),
        score(
            "a switch, a warm side, else the guide",
            cheaper.collect::<Result<_>>()?,
        ),
    ])
}

fn literal(plain: &Plain<'_>) -> Result<(&'static str, &'static str)> {
    let facts = plain.incident.facts(false)?;
    let is = |key: &str, words: &[&str]| {
        facts
            .get(key)
            .and_then(|fact| fact.value.as_word())
            .is_some_and(|word| words.contains(&word))
    };
    let over = |key: &str, limit: f64| {
        facts
            .get(key)
            .is_some_and(|fact| matches!(fact.value, FactValue::Number(number) if number > limit))
    };
    let kept = is("dependent[dependents].copes", &["yes"]);
    Ok(
        if is(
            fact_key::DATABASE_SCHEMA,
            &["additive", "changed", "destructive"],
        ) {
            ("roll_forward", "the schema changed")
        } else if is(fact_key::CONTRACT_WAY_BACK, &["breaking"]) && !kept {
            (
                "roll_forward",
                "the contract changed, and dependents are not known to cope",
            )
        } else if is(fact_key::RELEASE_SIZE, &["many"]) {
            ("roll_forward", "many changes")
        } else if over(fact_key::DEPLOYMENT_LIVE_MINUTES, MONTH) {
            ("roll_forward", "over a month live")
        } else if plain.wrote {
            ("roll_forward", "users wrote new data")
        } else {
            ("roll_back", "nothing speaks for forward")
        },
    )
}
