//! What a tree says of places, values, aliases and bounds.

use super::*;

#[test]
fn every_node_knows_its_place() {
    let tree = Tree::parse("a: 1\nb:\n  - x\n  - {c: 'y'}\n").unwrap();
    let root = tree.root().unwrap();
    assert_eq!(root.get("a").unwrap().as_number(), Some(1.0));
    let inner = root
        .get("b")
        .unwrap()
        .items()
        .nth(1)
        .unwrap()
        .get("c")
        .unwrap();
    assert_eq!(
        (inner.line(), inner.column(), inner.text()),
        (4, 9, Some("y"))
    );
}

#[test]
fn quoted_scalars_are_text_and_json_is_read() {
    let tree = Tree::parse("{\"a\": \"1\", \"b\": [true, null, 2.5, on]}").unwrap();
    let root = tree.root().unwrap();
    assert_eq!(root.get("a").unwrap().scalar(), Some(Scalar::Text("1")));
    let kinds: Vec<_> = root
        .get("b")
        .unwrap()
        .items()
        .map(|item| item.scalar().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            Scalar::Bool(true),
            Scalar::Null,
            Scalar::Number(2.5),
            Scalar::Text("on")
        ]
    );
}

#[test]
fn aliases_are_followed_and_merge_keys_found() {
    let tree = Tree::parse("base: &b {x: 1}\nuse: *b\nmore: {<<: *b, y: 2}\n").unwrap();
    let root = tree.root().unwrap();
    assert_eq!(root.at(&["use", "x"]).unwrap().as_number(), Some(1.0));
    assert_eq!(root.at(&["more", "x"]).unwrap().as_number(), Some(1.0));
    assert_eq!(root.get("use").unwrap().line(), 2);
}

#[test]
fn all_nodes_are_met_once_in_the_order_of_the_text() {
    let tree = Tree::parse("a: &x {b: 1}\nc: *x\n").unwrap();
    let texts: Vec<_> = tree.nodes().filter_map(Node::text).collect();
    assert_eq!(texts, ["a", "b", "1", "c"]);
    assert_eq!(tree.source(), "a: &x {b: 1}\nc: *x\n");
}

#[test]
fn depth_and_alias_bombs_end() {
    assert!(matches!(
        Tree::parse(&"[".repeat(100_000)),
        Err(Error::TooDeep { .. })
    ));
    let mut bomb = String::from("a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (from, to) in ["a", "b", "c", "d", "e", "f"]
        .iter()
        .zip(["b", "c", "d", "e", "f", "g"])
    {
        bomb.push_str(&format!(
            "{to}: &{to} [*{from}, *{from}, *{from}, *{from}, *{from}, *{from}, *{from}]\n"
        ));
    }
    assert!(Tree::parse(&bomb).unwrap().len() < 200);
}

#[test]
fn errors_name_line_and_column() {
    let error = Tree::parse("a: 1\nb: [1, 2\nc: 3\n").unwrap_err();
    assert!(error.line() >= 2, "{error}");
}
