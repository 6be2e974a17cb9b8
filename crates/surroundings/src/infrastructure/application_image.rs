//! `infrastructure/application-image`.

use std::collections::BTreeSet;

use span_tree::{Limits, Node, Tree};

use super::changes::list_infrastructure_changes;
use super::changes::read_infrastructure_texts;
use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use crate::texts::LIMIT;
use coverage::images::{find_store_product, keeps_nothing};
use coverage::ledger::builds_only;
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity,
    check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "infrastructure/application-image",
    title: "A program of others that keeps data moves to another main version",
    domain: Domain::Infrastructure,
    direction: Direction::Rollback,
    looks_for: "Images in compose files, manifests and jobs that are neither built here nor a known data store, have a volume or a data store beside them, and whose leading number rises (the second one where the first is a year or 0).",
    why: "Such a program changes its own files and its own schema when it starts, and its older version refuses them or reads them wrongly.",
    action: "Leave this image as it is when going back, or restore its volume and its database from a backup that was made before the newer version started; its release notes say whether it can go back.",
    example: "compose.yaml: a wiki with a volume goes from 28 to 29.",
    source: "Upgrade guides of programs with a schema of their own (document stores, identity servers, wikis): no way back without a restore.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_application_image_rises, make_fixtures())
        }),
    },
    run: find_application_image_rises,
};

fn find_application_image_rises(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (previous, current) = (look.range.previous_version, look.range.current_version);
    for change in list_infrastructure_changes(look).filter(|change| {
        // an image that is built here holds the program itself
        !builds_only(&change.path) && !change.path.to_ascii_lowercase().contains("dockerfile")
    }) {
        let (Some(old), Some(new)) = read_infrastructure_texts(look, change) else {
            continue;
        };
        let none = std::collections::BTreeMap::new();
        let (before, after) = (
            look.images.read(
                change.old_path.as_deref().unwrap_or(&change.path),
                &old,
                &none,
            ),
            look.images.read(&change.path, &new, &none),
        );
        // a program without a volume keeps its rows in the store beside it
        let database = after
            .values()
            .any(|image| find_store_product(&image.name).is_some());
        let volumes = std::cell::OnceCell::new();
        for (at, image) in after.iter() {
            let Some(was) = before
                .get(at)
                .filter(|was| was.name == image.name && was.tag != image.tag)
            else {
                continue;
            };
            // the image of this release is the program itself
            let own =
                ends_with_version(&image.tag, current) || ends_with_version(&was.tag, previous);
            let name = image.name.rsplit('/').next().unwrap_or(&image.name);
            if own
                || find_store_product(&image.name).is_some()
                || keeps_nothing(&image.name)
                // a minor step of most such programs leaves their schema alone; what it does is in
                // no file here
                || !has_leading_number_rise(&was.tag, &image.tag)
            {
                continue;
            }
            // services are looked at once a file, as each image asks
            let keeps = match volumes.get_or_init(|| with_volumes(&new)) {
                Some(services) => at
                    .strip_prefix("services.")
                    .and_then(|rest| rest.rsplit_once('.'))
                    .is_some_and(|(service, _)| services.contains(service)),
                None => ["volumeClaimTemplates", "persistentVolumeClaim", "volume"]
                    .iter()
                    .any(|word| new.contains(word)),
            };
            // without a volume and without a store nothing is left of the newer version
            if !keeps && !database {
                continue;
            }
            let beside = if keeps {
                "keeps data in a volume"
            } else {
                "has a data store beside it"
            };
            let says = format!(
                "{name} goes from {} to {} in {}:{} and {beside}; going back starts the older one on what the newer one has changed",
                was.tag, image.tag, change.path, image.line
            );
            let place = Evidence::at(change.path.as_str(), image.line)
                .with_excerpt(&format!("{}:{}", image.name, image.tag));
            findings.push(
                build_check_finding(&DOC, Severity::Warns, Confidence::Likely, name, says)
                    .at([place]),
            );
        }
    }
    findings
}

fn ends_with_version(tag: &str, version: &str) -> bool {
    // the image of the release follows the version of the release, with or without a `v`
    let bare = |text: &str| text.trim_start_matches(['v', 'V']).to_ascii_lowercase();
    !version.is_empty() && bare(tag) == bare(version)
}

