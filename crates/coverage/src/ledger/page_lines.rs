//! Lines of a page that send what users enter.

/// A line of a page that sends what users enter.
pub(super) fn sends_input(path: &str, line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    [
        "<form",
        "<input",
        "<select",
        "<textarea",
        "form_for",
        "form_with",
        "form_row(",
        "form_widget(",
        "_field ",
        "_field(",
        "_field_tag",
        ".text_area",
        ".check_box",
        ".radio_button",
        ".collection_select",
        "asp-for=",
        "formcontrolname",
        "[(ngmodel)]",
        "hx-post",
        "hx-put",
        "hx-delete",
        "@page",
        "executesql",
        "alter table",
    ]
    .iter()
    .any(|sign| lower.contains(sign))
        || names_form_element(path, &lower)
}

/// An element of a form in pages that are written by indentation: `input(name="size")` of Pug,
/// `%input{name: "size"}` of Haml, `input name="size"` of Slim.
fn names_form_element(path: &str, line: &str) -> bool {
    const ELEMENTS: [&str; 5] = ["form", "input", "select", "textarea", "button"];
    let end = path.rsplit('.').next().unwrap_or_default();
    if !matches!(end, "pug" | "jade" | "haml" | "slim") {
        return false;
    }
    let line = line.trim_start();
    let line = match end {
        "haml" => match line.strip_prefix('%') {
            Some(line) => line,
            None => return false,
        },
        _ => line,
    };
    ELEMENTS.iter().any(|element| {
        line.strip_prefix(element).is_some_and(|rest| {
            rest.chars().next().is_none_or(|c| {
                matches!(c, '(' | '{' | '.' | '#')
                    || c == ' ' && (end == "slim" && rest.contains('='))
            })
        })
    })
}
