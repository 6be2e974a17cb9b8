//! AsyncAPI 2 and 3: channels and messages. Version 2 writes directions from the client's side,
//! version 3 from the application's.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::change::{ChangeSubject, Log};
use super::document::{DocumentNode, DocumentSet, Spot, reference_of};
use super::schema::{SchemaDiff, SchemaUse, write_canonical_schema};

/// A message type on a channel.
struct AsyncapiMessage<'a> {
    own: DocumentNode<'a>,
    payload: Option<DocumentNode<'a>>,
    headers: Option<DocumentNode<'a>>,
    format: String,
    delivery: String,
}

/// One direction of one channel.
struct Flow<'a> {
    own: DocumentNode<'a>,
    address: String,
    parameters: BTreeSet<&'a str>,
    bindings: String,
    messages: Messages<'a>,
}

/// The messages of a flow by name; `None` for one whose reference leads nowhere.
type Messages<'a> = BTreeMap<String, Option<AsyncapiMessage<'a>>>;

/// What a document tells of its channels.
#[derive(Default)]
struct Flows<'a> {
    /// By channel and whether the application sends.
    known: BTreeMap<(String, bool), Flow<'a>>,
    /// Channels that could not be read.
    unknown: BTreeSet<String>,
    /// An operation, or all of them, could not be read, so any channel may be one of its.
    open: bool,
}

impl Flows<'_> {
    fn may_hold(&self, channel: &str) -> bool {
        self.open || self.unknown.contains(channel)
    }
}

/// Notes every difference between two documents.
pub(super) fn compare_asyncapi(old: &DocumentSet, new: &DocumentSet, log: &mut Log) {
    let (a, b) = (read_asyncapi_flows(old), read_asyncapi_flows(new));
    log.trail = new
        .root()
        .or(old.root())
        .map(|root| root.file.path.clone())
        .into_iter()
        .collect();
    compare_servers(old, new, log);
    // a channel may be sent to and received from, and the two are contracts of their own
    let keys: BTreeSet<&(String, bool)> = a.known.keys().chain(b.known.keys()).collect();
    let mut diff = SchemaDiff::new(old, new, log);
    for key in keys {
        let (channel, sends) = key;
        let word = if *sends { "sent" } else { "received" };
        let location = format!("{channel} ({word})");
        let subject = ChangeSubject::Member {
            name: channel.clone(),
            of: Vec::new(),
        };
        let (x, y) = (a.known.get(key), b.known.get(key));
        // what could not be read is neither new nor gone
        if x.is_none() && a.may_hold(channel) || y.is_none() && b.may_hold(channel) {
            diff.log.note(
                "unreadable",
                &location,
                format!(
                    "{location} is described elsewhere in one release, which could not be read"
                ),
                x.map(|flow| flow.own.spot()),
                y.map(|flow| flow.own.spot()),
                ChangeSubject::None,
            );
            continue;
        }
        match (x, y) {
            (None, Some(flow)) => diff.log.note(
                &format!("channel-{word}-added"),
                &location,
                format!("{location} is new"),
                None,
                Some(flow.own.spot()),
                subject,
            ),
            (Some(flow), None) => diff.log.note(
                &format!("channel-{word}-removed"),
                &location,
                format!("{location} is gone"),
                Some(flow.own.spot()),
                None,
                subject,
            ),
            (Some(x), Some(y)) => compare_flows(&mut diff, &location, *sends, x, y),
            (None, None) => {}
        }
    }
    diff.run();
}

