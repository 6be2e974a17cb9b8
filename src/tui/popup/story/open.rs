//! Opens it: what happened in a story, and its end.

use crate::report::StoryEnd;
use crate::tui::list::Scroll;
use crate::tui::model::Model;
use crate::tui::popup::kind::Popup;
use crate::tui::popup::story::state::Debrief;
use crate::{report, usecase};

/// What happened in the story that is shown.
pub fn make_story_popup() -> Popup {
    Popup::Story(Box::default())
}

/// The end of the story that is played, unless it was told already; `None` where there is none to
/// tell.
pub fn make_debrief_popup(model: &Model) -> Option<Popup> {
    if model.debriefed || model.reads_lines {
        return None;
    }
    Debrief::new(model).map(|told| Popup::Debrief(Box::new(told)))
}

impl Debrief {
    /// Of the session as it stands; `None` where this is no story, or nothing was answered or
    /// decided in it.
    pub fn new(model: &Model) -> Option<Self> {
        let story = model.story.as_ref()?;
        let events = &model.events;
        let at = usecase::last_decision(events).map_or(u64::MAX, |event| event.seq);
        let decision = usecase::decision_at(events, at).ok().flatten();
        let end = StoryEnd {
            ends: &story.ends,
            misses: &story.misses,
            hidden: story.hides_end && model.session.decided.is_none(),
        };
        let parts = report::write_story_debrief(events, decision.as_ref(), end);
        (!parts.is_empty()).then_some(Self {
            parts,
            scroll: Scroll::default(),
        })
    }
}
