//! What the shop sells.

use serde::{Deserialize, Serialize};

/// Twelve: four rows of three on a laptop, and 40 products fill more than three pages.
pub(crate) const PAGE_SIZE: usize = 12;

/// The currency of all prices.
pub(crate) const CURRENCY: &str = "EUR";

/// A product's number, from 1.
pub(crate) type ProductId = u32;

#[derive(Deserialize)]
struct ProductEntry {
    category: String,
    name: String,
    price_cents: u64,
    description: String,
}

/// A product as the API gives it.
#[derive(Debug, Serialize)]
pub(crate) struct Product {
    pub(crate) id: ProductId,
    pub(crate) name: String,
    category: String,
    description: String,
    pub(crate) price_cents: u64,
    currency: &'static str,
    image: String,
    #[serde(skip)]
    searched: String,
}

/// One page of a search.
#[derive(Debug, Serialize)]
pub(crate) struct ProductPage<'a> {
    pub(crate) products: Vec<&'a Product>,
    page: usize,
    pages: usize,
    total: usize,
}

/// All products, by number.
#[derive(Debug)]
pub(crate) struct Catalog(Vec<Product>);

impl Catalog {
    pub(crate) fn load() -> Catalog {
        let entries: Vec<ProductEntry> = serde_json::from_str(include_str!("../web/products.json"))
            .expect("the embedded catalogue is read by a test");
        Catalog((1..).zip(entries).map(|(id, entry)| product(id, entry)).collect())
    }

    pub(crate) fn get(&self, id: ProductId) -> Option<&Product> {
        self.0.get(usize::try_from(id).ok()?.checked_sub(1)?)
    }

    /// The products whose name, category or description contains `query`, upper or lower case alike;
    /// `page` counts from 1, and a page past the last is empty.
    pub(crate) fn search(&self, query: &str, page: usize) -> ProductPage<'_> {
        let query = query.trim().to_lowercase();
        let found: Vec<&Product> =
            self.0.iter().filter(|product| product.searched.contains(&query)).collect();
        let (total, pages) = (found.len(), found.len().div_ceil(PAGE_SIZE));
        let first = page.saturating_sub(1).saturating_mul(PAGE_SIZE);
        let products = found.into_iter().skip(first).take(PAGE_SIZE).collect();
        ProductPage { products, page, pages, total }
    }
}

fn product(id: ProductId, entry: ProductEntry) -> Product {
    let ProductEntry { category, name, price_cents, description } = entry;
    let searched = format!("{name}\n{category}\n{description}").to_lowercase();
    let image = format!("/assets/{category}.svg");
    Product { id, name, category, description, price_cents, currency: CURRENCY, image, searched }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::Assets;

    #[test]
    fn there_are_forty_products_and_each_has_a_picture() {
        let (catalog, assets) = (Catalog::load(), Assets::load());
        assert_eq!(catalog.0.len(), 40);
        for product in &catalog.0 {
            let file = product.image.strip_prefix("/assets/").unwrap();
            assert!(assets.get(file).is_some(), "{} has no picture", product.name);
        }
    }

    #[test]
    fn pages_cover_a_search_once() {
        let catalog = Catalog::load();
        let ids: Vec<u32> =
            (1..=5).flat_map(|page| catalog.search("", page).products).map(|p| p.id).collect();
        assert_eq!(ids, (1..=40).collect::<Vec<_>>());
        assert!(catalog.search("", usize::MAX).products.is_empty());
        assert!(catalog.get(0).is_none() && catalog.get(41).is_none());
    }
}
