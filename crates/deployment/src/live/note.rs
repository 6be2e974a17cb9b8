//! Notes about state files, as findings.

use super::LiveReport;
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity,
    check_cases,
};

pub(crate) static STATE_FILE: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "deployment/state-file",
        title: "What a deployer's file shows, and where it is known to be wrong",
        domain: Domain::Deployment,
        direction: Direction::Both,
        looks_for: "State files given with --live or as `live` of backout.yaml: each kind is known \
            to be wrong in its own ways, such as an old ReplicaSet whose age is not how long it \
            serves, a status that nobody closed, or a journal entry whose folder is gone.",
        why: "A decision that relies on such a file is only as good as the file.",
        action: "Look where the sentence points before you rely on the file.",
        example: "helm history with status pending-upgrade after the upgrade was killed.",
        source: "Documentation and source of each deployer; the guide, rules 62 to 74 and N1.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| super::tests::make_state_file_fixtures().into()),
};

/// Notes of [`derive_live_facts`](super::derive_live_facts) as findings; each names its file where the note tells which
/// one it is about.
pub fn convert_notes_to_findings(notes: &[String], reports: &[LiveReport]) -> Vec<Finding> {
    // a note has no link to its file, only its words
    let about = |note: &str| match reports {
        [only] => Some(only),
        several => several
            .iter()
            .find(|report| {
                // a note that a reader made stands in its report; one derived later names the file
                report.notes.iter().any(|own| own == note) || note.contains(&report.name)
            })
            .or_else(|| {
                several
                    .iter()
                    .find(|report| note.contains(report.kind.title()))
            }),
    };
    notes
        .iter()
        .map(|note| {
            let report = about(note);
            let subject =
                report.map_or_else(|| "state files".to_owned(), |report| report.name.clone());
            let place = report.map(|report| Evidence {
                path: Some(report.name.clone().into()),
                ..Evidence::default()
            });
            STATE_FILE.doc.make_finding(
                // a habit of a tool is known, whether it applies here is not
                Severity::Notes,
                Confidence::Likely,
                subject,
                note.as_str(),
                place.into_iter().collect(),
            )
        })
        .collect()
}
