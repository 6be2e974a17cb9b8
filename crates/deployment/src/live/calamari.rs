//! Calamari's `DeploymentJournal.xml`: what was installed on one target, and where it still lies.
//!
//! One `Deployment` element a step run that extracted a package. Today's form holds `Package`
//! children; the legacy form puts package id and version on the element itself. A document type or
//! an entity other than the five of XML is refused.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::{
    Deployment, DeploymentOutcome, LiveReport, ReadResult, Return, StateFileRefusal,
    sanitize_state_text, time,
};

/// On the target; the path is in the variable `TentacleJournal` of every script.
pub(super) const PRODUCER: &str = r#"Get-Content -Raw $env:TentacleJournal > DeploymentJournal.xml   # Linux: cp "$TentacleJournal" DeploymentJournal.xml"#;

// a hostile file may nest as deep as it is long
/// Most elements below one another; the journal has three levels.
const DEPTH: usize = 16;

pub(super) fn read_calamari(text: &str, report: &mut LiveReport) -> ReadResult {
    let mut reader = Reader::from_str(text);
    // so that an element without content ends with an event of its own, as every other does
    reader.config_mut().expand_empty_elements = true;
    let (mut depth, mut line, mut counted) = (0usize, 1usize, 0usize);
    let mut open: Option<CalamariEntry> = None;
    let mut rooted = false;
    let mut bad_times = 0usize;
    loop {
        let position = usize::try_from(reader.buffer_position())
            .unwrap_or(usize::MAX)
            .min(text.len());
        // a line is what a person can look up, and the reader gives bytes only
        line += memchr::memchr_iter(
            b'\n',
            text.as_bytes().get(counted..position).unwrap_or_default(),
        )
        .count();
        counted = position;
        let event = reader
            .read_event()
            .map_err(|error| report_xml_error(line, &error.to_string()))?;
        match event {
            // a document type can hold entities that grow to gigabytes
            Event::DocType(_) => {
                return Err(report_xml_error(
                    line,
                    "it declares a document type, which a journal never does; it is not read",
                ));
            }
            Event::GeneralRef(entity) if !is_standard_entity(&entity) => {
                return Err(report_xml_error(
                    line,
                    "it uses an entity of its own, which a journal never does; it is not read",
                ));
            }
            Event::Start(element) => {
                depth += 1;
                if depth > DEPTH {
                    return Err(report_xml_error(
                        line,
                        "its elements lie deeper in one another than a journal's do",
                    ));
                }
                let name = element.name();
                let name = name.as_ref();
                match depth {
                    1 if name == "Deployments" => rooted = true,
                    1 => return Err(report_xml_error(line, "its root is not Deployments")),
                    // in any other place the same name is no entry
                    2 if name == "Deployment" => open = Some(CalamariEntry::read(&element, line)?),
                    3 if name == "Package" => {
                        if let Some(entry) = &mut open {
                            entry.package(&element, line)?;
                        }
                    }
                    _ => {}
                }
            }
            Event::End(_) => {
                if depth == 2
                    && let Some(entry) = open.take()
                {
                    // an empty time is missing and no error
                    bad_times += usize::from(entry.installed_on.is_some() && entry.at.is_none());
                    report.deployments.extend(entry.deployment(&report.name));
                }
                depth = depth.saturating_sub(1);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    // a copy that was cut would otherwise look like a journal without its newest entries
    if !rooted || depth > 0 {
        return Err(report_xml_error(
            line,
            "it ends before its last element is closed",
        ));
    }
    note_calamari_gaps(report, bad_times);
    Ok(())
}

fn note_calamari_gaps(report: &mut LiveReport, bad_times: usize) {
    if report.deployments.is_empty() {
        return;
    }
    if bad_times > 0 {
        report.note(format!(
            "{bad_times} entries of the journal have a time that cannot be read and are sorted last"
        ));
    }
    report.note(
        "A rollback that skips installed packages leaves no entry in the journal: the newest \
            entry then still names the bad release. Confirm what runs.",
    );
    let failed = report
        .deployments
        .iter()
        .filter(|deployment| deployment.outcome == DeploymentOutcome::Failed)
        .count();
    if failed > 0 {
        report.note(format!(
            "{failed} entries did not succeed; package steps that fail early leave no entry at all"
        ));
    }
}

fn is_standard_entity(entity: &quick_xml::events::BytesRef<'_>) -> bool {
    entity.is_char_ref() || matches!(&**entity, "lt" | "gt" | "amp" | "quot" | "apos")
}

fn report_xml_error(line: usize, why: &str) -> StateFileRefusal {
    StateFileRefusal::Syntax("XML", format!("line {line}: {}", sanitize_state_text(why)))
}

/// One `Deployment` element.
#[derive(Default)]
struct CalamariEntry {
    line: usize,
    environment: Option<String>,
    tenant: Option<String>,
    project: Option<String>,
    installed_on: Option<String>,
    at: Option<jiff::Timestamp>,
    policy: Option<String>,
    extracted_to: Option<String>,
    custom: Option<String>,
    failed: bool,
    package: Option<(String, String)>,
    children: bool,
}

impl CalamariEntry {
    fn read(element: &BytesStart<'_>, line: usize) -> Result<Self, StateFileRefusal> {
        let mut entry = Self {
            line,
            ..Self::default()
        };
        let (mut id, mut version) = (None, None);
        for (name, value) in read_xml_attributes(element, line)? {
            match name.as_str() {
                "EnvironmentId" => entry.environment = Some(value),
                "TenantId" => entry.tenant = Some(value),
                "ProjectId" => entry.project = Some(value),
                "InstalledOn" => {
                    entry.at = time::parse_deployment_time(&value);
                    entry.installed_on = Some(value);
                }
                "RetentionPolicySet" => entry.policy = Some(value),
                "ExtractedTo" => entry.extracted_to = Some(value),
                "CustomInstallationDirectory" => entry.custom = Some(value),
                // a missing flag means success
                "WasSuccessful" => entry.failed = value.trim().eq_ignore_ascii_case("false"),
                "PackageId" => id = Some(value),
                "PackageVersion" => version = Some(value),
                _ => {}
            }
        }
        entry.package = id.zip(version);
        Ok(entry)
    }

    /// The first package is the main one; the others travel with it.
    fn package(&mut self, element: &BytesStart<'_>, line: usize) -> Result<(), StateFileRefusal> {
        if self.children {
            return Ok(());
        }
        let found = read_xml_attributes(element, line)?;
        let of = |key: &str| {
            found
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value.clone())
        };
        if let Some(package) = of("PackageId").zip(of("PackageVersion")) {
            self.package = Some(package);
            self.children = true;
        }
        Ok(())
    }

    fn deployment(self, file: &str) -> Option<Deployment> {
        // an entry without a package is a step that installed nothing
        let (id, version) = self.package?;
        let mut made = Deployment::new(
            file,
            if self.failed {
                DeploymentOutcome::Failed
            } else {
                DeploymentOutcome::Success
            },
        )
        .at_line(self.line);
        // escaped, since anybody who can deploy a package names its version
        made.version = Some(sanitize_state_text(&version));
        made.at = self.at;
        made.environment = self
            .environment
            .filter(|text| !text.is_empty())
            .map(|text| sanitize_state_text(&text));
        made.unit = Some(sanitize_state_text(&id));
        // without case, as Calamari compares it
        let policy = self.policy.unwrap_or_default().to_lowercase();
        let tenant = self.tenant.filter(|text| !text.is_empty());
        made.target = Some(sanitize_state_text(&match tenant {
            // the policy set may hold the tenant already
            Some(tenant) if !policy.contains(&tenant.to_lowercase()) => {
                format!("{policy} {tenant}")
            }
            _ => policy,
        }));
        // an entry goes when its folder goes, so an entry means that the folder was left
        made.installed = Some(!self.failed);
        let folder = self.extracted_to.filter(|text| !text.is_empty());
        if let Some(folder) = folder.clone().filter(|_| !self.failed) {
            made = made.back(Return {
                says: format!(
                    "Point {} at {} \
                    again",
                    sanitize_state_text(&id),
                    sanitize_state_text(&folder)
                ),
                brings: "the folder holds that release with its settings as they were transformed \
                    then; nothing is extracted and no script runs",
                artifact: Some(sanitize_state_text(&folder)),
                ..Return::default()
            });
        }
        // a copy of a folder is overwritten by each deployment, so it is no place to go back to
        let custom = self
            .custom
            .filter(|text| !text.is_empty() && Some(text) != folder.as_ref());
        let place = [
            Some(format!("{id} {version}")),
            folder,
            custom.map(|custom| format!("copied to {custom}")),
        ];
        Some(made.excerpt(&place.into_iter().flatten().collect::<Vec<_>>().join(", ")))
    }
}

fn read_xml_attributes(
    element: &BytesStart<'_>,
    line: usize,
) -> Result<Vec<(String, String)>, StateFileRefusal> {
    let mut found = Vec::new();
    // an entry has a dozen attributes
    for attribute in element.attributes().take(64) {
        let attribute = attribute.map_err(|error| report_xml_error(line, &error.to_string()))?;
        // knows the five entities of XML only; anything else is an error
        let value = attribute
            .normalized_value(XmlVersion::default())
            .map_err(|error| report_xml_error(line, &error.to_string()))?;
        found.push((
            AsRef::<str>::as_ref(&attribute.key).to_owned(),
            value.into_owned(),
        ));
    }
    Ok(found)
}
