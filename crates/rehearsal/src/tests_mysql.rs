//! Rehearsals on MySQL or MariaDB, where `BACKOUT_MARIADB` is the address of a server: a user that may
//! make databases, `mysql://root@localhost/mysql?socket=/run/mysqld/mysqld.sock`.

#![allow(clippy::expect_used, reason = "a test says what it expects")]

use mysql::prelude::Queryable;

use crate::report::{DatabaseRehearsal, RehearsalResult};
use crate::tests::plan_of;
use crate::{DatabaseAddress, RehearsalFault, RehearsalPlan, rehearse_on_database};

struct OwnMySqlDatabase {
    admin: String,
    name: String,
}

impl OwnMySqlDatabase {
    fn new(name: &str) -> Option<Self> {
        let Ok(admin) = std::env::var("BACKOUT_MARIADB") else {
            eprintln!("skipped: BACKOUT_MARIADB names no server");
            return None;
        };
        let own = Self {
            admin,
            name: format!("backout_{name}_{}", std::process::id()),
        };
        own.run(&format!("DROP DATABASE IF EXISTS {}", own.name));
        own.run(&format!("CREATE DATABASE {}", own.name));
        Some(own)
    }

    fn run(&self, text: &str) {
        let mut conn = mysql::Conn::new(self.admin.as_str()).expect("a server");
        conn.query_drop(text).expect("done");
    }

    fn rehearse(&self, plan: &RehearsalPlan<'_>) -> Result<DatabaseRehearsal, RehearsalFault> {
        let given = self.admin.replace("/mysql?", &format!("/{}?", self.name));
        let address = DatabaseAddress::parse(&given).expect("an address");
        rehearse_on_database(&address, plan, &mut |_| {})
    }
}

impl Drop for OwnMySqlDatabase {
    fn drop(&mut self) {
        self.run(&format!("DROP DATABASE IF EXISTS {}", self.name));
    }
}

const SCHEMA: &str =
    "CREATE TABLE customers (id int AUTO_INCREMENT PRIMARY KEY, email varchar(40) \
    NOT NULL UNIQUE, mood enum('calm', 'loud') NOT NULL, doc json NOT NULL, seen datetime NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL, state varchar(9) NOT NULL \
CHECK (state IN ('new', 'paid')), note text, total decimal(6,2) NOT NULL, FOREIGN KEY \
(customer_id) REFERENCES customers (id));
CREATE VIEW new_orders AS SELECT id FROM orders WHERE state = 'new'";

#[test]
fn statements_and_losses_are_seen() {
    let Some(own) = OwnMySqlDatabase::new("seen") else {
        return;
    };
    let plan = plan_of(
        &[("1.up.sql", SCHEMA)],
        &[(
            "2.up.sql",
            "ALTER TABLE orders DROP COLUMN note;\nALTER TABLE customers ADD COLUMN phone \
                varchar(20) NOT NULL",
            Some(
                "ALTER TABLE customers DROP COLUMN phone;\nALTER TABLE orders ADD COLUMN note text",
            ),
        )],
        &[
            "SELECT id, note FROM orders WHERE id = ?",
            "INSERT INTO customers (email, mood, doc, seen) VALUES (?, ?, ?, ?)",
            "SELECT id FROM new_orders LIMIT ?",
            "UPDATE orders SET total = :total WHERE state = :state",
            "SELECT 1 FROM nowhere",
        ],
    );
    let seen = own.rehearse(&plan).expect("a rehearsal");
    assert!(seen.filled.empty.is_empty(), "{:?}", seen.filled);
    assert!(seen.up.failure().is_none(), "{:?}", seen.up);
    let told = &seen.statements;
    assert_eq!((told.ran, told.left_out), (4, 1), "{told:?}");
    let fail: Vec<usize> = told.fail.iter().map(|one| one.line).collect();
    assert_eq!(fail, [1, 2], "{told:?}");
    let down = seen.down.as_ref().expect("a way down");
    assert!(down.ran.is_whole(), "{:?}", down.ran);
    assert!(
        down.lost
            .iter()
            .any(|loss| loss.table == "orders" && loss.values[0].0 == "note")
    );
    assert_eq!(seen.result(), RehearsalResult::Broke);
    assert!(own.rehearse(&plan).is_ok());
    own.run(&format!("CREATE TABLE {}.ledger (id int)", own.name));
    assert!(matches!(
        own.rehearse(&plan),
        Err(RehearsalFault::NotScratch { .. })
    ));
}

