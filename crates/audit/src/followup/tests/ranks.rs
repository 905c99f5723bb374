//! Who is whom at GitLab, and who is asked for whom.

use std::collections::BTreeSet;

use super::cast::{BOT, BYSTANDER, Cast, Entry, FORGER, Handle, Human, OLGA, PETE};
use super::oracle::Oracle;
use super::world::{World, member};
use crate::record::directory::Known;

/// All users of GitLab: one does not see the issue, one is blocked.
pub(super) fn users() -> Vec<Known> {
    let names = [
        (OLGA, "olga"),
        (PETE, "pete"),
        (10, "ada"),
        (11, "bob"),
        (12, "cleo"),
        (13, "dan"),
        (14, "eve"),
        (15, "fay"),
        (16, "gil"),
        (20, "mia"),
        (21, "bo"),
        (30, "sam"),
        (31, "sue"),
        (40, "xeno"),
        (41, "yan"),
        (BYSTANDER, "bert"),
        (BOT, "bot"),
        (FORGER, "mallory"),
    ];
    let mut users: Vec<Known> = names.into_iter().map(|(id, name)| member(id, name)).collect();
    for known in &mut users {
        known.sees_issue = known.user.id != 14;
        known.is_active = known.user.id != 21;
    }
    users
}

/// The user whom the roster or `handles` name, whether or not they may be mentioned.
pub(super) fn handle_user(cast: &Cast, world: &World, who: usize) -> Option<u64> {
    let human = &cast.humans[who];
    let is_present = human.entry == Entry::Present;
    let by_name =
        |name: &str| world.users.iter().find(|it| it.user.username == name).map(|it| it.user.id);
    match &human.handle {
        Handle::Both(id, _) | Handle::Id(id) if is_present => Some(*id),
        Handle::Username(name) if is_present || human.is_outsider(cast) => by_name(name),
        _ => None,
    }
}

/// The user who may be mentioned for somebody of the cast.
pub(super) fn mentionable(cast: &Cast, world: &World, who: usize) -> Option<u64> {
    let id = handle_user(cast, world, who)?;
    let known = world.users.iter().find(|it| it.user.id == id)?;
    if let Handle::Both(_, name) = &cast.humans[who].handle {
        let other = world.users.iter().find(|it| it.user.username == *name);
        if other.is_some_and(|it| it.user.id != id) {
            return None;
        }
    }
    (known.is_active && known.sees_issue).then_some(id)
}

/// Whom an escalation goes to.
pub(super) fn chain(cast: &Cast, world: &World, oracle: &Oracle, who: usize) -> Vec<u64> {
    let own = oracle.users_of(cast, world, who);
    let mut users = Vec::new();
    let mut passed = BTreeSet::from([who]);
    let mut at = who;
    let is_present = |place: usize| cast.humans[place].entry == Entry::Present;
    while is_present(who)
        && let Some(name) = cast.humans[at].manager
    {
        let Some(next) = cast.named(name).filter(|it| is_present(*it) && passed.insert(*it)) else {
            break;
        };
        if let Some(user) = mentionable(cast, world, next).filter(|it| !own.contains(it)) {
            users.push(user);
            break;
        }
        at = next;
    }
    for name in &world.managers {
        let known = world.users.iter().find(|it| it.user.username == *name);
        let Some(known) = known.filter(|it| it.is_active && it.sees_issue) else { continue };
        if !own.contains(&known.user.id) {
            if !users.contains(&known.user.id) {
                users.push(known.user.id);
            }
            break;
        }
    }
    users
}

impl Human {
    /// Whether they are an outsider whose username `handles` knows.
    fn is_outsider(&self, cast: &Cast) -> bool {
        self.entry != Entry::Present
            && self.seat.is_some()
            && cast.has_accounts
            && self.manager.is_none()
    }
}
