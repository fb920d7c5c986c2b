//! From a file that somebody sent to the files that are served.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageEncoder, ImageError, ImageFormat, ImageReader, ImageResult, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    imageops::FilterType,
};
use souk_domain::picture::{Format, Picture, Size, WIDTHS};

use crate::{Kind, Refusal};

const PIXELS_MAX: u64 = 40_000_000;
const SIDE_MAX: u32 = 12_000;
const SIDE_MIN: u32 = 50;
/// How many times as long as the other a side may be.
const STRETCH_MAX: u32 = 4;
/// What a decoder may ask for: the pixels at eight bytes each, and some more.
const MEMORY_MAX: u64 = 512 << 20;
/// Smaller files than at 90, and no eye tells.
const JPEG_QUALITY: u8 = 82;
/// A colour profile is some hundred bytes, or some kilobytes. A larger one is left out.
const PROFILE_MAX: usize = 64 << 10;

/// What was made of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The size of its largest file.
    pub size: Size,
    /// What the files are.
    pub format: Format,
    /// One for each width.
    pub files: Vec<File>,
}

/// A file that is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its size.
    pub size: Size,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Reads a file of which somebody said what it is, and writes its pixels anew in every width, upright. Of all else that
/// it holds only the colour profile goes along, without which its colours would be others. Of several frames the
/// first is taken. Takes seconds, and some hundred megabytes.
///
/// # Errors
/// Why it is not shown.
pub fn make(bytes: &[u8], said: Kind) -> Result<Made, Refusal> {
    let format = image::guess_format(bytes).map_err(|_| Refusal::NotAPicture)?;
    let kind = Kind::of(format).ok_or(Refusal::NotAPicture)?;
    if kind != said {
        return Err(Refusal::OtherType);
    }
    let Opened { image, profile } = open(bytes, format)?;
    let format = if is_transparent(&image) { Format::Png } else { Format::Jpeg };
    let mut image = match format {
        Format::Png => DynamicImage::ImageRgba8(image.into_rgba8()),
        Format::Jpeg => DynamicImage::ImageRgb8(image.into_rgb8()),
    };
    let size = size(&image).largest_kept();
    let mut files = Vec::with_capacity(WIDTHS.len());
    let widths = WIDTHS.into_iter().rev().filter(|width| *width < size.width);
    for size in [size].into_iter().chain(widths.map(|width| size.at_width(width))) {
        image = resized(image, size);
        let bytes = written(&image, format, profile.as_deref()).map_err(|_| Refusal::Unreadable)?;
        files.push(File { size, bytes });
    }
    Ok(Made { size, format, files })
}

impl Made {
    /// The picture under this id.
    pub fn picture(&self, picture_id: souk_domain::ids::PictureId) -> Picture {
        Picture { picture_id, size: self.size, format: self.format }
    }
}

struct Opened {
    image: DynamicImage,
    profile: Option<Vec<u8>>,
}

/// What a file claims is judged before anything is made of it.
fn open(bytes: &[u8], format: ImageFormat) -> Result<Opened, Refusal> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    judge(Size { width, height })?;
    let orientation = decoder.orientation().map_err(|_| Refusal::Unreadable)?;
    let profile = decoder.icc_profile().ok().flatten().filter(|profile| is_for_rgb(profile));
    let mut image = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    image.apply_orientation(orientation);
    Ok(Opened { image, profile })
}

fn refusal(error: ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::TooManyPixels,
        _ => Refusal::Unreadable,
    }
}

fn judge(Size { width, height }: Size) -> Result<(), Refusal> {
    let (short, long) = (width.min(height), width.max(height));
    if long > SIDE_MAX || u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(Refusal::TooManyPixels);
    }
    if short < SIDE_MIN {
        return Err(Refusal::TooSmall);
    }
    if long > short.saturating_mul(STRETCH_MAX) {
        return Err(Refusal::TooLong);
    }
    Ok(())
}

/// What is written is RGB, so a profile for grey or for inks would say something else. Bytes 16 to 19 of a profile
/// tell what it is for.
fn is_for_rgb(profile: &[u8]) -> bool {
    profile.len() <= PROFILE_MAX && profile.get(16..20) == Some(b"RGB ")
}

fn is_transparent(image: &DynamicImage) -> bool {
    image.color().has_alpha() && image.to_rgba8().pixels().any(|pixel| pixel.0[3] < u8::MAX)
}

fn size(image: &DynamicImage) -> Size {
    Size { width: image.width(), height: image.height() }
}

/// A good filter looks at each pixel many times, so a much larger picture is halved its way down first.
fn resized(image: DynamicImage, to: Size) -> DynamicImage {
    if size(&image) == to {
        return image;
    }
    let twice = Size { width: 2 * to.width, height: 2 * to.height };
    if image.width() > 2 * twice.width {
        let smaller = image.thumbnail_exact(twice.width, twice.height);
        return smaller.resize_exact(to.width, to.height, FilterType::Lanczos3);
    }
    image.resize_exact(to.width, to.height, FilterType::Lanczos3)
}

fn written(image: &DynamicImage, format: Format, profile: Option<&[u8]>) -> ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    match format {
        Format::Jpeg => write(image, JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY), profile)?,
        Format::Png => write(image, PngEncoder::new(&mut bytes), profile)?,
    }
    Ok(bytes)
}

fn write(image: &DynamicImage, mut encoder: impl ImageEncoder, profile: Option<&[u8]>) -> ImageResult<()> {
    if let Some(profile) = profile {
        // Both encoders take one; without it the picture is still a picture.
        let _taken = encoder.set_icc_profile(profile.to_vec());
    }
    image.write_with_encoder(encoder)
}

#[cfg(test)]
mod tests;
