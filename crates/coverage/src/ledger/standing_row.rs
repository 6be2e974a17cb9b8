//! The five standings of one changed file, while they are made.

use std::borrow::Cow;

use super::{DomainStanding, OpenMark};
use model::CannotRule as Rule;

/// Why a file is open that says nothing of its use.
pub(super) const NOT_KNOWN: &str = "a file whose use is not known";

/// How a file stands in each domain, in their order.
pub(super) type DomainStandings = [DomainStanding; 5];

/// The same standing in every domain.
pub(super) fn fill_row(standing: DomainStanding) -> DomainStandings {
    std::array::from_fn(|_| standing.clone())
}

pub(super) fn build_cannot_standing(rule: Rule) -> DomainStanding {
    DomainStanding::Cannot(rule)
}

pub(super) fn build_open_standing(
    rank: u8,
    line: Option<usize>,
    why: impl Into<Cow<'static, str>>,
) -> DomainStanding {
    DomainStanding::Open(OpenMark {
        line,
        why: why.into(),
        rank,
    })
}
