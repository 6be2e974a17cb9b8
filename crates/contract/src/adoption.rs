//! Who took up what vanishes: the use of exactly that in the repositories of dependents.

use std::collections::{BTreeSet, HashSet};

use super::adoption_verdict::{AdoptionVerdict, MAX_PLACES};
use super::change::ContractDifference;
use super::dependent_search::DependentSearch;
use super::examined::Examined;
use super::gather::ContractGatherer;
use super::standing::DependentStanding;
use coverage::{DependentTree, DependentUse};
use model::{
    Adoption, Config, Contract, ContractChange, Dependent, Evidence, Grade, OpenPlace, Use,
};

// a list for a person; what is used stands first in it
/// Most rows a dependent.
const MAX_ROWS: usize = 80;
/// Fills adoption and uses of every change, and gives a row for each dependent and each change that
/// matters on the way back.
pub(super) fn fill_adoption(
    gather: &ContractGatherer<'_>,
    contracts: &mut [Contract],
    dependents: &[DependentTree<'_>],
    config: &Config,
    previous: &str,
) -> (Vec<DependentUse>, Vec<OpenPlace>) {
    let examined = &gather.examined;
    let (mut rows, mut looked, mut unsearched) = (Vec::new(), HashSet::new(), Vec::new());
    for name in list_dependent_names(config, dependents) {
        let stated = config
            .dependents
            .iter()
            .find(|dependent| dependent.name == name);
        let uses = stated
            .map(|dependent| dependent.uses.as_slice())
            .unwrap_or_default();
        let given = dependents.iter().find(|tree| tree.name == name);
        let concerned = |file: &Examined| {
            uses.is_empty()
                || uses
                    .iter()
                    .any(|path| *path == file.path || *path == file.root)
        };
        let wanted: Vec<(usize, usize, &ContractDifference)> = examined
            .iter()
            .enumerate()
            .filter(|(_, file)| concerned(file))
            .flat_map(|(at, file)| {
                file.changes
                    .iter()
                    .enumerate()
                    .map(move |(index, change)| (at, index, change))
            })
            .filter(|(_, _, change)| change.rule.grades().back > Grade::Compatible)
            .collect();
        if wanted.is_empty() {
            continue;
        }
        let standing = DependentStanding::of(name, stated, given, gather.current, previous);
        let searches = search_dependent(name, stated, given, || {
            wanted.iter().map(|(_, _, change)| *change)
        });
        let mut own = Vec::new();
        for (at, index, change) in wanted {
            let verdict = combine_use_verdicts(searches.iter().map(|search| match search {
                Some(search) => search.look(&change.subject),
                None => AdoptionVerdict {
                    adoption: Adoption::Unknown,
                    places: Vec::new(),
                },
            }));
            let verdict = standing.weigh(&change.subject, verdict);
            if let Some(report) = contracts
                .get_mut(at)
                .and_then(|contract| contract.changes.get_mut(index))
            {
                merge_dependent_verdict(report, name, &verdict, looked.insert((at, index)));
            }
            let uses = match verdict.adoption {
                Adoption::Used => Some(true),
                Adoption::NotAdopted => Some(false),
                Adoption::CouldBeUsed | Adoption::Unknown => None,
            };
            own.push((
                change.rule.grades().back,
                DependentUse {
                    name: name.to_owned(),
                    operation: change.location.clone(),
                    uses,
                    evidence: verdict.places,
                },
            ));
        }
        if let Some((false, place)) = &standing.verified {
            let operation = format!("what its verification with {previous} asks for");
            own.push((
                Grade::Breaking,
                DependentUse {
                    name: name.to_owned(),
                    operation,
                    uses: Some(true),
                    evidence: vec![place.clone()],
                },
            ));
        }
        sort_dependent_rows(&mut own);
        rows.extend(own.into_iter().take(MAX_ROWS).map(|(_, row)| row));
        unsearched.extend(
            searches
                .iter()
                .flatten()
                .flat_map(DependentSearch::left_open),
        );
    }
    (rows, unsearched)
}

/// Dependents that `backout.yaml` names or that were given, each once.
fn list_dependent_names<'a>(
    config: &'a Config,
    dependents: &'a [DependentTree<'_>],
) -> Vec<&'a str> {
    let mut names: Vec<&str> = config
        .dependents
        .iter()
        .map(|dependent| dependent.name.as_str())
        .chain(dependents.iter().map(|tree| tree.name.as_str()))
        .collect();
    let mut once = BTreeSet::new();
    names.retain(|name| once.insert(*name));
    names
}

