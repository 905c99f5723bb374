//! The program on a real terminal.

use std::process::Command;
use std::time::Duration;

use rexpect::ReadUntil;
use rexpect::session::{PtySession, spawn_command};
use rustix::termios::{LocalModes, tcgetattr};

use super::{TestWorld, until};

/// A shell on a terminal of its own, which shows what is typed unless a program prevents it.
pub(crate) struct Terminal {
    session: PtySession,
    /// Everything that was shown.
    shown: String,
}

impl Terminal {
    /// Runs a command of a shell in which `$BIN` is the program; [`Terminal::exits`] reads how it
    /// ended.
    pub(crate) fn start(test: &TestWorld, command: &str) -> Self {
        let script = format!(
            "before=$(stty -g); {command}; echo code:$?; \
             if [ \"$before\" = \"$(stty -g)\" ]; then echo as before; fi"
        );
        Self::script(test, &script)
    }

    /// Runs a script of a shell in which `$BIN` is the program.
    pub(crate) fn script(test: &TestWorld, script: &str) -> Self {
        let program = test.command(&[]);
        let mut shell = Command::new("sh");
        // The shell outlives an interrupt, which goes to it too.
        shell.arg("-c").arg(format!("trap : INT; stty sane; {script}\necho done"));
        shell.env_clear().current_dir(program.get_current_dir().unwrap());
        shell.env("TERM", "xterm-256color").env("BIN", program.get_program());
        shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let session = spawn_command(shell, Some(20_000)).unwrap();
        Self { session, shown: String::new() }
    }

    /// Reads until a text is shown.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) -> &mut Self {
        match self.session.exp_string(text) {
            Ok(before) => self.shown.push_str(&format!("{before}{text}")),
            Err(error) => panic!("{text:?} was not shown after {:?}: {error}", self.shown),
        }
        self
    }

    /// Waits until nothing that is typed is shown any more: what came before would be lost.
    #[track_caller]
    fn wait_for_prompt(&self) {
        let terminal = self.session.process().get_file_handle().unwrap();
        let is_shown = || tcgetattr(&terminal).unwrap().local_modes.contains(LocalModes::ECHO);
        until("a hidden prompt", || !is_shown());
    }

    /// Presses keys at a prompt.
    #[track_caller]
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        self.wait_for_prompt();
        self.type_now(keys);
        self
    }

    /// Types a line at a prompt.
    #[track_caller]
    pub(crate) fn type_line(&mut self, line: &str) -> &mut Self {
        self.press(&format!("{line}\n"))
    }

    /// Types without waiting for a prompt.
    pub(crate) fn type_now(&mut self, keys: &str) {
        self.session.send(keys).unwrap();
        self.session.flush().unwrap();
    }

    /// Chooses from a list by moving down to the entry; the list must end with `last`.
    #[track_caller]
    pub(crate) fn choose(&mut self, entry: &str, last: &str) {
        let before = self.shown.len();
        self.wait_for(last);
        let offered = self.shown.get(before..).unwrap();
        let mut entries = offered.lines().filter(|line| !line.contains('?'));
        let index = entries.position(|line| line.contains(entry));
        let index = index.unwrap_or_else(|| panic!("{entry:?} is not offered: {offered:?}"));
        // The rest of the line of the question comes first.
        let downs = "j".repeat(index - 1);
        self.press(&format!("{downs}\r"));
    }

    /// Interrupts the program at its prompt.
    #[track_caller]
    pub(crate) fn interrupt_prompt(&mut self) {
        self.wait_for_prompt();
        // It shows its prompt before it is ready for an interrupt.
        std::thread::sleep(Duration::from_millis(200));
        self.interrupt();
    }

    /// Interrupts the program.
    pub(crate) fn interrupt(&mut self) {
        self.session.send_control('c').unwrap();
    }

    /// Everything that was shown so far.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// Reads to the end of the script, and gives everything that was shown.
    #[track_caller]
    pub(crate) fn finish(mut self) -> String {
        self.wait_for("done\r\n");
        let rest = self.session.exp_any(vec![ReadUntil::EOF]).unwrap();
        assert_eq!(rest.0, "");
        self.shown
    }

    /// Reads to the end, and refuses another exit code or a terminal that is not as it was before:
    /// echo, line editing, cursor.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> String {
        let shown = self.finish();
        assert!(shown.contains(&format!("code:{code}\r\n")), "{shown}");
        assert!(shown.contains("as before\r\n"), "{shown}");
        let hidden = shown.rfind("\u{1b}[?25l");
        let visible = shown.rfind("\u{1b}[?25h");
        assert!(hidden.is_none() || hidden < visible, "the cursor is hidden: {shown:?}");
        shown
    }
}