#[test]
fn what_hangs_is_stopped() {
    let Some(own) = OwnMySqlDatabase::new("hangs") else {
        return;
    };
    let mut plan = plan_of(
        &[("1.up.sql", "CREATE TABLE a (id int)")],
        &[("2.up.sql", "DO sleep(60)", None)],
        &[],
    );
    plan.limits.statement = 1;
    plan.rows = 0;
    let seen = own.rehearse(&plan).expect("a rehearsal");
    let failed = seen.up.failure().map(|failure| failure.error.clone());
    // a sleep that is interrupted ends without an error on some servers
    assert!(failed.is_none_or(|error| error == "it took longer than 1 s"));
}

#[test]
fn a_way_down_that_stops_halfway_leaves_half_of_it() {
    let Some(own) = OwnMySqlDatabase::new("halfway") else {
        return;
    };
    let plan = plan_of(
        &[(
            "1.up.sql",
            "CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, state varchar(9) NOT NULL)",
        )],
        &[(
            "2.up.sql",
            "ALTER TABLE orders ADD COLUMN sku varchar(9);\nALTER TABLE orders MODIFY state \
                varchar(9)",
            Some(
                "ALTER TABLE orders DROP COLUMN sku;\nALTER TABLE orders MODIFY state varchar(9) \
                    NOT NULL",
            ),
        )],
        &["SELECT id FROM orders WHERE state = ?"],
    );
    let seen = own.rehearse(&plan).expect("a rehearsal");
    let down = seen.down.as_ref().expect("a way down");
    // rows in the new form have no state
    let failure = down.ran.failure().expect("a failure");
    assert!(
        failure.text.starts_with("ALTER TABLE orders MODIFY"),
        "{down:?}"
    );
    assert!(seen.statements.fail.is_empty(), "{:?}", seen.statements);
    assert!(down.schema.more.is_empty(), "{down:?}");
    assert!(
        down.schema
            .other
            .iter()
            .any(|one| one.contains("orders.state")),
        "{down:?}"
    );
    assert!(
        seen.notes.iter().any(|note| note.contains("halfway")),
        "{:?}",
        seen.notes
    );
}

#[test]
fn tables_may_be_made_out_of_order_where_previous_makes_them_so() {
    let Some(own) = OwnMySqlDatabase::new("order") else {
        return;
    };
    let plan = plan_of(
        &[(
            "1.up.sql",
            "CREATE TABLE parts (id int PRIMARY KEY, order_id int NOT NULL, FOREIGN KEY (order_id) \
                REFERENCES orders (id));\nCREATE TABLE orders (id int PRIMARY KEY, note text)",
        )],
        &[("2.up.sql", "ALTER TABLE orders DROP COLUMN note", None)],
        &[
            "SELECT id FROM parts",
            "INSERT INTO parts (id, order_id) VALUES (?, ?)",
        ],
    );
    let seen = own.rehearse(&plan).expect("a rehearsal");
    assert_eq!(seen.result(), RehearsalResult::Held);
    assert!(
        seen.notes
            .iter()
            .any(|note| note.contains("without a look at references")),
        "{:?}",
        seen.notes
    );
    assert!(seen.filled.empty.is_empty(), "{:?}", seen.filled);
    // what fails for another reason is still said
    let plan = plan_of(&[("1.up.sql", "ALTER TABLE nowhere ADD a int")], &[], &[]);
    assert!(own.rehearse(&plan).is_err());
}
