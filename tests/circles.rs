//! No file of a crate imports itself by way of others: each crate reads from bottom to top.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each crate that is held, and how many of its files may still be in circles; that only shrinks.
const CRATES: [(&str, usize); 3] = [("support-audit", 0), ("audit", 0), ("api", 0)];

#[test]
fn no_files_are_in_a_circle_of_imports() {
    for (name, allowed) in CRATES {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("src");
        let modules = read_modules(&folder);
        let circles = in_circles(&edges(&modules));
        let count = circles.len();
        assert!(count <= allowed, "{count} files of {name} are in circles:\n{}", list(&circles));
    }
}

/// Files, each with those that it imports.
type Edges = BTreeMap<String, BTreeSet<String>>;

/// A module that is a file, without its tests.
#[derive(Debug)]
struct Module {
    /// Every path that its code names, but for the declarations of `use`.
    paths: Vec<Vec<String>>,
    /// What its declarations of `use` bring in.
    imports: Vec<Import>,
}

/// One name that a declaration of `use` brings in.
#[derive(Debug, Clone)]
struct Import {
    /// The path, from the first segment to the last; `*` for a glob.
    path: Vec<String>,
    /// The name in this module.
    name: String,
    /// Whether other modules see it.
    is_public: bool,
}

/// The modules below a folder of sources, by their paths, as `gather::issue`; the root has none.
fn read_modules(folder: &Path) -> BTreeMap<String, Module> {
    let mut modules = BTreeMap::new();
    let mut open: Vec<PathBuf> = vec![folder.to_owned()];
    let mut only_tests = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(path.read_dir().unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let relative = path.strip_prefix(folder).unwrap().with_extension("");
        let mut segments: Vec<&str> =
            relative.iter().map(|segment| segment.to_str().unwrap()).collect();
        if segments.last().is_some_and(|last| ["lib", "main", "mod"].contains(last)) {
            segments.pop();
        }
        let name = segments.join("::");
        let text = std::fs::read_to_string(&path).unwrap();
        let (shipped, tests) = split_tests(&without_comments_and_literals(&text));
        only_tests.extend(tests.iter().map(|test| join(&name, test)));
        modules.insert(name, parse(&tokens(&shipped)));
    }
    modules.retain(|name, _| {
        !only_tests.iter().any(|test| name == test || name.starts_with(&format!("{test}::")))
    });
    assert!(modules.len() > 2, "no modules in {}", folder.display());
    modules
}

/// Parts what is shipped from what is only for tests, which may import anything; gives the names of
/// the files of tests.
fn split_tests(text: &str) -> (String, Vec<String>) {
    let mut parts = text.split("#[cfg(test)]");
    let mut shipped = parts.next().unwrap_or_default().to_owned();
    let mut tests = Vec::new();
    for part in parts {
        let end = part.find([';', '{']).unwrap();
        if part[end..].starts_with(';') {
            tests.extend(part[..end].split("mod ").nth(1).map(str::to_owned));
            shipped.push_str(&part[end..]);
            continue;
        }
        let mut depth = 0;
        let after = part[end..].find(|letter| {
            depth += i32::from(letter == '{') - i32::from(letter == '}');
            depth == 0
        });
        shipped.push_str(&part[end + after.unwrap()..]);
    }
    (shipped, tests)
}

/// Source text whose comments, strings and characters are taken out.
fn without_comments_and_literals(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let raw = rest.strip_prefix('r').map(|rest| rest.trim_start_matches('#'));
        let hashes = raw.map_or(0, |raw| rest.len() - 1 - raw.len());
        let is_in_word = kept.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if !is_in_word && raw.is_some_and(|raw| raw.starts_with('"')) {
            let end = format!("\"{}", "#".repeat(hashes));
            let start = hashes + 2;
            start + rest[start..].find(&end).unwrap() + end.len()
        } else if first == '"' {
            end_of_literal(rest, '"')
        } else if first == '\'' && is_character(rest) {
            end_of_literal(rest, '\'')
        } else {
            kept.push(first);
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    kept
}

/// Whether a text that starts with an apostrophe starts with a character, and not with a lifetime.
fn is_character(text: &str) -> bool {
    let mut letters = text.chars().skip(1);
    letters.next() == Some('\\') || letters.next() == Some('\'')
}

/// The length of the literal that a text starts with.
fn end_of_literal(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (index, letter) in text.char_indices().skip(1) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if letter == quote => return index + 1,
            _ => {}
        }
    }
    panic!("a literal without an end: {text}");
}

