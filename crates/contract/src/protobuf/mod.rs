//! Protocol buffers: every file read by itself, so that imports which are not there cost nothing,
//! and compared by wire meaning.

mod clash;
mod compare;
mod definitions;
mod diff;
mod enumeration;
mod field;
mod file_pairs;
mod model;
mod read;

mod service;
mod token;

pub(super) use compare::compare_protobuf_files;
pub(super) use diff::ProtobufFilePair;
pub(super) use read::{ProtobufFile, read_protobuf};
