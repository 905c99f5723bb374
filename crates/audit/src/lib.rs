//! The part of `support-audit` that thinks: values in, values out.
//!
//! Nothing here touches a clock, a file, the environment, the network or a terminal.
//! Whoever calls hands in texts, bytes and instants, and gets findings and reports back.
//!
//! The words of the domain:
//!
//! * An *audit* is one access review of one system in one period.
//! * A *kind* ([`kinds::Kind`]) says which system is audited.
//! * The *roster* ([`roster::Roster`]) says who should have access; its entries are *people*.
//! * A *check* ([`finding::Check`]) is a rule with an id and a way to fix what it finds.
//! * A *finding* ([`finding::Finding`]) is something to fix or to justify, about one *subject*.
//! * A *problem* ([`problem::Problem`]) is input that could not be read.
//! * A *report* ([`report::Report`]) is the audit as people and programs read it.
//!
//! A map of the modules, in the order in which data passes through them:
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`roster`], [`accounts`] | who should have access, and who does; the [`problem`]s of reading them |
//! | [`reconcile`] | whose each account is |
//! | [`kinds`], [`finding`] | which system is audited, its checks, and what they find |
//! | [`exceptions`], [`evaluation`] | what is justified beforehand; all that is found, or unknown |
//! | [`report`], [`explanation`] | the audit in its forms; how an account was found |
//! | [`text`], [`markdown`] | foreign text made harmless for a terminal and for GitLab |
//! | [`calendar`] | fiscal quarters, and when an audit is due |
//! | [`marker`] | the hidden line by which our issues and comments are known |
//! | [`issue`] | the description as a document: our region of it, and everything else |
//! | [`conversation`], [`directory`] | the threads of the issue; who may be mentioned |
//! | [`decision`], [`removal`] | what becomes of outsiders |
//! | [`followup`], [`review`], [`status`] | where every finding stands, who is due what, and what is next |
//! | [`plan`] | what a command will change, before any of it is done |
//! | [`opening`], [`recording`] | the plans of `init-issue` and of `run --write`, whose comments `comment` makes |

pub mod accounts;
pub mod calendar;
mod comment;
pub mod conversation;
pub mod decision;
pub mod directory;
pub mod evaluation;
pub mod exceptions;
pub mod explanation;
pub mod finding;
pub mod followup;
pub mod issue;
pub mod kinds;
pub mod markdown;
pub mod marker;
pub mod opening;
pub mod plan;
pub mod problem;
pub mod reconcile;
pub mod recording;
pub mod removal;
pub mod report;
pub mod review;
pub mod roster;
pub mod status;
pub mod text;
