//! What a person sees while a run goes on.

mod live;
mod plan;

pub(crate) use live::Live;
pub(crate) use plan::describe_plan;
