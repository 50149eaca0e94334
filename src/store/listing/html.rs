//! Folder listings as static servers write them: an HTML page with a link per entry.
//!
//! fsspec's HTTP file system reads the same pages, so that `xr.open_zarr("http://…")` can walk a served folder; a store
//! without consolidated metadata can then be opened by its root alone.

use crate::store::percent;
use std::collections::BTreeSet;

/// Entry names in the order of the page, folders with a trailing slash; links that lead elsewhere are left out.
pub fn parse_listing(html: &str) -> Vec<String> {
    let (mut names, mut known) = (Vec::new(), BTreeSet::new());
    let mut rest = html;
    while let Some(at) = rest.find("href=") {
        rest = rest.get(at + 5..).unwrap_or_default();
        let quote = match rest.chars().next() {
            Some(q @ ('"' | '\'')) => q,
            _ => continue,
        };
        let Some((link, after)) = rest.get(1..).and_then(|r| r.split_once(quote)) else { break };
        rest = after;
        let link = link.strip_prefix("./").unwrap_or(link);
        let name = percent::decode(link);
        let bare = name.strip_suffix('/').unwrap_or(&name);
        let leads_elsewhere = bare.is_empty() || bare.contains(['/', '?', '#', ':']) || bare == "..";
        if !leads_elsewhere && known.insert(name.clone()) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nginx_and_python_pages() {
        let page = r##"<a href="../">../</a> <a href="SST/">SST/</a><a href='.zgroup'>.zgroup</a>
            <a href="my%20group/">x</a><a href="?C=N;O=D">Name</a><a href="https://elsewhere.example/">x</a><a href="SST/">again</a>"##;
        assert_eq!(parse_listing(page), ["SST/", ".zgroup", "my group/"]);
        assert!(parse_listing("href=").is_empty());
        assert!(parse_listing("href=\"unclosed").is_empty());
    }
}
