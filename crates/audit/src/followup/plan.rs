//! What is due: one notice for all who are to be asked or helped with, and letters for the others.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::cases::cases;
use super::letters::{Letter, LetterContext};
use super::mentions::mentioned_usernames;
use super::model::{AskedHow, Case, Cases, Entry, FollowupInput, State};
use super::names::{finding_name, is_named, standing, subject_name};
use super::notice::{AskLine, AskedAgain, AskedBy, HelpLine, Notice, NoticeFinding, Settled};
use super::record::Record;
use super::refusal::{MAX_COMMENTS, Refusal, Rule};
use super::selection::Selection;
use super::strike::corrections;
use crate::evaluation::handle;
use crate::identity::Subject;
use crate::plan::{Action, NewNotice, Plan};
use crate::record::conversation::{Note, ThreadNote, User};
use crate::record::directory::{Inquiry, Unmentionable};
use crate::record::marker::{Marker, Step, StepAction, WithdrawalReason};
use crate::roster::Person;
use crate::text::fold;
use crate::wording::{Details, counted, encode_path, is_linkable};

/// Somebody whom an operator has mentioned in the issue by hand, and who is asked only if an operator
/// says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MentionedByHand {
    /// What to name in `--only` or `--sent`.
    pub subject_name: String,
    /// Their name, untrusted.
    pub name: String,
    /// The latest comment that mentions them.
    pub note: u64,
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it.
    pub by: User,
}

/// What is due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// What is to be done.
    pub plan: Plan,
    /// What is to be sent by hand.
    pub letters: Vec<Letter>,
    /// Who was mentioned by hand and is not asked.
    pub by_hand: Vec<MentionedByHand>,
    /// Whom GitLab must be asked about before this is final.
    pub inquiries: BTreeSet<Inquiry>,
    /// How many people the plan's notice mentions.
    pub mentioned: usize,
    /// Up to how many people the plan's comments are mailed to.
    pub mailed: usize,
    /// The record of the acts, as the plan leaves it.
    pub record: Option<Record>,
}

/// Plans what is due.
///
/// Executing the plan and planning again at once gives nothing to do.
/// Where [`Due::inquiries`] is not empty, the caller asks GitLab and plans again.
///
/// # Errors
///
/// [`Refusal`], before anything is done.
pub fn plan(input: &FollowupInput<'_>, selection: &Selection) -> Result<Due, Refusal> {
    plan_cases(input, &cases(input), selection)
}

/// Plans what is due for findings whose states are derived already.
///
/// # Errors
///
/// [`Refusal`], before anything is done.
pub fn plan_cases(
    input: &FollowupInput<'_>,
    cases: &Cases,
    selection: &Selection,
) -> Result<Due, Refusal> {
    let mut planner = Planner {
        input,
        cases,
        selection,
        due: Due { inquiries: cases.inquiries.clone(), ..Due::default() },
        asks: Vec::new(),
        helps: Vec::new(),
        settled: Vec::new(),
        operators: Vec::new(),
        names: Vec::new(),
    };
    if selection.acts.is_empty() {
        planner.strike();
        planner.plan()?;
    } else {
        planner.act(&selection.acts)?;
    }
    planner.finish()
}

/// Makes a plan.
pub(super) struct Planner<'p> {
    pub(super) input: &'p FollowupInput<'p>,
    pub(super) cases: &'p Cases,
    pub(super) selection: &'p Selection,
    pub(super) due: Due,
    asks: Vec<AskLine>,
    helps: Vec<HelpLine>,
    settled: Vec<(Settled, NoticeFinding)>,
    operators: Vec<NoticeFinding>,
    /// Who is asked, with what was found in a few words.
    names: Vec<String>,
}

/// A subject with what is due for it.
struct DuePerson<'p> {
    case: &'p Case,
    asks: Vec<&'p Entry>,
    helps: Vec<&'p Entry>,
    /// When the earliest of it became due; what was never asked is due now.
    due: Timestamp,
}

