//! A document as operations with parameters, bodies and responses. Whatever is not where it should
//! be is left out or marked unknown, never an error.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use span_tree::Node;

use crate::document::{DocumentNode, DocumentSet, reference_of};

// `query` is of OpenAPI 3.2
const METHODS: [&str; 9] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];

/// A parameter, wherever it is written.
pub(super) struct OpenapiParameter<'a> {
    pub name: &'a str,
    /// `query`, `path`, `header`, `cookie`, `formData`.
    pub place_in: &'a str,
    pub required: bool,
    pub schema: Option<DocumentNode<'a>>,
    pub style: String,
    pub own: DocumentNode<'a>,
}

/// A body: media types with their schemas.
pub(super) struct Body<'a> {
    pub required: bool,
    pub media: BTreeMap<String, Option<DocumentNode<'a>>>,
    pub own: DocumentNode<'a>,
}

/// A response header.
pub(super) struct ResponseHeader<'a> {
    pub required: bool,
    pub schema: Option<DocumentNode<'a>>,
    pub own: DocumentNode<'a>,
}

/// One answer.
pub(super) struct Response<'a> {
    pub media: BTreeMap<String, Option<DocumentNode<'a>>>,
    pub headers: BTreeMap<String, ResponseHeader<'a>>,
    /// Names of headers whose reference leads nowhere: there, but unknown.
    pub unknown_headers: BTreeSet<String>,
    pub own: DocumentNode<'a>,
    pub line: usize,
}

/// Credentials that together are enough: scheme and scopes.
pub(super) type Alternative<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// One operation.
pub(super) struct OpenapiOperation<'a> {
    pub method: String,
    pub path: String,
    pub own: DocumentNode<'a>,
    pub line: usize,
    /// Files on the way to it.
    pub files: Vec<String>,
    pub id: Option<&'a str>,
    pub parameters: Vec<OpenapiParameter<'a>>,
    pub body: Option<Body<'a>>,
    pub responses: BTreeMap<String, Response<'a>>,
    /// `None` takes the document's.
    pub security: Option<Vec<Alternative<'a>>>,
    /// Callbacks by name, expression and method.
    pub callbacks: BTreeMap<String, OpenapiOperation<'a>>,
    /// Callbacks by name, and by name and expression, that could not be read, with the reference.
    pub unknown_callbacks: BTreeMap<String, &'a str>,
    /// References of its parts that lead nowhere.
    pub unknown: BTreeSet<&'a str>,
}

/// A whole document.
#[derive(Default)]
pub(super) struct Api<'a> {
    /// By path with nameless placeholders, and method.
    pub operations: BTreeMap<(String, String), OpenapiOperation<'a>>,
    pub webhooks: BTreeMap<String, OpenapiOperation<'a>>,
    /// Webhooks by name that could not be read, with the reference.
    pub unknown_webhooks: BTreeMap<String, &'a str>,
    /// Paths whose item could not be read, with the reference.
    pub unknown_paths: BTreeMap<String, &'a str>,
    pub servers: BTreeSet<String>,
    pub servers_at: Option<DocumentNode<'a>>,
    pub security: Vec<Alternative<'a>>,
    pub security_at: Option<DocumentNode<'a>>,
    pub schemes: BTreeMap<&'a str, DocumentNode<'a>>,
    pub schemas: BTreeMap<&'a str, DocumentNode<'a>>,
    pub root: Option<DocumentNode<'a>>,
}

struct OpenapiReader<'a> {
    library: &'a DocumentSet,
    root: DocumentNode<'a>,
    swagger: bool,
}

