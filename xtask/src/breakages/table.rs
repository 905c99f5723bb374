//! Every rule about people with a breakage of the code that holds it.

/// One breakage: within a snippet of the core's sources that is there once, an expression becomes
/// another one.
#[derive(Debug)]
pub(super) struct Breakage {
    /// The rule that it breaks.
    pub(super) rule: &'static str,
    /// The snippet; blanks are compared as one.
    pub(super) snippet: &'static str,
    /// The expression within it.
    pub(super) expression: &'static str,
    /// What the expression becomes.
    pub(super) broken: &'static str,
}

const fn row(
    rule: &'static str,
    snippet: &'static str,
    expression: &'static str,
    broken: &'static str,
) -> Breakage {
    Breakage { rule, snippet, expression, broken }
}

pub(super) const BREAKAGES: &[Breakage] = &[
    // The states.
    row(
        "unknown: nothing follows from what could not be read",
        "&& let Some(unknown) = self.unknown()",
        "self.unknown()",
        "None",
    ),
    row(
        "unknown: accounts that were read in part",
        "Some(accounts) if !accounts.is_complete() => Some(Unknown::Gaps)",
        "!accounts.is_complete()",
        "false",
    ),
    row(
        "unknown: an entry that may hide somebody",
        "self.problems.iter().any(|problem| problem.hides_person)",
        "problem.hides_person",
        "false",
    ),
    row(
        "unknown: a roster or accounts that shrank",
        "recorded.filter(|recorded| is_much_smaller(present, *recorded))",
        "is_much_smaller(present, *recorded)",
        "false",
    ),
    row(
        "unknown: a field of one person",
        "check.reads.iter().find_map(|detail| self.unread(*detail, index, person))",
        "self.unread(*detail, index, person)",
        "None",
    ),
    row("in doubt: keys disagree", "if let Some(doubt) = self.doubt()", "self.doubt()", "None"),
    row(
        "in doubt: a history that reaches two people",
        "Some(person) if people.len() == 1 =>",
        "people.len() == 1",
        "true",
    ),
    row(
        "in doubt: an id that two entries claim",
        "if self.is_shared(key_of(keys, KeyKind::GitLabId))",
        "self.is_shared(key_of(keys, KeyKind::GitLabId))",
        "false",
    ),
    row(
        "in doubt: an id and a username of different users",
        "Some(Some(other)) if other != id =>",
        "other != id",
        "false",
    ),
    row(
        "in doubt: a decision under an id that is nobody's",
        "is_decision && subjects.names_former_id(subject, entry.step)",
        "subjects.names_former_id(subject, entry.step)",
        "false",
    ),
    row(
        "removed: a read after the decision",
        "if read_at <= decision.at {",
        "read_at <= decision.at",
        "false",
    ),
    row(
        "gone: a read after the last contact",
        "_ => (read_at > last_contact).then_some(State::Gone)",
        "read_at > last_contact",
        "true",
    ),
    row(
        "gone: a complete read",
        "if let Some(unknown) = evaluation.accounts_unknown() {",
        "evaluation.accounts_unknown()",
        "None",
    ),
    row(
        "withdrawn: the roster is complete",
        "None => match evaluation.roster_unknown()",
        "evaluation.roster_unknown()",
        "None",
    ),
    row(
        "withdrawn: excluded people and checks that are off",
        "if self.finding.is_none() { self.exclusion() } else",
        "self.exclusion()",
        "None",
    ),
    row(
        "fixed: sources captured after the ask",
        "Some(_) if is_fresh => Some(State::Fixed)",
        "is_fresh",
        "true",
    ),
    row(
        "fixed: a check that steps back still finds",
        "Some(subject) if evaluation.steps_back(self.check, subject)",
        "evaluation.steps_back(self.check, subject)",
        "false",
    ),
    row(
        "justified: by an exception",
        "self.finding.and_then(|finding| finding.exception)",
        "finding.exception",
        "None",
    ),
    row(
        "justified: by a decision",
        "Some(decision) if self.keeps(&decision) => { return State::Justified(",
        "self.keeps(&decision)",
        "false",
    ),
    row(
        "justified: for the evidence that was decided about",
        "decisions.retain(|entry| self.is_about_present_evidence(entry));",
        "self.is_about_present_evidence(entry)",
        "true",
    ),
    row(
        "justified: until the keep expires",
        "until.is_none_or(|until| self.today() < until)",
        "self.today() < until",
        "true",
    ),
    row(
        "to remove: nobody is asked any more",
        "// Once the removal is decided, the holder of the account has nothing to do. Some(decision) if decision.verdict == Verdict::Remove",
        "decision.verdict == Verdict::Remove",
        "false",
    ),
    row(
        "held: nobody is asked",
        "if let Some(hold) = self.hold(round)",
        "self.hold(round)",
        "None",
    ),
    row(
        "held: by members alone",
        "Some(level) => level >= HOLDING_LEVEL",
        "level >= HOLDING_LEVEL",
        "true",
    ),
    row(
        "held: not by the subject",
        "let is_concerned = self.user == Some(author)",
        "self.user == Some(author)",
        "false",
    ),
    row(
        "held: not where an operator has spoken",
        "spoken.next().is_none()",
        "spoken.next().is_none()",
        "true",
    ),
    row(
        "held: while a like name is a suggestion",
        "(!suggestions.is_empty()).then_some(Hold::Suggestion(suggestions))",
        "!suggestions.is_empty()",
        "false",
    ),
    row(
        "answered: whoever answered is left alone",
        "if !answers.is_empty() { return State::Answered",
        "!answers.is_empty()",
        "false",
    ),
    row(
        "exhausted: the second wait is over",
        "Some(escalation) if now < escalation.due =>",
        "now < escalation.due",
        "true",
    ),
    row(
        "exhausted: nobody is left to escalate to",
        "if chain.is_empty() {",
        "chain.is_empty()",
        "false",
    ),
    row(
        "escalated: once a round",
        "let escalation = self.escalation(round);",
        "self.escalation(round)",
        "None",
    ),
    row("overdue: after 72 hours", "None if now < due => State::Waiting", "now < due", "true"),
    row("waiting: for 72 hours", "None if now < due => State::Waiting", "now < due", "false"),
    row(
        "not asked: is asked in the next notice",
        "State::NotAsked if !is_in_review || entry.again.is_some() => asks.push(entry)",
        "!is_in_review || entry.again.is_some()",
        "false",
    ),
    // What is an ask.
    row(
        "an ask reaches the subject's present user",
        "self.user.is_some_and(|user| entry.step.mentioned.contains(&user))",
        "entry.step.mentioned.contains(&user)",
        "true",
    ),
    row(
        "a message by hand is an ask",
        "StepAction::Sent { .. } => true, StepAction::Ask",
        "true",
        "false",
    ),
    row(
        "an ask under another id is none",
        "(Some(present), Some(named)) => present != *named",
        "present != *named",
        "false",
    ),
    // Rounds.
    row(
        "found again begins a round",
        "let is_found_again = ends_round(entry) && captured_at > entry.step.at",
        "ends_round(entry)",
        "false",
    ),
    row(
        "older sources begin no round",
        "let is_found_again = ends_round(entry) && captured_at > entry.step.at",
        "captured_at > entry.step.at",
        "true",
    ),
    row(
        "a justified finding whose evidence changed begins a round",
        "Some(Verdict::Accept | Verdict::Keep { .. }) => !self.is_about_present_evidence(latest)",
        "!self.is_about_present_evidence(latest)",
        "false",
    ),
    row(
        "a keep that expired begins a round",
        "asked_at.is_none_or(|asked_at| begins_after(until, asked_at))",
        "asked_at.is_none_or(|asked_at| begins_after(until, asked_at))",
        "false",
    ),
    row(
        "an exception that expired begins a round",
        "&& begins_after(lapsed, asked_at)",
        "begins_after(lapsed, asked_at)",
        "false",
    ),
    row(
        "excluding somebody begins no round",
        "pub(super) fn ends_round(entry: &StepRef<'_>) -> bool { matches!( entry.step.action, StepAction::Fixed | StepAction::Removed | StepAction::Gone | StepAction::Withdrawn { reason: WithdrawalReason::Left } )",
        "matches!( entry.step.action, StepAction::Fixed | StepAction::Removed | StepAction::Gone | StepAction::Withdrawn { reason: WithdrawalReason::Left } )",
        "is_settling(entry)",
    ),
    row(
        "a decision about the other check of the family begins no round",
        "decisions.iter().rfind(|entry| entry.step.check == self.check.id)",
        "entry.step.check == self.check.id",
        "true",
    ),
    row(
        "what is over belongs to the round in which it was decided",
        "self.is_ask(entry) || verdict_of(entry).is_some() || is_settling(entry)",
        "verdict_of(entry).is_some() || is_settling(entry)",
        "false",
    ),
    // Answers.
    row(
        "words of the subject answer after the ask alone",
        "if reply.note.moment() > asked {",
        "reply.note.moment() > asked",
        "true",
    ),
    row(
        "words of a manager answer in the notice's thread alone",
        "if reply.thread.id == escalation.marked.thread.id",
        "reply.thread.id == escalation.marked.thread.id",
        "true",
    ),
    row(
        "the manager who was mentioned answers",
        "let Some(manager) = escalation.step.mentioned.first() else",
        "escalation.step.mentioned.first()",
        "escalation.step.mentioned.last()",
    ),
    row(
        "a reaction answers",
        "if reaction.by.id == user && reaction.at",
        "reaction.by.id == user",
        "false",
    ),
    row(
        "a reaction of anybody else does not",
        "if reaction.by.id == user && reaction.at",
        "reaction.by.id == user",
        "true",
    ),
    row(
        "an answer elsewhere is recorded",
        "if entry.step.action == StepAction::Answered {",
        "entry.step.action == StepAction::Answered",
        "false",
    ),
    row(
        "a comment of ours is no answer",
        "if !marked.contains(&entry.note.id) {",
        "!marked.contains(&entry.note.id)",
        "true",
    ),
    row(
        "what is for the operators has no answer",
        "// A finding that is listed for the operators asks nobody. if !self.is_for_operators()",
        "!self.is_for_operators()",
        "true",
    ),
    // Deciding.
    row(
        "the latest decision counts",
        "self.decision(decisions.last()?)",
        "decisions.last()?",
        "decisions.first()?",
    ),
    row(
        "nobody decides about themselves",
        "let rule = if is_own(self.input, case)",
        "is_own(self.input, case)",
        "false",
    ),
    row(
        "while the roster contradicts, nothing is decided",
        "&& !doubt.can_be_ended() { Rule::InDoubt",
        "!doubt.can_be_ended()",
        "false",
    ),
    row(
        "asking again outranks what was decided",
        "StepAction::Again => !self.is_former(entry), StepAction::Removed",
        "!self.is_former(entry)",
        "false",
    ),
    row(
        "a decision about an account that was removed is spent",
        "let is_outranked = end.is_some_and(|end| entry.order() < end)",
        "end.is_some_and(|end| entry.order() < end)",
        "false",
    ),
    row(
        "the same address under another id is a new finding",
        "step.account.is_none() || account.is_some_and(",
        "step.account.is_none()",
        "true",
    ),
    // Who is mentioned.
    row("nobody who is blocked", "if !known.is_active {", "!known.is_active", "false"),
    row(
        "nobody who does not see the issue",
        "} else if !known.sees_issue {",
        "!known.sees_issue",
        "false",
    ),
    row(
        "nobody whom an operator mentioned by hand",
        "&& self.is_left_to_operator(case, &by_hand)",
        "self.is_left_to_operator(case, &by_hand)",
        "false",
    ),
    row(
        "a person once in a notice",
        "if self.0.insert(user.id) {",
        "self.0.insert(user.id)",
        "self.0.insert(user.id) || true",
    ),
    row(
        "a notice only when somebody is concerned",
        "!(self.asks.is_empty() && self.helps.is_empty() && self.operators.is_empty())",
        "self.asks.is_empty() && self.helps.is_empty() && self.operators.is_empty()",
        "self.settled.is_empty()",
    ),
    row(
        "what is settled is reported",
        ".filter(|entry| !entry.is_reported)",
        "!entry.is_reported",
        "false",
    ),
    row(
        "what is settled is reported once",
        ".filter(|entry| !entry.is_reported)",
        "!entry.is_reported",
        "true",
    ),
    row(
        "what is for the operators is listed once",
        "if entry.is_for_operators() && entry.state == State::NotAsked",
        "entry.state == State::NotAsked",
        "true",
    ),
    row("the limit", "if mentioned == limit {", "mentioned == limit", "false"),
    row(
        "the first by due time",
        "people.sort_by_cached_key(|person| (person.due, fold(",
        "person.due",
        "now",
    ),
    row(
        "only those whom the operator names",
        ".filter(|case| self.selection.includes(self.input, case))",
        "self.selection.includes(self.input, case)",
        "true",
    ),
    row(
        "a review that was asked for stops the notices",
        "State::Overdue if !is_in_review => helps.push(entry)",
        "is_in_review",
        "false",
    ),
    row(
        "nobody is asked again while a like name is a suggestion",
        ".and_then(|subject| suggestion_hold(self.input, entry.check, subject))",
        "suggestion_hold(self.input, entry.check, subject)",
        "None",
    ),
    // The chain and the clock.
    row(
        "the chain passes over the subject",
        "Ok(user) if case.user == Some(user.id) =>",
        "case.user == Some(user.id)",
        "false",
    ),
    row(
        "the chain passes over the token's user",
        "Ok(user) if user.id == input.operator.id =>",
        "user.id == input.operator.id",
        "false",
    ),
    row(
        "the same person once in a chain",
        "&& user.id == support_manager.id {",
        "user.id == support_manager.id",
        "false",
    ),
    row(
        "an escalation before the ask is none",
        "asked.is_some_and(|asked| entry.moment() > asked)",
        "entry.moment() > asked",
        "true",
    ),
    row(
        "the wait is 72 hours",
        "self.input.waits.end(self.input.now, self.input.waits.person)",
        "self.input.waits.end(self.input.now, self.input.waits.person)",
        "self.input.now",
    ),
    row(
        "GitLab's clock counts for a mention",
        "_ => self.marked.note.moment(),",
        "self.marked.note.moment()",
        "(self.step.at, 0)",
    ),
    // Whose marks count, two operators at once, and the review.
    row(
        "whose marks count",
        "let list = if operators.contains(&note.author.id)",
        "operators.contains(&note.author.id)",
        "true",
    ),
    row(
        "doubled lines are struck",
        "if posted.note.author.id == author && is_doubled.contains(&true)",
        "is_doubled.contains(&true)",
        "false",
    ),
    row(
        "doubled lines are struck by their author",
        "if posted.note.author.id == author && is_doubled.contains(&true)",
        "posted.note.author.id == author",
        "true",
    ),
    row(
        "a notice that somebody replied to is not deleted",
        "if is_empty && !self.has_replies()",
        "!self.has_replies()",
        "true",
    ),
    row(
        "an account is another subject than its former holder",
        "is_about_account(held) == is_about_account(step)",
        "is_about_account(held) == is_about_account(step)",
        "true",
    ),
    row(
        "the review: nothing is open",
        ".filter(|(_, entry)| !entry.state.is_closed())",
        "!entry.state.is_closed()",
        "false",
    ),
    row(
        "the review: nothing is unknown",
        "open.extend(unknown(input));",
        "unknown(input)",
        "Vec::<String>::new()",
    ),
    row(
        "the review: the accounts are recorded",
        "open.extend(unrecorded(input));",
        "unrecorded(input)",
        "Vec::<String>::new()",
    ),
    row(
        "the review: the sources are newer than the last notice",
        "open.extend(outdated(input, cases));",
        "outdated(input, cases)",
        "Vec::<String>::new()",
    ),
    row(
        "the review: not by the operator",
        "Ok(user) if user.id != input.operator.id => return Some(user)",
        "user.id != input.operator.id",
        "true",
    ),
];
