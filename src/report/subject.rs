//! What a report is about: a session, or one assessment without one. The page, the message for a
//! channel, the change ticket and the JSON are written from this, so that they say the same.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::person_names::PersonNames;
use super::story::{RecordedDecision, SessionStory};
use super::{coverage, words};
use crate::model::{Assessment, Decision, Mode, OptionId, Untrusted, escape_invisible};
use crate::session::{Ending, Event, SessionState};
use crate::usecase::Wording;

/// Stands for the address of an owner.
const OWNER: &str = "an owner";

/// One report's subject, with who may be named in it.
pub struct ReportSubject<'a> {
    pub(super) events: &'a [Event],
    /// None where no session was held.
    pub(super) story: Option<SessionStory>,
    /// None where the repository was not read for the report.
    pub(super) assessment: Option<&'a Assessment>,
    pub(super) decision: Option<&'a Decision>,
    pub(super) names: PersonNames,
    pub(super) zone: TimeZone,
    /// The release to go back to, and the one that is live.
    pub(super) pair: (String, String),
    pub(super) service: String,
    /// What was noticed on the journal itself.
    pub(super) remarks: Vec<String>,
}

impl<'a> ReportSubject<'a> {
    /// A session, with what was read again for its report. Names only with `names`; roles stay.
    pub fn of_session(
        events: &'a [Event],
        assessment: Option<&'a Assessment>,
        decision: Option<&'a Decision>,
        names: bool,
    ) -> Self {
        Self::of_session_in(events, assessment, decision, names, TimeZone::system())
    }

    pub(super) fn of_session_in(
        events: &'a [Event],
        assessment: Option<&'a Assessment>,
        decision: Option<&'a Decision>,
        names: bool,
        zone: TimeZone,
    ) -> Self {
        let names = PersonNames::new(events, names).and_authors(assessment);
        let story = SessionStory::new(events, decision, &names);
        let service = story.start.as_ref().and_then(|start| {
            let folder = || crate::model::folder_name(std::path::Path::new(&start.repository));
            start.service.clone().or_else(folder)
        });
        Self {
            events,
            pair: story.pair.clone(),
            story: Some(story),
            assessment,
            decision,
            names,
            zone,
            service: service.unwrap_or_default(),
            remarks: Vec::new(),
        }
    }

    /// One assessment, without a session.
    pub fn of_assessment(assessment: &'a Assessment, names: bool) -> Self {
        Self::of_assessment_in(assessment, names, TimeZone::system())
    }

    pub(super) fn of_assessment_in(
        assessment: &'a Assessment,
        names: bool,
        zone: TimeZone,
    ) -> Self {
        Self {
            events: &[],
            story: None,
            assessment: Some(assessment),
            decision: assessment.verdict.as_ref(),
            names: PersonNames::new(&[], names).and_authors(Some(assessment)),
            zone,
            pair: (
                assessment.previous.version.as_raw().to_owned(),
                assessment.current.version.as_raw().to_owned(),
            ),
            service: words::find_service_name(assessment),
            remarks: Vec::new(),
        }
    }

    /// With what was noticed on the journal itself: a torn line, a broken chain.
    pub fn with_remarks(mut self, remarks: Vec<String>) -> Self {
        self.remarks = remarks;
        self
    }

    /// The last decision of a person.
    pub(super) fn decided(&self) -> Option<&RecordedDecision> {
        self.story.as_ref()?.decisions.last()
    }

    /// What is or was to be done: the decision of a person, else what is recommended.
    pub(super) fn option(&self) -> Option<OptionId> {
        self.decided()
            .map(|decided| decided.option)
            .or_else(|| self.decision.map(|decision| decision.option))
    }

    pub(super) fn environment(&self) -> Option<String> {
        let begun = self.story.as_ref().and_then(|story| story.start.as_ref());
        begun
            .and_then(|start| start.environment.clone())
            .or_else(|| self.assessment?.environment.clone())
    }

    pub(super) fn tool(&self) -> String {
        let begun = self.story.as_ref().and_then(|story| story.start.as_ref());
        begun
            .map(|start| start.tool.clone())
            .or_else(|| self.assessment.map(|assessment| assessment.tool.clone()))
            .unwrap_or_default()
    }

