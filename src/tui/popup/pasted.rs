//! Pasted text for fields.

/// Control characters out, line ends to blanks: pasted text for a field of one line.
pub fn one_line(text: &str) -> String {
    let joined = text
        .split(['\n', '\r'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    crate::model::shorten_text(&crate::model::escape_invisible(&joined), 4000).into_owned()
}

/// Control characters made visible, line ends kept: pasted text for a field of several lines.
pub fn kept_lines(text: &str) -> String {
    let plain = text.replace("\r\n", "\n").replace('\r', "\n");
    crate::model::shorten_text(&crate::model::visible_lines(&plain), 4000).into_owned()
}
