//! A rich assessment and decision for snapshots: a payment service whose 3.1.0 added an endpoint that a dependent calls.

use std::sync::Arc;

use jiff::Timestamp;

use crate::checklist::{Checklist, Choice, GateItem, GateList, Question};
use crate::decision::Resolved;
use crate::model::*;

use super::job::Decided;
use super::model::{Model, Options};

/// 03:00 of the sample's night.
pub fn now() -> Timestamp {
    "2026-03-14T03:00:00Z".parse().unwrap()
}

/// A time of the sample's night.
pub fn at(text: &str) -> Timestamp {
    format!("2026-03-14T{text}Z").parse().unwrap()
}

/// A release.
pub fn release(version: &str, commit: char) -> Release {
    Release {
        version: version.to_owned(),
        commit: commit.to_string().repeat(40),
        time: Some("2026-03-12T14:00:00Z".parse().unwrap()),
        tag: Some(format!("v{version}")),
        scheme: "v".to_owned(),
        prerelease: false,
    }
}

/// An entry of the changelog.
pub fn entry(commit: char, kind: Option<&str>, title: &str, if_reverted: &[Reverting], paths: &[&str]) -> Entry {
    Entry {
        commit: commit.to_string().repeat(40),
        time: Some("2026-03-12T09:30:00Z".parse().unwrap()),
        author: "Kim Vega".to_owned(),
        title: title.to_owned(),
        body: format!("{title}\n\nThe long description of this change, over a few words."),
        kind: kind.map(str::to_owned),
        pull_request: Some(412),
        if_reverted: if_reverted.to_vec(),
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        path_count: paths.len() as u64,
        areas: paths.iter().filter_map(|path| path.split('/').next()).map(str::to_owned).collect(),
        ..Entry::default()
    }
}

/// A changed file.
pub fn file(path: &str, status: FileStatus, kind: Kind, insertions: u64, deletions: u64) -> FileChange {
    FileChange {
        path: path.to_owned(),
        old_path: (status == FileStatus::Renamed).then(|| format!("old/{path}")),
        status,
        old_id: (status != FileStatus::Added).then(|| "1".repeat(40)),
        new_id: (status != FileStatus::Deleted).then(|| "2".repeat(40)),
        old_mode: 0o100644,
        new_mode: 0o100644,
        insertions: Some(insertions),
        deletions: Some(deletions),
        kind,
        component: Some("backend".to_owned()),
    }
}

fn finding(check: &str, domain: Domain, severity: Severity, direction: Direction, subject: &str, says: &str, evidence: Vec<Evidence>) -> Finding {
    Finding {
        check: check.to_owned(),
        domain,
        severity,
        direction,
        confidence: Confidence::Proven,
        subject: subject.to_owned(),
        says: says.to_owned(),
        why: "Previous does not know it, so whoever uses it fails on the way back.".to_owned(),
        action: "Ask the dependent's team whether it copes without it.".to_owned(),
        compatibility_step: None,
        evidence,
    }
}

