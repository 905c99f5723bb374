//! The issue as the memory of an audit: what we wrote into it, and what others did there.

pub mod conversation;
pub mod description;
pub mod directory;
pub mod marker;
