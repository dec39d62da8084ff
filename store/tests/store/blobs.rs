//! Blobs come back as they went in.

use store::{BlobError, Blobs};

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn a_large_file_goes_in_and_out_in_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::in_folder(&folder.path().join("blobs")).unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    let content: Vec<u8> = (0..12_000_000_u32).map(|n| (n % 251) as u8).collect();
    std::fs::write(&from, &content).unwrap();
    wait(async {
        blobs.put_file("packages/x.zip", &from).await.unwrap();
        assert_eq!(blobs.get_to_file("packages/x.zip", &to).await.unwrap(), 12_000_000);
        assert!(blobs.exists("packages/x.zip").await.unwrap());
        assert_eq!(blobs.list("packages").await.unwrap(), ["packages/x.zip"]);
    });
    assert!(std::fs::read(&to).unwrap() == content);
}

#[test]
fn what_is_missing_is_named_and_nothing_leaves_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::in_folder(folder.path()).unwrap();
    wait(async {
        let missing = blobs.get("packages/none").await.unwrap_err();
        assert!(matches!(missing, BlobError::Missing(key) if key == "packages/none"));
        for key in ["../x", "a/../../x", "/a//b"] {
            let refused = blobs.put(key, vec![1]).await.unwrap_err();
            assert!(matches!(refused, BlobError::Key { .. }), "{key}");
        }
        blobs.put("a", vec![]).await.unwrap();
        assert!(blobs.get("a").await.unwrap().is_empty());
    });
}