/// The whole assessment.
pub fn assessment() -> Assessment {
    let info = RepositoryInfo { path: "/srv/payments".into(), ..RepositoryInfo::default() };
    let mut it = Assessment::new(info, release("3.0.0", 'a'), release("3.1.0", 'b'), Relation::Ancestor);
    it.environment = Some("production".to_owned());
    it.changelog = Changelog {
        commits: 9,
        merges: 2,
        authors: 3,
        files_changed: Some(7),
        insertions: Some(214),
        deletions: Some(38),
        renames: Some(1),
        conventional: true,
        entries: vec![
            entry(
                'c',
                Some("feat"),
                "verify a card before charging it",
                &[Reverting::FeatureLost, Reverting::ContractVanishes],
                &["api/openapi.yaml", "app/cards.rs"],
            ),
            entry('d', Some("feat"), "keep the channel an order came through", &[Reverting::MigrationOrphaned], &["db/migrate/0042_orders_channel.up.sql"]),
            entry('e', Some("fix"), "round refunds half to even", &[Reverting::BugReturns], &["app/refunds.rs"]),
            entry('f', Some("fix"), "escape the receipt's footer (CVE-2026-1234)", &[Reverting::SecurityReopened], &["app/receipt.rs"]),
            entry('1', Some("chore"), "bump the HTTP client", &[Reverting::DependencyDowngraded], &["Cargo.lock"]),
            entry('2', Some("style"), "a calmer pay button", &[Reverting::Nothing], &["web/pay.css"]),
            entry(
                '3',
                None,
                "Rework of the nightly report 日本語の題名 that has a title much longer than any screen is wide, to see where it is cut",
                &[Reverting::Unknown],
                &["app/report.rs"],
            ),
        ],
        ..Changelog::default()
    };
    it.files = vec![
        file("api/openapi.yaml", FileStatus::Modified, Kind::Contract, 48, 2),
        file("app/cards.rs", FileStatus::Added, Kind::Code, 96, 0),
        file("app/receipt.rs", FileStatus::Modified, Kind::Code, 12, 9),
        file("app/refunds.rs", FileStatus::Modified, Kind::Code, 20, 18),
        file("app/report/nightly.rs", FileStatus::Renamed, Kind::Code, 4, 4),
        file("db/migrate/0042_orders_channel.up.sql", FileStatus::Added, Kind::Database, 3, 0),
        file("web/pay.css", FileStatus::Modified, Kind::Styling, 31, 5),
    ];
    for change in &it.files {
        *it.kinds.entry(change.kind).or_default() += 1;
    }
    let old_use = Evidence::at("app/orders.rs", 118).with_excerpt("INSERT INTO orders (id, total) VALUES ($1, $2)");
    it.migrations = vec![Migration {
        path: "db/migrate/0042_orders_channel.up.sql".to_owned(),
        file: "db/migrate/0042_orders_channel.up.sql".to_owned(),
        line: 1,
        group: "0042".to_owned(),
        framework: "golang-migrate".to_owned(),
        version: "42".to_owned(),
        dialect: "postgresql".to_owned(),
        change: MigrationChange::Added,
        from: None,
        operations: vec![Operation {
            kind: "add-column".to_owned(),
            object: "orders.channel".to_owned(),
            line: 2,
            rollback: Effect::Safe,
            alone: Effect::BreaksWrites,
            on_deploy: DeployEffect::Safe,
            revert: RevertEffect::LosesData,
            why: "A default is set, so writes of 3.0.0 pass.".to_owned(),
            used_by: vec![old_use.clone()],
            compatibility_step: Some("ALTER TABLE orders ALTER COLUMN channel SET DEFAULT 'unknown';".to_owned()),
        }],
        rollback: Effect::Safe,
        down: Down {
            kind: DownKind::Script,
            state: Some(DownState::Complete),
            path: Some("db/migrate/0042_orders_channel.down.sql".to_owned()),
            line: Some(1),
            loses_data: Some(true),
            why: None,
        },
    }];
    it.contracts = vec![Contract {
        path: "api/openapi.yaml".to_owned(),
        root: "api/openapi.yaml".to_owned(),
        kind: ContractKind::Openapi,
        changes: vec![ContractChange {
            check: "contract/operation-added".to_owned(),
            location: "POST /cards/verify".to_owned(),
            line: Some(61),
            says: "3.0.0 has no POST /cards/verify.".to_owned(),
            on_deploy: Grade::Compatible,
            on_rollback: Grade::Breaking,
            stored: Grade::Compatible,
            affects: vec![Affects::Clients],
            adoption: Adoption::Used,
            used_by: vec![Use { dependent: "storefront".to_owned(), path: "src/pay.ts".to_owned(), line: Some(88) }],
            old: None,
            new: Some(
                Evidence::at("api/openapi.yaml", 61)
                    .with_excerpt("  /cards/verify:\n    post:\n      operationId: verifyCard\n      responses:\n        '200': {description: ok}"),
            ),
        }],
        on_deploy: Grade::Compatible,
        on_rollback: Grade::Breaking,
    }];
    it.findings = vec![
        finding(
            "contract/operation-added",
            Domain::Contract,
            Severity::Blocks,
            Direction::Rollback,
            "POST /cards/verify",
            "3.0.0 has no POST /cards/verify, and storefront 5.2 calls it.",
            vec![Evidence::at("storefront src/pay.ts", 88).with_excerpt("  await api.post('/cards/verify', card)"), Evidence::at("api/openapi.yaml", 61)],
        ),
        finding(
            "database/column-added",
            Domain::Database,
            Severity::Warns,
            Direction::Rollback,
            "orders.channel",
            "Undoing migration 0042 drops orders.channel with what was written since.",
            vec![
                Evidence::at("db/migrate/0042_orders_channel.up.sql", 2).with_excerpt("ALTER TABLE orders ADD COLUMN channel text NOT NULL DEFAULT 'web';"),
                old_use,
            ],
        ),
        finding(
            "security/advisory-closed",
            Domain::Security,
            Severity::Warns,
            Direction::Rollback,
            "CVE-2026-1234",
            "Going back opens CVE-2026-1234 again.",
            vec![Evidence { commit: Some("f".repeat(40)), ..Evidence::default() }],
        ),
        finding(
            "dependency/downgraded",
            Domain::Dependency,
            Severity::Notes,
            Direction::Rollback,
            "reqwest",
            "reqwest goes back from 0.13 to 0.12.",
            vec![Evidence::at("Cargo.lock", 1204)],
        ),
        finding(
            "config/keys-unchanged",
            Domain::Config,
            Severity::Fine,
            Direction::Both,
            "config/production.yaml",
            "No configuration key was added or removed.",
            Vec::new(),
        ),
    ];
    it.unchecked = vec![Unchecked {
        what: "db/views/report.sql".to_owned(),
        why: "the contents are not in this clone".to_owned(),
        settle_with: Some("git fetch --refetch".to_owned()),
    }];
    for fact in [
        Fact::derived("database.old_code", FactValue::word("safe")).with_source("the added column has a default"),
        Fact::derived("database.schema", FactValue::word("additive")),
        Fact::derived("contract.way_back", FactValue::word("breaking")).with_source("3.0.0 has no POST /cards/verify"),
        Fact::sensed("dependent[storefront].uses", FactValue::word("yes"))
            .with_source("POST /cards/verify")
            .with_evidence([Evidence::at("storefront src/pay.ts", 88)])
            .observed(at("02:58:00")),
        Fact::derived("release.size", FactValue::word("few")),
    ] {
        it.facts.insert(fact.key.clone(), fact);
    }
    it
}

