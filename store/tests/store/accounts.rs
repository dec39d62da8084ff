//! Users and their tokens.

use crate::support::{TestDatabase, on_each_database, user};
use judge_types::Role;
use store::tokens::{self, TokenKind};
use store::users::{self, RoleChange, User};
use time::Duration;

on_each_database! {
    a_name_is_taken_whatever_its_case,
    roles_can_be_changed_and_counted,
    a_token_opens_until_it_expires_or_is_revoked,
}

fn a_name_is_taken_whatever_its_case(database: &TestDatabase) {
    let connection = &mut database.connection();
    let ada = user(connection, "Ada");
    assert_eq!(users::create(connection, "aDA", "hash", Role::Admin).unwrap(), None);
    let found = users::by_username(connection, "ADA").unwrap().unwrap();
    assert_eq!(found.user, ada);
    assert_eq!(found.password_hash, "hash");
}

fn roles_can_be_changed_and_counted(database: &TestDatabase) {
    let connection = &mut database.connection();
    let ada = user(connection, "ada");
    assert_eq!(users::count_with_role(connection, Role::Admin).unwrap(), 0);
    let admin = User { role: Role::Admin, ..ada.clone() };
    let made = users::set_role(connection, ada.id, Role::Admin).unwrap();
    assert_eq!(made, RoleChange::Made(admin));
    let nobody = users::set_role(connection, judge_types::UserId::new(), Role::Admin).unwrap();
    assert_eq!(nobody, RoleChange::Nobody);
    let last = users::set_role(connection, ada.id, Role::Jury).unwrap();
    assert_eq!(last, RoleChange::LastAdmin);
    assert_eq!(users::count_with_role(connection, Role::Admin).unwrap(), 1);
    assert_eq!(users::list(connection, 10, 0).unwrap()[0].role, Role::Admin);
}

fn a_token_opens_until_it_expires_or_is_revoked(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (ada, grace) = (user(connection, "ada"), user(connection, "grace"));
    let later = judge_types::now() + Duration::hours(1);
    let id = tokens::create(connection, ada.id, TokenKind::Api, "cli", "s1", later).unwrap();
    tokens::create(connection, ada.id, TokenKind::Session, "", "s2", judge_types::now()).unwrap();

    let (owner, token) = tokens::authenticate(connection, "s1").unwrap().unwrap();
    assert_eq!((owner, token.id), (ada.clone(), id));
    assert!(tokens::authenticate(connection, "s2").unwrap().is_none(), "expired");
    assert!(tokens::authenticate(connection, "s3").unwrap().is_none(), "never made");
    let listed = tokens::list(connection, ada.id).unwrap();
    assert_eq!(listed.len(), 1);
    assert!(listed[0].last_used_at.is_some());

    users::set_role(connection, ada.id, Role::Jury).unwrap();
    let holder = tokens::holder(connection, id).unwrap().unwrap();
    assert_eq!((holder.id, holder.role), (ada.id, Role::Jury), "as they are now");

    assert!(!tokens::revoke(connection, grace.id, id).unwrap(), "it is not hers");
    assert!(tokens::revoke(connection, ada.id, id).unwrap());
    assert!(tokens::authenticate(connection, "s1").unwrap().is_none());
    assert_eq!(tokens::holder(connection, id).unwrap(), None);
    assert_eq!(tokens::remove_expired(connection).unwrap(), 1);
}