impl<'p> Planner<'p> {
    fn plan(&mut self) -> Result<(), Refusal> {
        for name in &self.selection.only {
            if !self.cases.cases.iter().any(|case| is_named(self.input, case, name)) {
                return Err(Refusal::NoSuch(name.clone()));
            }
        }
        let cases: Vec<&'p Case> = self
            .cases
            .cases
            .iter()
            .filter(|case| self.selection.includes(self.input, case))
            .collect();
        // A request that only reports what is open asked for nothing.
        let review = self.cases.reviews.iter().rfind(|review| review.is_complete);
        let review = review.filter(|_| self.selection.only.is_empty());
        for person in self.people(&cases, review.is_some()) {
            self.escalate(&person);
            self.ask(&person);
        }
        if let Some(review) = review {
            let by = &review.note.author.username;
            self.note(format!(
                "{by} has already requested the review: name people with --only to post anything more"
            ));
        } else {
            for case in &cases {
                self.list_for_operators(case);
                self.settle(case);
            }
        }
        self.report_states(&cases);
        self.report_ignored();
        Ok(())
    }

    pub(super) fn note(&mut self, note: String) {
        self.due.plan.notes.push(note);
    }

    /// Takes back what the operator has asked although a lower note had asked it, as a run that died
    /// leaves it.
    fn strike(&mut self) {
        let FollowupInput { conversation, header, operators, operator, issue, .. } = self.input;
        let actions = corrections(conversation, *header, operators, operator.id, issue.iid);
        if !actions.is_empty() {
            self.note(
                "somebody else wrote a notice at the same time: what is doubled in yours is taken out; its e-mails have already gone out"
                    .to_owned(),
            );
            self.due.plan.actions.extend(actions);
        }
    }