/// The words and signs of a source text.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut continues = false;
    for letter in text.chars() {
        let is_word = letter.is_alphanumeric() || letter == '_';
        match tokens.last_mut() {
            Some(last) if continues && is_word => last.push(letter),
            Some(last) if letter == ':' && last == ":" => last.push(letter),
            _ if letter.is_whitespace() => {}
            _ => tokens.push(letter.to_string()),
        }
        continues = is_word;
    }
    tokens
}

fn is_word(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Parts the declarations of `use` from the paths of the code.
fn parse(tokens: &[String]) -> Module {
    let mut module = Module { paths: Vec::new(), imports: Vec::new() };
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        if token == "use" {
            let is_public = index > 0 && (tokens[index - 1] == "pub" || tokens[index - 1] == ")");
            index = parse_use(tokens, index + 1, &[], is_public, &mut module.imports);
        } else if is_word(token) {
            let mut path = vec![token.clone()];
            while tokens.get(index + 1).is_some_and(|sign| sign == "::")
                && tokens.get(index + 2).is_some_and(|word| is_word(word))
            {
                path.push(tokens[index + 2].clone());
                index += 2;
            }
            module.paths.push(path);
        }
        index += 1;
    }
    module
}

/// Reads one tree of a `use` from `index`; gives the index of the sign behind it.
fn parse_use(
    tokens: &[String],
    mut index: usize,
    before: &[String],
    is_public: bool,
    imports: &mut Vec<Import>,
) -> usize {
    let mut path = before.to_vec();
    loop {
        match tokens[index].as_str() {
            "{" => {
                while tokens[index] != "}" {
                    index += 1;
                    if tokens[index] != "}" {
                        index = parse_use(tokens, index, &path, is_public, imports);
                    }
                }
                return index + 1;
            }
            "::" => index += 1,
            "self" if !path.is_empty() => index += 1,
            "as" => {
                let name = tokens[index + 1].clone();
                imports.push(Import { path, name, is_public });
                return index + 2;
            }
            word if word == "*" || is_word(word) => {
                path.push(word.to_owned());
                index += 1;
            }
            _ => {
                let name = path.last().cloned().unwrap_or_default();
                imports.push(Import { path, name, is_public });
                return index;
            }
        }
    }
}

