//! What a check is: one declaration, the same in every room.

use std::borrow::Cow;

use super::{
    CheckDoc, CheckId, Confidence, Evidence, Finding, Grade, Severity, Unchecked, Untrusted,
};

/// A check of any room, declared once: what is said of it, what it means each way, where it stands
/// and what shows that it works. `backout explain`, the pages of the book and the tests read this
/// and nothing else.
#[derive(Debug, Clone, Copy)]
pub struct CheckDeclaration {
    /// Its id, its field, and what is said of it.
    pub doc: CheckDoc,
    /// What it means each way, where that is the same in every case of it; `None` where each case
    /// is judged by itself.
    pub grades: Option<CheckGrades>,
    /// The module that declares it, as `module_path!()` has it.
    pub place: &'static str,
    /// What shows that it finds what it is about and leaves alone what looks alike.
    pub cases: CheckCases,
}

/// What one kind of change means: on the way forward, on the way back, and for what was stored in
/// between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckGrades {
    /// What the previous release's clients meet in the new release.
    pub forward: Grade,
    /// What the new release's clients meet in the previous release.
    pub back: Grade,
    /// What the previous release makes of what the new release stored.
    pub stored: Grade,
}

impl CheckGrades {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        forward: Grade::Doubt,
        back: Grade::Doubt,
        stored: Grade::Doubt,
    };
}

/// Where the two cases of a check are: one that it must find, and one that looks alike and that it
/// must leave alone.
#[derive(Debug, Clone, Copy)]
pub enum CheckCases {
    /// In the program text: a function that is given the check's id and tries both. It is there
    /// where tests are compiled; [`check_cases!`](crate::check_cases) writes this.
    Beside(Option<fn(&'static str) -> TriedCases>),
    /// In a file below `tests/fixtures`, with a part `positive` and a part `negative`.
    InFile(&'static str),
    /// In a test that hands in what two trees cannot hold: what a person or a database said. The
    /// file of that test.
    InTest(&'static str),
}

/// What all checks of a room found in both cases of one of them.
#[derive(Debug, Clone, Default)]
pub struct TriedCases {
    /// In the case that has to be found.
    pub found: Vec<Finding>,
    /// In the one that looks alike.
    pub alike: Vec<Finding>,
    /// What could not be judged in the one that looks alike; there should be nothing.
    pub left_open: Vec<Unchecked>,
}

/// Cases of a check that are compiled under a condition only: `check_cases!(test, try_it)`, where
/// `try_it` is a function from the check's id to [`TriedCases`].
#[macro_export]
macro_rules! check_cases {
    ($when:meta, $try:expr) => {{
        #[cfg($when)]
        {
            $crate::CheckCases::Beside(Some($try))
        }
        #[cfg(not($when))]
        {
            $crate::CheckCases::Beside(None)
        }
    }};
}

impl From<(Vec<Finding>, Vec<Finding>)> for TriedCases {
    fn from((found, alike): (Vec<Finding>, Vec<Finding>)) -> Self {
        Self {
            found,
            alike,
            left_open: Vec::new(),
        }
    }
}

impl CheckDoc {
    /// A finding with the check's own reason and advice; what comes from outside is made visible.
    pub fn make_finding(
        &self,
        severity: Severity,
        confidence: Confidence,
        subject: impl Into<String>,
        says: impl Into<String>,
        evidence: Vec<Evidence>,
    ) -> Finding {
        Finding {
            check: CheckId::declared(self.id),
            domain: self.domain,
            severity,
            direction: self.direction,
            confidence,
            subject: Untrusted::visible(&subject.into()),
            says: Untrusted::visible(&says.into()),
            why: self.why.into(),
            action: self.action.into(),
            compatibility_step: None,
            evidence,
        }
    }
}

impl CheckDeclaration {
    /// What it looks for, with its grades.
    pub fn write_looks_for(&self) -> Cow<'static, str> {
        let Some(grades) = self.grades else {
            return Cow::Borrowed(self.doc.looks_for);
        };
        let word = |grade| match grade {
            Grade::Compatible => "compatible",
            Grade::Doubt => "doubt",
            Grade::Breaking => "breaking",
        };
        Cow::Owned(format!(
            "{} On the way forward: {}; on the way back: {}; for stored data: {}.",
            self.doc.looks_for,
            word(grades.forward),
            word(grades.back),
            word(grades.stored)
        ))
    }

    /// What is missing in its documentation, as sentences.
    pub fn list_missing_parts(&self) -> Vec<String> {
        let doc = &self.doc;
        [
            ("title", doc.title),
            ("what it looks for", doc.looks_for),
            ("reason", doc.why),
            ("advice", doc.action),
            ("example", doc.example),
            ("source", doc.source),
            ("place", self.place),
        ]
        .into_iter()
        .filter(|(_, text)| text.trim().is_empty())
        .map(|(part, _)| format!("{}: no {part}", doc.id))
        .collect()
    }

    /// Tries the cases that stand beside it, and says what does not hold. Cases in a file or in a
    /// test are tried there.
    ///
    /// # Errors
    /// One sentence with what was found instead.
    pub fn try_cases(&self) -> Result<(), String> {
        let (id, place) = (self.doc.id, self.place);
        let CheckCases::Beside(cases) = self.cases else {
            return Ok(());
        };
        let Some(cases) = cases else {
            return Err(format!("{id} ({place}): its cases are not compiled"));
        };
        let tried = cases(id);
        let of_check = |one: &&Finding| one.check == id;
        let findings: Vec<&Finding> = tried.found.iter().filter(of_check).collect();
        if findings.is_empty() {
            return Err(format!(
                "{id} ({place}) is not found in its case: {:?}",
                tried.found
            ));
        }
        let shown = |place: &Evidence| place.path.is_some() || place.commit.is_some();
        let whole = |finding: &&Finding| {
            !finding.says.is_empty()
                && !finding.subject.is_empty()
                && finding.evidence.iter().any(shown)
        };
        if !findings.iter().all(whole) {
            return Err(format!(
                "{id} ({place}): a finding has no subject, no sentence or no place: {findings:?}"
            ));
        }
        if let Some(wrong) = tried.alike.iter().find(of_check) {
            return Err(format!(
                "{id} ({place}) is found in the case that only looks alike: {wrong:?}"
            ));
        }
        if !tried.left_open.is_empty() {
            return Err(format!(
                "{id} ({place}) cannot judge the case that only looks alike: {:?}",
                tried.left_open
            ));
        }
        Ok(())
    }
}

/// What does not hold of the checks of a room, as sentences: documentation that is not whole, ids
/// that stand twice, and cases that stand beside a check and fail.
pub fn find_check_faults<'a>(
    checks: impl IntoIterator<Item = &'a CheckDeclaration>,
) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let mut faults = Vec::new();
    for check in checks {
        if !seen.insert(check.doc.id) {
            faults.push(format!("{} is declared twice", check.doc.id));
        }
        faults.extend(check.list_missing_parts());
        faults.extend(check.try_cases().err());
    }
    faults
}
