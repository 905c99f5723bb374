//! The notice: the one comment of a run that asks, escalates and reports what is settled.
//!
//! It is laid out from lines, each with the steps that it takes, and continues in replies of its own
//! thread where one comment would be too long.
//! People are mentioned once in all of it; in a second place their name is in a code span.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::model::AgainRequest;
use crate::dates::{date_of, day_and_month, deadline};
use crate::markdown::{Markdown, item};
use crate::plan::NoticePart;
use crate::record::conversation::User;
use crate::record::marker::{Content, Marker, MarkerHeader, SourceDigests, Step};
use crate::wording::{
    Details, Position, Wording, counted, is_linkable, join_list, name, sentence_case,
};

/// How many people one comment names at most.
const MAX_PEOPLE: usize = 150;

/// How many characters one comment has at most, the marker aside.
const MAX_CHARACTERS: usize = 40_000;

/// How many steps one marker holds at most, so that a comment stays below GitLab's million
/// characters.
const MAX_STEPS: usize = 3_000;

/// What the head of a comment and the ways to fix have room for.
const RESERVED: usize = 6_000;

/// How many findings for the operators are listed.
const LISTED_FOR_OPERATORS: usize = 100;

/// How many findings a *Settled* paragraph names.
const NAMED_SETTLED: usize = 50;

/// How many people of one manager a line names.
const NAMED_TOGETHER: usize = 20;

/// How many outsiders the paragraph to the Support Operations Manager names; more are listed.
const NAMED_OUTSIDERS: usize = 10;

/// A finding in a notice.
#[derive(Debug, Clone)]
pub(crate) struct NoticeFinding {
    /// The check's id.
    pub(crate) check: &'static str,
    /// How the check is put into words.
    pub(crate) wording: &'static Wording,
    /// The address of the subject's roster entry.
    pub(crate) entry: Option<String>,
    /// The subject's name, untrusted.
    pub(crate) subject: String,
    /// What the check saw, untrusted.
    pub(crate) evidence: String,
    /// What is done about it, for the marker.
    pub(crate) steps: Vec<Step>,
}

/// A person who is asked.
#[derive(Debug, Clone)]
pub(crate) struct AskLine {
    /// Who is mentioned.
    pub(crate) user: User,
    /// What they are asked about.
    pub(crate) findings: Vec<NoticeFinding>,
    /// Why they are asked again, where an operator wants that.
    pub(crate) again: Option<AskedAgain>,
}

/// What an operator says to somebody who is asked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AskedAgain {
    /// Whether they had answered.
    pub(crate) had_answered: bool,
    /// The operator's username.
    pub(crate) operator: String,
    /// The operator's words, untrusted; may be empty.
    pub(crate) words: String,
}

/// How a subject was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AskedBy {
    /// By the comment of this number.
    Note(u64),
    /// Outside the issue.
    Email,
}

/// A person about whom others are asked to help.
#[derive(Debug, Clone)]
pub(crate) struct HelpLine {
    /// The manager who is mentioned for them, if there is one.
    pub(crate) manager: Option<User>,
    /// The Support Operations Manager who is mentioned once for all of theirs.
    pub(crate) support_manager: Option<User>,
    /// What they did not answer.
    pub(crate) findings: Vec<NoticeFinding>,
    /// When they were asked.
    pub(crate) asked_at: Timestamp,
    /// How they were asked.
    pub(crate) asked_by: AskedBy,
    /// Whether it is an account of nobody on the roster, which a Support Operations Manager decides
    /// about.
    pub(crate) is_outsider: bool,
}

/// Why a finding is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Settled {
    /// The check no longer finds it.
    Fixed,
    /// The account was removed.
    Removed,
    /// The account is gone without a decision.
    Gone,
    /// The person left the roster.
    Left,
    /// The person is excluded, or the check is off.
    Withdrawn,
}

