//! Whether anything of a release answers calls or messages: by its libraries, by what its program
//! text says, and by the places from which platforms make addresses.

use std::collections::BTreeSet;

use super::place;
use crate::ReleaseRange;
use model::Snapshot;

// a larger tree takes long to search; to say that it answers only asks once more
// more
/// Most files that are searched for an interface; a larger tree without a contract file is not told
/// to have none.
const SEARCHED: usize = 2_000;

// names in quotes are those whose bare word stands in other names: `"next"` in `next-auth`
/// Libraries that answer calls or carry messages, as manifests name them.
const LIBRARIES: &str = "express|fastify|\"koa|hapi|nestjs|restify|\"hono\"|apollo-server|graphql-yoga|trpc|next\"|nuxt|sveltekit|remix|flask|\
    django|fastapi|starlette|aiohttp|tornado|sanic|falcon|bottle|pyramid|litestar|quart|graphene|strawberry|rails|sinatra|\
    hanami|grape|roda|rack|graphql-ruby|spring-boot-starter-web|spring-web|springframework|jersey|jax-rs|resteasy|micronaut|\
    quarkus|ktor|javalin|vertx|vert.x|dropwizard|helidon|http4s|akka-http|pekko-http|finatra|playframework|servlet|\
    gin-gonic|labstack/echo|gofiber|go-chi|gorilla/mux|grpc|twirp|connectrpc|gqlgen|julienschmidt|actix|axum|rocket|warp|\
    tonic|poem|tide|hyper|aspnetcore|microsoft.aspnet|nancy|servicestack|laravel|symfony|slim/slim|cakephp|codeigniter|\
    yiisoft|phoenix|\"plug\"|:plug|cowboy|kafka|amqp|rabbitmq|nats|pulsar|mqtt|sidekiq|celery|resque|socket.io|signalr|\
    websocket|xmlrpc|soap|vapor|shelf|ring|compojure|servant|kemal|lucky|\
    solidjs/start|solid-start|qwik-city|dart_frog|http4k|netty|zmq|pyzmq|zeromq|gunicorn|uvicorn|hypercorn|waitress|\
    microsoft.net.sdk.web|microsoft.azure.functions|azure-functions|@azure/functions|functions-framework|aws-lambda-go|\
    aws-lambda-java|aws-lambda-powertools|lambda_runtime|lambda_http|wrangler|@vercel/node|@netlify/functions|itty-router|\
    polka|plumber|genie|bref/bref|mangum|chalice|zappa";

// in small letters, and the search folds case; brackets tell a call from a word of a remark
/// Words of program text that answers calls or messages, in any spelling.
const ANSWERS: &str = "listenandserve|handlefunc(|createserver|httpserver|serversocket|net.listen(|tcplistener|bind((|.listen(|socketserver|\
    basehttprequesthandler|@app.route|@app.get|@app.post|@restcontroller|@controller|apiresource|requestmapping|getmapping|httpservlet|\
    router.|routes.|apicontroller|controllerbase|mapcontrollers|mapget(|registerserver|grpc.newserver|subscribe(|consumer|\
    onmessage|webhook|exports.handler|lambda_handler|functionshttptrigger|@httptrigger|wsgi|asgi|plug.router|accept(2|\
    deno.serve|bun.serve|start_response|(environ|(event, context|export const handler|export async function handler|\
    export function handler|export default handler|fetch(request, env|async fetch(req|addeventlistener('fetch'|\
    addeventlistener(\"fetch\"|[httptrigger|functions_framework|ngx.say|ngx.print|cowboy_req|cowboy:start|java.rmi.remote|\
    extends remote|unicastremoteobject|channelinboundhandler|.socket(zmq.|zmq_bind(|.bind(\"tcp:|.bind('tcp:|#* @get|#* @post|#* @put|\
    #* @delete|recvfrom(|sendto(|sys/socket.h|winsock2.h|rpc.register|register_rest_route|<interface name=|maphub<|\
    onrequest(requestcontext|route(\"/|route('/";

// `GET` in capitals is an endpoint of a file-based router, `get` a method of anything
/// As [`ANSWERS`], where the spelling tells a method of the protocol from a word.
const SPELLED: [&str; 21] = [
    "export const GET",
    "export const POST",
    "export const PUT",
    "export const PATCH",
    "export const DELETE",
    "export function GET",
    "export function POST",
    "export function PUT",
    "export function PATCH",
    "export function DELETE",
    "export async function GET",
    "export async function POST",
    "export async function PUT",
    "export async function PATCH",
    "export async function DELETE",
    "export const onGet",
    "export const onPost",
    "export const onRequest",
    "lambda.Start(",
    "[FunctionName(",
    "HttpHandler",
];

/// What a file in a folder of functions hands over to the platform.
const HANDED_OVER: [&str; 8] = [
    "export default",
    "module.exports",
    "exports.",
    "export const",
    "export function",
    "export async function",
    "class handler(",
    "func Handler(",
];