    /// The people for whom something is due, in the order of that and of their names, as far as the
    /// limit allows.
    ///
    /// While the audit is in review, these are only those whom an operator wants to be asked again.
    fn people(&mut self, cases: &[&'p Case], is_in_review: bool) -> Vec<DuePerson<'p>> {
        let now = self.input.now;
        let by_hand = mentioned_by_hand(self.input);
        let mut people: Vec<DuePerson<'p>> = Vec::new();
        for case in cases {
            let entries = || case.entries.iter().filter(|entry| !entry.is_for_operators());
            let mut helps: Vec<&Entry> =
                entries().filter(|entry| entry.state == State::Overdue).collect();
            let mut asks: Vec<&Entry> =
                entries().filter(|entry| entry.state == State::NotAsked).collect();
            if is_in_review {
                helps.clear();
                asks.retain(|entry| entry.again.is_some());
            }
            // Asking again is an operator's explicit wish already.
            let is_wanted = asks.iter().any(|entry| entry.again.is_some());
            if !asks.is_empty() && !is_wanted && self.is_left_to_operator(case, &by_hand) {
                asks.clear();
            }
            if asks.is_empty() && helps.is_empty() {
                continue;
            }
            let due = helps.iter().filter_map(|entry| entry.ask.as_ref()?.due).min();
            people.push(DuePerson { case, asks, helps, due: due.unwrap_or(now) });
        }
        people.sort_by_cached_key(|person| (person.due, fold(&person.case.name).into_owned()));
        if let Some(limit) = self.selection.limit
            && people.len() > limit
        {
            let left = counted(people.len() - limit, "person", "people");
            self.note(format!("--limit leaves out {left}"));
            people.truncate(limit);
        }
        people
    }

    /// Whether an operator has mentioned the subject by hand and has not said that it is to be asked
    /// all the same.
    fn is_left_to_operator(&mut self, case: &Case, by_hand: &BTreeMap<String, &Note>) -> bool {
        if self.selection.insists_on(self.input, case) {
            return false;
        }
        let Ok(user) = recipient(self.input, case) else { return false };
        let Some(note) = by_hand.get(&user.username.to_lowercase()) else { return false };
        let by_hand = MentionedByHand {
            subject_name: subject_name(self.input, case),
            name: case.name.clone(),
            note: note.id,
            at: note.created_at,
            by: note.author.clone(),
        };
        self.note(format!(
            "{} was mentioned by hand in comment {} by {}: ask with --only {}, or record it with --sent {} --at {}",
            case.name,
            note.id,
            note.author.username,
            by_hand.subject_name,
            by_hand.subject_name,
            note.id
        ));
        self.due.by_hand.push(by_hand);
        true
    }

    fn escalate(&mut self, person: &DuePerson<'p>) {
        let (case, input) = (person.case, self.input);
        let (Some(chain), Some(first)) = (&case.chain, person.helps.first()) else { return };
        if !chain.inquiries.is_empty() {
            self.due.inquiries.extend(chain.inquiries.iter().cloned());
            return;
        }
        let users: Vec<u64> =
            chain.manager.iter().chain(&chain.support_manager).map(|user| user.id).collect();
        if users.is_empty() {
            return;
        }
        self.note(format!("escalation for {}: {}", case.name, chain.reasons.join("; ")));
        let due = Some(input.waits.end(input.now, input.waits.manager));
        let Some(ask) = &first.ask else { return };
        let finding = |entry: &&Entry| {
            let step = self.step(case, entry, StepAction::Escalate { due }, users.clone());
            self.finding(case, entry, vec![step])
        };
        let findings = person.helps.iter().map(finding).collect();
        self.helps.push(HelpLine {
            manager: chain.manager.clone(),
            support_manager: chain.support_manager.clone(),
            findings,
            asked_at: ask.at,
            asked_by: match ask.how {
                AskedHow::Sent => AskedBy::Email,
                AskedHow::Mentioned | AskedHow::Listed => AskedBy::Note(ask.note.id),
            },
            is_outsider: matches!(case.subject, Some(Subject::Account(_))),
        });
    }

    fn ask(&mut self, person: &DuePerson<'p>) {
        let case = person.case;
        if person.asks.is_empty() {
            return;
        }
        match recipient(self.input, case) {
            Ok(user) => {
                let due = Some(self.ask_due());
                let mut asks: Vec<(Option<AskedAgain>, Vec<NoticeFinding>)> = Vec::new();
                for entry in &person.asks {
                    let step = self.step(case, entry, StepAction::Ask { due }, vec![user.id]);
                    let finding = self.finding(case, entry, vec![step]);
                    let again = entry.again.as_ref().map(AskedAgain::new);
                    match asks.iter_mut().find(|(said, _)| *said == again) {
                        Some((_, findings)) => findings.push(finding),
                        None => asks.push((again, vec![finding])),
                    }
                }
                for (again, findings) in asks {
                    self.push_ask(case, user.clone(), findings, again);
                }
            }
            Err(Unmentionable::NotAsked(inquiry)) => {
                self.due.inquiries.insert(inquiry);
            }
            Err(reason) => self.write_letter(person, &reason),
        }
    }

    fn ask_due(&self) -> Timestamp {
        self.input.waits.end(self.input.now, self.input.waits.person)
    }

    /// Plans that a finding is asked about again, in a round of its own.
    pub(super) fn plan_again(
        &mut self,
        case: &'p Case,
        entry: &'p Entry,
        reason: &str,
    ) -> Result<(), Refusal> {
        let user = match recipient(self.input, case) {
            Ok(user) => user.clone(),
            Err(Unmentionable::NotAsked(inquiry)) => {
                self.due.inquiries.insert(inquiry);
                return Ok(());
            }
            Err(why) => {
                let finding = finding_name(self.input, case, entry);
                return Err(Refusal::Rule { finding, rule: Rule::Unmentionable(why.to_string()) });
            }
        };
        let due = Some(self.ask_due());
        let again = self.step(case, entry, StepAction::Again, vec![user.id]);
        let mut ask = self.step(case, entry, StepAction::Ask { due }, vec![user.id]);
        ask.round += 1;
        let finding = self.finding(case, entry, vec![again, ask]);
        let again = AskedAgain {
            had_answered: entry.state == State::Answered,
            operator: self.input.operator.username.clone(),
            words: reason.trim().to_owned(),
        };
        self.push_ask(case, user, vec![finding], Some(again));
        Ok(())
    }

    /// Adds what somebody is asked: to their line, if they have one.
    fn push_ask(
        &mut self,
        case: &Case,
        user: User,
        findings: Vec<NoticeFinding>,
        again: Option<AskedAgain>,
    ) {
        let short: Vec<String> =
            findings.iter().map(|finding| details(finding).plain(finding.wording.short)).collect();
        self.names.push(format!("{} ({})", case.name, short.join(", ")));
        let line = self.asks.iter_mut().find(|line| {
            line.user.id == user.id
                && line.again.as_ref().map(|again| &again.words)
                    == again.as_ref().map(|again| &again.words)
        });
        match line {
            Some(line) => {
                line.findings.extend(findings);
                if let (Some(line), Some(again)) = (&mut line.again, again) {
                    line.had_answered |= again.had_answered;
                }
            }
            None => self.asks.push(AskLine { user, findings, again }),
        }
    }

    fn write_letter(&mut self, person: &DuePerson<'p>, reason: &Unmentionable) {
        let (case, input) = (person.case, self.input);
        let period = input.header.period.to_string();
        let context = LetterContext {
            system: input.evaluation.kind.spec().system,
            period: &period,
            sender: &input.operator.username,
            now: input.now,
            due: self.ask_due(),
        };
        let subject_name = subject_name(input, case);
        let (email, (title, text)) = if let Some(Subject::Account(index)) = case.subject {
            let account = input.evaluation.account(index);
            let email = account.map_or("", |account| &account.email);
            let since = account.map_or("", |account| &account.since);
            (Some(email.to_owned()), context.for_outsider(email, since))
        } else {
            let subject = case.subject.and_then(|subject| input.evaluation.person(subject));
            let email = subject.and_then(|person| person.email.value());
            let mut items = Vec::new();
            for entry in &person.asks {
                let finding = self.finding(case, entry, Vec::new());
                let details = details(&finding);
                items.push((
                    details.plain(finding.wording.asks),
                    details.plain(finding.wording.fix),
                ));
            }
            let letter = context.for_colleague(&case.name, excuse(reason), &items);
            (email.map(ToString::to_string), letter)
        };
        self.note(format!(
            "write to {} by e-mail ({reason}), then record it with --sent {subject_name}",
            case.name
        ));
        self.due.letters.push(Letter {
            subject_name,
            name: case.name.clone(),
            email,
            reason: reason.to_string(),
            title,
            text,
            checks: person.asks.iter().map(|entry| entry.check.id).collect(),
        });
    }

    fn list_for_operators(&mut self, case: &Case) {
        for entry in &case.entries {
            if entry.is_for_operators() && entry.state == State::NotAsked {
                let step = self.step(case, entry, StepAction::Ask { due: None }, Vec::new());
                let finding = self.finding(case, entry, vec![step]);
                self.operators.push(finding);
            }
        }
    }

    fn settle(&mut self, case: &Case) {
        for entry in case.entries.iter().filter(|entry| !entry.is_reported) {
            let (settled, action) = match &entry.state {
                State::Fixed => (Settled::Fixed, StepAction::Fixed),
                State::Gone => (Settled::Gone, StepAction::Gone),
                State::Removed { .. } => (Settled::Removed, StepAction::Removed),
                State::Withdrawn(reason @ WithdrawalReason::Left) => {
                    (Settled::Left, StepAction::Withdrawn { reason: *reason })
                }
                State::Withdrawn(reason) => {
                    (Settled::Withdrawn, StepAction::Withdrawn { reason: *reason })
                }
                _ => continue,
            };
            let step = self.step(case, entry, action, Vec::new());
            let finding = self.finding(case, entry, vec![step]);
            self.settled.push((settled, finding));
        }
    }

    /// Reports the findings that an operator has to look at, and how many wait.
    fn report_states(&mut self, cases: &[&'p Case]) {
        let mut waiting: Vec<Option<Timestamp>> = Vec::new();
        for case in cases {
            for entry in &case.entries {
                match &entry.state {
                    State::Unknown(_)
                    | State::InDoubt(_)
                    | State::ToRemove(_)
                    | State::Held(_)
                    | State::Answered
                    | State::Exhausted => {
                        let name = finding_name(self.input, case, entry);
                        self.note(format!("{name} {}", standing(entry)));
                    }
                    State::Waiting { .. } | State::Escalated { .. } => {
                        waiting.push(entry.state.until());
                    }
                    _ => {}
                }
            }
        }
        if !waiting.is_empty() {
            let findings = counted(waiting.len(), "finding is", "findings are");
            let next = waiting.iter().flatten().min();
            let next = next.map(|at| format!(", the next until {}", crate::dates::deadline(*at)));
            self.note(format!("{findings} waiting{}", next.unwrap_or_default()));
        }
    }

    /// Names each author of a marker that has no effect.
    fn report_ignored(&mut self) {
        for ignored in &self.cases.ignored {
            let note = &ignored.note;
            let (name, id) = (&note.author.username, note.author.id);
            self.note(format!(
                "comment {} by {name} holds a marker of ours and has no effect; an operator's would, by `operators = [{{ id = {id}, username = \"{name}\" }}]`",
                note.id
            ));
        }
    }

    pub(super) fn step(
        &self,
        case: &Case,
        entry: &Entry,
        action: StepAction,
        mentioned: Vec<u64>,
    ) -> Step {
        Step {
            action,
            check: entry.check.id.to_owned(),
            keys: case.keys.clone(),
            account: case.account.clone(),
            evidence: entry.evidence_digest.clone(),
            round: entry.round,
            at: self.input.now,
            mentioned,
        }
    }

    fn finding(&self, case: &Case, entry: &Entry, steps: Vec<Step>) -> NoticeFinding {
        let person = case.subject.and_then(|subject| self.input.evaluation.person(subject));
        NoticeFinding {
            check: entry.check.id,
            wording: &entry.check.wording,
            entry: person.and_then(|person| entry_page(self.input, person)),
            subject: case.name.clone(),
            evidence: entry.evidence.chars().take(MAX_EVIDENCE).collect(),
            steps,
        }
    }

    /// Puts the notice into the plan, with what it comes to.
    fn finish(mut self) -> Result<Due, Refusal> {
        let input = self.input;
        let mut helps = std::mem::take(&mut self.helps);
        // People of one manager are named together.
        helps.sort_by_cached_key(|help| {
            help.manager.as_ref().map_or((1, String::new()), |user| (0, user.username.clone()))
        });
        let mut asks = std::mem::take(&mut self.asks);
        asks.sort_by_cached_key(|ask| ask.user.username.to_lowercase());
        let notice = Notice {
            header: input.header,
            system: input.evaluation.kind.spec().system,
            issue_url: &input.issue.url,
            asks,
            ask_due: self.ask_due(),
            helps,
            help_due: input.waits.end(input.now, input.waits.manager),
            has_support_manager: !input.managers.is_empty(),
            settled: std::mem::take(&mut self.settled),
            operators: std::mem::take(&mut self.operators),
            sources: input.sources.clone(),
        };
        let mut comments = self.comments();
        if notice.is_due() {
            let parts = notice.parts();
            comments += parts.len();
            self.due.mentioned = notice.mentioned().len();
            self.summarise(&notice, parts.len());
            self.due.plan.actions.push(Action::Notice(NewNotice { iid: input.issue.iid, parts }));
        }
        let left = MAX_COMMENTS.saturating_sub(input.conversation.count());
        if comments > left {
            return Err(Refusal::TooManyComments { left });
        }
        Ok(self.due)
    }

    /// How many comments the plan makes so far.
    fn comments(&self) -> usize {
        let actions = self.due.plan.actions.iter();
        actions.filter(|action| matches!(action, Action::Comment { .. })).count()
    }

    fn summarise(&mut self, notice: &Notice<'_>, parts: usize) {
        let input = self.input;
        self.due.mailed = mailed(input, &notice.mentioned());
        let managers: BTreeSet<u64> = notice
            .helps
            .iter()
            .flat_map(|help| help.manager.iter().chain(&help.support_manager))
            .map(|user| user.id)
            .collect();
        let mut parts_of_it = Vec::new();
        for (count, one, several) in [
            (notice.asks.len(), "person is asked", "people are asked"),
            (managers.len(), "manager asked to help", "managers asked to help"),
            (notice.settled.len(), "item settled", "items settled"),
            (notice.operators.len(), "item for the operators", "items for the operators"),
        ] {
            if count > 0 {
                parts_of_it.push(counted(count, one, several));
            }
        }
        let letters = match self.due.letters.len() {
            0 => String::new(),
            count => format!(" {} to send by hand.", counted(count, "e-mail", "e-mails")),
        };
        let comments = counted(parts, "comment", "comments");
        self.due.plan.summary.push(format!(
            "{comments} in issue #{}: {}; up to {} will be mailed.{letters}",
            input.issue.iid,
            parts_of_it.join(", "),
            counted(self.due.mailed, "person", "people"),
        ));
        if !self.names.is_empty() {
            let more = if self.names.len() > SUMMARISED { " …" } else { "" };
            let names: Vec<&str> = self.names.iter().take(SUMMARISED).map(String::as_str).collect();
            self.due.plan.summary.push(format!("Asked: {}{more}", names.join(", ")));
        }
    }
}

/// How much of a finding's evidence a notice looks at, in characters.
const MAX_EVIDENCE: usize = 10_000;

/// How many people the plan's summary names.
const SUMMARISED: usize = 10;

fn details(finding: &NoticeFinding) -> Details<'_> {
    Details {
        entry: finding.entry.as_deref(),
        subject: &finding.subject,
        evidence: &finding.evidence,
    }
}

/// The usernames that operators have mentioned in comments without a marker, in lower case, each with
/// the latest of these comments.
fn mentioned_by_hand<'a>(input: &FollowupInput<'a>) -> BTreeMap<String, &'a Note> {
    let mut by_hand = BTreeMap::new();
    for ThreadNote { note, .. } in input.conversation.notes() {
        if input.operators.contains(&note.author.id) && Marker::of_comment(&note.body).is_none() {
            for username in mentioned_usernames(&note.body) {
                by_hand.insert(username, note);
            }
        }
    }
    by_hand
}

