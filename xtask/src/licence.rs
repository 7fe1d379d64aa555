//! SPDX licence expressions against the list of what Atalaya may be built with.

/// How near a package comes to what we hand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// Compiled into the program or the page.
    Linked,
    /// Used to build or test it, never handed out.
    Tool,
}

/// Licences of what is handed out: no duty on the user beyond keeping the notice. MPL-2.0 asks
/// for the source of its own files only.
const LINKED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
    "bzip2-1.0.6",
];

/// Beside those, for tools: documents and data of build tools.
const TOOLS: &[&str] = &["BlueOak-1.0.0", "CC-BY-3.0", "CC-BY-4.0", "Python-2.0"];

/// Exceptions that only give more freedom.
const EXCEPTIONS: &[&str] = &["LLVM-exception"];

/// Whether an expression can be met with allowed licences alone. `/` is the old way to say `OR`.
///
/// # Errors
/// What cannot be read as an expression.
pub fn satisfied(expression: &str, allowed: Allowed) -> Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut reader = Reader { words: spaced.split_whitespace().collect(), at: 0, allowed };
    let met = reader.any()?;
    match reader.peek() {
        None => Ok(met),
        Some(word) => Err(format!("`{word}` is too much")),
    }
}

struct Reader<'a> {
    words: Vec<&'a str>,
    at: usize,
    allowed: Allowed,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let there = self.peek() == Some(word);
        self.at += usize::from(there);
        there
    }

    fn any(&mut self) -> Result<bool, String> {
        let mut met = self.all()?;
        while self.take("OR") {
            met |= self.all()?;
        }
        Ok(met)
    }

    fn all(&mut self) -> Result<bool, String> {
        let mut met = self.one()?;
        while self.take("AND") {
            met &= self.one()?;
        }
        Ok(met)
    }

    fn one(&mut self) -> Result<bool, String> {
        if self.take("(") {
            let met = self.any()?;
            return if self.take(")") { Ok(met) } else { Err("a bracket is not closed".into()) };
        }
        let name = self.next("a licence is missing")?;
        let known = LINKED.contains(&name) || (self.allowed == Allowed::Tool && TOOLS.contains(&name));
        if self.take("WITH") {
            let exception = self.next("an exception is missing")?;
            return Ok(known && EXCEPTIONS.contains(&exception));
        }
        Ok(known)
    }

    fn next(&mut self, otherwise: &str) -> Result<&'a str, String> {
        let word = self.peek().filter(|word| !matches!(*word, "OR" | "AND" | "WITH" | ")"));
        self.at += 1;
        word.ok_or_else(|| otherwise.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(expression: &str) -> Result<bool, String> {
        satisfied(expression, Allowed::Linked)
    }

    #[test]
    fn one_allowed_choice_is_enough() {
        for expression in
            ["MIT", "MIT/Apache-2.0", "GPL-3.0-only OR MIT", "(MIT OR GPL-2.0) AND Unicode-3.0", "Apache-2.0 WITH LLVM-exception"]
        {
            assert_eq!(linked(expression), Ok(true), "{expression}");
        }
    }

    #[test]
    fn every_part_of_and_must_be_allowed() {
        for expression in
            ["GPL-3.0-only", "MIT AND GPL-2.0", "MIT AND (GPL-2.0 OR AGPL-3.0)", "MIT WITH Odd-exception", "SSPL-1.0", "UNLICENSED"]
        {
            assert_eq!(linked(expression), Ok(false), "{expression}");
        }
    }

    #[test]
    fn tools_may_carry_documents() {
        assert_eq!(linked("CC-BY-4.0"), Ok(false));
        assert_eq!(satisfied("CC-BY-4.0", Allowed::Tool), Ok(true));
    }

    #[test]
    fn what_is_no_expression_is_an_error() {
        for expression in ["", "MIT OR", "(MIT", "MIT)", "SEE LICENSE IN x", "AND MIT"] {
            assert!(linked(expression).is_err(), "{expression}");
        }
    }
}
