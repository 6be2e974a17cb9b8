//! Ends that nobody wishes for: a full disk, a limit, a terminal that goes away, an output that
//! nobody reads. What was said is recorded or named, and the exit code tells.

#![cfg(unix)]

use crate::common;

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{Ran, Sample, program};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

const PATIENCE: Duration = Duration::from_secs(60);

fn shop() -> Sample {
    let sample = Sample::new();
    sample.commit("feat: first", &[("src/shop.py", "def price(): return 1\n")]);
    sample.tag("v1.0.0");
    sample.commit(
        "feat: second",
        &[("src/shop.py", "def price(): return 2\n")],
    );
    sample.tag("v1.1.0");
    sample
}

/// The journal of the only session.
fn journal(sample: &Sample) -> std::path::PathBuf {
    let mut all = std::fs::read_dir(sample.beside("home/sessions"))
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path());
    all.find(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .expect("a journal")
}

/// Blocks of 512 bytes of the journal as it is now.
fn full(sample: &Sample) -> u64 {
    std::fs::metadata(journal(sample)).expect("a journal").len() / 512
}

/// Runs the program where no file may be longer than so many blocks.
fn limited(sample: &Sample, blocks: u64, arguments: &[&str]) -> Ran {
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            &format!("ulimit -f {blocks}; exec \"$0\" \"$@\""),
            env!("CARGO_BIN_EXE_backout"),
        ])
        .args(arguments);
    command
        .current_dir(sample.path())
        .env("BACKOUT_HOME", sample.beside("home"))
        .env("XDG_CONFIG_HOME", "/nonexistent-configuration");
    Ran::new(command.output().expect("it runs"))
}

#[test]
fn what_the_disk_does_not_take_is_named_and_counted() {
    let sample = shop();
    assert!(sample.run(&["gate", "start"]).err.is_empty());
    let before = std::fs::read(journal(&sample)).expect("a journal");
    let polls = [
        "gate",
        "start",
        "--poll",
        "database=go",
        "--poll",
        "service owner=no-go: too late",
        "--call",
        "no-go",
        "--reason",
        "too late",
    ];
    let ran = limited(&sample, full(&sample), &polls);
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    for wanted in [
        "Not recorded: 3 things",
        "database: go",
        "service owner: no-go, objects: too late",
        "the call no-go",
        "may not grow",
        "Give the same command again",
    ] {
        assert!(ran.err.contains(wanted), "{wanted:?} is not in {}", ran.err);
    }
    assert_eq!(
        std::fs::read(journal(&sample)).expect("a journal"),
        before,
        "no half line stays behind"
    );
    let ran = sample.run(&polls);
    assert!(ran.out.contains("too late"), "{}{}", ran.out, ran.err);
    let ran = limited(
        &sample,
        full(&sample),
        &[
            "close",
            "--outcome",
            "not-needed",
            "--note",
            "nobody was hit",
        ],
    );
    assert!(
        ran.code == Some(1)
            && ran.err.contains("Not recorded: 2 things")
            && ran.err.contains("nobody was hit"),
        "{:?} {}",
        ran.code,
        ran.err
    );
    let ran = limited(
        &sample,
        1,
        &["rehearse", "--outcome", "worked", "--surprise", "the fax"],
    );
    assert!(
        ran.code == Some(1)
            && ran.err.contains("Not recorded: 2 things")
            && ran.err.contains("the fax"),
        "{:?} {}",
        ran.code,
        ran.err
    );
}

#[test]
fn answers_line_by_line_are_kept_in_memory_and_named_at_the_end() {
    let sample = shop();
    sample.run(&["gate", "start"]);
    let blocks = full(&sample);
    let mut child = Command::new("sh")
        .args([
            "-c",
            &format!("ulimit -f {blocks}; exec \"$0\" \"$@\""),
            env!("CARGO_BIN_EXE_backout"),
            "resume",
            "--plain",
        ])
        .current_dir(sample.path())
        .env("BACKOUT_HOME", sample.beside("home"))
        .env("XDG_CONFIG_HOME", "/nonexistent-configuration")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    child
        .stdin
        .take()
        .expect("its input")
        .write_all(b"note\nseen in the log\nquit\nquit\n")
        .expect("lines");
    let ran = Ran::new(child.wait_with_output().expect("its output"));
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    assert!(
        ran.err.contains("Not recorded: ") && ran.err.contains("seen in the log"),
        "{}",
        ran.err
    );
}

