//! The sheet of one gate as a page: the outcome first, what was looked at, who said what, and the
//! way back from here. On paper it is meant to be one page.

use jiff::tz::TimeZone;

use super::frame::start_page;
use super::head::find_option_hue;
use super::html::Html;
use crate::model::{Gate, checklist_line, past_rollbacks_line};
use crate::report::gate_sheet::{GateSheet, describe_voice, write_sheet_time};
use crate::report::person_names::PersonNames;
use crate::report::words;
use crate::usecase::GateItemResult;

/// Most rows of each list.
const ROWS: usize = 60;

/// The sheet as one HTML page.
pub fn write_gate_page(sheet: &GateSheet) -> String {
    write_gate_page_in(sheet, &TimeZone::system())
}

pub(in crate::report) fn write_gate_page_in(sheet: &GateSheet, zone: &TimeZone) -> String {
    let names = PersonNames::new(&[], true);
    let title = format!(
        "{} {}: {} at gate {}",
        sheet.service,
        sheet.current,
        sheet.outcome.title().to_lowercase(),
        sheet.gate.id()
    );
    let mut html = Html::new(&names);
    start_page(&mut html, &title, "<main class=\"sheet\">\n");
    html.raw("<header class=\"top\">\n<p class=\"over\">");
    let over = [
        Some(&sheet.service),
        sheet.environment.as_ref(),
        Some(&sheet.title),
    ];
    for part in over.into_iter().flatten() {
        html.element("<span>", part, "</span>");
    }
    html.element("</p>\n<h1>", &title, "</h1>\n<p class=\"facts\">");
    let facts = [
        words::write_utc_and_local_time(sheet.at, zone),
        format!("{} ▶ {}", sheet.previous, sheet.current),
        format!("out: {}", sheet.deployed),
    ];
    for part in facts {
        html.element("<span>", &part, "</span> ");
    }
    html.raw("</p>\n</header>\n");
    write_outcome(&mut html, sheet, zone);
    write_track(&mut html, sheet.gate);
    write_items(&mut html, sheet);
    write_poll(&mut html, sheet, zone);
    write_way_back(&mut html, sheet);
    html.raw("<footer>\n<p>");
    let session = sheet.session.as_deref().unwrap_or("not recorded");
    html.element("<span>session ", session, "</span> ");
    if let Some(line) = checklist_line(&sheet.checklist_changes) {
        html.element("<span>checklist ", &line, "</span>");
    }
    html.raw("</p>\n</footer>\n</main>\n</body>\n</html>\n");
    html.finish()
}

fn write_outcome(html: &mut Html<'_>, sheet: &GateSheet, zone: &TimeZone) {
    html.raw("<div class=\"verdict hue-");
    html.raw(find_option_hue(sheet.outcome));
    html.raw("\">\n<p class=\"label\">This gate</p>");
    html.element("<p class=\"option\">", sheet.outcome.title(), "</p>\n");
    html.element(
        "<p class=\"beside\">",
        &sheet.why,
        "</p>\n<dl class=\"reasons\">",
    );
    if let Some(line) = past_rollbacks_line(&sheet.rolled_back_before) {
        html.element("<dt>Before</dt><dd>", &line, "</dd>");
    }
    html.element("<dt>Facts say</dt><dd>", &sheet.advice(), "");
    for reason in sheet
        .because
        .iter()
        .filter(|one| **one != sheet.why)
        .take(8)
    {
        html.element("<br>", reason, "");
    }
    html.raw("</dd>");
    let call = sheet.called(zone);
    let call = call.unwrap_or_else(|| "not called".to_owned());
    html.element("<dt>Call</dt><dd>", &call, "</dd>");
    if let Some((asks, who)) = &sheet.next {
        html.element("<dt>Find out</dt><dd><b>", asks, "</b>");
        if let Some(who) = who {
            html.element(" <span class=\"dim\">", who, "</span>");
        }
        html.raw("</dd>");
    }
    html.element("<dt>May end in</dt><dd>", &sheet.concluding(), "</dd>");
    html.element(
        "<dt>Trigger</dt><dd>",
        &sheet.automatic,
        "</dd></dl>\n</div>\n",
    );
}

