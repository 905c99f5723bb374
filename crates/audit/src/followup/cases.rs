//! The findings of an audit, grouped by subject, each with its history.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::chain::chain;
use super::derive::{Derivation, History, Replies, StepRef, note_ref};
use super::model::{
    Case, Cases, Doubt, DoubtReason, FollowupInput, IgnoredMarker, NoteRef, ReviewRequest, State,
};
use super::record::read_reasons;
use super::subjects::{Owner, Ownership, Subjects, Trail};
use crate::check::{Check, Finding};
use crate::evaluation::OUTSIDER;
use crate::identity::Subject;
use crate::record::conversation::{MarkedNote, Markers, ThreadNote, name_in_comment};
use crate::record::directory::Inquiry;
use crate::record::marker::{Content, KeyKind, Step, StepAction};
use crate::roster::Managers;
use crate::text::fold;

/// Identifies a finding by its owner and its family of checks.
type FindingKey = (Owner, &'static str);

/// Derives the state of every finding of an audit.
/// Every command that looks at follow-ups begins here.
pub fn cases(input: &FollowupInput<'_>) -> Cases {
    let markers = input.conversation.markers(input.header, input.operators);
    let subjects = Subjects::new(input);
    let replies = Replies::new(input, &markers.counting);
    let reasons = reasons(&markers.counting);
    let mut builder = Builder {
        input,
        subjects: &subjects,
        replies: &replies,
        reasons: &reasons,
        histories: BTreeMap::new(),
        holding: BTreeSet::new(),
        inquiries: BTreeSet::new(),
    };
    builder.add_findings();
    builder.add_counting(&markers.counting);
    builder.add_foreign(&markers.foreign);
    let mut cases = builder.cases();
    let managers = std::cell::LazyCell::new(|| Managers::new(&input.evaluation.roster));
    for case in &mut cases {
        if case.entries.iter().any(|entry| entry.state == State::Overdue) {
            add_chain(input, &managers, case);
        }
    }
    Cases {
        reviews: markers.counting.iter().filter_map(review).collect(),
        notices: notices(&markers),
        ignored: builder.ignored(&markers.foreign),
        inquiries: builder.inquiries,
        cases,
    }
}

/// The reasons of every record, by the id of its note.
/// A record is read once, however many findings it names.
fn reasons(counting: &[MarkedNote<'_>]) -> HashMap<u64, Vec<String>> {
    let mut reasons = HashMap::new();
    for marked in counting {
        let steps = marked.marker.content.steps();
        if matches!(marked.marker.content, Content::Record(_)) {
            let items = read_reasons(&marked.note.body, steps.len());
            reasons.extend(items.map(|items| (marked.note.id, items)));
        }
    }
    reasons
}

fn review(marked: &MarkedNote<'_>) -> Option<ReviewRequest> {
    let Content::Review(review) = &marked.marker.content else { return None };
    Some(ReviewRequest {
        note: note_ref(ThreadNote { thread: marked.thread, note: marked.note }),
        is_complete: review.is_complete,
        state: review.state.clone(),
        reviewer: review.reviewer,
    })
}

fn notices(markers: &Markers<'_>) -> Vec<NoteRef> {
    let is_notice = |marked: &&MarkedNote<'_>| matches!(marked.marker.content, Content::Notice(_));
    let notices = markers.counting.iter().filter(is_notice);
    notices
        .map(|marked| note_ref(ThreadNote { thread: marked.thread, note: marked.note }))
        .collect()
}

/// Finds the users to escalate to; without any, the overdue findings of the case are exhausted.
fn add_chain(input: &FollowupInput<'_>, managers: &Managers<'_>, case: &mut Case) {
    let chain = chain(input, managers, case);
    if chain.is_empty() {
        for entry in &mut case.entries {
            if entry.state == State::Overdue {
                entry.state = State::Exhausted;
            }
        }
    }
    case.chain = Some(chain);
}

/// Collects the history of each finding.
struct Builder<'b, 'a> {
    input: &'b FollowupInput<'a>,
    subjects: &'b Subjects<'b>,
    replies: &'b Replies<'a>,
    reasons: &'b HashMap<u64, Vec<String>>,
    histories: BTreeMap<FindingKey, History<'a>>,
    /// The notes of strangers that hold a finding.
    holding: BTreeSet<u64>,
    inquiries: BTreeSet<Inquiry>,
}

impl<'a> Builder<'_, 'a> {
    fn add_findings(&mut self) {
        let evaluation = self.input.evaluation;
        for finding in &evaluation.findings {
            self.histories
                .entry((Owner::Present(finding.about), finding.check.family()))
                .or_default();
        }
        for (subject, check) in evaluation.unknown_subjects.keys() {
            if let Some(check) = self.check(check) {
                self.histories.entry((Owner::Present(*subject), check.family())).or_default();
            }
        }
    }

    fn check(&self, id: &str) -> Option<&'static Check> {
        self.input.evaluation.kind.spec().checks.iter().find(|check| check.id == id)
    }

    /// Attributes the steps of operators to subjects.
    fn add_counting(&mut self, counting: &'a [MarkedNote<'a>]) {
        let mut by_family: BTreeMap<&'static str, Vec<StepRef<'a>>> = BTreeMap::new();
        for marked in counting {
            for (index, step) in marked.marker.content.steps().iter().enumerate() {
                // A later version may write checks that this version does not know.
                if let Some(check) = self.check(&step.check) {
                    let entry = StepRef { marked, index, step };
                    by_family.entry(check.family()).or_default().push(entry);
                }
            }
        }
        for (family, steps) in by_family {
            self.add_family(family, &steps);
        }
    }

    fn add_family(&mut self, family: &'static str, steps: &[StepRef<'a>]) {
        let mut doubtful: BTreeMap<Subject, Vec<(DoubtReason, Vec<StepRef<'a>>)>> = BTreeMap::new();
        for Trail { ownership, steps } in self.trails(steps) {
            match ownership {
                Ownership::Certain(owner) => {
                    let history = self.histories.entry((owner, family)).or_default();
                    history.steps.extend(steps);
                }
                Ownership::Doubtful(reason, subjects) => {
                    for subject in subjects {
                        doubtful.entry(subject).or_default().push((reason, steps.clone()));
                    }
                }
            }
        }
        for (subject, trails) in doubtful {
            for (reason, steps) in trails {
                self.add_doubtful(family, subject, reason, &steps);
            }
        }
        for ((owner, other), history) in &mut self.histories {
            if *other == family {
                history.steps.sort_by_key(|entry| entry.marked.note.moment());
                if let Owner::Present(subject) = owner {
                    end_doubt_of_former_id(self.subjects, *subject, history);
                }
            }
        }
    }

    /// Adds steps that may be the subject's, except those before a later decision of an operator.
    fn add_doubtful(
        &mut self,
        family: &'static str,
        subject: Subject,
        reason: DoubtReason,
        steps: &[StepRef<'a>],
    ) {
        let word = if reason == DoubtReason::FormerId {
            // Such steps share no key with an operator's word about the subject as it is now.
            let own = self.histories.get(&(Owner::Present(subject), family));
            let own = own.map(|history| history.steps.clone()).unwrap_or_default();
            last_word(self.subjects, subject, &own)
        } else {
            last_word(self.subjects, subject, steps)
        };
        let later: Vec<StepRef<'a>> = match word {
            Some(word) => {
                steps.iter().filter(|entry| entry.order() >= word.order()).copied().collect()
            }
            None => Vec::new(),
        };
        let mut remaining = vec![(reason, steps.to_vec())];
        if word.is_some() {
            remaining.clear();
            for Trail { ownership, steps } in self.trails(&later) {
                match ownership {
                    Ownership::Certain(Owner::Present(owner)) if owner == subject => {
                        let key = (Owner::Present(subject), family);
                        self.histories.entry(key).or_default().steps.extend(steps);
                    }
                    Ownership::Doubtful(reason, subjects) if subjects.contains(&subject) => {
                        remaining.push((reason, steps));
                    }
                    _ => {}
                }
            }
        }
        for (reason, steps) in remaining {
            let doubt = self.doubt(reason, &steps);
            let history = self.histories.entry((Owner::Present(subject), family)).or_default();
            add_doubt(history, doubt, &steps);
        }
    }

    fn trails(&self, steps: &[StepRef<'a>]) -> Vec<Trail<StepRef<'a>>> {
        let keys: Vec<&Step> = steps.iter().map(|entry| entry.step).collect();
        let trails = self.subjects.trails(&keys).into_iter();
        let resolve = |trail: Trail<usize>| Trail {
            ownership: trail.ownership,
            steps: trail.steps.into_iter().filter_map(|index| steps.get(index).copied()).collect(),
        };
        trails.map(resolve).collect()
    }

    fn doubt(&self, reason: DoubtReason, steps: &[StepRef<'_>]) -> Doubt {
        let keys: Vec<&Step> = steps.iter().map(|entry| entry.step).collect();
        let mut subjects: BTreeSet<Subject> = BTreeSet::new();
        for trail in self.subjects.trails(&keys) {
            if let Ownership::Doubtful(_, doubtful) = trail.ownership {
                subjects.extend(doubtful);
            }
        }
        let mut notes: Vec<NoteRef> = steps.iter().map(StepRef::note_ref).collect();
        notes.dedup();
        let subjects = subjects.into_iter().map(|subject| self.subjects.name(subject)).collect();
        Doubt { reason, subjects, notes }
    }

    /// Attributes the steps of strangers, which may hold a finding.
    fn add_foreign(&mut self, foreign: &'a [MarkedNote<'a>]) {
        for marked in foreign {
            for (index, step) in marked.marker.content.steps().iter().enumerate() {
                let Some(check) = self.check(&step.check) else { continue };
                for trail in self.subjects.trails(&[step]) {
                    let subjects = match trail.ownership {
                        Ownership::Certain(Owner::Present(subject)) => BTreeSet::from([subject]),
                        Ownership::Certain(_) => BTreeSet::new(),
                        Ownership::Doubtful(_, subjects) => subjects,
                    };
                    for subject in subjects {
                        let key = (Owner::Present(subject), check.family());
                        if let Some(history) = self.histories.get_mut(&key) {
                            history.foreign.push(StepRef { marked, index, step });
                        }
                    }
                }
            }
        }
    }

    /// The cases of all subjects, ordered by name.
    fn cases(&mut self) -> Vec<Case> {
        let histories = std::mem::take(&mut self.histories);
        let mut cases: BTreeMap<&Owner, Case> = BTreeMap::new();
        for ((owner, family), history) in &histories {
            let case = cases.entry(owner).or_insert_with(|| self.case(owner));
            Self::add_names(case, owner, history);
            let finding = case.subject.and_then(|subject| self.finding(subject, family));
            let Some(check) = self.check_of(family, finding, history) else { continue };
            let derivation = Derivation {
                input: self.input,
                subjects: self.subjects,
                replies: self.replies,
                check,
                subject: case.subject,
                user: case.user,
                finding,
                history,
                reasons: self.reasons,
            };
            let Some(entry) = derivation.derive() else { continue };
            for foreign in &history.foreign {
                if derivation.holds(foreign, entry.round) {
                    self.holding.insert(foreign.marked.note.id);
                }
            }
            self.inquire(case, history);
            case.entries.push(entry);
        }
        let mut cases: Vec<Case> = cases.into_values().collect();
        cases.retain(|case| !case.entries.is_empty());
        let checks = self.input.evaluation.kind.spec().checks;
        for case in &mut cases {
            case.entries
                .sort_by_key(|entry| checks.iter().position(|check| check.id == entry.check.id));
        }
        cases.sort_by_cached_key(|case| {
            (case.subject.is_none(), fold(&case.name).into_owned(), case.subject)
        });
        cases
    }

    fn case(&self, owner: &Owner) -> Case {
        let subject = match owner {
            Owner::Present(subject) => Some(*subject),
            Owner::GonePerson(_) | Owner::GoneAccount(_) => None,
        };
        Case {
            subject,
            name: subject.map(|subject| self.subjects.name(subject)).unwrap_or_default(),
            keys: subject.map(|subject| self.subjects.keys(subject)).unwrap_or_default(),
            account: subject.and_then(|subject| self.subjects.account(subject)),
            user: subject.and_then(|subject| self.subjects.user(subject)),
            entries: Vec::new(),
            chain: None,
        }
    }

    /// Fills in the keys and the name of a subject who is gone, as comments recorded them.
    fn add_names(case: &mut Case, owner: &Owner, history: &History<'_>) {
        if case.subject.is_some() {
            return;
        }
        for entry in &history.steps {
            for key in &entry.step.keys {
                if !case.keys.contains(key) {
                    case.keys.push(key.clone());
                }
            }
            if case.name.is_empty()
                && let Some(name) = name_in_comment(&entry.marked.note.body, &entry.step.keys)
            {
                name.clone_into(&mut case.name);
            }
            if let Owner::GoneAccount(_) = owner {
                case.account = case.account.take().or_else(|| entry.step.account.clone());
            }
        }
        case.keys.sort_unstable();
    }

    fn finding(&self, subject: Subject, family: &str) -> Option<&'a Finding> {
        let findings = self.input.evaluation.findings_of(subject);
        findings.iter().find(|finding| finding.check.family() == family)
    }

    /// The check of the family that finds something now, otherwise the one that was asked about
    /// last.
    fn check_of(
        &self,
        family: &str,
        finding: Option<&Finding>,
        history: &History<'_>,
    ) -> Option<&'static Check> {
        if let Some(finding) = finding {
            return Some(finding.check);
        }
        let last = history.steps.last().and_then(|entry| self.check(&entry.step.check));
        last.or_else(|| self.check(family))
    }

    /// Records the users whom GitLab must be asked about before a state is certain.
    fn inquire(&mut self, case: &Case, history: &History<'_>) {
        let directory = self.input.directory;
        for foreign in &history.foreign {
            let author = foreign.marked.note.author.id;
            if directory.access_level(author).is_none() && !directory.is_complete {
                self.inquiries.insert(Inquiry::Id(author));
            }
        }
        // Without an id in the roster, only the username tells whose answers count.
        let names_user = history.steps.iter().any(|entry| {
            let mut keys = entry.step.keys.iter();
            !entry.step.mentioned.is_empty() || keys.any(|key| key.kind == KeyKind::GitLabId)
        });
        if names_user && case.user.is_none() {
            let username = case.subject.and_then(|subject| self.subjects.username(subject));
            if let Some(inquiry) = username.and_then(|username| directory.inquiry(&username)) {
                self.inquiries.insert(inquiry);
            }
        }
    }

    /// The strangers' markers that have no effect, the first of each author.
    fn ignored(&self, foreign: &[MarkedNote<'_>]) -> Vec<IgnoredMarker> {
        let mut authors = BTreeSet::new();
        let mut ignored = Vec::new();
        for marked in foreign {
            if !self.holding.contains(&marked.note.id) && authors.insert(marked.note.author.id) {
                let note = note_ref(ThreadNote { thread: marked.thread, note: marked.note });
                ignored.push(IgnoredMarker { note });
            }
        }
        ignored
    }
}

/// The last act of an operator that names a subject by exactly its present keys.
/// It ends every doubt about the steps before it.
fn last_word<'a>(
    subjects: &Subjects<'_>,
    subject: Subject,
    steps: &[StepRef<'a>],
) -> Option<StepRef<'a>> {
    let user = subjects.user(subject);
    let words = steps.iter().filter(|entry| {
        let is_word = match entry.step.action {
            StepAction::Again | StepAction::Accept => true,
            // Keeping the account of an outsider accepts the finding.
            StepAction::Keep { .. } => entry.step.check == OUTSIDER,
            _ => false,
        };
        is_word
            && user != Some(entry.marked.note.author.id)
            && subjects.names_exactly(subject, entry.step)
    });
    words.max_by_key(|entry| entry.order()).copied()
}

