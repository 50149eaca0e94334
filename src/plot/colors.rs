//! Colour maps and the two themes. The default is viridis: perceptually even, and safe for colour-blind readers.

use plotters::style::RGBColor;
use serde::Deserialize;

/// A colour map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Colormap {
    Viridis,
    Cividis,
    Thermal,
    /// Blue to red through white, zero in the middle.
    Balance,
    Grey,
}

impl Colormap {
    /// 256 colours from low to high.
    pub fn table(self) -> [[u8; 3]; 256] {
        std::array::from_fn(|i| {
            #[allow(clippy::cast_precision_loss)]
            let t = i as f64 / 255.0;
            let c = match self {
                Colormap::Viridis => colorous::VIRIDIS.eval_continuous(t),
                Colormap::Cividis => colorous::CIVIDIS.eval_continuous(t),
                Colormap::Thermal => colorous::INFERNO.eval_continuous(t),
                Colormap::Balance => colorous::RED_BLUE.eval_continuous(1.0 - t),
                Colormap::Grey => colorous::GREYS.eval_continuous(1.0 - t),
            };
            [c.r, c.g, c.b]
        })
    }

    /// Whether zero belongs in the middle.
    pub fn is_diverging(self) -> bool {
        self == Colormap::Balance
    }
}

/// Colours of everything that is no data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    fn pick(self, light: (u8, u8, u8), dark: (u8, u8, u8)) -> RGBColor {
        let (r, g, b) = if self == Theme::Light { light } else { dark };
        RGBColor(r, g, b)
    }

    /// Behind everything.
    pub fn background(self) -> RGBColor {
        self.pick((255, 255, 255), (17, 22, 29))
    }

    /// Titles.
    pub fn text(self) -> RGBColor {
        self.pick((24, 32, 42), (230, 236, 243))
    }

    /// Tick labels and axis titles.
    pub fn muted(self) -> RGBColor {
        self.pick((75, 88, 102), (165, 178, 192))
    }

    /// Axes.
    pub fn line(self) -> RGBColor {
        self.pick((140, 152, 165), (98, 112, 128))
    }

    /// Grid lines.
    pub fn grid(self) -> RGBColor {
        self.pick((230, 234, 239), (38, 46, 56))
    }

    /// Cells without a value.
    pub fn missing(self) -> RGBColor {
        self.pick((222, 226, 231), (44, 52, 62))
    }

    /// Coastlines over data.
    pub fn coast(self) -> RGBColor {
        self.pick((30, 36, 44), (235, 240, 246))
    }

    /// Lines and bars of data.
    pub fn accent(self) -> RGBColor {
        self.pick((11, 104, 150), (94, 188, 232))
    }

    /// What is behind a line: a share of it over the background, 0 to 1.
    pub fn tint(self, color: RGBColor, share: f64) -> RGBColor {
        let back = self.background();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let mix = |a: u8, b: u8| (f64::from(b) + (f64::from(a) - f64::from(b)) * share).round() as u8;
        RGBColor(mix(color.0, back.0), mix(color.1, back.1), mix(color.2, back.2))
    }

    /// Colours of lines that are no order, after Okabe and Ito: told apart by colour-blind readers, too.
    pub fn categories(self) -> [RGBColor; 8] {
        [
            self.accent(),
            self.pick((199, 84, 0), (255, 158, 87)),
            self.pick((0, 122, 90), (72, 201, 160)),
            self.pick((168, 62, 125), (240, 142, 200)),
            self.pick((140, 104, 0), (232, 196, 92)),
            self.pick((90, 78, 190), (176, 166, 255)),
            self.pick((160, 40, 40), (255, 128, 128)),
            self.pick((75, 88, 102), (165, 178, 192)),
        ]
    }
}
