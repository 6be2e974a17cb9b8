//! Which tool decides what runs, where several state files tell of the same release.

use model::{StateFileKind, WayBack, Word};

/// Tools by who decides what runs: the deployer before what it drives.
const ORDER: [StateFileKind; 6] = [
    StateFileKind::Octopus,
    StateFileKind::OctopusVariables,
    StateFileKind::ArgoCd,
    StateFileKind::ArgoRollouts,
    StateFileKind::Helm,
    StateFileKind::Kubernetes,
];

/// The ways back of the one tool that decides; none where only folders are known that are still
/// there.
pub(super) fn list_deciding_ways(all: &[WayBack]) -> impl Iterator<Item = &WayBack> {
    let kind = all
        .iter()
        .find(|way| way.in_flight)
        .map(|way| way.kind.clone())
        .or_else(|| {
            ORDER
                .into_iter()
                .find(|kind| all.iter().any(|way| way.kind == *kind))
                .map(Word::from)
        })
        // folders that are still there are a quicker form of a step, not a tool
        .or_else(|| {
            all.iter()
                .find(|way| way.kind != StateFileKind::Calamari)
                .map(|way| way.kind.clone())
        });
    all.iter()
        .filter(move |way| kind.as_ref() == Some(&way.kind))
}
