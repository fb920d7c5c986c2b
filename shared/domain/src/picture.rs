//! A picture that was uploaded: what its address tells.
//!
//! A picture is kept in several widths, each under an address of its own that never changes. The largest one's address
//! tells the others, so whoever shows a picture needs to look nothing up.

use std::{fmt, str::FromStr};

use crate::ids::PictureId;

/// The widths in which a picture is kept, in pixels; a smaller picture is kept in its own width besides those below it.
pub const WIDTHS: [u32; 4] = [240, 480, 960, 1_600];

/// What a picture's address begins with.
const FOLDER: &str = "/images/";

/// In pixels, both at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

impl Size {
    /// The same picture in another width; its height to the nearest pixel.
    #[must_use]
    pub fn at_width(self, width: u32) -> Self {
        let (own, wanted) = (u64::from(self.width.max(1)), u64::from(width));
        let height = (u64::from(self.height) * wanted + own / 2) / own;
        Self { width, height: u32::try_from(height).unwrap_or(u32::MAX).max(1) }
    }

    /// The largest size in which such a picture is kept.
    #[must_use]
    pub fn largest_kept(self) -> Self {
        self.at_width(self.width.min(WIDTHS[WIDTHS.len() - 1]))
    }
}

/// As what a picture is kept: without transparency as JPEG, with it as PNG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
}

impl Format {
    /// How the names of such files end.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    /// As what they are served.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// A picture that is ready. Written as the path of its largest file: `/images/pic_…/1600x900.jpg`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Which picture.
    pub picture_id: PictureId,
    /// Its largest size, at most as wide as the last of [`WIDTHS`].
    pub size: Size,
    /// Its files'.
    pub format: Format,
}

/// A text that is no path of a picture's largest file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not the path of a picture")]
pub struct PictureError;

impl Picture {
    /// The sizes in which it is kept, the smallest first.
    pub fn sizes(&self) -> Vec<Size> {
        let smaller = WIDTHS.into_iter().filter(|width| *width < self.size.width);
        smaller.map(|width| self.size.at_width(width)).chain([self.size]).collect()
    }

    /// The path of its file of this size.
    pub fn path(&self, size: Size) -> String {
        format!("{FOLDER}{}/{}x{}.{}", self.picture_id, size.width, size.height, self.format.extension())
    }
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path(self.size))
    }
}

impl FromStr for Picture {
    type Err = PictureError;
    fn from_str(path: &str) -> Result<Self, PictureError> {
        let (id, name) = path.strip_prefix(FOLDER).and_then(|rest| rest.split_once('/')).ok_or(PictureError)?;
        let (size, extension) = name.split_once('.').ok_or(PictureError)?;
        let (width, height) = size.split_once('x').ok_or(PictureError)?;
        let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number > 0).ok_or(PictureError);
        let formats = [Format::Jpeg, Format::Png];
        let picture = Self {
            picture_id: id.parse().map_err(|_| PictureError)?,
            size: Size { width: number(width)?, height: number(height)? },
            format: formats.into_iter().find(|format| format.extension() == extension).ok_or(PictureError)?,
        };
        // One path a picture: no other way to write a number, nothing larger than is kept.
        let is_its_own = picture.to_string() == path && picture.size.largest_kept() == picture.size;
        is_its_own.then_some(picture).ok_or(PictureError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32) -> Picture {
        let picture_id = format!("pic_{}", "0".repeat(32)).parse().unwrap();
        Picture { picture_id, size: Size { width, height }, format: Format::Jpeg }
    }

    fn widths(picture: &Picture) -> Vec<u32> {
        picture.sizes().into_iter().map(|size| size.width).collect()
    }

    #[test]
    fn a_picture_is_kept_in_the_widths_below_its_own() {
        assert_eq!(widths(&picture(1_600, 900)), [240, 480, 960, 1_600]);
        assert_eq!(widths(&picture(960, 900)), [240, 480, 960]);
        assert_eq!(widths(&picture(700, 900)), [240, 480, 700]);
        assert_eq!(widths(&picture(60, 60)), [60]);
    }

    #[test]
    fn every_width_keeps_the_shape() {
        let size = Size { width: 1_600, height: 901 };
        assert_eq!(size.at_width(240), Size { width: 240, height: 135 });
        assert_eq!(Size { width: 4_000, height: 3_000 }.largest_kept(), Size { width: 1_600, height: 1_200 });
        assert_eq!(Size { width: 4_000, height: 1 }.at_width(240).height, 1);
        assert_eq!(Size { width: 300, height: 200 }.largest_kept(), Size { width: 300, height: 200 });
    }

    #[test]
    fn the_path_of_the_largest_file_tells_the_picture() {
        let picture = picture(1_600, 901);
        let path = picture.to_string();
        assert_eq!(path, format!("/images/pic_{}/1600x901.jpg", "0".repeat(32)));
        assert_eq!(path.parse(), Ok(picture.clone()));
        assert_eq!(picture.path(picture.sizes()[0]), format!("/images/pic_{}/240x135.jpg", "0".repeat(32)));
        let folder = format!("/images/pic_{}", "0".repeat(32));
        for bad in
            ["0x9.jpg", "09x9.jpg", "+9x9.jpg", "9x9.svg", "9x9.jpg?x", "9x9", "9.jpg", "1601x9.jpg", "../9x9.jpg", ""]
        {
            assert_eq!(format!("{folder}/{bad}").parse::<Picture>(), Err(PictureError), "{bad}");
        }
        assert_eq!("/images/pic_1/9x9.jpg".parse::<Picture>(), Err(PictureError));
    }
}
