//! The audit of the team's Calendly organisation.
//!
//! Its rules are those of the GitLab Support Operations handbook, "Calendly audit".

mod account_checks;
mod answers;
mod checks;
mod export;
mod roster_checks;

pub use answers::read_answers;

use super::spec::Spec;

/// The specification of the Calendly audit.
pub static SPEC: Spec = Spec {
    id: "calendly",
    system: "Calendly",
    summary: "The team's Calendly organisation",
    team_heading: "Support Team",
    outsiders_heading: "Those in Calendly but not part of support team",
    roster_field: "calendly",
    link_heading: "Calendly link",
    link_column: "calendly_link",
    page_name: "scheduling link",
    link_base: roster_checks::LINK_BASE,
    template_name: "Calendly",
    template: include_str!("template.md"),
    checks: &checks::CHECKS,
    export: export::read,
};

#[cfg(test)]
mod tests;
