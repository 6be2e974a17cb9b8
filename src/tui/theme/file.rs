//! Themes as files: a colour and a style for each role, with what stands for them where the
//! terminal has fewer colours.

use std::sync::OnceLock;

use ratatui::style::{Color, Modifier, Style};
use toml_edit::{Item, TableLike};

use crate::tui::settings::entries::{
    SettingsRemark, find_nearest, line_of, list_entries, parse_toml,
};
use crate::tui::theme::role::{Palette, Role, style_without_colour};

/// Themes that are shipped: name and file.
const SHIPPED: [(&str, &str); 5] = [
    ("dark", include_str!("../../../assets/themes/dark.toml")),
    ("light", include_str!("../../../assets/themes/light.toml")),
    (
        "high-contrast",
        include_str!("../../../assets/themes/high-contrast.toml"),
    ),
    (
        "colour-blind",
        include_str!("../../../assets/themes/colour-blind.toml"),
    ),
    (
        "no-colour",
        include_str!("../../../assets/themes/no-colour.toml"),
    ),
];

/// How many colours the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// The sixteen of its own palette.
    #[default]
    Sixteen,
    /// The 256 of the table that most have.
    TwoHundred,
    /// Red, green and blue of eight bits each.
    True,
}

impl Depth {
    /// From `COLORTERM` and `TERM`, as terminals say it themselves.
    pub fn of_terminal(colorterm: &str, term: &str) -> Self {
        if matches!(colorterm, "truecolor" | "24bit") || term.ends_with("-direct") {
            Self::True
        } else if term.contains("256color") {
            Self::TwoHundred
        } else {
            Self::Sixteen
        }
    }
}

/// A colour as a file gives it, for each depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hue {
    whole: Color,
    of_256: Color,
    of_16: Color,
}

impl Hue {
    fn at(self, depth: Depth) -> Color {
        match depth {
            Depth::True => self.whole,
            Depth::TwoHundred => self.of_256,
            Depth::Sixteen => self.of_16,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct RoleLook {
    colour: Option<Hue>,
    background: Option<Hue>,
    modifiers: Option<Modifier>,
}

type Looks = [RoleLook; Role::ALL.len()];

/// A theme as its file gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThemeFile {
    /// What it is good for, in a few words.
    pub about: String,
    dark: Option<Looks>,
    light: Option<Looks>,
}

/// The style of every role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colours([Style; Role::ALL.len()]);

impl Colours {
    /// That of a role.
    pub fn style(&self, role: Role) -> Style {
        self.0[role as usize]
    }
}

impl ThemeFile {
    /// The styles for a background and as many colours as the terminal has. A theme of one
    /// background is shown as it is on the other.
    pub fn make_colours(&self, light: bool, depth: Depth) -> Colours {
        let (first, second) = if light {
            (&self.light, &self.dark)
        } else {
            (&self.dark, &self.light)
        };
        let looks = first.or(*second).unwrap_or_default();
        Colours(Role::ALL.map(|role| {
            let look = looks[role as usize];
            let mut style = style_without_colour(role);
            if let Some(modifiers) = look.modifiers {
                style = Style::new().add_modifier(modifiers);
            }
            if let Some(hue) = look.colour {
                style = style.fg(hue.at(depth));
            }
            if let Some(hue) = look.background {
                style = style.bg(hue.at(depth));
            }
            style
        }))
    }
}

/// Names of the shipped themes.
pub fn list_shipped_themes() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// A shipped theme.
pub fn find_shipped_theme(name: &str) -> Option<ThemeFile> {
    SHIPPED
        .iter()
        .find(|(shipped, _)| *shipped == name)
        .map(|(_, text)| read_theme(text).0)
}

/// The styles of the shipped themes that need no file to be read: dark, light and without colour.
pub fn shipped_colours(palette: Palette) -> &'static Colours {
    static MADE: OnceLock<[Colours; 3]> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let make = |name: &str, light: bool| {
            find_shipped_theme(name)
                .unwrap_or_default()
                .make_colours(light, Depth::Sixteen)
        };
        [
            make("dark", false),
            make("light", true),
            make("no-colour", false),
        ]
    });
    match palette {
        Palette::Dark => &made[0],
        Palette::Light => &made[1],
        Palette::Plain => &made[2],
    }
}

