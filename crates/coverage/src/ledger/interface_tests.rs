//! What answers calls, what others link and what browsers keep, each with what only looks alike.

use super::tests::{ledger, standing};
use super::*;
use CoverageDomain as D;

/// How the contract stands when one file changes in a repository that holds these others, too.
fn contract_of(path: &str, before: &str, after: &str, others: &[(&str, &str)]) -> String {
    let with = |text| {
        let mut files = vec![(path, text)];
        files.extend_from_slice(others);
        files
    };
    let ledger = ledger(&with(before), &with(after), &[]);
    standing(&ledger, path, D::Contract)
}

#[test]
fn what_answers_calls_is_known_by_its_marks() {
    for (path, text) in [
        (
            "app/controllers/Jars.scala",
            "object Jars { val SIZE = 1 }\n",
        ),
        ("lib/shelf/controllers/jars.ex", "def show, do: SIZE\n"),
        (
            "src/pages/api/jars.ts",
            "export const GET = () => [{ SIZE: 1 }];\n",
        ),
        (
            "src/routes/api/+server.js",
            "export const prerender = () => ({ SIZE: 1 });\n",
        ),
        (
            "src/routes/api/index.ts",
            "export const onGet = ({ json }) => json(200, { SIZE: 1 });\n",
        ),
        ("main.ts", "Deno.serve(() => Response.json({ SIZE: 1 }));\n"),
        (
            "src/index.mjs",
            "export const handler = async (event) => ({ SIZE: 1 });\n",
        ),
        (
            "api/jars.js",
            "export default function f(req, res) { res.json({ SIZE: 1 }); }\n",
        ),
        (
            "functions/jars.js",
            "export const onRequestGet = () => Response.json({ SIZE: 1 });\n",
        ),
        (
            "handler.py",
            "def handler(event, context):\n    return {\"SIZE\": 1}\n",
        ),
        (
            "jars.py",
            "def application(environ, start_response):\n    return [\"SIZE\"]\n",
        ),
        (
            "jars.py",
            "sock = ctx.socket(zmq.PUB)\nsock.send_json({\"SIZE\": 1})\n",
        ),
        (
            "main.go",
            "package main\n\nfunc main() { lambda.Start(func() string { return \"SIZE\" }) }\n",
        ),
        (
            "src/Jars.java",
            "import java.rmi.Remote;\n\npublic interface Jars extends Remote {\n  int SIZE();\n}\n",
        ),
        (
            "src/jars.erl",
            "init(R, S) -> {ok, cowboy_req:reply(200, #{}, <<\"SIZE\">>, R), S}.\n",
        ),
        ("lua/jars.lua", "ngx.say(\"SIZE\")\n"),
        ("jars.R", "#* @get /jars\nfunction() list(SIZE = 1)\n"),
        (
            "public/jars.php",
            "<?php\necho json_encode(['SIZE' => 1]);\n",
        ),
    ] {
        let after = text.replace("SIZE", "AREA");
        assert!(
            contract_of(path, text, &after, &[]).starts_with("open"),
            "{path} {text}"
        );
    }
    for (path, text) in [
        (
            "src/size.ts",
            "export function get(key: string) { return SIZE + key; }\n",
        ),
        (
            "src/routes/+page.server.js",
            "export const load = () => ({ SIZE: 1 });\n",
        ),
        (
            "main.go",
            "package main\n\nfunc main() { println(\"SIZE\") }\n",
        ),
        ("app/services/Jars.scala", "object Jars { val SIZE = 1 }\n"),
        ("src/jars.php", "<?php\necho 'SIZE';\n"),
    ] {
        let after = text.replace("SIZE", "AREA");
        assert_eq!(
            contract_of(path, text, &after, &[]),
            "no-interface",
            "{path}"
        );
    }
}

