//! However a text is read, it says the same: in parts, pruned or as a whole.

use proptest::prelude::*;

use crate::roster::builder::is_operations;
use crate::roster::fields::{Entry, FIELDS, Fields, JOB_FIELDS};
use crate::roster::rules::Rules;
use crate::roster::{OperationsTeam, parse};

/// A value as people write them, with all that makes YAML hard to cut.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9][a-zA-Z0-9 .@/_-]{0,12}",
        Just("O'Neil".to_owned()),
        Just("it's \"so\"".to_owned()),
        Just("\"quoted: #text\"".to_owned()),
        Just("'it''s'".to_owned()),
        Just("\"two\n    lines\"".to_owned()),
        Just("\"under\n  country: NO\"".to_owned()),
        Just("'under\n  name: x'".to_owned()),
        Just("[a, \"b\", 'c']".to_owned()),
        Just("[a,\n    b]".to_owned()),
        Just("[a,\n  name: b]".to_owned()),
        Just("{id: 1, username: x}".to_owned()),
        Just(">\n    folded 'text\n\n    more: [".to_owned()),
        Just("|-\n    - name: no entry\n     deeper".to_owned()),
        Just("|\n\n\n    text\n".to_owned()),
        Just("plain\n    continued 'here".to_owned()),
        Just("\n    - name: a\n    - name: \"b\n        c\"".to_owned()),
        Just("\n  - name: zero\n  - name: indented".to_owned()),
        Just("\n    - name: Operations\n      percentage: 50".to_owned()),
        Just("Support Operations Manager".to_owned()),
        Just("\n    id: 7\n    username: someone".to_owned()),
        Just("\n    - name: Ann\n      email: ann@example.com".to_owned()),
        Just("[{name: Ann, gitlab: {id: 1}}]".to_owned()),
        Just("\n    id: \"open\n  country: NO\"".to_owned()),
        Just("\n    - [open,\n  country: NO]".to_owned()),
        Just("# only a comment".to_owned()),
        Just("x # it's a comment".to_owned()),
        Just("&anchor x".to_owned()),
        Just("*anchor".to_owned()),
        Just("&map {email: a@b.example}".to_owned()),
        Just("!tag x".to_owned()),
        Just("~".to_owned()),
        Just(String::new()),
    ]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(FIELDS.to_vec()).prop_map(str::to_owned),
        1 => Just("calendly".to_owned()),
        2 => proptest::sample::select(JOB_FIELDS.to_vec()).prop_map(str::to_owned),
        5 => proptest::sample::select(vec!["country", "about", "skills", "members"]).prop_map(str::to_owned),
        1 => proptest::sample::select(vec!["<<", "\"about\"", "'name'", "? about", "# name", "ab out"]).prop_map(str::to_owned),
    ]
}

fn item() -> impl Strategy<Value = String> {
    let fields = proptest::collection::vec((key(), value()), 1..7);
    let end =
        proptest::sample::select(vec!["\n", "\n\n", "\n# it's\n", "\r\n", "   \n", "\n  # [\n"]);
    (fields, end).prop_map(|(fields, end)| {
        let fields: Vec<String> =
            fields.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        format!("- {}{end}", fields.join("\n  "))
    })
}

/// What an entry says, however much of it was parsed.
fn said(mut fields: Box<Fields>) -> (Box<Fields>, Option<bool>) {
    fields.errors.iter_mut().for_each(|error| error.line = None);
    let job = fields.job.take();
    let team = OperationsTeam::default();
    (fields, job.map_or(Some(false), |job| is_operations(&job, &team)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn where_the_whole_can_be_read_its_parts_say_the_same(
        items in proptest::collection::vec(item(), 1..6)
    ) {
        let text = items.concat();
        let Ok(whole) = serde_yaml::from_str_with_options::<Vec<Entry>>(&text, parse::options(text.len())) else {
            return Ok(());
        };
        let expected: Vec<_> = whole
            .into_iter()
            .filter_map(|entry| match entry {
                mut entry @ Entry::Mapping(_) => {
                    entry.resolve_link("calendly");
                    let Entry::Mapping(fields) = entry else { return None };
                    Some(said(fields))
                }
                Entry::Other(_) => None,
            })
            .collect();
        let team = OperationsTeam::default();
        let reading = parse::file(text.as_bytes(), Rules { link_field: "calendly", team: &team });
        let parts: Vec<_> = reading.items.into_iter().map(|item| said(item.fields)).collect();
        prop_assert_eq!(parts, expected, "{}", text);
    }
}
