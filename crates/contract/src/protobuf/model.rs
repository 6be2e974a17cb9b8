//! What a .proto file holds, as far as contracts go.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::LineIndex;

/// `optional`, `required`, `repeated`, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    None,
    Optional,
    Required,
    Repeated,
}

/// Options by name as written, values as text.
pub(crate) type ProtobufOptions = BTreeMap<String, String>;

/// Where something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ProtobufLines {
    pub from: usize,
    pub to: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct ProtobufField {
    pub name: String,
    pub number: i64,
    pub label: Label,
    // so that `map<string, Card>` and `map<string,Card>` are one type
    /// As written, `map<string,Card>` without blanks.
    pub kind: String,
    pub oneof: Option<String>,
    pub options: ProtobufOptions,
    pub lines: ProtobufLines,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct ProtobufMessage {
    pub fields: Vec<ProtobufField>,
    pub oneofs: BTreeSet<String>,
    /// By oneof: one number of its fields, and whether it has others.
    pub oneof_numbers: BTreeMap<String, (i64, bool)>,
    pub reserved: Vec<(i64, i64)>,
    pub reserved_names: BTreeSet<String>,
    pub ranges: BTreeSet<(i64, i64)>,
    pub options: ProtobufOptions,
    pub lines: ProtobufLines,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Enum {
    /// Number, name, line.
    pub values: Vec<(i64, String, ProtobufLines)>,
    pub reserved: Vec<(i64, i64)>,
    pub reserved_names: BTreeSet<String>,
    pub options: ProtobufOptions,
    pub lines: ProtobufLines,
}

#[derive(Debug, Clone)]
pub(crate) struct Rpc {
    pub name: String,
    pub request: String,
    pub response: String,
    pub client_streams: bool,
    pub server_streams: bool,
    pub options: ProtobufOptions,
    pub lines: ProtobufLines,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct ProtobufService {
    pub rpcs: Vec<Rpc>,
    pub lines: ProtobufLines,
}

/// One file. Names are full, without a leading dot.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProtobufFile {
    pub package: String,
    /// `proto2`, `proto3`, or the edition.
    pub syntax: String,
    pub options: ProtobufOptions,
    pub messages: BTreeMap<String, ProtobufMessage>,
    pub enums: BTreeMap<String, Enum>,
    pub services: BTreeMap<String, ProtobufService>,
    /// Extensions by extended type and number.
    pub extensions: BTreeMap<(String, i64), ProtobufField>,
    /// Lines that were not understood.
    pub unread: Vec<usize>,
    /// Where the lines of its text start.
    pub index: LineIndex,
    /// Short names of messages that a call of this file takes.
    pub taken: BTreeSet<String>,
    /// The first line that makes the file none that a compiler takes, and why: what it means on
    /// the wire is then nowhere said.
    pub invalid: Option<(usize, String)>,
}

impl ProtobufFile {
    // `GetCardRequest` is how gRPC names them
    /// Whether a message is what callers send: a call of this file takes it, or its name says so.
    pub fn takes(&self, message: &str) -> bool {
        let short = message.rsplit('.').next().unwrap_or(message);
        short.ends_with("Request") || self.taken.contains(short)
    }
}
