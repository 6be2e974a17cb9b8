//! What the changed lines of one file say together, and which domains that opens.

use std::borrow::Cow;

use super::line_words::first_with_word;
use super::setting_keys::is_harmless;
use super::standing_row::{DomainStandings, build_open_standing};
use super::{DomainStanding, STAYS_OPEN};
use crate::changed_lines::ChangedLine;
use model::CoverageDomain as D;

/// What one line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LineMeaning {
    /// Known to matter to nobody on the way back: how many, how large, how watched, who may.
    Harmless,
    /// An address at which others call, who may reach it, or what they are answered with there.
    Address,
    /// A value that the program gets, which may say how it keeps data.
    Given,
    /// Something else that the program is started with.
    Started,
    /// Not known to be harmless.
    Unknown(Cow<'static, str>),
}

/// Why an address is open.
pub(super) const ADDRESS: &str =
    "an address at which others call, who reaches it or what is answered there changed";

/// The first line of each meaning: the place where the newer text has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SaidByLines {
    pub address: Option<Option<usize>>,
    pub given: Option<Option<usize>>,
    /// A given value that is not known to be harmless to stored data.
    pub stored: Option<Option<usize>>,
    pub unknown: Option<(Option<usize>, Cow<'static, str>)>,
}

impl SaidByLines {
    /// `keys` are those around a line, from the outermost one.
    pub(super) fn note(
        &mut self,
        meaning: LineMeaning,
        place: Option<usize>,
        line: &str,
        keys: &[&str],
    ) {
        match meaning {
            LineMeaning::Harmless => {}
            LineMeaning::Address => {
                self.address.get_or_insert(place);
            }
            LineMeaning::Given => {
                self.given.get_or_insert(place);
                // the innermost key first, since it says most about the value
                let around: String = keys.iter().rev().flat_map(|key| [*key, " "]).collect();
                if !is_harmless(line, &around) {
                    self.stored.get_or_insert(place);
                }
            }
            LineMeaning::Started => {
                self.given.get_or_insert(place);
            }
            LineMeaning::Unknown(why) => {
                self.unknown.get_or_insert((place, why));
            }
        }
    }
}

/// What the lines of a form say, where nothing more telling is open in a domain already.
pub(super) fn note_meanings(row: &mut DomainStandings, said: SaidByLines) {
    let mut note = |domain: D, place: Option<usize>, rank: u8, why: Cow<'static, str>| {
        if !matches!(row[domain.index()], DomainStanding::Open(_)) {
            row[domain.index()] = build_open_standing(rank, place, why);
        }
    };
    if let Some((place, why)) = said.unknown {
        note(D::Infrastructure, place, STAYS_OPEN, why);
    }
    if let Some(place) = said.address {
        note(D::Contract, place, 40, ADDRESS.into());
    }
    if let Some(place) = said.given {
        let why = "what the program is started with changed";
        note(D::Configuration, place, 50, why.into());
    }
    if let Some(place) = said.stored {
        let why = "what the program is started with may say how it keeps data";
        note(D::StoredForm, place, 86, why.into());
    }
}

// a browser keeps HSTS for its max-age, and a permanent redirect until its cache is emptied
/// Browsers and proxies keep some of what they were answered, whatever the older release says.
pub(super) fn note_kept_answers(
    row: &mut DomainStandings,
    fresh: &[ChangedLine<'_>],
    gone: &[ChangedLine<'_>],
) {
    const KEPT: [&str; 6] = [
        "strict-transport-security",
        "immutable",
        "max-age",
        "expires",
        " 301",
        " 308",
    ];
    let line = first_with_word(fresh, &KEPT);
    if line.is_some() || first_with_word(gone, &KEPT).is_some() {
        row[D::Contract.index()] = build_open_standing(
            40,
            line,
            "an answer that browsers and proxies keep changed, and going back does not reach what they have kept",
        );
    }
}
