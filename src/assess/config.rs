//! `backout.yaml`: found, bounded, linted, loaded.
