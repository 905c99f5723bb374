//! The pure part of `support-audit`: values in, values out.
//!
//! Nothing here touches a clock, a file, the environment, the network or a terminal.
//! Callers pass texts, bytes and instants, and get findings, reports and plans back.
//!
//! The terms of the domain:
//!
//! * An *audit* is one access review of one system in one period.
//! * A *kind* ([`kinds::Kind`]) says which system is audited.
//! * The *roster* ([`roster::Roster`]) says who should have access; its entries are *people*.
//! * A *check* ([`check::Check`]) is a rule with an id and a way to fix what it finds.
//! * A *finding* ([`check::Finding`]) is something to fix or to justify, about one *subject*.
//! * A *problem* ([`input::Problem`]) is input that could not be read.
//! * A *report* ([`report::Report`]) is the audit as people and programs read it.
//!
//! A map of the modules, in the order in which data passes through them:
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`input`], [`identity`] | files and the problems of reading them; whom something is about |
//! | [`text`], [`markdown`] | untrusted text made harmless for a terminal and for GitLab |
//! | [`calendar`] | fiscal quarters, and when an audit is due |
//! | [`roster`], [`accounts`] | who should have access, and who does |
//! | [`matching`] | whose each account is |
//! | [`check`], [`kinds`] | what a check is; which system is audited, and its checks |
//! | [`wording`] | the clauses that describe a finding, and what fills their placeholders |
//! | [`evaluation`] | all that is found, or unknown, and what is justified beforehand |
//! | [`report`] | the audit in its forms |
//! | [`record`] | the issue as the memory of an audit: markers, threads, the description |
//! | [`plan`] | what a command will change, before any of it is done |
//! | [`followup`] | the state of every finding, and the notices that are due |
//! | [`steps`] | what each command plans or shows |

pub mod accounts;
pub mod calendar;
pub mod check;
mod dates;
pub mod evaluation;
pub mod followup;
pub mod identity;
pub mod input;
pub mod kinds;
pub mod markdown;
pub mod matching;
pub mod plan;
pub mod record;
pub mod report;
pub mod roster;
pub mod steps;
pub mod text;
pub mod wording;
