//! Checklists: gates, questions, blockers, considerations as data, with conditions in CEL, and the
//! catalogue of facts.
#![doc = include_str!("../../../../checklists/README.md")]

pub mod catalogue;
pub mod cel;
mod foreign;
mod lint;
mod load;
mod overlay;
mod read_blockers;
mod read_gates;
mod read_questions;
mod reader;
mod rules;
mod sections;
mod show;

pub(crate) use reader::find_braced_text;
pub use rules::*;
pub use show::{
    SKELETON, facts_table, list_checklist_sources, name_checklist_source, show_checklist,
};

use model::{ChecklistChange, FactValue, Gate, Unchecked};

/// A loaded, merged and type-checked checklist.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checklist {
    /// `default`, or the name of the file it came from.
    pub name: String,
    /// Questions, the opening ones first.
    pub questions: Vec<Question>,
    /// Gates in order.
    pub gates: Vec<GateList>,
    /// Numbers the rules share.
    pub thresholds: Thresholds,
    /// How long going back stays unnoticed, by usage class.
    pub usage: Vec<UsageClassMinutes>,
    /// Conditions the verdict function looks at.
    pub situations: Vec<NamedSituation>,
    /// Facts that follow from others.
    pub derive: Vec<Derivation>,
    /// What must be known true before an option may be recommended.
    pub needs: Vec<Need>,
    /// What removes or conditions options.
    pub blockers: Vec<Blocker>,
    /// What weighs.
    pub considerations: Vec<Consideration>,
    /// How values read in sentences.
    pub phrases: Vec<Phrases>,
    /// The merged YAML it was made from; [`Checklist::from_yaml`] gives the same checklist again.
    pub yaml: String,
    /// Where the parts came from, one line each (`embedded`, a path).
    pub sources: Vec<String>,
    /// What the repository's own files change, also where that does not count.
    pub changes: Vec<ChecklistChange>,
    /// Files of the repository, or parts of them, that were left out, and why.
    pub left_out: Vec<Unchecked>,
}

/// A file that is laid over the shipped checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Its name in messages.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Whose word it is.
    pub whose: Whose,
}

/// Whose word a checklist is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Of the person: their configuration, or a file they name. It must be right.
    Person,
    /// Of the repository: it came with a branch. What is wrong in it is left out and told, what it
    /// changes is listed, and what takes a reason against a way away counts only where a person
    /// trusts it.
    Repository,
}

/// One question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Question {
    /// Stable id.
    pub id: String,
    /// Place in the fixed opening, from 1; `None` for the rest.
    pub opening: Option<u8>,
    /// The question; `{previous}`, `{current}`, `{dependent}`, `{operation}` are filled in by the
    /// decision.
    pub asks: String,
    /// The same asked before anything of the release is out, where the words are others then.
    pub asks_at_start: Option<String>,
    /// One line: what it is good for.
    pub why: String,
    /// Who would know.
    pub who: String,
    /// Minutes an answer usually takes.
    pub minutes: f64,
    /// Facts it settles, keys of the catalogue (`dependent[].copes` for one a dependent).
    pub facts: Vec<String>,
    /// The answers, in the order shown; empty when a number is typed.
    pub choices: Vec<Choice>,
    /// Unit of the number that is typed (`minutes`), for questions without choices.
    pub unit: Option<String>,
    /// Asked only once one of these facts is known; at once when empty.
    pub after: Vec<String>,
    /// Asked while this holds, even where it cannot change the verdict: for what is done beside
    /// it.
    pub also_when: Option<cel::CelCondition>,
    /// Facts that some of its answers settle beside; *don't know* leaves them to their own question.
    pub may_set: Vec<String>,
}

/// One answer to a question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Choice {
    /// The key that gives it, one of [`ANSWER_KEYS`].
    pub key: char,
    /// A few words.
    pub title: String,
    /// What it sets. *Don't know* (`d`), *does not apply* (`x`) and *ask someone* (`a`) are always
    /// there and not listed.
    pub sets: Vec<(String, FactValue)>,
}

