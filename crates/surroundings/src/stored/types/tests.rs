use super::*;
use coverage::guard;

fn read(path: &str, text: &str) -> Vec<TypeDef> {
    let language = guard::find_language(path).expect("a language that is known");
    read_in(language, text, &guard::cut_program_tokens(language, text))
}

#[test]
fn fields_of_many_languages_are_read() {
    for (path, text, fields) in [
        (
            "a.go",
            "type state struct {\n\tOwner string `json:\"owner\"`\n\tShelf map[string]int\n}",
            "Owner Shelf",
        ),
        (
            "a.rs",
            "#[derive(Deserialize)]\npub struct State {\n    pub owner: String,\n    shelves: Vec<u8>,\n}",
            "owner shelves",
        ),
        ("a.rs", "enum Kind { #[x] A, B(u8), C { d: u8 } }", "A B C"),
        (
            "a.py",
            "class Job(BaseModel):\n    model_config = ConfigDict(extra='forbid')\n\n    name: str\n    at: int = 0\n\n    def run(self):\n        x = 1\n",
            "name at",
        ),
        (
            "A.java",
            "class Order {\n  private final String text;\n  int count = 1;\n  @JsonProperty(\"byOffset\")\n  boolean get() { int local = 1; return x; }\n}",
            "text count byOffset",
        ),
        (
            "A.java",
            "record Order(String text, List<String> lines) {}",
            "text lines",
        ),
        (
            "a.kt",
            "@Serializable\ndata class Order(val text: String, val lines: Int = 0)\n\nfun x() {}\n",
            "text lines",
        ),
        (
            "a.scala",
            "case class Order(text: String, lines: Int)\n",
            "text lines",
        ),
        (
            "A.cs",
            "public class Order {\n  public string Text { get; set; }\n  public int Lines { get; init; }\n}",
            "Text Lines",
        ),
        (
            "A.cs",
            "public record Order(string Text, int Lines);",
            "Text Lines",
        ),
        (
            "a.php",
            "<?php class Order { public string $text; private $lines = 1; }",
            "text lines",
        ),
        (
            "a.ts",
            "const order = z.object({\n  text: z.string(),\n  lines: z.number(),\n}).strict()",
            "text lines",
        ),
        (
            "a.rb",
            "class Order\n  attr_accessor :text, :lines\nend",
            "text lines",
        ),
        (
            "a.rb",
            "Order = Struct.new(:text, :lines, keyword_init: true)\n",
            "text lines",
        ),
        (
            "a.php",
            "<?php class Order { public function __construct(public readonly string $text, int $other, private int $lines = 1) {} }",
            "text lines",
        ),
        (
            "a.ex",
            "defmodule Shop.Order do\n  defstruct [:text, lines: 0]\nend",
            "text lines",
        ),
        (
            "a.swift",
            "struct Order: Codable {\n  let text: String\n  var lines = 0\n}",
            "text lines",
        ),
    ] {
        let types = read(path, text);
        let found: Vec<&str> = types
            .first()
            .map(|found| found.fields.iter().map(|(name, _)| name.as_str()).collect())
            .unwrap_or_default();
        assert_eq!(found.join(" "), fields, "{path}: {text} {types:?}");
    }
}

#[test]
fn hostile_text_ends() {
    for path in [
        "a.go", "a.rs", "a.py", "A.java", "a.kt", "a.ts", "a.rb", "a.ex",
    ] {
        for text in [
            "class",
            "type a struct {",
            "class a",
            "a = z.object({",
            "defstruct",
            "defmodule",
            "enum x {",
            "record",
            "class A::",
        ] {
            let _ = read(path, text);
            let _ = read(path, &text.repeat(400));
        }
    }
}