/// A theme from its text, and what is wrong with it; what is wrong is left out.
pub fn read_theme(text: &str) -> (ThemeFile, Vec<SettingsRemark>) {
    let mut remarks = Vec::new();
    let mut theme = ThemeFile::default();
    let Some(document) = parse_toml(text, &mut remarks) else {
        return (theme, remarks);
    };
    for (key, item, line) in list_entries(&document, text) {
        match (key, item.as_table_like()) {
            ("about", _) => {
                theme.about = item
                    .as_str()
                    .unwrap_or_default()
                    .chars()
                    .take(120)
                    .collect();
            }
            ("dark", Some(table)) => theme.dark = Some(read_looks(table, text, &mut remarks)),
            ("light", Some(table)) => theme.light = Some(read_looks(table, text, &mut remarks)),
            _ => remarks.push(SettingsRemark {
                line,
                says: format!("{key:?} is no part of a theme; there are about, [dark] and [light]"),
            }),
        }
    }
    if theme.dark.is_none() && theme.light.is_none() {
        remarks.push(SettingsRemark {
            line: 1,
            says: "the theme has neither [dark] nor [light], so it sets no colour".to_owned(),
        });
    }
    (theme, remarks)
}

fn read_looks(table: &dyn TableLike, text: &str, remarks: &mut Vec<SettingsRemark>) -> Looks {
    let mut looks = Looks::default();
    for (name, item) in table.iter() {
        let line = line_of(text, table.key(name).and_then(|key| key.span()));
        let Some(role) = Role::ALL.into_iter().find(|role| role.id() == name) else {
            let near = find_nearest(name, Role::ALL.into_iter().map(Role::id));
            remarks.push(SettingsRemark {
                line,
                says: format!("there is no role {name:?}{near}"),
            });
            continue;
        };
        match read_look(item) {
            Ok(look) => looks[role as usize] = look,
            Err(says) => remarks.push(SettingsRemark {
                line,
                says: format!("{name}: {says}"),
            }),
        }
    }
    looks
}

fn read_look(item: &Item) -> Result<RoleLook, String> {
    let Some(table) = item.as_table_like() else {
        return Err(
            "write a table, such as { colour = \"#56b4e9\", colour-16 = \"blue\" }".to_owned(),
        );
    };
    let mut look = RoleLook::default();
    for (key, _) in table.iter() {
        if !matches!(
            key,
            "colour"
                | "colour-256"
                | "colour-16"
                | "background"
                | "background-256"
                | "background-16"
                | "style"
        ) {
            return Err(format!(
                "{key:?} is no part of it; there are colour, colour-256, colour-16, the same of \
                 background, and style"
            ));
        }
    }
    look.colour = read_hue(table, "colour")?;
    look.background = read_hue(table, "background")?;
    if let Some(style) = table.get("style") {
        let words = style
            .as_array()
            .ok_or("style is a list, such as [\"bold\"]")?;
        let mut modifiers = Modifier::empty();
        for word in words {
            modifiers |= match word.as_str() {
                Some("bold") => Modifier::BOLD,
                Some("dim") => Modifier::DIM,
                Some("italic") => Modifier::ITALIC,
                Some("underlined") => Modifier::UNDERLINED,
                Some("reversed") => Modifier::REVERSED,
                Some("crossed-out") => Modifier::CROSSED_OUT,
                _ => {
                    return Err(
                        "a style is bold, dim, italic, underlined, reversed or crossed-out"
                            .to_owned(),
                    );
                }
            };
        }
        look.modifiers = Some(modifiers);
    }
    Ok(look)
}

fn read_hue(table: &dyn TableLike, name: &str) -> Result<Option<Hue>, String> {
    let Some(item) = table.get(name) else {
        return Ok(None);
    };
    let wrong = || format!("{name} is a name such as \"light-blue\", or \"#rrggbb\"");
    let whole = item.as_str().and_then(read_colour).ok_or_else(wrong)?;
    let of_256 = match table.get(&format!("{name}-256")) {
        None => nearest_of_256(whole),
        Some(item) => item
            .as_integer()
            .and_then(|number| u8::try_from(number).ok())
            .map(Color::Indexed)
            .ok_or_else(|| format!("{name}-256 is a number from 0 to 255"))?,
    };
    let of_16 = match table.get(&format!("{name}-16")) {
        None => nearest_of_16(whole),
        Some(item) => item
            .as_str()
            .and_then(read_named_colour)
            .ok_or_else(|| format!("{name}-16 is one of the sixteen names"))?,
    };
    Ok(Some(Hue {
        whole,
        of_256,
        of_16,
    }))
}

