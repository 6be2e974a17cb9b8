//! The assessment in a thread, streaming what it knows.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Sender;

use super::incoming::{AssessmentStep, Incoming};
use super::worker::Outstanding;
use crate::assess::{self, Progress, Request};

/// Assesses in a thread of its own. What comes of it carries the generation, so that an older one
/// can be dropped.
pub fn start_assessment_thread(
    request: Request,
    generation: u64,
    to: Sender<Incoming>,
    outstanding: Outstanding,
) -> std::io::Result<()> {
    outstanding.begin();
    let counted = outstanding.clone();
    let request = Request {
        step_by_step: true,
        ..request
    };
    let spawned = std::thread::Builder::new()
        .name("assessment".to_owned())
        .spawn(move || {
            let send = |step: AssessmentStep| {
                // when the loop is gone nobody wants it any more
                let _ = to.send(Incoming::Assessment(generation, Box::new(step)));
            };
            let progress = {
                let to = std::sync::Mutex::new(to.clone());
                move |progress: Progress| {
                    let _ = to
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner)
                        .send(Incoming::Assessment(
                            generation,
                            Box::new(AssessmentStep::Progress(Box::new(progress))),
                        ));
                }
            };
            let result = catch_unwind(AssertUnwindSafe(|| {
                assess::assess_release_pair(&request, &progress)
            }));
            send(match result {
                Ok(Ok(assessed)) => AssessmentStep::Done(Box::new(assessed)),
                Ok(Err(error)) => AssessmentStep::Failed(error.to_string(), error.is_usage()),
                Err(_) => AssessmentStep::Failed(
                    "Reading the repository failed inside the program; \
                this is a fault of backout, please report it."
                        .to_owned(),
                    false,
                ),
            });
            counted.end();
        });
    if spawned.is_err() {
        outstanding.end();
    }
    spawned.map(|_| ())
}