/// The user whom a case is about, or whom `handles` names for it, if they may be mentioned.
pub(super) fn recipient<'a>(
    input: &FollowupInput<'a>,
    case: &Case,
) -> Result<&'a User, Unmentionable> {
    match case.subject {
        Some(subject @ Subject::Person(_)) => match input.evaluation.person(subject) {
            Some(person) => input.directory.person(person),
            None => Err(Unmentionable::NoHandle),
        },
        Some(Subject::Account(index)) => {
            let email = input.evaluation.account(index).map_or("", |account| &account.email);
            match handle(input.policy, email) {
                Some(username) => input.directory.username(username),
                None => Err(Unmentionable::NoHandle),
            }
        }
        Some(Subject::Organization) | None => Err(Unmentionable::NoHandle),
    }
}

/// Whether a case is about the operator, by id, by the roster's username, or by `handles`.
pub(super) fn is_own(input: &FollowupInput<'_>, case: &Case) -> bool {
    let operator = input.operator;
    let is_name = |name: &str| name.eq_ignore_ascii_case(&operator.username);
    if case.user == Some(operator.id) {
        return true;
    }
    match case.subject {
        Some(subject @ Subject::Person(_)) => {
            let person = input.evaluation.person(subject);
            person.is_some_and(|person| {
                person.gitlab_id.value() == Some(&operator.id)
                    || person.gitlab_username.value().is_some_and(|name| is_name(name))
            })
        }
        Some(Subject::Account(index)) => {
            let email = input.evaluation.account(index).map_or("", |account| &account.email);
            handle(input.policy, email).is_some_and(is_name)
        }
        Some(Subject::Organization) | None => false,
    }
}

