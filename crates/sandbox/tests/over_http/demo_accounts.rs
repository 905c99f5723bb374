//! The demo world's Calendly: every planted fault of the accounts, and no other.

use std::collections::BTreeSet;

use sandbox::{Calendly, CalendlyUser, InvitationStatus, Sandbox, World};

use crate::{
    demo::{Person, people},
    http::send,
};

/// The alias that the world's `config.toml` must hold: an address of the roster, and the same
/// person's account.
const ALIAS: (&str, &str) = ("ebrightwater@example.com", "zeke@brightwater.example");

fn field<'person>(person: &'person Person, name: &str) -> &'person str {
    person.get(name).map(String::as_str).unwrap_or_default()
}

/// The account of a person and how it was found.
fn account<'world>(
    calendly: &'world Calendly,
    person: &Person,
) -> Option<(&'world CalendlyUser, &'static str)> {
    let (email, link) = (field(person, "email"), field(person, "calendly"));
    let by = |way: &'static str, matches: &dyn Fn(&CalendlyUser) -> bool| {
        calendly.members().find(|member| matches(member)).map(|member| (member, way))
    };
    by("same", &|member| member.email == email)
        .or_else(|| by("case", &|member| member.email.eq_ignore_ascii_case(email)))
        .or_else(|| by("link", &|member| member.scheduling_url() == link))
        .or_else(|| by("alias", &|member| (email, member.email.as_str()) == ALIAS))
}

fn is_operations(person: &Person) -> bool {
    field(person, "title").starts_with("Support Operations")
        || field(person, "focuses").split(',').any(|focus| focus == "Operations")
}

fn names<'person>(people: impl Iterator<Item = &'person Person>) -> Vec<&'person str> {
    people.map(|person| field(person, "name")).collect()
}

#[test]
fn each_person_has_an_account_but_those_who_are_planted() -> anyhow::Result<()> {
    let (calendly, people) = (World::demo()?.calendly, people()?);
    assert_eq!((people.len(), calendly.members().count()), (41, 40));
    let pending: Vec<&str> = calendly
        .invitations
        .iter()
        .filter(|invitation| invitation.status == InvitationStatus::Pending)
        .map(|invitation| invitation.email.as_str())
        .collect();
    assert_eq!(pending, ["m-takanashi@example.com"]);
    let without: Vec<&Person> =
        people.iter().filter(|person| account(&calendly, person).is_none()).collect();
    let is_pending = |person: &&&Person| pending.contains(&field(person, "email"));
    assert_eq!(names(without.iter().filter(is_pending).copied()), ["小鳥遊 湊"]);
    let missing = without.iter().filter(|person| !is_pending(person)).copied();
    assert_eq!(names(missing), ["Torbjørn Aaseby"]);
    for (way, expected) in [
        ("case", "Yasmin El-Khoury"),
        ("link", "Noémie Tremblay-Roy"),
        ("alias", "Ezekiel Brightwater"),
    ] {
        let found = people.iter().filter(|person| {
            account(&calendly, person).is_some_and(|(_, found_by)| found_by == way)
        });
        assert_eq!(names(found), [expected], "{way}");
    }
    let known: BTreeSet<&str> = people
        .iter()
        .filter_map(|person| account(&calendly, person))
        .map(|(member, _)| member.id.as_str())
        .collect();
    assert_eq!(known.len(), 39, "no account is two people's");
    let outsiders: Vec<&str> = calendly
        .members()
        .filter(|member| !known.contains(member.id.as_str()))
        .map(|member| member.email.as_str())
        .collect();
    assert_eq!(outsiders, ["bvance@harborlight.example"]);
    Ok(())
}

#[test]
fn one_page_is_another_than_the_rosters() -> anyhow::Result<()> {
    let (calendly, people) = (World::demo()?.calendly, people()?);
    let differs = people.iter().filter(|person| {
        let account = account(&calendly, person);
        account.is_some_and(|(member, _)| member.scheduling_url() != field(person, "calendly"))
    });
    let expected = [
        // All but Philippa are found by what is wrong with their link itself.
        "Zuzana Hrušovská",
        "Ezekiel Brightwater",
        "Philippa St. Clair-Boone",
        "Harjit Dhillon-Whyte",
    ];
    assert_eq!(names(differs), expected);
    let slugs: BTreeSet<&str> = calendly.members().map(|member| member.slug.as_str()).collect();
    assert_eq!(slugs.len(), 40, "no two have the same page");
    Ok(())
}

#[test]
fn the_roles_are_those_of_the_operations_team_but_for_two() -> anyhow::Result<()> {
    let (calendly, people) = (World::demo()?.calendly, people()?);
    let with_role = |role: &str| {
        let of = |person: &&Person| {
            account(&calendly, person).is_some_and(|(member, _)| member.role == role)
        };
        people.iter().filter(of).collect::<Vec<_>>()
    };
    let owners = with_role("owner");
    assert_eq!(names(owners.into_iter()), ["Nkechi Adeyemi-Strand", "Maëlle D'Aubigny"]);
    let unexpected = with_role("admin").into_iter().filter(|person| !is_operations(person));
    assert_eq!(names(unexpected), ["Concepción Arrieta"]);
    let missing = with_role("user").into_iter().filter(|person| is_operations(person));
    assert_eq!(names(missing), ["Wambui Njoroge-Hale"]);
    assert_eq!(people.iter().filter(|person| is_operations(person)).count(), 6);
    let roles: BTreeSet<&str> = calendly.members().map(|member| member.role.as_str()).collect();
    assert_eq!(roles, BTreeSet::from(["admin", "owner", "user"]));
    Ok(())
}

#[test]
fn the_operator_may_read_it_whole() -> anyhow::Result<()> {
    let world = World::demo()?;
    let config = world.config.clone().unwrap_or_default();
    let alias = format!("\"{}\" = \"{}\"", ALIAS.0, ALIAS.1);
    assert!(std::fs::read_to_string(config)?.contains(&alias));
    let csv = world.calendly.members_csv();
    assert_eq!(csv.lines().count(), 1 + 40 + 1);
    let sandbox = Sandbox::start(world)?;
    let bearer = [("Authorization", "Bearer sandbox-calendly-token")];
    let read = |path: &str| send(&sandbox.calendly_url(), "GET", path, &bearer)?.json();
    let me = read("/users/me")?;
    assert_eq!(me["resource"]["email"], "ivelderman@example.com");
    let organization = me["resource"]["current_organization"].as_str().unwrap_or_default();
    let members =
        read(&format!("/organization_memberships?count=100&organization={organization}"))?;
    assert_eq!(members["pagination"]["count"], 40);
    let id = organization.rsplit('/').next().unwrap_or_default();
    let invitations = read(&format!("/organizations/{id}/invitations?status=pending"))?;
    assert_eq!(invitations["collection"][0]["email"], "m-takanashi@example.com");
    Ok(())
}
