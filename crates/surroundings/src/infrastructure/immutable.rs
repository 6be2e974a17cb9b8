//! `infrastructure/immutable-field`.

use std::collections::BTreeMap;

use super::immutable_fields::{by_default, list_immutable_fields};
use super::manifest::{self, KubernetesObject, write_canonical_node};
use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use crate::same_text::ParsedTextCache;
use coverage::place::{FileRole, classify_path_place};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity,
    check_cases, shorten_text,
};

const DOC: CheckDoc = CheckDoc {
    id: "infrastructure/immutable-field",
    title: "A field that Kubernetes does not let anybody change is different",
    domain: Domain::Infrastructure,
    direction: Direction::Both,
    looks_for: "Selectors of Deployments, DaemonSets and StatefulSets, volumeClaimTemplates and serviceName of StatefulSets, clusterIP and first ipFamily of Services, templates of Jobs, claims of volumes and their sources, provisioners of StorageClasses, roleRef of bindings, the type of a Secret, the data of a ConfigMap or Secret that is immutable, scope, group and kind of a CustomResourceDefinition, handlers of RuntimeClasses that differ between the releases or stand in one of them only, also where a value of a chart fills them; a ConfigMap or Secret that is made immutable; the version of the API that an object is written for; labels of a chart that hold its own version and stand in a selector.",
    why: "Applying the definition of the previous release is refused while the object of the new release exists, so going back with apply or with the chart stops half way.",
    action: "Keep the object of the new release as it is, or delete it and create it anew from the previous release (for a StatefulSet with `--cascade=orphan`, so that its pods and volumes stay).",
    example: "deploy/jars.yaml: spec.selector of the Deployment jars gets part: web.",
    source: "Kubernetes: fields that are immutable after creation, as its API validates an update.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_immutable_changes, make_fixtures())
        }),
    },
    run: find_immutable_changes,
};

type Objects = BTreeMap<(String, String, String), KubernetesObject>;

fn find_immutable_changes(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let (mut old, mut new) = (Objects::new(), Objects::new());
    let seen = [ParsedTextCache::default(), ParsedTextCache::default()];
    for (change, before, after) in manifest::list_object_files(look) {
        // a text that was read already brings the same objects, unless its path is part of their
        // name
        let filled = |text: &str| {
            text.contains("{{")
                || text
                    .lines()
                    .any(|line| line.contains("name") && line.contains("template"))
        };
        // one file of objects may lie in each overlay, and each is applied to its own cluster
        let first = |side: usize, text: &str, path: &str| {
            filled(text) || seen[side].first(&find_overlay_name(path), text)
        };
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        before
            .iter()
            .filter(|text| first(0, text, old_path))
            .for_each(|text| read_immutable_objects(text, old_path, &mut old));
        after
            .iter()
            .filter(|text| first(1, text, &change.path))
            .for_each(|text| read_immutable_objects(text, &change.path, &mut new));
    }
    let mut findings = compare_immutable_fields(look, &old, &new, false);
    // what a value of a chart becomes is known by the template that uses it; other values may be
    // live
    let (mut old, mut new) = (Objects::new(), Objects::new());
    for template in super::rendered::render_changed_templates(look) {
        read_immutable_objects(&template.sides.0, &template.path, &mut old);
        read_immutable_objects(&template.sides.1, &template.path, &mut new);
    }
    let known: std::collections::BTreeSet<model::Untrusted> =
        findings.iter().map(|found| found.subject.clone()).collect();
    findings.extend(
        compare_immutable_fields(look, &old, &new, true)
            .into_iter()
            .filter(|found| !known.contains(&found.subject)),
    );
    findings.extend(super::chart_selector::find_selector_changes(look, &DOC));
    findings
}

