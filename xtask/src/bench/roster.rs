//! A roster in the shape of a support team's, as large as wanted, with faults planted in it.

/// What is wrong with a person's entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    NoLink,
    EventLink,
    LinkOfPrevious,
    EmailOfPrevious,
    UnknownManager,
    OwnManager,
}

/// Every so many people the faults come again.
const PERIOD: usize = 100;

/// The faults by a person's place in the period; never of two people in a row.
const FAULTS: [(usize, Fault); 6] = [
    (10, Fault::NoLink),
    (20, Fault::EventLink),
    (30, Fault::LinkOfPrevious),
    (40, Fault::EmailOfPrevious),
    (50, Fault::UnknownManager),
    (60, Fault::OwnManager),
];

const FIRST: [&str; 10] =
    ["Amélie", "Bjørn", "Chidi", "Đurđa", "Ewa", "Farid", "Gülşen", "Hoa", "Íñigo", "Joan"];
const LAST: [&str; 7] =
    ["Adeyemi", "Brown", "Castellanos", "D'Arcy", "Eriksson", "Fujita", "Gómez"];
const COUNTRIES: [&str; 4] = ["NO", "Ireland", "US", "New Zealand"];

/// The roster's YAML text.
pub(super) fn generate(people: usize) -> String {
    (0..people).map(entry).collect()
}

/// The same roster with a quote that nobody closes in the entry in the middle.
pub(super) fn generate_with_bad_entry(people: usize) -> (String, BadEntry) {
    let middle = people / 2;
    let before = generate(middle);
    let line = before.lines().count() + 1;
    let bad = entry(middle).replacen("title: ", "title: \"", 1);
    let after: String = (middle + 1..people).map(entry).collect();
    let last_line = line + bad.lines().count() - 1;
    (before + &bad + &after, BadEntry { first_line: line, last_line })
}

/// The line of the entry that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadEntry {
    /// The line on which it begins.
    pub(super) first_line: usize,
    /// The line on which it ends.
    pub(super) last_line: usize,
}

fn fault(number: usize) -> Option<Fault> {
    let place = number % PERIOD;
    FAULTS.iter().find(|(faulty, _)| *faulty == place).map(|(_, fault)| *fault)
}

fn pick<'a>(choices: &[&'a str], number: usize) -> &'a str {
    choices.iter().cycle().nth(number % choices.len()).unwrap_or(&"")
}

fn name(number: usize) -> String {
    format!("{} {} {number}", pick(&FIRST, number), pick(&LAST, number))
}

fn calendly(number: usize, fault: Option<Fault>) -> String {
    let link = |number| format!("  calendly: https://calendly.com/person{number}\n");
    match fault {
        Some(Fault::NoLink) => String::new(),
        Some(Fault::EventLink) => link(number).replace('\n', "/30min\n"),
        Some(Fault::LinkOfPrevious) => link(number - 1),
        _ => link(number),
    }
}

fn reports_to(number: usize, fault: Option<Fault>) -> String {
    // Everybody except the first person reports to a person above them.
    let manager = match fault {
        _ if number == 0 => return String::new(),
        Some(Fault::UnknownManager) => "Nobody Known".to_owned(),
        Some(Fault::OwnManager) => name(number),
        _ => name(number / 8),
    };
    format!("  reports_to: {manager}\n")
}

fn entry(number: usize) -> String {
    let fault = fault(number);
    let email = if fault == Some(Fault::EmailOfPrevious) { number - 1 } else { number };
    let (name, country) = (name(number), pick(&COUNTRIES, number));
    let (month, day, share) = (number % 12 + 1, number % 28 + 1, number % 50 + 25);
    let (calendly, reports_to) = (calendly(number, fault), reports_to(number, fault));
    format!(
        "\
- name: {name}
  email: person{email}@example.com
  title: Support Engineer
{reports_to}  region: EMEA
  country: {country}
  start_date: 2021-{month:02}-{day:02}
  working_hours: 0800-1600
  pronouns: she/her
{calendly}  focuses:
    - name: SaaS
      percentage: {share}
    - name: Licenses
      percentage: {rest}
  gitlab:
    id: {id}
    username: person{number}
  slack:
    id: U{id:09X}
    username: person{number}
  skills:
    - Kubernetes
    - \"Ruby: off Rails\"
  about: >
    Likes long walks 🥾
    and short queues 🎉.
",
        rest = 100 - share,
        id = 410_000 + number,
    )
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    /// The values of a field, in the order of the people.
    fn values<'a>(roster: &'a str, field: &str) -> Vec<&'a str> {
        roster.lines().filter_map(|line| line.strip_prefix(field)).collect()
    }

    fn how_many_share(values: &[&str]) -> usize {
        let mut counts = HashMap::new();
        for value in values {
            *counts.entry(value).or_insert(0) += 1;
        }
        counts.values().filter(|count| **count > 1).sum()
    }

    #[test]
    fn every_fault_is_planted_once_in_a_hundred_people() {
        let roster = generate(300);
        let names = values(&roster, "- name: ");
        let links = values(&roster, "  calendly: ");
        assert_eq!(names.len(), 300);
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), 300);
        assert_eq!(links.len(), 297);
        assert_eq!(links.iter().filter(|link| link.ends_with("/30min")).count(), 3);
        assert_eq!(how_many_share(&links), 6);
        assert_eq!(how_many_share(&values(&roster, "  email: ")), 6);

        let managers = values(&roster, "  reports_to: ");
        let own = managers.iter().zip(&names[1..]).filter(|(manager, name)| manager == name);
        assert_eq!(own.count(), 3);
        assert_eq!(managers.iter().filter(|manager| !names.contains(manager)).count(), 3);
    }

    #[test]
    fn an_entry_is_about_as_large_as_in_a_real_roster() {
        let average = generate(1000).len() / 1000;
        assert!((500..600).contains(&average), "{average} bytes");
    }

    #[test]
    fn the_quote_is_opened_in_the_entry_in_the_middle() {
        let (roster, place) = generate_with_bad_entry(100);
        let quoted: Vec<usize> = (1..)
            .zip(roster.lines())
            .filter(|(_, line)| line.contains("title: \""))
            .map(|(number, _)| number)
            .collect();
        assert_eq!(quoted, [place.first_line + 2]);
        assert_eq!(
            roster.lines().nth(place.first_line - 1),
            Some(format!("- name: {}", name(50)).as_str())
        );
        assert_eq!(
            roster.lines().nth(place.last_line),
            Some(format!("- name: {}", name(51)).as_str())
        );
        assert_eq!(roster.replace("title: \"", "title: "), generate(100));
    }
}
