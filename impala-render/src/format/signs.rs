//! Signs and letters of users that ASCII has something near to, of the same width: a place was given to them before.

/// What comes nearest to a grapheme in ASCII, in one column; `None` when nothing does without saying something else.
pub fn ascii_sign(grapheme: &str) -> Option<&str> {
    let first = grapheme.chars().next()?;
    if first.is_ascii() {
        // A letter and accents of its own.
        return grapheme.get(..1);
    }
    Some(match first {
        '\u{a0}' | '\u{202f}' | '\u{2009}' => " ",
        '°' | 'º' => "o",
        'ª' => "a",
        'µ' | 'μ' => "u",
        '€' => "E",
        '£' => "L",
        '¥' => "Y",
        '¢' => "c",
        '¹' => "1",
        '²' => "2",
        '³' => "3",
        '−' | '‐' | '‑' | '–' | '—' => "-",
        '·' => ".",
        '…' => "~",
        '÷' | '⁄' => "/",
        '«' | '»' | '„' => "\"",
        '‚' => "'",
        'À'..='Å' => "A",
        'Ç' => "C",
        'È'..='Ë' => "E",
        'Ì'..='Ï' => "I",
        'Ñ' => "N",
        'Ò'..='Ö' | 'Ø' => "O",
        'Ù'..='Ü' => "U",
        'Ý' => "Y",
        'ß' => "s",
        'à'..='å' => "a",
        'ç' => "c",
        'è'..='ë' => "e",
        'ì'..='ï' => "i",
        'ñ' => "n",
        'ò'..='ö' | 'ø' => "o",
        'ù'..='ü' => "u",
        'ý' | 'ÿ' => "y",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_signs_stay_readable() {
        let check = |text: &str, expected: &str| {
            let sign = |c: char| ascii_sign(&c.to_string()).unwrap_or("?").to_owned();
            let actual: String = text.chars().map(sign).collect();
            assert_eq!(actual, expected);
        };
        check("°C", "oC");
        check("µg/m³", "ug/m3");
        check("5 €", "5 E");
        check("Wéather", "Weather");
        check("−3 – 4…", "-3 - 4~");
        check("½ ‰", "? ?");
        assert_eq!(ascii_sign("e\u{301}"), Some("e"));
        assert_eq!(ascii_sign("雨"), None);
    }
}
