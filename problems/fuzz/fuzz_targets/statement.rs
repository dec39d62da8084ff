#![no_main]
//! Whatever a statement holds, it is shown without anything that runs, and no page grows without end.

use libfuzzer_sys::fuzz_target;
use problems::Constants;
use problems::statement::{Assets, Format, Surroundings, convert, pieces, polygon};

fuzz_target!(|text: &str| {
    let (assets, constants) = (Assets::default(), Constants::default());
    let around = Surroundings { name: "statement", language: "en", assets: &assets, asset_prefix: "/", samples: 2, constants: &constants };
    let formats = [Format::Markdown, Format::Latex, Format::Html];
    let mut shown: Vec<_> = formats.map(|format| convert(text, format, around)).into();
    shown.push(polygon::from_html(text, around));
    shown.extend(polygon::from_properties(text, around).ok());
    for converted in shown {
        // Text may speak of anything; what is in a tag may not.
        for tag in converted.html.to_lowercase().split('<').skip(1) {
            let tag = tag.split('>').next().expect("there is a first piece");
            assert!(!tag.starts_with("script") && !tag.contains("href=\"javascript:"));
        }
        assert!(converted.html.len() < 64 << 20);
        assert!(!pieces(&converted.html).is_empty());
    }
});
