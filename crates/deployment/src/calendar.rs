//! Windows and freezes of `backout.yaml`: may anything be deployed now, and for how long?
//!
//! The guide keeps rollbacks inside outage windows unless the fault stops the show, so a window is
//! advice; a freeze is a rule that the deployer may enforce, against a fix as well as against going
//! back.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use model::fact_key;

use model::{
    CalendarNote, CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Environment, Evidence,
    Fact, FactValue, Finding, Freeze, Severity, Unchecked, Window, check_cases, escape_invisible,
};

pub(crate) static CALENDAR: CheckDeclaration = CheckDeclaration {
    doc: CheckDoc {
        id: "deployment/calendar",
        title: "A freeze is in force, or no window is open",
        domain: Domain::Deployment,
        direction: Direction::Both,
        looks_for: "windows and freezes of the environment in backout.yaml, at the time of the \
            assessment.",
        why: "A freeze may forbid going back as well as a fix. Outside a window users notice that \
            something is deployed, so going back then is for serious faults only.",
        action: "Ask whoever owns the freeze to lift it for this, or wait for the window unless \
            the fault is serious.",
        example: "environments: {production: {windows: [{days: [tue, thu], from: \"22:00\", to: \
            \"02:00\", zone: Europe/Berlin}]}}",
        source: "The guide, N9.",
    },
    grades: None,
    place: module_path!(),
    cases: check_cases!(test, |_| tests::make_calendar_fixtures().into()),
};

// a freeze beyond that will be over or moved before it matters
/// A freeze that begins within this many days counts as the end of the window.
const AHEAD_DAYS: i64 = 14;

/// Most windows and freezes of one environment.
const ENTRIES: usize = 200;

/// How windows and freezes stand.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calendar {
    /// `window.minutes_left`, while a window is open or a freeze comes near.
    pub fact: Option<Fact>,
    /// One sentence each.
    pub notes: Vec<CalendarNote>,
    /// What restricts now.
    pub findings: Vec<Finding>,
    /// Entries that cannot be read.
    pub unchecked: Vec<Unchecked>,
}

// windows and freezes give one fact: what ends the time first
/// Reads the calendar of one environment. `source` names the file in sentences.
pub fn read_calendar(
    name: &str,
    environment: &Environment,
    source: &str,
    now: Timestamp,
) -> Calendar {
    let mut found = Calendar::default();
    let mut ends: Vec<(Timestamp, String)> = Vec::new();
    read_freezes((name, source), environment, now, &mut found, &mut ends);
    read_windows((name, source), environment, now, &mut found, &mut ends);
    if let Some((end, what)) = ends.into_iter().min() {
        let minutes = (end.duration_since(now).as_secs() / 60).max(0);
        let says = format!(
            "{what} {} (environments.{name} in {source})",
            format_calendar_time(end)
        );
        found.fact = Some(
            Fact::stated(
                fact_key::WINDOW_MINUTES_LEFT,
                FactValue::Number(minutes as f64),
            )
            .with_source(says)
            .observed(now),
        );
    }
    found
}

/// Freezes in force and near ones; `ends` takes in when one begins.
fn read_freezes(
    (name, source): (&str, &str),
    environment: &Environment,
    now: Timestamp,
    found: &mut Calendar,
    ends: &mut Vec<(Timestamp, String)>,
) {
    for freeze in environment.freezes.iter().take(ENTRIES) {
        match span_of(freeze) {
            Ok((from, to)) => {
                let why = freeze
                    .why
                    .as_deref()
                    .map(|why| format!(" ({})", escape_invisible(why)))
                    .unwrap_or_default();
                // a freeze includes its beginning and excludes its end, so two in a row leave no
                // gap
                if from <= now && now < to {
                    let says = format!(
                        "a freeze of {name} is in force until {}{why}",
                        format_calendar_time(to)
                    );
                    found
                        .findings
                        // a warning, since the deployer may refuse; a closed window is advice alone
                        .push(make_calendar_finding(Severity::Warns, &says, source));
                    found.notes.push(CalendarNote {
                        says,
                        closed: true,
                        freeze: true,
                        until: Some(to),
                    });
                } else if now < from && from.duration_since(now).as_hours() < AHEAD_DAYS * 24 {
                    // a fix has to be out before it begins as well, so it is told ahead
                    found.notes.push(CalendarNote {
                        says: format!(
                            "a freeze of {name} begins {}{why}",
                            format_calendar_time(from)
                        ),
                        closed: false,
                        freeze: true,
                        until: Some(from),
                    });
                    ends.push((from, "the freeze begins".to_owned()));
                }
            }
            Err(why) => found
                .unchecked
                .push(report_skipped_entry(source, name, "freezes", &why)),
        }
    }
}

