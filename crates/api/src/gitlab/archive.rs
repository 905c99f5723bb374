//! Unpacks the archive of a repository.

use std::fmt;
use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use tar::{Entry, EntryType};

/// How large an unpacked archive may be: a few kilobytes can unpack to gigabytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The unpacked bytes, including headers and padding.
    pub(crate) bytes: u64,
    /// The entries of all types.
    pub(crate) entries: usize,
}

/// The limits for a folder with a file for each person.
pub(crate) const LIMITS: Limits = Limits { bytes: 256 * 1024 * 1024, entries: 200_000 };

/// A folder of a repository at one commit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Archive {
    /// The commit that was archived. Git writes it into the archive's global header (`git archive`,
    /// "the commit ID is stored in a global extended pax header").
    pub commit_id: Option<String>,
    /// The regular files, in the archive's order.
    pub files: Vec<ArchiveFile>,
    /// The paths of entries that are neither files nor folders, such as symlinks. They are not
    /// followed.
    pub skipped: Vec<String>,
}

/// A file of an archive.
#[derive(Clone, PartialEq, Eq)]
pub struct ArchiveFile {
    /// The path from the repository's root, with `/`. Bytes that are not UTF-8 are replaced.
    pub path: String,
    /// The contents.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for ArchiveFile {
    /// Shows the length instead of the contents, which are about people.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ArchiveFile")
            .field("path", &self.path)
            .field("length", &self.bytes.len())
            .finish()
    }
}

/// Why an archive could not be unpacked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// It ends early, or a checksum is wrong.
    Damaged(String),
    /// It exceeds this limit.
    TooLarge(String),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// Unpacks a gzipped tar and verifies it to its last byte.
pub(crate) fn unpack(bytes: &[u8], limits: Limits) -> Result<Archive, Broken> {
    let mut tar = tar::Archive::new(MultiGzDecoder::new(bytes).take(limits.bytes + 1));
    let read = read_entries(&mut tar, limits);
    let mut reader = tar.into_inner();
    // The checksum of gzip comes after the end of the tar.
    let read = read.and_then(|archive| {
        io::copy(&mut reader, &mut io::sink())?;
        Ok(archive)
    });
    if reader.limit() == 0 {
        return Err(Broken::TooLarge(format!("{} MiB unpacked", limits.bytes / 1024 / 1024)));
    }
    read
}

fn read_entries<R: Read>(tar: &mut tar::Archive<R>, limits: Limits) -> Result<Archive, Broken> {
    let mut archive = Archive::default();
    for (index, entry) in tar.entries()?.enumerate() {
        if index >= limits.entries {
            return Err(Broken::TooLarge(format!("{} entries", limits.entries)));
        }
        let mut entry = entry?;
        let path = relative_path(&entry);
        match entry.header().entry_type() {
            EntryType::XGlobalHeader => archive.commit_id = comment(&mut entry)?,
            EntryType::Directory => {}
            EntryType::Regular | EntryType::Continuous => {
                // A file that ends early is noticed when the next header is read.
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes)?;
                archive.files.push(ArchiveFile { path, bytes });
            }
            _ => archive.skipped.push(path),
        }
    }
    Ok(archive)
}

/// The path without the folder that GitLab wraps around everything.
fn relative_path<R: Read>(entry: &Entry<'_, R>) -> String {
    let bytes = entry.path_bytes();
    let path = String::from_utf8_lossy(&bytes);
    path.split_once('/').map_or_else(|| path.to_string(), |(_, path)| path.to_owned())
}

