use super::*;

#[test]
fn each_bad_file_is_one_clear_sentence() {
    let deep = "[".repeat(5000);
    let cases: [(&[u8], &str); 10] = [
        (b"", "is empty"),
        (b" \r\n\t", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\x00\x01\x02\x00\x00\x07\x7f", "is not text"),
        (br#"[{"revision":4,"upd"#, "ends too early"),
        (deep.as_bytes(), "cannot be read as JSON"),
        (
            br#"{"colour":"red"}"#,
            "of no known kind (JSON with the keys colour)",
        ),
        (b"[]", "of no known kind"),
        (b"<html></html>", "of no known kind (XML that starts with"),
        (b"NAME  READY", "of no known kind (text that starts with"),
    ];
    for (bytes, part) in cases {
        let error = read_state_file("state.json", bytes, None)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(part) && error.starts_with("state.json") && error.lines().count() == 1,
            "{error}"
        );
    }
}

#[test]
fn an_unknown_kind_lists_the_known_ones() {
    let error = read_state_file("x", b"{}", Some("jenkins"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("jenkins is no kind") && error.contains("calamari, octopus-variables"));
}

#[test]
fn a_file_of_another_kind_than_named_is_told() {
    for kind in [
        "helm",
        "kubernetes",
        "argocd",
        "argo-rollouts",
        "github",
        "gitlab",
        "octopus",
        "octopus-variables",
        "deploys",
    ] {
        let error = read_state_file("x.json", br#"{"colour":"red"}"#, Some(kind))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("holds nothing about deployments"),
            "{kind}: {error}"
        );
    }
    assert!(read_state_file("x.xml", br#"{"colour":"red"}"#, Some("calamari")).is_err());
}

#[test]
fn entities_and_document_types_are_refused() {
    let bomb = r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><Deployments><Deployment Id="&a;"/></Deployments>"#;
    assert!(
        read_state_file("j.xml", bomb.as_bytes(), None)
            .unwrap_err()
            .to_string()
            .contains("document type")
    );
    let text = "<Deployments>&own;</Deployments>";
    assert!(
        read_state_file("j.xml", text.as_bytes(), None)
            .unwrap_err()
            .to_string()
            .contains("entity")
    );
    let attribute =
        r#"<Deployments><Deployment PackageId="&own;" PackageVersion="1"/></Deployments>"#;
    assert!(read_state_file("j.xml", attribute.as_bytes(), None).is_err());
    assert!(read_state_file("j.xml", "<a>".repeat(200_000).as_bytes(), Some("calamari")).is_err());
}

#[test]
fn a_journal_that_was_cut_is_told_with_its_line() {
    let text =
        "<Deployments>\n  <Deployment Id=\"1\" PackageId=\"a\" PackageVersion=\"1\"/>\n  <Deploy";
    let error = read_state_file("j.xml", text.as_bytes(), None)
        .unwrap_err()
        .to_string();
    assert!(error.contains("line 3"), "{error}");
}

#[test]
fn more_than_the_bound_is_not_read() {
    let large = vec![b' '; LIMIT + 1];
    assert!(matches!(
        read_state_file("x", &large, None),
        Err(LiveError::TooLarge { .. })
    ));
}

#[test]
fn control_characters_of_a_file_become_visible() {
    let report =
        parsed("{\"env\":\"production\",\"version\":\"1.0\\u001b[31m\",\"result\":\"success\"}");
    assert_eq!(report.deployments[0].version.as_deref(), Some("1.0␛[31m"));
    assert!(
        read_state_file("\u{1b}[2Jx", b"", None)
            .unwrap_err()
            .to_string()
            .starts_with("␛[2Jx")
    );
}

#[test]
fn powershell_writes_utf16_with_and_without_a_mark() {
    let text = r#"[{"revision":5,"updated":"2026-02-03T10:11:12Z","status":"deployed","chart":"shop-2.3.1","app_version":"1.1.21"}]"#;
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = [&b"\xff\xfe"[..], &little].concat();
    let utf8 = [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat();
    for bytes in [little, big, marked, utf8] {
        let report = read_state_file("h.json", &bytes, None).unwrap();
        assert_eq!(
            (report.kind, report.live_version.as_deref()),
            (LiveKind::Helm, Some("1.1.21"))
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_state_file("x", &bytes, None);
    }

    #[test]
    fn no_cut_makes_it_fail(cut in 0usize..2000, kind in 0usize..11) {
        let text = super::octopus::JOURNAL.as_bytes();
        let _ = read_state_file("x", &text[..cut.min(text.len())], Some(LiveKind::ALL[kind].id()));
        let text = super::kubernetes::LIST.as_bytes();
        let _ = read_state_file("x", &text[..cut.min(text.len())], Some(LiveKind::ALL[kind].id()));
    }

    #[test]
    fn any_json_is_read_or_refused_by_every_reader(value in json(), kind in 0usize..11) {
        if let Ok(report) = read_state_file("x", value.to_string().as_bytes(), Some(LiveKind::ALL[kind].id())) {
            let _ = known(&[report]);
        }
    }
}

/// Values that carry keys readers look for, with anything behind them.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let keys = prop::sample::select(vec![
        "kind",
        "metadata",
        "status",
        "spec",
        "items",
        "revision",
        "chart",
        "sha",
        "environment",
        "statuses",
        "state",
        "Items",
        "Releases",
        "Environments",
        "Deployments",
        "Release",
        "Version",
        "history",
        "strategy",
        "ownerReferences",
        "uid",
        "name",
        "version",
        "at",
        "result",
        "Phases",
        "conditions",
        "TentacleRetentionPolicy",
        "QuantityToKeep",
        "Unit",
        "Octopus.Release.Number",
        "last_deployment",
        "iid",
    ]);
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        (-1e18..1e18f64).prop_map(Into::into),
        prop::sample::select(vec![
            "Deployment",
            "ReplicaSet",
            "Rollout",
            "Application",
            "success",
            "2026-02-03T10:11:12Z",
            "1.1.20",
            "é",
            "",
            "Days"
        ])
        .prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::Array),
            prop::collection::vec((keys.clone(), inner), 0..6).prop_map(|entries| {
                serde_json::Value::Object(
                    entries
                        .into_iter()
                        .map(|(key, value)| (key.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}
