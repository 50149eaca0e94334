//! Listings in XML: S3's ListObjectsV2 and Azure's List Blobs.
//!
//! The parser reads no document types, so that no entity can grow, and stops at a number of nodes.

use super::bucket::{Page, refused};
use super::sizes::SizesPage;
use crate::error::Result;
use crate::store::percent;
use roxmltree::{Document, Node, ParsingOptions};

/// The most nodes of a page: a thousand entries have a dozen each.
const MAX_XML_NODES: u32 = 200_000;
/// The most attributes of a page: services write a handful. The parser compares each with all others of its element, and
/// elements copy the namespaces around them.
const MAX_XML_ATTRIBUTES: usize = 1000;

/// A page of S3's listing (`GET /?list-type=2&delimiter=/&prefix=…`).
pub fn parse_s3(xml: &str, prefix: &str) -> Result<Page> {
    let mut names = Page::default();
    let next = s3_entries(xml, |key, _| names.add(prefix, &key))?;
    Ok(Page { next, ..names })
}

/// The same with sizes, of keys that begin with the prefix.
pub fn s3_sizes(xml: &str, prefix: &str) -> Result<SizesPage> {
    let mut sizes = SizesPage::default();
    let next = s3_entries(xml, |key, size| sizes.add(prefix, &key, size))?;
    Ok(SizesPage { next, ..sizes })
}

/// Calls `each` with every key or common prefix and its size, and gives what to ask for the next page with.
fn s3_entries(xml: &str, mut each: impl FnMut(String, Option<u64>) -> Result<()>) -> Result<Option<String>> {
    let document = parse(xml)?;
    let root = element(document.root_element(), "ListBucketResult")?;
    // With this encoding S3 writes names that XML could not hold; others ignore the wish, and say so by silence.
    let encoded = text(root, "EncodingType").as_deref() == Some("url");
    let name = |text: String| if encoded { percent::decode(&text.replace('+', " ")) } else { text };
    for node in root.children().filter(Node::is_element) {
        let key = match node.tag_name().name() {
            "CommonPrefixes" => text(node, "Prefix"),
            "Contents" => text(node, "Key"),
            _ => None,
        };
        if let Some(key) = key {
            each(name(key), number(node, "Size"))?;
        }
    }
    if text(root, "IsTruncated").as_deref() == Some("true") {
        let token = text(root, "NextContinuationToken").filter(|t| !t.is_empty());
        return token.map(Some).ok_or_else(|| refused("it is truncated, and does not say how it goes on"));
    }
    Ok(None)
}

/// A page of Azure's listing (`GET /CONTAINER?restype=container&comp=list&delimiter=/&prefix=…`).
pub fn parse_azure(xml: &str, prefix: &str) -> Result<Page> {
    let mut names = Page::default();
    let next = azure_entries(xml, |key, _| names.add(prefix, &key))?;
    Ok(Page { next, ..names })
}

/// The same with sizes, of keys that begin with the prefix.
pub fn azure_sizes(xml: &str, prefix: &str) -> Result<SizesPage> {
    let mut sizes = SizesPage::default();
    let next = azure_entries(xml, |key, size| sizes.add(prefix, &key, size))?;
    Ok(SizesPage { next, ..sizes })
}

fn azure_entries(xml: &str, mut each: impl FnMut(String, Option<u64>) -> Result<()>) -> Result<Option<String>> {
    let document = parse(xml)?;
    let root = element(document.root_element(), "EnumerationResults")?;
    let blobs = root.children().filter(|node| node.has_tag_name("Blobs"));
    for blob in blobs.flat_map(|blobs| blobs.children()) {
        let Some(key) = text(blob, "Name") else { continue };
        let properties = blob.children().find(|child| child.has_tag_name("Properties"));
        each(key, properties.and_then(|properties| number(properties, "Content-Length")))?;
    }
    Ok(text(root, "NextMarker").filter(|marker| !marker.is_empty()))
}

fn parse(xml: &str) -> Result<Document<'_>> {
    if attributes(xml) > MAX_XML_ATTRIBUTES {
        return Err(refused(format!("its XML has more than {MAX_XML_ATTRIBUTES} attributes")));
    }
    let options = ParsingOptions { nodes_limit: MAX_XML_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(xml.trim_start_matches('\u{feff}'), options).map_err(refused)
}

