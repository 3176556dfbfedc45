//! What an expression gives: first of which kind, before a batch exists, then which value.

use num_rational::BigRational;
use num_traits::{Signed, Zero};

use super::{ExpressionFault, ExpressionProblem, Form, Function, Kind, NoValue, Node, Operator, Value};
use crate::quantity::{Dimension, Quantity};

impl Operator {
    fn is_comparison(self) -> bool {
        use Operator::*;
        matches!(self, Equal | Unequal | Less | LessOrEqual | Greater | GreaterOrEqual)
    }
}

impl Node {
    pub(super) fn check(&self, known: &dyn Fn(&str) -> Option<Kind>) -> Result<Kind, ExpressionFault> {
        match &self.form {
            Form::Number(_, unit) => Ok(Kind::Number(unit.map_or(Dimension::NONE, |unit| unit.measure().dimension))),
            Form::Text(_) => Ok(Kind::Text),
            Form::Phase(key) => match known(key) {
                Some(kind) => Ok(kind),
                None => self.fault(ExpressionProblem::UnknownPhase(key.clone())),
            },
            Form::Negative(inner) => inner.number(known).map(Kind::Number),
            Form::Not(inner) => inner.condition(known),
            Form::Two(Operator::And | Operator::Or, left, right) => {
                left.condition(known)?;
                right.condition(known)
            }
            Form::Two(operator, left, right) if operator.is_comparison() => {
                self.compared(*operator, left.check(known)?, right.check(known)?)
            }
            Form::Two(operator, left, right) => {
                let (left, right) = (left.number(known)?, right.number(known)?);
                match operator {
                    Operator::Times => self.product(left, right, 1),
                    Operator::DividedBy => self.product(left, right, -1),
                    _ if left == right => Ok(Kind::Number(left)),
                    _ => self.fault(ExpressionProblem::MeasuresDiffer),
                }
            }
            Form::Call(_, arguments) => {
                let mut dimensions = arguments.iter().map(|argument| argument.number(known));
                let first = dimensions.next().unwrap_or_else(|| self.fault(ExpressionProblem::Incomplete))?;
                for dimension in dimensions {
                    if dimension? != first {
                        return self.fault(ExpressionProblem::MeasuresDiffer);
                    }
                }
                Ok(Kind::Number(first))
            }
        }
    }

    fn number(&self, known: &dyn Fn(&str) -> Option<Kind>) -> Result<Dimension, ExpressionFault> {
        match self.check(known)? {
            Kind::Number(dimension) => Ok(dimension),
            Kind::Text | Kind::Truth => self.fault(ExpressionProblem::NumberNeeded),
        }
    }

    fn condition(&self, known: &dyn Fn(&str) -> Option<Kind>) -> Result<Kind, ExpressionFault> {
        match self.check(known)? {
            Kind::Truth => Ok(Kind::Truth),
            Kind::Number(_) | Kind::Text => self.fault(ExpressionProblem::ConditionNeeded),
        }
    }

    fn compared(&self, operator: Operator, left: Kind, right: Kind) -> Result<Kind, ExpressionFault> {
        match (left, right) {
            (Kind::Number(left), Kind::Number(right)) if left == right => Ok(Kind::Truth),
            (Kind::Number(_), Kind::Number(_)) => self.fault(ExpressionProblem::MeasuresDiffer),
            (Kind::Text, Kind::Text) if matches!(operator, Operator::Equal | Operator::Unequal) => Ok(Kind::Truth),
            _ => self.fault(ExpressionProblem::NotComparable),
        }
    }

    fn product(&self, left: Dimension, right: Dimension, sign: i8) -> Result<Kind, ExpressionFault> {
        left.times(right, sign).map_or_else(|| self.fault(ExpressionProblem::TooDeep), |found| Ok(Kind::Number(found)))
    }