/// Whether a window is open; `ends` takes in when it closes.
fn read_windows(
    (name, source): (&str, &str),
    environment: &Environment,
    now: Timestamp,
    found: &mut Calendar,
    ends: &mut Vec<(Timestamp, String)>,
) {
    let mut open: Option<Timestamp> = None;
    let mut next: Option<Timestamp> = None;
    let mut some = false;
    for window in environment.windows.iter().take(ENTRIES) {
        match list_window_occurrences(window, now) {
            Ok(spans) => {
                some = true;
                for (from, to) in spans {
                    if from <= now && now < to {
                        // windows may overlap: the one that ends last counts
                        open = open.max(Some(to));
                    } else if from > now {
                        next = Some(next.map_or(from, |known| known.min(from)));
                    }
                }
            }
            Err(why) => found
                .unchecked
                .push(report_skipped_entry(source, name, "windows", &why)),
        }
    }
    if let Some(to) = open {
        found.notes.push(CalendarNote {
            says: format!(
                "the window of {name} is open until {}",
                format_calendar_time(to)
            ),
            closed: false,
            freeze: false,
            until: Some(to),
        });
        ends.push((to, "the window closes".to_owned()));
    } else if some {
        let then = next
            .map(|next| format!("; the next begins {}", format_calendar_time(next)))
            .unwrap_or_default();
        // a note: the guide lets serious faults out of the window at any time
        let says = format!(
            "no window of {name} is open{then}: users would notice going back now, so it is for \
                serious faults only"
        );
        found
            .findings
            .push(make_calendar_finding(Severity::Notes, &says, source));
        found.notes.push(CalendarNote {
            says,
            closed: true,
            freeze: false,
            until: next,
        });
    }
}

fn format_calendar_time(at: Timestamp) -> String {
    // in UTC, since whoever reads it may sit in another zone than whoever wrote it
    at.strftime("%a %Y-%m-%d %H:%M UTC").to_string()
}

fn report_skipped_entry(source: &str, name: &str, list: &str, why: &str) -> Unchecked {
    Unchecked {
        what: format!("{source}: environments.{}.{list}", escape_invisible(name)).into(),
        why: format!("{why}; it is left out").into(),
        settle_with: None,
    }
}

fn make_calendar_finding(severity: Severity, says: &str, source: &str) -> Finding {
    let place = Evidence {
        path: Some(source.into()),
        ..Evidence::default()
    };
    CALENDAR
        .doc
        .make_finding(severity, Confidence::Proven, "calendar", says, vec![place])
}

fn parse_time_zone(name: Option<&str>) -> Result<TimeZone, String> {
    match name {
        // without a zone the file means the same on every machine
        None => Ok(TimeZone::UTC),
        Some(name) => TimeZone::get(name.trim()).map_err(|_| {
            format!(
                "{} is no time zone that is known here; write it as Europe/Berlin",
                escape_invisible(name)
            )
        }),
    }
}

fn resolve_local_time(date: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    // an hour that the clocks skip or repeat is taken as the calendar library resolves it
    zone.to_timestamp(date).ok()
}

