//! The running terminal: event loop, worker threads, effects, set-up and restore.
