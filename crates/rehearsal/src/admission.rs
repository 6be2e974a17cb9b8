//! Whether a database may be used for a rehearsal: what stands there, and what of it a rehearsal made.

use crate::address::DatabaseAddress;
use crate::connection::Connection;
use crate::fault::{RehearsalFault, StatementFault};
use crate::mark::MAKER;

/// What stood in the database when the rehearsal came to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundDatabase {
    /// Nothing.
    Empty,
    /// What an earlier rehearsal left; its step and whether it had ended.
    Left {
        /// The releases of that rehearsal.
        range: String,
        /// What was being done.
        step: String,
        /// It came to its end.
        ended: bool,
    },
}

/// Whether the database may be used. Nothing is written.
pub fn look_at_database(
    database: &mut dyn Connection,
    address: &DatabaseAddress,
) -> Result<FoundDatabase, RehearsalFault> {
    let look = |fault| make_refusal(address, "looking at what is there", fault);
    let there = database.list_what_is_there().map_err(look)?;
    let not_scratch = |found: String| {
        Err(RehearsalFault::NotScratch {
            address: address.shown().to_owned(),
            found,
        })
    };
    let foreign =
        || not_scratch("its table backout_rehearsal was not made by a rehearsal".to_owned());
    let mark = match database.read_mark() {
        Ok(mark) => mark,
        Err(fault) if fault.lost || fault.locked || fault.timed_out => {
            return Err(make_refusal(address, "reading its mark", fault));
        }
        // a table of that name with other columns
        Err(_) => return foreign(),
    };
    // one that was killed between making the table and writing the first mark
    let mark = mark.filter(|mark| !(mark.made_by.is_empty() && there.is_empty()));
    let Some(mark) = mark else {
        if there.is_empty() {
            return Ok(FoundDatabase::Empty);
        }
        let named: Vec<&str> = there.iter().take(3).map(String::as_str).collect();
        let more = there.len().saturating_sub(named.len());
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        return not_scratch(format!("it holds {}{more}", named.join(", ")));
    };
    if !mark.made_by.starts_with(MAKER) {
        return foreign();
    }
    // whoever used it since put something of their own there
    if mark.state == "ended" && mark.left != digest_of(&there) {
        return not_scratch(
            "a rehearsal marked it once, and its tables are no longer those that the rehearsal left"
                .to_owned(),
        );
    }
    Ok(FoundDatabase::Left {
        range: model::escape_invisible(&mark.range).into_owned(),
        step: model::escape_invisible(&mark.step).into_owned(),
        ended: mark.state == "ended",
    })
}

/// The names of tables as one word.
pub fn digest_of(names: &[String]) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(names.join("\n").as_bytes());
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The fault of a database as that of the rehearsal.
pub fn make_refusal(
    address: &DatabaseAddress,
    what: &'static str,
    fault: StatementFault,
) -> RehearsalFault {
    if fault.lost {
        return RehearsalFault::Unreachable {
            address: address.shown().to_owned(),
            why: address.hide_in(&fault.message),
        };
    }
    if fault.locked {
        return RehearsalFault::Taken(address.shown().to_owned());
    }
    RehearsalFault::Refused {
        address: address.shown().to_owned(),
        what,
        why: address.hide_in(&fault.message),
    }
}