/// Whether anything in either release answers calls: by its libraries, else by what its program
/// text says.
pub(super) fn can_answer_calls(range: &ReleaseRange<'_>) -> bool {
    let trees: [&dyn Snapshot; 2] = [range.current, range.previous];
    if trees.iter().any(|tree| {
        list_library_manifests(*tree)
            .iter()
            .any(|text| LIBRARIES.split('|').any(|word| names_library(text, word)))
    }) {
        return true;
    }
    // what did not change lies in both releases, so one search and the changed files of the other
    // are enough
    let program: BTreeSet<&str> = range
        .current
        .list()
        .iter()
        .map(|entry| entry.path.as_str())
        .filter(|path| is_searched(path))
        .collect();
    // what was not looked at is unknown, so such a tree counts as one that answers
    if program.len() > SEARCHED {
        return true;
    }
    let before: BTreeSet<&str> = range
        .changes
        .iter()
        .filter_map(|change| change.old_path.as_deref().or(Some(&change.path)))
        .filter(|path| is_searched(path))
        .collect();
    if program.iter().chain(&before).any(|path| is_address(path)) {
        return true;
    }
    let says = |words: &[&str], fold_case: bool, fits: &(dyn Fn(&str) -> bool + Sync)| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let sides: [(&dyn Snapshot, &BTreeSet<&str>); 2] =
            [(range.current, &program), (range.previous, &before)];
        sides.into_iter().any(|(tree, paths)| {
            let wanted = |path: &str| paths.contains(path) && fits(path);
            let (hits, failed) = tree.search_many(&words, fold_case, 1, &wanted);
            // a file that could not be read may hold the listener
            !hits.is_empty() || !failed.is_empty()
        })
    };
    let answers: Vec<&str> = ANSWERS.split('|').collect();
    says(&answers, true, &|_| true)
        || says(&SPELLED, false, &|_| true)
        // a plain `export` answers only where a platform makes an address of each file
        || says(&HANDED_OVER, false, &holds_functions)
}

/// A file that answers by its place alone: a script in the folder that a server shows, an endpoint
/// beside pages, and what lies in a folder of controllers, whichever framework calls them.
fn is_address(path: &str) -> bool {
    const ANSWERING: [&str; 7] = [
        "controllers",
        "controller",
        "endpoints",
        "resolvers",
        "servlets",
        "webhooks",
        "subscribers",
    ];
    const SHOWN: [&str; 6] = [
        "public",
        "htdocs",
        "public_html",
        "wwwroot",
        "webroot",
        "cgi-bin",
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    let lies_in = |folders: &[&str]| {
        path.split('/')
            .rev()
            .skip(1)
            .any(|part| folders.iter().any(|known| known.eq_ignore_ascii_case(part)))
    };
    let shown = lies_in(&SHOWN);
    // Svelte's router makes an address of each such file
    name.starts_with("+server.")
        || shown && name.to_ascii_lowercase().ends_with(".php")
        || path.contains("cgi-bin/")
        || lies_in(&ANSWERING)
}

/// A folder of which a platform makes one address a file: `functions/` and `api/` at the top.
fn holds_functions(path: &str) -> bool {
    // deeper folders of these names are parts of any program
    path.starts_with("functions/") || path.starts_with("api/")
}

/// A library's name stands in a manifest, and not as a part of another name.
fn names_library(text: &str, word: &str) -> bool {
    // `rack` stands in `tracker`, and `ring` in `string`
    let part = |c: char| c.is_ascii_alphanumeric();
    let inside = |at: usize| {
        word.starts_with(part) && text[..at].ends_with(part)
            || word.ends_with(part) && text[at + word.len()..].starts_with(part)
    };
    text.match_indices(word).any(|(at, _)| !inside(at))
}

fn is_searched(path: &str) -> bool {
    super::is_program(path) && place::is_live(path) && !place::is_vendored(path)
}

/// Manifests, by their names in small letters.
const MANIFESTS: [&str; 35] = [
    "package.json",
    "requirements.txt",
    "pyproject.toml",
    "pipfile",
    "setup.py",
    "setup.cfg",
    "gemfile",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "libs.versions.toml",
    "go.mod",
    "gopkg.toml",
    "cargo.toml",
    "composer.json",
    "mix.exs",
    "packages.config",
    "directory.packages.props",
    "build.sbt",
    "plugins.sbt",
    "project.clj",
    "deps.edn",
    "pubspec.yaml",
    "package.swift",
    "shard.yml",
    "deno.json",
    "deno.jsonc",
    "import_map.json",
    "rebar.config",
    "cpanfile",
    "description",
    "project.toml",
    "dune-project",
    "vcpkg.json",
    "conanfile.txt",
];

/// Texts of the manifests that name libraries, in small letters, the outermost first.
fn list_library_manifests(tree: &dyn Snapshot) -> Vec<String> {
    let wanted = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        (MANIFESTS.contains(&name.as_str())
            || [".csproj", ".fsproj", ".gemspec", ".cabal", ".opam"]
                .iter()
                .any(|end| name.ends_with(end)))
            && place::is_live(path)
    };
    // a copied library's manifest says what that library needs, not what this program does
    let mut paths: Vec<&str> = tree
        .list()
        .iter()
        .map(|entry| entry.path.as_str())
        .filter(|path| wanted(path) && !place::is_vendored(path))
        .collect();
    // the outermost manifests are those of the program; the bound below cuts samples first
    paths.sort_by_key(|path| (path.matches('/').count(), *path));
    paths
        .into_iter()
        .take(60)
        .filter_map(|path| tree.read_text(path).ok())
        .filter(|text| text.len() <= 512 * 1024)
        .map(|text| text.to_ascii_lowercase())
        .collect()
}
