//! Several processes write one journal and are killed at any moment: what they had acknowledged is
//! in the journal, and the journal is whole.
//!
//! `BACKOUT_KILLS=500 cargo test --test kills -- --nocapture` kills as many; without it a minute's
//! worth of them.

#![cfg(unix)]

use crate::common;
use crate::common::terminal;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use backout::session::{self, EventKind, Journal};
use common::{Sample, program};
use terminal::Session;

/// Kills without the variable.
const KILLS: usize = 40;
/// Notes that a process is given; it is killed long before the last.
const NOTES: usize = 400;

/// Numbers that are the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// How a process writes.
#[derive(Clone, Copy, Debug)]
enum Writer {
    /// Questions line by line.
    Plain,
    /// The command of a gate.
    Gate,
    /// The screens, in a terminal.
    Screens,
}

/// Starts a writer, kills it after a while, and gives what it had acknowledged, and whether it
/// still lived.
fn round(
    (repository, home): (&Path, &Path),
    writer: Writer,
    id: &str,
    name: &str,
    wait: Duration,
) -> (Vec<String>, bool) {
    if matches!(writer, Writer::Screens) {
        return on_screens((repository, home), id, name, wait);
    }
    let mut command = program();
    command.current_dir(repository).env("BACKOUT_HOME", home);
    let lines: String = (0..NOTES).map(|n| format!("note\n{name}-{n}.\n")).collect();
    match writer {
        Writer::Plain => command.args(["resume", id, "--plain"]),
        Writer::Gate | Writer::Screens => command.args([
            "gate",
            "start",
            "--poll",
            &format!("database=no-go: {name}-0."),
        ]),
    };
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    let mut input = child.stdin.take().expect("its input");
    let mut output = child.stdout.take().expect("its output");
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // it may be gone already
            let _ = input.write_all(lines.as_bytes());
            std::thread::sleep(wait);
        });
        let shown = scope.spawn(move || {
            let mut text = Vec::new();
            let _ = output.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        std::thread::sleep(wait);
        let lived = child.try_wait().is_ok_and(|ended| ended.is_none());
        let _ = child.kill();
        let _ = child.wait();
        let text = shown.join().expect("what it printed");
        let said: Vec<String> = match writer {
            Writer::Plain => text
                .lines()
                .filter_map(|line| line.split_once("Note: "))
                .map(|(_, note)| note.trim().to_owned())
                .collect(),
            Writer::Gate | Writer::Screens => Some(format!("{name}-0."))
                .filter(|words| text.contains(words))
                .into_iter()
                .collect(),
        };
        (said, lived)
    })
}

/// A note on the screens until it is acknowledged; killed at once, or a while into the next one.
fn on_screens(
    (repository, home): (&Path, &Path),
    id: &str,
    name: &str,
    wait: Duration,
) -> (Vec<String>, bool) {
    let mut session = Session::start_in(repository, home, &["resume", id], "xterm-256color");
    session.until("the screens", |screen| {
        screen.alternate_screen() && screen.contents().contains("t note")
    });
    let text = format!("{name}-0.");
    session.keys("t");
    session.until("the form", |screen| {
        screen.contents().contains("pasted lines stay lines")
    });
    session.keys(&text);
    session.until("what was typed", |screen| screen.contents().contains(&text));
    session.keys("\r");
    // what is being written has no mark yet
    session.until("the acknowledgement", |screen| {
        screen.contents().contains(&format!("✓ the note: {text}"))
    });
    if wait.as_millis().is_multiple_of(2) {
        session.keys(&format!("tnever acknowledged {name}\r"));
        std::thread::sleep(wait / 20);
    }
    let lived = session.child.try_wait().is_ok_and(|ended| ended.is_none());
    session.signal("KILL");
    let _ = session.child.wait();
    (vec![text], lived)
}

