//! Numbers against the compiler's own.

use super::*;
use proptest::prelude::*;

const OPERATORS: [Operator; 5] =
    [Operator::Add, Operator::Subtract, Operator::Multiply, Operator::Divide, Operator::Remainder];

fn integer(number: i128) -> Value {
    Value::Integer(Integer::parse(&number.to_string()).unwrap())
}

fn decimal(mantissa: i64, exponent: i32) -> Value {
    Value::Float(Decimal::parse(&format!("{mantissa}e{exponent}")).unwrap())
}

/// Numbers of every length, those where a small one becomes a big one among them.
fn number() -> impl Strategy<Value = i128> {
    let edge = prop::sample::select(vec![i128::from(i64::MAX), i128::from(i64::MIN), 0, 1 << 32]);
    prop_oneof![
        (any::<i64>(), 0..64_u32).prop_map(|(number, shift)| i128::from(number >> shift)),
        (edge, -3..=3_i128).prop_map(|(edge, offset)| edge + offset),
        any::<i64>().prop_map(|number| i128::from(number) << 30),
    ]
}

proptest! {
    #[test]
    fn integers_are_computed_exactly(left in number(), right in number()) {
        for operator in OPERATORS {
            let expected = match operator {
                Operator::Add => left.checked_add(right),
                Operator::Subtract => left.checked_sub(right),
                Operator::Multiply => match left.checked_mul(right) {
                    None => continue,
                    product => product,
                },
                Operator::Divide => left.checked_div(right),
                Operator::Remainder => left.checked_rem(right),
                Operator::Power => unreachable!("not in the list"),
            };
            let result = operator.apply(&integer(left), &integer(right));
            match expected {
                None => prop_assert_eq!(result.unwrap_err(), ArithmeticError::DivisionByZero),
                Some(expected) => {
                    let result = result.unwrap();
                    prop_assert_eq!(result.to_string(), expected.to_string());
                    // Equal values are equal keys, whatever they were computed from.
                    prop_assert_eq!(result.key(), integer(expected).key());
                }
            }
        }
        prop_assert_eq!(integer(left).compare(&integer(right)).unwrap(), left.cmp(&right));
        prop_assert_eq!(integer(left).negate().unwrap().to_string(), (-left).to_string());
    }

    #[test]
    fn powers_are_products(base in -20..20_i128, exponent in 0..25_u32) {
        let result = Operator::Power.apply(&integer(base), &integer(exponent.into())).unwrap();
        prop_assert_eq!(result.to_string(), base.pow(exponent).to_string());
        let result = Operator::Power.apply(&decimal(base as i64, -1), &integer(exponent.into())).unwrap();
        let expected = Decimal::parse(&format!("{}e-{exponent}", base.pow(exponent))).unwrap();
        prop_assert!(result.compare(&Value::Float(expected)).unwrap().is_eq());
    }

    #[test]
    fn decimals_are_computed_exactly(
        (left, left_exponent) in (-1_000_000_000..1_000_000_000_i64, -9..9_i32),
        (right, right_exponent) in (-1_000_000_000..1_000_000_000_i64, -9..9_i32),
    ) {
        // Both in units of 10^-9, and their product in units of 10^-18.
        let unit = |mantissa: i64, exponent: i32| i128::from(mantissa) * 10_i128.pow((exponent + 9) as u32);
        let (in_units, right_in_units) = (unit(left, left_exponent), unit(right, right_exponent));
        let (left, right) = (decimal(left, left_exponent), decimal(right, right_exponent));
        let number = |mantissa: i128, exponent: i32| {
            Value::Float(Decimal::parse(&format!("{mantissa}e{exponent}")).unwrap())
        };
        let is = |result: Value, expected: Value| {
            result.compare(&expected).unwrap().is_eq() && result.key() == expected.key()
        };
        let apply = |operator: Operator| operator.apply(&left, &right);
        prop_assert!(is(apply(Operator::Add).unwrap(), number(in_units + right_in_units, -9)));
        prop_assert!(is(apply(Operator::Subtract).unwrap(), number(in_units - right_in_units, -9)));
        prop_assert_eq!(left.compare(&right).unwrap(), in_units.cmp(&right_in_units));
        prop_assert_eq!(left.key() == right.key(), in_units == right_in_units);
        if let Some(product) = in_units.checked_mul(right_in_units) {
            prop_assert!(is(apply(Operator::Multiply).unwrap(), number(product, -18)));
        }
        if right_in_units == 0 {
            prop_assert_eq!(apply(Operator::Divide).unwrap_err(), ArithmeticError::DivisionByZero);
        } else {
            // A quotient times its divisor is the dividend, but for what lies below the hundredth digit.
            let quotient = apply(Operator::Divide).unwrap();
            let product = Operator::Multiply.apply(&quotient, &right).unwrap();
            let error = Operator::Subtract.apply(&product, &left).unwrap();
            let bound = number(1, -70);
            prop_assert!(error.compare(&bound).unwrap().is_lt());
            prop_assert!(error.compare(&bound.negate().unwrap()).unwrap().is_gt());
        }
    }
}

#[test]
fn far_exponents_take_no_room() {
    let (huge, tiny) = (decimal(3, 900_000_000), decimal(-7, -900_000_000));
    let sum = Operator::Add.apply(&huge, &tiny).unwrap();
    assert!(sum.compare(&huge).unwrap().is_eq());
    assert!(tiny.compare(&huge).unwrap().is_lt());
    assert!(huge.compare(&tiny).unwrap().is_gt());
    assert!(tiny.compare(&integer(0)).unwrap().is_lt());
    let too_far = Operator::Multiply.apply(&huge, &huge).unwrap_err();
    assert_eq!(too_far, ArithmeticError::ExponentTooLarge);
}

#[test]
fn numbers_are_shown_as_people_write_them() {
    for (text, shown) in [
        ("0.0", "0"),
        ("1.50", "1.5"),
        ("-0.025", "-0.025"),
        ("15e1", "150"),
        ("1e21", "1e21"),
        ("-1e-21", "-1e-21"),
        ("12.5e-3", "0.0125"),
    ] {
        assert_eq!(Value::Float(Decimal::parse(text).unwrap()).to_string(), shown);
    }
}
