//! Signals become messages of the loop, so that the terminal is restored before the program ends.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use super::incoming::Incoming;

/// Whether another program has the terminal.
static LENT: AtomicBool = AtomicBool::new(false);

/// While another program has the terminal, keys that send signals are meant for it.
pub fn lend_terminal(lent: bool) {
    LENT.store(lent, Ordering::SeqCst);
}

/// SIGHUP, which says that the terminal is gone.
pub const HANG_UP: i32 = 1;

/// Sends SIGTERM, SIGHUP, SIGTSTP, SIGCONT and those of limits into the loop.
#[cfg(unix)]
pub fn listen_for_signals(to: &Sender<Incoming>) -> std::io::Result<()> {
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    use signal_hook::consts::{
        SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGXCPU, SIGXFSZ,
    };

    for signal in [
        SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGXFSZ, SIGXCPU,
    ] {
        let (mut read, write) = UnixStream::pair()?;
        signal_hook::low_level::pipe::register(signal, write)?;
        let to = to.clone();
        std::thread::Builder::new()
            .name(format!("signal {signal}"))
            .spawn(move || {
                let mut byte = [0u8; 16];
                while read.read(&mut byte).is_ok_and(|n| n > 0) {
                    if LENT.load(Ordering::SeqCst) {
                        match signal {
                            // the other program stops, and nobody would wait for it but us
                            SIGTSTP => {
                                let _ = signal_hook::low_level::emulate_default_handler(SIGTSTP);
                                continue;
                            }
                            SIGCONT | SIGINT | SIGQUIT => continue,
                            _ => {}
                        }
                    }
                    let what = match signal {
                        SIGTSTP => Incoming::Stop,
                        SIGCONT => Incoming::Continued,
                        other => Incoming::Signal(other),
                    };
                    if to.send(what).is_err() {
                        return;
                    }
                }
            })?;
    }
    Ok(())
}

/// Elsewhere there are none.
#[cfg(not(unix))]
pub fn listen_for_signals(_: &Sender<Incoming>) -> std::io::Result<()> {
    Ok(())
}
