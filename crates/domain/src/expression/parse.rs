//! Reads an expression: `or` binds least, then `and`, `not`, comparisons, `+ -`, `* /` and the sign.

use super::{ExpressionFault, ExpressionProblem, Form, Function, LONGEST, Node, Operator};
use crate::{decimal::ExactDecimal, unit::Unit};

/// Brackets, signs and `not` inside each other.
const DEEPEST: usize = 32;

const SYMBOLS: [(&str, Operator); 10] = [
    ("!=", Operator::Unequal),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("=", Operator::Equal),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("+", Operator::Plus),
    ("-", Operator::Minus),
    ("*", Operator::Times),
    ("/", Operator::DividedBy),
];

pub(super) fn parse(text: &str) -> Result<Node, ExpressionFault> {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() > LONGEST {
        return Err(ExpressionFault { at: LONGEST, problem: ExpressionProblem::TooLong });
    }
    let mut reader = Reader { letters: &letters, at: 0, depth: 0 };
    let root = reader.level(0)?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(root),
        Some(letter) => reader.fault(ExpressionProblem::NotUnderstood(letter.to_string())),
    }
}

struct Reader<'a> {
    letters: &'a [char],
    at: usize,
    depth: usize,
}

/// Operators of one strength, the weakest first; those of one level are read from left to right.
const LEVELS: [&[Operator]; 5] = [
    &[Operator::Or],
    &[Operator::And],
    &[
        Operator::Equal,
        Operator::Unequal,
        Operator::Less,
        Operator::LessOrEqual,
        Operator::Greater,
        Operator::GreaterOrEqual,
    ],
    &[Operator::Plus, Operator::Minus],
    &[Operator::Times, Operator::DividedBy],
];

impl Reader<'_> {
    fn level(&mut self, level: usize) -> Result<Node, ExpressionFault> {
        let Some(operators) = LEVELS.get(level) else { return self.single() };
        if level == 2 && self.word("not") {
            let at = self.at;
            let inner = self.deeper(|reader| reader.level(level))?;
            return Ok(Node { at, form: Form::Not(Box::new(inner)) });
        }
        let mut left = self.level(level + 1)?;
        while let Some((at, operator)) = self.operator(operators) {
            let right = self.level(level + 1)?;
            left = Node { at, form: Form::Two(operator, Box::new(left), Box::new(right)) };
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Node, ExpressionFault> {
        self.skip_space();
        let at = self.at;
        let form = match self.peek() {
            None => return self.fault(ExpressionProblem::Incomplete),
            Some('-') => {
                self.at += 1;
                Form::Negative(Box::new(self.deeper(Self::single)?))
            }
            Some('(') => {
                self.at += 1;
                let inner = self.deeper(|reader| reader.level(0))?;
                self.expect(')')?;
                return Ok(inner);
            }
            Some('{') => Form::Phase(self.enclosed('{', '}')?),
            Some('\'') => Form::Text(self.enclosed('\'', '\'')?),
            Some(letter) if letter.is_ascii_digit() => self.number()?,
            Some(letter) if letter.is_ascii_alphabetic() => self.call()?,
            Some(letter) => return self.fault(ExpressionProblem::NotUnderstood(letter.to_string())),
        };
        Ok(Node { at, form })
    }

    fn number(&mut self) -> Result<Form, ExpressionFault> {
        let at = self.at;
        let digits = self.while_letters(|letter| letter.is_ascii_digit() || letter == '.');
        let number = ExactDecimal::parse(&digits)
            .map_err(|_| ExpressionFault { at, problem: ExpressionProblem::NotANumber(digits) })?;
        if self.peek() != Some('[') {
            return Ok(Form::Number(number, None));
        }
        let at = self.at;
        let symbol = self.enclosed('[', ']')?;
        let unit = Unit::ALL.iter().copied().find(|unit| unit.symbol() == symbol);
        let unit = unit.ok_or(ExpressionFault { at, problem: ExpressionProblem::UnknownUnit(symbol) })?;
        Ok(Form::Number(number, Some(unit)))
    }

    fn call(&mut self) -> Result<Form, ExpressionFault> {
        let at = self.at;
        let name = self.while_letters(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        let function = match name.as_str() {
            "min" => Function::Least,
            "max" => Function::Greatest,
            "abs" => Function::Magnitude,
            _ => return Err(ExpressionFault { at, problem: ExpressionProblem::UnknownFunction(name) }),
        };
        self.expect('(')?;
        let mut arguments = vec![self.deeper(|reader| reader.level(0))?];
        while function != Function::Magnitude && self.symbol(",") {
            arguments.push(self.deeper(|reader| reader.level(0))?);
        }
        self.expect(')')?;
        Ok(Form::Call(function, arguments))
    }

    fn operator(&mut self, wanted: &[Operator]) -> Option<(usize, Operator)> {
        self.skip_space();
        let at = self.at;
        for (word, operator) in [("or", Operator::Or), ("and", Operator::And)] {
            if wanted.contains(&operator) && self.word(word) {
                return Some((at, operator));
            }
        }
        // The longer symbols come first, so that `<=` is not read as `<`.
        let (symbol, operator) = *SYMBOLS.iter().find(|(symbol, _)| self.is_next(symbol))?;
        if !wanted.contains(&operator) {
            return None;
        }
        self.at += symbol.len();
        Some((at, operator))
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, ExpressionFault>) -> Result<T, ExpressionFault> {
        if self.depth == DEEPEST {
            return self.fault(ExpressionProblem::TooDeep);
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn enclosed(&mut self, open: char, close: char) -> Result<String, ExpressionFault> {
        debug_assert_eq!(self.peek(), Some(open));
        self.at += 1;
        let inside = self.while_letters(|letter| letter != close);
        self.expect(close)?;
        Ok(inside)
    }

    fn expect(&mut self, wanted: char) -> Result<(), ExpressionFault> {
        self.skip_space();
        match self.peek() {
            Some(letter) if letter == wanted => {
                self.at += 1;
                Ok(())
            }
            Some(letter) => self.fault(ExpressionProblem::NotUnderstood(letter.to_string())),
            None => self.fault(ExpressionProblem::Incomplete),
        }
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        self.skip_space();
        let found = self.is_next(symbol);
        if found {
            self.at += symbol.len();
        }
        found
    }

    /// A word is one only when nothing that belongs to a name follows.
    fn word(&mut self, word: &str) -> bool {
        self.skip_space();
        let after = self.letters.get(self.at + word.len());
        let found = self.is_next(word) && !after.is_some_and(|letter| letter.is_alphanumeric() || *letter == '_');
        if found {
            self.at += word.len();
        }
        found
    }

    fn is_next(&self, ascii: &str) -> bool {
        let rest = self.letters.get(self.at..).unwrap_or_default();
        rest.len() >= ascii.len() && ascii.chars().zip(rest).all(|(wanted, letter)| wanted == *letter)
    }

    fn while_letters(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let begin = self.at;
        while self.peek().is_some_and(&belongs) {
            self.at += 1;
        }
        self.letters[begin..self.at].iter().collect()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn fault<T>(&self, problem: ExpressionProblem) -> Result<T, ExpressionFault> {
        Err(ExpressionFault { at: self.at, problem })
    }
}
