//! Each spelling of a way to be called with the name that it gets, and what only looks like one.

use super::*;

fn named(path: &str, text: &str) -> Vec<String> {
    list_ways(path, text).iter().map(WayIn::describe).collect()
}

/// Each text, read under its path, gives a way of that name.
fn assert_names(rows: &[(&str, &str, &str)]) {
    for (path, text, way) in rows {
        assert!(
            named(path, text).iter().any(|name| name == way),
            "{path}: {text} gives {:?}, and not {way}",
            named(path, text)
        );
    }
}

#[test]
fn routes_of_rust_go_and_python_are_named_by_method_and_address() {
    assert_names(&[
        (
            "src/main.rs",
            ".route(\"/cards/{id}/verify\", post(verify))\n",
            "POST /cards/{id}/verify",
        ),
        (
            "src/main.rs",
            "App::new()\n    .route(\"/jars\", web::get().to(list))\n",
            "GET /jars",
        ),
        (
            "src/routes.rs",
            "#[patch(\"/meters/<id>/unit\", data = \"<wish>\")]\npub fn unit() {}\n",
            "PATCH /meters/{id}/unit",
        ),
        (
            "main.go",
            "mux.HandleFunc(\"POST /jars/pack\", pack)\n",
            "POST /jars/pack",
        ),
        (
            "main.go",
            "v1 := r.Group(\"/v1\")\nv1.POST(\"/jars\", add)\n",
            "POST /v1/jars",
        ),
        (
            "main.go",
            "r.Route(\"/jars\", func(r chi.Router) {\n\tr.Delete(\"/{id}\", drop)\n})\n",
            "DELETE /jars/{id}",
        ),
        (
            "app.py",
            "router = APIRouter(prefix=\"/jars\")\n\n@router.post(\"/pack\")\ndef pack(): pass\n",
            "POST /jars/pack",
        ),
        (
            "app.py",
            "@app.route(\"/jars\", methods=[\"PUT\"])\ndef put(): pass\n",
            "PUT /jars",
        ),
        (
            "shop/urls.py",
            "urlpatterns = [\n    path(\"coupons/<str:code>/\", views.coupon),\n]\n",
            "/coupons/{code}",
        ),
    ]);
}

#[test]
fn routes_of_javascript_and_the_jvm_are_named_by_method_and_address() {
    assert_names(&[
        (
            "src/jars.controller.ts",
            "@Controller('jars')\nexport class Jars {\n  @Get(':id/history')\n  history() {}\n}\n",
            "GET /jars/{id}/history",
        ),
        (
            "src/routes/orders.js",
            "fastify.route({\n  method: 'POST',\n  url: '/orders/:id/refund',\n});\n",
            "POST /orders/{id}/refund",
        ),
        (
            "src/router.ts",
            "const router = new Router({ prefix: '/api' });\nrouter.put('/labels/:id', f);\n",
            "PUT /api/labels/{id}",
        ),
        (
            "src/A.java",
            "@RestController\n@RequestMapping(\"/api/jars\")\npublic class A {\n    @PostMapping(\"/{id}/seal\")\n    public void seal() {}\n}\n",
            "POST /api/jars/{id}/seal",
        ),
        (
            "src/A.java",
            "@RequestMapping(path = \"/api/jars\", method = RequestMethod.POST)\n",
            "POST /api/jars",
        ),
        (
            "src/R.kt",
            "routing {\n    route(\"/tokens\") {\n        delete(\"/{id}\") {\n        }\n    }\n}\n",
            "DELETE /tokens/{id}",
        ),
        (
            "src/Routes.scala",
            "case POST -> Root / \"quotes\" / id / \"accept\" => ok\n",
            "POST /quotes/{id}/accept",
        ),
    ]);
}

