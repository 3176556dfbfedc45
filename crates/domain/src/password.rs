//! What a new password must be: NIST SP 800-63B-4, 3.1.1.2.
//!
//! Its length, and that it is not one that somebody would try first: a common one, one or two known words with digits
//! around them, or the person's own name. No rule asks for capitals or digits, and no password runs out.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use unicode_normalization::UnicodeNormalization;

/// A password that is the only factor has at least 15 characters.
pub const MINIMUM_CHARACTERS: usize = 15;
/// Longer ones are refused, never cut.
pub const MAXIMUM_BYTES: usize = 1024;

/// So many different known words leave too few to be tried.
const GUESSABLE_WORDS: usize = 2;
const SHORTEST_WORD: usize = 3;
/// A text with fewer different characters is a pattern.
const FEWEST_CHARACTERS: usize = 5;
/// A shorter text that is only repeated counts as itself.
const SHORTEST_UNIT: usize = 8;
/// Words that belong to the program and its maker.
const PRODUCT: &[&str] = &["viruj", "station", "server", "chematrix"];
const ROWS: &[&str] = &["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// Whose password it is to be.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    pub name: &'a str,
    pub email: &'a str,
}

/// Why a new password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsuitable {
    #[error("a password has at least {MINIMUM_CHARACTERS} characters")]
    TooShort,
    #[error("a password has at most {MAXIMUM_BYTES} bytes")]
    TooLong,
    #[error("the password is among those that are tried first")]
    TooCommon,
    #[error("the password is made of the person's or the product's name")]
    TooPersonal,
    #[error("the new password is the old one")]
    Unchanged,
}

impl Unsuitable {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::TooCommon => "password_too_common",
            Self::TooPersonal => "password_too_personal",
            Self::Unchanged => "password_unchanged",
        }
    }
}

/// The form in which a password is hashed, so that another keyboard writes the same one: NFKC.
#[must_use]
pub fn normalised(password: &str) -> String {
    password.nfkc().collect()
}

/// Checks a new password.
///
/// # Errors
/// [`Unsuitable`] says what is wrong with it.
pub fn check_new(password: &str, owner: Owner<'_>) -> Result<(), Unsuitable> {
    // What is too long is not even looked at.
    if password.len() > MAXIMUM_BYTES {
        return Err(Unsuitable::TooLong);
    }
    let password = normalised(password);
    if password.len() > MAXIMUM_BYTES {
        return Err(Unsuitable::TooLong);
    }
    if password.chars().count() < MINIMUM_CHARACTERS {
        return Err(Unsuitable::TooShort);
    }
    let folded = password.to_lowercase();
    let plain: Vec<char> = folded.chars().filter(|letter| letter.is_alphanumeric()).collect();
    if COMMON.whole.contains(folded.as_str())
        || COMMON.whole.contains(plain.iter().collect::<String>().as_str())
        || is_pattern(&plain)
    {
        return Err(Unsuitable::TooCommon);
    }
    let own = words_of(owner);
    for letters in readings(&folded) {
        match words_in(&letters, &own) {
            Some(Words { has_own: true }) => return Err(Unsuitable::TooPersonal),
            Some(Words { has_own: false }) => return Err(Unsuitable::TooCommon),
            None => {}
        }
    }
    Ok(())
}

struct Common {
    /// The passwords as they are.
    whole: HashSet<&'static str>,
    /// The letters of each, by how many there are.
    words: HashMap<usize, HashSet<String>>,
    longest: usize,
}

static COMMON: LazyLock<Common> = LazyLock::new(|| {
    let list = include_str!("password/common.txt").lines().filter(|line| !line.starts_with('#'));
    let mut common = Common { whole: HashSet::new(), words: HashMap::new(), longest: 0 };
    for password in list {
        common.whole.insert(password);
        let word: String = password.chars().filter(char::is_ascii_alphabetic).collect();
        if word.len() >= SHORTEST_WORD {
            common.longest = common.longest.max(word.len());
            common.words.entry(word.len()).or_default().insert(word);
        }
    }
    common
});

/// One character over and over, a short text repeated, or neighbours of the alphabet or the keyboard in a row.
fn is_pattern(text: &[char]) -> bool {
    if text.iter().collect::<HashSet<_>>().len() < FEWEST_CHARACTERS {
        return true;
    }
    let repeats = |unit: usize| text.iter().skip(unit).zip(text).all(|(later, earlier)| later == earlier);
    if (1..SHORTEST_UNIT).any(|unit| unit * 2 <= text.len() && repeats(unit)) {
        return true;
    }
    let neighbours = text.windows(2).filter(|pair| are_neighbours(pair[0], pair[1])).count();
    neighbours * 4 >= text.len().saturating_sub(1) * 3
}

fn are_neighbours(one: char, other: char) -> bool {
    let distance = u32::from(one).abs_diff(u32::from(other));
    distance <= 1
        || ROWS.iter().any(|row| match (row.find(one), row.find(other)) {
            (Some(one), Some(other)) => one.abs_diff(other) == 1,
            _ => false,
        })
}

/// The words that the person and the product bring along.
fn words_of(owner: Owner<'_>) -> HashSet<String> {
    let folded = format!("{} {}", owner.name, owner.email).nfkc().collect::<String>().to_lowercase();
    folded
        .split(|letter: char| !letter.is_alphabetic())
        .chain(PRODUCT.iter().copied())
        .filter(|word| word.chars().count() >= SHORTEST_WORD)
        .map(str::to_owned)
        .collect()
}