/// The page of a person's roster entry, where GitLab shows it.
fn entry_page(input: &FollowupInput<'_>, person: &Person) -> Option<String> {
    let location = input.evaluation.roster.location(person);
    let line = location.line?;
    let page = format!("{}/{}#L{line}", input.roster_page?, encode_path(&location.file));
    is_linkable(&page).then_some(page)
}

/// Why somebody gets a letter, in words for them.
fn excuse(reason: &Unmentionable) -> &'static str {
    match reason {
        Unmentionable::Inactive => "your account there is not active",
        Unmentionable::NoAccess => "you cannot see the audit's issue",
        _ => "we do not know your account there",
    }
}

/// Up to how many people GitLab mails a new comment to, which mentions these users.
///
/// These are all who take part: the author, the assignees, and everybody who wrote or was mentioned;
/// but nobody is mailed what they did themselves, nor what they cannot see.
fn mailed(input: &FollowupInput<'_>, mentioned: &BTreeSet<u64>) -> usize {
    let mut participants: BTreeSet<u64> = mentioned.clone();
    participants.insert(input.issue.author.id);
    participants.extend(input.issue.assignees.iter().map(|user| user.id));
    for ThreadNote { note, .. } in input.conversation.notes() {
        participants.insert(note.author.id);
        let usernames = mentioned_usernames(&note.body);
        participants
            .extend(usernames.iter().filter_map(|name| input.directory.id_of_username(name)));
    }
    participants.remove(&input.operator.id);
    participants.iter().filter(|id| input.directory.may_be_mailed(**id)).count()
}

/// Whether the subject of a case may be mentioned, as far as is known; who was not looked up yet is
/// taken for reachable.
pub(crate) fn recipient_is_reachable(input: &FollowupInput<'_>, case: &Case) -> bool {
    matches!(recipient(input, case), Ok(_) | Err(Unmentionable::NotAsked(_)))
}

#[cfg(test)]
mod tests;
