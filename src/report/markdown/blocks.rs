//! Parts that Markdown unfolds, and cells of its tables.

use crate::report::escape::escape_markdown_text;

/// Text of a repository or a person for one cell of a Markdown table: it shows as it is and does
/// nothing.
pub fn escape_table_cell(says: &str) -> String {
    escape_markdown_text(says)
}

pub(super) fn write_section_title(title: &str, right: &str) -> String {
    if right.is_empty() {
        title.to_owned()
    } else {
        format!("{title}: {right}")
    }
}

pub(super) fn write_details_block(summary: &str, body: String) -> String {
    format!(
        "<details><summary>{summary}</summary>\n\n{}\n\n</details>\n",
        body.trim_end()
    )
}
