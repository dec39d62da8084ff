//! The database file: whose it is, what it may be called, and what a failed transaction says.

use crate::support::{Scene, TestDatabase, on_each_database};
use diesel::connection::SimpleConnection;
use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Barrier;
use store::{DatabaseError, DatabaseUrl, database, outbox};

on_each_database! {
    a_failed_transaction_says_why_it_failed,
    many_may_make_the_tables_at_once,
    a_snapshot_does_not_change_while_it_is_read,
    the_tables_of_a_newer_build_are_left_alone,
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn nobody_else_can_read_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data/gavel.db");
    let url = DatabaseUrl::Sqlite(file.clone());
    database::migrate(&url).unwrap();
    let mut connection = database::connect(&url).unwrap();
    connection.batch_execute("BEGIN IMMEDIATE; COMMIT").unwrap();
    assert_eq!(mode(&folder.path().join("data")), 0o700);
    assert_eq!((mode(&file), mode(&file.with_extension("db-wal"))), (0o600, 0o600));

    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    database::migrate(&url).unwrap();
    assert_eq!(mode(&file), 0o600);
}

#[test]
fn a_path_that_sqlite_cannot_take_is_refused_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let unnameable = folder.path().join(OsStr::from_bytes(b"\xff.db"));
    let refused = database::migrate(&DatabaseUrl::Sqlite(unnameable)).unwrap_err();
    assert!(refused.to_string().contains("UTF-8"), "{refused}");
}

#[test]
fn the_password_is_in_no_message_of_the_server_or_its_client() {
    let database = test_servers::postgres().new_database();
    let good = database.url();
    let password = good.split(':').nth(2).unwrap().split('@').next().unwrap();
    let (wrong, nowhere) = ("not-it-but-secret", "postgres://gavel:secret@127.0.0.1:1/gavel");
    for url in [
        good.replace(password, wrong),
        format!("{}?password={wrong}", good.replace(&format!(":{password}@"), "@")),
        good.replace("/test_", "/none_secretless_"),
        nowhere.to_owned(),
        nowhere.replace("127.0.0.1", "host.invalid"),
        nowhere.replace(":1/", ":99999/"),
        format!("{good}?sslmode=none"),
        format!("{good}?no_such_parameter=secret"),
        format!("{good}?sslmode=require"),
    ] {
        let parsed = url.parse::<DatabaseUrl>();
        let mut said = format!("{parsed:?}");
        // A build without TLS does not even try where it is asked for.
        let Err(error) = parsed.and_then(|url| database::connect(&url)) else {
            panic!("connected by {said}")
        };
        said += &format!("{error:?}");
        let mut cause: &dyn std::error::Error = &error;
        while let Some(next) = cause.source() {
            cause = next;
            said = format!("{said}: {cause}");
        }
        let said = said.replace("none_secretless_", "");
        assert!(!said.contains("secret") && !said.contains(password), "{said}");
    }
}

fn a_failed_transaction_says_why_it_failed(database: &TestDatabase) {
    let connection = &mut database.connection();
    let failed: Result<(), _> = database::write(connection, |connection| {
        // As SQLite does by itself where the disk is full.
        connection.batch_execute("ROLLBACK")?;
        Err(DatabaseError::Url("the cause".into()))
    });
    assert!(failed.unwrap_err().to_string().contains("the cause"));
}

fn the_tables_of_a_newer_build_are_left_alone(database: &TestDatabase) {
    let connection = &mut database.connection();
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')";
    connection.batch_execute(newer).unwrap();
    let refused = database::migrate(&database.url).unwrap_err();
    assert!(matches!(refused, DatabaseError::Newer(_)), "{refused}");
    assert!(refused.to_string().contains("29991231000000"), "{refused}");
    // Who is at work goes on.
    assert_eq!(outbox::depth(connection).unwrap(), (0, 0));
}

fn a_snapshot_does_not_change_while_it_is_read(database: &TestDatabase) {
    let (reader, writer) = (&mut database.connection(), &mut database.connection());
    let scene = Scene::new(writer);
    scene.submit(writer);
    let read = database::snapshot(reader, |reader| {
        let before = outbox::depth(reader)?;
        scene.submit(writer);
        Ok::<_, DatabaseError>((before, outbox::depth(reader)?))
    });
    assert_eq!(read.unwrap(), ((1, 0), (1, 0)));
    assert_eq!(outbox::depth(reader).unwrap(), (2, 0));
}

fn many_may_make_the_tables_at_once(database: &TestDatabase) {
    const INSTANCES: usize = 8;
    for _ in 0..5 {
        let empty = database.another_empty();
        let barrier = Barrier::new(INSTANCES);
        std::thread::scope(|scope| {
            for _ in 0..INSTANCES {
                scope.spawn(|| {
                    barrier.wait();
                    database::migrate(&empty.url).unwrap();
                    // Whoever is through can use them.
                    let connection = &mut database::connect(&empty.url).unwrap();
                    assert_eq!(outbox::depth(connection).unwrap(), (0, 0));
                });
            }
        });
    }
}
