//! The clients: installed once, each in a folder of its own below the target folder.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::command;
use crate::system::{self, Program};

/// What the clients are started and installed with.
const PROGRAMS: [Program; 4] = [
    Program { name: "python3", package: "python3" },
    Program { name: "pip3", package: "python3-pip" },
    Program { name: "node", package: "nodejs" },
    Program { name: "npm", package: "npm" },
];

/// What the script of glab reads JSON with.
const JQ: Program = Program { name: "jq", package: "jq" };

/// The first of Debian's suites that has glab.
const SUITE: &str = "trixie";

/// What Debian's packages are signed with.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Where the scripts are.
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/conformance");

const REQUIREMENTS: &str = include_str!("../../conformance/requirements.txt");
const READERS: &str = include_str!("../../conformance/readers.txt");
const PACKAGE: &str = include_str!("../../conformance/package.json");
const PACKAGE_LOCK: &str = include_str!("../../conformance/package-lock.json");

/// A client that is there.
#[derive(Debug)]
pub(super) struct Client {
    /// Its name.
    pub(super) name: &'static str,
    /// Its script, but for the argument: the folder of the audit.
    pub(super) script: Command,
}

/// Installs what is not there yet. Only glab may be missing, which is said.
pub(super) fn provide(folder: &Path) -> anyhow::Result<Vec<Client>> {
    let missing = system::provide(&PROGRAMS);
    ensure!(missing.is_empty(), "missing: {}; the clients need them", missing.join(", "));
    let mut clients = vec![
        python_gitlab(&folder.join("python")).context("could not install python-gitlab")?,
        gitbeaker(&folder.join("node")).context("could not install gitbeaker")?,
        differential(&folder.join("readers")).context("could not install PyYAML")?,
    ];
    match glab(&folder.join("glab")) {
        Ok(glab) => clients.push(glab),
        Err(reason) => eprintln!("glab is left out: {reason:#}"),
    }
    Ok(clients)
}

fn python_gitlab(folder: &Path) -> anyhow::Result<Client> {
    once(folder, REQUIREMENTS, || pip_install("requirements.txt", folder))?;
    let mut python = Command::new("python3");
    python.arg(script("python_gitlab.py")).env("PYTHONPATH", folder);
    Ok(Client { name: "python-gitlab", script: python })
}

/// The readers of rosters and accounts that the program's are compared with.
fn differential(folder: &Path) -> anyhow::Result<Client> {
    once(folder, READERS, || pip_install("readers.txt", folder))?;
    let mut python = Command::new("python3");
    python.arg(script("differential.py")).env("PYTHONPATH", folder);
    python.env("SUPPORT_AUDIT_PROGRAM", command::built("debug", "support-audit")?);
    Ok(Client { name: "PyYAML and csv", script: python })
}

/// Installs what a file of requirements names into a folder.
fn pip_install(requirements: &str, folder: &Path) -> anyhow::Result<()> {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    pip.arg("--root-user-action=ignore");
    pip.arg("--requirement").arg(script(requirements));
    fetch(pip.arg("--target").arg(folder))
}

fn gitbeaker(folder: &Path) -> anyhow::Result<Client> {
    once(folder, PACKAGE_LOCK, || {
        fs::write(folder.join("package.json"), PACKAGE)?;
        fs::write(folder.join("package-lock.json"), PACKAGE_LOCK)?;
        let mut npm = Command::new("npm");
        npm.args(["ci", "--loglevel=error", "--ignore-scripts", "--no-audit", "--no-fund"]);
        fetch(npm.current_dir(folder))
    })?;
    // Packages are looked for beside the script.
    let beside = folder.join("gitbeaker.mjs");
    fs::copy(script("gitbeaker.mjs"), &beside).context("could not copy the script")?;
    let mut node = Command::new("node");
    node.arg(beside);
    Ok(Client { name: "gitbeaker", script: node })
}