fn reason(rule: &str, says: &str, facts: &[&str], weight: Option<f64>) -> Reason {
    Reason { rule: rule.to_owned(), says: says.to_owned(), facts: facts.iter().map(|key| (*key).to_owned()).collect(), weight }
}

/// A question as the decision puts it.
pub fn next(id: &str, fact: &str, asks: &str, why_now: &str, who: &str, minutes: f64) -> NextQuestion {
    NextQuestion {
        fact: fact.to_owned(),
        question: id.to_owned(),
        asks: asks.to_owned(),
        why_now: why_now.to_owned(),
        settles: vec![fact.to_owned()],
        who: Some(who.to_owned()),
        minutes: Some(minutes),
    }
}

/// The decision about it.
pub fn decision() -> Decision {
    let status = |option, state, blockers: Vec<Reason>, conditions| OptionStatus { option, state, blockers, conditions };
    let b8 = || reason("B8", "storefront calls POST /cards/verify, which 3.0.0 does not have.", &["dependent[storefront].uses"], None);
    let settle = || Condition { says: "Settle whether storefront copes without POST /cards/verify.".to_owned(), kind: "settle".to_owned(), steps: Vec::new() };
    let questions = vec![
        next(
            "dependent-copes",
            "dependent[storefront].copes",
            "Does storefront cope when POST /cards/verify answers 404?",
            "a \"no\" removes ROLL BACK",
            "the storefront team",
            2.0,
        ),
        next("impact", "impact.now", "How badly are users hit now?", "\"none\" makes this GO", "monitoring", 0.5),
        next("fix", "fix.state", "How far is a fix?", "\"none\" is a reason for ROLL BACK", "the service's developers", 3.0),
    ];
    Decision {
        option: OptionId::RollForward,
        strength: Strength::Open,
        margin: Some(-2.0),
        then: None,
        because: vec![
            reason("B8", "3.0.0 has no POST /cards/verify, and storefront 5.2 calls it.", &["dependent[storefront].uses"], None),
            reason("default-forward", "The contract changed; the default is to roll forward.", &["contract.way_back"], Some(2.0)),
        ],
        against: vec![reason("no-fix", "No fix is known, and 3.0.0 is still installed on 4 of 4 hosts.", &["deployment.previous_installed"], Some(1.5))],
        conditions: Vec::new(),
        options: vec![
            status(OptionId::RollForward, OptionState::Cleared, Vec::new(), Vec::new()),
            status(OptionId::RollBackWithConditions, OptionState::NotCleared, vec![b8()], vec![settle()]),
            status(OptionId::RollBack, OptionState::NotCleared, vec![b8()], vec![settle()]),
            status(
                OptionId::FlagOff,
                OptionState::NotCleared,
                vec![reason("need-switch", "It is not known whether there is a switch.", &["switch.exists"], None)],
                Vec::new(),
            ),
            status(
                OptionId::ShiftTraffic,
                OptionState::Removed,
                vec![reason("need-warm", "The old side is gone.", &["deployment.old_side_warm"], None)],
                Vec::new(),
            ),
        ],
        flips: vec![
            Flip {
                fact: "dependent[storefront].copes".to_owned(),
                value: FactValue::word("yes"),
                option: OptionId::RollBack,
                says: "storefront copes without the endpoint".to_owned(),
                with: Vec::new(),
            },
            Flip {
                fact: "dependent[storefront].can_go_back".to_owned(),
                value: FactValue::word("yes"),
                option: OptionId::RollBackWithConditions,
                says: "storefront can go back too".to_owned(),
                with: Vec::new(),
            },
        ],
        next_question: questions.first().cloned(),
        questions,
        open_facts: vec!["dependent[storefront].copes".to_owned()],
        deadline: Some(at("03:40:00")),
        back: 2.0,
        forward: 4.0,
        assumed: Vec::new(),
        trace: vec!["B8 dependent[storefront].uses = yes".to_owned(), "default +2 forward".to_owned()],
    }
}

