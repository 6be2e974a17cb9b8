//! `infrastructure/definition-stored`.

use std::collections::BTreeMap;

use span_tree::Node;

use super::manifest;
use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity,
    check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "infrastructure/definition-stored",
    title: "A CustomResourceDefinition stores another version",
    domain: Domain::Infrastructure,
    direction: Direction::Rollback,
    looks_for: "CustomResourceDefinitions whose storage version in the new release is not among the versions of the previous release's definition, or is not served there; versions that the new release no longer serves.",
    why: "The cluster keeps the version in status.storedVersions and refuses a definition without it, and the operator of the previous release does not know objects of that version.",
    action: "Keep the newer definition (crds/) when going back, or first store all objects in the older version and take the newer one out of status.storedVersions; `kubectl get crd NAME -o jsonpath='{.status.storedVersions}'` shows what is stored.",
    example: "crds/shelves.yaml stores v1, and the definition of the previous release has v1beta1 only.",
    source: "Kubernetes: versions of CustomResourceDefinitions, upgrading existing objects to a new stored version.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_stored_definitions, make_fixtures())
        }),
    },
    run: find_stored_definitions,
};

/// Versions of a definition: name to (served, stored, line).
type DefinitionVersions = BTreeMap<String, (bool, bool, usize)>;

fn find_stored_definitions(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    for (change, before, after) in manifest::list_object_files(look) {
        before.iter().for_each(|text| {
            read_custom_definitions(
                text,
                change.old_path.as_deref().unwrap_or(&change.path),
                &mut old,
            )
        });
        after
            .iter()
            .for_each(|text| read_custom_definitions(text, &change.path, &mut new));
    }
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    let mut findings = Vec::new();
    for (name, (path, versions)) in &new {
        // a definition that previous lacks is removed or left, and refuses nobody
        let Some((old_path, before)) = old.get(name) else {
            continue;
        };
        findings.extend(tell_unserved_versions(look, name, (path, versions), before));
        // without a version that is stored the file is no whole definition
        let Some((stored, (_, _, line))) = versions.iter().find(|(_, (_, stored, _))| *stored)
        else {
            continue;
        };
        let known = before.iter().find(|(_, (_, stored, _))| *stored);
        let was = known.map_or("another version", |(version, _)| version.as_str());
        let old_line = known.map_or(1, |(_, (_, _, line))| *line);
        let places = [
            Evidence::at(path.as_str(), *line).with_excerpt(stored),
            Evidence::at(old_path.as_str(), old_line).with_excerpt(was),
        ];
        match before.get(stored) {
            None => {
                let says = format!(
                    "{name} is stored as {stored} in {current} ({path}:{line}), and the definition of {previous} has no {stored}, it stores {was} ({old_path}:{old_line})"
                );
                findings.push(
                    build_check_finding(
                        &DOC,
                        // proven by both definitions: the API server compares them itself
                        Severity::Blocks,
                        Confidence::Proven,
                        name.as_str(),
                        says,
                    )
                    .at(places),
                );
            }
            // not served may mean that it is only kept for the upgrade of objects
            Some((false, ..)) => {
                let says = format!(
                    "{name} is stored as {stored} in {current} ({path}:{line}), which the definition of {previous} does not serve ({old_path})"
                );
                findings.push(
                    build_check_finding(
                        &DOC,
                        Severity::Warns,
                        Confidence::Likely,
                        name.as_str(),
                        says,
                    )
                    .at(places),
                );
            }
            // both releases know both versions, so objects are converted
            Some(_) if was != stored => {
                let says = format!(
                    "{name} is stored as {stored} in {current} and as {was} in {previous}; both releases know both versions ({path}:{line})"
                );
                findings.push(
                    build_check_finding(
                        &DOC,
                        Severity::Notes,
                        Confidence::Proven,
                        name.as_str(),
                        says,
                    )
                    .at(places),
                );
            }
            Some(_) => {}
        }
    }
    findings
}

