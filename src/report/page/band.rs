//! The timeline: the verdict over time as a band, events below it, and every event as a row.

use jiff::Timestamp;

use super::frame::PageSection;
use super::head::find_option_hue;
use super::html::Html;
use crate::model::{OptionId, Strength};
use crate::report::subject::ReportSubject;
use crate::report::words;
use crate::session::{Event, EventKind, find_withdrawn_events};

/// Most rows; what a person decided or called is never left out for what came before it.
const ROWS: usize = 400;
/// Most marks and spans in the picture.
const MARKS: usize = 600;
/// Shares of the width, in percent, from which a label fits: on a wide page, and on a phone.
const FITS: (f64, f64) = (18.0, 42.0);

/// A stretch of time with one verdict.
struct Span {
    from: f64,
    to: f64,
    option: OptionId,
    strength: Strength,
}

/// What a mark below the band stands for.
#[derive(Clone, Copy, PartialEq)]
enum BandMark {
    Answer,
    Call,
    Step,
    Decision,
    Seen,
}

pub(super) fn write_timeline(subject: &ReportSubject<'_>) -> Option<PageSection> {
    let story = subject.story.as_ref()?;
    let (began, ended) = (story.began?, story.ended?);
    let mut html = Html::new(&subject.names);
    write_band(&mut html, subject, began, ended);
    write_rows(&mut html, subject);
    Some(PageSection {
        id: "timeline",
        title: "Timeline",
        figure: words::write_elapsed_span(began, ended),
        body: html.finish(),
    })
}

/// Where a time lies between two, in percent.
fn place_on_band(at: Timestamp, began: Timestamp, ended: Timestamp) -> f64 {
    let all = (ended.as_millisecond() - began.as_millisecond()).max(1) as f64;
    let part = (at.as_millisecond() - began.as_millisecond()) as f64;
    (part / all * 100.0).clamp(0.0, 100.0)
}

fn list_spans(events: &[Event], began: Timestamp, ended: Timestamp) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for event in events {
        let EventKind::Verdict {
            option, strength, ..
        } = event.what
        else {
            continue;
        };
        let from = place_on_band(event.at, began, ended);
        if let Some(last) = spans.last_mut() {
            last.to = from;
            if last.option == option && last.strength == strength {
                last.to = 100.0;
                continue;
            }
        }
        spans.push(Span {
            from,
            to: 100.0,
            option,
            strength,
        });
    }
    spans.retain(|span| span.to > span.from);
    spans.truncate(MARKS);
    spans
}

/// The picture has no coordinates of its own: shares of the width keep letters and dots as they are
/// on a phone and on paper.
fn write_band(
    html: &mut Html<'_>,
    subject: &ReportSubject<'_>,
    began: Timestamp,
    ended: Timestamp,
) {
    let spans = list_spans(subject.events, began, ended);
    html.raw(
        "<figure class=\"band\">\n<svg width=\"100%\" height=\"98\" role=\"img\" \
         aria-label=\"The verdict over time, events below\">\n<defs><pattern id=\"hatch\" \
         width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect width=\"3\" height=\"7\" class=\"hatch\"/></pattern></defs>\n\
         <rect x=\"0\" y=\"24\" width=\"100%\" height=\"38\" rx=\"5\" class=\"rail\"/>\n",
    );
    for span in &spans {
        let (x, width) = (span.from, span.to - span.from);
        let rect = |html: &mut Html<'_>, class: &'static str| {
            html.raw("<rect y=\"24\" height=\"38\" rx=\"5\" x=\"");
            html.number(x);
            html.raw("%\" width=\"");
            html.number(width);
            html.raw("%\" class=\"");
            html.raw(class);
        };
        rect(html, "span hue-");
        html.raw(find_option_hue(span.option));
        html.raw("\">");
        let says = format!(
            "{}, {}",
            words::option_title(span.option, &subject.pair.0),
            span.strength.id()
        );
        html.element("<title>", &says, "</title></rect>\n");
        if span.strength != Strength::Firm {
            rect(html, "open\" fill=\"url(#hatch)\"/>\n");
        }
    }
    write_marks(html, subject, began, ended);
    write_band_labels(html, &spans);
    write_decision_time(html, subject, began, ended);
    html.raw("</svg>\n");
    write_axis(html, began, ended);
    write_legend(html, &spans);
    html.raw("</figure>\n");
}