#[test]
fn an_output_that_takes_nothing_is_a_failure_and_says_so() {
    let sample = shop();
    for arguments in [
        &["--help"][..],
        &["assess", "--help"],
        &["--version"],
        &["assess"],
        &["assess", "--format", "json"],
        &["man"],
        &["checklist", "facts"],
        &["gate", "start", "--no-record"],
    ] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("a device that is full");
        let output = program()
            .current_dir(sample.path())
            .env("BACKOUT_HOME", sample.beside("home"))
            .args(arguments)
            .stdout(full)
            .output()
            .expect("it runs");
        let ran = Ran::new(output);
        assert_eq!(ran.code, Some(1), "{arguments:?}: {}", ran.err);
        assert!(
            ran.err
                .contains("could not be written to standard output: the disk is full"),
            "{arguments:?}: {}",
            ran.err
        );
    }
}

#[test]
fn a_reader_that_went_away_leaves_the_exit_code_of_the_verdict() {
    let sample = shop();
    let run = |arguments: &[&str]| {
        let mut child = program()
            .current_dir(sample.path())
            .env("BACKOUT_HOME", sample.beside("home"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        drop(child.stdout.take());
        Ran::new(child.wait_with_output().expect("its output"))
    };
    let wanted = sample.run(&["assess", "--exit-code"]).code;
    assert_ne!(wanted, Some(0));
    assert_eq!(run(&["assess", "--exit-code"]).code, wanted);
    assert_eq!(run(&["--help"]).code, Some(0));
    let plain = run(&["--plain"]);
    assert!(
        plain.code == Some(0) && !plain.err.contains("Broken pipe"),
        "{:?} {}",
        plain.code,
        plain.err
    );
}

#[test]
fn a_condition_that_cannot_be_read_is_a_sentence_and_wrong_usage() {
    let sample = shop();
    for (condition, says) in [
        ("((((", "ends too early"),
        ("impact.now = \\\"down\\\"", "write =="),
        ("impact.now == ", "ends too early"),
        ("&& &&", "cannot stand there"),
        ("impact.now == \\\"down", "cannot be read"),
        ("1/0 == 1", "division is not offered"),
        (
            "window.minutes_left > 99999999999999999999999",
            "cannot be read",
        ),
    ] {
        let text = format!(
            "name: x\nconsiderations:\n  - {{id: x, toward: back, weight: 1, says: x, when: \
                \"{condition}\"}}\n"
        );
        std::fs::write(sample.beside("c.yaml"), text).expect("a file");
        let file = sample.beside("c.yaml").display().to_string();
        let ran = sample.run(&["assess", "--checklist", &file]);
        assert_eq!(ran.code, Some(2), "{condition}: {}", ran.err);
        assert!(
            ran.err.contains(says) && ran.err.contains("c.yaml:3:"),
            "{condition}: {}",
            ran.err
        );
        for jargon in ["EOF", "expecting", "token", "mismatched", "viable"] {
            assert!(!ran.err.contains(jargon), "{condition}: {}", ran.err);
        }
        assert_eq!(sample.run(&["checklist", "lint", &file]).code, Some(1));
    }
}

/// The screens in a terminal; ends the child where a test gives up.
struct Screens {
    child: Box<dyn portable_pty::Child + Send + Sync>,
    master: Option<Box<dyn portable_pty::MasterPty + Send>>,
    shown: std::sync::Arc<std::sync::Mutex<Vec<u8>>>,
    reader: Option<std::thread::JoinHandle<()>>,
    stop: std::sync::Arc<std::sync::atomic::AtomicBool>,
}

impl Screens {
    fn start(sample: &Sample, shell: &str) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows: 24,
                cols: 80,
                pixel_width: 0,
                pixel_height: 0,
            })
            .expect("a terminal");
        let mut command = CommandBuilder::new("sh");
        command.args(["-c", shell, env!("CARGO_BIN_EXE_backout")]);
        command.cwd(sample.path());
        for (key, value) in [
            ("TERM", "xterm-256color"),
            ("COLORFGBG", "15;0"),
            ("XDG_CONFIG_HOME", "/nonexistent-configuration"),
        ] {
            command.env(key, value);
        }
        command.env("BACKOUT_HOME", sample.beside("home"));
        let child = pair.slave.spawn_command(command).expect("it runs");
        drop(pair.slave);
        let shown = std::sync::Arc::<std::sync::Mutex<Vec<u8>>>::default();
        let (mut reader, theirs) = (
            pair.master.try_clone_reader().expect("its output"),
            shown.clone(),
        );
        let stop = std::sync::Arc::<std::sync::atomic::AtomicBool>::default();
        let stopped = stop.clone();
        let reader = std::thread::spawn(move || {
            let mut buffer = [0u8; 4096];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                theirs
                    .lock()
                    .expect("no panic")
                    .extend_from_slice(&buffer[..n]);
                if stopped.load(std::sync::atomic::Ordering::SeqCst) {
                    return;
                }
            }
        });
        Self {
            child,
            master: Some(pair.master),
            shown,
            reader: Some(reader),
            stop,
        }
    }

    /// The window is closed: nobody holds the other end of the terminal any more.
    fn close(&mut self) {
        self.stop.store(true, std::sync::atomic::Ordering::SeqCst);
        let master = self.master.take().expect("an open terminal");
        // another size is drawn anew, so that the reader wakes and ends
        master
            .resize(PtySize {
                rows: 30,
                cols: 100,
                pixel_width: 0,
                pixel_height: 0,
            })
            .expect("another size");
        self.reader
            .take()
            .expect("a reader")
            .join()
            .expect("it ends");
        drop(master);
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().expect("no panic")).into_owned()
    }

    fn until(&self, text: &str) {
        let since = Instant::now();
        while !self.text().contains(text) {
            assert!(
                since.elapsed() < PATIENCE,
                "{text} never came: {}",
                self.text()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn code(&mut self) -> u32 {
        let since = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a process") {
                return status.exit_code();
            }
            if since.elapsed() > PATIENCE {
                let _ = self.child.kill();
                panic!("it did not end: {}", self.text());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn a_limit_that_is_reached_restores_the_terminal_and_ends_with_its_signal() {
    let sample = shop();
    sample.run(&["gate", "start"]);
    let blocks = full(&sample);
    let mut screens = Screens::start(&sample, &format!("ulimit -f {blocks}; exec \"$0\" resume"));
    assert_eq!(screens.code(), 128 + 25, "SIGXFSZ: {}", screens.text());
    // what was written last may still be on its way through the terminal
    screens.until("Not recorded: ");
    let text = screens.text();
    let (left, named) = (text.rfind("\u{1b}[?1049l"), text.rfind("Not recorded: "));
    assert!(
        left.is_some() && named > left,
        "the terminal is given back, then what is lost is named: {text}"
    );
}

#[test]
fn a_terminal_that_goes_away_ends_the_program_as_its_signal_does() {
    let sample = shop();
    // the shell outlives the terminal and keeps the exit code
    let file = sample.beside("code");
    let mut screens = Screens::start(
        &sample,
        &format!("trap '' HUP; \"$0\"; echo $? > {}", file.display()),
    );
    screens.until("flips if");
    screens.close();
    let since = Instant::now();
    while std::fs::read_to_string(&file)
        .unwrap_or_default()
        .trim()
        .is_empty()
    {
        if since.elapsed() > PATIENCE {
            let _ = screens.child.kill();
            panic!("it goes on without a terminal");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(
        std::fs::read_to_string(&file).expect("the code").trim(),
        "129"
    );
    let ran = sample.run(&["verify"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
}
