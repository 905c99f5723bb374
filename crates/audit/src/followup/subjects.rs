//! Finds out whose history a step belongs to.
//!
//! A step of a marker names its subject by digests of everything by which it was known.
//! These keys are compared with those of everybody on the roster and of every account.
//! Steps that share a GitLab id or an e-mail address form one history.
//! A subject whose address changes first and whose id changes later keeps it.
//! A history that leads to two people belongs to neither, because a wrong guess would ask, accuse
//! or justify the wrong person.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::model::{DoubtReason, FollowupInput};
use crate::evaluation::{OUTSIDER, handle};
use crate::identity::{AccountIdx, PersonIdx, Subject, SubjectId, account_digest};
use crate::record::description::keys_in_rows;
use crate::record::directory::Unmentionable;
use crate::record::marker::{Key, KeyKind, Step, StepAction};
use crate::roster::{Field, Person};
use crate::text::fold;

/// The subject of a history.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Owner {
    /// A subject that exists now.
    Present(Subject),
    /// A person who is gone, by the smallest key that the steps name.
    GonePerson(Key),
    /// An account that is gone, by the digest of its id, otherwise by that of its e-mail address.
    GoneAccount(String),
}

/// Steps that form one history, and their owner.
#[derive(Debug)]
pub(super) struct Trail<T> {
    pub(super) ownership: Ownership,
    pub(super) steps: Vec<T>,
}

/// The owner of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ownership {
    /// The owner is certain.
    Certain(Owner),
    /// The owner may be any of these subjects.
    Doubtful(DoubtReason, BTreeSet<Subject>),
}

/// A person of the roster, as markers know them.
#[derive(Debug)]
struct PersonKeys {
    keys: Vec<Key>,
    user: Option<u64>,
    contradiction: Option<DoubtReason>,
}

/// Everybody on the roster, by the keys of markers.
#[derive(Debug)]
pub(super) struct Subjects<'a> {
    input: &'a FollowupInput<'a>,
    people: Vec<PersonKeys>,
    /// The people who claim a key. A GitLab id that two people claim belongs to neither.
    people_by_key: HashMap<Key, Vec<PersonIdx>>,
    accounts_by_id: HashMap<String, AccountIdx>,
    accounts_by_email: HashMap<Key, Vec<AccountIdx>>,
    /// The digests of keys, each with those beside it in rows of the table of people.
    row_links: OnceCell<HashMap<String, Vec<String>>>,
}

impl<'a> Subjects<'a> {
    /// Indexes everybody on the roster and every account.
    pub(super) fn new(input: &'a FollowupInput<'a>) -> Self {
        let mut subjects = Self {
            input,
            people: Vec::new(),
            people_by_key: HashMap::new(),
            accounts_by_id: HashMap::new(),
            accounts_by_email: HashMap::new(),
            row_links: OnceCell::new(),
        };
        subjects.add_people();
        subjects.add_accounts();
        subjects
    }

    fn add_people(&mut self) {
        let people = &self.input.evaluation.roster.people;
        for (index, person) in people.iter().enumerate() {
            let user = person.claimed_id.or_else(|| self.input.directory.id_of(person));
            let keys = keys_of_person(person, user);
            // A name identifies a person only if nothing else does.
            for key in &keys {
                self.people_by_key.entry(key.clone()).or_default().push(PersonIdx(index));
            }
            self.people.push(PersonKeys { keys, user, contradiction: None });
        }
        for (index, person) in people.iter().enumerate() {
            let contradiction = self.contradiction_of(PersonIdx(index), person);
            let Some(entry) = self.people.get_mut(index) else { continue };
            entry.contradiction = contradiction;
            if contradiction == Some(DoubtReason::SharedId) {
                entry.user = None;
                entry.keys.retain(|key| key.kind != KeyKind::GitLabId);
            }
        }
    }