/// A day, a local time, or a moment with a zone. A day as the end means the whole of it.
fn parse_window_edge(text: &str, zone: &TimeZone, end: bool) -> Result<Timestamp, String> {
    let text = text.trim();
    // a moment with its zone needs no other, so it is tried first
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let wrong = || {
        format!(
            "{} is neither a day nor a time; write 2026-12-18 or 2026-12-18T18:00",
            escape_invisible(text)
        )
    };
    // a day alone has ten characters: `2026-12-18`
    if text.len() <= 10 {
        let day: Date = text.parse().map_err(|_| wrong())?;
        // a freeze `to: 2026-12-24` covers that day
        let day = if end {
            day.tomorrow().map_err(|_| wrong())?
        } else {
            day
        };
        return resolve_local_time(day.to_datetime(Time::midnight()), zone).ok_or_else(wrong);
    }
    text.parse::<DateTime>()
        .ok()
        .and_then(|date| resolve_local_time(date, zone))
        .ok_or_else(wrong)
}

fn span_of(freeze: &Freeze) -> Result<(Timestamp, Timestamp), String> {
    let zone = parse_time_zone(freeze.zone.as_deref())?;
    let (from, to) = (
        parse_window_edge(&freeze.from, &zone, false)?,
        parse_window_edge(&freeze.to, &zone, true)?,
    );
    // an empty freeze would be in force never, which nobody means
    if to <= from {
        return Err(format!(
            "a freeze that ends ({}) before it begins ({})",
            escape_invisible(&freeze.to),
            escape_invisible(&freeze.from)
        ));
    }
    Ok((from, to))
}

/// `22:00`, `9:30`; `24:00` is the end of the day.
fn parse_clock_time(text: &str) -> Result<(i8, i8), String> {
    let wrong = || {
        format!(
            "{} is no time of day; write it as 22:00",
            escape_invisible(text)
        )
    };
    let (hours, minutes) = text.trim().split_once(':').ok_or_else(wrong)?;
    let (hours, minutes): (i8, i8) = (
        hours.parse().map_err(|_| wrong())?,
        minutes.parse().map_err(|_| wrong())?,
    );
    let whole =
        (0..24).contains(&hours) && (0..60).contains(&minutes) || (hours, minutes) == (24, 0);
    if whole {
        Ok((hours, minutes))
    } else {
        Err(wrong())
    }
}

fn day_of(word: &str) -> Result<Weekday, String> {
    Ok(
        match word
            .trim()
            // `Tuesday`, `tues` and `tue`
            .to_ascii_lowercase()
            .get(..3)
            .unwrap_or_default()
        {
            "mon" => Weekday::Monday,
            "tue" => Weekday::Tuesday,
            "wed" => Weekday::Wednesday,
            "thu" => Weekday::Thursday,
            "fri" => Weekday::Friday,
            "sat" => Weekday::Saturday,
            "sun" => Weekday::Sunday,
            _ => {
                return Err(format!(
                    "{} is no day; write mon, tue, ...",
                    escape_invisible(word)
                ));
            }
        },
    )
}

