//! How a dependent stands, beside the text of its program: its pacts, its verifications, and
//! whether it is newer than current.

use super::adoption_verdict::AdoptionVerdict;
use super::change::ChangeSubject;
use super::pact::{self, Pact};
use super::{detect, matrix};
use coverage::{DependentTree, globs};
use model::{Adoption, ContractKind, Dependent, Evidence, Snapshot, Untrusted, escape_invisible};

/// Most pacts read for one dependent.
const MAX_PACTS: usize = 200;

/// What is known of one dependent.
pub(super) struct DependentStanding {
    /// Where each stands, as evidence shows it.
    pacts: Vec<(String, Pact)>,
    newer: bool,
    /// A verification with the release that would come back: its outcome and its place.
    pub verified: Option<(bool, Evidence)>,
}

impl DependentStanding {
    /// Reads the pacts in the dependent's repository and in `own`, the tree of current, and looks
    /// into the matrix.
    pub fn of(
        name: &str,
        stated: Option<&Dependent>,
        given: Option<&DependentTree<'_>>,
        own: &dyn Snapshot,
        previous: &str,
    ) -> Self {
        let wanted = stated
            .map(|stated| stated.pacts.as_slice())
            .unwrap_or_default();
        let mut pacts = Vec::new();
        if let Some(given) = given {
            // a version in the field has expectations of its own
            let field = given
                .field
                .iter()
                .filter_map(|(version, tree)| Some((format!("{name} {version}"), (*tree)?)));
            for (label, tree) in given
                .tree
                .map(|tree| (name.to_owned(), tree))
                .into_iter()
                .chain(field)
            {
                pacts.extend(
                    find_standing_pacts(tree, wanted)
                        .map(|(path, pact)| (format!("{label} {path}"), pact)),
                );
            }
        }
        pacts.extend(
            find_standing_pacts(own, wanted)
                // providers keep the pacts of all their consumers
                .filter(|(_, pact)| is_same_spelled_name(&pact.consumer, name)),
        );
        let verified = given.and_then(|given| {
            let (path, text) = given.matrix.as_ref()?;
            let row = matrix::look_up(
                text,
                name,
                stated.and_then(|stated| stated.live.as_deref()),
                previous,
            )?;
            let says = format!(
                "{name} with {previous}: {}",
                if row.success { "verified" } else { "failed" }
            );
            Some((
                row.success,
                Evidence {
                    path: Some(path.clone().into()),
                    line: Some(row.line),
                    excerpt: Some(Untrusted::visible(&says)),
                    ..Evidence::default()
                },
            ))
        });
        Self {
            pacts,
            newer: given.and_then(|given| given.newer) == Some(true),
            verified,
        }
    }

    /// The verdict of the program's text in the light of all else that is known.
    pub fn weigh(&self, subject: &ChangeSubject, mut verdict: AdoptionVerdict) -> AdoptionVerdict {
        let places: Vec<Evidence> = self
            .pacts
            .iter()
            .flat_map(|(path, pact)| {
                let says = format!("{} expects it", escape_invisible(&pact.consumer));
                pact.uses(subject).into_iter().map(move |line| Evidence {
                    path: Some(path.clone().into()),
                    line: Some(line),
                    excerpt: Some(says.clone().into()),
                    ..Evidence::default()
                })
            })
            .take(8)
            .collect();
        // an expectation that is written down is use, whatever its program shows
        if !places.is_empty() {
            verdict.adoption = Adoption::Used;
            verdict.places.extend(places);
            return verdict;
        }
        match (verdict.adoption, &self.verified) {
            (Adoption::Unknown | Adoption::CouldBeUsed, Some((true, place))) => AdoptionVerdict {
                // a verification with previous ran all that the consumer asks
                adoption: Adoption::NotAdopted,
                places: vec![place.clone()],
            },
            // it was built when current was out already, and nothing tells against use
            (Adoption::Unknown, _) if self.newer => AdoptionVerdict {
                adoption: Adoption::CouldBeUsed,
                places: verdict.places,
            },
            _ => verdict,
        }
    }
}

fn find_standing_pacts<'t>(
    tree: &'t dyn Snapshot,
    wanted: &[String],
) -> impl Iterator<Item = (String, Pact)> + 't {
    let named = globs::build_glob_set(wanted);
    let likely = move |path: &str| {
        // patterns of `backout.yaml` may name a pact in any folder
        named.is_match(path)
            || (detect::get_path_extension(path) == "json"
                && path.to_ascii_lowercase().contains("pact"))
    };
    let paths = tree
        .list()
        .iter()
        .map(|entry| entry.path.clone())
        .filter(move |path| likely(path));
    paths.take(MAX_PACTS).filter_map(|path| {
        let text = tree.read_text(&path).ok()?;
        (detect::kind_of(&path, &text) == Some(ContractKind::Pact)).then_some(())?;
        Some((path, pact::read_pact(&text)?))
    })
}

// `web-shop` of a pact is `WebShop` in `backout.yaml`
/// Names that differ in spelling only.
fn is_same_spelled_name(a: &str, b: &str) -> bool {
    let letters = |name: &str| {
        name.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    letters(a) == letters(b)
}