/// What each stretch says, where it has room for it; over the marks, so that nothing strikes it.
fn write_band_labels(html: &mut Html<'_>, spans: &[Span]) {
    for span in spans {
        let width = span.to - span.from;
        if width < FITS.0 {
            continue;
        }
        html.raw(if width >= FITS.1 {
            "<text y=\"48\" dx=\"9\" x=\""
        } else {
            "<text class=\"wide\" y=\"48\" dx=\"9\" x=\""
        });
        html.number(span.from);
        let says = format!("{}, {}", short_title(span.option), span.strength.id());
        html.element("%\">", &says, "</text>\n");
    }
}

/// The time of the decision above its mark; at the edges it leans inwards.
fn write_decision_time(
    html: &mut Html<'_>,
    subject: &ReportSubject<'_>,
    began: Timestamp,
    ended: Timestamp,
) {
    let Some(decided) = subject.decided() else {
        return;
    };
    let x = place_on_band(decided.at, began, ended);
    html.raw(match x {
        0.0..15.0 => "<text class=\"tick\" y=\"14\" text-anchor=\"start\" x=\"",
        15.0..85.0 => "<text class=\"tick\" y=\"14\" text-anchor=\"middle\" x=\"",
        _ => "<text class=\"tick\" y=\"14\" text-anchor=\"end\" x=\"",
    });
    html.number(0.6 + x * 0.988);
    let text = format!("decided {}", decided.at.strftime("%H:%M"));
    html.element("%\">", &text, "</text>\n");
}

fn short_title(option: OptionId) -> &'static str {
    match option {
        OptionId::RollBackWithConditions => "Roll back",
        option => option.title(),
    }
}

fn write_marks(
    html: &mut Html<'_>,
    subject: &ReportSubject<'_>,
    began: Timestamp,
    ended: Timestamp,
) {
    let gone = find_withdrawn_events(subject.events.iter());
    let marks = subject.events.iter().filter_map(|event| {
        let mark = match event.what {
            EventKind::Answered { .. } | EventKind::EntryAnswered { .. } => BandMark::Answer,
            EventKind::GateCalled { .. } | EventKind::Polled { .. } => BandMark::Call,
            EventKind::StepDone { .. }
            | EventKind::StepFailed { .. }
            | EventKind::StepSkipped { .. } => BandMark::Step,
            EventKind::Decided { .. } => BandMark::Decision,
            EventKind::Observed { .. } | EventKind::LiveChecked(_) => BandMark::Seen,
            _ => return None,
        };
        Some((
            place_on_band(event.at, began, ended),
            mark,
            gone.contains(&event.seq),
        ))
    });
    html.raw("<line x1=\"0\" x2=\"100%\" y1=\"86\" y2=\"86\" class=\"axis\"/>\n");
    for (x, mark, withdrawn) in marks.take(MARKS) {
        // a mark at the very edge would be cut in half: it stands in a frame of its own
        html.raw("<svg overflow=\"visible\" x=\"");
        html.number(0.6 + x * 0.988);
        html.raw(if withdrawn {
            "%\" y=\"86\" class=\"mark gone\">"
        } else {
            "%\" y=\"86\" class=\"mark\">"
        });
        html.raw(match mark {
            BandMark::Answer => "<circle r=\"4.5\" class=\"answer\"/>",
            BandMark::Call => "<rect x=\"-4\" y=\"-4\" width=\"8\" height=\"8\" class=\"call\"/>",
            BandMark::Step => "<path d=\"M0 -6V6\" class=\"step\"/>",
            BandMark::Decision => {
                "<path d=\"M0 -62V0\" class=\"stem\"/><path d=\"M0 -9 9 0 0 9 -9 0z\" \
                 class=\"decision\"/>"
            }
            BandMark::Seen => "<path d=\"M-5 0 -1 5 7 -6\" class=\"seen\"/>",
        });
        html.raw("</svg>\n");
    }
}

