//! `config/default-changed`.

use crate::check::{
    APART, SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding,
    join_shortened_names,
};
use crate::settings::{display_setting_value, is_secret_key};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, FileKind, Finding,
    Severity, check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "config/default-changed",
    title: "A setting has another value",
    domain: Domain::Config,
    direction: Direction::Both,
    looks_for: "Keys of settings files whose value differs between the two releases. Values of keys that may be secret are not shown.",
    why: "Going back brings the old value back where the file is deployed with the program, and keeps the new one where it is not.",
    action: "Decide which value the previous release should run with.",
    example: "config/application.yml: pool.size goes from 5 to 50.",
    source: "The question of the guide whether variables are transformed again (`backout guide 47`).",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_changed_defaults, make_fixtures())
        }),
    },
    run: find_changed_defaults,
};

fn find_changed_defaults(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let files = look
        .settings
        .iter()
        // a manifest's values are judged by the checks of infrastructure
        .filter(|file| file.kind == FileKind::Config);
    files
        .flat_map(|file| {
            let moved: Vec<_> = file.moved().collect();
            let place =
                |key: &String, line: usize| Evidence::at(&*file.path, line).with_excerpt(key);
            if moved.len() > APART {
                let keys: Vec<&String> = moved.iter().map(|(key, ..)| *key).collect();
                let says = format!(
                    "{} settings have another value in {}: {}",
                    keys.len(),
                    file.path,
                    join_shortened_names(&keys)
                );
                let places = moved
                    .iter()
                    .take(12)
                    .map(|(key, _, new)| place(key, new.line));
                return vec![
                    build_check_finding(
                        &DOC,
                        Severity::Notes,
                        Confidence::Proven,
                        file.path.as_str(),
                        says,
                    )
                    .at(places),
                ];
            }
            moved
                .into_iter()
                .map(|(key, old, new)| {
                    // a finding is exported, and shown to whoever reads the report
                    let says = if is_secret_key(key) {
                        format!(
                            "{key} changed in {}; its value may be a secret and is not shown",
                            file.path
                        )
                    } else {
                        format!(
                            "{key} goes from {} to {} in {}",
                            display_setting_value(key, &old.value),
                            display_setting_value(key, &new.value),
                            file.path
                        )
                    };
                    build_check_finding(
                        &DOC,
                        // which of the two values is right is not known here, so it is a note
                        Severity::Notes,
                        Confidence::Proven,
                        key.as_str(),
                        says,
                    )
                    .at([place(key, new.line)])
                })
                .collect()
        })
        .collect()
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    (
        Fixture::of(
            "config/application.yml",
            FileKind::Config,
            "pool:\n  size: 5\n",
            "pool:\n  size: 50\n",
        ),
        Fixture::of(
            "config/application.yml",
            FileKind::Config,
            "pool:\n  size: 5\n",
            "# comment\npool: {size: 5}\n",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_in_one_file_are_one_finding() {
        let found = crate::case::Fixture::of(
            ".env",
            FileKind::Config,
            "K0=1\nK1=1\nK2=1\nK3=1\nK4=1\n",
            "K0=2\nK1=2\nK2=2\nK3=2\nK4=2\n",
        )
        .of_check(DOC.id);
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].says,
            "5 settings have another value in .env: K0, K1, K2, K3 and 1 more"
        );
        assert_eq!(found[0].evidence.len(), 5);
    }
}
