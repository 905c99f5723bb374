//! The guide: how the audit stands, the next step, and every step run through prompts.

use audit::record::description::Adopt;
use audit::steps::status::{NextStep, Stage};

use crate::args::Global;
use crate::config::RosterSource;
use crate::ctx::Ctx;
use crate::error::{Exit, Failure, explain};
use crate::gather::{self, Inputs, IssueSelector};
use crate::tokens::{Service, Stored};
use crate::ui::Ui;

/// A thing that the guide offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Offer {
    MakeIssue,
    WriteReport,
    Reconcile,
    FollowUp,
    RecordSent,
    Remove,
    Submit,
    SubmitUnresolved,
    Show,
    Doctor,
    SaveReport,
}

/// Where the report is saved.
const REPORT_FILE: &str = "audit_output.txt";

impl Offer {
    /// What it does, for an audit of `system`.
    fn describe(self, system: &str) -> String {
        let text = match self {
            Self::MakeIssue => "Make the audit's issue",
            Self::WriteReport => "Write the report into the issue",
            Self::Reconcile => {
                return format!("Compare with {system}, and decide about outsiders one by one");
            }
            Self::FollowUp => "Read answers, ask people, escalate: shows who is due what first",
            Self::RecordSent => "Record a message that was sent by e-mail",
            Self::Remove => "Remove outsiders whose removal is decided",
            Self::Submit => "Ask a manager to review and close",
            Self::SubmitUnresolved => "Tell a manager what is still open",
            Self::Show => "Show every finding",
            Self::Doctor => "Look whether everything is there that an audit needs",
            Self::SaveReport => "Save the report to audit_output.txt",
        };
        text.to_owned()
    }

    /// The command line that does it, as far as it is known before anything is asked.
    const fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::MakeIssue => &["init-issue"],
            Self::WriteReport => &["run", "--write", "--format", "table"],
            Self::Reconcile => &["reconcile", "--write"],
            Self::FollowUp | Self::RecordSent => &["followups"],
            Self::Remove => &["reconcile", "--remove", "--format", "table"],
            Self::Submit => &["submit-review"],
            Self::SubmitUnresolved => &["submit-review", "--unresolved"],
            Self::Show => &["status"],
            Self::Doctor => &["doctor"],
            Self::SaveReport => &["run", "--output", REPORT_FILE],
        }
    }

    /// Whether its command takes the number of an audit's issue.
    const fn is_about_one_audit(self) -> bool {
        !matches!(self, Self::MakeIssue | Self::Doctor | Self::SaveReport)
    }

    /// The offer that does a step, if the guide has one for it.
    const fn for_step(step: &NextStep) -> Option<Self> {
        match step {
            NextStep::MakeIssue => Some(Self::MakeIssue),
            NextStep::WriteReport => Some(Self::WriteReport),
            NextStep::Reconcile => Some(Self::Reconcile),
            NextStep::Remove => Some(Self::Remove),
            NextStep::FollowUp => Some(Self::FollowUp),
            NextStep::SubmitReview => Some(Self::Submit),
            NextStep::SubmitUnresolved => Some(Self::SubmitUnresolved),
            // These are for a person to do, outside this program.
            NextStep::SendEmails(_) | NextStep::ShowWaiting(_) | NextStep::AwaitReview(_) => None,
        }
    }
}

/// The guide between two commands.
#[derive(Debug)]
pub(crate) struct Guide {
    /// What the next command is given.
    pub(crate) ctx: Ctx,
    /// Whether the configuration has just been written for the first time.
    pub(crate) is_new: bool,
    /// Which of several open audits the guide is about.
    audit: Option<u64>,
}

impl Guide {
    /// Reads the configuration, and asks for it where nothing has been set up yet.
    pub(crate) async fn start(global: Global, ui: Ui) -> anyhow::Result<Self> {
        let mut ctx = Ctx::new(global.clone(), ui)?;
        let mut is_new = false;
        if is_first_use(&ctx).await? {
            (ctx, is_new) = set_up(ctx, global).await?;
        }
        Ok(Self { ctx, is_new, audit: None })
    }

