//! What users type, and where it leads.

use super::*;

fn base(source: &str, storage: &Storage) -> String {
    Address::resolve(source, storage).map_or_else(|e| e.to_string(), |a| a.of("a b/0.0"))
}

#[test]
fn schemes() {
    let plain = Storage::default();
    for (source, url) in [
        ("https://h.example/s.zarr/", "https://h.example/s.zarr/a%20b/0.0"),
        ("https://h.example/s.zarr/zarr.json", "https://h.example/s.zarr/a%20b/0.0"),
        ("https://h.example/s.zarr?sig=x%2F", "https://h.example/s.zarr/a%20b/0.0?sig=x%2F"),
        ("s3://bucket/k", "https://bucket.s3.amazonaws.com/k/a%20b/0.0"),
        ("s3://my.bucket/k", "https://s3.amazonaws.com/my.bucket/k/a%20b/0.0"),
        ("s3://bucket/my data+1/é.zarr/", "https://bucket.s3.amazonaws.com/my%20data%2B1/%C3%A9.zarr/a%20b/0.0"),
        ("s3://bucket", "https://bucket.s3.amazonaws.com/a%20b/0.0"),
        ("az://acc/cont", "https://acc.blob.core.windows.net/cont/a%20b/0.0"),
        ("local://1/my%20air.zarr", "local://1/my%20air.zarr/a%20b/0.0"),
        ("gs://b/k", "https://storage.googleapis.com/b/k/a%20b/0.0"),
        ("az://acc/cont/k", "https://acc.blob.core.windows.net/cont/k/a%20b/0.0"),
        ("abfs://cont@acc.dfs.core.windows.net/k", "https://acc.blob.core.windows.net/cont/k/a%20b/0.0"),
    ] {
        assert_eq!(base(source, &plain), url);
    }
    let own = Storage { endpoint: Some("https://minio.example:9000/".into()), query: Some("?sas=1".into()), ..plain };
    assert_eq!(base("s3://b/k", &own), "https://minio.example:9000/b/k/a%20b/0.0?sas=1");
    assert_eq!(base("https://h.example/s?v=2", &own), "https://h.example/s/a%20b/0.0?v=2&sas=1");
    assert_eq!(base("https://h.example/s?sas=1", &own).matches("sas").count(), 1);
    let region = Storage { region: Some("eu-west-1".into()), ..Storage::default() };
    assert_eq!(base("s3://b/k", &region), "https://b.s3.eu-west-1.amazonaws.com/k/a%20b/0.0");
    assert_eq!(base("s3://my.b/k", &region), "https://s3.eu-west-1.amazonaws.com/my.b/k/a%20b/0.0");
}

#[test]
fn named_refusals() {
    let plain = Storage::default();
    for (source, code) in [
        ("", "invalid_document"),
        ("javascript:alert(1)", "invalid_document"),
        ("https://user:password@h.example/s", "invalid_document"),
        ("ftp://x/y", "unsupported"),
        ("icechunk+https://h.example/r#head", "invalid_document"),
    ] {
        assert!(base(source, &plain).starts_with(code), "{source}");
    }
}

#[test]
fn formats_by_name() {
    let format = |source| Address::resolve(source, &Storage::default()).map(|a| a.format().clone()).ok();
    assert_eq!(format("https://h.example/a.zarr"), Some(Format::Zarr));
    assert_eq!(format("https://h.example/a.zarr/zarr.json"), Some(Format::Zarr));
    assert_eq!(format("https://h.example/refs.json?sig=1"), Some(Format::KerchunkJson));
    assert_eq!(format("s3://b/refs.parq"), Some(Format::KerchunkParquet));
    assert_eq!(format("https://h.example/a.zarr.zip"), Some(Format::Zip));
    let tag = Revision::Tag("v1".into());
    assert_eq!(format("icechunk+https://h.example/r#tag=v1"), Some(Format::Icechunk(tag)));
    let main = Revision::Branch("main".into());
    assert_eq!(format("icechunk+s3://b/r"), Some(Format::Icechunk(main)));
}