#[test]
fn routes_of_other_languages_are_named_by_method_and_address() {
    assert_names(&[
        (
            "src/Api.hs",
            "  :<|> \"pack\" :> Post '[JSON] ()\n",
            "POST /pack",
        ),
        (
            "A.cs",
            "[Route(\"[controller]\")]\npublic class JarsController\n{\n    [HttpPost(\"{id}/seal\")]\n    public void Seal() {}\n}\n",
            "POST /jars/{id}/seal",
        ),
        (
            "Program.cs",
            "app.MapPost(\"/jars/pack\", Pack);\n",
            "POST /jars/pack",
        ),
        (
            "config/routes.rb",
            "namespace :api do\n  resources :bottles do\n    post :archive, on: :member\n  end\nend\n",
            "POST /api/bottles/{id}/archive",
        ),
        ("app.rb", "post '/pack' do\nend\n", "POST /pack"),
        (
            "lib/router.ex",
            "  scope \"/api\", CellarWeb do\n    post \"/lots/:id/split\", LotController, :split\n  end\n",
            "POST /api/lots/{id}/split",
        ),
        (
            "routes/api.php",
            "<?php\nRoute::post('jars/{id}/pause', [A::class, 'pause']);\n",
            "POST /jars/{id}/pause",
        ),
        (
            "src/P.php",
            "<?php\n#[Route('/parcels')]\nfinal class P\n{\n    #[Route('/{id}/tracking', methods: ['GET'])]\n    public function t() {}\n}\n",
            "GET /parcels/{id}/tracking",
        ),
        (
            "Sources/routes.swift",
            "let api = app.grouped(\"api\")\napi.post(\"events\", \"replay\") { req in\n}\n",
            "POST /api/events/replay",
        ),
        ("src/core.clj", "(POST \"/pack\" [] (pack))\n", "POST /pack"),
        ("app.pl", "post '/pack' => sub { };\n", "POST /pack"),
        (
            "main.cc",
            "ADD_METHOD_TO(Jars::pack, \"/pack\", Post);\n",
            "POST /pack",
        ),
        (
            "Program.fs",
            "    choose [\n        POST >=> route \"/pack\" >=> text \"\"\n    ]\n",
            "POST /pack",
        ),
    ]);
}

#[test]
fn addresses_are_named_by_comparisons_and_places_of_files() {
    assert_names(&[
        (
            "handler.py",
            "if event[\"path\"] == \"/cards/verify\":\n    pass\n",
            "/cards/verify",
        ),
        (
            "app/cards/[id]/route.ts",
            "export async function POST() {}\n",
            "POST /cards/{id}",
        ),
        (
            "src/routes/pack/+server.js",
            "export const POST = () => 1;\n",
            "POST /pack",
        ),
        ("public/pack.php", "<?php\necho 1;\n", "/pack.php"),
    ]);
}

#[test]
fn what_is_called_shown_or_read_is_no_address_of_this_program() {
    for (path, text) in [
        ("a.ts", "const cards = await this.http.get('/api/cards');\n"),
        ("a.ts", "await fetch('/api/cards');\n"),
        ("a.tsx", "<a href=\"/cards\">{name}</a>\n"),
        ("a.go", "http.Get(\"/cards\")\n"),
        ("a.py", "requests.post(\"/cards\")\n# app.get(\"/later\")\n"),
        ("a.rb", "redirect_to \"/cards\"\n"),
        (
            "a.js",
            "import a from '/lib/a.js';\nconst b = require('/b');\n",
        ),
        ("a.py", "open(\"/data/cards.txt\")\n"),
        (
            "a.java",
            "logger.info(\"/cards\");\nmap.put(\"cards\", 1);\n",
        ),
        ("a.rs", "params.get(\"cards\")\n"),
    ] {
        assert_eq!(named(path, text), Vec::<String>::new(), "{path} {text}");
    }
}

#[test]
fn messages_are_named() {
    assert_names(&[
        (
            "a.py",
            "import pika\nchannel.basic_publish(exchange='', routing_key='jar.sealed')\n",
            "the message jar.sealed",
        ),
        (
            "a.ts",
            "import { Kafka } from 'kafkajs';\nf({\n  type: 'order.placed',\n});\n",
            "the message order.placed",
        ),
        (
            "a.c",
            "#include <MQTTClient.h>\nMQTTClient_publish(client, \"jars/sealed\", 1);\n",
            "the message jars/sealed",
        ),
        (
            "a.rb",
            "require 'bunny'\nqueue = channel.queue(\"jars.sealed\")\n",
            "the message jars.sealed",
        ),
    ]);
}

