//! Who uses what vanishes: the story of the card service.

use crate::check::contract::{check, summary};
use crate::check::{ContractOutcome, DependentTree, Range};
use crate::model::{Adoption, Config, Dependent, FileChange, FileStatus, Grade, Kind, MemorySnapshot, Severity};

const OLD: &str = "openapi: 3.0.3\ninfo: {title: Cards, version: 3.0.0}\npaths:\n  /cards/{id}:\n    get:\n      operationId: getCard\n      responses: {'200': {description: ok}}\n";

fn new() -> String {
    format!("{OLD}  /cards/verify:\n    post:\n      operationId: verifyCard\n      responses: {{'200': {{description: ok}}}}\n")
}

fn run(dependent: Option<&MemorySnapshot>, named: bool) -> ContractOutcome {
    let (previous, current) = (MemorySnapshot::new([("openapi.yaml", OLD)]), MemorySnapshot::new([("openapi.yaml", new())]));
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
        kind: Kind::Contract,
        component: None,
    };
    let mut config = Config::default();
    if named {
        config.dependents.push(Dependent { name: "storefront".to_owned(), uses: vec!["openapi.yaml".to_owned()], ..Dependent::default() });
    }
    let range = Range { previous: &previous, current: &current, changes: &[change], config: &config, previous_version: "3.0.0", current_version: "3.1.0" };
    let trees: Vec<DependentTree<'_>> = dependent.map(|tree| DependentTree { name: "storefront".to_owned(), tree }).into_iter().collect();
    check(&range, &trees)
}

#[test]
fn a_call_in_the_dependents_repository_is_use() {
    let storefront = MemorySnapshot::new([
        (
            "src/pay.ts",
            "import { http } from './http';\n\nexport async function pay(card: Card) {\n  const answer = await http.post(`${base}/cards/verify`, { card });\n  return answer.ok;\n}\n",
        ),
        ("README.md", "We call POST /cards/verify.\n"),
    ]);
    let outcome = run(Some(&storefront), true);
    let change = &outcome.contracts[0].changes[0];
    assert_eq!((change.check.as_str(), change.location.as_str(), change.adoption), ("contract/operation-added", "POST /cards/verify", Adoption::Used));
    assert_eq!((change.on_deploy, change.on_rollback), (Grade::Compatible, Grade::Breaking));
    assert_eq!(change.used_by.len(), 1);
    assert_eq!((change.used_by[0].path.as_str(), change.used_by[0].line), ("src/pay.ts", Some(4)));
    let row = &outcome.dependents[0];
    assert_eq!((row.name.as_str(), row.operation.as_str(), row.uses), ("storefront", "POST /cards/verify", Some(true)));
    assert_eq!(row.evidence[0].path.as_deref(), Some("storefront src/pay.ts"));
    assert_eq!((outcome.findings[0].severity, outcome.findings[0].subject.as_str()), (Severity::Blocks, "POST /cards/verify"));
    let told = summary(&outcome, "3.0.0");
    assert_eq!((told.way_back.word(), told.way_back.source.as_str()), ("breaking", "3.0.0 has no POST /cards/verify"));
    assert_eq!((told.dependents[0].uses, told.dependents[0].source.as_str()), (Some(true), "POST /cards/verify"));
    assert_eq!(told.stored.word(), "compatible");
}

#[test]
fn a_dependent_that_never_moved_does_not_block() {
    let storefront = MemorySnapshot::new([("src/pay.ts", "await http.get(`/cards/${id}`);\n")]);
    let outcome = run(Some(&storefront), true);
    assert_eq!(outcome.contracts[0].changes[0].adoption, Adoption::NotAdopted);
    assert_eq!(outcome.dependents[0].uses, Some(false));
    assert!(outcome.findings.iter().all(|finding| finding.severity > Severity::Warns), "{:?}", outcome.findings);
}

#[test]
fn a_copy_of_the_contract_could_be_used() {
    let storefront = MemorySnapshot::new([("contracts/cards.yaml", new())]);
    let outcome = run(Some(&storefront), true);
    assert_eq!(outcome.contracts[0].changes[0].adoption, Adoption::CouldBeUsed);
    assert_eq!(outcome.dependents[0].uses, None);
    assert_eq!(outcome.findings[0].severity, Severity::Warns);
}

#[test]
fn a_client_method_named_after_the_operation_is_use() {
    let storefront = MemorySnapshot::new([("app/pay.py", "def pay(client, card):\n    return client.verify_card(card)\n")]);
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
