//! The documentation that is made from the program itself.

use audit::kinds::Kind;
use expect_test::expect_file;

#[test]
fn every_check_is_documented() {
    let spec = Kind::Calendly.spec();
    let mut text = format!("# The checks of the {} audit\n\n", spec.system);
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
    for check in spec.checks {
        let needs: Vec<_> = check.needs.iter().map(|need| need.words()).collect();
        let needs = if needs.is_empty() { "the roster alone".to_owned() } else { needs.join(", ") };
        text.push_str(&format!(
            "\n## `{}`\n\n{}\n\n* Needs: {needs}.\n* Who is asked: {}.\n* How to fix it: {}\n\
             * Evidence: {}.\n",
            check.id,
            check.finds,
            check.asked.words(),
            check.fix,
            check.evidence,
        ));
    }
    expect_file!["../docs/checks.md"].assert_eq(&text);
}
