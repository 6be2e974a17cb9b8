//! Which status of the protocol a word or a number in program text names.

/// Names of statuses as frameworks spell them, in small letters and without signs between words.
const NAMES: [(&str, u16); 34] = [
    ("ok", 200),
    ("created", 201),
    ("createdataction", 201),
    ("createdatroute", 201),
    ("accepted", 202),
    ("nocontent", 204),
    ("resetcontent", 205),
    ("partialcontent", 206),
    ("movedpermanently", 301),
    ("found", 302),
    ("seeother", 303),
    ("notmodified", 304),
    ("temporaryredirect", 307),
    ("permanentredirect", 308),
    ("badrequest", 400),
    ("unauthorized", 401),
    ("paymentrequired", 402),
    ("forbidden", 403),
    ("forbid", 403),
    ("notfound", 404),
    ("methodnotallowed", 405),
    ("notacceptable", 406),
    ("requesttimeout", 408),
    ("conflict", 409),
    ("gone", 410),
    ("preconditionfailed", 412),
    ("payloadtoolarge", 413),
    ("unprocessableentity", 422),
    ("unprocessablecontent", 422),
    ("locked", 423),
    ("toomanyrequests", 429),
    ("internalservererror", 500),
    ("badgateway", 502),
    ("serviceunavailable", 503),
];

/// The status that the last word or number of a text names.
pub(super) fn read_status(text: &str) -> Option<u16> {
    let last = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .rfind(|word| !word.is_empty())?;
    if let Ok(number) = last.parse::<u16>() {
        return (100..600).contains(&number).then_some(number);
    }
    let bare: String = last
        .chars()
        .filter(|c| *c != '_')
        .map(|c| c.to_ascii_lowercase())
        .collect();
    // `HTTP_201_CREATED` and `http.StatusCreated`
    let bare = bare.strip_prefix("http").unwrap_or(&bare);
    let bare = bare.trim_start_matches(|c: char| c.is_ascii_digit());
    let bare = bare.strip_prefix("status").unwrap_or(bare);
    NAMES
        .iter()
        .find(|(name, _)| *name == bare)
        .map(|(_, status)| *status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_read_in_any_spelling() {
        for (text, status) in [
            ("res.status(202", Some(202)),
            ("HttpStatus.CREATED", Some(201)),
            ("http.StatusNoContent", Some(204)),
            ("status.HTTP_201_CREATED", Some(201)),
            ("status::unprocessable_entity", Some(422)),
            ("status::active", None),
            ("status=7", None),
            ("", None),
        ] {
            assert_eq!(read_status(text), status, "{text}");
        }
    }
}