fn compare_flows<'a>(
    diff: &mut SchemaDiff<'a, '_>,
    location: &str,
    sends: bool,
    a: &Flow<'a>,
    b: &Flow<'a>,
) {
    let spots = || (Some(a.own.spot()), Some(b.own.spot()));
    let subject = || ChangeSubject::Member {
        name: location.split(' ').next().unwrap_or(location).to_owned(),
        of: Vec::new(),
    };
    // version 3 separates the name from the address, which is what brokers know
    if a.address != b.address {
        let what = format!(
            "the address of {location} was {} and is {}",
            a.address, b.address
        );
        diff.log.note(
            "channel-address-changed",
            location,
            what,
            spots().0,
            spots().1,
            subject(),
        );
    }
    if a.parameters != b.parameters {
        diff.log.note(
            "channel-parameters-changed",
            location,
            format!("the parameters of {location} changed"),
            spots().0,
            spots().1,
            subject(),
        );
    }
    if a.bindings != b.bindings {
        // a group id or a partition key decides who gets a message
        diff.log.note(
            "message-delivery-changed",
            location,
            format!("the bindings of {location} changed"),
            spots().0,
            spots().1,
            subject(),
        );
    }
    // what the application sends, others read: as an answer
    let side = if sends {
        SchemaUse::Response
    } else {
        SchemaUse::Request
    };
    // a single message needs no name, so another name for it is no other message
    if let ([(_, Some(x))], [(name, Some(y))]) = (
        Vec::from_iter(&a.messages).as_slice(),
        Vec::from_iter(&b.messages).as_slice(),
    ) {
        compare_messages(diff, &format!("{location} {name}"), side, x, y);
        return;
    }
    compare_message_lists(diff, location, side, a, b);
}

fn compare_message_lists<'a>(
    diff: &mut SchemaDiff<'a, '_>,
    location: &str,
    side: SchemaUse,
    a: &Flow<'a>,
    b: &Flow<'a>,
) {
    let spots = || (Some(a.own.spot()), Some(b.own.spot()));
    let subject = || ChangeSubject::Member {
        name: location.split(' ').next().unwrap_or(location).to_owned(),
        of: Vec::new(),
    };
    for (name, y) in &b.messages {
        let at = format!("{location} {name}");
        let x = a.messages.get(name);
        // what could not be read is neither new nor the same
        let (x, y) = match (x, y) {
            (Some(None), None) => continue,
            (Some(Some(x)), Some(y)) => (Some(x), y),
            (None, Some(y)) => (None, y),
            _ => {
                diff.log.note(
                    "unreadable",
                    &at,
                    format!("{at} is described elsewhere in one release, which could not be read"),
                    spots().0,
                    spots().1,
                    ChangeSubject::None,
                );
                continue;
            }
        };
        match x {
            Some(x) => compare_messages(diff, &at, side, x, y),
            None => diff.log.note(
                "channel-message-added",
                &at,
                format!("{location} carries {name}"),
                Some(a.own.spot()),
                Some(y.own.spot()),
                subject(),
            ),
        }
    }
    for (name, x) in a
        .messages
        .iter()
        .filter(|(name, _)| !b.messages.contains_key(*name))
    {
        let what = format!("{location} no longer carries {name}");
        diff.log.note(
            "channel-message-removed",
            &format!("{location} {name}"),
            what,
            Some(x.as_ref().map_or(&a.own, |x| &x.own).spot()),
            Some(b.own.spot()),
            subject(),
        );
    }
}

fn compare_messages<'a>(
    diff: &mut SchemaDiff<'a, '_>,
    at: &str,
    side: SchemaUse,
    a: &AsyncapiMessage<'a>,
    b: &AsyncapiMessage<'a>,
) {
    let spots = || (Some(a.own.spot()), Some(b.own.spot()));
    // another content type makes the payload another thing: there is nothing to compare
    if a.format != b.format {
        let what = format!(
            "{at} was written {} and is {}",
            a.format.trim(),
            b.format.trim()
        );
        diff.log.note(
            "message-format-changed",
            at,
            what,
            spots().0,
            spots().1,
            ChangeSubject::None,
        );
        return;
    }
    if a.delivery != b.delivery {
        diff.log.note(
            "message-delivery-changed",
            at,
            format!("the delivery of {at} changed"),
            spots().0,
            spots().1,
            ChangeSubject::None,
        );
    }
    // these formats have schemas that are written inside the document and mean something else
    let json = !["avro", "protobuf", "graphql", "raml"]
        .iter()
        .any(|other| a.format.contains(other));
    for (part, x, y) in [
        ("payload", a.payload, b.payload),
        ("headers", a.headers, b.headers),
    ] {
        match (x, y) {
            (Some(x), Some(y)) if json => diff.ask(x, y, side, format!("{at} {part}"), None, false),
            (Some(x), Some(y))
                if write_canonical_schema(x.node) != write_canonical_schema(y.node) =>
            {
                let what = format!(
                    "the {part} of {at} changed in a format that is not read inside AsyncAPI"
                );
                diff.log.note(
                    "unreadable",
                    at,
                    what,
                    Some(x.spot()),
                    Some(y.spot()),
                    ChangeSubject::None,
                );
            }
            (None, Some(_)) | (Some(_), None) => {
                let (rule, what) = if y.is_some() {
                    (format!("{}-schema-added", side.prefix()), "has a schema")
                } else {
                    (
                        format!("{}-schema-removed", side.prefix()),
                        "has no schema any more",
                    )
                };
                diff.log.note(
                    &rule,
                    at,
                    format!("the {part} of {at} {what}"),
                    x.map_or_else(|| spots().0, |place| Some(place.spot())),
                    y.map_or_else(|| spots().1, |place| Some(place.spot())),
                    ChangeSubject::None,
                );
            }
            _ => {}
        }
    }
}