/// Looks for the wanted changes in every version of a dependent that is in use; `None` for one
/// whose tree is not there.
fn search_dependent<'t, 'w, W: Iterator<Item = &'w ContractDifference>>(
    name: &str,
    stated: Option<&Dependent>,
    given: Option<&DependentTree<'t>>,
    wanted: impl Fn() -> W,
) -> Vec<Option<DependentSearch<'t>>> {
    let tree = given.and_then(|given| given.tree);
    let search =
        |name: &str, tree| DependentSearch::new(name, tree, wanted().map(|change| &change.subject));
    // every version that users run counts; the one that is live may be the only one
    let field = given
        .map(|given| given.field.as_slice())
        .unwrap_or_default();
    let mut searches: Vec<Option<DependentSearch<'_>>> = field
        .iter()
        .map(|(version, tree)| tree.map(|tree| search(&format!("{name} {version}"), tree)))
        .collect();
    // without versions in the field there is one state of it, at hand or not
    if field.is_empty() || tree.is_some() || stated.is_some_and(|stated| stated.live.is_some()) {
        searches.insert(0, tree.map(|tree| search(name, tree)));
    }
    searches
}

/// What is used comes first, then what is not known, each the worst first; one operation once.
fn sort_dependent_rows(own: &mut Vec<(Grade, DependentUse)>) {
    let weight = |uses: Option<bool>| match uses {
        Some(true) => 0,
        None => 1,
        Some(false) => 2,
    };
    own.sort_by_key(|(grade, row)| (weight(row.uses), std::cmp::Reverse(*grade)));
    // several fields of one operation would fill the list with its name
    own.dedup_by(|(_, a), (_, b)| a.operation == b.operation && a.uses == b.uses);
}

/// One verdict over all versions of a dependent: used by any is used, and what is unknown for one
/// is not ruled out.
fn combine_use_verdicts(verdicts: impl Iterator<Item = AdoptionVerdict>) -> AdoptionVerdict {
    // what could be used comes before what nobody knows, since it was seen somewhere
    let rank = |adoption: Adoption| match adoption {
        Adoption::Used => 3,
        Adoption::CouldBeUsed => 2,
        Adoption::Unknown => 1,
        Adoption::NotAdopted => 0,
    };
    let mut verdicts: Vec<AdoptionVerdict> = verdicts.collect();
    let Some(worst) = verdicts
        .iter()
        .map(|verdict| verdict.adoption)
        .max_by_key(|adoption| rank(*adoption))
    else {
        return AdoptionVerdict {
            adoption: Adoption::Unknown,
            places: Vec::new(),
        };
    };
    verdicts.retain(|verdict| verdict.adoption == worst);
    // each version is named before any has its second place
    let mut places: Vec<Evidence> = verdicts
        .iter()
        .filter_map(|verdict| verdict.places.first().cloned())
        .collect();
    places.extend(
        verdicts
            .into_iter()
            .flat_map(|verdict| verdict.places.into_iter().skip(1)),
    );
    places.truncate(MAX_PLACES);
    AdoptionVerdict {
        adoption: worst,
        places,
    }
}

/// The first dependent replaces "nobody looked"; of several the one that uses it most counts.
fn merge_dependent_verdict(
    report: &mut ContractChange,
    name: &str,
    verdict: &AdoptionVerdict,
    first: bool,
) {
    let rank = |adoption: Adoption| match adoption {
        Adoption::Used => 3,
        Adoption::CouldBeUsed => 2,
        Adoption::Unknown => 1,
        Adoption::NotAdopted => 0,
    };
    // the first dependent replaces the word that stands before anybody looked
    if first || rank(verdict.adoption) > rank(report.adoption) {
        report.adoption = verdict.adoption;
    }
    for place in verdict
        .places
        .iter()
        .take((MAX_PLACES * 3).saturating_sub(report.used_by.len()))
    {
        let path = place.raw_path().unwrap_or_default();
        let path = path
            .strip_prefix(&format!("{name} "))
            .unwrap_or(path)
            .to_owned();
        report.used_by.push(Use {
            dependent: name.to_owned(),
            path,
            line: place.line,
            excerpt: place.excerpt.as_ref().map(|text| text.as_raw().to_owned()),
        });
    }
}