/// Everything that a notice says.
#[derive(Debug, Clone)]
pub(crate) struct Notice<'a> {
    /// The audit.
    pub(crate) header: MarkerHeader,
    /// The audited system's name.
    pub(crate) system: &'static str,
    /// The issue's page.
    pub(crate) issue_url: &'a str,
    /// Who is asked.
    pub(crate) asks: Vec<AskLine>,
    /// The end of the wait of those who are asked.
    pub(crate) ask_due: Timestamp,
    /// Who is helped with, grouped by their managers.
    pub(crate) helps: Vec<HelpLine>,
    /// The end of the wait for help.
    pub(crate) help_due: Timestamp,
    /// Whether there is a Support Operations Manager to escalate to.
    pub(crate) has_support_manager: bool,
    /// What is settled since the last notice.
    pub(crate) settled: Vec<(Settled, NoticeFinding)>,
    /// What only the operators can fix or accept.
    pub(crate) operators: Vec<NoticeFinding>,
    /// What the findings were derived from.
    pub(crate) sources: SourceDigests,
}

/// Where in a notice a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    Asks,
    Help,
    SupportManager,
    Settled,
    Operators,
}

/// One line of a notice with what it does.
#[derive(Debug)]
struct Line {
    section: Section,
    /// Empty where the line is for the marker alone.
    text: String,
    /// How many people it names.
    people: usize,
    /// The checks whose fixes are explained with it.
    checks: Vec<(&'static str, &'static Wording)>,
    steps: Vec<Step>,
}

/// Who was mentioned in the notice so far.
#[derive(Debug, Default)]
struct Mentions(BTreeSet<u64>);

impl Mentions {
    /// The user's mention; in a second place their name alone.
    fn address(&mut self, user: &User) -> Markdown {
        if self.0.insert(user.id) {
            Markdown::mention(user)
        } else {
            Markdown::code(&user.username)
        }
    }
}

impl NoticeFinding {
    fn details(&self) -> Details<'_> {
        Details { entry: self.entry.as_deref(), subject: &self.subject, evidence: &self.evidence }
    }

    fn to_subject(&self, position: Position) -> Markdown {
        self.details().markdown(self.wording.asks, position).and(self.reference())
    }

    fn to_others(&self) -> Markdown {
        self.details().markdown(self.wording.about, Position::Inside).and(self.reference())
    }

    /// The check's id in parentheses.
    fn reference(&self) -> Markdown {
        Markdown::literal(" (").and(Markdown::code(self.check)).and(")")
    }
}

fn join_clauses(clauses: impl Iterator<Item = Markdown>) -> Markdown {
    let mut text = Markdown::default();
    for (index, clause) in clauses.enumerate() {
        text = text.and(Markdown::text(if index == 0 { "" } else { "; " })).and(&clause);
    }
    text
}

