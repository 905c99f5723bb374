//! End to end: the real binary against the sandbox.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "what a case stands on either works or the case has failed"
)]

mod arrows;
mod auth;
mod circles;
mod clock;
mod completions;
mod config;
mod docs;
mod doctor;
mod followups;
mod guide;
mod init_issue;
mod keyring;
mod moved;
mod network;
mod output;
mod promises;
mod reconcile;
mod run;
mod run_from_gitlab;
mod schemas;
mod support;
mod systems;
mod terminal;
mod torture;
mod walkthrough;
mod width;
mod write;
