//! `config/switch-covers-part`.

use super::super::{Check, Look, WithEvidence, finding};
use coverage::globs::globs;
use model::{CheckDoc, Confidence, Direction, Domain, Evidence, Finding, Kind, Severity};

static DOC: CheckDoc = CheckDoc {
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

pub(in super::super) const CHECK: Check = Check {
    doc: &DOC,
    run,
    #[cfg(any(test, feature = "fixtures"))]
    fixtures,
};

fn run(look: &Look<'_>) -> Vec<Finding> {
    let program: Vec<&str> = look
        .range
        .changes
        .iter()
        .filter(|change| {
            matches!(
                change.kind,
                Kind::Code | Kind::Styling | Kind::Markup | Kind::Contract
            )
        })
        .map(|change| change.path.as_str())
        .collect();
    look.range
        .config
        .switches
        .iter()
        .filter_map(|switch| {
            let covers = globs(&switch.covers);
            let (inside, outside): (Vec<&str>, Vec<&str>) =
                program.iter().partition(|path| covers.is_match(path));
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
                path: Some((*path).to_owned()),
                ..Evidence::default()
            });
            Some(
                finding(
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
fn fixtures() -> (
    super::super::fixture::Fixture,
    super::super::fixture::Fixture,
) {
    use super::super::fixture::Fixture;
    let with = |mut fixture: Fixture| {
        fixture.config.switches.push(model::Switch {
            name: "new-checkout".to_owned(),
            covers: vec!["app/checkout/**".to_owned()],
        });
        fixture
    };
    let inside = || Fixture::of("app/checkout/pay.rb", Kind::Code, "a", "b");
    (
        with(inside().and("app/cart/total.rb", Kind::Code, Some("a"), Some("b"))),
        with(inside()),
    )
}
