//! Percent-encoding of keys, and its undoing.

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Appends a path; its slashes stay. `+` is encoded: S3 takes a bare one in a path for a space.
pub(super) fn encode_path(path: &str, url: &mut String) {
    encode(path, b"-._~/!$&'()*,;=:@", url);
}

/// Appends what is to be one part of a path, or the value of a query's parameter: slashes are encoded, too.
pub(super) fn encode_component(text: &str, url: &mut String) {
    encode(text, b"-._~", url);
}

fn encode(text: &str, plain: &[u8], url: &mut String) {
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push('%');
            url.extend([byte >> 4, byte & 15].iter().filter_map(|&n| HEX.get(usize::from(n))).map(|&c| char::from(c)));
        }
    }
}

/// Undoes percent-encoding; what is not valid UTF-8 afterwards stays as it was.
pub(super) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = (first == b'%').then(|| tail.get(..2)).flatten();
        let decoded = hex.and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
        match decoded {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn special_characters() {
        let path = |text: &str| {
            let mut url = String::new();
            encode_path(text, &mut url);
            url
        };
        assert_eq!(path("a b/c+d#e?f%g"), "a%20b/c%2Bd%23e%3Ff%25g");
        assert_eq!(path("température/0.0"), "temp%C3%A9rature/0.0");
        let mut component = String::new();
        encode_component("a b/c&d=é", &mut component);
        assert_eq!(component, "a%20b%2Fc%26d%3D%C3%A9");
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%ff"), "%ff");
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(text in ".*") {
            let (mut path, mut component) = (String::new(), String::new());
            encode_path(&text, &mut path);
            encode_component(&text, &mut component);
            prop_assert_eq!(decode(&path), &*text);
            prop_assert_eq!(decode(&component), &*text);
        }
    }
}
