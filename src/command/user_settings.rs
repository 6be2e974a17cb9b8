//! The person's own settings: `config.toml` and `themes/*.toml` in the user's folder.

use std::path::{Path, PathBuf};

use super::layers::find_user_folder;
use super::user_file::read_user_file;
use crate::app::PaletteChoice;
use crate::model::escape_invisible;
use crate::tui::settings::entries::{SettingsRemark, find_nearest};
use crate::tui::settings::reading::{OwnSettings, read_settings};
use crate::tui::theme::{ThemeFile, find_shipped_theme, list_shipped_themes, read_theme};

/// Most themes of the user's folder that are named.
const THEMES: usize = 50;

/// What was read of the user's folder.
#[derive(Debug, Clone, Default)]
pub struct UserSettings {
    /// `config.toml`, where there is one.
    pub file: Option<PathBuf>,
    /// What it says.
    pub settings: OwnSettings,
    /// What is wrong in it.
    pub remarks: Vec<SettingsRemark>,
}

/// Reads `config.toml` of the user's folder. What is wrong there never keeps the program from
/// starting: somebody has an incident.
pub fn load_user_settings() -> UserSettings {
    let file = find_user_folder().map(|folder| folder.join("config.toml"));
    let Some(file) = file.filter(|file| file.exists()) else {
        return UserSettings::default();
    };
    let (settings, mut remarks) = match read_user_file(&file) {
        Ok(text) => read_settings(&text),
        Err(error) => (
            OwnSettings::default(),
            vec![SettingsRemark {
                line: 1,
                says: format!("{error:#}"),
            }],
        ),
    };
    if let Some(theme) = &settings.theme
        && let Err(says) = choose_theme(Some(theme))
    {
        remarks.push(SettingsRemark {
            line: settings.theme_line,
            says,
        });
    }
    UserSettings {
        file: Some(file),
        settings,
        remarks,
    }
}

impl UserSettings {
    /// The remarks as lines: file, line, what is wrong.
    pub fn list_remarks(&self) -> Vec<String> {
        let file = self.file.as_deref().unwrap_or(Path::new("config.toml"));
        self.remarks
            .iter()
            .map(|remark| {
                let says = format!("{}:{}: {}.", file.display(), remark.line, remark.says);
                escape_invisible(&says).into_owned()
            })
            .collect()
    }

    /// One sentence for whoever opens the screens, where something is wrong.
    pub fn describe_remarks(&self) -> Option<String> {
        let first = self.remarks.first()?;
        let says = match self.remarks.len() {
            1 => format!("config.toml, line {}: {}.", first.line, first.says),
            count => {
                format!("{count} things in config.toml do not count; `backout doctor` lists them.")
            }
        };
        Some(escape_invisible(&says).into_owned())
    }
}

/// Themes in the user's folder, by name.
pub fn list_user_themes() -> Vec<(String, PathBuf)> {
    let Some(folder) = find_user_folder().map(|folder| folder.join("themes")) else {
        return Vec::new();
    };
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut themes: Vec<(String, PathBuf)> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .filter_map(|path| Some((path.file_stem()?.to_str()?.to_owned(), path)))
        .take(THEMES)
        .collect();
    themes.sort();
    themes
}

/// A theme of the user's folder, with what is wrong in its file.
///
/// # Errors
/// When the file cannot be read.
pub fn load_user_theme(path: &Path) -> Result<(ThemeFile, Vec<SettingsRemark>), String> {
    let text = read_user_file(path).map_err(|error| format!("{error:#}"))?;
    Ok(read_theme(&text))
}

/// The palette and, beyond dark, light and no colour, the theme of a name.
///
/// # Errors
/// One clause for a theme that is not there.
pub fn choose_theme(name: Option<&str>) -> Result<(PaletteChoice, Option<ThemeFile>), String> {
    let own = |name: &str| {
        list_user_themes()
            .into_iter()
            .find(|(own, _)| own == name)
            .map(|(_, path)| path)
    };
    Ok(match name {
        None | Some("auto") => (PaletteChoice::Auto, None),
        Some("dark") => (PaletteChoice::Dark, None),
        Some("light") => (PaletteChoice::Light, None),
        Some("no-colour" | "no-color" | "plain" | "none") => (PaletteChoice::Plain, None),
        Some(name) => {
            let name = match name {
                "color-blind" => "colour-blind",
                name => name,
            };
            let theme = match (find_shipped_theme(name), own(name)) {
                (Some(theme), _) => theme,
                (None, Some(path)) => load_user_theme(&path)?.0,
                (None, None) => {
                    let own = list_user_themes().into_iter().map(|(name, _)| name);
                    let names: Vec<String> = list_shipped_themes()
                        .map(str::to_owned)
                        .chain(own)
                        .collect();
                    return Err(format!(
                        "there is no theme {name:?}{}; choose auto, {}",
                        find_nearest(name, names.iter().map(String::as_str)),
                        names.join(", ")
                    ));
                }
            };
            (PaletteChoice::Auto, Some(theme))
        }
    })
}
