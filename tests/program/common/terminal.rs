//! The program in a pseudo-terminal of 80x24, typed at and read as a person would.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long is waited for something before the test gives up. Nothing is measured by it.
pub const PATIENCE: Duration = Duration::from_secs(60);

fn cells(n: u16) -> std::num::NonZero<u16> {
    std::num::NonZero::new(n).unwrap()
}

/// The program, and the screen it has drawn.
pub struct Session {
    pub child: Box<dyn Child + Send + Sync>,
    pub master: Box<dyn MasterPty + Send>,
    pub writer: Box<dyn Write + Send>,
    pub output: Receiver<Vec<u8>>,
    pub screen: vt100::Parser,
}

impl Session {
    pub fn start(home: &Path, arguments: &[&str], term: &str) -> Self {
        Self::start_in(home, home, arguments, term)
    }

    /// With another folder for sessions.
    pub fn start_in(home: &Path, sessions: &Path, arguments: &[&str], term: &str) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows: 24,
                cols: 80,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_backout"));
        command.args(arguments);
        command.cwd(home);
        for (key, value) in [
            ("TERM", term),
            ("COLORFGBG", "15;0"),
            ("TZ", "UTC"),
            ("NO_COLOR", ""),
        ] {
            command.env(key, value);
        }
        for key in [
            "BACKOUT_HOME",
            "TMPDIR",
            "HOME",
            "XDG_STATE_HOME",
            "XDG_CONFIG_HOME",
        ] {
            command.env(key, home);
        }
        command.env("BACKOUT_HOME", sessions);
        // where a test puts one
        command.env("VISUAL", "");
        command.env("EDITOR", home.join("vi"));
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (to, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0u8; 4096];
            while let Ok(n) = reader.read(&mut buffer) {
                if n == 0 || to.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        let writer = pair.master.take_writer().unwrap();
        let mut session = Self {
            child,
            master: pair.master,
            writer,
            output,
            screen: vt100::Parser::new(cells(24), cells(80), 0),
        };
        // a story is told before anything is asked
        if arguments.first() == Some(&"demo") && term != "dumb" {
            session.until_text("Enter begin");
            session.keys("\r");
        }
        session
    }

    /// Waits until the screen is as wanted.
    pub fn until(&mut self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        let start = Instant::now();
        while !wanted(self.screen.screen()) {
            let left = PATIENCE.saturating_sub(start.elapsed());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(_) => panic!(
                    "{what} never came; the screen was\n{}",
                    self.screen.screen().contents()
                ),
            }
        }
    }

    pub fn until_text(&mut self, text: &str) {
        let wanted = text.to_owned();
        self.until(text, move |screen| screen.contents().contains(&wanted));
        self.settle();
    }

    /// Takes in the rest of a frame, which may arrive in pieces: a key that is sent before it is
    /// whole may mean something else.
    pub fn settle(&mut self) {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(3) {
            match self.output.recv_timeout(Duration::from_millis(200)) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(_) => return,
            }
        }
    }

    pub fn keys(&mut self, text: &str) {
        self.writer.write_all(text.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Presses a key and waits for what it does.
    pub fn press(&mut self, key: &str, then: &str) {
        self.keys(key);
        self.until_text(then);
    }

    /// Goes through the fields of a form, one Enter at a time, until it is recorded, and waits for
    /// what comes of it.
    pub fn record_form(&mut self, then: &str) {
        let open = |screen: &vt100::Screen| screen.contents().contains("Esc leave it");
        self.until("the form", open);
        for _ in 0..8 {
            if self.screen.screen().contents().contains(then) {
                break;
            }
            let before = self.screen.screen().contents();
            self.keys("\r");
            self.until("the next field", |screen| {
                screen.contents() != before && (open(screen) || screen.contents().contains(then))
            });
        }
        self.until_text(then);
    }

    /// Leaves with `q`, pressed again while the program has not ended.
    pub fn quit(mut self) -> u32 {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let _ = self
                .writer
                .write_all(b"q")
                .and_then(|()| self.writer.flush());
            for _ in 0..20 {
                if let Some(status) = self.child.try_wait().unwrap() {
                    return status.exit_code();
                }
                let _ = self
                    .output
                    .recv_timeout(Duration::from_millis(50))
                    .map(|bytes| self.screen.process(&bytes));
            }
        }
        let _ = self.child.kill();
        panic!(
            "the program did not end; the screen was\n{}",
            self.screen.screen().contents()
        );
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.screen
            .screen_mut()
            .set_size(cells(rows), cells(columns));
        self.master
            .resize(PtySize {
                rows,
                cols: columns,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.process_id().unwrap().to_string();
        assert!(
            std::process::Command::new("kill")
                .args([&format!("-{name}"), &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits until the process is stopped: a signal to go on that comes before would be lost.
    pub fn until_stopped(&self) {
        let id = self.child.process_id().unwrap().to_string();
        let start = Instant::now();
        loop {
            let state = match std::fs::read_to_string(format!("/proc/{id}/stat")) {
                Ok(stat) => stat.rsplit(") ").next().unwrap().to_owned(),
                Err(_) => String::from_utf8(
                    std::process::Command::new("ps")
                        .args(["-o", "state=", "-p", &id])
                        .output()
                        .unwrap()
                        .stdout,
                )
                .unwrap(),
            };
            if state.starts_with('T') {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "the program did not stop");
            std::thread::yield_now();
        }
    }

    /// Reads what is left and returns the exit code.
    pub fn end(mut self) -> (u32, vt100::Parser) {
        let start = Instant::now();
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.exit_code();
            }
            let _ = self
                .output
                .recv_timeout(Duration::from_millis(20))
                .map(|bytes| self.screen.process(&bytes));
            if start.elapsed() > PATIENCE {
                let _ = self.child.kill();
                panic!(
                    "the program did not end; the screen was\n{}",
                    self.screen.screen().contents()
                );
            }
        };
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(500)) {
            self.screen.process(&bytes);
        }
        (code, self.screen)
    }
}

/// The program without screens, in the same home.
pub fn plainly(home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_backout"));
    command.args(arguments).current_dir(home);
    for key in [
        "BACKOUT_HOME",
        "TMPDIR",
        "HOME",
        "XDG_STATE_HOME",
        "XDG_CONFIG_HOME",
    ] {
        command.env(key, home);
    }
    let output = command.output().unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}
