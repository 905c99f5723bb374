//! End to end: the real binary against the sandbox.

mod arrows;
mod auth;
mod config;
mod docs;
mod keyring;
mod run;
mod run_from_gitlab;
mod support;
mod terminal;
