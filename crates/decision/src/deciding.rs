//! Which tool decides what runs, where several state files tell of the same release.

use model::WayBack;

/// Tools by who decides what runs: the deployer before what it drives.
const ORDER: [&str; 6] = [
    "octopus",
    "octopus-variables",
    "argocd",
    "argo-rollouts",
    "helm",
    "kubernetes",
];

/// The ways back of the one tool that decides; none where only folders are known that are still
/// there.
pub(super) fn ways(all: &[WayBack]) -> impl Iterator<Item = &WayBack> {
    let kind = all
        .iter()
        .find(|way| way.in_flight)
        .map(|way| way.kind.as_str())
        .or_else(|| {
            ORDER
                .into_iter()
                .find(|kind| all.iter().any(|way| way.kind == *kind))
        })
        // folders that are still there are a quicker form of a step, not a tool
        .or_else(|| {
            all.iter()
                .find(|way| way.kind != "calamari")
                .map(|way| way.kind.as_str())
        });
    all.iter()
        .filter(move |way| kind == Some(way.kind.as_str()))
}
