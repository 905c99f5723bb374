//! Roster or accounts that have become much smaller: an operator says whether that is right.
//!
//! Until then nothing is concluded from who is missing there.

use audit::accounts::Accounts;
use audit::evaluation::is_much_smaller;
use audit::matching::Matching;
use audit::record::description::{Departed, departed};
use audit::record::marker::Sizes;
use audit::roster::Roster;
use clap::Args;

use crate::ctx::Ctx;
use crate::error::{Exit, Failure};

/// The flag by which an operator accepts sizes.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SizeFlags {
    /// Accept that the roster or the accounts have become so small, and record it
    #[arg(long, value_name = "roster=N|accounts=N", value_parser = parse, requires = "write")]
    accept_size: Vec<(Source, usize)>,
}

/// What has a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Roster,
    Accounts,
}

impl Source {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Roster => "roster",
            Self::Accounts => "accounts",
        }
    }
}

fn parse(text: &str) -> Result<(Source, usize), String> {
    let wrong = || "it is roster=N or accounts=N, N being the size".to_owned();
    let (source, size) = text.split_once('=').ok_or_else(wrong)?;
    let sources = [Source::Roster, Source::Accounts];
    let source = sources.into_iter().find(|known| known.as_str() == source).ok_or_else(wrong)?;
    Ok((source, size.parse().map_err(|_| wrong())?))
}

/// How a command takes sizes that have become much smaller.
#[derive(Debug, Clone, Default)]
pub(crate) struct SizePolicy {
    accepted: Vec<(Source, usize)>,
    asks: bool,
    /// Whether the command writes, so that its user can accept a size.
    writes: bool,
    /// The description of the audit's issue, whose tables name who was there.
    description: String,
}

impl SizeFlags {
    /// The policy of a command that writes, or of one that only reads; `asks` tells whether its user is
    /// asked before it writes.
    pub(crate) fn policy(&self, writes: bool, asks: bool) -> SizePolicy {
        SizePolicy {
            accepted: self.accept_size.clone(),
            asks: writes && asks,
            writes,
            description: String::new(),
        }
    }
}

impl SizePolicy {
    /// Names who left by the tables of the audit's issue.
    pub(crate) fn use_description(&mut self, description: &str) {
        description.clone_into(&mut self.description);
    }

    /// The sizes that an operator accepts, of a roster and accounts that were read completely.
    pub(super) async fn accept(
        &self,
        ctx: &Ctx,
        recorded: Sizes,
        roster: &Roster,
        accounts: Option<&Accounts>,
        present: Sizes,
    ) -> anyhow::Result<Sizes> {
        let aliases = &ctx.config.policy.aliases;
        let matching = accounts.map(|accounts| Matching::new(roster, accounts, aliases));
        let departed = departed(&self.description, roster, accounts.zip(matching.as_ref()));
        let of_roster = (Source::Roster, recorded.roster, present.roster);
        let of_accounts = (Source::Accounts, recorded.accounts, present.accounts);
        Ok(Sizes {
            roster: self.accept_one(ctx, of_roster, &departed.people).await?,
            accounts: self.accept_one(ctx, of_accounts, &departed.accounts).await?,
        })
    }

    async fn accept_one(
        &self,
        ctx: &Ctx,
        (source, recorded, present): (Source, Option<usize>, Option<usize>),
        departed: &[String],
    ) -> anyhow::Result<Option<usize>> {
        let name = source.as_str();
        let accepted = self.accepted.iter().rfind(|(accepted, _)| *accepted == source);
        if let Some((_, size)) = accepted {
            if present == Some(*size) {
                return Ok(present);
            }
            let actual = present.map_or("not known completely".to_owned(), |size| size.to_string());
            let message = format!("--accept-size {name}={size}: the size is {actual}");
            return Err(Failure::new(Exit::NotReady, message)
                .hint("look at who is missing before accepting it")
                .into());
        }
        let (Some(recorded), Some(present)) = (recorded, present) else { return Ok(None) };
        if !is_much_smaller(present, recorded) {
            return Ok(None);
        }
        let shrunk =
            format!("the {name} had {recorded} entries in the issue and have {present} now");
        let question = if departed.is_empty() {
            format!("{shrunk}. Have those who are missing really left?")
        } else {
            format!("{shrunk}. Have they really left: {}?", Departed::list(departed))
        };
        if self.asks && ctx.ui.ask(&question, false).await? {
            return Ok(Some(present));
        }
        let hint = if self.writes {
            format!("; --accept-size {name}={present} accepts it")
        } else {
            format!("; `run --write --accept-size {name}={present}` accepts it")
        };
        ctx.ui.warn(&format!("{shrunk}: nothing is concluded from who is missing{hint}"));
        Ok(None)
    }
}
