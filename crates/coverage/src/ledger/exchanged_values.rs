//! Members of enumerations that others may send or get by their names, where no annotation says so:
//! serialisers of these languages write the name of a member unless they are told otherwise.

use super::place;
use super::ways_in::list_enum_members;
use crate::ReleaseRange;

/// Most files that name an enumeration and are looked at.
const FILES: usize = 40;

/// Longest file that is looked at, in bytes.
const LENGTH: usize = 512 * 1024;

/// What a text holds that sends or takes values of a type.
const SENDS: [&str; 18] = [
    "@RestController",
    "@Controller",
    "@RequestBody",
    "@RequestParam",
    "@ResponseBody",
    "@JsonProperty",
    "@Schema",
    "@Path",
    "@Serializable",
    "[FromBody]",
    "[FromQuery]",
    "ControllerBase",
    "JsonPropertyName",
    "BaseModel",
    "class-validator",
    "@Body(",
    "#[MapRequestPayload",
    "Serializer",
];

/// Words at the end of the names of types that are sent or taken.
const BODIES: [&str; 6] = ["Dto", "DTO", "Request", "Response", "Payload", "Body"];

/// The first member that one release has alone, where a file of the newer release takes or sends
/// values of that enumeration: its line in the newer text, its name, and the file.
pub(super) fn find_exchanged_value(
    range: &ReleaseRange<'_>,
    path: &str,
    (old, new): (&str, &str),
    knows: &dyn Fn(&str) -> bool,
) -> Option<(usize, String, String)> {
    let before = list_enum_members(path, old);
    let after = list_enum_members(path, new);
    let fresh = after.iter().find(|member| {
        !knows(&member.name)
            // an enumeration that is new comes with its addresses
            && before.iter().any(|other| other.owner == member.owner)
            && !before
                .iter()
                .any(|other| other.owner == member.owner && other.name == member.name)
    })?;
    let words = [fresh.owner.clone()];
    let wanted = |other: &str| {
        super::is_program(other) && place::is_live(other) && !place::is_vendored(other)
    };
    let (hits, _) = range.current.search_many(&words, false, FILES, &wanted);
    let mut files: Vec<&str> = hits.iter().map(|hit| hit.path.as_str()).collect();
    files.dedup();
    files.into_iter().find_map(|file| {
        let text = range.current.read_text(file).ok()?;
        let stem = file.rsplit('/').next()?.split('.').next()?;
        (text.len() <= LENGTH
            && (SENDS.iter().any(|sign| text.contains(sign))
                || BODIES.iter().any(|end| stem.ends_with(end))))
        .then(|| (fresh.line, fresh.name.clone(), file.to_owned()))
    })
}
