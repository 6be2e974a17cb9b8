//! Who uses what vanishes: the story of the card service.

use crate::{check_contracts, compare_files, summarise_contracts};
use coverage::{ContractOutcome, DependentTree, ReleaseRange};
use model::{
    Adoption, Config, Dependent, FileChange, FileKind, FileStatus, Grade, MemorySnapshot,
    ReadError, Severity, Snapshot,
};

const OLD: &str = "openapi: 3.0.3\ninfo: {title: Cards, version: 3.0.0}\npaths:\n  \
    /cards/{id}:\n    get:\n      operationId: getCard\n      responses: {'200': {description: \
    ok}}\n";

fn new() -> String {
    format!(
        "{OLD}  /cards/verify:\n    post:\n      operationId: verifyCard\n      responses: \
            {{'200': {{description: ok}}}}\n"
    )
}

fn run(dependent: Option<&MemorySnapshot>, named: bool) -> ContractOutcome {
    let trees: Vec<DependentTree<'_>> = dependent
        .map(|tree| known(Some(tree), None, None))
        .into_iter()
        .collect();
    with(&trees, named.then_some(None), &[])
}

/// What is known of the dependent of these tests.
fn known<'a>(
    tree: Option<&'a MemorySnapshot>,
    newer: Option<bool>,
    matrix: Option<&str>,
) -> DependentTree<'a> {
    let matrix = matrix.map(|text| ("ops/matrix.yaml".to_owned(), text.to_owned()));
    DependentTree {
        name: "storefront".to_owned(),
        tree: tree.map(|tree| tree as &dyn Snapshot),
        field: Vec::new(),
        newer,
        matrix,
    }
}

/// A document in which one schema is shared by two operations.
fn shared(extra: &str) -> String {
    let answer = "responses: {'200': {description: ok, content: {application/json: {schema: {$ref: \
        '#/components/schemas/Card'}}}}}";
    format!(
        "openapi: 3.0.3\npaths:\n  /alpha/cards:\n    get: {{{answer}}}\n  /zulu/cards:\n    post: \
            {{{answer}}}\ncomponents:\n  schemas:\n    Card:\n      type: object\n      required: \
            [id{}]\n      properties: {{id: {{type: string}}{extra}}}\n",
        if extra.is_empty() { "" } else { ", expiryDate" }
    )
}

#[test]
fn a_shared_schema_concerns_every_operation_that_reaches_it() {
    let compared = |text: &str| {
        between(
            &shared(""),
            &shared(", expiryDate: {type: string}"),
            &MemorySnapshot::new([("src/zulu.ts", text)]),
        )
    };
    let used = compared("const card = await http.post('/zulu/cards')\nshow(card.expiryDate)\n");
    assert_eq!(
        used.contracts[0].changes[0].adoption,
        Adoption::Used,
        "{:?}",
        used.contracts[0].changes
    );
    let unused = compared("const cards = await http.get('/other/things')\n");
    assert_eq!(
        unused.contracts[0].changes[0].adoption,
        Adoption::NotAdopted
    );
}

#[test]
fn a_parameter_that_a_reading_call_ignores_blocks_only_where_it_is_used() {
    let document = |method: &str, parameters: &str| {
        format!(
            "openapi: 3.0.3\npaths:\n  /cards:\n    {method}:\n      parameters: \
                [{parameters}]\n      responses: {{'200': {{description: ok}}}}\n"
        )
    };
    let graded = |method: &str| {
        let outcome = between(
            &document(method, ""),
            &document(method, "{name: limit, in: query, schema: {type: integer}}"),
            &MemorySnapshot::new([("readme.md", "")]),
        );
        // nobody looked
        let unknown = compare_files(
            &MemorySnapshot::new([("openapi.yaml", document(method, "").as_str())]),
            &MemorySnapshot::new([(
                "openapi.yaml",
                document(method, "{name: limit, in: query, schema: {type: integer}}").as_str(),
            )]),
        );
        assert_eq!(outcome.contracts[0].changes[0].on_rollback, Grade::Breaking);
        unknown.findings[0].severity
    };
    assert_eq!(
        (graded("get"), graded("post")),
        (Severity::Warns, Severity::Blocks)
    );
}

/// The comparison of two documents with a dependent's tree.
fn between(old: &str, new: &str, dependent: &MemorySnapshot) -> ContractOutcome {
    compared(
        &MemorySnapshot::new([("openapi.yaml", old)]),
        &MemorySnapshot::new([("openapi.yaml", new)]),
        &Config::default(),
        &[known(Some(dependent), None, None)],
    )
}