/// A path and its text, the other files of the repository, and whether others link what it packs.
const PACKAGES: [LinkedCase; 16] = [
    (
        "index.js",
        "exports.SIZE = () => 1;\n",
        &[("package.json", "{\"main\": \"index.js\"}")],
        true,
    ),
    (
        "index.js",
        "exports.SIZE = () => 1;\n",
        &[(
            "package.json",
            "{\"private\": true, \"main\": \"index.js\"}",
        )],
        false,
    ),
    (
        "index.js",
        "exports.SIZE = () => 1;\n",
        &[(
            "package.json",
            "{\"main\": \"index.js\",\n \"scripts\": {\"start\": \"node .\"}}",
        )],
        false,
    ),
    (
        "lib/jars.rb",
        "def SIZE = 1\n",
        &[(
            "jars.gemspec",
            "Gem::Specification.new { |s| s.name = \"jars\" }\n",
        )],
        true,
    ),
    (
        "src/lib.rs",
        "pub fn SIZE() {}\n",
        &[("Cargo.toml", "[package]\nname = \"jars\"\n")],
        true,
    ),
    (
        "src/lib.rs",
        "pub fn SIZE() {}\n",
        &[(
            "Cargo.toml",
            "[package]\nname = \"jars\"\npublish = false\n",
        )],
        false,
    ),
    (
        "jars/src/lib.rs",
        "pub fn SIZE() {}\n",
        &[
            ("jars/Cargo.toml", "[package]\nname = \"jars\"\n"),
            ("cli/src/main.rs", "fn main() {}\n"),
        ],
        false,
    ),
    (
        "jars/src/lib.rs",
        "pub fn SIZE() {}\n",
        &[
            (
                "jars/Cargo.toml",
                "[package]\nname = \"jars\"\ndescription = \"a\"\nlicense = \"MIT\"\n",
            ),
            (
                "cli/src/main.rs",
                "fn main() {}
",
            ),
        ],
        true,
    ),
    (
        "jars/a.py",
        "def SIZE():\n    return 1\n",
        &[(
            "pyproject.toml",
            "[build-system]\nrequires = []\n[project]\nname = \"jars\"\n",
        )],
        true,
    ),
    (
        "jars/a.py",
        "def SIZE():\n    return 1\n",
        &[(
            "pyproject.toml",
            "[build-system]\nrequires = []\n[project]\nname = \"jars\"\n[project.scripts]\njars = \"a:b\"\n",
        )],
        false,
    ),
    (
        "Jars.cs",
        "public class SIZE {}\n",
        &[(
            "Jars.csproj",
            "<Project><PropertyGroup><PackageId>Jars</PackageId></PropertyGroup></Project>",
        )],
        true,
    ),
    (
        "Jars.cs",
        "public class SIZE {}\n",
        &[("Jars.csproj", "<Project></Project>")],
        false,
    ),
    (
        "jars.go",
        "package jars\n\nfunc SIZE() {}\n",
        &[("go.mod", "module example.invalid/jars\n")],
        true,
    ),
    (
        "jars.go",
        "package jars\n\nfunc SIZE() {}\n",
        &[
            ("go.mod", "module example.invalid/jars\n"),
            ("cmd/a/main.go", "package main\n"),
        ],
        false,
    ),
    (
        "src/a.php",
        "<?php\nfunction SIZE() {}\n",
        &[("composer.json", "{\"type\": \"library\"}")],
        true,
    ),
    (
        "src/a.php",
        "<?php\nfunction SIZE() {}\n",
        &[("composer.json", "{\"type\": \"project\"}")],
        false,
    ),
];

/// A path, its text, other files with theirs, and whether the contract is open.
type LinkedCase = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    bool,
);

#[test]
fn a_package_that_others_link_is_called_by_them() {
    for (path, text, others, is_linked) in PACKAGES {
        let after = text.replace("SIZE", "AREA");
        let found = contract_of(path, text, &after, others);
        assert_eq!(
            found.starts_with("open"),
            is_linked,
            "{path} {others:?}: {found}"
        );
    }
}

#[test]
fn browsers_keep_a_service_worker() {
    let text = "self.addEventListener('install', () => self.skipWaiting());\n";
    let fresh = ledger(&[], &[("src/service-worker.js", text)], &[]);
    assert_eq!(
        standing(&fresh, "src/service-worker.js", D::Contract),
        "open:1"
    );
    let plain = ledger(&[], &[("src/worker.js", text)], &[]);
    assert_eq!(
        standing(&plain, "src/worker.js", D::Contract),
        "no-interface"
    );
}

#[test]
fn a_contract_file_writes_down_its_component_and_not_what_it_does_not_know() {
    let spec = (
        "api/openapi.yaml",
        "openapi: 3.0.0\npaths:\n  /cards:\n    get: {}\n",
    );
    let known = ledger(
        &[spec, ("a.py", "x = 1\n")],
        &[spec, ("a.py", "@app.get(\"/cards\")\ndef a(): pass\n")],
        &[spec.0],
    );
    assert_eq!(standing(&known, "a.py", D::Contract), "written-down");
    let unknown = ledger(
        &[spec, ("a.py", "x = 1\n")],
        &[
            spec,
            (
                "a.py",
                "x = 1\n@app.get(\"/blobs/status\")\ndef a(): pass\n",
            ),
        ],
        &[spec.0],
    );
    assert_eq!(standing(&unknown, "a.py", D::Contract), "open:2");
    let spec = ("services/pay/api/openapi.yaml", spec.1);
    let other = ledger(
        &[spec, ("services/mail/a.py", "x = 1\n")],
        &[
            spec,
            (
                "services/mail/a.py",
                "@app.post(\"/cards\")\ndef a(): pass\n",
            ),
        ],
        &[spec.0],
    );
    assert_eq!(
        standing(&other, "services/mail/a.py", D::Contract),
        "open:1",
        "another component"
    );
}

