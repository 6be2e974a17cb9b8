//! What others call where no file of addresses tells of it: requests, outputs, headers, values.

use super::tests::{ledger, standing};
use super::*;
use CoverageDomain as D;

const SPEC: (&str, &str) = (
    "api/openapi.yaml",
    "openapi: 3.0.0\npaths:\n  /jars:\n    get: {responses: {'200': {}}}\n",
);

/// How the contract stands when the first file changes beside others that stay.
fn contract_of(path: &str, old: &str, new: &str, others: &[(&str, &str)]) -> String {
    let with = |text| {
        let mut files = vec![(path, text)];
        files.extend_from_slice(others);
        files
    };
    let contracts: Vec<&str> = others
        .iter()
        .map(|(other, _)| *other)
        .filter(|other| *other == SPEC.0)
        .collect();
    let ledger = ledger(&with(old), &with(new), &contracts);
    standing(&ledger, path, D::Contract)
}

#[test]
fn a_request_to_others_is_covered_by_no_contract_of_its_own() {
    let old = "import requests\n\n\ndef tell(url, jar):\n    requests.post(url, json={\"jar\": jar, \"shut\": True}, timeout=5)\n";
    for others in [&[][..], &[SPEC][..]] {
        let shape = old.replace("\"shut\": True", "\"lid\": {\"is\": \"shut\"}");
        assert_eq!(contract_of("jars/tell.py", old, &shape, others), "open:5");
        let wait = old.replace("timeout=5", "timeout=9");
        let closed = contract_of("jars/tell.py", old, &wait, others);
        assert!(!closed.starts_with("open"), "{closed}");
    }
}

#[test]
fn a_rule_that_a_file_of_addresses_does_not_write_is_open() {
    for (path, old, new) in [
        (
            "src/app.js",
            "app.use(express.json({ limit: '1mb' }));\n",
            "app.use(express.json({ limit: '9mb' }));\n",
        ),
        (
            "src/main.rs",
            "#[serde(rename_all = \"camelCase\")]\nstruct Jar;\n",
            "#[serde(rename_all = \"snake_case\")]\nstruct Jar;\n",
        ),
        (
            "jar.go",
            "type jar struct {\n\tLid string `json:\"lid\" binding:\"required\"`\n}\n",
            "type jar struct {\n\tLid string `json:\"lid\"`\n}\n",
        ),
    ] {
        let open = contract_of(path, old, new, &[SPEC]);
        assert!(open.starts_with("open"), "{path}: {open}");
    }
    let (old, new) = (
        "app.use(express.json({ limit: '1mb' }));\nconst n = 1;\n",
        "app.use(express.json({ limit: '1mb' }));\nconst n = 2;\n",
    );
    assert_eq!(contract_of("src/app.js", old, new, &[SPEC]), "written-down");
}

#[test]
fn a_member_more_is_open_where_values_of_its_enumeration_are_sent_or_taken() {
    let old = "public enum Size {\n    SMALL,\n    LARGE\n}\n";
    let new = "public enum Size {\n    SMALL,\n    HUGE,\n    LARGE\n}\n";
    let taken = (
        "src/Jars.java",
        "@RestController\nclass Jars {\n    void put(@RequestBody Size size) {}\n}\n",
    );
    let inside = (
        "src/Jars.java",
        "class Jars {\n    Size size() { return Size.SMALL; }\n}\n",
    );
    let knows = (
        SPEC.0,
        "openapi: 3.0.0\npaths:\n  /jars:\n    get: {x: [SMALL, HUGE]}\n",
    );
    let of = |others: &[(&str, &str)]| contract_of("src/Size.java", old, new, others);
    assert_eq!(of(&[SPEC, taken]), "open:3");
    assert_eq!(of(&[SPEC, inside]), "written-down");
    assert_eq!(of(&[knows, taken]), "written-down");
    // Kotlin
    let (old, new) = (
        "enum class Size {\n    SMALL,\n}\n",
        "enum class Size {\n    SMALL,\n    HUGE,\n}\n",
    );
    let taken = (
        "src/Jars.kt",
        "@RestController\nclass Jars { fun put(@RequestBody size: Size) = 1 }\n",
    );
    assert_eq!(
        contract_of("src/Size.kt", old, new, &[SPEC, taken]),
        "open:3"
    );
}

#[test]
fn what_a_script_of_the_tree_reads_of_a_program_is_an_interface() {
    let manifest = ("Cargo.toml", "[package]\nname = \"jars\"\n");
    let old = "fn main() {\n    println!(\"{}\\t{}\", 1, 2);\n}\n";
    let new = "fn main() {\n    println!(\"[{}, {}]\", 1, 2);\n}\n";
    let of = |script: &str| {
        contract_of(
            "src/main.rs",
            old,
            new,
            &[manifest, ("deploy/run.sh", script)],
        )
    };
    assert_eq!(of("jar=$(jars | awk '{print $1}')\n"), "open:2");
    assert_eq!(of("jar=$(otherjars | awk '{print $1}')\n"), "no-interface");
    assert_eq!(of("jars\n"), "no-interface");
    let module = ("go.mod", "module example.org/jars\n");
    let (old, new) = (
        "package main\n\nfunc main() {\n\tfmt.Printf(\"%d\\n\", 1)\n}\n",
        "package main\n\nfunc main() {\n\tfmt.Printf(\"{%d}\\n\", 1)\n}\n",
    );
    let script = ("Makefile", "count:\n\tjars | wc -l\n");
    assert_eq!(
        contract_of("main.go", old, new, &[module, script]),
        "open:4"
    );
}

#[test]
fn headers_that_are_installed_are_what_others_are_compiled_with() {
    let (old, new) = ("int jar(void);\n", "int jar(void);\nint lid(void);\n");
    let meson = ("meson.build", "install_headers('include/jar.h')\n");
    let cmake = (
        "CMakeLists.txt",
        "install(DIRECTORY include/ DESTINATION include)\n",
    );
    let program = ("meson.build", "executable('jar', 'src/jar.c')\n");
    for build in [meson, cmake] {
        assert_eq!(contract_of("include/jar.h", old, new, &[build]), "open:2");
        assert_eq!(contract_of("src/jar.h", old, new, &[build]), "no-interface");
    }
    assert_eq!(
        contract_of("include/jar.h", old, new, &[program]),
        "no-interface"
    );
}
