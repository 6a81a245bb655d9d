//! The host's side of what guests import: one module for each interface of the WIT package.
//!
//! The modules translate between the guest's types and the capabilities; what they do is in
//! `outrider-capability`. A call that returns an error here (not a WIT error) traps the guest.

mod clock;
mod data;
mod http;
mod measure;
mod random;
mod responses;
mod vars;

pub(crate) use http::error_code;
pub(crate) use responses::head;

use outrider_wit::v0_1::journey::outrider::plugin;

use crate::state::VuState;

impl plugin::types::Host for VuState {}
impl plugin::journey_types::Host for VuState {}
