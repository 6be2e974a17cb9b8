//! Everything the screens show.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::checklist::Checklist;
use crate::model::{
    Assessment, Changelog, Config, Decision, Fact, Forge, Gate, Mode, NextQuestion, OptionId,
    Rehearsal, Release, ReleaseRelation, RepositoryInfo, Stage, fact_key,
};
use crate::session::{Event, EventKind, SessionState};
use crate::tui::job::JobResult;
use crate::tui::measured::{Measured, ScrollMark};
use crate::tui::popup::kind::Popup;
use crate::tui::screen::{Focus, Screen};
use crate::tui::screens::changelog::state::ChangelogScreen;
use crate::tui::screens::diff::state::DiffScreen;
use crate::tui::screens::gates::state::Gates;
use crate::tui::screens::now::state::Now;
use crate::tui::screens::plan::state::Plan;
use crate::tui::screens::questions::opening::list_opening_questions;
use crate::tui::screens::questions::state::Questions;
use crate::tui::screens::record::replay::Supposed;
use crate::tui::screens::record::state::RecordScreen;
use crate::tui::screens::risks::state::Risks;
use crate::tui::settings::own_key::OwnKey;
use crate::tui::theme::Theme;

/// What can be chosen at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StartOptions {
    /// Palette and glyphs.
    pub theme: Theme,
    /// Whether the mouse is on.
    pub mouse: bool,
}

/// How far the reading is.
#[derive(Debug, Clone, Default)]
pub struct ReadingProgress {
    /// The repository is open.
    pub opened: bool,
    /// Stages that ended, in the order of [`Stage::ALL`].
    pub done: [bool; Stage::ALL.len()],
    /// Everything was read.
    pub complete: bool,
    /// Why nothing could be read.
    pub failed: Option<String>,
}

impl ReadingProgress {
    /// Number of stages that ended.
    pub fn count(&self) -> usize {
        self.done.iter().filter(|done| **done).count()
    }

    /// Whether a stage ended.
    pub fn has(&self, stage: Stage) -> bool {
        self.complete
            || Stage::ALL
                .iter()
                .position(|one| *one == stage)
                .is_some_and(|at| self.done[at])
    }

    /// How much was read, as a decision takes it. Where nothing could be read at all, nothing more
    /// will come: what is missing is unknown then, and not on its way.
    pub fn so_far(&self) -> crate::usecase::ReadStages {
        if self.complete || self.failed.is_some() {
            return crate::usecase::ReadStages::Whole;
        }
        crate::usecase::ReadStages::Part(
            Stage::ALL
                .into_iter()
                .filter(|stage| self.has(*stage))
                .collect(),
        )
    }

    /// Whether the headline may be relied on: database and contract are in.
    pub fn settled(&self) -> bool {
        self.has(Stage::Database) && self.has(Stage::Contract)
    }
}

/// A short message in the footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// One sentence.
    pub text: String,
    /// The person can take back what it tells of.
    pub undoable: bool,
    /// When it goes.
    pub until: Timestamp,
    /// Whether it is bad news.
    pub bad: bool,
}

/// A story that is played: of the demo, or a drill.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Story {
    /// What happened, told before anything is asked.
    pub says: String,
    /// How it goes on.
    pub ends: String,
    /// What the program cannot see in it.
    pub misses: String,
    /// How it goes on is told only once something was decided.
    pub hides_end: bool,
}

/// An event that is not on disk yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// Of the effect.
    pub ticket: u64,
    /// What happened.
    pub what: EventKind,
    /// In a few words, for the acknowledgement.
    pub says: String,
}

/// Per-screen state.
#[derive(Debug, Clone, Default)]
pub struct Screens {
    /// Screen 1.
    pub now: Now,
    /// Screen 2.
    pub gates: Gates,
    /// Screen 3.
    pub questions: Questions,
    /// Screen 4.
    pub changelog: ChangelogScreen,
    /// Screen 5.
    pub diff: DiffScreen,
    /// Screen 6.
    pub risks: Risks,
    /// Screen 7.
    pub plan: Plan,
    /// Screen 8.
    pub record: RecordScreen,
}

