//! Blobs come back as they went in: from a folder, and from an S3 server in plain text and with TLS.

use store::{BlobError, Blobs, BlobsUrl};
use test_servers::S3;

/// A store of blobs, and what it needs.
struct Place {
    blobs: Blobs,
    folder: tempfile::TempDir,
    _server: Option<S3>,
}

impl Place {
    fn folder() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::in_folder(&folder.path().join("blobs")).unwrap();
        Self { blobs, folder, _server: None }
    }

    fn bucket(server: S3) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let blobs = url(&server).open_with(server.environment()).unwrap();
        Self { blobs, folder, _server: Some(server) }
    }
}

/// Its bucket, below a prefix, and whom to trust.
fn url(server: &S3) -> BlobsUrl {
    let url: BlobsUrl = format!("{}/judge", server.url()).parse().unwrap();
    let authority = server.authority();
    url.trusting(authority.exists().then_some(authority)).unwrap()
}

/// Makes three tests of each function.
macro_rules! on_each_store {
    ($($test:ident),* $(,)?) => {
        $(mod $test {
            use super::{Place, S3};

            #[test]
            fn folder() {
                super::wait(super::$test(&Place::folder()));
            }

            #[test]
            fn bucket() {
                super::wait(super::$test(&Place::bucket(S3::start())));
            }

            #[test]
            fn encrypted_bucket() {
                super::wait(super::$test(&Place::bucket(S3::start_encrypted())));
            }
        })*
    };
}

on_each_store! {
    files_of_any_size_go_in_and_out,
    what_is_missing_is_named,
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

async fn files_of_any_size_go_in_and_out(place: &Place) {
    let (from, to) = (place.folder.path().join("from"), place.folder.path().join("to"));
    // The largest takes several pieces.
    for size in [0_u32, 1_000, 12_000_000] {
        let content: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
        std::fs::write(&from, &content).unwrap();
        let key = format!("packages/{size}.zip");
        assert!(!place.blobs.exists(&key).await.unwrap());
        place.blobs.put_file(&key, &from).await.unwrap();
        assert!(place.blobs.exists(&key).await.unwrap());
        assert_eq!(place.blobs.get_to_file(&key, &to).await.unwrap(), u64::from(size));
        assert!(std::fs::read(&to).unwrap() == content, "{size} bytes");
    }
    place.blobs.put("other/x", vec![1]).await.unwrap();
    let mut listed = place.blobs.list("packages").await.unwrap();
    listed.sort();
    assert_eq!(listed, ["packages/0.zip", "packages/1000.zip", "packages/12000000.zip"]);
}

async fn what_is_missing_is_named(place: &Place) {
    let blobs = &place.blobs;
    let missing = blobs.get("packages/none").await.unwrap_err();
    assert!(matches!(missing, BlobError::Missing(key) if key == "packages/none"));
    for key in ["../x", "a/../../x", "/a//b"] {
        let refused = blobs.put(key, vec![1]).await.unwrap_err();
        assert!(matches!(refused, BlobError::Key { .. }), "{key}");
    }
    blobs.put("a", vec![]).await.unwrap();
    assert!(blobs.get("a").await.unwrap().is_empty());
}

#[test]
fn a_bucket_that_is_missing_is_not_taken_for_a_blob_that_is() {
    let server = S3::start();
    let another: BlobsUrl = "s3://another".parse().unwrap();
    let blobs = another.open_with(server.environment()).unwrap();
    let refused = wait(blobs.list("packages")).unwrap_err();
    assert!(matches!(refused, BlobError::Store { .. }), "{refused:?}");
}

#[test]
fn who_is_not_let_in_is_told_so_and_not_the_secret() {
    let server = S3::start();
    let wrong = |name| {
        let variables = server.environment().into_iter();
        variables.map(move |(one, value)| (one, if one == name { "another".into() } else { value }))
    };
    for (name, why) in
        [("AWS_SECRET_ACCESS_KEY", "SignatureDoesNotMatch"), ("AWS_ACCESS_KEY_ID", "NotSignedUp")]
    {
        let variables: Vec<_> = wrong(name).collect();
        let blobs = url(&server).open_with(variables.clone()).unwrap();
        let refused = wait(blobs.get("packages/none")).unwrap_err();
        assert!(matches!(refused, BlobError::Store { .. }), "{refused:?}");
        let told = format!("{refused:?}");
        assert!(told.contains(why), "{told}");
        let secrets = variables.iter().filter(|(name, _)| *name == "AWS_SECRET_ACCESS_KEY");
        for (_, secret) in secrets.filter(|(_, secret)| secret != "another") {
            assert!(!told.contains(secret), "{told}");
        }
    }
}
