//! Files whose use their name settles, the version of the product, and the order of open places.

use super::tests::{ledger, one, one_of, standing};
use super::*;
use CoverageDomain as D;
use model::FileKind;

#[test]
fn a_file_of_a_known_use_opens_only_what_it_can_do() {
    let open = |path: &str, before: &str, after: &str| -> Vec<D> {
        D::ALL
            .into_iter()
            .filter(|domain| one(path, before, after, *domain).starts_with("open"))
            .collect()
    };
    for (path, before, after, domains) in [
        ("biome.json", "{\"a\": 1}", "{\"a\": 2}", &[][..]),
        (".tflint.hcl", "a = 1\n", "a = 2\n", &[]),
        ("conf/messages.de", "a=B\n", "a=C\n", &[]),
        (
            "k6/jars.js",
            "import 'k6/http';\nrun(1);\n",
            "import 'k6/http';\nrun(2);\n",
            &[],
        ),
        ("k6/jars.js", "run(1);\n", "run(2);\n", &[D::StoredForm]),
        ("version.txt", "1.0.0\n", "1.1.0\n", &[D::StoredForm]),
        ("help/jars.txt", "Jars\n", "Lids\n", &[]),
        (
            "requirements.lock",
            "jar==1.0\n",
            "jar==1.1\n",
            &[D::StoredForm],
        ),
        (
            "project/plugins.sbt",
            "addSbtPlugin(\"a\" % \"b\" % \"1.0\")\n",
            "addSbtPlugin(\"a\" % \"b\" % \"1.1\")\n",
            &[D::StoredForm],
        ),
        (
            "web/webpack.config.js",
            "module.exports = { mode: 1 };\n",
            "module.exports = { mode: 2 };\n",
            &[D::StoredForm],
        ),
        (
            "vite.config.ts",
            "export default {};\n",
            "export default { plugins: [VitePWA()] };\n",
            &[D::StoredForm, D::Contract],
        ),
        (
            "conf/routes",
            "GET /jars a\n",
            "GET /lids a\n",
            &[D::Contract],
        ),
        ("shelf.desktop", "Name=Jars\n", "Name=Lids\n", &[]),
        (
            "shelf.desktop",
            "Exec=jars\n",
            "Exec=lids\n",
            &[D::Configuration],
        ),
        (".terraform-version", "1.5.0\n", "1.9.0\n", &[]),
        (
            ".terraform-version",
            "0.13.0\n",
            "1.9.0\n",
            &[D::Infrastructure],
        ),
        ("jars.dat", "1\n", "2\n", &[D::StoredForm, D::Configuration]),
    ] {
        assert_eq!(open(path, before, after), domains, "{path}: {after}");
    }
}

#[test]
fn the_version_of_the_product_is_no_version_of_a_form() {
    let text = |version: &str, word: &str| {
        format!(
            "package main\n\nvar version = \"{version}\"\n\nfunc main() {{ print(\"{word}\") }}\n"
        )
    };
    let why = |before: &str, after: &str| {
        let ledger = ledger(&[("main.go", before)], &[("main.go", after)], &[]);
        ledger.open_in(D::StoredForm)[0].why.clone()
    };
    let of_form = "a number that looks like the version of a stored form changed";
    assert_ne!(why(&text("1.0.0", "a"), &text("1.1.0", "b")), of_form);
    assert_eq!(why(&text("3", "a"), &text("4", "b")), of_form);
}

#[test]
fn places_are_listed_by_the_strength_of_their_reason() {
    let found = ledger(
        &[
            ("a/package.json", "{\"left-pad\": \"1.0.0\"}"),
            ("b/plain.go", "package b\n\nvar a = 1\n"),
            ("c/form.go", "package c\n\nconst formatVersion = 3\n"),
            ("d/account.go", "package d\n\nvar h = bcrypt.New()\n"),
        ],
        &[
            ("a/package.json", "{\"left-pad\": \"2.0.0\"}"),
            ("b/plain.go", "package b\n\nvar a = 2\n"),
            ("c/form.go", "package c\n\nconst formatVersion = 4\n"),
            ("d/account.go", "package d\n\nvar h = argon2.New()\n"),
        ],
        &[],
    );
    let order = ["d/account.go", "c/form.go", "b/plain.go", "a/package.json"];
    let paths = |places: &[OpenPlace]| -> Vec<String> {
        places.iter().map(|place| place.path.to_string()).collect()
    };
    assert_eq!(
        paths(&found.rows(None)[D::StoredForm.index()].places),
        order
    );
    assert_eq!(paths(&found.named_places(D::StoredForm, 4)), order);
    assert_eq!(
        paths(&found.named_places(D::StoredForm, 0)),
        ["d/account.go", "c/form.go", "a/package.json"]
    );
}

#[test]
fn a_known_use_is_none_in_a_library_and_in_what_only_moved() {
    let of = |before: &[(&str, &str)], after: &[(&str, &str)], path: &str| {
        standing(&ledger(before, after, &[]), path, D::Contract)
    };
    let text = "export default { base: 1 };\n";
    let new = "export default { base: 2 };\n";
    let path = "node_modules/jars/vite.config.js";
    assert_eq!(of(&[(path, text)], &[(path, new)], path), "vendored");
    let path = "vite.config.js";
    assert_eq!(of(&[(path, text)], &[(path, new)], path), "open:1");
    assert_eq!(
        of(
            &[(path, text)],
            &[("web/vite.config.js", text)],
            "web/vite.config.js"
        ),
        "same-content"
    );
}

