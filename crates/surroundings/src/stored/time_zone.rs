//! `stored-form/time-zone-changed`.

use std::sync::LazyLock;

use regex::Regex;

use super::{LIMIT, StoredCheck, StoredInput, StoredOutcome, build_stored_finding, cite_text_line};
use coverage::changed_lines::ChangedLines;
use coverage::place::{FileRole, classify_path_place};
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, FileKind, FileStatus, Severity,
    check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "stored-form/time-zone-changed",
    title: "Times are stored as of another zone",
    domain: Domain::StoredForm,
    direction: Direction::Rollback,
    looks_for: "Settings that say in which zone times are written to a store: timezone of Laravel, USE_TZ and TIME_ZONE of Django, default_timezone and time_zone of Rails, hibernate.jdbc.time_zone, serverTimezone of a JDBC address, timezone of Sequelize, TypeORM and mysql2, EnableLegacyTimestampBehavior of Npgsql, and TZ of a container.",
    why: "What the newer release writes without a zone means another hour to the previous release. Nothing fails: reminders go out at the wrong time, and days of invoices change.",
    action: "Keep the new setting when going back, or write the times anew that were written since.",
    example: "config/app.php: 'timezone' => 'UTC' becomes 'Europe/Berlin', and the columns are plain timestamps.",
    source: "Documentation of Laravel, Django, Active Record, Hibernate, MySQL Connector/J, Sequelize and Npgsql.",
};

pub(super) const CHECK: StoredCheck = StoredCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(test, |_| super::fixture::try_fixtures(make_fixtures())),
    },
    run: find_changed_zones,
};

/// Most changed files that are read for it.
const FILES: usize = 1_000;

