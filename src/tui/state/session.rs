//! The session itself: going on with one that is open, another place for its record, its end.

use jiff::Timestamp;

use crate::session::{Ending, EventKind};
use crate::tui::model::Model;
use crate::tui::popup::Popup;
use crate::tui::popup::choose::Choose;
use crate::tui::popup::form::{Field, Form};
use crate::tui::update::append;
use crate::tui::{Action, Effect};

/// There is an open session about the same releases: go on with it, or begin another one. Esc
/// begins another one too, so that nothing waits.
pub fn offer(model: &mut Model, began: Timestamp, said: u64) {
    let items = vec![
        ('r', "go on with it".to_owned(), Action::GoOn),
        (
            's',
            "start a new one beside it".to_owned(),
            Action::BeginNew,
        ),
    ];
    let mut choose = Choose::new("There is an open session about these releases", items);
    let said = if said == 1 {
        "1 thing was said in it".to_owned()
    } else {
        format!("{said} things were said in it")
    };
    choose
        .intro
        .push(format!("It began at {}, and {said}.", model.clock(began)));
    choose.escape = Some(Action::BeginNew);
    // below what somebody is typing in
    model.popups.insert(0, Popup::Choose(choose));
}

/// Closes the session with its outcome.
pub fn close(model: &mut Model) -> Vec<Effect> {
    let words: Vec<&str> = Ending::ALL.into_iter().map(Ending::says).collect();
    let fields = vec![
        Field::words("outcome", "how it ended", "left and right choose", &words),
        Field::text(
            "text",
            "in words",
            "optional; what whoever reads the report should know",
            "",
        ),
        Field::words(
            "sure",
            "close",
            "left and right choose; nothing is recorded before",
            &["not yet", "yes"],
        ),
    ];
    model.popups.push(Popup::Form(Box::new(Form::new(
        "Close the session",
        "close it",
        fields,
        closed,
    ))));
    Vec::new()
}

fn closed(model: &mut Model, form: &Form) -> Result<Vec<Effect>, String> {
    if form.value("sure") != "yes" {
        return Err("Choose yes with the right arrow, then Enter; Esc leaves it open.".to_owned());
    }
    let said = form.value("outcome");
    let outcome = Ending::ALL.into_iter().find(|ending| ending.says() == said);
    Ok(vec![append(
        model,
        EventKind::Closed {
            outcome,
            text: form.filled("text"),
        },
        // it stands behind "writing:" and "Not recorded:" as well
        format!("the end of the session: {said}"),
    )])
}

/// Another folder for the record.
pub fn folder(model: &mut Model) -> Vec<Effect> {
    let mut form = Form::new(
        "Keep the record in another folder",
        "write it there",
        vec![Field::text(
            "folder",
            "folder",
            "a folder that can be written, such as /tmp",
            "",
        )],
        moved,
    );
    form.intro
        .push("Everything that is in memory is written there at once.".to_owned());
    model.popups.push(Popup::Form(Box::new(form)));
    Vec::new()
}

fn moved(_: &mut Model, form: &Form) -> Result<Vec<Effect>, String> {
    let folder = form.filled("folder").ok_or("Type a folder.")?;
    Ok(vec![Effect::Folder(folder.into())])
}
