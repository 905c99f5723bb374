//! Writes results to stdout, and notices when they cannot arrive.

use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Exit, Failure};

/// Whether the program was started without a stdout.
static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Writes a result to stdout. A reader who has seen enough ends it quietly.
pub(crate) fn write_result(text: &str) -> Result<(), Failure> {
    report(write(text))
}

/// Turns the outcome of writing to stdout into what the user is told.
pub(crate) fn report(outcome: io::Result<()>) -> Result<(), Failure> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Ok(()) if WAS_CLOSED.load(Ordering::Relaxed) => {
            Err(Failure::new(Exit::Failed, "could not write the result: stdout is closed"))
        }
        Ok(()) => Ok(()),
        Err(error) => {
            Err(Failure::new(Exit::Failed, format!("could not write the result: {error}")))
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that writes results")]
fn write(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Looks at stdout before the standard library starts: that opens `/dev/null` in the place of a closed
/// stream, where a report would vanish without an error.
#[cfg(unix)]
#[used]
#[expect(unsafe_code, reason = "nothing safe runs before the standard library does")]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
static LOOK_AT_STDOUT: extern "C" fn() = look_at_stdout;

#[cfg(unix)]
extern "C" fn look_at_stdout() {
    let is_closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
    WAS_CLOSED.store(is_closed, Ordering::Relaxed);
}
