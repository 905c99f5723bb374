//! What is being done, as a line that moves.

use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use api::{PageRead, Wait, WaitReason};
use audit::text::clean;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::Ui;
use super::running::Running;

impl Ui {
    /// Shows that something takes its time, until what is returned is dropped.
    ///
    /// Of several things at once the one that began first is shown.
    pub(crate) fn progress(&self, doing: &str) -> Progress {
        let doing = clean(doing).into_owned();
        if !self.shows_progress {
            self.say(&doing);
        } else if self.bar().is_none() {
            let bar = ProgressBar::new_spinner();
            self.show(bar, "{spinner} {msg} ({prefix}{elapsed}){wait}", &doing);
        }
        self.begin(doing)
    }

    /// Shows how many of so many things are done, until what is returned is dropped.
    pub(crate) fn count(&self, doing: &str, all: usize) -> Progress {
        let doing = clean(doing).into_owned();
        if self.shows_progress {
            self.end_progress();
            let bar = ProgressBar::new(u64::try_from(all).unwrap_or(u64::MAX));
            let template = "{spinner} {msg} {pos} of {len} [{bar:30}] about {eta} left{wait}";
            self.show(bar, template, &doing);
        } else {
            self.say(&format!("{doing} {all}"));
        }
        self.begin(doing)
    }

    /// Notes that something is under way.
    fn begin(&self, doing: String) -> Progress {
        let mut running = self.running();
        running.begun += 1;
        let number = running.begun;
        running.tasks.push((number, doing));
        drop(running);
        Progress { ui: self.clone(), number }
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The progress that is shown now.
    pub(super) fn bar(&self) -> Option<ProgressBar> {
        self.running().bar.clone()
    }

    /// Shows a progress, with the seconds that are left of a wait.
    fn show(&self, bar: ProgressBar, template: &str, doing: &str) {
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
        bar.set_message(doing.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        self.running().bar = Some(bar);
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
        if let Some(bar) = self.bar() {
            let until = bar.elapsed().saturating_add(wait.delay).as_secs() + 1;
            self.wait.store(until, Ordering::Relaxed);
        }
    }

    /// Reports how much of a list has been read, beside the progress that is shown.
    pub(crate) fn report_page(&self, page: &PageRead) {
        if let Some(bar) = self.bar() {
            let PageRead { list, number, items } = page;
            bar.set_prefix(format!("{items} in {number} pages of {list}, "));
        }
    }

    /// Takes away the progress that is shown: a prompt must not be drawn over.
    pub(super) fn end_progress(&self) {
        let mut running = self.running();
        running.tasks.clear();
        if let Some(bar) = running.bar.take() {
            bar.finish_and_clear();
        }
    }

    /// Goes on with what is still under way, or takes the progress away.
    fn end(&self, number: u64) {
        let mut running = self.running();
        running.tasks.retain(|(task, _)| *task != number);
        match (running.tasks.first().cloned(), running.bar.as_ref()) {
            (Some((_, doing)), Some(bar)) => bar.set_message(doing),
            (None, Some(bar)) => {
                bar.finish_and_clear();
                running.bar = None;
            }
            (_, None) => {}
        }
    }
}

/// Progress that is shown until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    ui: Ui,
    number: u64,
}

impl Progress {
    /// One more thing is done.
    pub(crate) fn advance(&self) {
        if let Some(bar) = self.ui.bar() {
            bar.inc(1);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.ui.end(self.number);
    }
}