/// Fields of objects that both sides have. `filled`: by the values of a chart.
fn compare_immutable_fields(
    look: &SurroundingsInput<'_>,
    old: &Objects,
    new: &Objects,
    filled: bool,
) -> Vec<Finding> {
    let previous = look.range.previous_version;
    let mut findings = Vec::new();
    let none = (String::new(), 0);
    for (key, object) in new {
        let Some(before) = old.get(key) else { continue };
        let names: std::collections::BTreeSet<&String> =
            object.fields.keys().chain(before.fields.keys()).collect();
        for field in names {
            let ((value, line), (was, old_line)) = (
                object.fields.get(field).unwrap_or(&none),
                before.fields.get(field).unwrap_or(&none),
            );
            if was == value {
                continue;
            }
            // one side does not write it: the same as the default is no change, and what the
            // cluster chose is not known
            let both = *line > 0 && *old_line > 0;
            let default = by_default(&object.kind, field);
            if !both
                && (default.is_some_and(|default| {
                    [was, value]
                        .into_iter()
                        .all(|side| side.is_empty() || side == default)
                }) || default.is_none())
            {
                continue;
            }
            let (line, old_line) = ((*line).max(1), (*old_line).max(1));
            let raised = field == API;
            // what a template fills in is not known here
            let sure = both
                && !raised
                && !filled
                && !value.contains("template")
                && !was.contains("template");
            let (severity, confidence) = if sure {
                (Severity::Blocks, Confidence::Proven)
            } else {
                (Severity::Warns, Confidence::Likely)
            };
            // a Job that has run is usually made anew under another name
            let (severity, confidence) = if object.kind == "Job" {
                (Severity::Warns, Confidence::Likely)
            } else {
                (severity, confidence)
            };
            // an object that may change again is no obstacle, one that may not is
            if field == "immutable" && value != "true" {
                continue;
            }
            let by = if filled {
                ", by a value of the chart"
            } else {
                ""
            };
            let says = if raised {
                format!(
                    "The {} {} is written for {value} and before for {was}: a cluster that was raised for it may refuse what {previous} brings ({}:{line})",
                    object.kind, object.name, object.path
                )
            } else {
                format!(
                    "{field} of the {} {} differs{by} and is immutable: applying {previous} is refused ({}:{line}, before {}:{old_line})",
                    object.kind, object.name, object.path, before.path
                )
            };
            let mut places = vec![
                Evidence::at(object.path.as_str(), line)
                    .with_excerpt(&format!("{field}: {}", shorten_text(value, 120))),
                Evidence::at(before.path.as_str(), old_line)
                    .with_excerpt(&format!("{field}: {}", shorten_text(was, 120))),
            ];
            if let Some((folder, _)) = object.path.split_once("templates/").filter(|_| filled) {
                places.push(Evidence {
                    path: Some(format!("{folder}values.yaml").into()),
                    ..Evidence::default()
                });
            }
            findings.push(
                build_check_finding(
                    &DOC,
                    severity,
                    confidence,
                    format!("{} {}", object.kind, object.name),
                    says,
                )
                .at(places),
            );
        }
    }
    findings
}

/// The version of the API that an object is written for, among its fields.
const API: &str = "apiVersion";

