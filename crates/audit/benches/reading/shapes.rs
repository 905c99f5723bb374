//! Texts of any size that people may paste, or that somebody makes to be slow to read.

/// Where in the description a text is put.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spot {
    /// Above everything.
    Above,
    /// Behind this line of our region.
    Within(&'static str),
    /// Among the digests of the upper mark.
    UpperMark,
}

/// A shape of text.
#[derive(Debug)]
pub(crate) struct Shape {
    /// What it is called in the tables.
    pub(crate) name: &'static str,
    /// Where it is put.
    pub(crate) spot: Spot,
    /// What it begins with.
    start: &'static str,
    /// What is repeated.
    unit: &'static str,
    /// What its second half repeats instead.
    then: &'static str,
}

/// The row below the head of the table of people.
const RULE: &str = "| --- | --- | --- | --- | --- |\n";

/// The blank line below the upper mark ends it: what follows is text of the region.
const SUMMARY: &str = "### Support Team\n";

const ROW: &str = "| Ada | `ada` |  | none | <!-- sa v1 people 747428ed46519c1f name:99a563ab gitlab:054d6ded link:e3b0c442 account:b23a6a84 findings:6c2ef3f1 --> |\n";

const fn above(name: &'static str, unit: &'static str) -> Shape {
    Shape { name, spot: Spot::Above, start: "", unit, then: unit }
}

const fn row(name: &'static str, start: &'static str, unit: &'static str) -> Shape {
    Shape { name, spot: Spot::Within(RULE), start, unit, then: unit }
}

/// Every shape that is measured.
pub(crate) const SHAPES: [Shape; 40] = [
    above(
        "prose",
        "Somebody wrote a few words, *with* some `Markdown` in [them](https://a.example).\n\n",
    ),
    above("one line of prose", "a few words "),
    above("blank lines", "\n"),
    above("headings", "# A\n"),
    above("fences of code", "```\n"),
    above("quotes in quotes", "> "),
    above("lists in lists", "+ "),
    Shape { then: "\n", ..above("lists in lists, then blank lines", "+ ") },
    Shape { then: "\n> a", ..above("quotes in quotes, then lines", "> ") },
    Shape { then: "\n", ..above("numbered lists in quotes, then blank lines", "> 1. ") },
    above("lists and blank lines", "- a\n\n"),
    above("open comments", "<!-- a\n"),
    above("open comments in a line", "a <!-- "),
    above("open declarations in a line", "a <!A <? <![CDATA["),
    above("open tags", "<a b='"),
    above("open brackets", "["),
    above("open images", "![a]("),
    above("links without an end", "[a](<b"),
    above("emphasis", "*a **a _a "),
    above("emphasis that is closed", "*a_ "),
    above("back-ticks", "` `` ``` ```` "),
    above("backslashes", "\\"),
    above("entities", "&a"),
    above("link definitions", "[a]: b\n"),
    above("carriage returns", "a\r"),
    above(
        "markers",
        "<!-- support-audit v1 calendly FY28-Q1 record accept/link-missing/e0123456789abcdef/89abcdef/1/at=20270201T090000Z -->\n\n",
    ),
    above("marks", "<!-- support-audit:begin v1 5070d986 -->\n\n<!-- support-audit:end -->\n\n"),
    above("torn stamps in a line", "<!-- sa "),
    row("one cell", "| ", "x"),
    row("one cell of words", "| ", "a "),
    row("empty cells", "", "|"),
    row("torn stamps in a row", "| ", "<!-- sa v1 people 747428ed46519c1f "),
    row("stamps in a row", "| ", "<!-- sa v1 people 747428ed46519c1f name:99a563ab --> "),
    row("rows", "", ROW),
    row("rows without a stamp", "", "| Ada | `ada` |  | none |  |\n"),
    row("short rows", "", "a\n"),
    Shape { then: "a\n", ..row("a wide row, then short ones", "", "|") },
    Shape { spot: Spot::Within(SUMMARY), ..above("text among ours", "a\n\n") },
    Shape {
        then: "|\na",
        spot: Spot::Within(SUMMARY),
        ..row(
            "a table with a wide head",
            "| Name | GitLab | Calendly link | Account | Findings ",
            "| a ",
        )
    },
    Shape { spot: Spot::UpperMark, ..above("digests in the upper mark", "5070d986 ") },
];

impl Shape {
    /// The shape as a text of at most `size` bytes.
    pub(crate) fn text(&self, size: usize) -> String {
        let rest = size.saturating_sub(self.start.len());
        let first = self.unit.repeat(rest / 2 / self.unit.len());
        let second = self.then.repeat((rest - first.len()) / self.then.len());
        format!("{}{first}{second}", self.start)
    }
}
