//! What the next notice owes, and to whom.

use super::*;

impl<'w> Oracle<'w> {
    /// The users up the line of `reports_to` who can be mentioned, the subject passed over.
    pub fn line(&self, key: &FindingKey) -> Vec<UserId> {
        let Subject::Person(start) = key.subject else { return Vec::new() };
        let entries = &self.world.roster.entries;
        let subject = present_user(self.world, start);
        let mut seen = BTreeSet::from([start]);
        let mut line = Vec::new();
        let mut current = start;
        while let Some(name) = entries[current].reports_to.value() {
            let Some(manager) = entries.iter().position(|entry| &entry.name == name) else { break };
            if !seen.insert(manager) {
                break;
            }
            let user = present_user(self.world, manager)
                .filter(|user| Some(*user) != subject && self.world.can_mention(*user));
            line.extend(user);
            current = manager;
        }
        line
    }

    /// The sets of users who may be mentioned for an escalation: the first of the line and the first
    /// of `managers`, each passing over the subject, whoever cannot be mentioned, and, while another
    /// is left, the token's user.
    pub(super) fn chain(&self, key: &FindingKey, history: &History<'_>) -> Vec<BTreeSet<UserId>> {
        let line = self.line(key);
        let managers: Vec<UserId> = self
            .world
            .config
            .managers
            .iter()
            .copied()
            .filter(|user| !self.is_subject(key, history, *user) && self.world.can_mention(*user))
            .collect();
        let first = |users: &[UserId]| users.iter().copied().find(|user| *user != self.operator);
        let required: BTreeSet<UserId> = first(&line).into_iter().chain(first(&managers)).collect();
        let own_only = |users: &[UserId]| !users.is_empty() && first(users).is_none();
        if !own_only(&line) && !own_only(&managers) {
            return if required.is_empty() { Vec::new() } else { vec![required] };
        }
        let mut with_operator = required.clone();
        with_operator.insert(self.operator);
        if required.is_empty() { vec![with_operator] } else { vec![required, with_operator] }
    }

    /// What the next notice owes the finding in this state.
    pub(super) fn duty(
        &self,
        key: &FindingKey,
        history: &History<'w>,
        verdict: Option<&Verdict>,
        state: State,
    ) -> Duty {
        let is_found = matches!(verdict, Some(Verdict::Found(_)));
        let is_suggested = self.evaluation.suggested.contains(key);
        match state {
            State::Removed | State::Gone | State::Withdrawn | State::Fixed => Duty::Settled,
            State::NotAsked if !is_found || is_suggested => Duty::Nothing,
            State::NotAsked if key.check.is_for_operators() => Duty::List,
            State::NotAsked => match history.user.filter(|user| self.world.can_mention(*user)) {
                Some(user) if self.is_mentioned_by_hand(user) => Duty::AskIfNamed(user),
                Some(user) => Duty::Ask(user),
                None => Duty::Email,
            },
            State::Overdue if is_suggested => Duty::Nothing,
            State::Overdue if is_found => Duty::Escalate(self.chain(key, history)),
            State::Overdue => Duty::MayEscalate(self.chain(key, history)),
            _ => Duty::Nothing,
        }
    }

    /// Whether an operator mentioned the user in a comment without a marker since the issue was made.
    pub(super) fn is_mentioned_by_hand(&self, user: UserId) -> bool {
        self.world.issue.notes.iter().any(|note| {
            !note.system
                && note.marker.is_none()
                && self.world.counts(self.operator, note.author)
                && note.mentions.contains(&user)
        })
    }
}
