//! `infrastructure/chart-values-changed`.

use crate::check::{
    SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding, join_shortened_names,
};
use crate::settings::values_file;
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity,
    check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "infrastructure/chart-values-changed",
    title: "Values of a chart differ",
    domain: Domain::Infrastructure,
    direction: Direction::Both,
    looks_for: "Keys of values files of charts that were added, removed or given another value.",
    why: "`helm rollback` brings the old values back together with the old templates; deploying the previous release with today's values may not render.",
    action: "Go back with the values of the previous release, not with those of the new release.",
    example: "charts/payments/values.yaml: resources.limits.memory goes from 256Mi to 512Mi.",
    source: "Helm keeps values with each revision.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_chart_value_changes, make_fixtures())
        }),
    },
    run: find_chart_value_changes,
};

fn find_chart_value_changes(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    look.settings
        .iter()
        // values that come or go with their chart are part of something new
        .filter(|file| values_file(&file.path) && !file.whole)
        .filter_map(|file| {
            let mut keys: Vec<(&String, usize)> = file
                .added()
                .map(|(key, setting)| (key, setting.line))
                .collect();
            keys.extend(file.moved().map(|(key, _, new)| (key, new.line)));
            let gone: Vec<(&String, usize)> = file
                .removed()
                .map(|(key, setting)| (key, setting.line))
                .collect();
            let all: Vec<&String> = keys.iter().chain(&gone).map(|(key, _)| *key).collect();
            if all.is_empty() {
                return None;
            }
            let places = keys
                .iter()
                .map(|(key, line)| Evidence::at(&*file.path, *line).with_excerpt(key));
            let lost = gone
                .iter()
                .map(|(key, line)| Evidence::at(&*file.old_path, *line).with_excerpt(key));
            let says = format!(
                "{} in {}",
                if all.len() == 1 {
                    format!("{} differs", all[0])
                } else {
                    format!("{} differ", join_shortened_names(&all))
                },
                file.path
            );
            Some(
                build_check_finding(
                    &DOC,
                    Severity::Notes,
                    Confidence::Proven,
                    file.path.as_str(),
                    says,
                )
                .at(places.chain(lost).take(12)),
            )
        })
        .collect()
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    use model::FileKind;
    let path = "charts/payments/values.yaml";
    (
        Fixture::of(
            path,
            FileKind::Infrastructure,
            "limits: {memory: 256Mi}\nold: 1\n",
            "limits: {memory: 512Mi}\n",
        ),
        Fixture::of(
            path,
            FileKind::Infrastructure,
            "limits: {memory: 256Mi}\n",
            "limits:\n  memory: 256Mi\n",
        ),
    )
}
