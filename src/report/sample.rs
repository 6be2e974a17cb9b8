//! A hand-made assessment that uses every part of the contract.

mod assessment;
mod decision;
mod deployment;
mod findings;
mod session;
mod time;

pub(crate) use assessment::assessment;
pub(crate) use decision::decision;
pub(crate) use session::events;
pub(crate) use time::at;
