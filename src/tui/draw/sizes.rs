//! Sizes from which on screens are drawn, and drawn otherwise.

/// Fewest columns a screen can work in.
pub const LEAST_COLUMNS: u16 = 60;

/// Fewest rows.
pub const LEAST_ROWS: u16 = 16;

/// From this width on, screens put two things side by side.
pub const WIDE: u16 = 120;
