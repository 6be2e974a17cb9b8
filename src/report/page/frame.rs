//! What every page is made of: its beginning, and one part with a title.

use super::html::Html;

const STYLE: &str = include_str!("style.css");

/// One part of the page.
pub(super) struct PageSection {
    /// Where a link of the contents leads.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// A few words beside the title.
    pub(super) figure: String,
    pub(super) body: String,
}

/// The beginning of every page, down to its `main`. What may run or be fetched is nothing.
pub(super) fn start_page(page: &mut Html<'_>, title: &str, main: &'static str) {
    page.raw(concat!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ",
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n",
        "<meta name=\"referrer\" content=\"no-referrer\">\n",
        "<meta name=\"color-scheme\" content=\"light dark\">\n",
        "<link rel=\"icon\" href=\"data:,\">\n"
    ));
    page.element("<title>", title, "</title>\n");
    page.raw("<style>\n");
    page.raw(STYLE);
    page.raw("</style>\n</head>\n<body>\n");
    page.raw(main);
}
