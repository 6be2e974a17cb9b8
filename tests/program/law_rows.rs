//! The laws of gates as rows: what happens, and how it ends.

use crate::common::Sample;
use Step::{Answer, Call, Poll, PollNew, Refused};

/// What a gate needs to be passed.
pub const GOOD: &[(&str, &str)] = &[
    ("deployment.previous_available", "yes"),
    ("deployment.previous_good", "yes"),
    ("deployment.undo_path", "ok"),
    ("rehearsal.level", "2"),
    ("harm.irreversible", "none"),
    ("deployment.in_progress", "no"),
    ("deployment.mixed", "no"),
    ("impact.now", "none"),
    ("data.damaged", "no"),
    ("database.schema", "none"),
    ("database.old_code", "safe"),
    ("database.verified", "yes"),
    ("database.start_gate", "no"),
    ("contract.way_back", "compatible"),
    ("contract.stored", "compatible"),
];

/// What happens at the gate, one after the other.
#[derive(Clone, Copy)]
pub enum Step {
    /// A role, its word, its objection.
    Poll(&'static str, &'static str, &'static str),
    /// The same for a role that is new, and said to be.
    PollNew(&'static str, &'static str),
    /// A role that is refused, and a word of the sentence that says so.
    Refused(&'static str, &'static str),
    /// Go, no-go or hold, with its minutes.
    Call(&'static str, &'static str),
    /// A fact.
    Answer(&'static str, &'static str),
}

pub struct Row {
    pub law: &'static str,
    pub at: &'static str,
    pub steps: &'static [Step],
    pub outcome: &'static str,
    pub code: i32,
    /// How the reason begins.
    pub why: &'static str,
    /// Whether the call counts; `None` where nobody called.
    pub stands: Option<bool>,
}

const ALL_GO: [Step; 2] = [
    Poll("incident lead", "go", ""),
    Poll("service owner", "go", ""),
];

pub const LAWS: &[Row] = &[
    Row {
        law: "silence is not go",
        at: "backend",
        steps: &[ALL_GO[0]],
        outcome: "hold",
        code: 11,
        why: "no answer from service owner",
        stands: None,
    },
    Row {
        law: "everyone says go",
        at: "backend",
        steps: &ALL_GO,
        outcome: "go",
        code: 0,
        why: "every item that is known holds",
        stands: None,
    },
    Row {
        law: "a spoken no-go makes it no-go, first in the reason",
        at: "backend",
        steps: &[
            ALL_GO[0],
            Poll("service owner", "no-go", "the index is still building"),
        ],
        outcome: "no-go",
        code: 12,
        why: "service owner says no-go: the index is still building",
        stands: None,
    },
    Row {
        law: "a spoken no-go counts where the facts do not say go either",
        at: "backend",
        steps: &[
            Answer("deployment.mixed", "yes"),
            Poll("service owner", "no-go", "the index is still building"),
        ],
        outcome: "no-go",
        code: 12,
        why: "service owner says no-go: the index is still building; what is known says hold",
        stands: None,
    },
    Row {
        law: "harm is stopped, and the no-go is named",
        at: "backend",
        steps: &[
            Answer("harm.irreversible", "confirmed"),
            Poll("service owner", "no-go", ""),
        ],
        outcome: "stop-harm",
        code: 12,
        why: "service owner says no-go",
        stands: None,
    },
    Row {
        law: "an objection holds it",
        at: "backend",
        steps: &[ALL_GO[0], Poll("service owner", "go", "but slowly")],
        outcome: "hold",
        code: 11,
        why: "service owner objects",
        stands: None,
    },
    Row {
        law: "a call counts",
        at: "backend",
        steps: &[Call("go", "")],
        outcome: "go",
        code: 0,
        why: "it was called go: as agreed",
        stands: Some(true),
    },
    Row {
        law: "a call counts over a no-go that was spoken before it",
        at: "backend",
        steps: &[Poll("service owner", "no-go", "lag"), Call("go", "")],
        outcome: "go",
        code: 0,
        why: "it was called go: as agreed; before that, service owner says no-go: lag",
        stands: Some(true),
    },
    Row {
        law: "a call counts until somebody objects",
        at: "backend",
        steps: &[
            ALL_GO[0],
            ALL_GO[1],
            Call("go", ""),
            Poll("service owner", "go", "errors climb"),
        ],
        outcome: "hold",
        code: 11,
        why: "service owner objects",
        stands: Some(false),
    },
    Row {
        law: "a no-go after the call makes it no-go",
        at: "backend",
        steps: &[
            Call("go", ""),
            Poll("service owner", "no-go", "replication lags"),
        ],
        outcome: "no-go",
        code: 12,
        why: "service owner says no-go: replication lags",
        stands: Some(false),
    },
    Row {
        law: "a call counts until the recommendation changes",
        at: "backend",
        steps: &[Call("go", ""), Answer("deployment.mixed", "yes")],
        outcome: "hold",
        code: 11,
        why: "",
        stands: Some(false),
    },
    Row {
        law: "a hold has an end",
        at: "backend",
        steps: &[Call("hold", "10")],
        outcome: "hold",
        code: 11,
        why: "it was called hold",
        stands: Some(true),
    },
    Row {
        law: "a role that nobody polls is refused",
        at: "backend",
        steps: &[
            Refused("servce owner", "service owner"),
            Refused("nobody", "incident lead"),
            ALL_GO[0],
            ALL_GO[1],
        ],
        outcome: "go",
        code: 0,
        why: "every item that is known holds",
        stands: None,
    },
    Row {
        law: "the first word of a role is enough, and capitals do not matter",
        at: "backend",
        steps: &[Poll("Incident", "go", ""), Poll("SERVICE OWNER", "go", "")],
        outcome: "go",
        code: 0,
        why: "every item that is known holds",
        stands: None,
    },
    Row {
        law: "a new role is taken when it is said to be one, and counts",
        at: "backend",
        steps: &[ALL_GO[0], ALL_GO[1], PollNew("security", "no-go")],
        outcome: "no-go",
        code: 12,
        why: "security says no-go",
        stands: None,
    },
    Row {
        law: "the facts are heard at the first gate too",
        at: "start",
        steps: &[ALL_GO[0], ALL_GO[1], Answer("rehearsal.level", "0")],
        outcome: "no-go",
        code: 12,
        why: "",
        stands: None,
    },
];

pub fn service() -> Sample {
    let sample = Sample::new();
    sample.commit(
        "feat: first",
        &[
            ("src/main.rs", "fn main() {}\n"),
            ("backout.yaml", "roles: [incident lead, service owner]\n"),
        ],
    );
    sample.tag("v3.0.0");
    sample.commit("feat: second", &[("src/main.rs", "fn main() { run() }\n")]);
    sample.tag("v3.1.0");
    let good: String = GOOD
        .iter()
        .map(|(key, value)| format!("{key}: {value}\n"))
        .collect();
    std::fs::write(sample.beside("good.yaml"), good).expect("a file");
    sample
}
