//! The documentation that is made from the program itself.

use std::path::Path;

use audit::kinds::Kind;
use expect_test::expect_file;

use crate::support::TestWorld;

#[test]
fn every_check_is_documented() {
    let mut text = "# The checks\n\n".to_owned();
    text.push_str(
        "A check is a rule of the audit.\n\
         The report names what it finds by the check's id.\n\
         `checks.off` in the configuration switches it off by that id; the report then says so.\n\
         While what it needs beyond the readable part of the roster is not known, the check is \
         *unknown*: it finds nothing and clears nobody, and the report says why.\n\
         Its evidence is what it saw; a decision about a finding counts while that stays the same.\n\
         This page is written by `cargo xtask docs` from the table of checks in the crate \
         `audit`.\n",
    );
    for spec in Kind::ALL.iter().map(|kind| kind.spec()) {
        text.push_str(&format!("\n## {}\n", spec.system));
        for check in spec.checks {
            let needs: Vec<_> = check.needs.iter().map(|need| need.describe()).collect();
            let needs =
                if needs.is_empty() { "the roster alone".to_owned() } else { needs.join(", ") };
            text.push_str(&format!(
                "\n### `{}`\n\n{}\n\n* Needs: {needs}.\n* Who is asked: {}.\n* How to fix it: {}\n\
                 * Evidence: {}.\n",
                check.id,
                check.finds,
                check.asked.describe(),
                check.fix,
                check.evidence,
            ));
        }
    }
    expect_file!["../docs/checks.md"].assert_eq(&text);
}

/// Whoever copies them gets what they say.
#[test]
fn the_settings_in_the_readme_are_taken() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("../../README.md")).unwrap();
    let (_, settings) = readme.split_once("```toml\n").unwrap();
    let (settings, _) = settings.split_once("```").unwrap();
    let test = TestWorld::demo();
    test.write("readme.toml", settings);
    let ran = test.run(&["config", "--config", "readme.toml"]).success();
    let taken = ran.stdout.lines().filter(|line| line.ends_with("readme.toml")).count();
    assert_eq!(taken, 17, "{}", ran.stdout);
}

/// The names of a crate's modules that are files or folders of their own, and of those one below.
fn modules(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let is_module = path.is_dir() || path.extension().is_some_and(|it| it == "rs");
        if is_module && !["lib", "mod", "tests"].contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

#[test]
fn every_module_stands_in_the_architecture() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("../../docs/architecture.md")).unwrap();
    for folder in [
        "src",
        "src/commands",
        "src/gather",
        "src/execute",
        "../audit/src",
        "../audit/src/followup",
        "../audit/src/record",
        "../audit/src/steps",
    ] {
        let modules = modules(&root.join(folder));
        assert!(modules.len() > 2, "{folder}");
        for module in modules {
            assert!(text.contains(&format!("`{module}`")), "{module} of {folder} is not told of");
        }
    }
}

/// Every page that a page points to is there.
#[test]
fn no_page_points_to_nothing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let docs = std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = docs.filter(|path| path.extension().is_some_and(|it| it == "md"));
    for page in pages.chain([root.join("README.md")]) {
        let text = std::fs::read_to_string(&page).unwrap();
        for rest in text.split("](").skip(1) {
            let target = rest.split([')', '#']).next().unwrap();
            if !target.is_empty() && !target.contains("://") {
                let path = page.parent().unwrap().join(target);
                assert!(path.exists(), "{}: {target}", page.display());
            }
        }
    }
}

/// Every name of a test on a page is that of a test: `tests/config.rs: every_key_has_a_default`.
#[test]
fn the_tests_that_a_page_names_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let pages = ["docs/security.md", "docs/tried.md"];
    let rows = pages.map(|page| std::fs::read_to_string(root.join(page)).unwrap()).concat();
    let mut count = 0;
    let is_head = |line: &str| line.starts_with("| who |") || line.starts_with("| what |");
    for row in rows.lines().filter(|line| line.starts_with("| ") && !is_head(line)) {
        let Some(cell) = row.trim_end_matches(" |").rsplit(" | ").next() else { continue };
        if cell.starts_with("---") {
            continue;
        }
        for named in cell.split(", ") {
            let (file, test) = named.trim_matches('`').split_once(": ").unwrap();
            let source = std::fs::read_to_string(root.join(file));
            let source = source.unwrap_or_else(|error| panic!("{file}: {error}"));
            let (_, after) = source.split_once(&format!("fn {test}(")).unwrap_or_else(|| {
                panic!("{file} has no test {test}");
            });
            let before = &source[..source.len() - after.len()];
            let attributes = before.rsplit("\n\n").next().unwrap();
            assert!(attributes.contains("test]"), "{file}: {test} is not a test");
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
}

/// Every step of a walk through the code is a function in that file: `crates/api/src/lib.rs: name`.
#[test]
fn the_functions_that_the_architecture_names_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = std::fs::read_to_string(root.join("docs/architecture.md")).unwrap();
    let mut count = 0;
    for span in page.split('`').skip(1).step_by(2).filter(|span| span.starts_with("crates/")) {
        let (file, function) = span.split_once(": ").unwrap_or((span, ""));
        let path = root.join(file);
        assert!(path.exists(), "{file}");
        if !function.is_empty() {
            let source = std::fs::read_to_string(path).unwrap();
            let is_there =
                ["(", "<"].iter().any(|it| source.contains(&format!("fn {function}{it}")));
            assert!(is_there, "{file} has no function {function}");
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}
