//! What a person sees while a run goes on.

mod live;
mod logs;
mod plan;
mod talk;

pub(crate) use live::Live;
pub(crate) use logs::listener as log_listener;
pub(crate) use plan::describe_plan;
pub(crate) use talk::Talk;
