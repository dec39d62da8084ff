//! What is looked for in a document before a tree is made of it.

use crate::fault::Fault;

/// Attributes of one element, and declarations of namespaces in a document: the library compares each with all others, and
/// copies all namespaces for every element that adds one.
const MAX_ATTRIBUTES: usize = 200;
const MAX_NAMESPACES: usize = 200;

const COMMENT: [&str; 2] = ["<!--", "-->"];
const INSTRUCTION: [&str; 2] = ["<?", "?>"];
const CDATA: [&str; 2] = ["<![CDATA[", "]]>"];

/// Finds elements with too many attributes, and too many declarations of namespaces.
///
/// # Errors
/// The limit that the document passes.
pub(super) fn check_attributes(file: &str, text: &str) -> Result<(), Fault> {
    let too_many = |rest: &str, message: String| {
        let line = 1 + text[..text.len() - rest.len()].matches('\n').count();
        Err(Fault::new(file, message).at(u32::try_from(line).unwrap_or(u32::MAX)))
    };
    let mut namespaces = 0;
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let aside = [COMMENT, CDATA, INSTRUCTION];
        if let Some([_, end]) = aside.into_iter().find(|[start, _]| rest.starts_with(start)) {
            // What has no end is not well-formed, which the parser says.
            let Some(at) = rest.find(end) else { break };
            rest = &rest[at..];
            continue;
        }
        let length = tag_length(rest);
        let tag = &rest[..length];
        let attributes = outside_quotes(tag).filter(|(_, byte)| *byte == b'=').count();
        if attributes > MAX_ATTRIBUTES {
            let message = format!("an element has more than {MAX_ATTRIBUTES} attributes");
            return too_many(rest, message);
        }
        namespaces += tag.matches("xmlns").count();
        if namespaces > MAX_NAMESPACES {
            let message = format!("more than {MAX_NAMESPACES} namespaces are declared");
            return too_many(rest, message);
        }
        rest = &rest[length..];
    }
    Ok(())
}

/// Takes out a document type that declares nothing itself, leaving its lines empty: no parser needs to look where it points.
pub(crate) fn without_external_document_type(text: &mut String) {
    let mut start = text.len() - text.trim_start().len();
    while let Some([_, end]) =
        [COMMENT, INSTRUCTION].into_iter().find(|[begin, _]| text[start..].starts_with(begin))
    {
        let Some(length) = text[start..].find(end) else { return };
        let after = &text[start + length + end.len()..];
        start = text.len() - after.trim_start().len();
    }
    let rest = &text[start..];
    let length = tag_length(rest);
    let declares = outside_quotes(&rest[..length]).any(|(_, byte)| byte == b'[');
    if rest.starts_with("<!DOCTYPE") && !declares {
        let lines = "\n".repeat(rest[..length].matches('\n').count());
        text.replace_range(start..start + length, &lines);
    }
}

/// The length of the markup that begins with the text, up to and with its `>`, or before the next `<`.
fn tag_length(text: &str) -> usize {
    let end = outside_quotes(text).skip(1).find(|(_, byte)| matches!(byte, b'<' | b'>'));
    end.map_or(text.len(), |(at, byte)| if byte == b'>' { at + 1 } else { at })
}

/// The bytes of markup that stand in no quotes, with their places.
fn outside_quotes(markup: &str) -> impl Iterator<Item = (usize, u8)> {
    let mut quote = None;
    markup.bytes().enumerate().filter(move |(_, byte)| match quote {
        Some(open) => {
            if *byte == open {
                quote = None;
            }
            false
        }
        None => {
            if matches!(byte, b'"' | b'\'') {
                quote = Some(*byte);
            }
            true
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_and_namespaces_have_limits() {
        let many = |count: usize| format!("\n<a{}/>", " b='='".repeat(count));
        let aside = format!("<x><!--{0}--><![CDATA[{0}]]><?p {0}?></x>", many(300));
        for good in [many(200), aside, many(200).repeat(3)] {
            assert_eq!(check_attributes("f", &good), Ok(()));
        }
        let fault = check_attributes("f", &many(201)).unwrap_err();
        assert_eq!(fault.to_string(), "f:2: an element has more than 200 attributes");
        let nested = "<a xmlns:b='c'>\n".repeat(201);
        let fault = check_attributes("f", &nested).unwrap_err();
        assert_eq!(fault.to_string(), "f:201: more than 200 namespaces are declared");
    }

    #[test]
    fn only_a_document_type_that_declares_nothing_is_taken_out() {
        let taken_out = |text: &str| {
            let mut text = text.to_owned();
            without_external_document_type(&mut text);
            text
        };
        assert_eq!(
            taken_out("<?xml?>\n<!-- [ -->\n<!DOCTYPE fps PUBLIC\n \"a>[\"\n \"b\" >\n<fps/>"),
            "<?xml?>\n<!-- [ -->\n\n\n\n<fps/>"
        );
        for left in ["<!DOCTYPE a [<!ENTITY b \"c\">]><a/>", "<a><!DOCTYPE a></a>", "", "<?", "é<"]
        {
            assert_eq!(taken_out(left), left);
        }
    }
}
