//! What is remembered, on the screens.

use std::sync::Arc;

use super::{Model, sample};
use crate::model::PastRollback;

fn remembering() -> Model {
    let mut model = sample::make_sample_model();
    let assessment = Arc::make_mut(model.assessment.as_mut().unwrap());
    assessment.rolled_back_before = vec![
        PastRollback {
            at: "2026-01-12T14:05:00Z".parse().ok(),
            from: "3.1.0".to_owned(),
            to: Some("3.0.0".to_owned()),
            same_pair: true,
            environment: Some("production".to_owned()),
            seen: Some("payments were declined".to_owned()),
            reason: Some("no fix within the hour".to_owned()),
            worked: Some(true),
            sources: vec!["session 20260112-140200".to_owned()],
            ..PastRollback::default()
        };
        2
    ];
    model
}

#[test]
fn the_first_screen_says_that_the_release_was_rolled_back_before() {
    for (columns, rows) in [(80, 24), (120, 36), (200, 50)] {
        let shown = sample::draw_sample_text(&remembering(), columns, rows);
        assert!(shown.contains("before"), "{shown}");
        assert!(
            shown.contains("rolled back to 3.0.0 on 2026-01-12"),
            "{shown}"
        );
        insta::assert_snapshot!(format!("rolled_back_before_{columns}"), shown);
    }
    let plain = sample::draw_sample_text(&sample::make_sample_model(), 120, 36);
    assert!(!plain.contains("2026-01-12"), "{plain}");
}
