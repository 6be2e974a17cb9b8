//! The list of the record; in a replay, standing at a moment of it.

use crate::tui::deciding::request_decision;
use crate::tui::effect::Effect;
use crate::tui::list::ScrolledPart;
use crate::tui::list_spec::{ListSpec, every_row};
use crate::tui::model::Model;
use crate::tui::recording::refold_events;
use crate::tui::screens::record::sentence::write_event_sentence;

/// The list that takes keys.
pub fn describe_record_list(_: &Model) -> Option<ListSpec> {
    Some(SPEC)
}

/// How the list is reached. In a replay the moment shown goes with the cursor.
pub const SPEC: ListSpec = ListSpec {
    part: ScrolledPart::Record,
    get: |model| &model.screens.record.list,
    get_mut: |model| &mut model.screens.record.list,
    len: |model| model.events.len(),
    text: |model, at| {
        model
            .events
            .get(at)
            .map(|event| write_event_sentence(model, event))
            .unwrap_or_default()
    },
    selectable: every_row,
    moved: |model| match (
        model.replay,
        model
            .events
            .get(model.screens.record.list.cursor)
            .map(|event| event.seq),
    ) {
        (Some(shown), Some(seq)) if shown != seq => stand_at(model, seq),
        _ => Vec::new(),
    },
};

/// In a replay: the state and the clock as they were after an event; behind the last one, at the
/// last one.
pub fn stand_at(model: &mut Model, seq: u64) -> Vec<Effect> {
    let Some(row) = model.events.iter().rposition(|event| event.seq <= seq) else {
        return Vec::new();
    };
    let (at, seq) = model
        .events
        .get(row)
        .map(|event| (event.at, event.seq))
        .unwrap_or((model.now, seq));
    model.replay = Some(seq);
    // it was supposed at another moment
    model.supposed = None;
    model.now = at;
    SPEC.put(model, row, true);
    refold_events(model);
    request_decision(model, "another moment of the record")
}