impl Notice<'_> {
    /// Whether there is a reason to post it: what is settled alone is none.
    pub(crate) fn is_due(&self) -> bool {
        !(self.asks.is_empty() && self.helps.is_empty() && self.operators.is_empty())
    }

    /// The users whom it mentions.
    pub(crate) fn mentioned(&self) -> BTreeSet<u64> {
        let asked = self.asks.iter().map(|line| line.user.id);
        let helpers =
            self.helps.iter().flat_map(|line| line.manager.iter().chain(&line.support_manager));
        asked.chain(helpers.map(|user| user.id)).collect()
    }

    /// Its comments, in their order.
    pub(crate) fn parts(&self) -> Vec<NoticePart> {
        let mut mentions = Mentions::default();
        let mut lines = self.ask_lines(&mut mentions);
        lines.extend(self.help_lines(&mut mentions));
        let to_support_managers = self.support_manager_lines(&mut mentions);
        lines.extend(self.settled_lines());
        lines.extend(self.operator_lines());
        let mut packed = pack(lines, &to_support_managers);
        // Whoever is mentioned for all of the notice comes when all of it is there.
        if let Some(last) = packed.last_mut() {
            last.extend(to_support_managers);
        }
        (1..).zip(packed).map(|(number, lines)| self.part(number, &lines)).collect()
    }

    fn ask_lines(&self, mentions: &mut Mentions) -> Vec<Line> {
        let line = |ask: &AskLine| {
            let mut text = mentions.address(&ask.user).and(": ");
            let mut position = Position::Inside;
            if let Some(again) = &ask.again {
                text = text.and(again.markdown());
                position = Position::SentenceStart;
            }
            let clauses = ask.findings.iter().enumerate().map(|(index, finding)| {
                finding.to_subject(if index == 0 { position } else { Position::Inside })
            });
            text = text.and(join_clauses(clauses));
            Line {
                section: Section::Asks,
                text: item(&text),
                people: 1,
                checks: ask
                    .findings
                    .iter()
                    .map(|finding| (finding.check, finding.wording))
                    .collect(),
                steps: steps(&ask.findings),
            }
        };
        self.asks.iter().map(line).collect()
    }

    /// One line for each manager and what is to be helped with; people of one manager with the same
    /// findings are named together.
    fn help_lines(&self, mentions: &mut Mentions) -> Vec<Line> {
        let is_inline = self.names_outsiders_inline();
        let mut groups: Vec<Vec<&HelpLine>> = Vec::new();
        for help in &self.helps {
            if help.is_for_support_manager() && is_inline {
                continue;
            }
            let last = groups.last_mut().filter(|group| {
                group.len() < NAMED_TOGETHER && group.last().is_some_and(|last| last.is_like(help))
            });
            match last {
                Some(group) => group.push(help),
                None => groups.push(vec![help]),
            }
        }
        let mut lines = Vec::new();
        for group in groups {
            let Some(first) = group.first() else { continue };
            let names: Vec<Markdown> = group.iter().map(|help| name(help.subject())).collect();
            let people = join_list(&names);
            let text = match &first.manager {
                Some(manager) => mentions.address(manager).and(", about ").and(&people),
                None => people,
            };
            let found = join_clauses(first.findings.iter().map(NoticeFinding::to_others));
            let text = text.and(": ").and(&found).and(", ").and(self.asked(first));
            lines.push(Line {
                section: Section::Help,
                text: item(&text),
                people: group.len(),
                checks: Vec::new(),
                steps: group.iter().flat_map(|help| steps(&help.findings)).collect(),
            });
        }
        lines
    }

    /// `asked on 1 February`, with a link to the comment.
    fn asked(&self, help: &HelpLine) -> Markdown {
        let day = day_and_month(date_of(help.asked_at));
        match help.asked_by {
            AskedBy::Email => Markdown::text(format!("asked by e-mail on {day}")),
            AskedBy::Note(note) => link(format!("asked on {day}"), self.issue_url, note),
        }
    }

    /// The paragraphs to the Support Operations Managers, each of whom is mentioned once.
    fn support_manager_lines(&self, mentions: &mut Mentions) -> Vec<Line> {
        let mut users: Vec<&User> = Vec::new();
        for user in self.helps.iter().filter_map(|help| help.support_manager.as_ref()) {
            if !users.iter().any(|other| other.id == user.id) {
                users.push(user);
            }
        }
        let mut lines = Vec::new();
        for user in users {
            let is_theirs = |help: &&HelpLine| {
                help.support_manager.as_ref().is_some_and(|other| other.id == user.id)
            };
            let theirs: Vec<&HelpLine> = self.helps.iter().filter(is_theirs).collect();
            lines.push(self.support_manager_line(&mentions.address(user), &theirs));
        }
        lines
    }

    fn support_manager_line(&self, address: &Markdown, helps: &[&HelpLine]) -> Line {
        let mut sentences: Vec<Markdown> = Vec::new();
        let people: Vec<&HelpLine> =
            helps.iter().copied().filter(|help| !help.is_for_support_manager()).collect();
        if !people.is_empty() {
            sentences.extend(sentences_about(&people));
        }
        let outsiders: Vec<&HelpLine> =
            helps.iter().copied().filter(|help| help.is_for_support_manager()).collect();
        let mut steps_here = Vec::new();
        if self.names_outsiders_inline() {
            let clauses = outsiders.iter().map(|help| {
                name(help.subject()).and(" is not on the roster and was ").and(self.asked(help))
            });
            if !outsiders.is_empty() {
                sentences.push(
                    Markdown::literal("Yours to decide: ").and(join_clauses(clauses)).and("."),
                );
            }
            steps_here = outsiders.iter().flat_map(|help| steps(&help.findings)).collect();
        } else if !outsiders.is_empty() {
            let count = outsiders.len();
            sentences.push(Markdown::text(format!(
                "Yours to decide: the {count} accounts above that belong to nobody on the roster."
            )));
        }
        let mut text = address.clone().and(":");
        for sentence in &sentences {
            text = text.and(" ").and(sentence);
        }
        Line {
            section: Section::SupportManager,
            text: format!("{text}\n"),
            people: 0,
            checks: Vec::new(),
            steps: steps_here,
        }
    }

    /// Whether outsiders are named in the paragraph to the Support Operations Manager, and not listed.
    fn names_outsiders_inline(&self) -> bool {
        self.helps.iter().filter(|help| help.is_for_support_manager()).count() <= NAMED_OUTSIDERS
    }

    fn settled_lines(&self) -> Vec<Line> {
        let mut settled: Vec<&(Settled, NoticeFinding)> = self.settled.iter().collect();
        settled.sort_by_key(|(reason, _)| *reason);
        let line = |chunk: &[&(Settled, NoticeFinding)]| {
            let mut text = Markdown::literal("**Settled.**");
            for group in chunk.chunk_by(|(one, _), (next, _)| one == next) {
                let Some((reason, _)) = group.first() else { continue };
                let mut names: Vec<Markdown> = group
                    .iter()
                    .take(NAMED_SETTLED)
                    .map(|(_, finding)| {
                        let check = Markdown::code(finding.check);
                        if finding.subject.is_empty() {
                            return check;
                        }
                        check.and(" of ").and(name(&finding.subject))
                    })
                    .collect();
                if group.len() > NAMED_SETTLED {
                    names.push(Markdown::text(format!("{} more", group.len() - NAMED_SETTLED)));
                }
                let (before, after) = reason.words();
                text = text
                    .and(Markdown::text(format!(" {before}: ")))
                    .and(join_list(&names))
                    .and(Markdown::text(format!("{after}.")));
            }
            Line {
                section: Section::Settled,
                text: format!("{}\n", text.and(" Thank you.")),
                people: 0,
                checks: Vec::new(),
                steps: chunk.iter().flat_map(|(_, finding)| finding.steps.clone()).collect(),
            }
        };
        settled.chunks(MAX_STEPS / 3).map(line).collect()
    }

    fn operator_lines(&self) -> Vec<Line> {
        let (listed, others) =
            self.operators.split_at(self.operators.len().min(LISTED_FOR_OPERATORS));
        let mut lines: Vec<Line> = Vec::new();
        for finding in listed {
            let text = Markdown::code(finding.check)
                .and(": ")
                .and(finding.details().markdown(finding.wording.about, Position::Inside))
                .and(Markdown::text(format!(". {}.", sentence_case(finding.wording.fix))));
            lines.push(Line::for_operators(item(&text), finding.steps.clone()));
        }
        for (index, chunk) in others.chunks(MAX_STEPS / 3).enumerate() {
            let more = format!("- and {} more, which `support-audit status` lists\n", others.len());
            let text = if index == 0 { more } else { String::new() };
            lines.push(Line::for_operators(text, steps(chunk)));
        }
        lines
    }

    /// One comment: its head, its sections, and the marker.
    fn part(&self, number: usize, lines: &[Line]) -> NoticePart {
        let mut body = PartBody::default();
        body.paragraph(&self.head(number, lines));
        body.section(lines, Section::Asks, None);
        let fixes = fixes(lines);
        if !fixes.is_empty() {
            body.paragraph(&format!("**How to fix.** {fixes}"));
            let helpers = if self.has_support_manager {
                "your manager and the Support Operations Manager are"
            } else {
                "your manager is"
            };
            body.paragraph(&format!("Without a fix or a reply by then, {helpers} asked to help."));
        }
        let help = format!(
            "**Help wanted** by {}. A fix (you may make it), or \"intentional, because …\", or \"away until …\" in a reply here settles it; after that it goes into the review as unanswered.",
            deadline(self.help_due)
        );
        body.section(lines, Section::Help, Some(&help));
        body.section(lines, Section::SupportManager, None);
        body.section(lines, Section::Settled, None);
        let total = self.operators.len();
        let operators =
            format!("**For the operators** ({total}): fix each, or accept it with a reason.");
        body.section(lines, Section::Operators, Some(&operators));
        body.finish(self.header, self.sources.clone())
    }

    fn head(&self, number: usize, lines: &[Line]) -> String {
        let (system, period) = (self.system, self.header.period);
        let due = deadline(self.ask_due);
        let asks = lines.iter().any(|line| line.section == Section::Asks);
        if number > 1 {
            let ask = format!(" **Please fix or reply by {due}.**");
            let ask = if asks { ask.as_str() } else { "" };
            return format!("**{system} access review {period}**, continued.{ask}");
        }
        if self.asks.is_empty() {
            return format!("**{system} access review {period}.**");
        }
        let people = if self.asks.len() == 1 {
            "1 person has".to_owned()
        } else {
            format!("{} people have", self.asks.len())
        };
        format!(
            "**{system} access review {period}.** {people} something to fix or to explain. **Please do so by {due}.** If you fix it, no reply is needed: the next check closes it. If it is intentional, one sentence in a reply here is enough. A reply is mailed to everybody named here, so if \"on it\" is all you would say, a 👍 will do."
        )
    }
}