/// What is said about the next answer beside its value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Speaker {
    /// In which role.
    pub role: Option<String>,
    /// By whom.
    pub by: Option<String>,
    /// Only believed, not known; for the next answer.
    pub low: bool,
    /// For the next answer.
    pub note: Option<String>,
}

/// Everything the screens show.
#[derive(Debug, Clone)]
pub struct Model {
    /// Palette and glyphs.
    pub theme: Theme,
    /// Whether the mouse is on.
    pub mouse: bool,
    /// More keys, of the person's own.
    pub own_keys: &'static [OwnKey],
    /// Columns and rows.
    pub size: (u16, u16),
    /// The time it is.
    pub now: Timestamp,
    /// Zone of the clock on the wall.
    pub zone: TimeZone,
    /// What this is for.
    pub mode: Mode,
    /// Environment.
    pub environment: Option<String>,
    /// Name of the service, or of the repository's folder.
    pub service: Option<String>,
    /// When current was deployed.
    pub deployed_at: Option<Timestamp>,
    /// Latest time to decide that was set from outside.
    pub deadline: Option<Timestamp>,
    /// Both versions were given on the command line: nobody asks whether current is live.
    pub pair_given: bool,
    /// Answers may be recorded.
    pub writable: bool,
    /// A session goes on and its record is not read yet: what was answered in it is missing, so no
    /// verdict is recorded.
    pub awaits_record: bool,
    /// A session that is only looked at: up to which event.
    pub replay: Option<u64>,
    /// An answer that is only supposed, in a replay.
    pub supposed: Option<Arc<Supposed>>,
    /// Another session that is shown beside a replay.
    pub second: Option<Arc<Vec<Event>>>,
    /// The checklist.
    pub checklist: Arc<Checklist>,
    /// The opening questions, asked while there is no verdict yet.
    pub opening: Vec<NextQuestion>,
    /// `backout.yaml`.
    pub config: Arc<Config>,
    /// How far the reading is.
    pub reading: ReadingProgress,
    /// What kind of repository it is.
    pub repository: Option<RepositoryInfo>,
    /// Where commits and pull requests are seen in a browser, where that is known.
    pub forge: Option<Forge>,
    /// Rehearsals of going back that were held here, oldest first.
    pub rehearsals: Vec<Rehearsal>,
    /// Releases, newest first.
    pub releases: Vec<Release>,
    /// Previous, current, and how they lie.
    pub pair: Option<(Release, Release, ReleaseRelation)>,
    /// First-parent commits, until the full list is in.
    pub quick: Option<Changelog>,
    /// What was read so far.
    pub assessment: Option<Arc<Assessment>>,
    /// What the journal folds to.
    pub session: SessionState,
    /// The journal.
    pub events: Vec<Event>,
    /// Facts in force, verdict and plans.
    pub decided: Option<Box<JobResult>>,
    /// Number of the newest decision asked for.
    pub generation: u64,
    /// Why the next decision is made.
    pub cause: String,
    /// Events on their way to disk.
    pub pending: Vec<Pending>,
    /// How many events are in memory only, because the disk does not take them.
    pub unwritten: usize,
    /// What was said and could not be recorded, in order: it does not count, and was not said
    /// again since.
    pub lost: Vec<String>,
    /// The file the record was moved to.
    pub kept_in: Option<std::path::PathBuf>,
    /// What happened, where it is a story that is played.
    pub story: Option<Arc<Story>>,
    /// The end of the story was told on the screen.
    pub debriefed: bool,
    /// Text that was typed and not recorded, by the title of its form.
    pub drafts: std::collections::BTreeMap<String, String>,
    /// The question that was answered last, until the verdict that knows the answer is in: number
    /// of that decision.
    pub given: Option<(String, u64)>,
    /// When the last key of a burst came of which an answer was not taken: until there is a pause,
    /// no key of it answers.
    pub burst: Option<Timestamp>,
    /// Counts tickets.
    pub tickets: u64,
    /// An event that could not be written: stays until it is closed.
    pub trouble: Option<String>,
    /// The screen shown.
    pub screen: Screen,
    /// The part with the focus takes the whole screen.
    pub zoomed: bool,
    /// Screens gone through, for Esc.
    pub trail: Vec<Screen>,
    /// Which part takes keys.
    pub focus: Focus,
    /// What lies over the screen, topmost last.
    pub popups: Vec<Popup>,
    /// Short message in the footer.
    pub toast: Option<Toast>,
    /// A word for whoever is here for the first time, while no message is there and until the first
    /// answer, the help, or some minutes.
    pub hint: Option<Toast>,
    /// Who speaks, and how sure.
    pub speaker: Speaker,
    /// The person said that it is not known yet whether current is live: asked again at the end.
    pub live_unknown: bool,
    /// The option that is being decided for.
    pub committing: Option<OptionId>,
    /// `seq` of the decision for which the program asked, when its time was over.
    pub asked_when_due: Option<u64>,
    /// The person was asked once whether to leave without a decision.
    pub quit_asked: bool,
    /// Per-screen state.
    pub screens: Screens,
    /// Lines are printed instead of frames.
    pub reads_lines: bool,
    /// The scroll mark that the mouse holds.
    pub held: Option<ScrollMark>,
    /// What the last drawing measured.
    pub measured: Measured,
}

