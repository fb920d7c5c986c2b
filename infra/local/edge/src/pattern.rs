//! CloudFront's path patterns.

/// Whether a path matches a pattern: `*` stands for any number of characters, `?` for exactly one.
///
/// Case counts, and a pattern means the same with and without its leading slash.
pub fn matches(pattern: &str, path: &str) -> bool {
    let strip = |text: &str| text.strip_prefix('/').unwrap_or(text).as_bytes().to_vec();
    let (pattern, path) = (strip(pattern), strip(path));
    let (mut at, mut position) = (0, 0);
    // Where to go on when a character fails: the last star takes one character more.
    let mut retry: Option<(usize, usize)> = None;
    while position < path.len() {
        match pattern.get(at) {
            Some(b'*') => {
                retry = Some((at + 1, position));
                at += 1;
            }
            Some(&expected) if expected == b'?' || expected == path[position] => {
                at += 1;
                position += 1;
            }
            _ => match retry {
                Some((after_star, taken)) => {
                    retry = Some((after_star, taken + 1));
                    (at, position) = (after_star, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|&rest| rest == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_takes_any_number_of_characters_slashes_too() {
        assert!(matches("/images/*", "/images/a/b.png"));
        assert!(matches("/images/*", "/images/"));
        assert!(!matches("/images/*", "/images"));
        assert!(matches("/categories*", "/categories"));
        assert!(matches("/categories*", "/categories/shoes"));
        assert!(matches("/*/items/*.png", "/a/items/b/items/c.png"));
        assert!(!matches("/*.png", "/a.png.txt"));
        assert!(matches("*", "/"));
    }

    #[test]
    fn a_question_mark_takes_exactly_one() {
        assert!(matches("/a?c", "/abc"));
        assert!(!matches("/a?c", "/ac"));
        assert!(!matches("/a?c", "/abbc"));
    }

    #[test]
    fn the_leading_slash_is_optional_and_case_counts() {
        assert!(matches("images/*", "/images/x"));
        assert!(!matches("/Images/*", "/images/x"));
        assert!(matches("/exact", "/exact"));
        assert!(!matches("/exact", "/exactly"));
    }
}