impl AskedAgain {
    /// What an operator's record wants to be said.
    pub(crate) fn new(request: &AgainRequest) -> Self {
        Self {
            had_answered: request.had_answered,
            operator: request.by.username.clone(),
            words: request.reason.clone(),
        }
    }

    fn markdown(&self) -> Markdown {
        let open = if self.had_answered {
            "thank you for your reply; this is still open. "
        } else {
            "this is still open. "
        };
        let text = Markdown::text(open);
        if self.words.trim().is_empty() {
            return text;
        }
        text.and(Markdown::code(&self.operator))
            .and(" writes: ")
            .and(Markdown::code(&self.words))
            .and(" ")
    }
}

impl HelpLine {
    /// Whether nobody but a Support Operations Manager is asked to decide about it.
    fn is_for_support_manager(&self) -> bool {
        self.is_outsider && self.manager.is_none() && self.support_manager.is_some()
    }

    fn subject(&self) -> &str {
        self.findings.first().map_or("", |finding| &finding.subject)
    }

    /// Whether another line says the same about somebody else, so that both can be one.
    fn is_like(&self, other: &Self) -> bool {
        let says = |help: &Self| {
            let found: Vec<String> =
                help.findings.iter().map(|finding| finding.to_others().to_string()).collect();
            (help.manager.as_ref().map(|user| user.id), date_of(help.asked_at), found)
        };
        self.asked_by == other.asked_by && says(self) == says(other)
    }
}

