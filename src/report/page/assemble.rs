//! The whole page: its parts in order while they fit.

use super::frame::{PageSection, start_page};
use super::html::Html;
use super::{band, board, gates, head, known, plan, risks};
use crate::report::subject::ReportSubject;

/// Longest page, in bytes. A part that no longer fits is left out whole, and that is said.
const LIMIT: usize = 2_000_000;

/// The report of a session, or of one assessment, as one HTML page. With `trace` also the rules and
/// the arithmetic of the verdict.
pub fn write_html_page(subject: &ReportSubject<'_>, trace: bool) -> String {
    let mut sections: Vec<PageSection> = [
        board::write_board(subject),
        band::write_timeline(subject),
        gates::write_gates(subject),
        risks::write_risks(subject, false),
        risks::write_risks(subject, true),
        plan::write_runs(subject),
        plan::write_preflight(subject),
        plan::write_plan(subject),
        known::write_unknown(subject),
        known::write_known(subject),
        risks::write_changes(subject),
        risks::write_coverage(subject),
        known::write_notes(subject),
    ]
    .into_iter()
    .flatten()
    .collect();
    sections.extend(trace.then(|| known::write_trace(subject)).flatten());
    assemble_page(subject, &sections, LIMIT)
}

pub(super) fn assemble_page(
    subject: &ReportSubject<'_>,
    sections: &[PageSection],
    limit: usize,
) -> String {
    let mut page = Html::new(&subject.names);
    start_page(&mut page, &subject.headline(), "<main>\n");
    let mut out = page.finish();
    out.push_str(&head::write_head(subject));
    let mut kept: Vec<&PageSection> = Vec::new();
    let mut left: Vec<&'static str> = Vec::new();
    let mut used = out.len();
    for section in sections {
        if used + section.body.len() > limit {
            left.push(section.title);
            continue;
        }
        used += section.body.len();
        kept.push(section);
    }
    let mut links = Html::new(&subject.names);
    links.raw("<nav aria-label=\"Contents\">");
    for section in &kept {
        links.raw("<a href=\"#");
        links.raw(section.id);
        links.element("\">", section.title, "</a>");
    }
    links.raw("</nav>\n");
    out.push_str(&links.finish());
    for section in kept {
        let mut head = Html::new(&subject.names);
        head.raw("<section id=\"");
        head.raw(section.id);
        head.raw("\">\n<header>");
        head.element("<h2>", section.title, "</h2>");
        if !section.figure.is_empty() {
            head.element("<p>", &section.figure, "</p>");
        }
        head.raw("</header>\n<div class=\"body\">\n");
        out.push_str(&head.finish());
        out.push_str(&section.body);
        out.push_str("</div>\n</section>\n");
    }
    let mut foot = Html::new(&subject.names);
    if !left.is_empty() {
        let all = format!(
            "Left out, because the page would be too long: {}. The format json has all of it.",
            left.join(", ")
        );
        foot.element("<p class=\"more\">", &all, "</p>\n");
    }
    out.push_str(&foot.finish());
    out.push_str(&head::write_foot(subject));
    out.push_str("</main>\n</body>\n</html>\n");
    out
}
