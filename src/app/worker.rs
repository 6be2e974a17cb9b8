//! A thread that works on the newest task only: holding a key over a list never builds a backlog.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::incoming::Incoming;
use crate::tui::Message;

/// Number of things under way. It goes up before a worker is told, so that there is no gap in which
/// all seems quiet.
#[derive(Debug, Clone, Default)]
pub struct Outstanding(Arc<AtomicUsize>);

impl Outstanding {
    /// One more.
    pub fn begin(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    /// One less.
    pub fn end(&self) {
        let _ = self
            .0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
    }

    /// Nothing is under way.
    pub fn idle(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 0
    }
}

/// One running and one waiting task; a newer one takes the place of the waiting one.
pub struct WorkerSlot<T> {
    waiting: Arc<(Mutex<Option<T>>, Condvar)>,
    outstanding: Outstanding,
}

impl<T: Send + 'static> WorkerSlot<T> {
    /// Starts the thread. `work` turns a task into a message; a panic in it becomes the sentence of
    /// `failed`.
    pub fn new(
        name: &str,
        to: Sender<Incoming>,
        outstanding: Outstanding,
        mut work: impl FnMut(T) -> Message + Send + 'static,
    ) -> std::io::Result<Self> {
        let waiting: Arc<(Mutex<Option<T>>, Condvar)> = Arc::default();
        let (theirs, counted, what) = (Arc::clone(&waiting), outstanding.clone(), name.to_owned());
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                loop {
                    let task = {
                        let mut task = theirs.0.lock().unwrap_or_else(PoisonError::into_inner);
                        loop {
                            match task.take() {
                                Some(task) => break task,
                                None => {
                                    task =
                                        theirs.1.wait(task).unwrap_or_else(PoisonError::into_inner)
                                }
                            }
                        }
                    };
                    let message =
                        catch_unwind(AssertUnwindSafe(|| work(task))).unwrap_or_else(|_| {
                            Message::Tell(format!(
                                "The {what} failed inside the \
                        program; this is a fault of backout, please report it."
                            ))
                        });
                    let sent = to.send(message.into());
                    counted.end();
                    if sent.is_err() {
                        return;
                    }
                }
            })?;
        Ok(Self {
            waiting,
            outstanding,
        })
    }

    /// Hands over a task, instead of one that still waits.
    pub fn put(&self, task: T) {
        self.outstanding.begin();
        if self
            .waiting
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(task)
            .is_some()
        {
            // the one that waited will never run
            self.outstanding.end();
        }
        self.waiting.1.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    use crate::app::incoming::Incoming;
    use crate::tui::message::Message;

    #[test]
    fn only_the_newest_waiting_task_runs() {
        let (to, from) = channel();
        let (go, gate) = channel::<()>();
        let (began, begun) = channel::<()>();
        let outstanding = Outstanding::default();
        let slot = WorkerSlot::new("test", to, outstanding.clone(), move |n: u32| {
            let _ = began.send(());
            let _ = gate.recv();
            Message::Tell(n.to_string())
        })
        .unwrap();
        slot.put(1);
        begun.recv().unwrap();
        slot.put(2);
        slot.put(3);
        assert!(!outstanding.idle());
        go.send(()).unwrap();
        go.send(()).unwrap();
        let told: Vec<String> = (0..2)
            .map(|_| match from.recv().unwrap() {
                Incoming::Message(message) => match *message {
                    Message::Tell(text) => text,
                    other => panic!("{other:?}"),
                },
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(told, ["1", "3"]);
    }
}