#[test]
fn commands_and_flags_are_named() {
    assert_names(&[
        (
            "a.py",
            "import argparse\np.add_argument(\"--out\")\n",
            "the flag --out",
        ),
        (
            "a.py",
            "import click\n@click.option('--out', default=1)\n",
            "the flag --out",
        ),
        (
            "a.go",
            "import \"github.com/spf13/cobra\"\ncmd.Flags().StringVarP(&out, \"out\", \"o\", \"\", \"where\")\n",
            "the flag --out",
        ),
        (
            "a.rs",
            "use clap::Parser;\nstruct A {\n    #[arg(short, long)]\n    dry_run: bool,\n}\n",
            "the flag --dry-run",
        ),
        (
            "a.rs",
            "use clap::Parser;\n#[arg(long = \"out\")]\n",
            "the flag --out",
        ),
        (
            "a.js",
            "const { program } = require('commander');\nprogram.command('seal <jar>').option('--out <dir>');\n",
            "the command seal",
        ),
        (
            "A.java",
            "import picocli.CommandLine;\n@Option(names = \"--out\")\nString out;\n",
            "the flag --out",
        ),
        (
            "A.cs",
            "using System.CommandLine;\nvar o = new Option<string>(\"--out\");\n",
            "the flag --out",
        ),
        (
            "a.php",
            "<?php\nuse Symfony\\Component\\Console\\Command\\Command;\n$this->addOption('out');\n",
            "the flag --out",
        ),
    ]);
}

#[test]
fn members_are_named() {
    assert_names(&[
        (
            "JarHub.cs",
            "public class JarHub : Hub\n{\n    public Task SealJar(string jar) => All.SendAsync(\"x\", jar);\n}\n",
            "the method SealJar, which others call",
        ),
        (
            "s.py",
            "class Jars(pb.JarsServicer):\n    def Seal(self, request, context):\n        pass\n",
            "the method Seal, which others call",
        ),
        (
            "c.rb",
            "class JarChannel < ApplicationCable::Channel\n  def speak(data)\n  end\nend\n",
            "the method speak, which others call",
        ),
    ]);
}

#[test]
fn what_a_program_runs_logs_or_keeps_to_itself_is_no_way_in() {
    for (path, text) in [
        (
            "a.py",
            "import subprocess\nsubprocess.run([\"git\", \"--no-pager\"])\n",
        ),
        (
            "a.py",
            "import argparse\nsubprocess.run([\"git\", \"--no-pager\"])\n",
        ),
        (
            "a.cs",
            "public class Jar\n{\n    public int Seal() => 1;\n}\n",
        ),
        ("a.rb", "log \"jar.sealed\"\n"),
    ] {
        assert_eq!(named(path, text), Vec::<String>::new(), "{path} {text}");
    }
}

#[test]
fn a_way_that_is_written_otherwise_is_no_new_one() {
    let fresh = |old: &str, new: &str| {
        find_fresh_ways(&list_ways("A.java", old), &list_ways("A.java", new)).len()
    };
    let old =
        "@RequestMapping(value = \"/api/jars/{id}\", method = RequestMethod.GET)\nJar jar();\n";
    let new = "@RequestMapping(\"/api/jars\")\npublic class A {\n    @GetMapping(\"/{jarId}\")\n    Jar jar();\n}\n";
    assert_eq!(fresh(old, new), 0);
    assert_eq!(fresh(old, &new.replace("GetMapping", "DeleteMapping")), 1);
}

/// What comes of names when one text takes another's place.
fn compare(path: &str, old: &str, new: &str) -> Vec<String> {
    find_fresh_ways(&list_ways(path, old), &list_ways(path, new))
        .iter()
        .map(WayIn::describe)
        .collect()
}

