//! Rules for the names that people choose, and the nearest known name for those they mistype.

use crate::error::FieldError;

/// What a slug (project, source, canvas, block id) may look like; quoted in messages.
pub const SLUG_RULE: &str = "1 to 64 of a-z, 0-9, '-' and '_', beginning with a letter or digit";

/// What a username may look like; quoted in messages.
pub const USERNAME_RULE: &str = "3 to 32 of a-z, 0-9, '-' and '_'";

/// What a parameter's name may look like; quoted in messages.
pub const PARAMETER_RULE: &str = "1 to 64 of a-z, 0-9 and '_', beginning with a letter";

fn is_slug_char(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_'
}

/// Whether `name` can name a project, source, canvas or block.
pub fn is_slug(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.chars().all(is_slug_char)
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// Whether `name` can name a user.
pub fn is_username(name: &str) -> bool {
    (3..=32).contains(&name.len()) && name.chars().all(is_slug_char)
}

/// Whether `name` can name a parameter, so that `$name` and `{{name}}` can be written.
pub fn is_parameter(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && name.starts_with(|c: char| c.is_ascii_lowercase())
}

/// Checks a slug.
///
/// # Errors
/// Names the rule and, where there is one, a slug made from what was given.
pub fn check_slug(pointer: &str, name: &str) -> Result<(), FieldError> {
    if is_slug(name) {
        return Ok(());
    }
    let hint = match slug_from(name) {
        slug if slug.is_empty() => String::new(),
        slug => format!("; \"{slug}\" would do"),
    };
    Err(FieldError::at(pointer, format!("\"{name}\" is not a valid name: {SLUG_RULE}{hint}")))
}

/// Makes a slug from free text such as a file's name: `"Sales 2024 (v2)"` becomes `sales-2024-v2`.
/// Empty when nothing of the text can stay.
pub fn slug_from(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(64);
    slug.trim_matches(['-', '_']).to_owned()
}

/// Longest name, in characters, that a nearest one is looked for.
const LONGEST_GUESS: usize = 64;

/// Returns the one of `known` that was probably meant by `given`, if any is near enough.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = given.chars().count();
    if length > LONGEST_GUESS {
        return None;
    }
    let given = given.to_lowercase();
    let far_enough = (length / 3).max(1) + 1;
    known
        .into_iter()
        // Comparing takes time by the product of the lengths; what differs more in length than it may is not near.
        .filter(|name| name.chars().take(length + far_enough + 1).count().abs_diff(length) <= far_enough)
        .map(|name| (strsim::damerau_levenshtein(&given, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= far_enough)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// `did you mean "x"?`, or the list of what there is, or nothing: to be put behind a message.
pub fn suggestion<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(given, known.iter().copied()) {
        Some(name) => format!("; did you mean \"{name}\"?"),
        None if known.is_empty() => String::new(),
        None if known.len() <= 12 => format!("; known are {}", known.join(", ")),
        None => format!("; known are {} and {} more", known[..12].join(", "), known.len() - 12),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_made_from_free_text() {
        let check = |text, expected: &str| assert_eq!(slug_from(text), expected);
        check("Sales 2024 (v2)", "sales-2024-v2");
        check("seattle-weather", "seattle-weather");
        check("  Ünï  ", "n");
        check("日本", "");
    }

    #[test]
    fn the_nearest_name_is_near() {
        let check = |given: &str, expected| {
            assert_eq!(nearest(given, ["precipitation", "temp_max", "wind"]), expected, "{given}");
        };
        check("precipitatoin", Some("precipitation"));
        check("Wind", Some("wind"));
        check("temp", None);
        check("colour", None);
        check(&"x".repeat(80_000), None);
        assert_eq!(nearest("wind", ["w".repeat(1 << 20).as_str()]), None);
    }

    #[test]
    fn names_follow_their_rules() {
        assert!(is_slug("seattle-weather_2") && !is_slug("-x") && !is_slug("") && !is_slug("A"));
        assert!(is_username("ann") && !is_username("an") && !is_username("Ann"));
        assert!(is_parameter("since_2") && !is_parameter("2nd") && !is_parameter("a-b"));
    }
}