/// Versions that previous serves and current does not: what asks for them finds nothing as long as
/// the newer definition stays, and a way back of the program alone leaves it there.
fn tell_unserved_versions(
    look: &SurroundingsInput<'_>,
    name: &str,
    (path, versions): (&str, &DefinitionVersions),
    before: &DefinitionVersions,
) -> Vec<Finding> {
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    // what current does not serve is asked for by previous as soon as it starts
    before
        .iter()
        .filter(|(version, (served, ..))| {
            *served && !versions.get(*version).is_some_and(|(served, ..)| *served)
        })
        .map(|(version, _)| {
            let line = versions.get(version).map_or(1, |(_, _, line)| *line);
            let says = format!(
                "{name} is no longer served as {version} in {current} ({path}:{line}); {previous} finds no such objects while the newer definition stays in the cluster"
            );
            build_check_finding(&DOC, Severity::Warns, Confidence::Likely, name, says)
                .at([Evidence::at(path, line).with_excerpt(version)])
        })
        .collect()
}

fn read_custom_definitions(
    text: &str,
    path: &str,
    into: &mut BTreeMap<String, (String, DefinitionVersions)>,
) {
    if !text.contains("CustomResourceDefinition") {
        return;
    }
    manifest::visit_manifest_objects(text, |kind, name, object| {
        if kind != "CustomResourceDefinition" {
            return;
        }
        let mut versions = DefinitionVersions::new();
        let said = |node: Option<Node<'_>>, otherwise: bool| {
            node.and_then(Node::text)
                .map_or(otherwise, |text| text == "true")
        };
        for version in object
            .at(&["spec", "versions"])
            .into_iter()
            .flat_map(Node::items)
            .take(100)
        {
            if let Some(name) = version.get("name").and_then(Node::text) {
                versions.insert(
                    name.to_owned(),
                    (
                        // a version is served unless it says otherwise
                        said(version.get("served"), true),
                        said(version.get("storage"), false),
                        version.line(),
                    ),
                );
            }
        }
        // v1beta1 of the API: one version, or none of the list marked
        if versions.is_empty()
            && let Some(version) = object.at(&["spec", "version"])
        {
            versions.insert(
                version.text().unwrap_or_default().to_owned(),
                (true, true, version.line()),
            );
        }
        into.insert(name.to_owned(), (path.to_owned(), versions));
    });
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    use model::FileKind;
    let one = "kind: CustomResourceDefinition\nmetadata: {name: pots.k.example}\nspec:\n  versions:\n  - {name: v1alpha1, served: true, storage: true}\n";
    let two = "kind: CustomResourceDefinition\nmetadata: {name: pots.k.example}\nspec:\n  versions:\n  - {name: v1alpha1, served: true, storage: false}\n  - {name: v1beta1, served: true, storage: true}\n";
    let served = "kind: CustomResourceDefinition\nmetadata: {name: pots.k.example}\nspec:\n  versions:\n  - {name: v1alpha1, served: true, storage: true}\n  - {name: v1beta1, served: true, storage: false}\n";
    (
        Fixture::of("config/crd/pots.yaml", FileKind::Config, one, two),
        Fixture::of("config/crd/pots.yaml", FileKind::Config, one, served),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::FileKind;

    #[test]
    fn a_version_that_is_no_longer_served_is_told() {
        let of = |served: bool| {
            let text = format!(
                "kind: CustomResourceDefinition\nmetadata: {{name: pots.k.example}}\nspec:\n  versions:\n  - {{name: v1, served: true, storage: true}}\n  - {{name: v1beta1, served: {served}, storage: false}}\n"
            );
            &*text.leak()
        };
        let count = |old, new| {
            crate::case::Fixture::of("config/crd/pots.yaml", FileKind::Config, old, new)
                .of_check(DOC.id)
                .iter()
                .filter(|finding| finding.severity == Severity::Warns)
                .count()
        };
        assert_eq!(
            (count(of(true), of(false)), count(of(false), of(true))),
            (1, 0)
        );
    }

    #[test]
    fn a_template_of_a_chart_and_a_move_are_read() {
        let of = |version: &str| {
            let text = format!(
                "{{{{- if .Values.crds }}}}\nkind: CustomResourceDefinition\nmetadata:\n  name: pots.k.example\n  labels: {{{{ .Values.labels }}}}\nspec:\n  versions:\n  - name: {version}\n    served: true\n    storage: true\n{{{{- end }}}}\n"
            );
            &*text.leak()
        };
        let found = crate::case::Fixture::of(
            "charts/k/templates/crd.yaml",
            FileKind::Infrastructure,
            of("v1"),
            of("v2"),
        )
        .of_check(DOC.id);
        assert_eq!(
            (found[0].severity, found[0].evidence[0].line),
            (Severity::Blocks, Some(8))
        );
    }
}
