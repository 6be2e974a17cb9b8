//! The generated pages.
use std::path::Path;
/// Asks the program.
pub type Ask<'a> = dyn Fn(&[&str]) -> Result<String, String> + 'a;
/// Pages.
pub fn write_pages(_root: &Path, _ask: &Ask) -> Result<Vec<(String, String)>, String> {
    Ok(Vec::new())
}