/// Drops the steps for a former id before an operator's act, and doubts later decisions about that
/// id.
fn end_doubt_of_former_id<'a>(
    subjects: &Subjects<'_>,
    subject: Subject,
    history: &mut History<'a>,
) {
    let word = last_word(subjects, subject, &history.steps).map(|entry| entry.order());
    let is_left_behind = |entry: &StepRef<'a>| {
        subjects.names_former_id(subject, entry.step)
            && word.is_some_and(|word| entry.order() < word)
    };
    history.steps.retain(|entry| !is_left_behind(entry));
    let decisions: Vec<StepRef<'a>> = history
        .steps
        .iter()
        .filter(|entry| {
            let is_decision = matches!(
                entry.step.action,
                StepAction::Accept | StepAction::Keep { .. } | StepAction::Remove
            );
            is_decision && subjects.names_former_id(subject, entry.step)
        })
        .copied()
        .collect();
    if !decisions.is_empty() && history.doubt.is_none() {
        let mut notes: Vec<NoteRef> = decisions.iter().map(StepRef::note_ref).collect();
        notes.dedup();
        let subjects = vec![subjects.name(subject)];
        history.doubt = Some(Doubt { reason: DoubtReason::FormerId, subjects, notes });
    }
}

/// Adds a doubt to a history. The first reason is kept, and all comments are named.
fn add_doubt(history: &mut History<'_>, doubt: Doubt, steps: &[StepRef<'_>]) {
    let rounds = steps.iter().map(|entry| entry.step.round).max().unwrap_or(1);
    history.doubtful_round = history.doubtful_round.max(rounds);
    match &mut history.doubt {
        None => history.doubt = Some(doubt),
        Some(present) => {
            present.notes.extend(doubt.notes);
            for subject in doubt.subjects {
                if !present.subjects.contains(&subject) {
                    present.subjects.push(subject);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