    pub(super) fn mode(&self) -> Option<&'static str> {
        let start = self.story.as_ref()?.start.as_ref()?;
        Some(match start.mode {
            Mode::Incident => "incident",
            Mode::Deployment => "deployment",
            Mode::Rehearsal => "rehearsal",
            Mode::Review => "review",
        })
    }

    /// Facts and answers in the words of the checklist that was in force.
    pub(super) fn wording(&self) -> Wording<'static> {
        if self.events.is_empty() {
            Wording::shipped(&self.pair.0, &self.pair.1)
        } else {
            Wording::of_session(self.events)
        }
    }

    pub(super) fn state(&self) -> SessionState {
        SessionState::fold(self.events)
    }

    fn name(&self) -> String {
        let parts = [self.service.as_str(), self.pair.1.as_str()];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if parts.is_empty() {
            "A release".to_owned()
        } else {
            parts.join(" ")
        }
    }

    /// The title as a sentence: `bookings 2.8.0 to 2.7.0: rolled back after 21 min`. That it was
    /// done is said only where somebody saw it or closed the session with it.
    pub(super) fn headline(&self) -> String {
        let Some(story) = &self.story else {
            return self.assessment_headline();
        };
        let practised = story
            .start
            .as_ref()
            .is_some_and(|start| start.mode == Mode::Rehearsal);
        let name = if practised {
            format!("Rehearsal of {}", self.name())
        } else {
            self.name()
        };
        let span = |to: Option<Timestamp>| {
            story.began.zip(to).map_or_else(String::new, |(began, to)| {
                format!(" after {}", words::write_elapsed_span(began, to))
            })
        };
        let Some(last) = story.decisions.last() else {
            let ending = story
                .ending
                .map_or_else(String::new, |ending| format!("; {}", ending.says()));
            return if story.closed {
                format!(
                    "{name}: closed without a decision{}{ending}",
                    span(story.ended)
                )
            } else {
                format!("{name}: nothing is decided yet{ending}")
            };
        };
        let previous = escape_invisible(&self.pair.0).into_owned();
        let Some(worked) = self.outcome() else {
            return format!(
                "{name}: decided{} {}",
                span(Some(last.at)),
                words::to_do(last.option, &self.pair.0)
            );
        };
        let back = matches!(
            last.option,
            OptionId::RollBack | OptionId::RollBackWithConditions | OptionId::ShiftTraffic
        );
        let to = if back && !previous.is_empty() {
            format!(" to {previous}")
        } else {
            String::new()
        };
        // it was done by the time somebody saw it; without that only the decision has a time
        let when = match self.seen_at() {
            Some(seen) => span(Some(seen)),
            None => format!(", decided{}", span(Some(last.at))),
        };
        let without = if worked { "" } else { ", and it did not work" };
        format!("{name}{to}: {}{when}{without}", say_done(last.option))
    }

    /// Whether what was decided worked; nothing where nobody saw or said it.
    pub(super) fn outcome(&self) -> Option<bool> {
        let story = self.story.as_ref()?;
        match (story.ending, &story.observed) {
            (Some(Ending::Worked), _) | (None, Some((true, _))) => Some(true),
            (Some(Ending::DidNotWork), _) | (None, Some((false, _))) => Some(false),
            _ => None,
        }
    }

    /// When the outcome of the last decision was seen.
    fn seen_at(&self) -> Option<Timestamp> {
        let decided = self.decided()?.at;
        let gone = crate::session::find_withdrawn_events(self.events.iter());
        let seen = self.events.iter().rfind(|event| {
            matches!(event.what, crate::session::EventKind::Observed { .. })
                && !gone.contains(&event.seq)
        });
        seen.map(|event| event.at).filter(|at| *at >= decided)
    }

    fn assessment_headline(&self) -> String {
        match self.decision {
            Some(decision) => {
                let verdict = words::lowercase_first_letter(&words::write_decision_headline(
                    decision,
                    &self.pair.0,
                ));
                let strength = words::write_strength(decision);
                let holds = strength.split_once(" · ").map_or("", |(_, holds)| holds);
                if holds.is_empty() {
                    format!("{}: {verdict}", self.name())
                } else {
                    format!("{}: {verdict}; {holds}", self.name())
                }
            }
            None => format!("{}: nothing is decided yet", self.name()),
        }
    }

    /// One line of facts: where, which releases, when, how much was read.
    pub(super) fn facts_line(&self) -> Vec<String> {
        let mut parts = vec![format!(
            "{} live, {} to go back to",
            escape_invisible(&self.pair.1),
            escape_invisible(&self.pair.0)
        )];
        let start = self.story.as_ref().and_then(|story| story.start.as_ref());
        let when = |label: &str, at: Timestamp| {
            format!(
                "{label} {}",
                words::write_utc_and_local_time(at, &self.zone)
            )
        };
        parts.extend(
            start
                .and_then(|start| start.deployed_at)
                .map(|at| when("deployed", at)),
        );
        match self.decided() {
            Some(decided) => parts.push(when("decided", decided.at)),
            None => {
                let limit = start
                    .and_then(|start| start.deadline)
                    .or_else(|| self.decision?.deadline);
                parts.extend(limit.map(|at| when("decide by", at)));
            }
        }
        if let Some(story) = &self.story
            && let (Some(began), Some(ended)) = (story.began, story.ended)
        {
            parts.push(format!(
                "session {}, {}",
                words::write_elapsed_span(began, ended),
                if story.closed { "closed" } else { "still open" }
            ));
        }
        let files = self.assessment.and_then(|assessment| assessment.looked_at);
        // where nothing could matter there is nothing of which a part was read
        let files = files.filter(|files| files.judged + files.open > 0);
        parts.extend(files.map(|files| {
            let all = files.judged + files.open;
            format!(
                "{} of {} read",
                words::group_digits(files.judged),
                words::write_count(all, "file that could matter", "files that could matter")
            )
        }));
        parts
    }

    /// What stayed open, with the reason of each; before a decision, what an answer can change.
    pub(super) fn unknown(&self) -> Vec<(String, String)> {
        if let Some(story) = &self.story {
            return story.unknown.clone();
        }
        let questions = self
            .decision
            .map_or(&[][..], |decision| &decision.questions);
        questions
            .iter()
            .map(|next| {
                (
                    next.asks.to_string(),
                    "an answer can change the verdict".to_owned(),
                )
            })
            .collect()
    }

    /// What was taken for granted, in the words of questions.
    pub(super) fn assumed(&self) -> Vec<(String, String)> {
        match (&self.story, self.decision) {
            (Some(story), _) => story.assumed.clone(),
            (None, Some(decision)) => list_assumed(decision, &self.wording()),
            (None, None) => Vec::new(),
        }
    }

    /// Domains with files that nobody took apart; None where nobody knows.
    pub(super) fn not_looked_at(&self) -> Option<String> {
        coverage::open_line(self.assessment?)
    }
}