#[test]
fn a_lock_file_alone_can_move_a_library_that_stores() {
    for (path, before, after) in [
        (
            "poetry.lock",
            "[[package]]\nname = \"zodb\"\nversion = \"5.7\"\n",
            "[[package]]\nname = \"zodb\"\nversion = \"6.0\"\n",
        ),
        (
            "Cargo.lock",
            "[[package]]\nname = \"sled\"\nversion = \"0.34.7\"\nsource = \"r\"\n",
            "[[package]]\nname = \"sled\"\nversion = \"1.0.0\"\nsource = \"r\"\n",
        ),
        (
            "pubspec.lock",
            "packages:\n  hive:\n    dependency: \"direct main\"\n    version: \"2.0.0\"\n",
            "packages:\n  hive:\n    dependency: \"direct main\"\n    version: \"2.2.3\"\n",
        ),
        (
            "Manifest.toml",
            "[[deps.LMDB]]\nversion = \"0.2.0\"\n",
            "[[deps.LMDB]]\nversion = \"1.0.0\"\n",
        ),
    ] {
        let both = ledger(&[(path, before)], &[(path, after)], &[]);
        assert!(
            standing(&both, path, D::StoredForm).starts_with("open"),
            "{path}"
        );
    }
    for (path, before, after) in [
        (
            "poetry.lock",
            "[[package]]\nname = \"pytest\"\nversion = \"7\"\ngroups = [\"dev\"]\n",
            "[[package]]\nname = \"pytest\"\nversion = \"8\"\ngroups = [\"dev\"]\n",
        ),
        (
            "Cargo.lock",
            "[[package]]\nname = \"cellar\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"sled\"\nsource = \"r\"\n",
            "[[package]]\nname = \"cellar\"\nversion = \"1.1.0\"\n\n[[package]]\nname = \"sled\"\nsource = \"r\"\n",
        ),
    ] {
        let both = ledger(&[(path, before)], &[(path, after)], &[]);
        assert_eq!(
            standing(&both, path, D::StoredForm),
            "developer-tool",
            "{path}"
        );
    }
}

#[test]
fn what_is_installed_without_a_manifest_opens_what_is_stored() {
    let of = |path: &str, old: &str, new: &str| {
        one_of(FileKind::Infrastructure, path, old, new, D::StoredForm)
    };
    for (path, old, new, line) in [
        (
            "CMakeLists.txt",
            "FetchContent_Declare(\n  jam\n  GIT_TAG v7.10.2\n)\n",
            "FetchContent_Declare(\n  jam\n  GIT_TAG v9.1.0\n)\n",
            3,
        ),
        (
            "Dockerfile",
            "FROM python:3.12\nRUN pip install jam==0.4.24\n",
            "FROM python:3.12\nRUN pip install jam==0.6.3\n",
            2,
        ),
        (
            "db/Dockerfile",
            "FROM debian:12\nRUN apt-get install -y \\\n    jam-15\n",
            "FROM debian:12\nRUN apt-get install -y \\\n    jam-16\n",
            3,
        ),
        (
            "WORKSPACE",
            "http_archive(\n    name = \"jam\",\n    strip_prefix = \"jam-7.10.2\",\n)\n",
            "http_archive(\n    name = \"jam\",\n    strip_prefix = \"jam-9.1.0\",\n)\n",
            3,
        ),
    ] {
        assert_eq!(of(path, old, new), format!("open:{line}"), "{path}");
    }
    for (old, new) in [
        ("FROM node:20\n", "FROM node:22\n"),
        (
            "FROM python:3.12\nRUN pip install pip==24.0\n",
            "FROM python:3.12\nRUN pip install pip==24.1\n",
        ),
        (
            "FROM python:3.12\nRUN pip install jam==0.4\n",
            "FROM python:3.12\nRUN pip install --no-cache-dir jam==0.4\n",
        ),
    ] {
        assert_eq!(of("Dockerfile", old, new), "other-field", "{new}");
    }
}

#[test]
fn a_store_whose_version_is_not_said_opens_what_it_runs_on() {
    let of = |old: &str, new: &str| {
        let compose = |image: &str| format!("services:\n  db:\n    image: {image}\n");
        let (old, new) = (compose(old), compose(new));
        one("docker-compose.yaml", &old, &new, D::Infrastructure)
    };
    for (old, new) in [
        ("postgres", "postgres:17"),
        ("postgres@sha256:12ab", "postgres@sha256:34cd"),
    ] {
        assert_eq!(of(old, new), "open:3", "{new}");
    }
    for (old, new) in [
        ("postgres:15.6", "postgres:15.6@sha256:12ab"),
        ("nginx", "nginx:1.27"),
    ] {
        assert_eq!(of(old, new), "judged", "{new}");
    }
}

#[test]
fn what_is_put_together_for_tests_is_not_live() {
    for path in [
        "compose.test.yaml",
        "docker-compose.override.yml",
        "deploy/docker-compose-ci.yml",
    ] {
        assert!(!is_live(path), "{path}");
    }
    for path in [
        "compose.yaml",
        "docker-compose.prod.yml",
        "compose/test.yaml",
    ] {
        assert!(is_live(path), "{path}");
    }
}