impl Model {
    /// A time as the clock on the wall shows it: `03:21`.
    pub fn write_clock(&self, at: Timestamp) -> String {
        self.zone.to_datetime(at).strftime("%H:%M").to_string()
    }

    /// A model before anything is known.
    pub fn new(options: StartOptions, checklist: Arc<Checklist>, now: Timestamp) -> Self {
        Self {
            theme: options.theme,
            mouse: options.mouse,
            own_keys: &[],
            size: (80, 24),
            now,
            zone: TimeZone::UTC,
            mode: Mode::Incident,
            environment: None,
            service: None,
            deployed_at: None,
            deadline: None,
            pair_given: false,
            writable: true,
            awaits_record: false,
            replay: None,
            supposed: None,
            second: None,
            opening: list_opening_questions(&checklist),
            checklist,
            config: Arc::new(Config::default()),
            reading: ReadingProgress::default(),
            repository: None,
            forge: None,
            rehearsals: Vec::new(),
            releases: Vec::new(),
            pair: None,
            quick: None,
            assessment: None,
            session: SessionState::default(),
            events: Vec::new(),
            decided: None,
            generation: 0,
            cause: String::new(),
            pending: Vec::new(),
            unwritten: 0,
            lost: Vec::new(),
            kept_in: None,
            story: None,
            debriefed: false,
            drafts: std::collections::BTreeMap::new(),
            given: None,
            burst: None,
            tickets: 0,
            trouble: None,
            screen: Screen::Now,
            zoomed: false,
            trail: Vec::new(),
            focus: Focus::Question,
            popups: Vec::new(),
            toast: None,
            hint: None,
            speaker: Speaker::default(),
            live_unknown: false,
            committing: None,
            asked_when_due: None,
            quit_asked: false,
            screens: Screens::default(),
            reads_lines: false,
            held: None,
            measured: Measured::default(),
        }
    }

    /// What the decision depends on beside facts and checklist.
    pub fn context(&self) -> crate::decision::DecisionContext {
        crate::decision::DecisionContext {
            mode: self.mode,
            gate: self.gate(),
            now: self.now,
            deadline: self.deadline,
            previous: self.raw_versions().0.to_owned(),
            current: self.raw_versions().1.to_owned(),
            looked: crate::decision::LookedAt::default(),
        }
    }

    /// The gate the deployment is at: as somebody said, else as a deployer's file shows.
    pub fn gate(&self) -> Option<Gate> {
        crate::usecase::gate_of(&self.session, &self.read(fact_key::DEPLOYMENT_GATE))
    }

    /// What was read of one fact; a replay shows what was known then.
    fn read(&self, key: &str) -> Vec<Fact> {
        match &self.assessment {
            Some(assessment) if self.replay.is_none() => assessment
                .facts
                .get(key)
                .map(|fact| Fact {
                    key: key.to_owned(),
                    ..fact.clone()
                })
                .into_iter()
                .collect(),
            _ => self
                .session
                .sensed
                .iter()
                .filter(|fact| fact.key == key)
                .cloned()
                .collect(),
        }
    }

    /// The verdict so far.
    pub fn decision(&self) -> Option<&Decision> {
        self.decided.as_ref().map(|decided| &decided.decision)
    }

