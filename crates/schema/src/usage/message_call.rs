//! Calls that say something to people: logs and output. What stands in their strings, a
//! placeholder too, names nothing of a database.

/// Beginnings of such calls, in small letters.
const CALLS: [&str; 34] = [
    "log.info",
    "log.debug",
    "log.warn",
    "log.error",
    "log.trace",
    "log.print",
    "log.fatal",
    "log::",
    "log.log",
    "logger.",
    "logger::",
    "logging.",
    "_logger.",
    "loginformation(",
    "logwarning(",
    "logerror(",
    "logdebug(",
    "error_log(",
    "syslog(",
    "slog.",
    "zap.",
    "tracing::",
    "info!(",
    "warn!(",
    "error!(",
    "debug!(",
    "trace!(",
    "println!(",
    "console.log(",
    "console.warn(",
    "console.error(",
    "system.out.print",
    "console.writeline(",
    "timber.",
];

/// A line of such a call, in small letters.
pub(super) fn is_said_to_people(line: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    CALLS.iter().any(|call| {
        line.match_indices(call).any(|(at, _)| {
            // `catalog.info` is no log
            !line[..at].ends_with(part) || call.starts_with(['_', 'l']) && call.ends_with('(')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_to_people_is_told_from_what_is_asked_of_a_database() {
        for line in [
            "log.loginformation(\"buyer {name} has rank {rank}\", name)",
            "logger.info \"#{rank}\"",
            "logging.info('%(rank)s')",
            "tracing::info!(\"rank {}\", rank);",
            "error_log('customers: fax');",
            "console.log(`rank ${rank}`)",
        ] {
            assert!(is_said_to_people(line), "{line}");
        }
        for line in [
            "catalog.info(\"rank\")",
            "db.query(\"select rank from buyers\")",
            "blog.information = 'rank'",
        ] {
            assert!(!is_said_to_people(line), "{line}");
        }
    }
}