fn read_immutable_objects(text: &str, path: &str, into: &mut Objects) {
    manifest::visit_manifest_objects(text, |kind, name, node| {
        if kind == "Job" && made_anew(name, node) {
            return;
        }
        // the version that a definition is written for is told by a check of its own
        let api: &[&[&str]] = if kind == "CustomResourceDefinition" {
            &[]
        } else {
            &[&[API]]
        };
        // the data of an object that may not change counts like a field
        let frozen = matches!(kind, "ConfigMap" | "Secret")
            && node.get("immutable").and_then(span_tree::Node::text) == Some("true");
        let data: &[&[&str]] = if frozen {
            &[&["data"], &["stringData"], &["binaryData"]]
        } else {
            &[]
        };
        let found = list_immutable_fields(kind)
            .iter()
            .chain(api)
            .chain(data)
            .filter_map(|field| {
                let value = node.at(field)?;
                // a second family may come and go, the first one stays
                let value = match field.last() {
                    Some(&"ipFamilies") => value.items().next()?,
                    _ => value,
                };
                // a label that is written by default is no change
                Some((
                    field.join("."),
                    (write_canonical_node(value, 0), value.line()),
                ))
            });
        let namespace = node
            .at(&["metadata", "namespace"])
            .and_then(span_tree::Node::text)
            .unwrap_or_default()
            .to_owned();
        // a name that a template gives is one of its file
        // two files may name their object by one helper
        let own = if name.contains("template") {
            format!("{name} of {path}")
        } else {
            name.to_owned()
        };
        let object = KubernetesObject {
            kind: kind.to_owned(),
            name: name.to_owned(),
            path: path.to_owned(),
            fields: found.collect(),
        };
        into.entry((
            kind.to_owned(),
            format!("{namespace}/{own}"),
            find_overlay_name(path),
        ))
        .or_insert(object);
    });
}

/// A Job that its deployer deletes before the next one: a hook, one that goes by itself, or one
/// whose name a template makes.
fn made_anew(name: &str, node: span_tree::Node<'_>) -> bool {
    let hook = ["helm.sh/hook", "argocd.argoproj.io/hook"]
        .iter()
        .any(|key| node.at(&["metadata", "annotations", key]).is_some());
    // such a Job is deleted before the next one is made
    hook || name.contains("template") || node.at(&["spec", "ttlSecondsAfterFinished"]).is_some()
}

