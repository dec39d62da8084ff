//! The values of expressions, and whether tests hold.

use super::Run;
use crate::checktestdata::{
    expression::{Expression, Logical, Operator, Place, Test},
    mismatch::CheckError,
    values::{ArithmeticError, Integer, Value},
    variables::Index,
};
use std::{cmp::Ordering, sync::Arc};

impl Run<'_> {
    pub(super) fn value(&mut self, expression: &Expression) -> Result<Value, CheckError> {
        self.charge(1)?;
        match expression {
            Expression::Literal(value) => Ok(value.clone()),
            Expression::Variable(place) => self.load(place),
            Expression::StringLength(text) => {
                let length = self.text(text, "STRLEN")?.len();
                let length =
                    i64::try_from(length).map_err(|_| self.limit("a string is too long"))?;
                Ok(Value::Integer(Integer::Small(length)))
            }
            Expression::Negation(operand) => {
                let operand = self.value(operand)?;
                operand.negate().map_err(|error| self.arithmetic(&error))
            }
            Expression::Chain(first, rest) => {
                let mut value = self.value(first)?;
                for (operator, operand) in rest {
                    let operand = self.value(operand)?;
                    value = self.apply(*operator, &value, &operand)?;
                }
                Ok(value)
            }
        }
    }

    fn apply(
        &mut self,
        operator: Operator,
        left: &Value,
        right: &Value,
    ) -> Result<Value, CheckError> {
        let result = operator.apply(left, right).map_err(|error| self.arithmetic(&error))?;
        self.charge(operator.steps(left, right, &result))?;
        Ok(result)
    }

    fn load(&mut self, place: &Place) -> Result<Value, CheckError> {
        let index = self.index(place)?;
        match self.variables.get(place.slot, &index) {
            Some(value) => Ok(value.clone()),
            None => {
                let name = &self.program.variables[place.slot].name;
                let index = match index {
                    Index::Plain => String::new(),
                    _ => self.shorten(&index),
                };
                Err(self.fault(format!("the variable {name}{index} has no value")))
            }
        }
    }

    pub(super) fn index(&mut self, place: &Place) -> Result<Index, CheckError> {
        if place.indices.is_empty() {
            return Ok(Index::Plain);
        }
        let mut indices = Vec::with_capacity(place.indices.len());
        for expression in &place.indices {
            let index = self.integer(expression, "an index")?;
            self.charge(index.words())?;
            indices.push(index);
        }
        Ok(indices.into())
    }

    /// An integer that is named `what`.
    pub(super) fn integer(
        &mut self,
        expression: &Expression,
        what: &str,
    ) -> Result<Integer, CheckError> {
        match self.value(expression)? {
            Value::Integer(integer) => Ok(integer),
            other => {
                let shown = self.shorten(&other);
                Err(self.fault(format!("{what} is an integer, not {shown}")))
            }
        }
    }

    /// A string that `command` asks for.
    pub(super) fn text(
        &mut self,
        expression: &Expression,
        command: &str,
    ) -> Result<Arc<[u8]>, CheckError> {
        match self.value(expression)? {
            Value::Text(text) => Ok(text),
            other => {
                let shown = self.shorten(&other);
                Err(self.fault(format!("{command} takes a string, not {shown}")))
            }
        }
    }

    pub(super) fn ordering(&mut self, left: &Value, right: &Value) -> Result<Ordering, CheckError> {
        self.charge(left.comparison_steps(right))?;
        left.compare(right).map_err(|error| self.arithmetic(&error))
    }

    pub(super) fn arithmetic(&self, error: &ArithmeticError) -> CheckError {
        match error {
            ArithmeticError::TooManyDigits | ArithmeticError::ExponentTooLarge => {
                self.limit(error.to_string())
            }
            _ => self.fault(error.to_string()),
        }
    }

    pub(super) fn test(&mut self, test: &Test) -> Result<bool, CheckError> {
        self.charge(1)?;
        match test {
            Test::Not(test) => Ok(!self.test(test)?),
            Test::Chain(first, rest) => {
                let mut holds = self.test(first)?;
                for (logical, test) in rest {
                    // What cannot change the result is not looked at.
                    if holds == (*logical == Logical::And) {
                        holds = self.test(test)?;
                    }
                }
                Ok(holds)
            }
            Test::Compare(left, comparison, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                let ordering = self.ordering(&left, &right)?;
                Ok(comparison.holds(ordering))
            }
            Test::EndOfFile => Ok(self.input.peek()?.is_none()),
            Test::Match(text) => {
                let text = self.text(text, "MATCH")?;
                self.charge(text.len() as u64 / 8)?;
                Ok(self.input.peek()?.is_some_and(|byte| text.contains(&byte)))
            }
            Test::Unique(slots) => {
                let elements: u64 = slots.iter().map(|&slot| self.variables.len(slot)).sum();
                let bytes = self.variables.unique_bytes(slots);
                // Each is looked for in all.
                self.charge(elements * 16 + bytes / 8)?;
                self.meter.check_memory(bytes).map_err(|exceeded| self.exceeded(exceeded))?;
                Ok(self.variables.are_unique(slots))
            }
            Test::InArray(value, slot) => {
                let value = self.value(value)?;
                self.charge(value.words())?;
                Ok(self.variables.holds(*slot, &value))
            }
        }
    }
}
