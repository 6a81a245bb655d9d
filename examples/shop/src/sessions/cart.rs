//! A cart and what it comes to.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalog::{CURRENCY, Catalog, ProductId};

/// 99, what fits the cart's column; it also keeps every total far from overflow.
pub(crate) const MAX_QUANTITY: u32 = 99;

/// More of one product than a cart takes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct QuantityLimit;

/// Quantities by product. It can hold each product of the catalogue once, so it is bounded.
#[derive(Debug, Default)]
pub(crate) struct Cart(BTreeMap<ProductId, u32>);

impl Cart {
    /// Adds `quantity` of a product that exists.
    pub(crate) fn add(&mut self, product: ProductId, quantity: u32) -> Result<(), QuantityLimit> {
        let present = self.0.get(&product).copied().unwrap_or(0);
        let total = present.saturating_add(quantity);
        if quantity == 0 || total > MAX_QUANTITY {
            return Err(QuantityLimit);
        }
        self.0.insert(product, total);
        Ok(())
    }

    /// Takes a product out; whether it was there.
    pub(crate) fn remove(&mut self, product: ProductId) -> bool {
        self.0.remove(&product).is_some()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The cart with names and prices.
    pub(crate) fn content(&self, catalog: &Catalog) -> CartContent {
        let lines = self.0.iter().filter_map(|(id, quantity)| {
            let product = catalog.get(*id)?;
            Some(CartLine {
                product_id: product.id,
                name: product.name.clone(),
                price_cents: product.price_cents,
                quantity: *quantity,
                total_cents: product.price_cents * u64::from(*quantity),
            })
        });
        let items: Vec<CartLine> = lines.collect();
        CartContent {
            item_count: items.iter().map(|line| line.quantity).sum(),
            total_cents: items.iter().map(|line| line.total_cents).sum(),
            items,
            currency: CURRENCY,
        }
    }
}

/// One product of a cart or an order.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CartLine {
    product_id: ProductId,
    name: String,
    price_cents: u64,
    quantity: u32,
    total_cents: u64,
}

/// A cart's or an order's lines and their sum.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CartContent {
    pub(crate) items: Vec<CartLine>,
    pub(crate) item_count: u32,
    pub(crate) total_cents: u64,
    pub(crate) currency: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_add_up_to_their_limit() {
        let mut cart = Cart::default();
        assert_eq!(cart.add(1, 0), Err(QuantityLimit));
        assert_eq!(cart.add(1, 98), Ok(()));
        assert_eq!(cart.add(1, 2), Err(QuantityLimit));
        assert_eq!(cart.add(1, u32::MAX), Err(QuantityLimit));
        assert_eq!(cart.add(1, 1), Ok(()));
        let content = cart.content(&Catalog::load());
        assert_eq!((content.item_count, content.total_cents), (99, 99 * 18_900));
    }
}
