//! Rendered with the engine that GitLab renders with, untrusted text is nothing but text.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};
use proptest::prelude::*;

use super::*;
use crate::text::clean;

/// The syntax that GitLab switches on (GitLab docs: GitLab Flavored Markdown), and some more.
fn options() -> Options<'static> {
    let mut options = Options::default();
    let syntax = &mut options.extension;
    syntax.alerts = true;
    syntax.autolink = true;
    syntax.description_lists = true;
    syntax.footnotes = true;
    syntax.inline_footnotes = true;
    syntax.math_code = true;
    syntax.math_dollars = true;
    syntax.multiline_block_quotes = true;
    syntax.strikethrough = true;
    syntax.table = true;
    syntax.tasklist = true;
    syntax.wikilinks_title_before_pipe = true;
    options.parse.relaxed_autolinks = true;
    options
}

/// A rendered cell or item: its text, and how much of it GitLab would look for references in.
#[derive(Debug, Default, PartialEq, Eq)]
struct Rendered {
    text: String,
    live: String,
    links: Vec<String>,
    /// Nodes that are no text, code or link.
    others: Vec<String>,
}

impl Rendered {
    fn of<'a>(node: &'a AstNode<'a>) -> Self {
        let mut rendered = Self::default();
        for node in node.descendants().skip(1) {
            match &node.data.borrow().value {
                NodeValue::Text(text) => {
                    rendered.text.push_str(text);
                    rendered.live.push_str(text);
                }
                NodeValue::Code(code) => rendered.text.push_str(&code.literal),
                NodeValue::Link(link) => rendered.links.push(link.url.clone()),
                NodeValue::Paragraph => {}
                other => rendered.others.push(format!("{other:?}")),
            }
        }
        rendered
    }
}

/// The cells of a table of one column whose only row holds `cell`, and what stands around it.
fn in_a_table(cell: &Markdown) -> Vec<Rendered> {
    let head = row(&[
        Markdown::literal("Before"),
        Markdown::literal("Untrusted"),
        Markdown::literal("After"),
    ]);
    let line = row(&vec![Markdown::literal("---"); 3]);
    let row = row(&[Markdown::literal("before"), cell.clone(), Markdown::literal("after")]);
    let arena = Arena::new();
    let root = parse_document(&arena, &format!("{head}{line}{row}"), &options());
    let blocks: Vec<_> = root.children().collect();
    assert_eq!(blocks.len(), 1, "{row}");
    let rows: Vec<_> = blocks[0].children().collect();
    assert_eq!(rows.len(), 2, "{row}");
    rows[1].children().map(Rendered::of).collect()
}

/// The only item of a list that holds `content`.
fn in_a_list(content: &Markdown) -> Rendered {
    let arena = Arena::new();
    let content = Markdown::literal("Before: ").and(content).and(Markdown::literal("."));
    let root = parse_document(&arena, &item(&content), &options());
    let blocks: Vec<_> = root.children().collect();
    assert_eq!(blocks.len(), 1, "{content}");
    let items: Vec<_> = blocks[0].children().collect();
    assert_eq!(items.len(), 1, "{content}");
    Rendered::of(items[0])
}

/// Cells are compared without their outer space, and with every space one.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn assert_harmless(untrusted: &str) {
    for markdown in [
        Markdown::untrusted_or_link(untrusted, "https://calendly.com/"),
        Markdown::untrusted(untrusted),
        Markdown::code(untrusted),
    ] {
        let cells = in_a_table(&markdown);
        assert_eq!(cells.len(), 3, "{untrusted:?} as {markdown}");
        assert_eq!((&*cells[0].text, &*cells[2].text), ("before", "after"), "{untrusted:?}");
        let in_list = in_a_list(&markdown);
        for rendered in [&cells[1], &in_list] {
            assert_eq!(rendered.others, [""; 0], "{untrusted:?} as {markdown}");
            let live = rendered.live.strip_prefix("Before: ").unwrap_or(&rendered.live);
            let live = live.strip_suffix('.').unwrap_or(live);
            match rendered.links.as_slice() {
                [] => assert!(live.chars().all(is_harmless), "{untrusted:?}: {live:?}"),
                [link] => assert_eq!(link, live, "{untrusted:?}"),
                links => panic!("{untrusted:?}: {links:?}"),
            }
            for link in &rendered.links {
                assert!(link.starts_with("https://calendly.com/"), "{untrusted:?}: {link}");
            }
        }
        let expected = clean(untrusted).replace("\\|", "\\ |");
        assert_eq!(words(&cells[1].text), words(&expected), "{untrusted:?} as {markdown}");
    }
}

