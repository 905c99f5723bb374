//! How long the texts of an issue take to read and to merge, by their size and shape.
//!
//! Prints Markdown tables for `docs/benchmarks.md`; `cargo xtask bench` runs it last.
//! The time of a text must grow as its size does, whatever is in it: people may paste anything.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod shapes;

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use audit::accounts::Accounts;
use audit::evaluation::{Evaluation, Policy, Sources};
use audit::input::{Provenance, SourceFile};
use audit::kinds::Kind;
use audit::record::description::{Adopt, MAX_DESCRIPTION, marker, typed, write};
use audit::record::marker::Marker;
use audit::report::Report;
use audit::roster::{OperationsTeam, parse};
use shapes::{SHAPES, Shape, Spot};

/// The sizes of the texts, in bytes; the last is the largest that GitLab takes.
const SIZES: [usize; 5] = [65_536, 131_072, 262_144, 524_288, MAX_DESCRIPTION];

/// The largest comment that GitLab takes, in characters.
const MAX_COMMENT: usize = 1_000_000;

/// How often each text is read; the shortest time counts, since the machine only ever adds to it.
const ROUNDS: usize = 3;

const MARKER: &str = "<!-- support-audit v1 calendly FY28-Q1 report people=41 -->";

fn main() -> Result<(), Box<dyn Error>> {
    let report = report()?;
    let issue = write(&format!("## Notes\n\n{MARKER}\n"), &report, Adopt::No)?.text;
    println!("| Description | 64 kB | 128 kB | 256 kB | 512 kB | 1 MiB | 1 MiB / 512 kB |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for shape in &SHAPES {
        let times = SIZES.map(|size| {
            let description = describe(&issue, shape, size);
            shortest(|| read_and_merge(&description, &report))
        });
        println!("| {} | {} |", shape.name, cells(&times));
    }
    println!();
    println!("| Comment of 1,000,000 characters | without a marker | with one |");
    println!("| --- | ---: | ---: |");
    for shape in &SHAPES {
        let plain = shape.text(MAX_COMMENT);
        let marked = format!("{}\n\n{MARKER}\n", shape.text(MAX_COMMENT - MARKER.len() - 3));
        let times =
            [plain, marked].map(|body| shortest(|| drop(black_box(Marker::find_all(&body)))));
        let [plain, marked] = times.map(milliseconds);
        println!("| {} | {plain} | {marked} |", shape.name);
    }
    Ok(())
}

/// A description of `size` bytes: the audit's issue, with `shape` at its spot.
fn describe(issue: &str, shape: &Shape, size: usize) -> String {
    let text = shape.text(size.saturating_sub(issue.len() + 4));
    match shape.spot {
        Spot::Above => format!("{text}\n\n{issue}"),
        Spot::Within(line) => issue.replacen(line, &format!("{line}{text}\n"), 1),
        Spot::UpperMark => issue.replacen("begin v1 ", &format!("begin v1 {text} "), 1),
    }
}

/// All that a command does with a description.
fn read_and_merge(description: &str, report: &Report) {
    black_box(marker(description));
    black_box(typed(description, report));
    // Some of the shapes are refused, after the same work.
    drop(black_box(write(description, report, Adopt::No)));
}

fn shortest(work: impl Fn()) -> Duration {
    let times = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed()
    });
    times.min().unwrap_or_default()
}

fn cells(times: &[Duration; SIZES.len()]) -> String {
    let [.., half, full] = times;
    let ratio = full.as_secs_f64() / half.as_secs_f64();
    let times: Vec<String> = times.iter().copied().map(milliseconds).collect();
    format!("{} | {ratio:.1}", times.join(" | "))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// A report on three people and two accounts of others.
fn report() -> Result<Report, Box<dyn Error>> {
    let team = "- name: Ada\n  email: ada@example.com\n- name: Bob\n- name: Eve\n";
    let accounts = "Name,Email,Role\nZed,z@example.com,user\nYan,y@example.com,admin\n";
    let file = |name: &str, text: &str| SourceFile { name: name.to_owned(), bytes: text.into() };
    let read_at = "2027-02-01T09:00:00Z".parse()?;
    let (roster, problems) =
        parse(&[file("team.yaml", team)], "calendly", &OperationsTeam::default());
    let export = Kind::Calendly.spec().export;
    let accounts = Accounts::from_file(export, &file("users.csv", accounts), read_at)
        .map_err(|error| format!("{error:?}"))?;
    let provenance = Provenance {
        project: None,
        path: "team.yaml".to_owned(),
        commit: None,
        sha256: "4c29".to_owned(),
        read_at,
        version: "1.2.3",
    };
    let sources = Sources { roster, problems, accounts: Some(accounts), ..Sources::default() };
    let today = "2027-02-01".parse()?;
    let evaluation = Evaluation::new(Kind::Calendly, &Policy::default(), sources, today);
    Ok(Report::new(provenance, evaluation))
}