#[test]
fn a_contract_file_that_stays_says_nothing_of_a_program_that_left_it() {
    let spec = (
        "api/openapi.yaml",
        "openapi: 3.0.0\npaths:\n  /cards:\n    get: {}\n",
    );
    let standing_of = |path: &'static str, old: &'static str, new: &'static str| {
        let both = ledger(&[spec, (path, old)], &[spec, (path, new)], &[spec.0]);
        standing(&both, path, D::Contract)
    };
    let (old, new) = (
        "type Card struct {\n\tCents int `json:\"cents\"`\n}\n",
        "type Card struct {\n\tEuros int `json:\"euros\"`\n}\n",
    );
    assert_eq!(standing_of("card.go", old, new), "open:2", "another field");
    let (old, new) = (
        "bus.send(json.dumps({\"cents\": 12}))\n",
        "bus.send(json.dumps({\"amount\": 12}))\n",
    );
    assert_eq!(standing_of("pay.py", old, new), "open:1", "another key");
    let (old, new) = (
        "def total(rows):\n    return sum(rows)\n",
        "def total(rows):\n    return sum(rows) or 0\n",
    );
    assert_eq!(standing_of("pay.py", old, new), "written-down", "a fix");
}

/// A path, and program text before and after, where `SIZE` gets another value by an ordinary fix,
/// and `MORE` is what adds a way to be called.
const BESIDE: [(&str, &str, &str); 14] = [
    (
        "src/main.rs",
        "fn f() {\n    let size = SIZE;\n    MORE\n}\n",
        "Router::new().route(\"/x/verify\", post(f));",
    ),
    (
        "main.go",
        "package main\n\nfunc f() {\n\tsize := SIZE\n\tMORE\n}\n",
        "mux.HandleFunc(\"POST /x/verify\", f)",
    ),
    (
        "a.py",
        "def f():\n    size = SIZE\n    MORE\n",
        "path == \"/x/verify\"",
    ),
    (
        "a.ts",
        "function f() {\n  const size = SIZE;\n  MORE\n}\n",
        "fastify.post('/x/verify', f);",
    ),
    (
        "A.java",
        "class A {\n  void f() {\n    int size = SIZE;\n    MORE\n  }\n}\n",
        "router.post(\"/x/verify\", this::f);",
    ),
    (
        "a.kt",
        "fun f() {\n    val size = SIZE\n    MORE\n}\n",
        "post(\"/x/verify\") { f() }",
    ),
    (
        "A.cs",
        "class A {\n    void F() {\n        var size = SIZE;\n        MORE\n    }\n}\n",
        "app.MapPost(\"/x/verify\", F);",
    ),
    (
        "a.rb",
        "def f\n  size = SIZE\n  MORE\nend\n",
        "post '/x/verify'",
    ),
    (
        "a.php",
        "<?php\nfunction f() {\n    $size = SIZE;\n    MORE\n}\n",
        "Route::post('/x/verify', 'f');",
    ),
    (
        "a.ex",
        "def f do\n  size = SIZE\n  MORE\nend\n",
        "post \"/x/verify\", A, :f",
    ),
    (
        "a.scala",
        "def f() = {\n  val size = SIZE\n  MORE\n}\n",
        "path(\"/x/verify\") { f() }",
    ),
    (
        "a.clj",
        "(defn f []\n  (let [size SIZE]\n  MORE))\n",
        "(POST \"/x/verify\" [] f)",
    ),
    (
        "a.swift",
        "func f() {\n    let size = SIZE\n    MORE\n}\n",
        "app.post(\"x\", \"verify\") { f() }",
    ),
    (
        "a.dart",
        "f() {\n  var size = SIZE;\n  MORE\n}\n",
        "router.post('/x/verify', f);",
    ),
];

