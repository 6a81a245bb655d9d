//! Student's distribution: how far a mean of few values may lie from the truth.

/// More degrees of freedom than this make no difference in the digits that are shown.
const MAX_DEGREES: f64 = 1e6;

/// Steps of the continued fraction; it converges in a few dozen for all degrees of freedom up to [`MAX_DEGREES`] where
/// it is used.
const MAX_STEPS: u32 = 500;

/// Halvings of an interval: 2⁻⁶⁰ of it is left.
const HALVINGS: u32 = 60;

/// The probability of a value above `t`.
pub(super) fn upper_tail(t: f64, degrees: f64) -> f64 {
    if t.is_nan() {
        return 0.5;
    }
    let degrees = degrees.clamp(1.0, MAX_DEGREES);
    // Abramowitz and Stegun, 26.7.1: the two tails together are I(ν / (ν + t²); ν / 2, ½).
    let tail = 0.5 * incomplete_beta(degrees / (degrees + t * t), degrees / 2.0, 0.5);
    if t >= 0.0 { tail } else { 1.0 - tail }
}

/// The value that is exceeded with probability `tail`, which is below a half.
pub(super) fn quantile(tail: f64, degrees: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while upper_tail(high, degrees) > tail && high < f64::MAX / 2.0 {
        high *= 2.0;
    }
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if upper_tail(middle, degrees) > tail { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// The regularised incomplete beta function I(x; a, b).
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (1.0 - x).ln()).exp();
    // The fraction converges fast below the mean alone.
    if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(x, a, b) / a
    } else {
        1.0 - front * beta_fraction(1.0 - x, b, a) / b
    }
}

/// The continued fraction of the incomplete beta function by Lentz's method: Press et al., Numerical Recipes, 6.4.
fn beta_fraction(x: f64, a: f64, b: f64) -> f64 {
    let away_from_zero = |value: f64| if value.abs() < f64::MIN_POSITIVE { f64::MIN_POSITIVE } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for step in 1..MAX_STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + term * d);
            c = away_from_zero(1.0 + term / c);
            change = c * d;
            fraction *= change;
        }
        if (change - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    fraction
}

/// The logarithm of the gamma function for positive `x`: Lanczos' approximation with the coefficients of Press et al., 6.1.
fn ln_gamma(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 6] = [
        76.180_091_729_471_46,
        -86.505_320_329_416_77,
        24.014_098_240_830_91,
        -1.231_739_572_450_155,
        0.120_865_097_386_617_9e-2,
        -0.539_523_938_495_3e-5,
    ];
    let shifted = x + 5.5;
    let shifted = shifted - (x + 0.5) * shifted.ln();
    let mut series = 1.000_000_000_190_015;
    for (index, coefficient) in COEFFICIENTS.iter().enumerate() {
        series += coefficient / (x + 1.0 + index as f64);
    }
    (2.506_628_274_631_000_5 * series / x).ln() - shifted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of printed tables.
    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (tail, degrees, value) in [
            (0.025, 1.0, 12.706),
            (0.025, 4.0, 2.776),
            (0.025, 23.0, 2.069),
            (0.0005, 10.0, 4.587),
            (0.05, 1e6, 1.645),
            (0.025, 1e9, 1.960),
        ] {
            let found = quantile(tail, degrees);
            assert!((found - value).abs() < 6e-4, "{tail} {degrees}: {found} for {value}");
        }
    }

    #[test]
    fn tails_add_up_and_fall() {
        for degrees in [1.0, 5.0, 23.0, 300.0] {
            assert!((upper_tail(0.0, degrees) - 0.5).abs() < 1e-9);
            let mut before = 1.0;
            for step in -40..=40 {
                let t = f64::from(step) / 4.0;
                let tail = upper_tail(t, degrees);
                assert!(tail <= before, "{degrees} {t}");
                assert!((tail + upper_tail(-t, degrees) - 1.0).abs() < 1e-9, "{degrees} {t}");
                before = tail;
            }
        }
    }
}
