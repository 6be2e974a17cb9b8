//! Times as deployers write them: ISO with or without zone, journal times, epoch seconds and
//! milliseconds.

use jiff::Timestamp;
use serde_json::Value;

/// A time out of JSON: text as [`parse`] reads it, or an epoch in seconds (AWS CLI v1 prints
/// floats) or milliseconds.
pub(super) fn from_json(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => parse_deployment_time(text),
        Value::Number(number) => parse_epoch_time(number.as_f64()?),
        _ => None,
    }
}

/// A time out of text. Without a zone it is taken as UTC, which is what Calamari, GitLab and
/// Kubernetes mean. `None` for anything else, among it Go's zero time, which stands for *not set*.
pub(super) fn parse_deployment_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let time = parse_time_format(text)?;
    (time.as_second() > 0).then_some(time)
}

fn parse_time_format(text: &str) -> Option<Timestamp> {
    // no form of a time is that long, and a hostile file has long ones
    if text.len() > 64 {
        return None;
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    if !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
        && text.bytes().filter(|&byte| byte == b'.').count() < 2
    {
        return parse_epoch_time(text.parse().ok()?);
    }
    // Go's `Time.String()`: `2026-02-03 10:11:12.123 +0000 UTC`
    let plain = text.strip_suffix(" UTC").unwrap_or(text).trim_end();
    if let Some((local, offset)) = plain
        .rsplit_once(' ')
        .filter(|(_, offset)| offset.starts_with(['+', '-']) && offset.len() == 5)
    {
        let joined = format!(
            "{}{}:{}",
            local.trim().replacen(' ', "T", 1),
            offset.get(..3)?,
            offset.get(3..)?
        );
        return joined.parse().ok();
    }
    // some locales wrote dots between hours, minutes and seconds
    let dotted = plain.get(11..).filter(|clock| {
        clock.len() == 8
            && clock.as_bytes().get(2) == Some(&b'.')
            && clock.as_bytes().get(5) == Some(&b'.')
    });
    let plain = match dotted {
        Some(clock) => format!("{}{}", plain.get(..11)?, clock.replace('.', ":")),
        None => plain.to_owned(),
    };
    let moment: jiff::civil::DateTime = plain.parse().ok()?;
    jiff::tz::TimeZone::UTC.to_timestamp(moment).ok()
}

fn parse_epoch_time(number: f64) -> Option<Timestamp> {
    // 1e11 seconds are in the year 5138, 1e11 milliseconds in 1973: nobody deploys in either
    let milliseconds = if number.abs() >= 1e11 {
        number
    } else {
        number * 1000.0
    };
    // counters and ids are numbers as well: only what falls between 1973 and 5138 is a time
    if !(1e11..1e14).contains(&milliseconds) {
        return None;
    }
    Timestamp::from_millisecond(milliseconds as i64).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_spelling_of_one_moment_is_the_same_moment() {
        let wanted: Timestamp = "2026-02-03T10:11:12Z".parse().unwrap();
        for text in [
            "2026-02-03T10:11:12Z",
            "2026-02-03T12:11:12+02:00",
            "2026-02-03 10:11:12",
            "2026-02-03 10.11.12",
            "2026-02-03T10:11:12.000",
            "2026-02-03 10:11:12 +0000 UTC",
            "1770113472",
            "1770113472000",
        ] {
            assert_eq!(parse_deployment_time(text), Some(wanted), "{text}");
        }
        assert_eq!(from_json(&serde_json::json!(1_770_113_472.0)), Some(wanted));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "0001-01-01T00:00:00Z",
            "yesterday",
            "31/12/2025 10:00",
            "2026-13-41 10:11:12",
            "7",
            "1.2.3",
            "2026-02-03 10.11",
            "é2026-02-03 ",
        ] {
            assert_eq!(parse_deployment_time(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in ".{0,80}") {
            let _ = parse_deployment_time(&text);
        }
    }
}