/// The comparison with what is known, the live version stated (or not), and further files beside
/// the contract.
fn with(
    trees: &[DependentTree<'_>],
    live: Option<Option<&str>>,
    beside: &[(&str, &str)],
) -> ContractOutcome {
    let current: Vec<(&str, String)> = [("openapi.yaml", new())]
        .into_iter()
        .chain(
            beside
                .iter()
                .map(|(path, text)| (*path, (*text).to_owned())),
        )
        .collect();
    let (previous, current) = (
        MemorySnapshot::new([("openapi.yaml", OLD)]),
        MemorySnapshot::new(current),
    );
    let mut config = Config::default();
    if let Some(live) = live {
        let live = live.map(str::to_owned);
        config.dependents.push(Dependent {
            name: "storefront".to_owned(),
            uses: vec!["openapi.yaml".to_owned()],
            live,
            ..Dependent::default()
        });
    }
    compared(&previous, &current, &config, trees)
}

fn compared(
    previous: &MemorySnapshot,
    current: &MemorySnapshot,
    config: &Config,
    trees: &[DependentTree<'_>],
) -> ContractOutcome {
    let change = FileChange {
        path: "openapi.yaml".to_owned(),
        old_path: None,
        status: FileStatus::Modified,
        old_id: None,
        new_id: None,
        old_mode: 0o100_644,
        new_mode: 0o100_644,
        insertions: None,
        deletions: None,
        kind: FileKind::Contract,
        component: None,
    };
    let range = ReleaseRange {
        previous,
        current,
        changes: &[change],
        config,
        previous_version: "3.0.0",
        current_version: "3.1.0",
    };
    check_contracts(&range, trees)
}

const PACT: &str = "{\"consumer\": {\"name\": \"Storefront\"}, \"provider\": {\"name\": \
    \"cards\"},\n \"interactions\": [\n  {\"description\": \"verify a card\", \"request\": \
    {\"method\": \"post\",\n   \"path\": \"/v1/cards/verify\", \"body\": {\"number\": \"1\"}}, \
    \"response\": {\"status\": 200}}],\n \"metadata\": {\"pactSpecification\": {\"version\": \
    \"3.0.0\"}}}";

#[test]
fn a_pact_shows_use_in_either_repository() {
    let theirs = MemorySnapshot::new([("pacts/storefront-cards.json", PACT)]);
    let outcome = run(Some(&theirs), true);
    assert_eq!(outcome.contracts[0].changes[0].adoption, Adoption::Used);
    let place = &outcome.dependents[0].evidence;
    assert!(
        place.iter().any(|place| place.raw_path()
            == Some("storefront pacts/storefront-cards.json")
            && place.line == Some(4)),
        "{place:?}"
    );
    let ours = with(&[], Some(None), &[("pacts/storefront-cards.json", PACT)]);
    assert_eq!(ours.dependents[0].uses, Some(true));
    let elses = with(
        &[],
        Some(None),
        &[("pacts/till-cards.json", &PACT.replace("Storefront", "till"))],
    );
    assert_eq!(elses.dependents[0].uses, None);
    let other = with(
        &[],
        Some(None),
        &[(
            "pacts/storefront-cards.json",
            &PACT.replace("/verify", "/7"),
        )],
    );
    assert_eq!(other.dependents[0].uses, None);
}

#[test]
fn a_matrix_tells_of_the_live_version_and_the_previous_release() {
    let matrix = |success: &str| {
        format!(
            "- {{consumer: storefront, consumer_version: '5.2', provider_version: 3.0.0, success: \
                {success}}}\n"
        )
    };
    let asked =
        |text: &str, live: &str| with(&[known(None, None, Some(text))], Some(Some(live)), &[]);
    let fine = asked(&matrix("true"), "5.2");
    assert_eq!(
        (
            fine.contracts[0].changes[0].adoption,
            fine.dependents[0].uses
        ),
        (Adoption::NotAdopted, Some(false))
    );
    let failed = asked(&matrix("false"), "5.2");
    assert_eq!(failed.dependents[0].uses, Some(true));
    assert_eq!(
        failed.dependents[0].evidence[0].raw_path(),
        Some("ops/matrix.yaml")
    );
    assert_eq!(failed.findings[0].severity, Severity::Blocks);
    for unknown in [
        asked(&matrix("true"), "5.3"),
        asked(&matrix("~"), "5.2"),
        asked("{", "5.2"),
    ] {
        assert_eq!(
            (
                unknown.contracts[0].changes[0].adoption,
                unknown.dependents[0].uses
            ),
            (Adoption::Unknown, None)
        );
    }
    // a call that is seen counts more than a verification that may not have covered it
    let calls = MemorySnapshot::new([("src/pay.ts", "http.post('/cards/verify')\n")]);
    let both = with(
        &[known(Some(&calls), None, Some(&matrix("true")))],
        Some(Some("5.2")),
        &[],
    );
    assert_eq!(both.dependents[0].uses, Some(true));
}

#[test]
fn a_newer_dependent_could_use_what_cannot_be_searched_for() {
    for (newer, adoption) in [
        (Some(true), Adoption::CouldBeUsed),
        (Some(false), Adoption::Unknown),
        (None, Adoption::Unknown),
    ] {
        let outcome = with(&[known(None, newer, None)], Some(None), &[]);
        assert_eq!(
            (
                outcome.contracts[0].changes[0].adoption,
                outcome.dependents[0].uses
            ),
            (adoption, None)
        );
    }
}

#[test]
fn several_operations_of_one_dependent_are_told_one_by_one() {
    let calls = MemorySnapshot::new([(
        "src/pay.ts",
        "http.post('/cards/verify')\nhttp.delete('/cards/verify')\n",
    )]);
    let more = format!(
        "{}    delete: {{operationId: forgetCard, responses: {{'204': {{description: gone}}}}}}\n",
        new()
    );
    let outcome = with(
        &[known(Some(&calls), None, None)],
        Some(None),
        &[("openapi.yaml", &more)],
    );
    let told: Vec<_> = outcome
        .dependents
        .iter()
        .filter(|row| row.uses == Some(true))
        .map(|row| row.operation.as_str())
        .collect();
    assert_eq!(told, ["DELETE /cards/verify", "POST /cards/verify"]);
    assert_eq!(
        summarise_contracts(&outcome, "3.0.0").dependents[0].source,
        "DELETE /cards/verify and 1 more"
    );
}

#[test]
fn a_call_in_the_dependents_repository_is_use() {
    let storefront = MemorySnapshot::new([
        (
            "src/pay.ts",
            "import { http } from './http';\n\nexport async function pay(card: Card) {\n  const \
                answer = await http.post(`${base}/cards/verify`, { card });\n  return \
                answer.ok;\n}\n",
        ),
        ("README.md", "We call POST /cards/verify.\n"),
    ]);
    let outcome = run(Some(&storefront), true);
    let change = &outcome.contracts[0].changes[0];
    assert_eq!(
        (
            change.check.as_str(),
            change.location.as_str(),
            change.adoption
        ),
        (
            "contract/operation-added",
            "POST /cards/verify",
            Adoption::Used
        )
    );
    assert_eq!(
        (change.on_deploy, change.on_rollback),
        (Grade::Compatible, Grade::Breaking)
    );
    assert_eq!(change.used_by.len(), 1);
    assert_eq!(
        (change.used_by[0].path.as_str(), change.used_by[0].line),
        ("src/pay.ts", Some(4))
    );
    let row = &outcome.dependents[0];
    assert_eq!(
        (row.name.as_str(), row.operation.as_str(), row.uses),
        ("storefront", "POST /cards/verify", Some(true))
    );
    assert_eq!(row.evidence[0].raw_path(), Some("storefront src/pay.ts"));
    assert_eq!(
        (
            outcome.findings[0].severity,
            outcome.findings[0].subject.as_raw()
        ),
        (Severity::Blocks, "POST /cards/verify")
    );
    let told = summarise_contracts(&outcome, "3.0.0");
    assert_eq!(
        (told.way_back.word(), told.way_back.source.as_str()),
        ("breaking", "3.0.0 has no POST /cards/verify")
    );
    assert_eq!(
        (told.dependents[0].uses, told.dependents[0].source.as_str()),
        (Some(true), "POST /cards/verify")
    );
    assert_eq!(told.stored.word(), "compatible");
}

#[test]
fn a_dependent_that_never_moved_does_not_block() {
    let storefront = MemorySnapshot::new([("src/pay.ts", "await http.get(`/cards/${id}`);\n")]);
    let outcome = run(Some(&storefront), true);
    assert_eq!(
        outcome.contracts[0].changes[0].adoption,
        Adoption::NotAdopted
    );
    assert_eq!(outcome.dependents[0].uses, Some(false));
    assert!(
        outcome
            .findings
            .iter()
            .all(|finding| finding.severity > Severity::Warns),
        "{:?}",
        outcome.findings
    );
}

#[test]
fn a_copy_of_the_contract_could_be_used() {
    let storefront = MemorySnapshot::new([("contracts/cards.yaml", new())]);
    let outcome = run(Some(&storefront), true);
    assert_eq!(
        outcome.contracts[0].changes[0].adoption,
        Adoption::CouldBeUsed
    );
    assert_eq!(outcome.dependents[0].uses, None);
    assert_eq!(outcome.findings[0].severity, Severity::Warns);
}

#[test]
fn a_client_method_named_after_the_operation_is_use() {
    let storefront = MemorySnapshot::new([(
        "app/pay.py",
        "def pay(client, card):\n    return client.verify_card(card)\n",
    )]);
    let outcome = run(Some(&storefront), true);
    assert_eq!(outcome.contracts[0].changes[0].adoption, Adoption::Used);
    assert_eq!(outcome.dependents[0].evidence[0].line, Some(2));
}

#[test]
fn nobody_known_or_nobody_looked_is_unknown() {
    for named in [false, true] {
        let outcome = run(None, named);
        assert_eq!(outcome.contracts[0].changes[0].adoption, Adoption::Unknown);
        assert_eq!(outcome.dependents.len(), usize::from(named));
        assert!(outcome.dependents.iter().all(|row| row.uses.is_none()));
        assert_eq!(outcome.findings[0].severity, Severity::Blocks);
    }
}

#[test]
fn removing_evidence_never_improves_the_verdict() {
    let used = MemorySnapshot::new([("src/pay.ts", "http.post('/cards/verify')\n")]);
    let looked = run(Some(&used), true).findings[0].severity;
    let unknown = run(None, true).findings[0].severity;
    let nobody = run(None, false).findings[0].severity;
    assert!(unknown <= looked && nobody <= looked);
}

#[test]
fn every_version_in_the_field_counts() {
    let (with_call, without) = (
        MemorySnapshot::new([("src/pay.ts", "await http.post('/cards/verify', card)\n")]),
        MemorySnapshot::new([("src/pay.ts", "await http.get('/cards/7')\n")]),
    );
    let told = |live: Option<&MemorySnapshot>, field: &[(&str, Option<&MemorySnapshot>)]| {
        let mut tree = known(live, None, None);
        tree.field = field
            .iter()
            .map(|(version, tree)| {
                (
                    (*version).to_owned(),
                    tree.map(|tree| tree as &dyn Snapshot),
                )
            })
            .collect();
        with(&[tree], Some(live.map(|_| "5.3")), &[])
    };
    let adoption = |outcome: &ContractOutcome| outcome.contracts[0].changes[0].adoption;
    let used = told(
        Some(&without),
        &[("5.2", Some(&without)), ("5.1", Some(&with_call))],
    );
    assert_eq!(adoption(&used), Adoption::Used);
    let place = &used.contracts[0].changes[0].used_by[0];
    assert_eq!(
        (place.dependent.as_str(), place.path.as_str(), place.line),
        ("storefront", "5.1 src/pay.ts", Some(1))
    );
    assert_eq!(
        summarise_contracts(&used, "3.0.0").dependents[0].uses,
        Some(true)
    );
    assert_eq!(
        adoption(&told(Some(&without), &[("5.2", Some(&without))])),
        Adoption::NotAdopted
    );
    // a version that nobody could read rules nothing out, and use in another stays use
    assert_eq!(
        adoption(&told(Some(&without), &[("5.2", None)])),
        Adoption::Unknown
    );
    assert_eq!(
        adoption(&told(None, &[("5.2", None), ("5.1", Some(&with_call))])),
        Adoption::Used
    );
    // without a live version the field is all there is
    assert_eq!(
        adoption(&told(None, &[("5.2", Some(&without))])),
        Adoption::NotAdopted
    );
}

#[test]
fn a_dependent_whose_code_cannot_be_searched_has_not_been_seen_not_to_use_it() {
    let quiet = ("src/other.ts", b"show(basket)".to_vec());
    let uses = "await http.post('/cards/verify')\n";
    let wide: Vec<u8> = uses.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = run(
        Some(&MemorySnapshot::new([
            quiet.clone(),
            ("src/cards.ts", wide),
        ])),
        false,
    );
    assert_eq!(found.contracts[0].changes[0].adoption, Adoption::Used);
    let seen = run(
        Some(&MemorySnapshot::new([
            quiet.clone(),
            ("logo.gif", b"GIF8\0\0".to_vec()),
        ])),
        false,
    );
    assert_eq!(
        (seen.contracts[0].changes[0].adoption, seen.unsearched.len()),
        (Adoption::NotAdopted, 0)
    );
    let unread = [
        MemorySnapshot::new([quiet.clone(), ("src/cards.ts", b"a\0b".to_vec())]),
        MemorySnapshot::new([quiet.clone()]).with_unread(ReadError::Absent {
            path: "src/cards.ts".to_owned(),
        }),
        MemorySnapshot::new([quiet.clone()]).with_unread(ReadError::Submodule {
            path: "src/cards.ts".to_owned(),
        }),
    ];
    for tree in unread {
        let outcome = run(Some(&tree), true);
        assert_eq!(outcome.contracts[0].changes[0].adoption, Adoption::Unknown);
        assert_eq!(outcome.dependents[0].uses, None);
        assert_eq!(outcome.unsearched[0].path, "storefront src/cards.ts");
    }
}