/// First and last time.
fn write_axis(html: &mut Html<'_>, began: Timestamp, ended: Timestamp) {
    let clock = |at: Timestamp| {
        let day =
            if began.strftime("%Y-%m-%d").to_string() == ended.strftime("%Y-%m-%d").to_string() {
                ""
            } else {
                "%m-%d "
            };
        at.strftime(&format!("{day}%H:%M")).to_string()
    };
    html.element("<p class=\"clock\"><span>", &clock(began), " UTC</span>");
    html.element("<span>", &clock(ended), "</span></p>\n");
}

fn write_legend(html: &mut Html<'_>, spans: &[Span]) {
    html.raw("<figcaption>");
    let mut seen: Vec<&'static str> = Vec::new();
    for span in spans {
        let title = short_title(span.option);
        if !seen.contains(&title) {
            seen.push(title);
            html.raw("<span class=\"key hue-");
            html.raw(find_option_hue(span.option));
            html.element("\"><i></i>", title, "</span> ");
        }
    }
    html.raw(
        "<span class=\"key\"><i class=\"striped\"></i>not firm</span> \
         <span class=\"key\">● answer</span> <span class=\"key\">■ poll or call</span> \
         <span class=\"key\">❙ step</span> <span class=\"key\">◆ decision</span> <span class=\"key\">✓ seen</span></figcaption>\n",
    );
}

fn write_rows(html: &mut Html<'_>, subject: &ReportSubject<'_>) {
    let Some(story) = &subject.story else {
        return;
    };
    let weighty = story.timeline.iter().filter(|line| line.weighty).count();
    let mut plain = ROWS.saturating_sub(weighty);
    let mut left = 0;
    let local = |at: Timestamp| at.to_zoned_datetime(subject.zone.clone());
    // beside UTC stands the local time, unless it is the same
    let beside = story
        .began
        .into_iter()
        .chain(story.ended)
        .any(|at| !local(at).offset().is_zero());
    let mut day = String::new();
    html.raw("<ol class=\"events\">\n");
    for line in story.timeline.iter() {
        if !line.weighty {
            if plain == 0 {
                left += 1;
                continue;
            }
            plain -= 1;
        }
        let date = line.at.strftime("%Y-%m-%d").to_string();
        if date != day {
            html.element("<li class=\"day\">", &date, "</li>\n");
            day = date;
        }
        html.raw(match (line.withdrawn, line.weighty) {
            (true, _) => "<li class=\"gone\">",
            (false, true) => "<li class=\"weighty\">",
            _ => "<li>",
        });
        html.element(
            "<time>",
            &line.at.strftime("%H:%M:%S").to_string(),
            "</time>",
        );
        if beside {
            let here = local(line.at).strftime("%H:%M:%S").to_string();
            html.element("<time class=\"here\">", &here, "</time>");
        }
        html.element("<span class=\"what\">", &line.what, "</span>");
        if line.withdrawn {
            html.raw(" <em>taken back</em>");
        }
        html.element("<span class=\"who\">", &line.who, "</span></li>\n");
    }
    html.raw("</ol>\n");
    if beside && let Some(began) = story.began {
        let name = subject.zone.iana_name().map(str::to_owned);
        let name = name.unwrap_or_else(|| local(began).strftime("UTC%:z").to_string());
        let text = format!("The first time is UTC, the second is {name}.");
        html.element("<p class=\"more\">", &text, "</p>\n");
    }
    html.left_out(left, "events; backout replay shows all");
}