    /// Shows how the audit stands and offers the next step, until a command is chosen whose line is
    /// complete; nothing if the user leaves.
    pub(crate) async fn next_command(&mut self) -> anyhow::Result<Option<Vec<String>>> {
        loop {
            self.ctx.read_clock()?;
            let offers = match self.offers().await {
                Ok(offers) => offers,
                Err(error) => {
                    self.report(error)?;
                    vec![Offer::Doctor, Offer::SaveReport]
                }
            };
            let system = self.ctx.global.kind.spec().system;
            let mut things: Vec<String> =
                offers.iter().map(|offer| offer.describe(system)).collect();
            things.push("Leave".to_owned());
            let things: Vec<&str> = things.iter().map(String::as_str).collect();
            let chosen = self.ctx.ui.choose("What next", &things).await?;
            let Some(offer) = offers.get(chosen) else { return Ok(None) };
            match self.command_line(*offer).await {
                Ok(None) => {}
                Ok(Some(arguments)) => return Ok(Some(arguments)),
                Err(error) => self.report(error)?,
            }
        }
    }

    /// Reports an error after which the guide goes on, unless the user has interrupted it.
    pub(crate) fn report(&self, error: anyhow::Error) -> anyhow::Result<()> {
        let failure = explain(&error);
        if failure.exit == Exit::Interrupted {
            return Err(error);
        }
        self.ctx.ui.error(&failure);
        Ok(())
    }

    /// The command line of an offer, with the answers to what it has to ask first; `None` if an answer
    /// calls it off.
    async fn command_line(&self, offer: Offer) -> anyhow::Result<Option<Vec<String>>> {
        let ui = &self.ctx.ui;
        let mut arguments: Vec<String> =
            offer.arguments().iter().map(|&argument| argument.to_owned()).collect();
        if offer == Offer::RecordSent {
            let address = ui.ask_text("To which address (empty: to none)").await?;
            match address.trim() {
                "" => return Ok(None),
                address => arguments.push(format!("--sent={address}")),
            }
        }
        if let Some(iid) = self.audit.filter(|_| offer.is_about_one_audit()) {
            arguments.push(format!("--issue={iid}"));
        }
        if offer == Offer::SaveReport && std::path::Path::new(REPORT_FILE).exists() {
            let question = format!("{REPORT_FILE} is there already. Replace it?");
            if !ui.ask(&question, false).await? {
                return Ok(None);
            }
        }
        ui.say(&format!("$ support-audit {}", arguments.join(" ")));
        Ok(Some(arguments))
    }

    /// Tells how the audit stands, and what may be done about it, the next step first.
    async fn offers(&mut self) -> anyhow::Result<Vec<Offer>> {
        let ctx = &self.ctx;
        if self.audit.is_none() {
            let open = gather::open_audits(ctx).await?;
            if open.is_empty() {
                let any = IssueSelector::default();
                match gather::resolve_issue(ctx, &any, Adopt::No).await {
                    Err(error) if explain(&error).exit == Exit::Failed => {
                        ctx.ui.show_lines(&format!("\n{error:#}"));
                        return Ok(vec![Offer::MakeIssue, Offer::SaveReport, Offer::Doctor]);
                    }
                    // Someone else has just made the issue.
                    found => drop(found?),
                }
            } else if open.len() > 1 {
                let titles: Vec<&str> = open.iter().map(|issue| issue.title.as_str()).collect();
                let chosen = ctx.ui.choose("Which of the open audits", &titles).await?;
                self.audit = open.get(chosen).map(|issue| issue.iid);
            }
        }
        let wanted = self.audit.map_or_else(IssueSelector::default, IssueSelector::for_iid);
        let (status, incomplete) = gather::status(ctx, &Inputs::default(), &wanted).await?;
        if let Some(failure) = incomplete {
            ctx.ui.error(&failure);
        }
        ctx.ui.show_lines(&format!("\n{}", status.table()));
        let mut offers = offers_at(status.stage());
        let next = Offer::for_step(status.next());
        offers.sort_by_key(|offer| Some(*offer) != next);
        Ok(offers)
    }
}

/// What may be done about an audit at a stage, in the order in which it is usually done.
fn offers_at(stage: Stage) -> Vec<Offer> {
    use Offer::{
        Doctor, FollowUp, MakeIssue, Reconcile, RecordSent, Remove, SaveReport, Show, Submit,
        SubmitUnresolved, WriteReport,
    };
    match stage {
        Stage::None => vec![MakeIssue, SaveReport, Doctor],
        Stage::Opened => vec![WriteReport, SaveReport, Doctor],
        Stage::Reported => vec![Reconcile, FollowUp, Show, SaveReport, Doctor],
        Stage::Compared | Stage::FollowingUp => vec![
            FollowUp,
            RecordSent,
            Reconcile,
            Remove,
            WriteReport,
            SubmitUnresolved,
            Show,
            SaveReport,
        ],
        Stage::Ready => vec![Submit, WriteReport, Reconcile, Show, SaveReport],
        Stage::InReview => vec![Show, SaveReport],
        Stage::Closed => vec![MakeIssue, Show, SaveReport],
    }
}