fn read_asyncapi_flows(library: &DocumentSet) -> Flows<'_> {
    let mut flows = Flows::default();
    let Some(root) = library.root() else {
        return flows;
    };
    let Some(channels) = root.get("channels").and_then(|all| library.follow(all)) else {
        flows.open = root.get("channels").is_some();
        return flows;
    };
    // what most documents mean that leave it out
    let usual = root
        .text("defaultContentType")
        .unwrap_or("application/json");
    let three = root
        .text("asyncapi")
        .is_some_and(|version| version.starts_with('3'));
    if three {
        let Some(operations) = root.get("operations").and_then(|all| library.follow(all)) else {
            flows.open = root.get("operations").is_some();
            return flows;
        };
        for (_, _, value) in operations.node.pairs() {
            let Some(operation) = library.follow(operations.with(value)) else {
                flows.open = true;
                continue;
            };
            let sends = operation.text("action") == Some("send");
            let Some(entry) = operation.get("channel") else {
                continue;
            };
            // `#/channels/user~1signedup`: the last step is the name in the document
            let name = reference_of(entry.node)
                .and_then(|reference| reference.rsplit('/').next())
                .unwrap_or("channel")
                .replace("~1", "/");
            let Some(channel) = library.follow(entry) else {
                flows.unknown.insert(name);
                continue;
            };
            let messages = list_operation_messages(library, operation, channel, usual);
            match flows.known.entry((name.clone(), sends)) {
                // a further operation on the same channel and in the same direction
                Entry::Occupied(mut known) => known.get_mut().messages.extend(messages),
                Entry::Vacant(free) => {
                    free.insert(read_flow(
                        operation,
                        channel,
                        channel.text("address").unwrap_or(&name).to_owned(),
                        messages,
                    ));
                }
            }
        }
        return flows;
    }
    for (name, _, value) in channels.node.pairs() {
        let Some(channel) = library.follow(channels.with(value)) else {
            flows.unknown.insert(name.to_owned());
            continue;
        };
        // written from the client's side: what clients subscribe to, the application sends
        for (key, sends) in [("subscribe", true), ("publish", false)] {
            let Some(operation) = channel.get(key) else {
                continue;
            };
            let mut messages = BTreeMap::new();
            if let Some(entry) = operation.get("message") {
                let branches: Vec<DocumentNode<'_>> = match entry.get("oneOf") {
                    Some(list) => list.node.items().map(|item| list.with(item)).collect(),
                    None => vec![entry],
                };
                for (index, branch) in branches.into_iter().enumerate() {
                    let named = reference_of(branch.node)
                        .and_then(|reference| reference.rsplit(['/', '#']).next())
                        .map(str::to_owned);
                    let place = library.follow(branch);
                    let name = named
                        .or_else(|| {
                            let place = place?;
                            place
                                .text("messageId")
                                .or(place.text("name"))
                                .map(str::to_owned)
                        })
                        .unwrap_or_else(|| format!("message {index}"));
                    messages.insert(name, place.map(|place| read_message(library, place, usual)));
                }
            }
            flows.known.insert(
                (name.to_owned(), sends),
                read_flow(operation, channel, name.to_owned(), messages),
            );
        }
    }
    flows
}