const HOSTILE: [&str; 50] = [
    "| x |",
    "a | b",
    "a \\| b",
    "a \\\\| b",
    "\\",
    "`",
    "``` ` ```",
    "`a``b|c```",
    " `padded` ",
    "@all",
    "@ada",
    "ada@example.com",
    "group/project#1",
    "#1",
    "!2",
    "$3",
    "~bug",
    "%milestone",
    "&4",
    "/close",
    "a\n/close",
    "a\r\n\r\n/close\r\n",
    "a\u{2028}/close",
    "a\u{b}/close",
    "<!--",
    "-->",
    "<details>",
    "<img src=x onerror=alert(1)>",
    "](javascript:alert(1))",
    "[x](javascript:alert(1))",
    "[[wiki]]",
    "![image](https://evil.example/x.png)",
    "https://evil.example/",
    "www.evil.example",
    "x www.evil.example",
    "WWW.evil.example",
    "javascript:alert(1)",
    "*bold*",
    "_under_",
    "~~struck~~",
    "$`math`$",
    "$$math$$",
    ":smile:",
    "&#64;all",
    "&amp;",
    "deadbeef1",
    "ABC-123",
    "- item",
    "1. item",
    "[ ] task",
];

#[test]
fn hostile_texts_are_only_texts() {
    for text in HOSTILE {
        assert_harmless(text);
        assert_harmless(&format!("Ada {text} Lovelace"));
    }
    for text in ["\x1b[31mred\x1b[0m", "\u{202e}evil", "\u{200b}@all", "\u{feff}/close", "", " "] {
        assert_harmless(text);
    }
}

#[test]
fn ordinary_names_read_as_names() {
    for name in ["Ada Lovelace", "Zoë O'Neil-李", "J. R. Smith, Jr.", "Jean-Luc", "Ada 2", "Decade"]
    {
        assert_eq!(Markdown::untrusted(name).to_string(), name);
    }
}

#[test]
fn what_gitlab_would_link_stands_in_code() {
    for text in
        ["deadbee", "Ada deadbeef", "ABC-123", "abc-1", "www.x.example", "Ada@home", "2 Ada"]
    {
        assert_eq!(Markdown::untrusted(text).to_string(), format!("`{text}`"));
    }
}

#[test]
fn only_addresses_below_the_kinds_base_are_links() {
    let linked = |text: &str| {
        let markdown = Markdown::untrusted_or_link(text, "https://calendly.com/");
        assert_ne!(Markdown::untrusted(text).to_string(), format!("<{text}>"));
        markdown.to_string() == format!("<{text}>")
    };
    for text in ["https://calendly.com/ada", "https://calendly.com/a.b-c_d/30min"] {
        assert!(linked(text), "{text}");
    }
    for text in [
        "http://calendly.com/ada",
        "https://calendly.com.evil.example/ada",
        "https://calendly.com@evil.example/",
        "https://calendly.com/ada?x=1",
        "https://calendly.com/ada>",
        "https://calendly.com/ädä",
        "https://evil.example/",
    ] {
        assert!(!linked(text), "{text}");
    }
}

#[test]
fn nothing_is_a_link_below_an_empty_base() {
    for text in ["Ada", "script", "", "https://calendly.com/ada"] {
        let markdown = Markdown::untrusted_or_link(text, "");
        assert_eq!(markdown, Markdown::untrusted(text), "{text}");
    }
}

/// Texts made of what GitLab acts on.
fn untrusted() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => proptest::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned),
        3 => "[`|\\\\<>@/#!$~%&*_\\[\\](){}:;.,'\" -]{1,6}",
        2 => "[a-zA-Z0-9]{1,8}",
        1 => "\\PC{1,4}",
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_only_text(text in untrusted()) {
        assert_harmless(&text);
    }
}

#[test]
fn a_document_is_made_of_blocks() {
    let user = User { id: 1, username: "_dan_".to_owned() };
    let rows = [[Markdown::untrusted("a|b"), Markdown::number(2)]];
    let document = Document::new()
        .heading("Findings")
        .paragraph(Markdown::mention(&user).and(": please look at ").and(Markdown::code("/close")))
        .list([])
        .list([Markdown::untrusted("Ada"), Markdown::untrusted("- 1")])
        .numbered_list([Markdown::link("here", "https://gitlab.example/-/issues/1#note_2")])
        .table(["What", "Count"], rows)
        .append(&Document::new().paragraph(join(["a", "b"].map(Markdown::literal), ", ")));
    expect_test::expect![[r#"
        ## Findings

        @\_dan\_: please look at `/close`

        - Ada
        - `- 1`

        1. [here](https://gitlab.example/-/issues/1#note_2)

        | What | Count |
        | --- | --- |
        | `a\|b` | 2 |

        a, b"#]]
    .assert_eq(&document.to_string());
}

#[test]
fn a_link_leads_to_a_web_address_or_nowhere() {
    for address in
        ["javascript:alert(1)", "https://x.example/a b", "https://x.example/)[", "/close"]
    {
        assert_eq!(Markdown::link("label", address), Markdown::literal("label"), "{address}");
    }
}

#[test]
fn an_underscore_of_a_username_is_no_emphasis() {
    let user = User { id: 1, username: "_dan_".to_owned() };
    let rendered =
        comrak::markdown_to_html(&Markdown::mention(&user).to_string(), &Options::default());
    assert_eq!(rendered, "<p>@_dan_</p>\n");
}
