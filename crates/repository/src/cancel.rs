//! Reading that nobody waits for any more ends early.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A sign that reading is no longer wanted; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Nobody waits any more: whatever reads by this sign ends before its next object.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the sign was given.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
