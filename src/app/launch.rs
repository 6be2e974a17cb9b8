//! What the program is started with, and what came of it.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::assess::Request;
use crate::checklist::Checklist;
use crate::model::{Assessment, Config, Fact, Mode, OptionId};

/// Where what is assessed comes from.
#[derive(Debug, Clone)]
pub enum AssessmentSource {
    /// A repository; it is read while the screen is up already.
    Repository(Box<Request>),
    /// An assessment that was saved earlier.
    Saved(Box<Assessment>, Box<Config>),
    /// Nothing: only the record is looked at.
    Nothing,
}

/// Where answers are recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordTarget {
    /// A new session in this folder.
    New(PathBuf),
    /// Go on with this journal.
    Resume(PathBuf),
    /// Look at this journal while others answer.
    Watch(PathBuf),
    /// Look at this journal as it stood.
    Replay(PathBuf),
    /// Nowhere: answers count until the program ends, and the screen says so.
    Nowhere,
}

/// Which palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PaletteChoice {
    /// Ask the environment, then the terminal.
    #[default]
    Auto,
    /// For dark backgrounds.
    Dark,
    /// For light backgrounds.
    Light,
    /// No colour.
    Plain,
}

/// Everything the program is started with.
#[derive(Debug, Clone)]
pub struct Launch {
    /// What is assessed.
    pub source: AssessmentSource,
    /// Where answers go.
    pub record: RecordTarget,
    /// What for.
    pub mode: Mode,
    /// Environment.
    pub environment: Option<String>,
    /// Name of the service.
    pub service: Option<String>,
    /// When current was deployed.
    pub deployed_at: Option<Timestamp>,
    /// Latest time to decide.
    pub deadline: Option<Timestamp>,
    /// Both versions were given, so nobody is asked whether current is live.
    pub pair_given: bool,
    /// Questions and rules.
    pub checklist: Checklist,
    /// Facts stated on the command line; recorded as answers.
    pub answers: Vec<Fact>,
    /// Palette.
    pub look: PaletteChoice,
    /// The theme, where it is none of the palettes.
    pub theme: Option<crate::tui::theme::file::ThemeFile>,
    /// More keys, of the user's own.
    pub own_keys: &'static [crate::tui::settings::own_key::OwnKey],
    /// What to tell as soon as the screens are up: sentences.
    pub remarks: Vec<String>,
    /// Only ASCII glyphs.
    pub ascii: bool,
    /// Whether the mouse is on.
    pub mouse: bool,
    /// Lines instead of screens.
    pub plain: bool,
    /// What happened, where it is a story that is played: shown before anything is asked.
    pub story: Option<crate::tui::model::Story>,
    /// Another session that is shown beside a replay.
    pub second: Option<Vec<crate::session::Event>>,
    /// Nobody used the screens here before: say where help is.
    pub first_time: bool,
}

impl Launch {
    /// A launch with defaults: incident mode, mouse on, palette by itself.
    pub fn new(source: AssessmentSource, record: RecordTarget, checklist: Checklist) -> Self {
        Self {
            source,
            record,
            mode: Mode::Incident,
            environment: None,
            service: None,
            deployed_at: None,
            deadline: None,
            pair_given: false,
            checklist,
            answers: Vec::new(),
            look: PaletteChoice::Auto,
            theme: None,
            own_keys: &[],
            remarks: Vec::new(),
            ascii: false,
            mouse: true,
            plain: false,
            story: None,
            second: None,
            first_time: false,
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppOutcome {
    /// The journal, where one was written.
    pub journal: Option<PathBuf>,
    /// What was decided.
    pub decided: Option<OptionId>,
    /// The end of the story was told on the screen.
    pub debriefed: bool,
    /// The signal that ended it: the exit code is 128 and this.
    pub signal: Option<i32>,
    /// Why nothing could be shown: one sentence, and whether what was typed cannot be meant.
    pub failed: Option<(String, bool)>,
    /// Sentences for standard error after the screen is gone.
    pub notes: Vec<String>,
    /// How many things that happened or were said are on no disk.
    pub unrecorded: usize,
}
