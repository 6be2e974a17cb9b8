//! Colours and glyphs: palettes, and themes of a file.

pub mod file;
pub mod role;
pub mod style;

pub use file::{Colours, Depth, ThemeFile, find_shipped_theme, list_shipped_themes, read_theme};
pub use role::{Palette, Role};
pub use style::Theme;
