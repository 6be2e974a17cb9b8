//! Reports: text, Markdown and JSON.

use crate::model::Assessment;

/// The assessment as one JSON object, pretty-printed, with a line feed at the end.
/// `stable` leaves out timings and clock times.
pub fn json(assessment: &Assessment, stable: bool) -> String {
    let _ = (assessment, stable);
    unimplemented!("report")
}

/// The assessment as plain text for a terminal or a pipe, `width` columns at most.
pub fn text(assessment: &Assessment, width: usize) -> String {
    let _ = (assessment, width);
    unimplemented!("report")
}

/// The assessment as Markdown to paste into a ticket or a pull request.
pub fn markdown(assessment: &Assessment) -> String {
    let _ = assessment;
    unimplemented!("report")
}
