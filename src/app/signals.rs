//! Signals become messages of the loop, so that the terminal is restored before the program ends.

use std::sync::mpsc::Sender;

use super::events::Incoming;

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
pub fn listen(_: &Sender<Incoming>) -> std::io::Result<()> {
    Ok(())
}
