//! Schema snapshots that a tool keeps beside its migrations (`schema.rb`, `structure.sql`,
//! `schema.prisma`, EF Core's model snapshot, Drizzle's, dbmate's), as a cross-check: what changed
//! in them from one release to the other against the net effect of the migrations. Only names of
//! tables and columns are held against each other. What was not read is said, not guessed.

mod compare;
mod disagree;
pub mod kept;
mod read;
mod tables;

pub use compare::PlayedRange;
pub use disagree::find_snapshot_disagreements;
pub use kept::is_kept;
