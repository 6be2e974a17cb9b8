//! Says where in a YAML file a value stands: `cargo run -p span-tree --example where`.

use span_tree::Tree;

const COMPOSE: &str = "\
services:
  shop:
    image: example.org/shop:3.1.0
  store:
    image: postgres:17
";

fn main() {
    let tree = match Tree::parse(COMPOSE) {
        Ok(tree) => tree,
        Err(why) => return println!("cannot be read: {why}"),
    };
    let services = tree.root().and_then(|root| root.get("services"));
    for (name, service) in services.iter().flat_map(|services| services.entries()) {
        let Some(image) = service.get("image") else {
            continue;
        };
        println!(
            "{} runs {} (line {}, column {})",
            name.text().unwrap_or_default(),
            image.text().unwrap_or_default(),
            image.line(),
            image.column()
        );
    }
    // what is no YAML has a line as well
    if let Err(why) = Tree::parse("services:\n  shop: [\n") {
        println!("line {}: {why}", why.line());
    }
}
