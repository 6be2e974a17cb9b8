//! TypeScript declarations.

use super::{MutationRow, changes, compare_files, hold, ids, outcome};
use crate::compare::compare_with;
use model::{Grade, MemorySnapshot};

pub(super) const BASE: &str = r#"import { Money } from "money";

/** A card. */
export interface Card extends Stored {
  readonly id: string;
  label: string;
  expiry?: string;
  of: Money;
  tags: string | string[];
  pay(amount: number, currency?: string): Receipt | undefined;
}
export declare class Client {
  constructor(base: string);
  retries: number;
  private secret: string;
  static create(base: string): Client;
  get open(): boolean;
}
export type Network = "visa" | "master";
export interface Page<T> { items: T[]; next: (token: string) => Page<T> }
export declare enum Kind { Debit = 1, Credit = 2 }
export declare const version: "1" | "2";
export declare function verify(card: Card, strict: boolean): boolean;
export declare function find(id: string | number): Card | undefined;
export declare function move(from: string, to: string): void;
export declare function over(a: string): void;
export declare namespace tools { function trim(text: string): string; }
export { Money as Amount, hidden };
declare function hidden(options: Options): void;
interface Options { deep: boolean; far?: number }
"#;

#[rustfmt::skip] // one mutation a line
pub(super) const ROWS: &[MutationRow] = &[
    ("export type Network", "export type Other = string;\nexport type Network", "ts-export-added"),
    ("export declare function over(a: string): void;\n", "", "ts-export-removed"),
    ("function trim(text: string): string;", "function trim(text: string): string; function \
        pad(text: string): string;", "ts-export-added"),
    ("export declare enum Kind { Debit = 1, Credit = 2 }", "export type Kind = 1 | \
        2;", "ts-kind-changed"),
    ("interface Card extends Stored", "interface Card extends Stored, Dated", "ts-heritage-added"),
    ("interface Card extends Stored", "interface Card", "ts-heritage-removed"),
    ("interface Page<T> {", "interface Page<T, C> {", "ts-type-parameter-required"),
    ("interface Page<T> {", "interface Page<T extends Card> {", "ts-type-parameters-changed"),
    ("  expiry?: string;", "  expiry?: string;\n  owner?: string;", "ts-member-added"),
    ("  retries: number;", "  retries: number;\n  wait: number;", "ts-member-added"),
    ("  expiry?: string;\n", "", "ts-member-removed"),
    ("  label: string;", "  label: string;\n  owner: string;", "ts-required-member-added"),
    ("  label: string;\n", "", "ts-required-member-removed"),
    ("expiry?: string", "expiry: string", "ts-member-became-required"),
    ("label: string", "label?: string", "ts-member-became-optional"),
    ("far?: number", "far: number", "ts-member-became-required"),
    ("  label: string", "  readonly label: string", "ts-readonly-added"),
    ("readonly id: string", "id: string", "ts-readonly-removed"),
    ("Credit = 2", "Credit = 2, Voucher", "ts-enum-member-added"),
    (", Credit = 2", "", "ts-enum-member-removed"),
    ("Credit = 2", "Credit = 3", "ts-enum-value-changed"),
    ("\"visa\" | \"master\"", "\"visa\" | \"master\" | \"amex\"", "ts-type-widened"),
    ("\"visa\" | \"master\"", "\"visa\"", "ts-type-narrowed"),
    ("label: string", "label: number", "ts-type-swapped"),
    ("label: string", "label: \"a\" | \"b\"", "ts-type-narrowed"),
    ("of: Money", "of: Price", "ts-type-changed"),
    ("version: \"1\" | \"2\"", "version: string", "ts-result-widened"),
    ("Card | undefined;", "Card;", "ts-result-narrowed"),
    ("card: Card, strict: boolean", "card: Card, strict: boolean, deep: \
        boolean", "ts-parameter-added-required"),
    ("card: Card, strict: boolean", "card: Card", "ts-parameter-removed-required"),
    ("constructor(base: string)", "constructor(base: string, limit?: \
        number)", "ts-parameter-added-optional"),
    ("amount: number, currency?: string", "amount: number", "ts-parameter-removed-optional"),
    ("currency?: string", "currency: string", "ts-parameter-became-required"),
    ("strict: boolean", "strict?: boolean", "ts-parameter-became-optional"),
    ("id: string | number", "id: string | number | Card", "ts-parameter-widened"),
    ("id: string | number", "id: string", "ts-parameter-narrowed"),
    ("from: string, to: string", "to: string, from: string", "ts-parameters-reordered"),
    ("export declare function over(a: string): void;", "export declare function over(a: string): \
        void;\nexport declare function over(a: number): void;", "ts-overload-added"),
    ("  retries: number;", "  retries: number;\n  static create(): Client;", "ts-overload-added"),
];

