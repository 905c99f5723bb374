//! The program itself, and the folders it reads.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::Context as _;
use sandbox::World;

use crate::http::send;

const PROGRAM: &str = env!("CARGO_BIN_EXE_sandbox");

/// An empty folder of this name for one test.
fn folder(name: &str) -> anyhow::Result<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// A started program, which does not outlive a failed test.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        // It may have ended already, which is as good.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn it_prints_a_script_and_serves() -> anyhow::Result<()> {
    let folder = folder("it's a world")?;
    fs::write(
        folder.join("world.toml"),
        "[[users]]\nid = 1\nusername = 'ada'\nname = 'Ada'\nemail = 'ada@example.com'\n\
         [[tokens]]\nvalue = \"it's secret\"\nuser = 'ada'\nscopes = ['api']\n",
    )?;
    fs::write(folder.join("config.toml"), "")?;
    let mut program = Command::new(PROGRAM);
    program.arg("--world").arg(&folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = program.spawn();
    let mut child = Started(child.context("starting the program")?);
    let output = child.0.stdout.take().context("its output is piped")?;
    let lines: Vec<String> = BufReader::new(output).lines().take(4).collect::<Result<_, _>>()?;
    let value = |index: usize, name: &str| {
        let line = lines.get(index).map(String::as_str).unwrap_or_default();
        let value = line.strip_prefix(&format!("export {name}='"));
        value.and_then(|value| value.strip_suffix('\'')).map(str::to_owned)
    };
    let url = value(0, "SUPPORT_AUDIT_GITLAB_URL").context("the first line is GitLab's address")?;
    let seen = send(&url, "GET", "/api/v4/user", &[("PRIVATE-TOKEN", "it's secret")]);
    assert!(value(1, "SUPPORT_AUDIT_CALENDLY_URL").is_some(), "{lines:?}");
    assert_eq!(value(2, "GL_TOKEN").as_deref(), Some(r"it'\''s secret"));
    let config = value(3, "SUPPORT_AUDIT_CONFIG").unwrap_or_default();
    assert!(config.contains(r"it'\''s a world") && config.ends_with("config.toml"), "{config}");
    assert_eq!(seen?.status, 200);
    assert!(child.0.try_wait()?.is_none(), "it runs until it is interrupted");
    interrupt(&mut child.0)?;
    let mut said = String::new();
    child.0.stderr.take().context("its messages are piped")?.read_to_string(&mut said)?;
    assert_eq!(said, "", "nobody was mailed");
    Ok(())
}

#[cfg(unix)]
fn interrupt(child: &mut Child) -> anyhow::Result<()> {
    Command::new("kill").arg(child.id().to_string()).status()?;
    assert!(child.wait()?.success(), "it ends in peace");
    Ok(())
}

#[cfg(not(unix))]
fn interrupt(child: &mut Child) -> anyhow::Result<()> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

#[test]
fn wrong_arguments_are_answered_with_the_usage() -> anyhow::Result<()> {
    for arguments in [&["--help"][..], &["--world"], &["--world", "a", "b"], &["demo"]] {
        let output = Command::new(PROGRAM).args(arguments).output()?;
        assert!(!output.status.success(), "{arguments:?}");
        assert!(String::from_utf8(output.stderr)?.contains("usage: sandbox [--world FOLDER]"));
        assert!(output.stdout.is_empty());
    }
    Ok(())
}

#[test]
fn a_broken_world_is_refused_with_the_place_and_the_reason() -> anyhow::Result<()> {
    let user = "[[users]]\nid = 1\nusername = 'ada'\nname = 'Ada'\nemail = 'a@example.com'\n";
    let token = "[[tokens]]\nvalue = 'x'\nuser = 'bob'\nscopes = []\n";
    let calendly = "[calendly]\norganization = 'o'\ntokens = [{value = 'x', user = 'y'}]\n";
    let person = "[[calendly.users]]\nid = 'U'\nname = 'Y'\nemail = 'y'\nslug = 'y'\n";
    let twin = person.replace("'U'", "'V'").replace("email = 'y'", "email = 'Y'");
    for (text, reason) in [
        ("[[user]]\n".to_owned(), "unknown field `user`"),
        (format!("{user}{user}"), "the user id 1 is there twice"),
        (format!("{user}{token}"), "no user has the username bob"),
        (person.repeat(2), "the Calendly user id U is there twice"),
        (format!("{person}{twin}"), "the Calendly address y is there twice"),
        (calendly.to_owned(), "no Calendly user has the e-mail address y"),
    ] {
        let folder = folder("broken")?;
        fs::write(folder.join("world.toml"), &text)?;
        let error = World::load(&folder).err().map(|error| format!("{error:#}"));
        let error = error.unwrap_or_default();
        assert!(error.contains(reason), "{error}");
        assert!(error.contains("world.toml"), "{error}");
    }
    let error = World::load(Path::new("/nowhere")).err().map(|error| format!("{error:#}"));
    assert!(error.is_some_and(|error| error.contains("nowhere") && error.contains("world.toml")));
    Ok(())
}

#[test]
fn the_files_of_a_folder_are_those_of_the_repository() -> anyhow::Result<()> {
    let folder = folder("files")?;
    let project = "[[projects]]\nid = 7\npath = 'a/b'\nvisibility = 'public'\n\
                   default_branch = 'main'\nrenamed_from = ['a/c']\n";
    fs::write(folder.join("world.toml"), format!("now = '2026-11-22T00:00:00Z'\n{project}"))?;
    fs::create_dir_all(folder.join("repos/a/b/.gitlab/deep"))?;
    fs::write(folder.join("repos/a/b/.gitlab/deep/x"), [0, 255])?;
    let mut world = World::load(&folder)?;
    assert_eq!(world.now.to_string(), "2026-11-22T00:00:00Z");
    assert!(world.config.is_none());
    let head = world.project("a/b")?.repository.head().context("there are files")?;
    let files: Vec<(&str, &[u8])> =
        head.files.iter().map(|(path, file)| (path.as_str(), &*file.bytes)).collect();
    assert_eq!(files, [(".gitlab/deep/x", &[0, 255][..])]);
    Ok(())
}
