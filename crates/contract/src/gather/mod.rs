//! From changed files to compared contracts: finds the roots, compares each once, gives every
//! changed file its part.

mod file_sets;
mod gatherer;
mod interface_roots;
mod moved_contracts;
mod run;
mod single_file;

pub(super) use gatherer::ContractGatherer;
