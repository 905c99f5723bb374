//! Names that others write, and that shall do nothing.

use super::{BEGIN, END, ISSUE, REPORT, begun, is_complete, reports, write};

/// Whether somebody is mentioned, a command is run or a table is broken by any of these, whatever
/// stands around it.
fn names() -> Vec<String> {
    let names = [
        "@all",
        "@nadeyemi",
        "hi @nadeyemi",
        "`@nadeyemi",
        "``` @nadeyemi",
        "\\@nadeyemi",
        "\\",
        "&#64;nadeyemi",
        "` @nadeyemi `",
        "a\\` @nadeyemi",
        "/close",
        "/assign @nadeyemi",
        "|",
        "x\n/close",
        "x\n\n/close\n",
        "x\r\n/confidential\r\n",
        "| x |",
        "a | b",
        "a\\|b",
        "\\|",
        "`a | @nadeyemi",
        "a | `@nadeyemi",
        "-->",
        "<!--",
        "--> @nadeyemi <!--",
        "<!-- sa 0 0 -->",
        "<details>",
        "<pre>",
        "</pre> @nadeyemi",
        "<script>",
        "## Notes",
        "### Support Team",
        "[x](https://evil.example)",
        "![](https://evil.example/x.png)",
        "www.evil.example",
        "deadbeef01",
        "ABC-123",
        "#1",
        "!1",
        "~bug",
        "%1",
        "$1",
        "&1",
        "\u{202e}nadeyemi@",
        "~~~",
        "***",
        "---",
        ":smile:",
        "[[wiki]]",
        "$`@nadeyemi`$",
        "{+ x +}",
        "[x]: /y",
        "\t/close",
        "@\u{200b}nadeyemi",
        "\u{b}/close",
        "\u{2028}/close",
        "\u{85}/close",
        "*@nadeyemi*",
        "a\0b",
    ];
    let marks = [BEGIN, END, ISSUE, REPORT, "<!-- support-audit:begin v1 -->"];
    names.into_iter().chain(marks).map(str::to_owned).collect()
}

#[test]
fn names_do_nothing_but_stand_there() {
    let names = names();
    let test = begun();
    test.change_roster(|content| {
        let mut content = format!("{}\n", content.trim_end());
        for (number, name) in names.iter().enumerate() {
            let name = serde_json::to_string(name).unwrap();
            content.push_str(&format!(
                "- name: {name}\n  calendly: {name}\n  title: {name}\n  reports_to: {name}\n  \
                 email: h{number}@example.com\n  gitlab:\n    id: {}\n    username: {name}\n",
                900_000 + number,
            ));
        }
        content.push_str("- \"@nadeyemi /close | <!-- -->\"\n- name: [\"@nadeyemi\"]\n");
        content
    });
    for _ in 0..2 {
        write(&test, &[]).success();
        assert_eq!(test.sandbox.notifications(), []);
        let [issue] = test.issues().try_into().unwrap();
        assert_eq!(issue.closed, None);
        assert_eq!(issue.title, "Calendly audit FY28-Q1");
        assert!(!issue.confidential && issue.labels.is_empty() && issue.events.is_empty());
        assert_eq!(issue.assignees, [457_520]);
        let content = test.description();
        let found = content.lines().filter(|line| line.starts_with(BEGIN) || *line == END).count();
        assert_eq!(found, 2, "{content}");
        let (_, table) = content.split_once("\n### Support Team\n\n").unwrap();
        let rows: Vec<_> = table.lines().skip(2).take_while(|it| it.starts_with('|')).collect();
        assert!(rows.len() >= 41 + names.len() - 2, "{} rows: {content}", rows.len());
        for row in rows {
            let bars = row.replace("\\|", "").matches('|').count();
            assert_eq!(bars, 6, "{row}");
        }
        // The second turn writes a roster that has changed into what the first one wrote.
        test.change_roster(|content| content.replacen("Rosalind", "Rosa", 1) + "\n");
    }
    write(&test, &[]).success();
    let again = write(&test, &[]).success();
    assert!(again.stderr.contains("Nothing to do"), "{}", again.stderr);
    assert_eq!(reports(&test).len(), 1);
}

#[test]
fn what_people_typed_notifies_nobody_again() {
    let test = super::written();
    test.replace("link-missing <!--", "link-missing @mdaubigny knows <!--");
    let told = test.sandbox.notifications().len();
    test.replace_in_roster("Rosalind", "Rosa");
    write(&test, &[]).success();
    assert!(test.description().contains("@mdaubigny knows"));
    assert_eq!(test.sandbox.notifications().len(), told);
    is_complete(&test);
}
