//! The documentation that is made from the program itself.

use audit::kinds::Kind;
use expect_test::expect_file;

#[test]
fn every_check_is_documented() {
    let spec = Kind::Calendly.spec();
    let mut text = format!("# The checks of the {} audit\n\n", spec.system);
    text.push_str(
        "A check is a rule of the audit. The report names what it finds by the check's id, and \
         `checks.off` in the\nconfiguration switches it off by that id; the report then says so. \
         This page is written by `cargo xtask docs`\nfrom the table of checks in the crate `audit`.\n",
    );
    for check in spec.checks {
        text.push_str(&format!(
            "\n## `{}`\n\n{}\n\n* Who is asked: {}.\n* How to fix it: {}\n",
            check.id,
            check.finds,
            check.asked.words(),
            check.fix,
        ));
    }
    expect_file!["../docs/checks.md"].assert_eq(&text);
}