/// How many attributes a document has, up to where it is not well formed.
fn attributes(xml: &str) -> usize {
    let mut count = 0;
    let mut rest = xml;
    let after = |text: &'_ str, end: &str| text.find(end).map(|at| at + end.len());
    while let Some(tag) = rest.find('<').and_then(|at| rest.get(at..)) {
        let skipped =
            [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")].into_iter().find(|(begin, _)| tag.starts_with(begin));
        let end = match skipped {
            Some((begin, end)) => {
                tag.get(begin.len()..).and_then(|inside| after(inside, end)).map(|at| at + begin.len())
            }
            None => {
                let mut quote = None;
                tag.bytes().position(|byte| match (byte, quote) {
                    (b'"' | b'\'', None) => {
                        // Each attribute has a value in quotes.
                        (count, quote) = (count + 1, Some(byte));
                        false
                    }
                    (byte, Some(open)) => {
                        quote = quote.filter(|_| byte != open);
                        false
                    }
                    (byte, None) => byte == b'>',
                })
            }
        };
        rest = end.and_then(|end| tag.get(end..)).unwrap_or_default();
    }
    count
}

fn element<'a, 'b>(node: Node<'a, 'b>, name: &str) -> Result<Node<'a, 'b>> {
    let found = node.tag_name().name();
    if found == name { Ok(node) } else { Err(refused(format!("it is a {found:?}, not a {name}"))) }
}

/// The text of the first child of this name.
fn text(node: Node<'_, '_>, name: &str) -> Option<String> {
    let child = node.children().find(|child| child.is_element() && child.tag_name().name() == name)?;
    Some(child.text().unwrap_or_default().to_string())
}

/// The number that the first child of this name holds.
fn number(node: Node<'_, '_>, name: &str) -> Option<u64> {
    text(node, name)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s3_pages() {
        let xml = r#"<?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>a/</Prefix>
            <NextContinuationToken>1/x==</NextContinuationToken><IsTruncated>true</IsTruncated>
            <EncodingType>url</EncodingType>
            <Contents><Key>a/</Key><Size>0</Size></Contents><Contents><Key>a/zarr.json</Key></Contents>
            <CommonPrefixes><Prefix>a/my+var%2B1/</Prefix></CommonPrefixes></ListBucketResult>"#;
        let page = parse_s3(xml, "a/").unwrap_or_default();
        assert_eq!(page.names, ["zarr.json", "my var+1/"]);
        assert_eq!(page.next.as_deref(), Some("1/x=="));
        let last = "<ListBucketResult><IsTruncated>false</IsTruncated><CommonPrefixes><Prefix>x &amp; y/</Prefix></CommonPrefixes></ListBucketResult>";
        assert_eq!(parse_s3(last, "").unwrap_or_default(), Page { names: vec!["x & y/".into()], next: None });
    }

    #[test]
    fn azure_pages() {
        let xml = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ContainerName=\"c\"><Prefix>a/</Prefix>
            <Blobs><BlobPrefix><Name>a/SST/</Name></BlobPrefix><Blob><Name>a/.zgroup</Name><Properties/></Blob></Blobs>
            <NextMarker>m!</NextMarker></EnumerationResults>";
        let page = parse_azure(xml, "a/").unwrap_or_default();
        assert_eq!(page.names, ["SST/", ".zgroup"]);
        assert_eq!(page.next.as_deref(), Some("m!"));
    }

    #[test]
    fn sizes_of_keys() {
        let s3 = r#"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>
            <Contents><Key>a/v/c/1/2</Key><Size>17</Size></Contents><Contents><Key>a/v/c/1/3</Key></Contents>
            <Contents><Key>b/v/c/1/3</Key><Size>4</Size></Contents></ListBucketResult>"#;
        let page = s3_sizes(s3, "a/").unwrap_or_default();
        assert_eq!(page.sizes, [("v/c/1/2".to_string(), 17)]);
        assert_eq!(page.next.as_deref(), Some("t"));
        let azure =
            "<EnumerationResults><Blobs><Blob><Name>a/v/0.0</Name><Properties><Content-Length>9</Content-Length>
            </Properties></Blob></Blobs><NextMarker/></EnumerationResults>";
        let page = azure_sizes(azure, "a/").unwrap_or_default();
        assert_eq!((page.sizes, page.next), (vec![("v/0.0".to_string(), 9)], None));
    }

    #[test]
    fn attributes_are_counted() {
        for (xml, count) in [
            ("", 0),
            ("<a b='1' c=\"2\"><d e='>'/>b='1'</a>", 3),
            ("<!-- b='1' --><![CDATA[<a b='1'>]]><?a b='1'?><a b='\"'/>", 1),
            ("<a b='1' c=", 1),
            ("<a b='1", 1),
            ("<!-- <a b='1'>", 0),
            ("<", 0),
        ] {
            assert_eq!(attributes(xml), count, "{xml}");
        }
    }

    #[test]
    fn what_is_no_listing_is_refused() {
        let bomb =
            r#"<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><ListBucketResult>&b;</ListBucketResult>"#;
        let deep = "<a>".repeat(100_000);
        let wide = format!("<ListBucketResult>{}</ListBucketResult>", "<a/>".repeat(300_000));
        let attributes: String = (0..2000).map(|i| format!(" a{i}='>'")).collect();
        let attributes = format!("<!-- ' --><?x ' ?><ListBucketResult{attributes}/>");
        let endless = "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>";
        for xml in ["", "{}", "<Error><Code>AccessDenied</Code></Error>", bomb, &deep, &wide, &attributes, endless] {
            assert_eq!(parse_s3(xml, "").map_err(|e| e.code().as_str()), Err("invalid_metadata"));
        }
    }
}
