//! The front end's files, embedded.

use std::hash::{DefaultHasher, Hash, Hasher};

/// One embedded file.
#[derive(Debug)]
pub(crate) struct Asset {
    name: &'static str,
    pub(crate) media_type: &'static str,
    pub(crate) content: &'static [u8],
    /// A strong validator, quotes included.
    pub(crate) etag: String,
}

/// All of them; few, so a look along the list is quicker than hashing a name.
#[derive(Debug)]
pub(crate) struct Assets(Vec<Asset>);

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_bytes!(concat!("../web/assets/", $name)).as_slice())),*]
    };
}

impl Assets {
    pub(crate) fn load() -> Assets {
        let files = files![
            "app.js",
            "style.css",
            "logo.svg",
            "boots.svg",
            "bottle.svg",
            "lamp.svg",
            "map.svg",
            "pack.svg",
            "rope.svg",
            "stove.svg",
            "tent.svg",
        ];
        Assets(files.into_iter().map(|(name, content)| asset(name, content)).collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Asset> {
        self.0.iter().find(|asset| asset.name == name)
    }
}

fn asset(name: &'static str, content: &'static [u8]) -> Asset {
    let media_type = match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        _ => "image/svg+xml",
    };
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    Asset { name, media_type, content, etag: format!("\"{:016x}\"", hasher.finish()) }
}
