//! Templates of charts as plain YAML, as far as they can be read.

/// Lines of a template's own are left empty, what stands inside a line becomes a word; lines stay
/// where they are.
pub(super) fn without_templates(text: &str) -> String {
    if !text.contains("{{") {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    for line in text.lines() {
        let trimmed = line.trim();
        // a condition around lines is left out, so all that could be there is read
        if !(trimmed.starts_with("{{") && trimmed.ends_with("}}")) {
            let mut rest = line;
            while let Some((before, behind)) = rest.split_once("{{") {
                plain.push_str(before);
                // one word for all: what is filled in is not known, and two of them are not
                // compared
                plain.push_str("template");
                rest = behind.split_once("}}").map_or("", |(_, behind)| behind);
            }
            plain.push_str(rest);
        }
        plain.push('\n');
    }
    plain
}