fn write_track(html: &mut Html<'_>, at: Gate) {
    html.raw("<ol class=\"track\">\n");
    for gate in Gate::ALL {
        let (class, sign) = if gate < at {
            ("<li class=\"done\"><span class=\"sign\">", "●")
        } else if gate == at {
            ("<li class=\"here\"><span class=\"sign\">", "◐")
        } else {
            ("<li><span class=\"sign\">", "○")
        };
        html.raw(class);
        html.raw(sign);
        html.element("</span><b>", words::write_gate_name(gate), "</b></li>\n");
    }
    html.raw("</ol>\n");
}

fn open_section(html: &mut Html<'_>, title: &'static str, figure: &str) {
    html.element("<section>\n<header><h2>", title, "</h2>");
    html.element("<p>", figure, "</p></header>\n<div class=\"body\">\n");
}

fn write_items(html: &mut Html<'_>, sheet: &GateSheet) {
    let of = |holds: Option<bool>| {
        let items = sheet.checks.iter();
        items.filter(|item| item.holds == holds).count()
    };
    let figure = format!(
        "{} of {} hold, {} not known",
        of(Some(true)),
        sheet.checks.len(),
        of(None)
    );
    open_section(html, "Looked at", &figure);
    html.raw("<ul class=\"board\">\n");
    for item in sheet.checks.iter().take(ROWS) {
        html.raw(match item.holds {
            Some(true) => "<li class=\"hue-go\"><span class=\"sign\">✓</span><div>",
            Some(false) => "<li class=\"hue-stop\"><span class=\"sign\">✗</span><div>",
            None => "<li class=\"hue-back\"><span class=\"sign\">?</span><div>",
        });
        write_item(html, item);
        html.raw("</div></li>\n");
    }
    html.raw("</ul>\n");
    html.left_out(sheet.checks.len().saturating_sub(ROWS), "items");
    html.raw("</div>\n</section>\n");
}

fn write_item(html: &mut Html<'_>, item: &GateItemResult) {
    html.element("<p>", &item.says, "</p>");
    // what is known of it may be the same sentence
    let known = item.follows();
    if known != item.says {
        html.element("<p>", &known, "</p>");
    }
    let origin = item.write_origin(write_sheet_time);
    if !origin.is_empty() {
        html.element("<p class=\"until\">", &origin, "</p>");
    }
}

fn write_poll(html: &mut Html<'_>, sheet: &GateSheet, zone: &TimeZone) {
    let voices = sheet.poll.iter();
    let spoke = voices
        .filter(|voice| matches!(voice.says, "go" | "no-go"))
        .count();
    let figure = format!(
        "{spoke} of {} answered; silence does not count as go",
        sheet.poll.len()
    );
    open_section(html, "Poll", &figure);
    if sheet.poll.is_empty() {
        html.raw("<p>Nobody is polled.</p>\n");
    }
    html.raw("<ul class=\"board\">\n");
    for voice in sheet.poll.iter().take(ROWS) {
        html.raw(match voice.says {
            "go" => "<li class=\"hue-go\"><span class=\"sign\">●</span><div>",
            "no-go" => "<li class=\"hue-stop\"><span class=\"sign\">✗</span><div>",
            _ => "<li><span class=\"sign\">○</span><div>",
        });
        html.element("<p class=\"name\"><b>", &voice.role.shown(), "</b> ");
        html.element(
            "<span class=\"state\">",
            &describe_voice(voice),
            "</span></p>",
        );
        html.raw("</div><p class=\"until\">");
        if let Some(at) = voice.at {
            let at = words::write_utc_and_local_time(at, zone);
            html.element("", &at, "");
        }
        html.raw("</p></li>\n");
    }
    html.raw("</ul>\n");
    html.left_out(sheet.poll.len().saturating_sub(ROWS), "roles");
    html.raw("</div>\n</section>\n");
}