/// Reads a library's root.
pub(super) fn read_openapi(library: &DocumentSet) -> Api<'_> {
    let Some(root) = library.root() else {
        return Api::default();
    };
    let swagger = root.node.get("swagger").is_some();
    let reader = OpenapiReader {
        library,
        root,
        swagger,
    };
    let mut api = Api {
        root: Some(root),
        ..Api::default()
    };
    if let Some(paths) = reader.get(root, "paths") {
        for (path, _, item) in paths
            .node
            .pairs()
            .into_iter()
            // keys such as `x-note` stand among the paths
            .filter(|(path, ..)| path.starts_with('/'))
        {
            reader.item(path, paths.with(item), &mut api);
        }
    }
    // `x-webhooks` is how documents before 3.1 wrote them
    for key in ["webhooks", "x-webhooks"] {
        let Some(hooks) = reader.get(root, key) else {
            continue;
        };
        for (name, _, item) in hooks.node.pairs() {
            let entry = hooks.with(item);
            let Some(item) = library.follow(entry) else {
                // kept by its name, so that the other side does not call it gone
                api.unknown_webhooks
                    .insert(name.to_owned(), reference_of(entry.node).unwrap_or(""));
                continue;
            };
            for (method, line, own) in list_path_operations(item) {
                let operation = reader.operation(
                    &method,
                    name,
                    item,
                    own,
                    line,
                    vec![item.file.path.clone()],
                    0,
                );
                api.webhooks.insert(format!("{name} {method}"), operation);
            }
        }
    }
    reader.servers(&mut api);
    api.security = root
        .get("security")
        .map(|list| read_security_alternatives(list.node))
        .unwrap_or_default();
    api.security_at = root.get("security");
    let components = reader.get(root, "components");
    let schemes = if swagger {
        reader.get(root, "securityDefinitions")
    } else {
        components.and_then(|all| reader.get(all, "securitySchemes"))
    };
    let schemas = if swagger {
        reader.get(root, "definitions")
    } else {
        components.and_then(|all| reader.get(all, "schemas"))
    };
    for (from, into) in [(schemes, &mut api.schemes), (schemas, &mut api.schemas)] {
        let Some(from) = from else { continue };
        into.extend(
            from.node
                .pairs()
                .into_iter()
                .map(|(name, _, value)| (name, from.with(value))),
        );
    }
    api
}

/// The operations of a path item.
fn list_path_operations(item: DocumentNode<'_>) -> Vec<(String, usize, DocumentNode<'_>)> {
    let known = item.node.pairs().into_iter().filter(|(name, _, value)| {
        METHODS.contains(&name.to_ascii_lowercase().as_str()) && value.is_mapping()
    });
    known
        .map(|(name, key, value)| (name.to_ascii_uppercase(), key.line(), item.with(value)))
        .collect()
}

