//! Tools whose migrations are SQL in strings of a program.

use super::*;

const ORDERS: &str = "CREATE TABLE orders (id int, note text);\n";
const CODE: &str = "def load(db):\n    return db.query('SELECT id, note FROM orders')\n";

fn worst(path: &str, text: &str) -> (String, Effect) {
    let base = [("db/migrations/0001_init.up.sql", ORDERS), ("app/orders.py", CODE)];
    let current: Vec<(&str, &str)> = base.iter().copied().chain([(path, text)]).collect();
    let outcome = assess(&base, &current);
    outcome.migrations.first().map(|migration| (migration.framework.clone(), migration.rollback)).unwrap_or((String::new(), Effect::Safe))
}

#[test]
fn sql_in_mikro_orm_and_doctrine_is_read() {
    let mikro = "export class Migration20240101000000 extends Migration {\n  async up() {\n    this.addSql('alter table orders drop column note;');\n  }\n  async down() {\n    this.addSql('alter table orders add column note text;');\n  }\n}\n";
    assert_eq!(worst("src/migrations/Migration20240101000000.ts", mikro), ("mikro-orm".to_owned(), Effect::BreaksReads));
    let doctrine = "<?php\nfinal class Version20240101000000 extends AbstractMigration\n{\n    public function up(Schema $schema): void\n    {\n        $this->addSql('ALTER TABLE orders DROP COLUMN note');\n    }\n}\n";
    assert_eq!(worst("migrations/Version20240101000000.php", doctrine), ("doctrine".to_owned(), Effect::BreaksReads));
}

#[test]
fn tools_that_are_only_recognised_are_doubt_and_listed() {
    let pgm = "exports.up = (pgm) => {\n  pgm.dropColumn('orders', 'note');\n};\n";
    assert_eq!(worst("migrations/1700000000000_drop.js", pgm), ("node-pg-migrate".to_owned(), Effect::Doubt));
    let yoyo = "from yoyo import step\n\nsteps = [step('ALTER TABLE orders DROP COLUMN note')]\n";
    assert_eq!(worst("migrations/0002_drop.py", yoyo), ("yoyo".to_owned(), Effect::Doubt));
}