#[test]
fn each_mutation_is_found_both_ways() {
    hold("index.d.ts", BASE, ROWS);
}

#[test]
fn each_row_tells_one_thing() {
    for (from, to, rule) in ROWS {
        let found = ids("index.d.ts", BASE, &super::mutated(BASE, from, to));
        assert_eq!(
            found.len(),
            1,
            "`{from}` to `{to}` is {rule} alone: {found:?}"
        );
    }
}

#[test]
fn respelling_is_silent() {
    let same = [
        ("\"visa\" | \"master\"", "\n  | 'master'\n  | 'visa'"),
        ("tags: string | string[]", "tags: Array<string> | string"),
        (
            "  readonly id: string;\n  label: string;",
            "  label: string, // words\n  /** more */ readonly id: (string);",
        ),
        ("private secret: string", "private hidden: number"),
        (
            "next: (token: string) => Page<T>",
            "next(by: string): Page<T>",
        ),
        (
            "Page<T> { items: T[]; next: (token: string) => Page<T> }",
            "Page<Item> { items: Item[]; next: (token: string) => Page<Item> }",
        ),
        (
            "strict: boolean): boolean",
            "strict: true | false): boolean",
        ),
        ("expiry?: string", "expiry?: string | undefined"),
        ("Debit = 1, Credit = 2", "Debit = 1, Credit"),
        ("function over(a: string)", "function over(b: string)"),
        ("export declare function over", "export function over"),
        (
            "interface Options { deep: boolean; far?: number }",
            "type Options = { far?: number, deep: boolean }",
        ),
        (
            "/** A card. */",
            "// a card, in other words\n/* and more */",
        ),
    ];
    for (from, to) in same {
        let other = super::mutated(BASE, from, to);
        for (a, b) in [(BASE, other.as_str()), (other.as_str(), BASE)] {
            let found = changes("index.d.ts", a, b);
            assert!(found.is_empty(), "`{from}` to `{to}`: {found:#?}");
        }
    }
}

fn tree<const N: usize>(files: [(&'static str, &'static str); N]) -> MemorySnapshot {
    MemorySnapshot::new(files)
}

fn told(old: &MemorySnapshot, new: &MemorySnapshot) -> Vec<(String, String, String)> {
    let outcome = compare_files(old, new);
    let of = |path: &str, change: &model::ContractChange| {
        (
            path.to_owned(),
            change.check.trim_start_matches("contract/").to_owned(),
            change.location.clone(),
        )
    };
    outcome
        .contracts
        .iter()
        .flat_map(|contract| {
            contract
                .changes
                .iter()
                .map(move |change| of(&contract.path, change))
        })
        .collect()
}

#[test]
fn re_exports_are_followed_and_told_once_where_the_text_changed() {
    let old = tree([
        (
            "index.d.ts",
            "export * from './card';\nexport type A = string;\n",
        ),
        ("card.d.ts", "export interface Card { id: string }\n"),
    ]);
    let new = tree([
        (
            "index.d.ts",
            "export * from './card.js';\nexport * as all from './card';\nexport type A = string;\n",
        ),
        (
            "card.d.ts",
            "export interface Card { id: string; expiry?: string }\n",
        ),
    ]);
    let found = told(&old, &new);
    let wanted = [
        ("card.d.ts", "ts-member-added", "Card.expiry"),
        ("index.d.ts", "ts-export-added", "all"),
    ];
    assert_eq!(
        found,
        wanted.map(|(path, rule, at)| (path.to_owned(), rule.to_owned(), at.to_owned()))
    );
    let split = tree([
        (
            "index.d.ts",
            "export { Card } from './model/card';\nexport type A = string;\n",
        ),
        ("model/card.d.ts", "export interface Card { id: string }\n"),
    ]);
    assert!(told(&old, &split).is_empty(), "{:?}", told(&old, &split));
    assert!(told(&split, &old).is_empty(), "{:?}", told(&split, &old));
}