    /// Versions of previous and current as they were read, for logic.
    fn raw_versions(&self) -> (&str, &str) {
        self.pair
            .as_ref()
            .map_or(("previous", "current"), |(previous, current, _)| {
                (previous.version.as_raw(), current.version.as_raw())
            })
    }

    /// Version of previous, as it may be drawn.
    pub fn previous(&self) -> Cow<'_, str> {
        self.pair
            .as_ref()
            .map_or("previous".into(), |(previous, _, _)| {
                previous.version.shown()
            })
    }

    /// Version of current, as it may be drawn.
    pub fn current(&self) -> Cow<'_, str> {
        self.pair
            .as_ref()
            .map_or("current".into(), |(_, current, _)| current.version.shown())
    }

    /// Minutes current has been live, as far as anybody said or a deployer's file shows.
    pub fn live_minutes(&self) -> Option<f64> {
        let clock = crate::usecase::Clock {
            now: self.now,
            deployed_at: self.deployed_at,
            source: None,
        };
        crate::usecase::live_minutes(
            &self.session,
            &self.read(fact_key::DEPLOYMENT_LIVE_MINUTES),
            &clock,
        )
    }

    /// Latest time to decide.
    pub fn latest(&self) -> Option<Timestamp> {
        self.deadline
            .or_else(|| self.decision().and_then(|decision| decision.deadline))
    }

    /// Hours and minutes on the wall, with the day where it is more than half a day away.
    pub fn clock(&self, at: Timestamp) -> String {
        if minutes_between(at, self.now).abs() > 720.0 {
            return self
                .zone
                .to_datetime(at)
                .strftime("%Y-%m-%d %H:%M")
                .to_string();
        }
        self.zone.to_datetime(at).strftime("%H:%M").to_string()
    }

    /// Whether the clock on the wall shows UTC.
    pub fn is_utc(&self) -> bool {
        self.zone.to_offset(self.now).seconds() == 0
    }

    /// The option and the version it is about: `Roll back to 3.0.0`.
    pub fn option_title(&self, option: OptionId) -> String {
        match option {
            OptionId::RollBack => format!("Roll back to {}", self.previous()),
            OptionId::RollBackWithConditions => {
                format!("Roll back to {}, with conditions", self.previous())
            }
            OptionId::RollForward => format!("Roll forward from {}", self.current()),
            other => other.title().to_owned(),
        }
    }

    /// Shows what happened in a story before anything is asked.
    pub fn tell_story(&mut self, story: Story) {
        self.story = Some(Arc::new(story));
        self.popups.push(Popup::Story(Box::default()));
    }

    /// How facts and questions are said here.
    pub fn wording(&self) -> crate::usecase::Wording<'_> {
        let (previous, current) = self.raw_versions();
        crate::usecase::Wording::new(&self.checklist, previous, current)
    }

    /// A text of the checklist with the versions filled in.
    pub fn filled(&self, text: &str) -> String {
        self.wording().filled(text)
    }

    /// Shows a short message for a few seconds.
    pub fn say(&mut self, text: impl Into<String>) {
        self.tell(text.into(), false, false);
    }

    /// The same about something that the person can take back.
    pub fn say_undoable(&mut self, text: impl Into<String>) {
        self.tell(text.into(), true, false);
    }

    /// Shows a short message of something that did not work.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.tell(text.into(), false, true);
    }

    /// Shows a short message of bad news that the person said and can take back.
    pub fn warn_undoable(&mut self, text: impl Into<String>) {
        self.tell(text.into(), true, true);
    }

    /// Shows a word for whoever is here for the first time.
    pub fn hint(&mut self, text: impl Into<String>) {
        self.hint = Some(Toast {
            text: text.into(),
            undoable: false,
            until: self
                .now
                .checked_add(jiff::SignedDuration::from_mins(3))
                .unwrap_or(self.now),
            bad: false,
        });
    }

    fn tell(&mut self, text: String, undoable: bool, bad: bool) {
        let seconds = if bad { 10 } else { 6 };
        let until = self
            .now
            .checked_add(jiff::SignedDuration::from_secs(seconds))
            .unwrap_or(self.now);
        self.toast = Some(Toast {
            text,
            undoable,
            until,
            bad,
        });
    }
}

/// Minutes from one time to another.
pub fn minutes_between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64() / 60.0
}
