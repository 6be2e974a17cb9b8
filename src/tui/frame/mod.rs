//! The frame of every screen: header, footer, and what lies between.

pub mod footer;
pub mod header;
pub mod whole;
