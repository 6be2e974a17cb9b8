//! Databases and dependent applications: rules 20 to 38.

use backout::model::{OptionId, OptionState};

use crate::common::{Ran, Sample, program};
use crate::conformance::kit::Class::{Asks, Decides, Shows};
use crate::conformance::kit::{
    BACK, BACK_IF, CLEAR, FORWARD, LIGHT, Row, asks, flips, service, shown, verdict, world,
};
use crate::support::{answer, opened, state, status, story};

const NO_WAY: &str = "database.compatibility_step=none database.downs=none";
const SHOP: &str = "contract.way_back=breaking dependent[shop].uses=yes";

fn condition(facts: &str) -> Vec<String> {
    verdict(CLEAR, facts)
        .conditions
        .iter()
        .map(|condition| condition.kind.to_string())
        .collect()
}

/// A table, with or without a view of the earlier release that reads it.
fn new_table(view: bool) -> serde_json::Value {
    let sample = Sample::new();
    let first = "CREATE TABLE orders (id bigint PRIMARY KEY);\nCREATE VIEW orders_v AS SELECT id \
        FROM orders;\n";
    sample.commit(
        "feat: first",
        &[
            ("migrations/000001_orders.up.sql", first),
            ("src/main.rs", "// SELECT id FROM orders_v\nfn main() {}\n"),
        ],
    );
    sample.tag("v1.1.20");
    let mut text = "CREATE TABLE notes (order_id bigint NOT NULL);\n".to_owned();
    if view {
        text.push_str(
            "CREATE OR REPLACE VIEW orders_v AS SELECT o.id FROM orders o JOIN notes n \
            ON n.order_id = o.id;\n",
        );
    }
    sample.commit("feat: notes", &[("migrations/000002_notes.up.sql", &text)]);
    sample.tag("v1.1.21");
    sample.run(&["assess", "--format", "json"]).json()
}