#[test]
fn what_is_passed_on_from_elsewhere_is_unknown() {
    let (with, without) = (
        "export * from 'other';\nexport type A = string;\n",
        "export type A = string;\n",
    );
    for (old, new) in [(with, without), (without, with)] {
        assert_eq!(
            ids("index.d.ts", old, new),
            ["unreadable".to_owned()].into(),
            "{old} to {new}"
        );
    }
    assert!(ids("index.d.ts", with, with).is_empty());
    // a name that came while all of a package went may have been in it
    assert_eq!(
        ids(
            "index.d.ts",
            with,
            "export type A = string;\nexport type B = string;\n"
        ),
        ["unreadable".to_owned()].into()
    );
    assert_eq!(
        ids(
            "index.d.ts",
            "export { a } from 'one';\n",
            "export { a } from 'two';\n"
        ),
        ["ts-type-changed".to_owned()].into()
    );
}

#[test]
fn what_the_grammar_does_not_read_is_a_doubt() {
    let broken = BASE.replace(
        "export type Network = \"visa\" | \"master\";",
        "export type Network = = ??? \"visa\";",
    );
    let outcome = outcome("index.d.ts", BASE, &broken);
    assert!(outcome.contracts[0].on_rollback >= Grade::Doubt && !outcome.unchecked.is_empty());
    assert!(
        outcome.contracts[0]
            .changes
            .iter()
            .all(|change| change.check != "contract/ts-export-removed"),
        "{:#?}",
        outcome.contracts
    );
    assert!(ids("index.d.ts", &broken, &broken).is_empty());
}

#[test]
fn a_script_and_a_module_declaration_are_public_as_a_whole() {
    assert_eq!(
        ids(
            "index.d.ts",
            "declare var a: string;\n",
            "declare var a: string;\ndeclare function b(): void;\n"
        ),
        ["ts-export-added".to_owned()].into()
    );
    let module = |more: &str| {
        format!("declare module \"cards\" {{\n  export interface Card {{ id: string{more} }}\n}}\n")
    };
    assert_eq!(
        ids("index.d.ts", &module(""), &module("; b: string")),
        ["ts-required-member-added".to_owned()].into()
    );
    let assigned =
        |more: &str| format!("declare class Card {{ id: string; {more} }}\nexport = Card;\n");
    assert_eq!(
        ids("index.d.ts", &assigned(""), &assigned("b: string;")),
        ["ts-member-added".to_owned()].into()
    );
}

#[test]
fn sources_are_contracts_only_when_they_are_named() {
    let (old, new) = (
        "export function a(x: string): void {}\n",
        "export function a(x: string, y: number): void {}\n",
    );
    assert_eq!(
        ids("a.ts", old, new),
        ["ts-parameter-added-required".to_owned()].into()
    );
    let (old, new) = (
        tree([
            ("a.ts", "export type A = string;\n"),
            ("b.ts", "export {}\n"),
        ]),
        tree([
            ("a.ts", "export type A = number;\n"),
            ("b.ts", "export {}\n"),
        ]),
    );
    assert!(compare_files(&old, &new).contracts.is_empty());
}

#[test]
fn only_what_a_package_publishes_is_found_by_itself() {
    let listed = |manifest: &'static str, path: &'static str| {
        let side =
            |text: &'static str| MemorySnapshot::new([("package.json", manifest), (path, text)]);
        compare_with(
            &side("export type A = string;\n"),
            &side("export type A = number;\n"),
            &[path],
        )
        .contracts
        .len()
    };
    assert_eq!(
        listed(
            "{\"name\": \"a\", \"types\": \"./dist/index.d.ts\"}",
            "dist/index.d.ts"
        ),
        1
    );
    assert_eq!(
        listed(
            "{\"name\": \"a\", \"types\": \"./dist/index.d.ts\"}",
            "dist/more/card.d.ts"
        ),
        1
    );
    assert_eq!(
        listed(
            "{\"name\": \"a\", \"types\": \"./dist/index.d.ts\"}",
            "src/shim.d.ts"
        ),
        0
    );
    assert_eq!(listed("{\"name\": \"a\"}", "types/index.d.ts"), 1);
    assert_eq!(
        listed("{\"name\": \"a\", \"private\": true}", "types/index.d.ts"),
        0
    );
    assert_eq!(listed("{\"name\": \"a\"}", "test/index.d.ts"), 0);
    assert_eq!(listed("{\"name\": \"a\"}", "node_modules/b/index.d.ts"), 0);
    assert_eq!(listed("{\"name\": \"a\"}", "src/a.ts"), 0);
}

