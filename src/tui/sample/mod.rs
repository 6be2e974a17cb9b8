//! A rich assessment and decision for snapshots: a payment service whose 3.1.0 added an endpoint
//! that a dependent calls.

mod assessed;
mod decided;

use std::sync::Arc;

use ratatui::buffer::Buffer;

use crate::checklist::Checklist;
use crate::decision::Resolved;
use crate::model::*;

pub use assessed::*;
pub use decided::*;

use crate::tui::draw::text;
use crate::tui::frame::whole::draw_frame;
use crate::tui::job::JobResult;
use crate::tui::measured::Measured;
use crate::tui::measuring::take_measured;
use crate::tui::model::{Model, ReadingProgress, StartOptions};
use crate::tui::screens::loading::refresh_screens;

/// The shipped checklist.
pub fn load_sample_checklist() -> Checklist {
    Checklist::embedded()
}

/// A model with everything read and decided.
pub fn make_sample_model() -> Model {
    let mut model = Model::new(
        StartOptions::default(),
        Arc::new(load_sample_checklist()),
        make_sample_now(),
    );
    let assessment = make_sample_assessment();
    model.service = Some("payments".to_owned());
    model.environment = Some("production".to_owned());
    model.deployed_at = Some(make_sample_time("02:13:00"));
    model.pair_given = true;
    model.releases = [
        ("3.1.0", 'b'),
        ("3.0.0", 'a'),
        ("2.9.4", '9'),
        ("2.9.3", '8'),
    ]
    .map(|(version, commit)| make_sample_release(version, commit))
    .to_vec();
    model.pair = Some((
        assessment.previous.clone(),
        assessment.current.clone(),
        assessment.relation,
    ));
    model.reading = ReadingProgress {
        opened: true,
        done: [true; Stage::ALL.len()],
        complete: true,
        failed: None,
    };
    model.repository = Some(assessment.repository.clone());
    let plans = [
        (OptionId::RollForward, make_sample_plan()),
        (OptionId::RollBackWithConditions, make_sample_plan()),
    ]
    .into_iter()
    .collect();
    let mut resolved = Resolved {
        facts: assessment.facts.clone(),
        conflicts: Vec::new(),
    };
    for (key, minutes, provenance) in [
        (fact_key::DEPLOYMENT_MINUTES_BACK, 15.0, Provenance::Stated),
        (
            fact_key::DEPLOYMENT_MINUTES_FORWARD,
            60.0,
            Provenance::Assumed,
        ),
    ] {
        let fact = Fact {
            provenance,
            ..Fact::stated(key, FactValue::Number(minutes))
        };
        resolved.facts.insert(key.to_owned(), fact);
    }
    model.assessment = Some(Arc::new(assessment));
    model.generation = 1;
    model.decided = Some(Box::new(JobResult {
        no_return: vec![NoReturn {
            option: Some(OptionId::RollBack),
            at: Some(make_sample_time("03:40:00")),
            passed: false,
            says: "the old pods are taken away".into(),
            why: "they are kept for 90 minutes".into(),
        }],
        generation: 1,
        cause: "the repository was read".to_owned(),
        resolved,
        decision: make_sample_decision(),
        plans,
    }));
    let _ = refresh_screens(&mut model);
    model
}

/// The drawing at a size as text, one line a row, blanks at the end cut.
pub fn draw_sample_text(model: &Model, columns: u16, rows: u16) -> String {
    write_buffer_text(&draw_sample_buffer(model, columns, rows))
}

/// The same shown to a person: what is on it counts as seen from now on.
pub fn show_sample(model: &mut Model, columns: u16, rows: u16) -> String {
    let (buffer, measured) = draw_and_measure(model, columns, rows);
    take_measured(model, measured);
    write_buffer_text(&buffer)
}

fn write_buffer_text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..buffer.area.width {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buffer[(x, y)].symbol();
            skip = text::measure_text_width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The drawing at a size.
pub fn draw_sample_buffer(model: &Model, columns: u16, rows: u16) -> Buffer {
    draw_and_measure(model, columns, rows).0
}

fn draw_and_measure(model: &Model, columns: u16, rows: u16) -> (Buffer, Measured) {
    let mut terminal =
        ratatui::Terminal::new(ratatui::backend::TestBackend::new(columns, rows)).unwrap();
    let mut measured = Measured::default();
    terminal
        .draw(|frame| measured = draw_frame(frame, model))
        .unwrap();
    (terminal.backend().buffer().clone(), measured)
}

/// Runs of one style in a drawing, one a line: `row:column-column style text`.
pub fn draw_sample_styles(model: &Model, columns: u16, rows: u16) -> String {
    let buffer = draw_sample_buffer(model, columns, rows);
    let mut out = String::new();
    for y in 0..rows {
        let mut x = 0;
        while x < columns {
            let style = buffer[(x, y)].style();
            let start = x;
            let mut text = String::new();
            while x < columns && buffer[(x, y)].style() == style {
                text.push_str(buffer[(x, y)].symbol());
                x += 1;
            }
            if !text.trim().is_empty() {
                out.push_str(&format!(
                    "{y}:{start}-{} {:?} {:?} {}\n",
                    x - 1,
                    style.fg.unwrap_or_default(),
                    style.add_modifier,
                    text.trim()
                ));
            }
        }
    }
    out
}
