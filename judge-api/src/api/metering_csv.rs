//! The bill as a table for spreadsheets (RFC 4180).

use super::metering::Metering;
use crate::error::ApiError;
use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, LINK};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The names of the columns after the first, which is named after what is grouped by.
const COLUMNS: [&str; 8] = [
    "executions",
    "lost_executions",
    "cpu_ms",
    "wall_ms",
    "gb_seconds",
    "cold_start_ms",
    "queue_wait_ms",
    "transferred_bytes",
];

pub(super) fn answer(metering: &Metering) -> Result<HttpResponse, ApiError> {
    let table = table(metering).map_err(ApiError::internal)?;
    let (by, from, to) = (metering.by.name(), metering.from, metering.to);
    let mut response = HttpResponse::Ok();
    response.content_type("text/csv; charset=utf-8; header=present");
    let name = format!("attachment; filename=\"metering-by-{by}-{from}-{to}.csv\"");
    response.insert_header((CONTENT_DISPOSITION, name));
    if let Some(next) = &metering.next {
        let after = utf8_percent_encode(next, NON_ALPHANUMERIC);
        let address = format!("?by={by}&from={from}&to={to}&format=csv&after={after}");
        response.insert_header((LINK, format!("<{address}>; rel=\"next\"")));
    }
    Ok(response.body(table))
}

fn table(metering: &Metering) -> Result<Vec<u8>, csv::Error> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
    let prices = metering.currency.is_some().then_some(["price", "currency"]);
    let names = [metering.by.name()].into_iter().chain(COLUMNS).chain(prices.into_iter().flatten());
    table.write_record(names)?;
    for group in &metering.groups {
        let sums = &group.sums;
        let mut record = vec![
            text(&group.key),
            sums.executions.to_string(),
            sums.lost_executions.to_string(),
            sums.cpu_ms.to_string(),
            sums.wall_ms.to_string(),
            format!("{:.6}", sums.gb_seconds),
            sums.cold_start_ms.to_string(),
            sums.queue_wait_ms.to_string(),
            sums.transferred_bytes.to_string(),
        ];
        if let (Some(price), Some(currency)) = (sums.price, &metering.currency) {
            record.extend([format!("{price:.6}"), text(currency)]);
        }
        table.write_record(record)?;
    }
    table.into_inner().map_err(|error| error.into_error().into())
}

/// Text that a spreadsheet shows and never runs: one that begins like a formula gets an apostrophe, which
/// spreadsheets take for "this is text".
fn text(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn what_begins_like_a_formula_is_made_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        for plain in ["", "ada", "2026-11-25", "a=b"] {
            assert_eq!(text(plain), plain);
        }
    }
}
