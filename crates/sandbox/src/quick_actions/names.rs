//! The names of quick actions.

/// The names that GitLab knows in an issue (GitLab docs: Quick actions), those of the paid
/// editions among them: on GitLab.com they are cut out of the text just the same.
const KNOWN: &[&str] = &[
    "add_child",
    "add_contacts",
    "add_email",
    "assign",
    "award",
    "blocked_by",
    "blocks",
    "board_move",
    "clear_health_status",
    "clear_weight",
    "clone",
    "close",
    "confidential",
    "convert_to_ticket",
    "copy_metadata",
    "create_merge_request",
    "done",
    "due",
    "duplicate",
    "epic",
    "estimate",
    "estimate_time",
    "health_status",
    "invite_email",
    "iteration",
    "label",
    "labels",
    "lock",
    "milestone",
    "move",
    "page",
    "promote",
    "promote_to",
    "promote_to_incident",
    "react",
    "reassign",
    "relabel",
    "relate",
    "remove_child",
    "remove_contacts",
    "remove_due_date",
    "remove_email",
    "remove_epic",
    "remove_estimate",
    "remove_iteration",
    "remove_label",
    "remove_milestone",
    "remove_parent",
    "remove_time_estimate",
    "remove_time_spent",
    "remove_zoom",
    "reopen",
    "set_parent",
    "severity",
    "spend",
    "spend_time",
    "spent",
    "subscribe",
    "timeline",
    "title",
    "todo",
    "type",
    "unassign",
    "unlabel",
    "unlink",
    "unlock",
    "unsubscribe",
    "weight",
    "zoom",
];

/// Whether a name, in lower case, is a quick action's.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN.binary_search(&name).is_ok()
}

/// The text that replaces a name which is a substitution.
pub(super) fn substitution(name: &str) -> Option<&'static str> {
    match name {
        "shrug" => Some(r"¯\\＿(ツ)＿/¯"),
        "tableflip" => Some("(╯°□°)╯︵ ┻━┻"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::KNOWN;

    #[test]
    fn the_names_are_in_order() {
        assert!(KNOWN.is_sorted());
    }
}