/// Yesterday's occurrence to that in a week.
fn list_window_occurrences(
    window: &Window,
    now: Timestamp,
) -> Result<Vec<(Timestamp, Timestamp)>, String> {
    let zone = parse_time_zone(window.zone.as_deref())?;
    let (from, to) = (
        parse_clock_time(&window.from)?,
        parse_clock_time(&window.to)?,
    );
    let days: Vec<Weekday> = window
        .days
        .iter()
        .map(|day| day_of(day))
        .collect::<Result<_, _>>()?;
    let today = zone.to_datetime(now);
    let mut found = Vec::new();
    // a window of yesterday evening may still be open
    let mut day = today
        .date()
        .yesterday()
        .map_err(|error| error.to_string())?;
    // yesterday to a week from today: every day of the week comes once at least
    for _ in 0..9 {
        // no days are every day
        if days.is_empty() || days.contains(&day.weekday()) {
            let next = day.tomorrow().map_err(|error| error.to_string())?;
            let at = |date: Date, (hours, minutes): (i8, i8)| {
                let (date, hours) = if hours == 24 {
                    (date.tomorrow().unwrap_or(date), 0)
                } else {
                    (date, hours)
                };
                resolve_local_time(date.at(hours, minutes, 0, 0), &zone)
            };
            // `22:00` to `02:00` ends on the next day
            let last = if to > from { at(day, to) } else { at(next, to) };
            found.extend(at(day, from).zip(last));
        }
        day = day.tomorrow().map_err(|error| error.to_string())?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A Wednesday.
    fn now() -> Timestamp {
        "2026-11-25T01:30:00Z".parse().unwrap()
    }

    fn window(days: &[&str], from: &str, to: &str) -> Environment {
        let days = days.iter().map(|day| (*day).to_owned()).collect();
        Environment {
            windows: vec![Window {
                days,
                from: from.to_owned(),
                to: to.to_owned(),
                zone: None,
            }],
            ..Environment::default()
        }
    }

    fn freeze(from: &str, to: &str) -> Environment {
        Environment {
            freezes: vec![Freeze {
                from: from.to_owned(),
                to: to.to_owned(),
                ..Freeze::default()
            }],
            ..Environment::default()
        }
    }

    fn minutes(environment: &Environment) -> Option<f64> {
        read_calendar("production", environment, "backout.yaml", now())
            .fact
            .and_then(|fact| fact.value.as_number())
    }

    /// A freeze that is in force, and one that is over.
    pub(super) fn make_calendar_fixtures() -> (Vec<Finding>, Vec<Finding>) {
        let read = |environment: &Environment| {
            read_calendar("production", environment, "backout.yaml", now()).findings
        };
        (
            read(&freeze("2026-11-24", "2026-11-25")),
            read(&freeze("2026-10-24", "2026-10-25")),
        )
    }

    #[test]
    fn a_window_over_midnight_is_open_until_it_closes() {
        assert_eq!(minutes(&window(&["tue"], "22:00", "02:00")), Some(30.0));
        assert_eq!(
            minutes(&window(&[], "01:00", "24:00")),
            Some(22.0 * 60.0 + 30.0)
        );
        // yesterday's is over, and Wednesday has none
        let closed = read_calendar(
            "production",
            &window(&["tue"], "20:00", "23:00"),
            "backout.yaml",
            now(),
        );
        assert_eq!(closed.fact, None);
        assert!(
            closed.notes[0].closed && closed.notes[0].says.contains("Tue 2026-12-01 20:00"),
            "{}",
            closed.notes[0].says
        );
        assert_eq!(closed.findings[0].severity, Severity::Notes);
    }

    #[test]
    fn a_freeze_restricts_while_it_lasts_and_ends_a_window_before_it_begins() {
        let within = read_calendar(
            "production",
            &freeze("2026-11-24", "2026-11-25"),
            "backout.yaml",
            now(),
        );
        assert!(
            within.findings[0]
                .says
                .as_raw()
                .contains("until Thu 2026-11-26 00:00"),
            "{}",
            within.findings[0].says
        );
        assert_eq!(
            (within.findings[0].severity, within.fact),
            (Severity::Warns, None)
        );
        assert_eq!(
            minutes(&freeze("2026-11-25T03:30", "2026-12-01")),
            Some(120.0)
        );
        assert_eq!(minutes(&freeze("2027-11-25", "2027-12-01")), None);
        assert_eq!(
            read_calendar("production", &Environment::default(), "backout.yaml", now()),
            Calendar::default()
        );
    }

    #[test]
    fn what_cannot_be_read_is_one_line_and_the_rest_stands() {
        let mut odd = window(&["tue"], "22:00", "02:00");
        odd.windows.push(Window {
            from: "25:00".to_owned(),
            to: "1".to_owned(),
            ..Window::default()
        });
        odd.windows.push(Window {
            from: "1:00".to_owned(),
            to: "2:00".to_owned(),
            zone: Some("Mars/Base".to_owned()),
            ..Window::default()
        });
        odd.freezes = vec![Freeze {
            from: "soon".to_owned(),
            to: "later".to_owned(),
            ..Freeze::default()
        }];
        let found = read_calendar("production", &odd, "backout.yaml", now());
        assert_eq!(found.unchecked.len(), 3, "{:?}", found.unchecked);
        assert!(found.fact.is_some());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(from in ".{0,20}", to in ".{0,20}", day in ".{0,6}") {
            let mut all = window(&[&day], &from, &to);
            all.freezes = freeze(&from, &to).freezes;
            let _ = read_calendar("x", &all, "backout.yaml", now());
        }
    }
}