#[test]
fn names_that_others_rely_on_are_told_when_they_change() {
    for (path, text, (was, is), said) in [
        (
            "Sec.java",
            "http.requestMatchers(\"/orders\").hasAuthority(\"SCOPE_read:orders\");\n",
            ("SCOPE_read:orders", "SCOPE_orders.read"),
            "the permission SCOPE_orders.read",
        ),
        (
            "routes.php",
            "<?php\n$id = $request->getHeaderLine('X-Tenant');\n",
            ("X-Tenant", "Parish-Id"),
            "the header Parish-Id",
        ),
        (
            "hook.go",
            "req.Header.Set(\"X-Mill-Signature\", sign(body))\n",
            ("X-Mill-Signature", "X-Mill-Digest"),
            "the header X-Mill-Digest",
        ),
        (
            "auth.go",
            "if r.Header.Get(\"Sealing\") == \"\" {\n",
            ("Sealing", "Authorization"),
            "the header Authorization",
        ),
        (
            "mill.sh",
            "#!/bin/sh\nwhile getopts \"t:\" o; do :; done\n",
            ("t:", "d:"),
            "the flag -d",
        ),
        (
            "entry.sh",
            "#!/bin/sh\nif [ \"$1\" = \"server\" ]; then exec mill; fi\n",
            ("server", "serve"),
            "the first word serve",
        ),
        (
            "cli.rb",
            "require \"thor\"\nclass Cli < Thor\n  desc \"push\", \"sends\"\nend\n",
            ("push", "publish"),
            "the command publish",
        ),
        (
            "main.go",
            "import \"github.com/urfave/cli/v2\"\napp := &cli.App{Flags: []cli.Flag{&cli.StringFlag{Name: \"to\"}}}\n",
            ("\"to\"", "\"target\""),
            "the flag --target",
        ),
        (
            "cli.js",
            "require('yargs').command('push', 'sends', () => {}).parse();\n",
            ("'push'", "'publish'"),
            "the command publish",
        ),
        (
            "main.go",
            "func main() {\n\tos.Exit(1)\n}\n",
            ("1", "3"),
            "the exit status 3",
        ),
        (
            "hooks.py",
            "import pluggy\nspec = pluggy.HookspecMarker(\"mill\")\nclass Spec:\n    @spec\n    def before_grind(self, sack):\n        pass\n",
            ("before_grind", "pre_grind"),
            "the hook pre_grind",
        ),
        (
            "config/routes.rb",
            "Rails.application.routes.draw do\n  resources :sacks, only: %i[index]\nend\n",
            ("[index]", "[index create]"),
            "POST /sacks",
        ),
        (
            "routes/api.php",
            "<?php\nRoute::apiResource('sacks', SackController::class)->only(['index']);\n",
            ("['index']", "['index', 'destroy']"),
            "DELETE /sacks/{id}",
        ),
        (
            "views.py",
            "class SackViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):\n    pass\n",
            ("(mixins.L", "(mixins.CreateModelMixin, mixins.L"),
            "the method create of SackViewSet, which others call",
        ),
        (
            "m.go",
            "import \"github.com/prometheus/client_golang/prometheus\"\nvar length = prometheus.NewGauge(prometheus.GaugeOpts{\n\tName: \"mill_queue_length\",\n\tHelp: \"how many wait\",\n})\n",
            ("mill_queue_length", "mill_waiting"),
            "the metric mill_waiting",
        ),
        (
            "m.py",
            "from prometheus_client import Counter\nground = Counter('mill_ground_total', 'sacks')\n",
            ("mill_ground_total", "mill_sacks_total"),
            "the metric mill_sacks_total",
        ),
        (
            "m.rs",
            "use prometheus::register_int_counter;\nlet c = register_int_counter!(\"mill_sacks\", \"n\");\n",
            ("mill_sacks", "mill_bags"),
            "the metric mill_bags",
        ),
        (
            "views.py",
            "@requires_permission(\"orders.read\")\ndef orders(): pass\n",
            ("orders.read", "orders.view"),
            "the permission orders.view",
        ),
        (
            "mill.php",
            "<?php\ndo_action('mill_before_grind', $sack);\n",
            ("mill_before_grind", "mill_pre_grind"),
            "the hook mill_pre_grind",
        ),
        (
            "Export.java",
            "import org.apache.commons.csv.CSVFormat;\nvar f = CSVFormat.DEFAULT.withHeader(\"sack\", \"weight\");\n",
            ("weight", "grams"),
            "the column grams of an export",
        ),
        (
            "Reason.cs",
            "[JsonConverter(typeof(JsonStringEnumConverter<Reason>))]\npublic enum Reason\n{\n    LIMIT,\n    CLOSED,\n}\n",
            ("LIMIT", "QUOTA_EXCEEDED"),
            "the value QUOTA_EXCEEDED",
        ),
        (
            "server.go",
            "api := e.Group(\"/api\")\nh.Mount(api)\n",
            ("/api", "/v1"),
            "all addresses below /v1",
        ),
        (
            "Run.php",
            "<?php\nuse Symfony\\Component\\Console\\Command\\Command;\n#[AsCommand(name: 'mill:grind')]\nclass Run extends Command {}\n",
            ("mill:grind", "mill:run"),
            "the command mill:run",
        ),
    ] {
        let new = text.replace(was, is);
        assert_eq!(compare(path, text, &new), [said], "{path}");
        assert_eq!(compare(path, text, text), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn names_that_only_come_or_are_nobody_elses_are_not_told() {
    for (path, old, new) in [
        // a metric more takes nothing from who watches the others
        (
            "m.py",
            "from prometheus_client import Counter\na = Counter('mill_a_total', 'a')\n",
            "from prometheus_client import Counter\na = Counter('mill_a_total', 'a')\nb = Counter('mill_b_total', 'b')\n",
        ),
        ("a.rb", "log('sack-open')\n", "log('sack-shut')\n"),
        (
            "a.ts",
            "const a = 'Accept-Jar';\n",
            "const a = 'Accept-Lid';\n",
        ),
        (
            "a.py",
            "r.headers['Content-Type']\n",
            "r.headers['Cache-Control']\n",
        ),
        // the name of a blueprint stands in no address, and a script of developers is theirs
        (
            "a.py",
            "mill = Blueprint(\"mill\", __name__)\n",
            "mill = Blueprint(\"grinder\", __name__)\n",
        ),
        (
            "scripts/a.sh",
            "#!/bin/sh\nwhile getopts \"t:\" o; do :; done\n",
            "#!/bin/sh\nwhile getopts \"d:\" o; do :; done\n",
        ),
        (
            "a.go",
            "func main() {\n\tos.Exit(1)\n}\n",
            "func main() {\n\trun()\n\tos.Exit(1)\n}\n",
        ),
        (
            "config/routes.rb",
            "Rails.application.routes.draw do\n  resources :sacks\nend\n",
            "Rails.application.routes.draw do\n  resources :sacks, only: %i[index show]\nend\n",
        ),
        (
            "a.tsx",
            "return <div role=\"button\" onClick={() => open()} />\n",
            "return <div role=\"link\" onClick={() => open()} />\n",
        ),
        // an enumeration that nothing sends
        (
            "a.cs",
            "enum State\n{\n    Open,\n}\n",
            "enum State\n{\n    Opened,\n}\n",
        ),
    ] {
        assert_eq!(compare(path, old, new), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn hostile_text_ends() {
    let junk =
        "@\"\u{e9}/' route(\"/a\" { [[ :: Root / \u{1f600} \"POST /x\" ${{{ \\ \n#[arg(long)]\n"
            .repeat(500);
    let grows = "x = x.group(\"/aaaaaaaa\")\n".repeat(3_000);
    for end in [
        "rs", "go", "py", "ts", "rb", "php", "scala", "hs", "swift", "cs", "fs", "clj", "pl", "c",
        "kt", "xyz",
    ] {
        for text in [&junk, &grows] {
            assert!(list_ways(&format!("a.{end}"), text).len() <= WAYS);
        }
    }
}
