//! `config/switch-covers-part`.

use crate::check::{SurroundingsCheck, SurroundingsInput, WithEvidence, build_check_finding};
use coverage::globs::build_glob_set;
use model::{
    CheckDeclaration, CheckDoc, Confidence, Direction, Domain, Evidence, FileKind, Finding,
    Severity, check_cases,
};

const DOC: CheckDoc = CheckDoc {
    id: "config/switch-covers-part",
    title: "A switch covers a part of the change",
    domain: Domain::Config,
    direction: Direction::Both,
    looks_for: "Switches of backout.yaml that cover some, but not all, of the program files that changed.",
    why: "Switching off is the cheapest way out, but it leaves the rest of the release in place.",
    action: "Ask whether the fault lies in the part that the switch covers.",
    example: "Switch new-checkout covers app/checkout/**, and app/cart/total.rb changed too.",
    source: "Fact switch.exists; blocker B15.",
};

pub(crate) const CHECK: SurroundingsCheck = SurroundingsCheck {
    declared: CheckDeclaration {
        doc: DOC,
        grades: None,
        place: module_path!(),
        cases: check_cases!(any(test, feature = "fixtures"), |_| {
            crate::case::try_fixtures(find_partial_switches, make_fixtures())
        }),
    },
    run: find_partial_switches,
};

fn find_partial_switches(look: &SurroundingsInput<'_>) -> Vec<Finding> {
    let program: Vec<&str> = look
        .range
        .changes
        .iter()
        .filter(|change| {
            // documents and manifests are not behind a switch in any case
            matches!(
                change.kind,
                FileKind::Code | FileKind::Styling | FileKind::Markup | FileKind::Contract
            )
        })
        .map(|change| change.path.as_str())
        .collect();
    look.range
        .config
        .switches
        .iter()
        .filter_map(|switch| {
            let covers = build_glob_set(&switch.covers);
            let (inside, outside): (Vec<&str>, Vec<&str>) =
                program.iter().partition(|path| covers.is_match(path));
            // covering all is what a switch is for, covering nothing is no switch for this change
            if inside.is_empty() || outside.is_empty() {
                return None;
            }
            let says = format!(
                "Switch {} covers {} of {} changed program files",
                switch.name,
                inside.len(),
                program.len()
            );
            let places = outside.iter().take(8).map(|path| Evidence {
                path: Some((*path).into()),
                ..Evidence::default()
            });
            Some(
                build_check_finding(
                    &DOC,
                    Severity::Notes,
                    Confidence::Proven,
                    switch.name.as_str(),
                    says,
                )
                .at(places),
            )
        })
        .collect()
}

#[cfg(any(test, feature = "fixtures"))]
fn make_fixtures() -> (crate::case::Fixture, crate::case::Fixture) {
    use crate::case::Fixture;
    let with = |mut fixture: Fixture| {
        fixture.config.switches.push(model::FeatureSwitch {
            name: "new-checkout".to_owned(),
            covers: vec!["app/checkout/**".to_owned()],
        });
        fixture
    };
    let inside = || Fixture::of("app/checkout/pay.rb", FileKind::Code, "a", "b");
    (
        with(inside().and("app/cart/total.rb", FileKind::Code, Some("a"), Some("b"))),
        with(inside()),
    )
}
