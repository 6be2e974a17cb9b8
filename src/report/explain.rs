//! The decision explained rule by rule.

use super::layout::ReportSheet;
use super::words;
use crate::model::Decision;

/// The verdict with its trace: rules in the order they were read, the facts they used, the
/// arithmetic, every option's state, and what is open. 100 columns.
pub fn explain_decision(decision: &Decision) -> String {
    let mut sheet = ReportSheet::new(100);
    sheet.ends(
        &words::write_decision_headline(decision, ""),
        &words::write_strength(decision),
    );
    sheet.rule();
    sheet.gap();
    if decision.trace.is_empty() {
        sheet.hang("", "No rule was recorded.", 0);
    }
    for (at, line) in decision.trace.iter().enumerate() {
        sheet.hang(&format!("{:>3}", at + 1), line, 5);
    }

    explain_arithmetic(&mut sheet, decision);

    explain_options(&mut sheet, decision);

    explain_open_facts(&mut sheet, decision);
    sheet.finish()
}

fn explain_arithmetic(sheet: &mut ReportSheet, decision: &Decision) {
    sheet.title(
        "Arithmetic",
        "weights decide only among options that are not ruled out",
    );
    let weighed = [("back", decision.back), ("forward", decision.forward)];
    for (side, sum) in weighed {
        sheet.label(side, &words::write_weight(sum, false));
    }
    sheet.label(
        "margin",
        &decision.margin.map_or_else(
            || "not used: a blocker or a rule before it decided".to_owned(),
            |margin| words::write_weight(margin, true),
        ),
    );
    for (label, reasons) in [
        ("because", &decision.because),
        ("against", &decision.against),
    ] {
        sheet.gap();
        for (at, reason) in reasons.iter().enumerate() {
            let facts = if reason.facts.is_empty() {
                String::new()
            } else {
                format!(" [{}]", reason.facts.join(", "))
            };
            sheet.label(
                if at == 0 { label } else { "" },
                &format!(
                    "{} · {}{facts}",
                    reason.rule,
                    words::write_weighted_reason(reason)
                ),
            );
        }
    }
}

fn explain_options(sheet: &mut ReportSheet, decision: &Decision) {
    sheet.title("Options", "");
    for status in &decision.options {
        sheet.hang(
            words::write_option_state(status.state),
            status.option.id(),
            13,
        );
        for blocker in &status.blockers {
            let facts = if blocker.facts.is_empty() {
                String::new()
            } else {
                format!(" [{}]", blocker.facts.join(", "))
            };
            sheet.hang(
                "",
                &format!("{} · {}{facts}", blocker.rule, blocker.says),
                13,
            );
        }
        for condition in &status.conditions {
            sheet.hang(
                "",
                &format!("→ {} ({})", condition.says, condition.kind),
                13,
            );
        }
    }
}

fn explain_open_facts(sheet: &mut ReportSheet, decision: &Decision) {
    sheet.title(
        "Open",
        &words::write_count(
            decision.open_facts.len() as u64,
            "fact can change the option",
            "facts can change the option",
        ),
    );
    if decision.open_facts.is_empty() {
        sheet.hang("", "No open fact can change the option.", 0);
    }
    for key in &decision.open_facts {
        sheet.hang("·", key, 2);
    }
    for flip in &decision.flips {
        sheet.hang("→", &words::write_flip(flip, ""), 2);
    }
    for (key, value) in &decision.assumed {
        sheet.hang("·", &format!("{key} = {value}, assumed"), 2);
    }
}