#[test]
fn an_unchanged_contract_file_covers_a_body_and_not_a_new_address() {
    let spec = (
        "api/openapi.yaml",
        "openapi: 3.0.0\npaths:\n  /cards:\n    get: {}\n",
    );
    let graph = ("schema.graphql", "type Query { verify: [ID!] }\n");
    for contract in [spec, graph] {
        for (path, text, more) in BESIDE {
            let standing_of = |old: &str, new: &str| {
                let both = ledger(
                    &[contract, (path, old)],
                    &[contract, (path, new)],
                    &[contract.0],
                );
                standing(&both, path, D::Contract)
            };
            let old = text.replace("SIZE", "1").replace("MORE", "");
            let fixed = text.replace("SIZE", "2").replace("MORE", "");
            assert_eq!(standing_of(&old, &fixed), "written-down", "{path}");
            let added = text.replace("SIZE", "1").replace("MORE", more);
            assert!(
                standing_of(&old, &added).starts_with("open"),
                "{path} beside {}: {}",
                contract.0,
                standing_of(&old, &added)
            );
        }
    }
}

#[test]
fn a_new_address_that_the_contract_file_knows_is_written_down() {
    let spec = (
        "api/openapi.yaml",
        "openapi: 3.0.0\npaths:\n  /x/verify:\n    post: {}\n",
    );
    for (path, text, more) in BESIDE {
        let old = text.replace("SIZE", "1").replace("MORE", "");
        let added = text.replace("SIZE", "1").replace("MORE", more);
        let both = ledger(&[spec, (path, &old)], &[spec, (path, &added)], &[spec.0]);
        assert_eq!(standing(&both, path, D::Contract), "written-down", "{path}");
    }
}

#[test]
fn a_place_that_is_an_address_is_one_beside_a_contract_file() {
    let spec = (
        "api/openapi.yaml",
        "openapi: 3.0.0\npaths:\n  /cards:\n    get: {}\n",
    );
    for (path, text) in [
        (
            "app/cards/verify/route.ts",
            "export async function POST() { return ok(); }\n",
        ),
        (
            "src/routes/verify/+server.js",
            "export const POST = () => ok();\n",
        ),
        ("server/api/verify.post.ts", "export default f;\n"),
        ("public/verify.php", "<?php\necho 1;\n"),
    ] {
        let both = ledger(&[spec], &[spec, (path, text)], &[spec.0]);
        assert_eq!(standing(&both, path, D::Contract), "open:1", "{path}");
    }
    let text = "export async function GET() { return ok(); }\n";
    let both = ledger(&[spec], &[spec, ("app/cards/route.ts", text)], &[spec.0]);
    assert_eq!(
        standing(&both, "app/cards/route.ts", D::Contract),
        "written-down"
    );
}

#[test]
fn a_contract_file_of_addresses_covers_no_messages_flags_or_packages() {
    let spec = (
        "openapi.yaml",
        "openapi: 3.0.0\npaths:\n  /cards:\n    get: {}\n",
    );
    let package = (
        "pyproject.toml",
        "[build-system]\nrequires = []\n[project]\nname = \"jars\"\n",
    );
    for (path, old, new) in [
        (
            "a.py",
            "import pika\nc.basic_publish(routing_key='jar')\n",
            "import pika\nc.basic_publish(routing_key='jar.sealed')\n",
        ),
        (
            "a.go",
            "import \"github.com/spf13/cobra\"\nc.Flags().String(\"to\", \"\", \"x\")\n",
            "import \"github.com/spf13/cobra\"\nc.Flags().String(\"out\", \"\", \"x\")\n",
        ),
        (
            "H.cs",
            "public class H : Hub\n{\n    public Task A() => B();\n}\n",
            "public class H : Hub\n{\n    public Task C() => B();\n}\n",
        ),
        (
            "jars/a.py",
            "def seal(jar):\n    return jar\n",
            "def seal_jar(jar):\n    return jar\n",
        ),
    ] {
        let both = ledger(
            &[spec, package, (path, old)],
            &[spec, package, (path, new)],
            &[spec.0],
        );
        let found = standing(&both, path, D::Contract);
        assert!(found.starts_with("open"), "{path}: {found}");
    }
}

#[test]
fn a_message_of_another_shape_is_open_beside_a_file_of_messages() {
    let spec = (
        "asyncapi.yaml",
        "asyncapi: 2.6.0\nchannels:\n  jars: {subscribe: {message: {payload: {type: object}}}}\n",
    );
    let standing_of = |old: &str, new: &str| {
        let both = ledger(&[spec, ("a.rb", old)], &[spec, ("a.rb", new)], &[spec.0]);
        standing(&both, "a.rb", D::Contract)
    };
    let old = "jar = find\nserver.broadcast(\"jars\", { id: jar.id })\n";
    let nested = old.replace("{ id: jar.id }", "{ jar: { id: jar.id } }");
    assert_eq!(standing_of(old, &nested), "open:2");
    let same = old.replace("jar.id", "jar.id.to_s");
    assert_eq!(standing_of(old, &same), "written-down");
}