impl Settled {
    /// What is before and behind the names.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Fixed => ("Confirmed as fixed", ""),
            Self::Removed => ("Removed", ""),
            Self::Gone => ("Gone by itself", ""),
            Self::Left => ("No longer relevant", ", who left"),
            Self::Withdrawn => ("No longer checked", ""),
        }
    }
}

impl Line {
    fn for_operators(text: String, steps: Vec<Step>) -> Self {
        Self { section: Section::Operators, text, people: 0, checks: Vec::new(), steps }
    }
}

fn steps(findings: &[NoticeFinding]) -> Vec<Step> {
    findings.iter().flat_map(|finding| finding.steps.clone()).collect()
}

/// What a Support Operations Manager reads about the people who are named above.
fn sentences_about(people: &[&HelpLine]) -> Vec<Markdown> {
    let managers: BTreeSet<u64> =
        people.iter().filter_map(|help| help.manager.as_ref()).map(|user| user.id).collect();
    let alone: Vec<Markdown> = people
        .iter()
        .filter(|help| help.manager.is_none())
        .map(|help| name(help.subject()))
        .collect();
    let count = counted(people.len(), "person", "people");
    let with_managers = match managers.len() {
        0 => String::new(),
        managers => format!(" and {}", counted(managers, "manager", "managers")),
    };
    let verb = if people.len() == 1 && managers.is_empty() { "is" } else { "are" };
    let above = format!("{count}{with_managers} {verb} named above");
    if alone.is_empty() {
        let rest = "; nothing is needed from you unless you want to help.";
        return vec![Markdown::text(format!("{above}{rest}"))];
    }
    let help = Markdown::literal("No manager could be asked about ")
        .and(join_list(&alone))
        .and(": please help with them.");
    vec![Markdown::text(format!("{above}.")), help]
}

/// A link to a comment; its words alone where the issue's page is not one that a link may hold.
fn link(words: String, issue_url: &str, note: u64) -> Markdown {
    let address = format!("{issue_url}#note_{note}");
    if is_linkable(&address) {
        Markdown::text(format!("[{words}]({address})"))
    } else {
        Markdown::text(words)
    }
}