fn write_way_back(html: &mut Html<'_>, sheet: &GateSheet) {
    let coming: Vec<&str> = sheet.to_come.iter().map(|gate| gate.id()).collect();
    let figure = if coming.is_empty() {
        "nothing is to come".to_owned()
    } else {
        format!("to come: {}", coming.join(", "))
    };
    open_section(html, "The way back from here", &figure);
    if sheet.way_back.is_empty() {
        html.raw("<p>Nothing is known of it.</p>\n");
    }
    for line in sheet.way_back.iter().take(ROWS) {
        html.element("<p>", line, "</p>\n");
    }
    html.left_out(sheet.way_back.len().saturating_sub(ROWS), "lines");
    html.raw("</div>\n</section>\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{OptionId, Strength};
    use crate::usecase::{GateCall, Voice};

    fn sheet(text: &str) -> GateSheet {
        let item = |says: &str, holds, known: &str| GateItemResult {
            id: "item".to_owned(),
            says: format!("{says}{text}"),
            holds,
            otherwise: "hold".to_owned(),
            known: known.to_owned(),
            waits: true,
            facts: Vec::new(),
            rests_on: Vec::new(),
        };
        let voice = |role: &str, says, objection: Option<&str>| Voice {
            role: format!("{role}{text}").into(),
            says,
            objection: objection.map(|one| format!("{one}{text}")).map(Into::into),
            at: Some(crate::report::sample::at("2026-11-24T21:45:00Z")),
        };
        GateSheet {
            schema: "backout.gate/1",
            gate: Gate::Database,
            title: format!("After database changes{text}"),
            deployed: "the schema".to_owned(),
            to_come: vec![Gate::Backend, Gate::Frontend, Gate::Complete],
            service: format!("payments{text}"),
            previous: "3.0.0".to_owned(),
            current: "3.1.0".to_owned(),
            environment: Some("production".to_owned()),
            at: crate::report::sample::at("2026-11-24T21:50:00Z"),
            outcome: OptionId::Hold,
            why: format!("the backup was not read back{text}"),
            recommended: OptionId::Go,
            strength: Strength::Open,
            because: vec![format!("nothing stands in the way{text}")],
            checks: vec![
                item("the schema is out", Some(true), "yes"),
                item(
                    "3.0.0 works on the new schema",
                    Some(false),
                    "its writes fail",
                ),
                item("error rate is flat", None, ""),
            ],
            may_conclude: vec![OptionId::Go, OptionId::Hold],
            poll: vec![
                voice("database owner", "go", None),
                voice("service owner", "no-go", Some("errors on the form")),
                voice("release manager", "silent", None),
            ],
            call: Some(GateCall {
                call: OptionId::Hold,
                reason: format!("wait for the backup{text}").into(),
                minutes: Some(10),
                role: Some("incident lead".into()),
                at: crate::report::sample::at("2026-11-24T21:49:00Z"),
                stands: true,
            }),
            next: Some((format!("Was the backup read back?{text}"), None)),
            way_back: vec![format!("1. Deploy 3.0.0{text}")],
            automatic: "A trigger may not be automatic.".to_owned(),
            session: None,
            checklist_changes: Vec::new(),
            rolled_back_before: Vec::new(),
        }
    }

    #[test]
    fn page_of_a_gate() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let page = write_gate_page_in(&sheet(""), &zone);
        let (_, body) = page.split_once("</style>").unwrap();
        insta::assert_snapshot!(body);
    }

    #[test]
    fn hostile_text_of_a_gate_does_nothing() {
        let page = write_gate_page_in(&sheet("<script>x</script>\u{202e}\u{1b}"), &TimeZone::UTC);
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script"));
        assert!(!page.contains(['\u{202e}', '\u{1b}']));
    }
}