/// Whether nothing has been set up yet: no file, and no token.
async fn is_first_use(ctx: &Ctx) -> anyhow::Result<bool> {
    let has_file = ctx.config.file.is_some();
    let stored = ctx.token_store(Service::Gitlab).find().await?;
    Ok(!has_file && !matches!(stored, Stored::Found(..)))
}

/// Asks for GitLab and its projects, looks whether they are there, and keeps the answers in the
/// configuration file, if the user agrees. What leads nowhere is told, and asked for again.
async fn set_up(ctx: Ctx, global: Global) -> anyhow::Result<(Ctx, bool)> {
    let ui = ctx.ui.clone();
    ui.show_lines(
        "Welcome. Nothing is set up yet: a few questions, each with the usual answer.\nPress Ctrl-C at any time; nothing is kept before the end.",
    );
    let usual = ctx.config;
    let (mut url, project) = (usual.url(Service::Gitlab).to_string(), usual.audits_project);
    let mut global = global;
    let ctx = loop {
        let typed = ask(&ui, "GitLab's address", &url).await?;
        global.settings.gitlab_url = Some(typed.clone());
        match connect(&global, &ui).await {
            Ok(ctx) => break ctx,
            Err(error) => {
                // The address is right, then.
                if refuse(&ui, error)? == Exit::Token {
                    url = typed;
                }
            }
        }
    };
    let project = loop {
        let typed = ask(&ui, "Project that holds the audits' issues", &project).await?;
        match ctx.gitlab().await?.project(&typed).await {
            Ok(_) => break typed,
            Err(error) => refuse(&ui, error.into())?,
        };
    };
    global.settings.project = Some(project.clone());
    let mut ctx = ctx;
    loop {
        let RosterSource { project, path, reference } = &usual.roster;
        let roster = ask(&ui, "Project that holds the roster", project).await?;
        let path = ask(&ui, "Path of the roster in it: a file, or a folder", path).await?;
        let reference = ask(&ui, "Branch of the roster", reference).await?;
        global.settings.roster_project = Some(roster);
        global.settings.roster_path = Some(path);
        global.settings.roster_ref = Some(reference);
        ctx = Ctx::new(global.clone(), ui.clone())?.with_clients_of(ctx);
        match gather::gitlab_roster(&ctx).await {
            Ok(_) => break,
            Err(error) => refuse(&ui, error)?,
        };
    }
    let manager = loop {
        let question = "GitLab username of the Support Operations Manager (may be empty)";
        let typed = ask(&ui, question, "").await?;
        let username = typed.trim_start_matches('@');
        if username.is_empty() || ctx.gitlab().await?.user_by_name(username).await?.is_some() {
            break typed;
        }
        let nobody = Failure::new(Exit::Usage, format!("GitLab knows nobody called {username}"));
        refuse(&ui, nobody.into())?;
    };
    let RosterSource { project: roster, path, reference } = &ctx.config.roster;
    let places = [roster.as_str(), path, reference];
    let url = ctx.config.url(Service::Gitlab).to_string();
    let text = crate::config::file_text(&url, &project, &places, &manager);
    if !ctx.ui.ask("Keep this in the configuration file?", true).await? {
        return Ok((ctx, false));
    }
    let file = crate::config::write_file(&text)?;
    ctx.ui.say(&format!("kept in {}", file.display()));
    let kept = Ctx::new(ctx.global.clone(), ctx.ui.clone())?.with_clients_of(ctx);
    Ok((kept, true))
}

/// Checks that GitLab is at its address and knows the token, which may be asked for.
async fn connect(global: &Global, ui: &Ui) -> anyhow::Result<Ctx> {
    let ctx = Ctx::new(global.clone(), ui.clone())?;
    ui.say(&format!("GitLab knows you as {}", ctx.user().await?.username));
    Ok(ctx)
}

/// Reports why an answer cannot be used, unless the user has interrupted the guide.
fn refuse(ui: &Ui, error: anyhow::Error) -> anyhow::Result<Exit> {
    let failure = explain(&error);
    if failure.exit == Exit::Interrupted {
        return Err(error);
    }
    ui.error(&Failure::new(failure.exit, failure.message).hint("answer again; Ctrl-C leaves"));
    Ok(failure.exit)
}

async fn ask(ui: &Ui, question: &str, usual: &str) -> anyhow::Result<String> {
    let question =
        if usual.is_empty() { question.to_owned() } else { format!("{question} [{usual}]") };
    let answer = ui.ask_text(&question).await?;
    let answer = answer.trim();
    Ok(if answer.is_empty() { usual.to_owned() } else { answer.to_owned() })
}
