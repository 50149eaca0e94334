//! The rules of the house that a compiler does not know: who may use whom, how long a file may be, what is never written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::cast_possible_truncation, missing_docs)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each room uses only what stands left of it (src/lib.rs).
const ROOMS: [&str; 14] = [
    "error",
    "array",
    "store",
    "meta",
    "cf",
    "codec",
    "references",
    "plan",
    "kernel",
    "reduce",
    "steps",
    "engine",
    "plot",
    "wasm",
];
/// The same for js/src.
const JS_ROOMS: [&str; 6] = ["pool", "api", "python", "plot", "element", "cli"];
/// Where bindings to JavaScript may be declared, besides `wasm`.
const BINDINGS: [&str; 3] = ["src/wasm/", "src/store/http/", "src/plot/canvas.rs"];
const SOURCES: [&str; 3] = ["src", "js/src", "www/src"];
const MAX_LINES: usize = 400;
/// Names that say nothing of what is inside.
const NO_NAMES: [&str; 4] = ["utils", "helpers", "common", "misc"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Text files below a folder of the repository, with their paths in it; none if there is no such folder.
fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    fn walk(folder: &Path, endings: &[&str], found: &mut Vec<(String, String)>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for entry in entries {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                walk(&path, endings, found);
            } else if path.extension().is_some_and(|e| endings.iter().any(|known| e == *known)) {
                let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                let name = path.strip_prefix(root()).expect("inside").display().to_string();
                found.push((name, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), endings, &mut found);
    found.sort();
    found
}

fn sources() -> Vec<(String, String)> {
    SOURCES.iter().flat_map(|s| files(s, &["rs", "ts", "tsx", "js", "mjs", "css", "html", "svelte"])).collect()
}

fn complain(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// A line without its comment; a `//` after a colon belongs to an address.
fn code(line: &str) -> &str {
    let comment = line.match_indices("//").find(|(at, _)| *at == 0 || !line[..*at].ends_with(':'));
    comment.map_or(line, |(at, _)| &line[..at])
}

fn without_comments(text: &str) -> String {
    text.lines().map(code).collect::<Vec<_>>().join("\n")
}

fn word_at(text: &str) -> &str {
    let len = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..len]
}

/// The rooms that follow `crate::`, in braces too.
fn rooms_used(text: &str) -> BTreeSet<String> {
    let text = without_comments(text);
    let mut used = BTreeSet::new();
    for (at, name) in text.match_indices("crate::") {
        if text[..at].ends_with('$') || text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &text[at + name.len()..];
        let Some(list) = rest.strip_prefix('{') else {
            used.insert(word_at(rest).to_string());
            continue;
        };
        let (mut depth, mut fresh) = (1, true);
        for (i, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' => fresh |= depth == 1,
                c if fresh && depth == 1 && !c.is_whitespace() => {
                    used.insert(word_at(&list[i..]).to_string());
                    fresh = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    used
}

/// The room of a file: the folder, or the file itself at the top.
fn room_of(path: &str) -> &str {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

#[test]
fn braces_and_comments_are_understood() {
    let text = "use crate::{array::{DType, Endian}, plan, store::*};\n// crate::wasm\nlet x = crate::error::new();\n";
    assert_eq!(rooms_used(text).into_iter().collect::<Vec<_>>(), ["array", "error", "plan", "store"]);
    assert_eq!(code("let a = \"https://x\"; // b"), "let a = \"https://x\"; ");
}

#[test]
fn rooms_use_only_what_stands_left_of_them() {
    let place = |room: &str| ROOMS.iter().position(|r| *r == room);
    let mut complaints = Vec::new();
    let files = files("src", &["rs"]);
    assert!(files.len() > 40, "only {} files", files.len());
    for (path, text) in files.iter().filter(|(path, _)| path != "src/lib.rs") {
        let room = room_of(path);
        let Some(own) = place(room) else {
            complaints.push(format!("{path}: there is no room {room:?}"));
            continue;
        };
        for used in rooms_used(text) {
            match place(&used) {
                Some(other) if other <= own => {}
                Some(_) => complaints.push(format!("{path}: {room} uses {used}, which stands right of it")),
                None => complaints.push(format!("{path}: crate::{used} is no room")),
            }
        }
        // Out of the room by the back door.
        let depth = path.matches('/').count();
        if without_comments(text).contains(&"super::".repeat(depth.max(1) + 1)) && depth == 1 {
            complaints.push(format!("{path}: leaves its room by super::"));
        }
    }
    complain(complaints);
}

#[test]
fn every_room_is_in_the_library() {
    let library = std::fs::read_to_string(root().join("src/lib.rs")).expect("src/lib.rs");
    let declared = |room: &str| library.lines().map(code).any(|l| l.trim().ends_with(&format!("mod {room};")));
    for room in ROOMS {
        let here =
            root().join(format!("src/{room}.rs")).is_file() || !files(&format!("src/{room}"), &["rs"]).is_empty();
        assert_eq!(declared(room), here, "{room}: declared in src/lib.rs, or there, but not both");
    }
}

#[test]
fn bindings_stay_at_the_border() {
    let mut complaints = Vec::new();
    for (path, text) in files("src", &["rs"]) {
        let allowed = BINDINGS.iter().any(|place| path.starts_with(place));
        if !allowed && without_comments(&text).contains("wasm_bindgen") {
            complaints.push(format!("{path}: wasm_bindgen outside the border"));
        }
    }
    complain(complaints);
}

#[test]
fn files_stay_short() {
    let long = sources().into_iter().filter(|(_, text)| text.lines().count() > MAX_LINES);
    complain(long.map(|(path, text)| format!("{path}: {} lines, at most {MAX_LINES}", text.lines().count())).collect());
}

#[test]
fn names_say_what_is_inside() {
    let says_nothing = |path: &str| {
        let parts = path.split('/').map(|part| part.split('.').next().unwrap_or_default());
        parts.into_iter().any(|part| NO_NAMES.contains(&part) || part == "util" || part == "helper")
    };
    complain(sources().into_iter().filter(|(path, _)| says_nothing(path)).map(|(path, _)| path).collect());
}

/// Whether a call or a name stands there as a word of its own.
fn contains_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.match_indices(word).any(|(at, _)| !text[..at].ends_with(part))
}

#[test]
fn no_text_becomes_markup_or_code() {
    let mut complaints = Vec::new();
    for folder in ["js/src", "www/src"] {
        for (path, text) in files(folder, &["ts", "tsx", "js", "mjs", "html", "svelte"]) {
            let text = without_comments(&text);
            for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
                if contains_word(&text, word) {
                    complaints.push(format!("{path}: {word}"));
                }
            }
        }
    }
    complain(complaints);
}

/// The specifiers of a module's imports and re-exports, static and dynamic.
fn imports(text: &str) -> Vec<String> {
    let text = without_comments(text);
    let mut found = Vec::new();
    for start in ["from ", "import ", "import(", "new URL("] {
        for (at, _) in text.match_indices(start) {
            let rest = text[at + start.len()..].trim_start();
            let Some(quote) = rest.chars().next().filter(|c| *c == '"' || *c == '\'') else { continue };
            if let Some((specifier, _)) = rest[1..].split_once(quote) {
                found.push(specifier.to_string());
            }
        }
    }
    found
}

/// Where a relative specifier leads, as a path in the repository.
fn resolve(path: &str, specifier: &str) -> Option<String> {
    if !specifier.starts_with('.') {
        return None;
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in specifier.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

#[test]
fn imports_are_found() {
    let text = "import { a } from \"./a.js\";\nexport * from '../b.js';\nimport \"./c.js\";\nawait import(\"./d.js\");";
    let mut found = imports(text);
    found.sort();
    assert_eq!(found, ["../b.js", "./a.js", "./c.js", "./d.js"]);
    assert_eq!(resolve("js/src/api/x.ts", "../pool/p.js").as_deref(), Some("js/src/pool/p.js"));
}

/// pool ← api ← python ← plot ← element, cli; errors.ts and the compiled core are for all.
#[test]
fn the_packages_rooms_use_only_what_stands_left_of_them() {
    let place = |room: &str| JS_ROOMS.iter().position(|r| *r == room);
    let room =
        |path: &str| path.strip_prefix("js/src/").and_then(|p| p.split_once('/')).map(|(room, _)| room.to_string());
    let mut complaints = Vec::new();
    for (path, text) in files("js/src", &["ts", "tsx", "js", "mjs"]) {
        let Some(own) = room(&path) else { continue };
        let Some(own_place) = place(&own) else {
            complaints.push(format!("{path}: there is no room {own:?}"));
            continue;
        };
        for target in imports(&text).iter().filter_map(|s| resolve(&path, s)) {
            match room(&target) {
                Some(used) if place(&used).is_some_and(|p| p <= own_place) => {}
                Some(used) => complaints.push(format!("{path}: {own} uses {used}, which stands right of it")),
                None if target == "js/src/errors.js" || target.starts_with("js/wasm/") => {}
                // The command reads its own version; where it stands is said from the built file.
                None if target.ends_with("package.json") => {}
                None => complaints.push(format!("{path}: {own} uses {target}")),
            }
        }
    }
    complain(complaints);
}

/// The page uses the package as everybody does: by its name.
#[test]
fn the_page_uses_the_package_by_name() {
    let mut complaints = Vec::new();
    for (path, text) in files("www/src", &["ts", "tsx", "js", "mjs", "svelte"]) {
        for specifier in imports(&text) {
            let outside = resolve(&path, &specifier).is_some_and(|target| !target.starts_with("www/"));
            if outside || specifier.starts_with("zarrscope/") || specifier.contains("js/src") {
                complaints.push(format!("{path}: imports {specifier:?}, not \"zarrscope\""));
            }
        }
    }
    complain(complaints);
}
