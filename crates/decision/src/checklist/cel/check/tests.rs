use super::*;

fn wrong(text: &str) -> (usize, String, String) {
    let problem = compile_condition(text, false).unwrap_err();
    (
        problem.offset,
        problem.says,
        problem.suggestion.unwrap_or_default(),
    )
}

#[test]
fn conditions_become_masks() {
    let place = catalogue::find_fact_position("impact.now").unwrap() as u8;
    assert_eq!(
        compile_condition("impact.now == \"down\"", false)
            .unwrap()
            .node,
        ConditionNode::Is(FactRef::Plain(place), 0b1000)
    );
    assert_eq!(
        compile_condition("impact.now in [\"none\", 'down']", false)
            .unwrap()
            .node,
        ConditionNode::Is(FactRef::Plain(place), 0b1001)
    );
    assert_eq!(
        compile_condition("\"down\" == impact.now", false)
            .unwrap()
            .node,
        ConditionNode::Is(FactRef::Plain(place), 0b1000)
    );
    assert!(
        compile_condition(
            "deployment.minutes_forward >= 3 * deployment.minutes_back",
            false
        )
        .is_ok()
    );
    assert!(compile_condition("deployment.live_minutes > usage.limit", false).is_ok());
    assert!(
        compile_condition(
            "dependents.all(d, d.uses == \"no\" || known(d.copes))",
            false
        )
        .is_ok()
    );
    assert!(compile_condition("dependent.copes == \"no\"", true).is_ok());
}

#[test]
fn typos_are_named_where_they_are() {
    let (offset, says, suggestion) = wrong("impact.now == \"down\" && impact.al_users == \"yes\"");
    assert_eq!(
        (offset, suggestion.as_str()),
        (24, "impact.all_users"),
        "{says}"
    );
    let (offset, _, suggestion) = wrong("impact.now == \"dwon\"");
    assert_eq!((offset, suggestion.as_str()), (14, "\"down\""));
    let (offset, says, suggestion) = wrong("switch.exists == true");
    assert_eq!((offset, suggestion.as_str()), (17, "\"yes\""), "{says}");
    assert_eq!(wrong("release.size == 3").0, 16);
    assert_eq!(wrong("deployment.live_minutes == \"3\"").0, 27);
}

#[test]
fn what_turns_unknown_into_no_is_refused() {
    assert!(wrong("has(impact.now)").2.contains("known(impact.now)"));
    assert!(wrong("impact.now == null").2.contains("known(f)"));
    assert!(wrong("null != impact.now").2.contains("known(f)"));
    assert!(
        wrong("impact.now == \"unknown\"")
            .2
            .contains("!known(impact.now)")
    );
    assert!(wrong("known(has(impact.now))").2.contains("known"));
}

#[test]
fn what_is_not_offered_is_refused() {
    assert!(wrong("knwon(impact.now)").2.contains("known(f)"));
    assert!(wrong("size(impact.now) > 0").1.contains("number"));
    assert!(
        wrong("deployment.live_minutes / 0 > 1")
            .1
            .contains("division")
    );
    assert!(
        wrong("dependents.map(d, d.uses)")
            .1
            .contains("all and exists")
    );
    assert!(wrong("impact.now").2.contains("=="));
    assert!(
        wrong("dependent.copes == \"no\"")
            .2
            .contains("dependents.exists")
    );
    assert!(wrong("impact.now == ").1.contains("ends too early"));
    assert!(
        wrong("impact.now > \"none\"")
            .1
            .contains("words are compared")
    );
    assert!(compile_condition(&"!(".repeat(200), false).is_err());
    assert!(compile_condition(&"(".repeat(1900), false).is_err());
}
