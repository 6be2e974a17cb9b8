//! The plan in lines: its steps with what was done of them, and what a line says about one.

use crate::model::{StepMode, escape_invisible};
use crate::session::StepStanding;
use crate::tui::Model;
use crate::tui::draw::{labels, words};
use crate::tui::screens::plan::query::{
    count_plan_progress, list_plan_rows, shown_options, shows_run,
};
use crate::usecase::{RunRow, StepMark};

/// What can be said about a step.
const FORMS: &str = "Say it as in `step 3 done`, `step 3 begin`, `step 3 skip no cache here`, \
    `step 3 failed it does not start` or `step 3 note it was slow`; without a number, the first \
    step that is still to be done is meant.";

/// The plan that is shown on screen 7, line by line.
pub(super) fn write_plan_lines(model: &Model) -> Vec<String> {
    let (Some(option), _) = shown_options(model) else {
        return vec!["There is no plan yet.".to_owned()];
    };
    let rows = list_plan_rows(model, Some(option));
    let mut lines = vec![model.option_title(option)];
    if shows_run(model, option) {
        let progress = count_plan_progress(model, option);
        let mut says = format!("{} of {} done", progress.done, progress.steps);
        if progress.failed > 0 {
            says.push_str(&format!(", {} failed", progress.failed));
        }
        lines.push(says);
    }
    for (row, number) in rows.iter().zip(crate::usecase::number_run_rows(&rows)) {
        lines.extend(write_step_lines(model, row, number));
    }
    lines
}

fn write_step_lines(model: &Model, row: &RunRow<'_>, number: Option<usize>) -> Vec<String> {
    let number = number.map_or_else(|| "   ".to_owned(), |number| format!("{number:>2}."));
    let how = match row.step.map(|step| step.how) {
        Some(StepMode::Skip) => "left out by the plan".to_owned(),
        Some(how) => {
            let (_, word, _) = labels::label_step_mode(model.theme, how);
            word.to_owned()
        }
        None => "no longer in the plan".to_owned(),
    };
    let mut lines = vec![format!(
        "{number} {} ({how}){}",
        row.says(),
        write_standing(model, row)
    )];
    let mut below = |label: &str, text: &str| {
        lines.push(format!("      {label}{}", escape_invisible(text)));
    };
    if let Some(text) = row.run.and_then(|run| run.text.as_ref()) {
        below("", &text.shown());
    }
    for note in row.run.iter().flat_map(|run| &run.notes) {
        below("note: ", &note.shown());
    }
    let Some(step) = row.step.filter(|_| row.standing() != StepStanding::Done) else {
        return lines;
    };
    if !step.why.is_empty() {
        lines.push(format!("      {}", step.why.shown()));
    }
    if let Some(command) = &step.command {
        lines.push(format!("      {}", command.shown_lines()));
    }
    if let Some(expect) = &step.expect {
        lines.push(format!("      expect: {}", expect.shown()));
    }
    if let Some(undo) = &step.undo {
        lines.push(format!("      undo: {}", undo.shown()));
    }
    lines
}

fn write_standing(model: &Model, row: &RunRow<'_>) -> String {
    let Some(run) = row.run else {
        return String::new();
    };
    let word = match run.standing {
        StepStanding::Open => return String::new(),
        StepStanding::Running => "running since",
        StepStanding::Done => "done",
        StepStanding::Skipped => "left out",
        StepStanding::Failed => "FAILED",
    };
    let took = match run.seconds {
        Some(seconds @ 0..60) => format!(", {seconds} s"),
        Some(seconds) => format!(", {}", words::write_minutes(seconds as f64 / 60.0)),
        None => String::new(),
    };
    format!(": {word} {}{took}", model.clock(run.at))
}

/// What a line behind `step` says: the number of the step, where one is named, and the mark.
///
/// # Errors
/// One sentence that says how it is said.
pub(super) fn parse_step_mark(said: &str) -> Result<(Option<usize>, StepMark), String> {
    let said = said.trim();
    let (first, rest) = split_word(said);
    let (number, said) = match first.parse::<usize>() {
        Ok(number) => (Some(number), rest),
        Err(_) => (None, said),
    };
    let (word, text) = split_word(said);
    let mark = match word.to_lowercase().as_str() {
        "done" => StepMark::Done(None),
        "begin" | "begun" => StepMark::Begin,
        "skip" => StepMark::Skip(text.to_owned()),
        "failed" | "fail" => StepMark::Fail(Some(text.to_owned()).filter(|text| !text.is_empty())),
        "note" => StepMark::Note(text.to_owned()),
        _ => return Err(FORMS.to_owned()),
    };
    Ok((number, mark))
}

fn split_word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usecase::StepMark;

    #[test]
    fn a_line_says_which_step_and_what() {
        let parsed = |said| parse_step_mark(said).unwrap();
        assert_eq!(parsed(" 3 done"), (Some(3), StepMark::Done(None)));
        assert_eq!(parsed(" begin"), (None, StepMark::Begin));
        assert_eq!(
            parsed(" 12 skip  no cache here "),
            (Some(12), StepMark::Skip("no cache here".to_owned()))
        );
        assert_eq!(parsed("failed"), (None, StepMark::Fail(None)));
        for said in ["", "3", "3 perhaps", "-1 done"] {
            assert!(parse_step_mark(said).is_err(), "{said}");
        }
    }
}
