//! A `tar.gz` of a commit as `git archive` makes it.
//!
//! First a global extended header that holds the commit's id as a comment, then every directory
//! before what is in it, under one top folder; owner `root`, modes 0775 and 0664, the commit's
//! time (git docs: git-archive; seen in the output of git 2.39).

use std::{collections::BTreeSet, io};

use flate2::{Compression, write::GzEncoder};
use tar::{Builder, EntryType, Header};

use crate::repository::{Commit, is_at_or_under};

/// The compressed archive of the files at or under `path` (all if empty), each under
/// `top/` and its full path from the repository's root.
pub(crate) fn tar_gz(commit: &Commit, top: &str, path: &str) -> io::Result<Vec<u8>> {
    let time = u64::try_from(commit.at.as_second()).unwrap_or(0);
    let mut archive = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let comment = format!("52 comment={}\n", commit.id);
    append(&mut archive, EntryType::XGlobalHeader, "pax_global_header", time, comment.as_bytes())?;
    append(&mut archive, EntryType::Directory, &format!("{top}/"), time, b"")?;
    let mut written = BTreeSet::new();
    for (name, file) in commit.files.iter().filter(|(name, _)| is_at_or_under(name, path)) {
        for (end, _) in name.match_indices('/') {
            let directory = name.get(..end).unwrap_or_default();
            if written.insert(directory) {
                let directory = format!("{top}/{directory}/");
                append(&mut archive, EntryType::Directory, &directory, time, b"")?;
            }
        }
        append(&mut archive, EntryType::Regular, &format!("{top}/{name}"), time, &file.bytes)?;
    }
    archive.into_inner()?.finish()
}

fn append(
    archive: &mut Builder<GzEncoder<Vec<u8>>>,
    kind: EntryType,
    name: &str,
    time: u64,
    bytes: &[u8],
) -> io::Result<()> {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(match kind {
        EntryType::XGlobalHeader => 0o666,
        EntryType::Directory => 0o775,
        _ => 0o664,
    });
    header.set_uid(0);
    header.set_gid(0);
    header.set_username("root")?;
    header.set_groupname("root")?;
    header.set_device_major(0)?;
    header.set_device_minor(0)?;
    header.set_mtime(time);
    header.set_size(bytes.len() as u64);
    if header.set_path(name).is_err() {
        // The path is too long for the header, so an extended header before it holds it completely.
        archive.append_pax_extensions([("path", name.as_bytes())])?;
        header.set_path(name.chars().take(60).filter(char::is_ascii).collect::<String>())?;
    }
    header.set_cksum();
    archive.append(&header, bytes)
}