/// The steps of rolling forward, and of rolling back.
pub fn plan() -> Vec<PlanStep> {
    let step = |step: &str, how, why: &str, command: Option<&str>, undo: Option<&str>| PlanStep {
        step: step.to_owned(),
        how,
        why: why.to_owned(),
        command: command.map(str::to_owned),
        undo: undo.map(str::to_owned),
    };
    vec![
        step("Settle with storefront that it copes without POST /cards/verify", StepMode::Condition, "storefront calls it", None, None),
        step("Deploy database", StepMode::Skip, "the new column stays; 3.0.0 works with it", None, None),
        step("Deploy service 3.0.0", StepMode::Run, "this takes the change away from users", Some("deploy payments 3.0.0"), Some("deploy payments 3.1.0")),
        step("Purge the edge cache", StepMode::RollbackOnly, "pages of 3.1.0 are cached for an hour", None, None),
        step("Look at the error rate of /charge", StepMode::Verify, "it should fall below 1 % within 5 minutes", None, None),
        step("Stop the pipeline from deploying 3.1.0 again", StepMode::Afterwards, "the next merge would bring it back", None, None),
    ]
}

/// A checklist with the sample's questions and one gate.
pub fn checklist() -> Checklist {
    let choice = |key, title: &str, fact: &str, value: &str| Choice { key, title: title.to_owned(), sets: vec![(fact.to_owned(), FactValue::word(value))] };
    let question = |id: &str, opening, asks: &str, who: &str, facts: &[&str], choices| Question {
        id: id.to_owned(),
        opening,
        asks: asks.to_owned(),
        why: "It decides what is possible.".to_owned(),
        who: who.to_owned(),
        minutes: 1.0,
        facts: facts.iter().map(|fact| (*fact).to_owned()).collect(),
        choices,
        unit: None,
    };
    Checklist {
        name: "default".to_owned(),
        questions: vec![
            question(
                "harm",
                Some(1),
                "Is it doing harm that cannot be undone while it runs?",
                "incident lead",
                &["harm.irreversible"],
                vec![
                    choice('1', "confirmed", "harm.irreversible", "confirmed"),
                    choice('2', "suspected", "harm.irreversible", "suspected"),
                    choice('3', "none", "harm.irreversible", "none"),
                ],
            ),
            question(
                "impact",
                Some(3),
                "How badly are users hit now?",
                "monitoring",
                &["impact.now"],
                vec![
                    choice('1', "none", "impact.now", "none"),
                    choice('2', "cosmetic", "impact.now", "cosmetic"),
                    choice('3', "degraded", "impact.now", "degraded"),
                    choice('4', "down", "impact.now", "down"),
                ],
            ),
            question(
                "dependent-copes",
                None,
                "Does {dependent} cope when {operation} is gone?",
                "its team",
                &["dependent[].copes"],
                vec![choice('y', "yes", "dependent[].copes", "yes"), choice('n', "no", "dependent[].copes", "no")],
            ),
            question(
                "fix",
                None,
                "How far is a fix?",
                "the service's developers",
                &["fix.state"],
                vec![
                    choice('1', "none", "fix.state", "none"),
                    choice('2', "known", "fix.state", "known"),
                    choice('3', "written", "fix.state", "written"),
                    choice('4', "tested", "fix.state", "tested"),
                ],
            ),
        ],
        gates: vec![GateList {
            gate: Gate::Start,
            title: "Start".to_owned(),
            deployed: "nothing".to_owned(),
            items: vec![
                GateItem {
                    id: "previous-there".to_owned(),
                    says: "3.0.0 is there and was good".to_owned(),
                    facts: vec!["deployment.previous_available".to_owned(), "deployment.previous_good".to_owned()],
                    holds: "deployment.previous_available == 'yes'".to_owned(),
                    otherwise: "no-go".to_owned(),
                },
                GateItem {
                    id: "old-code".to_owned(),
                    says: "3.0.0 works on the new schema".to_owned(),
                    facts: vec!["database.old_code".to_owned()],
                    holds: "database.old_code == 'safe'".to_owned(),
                    otherwise: "hold".to_owned(),
                },
            ],
        }],
        yaml: String::new(),
        sources: vec!["sample".to_owned()],
    }
}