fn comment<R: Read>(entry: &mut Entry<'_, R>) -> Result<Option<String>, Broken> {
    for extension in entry.pax_extensions()?.into_iter().flatten() {
        let extension = extension?;
        if extension.key() == Ok("comment") {
            return Ok(extension.value().ok().map(str::to_owned));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use tar::{Builder, Header};

    use super::*;

    const COMMIT: &str = "99651f804fe948fba0e6021cce8452783ba7a543";

    fn header(kind: EntryType, size: usize) -> Header {
        let mut header = Header::new_ustar();
        header.set_entry_type(kind);
        header.set_size(size as u64);
        header.set_mode(0o644);
        header.set_cksum();
        header
    }

    fn add(tar: &mut Builder<Vec<u8>>, kind: EntryType, path: &str, bytes: &[u8]) {
        tar.append_data(&mut header(kind, bytes.len()), path, bytes).unwrap();
    }

    /// A tar as git makes it.
    fn sample() -> Vec<u8> {
        let mut tar = Builder::new(Vec::new());
        let comment = format!("52 comment={COMMIT}\n");
        assert_eq!(comment.len(), 52);
        add(&mut tar, EntryType::XGlobalHeader, "pax_global_header", comment.as_bytes());
        add(&mut tar, EntryType::Directory, "team-99651f8-data/", b"");
        add(&mut tar, EntryType::Regular, "team-99651f8-data/data/a.yaml", b"name: Ada\n");
        add(&mut tar, EntryType::Regular, "team-99651f8-data/data/empty.yaml", b"");
        let long = format!("team-99651f8-data/data/{}.yaml", "x".repeat(200));
        add(&mut tar, EntryType::Regular, &long, b"long");
        tar.append_link(
            &mut header(EntryType::Symlink, 0),
            "team-99651f8-data/data/link.yaml",
            "/etc/passwd",
        )
        .unwrap();
        tar.into_inner().unwrap()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn damage(bytes: &[u8]) -> String {
        match unpack(bytes, LIMITS) {
            Err(Broken::Damaged(detail)) => detail,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn files_come_with_their_paths_and_the_commit() {
        let archive = unpack(&gzip(&sample()), LIMITS).unwrap();
        assert_eq!(archive.commit_id.as_deref(), Some(COMMIT));
        let files: Vec<(&str, &[u8])> =
            archive.files.iter().map(|file| (&*file.path, &*file.bytes)).collect();
        let long = format!("data/{}.yaml", "x".repeat(200));
        let expected: [(&str, &[u8]); 3] =
            [("data/a.yaml", b"name: Ada\n"), ("data/empty.yaml", b""), (&long, b"long")];
        assert_eq!(files, expected);
        assert_eq!(archive.skipped, ["data/link.yaml"]);
    }

    #[test]
    fn an_archive_without_a_commit_is_read() {
        let mut tar = Builder::new(Vec::new());
        add(&mut tar, EntryType::Regular, "top/a", b"1");
        let archive = unpack(&gzip(&tar.into_inner().unwrap()), LIMITS).unwrap();
        assert_eq!((archive.commit_id, archive.files.len()), (None, 1));
    }

    #[test]
    fn every_truncation_is_noticed() {
        let whole = gzip(&sample());
        for length in 0..whole.len() {
            let detail = damage(&whole[..length]);
            assert!(!detail.is_empty(), "cut at {length}");
        }
    }

    #[test]
    fn every_flipped_checksum_byte_is_noticed() {
        let whole = gzip(&sample());
        for offset in 1..=8 {
            let mut bytes = whole.clone();
            let index = bytes.len() - offset;
            bytes[index] ^= 0x40;
            damage(&bytes);
        }
    }

    #[test]
    fn a_tar_that_ends_within_a_file_is_damaged_although_its_gzip_is_complete() {
        let mut tar = Builder::new(Vec::new());
        add(&mut tar, EntryType::Regular, "top/a", &[7; 1000]);
        let bytes = tar.into_inner().unwrap();
        for length in [700, 1511] {
            damage(&gzip(&bytes[..length]));
        }
    }

    #[test]
    fn anything_but_an_archive_is_damaged() {
        damage(b"<html>sign in</html>");
        damage(&gzip(&[b'x'; 2048]));
    }

    #[test]
    fn a_bomb_is_stopped() {
        let zeros = gzip(&vec![0; 4 << 20]);
        assert!(zeros.len() < 8192);
        let limits = Limits { bytes: 1 << 20, entries: 10 };
        let expected = Err(Broken::TooLarge("1 MiB unpacked".to_owned()));
        assert_eq!(unpack(&zeros, limits), expected);

        let mut tar = Builder::new(Vec::new());
        add(&mut tar, EntryType::Regular, "top/a", &vec![0; 4 << 20]);
        assert_eq!(unpack(&gzip(&tar.into_inner().unwrap()), limits), expected);
    }

    #[test]
    fn the_limits_themselves_are_allowed() {
        let tar = sample();
        let bytes = tar.len() as u64;
        let entries = 6;
        assert!(unpack(&gzip(&tar), Limits { bytes, entries }).is_ok());
        let too_many = unpack(&gzip(&tar), Limits { bytes, entries: entries - 1 });
        assert_eq!(too_many, Err(Broken::TooLarge("5 entries".to_owned())));
        let too_long = unpack(&gzip(&tar), Limits { bytes: bytes - 1, entries });
        assert!(matches!(too_long, Err(Broken::TooLarge(_))), "{too_long:?}");
    }
}