    /// How the roster contradicts itself about a person, if it does.
    fn contradiction_of(&self, index: PersonIdx, person: &Person) -> Option<DoubtReason> {
        let keys = self.keys_of_person(index);
        if self.is_shared(key_of(keys, KeyKind::GitLabId)) {
            Some(DoubtReason::SharedId)
        } else if self.is_shared(key_of(keys, KeyKind::Email)) {
            Some(DoubtReason::SharedEmail)
        } else if self.input.directory.person(person) == Err(Unmentionable::Disagree) {
            Some(DoubtReason::IdAndUsername)
        } else {
            None
        }
    }

    fn is_shared(&self, key: Option<&Key>) -> bool {
        self.people_with(key).len() > 1
    }

    fn add_accounts(&mut self) {
        let accounts = self.input.evaluation.accounts.iter().flat_map(|accounts| &accounts.list);
        for (index, account) in accounts.enumerate() {
            if let Some(id) = account.own_id() {
                self.accounts_by_id.insert(account_digest(id), AccountIdx(index));
            }
            if let Some(email) = account.comparable_email() {
                let email = Key::new(&SubjectId::Email(email));
                self.accounts_by_email.entry(email).or_default().push(AccountIdx(index));
            }
        }
    }

    fn keys_of_person(&self, index: PersonIdx) -> &[Key] {
        self.people.get(index.0).map(|person| person.keys.as_slice()).unwrap_or_default()
    }