/// `/cards/{id}` as `/cards/{}`.
pub(super) fn erase_path_parameters(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        // what stands between the braces is a name for people
        match c {
            '{' => {
                inside = true;
                out.push_str("{}");
            }
            '}' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

fn read_security_alternatives(list: Node<'_>) -> Vec<Alternative<'_>> {
    list.items()
        .map(|item| {
            item.pairs()
                .into_iter()
                .map(|(scheme, _, scopes)| {
                    (scheme, scopes.items().filter_map(Node::text).collect())
                })
                .collect()
        })
        .collect()
}

impl<'a> OpenapiReader<'a> {
    fn get(&self, place: DocumentNode<'a>, key: &str) -> Option<DocumentNode<'a>> {
        self.library.follow(place.get(key)?)
    }

    fn item(&self, path: &'a str, entry: DocumentNode<'a>, api: &mut Api<'a>) {
        let Some(item) = self.library.follow(entry) else {
            // kept by its path, so that the other side does not call it gone
            api.unknown_paths.insert(
                erase_path_parameters(path),
                reference_of(entry.node).unwrap_or(""),
            );
            return;
        };
        let files = vec![entry.file.path.clone(), item.file.path.clone()];
        for (method, line, own) in list_path_operations(item) {
            // an operation may itself be a reference in the wild, though no version says so
            let own = self.library.follow(own).unwrap_or(own);
            let operation = self.operation(&method, path, item, own, line, files.clone(), 0);
            api.operations
                .insert((erase_path_parameters(path), method), operation);
        }
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "the parts of one entry, read apart by the caller"
    )]
    fn operation(
        &self,
        method: &str,
        path: &str,
        item: DocumentNode<'a>,
        own: DocumentNode<'a>,
        line: usize,
        files: Vec<String>,
        depth: usize,
    ) -> OpenapiOperation<'a> {
        let mut operation = OpenapiOperation {
            method: method.to_owned(),
            path: path.to_owned(),
            own,
            line,
            files,
            id: own.text("operationId"),
            parameters: Vec::new(),
            body: None,
            responses: BTreeMap::new(),
            security: own
                .get("security")
                .map(|list| read_security_alternatives(list.node)),
            callbacks: BTreeMap::new(),
            unknown_callbacks: BTreeMap::new(),
            unknown: BTreeSet::new(),
        };
        // parameters of the operation go before those of its path
        let mut seen = HashSet::new();
        for holder in [own, item] {
            let Some(list) = holder.get("parameters") else {
                continue;
            };
            for entry in list.node.items().map(|node| list.with(node)) {
                match self.library.follow(entry) {
                    Some(place) => self.parameter(place, own, &mut operation, &mut seen),
                    None => {
                        operation.unknown.extend(reference_of(entry.node));
                    }
                }
            }
        }
        if let Some(entry) = own.get("requestBody") {
            match self.library.follow(entry) {
                Some(body) => {
                    operation.body = Some(Body {
                        required: body.flag("required"),
                        media: self.content(body),
                        own: body,
                    })
                }
                None => operation.unknown.extend(reference_of(entry.node)),
            }
        }
        if let Some(responses) = self.get(own, "responses") {
            for (status, key, value) in responses
                .node
                .pairs()
                .into_iter()
                .filter(|(status, ..)| !status.starts_with("x-"))
            {
                let entry = responses.with(value);
                match self.library.follow(entry) {
                    Some(place) => {
                        let response = self.response(place, own, key.line(), entry);
                        operation
                            .responses
                            .insert(status.to_ascii_uppercase(), response);
                    }
                    None => operation.unknown.extend(reference_of(entry.node)),
                }
            }
        }
        // a reference may lead from a callback back to its own operation
        if depth < 2
            && let Some(callbacks) = own.get("callbacks")
        {
            (operation.callbacks, operation.unknown_callbacks) = self.callbacks(callbacks, depth);
        }
        operation
    }

    /// Operations that the service calls itself, by their name, address and method; and what could
    /// not be read, with the reference.
    fn callbacks(
        &self,
        callbacks: DocumentNode<'a>,
        depth: usize,
    ) -> (
        BTreeMap<String, OpenapiOperation<'a>>,
        BTreeMap<String, &'a str>,
    ) {
        let mut out = BTreeMap::new();
        let mut unknown = BTreeMap::new();
        for (name, _, value) in callbacks.node.pairs() {
            let entry = callbacks.with(value);
            let Some(callback) = self.library.follow(entry) else {
                unknown.insert(name.to_owned(), reference_of(entry.node).unwrap_or(""));
                continue;
            };
            for (expression, _, item) in callback.node.pairs() {
                let entry = callback.with(item);
                let Some(item) = self.library.follow(entry) else {
                    unknown.insert(
                        format!("{name} {expression}"),
                        reference_of(entry.node).unwrap_or(""),
                    );
                    continue;
                };
                for (method, line, own) in list_path_operations(item) {
                    let inner = self.operation(
                        &method,
                        expression,
                        item,
                        own,
                        line,
                        vec![item.file.path.clone()],
                        depth + 1,
                    );
                    out.insert(format!("{name} {expression} {method}"), inner);
                }
            }
        }
        (out, unknown)
    }

    fn parameter(
        &self,
        place: DocumentNode<'a>,
        own: DocumentNode<'a>,
        operation: &mut OpenapiOperation<'a>,
        seen: &mut HashSet<(&'a str, String)>,
    ) {
        let place_in = place.text("in").unwrap_or("query");
        if place_in == "body" {
            let schema = place.get("schema");
            let consumes = self.media_types(own, "consumes");
            let media = consumes.into_iter().map(|media| (media, schema)).collect();
            // Swagger: the first of two bodies; a second is an error
            operation.body.get_or_insert(Body {
                required: place.flag("required"),
                media,
                own: place,
            });
            return;
        }
        // a parameter without a name cannot be sent
        let Some(name) = place.text("name") else {
            return;
        };
        // the specification says that these three are ignored where they stand as parameters
        let ignored = place_in == "header"
            && ["accept", "content-type", "authorization"]
                .contains(&name.to_ascii_lowercase().as_str());
        // names of headers are the same in any case
        let key = if place_in == "header" {
            name.to_ascii_lowercase()
        } else {
            name.to_owned()
        };
        if ignored || !seen.insert((place_in, key)) {
            return;
        }
        let schema = if self.swagger {
            Some(place)
        } else {
            // a parameter with `content` has one media type
            place.get("schema").or_else(|| {
                let content = place.get("content")?;
                content
                    .node
                    .pairs()
                    .into_iter()
                    .find_map(|(_, _, media)| content.with(media).get("schema"))
            })
        };
        let form = matches!(place_in, "query" | "cookie");
        // what the specification takes where nothing is written
        let style = match place.text("collectionFormat") {
            Some(format) => format.to_owned(),
            None => {
                let style = place
                    .text("style")
                    .unwrap_or(if form { "form" } else { "simple" });
                let explode = place
                    .node
                    .get("explode")
                    .and_then(Node::as_bool)
                    .unwrap_or(style == "form");
                format!("{style}{}", if explode { " exploded" } else { "" })
            }
        };
        // whatever is written, a path without it is another path
        let required = place.flag("required") || place_in == "path";
        operation.parameters.push(OpenapiParameter {
            name,
            place_in,
            required,
            schema,
            style,
            own: place,
        });
    }

    /// Swagger's lists of media types, of the operation or the document.
    fn media_types(&self, own: DocumentNode<'a>, key: &str) -> Vec<String> {
        let list = if own.get(key).is_some() {
            own.texts(key)
        } else {
            self.root.texts(key)
        };
        let list: Vec<String> = list.into_iter().map(media_name).collect();
        // what Swagger's tools take where nothing is written
        if list.is_empty() {
            vec!["application/json".to_owned()]
        } else {
            list
        }
    }

    fn content(&self, place: DocumentNode<'a>) -> BTreeMap<String, Option<DocumentNode<'a>>> {
        let Some(content) = self.get(place, "content") else {
            return BTreeMap::new();
        };
        let entry = |value| {
            self.library
                .follow(content.with(value))
                .and_then(|media| media.get("schema"))
        };
        content
            .node
            .pairs()
            .into_iter()
            .map(|(name, _, value)| (media_name(name), entry(value)))
            .collect()
    }

    fn response(
        &self,
        place: DocumentNode<'a>,
        own: DocumentNode<'a>,
        line: usize,
        entry: DocumentNode<'a>,
    ) -> Response<'a> {
        let media = if self.swagger {
            match place.get("schema") {
                Some(schema) => self
                    .media_types(own, "produces")
                    .into_iter()
                    .map(|media| (media, Some(schema)))
                    .collect(),
                None => BTreeMap::new(),
            }
        } else {
            self.content(place)
        };
        let mut headers = BTreeMap::new();
        let mut unknown_headers = BTreeSet::new();
        if let Some(list) = place.get("headers") {
            for (name, _, value) in list.node.pairs() {
                let Some(header) = self.library.follow(list.with(value)) else {
                    unknown_headers.insert(name.to_ascii_lowercase());
                    continue;
                };
                let schema = if self.swagger {
                    Some(header)
                } else {
                    header.get("schema")
                };
                headers.insert(
                    name.to_ascii_lowercase(),
                    ResponseHeader {
                        required: header.flag("required"),
                        schema,
                        own: header,
                    },
                );
            }
        }
        // a line of its own where the response is written elsewhere
        let line = if std::ptr::eq(entry.file, place.file) && entry.node == place.node {
            line
        } else {
            place.node.line()
        };
        Response {
            media,
            headers,
            unknown_headers,
            own: place,
            line,
        }
    }

    fn servers(&self, api: &mut Api<'a>) {
        if self.swagger {
            let base = self.root.text("basePath").unwrap_or("/");
            let host = self.root.text("host").unwrap_or("");
            api.servers
                .insert(format!("{host}/{}", base.trim_matches('/')));
            api.servers_at = self.root.get("basePath").or(self.root.get("host"));
            return;
        }
        let Some(list) = self.get(self.root, "servers") else {
            return;
        };
        api.servers_at = Some(list);
        for server in list.node.items() {
            let Some(url) = server.get("url").and_then(Node::text) else {
                continue;
            };
            // `https` and `http` of one host are one server
            let url = url
                .split_once("://")
                .map_or(url, |(_, rest)| rest)
                .trim_end_matches('/');
            let mut url = url.to_owned();
            // what a person calls is the address with its defaults
            for (name, _, variable) in server.get("variables").map(Node::pairs).unwrap_or_default()
            {
                url = url.replace(
                    &format!("{{{name}}}"),
                    variable.get("default").and_then(Node::text).unwrap_or("{}"),
                );
            }
            api.servers.insert(url);
        }
    }
}

/// A media type without parameters and capitals.
fn media_name(name: &str) -> String {
    name.split(';')
        .next()
        .unwrap_or(name)
        .trim()
        .to_ascii_lowercase()
}