/// The path of what `name` means within `module`.
fn join(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

/// The module above another one.
fn parent(module: &str) -> String {
    module.rsplit_once("::").map_or(String::new(), |(parent, _)| parent.to_owned())
}

/// The module that holds what a path means, if that is of this crate; re-exports are followed.
fn resolve(
    modules: &BTreeMap<String, Module>,
    module: &str,
    path: &[String],
    depth: usize,
) -> Option<String> {
    assert!(depth < 20, "{path:?} of {module} leads nowhere");
    let first = path.first()?;
    let mut current = match first.as_str() {
        "crate" => String::new(),
        "self" => module.to_owned(),
        "super" => parent(module),
        name => step(modules, module, name, depth)?,
    };
    for segment in &path[1..] {
        current = match segment.as_str() {
            "super" => parent(&current),
            name => match step(modules, &current, name, depth) {
                Some(next) => next,
                // An item of this module, or of a type in it.
                None => return Some(current),
            },
        };
    }
    Some(current)
}

/// The module that `name` leads to from `module`: one below it, or whatever it imports by that name.
fn step(
    modules: &BTreeMap<String, Module>,
    module: &str,
    name: &str,
    depth: usize,
) -> Option<String> {
    let below = join(module, name);
    if modules.contains_key(&below) {
        return Some(below);
    }
    let imports = &modules.get(module)?.imports;
    let import = imports.iter().find(|import| import.name == name && import.path != [name])?;
    resolve(modules, module, &import.path, depth + 1)
}

/// What each file imports of others. That a module makes known what is below it is no import.
fn edges(modules: &BTreeMap<String, Module>) -> Edges {
    let mut edges = Edges::new();
    for (name, module) in modules {
        let is_named = |word: &String| module.paths.iter().any(|path| path[0] == *word);
        let mut targets = BTreeSet::new();
        for import in &module.imports {
            let Some(target) = resolve(modules, name, &import.path, 0) else { continue };
            let is_below = target.starts_with(&join(name, ""));
            if !(is_below && import.is_public && !is_named(&import.name)) {
                targets.insert(target);
            }
        }
        for path in module.paths.iter().filter(|path| path.len() > 1) {
            targets.extend(resolve(modules, name, path, 0));
        }
        targets.remove(name);
        // The root declares every module, and runs the program.
        if !name.is_empty() {
            edges.insert(name.clone(), targets);
        }
    }
    edges
}

/// The files from which their imports lead back to themselves, with the edges between them.
fn in_circles(edges: &Edges) -> Edges {
    let mut reached: Edges = BTreeMap::new();
    for start in edges.keys() {
        let mut open = vec![start];
        let seen = reached.entry(start.clone()).or_default();
        while let Some(file) = open.pop() {
            for target in edges.get(file).into_iter().flatten() {
                if seen.insert(target.clone()) {
                    open.push(target);
                }
            }
        }
    }
    let is_with = |one: &str, other: &str| reached[one].contains(other);
    let mut circles = Edges::new();
    for (file, targets) in edges {
        if is_with(file, file) {
            let inner = targets
                .iter()
                .filter(|target| reached.contains_key(*target) && is_with(target, file));
            circles.insert(file.clone(), inner.cloned().collect());
        }
    }
    circles
}

fn list(circles: &Edges) -> String {
    let line = |(file, targets): (&String, &BTreeSet<String>)| {
        let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
        format!("  {file} imports {}\n", targets.join(", "))
    };
    circles.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles_of(sources: &[(&str, &str)]) -> Vec<String> {
        let modules: BTreeMap<String, Module> = sources
            .iter()
            .map(|(name, text)| {
                let text = without_comments_and_literals(text);
                ((*name).to_owned(), parse(&tokens(&text)))
            })
            .collect();
        in_circles(&edges(&modules)).into_keys().collect()
    }

    #[test]
    fn circles_are_found_by_every_way_of_importing() {
        let both = vec!["a".to_owned(), "b".to_owned()];
        for (a, b) in [
            ("use crate::b::{self, B};", "use crate::a::A;"),
            ("use crate::{b::B, c};", "fn f() { super::a::f() }"),
            ("use crate::b as other;", "fn f() { crate::a::f() }"),
            ("fn f() { let b = '\"'; crate::b::f(\"\") }", "use super::a::*;"),
        ] {
            assert_eq!(circles_of(&[("", ""), ("a", a), ("b", b), ("c", "")]), both, "{a} {b}");
        }
        for (a, b) in [
            ("use crate::b::B;", "// use crate::a::A;"),
            ("use crate::b::B;", "const TEXT: &str = \"crate::a::A\";"),
            ("use crate::b::B;", "use other::a::A;"),
        ] {
            let none: Vec<String> = Vec::new();
            assert_eq!(circles_of(&[("", ""), ("a", a), ("b", b)]), none, "{a} {b}");
        }
    }

    #[test]
    fn a_reexport_leads_to_what_it_names() {
        let sources = [
            ("", ""),
            ("a", "pub(crate) use low::Low;\npub(crate) use high::High;"),
            ("a::low", "struct Low;"),
            ("a::high", "use super::Low;"),
        ];
        assert!(circles_of(&sources).is_empty());
        let used = ("a", "pub(crate) use low::Low;\nuse high::High;\nstruct A { high: High }");
        let back = ("a::high", "use super::A;");
        assert_eq!(circles_of(&[sources[0], used, sources[2], back]), ["a", "a::high"]);
    }
}
