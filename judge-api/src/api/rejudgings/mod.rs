//! `/api/v1/rejudgings`: judging many submissions again, together.

pub(super) mod closing;
mod filter;
pub(super) mod making;
pub(super) mod reading;
mod view;

pub(crate) use closing::{Application, Cancellation, apply, cancel};
pub(crate) use making::{NewRejudging, RejudgingCount, count, make};
pub(crate) use reading::{
    ComparedRejudging, Listed, MemberQuery, Query, RejudgedPage, RejudgingPage, compared, members,
    page,
};
pub(crate) use view::{Cell, ComparisonView, RejudgingView, StandingView};

use crate::error::ApiError;
use judge_types::RejudgingId;
use store::{AnyConnection, rejudgings};

pub(super) fn known(
    connection: &mut AnyConnection,
    id: RejudgingId,
) -> Result<RejudgingView, ApiError> {
    Ok(rejudgings::by_id(connection, id)?.ok_or_else(unknown)?.into())
}

pub(super) fn unknown() -> ApiError {
    ApiError::not_found("rejudging")
}

/// What somebody wrote for others to read; `None` where it is nothing.
pub(super) fn text(field: &str, text: Option<String>) -> Result<Option<String>, ApiError> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > 1_000) {
        return Err(ApiError::invalid(field, "may have at most 1000 characters"));
    }
    Ok(text)
}