/// A setting of the zone, and its value.
static SETS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
        (?: ['"](timezone)['"]\s*=>
          | ^\s*(USE_TZ|TIME_ZONE)\s*=
          | \bconfig\.(?:active_record\.)?(default_timezone|time_zone)\s*=
          | \b(hibernate\.jdbc\.time_zone)['"]?\s*[=:,]
          | \b(jdbc\.time_zone|time_zone)\s*:
          | \b(serverTimezone|connectionTimeZone)=
          | ^\s*['"]?(timezone)['"]?\s*:
          | (EnableLegacyTimestampBehavior)['"]?\s*,
          | \b(?:ENV\s+|-\s+|^\s*)(TZ)[=:\s]
        )
        \s* (?: env\( \s* ['"][A-Z_]+['"] \s* , \s* )? ['":]{0,2} ([A-Za-z0-9_/+:-]+)"#,
    )
    .ok()
});

/// Files in which such settings stand: settings, program text, and what containers are made from.
fn may_set_zone(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    let end = lower.rsplit_once('.').map_or("", |(_, end)| end);
    matches!(
        end,
        "php"
            | "py"
            | "rb"
            | "properties"
            | "yml"
            | "yaml"
            | "xml"
            | "js"
            | "ts"
            | "cjs"
            | "mjs"
            | "cs"
            | "env"
            | "conf"
            | "json"
            | "java"
            | "kt"
            | "toml"
    ) || lower.starts_with("dockerfile")
        || lower.ends_with("dockerfile")
        || lower.starts_with(".env")
}

/// A word that says a zone, or whether times carry one. In files of translations the same keys hold
/// words of people.
fn names_zone(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "utc" | "gmt" | "local" | "system" | "server" | "auto"
    ) || value.starts_with(['+', '-']) && value[1..].starts_with(|c: char| c.is_ascii_digit())
        || value
            .split_once('/')
            .is_some_and(|(area, city)| area.len() > 1 && !city.is_empty())
}

fn find_changed_zones(look: &StoredInput<'_>, outcome: &mut StoredOutcome) {
    let Some(sets) = SETS.as_ref() else { return };
    let range = look.range;
    let wanted = range.changes.iter().filter(|change| {
        !matches!(change.kind, FileKind::Test | FileKind::Documentation)
            && matches!(change.status, FileStatus::Modified | FileStatus::Renamed)
            && may_set_zone(&change.path)
            && classify_path_place(&change.path) == FileRole::Live
    });
    for change in wanted.take(FILES) {
        let old_path = change.old_path.as_deref().unwrap_or(&change.path);
        let (Ok(old), Ok(new)) = (
            range.previous.read_text(old_path),
            range.current.read_text(&change.path),
        ) else {
            // the check that reads this file says that it could not be read
            continue;
        };
        if old.len().max(new.len()) > LIMIT {
            continue;
        }
        let lines = ChangedLines::between(Some(&old), Some(&new));
        let read = |text: &str| {
            let found = sets.captures(text)?;
            let mut groups = found.iter().skip(1).flatten();
            let key = groups.next()?.as_str().to_owned();
            let value = groups.next()?.as_str();
            // of these two the value says whether times carry a zone
            let switch = matches!(key.as_str(), "USE_TZ" | "EnableLegacyTimestampBehavior");
            (switch || names_zone(value)).then(|| (key, value.to_owned()))
        };
        let before: Vec<(String, String)> = lines
            .gone
            .iter()
            .filter_map(|(_, text)| read(text))
            .collect();
        let told = lines.fresh.iter().find_map(|(line, text)| {
            let (key, value) = read(text)?;
            // a setting that is new had a value before, which is that of the library
            let was = before.iter().find(|(old, _)| *old == key);
            was.is_none_or(|(_, old)| *old != value)
                .then(|| (*line, key, was.map(|(_, old)| old.clone()), value))
        });
        let Some((line, key, was, is)) = told else {
            continue;
        };
        let was = was.unwrap_or_else(|| "not set".to_owned());
        let says = format!(
            "{key} is {was} in {} and {is} in {} ({}:{line}): times that are stored without a \
             zone mean another hour to the release that did not write them",
            range.previous_version, range.current_version, change.path
        );
        outcome.findings.push(build_stored_finding(
            &DOC,
            // columns that keep their zone do not care, and which there are is not asked here
            Severity::Warns,
            Confidence::Likely,
            &key,
            &says,
            vec![cite_text_line(&change.path, line, &new)],
        ));
    }
}

#[cfg(test)]
fn make_fixtures() -> (super::fixture::StoredFixture, super::fixture::StoredFixture) {
    use super::fixture::StoredFixture;
    let old = "<?php\nreturn [\n    'name' => 'Jar',\n    'timezone' => 'UTC',\n];\n";
    (
        StoredFixture::of(
            "config/app.php",
            old,
            "<?php\nreturn [\n    'name' => 'Jar',\n    'timezone' => env('APP_TIMEZONE', 'Europe/Berlin'),\n];\n",
        ),
        StoredFixture::of(
            "config/app.php",
            old,
            "<?php\nreturn [\n    'name' => 'Jars',\n    'timezone'   => 'UTC',\n];\n",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::StoredFixture;
    use super::*;

    #[test]
    fn zones_of_other_libraries_are_told() {
        for (path, old, new) in [
            ("app/settings.py", "USE_TZ = False\n", "USE_TZ = True\n"),
            (
                "config/application.rb",
                "config.a = 1\n",
                "config.a = 1\nconfig.active_record.default_timezone = :local\n",
            ),
            (
                "src/main/resources/application.properties",
                "a=1\n",
                "a=1\nspring.jpa.properties.hibernate.jdbc.time_zone=UTC\n",
            ),
            (
                "Dockerfile",
                "FROM a\nENV TZ=UTC\n",
                "FROM a\nENV TZ=Europe/Berlin\n",
            ),
            (
                "src/db.js",
                "new Sequelize({\n  timezone: '+00:00',\n})\n",
                "new Sequelize({\n  timezone: '+02:00',\n})\n",
            ),
        ] {
            let found = StoredFixture::of(path, old, new).of_check(DOC.id).0;
            assert_eq!(found.len(), 1, "{path}");
        }
        for (path, old, new) in [
            (
                "app/settings.py",
                "USE_TZ = True\nA = 1\n",
                "USE_TZ = True\nA = 2\n",
            ),
            ("src/show.js", "show(timezone)\n", "show(timezone, 2)\n"),
            (
                "locales/de.json",
                "{\n  \"timezone\": \"Zone\"\n}\n",
                "{\n  \"timezone\": \"Zeitzone\"\n}\n",
            ),
        ] {
            let found = StoredFixture::of(path, old, new).of_check(DOC.id).0;
            assert_eq!(found.len(), 0, "{path}");
        }
    }
}