/// The letters of a text: its digits left out, and twice with digits and signs read as the letters that they look like.
fn readings(folded: &str) -> Vec<Vec<char>> {
    let letters = |text: &str| text.chars().filter(|letter| letter.is_alphabetic()).collect::<Vec<_>>();
    let inner = folded.trim_matches(|letter: char| !letter.is_alphabetic());
    let read = |one: char| {
        let read = |letter: char| match letter {
            '0' => 'o',
            '1' | '!' | '|' => one,
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            '8' => 'b',
            other => other,
        };
        inner.chars().map(read).filter(|letter| letter.is_alphabetic()).collect::<Vec<_>>()
    };
    vec![letters(folded), read('i'), read('l')]
}

struct Words {
    has_own: bool,
}

/// Whether the letters are nothing but the person's own words and at most two others.
fn words_in(letters: &[char], own: &HashSet<String>) -> Option<Words> {
    // A text without words is judged by its pattern alone; one of so many words is no list's.
    if letters.len() < SHORTEST_WORD || letters.len() > 128 {
        return None;
    }
    let longest = own.iter().map(|word| word.chars().count()).max().unwrap_or(0).max(COMMON.longest);
    let mut search = Search { letters, own, longest, dead: HashSet::new() };
    search.from(0, &mut Vec::new(), false)
}

struct Search<'a> {
    letters: &'a [char],
    own: &'a HashSet<String>,
    longest: usize,
    /// Places from which no end was found, with the words that were known there.
    dead: HashSet<(usize, Vec<String>)>,
}

impl Search<'_> {
    fn from(&mut self, place: usize, known: &mut Vec<String>, has_own: bool) -> Option<Words> {
        if place == self.letters.len() {
            return Some(Words { has_own });
        }
        let state = (place, known.clone());
        if self.dead.contains(&state) {
            return None;
        }
        let end = self.letters.len().min(place + self.longest);
        for end in (place + SHORTEST_WORD..=end).rev() {
            let word: String = self.letters[place..end].iter().collect();
            if self.own.contains(&word)
                && let Some(found) = self.from(end, known, true)
            {
                return Some(found);
            }
            let is_common = COMMON.words.get(&word.len()).is_some_and(|words| words.contains(&word));
            if known.contains(&word) {
                if let Some(found) = self.from(end, known, has_own) {
                    return Some(found);
                }
            } else if is_common && known.len() < GUESSABLE_WORDS {
                known.push(word);
                let found = self.from(end, known, has_own);
                known.pop();
                if found.is_some() {
                    return found;
                }
            }
        }
        self.dead.insert(state);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAVID: Owner<'_> = Owner { name: "David Chen", email: "d.chen@zymoquill-labs.com" };

    fn check(password: &str) -> Result<(), Unsuitable> {
        check_new(password, DAVID)
    }

    #[test]
    fn sec_10_length_counts_characters_after_nfkc() {
        assert_eq!(check("fourteen chars"), Err(Unsuitable::TooShort));
        // Each ligature is two characters once it is normalised.
        assert_eq!(check("ﬁﬂ ﬁord waﬄe zw").map_err(Unsuitable::code), Ok(()));
        assert_eq!(normalised("ﬁord"), "fiord");
        assert_eq!(check("हरा पानी नीला आकाश"), Ok(()));
    }

    #[test]
    fn sec_10_long_passwords_are_taken() {
        let words = "seven grey herons wait beside the reservoir while rain collects in brass gutters ";
        assert!(words.len() > 64);
        assert_eq!(check(words), Ok(()));
        let longest = words.repeat(13)[..MAXIMUM_BYTES].to_owned();
        assert_eq!(check(&longest), Ok(()));
        assert_eq!(check(&format!("{longest}x")), Err(Unsuitable::TooLong));
    }

    #[test]
    fn sec_10_common_passwords_and_their_disguises_are_refused() {
        for password in [
            "123456789987654321",
            "1q2w3e4r5t6y7u8i9o0p",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc",
            "abcdefghijklmnop",
            "qwertyuiopasdfghjkl",
            "password1234567",
            "Password Password!",
            "P4ssw0rd!P4ssw0rd!",
            "monkey-dragon-2026",
            "111222333444555666",
        ] {
            assert_eq!(check(password), Err(Unsuitable::TooCommon), "{password}");
        }
    }

    #[test]
    fn sec_10_the_persons_and_the_products_words_are_refused() {
        for password in ["DavidChenDavidChen", "david.chen monkey 1", "Viruj Station 2026", "zymoquill labs 12!"] {
            assert_eq!(check(password), Err(Unsuitable::TooPersonal), "{password}");
        }
        let other = Owner { name: "Maria Garcia", email: "maria@dublin.example" };
        assert_eq!(check_new("zymoquill labs 12!", other), Ok(()));
    }

    #[test]
    fn sec_10_passphrases_and_chance_are_taken() {
        for password in [
            "correct horse battery staple",
            "kmw8r-29xqa-ptz4c",
            "the autoclave hums in b flat",
            "832749817264918",
            "Zr4!vPq9#sLd2@mX",
        ] {
            assert_eq!(check(password), Ok(()), "{password}");
        }
    }

    #[test]
    fn a_long_text_that_almost_fits_is_judged_at_once() {
        let nearly = format!("{}x!", "passwordmonkeydragon".repeat(6));
        assert_eq!(check(&nearly), Ok(()));
    }
}