/// A model with everything read and decided.
pub fn model() -> Model {
    let mut model = Model::new(Options::default(), Arc::new(checklist()), now());
    let assessment = assessment();
    model.service = Some("payments".to_owned());
    model.environment = Some("production".to_owned());
    model.deployed_at = Some(at("02:13:00"));
    model.pair_given = true;
    model.releases = [("3.1.0", 'b'), ("3.0.0", 'a'), ("2.9.4", '9'), ("2.9.3", '8')].map(|(version, commit)| release(version, commit)).to_vec();
    model.pair = Some((assessment.previous.clone(), assessment.current.clone(), assessment.relation));
    model.reading = super::model::Reading { opened: true, done: [true; 5], complete: true, failed: None };
    model.repository = Some(assessment.repository.clone());
    let plans = [(OptionId::RollForward, plan()), (OptionId::RollBackWithConditions, plan())].into_iter().collect();
    let resolved = Resolved { facts: assessment.facts.clone(), conflicts: Vec::new() };
    model.assessment = Some(Arc::new(assessment));
    model.generation = 1;
    model.decided = Some(Box::new(Decided { generation: 1, cause: "the repository was read".to_owned(), resolved, decision: decision(), plans }));
    let _ = super::state::refresh(&mut model);
    model
}

/// The drawing at a size as text, one line a row, blanks at the end cut.
pub fn draw(model: &Model, columns: u16, rows: u16) -> String {
    let buffer = buffer(model, columns, rows);
    let mut out = String::new();
    for y in 0..rows {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..columns {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buffer[(x, y)].symbol();
            skip = super::view::widgets::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The drawing at a size.
pub fn buffer(model: &Model, columns: u16, rows: u16) -> ratatui::buffer::Buffer {
    let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| super::view::draw(frame, model)).unwrap();
    terminal.backend().buffer().clone()
}

/// Runs of one style in a drawing, one a line: `row:column-column style text`.
pub fn styles(model: &Model, columns: u16, rows: u16) -> String {
    let buffer = buffer(model, columns, rows);
    let mut out = String::new();
    for y in 0..rows {
        let mut x = 0;
        while x < columns {
            let style = buffer[(x, y)].style();
            let start = x;
            let mut text = String::new();
            while x < columns && buffer[(x, y)].style() == style {
                text.push_str(buffer[(x, y)].symbol());
                x += 1;
            }
            if !text.trim().is_empty() {
                out.push_str(&format!("{y}:{start}-{} {:?} {:?} {}\n", x - 1, style.fg.unwrap_or_default(), style.add_modifier, text.trim()));
            }
        }
    }
    out
}
