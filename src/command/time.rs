//! Times as people say them.

use jiff::{SignedDuration, Timestamp, civil::Time, tz::TimeZone};

/// `47 min ago`, `2h ago`, `in 30 min`, `now`, `02:13` (the nearest one: past for deployments,
/// future for deadlines), `yesterday 22:10`, or RFC 3339. `future` says which side a bare clock
/// time is on.
///
/// # Errors
/// One sentence that names the forms understood.
pub fn parse_time_argument(
    text: &str,
    now: Timestamp,
    zone: &TimeZone,
    future: bool,
) -> Result<Timestamp, String> {
    let text = text.trim();
    let wrong = || {
        format!(
            "the time {text:?} is not understood; say it like '47 min ago', 'in 30 min', '02:13', \
                'yesterday 22:10', or 2026-01-31T02:13:00Z"
        )
    };
    let lower = text.to_lowercase();
    if lower == "now" {
        return Ok(now);
    }
    if let Some(span) = lower.strip_suffix("ago") {
        return now
            .checked_sub(parse_duration(span).ok_or_else(wrong)?)
            .map_err(|_| wrong());
    }
    if let Some(span) = lower.strip_prefix("in ") {
        return now
            .checked_add(parse_duration(span).ok_or_else(wrong)?)
            .map_err(|_| wrong());
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    if let Ok(zoned) = text.parse::<jiff::ZonedDateTime>() {
        return Ok(zoned.timestamp());
    }
    let today = now.to_zoned_datetime(zone.clone()).date();
    let (date, clock) = match lower.strip_prefix("yesterday ") {
        Some(rest) => (
            Some(today.yesterday().map_err(|_| wrong())?),
            rest.to_owned(),
        ),
        None => (None, lower.clone()),
    };
    if let Some(time) = clock_time(&clock) {
        let on = |date: jiff::civil::Date| {
            date.to_datetime(time)
                .to_zoned_datetime(zone.clone())
                .map(|zoned| zoned.timestamp())
                .map_err(|_| wrong())
        };
        if let Some(date) = date {
            return on(date);
        }
        let at = on(today)?;
        return match (future, at) {
            (true, at) if at < now => on(today.tomorrow().map_err(|_| wrong())?),
            (false, at) if at > now => on(today.yesterday().map_err(|_| wrong())?),
            (_, at) => Ok(at),
        };
    }
    if let Ok(civil) = text.parse::<jiff::civil::DateTime>() {
        return civil
            .to_zoned_datetime(zone.clone())
            .map(|zoned| zoned.timestamp())
            .map_err(|_| wrong());
    }
    match parse_duration(&lower) {
        Some(span) if future => now.checked_add(span).map_err(|_| wrong()),
        Some(span) => now.checked_sub(span).map_err(|_| wrong()),
        None => Err(wrong()),
    }
}

fn clock_time(text: &str) -> Option<Time> {
    let mut parts = text.trim().split(':');
    let hour: i8 = parts.next()?.parse().ok()?;
    let minute: i8 = parts.next()?.parse().ok()?;
    let second: i8 = parts.next().map_or(Some(0), |part| part.parse().ok())?;
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, 0).ok()
}

/// `47 min`, `2h`, `1h 30m`, `3 days`; minutes without a unit.
fn parse_duration(text: &str) -> Option<SignedDuration> {
    let text = text.trim();
    if let Ok(minutes) = text.parse::<i64>() {
        return (minutes >= 0)
            .then(|| minutes.checked_mul(60).map(SignedDuration::from_secs))
            .flatten();
    }
    let span: jiff::SignedDuration = match text.parse::<SignedDuration>() {
        Ok(span) => span,
        Err(_) => {
            let span: jiff::Span = text.parse().ok()?;
            span.to_duration(jiff::SpanRelativeTo::days_are_24_hours())
                .ok()?
        }
    };
    (!span.is_negative()).then_some(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, future: bool) -> Result<String, String> {
        let now: Timestamp = "2026-03-01T03:00:00Z"
            .parse()
            .map_err(|_| "now".to_owned())?;
        parse_time_argument(text, now, &TimeZone::UTC, future).map(|at| at.to_string())
    }

    #[test]
    fn times_as_people_say_them() {
        for (text, future, wanted) in [
            ("47 min ago", false, "2026-03-01T02:13:00Z"),
            ("47m ago", false, "2026-03-01T02:13:00Z"),
            ("2 hours ago", false, "2026-03-01T01:00:00Z"),
            ("1h 30m ago", false, "2026-03-01T01:30:00Z"),
            ("2 days ago", false, "2026-02-27T03:00:00Z"),
            ("6", false, "2026-03-01T02:54:00Z"),
            ("now", true, "2026-03-01T03:00:00Z"),
            ("in 30 min", true, "2026-03-01T03:30:00Z"),
            ("02:13", false, "2026-03-01T02:13:00Z"),
            ("23:50", false, "2026-02-28T23:50:00Z"),
            ("03:40", true, "2026-03-01T03:40:00Z"),
            ("02:00", true, "2026-03-02T02:00:00Z"),
            ("yesterday 22:10", false, "2026-02-28T22:10:00Z"),
            ("2026-01-31T02:13:00+01:00", false, "2026-01-31T01:13:00Z"),
            ("2026-01-31 02:13", false, "2026-01-31T02:13:00Z"),
        ] {
            assert_eq!(read(text, future).as_deref(), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn nonsense_is_one_sentence() {
        for text in [
            "",
            "soon",
            "-5 min ago",
            "25:00",
            "99999999999999999 days ago",
        ] {
            assert!(
                read(text, false).is_err_and(|why| why.contains("47 min ago")),
                "{text}"
            );
        }
    }
}