/// The sixteen, with the red, green and blue that most terminals show.
const NAMED: [(&str, Color, [u8; 3]); 16] = [
    ("black", Color::Black, [0, 0, 0]),
    ("red", Color::Red, [205, 0, 0]),
    ("green", Color::Green, [0, 205, 0]),
    ("yellow", Color::Yellow, [205, 205, 0]),
    ("blue", Color::Blue, [0, 0, 238]),
    ("magenta", Color::Magenta, [205, 0, 205]),
    ("cyan", Color::Cyan, [0, 205, 205]),
    ("gray", Color::Gray, [229, 229, 229]),
    ("dark-gray", Color::DarkGray, [127, 127, 127]),
    ("light-red", Color::LightRed, [255, 0, 0]),
    ("light-green", Color::LightGreen, [0, 255, 0]),
    ("light-yellow", Color::LightYellow, [255, 255, 0]),
    ("light-blue", Color::LightBlue, [92, 92, 255]),
    ("light-magenta", Color::LightMagenta, [255, 0, 255]),
    ("light-cyan", Color::LightCyan, [0, 255, 255]),
    ("white", Color::White, [255, 255, 255]),
];

fn read_named_colour(text: &str) -> Option<Color> {
    NAMED
        .iter()
        .find(|(name, ..)| *name == text)
        .map(|(_, colour, _)| *colour)
}

fn read_colour(text: &str) -> Option<Color> {
    let Some(hex) = text.strip_prefix('#') else {
        return read_named_colour(text);
    };
    if hex.len() != 6 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok();
    Some(Color::Rgb(part(0)?, part(2)?, part(4)?))
}

fn measure_colour_distance(one: [u8; 3], other: [u8; 3]) -> u32 {
    one.into_iter()
        .zip(other)
        .map(|(a, b)| u32::from(a.abs_diff(b)).pow(2))
        .sum()
}

/// The nearest of the cube and the greys, which are the same everywhere; a named colour stays.
fn nearest_of_256(colour: Color) -> Color {
    let Color::Rgb(red, green, blue) = colour else {
        return colour;
    };
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let mut best = (u32::MAX, 16);
    for index in 16..=255u8 {
        let rgb = if index < 232 {
            let at = usize::from(index - 16);
            [STEPS[at / 36], STEPS[at / 6 % 6], STEPS[at % 6]]
        } else {
            [8 + 10 * (index - 232); 3]
        };
        let far = measure_colour_distance(rgb, [red, green, blue]);
        if far < best.0 {
            best = (far, index);
        }
    }
    Color::Indexed(best.1)
}