/// What is looked at before a gate is passed.
#[derive(Debug, Clone, PartialEq)]
pub struct GateList {
    /// Which.
    pub gate: Gate,
    /// A few words.
    pub title: String,
    /// What is deployed when it is reached, in words.
    pub deployed: String,
    /// Facts of components that are not out yet; they count as the value that restricts going back
    /// least.
    pub ignores: Vec<String>,
    /// Facts about the release that cannot be so yet, since nothing of it is out: nobody is asked,
    /// and only what somebody says all the same counts.
    pub not_yet: Vec<String>,
    /// Things to look at, with the condition that closes each.
    pub items: Vec<GateItem>,
}

/// One thing to look at before a gate is passed.
#[derive(Debug, Clone, PartialEq)]
pub struct GateItem {
    /// Stable id.
    pub id: String,
    /// What must hold, in words.
    pub says: String,
    /// Facts it rests on.
    pub facts: Vec<String>,
    /// CEL: true when it holds.
    pub holds: String,
    /// What follows when it does not: `no-go`, `hold`, `roll-forward`, `restore`, or `note`.
    pub otherwise: String,
    /// `holds`, checked.
    pub rule: cel::CelCondition,
}

/// One remark of the linter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// File.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// An error keeps the checklist from being used.
    pub error: bool,
    /// What is wrong.
    pub says: String,
    /// What to write instead.
    pub suggestion: Option<String>,
}

/// Letters that can give an answer. No command of the screens has one of them, and none will: who
/// presses a key for one thing must not do another. *Don't know* (`d`), *does not apply* (`x`) and
/// *ask someone* (`a`) are in every question.
pub const ANSWER_KEYS: [char; 10] = ['y', 'n', 'b', 'e', 'f', 'g', 'h', 'i', 'v', 'z'];

/// The name under which the checklist of a journal is read.
const KEPT: &str = "checklist";

impl Checklist {
    /// The situation of a name, unless it was switched off.
    pub fn situation(&self, id: SituationId) -> Option<&NamedSituation> {
        self.situations.iter().find(|situation| situation.id == id)
    }

    /// The shipped checklist.
    pub fn embedded() -> Self {
        overlay::get_embedded_checklist().clone()
    }

    /// The shipped checklist with the files laid over it in order (user configuration, `.backout/`,
    /// `--checklist`). Each is `(name, text)`. Errors of the linter are returned instead when
    /// there are any.
    pub fn load(files: &[(String, String)]) -> Result<(Self, Vec<Lint>), Vec<Lint>> {
        let layer = |(name, text): &(String, String)| Layer {
            name: name.clone(),
            text: text.clone(),
            whose: Whose::Person,
        };
        overlay::load_checklist_layers(&files.iter().map(layer).collect::<Vec<_>>(), false)
    }

    /// The same for files of which some are the repository's. With `trust` these may also take
    /// rules away.
    ///
    /// # Errors
    /// What the linter found in the person's own files; the repository's never end it.
    pub fn load_layers(layers: &[Layer], trust: bool) -> Result<(Self, Vec<Lint>), Vec<Lint>> {
        overlay::load_checklist_layers(layers, trust)
    }

    /// The checklist of a journal.
    pub fn from_yaml(text: &str) -> Result<Self, Vec<Lint>> {
        overlay::read_whole_checklist(KEPT, text)
    }

    /// All remarks on one file, errors and warnings, as it would be laid over the shipped
    /// checklist.
    pub fn lint(name: &str, text: &str) -> Vec<Lint> {
        match Self::load(&[(name.to_owned(), text.to_owned())]) {
            Ok((_, lints)) | Err(lints) => lints,
        }
    }

    /// SHA-256 of the merged YAML, hexadecimal.
    pub fn digest(&self) -> String {
        use sha2::Digest;
        sha2::Sha256::digest(self.yaml.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// The question of an id.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }

    /// Minutes that going back stays unnoticed for a usage class.
    pub fn usage_minutes(&self, class: &str) -> Option<f64> {
        self.usage
            .iter()
            .find(|usage| usage.class == class)
            .map(|usage| usage.minutes)
    }
}
