//! `infrastructure/image-changed`.

use std::collections::BTreeMap;

use super::changes::list_infrastructure_changes;
use super::changes::read_infrastructure_texts;
use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Severity,
    check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "infrastructure/image-changed",
    title: "A container image has another version",
    domain: Domain::Infrastructure,
    direction: Direction::Both,
    looks_for: "FROM lines of Dockerfiles and `image:` lines of compose files, charts and manifests whose tag differs.",
    why: "Going back by building the previous release again brings the old image back.",
    action: "Redeploy the image that was built for the previous release instead of building it again.",
    example: "Dockerfile: golang goes from 1.22 to 1.23.",
    source: "The guide (`backout guide 7`): redeploying runs what was built then. Images of data stores have a check of their own.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_changed_base_images, make_fixtures())
        }),
    },
    run: find_changed_base_images,
};

fn find_changed_base_images(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in list_infrastructure_changes(look) {
        let (Some(old), Some(new)) = read_infrastructure_texts(look, change) else {
            continue;
        };
        let (old, new) = (list_images_by_name(&old), list_images_by_name(&new));
        for (name, (tag, line)) in &new {
            let Some((before, _)) = old.get(name).filter(|(before, _)| before != tag) else {
                continue;
            };
            // a step of a data store is told by its own check
            if super::store_image::is_reported_image_step(name, before, name, tag) {
                continue;
            }
            let says = format!(
                "Image {name} goes from {before} to {tag} in {}",
                change.path
            );
            findings.push(
                build_check_finding(
                    &DOC,
                    Severity::Notes,
                    Confidence::Proven,
                    name.as_str(),
                    says,
                )
                .at([Evidence::at(&*change.path, *line).with_excerpt(&format!("{name}:{tag}"))]),
            );
        }
    }
    findings
}

/// Images by name, with tag or digest and line. Of several uses of one name the first counts.
fn list_images_by_name(text: &str) -> BTreeMap<String, (String, usize)> {
    let mut images = BTreeMap::new();
    for (index, line) in text.lines().enumerate().take(20_000) {
        let line = line.trim().trim_start_matches("- ");
        let image = if let Some(rest) = line
            .strip_prefix("FROM ")
            .or_else(|| line.strip_prefix("from "))
        {
            // `FROM --platform=linux/amd64 golang:1.23`
            rest.split_whitespace().find(|word| !word.starts_with("--"))
        } else {
            line.strip_prefix("image:")
                .and_then(|rest| rest.split_whitespace().next())
        };
        let Some(image) = image.map(|image| image.trim_matches(['"', '\''])) else {
            continue;
        };
        // what a variable or a template fills in is not known in this file
        if image.contains(['$', '{']) || image.is_empty() || image.len() > 300 {
            continue;
        }
        let (name, tag) = match (image.split_once('@'), image.rsplit_once(':')) {
            (Some((name, digest)), _) => {
                // `name:tag@sha256:..`: the digest decides, the tag is only shown beside it
                (name.rsplit_once(':').map_or(name, |(name, _)| name), digest)
            }
            // `host:5000/name` is the port of a registry
            (None, Some((name, tag))) if !tag.contains('/') => (name, tag),
            _ => (image, "latest"),
        };
        images
            .entry(name.to_owned())
            .or_insert((tag.to_owned(), index + 1));
    }
    images
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    use model::FileKind;
    (
        Fixture::of(
            "Dockerfile",
            FileKind::Infrastructure,
            "FROM golang:1.22 AS build\n",
            "FROM golang:1.23 AS build\n",
        ),
        Fixture::of(
            "Dockerfile",
            FileKind::Infrastructure,
            "FROM golang:1.22\nRUN a\n",
            "FROM golang:1.22\nRUN b\n",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::FileKind;

    #[test]
    fn names_and_tags_are_told_apart() {
        let found = list_images_by_name(
            "FROM --platform=linux/amd64 registry:5000/app/base:1.2 AS x\nimage: \"postgres@sha256:ab\"\n- image: redis\nimage: ${IMAGE}\n",
        );
        let shown: Vec<_> = found
            .iter()
            .map(|(name, (tag, line))| format!("{name} {tag} {line}"))
            .collect();
        assert_eq!(
            shown,
            [
                "postgres sha256:ab 2",
                "redis latest 3",
                "registry:5000/app/base 1.2 1"
            ]
        );
    }

    #[test]
    fn a_step_of_a_data_store_is_left_to_its_own_check() {
        let of = |old, new| {
            crate::case::Fixture::of("compose.yaml", FileKind::Infrastructure, old, new)
                .of_check(DOC.id)
        };
        assert!(of("image: postgres:15.2\n", "image: postgres:16.1\n").is_empty());
        assert_eq!(
            of("image: postgres:15.2\n", "image: postgres:15.3\n")[0].severity,
            Severity::Notes
        );
        assert_eq!(
            of("image: node:20\n", "image: node:22\n")[0].severity,
            Severity::Notes
        );
    }
}
