//! Rows for operations, parameters, bodies, responses, security: OpenAPI and Swagger.

use super::ContractEffect::*;
use super::{B, BOTH, C, CLIENTS, CODE, ContractRule, D, declare_rule};

#[rustfmt::skip] // what belongs together stands on one line: the pair, the grades, the texts
pub(crate) static RULES: &[ContractRule] = &[
    declare_rule!(
        "contract/operation-added", "contract/operation-removed", [C, B, C], CLIENTS, Vanishes,
        "H01", "an operation was added", "`POST /cards/verify` appears in the new release",
    ),
    declare_rule!(
        "contract/operation-removed", "contract/operation-added", [B, C, C], CLIENTS, Returns,
        "H02", "an operation was removed", "`DELETE /cards/{id}` is gone in the new release",
    ),
    declare_rule!(
        "contract/operation-deprecated", "contract/operation-undeprecated", [C, C, C], CODE,
        Harmless, "H35", "an operation was marked deprecated", "`deprecated: true` appears",
    ),
    declare_rule!(
        "contract/operation-undeprecated", "contract/operation-deprecated", [C, C, C], CODE,
        Harmless, "H35", "an operation is no longer deprecated", "`deprecated: true` is gone",
    ),
    declare_rule!(
        "contract/lifecycle-changed", "contract/lifecycle-changed", [C, C, C], CODE, Harmless,
        "H35", "a sunset date or a stability mark changed",
        "`x-sunset: 2027-01-01` becomes another date",
    ),
    declare_rule!(
        "contract/operation-id-changed", "contract/operation-id-changed", [D, D, C], CODE, Code,
        "H26", "an operation id was renamed", "`operationId: verify` becomes `verifyCard`",
    ),
    declare_rule!(
        "contract/operation-id-added", "contract/operation-id-removed", [C, D, C], CODE, Code,
        "H26", "an operation got an id", "`operationId: verify` appears",
    ),
    declare_rule!(
        "contract/operation-id-removed", "contract/operation-id-added", [D, C, C], CODE, Code,
        "H26", "an operation lost its id", "`operationId: verify` is gone",
    ),
    declare_rule!(
        "contract/operation-tags-changed", "contract/operation-tags-changed", [C, C, C], CODE,
        Harmless, "H26", "an operation's tags changed", "`tags: [cards]` becomes `[payments]`",
    ),
    declare_rule!(
        "contract/path-parameter-renamed", "contract/path-parameter-renamed", [C, C, C], CODE,
        Harmless, "H25", "a path parameter was renamed",
        "`/cards/{id}` becomes `/cards/{cardId}`",
    ),
    declare_rule!(
        "contract/base-path-changed", "contract/base-path-changed", [D, B, C], CLIENTS, Differs,
        "H27", "the base path or server changed", "`basePath: /v1.54` becomes `/v1.55`",
    ),
    declare_rule!(
        "contract/server-added", "contract/server-removed", [C, D, C], CLIENTS, Vanishes, "H27",
        "a server was added", "`servers` gains `https://eu.example.org`",
    ),
    declare_rule!(
        "contract/server-removed", "contract/server-added", [D, C, C], CLIENTS, Returns, "H27",
        "a server was removed", "`servers` loses `https://eu.example.org`",
    ),
    declare_rule!(
        "contract/webhook-added", "contract/webhook-removed", [C, D, D], CLIENTS, Vanishes, "H28",
        "a webhook or callback was added", "`webhooks.cardVerified` appears",
    ),
    declare_rule!(
        "contract/webhook-removed", "contract/webhook-added", [D, C, C], CLIENTS, Returns, "H28",
        "a webhook or callback was removed", "`webhooks.cardVerified` is gone",
    ),

    declare_rule!(
        "contract/parameter-added-optional", "contract/parameter-removed-optional", [C, D, C],
        CLIENTS, Ignores, "H03", "an optional parameter was added", "`GET /cards` takes `?sort`",
    ),
    declare_rule!(
        "contract/parameter-removed-optional", "contract/parameter-added-optional", [D, C, C],
        CLIENTS, Returns, "H05", "an optional parameter was removed",
        "`GET /cards` no longer takes `?sort`",
    ),
    declare_rule!(
        "contract/parameter-guard-added", "contract/parameter-guard-removed", [C, B, C], CLIENTS,
        Ignores, "H03 (guard or filter)",
        "an optional parameter that guards or narrows was added",
        "`POST /transfers` takes `?dryRun`",
    ),
    declare_rule!(
        "contract/parameter-guard-removed", "contract/parameter-guard-added", [B, C, C], CLIENTS,
        Returns, "H05 (guard or filter)",
        "an optional parameter that guards or narrows was removed",
        "`POST /transfers` no longer takes `?dryRun`",
    ),
    declare_rule!(
        "contract/parameter-added-required", "contract/parameter-removed-required", [B, D, C],
        CLIENTS, Ignores, "H04", "a required parameter was added", "`GET /cards` needs `?tenant`",
    ),
    declare_rule!(
        "contract/parameter-removed-required", "contract/parameter-added-required", [D, B, C],
        CLIENTS, Rejects, "H05", "a required parameter was removed",
        "`GET /cards` no longer needs `?tenant`",
    ),
    declare_rule!(
        "contract/parameter-became-required", "contract/parameter-became-optional", [B, C, C],
        CLIENTS, Accepts, "H06", "a parameter became required", "`?tenant` becomes required",
    ),
    declare_rule!(
        "contract/parameter-became-optional", "contract/parameter-became-required", [C, B, C],
        CLIENTS, Rejects, "H07", "a parameter became optional", "`?tenant` becomes optional",
    ),
    declare_rule!(
        "contract/parameter-moved", "contract/parameter-moved", [B, B, C], CLIENTS, Differs,
        "H24", "a parameter moved to another place", "`X-Tenant` moves from header to query",
    ),
    declare_rule!(
        "contract/parameter-style-changed", "contract/parameter-style-changed", [B, B, C],
        CLIENTS, Differs, "H24", "a parameter is written in another style",
        "`explode: true` becomes `false`",
    ),
    declare_rule!(
        "contract/path-parameter-added", "contract/path-parameter-removed", [B, B, C], CLIENTS,
        Differs, "H04", "a path parameter was declared that was not",
        "`/cards/{id}` declares `id`",
    ),
    declare_rule!(
        "contract/path-parameter-removed", "contract/path-parameter-added", [B, B, C], CLIENTS,
        Differs, "H05", "a path parameter is no longer declared",
        "`/cards/{id}` no longer declares `id`",
    ),

    declare_rule!(
        "contract/body-added-optional", "contract/body-removed-optional", [C, D, C], CLIENTS,
        Ignores, "H03", "an optional request body was added", "`POST /cards` may carry a body",
    ),
    declare_rule!(
        "contract/body-removed-optional", "contract/body-added-optional", [D, C, C], CLIENTS,
        Returns, "H05", "an optional request body was removed", "`POST /cards` takes no body",
    ),
    declare_rule!(
        "contract/body-added-required", "contract/body-removed-required", [B, D, C], CLIENTS,
        Ignores, "H04", "a required request body was added", "`POST /cards` needs a body",
    ),
    declare_rule!(
        "contract/body-removed-required", "contract/body-added-required", [D, B, C], CLIENTS,
        Rejects, "H05", "a required request body was removed",
        "`POST /cards` needs no body any more",
    ),
    declare_rule!(
        "contract/body-became-required", "contract/body-became-optional", [B, C, C], CLIENTS,
        Accepts, "H06", "the request body became required",
        "`requestBody.required: true` appears",
    ),
    declare_rule!(
        "contract/body-became-optional", "contract/body-became-required", [C, B, C], CLIENTS,
        Rejects, "H07", "the request body became optional",
        "`requestBody.required: true` is gone",
    ),
    declare_rule!(
        "contract/request-media-type-added", "contract/request-media-type-removed", [C, B, C],
        CLIENTS, Rejects, "H08", "a request media type was added",
        "`POST /cards` takes `application/xml`",
    ),
    declare_rule!(
        "contract/request-media-type-removed", "contract/request-media-type-added", [B, C, C],
        CLIENTS, Accepts, "H09", "a request media type was removed",
        "`POST /cards` no longer takes `application/xml`",
    ),
    declare_rule!(
        "contract/request-schema-added", "contract/request-schema-removed", [D, C, C], CLIENTS,
        Accepts, "H09", "a request body got a schema where none was",
        "`application/json` gains `schema`",
    ),
    declare_rule!(
        "contract/request-schema-removed", "contract/request-schema-added", [C, D, C], CLIENTS,
        Rejects, "H08", "a request body lost its schema", "`application/json` loses `schema`",
    ),

    declare_rule!(
        "contract/success-status-added", "contract/success-status-removed", [D, D, C], CLIENTS,
        PromisesLess, "H18", "a success status was added", "`POST /cards` may answer 202",
    ),
    declare_rule!(
        "contract/success-status-removed", "contract/success-status-added", [B, C, C], CLIENTS,
        Returns, "H18", "a success status was removed", "`POST /cards` no longer answers 201",
    ),
    declare_rule!(
        "contract/success-status-replaced", "contract/success-status-replaced", [B, B, D],
        CLIENTS, Differs, "H18", "the success status was replaced", "`200` becomes `202`",
    ),
    declare_rule!(
        "contract/error-status-added", "contract/error-status-removed", [C, D, C], CLIENTS,
        PromisesLess, "H19", "an error status was added", "`POST /cards` may answer 429",
    ),
    declare_rule!(
        "contract/error-status-removed", "contract/error-status-added", [D, C, C], CLIENTS,
        Returns, "H19", "an error status was removed", "`POST /cards` no longer answers 409",
    ),
    declare_rule!(
        "contract/response-media-type-added", "contract/response-media-type-removed", [C, B, C],
        CLIENTS, Vanishes, "H20", "a response media type was added",
        "`GET /cards` can answer `text/csv`",
    ),
    declare_rule!(
        "contract/response-media-type-removed", "contract/response-media-type-added", [B, C, C],
        CLIENTS, Returns, "H20", "a response media type was removed",
        "`GET /cards` no longer answers `text/csv`",
    ),
    declare_rule!(
        "contract/response-schema-added", "contract/response-schema-removed", [C, D, C], CLIENTS,
        PromisesLess, "H12", "a response got a schema where none was",
        "`application/json` gains `schema`",
    ),
    declare_rule!(
        "contract/response-schema-removed", "contract/response-schema-added", [D, C, C], CLIENTS,
        Returns, "H13", "a response lost its schema", "`application/json` loses `schema`",
    ),
    declare_rule!(
        "contract/response-header-added-required", "contract/response-header-removed-required",
        [C, B, C], CLIENTS, PromisesLess, "H21", "a guaranteed response header was added",
        "`ETag` with `required: true` appears",
    ),
    declare_rule!(
        "contract/response-header-removed-required", "contract/response-header-added-required",
        [B, C, C], CLIENTS, Returns, "H21", "a guaranteed response header was removed",
        "`ETag` with `required: true` is gone",
    ),
    declare_rule!(
        "contract/response-header-added", "contract/response-header-removed", [C, D, C], CLIENTS,
        PromisesLess, "H21", "a response header was added", "`Link` appears",
    ),
    declare_rule!(
        "contract/response-header-removed", "contract/response-header-added", [D, C, C], CLIENTS,
        Returns, "H21", "a response header was removed", "`Link` is gone",
    ),
    declare_rule!(
        "contract/response-header-became-required", "contract/response-header-became-optional",
        [C, B, C], CLIENTS, PromisesLess, "H14", "a response header became guaranteed",
        "`ETag` becomes required",
    ),
    declare_rule!(
        "contract/response-header-became-optional", "contract/response-header-became-required",
        [B, C, C], CLIENTS, PromisesMore, "H15", "a response header is no longer guaranteed",
        "`ETag` becomes optional",
    ),

    declare_rule!(
        "contract/auth-added", "contract/auth-removed", [B, C, C], CLIENTS, Accepts, "H22",
        "a call needs credentials that it did not need", "`security: [{token: []}]` appears",
    ),
    declare_rule!(
        "contract/auth-removed", "contract/auth-added", [C, B, D], BOTH, Rejects, "H23",
        "a call no longer needs credentials", "`security` is gone",
    ),
    declare_rule!(
        "contract/auth-alternative-added", "contract/auth-alternative-removed", [C, B, D], BOTH,
        Rejects, "H23", "another way to authenticate was added",
        "`apiKey` is accepted beside `token`",
    ),
    declare_rule!(
        "contract/auth-alternative-removed", "contract/auth-alternative-added", [B, C, C],
        CLIENTS, Accepts, "H22", "a way to authenticate was removed",
        "`apiKey` is no longer accepted",
    ),
    declare_rule!(
        "contract/auth-scope-added", "contract/auth-scope-removed", [B, C, C], CLIENTS, Accepts,
        "H22", "a call needs a further scope", "`[read]` becomes `[read, cards]`",
    ),
    declare_rule!(
        "contract/auth-scope-removed", "contract/auth-scope-added", [C, B, D], BOTH, Rejects,
        "H23", "a call needs one scope fewer", "`[read, cards]` becomes `[read]`",
    ),
    declare_rule!(
        "contract/auth-scheme-changed", "contract/auth-scheme-changed", [B, B, D], BOTH, Differs,
        "H23", "a way to authenticate works in another way",
        "`apiKey` moves from header to cookie, or a token URL changes",
    ),
    declare_rule!(
        "contract/auth-scheme-added", "contract/auth-scheme-removed", [C, C, C], CODE, Harmless,
        "H23", "a way to authenticate was declared", "`securitySchemes.oauth` appears",
    ),
    declare_rule!(
        "contract/auth-scheme-removed", "contract/auth-scheme-added", [C, C, C], CODE, Harmless,
        "H22", "a way to authenticate is no longer declared", "`securitySchemes.oauth` is gone",
    ),
    declare_rule!(
        "contract/oauth-scope-declared", "contract/oauth-scope-undeclared", [C, D, C], CLIENTS,
        Vanishes, "H23", "a scope was declared", "`flows.*.scopes` gains `cards`",
    ),
    declare_rule!(
        "contract/oauth-scope-undeclared", "contract/oauth-scope-declared", [D, C, C], CLIENTS,
        Returns, "H22", "a scope is no longer declared", "`flows.*.scopes` loses `cards`",
    ),
];