pub const ROWS: &[Row] = &[
    Row("20", Decides, || {
        let lost = format!("database.schema=destructive database.old_code=breaks-reads {NO_WAY}");
        flips(CLEAR, ("database.schema=none", BACK), (&lost, FORWARD));
        let downs = verdict(
            CLEAR,
            "database.start_gate=yes database.downs=complete database.downs_lose_data=yes",
        );
        let steps = &status(&downs, BACK_IF).conditions[0].steps;
        assert!(
            steps
                .iter()
                .any(|step| step.contains("two people accept what is lost")),
            "{steps:?}"
        );
    }),
    Row("21", Decides, || {
        flips(
            LIGHT,
            ("database.new_form_rows=no", BACK),
            ("database.new_form_rows=yes", FORWARD),
        )
    }),
    // leave it, or delete it
    Row("22", Decides, || {
        let leave = "database.schema=additive database.old_code=doubt database.verified=yes";
        let delete = "database.schema=additive database.old_code=doubt database.verified=no \
            database.compatibility_step=none database.downs=complete";
        assert_eq!(
            (condition(leave), condition(delete)),
            (
                vec!["keep-objects".to_owned()],
                vec!["schema-back".to_owned()]
            )
        );
        let neither = format!(
            "database.schema=additive database.old_code=doubt database.verified=no {NO_WAY}"
        );
        flips(CLEAR, (leave, BACK_IF), (&neither, FORWARD));
    }),
    Row("23", Shows, || {
        let script = verdict(
            CLEAR,
            "database.old_code=doubt database.verified=no database.compatibility_step=none \
                database.downs=complete",
        );
        shown(
            &format!("{:?}", script.conditions),
            &["Take a backup", "run the down migrations"],
        );
        let restore = verdict(CLEAR, "data.damaged=yes backup.age_minutes=40");
        shown(
            &format!("{:?}", restore.conditions),
            &[
                "Restore the damaged data",
                "Say what would be lost (40 min)",
            ],
        );
    }),
    Row("24", Decides, || {
        let table = "database.schema=additive database.old_code=doubt \
            database.compatibility_step=none database.downs=none database.verified";
        flips(
            CLEAR,
            (&format!("{table}=yes"), BACK_IF),
            (&format!("{table}=no"), FORWARD),
        );
    }),
    Row("25", Asks, || {
        asks(
            &opened("new-table"),
            "verified",
            "tested on the schema as it is now",
        )
    }),
    Row("26", Decides, || {
        let (with, without) = (new_table(true), new_table(false));
        assert_eq!(
            (
                &with["facts"]["database.old_code"]["value"],
                &without["facts"]["database.old_code"]["value"]
            ),
            (&"doubt".into(), &"safe".into())
        );
        flips(
            CLEAR,
            (
                "database.schema=additive database.old_code=safe database.verified=yes",
                BACK,
            ),
            (
                "database.schema=additive database.old_code=doubt database.verified=yes",
                BACK_IF,
            ),
        );
    }),
    Row("27", Asks, || {
        asks(
            &opened("new-table"),
            "verified",
            "also while the new tables are empty",
        )
    }),
    Row("28", Shows, || {
        let restore = verdict(CLEAR, "data.damaged=yes backup.age_minutes=40");
        shown(
            &format!("{:?}", status(&restore, OptionId::Restore).blockers),
            &["a restore loses what was written since the backup (40 min)"],
        );
    }),
    Row("29", Decides, || {
        let of = |facts: &str| state(&verdict(CLEAR, facts), OptionId::Restore);
        assert_eq!(
            (of("data.damaged=yes"), of("data.damaged=no")),
            (OptionState::Conditional, OptionState::Removed)
        );
        assert_ne!(of(""), OptionState::Cleared, "never on a guess");
    }),
    Row("30", Decides, || {
        flips(
            LIGHT,
            ("database.schema=none", BACK),
            ("database.schema=additive", FORWARD),
        )
    }),
    // nobody named a dependent, and yet there may be some
    Row("31", Asks, || {
        let mut facts = world(CLEAR, "contract.way_back=breaking");
        facts.retain(|key, _| !key.starts_with("dependent["));
        asks(&facts, "dependent-uses", "some dependent");
    }),
    Row("32", Shows, || {
        // a program that answers others has a contract, written down or not; one that cannot answer
        // has none
        let web = [(
            "Cargo.toml",
            "[package]\nname = \"cards\"\n\n[dependencies]\naxum = \"0.8\"\n",
        )];
        let text = service(&web).run(&["assess"]).out;
        shown(
            &text,
            &[
                "interfaces without a contract file",
                "what callers would miss was not looked at",
            ],
        );
        assert!(
            !service(&[])
                .run(&["assess"])
                .out
                .contains("interfaces without a contract file")
        );
    }),
    Row("33", Decides, || {
        flips(
            CLEAR,
            (&format!("{SHOP} dependent[shop].copes=yes"), BACK),
            (
                &format!("{SHOP} dependent[shop].copes=no dependent[shop].can_go_back=no"),
                FORWARD,
            ),
        )
    }),
    Row("34", Shows, || {
        let folder = tempfile::tempdir().expect("a folder");
        let ran = Ran::new(
            program()
                .args(["demo", "card-service", "--assess"])
                .env("TMPDIR", folder.path())
                .output()
                .expect("the program runs"),
        );
        shown(
            &ran.out,
            &["3.0.0", "3.1.0", "POST /cards/verify", "storefront"],
        );
    }),
    Row("35", Decides, || {
        let days_later = |uses: &str| {
            let facts = answer(
                opened("card-service"),
                &format!(
                    "fix.state=none cause.attribution=strong dependent[storefront].copes=no \
                        dependent[storefront].can_go_back=no dependent[storefront].uses={uses}"
                ),
            );
            crate::support::verdict(&facts).option
        };
        assert_eq!((days_later("yes"), days_later("no")), (FORWARD, BACK));
    }),
    Row("36", Decides, || {
        flips(
            LIGHT,
            ("contract.way_back=compatible", BACK),
            (SHOP, FORWARD),
        )
    }),
    Row("37", Decides, || {
        let both = format!(
            "{SHOP} dependent[shop].copes=no dependent[shop].can_go_back=yes \
                dependent[till].uses=yes dependent[till].copes=no dependent[till].can_go_back"
        );
        flips(
            CLEAR,
            (&format!("{both}=yes"), BACK_IF),
            (&format!("{both}=no"), FORWARD),
        );
    }),
    Row("38", Decides, || {
        flips(
            CLEAR,
            (
                &format!("{SHOP} dependent[shop].copes=yes dependent[shop].can_go_back=no"),
                BACK,
            ),
            (
                &format!("{SHOP} dependent[shop].copes=no dependent[shop].can_go_back=no"),
                FORWARD,
            ),
        )
    }),
];

#[test]
fn the_story_of_the_guide_is_told_as_the_guide_tells_it() {
    assert_eq!(
        crate::support::verdict(&story("card-service")).option,
        FORWARD
    );
}
