//! Does the previous release refuse a row without a value before it writes it? Libraries validate
//! that a value is there, by a line in the class of the table or by an annotation above the field.

use super::super::step::Name;
use super::{PreviousUsage, make_usage_evidence};
use model::Evidence;

/// Lines above a field in which its annotations stand, and lines above a name in which the call
/// that lists it begins.
const ABOVE: usize = 4;

impl PreviousUsage<'_> {
    /// Where the class of a table says that a row needs a value in the column.
    pub fn demanded_by_validation(
        &self,
        table: &Name,
        column: &str,
        models: bool,
    ) -> Option<Evidence> {
        self.definitions(table, column, models)
            .find_map(|(hit, _)| {
                let text = self.tree.read_text(&hit.path).ok()?;
                demands_value(&text, hit.line, column, &hit.path).then(|| make_usage_evidence(hit))
            })
    }
}

/// The line with the column, or what stands right above it, says that a value has to be there.
fn demands_value(text: &str, line: usize, column: &str, path: &str) -> bool {
    let from = line.saturating_sub(ABOVE + 1);
    let lines: Vec<&str> = text.lines().skip(from).take(line - from).collect();
    let Some((own, above)) = lines.split_last() else {
        return false;
    };
    let own = own.trim();
    match path.rsplit('.').next().unwrap_or_default() {
        "rb" => {
            // a list of names may go on over lines
            let begins = above
                .iter()
                .rev()
                .take_while(|line| line.trim_end().ends_with(','));
            let mut call: Vec<&str> = begins.copied().collect();
            call.reverse();
            call.push(own);
            call.extend(
                text.lines()
                    .skip(line)
                    .take(ABOVE)
                    .take_while(|_| own.ends_with(',')),
            );
            let call = call.join(" ");
            let demands = call.trim_start().starts_with("validates_presence_of")
                || call.trim_start().starts_with("validates ") && call.contains("presence:");
            let sometimes = [
                "if:",
                "unless:",
                "on:",
                "allow_nil",
                "allow_blank",
                "presence: false",
            ]
            .iter()
            .any(|word| call.contains(word));
            demands && !sometimes && text_scan::has_whole_word(&call, column)
        }
        "ex" | "exs" => own.contains("validate_required(") || own.starts_with("@required"),
        "java" | "kt" | "scala" | "groovy" | "cs" | "php" => {
            let marks = above
                .iter()
                .rev()
                .map(|line| line.trim())
                .take_while(|line| line.starts_with(['@', '[', '#', '*', '/']));
            marks.chain([own]).any(says_not_null)
                || own.contains("=> 'required")
                || own.contains("=> ['required")
        }
        _ => false,
    }
}

fn says_not_null(line: &str) -> bool {
    [
        "@NotNull",
        "@NotBlank",
        "@NotEmpty",
        "@NonNull",
        "@field:Not",
        "nullable = false",
        "nullable=false",
        "optional = false",
        "[Required",
        "Assert\\NotBlank",
        "Assert\\NotNull",
    ]
    .iter()
    .any(|mark| line.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::demands_value;

    #[test]
    fn validations_that_demand_a_value_are_told_from_those_that_may_not() {
        for (path, text, line) in [
            (
                "a.rb",
                "class Rate\n  validates :date, :rate, presence: true\n",
                2,
            ),
            (
                "a.rb",
                "class Rate\n  validates :day,\n            :rate,\n            presence: true\n",
                3,
            ),
            ("a.rb", "  validates_presence_of :rate\n", 1),
            ("a.ex", "    |> validate_required([:date, :rate])\n", 1),
            (
                "A.java",
                "  @Column(name = \"rate\")\n  @NotNull\n  private BigDecimal rate;\n",
                3,
            ),
            (
                "A.cs",
                "  [Required]\n  public string rate { get; set; }\n",
                2,
            ),
            (
                "A.php",
                "    #[Assert\\NotBlank]\n    private string $rate;\n",
                2,
            ),
        ] {
            assert!(demands_value(text, line, "rate", path), "{text}");
        }
        for (path, text, line) in [
            ("a.rb", "  validates :rate, presence: true, if: :paid?\n", 1),
            ("a.rb", "  validates :rate, numericality: true\n", 1),
            ("a.ex", "    |> cast(attrs, [:date, :rate])\n", 1),
            (
                "A.java",
                "  @NotNull\n  private String name;\n\n  private BigDecimal rate;\n",
                4,
            ),
        ] {
            assert!(!demands_value(text, line, "rate", path), "{text}");
        }
    }
}