/// Objects of one name in several overlays are several objects.
fn find_overlay_name(path: &str) -> String {
    let folders: Vec<&str> = path.split('/').collect();
    let at = folders
        .iter()
        .position(|folder| matches!(*folder, "overlays" | "envs" | "environments" | "clusters"));
    at.and_then(|at| folders.get(at + 1))
        .filter(|_| classify_path_place(path) == FileRole::Live)
        .map(|name| (*name).to_owned())
        .unwrap_or_default()
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    use model::FileKind;
    let old =
        "kind: StatefulSet\nmetadata: {name: pots}\nspec:\n  serviceName: pots\n  replicas: 1\n";
    let moved = "kind: StatefulSet\nmetadata: {name: pots}\nspec:\n  serviceName: pots-headless\n  replicas: 1\n";
    let scaled =
        "kind: StatefulSet\nmetadata: {name: pots}\nspec: {serviceName: pots, replicas: 3}\n";
    (
        Fixture::of("k8s/pots.yaml", FileKind::Infrastructure, old, moved),
        Fixture::of("k8s/pots.yaml", FileKind::Infrastructure, old, scaled),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::FileKind;

    #[test]
    fn both_lines_are_named() {
        let found = make_fixtures().0.of_check(DOC.id);
        assert_eq!(
            (
                found[0].severity,
                found[0].evidence[0].line,
                found[0].evidence[1].line
            ),
            (Severity::Blocks, Some(4), Some(4))
        );
    }

    #[test]
    fn a_field_that_only_one_release_has_counts_unless_it_is_the_default() {
        let of = |kind: &str, old: &str, new: &str| {
            let text = |more: &str| {
                &*format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: pots}}\n{more}").leak()
            };
            crate::case::Fixture::of(
                "k8s/pots.yaml",
                FileKind::Infrastructure,
                text(old),
                text(new),
            )
            .of_check(DOC.id)
        };
        let headless = of(
            "Service",
            "spec: {type: ClusterIP}\n",
            "spec: {type: ClusterIP, clusterIP: None}\n",
        );
        assert_eq!(
            (headless[0].severity, headless[0].confidence),
            (Severity::Warns, Confidence::Likely)
        );
        assert_eq!(
            of(
                "ConfigMap",
                "data: {a: b}\n",
                "immutable: true\ndata: {a: b}\n"
            )
            .len(),
            1
        );
        for (kind, old, new) in [
            ("ConfigMap", "immutable: true\n", "immutable: false\n"),
            (
                "ConfigMap",
                "data: {a: b}\n",
                "immutable: false\ndata: {a: b}\n",
            ),
            (
                "StatefulSet",
                "spec: {serviceName: a}\n",
                "spec: {serviceName: a, podManagementPolicy: OrderedReady}\n",
            ),
            ("Secret", "data: {a: b}\n", "data: {a: c}\n"),
        ] {
            assert!(of(kind, old, new).is_empty(), "{kind} {new}");
        }
    }

    /// What the API of Kubernetes refuses in an update, kind by kind, and what it takes.
    #[test]
    fn fields_of_many_kinds_are_known() {
        let of = |kind: &str, old: &str, new: &str| {
            let text = |more: &str| {
                &*format!("kind: {kind}\nmetadata: {{name: pots.k.example}}\n{more}\n").leak()
            };
            crate::case::Fixture::of(
                "deploy/pots.yaml",
                FileKind::Infrastructure,
                text(old),
                text(new),
            )
            .of_check(DOC.id)
        };
        for (kind, old, new) in [
            ("Secret", "type: Opaque", "type: kubernetes.io/tls"),
            ("Secret", "data: {a: b}", "type: kubernetes.io/tls"),
            (
                "Secret",
                "immutable: true\ndata: {a: b}",
                "immutable: true\ndata: {a: c}",
            ),
            (
                "ConfigMap",
                "immutable: true\ndata: {a: b}",
                "immutable: true\ndata: {a: c}",
            ),
            (
                "CustomResourceDefinition",
                "spec: {scope: Namespaced}",
                "spec: {scope: Cluster}",
            ),
            (
                "CustomResourceDefinition",
                "spec: {names: {kind: Pot}}",
                "spec: {names: {kind: Jar}}",
            ),
            (
                "Service",
                "spec: {ipFamilies: [IPv4]}",
                "spec: {ipFamilies: [IPv6]}",
            ),
            (
                "PersistentVolumeClaim",
                "spec: {accessModes: [ReadWriteOnce]}",
                "spec: {accessModes: [ReadWriteMany]}",
            ),
            (
                "PersistentVolumeClaim",
                "spec: {storageClassName: slow}",
                "spec: {storageClassName: fast, volumeMode: Filesystem}",
            ),
            (
                "PersistentVolume",
                "spec: {nfs: {path: /a}}",
                "spec: {nfs: {path: /b}}",
            ),
            (
                "StorageClass",
                "parameters: {type: gp2}",
                "parameters: {type: gp3}",
            ),
            ("RuntimeClass", "handler: runc", "handler: kata"),
            ("RoleBinding", "roleRef: {name: a}", "roleRef: {name: b}"),
        ] {
            assert_eq!(of(kind, old, new).len(), 1, "{kind} {new}");
        }
        for (kind, old, new) in [
            ("Secret", "data: {a: b}", "type: Opaque\ndata: {a: c}"),
            (
                "ConfigMap",
                "immutable: false\ndata: {a: b}",
                "immutable: false\ndata: {a: c}",
            ),
            (
                "Service",
                "spec: {ipFamilies: [IPv4]}",
                "spec: {ipFamilies: [IPv4, IPv6], ipFamilyPolicy: PreferDualStack}",
            ),
            // its whole specification may change since policy/v1
            (
                "PodDisruptionBudget",
                "spec: {minAvailable: 1}",
                "spec: {minAvailable: 2}",
            ),
            (
                "RoleBinding",
                "subjects: [{name: a}]",
                "subjects: [{name: b}]",
            ),
            (
                "CustomResourceDefinition",
                "apiVersion: apiextensions.k8s.io/v1beta1\nspec: {scope: Cluster}",
                "apiVersion: apiextensions.k8s.io/v1\nspec: {scope: Cluster}",
            ),
        ] {
            assert!(of(kind, old, new).is_empty(), "{kind} {new}");
        }
    }

    #[test]
    fn an_api_that_an_object_is_raised_to_warns() {
        let text = |version: &str| {
            &*format!("apiVersion: autoscaling/{version}\nkind: HorizontalPodAutoscaler\nmetadata: {{name: pots}}\n").leak()
        };
        let found = crate::case::Fixture::of(
            "k8s/a.yaml",
            FileKind::Infrastructure,
            text("v2beta2"),
            text("v2"),
        )
        .of_check(DOC.id);
        assert!(
            found[0].says.as_raw().contains("autoscaling/v2beta2")
                && found[0].severity == Severity::Warns,
            "{found:?}"
        );
    }

    #[test]
    fn a_value_of_a_chart_counts_as_the_field_that_it_fills() {
        let claim = Some(
            "kind: PersistentVolumeClaim\nmetadata:\n  name: pots\nspec:\n  resources:\n    requests:\n      storage: {{ .Values.disk.size }}\n",
        );
        let values = |size: &str, replicas: u8| {
            &*format!("disk:\n  size: {size}\nreplicas: {replicas}\n").leak()
        };
        let of = |new| {
            crate::case::Fixture::of(
                "charts/pots/values.yaml",
                FileKind::Infrastructure,
                values("10Gi", 1),
                new,
            )
            .and(
                "charts/pots/templates/claim.yaml",
                FileKind::Infrastructure,
                claim,
                claim,
            )
            .of_check(DOC.id)
        };
        let found = of(values("20Gi", 1));
        assert_eq!(
            (found.len(), found[0].confidence, found[0].evidence[0].line),
            (1, Confidence::Likely, Some(7))
        );
        assert!(of(values("10Gi", 2)).is_empty());
    }

    #[test]
    fn a_job_that_is_made_anew_is_no_matter() {
        let job = |more: &str, tag: &str| {
            &*format!("kind: Job\nmetadata:\n  name: seed\n{more}spec:\n  template: {{spec: {{containers: [{{name: a, image: \"a:{tag}\"}}]}}}}\n").leak()
        };
        let of = |more| {
            crate::case::Fixture::of(
                "k8s/seed.yaml",
                FileKind::Infrastructure,
                job(more, "1"),
                job(more, "2"),
            )
            .of_check(DOC.id)
        };
        assert_eq!(
            (of("")[0].severity, of("")[0].confidence),
            (Severity::Warns, Confidence::Likely)
        );
        assert!(of("  annotations: {helm.sh/hook: pre-upgrade}\n").is_empty());
    }

    #[test]
    fn a_selector_that_holds_the_version_of_its_chart_warns() {
        let chart =
            |version: &str| &*format!("apiVersion: v2\nname: pots\nversion: {version}\n").leak();
        let helper = Some(
            "{{- define \"pots.labels\" -}}\nhelm.sh/chart: {{ printf \"%s-%s\" .Chart.Name .Chart.Version }}\n{{- end }}\n",
        );
        let plain = Some("{{- define \"pots.labels\" -}}\napp: pots\n{{- end }}\n");
        let deployment = Some(
            "kind: Deployment\nmetadata:\n  name: pots\nspec:\n  selector:\n    matchLabels:\n      {{- include \"pots.labels\" . | nindent 6 }}\n",
        );
        let of = |helper| {
            crate::case::Fixture::of(
                "charts/pots/Chart.yaml",
                FileKind::Infrastructure,
                chart("1"),
                chart("2"),
            )
            .and(
                "charts/pots/templates/_helpers.tpl",
                FileKind::Infrastructure,
                helper,
                helper,
            )
            .and(
                "charts/pots/templates/deployment.yaml",
                FileKind::Infrastructure,
                deployment,
                deployment,
            )
            .of_check(DOC.id)
        };
        assert_eq!(of(helper)[0].severity, Severity::Warns);
        assert!(of(plain).is_empty());
    }
}
