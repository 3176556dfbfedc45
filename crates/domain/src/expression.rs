//! Expressions of a master batch record: what a phase calculates and on which condition it is executed.
//!
//! `{DSP-120}` is the value of a phase, `200[kg]` a number with its unit, `'Yes'` a text. Numbers are calculated with
//! `+ - * /`, `min`, `max` and `abs`, compared with `= != < <= > >=` and joined by `and`, `or` and `not`.
//! Units are part of the calculation: kilograms and grams add up, kilograms and litres do not.
//! Arithmetic is in exact fractions; the one rounding is that of the result (`docs/adr/0004-expressions.md`).

use std::collections::BTreeSet;

use crate::{
    decimal::ExactDecimal,
    quantity::{Dimension, Quantity},
    unit::Unit,
};

mod calculate;
mod parse;

/// Characters of an expression.
pub const LONGEST: usize = 1000;

/// An expression that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    root: Node,
}

/// What an expression, or a phase that it names, gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Number(Dimension),
    Text,
    Truth,
}

/// A value of a phase, or of a whole expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Number(Quantity),
    Text(String),
    Truth(bool),
}

/// What is wrong with an expression, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}, at character {}", at + 1)]
pub struct ExpressionFault {
    /// Characters before it.
    pub at: usize,
    pub problem: ExpressionProblem,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionProblem {
    #[error("an expression has at most {LONGEST} characters")]
    TooLong,
    #[error("the expression is nested too deeply")]
    TooDeep,
    #[error("{0:?} is not understood")]
    NotUnderstood(String),
    #[error("something is missing")]
    Incomplete,
    #[error("{0} is not a number that a record can keep")]
    NotANumber(String),
    #[error("{0} is not a unit")]
    UnknownUnit(String),
    #[error("{0} is not a function")]
    UnknownFunction(String),
    #[error("there is no earlier phase {0} with a value")]
    UnknownPhase(String),
    #[error("a number is needed here")]
    NumberNeeded,
    #[error("a condition is needed here")]
    ConditionNeeded,
    #[error("these two cannot be compared")]
    NotComparable,
    #[error("these two do not measure the same")]
    MeasuresDiffer,
}

impl ExpressionProblem {
    /// The stable code that the user interface translates.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "expression_too_long",
            Self::TooDeep => "expression_too_deep",
            Self::NotUnderstood(_) => "expression_not_understood",
            Self::Incomplete => "expression_incomplete",
            Self::NotANumber(_) => "expression_not_a_number",
            Self::UnknownUnit(_) => "expression_unknown_unit",
            Self::UnknownFunction(_) => "expression_unknown_function",
            Self::UnknownPhase(_) => "expression_unknown_phase",
            Self::NumberNeeded => "expression_number_needed",
            Self::ConditionNeeded => "expression_condition_needed",
            Self::NotComparable => "expression_not_comparable",
            Self::MeasuresDiffer => "expression_measures_differ",
        }
    }
}

/// Why an expression has no value now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoValue {
    /// The phase has not been executed, or is not executed in this batch.
    #[error("phase {0} has no value")]
    PhaseWithoutValue(String),
    #[error("the expression divides by zero")]
    DivisionByZero,
    /// An expression that [`Expression::check`] accepts never gives this one.
    #[error("the values do not fit the expression")]
    DoesNotFit,
}

impl Expression {
    /// # Errors
    /// The first fault.
    pub fn parse(text: &str) -> Result<Self, ExpressionFault> {
        parse::parse(text).map(|root| Self { root })
    }

    /// The keys of the phases whose values it needs.
    #[must_use]
    pub fn phases(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.root.collect(&mut names);
        names
    }

    /// What the expression gives, where `known` says what each phase gives.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self, known: &dyn Fn(&str) -> Option<Kind>) -> Result<Kind, ExpressionFault> {
        self.root.check(known)
    }

    /// The value, where `known` says the value of each phase.
    ///
    /// # Errors
    /// [`NoValue`].
    pub fn value(&self, known: &dyn Fn(&str) -> Option<Value>) -> Result<Value, NoValue> {
        self.root.value(known)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Node {
    /// Characters before it.
    at: usize,
    form: Form,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Number(ExactDecimal, Option<Unit>),
    Text(String),
    Phase(String),
    Negative(Box<Node>),
    Not(Box<Node>),
    Two(Operator, Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    DividedBy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Least,
    Greatest,
    Magnitude,
}

impl Node {
    fn collect<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        match &self.form {
            Form::Phase(name) => {
                names.insert(name);
            }
            Form::Number(..) | Form::Text(_) => {}
            Form::Negative(inner) | Form::Not(inner) => inner.collect(names),
            Form::Two(_, left, right) => {
                left.collect(names);
                right.collect(names);
            }
            Form::Call(_, arguments) => arguments.iter().for_each(|argument| argument.collect(names)),
        }
    }

    fn fault<T>(&self, problem: ExpressionProblem) -> Result<T, ExpressionFault> {
        Err(ExpressionFault { at: self.at, problem })
    }
}

#[cfg(test)]
mod tests;
