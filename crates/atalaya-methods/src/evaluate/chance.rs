//! Draws of the normal and the gamma distribution from a stream.

/// A stream of normals: Marsaglia's polar method gives two at a time.
#[derive(Debug, Clone)]
pub struct Normals<S> {
    unit: S,
    spare: Option<f64>,
}

impl<S: FnMut() -> f64> Normals<S> {
    /// Normals from numbers in `[0, 1)`.
    pub fn new(unit: S) -> Normals<S> {
        Normals { unit, spare: None }
    }

    /// A number in `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        (self.unit)()
    }

    /// A standard normal.
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (a, b) = (2.0 * (self.unit)() - 1.0, 2.0 * (self.unit)() - 1.0);
            let s = a * a + b * b;
            if s > 0.0 && s < 1.0 {
                let factor = (-2.0 * s.ln() / s).sqrt();
                self.spare = Some(b * factor);
                return a * factor;
            }
        }
    }

    /// A gamma of this shape, at least 1/3, and scale 1 (Marsaglia and Tsang 2000, ACM TOMS 26(3), 363-372).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        let d = shape.max(1.0 / 3.0 + 1e-9) - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && (self.unit)().max(1e-300).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut stream = atalaya_kernel::Seed(1).stream(0);
        let mut chance = Normals::new(move || stream.unit());
        let n = 200_000;
        let normals: Vec<f64> = (0..n).map(|_| chance.normal()).collect();
        let moment = |k: i32| normals.iter().map(|x| x.powi(k)).sum::<f64>() / f64::from(n);
        assert!(moment(1).abs() < 0.01 && (moment(2) - 1.0).abs() < 0.015 && (moment(4) - 3.0).abs() < 0.1);
        let gammas: Vec<f64> = (0..n).map(|_| chance.gamma(2.5)).collect();
        let mean = gammas.iter().sum::<f64>() / f64::from(n);
        let variance = gammas.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / f64::from(n);
        assert!((mean - 2.5).abs() < 0.02 && (variance - 2.5).abs() < 0.06, "{mean} {variance}");
    }
}
