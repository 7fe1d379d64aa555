//! How long each function of a file is.

use super::words::whole;
use super::{closing, line_of};

/// One function.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of its `fn`.
    pub line: usize,
    /// From `fn` to the closing brace.
    pub lines: usize,
}

/// The functions with a body in masked code.
pub fn functions(code: &str) -> Vec<Function> {
    whole(code, "fn").filter_map(|at| function(code, at)).collect()
}

fn function(code: &str, at: usize) -> Option<Function> {
    let name: String = code[at + 2..].trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if name.is_empty() {
        return None;
    }
    let open = body(code, at)?;
    let close = closing(code, open)?;
    let (first, last) = (line_of(code, at), line_of(code, close));
    Some(Function { name, line: first, lines: last + 1 - first })
}

/// The brace that opens the body; `None` for a declaration.
fn body(code: &str, from: usize) -> Option<usize> {
    let mut depth = 0i32;
    for (at, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b';' if depth == 0 => return None,
            b'{' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_from_fn_to_brace() {
        let code = "trait T { fn none(&self); }\nfn one(x: [u8; 2]) -> u8 {\n    if x {\n    }\n}\ntype F = fn(u8);";
        assert_eq!(functions(code), [Function { name: "one".into(), line: 2, lines: 4 }]);
    }
}
