//! Patterns of `submissions.yaml`: `*` within a name, and `{one,other}`.
//!
//! ICPC problem package format (2025-09), section "Glob Patterns".

/// More alternatives than anyone writes: what lies beyond matches nothing.
const MAX_ALTERNATIVES: usize = 1_000;

/// Whether the pattern matches `path` or a folder around it.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    expanded(pattern).iter().any(|pattern| {
        let pattern: Vec<&str> = pattern.trim_end_matches('/').split('/').collect();
        let path: Vec<&str> = path.split('/').collect();
        pattern.len() <= path.len()
            && pattern.iter().zip(path).all(|(pattern, name)| name_matches(pattern, name))
    })
}

/// Whether the pattern matches just `path`.
pub(super) fn matches_exactly(pattern: &str, path: &str) -> bool {
    let depth = |text: &str| text.trim_end_matches('/').matches('/').count();
    depth(pattern) == depth(path) && matches(pattern, path)
}

/// The pattern once for each choice among its braces.
fn expanded(pattern: &str) -> Vec<String> {
    let mut open = vec![pattern.to_owned()];
    let mut done = Vec::new();
    while let Some(pattern) = open.pop() {
        if open.len() + done.len() > MAX_ALTERNATIVES {
            break;
        }
        // The innermost braces have no others within.
        let braces = pattern.find('}').and_then(|end| Some((pattern[..end].rfind('{')?, end)));
        match braces {
            None => done.push(pattern),
            Some((start, end)) => open.extend(
                pattern[start + 1..end]
                    .split(',')
                    .map(|choice| format!("{}{choice}{}", &pattern[..start], &pattern[end + 1..])),
            ),
        }
    }
    done
}

/// `*` stands for any characters; it takes as many as it must.
fn name_matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_paths_and_what_is_in_them() {
        for (pattern, path) in [
            ("accepted", "accepted/a.py"),
            ("accepted/*", "accepted/a.py"),
            ("accepted/*.py", "accepted/a.py"),
            ("*/a.py", "accepted/a.py"),
            ("{accepted,mixed}/{a,b}.{py,cpp}", "mixed/b.cpp"),
            ("a{b{c,d},e}f", "abdf"),
            ("secret/*-hard", "secret/01-hard/1"),
            ("*a*b*", "xxaxxbxx"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("accepted/*.py", "accepted/a.cpp"),
            ("accepted*", "mixed/accepted"),
            ("*", ""),
            ("a/*/c", "a/b"),
            ("ab*ba", "aba"),
            ("{a,b", "a"),
        ] {
            assert_eq!(matches(pattern, path), pattern == "*", "{pattern} {path}");
        }
        assert!(matches_exactly("secret/*", "secret/a") && !matches_exactly("secret", "secret/a"));
    }

    #[test]
    fn braces_without_end_cost_little() {
        assert!(!matches(&"{a,b}".repeat(200), "a"));
    }
}
