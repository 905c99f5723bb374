//! What is being done, as a line that moves.

use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use api::{PageRead, Wait, WaitReason};
use audit::text::clean;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::Ui;

impl Ui {
    /// Shows that something takes its time, until what is returned is dropped.
    pub(crate) fn progress(&self, doing: &str) -> Progress {
        let doing = clean(doing).into_owned();
        if self.shows_progress {
            self.end_progress();
            let bar = ProgressBar::new_spinner();
            self.show(bar, "{spinner} {msg} ({prefix}{elapsed}){wait}", doing);
        } else {
            self.say(&doing);
        }
        Progress { ui: self.clone() }
    }

    /// Shows how many of so many things are done, until what is returned is dropped.
    pub(crate) fn count(&self, doing: &str, all: usize) -> Progress {
        let doing = clean(doing).into_owned();
        if self.shows_progress {
            self.end_progress();
            let bar = ProgressBar::new(u64::try_from(all).unwrap_or(u64::MAX));
            let template = "{spinner} {msg} {pos} of {len} [{bar:30}] about {eta} left{wait}";
            self.show(bar, template, doing);
        } else {
            self.say(&format!("{doing} {all}"));
        }
        Progress { ui: self.clone() }
    }

    /// Shows a progress, with the seconds that are left of a wait.
    fn show(&self, bar: ProgressBar, template: &str, doing: String) {
        self.wait.store(0, Ordering::Relaxed);
        let until = Arc::clone(&self.wait);
        let left = move |state: &ProgressState, writer: &mut dyn fmt::Write| {
            let left = until.load(Ordering::Relaxed).saturating_sub(state.elapsed().as_secs());
            if left > 0 {
                // It writes into memory.
                write!(writer, ", waiting {left} s").ok();
            }
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.with_key("wait", left));
        }
        bar.set_message(doing);
        bar.enable_steady_tick(Duration::from_millis(120));
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar);
    }

    /// Reports a wait before a request is repeated, and counts down where progress is shown.
    pub(crate) fn report_wait(&self, wait: &Wait) {
        let reason = match wait.reason {
            WaitReason::RateLimited => "rate limited".to_owned(),
            WaitReason::Failed(status) => format!("the server failed with status {status}"),
            WaitReason::Lost(kind) => kind.to_string(),
        };
        let Wait { attempt, attempts, .. } = wait;
        let seconds = wait.delay.as_secs_f64().ceil();
        self.say(&format!("{reason}: attempt {attempt} of {attempts} in {seconds} s"));
        let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(bar) = progress {
            let until = bar.elapsed().saturating_add(wait.delay).as_secs() + 1;
            self.wait.store(until, Ordering::Relaxed);
        }
    }

    /// Reports how much of a list has been read, beside the progress that is shown.
    pub(crate) fn report_page(&self, page: &PageRead) {
        let progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(bar) = progress {
            let PageRead { list, number, items } = page;
            bar.set_prefix(format!("{items} in {number} pages of {list}, "));
        }
    }

    /// Takes away the progress that is shown: a prompt must not be drawn over.
    pub(super) fn end_progress(&self) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = progress.take() {
            bar.finish_and_clear();
        }
    }
}

/// Progress that is shown until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    ui: Ui,
}

impl Progress {
    /// One more thing is done.
    pub(crate) fn advance(&self) {
        let progress = self.ui.progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(bar) = progress {
            bar.inc(1);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.ui.end_progress();
    }
}