    fn people_with(&self, key: Option<&Key>) -> &[PersonIdx] {
        key.and_then(|key| self.people_by_key.get(key)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The keys by which a subject is known now, for the markers of new comments.
    pub(super) fn keys(&self, subject: Subject) -> Vec<Key> {
        match subject {
            Subject::Person(index) => self.keys_of_person(index).to_vec(),
            Subject::Account(_) => {
                self.input.evaluation.keys(subject).iter().map(Key::new).collect()
            }
            Subject::Organization => vec![Key::new(&SubjectId::Organization)],
        }
    }

    /// The digest of the account's id, if the subject is an account.
    pub(super) fn account(&self, subject: Subject) -> Option<String> {
        let Subject::Account(index) = subject else { return None };
        self.input.evaluation.account(index)?.own_id().map(account_digest)
    }

    /// The id of the subject's GitLab user, if it is certain.
    pub(super) fn user(&self, subject: Subject) -> Option<u64> {
        match subject {
            Subject::Person(index) => self.people.get(index.0)?.user,
            Subject::Account(index) => {
                let account = self.input.evaluation.account(index)?;
                let username = handle(self.input.policy, account)?;
                self.input.directory.id_of_username(username)
            }
            Subject::Organization => None,
        }
    }

    /// How the roster contradicts itself about a subject, if it does.
    pub(super) fn contradiction(&self, subject: Subject) -> Option<DoubtReason> {
        match subject {
            Subject::Person(index) => self.people.get(index.0)?.contradiction,
            Subject::Account(_) | Subject::Organization => None,
        }
    }

    /// The name of a subject, as untrusted text.
    pub(super) fn name(&self, subject: Subject) -> String {
        let evaluation = self.input.evaluation;
        match subject {
            Subject::Person(_) => {
                evaluation.person(subject).map(|person| person.name.to_string()).unwrap_or_default()
            }
            Subject::Account(index) => {
                let account = evaluation.account(index);
                account.map(|account| account.display_name().to_owned()).unwrap_or_default()
            }
            Subject::Organization => evaluation.kind.spec().system.to_owned(),
        }
    }

    /// The username of a subject without a GitLab id.
    pub(super) fn username(&self, subject: Subject) -> Option<String> {
        let evaluation = self.input.evaluation;
        match subject {
            Subject::Person(_) => {
                let person = evaluation.person(subject)?;
                let is_known_by_name = person.gitlab_id == Field::Missing;
                person.gitlab_username.value().filter(|_| is_known_by_name).map(ToString::to_string)
            }
            Subject::Account(index) => {
                let account = evaluation.account(index)?;
                handle(self.input.policy, account).map(str::to_owned)
            }
            Subject::Organization => None,
        }
    }

    /// Groups the steps of one check into histories, as indices. Each step is in one of them.
    pub(super) fn trails(&self, steps: &[&Step]) -> Vec<Trail<usize>> {
        let mut trails = Vec::new();
        let mut accounts: BTreeMap<Owner, Vec<usize>> = BTreeMap::new();
        let mut people = Vec::new();
        for (index, step) in steps.iter().enumerate() {
            if !is_about_account(step) {
                people.push(index);
                continue;
            }
            match self.attribute_account(step, steps) {
                Ownership::Certain(owner) => accounts.entry(owner).or_default().push(index),
                doubtful @ Ownership::Doubtful(..) => {
                    trails.push(Trail { ownership: doubtful, steps: vec![index] });
                }
            }
        }
        for (owner, steps) in accounts {
            trails.push(Trail { ownership: Ownership::Certain(owner), steps });
        }
        for component in components(steps, &people) {
            let ownership = self.attribute_people(steps, &component);
            trails.push(Trail { ownership, steps: component });
        }
        trails
    }

    /// The owner of steps about a person.
    fn attribute_people(&self, steps: &[&Step], component: &[usize]) -> Ownership {
        let keys: BTreeSet<&Key> = component
            .iter()
            .filter_map(|index| steps.get(*index))
            .flat_map(|step| &step.keys)
            .collect();
        if keys.iter().any(|key| key.kind == KeyKind::Organization) {
            return Ownership::Certain(Owner::Present(Subject::Organization));
        }
        let certain_keys = keys.iter().filter(|key| key.kind != KeyKind::Name);
        let mut people: BTreeSet<PersonIdx> = BTreeSet::new();
        let mut reason = DoubtReason::SeveralSubjects;
        for key in certain_keys {
            let owners = self.people_with(Some(key));
            people.extend(owners);
            if owners.len() > 1 {
                let is_id = key.kind == KeyKind::GitLabId;
                reason = if is_id { DoubtReason::SharedId } else { DoubtReason::SharedEmail };
            }
        }
        if people.is_empty() {
            let users = component
                .iter()
                .filter_map(|index| steps.get(*index))
                .filter(|step| matches!(step.action, StepAction::Ask { .. }))
                .flat_map(|step| &step.mentioned);
            people.extend(self.person_without_id(users, &keys));
        }
        if people.is_empty() {
            let linked = self.people_linked_by_rows(&keys);
            if !linked.is_empty() {
                return Ownership::Doubtful(DoubtReason::FormerId, linked);
            }
        }
        match people.first() {
            Some(person) if people.len() == 1 => {
                Ownership::Certain(Owner::Present(Subject::Person(*person)))
            }
            Some(_) => {
                Ownership::Doubtful(reason, people.into_iter().map(Subject::Person).collect())
            }
            None => match keys.first() {
                Some(key) => Ownership::Certain(Owner::GonePerson((*key).clone())),
                None => Ownership::Doubtful(DoubtReason::SeveralSubjects, BTreeSet::new()),
            },
        }
    }

    /// The people who share a row of the table with one of the keys.
    ///
    /// That is how an address and then an id that change one after the other stay connected.
    /// Anybody who may edit the description can forge a row, so a row raises a doubt and never hands
    /// over a history.
    fn people_linked_by_rows(&self, keys: &BTreeSet<&Key>) -> BTreeSet<Subject> {
        let links = self.row_links.get_or_init(|| links_of_rows(self.input.description));
        let mut linked = BTreeSet::new();
        for key in keys.iter().filter(|key| key.kind != KeyKind::Name) {
            for digest in links.get(&key.digest).into_iter().flatten() {
                for kind in [KeyKind::GitLabId, KeyKind::Email] {
                    let people = self.people_with(Some(&Key { kind, digest: digest.clone() }));
                    linked.extend(people.iter().map(|person| Subject::Person(*person)));
                }
            }
        }
        linked
    }

    /// The person without an id whose address changed, known by the user who was mentioned for
    /// them, otherwise by their name.
    fn person_without_id<'s>(
        &self,
        mut mentioned: impl Iterator<Item = &'s u64>,
        keys: &BTreeSet<&Key>,
    ) -> Option<PersonIdx> {
        if keys.iter().any(|key| key.kind == KeyKind::GitLabId) {
            return None;
        }
        let by_user = mentioned.find_map(|user| {
            match self.people_with(Some(&Key::new(&SubjectId::GitLabId(*user)))) {
                [person] => Some(*person),
                _ => None,
            }
        });
        let by_name = || {
            let name = keys.iter().find(|key| key.kind == KeyKind::Name)?;
            match self.people_with(Some(name)) {
                [person] => Some(*person),
                _ => None,
            }
        };
        let person = by_user.or_else(by_name)?;
        // A person with an id differs in two keys, and may only have the same name.
        let entry = self.input.evaluation.roster.people.get(person.0)?;
        (entry.gitlab_id == Field::Missing).then_some(person)
    }

    /// The owner of steps about an account: by its own id, or by its address if one side has no id.
    fn attribute_account(&self, step: &Step, steps: &[&Step]) -> Ownership {
        match self.accounts_of(step).as_slice() {
            [index] => Ownership::Certain(match self.input.evaluation.matching.holder(*index) {
                None => Owner::Present(Subject::Account(*index)),
                // The person on the roster who holds the account now owns its other findings.
                Some(_) if step.check == OUTSIDER => gone_account(step, steps),
                Some(person) => Owner::Present(Subject::Person(person)),
            }),
            [] => Ownership::Certain(gone_account(step, steps)),
            several => {
                let subjects = several.iter().copied().map(Subject::Account).collect();
                Ownership::Doubtful(DoubtReason::SeveralAccounts, subjects)
            }
        }
    }

    /// The accounts that a step may be about.
    fn accounts_of(&self, step: &Step) -> Vec<AccountIdx> {
        if let Some(index) = step.account.as_ref().and_then(|id| self.accounts_by_id.get(id)) {
            return vec![*index];
        }
        let email = key_of(&step.keys, KeyKind::Email);
        let at_address = email.and_then(|email| self.accounts_by_email.get(email));
        let mut accounts = at_address.cloned().unwrap_or_default();
        // The same address with another id is another account.
        accounts.retain(|index| {
            let account = self.input.evaluation.account(*index);
            step.account.is_none() || account.is_some_and(|account| account.own_id().is_none())
        });
        accounts
    }

    /// The person on the roster who now holds the account of a former outsider.
    pub(super) fn holder_of_former_outsider(&self, step: &Step) -> Option<PersonIdx> {
        let accounts = self.accounts_of(step);
        accounts.into_iter().find_map(|index| self.input.evaluation.matching.holder(index))
    }

    /// Whether a step names an id that is no longer the subject's, so that it reached another user.
    ///
    /// Nobody else on the roster has that id; otherwise the history would be in doubt.
    pub(super) fn names_former_id(&self, subject: Subject, step: &Step) -> bool {
        let present = self.user(subject).map(|user| Key::new(&SubjectId::GitLabId(user)));
        let named = key_of(&step.keys, KeyKind::GitLabId);
        match (present, named) {
            (Some(present), Some(named)) => present != *named,
            // Whoever has no user now may have taken over the address.
            (None, Some(_)) => self.contradiction(subject).is_none(),
            _ => false,
        }
    }

    /// Whether a step names the subject by exactly its present id and address.
    pub(super) fn names_exactly(&self, subject: Subject, step: &Step) -> bool {
        if let Subject::Account(_) = subject {
            return self.account(subject) == step.account;
        }
        let certain = |keys: &[Key]| -> BTreeSet<Key> {
            keys.iter().filter(|key| key.kind != KeyKind::Name).cloned().collect()
        };
        certain(&self.keys(subject)) == certain(&step.keys)
    }
}

/// The digests of keys, each with those of the rows that name it.
fn links_of_rows(description: &str) -> HashMap<String, Vec<String>> {
    let mut links: HashMap<String, Vec<String>> = HashMap::new();
    for row in keys_in_rows(description) {
        for digest in &row {
            links.entry(digest.clone()).or_default().extend(row.iter().cloned());
        }
    }
    links
}

/// The keys of a person.
fn keys_of_person(person: &Person, user: Option<u64>) -> Vec<Key> {
    let email = person.comparable_email().map(SubjectId::Email);
    let ids = user.map(SubjectId::GitLabId).into_iter().chain(email);
    let name = SubjectId::Name(fold(&person.name).into_owned());
    ids.chain([name]).map(|id| Key::new(&id)).collect()
}

/// Whether a step is about an account. A step about a person also has a key of the person.
pub(super) fn is_about_account(step: &Step) -> bool {
    let is_person = |key: &Key| matches!(key.kind, KeyKind::Name | KeyKind::Organization);
    step.account.is_some() || step.check == OUTSIDER || !step.keys.iter().any(is_person)
}

fn key_of(keys: &[Key], kind: KeyKind) -> Option<&Key> {
    keys.iter().find(|key| key.kind == kind)
}

/// The owner of steps about an account that is gone.
///
/// A list of addresses has no ids: its steps join those of the only account at the address.
fn gone_account(step: &Step, steps: &[&Step]) -> Owner {
    if let Some(account) = &step.account {
        return Owner::GoneAccount(account.clone());
    }
    let email = key_of(&step.keys, KeyKind::Email);
    let at_address = steps.iter().filter(|step| key_of(&step.keys, KeyKind::Email) == email);
    let accounts: BTreeSet<&String> = at_address.filter_map(|step| step.account.as_ref()).collect();
    let only = accounts.first().filter(|_| accounts.len() == 1);
    // Every step has a key, and those of two accounts must never fall together.
    let known_by = email.or_else(|| step.keys.first()).map(|key| &key.digest);
    Owner::GoneAccount(only.copied().or(known_by).cloned().unwrap_or_default())
}

/// The steps that share a GitLab id or an e-mail address, directly or through other steps.
fn components(steps: &[&Step], indices: &[usize]) -> Vec<Vec<usize>> {
    let mut by_key: HashMap<&Key, Vec<usize>> = HashMap::new();
    for index in indices {
        for key in steps.get(*index).into_iter().flat_map(|step| joining_keys(step)) {
            by_key.entry(key).or_default().push(*index);
        }
    }
    let mut seen = BTreeSet::new();
    let mut components = Vec::new();
    for index in indices {
        if !seen.insert(*index) {
            continue;
        }
        let (mut component, mut next) = (Vec::new(), vec![*index]);
        while let Some(index) = next.pop() {
            component.push(index);
            for key in steps.get(index).into_iter().flat_map(|step| joining_keys(step)) {
                // Each key is followed once, which keeps this linear.
                let linked = by_key.remove(key).unwrap_or_default();
                next.extend(linked.into_iter().filter(|index| seen.insert(*index)));
            }
        }
        component.sort_unstable();
        components.push(component);
    }
    components
}

/// The keys that join two steps into one history. A name does so only if a step has nothing else.
pub(super) fn joining_keys(step: &Step) -> impl Iterator<Item = &Key> {
    let has_only_name = step.keys.iter().all(|key| key.kind == KeyKind::Name);
    step.keys.iter().filter(move |key| has_only_name || key.kind != KeyKind::Name)
}