/// How to fix what a comment asks about, once for each check.
fn fixes(lines: &[Line]) -> String {
    let mut explained: Vec<&'static str> = Vec::new();
    let mut text = String::new();
    for (check, wording) in lines.iter().flat_map(|line| &line.checks) {
        if !explained.contains(check) {
            explained.push(check);
            let space = if text.is_empty() { "" } else { " " };
            text.push_str(&format!("{space}`{check}`: {}.", wording.fix));
        }
    }
    text
}

/// Spreads lines over comments, in their order, none of them too long.
fn pack(lines: Vec<Line>, to_support_managers: &[Line]) -> Vec<Vec<Line>> {
    let mut empty = Load { characters: RESERVED, people: 0, steps: 0 };
    for line in to_support_managers {
        empty = empty.with(line);
    }
    let mut help = empty;
    for line in lines.iter().filter(|line| line.section == Section::Help) {
        help = help.with(line);
    }
    let mut parts: Vec<Vec<Line>> = vec![Vec::new()];
    let (mut load, mut helps) = (empty, false);
    for line in lines {
        let begins_help = line.section == Section::Help && !helps;
        helps |= begins_help;
        // What the Support Operations Manager is mentioned for stays together if it can, so that a
        // run that ends between two comments has not asked managers without telling them.
        let splits_help = begins_help && help.fits() && !load.plus(help, empty).fits();
        if (splits_help || !load.with(&line).fits())
            && parts.last().is_some_and(|it| !it.is_empty())
        {
            parts.push(Vec::new());
            load = empty;
        }
        load = load.with(&line);
        if let Some(part) = parts.last_mut() {
            part.push(line);
        }
    }
    parts
}

/// How full a comment is.
#[derive(Debug, Clone, Copy)]
struct Load {
    characters: usize,
    people: usize,
    steps: usize,
}

impl Load {
    fn with(self, line: &Line) -> Self {
        Self {
            characters: self.characters + line.text.chars().count(),
            people: self.people + line.people,
            steps: self.steps + line.steps.len(),
        }
    }

    /// Two loads together, `base` being in both.
    fn plus(self, other: Self, base: Self) -> Self {
        Self {
            characters: self.characters + other.characters - base.characters,
            people: self.people + other.people - base.people,
            steps: self.steps + other.steps - base.steps,
        }
    }

    fn fits(self) -> bool {
        self.characters <= MAX_CHARACTERS && self.people <= MAX_PEOPLE && self.steps <= MAX_STEPS
    }
}

/// A comment as it is put together.
#[derive(Debug, Default)]
struct PartBody {
    text: String,
    steps: Vec<Step>,
    /// For each line of the text that takes steps: its number from 0, and how many.
    lines: Vec<(usize, usize)>,
}

impl PartBody {
    fn paragraph(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push_str("\n\n");
    }

    fn section(&mut self, lines: &[Line], section: Section, title: Option<&str>) {
        let mut lines = lines.iter().filter(|line| line.section == section).peekable();
        if lines.peek().is_none() {
            return;
        }
        if let Some(title) = title {
            self.paragraph(title);
        }
        for line in lines {
            if !line.steps.is_empty() {
                let number = self.text.bytes().filter(|byte| *byte == b'\n').count();
                self.lines.push((number, line.steps.len()));
            }
            self.text.push_str(&line.text);
            self.steps.extend(line.steps.iter().cloned());
        }
        self.text.push('\n');
    }

    fn finish(self, header: MarkerHeader, sources: SourceDigests) -> NoticePart {
        let mut marker = header.with(Content::Notice(self.steps));
        marker.sources = sources;
        let body = format!("{}{}", self.text, marked_lines(&marker, &self.lines));
        NoticePart { body, marker }
    }
}

/// A marker with the numbers of the lines that take its steps: a later edit may strike some.
pub(super) fn marked_lines(marker: &Marker, lines: &[(usize, usize)]) -> String {
    let words: Vec<String> = lines.iter().map(|(line, steps)| format!("{line}x{steps}")).collect();
    let text = marker.to_string();
    match text.strip_suffix(" -->") {
        Some(start) if !words.is_empty() => format!("{start} lines={} -->", words.join("+")),
        _ => text,
    }
}
