//! The same questions line by line, for terminals without screens and for screen readers. The model
//! and its update are those of the screens; only drawing and keys are lines here.

use std::io::{BufRead, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::incoming::Incoming;
use super::launch::{AppOutcome, Launch};
use super::running::App;
use crate::model::{Severity, Untrusted, escape_invisible};
use crate::tui::asking::{Asking, VALUE};
use crate::tui::draw::{text, words};
use crate::tui::message::PopupReply;
use crate::tui::popup::choose::state::Choose;
use crate::tui::popup::commit::query::write_numbered_options;
use crate::tui::popup::form::state::{FieldKind, Form, FormField};
use crate::tui::popup::kind::Popup;
use crate::tui::screens::now::view::write_now_text;
use crate::tui::screens::record::sentence::write_event_sentence;
use crate::tui::theme::{Palette, Theme};
use crate::tui::{Action, Effect, Message, StartOptions, update_model};

mod steps;

const COLUMNS: usize = 78;

const HELP: &str = "\
Type an answer as shown beside the question (a number or duration where one is asked for), or
  d         don't know              x         does not apply
  a         ask someone             u         take the last thing back
  +         how sure, who, a note   note      take a note
  why       findings with places    plan      the steps, and what was done of them
  record    the log so far          releases  choose other releases
  decide    choose an option        seen      what was seen after the decision
  hand over what the next person must know
  step 3 done (or begin, skip WHY, failed WHAT, note TEXT): a step of the plan;
            without a number, the first that is still to be done
  again     this screen again       quit      leave; `backout resume` goes on";

/// Asks line by line until the input ends or the person leaves.
///
/// # Errors
/// When standard output cannot be written to.
pub fn run_line_mode(
    launch: Launch,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> Result<AppOutcome> {
    let options = StartOptions {
        theme: Theme {
            ascii: launch.ascii,
            ..Theme::of(Palette::Plain)
        },
        mouse: false,
    };
    let (to, from) = channel();
    let mut app = App::new(launch, options, to)?;
    app.model.reads_lines = true;
    app.begin()?;
    let mut lines = LineDialog {
        app,
        from,
        input,
        output,
    };
    let talked = lines.conversation();
    let LineDialog { mut app, from, .. } = lines;
    app.finish(&from);
    match talked {
        // whoever read went away: what was said is recorded, and the rest is told at the end
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
        talked => talked.context("standard output cannot be written to")?,
    }
    Ok(app.outcome())
}

struct LineDialog<'a> {
    app: App,
    from: Receiver<Incoming>,
    input: &'a mut dyn BufRead,
    output: &'a mut dyn Write,
}

impl LineDialog<'_> {
    fn conversation(&mut self) -> std::io::Result<()> {
        self.settle()?;
        if self.app.over {
            return Ok(());
        }
        if let Some(why) = &self.app.model.reading.failed {
            let why = why.clone();
            self.say(&why)?;
        }
        self.popups()?;
        self.screen()?;
        if let Some(trouble) = self.app.model.trouble.take() {
            self.say(&trouble)?;
        }
        while !self.app.over {
            let Some(line) = self.ask("> ")? else { break };
            self.command(line.trim())?;
            self.popups()?;
            self.settle()?;
            self.tell_messages()?;
        }
        Ok(())
    }

    /// Says what stands in the footer and above the screens, once.
    fn tell_messages(&mut self) -> std::io::Result<()> {
        let toast = self.app.model.toast.as_ref();
        let told = toast.map(|toast| toast.text.clone());
        let told: Vec<String> = told
            .into_iter()
            .chain(self.app.model.trouble.clone())
            .collect();
        if told.is_empty() {
            return Ok(());
        }
        let effects = update_model(&mut self.app.model, Message::Told);
        self.effects(effects);
        for text in told {
            self.say(&text)?;
        }
        Ok(())
    }

    fn command(&mut self, line: &str) -> std::io::Result<()> {
        let action = match line {
            "" => return self.screen(),
            "?" | "help" => return self.say(HELP),
            "again" => return self.screen(),
            "why" => return self.why(),
            "plan" => return self.plan(),
            "record" => return self.record(),
            said if said == "step" || said.starts_with("step ") => {
                return self.step(said.strip_prefix("step").unwrap_or_default());
            }
            "hand over" | "handover" | "H" => {
                let rows = crate::report::list_handover_rows(
                    &self.app.model.events,
                    self.app.model.decision(),
                    true,
                    self.app.model.now,
                );
                return self.say(crate::report::handover_text(&rows, 80).trim_end());
            }
            "d" => Action::DontKnow,
            "x" => Action::DoesNotApply,
            "a" => Action::AskSomeone,
            "u" | "undo" => Action::Undo,
            "+" | "more" => Action::More,
            "note" => Action::Note,
            "releases" => Action::Releases,
            "decide" | "c" => Action::Commit,
            "seen" => Action::Observe,
            "q" | "quit" => {
                self.app.over = true;
                return Ok(());
            }
            number if self.takes_number(number) => {
                self.act(Message::Act(Action::Answer(VALUE)));
                self.reply(PopupReply::Filled(vec![("number", number.to_owned())]));
                self.popups()?;
                self.settle()?;
                return self.screen();
            }
            answer => match self.answer(answer) {
                Some(message) => {
                    self.act(message);
                    self.popups()?;
                    self.settle()?;
                    return self.screen();
                }
                None => {
                    return self.say(&format!(
                        "“{answer}” is neither an answer here nor a command; ? lists what is."
                    ));
                }
            },
        };
        let again = matches!(
            action,
            Action::DontKnow
                | Action::DoesNotApply
                | Action::AskSomeone
                | Action::Undo
                | Action::Commit
                | Action::Observe
        );
        self.act(Message::Act(action));
        self.popups()?;
        self.settle()?;
        if again { self.screen() } else { Ok(()) }
    }

    /// Whether the question wants a number and this begins as one.
    fn takes_number(&self, text: &str) -> bool {
        text.starts_with(|c: char| c.is_ascii_digit())
            && self
                .app
                .model
                .asking()
                .is_some_and(|asking| asking.takes(VALUE) && !asking.takes('y'))
    }

    /// The message of an answer: by its key, or by its words.
    fn answer(&self, text: &str) -> Option<Message> {
        let asking = self.app.model.asking()?;
        let mut letters = text.chars();
        if let (Some(letter), None) = (letters.next(), letters.next())
            && asking.takes(letter)
        {
            return Some(Message::Act(Action::Answer(letter)));
        }
        match asking {
            Asking::Live { .. } => match text {
                "yes" => Some(Message::Act(Action::Answer('y'))),
                "no" => Some(Message::Act(Action::Answer('n'))),
                _ => None,
            },
            Asking::Fact { question, .. } => {
                let choice = question?
                    .choices
                    .iter()
                    .find(|choice| choice.title.eq_ignore_ascii_case(text))?;
                Some(Message::Act(Action::Answer(choice.key)))
            }
        }
    }

    /// Goes through forms and choices that an action opened.
    fn popups(&mut self) -> std::io::Result<()> {
        while let Some(popup) = self.app.model.popups.last().cloned() {
            match popup {
                Popup::Form(form) => self.fill_in_form(&form)?,
                Popup::Commit(_) => self.choose_option()?,
                Popup::Pair(_) => self.choose_releases()?,
                Popup::Choose(choose) if choose.escape.is_some() => self.choose_action(&choose)?,
                Popup::Story(_) => self.tell_story()?,
                Popup::Choose(_)
                | Popup::Help(_)
                | Popup::Handover(_)
                | Popup::Prompt(_)
                | Popup::Palette(_)
                | Popup::Debrief(_)
                | Popup::Why(_) => self.reply(PopupReply::Left),
            }
        }
        Ok(())
    }

    /// Asks for each field of a form, then carries it out.
    fn fill_in_form(&mut self, form: &Form) -> std::io::Result<()> {
        self.say(&form.title)?;
        for text in &form.intro {
            self.say(&format!("  {text}"))?;
        }
        let mut filled = Vec::new();
        for field in &form.fields {
            let hint = write_field_hint(field);
            let Some(line) = self.ask(&format!("  {}{hint}: ", field.label))? else {
                self.reply(PopupReply::AllLeft);
                return Ok(());
            };
            // an empty line keeps what stands there
            let said = line.trim();
            if !said.is_empty() {
                filled.push((field.id, said.to_owned()));
            }
        }
        self.reply(PopupReply::Filled(filled));
        // still there: something is missing
        if let Some(Popup::Form(form)) = self.app.model.popups.last()
            && let Some(error) = form.error.clone()
        {
            self.say(&format!("{error} Nothing was recorded."))?;
            self.reply(PopupReply::AllLeft);
        }
        Ok(())
    }

    /// Lists what can be decided for and asks for a number.
    fn choose_option(&mut self) -> std::io::Result<()> {
        for line in write_numbered_options(&self.app.model) {
            self.say(&line)?;
        }
        let said = self.ask("  number, empty to leave it: ")?;
        let number = said.as_deref().map(str::trim);
        let row = number
            .filter(|number| number.len() == 1)
            .and_then(|number| number.parse::<usize>().ok());
        self.reply(match row {
            Some(number) => PopupReply::Option(number.saturating_sub(1)),
            None => PopupReply::Left,
        });
        Ok(())
    }

    /// Asks for the two releases by their versions.
    fn choose_releases(&mut self) -> std::io::Result<()> {
        for what in ["what is live", "what would one go back to"] {
            let said = self.ask(&format!("  {what}, a version: "))?;
            match said.as_deref().map(str::trim) {
                Some(version) if !version.is_empty() => {
                    self.reply(PopupReply::Release(version.to_owned()));
                }
                _ => {
                    self.reply(PopupReply::AllLeft);
                    return Ok(());
                }
            }
        }
        if matches!(self.app.model.popups.last(), Some(Popup::Pair(_))) {
            self.reply(PopupReply::AllLeft);
            self.say("No release matches; nothing was changed.")?;
        }
        Ok(())
    }

    /// Lists a few actions and asks for one by its key.
    fn choose_action(&mut self, choose: &Choose) -> std::io::Result<()> {
        self.say(&choose.title)?;
        for text in &choose.intro {
            self.say(text)?;
        }
        for (key, text, _) in &choose.items {
            self.say(&format!("  {key} {text}"))?;
        }
        let line = self.ask("  ")?.unwrap_or_default();
        let chosen = choose
            .items
            .iter()
            .find(|(key, ..)| line.trim() == key.to_string())
            .map(|(_, _, action)| *action);
        self.reply(PopupReply::Left);
        if let Some(action) = chosen.or(choose.escape) {
            self.act(Message::Act(action));
        }
        self.settle()
    }

    /// Says what happened in the story that is played.
    fn tell_story(&mut self) -> std::io::Result<()> {
        self.reply(PopupReply::Left);
        let story = self.app.model.story.clone().unwrap_or_default();
        let says = escape_invisible(&story.says).into_owned();
        for text in crate::model::wrap_text(&says, COLUMNS) {
            self.say(&text)?;
        }
        self.say("")
    }

    fn screen(&mut self) -> std::io::Result<()> {
        let model = &self.app.model;
        let mut text = vec![String::new()];
        if let Some((previous, current, _)) = &model.pair {
            let live = model
                .live_minutes()
                .map(|minutes| format!(", live {}", words::write_minutes(minutes)))
                .unwrap_or_default();
            let latest = model
                .latest()
                .map(|latest| format!(", decide by {}", model.clock(latest)))
                .unwrap_or_default();
            text.push(format!(
                "{} is out, {} is what one would go back to{live}{latest}",
                current.version.shown(),
                previous.version.shown()
            ));
        }
        text.extend(write_now_text(model, COLUMNS));
        for line in text {
            self.say(&line)?;
        }
        Ok(())
    }

    fn why(&mut self) -> std::io::Result<()> {
        let Some(assessment) = self.app.model.assessment.clone() else {
            return self.say("Nothing was read.");
        };
        for finding in &assessment.findings {
            if finding.severity == Severity::Fine {
                continue;
            }
            let (_, _, word) = self.app.model.theme.severity(finding.severity);
            self.say(&format!("{word}: {}", finding.says))?;
            self.say(&format!("  {}", finding.why))?;
            self.say(&format!("  {}", finding.action))?;
            for evidence in finding.evidence.iter().take(5) {
                let path = evidence
                    .path
                    .as_ref()
                    .map_or("commit".into(), Untrusted::shown);
                let line = evidence
                    .line
                    .map(|line| format!(":{line}"))
                    .unwrap_or_default();
                self.say(&format!("  {path}{line}"))?;
            }
        }
        let fine = assessment
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Fine)
            .count();
        self.say(&format!("{fine} things were looked at and found fine."))?;
        for unchecked in &assessment.unchecked {
            self.say(&format!(
                "not checked: {}: {}",
                unchecked.what, unchecked.why
            ))?;
        }
        Ok(())
    }

    fn plan(&mut self) -> std::io::Result<()> {
        for line in steps::write_plan_lines(&self.app.model) {
            self.say(&line)?;
        }
        Ok(())
    }

    /// `step 3 done`: what is said about a step of the plan.
    fn step(&mut self, said: &str) -> std::io::Result<()> {
        match steps::parse_step_mark(said) {
            Ok((number, mark)) => {
                self.act(Message::MarkStep { number, mark });
                self.settle()
            }
            Err(why) => self.say(&why),
        }
    }

    fn record(&mut self) -> std::io::Result<()> {
        let gone = crate::session::find_withdrawn_events(self.app.model.events.iter());
        let lines: Vec<String> = self
            .app
            .model
            .events
            .iter()
            .map(|event| {
                let back = if gone.contains(&event.seq) {
                    " (taken back)"
                } else {
                    ""
                };
                format!(
                    "{:>3} {} {}{back}",
                    event.seq,
                    event.at.strftime("%H:%M:%SZ"),
                    write_event_sentence(&self.app.model, event)
                )
            })
            .collect();
        for line in lines {
            self.say(&line)?;
        }
        Ok(())
    }

    fn reply(&mut self, reply: PopupReply) {
        self.act(Message::Reply(reply));
    }

    fn act(&mut self, message: Message) {
        let ticked = update_model(&mut self.app.model, Message::Tick(Timestamp::now()));
        self.effects(ticked);
        let effects = update_model(&mut self.app.model, message);
        self.effects(effects);
    }

    fn effects(&mut self, effects: Vec<Effect>) {
        self.app.carry_out_quiet(effects);
    }

    /// Waits until nothing is under way, and says how the reading goes.
    fn settle(&mut self) -> std::io::Result<()> {
        let mut said = 0;
        loop {
            match self.from.recv_timeout(Duration::from_millis(20)) {
                Ok(Incoming::Message(message)) => {
                    let effects = update_model(&mut self.app.model, *message);
                    self.effects(effects);
                }
                Ok(Incoming::Assessment(generation, step)) => {
                    let effects = self.app.step(generation, *step);
                    self.effects(effects);
                    let count = self.app.model.reading.count();
                    if count > said {
                        said = count;
                        self.say(&format!(
                            "reading, {count} of {}",
                            self.app.model.reading.done.len()
                        ))?;
                    }
                }
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) if self.app.outstanding.idle() => return Ok(()),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }

    fn ask(&mut self, prompt: &str) -> std::io::Result<Option<String>> {
        write!(self.output, "{}", escape_invisible(prompt))?;
        self.output.flush()?;
        let mut line = String::new();
        // longer than any answer; a file of nonsense must not fill the memory
        let read = std::io::Read::take(&mut self.input, 16 * 1024).read_line(&mut line)?;
        if read == 0 {
            writeln!(self.output)?;
            return Ok(None);
        }
        Ok(Some(line.trim_end_matches(['\n', '\r']).to_owned()))
    }

    fn say(&mut self, text: &str) -> std::io::Result<()> {
        for line in text::wrap_columns(&crate::model::visible_lines(text), COLUMNS) {
            writeln!(self.output, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// What can be typed into a field, behind its label.
fn write_field_hint(field: &FormField) -> String {
    let stands = field.input.value();
    match &field.kind {
        FieldKind::Text | FieldKind::Lines if !stands.is_empty() => {
            format!(
                " ({}; Enter keeps: {})",
                field.hint,
                escape_invisible(stands)
            )
        }
        FieldKind::Text | FieldKind::Lines if field.hint.is_empty() => String::new(),
        FieldKind::Text | FieldKind::Lines => format!(" ({})", field.hint),
        FieldKind::Words(words) => format!(" [{}]", words.join(", ")),
    }
}
