//! The report as one page: a file without script or anything fetched, for a screen of any width, by
//! day and by night, and for paper.

mod assemble;
mod band;
mod board;
mod frame;
mod gates;
mod head;
mod html;
mod known;
mod plan;
mod risks;
mod sheet;
#[cfg(test)]
mod tests;

pub use self::assemble::write_html_page;
pub use self::sheet::write_gate_page;