/// Services of a compose file that have a volume which is more than a file to read; `None` where it
/// is no compose file.
fn with_volumes(text: &str) -> Option<BTreeSet<String>> {
    let tree = Tree::parse_with(
        text,
        Limits {
            // aliases may make few lines of a compose file into very many
            depth: 100,
            nodes: 200_000,
            bytes: LIMIT,
        },
    )
    .ok()?;
    let services = tree.roots().next()?.get("services")?;
    let keeps = |volume: Node<'_>| match volume.text() {
        // a mount that is only read changes no file
        Some(text) => !text.ends_with(":ro") && text.contains(':') || text.starts_with('/'),
        None => {
            // a `tmpfs` is gone with its container
            volume.get("read_only").and_then(Node::text) != Some("true")
                && volume.get("type").and_then(Node::text) != Some("tmpfs")
        }
    };
    let kept = |service: &Node<'_>| {
        service
            .get("volumes")
            .is_some_and(|volumes| volumes.items().take(200).any(keeps))
    };
    Some(
        services
            .entries()
            .take(1_000)
            .filter(|(_, service)| kept(service))
            .filter_map(|(name, _)| name.text().map(str::to_owned))
            .collect(),
    )
}

/// Whether the leading part rises that says which files and which schema a program has: the first
/// number, or the second where the first is a year or 0.
fn has_leading_number_rise(was: &str, is: &str) -> bool {
    let numbers = |tag: &str| -> Vec<u64> {
        let tag = tag.trim_start_matches(['v', 'V']);
        tag.split(['.', '-', '_'])
            .map_while(|part| part.parse().ok())
            .take(3)
            .collect()
    };
    let (old, new) = (numbers(was), numbers(is));
    let leading = |numbers: &[u64]| {
        // `2024.10` and `0.9` say their main version in the second number
        if matches!(numbers.first(), Some(0 | 2000..=2999)) {
            2
        } else {
            1
        }
    };
    let length = leading(&old)
        .max(leading(&new))
        .min(old.len())
        .min(new.len());
    length > 0 && new[..length] > old[..length]
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    use model::FileKind;
    let of = |tag: &str| {
        &*format!("services:\n  notes:\n    image: example/notes:{tag}\n    volumes: [notes:/data]\nvolumes: {{notes: {{}}}}\n").leak()
    };
    (
        Fixture::of("compose.yaml", FileKind::Infrastructure, of("28"), of("29")),
        Fixture::of(
            "compose.yaml",
            FileKind::Infrastructure,
            of("28.1"),
            of("28.2"),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::FileKind;

    fn found(path: &'static str, old: &str, new: &str) -> usize {
        let leaked = |text: &str| &*text.to_owned().leak();
        crate::case::Fixture::of(path, FileKind::Infrastructure, leaked(old), leaked(new))
            .of_check(DOC.id)
            .len()
    }

    #[test]
    fn years_and_zeros_move_by_their_second_number() {
        for (was, is, told) in [
            ("28-apache", "29-apache", true),
            ("2024.8", "2024.12", true),
            ("0.21.3", "0.22.0", true),
            ("0.21.3", "0.21.4", false),
            ("v1.4", "v1.9", false),
            ("29", "28", false),
            ("latest", "stable", false),
        ] {
            assert_eq!(has_leading_number_rise(was, is), told, "{was} {is}");
        }
    }

    #[test]
    fn what_keeps_nothing_and_what_is_built_here_is_left_alone() {
        let compose = |image: &str, volumes: &str, beside: &str| {
            format!("services:\n  a:\n    image: {image}\n    volumes: [{volumes}]\n{beside}")
        };
        let store = "  db:\n    image: postgres:16\n";
        for (old, new, told) in [
            (
                compose("x/desk:3", "\"d:/d\"", ""),
                compose("x/desk:4", "\"d:/d\"", ""),
                1,
            ),
            (
                compose("x/desk:3", "", store),
                compose("x/desk:4", "", store),
                1,
            ),
            (
                compose("x/desk:3", "\"./desk.conf:/etc/desk.conf:ro\"", ""),
                compose("x/desk:4", "\"./desk.conf:/etc/desk.conf:ro\"", ""),
                0,
            ),
            (
                compose("nginx:1", "\"d:/d\"", ""),
                compose("nginx:2", "\"d:/d\"", ""),
                0,
            ),
            // the versions of the releases that are compared
            (
                compose("x/own:3.0.0", "\"d:/d\"", store),
                compose("x/own:3.1.0", "\"d:/d\"", store),
                0,
            ),
        ] {
            assert_eq!(found("compose.yaml", &old, &new), told, "{new}");
        }
        let set = |tag: u8| {
            format!(
                "kind: StatefulSet\nmetadata: {{name: a}}\nspec:\n  template: {{spec: {{containers: [{{name: a, image: \"x/login:{tag}\"}}]}}}}\n  volumeClaimTemplates: [{{metadata: {{name: d}}}}]\n"
            )
        };
        assert_eq!(found("k8s/a.yaml", &set(23), &set(24)), 1);
    }
}