    pub(super) fn value(&self, known: &dyn Fn(&str) -> Option<Value>) -> Result<Value, NoValue> {
        Ok(match &self.form {
            Form::Number(number, Some(unit)) => Value::Number(Quantity::new(*number, *unit)),
            Form::Number(number, None) => Value::Number(Quantity::plain(*number)),
            Form::Text(text) => Value::Text(text.clone()),
            Form::Phase(key) => known(key).ok_or_else(|| NoValue::PhaseWithoutValue(key.clone()))?,
            Form::Negative(inner) => {
                let Quantity { number, dimension } = inner.quantity(known)?;
                Value::Number(Quantity { number: -number, dimension })
            }
            Form::Not(inner) => Value::Truth(!inner.truth(known)?),
            // The second half may name a phase that was not executed because the first half says so.
            Form::Two(Operator::And, left, right) => Value::Truth(left.truth(known)? && right.truth(known)?),
            Form::Two(Operator::Or, left, right) => Value::Truth(left.truth(known)? || right.truth(known)?),
            Form::Two(operator, left, right) if operator.is_comparison() => {
                Value::Truth(compare(*operator, &left.value(known)?, &right.value(known)?)?)
            }
            Form::Two(operator, left, right) => {
                Value::Number(calculate(*operator, left.quantity(known)?, right.quantity(known)?)?)
            }
            Form::Call(function, arguments) => {
                let mut quantities = arguments.iter().map(|argument| argument.quantity(known));
                let mut found = quantities.next().ok_or(NoValue::DoesNotFit)??;
                for other in quantities {
                    let other = other?;
                    if other.dimension != found.dimension {
                        return Err(NoValue::DoesNotFit);
                    }
                    let is_wanted = match function {
                        Function::Least => other.number < found.number,
                        Function::Greatest => other.number > found.number,
                        Function::Magnitude => false,
                    };
                    if is_wanted {
                        found = other;
                    }
                }
                if *function == Function::Magnitude {
                    found.number = found.number.abs();
                }
                Value::Number(found)
            }
        })
    }

    fn quantity(&self, known: &dyn Fn(&str) -> Option<Value>) -> Result<Quantity, NoValue> {
        match self.value(known)? {
            Value::Number(quantity) => Ok(quantity),
            Value::Text(_) | Value::Truth(_) => Err(NoValue::DoesNotFit),
        }
    }

    fn truth(&self, known: &dyn Fn(&str) -> Option<Value>) -> Result<bool, NoValue> {
        match self.value(known)? {
            Value::Truth(truth) => Ok(truth),
            Value::Number(_) | Value::Text(_) => Err(NoValue::DoesNotFit),
        }
    }
}

fn compare(operator: Operator, left: &Value, right: &Value) -> Result<bool, NoValue> {
    let order = match (left, right) {
        (Value::Number(left), Value::Number(right)) if left.dimension == right.dimension => {
            left.number.cmp(&right.number)
        }
        (Value::Text(left), Value::Text(right)) => left.cmp(right),
        _ => return Err(NoValue::DoesNotFit),
    };
    Ok(match operator {
        Operator::Equal => order.is_eq(),
        Operator::Unequal => order.is_ne(),
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        Operator::GreaterOrEqual => order.is_ge(),
        _ => return Err(NoValue::DoesNotFit),
    })
}

fn calculate(operator: Operator, left: Quantity, right: Quantity) -> Result<Quantity, NoValue> {
    let same = |number: BigRational| match left.dimension == right.dimension {
        true => Ok(Quantity { number, dimension: left.dimension }),
        false => Err(NoValue::DoesNotFit),
    };
    let product = |number: BigRational, sign| {
        let dimension = left.dimension.times(right.dimension, sign).ok_or(NoValue::DoesNotFit)?;
        Ok(Quantity { number, dimension })
    };
    match operator {
        Operator::Plus => same(&left.number + &right.number),
        Operator::Minus => same(&left.number - &right.number),
        Operator::Times => product(&left.number * &right.number, 1),
        Operator::DividedBy if right.number.is_zero() => Err(NoValue::DivisionByZero),
        Operator::DividedBy => product(&left.number / &right.number, -1),
        _ => Err(NoValue::DoesNotFit),
    }
}
