use image::{Rgb, RgbImage, Rgba, RgbaImage};

use super::*;

/// Red above, blue below.
fn flag(width: u32, height: u32) -> DynamicImage {
    let colour = |_, y| if y < height / 2 { Rgb([200, 0, 0]) } else { Rgb([0, 0, 200]) };
    RgbImage::from_fn(width, height, colour).into()
}

fn bytes(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn sizes(made: &Made) -> Vec<(u32, u32)> {
    made.files.iter().map(|file| (file.size.width, file.size.height)).collect()
}

fn read(file: &File) -> RgbaImage {
    image::load_from_memory(&file.bytes).unwrap().into_rgba8()
}

/// A JPEG with a block of metadata behind its first two bytes.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let mut segment = b"Exif\0\0".to_vec();
    segment.extend(&tiff);
    segment.extend(b"<script>somebody's place</script>");
    let length = u16::try_from(segment.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &segment, &jpeg[2..]].concat()
}

#[test]
fn a_photograph_becomes_a_jpeg_of_every_width() {
    for (kind, format) in
        [(Kind::Png, ImageFormat::Png), (Kind::Jpeg, ImageFormat::Jpeg), (Kind::Webp, ImageFormat::WebP)]
    {
        let made = make(&bytes(&flag(2_000, 1_000), format), kind).unwrap();
        assert_eq!(sizes(&made), [(1_600, 800), (960, 480), (480, 240), (240, 120)]);
        assert_eq!((made.format, made.size), (Format::Jpeg, Size { width: 1_600, height: 800 }));
        for file in &made.files {
            assert_eq!(image::guess_format(&file.bytes).unwrap(), ImageFormat::Jpeg);
            let picture = read(file);
            assert_eq!(picture.dimensions(), (file.size.width, file.size.height));
            let (top, bottom) = (picture.get_pixel(5, 5), picture.get_pixel(5, file.size.height - 5));
            assert!(top[0] > 150 && top[2] < 50 && bottom[2] > 150 && bottom[0] < 50, "{top:?} {bottom:?}");
        }
    }
}

#[test]
fn what_is_transparent_stays_so_and_an_alpha_that_hides_nothing_is_dropped() {
    let glass: DynamicImage = RgbaImage::from_pixel(100, 60, Rgba([10, 20, 30, 100])).into();
    let made = make(&bytes(&glass, ImageFormat::Png), Kind::Png).unwrap();
    assert_eq!((made.format, sizes(&made)), (Format::Png, vec![(100, 60)]));
    assert_eq!(read(&made.files[0]).get_pixel(50, 30)[3], 100);
    let solid: DynamicImage = RgbaImage::from_pixel(100, 60, Rgba([10, 20, 30, 255])).into();
    assert_eq!(make(&bytes(&solid, ImageFormat::Png), Kind::Png).unwrap().format, Format::Jpeg);
}

#[test]
fn a_picture_is_turned_upright_and_nothing_that_came_with_it_goes_on() {
    let sent = with_exif(&bytes(&flag(400, 200), ImageFormat::Jpeg), 6);
    let made = make(&sent, Kind::Jpeg).unwrap();
    // Lying on its side: what was above is at the right.
    assert_eq!(made.size, Size { width: 200, height: 400 });
    let picture = read(&made.files[0]);
    assert!(picture.get_pixel(190, 200)[0] > 150 && picture.get_pixel(10, 200)[2] > 150);
    for file in &made.files {
        let holds = |text: &[u8]| file.bytes.windows(text.len()).any(|window| window == text);
        assert!(!holds(b"Exif") && !holds(b"script"));
    }
}

#[test]
fn what_is_no_picture_is_refused_whatever_it_is_called() {
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    for other in
        [&svg[..], b"<html>", b"", b"\xff\xd8", b"GIF89a\x01\0\x01\0\0\0\0;", b"%PDF-1.7", b"\0\0\0\x1cftypavif"]
    {
        for kind in [Kind::Jpeg, Kind::Png, Kind::Webp] {
            let refusal = make(other, kind).unwrap_err();
            assert!([Refusal::NotAPicture, Refusal::OtherType, Refusal::Unreadable].contains(&refusal), "{refusal:?}");
        }
    }
    assert_eq!(make(svg, Kind::Png), Err(Refusal::NotAPicture));
}

#[test]
fn a_picture_of_another_type_than_was_said_is_refused() {
    let png = bytes(&flag(100, 100), ImageFormat::Png);
    assert_eq!(make(&png, Kind::Jpeg), Err(Refusal::OtherType));
    assert!(make(&png, Kind::Png).is_ok());
}

#[test]
fn a_damaged_picture_is_refused() {
    let png = bytes(&flag(300, 300), ImageFormat::Png);
    assert_eq!(make(&png[..png.len() / 2], Kind::Png), Err(Refusal::Unreadable));
    assert_eq!(make(&png[..20], Kind::Png), Err(Refusal::Unreadable));
}

/// A few bytes that claim to be a picture of 900 million pixels: judged by what they claim.
#[test]
fn a_picture_that_would_fill_the_memory_is_refused_before_it_is_read() {
    let mut bomb = bytes(&flag(100, 100), ImageFormat::Png);
    bomb[16..24].copy_from_slice(&[30_000_u32.to_be_bytes(), 30_000_u32.to_be_bytes()].concat());
    let checksum = crc(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
    assert_eq!(make(&bomb, Kind::Png), Err(Refusal::TooManyPixels));
}

/// The checksum of PNG's chunks.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 })
    })
}

#[test]
fn sizes_that_nobody_can_show_are_refused() {
    let judged = |width, height| judge(Size { width, height });
    assert_eq!(judged(8_000, 5_000), Ok(()));
    assert_eq!(judged(8_001, 5_000), Err(Refusal::TooManyPixels));
    assert_eq!(judged(12_001, 100), Err(Refusal::TooManyPixels));
    assert_eq!(judged(49, 50), Err(Refusal::TooSmall));
    assert_eq!((judged(50, 50), judged(400, 100), judged(100, 401)), (Ok(()), Ok(()), Err(Refusal::TooLong)));
}