/// Takes glab out of a Debian package, which need not be of this machine's release.
fn glab(folder: &Path) -> anyhow::Result<Client> {
    ensure!(system::provide(&[JQ]).is_empty(), "missing: jq");
    once(folder, SUITE, || {
        let package = download(&folder.join("apt"), "glab")?;
        let mut unpack = Command::new("dpkg-deb");
        command::run(unpack.arg("--extract").arg(package).arg(folder))?;
        fs::remove_dir_all(folder.join("apt")).context("could not clear apt's folder")
    })?;
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [folder.join("usr/bin")].into_iter().chain(env::split_paths(&path));
    let mut bash = Command::new("bash");
    bash.arg(script("glab.sh")).env("PATH", env::join_paths(folders)?);
    Ok(Client { name: "glab", script: bash })
}

/// Downloads a package of [`SUITE`] from where this machine has its own from. Neither the
/// system's lists nor what is installed are touched.
fn download(folder: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let (lists, archives) = (folder.join("lists"), folder.join("archives"));
    for part in [&lists, &archives] {
        fs::create_dir_all(part.join("partial"))?;
    }
    let of_debian = ["--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"];
    let mirrors = system::answer("apt-get", &[&["indextargets"], &of_debian[..]].concat());
    let mirror = mirrors.as_deref().and_then(|mirrors| mirrors.lines().next());
    let mirror = mirror.context("this machine has no apt source of Debian")?;
    let sources = folder.join("sources.list");
    fs::write(&sources, format!("deb [signed-by={KEYRING}] {mirror} {SUITE} main\n"))?;
    let apt_get = |arguments: &[&str]| {
        let mut apt_get = Command::new("apt-get");
        for (option, value) in [
            ("Dir::Etc::SourceList", sources.as_path()),
            ("Dir::Etc::SourceParts", Path::new("/dev/null")),
            ("Dir::State::Lists", &lists),
            ("Dir::Cache", folder),
            ("Acquire::Languages", Path::new("none")),
            ("Acquire::IndexTargets::deb::DEP-11::DefaultEnabled", Path::new("false")),
            ("Acquire::Retries", Path::new("3")),
            ("APT::Update::Error-Mode", Path::new("any")),
        ] {
            apt_get.arg("--option").arg(format!("{option}={}", value.display()));
        }
        fetch(apt_get.args(arguments).arg("--quiet").current_dir(&archives))
    };
    apt_get(&["update"])?;
    apt_get(&["download", name])?;
    let files = fs::read_dir(&archives)?.collect::<Result<Vec<_>, _>>()?;
    let mut files = files.iter().map(fs::DirEntry::path);
    let is_package = |file: &PathBuf| file.extension().is_some_and(|end| end == "deb");
    files.find(is_package).with_context(|| format!("apt has downloaded no {name}"))
}

/// Installs into an empty folder, unless that was done for the same wish before.
fn once(
    folder: &Path,
    wish: &str,
    install: impl FnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let done = folder.join("installed");
    if fs::read_to_string(&done).is_ok_and(|before| before == wish) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder).context("could not clear the client's folder")?;
    }
    fs::create_dir_all(folder).context("could not make the client's folder")?;
    install()?;
    fs::write(done, wish).context("could not note that the client is there")
}

/// Runs a command that fetches something, with its output on stderr.
fn fetch(command: &mut Command) -> anyhow::Result<()> {
    command::tell(command);
    let program = command.get_program().display().to_string();
    let status = command.stdin(Stdio::null()).stdout(std::io::stderr()).status();
    let status = status.with_context(|| format!("could not start {program}"))?;
    ensure!(status.success(), "{program} failed ({status}); it needs the network, once");
    Ok(())
}

fn script(name: &str) -> PathBuf {
    Path::new(SCRIPTS).join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_installed_once_for_each_wish() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("client");
        let mut times = 0;
        for (wish, left_over) in [("1", false), ("1", true), ("2", false)] {
            once(&folder, wish, || {
                times += 1;
                Ok(())
            })
            .unwrap();
            assert_eq!(folder.join("left over").exists(), left_over);
            fs::write(folder.join("left over"), "").unwrap();
        }
        assert_eq!(times, 2);
        assert!(once(&folder, "3", || anyhow::bail!("no network")).is_err());
        once(&folder, "3", || Ok(())).unwrap();
    }
}
