//! `config/default-changed`.

use super::super::settings::shown;
use super::super::{Check, Look, WithEvidence, finding};
use crate::model::{CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Kind, Severity};

static DOC: CheckDoc = CheckDoc {
    id: "config/default-changed",
    title: "A setting has another value",
    domain: Domain::Config,
    direction: Direction::Both,
    looks_for: "Keys of settings files whose value differs between the two releases. Values of keys that may be secret are not shown.",
    why: "Going back brings the old value back where the file is deployed with the program, and keeps the new one where it is not.",
    action: "Decide which value previous should run with.",
    example: "config/application.yml: pool.size goes from 5 to 50.",
    source: "The guide's question whether variables are transformed again when going back.",
};

pub(in super::super) const CHECK: Check = Check {
    doc: &DOC,
    run,
    #[cfg(test)]
    fixtures,
};

fn run(look: &Look<'_>) -> Vec<Finding> {
    let files = look.settings.iter().filter(|file| file.kind == Kind::Config);
    files
        .flat_map(|file| file.moved().map(move |(key, old, new)| (file, key, old, new)))
        .map(|(file, key, old, new)| {
            let says = format!("{key} goes from {} to {} in {}", shown(key, &old.value), shown(key, &new.value), file.path);
            finding(&DOC, Severity::Notes, Confidence::Proven, key.as_str(), says).at([Evidence::at(&*file.path, new.line).with_excerpt(key)])
        })
        .collect()
}

#[cfg(test)]
fn fixtures() -> (super::super::fixture::Fixture, super::super::fixture::Fixture) {
    use super::super::fixture::Fixture;
    (
        Fixture::of("config/application.yml", Kind::Config, "pool:\n  size: 5\n", "pool:\n  size: 50\n"),
        Fixture::of("config/application.yml", Kind::Config, "pool:\n  size: 5\n", "# comment\npool: {size: 5}\n"),
    )
}