fn nearest_of_16(colour: Color) -> Color {
    let Color::Rgb(red, green, blue) = colour else {
        return colour;
    };
    NAMED
        .iter()
        .min_by_key(|(.., rgb)| measure_colour_distance(*rgb, [red, green, blue]))
        .map_or(colour, |(_, named, _)| *named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::{Color, Modifier};

    use crate::tui::theme::role::Role;

    fn luminance(rgb: [f64; 3]) -> f64 {
        0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    }

    fn linear(colour: Color) -> Option<[f64; 3]> {
        let Color::Rgb(red, green, blue) = colour else {
            return None;
        };
        Some([red, green, blue].map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        }))
    }

    #[test]
    fn shipped_themes_have_no_remark_and_set_what_they_name() {
        for (name, text) in SHIPPED {
            let (theme, remarks) = read_theme(text);
            assert!(remarks.is_empty(), "{name}: {remarks:?}");
            assert!(!theme.about.is_empty(), "{name}");
        }
    }

    #[test]
    fn high_contrast_stands_out_from_its_background() {
        let theme = find_shipped_theme("high-contrast").unwrap();
        for light in [false, true] {
            let colours = theme.make_colours(light, Depth::True);
            for role in Role::ALL {
                let style = colours.style(role);
                assert!(!style.add_modifier.contains(Modifier::DIM), "{role:?}");
                let Some(rgb) = style.fg.and_then(linear) else {
                    continue;
                };
                let ratio = if light {
                    1.05 / (luminance(rgb) + 0.05)
                } else {
                    (luminance(rgb) + 0.05) / 0.05
                };
                assert!(ratio >= 7.0, "{role:?} on light {light}: {ratio:.1}");
            }
        }
    }

    /// Without red cones, and without green ones, after Viénot and others 1999.
    #[test]
    fn colour_blind_hues_stay_apart() {
        let kinds = [
            [
                [0.11238, 0.88762, 0.0],
                [0.11238, 0.88762, 0.0],
                [0.00401, -0.00401, 1.0],
            ],
            [
                [0.29275, 0.70725, 0.0],
                [0.29275, 0.70725, 0.0],
                [-0.02234, 0.02234, 1.0],
            ],
        ];
        let pairs = [
            (Role::Good, Role::Bad),
            (Role::Good, Role::Warn),
            (Role::Warn, Role::Bad),
            (Role::Added, Role::Removed),
            // what keeps a colour of its own on changed lines
            (Role::Quoted, Role::Added),
            (Role::Quoted, Role::Removed),
            (Role::Number, Role::Removed),
            (Role::Back, Role::Forward),
            (Role::Back, Role::Aside),
        ];
        let theme = find_shipped_theme("colour-blind").unwrap();
        for light in [false, true] {
            let colours = theme.make_colours(light, Depth::True);
            for kind in kinds {
                let seen = |role: Role| {
                    let rgb = linear(colours.style(role).fg.unwrap()).unwrap();
                    kind.map(|row: [f64; 3]| {
                        let sum: f64 = row.iter().zip(rgb).map(|(a, b)| a * b).sum();
                        sum.clamp(0.0, 1.0).powf(1.0 / 2.2)
                    })
                };
                for (one, other) in pairs {
                    let far: f64 = seen(one)
                        .iter()
                        .zip(seen(other))
                        .map(|(a, b)| (a - b).powi(2))
                        .sum::<f64>()
                        .sqrt();
                    assert!(far > 0.2, "{one:?} and {other:?}, light {light}: {far:.2}");
                }
            }
        }
    }

    #[test]
    fn fewer_colours_are_taken_from_the_file_or_the_nearest() {
        let (theme, remarks) = read_theme(
            "[dark]\ngood = { colour = \"#56b4e9\" }\nbad = { colour = \"#56b4e9\", colour-256 = \
                9, colour-16 = \"red\" }\n",
        );
        assert!(remarks.is_empty());
        let at = |depth, role| theme.make_colours(false, depth).style(role).fg;
        assert_eq!(at(Depth::True, Role::Good), Some(Color::Rgb(86, 180, 233)));
        assert_eq!(at(Depth::TwoHundred, Role::Good), Some(Color::Indexed(74)));
        assert!(!matches!(
            at(Depth::Sixteen, Role::Good),
            Some(Color::Rgb(..)) | None
        ));
        assert_eq!(at(Depth::TwoHundred, Role::Bad), Some(Color::Indexed(9)));
        assert_eq!(at(Depth::Sixteen, Role::Bad), Some(Color::Red));
        assert_eq!(Depth::of_terminal("truecolor", "xterm"), Depth::True);
        assert_eq!(Depth::of_terminal("", "screen-256color"), Depth::TwoHundred);
        assert_eq!(Depth::of_terminal("", "linux"), Depth::Sixteen);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_and_left_out() {
        let text = "about = \"x\"\n[dark]\ngod = { colour = \"red\" }\nbad = { colour = \"rot\" \
            }\nkey = \"red\"\nwarn = { style = [\"loud\"] }\n[grey]\n";
        let (_, remarks) = read_theme(text);
        let lines: Vec<usize> = remarks.iter().map(|remark| remark.line).collect();
        assert_eq!(lines, [3, 4, 5, 6, 7], "{remarks:?}");
        assert!(remarks[0].says.contains("good"), "{remarks:?}");
        assert!(!read_theme("a = [").1.is_empty());
        assert_eq!(read_theme("").1.len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[ -~\\n]{0,120}") {
            let (theme, _) = read_theme(&text);
            theme.make_colours(true, Depth::True);
        }
    }
}
