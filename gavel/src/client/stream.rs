//! Reading Server-Sent Events (WHATWG HTML, section "Server-sent events").

use std::io::{self, BufRead};

/// One event of a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Event {
    /// The id of this event, or of the last one that had one.
    pub(crate) id: String,
    /// The data lines, joined.
    pub(crate) data: String,
}

/// The events of a stream, until it ends.
pub(crate) struct Events<R> {
    lines: R,
    last_id: String,
}

impl<R: BufRead> Events<R> {
    pub(crate) fn new(lines: R) -> Self {
        Self { lines, last_id: String::new() }
    }
}

impl<R: BufRead> Iterator for Events<R> {
    type Item = io::Result<Event>;

    fn next(&mut self) -> Option<io::Result<Event>> {
        let mut data: Option<String> = None;
        let mut line = String::new();
        loop {
            line.clear();
            match self.lines.read_line(&mut line) {
                // An event that the stream ends in the middle of does not count.
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => return Some(Err(error)),
            }
            let line = line.trim_end_matches(['\r', '\n']);
            if line.is_empty() {
                match data.take() {
                    Some(data) => return Some(Ok(Event { id: self.last_id.clone(), data })),
                    None => continue,
                }
            }
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "id" => value.clone_into(&mut self.last_id),
                "data" => match &mut data {
                    Some(data) => {
                        data.push('\n');
                        data.push_str(value);
                    }
                    None => data = Some(value.to_owned()),
                },
                // Comments have an empty name; the event's type is in the data as well.
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_and_comments_and_halves_are_not() {
        let stream = ": hello\n\nid: 1\nevent: queued\ndata: {}\n\ndata:a\r\ndata: b\r\n\r\nid: 3\ndata: cut";
        let events: Vec<_> = Events::new(stream.as_bytes()).map(Result::unwrap).collect();
        let event = |id: &str, data: &str| Event { id: id.into(), data: data.into() };
        assert_eq!(events, [event("1", "{}"), event("1", "a\nb")]);
    }
}
