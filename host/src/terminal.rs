//! What a person sees while a run goes on.

mod check;
mod debug;
mod inspect;
mod live;
mod load_picture;
mod logs;
mod page;
mod plan;
mod talk;
mod test;

pub(crate) use check::{describe_channel_check, describe_check, describe_transform_check};
pub(crate) use debug::Walk;
pub(crate) use inspect::describe_plugin;
pub(crate) use live::Live;
pub(crate) use load_picture::{PictureRow, load_picture};
pub(crate) use logs::listener as log_listener;
pub(crate) use page::shown;
pub(crate) use plan::describe_plan;
pub(crate) use talk::Talk;
pub(crate) use test::describe_tests;
