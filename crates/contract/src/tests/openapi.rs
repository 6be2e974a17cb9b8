//! Operations, parameters, bodies, responses, security.

use super::{MutationRow, hold, ids};

pub(super) const BASE: &str = "\
openapi: 3.0.3
info: {title: Cards, version: 3.0.0}
servers: [{url: https://example.org/v1}]
security: [{token: [read]}]
paths:
  /cards:
    get:
      operationId: listCards
      tags: [cards]
      parameters:
        - {name: sort, in: query, schema: {type: string}}
        - {name: tenant, in: query, required: true, schema: {type: string}}
        - {name: ids, in: query, schema: {type: array, items: {type: string}}}
        - {name: dryRun, in: query, schema: {type: boolean}}
        - {name: X-Mode, in: header, schema: {type: string}}
      responses:
        '200':
          description: ok
          headers:
            ETag: {required: true, schema: {type: string}}
            Link: {schema: {type: string}}
          content:
            application/json: {schema: {$ref: '#/components/schemas/Card'}}
            text/csv: {schema: {type: string}}
        '206':
          description: part
        '409':
          description: conflict
    post:
      operationId: createCard
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/NewCard'}}
          application/xml: {schema: {type: object}}
      callbacks:
        done:
          '{$request.body#/url}':
            post: {requestBody: {content: {application/json: {schema: {type: string}}}}, \
            responses: {}}
      responses:
        '201': {description: made}
  /cards/{id}:
    put:
      deprecated: true
      x-sunset: '2027-01-01'
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      requestBody:
        content:
          application/json: {schema: {type: object}}
      responses:
        '200': {description: replaced, content: {application/json: {schema: {type: integer}}}}
  /open:
    get:
      security: []
      responses: {'200': {description: ok}}
components:
  securitySchemes:
    token: {type: oauth2, flows: {implicit: {authorizationUrl: https://example.org/auth, scopes: \
    {read: r, write: w}}}}
    key: {type: apiKey, in: header, name: X-Key}
  schemas:
    Card: {type: object, properties: {id: {type: string}}}
    NewCard: {type: object, properties: {id: {type: string}}}
";

#[rustfmt::skip] // one mutation a line
pub(super) const ROWS: &[MutationRow] = &[
    ("  /open:\n    get:", "  /open:\n    post: {responses: {}}\n    get:", "operation-added"),
    ("  /open:\n    get:", "  /new:\n    get: {responses: {}}\n  /open:\n    \
        get:", "operation-added"),
    ("    put:\n      deprecated: true", "    put:", "operation-undeprecated"),
    ("2027-01-01", "2028-01-01", "lifecycle-changed"),
    ("operationId: listCards", "operationId: cards", "operation-id-changed"),
    ("      security: []\n", "      security: []\n      operationId: open\n", "operation-id-added"),
    ("tags: [cards]", "tags: [payments]", "operation-tags-changed"),
    ("  /cards/{id}:\n    put:", "  /cards/{card}:\n    put:", "path-parameter-renamed"),
    ("example.org/v1}", "example.org/v2}", "base-path-changed"),
    ("servers: [{url: https://example.org/v1}]", "servers: [{url: https://example.org/v1}, {url: \
        https://eu.example.org/v1}]", "server-added"),
    ("        done:\n", "        failed: {'{$request.body#/url}': {post: {responses: \
        {}}}}\n        done:\n", "webhook-added"),
    ("components:\n", "webhooks: {verified: {post: {responses: \
        {}}}}\ncomponents:\n", "webhook-added"),
    ("        - {name: sort,", "        - {name: colour, in: query, schema: {type: \
        string}}\n        - {name: sort,", "parameter-added-optional"),
    ("        - {name: dryRun, in: query, schema: {type: \
        boolean}}\n", "", "parameter-guard-removed"),
    ("        - {name: tenant, in: query, required: true, schema: {type: \
        string}}\n", "", "parameter-removed-required"),
    ("name: tenant, in: query, required: true", "name: tenant, in: \
        query", "parameter-became-optional"),
    ("name: X-Mode, in: header", "name: X-Mode, in: query", "parameter-moved"),
    ("name: ids, in: query,", "name: ids, in: query, explode: false,", "parameter-style-changed"),
    ("      parameters:\n        - {name: id, in: path, required: true, schema: {type: \
        string}}\n", "", "path-parameter-removed"),
    ("      security: []\n", "      security: []\n      requestBody: {content: {application/json: \
        {schema: {type: object}}}}\n", "body-added-optional"),
    ("      security: []\n", "      security: []\n      requestBody: {required: true, content: \
        {application/json: {schema: {type: object}}}}\n", "body-added-required"),
    ("        required: true\n        content:", "        content:", "body-became-optional"),
    ("          application/xml: {schema: {type: object}}\n", "", "request-media-type-removed"),
    ("application/xml: {schema: {type: object}}", "application/xml: {}", "request-schema-removed"),
    ("        '206':\n          description: part\n", "", "success-status-removed"),
    ("        '201': {description: made}", "        '202': {description: \
        later}", "success-status-replaced"),
    ("        '409':\n          description: conflict\n", "", "error-status-removed"),
    ("            text/csv: {schema: {type: string}}\n", "", "response-media-type-removed"),
    ("text/csv: {schema: {type: string}}", "text/csv: {}", "response-schema-removed"),
    ("            ETag: {required: true, schema: {type: \
        string}}\n", "", "response-header-removed-required"),
    ("            Link: {schema: {type: string}}\n", "", "response-header-removed"),
    ("ETag: {required: true,", "ETag: {", "response-header-became-optional"),
    ("      security: []\n", "", "auth-added"),
    ("security: [{token: [read]}]\n", "security: []\n", "auth-removed"),
    ("security: [{token: [read]}]\n", "security: [{token: [read]}, {key: \
        []}]\n", "auth-alternative-added"),
    ("security: [{token: [read]}]\n", "security: [{token: [read, write]}]\n", "auth-scope-added"),
    ("type: apiKey, in: header", "type: apiKey, in: cookie", "auth-scheme-changed"),
    ("    key: {type: apiKey, in: header, name: X-Key}\n", "", "auth-scheme-removed"),
    ("scopes: {read: r, write: w}", "scopes: {read: r}", "oauth-scope-undeclared"),
    ("name: sort, in: query, schema: {type: string}", "name: sort, in: query, schema: {type: \
        string, maxLength: 3}", "request-bound-set"),
    ("name: sort, in: query, schema: {type: string}", "name: sort, in: query, deprecated: true, \
        schema: {type: string}", "request-property-deprecated"),
    ("name: sort, in: query, schema: {type: string}", "name: sort, in: query, x-sunset: a, schema: \
        {type: string}", "request-lifecycle-changed"),
    ("Link: {schema: {type: string}}", "Link: {schema: {type: string, maxLength: \
        3}}", "response-bound-set"),
    ("application/json: {schema: {type: integer}}", "application/json: {schema: {type: \
        number}}", "response-type-widened"),
    ("{schema: {type: string}}}}, responses: {}}", "{schema: {type: string, maxLength: 3}}}}, \
        responses: {}}", "response-bound-set"),
];

#[test]
fn each_mutation_is_found_both_ways() {
    hold("api/openapi.yaml", BASE, ROWS);
}

#[test]
fn swagger_is_read_into_the_same_model() {
    const SWAGGER: &str = "\
swagger: '2.0'
info: {title: Cards, version: '3'}
basePath: /v1
consumes: [application/json]
produces: [application/json]
paths:
  /cards/{id}:
    put:
      parameters:
        - {name: id, in: path, required: true, type: string}
        - {name: mode, in: query, type: string, enum: [a, b]}
        - {name: ids, in: query, type: array, items: {type: string}, collectionFormat: csv}
        - {name: body, in: body, schema: {$ref: '#/definitions/Card'}}
      responses:
        200: {description: ok, schema: {$ref: '#/definitions/Card'}, headers: {X-Rate: {type: \
        integer}}}
definitions:
  Card: {type: object, properties: {id: {type: string}, n: {type: integer, x-nullable: true}}}
securityDefinitions:
  key: {type: apiKey, in: header, name: X-Key}
";
    #[rustfmt::skip]
    let rows: &[MutationRow] = &[
        ("/v1", "/v2", "base-path-changed"),
        ("enum: [a, b]", "enum: [a, b, c]", "request-enum-value-added"),
        ("collectionFormat: csv", "collectionFormat: pipes", "parameter-style-changed"),
        ("in: body, schema", "in: body, required: true, schema", "body-became-required"),
        ("consumes: [application/json]", "consumes: [application/json, \
            application/xml]", "request-media-type-added"),
        ("produces: [application/json]", "produces: \
            [application/xml]", "response-media-type-removed"),
        (", headers: {X-Rate: {type: integer}}", "", "response-header-removed"),
        ("properties: {id: {type: string},", "properties: {", "response-property-removed-optional"),
        ("properties: {id: {type: string},", "properties: {", "request-property-removed-optional"),
        (", x-nullable: true", "", "response-became-not-nullable"),
        ("name: X-Key", "name: X-Token", "auth-scheme-changed"),
    ];
    hold("swagger.yaml", SWAGGER, rows);
}

#[test]
fn openapi_three_takes_over_from_swagger_without_inventing_changes() {
    let two = "swagger: '2.0'\ninfo: {title: A}\nbasePath: /v1\npaths:\n  /a:\n    get:\n      \
        parameters: [{name: q, in: query, type: string}]\n      responses: {'200': {description: \
        ok, schema: {type: string}}}\n";
    let three = "openapi: 3.0.0\ninfo: {title: A}\nservers: [{url: /v1}]\npaths:\n  /a:\n    \
        get:\n      parameters: [{name: q, in: query, schema: {type: string}}]\n      responses: \
        {'200': {description: ok, content: {application/json: {schema: {type: string}}}}}\n";
    let found = ids("api.yaml", two, three);
    assert!(
        found
            .iter()
            .all(|id| id == "parameter-style-changed" || id == "server-added"),
        "{found:?}"
    );
}

#[test]
fn a_parameter_that_became_a_list_takes_a_single_value_as_before() {
    let with = |schema: &str| {
        format!(
            "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      parameters: [{{name: tag, in: query, \
                schema: {schema}}}]\n      responses: {{'200': {{description: ok}}}}\n"
        )
    };
    let (one, many) = (
        with("{type: string}"),
        with("{type: array, items: {type: string}}"),
    );
    assert_eq!(
        super::ids("api.yaml", &one, &many),
        std::collections::BTreeSet::from(["request-type-widened".to_owned()])
    );
    assert_eq!(
        super::ids("api.yaml", &many, &one),
        std::collections::BTreeSet::from(["request-type-narrowed".to_owned()])
    );
}

#[test]
fn a_reference_with_something_beside_it_is_not_what_it_points_to() {
    let document = |beside: &str| {
        format!(
            "openapi: 3.1.0\npaths:\n  /a: {{get: {{responses: {{'200': {{content: \
                {{application/json: {{schema: {{$ref: \
                '#/components/schemas/Plain'}}}}}}}}}}}}}}\n  /b: {{get: {{responses: {{'200': \
                {{content: {{application/json: {{schema: {{$ref: \
                '#/components/schemas/More'}}}}}}}}}}}}}}\ncomponents:\n  schemas:\n    Plain: \
                {{type: string}}\n    More: {{$ref: '#/components/schemas/Plain'{beside}}}\n"
        )
    };
    let changes = super::changes("api.yaml", &document(""), &document(", maxLength: 4"));
    assert_eq!(
        changes
            .iter()
            .map(|change| change.check.as_str())
            .collect::<Vec<_>>(),
        ["contract/response-bound-set"]
    );
}

#[test]
fn hooks_and_headers_behind_an_unreadable_reference_are_neither_new_nor_gone() {
    let far = "$ref: 'https://example.org/far.yaml'";
    let post = "post: {requestBody: {content: {application/json: {schema: {type: string}}}}, \
        responses: {'200': {description: ok}}}";
    let hook = |item: &str| format!("openapi: 3.1.0\nwebhooks:\n  done: {{{item}}}\n");
    let callback = |item: &str| {
        format!(
            "openapi: 3.0.0\npaths:\n  /a:\n    post:\n      callbacks:\n        done: \
                {{{item}}}\n      responses: {{'200': {{description: ok}}}}\n"
        )
    };
    let header = |item: &str| {
        format!(
            "openapi: 3.0.0\npaths:\n  /a:\n    get:\n      responses: {{'200': {{description: ok, \
                headers: {{ETag: {{{item}}}}}}}}}\n"
        )
    };
    let inner = format!("'{{$request.body#/url}}': {{{post}}}");
    let inner_far = format!("'{{$request.body#/url}}': {{{far}}}");
    for (near, unread) in [
        (hook(post), hook(far)),
        (callback(&inner), callback(far)),
        (callback(&inner), callback(&inner_far)),
        (header("schema: {type: string}"), header(far)),
    ] {
        for (old, new) in [(&near, &unread), (&unread, &near)] {
            assert_eq!(
                ids("openapi.yaml", old, new),
                ["unreadable".to_owned()].into(),
                "{old}{new}"
            );
        }
    }
}

#[test]
fn only_forms_write_every_value_as_text() {
    let of = |media: &str, kind: &str| {
        format!(
            "openapi: 3.0.0\npaths: {{/a: {{get: {{responses: {{'200': {{content: {{{media}: \
                {{schema: {{type: {kind}}}}}}}}}}}}}}}}}\n"
        )
    };
    let told = |media: &str| {
        ids("openapi.yaml", &of(media, "integer"), &of(media, "string"))
            .contains("response-type-changed")
    };
    assert!(told("application/vnd.platform+json"));
    assert!(!told("multipart/form-data"));
}