/// Values taken for granted, as questions and answers.
pub(super) fn list_assumed(decision: &Decision, wording: &Wording<'_>) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for (key, value) in &decision.assumed {
        let fact = crate::model::Fact::stated(key, value.clone());
        let said = (wording.asks(key), wording.value(&fact));
        if !all.contains(&said) {
            all.push(said);
        }
    }
    all
}

/// What was done, as a title says it.
fn say_done(option: OptionId) -> &'static str {
    match option {
        OptionId::Go => "went on",
        OptionId::NoGo => "not started",
        OptionId::Hold => "held",
        OptionId::StopHarm => "the harm was stopped",
        OptionId::FlagOff => "switched off",
        OptionId::ShiftTraffic => "traffic was moved back",
        OptionId::RollBack => "rolled back",
        OptionId::RollBackWithConditions => "rolled back with conditions",
        OptionId::RollForward => "rolled forward",
        OptionId::Restore => "data was restored",
    }
}

/// Takes the names of people out of what was read: authors of commits, whoever said a fact, and
/// both where titles and quoted lines name them.
pub fn redact_assessment_names(assessment: &mut Assessment) {
    let names = PersonNames::new(&[], false).and_authors(Some(assessment));
    let clean_outside = |text: &mut Untrusted| *text = names.clean(text.as_raw()).into();
    for entry in &mut assessment.changelog.entries {
        entry.author = Untrusted::default();
        entry.co_authors.clear();
        clean_outside(&mut entry.title);
        clean_outside(&mut entry.body);
    }
    let facts = assessment.facts.values_mut();
    facts
        .chain(&mut assessment.also_said)
        .for_each(|fact| fact.by = None);
    for finding in &mut assessment.findings {
        let quoted = finding.evidence.iter_mut();
        quoted
            .filter_map(|place| place.excerpt.as_mut())
            .for_each(clean_outside);
        clean_outside(&mut finding.says);
        clean_outside(&mut finding.why);
    }
    // an address is of a person, a handle mostly of a team
    let address = |name: &str| name.find('@').is_some_and(|at| at > 0);
    let owners: Vec<String> = assessment
        .way_back
        .owners
        .iter()
        .map(|owner| owner.name.clone())
        .filter(|name| address(name))
        .collect();
    for step in &mut assessment.plan {
        step.step = leave_out_author_list(&names.clean(&step.step.shown())).into();
        clean_outside(&mut step.why);
        for owner in &owners {
            step.step = step.step.shown().replace(owner.as_str(), OWNER).into();
        }
    }
    for owner in &mut assessment.way_back.owners {
        if address(&owner.name) {
            OWNER.clone_into(&mut owner.name);
        }
    }
}

/// A step that names the authors, without the list in brackets: there a name of one word is a name
/// as well.
fn leave_out_author_list(step: &str) -> String {
    const AUTHORS: &str = "the authors of the range";
    let Some((before, rest)) = step.split_once(AUTHORS) else {
        return step.to_owned();
    };
    let Some(list) = rest.strip_prefix(" (") else {
        return step.to_owned();
    };
    // a name may have brackets of its own, so the last that the sentence goes on behind ends it
    let after = match list.rsplit_once("):") {
        Some((_, after)) => format!(":{after}"),
        None => list
            .rsplit_once(')')
            .map_or("", |(_, after)| after)
            .to_owned(),
    };
    format!("{before}{AUTHORS}{after}")
}