#[test]
fn objects_that_a_table_names() {
    let storage = Storage {
        headers: [("x-key".to_string(), "secret".to_string())].into(),
        rewrite: [("http://127.0.0.1/n/".to_string(), "http://127.0.0.1:8765/n/".to_string())].into(),
        ..Storage::default()
    };
    let table = Address::resolve("https://h.example/a/b/refs.json?sig=1", &storage);
    let object = |url: &str| {
        let object = table.as_ref().map_err(Clone::clone).and_then(|t| t.object(url, &storage));
        object.map(|o| (o.of(""), o.headers.len())).map_err(|e| e.code().as_str())
    };
    assert_eq!(object("https://h.example/x.nc"), Ok(("https://h.example/x.nc?sig=1".into(), 1)));
    assert_eq!(object("../data/x y.nc"), Ok(("https://h.example/a/data/x%20y.nc?sig=1".into(), 1)));
    assert_eq!(object("/x.nc"), Ok(("https://h.example/x.nc?sig=1".into(), 1)));
    assert_eq!(object("https://h.example.evil/x.nc"), Ok(("https://h.example.evil/x.nc".into(), 0)));
    assert_eq!(object("s3://bucket/x.nc"), Ok(("https://bucket.s3.amazonaws.com/x.nc".into(), 0)));
    assert_eq!(object("http://127.0.0.1/n/x.nc"), Ok(("http://127.0.0.1:8765/n/x.nc".into(), 0)));
    assert_eq!(object("file:///etc/passwd"), Err("forbidden"));
}

#[test]
fn folders_keep_the_query() {
    let address = Address::resolve("https://h.example/s?q=1", &Storage::default());
    let folder = |prefix| address.as_ref().map_or_else(ToString::to_string, |a| a.of_folder(prefix));
    assert_eq!(folder("a b"), "https://h.example/s/a%20b/?q=1");
    assert_eq!(folder(""), "https://h.example/s/?q=1");
}

#[test]
fn googles_other_door() {
    let other = |source: &str, storage: &Storage| {
        let address = Address::resolve(source, storage).ok().and_then(|a| a.other_door());
        address.map(|a| (a.of("SST/0.0 é"), a.size_of("c")))
    };
    let plain = Storage::default();
    let object = "https://storage.googleapis.com/storage/v1/b/b/o/a%20b%2FSST%2F0.0%20%C3%A9?alt=media";
    assert_eq!(other("gs://b/a b", &plain).map(|(url, _)| url).as_deref(), Some(object));
    assert_eq!(
        other("https://storage.googleapis.com/b/a%20b?userProject=p", &plain).map(|(url, _)| url),
        Some(format!("{object}&userProject=p"))
    );
    let own = Storage { endpoint: Some("http://127.0.0.1:1".into()), ..plain.clone() };
    let size = other("gs://b", &own).and_then(|(_, size)| size);
    assert_eq!(size.as_deref(), Some("http://127.0.0.1:1/storage/v1/b/b/o/c?fields=size"));
    assert_eq!(other("s3://b/k", &plain), None);
    let twice = Address::resolve("gs://b", &plain).ok().and_then(|a| a.other_door()).and_then(|a| a.other_door());
    assert_eq!(twice, None);
}

#[test]
fn what_is_secret_or_near_is_not_stored() {
    let plain = Storage::default();
    let stored = |source: &str, storage: &Storage| Address::resolve(source, storage).is_ok_and(|a| a.may_be_stored());
    for source in ["https://h.example/s", "http://h.example:8080/s", "s3://b/k", "gs://b/k", "https://127.example/s"] {
        assert!(stored(source, &plain), "{source}");
    }
    for source in [
        "https://h.example/s?sig=1",
        "http://localhost:8000/s",
        "http://LOCALHOST/s",
        "http://data.localhost/s",
        "http://127.0.0.1:8000/s",
        "http://[::1]:8000/s",
        "http://[::1]/s",
        "local://1/s",
        "file:///s",
    ] {
        assert!(!stored(source, &plain), "{source}");
    }
    let signed = Storage { query: Some("sig=1".into()), ..Storage::default() };
    let headers = [("Authorization".to_string(), "x".to_string())].into();
    for storage in [signed, Storage { headers, ..Storage::default() }] {
        assert!(!stored("https://h.example/s", &storage));
    }
}