#[test]
fn circles_and_webs_of_files_end() {
    let web = |last: &'static str| {
        let mut files: Vec<(String, String)> = Vec::new();
        for n in 0..40 {
            for side in ["a", "b"] {
                let next = n + 1;
                let named = format!(
                    "export {{ X as Y, Y as X }} from './a{next}';\nexport {{ X as V, V as X2 }} \
                        from './b{next}';\n"
                );
                let text = format!(
                    "{named}export * from './a{next}';\nexport * from './b{next}';\nexport * as p \
                        from './a{next}';\nexport * as q from './b{next}';\n"
                );
                files.push((format!("{side}{n}.d.ts"), text));
            }
        }
        files.push((
            "a40.d.ts".to_owned(),
            format!("export * from './a0';\nexport interface X {{ id: {last} }}\n"),
        ));
        files.push((
            "b40.d.ts".to_owned(),
            "export { Z } from './b40';\nexport * from './b40';\n".to_owned(),
        ));
        MemorySnapshot::new(
            files
                .iter()
                .map(|(path, text)| (path.as_str(), text.as_str()))
                .collect::<Vec<_>>(),
        )
    };
    let outcome = compare_files(&web("string"), &web("number"));
    assert!(
        outcome
            .contracts
            .iter()
            .any(|contract| contract.on_rollback == Grade::Breaking),
        "{:?}",
        outcome.contracts.len()
    );
    let deep = format!(
        "export type A = {}string{};\n",
        "(".repeat(20_000),
        ")".repeat(20_000)
    );
    assert!(ids("index.d.ts", &deep, &deep).is_empty());
    let nested = format!(
        "{}export type A = string;{}",
        "declare namespace a {\n".repeat(3_000),
        "}".repeat(3_000)
    );
    assert!(ids("index.d.ts", &nested, &nested).is_empty());
}

#[test]
fn what_is_in_a_hidden_namespace_is_not_exported() {
    let text = |more: &str| {
        format!("export type A = string;\ndeclare namespace own {{ function a(): void; {more} }}\n")
    };
    assert!(ids("index.d.ts", &text(""), &text("function b(): void;")).is_empty());
    let shown = |more: &str| format!("{}export {{ own as tools }};\n", text(more));
    let found = changes("index.d.ts", &shown(""), &shown("function b(): void;"));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].location, "tools.b");
}

#[test]
fn long_unions_are_told_apart() {
    let text = |count: usize| {
        format!(
            "export type Code = {};\n",
            (0..count)
                .map(|n| format!("'c{n}'"))
                .collect::<Vec<_>>()
                .join(" | ")
        )
    };
    assert_eq!(
        ids("index.d.ts", &text(30_000), &text(30_001)),
        ["ts-type-widened".to_owned()].into()
    );
    assert_eq!(
        ids("index.d.ts", &text(30_001), &text(30_000)),
        ["ts-type-narrowed".to_owned()].into()
    );
}

#[test]
fn aliases_are_seen_through() {
    let text = |kind: &str| {
        format!(
            "type Milliseconds = number;\ntype Wait = Milliseconds | 'forever';\nexport interface \
                Options {{ timeout: {kind}; }}\n"
        )
    };
    assert!(ids("index.d.ts", &text("number"), &text("Milliseconds")).is_empty());
    assert_eq!(
        ids("index.d.ts", &text("number"), &text("Wait")),
        ["ts-type-widened".to_owned()].into()
    );
    assert_eq!(
        ids("index.d.ts", &text("Wait"), &text("string")),
        ["ts-type-changed".to_owned()].into()
    );
    let circle = "type A = B | 1;\ntype B = A | 2;\nexport declare const a: A;\n";
    assert!(!ids("index.d.ts", circle, &circle.replace("a: A", "a: string")).is_empty());
    // an interface that became an alias is still a type only
    assert_eq!(
        ids(
            "index.d.ts",
            "export interface A extends B {}\n",
            "export type A = B;\n"
        ),
        ["ts-type-changed".to_owned()].into()
    );
}
