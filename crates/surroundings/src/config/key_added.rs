//! `config/key-added`.

use crate::check::{
    SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding, join_shortened_names,
};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, FileKind, Finding,
    Severity, check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "config/key-added",
    title: "A setting is new",
    domain: Domain::Config,
    direction: Direction::Both,
    looks_for: "Keys of env, ini, properties, TOML, YAML and JSON settings files that only the new release has.",
    why: "On the way out it must be set before the program starts; on the way back the previous release ignores it, unless it refuses settings it does not know.",
    action: "Leave the new setting in place when going back, and check that the previous release accepts unknown settings.",
    example: ".env.example gains PAYMENT_TIMEOUT.",
    source: "The question of the guide whether variables are transformed again (`backout guide 47`).",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_added_keys, make_fixtures())
        }),
    },
    run: find_added_keys,
};

fn find_added_keys(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let files = look
        .settings
        .iter()
        // a file that is new as a whole has nothing to be compared with
        .filter(|file| file.kind == FileKind::Config && !file.whole);
    files
        .filter_map(|file| {
            let added: Vec<_> = file.added().collect();
            let keys: Vec<&String> = added.iter().map(|(key, _)| *key).collect();
            let first = keys.first()?;
            let subject = if keys.len() == 1 {
                (*first).clone()
            } else {
                file.path.clone()
            };
            let says = format!(
                "{} adds {} to {}",
                look.range.current_version,
                join_shortened_names(&keys),
                file.path
            );
            let places = added
                .iter()
                .take(12)
                .map(|(key, setting)| Evidence::at(&*file.path, setting.line).with_excerpt(key));
            Some(
                build_check_finding(&DOC, Severity::Notes, Confidence::Proven, subject, says)
                    .at(places),
            )
        })
        .collect()
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    (
        Fixture::of(
            ".env.example",
            FileKind::Config,
            "A=1\n",
            "A=1\nPAYMENT_TIMEOUT=5\n",
        ),
        Fixture::of(
            ".env.example",
            FileKind::Config,
            "A=1\nB=2\n",
            "# moved\nB=2\nA=1\n",
        ),
    )
}
