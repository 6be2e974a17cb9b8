//! The session for a post-mortem, as Markdown and as text.

mod details;
mod markdown;
mod text;

pub(super) use details::group_by_reason;
pub use markdown::session_markdown;
#[cfg(test)]
pub(super) use markdown::session_markdown_in;
pub use text::session_text;
#[cfg(test)]
pub(super) use text::session_text_in;
