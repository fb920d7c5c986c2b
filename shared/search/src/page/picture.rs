use serde::Serialize;
use souk_domain::picture::Picture;
use utoipa::ToSchema;

use super::Image;

/// A picture as shoppers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PageImage)]
pub struct ImageView {
    /// Its address; of several files the largest one's.
    pub url: String,
    /// What it shows.
    pub alt: String,
    /// The same picture in several widths, the smallest first, for `srcset`. Empty for a picture of elsewhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<ImageSource>,
}

/// One file of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImageSource {
    /// Its address.
    pub url: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

impl From<&Image> for ImageView {
    fn from(Image { url, alt }: &Image) -> Self {
        let picture: Option<Picture> = url.parse().ok();
        let source = |picture: &Picture, size: souk_domain::picture::Size| ImageSource {
            url: picture.path(size),
            width: size.width,
            height: size.height,
        };
        let sources = picture.iter().flat_map(|picture| picture.sizes().into_iter().map(|size| source(picture, size)));
        Self { url: url.clone(), alt: alt.clone(), sources: sources.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shops_own_pictures_come_in_several_widths() {
        let folder = format!("/images/pic_{}", "0".repeat(32));
        let view = |url: &str| ImageView::from(&Image { url: url.to_owned(), alt: "A kettle".to_owned() });
        let own = view(&format!("{folder}/600x300.png"));
        let sources: Vec<_> =
            own.sources.iter().map(|source| (source.url.as_str(), source.width, source.height)).collect();
        let names = ["240x120", "480x240", "600x300"].map(|name| format!("{folder}/{name}.png"));
        assert_eq!(sources, [(names[0].as_str(), 240, 120), (&names[1], 480, 240), (&names[2], 600, 300)]);
        assert_eq!((own.url.as_str(), own.alt.as_str()), (names[2].as_str(), "A kettle"));
        assert_eq!(view("https://x.example/a.png").sources, []);
    }
}