#[test]
fn what_was_acknowledged_before_a_kill_is_in_the_journal() {
    let wanted = std::env::var("BACKOUT_KILLS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(KILLS);
    let sample = Sample::new();
    sample.commit("feat: first", &[("src/shop.py", "def price(): return 1\n")]);
    sample.tag("v1.0.0");
    sample.commit(
        "feat: second",
        &[("src/shop.py", "def price(): return 2\n")],
    );
    sample.tag("v1.1.0");
    assert!(sample.run(&["gate", "start"]).err.is_empty());
    let mut all = std::fs::read_dir(sample.beside("home/sessions"))
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path());
    let path = all
        .find(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .expect("a journal");
    let id = path
        .file_stem()
        .expect("an id")
        .to_string_lossy()
        .into_owned();
    let (repository, home) = (sample.path(), sample.beside("home"));
    let (kills, begun) = (AtomicUsize::new(0), Instant::now());
    let acknowledged: BTreeSet<String> = std::thread::scope(|scope| {
        let writers = [
            Writer::Plain,
            Writer::Plain,
            Writer::Gate,
            Writer::Gate,
            Writer::Screens,
            Writer::Screens,
        ];
        let threads: Vec<_> = (0_u64..)
            .zip(writers)
            .map(|(number, writer)| {
                let (folders, id, kills) =
                    ((repository.as_path(), home.as_path()), id.as_str(), &kills);
                scope.spawn(move || {
                    let (mut chance, mut said, mut at) = (Chance(number + 1), Vec::new(), 0);
                    while kills.load(Ordering::SeqCst) < wanted {
                        let wait = Duration::from_millis(100 + chance.below(1_500));
                        let (more, lived) = round(
                            folders,
                            writer,
                            id,
                            &format!("{writer:?}-{number}-{at}"),
                            wait,
                        );
                        said.extend(more);
                        at += 1;
                        kills.fetch_add(usize::from(lived), Ordering::SeqCst);
                    }
                    said
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("a writer"))
            .collect()
    });
    let (journal, recovery) = Journal::read(&path).expect("a journal");
    let recorded: BTreeSet<&str> = journal
        .events()
        .iter()
        .filter_map(|event| match &event.what {
            EventKind::Noted { text } => Some(text.as_raw()),
            EventKind::Polled { objection, .. } => {
                objection.as_ref().map(backout::model::Untrusted::as_raw)
            }
            _ => None,
        })
        .collect();
    let lost: Vec<&String> = acknowledged
        .iter()
        .filter(|text| !recorded.contains(text.as_str()))
        .collect();
    println!(
        "{} kills in {:.0} s, {} answers acknowledged, {} recorded, {} lost",
        kills.into_inner(),
        begun.elapsed().as_secs_f64(),
        acknowledged.len(),
        recorded.len(),
        lost.len()
    );
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    assert!(!acknowledged.is_empty(), "nothing was acknowledged");
    assert!(recovery.broken.is_none(), "{recovery:?}");
    // a line that was being written may be torn; the next writer sets it aside
    let (mut open, _) = Journal::open(&path).expect("a journal");
    open.append(
        EventKind::Noted {
            text: "after".into(),
        },
        None,
        None,
    )
    .expect("a last note");
    assert!(
        session::verify_journal_chain(&path)
            .expect("a report")
            .whole()
    );
}

/// The journals of a home.
fn journals(home: &Path) -> Vec<std::path::PathBuf> {
    let all = std::fs::read_dir(home.join("sessions")).expect("a folder");
    all.flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .collect()
}

/// Works a plan off line by line until so many steps are acknowledged, and kills the process at
/// that moment; gives the acknowledged steps and notes.
fn work_off(command: &mut std::process::Command, lines: &str, acknowledged: usize) -> Vec<String> {
    use std::io::BufRead;
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    let mut input = child.stdin.take().expect("its input");
    // more than is answered before the end may be left in the pipe
    let _ = input.write_all(lines.as_bytes());
    let output = std::io::BufReader::new(child.stdout.take().expect("its output"));
    let said: Vec<String> = output
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| {
            let line = line.trim_start_matches("> ").to_owned();
            (line.starts_with("done: ") || line.starts_with("a note on ")).then_some(line)
        })
        .take(acknowledged)
        .collect();
    let _ = child.kill();
    let _ = child.wait();
    said
}

#[test]
fn steps_that_were_acknowledged_before_a_kill_are_done() {
    let sample = Sample::new();
    sample.commit("feat: first", &[("src/shop.py", "def price(): return 1\n")]);
    sample.tag("v1.0.0");
    sample.commit(
        "feat: second",
        &[("src/shop.py", "def price(): return 2\n")],
    );
    sample.tag("v1.1.0");
    let (repository, home) = (sample.path(), sample.beside("home"));
    let mut command = program();
    command
        .current_dir(&repository)
        .env("BACKOUT_HOME", &home)
        .args(["--mode", "rehearsal", "--plain"]);
    let first = work_off(&mut command, "step done\nstep note one was slow\n", 2);
    assert_eq!(first.len(), 2, "{first:?}");
    let path = journals(&home).pop().expect("a journal");
    let id = path
        .file_stem()
        .expect("an id")
        .to_string_lossy()
        .into_owned();
    let mut said = first;
    for round in 0..3 {
        let mut command = program();
        command
            .current_dir(&repository)
            .env("BACKOUT_HOME", &home)
            .args(["resume", &id, "--plain"]);
        let lines = format!("step note round {round}\nstep done\nstep note again {round}\n");
        said.extend(work_off(&mut command, &lines, 1 + round % 2));
    }
    let (journal, recovery) = Journal::read(&path).expect("a journal");
    assert!(recovery.broken.is_none(), "{recovery:?}");
    let (mut done, mut noted) = (0, 0);
    for event in journal.events() {
        match &event.what {
            EventKind::StepDone { .. } => done += 1,
            EventKind::StepNoted { .. } => noted += 1,
            _ => {}
        }
    }
    let count = |word: &str| said.iter().filter(|line| line.starts_with(word)).count();
    assert!(
        done >= count("done: ") && noted >= count("a note on ") && said.len() >= 4,
        "{done} done and {noted} noted of {said:?}"
    );
    // no step is done twice, whoever wrote
    let state = session::SessionState::fold(journal.events());
    let run = state.runs.runs.last().expect("a run");
    let over = |step: &&session::StepRun| step.standing == session::StepStanding::Done;
    assert_eq!(run.steps.iter().filter(over).count(), done);
}
