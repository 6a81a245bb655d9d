//! One visitor's state.

use std::collections::VecDeque;
use std::fmt;

use serde::Serialize;

use super::{Cart, CartContent, CartLine};

/// Sixteen orders: a journey asks for its last one, and a session that orders for ever stays small.
const MAX_ORDERS: usize = 16;

/// The token that proves a change comes from the shop's own page: 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CsrfToken(u64);

impl CsrfToken {
    pub(crate) fn new(number: u64) -> CsrfToken {
        CsrfToken(number)
    }

    pub(crate) fn matches(self, text: &str) -> bool {
        text == self.to_string()
    }
}

impl fmt::Display for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Who orders, and where it would go.
#[derive(Debug)]
pub(crate) struct OrderDetails {
    pub(crate) name: String,
    pub(crate) address: String,
}

/// An order as the API gives it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Order {
    pub(crate) order_id: u64,
    status: &'static str,
    name: String,
    address: String,
    items: Vec<CartLine>,
    item_count: u32,
    total_cents: u64,
    currency: &'static str,
}

/// A visitor's cart, orders and name.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) csrf_token: CsrfToken,
    pub(crate) user: Option<String>,
    pub(crate) cart: Cart,
    orders: VecDeque<Order>,
}

impl Session {
    pub(super) fn new(csrf_token: CsrfToken) -> Session {
        Session { csrf_token, user: None, cart: Cart::default(), orders: VecDeque::new() }
    }

    /// Makes an order of the cart's content and empties the cart.
    pub(crate) fn place_order(
        &mut self,
        order_id: u64,
        details: OrderDetails,
        content: CartContent,
    ) -> Order {
        let OrderDetails { name, address } = details;
        let CartContent { items, item_count, total_cents, currency } = content;
        let order =
            Order { order_id, status: "confirmed", name, address, items, item_count, total_cents, currency };
        if self.orders.len() == MAX_ORDERS {
            self.orders.pop_front();
        }
        self.orders.push_back(order.clone());
        self.cart.clear();
        order
    }

    /// One of this visitor's last orders.
    pub(crate) fn order(&self, order_id: u64) -> Option<&Order> {
        self.orders.iter().find(|order| order.order_id == order_id)
    }
}
