//! A journey through the demo shop. Two scenarios: most visitors look around, some buy.
//!
//! Each iteration is a new visitor's visit. `pages` is what any visitor does, `purchase` what a buyer does
//! on top.

mod pages;
mod parameters;
mod purchase;

use outrider_sdk::{Description, Error, Iteration, Journey, Result, Scenario, User, http, tag, vars};

use pages::Home;
use parameters::Parameters;

/// A visitor of the shop.
#[derive(Debug)]
struct Visitor {
    number: u32,
    parameters: Parameters,
}

impl Journey for Visitor {
    fn describe() -> Description {
        Description::new("checkout", "Looks around in the demo shop, and buys something now and then.")
            .scenario(Scenario::new("browse", "Opens the shop and looks at two products.").weight(8))
            .scenario(Scenario::new("buy", "Signs in, puts a product into the cart and orders it.").weight(2))
            .parameters(parameters::schema())
    }

    fn start(user: &User) -> Result<Self> {
        Ok(Visitor { number: user.vu, parameters: vars::parameters()? })
    }

    fn iterate(&mut self, iteration: &Iteration) -> Result<()> {
        http::clear_cookies();
        match iteration.scenario.as_str() {
            "browse" => self.browse(),
            "buy" => self.buy(),
            other => Err(Error::plugin(format_args!("there is no scenario '{other}'"))),
        }
    }
}

impl Visitor {
    fn browse(&self) -> Result<()> {
        let Home { products, .. } = pages::home()?;
        for _ in 0..2 {
            self.parameters.think();
            pages::product(self.parameters.choose(&products)?)?;
        }
        Ok(())
    }

    fn buy(&self) -> Result<()> {
        tag("visitor", "buyer");
        let Home { products, .. } = pages::home()?;
        self.parameters.think();
        let product = pages::product(self.parameters.choose(&products)?)?;
        self.parameters.think();
        let token = purchase::sign_in(&format!("visitor-{}", self.number), &self.parameters.password)?;
        purchase::add_to_cart(&product, &token)?;
        self.parameters.think();
        purchase::order(&product, &token)
    }
}

outrider_sdk::journey!(Visitor);