/// Messages of an operation of AsyncAPI 3: those it names, or all of its channel, by their names
/// there.
fn list_operation_messages<'a>(
    library: &'a DocumentSet,
    operation: DocumentNode<'a>,
    channel: DocumentNode<'a>,
    usual: &str,
) -> Messages<'a> {
    let named = |node| {
        reference_of(node)
            .and_then(|reference| reference.rsplit('/').next())
            .unwrap_or("message")
            .to_owned()
    };
    let entries: Vec<(String, DocumentNode<'a>)> =
        match (operation.get("messages"), channel.get("messages")) {
            (Some(list), _) => list
                .node
                .items()
                .map(|item| (named(item), list.with(item)))
                .collect(),
            // an operation without messages carries all of its channel
            (None, Some(all)) => all
                .node
                .pairs()
                .into_iter()
                .map(|(name, _, item)| (name.to_owned(), all.with(item)))
                .collect(),
            (None, None) => Vec::new(),
        };
    entries
        .into_iter()
        .map(|(name, place)| {
            let place = library.follow(place);
            (name, place.map(|place| read_message(library, place, usual)))
        })
        .collect()
}

fn read_flow<'a>(
    operation: DocumentNode<'a>,
    channel: DocumentNode<'a>,
    address: String,
    messages: Messages<'a>,
) -> Flow<'a> {
    let bindings = [operation, channel]
        .iter()
        .filter_map(|place| place.get("bindings"))
        .map(|place| write_canonical_schema(place.node))
        .collect();
    let parameters = channel
        .get("parameters")
        .map(|all| {
            all.node
                .pairs()
                .into_iter()
                .map(|(name, ..)| name)
                .collect()
        })
        .unwrap_or_default();
    Flow {
        own: operation,
        address,
        parameters,
        bindings,
        messages,
    }
}

fn read_message<'a>(
    library: &'a DocumentSet,
    own: DocumentNode<'a>,
    usual: &str,
) -> AsyncapiMessage<'a> {
    let mut payload = own.get("payload");
    let mut schema_format = own.text("schemaFormat").unwrap_or("");
    // version 3 wraps a schema of another format together with its name
    if let Some(wrapped) = payload.and_then(|payload| library.follow(payload))
        && let Some(schema) = wrapped.get("schema")
        && let Some(format) = wrapped.text("schemaFormat")
    {
        (payload, schema_format) = (Some(schema), format);
    }
    // a schema format that AsyncAPI itself implies is no format of its own
    let schema_format = if schema_format.contains("aai.asyncapi") {
        ""
    } else {
        schema_format
    };
    let text = |key: &str| {
        own.get(key)
            .map(|place| write_canonical_schema(place.node))
            .unwrap_or_default()
    };
    AsyncapiMessage {
        own,
        payload,
        headers: own.get("headers"),
        format: format!(
            "{} {schema_format}",
            own.text("contentType").unwrap_or(usual)
        ),
        // who waits for an answer finds it by this
        delivery: format!("{}{}", text("correlationId"), text("bindings")),
    }
}

fn compare_servers(old: &DocumentSet, new: &DocumentSet, log: &mut Log) {
    let read = |library: &'_ DocumentSet| -> BTreeMap<String, (String, Option<Spot>)> {
        let Some(servers) = library.root().and_then(|root| root.get("servers")) else {
            return BTreeMap::new();
        };
        let entries = servers
            .node
            .pairs()
            .into_iter()
            .filter_map(|(name, _, value)| Some((name, library.follow(servers.with(value))?)));
        entries
            .map(|(name, place)| {
                let part = |key: &str| {
                    place
                        .node
                        .get(key)
                        .map(write_canonical_schema)
                        .unwrap_or_default()
                };
                // what a client connects by; descriptions are prose
                let all: Vec<String> = ["url", "host", "pathname", "protocol", "security"]
                    .iter()
                    .map(|key| part(key))
                    .collect();
                (name.to_owned(), (all.join(" "), Some(place.spot())))
            })
            .collect()
    };
    let (a, b) = (read(old), read(new));
    // where the whole document is missing, that was told
    if old.root().is_none() || new.root().is_none() {
        return;
    }
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    for name in names {
        let (was, is) = (a.get(name), b.get(name));
        if was.map(|(text, _)| text) != is.map(|(text, _)| text) {
            let spot =
                |side: Option<&(String, Option<Spot>)>| side.and_then(|(_, spot)| spot.clone());
            log.note(
                "message-server-changed",
                &format!("server {name}"),
                format!("the server {name} changed"),
                spot(was),
                spot(is),
                ChangeSubject::None,
            );
        }
    }
}
