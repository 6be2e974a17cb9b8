//! The JSON contract: one object, `assets/assessment.schema.json`.

use crate::model::{Assessment, visible};

/// The assessment as one JSON object, pretty-printed, with a line feed at the end.
/// `stable` leaves out timings and clock times: when facts were observed, and the latest time to decide.
pub fn json(assessment: &Assessment, stable: bool) -> String {
    let text = if stable { serde_json::to_string_pretty(&without_clock(assessment)) } else { serde_json::to_string_pretty(assessment) };
    // The model serialises without fail (string keys only); should that ever change, the reader gets JSON that says so.
    let text = text.unwrap_or_else(|error| serde_json::json!({ "schema": assessment.schema, "error": error.to_string() }).to_string());
    let mut text = escaped(&text);
    text.push('\n');
    text
}

fn without_clock(assessment: &Assessment) -> Assessment {
    let mut copy = Assessment { timings: None, ..assessment.clone() };
    copy.facts.values_mut().for_each(|fact| fact.at = None);
    if let Some(verdict) = &mut copy.verdict {
        verdict.deadline = None;
    }
    copy
}

/// Characters that a terminal might act on, as JSON escapes: the reader of the JSON gets them as they are, the eye sees them.
/// They occur inside strings only, since the text around is printed by us.
fn escaped(text: &str) -> String {
    if text.split('\n').all(|line| matches!(visible(line), std::borrow::Cow::Borrowed(_))) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut buffer = [0; 4];
    for c in text.chars() {
        if c == '\n' || matches!(visible(c.encode_utf8(&mut buffer)), std::borrow::Cow::Borrowed(_)) {
            out.push(c);
        } else {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    out
}
